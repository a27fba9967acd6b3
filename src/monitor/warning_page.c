/*
 * One warning: by which rule and values it was judged period by period, what carries it or is
 * carried by it, and exactly what clears it.
 */
#include "monitor/warning_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/inbox.h"
#include "monitor/data_page.h"
#include "monitor/panel.h"
#include "monitor/publication.h"
#include "monitor/value.sql.h"
#include "monitor/warning.html.h"
#include "monitor/warning_kind.h"
#include "monitor/warning_lamp.h"
#include "monitor/warning_list.html.h"
#include "monitor/warning_matter.h"
#include "monitor/warning_quiet.html.h"
#include "people/asker.h"
#include "store/county.h"
#include "warn/warning.h"
#include "warn/words.h"
#include "web/svg.h"

#include <math.h>

enum { VALUES_SHOWN = 40 };

struct showing {
    struct rq *rq;
    const struct snap *s;
    struct sight k;
    struct warn_history h;
    const struct unit *unit; /* as it was at the end of the period */
    struct warning_page p;
};

/* Limits of changes and counts do not lie on the axis of the value. */
static bool on_value_axis(enum rule_op op)
{
    return op == RULE_BELOW || op == RULE_ABOVE;
}

/* ---- how it stands ---- */

static const char *state_note(struct showing *x)
{
    struct rq *rq = x->rq;
    const struct warn_view *w = &x->h.now;
    const struct condition *c = &x->h.rule.when;
    if (x->h.end == WARN_WITHDRAWN)
        return rq_tr(rq, N_("规则已停用，或不再适用于本单位"));
    if (x->h.end == WARN_CORRECTED)
        return rq_tr(rq, N_("数值更正后不成立"));
    if (x->h.end == WARN_VOIDED)
        return rq_tr(rq, N_("对它的异议成立，已撤销"));
    if (x->h.end == WARN_FADED)
        return rq_tr(rq, N_("没有发出过"));
    if (w->state == WARN_PENDING)
        return text_fill(rq->a, rq_tr(rq, N_("连续{n}期才发出")), "n",
                         fmt_count(rq->a, c->for_periods), NULL);
    if (w->state != WARN_RESOLVED && !on_value_axis(c->op))
        return w->values;
    return NULL;
}

/* NULL when this person has no page of it: those of indicators compare all units. */
static const char *target_href(struct showing *x)
{
    const struct rule *r = &x->h.rule;
    struct arena *a = x->rq->a;
    if ((r->kind == WARN_INDICATOR || r->kind == WARN_SCORE) &&
        !person_can(&rq_asker(x->rq)->person, CAP_READ_COUNTY))
        return NULL;
    switch (r->kind) {
    case WARN_POINT:
        return arena_printf(a, "/point/%s", r->target);
    case WARN_INDICATOR:
        return arena_printf(a, "/indicator/%s", r->target);
    case WARN_SCORE:
        return arena_printf(a, "/node/%s", r->target);
    case WARN_COMPLETENESS:
        return "/completeness";
    }
    return NULL;
}

static void heading(struct showing *x)
{
    struct rq *rq = x->rq;
    const struct warn_view *w = &x->h.now;
    bool plain = on_value_axis(x->h.rule.when.op);
    x->p = (struct warning_page){ .code = w->code,
                                  .mark = warning_lamp_mark(w->lamp),
                                  .colour = rq_tr(rq, warn_colour_text(w->colour)),
                                  .lamp = w->lamp != w->colour
                                              ? rq_tr(rq, warning_lamp_text(w->lamp))
                                              : NULL,
                                  .name = w->name,
                                  .unit = x->unit->code,
                                  .unit_name = x->unit->name,
                                  .period = w->period,
                                  .state = warn_state_word(w->state),
                                  .state_name = rq_tr(rq, warn_state_text(w->state)),
                                  .state_note = state_note(x),
                                  .occurrence = w->occurrence,
                                  .since = w->first_period,
                                  .fired = w->fired_period,
                                  .rule_code = w->rule_code,
                                  .rule_name = x->h.rule.name,
                                  .rule = w->rule,
                                  .rule_version = w->rule_version,
                                  .target_name = x->h.subject,
                                  .target_href = target_href(x),
                                  .value = plain ? w->value : NAN,
                                  .limit = plain ? w->limit : NAN,
                                  .recover = plain ? x->h.rule.when.recover : NAN,
                                  .measure = w->measure,
                                  .log_index_null = true };
}

