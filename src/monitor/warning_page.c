/* Warnings: the list of a period, one with its history, and the rules. Only units the reader may see. */
#include "monitor/warning_page.h"

#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/data_page.h"
#include "monitor/overview_page.h"
#include "monitor/rule_list.html.h"
#include "monitor/warning.html.h"
#include "monitor/warning_list.html.h"
#include "people/asker.h"
#include "store/county.h"
#include "warn/warning.h"
#include "warn/words.h"
#include "web/svg.h"
#include <math.h>

static const struct {
    const char *mark, *name;
} colours[] = { [WARN_NONE] = { "", "" },
                [WARN_YELLOW] = { "y", N_("黄") },
                [WARN_ORANGE] = { "o", N_("橙") },
                [WARN_RED] = { "r", N_("红") } };

static const char *state_text(const struct rq *rq, enum warn_state s)
{
    switch (s) {
    case WARN_NEW:
    case WARN_PENDING:
        return rq_tr(rq, N_("观察中"));
    case WARN_FIRING:
        return rq_tr(rq, N_("已发出"));
    case WARN_RECOVERING:
        return rq_tr(rq, N_("恢复中"));
    case WARN_NODATA:
        return rq_tr(rq, N_("数据缺失"));
    case WARN_RESOLVED:
        return rq_tr(rq, N_("已消除"));
    }
    return "";
}

/* ---- the list ---- */

struct listing {
    struct rq *rq;
    struct warning_list_page p;
    const struct units *units;
    const bool *may;
    struct map *unit_seen, *rule_seen;
};

static bool chosen(const char *filter, const char *value)
{
    return !*filter || str_eq(filter, value);
}

static void count(struct listing *l, const struct warn_view *w, const struct unit *u)
{
    struct warning_list_page *p = &l->p;
    bool burns = warn_view_burns(w) && !w->merged;
    p->active += burns;
    p->resolved += w->state == WARN_RESOLVED;
    if (burns && map_add(l->unit_seen, u->code, l)) {
        p->units[p->n_units++] = (struct warning_list_units){ u->code, u->name, *p->unit && str_eq(p->unit, u->code) };
        p->unit_total++;
    }
    if (map_add(l->rule_seen, w->rule_code, l))
        p->rules[p->n_rules++] = (struct warning_list_rules){ w->rule_code, w->name, *p->rule && str_eq(p->rule, w->rule_code) };
    for (size_t i = 0; i < p->n_colours; i++)
        p->colours[i].n += burns && str_eq(p->colours[i].mark, colours[w->colour].mark);
    for (size_t i = 0; i < p->n_states; i++)
        p->states[i].n += str_eq(p->states[i].code, warn_state_word(w->state));
}

static void add(struct listing *l, const struct warn_view *w, const struct unit *u, const struct warn_view *all, size_t n)
{
    struct warning_list_page *p = &l->p;
    int64_t merged = 0;
    for (size_t i = 0; i < n; i++)
        merged += all[i].merged && all[i].merged_into.v == w->id.v;
    p->warnings[p->n_warnings++] = (struct warning_list_warnings){ .code = w->code,
                                                                   .mark = colours[w->colour].mark,
                                                                   .colour = rq_tr(l->rq, colours[w->colour].name),
                                                                   .unit = u->code,
                                                                   .unit_name = u->name,
                                                                   .name = w->name,
                                                                   .rule_code = w->rule_code,
                                                                   .rule = w->rule,
                                                                   .values = w->values,
                                                                   .state = state_text(l->rq, w->state),
                                                                   .since = w->fired_period.v ? w->fired_period : w->first_period,
                                                                   .clears = w->clears,
                                                                   .merged = merged };
}

