/*
 * What happens once before scores are made: denominate, impute, screen, and the configuration
 * resolved per node. Columns are copied only when a step changes them: a big clean matrix is
 * used where it lies.
 */
#include "base/map.h"
#include "base/str.h"
#include "describe.h"
#include "evaluate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void warn_add(struct warnings *w, enum engine_warning_kind kind, size_t node, size_t unit,
              size_t count)
{
    if (w->n == w->cap) {
        size_t cap = w->cap == 0 ? 16 : 2 * w->cap;
        w->v = arena_grow(w->a, w->v, w->cap * sizeof(*w->v), cap * sizeof(*w->v));
        w->cap = cap;
    }
    w->v[w->n++] =
        (struct engine_warning){ .kind = kind, .node = node, .unit = unit, .count = count };
}

/* ---- denominate ---- */

static void denominate(struct prepared *p, struct arena *a, double **own)
{
    const struct engine_input *in = p->in;
    for (size_t l = 0; l < p->t->n_leaves; l++) {
        size_t node = p->t->leaves[l];
        const double *d = in->denominators == NULL ? NULL : in->denominators[node];
        if (d == NULL)
            continue;
        double scale = in->denominator_scale == NULL ? 1 : in->denominator_scale[node];
        const double *x = p->col[node];
        double *y = arena_array(a, in->n_units, sizeof(*y));
        for (size_t i = 0; i < in->n_units; i++) {
            y[i] = x[i] / (d[i] / scale);
            if (!isfinite(y[i]) && x[i] == x[i] && d[i] == d[i]) {
                y[i] = NAN;
                warn_add(&p->warnings, WARN_DENOMINATOR_ZERO, node, i, 1);
            }
        }
        own[node] = y;
        p->col[node] = y;
    }
}

/* ---- impute ---- */

/* Units by group: order[start[g] .. start[g+1]). */
struct groups {
    size_t n;
    size_t *start, *order;
};

static struct groups groups_of(const struct engine_input *in, bool all_in_one, struct arena *a)
{
    struct groups g = { .n = all_in_one ? 1 : in->n_groups };
    g.start = arena_array(a, g.n + 2, sizeof(*g.start));
    g.order = arena_array(a, in->n_units, sizeof(*g.order));
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < in->n_units; i++) {
            int32_t k = all_in_one ? 0 : in->group[i];
            if (k < 0)
                continue;
            if (pass == 0)
                g.start[k + 2]++;
            else
                g.order[g.start[k + 1]++] = i;
        }
        if (pass == 0)
            for (size_t k = 2; k < g.n + 2; k++)
                g.start[k] += g.start[k - 1];
    }
    return g;
}

static void impute_column(struct prepared *p, size_t node, const struct groups *g, bool median,
                          double *y, double *scratch)
{
    for (size_t k = 0; k < g->n; k++) {
        size_t from = g->start[k], m = g->start[k + 1] - from;
        const size_t *unit = g->order + from;
        bool missing = false;
        for (size_t i = 0; i < m; i++) {
            scratch[i] = y[unit[i]];
            missing |= scratch[i] != scratch[i];
        }
        if (!missing)
            continue;
        double fill = median ? col_median(scratch, m) : col_mean(scratch, m);
        if (fill != fill && g->n > 1)
            warn_add(&p->warnings, WARN_GROUP_MISSING, node, unit[0], m);
        for (size_t i = 0; i < m; i++)
            if (y[unit[i]] != y[unit[i]])
                y[unit[i]] = fill;
    }
}

static void impute(struct prepared *p, struct arena *a, double **own)
{
    const struct engine_input *in = p->in;
    enum impute_method how = p->c->impute;
    bool whole = how == IMPUTE_MEAN || how == IMPUTE_MEDIAN;
    struct groups g = groups_of(in, whole, a);
    double *scratch = arena_array(a, in->n_units, sizeof(*scratch));
    for (size_t l = 0; l < p->t->n_leaves; l++) {
        size_t node = p->t->leaves[l];
        struct range r = col_range(p->col[node], in->n_units);
        if (r.n == in->n_units || r.n == 0)
            continue;
        if (own[node] == NULL)
            own[node] = arena_copy(a, p->col[node], in->n_units * sizeof(double));
        p->col[node] = own[node];
        impute_column(p, node, &g, how == IMPUTE_MEDIAN || how == IMPUTE_GROUP_MEDIAN,
                      own[node], scratch);
    }
}

/* ---- screen ---- */

