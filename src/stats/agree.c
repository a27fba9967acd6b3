/* Agreement of two judgements with bootstrap intervals. What is drawn are indexes of complete
 * pairs; the figures themselves are relate.c's. */
#include "agree.h"

#include "base/arena.h"
#include "base/rng.h"
#include "describe.h"
#include "relate.h"

#include <math.h>
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
    CLEANUP(mem_freep) uint32_t *times = mem_array(m, sizeof(*times));
    for (size_t k = 0; k < reps; k++) {
        struct rng g;
        rng_init(&g, plan->seed, k);
        memset(times, 0, m * sizeof(*times));
        for (size_t i = 0; i < m; i++)
            times[rng_below(&g, m)]++;
        relate_weighted(r, times, &results[k], &results[reps + k]);
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
    for (size_t k = 0; k < reps; k++) {
        struct rng g;
        size_t h = 0, c = 0, s = 0;
        rng_init(&g, plan->seed, k);
        for (size_t i = 0; i < n; i++) {
            size_t at = (size_t)rng_below(&g, n);
            h += called[at] && so[at];
            c += called[at];
            s += so[at];
        }
        results[k] = share(h, c);
        results[reps + k] = share(h, s);
    }
    ret->precision = figure(share(ret->hits, ret->called), results, plan);
    ret->recall = figure(share(ret->hits, ret->so), results + reps, plan);
}

struct agree_figure agree_median(const double *x, size_t n, const struct agree_plan *plan)
{
    CLEANUP(mem_freep) double *p = mem_array(2 * n + 1, sizeof(*p));
    double *q = p + n;
    size_t m = 0, reps = plan->replications;
    for (size_t i = 0; i < n; i++)
        if (x[i] == x[i])
            p[m++] = x[i];
    CLEANUP(mem_freep) double *results = mem_array(reps + 1, sizeof(*results));
    for (size_t k = 0; k < reps && m > 0; k++) {
        struct rng g;
        rng_init(&g, plan->seed, k);
        for (size_t i = 0; i < m; i++)
            q[i] = p[rng_below(&g, m)];
        results[k] = col_median(q, m);
    }
    return figure(col_median(p, m), results, plan);
}

bool agree_predicts_nothing(const struct agree_ranks *r)
{
    return r->tau_b.lo <= 0;
}
