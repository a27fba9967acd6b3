/* Points as burden/same.h wants them, the page where people decide, and what a decision about a
 * point in use must wait for. */
#include "monitor/point_same.h"

#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "burden/burden.sql.h"
#include "monitor/data_page.h"
#include "monitor/point.sql.h"
#include "monitor/point_same.html.h"
#include "monitor/scheme.h"
#include "people/asker.h"
#include "stats/formula.h"
#include "store/county.h"

static struct same_point *as_same(const struct point *list, size_t n, struct arena *a)
{
    struct same_point *out = arena_array(a, n, sizeof(*out));
    for (size_t i = 0; i < n; i++)
        out[i] = (struct same_point){ .code = list[i].code,
                                      .name = list[i].name,
                                      .indicator = list[i].indicator,
                                      .owner = list[i].owner,
                                      .measure = list[i].unit_of_measure,
                                      .frequency = frequency_word(list[i].frequency) };
    return out;
}

/* A point that is there under this name is no new one: what is changed every day is not held
 * against all there are. */
static enum rc keeps_name(const struct snap *s, const struct point *p, struct arena *a,
                          bool *ret, struct err *e)
{
    struct point_of_code_row row;
    enum rc rc = point_of_code_one(s, p->code, a, &row, e);
    *ret = rc == RC_OK && str_eq(row.name, p->name);
    if (rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    return RC_OK;
}

enum rc points_same(const struct snap *s, const struct point *list, size_t n, struct arena *a,
                    struct same_pair **ret, size_t *ret_n, struct err *e)
{
    const struct point *there;
    size_t n_there;
    bool keeps = false;
    enum rc rc = n == 1 ? keeps_name(s, list, a, &keeps, e) : RC_OK;
    *ret = NULL;
    *ret_n = 0;
    if (rc != RC_OK || keeps)
        return rc;
    rc = points_load(s, NULL, a, &there, &n_there, e);
    return rc == RC_OK ? same_find(s, as_same(list, n, a), n, as_same(there, n_there, a),
                                   n_there, a, ret, ret_n, e)
                       : rc;
}

enum rc points_same_there(const struct snap *s, struct arena *a, struct same_pair **ret,
                          size_t *ret_n, struct err *e)
{
    const struct point *there;
    size_t n;
    enum rc rc = points_load(s, NULL, a, &there, &n, e);
    return rc == RC_OK ? same_find(s, as_same(there, n, a), n, NULL, 0, a, ret, ret_n, e) : rc;
}

enum rc points_same_open(const struct snap *s, const struct point *list, size_t n,
                         struct arena *a, int64_t *ret, struct err *e)
{
    struct same_pair *pairs;
    size_t n_pairs = 0;
    enum rc rc = same_find(s, as_same(list, n, a), n, NULL, 0, a, &pairs, &n_pairs, e);
    *ret = 0;
    for (size_t i = 0; i < n_pairs; i++)
        *ret += pairs[i].verdict == SAME_OPEN;
    return rc;
}

static const char *name_of(const void *arg, const char *owner)
{
    return unit_name_of(arg, owner);
}

const char *points_same_reason(const struct point *list, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].code, code))
            return list[i].different ? list[i].different : "";
    return "";
}

enum rc points_same_pass(struct tx *tx, struct county *c, const struct point *list, size_t n,
                         const char *by, struct arena *a, struct err *e)
{
    struct same_pair *pairs;
    const struct units *us;
    size_t n_pairs = 0;
    enum rc rc = points_same(tx_snap(tx), list, n, a, &pairs, &n_pairs, e);
    for (size_t i = 0; i < n_pairs && rc == RC_OK; i++) {
        struct same_pair *p = &pairs[i];
        const struct same_decision d = { .point = p->point.code,
                                         .name = p->point.name,
                                         .other = p->other.code,
                                         .verdict = SAME_DIFFERENT,
                                         .reason = points_same_reason(list, n, p->point.code) };
        if (p->verdict != SAME_OPEN || !*d.reason)
            continue;
        rc = same_decide(tx, c, &d, by, a, e);
        p->verdict = SAME_DIFFERENT;
    }
    if (rc == RC_OK && n_pairs)
        rc = units_load(tx_snap(tx), county_today(c), a, &us, e);
    return rc == RC_OK && n_pairs ? same_refuse(pairs, n_pairs, name_of, us, e) : rc;
}

/* Does an indicator take the point? */
static bool takes(const struct scheme_node *node, const struct point *pt, struct arena *a)
{
    CLEANUP(err_done) struct err ignored = { 0 };
    const struct formula *f;
    const char *const *names;
    if (!*node->formula)
        return str_eq(node->code, pt->indicator);
    if (formula_compile(a, node->formula, NULL, NULL, &f, &ignored) != RC_OK)
        return false;
    size_t n = formula_names(f, &names);
    for (size_t i = 0; i < n; i++)
        if (str_eq(names[i], pt->code))
            return true;
    return false;
}

