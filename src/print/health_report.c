/*
 * The health report's words: everything that can be said from the model alone, so that page and
 * paper say the same. The setting on A4 is in health_report_pdf.c.
 */
#include "print/health_report.h"

#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"

#include <math.h>
#include <stdlib.h>

const char *report_state_text(enum report_state s, enum lang lang)
{
    static const char *const words[] = {
        [REPORT_STATE_NONE] = N_("不出指数"),
        [REPORT_STEADY] = N_("平稳"),
        [REPORT_WATCH] = N_("关注"),
        [REPORT_FOCUS] = N_("重点关注"),
    };
    return lang_text(lang, words[s]);
}

const char *report_stage_text(enum report_stage s, enum lang lang)
{
    static const char *const words[] = {
        [REPORT_TRIAL] = N_("试算"),         [REPORT_DRAFT] = N_("草稿"),
        [REPORT_COMMENT] = N_("征求意见稿"), [REPORT_PUBLISHED] = N_("已发布"),
        [REPORT_CORRECTED] = N_("已更正"),
    };
    return lang_text(lang, words[s]);
}

const char *report_missing_text(enum report_missing m, enum lang lang)
{
    static const char *const words[] = {
        [REPORT_PRESENT] = N_("已报"),      [REPORT_NA] = N_("不适用"),
        [REPORT_NOTDUE] = N_("未到期"),     [REPORT_REFUSED] = N_("拒绝提供"),
        [REPORT_WITHHELD] = N_("暂不提供"), [REPORT_LOST] = N_("灭失"),
        [REPORT_LATE] = N_("逾期未报"),     [REPORT_MISSING_KINDS] = "",
    };
    return lang_text(lang, words[m]);
}

const char *report_cause_text(enum report_cause c, enum lang lang)
{
    static const char *const words[] = {
        [REPORT_CAUSE_DATA] = N_("自身数据"),    [REPORT_CAUSE_PEERS] = N_("同类单位"),
        [REPORT_CAUSE_WEIGHTS] = N_("权重"),     [REPORT_CAUSE_METHOD] = N_("计算方法"),
        [REPORT_CAUSE_MISSING] = N_("数据缺失"), [REPORT_CAUSES] = "",
    };
    return lang_text(lang, words[c]);
}

const char *report_warning_state_text(enum report_warning_state s, enum lang lang)
{
    static const char *const words[] = {
        [REPORT_PENDING] = N_("观察中"),
        [REPORT_FIRING] = N_("已发出"),
        [REPORT_ACKNOWLEDGED] = N_("已签收"),
        [REPORT_RECTIFYING] = N_("整改中"),
        [REPORT_VERIFYING] = N_("整改中·待下期验证"),
        [REPORT_NODATA] = N_("数据缺失"),
        [REPORT_RESOLVED] = N_("已消除"),
    };
    return lang_text(lang, words[s]);
}

const char *mark_text(enum mark m, enum lang lang)
{
    static const char *const words[] = {
        [MARK_NONE] = "",         [MARK_RED] = N_("红"),  [MARK_ORANGE] = N_("橙"),
        [MARK_YELLOW] = N_("黄"), [MARK_BLUE] = N_("蓝"),
    };
    return *words[m] ? lang_text(lang, words[m]) : "";
}

const char *health_report_disclaimer(enum lang lang)
{
    return lang_text(lang, N_("监测参考，不作为考核、任用、问责的直接依据。"));
}

const char *health_report_title(struct arena *a, const struct health_report *r, enum lang lang)
{
    if (r->title && *r->title)
        return r->title;
    return text_fill(a, lang_text(lang, N_("{unit}{period}体检报告")), "unit",
                     r->unit_name ? r->unit_name : "", "period",
                     period_name(a, r->period, lang), NULL);
}

/* "较上季": what the score is compared with. */
static const char *compared(const struct health_report *r, enum lang lang)
{
    if (r->prev_period.v == 0)
        return lang_text(lang, N_("较上期{change}"));
    switch (period_kind(r->prev_period)) {
    case PERIOD_YEAR:
        return lang_text(lang, N_("较上年{change}"));
    case PERIOD_QUARTER:
        return lang_text(lang, N_("较上季{change}"));
    case PERIOD_MONTH:
        return lang_text(lang, N_("较上月{change}"));
    case PERIOD_WEEK:
        return lang_text(lang, N_("较上周{change}"));
    case PERIOD_DAY:
        return lang_text(lang, N_("较前一日{change}"));
    }
    return "";
}

const char *health_report_group(struct arena *a, const struct health_report *r, enum lang lang)
{
    if (r->rank_lo <= 0 || r->rank_hi < r->rank_lo)
        return "";
    const char *lo = arena_printf(a, "%d", r->rank_lo), *hi = arena_printf(a, "%d", r->rank_hi);
    if (r->rank_lo == r->rank_hi)
        return text_fill(a, lang_text(lang, N_("与其他单位都有明显差别，可能名次只有第{lo}位")),
                         "lo", lo, NULL);
    return text_fill(a, lang_text(lang, N_("与第{lo}至{hi}位之间的单位无明显差别")), "lo", lo,
                     "hi", hi, NULL);
}

