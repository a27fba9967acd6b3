/*
 * The health report on A4. One idea: the order is the reader's: what is the answer, how does it
 * come about, what has changed, what is wrong, what is missing, where does a value come from,
 * who vouches for it; the whole tree is at the end for those who want to add it up.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "print/chart.h"
#include "print/health_report.h"
#include "print/paper.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the main part prints; the page has everything, and so has the appendix for the tree. */
enum {
    TREE_WHOLE_MAX = 40, /* a tree of so many rows needs no appendix */
    TREE_DEEP_MAX = 9,   /* rows below level 2, on the way to weaknesses */
    NOTABLE_MAX = 5,     /* strengths, weaknesses */
    GAPS_MAX = 20,
    VALUES_MAX = 2,
    TREND_MAX = 8,
    NODES_MAX = 5000, /* of the appendix */
};

struct setting {
    struct paper *p;
    struct arena *a;
    const struct health_report *r;
    enum lang lang;
};

static const char *word(const struct setting *s, const char *zh)
{
    return lang_text(s->lang, zh);
}

static bool has(const char *text)
{
    return text && *text;
}

/* Two texts with a comma between them, each possibly empty. */
static const char *joined(const struct setting *s, const char *a, const char *b)
{
    if (!has(a) || !has(b))
        return has(a) ? a : has(b) ? b : "";
    return arena_printf(s->a, "%s%s%s", a, word(s, N_("，")), b);
}

/* A part of a sentence as a heading: in English it begins with a capital. */
static const char *heading_of(const struct setting *s, const char *text)
{
    char *out = arena_strdup(s->a, text);
    if (*out >= 'a' && *out <= 'z')
        *out = (char)(*out - 'a' + 'A');
    return out;
}

/* ---- the answer */

static const char *stage_note(const struct setting *s)
{
    switch (s->r->stage) {
    case REPORT_TRIAL:
        return word(s, N_("试算：只为看看换一种做法会怎样，不留存，不发布。"));
    case REPORT_DRAFT:
        return word(s, N_("草稿：平台专班正在核对，不得外传。"));
    case REPORT_COMMENT:
        return word(s, N_("征求意见稿：请本单位核对，有异议可以提出。尚未发布。"));
    case REPORT_PUBLISHED:
        return NULL;
    case REPORT_CORRECTED:
        return s->r->erratum;
    }
    return NULL;
}

static void notice(const struct setting *s, const char *title, const char *text)
{
    struct paper *p = s->p;
    double w = paper_w(p) - 24,
           h = paper_height(p, STYLE_BODY, w, text) + (has(title) ? 16 : 0) + 14;
    paper_need(p, h);
    double y = paper_y(p);
    paper_fill(p, PALETTE_WASH, paper_x(p), y, paper_w(p), h);
    paper_fill(p, PALETTE_INK, paper_x(p), y, 3, h);
    paper_tag(p, "P");
    if (has(title))
        paper_box(p, paper_x(p) + 14, y + 7, w, STYLE_STRONG, title);
    paper_box(p, paper_x(p) + 14, y + 7 + (has(title) ? 16 : 0), w, STYLE_BODY, text);
    paper_untag(p, "P");
    paper_move(p, y + h);
    paper_gap(p, 10);
}

static void opening(const struct setting *s)
{
    struct paper *p = s->p;
    paper_title(p, health_report_title(s->a, s->r, s->lang));
    paper_gap(p, 4);
    const char *answer = health_report_answer(s->a, s->r, s->lang);
    const char *score =
        text_fill(s->a, word(s, N_("{score}分")), "score", fmt_score(s->a, s->r->score), NULL);
    paper_text_strong(p, STYLE_ANSWER, str_starts(answer, score) ? strlen(score) : 0, answer);
    paper_gap(p, 10);
    if (has(stage_note(s)))
        notice(s,
               s->r->stage == REPORT_CORRECTED ? report_stage_text(s->r->stage, s->lang) : NULL,
               stage_note(s));
}

