/*
 * How the score comes about, what changed and what is wrong: the middle of the health report.
 * One idea: every number adds up to the one above it, and the reader can check that.
 */
#include "base/fmt.h"
#include "base/str.h"
#include "print/chart.h"
#include "print/health_report_impl.h"

#include <math.h>
#include <string.h>

/* ---- how the score comes about */

/* Which nodes the main part shows: levels 1 and 2, and below them the ways to the weaknesses.
 */
static bool *nodes_choose(const struct part *s, size_t *ret_n)
{
    const struct health_report *r = s->r;
    bool *show = arena_array(s->a, r->n_nodes + 1, sizeof(*show));
    bool whole = r->n_nodes <= TREE_WHOLE_MAX;
    size_t n = 0, level1 = 0, level2 = 0;
    for (size_t i = 0; i < r->n_nodes; i++) {
        level1 += r->nodes[i].depth == 1;
        level2 += r->nodes[i].depth == 2;
    }
    int depth = level1 + level2 <= 2 * TREE_WHOLE_MAX ? 2 : 1;
    for (size_t i = 0; i < r->n_nodes; i++) {
        show[i] = whole || (r->nodes[i].depth <= depth && n < 4 * TREE_WHOLE_MAX);
        n += show[i];
    }
    size_t deep = 0;
    for (size_t w = 0; !whole && w < r->n_weaknesses && w < NOTABLE_MAX; w++) {
        for (size_t i = 0; i < r->n_nodes; i++) {
            if (!str_eq(r->nodes[i].code, r->weaknesses[w].code))
                continue;
            /* The node and everything over it, if that still fits. */
            size_t need = 0;
            int level = r->nodes[i].depth + 1;
            for (size_t k = i + 1; k-- > 0 && level > 1;) {
                if (r->nodes[k].depth < level) {
                    need += !show[k];
                    level = r->nodes[k].depth;
                }
            }
            if (deep + need > TREE_DEEP_MAX)
                break;
            deep += need;
            level = r->nodes[i].depth + 1;
            for (size_t k = i + 1; k-- > 0 && level > 1;) {
                if (r->nodes[k].depth < level) {
                    n += !show[k];
                    show[k] = true;
                    level = r->nodes[k].depth;
                }
            }
            break;
        }
    }
    *ret_n = n;
    return show;
}

static double bar_scale(const struct health_report *r)
{
    double most = 5;
    for (size_t i = 0; i < r->n_nodes; i++) {
        double d = fabs(r->nodes[i].score - r->nodes[i].peer_median);
        if (isfinite(d))
            most = fmax(most, fmin(d, 20));
    }
    return most;
}

static const char *node_name(const struct part *s, const struct report_node *n)
{
    if (n->capped || has(n->note))
        return arena_printf(s->a, "%s%s%s%s", n->name ? n->name : "", word(s, N_("（")),
                            has(n->note) ? n->note : word(s, N_("一票否决封顶")),
                            word(s, N_("）")));
    return n->name ? n->name : "";
}

static void node_row(const struct part *s, const struct report_node *n, double bar_max,
                     bool fine)
{
    bool present = isfinite(n->score);
    double diff = n->score - n->peer_median;
    bool range = isfinite(n->lo) && isfinite(n->hi);
    struct paper_cell cells[6] = {
        { .text = node_name(s, n),
          .strong = n->depth == 1,
          .indent = (n->depth - 1) * (fine ? 6 : 12) },
        { .text = fmt_score(s->a, n->weight), .strong = n->depth == 1 && fine },
        { .text =
              present ? fmt_score(s->a, n->score) : report_missing_text(n->missing, s->lang),
          .quiet = !present,
          .strong = n->depth == 1 && fine },
        { .text = range ? arena_printf(s->a, "%s–%s", fmt_score(s->a, n->lo),
                                       fmt_score(s->a, n->hi))
                        : "",
          .quiet = true },
        { .text = isfinite(diff) ? fmt_change(s->a, diff) : "",
          .bar = diff,
          .bar_max = fine ? 0 : bar_max },
        { .text = fmt_real(s->a, n->contribution, 2), .strong = !fine || n->depth == 1 },
    };
    if (cells[0].indent > 60)
        cells[0].indent = 60;
    if (!isfinite(diff))
        cells[4].bar_max = 0;
    if (fine) /* two columns of them a page: no room for the interval */
        memmove(&cells[3], &cells[4], 2 * sizeof(cells[0]));
    paper_table_row(s->p, cells);
}