static enum rc screen(struct prepared *p, struct arena *a, double **own, struct err *e)
{
    size_t n = p->in->n_units, kept = 0;
    size_t *unit = arena_array(a, n, sizeof(*unit));
    for (size_t i = 0; i < n; i++)
        unit[i] = i;
    p->unit = unit;
    p->n_rows = n;
    if (p->c->screen == SCREEN_NONE)
        return RC_OK;
    uint32_t *present = arena_array(a, n, sizeof(*present));
    for (size_t l = 0; l < p->t->n_leaves; l++) {
        const double *x = p->col[p->t->leaves[l]];
        for (size_t i = 0; i < n; i++)
            present[i] += x[i] == x[i];
    }
    for (size_t i = 0; i < n; i++)
        if (!((double)present[i] / (double)p->t->n_leaves < p->c->screen_threshold))
            unit[kept++] = i;
    if (kept == n)
        return RC_OK;
    if (kept == 0)
        return err_set(e, RC_INVALID, N_("数据完整程度的下限太高:没有一个单位达到"));
    p->n_rows = kept;
    for (size_t l = 0; l < p->t->n_leaves; l++) {
        size_t node = p->t->leaves[l];
        if (own[node] == NULL)
            own[node] = arena_array(a, kept, sizeof(double));
        for (size_t r = 0; r < kept; r++)
            own[node][r] = p->col[node][unit[r]];
        p->col[node] = own[node];
    }
    return RC_OK;
}

/* ---- configuration per node ---- */

static enum rc find_ref(const struct prepared *p, const struct norm *norm, size_t *ret,
                        struct err *e)
{
    for (size_t r = 0; r < p->n_rows; r++)
        if (str_eq(p->in->unit_codes[p->unit[r]], norm->ref)) {
            *ret = r;
            return RC_OK;
        }
    return err_set(e, RC_INVALID, N_("参照单位 {code} 不在数据中"), "code", norm->ref);
}

/* Whether the method can be used for the leaf with these parameters. */
static enum rc check_leaf(struct prepared *p, size_t node, enum norm_method method,
                          struct err *e)
{
    const struct node *d = &p->t->nodes[node];
    struct norm norm = p->norm[node];
    norm.method = method;
    enum rc rc = norm_check(&norm, d->code, e);
    if (rc != RC_OK)
        return rc;
    if (method == NORM_DIST2TARG && !isfinite(d->target))
        return err_set(e, RC_INVALID, N_("指标 {code} 没有目标值,不能用 dist2targ"), "code",
                       d->code);
    if (method == NORM_DIST2REF && p->i_ref[node] == SIZE_MAX)
        return find_ref(p, &norm, &p->i_ref[node], e);
    return RC_OK;
}

