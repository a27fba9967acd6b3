/* Hints: counting, and the chance of as much. */
#include "hint.h"

#include "base/arena.h"
#include "describe.h"
#include "tail.h"

#include <math.h>

/* ---- one value ---- */

static struct hint_outlier judged(size_t n, size_t least, double value, double centre,
                                  double spread, double limit)
{
    struct hint_outlier o = { .n = n, .value = value, .centre = centre, .spread = spread };
    o.score = spread > 0 ? (value - centre) / spread : NAN;
    o.hint = n >= least && fabs(o.score) > limit; /* NaN: false */
    return o;
}

struct hint_outlier hint_z(const double *x, size_t n, size_t i, double limit)
{
    struct moments m = col_moments(x, n);
    return judged(m.n, HINT_GROUP_LEAST, x[i], m.mean, moments_sd(&m), limit);
}

/* The scale of a modified z score. */
static double robust_spread(const double *x, size_t n, double median)
{
    double mad = col_mad(x, n), sum = 0;
    size_t m = 0;
    if (!(mad <= 0)) /* NaN: nothing present */
        return mad;
    for (size_t i = 0; i < n; i++)
        if (x[i] == x[i]) {
            sum += fabs(x[i] - median);
            m++;
        }
    return 1.2533141373155001 * sum / (double)m; /* √(π/2) */
}

struct hint_outlier hint_modified_z(const double *x, size_t n, size_t i, double limit)
{
    double median = col_median(x, n);
    return judged(col_range(x, n).n, HINT_GROUP_LEAST, x[i], median,
                  robust_spread(x, n, median), limit);
}

struct hint_outlier hint_history(const double *past, size_t n, double now, double limit)
{
    double median = col_median(past, n);
    return judged(col_range(past, n).n, HINT_PAST_LEAST, now, median,
                  robust_spread(past, n, median), limit);
}

struct hint_outlier hint_minmax(double value, double lo, double hi)
{
    return (struct hint_outlier){ .hint = value < lo || value > hi,
                                  .n = 1,
                                  .value = value,
                                  .centre = value < lo ? lo : hi,
                                  .spread = NAN,
                                  .score = NAN };
}

/* ---- patterns ---- */

static struct hint_pattern counted(size_t k, size_t n, double expected, size_t least)
{
    struct hint_pattern f = { .n = n, .k = k, .expected = expected };
    f.share = n ? (double)k / (double)n : NAN;
    f.p = n ? tail_binomial(k, n, expected) : NAN;
    f.hint = n >= least && f.p < HINT_CHANCE;
    return f;
}

struct hint_pattern hint_digits(const double *x, size_t n)
{
    size_t m = 0, k = 0;
    for (size_t i = 0; i < n; i++) {
        double v = fabs(x[i]);
        if (!(v >= 10 && v < 0x1p53) || v != floor(v))
            continue;
        m++;
        k += fmod(v, 5) == 0;
    }
    struct hint_pattern f = counted(k, m, 0.2, HINT_DIGITS_LEAST);
    f.hint = f.hint && f.share >= 2 * f.expected;
    return f;
}

struct hint_pattern hint_copy(const double *now, const double *before, size_t n, double usual,
                              double least_share)
{
    static const double floor_share = 0.05;
    size_t m = 0, k = 0;
    for (size_t i = 0; i < n; i++) {
        if (now[i] != now[i] || before[i] != before[i] || (now[i] == 0 && before[i] == 0))
            continue;
        m++;
        k += now[i] == before[i];
    }
    struct hint_pattern f =
        counted(k, m, usual > floor_share ? usual : floor_share, HINT_COPY_LEAST);
    f.hint = f.hint && f.share >= least_share;
    return f;
}

struct hint_pattern hint_bunch(const double *x, size_t n, double limit, double width, int good)
{
    size_t m = 0, k = 0;
    for (size_t i = 0; i < n; i++) {
        double d = (x[i] - limit) * good; /* at the limit is good */
        if (!(d >= -width && d < width))
            continue;
        m++;
        k += d >= 0;
    }
    return counted(k, m, 0.5, HINT_NEAR_LEAST);
}

struct hint_pattern hint_perfect(const double *x, size_t n, double best, double usual,
                                 size_t least_run)
{
    size_t run = 0;
    for (size_t i = n; i-- > 0 && (x[i] == best || x[i] != x[i]);)
        run += x[i] == best;
    if (least_run < HINT_RUN_LEAST)
        least_run = HINT_RUN_LEAST;
    struct hint_pattern f = counted(run, run, usual, least_run);
    return f;
}

static bool all_whole(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] == x[i] && x[i] != floor(x[i]))
            return false;
    return true;
}

struct hint_pattern hint_smooth(const double *x, size_t n, double usual_sd)
{
    static const double coarse = 2;
    struct moments m = col_moments(x, n);
    double sd = moments_sd(&m);
    struct hint_pattern f = { .n = m.n, .k = m.n, .share = sd, .expected = usual_sd, .p = NAN };
    if (m.n < 2 || !(usual_sd > 0))
        return f;
    double q = sd / usual_sd, df = (double)m.n - 1;
    f.p = tail_chi2_lower(df * q * q, df);
    f.hint = m.n >= HINT_SMOOTH_LEAST && f.p < HINT_CHANCE &&
             (usual_sd >= coarse || !all_whole(x, n));
    return f;
}

struct hint_pattern hint_burst(const double *days_before, size_t n, double last, double window)
{
    size_t m = 0, k = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(days_before[i] >= 0 && days_before[i] < window))
            continue;
        m++;
        k += days_before[i] < last;
    }
    struct hint_pattern f = counted(k, m, last < window ? last / window : 1, HINT_BURST_LEAST);
    f.hint = f.hint && f.share >= 2 * f.expected;
    return f;
}

bool hint_differs(double a, double b, double tolerance)
{
    return fabs(a - b) > tolerance * fmax(fabs(a), fabs(b)); /* NaN: false */
}

struct hint_pattern hint_source(const double *own, const double *other, size_t n,
                                double tolerance, int better)
{
    size_t m = 0, k = 0;
    for (size_t i = 0; i < n; i++) {
        if (!hint_differs(own[i], other[i], tolerance))
            continue;
        m++;
        k += (own[i] - other[i]) * better > 0;
    }
    return counted(k, m, 0.5, HINT_PAIRS_LEAST);
}