void part_tree(const struct part *s)
{
    struct paper *p = s->p;
    const struct health_report *r = s->r;
    if (r->n_nodes == 0)
        return;
    size_t n;
    const bool *show = nodes_choose(s, &n);
    const char *lead =
        word(s, N_("贡献＝权重×得分÷100，逐级相加等于总分；因取两位小数，末位可能差0.01。"));
    if (n < r->n_nodes)
        lead = arena_printf(s->a, "%s%s%s", lead, s->lang == LANG_EN ? " " : "",
                            text_fill(s->a,
                                      word(s, N_("这里列出主要的{n}项，全部{total}项在附表。")),
                                      "n", arena_printf(s->a, "%zu", n), "total",
                                      arena_printf(s->a, "%zu", r->n_nodes), NULL));
    paper_section(p,
                  isfinite(r->score) ? text_fill(s->a, word(s, N_("{score}分是怎么来的")),
                                                 "score", fmt_score(s->a, r->score), NULL)
                                     : word(s, N_("各项指标")),
                  lead, 80);
    const struct paper_column columns[] = {
        { word(s, N_("指标")), 0, ALIGN_LEFT, false },
        { word(s, N_("权重")), 40, ALIGN_RIGHT, false },
        { word(s, N_("得分")), 46, ALIGN_RIGHT, false },
        { word(s, N_("区间")), 56, ALIGN_RIGHT, false },
        { word(s, N_("较同组中位")), 118, ALIGN_RIGHT, false },
        { word(s, N_("贡献")), s->lang == LANG_EN ? 58 : 44, ALIGN_RIGHT, true },
    };
    const struct paper_table t = { .columns = columns, .n = COUNT(columns), .bar_w = 70 };
    double bar_max = bar_scale(r), weight = 0, sum = 0;
    paper_table_begin(p, &t);
    for (size_t i = 0; i < r->n_nodes; i++) {
        const struct report_node *node = &r->nodes[i];
        if (node->depth == 1) {
            weight += isfinite(node->weight) ? node->weight : 0;
            sum += isfinite(node->contribution) ? node->contribution : 0;
        }
        if (show[i])
            node_row(s, node, bar_max, /* fine= */ false);
    }
    paper_table_total(
        p, (struct paper_cell[]){
               { .text = word(s, N_("合计")) },
               { .text = fmt_value(s->a, weight) },
               { .text = fmt_score(s->a, r->score) },
               { .text = isfinite(r->lo) ? arena_printf(s->a, "%s–%s", fmt_score(s->a, r->lo),
                                                        fmt_score(s->a, r->hi))
                                         : "" },
               { .text = "" },
               { .text = fmt_real(s->a, sum, 2) } });
    paper_table_end(p);
}

static void notable(const struct part *s, const char *heading, const char *none,
                    const struct report_point_of_note *v, size_t n)
{
    struct paper *p = s->p;
    paper_heading(p, heading);
    if (n == 0) {
        paper_text(p, STYLE_QUIET, none);
        return;
    }
    const struct paper_column columns[] = {
        { word(s, N_("指标")), 0, ALIGN_LEFT, false },
        { word(s, N_("得分")), 32, ALIGN_RIGHT, false },
        { word(s, N_("同组中位")), 40, ALIGN_RIGHT, false },
        { word(s, N_("对总分")), 36, ALIGN_RIGHT, true },
    };
    const struct paper_table t = { .columns = columns, .n = COUNT(columns) };
    paper_table_begin(p, &t);
    for (size_t i = 0; i < n && i < NOTABLE_MAX; i++) {
        const char *points = fmt_real(s->a, v[i].points, 2);
        if (v[i].points > 0.004999)
            points = arena_printf(s->a, "+%s", points);
        const char *name = v[i].name ? v[i].name : "";
        if (has(v[i].note))
            name = arena_printf(s->a, "%s%s%s%s", name, word(s, N_("（")), v[i].note,
                                word(s, N_("）")));
        paper_table_row(p, (struct paper_cell[]){ { .text = name },
                                                  { .text = fmt_score(s->a, v[i].score) },
                                                  { .text = fmt_score(s->a, v[i].peer_median) },
                                                  { .text = points } });
    }
    paper_table_end(p);
}

