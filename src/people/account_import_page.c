/* Accounts from a sheet: checked and shown first, made when the person says so. */
#include "base/file.h"
#include "people/account_import.html.h"
#include "people/account_room.h"
#include "people/account_sheet.h"
#include "people/held.h"
#include "sheet/sheet.h"
#include "store/county.h"

#include <string.h>

enum { FILE_MAX = 4 << 20 };

struct waiting {
    struct account_new *list;
    size_t n;
};

static enum rc show(struct rq *rq, struct account_import_page *p, struct err *e)
{
    p->max_bytes = FILE_MAX;
    rq_crumb(rq, rq_tr(rq, N_("账号")), "/account");
    rq_crumb(rq, rq_tr(rq, N_("从表格导入")), NULL);
    return account_import_render(rq, p, e);
}

enum rc account_import_show(struct rq *rq, struct err *e)
{
    struct account_import_page p = { .file = "" };
    return show(rq, &p, e);
}

static void fill_rows(struct rq *rq, const struct waiting *w, struct account_import_page *p)
{
    const struct units *us = rq_asker(rq)->units;
    p->rows_ok = arena_array(rq->a, w->n, sizeof(*p->rows_ok));
    p->n_rows_ok = w->n;
    for (size_t i = 0; i < w->n; i++) {
        const struct unit *u = units_find(us, w->list[i].unit);
        const struct role *role = role_find(w->list[i].role);
        p->rows_ok[i].code = arena_strdup(rq->a, w->list[i].code);
        p->rows_ok[i].name = arena_strdup(rq->a, w->list[i].name);
        p->rows_ok[i].unit_name = u ? u->name : "";
        p->rows_ok[i].role_name = role ? rq_tr(rq, role->name) : "";
        p->rows_ok[i].scope = arena_strdup(rq->a, w->list[i].scope);
    }
}

/* The table of the upload, in a. */
static enum rc table_of(const struct upload *u, struct arena *a, const struct table **ret,
                        struct err *e)
{
    struct book book;
    struct bytes data;
    enum rc rc = file_read(a, u->path, FILE_MAX, &data, e);
    if (rc == RC_OK)
        rc = sheet_read(a, u->filename, data, NULL, &book, e);
    if (rc == RC_OK)
        rc = book_first(&book, u->filename, ret, e);
    return rc;
}

enum rc account_import_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct account_import_page p = { .error_field = "file" };
    const struct upload *u = rq_upload(rq, "file");
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct waiting *w = arena_alloc(a, sizeof(*w));
    const struct table *t;
    struct problems ps;
    problems_init(&ps, a);
    enum rc rc = u ? table_of(u, a, &t, e) : err_set(e, RC_INVALID, N_("请选择文件"));
    if (rc == RC_OK)
        rc = accounts_from_table(c, rq_asker(rq)->units, t, rq_asker(rq)->person.code, a,
                                 &w->list, &w->n, &ps, e);
    if (rc == RC_OK && w->n == 0)
        rc = err_set(e, RC_INVALID, N_("{file} 里没有账号"), "file", u->filename);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &p.error, e);
        return rc == RC_OK ? show(rq, &p, e) : rc;
    }
    p.error_field = NULL; /* the file could be read */
    p.file = u->filename;
    p.rows = (int64_t)w->n;
    rq_fixes(rq, &ps, &p.problems, &p.n_problems);
    if (p.n_problems == 0) {
        char token[HELD_TOKEN];
        fill_rows(rq, w, &p);
        held_put(c, HELD_ACCOUNTS, rq->account.id, &a, w, token);
        p.token = arena_strdup(rq->a, token);
    }
    return show(rq, &p, e);
}

struct making {
    struct county *c;
    struct arena *a;
    const struct waiting *w;
    const char *by;
    char (*codes)[ACTIVATION_CODE + 1];
};

static enum rc write_accounts(struct tx *tx, void *arg, struct err *e)
{
    struct making *m = arg;
    return accounts_make(tx, m->c, m->w->list, m->w->n, 2, m->by, m->a, m->codes, e);
}

enum rc account_import_confirm(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    const char *token = rq_field(rq, "token");
    CLEANUP(arena_freep) struct arena *a = NULL;
    const struct waiting *w =
        held_take(c, HELD_ACCOUNTS, rq->account.id, token ? token : "", &a);
    if (!w)
        return err_set(e, RC_CONFLICT, N_("核对过的表已过期或已导入,请重新上传"));
    struct making m = { .c = c,
                        .a = rq->a,
                        .w = w,
                        .by = rq_asker(rq)->person.code,
                        .codes = arena_array(rq->a, w->n, ACTIVATION_CODE + 1) };
    enum rc rc = db_transact(c->db, write_accounts, &m, e);
    if (rc != RC_OK)
        return rc;
    struct arena *sa = arena_new();
    struct slips_held *h = slips_new(c, sa, w->n);
    char slips[HELD_TOKEN];
    for (size_t i = 0; i < w->n; i++) {
        const struct unit *u = units_find(rq_asker(rq)->units, w->list[i].unit);
        const struct role *role = role_find(w->list[i].role);
        h->row[i] = (struct slip_row){ .code = arena_strdup(sa, w->list[i].code),
                                       .name = arena_strdup(sa, w->list[i].name),
                                       .unit = arena_strdup(sa, u ? u->name : ""),
                                       .role = role ? role->name : "" };
        memcpy(h->row[i].pin, m.codes[i], ACTIVATION_CODE);
    }
    held_put(c, HELD_SLIPS, rq->account.id, &sa, h, slips);
    return web_done(rq, "/account/slips", e);
}
