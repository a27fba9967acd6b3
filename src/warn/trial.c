/*
 * The replay. Units are matched by code: a tree of an older period may have others, and one
 * that is not there in a period ends like a unit the rule does not look at.
 */
#include "warn/trial.h"

#include "base/map.h"
#include "base/str.h"

#include <math.h>
#include <stdlib.h>

/* A unit's way through the periods. */
struct way {
    const struct unit *unit;
    struct warn_at at;
    struct trial_hit *hit; /* of the warning that goes on */
    size_t seen;           /* source it was last in, from 1 */
    struct trial_unit count;
};

struct replay {
    const struct rule *r;
    struct arena *a;
    struct trial *t;
    struct map *way_of; /* code → way */
    struct way **ways;
    size_t n_ways, cap_ways;
    struct trial_hit **hits;
    size_t cap_hits;
};

static struct way *way_of(struct replay *p, const struct unit *u)
{
    struct way *w = map_get(p->way_of, u->code);
    if (w)
        return w;
    if (p->n_ways == p->cap_ways) {
        size_t cap = p->cap_ways ? p->cap_ways * 2 : 64;
        p->ways =
            arena_grow(p->a, p->ways, p->cap_ways * sizeof(*p->ways), cap * sizeof(*p->ways));
        p->cap_ways = cap;
    }
    w = arena_alloc(p->a, sizeof(*w));
    map_add(p->way_of, u->code, w);
    return p->ways[p->n_ways++] = w;
}

static struct trial_hit *hit_new(struct replay *p)
{
    if (p->t->total == p->cap_hits) {
        size_t cap = p->cap_hits ? p->cap_hits * 2 : 64;
        p->hits =
            arena_grow(p->a, p->hits, p->cap_hits * sizeof(*p->hits), cap * sizeof(*p->hits));
        p->cap_hits = cap;
    }
    return p->hits[p->t->total++] = arena_alloc(p->a, sizeof(struct trial_hit));
}

static double value_of(const struct rule *r, const struct warn_value *v)
{
    bool counts = r->when.op == RULE_MISSING || r->when.op == RULE_LATE;
    return counts ? warn_judge(&r->when, v).value : v->now;
}

static void pass(struct replay *p, const struct warn_source *src, size_t at, size_t unit)
{
    const struct rule *r = p->r;
    const struct unit *u = src->units[unit];
    struct warn_value v = { .applies = false };
    if (unit_in_groups(u, r->peer_group))
        v = src->look(src->arg, r->kind, r->target, unit);
    struct way *w = way_of(p, u);
    struct warn_at was = w->at;
    w->unit = u;
    w->seen = at + 1;
    w->at = warn_next(&r->when, &was, &v, src->period);
    p->t->looked += v.applies;
    p->t->lit += v.applies && warn_burns(&w->at);
    if (!warn_burns(&w->at)) {
        w->hit = NULL;
        return;
    }
    if (!w->hit) {
        w->hit = hit_new(p);
        w->hit->unit = u;
        w->hit->fired = src->period;
        w->count.n++;
        p->t->by_period[at]++;
    }
    if (w->at.colour > w->hit->colour) {
        w->hit->colour = w->at.colour;
        w->hit->value = value_of(r, &v);
        w->hit->limit = r->when.limit[w->at.colour];
    }
    if (w->at.colour > w->count.worst)
        w->count.worst = w->at.colour;
}

static int by_code(const struct unit *x, const struct unit *y)
{
    return text_cmp(&x->code, &y->code);
}

static int worst_hits(const void *x, const void *y)
{
    const struct trial_hit *a = x, *b = y;
    if (a->colour != b->colour)
        return (int)b->colour - (int)a->colour;
    if (a->fired.v != b->fired.v)
        return a->fired.v < b->fired.v ? -1 : 1;
    return by_code(a->unit, b->unit);
}

static int most_hit(const void *x, const void *y)
{
    const struct trial_unit *a = x, *b = y;
    if (a->n != b->n)
        return a->n < b->n ? 1 : -1;
    if (a->worst != b->worst)
        return (int)b->worst - (int)a->worst;
    return by_code(a->unit, b->unit);
}

static void sum_up(struct replay *p)
{
    struct trial *t = p->t;
    struct trial_hit *hits = arena_array(p->a, t->total, sizeof(*hits));
    struct trial_unit *units = arena_array(p->a, p->n_ways, sizeof(*units));
    for (size_t i = 0; i < t->total; i++) {
        hits[i] = *p->hits[i];
        t->by_colour[hits[i].colour]++;
    }
    for (size_t i = 0; i < p->n_ways; i++) {
        if (p->ways[i]->count.n == 0)
            continue;
        units[t->n_units] = p->ways[i]->count;
        units[t->n_units++].unit = p->ways[i]->unit;
    }
    if (t->total > 0)
        qsort(hits, t->total, sizeof(*hits), worst_hits);
    if (t->n_units > 0)
        qsort(units, t->n_units, sizeof(*units), most_hit);
    t->hits = hits;
    t->units = units;
}

void rule_trial(const struct rule *r, const struct warn_source *const *past, size_t n,
                struct arena *a, struct trial *ret)
{
    *ret = (struct trial){ .by_period = arena_array(a, n, sizeof(size_t)) };
    struct replay p = { .r = r, .a = a, .t = ret, .way_of = map_new(a) };
    for (size_t i = 0; i < n; i++) {
        for (size_t u = 0; u < past[i]->n_units; u++)
            pass(&p, past[i], i, u);
        /* A unit that is gone takes its warning with it. */
        for (size_t k = 0; k < p.n_ways; k++)
            if (p.ways[k]->seen != i + 1) {
                p.ways[k]->at = (struct warn_at){ .state = WARN_NEW };
                p.ways[k]->hit = NULL;
            }
    }
    sum_up(&p);
}
