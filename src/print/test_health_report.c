#include "base/arena.h"
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "print/health_report.h"
#include "print/test_pdf.h"

#include <math.h>
#include <string.h>

/* The PDF's text, all pages in one; NULL without pdftotext. */
static const char *text_of(struct arena *a, const struct health_report *r, enum lang lang,
                           int *ret_pages)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct bytes pdf;
    CHECK_OK(health_report_pdf(r, lang, a, &pdf, ret_pages, &e));
    size_t n;
    char **pages = pdf_pages(a, pdf, &n);
    if (!pages)
        return NULL;
    struct str all;
    str_init(&all, a);
    for (size_t i = 0; i < n; i++)
        str_add(&all, pages[i]);
    return all.s;
}

static void says_what_a_report_must(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct health_report r;
    health_report_example(a, LANG_ZH, &r);
    int n;
    const char *text = text_of(a, &r, LANG_ZH, &n);
    if (!text) {
        t_skip("no pdftotext");
        return;
    }
    static const char *const words[] = {
        "财政局2026年第三季度体检报告",
        "78.4分，较上季+1.2，与第12至19位之间的单位无明显差别。",
        "90%的算法取法下在77.6至79.2之间",
        "因橙色预警1项",
        "综合经济部门11个，中位75.3",
        "98.5%，缺3个数值",
        "明显高于本单位",
        "与本单位无明显差别（含本单位）",
        "明显低于本单位",
        "贡献＝权重×得分÷100",
        "强项",
        "弱项",
        "为什么上升1.2分",
        "自身数据",
        "同类单位",
        "计算方法",
        "方案第3版调低窗口服务",
        "采购合同未按期公告",
        "连续2期低于90%即橙；88.4%、86.0%",
        "要消这盏灯，差什么",
        "整改中·待下期验证",
        "政府采购科，交易中心出数",
        "应报201个，已报198个。缺失不按零分计。",
        "暂不提供2个",
        "数值来历",
        "2026Q3合同公告.xlsx，工作表“合同”，第4行",
        "林若溪填报10-0915:20",
        "第2版，第1版为84.0%",
        "清溪区政治生态监测方案第3版",
        "区审计局为存证日志作了见证",
        "qingxi.example/jingjian/demo，第51,873条",
        "9c1185a5c5e9fc54612808977ee8f548b2258d31a2b6fa6f3f7d5c6ad3a1b0c4",
        "https://jingjian.qingxi.example/report/D04/2026Q3/proof",
        "附表：全部182项指标",
    };
    for (size_t i = 0; i < COUNT(words); i++) {
        if (!strstr(text, words[i]))
            t_fail(__FILE__, __LINE__, "the report does not say: %s", words[i]);
    }
    static const char *const never[] = { "第15名", "第19名", "优秀",   "等次",
                                         "案件",   "证据",   "区块链", "造假" };
    for (size_t i = 0; i < COUNT(never); i++)
        CHECK(!strstr(text, never[i]));
    CHECK(text_count(text, "监测参考，不作为考核、任用、问责的直接依据。") >= n);
    CHECK(text_count(text, "演示数据·非真实") >= n);
}

static void english_is_complete(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct health_report r;
    health_report_example(a, LANG_EN, &r);
    const char *text = text_of(a, &r, LANG_EN, NULL);
    if (!text) {
        t_skip("no pdftotext");
        return;
    }
    static const char *const words[] = { "財政局", "得分",   "权重", "预警", "状况",
                                         "核验",   "完整率", "附表", "填报", "分是" };
    for (size_t i = 0; i < COUNT(words); i++)
        CHECK(!strstr(text, words[i]));
    CHECK(strstr(text,
                 "78.4points,+1.2onthelastquarter,nocleardifferencefromtheunitsranked12to19."));
    CHECK(strstr(text,
                 "Formonitoringonly:notadirectbasisforappraisal,appointmentoraccountability."));
    CHECK(strstr(text, "Demodata·notreal"));
    CHECK(strstr(text, "HowThe78.4") == NULL && strstr(text, "Howthe78.4pointscomeabout"));
}

static void is_small_and_the_same_every_time(void)
{
    for (int l = LANG_ZH; l <= LANG_EN; l++) {
        CLEANUP(err_done) struct err e = { 0 };
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct health_report r;
        health_report_example(a, l, &r);
        struct bytes one, two, other;
        int n;
        CHECK_OK(health_report_pdf(&r, l, a, &one, &n, &e));
        CHECK_INT(n, l == LANG_ZH ? 5 : 6);
        CHECK(one.n <= (size_t)n * 60 * 1024);
        struct health_report again;
        health_report_example(a, l, &again);
        again.unit_name = arena_strdup(a, again.unit_name);
        CHECK_OK(health_report_pdf(&again, l, a, &two, &n, &e));
        CHECK(one.n == two.n && memcmp(one.p, two.p, one.n) == 0);
        again.published_at.us += 60 * 1000000;
        CHECK_OK(health_report_pdf(&again, l, a, &other, &n, &e));
        CHECK(one.n != other.n || memcmp(one.p, other.p, one.n) != 0);
    }
}

