/* A county's own sheet: which columns, which rows, which questions; and the demo's sheet
 * against the demo's scheme. */
#include "base/file.h"
#include "base/str.h"
#include "base/test.h"
#include "monitor/scheme_sheet.h"
#include "sheet/csv.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct values_unit units[] = { { "D04", "财政局" },
                                            { "O01", "区纪委监委" },
                                            { "D35", "区委办" } };
static const char *const groups[] = { "乡镇街道", "综合经济", "党群机关" };
static const struct sheet_context context = { units, COUNT(units), groups, COUNT(groups) };

static struct book book_of(struct arena *a, const char *csv)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct book b = { arena_alloc(a, sizeof(struct table *)), 1 };
    CHECK_OK(csv_read(a, "f.csv", (struct bytes){ (const uint8_t *)csv, strlen(csv) }, NULL,
                      &b.sheet[0], &e));
    return b;
}

static const char *columns(struct arena *a, const struct sheet_map *m)
{
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < m->n_columns; i++)
        str_addf(&b, "%s%s%s", i ? " " : "", sheet_role_code(m->column[i].role),
                 m->column[i].sure ? "" : "?");
    return b.s;
}

static void heads_are_guessed(void)
{
    static const struct {
        const char *csv;
        size_t head;
        const char *columns;
    } cases[] = {
        { "一级,二级,三级,四级,分值,评分标准,数据来源,责任单位,周期\na,b,c,d,1,x,y,z,季\n", 0,
          "level1 level2 level3 level4 score standard source owner frequency" },
        { "清溪区2026年考核方案,,,,,\n,,,,,\n序号,一级指标,考核内容,分值(分),\"评分\n标准\","
          "责任单位\n1,a,b,2,x,z\n",
          2, "number level1 indicator score standard owner" },
        { "附件1,,,,,\n序号,一级指标,考核 内容,权 重,计分办法,牵头单位\n1,a,b,2,x,z\n", 1,
          "number level1 indicator score standard owner" },
        { "指标类别,具体考核内容及要求,标准分值,考核细则,提供数据的牵头单位,联系人\na,b,2,"
          "每起扣1分,z,\nc,d,2,得满分不得分,z,\n",
          0, "level1 indicator? score? standard? owner? keep" },
        { "指标名称,A列,分值\na,季度,1\nb,月,2\n", 0, "indicator frequency? score" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        struct book b = book_of(a, cases[i].csv);
        struct sheet_map m;
        CHECK_OK(sheet_map_guess(a, &b, "f.csv", &m, &e));
        CHECK_INT(m.head, cases[i].head);
        CHECK_STR(columns(a, &m), cases[i].columns);
    }
}

static void the_map_can_be_overridden(void)
{
    static const struct {
        const char *json, *out;
    } cases[] = {
        { "", "level1 indicator score" },
        { "{\"columns\":{\"A\":\"keep\",\"C\":\"note\"}}", "keep indicator note" },
        { "{\"head\":1}", "level1 indicator score" },
        { "{\"head\":9}", "f.csv 的读表设置head不对；应为表头所在的行号" },
        { "{\"columns\":{\"Z\":\"keep\"}}",
          "f.csv 的读表设置columns.Z不对；应为level1-5, indicator, code, score, standard, "
          "source, owner, frequency, unit, "
          "groups, target, number, note, keep" },
        { "{\"columns\":{\"A\":\"keep\",\"B\":\"keep\"}}",
          "f.csv 没有一列是指标名称；请指明哪一列是一级、二级、三级或指标" },
        { "{\"colums\":{}}",
          "f.csv 的读表设置colums不对；应为sheet, head, columns, names, answers" },
        { "{\"names\":{\"a\":1}}", "f.csv 的读表设置names不对；应为{\"…\": \"…\"}" },
        { "[1]",
          "f.csv 的读表设置JSON不对；应为{\"sheet\": …, \"head\": …, \"columns\": {…}}" },
        { "{\"head\":1,\"head\":2}",
          "f.csv 的读表设置JSON不对；应为{\"sheet\": …, \"head\": …, \"columns\": {…}}" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        struct book b = book_of(a, "一级,指标名称,分值\nx,y,1\n");
        struct sheet_map m, again;
        if (sheet_map_read(a, &b, "f.csv", cases[i].json, &m, &e) != RC_OK) {
            CHECK_STR(err_message(&e, LANG_ZH, a), cases[i].out);
            continue;
        }
        CHECK_STR(columns(a, &m), cases[i].out);
        const char *json = sheet_map_json(a, &m);
        CHECK_OK(sheet_map_read(a, &b, "f.csv", json, &again, &e));
        CHECK_STR(sheet_map_json(a, &again), json);
    }
}

/* "code name weight owner frequency scoring groups" a line, then the open questions and
 * problems. */
static const char *dump(struct arena *a, const struct sheet_scheme *s)
{
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < s->n; i++) {
        const struct scheme_node *d = &s->node[i].n;
        str_addf(&b, "%s %s L%d %.12g", d->code, d->name, d->level, d->weight);
        if (d->level == 1)
            str_addf(&b, " %s %s %+d %s%s%s", d->owner, d->frequency, d->direction, d->scoring,
                     d->peer_group[0] ? " " : "", d->peer_group);
        str_addc(&b, '\n');
    }
    for (size_t i = 0; i < s->n_question; i++) {
        const struct sheet_question *q = &s->question[i];
        if (!q->answer)
            str_addf(&b, "%s “%s” %s x%zu%s%s\n", q->id, q->given, q->cells, q->n,
                     q->proposal ? " >" : "", q->proposal ? q->proposal : "");
    }
    for (size_t i = 0; i < s->problems.n; i++)
        str_addf(&b, "%s\n", problem_line(&s->problems.p[i], LANG_ZH, a));
    return b.s;
}

static const char *import(struct arena *a, const char *csv, const char *json)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct book b = book_of(a, csv);
    struct sheet_map m;
    struct sheet_scheme s;
    if (sheet_map_read(a, &b, "f.csv", json, &m, &e) != RC_OK ||
        scheme_sheet_read(a, &m, &context, "X", "总指数", &s, &e) != RC_OK)
        return err_message(&e, LANG_ZH, a);
    return dump(a, &s);
}

