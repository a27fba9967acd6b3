/*
 * Periods as one ordered number: kind in the top byte, then year and number within the year.
 * Days use Howard Hinnant's civil-from-days arithmetic (proleptic Gregorian), weeks are ISO
 * 8601.
 */
#include "base/period.h"

#include "base/arena.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

enum { YEAR_MIN = 1900, YEAR_MAX = 2199 };

static struct period pack(enum period_kind kind, int year, int sub)
{
    return (struct period){ (uint32_t)kind << 24 | (uint32_t)year << 12 | (uint32_t)sub };
}

enum period_kind period_kind(struct period p)
{
    return (enum period_kind)(p.v >> 24);
}

int period_year(struct period p)
{
    return (int)(p.v >> 12 & 0xFFF);
}

int period_sub(struct period p)
{
    return (int)(p.v & 0xFFF);
}

bool period_same(struct period a, struct period b)
{
    return a.v == b.v;
}

int32_t day_of(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void day_split(int32_t day, int *ret_year, int *ret_month, int *ret_day)
{
    int z = day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    *ret_day = doy - (153 * mp + 2) / 5 + 1;
    *ret_month = mp < 10 ? mp + 3 : mp - 9;
    *ret_year = yoe + era * 400 + (*ret_month <= 2);
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 2 && leap(year) ? 29 : days[month - 1];
}

/* Monday is 0. */
static int weekday(int32_t day)
{
    return ((day + 3) % 7 + 7) % 7;
}

/* Monday of ISO week 1: the week with 4 January in it. */
static int32_t week1(int year)
{
    int32_t d = day_of(year, 1, 4);
    return d - weekday(d);
}

static int subs_in(enum period_kind kind, int year)
{
    switch (kind) {
    case PERIOD_YEAR:
        return 1;
    case PERIOD_QUARTER:
        return 4;
    case PERIOD_MONTH:
        return 12;
    case PERIOD_WEEK:
        return (week1(year + 1) - week1(year)) / 7;
    case PERIOD_DAY:
        return leap(year) ? 366 : 365;
    }
    return 0;
}

struct period period_of(enum period_kind kind, int year, int sub)
{
    if (year < YEAR_MIN || year > YEAR_MAX || sub < 1 || sub > subs_in(kind, year))
        return (struct period){ 0 };
    return pack(kind, year, sub);
}

/* Exactly n digits at s as a number, or -1. */
static int digits(const char *s, int n)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return -1;
        v = v * 10 + s[i] - '0';
    }
    return v;
}

static struct period parse(const char *s)
{
    struct period none = { 0 };
    size_t n = strlen(s);
    int year = n >= 4 ? digits(s, 4) : -1;
    if (year < 0)
        return none;
    if (n == 4)
        return period_of(PERIOD_YEAR, year, 1);
    if (n == 6 && s[4] == 'Q')
        return period_of(PERIOD_QUARTER, year, digits(s + 5, 1));
    if (n == 6)
        return period_of(PERIOD_MONTH, year, digits(s + 4, 2));
    if (n == 7 && s[4] == 'W')
        return period_of(PERIOD_WEEK, year, digits(s + 5, 2));
    if (n == 8) {
        int month = digits(s + 4, 2), day = digits(s + 6, 2);
        if (year < YEAR_MIN || month < 1 || month > 12 || day < 1 ||
            day > month_days(year, month))
            return none;
        return period_of(PERIOD_DAY, year, day_of(year, month, day) - day_of(year, 1, 1) + 1);
    }
    return none;
}

enum rc period_parse(const char *s, struct period *ret, struct err *e)
{
    struct period p = s ? parse(s) : (struct period){ 0 };
    if (!p.v)
        return err_set(
            e, RC_INVALID,
            N_("「{value}」不是期间:应写作 2026、2026Q3、202609、2026W38 或 20260930"), "value",
            s ? s : "");
    *ret = p;
    return RC_OK;
}

/* The last n digits of v. */
static void put_digits(char *s, size_t n, unsigned v)
{
    for (; n > 0; v /= 10)
        s[--n] = (char)('0' + v % 10);
}

char *period_code(struct period p, char out[PERIOD_TEXT])
{
    out[0] = '\0';
    if (!p.v)
        return out;
    int year = period_year(p), sub = period_sub(p);
    switch (period_kind(p)) {
    case PERIOD_YEAR:
        memcpy(out, "0000", 5);
        break;
    case PERIOD_QUARTER:
        memcpy(out, "0000Q0", 7);
        put_digits(out + 5, 1, (unsigned)sub);
        break;
    case PERIOD_MONTH:
        memcpy(out, "000000", 7);
        put_digits(out + 4, 2, (unsigned)sub);
        break;
    case PERIOD_WEEK:
        memcpy(out, "0000W00", 8);
        put_digits(out + 5, 2, (unsigned)sub);
        break;
    case PERIOD_DAY: {
        int y, m, d;
        day_split(period_first_day(p), &y, &m, &d);
        memcpy(out, "00000000", 9);
        put_digits(out + 4, 2, (unsigned)m);
        put_digits(out + 6, 2, (unsigned)d);
        year = y;
        break;
    }
    }
    put_digits(out, 4, (unsigned)year);
    return out;
}

