/* Uncertainty, sensitivity, telling apart. */
#include "base/arena.h"
#include "base/rng.h"
#include "base/test.h"
#include "stats/describe.h"
#include "stats/engine.h"
#include "stats/tell_apart.h"

#include <math.h>
#include <string.h>

enum { UNITS = 40, LEAVES = 12 };

struct fixture {
    struct arena *a;
    struct scheme_tree t;
    struct engine_input in;
    double *column[LEAVES];
};

static void setup(struct fixture *f)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct rng g;
    rng_init(&g, 1, 0);
    f->a = arena_new();
    struct scheme_row rows[LEAVES + 4] = { { .code = "I", .level = 3 } };
    static const char *const groups[] = { "A", "B", "C" };
    for (size_t i = 0; i < 3; i++)
        rows[i + 1] =
            (struct scheme_row){ .code = groups[i], .parent = "I", .level = 2, .weight = 1 };
    const double **values = arena_array(f->a, LEAVES + 4, sizeof(*values));
    for (size_t l = 0; l < LEAVES; l++) {
        rows[l + 4] = (struct scheme_row){ .code = arena_printf(f->a, "x%zu", l),
                                           .parent = groups[l % 3],
                                           .level = 1,
                                           .weight = 1 + (double)(l % 2) };
        f->column[l] = arena_array(f->a, UNITS, sizeof(double));
        for (size_t i = 0; i < UNITS; i++)
            f->column[l][i] = exp(rng_normal(&g)) + (double)i / 10;
        values[l + 4] = f->column[l];
    }
    values[4 + 2] = f->column[2];
    f->column[2][7] = NAN;
    const char **codes = arena_array(f->a, UNITS, sizeof(*codes));
    for (size_t i = 0; i < UNITS; i++)
        codes[i] = arena_printf(f->a, "u%zu", i);
    CHECK_OK(scheme_build(rows, LEAVES + 4, f->a, &f->t, &e));
    f->in = (struct engine_input){
        .tree = &f->t, .n_units = UNITS, .unit_codes = codes, .values = values
    };
}

static struct engine_config config_with(size_t replications, size_t samples)
{
    static const enum norm_method norms[] = { NORM_MINMAX, NORM_ZSCORE, NORM_PRANK };
    static const enum agg_method aggs[] = { AGG_AMEAN, AGG_GENMEAN };
    static const int winmax[] = { 1, 5 };
    struct engine_config c = engine_config_default();
    c.treat = true;
    c.normalise.m = 50;
    c.normalise.s = 10;
    c.uncertainty = (struct uncertainty){ .replications = replications,
                                          .seed = 4,
                                          .weight_noise = 0.25,
                                          .normalise = norms,
                                          .n_normalise = 3,
                                          .aggregate = aggs,
                                          .n_aggregate = 2,
                                          .winmax = winmax,
                                          .n_winmax = 2 };
    c.sensitivity = (struct sensitivity){ .samples = samples, .seed = 9 };
    return c;
}

static void threads_change_nothing(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct fixture f;
    setup(&f);
    struct engine_config c = config_with(101, 50);
    struct engine_result one, many;
    CHECK_OK(engine_run(&f.in, &c, f.a, &one, &e));
    c.threads = 7;
    CHECK_OK(engine_run(&f.in, &c, f.a, &many, &e));
    CHECK_INT(many.n_samples, 101);
    CHECK(memcmp(one.rank_samples, many.rank_samples, 101 * UNITS * sizeof(int32_t)) == 0);
    CHECK(memcmp(one.score_samples, many.score_samples, 101 * UNITS * sizeof(double)) == 0);
    CHECK(memcmp(one.intervals, many.intervals, UNITS * sizeof(struct interval)) == 0);
    CHECK_INT(many.n_sobol, FACTORS);
    for (size_t i = 0; i < FACTORS; i++) {
        CHECK_INT(many.sobol[i].factor, i);
        CHECK_REAL(many.sobol[i].si, one.sobol[i].si, 0);
        CHECK_REAL(many.sobol[i].sti, one.sobol[i].sti, 0);
    }
    c.uncertainty.seed = 5;
    CHECK_OK(engine_run(&f.in, &c, f.a, &many, &e));
    CHECK(memcmp(one.rank_samples, many.rank_samples, 101 * UNITS * sizeof(int32_t)) != 0);
    arena_free(f.a);
}

