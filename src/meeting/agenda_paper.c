/*
 * The one page before a meeting, as PDF and as docx. One idea: three tables, each row one thing
 * to be read, so that what does not fit can be named.
 */
#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "meeting/agenda.h"
#include "print/docx.h"
#include "print/paper.h"

#include <math.h>
#include <string.h>

#define T(zh) lang_text(p->lang, (zh))
#define CAVEAT N_("监测参考,不作为考核、任用、问责的直接依据")

enum {
    LAST_SHOWN = 32 /* characters of an earlier decision */,
    NAME_SHOWN = 20,
    UNIT_SHOWN = 13
};

static const char *day_text(struct arena *a, int32_t day)
{
    return day ? fmt_date(a, day_start(day)) : "";
}

static const char *cut(struct arena *a, const char *s, size_t max)
{
    if (utf8_count(s) <= max)
        return s;
    const char *at = s;
    size_t len;
    for (size_t n = 0; n + 1 < max; n++)
        (void)utf8_next(at, s + strlen(s), &len), at += len;
    return arena_printf(a, "%.*s…", (int)(at - s), s);
}

/* "78.4（77.9至78.9）" */
static const char *score_text(const struct agenda_paper *p, struct arena *a, double v,
                              double lo, double hi)
{
    if (isnan(lo) || isnan(hi))
        return fmt_score(a, v);
    return text_fill(a, T(N_("{v}（{lo}至{hi}）")), "v", fmt_score(a, v), "lo",
                     fmt_score(a, lo), "hi", fmt_score(a, hi), NULL);
}

static const char *n_text(struct arena *a, int64_t n)
{
    return fmt_count(a, n);
}

static const char *figures_text(const struct agenda *g, const struct agenda_paper *p,
                                struct arena *a)
{
    struct str b;
    str_init(&b, a);
    if (g->now.v)
        str_add(&b, text_fill(a, T(N_("{period}全域指数{score}")), "period",
                              period_name(a, g->now, p->lang), "score",
                              score_text(p, a, g->county, g->county_lo, g->county_hi), NULL));
    if (g->before.v)
        str_add(&b, text_fill(a, T(N_("，较{period}{change}")), "period",
                              period_name(a, g->before, p->lang), "change",
                              fmt_change(a, g->county - g->county_before), NULL));
    if (g->now.v)
        str_add(&b, text_fill(a, T(N_("；亮着的预警：红{red}、橙{orange}、黄{yellow}")), "red",
                              n_text(a, g->red), "orange", n_text(a, g->orange), "yellow",
                              n_text(a, g->yellow), NULL));
    str_add(&b, b.n ? T(N_("；")) : "");
    str_add(&b, text_fill(a, T(N_("在办廉动令{n}件，逾期{late}件；待办异议{objections}件。")),
                          "n", n_text(a, g->directives), "late", n_text(a, g->directives_late),
                          "objections", n_text(a, g->objections), NULL));
    if (g->other_scheme)
        str_add(&b, T(N_("两期用的指标方案不同，比较时请注意。")));
    return b.s;
}

static const char *place_text(const struct agenda *g, const struct agenda_paper *p,
                              struct arena *a)
{
    struct str b;
    str_init(&b, a);
    str_add(&b, day_text(a, g->day));
    if (*g->place)
        str_addf(&b, "%s%s", b.n ? "　" : "", g->place);
    if (*g->chair)
        str_add(&b, text_fill(a, T(N_("　主持：{chair}")), "chair", g->chair, NULL));
    return b.s;
}

const char *agenda_last_text(const struct agenda_last *x, enum lang lang, struct arena *a)
{
    const int64_t gone = x->born - x->open - x->done;
    if (x->born == 0)
        return lang_text(lang, N_("没有另发廉动令"));
    return text_fill(
        a,
        lang_text(lang,
                  gone ? N_("廉动令{born}件：销号{done}，在办{open}，其中逾期{late}；撤销作废"
                            "{gone}")
                       : N_("廉动令{born}件：销号{done}，在办{open}，其中逾期{late}")),
        "born", n_text(a, x->born), "done", n_text(a, x->done), "open", n_text(a, x->open),
        "late", n_text(a, x->late), "gone", n_text(a, gone), NULL);
}

static const char *changes_head(const struct agenda *g, const struct agenda_paper *p,
                                struct arena *a)
{
    if (g->n_changes == 0)
        return T(N_("前后两期没有能分辨的变化"));
    if (g->n_changes == AGENDA_CHANGES)
        return T(N_("五项变化"));
    return text_fill(a, T(N_("能分辨的变化有{n}项")), "n", n_text(a, (int64_t)g->n_changes),
                     NULL);
}

static const char *last_head(const struct agenda *g, const struct agenda_paper *p,
                             struct arena *a)
{
    return *g->last_code ? text_fill(a, T(N_("上次会商（{day}）的决定落实情况")), "day",
                                     day_text(a, g->last_day), NULL)
                         : T(N_("上次会商的决定落实情况：这是第一次"));
}

