/* Descriptions, correlations, comparison-matrix weights, peers; values by an independent
 * program (plain Python). */
#include "base/arena.h"
#include "base/rng.h"
#include "base/test.h"
#include "stats/ahp.h"
#include "stats/describe.h"
#include "stats/elementary.h"
#include "stats/peers.h"
#include "stats/relate.h"

static const double x[] = { 2, 5, 5, 7.5, 11, 3.25, NAN, 8, 40 };
static const double y[] = { 1, 4, 6, 6, 9, 2, 3, NAN, 7 };
enum { N = COUNT(x) };

static void describes_a_column(void)
{
    struct moments m = col_moments(x, N);
    CHECK_INT(m.n, 8);
    CHECK_REAL(m.mean, 10.21875, 1e-14);
    CHECK_REAL(moments_sd(&m), 12.366023078812132, 1e-14);
    CHECK_REAL(moments_skew(&m), 2.538878845494564, 1e-13);
    CHECK_REAL(moments_kurt(&m), 6.757985354043806, 1e-13);
    static const struct {
        double p, want;
    } q[] = { { 0, 2 },      { 0.05, 2.4375 }, { 0.25, 4.5625 },
              { 0.5, 6.25 }, { 0.8, 9.8 },     { 0.95, 29.849999999999984 },
              { 1, 40 } };
    for (size_t i = 0; i < COUNT(q); i++)
        CHECK_REAL(col_quantile(x, N, q[i].p), q[i].want, 1e-14);
    CHECK_REAL(col_median(x, N), 6.25, 0);
    CHECK_REAL(col_mad(x, N), 3.521175, 1e-14);
    double z[N];
    col_z(x, N, z);
    CHECK_REAL(z[8], (40 - 10.21875) / 12.366023078812132, 1e-14);
    CHECK(isnan(z[6]));
    col_z_robust(x, N, z);
    CHECK_REAL(z[8], (40 - 6.25) / 3.521175, 1e-14);
}

static void says_what_cannot_be_computed(void)
{
    static const double none[] = { NAN, NAN }, one[] = { NAN, 3 },
                        equal[] = { 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1 };
    struct moments m = col_moments(none, 2);
    CHECK_INT(m.n, 0);
    CHECK(isnan(m.mean) && isnan(moments_sd(&m)) && isnan(moments_skew(&m)));
    CHECK(isnan(col_median(none, 2)) && isnan(col_quantile(none, 2, 0.5)));
    CHECK(isnan(col_range(none, 2).min));
    CHECK_INT(col_range(none, 0).n, 0);
    m = col_moments(one, 2);
    CHECK_REAL(m.mean, 3, 0);
    CHECK(isnan(moments_sd(&m)));
    CHECK_REAL(col_quantile(one, 2, 0.9), 3, 0);
    m = col_moments(equal, 7);
    CHECK(isnan(moments_skew(&m)) && isnan(moments_kurt(&m)));
    double z[7];
    col_z(equal, 7, z);
    CHECK(isnan(z[0]));
}

/* The shape of 1 2 4 8 3 5.5 whatever it is multiplied by: no square overflows or vanishes. */
static void describes_the_very_large_and_the_very_small(void)
{
    static const double at[] = { 1, 1e300, 1e-300, -1e200, 1e-100, 0x1p-1000 },
                        v[] = { 1, 2, 4, 8, 3, 5.5 }, other[] = { 2, 1, 5, 3, 3, 0 };
    double r = relate_pearson(v, other, 6);
    for (size_t i = 0; i < COUNT(at); i++) {
        double big[6], far[6];
        for (size_t k = 0; k < 6; k++) {
            big[k] = v[k] * at[i];
            far[k] = other[k] / 8 * (at[i] < 0 ? -1e300 : 1e300);
        }
        double sign = at[i] < 0 ? -1 : 1;
        struct moments m = col_moments(big, 6);
        CHECK_REAL(moments_skew(&m), sign * 0.7235303929441563, 1e-13);
        CHECK_REAL(moments_kurt(&m), 0.006275846025882714, 1e-13);
        CHECK_REAL(moments_sd(&m) / fabs(at[i]), 2.538043866182511, 1e-13);
        CHECK_REAL(relate_pearson(big, far, 6), r, 1e-13);
    }
}

