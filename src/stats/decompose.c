/* Shapley values by enumeration: 2^n evaluations, n! / … orders never walked one by one. */
#include "decompose.h"

#include <math.h>

/* |S|! (n-|S|-1)! / n!: the share of orders in which exactly S has changed before the factor.
 */
static double order_share(size_t n, int s)
{
    double share = 1 / (double)n; /* 1 / (n · C(n-1, s)) */
    for (int i = 1; i <= s; i++)
        share *= (double)i / ((double)n - (double)i);
    return share;
}

/*
 * Parts as whole numbers of 1/unit that add up to the change, itself a whole number of 1/unit:
 * the largest remainders give way. Whole numbers below 2^53 add without rounding, in any order.
 */
static void round_to(const double *parts, size_t n, double change, double unit, double *ret)
{
    double want = nearbyint(change * unit), sum = 0;
    double whole[DECOMPOSE_FACTORS_MAX], rest[DECOMPOSE_FACTORS_MAX];
    for (size_t i = 0; i < n; i++) {
        whole[i] = nearbyint(parts[i] * unit);
        rest[i] = parts[i] * unit - whole[i]; /* -½..½ */
        sum += whole[i];
    }
    while (sum != want && isfinite(sum) && isfinite(want)) {
        double step = want > sum ? 1 : -1;
        size_t pick = n; /* a factor without any part gets none by rounding */
        for (size_t i = 0; i < n; i++)
            if (parts[i] != 0 && (pick == n || step * rest[i] > step * rest[pick]))
                pick = i;
        if (pick == n)
            pick = 0;
        whole[pick] += step;
        rest[pick] -= step;
        sum += step;
    }
    for (size_t i = 0; i < n; i++)
        ret[i] = whole[i] / unit + 0.0;
}

enum rc decompose(decompose_fn fn, void *arg, size_t n, double *parts, double *ret_change,
                  struct err *e)
{
    if (n == 0 || n > DECOMPOSE_FACTORS_MAX)
        return err_set(e, RC_INVALID, N_("分解变化的因素应为 1 至 10 个"));
    double v[1 << DECOMPOSE_FACTORS_MAX], out[DECOMPOSE_FACTORS_MAX], most = 0;
    unsigned all = (1u << n) - 1;
    for (unsigned s = 0; s <= all; s++) {
        enum rc rc = fn(arg, s, &v[s], e);
        if (rc != RC_OK)
            return rc;
        if (!isfinite(v[s]))
            return err_set(e, RC_INVALID, N_("两期中有一期没有得分,变化无法分解"));
        most = fmax(most, fabs(v[s]));
    }
    for (size_t f = 0; f < n; f++) {
        out[f] = 0;
        for (unsigned s = 0; s <= all; s++)
            if ((s >> f & 1) == 0)
                out[f] += order_share(n, __builtin_popcount(s)) * (v[s | 1u << f] - v[s]);
    }
    double unit = most > 0 ? ldexp(1, 48 - ilogb(most)) : 1;
    double change = (nearbyint(v[all] * unit) - nearbyint(v[0] * unit)) / unit;
    round_to(out, n, change, unit, parts);
    *ret_change = change;
    return RC_OK;
}

double decompose_value(double was, double is, unsigned now)
{
    double here = now >> CHANGE_MISSING & 1 ? is : was; /* decides presence */
    if (here != here)
        return NAN;
    double own = now >> CHANGE_OWN & 1 ? is : was;
    return own == own ? own : here;
}

void decompose_round(const double *parts, size_t n, double change, int decimals, double *ret)
{
    double unit = 1;
    for (int i = 0; i < decimals; i++)
        unit *= 10;
    round_to(parts, n > DECOMPOSE_FACTORS_MAX ? DECOMPOSE_FACTORS_MAX : n, change, unit, ret);
}
