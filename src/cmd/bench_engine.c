/*
 * The bench's figures for the engine: 1,000 replications over 51 × 49, and one big matrix to
 * ranks with one plain pass over the same matrix beside it. Data are seeded and skewed, so that
 * treatment has work to do.
 */
#include "cmd/bench_engine.h"

#include "base/clock.h"
#include "base/rng.h"
#include "stats/elementary.h"
#include "stats/engine.h"

#include <stdio.h>
#include <stdlib.h>

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
    double seconds;
    size_t bytes;
    run(&in, &c, &seconds, &bytes);
    printf("engine.uncertainty 51x49, 1000 replications: %.3f s on one core (reach 0.25 s)\n",
           seconds);
    arena_free(a);
}

static void bench_matrix(void)
{
    static const size_t counts[] = { 202, 41, 6, 1 };
    struct arena *a = arena_new();
    struct scheme_tree t;
    tree_of(a, counts, COUNT(counts), &t);
    struct engine_input in = input_of(a, &t, 100000);
    struct engine_config c = engine_config_default();
    c.drop_steps = true;
    int64_t from = clock_cpu_us();
    volatile double sum = plain_pass(&in);
    (void)sum;
    double pass = (double)(clock_cpu_us() - from) / 1e6, seconds;
    size_t bytes;
    run(&in, &c, &seconds, &bytes);
    double matrix = 100000.0 * 202 * sizeof(double);
    printf("engine.matrix 100000x202, 4 levels, minmax + amean: %.3f s on one core (reach 0.5 "
           "s; one plain pass "
           "%.3f s), memory %.2f x the matrix (reach 3)\n",
           seconds, pass, (matrix + (double)bytes) / matrix);
    c.drop_steps = false;
    run(&in, &c, &seconds, &bytes);
    printf("engine.matrix keeping every indicator's score: %.3f s, memory %.2f x the matrix\n",
           seconds, (matrix + (double)bytes) / matrix);
    arena_free(a);
}

void bench_engine(void)
{
    bench_uncertainty();
    bench_matrix();
}
