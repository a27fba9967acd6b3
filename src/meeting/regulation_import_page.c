/* Rules from a sheet: checked and shown first, written when the person says so. */
#include "base/file.h"
#include "base/str.h"
#include "meeting/regulation.h"
#include "meeting/regulation_import.html.h"
#include "meeting/regulation_page.h"
#include "monitor/data_page.h"
#include "people/held.h"
#include "sheet/sheet.h"
#include "store/county.h"
#include "store/file.h"

enum { REGULATION_IMPORT_BYTES = 4 << 20 };

struct waiting {
    struct regulation *list;
    size_t n;
    struct file_sent file;
};

static enum rc show(struct rq *rq, struct regulation_import_page *p, struct err *e)
{
    p->max_bytes = REGULATION_IMPORT_BYTES;
    size_t n = 0;
    while (regulation_headings[n].code)
        n++;
    p->columns = arena_array(rq->a, n, sizeof(*p->columns));
    for (size_t i = 0; i < n; i++) {
        const struct heading *h = &regulation_headings[i];
        p->columns[p->n_columns++] =
            (struct regulation_import_columns){ heading_name(regulation_headings, h->code,
                                                             rq->a),
                                                rq_tr(rq, h->help), h->needed, h->sample };
    }
    rq_crumb(rq, rq_tr(rq, N_("制度库")), "/regulation");
    rq_crumb(rq, rq_tr(rq, N_("从表格导入")), NULL);
    return regulation_import_render(rq, p, e);
}

static enum rc import_show(struct rq *rq, struct err *e)
{
    struct regulation_import_page p = { .file = "" };
    return show(rq, &p, e);
}

static enum rc read_table(struct rq *rq, const struct upload *u, struct arena *a,
                          struct waiting *w, struct problems *ps, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct book book;
    const struct table *t;
    if (!u)
        return err_set(e, RC_INVALID, N_("请选择文件"));
    w->file.name = arena_strdup(a, u->filename);
    enum rc rc = file_read(a, u->path, REGULATION_IMPORT_BYTES, &w->file.content, e);
    if (rc == RC_OK)
        rc = sheet_read(a, w->file.name, w->file.content, NULL, &book, e);
    if (rc == RC_OK)
        w->file.media = sheet_format_mime(sheet_format_of(w->file.content));
    if (rc == RC_OK)
        rc = book_first(&book, w->file.name, &t, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = regulations_from_table(s, rq_asker(rq)->units, t, county_today(rq_county(rq)), a,
                                    &w->list, &w->n, ps, e);
    if (rc == RC_OK && w->n == 0)
        return err_set(e, RC_INVALID, N_("{file} 里没有一项制度"), "file", w->file.name);
    return rc;
}

static enum rc fill(struct rq *rq, const struct waiting *w, struct regulation_import_page *p,
                    struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct regulation *there;
    size_t n;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = regulations_load(s, rq->a, &there, &n, e);
    if (rc != RC_OK)
        return rc;
    p->rules = arena_array(rq->a, w->n, sizeof(*p->rules));
    for (size_t i = 0; i < w->n; i++) {
        const struct regulation *r = &w->list[i], *old = NULL;
        for (size_t k = 0; k < n && !old; k++)
            old = str_eq(there[k].code, r->code) ? &there[k] : NULL;
        bool same = old && regulation_same(old, r);
        p->fresh += !old;
        p->changed += old && !same;
        p->same += same;
        p->rules[p->n_rules++] =
            (struct regulation_import_rules){ .title = arena_strdup(rq->a, r->title),
                                              .document = arena_strdup(rq->a, r->document),
                                              .day = day_start(r->day),
                                              .unit_name =
                                                  unit_name_of(rq_asker(rq)->units, r->unit),
                                              .problem = arena_strdup(rq->a, r->problem),
                                              .state = rq_tr(rq, !old   ? N_("新增")
                                                                 : same ? N_("未变")
                                                                        : N_("变化")) };
    }
    p->rows = (int64_t)w->n;
    return RC_OK;
}

static enum rc import_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct regulation_import_page p = { .error_field = "file" };
    const struct upload *u = rq_upload(rq, "file");
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct waiting *w = arena_alloc(a, sizeof(*w));
    struct problems ps;
    problems_init(&ps, a);
    enum rc rc = read_table(rq, u, a, w, &ps, e);
    if (rc == RC_OK && ps.wrong == 0)
        rc = fill(rq, w, &p, e);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &p.error, e);
        return rc == RC_OK ? show(rq, &p, e) : rc;
    }
    p.error_field = NULL; /* the file could be read */
    p.file = u->filename;
    rq_fixes(rq, &ps, &p.problems, &p.n_problems);
    if (ps.wrong == 0) {
        char token[HELD_TOKEN];
        held_put(c, HELD_REGULATIONS, rq->account.id, &a, w, token);
        p.token = arena_strdup(rq->a, token);
    }
    return show(rq, &p, e);
}

struct writing {
    struct rq *rq;
    const struct waiting *w;
    struct file_sent file;
    size_t written;
};

static enum rc write_rules(struct tx *tx, void *arg, struct err *e)
{
    struct writing *x = arg;
    struct county *c = rq_county(x->rq);
    enum rc rc = file_sent_register(tx, c, &x->file, x->rq->account.code, e);
    return rc == RC_OK ? regulations_write(tx, c, x->w->list, x->w->n, x->rq->account.code,
                                           &x->written, e)
                       : rc;
}

static enum rc import_confirm(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    const char *token = rq_field(rq, "token");
    CLEANUP(arena_freep) struct arena *a = NULL;
    const struct waiting *w =
        held_take(c, HELD_REGULATIONS, rq->account.id, token ? token : "", &a);
    if (!w)
        return err_set(e, RC_CONFLICT, N_("核对过的表已过期或已导入,请重新上传"));
    struct writing x = { .rq = rq, .w = w, .file = w->file };
    enum rc rc = file_sent_keep(c, &x.file, e);
    if (rc == RC_OK)
        rc = db_transact(c->db, write_rules, &x, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("已导入,{n}行有变化")), "n",
                            arena_printf(rq->a, "%zu", x.written), NULL));
    return web_done(rq, "/regulation", e);
}

const struct route regulation_import_routes[] = {
    { .method = GET,
      .path = "/regulation/import",
      .auth = SESSION,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = import_show },
    { .method = POST,
      .path = "/regulation/import",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = import_post,
      .body_max = REGULATION_IMPORT_BYTES,
      .n_files = 1,
      .page = &regulation_import_kind,
      .help = N_("核对一张制度的表") },
    { .method = POST,
      .path = "/regulation/import/confirm",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = import_confirm,
      .help = N_("导入核对过的制度表") },
};
const size_t regulation_import_routes_n = COUNT(regulation_import_routes);
