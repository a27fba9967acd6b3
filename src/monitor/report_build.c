/*
 * The report's filling. Contributions are handed down the tree: a node's points go to its
 * children in proportion to weight times score, so that they add up at every level whatever the
 * aggregation, and to share times score for arithmetic means.
 */
#include "monitor/report_build.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/value.sql.h"
#include "stats/describe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Medians and quartiles of each node by peer group, and the group of each unit. */
struct report_shared {
    size_t n_groups;
    const size_t *group_of; /* by panel unit */
    const char **group_name;
    size_t *group_n;                       /* units of the group with an index */
    double *median;                        /* by group × node */
    double *lo, *hi;                       /* of the index, by group */
    struct map *before_unit, *before_node; /* code → index in the assessment before */
    struct map *owner; /* unit code → struct unit, for names of departments */
    int n_ranked;
};

static double median_of(const struct report_source *src, const struct report_shared *sh,
                        size_t group, size_t node, double *tmp)
{
    size_t n = 0;
    for (size_t u = 0; u < src->now->panel->n_units; u++)
        if (sh->group_of[u] == group)
            tmp[n++] = assess_score(src->now, u, node);
    return col_median(tmp, n);
}

static void shared_groups(const struct report_source *src, struct report_shared *sh,
                          struct arena *a)
{
    const struct panel *p = src->now->panel;
    struct map *groups = map_new(a);
    size_t *of = arena_array(a, p->n_units, sizeof(*of));
    sh->group_name = arena_array(a, p->n_units, sizeof(*sh->group_name));
    for (size_t u = 0; u < p->n_units; u++) {
        if (map_add_index(groups, p->unit[u]->peer_group, map_count(groups)))
            sh->group_name[map_count(groups) - 1] = p->unit[u]->peer_group;
        of[u] = (size_t)map_index(groups, p->unit[u]->peer_group);
    }
    sh->group_of = of;
    sh->n_groups = map_count(groups);
}

struct report_shared *report_shared_new(const struct report_source *src, struct arena *a)
{
    const struct panel *p = src->now->panel;
    const struct scheme_tree *t = &p->plan.tree;
    struct report_shared *sh = arena_alloc(a, sizeof(*sh));
    shared_groups(src, sh, a);
    sh->group_n = arena_array(a, sh->n_groups, sizeof(*sh->group_n));
    sh->median = arena_array(a, sh->n_groups * t->n, sizeof(*sh->median));
    sh->lo = arena_array(a, sh->n_groups, sizeof(*sh->lo));
    sh->hi = arena_array(a, sh->n_groups, sizeof(*sh->hi));
    double *tmp = arena_array(a, p->n_units, sizeof(*tmp));
    for (size_t g = 0; g < sh->n_groups; g++) {
        for (size_t node = 0; node < t->n; node++)
            sh->median[g * t->n + node] = median_of(src, sh, g, node, tmp);
        size_t n = 0;
        for (size_t u = 0; u < p->n_units; u++)
            if (sh->group_of[u] == g)
                tmp[n++] = assess_index(src->now, u);
        sh->lo[g] = col_quantile(tmp, n, 0.25);
        sh->hi[g] = col_quantile(tmp, n, 0.75);
        for (size_t i = 0; i < n; i++)
            sh->group_n[g] += !isnan(tmp[i]);
    }
    for (size_t u = 0; u < p->n_units; u++)
        sh->n_ranked += !isnan(assess_index(src->now, u));
    sh->before_unit = map_new(a);
    sh->before_node = map_new(a);
    if (src->before) {
        const struct panel *b = src->before->panel;
        for (size_t u = 0; u < b->n_units; u++)
            map_add_index(sh->before_unit, b->unit[u]->code, u);
        for (size_t i = 0; i < b->plan.tree.n; i++)
            map_add_index(sh->before_node, b->plan.tree.nodes[i].code, i);
    }
    return sh;
}

enum { INPUTS_IN_WORDS = 3 };

