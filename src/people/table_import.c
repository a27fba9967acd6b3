/* See table_import.h. Between the two requests a table waits in memory (held.h). */
#include "people/table_import.h"

#include "base/file.h"
#include "base/str.h"
#include "sheet/sheet.h"
#include "store/county.h"

static enum rc read_table(struct rq *rq, const struct table_import *k, const struct upload *u,
                          struct arena *a, struct table_waiting *w, struct problems *ps,
                          struct err *e)
{
    struct book book;
    const struct table *t;
    if (!u)
        return err_set(e, RC_INVALID, N_("请选择文件"));
    w->file.name = arena_strdup(a, u->filename);
    enum rc rc = file_read(a, u->path, k->bytes, &w->file.content, e);
    if (rc == RC_OK)
        rc = sheet_read(a, w->file.name, w->file.content, NULL, &book, e);
    if (rc == RC_OK)
        w->file.media = sheet_format_mime(sheet_format_of(w->file.content));
    if (rc == RC_OK)
        rc = book_first(&book, w->file.name, &t, e);
    if (rc == RC_OK)
        rc = k->read(rq, t, a, &w->list, &w->n, ps, e);
    if (rc == RC_OK && w->n == 0 && ps->wrong == 0)
        return err_set(e, RC_INVALID, k->nothing, "file", w->file.name);
    return rc;
}

enum rc table_import_read(struct rq *rq, const struct table_import *k, void *page,
                          struct table_import_said *ret, struct err *e)
{
    const struct upload *u = rq_upload(rq, "file");
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct table_waiting *w = arena_alloc(a, sizeof(*w));
    struct problems ps;
    char token[HELD_TOKEN];
    problems_init(&ps, a);
    *ret = (struct table_import_said){ .error_field = "file", .file = "" };
    enum rc rc = read_table(rq, k, u, a, w, &ps, e);
    if (rc == RC_OK && ps.wrong == 0)
        rc = k->look(rq, w->list, w->n, page, e);
    if (rc != RC_OK)
        return rq_form_failed(rq, rc, &ret->error, e);
    ret->error_field = NULL; /* the file could be read */
    ret->file = u->filename;
    ret->rows = (int64_t)w->n;
    rq_fixes(rq, &ps, &ret->problems, &ret->n_problems);
    if (ps.wrong == 0) {
        held_put(rq_county(rq), k->held, rq->account.id, &a, w, token);
        ret->token = arena_strdup(rq->a, token);
    }
    return RC_OK;
}

enum rc table_import_take(struct rq *rq, const struct table_import *k, struct arena **ret_a,
                          struct table_waiting *ret, struct err *e)
{
    const char *token = rq_field(rq, "token");
    const struct table_waiting *w =
        held_take(rq_county(rq), k->held, rq->account.id, token ? token : "", ret_a);
    if (!w)
        return err_set(e, RC_CONFLICT, N_("核对过的表已过期或已导入,请重新上传"));
    *ret = *w;
    return RC_OK;
}

struct writing {
    struct rq *rq;
    const struct table_import *k;
    struct table_waiting w;
    size_t changed;
};

static enum rc write_table(struct tx *tx, void *arg, struct err *e)
{
    struct writing *x = arg;
    struct county *c = rq_county(x->rq);
    const char *by = x->rq->account.code;
    enum rc rc = file_sent_register(tx, c, &x->w.file, by, e);
    return rc == RC_OK ? x->k->write(tx, c, x->w.list, x->w.n, by, &x->changed, e) : rc;
}

enum rc table_import_confirm(struct rq *rq, const struct table_import *k, const char *href,
                             struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = NULL;
    struct writing x = { .rq = rq, .k = k };
    enum rc rc = table_import_take(rq, k, &a, &x.w, e);
    if (rc == RC_OK)
        rc = file_sent_keep(rq_county(rq), &x.w.file, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, write_table, &x, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("已导入,{n}行有变化")), "n",
                            arena_printf(rq->a, "%zu", x.changed), NULL));
    return web_done(rq, href, e);
}
