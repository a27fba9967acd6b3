/* The days of the demo's year, and what all rows use. */
#include "cmd/demo_year.h"

#include "base/str.h"
#include "cmd/cmd.h"
#include "flow/flow.h"
#include "monitor/demo.h"
#include "people/account.sql.h"

/* One line a room, in the order of a day: the clock rings at eight, values come from nine on.
 */
static const struct demo_day rows[] = {
    { "clock", demo_clock_day },      { "directives", demo_directive_morning },
    { "values", demo_values_day },    { "collect", demo_collect_day },
    { "contacts", demo_contact_day }, { "publish", demo_publish_day },
    { "meetings", demo_meeting_day }, { "directives", demo_directive_noon },
    { "warnings", demo_warning_day }, { "directives", demo_directive_evening },
    { "duties", demo_duty_day },      { "quality", demo_quality_day },
    { "records", demo_record_day },   { "draws", demo_draw_day },
    { "practices", demo_borrow_day },
};

/* The days of the year, as codes of days. */
static const char first_day[] = "2026-01-05", last_day[] = "2026-11-02";

enum rc demo_hour(struct demo_year *y, int hour, struct err *e)
{
    struct utime t = { day_start(y->day).us + hour * INT64_C(3600000000) };
    if (t.us <= y->t.us)
        return RC_OK;
    y->t = t;
    return county_set_clock(y->c, t, e);
}

const char *demo_account(const struct demo_year *y, const char *unit, const char *role)
{
    for (size_t i = 0; i < y->n_accounts; i++)
        if (str_eq(y->accounts[i].unit, unit) && str_eq(y->accounts[i].role, role))
            return y->accounts[i].code;
    return NULL;
}

enum rc demo_person(const struct demo_year *y, const struct snap *s, const char *account,
                    struct arena *a, struct person *ret, struct err *e)
{
    struct account_of_code_row who;
    enum rc rc = account_of_code_one(s, account, a, &who, e);
    return rc == RC_OK ? person_load(s, who.id, y->day, ~UINT64_C(0), a, ret, e) : rc;
}

int32_t demo_days_since(const struct demo_year *y, struct period *ret)
{
    for (int q = DEMO_QUARTERS; q > 0; q--) {
        struct period p = period_of(PERIOD_QUARTER, DEMO_YEAR, q);
        if (period_last_day(p) < y->day) {
            *ret = p;
            return y->day - period_last_day(p);
        }
    }
    return 0;
}

/* What hangs on the date: clocks of matters. */
enum rc demo_clock_day(struct demo_year *y, struct err *e)
{
    struct flow_run run;
    enum rc rc = demo_hour(y, 8, e);
    return rc == RC_OK ? flow_clock_run(y->c, &run, e) : rc;
}

enum rc demo_year_run(struct demo_year *y, struct err *e)
{
    int32_t last;
    enum rc rc = day_parse(first_day, &y->day, e);
    if (rc == RC_OK)
        rc = day_parse(last_day, &last, e);
    int32_t first = y->day;
    for (; rc == RC_OK && y->day <= last; y->day++) {
        for (size_t i = 0; i < COUNT(rows) && rc == RC_OK; i++)
            rc = rows[i].fn(y, e);
        cmd_progress(y->call, N_("演示县"), y->day - first + 1, last - first + 1);
    }
    y->day = last;
    return rc;
}
