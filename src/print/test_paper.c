#include "base/file.h"
#include "base/str.h"
#include "base/test.h"
#include "print/chart.h"
#include "print/paper.h"
#include "print/test_pdf.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const struct paper_config plain = { .lang = LANG_ZH,
                                           .time = { 1793154600000000 },
                                           .title = "试印" };

static void flows_over_pages_with_heads_and_numbers(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct paper_config c = plain;
    c.head_left = "清溪区";
    c.foot = "页脚说明";
    c.watermark = "演示数据·非真实";
    CLEANUP(paper_free) struct paper *p = NULL;
    CHECK_OK(paper_new(a, &c, &p, &e));
    for (int i = 0; i < 60; i++)
        paper_text(p, STYLE_BODY,
                   "一段话说明一件事，句子要短，数字要有出处，结论要能核对。写给很忙的人看，先"
                   "说结果，再说依据。");
    struct bytes pdf;
    int n;
    CHECK_OK(paper_finish(p, &pdf, &n, &e));
    CHECK_INT(n, 3);
    size_t got;
    char **pages = pdf_pages(a, pdf, &got);
    if (!pages) {
        t_skip("no pdftotext");
        return;
    }
    CHECK_INT(got, n);
    int all = 0;
    for (size_t i = 0; i < got; i++) {
        CHECK(strstr(pages[i], arena_printf(a, "第%zu页，共%d页", i + 1, n)));
        CHECK(strstr(pages[i], "清溪区"));
        CHECK(strstr(pages[i], "页脚说明"));
        CHECK(text_count(pages[i], "演示数据·非真实") >= 1);
        all += text_count(pages[i], "先说结果");
    }
    CHECK_INT(all, 60);
}

static void table_print(struct arena *a, int rows, struct bytes *ret, int *ret_pages)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(paper_free) struct paper *p = NULL;
    CHECK_OK(paper_new(a, &plain, &p, &e));
    static const struct paper_column columns[] = { { "单位名称", 0, ALIGN_LEFT, false },
                                                   { "得分", 60, ALIGN_RIGHT, true } };
    static const struct paper_table t = { .columns = columns, .n = 2 };
    paper_table_begin(p, &t);
    for (int i = 0; i < rows; i++) {
        struct paper_cell cells[2] = { { .text = arena_printf(a, "行%04d号", i) },
                                       { .text = "78.4" } };
        paper_table_row(p, cells);
    }
    paper_table_end(p);
    CHECK_OK(paper_finish(p, ret, ret_pages, &e));
}

static void table_repeats_its_head_and_leaves_no_row_alone(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct bytes pdf;
    int n, per_page = 1;
    /* How many rows fill a page. */
    do
        table_print(a, ++per_page, &pdf, &n);
    while (n == 1 && per_page < 100);
    CHECK_INT(n, 2);
    size_t got;
    char **pages = pdf_pages(a, pdf, &got);
    if (!pages) {
        t_skip("no pdftotext");
        return;
    }
    /* One row too many: the last two go over together. */
    CHECK_INT(text_count(pages[0], "行0"), per_page - 2);
    CHECK_INT(text_count(pages[1], "行0"), 2);
    table_print(a, 3 * per_page, &pdf, &n);
    pages = pdf_pages(a, pdf, &got);
    int rows = 0;
    for (size_t i = 0; i < got; i++) {
        CHECK_INT(text_count(pages[i], "单位名称"), 1);
        rows += text_count(pages[i], "行0");
    }
    CHECK_INT(rows, 3 * per_page);
}