/* Label and words of the figures under the score. */
static double fact(const struct setting *s, double x, double y, double w, const char *label,
                   const char *strong, const char *text)
{
    struct paper *p = s->p;
    if (!has(text) && !has(strong))
        return 0;
    const double label_w = s->lang == LANG_EN ? 62 : 40;
    paper_tag(p, "P");
    paper_box(p, x, y, label_w, STYLE_QUIET, label);
    double dx = 0;
    if (has(strong)) {
        paper_box(p, x + label_w, y, w - label_w, STYLE_TABLE_STRONG, strong);
        dx = paper_width(p, STYLE_TABLE_STRONG, strong);
    }
    double h = 13.5;
    if (has(text) && has(strong) && dx + 5 + paper_width(p, STYLE_QUIET, text) > w - label_w)
        h = 13.5 + paper_box(p, x + label_w, y + 13.5, w - label_w, STYLE_QUIET, text);
    else if (has(text))
        h = paper_box(p, x + label_w + (dx > 0 ? dx + 5 : 0), y,
                      w - label_w - (dx > 0 ? dx + 5 : 0), STYLE_QUIET, text);
    paper_untag(p, "P");
    return h + 2;
}

static double facts(const struct setting *s, double x, double y, double w)
{
    const struct health_report *r = s->r;
    struct arena *a = s->a;
    double top = y;
    y += fact(s, x, y, w, word(s, N_("状况")), report_state_text(r->state, s->lang),
              r->state_reason);
    if (has(r->peer_name)) {
        const char *peers = text_fill(a, word(s, N_("{name}{n}个，中位{median}")), "name",
                                      r->peer_name, "n", arena_printf(a, "%d", r->peer_count),
                                      "median", fmt_score(a, r->peer_median), NULL);
        if (isfinite(r->peer_lo) && isfinite(r->peer_hi))
            peers = joined(s, peers,
                           text_fill(a, word(s, N_("中间一半在{lo}至{hi}")), "lo",
                                     fmt_score(a, r->peer_lo), "hi", fmt_score(a, r->peer_hi),
                                     NULL));
        y += fact(s, x, y, w, word(s, N_("同组")), NULL, heading_of(s, peers));
    }
    if (r->values_expected > 0) {
        double rate = (double)r->values_present / (double)r->values_expected;
        const char *missing =
            text_fill(a, word(s, N_("缺{n}个数值")), "n",
                      fmt_count(a, r->values_expected - r->values_present), NULL);
        y += fact(s, x, y, w, word(s, N_("完整率")), NULL,
                  r->values_present < r->values_expected
                      ? joined(s, fmt_percent(a, rate), missing)
                      : fmt_percent(a, rate));
    }
    if (isfinite(r->prev) && r->prev_period.v != 0)
        y += fact(s, x, y, w, word(s, N_("上期")), NULL,
                  text_fill(a, word(s, N_("{period} {score}分")), "period",
                            period_name(a, r->prev_period, s->lang), "score",
                            fmt_score(a, r->prev), NULL));
    return y - top;
}

static double score_column(const struct setting *s, double x, double y, double w)
{
    struct paper *p = s->p;
    const struct health_report *r = s->r;
    double top = y;
    paper_tag(p, "H3");
    paper_put(p, x, y + 10, ALIGN_LEFT, STYLE_H3, word(s, N_("得分")));
    paper_untag(p, "H3");
    y += 16;
    paper_tag(p, "P");
    double number =
        paper_put(p, x - 2, y + 46, ALIGN_LEFT, STYLE_KEY, fmt_score(s->a, r->score));
    if (isfinite(r->score))
        paper_put(p, x + number + 4, y + 46, ALIGN_LEFT, STYLE_ANSWER, word(s, N_("分")));
    y += 58;
    if (isfinite(r->lo) && isfinite(r->hi) && isfinite(r->coverage)) {
        const char *interval =
            text_fill(s->a, word(s, N_("{share}的算法取法下在{lo}至{hi}之间")), "share",
                      arena_printf(s->a, "%.0f%%", r->coverage * 100), "lo",
                      fmt_score(s->a, r->lo), "hi", fmt_score(s->a, r->hi), NULL);
        y += paper_box(p, x, y, w, STYLE_QUIET, interval) + 3;
    }
    paper_untag(p, "P");
    y += facts(s, x, y, w);
    return y - top;
}

