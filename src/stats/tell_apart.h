/*
 * Who can be told apart. A bare rank pretends to a precision nobody has; from the replications
 * of the uncertainty run follows with which units a unit shows no clear difference, and which
 * units are clearly above or below the mean.
 */
#ifndef STATS_TELL_APART_H
#define STATS_TELL_APART_H

#include "engine.h"

/* Beyond this many units pairs are not compared; the band is then the range of likely ranks. */
enum { TELL_APART_PAIRS_MAX = 2000 };

/* Nominal ranks from best to worst of the units that are not clearly different, the unit itself
 * included. 0: no rank. */
struct rank_band {
    int32_t best, worst;
};
/*
 * sure: in what share of the replications one must be ahead of the other to differ clearly
 * (0.95 is usual). group: by row; units are compared and ranked within their group only; NULL:
 * all are one. ret has r->n_rows places; r holds samples and the root's ranks.
 */
void tell_apart_bands(const struct engine_result *r, const struct scheme_tree *t,
                      const size_t *group, double sure, struct rank_band *ret);

/* Against the mean of all units in each replication. */
enum standing { STANDING_NONE, STANDING_ABOVE, STANDING_LEVEL, STANDING_BELOW };
void tell_apart_standings(const struct engine_result *r, double sure, enum standing *ret);

#endif
