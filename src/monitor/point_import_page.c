/* Points from a sheet: checked and shown first, written when the person says so; the same
 * import as the command's. */
#include "base/file.h"
#include "base/str.h"
#include "monitor/data_page.h"
#include "monitor/point_import.html.h"
#include "monitor/point_page.h"
#include "monitor/scheme_import.h"
#include "people/asker.h"
#include "people/held.h"
#include "sheet/sheet.h"
#include "store/county.h"
#include "store/file.h"

enum { POINT_IMPORT_BYTES = 16 << 20, SHOWN_CHANGES = 100 };

struct waiting {
    struct point *list;
    size_t n;
    struct file_sent file;
};

static enum rc show(struct rq *rq, struct point_import_page *p, struct err *e)
{
    p->max_bytes = POINT_IMPORT_BYTES;
    rq_crumb(rq, rq_tr(rq, N_("监测点")), "/point");
    rq_crumb(rq, rq_tr(rq, N_("从表格导入")), NULL);
    return point_import_render(rq, p, e);
}

static enum rc import_show(struct rq *rq, struct err *e)
{
    struct point_import_page p = { .file = "" };
    return show(rq, &p, e);
}

/* What would be new and what would change. */
static enum rc fill_changes(struct rq *rq, const struct waiting *w, struct point_import_page *p,
                            struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    p->changes = arena_array(rq->a, SHOWN_CHANGES, sizeof(*p->changes));
    for (size_t i = 0; i < w->n && rc == RC_OK; i++) {
        const struct point *pt = &w->list[i];
        enum point_change is;
        rc = point_compare(s, pt, &is, e);
        p->fresh += is == POINT_FRESH;
        p->changed += is == POINT_CHANGED;
        p->same += is == POINT_SAME;
        if (is == POINT_SAME)
            continue;
        if (p->n_changes == SHOWN_CHANGES) {
            p->more++;
            continue;
        }
        p->changes[p->n_changes++] = (struct point_import_changes){
            .code = arena_strdup(rq->a, pt->code),
            .name = arena_strdup(rq->a, pt->name),
            .owner_name = arena_strdup(rq->a, unit_name_of(rq_asker(rq)->units, pt->owner)),
            .fresh = is == POINT_FRESH
        };
    }
    return rc;
}

static enum rc read_table(struct rq *rq, const struct upload *u, struct arena *a,
                          struct waiting *w, struct problems *ps, struct err *e)
{
    struct book book;
    const struct table *t;
    if (!u)
        return err_set(e, RC_INVALID, N_("请选择文件"));
    w->file.name = arena_strdup(a, u->filename);
    enum rc rc = file_read(a, u->path, POINT_IMPORT_BYTES, &w->file.content, e);
    if (rc == RC_OK)
        rc = sheet_read(a, w->file.name, w->file.content, NULL, &book, e);
    if (rc == RC_OK)
        w->file.media = sheet_format_mime(sheet_format_of(w->file.content));
    if (rc == RC_OK)
        rc = book_first(&book, w->file.name, &t, e);
    if (rc == RC_OK)
        rc = points_from_table(t, rq_asker(rq)->units, a, &w->list, &w->n, ps, e);
    if (rc == RC_OK && w->n == 0 && ps->wrong == 0)
        return err_set(e, RC_INVALID, N_("{file} 里没有监测点"), "file", w->file.name);
    return rc;
}

static enum rc import_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct point_import_page p = { .error_field = "file" };
    const struct upload *u = rq_upload(rq, "file");
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct waiting *w = arena_alloc(a, sizeof(*w));
    struct problems ps;
    problems_init(&ps, a);
    enum rc rc = read_table(rq, u, a, w, &ps, e);
    if (rc == RC_OK && ps.wrong == 0)
        rc = fill_changes(rq, w, &p, e);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &p.error, e);
        return rc == RC_OK ? show(rq, &p, e) : rc;
    }
    p.error_field = NULL; /* the file could be read */
    p.file = u->filename;
    p.rows = (int64_t)w->n;
    rq_fixes(rq, &ps, &p.problems, &p.n_problems);
    if (ps.wrong == 0) {
        char token[HELD_TOKEN];
        p.n_problems = 0; /* what only deserves a look is no reason to stop */
        held_put(c, HELD_POINTS, rq->account.id, &a, w, token);
        p.token = arena_strdup(rq->a, token);
    }
    return show(rq, &p, e);
}

struct writing {
    struct rq *rq;
    const struct waiting *w;
    struct file_sent file;
    size_t changed;
};

static enum rc write_points(struct tx *tx, void *arg, struct err *e)
{
    struct writing *x = arg;
    struct county *c = rq_county(x->rq);
    enum rc rc = file_sent_register(tx, c, &x->file, x->rq->account.code, e);
    return rc == RC_OK
               ? points_write(tx, c, x->w->list, x->w->n, x->rq->account.code, &x->changed, e)
               : rc;
}

static enum rc import_confirm(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    const char *token = rq_field(rq, "token");
    CLEANUP(arena_freep) struct arena *a = NULL;
    const struct waiting *w = held_take(c, HELD_POINTS, rq->account.id, token ? token : "", &a);
    if (!w)
        return err_set(e, RC_CONFLICT, N_("核对过的表已过期或已导入,请重新上传"));
    struct writing x = { .rq = rq, .w = w, .file = w->file };
    enum rc rc = file_sent_keep(c, &x.file, e);
    if (rc == RC_OK)
        rc = db_transact(c->db, write_points, &x, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("已导入,{n}行有变化")), "n",
                            arena_printf(rq->a, "%zu", x.changed), NULL));
    /* During the set-up one goes on where one came from. */
    return web_done(rq, c->trial ? "/setup/sources" : "/point", e);
}

const struct route point_import_routes[] = {
    { .method = GET,
      .path = "/point/import",
      .auth = SESSION,
      .need = CAP_EDIT_POINTS,
      .scope = SCOPE_ALL,
      .fn = import_show },
    { .method = POST,
      .path = "/point/import",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_POINTS,
      .scope = SCOPE_ALL,
      .fn = import_post,
      .body_max = POINT_IMPORT_BYTES,
      .n_files = 1,
      .page = &point_import_kind,
      .help = N_("核对一张监测点表") },
    { .method = POST,
      .path = "/point/import/confirm",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_POINTS,
      .scope = SCOPE_ALL,
      .fn = import_confirm,
      .help = N_("导入核对过的监测点表") },
};
const size_t point_import_routes_n = COUNT(point_import_routes);
