/*
 * The engine against independent results: the ASEM data with every step as COINr 1.1.14
 * computed it (in the shared folder, skipped without it), and small cases worked by hand or by
 * an independent program.
 */
#include "stats/describe.h"
#include "stats/engine.h"
#include "stats/test_table.h"

/* ---- the ASEM pipeline ---- */

struct asem {
    struct table meta, data;
    struct scheme_tree tree;
    struct engine_input in;
    struct map *by_code; /* uCode → unit */
};

static const char *asem_path(struct arena *a, const char *file)
{
    return arena_printf(a, "%s/data/asem/%s", t_shared(), file);
}

static void asem_groups(struct arena *a, struct asem *s, const char *column)
{
    size_t c = table_col(&s->data, column);
    struct map *seen = map_new(a);
    int32_t *group = arena_array(a, s->data.n, sizeof(*group));
    for (size_t i = 0; i < s->data.n; i++) {
        map_add_index(seen, s->data.cells[i][c], map_count(seen));
        group[i] = (int32_t)map_index(seen, s->data.cells[i][c]);
    }
    s->in.group = group;
    s->in.n_groups = map_count(seen);
}

static bool asem_load(struct arena *a, struct asem *s)
{
    if (t_shared() == NULL) {
        t_skip("no shared folder");
        return false;
    }
    struct err e = { 0 };
    s->meta = table_read(a, asem_path(a, "ASEM_iMeta.csv"));
    s->data = table_read(a, asem_path(a, "ASEM_iData.csv"));
    size_t code = table_col(&s->meta, "iCode"), level = table_col(&s->meta, "Level"),
           parent = table_col(&s->meta, "Parent"), den = table_col(&s->meta, "Denominator");
    double *dir = table_reals(a, &s->meta, "Direction"),
           *w = table_reals(a, &s->meta, "Weight"),
           *target = table_reals(a, &s->meta, "Target");
    struct scheme_row *rows = arena_array(a, s->meta.n, sizeof(*rows));
    const double **values = arena_array(a, s->meta.n, sizeof(*values));
    const double **dens = arena_array(a, s->meta.n, sizeof(*dens));
    size_t n = 0;
    for (size_t i = 0; i < s->meta.n; i++) {
        char **c = s->meta.cells[i];
        if (strcmp(c[level], "NA") == 0)
            continue;
        values[n] = table_reals(a, &s->data, c[code]);
        if (strcmp(c[den], "NA") != 0)
            dens[n] = table_reals(a, &s->data, c[den]);
        rows[n++] =
            (struct scheme_row){ .code = c[code],
                                 .parent = strcmp(c[parent], "NA") == 0 ? NULL : c[parent],
                                 .level = (int)table_real(c[level]),
                                 .direction = (int)dir[i],
                                 .weight = w[i],
                                 .target = target[i] };
    }
    enum rc rc = scheme_build(rows, n, a, &s->tree, &e);
    CHECK_OK(rc);
    const char **units = arena_array(a, s->data.n, sizeof(*units));
    s->by_code = map_new(a);
    for (size_t i = 0; i < s->data.n; i++) {
        units[i] = s->data.cells[i][table_col(&s->data, "uCode")];
        map_add_index(s->by_code, units[i], i);
    }
    s->in = (struct engine_input){ .tree = &s->tree,
                                   .n_units = s->data.n,
                                   .unit_codes = units,
                                   .values = values,
                                   .denominators = dens };
    asem_groups(a, s, "EurAsia_group");
    err_done(&e);
    return rc == RC_OK;
}

/* Every numeric column of the file against got[node][unit]. */
static void check_file(struct arena *a, const struct asem *s, const char *file,
                       double *const *got)
{
    struct table t = table_read(a, asem_path(a, file));
    size_t code = table_col(&t, "uCode"), checked = 0;
    CHECK_INT(t.n, s->data.n);
    for (size_t c = 0; c < t.n_cols; c++) {
        size_t node = scheme_find(&s->tree, t.names[c]);
        if (node == NODE_NONE || got[node] == NULL)
            continue;
        for (size_t i = 0; i < t.n; i++) {
            ptrdiff_t u = map_index(s->by_code, t.cells[i][code]);
            check_rel(got[node][u], table_real(t.cells[i][c]), file,
                      arena_printf(a, "%s/%s", t.cells[i][code], t.names[c]));
            checked++;
        }
    }
    CHECK(checked >= t.n * 49);
}

static struct engine_config asem_config(void)
{
    struct engine_config c = engine_config_default();
    c.denominate = true;
    c.impute = IMPUTE_GROUP_MEAN;
    c.screen = SCREEN_BY_NA;
    c.screen_threshold = 0.9;
    c.treat = true;
    c.rank_all = true;
    return c;
}