/* The three groups: clearly above, no clear difference, clearly below. Never a bare rank. */
static void groups_table(const struct setting *s)
{
    struct paper *p = s->p;
    const struct health_report *r = s->r;
    static const char *const names[] = { N_("明显高于本单位"),
                                         N_("与本单位无明显差别（含本单位）"),
                                         N_("明显低于本单位") };
    double lo[3], hi[3];
    size_t n[3] = { 0 };
    for (size_t i = 0; i < r->n_units; i++) {
        double v = r->units[i].score;
        if (!isfinite(v))
            continue;
        int g = r->units[i].same || r->units[i].own ? 1 : v > r->score ? 0 : 2;
        lo[g] = n[g] ? fmin(lo[g], v) : v;
        hi[g] = n[g] ? fmax(hi[g], v) : v;
        n[g]++;
    }
    const struct paper_column columns[] = {
        { word(s, N_("范围")), 0, ALIGN_LEFT, false },
        { word(s, N_("单位数")), 54, ALIGN_RIGHT, false },
        { word(s, N_("得分")), 76, ALIGN_RIGHT, false },
    };
    const struct paper_table t = { .columns = columns, .n = COUNT(columns) };
    paper_table_begin(p, &t);
    for (int g = 0; g < 3; g++) {
        const char *range =
            n[g] == 0 ? "—"
            : lo[g] == hi[g]
                ? fmt_score(s->a, lo[g])
                : arena_printf(s->a, "%s–%s", fmt_score(s->a, lo[g]), fmt_score(s->a, hi[g]));
        paper_table_row(p, (struct paper_cell[]){
                               { .text = word(s, names[g]), .strong = g == 1 },
                               { .text = arena_printf(s->a, "%zu", n[g]), .strong = g == 1 },
                               { .text = range, .strong = g == 1 } });
    }
    paper_table_end(p);
}

static double strip_column(const struct setting *s, double x, double y, double w)
{
    struct paper *p = s->p;
    const struct health_report *r = s->r;
    double top = y;
    struct chart_tick *ticks = arena_array(s->a, r->n_units + 1, sizeof(*ticks));
    size_t n = 0, in = 0;
    for (size_t i = 0; i < r->n_units; i++) {
        if (r->units[i].own || !isfinite(r->units[i].score))
            continue; /* the own unit is the disc */
        ticks[n++] = (struct chart_tick){ r->units[i].score, r->units[i].same };
        in += r->units[i].same;
    }
    const char *group = health_report_group(s->a, r, s->lang);
    paper_tag(p, "H3");
    y += paper_box(p, x, y - 1, w, STYLE_H3,
                   has(group) ? heading_of(s, group) : word(s, N_("各单位得分")));
    paper_untag(p, "H3");
    bool own = isfinite(r->score);
    const char *note =
        text_fill(s->a,
                  word(s, in > 0 ? N_("每条竖线一个单位，共{n}个有指数的单位。浅色带里的{m}"
                                      "个，换一种算法名次就会互换。")
                                 : N_("每条竖线一个单位，共{n}个有指数的单位。")),
                  "n", arena_printf(s->a, "%zu", n + own), "m",
                  arena_printf(s->a, "%zu", in + own), NULL);
    paper_tag(p, "P");
    y += paper_box(p, x, y, w, STYLE_QUIET, note) + 3;
    paper_untag(p, "P");
    /* The own unit belongs to the band. */
    if (own && in > 0)
        ticks[n++] = (struct chart_tick){ r->score, true };
    const struct chart_strip strip = {
        .ticks = ticks,
        .n = n,
        .own = r->score,
        .lo = r->lo,
        .hi = r->hi,
        .label = arena_printf(s->a, "%s %s", r->unit_name, fmt_score(s->a, r->score)),
    };
    y += chart_strip(p, x, y, w, &strip) + 2;
    if (own && r->n_units > 1) {
        paper_area(p, x, w);
        paper_move(p, y);
        groups_table(s);
        y = paper_y(p);
        paper_whole(p);
    }
    return y - top;
}