static void ranks_with_ties(void)
{
    static const double v[] = { 3, NAN, 1, 3, 2, -0.0, 0.0, 3 };
    static const double low[] = { 5, NAN, 3, 5, 4, 1, 1, 5 },
                        mean[] = { 6, NAN, 3, 6, 4, 1.5, 1.5, 6 };
    static const int32_t best[] = { 1, 0, 5, 1, 4, 6, 6, 1 };
    double r[8];
    int32_t b[8];
    col_rank_min(v, 8, r);
    for (size_t i = 0; i < 8; i++)
        CHECK_REAL(r[i], low[i], 0);
    col_rank_mean(v, 8, r);
    for (size_t i = 0; i < 8; i++)
        CHECK_REAL(r[i], mean[i], 0);
    col_rank_best(v, 8, b);
    for (size_t i = 0; i < 8; i++)
        CHECK_INT(b[i], best[i]);
}

/* 0.1 + 0.2 and 0.3 are the same score; so they rank alike, in short columns and long ones. One
 * unit far away does not make equals of the others. */
static void scores_equal_on_paper_tie(void)
{
    double v[300] = { 0.1 + 0.2, 0.3, 0.3 + 1e-9, 0.2, -1e300, 1e300, 0.2 - 1e-13 };
    static const int32_t want[] = { 3, 3, 2, 5, 7, 1, 6 };
    int32_t best[300];
    for (size_t i = COUNT(want); i < COUNT(v); i++)
        v[i] = -1e301 * (double)i;
    CHECK(v[0] != v[1]);
    for (size_t n = COUNT(want); n <= 300; n += 300 - COUNT(want)) {
        col_rank_best(v, n, best);
        for (size_t i = 0; i < COUNT(want); i++)
            CHECK_INT(best[i], want[i]);
    }
}