static void asem_every_step(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct asem s;
    if (!asem_load(a, &s))
        return;
    struct engine_result r;
    /* A skew limit that everything passes: "treated" is then what the steps before left. */
    struct engine_config c = engine_config_default();
    c.treat = true;
    c.treat_limits.skew = HUGE_VAL;
    CHECK_OK(engine_run(&s.in, &c, a, &r, &e));
    check_file(a, &s, "pipeline_Raw.csv", r.treated);
    c.denominate = true;
    CHECK_OK(engine_run(&s.in, &c, a, &r, &e));
    check_file(a, &s, "pipeline_Denominated.csv", r.treated);
    c.impute = IMPUTE_GROUP_MEAN;
    CHECK_OK(engine_run(&s.in, &c, a, &r, &e));
    check_file(a, &s, "pipeline_Imputed.csv", r.treated);
    c.screen = SCREEN_BY_NA;
    c.screen_threshold = 0.9;
    CHECK_OK(engine_run(&s.in, &c, a, &r, &e));
    check_file(a, &s, "pipeline_Screened.csv", r.treated);
    c = asem_config();
    CHECK_OK(engine_run(&s.in, &c, a, &r, &e));
    CHECK_INT(r.n_rows, 51);
    CHECK_INT(r.n_warnings, 0);
    check_file(a, &s, "pipeline_Treated.csv", r.treated);
    check_file(a, &s, "pipeline_Normalised.csv", r.score);
    check_file(a, &s, "pipeline_Aggregated.csv", r.score);
    check_file(a, &s, "results_full.csv", r.score);
    struct table full = table_read(a, asem_path(a, "results_full.csv"));
    double *rank = table_reals(a, &full, "Rank");
    for (size_t i = 0; i < full.n; i++)
        CHECK_INT(r.rank[s.tree.root][map_index(s.by_code, full.cells[i][0])],
                  (int64_t)rank[i]);
}

static void asem_treatment(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct asem s;
    if (!asem_load(a, &s))
        return;
    struct engine_config c = asem_config();
    struct engine_result r;
    CHECK_OK(engine_run(&s.in, &c, a, &r, &e));
    struct table t = table_read(a, asem_path(a, "pipeline_treat_details.csv"));
    for (size_t i = 0; i < t.n; i++) {
        const struct treatment *d = &r.treatment[scheme_find(&s.tree, t.cells[i][0])];
        const char *nwin = t.cells[i][4];
        bool treated = strcmp(nwin, "NA") != 0;
        check_rel(d->skew_before, table_real(t.cells[i][2]), "skew before", t.cells[i][0]);
        check_rel(d->kurt_before, table_real(t.cells[i][3]), "kurt before", t.cells[i][0]);
        CHECK_INT(d->winsorised, treated ? (int)table_real(nwin) : 0);
        CHECK(d->passed);
        CHECK(!d->log);
        check_rel(d->skew_after, table_real(t.cells[i][treated ? 6 : 2]), "skew after",
                  t.cells[i][0]);
        check_rel(d->kurt_after, table_real(t.cells[i][treated ? 7 : 3]), "kurt after",
                  t.cells[i][0]);
    }
    struct table raw = table_read(a, asem_path(a, "skew_kurt_raw.csv"));
    for (size_t i = 0; i < raw.n; i++) {
        struct moments m =
            col_moments(s.in.values[scheme_find(&s.tree, raw.cells[i][0])], s.in.n_units);
        check_rel(moments_skew(&m), table_real(raw.cells[i][1]), "skew", raw.cells[i][0]);
        check_rel(moments_kurt(&m), table_real(raw.cells[i][2]), "kurt", raw.cells[i][0]);
    }
}

