/*
 * Working backwards: what an indicator would have to be for a score, and what each node adds to
 * the index. Everything else (the peers' data, the other indicators) is held as it is.
 */
#ifndef STATS_GOAL_H
#define STATS_GOAL_H

#include "engine.h"

/*
 * ret[node] = the node's share of the index in this row, weights renormalised over what is
 * present at each level; 0 for what is missing. With arithmetic means throughout (and no veto)
 * Σ share × score over the indicators is the index.
 */
void goal_shares(const struct scheme_tree *t, const struct engine_result *r, size_t row,
                 double *ret);

/*
 * ret[node] = what the node adds to the index: the root adds its score, every other node's part
 * is split among its children by share × score, so that parts add up whatever the means and
 * vetoes above them are. 0 under a parent without a part, NaN for what is missing.
 */
void goal_parts(const struct scheme_tree *t, const struct engine_result *r, size_t row,
                const double *share, double *ret);

/*
 * The raw value x whose normalised score is want; the column x[0..n) fixes the range, mean and
 * so on. RC_NOTFOUND when the normaliser never gives want (outside goalposts, beyond floor or
 * bonus), RC_INVALID for ranking methods and for a column without a score. With steps: the
 * first step that reaches want.
 */
enum rc goal_normalised(const struct norm *p, const double *x, size_t n, int direction,
                        double target, size_t i_ref, double want, double *ret,
                        struct err *e) MUST_USE;

/*
 * The raw value of the indicator (node) with which the row's index would be goal. Holds for
 * arithmetic means on the way up, no veto on it, an indicator that is there and untouched by
 * treatment; RC_INVALID otherwise, RC_NOTFOUND when no value of this indicator alone reaches
 * the goal. r keeps the steps (drop_steps off).
 */
enum rc goal_seek(const struct engine_input *in, const struct engine_config *c,
                  const struct engine_result *r, size_t row, size_t node, double goal,
                  double *ret, struct err *e) MUST_USE;

#endif
