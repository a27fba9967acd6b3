/* Rules and warnings in a county: judging, judging again, merging, and what people read. */
#include "base/period.h"
#include "base/str.h"
#include "store/record.h"
#include "store/test_county.h"
#include "warn/rule.sql.h"
#include "warn/test_warn.sql.h"
#include "warn/warning.h"
#include "warn/warning.sql.h"

#include <math.h>
#include <string.h>

enum { UNITS = 3, TARGETS = 4 };
static const char *const target_codes[TARGETS] = { "C221", "P119", "QXI", "B1" };

/* A county with three towns; what rules look at is set by the test. */
struct world {
    struct county *c;
    struct arena *a;
    const struct units *units;
    const struct unit *town[UNITS];
    struct id scheme;
    struct warn_value v[TARGETS][UNITS];
    struct period period;
    bool fails; /* the next run */
};

static struct warn_value look(const void *arg, enum warn_target kind, const char *target,
                              size_t unit)
{
    const struct world *w = arg;
    (void)kind;
    for (size_t i = 0; i < TARGETS; i++)
        if (str_eq(target_codes[i], target))
            return w->v[i][unit];
    return (struct warn_value){ .applies = false };
}

/* C221 is fed by P119. */
static struct warn_subject describe(const void *arg, enum warn_target kind, const char *target)
{
    (void)arg;
    (void)kind;
    bool c221 = str_eq(target, "C221");
    return (struct warn_subject){ .name = c221 ? "合同按期公告率" : target,
                                  .measure = c221 ? "%" : "",
                                  .family = str_eq(target, "P119") ? "C221" : target,
                                  .holder = c221 ? "交易中心" : "" };
}

static void set(struct world *w, size_t target, size_t unit, double now)
{
    struct warn_value *v = &w->v[target][unit];
    *v = (struct warn_value){ .applies = true, .now = now, .before = v->now };
}

static struct rule orange_after_two(void)
{
    return (struct rule){ .code = "R05",
                          .name = "采购合同未按期公告",
                          .state = RULE_LIVE,
                          .kind = WARN_INDICATOR,
                          .target = "C221",
                          .when = { .op = RULE_BELOW,
                                    .limit = { NAN, NAN, 90, NAN },
                                    .recover = 92,
                                    .for_periods = 2,
                                    .recover_periods = 1 },
                          .peer_group = "",
                          .advice = "逾期合同补公告",
                          .send = RULE_REVIEW,
                          .why = "" };
}

static struct rule three_colours(const char *code, enum warn_target kind, const char *target)
{
    return (struct rule){ .code = code,
                          .name = code,
                          .state = RULE_LIVE,
                          .kind = kind,
                          .target = target,
                          .when = { .op = RULE_BELOW,
                                    .limit = { NAN, 85, 78, 70 },
                                    .recover = 88,
                                    .for_periods = 1,
                                    .recover_periods = 1 },
                          .peer_group = "",
                          .advice = "",
                          .send = RULE_REVIEW,
                          .why = "" };
}

struct writing {
    struct world *w;
    const struct rule *rules;
    size_t n, written;
};

static enum rc write_rules(struct tx *tx, void *arg, struct err *e)
{
    struct writing *p = arg;
    return rules_write(tx, p->w->c, p->rules, p->n, (struct id){ 0 }, "", &p->written, e);
}

static size_t put_rules(struct world *w, const struct rule *rules, size_t n)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct writing p = { .w = w, .rules = rules, .n = n };
    CHECK_OK(db_transact(w->c->db, write_rules, &p, &e));
    return p.written;
}

static enum rc make_units(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    static const struct unit_term terms[] = {
        { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" },
        { .code = "T1", .parent = "QX", .name = "云岭镇", .kind = "town", .peer_group = "镇" },
        { .code = "T2", .parent = "QX", .name = "石门镇", .kind = "town", .peer_group = "镇" },
        { .code = "T3",
          .parent = "QX",
          .name = "东门街道",
          .kind = "street",
          .peer_group = "街" },
    };
    struct test_scheme_row scheme;
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 1, "", e);
    if (rc == RC_OK)
        rc = test_scheme_one(tx, county_now(w->c), w->a, &scheme, e);
    if (rc == RC_OK)
        w->scheme = scheme.id;
    return rc;
}