static void asem_normalisers(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (t_shared() == NULL) {
        t_skip("no shared folder");
        return;
    }
    static const struct {
        const char *suffix;
        enum norm_method method;
        double l, u, s, m, a;
        int direction;
        double target_q, l_q, u_q;
        bool cap;
    } cases[] = {
        { "minmax_0_100", NORM_MINMAX, 0, 100, NAN, NAN, NAN, 1, NAN, NAN, NAN, false },
        { "minmax_1_100_dirneg", NORM_MINMAX, 1, 100, NAN, NAN, NAN, -1, NAN, NAN, NAN, false },
        { "zscore_0_1", NORM_ZSCORE, NAN, NAN, NAN, NAN, NAN, 1, NAN, NAN, NAN, false },
        { "zscore_100_15", NORM_ZSCORE, NAN, NAN, 15, 100, NAN, 1, NAN, NAN, NAN, false },
        { "rank_min", NORM_RANK, NAN, NAN, NAN, NAN, NAN, 1, NAN, NAN, NAN, false },
        { "prank", NORM_PRANK, NAN, NAN, NAN, NAN, NAN, 1, NAN, NAN, NAN, false },
        { "borda", NORM_BORDA, NAN, NAN, NAN, NAN, NAN, 1, NAN, NAN, NAN, false },
        { "dist2max", NORM_DIST2MAX, NAN, NAN, NAN, NAN, NAN, 1, NAN, NAN, NAN, false },
        { "dist2ref_i5", NORM_DIST2REF, NAN, NAN, NAN, NAN, NAN, 1, NAN, NAN, NAN, false },
        { "dist2ref_i5_cap", NORM_DIST2REF, NAN, NAN, NAN, NAN, NAN, 1, NAN, NAN, NAN, true },
        { "dist2targ_q80_pos_cap", NORM_DIST2TARG, NAN, NAN, NAN, NAN, NAN, 1, 0.8, NAN, NAN,
          true },
        { "dist2targ_q20_neg", NORM_DIST2TARG, NAN, NAN, NAN, NAN, NAN, -1, 0.2, NAN, NAN,
          false },
        { "fracmax", NORM_FRACMAX, NAN, NAN, NAN, NAN, NAN, 1, NAN, NAN, NAN, false },
        { "scaled_q10_q90", NORM_SCALED, NAN, NAN, NAN, NAN, NAN, 1, NAN, 0.1, 0.9, false },
        { "goalposts_q10_q90_100", NORM_GOALPOSTS, NAN, NAN, NAN, NAN, 100, 1, NAN, 0.1, 0.9,
          false },
        { "goalposts_neg", NORM_GOALPOSTS, NAN, NAN, NAN, NAN, 1, -1, NAN, 0.1, 0.9, false },
    };
    static const char *const names[] = {
        "LPI", "Flights", "CO2", "Goods", "Tariff", "Poverty"
    };
    struct table t = table_read(a, asem_path(a, "normalise_methods.csv"));
    size_t columns = 0;
    for (size_t k = 0; k < COUNT(names); k++) {
        double *x = table_reals(a, &t, arena_printf(a, "%s.raw", names[k]));
        if (x == NULL)
            continue;
        for (size_t i = 0; i < COUNT(cases); i++) {
            const char *col = arena_printf(a, "%s.%s", names[k], cases[i].suffix);
            double *want = table_reals(a, &t, col), *got = arena_array(a, t.n, sizeof(*got));
            struct norm p = norm_default();
            p.method = cases[i].method;
            p.l = isnan(cases[i].l_q) ? cases[i].l : col_quantile(x, t.n, cases[i].l_q);
            p.u = isnan(cases[i].u_q) ? cases[i].u : col_quantile(x, t.n, cases[i].u_q);
            p.s = cases[i].s;
            p.m = cases[i].m;
            p.a = cases[i].a;
            p.cap = cases[i].cap;
            double target =
                isnan(cases[i].target_q) ? NAN : col_quantile(x, t.n, cases[i].target_q);
            (void)norm_column(&p, x, t.n, cases[i].direction, target, 4, got);
            CHECK(want != NULL);
            for (size_t r = 0; want != NULL && r < t.n; r++)
                check_rel(got[r], want[r], col, t.cells[r][0]);
            columns++;
        }
        double *got = arena_array(a, t.n, sizeof(*got)),
               *want = table_reals(a, &t, arena_printf(a, "%s.rank_avg", names[k]));
        col_rank_mean(x, t.n, got);
        for (size_t r = 0; r < t.n; r++)
            check_rel(got[r], want[r], "rank_avg", t.cells[r][0]);
        columns++;
    }
    CHECK_INT(columns, (t.n_cols - 1) / 18 * 17);
}

static void asem_aggregators(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (t_shared() == NULL) {
        t_skip("no shared folder");
        return;
    }
    static const struct {
        const char *col;
        struct agg agg;
    } cases[] = {
        { "amean", { AGG_AMEAN, 0, 0 } },
        { "gmean", { AGG_GMEAN, 0, 0 } },
        { "hmean", { AGG_HMEAN, 0, 0 } },
        { "genmean2", { AGG_GENMEAN, 2, 0 } },
        { "genmean_m2", { AGG_GENMEAN, -2, 0 } },
        { "copeland", { AGG_COPELAND, 0, 0 } },
        { "amean_thresh08", { AGG_AMEAN, 0, 0.8 } },
    };
    static const double w[] = { 1, 2, 3, 1, 0.5 };
    struct table t = table_read(a, asem_path(a, "aggregate_methods_w_1_2_3_1_0.5.csv"));
    const double *x[5];
    for (size_t c = 0; c < 5; c++)
        x[c] = table_reals(a, &t, t.names[c + 1]);
    double *got = arena_array(a, t.n, sizeof(*got));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct agg_fault f;
        CHECK(agg_columns(&cases[i].agg, x, w, NULL, 5, t.n, got, &f));
        double *want = table_reals(a, &t, cases[i].col);
        for (size_t r = 0; r < t.n; r++)
            check_rel(got[r], want[r], cases[i].col, t.cells[r][0]);
    }
}

