/* Personal lists: recognised by what they are, and amounts and codes left alone. All numbers
 * are made up. */
#include "base/test.h"
#include "monitor/personal.h"

static void numbers_by_their_check_digits(void)
{
    static const struct {
        const char *in;
        enum personal kind;
    } cases[] = {
        { "11010519491231002X", PERSONAL_ID }, /* the example of GB 11643 */
        { "11010519491231002x", PERSONAL_ID },
        { "440524188001010014", PERSONAL_NONE }, /* 1880: nobody alive */
        { "440524198001010015", PERSONAL_NONE }, /* wrong check digit */
        { "110105194913310021", PERSONAL_NONE }, /* month 13 */
        { "110105 19491231 002X", PERSONAL_ID },
        { "13800138000", PERSONAL_PHONE },
        { "+86 138-0013-8000", PERSONAL_PHONE },
        { "12345678901", PERSONAL_NONE },
        { "1380013800", PERSONAL_NONE },
        { "6222021234567890129", PERSONAL_NONE },
        { "4111111111111111", PERSONAL_CARD },
        { "6222021234567890128", PERSONAL_CARD },
        { "411111111111111111", PERSONAL_NONE },
        { "4111 1111 1111 1112", PERSONAL_NONE },
        { "QX001", PERSONAL_NONE },
        { "", PERSONAL_NONE },
        { "11010519491231002Xab", PERSONAL_NONE },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK_INT(personal_cell(cases[i].in), cases[i].kind);
}

static void numbers_inside_remarks(void)
{
    static const struct {
        const char *in;
        enum personal kind;
    } cases[] = {
        { "张某(11010519491231002X)已约谈", PERSONAL_ID },
        { "电话13800138000,请联系", PERSONAL_PHONE },
        { "合同编号2026138001380001", PERSONAL_NONE },
        { "金额1,380,013.80元", PERSONAL_NONE },
        { "上季漏报,已补", PERSONAL_NONE },
        { "内线8201", PERSONAL_NONE },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK_INT(personal_in_text(cases[i].in), cases[i].kind);
}

static void columns(void)
{
    static const struct {
        const char *head;
        const char *cell[8];
        enum personal kind;
    } cases[] = {
        { "备用", { "", "11010519491231002X", "" }, PERSONAL_ID },
        { "数值", { "13800138000", "12", "7", "9" }, PERSONAL_NONE },
        { "数值", { "13800138000", "13912345678", "18611112222", "9" }, PERSONAL_PHONE },
        { "联系电话", { "13800138000", "8201", "8202" }, PERSONAL_PHONE },
        { "联系电话", { "8201", "8202" }, PERSONAL_NONE },
        { "收款账号", { "4111111111111111" }, PERSONAL_CARD },
        { "编码",
          { "4111111111111111", "4111111111111112", "4111111111111113" },
          PERSONAL_NONE },
        { "姓名", { "王小明", "李芳", "欧阳修文" }, PERSONAL_NAME },
        { "谁", { "王小明", "李芳", "张伟", "赵敏", "钱多多", "孙悦" }, PERSONAL_NAME },
        { "单位",
          { "财政局", "水利局", "住建局", "教育局", "卫健局", "信访局" },
          PERSONAL_NONE },
        { "单位", { "云岭镇", "白石镇", "高桥镇", "石门镇", "马店镇" }, PERSONAL_NONE },
        { "unit", { "T01", "T02" }, PERSONAL_NONE },
        { "身份证号", { "已核" }, PERSONAL_HEAD },
        { "身份证号", { "", "" }, PERSONAL_NONE },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t n = 0;
        while (n < 8 && cases[i].cell[n])
            n++;
        enum personal got = personal_column(cases[i].head, cases[i].cell, n);
        CHECK_INT(got, cases[i].kind);
        CHECK((personal_why(got) == NULL) == (got == PERSONAL_NONE));
    }
}

static void a_column_of_a_table(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct table *t = table_new(a, 3, 2, false);
    table_set(t, 0, 1, CELL_TEXT, "备注");
    table_set(t, 2, 1, CELL_TEXT, "11010519491231002X");
    CHECK_INT(personal_table_column(t, 0, 0), PERSONAL_NONE);
    CHECK_INT(personal_table_column(t, 0, 1), PERSONAL_ID);
    CHECK_INT(personal_table_column(t, 2, 1), PERSONAL_NONE);
    CHECK_INT(personal_table_column(t, 9, 1), PERSONAL_NONE);
    const struct table *w = table_without(a, t, (const bool[]){ false, true });
    CHECK_INT(w->cols, 1);
    CHECK_STR(table_text(w, 2, 0), "");
}

T_MAIN({ "numbers are known by their check digits", numbers_by_their_check_digits },
       { "numbers are found inside remarks", numbers_inside_remarks },
       { "columns are judged by most of what they hold", columns },
       { "a column of a table", a_column_of_a_table })
