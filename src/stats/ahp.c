/* Power iteration: a positive matrix has one dominant eigenvalue, and it converges quickly. */
#include "ahp.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { STEPS_MAX = 10000 };

/* Mean consistency index of random matrices (Saaty). */
static const double random_index[AHP_MAX + 1] = { 0,    0,    0,    0.58, 0.90, 1.12,
                                                  1.24, 1.32, 1.41, 1.45, 1.49, 1.51,
                                                  1.48, 1.56, 1.57, 1.59 };

static enum rc check(const double *m, size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double v = m[i * n + j];
            char row[24], col[24];
            snprintf(row, sizeof(row), "%zu", i + 1);
            snprintf(col, sizeof(col), "%zu", j + 1);
            if (!(v > 0 && isfinite(v)))
                return err_set(e, RC_INVALID, N_("比较矩阵第 {row} 行第 {column} 列应大于 0"),
                               "row", row, "column", col);
            if (fabs(v * m[j * n + i] - 1) > 1e-6)
                return err_set(e, RC_INVALID,
                               N_("比较矩阵第 {row} 行第 {column} 列与对称位置应互为倒数"),
                               "row", row, "column", col);
        }
    return RC_OK;
}

enum rc ahp_weights(const double *m, size_t n, double *ret_weights, double *ret_cr,
                    struct err *e)
{
    if (n < 1 || n > AHP_MAX)
        return err_set(e, RC_INVALID, N_("两两比较的项目应为 1 至 15 个"));
    enum rc rc = check(m, n, e);
    if (rc != RC_OK)
        return rc;
    double w[AHP_MAX], next[AHP_MAX], lambda = (double)n;
    for (size_t i = 0; i < n; i++)
        w[i] = 1 / (double)n;
    for (int step = 0; step < STEPS_MAX; step++) {
        double sum = 0, change = 0;
        for (size_t i = 0; i < n; i++) {
            next[i] = 0;
            for (size_t j = 0; j < n; j++)
                next[i] += m[i * n + j] * w[j];
            sum += next[i];
        }
        for (size_t i = 0; i < n; i++) {
            next[i] /= sum;
            change += fabs(next[i] - w[i]);
        }
        memcpy(w, next, n * sizeof(*w));
        lambda = sum; /* w adds up to 1, so the sum of m·w is the eigenvalue */
        if (change < 1e-15)
            break;
    }
    double ci = n > 2 ? (lambda - (double)n) / ((double)n - 1) : 0;
    *ret_cr = n > 2 ? fmax(0, ci) / random_index[n] : 0;
    memcpy(ret_weights, w, n * sizeof(*w));
    return RC_OK;
}