/* ---- small cases ---- */

enum { UNITS = 5 };
static const struct scheme_row small_rows[] = {
    { .code = "x1", .parent = "A", .level = 1, .weight = 1, .target = NAN },
    { .code = "x2", .parent = "A", .level = 1, .weight = 3, .direction = -1, .target = NAN },
    { .code = "x3", .parent = "B", .level = 1, .weight = 2, .target = NAN },
    { .code = "A", .parent = "I", .level = 2, .weight = 2 },
    { .code = "B", .parent = "I", .level = 2, .weight = 1 },
    { .code = "I", .level = 3 },
};
static const char *const small_codes[UNITS] = { "a", "b", "c", "d", "e" };
static const double small_data[3][UNITS] = { { 0, 5, 10, NAN, 2 },
                                             { 4, 0, 2, NAN, 1 },
                                             { 1, 3, 2, NAN, NAN } };

struct small {
    struct arena *a;
    struct scheme_tree t;
    double x[3][UNITS];
    const double *values[6];
    struct engine_input in;
    struct engine_config c;
    struct engine_result r;
};

static void small_new(struct small *s)
{
    CLEANUP(err_done) struct err e = { 0 };
    *s = (struct small){ .a = arena_new(), .c = engine_config_default() };
    CHECK_OK(scheme_build(small_rows, COUNT(small_rows), s->a, &s->t, &e));
    memcpy(s->x, small_data, sizeof(small_data));
    for (size_t i = 0; i < 3; i++)
        s->values[i] = s->x[i];
    s->in = (struct engine_input){
        .tree = &s->t, .n_units = UNITS, .unit_codes = small_codes, .values = s->values
    };
}

static void small_run(struct small *s)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(engine_run(&s->in, &s->c, s->a, &s->r, &e));
}

/* By hand: x1 0 50 100 - 20, x2 0 100 50 - 75, x3 0 100 50 - -. */
static void scores_by_hand(void)
{
    static const double index[UNITS] = { 0, (2 * 87.5 + 100) / 3, (2 * 62.5 + 50) / 3, NAN,
                                         61.25 };
    static const int32_t rank[UNITS] = { 4, 1, 3, 0, 2 };
    struct small s;
    small_new(&s);
    small_run(&s);
    for (size_t i = 0; i < UNITS; i++) {
        CHECK_REAL(s.r.score[5][i], index[i], 1e-14);
        CHECK_INT(s.r.rank[5][i], rank[i]);
        CHECK_INT(s.r.unit[i], i);
    }
    CHECK(s.r.rank[0] == NULL);
    CHECK_INT(s.r.n_warnings, 1);
    CHECK_INT(s.r.warnings[0].kind, WARN_UNIT_MISSING);
    CHECK_INT(s.r.warnings[0].unit, 3);
    CHECK_REAL(s.r.effective_weight[1], 0.5, 1e-15);
    s.c.weights = WEIGHT_EQUAL;
    s.c.aggregate.threshold = 1; /* e lacks x3 */
    small_run(&s);
    CHECK_REAL(s.r.score[5][1], 87.5, 1e-14);
    CHECK_REAL(s.r.score[3][4], 47.5, 1e-14);
    CHECK(isnan(s.r.score[5][4]));
    CHECK_REAL(s.r.effective_weight[1], 0.25, 1e-15);
    arena_free(s.a);
}

static void dropping_steps_changes_no_score(void)
{
    struct small s;
    small_new(&s);
    s.c.treat = true;
    small_run(&s);
    struct engine_result kept = s.r;
    s.c.drop_steps = true;
    small_run(&s);
    for (size_t i = 0; i < UNITS; i++)
        for (size_t n = 3; n < 6; n++)
            CHECK_REAL(s.r.score[n][i], kept.score[n][i], 0);
    CHECK(s.r.score[0] == NULL && s.r.treated == NULL && s.r.treatment != NULL);
    arena_free(s.a);
}

static void screening_keeps_the_way_back_to_units(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct small s;
    small_new(&s);
    s.c.screen = SCREEN_BY_NA;
    s.c.screen_threshold = 2.0 / 3; /* e has exactly that much */
    small_run(&s);
    CHECK_INT(s.r.n_rows, 4);
    CHECK_INT(s.r.unit[3], 4);
    CHECK_REAL(s.r.score[5][3], 61.25, 1e-14);
    s.c.screen_threshold = 0.67;
    s.c.normalise.method = NORM_DIST2REF;
    s.c.normalise.ref = "e"; /* screened out */
    CHECK_INT(engine_run(&s.in, &s.c, s.a, &s.r, &e), RC_INVALID);
    arena_free(s.a);
}

