/* Hints against tests/data/hint, made by an independent program (golden.py there): exact
 * fractions, closed forms. */
#include "base/rng.h"
#include "stats/hint.h"
#include "stats/tail.h"
#include "stats/test_table.h"

#include <stdlib.h>

static struct table golden(struct arena *a, const char *file)
{
    return table_read(
        a, arena_printf(a, "%s/tests/data/hint/%s", getenv("JINGJIAN_SOURCE"), file));
}

static void tails_are_exact(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct table t = golden(a, "tails.csv");
    double *x = table_reals(a, &t, "a"), *y = table_reals(a, &t, "b"),
           *p = table_reals(a, &t, "c"), *want = table_reals(a, &t, "want");
    CHECK(t.n > 20);
    for (size_t i = 0; i < t.n; i++) {
        bool binomial = str_eq(t.cells[i][0], "binomial");
        double got = binomial ? tail_binomial((size_t)x[i], (size_t)y[i], p[i])
                              : tail_chi2_lower(x[i], y[i]);
        check_rel(got, want[i], t.cells[i][0], arena_printf(a, "row %zu", i + 2));
    }
    CHECK_REAL(tail_binomial(3, 2, 0.5), 0, 0);
    CHECK_REAL(tail_binomial(1, 5, 0), 0, 0);
    CHECK_REAL(tail_binomial(5, 5, 1), 1, 0);
    CHECK_REAL(tail_chi2_lower(0, 3), 0, 0);
    CHECK(tail_chi2_lower(1e6, 3) == 1);
}

static struct table columns;

/* A column of a case; *ret_n its length. */
static const double *column(struct arena *a, const char *which, const char *name, size_t *ret_n)
{
    double *all = table_reals(a, &columns, which);
    size_t from = 0, n = 0;
    while (from < columns.n && !str_eq(columns.cells[from][0], name))
        from++;
    while (from + n < columns.n && str_eq(columns.cells[from + n][0], name))
        n++;
    CHECK(n > 0);
    *ret_n = n;
    return all + from;
}

struct figures {
    double v[5];
};
static struct figures of_outlier(struct hint_outlier o)
{
    return (struct figures){ { (double)o.n, o.value, o.centre, o.spread, o.score } };
}
static struct figures of_pattern(struct hint_pattern f)
{
    return (struct figures){ { (double)f.n, (double)f.k, f.share, f.expected, f.p } };
}

static size_t largest(const double *x, size_t n)
{
    size_t at = 0;
    for (size_t i = 1; i < n; i++)
        if (!(x[i] <= x[at]))
            at = isnan(x[i]) ? at : i;
    return at;
}

static bool figures_of(struct arena *a, const char *name, const char *rule, struct figures *ret)
{
    size_t n;
    const double *x = column(a, "x", name, &n), *y = column(a, "y", name, &n);
    if (str_eq(rule, "z"))
        *ret = of_outlier(hint_z(x, n, largest(x, n), 3));
    else if (str_eq(rule, "modified_z"))
        *ret = of_outlier(hint_modified_z(x, n, largest(x, n), 3.5));
    else if (str_eq(rule, "history"))
        *ret = of_outlier(hint_history(x, n - 1, x[n - 1], 3.5));
    else if (str_eq(rule, "digits"))
        *ret = of_pattern(hint_digits(x, n));
    else if (str_eq(rule, "copy"))
        *ret = of_pattern(hint_copy(x, y, n, 0.25, 0.8));
    else if (str_eq(rule, "bunch"))
        *ret = of_pattern(hint_bunch(x, n, 80, 2.5, 1));
    else if (str_eq(rule, "bunch_below"))
        *ret = of_pattern(hint_bunch(x, n, 80, 2.5, -1));
    else if (str_eq(rule, "perfect"))
        *ret = of_pattern(hint_perfect(x, n, 100, 0.125, 4));
    else if (str_eq(rule, "smooth_1"))
        *ret = of_pattern(hint_smooth(x, n, 1));
    else if (str_eq(rule, "smooth_0.0625"))
        *ret = of_pattern(hint_smooth(x, n, 0.0625));
    else if (str_eq(rule, "burst"))
        *ret = of_pattern(hint_burst(x, n, 2, 10));
    else if (str_eq(rule, "source"))
        *ret = of_pattern(hint_source(x, y, n, 0.05, 1));
    else
        return false;
    return true;
}

static void agrees_with_an_independent_program(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const char *const names[] = { "n", "k", "share", "expected", "p" };
    columns = golden(a, "columns.csv");
    struct table want = golden(a, "expected.csv");
    CHECK_INT(want.n, 19);
    for (size_t i = 0; i < want.n; i++) {
        const char *which = arena_printf(a, "%s/%s", want.cells[i][0], want.cells[i][1]);
        struct figures got;
        CHECK(figures_of(a, want.cells[i][0], want.cells[i][1], &got));
        for (size_t k = 0; k < COUNT(names); k++)
            check_rel(got.v[k], table_reals(a, &want, names[k])[i], names[k], which);
    }
}

