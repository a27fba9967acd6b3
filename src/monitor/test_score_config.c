/* The configuration's JSON: everything read where it belongs, everything wrong named by its
 * path. */
#include "base/arena.h"
#include "base/test.h"
#include "monitor/score_config.h"

#include <math.h>
#include <string.h>

static const struct scheme_row rows[] = {
    { .code = "x", .parent = "A", .level = 1, .weight = 1, .target = 12 },
    { .code = "y", .parent = "A", .level = 1, .weight = 1, .target = NAN },
    { .code = "A", .parent = "I", .level = 2, .weight = 1 },
    { .code = "I", .parent = NULL, .level = 3 },
};

static enum rc parse(struct arena *a, const char *json, struct score_config *ret, struct err *e)
{
    struct scheme_tree *t = arena_alloc(a, sizeof(*t));
    enum rc rc = scheme_build(rows, COUNT(rows), a, t, e);
    struct bytes b = { (const uint8_t *)json, strlen(json) };
    return rc != RC_OK ? rc : score_config_parse(b, t, a, ret, e);
}

static void empty_is_the_default(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct score_config c;
    CHECK_OK(parse(a, "{}", &c, &e));
    CHECK(!c.engine.denominate && !c.engine.treat && c.engine.impute == IMPUTE_NONE);
    CHECK_INT(c.engine.normalise.method, NORM_MINMAX);
    CHECK_INT(c.engine.aggregate.method, AGG_AMEAN);
    CHECK_INT(c.engine.uncertainty.replications, 0);
    CHECK_INT(c.engine.sensitivity.samples, 0);
    CHECK_OK(parse(a, "{\"treat\":{},\"uncertainty\":{},\"sensitivity\":{}}", &c, &e));
    CHECK(c.engine.treat);
    CHECK_INT(c.engine.uncertainty.replications, 1000);
    CHECK_REAL(c.engine.uncertainty.weight_noise, 0.25, 0);
    CHECK_INT(c.engine.sensitivity.samples, 500);
}

static void every_key_is_read(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct score_config c;
    CHECK_OK(parse(
        a,
        "{\"denominate\":true,\"impute\":{\"method\":\"group_median\",\"group\":\"g\"},"
        "\"screen\":{\"method\":\"by_na\",\"threshold\":0.5},"
        "\"treat\":{\"method\":\"default\",\"winmax\":3,\"skew\":1.5,\"kurt\":2},"
        "\"normalise\":{\"method\":\"zscore\",\"m\":50,\"s\":10,\"per\":{"
        "\"x\":{\"m\":40},\"y\":{\"method\":\"points\",\"full\":10,\"per_event\":-2,\"cap\":5,"
        "\"floor\":1,\"bonus\":2,\"steps\":[[1,2],{\"from\":3,\"points\":4}]}}},"
        "\"aggregate\":{\"method\":\"genmean\",\"p\":3,\"threshold\":0.2,"
        "\"per_level\":{\"3\":{\"method\":\"gmean\"},\"2\":{\"threshold\":0.7}}},"
        "\"weights\":{\"method\":\"equal\"},"
        "\"uncertainty\":{\"replications\":7,\"seed\":8,\"weight_noise\":0.1,"
        "\"normalise\":[\"minmax\",\"prank\"],\"aggregate\":[\"hmean\"],\"winmax\":[0,9]},"
        "\"sensitivity\":{\"samples\":11,\"seed\":12}}",
        &c, &e));
    const struct engine_config *g = &c.engine;
    CHECK(g->denominate && g->impute == IMPUTE_GROUP_MEDIAN && g->screen == SCREEN_BY_NA);
    CHECK_STR(c.group, "g");
    CHECK_REAL(g->screen_threshold, 0.5, 0);
    CHECK(g->treat && g->treat_limits.winmax == 3 && g->treat_limits.skew == 1.5 &&
          g->treat_limits.kurt == 2);
    CHECK_INT(g->normalise.method, NORM_ZSCORE);
    CHECK_INT(g->n_per, 2);
    CHECK(!g->per[0].own_method && g->per[0].node == 0);
    CHECK_REAL(g->per[0].norm.m, 40, 0);
    CHECK_REAL(g->per[0].norm.s, 10, 0);
    const struct points *p = &g->per[1].norm.points;
    CHECK(g->per[1].own_method && isnan(g->per[1].norm.s));
    CHECK(p->full == 10 && p->per_event == -2 && p->cap == 5 && p->floor == 1 && p->bonus == 2);
    CHECK(p->n_steps == 2 && p->steps[1].from == 3 && p->steps[1].points == 4);
    CHECK_INT(g->n_per_level, 2);
    CHECK(g->per_level[0].level == 3 && g->per_level[0].agg.method == AGG_GMEAN &&
          g->per_level[0].own_method);
    CHECK(g->per_level[0].agg.threshold == 0.2);
    CHECK(g->per_level[1].agg.method == AGG_GENMEAN && g->per_level[1].agg.p == 3 &&
          !g->per_level[1].own_method);
    CHECK(g->per_level[1].agg.threshold == 0.7);
    CHECK_INT(g->weights, WEIGHT_EQUAL);
    const struct uncertainty *u = &g->uncertainty;
    CHECK(u->replications == 7 && u->seed == 8 && u->weight_noise == 0.1);
    CHECK(u->n_normalise == 2 && u->normalise[1] == NORM_PRANK && u->n_aggregate == 1 &&
          u->aggregate[0] == AGG_HMEAN && u->n_winmax == 2 && u->winmax[1] == 9);
    CHECK(g->sensitivity.samples == 11 && g->sensitivity.seed == 12);
}

