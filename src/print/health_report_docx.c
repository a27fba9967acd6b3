/*
 * The health report as a document an office can edit: the same order and words as on paper,
 * each chart as the table behind it.
 */
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "print/docx.h"
#include "print/health_report_impl.h"

#include <math.h>

/* A report being written. */
struct writing {
    struct docx *d;
    struct arena *a;
    const struct health_report *r;
    enum lang lang;
};

static const char *tr(const struct writing *w, const char *zh)
{
    return lang_text(w->lang, zh);
}

static const char *number(const struct writing *w, double v)
{
    return isfinite(v) ? fmt_score(w->a, v) : "—";
}

static const char *range(const struct writing *w, double lo, double hi)
{
    return isfinite(lo) && isfinite(hi)
               ? arena_printf(w->a, "%s–%s", fmt_score(w->a, lo), fmt_score(w->a, hi))
               : "";
}

static const char *joined(const struct writing *w, const char *a, const char *b)
{
    if (!has(a) || !has(b))
        return has(a) ? a : has(b) ? b : "";
    return arena_printf(w->a, "%s%s%s", a, tr(w, N_("，")), b);
}

static void answer(const struct writing *w)
{
    const struct health_report *r = w->r;
    docx_title(w->d, health_report_title(w->a, r, w->lang));
    docx_text(w->d, health_report_answer(w->a, r, w->lang));
    if (r->stage != REPORT_PUBLISHED)
        docx_text(w->d, joined(w, report_stage_text(r->stage, w->lang), r->erratum));
    docx_pair(w->d, tr(w, N_("状况")),
              joined(w, report_state_text(r->state, w->lang), r->state_reason));
    if (isfinite(r->lo) && isfinite(r->hi) && isfinite(r->coverage))
        docx_pair(w->d, tr(w, N_("区间")),
                  text_fill(w->a, tr(w, N_("{share}的算法取法下在{lo}至{hi}之间")), "share",
                            arena_printf(w->a, "%.0f%%", r->coverage * 100), "lo",
                            fmt_score(w->a, r->lo), "hi", fmt_score(w->a, r->hi), NULL));
    if (has(r->peer_name))
        docx_pair(w->d, tr(w, N_("同组")),
                  text_fill(w->a, tr(w, N_("{name}{n}个，中位{median}")), "name", r->peer_name,
                            "n", arena_printf(w->a, "%d", r->peer_count), "median",
                            number(w, r->peer_median), NULL));
}

static void trend(const struct writing *w)
{
    const struct health_report *r = w->r;
    if (r->n_trend < 2)
        return;
    docx_heading(w->d, 1, tr(w, N_("走势")));
    const struct docx_column columns[] = { { tr(w, N_("期间")), 3, false },
                                           { tr(w, N_("得分")), 2, true },
                                           { tr(w, N_("区间")), 3, true } };
    docx_table(w->d, columns, COUNT(columns));
    for (size_t i = 0; i < r->n_trend; i++) {
        const struct report_trend *t = &r->trend[i];
        docx_row(w->d, (struct docx_cell[]){ { .text = period_name(w->a, t->period, w->lang) },
                                             { .text = number(w, t->score) },
                                             { .text = range(w, t->lo, t->hi) } });
    }
    docx_table_end(w->d);
}

static void warnings(const struct writing *w)
{
    const struct health_report *r = w->r;
    docx_heading(w->d, 1,
                 r->n_warnings ? text_fill(w->a, tr(w, N_("预警{n}项")), "n",
                                           arena_printf(w->a, "%zu", r->n_warnings), NULL)
                               : tr(w, N_("没有预警")));
    if (r->n_warnings == 0) {
        docx_text(w->d, tr(w, N_("按现行规则，本期没有达到预警条件的事项。")));
        return;
    }
    const struct docx_column columns[] = { { tr(w, N_("颜色")), 3, false },
                                           { tr(w, N_("事由")), 5, false },
                                           { tr(w, N_("规则与数值")), 6, false },
                                           { tr(w, N_("状态")), 4, false },
                                           { tr(w, N_("要消这盏灯，差什么")), 6, false },
                                           { tr(w, N_("谁来办")), 4, false } };
    docx_table(w->d, columns, COUNT(columns));
    for (size_t i = 0; i < r->n_warnings; i++) {
        const struct report_warning *x = &r->warnings[i];
        docx_row(w->d, (struct docx_cell[]){
                           { .text = mark_text(x->mark, w->lang), .strong = true },
                           { .text = x->name },
                           { .text = joined(w, x->rule, x->values) },
                           { .text = joined(w, report_warning_state_text(x->state, w->lang),
                                            x->state_note) },
                           { .text = x->clears },
                           { .text = x->who } });
    }
    docx_table_end(w->d);
}

