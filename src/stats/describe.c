/*
 * Descriptions of one column. The idea to know: every sum has eight accumulators that take
 * turns and are added in a fixed order at the end; that is what makes the loops fast and the
 * result the same from any compiler. Sorting is by radix on the bits of the numbers, linear in
 * their count.
 */
#include "describe.h"

#include "base/arena.h"
#include "elementary.h"

#include <stdlib.h>

enum { LANES = 8, COUNTING_MAX = 256 };

static double lanes_sum(const double s[LANES])
{
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

struct range col_range(const double *x, size_t n)
{
    double lo[LANES], hi[LANES], c[LANES] = { 0 };
    for (size_t j = 0; j < LANES; j++) {
        lo[j] = HUGE_VAL;
        hi[j] = -HUGE_VAL;
    }
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) {
            double v = x[i + j];
            lo[j] = v < lo[j] ? v : lo[j]; /* false for NaN */
            hi[j] = v > hi[j] ? v : hi[j];
            c[j] += v == v ? 1.0 : 0.0;
        }
    for (size_t j = 0; i < n; i++, j++) {
        double v = x[i];
        lo[j] = v < lo[j] ? v : lo[j];
        hi[j] = v > hi[j] ? v : hi[j];
        c[j] += v == v ? 1.0 : 0.0;
    }
    struct range r = { .min = lo[0], .max = hi[0], .n = (size_t)lanes_sum(c) };
    for (size_t j = 1; j < LANES; j++) {
        r.min = lo[j] < r.min ? lo[j] : r.min;
        r.max = hi[j] > r.max ? hi[j] : r.max;
    }
    if (r.n == 0)
        r.min = r.max = NAN;
    return r;
}

/* Sum of (x - shift) over the present, and how many they are. */
static double sum_from(const double *x, size_t n, double shift, size_t *ret_n)
{
    double s[LANES] = { 0 }, c[LANES] = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) {
            double v = x[i + j], d = v - shift;
            s[j] += v == v ? d : 0.0;
            c[j] += v == v ? 1.0 : 0.0;
        }
    for (size_t j = 0; i < n; i++, j++) {
        double v = x[i], d = v - shift;
        s[j] += v == v ? d : 0.0;
        c[j] += v == v ? 1.0 : 0.0;
    }
    *ret_n = (size_t)lanes_sum(c);
    return lanes_sum(s);
}

double col_unit(const double *x, size_t n, double centre)
{
    struct range r = col_range(x, n);
    double most = fmax(r.max - centre, centre - r.min);
    if (!(most > 0 && isfinite(most)))
        return 1;
    int exponent = ilogb(most);
    return ldexp(1, exponent < -1000 ? -1000 : exponent);
}

static void sum_powers(const double *x, size_t n, struct moments *m)
{
    double s2[LANES] = { 0 }, s3[LANES] = { 0 }, s4[LANES] = { 0 };
    double mean = m->mean, times = 1 / m->unit;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) {
            double v = x[i + j], d = v == v ? (v - mean) * times : 0.0, q = d * d;
            s2[j] += q;
            s3[j] += q * d;
            s4[j] += q * q;
        }
    for (size_t j = 0; i < n; i++, j++) {
        double v = x[i], d = v == v ? (v - mean) * times : 0.0, q = d * d;
        s2[j] += q;
        s3[j] += q * d;
        s4[j] += q * q;
    }
    m->s2 = lanes_sum(s2);
    m->s3 = lanes_sum(s3);
    m->s4 = lanes_sum(s4);
}

struct moments col_moments(const double *x, size_t n)
{
    struct moments m = { .mean = NAN, .unit = 1, .s2 = NAN, .s3 = NAN, .s4 = NAN };
    double sum = sum_from(x, n, 0, &m.n);
    if (m.n == 0)
        return m;
    m.mean = sum / (double)m.n;
    m.mean += sum_from(x, n, m.mean, &m.n) /
              (double)m.n; /* the second pass removes the rounding of the first */
    sum_powers(x, n, &m);
    if (!(m.s2 > 1e-130 && m.s2 < 1e130)) {
        m.unit = col_unit(x, n, m.mean);
        sum_powers(x, n, &m);
    }
    return m;
}

double moments_sd(const struct moments *m)
{
    return m->n < 2 ? NAN : sqrt(m->s2 / (double)(m->n - 1)) * m->unit;
}

/* All equal up to the rounding of the mean: what is left is noise, and its shape would be noise
 * too. */
static bool no_spread(const struct moments *m)
{
    double ulp = fabs(m->mean) * 0x1p-52 / m->unit;
    return !(m->s2 > (double)m->n * ulp * ulp * 4);
}

