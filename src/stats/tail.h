/* Tails of the binomial and chi-squared distributions: how likely chance alone does as much.
 * Accurate to about 1e-12 of themselves. */
#ifndef STATS_TAIL_H
#define STATS_TAIL_H

#include "base/base.h"

/* At least k of n when each comes with chance p, 0 <= p <= 1; summed term by term. 1 for k 0.
 */
double tail_binomial(size_t k, size_t n, double p);
/* A chi-squared variable with df degrees of freedom is at most x: the regularised lower
 * incomplete gamma P(df/2, x/2), by its series or Lentz's continued fraction (Numerical
 * Recipes, 3rd edition, 6.2). */
double tail_chi2_lower(double x, double df);

#endif
