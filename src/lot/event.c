/* The public events of which the program knows enough to refuse a wrong one. Days and numbers
 * are those of the rules of play: 双色球 of 中国福利彩票 (Tuesday, Thursday, Sunday 21:15; 6 of
 * 33 and 1 of 16), 超级大乐透 of 中国体育彩票 (Monday, Wednesday, Saturday 21:25; 5 of 35 and 2
 * of 12).
 */
#include "base/clock.h"
#include "base/parse.h"
#include "base/period.h"
#include "lot/lot.h"

#include <string.h>

const struct lot_event lot_events[] = {
    { .code = "ssq",
      .name = N_("中国福利彩票双色球"),
      .source = N_("中国福利彩票发行管理中心网站 www.cwl.gov.cn"),
      .days = 1 << 1 | 1 << 3 | 1 << 6,
      .minute = 21 * 60 + 15,
      .issue_digits = 7,
      .main_n = 6,
      .main_max = 33,
      .more_n = 1,
      .more_max = 16 },
    { .code = "dlt",
      .name = N_("中国体育彩票超级大乐透"),
      .source = N_("国家体育总局体育彩票管理中心网站 www.lottery.gov.cn"),
      .days = 1 << 0 | 1 << 2 | 1 << 5,
      .minute = 21 * 60 + 25,
      .issue_digits = 5,
      .main_n = 5,
      .main_max = 35,
      .more_n = 2,
      .more_max = 12 },
    { .code = "other", .name = N_("其他公开事件"), .source = "", .minute = -1 },
};
const size_t lot_events_n = COUNT(lot_events);

const struct lot_event *lot_event_find(const char *code)
{
    for (size_t i = 0; i < lot_events_n; i++)
        if (str_eq(lot_events[i].code, code))
            return &lot_events[i];
    return NULL;
}

static const char *const weekdays[] = { N_("周一"), N_("周二"), N_("周三"), N_("周四"),
                                        N_("周五"), N_("周六"), N_("周日") };

/* 1970-01-01 was a Thursday. */
static unsigned weekday(int32_t day)
{
    return (unsigned)(((day + 3) % 7 + 7) % 7);
}

static enum rc wrong_day(const struct lot_event *v, int32_t day, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char date[PERIOD_TEXT];
    struct str b;

    str_init(&b, a);
    for (unsigned i = 0; i < COUNT(weekdays); i++)
        if (v->days >> i & 1)
            str_addf(&b, "%s%s", b.n ? "、" : "", weekdays[i]);
    return err_set(e, RC_INVALID, N_("{event_text}在{days}开奖,{day}是{weekday_text}"),
                   "event_text", v->name, "days", b.s, "day", day_code(day, date),
                   "weekday_text", weekdays[weekday(day)]);
}

static enum rc check_issue(const struct lot_event *v, const char *issue, int32_t day,
                           struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    int y, month, d;

    day_split(day, &y, &month, &d);
    const char *year = arena_printf(a, "%04d", y);

    /* Seven digits: year and number; five: the year's last two. */
    if (v->issue_digits == 5)
        year += 2;
    if ((int)strlen(issue) != v->issue_digits || strspn(issue, "0123456789") != strlen(issue) ||
        strncmp(issue, year, strlen(year)) != 0 || str_ends(issue, "000"))
        return err_set(
            e, RC_INVALID,
            N_("{event_text}的期号是{n}位数字,以{year}开头,如{year}136,现为「{text}」"),
            "event_text", v->name, "n", arena_printf(a, "%d", v->issue_digits), "year", year,
            "text", issue);
    return RC_OK;
}

enum rc lot_event_name(struct arena *a, const struct lot_event *v, const char *issue,
                       int32_t day, int minute, const char **ret_name, struct utime *ret_at,
                       struct err *e)
{
    bool known = v->issue_digits > 0;

    if (known && !(v->days >> weekday(day) & 1))
        return wrong_day(v, day, e);
    enum rc rc = known ? check_issue(v, issue, day, e) : RC_OK;
    if (rc != RC_OK)
        return rc;
    minute = known ? v->minute : minute;
    if (minute < 0 || minute >= 24 * 60)
        return err_set(e, RC_INVALID, N_("要写公开事件的结果几点公布,如 15:00"));
    /* The announcement is one text for everybody, in the language of its log. */
    *ret_name =
        known ? arena_printf(a, "%s第%s期开奖号码", v->name, issue) : arena_strdup(a, issue);
    ret_at->us = day_start(day).us + (int64_t)minute * 60 * 1000000;
    return RC_OK;
}

/* n numbers of two digits, ascending, at most max; *at moves behind them. */
static bool numbers(const char **at, int n, int max)
{
    int last = 0;

    for (int i = 0; i < n; i++) {
        const char *p = *at;
        if (strspn(p, "0123456789") != 2 || (p[2] != ' ' && p[2] != '\0'))
            return false;
        int v = (p[0] - '0') * 10 + p[1] - '0';
        if (v <= last || v > max)
            return false;
        last = v;
        *at = p + 2 + (p[2] == ' ');
    }
    return true;
}

enum rc lot_event_seed(struct arena *a, const struct lot_event *v, const char *text,
                       const char **ret, struct err *e)
{
    const char *seed, *at;

    if (v->issue_digits == 0)
        return lot_seed(a, text, ret, e);
    enum rc rc = lot_seed(a, text, &seed, e);
    at = seed;
    if (rc == RC_OK && numbers(&at, v->main_n, v->main_max) &&
        numbers(&at, v->more_n, v->more_max) && !*at) {
        *ret = seed;
        return RC_OK;
    }
    return err_set(e, RC_INVALID,
                   N_("{event_text}的号码是{main}个两位数(01到{main_max},由小到大),再加"
                      "{more}个两位数(01到{more_max}),现为「{text}」"),
                   "event_text", v->name, "main", arena_printf(a, "%d", v->main_n), "main_max",
                   arena_printf(a, "%d", v->main_max), "more", arena_printf(a, "%d", v->more_n),
                   "more_max", arena_printf(a, "%02d", v->more_max), "text", text);
}
