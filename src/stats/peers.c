/* One unit among its peers: gather the group's values, describe them, place the unit. */
#include "peers.h"

#include "base/arena.h"
#include "describe.h"

#include <math.h>

void peers_compare(const double *x, const int32_t *group, size_t n, size_t unit,
                   struct peer_stats *ret)
{
    CLEANUP(mem_freep) double *v = mem_array(n + 1, sizeof(*v));
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] == x[i] &&
            (group == NULL || i == unit || (group[unit] >= 0 && group[i] == group[unit])))
            v[m++] = x[i];
    static const double p[] = { 0, 0.25, 0.5, 0.75, 1 };
    double q[5], own = x[unit];
    col_quantiles(v, m, p, 5, q);
    *ret = (struct peer_stats){ .n = m,
                                .mean = col_mean(v, m),
                                .min = q[0],
                                .q25 = q[1],
                                .median = q[2],
                                .q75 = q[3],
                                .max = q[4],
                                .z = NAN,
                                .z_robust = NAN,
                                .percentile = NAN };
    if (own != own)
        return;
    size_t above = 0, below = 0;
    for (size_t i = 0; i < m; i++) {
        above += v[i] > own;
        below += v[i] < own;
    }
    double sd = q[0] == q[4] ? 0 : col_sd(v, m), mad = col_mad(v, m);
    ret->rank = (int32_t)above + 1;
    ret->z = sd > 0 ? (own - ret->mean) / sd : NAN;
    ret->z_robust = mad > 0 ? (own - ret->median) / mad : NAN;
    if (m > 1)
        ret->percentile =
            ((double)below + (double)(m - above - below - 1) / 2) / (double)(m - 1);
}
