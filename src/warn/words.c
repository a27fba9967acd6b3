/*
 * Sentences of warnings. Each operator has its phrases in one table; numbers go in with their
 * unit of measure.
 */
#include "warn/words.h"

#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"

#include <math.h>

const char *warn_colour_text(enum warn_colour c)
{
    switch (c) {
    case WARN_NONE:
        return "";
    case WARN_YELLOW:
        return N_("黄");
    case WARN_ORANGE:
        return N_("橙");
    case WARN_RED:
        return N_("红");
    }
    return "";
}

const char *warn_mark(enum warn_colour c)
{
    switch (c) {
    case WARN_NONE:
        return "";
    case WARN_YELLOW:
        return "y";
    case WARN_ORANGE:
        return "o";
    case WARN_RED:
        return "r";
    }
    return "";
}

const char *warn_state_text(enum warn_state s)
{
    switch (s) {
    case WARN_NEW:
        return "";
    case WARN_PENDING:
        return N_("观察中");
    case WARN_FIRING:
        return N_("已发出");
    case WARN_RECOVERING:
        return N_("整改中·待下期验证");
    case WARN_NODATA:
        return N_("数据缺失");
    case WARN_RESOLVED:
        return N_("已消除");
    }
    return "";
}

/* ---- numbers and periods ---- */

static double rounded(double v, int decimals)
{
    double scale = pow(10, decimals);
    return floor(v * scale + 0.5) / scale;
}

/* Rates and scores have one decimal, counts as many as they need. */
static bool one_decimal(const char *measure)
{
    return str_eq(measure, "%") || str_eq(measure, "分");
}

/* English has no word behind a score. */
static const char *suffix(const char *measure, enum lang lang)
{
    return lang == LANG_EN && str_eq(measure, "分") ? "" : measure;
}

const char *words_number(double v, double limit, const char *measure, enum lang lang,
                         struct arena *a)
{
    const char *s = fmt_value(a, v);
    if (isnan(v))
        return s;
    if (one_decimal(measure)) {
        int decimals = 1;
        while (decimals < 4 && !isnan(limit) && (rounded(v, decimals) < limit) != (v < limit))
            decimals++;
        s = fmt_real(a, v, decimals);
    }
    return arena_printf(a, "%s%s", s, suffix(measure, lang));
}

static const char *limit_number(double limit, const char *measure, enum lang lang,
                                struct arena *a)
{
    return arena_printf(a, "%s%s", fmt_value(a, limit), suffix(measure, lang));
}

static const char *count_text(struct arena *a, int n)
{
    return arena_printf(a, "%d", n);
}

const char *words_period(struct period p, struct period from, enum lang lang, struct arena *a)
{
    static const char *const quarter[] = { N_("一季度"), N_("二季度"), N_("三季度"),
                                           N_("四季度") };
    static const char *const far_quarter[] = { N_("{year}年一季度"), N_("{year}年二季度"),
                                               N_("{year}年三季度"), N_("{year}年四季度") };
    bool near = period_year(p) == period_year(from);
    const char *sub = count_text(a, period_sub(p));
    if (period_kind(p) == PERIOD_QUARTER && near)
        return lang_text(lang, quarter[period_sub(p) - 1]);
    if (period_kind(p) == PERIOD_QUARTER)
        return text_fill(a, lang_text(lang, far_quarter[period_sub(p) - 1]), "year",
                         count_text(a, period_year(p)), NULL);
    if (period_kind(p) == PERIOD_MONTH && near)
        return text_fill(a, lang_text(lang, N_("{month}月份")), "month", sub, NULL);
    return period_name(a, p, lang);
}

/* ---- the rule ---- */

/* The phrase of one limit; those of changes depend on its sign. */
static const char *limit_phrase(enum rule_op op, double limit)
{
    switch (op) {
    case RULE_BELOW:
        return N_("低于{limit}即{colour}");
    case RULE_ABOVE:
        return N_("达到{limit}即{colour}");
    case RULE_CHANGE_BELOW:
        return limit > 0 ? N_("比上期上升不足{limit}即{colour}")
                         : N_("比上期下降超过{limit}即{colour}");
    case RULE_CHANGE_ABOVE:
        return limit > 0 ? N_("比上期上升{limit}以上即{colour}")
                         : N_("比上期下降不超过{limit}即{colour}");
    case RULE_MISSING:
        return limit > 1 ? N_("缺{limit}个数值即{colour}") : N_("有数值缺失即{colour}");
    case RULE_LATE:
        return limit > 1 ? N_("{limit}个数值逾期即{colour}") : N_("有数值逾期即{colour}");
    }
    return "";
}

static bool is_change(enum rule_op op)
{
    return op == RULE_CHANGE_BELOW || op == RULE_CHANGE_ABOVE;
}

static bool is_count(enum rule_op op)
{
    return op == RULE_MISSING || op == RULE_LATE;
}

/* A limit as its phrases take it: changes without sign, counts without measure. */
static const char *phrase_limit(enum rule_op op, double limit, const char *measure,
                                enum lang lang, struct arena *a)
{
    return limit_number(is_change(op) ? fabs(limit) : limit, is_count(op) ? "" : measure, lang,
                        a);
}

