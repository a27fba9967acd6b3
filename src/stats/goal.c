/* Inverse of the monotone normalisers, and the share of an indicator in a row's index. */
#include "goal.h"

#include "base/arena.h"
#include "base/str.h"
#include "describe.h"

#include <math.h>
#include <stdlib.h>

void goal_shares(const struct scheme_tree *t, const struct engine_result *r, size_t row,
                 double *ret)
{
    for (size_t k = t->n; k-- > 0;) {
        size_t i = t->bottom_first[k];
        const struct node *d = &t->nodes[i];
        if (d->parent == NODE_NONE) {
            ret[i] = r->score[i][row] == r->score[i][row] ? 1 : 0;
            continue;
        }
        const struct node *p = &t->nodes[d->parent];
        double sum = 0;
        for (size_t c = 0; c < p->n_children; c++) {
            size_t s = p->children[c];
            sum += r->score[s][row] == r->score[s][row] ? r->weight[s] : 0;
        }
        ret[i] =
            r->score[i][row] == r->score[i][row] ? ret[d->parent] * (r->weight[i] / sum) : 0;
    }
}

void goal_parts(const struct scheme_tree *t, const struct engine_result *r, size_t row,
                const double *share, double *ret)
{
    ret[t->root] = r->score[t->root][row];
    for (size_t k = t->n; k-- > 0;) {
        const struct node *d = &t->nodes[t->bottom_first[k]];
        double mine = ret[t->bottom_first[k]], sum = 0;
        for (size_t c = 0; c < d->n_children; c++) {
            double s = r->score[d->children[c]][row];
            sum += s == s ? share[d->children[c]] * s : 0;
        }
        for (size_t c = 0; c < d->n_children; c++) {
            size_t child = d->children[c];
            double s = r->score[child][row];
            double part = mine != mine || sum == 0 ? 0 : mine * (share[child] * s / sum);
            ret[child] = s == s ? part : NAN;
        }
    }
}

static enum rc unreachable(struct err *e)
{
    return err_set(e, RC_NOTFOUND, N_("只改这一项指标达不到这个得分"));
}

static enum rc no_inverse(struct err *e)
{
    return err_set(e, RC_INVALID, N_("这项指标的计分方法不能倒推"));
}

static enum rc points_inverse(const struct norm *p, double want, double *ret, struct err *e)
{
    const struct points *g = &p->points;
    double v = p->points_to == p->points_to ? want / p->points_to * g->full : want;
    double eps = 1e-9 * g->full;
    if (v > g->full + g->bonus + eps || v < g->floor - eps)
        return unreachable(e);
    if (g->n_steps > 0) {
        for (size_t i = 0; i < g->n_steps; i++)
            if (g->steps[i].points >= v - eps) {
                *ret = g->steps[i].from;
                return RC_OK;
            }
        return unreachable(e);
    }
    double change = v - g->full;
    if (g->per_event == 0 || change / g->per_event < -eps ||
        (g->cap == g->cap && fabs(change) > g->cap + eps))
        return unreachable(e);
    *ret = change / g->per_event + 0.0;
    return RC_OK;
}

static double or_else(double v, double otherwise)
{
    return v != v ? otherwise : v;
}

enum rc goal_normalised(const struct norm *p, const double *x, size_t n, int direction,
                        double target, size_t i_ref, double want, double *ret, struct err *e)
{
    double d = direction < 0 ? -1 : 1, v = NAN;
    if (p->method == NORM_POINTS)
        return points_inverse(p, want, ret, e);
    struct range raw = col_range(x, n);
    double min = d > 0 ? raw.min : -raw.max, max = d > 0 ? raw.max : -raw.min;
    if (!norm_absolute(p->method) && !(max > min))
        return no_inverse(e);
    double l = or_else(p->l, 0), u = or_else(p->u, 100), ref = i_ref < n ? d * x[i_ref] : NAN;
    if (p->cap && want > 1)
        return unreachable(e);
    switch (p->method) {
    case NORM_MINMAX:
        v = (want - l) / (u - l) * (max - min) + min;
        break;
    case NORM_SCALED:
        v = want / or_else(p->s, 100) * (p->u - p->l) + p->l;
        break;
    case NORM_ZSCORE:
        v = (want - or_else(p->m, 0)) / or_else(p->s, 1) * col_sd(x, n) + d * col_mean(x, n);
        break;
    case NORM_DIST2MAX:
        v = max - (1 - want) * (max - min);
        break;
    case NORM_DIST2REF:
        v = ref - (1 - want) * (ref - min);
        break;
    case NORM_DIST2TARG:
        v = want * (d * target - min) + min;
        break;
    case NORM_FRACMAX:
        v = want * max;
        break;
    case NORM_GOALPOSTS: {
        double share = want / or_else(p->a, 100);
        if (share < -1e-12 || share > 1 + 1e-12)
            return unreachable(e);
        *ret = d > 0 ? p->l + share * (p->u - p->l) : p->u + share * (p->l - p->u);
        return RC_OK;
    }
    case NORM_RANK:
    case NORM_PRANK:
    case NORM_BORDA:
    case NORM_POINTS:
    case NORM_METHODS:
        return no_inverse(e);
    }
    if (!isfinite(v))
        return no_inverse(e);
    *ret = d * v;
    return RC_OK;
}

