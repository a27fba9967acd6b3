/*
 * One evaluation: treat, normalise, aggregate from the bottom up, vetoes. Run once for the
 * result and once for every replication, so it allocates nothing but what the steps themselves
 * need.
 */
#include "evaluate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double *leaf(const struct prepared *p, const struct draw *d, struct workspace *w,
                    size_t node, size_t slot)
{
    size_t n = p->n_rows;
    double *out = w->temp != NULL ? w->temp + slot * n : w->score[node];
    const double *x = p->col[node];
    if (p->c->treat) {
        double *t = w->treated != NULL ? w->treated[node] : out;
        memcpy(t, x, n * sizeof(*t));
        struct treat limits = p->c->treat_limits;
        limits.winmax = d->winmax;
        struct treatment ignored;
        treat_column(&limits, t, n, w->treatment != NULL ? &w->treatment[node] : &ignored);
        x = t;
    }
    struct norm norm = p->norm[node];
    if (d->normalise_drawn && !p->norm_own[node])
        norm.method = d->normalise;
    enum norm_state s = norm_column(&norm, x, n, p->t->nodes[node].direction,
                                    p->t->nodes[node].target, p->i_ref[node], out);
    if (w->state != NULL)
        w->state[node] = s;
    return out;
}

static bool holds(double v, enum cmp cmp, double limit)
{
    switch (cmp) {
    case CMP_LT:
        return v < limit;
    case CMP_LE:
        return v <= limit;
    case CMP_EQ:
        return v == limit;
    case CMP_NE:
        return v == v && v != limit;
    case CMP_GE:
        return v >= limit;
    case CMP_GT:
        return v > limit;
    }
    return false;
}

static void hit_add(struct workspace *w, struct veto_hit hit)
{
    if (w->a == NULL)
        return;
    if (w->n_hits == w->cap_hits) {
        size_t cap = w->cap_hits == 0 ? 16 : 2 * w->cap_hits;
        w->hits = arena_grow(w->a, w->hits, w->cap_hits * sizeof(hit), cap * sizeof(hit));
        w->cap_hits = cap;
    }
    w->hits[w->n_hits++] = hit;
}

static void vetoes(const struct prepared *p, struct workspace *w, size_t node)
{
    for (size_t k = 0; k < p->in->n_vetoes; k++) {
        const struct veto *v = &p->in->vetoes[k];
        size_t target = v->target == NODE_NONE ? p->t->nodes[v->node].parent : v->target;
        if (target != node)
            continue;
        double *y = w->score[node];
        for (size_t r = 0; r < p->n_rows; r++)
            if (y[r] > v->cap && holds(p->in->values[v->node][p->unit[r]], v->cmp, v->limit)) {
                hit_add(w, (struct veto_hit){ .veto = k, .row = r, .before = y[r] });
                y[r] = v->cap;
            }
    }
}

bool evaluate(const struct prepared *p, const struct draw *d, struct workspace *w,
              struct fault *f)
{
    const struct scheme_tree *t = p->t;
    for (size_t k = 0; k < t->n; k++) {
        size_t node = t->bottom_first[k];
        const struct node *parent = &t->nodes[node];
        if (parent->leaf)
            continue;
        for (size_t c = 0; c < parent->n_children; c++) {
            size_t child = parent->children[c];
            w->x[c] = t->nodes[child].leaf ? leaf(p, d, w, child, c) : w->score[child];
            w->w[c] = d->weight[child];
            w->summed[c] = !t->nodes[child].leaf;
        }
        struct agg g = p->agg[node];
        if (d->aggregate_drawn && !p->agg_own[node])
            g.method = d->aggregate;
        struct agg_fault af;
        if (!agg_columns(&g, w->x, w->w, w->summed, parent->n_children, p->n_rows,
                         w->score[node], &af)) {
            bool sum = af.child == parent->n_children;
            *f = (struct fault){ .node = sum ? NODE_NONE : parent->children[af.child],
                                 .parent = node,
                                 .row = af.row,
                                 .method = g.method,
                                 .value = sum ? NAN : w->x[af.child][af.row] };
            return false;
        }
        if (p->in->n_vetoes > 0)
            vetoes(p, w, node);
    }
    return true;
}

static const char *fault_text(const struct fault *f)
{
    if (f->node == NODE_NONE)
        return N_("单位 {unit} 在 {parent} 下的数相互抵消,{method} 没有意义");
    if (f->method == AGG_GMEAN)
        return N_(
            "几何平均只能用于大于 0 的数:单位 {unit} 的 {code}({name})标准化后为 {value}");
    if (f->method == AGG_HMEAN)
        return N_("调和平均不能用于 0:单位 {unit} 的 {code}({name})标准化后为 {value}");
    return N_("这个 p 的广义平均不能用于该数:单位 {unit} 的 {code}({name})标准化后为 {value}");
}

enum rc fault_error(const struct prepared *p, const struct fault *f, struct err *e)
{
    const struct node *child = &p->t->nodes[f->node == NODE_NONE ? f->parent : f->node];
    char value[32];
    snprintf(value, sizeof(value), "%.6g", f->value);
    return err_set(e, RC_INVALID, fault_text(f), "unit", p->in->unit_codes[p->unit[f->row]],
                   "code", child->code, "name", child->name, "value", value, "parent",
                   p->t->nodes[f->parent].code, "method", agg_name(f->method));
}
