/* The engine's front: prepare, evaluate once, rank, collect what must be told; then uncertainty
 * if asked. */
#include "engine.h"

#include "describe.h"
#include "evaluate.h"

#include <math.h>
#include <stdio.h>

struct engine_config engine_config_default(void)
{
    return (struct engine_config){ .screen_threshold = 0.66,
                                   .treat_limits = { .winmax = 5, .skew = 2, .kurt = 3.5 },
                                   .normalise = norm_default(),
                                   .aggregate = { .method = AGG_AMEAN, .p = 2 },
                                   .uncertainty = { .seed = 1, .weight_noise = 0.25 },
                                   .sensitivity = { .seed = 1 } };
}

static struct workspace workspace_for_result(const struct prepared *p, struct arena *a,
                                             struct engine_result *ret)
{
    const struct scheme_tree *t = p->t;
    bool drop = p->c->drop_steps;
    struct workspace w = { .score = arena_array(a, t->n, sizeof(*w.score)),
                           .state = arena_array(a, t->n, sizeof(*w.state)),
                           .x = arena_array(a, p->fan_out, sizeof(*w.x)),
                           .w = arena_array(a, p->fan_out, sizeof(*w.w)),
                           .summed = arena_array(a, p->fan_out, sizeof(*w.summed)),
                           .a = a };
    if (drop)
        w.temp = arena_array(a, p->fan_out * p->n_rows, sizeof(double));
    if (p->c->treat) {
        w.treatment = arena_array(a, t->n, sizeof(*w.treatment));
        w.treated = drop ? NULL : arena_array(a, t->n, sizeof(*w.treated));
    }
    for (size_t i = 0; i < t->n; i++) {
        if (!t->nodes[i].leaf || !drop)
            w.score[i] = arena_array(a, p->n_rows, sizeof(double));
        if (t->nodes[i].leaf && w.treated != NULL)
            w.treated[i] = arena_array(a, p->n_rows, sizeof(double));
    }
    ret->score = w.score;
    ret->treated = w.treated;
    ret->treatment = w.treatment;
    return w;
}

static void warn_states(struct prepared *p, const enum norm_state *state)
{
    for (size_t l = 0; l < p->t->n_leaves; l++) {
        size_t node = p->t->leaves[l];
        switch (state[node]) {
        case NORM_FINE:
            break;
        case NORM_ALL_MISSING:
            warn_add(&p->warnings, WARN_ALL_MISSING, node, SIZE_MAX, p->n_rows);
            break;
        case NORM_CONSTANT:
            warn_add(&p->warnings, WARN_CONSTANT, node, SIZE_MAX, p->n_rows);
            break;
        case NORM_NO_REF:
            warn_add(&p->warnings, WARN_NO_REF, node, SIZE_MAX, p->n_rows);
            break;
        }
    }
}

static void rank_nodes(const struct prepared *p, struct arena *a, struct engine_result *ret)
{
    ret->rank = arena_array(a, p->t->n, sizeof(*ret->rank));
    for (size_t i = 0; i < p->t->n; i++)
        if (ret->score[i] != NULL && (p->c->rank_all || i == p->t->root)) {
            ret->rank[i] = arena_array(a, p->n_rows, sizeof(int32_t));
            col_rank_best(ret->score[i], p->n_rows, ret->rank[i]);
        }
}

enum rc engine_run(const struct engine_input *in, const struct engine_config *c,
                   struct arena *a, struct engine_result *ret, struct err *e)
{
    struct prepared p;
    enum rc rc = prepare(in, c, a, &p, e);
    if (rc != RC_OK)
        return rc;
    struct engine_result out = { .n_rows = p.n_rows, .unit = p.unit };
    struct workspace w = workspace_for_result(&p, a, &out);
    struct draw nominal = { .winmax = c->treat_limits.winmax, .weight = p.weight };
    struct fault f;
    if (!evaluate(&p, &nominal, &w, &f))
        return fault_error(&p, &f, e);
    warn_states(&p, w.state);
    rank_nodes(&p, a, &out);
    double *effective = arena_array(a, p.t->n, sizeof(*effective));
    scheme_effective_weights(p.t, p.weight, effective);
    out.weight = p.weight;
    out.effective_weight = effective;
    out.veto_hits = w.hits;
    out.n_veto_hits = w.n_hits;
    rc = uncertain_run(&p, a, &out, e);
    if (rc != RC_OK)
        return rc;
    out.warnings = p.warnings.v;
    out.n_warnings = p.warnings.n;
    *ret = out;
    return RC_OK;
}

static const char *warning_text(enum engine_warning_kind k)
{
    switch (k) {
    case WARN_CONSTANT:
        return N_("指标 {code}({name})所有单位的值相同,分不出高低,不计分");
    case WARN_ALL_MISSING:
        return N_("指标 {code}({name})没有一个单位有值,不计分");
    case WARN_NO_REF:
        return N_("指标 {code}({name})的参照值、目标值或最大值缺失或使分母为 0,不计分");
    case WARN_DENOMINATOR_ZERO:
        return N_("指标 {code}({name}):单位 {unit} 的分母为 0,按缺失处理");
    case WARN_GROUP_MISSING:
        return N_("指标 {code}({name}):单位 {unit} 所在的组没有一个值,无法按组补缺");
    case WARN_UNIT_MISSING:
        return N_("单位 {unit} 没有一个值,不计分");
    case WARN_REPLICATIONS_LEFT_OUT:
        return N_("{count} 次重复计算没有意义,已略去(首例:{code}({name}),单位 "
                  "{unit},汇总方法要求大于 0 或不为 0 的数)");
    }
    return NULL;
}

void engine_warning_text(const struct engine_input *in, const struct engine_warning *w,
                         struct err *e)
{
    const struct node *d = w->node == NODE_NONE ? NULL : &in->tree->nodes[w->node];
    char count[32];
    snprintf(count, sizeof(count), "%zu", w->count);
    (void)err_set(e, RC_OK, warning_text(w->kind), "code", d != NULL ? d->code : "", "name",
                  d != NULL ? d->name : "", "unit",
                  w->unit == SIZE_MAX ? "" : in->unit_codes[w->unit], "count", count);
}
