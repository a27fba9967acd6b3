/* Working backwards: whatever value is returned, the engine run forwards with it must give the
 * goal. */
#include "base/arena.h"
#include "base/test.h"
#include "stats/goal.h"

#include <math.h>
#include <string.h>

enum { UNITS = 4 };

static const struct scheme_row rows[] = {
    { .code = "x1", .parent = "A", .level = 1, .weight = 1, .target = 12 },
    { .code = "x2", .parent = "A", .level = 1, .weight = 3, .direction = -1, .target = -3 },
    { .code = "x3", .parent = "B", .level = 1, .weight = 2, .target = 5 },
    { .code = "A", .parent = "I", .level = 2, .weight = 2 },
    { .code = "B", .parent = "I", .level = 2, .weight = 1 },
    { .code = "I", .parent = NULL, .level = 3 },
};
static const char *const codes[UNITS] = { "a", "b", "c", "d" };
/* Unit c has a missing neighbour, so that shares are renormalised. */
static const double data[3][UNITS] = { { 1, 4, 6, 10 }, { 9, 5, NAN, 2 }, { 0.5, 2, 2.5, 3 } };

struct fixture {
    struct arena *a;
    struct scheme_tree t;
    double column[3][UNITS];
    const double *values[6];
    struct engine_input in;
};

static void setup(struct fixture *f)
{
    CLEANUP(err_done) struct err e = { 0 };
    f->a = arena_new();
    CHECK_OK(scheme_build(rows, COUNT(rows), f->a, &f->t, &e));
    memcpy(f->column, data, sizeof(data));
    for (size_t i = 0; i < 3; i++)
        f->values[i] = f->column[i];
    f->in = (struct engine_input){
        .tree = &f->t, .n_units = UNITS, .unit_codes = codes, .values = f->values
    };
}

static void shares_add_up_to_the_index(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct fixture f;
    setup(&f);
    struct engine_config c = engine_config_default();
    struct engine_result r;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    for (size_t row = 0; row < UNITS; row++) {
        double share[6], sum = 0;
        goal_shares(&f.t, &r, row, share);
        for (size_t l = 0; l < 3; l++)
            sum += share[l] > 0 ? share[l] * r.score[l][row] : 0;
        CHECK_REAL(sum, r.score[f.t.root][row], 1e-14);
    }
    /* A veto and a geometric mean: shares alone no longer add up, parts do, at every node. */
    static const struct veto veto = {
        .node = 2, .cmp = CMP_GE, .limit = 2, .target = NODE_NONE, .cap = 30
    };
    static const struct agg_override top = { .level = 3, .agg = { .method = AGG_GMEAN } };
    f.in.vetoes = &veto;
    f.in.n_vetoes = 1;
    c.per_level = &top;
    c.n_per_level = 1;
    c.normalise.l = 1;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    CHECK(r.n_veto_hits > 1);
    for (size_t row = 0; row < UNITS; row++) {
        double share[6], part[6];
        goal_shares(&f.t, &r, row, share);
        goal_parts(&f.t, &r, row, share, part);
        CHECK_REAL(part[f.t.root], r.score[f.t.root][row], 0);
        CHECK_REAL(part[3] + part[4], part[5], 1e-13);
        CHECK_REAL(part[0] + (row == 2 ? 0 : part[1]), part[3], 1e-13);
        CHECK(isnan(part[1]) == (row == 2));
        CHECK_REAL(part[2], part[4], 1e-13);
    }
    f.in.n_vetoes = 0;
    c = engine_config_default();
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    double share[6];
    goal_shares(&f.t, &r, 2, share);
    CHECK_REAL(share[0], 2.0 / 3, 1e-15);
    CHECK_REAL(share[1], 0, 0);
    arena_free(f.a);
}