struct filling {
    const struct report_source *src;
    const struct report_shared *sh;
    const struct panel *p;
    const struct scheme_tree *t;
    size_t unit, row; /* row SIZE_MAX: screened out */
    ptrdiff_t unit_before;
    enum lang lang;
    struct arena *a;
    struct health_report *r;
    struct report_node *nodes;
};

static const char *tr(const struct filling *f, const char *zh)
{
    return lang_text(f->lang, zh);
}

static const struct scheme_node *node_of(const struct filling *f, size_t node)
{
    return &f->p->plan.scheme->nodes[f->p->plan.of_tree[node]];
}

/* A leaf that does not apply to the unit is not part of its tree. */
static bool part_of(const struct filling *f, size_t node)
{
    const struct node *n = &f->t->nodes[node];
    if (n->leaf)
        return unit_in_groups(f->p->unit[f->unit], node_of(f, node)->peer_group) &&
               !(f->p->why[node][f->unit] == MISSING_NA && isnan(f->p->raw[node][f->unit]) &&
                 isnan(assess_score(f->src->now, f->unit, node)));
    for (size_t i = 0; i < n->n_children; i++)
        if (part_of(f, n->children[i]))
            return true;
    return false;
}

static double share_of(const struct filling *f, size_t node)
{
    return f->row == SIZE_MAX ? 0 : f->src->now->share[f->row * f->t->n + node];
}

static double contribution_of(const struct filling *f, size_t node)
{
    return f->row == SIZE_MAX ? NAN : f->src->now->part[f->row * f->t->n + node];
}

static double score_before(const struct filling *f, size_t node)
{
    ptrdiff_t at = map_index(f->sh->before_node, f->t->nodes[node].code);
    return f->unit_before < 0 || at < 0
               ? NAN
               : assess_score(f->src->before, (size_t)f->unit_before, (size_t)at);
}

static const struct veto_hit *veto_on(const struct filling *f, size_t node)
{
    const struct engine_result *r = &f->src->now->r;
    for (size_t i = 0; i < r->n_veto_hits; i++) {
        const struct veto *v = &f->p->plan.vetoes[r->veto_hits[i].veto];
        size_t target = v->target == NODE_NONE ? f->t->nodes[v->node].parent : v->target;
        if (r->veto_hits[i].row == f->row && target == node)
            return &r->veto_hits[i];
    }
    return NULL;
}

static const char *note_of(const struct filling *f, size_t node, bool *ret_capped)
{
    const struct veto_hit *hit = veto_on(f, node);
    *ret_capped = hit != NULL;
    if (!hit)
        return NULL;
    const struct veto *v = &f->p->plan.vetoes[hit->veto];
    return text_fill(f->a, tr(f, N_("一票否决:{name}{reason},由{before}分降至{cap}分")), "name",
                     f->t->nodes[v->node].name, "reason", v->reason ? v->reason : "", "before",
                     fmt_score(f->a, hit->before), "cap", fmt_score(f->a, v->cap), NULL);
}

static void add_node(struct filling *f, size_t node, int depth);

static void add_children(struct filling *f, size_t node, int depth)
{
    const struct node *n = &f->t->nodes[node];
    for (size_t i = 0; i < n->n_children; i++)
        if (part_of(f, n->children[i]))
            add_node(f, n->children[i], depth);
}

static void add_node(struct filling *f, size_t node, int depth)
{
    const struct node *n = &f->t->nodes[node];
    struct report_node *out = &f->nodes[f->r->n_nodes++];
    bool capped;
    *out = (struct report_node){
        .code = n->code,
        .name = n->name,
        .depth = depth,
        .weight = share_of(f, node) * 100,
        .score = assess_score(f->src->now, f->unit, node),
        .peer_median = f->sh->median[f->sh->group_of[f->unit] * f->t->n + node],
        .prev = score_before(f, node),
        .contribution = contribution_of(f, node),
        .note = note_of(f, node, &capped),
    };
    struct assess_range in = assess_interval(f->src->now, f->unit, node);
    out->lo = in.lo;
    out->hi = in.hi;
    out->capped = capped;
    if (n->leaf) {
        enum missing why = f->p->why[node][f->unit];
        if (isnan(out->score))
            out->missing = (enum report_missing)(why == PRESENT ? MISSING_NA : why);
        return;
    }
    size_t before = f->r->n_nodes;
    add_children(f, node, depth + 1);
    for (size_t i = before; i < f->r->n_nodes; i++) {
        const struct report_node *child = &f->nodes[i];
        out->n_children += child->depth == depth + 1;
        /* Nothing beneath has a score: it is missing for the gravest of their reasons. */
        if (isnan(out->score) && child->missing > out->missing)
            out->missing = child->missing;
    }
}