static struct world world_of(struct county *c, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct world w = { .c = c, .a = a, .period = period_of(PERIOD_QUARTER, 2026, 1) };
    CHECK_OK(db_transact(c->db, make_units, &w, &e));
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(units_load(s, county_today(c), a, &w.units, &e));
    w.town[0] = units_find(w.units, "T1");
    w.town[1] = units_find(w.units, "T2");
    w.town[2] = units_find(w.units, "T3");
    for (size_t t = 0; t < TARGETS; t++)
        for (size_t u = 0; u < UNITS; u++)
            w.v[t][u] = (struct warn_value){ .applies = true, .now = 100, .before = NAN };
    return w;
}

static enum rc run(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct test_run_row r;
    uint8_t digest[32] = { 0 };
    enum rc rc = test_run_one(tx, w->period, period_last_day(w->period), w->scheme,
                              (struct bytes){ digest, 32 }, county_now(w->c), w->a, &r, e);
    if (rc != RC_OK)
        return rc;
    struct warn_source src = { .period = w->period,
                               .computation = r.id,
                               .units = w->town,
                               .n_units = UNITS,
                               .look = look,
                               .describe = describe,
                               .arg = w };
    rc = warn_evaluate(tx, w->c, &src, e);
    return rc == RC_OK ? test_run_end(tx, w->fails ? "failed" : "done", r.id, NULL, e) : rc;
}

static void judge(struct world *w, int quarter)
{
    CLEANUP(err_done) struct err e = { 0 };
    w->period = period_of(PERIOD_QUARTER, 2026, quarter);
    CHECK_OK(db_transact(w->c->db, run, w, &e));
}

static size_t views(const struct world *w, int quarter, enum lang lang, struct warn_view **ret)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    size_t n = 0;
    *ret = NULL;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(warn_of_period(s, period_of(PERIOD_QUARTER, 2026, quarter), NULL, (struct id){ 0 },
                            lang, w->a, ret, &n, &e));
    return n;
}

/* The warnings of a period as one text: code, unit's row, colour, state. */
static const char *told(const struct world *w, int quarter)
{
    struct warn_view *v;
    size_t n = views(w, quarter, LANG_ZH, &v);
    struct str b;
    str_init(&b, w->a);
    for (size_t i = 0; i < n; i++) {
        size_t u = 0;
        while (u < UNITS && w->town[u]->id.v != v[i].unit.v)
            u++;
        str_addf(&b, "%s%s T%zu %s %s%s", i ? ", " : "", v[i].code + 6, u + 1,
                 warn_colour_word(v[i].colour), warn_state_word(v[i].state),
                 v[i].merged ? " merged" : "");
    }
    return b.s;
}

static int64_t steps(const struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct test_steps_row r = { 0 };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(test_steps_one(s, w->a, &r, &e));
    return r.n;
}

static int64_t records(const struct world *w, const char *kind)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct test_records_row r = { 0 };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(test_records_one(s, kind, w->a, &r, &e));
    return r.n;
}

#define WORLD(c)                                                                               \
    CLEANUP(arena_freep) struct arena *a = arena_new();                                        \
    struct world w = world_of(c, a)

/* ---- rules ---- */

static struct rule newest(const struct world *w, const char *code, size_t *ret_n)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rule *r = NULL;
    *ret_n = 0;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(rule_load(s, code, w->a, &r, ret_n, &e));
    return r ? r[0] : (struct rule){ 0 };
}

static size_t in_force(const struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rule *r;
    size_t n = 0;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(rules_in_force(s, w->a, &r, &n, &e));
    return n;
}