static void notable(const struct writing *w, const char *heading, const char *none,
                    const struct report_point_of_note *v, size_t n)
{
    docx_heading(w->d, 2, heading);
    if (n == 0) {
        docx_text(w->d, none);
        return;
    }
    const struct docx_column columns[] = { { tr(w, N_("指标")), 6, false },
                                           { tr(w, N_("得分")), 2, true },
                                           { tr(w, N_("同组中位")), 2, true },
                                           { tr(w, N_("对总分")), 2, true } };
    docx_table(w->d, columns, COUNT(columns));
    for (size_t i = 0; i < n && i < NOTABLE_MAX; i++)
        docx_row(w->d, (struct docx_cell[]){ { .text = joined(w, v[i].name, v[i].note) },
                                             { .text = number(w, v[i].score) },
                                             { .text = number(w, v[i].peer_median) },
                                             { .text = fmt_change(w->a, v[i].points) } });
    docx_table_end(w->d);
}

static void strengths(const struct writing *w)
{
    const struct health_report *r = w->r;
    if (!isfinite(r->score) || !has(r->peer_name))
        return;
    docx_heading(w->d, 1,
                 text_fill(w->a, tr(w, N_("与{peers}相比，强在哪里，弱在哪里")), "peers",
                           r->peer_name, NULL));
    notable(w, tr(w, N_("强项")), tr(w, N_("没有明显高于同组的指标。")), r->strengths,
            r->n_strengths);
    notable(w, tr(w, N_("弱项")), tr(w, N_("没有明显低于同组的指标。")), r->weaknesses,
            r->n_weaknesses);
}

static void change(const struct writing *w)
{
    const struct health_report *r = w->r;
    if (!isfinite(r->score))
        return;
    docx_heading(w->d, 1, tr(w, N_("与上期相比")));
    if (!isfinite(r->prev)) {
        docx_text(w->d, has(r->no_change_reason) ? r->no_change_reason
                                                 : tr(w, N_("没有可比的上期得分。")));
        return;
    }
    double points[REPORT_CAUSES], shown[REPORT_CAUSES], total = r->score - r->prev;
    for (int i = 0; i < REPORT_CAUSES; i++)
        points[i] = r->causes[i].points;
    report_round(points, REPORT_CAUSES, total, 1, shown);
    docx_text(w->d, tr(w, N_("各项相加恰好等于变化，单位为分。")));
    const struct docx_column columns[] = { { tr(w, N_("原因")), 3, false },
                                           { tr(w, N_("变化")), 2, true },
                                           { tr(w, N_("说明")), 7, false } };
    docx_table(w->d, columns, COUNT(columns));
    for (int i = 0; i < REPORT_CAUSES; i++)
        docx_row(w->d, (struct docx_cell[]){ { .text = report_cause_text(i, w->lang) },
                                             { .text = fmt_change(w->a, shown[i]) },
                                             { .text = r->causes[i].note } });
    docx_row(w->d,
             (struct docx_cell[]){ { .text = tr(w, N_("合计")), .strong = true },
                                   { .text = fmt_change(w->a, total), .strong = true },
                                   { .text = text_fill(w->a, tr(w, N_("{from}到{to}")), "from",
                                                       fmt_score(w->a, r->prev), "to",
                                                       fmt_score(w->a, r->score), NULL) } });
    docx_table_end(w->d);
}

static void completeness(const struct writing *w)
{
    const struct health_report *r = w->r;
    if (r->values_expected <= 0)
        return;
    docx_heading(
        w->d, 1,
        text_fill(w->a, tr(w, N_("数据完整率{rate}")), "rate",
                  fmt_percent(w->a, (double)r->values_present / (double)r->values_expected),
                  NULL));
    docx_text(w->d, text_fill(w->a, tr(w, N_("应报{all}个，已报{have}个。缺失不按零分计。")),
                              "all", fmt_count(w->a, r->values_expected), "have",
                              fmt_count(w->a, r->values_present), NULL));
    if (r->n_gaps == 0)
        return;
    const struct docx_column columns[] = { { tr(w, N_("监测点")), 5, false },
                                           { tr(w, N_("缺失原因")), 3, false },
                                           { tr(w, N_("由谁提供")), 4, false },
                                           { tr(w, N_("说明")), 5, false },
                                           { tr(w, N_("预计更新")), 3, false } };
    docx_table(w->d, columns, COUNT(columns));
    for (size_t i = 0; i < r->n_gaps; i++) {
        const struct report_gap *g = &r->gaps[i];
        docx_row(w->d, (struct docx_cell[]){ { .text = g->name },
                                             { .text = report_missing_text(g->kind, w->lang) },
                                             { .text = g->owner },
                                             { .text = g->note },
                                             { .text = g->next } });
    }
    docx_table_end(w->d);
}

