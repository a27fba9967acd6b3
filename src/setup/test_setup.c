/* The set-up's three acts, what it finds, and that its examples belong together. */
#include "base/str.h"
#include "base/test.h"
#include "monitor/scheme_import.h"
#include "people/account_sheet.h"
#include "people/unit_import.h"
#include "setup/example.h"
#include "setup/setup.h"
#include "setup/setup.sql.h"
#include "setup/steps.h"
#include "store/audit.h"
#include "store/record.h"
#include "store/seal.h"
#include "store/test_county.h"
#include "warn/rule.sql.h"
#include "warn/warning.sql.h"

#include <string.h>

static void look(struct county *c, struct arena *a, struct setup_view *v)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(setup_look(c, s, LANG_ZH, a, v, &e));
}

static const char *first(const struct setup_view *v, enum setup_step s)
{
    return v->step[s].n ? v->step[s].finding[0].what : "";
}

static void a_county_that_never_was_set_up_is_live(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct setup_view v;
    struct setup_cleared cleared;
    CHECK(!c->trial);
    CHECK_STR(county_mark(c), "演示数据·非真实"); /* the tests' county is a demo */
    look(c, a, &v);
    CHECK(!v.was && !v.trial && v.step[SETUP_LIVE].done);
    CHECK(setup_clear(c, "x", &cleared, &e) == RC_CONFLICT);
    CHECK_STR(e.text, "这个县没有在做首次设置");
    err_done(&e);
    CHECK(setup_go_live(c, "x", &e) == RC_CONFLICT);
}
T_COUNTY(a_county_that_never_was_set_up_is_live)

static void an_empty_county_is_told_what_it_lacks(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct setup_view v;
    CHECK_OK(setup_begin(c, &e));
    CHECK(c->trial);
    CHECK_STR(county_mark(c), "演示数据·非真实 · 试算");
    look(c, a, &v);
    CHECK(v.was && v.trial);
    CHECK_INT(v.next, SETUP_UNITS);
    static const char *const lacks[SETUP_STEPS] = { "还没有单位",
                                                    "还没有「平台专班」的账号",
                                                    "还没有方案",
                                                    "还没有方案，不知道要哪些数",
                                                    "还没有数值",
                                                    "还没有算过",
                                                    "第1步「单位」还没有做完" };
    for (enum setup_step s = SETUP_UNITS; s < SETUP_STEPS; s++) {
        CHECK(!v.step[s].done);
        CHECK_STR(first(&v, s), lacks[s]);
        CHECK_STR(v.step[s].who, "");
    }
}
T_COUNTY(an_empty_county_is_told_what_it_lacks)

/* The tables of units are enough to take the first step, and to see a group of one. */
static void units_are_looked_at(struct county *c)
{
    static const struct {
        const char *name, *group;
        bool done;
        const char *finds;
    } steps[] = {
        { "甲镇", "", false, "2个单位都没有写分组，没有可评估的单位" },
        { "甲镇", "乡镇", true, "甲镇的分组里只有它自己，没有可比的单位" },
    };
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(setup_begin(c, &e));
    for (size_t i = 0; i < COUNT(steps); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct setup_view v;
        size_t changed;
        struct unit_term terms[] = {
            { .code = "C", .parent = "", .name = "某县", .kind = "county", .peer_group = "" },
            { .code = "T1",
              .parent = "C",
              .name = steps[i].name,
              .kind = "town",
              .peer_group = steps[i].group }
        };
        CHECK_OK(units_import(c, terms, COUNT(terms), false, NULL, "", &changed, &e));
        look(c, a, &v);
        CHECK_INT(v.step[SETUP_UNITS].done, steps[i].done);
        CHECK_STR(first(&v, SETUP_UNITS), steps[i].finds);
        CHECK_INT(v.next, steps[i].done ? SETUP_PEOPLE : SETUP_UNITS);
    }
}
T_COUNTY(units_are_looked_at)

static void the_acts_keep_their_order(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct setup_cleared cleared = { 9, 9 };
    struct audit_result r;
    CHECK_OK(setup_begin(c, &e));
    CHECK(setup_go_live(c, "x", &e) == RC_CONFLICT);
    CHECK_STR(e.text, "还没有试算过:先用过去的一期试算一遍");
    err_done(&e);
    CHECK_OK(setup_clear(c, "x", &cleared, &e)); /* nothing to clear is no error */
    CHECK_INT(cleared.imports + cleared.computations, 0);
    CHECK_OK(audit_data(a, c, setup_audits, COUNT(setup_audits), NULL, NULL, &r, &e));
    CHECK(setup_go_live(c, "x", &e) == RC_CONFLICT); /* still nothing was tried */
    CHECK(c->trial);
}
T_COUNTY(the_acts_keep_their_order)

