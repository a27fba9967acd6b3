/* The page of the rules' quality: a row a rule, and what lies on each unit. */
#include "base/map.h"
#include "base/str.h"
#include "monitor/overview_page.h"
#include "monitor/publication.h"
#include "monitor/rule_page.h"
#include "monitor/rule_quality.h"
#include "monitor/rule_quality.html.h"
#include "monitor/warning_matter.h"
#include "people/asker.h"
#include "store/county.h"
#include "warn/rule.h"

#include <math.h>
#include <stdlib.h>

enum { UNITS_SHOWN = 10, FEW = 5 /* times fired before a share says anything */ };
static const double TOO_MANY = 0.1; /* false alarms: the rule should be changed */

struct quality {
    struct rq *rq;
    struct rule_quality_page p;
    const struct units *units;
    struct rule *rules;
    size_t n_rules;
    struct rule_quality *q;
    size_t n_q;
    struct warn_view *warnings;
    size_t n_warnings;
    const struct warning_hands *hands;
};

static double share(int64_t part, int64_t of)
{
    return of ? (double)part / (double)of : NAN;
}

static int64_t looked_at(const struct quality *x, const struct rule *r)
{
    int64_t n = 0;
    for (size_t i = 0; i < x->units->n; i++)
        n += x->units->all[i].assessed && unit_in_groups(&x->units->all[i], r->peer_group);
    return n;
}

static int64_t lit_by(const struct quality *x, const struct rule *r)
{
    int64_t n = 0;
    for (size_t i = 0; i < x->n_warnings; i++)
        n += warn_view_burns(&x->warnings[i]) && str_eq(x->warnings[i].rule_code, r->code);
    return n;
}

/* The worst first: share of false alarms, then how often it fired. */
static int worst_first(const void *x, const void *y)
{
    const struct rule_quality_rules *a = x, *b = y;
    double sa = share(a->false_alarms, a->fired), sb = share(b->false_alarms, b->fired);
    if (sa != sb && !isnan(sa) && !isnan(sb))
        return sa < sb ? 1 : -1;
    if (a->fired != b->fired)
        return a->fired < b->fired ? 1 : -1;
    return text_cmp(&a->code, &b->code);
}

static void fill_rules(struct quality *x)
{
    struct rule_quality_page *p = &x->p;
    struct arena *a = x->rq->a;
    struct map *by_code = map_new(a);
    for (size_t i = 0; i < x->n_rules; i++)
        map_add(by_code, x->rules[i].code, &x->rules[i]);
    p->rules = arena_array(a, x->n_q, sizeof(*p->rules));
    for (size_t i = 0; i < x->n_q; i++) {
        const struct rule_quality *q = &x->q[i];
        const struct rule *r = map_get(by_code, q->rule);
        if (!r)
            continue;
        int64_t lit = lit_by(x, r);
        p->rules[p->n_rules++] =
            (struct rule_quality_rules){ .code = r->code,
                                         .name = r->name,
                                         .live = r->live > 0,
                                         .fired = q->fired,
                                         .false_alarms = q->false_alarms,
                                         .false_share = share(q->false_alarms, q->fired),
                                         .upheld = q->upheld,
                                         .days = q->days,
                                         .days_most = q->days_most,
                                         .signed_n = q->signed_n,
                                         .lit = lit,
                                         .load = 100 * share(lit, looked_at(x, r)),
                                         .again = q->again,
                                         .again_share = share(q->again, q->fired) };
        p->fired += q->fired;
        p->false_alarms += q->false_alarms;
        p->again += q->again;
    }
    p->false_share = share(p->false_alarms, p->fired);
    if (p->n_rules > 0)
        qsort(p->rules, p->n_rules, sizeof(*p->rules), worst_first);
    for (size_t i = 0; i < p->n_rules && !p->worst; i++)
        if (p->rules[i].false_alarms > 0 && p->rules[i].fired >= FEW &&
            p->rules[i].false_share >= TOO_MANY) {
            p->worst = p->rules[i].name;
            p->worst_code = p->rules[i].code;
            p->worst_share = p->rules[i].false_share;
        }
}

static int most_lit(const void *x, const void *y)
{
    const struct rule_quality_units *a = x, *b = y;
    if (a->lit != b->lit)
        return a->lit < b->lit ? 1 : -1;
    return text_cmp(&a->code, &b->code);
}

static void fill_units(struct quality *x)
{
    struct rule_quality_page *p = &x->p;
    size_t n_hands;
    const struct hand_of_warning *hands = warning_hands_list(x->hands, &n_hands);
    int64_t lit = 0;
    p->units = arena_array(x->rq->a, x->units->n, sizeof(*p->units));
    for (size_t i = 0; i < x->units->n; i++) {
        const struct unit *u = &x->units->all[i];
        struct rule_quality_units row = { .code = u->code, .name = u->name };
        for (size_t k = 0; k < x->n_warnings; k++)
            row.lit += x->warnings[k].unit.v == u->id.v && warn_view_counts(&x->warnings[k]);
        for (size_t k = 0; k < n_hands; k++) {
            bool open = hands[k].unit.v == u->id.v && hands[k].open && !hands[k].draft;
            row.open += open;
            row.late += open && hands[k].late > FLOW_NO_COLOUR;
        }
        lit += row.lit;
        p->unit_total += u->assessed;
        if (row.lit > 0)
            p->units[p->n_units++] = row;
    }
    p->per_unit = share(lit, p->unit_total);
    if (p->n_units > 0)
        qsort(p->units, p->n_units, sizeof(*p->units), most_lit);
    p->n_units = p->n_units > UNITS_SHOWN ? UNITS_SHOWN : p->n_units;
}

enum rc rule_quality_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct quality x = { .rq = rq, .units = rq_asker(rq)->units };
    const struct calendar *cal;
    struct sight sees = { .n = 0 };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = calendar_get(rq_county(rq), s, &cal, e);
    if (rc == RC_OK)
        rc = rules_newest(s, rq->a, &x.rules, &x.n_rules, e);
    if (rc == RC_OK)
        rc = rule_quality_load(s, cal, rq->a, &x.q, &x.n_q, e);
    if (rc == RC_OK)
        rc = warning_hands_load(s, rq->a, &x.hands, e);
    if (rc == RC_OK)
        rc = rq_sight(rq, &sees, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, &sees, true, "/rule/quality", &x.p.period, e);
    const struct warn_sight sight = sight_warnings(&sees);
    if (rc == RC_OK)
        rc = warn_of_period(s, x.p.period, &sight, (struct id){ 0 }, rq->lang, rq->a,
                            &x.warnings, &x.n_warnings, e);
    if (rc != RC_OK)
        return rc;
    fill_rules(&x);
    fill_units(&x);
    rq_crumb(rq, rq_tr(rq, N_("预警规则")), "/rule");
    rq_crumb(rq, rq_tr(rq, N_("规则质量")), NULL);
    return rule_quality_render(rq, &x.p, e);
}
