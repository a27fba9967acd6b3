/* CSV: what is read, what is refused and where, what is written. */
#include "base/test.h"
#include "sheet/csv.h"

#include <iconv.h>
#include <string.h>

static struct bytes text(const char *s)
{
    return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

/* All cells, "|" between cells and "/" behind rows; or the message. */
static const char *dump(struct arena *a, struct bytes in, const struct sheet_limits *limits,
                        const char **ret_note)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t;
    if (csv_read(a, "f.csv", in, limits, &t, &e) != RC_OK)
        return arena_printf(a, "%s %s", rc_name(e.rc), err_message(&e, LANG_ZH, a));
    struct str b;
    str_init(&b, a);
    for (size_t r = 0; r < t->rows; r++) {
        for (size_t c = 0; c < t->cols; c++)
            str_addf(&b, "%s%s", c ? "|" : "", table_text(t, r, c));
        str_addc(&b, '/');
    }
    if (ret_note)
        *ret_note = t->note;
    return b.s;
}

static void rows_and_quotes(void)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        { "a,b\n1,2\n", "a|b/1|2/" },
        { "a,b\r\n1,2", "a|b/1|2/" },
        { "a,b\r1,2\r", "a|b/1|2/" },
        { "a,b\n\n\r\n1,2\n\n", "a|b/1|2/" },
        { "a", "a/" },
        { "a,", "a|/" },
        { ",", "|/" },
        { ",\n,\n", "|/|/" },
        { "\"\"\n\"x\"\n", "/x/" },
        { "a,b\n\"x,y\",\"q\"\"z\"\n", "a|b/x,y|q\"z/" },
        { "a,b\n\"1\n2\r\n3\",4\n", "a|b/1\n2\r\n3|4/" },
        { "a,b\n\"\",\"\"\"\"\n", "a|b/|\"/" },
        { "a,b\n x , y\"z\n", "a|b/ x | y\"z/" },
        { "\xEF\xBB\xBF单位,值\n\"甲\",1", "单位|值/甲|1/" },
        { "\xEF\xBB\xBF\"单位\",值\n", "单位|值/" },
        { "", "RC_INVALID f.csv 是空的" },
        { "\n\r\n", "RC_INVALID f.csv 是空的" },
        { "\xEF\xBB\xBF", "RC_INVALID f.csv 是空的" },
        { "a,b\n1\n", "RC_INVALID f.csv 第2行有1列，第一行有2列；各行的列数要相同" },
        { "a,b\n\"1\n\n2\",2\n\n3,4,5\n",
          "RC_INVALID f.csv 第6行有3列，第一行有2列；各行的列数要相同" },
        { "a\n\"b\nc\n", "RC_INVALID f.csv 第2行有引号没有结束" },
        { "a\n\"b\nc\"d\n", "RC_INVALID f.csv 第3行：结束的引号后面只能是逗号或换行" },
        { "a,b\n1,\xE4\xBD\n单位单位",
          "RC_INVALID f.csv 第2行第3个字符不是有效的UTF-8（也不是GBK）；请另存为“CSV "
          "UTF-8”再试" },
        { "甲\n甲\xFF,b",
          "RC_INVALID f.csv 第2行第2个字符不是有效的UTF-8（也不是GBK）；请另存为“CSV "
          "UTF-8”再试" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CHECK_STR(dump(a, text(cases[i].in), NULL, NULL), cases[i].out);
    }
}

static void nul_is_refused(void)
{
    static const struct {
        const char *in;
        size_t n;
    } cases[] = {
        { "a\nb\0c\n", 6 }, { "a\n\"b\0c\"\n", 8 }, { "a\nbc\0", 5 }, { "a\n\0", 3 }
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CHECK_STR(
            dump(a, (struct bytes){ (const uint8_t *)cases[i].in, cases[i].n }, NULL, NULL),
            "RC_INVALID f.csv 第2行有空字符（U+0000），不是文本；请另存为“CSV UTF-8”再试");
    }
}

static struct bytes encoded(struct arena *a, const char *to, const char *s)
{
    iconv_t cd = iconv_open(to, "UTF-8");
    size_t n = strlen(s), room = n * 4 + 8, all = room;
    char *in = (char *)s, *out = arena_alloc(a, room), *p = out;
    CHECK(iconv(cd, &in, &n, &p, &room) != (size_t)-1);
    iconv_close(cd);
    return (struct bytes){ (uint8_t *)out, all - room };
}

