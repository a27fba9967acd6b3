/* Correlations. Kendall's tau sorts by x, then counts by merge sort how far y is out of order
 * (Knight 1966). */
#include "relate.h"

#include "base/arena.h"
#include "describe.h"

#include <math.h>
#include <stdlib.h>

/* Complete pairs, x then y, m each. */
static double *pairs(const double *x, const double *y, size_t n, size_t *ret_m)
{
    double *p = mem_array(2 * n + 1, sizeof(*p));
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        m += x[i] == x[i] && y[i] == y[i];
    for (size_t i = 0, at = 0; i < n; i++)
        if (x[i] == x[i] && y[i] == y[i]) {
            p[at] = x[i];
            p[m + at++] = y[i];
        }
    *ret_m = m;
    return p;
}

static double pearson(const double *x, const double *y, size_t n)
{
    struct range rx = col_range(x, n), ry = col_range(y, n);
    if (n < 2 || rx.min == rx.max || ry.min == ry.max)
        return NAN;
    double mx = col_mean(x, n), my = col_mean(y, n), xx = 0, yy = 0, xy = 0;
    double ux = col_unit(x, n, mx), uy = col_unit(y, n, my); /* so that no square overflows */
    for (size_t i = 0; i < n; i++) {
        double a = (x[i] - mx) / ux, b = (y[i] - my) / uy;
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    double r = xy / sqrt(xx * yy); /* one rounding less: what is equal gives 1 */
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

double relate_pearson(const double *x, const double *y, size_t n)
{
    size_t m;
    CLEANUP(mem_freep) double *p = pairs(x, y, n, &m);
    return pearson(p, p + m, m);
}

double relate_spearman(const double *x, const double *y, size_t n)
{
    size_t m;
    CLEANUP(mem_freep) double *p = pairs(x, y, n, &m);
    CLEANUP(mem_freep) double *r = mem_array(2 * m + 1, sizeof(*r));
    col_rank_mean(p, m, r);
    col_rank_mean(p + m, m, r + m);
    return pearson(r, r + m, m);
}

struct point {
    double x, y;
};

static int by_x_then_y(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->y > q->y) - (p->y < q->y);
}

/* Sorts y[0..n) and returns how many pairs stood in the wrong order. */
static double inversions(double *y, double *tmp, size_t n)
{
    if (n < 2)
        return 0;
    size_t h = n / 2, i = 0, j = h, at = 0;
    double c = inversions(y, tmp, h) + inversions(y + h, tmp, n - h);
    while (i < h && j < n)
        if (y[j] < y[i]) {
            c += (double)(h - i);
            tmp[at++] = y[j++];
        } else
            tmp[at++] = y[i++];
    while (i < h)
        tmp[at++] = y[i++];
    while (j < n)
        tmp[at++] = y[j++];
    for (i = 0; i < n; i++)
        y[i] = tmp[i];
    return c;
}

static double choose2(size_t n)
{
    return (double)n * ((double)n - 1) / 2;
}

double relate_kendall(const double *x, const double *y, size_t n)
{
    size_t m;
    CLEANUP(mem_freep) double *p = pairs(x, y, n, &m);
    CLEANUP(mem_freep) struct point *q = mem_array(m + 1, sizeof(*q));
    for (size_t i = 0; i < m; i++)
        q[i] = (struct point){ p[i], p[m + i] };
    qsort(q, m, sizeof(*q), by_x_then_y);
    double tied_x = 0, tied_y = 0, tied_both = 0;
    for (size_t i = 0, j; i < m; i = j) {
        for (j = i + 1; j < m && q[j].x == q[i].x; j++)
            ;
        tied_x += choose2(j - i);
        for (size_t k = i, l; k < j; k = l) {
            for (l = k + 1; l < j && q[l].y == q[k].y; l++)
                ;
            tied_both += choose2(l - k);
        }
    }
    double *ys = p, *tmp = p + m;
    for (size_t i = 0; i < m; i++)
        ys[i] = q[i].y;
    double swaps = inversions(ys, tmp, m);
    for (size_t i = 0, j; i < m; i = j) {
        for (j = i + 1; j < m && ys[j] == ys[i]; j++)
            ;
        tied_y += choose2(j - i);
    }
    double all = choose2(m), below = sqrt((all - tied_x) * (all - tied_y));
    return below > 0 ? (all - tied_x - tied_y + tied_both - 2 * swaps) / below : NAN;
}
