/*
 * Time. A clock is part of a county: the real one reads the system, a simulated one (demo and
 * tests) says what it was set to and never goes back. Times are UTC microseconds, shown in
 * Asia/Shanghai (UTC+8, no daylight saving).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "kinds.h"

struct clock {
    bool simulated;
    _Atomic int64_t now_us; /* simulated only */
};
struct utime clock_now(const struct clock *c);
/* Move a simulated clock; going back is ignored and returns false. */
bool clock_set(struct clock *c, struct utime t);
int64_t clock_monotonic_us(void); /* for durations only */
int64_t clock_cpu_us(void);       /* CPU time of the calling thread */

enum { TIME_TEXT = 40 };
char *time_iso(struct utime t, char out[TIME_TEXT]);   /* 2026-09-30T08:00:00.000000Z */
char *time_local(struct utime t, char out[TIME_TEXT]); /* 2026-09-30 16:00 in Asia/Shanghai */
enum rc time_parse(const char *iso, struct utime *ret,
                   struct err *e) MUST_USE; /* what time_iso writes */
int32_t time_day(struct utime t);           /* day in Asia/Shanghai */
struct utime day_start(int32_t day);        /* 00:00 in Asia/Shanghai */

#endif
