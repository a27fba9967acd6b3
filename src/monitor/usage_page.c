/*
 * 我的数据用在哪, for who supplies values: of each point the indicators whose formula has it,
 * how many reports those are part of, and the rules that look at it or at such an indicator.
 * Units are counted, not named: the figures of others are not the supplier's.
 */
#include "base/map.h"
#include "base/str.h"
#include "monitor/compute.sql.h"
#include "monitor/data_page.h"
#include "monitor/mine_page.h"
#include "monitor/point.h"
#include "monitor/publication.h"
#include "monitor/scheme.h"
#include "monitor/usage.html.h"
#include "monitor/warning_lamp.h"
#include "people/asker.h"
#include "stats/formula.h"
#include "store/county.h"
#include "warn/rule.h"
#include "warn/warn.h"

struct using
{
    struct rq *rq;
    const struct snap *s;
    const struct scheme *scheme; /* NULL: none */
    const struct rule *rules;
    size_t n_rules;
    struct map *warned; /* rule code → index into n_warned */
    int64_t *n_warned;
    struct reports_of_run_row *reports;
    size_t n_reports;
    struct usage_page p;
};

/* Does the indicator take the point? */
static bool takes(const struct using *x, const struct scheme_node *node, const struct point *p)
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct formula *f;
    const char *const *names;
    if (node->level != 1)
        return false;
    if (!*node->formula)
        return str_eq(node->code, p->indicator);
    if (formula_compile(x->rq->a, node->formula, NULL, NULL, &f, &e) != RC_OK)
        return false;
    size_t n = formula_names(f, &names);
    for (size_t i = 0; i < n; i++)
        if (str_eq(names[i], p->code))
            return true;
    return false;
}

static bool among(const struct usage_points *p, const char *indicator)
{
    for (size_t i = 0; i < p->n_indicators; i++)
        if (str_eq(p->indicators[i].code, indicator))
            return true;
    return false;
}

static void fill_rules(struct using *x, const struct point *pt, struct usage_points *p)
{
    p->rules = arena_array(x->rq->a, x->n_rules, sizeof(*p->rules));
    for (size_t i = 0; i < x->n_rules; i++) {
        const struct rule *r = &x->rules[i];
        bool point = r->kind == WARN_POINT && str_eq(r->target, pt->code),
             node = (r->kind == WARN_INDICATOR || r->kind == WARN_SCORE) && among(p, r->target);
        if (!point && !node)
            continue;
        ptrdiff_t at = map_index(x->warned, r->code);
        int64_t n = at >= 0 ? x->n_warned[at] : 0;
        p->rules[p->n_rules++] = (struct usage_points_rules){ r->code, r->name, n };
        p->warned += n;
    }
}

static void fill_point(struct using *x, const struct point *pt, const char *owner)
{
    const struct units *us = rq_asker(x->rq)->units;
    struct usage_points *p = &x->p.points[x->p.n_points++];
    *p = (struct usage_points){ .code = pt->code,
                                .name = pt->name,
                                .owner = owner,
                                .frequency = rq_tr(x->rq, frequency_text(pt->frequency)) };
    size_t n = x->scheme ? x->scheme->n : 0;
    p->indicators = arena_array(x->rq->a, n, sizeof(*p->indicators));
    for (size_t i = 0; i < n; i++)
        if (takes(x, &x->scheme->nodes[i], pt))
            p->indicators[p->n_indicators++] = (struct usage_points_indicators){
                x->scheme->nodes[i].code, x->scheme->nodes[i].name, x->scheme->nodes[i].formula
            };
    for (size_t i = 0; p->n_indicators > 0 && i < x->n_reports; i++) {
        const struct unit *u = units_by_id(us, x->reports[i].unit_id);
        p->reports += u && point_applies(pt, u);
    }
    fill_rules(x, pt, p);
    x->p.unused += p->n_indicators == 0;
    x->p.reports = p->reports > x->p.reports ? p->reports : x->p.reports;
}

/* What has been published last: reports, and how many warnings of each rule burn. */
static enum rc load_published(struct using *x, struct err *e)
{
    struct sight k;
    struct warn_view *w = NULL;
    size_t n_periods, n = 0;
    enum rc rc = rq_sight(x->rq, &k, e);
    if (rc != RC_OK)
        return rc;
    const struct period *list = sight_periods(&k, false, x->rq->a, &n_periods);
    const struct publication *run = n_periods ? sight_run(&k, list[0]) : NULL;
    const struct warn_sight sight = sight_warnings(&k);
    x->p.computed = run != NULL;
    if (run) {
        x->p.period = run->period;
        rc =
            reports_of_run_all(x->s, run->computation, x->rq->a, &x->reports, &x->n_reports, e);
    }
    if (rc == RC_OK && run)
        rc = warnings_shown(x->s, run->period, &sight, (struct id){ 0 }, x->rq->lang, x->rq->a,
                            &w, &n, e);
    x->warned = map_new(x->rq->a);
    x->n_warned = arena_array(x->rq->a, n, sizeof(*x->n_warned));
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        if (!warn_view_counts(&w[i]))
            continue;
        map_add_index(x->warned, w[i].rule_code, map_count(x->warned));
        x->n_warned[map_index(x->warned, w[i].rule_code)]++;
    }
    return rc;
}

static enum rc usage_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct asker *k = rq_asker(rq);
    struct using x = { .rq = rq };
    struct rule *rules;
    const struct point *points;
    struct period now = period_at(PERIOD_QUARTER, county_today(rq_county(rq)));
    size_t n;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    x.s = s;
    if (rc == RC_OK)
        rc = load_published(&x, e);
    if (rc == RC_OK)
        rc = scheme_if_any(s, x.p.computed ? x.p.period : now, rq->a, &x.scheme, e);
    if (rc == RC_OK)
        rc = points_load(s, x.scheme, rq->a, &points, &n, e);
    if (rc == RC_OK)
        rc = rules_in_force(s, rq->a, &rules, &x.n_rules, e);
    if (rc != RC_OK)
        return rc;
    x.rules = rules;
    x.p.points = arena_array(rq->a, n, sizeof(*x.p.points));
    for (size_t i = 0; i < n; i++) {
        const struct unit *owner = units_find(k->units, points[i].owner);
        if (owner && person_may(&k->person, CAP_SEND_VALUES, owner))
            fill_point(&x, &points[i], owner->name);
    }
    x.p.total = (int64_t)x.p.n_points;
    return usage_render(rq, &x.p, e);
}

const struct route usage_routes[] = {
    { .method = GET,
      .path = "/usage",
      .auth = SESSION | TOKEN,
      .need = CAP_SEND_VALUES,
      .scope = SCOPE_LIST,
      .fn = usage_show,
      .page = &usage_kind,
      .help = N_("我的数据用在哪:每个监测点进哪些指标、报告和预警规则") },
};
const size_t usage_routes_n = COUNT(usage_routes);
