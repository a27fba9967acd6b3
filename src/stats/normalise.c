/* The normalisers. Each is the formula of the header, written as it stands, over a whole
 * column. */
#include "normalise.h"

#include "base/str.h"
#include "describe.h"

#include <math.h>

static const char *const names[NORM_METHODS] = {
    [NORM_MINMAX] = "minmax",       [NORM_SCALED] = "scaled",
    [NORM_ZSCORE] = "zscore",       [NORM_DIST2MAX] = "dist2max",
    [NORM_DIST2REF] = "dist2ref",   [NORM_DIST2TARG] = "dist2targ",
    [NORM_FRACMAX] = "fracmax",     [NORM_RANK] = "rank",
    [NORM_PRANK] = "prank",         [NORM_BORDA] = "borda",
    [NORM_GOALPOSTS] = "goalposts", [NORM_POINTS] = "points",
};

const char *norm_name(enum norm_method m)
{
    return m < NORM_METHODS ? names[m] : "";
}

enum norm_method norm_by_name(const char *name)
{
    enum norm_method m = 0;
    while (m < NORM_METHODS && !str_eq(names[m], name))
        m++;
    return m;
}

bool norm_absolute(enum norm_method m)
{
    return m == NORM_SCALED || m == NORM_GOALPOSTS || m == NORM_POINTS;
}

struct norm norm_default(void)
{
    return (struct norm){ .method = NORM_MINMAX,
                          .l = NAN,
                          .u = NAN,
                          .s = NAN,
                          .m = NAN,
                          .a = NAN,
                          .points = { .full = 100, .cap = NAN },
                          .points_to = NAN };
}

static double or_else(double v, double otherwise)
{
    return v != v ? otherwise : v;
}

static double clamp(double v, double lo, double hi)
{
    return v < lo ? lo : v > hi ? hi : v; /* NaN stays */
}

double points_score(const struct points *p, double x)
{
    if (x != x)
        return NAN;
    double v;
    if (p->n_steps > 0) {
        v = p->floor;
        for (size_t i = 0; i < p->n_steps && p->steps[i].from <= x; i++)
            v = p->steps[i].points;
    } else {
        double d = p->per_event * x;
        if (p->cap == p->cap)
            d = clamp(d, -p->cap, p->cap);
        v = p->full + d;
    }
    return clamp(v, p->floor, p->full + p->bonus);
}

static enum rc wrong(struct err *e, const char *where, const char *key, const char *text)
{
    return err_set(e, RC_INVALID, text, "where", where, "key", key);
}

static enum rc need_l_u(const struct norm *p, const char *where, struct err *e)
{
    if (!isfinite(p->l))
        return wrong(e, where, "l", N_("{where}:这种标准化方法需要参数 {key}"));
    if (!isfinite(p->u))
        return wrong(e, where, "u", N_("{where}:这种标准化方法需要参数 {key}"));
    if (p->l == p->u)
        return wrong(e, where, "u", N_("{where}:参数 {key} 不能与 l 相等"));
    return RC_OK;
}

static enum rc points_check(const struct points *p, const char *where, struct err *e)
{
    if (!(p->full > 0 && isfinite(p->full)))
        return wrong(e, where, "full", N_("{where}:{key} 应大于 0"));
    if (!isfinite(p->per_event))
        return wrong(e, where, "per_event", N_("{where}:{key} 应是数"));
    if (p->cap < 0)
        return wrong(e, where, "cap", N_("{where}:{key} 不能小于 0"));
    if (!(p->bonus >= 0 && isfinite(p->bonus)))
        return wrong(e, where, "bonus", N_("{where}:{key} 不能小于 0"));
    if (!(p->floor <= p->full))
        return wrong(e, where, "floor", N_("{where}:{key} 不能大于满分"));
    for (size_t i = 0; i < p->n_steps; i++)
        if (!isfinite(p->steps[i].from) || !isfinite(p->steps[i].points) ||
            (i > 0 && !(p->steps[i - 1].from < p->steps[i].from)))
            return wrong(e, where, "steps", N_("{where}:{key} 的起点应从小到大"));
    return RC_OK;
}

enum rc norm_check(const struct norm *p, const char *where, struct err *e)
{
    switch (p->method) {
    case NORM_MINMAX:
        if (or_else(p->l, 0) == or_else(p->u, 100))
            return wrong(e, where, "u", N_("{where}:参数 {key} 不能与 l 相等"));
        return RC_OK;
    case NORM_SCALED:
        if (or_else(p->s, 100) == 0)
            return wrong(e, where, "s", N_("{where}:参数 {key} 不能为 0"));
        return need_l_u(p, where, e);
    case NORM_GOALPOSTS:
        if (or_else(p->a, 100) == 0)
            return wrong(e, where, "a", N_("{where}:参数 {key} 不能为 0"));
        return need_l_u(p, where, e);
    case NORM_ZSCORE:
        if (!(or_else(p->s, 1) > 0))
            return wrong(e, where, "s", N_("{where}:{key} 应大于 0"));
        return RC_OK;
    case NORM_DIST2REF:
        if (p->ref == NULL || *p->ref == '\0')
            return wrong(e, where, "ref", N_("{where}:这种标准化方法需要参数 {key}"));
        return RC_OK;
    case NORM_POINTS:
        return points_check(&p->points, where, e);
    case NORM_DIST2MAX:
    case NORM_DIST2TARG:
    case NORM_FRACMAX:
    case NORM_RANK:
    case NORM_PRANK:
    case NORM_BORDA:
    case NORM_METHODS:
        return RC_OK;
    }
    return RC_OK;
}

