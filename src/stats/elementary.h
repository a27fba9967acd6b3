/*
 * Logarithm, exponential and power made of additions, multiplications and divisions only, so
 * that a score is the same bits on every machine: a C library may pick another routine for
 * another processor. Errors stay below 4 units in the last place over the range of scores.
 * Written without branches in the main path, so that loops over them vectorise.
 */
#ifndef STATS_ELEMENTARY_H
#define STATS_ELEMENTARY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t real_bits(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof(u));
    return u;
}

static inline double real_of_bits(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof(x));
    return x;
}

/* ln 2 in two parts: the first has 32 significant bits, so that a small integer times it is
 * exact. */
#define ELEM_LN2_HI 0x1.62e42fee00000p-1
#define ELEM_LN2_LO 0x1.a39ef35793c76p-33

/*
 * ln x for finite x > 0; NaN for NaN. x = 2^k (1+f) with 1+f near [√½, √2); ln(1+f) = 2
 * artanh(s), s = f/(2+f): twelve terms of its series, |s| <= 0.172.
 */
static inline double real_log(double x)
{
    double tiny = x < 0x1p-1022 ? 0x1p54 : 1.0; /* subnormal: scale up first */
    uint64_t u = real_bits(x * tiny);
    uint64_t off = u - UINT64_C(0x3fe6a09e667f3bcd); /* bits of √½ */
    int64_t k = (int64_t)off >> 52;
    double m = real_of_bits(u - (off & UINT64_C(0xfff0000000000000)));
    double dk = (double)k - (tiny > 1.0 ? 54.0 : 0.0);
    double f = m - 1.0;
    double s = f / (2.0 + f), z = s * s;
    double p = 1.0 / 25;
    p = p * z + 1.0 / 23;
    p = p * z + 1.0 / 21;
    p = p * z + 1.0 / 19;
    p = p * z + 1.0 / 17;
    p = p * z + 1.0 / 15;
    p = p * z + 1.0 / 13;
    p = p * z + 1.0 / 11;
    p = p * z + 1.0 / 9;
    p = p * z + 1.0 / 7;
    p = p * z + 1.0 / 5;
    p = p * z + 1.0 / 3;
    double tail = 2.0 * s * z * p; /* ln(1+f) = 2s + tail; and 2s = f - s f */
    double y = dk * ELEM_LN2_HI + (f - (s * f - (tail + dk * ELEM_LN2_LO)));
    return x != x ? x : y;
}

/* e^x; +inf above 709.78, 0 below -745; NaN for NaN. */
static inline double real_exp(double x)
{
    if (x != x)
        return x;
    if (x > 709.782712893384)
        return HUGE_VAL;
    if (x < -745.0)
        return 0;
    double k = floor(x * 0x1.71547652b82fep0 + 0.5);
    double r = (x - k * ELEM_LN2_HI) - k * ELEM_LN2_LO;
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    double y = 1.0 + (r + r * r * p);
    int64_t half = (int64_t)k / 2,
            rest = (int64_t)k - half; /* two steps reach subnormals and 2^1024 */
    return y * real_of_bits((uint64_t)(half + 1023) << 52) *
           real_of_bits((uint64_t)(rest + 1023) << 52);
}

/* x^p. Integer p up to ±64 by multiplication (any x); ±½ by the square root; else e^(p ln x), x
 * >= 0. */
static inline double real_pow(double x, double p)
{
    double q = p < 0 ? -p : p;
    if (q <= 64 && q == floor(q)) {
        double y = 1, b = x;
        for (int i = (int)q; i > 0; i >>= 1, b *= b)
            if (i & 1)
                y *= b;
        return p < 0 ? 1 / y : y;
    }
    if (q == 0.5)
        return p < 0 ? 1 / sqrt(x) : sqrt(x);
    if (x == 0)
        return p < 0 ? HUGE_VAL : 0;
    if (x < 0)
        return NAN;
    return real_exp(p * real_log(x));
}

#endif