static double trend_column(const struct setting *s, double x, double y, double w)
{
    const struct health_report *r = s->r;
    size_t from = r->n_trend > TREND_MAX ? r->n_trend - TREND_MAX : 0, n = r->n_trend - from;
    if (n < 2)
        return 0;
    struct chart_moment *m = arena_array(s->a, n, sizeof(*m));
    for (size_t i = 0; i < n; i++) {
        const struct report_trend *t = &r->trend[from + i];
        char *code = arena_alloc(s->a, PERIOD_TEXT);
        m[i] = (struct chart_moment){ period_code(t->period, code), t->score, t->lo, t->hi };
    }
    return chart_trend(s->p, x, y, w, 62, m, n);
}

static void figures(const struct setting *s)
{
    struct paper *p = s->p;
    paper_need(p, 240);
    paper_fill(p, PALETTE_INK, paper_x(p), paper_y(p), paper_w(p), 1.5);
    double y = paper_y(p) + 10, x = paper_x(p), left = 166, gap = 22;
    double h1 = score_column(s, x, y, left);
    h1 += trend_column(s, x, y + h1 + 2, left);
    double h2 = strip_column(s, x + left + gap, y, paper_w(p) - left - gap);
    paper_move(p, y + fmax(h1, h2));
}

/* ---- how the score comes about */

/* Which nodes the main part shows: levels 1 and 2, and below them the ways to the weaknesses.
 */
static bool *nodes_choose(const struct setting *s, size_t *ret_n)
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

static const char *node_name(const struct setting *s, const struct report_node *n)
{
    if (n->capped || has(n->note))
        return arena_printf(s->a, "%s%s%s%s", n->name ? n->name : "", word(s, N_("（")),
                            has(n->note) ? n->note : word(s, N_("一票否决封顶")),
                            word(s, N_("）")));
    return n->name ? n->name : "";
}

static void node_row(const struct setting *s, const struct report_node *n, double bar_max,
                     bool fine)
{
    bool present = isfinite(n->score);
    double diff = n->score - n->peer_median;
    struct paper_cell cells[5] = {
        { .text = node_name(s, n),
          .strong = n->depth == 1,
          .indent = (n->depth - 1) * (fine ? 6 : 12) },
        { .text = fmt_score(s->a, n->weight), .strong = n->depth == 1 && fine },
        { .text = present
                      ? fmt_score(s->a, n->score)
                      : report_missing_text(
                            n->missing == REPORT_PRESENT ? REPORT_LATE : n->missing, s->lang),
          .quiet = !present,
          .strong = n->depth == 1 && fine },
        { .text = isfinite(diff) ? fmt_change(s->a, diff) : "",
          .bar = diff,
          .bar_max = fine ? 0 : bar_max },
        { .text = fmt_real(s->a, n->contribution, 2), .strong = !fine || n->depth == 1 },
    };
    if (cells[0].indent > 60)
        cells[0].indent = 60;
    if (!isfinite(diff))
        cells[3].bar_max = 0;
    paper_table_row(s->p, cells);
}

static void tree(const struct setting *s)
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
    paper_table_total(p, (struct paper_cell[]){ { .text = word(s, N_("合计")) },
                                                { .text = fmt_value(s->a, weight) },
                                                { .text = fmt_score(s->a, r->score) },
                                                { .text = "" },
                                                { .text = fmt_real(s->a, sum, 2) } });
    paper_table_end(p);
}