static void what_is_wrong_is_named_by_its_path(void)
{
    static const struct {
        const char *json, *path;
    } cases[] = {
        { "", "JSON" },
        { "[]", "JSON" },
        { "{\"a\":1}", "a" },
        { "{\"treat\":{},\"treat\":{}}", "JSON" },
        { "{\"denominate\":1}", "denominate" },
        { "{\"impute\":[]}", "impute" },
        { "{\"impute\":{\"method\":\"mode\"}}", "impute.method" },
        { "{\"impute\":{\"method\":\"group_mean\"}}", "impute.group" },
        { "{\"screen\":{\"threshold\":1.5}}", "screen.threshold" },
        { "{\"treat\":{\"winmax\":-1}}", "treat.winmax" },
        { "{\"treat\":{\"winmax\":1.5}}", "treat.winmax" },
        { "{\"treat\":{\"skew\":\"2\"}}", "treat.skew" },
        { "{\"normalise\":{\"method\":\"min-max\"}}", "normalise.method" },
        { "{\"normalise\":{\"method\":\"goalposts\",\"u\":2}}", "normalise" },
        { "{\"normalise\":{\"method\":\"minmax\",\"l\":5,\"u\":5}}", "normalise" },
        { "{\"normalise\":{\"per\":{\"z\":{}}}}", "normalise.per.z" },
        { "{\"normalise\":{\"per\":{\"A\":{}}}}", "normalise.per.A" },
        { "{\"normalise\":{\"per\":{\"x\":{\"low\":1}}}}", "normalise.per.x.low" },
        { "{\"normalise\":{\"per\":{\"x\":{\"per\":{}}}}}", "normalise.per.x.per" },
        { "{\"normalise\":{\"method\":\"points\",\"full\":0}}", "full" },
        { "{\"normalise\":{\"method\":\"points\",\"steps\":[[3,1],[2,5]]}}", "steps" },
        { "{\"normalise\":{\"method\":\"points\",\"steps\":[[3]]}}", "normalise.steps[0]" },
        { "{\"normalise\":{\"cap\":-1}}", "normalise.cap" },
        { "{\"normalise\":{\"ref\":\"\"}}", "normalise.ref" },
        { "{\"aggregate\":{\"method\":\"median\"}}", "aggregate.method" },
        { "{\"aggregate\":{\"method\":\"genmean\",\"p\":0}}", "aggregate.p" },
        { "{\"aggregate\":{\"per_level\":{\"1\":{}}}}", "aggregate.per_level.1" },
        { "{\"aggregate\":{\"per_level\":{\"02\":{}}}}", "aggregate.per_level.02" },
        { "{\"aggregate\":{\"per_level\":{\"4\":{}}}}", "aggregate.per_level.4" },
        { "{\"weights\":{\"method\":\"ahp\"}}", "weights.method" },
        { "{\"uncertainty\":{\"replications\":0}}", "uncertainty.replications" },
        { "{\"uncertainty\":{\"weight_noise\":1}}", "uncertainty.weight_noise" },
        { "{\"uncertainty\":{\"normalise\":[\"minmax\",\"x\"]}}", "uncertainty.normalise[1]" },
        { "{\"uncertainty\":{\"winmax\":[1,\"x\"]}}", "uncertainty.winmax[1]" },
        { "{\"uncertainty\":{\"seed\":-1}}", "uncertainty.seed" },
        { "{\"sensitivity\":{\"samples\":1}}", "sensitivity.samples" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        struct score_config c;
        CHECK_INT(parse(a, cases[i].json, &c, &e), RC_INVALID);
        const char *m = err_message(&e, LANG_ZH, a);
        if (strstr(m, cases[i].path) == NULL)
            t_fail(__FILE__, __LINE__, "case %zu: \"%s\" lacks %s", i, m, cases[i].path);
    }
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct score_config c;
    char *deep = arena_alloc(a, 100001);
    memset(deep, '[', 100000);
    CHECK_INT(parse(a, deep, &c, &e), RC_INVALID);
    CHECK_INT(parse(a, "{\"impute\":{\"group\":\"\xff\"}}", &c, &e), RC_INVALID);
}

/* What other programs write: a byte order mark, whole numbers with a point, parameters of
 * methods that were not chosen. */
static void takes_what_other_programs_write(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct score_config c;
    CHECK_OK(
        parse(a,
              "\xef\xbb\xbf{\"treat\":{\"winmax\":3.0},\"impute\":{\"method\":\"mean\","
              "\"group\":\"COLUMN\"},\"uncertainty\":{\"replications\":1e1,\"winmax\":[2.0]},"
              "\"normalise\":{\"method\":\"rank\",\"l\":0,\"u\":100},"
              "\"aggregate\":{\"method\":\"amean\",\"p\":2}}",
              &c, &e));
    CHECK_INT(c.engine.treat_limits.winmax, 3);
    CHECK_INT(c.engine.uncertainty.replications, 10);
    CHECK_INT(c.engine.uncertainty.winmax[0], 2);
    CHECK(c.group == NULL);
}

T_MAIN({ "an empty object is the default", empty_is_the_default },
       { "every key is read where it belongs", every_key_is_read },
       { "what other programs write is taken", takes_what_other_programs_write },
       { "what is wrong is named by its path", what_is_wrong_is_named_by_its_path })