static void group_stays_with_its_rows(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const struct paper_column columns[] = { { "名称", 0, ALIGN_LEFT, false } };
    static const struct paper_table t = { .columns = columns, .n = 1 };
    for (int before = 30; before < 46; before++) {
        CLEANUP(err_done) struct err e = { 0 };
        CLEANUP(paper_free) struct paper *p = NULL;
        CHECK_OK(paper_new(a, &plain, &p, &e));
        paper_table_begin(p, &t);
        for (int i = 0; i < before; i++)
            paper_table_row(p, &(struct paper_cell){ .text = "甲" });
        paper_table_group(p, "第二组");
        for (int i = 0; i < 5; i++)
            paper_table_row(p, &(struct paper_cell){ .text = "乙" });
        paper_table_end(p);
        struct bytes pdf;
        int n;
        CHECK_OK(paper_finish(p, &pdf, &n, &e));
        size_t got;
        char **pages = pdf_pages(a, pdf, &got);
        if (!pages) {
            t_skip("no pdftotext");
            return;
        }
        for (size_t i = 0; i < got; i++) {
            const char *group = strstr(pages[i], "第二组");
            CHECK(!group || str_starts(group + strlen("第二组"), "乙"));
        }
    }
}

static void tall_row_goes_over_pages_whole(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str tall;
    str_init(&tall, a);
    for (int i = 0; i < 900; i++)
        str_addf(&tall, "句%04d。", i);
    CLEANUP(paper_free) struct paper *p = NULL;
    CHECK_OK(paper_new(a, &plain, &p, &e));
    static const struct paper_column columns[] = { { "名称", 60, ALIGN_LEFT, false },
                                                   { "说明", 120, ALIGN_LEFT, false } };
    static const struct paper_table t = { .columns = columns, .n = 2 };
    paper_table_begin(p, &t);
    paper_table_row(p, (struct paper_cell[]){ { .text = "先" }, { .text = "短" } });
    paper_table_row(p, (struct paper_cell[]){ { .text = "长行" }, { .text = tall.s } });
    paper_table_row(p, (struct paper_cell[]){ { .text = "后" }, { .text = "短" } });
    paper_table_end(p);
    struct bytes pdf;
    int n;
    CHECK_OK(paper_finish(p, &pdf, &n, &e));
    CHECK(n >= 4);
    size_t got;
    char **pages = pdf_pages(a, pdf, &got);
    if (!pages) {
        t_skip("no pdftotext");
        return;
    }
    int sentences = 0;
    for (size_t i = 0; i < got; i++)
        sentences += text_count(pages[i], "句");
    CHECK_INT(sentences, 900);
}

static void prose_is_at_most_38_ideographs_wide(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(paper_free) struct paper *p = NULL;
    CHECK_OK(paper_new(a, &plain, &p, &e));
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < 38; i++)
        str_add(&s, "字");
    double y = paper_y(p), one, two;
    paper_text(p, STYLE_BODY, s.s);
    one = paper_y(p) - y;
    str_add(&s, "字");
    y = paper_y(p);
    paper_text(p, STYLE_BODY, s.s);
    two = paper_y(p) - y;
    CHECK_REAL(two, 2 * one, 1e-9);
}

static void sets_punctuation_and_numbers_with_care(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(paper_free) struct paper *p = NULL;
    CHECK_OK(paper_new(a, &plain, &p, &e));
    double em = paper_size(STYLE_BODY);
    CHECK_REAL(paper_width(p, STYLE_BODY, "字字字"), 3 * em, 1e-6);
    /* Air between scripts, none between an ideograph and its punctuation. */
    CHECK(paper_width(p, STYLE_BODY, "第8页") >
          2 * em + paper_width(p, STYLE_BODY, "8") + 0.1 * em);
    /* A closing mark at the end and marks beside each other take half their square. */
    CHECK_REAL(paper_width(p, STYLE_BODY, "字。"), 1.5 * em, 1e-6);
    CHECK_REAL(paper_width(p, STYLE_BODY, "字》，字"), 3.5 * em, 1e-6);
    /* Figures are of one width, for columns of numbers. */
    for (char d = '0'; d <= '9'; d++)
        CHECK_REAL(paper_width(p, STYLE_TABLE, (char[]){ d, 0 }),
                   paper_width(p, STYLE_TABLE, "0"), 1e-6);
    /* No line begins with a full stop. */
    double h = paper_height(p, STYLE_BODY, 4 * em, "四个字儿。又四个字。");
    CHECK(h >= 2 * 16 - 0.1);
    /* A word longer than the line is broken rather than lost or overlapping. */
    CHECK(paper_height(p, STYLE_TABLE, 50, "9c1185a5c5e9fc54612808977ee8f548b2258d31") > 40);
}