static void empty_report_is_still_one(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct health_report r = {
        .unit_name = "清涧镇",
        .period = period_of(PERIOD_QUARTER, 2026, 3),
        .score = NAN,
        .lo = NAN,
        .hi = NAN,
        .prev = NAN,
        .peer_median = NAN,
        .state_reason = "完整率61%，低于66%的下限",
        .proof = { .index = -1, .size = -1 },
    };
    r.stage = REPORT_PUBLISHED;
    int n;
    const char *text = text_of(a, &r, LANG_ZH, &n);
    if (!text) {
        t_skip("no pdftotext");
        return;
    }
    CHECK_INT(n, 1);
    CHECK(strstr(text, "本期不出指数，完整率61%，低于66%的下限。"));
    CHECK(strstr(text, "没有预警"));
    CHECK(strstr(text, "目前仅本机关自证"));
    CHECK(strstr(text, "监测参考，不作为考核、任用、问责的直接依据。"));
    CHECK(!strstr(text, "演示数据"));
    CHECK(!strstr(text, "nan"));
}

static void unpublished_says_so_on_every_page(void)
{
    static const struct {
        enum report_stage stage;
        const char *mark;
    } cases[] = { { REPORT_TRIAL, "演示数据·非真实·试算" },
                  { REPORT_DRAFT, "演示数据·非真实·草稿" },
                  { REPORT_COMMENT, "演示数据·非真实·征求意见稿" } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct health_report r;
        health_report_example(a, LANG_ZH, &r);
        r.stage = cases[i].stage;
        int n;
        const char *text = text_of(a, &r, LANG_ZH, &n);
        if (!text) {
            t_skip("no pdftotext");
            return;
        }
        CHECK(text_count(text, cases[i].mark) >= n);
    }
}

static void correction_is_told_first(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct health_report r;
    health_report_example(a, LANG_ZH, &r);
    r.stage = REPORT_CORRECTED;
    r.erratum = "2026-11-02更正：按期公告数由42改为43，得分由78.2改为78.4。";
    const char *text = text_of(a, &r, LANG_ZH, NULL);
    if (!text) {
        t_skip("no pdftotext");
        return;
    }
    const char *told = strstr(text, "按期公告数由42改为43");
    CHECK(told && told < strstr(text, "90%的算法取法下"));
}

/* A tree of n rows, every fifth missing, names as long as asked. */
static void tree_make(struct arena *a, struct health_report *r, size_t n, size_t name_length)
{
    struct report_node *v = arena_array(a, n, sizeof(*v));
    char *name = arena_alloc(a, name_length * 3 + 1);
    for (size_t i = 0; i < name_length; i++)
        memcpy(name + i * 3, "名", 3);
    for (size_t i = 0; i < n; i++)
        v[i] = (struct report_node){ .code = arena_printf(a, "N%zu", i),
                                     .name = name,
                                     .depth = 1 + (int)(i % 6),
                                     .weight = 0.2,
                                     .score = i % 5 ? 50.0 + (double)(i % 50) : NAN,
                                     .missing = i % 5 ? REPORT_PRESENT : REPORT_WITHHELD,
                                     .peer_median = i % 7 ? 70 : NAN,
                                     .contribution = i % 5 ? 0.1 : NAN };
    r->nodes = v;
    r->n_nodes = n;
}

static void survives_the_bounds(void)
{
    static const struct {
        size_t nodes, name;
    } cases[] = { { 0, 1 },   { 1, 1 },     { 40, 30 }, { 41, 5 },
                  { 500, 8 }, { 60, 2000 }, { 6000, 4 } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(err_done) struct err e = { 0 };
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct health_report r;
        health_report_example(a, LANG_ZH, &r);
        tree_make(a, &r, cases[i].nodes, cases[i].name);
        struct bytes pdf;
        int n;
        CHECK_OK(health_report_pdf(&r, LANG_ZH, a, &pdf, &n, &e));
        CHECK(n <= 200);
    }
}

