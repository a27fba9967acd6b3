/*
 * The engine over a panel, and the split of a change. A mixture of two periods is one run of
 * the engine; when every method is absolute a unit's score depends on its own row only, so that
 * one run serves all units.
 */
#include "monitor/assess.h"

#include "base/map.h"
#include "base/str.h"
#include "stats/describe.h"
#include "stats/goal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double assess_score(const struct assessment *s, size_t unit, size_t node)
{
    size_t row = s->row_of[unit];
    return row == SIZE_MAX || !s->r.score[node] ? NAN : s->r.score[node][row];
}

double assess_index(const struct assessment *s, size_t unit)
{
    return assess_score(s, unit, s->panel->plan.tree.root);
}

struct assess_range assess_interval(const struct assessment *s, size_t unit, size_t node)
{
    const struct engine_result *r = &s->r;
    size_t row = s->row_of[unit];
    struct assess_range none = { NAN, NAN };
    if (row == SIZE_MAX || isnan(assess_score(s, unit, node)))
        return none;
    if (node == s->panel->plan.tree.root && r->intervals)
        return (struct assess_range){ r->intervals[row].score_q05,
                                      r->intervals[row].score_q95 };
    if (!r->node_lo || !r->node_lo[node])
        return none;
    return (struct assess_range){ r->node_lo[node][row], r->node_hi[node][row] };
}

/* The county's figure: the mean over units. Its interval is of that mean, taken in each
 * replication: what moves one unit up and another down does not move the county. */
static void county_mean(struct assessment *s)
{
    static const double at[] = { 0.05, 0.95 };
    const struct engine_result *r = &s->r;
    double q[2] = { NAN, NAN };
    CLEANUP(mem_freep) double *mean = mem_array(r->n_samples, sizeof(*mean));
    for (size_t i = 0; i < r->n_samples; i++)
        mean[i] = col_mean(r->score_samples + i * r->n_rows, r->n_rows);
    if (r->n_samples)
        col_quantiles(mean, r->n_samples, at, COUNT(at), q);
    s->county = col_mean(r->score[s->panel->plan.tree.root], r->n_rows);
    s->county_lo = q[0];
    s->county_hi = q[1];
}

/* Against the mean of the peer group: towns are compared with towns. Level when the interval
 * reaches the mean. */
static void stand(const struct assessment *s, enum standing *ret)
{
    const struct panel *p = s->panel;
    const double *root = s->r.score[p->plan.tree.root];
    for (size_t i = 0; i < s->r.n_rows; i++) {
        double sum = 0;
        size_t n = 0;
        for (size_t k = 0; k < s->r.n_rows; k++)
            if (str_eq(p->unit[s->r.unit[k]]->peer_group, p->unit[s->r.unit[i]]->peer_group) &&
                !isnan(root[k])) {
                sum += root[k];
                n++;
            }
        double mean = sum / (double)n;
        ret[i] = isnan(root[i]) || !s->r.intervals    ? STANDING_NONE
                 : s->r.intervals[i].score_q05 > mean ? STANDING_ABOVE
                 : s->r.intervals[i].score_q95 < mean ? STANDING_BELOW
                                                      : STANDING_LEVEL;
    }
}

/* The peer group of each row, counted from 0. */
static const size_t *peer_groups(const struct assessment *s, struct arena *a)
{
    struct map *groups = map_new(a);
    size_t *of = arena_array(a, s->r.n_rows, sizeof(*of));
    for (size_t i = 0; i < s->r.n_rows; i++) {
        const char *name = s->panel->unit[s->r.unit[i]]->peer_group;
        map_add_index(groups, name, map_count(groups));
        of[i] = (size_t)map_index(groups, name);
    }
    return of;
}