static void survives_any_text(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(paper_free) struct paper *p = NULL;
    CHECK_OK(paper_new(a, &plain, &p, &e));
    static const char *const texts[] = {
        "",
        " ",
        "　",
        "\n\t\r",
        "\x01\x02",
        "坏\xff\xfe\xc3字节",
        "\xed\xa0\x80",
        "👨‍👩‍👧表情",
        "עברית عربي",
        "e\xcc\x81\xcc\x81",
        "\xe2\x80\xae"
        "倒序",
        "𠮷野家𪚥",
        "\xef\xbb\xbf开头",
        "……——““””",
        "（（（（《《《",
        "。。。。。。",
        "\xe2\x80\x8b\xe2\x80\x8b",
        "a\xe2\x80\xa8"
        "b",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        paper_text(p, STYLE_BODY, texts[i]);
        paper_section(p, texts[i], texts[i], 10);
        paper_pair(p, texts[i], texts[i], 60);
        paper_put(p, 100, 100, ALIGN_CENTRE, STYLE_KEY, texts[i]);
        (void)paper_box(p, 100, 100, 1, STYLE_TABLE, texts[i]);
    }
    char *endless = arena_alloc(a, 200001);
    memset(endless, 'x', 200000);
    paper_text(p, STYLE_BODY, endless);
    struct bytes pdf;
    CHECK_OK(paper_finish(p, &pdf, NULL, &e));
    size_t got;
    char **pages = pdf_pages(a, pdf, &got);
    if (!pages) {
        t_skip("no pdftotext");
        return;
    }
    bool broken = false;
    for (size_t i = 0; i < got; i++) {
        CHECK(!strstr(pages[i], "\xe2\x80\xae")); /* nothing turns the reader's direction */
        broken |= strstr(pages[i], "坏\xef\xbf\xbd") != NULL;
    }
    CHECK(broken);
}

static struct bytes sample(struct arena *a, int seed)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(paper_free) struct paper *p = NULL;
    CHECK_OK(paper_new(a, &plain, &p, &e));
    paper_title(p, "样张");
    struct str s;
    str_init(&s, a);
    for (int i = 0; i < 300; i++)
        utf8_add(&s, 0x4e00 + (uint32_t)(seed * 977 + i * 31) % 6000);
    str_add(&s, " 2026Q3 Regular");
    paper_section(p, "一二三", s.s, 0);
    paper_text(p, STYLE_STRONG, s.s);
    struct bytes pdf = { NULL, 0 };
    CHECK_OK(paper_finish(p, &pdf, NULL, &e));
    return pdf;
}

static bool same(struct bytes a, struct bytes b)
{
    return a.n == b.n && a.n > 0 && memcmp(a.p, b.p, a.n) == 0;
}

static void bytes_do_not_depend_on_what_was_printed_before(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct bytes first = sample(a, 1);
    CHECK(same(first, sample(a, 1)));
    /* So many others that the press's font grows, is begun anew, and holds the glyphs at other
     * places. */
    for (int i = 2; i < 30; i++)
        CHECK(!same(first, sample(a, i)));
    CHECK(same(first, sample(a, 1)));
}

struct job {
    struct arena *a;
    struct bytes pdf[6];
};

static void *job_run(void *arg)
{
    struct job *j = arg;
    for (int i = 0; i < 6; i++)
        j->pdf[i] = sample(j->a, i % 3);
    return NULL;
}