static void clears(struct showing *x)
{
    struct warning_page *p = &x->p;
    const struct warn_view *w = &x->h.now;
    p->clears = arena_array(x->rq->a, 2, sizeof(*p->clears));
    if (*x->h.figure)
        p->clears[p->n_clears++] =
            (struct warning_clears){ .what = x->h.figure,
                                     .holder = *x->h.holder ? x->h.holder : NULL };
    if (*x->h.rule.advice && warn_view_burns(w))
        p->clears[p->n_clears++] = (struct warning_clears){ .what = x->h.rule.advice };
}

/* ---- in people's hands ---- */

/* Where it lies: units by name, the desk of a capability as the team. */
static const char *waits_text(struct showing *x, const struct matter *m)
{
    const struct units *us = rq_asker(x->rq)->units;
    struct str b;
    str_init(&b, x->rq->a);
    for (size_t i = 0; i < m->n_desks; i++) {
        const char *desk = m->desks[i];
        const char *name = desk[0] == 'u'   ? unit_name_of(us, desk + 2)
                           : desk[0] == 'c' ? rq_tr(x->rq, N_("平台专班"))
                                            : "";
        str_addf(&b, "%s%s", b.n ? rq_tr(x->rq, N_("、")) : "", name);
    }
    return b.s;
}

static enum rc show_quiet(struct showing *x, const struct matter *m, struct warning_hand *p,
                          struct err *e)
{
    const struct request_at *r = matter_request(m, FLOW_SNOOZE);
    struct warning_quiet q;
    p->asking = r && m->quiet_day < county_today(rq_county(x->rq));
    if (!p->asking && m->quiet_day < county_today(rq_county(x->rq)))
        return RC_OK;
    enum rc rc = warning_quiet_of(x->s, m->code, x->rq->a, &q, e);
    if (rc != RC_OK)
        return rc;
    p->quiet = day_start(p->asking ? r->until : m->quiet_day);
    p->quiet_why = q.why;
    p->asked_by = q.asked_by;
    p->granted_by = p->asking ? "" : q.granted_by;
    return RC_OK;
}

/* What is still wanted by the matter takes the place of what the figure alone says. */
static enum rc wanted(struct showing *x, const struct matter *m, struct err *e)
{
    struct flow_words words;
    struct flow_look l = {
        .c = rq_county(x->rq), .snap = x->s, .kind = m->kind, .matter = m, .by = ""
    };
    enum rc rc = m->kind->describe(&l, x->rq->lang, x->rq->a, &words, e);
    if (rc != RC_OK || !m->open)
        return rc;
    x->p.clears = arena_array(x->rq->a, words.n_needs, sizeof(*x->p.clears));
    x->p.n_clears = 0;
    for (size_t i = 0; i < words.n_needs; i++)
        x->p.clears[x->p.n_clears++] = (struct warning_clears){ .what = words.needs[i].what,
                                                                .holder = words.needs[i].holder,
                                                                .done = words.needs[i].done };
    return RC_OK;
}

static enum rc hand(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct county *c = rq_county(rq);
    struct asker *k = rq_asker(rq);
    struct flow_who w;
    struct matter_line *lines;
    struct matter m;
    size_t n, at = 0;
    enum rc rc = flow_who_load(x->s, c, &k->person, k->units, rq->a, &w, e);
    if (rc == RC_OK)
        rc = flow_linked(x->s, c, &w, "warning", x->h.now.code, rq->lang, rq->a, &lines, &n, e);
    while (rc == RC_OK && at < n && !str_eq(lines[at].kind, warning_flow_kind.code))
        at++;
    if (rc != RC_OK || at == n)
        return rc;
    rc = matter_load(x->s, c, lines[at].code, rq->a, &m, e);
    if (rc != RC_OK || !m.kind)
        return rc;
    const struct clock_at *cl = matter_running(&m);
    const struct flow_move *next = flow_offered(x->s, c, &w, &m, NULL),
                           *quiet = flow_offered(x->s, c, &w, &m, "ask_quiet");
    struct warning_hand *p = arena_alloc(rq->a, sizeof(*p));
    *p = (struct warning_hand){ .code = m.code,
                                .state_name = lines[at].state_name,
                                .waits = waits_text(x, &m),
                                .due = cl && cl->due ? due_text(rq, cl->due) : NULL,
                                .next = next ? rq_tr(rq, next->name) : NULL,
                                .next_verb = next ? next->verb : NULL,
                                .quiet_verb = quiet ? quiet->verb : NULL,
                                .reopened = m.reopened,
                                .returned = m.returned };
    x->p.hand = p;
    rc = show_quiet(x, &m, p, e);
    return rc == RC_OK ? wanted(x, &m, e) : rc;
}