static void rows_become_a_tree(void)
{
    static const struct {
        const char *csv, *out;
    } cases[] = {
        /* Blank cells mean the name above. */
        { "一级,二级,指标名称,分值,评分标准,责任单位,周期\n"
          "甲,甲一,a,2,每起扣1分,财政局,季度\n,,b,3,按比例计分,D35,每月\n,甲二,c,1,按比例计分,"
          "区纪委监委,年\n乙,乙一,d,4,按比例计分,财政局,\n",
          "X 总指数 L4 1\nA 甲 L3 6\nA1 甲一 L2 5\n"
          "A11 a L1 2 D04 quarter -1 "
          "{\"method\":\"points\",\"full\":100,\"per_event\":-50,\"floor\":0}\n"
          "A12 b L1 3 D35 month +1 {\"method\":\"goalposts\",\"l\":0,\"u\":100}\nA2 甲二 L2 1\n"
          "A21 c L1 1 O01 year +1 {\"method\":\"goalposts\",\"l\":0,\"u\":100}\nB 乙 L3 4\nB1 "
          "乙一 L2 4\n"
          "B11 d L1 4 D04 quarter +1 {\"method\":\"goalposts\",\"l\":0,\"u\":100}\n" },
        /* Names repeated in every row; sums, remarks and heads in the middle; points in names.
         */
        { "一级指标,考核内容,分值,评分标准,责任单位\n"
          "甲(5分),a,2,按比例计分,财政局\n甲(5分),b,3,按比例计分,财政局\n小计,,5,,\n一级指标,"
          "考核内容,分值,评分标准,责任单位\n"
          "乙（4分）,c,3,按比例计分,财政局\n合计,,8,,\n注:以上解释权归办公室,,,,\n",
          "X 总指数 L3 1\nA 甲 L2 5\nA1 a L1 2 D04 quarter +1 "
          "{\"method\":\"goalposts\",\"l\":0,\"u\":100}\n"
          "A2 b L1 3 D04 quarter +1 {\"method\":\"goalposts\",\"l\":0,\"u\":100}\nB 乙 L2 4\n"
          "B1 c L1 3 D04 quarter +1 {\"method\":\"goalposts\",\"l\":0,\"u\":100}\n"
          "A4: 这一行没有当作指标：“小计”\nA5: 这一行没有当作指标：“一级指标”\nA7: "
          "这一行没有当作指标：“合计”\n"
          "A8: 这一行没有当作指标：“注:以上解释权归办公室”\nA6: “乙”写4分，下面合计3分\n" },
        /* A standard over two rows; a level that is left out; the same name under two parents.
         */
        { "一级,二级,三级,分值,评分标准,责任单位\n甲,乙,a,2,每起扣1分,财政局\n,,,,扣完为止,\n,,"
          "a,1,按比例计分,财政局\n丙,,a,1,按比例计分,财政局\n",
          "X 总指数 L4 1\nA 甲 L3 3\nA1 乙 L2 3\n"
          "A11 a L1 2 D04 quarter -1 "
          "{\"method\":\"points\",\"full\":100,\"per_event\":-50,\"floor\":0}\n"
          "A12 a L1 1 D04 quarter +1 {\"method\":\"goalposts\",\"l\":0,\"u\":100}\nB 丙 L3 1\n"
          "B1 a L1 1 D04 quarter +1 {\"method\":\"goalposts\",\"l\":0,\"u\":100}\n" },
        /* Points of levels beside their names; a code column. */
        { "一级,权重,编码,指标,分值,评分标准,责任单位\n甲,40,K-1,a,10,按比例计分,财政局\n,,K-1,"
          "b,30,按比例计分,财政局\n,,错 码,c,1,按比例计分,财政局\n",
          "X 总指数 L3 1\nA 甲 L2 40\nK-1 a L1 10 D04 quarter +1 "
          "{\"method\":\"goalposts\",\"l\":0,\"u\":100}\n"
          "A2 b L1 30 D04 quarter +1 {\"method\":\"goalposts\",\"l\":0,\"u\":100}\n"
          "A3 c L1 1 D04 quarter +1 {\"method\":\"goalposts\",\"l\":0,\"u\":100}\n"
          "C3: 编码“K-1”不能用或用了两次，改为A2\nC4: 编码“错 码”不能用或用了两次，改为A3\nA2: "
          "“甲”写40分，下面合计41分\n" },
        { "一级,指标名称\n", "f.csv 表头下面没有读到指标" },
        { "甲,乙\n1,2\n", "f.csv "
                          "没有认出表头；应有“一级”“指标名称”“考核内容”这样的列名，或在设置里写"
                          "明表头在第几行" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CHECK_STR(import(a, cases[i].csv, NULL), cases[i].out);
    }
}

static void what_is_not_known_is_asked_once(void)
{
    static const char csv[] =
        "一级,指标名称,分值,评分标准,责任单位,周期\n"
        "甲,a,2,每起扣1分（只考核区直部门）,财正局、区委办,半年\n,b,3,酌情打分,财正局,半年\n,c,"
        ",按比例计分（只考核乡镇街道）,区委办,季\n";
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CHECK_STR(import(a, csv, NULL),
              "X 总指数 L3 1\nA 甲 L2 6\n"
              "A1 a L1 2 财正局 quarter -1 "
              "{\"method\":\"points\",\"full\":100,\"per_event\":-50,\"floor\":0}\n"
              "A2 b L1 3 财正局 quarter +1 \n"
              "A3 c L1 1 D35 quarter +1 {\"method\":\"goalposts\",\"l\":0,\"u\":100} 乡镇街道\n"
              "unit:E2 “财正局” E2、E3 x2 >D04\nfrequency:F2 “半年” F2、F3 x2 >year\ngroup:D2 "
              "“区直部门” D2 x1\n"
              "standard:D3 “酌情打分” D3 x1\nscore:C4 “c” C4 x1\n");
    CHECK_STR(
        import(a, csv,
               "{\"names\":{\"财正局\":\"D04\"},\"answers\":{\"frequency:F2\":\"year\",\"group:"
               "D2\":\"综合经济|党群机关\","
               "\"standard:D3\":\"hand\",\"score:C4\":\"2.5\"}}"),
        "X 总指数 L3 1\nA 甲 L2 7.5\n"
        "A1 a L1 2 D04 year -1 "
        "{\"method\":\"points\",\"full\":100,\"per_event\":-50,\"floor\":0} 综合经济|党群机关\n"
        "A2 b L1 3 D04 year +1 {\"method\":\"goalposts\",\"l\":0,\"u\":3}\n"
        "A3 c L1 2.5 D35 quarter +1 {\"method\":\"goalposts\",\"l\":0,\"u\":100} 乡镇街道\n");
    CHECK_STR(import(a, csv, "{\"answers\":{\"unit:E2\":\"D99\"}}"),
              "f.csv 的E2“财正局”：没有“D99”这个回答");
    CHECK_STR(import(a, csv, "{\"answers\":{\"score:C4\":\"0\"}}"),
              "f.csv 的C4“c”：没有“0”这个回答");
    CHECK_STR(import(a, csv, "{\"answers\":{\"standard:D3\":\"?\"}}"),
              "f.csv 的D3“酌情打分”：没有“?”这个回答");
}

/* Merged names, merged points, a head of two rows; through a real file. */
static void merged_cells_are_read_and_come_back(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    static const char *const cell[][6] = {
        { "2026年考核指标体系", "", "", "", "", "" },
        { "指标", "", "", "分值", "评分\n标准", "责任单位" },
        { "一级指标", "二级指标", "三级指标", "", "", "" },
        { "甲", "甲一", "a", "5", "按比例计分", "财政局" },
        { "", "", "b\n续", "", "按比例计分", "" },
        { "", "甲二", "c", "2", "满分2分,每起扣1分", "区委办" },
        { "乙", "乙一", "d", "3", "按比例计分", "" },
    };
    static struct cell_merge merge[] = { { 0, 0, 0, 5 }, { 1, 0, 1, 2 }, { 1, 3, 2, 3 },
                                         { 1, 4, 2, 4 }, { 1, 5, 2, 5 }, { 3, 0, 5, 0 },
                                         { 3, 1, 4, 1 }, { 3, 3, 4, 3 }, { 3, 5, 4, 5 },
                                         { 5, 5, 6, 5 } };
    struct table *t = table_new(a, COUNT(cell), 6, true);
    for (size_t i = 0; i < t->rows * 6; i++)
        table_set(t, i / 6, i % 6, cell[i / 6][i % 6][0] ? CELL_TEXT : CELL_EMPTY,
                  cell[i / 6][i % 6]);
    t->name = "方案";
    t->merge = merge;
    t->n_merge = COUNT(merge);
    struct str out;
    str_init(&out, a);
    const struct table *one = t;
    CHECK_OK(sheet_write(SHEET_XLSX, &one, 1, false, (struct utime){ 0 }, &out, &e));
    struct book b;
    CHECK_OK(sheet_read(a, "f.xlsx", (struct bytes){ (uint8_t *)out.s, out.n }, NULL, &b, &e));
    struct sheet_map m;
    struct sheet_scheme s;
    CHECK_OK(sheet_map_guess(a, &b, "f.xlsx", &m, &e));
    CHECK_INT(m.head, 2);
    CHECK_STR(columns(a, &m), "level1 level2 level3 score standard owner");
    CHECK_OK(scheme_sheet_read(a, &m, &context, "X", "总指数", &s, &e));
    CHECK_STR(dump(a, &s),
              "X 总指数 L4 1\nA 甲 L3 8\nA1 甲一 L2 6\nA11 a L1 5 D04 quarter +1 "
              "{\"method\":\"goalposts\",\"l\":0,\"u\":100}\n"
              "A12 b续 L1 1 D04 quarter +1 {\"method\":\"goalposts\",\"l\":0,\"u\":100}\nA2 "
              "甲二 L2 2\n"
              "A21 c L1 2 D35 quarter -1 "
              "{\"method\":\"points\",\"full\":100,\"per_event\":-50,\"floor\":0}\nB 乙 L3 3\n"
              "B1 乙一 L2 3\nB11 d L1 3 D35 quarter +1 "
              "{\"method\":\"goalposts\",\"l\":0,\"u\":100}\nscore:D5 “b续” D5 x1\n");
    /* The same sheet again: every cell, every merged range. */
    CHECK_INT(m.table->n_merge, t->n_merge);
    for (size_t i = 0; i < t->rows * 6; i++)
        CHECK_STR(m.table->text[i], t->text[i]);
    for (size_t i = 0; i < t->n_merge; i++)
        CHECK_INT(memcmp(&m.table->merge[i], &merge[i], sizeof(merge[0])), 0);
}

static void a_written_sheet_reads_back_the_same(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct book b = book_of(a, "一级,二级,三级,四级,分值,评分标准,数据来源,责任单位,周期\n甲,"
                               "甲一,甲一1,a,2,每起扣1分,台账,财政局,季度\n"
                               ",,,b,3,按比例计分,台账,区委办,月\n,,甲一2,c,3,按比例计分,系统,"
                               "区委办,年\n乙,乙一,乙一1,a,4,按比例计分,系统,区委办,季度\n");
    struct sheet_map m;
    struct sheet_scheme s;
    CHECK_OK(sheet_map_guess(a, &b, "f", &m, &e));
    CHECK_OK(scheme_sheet_read(a, &m, &context, "X", "总指数", &s, &e));
    const struct table *t = scheme_sheet_write(a, scheme_sheet_nodes(a, &s), s.n, &context);
    CHECK_INT(t->rows, b.sheet[0]->rows);
    CHECK_INT(t->cols, b.sheet[0]->cols);
    for (size_t i = 0; i < t->rows * t->cols; i++)
        CHECK_STR(t->text[i], b.sheet[0]->text[i]);
    CHECK_INT(t->n_merge, 3);
    const struct table *p =
        scheme_sheet_points(a, scheme_sheet_nodes(a, &s), s.n, map_new(a), map_new(a));
    CHECK_INT(p->rows, 5);
    CHECK_STR(table_text(p, 1, 0), "P001");
    CHECK_STR(table_text(p, 1, 2), "a");
    CHECK_STR(table_text(p, 1, 3), "D04");
    CHECK_STR(table_text(p, 1, 6), "-1");
}

/* Rows that the county has already keep their codes and what feeds them, wherever they stand; a
 * new one never gets a code that points feed or that another node had. */
static void known_rows_keep_their_codes(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    static const struct scheme_node had[] = {
#define HAD(c, up, na, l, f)                                                                   \
    { .code = c,                                                                               \
      .parent = up,                                                                            \
      .name = na,                                                                              \
      .level = l,                                                                              \
      .formula = f,                                                                            \
      .unit_of_measure = "%",                                                                  \
      .denominator = "",                                                                       \
      .tags = "t" }
        HAD("X", "", "总指数", 4, ""),     HAD("A", "X", "甲", 3, ""),
        HAD("A1", "A", "甲一", 2, ""),     HAD("A11", "A1", "a", 1, "P1 / P2"),
        HAD("B", "X", "乙", 3, ""),        HAD("B1", "B", "乙一", 2, ""),
        HAD("B11", "B1", "b", 1, "P3"),    HAD("B12", "B1", "同名", 1, "P4"),
        HAD("A12", "A1", "同名", 1, "P5"),
    };
    static const char *const used[] = { "A11", "B11", "C11" };
    struct sheet_context known = context;
    known.known = had;
    known.n_known = COUNT(had);
    known.used = used;
    known.n_used = COUNT(used);
    struct book b = book_of(a, "一级,二级,三级,分值,评分标准\n"
                               "丙,丙一,新的,2,按比例计分\n"
                               "乙,乙一,b,3,按比例计分\n,,同名,1,按比例计分\n"
                               "甲,甲二,a,3,按比例计分\n,,同名,1,按比例计分\n");
    struct sheet_map m;
    struct sheet_scheme s;
    CHECK_OK(sheet_map_guess(a, &b, "f", &m, &e));
    CHECK_OK(scheme_sheet_read(a, &m, &known, "X", "总指数", &s, &e));
    static const struct {
        const char *name, *code, *parent, *formula;
    } want[] = {
        { "总指数", "X", "", "" },        { "丙", "A_", "X", "" },
        { "丙一", "A_1", "A_", "" },      { "新的", "A_11", "A_1", "" },
        { "乙", "B", "X", "" },           { "乙一", "B1", "B", "" },
        { "b", "B11", "B1", "P3" },       { "同名", "B12", "B1", "P4" },
        { "甲", "A", "X", "" },           { "甲二", "A1_", "A", "" },
        { "a", "A11", "A1_", "P1 / P2" }, /* moved: the only one of its name */
        { "同名", "A1_2", "A1_", "" },    /* one of two: not known where it is now */
    };
    CHECK_INT(s.n, COUNT(want));
    for (size_t i = 0; i < s.n && i < COUNT(want); i++) {
        const struct scheme_node *n = &s.node[i].n;
        CHECK_STR(n->name, want[i].name);
        CHECK_STR(n->code, want[i].code);
        CHECK_STR(n->parent, want[i].parent);
        CHECK_STR(n->formula, want[i].formula);
    }
}

/* The demo */

static struct table *demo(struct arena *a, const char *name)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *source = getenv("JINGJIAN_SOURCE");
    struct table *t = NULL;
    const char *path = arena_printf(a, "%s/demo/%s.csv", source ? source : ".", name);
    if (!file_exists(path)) {
        t_skip("no demo files");
        return NULL;
    }
    CHECK_OK(csv_read_file(a, path, NULL, &t, &e));
    return t;
}