/* ---- strengths and weaknesses ---- */

static int by_points_down(const void *x, const void *y)
{
    double a = ((const struct report_point_of_note *)x)->points,
           b = ((const struct report_point_of_note *)y)->points;
    return (a < b) - (a > b);
}

static const char *path_of(const struct filling *f, const char *code)
{
    size_t node = scheme_find(f->t, code);
    const char *path = NULL;
    for (size_t up = f->t->nodes[node].parent; up != NODE_NONE && up != f->t->root;
         up = f->t->nodes[up].parent)
        path = path ? arena_printf(f->a, "%s › %s", f->t->nodes[up].name, path)
                    : f->t->nodes[up].name;
    return path;
}

static void notable(struct filling *f)
{
    struct health_report *r = f->r;
    struct report_point_of_note *all = arena_array(f->a, r->n_nodes, sizeof(*all));
    size_t n = 0;
    for (size_t i = 0; i < r->n_nodes; i++) {
        const struct report_node *x = &f->nodes[i];
        double points = x->weight * (x->score - x->peer_median) / 100;
        if (x->n_children || isnan(points) || fabs(points) < 0.005)
            continue;
        all[n++] = (struct report_point_of_note){ .code = x->code,
                                                  .name = x->name,
                                                  .path = path_of(f, x->code),
                                                  .score = x->score,
                                                  .peer_median = x->peer_median,
                                                  .points = points };
    }
    if (n)
        qsort(all, n, sizeof(*all), by_points_down);
    r->strengths = all;
    while (r->n_strengths < n && r->n_strengths < REPORT_NOTED_MAX &&
           all[r->n_strengths].points > 0)
        r->n_strengths++;
    struct report_point_of_note *weak = arena_array(f->a, n, sizeof(*weak));
    for (size_t i = n; i > 0 && r->n_weaknesses < REPORT_NOTED_MAX && all[i - 1].points < 0;
         i--)
        weak[r->n_weaknesses++] = all[i - 1];
    r->weaknesses = weak;
    if (r->n_weaknesses && r->n_weaknesses >= 2)
        r->answer_more = text_fill(f->a, tr(f, N_("失分主要在{a}和{b}。")), "a", weak[0].name,
                                   "b", weak[1].name, NULL);
}

/* ---- others, change, completeness, values ---- */

static void compare(struct filling *f)
{
    struct health_report *r = f->r;
    const struct assessment *s = f->src->now;
    size_t group = f->sh->group_of[f->unit], root = f->t->root;
    r->peer_name = f->sh->group_name[group];
    r->peer_count = (int)f->sh->group_n[group];
    r->peer_median = f->sh->median[group * f->t->n + root];
    r->peer_lo = f->sh->lo[group];
    r->peer_hi = f->sh->hi[group];
    r->n_ranked = f->sh->n_ranked;
    struct report_unit *units = arena_array(f->a, f->p->n_units, sizeof(*units));
    for (size_t u = 0; u < f->p->n_units; u++) {
        size_t row = s->row_of[u];
        int32_t rank = row == SIZE_MAX ? 0 : s->r.rank[root][row];
        units[u] = (struct report_unit){ .code = f->p->unit[u]->code,
                                         .name = f->p->unit[u]->name,
                                         .score = assess_index(s, u),
                                         .own = u == f->unit,
                                         .same = u == f->unit ||
                                                 (rank && r->rank_lo && rank >= r->rank_lo &&
                                                  rank <= r->rank_hi),
                                         .peer = f->sh->group_of[u] == group };
    }
    r->units = units;
    r->n_units = f->p->n_units;
}