static void a_veto_caps_and_says_so(void)
{
    static const struct veto vetoes[] = {
        { .node = 0,
          .cmp = CMP_GE,
          .limit = 5,
          .target = NODE_NONE,
          .cap = 60,
          .reason = "出过事" },
        { .node = 2, .cmp = CMP_GT, .limit = 2, .target = 5, .cap = 30 },
        { .node = 1, .cmp = CMP_NE, .limit = 4, .target = NODE_NONE, .cap = 1000 },
    };
    struct small s;
    small_new(&s);
    s.in.vetoes = vetoes;
    s.in.n_vetoes = COUNT(vetoes);
    small_run(&s);
    /* b: A 87.5 → 60, then the index (2*60+100)/3 → 30; c: A 62.5 → 60; missing never triggers.
     */
    CHECK_REAL(s.r.score[3][1], 60, 0);
    CHECK_REAL(s.r.score[5][1], 30, 0);
    CHECK_REAL(s.r.score[3][2], 60, 0);
    CHECK_REAL(s.r.score[5][2], (2 * 60.0 + 50) / 3, 1e-14);
    CHECK_REAL(s.r.score[5][4], 61.25, 1e-14);
    CHECK_INT(s.r.n_veto_hits, 3);
    CHECK(s.r.veto_hits[0].veto == 0 && s.r.veto_hits[0].row == 1);
    CHECK_REAL(s.r.veto_hits[0].before, 87.5, 1e-14);
    CHECK(s.r.veto_hits[2].veto == 1 && s.r.veto_hits[2].row == 1);
    CHECK_REAL(s.r.veto_hits[2].before, (2 * 60.0 + 100) / 3, 1e-14);
    arena_free(s.a);
}

