/*
 * Outliers of one column, the two-step treatment of the OECD/JRC practice: nothing when |skew|
 * < limit or kurtosis < limit; else winsorise, a few points at most, stopping as soon as it
 * passes; else the logarithm of the original data.
 */
#ifndef STATS_TREAT_H
#define STATS_TREAT_H

#include "base/base.h"

struct treat {
    int winmax;        /* points, default 5 */
    double skew, kurt; /* default 2 and 3.5 */
};
struct treatment {
    int winsorised; /* points moved; 0 when the logarithm was taken instead */
    bool log;
    double skew_before, kurt_before, skew_after,
        kurt_after; /* NaN: cannot be computed (few values, all equal) */
    bool passed;
};
/* x (n values, NaN = missing) is treated in place. A column whose skew is undefined is left as
 * it is and passes. */
void treat_column(const struct treat *t, double *x, size_t n, struct treatment *ret);

#endif
