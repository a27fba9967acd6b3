/*
 * How good the rules are, by what became of their warnings: false alarms, how soon units signed
 * for them, how often they came back. Of rules and units, never of persons.
 */
#ifndef MONITOR_RULE_QUALITY_H
#define MONITOR_RULE_QUALITY_H

#include "flow/calendar.h"

struct rule_quality {
    const char *rule;       /* code */
    int64_t matters;        /* rule and unit */
    int64_t fired;          /* times: opened and come back */
    int64_t again;          /* of these come back */
    int64_t false_alarms;   /* dismissed as such by a third person, or an objection upheld */
    int64_t upheld;         /* of these by objection */
    int64_t signed_n;       /* signings whose working days are known */
    double days, days_most; /* median and the longest, working days from sending; NaN: none */
};
/* Of every rule that fired, by code. In a. */
enum rc rule_quality_load(const struct snap *s, const struct calendar *cal, struct arena *a,
                          struct rule_quality **ret, size_t *ret_n, struct err *e) MUST_USE;

#endif
