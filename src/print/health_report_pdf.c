/*
 * The health report on A4. One idea: the order is the reader's: what is the answer, what is
 * wrong, how does it come about, what has changed, what is missing, where does a value come
 * from, who vouches for it; the whole tree is at the end for those who want to add it up.
 *
 * This file sets the first page's figures; health_report_score.c how the score comes about,
 * health_report_source.c what it stands on.
 */
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "print/chart.h"
#include "print/health_report_impl.h"

#include <math.h>
#include <string.h>

const char *part_joined(const struct part *s, const char *a, const char *b)
{
    if (!has(a) || !has(b))
        return has(a) ? a : has(b) ? b : "";
    return arena_printf(s->a, "%s%s%s", a, word(s, N_("，")), b);
}

/* A part of a sentence as a heading: in English it begins with a capital. */
static const char *heading_of(const struct part *s, const char *text)
{
    char *out = arena_strdup(s->a, text);
    if (*out >= 'a' && *out <= 'z')
        *out = (char)(*out - 'a' + 'A');
    return out;
}

/* ---- the answer */

static const char *stage_note(const struct part *s)
{
    switch (s->r->stage) {
    case REPORT_TRIAL:
        return word(s, N_("试算：还没有正式启用，只供核对，不作数，启用前清除。"));
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

static void notice(const struct part *s, const char *title, const char *text)
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

static void opening(const struct part *s)
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
static double fact(const struct part *s, double x, double y, double w, const char *label,
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

static double facts(const struct part *s, double x, double y, double w)
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
            peers = part_joined(s, peers,
                                text_fill(a, word(s, N_("中间一半在{lo}至{hi}")), "lo",
                                          fmt_score(a, r->peer_lo), "hi",
                                          fmt_score(a, r->peer_hi), NULL));
        y += fact(s, x, y, w, word(s, N_("同组")), NULL, heading_of(s, peers));
    }
    if (r->values_expected > 0) {
        double rate = (double)r->values_present / (double)r->values_expected;
        const char *missing =
            text_fill(a, word(s, N_("缺{n}个数值")), "n",
                      fmt_count(a, r->values_expected - r->values_present), NULL);
        y += fact(s, x, y, w, word(s, N_("完整率")), NULL,
                  r->values_present < r->values_expected
                      ? part_joined(s, fmt_percent(a, rate), missing)
                      : fmt_percent(a, rate));
    }
    if (isfinite(r->prev) && r->prev_period.v != 0)
        y += fact(s, x, y, w, word(s, N_("上期")), NULL,
                  text_fill(a, word(s, N_("{period} {score}分")), "period",
                            period_name(a, r->prev_period, s->lang), "score",
                            fmt_score(a, r->prev), NULL));
    return y - top;
}

static double score_column(const struct part *s, double x, double y, double w)
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
static void groups_table(const struct part *s)
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

static double strip_column(const struct part *s, double x, double y, double w)
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

static double trend_column(const struct part *s, double x, double y, double w)
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

static void figures(const struct part *s)
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

/* ---- the whole */

const char *health_report_mark(struct arena *a, const struct health_report *r, enum lang lang)
{
    const char *demo = r->demo ? lang_text(lang, N_("演示数据·非真实")) : NULL;
    const char *stage = r->stage < REPORT_PUBLISHED ? report_stage_text(r->stage, lang) : NULL;
    if (demo && stage)
        return arena_printf(a, "%s · %s", demo, stage);
    return demo ? demo : stage;
}

enum rc health_report_pdf(const struct health_report *r, enum lang lang, struct arena *a,
                          struct bytes *ret, int *ret_pages, struct err *e)
{
    enum rc rc = health_report_check(r, e);
    if (rc != RC_OK)
        return rc;
    struct part s = { .a = a, .r = r, .lang = lang };
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
        .watermark = health_report_mark(a, r, lang),
        .qr = r->proof.url,
    };
    CLEANUP(paper_free) struct paper *p = NULL;
    rc = paper_new(a, &config, &p, e);
    if (rc != RC_OK)
        return rc;
    s.p = p;
    opening(&s);
    figures(&s);
    part_warnings(&s);
    part_strengths(&s);
    part_tree(&s);
    part_change(&s);
    part_completeness(&s);
    part_values(&s);
    part_proof(&s);
    part_appendix(&s);
    return paper_finish(p, ret, ret_pages, e);
}