static void notable(const struct setting *s, const char *heading, const char *none,
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
static double notable_height(const struct setting *s, const struct report_point_of_note *v,
                             size_t n, double name_w)
{
    double h = 16 + 20;
    for (size_t i = 0; i < n && i < NOTABLE_MAX; i++) {
        double name = paper_height(s->p, STYLE_TABLE, name_w, v[i].name);
        h += name + 4 + (has(v[i].note) ? 13 : 0);
    }
    return h;
}

static void strengths(const struct setting *s)
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

/* ---- what changed */

static void change(const struct setting *s)
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

static void warnings(const struct setting *s)
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
                : joined(s, w->rule, w->values);
        paper_table_row(p, (struct paper_cell[]){
                               { .text = mark_text(w->mark, s->lang), .mark = w->mark },
                               { .text = w->name },
                               { .text = rule },
                               { .text = joined(s, report_warning_state_text(w->state, s->lang),
                                                w->state_note) },
                               { .text = w->clears },
                               { .text = w->who } });
    }
    paper_table_end(p);
}

/* ---- completeness */

static void completeness(const struct setting *s)
{
    struct paper *p = s->p;
    const struct health_report *r = s->r;
    if (r->values_expected <= 0)
        return;
    double rate = (double)r->values_present / (double)r->values_expected;
    paper_section(
        p,
        text_fill(s->a, word(s, N_("数据完整率{rate}")), "rate", fmt_percent(s->a, rate), NULL),
        text_fill(s->a, word(s, N_("应报{all}个，已报{have}个。缺失不按零分计。")), "all",
                  fmt_count(s->a, r->values_expected), "have",
                  fmt_count(s->a, r->values_present), NULL),
        40);
    struct str kinds;
    str_init(&kinds, s->a);
    for (int k = REPORT_PRESENT + 1; k < REPORT_MISSING_KINDS; k++) {
        if (r->missing[k] <= 0)
            continue;
        if (kinds.n > 0)
            str_add(&kinds, word(s, N_("，")));
        str_add(&kinds, text_fill(s->a, word(s, N_("{kind}{n}个")), "kind",
                                  report_missing_text(k, s->lang), "n",
                                  fmt_count(s->a, r->missing[k]), NULL));
    }
    if (kinds.n > 0) {
        str_add(&kinds, word(s, N_("。")));
        paper_text(p, STYLE_BODY, kinds.s);
        paper_gap(p, 4);
    }
    if (r->n_gaps == 0)
        return;
    const struct paper_column columns[] = {
        { word(s, N_("监测点")), 150, ALIGN_LEFT, false },
        { word(s, N_("缺失原因")), 62, ALIGN_LEFT, false },
        { word(s, N_("由谁提供")), 92, ALIGN_LEFT, false },
        { word(s, N_("说明")), 0, ALIGN_LEFT, false },
        { word(s, N_("预计更新")), 62, ALIGN_LEFT, false },
    };
    const struct paper_table t = { .columns = columns, .n = COUNT(columns) };
    paper_table_begin(p, &t);
    for (size_t i = 0; i < r->n_gaps && i < GAPS_MAX; i++) {
        const struct report_gap *g = &r->gaps[i];
        paper_table_row(
            p, (struct paper_cell[]){ { .text = g->name },
                                      { .text = report_missing_text(g->kind, s->lang) },
                                      { .text = g->owner },
                                      { .text = g->note },
                                      { .text = g->next } });
    }
    paper_table_end(p);
    if (r->n_gaps > GAPS_MAX)
        paper_text(p, STYLE_QUIET,
                   text_fill(s->a, word(s, N_("另有{n}个见报告网页。")), "n",
                             arena_printf(s->a, "%zu", r->n_gaps - GAPS_MAX), NULL));
}

/* ---- where values come from */

/* 10-09 15:20 within the report's year, else with the year. */
static const char *moment(const struct setting *s, struct utime at)
{
    const char *full = fmt_time(s->a, at);
    int year, month, day;
    day_split(time_day(at), &year, &month, &day);
    return s->r->period.v && year == period_year(s->r->period) && strlen(full) > 5 ? full + 5
                                                                                   : full;
}