enum rc assess(const struct panel *p, struct arena *a, struct assessment *ret, struct err *e)
{
    struct assessment s = { .panel = p };
    struct engine_config c = p->plan.config.engine;
    c.node_intervals = true;
    enum rc rc = engine_run(&p->in, &c, a, &s.r, e);
    if (rc != RC_OK)
        return rc;
    const struct scheme_tree *t = &p->plan.tree;
    size_t *row_of = arena_array(a, p->n_units, sizeof(*row_of));
    for (size_t u = 0; u < p->n_units; u++)
        row_of[u] = SIZE_MAX;
    for (size_t i = 0; i < s.r.n_rows; i++)
        row_of[s.r.unit[i]] = i;
    s.row_of = row_of;
    double *share = arena_array(a, s.r.n_rows * t->n, sizeof(*share));
    for (size_t i = 0; i < s.r.n_rows; i++)
        goal_shares(t, &s.r, i, share + i * t->n);
    s.share = share;
    struct rank_band *band = arena_array(a, s.r.n_rows, sizeof(*band)),
                     *peer_band = arena_array(a, s.r.n_rows, sizeof(*peer_band));
    enum standing *standing = arena_array(a, s.r.n_rows, sizeof(*standing));
    if (s.r.n_samples) {
        tell_apart_bands(&s.r, t, NULL, ASSESS_SURE, band);
        tell_apart_bands(&s.r, t, peer_groups(&s, a), ASSESS_SURE, peer_band);
    }
    s.band = band;
    s.peer_band = peer_band;
    stand(&s, standing);
    s.standing = standing;
    county_mean(&s);
    *ret = s;
    return RC_OK;
}

/* ---- why a score moved ---- */

/* The bits that make a difference to a run for all units at once. */
enum { MIXTURES = 1 << CHANGES };

struct change_split {
    struct change_input in;
    struct arena *a;
    bool same_scheme, absolute;
    struct map *row_now, *row_before; /* unit code → index in the panels */
    double *cached[MIXTURES];         /* absolute: index by unit of the panel now */
    const char *unit;                 /* being split */
};

/* Whether a unit's score depends on its own values only. */
static bool all_absolute(const struct panel *p)
{
    const struct engine_config *c = &p->plan.config.engine;
    if (c->impute != IMPUTE_NONE || c->treat || c->aggregate.method == AGG_COPELAND)
        return false;
    for (size_t i = 0; i < c->n_per_level; i++)
        if (c->per_level[i].agg.method == AGG_COPELAND)
            return false;
    for (size_t node = 0; node < p->plan.tree.n; node++) {
        if (!p->plan.tree.nodes[node].leaf)
            continue;
        enum norm_method m = c->normalise.method;
        for (size_t i = 0; i < c->n_per; i++)
            if (c->per[i].node == node && c->per[i].own_method)
                m = c->per[i].norm.method;
        if (!norm_absolute(m))
            return false;
    }
    return true;
}

static struct map *rows_by_code(const struct panel *p, struct arena *a)
{
    struct map *m = map_new(a);
    for (size_t u = 0; u < p->n_units; u++)
        map_add_index(m, p->unit[u]->code, u);
    return m;
}

struct change_split *change_split_new(const struct change_input *in, struct arena *a)
{
    struct change_split *s = arena_alloc(a, sizeof(*s));
    s->in = *in;
    s->a = a;
    s->same_scheme = in->now == in->now_by_old;
    s->absolute = all_absolute(in->now) && (s->same_scheme || all_absolute(in->before));
    s->row_now = rows_by_code(in->now, a);
    s->row_before = rows_by_code(in->before, a);
    return s;
}

/* The tree of a scheme with the weights of another where a node of the same code exists. */
static struct scheme_tree reweighted(const struct scheme_tree *t,
                                     const struct scheme_tree *from, struct arena *a)
{
    struct scheme_tree out = *t;
    struct node *nodes = arena_copy(a, t->nodes, t->n * sizeof(*nodes));
    struct map *by_code = map_new(a);
    for (size_t i = 0; i < from->n; i++)
        map_add_index(by_code, from->nodes[i].code, i);
    for (size_t i = 0; i < t->n; i++) {
        ptrdiff_t k = map_index(by_code, nodes[i].code);
        if (k >= 0)
            nodes[i].weight = from->nodes[k].weight;
    }
    out.nodes = nodes;
    return out;
}