/* ---- its periods ---- */

static void chart(struct showing *x)
{
    struct rq *rq = x->rq;
    const struct warn_history *h = &x->h;
    struct svg_trend_point *points = arena_array(rq->a, h->n, sizeof(*points));
    for (size_t i = 0; i < h->n; i++)
        points[i] =
            (struct svg_trend_point){ .name = words_period(h->judged[i].period, h->now.period,
                                                           rq->lang, rq->a),
                                      .v = h->judged[i].value,
                                      .lo = NAN,
                                      .hi = NAN };
    struct svg_trend t = { .label = h->subject, .n = h->n, .points = points, .values = true };
    if (on_value_axis(h->rule.when.op)) {
        t.ref = h->now.limit;
        t.ref_name = isnan(t.ref) ? NULL
                                  : text_fill(rq->a, rq_tr(rq, N_("界线{limit}")), "limit",
                                              fmt_value(rq->a, t.ref), NULL);
    }
    struct str b;
    str_init(&b, rq->a);
    svg_trend(&b, &t);
    x->p.chart = b.s;
}

static void judged(struct showing *x)
{
    struct rq *rq = x->rq;
    struct warning_page *p = &x->p;
    p->judged = arena_array(rq->a, x->h.n, sizeof(*p->judged));
    for (size_t i = 0; i < x->h.n; i++) {
        const struct warn_judgement *j = &x->h.judged[i];
        p->judged[p->n_judged++] =
            (struct warning_judged){ .period = j->period,
                                     .value = j->value,
                                     .previous = j->previous,
                                     .limit = j->limit,
                                     .mark = warn_mark(j->colour),
                                     .colour = rq_tr(rq, warn_colour_text(j->colour)),
                                     .to_state = rq_tr(rq, warn_state_text(j->state)),
                                     .at = j->at,
                                     .report = true };
    }
    if (x->h.n > 1)
        chart(x);
}

/* ---- what carries it, and what it carries ---- */

static enum rc merged(struct showing *x, struct err *e)
{
    const struct warn_view *w = &x->h.now;
    struct warning_page *p = &x->p;
    struct warn_view *all;
    size_t n;
    const struct warn_sight sight = sight_warnings(&x->k);
    enum rc rc =
        warnings_shown(x->s, w->period, &sight, w->unit, x->rq->lang, x->rq->a, &all, &n, e);
    if (rc != RC_OK)
        return rc;
    p->merged = arena_array(x->rq->a, n, sizeof(*p->merged));
    for (size_t i = 0; i < n; i++) {
        if (all[i].merged_into.v == w->id.v)
            p->merged[p->n_merged++] =
                (struct warning_merged){ all[i].code, warning_lamp_mark(all[i].lamp),
                                         rq_tr(x->rq, warning_lamp_text(all[i].lamp)),
                                         all[i].name };
        if (w->merged && all[i].id.v == w->merged_into.v) {
            p->into_code = all[i].code;
            p->into_name = all[i].name;
        }
    }
    return RC_OK;
}

/* ---- the values that went in ---- */