/* What is asked for a second look, and what is not. */
static void hints_where_it_should(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t n;
    columns = golden(a, "columns.csv");
    const double *x = column(a, "x", "ordinary", &n), *y = column(a, "y", "ordinary", &n);
    CHECK(!hint_z(x, n, 4, 3).hint && !hint_modified_z(x, n, 4, 3.5).hint);
    CHECK(!hint_digits(x, n).hint && !hint_history(x, n - 1, x[n - 1], 3.5).hint);
    CHECK(hint_copy(x, y, n, 0.25, 0.8).hint && !hint_copy(x, y, n, 0.9, 0.8).hint);
    x = column(a, "x", "heaped", &n);
    CHECK(hint_digits(x, n).hint && !hint_digits(x, 19).hint);
    x = column(a, "x", "half_equal", &n);
    CHECK(hint_modified_z(x, n, 9, 3.5).hint && !hint_z(x, n, 9, 3).hint);
    CHECK(hint_history(x, n - 1, 30, 3.5).hint && !hint_history(x, 2, 30, 3.5).hint);
    x = column(a, "x", "even", &n);
    CHECK(hint_smooth(x, n, 1).hint && !hint_smooth(x, n, 0.0625).hint);
    CHECK(!hint_smooth(x, 5, 1).hint && !hint_smooth(x, n, 0).hint);
    static const double counts[] = { 7, 7, 7, 7, 7, 7, 7, 7 };
    CHECK(hint_smooth(counts, 8, 2).hint && !hint_smooth(counts, 8, 1.9).hint);
    x = column(a, "x", "arrivals", &n);
    CHECK(hint_burst(x, n, 2, 10).hint && !hint_burst(x, n, 8, 10).hint);
    x = column(a, "x", "same", &n);
    CHECK(hint_perfect(x, n, 100, 0.125, 4).hint && !hint_perfect(x, n, 100, 0.5, 4).hint);
    CHECK(!hint_perfect(x, n, 100, 0.125, 5).hint && !hint_perfect(x, n, 98, 0.125, 4).hint);
    CHECK(hint_minmax(-1, 0, NAN).hint && hint_minmax(101, NAN, 100).hint);
    CHECK(!hint_minmax(0, 0, 100).hint && !hint_minmax(NAN, 0, 100).hint);
}

/* Of columns of chance alone, at most about one in a thousand. */
static void chance_alone_seldom_gives_a_hint(void)
{
    enum { TIMES = 2000, N = 60 };
    int digits = 0, bunch = 0, copy = 0;
    for (uint64_t t = 0; t < TIMES; t++) {
        struct rng g;
        double x[N], y[N];
        rng_init(&g, 17, t);
        for (size_t i = 0; i < N; i++) {
            x[i] = 10 + (double)rng_below(&g, 90);
            y[i] = 10 + (double)rng_below(&g, 90);
        }
        digits += hint_digits(x, N).hint;
        bunch += hint_bunch(x, N, 55, 20, 1).hint;
        copy += hint_copy(x, y, N, 0.05, 0).hint;
    }
    CHECK(digits <= 6 && bunch <= 6 && copy <= 6);
}

static void nothing_gives_no_hint(void)
{
    static const double none[] = { NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN },
                        equal[] = { 7, 7, 7, 7, 7, 7, 7, 7, 7, 7 };
    CHECK(!hint_z(none, 10, 0, 3).hint && !hint_modified_z(none, 10, 0, 3).hint);
    CHECK(!hint_z(equal, 10, 0, 3).hint && !hint_modified_z(equal, 10, 0, 3).hint);
    CHECK(!hint_history(equal, 9, 8, 3).hint); /* no spread to judge by */
    CHECK(!hint_history(NULL, 0, 8, 3).hint);
    CHECK(!hint_digits(none, 10).hint && !hint_digits(NULL, 0).hint);
    CHECK(!hint_copy(none, equal, 10, 0.1, 0.8).hint);
    CHECK(!hint_bunch(none, 10, 7, 1, 1).hint && !hint_smooth(none, 10, 1).hint);
    CHECK(!hint_perfect(none, 10, 7, 0.1, 4).hint && !hint_burst(none, 10, 2, 10).hint);
    CHECK(!hint_source(none, equal, 10, 0.05, 1).hint);
}

T_MAIN({ "tails are exact", tails_are_exact },
       { "every figure is that of an independent program", agrees_with_an_independent_program },
       { "there is a hint where there should be, and none where not", hints_where_it_should },
       { "chance alone seldom gives a hint", chance_alone_seldom_gives_a_hint },
       { "where nothing can be judged there is no hint", nothing_gives_no_hint })