static void fill(struct listing *l, const struct warn_view *all, size_t n)
{
    static const enum warn_state states[] = { WARN_PENDING, WARN_FIRING, WARN_RECOVERING, WARN_NODATA, WARN_RESOLVED };
    struct warning_list_page *p = &l->p;
    struct arena *a = l->rq->a;
    p->colours = arena_array(a, 3, sizeof(*p->colours));
    for (enum warn_colour c = WARN_RED; c >= WARN_YELLOW; c--)
        p->colours[p->n_colours++] =
            (struct warning_list_colours){ colours[c].mark, rq_tr(l->rq, colours[c].name), 0, str_eq(p->colour, colours[c].mark) };
    p->states = arena_array(a, COUNT(states), sizeof(*p->states));
    for (size_t i = 0; i < COUNT(states); i++)
        p->states[p->n_states++] = (struct warning_list_states){ warn_state_word(states[i]), state_text(l->rq, states[i]), 0,
                                                                 str_eq(p->state, warn_state_word(states[i])) };
    p->units = arena_array(a, n, sizeof(*p->units));
    p->rules = arena_array(a, n, sizeof(*p->rules));
    p->warnings = arena_array(a, n, sizeof(*p->warnings));
    for (size_t i = 0; i < n; i++) {
        const struct warn_view *w = &all[i];
        const struct unit *u = units_by_id(l->units, w->unit);
        if (!u || !l->may[u->index])
            continue;
        count(l, w, u);
        /* Without a state the list is what burns; merged ones are named by the one that carries them. */
        bool stands = *p->state ? str_eq(p->state, warn_state_word(w->state)) : warn_view_burns(w) && !w->merged;
        if (stands && chosen(p->colour, colours[w->colour].mark) && chosen(p->unit, u->code) && chosen(p->rule, w->rule_code))
            add(l, w, u, all, n);
    }
    p->total = (int64_t)p->n_warnings;
}

static const char *filter(struct rq *rq, const char *name)
{
    const char *v = rq_query(rq, name);
    return v ? v : "";
}

static enum rc warning_list_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct asker *k = rq_asker(rq);
    struct listing l = { .rq = rq,
                         .units = k->units,
                         .may = person_scope(&k->person, CAP_READ_UNIT, k->units, rq->a),
                         .unit_seen = map_new(rq->a),
                         .rule_seen = map_new(rq->a),
                         .p = { .colour = filter(rq, "colour"), .state = filter(rq, "state"), .unit = filter(rq, "unit"),
                                .rule = filter(rq, "rule"), .base = "" } };
    struct warn_view *all;
    size_t n, from, to;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, s, "/warning", &l.p.period, e);
    if (rc == RC_OK)
        rc = warn_of_period(s, l.p.period, (struct id){ 0 }, (struct id){ 0 }, rq->lang, rq->a, &all, &n, e);
    if (rc != RC_OK)
        return rc;
    fill(&l, all, n);
    rc = rq_pager(rq, l.p.n_warnings, &from, &to, &l.p.pager, e);
    if (rc != RC_OK)
        return rc;
    l.p.warnings += from;
    l.p.n_warnings = to - from;
    return warning_list_render(rq, &l.p, e);
}

/* ---- one ---- */

static void history(struct rq *rq, const struct warn_history *h, struct warning_page *p)
{
    struct svg_trend_point *points = arena_array(rq->a, h->n, sizeof(*points));
    p->judged = arena_array(rq->a, h->n, sizeof(*p->judged));
    for (size_t i = 0; i < h->n; i++) {
        const struct warn_judgement *j = &h->judged[i];
        p->judged[i] = (struct warning_judged){ .period = j->period,
                                                .value = j->value,
                                                .previous = j->previous,
                                                .limit = j->limit,
                                                .mark = colours[j->colour].mark,
                                                .colour = rq_tr(rq, colours[j->colour].name),
                                                .to_state = state_text(rq, j->state),
                                                .at = j->at,
                                                .report = true };
        points[i] = (struct svg_trend_point){ .name = period_name(rq->a, j->period, rq->lang), .v = j->value, .lo = NAN, .hi = NAN };
    }
    p->n_judged = h->n;
    struct str b;
    str_init(&b, rq->a);
    double limit = h->n ? h->judged[h->n - 1].limit : NAN;
    const char *line = isnan(limit) ? NULL : text_fill(rq->a, rq_tr(rq, N_("界线{limit}")), "limit", fmt_value(rq->a, limit), NULL);
    svg_trend(&b, &(struct svg_trend){ .label = h->now.name, .n = h->n, .points = points, .values = true, .ref_name = line, .ref = limit });
    p->chart = b.s;
}

