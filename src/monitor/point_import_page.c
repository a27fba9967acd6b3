/* Points from a sheet: checked and shown first, written when the person says so; the same
 * import as the command's. */
#include "base/str.h"
#include "monitor/data_page.h"
#include "monitor/point_import.html.h"
#include "monitor/point_page.h"
#include "monitor/point_same.h"
#include "monitor/scheme_import.h"
#include "people/table_import.h"
#include "store/county.h"

enum { POINT_IMPORT_BYTES = 16 << 20, SHOWN_CHANGES = 100 };

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

static enum rc read(struct rq *rq, const struct table *t, struct arena *a, void **ret_list,
                    size_t *ret_n, struct problems *ps, struct err *e)
{
    struct point *list = NULL;
    enum rc rc = points_from_table(t, rq_asker(rq)->units, a, &list, ret_n, ps, e);
    *ret_list = list;
    return rc;
}

/* What looks like a point that is there; what the form says of each already. */
static enum rc fill_pairs(struct rq *rq, const struct point *list, size_t n,
                          struct point_import_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct same_pair *pairs;
    size_t n_pairs;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = points_same(s, list, n, rq->a, &pairs, &n_pairs, e);
    if (rc != RC_OK)
        return rc;
    p->pairs = arena_array(rq->a, n_pairs, sizeof(*p->pairs));
    p->n_pairs = 0;
    for (size_t i = 0; i < n_pairs; i++) {
        const struct same_pair *x = &pairs[i];
        if (x->verdict == SAME_DIFFERENT)
            continue; /* decided before */
        const char *said = points_same_reason(list, n, x->point.code),
                   *field = arena_printf(rq->a, "%s.%s", x->point.code, x->other.code),
                   *is = rq_field(rq, arena_printf(rq->a, "s.%s", field)),
                   *why = rq_field(rq, arena_printf(rq->a, "w.%s", field));
        p->pairs[p->n_pairs++] = (struct point_import_pairs){
            .field = field,
            .name = arena_strdup(rq->a, x->point.name),
            .code = arena_strdup(rq->a, x->point.code),
            .other = arena_strdup(rq->a, x->other.code),
            .other_name = arena_strdup(rq->a, x->other.name),
            .owner = unit_name_of(rq_asker(rq)->units, x->other.owner),
            .like = x->like,
            .same = is ? str_eq(is, "same") : x->verdict == SAME_SAME,
            .different = is ? str_eq(is, "different") : *said != '\0',
            .typed = arena_strdup(rq->a, why ? why : said)
        };
    }
    return RC_OK;
}

/* What would be new, what would change and what repeats. */
static enum rc look(struct rq *rq, void *list, size_t n, void *page, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct point_import_page *p = page;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    p->changes = arena_array(rq->a, SHOWN_CHANGES, sizeof(*p->changes));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct point *pt = &((const struct point *)list)[i];
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
    return rc == RC_OK ? fill_pairs(rq, list, n, p, e) : rc;
}

static const struct table_import points_table = { .held = HELD_POINTS,
                                                  .bytes = POINT_IMPORT_BYTES,
                                                  .nothing = N_("{file} 里没有监测点"),
                                                  .read = read,
                                                  .look = look };

static enum rc import_post(struct rq *rq, struct err *e)
{
    struct point_import_page p = { 0 };
    struct table_import_said said;
    enum rc rc = table_import_read(rq, &points_table, &p, &said, e);
    if (rc != RC_OK)
        return rc;
    TABLE_IMPORT_SAY(&p, &said);
    p.rows = said.rows;
    if (p.token)
        p.n_problems = 0; /* what only deserves a look is no reason to stop */
    return show(rq, &p, e);
}

struct writing {
    struct rq *rq;
    struct table_waiting w;
    const struct point_import_page *p; /* its pairs, each decided */
    size_t changed, left_out;
};

static bool same_as_another(const struct writing *x, const char *code)
{
    for (size_t i = 0; i < x->p->n_pairs; i++)
        if (x->p->pairs[i].same && str_eq(x->p->pairs[i].code, code))
            return true;
    return false;
}

static enum rc decide(struct tx *tx, struct writing *x, struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < x->p->n_pairs && rc == RC_OK; i++) {
        const struct point_import_pairs *q = &x->p->pairs[i];
        const struct same_decision d = { .point = q->code,
                                         .name = q->name,
                                         .other = q->other,
                                         .verdict = q->same        ? SAME_SAME
                                                    : q->different ? SAME_DIFFERENT
                                                                   : SAME_OPEN,
                                         .reason = q->typed };
        rc = same_decide(tx, rq_county(x->rq), &d, x->rq->account.code, x->rq->a, e);
    }
    return rc;
}

static enum rc write_points(struct tx *tx, void *arg, struct err *e)
{
    struct writing *x = arg;
    struct county *c = rq_county(x->rq);
    enum rc rc = file_sent_register(tx, c, &x->w.file, x->rq->account.code, e);
    if (rc == RC_OK)
        rc = decide(tx, x, e);
    /* What is the same number is left out. */
    struct point *list = arena_array(x->rq->a, x->w.n, sizeof(*list));
    size_t n = 0;
    for (size_t i = 0; i < x->w.n; i++)
        if (!same_as_another(x, ((const struct point *)x->w.list)[i].code))
            list[n++] = ((const struct point *)x->w.list)[i];
    x->left_out = x->w.n - n;
    return rc == RC_OK ? points_write(tx, c, list, n, x->rq->account.code, &x->changed, e) : rc;
}

/* What is wrong with the decisions is said beside them: the table waits on, and nothing that
 * was typed is lost. */
static enum rc again(struct rq *rq, struct writing *x, struct point_import_page *p,
                     struct arena **a, struct err *e)
{
    char token[HELD_TOKEN];
    struct table_waiting *w = arena_copy(*a, &x->w, sizeof(x->w));
    p->error_pairs = err_message(e, rq->lang, rq->a);
    err_done(e);
    *e = (struct err){ 0 };
    rq->status = 400;
    p->file = arena_strdup(rq->a, w->file.name);
    p->rows = (int64_t)w->n;
    p->fresh = p->changed = p->same = p->more = 0;
    enum rc rc = look(rq, w->list, w->n, p, e);
    held_put(rq_county(rq), HELD_POINTS, rq->account.id, a, w, token);
    p->token = arena_strdup(rq->a, token);
    return rc == RC_OK ? show(rq, p, e) : rc;
}

/* During the set-up one goes on where one came from. */
static enum rc import_confirm(struct rq *rq, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = NULL;
    struct county *c = rq_county(rq);
    struct point_import_page p = { 0 };
    struct writing x = { .rq = rq, .p = &p };
    enum rc rc = table_import_take(rq, &points_table, &a, &x.w, e);
    if (rc == RC_OK)
        rc = fill_pairs(rq, x.w.list, x.w.n, &p, e);
    if (rc == RC_OK)
        rc = file_sent_keep(c, &x.w.file, e);
    if (rc == RC_OK)
        rc = db_transact(c->db, write_points, &x, e);
    if (rc == RC_INVALID && p.n_pairs && !rq->json)
        return again(rq, &x, &p, &a, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("已导入,{n}行有变化")), "n",
                            arena_printf(rq->a, "%zu", x.changed), NULL));
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
