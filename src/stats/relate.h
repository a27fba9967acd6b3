/* How two columns go together. Pairs with a missing value are left out; NaN when there is
 * nothing to compare. */
#ifndef STATS_RELATE_H
#define STATS_RELATE_H

#include "base/base.h"

double relate_pearson(const double *x, const double *y, size_t n);
/* Pearson of the ranks, ties getting their mean. */
double relate_spearman(const double *x, const double *y, size_t n);
/* Kendall's tau-b, corrected for ties; Knight's method, n log n. */
double relate_kendall(const double *x, const double *y, size_t n);

#endif
