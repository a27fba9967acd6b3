/*
 * One column described: count, mean, spread, shape, quantiles, ranks. Missing values are NaN
 * and are skipped; what cannot be computed is NaN. Sums run in eight fixed lanes, so that the
 * result does not depend on how the compiler vectorises.
 */
#ifndef STATS_DESCRIBE_H
#define STATS_DESCRIBE_H

#include "base/base.h"

struct range {
    double min, max; /* NaN when nothing is present */
    size_t n;        /* values present */
};
struct range col_range(const double *x, size_t n);
/* The largest power of two that is not above the largest distance from centre; 1 when that is
 * 0. */
double col_unit(const double *x, size_t n, double centre);

/* Sum of squares etc. about the mean, of deviations in units of `unit`: a power of two, 1
 * unless their fourth powers would overflow or vanish. */
struct moments {
    size_t n;
    double mean, unit, s2, s3, s4;
};
struct moments col_moments(const double *x, size_t n);
double moments_sd(const struct moments *m); /* with n-1; NaN below 2 values */
double moments_skew(
    const struct moments *m); /* √n·S3/S2^1.5·√(n(n-1))/(n-2); NaN below 3 or all equal */
double moments_kurt(const struct moments *m); /* excess, ((n+1)(r-3)+6)(n-1)/((n-2)(n-3)); NaN
                                                 below 4 or all equal */

double col_mean(const double *x, size_t n);
double col_sd(const double *x, size_t n);
double col_median(const double *x, size_t n);
/* Quantile of type 7 (R's default): linear between order statistics, 0 <= p <= 1. */
double col_quantile(const double *x, size_t n, double p);
/* Several quantiles of type 7 with one sort. */
void col_quantiles(const double *x, size_t n, const double *p, size_t n_p, double *ret);
/* Median absolute deviation from the median times 1.4826 (consistent with sd for a normal
 * distribution). */
double col_mad(const double *x, size_t n);
/* ret[i] = (x[i]-mean)/sd; robust: (x[i]-median)/mad. All NaN when the spread is 0. */
void col_z(const double *x, size_t n, double *ret);
void col_z_robust(const double *x, size_t n, double *ret);

/* Ranks among the present, 1 = lowest, ties get the least; missing stays NaN. x and ret may be
 * the same. */
void col_rank_min(const double *x, size_t n, double *ret);
/* The same with ties getting their mean. */
void col_rank_mean(const double *x, size_t n, double *ret);
/*
 * Ranks of scores: 1 = highest, ties get the least (rank(-x, ties = min)); missing is 0. Scores
 * are sums, and two that are equal on paper may differ in the last bits: what lies above by no
 * more than RANK_TIE of a score's own size ties with it. Not of the largest score's: one unit
 * far away must not make equals of the others.
 */
#define RANK_TIE 1e-14
void col_rank_best(const double *x, size_t n, int32_t *ret);
/* The present values in rising order into ret (n places); returns how many. -0 counts as 0. */
size_t col_sorted(const double *x, size_t n, double *ret);

#endif
