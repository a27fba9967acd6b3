/* Cells as numbers: what is taken, what is refused, and with which words. */
#include "base/str.h"
#include "base/test.h"
#include "sheet/cell.h"

#include <math.h>

static void plain_numbers_and_their_many_dresses(void)
{
    static const struct {
        const char *in;
        double v;
        bool percent, converted;
    } cases[] = {
        { "0", 0, 0, 0 },
        { "-3.5", -3.5, 0, 0 },
        { "1e3", 1000, 0, 0 },
        { " 12 ", 12, 0, 0 },
        { "1,234", 1234, 0, 0 },
        { "-1,234,567.89", -1234567.89, 0, 0 },
        { "12,345", 12345, 0, 0 },
        { "97.9%", 97.9, 1, 0 },
        { "5 %", 5, 1, 0 },
        { "007", 7, 0, 0 },
        { "+4", 4, 0, 0 },
        { "\t8\n", 8, 0, 0 },
        /* Full-width digits, point, comma, percent and minus signs, spaces. */
        { "\uFF11\uFF12", 12, 0, 1 },
        { "\u22123.5", -3.5, 0, 1 },
        { "\uFF0D2\uFF0E5", -2.5, 0, 1 },
        { "\uFF11\uFF0C\uFF12\uFF13\uFF14", 1234, 0, 1 },
        { "97.9\uFF05", 97.9, 1, 1 },
        { "\u30007\u3000", 7, 0, 1 },
        { "\u00A09", 9, 0, 1 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cell_value v = cell_number(cases[i].in, CELL_TEXT);
        CHECK_INT(v.verdict, CELL_IS_NUMBER);
        CHECK_REAL(v.v, cases[i].v, 1e-15);
        CHECK_INT(v.percent, cases[i].percent);
        CHECK_INT(v.converted, cases[i].converted);
        CHECK(!v.why);
    }
}

static void nothing_has_two_forms(void)
{
    static const char *const blank[] = { "", " ", "\u3000", "\n\t ", "\u00A0" };
    static const char *const na[] = { "NA", "na",  "N/A",          "-",    "—",     "——",
                                      "/",  " - ", "\uFF2E\uFF21", "#N/A", "\uFF0F" };
    for (size_t i = 0; i < COUNT(blank); i++)
        CHECK_INT(cell_number(blank[i], CELL_TEXT).verdict, CELL_IS_BLANK);
    for (size_t i = 0; i < COUNT(na); i++)
        CHECK_INT(cell_number(na[i], CELL_TEXT).verdict, CELL_IS_NA);
}

static void what_is_no_number_has_its_reason(void)
{
    static const struct {
        const char *in;
        enum cell_kind kind;
        const char *why;
    } cases[] = {
        { "NaN", CELL_TEXT, "“NaN”不是有限的数;没有数值请留空并写缺失原因" },
        { "-inf", CELL_TEXT, "“-inf”不是有限的数;没有数值请留空并写缺失原因" },
        { "∞", CELL_TEXT, "“∞”不是有限的数;没有数值请留空并写缺失原因" },
        { "1e999", CELL_TEXT, "“1e999”不是数字" },
        { "3O", CELL_TEXT, "“3O”不是数字:含有字母O或I,应为数字0或1" },
        { "1,2345", CELL_TEXT, "“1,2345”的千位分隔符位置不对;请去掉逗号" },
        { "1,23", CELL_TEXT, "“1,23”的千位分隔符位置不对;请去掉逗号" },
        { ",123", CELL_TEXT, "“,123”的千位分隔符位置不对;请去掉逗号" },
        { "1.2.3", CELL_TEXT, "“1.2.3”不是数字" },
        { "2026-09-30", CELL_TEXT, "“2026-09-30”是日期,这里要数字" },
        { "2026/9/3", CELL_TEXT, "“2026/9/3”是日期,这里要数字" },
        { "2026年9月", CELL_TEXT, "“2026年9月”是日期,这里要数字" },
        { "30个", CELL_TEXT, "“30个”带有文字;这里只填数字,单位在表头" },
        { "1,200万元", CELL_TEXT, "“1,200万元”带有文字;这里只填数字,单位在表头" },
        { "三十", CELL_TEXT, "“三十”是中文数字;请写成阿拉伯数字" },
        { "=SUM(A1:A3)", CELL_TEXT, "“=SUM(A1:A3)”是公式;请复制后选择“粘贴为数值”" },
        { "约三十", CELL_TEXT, "“约三十”不是数字" },
        { "0x1F", CELL_TEXT, "“0x1F”不是数字" },
        { "%", CELL_TEXT, "“%”不是数字" },
        { "12", CELL_FORMULA, "这一格是公式(结果“12”);请复制后选择“粘贴为数值”" },
        { "2026-09-30", CELL_DATE, "“2026-09-30”是日期,这里要数字;请把格式改为“常规”" },
        { "TRUE", CELL_BOOL, "“TRUE”是真假值,这里要数字" },
        { "#DIV/0!", CELL_ERROR, "“#DIV/0!”是公式出错的结果;请改成数值" },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cell_value v = cell_number(cases[i].in, cases[i].kind);
        CHECK_INT(v.verdict, CELL_IS_WRONG);
        CHECK_STR(v.why ? text_fill(a, v.why, "text", cases[i].in, NULL) : "no reason",
                  cases[i].why);
    }
}

static void cleaning_keeps_what_is_clean(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *s = "QX001 财政局";
    CHECK(cell_clean(a, s) == s);
    CHECK_STR(cell_clean(a, "\u3000\uFF31X001 "), "QX001");
    CHECK_STR(cell_clean(a, " \u3000 "), "");
    CHECK_STR(cell_clean(a, "x"), "x");
}

static void periods_as_people_write_them(void)
{
    static const struct {
        const char *in, *code;
    } cases[] = {
        { "2026Q3", "2026Q3" },
        { "2026q3", "2026Q3" },
        { "202609", "202609" },
        { "2026", "2026" },
        { "2026年", "2026" },
        { "2026年度", "2026" },
        { "2026年第三季度", "2026Q3" },
        { "2026年3季度", "2026Q3" },
        { "2026年9月", "202609" },
        { "2026年09月份", "202609" },
        { "2026-09", "202609" },
        { "2026/9", "202609" },
        { "2026-9-30", "20260930" },
        { "2026年9月30日", "20260930" },
        { "2026-09-30 08:00:00", "20260930" },
        { "2026年第38周", "2026W38" },
        { " 2026Q3 ", "2026Q3" },
        { "2026Q5", NULL },
        { "2026年13月", NULL },
        { "2026-09/30", NULL },
        { "2026-02-30", NULL },
        { "2026年2月30日", NULL },
        { "三季度", NULL },
        { "", NULL },
        { "2026年上半年", NULL },
        { "26年9月", NULL },
        { "2026-", NULL },
        { "2026年第五季度", NULL },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct period p = { 0 };
        char code[PERIOD_TEXT];
        bool ok = cell_period(cases[i].in, &p);
        CHECK_INT(ok, cases[i].code != NULL);
        CHECK_STR(period_code(p, code), cases[i].code ? cases[i].code : "");
    }
}

T_MAIN({ "periods as people write them", periods_as_people_write_them },
       { "plain numbers and their many dresses", plain_numbers_and_their_many_dresses },
       { "nothing has two forms: blank and NA", nothing_has_two_forms },
       { "what is no number has its reason", what_is_no_number_has_its_reason },
       { "cleaning keeps what is clean", cleaning_keeps_what_is_clean })