static void change(struct filling *f)
{
    struct health_report *r = f->r;
    r->prev = NAN;
    if (!f->src->before) {
        r->no_change_reason = tr(f, N_("这是第一次计算,没有上期可比"));
        return;
    }
    r->prev_period = f->src->before->panel->period;
    if (f->unit_before >= 0)
        r->prev = assess_index(f->src->before, (size_t)f->unit_before);
    double parts[CHANGES], total;
    CLEANUP(err_done) struct err why = { 0 };
    if (isnan(r->prev) || isnan(r->score) ||
        change_split_unit(f->src->split, r->unit_code, parts, &total, &why) != RC_OK) {
        r->no_change_reason = why.rc ? err_message(&why, f->lang, f->a)
                                     : tr(f, N_("上期或本期没有指数,无法比较"));
        r->prev = NAN;
        return;
    }
    bool same = str_eq(f->p->plan.scheme->config, f->src->before->panel->plan.scheme->config) &&
                f->p->plan.scheme->version == f->src->before->panel->plan.scheme->version;
    const char *version = arena_printf(f->a, "%d", f->p->plan.scheme->version);
    for (size_t i = 0; i < CHANGES; i++)
        r->causes[i].points = parts[i];
    r->causes[REPORT_CAUSE_PEERS].note = fabs(parts[CHANGE_PEERS]) < 1e-9
                                             ? tr(f, N_("绝对计分,不受别的单位影响"))
                                             : tr(f, N_("别的单位的数据变了"));
    const char *unchanged = tr(f, N_("方案没有变"));
    const char *changed =
        text_fill(f->a, tr(f, N_("启用了方案第{version}版")), "version", version, NULL);
    r->causes[REPORT_CAUSE_WEIGHTS].note = r->causes[REPORT_CAUSE_METHOD].note =
        same ? unchanged : changed;
    size_t appeared = 0, gone = 0, moved = 0;
    for (size_t node = 0; node < f->t->n; node++) {
        if (!f->t->nodes[node].leaf)
            continue;
        ptrdiff_t at = map_index(f->sh->before_node, f->t->nodes[node].code);
        double is = f->p->raw[node][f->unit],
               was = at < 0 ? NAN : f->src->before->panel->raw[at][f->unit_before];
        appeared += isnan(was) && !isnan(is);
        gone += !isnan(was) && isnan(is);
        moved += !isnan(was) && !isnan(is) && was != is;
    }
    r->causes[REPORT_CAUSE_DATA].note = text_fill(f->a, tr(f, N_("{n}项指标的数值变了")), "n",
                                                  arena_printf(f->a, "%zu", moved), NULL);
    r->causes[REPORT_CAUSE_MISSING].note =
        appeared + gone == 0
            ? tr(f, N_("缺失情况没有变"))
            : text_fill(f->a, tr(f, N_("{gone}项由有变缺,{appeared}项由缺变有")), "gone",
                        arena_printf(f->a, "%zu", gone), "appeared",
                        arena_printf(f->a, "%zu", appeared), NULL);
}

static const char *owner_name(const struct filling *f, const char *code)
{
    const struct unit *u = units_find(f->p->units, code);
    return u ? u->name : code;
}

static const char *next_update(const struct filling *f, const struct point *pt)
{
    struct period next =
        period_step(period_at(pt->frequency, period_last_day(f->p->period)), 1);
    char day[PERIOD_TEXT];
    return text_fill(f->a, tr(f, N_("{day}前，由{owner}报送")), "day",
                     day_code(due_day(&f->p->due, next), day), "owner",
                     owner_name(f, pt->owner), NULL);
}

static enum rc sources(struct filling *f, struct period when, struct map *by_cell,
                       struct err *e)
{
    struct value_sources_row *rows;
    size_t n;
    enum rc rc = value_sources_all(f->src->snap, f->p->unit[f->unit]->id, when, f->p->as_of,
                                   f->a, &rows, &n, e);
    char code[PERIOD_TEXT];
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        map_add(by_cell,
                arena_printf(f->a, "%lld %s", (long long)rows[i].point_id.v,
                             period_code(rows[i].period, code)),
                &rows[i]);
    return rc;
}