static void step_add(const struct setting *s, struct str *b, const char *who, const char *what,
                     struct utime at)
{
    if (!has(who) && at.us == 0)
        return;
    if (b->n > 0)
        str_add(b, word(s, N_("；")));
    str_add(b, text_fill(s->a, what, "who", has(who) ? who : "", NULL));
    if (at.us != 0)
        str_addf(b, " %s", moment(s, at));
}

static const char *value_place(const struct setting *s, const struct report_value *v)
{
    const char *place = has(v->file) ? v->file : word(s, N_("网页填报"));
    if (has(v->sheet))
        place = joined(
            s, place, text_fill(s->a, word(s, N_("工作表“{sheet}”")), "sheet", v->sheet, NULL));
    if (has(v->cell))
        place = joined(s, place,
                       text_fill(s->a, word(s, N_("单元格{cell}")), "cell", v->cell, NULL));
    else if (v->row > 0)
        place = joined(s, place,
                       text_fill(s->a, word(s, N_("第{row}行")), "row",
                                 arena_printf(s->a, "%d", v->row), NULL));
    return place;
}

/* What is said of a value: heading, explanation, labelled lines. */
enum { VALUE_LINES = 6 };
struct value_text {
    const char *heading, *how;
    const char *lines[VALUE_LINES][2];
};

static struct value_text value_text(const struct setting *s, const struct report_value *v)
{
    struct arena *a = s->a;
    struct str by;
    str_init(&by, a);
    step_add(s, &by, v->sent_by, word(s, N_("{who}填报")), v->sent_at);
    step_add(s, &by, v->checked_by, word(s, N_("{who}审核")), v->checked_at);
    step_add(s, &by, v->signed_by, word(s, N_("{who}签发")), v->signed_at);
    const char *what = isfinite(v->value) ? arena_printf(a, "%s%s", fmt_value(a, v->value),
                                                         has(v->unit) ? v->unit : "")
                                          : report_missing_text(v->missing, s->lang);
    const char *version = v->version > 0 ? text_fill(a, word(s, N_("第{n}版")), "n",
                                                     arena_printf(a, "%d", v->version), NULL)
                                         : NULL;
    const char *log = v->log_index >= 0 ? text_fill(a, word(s, N_("存证日志第{n}条")), "n",
                                                    fmt_count(a, v->log_index), NULL)
                                        : word(s, N_("尚未存证"));
    return (struct value_text){
        .heading = arena_printf(a, "%s %s", v->name ? v->name : "", what),
        .how = v->how,
        .lines = {
            { word(s, N_("来源")), v->source },
            { word(s, N_("位置")), value_place(s, v) },
            { word(s, N_("经手")), by.s },
            { word(s, N_("版本")), joined(s, joined(s, version, v->version_note), log) },
            { word(s, N_("依据")), v->legal_basis },
            { word(s, N_("下次更新")), v->next_update },
        },
    };
}

static double value_label_w(const struct setting *s)
{
    return s->lang == LANG_EN ? 62 : 44;
}

static double value_height(const struct setting *s, const struct value_text *v, double w)
{
    double h = 16 + (has(v->how) ? paper_height(s->p, STYLE_QUIET, w, v->how) + 3 : 0);
    for (size_t i = 0; i < VALUE_LINES; i++) {
        if (has(v->lines[i][1]))
            h += paper_height(s->p, STYLE_TABLE, w - value_label_w(s), v->lines[i][1]) + 4;
    }
    return h;
}

static void value_show(const struct setting *s, const struct value_text *v)
{
    struct paper *p = s->p;
    paper_heading(p, v->heading);
    if (has(v->how)) {
        paper_text(p, STYLE_QUIET, v->how);
        paper_gap(p, 3);
    }
    for (size_t i = 0; i < VALUE_LINES; i++) {
        if (has(v->lines[i][1]))
            paper_pair(p, v->lines[i][0], v->lines[i][1], value_label_w(s));
    }
}