/* A warning of the trial, with its record as judging would write it. */
static enum rc warn(struct tx *tx, void *arg, struct err *e)
{
    struct county *c = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct rule_insert_row rule = { 0 };
    struct warning_insert_row made;
    const struct units *us;
    struct id record;
    struct canon k;
    enum rc rc = rule_insert_one(tx, "R1", a, &rule, e);
    if (rc == RC_OK)
        rc = units_load(tx_snap(tx), county_today(c), a, &us, e);
    if (rc != RC_OK)
        return rc;
    const struct warning_audit_row row = { .code = "W-2026Q2-0001",
                                           .rule_id = rule.id,
                                           .unit_id = us->root->id,
                                           .occurrence = 1,
                                           .created_at = county_now(c) };
    canon_init(&k, a);
    canon_row(&k, &warning_audit_query, &row);
    struct record_part part = part_open(&k);
    rc = record_append(tx, c,
                       &(struct record_new){ .kind = "warning.begin",
                                             .unit = "C",
                                             .subject = row.code,
                                             .by = "",
                                             .parts = &part,
                                             .n_parts = 1 },
                       &record, e);
    return rc == RC_OK ? warning_insert_one(tx, row.code, row.rule_id, row.unit_id,
                                            row.occurrence, row.created_at, record, a, &made, e)
                       : rc;
}

/* The record of the clearing takes its row over, sealed or not: the audit must not miss the row
 * that the first record made. */
static void a_warning_of_the_trial_is_no_occurrence(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct setup_cleared cleared;
    size_t changed;
    struct unit_term county[] = {
        { .code = "C", .parent = "", .name = "某县", .kind = "county", .peer_group = "" }
    };
    CHECK_OK(setup_begin(c, &e));
    CHECK_OK(units_import(c, county, 1, false, NULL, "", &changed, &e));
    CHECK_OK(db_transact(c->db, warn, c, &e));
    for (int sealed = 0; sealed < 3; sealed++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct audit_result r;
        if (sealed == 1)
            CHECK_OK(setup_clear(c, "x", &cleared, &e));
        if (sealed == 2)
            CHECK_OK(county_seal_now(c, &e));
        CHECK_OK(audit_data(a, c, warning_audits, 1, NULL, NULL, &r, &e));
        CHECK_INT(r.rows, 1);
    }
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct warning_identities_row *all;
    size_t n;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(warning_identities_all(s, a, &all, &n, &e));
    CHECK_INT(n, 1);
    CHECK(all[0].occurrence < 0);
}
T_COUNTY(a_warning_of_the_trial_is_no_occurrence)

static const struct table *example(enum setup_step s, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct table *t = NULL;
    CHECK_OK(setup_example(s, period_of(PERIOD_QUARTER, 2026, 3), LANG_ZH, a, &t, &e));
    return t;
}

static void examples_are_read_by_the_imports(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct unit_term *terms;
    struct account_new *accounts;
    struct point *points;
    struct problems ps;
    const struct units *us;
    size_t n, changed;
    problems_init(&ps, a);
    CHECK_OK(units_from_table(example(SETUP_UNITS, a), a, &terms, &n, &ps, &e));
    CHECK_INT(ps.wrong, 0);
    CHECK_INT(n, 76);
    CHECK_STR(terms[1].kind, "town"); /* 乡镇 in the file */
    CHECK_OK(units_import(c, terms, n, false, NULL, "", &changed, &e));
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(units_load(s, county_today(c), a, &us, &e));
    CHECK_OK(
        accounts_from_table(c, us, example(SETUP_PEOPLE, a), "", a, &accounts, &n, &ps, &e));
    CHECK_INT(ps.wrong, 0);
    CHECK_OK(points_from_table(example(SETUP_SOURCES, a), us, a, &points, &n, &ps, &e));
    CHECK_INT(ps.wrong, 0);
    CHECK_INT(n, 120);
    const struct table *values = example(SETUP_VALUES, a);
    CHECK(values->rows > 2000);
    for (size_t r = 1; r < values->rows; r++)
        CHECK(*table_text(values, r, 3) != '\0' || *table_text(values, r, 4) != '\0');
}
T_COUNTY(examples_are_read_by_the_imports)

static void every_step_with_a_table_has_an_empty_one(void)
{
    for (enum setup_step s = SETUP_UNITS; s <= SETUP_LIVE; s++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        const struct table *t = NULL;
        if (!setup_headings(s)) {
            CHECK(setup_blank(s, LANG_ZH, a, &t, &e) == RC_NOTFOUND);
            continue;
        }
        CHECK_OK(setup_blank(s, LANG_ZH, a, &t, &e));
        CHECK_INT(t->rows, 1);
        for (size_t c = 0; c < t->cols; c++) /* each column is explained */
            CHECK(strstr(t->look->note, table_text(t, 0, c)) != NULL);
    }
    CHECK_INT(setup_step_of("values"), SETUP_VALUES);
    CHECK_INT(setup_step_of("nothing"), SETUP_STEPS);
}

T_MAIN(T_COUNTY_CASES("a county that never was set up is live",
                      a_county_that_never_was_set_up_is_live),
       T_COUNTY_CASES("an empty county is told what it lacks",
                      an_empty_county_is_told_what_it_lacks),
       T_COUNTY_CASES("units are looked at", units_are_looked_at),
       T_COUNTY_CASES("the acts keep their order", the_acts_keep_their_order),
       T_COUNTY_CASES("a warning of the trial is no occurrence",
                      a_warning_of_the_trial_is_no_occurrence),
       T_COUNTY_CASES("examples are read by the imports", examples_are_read_by_the_imports),
       { "every step with a table has an empty one", every_step_with_a_table_has_an_empty_one })