static void tree(const struct writing *w)
{
    const struct health_report *r = w->r;
    if (r->n_nodes == 0)
        return;
    docx_heading(w->d, 1,
                 isfinite(r->score) ? text_fill(w->a, tr(w, N_("{score}分是怎么来的")), "score",
                                                fmt_score(w->a, r->score), NULL)
                                    : tr(w, N_("各项指标")));
    docx_text(
        w->d,
        tr(w, N_("贡献＝权重×得分÷100，逐级相加等于总分；因取两位小数，末位可能差0.01。")));
    const struct docx_column columns[] = { { tr(w, N_("指标")), 9, false },
                                           { tr(w, N_("权重")), 2, true },
                                           { tr(w, N_("得分")), 3, true },
                                           { tr(w, N_("较同组中位")), 3, true },
                                           { tr(w, N_("贡献")), 2, true } };
    docx_table(w->d, columns, COUNT(columns));
    for (size_t i = 0; i < r->n_nodes && i < NODES_MAX; i++) {
        const struct report_node *n = &r->nodes[i];
        bool strong = n->depth == 1, present = isfinite(n->score);
        double diff = n->score - n->peer_median;
        docx_row(w->d, (struct docx_cell[]){
                           { .text = joined(w, n->name, n->note),
                             .strong = strong,
                             .indent = n->depth - 1 },
                           { .text = number(w, n->weight), .strong = strong },
                           { .text = present ? fmt_score(w->a, n->score)
                                             : report_missing_text(n->missing, w->lang),
                             .strong = strong },
                           { .text = isfinite(diff) ? fmt_change(w->a, diff) : "" },
                           { .text = fmt_real(w->a, n->contribution, 2), .strong = strong } });
    }
    docx_table_end(w->d);
}

static void proof(const struct writing *w)
{
    const struct health_report *r = w->r;
    const struct report_proof *f = &r->proof;
    docx_heading(w->d, 1, tr(w, N_("核验")));
    docx_text(w->d, health_report_vouch(w->a, r, w->lang));
    if (has(r->scheme_name))
        docx_pair(w->d, tr(w, N_("方案")),
                  joined(w, r->scheme_name,
                         text_fill(w->a, tr(w, N_("第{n}版")), "n",
                                   arena_printf(w->a, "%d", r->scheme_version), NULL)));
    if (has(r->method_note))
        docx_pair(w->d, tr(w, N_("计分办法")), r->method_note);
    if (has(f->origin) && f->index >= 0)
        docx_pair(w->d, tr(w, N_("存证日志")),
                  text_fill(w->a, tr(w, N_("{origin}，第{n}条")), "origin", f->origin, "n",
                            fmt_count(w->a, f->index), NULL));
    if (has(f->digest))
        docx_pair(w->d, tr(w, N_("摘要")), arena_printf(w->a, "SHA-256 %s", f->digest));
    if (has(f->url))
        docx_link(w->d, tr(w, N_("网址")), f->url);
    docx_text(w->d, health_report_disclaimer(w->lang));
}

enum rc health_report_docx(const struct health_report *r, enum lang lang, struct arena *a,
                           struct bytes *ret, struct err *e)
{
    enum rc rc = health_report_check(r, e);
    if (rc != RC_OK)
        return rc;
    const struct docx_config config = {
        .lang = lang,
        .time = r->published_at.us ? r->published_at : r->computed_at,
        .title = health_report_title(a, r, lang),
        .author = r->county,
        .subject = health_report_disclaimer(lang),
        .mark = health_report_mark(a, r, lang),
        .foot = health_report_disclaimer(lang),
    };
    struct writing w = { .d = docx_begin(a, &config), .a = a, .r = r, .lang = lang };
    answer(&w);
    warnings(&w);
    strengths(&w);
    change(&w);
    trend(&w);
    completeness(&w);
    tree(&w);
    proof(&w);
    return docx_end(w.d, ret, e);
}
