/*
 * "Why did my score move": the change between two evaluations split over the factors that
 * differ (own data, peers, weights, method, missing data). Each factor's part is its mean
 * effect over all orders in which the factors could have changed (Shapley value), the only
 * split that is fair to the order and adds up.
 */
#ifndef STATS_DECOMPOSE_H
#define STATS_DECOMPOSE_H

#include "base/base.h"

enum change {
    CHANGE_OWN,
    CHANGE_PEERS,
    CHANGE_WEIGHTS,
    CHANGE_METHOD,
    CHANGE_MISSING,
    CHANGES
};
enum { DECOMPOSE_FACTORS_MAX = 10 };

/* The score when the factors whose bit is set are as they are now, the others as they were. */
typedef enum rc (*decompose_fn)(void *arg, unsigned now, double *ret, struct err *e);
/*
 * fn is called once for each of the 2^n subsets. parts[0..n) add up to *ret_change exactly, in
 * any order; it is fn(all) - fn(none) to within 2^-48 of the largest score. RC_INVALID when a
 * score is missing for a mixture: then nothing can be split.
 */
enum rc decompose(decompose_fn fn, void *arg, size_t n, double *parts, double *ret_change,
                  struct err *e) MUST_USE;

/*
 * A unit's value in a mixture of two periods: whether it is there is a matter of
 * CHANGE_MISSING, what it is of CHANGE_OWN. A value that exists in one period only is taken
 * from that one.
 */
double decompose_value(double was, double is, unsigned now);

/*
 * Parts rounded to so many decimals (0..9) such that the rounded parts add up to the rounded
 * change, as a reader will check: the largest remainders give way. ret may be parts.
 */
void decompose_round(const double *parts, size_t n, double change, int decimals, double *ret);

#endif