/* Counting (short columns) and radix sorting (long ones) must be the same ranking. */
static void ranks_long_columns_as_short_ones(void)
{
    enum { LONG = 5000 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    double *v = arena_array(a, LONG, sizeof(*v)), *r = arena_array(a, LONG, sizeof(*r));
    int32_t *best = arena_array(a, LONG, sizeof(*best));
    struct rng g;
    rng_init(&g, 5, 0);
    for (size_t i = 0; i < LONG; i++)
        v[i] = i % 17 == 3 ? NAN : floor(rng_normal(&g) * 300) * (i % 2 ? 1e-3 : 1e3);
    col_rank_min(v, LONG, r);
    col_rank_best(v, LONG, best);
    size_t checked = 0;
    for (size_t i = 0; i < LONG; i += 7) {
        size_t less = 0, more = 0;
        for (size_t j = 0; j < LONG; j++) {
            less += v[j] < v[i];
            more += v[j] > v[i];
        }
        CHECK_REAL(r[i], isnan(v[i]) ? NAN : (double)less + 1, 0);
        CHECK_INT(best[i], isnan(v[i]) ? 0 : more + 1);
        checked++;
    }
    CHECK(checked > 700);
    double *s = arena_array(a, LONG, sizeof(*s));
    size_t m = col_sorted(v, LONG, s);
    for (size_t i = 1; i < m; i++)
        CHECK(s[i - 1] <= s[i]);
    /* The keys sorting goes by tell the smallest numbers apart and take -0 for 0. */
    for (size_t i = 0; i < LONG; i++)
        v[i] = ldexp((double)i - 2, -1074);
    v[0] = -0.0;
    col_rank_min(v, LONG, r);
    col_rank_mean(v, LONG, s);
    CHECK(r[0] == 2 && r[1] == 1 && r[2] == 2 && r[3] == 4 && r[LONG - 1] == LONG);
    CHECK(s[0] == 2.5 && s[1] == 1 && s[2] == 2.5 && s[3] == 4);
    static const double zero[] = { -0.0, 3, -0.0 };
    for (size_t n = 3; n <= LONG; n += LONG - 3) {
        CHECK_INT(col_sorted(n == 3 ? zero : v, n, s), n);
        CHECK(!signbit(s[0]) || s[0] < 0);
    }
}

/* Against the C library, over the range of scores and beyond. */
static void computes_logarithm_and_exponential(void)
{
    struct rng g;
    rng_init(&g, 11, 0);
    for (int i = 0; i < 200000; i++) {
        double v = ldexp(1 + rng_unit(&g), (int)rng_below(&g, 2040) - 1020);
        if (!(fabs(real_log(v) - log(v)) <= 4e-16 * fabs(log(v))))
            t_fail(__FILE__, __LINE__, "log(%a) is %a, want %a", v, real_log(v), log(v));
        double w = 700 * (2 * rng_unit(&g) - 1);
        if (!(fabs(real_exp(w) - exp(w)) <= 1e-15 * exp(w)))
            t_fail(__FILE__, __LINE__, "exp(%a) is %a, want %a", w, real_exp(w), exp(w));
        double near = 1 + (2 * rng_unit(&g) - 1) * 1e-3;
        if (!(fabs(real_log(near) - log(near)) <= 1e-15 * fabs(log(near))))
            t_fail(__FILE__, __LINE__, "log(%a) is %a, want %a", near, real_log(near),
                   log(near));
    }
    CHECK_REAL(real_log(1), 0, 0);
    CHECK_REAL(real_log(0x1p-1060), log(0x1p-1060), 1e-15);
    CHECK_REAL(real_exp(0), 1, 0);
    CHECK(isnan(real_log(NAN)) && isnan(real_exp(NAN)));
    CHECK_REAL(real_exp(-1000), 0, 0);
    CHECK(real_exp(1000) == HUGE_VAL);
    static const double p[] = { 2, -2, 3, 0.5, -0.5, 1.7, -1.3, 10 };
    for (size_t i = 0; i < COUNT(p); i++)
        for (double v = 0.25; v < 1000; v *= 1.9)
            if (!(fabs(real_pow(v, p[i]) - pow(v, p[i])) <= 1e-14 * pow(v, p[i])))
                t_fail(__FILE__, __LINE__, "pow(%g, %g) is %.17g", v, p[i], real_pow(v, p[i]));
    CHECK_REAL(real_pow(-2, 3), -8, 0);
}

/* Compiled like everything else: (1 + 2^-30)² without its last 2^-60, also for a processor that
 * could multiply and add in one step. */
static void the_compiler_fuses_nothing(void)
{
    volatile double v = 1 + 0x1p-30, less = 1 + 0x1p-29;
    double a = v, b = less;
    CHECK_REAL(a * a - b, 0, 0);
}

static void correlates(void)
{
    CHECK_REAL(relate_pearson(x, y, N), 0.5031483317587787, 1e-14);
    CHECK_REAL(relate_spearman(x, y, N), 0.9363636363636364, 1e-14);
    CHECK_REAL(relate_kendall(x, y, N), 0.85, 1e-14);
    static const double flat[N] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    CHECK(isnan(relate_pearson(x, flat, N)));
    CHECK(isnan(relate_kendall(x, flat, N)));
    CHECK(isnan(relate_pearson(x, y, 1)));
    /* Against counting all pairs, with many ties. */
    enum { M = 300 };
    double u[M], v[M];
    struct rng g;
    rng_init(&g, 3, 0);
    for (size_t i = 0; i < M; i++) {
        u[i] = (double)rng_below(&g, 12);
        v[i] = u[i] + (double)rng_below(&g, 15);
    }
    double c = 0, tu = 0, tv = 0;
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < i; j++) {
            double s = (u[i] > u[j]) - (u[i] < u[j]), t = (v[i] > v[j]) - (v[i] < v[j]);
            c += s * t;
            tu += s != 0;
            tv += t != 0;
        }
    CHECK_REAL(relate_kendall(u, v, M), c / sqrt(tu * tv), 1e-14);
}