static void nothing_drawn_gives_the_nominal_result(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct fixture f;
    setup(&f);
    struct engine_config c = engine_config_default();
    c.uncertainty.replications = 20;
    c.uncertainty.weight_noise = 0;
    struct engine_result r;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    for (size_t i = 0; i < UNITS; i++) {
        const struct interval *v = &r.intervals[i];
        CHECK_INT(v->nominal, r.rank[f.t.root][i]);
        CHECK_REAL(v->rank_mean, v->nominal, 0);
        CHECK_REAL(v->rank_q05, v->nominal, 0);
        CHECK_REAL(v->rank_q95, v->nominal, 0);
        CHECK_REAL(v->score_q05, r.score[f.t.root][i], 1e-14);
        CHECK_REAL(v->score_mean, r.score[f.t.root][i], 1e-14);
    }
    struct rank_band band[UNITS];
    tell_apart_bands(&r, &f.t, NULL, 0.95, band);
    for (size_t i = 0; i < UNITS; i++)
        CHECK(band[i].best == band[i].worst && band[i].best == r.rank[f.t.root][i]);
    arena_free(f.a);
}

/* One factor explains everything: first order and total are both 1, up to the error of the
 * sample. */
static void one_factor_explains_all(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct fixture f;
    setup(&f);
    struct engine_config c = config_with(0, 4000);
    c.uncertainty.n_normalise = c.uncertainty.n_aggregate = c.uncertainty.n_winmax = 0;
    struct engine_result r;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    CHECK_INT(r.n_sobol, 1);
    CHECK(fabs(r.sobol[0].si - 1) < 0.3); /* the estimator of Si is a noisy one */
    CHECK(fabs(r.sobol[0].sti - 1) < 0.05);
    c = config_with(0, 2000);
    c.uncertainty.weight_noise = 1e-9; /* as good as none */
    c.uncertainty.n_aggregate = c.uncertainty.n_winmax = 0;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    CHECK_INT(r.n_sobol, 2);
    CHECK(fabs(r.sobol[0].si) < 0.1 && fabs(r.sobol[0].sti) < 0.01);
    CHECK(fabs(r.sobol[1].si - 1) < 0.1 && fabs(r.sobol[1].sti - 1) < 0.1);
    CHECK_STR(factor_name(r.sobol[1].factor), "normalise");
    arena_free(f.a);
}

static void meaningless_replications_are_left_out_and_counted(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct fixture f;
    setup(&f);
    static const enum agg_method aggs[] = { AGG_AMEAN, AGG_GMEAN };
    struct engine_config c = engine_config_default(); /* minmax from 0: no geometric mean */
    c.uncertainty = (struct uncertainty){
        .replications = 400, .seed = 1, .weight_noise = 0.1, .aggregate = aggs, .n_aggregate = 2
    };
    struct engine_result r;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    CHECK(r.n_samples > 150 && r.n_samples < 250);
    CHECK_INT(r.n_warnings, 1);
    CHECK_INT(r.warnings[0].kind, WARN_REPLICATIONS_LEFT_OUT);
    CHECK_INT(r.warnings[0].count + r.n_samples, 400);
    for (size_t s = 0; s < r.n_samples; s++) { /* what is kept stays together */
        int32_t rank[UNITS];
        col_rank_best(r.score_samples + s * UNITS, UNITS, rank);
        CHECK(memcmp(rank, r.rank_samples + s * UNITS, sizeof(rank)) == 0);
    }
    for (size_t i = 0; i < UNITS; i++) {
        const struct interval *v = &r.intervals[i];
        CHECK(v->score_q05 <= v->score_mean && v->score_mean <= v->score_q95);
        CHECK(fabs(v->score_mean - r.score[f.t.root][i]) < 1);
    }
    CHECK(r.warnings[0].unit < UNITS && f.t.nodes[r.warnings[0].node].leaf);
    c.uncertainty.aggregate = aggs + 1;
    c.uncertainty.n_aggregate = 1;
    CHECK_INT(engine_run(&f.in, &c, f.a, &r, &e), RC_INVALID);
    arena_free(f.a);
}