double moments_skew(const struct moments *m)
{
    double n = (double)m->n;
    if (m->n < 3 || no_spread(m))
        return NAN;
    return sqrt(n) * m->s3 / (m->s2 * sqrt(m->s2)) * sqrt(n * (n - 1)) / (n - 2);
}

double moments_kurt(const struct moments *m)
{
    double n = (double)m->n;
    if (m->n < 4 || no_spread(m))
        return NAN;
    double r = n * m->s4 / (m->s2 * m->s2);
    return ((n + 1) * (r - 3) + 6) * (n - 1) / ((n - 2) * (n - 3));
}

double col_mean(const double *x, size_t n)
{
    size_t c;
    double s = sum_from(x, n, 0, &c);
    if (c == 0)
        return NAN;
    double mean = s / (double)c;
    return mean + sum_from(x, n, mean, &c) / (double)c;
}

double col_sd(const double *x, size_t n)
{
    struct moments m = col_moments(x, n);
    return moments_sd(&m);
}

/* ---- order ---- */

struct keyed {
    uint64_t key;
    uint32_t i;
};

/* Bits that compare like the numbers; -0 becomes +0. */
static uint64_t order_key(double v)
{
    uint64_t u = real_bits(v + 0.0);
    return u >> 63 ? ~u : u | UINT64_C(1) << 63;
}

/* Least significant digit first, 11 bits at a time; passes in which all agree are skipped.
 * Stable. */
static struct keyed *radix_sort(struct keyed *a, struct keyed *b, size_t n)
{
    enum { BITS = 11, SIZE = 1 << BITS, PASSES = 6 };
    size_t(*h)[SIZE] = mem_array(PASSES, sizeof(*h));
    for (size_t i = 0; i < n; i++)
        for (int p = 0; p < PASSES; p++)
            h[p][a[i].key >> (p * BITS) & (SIZE - 1)]++;
    for (int p = 0; p < PASSES; p++) {
        if (n > 0 && h[p][a[0].key >> (p * BITS) & (SIZE - 1)] == n)
            continue;
        size_t at = 0;
        for (size_t d = 0; d < SIZE; d++) {
            size_t c = h[p][d];
            h[p][d] = at;
            at += c;
        }
        for (size_t i = 0; i < n; i++)
            b[h[p][a[i].key >> (p * BITS) & (SIZE - 1)]++] = a[i];
        struct keyed *t = a;
        a = b;
        b = t;
    }
    free(h);
    return a;
}

static void insertion_sort(double *x, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double v = x[i];
        size_t j = i;
        for (; j > 0 && x[j - 1] > v; j--)
            x[j] = x[j - 1];
        x[j] = v;
    }
}

/* The present ones as keys with their places, sorted. Free *ret_mem afterwards. */
static const struct keyed *keys_sorted(const double *x, size_t n, double sign, size_t *ret_m,
                                       struct keyed **ret_mem)
{
    struct keyed *mem = mem_array(2 * n + 1, sizeof(*mem));
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] == x[i])
            mem[m++] = (struct keyed){ .key = order_key(sign * x[i]), .i = (uint32_t)i };
    *ret_m = m;
    *ret_mem = mem;
    return radix_sort(mem, mem + n, m);
}

size_t col_sorted(const double *x, size_t n, double *ret)
{
    if (n <= 64) {
        size_t m = 0;
        for (size_t i = 0; i < n; i++)
            if (x[i] == x[i])
                ret[m++] = x[i] + 0.0;
        insertion_sort(ret, m);
        return m;
    }
    size_t m;
    struct keyed *mem;
    const struct keyed *k = keys_sorted(x, n, 1, &m, &mem);
    for (size_t i = 0; i < m; i++) {
        uint64_t u = k[i].key;
        ret[i] = real_of_bits(u >> 63 ? u & ~(UINT64_C(1) << 63) : ~u);
    }
    free(mem);
    return m;
}

static double sorted_quantile(const double *s, size_t m, double p)
{
    if (m == 0)
        return NAN;
    double h = (double)(m - 1) * p;
    size_t i = (size_t)h;
    if (i + 1 >= m)
        return s[m - 1];
    double f = h - (double)i;
    return f == 0 ? s[i] : s[i] + f * (s[i + 1] - s[i]);
}

void col_quantiles(const double *x, size_t n, const double *p, size_t n_p, double *ret)
{
    CLEANUP(mem_freep) double *s = mem_array(n + 1, sizeof(*s));
    size_t m = col_sorted(x, n, s);
    for (size_t i = 0; i < n_p; i++)
        ret[i] = sorted_quantile(s, m, p[i]);
}

double col_quantile(const double *x, size_t n, double p)
{
    double q;
    col_quantiles(x, n, &p, 1, &q);
    return q;
}