static void keeps_versions(struct county *c)
{
    WORLD(c);
    struct rule r = orange_after_two();
    size_t n;
    CHECK_INT(put_rules(&w, &r, 1), 1);
    CHECK_INT(put_rules(&w, &r, 1), 0); /* says the same */
    struct rule got = newest(&w, "R05", &n);
    CHECK(rule_same(&got, &r));
    CHECK_INT(n, 1);
    CHECK_INT(got.live, 1);
    r.when.limit[WARN_ORANGE] = 88;
    r.state = RULE_DRAFT;
    r.why = "先试一试";
    CHECK_INT(put_rules(&w, &r, 1), 1);
    got = newest(&w, "R05", &n);
    CHECK_INT(n, 2);
    CHECK_INT(got.version, 2);
    CHECK_INT(got.live, 1); /* a draft touches nothing in force */
    CHECK_STR(got.why, "先试一试");
    r.state = RULE_LIVE;
    CHECK_INT(put_rules(&w, &r, 1), 1);
    CHECK_INT(newest(&w, "R05", &n).live, 3);
    CHECK_INT(in_force(&w), 1);
    r.state = RULE_OFF;
    CHECK_INT(put_rules(&w, &r, 1), 1);
    CHECK_INT(newest(&w, "R05", &n).live, 0);
    CHECK_INT(in_force(&w), 0);
    CHECK_INT(records(&w, "rule.set"), 4);
}