/* Whether the formula is nothing but the name of a point. */
static bool formula_is_name(const struct filling *f, size_t node)
{
    const char *const *names, *text = node_of(f, node)->formula;
    if (formula_names(f->p->formula[node], &names) != 1)
        return false;
    return str_eq(text, names[0]) || str_eq(text, arena_printf(f->a, "#{%s}", names[0]));
}

/* "按期公告合同数43份，应公告合同数50份": what an indicator's formula looks at; NULL when that
 * is too much for a sentence or more than one period. */
static const char *inputs_words(const struct filling *f, size_t node)
{
    const char *const *names;
    size_t n = f->p->formula[node] ? formula_names(f->p->formula[node], &names) : 0;
    struct str b;
    if (n == 0 || n > INPUTS_IN_WORDS)
        return NULL;
    str_init(&b, f->a);
    for (size_t i = 0; i < n; i++) {
        size_t at = f->p->inputs[node][i];
        const struct point *pt = &f->p->points[at];
        const struct series *s = &f->p->series[at];
        double v = s->value[s->n_rows - 1][f->unit];
        if (s->window > 1 || isnan(v))
            return NULL;
        if (i)
            str_add(&b, tr(f, N_("，")));
        str_add(&b,
                text_fill(f->a, tr(f, N_("{point}{value}{measure}")), "point", pt->name,
                          "value", fmt_value(f->a, v), "measure", pt->unit_of_measure, NULL));
    }
    return b.s;
}

/* From the values to the indicator's score, in one sentence. */
static const char *how_scored(const struct filling *f, size_t node,
                              const struct scheme_node *sn, double score)
{
    const char *inputs = inputs_words(f, node);
    bool plain = !*sn->formula || (inputs && formula_is_name(f, node));
    const char *sentence = plain && inputs ? N_("{inputs}，计{score}分。")
                           : inputs ? N_("{inputs}，得{raw}{measure}，计{score}分。")
                           : plain  ? N_("数值{raw}{measure}，计{score}分。")
                                   : N_("按公式 {formula} 得{raw}{measure}，计{score}分。");
    return text_fill(f->a, tr(f, sentence), "inputs", inputs ? inputs : "", "formula",
                     sn->formula, "raw", fmt_value(f->a, f->p->raw[node][f->unit]), "measure",
                     sn->unit_of_measure, "score", fmt_score(f->a, score), NULL);
}

static void add_value(struct filling *f, struct report_value *values, const struct point *pt,
                      const struct value_sources_row *row, enum missing m, double v)
{
    size_t node = scheme_find(f->t, pt->indicator);
    const struct scheme_node *sn = node == NODE_NONE ? NULL : node_of(f, node);
    struct report_value *out = &values[f->r->n_values++];
    *out = (struct report_value){
        .point = pt->code,
        .name = pt->name,
        .indicator = node == NODE_NONE ? pt->indicator : f->t->nodes[node].name,
        .value = v,
        .missing = (enum report_missing)m,
        .unit = pt->unit_of_measure,
        .score = node == NODE_NONE ? NAN : assess_score(f->src->now, f->unit, node),
        .source = owner_name(f, pt->owner),
        .next_update = next_update(f, pt),
        .legal_basis = pt->legal_basis,
        .log_index = -1
    };
    if (sn && !isnan(out->score))
        out->how = how_scored(f, node, sn, out->score);
    if (!row)
        return;
    out->file = row->file_name;
    out->row = (int)row->row_no;
    out->cell = row->cell;
    out->sent_by = row->sender;
    out->sent_at = row->done_at;
    out->version = (int)row->version;
    out->version_note = *row->note ? row->note : NULL;
}

