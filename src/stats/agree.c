/* Agreement of two judgements with bootstrap intervals. What is drawn is how often each
 * complete pair is taken; the figures themselves are relate.c's. */
#include "agree.h"

#include "base/arena.h"
#include "base/rng.h"
#include "describe.h"
#include "relate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct agree_plan agree_plan_default = { .seed = 1, .replications = 2000, .level = 0.95 };

/* The interval of the replications' results (NaN: left out) around v. */
static struct agree_figure figure(double v, const double *results, const struct agree_plan *p)
{
    struct agree_figure f = { v, NAN, NAN };
    size_t n = p->replications == 0 ? 0 : col_range(results, p->replications).n;
    if (!isfinite(v) || n == 0 || 2 * n < p->replications)
        return f;
    const double at[] = { (1 - p->level) / 2, (1 + p->level) / 2 };
    double q[2];
    col_quantiles(results, p->replications, at, 2, q);
    f.lo = q[0] < v ? q[0] : v;
    f.hi = q[1] > v ? q[1] : v;
    return f;
}

static bool all_equal(const double *x, const double *y, size_t n)
{
    double first = NAN;
    for (size_t i = 0; i < n; i++)
        if (x[i] == x[i] && y[i] == y[i]) {
            if (first == first && x[i] != first)
                return false;
            first = x[i];
        }
    return true;
}

/* What is drawn: clusters of items. */
struct urn {
    uint64_t seed;
    size_t n, clusters; /* items */
    uint32_t *of;       /* item → cluster */
    uint32_t *drawn;    /* cluster → how often */
    uint32_t *times;    /* item → how often, of the replication at hand */
};

static void urn_done(struct urn *u)
{
    mem_freep(&u->of);
    mem_freep(&u->drawn);
    mem_freep(&u->times);
}

struct label {
    uint32_t cluster;
    size_t item;
};

