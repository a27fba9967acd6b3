/* Agreement against tests/data/agree, made by an independent program (golden.py there) that
 * counts every pair and draws the same random numbers. */
#include "base/rng.h"
#include "stats/agree.h"
#include "stats/relate.h"
#include "stats/test_table.h"

#include <stdlib.h>

static struct table golden(struct arena *a, const char *file)
{
    return table_read(
        a, arena_printf(a, "%s/tests/data/agree/%s", getenv("JINGJIAN_SOURCE"), file));
}

static void check_figure(struct agree_figure f, struct table *t, size_t row, const char *name,
                         const char *which, struct arena *a)
{
    const char *const ends[] = { "", "_lo", "_hi" };
    const double got[] = { f.v, f.lo, f.hi };
    for (size_t i = 0; i < 3; i++) {
        const char *column = arena_printf(a, "%s%s", name, ends[i]);
        check_rel(got[i], table_reals(a, t, column)[row], column, which);
    }
}

static void agrees_with_an_independent_program(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct table c = golden(a, "cases.csv"), want = golden(a, "expected.csv");
    double *x = table_reals(a, &c, "x"), *y = table_reals(a, &c, "y");
    bool *called = arena_array(a, c.n, sizeof(*called)), *so = arena_array(a, c.n, sizeof(*so));
    uint32_t *cluster = arena_array(a, c.n, sizeof(*cluster));
    for (size_t i = 0; i < c.n; i++) {
        called[i] = str_eq(c.cells[i][3], "1");
        so[i] = str_eq(c.cells[i][4], "1");
        cluster[i] = (uint32_t)table_reals(a, &c, "cluster")[i];
    }
    CHECK_INT(want.n, 10);
    for (size_t w = 0, at = 0; w < want.n; w++) {
        const char *name = want.cells[w][0];
        size_t n = 0;
        while (at + n < c.n && str_eq(c.cells[at + n][0], name))
            n++;
        struct agree_ranks r;
        struct agree_calls k;
        struct agree_plan plan = agree_plan_default;
        plan.cluster = cluster + at;
        CHECK_OK(agree_ranks(x + at, y + at, n, &plan, &r, &e));
        CHECK_INT(r.n, (int64_t)table_reals(a, &want, "n")[w]);
        check_figure(r.tau_b, &want, w, "tau_b", name, a);
        check_figure(r.spearman, &want, w, "spearman", name, a);
        agree_calls(called + at, so + at, n, &plan, &k);
        check_figure(k.precision, &want, w, "precision", name, a);
        check_figure(k.recall, &want, w, "recall", name, a);
        check_figure(agree_median(x + at, n, &plan), &want, w, "median", name, a);
        at += n;
    }
}

static void refuses_what_cannot_be_compared(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    static const double rise[] = { 1, 2, 3, 4 }, flat[] = { 7, 7, 7, 7 },
                        holes[] = { NAN, 2, NAN, 4 };
    static const struct {
        const double *x, *y;
        size_t n;
        const char *says;
    } cases[] = {
        { rise, rise, 0, "3个" },          { rise, rise, 2, "3个" },
        { rise, holes, 4, "3个" },         { flat, rise, 4, "得分全部相同" },
        { rise, flat, 4, "评价全部相同" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct agree_ranks r;
        CHECK_INT(agree_ranks(cases[i].x, cases[i].y, cases[i].n, &agree_plan_default, &r, &e),
                  RC_INVALID);
        CHECK(strstr(err_message(&e, LANG_ZH, a), cases[i].says) != NULL);
        CHECK(isnan(r.tau_b.v));
        CHECK(!agree_predicts_nothing(&r));
    }
}

/* A figure that most replications do not give has no interval. */
static void says_when_there_is_no_interval(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    const bool none[3] = { 0 }, one[] = { true, false, false };
    struct agree_calls k;
    agree_calls(none, one, 3, &agree_plan_default, &k);
    CHECK(isnan(k.precision.v) && isnan(k.precision.lo));
    CHECK_REAL(k.recall.v, 0, 0);
    agree_calls(NULL, NULL, 0, &agree_plan_default, &k);
    CHECK(isnan(k.precision.v) && isnan(k.recall.v));
    struct agree_figure f = agree_median(NULL, 0, &agree_plan_default);
    CHECK(isnan(f.v) && isnan(f.lo));
    /* No replication at all. */
    struct agree_plan p = { .seed = 1, .replications = 0, .level = 0.95 };
    static const double x[] = { 1, 2, 3 };
    struct agree_ranks r;
    CHECK_OK(agree_ranks(x, x, 3, &p, &r, &e));
    CHECK_REAL(r.tau_b.v, 1, 0);
    CHECK(isnan(r.tau_b.lo));
}

/* Pairs with a known correlation: 0 must lie outside of 95 of 100 intervals only by chance, and
 * the seed changes little. */
static void intervals_hold_what_they_promise(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    enum { N = 60, TIMES = 200 };
    int outside = 0, nothing = 0;
    for (uint64_t t = 0; t < TIMES; t++) {
        struct rng g;
        double x[N], y[N], z[N];
        rng_init(&g, 99, t);
        for (size_t i = 0; i < N; i++) {
            x[i] = rng_normal(&g);
            y[i] = rng_normal(&g);
            z[i] = x[i] + rng_normal(&g);
        }
        struct agree_plan p = { .seed = 5, .replications = 300, .level = 0.95 };
        struct agree_ranks r;
        CHECK_OK(agree_ranks(x, y, N, &p, &r, &e));
        outside += r.tau_b.lo > 0 || r.tau_b.hi < 0;
        CHECK_OK(agree_ranks(x, z, N, &p, &r, &e));
        nothing += agree_predicts_nothing(&r);
        CHECK(r.tau_b.lo <= r.tau_b.v && r.tau_b.v <= r.tau_b.hi);
    }
    CHECK(outside >= 2 && outside <= 24);
    CHECK_INT(nothing, 0);
}

T_MAIN({ "rank agreement, precision, recall and their intervals are those of an independent "
         "program",
         agrees_with_an_independent_program },
       { "what cannot be compared is refused with the reason",
         refuses_what_cannot_be_compared },
       { "without enough replications there is no interval", says_when_there_is_no_interval },
       { "intervals miss the truth about as often as they say",
         intervals_hold_what_they_promise })