static enum rc values(struct filling *f, struct err *e)
{
    struct health_report *r = f->r;
    struct map *by_cell = map_new(f->a), *read = map_new(f->a);
    struct report_value *out = NULL;
    struct report_gap *gaps = NULL;
    size_t cells = 0;
    for (size_t i = 0; i < f->p->n_points; i++)
        cells += f->p->series[i].window;
    out = arena_array(f->a, cells, sizeof(*out));
    gaps = arena_array(f->a, cells, sizeof(*gaps));
    for (size_t i = 0; i < f->p->n_points; i++) {
        const struct series *s = &f->p->series[i];
        const struct point *pt = &f->p->points[i];
        for (size_t row = s->n_rows - s->window; row < s->n_rows; row++) {
            enum missing m = s->missing[row][f->unit];
            if (m == MISSING_NA && !point_applies(pt, f->p->unit[f->unit]))
                continue;
            char code[PERIOD_TEXT];
            period_code(s->period[row], code);
            if (map_add(read, code, out)) {
                enum rc rc = sources(f, s->period[row], by_cell, e);
                if (rc != RC_OK)
                    return rc;
            }
            const struct value_sources_row *src =
                map_get(by_cell, arena_printf(f->a, "%lld %s", (long long)pt->id.v, code));
            add_value(f, out, pt, src, m, s->value[row][f->unit]);
            if (m == PRESENT) {
                out[r->n_values - 1].late_days = s->late[row][f->unit];
                r->values_late += s->late[row][f->unit] > 0;
            }
            r->missing[m]++;
            r->values_present += m == PRESENT;
            r->values_expected += m == PRESENT || (m != MISSING_NA && m != MISSING_NOTDUE);
            if (m != PRESENT && m != MISSING_NA)
                gaps[r->n_gaps++] =
                    (struct report_gap){ .code = pt->code,
                                         .name = pt->name,
                                         .kind = (enum report_missing)m,
                                         .owner = owner_name(f, pt->owner),
                                         .note = src && *src->note ? src->note : NULL,
                                         .next = next_update(f, pt) };
        }
    }
    r->values = out;
    r->gaps = gaps;
    r->values_total = (int64_t)r->n_values;
    return RC_OK;
}

static enum report_warning_state shown_state(enum warn_state s)
{
    switch (s) {
    case WARN_NEW:
    case WARN_PENDING:
        return REPORT_PENDING;
    case WARN_FIRING:
    case WARN_RECOVERING:
        return REPORT_FIRING;
    case WARN_NODATA:
        return REPORT_NODATA;
    case WARN_RESOLVED:
        return REPORT_RESOLVED;
    }
    return REPORT_FIRING;
}

static enum mark mark_of(enum warn_colour c)
{
    switch (c) {
    case WARN_NONE:
        return MARK_NONE;
    case WARN_YELLOW:
        return MARK_YELLOW;
    case WARN_ORANGE:
        return MARK_ORANGE;
    case WARN_RED:
        return MARK_RED;
    }
    return MARK_NONE;
}

static void warnings(struct filling *f, const struct warn_view *list, size_t n)
{
    struct report_warning *out = arena_array(f->a, n, sizeof(*out));
    for (size_t i = 0; i < n; i++)
        out[i] = (struct report_warning){ .code = list[i].code,
                                          .mark = mark_of(list[i].colour),
                                          .name = list[i].name,
                                          .rule = list[i].rule,
                                          .values = list[i].values,
                                          .state = shown_state(list[i].state),
                                          .clears = list[i].clears,
                                          .who = list[i].who };
    f->r->warnings = out;
    f->r->n_warnings = n;
}

