/*
 * Data quality and agreement in the demo's year: the platform brings in check rules, each
 * quarter's values are looked at when they have come, departments and the platform say what
 * there was to some of the hints, and when a quarter is published what an inspection tour and
 * the departments found in it is compared with the health check. All of it is invented.
 */
#include "base/str.h"
#include "cmd/demo_year.h"
#include "monitor/demo.h"
#include "monitor/point.h"
#include "quality/agreement.h"
#include "quality/hint.h"
#include "sheet/csv.h"

/* Days from the end of the quarter, and hours: after everything else of the day. */
enum { LOOKED_AFTER = 18, ANSWERED_AFTER = 23, LOOK_HOUR = 19, ANSWER_HOUR = 17 };
static const char platform[] = "wenshu", rules_day[] = "2026-01-07";
static const struct brought {
    const char *day, *file, *name;
} evaluations_files[] = {
    { "2026-05-28", "evaluations_q1.csv", "2026年第一季度巡察和部门评价.csv" },
    { "2026-08-26", "evaluations.csv", "2026年第二季度巡察和部门评价.csv" },
};

static bool today_is(const struct demo_year *y, const char *day)
{
    char code[PERIOD_TEXT];
    return str_eq(day_code(y->day, code), day);
}

static enum rc table_of(const char *name, struct arena *a, struct table **ret, struct err *e)
{
    const struct demo_file *f = demo_file(name);
    return csv_read(a, name, (struct bytes){ (const uint8_t *)f->text, f->n }, NULL, ret, e);
}

/* ---- rules ---- */

struct rules {
    struct demo_year *y;
    struct check_rule *list;
    size_t n, written;
};

static enum rc write_rules(struct tx *tx, void *arg, struct err *e)
{
    struct rules *r = arg;
    return check_rules_write(tx, r->y->c, r->list, r->n, platform, &r->written, e);
}

static enum rc bring_rules(struct demo_year *y, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rules r = { .y = y };
    const struct point *points;
    struct problems ps;
    struct table *t;
    size_t n;
    problems_init(&ps, a);
    enum rc rc = table_of("check_rules.csv", a, &t, e);
    if (rc == RC_OK)
        rc = db_read(y->c->db, &s, e);
    if (rc == RC_OK)
        rc = points_load(s, NULL, a, &points, &n, e);
    if (rc != RC_OK)
        return rc;
    struct map *codes = map_new(a);
    for (size_t i = 0; i < n; i++)
        (void)map_add(codes, points[i].code, y); /* codes are unique */
    rc = check_rules_from_table(t, codes, a, &r.list, &r.n, &ps, e);
    if (rc == RC_OK)
        rc = problems_err(&ps, "check_rules.csv", e);
    db_read_end(&s);
    if (rc == RC_OK)
        rc = demo_hour(y, ANSWER_HOUR, e);
    return rc == RC_OK ? db_transact(y->c->db, write_rules, &r, e) : rc;
}

/* ---- hints ---- */

/* What people say of every fifth hint and its neighbours; the fourth stays open. */
static const struct {
    enum hint_state to;
    bool platform; /* not the department */
    const char *reason;
} says[] = {
    { HINT_CONFIRMED, false, "核对了台账，录入时串了行，已通知经办人，下期起按台账更正。" },
    { HINT_DISMISSED, false, "与原始台账一致，本期业务量确实如此。" },
    { HINT_DISMISSED, true, "已同部门核过，属季节性变化，数据无误。" },
    { HINT_OPEN, false, "" },
    { HINT_DISMISSED, false, "口径没有变，几个月数值本来就接近。" },
};

static enum rc answer(struct demo_year *y, struct period p, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct hint *list;
    size_t n;
    enum rc rc = demo_hour(y, ANSWER_HOUR, e);
    if (rc == RC_OK)
        rc = db_read(y->c->db, &s, e);
    if (rc == RC_OK)
        rc = hints_of(s, p, a, &list, &n, e);
    db_read_end(&s);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const char *owner = demo_account(y, list[i].owner, "supplier");
        size_t k = i % COUNT(says);
        bool own = !says[k].platform && owner;
        if (says[k].to != HINT_OPEN && list[i].state == HINT_OPEN)
            rc = hint_decide(y->c, list[i].code, list[i].version, says[k].to, says[k].reason,
                             own ? owner : platform, own, e);
    }
    return rc;
}

/* ---- evaluations ---- */

static enum rc bring_evaluations(struct demo_year *y, const struct brought *b, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct demo_file *f = demo_file(b->file);
    struct file_sent file = { .name = b->name,
                              .media = "text/csv",
                              .content = { (const uint8_t *)f->text, f->n } };
    const struct units *us;
    struct evaluations x;
    struct problems ps;
    struct table *t;
    const char *code;
    size_t n;
    problems_init(&ps, a);
    enum rc rc = table_of(b->file, a, &t, e);
    if (rc == RC_OK)
        rc = db_read(y->c->db, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, y->day, a, &us, e);
    if (rc == RC_OK)
        rc = evaluations_from_table(t, us, y->day, a, &x, &ps, e);
    if (rc == RC_OK)
        rc = problems_err(&ps, b->file, e);
    db_read_end(&s);
    if (rc == RC_OK)
        rc = demo_hour(y, ANSWER_HOUR, e);
    if (rc == RC_OK)
        rc = evaluations_write(y->c, &x, &file, platform, a, &code, e);
    /* All of it is made anew each time: the last one will do. */
    bool last = b == &evaluations_files[COUNT(evaluations_files) - 1];
    return rc == RC_OK && last ? agreement_compute_all(y->c, &n, e) : rc;
}

enum rc demo_quality_day(struct demo_year *y, struct err *e)
{
    struct hints_found found;
    struct period p;
    int32_t days = demo_days_since(y, &p);
    enum rc rc = RC_OK;
    if (today_is(y, rules_day))
        rc = bring_rules(y, e);
    for (size_t i = 0; i < COUNT(evaluations_files) && rc == RC_OK; i++)
        if (today_is(y, evaluations_files[i].day))
            rc = bring_evaluations(y, &evaluations_files[i], e);
    if (rc == RC_OK && days == ANSWERED_AFTER)
        rc = answer(y, p, e);
    if (rc == RC_OK && days == LOOKED_AFTER)
        rc = demo_hour(y, LOOK_HOUR, e);
    if (rc == RC_OK && days == LOOKED_AFTER)
        rc = hints_run(y->c, p, "", &found, e);
    return rc;
}