static void scores_points(void)
{
    static const struct points_step steps[] = { { 0, 1 }, { 60, 6 }, { 90, 12 } };
    static const struct {
        struct points p;
        double x, want;
    } cases[] = {
        { { .full = 10, .per_event = -2, .cap = NAN }, 0, 10 },
        { { .full = 10, .per_event = -2, .cap = NAN }, 3, 4 },
        { { .full = 10, .per_event = -2, .cap = NAN }, 9, 0 },
        { { .full = 10, .per_event = -2, .cap = NAN, .floor = -5 }, 9, -5 },
        { { .full = 10, .per_event = -2, .cap = 6 }, 9, 4 },
        { { .full = 10, .per_event = 1, .cap = NAN }, 9, 10 },
        { { .full = 10, .per_event = 1, .cap = NAN, .bonus = 3 }, 2, 12 },
        { { .full = 10, .per_event = 1, .cap = NAN, .bonus = 3 }, 9, 13 },
        { { .full = 10, .per_event = 1, .cap = 2, .bonus = 3 }, 9, 12 },
        { { .full = 10, .cap = NAN, .steps = steps, .n_steps = 3 }, -1, 0 },
        { { .full = 10, .cap = NAN, .steps = steps, .n_steps = 3 }, 59.9, 1 },
        { { .full = 10, .cap = NAN, .steps = steps, .n_steps = 3 }, 60, 6 },
        { { .full = 10, .cap = NAN, .steps = steps, .n_steps = 3 }, 95, 10 },
        { { .full = 10, .cap = NAN, .steps = steps, .n_steps = 3, .bonus = 5 }, 95, 12 },
        { { .full = 10, .per_event = -2, .cap = NAN }, NAN, NAN },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK_REAL(points_score(&cases[i].p, cases[i].x), cases[i].want, 0);
    /* As a share of full on another scale; all equal is no reason for no score. */
    static const double same[] = { 1, 1, NAN };
    double y[3];
    struct norm p = norm_default();
    p.method = NORM_POINTS;
    p.points.full = 5;
    p.points.per_event = -1;
    p.points_to = 100;
    CHECK_INT(norm_column(&p, same, 3, -1, NAN, SIZE_MAX, y), NORM_FINE);
    CHECK_REAL(y[0], 80, 0);
    CHECK(isnan(y[2]));
}

static void normalisers_say_why_they_give_nothing(void)
{
    static const double none[] = { NAN, NAN, NAN }, flat[] = { 2, 2, NAN }, x[] = { -3, -1, 0 },
                        one[] = { 7, NAN, NAN };
    double y[3];
    for (enum norm_method m = 0; m < NORM_METHODS; m++) {
        struct norm p = norm_default();
        p.method = m;
        p.l = 0;
        p.u = 4;
        CHECK_INT(norm_column(&p, none, 3, 1, 5, 0, y), NORM_ALL_MISSING);
        CHECK(isnan(y[0]) && isnan(y[2]));
        CHECK_INT(norm_column(&p, flat, 3, 1, 5, 0, y),
                  norm_absolute(m) ? NORM_FINE : NORM_CONSTANT);
        CHECK(isnan(y[0]) == !norm_absolute(m));
        CHECK_INT(norm_column(&p, one, 3, 1, 5, 0, y),
                  norm_absolute(m) ? NORM_FINE : NORM_CONSTANT);
        CHECK_INT(norm_by_name(norm_name(m)), m);
    }
    struct norm p = norm_default();
    p.method = NORM_FRACMAX;
    CHECK_INT(norm_column(&p, x, 3, 1, NAN, SIZE_MAX, y), NORM_NO_REF);
    p.method = NORM_DIST2REF;
    CHECK_INT(norm_column(&p, x, 3, 1, NAN, 0, y),
              NORM_NO_REF); /* the reference is the lowest */
    CHECK_INT(norm_column(&p, x, 3, -1, NAN, 2, y), NORM_NO_REF);
    p.method = NORM_DIST2TARG;
    CHECK_INT(norm_column(&p, x, 3, 1, -3, SIZE_MAX, y), NORM_NO_REF);
    CHECK_INT(norm_by_name("nothing"), NORM_METHODS);
}

static void treats_awkward_columns(void)
{
    const struct treat t = { .winmax = 5, .skew = 2, .kurt = 3.5 };
    struct treatment d;
    double flat[] = { 3, 3, 3, 3, 3 }, two[] = { 1, 9 }, none[] = { NAN, NAN };
    treat_column(&t, flat, 5, &d);
    CHECK(d.passed && isnan(d.skew_before) && flat[4] == 3);
    treat_column(&t, two, 2, &d);
    CHECK(d.passed && two[1] == 9);
    treat_column(&t, none, 2, &d);
    CHECK(d.passed && isnan(none[0]));
    /* One outlier among equals cannot be winsorised away: the logarithm of the original. */
    double spike[20] = { [7] = 100 };
    treat_column(&t, spike, 20, &d);
    CHECK(d.log && !d.passed && d.winsorised == 0);
    CHECK_REAL(spike[7], log(101), 1e-15);
    CHECK_REAL(spike[0], 0, 1e-15);
    /* Low outliers; ties move together and count as so many points. */
    double low[30];
    for (size_t i = 0; i < 30; i++)
        low[i] = (double)(i % 10);
    low[3] = low[4] = -200;
    treat_column(&t, low, 30, &d);
    CHECK(d.passed && !d.log);
    CHECK_INT(d.winsorised, 2);
    CHECK_REAL(low[3], 0, 0);
    CHECK_REAL(low[4], 0, 0);
    /* The skew of 0 0 0 c is 2 on paper, whatever its last bit is: not below the limit. */
    for (double c = 1; c < 20; c++) {
        double one[] = { 0, 0, 0, c };
        treat_column(&t, one, 4, &d);
        CHECK_REAL(d.skew_before, 2, 1e-14);
        CHECK(d.log && !d.passed);
    }
}

/* Missing: the pair is judged by what both have; all missing is no score; below the threshold
 * neither. */
static void copeland_is_fair_to_the_missing(void)
{
    static const double p[] = { 3, 1, NAN, NAN, 2 }, q[] = { 1, 2, 3, NAN, NAN };
    static const double *const x[] = { p, q };
    static const double w[] = { 1, 1 };
    double y[5];
    struct agg_fault f;
    struct agg g = { .method = AGG_COPELAND };
    CHECK(agg_columns(&g, x, w, NULL, 2, 5, y, &f));
    /* a-b 1:1 tie; c beats a and b by q; e against a loses, against b wins by p; c-e have
     * nothing in common */
    static const double want[] = { 0 - 1 + 1, 0 - 1 - 1, 2, NAN, 0 };
    for (size_t i = 0; i < 5; i++)
        CHECK_REAL(y[i], want[i], 0);
    g.threshold = 0.6;
    CHECK(agg_columns(&g, x, w, NULL, 2, 5, y, &f));
    CHECK(isnan(y[2]) && isnan(y[4]) && !isnan(y[0]));
    static const double tied[] = { 0.1, 0.2, 0.3 }, u[] = { 1, 0 }, v[] = { 1, 0 },
                        z[] = { 0, 1 };
    static const double *const uvz[] = { u, v, z };
    g.threshold = 0;
    CHECK(agg_columns(&g, uvz, tied, NULL, 3, 2, y, &f)); /* 0.1 + 0.2 for a, 0.3 for b */
    CHECK_REAL(y[0], 0, 0);
    /* What is as given is compared as it is; what was summed, up to rounding. */
    static const double near[] = { 1e13, 0.3, 0.1 + 0.2 }, one[] = { 1 };
    static const double *const xs[] = { near };
    static const bool summed[] = { true };
    CHECK(agg_columns(&g, xs, one, NULL, 1, 3, y, &f));
    CHECK(y[0] == 2 && y[1] == -2 && y[2] == 0);
    CHECK(agg_columns(&g, xs, one, summed, 1, 3, y, &f));
    CHECK(y[0] == 2 && y[1] == -1 && y[2] == -1);
    /* A weight that is small beside the others still decides where they are missing. */
    static const double heavy[] = { 1, NAN }, light[] = { 1, 2 }, few[] = { 1e5, 1e-6 };
    static const double *const hl[] = { heavy, light };
    CHECK(agg_columns(&g, hl, few, NULL, 2, 2, y, &f));
    CHECK(y[0] == -1 && y[1] == 1);
}

/* Powers that overflow or vanish. */
static void generalised_means_of_any_size(void)
{
    static const double p[] = { 1, 1e200, 1e-200, 1e200, 0, NAN },
                        q[] = { 3, 3e200, 3e-200, 1e-200, 0, 2e-200 };
    static const double *const x[] = { p, q };
    static const double w[] = { 1, 3 };
    static const struct {
        double p, want[6];
    } cases[] = {
        { 10,
          { 2.9149266191, 2.9149266191e200, 2.9149266191e-200, 8.7055056330e199, 0, 2e-200 } },
        { -3,
          { 1.5326188648, 1.5326188648e200, 1.5326188648e-200, 1.1006424163e-200, NAN, NAN } },
        { 2.5,
          { 2.6966294212, 2.6966294212e200, 2.6966294212e-200, 5.7434917749e199, 0, 2e-200 } },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct agg g = { .method = AGG_GENMEAN, .p = cases[i].p };
        size_t n = isnan(cases[i].want[5]) ? 4 : 6;
        double y[6];
        struct agg_fault f;
        CHECK(agg_columns(&g, x, w, NULL, 2, n, y, &f));
        for (size_t k = 0; k < n; k++)
            if (!(fabs(y[k] - cases[i].want[k]) <= 1e-9 * cases[i].want[k]))
                t_fail(__FILE__, __LINE__, "p %g, row %zu: %.12g", cases[i].p, k, y[k]);
    }
}

static void names_what_an_aggregation_cannot_take(void)
{
    static const double p[] = { 1, 2, 0 }, q[] = { 1, -2, NAN };
    static const double *const x[] = { p, q };
    static const double w[] = { 1, 1 };
    static const struct {
        struct agg g;
        bool ok;
        size_t child, row;
    } cases[] = {
        { { AGG_AMEAN, 0, 0 }, true, 0, 0 },     { { AGG_GMEAN, 0, 0 }, false, 0, 2 },
        { { AGG_HMEAN, 0, 0.6 }, false, 2, 1 },  { { AGG_HMEAN, 0, 0 }, false, 0, 2 },
        { { AGG_GENMEAN, -1, 0 }, false, 0, 2 }, { { AGG_GENMEAN, 0.5, 0 }, false, 1, 1 },
        { { AGG_GENMEAN, 2, 0 }, true, 0, 0 },   { { AGG_GMEAN, 0, 0.6 }, false, 1, 1 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double y[3];
        struct agg_fault f = { 0 };
        CHECK_INT(agg_columns(&cases[i].g, x, w, NULL, 2, 3, y, &f), cases[i].ok);
        if (!cases[i].ok)
            CHECK(f.child == cases[i].child && f.row == cases[i].row);
    }
    double y[3];
    struct agg_fault f;
    struct agg g = { AGG_GENMEAN, 2, 0 };
    CHECK(agg_columns(&g, x, w, NULL, 2, 3, y,
                      &f)); /* one value present is enough: not NA as in the reference */
    CHECK_REAL(y[2], 0, 0);
    /* Negative and positive cancel. */
    static const double plus[] = { 1 }, minus[] = { -1 };
    static const double *const both[] = { plus, minus };
    g.p = -1;
    CHECK(!agg_columns(&g, both, w, NULL, 2, 1, y, &f));
    CHECK(f.child == 2 && f.row == 0);
}

/* Present / children, exactly at the threshold, for every mean. */
static void a_threshold_is_reached_by_equality(void)
{
    static const double p[] = { 4, 4, 4 }, q[] = { 2, NAN, NAN }, r[] = { NAN, 2, NAN },
                        s[] = { NAN, NAN, NAN };
    static const double *const x[] = { p, q, r, s };
    static const double w[] = { 1, 1, 1, 1 };
    for (enum agg_method m = 0; m < AGG_METHODS; m++)
        for (int k = 0; k < 2; k++) {
            double y[3];
            struct agg_fault f;
            struct agg g = { m, 2, k ? 0.51 : 0.5 };
            CHECK(agg_columns(&g, x, w, NULL, 4, 3, y, &f));
            CHECK(isnan(y[0]) == (k == 1) && isnan(y[1]) == (k == 1) && isnan(y[2]));
        }
}

static void refuses_limits_that_are_none(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    static const double bad[] = { -0.01, 1.01, NAN };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct small s;
        small_new(&s);
        s.c.aggregate.threshold = bad[i];
        CHECK_INT(engine_run(&s.in, &s.c, s.a, &s.r, &e), RC_INVALID);
        s.c.aggregate.threshold = 0;
        s.c.screen = SCREEN_BY_NA;
        s.c.screen_threshold = bad[i];
        CHECK_INT(engine_run(&s.in, &s.c, s.a, &s.r, &e), RC_INVALID);
        arena_free(s.a);
    }
    static const struct {
        struct norm norm;
        const char *key;
    } norms[] = {
        { { .method = NORM_POINTS, .points = { .full = 0 } }, "full" },
        { { .method = NORM_POINTS, .points = { .full = 5, .cap = -1 } }, "cap" },
        { { .method = NORM_POINTS, .points = { .full = 5, .cap = NAN, .bonus = -1 } },
          "bonus" },
        { { .method = NORM_POINTS, .points = { .full = 5, .cap = NAN, .floor = 6 } }, "floor" },
        { { .method = NORM_POINTS, .points = { .full = 5, .cap = NAN, .per_event = NAN } },
          "per_event" },
        { { .method = NORM_ZSCORE, .s = 0, .m = NAN }, "s" },
        { { .method = NORM_GOALPOSTS, .l = 1, .u = NAN, .a = NAN }, "u" },
        { { .method = NORM_GOALPOSTS, .l = 1, .u = 2, .a = 0 }, "a" },
        { { .method = NORM_MINMAX, .l = 3, .u = 3 }, "u" },
    };
    for (size_t i = 0; i < COUNT(norms); i++) {
        CHECK_INT(norm_check(&norms[i].norm, "这里", &e), RC_INVALID);
        CLEANUP(arena_freep) struct arena *a = arena_new();
        if (strstr(err_message(&e, LANG_ZH, a), norms[i].key) == NULL)
            t_fail(__FILE__, __LINE__, "case %zu does not name %s", i, norms[i].key);
    }
}

static void warns_of_denominators_and_groups(void)
{
    static const double people[] = { 1, 0, 2, 4, 5 };
    static const int32_t group[] = { 0, 0, 1, 2, 2 };
    struct small s;
    small_new(&s);
    const double *den[6] = { people };
    s.in.denominators = den;
    s.in.group = group;
    s.in.n_groups = 3;
    s.c.denominate = true;
    s.c.impute = IMPUTE_GROUP_MEDIAN;
    small_run(&s);
    CHECK_INT(s.r.warnings[0].kind, WARN_DENOMINATOR_ZERO);
    CHECK_INT(s.r.warnings[0].unit, 1);
    CHECK_INT(s.r.warnings[1].kind, WARN_GROUP_MISSING); /* x3 of d and e */
    CHECK_INT(s.r.warnings[1].node, 2);
    CHECK_INT(s.r.n_warnings, 2);
    CHECK_REAL(s.r.score[1][3], 75, 1e-14); /* imputed from e */
    CHECK_REAL(s.r.score[0][1], 0, 0);      /* lost, then imputed from a: 0/1 */
    CLEANUP(err_done) struct err text = { 0 };
    engine_warning_text(&s.in, &s.r.warnings[0], &text);
    CHECK(strstr(err_message(&text, LANG_ZH, s.a), "b") != NULL);
    static const double scale[6] = { 10, 1, 1, 1, 1, 1 };
    s.in.denominator_scale = scale;
    s.c.impute = IMPUTE_NONE;
    s.c.normalise.method = NORM_SCALED;
    s.c.normalise.l = 0;
    s.c.normalise.u = 100;
    small_run(&s);
    CHECK_REAL(s.r.score[0][2], 10.0 / (2.0 / 10), 1e-14);
    arena_free(s.a);
}

T_MAIN({ "every step of the ASEM pipeline agrees with independent results", asem_every_step },
       { "treatment of the ASEM indicators agrees", asem_treatment },
       { "the normalisers agree on six ASEM indicators", asem_normalisers },
       { "the aggregators agree on five ASEM indicators", asem_aggregators },
       { "a small scheme scores as worked by hand", scores_by_hand },
       { "dropping steps changes no score", dropping_steps_changes_no_score },
       { "screened units leave, the others keep their way back",
         screening_keeps_the_way_back_to_units },
       { "a veto caps its target, what is above it follows, and it is told",
         a_veto_caps_and_says_so },
       { "points: deductions, caps, floors, bonus, steps", scores_points },
       { "a normaliser that gives nothing says why", normalisers_say_why_they_give_nothing },
       { "treatment copes with awkward columns", treats_awkward_columns },
       { "copeland judges a pair by what both have", copeland_is_fair_to_the_missing },
       { "generalised means neither overflow nor vanish", generalised_means_of_any_size },
       { "what an aggregation cannot take is named", names_what_an_aggregation_cannot_take },
       { "a threshold is reached by equality", a_threshold_is_reached_by_equality },
       { "limits and parameters that make no sense are refused", refuses_limits_that_are_none },
       { "zero denominators and empty groups are told", warns_of_denominators_and_groups })