static void everything_long_and_nothing_finite(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *endless = arena_alloc(a, 3001);
    for (size_t i = 0; i < 1000; i++)
        memcpy(endless + i * 3, "长", 3);
    struct health_report r;
    health_report_example(a, LANG_ZH, &r);
    r.unit_name = r.county = r.state_reason = r.peer_name = r.answer_more = r.scheme_name =
        r.method_note = endless;
    r.score = r.lo = r.hi = INFINITY;
    r.peer_median = NAN;
    struct report_warning w[40];
    struct report_gap g[30];
    struct report_value v[9];
    struct report_unit u[500];
    for (size_t i = 0; i < COUNT(w); i++)
        w[i] = (struct report_warning){ endless, (enum mark)(i % 5),
                                        endless, endless,
                                        endless, (enum report_warning_state)(i % 7),
                                        endless, { 1 },
                                        endless, endless };
    for (size_t i = 0; i < COUNT(g); i++)
        g[i] = (struct report_gap){ endless, endless, REPORT_LOST, endless, endless, endless };
    for (size_t i = 0; i < COUNT(v); i++)
        v[i] = (struct report_value){ .name = endless,
                                      .how = endless,
                                      .source = endless,
                                      .file = endless,
                                      .value = NAN,
                                      .missing = REPORT_NA,
                                      .sent_by = endless,
                                      .log_index = -1 };
    for (size_t i = 0; i < COUNT(u); i++)
        u[i] = (struct report_unit){ "X",    endless, i % 3 ? 1e9 * (double)i : NAN,
                                     i == 4, i % 2,   false };
    r.warnings = w;
    r.n_warnings = COUNT(w);
    r.gaps = g;
    r.n_gaps = COUNT(g);
    r.values = v;
    r.n_values = COUNT(v);
    r.units = u;
    r.n_units = COUNT(u);
    r.proof.url = endless; /* no code for such a text */
    struct bytes pdf;
    enum rc rc = health_report_pdf(&r, LANG_ZH, a, &pdf, NULL, &e);
    CHECK(rc == RC_OK || rc == RC_TOOBIG);
}

static void contradictions_are_refused(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct health_report good;
    health_report_example(a, LANG_ZH, &good);
    struct report_node nodes[2] = { { .name = "甲", .depth = 1 },
                                    { .name = "乙", .depth = 3 } };
    for (int i = 0; i < 6; i++) {
        CLEANUP(err_done) struct err e = { 0 };
        struct health_report r = good;
        if (i == 0)
            r.causes[0].points += 0.01;
        if (i == 1)
            r.causes[2].points = NAN;
        if (i == 2) {
            r.nodes = nodes;
            r.n_nodes = 2;
        }
        if (i == 3)
            r.rank_hi = 11;
        if (i == 4)
            r.period.v = 0;
        if (i == 5)
            r.unit_name = NULL;
        struct bytes pdf;
        CHECK_INT(health_report_pdf(&r, LANG_ZH, a, &pdf, NULL, &e), RC_INVALID);
        if (i == 2)
            CHECK(strstr(err_message(&e, LANG_ZH, a), "“乙”没有上一级"));
    }
}

static void answer_is_one_sentence_for_every_case(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct health_report r = { .unit_name = "财政局", .score = 78.4, .prev = NAN };
    r.period = period_of(PERIOD_MONTH, 2026, 9);
    CHECK_STR(health_report_answer(a, &r, LANG_ZH), "78.4分。");
    r.prev = 78.9;
    r.prev_period = period_step(r.period, -1);
    CHECK_STR(health_report_answer(a, &r, LANG_ZH), "78.4分，较上月−0.5。");
    r.rank_lo = r.rank_hi = 3;
    CHECK_STR(health_report_answer(a, &r, LANG_ZH),
              "78.4分，较上月−0.5，与其他单位都有明显差别，可能名次只有第3位。");
    r.rank_hi = 8;
    CHECK_STR(health_report_answer(a, &r, LANG_EN),
              "78.4 points, −0.5 on the last month, no clear difference from the units ranked "
              "3 to 8.");
    r.answer = "另有说法。";
    CHECK_STR(health_report_answer(a, &r, LANG_ZH), "另有说法。");
    CHECK_STR(health_report_title(a, &r, LANG_ZH), "财政局2026年9月体检报告");
}

static void rounded_parts_add_up(void)
{
    static const struct {
        double v[5], total;
    } cases[] = {
        { { 1.94, 0, -0.34, 0, -0.36 }, 1.24 },
        { { 0.05, 0.05, 0.05, 0.05, 0.05 }, 0.25 },
        { { 0.14, 0.14, 0.14, 0.14, 0.14 }, 0.7 },
        { { -0.04, -0.04, -0.04, 0, 0 }, -0.12 },
        { { 0, 0, 0, 0, 0 }, 0 },
        { { NAN, 1, 0, 0, 0 }, 1 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double out[5], sum = 0;
        report_round(cases[i].v, 5, cases[i].total, 1, out);
        for (int k = 0; k < 5; k++) {
            sum += out[k];
            CHECK(!isfinite(cases[i].v[k]) || fabs(out[k] - cases[i].v[k]) < 0.1000001);
        }
        CHECK_REAL(sum, round(cases[i].total * 10) / 10, 1e-9);
    }
}

T_MAIN({ "a report says what it must, in the binding words", says_what_a_report_must },
       { "the English report has no Chinese labels", english_is_complete },
       { "a report is small and the same bytes every time", is_small_and_the_same_every_time },
       { "a report of a unit without data is still a report", empty_report_is_still_one },
       { "what is not published says so on every page", unpublished_says_so_on_every_page },
       { "a correction is told before anything else", correction_is_told_first },
       { "no, one, 500 and 6000 indicators; long names", survives_the_bounds },
       { "everything endless, nothing finite", everything_long_and_nothing_finite },
       { "contradictions are refused", contradictions_are_refused },
       { "the answer is one sentence for every case", answer_is_one_sentence_for_every_case },
       { "rounded parts add up to the rounded change", rounded_parts_add_up })
