/* A unit among its peers: where its value stands within the peer group, for reports and charts.
 */
#ifndef STATS_PEERS_H
#define STATS_PEERS_H

#include "base/base.h"

struct peer_stats {
    size_t n; /* peers with a value, the unit included when it has one */
    double mean, median, q25, q75, min, max; /* of the group; NaN when n is 0 */
    int32_t rank; /* of the unit, 1 = highest, ties get the least; 0 when it has no value */
    double z, z_robust; /* of the unit; NaN when the spread is 0 */
    double
        percentile; /* share of the others below it plus half of those equal, 0..1; NaN alone */
};
/* x: value by unit; group by unit (NULL: all are one group, negative: no group). RC is not
 * needed: missing is NaN. */
void peers_compare(const double *x, const int32_t *group, size_t n, size_t unit,
                   struct peer_stats *ret);

#endif