/* One leaf's column in a mixture, over the units of the panel now. */
static double *mixed_column(const struct change_split *s, const double *is, const double *was,
                            unsigned mask, struct arena *tmp)
{
    const struct panel *now = s->in.now;
    double *out = arena_array(tmp, now->n_units, sizeof(*out));
    for (size_t u = 0; u < now->n_units; u++) {
        ptrdiff_t b = map_index(s->row_before, now->unit[u]->code);
        double old = b < 0 ? NAN : was[b];
        bool own = s->absolute || str_eq(now->unit[u]->code, s->unit);
        if (own)
            out[u] = decompose_value(old, is[u], mask);
        else
            out[u] = mask >> CHANGE_PEERS & 1 ? is[u] : old;
    }
    return out;
}

/* The index of all units in a mixture. */
static enum rc run_mixture(struct change_split *s, unsigned mask, double *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *tmp = arena_new();
    bool method_now = mask >> CHANGE_METHOD & 1, weights_now = mask >> CHANGE_WEIGHTS & 1;
    /* The frame (tree, formulas, scoring) is one scheme's; the data of both periods have been
     * through its formulas. */
    const struct panel *frame = method_now ? s->in.now : s->in.before;
    const struct panel *is = method_now ? s->in.now : s->in.now_by_old;
    const struct panel *was = method_now ? s->in.before_by_new : s->in.before;
    const struct scheme_tree *other =
        weights_now ? &s->in.now->plan.tree : &s->in.before->plan.tree;
    struct scheme_tree tree = reweighted(&frame->plan.tree, other, tmp);
    const double **cols = arena_array(tmp, tree.n, sizeof(*cols));
    for (size_t i = 0; i < tree.n; i++)
        if (tree.nodes[i].leaf)
            cols[i] = mixed_column(s, is->raw[i], was->raw[i], mask, tmp);
    struct engine_input in = s->in.now->in;
    in.tree = &tree;
    in.values = cols;
    in.denominators = is->in.denominators;
    in.vetoes = frame->plan.vetoes;
    in.n_vetoes = frame->plan.n_vetoes;
    struct engine_config c = frame->plan.config.engine;
    c.uncertainty.replications = 0;
    c.sensitivity.samples = 0;
    c.drop_steps = true;
    c.screen = SCREEN_NONE; /* a unit left out has no score and is not split */
    struct engine_result r;
    enum rc rc = engine_run(&in, &c, tmp, &r, e);
    for (size_t i = 0; rc == RC_OK && i < r.n_rows; i++)
        ret[r.unit[i]] = r.score[tree.root][i];
    return rc;
}

static enum rc mixture(void *arg, unsigned mask, double *ret, struct err *e)
{
    struct change_split *s = arg;
    size_t n = s->in.now->n_units;
    ptrdiff_t u = map_index(s->row_now, s->unit);
    if (s->same_scheme)
        mask &= ~(1u << CHANGE_WEIGHTS | 1u << CHANGE_METHOD);
    if (s->absolute)
        mask &= ~(1u << CHANGE_PEERS);
    double *all = s->cached[mask];
    if (!all) {
        all = s->cached[mask] = arena_array(s->a, n, sizeof(*all));
        enum rc rc = run_mixture(s, mask, all, e);
        if (rc != RC_OK)
            return rc;
    }
    *ret = all[u];
    return RC_OK;
}

enum rc change_split_unit(struct change_split *s, const char *unit, double parts[CHANGES],
                          double *ret_change, struct err *e)
{
    if (map_index(s->row_before, unit) < 0)
        return err_set(e, RC_INVALID, N_("上期没有这个单位,无法比较"));
    s->unit = unit;
    if (!s->absolute)
        memset(s->cached, 0, sizeof(s->cached)); /* these runs were about another unit */
    if (decompose(mixture, s, CHANGES, parts, ret_change, e) != RC_OK)
        return err_set(e, RC_INVALID, N_("上期或本期的数据不足以计算指数,无法比较"));
    return RC_OK;
}