/* How tall a list of strengths or weaknesses is, at most. */
static double notable_height(const struct part *s, const struct report_point_of_note *v,
                             size_t n, double name_w)
{
    double h = 16 + 20;
    for (size_t i = 0; i < n && i < NOTABLE_MAX; i++) {
        double name = paper_height(s->p, STYLE_TABLE, name_w, v[i].name);
        h += name + 4 + (has(v[i].note) ? 13 : 0);
    }
    return h;
}

void part_strengths(const struct part *s)
{
    struct paper *p = s->p;
    const struct health_report *r = s->r;
    if (!isfinite(r->score) || !has(r->peer_name))
        return;
    double half = (paper_w(p) - 24) / 2, name_w = half - 138;
    double need = 4 + fmax(notable_height(s, r->strengths, r->n_strengths, name_w),
                           notable_height(s, r->weaknesses, r->n_weaknesses, name_w));
    paper_section(p,
                  text_fill(s->a, word(s, N_("与{peers}相比，强在哪里，弱在哪里")), "peers",
                            r->peer_name, NULL),
                  NULL, need);
    paper_aside(p, word(s, N_("对总分＝权重×（得分−同组中位）÷100")));
    double y = paper_y(p), x = paper_x(p);
    paper_area(p, x, half);
    notable(s, word(s, N_("强项")), word(s, N_("没有明显高于同组的指标。")), r->strengths,
            r->n_strengths);
    double low = paper_y(p);
    paper_area(p, x + half + 24, half);
    paper_move(p, y);
    notable(s, word(s, N_("弱项")), word(s, N_("没有明显低于同组的指标。")), r->weaknesses,
            r->n_weaknesses);
    paper_move(p, fmax(low, paper_y(p)));
    paper_whole(p);
}

void part_appendix(const struct part *s)
{
    struct paper *p = s->p;
    const struct health_report *r = s->r;
    if (r->n_nodes <= TREE_WHOLE_MAX)
        return;
    paper_section(p,
                  text_fill(s->a, word(s, N_("附表：全部{n}项指标")), "n",
                            arena_printf(s->a, "%zu", r->n_nodes), NULL),
                  NULL, 120);
    paper_columns(p, 2, 20);
    const struct paper_column columns[] = {
        { word(s, N_("指标")), 0, ALIGN_LEFT, false },
        { word(s, N_("权重")), s->lang == LANG_EN ? 30 : 22, ALIGN_RIGHT, false },
        { word(s, N_("得分")), 26, ALIGN_RIGHT, false },
        { word(s, N_("较中位")), 26, ALIGN_RIGHT, false },
        { s->lang == LANG_EN ? word(s, N_("得分值")) : word(s, N_("贡献")), 26, ALIGN_RIGHT,
          false },
    };
    const struct paper_table t = { .columns = columns, .n = COUNT(columns), .fine = true };
    paper_table_begin(p, &t);
    for (size_t i = 0; i < r->n_nodes && i < NODES_MAX; i++)
        node_row(s, &r->nodes[i], 0, /* fine= */ true);
    paper_table_end(p);
    paper_columns(p, 1, 0);
}

/* ---- what changed */