/* Moves inside the range of the others, so that relative methods keep their range. */
static void the_value_found_gives_the_goal(void)
{
    static const struct {
        enum norm_method method;
        double l, u, move;
    } cases[] = {
        { NORM_MINMAX, NAN, NAN, 3 },       { NORM_SCALED, 0, 20, -7 },
        { NORM_GOALPOSTS, 0, 12, 4 },       { NORM_DIST2MAX, NAN, NAN, 0.1 },
        { NORM_DIST2TARG, NAN, NAN, 0.05 }, { NORM_FRACMAX, NAN, NAN, 0.02 },
        { NORM_POINTS, NAN, NAN, 2 },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t node = 0; node < 2; node++) {
            CLEANUP(err_done) struct err e = { 0 };
            struct fixture f;
            setup(&f);
            struct engine_config c = engine_config_default();
            c.normalise.method = cases[i].method;
            c.normalise.l = cases[i].l;
            c.normalise.u = cases[i].u;
            c.normalise.points.per_event = -5;
            struct engine_result r, again;
            CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
            double goal = r.score[f.t.root][1] + cases[i].move, x = NAN;
            CHECK_OK(goal_seek(&f.in, &c, &r, 1, node, goal, &x, &e));
            f.column[node][1] = x;
            CHECK_OK(engine_run(&f.in, &c, f.a, &again, &e));
            CHECK_REAL(again.score[f.t.root][1], goal, 1e-12);
            arena_free(f.a);
        }
}

static void says_when_it_cannot(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct fixture f;
    setup(&f);
    struct engine_config c = engine_config_default();
    struct engine_result r;
    double x;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    CHECK_INT(goal_seek(&f.in, &c, &r, 2, 1, 50, &x, &e), RC_INVALID); /* missing there */
    CHECK_INT(goal_seek(&f.in, &c, &r, 1, 3, 50, &x, &e), RC_INVALID); /* not an indicator */
    c.normalise.method = NORM_GOALPOSTS;
    c.normalise.l = 0;
    c.normalise.u = 12;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    CHECK_INT(goal_seek(&f.in, &c, &r, 0, 0, 100, &x, &e), RC_NOTFOUND);
    c.aggregate.method = AGG_COPELAND;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    CHECK_INT(goal_seek(&f.in, &c, &r, 0, 0, 1, &x, &e), RC_INVALID);
    c = engine_config_default();
    c.normalise.method = NORM_PRANK;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    CHECK_INT(goal_seek(&f.in, &c, &r, 0, 0, 0.5, &x, &e), RC_INVALID);
    arena_free(f.a);
}

static void inverts_denominators_and_steps(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct fixture f;
    setup(&f);
    static const double people[UNITS] = { 2, 4, 3, 5 };
    const double *den[6] = { people };
    f.in.denominators = den;
    struct engine_config c = engine_config_default();
    c.denominate = true;
    struct engine_result r, again;
    CHECK_OK(engine_run(&f.in, &c, f.a, &r, &e));
    double x, goal = r.score[f.t.root][1] + 2;
    CHECK_OK(goal_seek(&f.in, &c, &r, 1, 0, goal, &x, &e));
    f.column[0][1] = x;
    CHECK_OK(engine_run(&f.in, &c, f.a, &again, &e));
    CHECK_REAL(again.score[f.t.root][1], goal, 1e-12);
    static const struct points_step steps[] = { { 0, 0 }, { 60, 6 }, { 80, 8 }, { 95, 10 } };
    struct norm p = norm_default();
    p.method = NORM_POINTS;
    p.points.full = 10;
    p.points.steps = steps;
    p.points.n_steps = COUNT(steps);
    CHECK_OK(goal_normalised(&p, NULL, 0, 1, NAN, SIZE_MAX, 7, &x, &e));
    CHECK_REAL(x, 80, 0);
    CHECK_INT(goal_normalised(&p, NULL, 0, 1, NAN, SIZE_MAX, 11, &x, &e), RC_NOTFOUND);
    arena_free(f.a);
}

T_MAIN({ "shares of what is present add up to the index", shares_add_up_to_the_index },
       { "the value found gives the goal when run forwards", the_value_found_gives_the_goal },
       { "what cannot be reached or turned round is said", says_when_it_cannot },
       { "denominators and step tables are turned round", inverts_denominators_and_steps })