static struct norm norm_of(const struct engine_config *c, size_t node)
{
    for (size_t i = 0; i < c->n_per; i++)
        if (c->per[i].node == node)
            return c->per[i].norm;
    return c->normalise;
}

static struct agg agg_of(const struct engine_config *c, int level)
{
    for (size_t i = 0; i < c->n_per_level; i++)
        if (c->per_level[i].level == level)
            return c->per_level[i].agg;
    return c->aggregate;
}

/* Arithmetic means all the way up, and no veto that holds. */
static bool linear_up(const struct engine_input *in, const struct engine_config *c,
                      const struct engine_result *r, size_t row, size_t node)
{
    const struct scheme_tree *t = in->tree;
    for (size_t i = t->nodes[node].parent; i != NODE_NONE; i = t->nodes[i].parent) {
        if (agg_of(c, t->nodes[i].level).method != AGG_AMEAN)
            return false;
        for (size_t h = 0; h < r->n_veto_hits; h++) {
            const struct veto *v = &in->vetoes[r->veto_hits[h].veto];
            size_t target = v->target == NODE_NONE ? t->nodes[v->node].parent : v->target;
            if (r->veto_hits[h].row == row && target == i)
                return false;
        }
    }
    return true;
}

enum rc goal_seek(const struct engine_input *in, const struct engine_config *c,
                  const struct engine_result *r, size_t row, size_t node, double goal,
                  double *ret, struct err *e)
{
    const struct scheme_tree *t = in->tree;
    size_t unit = r->unit[row];
    const struct treatment *d = r->treatment != NULL ? &r->treatment[node] : NULL;
    if (!t->nodes[node].leaf)
        return no_inverse(e);
    double raw = in->values[node][unit];
    struct norm norm = norm_of(c, node);
    bool imputed =
        c->impute != IMPUTE_NONE && norm.method == NORM_ZSCORE; /* the mean is not of x alone */
    if (raw != raw || (d != NULL && (d->log || d->winsorised > 0)) || imputed ||
        !linear_up(in, c, r, row, node))
        return no_inverse(e);
    CLEANUP(arena_freep) struct arena *a = arena_new();
    double *share = arena_array(a, t->n, sizeof(*share)),
           *x = arena_array(a, r->n_rows, sizeof(*x));
    goal_shares(t, r, row, share);
    if (!(share[node] > 0))
        return no_inverse(e);
    const double *den =
        c->denominate && in->denominators != NULL ? in->denominators[node] : NULL;
    double scale = in->denominator_scale != NULL ? in->denominator_scale[node] : 1;
    size_t i_ref = SIZE_MAX;
    for (size_t k = 0; k < r->n_rows; k++) {
        size_t u = r->unit[k];
        x[k] = den != NULL ? in->values[node][u] / (den[u] / scale) : in->values[node][u];
        if (norm.ref != NULL && str_eq(in->unit_codes[u], norm.ref))
            i_ref = k;
    }
    double want = r->score[node][row] + (goal - r->score[t->root][row]) / share[node], v;
    enum rc rc = goal_normalised(&norm, x, r->n_rows, t->nodes[node].direction,
                                 t->nodes[node].target, i_ref, want, &v, e);
    if (rc == RC_OK)
        *ret = den != NULL ? v * (den[unit] / scale) : v;
    return rc;
}