static void weight_noise_stays_in_its_bounds(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct arena *a = arena_new();
    /* Two indicators, one unit at (0, 100), one at (100, 0): the score of the second is its
     * weight's share. */
    static const struct scheme_row rows[] = {
        { .code = "p", .parent = "I", .level = 1, .weight = 1 },
        { .code = "q", .parent = "I", .level = 1, .weight = 1 },
        { .code = "I", .level = 2 }
    };
    static const double p[] = { 0, 1 }, q[] = { 1, 0 };
    static const double *const values[] = { p, q, NULL };
    static const char *const codes[] = { "a", "b" };
    struct scheme_tree t;
    CHECK_OK(scheme_build(rows, 3, a, &t, &e));
    struct engine_input in = {
        .tree = &t, .n_units = 2, .unit_codes = codes, .values = values
    };
    struct engine_config c = engine_config_default();
    c.uncertainty =
        (struct uncertainty){ .replications = 20000, .seed = 1, .weight_noise = 0.25 };
    struct engine_result r;
    CHECK_OK(engine_run(&in, &c, a, &r, &e));
    double least = 100, most = 0, mean = 0;
    for (size_t s = 0; s < r.n_samples; s++) {
        double v = r.score_samples[s * 2 + 1];
        least = v < least ? v : least;
        most = v > most ? v : most;
        mean += v / (double)r.n_samples;
        CHECK_REAL(v + r.score_samples[s * 2], 100, 1e-13);
    }
    CHECK(least >= 37.5 && least < 37.9); /* 0.75 / 2 */
    CHECK(most <= 62.5 && most > 62.1);
    CHECK(fabs(mean - 50) < 0.2);
    arena_free(a);
}

/* Pair by pair, as the definition says it: the others who are neither ahead nor behind in 95 of
 * 100 replications. */
static void bands_are_what_pairs_make_them(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct fixture f;
    setup(&f);
    struct engine_config c = config_with(100, 0);
    struct engine_result r;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    size_t group[UNITS], together = 0;
    for (size_t i = 0; i < UNITS; i++)
        group[i] = i % 3;
    for (int grouped = 0; grouped < 2; grouped++) {
        struct rank_band band[UNITS];
        tell_apart_bands(&r, &f.t, grouped ? group : NULL, 0.95, band);
        int32_t place[UNITS];
        for (size_t i = 0; i < UNITS; i++) {
            place[i] = 1;
            for (size_t j = 0; j < UNITS; j++)
                place[i] += (!grouped || group[i] == group[j]) &&
                            r.rank[f.t.root][j] < r.rank[f.t.root][i];
        }
        for (size_t i = 0; i < UNITS; i++) {
            int32_t best = place[i], worst = place[i];
            for (size_t j = 0; j < UNITS; j++) {
                size_t ahead = 0, behind = 0;
                for (size_t s = 0; s < r.n_samples; s++) {
                    int32_t a = r.rank_samples[s * UNITS + i],
                            b = r.rank_samples[s * UNITS + j];
                    ahead += a < b;
                    behind += a > b;
                }
                if (ahead >= 95 || behind >= 95 || (grouped && group[i] != group[j]))
                    continue;
                best = place[j] < best ? place[j] : best;
                worst = place[j] > worst ? place[j] : worst;
                together += i != j;
            }
            CHECK(band[i].best == best && band[i].worst == worst);
        }
    }
    CHECK(together > 40);
    arena_free(f.a);
}

