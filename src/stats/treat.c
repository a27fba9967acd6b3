/*
 * Treatment of outliers. The order of the steps and the way points are counted follow the
 * practice the golden files were made with: a step moves all points equal to the extreme to the
 * next value, and what is counted is how many points have been moved at each end so far.
 */
#include "treat.h"

#include "base/arena.h"
#include "describe.h"
#include "elementary.h"

#include <stdlib.h>

/*
 * Below a limit by more than rounding: the skew of 0 0 0 5 is 2 on paper and must not pass a
 * limit of 2 or fail it by its last bit. False for NaN.
 */
static bool below(double v, double limit)
{
    return v + 1e-12 * fabs(v) < limit;
}

static bool passes(const struct treat *t, double skew, double kurt)
{
    return below(fabs(skew), t->skew) || below(kurt, t->kurt);
}

/* Move the extreme at the side of sign to the next value; returns how many points moved, 0 when
 * all are equal. */
static int win_step(double *x, size_t n, double sign)
{
    double top = -HUGE_VAL, next = -HUGE_VAL;
    for (size_t i = 0; i < n; i++) {
        double v = sign * x[i];
        top = v > top ? v : top;
    }
    int at_top = 0;
    for (size_t i = 0; i < n; i++) {
        double v = sign * x[i];
        at_top += v == top;
        next = v < top && v > next ? v : next;
    }
    if (next == -HUGE_VAL)
        return 0;
    for (size_t i = 0; i < n; i++)
        x[i] = sign * x[i] == top ? sign * next : x[i];
    return at_top;
}

/* Returns whether it passes afterwards. */
static bool winsorise(const struct treat *t, double *x, size_t n, struct treatment *r)
{
    int high = 0, low = 0;
    double skew = r->skew_before;
    while (high + low < t->winmax) {
        int *side = skew >= 0 ? &high : &low;
        int moved = win_step(x, n, skew >= 0 ? 1 : -1);
        if (moved == 0)
            return false;
        *side = moved;
        struct moments m = col_moments(x, n);
        skew = r->skew_after = moments_skew(&m);
        r->kurt_after = moments_kurt(&m);
        r->winsorised = high + low;
        if (passes(t, r->skew_after, r->kurt_after))
            return true;
        if (skew != skew)
            return false;
    }
    return false;
}

void treat_column(const struct treat *t, double *x, size_t n, struct treatment *ret)
{
    struct moments m = col_moments(x, n);
    double skew = moments_skew(&m), kurt = moments_kurt(&m);
    *ret = (struct treatment){ .skew_before = skew,
                               .kurt_before = kurt,
                               .skew_after = skew,
                               .kurt_after = kurt,
                               .passed = true };
    if (skew != skew || passes(t, skew, kurt))
        return;
    CLEANUP(mem_freep) double *original = mem_array(n, sizeof(*original));
    memcpy(original, x, n * sizeof(*x));
    if (winsorise(t, x, n, ret))
        return;
    struct range r = col_range(original, n);
    double shift = 0.01 * (r.max - r.min);
    for (size_t i = 0; i < n; i++)
        x[i] = real_log(original[i] - r.min + shift);
    m = col_moments(x, n);
    ret->winsorised = 0;
    ret->log = true;
    ret->skew_after = moments_skew(&m);
    ret->kurt_after = moments_kurt(&m);
    ret->passed = passes(t, ret->skew_after, ret->kurt_after);
}