static void values(const struct setting *s)
{
    struct paper *p = s->p;
    const struct health_report *r = s->r;
    if (r->n_values == 0)
        return;
    size_t n = r->n_values < VALUES_MAX ? r->n_values : VALUES_MAX;
    const char *lead = NULL;
    if (r->values_total > (int64_t)n)
        lead = text_fill(
            s->a,
            word(s, N_("影响最大的{n}个数值；全部{total}个的来历在报告网页，可逐个核验。")),
            "n", arena_printf(s->a, "%zu", n), "total", fmt_count(s->a, r->values_total), NULL);
    const double gap = 24, w = (PAPER_RIGHT - PAPER_LEFT - gap) / 2;
    struct value_text t[VALUES_MAX];
    double h[VALUES_MAX + 1] = { 0 };
    for (size_t i = 0; i < n; i++) {
        t[i] = value_text(s, &r->values[i]);
        h[i] = value_height(s, &t[i], w);
    }
    paper_section(p, word(s, N_("数值来历")), lead, fmax(h[0], h[1]));
    for (size_t i = 0; i < n; i += 2) { /* two beside each other */
        paper_need(p, fmax(h[i], h[i + 1]));
        double y = paper_y(p), low = y;
        int page = paper_page(p);
        for (size_t k = i; k < n && k < i + 2; k++) {
            paper_area(p, PAPER_LEFT + (double)(k - i) * (w + gap), w);
            /* A text longer than a page has taken the frame along: then one below the other. */
            if (paper_page(p) == page)
                paper_move(p, y);
            value_show(s, &t[k]);
            low = paper_page(p) == page ? fmax(low, paper_y(p)) : paper_y(p);
        }
        paper_whole(p);
        paper_move(p, low);
        paper_gap(p, 10);
    }
}

/* ---- method and proof */

static void pair(const struct setting *s, const char *label, const char *text)
{
    if (has(text))
        paper_pair(s->p, word(s, label), text, s->lang == LANG_EN ? 84 : 64);
}

static void proof(const struct setting *s)
{
    struct paper *p = s->p;
    const struct health_report *r = s->r;
    const struct report_proof *f = &r->proof;
    struct arena *a = s->a;
    paper_section(p, word(s, N_("核验")), health_report_vouch(a, r, s->lang), 120);
    struct str seen;
    str_init(&seen, a);
    for (size_t i = 0; i < f->n_witnesses; i++) {
        if (i > 0)
            str_add(&seen, word(s, N_("；")));
        str_addf(&seen, "%s %s", has(f->witnesses[i].name) ? f->witnesses[i].name : "",
                 f->witnesses[i].at.us ? fmt_time(a, f->witnesses[i].at) : "");
    }
    const char *entry = NULL;
    if (f->index >= 0)
        entry = text_fill(a, word(s, N_("{origin}，第{n}条")), "origin",
                          has(f->origin) ? f->origin : "", "n", fmt_count(a, f->index), NULL);
    else if (has(f->origin))
        entry = text_fill(a, word(s, N_("{origin}；第几条见每页右下的码")), "origin", f->origin,
                          NULL);
    if (entry && f->index >= 0 && f->size > 0)
        entry = joined(
            s, entry,
            text_fill(a, word(s, N_("检查点含{n}条")), "n", fmt_count(a, f->size), NULL));
    const char *scheme = has(r->scheme_name) ? r->scheme_name : "";
    if (r->scheme_version > 0)
        scheme = arena_printf(a, "%s%s%s", scheme, s->lang == LANG_EN && *scheme ? ", " : "",
                              text_fill(a, word(s, N_("第{n}版")), "n",
                                        arena_printf(a, "%d", r->scheme_version), NULL));
    if (r->scheme_from.us)
        scheme = joined(
            s, scheme,
            text_fill(a, word(s, N_("{date}起用")), "date", fmt_date(a, r->scheme_from), NULL));
    pair(s, N_("方案"), scheme);
    pair(s, N_("计分办法"), r->method_note);
    const char *computed = r->computed_at.us ? text_fill(a, word(s, N_("{time}计算")), "time",
                                                         fmt_time(a, r->computed_at), NULL)
                                             : NULL;
    const char *published = r->published_at.us ? text_fill(a, word(s, N_("{time}发布")), "time",
                                                           fmt_time(a, r->published_at), NULL)
                                               : NULL;
    const char *approved = has(r->approved_by) ? text_fill(a, word(s, N_("{who}批准")), "who",
                                                           r->approved_by, NULL)
                                               : NULL;
    pair(s, N_("办理"), joined(s, joined(s, computed, approved), published));
    pair(s, N_("存证日志"), entry);
    pair(s, N_("见证"), seen.s);
    pair(s, N_("摘要"), has(f->digest) ? arena_printf(a, "SHA-256 %s", f->digest) : NULL);
    pair(s, N_("命令行核验"), f->command);
    if (has(f->url)) {
        paper_link(p, f->url);
        pair(s, N_("网址"), f->url);
        paper_unlink(p);
    }
    paper_gap(p, 10);
    paper_text(p, STYLE_STRONG, health_report_disclaimer(s->lang));
}

