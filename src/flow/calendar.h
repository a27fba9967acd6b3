/*
 * The working-day calendar: Monday to Friday, but for the official holiday arrangement of each
 * year (days off, and weekends that are worked instead), which a county imports as data.
 *
 * A year without an arrangement is not guessed: every function that would need one says which
 * year is missing. Days are days since 1970-01-01 in Asia/Shanghai.
 *
 * The arrangement of a year may name days of the December before or the January after; such a
 * day counts as soon as that arrangement is there, in whichever year it lies.
 */
#ifndef FLOW_CALENDAR_H
#define FLOW_CALENDAR_H

#include "base/kinds.h"
#include "db/db.h"
#include "sheet/problem.h"
#include "sheet/table.h"

struct county;

enum { CALENDAR_FIRST_YEAR = 2000, CALENDAR_LAST_YEAR = 2099, CALENDAR_ROWS_MAX = 5000 };

/* Immutable once built; shared between threads. */
struct calendar;

/* One day of an arrangement that differs from Monday to Friday. */
struct calendar_day {
    int year;         /* whose arrangement */
    int32_t day;      /* may lie in December before, January after */
    bool off;         /* else worked */
    const char *name; /* 春节 */
};
/*
 * A calendar of these days; years names which have an arrangement (also one without any day).
 * In a.
 */
struct calendar *calendar_build(struct arena *a, const int *years, size_t n_years,
                                const struct calendar_day *days, size_t n);
bool calendar_has(const struct calendar *cal, int year);
/* Years with an arrangement, ascending, in a. */
const int *calendar_years(const struct calendar *cal, struct arena *a, size_t *ret_n);

/*
 * The following give 0, or the year whose arrangement is missing; then *ret is not set.
 *
 * Is it worked?
 */
int calendar_is_work(const struct calendar *cal, int32_t day, bool *ret);
/*
 * The n-th working day after day (n > 0), before it (n < 0), or day itself when n is 0 whether
 * it is worked or not. The day itself is never counted.
 */
int calendar_add(const struct calendar *cal, int32_t day, int n, int32_t *ret);
/* Working days in (from, to]; negative when to lies before from: calendar_count(a, b) =
 * −calendar_count(b, a). */
int calendar_count(const struct calendar *cal, int32_t from, int32_t to, int *ret);
/* day, or the first working day after it when it is off: how a term in calendar days ends
 * (民法典 art. 203). */
int calendar_not_off(const struct calendar *cal, int32_t day, int32_t *ret);

/* A span on which a clock stood still: from the end of day `from` to the end of day `to`. */
struct calendar_pause {
    int32_t from, to;
};
/* Working days in (from, to] that lie in none of the pauses, which may overlap. */
int calendar_count_net(const struct calendar *cal, int32_t from, int32_t to,
                       const struct calendar_pause *pauses, size_t n, int *ret);
/* The sentence about a missing year: 没有2027年的工作日历…; RC_INVALID. */
enum rc calendar_missing(int year, struct err *e);

/* ---- in a county ---- */

/* The calendar in force: read once, shared until the next import. It lives as long as the
 * county. */
enum rc calendar_get(struct county *c, const struct snap *s, const struct calendar **ret,
                     struct err *e) MUST_USE;

/* A year's arrangement as a file gives it. */
struct calendar_year {
    int year;
    const char *source;
    const struct calendar_day *days; /* by day */
    size_t n;
};
/*
 * From a table with columns 年度 日期 类型 名称 来源 (or year date kind name source); 类型 is
 * 放假 or 上班 (off, work). Problems are said at their cells: a year out of range, a date that
 * is not one or lies neither in its year nor in the month beside it, a day twice, a day off
 * that is a plain weekend is fine, a worked day that is a plain weekday is not, a year without
 * source.
 */
enum rc calendar_from_table(const struct table *t, struct arena *a, struct calendar_year **ret,
                            size_t *ret_n, struct problems *problems, struct err *e) MUST_USE;
/* What writing it would do: *ret_version is the number it would get; *ret_same: it says what is
 * there already. */
enum rc calendar_differs(const struct snap *s, const struct calendar_year *year,
                         int64_t *ret_version, bool *ret_same, struct err *e) MUST_USE;
/*
 * Write them, each with its record; what says the same as the newest version is left out.
 * *ret_written may be NULL.
 */
enum rc calendar_write(struct tx *tx, struct county *c, const struct calendar_year *years,
                       size_t n, const char *by, size_t *ret_written, struct err *e) MUST_USE;

#endif
