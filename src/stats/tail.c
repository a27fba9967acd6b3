/* Sums of terms, largest first where it matters; logarithms of factorials by log_gamma. */
#include "tail.h"

#include <float.h>
#include <math.h>

enum { TERMS_MAX = 100000 };

/* lgamma writes a global variable; threads must not share it. */
static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

static double log_choose(size_t n, size_t k)
{
    return log_gamma((double)n + 1) - log_gamma((double)k + 1) - log_gamma((double)(n - k) + 1);
}

double tail_binomial(size_t k, size_t n, double p)
{
    if (k == 0)
        return 1;
    if (k > n || p <= 0)
        return 0;
    if (p >= 1)
        return 1;
    /* Whichever side has the fewer probable terms; each from the one before. */
    double mean = (double)n * p, ratio = p / (1 - p), sum = 0;
    if ((double)k > mean) {
        double term = exp(log_choose(n, k) + (double)k * log(p) + (double)(n - k) * log1p(-p));
        for (size_t i = k; i <= n && term > 0; i++) {
            sum += term;
            if (term < sum * DBL_EPSILON / 4)
                break;
            term *= (double)(n - i) / ((double)i + 1) * ratio;
        }
        return sum > 1 ? 1 : sum;
    }
    size_t at = k - 1;
    double term = exp(log_choose(n, at) + (double)at * log(p) + (double)(n - at) * log1p(-p));
    for (size_t i = at + 1; i-- > 0 && term > 0;) {
        sum += term;
        if (term < sum * DBL_EPSILON / 4)
            break;
        term *= (double)i / ((double)(n - i) + 1) / ratio;
    }
    return sum >= 1 ? 0 : 1 - sum;
}

double tail_chi2_lower(double x, double df)
{
    double a = df / 2, z = x / 2;
    if (!(z > 0) || !(a > 0))
        return z > 0 || a > 0 ? 0 : NAN;
    double front = exp(-z + a * log(z) - log_gamma(a));
    if (z < a + 1) {
        double term = 1 / a, sum = term;
        for (int i = 1; i < TERMS_MAX && term > sum * DBL_EPSILON / 4; i++) {
            term *= z / (a + i);
            sum += term;
        }
        return front * sum;
    }
    const double tiny = DBL_MIN / DBL_EPSILON;
    double b = z + 1 - a, c = 1 / tiny, d = 1 / b, h = d;
    for (int i = 1; i < TERMS_MAX; i++) {
        double an = -i * (i - a);
        b += 2;
        d = an * d + b;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = b + an / c;
        c = fabs(c) < tiny ? tiny : c;
        double step = c * d;
        h *= step;
        if (fabs(step - 1) < DBL_EPSILON)
            break;
    }
    return 1 - front * h;
}