static void refuses_bad_rules(struct county *c)
{
    WORLD(c);
    static const struct {
        const char *field, *code, *name, *target;
        enum warn_target kind;
        enum rule_op op;
        double yellow, orange, red, recover;
        int n;
    } cases[] = {
        { "code", "R 1", "n", "P", WARN_POINT, RULE_BELOW, 3, 2, 1, 4, 1 },
        { "name", "R1", "", "P", WARN_POINT, RULE_BELOW, 3, 2, 1, 4, 1 },
        { "target", "R1", "n", "", WARN_POINT, RULE_BELOW, 3, 2, 1, 4, 1 },
        { "target", "R1", "n", "P", WARN_COMPLETENESS, RULE_BELOW, 3, 2, 1, 4, 1 },
        { "target", "R1", "n", "P", 0, RULE_BELOW, 3, 2, 1, 4, 1 },
        { "op", "R1", "n", "P", WARN_POINT, 0, 3, 2, 1, 4, 1 },
        { "op", "R1", "n", "P", WARN_SCORE, RULE_LATE, 1, 2, 3, 0, 1 },
        { "yellow", "R1", "n", "P", WARN_POINT, RULE_BELOW, NAN, NAN, NAN, 4, 1 },
        { "yellow", "R1", "n", "P", WARN_POINT, RULE_BELOW, 3, 2, 1, 3, 1 },
        { "orange", "R1", "n", "P", WARN_POINT, RULE_BELOW, 3, 3, 1, 4, 1 },
        { "red", "R1", "n", "P", WARN_POINT, RULE_BELOW, 3, NAN, 4, NAN, 1 },
        { "red", "R1", "n", "P", WARN_POINT, RULE_ABOVE, 3, 4, 2, 1, 1 },
        { "red", "R1", "n", "P", WARN_POINT, RULE_ABOVE, 3, 4, INFINITY, 1, 1 },
        { "yellow", "R1", "n", "P", WARN_POINT, RULE_MISSING, 1.5, 2, 3, 0, 1 },
        { "for_periods", "R1", "n", "P", WARN_POINT, RULE_BELOW, 3, 2, 1, 4, 0 },
        { "for_periods", "R1", "n", "P", WARN_POINT, RULE_BELOW, 3, 2, 1, 4, 13 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(err_done) struct err e = { 0 };
        const char *field = NULL;
        struct rule r = orange_after_two();
        r.code = cases[i].code;
        r.name = cases[i].name;
        r.target = cases[i].target;
        r.kind = cases[i].kind;
        r.when = (struct condition){ .op = cases[i].op,
                                     .limit = { NAN, cases[i].yellow, cases[i].orange,
                                                cases[i].red },
                                     .recover = cases[i].recover,
                                     .for_periods = cases[i].n,
                                     .recover_periods = 1 };
        CHECK_INT(rule_check(&r, &field, &e), RC_INVALID);
        CHECK_STR(field, cases[i].field);
    }
    struct rule twice[] = { orange_after_two(), orange_after_two() };
    CLEANUP(err_done) struct err e = { 0 };
    struct writing p = { .w = &w, .rules = twice, .n = 2 };
    CHECK_INT(db_transact(c->db, write_rules, &p, &e), RC_INVALID);
    CHECK_INT(in_force(&w), 0);
}

/* ---- judging ---- */

static void tells_rule_values_and_way_out(struct county *c)
{
    WORLD(c);
    struct warn_view *v;
    struct rule r = orange_after_two();
    put_rules(&w, &r, 1);
    set(&w, 0, 0, 88.4);
    judge(&w, 1);
    CHECK_STR(told(&w, 1), "Q1-0001 T1 orange pending");
    set(&w, 0, 0, 86);
    judge(&w, 2);
    CHECK_STR(told(&w, 2), "Q1-0001 T1 orange firing");
    CHECK_STR(told(&w, 1), "Q1-0001 T1 orange pending"); /* as it was then */
    CHECK_INT(views(&w, 2, LANG_ZH, &v), 1);
    CHECK_STR(v[0].code, "W-2026Q1-0001");
    CHECK_STR(v[0].name, "采购合同未按期公告");
    CHECK_STR(v[0].rule, "连续2期低于90%即橙");
    CHECK_STR(v[0].values, "88.4%、86.0%");
    CHECK_STR(v[0].clears, "三季度达到92%以上，连续1期；逾期合同补公告");
    CHECK_STR(v[0].who, "本单位整改，交易中心出数");
    CHECK_INT(v[0].rule_version, 1);
    CHECK_REAL(v[0].limit, 90, 0);
    CHECK(period_same(v[0].first_period, period_of(PERIOD_QUARTER, 2026, 1)));
    CHECK(period_same(v[0].fired_period, period_of(PERIOD_QUARTER, 2026, 2)));
    CHECK_INT(views(&w, 2, LANG_EN, &v), 1);
    CHECK_STR(v[0].rule, "Orange below 90%, for 2 periods in a row");
    CHECK_STR(v[0].clears, "92% or more in Q3; 逾期合同补公告");
    set(&w, 0, 0, 91);
    judge(&w, 3);
    CHECK_INT(views(&w, 3, LANG_ZH, &v), 1);
    CHECK_STR(v[0].values, "86.0%、91.0%，未到恢复界线");
    set(&w, 0, 0, 92);
    judge(&w, 4);
    CHECK_STR(told(&w, 4), "Q1-0001 T1 orange resolved");

    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct warn_history h = { .n = 0 };
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(warn_load(s, "W-2026Q1-0001", NULL, LANG_ZH, a, &h, &e));
    CHECK_INT(h.n, 4);
    CHECK_INT(h.end, WARN_CLEARED);
    CHECK_REAL(h.judged[1].value, 86, 0);
    CHECK_STR(h.subject, "合同按期公告率");
    CHECK_STR(h.now.values, "本期92.0%");
    CHECK_STR(h.figure, "");
    CHECK_INT(warn_load(s, "W-2026Q1-0002", NULL, LANG_ZH, a, &h, &e), RC_NOTFOUND);
}

static void a_new_start_is_a_new_occurrence(struct county *c)
{
    WORLD(c);
    struct warn_view *v;
    struct rule r = three_colours("R1", WARN_SCORE, "QXI");
    put_rules(&w, &r, 1);
    set(&w, 2, 1, 60);
    judge(&w, 1);
    set(&w, 2, 1, 90);
    judge(&w, 2);
    set(&w, 2, 1, 80);
    set(&w, 2, 0, 84);
    judge(&w, 3);
    CHECK_STR(told(&w, 1), "Q1-0001 T2 red firing");
    CHECK_STR(told(&w, 2), "Q1-0001 T2 red resolved");
    CHECK_STR(told(&w, 3), "Q3-0001 T1 yellow firing, Q3-0002 T2 yellow firing");
    CHECK_INT(views(&w, 3, LANG_ZH, &v), 2);
    CHECK_INT(v[0].occurrence, 1);
    CHECK_INT(v[1].occurrence, 2);
}

static void judging_again_writes_only_what_changed(struct county *c)
{
    WORLD(c);
    struct rule r = orange_after_two();
    put_rules(&w, &r, 1);
    set(&w, 0, 0, 88);
    set(&w, 0, 1, 80);
    judge(&w, 1);
    int64_t n = steps(&w);
    CHECK_INT(n, 2);
    judge(&w, 1); /* the same period is not a second period */
    judge(&w, 1);
    CHECK_INT(steps(&w), n);
    CHECK_INT(records(&w, "warning.step"), n);
    CHECK_STR(told(&w, 1), "Q1-0001 T1 orange pending, Q1-0002 T2 orange pending");
    judge(&w, 2);
    judge(&w, 2);
    CHECK_INT(steps(&w), n + 2);
    CHECK_STR(told(&w, 2), "Q1-0001 T1 orange firing, Q1-0002 T2 orange firing");
    /* A correction: T1 was never that low, and judged again for both periods it is gone. */
    w.v[0][0].now = 95;
    judge(&w, 1);
    judge(&w, 2);
    CHECK_STR(told(&w, 1), "Q1-0002 T2 orange pending");
    CHECK_STR(told(&w, 2), "Q1-0002 T2 orange firing, Q1-0001 T1 orange resolved");
    judge(&w, 2);
    CHECK_STR(told(&w, 2), "Q1-0002 T2 orange firing, Q1-0001 T1 orange resolved");
    /* The correction was wrong: it is the same warning again, not a new one. */
    w.v[0][0].now = 88;
    judge(&w, 1);
    judge(&w, 2);
    CHECK_STR(told(&w, 2), "Q1-0001 T1 orange firing, Q1-0002 T2 orange firing");
    CHECK_INT(records(&w, "warning.begin"), 2);
}

static enum rc void_it(struct tx *tx, void *arg, struct err *e)
{
    const struct world *w = arg;
    return warn_void(tx, w->c, "W-2026Q1-0002", period_of(PERIOD_QUARTER, 2026, 1),
                     "O-2026-00001", "fuhe", e);
}

static void what_is_void_does_not_count(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    WORLD(c);
    struct rule r = three_colours("R1", WARN_SCORE, "QXI");
    put_rules(&w, &r, 1);
    CHECK_INT(db_transact(c->db, void_it, &w, &e), RC_NOTFOUND);
    set(&w, 2, 0, 80);
    set(&w, 2, 1, 80);
    judge(&w, 1);
    judge(&w, 2);
    CHECK_STR(told(&w, 1), "Q1-0001 T1 yellow firing, Q1-0002 T2 yellow firing");
    CHECK_OK(db_transact(c->db, void_it, &w, &e));
    CHECK_OK(db_transact(c->db, void_it, &w, &e)); /* twice is once */
    judge(&w, 1);
    CHECK_STR(told(&w, 1), "Q1-0001 T1 yellow firing, Q1-0002 T2 yellow resolved");
    /* A later period is judged by itself: what it finds is a new one. */
    judge(&w, 2);
    judge(&w, 2);
    CHECK_STR(told(&w, 2), "Q1-0001 T1 yellow firing, Q2-0001 T2 yellow firing, "
                           "Q1-0002 T2 yellow resolved");
    struct warn_history h;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(warn_load(s, "W-2026Q1-0002", NULL, LANG_ZH, w.a, &h, &e));
    CHECK_INT(h.end, WARN_VOIDED);
    db_read_end(&s);
    int64_t n = steps(&w);
    judge(&w, 1);
    judge(&w, 2);
    CHECK_INT(steps(&w), n);
    /* Worse than it was: another finding. */
    w.v[2][1].now = 60;
    judge(&w, 1);
    CHECK_STR(told(&w, 1), "Q1-0002 T2 red firing, Q1-0001 T1 yellow firing");
}

static void a_failed_run_is_not_seen(struct county *c)
{
    WORLD(c);
    struct rule r = three_colours("R1", WARN_SCORE, "QXI");
    put_rules(&w, &r, 1);
    set(&w, 2, 0, 60);
    w.fails = true;
    judge(&w, 1);
    CHECK_STR(told(&w, 1), "");
    w.fails = false;
    set(&w, 2, 0, 80);
    judge(&w, 2);
    CHECK_STR(told(&w, 2), "Q2-0001 T1 yellow firing"); /* nothing came before */
    judge(&w, 1);
    CHECK_STR(told(&w, 1), "Q1-0001 T1 yellow firing"); /* with the row of the failed run */
    judge(&w, 2);
    CHECK_STR(told(&w, 2), "Q1-0001 T1 yellow firing, Q2-0001 T1 yellow resolved");
}

static void a_higher_colour_carries_lower_ones(struct county *c)
{
    WORLD(c);
    struct warn_view *v;
    struct rule r[] = { three_colours("R1", WARN_INDICATOR, "C221"),
                        three_colours("R2", WARN_POINT, "P119"),
                        three_colours("R3", WARN_SCORE, "QXI") };
    put_rules(&w, r, 3);
    set(&w, 0, 0, 80); /* yellow */
    set(&w, 1, 0, 60); /* red, of the same indicator */
    set(&w, 2, 0, 80); /* yellow, another */
    set(&w, 0, 1, 80); /* yellow */
    set(&w, 1, 1, 80); /* yellow: neither carries the other */
    judge(&w, 1);
    CHECK_STR(told(&w, 1),
              "Q1-0003 T1 red firing, Q1-0002 T2 yellow firing, Q1-0004 T2 yellow firing, "
              "Q1-0005 T1 yellow firing, Q1-0001 T1 yellow firing merged");
    size_t n = views(&w, 1, LANG_ZH, &v);
    CHECK(n == 5 && v[4].merged_into.v == v[0].id.v);
    /* When the higher one ends, the lower stands on its own again. */
    set(&w, 1, 0, 95);
    judge(&w, 2);
    CHECK_STR(told(&w, 2),
              "Q1-0001 T1 yellow firing, Q1-0002 T2 yellow firing, Q1-0004 T2 yellow firing, "
              "Q1-0005 T1 yellow firing, Q1-0003 T1 red resolved");
}

static void no_data_keeps_it(struct county *c)
{
    WORLD(c);
    struct warn_view *v;
    struct rule r = three_colours("R1", WARN_INDICATOR, "C221");
    put_rules(&w, &r, 1);
    set(&w, 0, 0, 60);
    set(&w, 0, 1, NAN);
    judge(&w, 1);
    set(&w, 0, 0, NAN);
    judge(&w, 2);
    CHECK_STR(told(&w, 2), "Q1-0001 T1 red nodata");
    CHECK_INT(views(&w, 2, LANG_ZH, &v), 1);
    CHECK(warn_view_burns(&v[0]));
    CHECK_STR(v[0].values, "本期缺数据");
    CHECK_STR(v[0].clears, "补上“合同按期公告率”的数值，再按界线判");
    set(&w, 0, 0, 80);
    judge(&w, 3);
    CHECK_STR(told(&w, 3), "Q1-0001 T1 yellow firing");
}

static void a_rule_out_of_force_ends_its_warnings(struct county *c)
{
    WORLD(c);
    struct rule r[] = { three_colours("R1", WARN_INDICATOR, "C221"),
                        three_colours("R2", WARN_SCORE, "QXI") };
    put_rules(&w, r, 2);
    set(&w, 0, 0, 60);
    set(&w, 2, 1, 60);
    judge(&w, 1);
    r[0].state = RULE_OFF;
    r[1].peer_group = "街"; /* does not look at T2 any more */
    put_rules(&w, r, 2);
    judge(&w, 2);
    CHECK_STR(told(&w, 2), "Q1-0001 T1 red resolved, Q1-0002 T2 red resolved");
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct warn_history h = { .n = 0 };
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(warn_load(s, "W-2026Q1-0001", NULL, LANG_ZH, a, &h, &e));
    CHECK_INT(h.end, WARN_WITHDRAWN);
    db_read_end(&s);
    judge(&w, 3);
    CHECK_STR(told(&w, 3), "");
}

/* Runs of years and quarters do not mix. */
static void kinds_of_periods_stand_apart(struct county *c)
{
    WORLD(c);
    CLEANUP(err_done) struct err e = { 0 };
    struct rule r = orange_after_two();
    put_rules(&w, &r, 1);
    set(&w, 0, 0, 80);
    w.period = period_of(PERIOD_YEAR, 2025, 1);
    CHECK_OK(db_transact(c->db, run, &w, &e));
    judge(&w, 1);
    CHECK_STR(told(&w, 1), "Q1-0001 T1 orange pending");
}

/* Every row is what its record says. */
static void rows_are_what_their_records_say(struct county *c)
{
    WORLD(c);
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rule r = three_colours("R1", WARN_INDICATOR, "C221");
    put_rules(&w, &r, 1);
    set(&w, 0, 0, 60);
    judge(&w, 1);
    set(&w, 0, 0, 80.1);
    judge(&w, 2);
    CHECK_OK(db_read(c->db, &s, &e));
    CLEANUP(warning_step_audit_close) struct rows *rows = NULL;
    struct warning_step_audit_row row;
    size_t n = 0;
    CHECK_OK(warning_step_audit_open(s, &rows, &e));
    for (; warning_step_audit_next(rows, &row, &e) == RC_OK; n++) {
        struct record rec;
        struct canon k;
        size_t len;
        canon_init(&k, a);
        canon_row(&k, &warning_step_audit_query, &row);
        const char *json = canon_end(&k, &len);
        CHECK_OK(record_get(s, row.record_id, a, &rec, &e));
        CHECK(rec.parts[0].bytes.n == len && memcmp(rec.parts[0].bytes.p, json, len) == 0);
        CHECK_STR(rec.subject, "W-2026Q1-0001");
        CHECK_STR(rec.unit, "T1");
    }
    CHECK_INT(n, 2);
    CHECK_INT(records(&w, "warning.begin"), 1);
}

T_COUNTY(keeps_versions)
T_COUNTY(refuses_bad_rules)
T_COUNTY(tells_rule_values_and_way_out)
T_COUNTY(a_new_start_is_a_new_occurrence)
T_COUNTY(judging_again_writes_only_what_changed)
T_COUNTY(what_is_void_does_not_count)
T_COUNTY(a_failed_run_is_not_seen)
T_COUNTY(a_higher_colour_carries_lower_ones)
T_COUNTY(no_data_keeps_it)
T_COUNTY(a_rule_out_of_force_ends_its_warnings)
T_COUNTY(kinds_of_periods_stand_apart)
T_COUNTY(rows_are_what_their_records_say)
T_MAIN(T_COUNTY_CASES("rules keep their versions", keeps_versions),
       T_COUNTY_CASES("bad rules are refused by field", refuses_bad_rules),
       T_COUNTY_CASES("a warning tells rule, values and way out",
                      tells_rule_values_and_way_out),
       T_COUNTY_CASES("a new start is a new occurrence", a_new_start_is_a_new_occurrence),
       T_COUNTY_CASES("judging again writes only what changed",
                      judging_again_writes_only_what_changed),
       T_COUNTY_CASES("what is void does not count", what_is_void_does_not_count),
       T_COUNTY_CASES("a failed run is not seen", a_failed_run_is_not_seen),
       T_COUNTY_CASES("a higher colour carries lower ones", a_higher_colour_carries_lower_ones),
       T_COUNTY_CASES("no data keeps a warning", no_data_keeps_it),
       T_COUNTY_CASES("a rule out of force ends its warnings",
                      a_rule_out_of_force_ends_its_warnings),
       T_COUNTY_CASES("kinds of periods stand apart", kinds_of_periods_stand_apart),
       T_COUNTY_CASES("rows are what their records say", rows_are_what_their_records_say))
