/* What is wrong with a draft of a scheme, all of it: tree, formulas, and what has expired. */
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "burden/same.h"
#include "monitor/point.sql.h"
#include "monitor/readopt.h"
#include "monitor/scheme.h"
#include "stats/formula.h"

struct checking {
    struct arena *a;
    struct scheme_problem *list;
    size_t n;
    const struct map *points;
    const struct map *indicators, *forms; /* that have expired */
};

static struct err *problem(struct checking *k, const char *code)
{
    static const size_t last = SCHEME_PROBLEMS_MAX - 1;
    struct scheme_problem *p = &k->list[k->n < last ? k->n++ : last];
    p->code = code;
    return &p->err;
}

static bool point_known(const void *arg, const char *name, enum formula_type *ret_type)
{
    *ret_type = FORMULA_NUMBER;
    return map_has(arg, name);
}

static void check_formula(struct checking *k, const struct scheme_node *n)
{
    struct err why = { 0 };
    const struct formula *f;
    if (*n->formula &&
        formula_compile(k->a, n->formula, point_known, k->points, &f, &why) != RC_OK) {
        err_set(problem(k, n->code), RC_INVALID, N_("指标「{name}」的公式: {reason}"), "name",
                n->name, "reason", err_both(&why, k->a));
        err_done(&why);
        k->list[k->n - 1].source =
            formula_compile(k->a, n->formula, NULL, NULL, &f, &why) == RC_OK;
    }
    err_done(&why);
}

/* What the yearly check-up let expire is in no new scheme: the indicator, and what its formula
 * asks for. */
static void check_expired(struct checking *k, const struct scheme_node *n)
{
    struct err none = { 0 };
    const struct formula *f;
    const char *const *names;
    const struct readopt *gone = map_get(k->indicators, n->code);
    if (gone)
        (void)readopt_refuse(n->name, gone, problem(k, n->code)); /* said to the editor */
    if (*n->formula && formula_compile(k->a, n->formula, NULL, NULL, &f, &none) == RC_OK)
        for (size_t i = formula_names(f, &names); i-- > 0;)
            if ((gone = map_get(k->forms, names[i])) != NULL)
                (void)readopt_refuse(names[i], gone, problem(k, n->code));
    err_done(&none);
}

/* No point feeds it; one that is there may be the same number. */
static void no_point(struct err *ret, const struct scheme_node *n,
                     const struct point_list_row *points, size_t n_points)
{
    const struct point_list_row *best = NULL;
    double like, most = SAME_LIKE;
    for (size_t i = 0; i < n_points; i++)
        if ((like = same_likeness(points[i].name, n->name)) >= most && (!best || like > most)) {
            best = &points[i];
            most = like;
        }
    if (best)
        err_set(ret, RC_INVALID,
                N_("指标「{name}」还没有监测点供数,已有的{code}「{other}」很像:是同一个数就引用"
                   "它,不要再收一次"),
                "name", n->name, "code", best->code, "other", best->name);
    else
        err_set(ret, RC_INVALID, N_("指标「{name}」还没有监测点供数"), "name", n->name);
}

/* Without a formula it needs a point that still is asked for. */
static void check_fed(struct checking *k, const struct scheme_node *n,
                      const struct point_list_row *points, size_t n_points)
{
    const struct point_list_row *last = NULL;
    for (size_t i = 0; i < n_points; i++) {
        if (!str_eq(points[i].indicator, n->code))
            continue;
        if (!map_has(k->forms, points[i].code))
            return;
        last = &points[i];
    }
    if (last) {
        (void)readopt_refuse(last->name, map_get(k->forms, last->code), problem(k, n->code));
        return;
    }
    no_point(problem(k, n->code), n, points, k->n < SCHEME_PROBLEMS_MAX - 1 ? n_points : 0);
    k->list[k->n - 1].source = true;
}

enum rc scheme_check(const struct snap *snap, const struct scheme *s, struct arena *a,
                     struct scheme_problem **ret, size_t *ret_n, struct err *e)
{
    struct point_list_row *points;
    struct map *indicators, *forms;
    size_t n_points;
    enum rc rc = point_list_all(snap, a, &points, &n_points, e);
    if (rc == RC_OK)
        rc = readopt_gone(snap, "indicator", a, &indicators, e);
    if (rc == RC_OK)
        rc = readopt_gone(snap, "form", a, &forms, e);
    if (rc != RC_OK)
        return rc;
    struct map *by_code = map_new(a);
    for (size_t i = 0; i < n_points; i++)
        map_add(by_code, points[i].code, &points[i]);
    struct checking k = { .a = a,
                          .points = by_code,
                          .indicators = indicators,
                          .forms = forms,
                          .list = arena_array(a, SCHEME_PROBLEMS_MAX, sizeof(*k.list)) };
    struct scheme_plan plan;
    struct err why = { 0 };
    if (scheme_plan(s, s->from_period.v ? period_last_day(s->from_period) : INT32_MAX, a, &plan,
                    &why) != RC_OK)
        err_move(problem(&k, ""), &why);
    for (size_t i = 0; i < s->n; i++) {
        const struct scheme_node *n = &s->nodes[i];
        if (n->level != 1 || str_eq(n->type, "Group") || str_eq(n->type, "Other"))
            continue;
        check_formula(&k, n);
        check_expired(&k, n);
        if (!*n->formula)
            check_fed(&k, n, points, n_points);
    }
    *ret = k.list;
    *ret_n = k.n;
    return RC_OK;
}
