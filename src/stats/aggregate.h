/*
 * Making one column of several. Weights are renormalised over what is present in a row; the
 * result is missing when present / count is below the threshold, or nothing is present.
 */
#ifndef STATS_AGGREGATE_H
#define STATS_AGGREGATE_H

#include "base/arena.h"
#include "base/base.h"

enum agg_method {
    AGG_AMEAN,    /* Σwx/Σw */
    AGG_GMEAN,    /* exp(Σw ln x/Σw), x > 0 */
    AGG_HMEAN,    /* Σw/Σ(w/x), x ≠ 0 */
    AGG_GENMEAN,  /* (Σw x^p/Σw)^(1/p) */
    AGG_COPELAND, /* Σ_j sign(o_ij - ½), o over the indicators both units have */
    AGG_METHODS
};
const char *agg_name(enum agg_method m);
enum agg_method agg_by_name(const char *name); /* AGG_METHODS for an unknown name */

enum { COPELAND_UNITS_MAX = 5000 };

struct agg {
    enum agg_method method;
    double p;         /* genmean */
    double threshold; /* 0..1 */
};

/* Where a column had no meaning for the method. */
struct agg_fault {
    size_t child, row;
};
/*
 * k columns x[0..k) of n values with weights w → ret (n). summed (may be NULL) says which
 * columns are themselves sums: Copeland takes what differs there by rounding only for equal,
 * and compares other columns as they are. false and *fault when a value has no meaning for the
 * method; ret is then undefined. Copeland needs n <= COPELAND_UNITS_MAX (the caller checks).
 * Scratch comes from the heap.
 */
bool agg_columns(const struct agg *g, const double *const *x, const double *w,
                 const bool *summed, size_t k, size_t n, double *ret,
                 struct agg_fault *fault) MUST_USE;

#endif