enum rc point_same_decide(struct tx *tx, struct county *c, const struct same_decision *d,
                          const char *by, struct arena *a, struct err *e)
{
    const struct snap *s = tx_snap(tx);
    const struct scheme *scheme = NULL;
    struct point pt, other;
    struct same_decision x = *d;
    enum rc rc = point_find(s, d->point, a, &pt, e);
    if (rc == RC_OK)
        rc = point_find(s, d->other, a, &other, e);
    if (rc == RC_OK && d->verdict == SAME_SAME)
        rc = scheme_if_any(s, period_at(PERIOD_QUARTER, county_today(c)), a, &scheme, e);
    for (size_t i = 0; rc == RC_OK && scheme && i < scheme->n; i++)
        if (takes(&scheme->nodes[i], &pt, a))
            rc = err_set(e, RC_CONFLICT,
                         N_("指标「{indicator}」还在用{point}:先在方案里把公式改成引用"
                            "{other},新版启用后再确认"),
                         "indicator", scheme->nodes[i].name, "point", pt.code, "other",
                         other.code);
    x.name = pt.name;
    return rc == RC_OK ? same_decide(tx, c, &x, by, a, e) : rc;
}

/* ---- the page ---- */

struct deciding {
    struct rq *rq;
    struct same_decision d;
};

static enum rc hints(struct rq *rq, const struct snap *s, struct point_same_page *p,
                     struct err *e)
{
    struct tallies_of_points_row *rows;
    size_t n;
    enum rc rc = tallies_of_points_all(s, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->hints = arena_array(rq->a, n, sizeof(*p->hints));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct burden_tally t;
        struct point pt;
        rc = burden_tally(s, BURDEN_POINT, rows[i].code, rq->a, &t, e);
        if (rc == RC_OK)
            rc = point_find(s, rows[i].code, rq->a, &pt, e);
        if (rc == RC_OK)
            p->hints[p->n_hints++] = (struct point_same_hints){
                pt.code, pt.name, unit_name_of(rq_asker(rq)->units, pt.owner), t.before
            };
    }
    return rc;
}

static enum rc show(struct rq *rq, struct point_same_page *p, const struct same_decision *wrong,
                    struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct units *us = rq_asker(rq)->units;
    struct same_pair *pairs;
    size_t n = 0;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = points_same_there(s, rq->a, &pairs, &n, e);
    if (rc == RC_OK)
        rc = hints(rq, s, p, e);
    if (rc != RC_OK)
        return rc;
    p->may_edit = person_can(&rq_asker(rq)->person, CAP_EDIT_POINTS);
    p->pairs = arena_array(rq->a, n, sizeof(*p->pairs));
    for (int decided = 0; decided < 2; decided++) /* what is to be decided comes first */
        for (size_t i = 0; i < n; i++) {
            const struct same_pair *x = &pairs[i];
            bool own = wrong && str_eq(wrong->point, x->point.code) &&
                       str_eq(wrong->other, x->other.code);
            if ((x->verdict != SAME_OPEN) != decided)
                continue;
            p->open += !decided;
            p->decided += decided;
            p->pairs[p->n_pairs++] = (struct point_same_pairs){
                .point = x->point.code,
                .name = x->point.name,
                .owner = unit_name_of(us, x->point.owner),
                .other = x->other.code,
                .other_name = x->other.name,
                .other_owner = unit_name_of(us, x->other.owner),
                .like = x->like,
                .verdict = x->verdict == SAME_OPEN   ? ""
                           : x->verdict == SAME_SAME ? "same"
                                                     : "different",
                .verdict_name =
                    rq_tr(rq, x->verdict == SAME_SAME ? N_("是同一个数") : N_("不是同一个数")),
                .reason = x->reason,
                .typed = own ? wrong->reason : "",
                .wrong = own
            };
        }
    rq_crumb(rq, rq_tr(rq, N_("监测点")), "/point");
    rq_crumb(rq, rq_tr(rq, N_("一数一源")), NULL);
    return point_same_render(rq, p, e);
}

static enum rc same_show(struct rq *rq, struct err *e)
{
    struct point_same_page p = { .error = NULL };
    return show(rq, &p, NULL, e);
}

static enum rc decide(struct tx *tx, void *arg, struct err *e)
{
    struct deciding *x = arg;
    return point_same_decide(tx, rq_county(x->rq), &x->d, x->rq->account.code, x->rq->a, e);
}

static enum rc same_post(struct rq *rq, struct err *e)
{
    struct point_same_page p = { .error = NULL };
    struct deciding x = { .rq = rq };
    const char *verdict = NULL;
    enum rc rc = rq_code(rq, "point", N_("监测点"), &x.d.point, e);
    if (rc == RC_OK)
        rc = rq_code(rq, "other", N_("监测点"), &x.d.other, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "verdict", N_("是不是同一个数"), 10, &verdict, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "reason", N_("不是的理由"), SAME_REASON_MAX, &x.d.reason, e);
    if (rc == RC_OK)
        x.d.verdict = str_eq(verdict, "same")        ? SAME_SAME
                      : str_eq(verdict, "different") ? SAME_DIFFERENT
                                                     : SAME_OPEN;
    x.d.name = x.d.point;
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, decide, &x, e);
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("已确认")));
        return web_done(rq, "/point/same", e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, x.d.reason ? &x.d : NULL, e) : rc;
}

const struct route point_same_routes[] = {
    { .method = GET,
      .path = "/point/same",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_POINTS,
      .scope = SCOPE_ALL,
      .fn = same_show,
      .page = &point_same_kind,
      .help = N_("一数一源:很像的监测点,和“这个数以前报过”的提示") },
    { .method = POST,
      .path = "/point/same",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_POINTS,
      .scope = SCOPE_ALL,
      .fn = same_post,
      .help =
          N_("确认两个监测点是不是同一个数:point、other、verdict(same或different)、reason") },
};
const size_t point_same_routes_n = COUNT(point_same_routes);
