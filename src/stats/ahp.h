/*
 * Weights from pairwise comparisons (analytic hierarchy process, Saaty 1980): the principal
 * eigenvector of the matrix, and how consistent the comparisons are (consistency ratio, below
 * 0.1 is usual).
 */
#ifndef STATS_AHP_H
#define STATS_AHP_H

#include "base/base.h"

enum { AHP_MAX = 15 };

/*
 * m is n × n, row by row; m[i][j] says how many times as important i is as j. Weights add up
 * to 1. *ret_cr is 0 for n <= 2. RC_INVALID when n is not 1..AHP_MAX, an entry is not above 0,
 * or m[j][i] is not 1/m[i][j] (within 1e-6).
 */
enum rc ahp_weights(const double *m, size_t n, double *ret_weights, double *ret_cr,
                    struct err *e) MUST_USE;

#endif
