/*
 * What the health report stands on: what is missing, where values come from, who vouches for
 * it.
 */
#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "print/health_report_impl.h"

#include <math.h>
#include <string.h>

/* ---- completeness */

void part_completeness(const struct part *s)
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
static const char *moment(const struct part *s, struct utime at)
{
    const char *full = fmt_time(s->a, at);
    int year, month, day;
    day_split(time_day(at), &year, &month, &day);
    return s->r->period.v && year == period_year(s->r->period) && strlen(full) > 5 ? full + 5
                                                                                   : full;
}

static void step_add(const struct part *s, struct str *b, const char *who, const char *what,
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

static const char *value_place(const struct part *s, const struct report_value *v)
{
    const char *place = has(v->file) ? v->file : word(s, N_("网页填报"));
    if (has(v->sheet))
        place = part_joined(
            s, place, text_fill(s->a, word(s, N_("工作表“{sheet}”")), "sheet", v->sheet, NULL));
    if (has(v->cell))
        place = part_joined(
            s, place, text_fill(s->a, word(s, N_("单元格{cell}")), "cell", v->cell, NULL));
    else if (v->row > 0)
        place = part_joined(s, place,
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

static struct value_text value_text(const struct part *s, const struct report_value *v)
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
            { word(s, N_("版本")), part_joined(s, part_joined(s, version, v->version_note), log) },
            { word(s, N_("依据")), v->legal_basis },
            { word(s, N_("下次更新")), v->next_update },
        },
    };
}

static double value_label_w(const struct part *s)
{
    return s->lang == LANG_EN ? 62 : 44;
}

static double value_height(const struct part *s, const struct value_text *v, double w)
{
    double h = 16 + (has(v->how) ? paper_height(s->p, STYLE_QUIET, w, v->how) + 3 : 0);
    for (size_t i = 0; i < VALUE_LINES; i++) {
        if (has(v->lines[i][1]))
            h += paper_height(s->p, STYLE_TABLE, w - value_label_w(s), v->lines[i][1]) + 4;
    }
    return h;
}

static void value_show(const struct part *s, const struct value_text *v)
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

/* The values to print: one of each indicator that cost most against the peers, then as they
 * come. Returns how many. */
static size_t values_choose(const struct health_report *r, const struct report_value **ret)
{
    size_t n = 0;
    for (size_t k = 0; k < r->n_weaknesses && n < VALUES_MAX; k++)
        for (size_t i = 0; i < r->n_values && has(r->weaknesses[k].name); i++)
            if (has(r->values[i].indicator) &&
                strcmp(r->values[i].indicator, r->weaknesses[k].name) == 0) {
                ret[n++] = &r->values[i];
                break;
            }
    for (size_t i = 0; i < r->n_values && n < VALUES_MAX; i++) {
        bool there = false;
        for (size_t k = 0; k < n; k++)
            there |= ret[k] == &r->values[i];
        if (!there)
            ret[n++] = &r->values[i];
    }
    return n;
}

void part_values(const struct part *s)
{
    struct paper *p = s->p;
    const struct health_report *r = s->r;
    if (r->n_values == 0)
        return;
    const struct report_value *chosen[VALUES_MAX];
    size_t n = values_choose(r, chosen);
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
        t[i] = value_text(s, chosen[i]);
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

static void pair(const struct part *s, const char *label, const char *text)
{
    if (has(text))
        paper_pair(s->p, word(s, label), text, s->lang == LANG_EN ? 84 : 64);
}

void part_proof(const struct part *s)
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
        entry = part_joined(
            s, entry,
            text_fill(a, word(s, N_("检查点含{n}条")), "n", fmt_count(a, f->size), NULL));
    const char *scheme = has(r->scheme_name) ? r->scheme_name : "";
    if (r->scheme_version > 0)
        scheme = arena_printf(a, "%s%s%s", scheme, s->lang == LANG_EN && *scheme ? ", " : "",
                              text_fill(a, word(s, N_("第{n}版")), "n",
                                        arena_printf(a, "%d", r->scheme_version), NULL));
    if (r->scheme_from.us)
        scheme = part_joined(
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
    pair(s, N_("办理"), part_joined(s, part_joined(s, computed, approved), published));
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
