/*
 * The aggregations. The idea to know: rows go by in blocks that stay in the first cache, each
 * child's piece is added to the block's accumulators in turn; sums run over the children in
 * their order, whatever the vector width.
 */
#include "aggregate.h"

#include "base/str.h"
#include "describe.h"
#include "elementary.h"

#include <stdlib.h>

enum { BLOCK = 512 };

static const char *const names[AGG_METHODS] = {
    [AGG_AMEAN] = "amean",     [AGG_GMEAN] = "gmean",       [AGG_HMEAN] = "hmean",
    [AGG_GENMEAN] = "genmean", [AGG_COPELAND] = "copeland",
};

const char *agg_name(enum agg_method m)
{
    return m < AGG_METHODS ? names[m] : "";
}

enum agg_method agg_by_name(const char *name)
{
    enum agg_method m = 0;
    while (m < AGG_METHODS && !str_eq(names[m], name))
        m++;
    return m;
}

/* Sums of a block: of weighted (transformed) values, of weights, and how many are present. */
struct block {
    double sum[BLOCK], w[BLOCK], n[BLOCK];
};

static void add_plain(struct block *b, const double *x, double w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double v = x[i];
        b->sum[i] += v == v ? w * v : 0.0;
        b->w[i] += v == v ? w : 0.0;
        b->n[i] += v == v ? 1.0 : 0.0;
    }
}

static void to_log(const double *x, size_t n, double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = real_log(x[i]);
}

static void to_inverse(const double *x, size_t n, double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = 1.0 / x[i];
}

static void to_power(const double *x, size_t n, double p, double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] != x[i] ? NAN : real_pow(x[i], p);
}

/* First row from i on whose value has no meaning, n when none. */
static size_t meaningless(const struct agg *g, const double *x, size_t i, size_t n)
{
    bool whole = g->p == floor(g->p);
    switch (g->method) {
    case AGG_GMEAN:
        while (i < n && !(x[i] <= 0))
            i++;
        return i;
    case AGG_HMEAN:
        while (i < n && x[i] != 0)
            i++;
        return i;
    case AGG_GENMEAN:
        while (i < n && !(x[i] < 0 && !whole) && !(x[i] == 0 && g->p < 0))
            i++;
        return i;
    case AGG_AMEAN:
    case AGG_COPELAND:
    case AGG_METHODS:
        return n;
    }
    return n;
}

/* What one row's sums come to; NaN when they have no meaning. */
static double turn_back(const struct agg *g, double sum, double w)
{
    switch (g->method) {
    case AGG_GMEAN:
        return real_exp(sum / w);
    case AGG_HMEAN:
        return sum == 0 ? NAN : w / sum;
    case AGG_GENMEAN:
        return sum < 0 || (sum == 0 && g->p < 0) ? NAN : real_pow(sum / w, 1 / g->p);
    case AGG_AMEAN:
    case AGG_COPELAND:
    case AGG_METHODS:
        break;
    }
    return sum / w;
}

/* The generalised mean of a row whose powers would overflow or vanish: of its values as shares
 * of the one that counts most. */
static double genmean_of_shares(const struct agg *g, const double *const *x, const double *w,
                                size_t k, size_t row)
{
    double unit = NAN, sum = 0, all = 0;
    for (size_t c = 0; c < k; c++) {
        double v = fabs(x[c][row]);
        if (v == v && !(g->p > 0 ? v <= unit : v >= unit))
            unit = v;
    }
    for (size_t c = 0; c < k; c++)
        if (x[c][row] == x[c][row]) {
            sum += w[c] * real_pow(x[c][row] / unit, g->p);
            all += w[c];
        }
    return unit == 0 ? 0 : unit * turn_back(g, sum, all);
}

/* false when a row's sum has no meaning (its row in *bad, counted from `from`). */
static bool finish(const struct agg *g, const struct block *b, const double *const *x,
                   const double *w, size_t k, size_t from, size_t n, double *ret, size_t *bad)
{
    for (size_t i = 0; i < n; i++) {
        ret[i] = NAN;
        if (b->n[i] == 0 || b->n[i] / (double)k < g->threshold)
            continue;
        double size = fabs(b->sum[i]);
        ret[i] = g->method == AGG_GENMEAN && !(size > 1e-290 && size < 1e290)
                     ? genmean_of_shares(g, x, w, k, from + i)
                     : turn_back(g, b->sum[i], b->w[i]);
        if (ret[i] != ret[i]) {
            *bad = i;
            return false;
        }
    }
    return true;
}