static void other_encodings_are_converted_and_said(void)
{
    static const struct {
        const char *to, *note;
    } cases[] = {
        { "GBK", "原文件是GBK编码,已转换为UTF-8" },
        { "GB18030", "原文件是GBK编码,已转换为UTF-8" },
        { "UTF-16", "原文件是UTF-16编码,已转换为UTF-8" },
        { "UTF-8", NULL },
    };
    const char *in = "单位,名称,数值\nQX001,清溪区财政局,1\nQX002,\"水利局,本级\",2\n";
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        const char *note = "unset";
        CHECK_STR(dump(a, encoded(a, cases[i].to, in), NULL, &note),
                  "单位|名称|数值/QX001|清溪区财政局|1/QX002|水利局,本级|2/");
        if (cases[i].note)
            CHECK_STR(note, cases[i].note);
        else
            CHECK(!note);
    }
    /* A character outside GBK needs GB18030's four bytes. */
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CHECK_STR(dump(a, encoded(a, "GB18030", "镇\n𠮷村\n㐀里\n"), NULL, NULL), "镇/𠮷村/㐀里/");
}

static void limits_are_named(void)
{
    static const struct sheet_limits small = {
        .bytes = 100, .rows = 3, .cols = 4, .cells = 8, .cell = 5, .sheets = 1, .unzipped = 100
    };
    static const struct {
        const char *in, *out;
    } cases[] = {
        { "a,b,c,d\n1,2,3,4", "a|b|c|d/1|2|3|4/" },
        { "a,b,c,d,e\n", "RC_TOOBIG f.csv 第1行超过4列的上限" },
        { "a,b,c,d\n1,2,3,4\n5,6,7,8", "RC_TOOBIG f.csv 第3行超过8格的上限" },
        { "1\n2\n3\n", "1/2/3/" },
        { "1\n2\n3\n4\n", "RC_TOOBIG f.csv 第4行超过3行的上限" },
        { "1\n12345\n", "1/12345/" },
        { "1\n\n123456\n", "RC_TOOBIG f.csv 第3行有一格超过5字节的上限" },
        { "1\n\"123456\"\n", "RC_TOOBIG f.csv 第2行有一格超过5字节的上限" },
        { "012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
          "4567890123456789"
          "1",
          "RC_TOOBIG f.csv 超过100字节的上限" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CHECK_STR(dump(a, text(cases[i].in), &small, NULL), cases[i].out);
    }
}

static void ten_million_columns_fail_fast(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t n = 10000000;
    char *s = arena_alloc(a, n + 1);
    memset(s, ',', n);
    size_t before = arena_used(a);
    CHECK_STR(dump(a, (struct bytes){ (uint8_t *)s, n }, NULL, NULL),
              "RC_TOOBIG f.csv 第1行超过16384列的上限");
    /* Nothing but the copy of the file was allocated for it. */
    CHECK(arena_used(a) - before < n + n / 2);
}

struct seen {
    size_t rows, last_line, stop_at;
    char first[64];
};

static enum rc see(void *arg, const struct csv_row *row, struct err *e)
{
    struct seen *s = arg;
    CHECK_INT(row->row, s->rows);
    for (size_t i = 0; i < row->n; i++)
        CHECK_INT(strlen(row->field[i]), row->len[i]);
    s->rows++;
    s->last_line = row->line;
    return s->rows == s->stop_at ? RC_DONE : RC_OK;
}

static void streaming_counts_lines_and_can_stop(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *in = "a,b\n\n\"x\ny\",\"2\"\"\"\nz,3\n";
    struct seen s = { 0 };
    const char *note = "unset";
    CHECK_OK(csv_each("f.csv", arena_strdup(a, in), strlen(in), NULL, see, &s, &note, &e));
    CHECK_INT(s.rows, 3);
    CHECK_INT(s.last_line, 5);
    CHECK(!note);
    s = (struct seen){ .stop_at = 2 };
    CHECK_INT(csv_each("f.csv", arena_strdup(a, in), strlen(in), NULL, see, &s, NULL, &e),
              RC_DONE);
    CHECK_INT(s.rows, 2);
    CHECK_INT(s.last_line, 3);
}

static void written_tables_read_back_the_same(void)
{
    static const char *const cells[] = { "单位",   "a,b",    "q\"q", " 空格 ", "",
                                         "两\n行", "-1.5e3", "\r",   "'",      "=1+1",
                                         "\t",     "x",      "'=x",  "''-2+3", "@SUM(1)",
                                         "+1 2",   "'x",     "-" };
    for (size_t cols = 1; cols <= 4; cols++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        struct table *t = table_new(a, COUNT(cells) / cols, cols, false), *back;
        for (size_t i = 0; i < t->rows * cols; i++)
            t->text[i] = cells[i];
        for (int bom = 0; bom < 2; bom++) {
            struct str b;
            str_init(&b, a);
            csv_write(&b, t, bom);
            CHECK_INT(str_starts(b.s, "\xEF\xBB\xBF"), bom);
            CHECK_OK(
                csv_read(a, "f.csv", (struct bytes){ (uint8_t *)b.s, b.n }, NULL, &back, &e));
            CHECK_INT(back->rows, t->rows);
            CHECK_INT(back->cols, cols);
            for (size_t i = 0; i < t->rows * cols; i++)
                CHECK_STR(back->text[i], cells[i]);
        }
    }
}

static void cells_have_names(void)
{
    static const struct {
        size_t row, col;
        const char *name;
    } cases[] = { { 0, 0, "A1" },
                  { 6, 2, "C7" },
                  { 99, 25, "Z100" },
                  { 0, 26, "AA1" },
                  { 1048575, 16383, "XFD1048576" },
                  { 9, 701, "ZZ10" },
                  { 9, 702, "AAA10" } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[CELL_NAME];
        size_t row = 9, col = 9;
        CHECK_STR(cell_name(cases[i].row + 1, cases[i].col, out), cases[i].name);
        CHECK(cell_parse(out, strlen(out), &row, &col));
        CHECK_INT(row, cases[i].row);
        CHECK_INT(col, cases[i].col);
    }
    static const char *const wrong[] = { "",
                                         "A",
                                         "7",
                                         "A0",
                                         "A01",
                                         "XFE1",
                                         "AAAA1",
                                         "A1048577",
                                         "a1",
                                         "A1 ",
                                         "A99999999999999999999" };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        size_t row, col;
        CHECK(!cell_parse(wrong[i], strlen(wrong[i]), &row, &col));
    }
}