/* 状况: by the warnings that burn and by whether the unit is clearly below the others. */
static void state(struct filling *f, const struct warn_view *list, size_t n)
{
    struct health_report *r = f->r;
    size_t burning[4] = { 0 };
    for (size_t i = 0; i < n; i++)
        if (warn_view_counts(&list[i]))
            burning[list[i].colour]++;
    bool below = f->row != SIZE_MAX && f->src->now->standing[f->row] == STANDING_BELOW;
    const char *count;
    if (isnan(r->score)) {
        r->state = REPORT_STATE_NONE;
        r->state_reason =
            text_fill(f->a, tr(f, N_("完整率{complete},数据不足以给出指数")), "complete",
                      fmt_percent(f->a, r->values_expected ? (double)r->values_present /
                                                                 (double)r->values_expected
                                                           : NAN),
                      NULL);
    } else if (burning[WARN_RED]) {
        count = arena_printf(f->a, "%zu", burning[WARN_RED]);
        r->state = REPORT_FOCUS;
        r->state_reason = text_fill(f->a, tr(f, N_("因红色预警{n}项")), "n", count, NULL);
    } else if (burning[WARN_ORANGE]) {
        count = arena_printf(f->a, "%zu", burning[WARN_ORANGE]);
        r->state = REPORT_WATCH;
        r->state_reason = text_fill(f->a, tr(f, N_("因橙色预警{n}项")), "n", count, NULL);
    } else if (below) {
        r->state = REPORT_WATCH;
        r->state_reason = tr(f, N_("指数明显低于平均"));
    } else {
        r->state = REPORT_STEADY;
    }
}

static void score(struct filling *f)
{
    struct health_report *r = f->r;
    const struct assessment *s = f->src->now;
    r->score = assess_index(s, f->unit);
    r->lo = r->hi = NAN;
    r->coverage = 0.90;
    if (f->row == SIZE_MAX)
        return;
    if (s->r.intervals) {
        r->lo = s->r.intervals[f->row].score_q05;
        r->hi = s->r.intervals[f->row].score_q95;
    }
    r->rank_lo = s->band[f->row].best;
    r->rank_hi = s->band[f->row].worst;
    r->peer_rank_lo = s->peer_band[f->row].best;
    r->peer_rank_hi = s->peer_band[f->row].worst;
}

static void trend(struct filling *f)
{
    size_t n = f->src->n_trend[f->unit];
    struct report_trend *t = arena_array(f->a, n + 1, sizeof(*t));
    if (n)
        memcpy(t, f->src->trend[f->unit], n * sizeof(*t));
    t[n] = (struct report_trend){
        .period = f->p->period, .score = f->r->score, .lo = f->r->lo, .hi = f->r->hi
    };
    f->r->trend = t;
    f->r->n_trend = n + 1;
}

enum rc report_build(const struct report_source *src, const struct report_shared *shared,
                     size_t unit, const struct warn_view *list, size_t n_list, enum lang lang,
                     struct arena *a, struct health_report *ret, struct err *e)
{
    const struct panel *p = src->now->panel;
    const struct scheme *sc = p->plan.scheme;
    struct health_report r = { .county = src->county,
                               .unit_code = p->unit[unit]->code,
                               .unit_name = p->unit[unit]->name,
                               .period = p->period,
                               .demo = src->demo,
                               .stage = REPORT_DRAFT, /* how far it comes is told beside it */
                               .scheme_name = sc->name,
                               .scheme_version = sc->version,
                               .scheme_from = sc->from_period.v
                                                  ? day_start(period_first_day(sc->from_period))
                                                  : (struct utime){ 0 },
                               .computed_at = src->computed_at,
                               .published_at = src->computed_at,
                               .proof = { .index = -1, .size = -1 } };
    struct filling f = { .src = src,
                         .sh = shared,
                         .p = p,
                         .t = &p->plan.tree,
                         .unit = unit,
                         .row = src->now->row_of[unit],
                         .unit_before = map_index(shared->before_unit, p->unit[unit]->code),
                         .lang = lang,
                         .a = a,
                         .r = &r };
    f.nodes = arena_array(a, f.t->n, sizeof(*f.nodes));
    score(&f);
    compare(&f);
    add_children(&f, f.t->root, 1);
    r.nodes = f.nodes;
    notable(&f);
    change(&f);
    enum rc rc = values(&f, e);
    if (rc != RC_OK)
        return rc;
    warnings(&f, list, n_list);
    state(&f, list, n_list);
    trend(&f);
    r.method_note =
        f.row != SIZE_MAX && norm_absolute(p->plan.config.engine.normalise.method)
            ? lang_text(lang, N_("按分值和目标值计分,别的单位好坏不影响本单位得分"))
            : lang_text(lang, N_("按同期各单位的高低折算,别的单位变好时得分可能下降"));
    *ret = r;
    return RC_OK;
}
