/*
 * Why a score moved, on panels made by hand: whatever the method, the parts add up to the index
 * now less the index before, as `assess` gives them for each panel alone.
 */
#include "base/rng.h"
#include "base/test.h"
#include "monitor/assess.h"

#include <math.h>

enum { LEAVES = 4, NODES = LEAVES + 3, UNITS = 9 };

static const struct scheme_row rows[NODES] = {
    { .code = "I", .level = 3 },
    { .code = "A", .parent = "I", .level = 2, .weight = 2 },
    { .code = "B", .parent = "I", .level = 2, .weight = 1 },
    { .code = "x1", .parent = "A", .level = 1, .weight = 1, .target = NAN },
    { .code = "x2", .parent = "A", .level = 1, .weight = 3, .direction = -1, .target = NAN },
    { .code = "x3", .parent = "B", .level = 1, .weight = 1, .target = NAN },
    { .code = "x4", .parent = "B", .level = 1, .weight = 2, .target = NAN },
};
static const struct unit units[UNITS] = {
    { .code = "a", .peer_group = "p" }, { .code = "b", .peer_group = "p" },
    { .code = "c", .peer_group = "q" }, { .code = "d", .peer_group = "q" },
    { .code = "e", .peer_group = "p" }, { .code = "f", .peer_group = "q" },
    { .code = "g", .peer_group = "p" }, { .code = "h", .peer_group = "q" },
    { .code = "i", .peer_group = "p" },
};

/* Units from..to of the list in their own order, values by seed; some missing. */
static struct panel *panel_make(struct arena *a, const struct engine_config *c, size_t from,
                                size_t to, uint64_t seed, double weight)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct panel *p = arena_alloc(a, sizeof(*p));
    struct scheme_row *own = arena_copy(a, rows, sizeof(rows));
    own[1].weight = weight;
    CHECK_OK(scheme_build(own, NODES, a, &p->plan.tree, &e));
    p->plan.config.engine = *c;
    p->n_units = to - from;
    const struct unit **unit = arena_array(a, p->n_units, sizeof(*unit));
    const char **codes = arena_array(a, p->n_units, sizeof(*codes));
    int32_t *group = arena_array(a, p->n_units, sizeof(*group));
    const double **values = arena_array(a, NODES, sizeof(*values)),
                 **dens = arena_array(a, NODES, sizeof(*dens));
    for (size_t i = 0; i < p->n_units; i++) {
        unit[i] = &units[from + i];
        codes[i] = unit[i]->code;
        group[i] = unit[i]->peer_group[0] == 'p' ? 0 : 1;
    }
    struct rng g;
    rng_init(&g, seed, 0);
    for (size_t l = 0; l < p->plan.tree.n_leaves; l++) {
        size_t node = p->plan.tree.leaves[l];
        double *x = arena_array(a, p->n_units, sizeof(*x)),
               *d = arena_array(a, p->n_units, sizeof(*d));
        for (size_t i = 0; i < p->n_units; i++) {
            x[i] = rng_below(&g, 6) == 0 ? NAN : 1 + 99 * rng_unit(&g);
            d[i] = 1 + (double)rng_below(&g, 9);
        }
        values[node] = x;
        dens[node] = l == 0 ? d : NULL;
    }
    p->unit = unit;
    p->in = (struct engine_input){ .tree = &p->plan.tree,
                                   .n_units = p->n_units,
                                   .unit_codes = codes,
                                   .values = values,
                                   .denominators = c->denominate ? dens : NULL,
                                   .group = group,
                                   .n_groups = 2 };
    return p;
}

static struct engine_config config(size_t i)
{
    struct engine_config c = engine_config_default();
    static const struct {
        enum norm_method normalise;
        enum agg_method aggregate;
        enum impute_method impute;
        enum screen_method screen;
        bool denominate, treat;
    } cases[] = {
        { NORM_SCALED, AGG_AMEAN, IMPUTE_NONE, SCREEN_NONE, false, false },
        { NORM_SCALED, AGG_AMEAN, IMPUTE_NONE, SCREEN_NONE, true, false },
        { NORM_MINMAX, AGG_AMEAN, IMPUTE_NONE, SCREEN_NONE, true, false },
        { NORM_ZSCORE, AGG_AMEAN, IMPUTE_GROUP_MEAN, SCREEN_NONE, false, true },
        { NORM_PRANK, AGG_COPELAND, IMPUTE_NONE, SCREEN_BY_NA, false, false },
        { NORM_RANK, AGG_GMEAN, IMPUTE_MEDIAN, SCREEN_BY_NA, true, false },
        { NORM_MINMAX, AGG_AMEAN, IMPUTE_NONE, SCREEN_BY_NA, false, true },
    };
    if (i >= COUNT(cases)) {
        c.threads = -1;
        return c;
    }
    c.normalise.method = cases[i].normalise;
    c.normalise.l = 0;
    c.normalise.u = 100;
    c.aggregate.method = cases[i].aggregate;
    c.impute = cases[i].impute;
    c.screen = cases[i].screen;
    c.denominate = cases[i].denominate;
    c.treat = cases[i].treat;
    return c;
}