static const char *made_text(const struct agenda_paper *p, struct arena *a)
{
    if (!p->digest)
        return text_fill(a, T(N_("议题未定稿，数字截至{at}")), "at", fmt_time(a, p->at), NULL);
    return text_fill(a, T(N_("{at}定稿，数字截至当时；摘要{digest}")), "at", fmt_time(a, p->at),
                     "digest", arena_strndup(a, p->digest, 16), NULL);
}

/* ---- PDF ---- */

static void pdf_changes(struct paper *pp, const struct agenda *g, const struct agenda_paper *p,
                        struct arena *a)
{
    const struct paper_column columns[] = {
        { T(N_("单位和指标")), 0, ALIGN_LEFT, true },
        { T(N_("上期（区间）")), 78, ALIGN_RIGHT, false },
        { T(N_("本期（区间）")), 78, ALIGN_RIGHT, false },
        { T(N_("变化")), 30, ALIGN_RIGHT, true },
        { T(N_("说明")), 112, ALIGN_LEFT, false },
    };
    const struct paper_table t = { .columns = columns, .n = COUNT(columns) };
    paper_section(pp, changes_head(g, p, a), NULL, 60);
    if (g->n_changes == 0)
        return;
    paper_table_begin(pp, &t);
    for (size_t i = 0; i < g->n_changes; i++) {
        const struct agenda_change *x = &g->changes[i];
        const struct paper_cell cells[] = {
            { .text = arena_printf(a, "%s　%s", cut(a, x->unit_name, UNIT_SHOWN),
                                   cut(a, x->node_name, NAME_SHOWN)) },
            { .text = score_text(p, a, x->before, x->before_lo, x->before_hi) },
            { .text = score_text(p, a, x->now, x->now_lo, x->now_hi) },
            { .text = fmt_change(a, x->now - x->before) },
            { .text = x->note },
        };
        paper_table_row(pp, cells);
    }
    paper_table_end(pp);
}

static void pdf_decisions(struct paper *pp, const struct agenda *g,
                          const struct agenda_paper *p, struct arena *a)
{
    const struct paper_column columns[] = {
        { "", 16, ALIGN_LEFT, true },
        { T(N_("请决定的事项")), 0, ALIGN_LEFT, false },
        { T(N_("由来")), 150, ALIGN_LEFT, false },
    };
    const struct paper_table t = { .columns = columns, .n = COUNT(columns) };
    paper_section(pp,
                  g->n_decisions == AGENDA_DECISIONS
                      ? T(N_("三项请决定"))
                      : text_fill(a, T(N_("请决定的事项{n}项")), "n",
                                  n_text(a, (int64_t)g->n_decisions), NULL),
                  NULL, 60);
    paper_table_begin(pp, &t);
    for (size_t i = 0; i < g->n_decisions; i++) {
        const struct agenda_decision *d = &g->decisions[i];
        const struct paper_cell cells[] = {
            { .text = n_text(a, (int64_t)i + 1) },
            { .text = d->text },
            { .text = *d->basis ? arena_printf(a, "%s　%s", d->basis,
                                               cut(a, d->basis_title, NAME_SHOWN))
                                : "",
              .quiet = true },
        };
        paper_table_row(pp, cells);
    }
    paper_table_end(pp);
}

static void pdf_last(struct paper *pp, const struct agenda *g, const struct agenda_paper *p,
                     struct arena *a)
{
    const struct paper_column columns[] = {
        { "", 16, ALIGN_LEFT, true },
        { T(N_("上次的决定")), 0, ALIGN_LEFT, false },
        { T(N_("现在的情况")), 176, ALIGN_LEFT, false },
    };
    const struct paper_table t = { .columns = columns, .n = COUNT(columns) };
    paper_section(pp, last_head(g, p, a), NULL, g->n_last ? 60 : 0);
    if (g->n_last == 0)
        return;
    paper_table_begin(pp, &t);
    for (size_t i = 0; i < g->n_last; i++) {
        const struct paper_cell cells[] = {
            { .text = n_text(a, (int64_t)i + 1) },
            { .text = cut(a, g->last[i].text, LAST_SHOWN) },
            { .text = agenda_last_text(&g->last[i], p->lang, a) },
        };
        paper_table_row(pp, cells);
    }
    paper_table_end(pp);
}

/* What to shorten: the longest text that people can shorten. */
static enum rc too_long(const struct agenda *g, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t longest = 0, at = 0;
    bool note = false;
    for (size_t i = 0; i < g->n_decisions; i++)
        if (utf8_count(g->decisions[i].text) > longest) {
            longest = utf8_count(g->decisions[i].text);
            at = i;
        }
    for (size_t i = 0; i < g->n_changes; i++)
        if (utf8_count(g->changes[i].note) > longest) {
            longest = utf8_count(g->changes[i].note);
            at = i;
            note = true;
        }
    return err_set(e, RC_TOOBIG,
                   note ? N_("一页A4放不下：请缩短第{i}项变化的说明（现有{n}个字）")
                        : N_("一页A4放不下：请缩短第{i}项请决定的事项（现有{n}个字）"),
                   "i", arena_printf(a, "%zu", at + 1), "n", arena_printf(a, "%zu", longest));
}

