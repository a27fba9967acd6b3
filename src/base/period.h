/* Periods: parsing, printing, stepping, containment. Proleptic Gregorian calendar, ISO 8601
 * weeks. Years 1900-2199. */
#ifndef BASE_PERIOD_H
#define BASE_PERIOD_H

#include "kinds.h"

enum period_kind { PERIOD_YEAR = 1, PERIOD_QUARTER, PERIOD_MONTH, PERIOD_WEEK, PERIOD_DAY };
enum { PERIOD_TEXT = 16 }; /* bytes enough for any period's text */

/* Strict: exactly one of the five forms, else RC_INVALID. */
enum rc period_parse(const char *s, struct period *ret, struct err *e) MUST_USE;
/* "2026Q3" into out[PERIOD_TEXT]; "" for none. Returns out. */
char *period_code(struct period p, char out[PERIOD_TEXT]);
/* "2026年第三季度" or "Q3 2026"; in a. */
const char *period_name(struct arena *a, struct period p, enum lang lang);

struct period
period_of(enum period_kind kind, int year,
          int sub); /* sub: quarter, month, week or day of year; none if out of range */
enum period_kind period_kind(struct period p); /* p is not none */
int period_year(struct period p);
int period_sub(struct period p);
struct period
period_step(struct period p,
            int n); /* n periods later (earlier when negative); none beyond the range */
/* How many periods of its kind b is after a; kinds are equal. */
int period_distance(struct period a, struct period b);
bool period_same(struct period a, struct period b);
/* First and last day as days since 1970-01-01. */
int32_t period_first_day(struct period p);
int32_t period_last_day(struct period p);
/* The period of the kind that contains the day. */
struct period period_at(enum period_kind kind, int32_t day);
/* The first period of the kind that begins in outer; of a kind not finer than outer's, the one
 * that holds outer's last day. */
struct period period_first_in(enum period_kind kind, struct period outer);
/* Whether every day of inner lies in outer. */
bool period_contains(struct period outer, struct period inner);

/* Civil dates. */
int32_t day_of(int year, int month, int day);
void day_split(int32_t day, int *ret_year, int *ret_month, int *ret_day);
/* "2026-09-30" strictly. */
enum rc day_parse(const char *s, int32_t *ret, struct err *e) MUST_USE;
char *day_code(int32_t day, char out[PERIOD_TEXT]);

#endif
