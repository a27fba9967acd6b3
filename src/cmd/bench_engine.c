/*
 * The engine: 1,000 replications over 51 × 49, one big matrix to ranks with one plain pass over
 * the same matrix beside it, a formula over columns. Data are seeded and skewed, so that
 * treatment has work to do.
 */
#include "base/clock.h"
#include "base/rng.h"
#include "cmd/bench.h"
#include "stats/elementary.h"
#include "stats/engine.h"
#include "stats/formula.h"

#include <stdlib.h>

enum { ROUNDS = 3 };

/* A tree with so many nodes at each level from the indicators to the index, children dealt out
 * evenly. */
static void tree_of(struct arena *a, const size_t *counts, size_t n_levels,
                    struct scheme_tree *ret)
{
    size_t n = 0, at = 0;
    for (size_t l = 0; l < n_levels; l++)
        n += counts[l];
    struct scheme_row *rows = arena_array(a, n, sizeof(*rows));
    for (size_t l = 0; l < n_levels; l++)
        for (size_t i = 0; i < counts[l]; i++) {
            bool root = l + 1 == n_levels;
            rows[at++] = (struct scheme_row){
                .code = arena_printf(a, "n%zu_%zu", l, i),
                .parent =
                    root ? NULL
                         : arena_printf(a, "n%zu_%zu", l + 1, i * counts[l + 1] / counts[l]),
                .level = (int)l + 1,
                .direction = i % 5 == 4 ? -1 : 1,
                .weight = 1 + (double)(i % 3),
            };
        }
    struct err e = { 0 };
    if (scheme_build(rows, n, a, ret, &e) != RC_OK)
        abort(); /* a constant tree */
}

static struct engine_input input_of(struct arena *a, const struct scheme_tree *t,
                                    size_t n_units)
{
    const double **values = arena_array(a, t->n, sizeof(*values));
    const char **codes = arena_array(a, n_units, sizeof(*codes));
    for (size_t i = 0; i < n_units; i++)
        codes[i] = "u";
    for (size_t l = 0; l < t->n_leaves; l++) {
        struct rng g;
        rng_init(&g, 7, l);
        double *x = arena_array(a, n_units, sizeof(*x));
        double spread = 0.2 + 0.25 * (double)(l % 5);
        for (size_t i = 0; i < n_units; i++)
            x[i] = real_exp(spread * rng_normal(&g));
        values[t->leaves[l]] = x;
    }
    return (struct engine_input){
        .tree = t, .n_units = n_units, .unit_codes = codes, .values = values
    };
}

static double plain_pass(const struct engine_input *in)
{
    double s[8] = { 0 };
    for (size_t l = 0; l < in->tree->n_leaves; l++) {
        const double *x = in->values[in->tree->leaves[l]];
        for (size_t i = 0; i + 8 <= in->n_units; i += 8)
            for (size_t j = 0; j < 8; j++)
                s[j] += x[i + j];
    }
    return s[0] + s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7];
}

static void run(const struct engine_input *in, const struct engine_config *c,
                double *ret_seconds, size_t *ret_bytes)
{
    struct arena *a = arena_new();
    struct engine_result r;
    struct err e = { 0 };
    int64_t from = clock_cpu_us();
    if (engine_run(in, c, a, &r, &e) != RC_OK)
        abort(); /* constant input */
    *ret_seconds = (double)(clock_cpu_us() - from) / 1e6;
    *ret_bytes = arena_used(a);
    arena_free(a);
}

static void bench_uncertainty(void)
{
    static const size_t counts[] = { 49, 8, 2, 1 };
    static const enum norm_method norms[] = { NORM_MINMAX, NORM_ZSCORE, NORM_RANK };
    static const enum agg_method aggs[] = { AGG_AMEAN, AGG_GMEAN };
    static const int winmax[] = { 1, 5 };
    struct arena *a = arena_new();
    struct scheme_tree t;
    tree_of(a, counts, COUNT(counts), &t);
    struct engine_input in = input_of(a, &t, 51);
    struct engine_config c = engine_config_default();
    c.treat = true;
    c.normalise.l = 1;
    c.normalise.m = 50;
    c.normalise.s = 5;
    c.uncertainty = (struct uncertainty){ .replications = 1000,
                                          .seed = 1,
                                          .weight_noise = 0.25,
                                          .normalise = norms,
                                          .n_normalise = COUNT(norms),
                                          .aggregate = aggs,
                                          .n_aggregate = COUNT(aggs),
                                          .winmax = winmax,
                                          .n_winmax = COUNT(winmax) };
    double seconds[ROUNDS];
    size_t bytes;
    for (size_t i = 0; i < ROUNDS; i++)
        run(&in, &c, &seconds[i], &bytes);
    bench_row(&(struct bench_row){ .work = "uncertainty, 51 × 49, 1,000 replications, one core",
                                   .reached = bench_median(seconds, ROUNDS),
                                   .unit = "s",
                                   .kind = AT_MOST,
                                   .goal = 0.25 });
    arena_free(a);
}

