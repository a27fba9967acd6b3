/* Due days as settings: a row for each frequency, in the order of enum period_kind. */
#include "monitor/due.h"

#include "base/clock.h"

#define DUE_SETTING(word, name, days, most, sentence)                                          \
    {                                                                                          \
        .key = "due." word, .type = SETTING_INT, .fallback = days, .min = 0, .max = most,      \
        .title = name, .unit = N_("天"), .help = sentence                                      \
    }

const struct setting monitor_settings[] = {
    DUE_SETTING("year", N_("年报的期限"), "31", 366, N_("年底以后这么多天内报来算按期")),
    DUE_SETTING("quarter", N_("季报的期限"), "10", 92, N_("季末以后")),
    DUE_SETTING("month", N_("月报的期限"), "10", 92, N_("月底以后")),
    DUE_SETTING("week", N_("周报的期限"), "3", 31, N_("周末以后")),
    DUE_SETTING("day", N_("日报的期限"), "1", 31, N_("当日以后")),
};
const size_t monitor_settings_n = COUNT(monitor_settings);

enum rc due_load(const struct snap *s, struct due_days *ret, struct err *e)
{
    struct due_days d = { .after = { 0 } };
    enum rc rc = RC_OK;
    for (enum period_kind k = PERIOD_YEAR; k <= PERIOD_DAY && rc == RC_OK; k++) {
        int64_t days = 0;
        rc = setting_int(s, &monitor_settings[k - PERIOD_YEAR], &days, e);
        d.after[k] = (int32_t)days;
    }
    if (rc == RC_OK)
        *ret = d;
    return rc;
}

int32_t due_day(const struct due_days *d, struct period p)
{
    return period_last_day(p) + d->after[period_kind(p)];
}

struct utime due_next(const struct due_days *d, struct period p)
{
    return day_start(due_day(d, period_step(p, 1)));
}

bool due_missed(const struct due_days *d, struct period p, struct utime t)
{
    return time_day(t) > due_day(d, p);
}
