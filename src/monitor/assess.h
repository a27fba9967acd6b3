/*
 * An assessment: a panel through the engine, with intervals, who can be told apart, and why
 * scores moved since another assessment. Pure but for memory: no database, no clock.
 */
#ifndef MONITOR_ASSESS_H
#define MONITOR_ASSESS_H

#include "monitor/panel.h"
#include "stats/decompose.h"
#include "stats/tell_apart.h"

/* One may be ahead of the other in 95 % of the replications before we say that they differ. */
#define ASSESS_SURE 0.95

struct assessment {
    const struct panel *panel;
    struct engine_result r;
    const size_t *row_of;         /* by panel unit: row of the result; SIZE_MAX: screened out */
    const struct rank_band *band; /* by row; all 0 without replications */
    const enum standing *standing; /* by row */
    const double *share;           /* by row × tree node: share of the index, 0..1 */
    double county, county_lo,
        county_hi; /* mean of the units' indexes, and its 5 % and 95 % quantiles; NaN */
};
enum rc assess(const struct panel *p, struct arena *a, struct assessment *ret,
               struct err *e) MUST_USE;
/* The index of a panel unit; NaN. */
double assess_index(const struct assessment *s, size_t unit);
/* Score of a tree node for a panel unit; NaN. */
double assess_score(const struct assessment *s, size_t unit, size_t node);

/*
 * What a change is split between: the same data under both schemes. When the scheme did not
 * change the two panels of a period are the same one.
 */
struct change_input {
    const struct panel *now, *before;               /* each by its own scheme */
    const struct panel *now_by_old, *before_by_new; /* data of one, scheme of the other */
};
struct change_split;
struct change_split *change_split_new(const struct change_input *in, struct arena *a);
/*
 * The parts of one unit (by its code) add up to its index now less its index before. RC_INVALID
 * when one of them does not exist; the message is a reason a person can read.
 */
enum rc change_split_unit(struct change_split *s, const char *unit, double parts[CHANGES],
                          double *ret_change, struct err *e) MUST_USE;

#endif
