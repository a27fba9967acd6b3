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

/* Both for resamples of the same pairs: sorted once, on the heap. One thread at a time. */
struct relate;
struct relate *relate_new(const double *x, const double *y, size_t n);
void relate_freep(struct relate **r);
size_t relate_n(const struct relate *r); /* complete pairs, in the order they were given */
/* times: by complete pair, how often it is taken; NULL: each once. NaN when all x or all y are
 * equal. */
void relate_weighted(struct relate *r, const uint32_t *times, double *ret_tau,
                     double *ret_spearman);

#endif
