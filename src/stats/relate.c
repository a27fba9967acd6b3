/*
 * Correlations. Kendall's tau sorts by x, then counts by merge sort how far y is out of order
 * (Knight 1966). Sorting is done once: a resample of the pairs only says how often each is
 * taken.
 */
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

struct point {
    double x, y;
    uint32_t from;
};

static int by_x_then_y(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->y > q->y) - (p->y < q->y);
}

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorted by x, then y. */
struct relate {
    size_t n, n_x, n_y; /* pairs; different x, y */
    struct place {
        uint32_t from, x, y; /* which of the complete pairs; which of the different values */
    } * place;
    double *x, *y; /* by different value: how many there are, then their rank */
    struct weighted {
        double w;
        uint32_t y;
    } * seq, *tmp;
};

struct relate *relate_new(const double *x, const double *y, size_t n)
{
    size_t m;
    CLEANUP(mem_freep) double *p = pairs(x, y, n, &m);
    CLEANUP(mem_freep) struct point *q = mem_array(m + 1, sizeof(*q));
    struct relate *r = mem_array(1, sizeof(*r));
    *r = (struct relate){ .n = m, .place = mem_array(m + 1, sizeof(*r->place)) };
    for (size_t i = 0; i < m; i++)
        q[i] = (struct point){ p[i], p[m + i], (uint32_t)i };
    qsort(q, m, sizeof(*q), by_x_then_y);
    double *ys = p + m;
    qsort(ys, m, sizeof(*ys), by_number);
    for (size_t i = 0; i < m; i++)
        if (i == 0 || ys[i] != ys[i - 1])
            ys[r->n_y++] = ys[i];
    for (size_t i = 0; i < m; i++) {
        r->n_x += i == 0 || q[i].x != q[i - 1].x;
        const double *at = bsearch(&q[i].y, ys, r->n_y, sizeof(*ys), by_number);
        r->place[i] = (struct place){ q[i].from, (uint32_t)r->n_x - 1, (uint32_t)(at - ys) };
    }
    r->x = mem_array(r->n_x + 1, sizeof(*r->x));
    r->y = mem_array(r->n_y + 1, sizeof(*r->y));
    r->seq = mem_array(m + 1, sizeof(*r->seq));
    r->tmp = mem_array(m + 1, sizeof(*r->tmp));
    return r;
}

void relate_freep(struct relate **r)
{
    if (*r == NULL)
        return;
    free((*r)->place);
    free((*r)->x);
    free((*r)->y);
    free((*r)->seq);
    free((*r)->tmp);
    free(*r);
    *r = NULL;
}

size_t relate_n(const struct relate *r)
{
    return r->n;
}

/* Sorts q[0..n) by y and returns the weight of the pairs that stood in the wrong order. */
static double inversions(struct weighted *q, struct weighted *tmp, size_t n)
{
    if (n < 2)
        return 0;
    size_t h = n / 2, i = 0, j = h, at = 0;
    double c = inversions(q, tmp, h) + inversions(q + h, tmp, n - h), left = 0;
    for (size_t k = 0; k < h; k++)
        left += q[k].w;
    while (i < h && j < n)
        if (q[j].y < q[i].y) {
            c += left * q[j].w;
            tmp[at++] = q[j++];
        } else {
            left -= q[i].w;
            tmp[at++] = q[i++];
        }
    while (i < h)
        tmp[at++] = q[i++];
    while (j < n)
        tmp[at++] = q[j++];
    for (i = 0; i < n; i++)
        q[i] = tmp[i];
    return c;
}

static double choose2(double n)
{
    return n * (n - 1) / 2;
}

/* How often each different value was taken: n of them in all; returns the pairs tied by it and
 * puts the mean rank in its place. */
static double tie(double *value, size_t n)
{
    double tied = 0, below = 0;
    for (size_t i = 0; i < n; i++) {
        double w = value[i];
        tied += choose2(w);
        value[i] = below + (w + 1) / 2;
        below += w;
    }
    return tied;
}

void relate_weighted(struct relate *r, const uint32_t *times, double *ret_tau,
                     double *ret_spearman)
{
    size_t m = 0;
    double all = 0, tied_both = 0, same = 0;
    for (size_t i = 0; i < r->n_x; i++)
        r->x[i] = 0;
    for (size_t i = 0; i < r->n_y; i++)
        r->y[i] = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct place *p = &r->place[i];
        double w = times ? times[p->from] : 1;
        if (i > 0 && (p->x != p[-1].x || p->y != p[-1].y)) {
            tied_both += choose2(same);
            same = 0;
        }
        if (w == 0)
            continue;
        same += w;
        all += w;
        r->x[p->x] += w;
        r->y[p->y] += w;
        r->seq[m++] = (struct weighted){ w, p->y };
    }
    tied_both += choose2(same);
    double mean = (all + 1) / 2;
    all = choose2(all);
    double tied_x = tie(r->x, r->n_x), tied_y = tie(r->y, r->n_y);
    double swaps = inversions(r->seq, r->tmp, m);
    double below = sqrt((all - tied_x) * (all - tied_y));
    *ret_tau = below > 0 ? (all - tied_x - tied_y + tied_both - 2 * swaps) / below : NAN;
    double xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct place *p = &r->place[i];
        double w = times ? times[p->from] : 1, a = r->x[p->x] - mean, b = r->y[p->y] - mean;
        xx += w * a * a;
        yy += w * b * b;
        xy += w * a * b;
    }
    double rho = xy / sqrt(xx * yy);
    *ret_spearman = below > 0 ? rho > 1 ? 1 : rho < -1 ? -1 : rho : NAN;
}

double relate_spearman(const double *x, const double *y, size_t n)
{
    CLEANUP(relate_freep) struct relate *r = relate_new(x, y, n);
    double tau, rho;
    relate_weighted(r, NULL, &tau, &rho);
    return rho;
}

double relate_kendall(const double *x, const double *y, size_t n)
{
    CLEANUP(relate_freep) struct relate *r = relate_new(x, y, n);
    double tau, rho;
    relate_weighted(r, NULL, &tau, &rho);
    return tau;
}