static void appendix(const struct setting *s)
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
        { word(s, N_("权重")), 22, ALIGN_RIGHT, false },
        { word(s, N_("得分")), 26, ALIGN_RIGHT, false },
        { word(s, N_("较中位")), 26, ALIGN_RIGHT, false },
        { word(s, N_("贡献")), s->lang == LANG_EN ? 28 : 24, ALIGN_RIGHT, false },
    };
    const struct paper_table t = { .columns = columns, .n = COUNT(columns), .fine = true };
    paper_table_begin(p, &t);
    for (size_t i = 0; i < r->n_nodes && i < NODES_MAX; i++)
        node_row(s, &r->nodes[i], 0, /* fine= */ true);
    paper_table_end(p);
    paper_columns(p, 1, 0);
}

/* ---- the whole */

static const char *watermark(const struct setting *s)
{
    const char *demo = s->r->demo ? word(s, N_("演示数据·非真实")) : NULL;
    const char *stage =
        s->r->stage < REPORT_PUBLISHED ? report_stage_text(s->r->stage, s->lang) : NULL;
    if (demo && stage)
        return arena_printf(s->a, "%s · %s", demo, stage);
    return demo ? demo : stage;
}

enum rc health_report_pdf(const struct health_report *r, enum lang lang, struct arena *a,
                          struct bytes *ret, int *ret_pages, struct err *e)
{
    enum rc rc = health_report_check(r, e);
    if (rc != RC_OK)
        return rc;
    struct setting s = { .a = a, .r = r, .lang = lang };
    const char *title = health_report_title(a, r, lang);
    const struct paper_config config = {
        .lang = lang,
        .time = r->published_at.us ? r->published_at : r->computed_at,
        .title = title,
        .author = r->county,
        .subject = health_report_disclaimer(lang),
        .keywords = r->unit_code,
        .head_left = arena_printf(a, "%s　%s　%s", r->county ? r->county : "",
                                  word(&s, N_("体检报告")), period_name(a, r->period, lang)),
        .head_right = r->unit_name,
        .foot = health_report_disclaimer(lang),
        .watermark = watermark(&s),
        .qr = r->proof.url,
    };
    CLEANUP(paper_free) struct paper *p = NULL;
    rc = paper_new(a, &config, &p, e);
    if (rc != RC_OK)
        return rc;
    s.p = p;
    opening(&s);
    figures(&s);
    warnings(&s);
    strengths(&s);
    tree(&s);
    change(&s);
    completeness(&s);
    values(&s);
    proof(&s);
    appendix(&s);
    return paper_finish(p, ret, ret_pages, e);
}
