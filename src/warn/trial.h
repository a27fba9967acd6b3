/*
 * What a rule would have done: a replay over past periods, before its limits go live. Pure:
 * nothing is read but the sources, nothing is kept. It is the same state machine that judges.
 */
#ifndef WARN_TRIAL_H
#define WARN_TRIAL_H

#include "warn/rule.h"

/* One warning that would have fired. */
struct trial_hit {
    const struct unit *unit; /* of the source of its period */
    struct period fired;
    enum warn_colour colour; /* the worst it would have had */
    double value, limit;     /* when it first had it; for changes the value, not the change */
};
struct trial_unit {
    const struct unit *unit;
    size_t n;
    enum warn_colour worst;
};
struct trial {
    size_t total;       /* warnings */
    size_t looked, lit; /* units times periods that were looked at; in which a warning burned */
    size_t by_colour[WARN_COLOURS];
    size_t *by_period;              /* by source: how many would have fired in it */
    const struct trial_hit *hits;   /* worst colour first, then by period and unit; total */
    const struct trial_unit *units; /* most first, then worst first; only those with any */
    size_t n_units;
};
/* Sources oldest first, of one kind of period. In a. */
void rule_trial(const struct rule *r, const struct warn_source *const *past, size_t n,
                struct arena *a, struct trial *ret);

/*
 * How every rule in force would judge one unit of the source, from how its warnings stood after
 * the judged period before, as far as sight sees (NULL: as far as it counts). What is pending
 * or beyond and has not ended. Reads, writes nothing. In a.
 */
struct warn_tried {
    const struct rule *rule;
    struct warn_subject subject;
    struct warn_at at;
    const char *said, *values, *clears; /* as in struct warn_view: rule, values, clears */
};
enum rc warn_try(const struct snap *s, const struct warn_source *src, size_t unit,
                 const struct warn_sight *sight, enum lang lang, struct arena *a,
                 struct warn_tried **ret, size_t *ret_n, struct err *e) MUST_USE;

#endif
