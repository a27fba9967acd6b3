/*
 * The list of a period's warnings: worst first or as asked, filters in the address, only units
 * the reader may see. Merged ones are named by the one that carries them.
 */
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/overview_page.h"
#include "monitor/publication.h"
#include "monitor/warning_kind.h"
#include "monitor/warning_lamp.h"
#include "monitor/warning_list.html.h"
#include "monitor/warning_matter.h"
#include "monitor/warning_page.h"
#include "people/asker.h"
#include "store/county.h"
#include "warn/warning.h"

#include <stdlib.h>

struct listing {
    struct rq *rq;
    struct warning_list_page p;
    const struct units *units;
    const bool *may; /* by unit.index */
    const struct warn_view *all;
    size_t n;
    struct map *unit_seen, *rule_seen;
    const struct warning_hands *hands;
};

static bool lets_through(const char *filter, const char *value)
{
    return !*filter || str_eq(filter, value);
}

/* A unit of the list that the reader may see; NULL. */
static const struct unit *unit_of(const struct listing *l, const struct warn_view *w)
{
    const struct unit *u = units_by_id(l->units, w->unit);
    return u && l->may[u->index] ? u : NULL;
}

/* How people stand to it; NULL: nobody has it in hands, or the reader does not see that yet. */
static const struct hand_of_warning *hand_of(const struct listing *l, const struct warn_view *w,
                                             const struct unit *u)
{
    const struct hand_of_warning *h = warning_hand_of(l->hands, w->rule_id, w->unit);
    bool sees = h && (!h->draft || person_may(&rq_asker(l->rq)->person, CAP_DISPATCH, u));
    return sees && !w->merged ? h : NULL;
}

/* ---- what the filters offer ---- */

static void offer_words(struct listing *l)
{
    static const enum warn_state states[] = { WARN_PENDING, WARN_FIRING, WARN_RECOVERING,
                                              WARN_NODATA, WARN_RESOLVED };
    struct warning_list_page *p = &l->p;
    struct arena *a = l->rq->a;
    p->colours = arena_array(a, 3, sizeof(*p->colours));
    for (enum warn_colour c = WARN_RED; c >= WARN_YELLOW; c--)
        p->colours[p->n_colours++] =
            (struct warning_list_colours){ warn_mark(c), rq_tr(l->rq, warn_colour_text(c)), 0,
                                           str_eq(p->colour, warn_mark(c)) };
    p->states = arena_array(a, COUNT(states), sizeof(*p->states));
    for (size_t i = 0; i < COUNT(states); i++)
        p->states[p->n_states++] =
            (struct warning_list_states){ warn_state_word(states[i]),
                                          rq_tr(l->rq, warn_state_text(states[i])), 0,
                                          str_eq(p->state, warn_state_word(states[i])) };
    const struct flow_kind *k = &warning_flow_kind;
    p->hands = arena_array(a, k->n_states, sizeof(*p->hands));
    for (size_t i = 0; i < k->n_states; i++)
        p->hands[i] =
            (struct warning_list_hands){ k->states[i].code, rq_tr(l->rq, k->states[i].name), 0,
                                         str_eq(p->hand, k->states[i].code) };
    p->n_hands = k->n_states;
}

static void count_hand(struct listing *l, const struct hand_of_warning *h)
{
    struct warning_list_page *p = &l->p;
    for (size_t i = 0; h && i < p->n_hands; i++)
        p->hands[i].n += str_eq(p->hands[i].code, h->state);
    p->quiet += h && h->open && h->quiet_day >= county_today(rq_county(l->rq));
}

/* Only what there is. */
static void drop_empty_hands(struct warning_list_page *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->n_hands; i++)
        if (p->hands[i].n || p->hands[i].chosen)
            p->hands[kept++] = p->hands[i];
    p->n_hands = kept;
}

static void count(struct listing *l, const struct warn_view *w, const struct unit *u)
{
    struct warning_list_page *p = &l->p;
    bool burns = warn_view_counts(w);
    p->active += burns;
    p->resolved += w->state == WARN_RESOLVED;
    if (map_add(l->unit_seen, u->code, l))
        p->units[p->n_units++] =
            (struct warning_list_units){ u->code, u->name, str_eq(p->unit, u->code) };
    if (map_add(l->rule_seen, w->rule_code, l))
        p->rules[p->n_rules++] =
            (struct warning_list_rules){ w->rule_code, w->name, str_eq(p->rule, w->rule_code) };
    p->out += warn_view_burns(w) && !w->merged && w->lamp == WARN_NONE;
    for (size_t i = 0; i < p->n_colours; i++)
        p->colours[i].n += burns && str_eq(p->colours[i].mark, warn_mark(w->lamp));
    for (size_t i = 0; i < p->n_states; i++)
        p->states[i].n += str_eq(p->states[i].code, warn_state_word(w->state));
}

/* ---- rows ---- */

static void add(struct listing *l, const struct warn_view *w, const struct unit *u)
{
    struct warning_list_page *p = &l->p;
    const struct hand_of_warning *h = hand_of(l, w, u);
    int64_t merged = 0;
    for (size_t i = 0; i < l->n; i++)
        merged += l->all[i].merged_into.v == w->id.v;
    p->warnings[p->n_warnings++] = (struct warning_list_warnings){
        .code = w->code,
        .mark = warning_lamp_mark(w->lamp),
        .colour = rq_tr(l->rq, warning_lamp_text(w->lamp)),
        .was = warning_was(w, l->rq->lang, l->rq->a),
        .unit = u->code,
        .unit_name = u->name,
        .name = w->name,
        .rule_code = w->rule_code,
        .rule = w->rule,
        .values = w->values,
        .state = rq_tr(l->rq, warn_state_text(w->state)),
        .hand = h ? warning_hand_text(h->state, l->rq->lang) : NULL,
        .since = w->fired_period.v ? w->fired_period : w->first_period,
        .clears = w->clears,
        .merged = merged
    };
}