double col_median(const double *x, size_t n)
{
    CLEANUP(mem_freep) double *s = mem_array(n + 1, sizeof(*s));
    size_t m = col_sorted(x, n, s);
    if (m == 0)
        return NAN;
    return m % 2 == 1 ? s[m / 2] : (s[m / 2 - 1] + s[m / 2]) / 2;
}

double col_mad(const double *x, size_t n)
{
    double med = col_median(x, n);
    CLEANUP(mem_freep) double *d = mem_array(n + 1, sizeof(*d));
    for (size_t i = 0; i < n; i++)
        d[i] = fabs(x[i] - med);
    return 1.4826 * col_median(d, n);
}

static void z_from(const double *x, size_t n, double centre, double spread, double *ret)
{
    for (size_t i = 0; i < n; i++)
        ret[i] = spread > 0 ? (x[i] - centre) / spread : NAN;
}

void col_z(const double *x, size_t n, double *ret)
{
    struct moments m = col_moments(x, n);
    z_from(x, n, m.mean, no_spread(&m) ? 0 : moments_sd(&m), ret);
}

void col_z_robust(const double *x, size_t n, double *ret)
{
    double centre = col_median(x, n), spread = col_mad(x, n);
    z_from(x, n, centre, spread, ret);
}

/* 1 + how many are smaller: n² comparisons that vectorise beat sorting for short columns. */
static void rank_by_counting(const double *x, size_t n, double sign, double *ret)
{
    double v[COUNTING_MAX];
    for (size_t i = 0; i < n; i++)
        v[i] = sign * x[i];
    for (size_t i = 0; i < n; i++) {
        double c[LANES] = { 0 }, w = v[i];
        size_t j = 0;
        for (; j + LANES <= n; j += LANES)
            for (size_t l = 0; l < LANES; l++)
                c[l] += v[j + l] < w ? 1.0 : 0.0;
        for (size_t l = 0; j < n; j++, l++)
            c[l] += v[j] < w ? 1.0 : 0.0;
        ret[i] = w == w ? 1 + lanes_sum(c) : NAN;
    }
}

static void rank_signed(const double *x, size_t n, double sign, double *ret)
{
    if (n <= COUNTING_MAX) {
        rank_by_counting(x, n, sign, ret);
        return;
    }
    size_t m;
    struct keyed *mem;
    const struct keyed *k = keys_sorted(x, n, sign, &m, &mem);
    for (size_t i = 0; i < n; i++)
        ret[i] = NAN;
    size_t rank = 0;
    for (size_t i = 0; i < m; i++) {
        if (i == 0 || k[i].key != k[i - 1].key)
            rank = i + 1;
        ret[k[i].i] = (double)rank;
    }
    free(mem);
}

void col_rank_min(const double *x, size_t n, double *ret)
{
    rank_signed(x, n, 1, ret);
}

void col_rank_mean(const double *x, size_t n, double *ret)
{
    size_t m;
    struct keyed *mem;
    const struct keyed *k = keys_sorted(x, n, 1, &m, &mem);
    for (size_t i = 0; i < n; i++)
        ret[i] = NAN;
    for (size_t i = 0, j; i < m; i = j) {
        for (j = i + 1; j < m && k[j].key == k[i].key; j++)
            ;
        for (size_t l = i; l < j; l++)
            ret[k[l].i] = (double)(i + 1 + j) / 2;
    }
    free(mem);
}

/* What a score above must exceed to be better than x. Rises with x. */
static double tied_up_to(double x)
{
    return x + RANK_TIE * fabs(x);
}

/* 1 + how many lie above and do not tie. */
static void rank_best_by_counting(const double *x, size_t n, int32_t *ret)
{
    for (size_t i = 0; i < n; i++) {
        double c[LANES] = { 0 }, w = tied_up_to(x[i]);
        size_t j = 0;
        for (; j + LANES <= n; j += LANES)
            for (size_t l = 0; l < LANES; l++)
                c[l] += x[j + l] > w ? 1.0 : 0.0;
        for (size_t l = 0; j < n; j++, l++)
            c[l] += x[j] > w ? 1.0 : 0.0;
        ret[i] = w == w ? (int32_t)(1 + lanes_sum(c)) : 0;
    }
}

void col_rank_best(const double *x, size_t n, int32_t *ret)
{
    if (n <= COUNTING_MAX) {
        rank_best_by_counting(x, n, ret);
        return;
    }
    size_t m, above = 0;
    struct keyed *mem;
    const struct keyed *k = keys_sorted(x, n, -1, &m, &mem); /* highest first */
    memset(ret, 0, n * sizeof(*ret));
    for (size_t i = 0; i < m; i++) {
        while (x[k[above].i] > tied_up_to(x[k[i].i]))
            above++;
        ret[k[i].i] = (int32_t)above + 1;
    }
    free(mem);
}