static void positions_are_lines_of_the_file(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t;
    CHECK_OK(csv_read(a, "f.csv", text(" unit ,point\n\nA,1\n"), NULL, &t, &e));
    CHECK_STR(table_where(a, t, 1, 1), "B3");
    CHECK_INT(table_col(t, 0, "unit"), 0);
    CHECK_INT(table_col(t, 0, "point"), 1);
    CHECK_INT(table_col(t, 0, "value"), -1);
}

/* Nothing a person wrote is computed by the program that opens the file; numbers stay numbers.
 */
static void formulas_are_written_as_text(void)
{
    static const struct {
        const char *cell, *csv;
    } cases[] = { { "=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0\n" },
                  { "@SUM(A1)", "'@SUM(A1)\n" },
                  { "-2+A1", "'-2+A1\n" },
                  { "+x", "'+x\n" },
                  { "-1.5e3", "-1.5e3\n" },
                  { "-7", "-7\n" },
                  { "a=b", "a=b\n" },
                  { "'x", "'x\n" } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct table *t = table_new(a, 1, 1, false);
        struct str b;
        t->text[0] = cases[i].cell;
        str_init(&b, a);
        csv_write(&b, t, false);
        CHECK_STR(b.s, cases[i].csv);
    }
}

T_MAIN({ "rows, quotes and what is refused in them", rows_and_quotes },
       { "U+0000 is refused", nul_is_refused },
       { "other encodings are converted and it is said",
         other_encodings_are_converted_and_said },
       { "limits are named", limits_are_named },
       { "ten million columns fail fast", ten_million_columns_fail_fast },
       { "streaming counts lines and can stop", streaming_counts_lines_and_can_stop },
       { "written tables read back the same", written_tables_read_back_the_same },
       { "formulas are written as text", formulas_are_written_as_text },
       { "cells have spreadsheet names", cells_have_names },
       { "positions are lines of the file", positions_are_lines_of_the_file })