static int by_text(const char *x, const char *y)
{
    return text_cmp(&x, &y);
}

/* Codes last, so that the order is total. */
static int by_unit(const void *x, const void *y)
{
    const struct warning_list_warnings *a = x, *b = y;
    int d = by_text(a->unit, b->unit);
    return d ? d : by_text(a->code, b->code);
}

static int by_name(const void *x, const void *y)
{
    const struct warning_list_warnings *a = x, *b = y;
    int d = by_text(a->rule_code, b->rule_code);
    return d ? d : by_text(a->code, b->code);
}

static int by_since(const void *x, const void *y)
{
    const struct warning_list_warnings *a = x, *b = y;
    if (a->since.v != b->since.v)
        return a->since.v < b->since.v ? -1 : 1;
    return by_text(a->code, b->code);
}

/* The heads that sort; without one the worst come first. */
static const struct {
    const char *word;
    int (*order)(const void *, const void *);
} sorts[] = { { "unit", by_unit }, { "name", by_name }, { "since", by_since } };

static const char *address(struct listing *l, const char *sort)
{
    const struct warning_list_page *p = &l->p;
    char period[PERIOD_TEXT];
    struct str b;
    str_init(&b, l->rq->a);
    str_addf(&b, "/warning?period=%s", period_code(p->period, period));
    const char *const parts[][2] = { { "colour", p->colour }, { "state", p->state },
                                     { "unit", p->unit },     { "rule", p->rule },
                                     { "hand", p->hand },     { "sort", sort } };
    for (size_t i = 0; i < COUNT(parts); i++)
        if (*parts[i][1]) {
            str_addf(&b, "&%s=", parts[i][0]);
            url_text(&b, parts[i][1]);
        }
    return b.s;
}

static void fill(struct listing *l)
{
    struct warning_list_page *p = &l->p;
    struct arena *a = l->rq->a;
    offer_words(l);
    p->units = arena_array(a, l->n, sizeof(*p->units));
    p->rules = arena_array(a, l->n, sizeof(*p->rules));
    p->warnings = arena_array(a, l->n, sizeof(*p->warnings));
    struct map *burns_at = map_new(a);
    for (size_t i = 0; i < l->n; i++) {
        const struct warn_view *w = &l->all[i];
        const struct unit *u = unit_of(l, w);
        if (!u)
            continue;
        const struct hand_of_warning *h = hand_of(l, w, u);
        count(l, w, u);
        count_hand(l, h);
        if (warn_view_counts(w) && map_add(burns_at, u->code, l))
            p->unit_total++;
        /* Without a state the list is what burns by its figures. */
        bool stands = *p->state ? str_eq(p->state, warn_state_word(w->state))
                                : (warn_view_burns(w) && !w->merged) ||
                                      (*p->hand && w->state == WARN_RESOLVED);
        if (stands && lets_through(p->colour, warning_lamp_mark(w->lamp)) &&
            lets_through(p->unit, u->code) && lets_through(p->rule, w->rule_code) &&
            lets_through(p->hand, h ? h->state : ""))
            add(l, w, u);
    }
    drop_empty_hands(p);
    p->total = (int64_t)p->n_warnings;
    for (size_t i = 0; i < COUNT(sorts); i++)
        if (str_eq(p->sort, sorts[i].word) && p->n_warnings > 0)
            qsort(p->warnings, p->n_warnings, sizeof(*p->warnings), sorts[i].order);
    p->by_colour = address(l, "");
    p->by_unit = address(l, "unit");
    p->by_name = address(l, "name");
    p->by_since = address(l, "since");
}

static const char *asked(struct rq *rq, const char *name)
{
    const char *v = rq_query(rq, name);
    return v ? v : "";
}

enum rc warning_list_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct asker *k = rq_asker(rq);
    struct warn_view *all;
    struct listing l = { .rq = rq,
                         .units = k->units,
                         .may = person_scope(&k->person, CAP_READ_UNIT, k->units, rq->a),
                         .unit_seen = map_new(rq->a),
                         .rule_seen = map_new(rq->a),
                         .p = { .colour = asked(rq, "colour"),
                                .state = asked(rq, "state"),
                                .unit = asked(rq, "unit"),
                                .rule = asked(rq, "rule"),
                                .hand = asked(rq, "hand"),
                                .sort = asked(rq, "sort") } };
    struct sight sees;
    size_t from, to;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_sight(rq, &sees, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, &sees, true, "/warning", &l.p.period, e);
    const struct warn_sight sight = sight_warnings(&sees);
    if (rc == RC_OK)
        rc = warnings_shown(s, l.p.period, &sight, (struct id){ 0 }, rq->lang, rq->a, &all,
                            &l.n, e);
    if (rc == RC_OK)
        rc = warning_hands_load(s, rq->a, &l.hands, e);
    if (rc != RC_OK)
        return rc;
    l.all = all;
    fill(&l);
    rc = rq_pager(rq, l.p.n_warnings, &from, &to, &l.p.pager, e);
    if (rc != RC_OK)
        return rc;
    l.p.warnings += from;
    l.p.n_warnings = to - from;
    return warning_list_render(rq, &l.p, e);
}