void part_change(const struct part *s)
{
    struct paper *p = s->p;
    const struct health_report *r = s->r;
    if (!isfinite(r->score))
        return;
    if (!isfinite(r->prev)) {
        paper_section(p, word(s, N_("与上期相比")), NULL, 30);
        paper_text(p, STYLE_BODY,
                   has(r->no_change_reason) ? r->no_change_reason
                                            : word(s, N_("没有可比的上期得分。")));
        return;
    }
    double points[REPORT_CAUSES], shown[REPORT_CAUSES];
    for (int i = 0; i < REPORT_CAUSES; i++)
        points[i] = r->causes[i].points;
    double total = r->score - r->prev;
    report_round(points, REPORT_CAUSES, total, 1, shown);
    struct chart_part parts[REPORT_CAUSES];
    for (int i = 0; i < REPORT_CAUSES; i++)
        parts[i] = (struct chart_part){ .name = report_cause_text(i, s->lang),
                                        .note = r->causes[i].note,
                                        .v = points[i],
                                        .text = fmt_change(s->a, shown[i]) };
    const struct chart_waterfall fall = {
        .parts = parts,
        .n = REPORT_CAUSES,
        .total = { .name = word(s, N_("合计")),
                   .v = total,
                   .text = fmt_change(s->a, total),
                   .note = text_fill(s->a, word(s, N_("{from}到{to}")), "from",
                                     fmt_score(s->a, r->prev), "to", fmt_score(s->a, r->score),
                                     NULL) },
        .name_w = s->lang == LANG_EN ? 92 : 62,
        .note_w = 170,
    };
    const char *size = fmt_score(s->a, fabs(total));
    const char *heading =
        str_eq(size, "0.0")
            ? word(s, N_("得分没有变化，构成有什么变化"))
            : text_fill(s->a,
                        word(s, total > 0 ? N_("为什么上升{n}分") : N_("为什么下降{n}分")), "n",
                        size, NULL);
    paper_section(p, heading, word(s, N_("各项相加恰好等于变化，单位为分。")),
                  chart_waterfall_height(REPORT_CAUSES));
    paper_gap(p, 2);
    double h = chart_waterfall(p, paper_x(p), paper_y(p), paper_w(p), &fall);
    paper_move(p, paper_y(p) + h);
}

/* ---- warnings */

void part_warnings(const struct part *s)
{
    struct paper *p = s->p;
    const struct health_report *r = s->r;
    if (r->n_warnings == 0) {
        paper_section(p, word(s, N_("没有预警")), NULL, 30);
        paper_text(p, STYLE_BODY, word(s, N_("按现行规则，本期没有达到预警条件的事项。")));
        return;
    }
    paper_section(p,
                  text_fill(s->a, word(s, N_("预警{n}项")), "n",
                            arena_printf(s->a, "%zu", r->n_warnings), NULL),
                  NULL, 60);
    const struct paper_column columns[] = {
        { word(s, N_("颜色")), s->lang == LANG_EN ? 46 : 28, ALIGN_LEFT, true },
        { word(s, N_("事由")), 82, ALIGN_LEFT, false },
        { word(s, N_("规则与数值")), s->lang == LANG_EN ? 92 : 108, ALIGN_LEFT, false },
        { word(s, N_("状态")), s->lang == LANG_EN ? 66 : 62, ALIGN_LEFT, false },
        { word(s, N_("要消这盏灯，差什么")), 0, ALIGN_LEFT, false },
        { word(s, N_("谁来办")), 62, ALIGN_LEFT, false },
    };
    const struct paper_table t = { .columns = columns, .n = COUNT(columns) };
    paper_table_begin(p, &t);
    for (size_t i = 0; i < r->n_warnings; i++) {
        const struct report_warning *w = &r->warnings[i];
        const char *rule =
            has(w->rule) && has(w->values)
                ? arena_printf(s->a, "%s%s%s", w->rule, word(s, N_("；")), w->values)
                : part_joined(s, w->rule, w->values);
        paper_table_row(
            p, (struct paper_cell[]){
                   { .text = mark_text(w->mark, s->lang), .mark = w->mark },
                   { .text = w->name },
                   { .text = rule },
                   { .text = part_joined(s, report_warning_state_text(w->state, s->lang),
                                         w->state_note) },
                   { .text = w->clears },
                   { .text = w->who } });
    }
    paper_table_end(p);
}