const char *words_rule(const struct rule *r, enum warn_colour colour, const char *measure,
                       enum lang lang, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    for (enum warn_colour k = WARN_YELLOW; k <= WARN_RED; k++) {
        double limit = r->when.limit[k];
        if (isnan(limit) || (colour != WARN_NONE && k != colour))
            continue;
        const char *phrase =
            b.n == 0 ? limit_phrase(r->when.op, limit) : N_("，{limit}即{colour}");
        str_add(&b, text_fill(a, lang_text(lang, phrase), "limit",
                              phrase_limit(r->when.op, limit, measure, lang, a), "colour",
                              lang_text(lang, warn_colour_text(k)), NULL));
    }
    if (r->when.for_periods == 1)
        return b.s;
    return text_fill(a, lang_text(lang, N_("连续{n}期{rule}")), "n",
                     count_text(a, r->when.for_periods), "rule", b.s, NULL);
}

/* ---- the values ---- */

const char *words_values(const struct rule *r, const struct words_value *v, size_t n,
                         double limit, const char *measure, enum lang lang, struct arena *a)
{
    enum rule_op op = r->when.op;
    const struct words_value *last = &v[n - 1];
    if (isnan(last->now) || (is_change(op) && isnan(last->before)))
        return lang_text(lang, N_("本期缺数据"));
    if (is_count(op)) {
        const char *one = op == RULE_MISSING ? N_("缺1个数值") : N_("1个数值逾期");
        const char *many = op == RULE_MISSING ? N_("缺数值{n}个") : N_("{n}个数值逾期");
        return text_fill(a, lang_text(lang, last->now == 1 ? one : many), "n",
                         fmt_value(a, last->now), NULL);
    }
    if (is_change(op))
        return text_fill(a,
                         lang_text(lang, last->now < last->before ? N_("{before}降到{now}")
                                                                  : N_("{before}升到{now}")),
                         "before", words_number(last->before, NAN, measure, lang, a), "now",
                         words_number(last->now, NAN, measure, lang, a), NULL);
    if (n == 1)
        return text_fill(
            a, lang_text(lang, one_decimal(measure) ? N_("本期{value}") : N_("现有{value}")),
            "value", words_number(last->now, limit, measure, lang, a), NULL);
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            str_add(&b, lang_text(lang, N_("、")));
        str_add(&b, isnan(v[i].now) ? lang_text(lang, N_("缺"))
                                    : words_number(v[i].now, limit, measure, lang, a));
    }
    return b.s;
}

/* ---- what clears it ---- */

/* With a recovery limit; `at` is it. */
static const char *recover_phrase(enum rule_op op, double at)
{
    switch (op) {
    case RULE_BELOW:
        return N_("{period}达到{limit}以上");
    case RULE_ABOVE:
        return at <= 0 ? N_("{period}降到{limit}") : N_("{period}降到{limit}以下");
    case RULE_CHANGE_BELOW:
        return at > 0   ? N_("{period}比上期上升{limit}以上")
               : at < 0 ? N_("{period}比上期下降不超过{limit}")
                        : N_("{period}不低于上期");
    case RULE_CHANGE_ABOVE:
        return at > 0   ? N_("{period}比上期上升不超过{limit}")
               : at < 0 ? N_("{period}比上期下降{limit}以上")
                        : N_("{period}不高于上期");
    case RULE_MISSING:
        return at > 0 ? N_("{period}缺的数值不超过{limit}个") : N_("{period}数值报齐");
    case RULE_LATE:
        return at > 0 ? N_("{period}逾期的数值不超过{limit}个") : N_("{period}数值按期报齐");
    }
    return "";
}

/* Without: the lowest limit must not be crossed. */
static const char *uncrossed_phrase(enum rule_op op, double at)
{
    switch (op) {
    case RULE_BELOW:
        return N_("{period}达到{limit}以上");
    case RULE_ABOVE:
        return N_("{period}低于{limit}");
    case RULE_CHANGE_BELOW:
        return recover_phrase(op, at);
    case RULE_CHANGE_ABOVE:
        return at > 0   ? N_("{period}比上期上升不足{limit}")
               : at < 0 ? N_("{period}比上期下降超过{limit}")
                        : N_("{period}低于上期");
    case RULE_MISSING:
        return at > 1 ? N_("{period}缺的数值少于{limit}个") : N_("{period}数值报齐");
    case RULE_LATE:
        return at > 1 ? N_("{period}逾期的数值少于{limit}个") : N_("{period}数值按期报齐");
    }
    return "";
}

const char *words_clears(const struct rule *r, const struct warn_at *at, struct period period,
                         const char *subject, const char *measure, enum lang lang,
                         struct arena *a)
{
    const struct condition *c = &r->when;
    if (!warn_live(at))
        return "";
    if (at->state == WARN_NODATA)
        return text_fill(a, lang_text(lang, N_("补上“{subject}”的数值，再按界线判")), "subject",
                         subject, NULL);
    bool with = !isnan(c->recover) && at->fired.v;
    double limit = with ? c->recover : c->limit[warn_lowest(c)];
    const char *phrase = with ? recover_phrase(c->op, limit) : uncrossed_phrase(c->op, limit);
    const char *what = text_fill(a, lang_text(lang, phrase), "period",
                                 words_period(period_step(period, 1), period, lang, a), "limit",
                                 phrase_limit(c->op, limit, measure, lang, a), NULL);
    if (!at->fired.v)
        return text_fill(a, lang_text(lang, N_("{what}，就不发出")), "what", what, NULL);
    int n = c->recover_periods - at->clear;
    return text_fill(a,
                     lang_text(lang, n == 1 ? N_("{what}，连续1期") : N_("{what}，连续{n}期")),
                     "what", what, "n", count_text(a, n), NULL);
}