static void check_parts(struct arena *a, const struct change_input *in, size_t *checked)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct assessment now, before;
    CHECK_OK(assess(in->now, a, &now, &e));
    CHECK_OK(assess(in->before, a, &before, &e));
    struct change_split *s = change_split_new(in, a);
    for (size_t u = 0; u < in->now->n_units; u++)
        for (size_t b = 0; b < in->before->n_units; b++) {
            if (in->now->unit[u] != in->before->unit[b])
                continue;
            double is = assess_index(&now, u), was = assess_index(&before, b), parts[CHANGES],
                   change, sum = 0;
            if (isnan(is) || isnan(was))
                continue;
            CHECK_OK(change_split_unit(s, in->now->unit[u]->code, parts, &change, &e));
            for (size_t k = 0; k < CHANGES; k++)
                sum += parts[k];
            CHECK_REAL(sum, change, 0);
            CHECK(fabs(change - (is - was)) < 1e-10);
            (*checked)++;
        }
}

/* g and h leave, i comes; everything else changes too. */
static void parts_add_up_to_the_change_that_is_shown(void)
{
    size_t checked = 0;
    for (size_t i = 0; config(i).threads >= 0; i++)
        for (uint64_t seed = 1; seed < 9; seed++) {
            CLEANUP(arena_freep) struct arena *a = arena_new();
            struct engine_config c = config(i);
            struct panel *before = panel_make(a, &c, 0, 8, seed, 2),
                         *now = panel_make(a, &c, 2, 9, seed + 100, 2);
            check_parts(
                a,
                &(struct change_input){
                    .now = now, .before = before, .now_by_old = now, .before_by_new = before },
                &checked);
        }
    CHECK(checked > 200);
}

static void a_new_scheme_has_its_part(void)
{
    size_t checked = 0;
    for (size_t i = 0; config(i).threads >= 0; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct engine_config c = config(i), new = config(i);
        new.aggregate.method = AGG_AMEAN;
        new.normalise.method = NORM_MINMAX;
        struct change_input in = { .now = panel_make(a, &new, 1, 9, 7, 5),
                                   .before = panel_make(a, &c, 0, 8, 8, 2),
                                   .now_by_old = panel_make(a, &c, 1, 9, 7, 2),
                                   .before_by_new = panel_make(a, &new, 0, 8, 8, 5) };
        check_parts(a, &in, &checked);
    }
    CHECK(checked > 20);
}

/* Absolute scoring: others have no part, whoever comes and goes. */
static void others_have_no_part_in_absolute_scores(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct engine_config c = config(1);
    struct panel *before = panel_make(a, &c, 0, 8, 3, 2), *now = panel_make(a, &c, 2, 9, 4, 2);
    struct change_split *s = change_split_new(
        &(struct change_input){
            .now = now, .before = before, .now_by_old = now, .before_by_new = before },
        a);
    double parts[CHANGES], change;
    size_t split = 0;
    for (size_t u = 0; u < 6; u++)
        if (change_split_unit(s, now->unit[u]->code, parts, &change, &e) == RC_OK) {
            CHECK_REAL(parts[CHANGE_PEERS], 0, 0);
            CHECK_REAL(parts[CHANGE_WEIGHTS] + parts[CHANGE_METHOD], 0, 0);
            CHECK(parts[CHANGE_OWN] != 0);
            split++;
        }
    CHECK(split >= 4);
    CHECK_INT(change_split_unit(s, "i", parts, &change, &e), RC_INVALID); /* new */
    CHECK_INT(change_split_unit(s, "a", parts, &change, &e), RC_INVALID); /* gone */
}

T_MAIN({ "the parts of a change add up to what is shown, for every kind of method",
         parts_add_up_to_the_change_that_is_shown },
       { "a new scheme has its part and the sum still holds", a_new_scheme_has_its_part },
       { "absolute scores do not move with others", others_have_no_part_in_absolute_scores })
