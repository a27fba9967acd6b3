/*
 * How far one judgement agrees with another: scores against somebody else's evaluations, things
 * we called against things that turned out to be so. Every figure comes with n and an interval.
 *
 * Ranks: Kendall's tau-b (Kendall 1945, ties corrected; Knight's method, n log n) and
 * Spearman's rho (Pearson of the ranks, ties getting their mean), over the pairs that have
 * both. Calls: precision = hits / calls, recall = hits / what was so.
 *
 * Intervals are percentile bootstraps of pairs (Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, chapters 13 and 14): n pairs drawn with replacement from the n complete
 * pairs in their order, `replications` times; the quantiles (1 - level)/2 and (1 + level)/2 of
 * type 7 of what the replications give. A replication in which the figure is not defined (all
 * tied; nothing called) is left out; it says so when fewer than half are left: then there is no
 * interval, lo and hi are NaN. An interval is widened to hold its estimate, should it lie
 * outside. Percentile and not BCa: for tau-b, shares and medians of some dozen units BCa's
 * acceleration rests on as few jackknife values and its end points on the outermost draws; the
 * percentile interval is one that can be said in a sentence and counted again by hand.
 *
 * Pairs that belong together (one unit judged twice) are drawn together: with plan.cluster it
 * is clusters that are drawn, as many as have complete pairs (Davison and Hinkley, Bootstrap
 * Methods and their Application, 1997, section 3.8), numbered as they first appear.
 *
 * Random numbers: rng_init(&g, seed, k) for replication k = 0, 1, …, and n times
 * rng_below(&g, n) (base/rng.h), n being pairs or clusters. One resample serves all figures. So
 * the result depends on the order of the pairs: give them in a fixed one, such as by code.
 */
#ifndef STATS_AGREE_H
#define STATS_AGREE_H

#include "base/base.h"

enum { AGREE_LEAST = 3 /* pairs from which on ranks are compared */ };

struct agree_plan {
    uint64_t seed;
    size_t replications;
    double level;            /* 0.95 */
    const uint32_t *cluster; /* of each of the n given; NULL: each is one of its own */
};
extern const struct agree_plan agree_plan_default; /* seed 1, 2000 replications, 0.95 */

struct agree_figure {
    double v, lo, hi;
};

struct agree_ranks {
    size_t n; /* complete pairs */
    struct agree_figure tau_b, spearman;
};
/*
 * Missing is NaN. RC_INVALID when fewer than AGREE_LEAST pairs are complete (ret->n is set all
 * the same), or when all x or all y of them are equal: the message says which, x as 得分 and y
 * as 评价.
 */
enum rc agree_ranks(const double *x, const double *y, size_t n, const struct agree_plan *plan,
                    struct agree_ranks *ret, struct err *e) MUST_USE;

/* Cases: each was called or not, and was so or not. Precision is NaN when nothing was called,
 * recall when nothing was so. */
struct agree_calls {
    size_t n, hits, called, so;
    struct agree_figure precision, recall;
};
void agree_calls(const bool *called, const bool *so, size_t n, const struct agree_plan *plan,
                 struct agree_calls *ret);

/* The median of what is present, with its interval by the same bootstrap; NaN with nothing. */
struct agree_figure agree_median(const double *x, size_t n, const struct agree_plan *plan);

/* Nothing says that it predicts: the interval of tau-b is there and holds 0, or lies below it.
 */
bool agree_predicts_nothing(const struct agree_ranks *r);

#endif