static void finish_amean(const struct agg *g, const struct block *b, size_t k, size_t n,
                         double *ret)
{
    double least = g->threshold;
    for (size_t i = 0; i < n; i++) {
        double v = b->sum[i] / b->w[i];
        ret[i] = b->n[i] / (double)k < least ? NAN : v;
    }
}

/* A row with too little present is missing whatever its values are. */
static bool too_few(const struct agg *g, const double *const *x, size_t k, size_t row)
{
    size_t present = 0;
    for (size_t c = 0; c < k; c++)
        present += x[c][row] == x[c][row];
    return (double)present / (double)k < g->threshold;
}

static bool mean_columns(const struct agg *g, const double *const *x, const double *w, size_t k,
                         size_t n, double *ret, struct agg_fault *fault)
{
    double tmp[BLOCK];
    struct block b;
    for (size_t from = 0; from < n; from += BLOCK) {
        size_t m = n - from < BLOCK ? n - from : BLOCK;
        memset(b.sum, 0, m * sizeof(double));
        memset(b.w, 0, m * sizeof(double));
        memset(b.n, 0, m * sizeof(double));
        for (size_t c = 0; c < k; c++) {
            const double *col = x[c] + from;
            size_t bad = meaningless(g, col, 0, m);
            while (bad < m && too_few(g, x, k, from + bad))
                bad = meaningless(g, col, bad + 1, m);
            if (bad < m) {
                *fault = (struct agg_fault){ .child = c, .row = from + bad };
                return false;
            }
            if (g->method == AGG_GMEAN)
                to_log(col, m, tmp);
            else if (g->method == AGG_HMEAN)
                to_inverse(col, m, tmp);
            else if (g->method == AGG_GENMEAN)
                to_power(col, m, g->p, tmp);
            add_plain(&b, g->method == AGG_AMEAN ? col : tmp, w[c], m);
        }
        size_t bad = 0;
        if (g->method == AGG_AMEAN)
            finish_amean(g, &b, k, m, ret + from);
        else if (!finish(g, &b, x, w, k, from, m, ret + from, &bad)) {
            *fault = (struct agg_fault){ .child = k, .row = from + bad };
            return false;
        }
    }
    return true;
}

/*
 * o_ij - ½ has the sign of Σ w sign(xi - xj) over what both have, so the weights need no
 * renormalising pair by pair. Weights such as 0.1 + 0.2 against 0.3 must tie: a sum that
 * rounding alone can explain is 0.
 */
static void copeland(const struct agg *g, const double *const *x, const double *w,
                     const bool *summed, size_t k, size_t n, double *ret)
{
    CLEANUP(mem_freep) double *lead = mem_array(n + 1, sizeof(*lead));
    CLEANUP(mem_freep) double *score = mem_array(n + 1, sizeof(*score));
    double total = 0;
    for (size_t c = 0; c < k; c++)
        total += w[c];
    double eps = total * (double)k * 0x1p-52;
    for (size_t i = 0; i < n; i++) {
        memset(lead + i, 0, (n - i) * sizeof(*lead));
        for (size_t c = 0; c < k; c++) {
            double tie = summed != NULL && summed[c] ? RANK_TIE * fabs(x[c][i]) : 0;
            double hi = x[c][i] + tie, lo = x[c][i] - tie, wc = w[c];
            const double *col = x[c];
            for (size_t j = i + 1; j < n; j++)
                lead[j] += (lo > col[j] ? wc : 0.0) - (hi < col[j] ? wc : 0.0);
        }
        double won = 0;
        for (size_t j = i + 1; j < n; j++) {
            double s = (lead[j] > eps ? 1.0 : 0.0) - (lead[j] < -eps ? 1.0 : 0.0);
            won += s; /* whole numbers: exact in any order */
            score[j] -= s;
        }
        score[i] += won;
    }
    for (size_t i = 0; i < n; i++) {
        size_t present = 0;
        for (size_t c = 0; c < k; c++)
            present += x[c][i] == x[c][i];
        ret[i] = present == 0 || (double)present / (double)k < g->threshold ? NAN : score[i];
    }
}

bool agg_columns(const struct agg *g, const double *const *x, const double *w,
                 const bool *summed, size_t k, size_t n, double *ret, struct agg_fault *fault)
{
    if (g->method == AGG_COPELAND) {
        copeland(g, x, w, summed, k, n, ret);
        return true;
    }
    return mean_columns(g, x, w, k, n, ret, fault);
}