static void matrix_at(size_t n_units, bool drop, double *ret_seconds, double *ret_pass,
                      double *ret_memory)
{
    static const size_t counts[] = { 202, 41, 6, 1 };
    struct arena *a = arena_new();
    struct scheme_tree t;
    tree_of(a, counts, COUNT(counts), &t);
    struct engine_input in = input_of(a, &t, n_units);
    struct engine_config c = engine_config_default();
    c.drop_steps = drop;
    double pass[ROUNDS], seconds[ROUNDS];
    size_t bytes;
    for (size_t i = 0; i < ROUNDS; i++) {
        int64_t from = clock_cpu_us();
        volatile double sum = plain_pass(&in);
        (void)sum; /* only the time counts */
        pass[i] = (double)(clock_cpu_us() - from) / 1e6;
        run(&in, &c, &seconds[i], &bytes);
    }
    double matrix = (double)n_units * 202 * sizeof(double);
    *ret_seconds = bench_median(seconds, ROUNDS);
    *ret_pass = bench_median(pass, ROUNDS);
    *ret_memory = (matrix + (double)bytes) / matrix;
    arena_free(a);
}

static void bench_matrix(void)
{
    double seconds, pass, memory, tenth, ignored, kept;
    matrix_at(100000, true, &seconds, &pass, &memory);
    matrix_at(10000, true, &tenth, &ignored, &ignored);
    matrix_at(100000, false, &kept, &ignored, &ignored);
    bench_row(&(struct bench_row){ .work = "matrix to ranks, 100,000 × 202, 4 levels, one core",
                                   .reached = seconds,
                                   .unit = "s",
                                   .yardstick = "one plain pass",
                                   .beside = pass,
                                   .kind = AT_MOST,
                                   .goal = 0.5 });
    bench_row(&(struct bench_row){ .work = "its memory, the matrix included",
                                   .reached = memory,
                                   .unit = "× the matrix",
                                   .kind = AT_MOST,
                                   .goal = 3 });
    bench_row(&(struct bench_row){ .work = "linear in units: time of 100,000 by that of 10,000",
                                   .reached = seconds / tenth,
                                   .unit = "×",
                                   .kind = NO_GOAL });
    bench_row(&(struct bench_row){ .work = "the same, keeping every step and every score",
                                   .reached = kept,
                                   .unit = "s",
                                   .kind = NO_GOAL });
}

/* Five operations over two points, for every unit of a large county, many times over. */
static enum rc bench_formula(struct err *e)
{
    enum { UNITS = 100000, TIMES = 100 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    const struct formula *f;
    double *column[2], *ret = arena_array(a, UNITS, sizeof(*ret));
    struct rng g;
    rng_init(&g, 7, 0);
    for (size_t k = 0; k < COUNT(column); k++) {
        column[k] = arena_array(a, UNITS, sizeof(double));
        for (size_t i = 0; i < UNITS; i++)
            column[k][i] = i % 97 == k ? NAN : rng_unit(&g);
    }
    const double *const rows[2][1] = { { column[0] }, { column[1] } };
    const struct formula_column columns[] = { { rows[0], 1, 1 }, { rows[1], 1, 1 } };
    enum rc rc = formula_compile(a, "(A - B) / (A + B) * 100 + 5", NULL, NULL, &f, e);
    double rate[ROUNDS];
    for (size_t r = 0; r < ROUNDS && rc == RC_OK; r++) {
        int64_t from = clock_cpu_us();
        for (size_t i = 0; i < TIMES && rc == RC_OK; i++) {
            arena_reset(scratch);
            rc = formula_eval(f, columns, UNITS, scratch, ret, e);
        }
        rate[r] = (double)UNITS * TIMES / (double)(clock_cpu_us() - from);
    }
    if (rc == RC_OK)
        bench_row(&(struct bench_row){
            .work = "formulas over columns, (A - B) / (A + B) * 100 + 5, one core",
            .reached = bench_median(rate, ROUNDS),
            .unit = "M/s",
            .kind = AT_LEAST,
            .goal = 10 });
    return rc;
}

enum rc bench_engine(struct bench *b, struct err *e)
{
    bench_uncertainty();
    bench_matrix();
    return bench_formula(e);
}
