/* Accounts from a sheet: checked and shown first, made when the person says so. */
#include "people/account_import.html.h"
#include "people/account_room.h"
#include "people/account_sheet.h"
#include "people/table_import.h"
#include "store/county.h"

#include <string.h>

enum { FILE_MAX = 4 << 20 };

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

static enum rc read(struct rq *rq, const struct table *t, struct arena *a, void **ret_list,
                    size_t *ret_n, struct problems *ps, struct err *e)
{
    struct account_new *list = NULL;
    enum rc rc = accounts_from_table(rq_county(rq), rq_asker(rq)->units, t,
                                     rq_asker(rq)->person.code, a, &list, ret_n, ps, e);
    *ret_list = list;
    return rc;
}

static enum rc look(struct rq *rq, void *list, size_t n, void *page, struct err *e)
{
    const struct units *us = rq_asker(rq)->units;
    const struct account_new *x = list;
    struct account_import_page *p = page;
    p->rows_ok = arena_array(rq->a, n, sizeof(*p->rows_ok));
    p->n_rows_ok = n;
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = units_find(us, x[i].unit);
        const struct role *role = role_find(x[i].role);
        p->rows_ok[i].code = arena_strdup(rq->a, x[i].code);
        p->rows_ok[i].name = arena_strdup(rq->a, x[i].name);
        p->rows_ok[i].unit_name = u ? u->name : "";
        p->rows_ok[i].role_name = role ? rq_tr(rq, role->name) : "";
        p->rows_ok[i].scope = arena_strdup(rq->a, x[i].scope);
    }
    return RC_OK;
}

static const struct table_import accounts_table = { .held = HELD_ACCOUNTS,
                                                    .bytes = FILE_MAX,
                                                    .nothing = N_("{file} 里没有账号"),
                                                    .read = read,
                                                    .look = look };

enum rc account_import_post(struct rq *rq, struct err *e)
{
    struct account_import_page p = { 0 };
    struct table_import_said said;
    enum rc rc = table_import_read(rq, &accounts_table, &p, &said, e);
    if (rc != RC_OK)
        return rc;
    TABLE_IMPORT_SAY(&p, &said);
    p.rows = said.rows;
    return show(rq, &p, e);
}

struct making {
    struct county *c;
    struct arena *a;
    const struct table_waiting *w;
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
    CLEANUP(arena_freep) struct arena *a = NULL;
    struct table_waiting w;
    enum rc rc = table_import_take(rq, &accounts_table, &a, &w, e);
    if (rc != RC_OK)
        return rc;
    const struct account_new *list = w.list;
    struct making m = { .c = c,
                        .a = rq->a,
                        .w = &w,
                        .by = rq_asker(rq)->person.code,
                        .codes = arena_array(rq->a, w.n, ACTIVATION_CODE + 1) };
    rc = db_transact(c->db, write_accounts, &m, e);
    if (rc != RC_OK)
        return rc;
    struct arena *sa = arena_new();
    struct slips_held *h = slips_new(c, sa, w.n);
    char slips[HELD_TOKEN];
    for (size_t i = 0; i < w.n; i++) {
        const struct unit *u = units_find(rq_asker(rq)->units, list[i].unit);
        const struct role *role = role_find(list[i].role);
        h->row[i] = (struct slip_row){ .code = arena_strdup(sa, list[i].code),
                                       .name = arena_strdup(sa, list[i].name),
                                       .unit = arena_strdup(sa, u ? u->name : ""),
                                       .role = role ? role->name : "" };
        memcpy(h->row[i].pin, m.codes[i], ACTIVATION_CODE);
    }
    held_put(c, HELD_SLIPS, rq->account.id, &sa, h, slips);
    return web_done(rq, "/account/slips", e);
}
