/* Agreement of two judgements with bootstrap intervals. What is drawn are indexes of complete
 * pairs; the figures themselves are relate.c's. */
#include "agree.h"

#include "base/arena.h"
#include "base/rng.h"
#include "describe.h"
#include "relate.h"

#include <math.h>

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

static bool all_equal(const double *x, size_t n)
{
    struct range r = col_range(x, n);
    return r.min == r.max;
}

enum rc agree_ranks(const double *x, const double *y, size_t n, const struct agree_plan *plan,
                    struct agree_ranks *ret, struct err *e)
{
    CLEANUP(mem_freep) double *p = mem_array(4 * n + 1, sizeof(*p));
    double *px = p, *py = p + n, *qx = p + 2 * n, *qy = p + 3 * n;
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] == x[i] && y[i] == y[i]) {
            px[m] = x[i];
            py[m++] = y[i];
        }
    *ret = (struct agree_ranks){ .n = m,
                                 .tau_b = { NAN, NAN, NAN },
                                 .spearman = { NAN, NAN, NAN } };
    if (m < AGREE_LEAST)
        return err_set(e, RC_INVALID, N_("得分和评价都有的单位至少要3个,才能比较先后"));
    if (all_equal(px, m))
        return err_set(e, RC_INVALID, N_("得分全部相同,分不出先后,无法比较"));
    if (all_equal(py, m))
        return err_set(e, RC_INVALID, N_("评价全部相同,分不出先后,无法比较"));
    size_t reps = plan->replications;
    CLEANUP(mem_freep) double *results = mem_array(2 * reps + 1, sizeof(*results));
    for (size_t k = 0; k < reps; k++) {
        struct rng g;
        rng_init(&g, plan->seed, k);
        for (size_t i = 0; i < m; i++) {
            size_t at = (size_t)rng_below(&g, m);
            qx[i] = px[at];
            qy[i] = py[at];
        }
        results[k] = relate_kendall(qx, qy, m);
        results[reps + k] = relate_spearman(qx, qy, m);
    }
    ret->tau_b = figure(relate_kendall(px, py, m), results, plan);
    ret->spearman = figure(relate_spearman(px, py, m), results + reps, plan);
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