static enum rc resolve_norms(struct prepared *p, struct arena *a, struct err *e)
{
    const struct engine_config *c = p->c;
    size_t n = p->t->n;
    p->norm = arena_array(a, n, sizeof(*p->norm));
    p->norm_own = arena_array(a, n, sizeof(*p->norm_own));
    p->i_ref = arena_array(a, n, sizeof(*p->i_ref));
    for (size_t i = 0; i < n; i++) {
        p->norm[i] = c->normalise;
        p->i_ref[i] = SIZE_MAX;
    }
    for (size_t i = 0; i < c->n_per; i++) {
        p->norm[c->per[i].node] = c->per[i].norm;
        p->norm_own[c->per[i].node] = c->per[i].own_method;
    }
    for (size_t l = 0; l < p->t->n_leaves; l++) {
        size_t node = p->t->leaves[l];
        enum rc rc = check_leaf(p, node, p->norm[node].method, e);
        for (size_t k = 0; rc == RC_OK && !p->norm_own[node] && k < c->uncertainty.n_normalise;
             k++)
            rc = check_leaf(p, node, c->uncertainty.normalise[k], e);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

static enum rc check_agg(const struct prepared *p, const struct agg *g, struct err *e)
{
    char text[32];
    if (!(g->threshold >= 0 && g->threshold <= 1)) {
        snprintf(text, sizeof(text), "%g", g->threshold);
        return err_set(e, RC_INVALID, N_("汇总的完整程度下限 {value} 不对:应在 0 与 1 之间"),
                       "value", text);
    }
    if (g->method == AGG_GENMEAN && !(isfinite(g->p) && g->p != 0))
        return err_set(e, RC_INVALID, N_("广义平均的参数 p 不能为 0(几何平均请用 gmean)"));
    if (g->method == AGG_COPELAND && p->n_rows > COPELAND_UNITS_MAX) {
        snprintf(text, sizeof(text), "%zu", p->n_rows);
        return err_set(e, RC_TOOBIG, N_("copeland 最多用于 5000 个单位,现有 {n} 个"), "n",
                       text);
    }
    return RC_OK;
}

static enum rc resolve_aggs(struct prepared *p, struct arena *a, struct err *e)
{
    const struct engine_config *c = p->c;
    p->agg = arena_array(a, p->t->n, sizeof(*p->agg));
    p->agg_own = arena_array(a, p->t->n, sizeof(*p->agg_own));
    p->weight = arena_array(a, p->t->n, sizeof(*p->weight));
    for (size_t i = 0; i < p->t->n; i++) {
        const struct node *d = &p->t->nodes[i];
        p->weight[i] = c->weights == WEIGHT_EQUAL ? 1 : d->weight;
        if (d->n_children > p->fan_out)
            p->fan_out = d->n_children;
        if (d->leaf)
            continue;
        struct agg g = c->aggregate;
        for (size_t k = 0; k < c->n_per_level; k++)
            if (c->per_level[k].level == d->level) {
                g = c->per_level[k].agg;
                p->agg_own[i] = c->per_level[k].own_method;
            }
        p->agg[i] = g;
        enum rc rc = check_agg(p, &g, e);
        for (size_t k = 0; rc == RC_OK && !p->agg_own[i] && k < c->uncertainty.n_aggregate;
             k++) {
            g.method = c->uncertainty.aggregate[k];
            rc = check_agg(p, &g, e);
        }
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

static enum rc check_config(const struct engine_input *in, const struct engine_config *c,
                            struct err *e)
{
    const struct uncertainty *u = &c->uncertainty;
    if (in->n_units == 0)
        return err_set(e, RC_INVALID, N_("没有一个单位"));
    if (in->n_units > UINT32_MAX / 2)
        return err_set(e, RC_TOOBIG, N_("单位太多"));
    if ((c->impute == IMPUTE_GROUP_MEAN || c->impute == IMPUTE_GROUP_MEDIAN) &&
        in->group == NULL)
        return err_set(e, RC_INVALID, N_("按组补缺需要指明分组的列"));
    if (c->screen != SCREEN_NONE && !(c->screen_threshold >= 0 && c->screen_threshold <= 1))
        return err_set(e, RC_INVALID, N_("筛选单位的完整程度下限应在 0 与 1 之间"));
    if (c->treat && !(c->treat_limits.winmax >= 0 && c->treat_limits.skew >= 0))
        return err_set(e, RC_INVALID, N_("处理异常值的 winmax 和 skew 不能小于 0"));
    if (!(u->weight_noise >= 0 && u->weight_noise < 1))
        return err_set(e, RC_INVALID, N_("权重扰动 weight_noise 应不小于 0 且小于 1"));
    if (u->replications > REPLICATIONS_MAX || c->sensitivity.samples > REPLICATIONS_MAX)
        return err_set(e, RC_TOOBIG, N_("重复次数最多 1000000"));
    if (u->replications > SAMPLES_MAX / in->n_units)
        return err_set(e, RC_TOOBIG, N_("重复次数乘以单位数最多 100000000"));
    for (size_t i = 0; i < u->n_winmax; i++)
        if (u->winmax[i] < 0)
            return err_set(e, RC_INVALID, N_("处理异常值的 winmax 和 skew 不能小于 0"));
    return RC_OK;
}

static void warn_missing_units(struct prepared *p, struct arena *a)
{
    bool *some = arena_array(a, p->n_rows, sizeof(*some));
    for (size_t l = 0; l < p->t->n_leaves; l++) {
        const double *x = p->col[p->t->leaves[l]];
        for (size_t r = 0; r < p->n_rows; r++)
            some[r] |= x[r] == x[r];
    }
    for (size_t r = 0; r < p->n_rows; r++)
        if (!some[r])
            warn_add(&p->warnings, WARN_UNIT_MISSING, NODE_NONE, p->unit[r], 1);
}

enum rc prepare(const struct engine_input *in, const struct engine_config *c, struct arena *a,
                struct prepared *ret, struct err *e)
{
    enum rc rc = check_config(in, c, e);
    if (rc != RC_OK)
        return rc;
    *ret = (struct prepared){ .in = in, .c = c, .t = in->tree, .warnings = { .a = a } };
    ret->col = arena_array(a, in->tree->n, sizeof(*ret->col));
    double **own = arena_array(a, in->tree->n, sizeof(*own));
    for (size_t l = 0; l < in->tree->n_leaves; l++)
        ret->col[in->tree->leaves[l]] = in->values[in->tree->leaves[l]];
    if (c->denominate)
        denominate(ret, a, own);
    if (c->impute != IMPUTE_NONE)
        impute(ret, a, own);
    rc = screen(ret, a, own, e);
    if (rc == RC_OK)
        rc = resolve_norms(ret, a, e);
    if (rc == RC_OK)
        rc = resolve_aggs(ret, a, e);
    if (rc == RC_OK)
        warn_missing_units(ret, a);
    return rc;
}
