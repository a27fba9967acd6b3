/* xlsx: what we write reads back; what others write is understood; what is evil is refused with
 * its name. */
#include "base/test.h"
#include "sheet/sheet.h"
#include "sheet/xlsx.h"

#include <stdio.h>
#include <string.h>
#include <zip.h>

/* A zip archive of parts (name, content pairs ended by NULL). */
static struct bytes zipped(struct arena *a, const char *const *part)
{
    zip_error_t ze;
    zip_source_t *src = zip_source_buffer_create(NULL, 0, 0, &ze);
    zip_t *z = zip_open_from_source(src, ZIP_TRUNCATE, &ze);
    zip_source_keep(src);
    for (; *part; part += 2)
        CHECK(zip_file_add(z, part[0], zip_source_buffer(z, part[1], strlen(part[1]), 0), 0) >=
              0);
    CHECK_INT(zip_close(z), 0);
    zip_stat_t st;
    zip_source_stat(src, &st);
    uint8_t *p = arena_alloc(a, st.size);
    zip_source_open(src);
    CHECK_INT(zip_source_read(src, p, st.size), st.size);
    zip_source_close(src);
    zip_source_free(src);
    return (struct bytes){ p, st.size };
}

#define NS "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
static const char rels[] = "<Relationships><Relationship Id=\"rId1\" Type=\"" REL
                           "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char workbook[] =
    "<workbook " NS "xmlns:r=\"" REL "\"><sheets>"
    "<sheet name=\"合同\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
static const char book_rels[] =
    "<Relationships><Relationship Id=\"rId1\" Type=\"" REL
    "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
    "<Relationship Id=\"rId2\" Type=\"" REL
    "/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/>"
    "<Relationship Id=\"rId3\" Type=\"" REL "/styles\" Target=\"styles.xml\"/></Relationships>";
static const char strings[] =
    "<sst " NS
    "><si><t>单位</t></si><si><r><t>财</t></r><r><rPr/><t xml:space=\"preserve\">政 局</t></r>"
    "<rPh sb=\"0\" "
    "eb=\"1\"><t>cai</t></rPh></si><si><t>a_x000D_b_x005F_x</t></"
    "si><si><t>一二三四五六七八九十一二三四五六</t></si></sst>";
static const char styles[] =
    "<styleSheet " NS
    "><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"[Red]0.00&quot;day&quot;\"/><numFmt "
    "numFmtId=\"166\" "
    "formatCode=\"0.0%;-0.0%\"/></numFmts><cellStyleXfs><xf "
    "numFmtId=\"14\"/></cellStyleXfs><cellXfs>"
    "<xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf "
    "numFmtId=\"166\"/>"
    "<xf numFmtId=\"22\"/><xf numFmtId=\"21\"/></cellXfs></styleSheet>";

static struct bytes workbook_of(struct arena *a, const char *sheet)
{
    const char *part[] = { "_rels/.rels",
                           rels,
                           "xl/workbook.xml",
                           workbook,
                           "xl/_rels/workbook.xml.rels",
                           book_rels,
                           "xl/sharedStrings.xml",
                           strings,
                           "xl/styles.xml",
                           styles,
                           "xl/worksheets/sheet1.xml",
                           sheet,
                           NULL };
    return zipped(a, part);
}

/* "A1 kind text/B1 …" of all cells of the first sheet, or the message. */
static const char *dump(struct arena *a, struct bytes data, const struct sheet_limits *limits)
{
    static const char kinds[CELL_KINDS] = { '_', 't', 'n', 'p', 'd', 'b', 'e', 'f' };
    CLEANUP(err_done) struct err e = { 0 };
    struct book b;
    if (sheet_read(a, "f.xlsx", data, limits, &b, &e) != RC_OK)
        return arena_printf(a, "%s %s", rc_name(e.rc), err_message(&e, LANG_ZH, a));
    const struct table *t = b.sheet[0];
    struct str s;
    str_init(&s, a);
    for (size_t r = 0; r < t->rows; r++)
        for (size_t c = 0; c < t->cols; c++) {
            char name[CELL_NAME];
            if (table_kind(t, r, c) != CELL_EMPTY)
                str_addf(&s, "%s%s %c %s", s.n ? "|" : "", cell_name(r + 1, c, name),
                         kinds[table_kind(t, r, c)], table_text(t, r, c));
        }
    return s.s;
}