static int by_label(const void *a, const void *b)
{
    const struct label *x = a, *y = b;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

/* Of the n items there are, those that are present. */
static void urn_fill(struct urn *u, const struct agree_plan *p, const bool *present, size_t n)
{
    CLEANUP(mem_freep) struct label *l = mem_array(n + 1, sizeof(*l));
    *u = (struct urn){ .seed = p->seed };
    for (size_t i = 0; i < n; i++)
        if (!present || present[i]) {
            l[u->n] = (struct label){ p->cluster ? p->cluster[i] : (uint32_t)i, u->n };
            u->n++;
        }
    u->of = mem_array(u->n + 1, sizeof(*u->of));
    u->drawn = mem_array(u->n + 1, sizeof(*u->drawn));
    u->times = mem_array(u->n + 1, sizeof(*u->times));
    /* Each item's first of its cluster, then numbers in the order of the firsts. */
    if (u->n > 0)
        qsort(l, u->n, sizeof(*l), by_label);
    for (size_t i = 0; i < u->n; i++) {
        bool first = i == 0 || l[i].cluster != l[i - 1].cluster;
        u->drawn[l[i].item] = (uint32_t)(first ? l[i].item : u->drawn[l[i - 1].item]);
    }
    for (size_t i = 0; i < u->n; i++)
        u->of[i] = u->drawn[i] == i ? (uint32_t)u->clusters++ : u->of[u->drawn[i]];
}

static void urn_draw(struct urn *u, size_t replication)
{
    struct rng g;
    rng_init(&g, u->seed, replication);
    memset(u->drawn, 0, u->clusters * sizeof(*u->drawn));
    for (size_t i = 0; i < u->clusters; i++)
        u->drawn[rng_below(&g, u->clusters)]++;
    for (size_t i = 0; i < u->n; i++)
        u->times[i] = u->drawn[u->of[i]];
}

enum rc agree_ranks(const double *x, const double *y, size_t n, const struct agree_plan *plan,
                    struct agree_ranks *ret, struct err *e)
{
    CLEANUP(relate_freep) struct relate *r = relate_new(x, y, n);
    size_t m = relate_n(r), reps = plan->replications;
    *ret = (struct agree_ranks){ .n = m,
                                 .tau_b = { NAN, NAN, NAN },
                                 .spearman = { NAN, NAN, NAN } };
    if (m < AGREE_LEAST)
        return err_set(e, RC_INVALID, N_("得分和评价都有的单位至少要3个,才能比较先后"));
    if (all_equal(x, y, n))
        return err_set(e, RC_INVALID, N_("得分全部相同,分不出先后,无法比较"));
    if (all_equal(y, x, n))
        return err_set(e, RC_INVALID, N_("评价全部相同,分不出先后,无法比较"));
    CLEANUP(mem_freep) double *results = mem_array(2 * reps + 1, sizeof(*results));
    CLEANUP(mem_freep) bool *both = mem_array(n, sizeof(*both));
    CLEANUP(urn_done) struct urn urn;
    for (size_t i = 0; i < n; i++)
        both[i] = x[i] == x[i] && y[i] == y[i];
    urn_fill(&urn, plan, both, n);
    for (size_t k = 0; k < reps; k++) {
        urn_draw(&urn, k);
        relate_weighted(r, urn.times, &results[k], &results[reps + k]);
    }
    double tau, rho;
    relate_weighted(r, NULL, &tau, &rho);
    ret->tau_b = figure(tau, results, plan);
    ret->spearman = figure(rho, results + reps, plan);
    return RC_OK;
}

static double share(size_t part, size_t of)
{
    return of == 0 ? NAN : (double)part / (double)of;
}

void agree_calls(const bool *called, const bool *so, size_t n, const struct agree_plan *plan,
                 struct agree_calls *ret)
{
    *ret = (struct agree_calls){ .n = n };
    for (size_t i = 0; i < n; i++) {
        ret->hits += called[i] && so[i];
        ret->called += called[i];
        ret->so += so[i];
    }
    size_t reps = plan->replications;
    CLEANUP(mem_freep) double *results = mem_array(2 * reps + 1, sizeof(*results));
    CLEANUP(urn_done) struct urn urn;
    urn_fill(&urn, plan, NULL, n);
    for (size_t k = 0; k < reps; k++) {
        size_t h = 0, c = 0, s = 0;
        urn_draw(&urn, k);
        for (size_t i = 0; i < n; i++) {
            h += called[i] && so[i] ? urn.times[i] : 0;
            c += called[i] ? urn.times[i] : 0;
            s += so[i] ? urn.times[i] : 0;
        }
        results[k] = share(h, c);
        results[reps + k] = share(h, s);
    }
    ret->precision = figure(share(ret->hits, ret->called), results, plan);
    ret->recall = figure(share(ret->hits, ret->so), results + reps, plan);
}

struct agree_figure agree_median(const double *x, size_t n, const struct agree_plan *plan)
{
    size_t m = 0, reps = plan->replications, cap = 0;
    CLEANUP(mem_freep) double *p = mem_array(n + 1, sizeof(*p));
    CLEANUP(mem_freep) bool *there = mem_array(n + 1, sizeof(*there));
    CLEANUP(mem_freep) double *q = NULL;
    CLEANUP(urn_done) struct urn urn;
    for (size_t i = 0; i < n; i++)
        if ((there[i] = x[i] == x[i]))
            p[m++] = x[i];
    urn_fill(&urn, plan, there, n);
    CLEANUP(mem_freep) double *results = mem_array(reps + 1, sizeof(*results));
    for (size_t k = 0; k < reps && m > 0; k++) {
        size_t drawn = 0, at = 0;
        urn_draw(&urn, k);
        for (size_t i = 0; i < m; i++)
            drawn += urn.times[i];
        if (drawn > cap) { /* clusters differ in size */
            mem_freep(&q);
            q = mem_array(cap = 2 * drawn, sizeof(*q));
        }
        for (size_t i = 0; i < m; i++)
            for (uint32_t t = 0; t < urn.times[i]; t++)
                q[at++] = p[i];
        results[k] = col_median(q, drawn);
    }
    return figure(col_median(p, m), results, plan);
}

bool agree_predicts_nothing(const struct agree_ranks *r)
{
    return r->tau_b.lo <= 0;
}
