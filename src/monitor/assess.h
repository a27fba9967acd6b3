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
    const size_t *row_of; /* by panel unit: row of the result; SIZE_MAX: screened out */
    /* By row, all 0 without replications: among all, and within the peer group. */
    const struct rank_band *band, *peer_band;
    const enum standing *standing; /* by row */
    const double *share;           /* by row × tree node: share of the index, 0..1 */
    const double *part; /* by row × tree node: points it adds to the index; NaN: missing */
    /* Mean of the units' indexes, and where 90 % of the replications put that mean; NaN. */
    double county, county_lo, county_hi;
};
enum rc assess(const struct panel *p, struct arena *a, struct assessment *ret,
               struct err *e) MUST_USE;
/* The index of a panel unit; NaN. */
double assess_index(const struct assessment *s, size_t unit);
/* Where 90 % of the replications put the score of a node for a panel unit. An indicator's score
 * follows from its value by its rule alone and has none: NaN. */
struct assess_range {
    double lo, hi;
};
struct assess_range assess_interval(const struct assessment *s, size_t unit, size_t node);
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