static enum rc warning_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct asker *k = rq_asker(rq);
    struct warn_history h;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = warn_load(s, rq_param(rq, "code"), rq->lang, rq->a, &h, e);
    if (rc != RC_OK)
        return rc;
    const struct unit *u = units_by_id(k->units, h.now.unit);
    rc = person_demand(&k->person, CAP_READ_UNIT, u, e);
    if (rc != RC_OK || !u)
        return rc;
    const struct warn_view *w = &h.now;
    struct warning_page p = { .code = w->code,
                              .mark = colours[w->colour].mark,
                              .colour = rq_tr(rq, colours[w->colour].name),
                              .name = w->name,
                              .unit = u->code,
                              .unit_name = u->name,
                              .period = w->period,
                              .state = warn_state_word(w->state),
                              .state_name = state_text(rq, w->state),
                              .occurrence = w->occurrence,
                              .since = w->first_period,
                              .fired = w->fired_period,
                              .rule_code = w->rule_code,
                              .rule_name = h.rule.name,
                              .rule = w->rule,
                              .rule_version = w->rule_version,
                              .target_name = h.subject,
                              .target_href = h.rule.kind == WARN_POINT ? arena_printf(rq->a, "/point/%s", h.rule.target)
                                             : h.rule.kind == WARN_COMPLETENESS
                                                 ? "/completeness"
                                                 : arena_printf(rq->a, "/%s/%s", h.rule.kind == WARN_INDICATOR ? "indicator" : "node",
                                                                h.rule.target),
                              .value = w->value,
                              .limit = w->limit,
                              .recover = h.rule.when.recover,
                              .measure = w->measure,
                              .log_index_null = true };
    struct warning_clears clears[2];
    if (h.figure && *h.figure)
        clears[p.n_clears++] = (struct warning_clears){ .what = h.figure, .holder = h.holder };
    if (*h.rule.advice && w->state != WARN_RESOLVED)
        clears[p.n_clears++] = (struct warning_clears){ .what = h.rule.advice };
    p.clears = clears;
    history(rq, &h, &p);
    struct vouched v = { .log_index_null = true };
    if (h.n)
        rc = record_vouch(rq, s, h.judged[h.n - 1].record, &v, e);
    p.log_index = v.log_index;
    p.log_index_null = v.log_index_null;
    p.vouch = v.vouch;
    rq_crumb(rq, rq_tr(rq, N_("预警")), "/warning");
    rq_crumb(rq, w->code, NULL);
    return rc == RC_OK ? warning_render(rq, &p, e) : rc;
}

/* ---- rules ---- */

static enum rc rule_list_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rule *rules;
    struct warn_view *all;
    size_t n, n_all;
    struct period period;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rules_newest(s, rq->a, &rules, &n, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, s, "/rule", &period, e);
    if (rc == RC_OK)
        rc = warn_of_period(s, period, (struct id){ 0 }, (struct id){ 0 }, rq->lang, rq->a, &all, &n_all, e);
    if (rc != RC_OK)
        return rc;
    struct rule_list_page p = { .rules = arena_array(rq->a, n, sizeof(*p.rules)), .n_rules = n };
    for (size_t i = 0; i < n; i++) {
        const struct rule *r = &rules[i];
        struct rule_list_rules *out = &p.rules[i];
        *out = (struct rule_list_rules){ .code = r->code,
                                         .name = r->name,
                                         .target = r->target,
                                         .words = words_rule(r, warn_lowest(&r->when), "", rq->lang, rq->a),
                                         .yellow = r->when.limit[WARN_YELLOW],
                                         .orange = r->when.limit[WARN_ORANGE],
                                         .red = r->when.limit[WARN_RED],
                                         .for_periods = r->when.for_periods,
                                         .state = rule_state_word(r->state),
                                         .state_name = rq_tr(rq, rule_state_text(r->state)),
                                         .version = r->version };
        p.live += r->state == RULE_LIVE;
        for (size_t k = 0; k < n_all; k++)
            if (str_eq(all[k].rule_code, r->code) && warn_view_burns(&all[k]) && !all[k].merged)
                out->firing++;
        out->unit_total = out->firing; /* a rule stands at most once at a unit */
    }
    return rule_list_render(rq, &p, e);
}

const struct route warning_routes[] = {
    { .method = GET, .path = "/warning", .auth = SESSION | TOKEN, .need = CAP_READ_UNIT, .scope = SCOPE_LIST, .fn = warning_list_show,
      .page = &warning_list_kind, .help = N_("一期的预警") },
    { .method = GET, .path = "/warning/:code", .auth = SESSION | TOKEN, .need = CAP_READ_UNIT, .scope = SCOPE_OBJECT,
      .fn = warning_show, .page = &warning_kind, .journal = "warning", .help = N_("一条预警和它的判断经过") },
    { .method = GET, .path = "/rule", .auth = SESSION | TOKEN, .need = CAP_READ_UNIT, .scope = SCOPE_ALL, .fn = rule_list_show,
      .page = &rule_list_kind, .help = N_("预警规则") },
};
const size_t warning_routes_n = COUNT(warning_routes);