static void cells_of_every_kind(void)
{
    static const struct {
        const char *rows, *out;
    } cases[] = {
        { "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"s\"><v>1</v></c></row>",
          "A1 t 单位|C1 t 财政 局" },
        { "<row><c t=\"s\"><v>2</v></c><c><v>1</v></c></row><row><c><v>2</v></c></row>",
          "A1 t a\rb_x|B1 n 1|A2 n 2" },
        { "<row r=\"3\"><c r=\"B3\" t=\"inlineStr\"><is><t>甲</t></is></c></row>", "B3 t 甲" },
        { "<row r=\"1\"><c r=\"A1\"><v>0.97899999999999998</v></c><c "
          "r=\"B1\"><v>1.2E3</v></c><c r=\"C1\"><v>420101199001010123</v></c></row>",
          "A1 n 0.979|B1 n 1200|C1 n 420101199001010112" },
        { "<row r=\"1\"><c r=\"A1\" t=\"b\"><v>1</v></c><c r=\"B1\" t=\"e\"><v>#N/A</v></c><c "
          "r=\"C1\" t=\"b\"><v>0</v></c></row>",
          "A1 b TRUE|B1 e #N/A|C1 b FALSE" },
        { "<row r=\"1\"><c r=\"A1\"><f>B1*2</f><v>6</v></c><c r=\"B1\" "
          "t=\"str\"><f>\"x\"</f><v>x</v></c><c r=\"C1\"><f t=\"shared\" si=\"0\"/></c></row>",
          "A1 f 6|B1 f x|C1 f " },
        { "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>46295</v></c><c r=\"B1\" "
          "s=\"2\"><v>46266</v></c><c r=\"C1\" s=\"3\"><v>5</v></c>"
          "<c r=\"D1\" s=\"4\"><v>0.97899999999999998</v></c><c r=\"E1\" "
          "s=\"5\"><v>46295.333333333336</v></c><c r=\"F1\" s=\"6\"><v>0.5</v></c></row>",
          "A1 d 2026-09-30|B1 d 2026-09-01|C1 n 5|D1 p 97.9%|E1 d 2026-09-30 08:00:00|F1 d "
          "12:00:00" },
        { "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>1</v></c><c r=\"B1\" s=\"1\"><v>60</v></c><c "
          "r=\"C1\" s=\"1\"><v>61</v></c><c r=\"D1\" s=\"1\"><v>-3</v></c></row>",
          "A1 d 1900-01-01|B1 d 1900-02-29|C1 d 1900-03-01|D1 n -3" },
        { "<row r=\"1\"><c r=\"A1\" s=\"9\"/><c r=\"B1\"><v></v></c><c "
          "r=\"D1\"><v>1</v></c></row>",
          "D1 n 1" },
        { "", "" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        const char *xml = arena_printf(
            a, "<worksheet " NS "><sheetData>%s</sheetData></worksheet>", cases[i].rows);
        CHECK_STR(dump(a, workbook_of(a, xml), NULL), cases[i].out);
    }
}

static void prefixed_names_are_read_alike(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CHECK_STR(
        dump(a,
             workbook_of(a, "<x:worksheet xmlns:x=\"u\"><x:sheetData><x:row><x:c "
                            "t=\"s\"><x:v>0</x:v></x:c></x:row></x:sheetData></x:worksheet>"),
             NULL),
        "A1 t 单位");
}

static void merges_widths_and_hidden_things(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct book b;
    CHECK_OK(sheet_read(
        a, "f.xlsx",
        workbook_of(
            a, "<worksheet><cols><col min=\"1\" max=\"1\" width=\"20.5\"/><col min=\"2\" "
               "max=\"16384\" width=\"9\" hidden=\"1\"/></cols>"
               "<sheetData><row r=\"1\" hidden=\"1\"><c r=\"A1\"><v>1</v></c></row><row "
               "r=\"3\"><c r=\"B3\"><v>2</v></c></row></sheetData>"
               "<mergeCells><mergeCell ref=\"A1:A2\"/><mergeCell ref=\"B3:D4\"/><mergeCell "
               "ref=\"ZZ1:ZZ1048576\"/><mergeCell ref=\"?\"/></mergeCells></worksheet>"),
        NULL, &b, &e));
    const struct table *t = b.sheet[0];
    CHECK_STR(t->name, "合同");
    CHECK_INT(t->rows, 4);
    CHECK_INT(t->cols, 4);
    CHECK_INT(t->n_merge, 2);
    CHECK_INT(t->merge[1].last_row, 3);
    CHECK_REAL(t->look->width[0], 20.5, 0);
    CHECK(t->look->col_hidden[1] && t->look->col_hidden[3] && !t->look->col_hidden[0]);
    CHECK(t->look->row_hidden[0] && !t->look->row_hidden[2]);
    const struct table *u = table_unmerge(a, t);
    CHECK_STR(table_text(u, 1, 0), "1");
    CHECK_STR(table_text(u, 3, 3), "2");
    CHECK_INT(table_kind(u, 3, 3), CELL_NUMBER);
    CHECK_STR(table_text(t, 3, 3), "");
    CHECK_STR(table_where(a, t, 2, 1), "合同!B3");
}

static void what_is_not_an_xlsx_is_named(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const char *const docx[] = { "word/document.xml", "<w/>", NULL };
    static const char *const ods[] = { "mimetype",
                                       "application/vnd.oasis.opendocument.spreadsheet",
                                       "content.xml", "<o/>", NULL };
    static const char *const other[] = { "readme.txt", "x", NULL };
    static const char *const xlsb[] = { "xl/workbook.bin", "x", NULL };
    static const char *const chart[] = {
        "xl/workbook.xml", workbook, "xl/_rels/workbook.xml.rels",
        "<r><Relationship Id=\"rId1\" Type=\"x/chartsheet\" Target=\"c.xml\"/></r>", NULL
    };
    static const char *const lost[] = { "xl/workbook.xml", workbook,
                                        "xl/_rels/workbook.xml.rels", book_rels, NULL };
    static const char *const up[] = {
        "xl/workbook.xml", workbook, "xl/_rels/workbook.xml.rels",
        "<r><Relationship Id=\"rId1\" Type=\"x/worksheet\" Target=\"../../etc/passwd\"/></r>",
        NULL
    };
    struct bytes broken = workbook_of(a, "<worksheet/>");
    const struct {
        struct bytes data;
        const char *out;
    } cases[] = {
        { { (const uint8_t *)"hello,world\n", 12 },
          "RC_INVALID f.xlsx 不是xlsx文件；请用Excel或WPS另存为“.xlsx”再试" },
        { { (const uint8_t *)"", 0 },
          "RC_INVALID f.xlsx 不是xlsx文件；请用Excel或WPS另存为“.xlsx”再试" },
        { { (const uint8_t *)"<html><table></table></html>", 28 },
          "RC_INVALID f.xlsx "
          "其实是网页或XML，不是表格；请用Excel或WPS打开后另存为“.xlsx”再试" },
        { { (const uint8_t *)"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....W\0o\0r\0k\0b\0o\0o\0k\0",
            28 },
          "RC_INVALID f.xlsx 是旧版xls或et文件；请另存为“.xlsx”再试" },
        { { (const uint8_t
                 *)"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0",
            32 },
          "RC_INVALID f.xlsx 有密码保护；请去掉打开密码后另存再试" },
        { { broken.p, broken.n / 2 },
          "RC_INVALID f.xlsx 不完整，可能没有传完；请用Excel或WPS打开后另存再试" },
        { zipped(a, docx), "RC_INVALID f.xlsx 是Word文档；请把其中的表格存为“.xlsx”再试" },
        { zipped(a, ods), "RC_INVALID f.xlsx 是ods文件；请另存为“.xlsx”再试" },
        { zipped(a, xlsb), "RC_INVALID f.xlsx 是xlsb文件；请另存为“.xlsx”再试" },
        { zipped(a, other),
          "RC_INVALID f.xlsx 是压缩文件，但里面没有工作簿；请另存为“.xlsx”再试" },
        { zipped(a, chart), "RC_INVALID f.xlsx 里没有工作表" },
        { zipped(a, lost),
          "RC_INVALID f.xlsx 已损坏（worksheets/sheet1.xml）；请用Excel或WPS打开后另存再试" },
        { zipped(a, up),
          "RC_INVALID f.xlsx 已损坏（../../etc/passwd）；请用Excel或WPS打开后另存再试" },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK_STR(dump(a, cases[i].data, NULL), cases[i].out);
}

static void evil_sheets_are_refused(void)
{
    static const struct sheet_limits small = { .bytes = 65536,
                                               .unzipped = 20000,
                                               .rows = 100,
                                               .cols = 20,
                                               .cells = 200,
                                               .cell = 50,
                                               .sheets = 2 };
    static const struct {
        const char *xml, *out;
    } cases[] = {
        { "<!DOCTYPE a [<!ENTITY b \"cccccccccc\"><!ENTITY d "
          "\"&b;&b;&b;\">]><worksheet>&d;</worksheet>",
          "RC_INVALID f.xlsx "
          "含有不允许的文档类型声明（xl/worksheets/"
          "sheet1.xml）；请用Excel或WPS打开后另存再试" },
        { "<worksheet><sheetData>",
          "RC_INVALID f.xlsx "
          "已损坏（xl/worksheets/sheet1.xml:1）；请用Excel或WPS打开后另存再试" },
        { "<worksheet><sheetData><row r=\"101\"/></sheetData></worksheet>",
          "RC_TOOBIG f.xlsx 合同!A101 超出行列上限（100行，20列）或写法不对" },
        { "<worksheet><sheetData><row r=\"1\"><c r=\"AA1\"/></row></sheetData></worksheet>",
          "RC_TOOBIG f.xlsx 合同!AA1 超出行列上限（100行，20列）或写法不对" },
        { "<worksheet><sheetData><row r=\"1\"><c r=\"B2\"/></row></sheetData></worksheet>",
          "RC_TOOBIG f.xlsx 合同!B2 超出行列上限（100行，20列）或写法不对" },
        { "<worksheet><sheetData><row><c r=\"A1\"><v>1</v></c><c "
          "r=\"A1\"><v>2</v></c></row></sheetData></worksheet>",
          "RC_INVALID f.xlsx 合同!A1 出现了两次；请用Excel或WPS打开后另存再试" },
        { "<worksheet><sheetData><row><c t=\"s\"><v>4</v></c></row></sheetData></worksheet>",
          "RC_INVALID f.xlsx 合同!A1 的文字缺失；请用Excel或WPS打开后另存再试" },
        { "<worksheet><sheetData><row><c "
          "t=\"inlineStr\"><is><t>012345678901234567890123456789012345678901234567890</t></"
          "is></c></row></sheetData></worksheet>",
          "RC_TOOBIG f.xlsx 合同!A1 的文字超过50字节的上限" },
        { "<worksheet><sheetData><row r=\"11\"><c "
          "r=\"T11\"><v>1</v></c></row></sheetData></worksheet>",
          "RC_TOOBIG f.xlsx "
          "工作表合同用到了11行20列，超过200格的上限；请删去远处的空格和多余的格" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CHECK_STR(dump(a, workbook_of(a, cases[i].xml), &small), cases[i].out);
    }
    /* A bomb: few bytes that unzip to many; and one shared string named very often. */
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str b;
    str_init(&b, a);
    str_add(&b, "<worksheet>");
    for (int i = 0; i < 3000; i++)
        str_add(&b, "        ");
    str_add(&b, "</worksheet>");
    CHECK_STR(dump(a, workbook_of(a, b.s), &small),
              "RC_TOOBIG f.xlsx 解压后超过20000字节的上限");
    struct sheet_limits more = small;
    more.cells = more.rows = 10000;
    str_reset(&b);
    str_add(&b, "<s>");
    for (int i = 0; i < 700; i++)
        str_add(&b, "<row><c t=\"s\"><v>3</v></c></row>");
    str_add(&b, "</s>");
    more.unzipped = b.n + 2000;
    CHECK_STR(dump(a, workbook_of(a, b.s), &more),
              arena_printf(a, "RC_TOOBIG f.xlsx 解压后超过%zu字节的上限", more.unzipped));
    /* Deep nesting ends at its limit, not at the stack's. */
    str_reset(&b);
    for (int i = 0; i < 1000; i++)
        str_add(&b, "<a>");
    CHECK_STR(
        dump(a, workbook_of(a, b.s), &small),
        "RC_INVALID f.xlsx 已损坏（xl/worksheets/sheet1.xml）；请用Excel或WPS打开后另存再试");
}

static struct table *sample(struct arena *a)
{
    static const struct {
        enum cell_kind kind;
        const char *text;
    } cell[] = {
        { CELL_TEXT, "单位" },
        { CELL_TEXT, "值\n(件)" },
        { CELL_TEXT, "备注" },
        { CELL_TEXT, "合并" },
        { CELL_NUMBER, "0.979" },
        { CELL_TEXT, "007" },
        { CELL_EMPTY, "" },
        { CELL_PERCENT, "97.9%" },
        { CELL_TEXT, " 首尾空格 " },
        { CELL_BOOL, "TRUE" },
        { CELL_DATE, "2026-09-30" },
        { CELL_DATE, "2026-09-30 08:00:00" },
        { CELL_TEXT, "=1+1" },
        { CELL_NUMBER, "-12345.678" },
        { CELL_TEXT, "a_x000D_b\x01\r" },
        { CELL_DATE, "08:30:00" },
        { CELL_NUMBER, "1e-07" },
        { CELL_TEXT, "<&>\"'" },
    };
    struct table *t = table_new(a, COUNT(cell) / 3, 3, true);
    for (size_t i = 0; i < COUNT(cell); i++)
        table_set(t, i / 3, i % 3, cell[i].kind, cell[i].text);
    t->name = "甲[1]";
    t->merge = arena_array(a, 1, sizeof(t->merge[0]));
    t->merge[t->n_merge++] = (struct cell_merge){ 1, 0, 2, 0 };
    struct table_look *look = arena_alloc(a, sizeof(*look));
    static const char *const yes_no[] = { "是", "否", NULL };
    look->head_rows = look->frozen_rows = 1;
    look->width = arena_array(a, 3, sizeof(double));
    look->width[0] = 20;
    look->col_hidden = arena_array(a, 3, sizeof(bool));
    look->col_hidden[2] = true;
    look->row_hidden = arena_array(a, t->rows, sizeof(bool));
    look->row_hidden[4] = true;
    look->choice = arena_array(a, 1, sizeof(look->choice[0]));
    look->choice[look->n_choice++] =
        (struct cell_choice){ 1, 1, 5, 1, .value = yes_no, .title = "请选", .help = "是或否" };
    look->note = "演示数据·非真实";
    t->look = look;
    return t;
}

static void what_we_write_reads_back(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t = sample(a), *second = table_new(a, 1, 1, false);
    table_set(second, 0, 0, CELL_TEXT, "x");
    second->hidden = true;
    second->name = "代码";
    const struct table *all[] = { t, second };
    struct str out;
    str_init(&out, a);
    CHECK_OK(
        sheet_write(SHEET_XLSX, all, 2, false, (struct utime){ 1790000000000000 }, &out, &e));
    struct book b;
    CHECK_OK(sheet_read(a, "f.xlsx", (struct bytes){ (uint8_t *)out.s, out.n }, NULL, &b, &e));
    CHECK_INT(b.n, 3);
    const struct table *back = b.sheet[0];
    CHECK_STR(back->name, "甲_1_");
    CHECK_INT(back->rows, t->rows);
    CHECK_INT(back->cols, t->cols);
    for (size_t i = 0; i < t->rows * t->cols; i++) {
        CHECK_STR(back->text[i], t->text[i]);
        CHECK_INT(back->kind[i], t->kind[i]);
    }
    CHECK_INT(back->n_merge, 1);
    CHECK_INT(back->merge[0].last_row, 2);
    CHECK(back->look->width[0] > 19.9 && back->look->width[0] < 20.9);
    CHECK(back->look->col_hidden[2] && !back->look->col_hidden[1]);
    CHECK(back->look->row_hidden[4]);
    CHECK(b.sheet[1]->hidden);
    CHECK(book_sheet(&b, "代码") == b.sheet[1]);
    CHECK_STR(table_text(book_sheet(&b, "说明"), 0, 0), "演示数据·非真实");
    const struct table *first;
    CHECK_OK(book_first(&b, "f.xlsx", &first, &e));
    CHECK(first == back);
}

static void many_rows_are_written_in_constant_memory_and_read(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t = table_new(a, 60000, 3, true);
    for (size_t r = 0; r < t->rows; r++) {
        table_set(t, r, 0, CELL_TEXT, r % 2 ? "清溪区 " : "甲_x0041_");
        table_set(t, r, 2, CELL_NUMBER, arena_printf(a, "%zu.5", r));
    }
    struct str out;
    str_init(&out, a);
    CHECK_OK(sheet_write(SHEET_XLSX, (const struct table *const[]){ t }, 1, false,
                         (struct utime){ 0 }, &out, &e));
    struct book b;
    CHECK_OK(sheet_read(a, "f.xlsx", (struct bytes){ (uint8_t *)out.s, out.n }, NULL, &b, &e));
    CHECK_INT(b.sheet[0]->rows, t->rows);
    size_t wrong = 0;
    for (size_t i = 0; i < t->rows * t->cols && b.sheet[0]->rows == t->rows; i++)
        wrong +=
            strcmp(b.sheet[0]->text[i], t->text[i]) != 0 || b.sheet[0]->kind[i] != t->kind[i];
    CHECK_INT(wrong, 0);
}

static void csv_and_json_from_the_same_table(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t = sample(a);
    t->rows = 3;
    struct str out;
    str_init(&out, a);
    CHECK_OK(sheet_write(SHEET_CSV, (const struct table *const[]){ t }, 1, true,
                         (struct utime){ 0 }, &out, &e));
    CHECK_STR(out.s,
              "\xEF\xBB\xBF单位,\"值\n(件)\",备注\n合并,0.979,007\n,97.9%,\" 首尾空格 \"\n");
    str_reset(&out);
    CHECK_OK(sheet_write(SHEET_JSON, (const struct table *const[]){ t }, 1, false,
                         (struct utime){ 0 }, &out, &e));
    CHECK_STR(out.s,
              "[\n{\"单位\": \"合并\", \"值\\n(件)\": 0.979, \"备注\": \"007\"},\n"
              "{\"单位\": null, \"值\\n(件)\": \"97.9%\", \"备注\": \" 首尾空格 \"}\n]\n");
    enum sheet_format f;
    CHECK_OK(sheet_format_parse("xlsx", &f, &e));
    CHECK_INT(f, SHEET_XLSX);
    CHECK_INT(sheet_format_parse("xls", &f, &e), RC_INVALID);
}

static void csv_goes_through_the_same_door(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct book b;
    CHECK_OK(sheet_read(a, "f.csv", (struct bytes){ (const uint8_t *)"a,b\n1,2\n", 8 }, NULL,
                        &b, &e));
    CHECK_INT(b.n, 1);
    CHECK_STR(table_text(b.sheet[0], 1, 1), "2");
    CHECK(!b.sheet[0]->name);
}

/* What a child that was taken over might send. */
static void frames_are_not_believed(void)
{
    static const struct {
        struct xlsx_frame f;
        const char *text;
        bool sheet_first;
    } cases[] = {
        { { .type = XLSX_FRAMES }, "", true },
        { { .type = XLSX_CELL, .kind = CELL_TEXT }, "x", false },
        { { .type = XLSX_CELL, .kind = CELL_KINDS }, "x", true },
        { { .type = XLSX_CELL, .kind = CELL_EMPTY }, "x", true },
        { { .type = XLSX_CELL, .kind = CELL_TEXT, .a = 1048576 }, "x", true },
        { { .type = XLSX_CELL, .kind = CELL_TEXT, .b = 16384 }, "x", true },
        { { .type = XLSX_CELL, .kind = CELL_TEXT }, "\xFF", true },
        { { .type = XLSX_CELL, .kind = CELL_TEXT, .zero = 1 }, "x", true },
        { { .type = XLSX_MERGE, .a = 5, .c = 4 }, "", true },
        { { .type = XLSX_WIDTH, .a = 3, .b = 2 }, "", true },
        { { .type = XLSX_ROW_HIDDEN, .a = 4000000000 }, "", true },
        { { .type = XLSX_FAIL, .a = XLSX_FAILS }, "", true },
        { { .type = XLSX_CELL, .kind = CELL_TEXT, .n = 4000000000 }, NULL, true },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        CLEANUP(xlsx_builder_freep)
        struct xlsx_builder *b = xlsx_builder_new(a, "f.xlsx", NULL);
        struct xlsx_frame sheet = { .type = XLSX_SHEET, .n = 1 }, f = cases[i].f;
        bool done = false;
        if (cases[i].sheet_first) {
            CHECK_OK(xlsx_builder_add(b, &sheet, sizeof(sheet), &done, &e));
            CHECK_OK(xlsx_builder_add(b, "s", 1, &done, &e));
        }
        f.n = cases[i].text ? (uint32_t)strlen(cases[i].text) : f.n;
        enum rc rc = xlsx_builder_add(b, &f, sizeof(f), &done, &e);
        if (rc == RC_OK && cases[i].text)
            rc = xlsx_builder_add(b, cases[i].text, f.n, &done, &e);
        CHECK_INT(rc, RC_IO);
        CHECK(!done);
    }
    /* A stream that breaks off is not a short workbook. */
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(xlsx_builder_freep) struct xlsx_builder *b = xlsx_builder_new(a, "f.xlsx", NULL);
    struct book book;
    CHECK_INT(xlsx_builder_end(b, &book, &e), RC_IO);
}

T_MAIN({ "cells of every kind", cells_of_every_kind },
       { "prefixed names are read alike", prefixed_names_are_read_alike },
       { "merges, widths and hidden things", merges_widths_and_hidden_things },
       { "what is not an xlsx is named", what_is_not_an_xlsx_is_named },
       { "evil sheets are refused", evil_sheets_are_refused },
       { "what we write reads back", what_we_write_reads_back },
       { "many rows are written in constant memory and read",
         many_rows_are_written_in_constant_memory_and_read },
       { "CSV and JSON come from the same table", csv_and_json_from_the_same_table },
       { "CSV goes through the same door", csv_goes_through_the_same_door },
       { "frames are not believed", frames_are_not_believed })