static void weighs_by_comparisons(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    static const double m[] = { 1, 3, 5, 1.0 / 3, 1, 3, 1.0 / 5, 1.0 / 3, 1 };
    double w[AHP_MAX], cr;
    CHECK_OK(ahp_weights(m, 3, w, &cr, &e));
    CHECK_REAL(w[0], 0.6369855717447572, 1e-12);
    CHECK_REAL(w[1], 0.25828499437449504, 1e-12);
    CHECK_REAL(w[2], 0.10472943388074787, 1e-12);
    CHECK_REAL(cr, 0.033199215998422446, 1e-10);
    static const double one[] = { 1 }, two[] = { 1, 4, 0.25, 1 }, bad[] = { 1, 2, 2, 1 },
                        zero[] = { 1, 0, 0, 1 };
    CHECK_OK(ahp_weights(one, 1, w, &cr, &e));
    CHECK_REAL(w[0], 1, 0);
    CHECK_OK(ahp_weights(two, 2, w, &cr, &e));
    CHECK_REAL(w[0], 0.8, 1e-14);
    CHECK_REAL(cr, 0, 0);
    CHECK_INT(ahp_weights(bad, 2, w, &cr, &e), RC_INVALID);
    CHECK_INT(ahp_weights(zero, 2, w, &cr, &e), RC_INVALID);
    CHECK_INT(ahp_weights(m, 0, w, &cr, &e), RC_INVALID);
}

static void places_a_unit_among_its_peers(void)
{
    static const int32_t group[] = { 0, 0, 1, 0, 0, 1, 0, -1, 0 };
    struct peer_stats s;
    peers_compare(x, group, N, 3, &s); /* peers: 2 5 7.5 11 40; one missing */
    CHECK_INT(s.n, 5);
    CHECK_INT(s.rank, 3);
    CHECK_REAL(s.median, 7.5, 0);
    CHECK_REAL(s.q25, 5, 0);
    CHECK_REAL(s.mean, 13.1, 1e-15);
    CHECK_REAL(s.percentile, 0.5, 0);
    CHECK_REAL(s.z_robust, 0, 0);
    peers_compare(x, group, N, 6, &s); /* the one without a value */
    CHECK_INT(s.n, 5);
    CHECK_INT(s.rank, 0);
    CHECK(isnan(s.z));
    peers_compare(x, group, N, 7, &s); /* in no group: alone */
    CHECK_INT(s.n, 1);
    CHECK_INT(s.rank, 1);
    CHECK(isnan(s.percentile));
    peers_compare(x, NULL, N, 8, &s);
    CHECK_INT(s.n, 8);
    CHECK_REAL(s.percentile, 1, 0);
}

T_MAIN({ "a column's moments, quantiles and robust measures are right", describes_a_column },
       { "what cannot be computed is NaN", says_what_cannot_be_computed },
       { "size does not matter to shape, spread and correlation",
         describes_the_very_large_and_the_very_small },
       { "ranks treat ties and missing values as stated", ranks_with_ties },
       { "scores that are equal on paper tie", scores_equal_on_paper_tie },
       { "long columns are ranked like short ones", ranks_long_columns_as_short_ones },
       { "logarithm, exponential and power are accurate", computes_logarithm_and_exponential },
       { "no multiplication and addition are fused", the_compiler_fuses_nothing },
       { "correlations skip missing pairs and handle ties", correlates },
       { "comparison matrices give weights and a consistency ratio", weighs_by_comparisons },
       { "a unit is placed among its peers", places_a_unit_among_its_peers })
