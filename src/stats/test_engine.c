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
        CHECK(agg_columns(&cases[i].agg, x, w, 5, t.n, got, &f));
        double *want = table_reals(a, &t, cases[i].col);
        for (size_t r = 0; r < t.n; r++)
            check_rel(got[r], want[r], cases[i].col, t.cells[r][0]);
    }
}

T_MAIN({ "every step of the ASEM pipeline agrees with independent results", asem_every_step },
       { "treatment of the ASEM indicators agrees", asem_treatment },
       { "the normalisers agree on six ASEM indicators", asem_normalisers },
       { "the aggregators agree on five ASEM indicators", asem_aggregators })