static void standings_and_bands_say_who_can_be_told_apart(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct fixture f;
    setup(&f);
    struct engine_config c = config_with(500, 0);
    struct engine_result r;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    struct rank_band band[UNITS];
    enum standing s[UNITS];
    tell_apart_bands(&r, &f.t, NULL, 0.95, band);
    tell_apart_standings(&r, 0.95, s);
    size_t wide = 0, level = 0, above = 0, below = 0;
    for (size_t i = 0; i < UNITS; i++) {
        int32_t rank = r.rank[f.t.root][i];
        CHECK(band[i].best <= rank && rank <= band[i].worst);
        wide += band[i].worst > band[i].best;
        above += s[i] == STANDING_ABOVE;
        below += s[i] == STANDING_BELOW;
        level += s[i] == STANDING_LEVEL;
        CHECK(s[i] != STANDING_ABOVE || rank < UNITS * 3 / 4);
        CHECK(s[i] != STANDING_BELOW || rank > UNITS / 4);
        CHECK(r.intervals[i].rank_q05 <= r.intervals[i].rank_median);
        CHECK(r.intervals[i].rank_median <= r.intervals[i].rank_q95);
    }
    CHECK(wide > 5 && above > 3 && below > 3 && level >= 1);
    arena_free(f.a);
}

/* The interval of an aggregate is that of its column over the same replications: at the root it
 * is the interval of the score, and for a group of two by hand it is what the weights allow. */
static void aggregates_have_intervals_of_the_same_replications(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct fixture f;
    setup(&f);
    struct engine_config c = config_with(400, 0);
    struct engine_result plain, r, many;
    CHECK_OK(engine_run(&f.in, &c, f.a, &plain, &e));
    CHECK(plain.node_lo == NULL);
    c.node_intervals = true;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    c.threads = 5;
    CHECK_OK(engine_run(&f.in, &c, f.a, &many, &e));
    CHECK(memcmp(plain.score_samples, r.score_samples, 400 * UNITS * sizeof(double)) == 0);
    for (size_t node = 0; node < f.t.n; node++) {
        CHECK(!r.node_lo[node] == f.t.nodes[node].leaf);
        for (size_t i = 0; r.node_lo[node] && i < UNITS; i++) {
            CHECK(r.node_lo[node][i] < r.node_hi[node][i]);
            CHECK_REAL(many.node_lo[node][i], r.node_lo[node][i], 0);
        }
    }
    for (size_t i = 0; i < UNITS; i++) {
        CHECK(fabs(r.node_lo[f.t.root][i] - r.intervals[i].score_q05) < 1e-4);
        CHECK(fabs(r.node_hi[f.t.root][i] - r.intervals[i].score_q95) < 1e-4);
    }
    arena_free(f.a);
}

/* Ranks within a group: from 1, never further than the group is large, and a pair of different
 * groups never widens a band. */
static void bands_within_groups(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct fixture f;
    setup(&f);
    struct engine_config c = config_with(300, 0);
    struct engine_result r;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    struct rank_band all[UNITS], band[UNITS];
    size_t group[UNITS], one[UNITS] = { 0 };
    for (size_t i = 0; i < UNITS; i++)
        group[i] = i % 4;
    tell_apart_bands(&r, &f.t, one, 0.95, band);
    tell_apart_bands(&r, &f.t, NULL, 0.95, all);
    CHECK(memcmp(all, band, sizeof(band)) == 0);
    tell_apart_bands(&r, &f.t, group, 0.95, band);
    for (size_t i = 0; i < UNITS; i++) {
        int32_t rank = 1, first = 1, last = UNITS / 4;
        for (size_t k = 0; k < UNITS; k++)
            rank += group[k] == group[i] && r.rank[f.t.root][k] < r.rank[f.t.root][i];
        CHECK(first <= band[i].best && band[i].best <= rank && rank <= band[i].worst &&
              band[i].worst <= last);
        CHECK(band[i].worst - band[i].best <= all[i].worst - all[i].best);
    }
    arena_free(f.a);
}

T_MAIN({ "the number of threads changes no bit", threads_change_nothing },
       { "with nothing to draw the intervals are the nominal result",
         nothing_drawn_gives_the_nominal_result },
       { "a factor that explains everything has indices of 1", one_factor_explains_all },
       { "replications without meaning are left out and counted",
         meaningless_replications_are_left_out_and_counted },
       { "weight noise is uniform within its bounds", weight_noise_stays_in_its_bounds },
       { "bands are what comparing every pair makes them", bands_are_what_pairs_make_them },
       { "bands contain the rank and standings agree with it",
         standings_and_bands_say_who_can_be_told_apart },
       { "aggregates have intervals from the same replications",
         aggregates_have_intervals_of_the_same_replications },
       { "bands within groups count the group only", bands_within_groups })