static enum norm_state all_missing(double *ret, size_t n, enum norm_state s)
{
    for (size_t i = 0; i < n; i++)
        ret[i] = NAN;
    return s;
}

static void cap_at_one(double *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = y[i] > 1 ? 1 : y[i];
}

/* Range of x times its direction. */
static struct range directed(struct range r, double d)
{
    return d > 0 ? r : (struct range){ .min = -r.max, .max = -r.min, .n = r.n };
}

/* y = (d·x - from)/by·times + plus: minmax, scaled, zscore are of this form, in this order of
 * operations. */
static void linear(const double *x, size_t n, double d, double from, double by, double times,
                   double plus, double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (d * x[i] - from) / by * times + plus;
}

static enum norm_state goalposts(const struct norm *p, const double *x, size_t n, int direction,
                                 double *y)
{
    double a = or_else(p->a, 100), from = direction > 0 ? p->l : p->u,
           by = direction > 0 ? p->u - p->l : p->l - p->u;
    for (size_t i = 0; i < n; i++) {
        double v = (x[i] - from) / by;
        v = v < 0 ? 0 : v;
        v = v > 1 ? 1 : v;
        y[i] = a * v;
    }
    return NORM_FINE;
}

static enum norm_state points_column(const struct norm *p, const double *x, size_t n, double *y)
{
    for (size_t i = 0; i < n; i++) {
        double v = points_score(&p->points, x[i]);
        y[i] = p->points_to == p->points_to ? v / p->points.full * p->points_to : v;
    }
    return NORM_FINE;
}

static enum norm_state dist2ref(const struct norm *p, const double *x, size_t n, double d,
                                struct range r, size_t i_ref, double *y)
{
    double ref = i_ref < n ? d * x[i_ref] : NAN, by = ref - r.min;
    if (!(by > 0))
        return all_missing(y, n, NORM_NO_REF);
    for (size_t i = 0; i < n; i++)
        y[i] = 1 - (ref - d * x[i]) / by;
    if (p->cap)
        cap_at_one(y, n);
    return NORM_FINE;
}

static enum norm_state dist2targ(const struct norm *p, const double *x, size_t n, double d,
                                 struct range r, double target, double *y)
{
    /* With x and target turned round, (max-x)/(max-t) is (x-min)/(t-min). */
    double by = d * target - r.min;
    if (!(by != 0) || by != by)
        return all_missing(y, n, NORM_NO_REF);
    linear(x, n, d, r.min, by, 1, 0, y);
    if (p->cap)
        cap_at_one(y, n);
    return NORM_FINE;
}

static enum norm_state ranked(enum norm_method m, const double *x, size_t n, double d,
                              struct range r, double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = d * x[i];
    col_rank_min(y, n, y);
    if (m == NORM_RANK)
        return NORM_FINE;
    double by = m == NORM_PRANK ? (double)(r.n - 1) : 1;
    for (size_t i = 0; i < n; i++)
        y[i] = (y[i] - 1) / by;
    return NORM_FINE;
}

enum norm_state norm_column(const struct norm *p, const double *x, size_t n, int direction,
                            double target, size_t i_ref, double *ret)
{
    double d = direction < 0 ? -1 : 1;
    struct range raw = col_range(x, n), r = directed(raw, d);
    if (raw.n == 0)
        return all_missing(ret, n, NORM_ALL_MISSING);
    if (!norm_absolute(p->method) && raw.min == raw.max)
        return all_missing(ret, n, NORM_CONSTANT);
    double l = or_else(p->l, 0), u = or_else(p->u, 100);
    switch (p->method) {
    case NORM_MINMAX:
        linear(x, n, d, r.min, r.max - r.min, u - l, l, ret);
        return NORM_FINE;
    case NORM_SCALED:
        linear(x, n, d, p->l, p->u - p->l, or_else(p->s, 100), 0, ret);
        return NORM_FINE;
    case NORM_ZSCORE: {
        struct moments m = col_moments(x, n);
        linear(x, n, d, d * m.mean, moments_sd(&m), or_else(p->s, 1), or_else(p->m, 0), ret);
        return NORM_FINE;
    }
    case NORM_DIST2MAX:
        for (size_t i = 0; i < n; i++)
            ret[i] = 1 - (r.max - d * x[i]) / (r.max - r.min);
        return NORM_FINE;
    case NORM_DIST2REF:
        return dist2ref(p, x, n, d, r, i_ref, ret);
    case NORM_DIST2TARG:
        return dist2targ(p, x, n, d, r, target, ret);
    case NORM_FRACMAX:
        if (r.max == 0)
            return all_missing(ret, n, NORM_NO_REF);
        for (size_t i = 0; i < n; i++)
            ret[i] = d * x[i] / r.max;
        return NORM_FINE;
    case NORM_RANK:
    case NORM_PRANK:
    case NORM_BORDA:
        return ranked(p->method, x, n, d, r, ret);
    case NORM_GOALPOSTS:
        return goalposts(p, x, n, direction, ret);
    case NORM_POINTS:
        return points_column(p, x, n, ret);
    case NORM_METHODS:
        break;
    }
    return all_missing(ret, n, NORM_ALL_MISSING);
}
