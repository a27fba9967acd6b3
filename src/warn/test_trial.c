/* A rule's replay over past periods. */
#include "base/arena.h"
#include "base/period.h"
#include "base/test.h"
#include "warn/trial.h"

#include <math.h>

enum { UNITS = 4, PERIODS = 5 };

/* Values of four units over five quarters; -1: missing, -2: the unit is not there. */
struct past {
    struct warn_source src;
    const struct unit *units[UNITS];
    double value[UNITS];
};

static const struct unit towns[UNITS] = {
    { .code = "T1", .name = "甲", .kind = "town", .peer_group = "镇", .assessed = true },
    { .code = "T2", .name = "乙", .kind = "town", .peer_group = "镇", .assessed = true },
    { .code = "T3", .name = "丙", .kind = "town", .peer_group = "镇", .assessed = true },
    { .code = "S1", .name = "丁", .kind = "street", .peer_group = "街", .assessed = true },
};

static struct warn_value look(const void *arg, enum warn_target kind, const char *target,
                              size_t unit)
{
    const struct past *p = arg;
    double v = p->value[unit];
    (void)kind;
    (void)target;
    return (struct warn_value){ .applies = true, .now = v == -1 ? NAN : v, .before = NAN };
}

static void make(struct past past[PERIODS], const struct warn_source *list[PERIODS],
                 const double table[UNITS][PERIODS])
{
    for (int q = 0; q < PERIODS; q++) {
        struct past *p = &past[q];
        *p = (struct past){ .src = { .period =
                                         period_step(period_of(PERIOD_QUARTER, 2025, 1), q),
                                     .units = p->units,
                                     .look = look,
                                     .arg = p } };
        for (size_t u = 0; u < UNITS; u++)
            if (table[u][q] != -2) {
                p->units[p->src.n_units] = &towns[u];
                p->value[p->src.n_units++] = table[u][q];
            }
        list[q] = &p->src;
    }
}

static struct rule rule(int for_periods, const char *group)
{
    return (struct rule){ .code = "R",
                          .kind = WARN_INDICATOR,
                          .target = "X",
                          .peer_group = group,
                          .when = { .op = RULE_BELOW,
                                    .limit = { NAN, 80, 70, 60 },
                                    .recover = 85,
                                    .for_periods = for_periods,
                                    .recover_periods = 1 } };
}

static void counts_what_would_have_fired(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const double table[UNITS][PERIODS] = {
        { 75, 55, 90, 75, 75 }, /* yellow then red; over; again yellow */
        { 90, 79, -1, 82, 90 }, /* yellow through a gap, until 85 */
        { 90, 90, 90, 90, 90 }, /* never */
        { 90, 90, 65, -2, 65 }, /* orange; gone; orange anew */
    };
    struct past past[PERIODS];
    const struct warn_source *list[PERIODS];
    make(past, list, table);
    struct rule r = rule(1, "");
    struct trial t;
    rule_trial(&r, list, PERIODS, a, &t);
    CHECK_INT(t.total, 5);
    CHECK_INT(t.by_colour[WARN_RED], 1);
    CHECK_INT(t.by_colour[WARN_ORANGE], 2);
    CHECK_INT(t.by_colour[WARN_YELLOW], 2);
    static const size_t fired[PERIODS] = { 1, 1, 1, 1, 1 };
    for (size_t i = 0; i < PERIODS; i++)
        CHECK_INT(t.by_period[i], fired[i]);
    CHECK_INT(t.n_units, 3);
    CHECK_STR(t.units[0].unit->code, "T1");
    CHECK_INT(t.units[0].n, 2);
    CHECK_INT(t.units[0].worst, WARN_RED);
    CHECK_STR(t.units[1].unit->code, "S1");
    CHECK_STR(t.units[2].unit->code, "T2");
    CHECK_STR(t.hits[0].unit->code, "T1");
    CHECK_REAL(t.hits[0].value, 55, 0);
    CHECK_REAL(t.hits[0].limit, 60, 0);
    CHECK(period_same(t.hits[0].fired, past[0].src.period)); /* it began there, as yellow */
    CHECK_REAL(t.hits[3].value, 79, 0);
}

static void knows_waiting_and_groups(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const double table[UNITS][PERIODS] = { { 75, 90, 75, 75, 75 },
                                                  { 75, 75, 90, 75, 90 },
                                                  { 90, 90, 90, 90, 50 },
                                                  { 50, 50, 50, 50, 50 } };
    struct past past[PERIODS];
    const struct warn_source *list[PERIODS];
    make(past, list, table);
    struct trial t;
    struct rule twice = rule(2, "镇"), streets = rule(1, "street");
    rule_trial(&twice, list, PERIODS, a, &t);
    CHECK_INT(t.total, 2);
    CHECK_INT(t.by_period[1], 1);
    CHECK_INT(t.by_period[3], 1);
    rule_trial(&streets, list, PERIODS, a, &t);
    CHECK_INT(t.total, 1);
    CHECK_INT(t.n_units, 1);
    CHECK_STR(t.units[0].unit->code, "S1");
    rule_trial(&twice, list, 0, a, &t);
    CHECK_INT(t.total, 0);
    CHECK_INT(t.n_units, 0);
}

T_MAIN({ "a trial counts what would have fired", counts_what_would_have_fired },
       { "a trial knows waiting and groups", knows_waiting_and_groups })