static const char *field(const struct table *t, size_t row, const char *col)
{
    ptrdiff_t c = table_col(t, 0, col);
    CHECK(c >= 0);
    return c < 0 ? "" : table_text(t, row, (size_t)c);
}

static void same_scoring(const char *name, const char *got, const char *method,
                         const char *params)
{
    json_error_t je;
    json_t *g = json_loads(got, 0, &je), *w = json_loads(params, 0, &je);
    CHECK(g && w);
    json_object_set_new(w, "method", json_string(method));
    const char *key;
    json_t *v;
    /* Numbers of 12 digits against numbers as written. */
    json_object_foreach(w, key, v)
    {
        json_t *x = json_object_get(g, key);
        if (json_is_number(v))
            CHECK_REAL(json_number_value(x), json_number_value(v), 1e-9);
        else if (json_is_string(v))
            CHECK(json_equal(x, v));
        else if (json_is_array(v))
            for (size_t i = 0; i < json_array_size(v); i++)
                for (size_t k = 0; k < 2; k++)
                    CHECK_REAL(json_number_value(json_array_get(json_array_get(x, i), k)),
                               json_number_value(json_array_get(json_array_get(v, i), k)),
                               1e-9);
        if (!x)
            t_fail(__FILE__, __LINE__, "%s: no %s in %s", name, key, got);
    }
    json_decref(g);
    json_decref(w);
}