enum rc agenda_pdf(const struct agenda *g, const struct agenda_paper *p, struct arena *a,
                   struct bytes *ret, struct err *e)
{
    const struct paper_config config = {
        .lang = p->lang,
        .time = p->at,
        .title = g->title,
        .author = p->county,
        .head_left =
            text_fill(a, T(N_("{county}　研判会商会前材料")), "county", p->county, NULL),
        .head_right = T(CAVEAT),
        .foot = made_text(p, a),
        .watermark = p->mark,
    };
    CLEANUP(paper_free) struct paper *pp = NULL;
    int pages;
    enum rc rc = paper_new(a, &config, &pp, e);
    if (rc != RC_OK)
        return rc;
    paper_title(pp, g->title);
    paper_text(pp, STYLE_LEAD, place_text(g, p, a));
    paper_gap(pp, 6);
    paper_text(pp, STYLE_BODY, figures_text(g, p, a));
    paper_gap(pp, 4);
    pdf_changes(pp, g, p, a);
    pdf_decisions(pp, g, p, a);
    pdf_last(pp, g, p, a);
    rc = paper_finish(pp, ret, &pages, e);
    return rc == RC_OK && pages > 1 ? too_long(g, e) : rc;
}

/* ---- docx ---- */

static void docx_changes(struct docx *d, const struct agenda *g, const struct agenda_paper *p,
                         struct arena *a)
{
    const struct docx_column columns[] = {
        { T(N_("单位和指标")), 28, false },  { T(N_("上期（区间）")), 22, true },
        { T(N_("本期（区间）")), 22, true }, { T(N_("变化")), 10, true },
        { T(N_("说明")), 18, false },
    };
    docx_heading(d, 1, changes_head(g, p, a));
    if (g->n_changes == 0)
        return;
    docx_table(d, columns, COUNT(columns));
    for (size_t i = 0; i < g->n_changes; i++) {
        const struct agenda_change *x = &g->changes[i];
        const struct docx_cell cells[] = {
            { .text = arena_printf(a, "%s　%s", cut(a, x->unit_name, UNIT_SHOWN),
                                   cut(a, x->node_name, NAME_SHOWN)) },
            { .text = score_text(p, a, x->before, x->before_lo, x->before_hi) },
            { .text = score_text(p, a, x->now, x->now_lo, x->now_hi) },
            { .text = fmt_change(a, x->now - x->before), .strong = true },
            { .text = x->note },
        };
        docx_row(d, cells);
    }
    docx_table_end(d);
}

static void docx_list(struct docx *d, const char *heading, const char *left, const char *right,
                      const char *const (*rows)[2], size_t n, struct arena *a)
{
    const struct docx_column columns[] = { { "", 5, false },
                                           { left, 68, false },
                                           { right, 27, false } };
    docx_heading(d, 1, heading);
    if (n == 0)
        return;
    docx_table(d, columns, COUNT(columns));
    for (size_t i = 0; i < n; i++) {
        const struct docx_cell cells[] = { { .text = n_text(a, (int64_t)i + 1),
                                             .strong = true },
                                           { .text = rows[i][0] },
                                           { .text = rows[i][1] } };
        docx_row(d, cells);
    }
    docx_table_end(d);
}

enum rc agenda_docx(const struct agenda *g, const struct agenda_paper *p, struct arena *a,
                    struct bytes *ret, struct err *e)
{
    const char *rows[AGENDA_DECISIONS][2];
    struct docx *d = docx_begin(a, &(struct docx_config){ .lang = p->lang,
                                                          .time = p->at,
                                                          .title = g->title,
                                                          .author = p->county,
                                                          .mark = p->mark,
                                                          .foot = made_text(p, a),
                                                          .dense = true });
    const struct docx_column figures[] = { { place_text(g, p, a), 100, false } };
    docx_title(d, g->title);
    docx_table(d, figures, 1);
    docx_row(d, &(struct docx_cell){ .text = figures_text(g, p, a) });
    docx_table_end(d);
    docx_changes(d, g, p, a);
    for (size_t i = 0; i < g->n_decisions; i++) {
        rows[i][0] = g->decisions[i].text;
        rows[i][1] = *g->decisions[i].basis
                         ? arena_printf(a, "%s　%s", g->decisions[i].basis,
                                        cut(a, g->decisions[i].basis_title, 14))
                         : "";
    }
    docx_list(d, T(N_("请决定的事项")), T(N_("事项")), T(N_("由来")),
              (const char *const(*)[2])rows, g->n_decisions, a);
    for (size_t i = 0; i < g->n_last; i++) {
        rows[i][0] = cut(a, g->last[i].text, LAST_SHOWN);
        rows[i][1] = agenda_last_text(&g->last[i], p->lang, a);
    }
    docx_list(d, last_head(g, p, a), T(N_("上次的决定")), T(N_("现在的情况")),
              (const char *const(*)[2])rows, g->n_last, a);
    docx_text(d, T(CAVEAT));
    return docx_end(d, ret, e);
}
