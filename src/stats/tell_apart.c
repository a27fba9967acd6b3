/* Pairs of units compared replication by replication, on samples laid out unit by unit. */
#include "tell_apart.h"

#include "describe.h"

#include <math.h>
#include <stdlib.h>

static void widen(struct rank_band *b, int32_t rank)
{
    b->best = rank < b->best ? rank : b->best;
    b->worst = rank > b->worst ? rank : b->worst;
}

static bool differ(const int32_t *a, const int32_t *b, size_t n, double sure)
{
    int32_t ahead = 0, behind = 0, both = 0;
    for (size_t s = 0; s < n; s++) {
        int32_t here = (a[s] > 0) & (b[s] > 0);
        ahead += here & (a[s] < b[s]);
        behind += here & (a[s] > b[s]);
        both += here;
    }
    return both > 0 && (ahead >= sure * both || behind >= sure * both);
}

/* Whoever stands, among all, where the row is likely to stand. */
static void bands_from_ranges(const struct engine_result *r, const int32_t *all,
                              const int32_t *rank, const size_t *group, struct rank_band *ret)
{
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct interval *v = &r->intervals[i];
        if (rank[i] == 0 || v->rank_q05 != v->rank_q05)
            continue;
        if (!group) {
            widen(&ret[i], (int32_t)floor(v->rank_q05));
            widen(&ret[i], (int32_t)ceil(v->rank_q95));
            continue;
        }
        for (size_t j = 0; j < r->n_rows; j++)
            if (group[j] == group[i] && all[j] > 0 && all[j] >= floor(v->rank_q05) &&
                all[j] <= ceil(v->rank_q95))
                widen(&ret[i], rank[j]);
    }
}

/* A row's rank among those of its group; 0: none. */
static int32_t rank_within(const int32_t *rank, const size_t *group, size_t n, size_t row)
{
    if (!group || rank[row] == 0)
        return rank[row];
    int32_t better = 0;
    for (size_t i = 0; i < n; i++)
        better += group[i] == group[row] && rank[i] > 0 && rank[i] < rank[row];
    return better + 1;
}

void tell_apart_bands(const struct engine_result *r, const struct scheme_tree *t,
                      const size_t *group, double sure, struct rank_band *ret)
{
    size_t n = r->n_rows, s = r->n_samples;
    CLEANUP(mem_freep) int32_t *rank = mem_array(n, sizeof(*rank));
    for (size_t i = 0; i < n; i++)
        rank[i] = rank_within(r->rank[t->root], group, n, i);
    for (size_t i = 0; i < n; i++)
        ret[i] = (struct rank_band){ rank[i], rank[i] };
    if (s == 0)
        return;
    if (n > TELL_APART_PAIRS_MAX) {
        bands_from_ranges(r, r->rank[t->root], rank, group, ret);
        return;
    }
    CLEANUP(mem_freep) int32_t *by_row = mem_array(n * s, sizeof(*by_row));
    for (size_t k = 0; k < s; k++)
        for (size_t i = 0; i < n; i++)
            by_row[i * s + k] = r->rank_samples[k * n + i];
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            if (rank[i] > 0 && rank[j] > 0 && (!group || group[i] == group[j]) &&
                !differ(by_row + i * s, by_row + j * s, s, sure)) {
                widen(&ret[i], rank[j]);
                widen(&ret[j], rank[i]);
            }
}

void tell_apart_standings(const struct engine_result *r, double sure, enum standing *ret)
{
    size_t n = r->n_rows;
    uint32_t *above = mem_array(n, sizeof(*above)), *below = mem_array(n, sizeof(*below)),
             *there = mem_array(n, sizeof(*there));
    for (size_t k = 0; k < r->n_samples; k++) {
        const double *x = r->score_samples + k * n;
        double mean = col_mean(x, n);
        for (size_t i = 0; i < n; i++) {
            there[i] += x[i] == x[i];
            above[i] += x[i] > mean;
            below[i] += x[i] < mean;
        }
    }
    for (size_t i = 0; i < n; i++) {
        double least = sure * there[i];
        ret[i] = there[i] == 0       ? STANDING_NONE
                 : above[i] >= least ? STANDING_ABOVE
                 : below[i] >= least ? STANDING_BELOW
                                     : STANDING_LEVEL;
    }
    free(above);
    free(below);
    free(there);
}
