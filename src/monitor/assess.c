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
    /* All from one indicator: whatever the weights, the score is the same. */
    struct assess_range in = { r->node_lo[node][row], r->node_hi[node][row] };
    return in.hi - in.lo < 1e-4 ? none : in;
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
    double *share = arena_array(a, s.r.n_rows * t->n, sizeof(*share)),
           *part = arena_array(a, s.r.n_rows * t->n, sizeof(*part));
    for (size_t i = 0; i < s.r.n_rows; i++) {
        goal_shares(t, &s.r, i, share + i * t->n);
        goal_parts(t, &s.r, i, share + i * t->n, part + i * t->n);
    }
    s.share = share;
    s.part = part;
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

/* The rows of a mixture: the units of now, then those that are gone, who were somebody's peers.
 */
struct mixed_units {
    size_t n;
    const char **code;
    ptrdiff_t *now, *before; /* index in the panels, -1: not there */
    int32_t *group_now, *group_before;
    size_t n_groups;
    struct map *by_code;
};

struct change_split {
    struct change_input in;
    struct arena *a;
    bool same_scheme, absolute;
    struct mixed_units units;
    double *cached[MIXTURES]; /* absolute: index by unit */
    size_t unit;              /* being split */
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

static int32_t group_of(struct map *groups, const struct panel *p, ptrdiff_t u)
{
    if (u < 0)
        return -1;
    map_add_index(groups, p->unit[u]->peer_group, map_count(groups));
    return (int32_t)map_index(groups, p->unit[u]->peer_group);
}

static struct mixed_units mix_units(const struct panel *now, const struct panel *before,
                                    struct arena *a)
{
    size_t most = now->n_units + before->n_units;
    struct map *groups = map_new(a);
    struct mixed_units m = { .code = arena_array(a, most, sizeof(*m.code)),
                             .now = arena_array(a, most, sizeof(*m.now)),
                             .before = arena_array(a, most, sizeof(*m.before)),
                             .group_now = arena_array(a, most, sizeof(*m.group_now)),
                             .group_before = arena_array(a, most, sizeof(*m.group_before)),
                             .by_code = map_new(a) };
    for (size_t k = 0; k < most; k++) {
        bool is_now = k < now->n_units;
        const struct panel *p = is_now ? now : before;
        size_t u = is_now ? k : k - now->n_units;
        if (map_add_index(m.by_code, p->unit[u]->code, m.n)) {
            m.code[m.n] = p->unit[u]->code;
            m.now[m.n] = is_now ? (ptrdiff_t)u : -1;
            m.before[m.n++] = -1;
        }
        if (!is_now)
            m.before[map_index(m.by_code, p->unit[u]->code)] = (ptrdiff_t)u;
    }
    for (size_t i = 0; i < m.n; i++) {
        m.group_now[i] = group_of(groups, now, m.now[i]);
        m.group_before[i] = group_of(groups, before, m.before[i]);
    }
    m.n_groups = map_count(groups);
    return m;
}

struct change_split *change_split_new(const struct change_input *in, struct arena *a)
{
    struct change_split *s = arena_alloc(a, sizeof(*s));
    s->in = *in;
    s->a = a;
    s->same_scheme = in->now == in->now_by_old;
    s->absolute = all_absolute(in->now) && (s->same_scheme || all_absolute(in->before));
    s->units = mix_units(in->now, in->before, a);
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

/* Whose data a row has in a mixture. */
static bool is_own(const struct change_split *s, size_t i)
{
    return s->absolute || i == s->unit;
}

/* The rows there are in a mixture: the unit itself and the peers of one of the periods. */
static size_t rows_there(const struct change_split *s, unsigned mask, size_t *ret)
{
    const struct mixed_units *m = &s->units;
    const ptrdiff_t *peers = mask >> CHANGE_PEERS & 1 ? m->now : m->before;
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++)
        if (is_own(s, i) || peers[i] >= 0)
            ret[n++] = i;
    return n;
}

/* One column of data in a mixture; is and was as they went into the engine, by panel unit. */
static double *mixed_column(const struct change_split *s, const size_t *row, size_t n,
                            const double *is, const double *was, unsigned mask,
                            struct arena *tmp)
{
    const struct mixed_units *m = &s->units;
    double *out = arena_array(tmp, n, sizeof(*out));
    for (size_t k = 0; k < n; k++) {
        size_t i = row[k];
        double here = m->now[i] < 0 || is == NULL ? NAN : is[m->now[i]],
               old = m->before[i] < 0 || was == NULL ? NAN : was[m->before[i]];
        if (is_own(s, i))
            out[k] = decompose_value(old, here, mask);
        else
            out[k] = mask >> CHANGE_PEERS & 1 ? here : old;
    }
    return out;
}

/* The index of every unit there is in a mixture; NaN without one. */
static enum rc run_mixture(struct change_split *s, unsigned mask, double *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *tmp = arena_new();
    const struct mixed_units *m = &s->units;
    bool method_now = mask >> CHANGE_METHOD & 1, weights_now = mask >> CHANGE_WEIGHTS & 1;
    /* The frame (tree, formulas, scoring) is one scheme's; the data of both periods have been
     * through its formulas. */
    const struct panel *frame = method_now ? s->in.now : s->in.before;
    const struct panel *is = method_now ? s->in.now : s->in.now_by_old;
    const struct panel *was = method_now ? s->in.before_by_new : s->in.before;
    const struct scheme_tree *other =
        weights_now ? &s->in.now->plan.tree : &s->in.before->plan.tree;
    struct scheme_tree tree = reweighted(&frame->plan.tree, other, tmp);
    size_t *row = arena_array(tmp, m->n, sizeof(*row)), n = rows_there(s, mask, row);
    const double **cols = arena_array(tmp, tree.n, sizeof(*cols));
    const double **dens = arena_array(tmp, tree.n, sizeof(*dens));
    for (size_t i = 0; i < tree.n; i++) {
        if (!tree.nodes[i].leaf)
            continue;
        cols[i] = mixed_column(s, row, n, is->in.values[i], was->in.values[i], mask, tmp);
        const double *d = is->in.denominators ? is->in.denominators[i] : NULL,
                     *old = was->in.denominators ? was->in.denominators[i] : NULL;
        if (d || old)
            dens[i] = mixed_column(s, row, n, d, old, mask, tmp);
    }
    const char **codes = arena_array(tmp, n, sizeof(*codes));
    int32_t *group = arena_array(tmp, n, sizeof(*group));
    for (size_t k = 0; k < n; k++) {
        bool as_now = mask >> (is_own(s, row[k]) ? CHANGE_OWN : CHANGE_PEERS) & 1;
        codes[k] = m->code[row[k]];
        group[k] = as_now ? m->group_now[row[k]] : m->group_before[row[k]];
    }
    struct engine_input in = { .tree = &tree,
                               .n_units = n,
                               .unit_codes = codes,
                               .values = cols,
                               .denominators = dens,
                               .group = group,
                               .n_groups = m->n_groups,
                               .vetoes = frame->plan.vetoes,
                               .n_vetoes = frame->plan.n_vetoes };
    struct engine_config c = frame->plan.config.engine;
    c.uncertainty.replications = 0;
    c.sensitivity.samples = 0;
    c.drop_steps = true;
    struct engine_result r;
    enum rc rc = engine_run(&in, &c, tmp, &r, e);
    for (size_t i = 0; i < m->n; i++)
        ret[i] = NAN;
    for (size_t k = 0; rc == RC_OK && k < r.n_rows; k++)
        ret[row[r.unit[k]]] = r.score[tree.root][k];
    return rc;
}

static enum rc mixture(void *arg, unsigned mask, double *ret, struct err *e)
{
    struct change_split *s = arg;
    if (s->same_scheme)
        mask &= ~(1u << CHANGE_WEIGHTS | 1u << CHANGE_METHOD);
    if (s->absolute)
        mask &= ~(1u << CHANGE_PEERS);
    double *all = s->cached[mask];
    if (!all) {
        all = s->cached[mask] = arena_array(s->a, s->units.n, sizeof(*all));
        enum rc rc = run_mixture(s, mask, all, e);
        if (rc != RC_OK)
            return rc;
    }
    *ret = all[s->unit];
    return RC_OK;
}

enum rc change_split_unit(struct change_split *s, const char *unit, double parts[CHANGES],
                          double *ret_change, struct err *e)
{
    ptrdiff_t row = map_index(s->units.by_code, unit);
    if (row < 0 || s->units.before[row] < 0)
        return err_set(e, RC_INVALID, N_("上期没有这个单位,无法比较"));
    s->unit = (size_t)row;
    if (!s->absolute)
        memset(s->cached, 0, sizeof(s->cached)); /* these runs were about another unit */
    if (decompose(mixture, s, CHANGES, parts, ret_change, e) != RC_OK)
        return err_set(e, RC_INVALID, N_("上期或本期的数据不足以计算指数,无法比较"));
    return RC_OK;
}
