/*
 * When values are due: so many days after the end of their period, by how often the point is
 * reported. A county sets the days. Late is a state with a reason, never a lock: a value that
 * comes later is taken, and said to be late.
 */
#ifndef MONITOR_DUE_H
#define MONITOR_DUE_H

#include "base/period.h"
#include "store/setting.h"

struct due_days {
    int32_t after[PERIOD_DAY + 1]; /* by enum period_kind */
};
/* "due.year" … "due.day", in the order of enum period_kind from PERIOD_YEAR. */
extern const struct setting monitor_settings[];
extern const size_t monitor_settings_n;

enum rc due_load(const struct snap *s, struct due_days *ret, struct err *e) MUST_USE;
/* The last day on which a value of p is in time; p is a period of the point's own kind. */
int32_t due_day(const struct due_days *d, struct period p);
/* By when all quarterly … values (of the shown period's kind) of the period after p are due. */
struct utime due_next(const struct due_days *d, struct period p);
/* Whether what arrived at t came after that day. */
bool due_missed(const struct due_days *d, struct period p, struct utime t);

#endif