static void threads_print_the_same_bytes(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    enum { THREADS = 6 };
    pthread_t t[THREADS];
    struct job jobs[THREADS];
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (struct job){ .a = arena_new() };
        CHECK_INT(pthread_create(&t[i], NULL, job_run, &jobs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    for (int k = 0; k < 6; k++) {
        struct bytes alone = sample(a, k % 3);
        for (int i = 0; i < THREADS; i++)
            CHECK(same(alone, jobs[i].pdf[k]));
    }
    for (int i = 0; i < THREADS; i++)
        arena_free(jobs[i].a);
}

static void file_is_tagged_dated_and_outlined(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct bytes pdf = sample(a, 1);
    CHECK(memmem(pdf.p, pdf.n, "/Lang (zh-CN)", 13) != NULL);
    CHECK(memmem(pdf.p, pdf.n, "/Marked true", 12) != NULL);
    CHECK(memmem(pdf.p, pdf.n, "/StructTreeRoot", 15) != NULL);
    CHECK(memmem(pdf.p, pdf.n, "/Outlines", 9) != NULL);
    CHECK(memmem(pdf.p, pdf.n, "/CreationDate (20261028", 23) != NULL);
    CHECK(memmem(pdf.p, pdf.n, "CIDFontType0C", 13) != NULL);
    CHECK(pdf.n < 2 * 60 * 1024 * 2);
}

static void endless_document_is_refused(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(paper_free) struct paper *p = NULL;
    CHECK_OK(paper_new(a, &plain, &p, &e));
    for (int i = 0; i < PAPER_PAGES_MAX + 5; i++) {
        paper_text(p, STYLE_BODY, "页");
        paper_break(p);
    }
    struct bytes pdf;
    CHECK_INT(paper_finish(p, &pdf, NULL, &e), RC_TOOBIG);
    CHECK(strstr(err_message(&e, LANG_EN, a), "500 pages"));
}

static void charts_survive_any_values(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(paper_free) struct paper *p = NULL;
    CHECK_OK(paper_new(a, &plain, &p, &e));
    static const double odd[] = { 0,    -0.0, 1e300, -1e300,   1e-300,   78.4,
                                  78.4, 100,  NAN,   INFINITY, -INFINITY };
    enum { N = COUNT(odd) };
    struct chart_tick ticks[N];
    struct chart_bar bars[N];
    struct chart_part parts[N];
    struct chart_tile tiles[N];
    struct chart_moment moments[N];
    for (size_t from = 0; from < N; from++) {
        for (size_t i = 0; i < N; i++) {
            double v = odd[(from + i) % N];
            ticks[i] = (struct chart_tick){ v, i % 2 };
            bars[i] = (struct chart_bar){ "甲", v, v, NAN, i == 0 };
            parts[i] = (struct chart_part){ "甲", "乙", isfinite(v) ? v : 0, "0.0" };
            tiles[i] =
                (struct chart_tile){ "镇", v, (int)i - 1, (int)(i * 37), (enum mark)(i % 5) };
            moments[i] = (struct chart_moment){ "季", v, v, v };
        }
        for (size_t n = 0; n <= N; n += 5) {
            chart_strip(p, 50, 100, 300,
                        &(struct chart_strip){ ticks, n, odd[from], NAN, odd[from], "甲" });
            chart_bars(p, 50, 100, 300, &(struct chart_bars){ bars, n, 0, odd[from], 60 });
            chart_waterfall(
                p, 50, 100, 400,
                &(struct chart_waterfall){ parts, n, { "合计", "", 0, "0" }, 60, 100 });
            chart_tiles(p, 50, 100, 300, &(struct chart_tiles){ tiles, n, { 66, 69, 72, 75 } });
            chart_trend(p, 50, 100, 300, 60, moments, n);
            chart_spark(p, 50, 100, 40, 10, odd, n);
        }
    }
    struct bytes pdf;
    CHECK_OK(paper_finish(p, &pdf, NULL, &e));
    /* PDF knows no such numbers. */
    CHECK(memmem(pdf.p, pdf.n, "nan", 3) == NULL);
}

static void axis_steps_are_round(void)
{
    static const struct {
        double lo, hi;
        int most;
        double step, from, to;
    } cases[] = {
        { 64.8, 84.2, 6, 5, 60, 85 },     { 0, 100, 4, 50, 0, 100 },  { 0, 1.9, 5, 0.5, 0, 2 },
        { -0.4, 0.3, 5, 0.2, -0.4, 0.4 }, { 0, 0.3, 3, 0.1, 0, 0.3 }, { 1, 1, 5, 0.2, 0, 1 },
        { NAN, 3, 5, 0.2, 0, 1 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double from, to;
        CHECK_REAL(chart_step(cases[i].lo, cases[i].hi, cases[i].most, &from, &to),
                   cases[i].step, 1e-9);
        CHECK_REAL(from, cases[i].from, 1e-9);
        CHECK_REAL(to, cases[i].to, 1e-9);
    }
}

static void code_is_drawn_when_it_fits(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(paper_free) struct paper *p = NULL;
    CHECK_OK(paper_new(a, &plain, &p, &e));
    CHECK(paper_qr(p, "https://jingjian.example/report/D04/2026Q3/proof", 50, 50, 60));
    CHECK(!paper_qr(p, "", 50, 50, 60));
    CHECK(!paper_qr(p, NULL, 50, 50, 60));
    char *endless = arena_alloc(a, 5001);
    memset(endless, 'x', 5000);
    CHECK(!paper_qr(p, endless, 50, 50, 60));
    struct bytes pdf;
    CHECK_OK(paper_finish(p, &pdf, NULL, &e));
    CHECK(memmem(pdf.p, pdf.n, "/ImageMask true", 15) != NULL);
}

static void palette_is_the_one_of_the_style_sheet(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *source = getenv("JINGJIAN_SOURCE");
    if (!source) {
        t_skip("JINGJIAN_SOURCE does not say where the style sheet is");
        return;
    }
    struct bytes css;
    CHECK_OK(
        file_read(a, arena_printf(a, "%s/web/css/jingjian.css", source), 1 << 20, &css, &e));
    struct str ours;
    str_init(&ours, a);
    palette_css(&ours);
    size_t n;
    char **lines = str_split(a, ours.s, '\n', &n);
    for (size_t i = 0; i + 1 < n; i++) {
        if (!strstr((const char *)css.p, lines[i]))
            t_fail(__FILE__, __LINE__, "not in the style sheet: %s", lines[i]);
    }
}

T_MAIN({ "text flows over pages, each with head, foot and number",
         flows_over_pages_with_heads_and_numbers },
       { "a table repeats its head and leaves no row alone",
         table_repeats_its_head_and_leaves_no_row_alone },
       { "a group's heading stays with its rows", group_stays_with_its_rows },
       { "a row taller than a page goes over pages whole", tall_row_goes_over_pages_whole },
       { "prose is at most 38 ideographs wide", prose_is_at_most_38_ideographs_wide },
       { "punctuation and numbers are set with care", sets_punctuation_and_numbers_with_care },
       { "any text can be set", survives_any_text },
       { "bytes do not depend on what was printed before",
         bytes_do_not_depend_on_what_was_printed_before },
       { "threads print the same bytes", threads_print_the_same_bytes },
       { "the file is tagged, dated and outlined", file_is_tagged_dated_and_outlined },
       { "an endless document is refused", endless_document_is_refused },
       { "charts survive any values", charts_survive_any_values },
       { "steps of an axis are round", axis_steps_are_round },
       { "a code is drawn when it fits", code_is_drawn_when_it_fits },
       { "the palette is the one of the style sheet", palette_is_the_one_of_the_style_sheet })