const char *period_name(struct arena *a, struct period p, enum lang lang)
{
    static const char *const quarter[] = { N_("{year}年第一季度"), N_("{year}年第二季度"),
                                           N_("{year}年第三季度"), N_("{year}年第四季度") };
    if (!p.v)
        return "";
    struct str number[2];
    str_init(&number[0], a);
    str_int(&number[0], period_year(p));
    str_init(&number[1], a);
    str_int(&number[1], period_sub(p));
    const char *year = number[0].s, *sub = number[1].s;
    switch (period_kind(p)) {
    case PERIOD_YEAR:
        return text_fill(a, lang_text(lang, N_("{year}年")), "year", year, NULL);
    case PERIOD_QUARTER:
        return text_fill(a, lang_text(lang, quarter[period_sub(p) - 1]), "year", year, NULL);
    case PERIOD_MONTH:
        if (lang == LANG_EN)
            sub = arena_printf(a, "%02d", period_sub(p));
        return text_fill(a, lang_text(lang, N_("{year}年{month}月")), "year", year, "month",
                         sub, NULL);
    case PERIOD_WEEK:
        return text_fill(a, lang_text(lang, N_("{year}年第{week}周")), "year", year, "week",
                         sub, NULL);
    case PERIOD_DAY: {
        char out[PERIOD_TEXT];
        return arena_strdup(a, day_code(period_first_day(p), out));
    }
    }
    return "";
}

int32_t period_first_day(struct period p)
{
    int year = period_year(p), sub = period_sub(p);
    switch (period_kind(p)) {
    case PERIOD_YEAR:
        return day_of(year, 1, 1);
    case PERIOD_QUARTER:
        return day_of(year, sub * 3 - 2, 1);
    case PERIOD_MONTH:
        return day_of(year, sub, 1);
    case PERIOD_WEEK:
        return week1(year) + (sub - 1) * 7;
    case PERIOD_DAY:
        return day_of(year, 1, 1) + sub - 1;
    }
    return 0;
}

int32_t period_last_day(struct period p)
{
    int year = period_year(p), sub = period_sub(p);
    switch (period_kind(p)) {
    case PERIOD_YEAR:
        return day_of(year, 12, 31);
    case PERIOD_QUARTER:
        return day_of(year, sub * 3, month_days(year, sub * 3));
    case PERIOD_MONTH:
        return day_of(year, sub, month_days(year, sub));
    case PERIOD_WEEK:
        return period_first_day(p) + 6;
    case PERIOD_DAY:
        return period_first_day(p);
    }
    return 0;
}

struct period period_at(enum period_kind kind, int32_t day)
{
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    switch (kind) {
    case PERIOD_YEAR:
        return period_of(kind, year, 1);
    case PERIOD_QUARTER:
        return period_of(kind, year, (month + 2) / 3);
    case PERIOD_MONTH:
        return period_of(kind, year, month);
    case PERIOD_WEEK:
        if (day < week1(year))
            year--;
        else if (day >= week1(year + 1))
            year++;
        return period_of(kind, year, (day - week1(year)) / 7 + 1);
    case PERIOD_DAY:
        return period_of(kind, year, day - day_of(year, 1, 1) + 1);
    }
    return (struct period){ 0 };
}

/* Consecutive number of a period among those of its kind. */
static int ordinal(struct period p)
{
    int year = period_year(p), sub = period_sub(p);
    switch (period_kind(p)) {
    case PERIOD_YEAR:
        return year;
    case PERIOD_QUARTER:
        return year * 4 + sub - 1;
    case PERIOD_MONTH:
        return year * 12 + sub - 1;
    case PERIOD_WEEK:
        /* 1970-01-01 was a Thursday: Mondays are 7k + 4 days after the epoch, also before it.
         */
        return (period_first_day(p) + 3 + 7 * 10000) / 7 - 10000;
    case PERIOD_DAY:
        return period_first_day(p);
    }
    return 0;
}

struct period period_step(struct period p, int n)
{
    int o = ordinal(p) + n;
    switch (period_kind(p)) {
    case PERIOD_YEAR:
        return period_of(PERIOD_YEAR, o, 1);
    case PERIOD_QUARTER:
        return o < 0 ? (struct period){ 0 } : period_of(PERIOD_QUARTER, o / 4, o % 4 + 1);
    case PERIOD_MONTH:
        return o < 0 ? (struct period){ 0 } : period_of(PERIOD_MONTH, o / 12, o % 12 + 1);
    case PERIOD_WEEK:
        return period_at(PERIOD_WEEK, period_first_day(p) + n * 7);
    case PERIOD_DAY:
        return period_at(PERIOD_DAY, o);
    }
    return (struct period){ 0 };
}

int period_distance(struct period a, struct period b)
{
    return ordinal(b) - ordinal(a);
}

struct period period_first_in(enum period_kind kind, struct period outer)
{
    if (kind <= period_kind(outer))
        return period_at(kind, period_last_day(outer));
    struct period p = period_at(kind, period_first_day(outer));
    /* A week may have begun before. */
    return period_first_day(p) < period_first_day(outer) ? period_step(p, 1) : p;
}

bool period_contains(struct period outer, struct period inner)
{
    return period_first_day(outer) <= period_first_day(inner) &&
           period_last_day(inner) <= period_last_day(outer);
}

enum rc day_parse(const char *s, int32_t *ret, struct err *e)
{
    if (s && strlen(s) == 10 && s[4] == '-' && s[7] == '-') {
        int year = digits(s, 4), month = digits(s + 5, 2), day = digits(s + 8, 2);
        if (year >= YEAR_MIN && year <= YEAR_MAX && month >= 1 && month <= 12 && day >= 1 &&
            day <= month_days(year, month)) {
            *ret = day_of(year, month, day);
            return RC_OK;
        }
    }
    return err_set(e, RC_INVALID, N_("「{value}」不是日期:应写作 2026-09-30"), "value",
                   s ? s : "");
}

char *day_code(int32_t day, char out[PERIOD_TEXT])
{
    int y, m, d;
    day_split(day, &y, &m, &d);
    memcpy(out, "0000-00-00", 11);
    put_digits(out, 4, (unsigned)y);
    put_digits(out + 5, 2, (unsigned)m);
    put_digits(out + 8, 2, (unsigned)d);
    return out;
}
