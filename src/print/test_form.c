/* Forms as PDF and docx: everything given is there, long texts go on over pages, the same every
 * time. */
#include "base/arena.h"
#include "base/str.h"
#include "base/test.h"
#include "print/form.h"
#include "print/test_pdf.h"

#include <string.h>

static struct form_row rows[] = {
    { .n = 2, .cell = { { "牵头单位", "文化和旅游局" }, { "协办单位", "教育局、城关镇" } } },
    { .n = 1,
      .cell = { { "要求", "迎检点位逐一过一遍，缺什么补什么，九月底前补齐。\n责任到人，每周报一"
                          "次进展。" } },
      .lines = 5 },
    { .n = 1, .cell = { { "审签意见", "同意" } }, .lines = 3, .sign = true },
};
static const char *const notes[] = { "监测参考，不作为考核、任用、问责的直接依据。" };

/* Every page's text without blanks; NULL: no pdftotext. */
static const char *text_of(struct arena *a, struct bytes pdf)
{
    size_t n;
    char **pages = pdf_pages(a, pdf, &n);
    struct str b;
    if (!pages)
        return NULL;
    str_init(&b, a);
    for (size_t i = 0; i < n; i++)
        str_add(&b, pages[i]);
    return b.s;
}

static struct form example(void)
{
    return (struct form){ .lang = LANG_ZH,
                          .county = "清溪区",
                          .title = "督办单",
                          .left = "编号：D-2026-00012",
                          .right = "2026年9月28日",
                          .rows = rows,
                          .n_rows = COUNT(rows),
                          .notes = notes,
                          .n_notes = COUNT(notes),
                          .proof = "https://jingjian.qingxi.example/proof/12",
                          .foot = "清溪区",
                          .time = { INT64_C(1790582400000000) } };
}

static void has_everything_on_one_page(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct form f = example();
    struct bytes pdf, again;
    int pages;
    CHECK_OK(form_pdf(&f, a, &pdf, &pages, &e));
    CHECK_INT(pages, 1);
    const char *text = text_of(a, pdf);
    if (!text) {
        t_skip("no pdftotext");
        return;
    }
    static const char *const parts[] = { "督办单",   "编号：D-2026-00012", "2026年9月28日",
                                         "牵头单位", "教育局、城关镇",     "责任到人",
                                         "签名：",   "监测参考",           "同意" };
    for (size_t i = 0; i < COUNT(parts); i++)
        CHECK_PART(text, parts[i]);
    CHECK_OK(form_pdf(&f, a, &again, &pages, &e));
    CHECK(pdf.n == again.n && memcmp(pdf.p, again.p, pdf.n) == 0);
}

static void a_long_text_goes_on(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct form f = example();
    struct form_row many[] = { rows[0], rows[1], rows[2] };
    struct str b;
    struct bytes pdf;
    int pages;
    str_init(&b, a);
    for (int i = 0; i < 200; i++)
        str_addf(&b, "第%d项要求：把台账补齐，按时报送，责任到人，不留空白。\n", i);
    many[1].cell[0].text = b.s;
    f.rows = many;
    CHECK_OK(form_pdf(&f, a, &pdf, &pages, &e));
    CHECK(pages > 5 && pages < 12);
    const char *text = text_of(a, pdf);
    if (!text) {
        t_skip("no pdftotext");
        return;
    }
    for (int i = 0; i < 200; i++)
        CHECK_PART(text, arena_printf(a, "第%d项要求", i));
    CHECK_PART(text, "签名：");
}

static void is_a_document_to_fill_in(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct form f = example();
    struct bytes docx, again;
    CHECK_OK(form_docx(&f, a, &docx, &e));
    CHECK_OK(form_docx(&f, a, &again, &e));
    CHECK(docx.n > 1000 && docx.n == again.n && memcmp(docx.p, again.p, docx.n) == 0);
}

T_MAIN({ "a form has everything on one page", has_everything_on_one_page },
       { "a long text goes on over pages, nothing lost", a_long_text_goes_on },
       { "the same form is a document to fill in", is_a_document_to_fill_in })
