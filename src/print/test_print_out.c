#include "base/arena.h"
#include "base/str.h"
#include "base/test.h"
#include "print/print_out.h"
#include "print/test_pdf.h"

#include <string.h>

static const struct print_frame frame = { .lang = LANG_ZH,
                                          .county = "清溪区",
                                          .title = "预警清单",
                                          .time = { 1793154600000000 },
                                          .demo = true };

static void table_of_any_size(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const struct print_column columns[] = { { "单位", ALIGN_LEFT },
                                                   { "事由很长的一列", ALIGN_LEFT },
                                                   { "得分", ALIGN_RIGHT } };
    static const size_t sizes[] = { 0, 1, 2, 1000 };
    for (size_t k = 0; k < COUNT(sizes); k++) {
        CLEANUP(err_done) struct err e = { 0 };
        const char **cells = arena_array(a, sizes[k] * 3 + 1, sizeof(*cells));
        for (size_t i = 0; i < sizes[k]; i++) {
            cells[i * 3] = arena_printf(a, "单位%03zu", i);
            cells[i * 3 + 1] =
                i % 2 ? "采购合同未按期公告，审计问题到期未整改，合同款支付超期，公告日期录错"
                      : NULL;
            cells[i * 3 + 2] = "78.4";
        }
        const struct print_table t = {
            frame, "全部", columns, COUNT(columns), cells, sizes[k]
        };
        struct bytes pdf;
        int n;
        CHECK_OK(print_table_pdf(&t, a, &pdf, &n, &e));
        size_t got;
        char **pages = pdf_pages(a, pdf, &got);
        if (!pages) {
            t_skip("no pdftotext");
            return;
        }
        size_t rows = 0;
        for (size_t i = 0; i < got; i++) {
            rows += (size_t)text_count(pages[i], "78.4");
            CHECK_INT(text_count(pages[i], "事由很长的一列"), 1);
            CHECK(strstr(pages[i], "演示数据·非真实"));
        }
        CHECK_INT(rows, sizes[k]);
    }
}

static void table_too_wide_or_long_is_refused(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct print_column columns[PAPER_COLUMNS_MAX + 1];
    for (size_t i = 0; i < COUNT(columns); i++)
        columns[i] = (struct print_column){ "列", ALIGN_LEFT };
    struct print_table t = { frame, NULL, columns, COUNT(columns), NULL, 0 };
    struct bytes pdf;
    CHECK_INT(print_table_pdf(&t, a, &pdf, NULL, &e), RC_TOOBIG);
    CHECK(strstr(err_message(&e, LANG_ZH, a), "17 列"));
    t.n_columns = PAPER_COLUMNS_MAX;
    CHECK_OK(print_table_pdf(&t, a, &pdf, NULL, &e));
    t.n_columns = 1;
    t.n_rows = 60000;
    t.cells = arena_array(a, t.n_rows, sizeof(*t.cells));
    CHECK_INT(print_table_pdf(&t, a, &pdf, NULL, &e), RC_TOOBIG);
}

static void slips_are_eight_on_a_page(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct print_slip s[9];
    for (size_t i = 0; i < COUNT(s); i++)
        s[i] = (struct print_slip){
            arena_printf(a, "周敏%zu", i),       "财政局",
            arena_printf(a, "zhoumin%zu", i),    arena_printf(a, "K7QF-%04zu-WM", i),
            "https://jingjian.example/activate", { 1793154600000000 }
        };
    struct bytes pdf;
    int n;
    CHECK_OK(print_slips_pdf(&frame, s, COUNT(s), a, &pdf, &n, &e));
    CHECK_INT(n, 2);
    size_t got;
    char **pages = pdf_pages(a, pdf, &got);
    if (!pages) {
        t_skip("no pdftotext");
        return;
    }
    CHECK_INT(text_count(pages[0], "启用码只能用一次"), 8);
    CHECK_INT(text_count(pages[1], "启用码只能用一次"), 1);
    CHECK(strstr(pages[0], "K7QF-0007-WM") && strstr(pages[1], "K7QF-0008-WM"));
    CHECK_OK(print_slips_pdf(&frame, NULL, 0, a, &pdf, &n, &e));
    CHECK_INT(n, 1);
}

T_MAIN({ "a table of any size is printed whole", table_of_any_size },
       { "a table too wide or too long is refused", table_too_wide_or_long_is_refused },
       { "slips are eight on a page", slips_are_eight_on_a_page })
