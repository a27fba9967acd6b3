/* Collection on trial: what is pulled goes with the trial, and comes again afterwards. */
#include "base/file.h"
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "collect/pull.h"
#include "collect/test_collect.h"
#include "monitor/value.sql.h"
#include "monitor/value_other.h"
#include "setup/setup.h"
#include "store/county.h"

#include <string.h>
#include <sys/stat.h>
#include <utime.h>

struct acting {
    struct world *w;
    const char *code;
};

static enum rc make_pull(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    static const struct pull_new n = { "取数", "CG", "folder", "xf", "", "", "", 24 };
    return pull_make(tx, x->w->c, &x->w->people[DESK], &n, x->w->a, &x->code, e);
}

static enum rc make_round(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    struct flow_who who = world_who(x->w, DESK);
    const struct round_new n = { .title = "采集",
                                 .note = "",
                                 .period = period_of(PERIOD_QUARTER, 2026, 3),
                                 .open_day = day_of(2026, 9, 30),
                                 .due_day = day_of(2026, 10, 12),
                                 .late_day = day_of(2026, 10, 20),
                                 .minutes = 30,
                                 .signatures = 1 };
    return round_make(tx, x->w->c, &who, &n, x->w->a, &x->code, e);
}

static enum rc add_other(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    const struct other_new n = { .unit = "T1",
                                 .point = "P1",
                                 .period = period_of(PERIOD_QUARTER, 2026, 3),
                                 .kind = "verified",
                                 .value = 4,
                                 .source = "SW",
                                 .how = "看了台账" };
    return other_add(tx, x->w->c, &x->w->people[DESK], x->w->units, &n, x->w->a, e);
}

static void put_file(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    static const char text[] = "unit,point,period,value\nT1,P1,2026Q3,4\n";
    const char *dir = arena_printf(w->a, "%s/pull", w->c->dir),
               *path = arena_printf(w->a, "%s/xf/2026-09.csv", dir);
    CHECK(mkdir(dir, 0700) == 0);
    CHECK(mkdir(arena_printf(w->a, "%s/xf", dir), 0700) == 0);
    CHECK_OK(file_write_atomic(path, text, strlen(text), &e));
    CHECK(utime(path, &(struct utimbuf){ 1000000000, 1000000000 }) == 0);
}

static struct pull_ran ran(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct pull_ran r = { .outcome = "" };
    CHECK_OK(pull_run(w->c, code, w->a, &r, &e));
    return r;
}

static size_t values(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct values_of_period_row *rows;
    size_t n = 0;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(values_of_period_all(s, period_of(PERIOD_QUARTER, 2026, 3), county_now(w->c), w->a,
                                  &rows, &n, &e));
    return n;
}

static void pulls_go_with_the_trial(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    struct acting x = { .w = &w };
    struct setup_cleared cleared;
    CHECK_OK(setup_begin(c, &e));
    CHECK_PART(county_mark(c), "试算");
    put_file(&w);
    CHECK_OK(db_transact(c->db, make_pull, &x, &e));
    const char *pull = x.code;
    CHECK_STR(ran(&w, pull).outcome, "taken");
    CHECK_STR(ran(&w, pull).outcome, "same");
    CHECK_INT(values(&w), 1);
    /* What would outlive the clearing does not begin. */
    CHECK_INT(db_transact(c->db, make_round, &x, &e), RC_CONFLICT);
    CHECK_PART(err_message(&e, LANG_ZH, a), "还没有正式启用");
    err_done(&e);
    CHECK_INT(db_transact(c->db, add_other, &x, &e), RC_CONFLICT);
    CHECK_PART(err_message(&e, LANG_ZH, a), "还没有正式启用");
    err_done(&e);
    CHECK_OK(setup_clear(c, "zhuan1", &cleared, &e));
    CHECK_INT(cleared.imports, 1);
    CHECK_INT(values(&w), 0);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(setup_check(s, &e));
    db_read_end(&s);
    /* The file has not changed, but its values are gone: it is taken once more. */
    CHECK_STR(ran(&w, pull).outcome, "taken");
    CHECK_INT(values(&w), 1);
    CHECK_STR(ran(&w, pull).outcome, "same");
    CHECK_OK(setup_clear(c, "zhuan1", &cleared, &e));
    CHECK_INT(cleared.imports, 1);
    CHECK_INT(values(&w), 0);
}
T_COUNTY(pulls_go_with_the_trial)

T_MAIN(T_COUNTY_CASES("what a trial pulls goes with it", pulls_go_with_the_trial))