static enum rc value_of(struct showing *x, const struct point *pt, struct period when,
                        struct err *e)
{
    struct rq *rq = x->rq;
    struct warning_page *p = &x->p;
    struct value_versions_row *rows;
    size_t n;
    enum rc rc = value_versions_all(x->s, x->unit->id, pt->id, when, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->values[p->n_values++] =
        (struct warning_values){ .point = pt->code,
                                 .name = pt->name,
                                 .period = when,
                                 .value = n ? rows[0].value : NAN,
                                 .missing = n ? missing_text(rq, rows[0].missing)
                                              : rq_tr(rq, N_("还没有报")),
                                 .unit = pt->unit_of_measure };
    return RC_OK;
}

/* Rows of a point that lie in the period, or the one it lies in. */
static enum rc values_of_point_in(struct showing *x, const struct point *pt, struct err *e)
{
    struct period p = x->h.now.period;
    struct period when = period_at(pt->frequency, period_first_day(p));
    if (period_kind(when) > period_kind(p) && !period_contains(p, when))
        when = period_step(when, 1); /* a week that began before */
    enum rc rc = RC_OK;
    do {
        rc = value_of(x, pt, when, e);
        when = period_step(when, 1);
    } while (rc == RC_OK && period_contains(p, when) && x->p.n_values < VALUES_SHOWN);
    return rc;
}

static enum rc values(struct showing *x, struct err *e)
{
    const struct rule *r = &x->h.rule;
    const struct point *points;
    size_t n;
    enum rc rc = points_load(x->s, NULL, x->rq->a, &points, &n, e);
    x->p.values = arena_array(x->rq->a, VALUES_SHOWN + 1, sizeof(*x->p.values));
    for (size_t i = 0; i < n && rc == RC_OK && x->p.n_values < VALUES_SHOWN; i++) {
        bool used = r->kind == WARN_POINT       ? str_eq(points[i].code, r->target)
                    : r->kind == WARN_INDICATOR ? str_eq(points[i].indicator, r->target)
                                                : false;
        if (used)
            rc = values_of_point_in(x, &points[i], e);
    }
    return rc;
}

static enum rc vouch(struct showing *x, struct err *e)
{
    struct vouched v;
    enum rc rc = record_vouch(x->rq, x->s, x->h.judged[x->h.n - 1].record, &v, e);
    if (rc != RC_OK)
        return rc;
    x->p.log_index = v.log_index;
    x->p.log_index_null = v.log_index_null;
    x->p.vouch = v.vouch;
    return RC_OK;
}

/* The unit as it was then, when the reader may see it as it is now. A unit that is gone is for
 * those who see the whole county. */
static enum rc find_unit(struct showing *x, struct err *e)
{
    struct asker *k = rq_asker(x->rq);
    const struct units *then;
    enum rc rc =
        person_demand(&k->person, CAP_READ_UNIT, units_by_id(k->units, x->h.now.unit), e);
    if (rc == RC_OK)
        rc = units_load(x->s, period_last_day(x->h.now.period), x->rq->a, &then, e);
    if (rc != RC_OK)
        return rc;
    x->unit = units_by_id(then, x->h.now.unit);
    x->p.may_object =
        x->unit && person_may(&k->person, CAP_HANDLE, units_by_id(k->units, x->h.now.unit));
    x->p.may_instruct = person_can(&k->person, CAP_INSTRUCT);
    x->p.may_direct = person_can(&k->person, CAP_DISPATCH);
    if (!x->unit)
        return err_set(e, RC_NOTFOUND, N_("没有编号为「{code}」的预警"), "code", x->h.now.code);
    return RC_OK;
}

static enum rc warning_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    struct showing x = { .rq = rq, .s = s };
    if (rc == RC_OK)
        rc = rq_sight(rq, &x.k, e);
    const struct warn_sight sight = sight_warnings(&x.k);
    if (rc == RC_OK)
        rc = warn_load(s, rq_param(rq, "code"), &sight, rq->lang, rq->a, &x.h, e);
    if (rc == RC_OK)
        rc = find_unit(&x, e);
    bool eased;
    if (rc == RC_OK)
        rc = warning_lamps_put(s, &x.h.now, 1, &eased, e);
    if (rc != RC_OK)
        return rc;
    heading(&x);
    clears(&x);
    judged(&x);
    rc = merged(&x, e);
    if (rc == RC_OK)
        rc = values(&x, e);
    if (rc == RC_OK)
        rc = hand(&x, e);
    if (rc == RC_OK)
        rc = vouch(&x, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("预警")), "/warning");
    rq_crumb(rq, x.p.code, NULL);
    return warning_render(rq, &x.p, e);
}

const struct route warning_routes[] = {
    { .method = GET,
      .path = "/warning",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = warning_list_show,
      .page = &warning_list_kind,
      .help = N_("一期的预警") },
    { .method = GET,
      .path = "/warning/quiet",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = warning_quiet_show,
      .page = &warning_quiet_kind,
      .help = N_("暂缓提醒的预警") },
    { .method = GET,
      .path = "/warning/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_OBJECT,
      .fn = warning_show,
      .page = &warning_kind,
      .journal = "warning",
      .help = N_("一条预警和它的判断经过") },
};
const size_t warning_routes_n = COUNT(warning_routes);