const char *health_report_answer(struct arena *a, const struct health_report *r, enum lang lang)
{
    if (r->answer && *r->answer)
        return r->answer;
    const char *comma = lang_text(lang, N_("，")), *stop = lang_text(lang, N_("。"));
    struct str b;
    str_init(&b, a);
    if (!isfinite(r->score)) {
        str_add(&b, lang_text(lang, N_("本期不出指数")));
        if (r->state_reason && *r->state_reason) {
            str_add(&b, comma);
            str_add(&b, r->state_reason);
        }
        str_add(&b, stop);
        return str_trim(a, b.s);
    }
    str_add(&b, text_fill(a, lang_text(lang, N_("{score}分")), "score", fmt_score(a, r->score),
                          NULL));
    if (isfinite(r->prev)) {
        str_add(&b, comma);
        str_add(&b, text_fill(a, compared(r, lang), "change", fmt_change(a, r->score - r->prev),
                              NULL));
    }
    const char *group = health_report_group(a, r, lang);
    if (*group) {
        str_add(&b, comma);
        str_add(&b, group);
    }
    str_add(&b, stop);
    if (r->answer_more)
        str_add(&b, r->answer_more);
    return str_trim(a, b.s);
}

const char *health_report_vouch(struct arena *a, const struct health_report *r, enum lang lang)
{
    const struct report_proof *p = &r->proof;
    if (p->n_witnesses == 0)
        return lang_text(lang, N_("目前仅本机关自证：还没有第二个机构为存证日志见证。"));
    struct str names;
    str_init(&names, a);
    for (size_t i = 0; i < p->n_witnesses; i++) {
        if (i > 0)
            str_add(&names, lang_text(lang, N_("、")));
        str_add(&names, p->witnesses[i].name ? p->witnesses[i].name : "");
    }
    return text_fill(
        a,
        lang_text(
            lang,
            N_("{names}"
               "为存证日志作了见证：非本机关与见证方一同作假，已存证的内容不能改而不被发现。")),
        "names", names.s, NULL);
}

/* ---- numbers that are shown rounded and must still add up */

void report_round(const double *v, size_t n, double total, int decimals, double *ret)
{
    double unit = pow(10, -decimals);
    double want = round(total / unit), have = 0;
    for (size_t i = 0; i < n; i++) {
        ret[i] = isfinite(v[i]) ? round(v[i] / unit) : 0;
        have += ret[i];
    }
    /* Give the missing units one by one to whoever's rounding lost most (Hamilton); ties: the
     * first. */
    for (size_t step = 0; have != want && step < 2 * n; step++) {
        double sign = want > have ? 1 : -1, best = -INFINITY;
        size_t at = n;
        for (size_t i = 0; i < n; i++) {
            double loss = isfinite(v[i]) ? sign * (v[i] / unit - ret[i]) : -INFINITY;
            if (loss > best + 1e-9) {
                best = loss;
                at = i;
            }
        }
        if (at == n)
            break;
        ret[at] += sign;
        have += sign;
    }
    for (size_t i = 0; i < n; i++)
        ret[i] = ret[i] * unit + 0.0;
}

/* ---- contradictions a reader would find */

enum rc health_report_check(const struct health_report *r, struct err *e)
{
    const char *unit = r->unit_name ? r->unit_name : "";
    if (!*unit)
        return err_set(e, RC_INVALID, N_("体检报告没有写明单位"));
    if (r->period.v == 0)
        return err_set(e, RC_INVALID, N_("{unit}的体检报告没有写明周期"), "unit", unit);
    if (isfinite(r->score) && isfinite(r->prev)) {
        double sum = 0;
        for (int i = 0; i < REPORT_CAUSES; i++)
            sum += r->causes[i].points;
        /* NaN compares false, so it is refused as well. */
        if (!(fabs(sum - (r->score - r->prev)) < 1e-6))
            return err_set(e, RC_INVALID,
                           N_("{unit}的体检报告自相矛盾:变化的五个部分加起来不等于得分的变化"),
                           "unit", unit);
    }
    int depth = 0;
    for (size_t i = 0; i < r->n_nodes; i++) {
        int d = r->nodes[i].depth;
        if (d < 1 || d > depth + 1)
            return err_set(e, RC_INVALID, N_("{unit}的体检报告自相矛盾:指标“{node}”没有上一级"),
                           "unit", unit, "node", r->nodes[i].name ? r->nodes[i].name : "");
        depth = d;
    }
    if (r->rank_lo > r->rank_hi)
        return err_set(e, RC_INVALID, N_("{unit}的体检报告自相矛盾:可能名次的上限小于下限"),
                       "unit", unit);
    return RC_OK;
}