static void the_demo_sheet_is_the_demo_scheme(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct table *sheet = demo(a, "scheme_sheet"), *scheme = sheet ? demo(a, "scheme") : NULL,
                 *unit = sheet ? demo(a, "units") : NULL;
    if (!sheet || !scheme || !unit)
        return;
    struct values_unit *u = arena_array(a, unit->rows, sizeof(*u));
    for (size_t r = 1; r < unit->rows; r++)
        u[r - 1] = (struct values_unit){ field(unit, r, "code"), field(unit, r, "name") };
    static const char *const peers[] = { "乡镇街道", "综合经济", "民生服务", "执法监管",
                                         "党群机关" };
    struct sheet_context c = { u, unit->rows - 1, peers, COUNT(peers) };
    struct book b = { &sheet, 1 };
    struct sheet_map m;
    struct sheet_scheme s;
    CHECK_OK(sheet_map_read(
        a, &b, "scheme_sheet.csv",
        "{\"names\":{\"区直部门\":\"综合经济|民生服务|执法监管|党群机关\"}}", &m, &e));
    CHECK_OK(scheme_sheet_read(a, &m, &c, "QXI", "清溪区政治生态指数", &s, &e));
    CHECK_INT(s.n_open, 0);
    CHECK_INT(s.problems.n, 0);
    CHECK_INT(s.n, scheme->rows - 1);
    CHECK_INT(s.rows_used, sheet->rows - 1);
    CHECK_REAL(s.total, 100, 1e-9);
    for (size_t i = 0; i < s.n && i + 1 < scheme->rows; i++) {
        const struct scheme_node *d = &s.node[i].n;
        size_t r = i + 1;
        double weight = strtod(field(scheme, r, "Weight"), NULL);
        CHECK_STR(d->code, field(scheme, r, "iCode"));
        CHECK_STR(d->name, field(scheme, r, "iName"));
        CHECK_STR(d->parent, field(scheme, r, "Parent"));
        CHECK_INT(d->level, strtod(field(scheme, r, "Level"), NULL));
        CHECK_REAL(d->weight, weight, 1e-9);
        CHECK_STR(d->type, field(scheme, r, "Type"));
        if (d->level > 1)
            continue;
        CHECK_STR(d->owner, field(scheme, r, "Owner"));
        CHECK_STR(d->frequency,
                  str_starts(field(sheet, s.node[i].row, "周期"), "月") ? "month" : "quarter");
        CHECK_STR(d->peer_group, field(scheme, r, "PeerGroup"));
        CHECK_INT(d->direction, strtod(field(scheme, r, "Direction"), NULL));
        /* The sheet says in the standard whom it is for. */
        CHECK(str_starts(d->standard, field(scheme, r, "Standard")));
        CHECK_STR(d->source, field(scheme, r, "Source"));
        same_scoring(d->name, d->scoring, field(scheme, r, "Method"),
                     field(scheme, r, "Params"));
        CHECK_INT(d->veto[0] != 0, field(scheme, r, "Veto")[0] != 0);
    }
}

T_MAIN({ "heads are guessed", heads_are_guessed },
       { "the map can be overridden", the_map_can_be_overridden },
       { "rows become a tree", rows_become_a_tree },
       { "what is not known is asked once", what_is_not_known_is_asked_once },
       { "merged cells are read and come back", merged_cells_are_read_and_come_back },
       { "a written sheet reads back the same", a_written_sheet_reads_back_the_same },
       { "rows the county has already keep their codes", known_rows_keep_their_codes },
       { "the demo's sheet is the demo's scheme", the_demo_sheet_is_the_demo_scheme })
