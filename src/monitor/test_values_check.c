/* Values in files: what is taken, what is asked, what is refused, each with its cell and words.
 */
#include "base/str.h"
#include "base/test.h"
#include "monitor/values_check.h"
#include "sheet/csv.h"
#include "sheet/sheet.h"

#include <math.h>
#include <string.h>

static const struct values_unit units[] = {
    { "D04", "财政局" }, { "D07", "住建局" }, { "D08", "水利局" },
    { "T01", "云岭镇" }, { "X1", "同名" },    { "X2", "同名" },
};
static const struct values_point points[] = {
    { "P001", "应公告合同数", "件", PERIOD_QUARTER, false, NULL },
    { "P002", "按期公告率", "%", PERIOD_QUARTER, false, NULL },
    { "P003", "月度支出", "万元", PERIOD_MONTH, false, NULL },
    { "P004", "年度人数", "人", PERIOD_YEAR, false, NULL },
    { "P005", "信访件数", "件", PERIOD_QUARTER, true, "信访局" },
    { "P006", "占比", "", PERIOD_QUARTER, false, NULL },
};

static bool applies(void *arg, size_t unit, size_t point)
{
    return !(unit == 3 && point == 1); /* P002 is not asked of T01 */
}

/* D04 P001: 118 in 2026Q2, 50 in 2026Q3; D07 P001 2026Q3 was refused. */
static void known(void *arg, size_t unit, size_t point, struct period p,
                  struct values_known *ret)
{
    struct period q3 = period_of(PERIOD_QUARTER, 2026, 3),
                  q2 = period_of(PERIOD_QUARTER, 2026, 2);
    if (unit == 0 && point == 0 && period_same(p, q3))
        *ret = (struct values_known){ true, 50, "" };
    if (unit == 0 && point == 0 && period_same(p, q2))
        *ret = (struct values_known){ true, 118, "" };
    if (unit == 1 && point == 0 && period_same(p, q3))
        *ret = (struct values_known){ true, NAN, "refused" };
}

static struct values_lookup lookup(void)
{
    return (struct values_lookup){ .unit = units,
                                   .n_unit = COUNT(units),
                                   .point = points,
                                   .n_point = COUNT(points),
                                   .applies = applies,
                                   .known = known,
                                   .look_back = true,
                                   .today = day_of(2026, 11, 22) };
}

/* Rows "unit point period value/missing state@cell", then problems "cell what|hint>fix". */
static const char *dump(struct arena *a, const struct values_checked *c)
{
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < c->n; i++) {
        const struct value_row *v = &c->row[i];
        char period[PERIOD_TEXT], cell[CELL_NAME];
        str_addf(&b, "%s %s %s ", units[v->unit].code, points[v->point].code,
                 period_code(v->period, period));
        if (isnan(v->value))
            str_add(&b, v->missing);
        else
            json_num(&b, v->value);
        str_addf(&b, " %c@%s%s%s\n", "FCS"[v->state], cell_name(v->line, v->col, cell),
                 v -> note[0] ? " " : "", v->note);
    }
    for (size_t i = 0; i < c->problems.n; i++) {
        const struct problem *p = &c->problems.p[i];
        const char *hint = problem_hint(p, LANG_ZH, a);
        str_addf(&b, "%s%s %s%s%s%s%s\n", p->level == PROBLEM_LOOK ? "?" : "!", p->cell,
                 problem_what(p, LANG_ZH, a), hint[0] ? "|" : "", hint, p->fix ? ">" : "",
                 p->fix ? p->fix : "");
    }
    for (size_t i = 0; i < c->n_refused; i++)
        str_addf(&b, "-%s %s\n", c->refused[i].letter, personal_why(c->refused[i].why));
    return b.s;
}

/* The same through a table and row by row: both must say the same. */
static const char *check(struct arena *a, const char *csv)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct values_lookup look = lookup();
    struct values_checked c, s;
    struct table *t;
    const char *one, *two;
    CHECK_OK(csv_read(a, "f.csv", (struct bytes){ (const uint8_t *)csv, strlen(csv) }, NULL, &t,
                      &e));
    if (values_check(a, t, &look, &c, &e) == RC_OK)
        one = dump(a, &c);
    else
        one = arena_printf(a, "%s %s", rc_name(e.rc), err_message(&e, LANG_ZH, a));
    if (values_check_csv(a, "f.csv", arena_strdup(a, csv), strlen(csv), NULL, &look, &s, &e) ==
        RC_OK) {
        two = dump(a, &s);
        CHECK_INT(s.rows, c.rows);
    } else {
        two = arena_printf(a, "%s %s", rc_name(e.rc), err_message(&e, LANG_ZH, a));
    }
    CHECK_STR(two, one);
    return one;
}

static void rows_of_the_long_form(void)
{
    static const struct {
        const char *row, *out;
    } cases[] = {
        { "D04,P001,2026Q3,51,,", "D04 P001 2026Q3 51 C@D2\n" },
        { "D04,P001,2026Q3,50,,", "D04 P001 2026Q3 50 S@D2\n" },
        { "财政局,应公告合同数,2026年第三季度,\"1,200\",,补报",
          "D04 P001 2026Q3 1200 C@D2 补报\n?D2 1,200，上一期是118|可能多打了一位>120\n" },
        { "D07,P001,2026Q3,,refused,", "D07 P001 2026Q3 refused S@D2\n" },
        { "D07,P001,2026Q3,,灭失,", "D07 P001 2026Q3 lost C@D2\n" },
        { "D08,P001,2026Q3,NA,na,", "D08 P001 2026Q3 na F@D2\n" },
        { "D08,P002,2026Q3,97.9%,,", "D08 P002 2026Q3 97.9 F@D2\n" },
        { "D08,P006,2026Q3,50%,,", "D08 P006 2026Q3 0.5 F@D2\n" },
        { "D08,P003,2026年9月,7.5,,", "D08 P003 202609 7.5 F@D2\n" },
        { "D08,P004,2025,7,,", "D08 P004 2025 7 F@D2\n" },
        { " D08 ,P001,2026Q3,12,,", "D08 P001 2026Q3 12 F@D2\n" },
        /* What has to be put right. */
        { "外星站,P001,2026Q3,1,,", "!A2 没有叫“外星站”的单位\n" },
        { "住建科,P001,2026Q3,1,,", "!A2 没有叫“住建科”的单位|最接近的是住建局>D07\n" },
        { "D0 4,P001,2026Q3,1,,", "!A2 没有叫“D0 4”的单位|最接近的是财政局>D04\n" },
        { "外星基地,P001,2026Q3,1,,", "!A2 没有叫“外星基地”的单位\n" },
        { "同名,P001,2026Q3,1,,", "!A2 叫“同名”的单位不止一个，请写编码>X1\n" },
        { ",P001,2026Q3,1,,", "!A2 没有写单位\n" },
        { "D04,P01,2026Q3,1,,", "!B2 没有叫“P01”的监测点|最接近的是应公告合同数>P001\n" },
        { "D08,P001,2026年9月,29,,",
          "!C2 这个监测点按季报，不能填“2026年9月”|写成2026Q3>2026Q3\n" },
        { "D08,P004,2026Q3,29,,", "!C2 这个监测点按年报，不能填“2026Q3”|写成2026>2026\n" },
        { "D08,P001,三季度,29,,", "!C2 “三季度”不是期间|写法如2026Q3\n" },
        { "D08,P003,,29,,", "!C2 没有写期间|写法如202603\n" },
        { "D08,P001,2027Q1,29,,", "!C2 “2027Q1”还没有到\n" },
        { "D08,P001,2026Q3,3O,,", "!D2 “3O”不是数字：含有字母O或I，应为数字0或1\n" },
        { "D08,P001,2026Q3,nan,,", "!D2 “nan”不是有限的数；没有数值请留空并写缺失原因\n" },
        { "D08,P001,2026Q3,50%,,", "!D2 “50%”带百分号，这个监测点的单位是件\n" },
        { "D08,P001,2026Q3,,,",
          "!E2 没有数值，也没写缺失原因|缺失不等于零，选一个原因就能收\n" },
        { "D08,P001,2026Q3,-,,",
          "!E2 没有数值，也没写缺失原因|缺失不等于零，选一个原因就能收\n" },
        { "D08,P001,2026Q3,,没填,", "!E2 “没填”不是缺失原因\n" },
        { "D08,P001,2026Q3,5,na,", "!E2 既有数值又有缺失原因|有数值就删去缺失原因\n" },
        { "D08,P005,2026Q3,5,,", "!B2 “P005”不由本单位提供，提供单位是信访局\n" },
        { "T01,P002,2026Q3,5,,", "!B2 这个监测点不用于云岭镇\n" },
        { "D08,P001,2026Q3,5,,王某11010519491231002X",
          "!F2 备注里有个人信息|平台不收个人名单，请删去\n" },
        /* Several at once. */
        { "X9,P9,2026Q3,x,,",
          "!A2 没有叫“X9”的单位|最接近的是同名>X1\n!B2 没有叫“P9”的监测点\n!D2 “x”不是数字\n" },
        /* What is only asked. */
        { "D08,P001,2026Q3,\uFF11\uFF12,,",
          "D08 P001 2026Q3 12 F@D2\n?D2 “\uFF11\uFF12”是全角字符，按12读入\n" },
        { "D08,P003,202609,-5,,", "D08 P003 202609 -5 F@D2\n?D2 -5是负数\n" },
        { "D08,P001,2026Q3,12,,x", "D08 P001 2026Q3 12 F@D2 x\n" },
        { "D04,P001,2026Q3,14,,",
          "D04 P001 2026Q3 14 C@D2\n?D2 14，上一期是118|可能少打了一位\n" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CHECK_STR(check(a, arena_printf(a, "unit,point,period,value,missing,note\n%s\n",
                                        cases[i].row)),
                  cases[i].out);
    }
}

static void rows_against_each_other(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CHECK_STR(check(a, "unit,point,period,value\n\nD08,P002,2026Q3,5\n财政局,P002,2026Q3,"
                       "6\n\"水利局\",P002,2026Q3,5\n"
                       "D08,按期公告率,2026Q3,7\n,,,\n"),
              "D08 P002 2026Q3 5 F@D3\nD04 P002 2026Q3 6 F@D4\n!D6 "
              "与D3是同一个数值，却不一样|只留对的那一个\n");
}

static void heads(void)
{
    static const struct {
        const char *csv, *out;
    } cases[] = {
        { "单位,监测点,期间,数值,缺失原因,备注\nD08,P002,2026Q3,5,,\n",
          "D08 P002 2026Q3 5 F@D2\n" },
        { "value,period,point,unit\n5,2026Q3,P002,D08\n", "D08 P002 2026Q3 5 F@A2\n" },
        { "unit,point,period,value,电话\nD08,P002,2026Q3,5,\n",
          "D08 P002 2026Q3 5 F@D2\n!E1 "
          "没有“电话”这一列|可用的列：unit,point,period,value,missing,note\n" },
        { "unit,point,period,value,\nD08,P002,2026Q3,5,\n", "D08 P002 2026Q3 5 F@D2\n" },
        { "unit,point,period,value,extra\nD08,P002,2026Q3,5,1\n",
          "D08 P002 2026Q3 5 F@D2\n!E1 "
          "没有“extra”这一列|可用的列：unit,point,period,value,missing,note\n" },
        { "unit,point,period,value,备用\nD08,P002,2026Q3,5,11010519491231002X\n",
          "D08 P002 2026Q3 5 F@D2\n-E 看起来是身份证号码。\n" },
        { "unit,point,period,value\n11010519491231002X,P002,2026Q3,5\n",
          "RC_INVALID f.csv "
          "的“unit”列不能收：看起来是身份证号码。平台不收个人名单，请由本单位汇总成数字" },
        { "unit,point,period,value,value\nD08,P002,2026Q3,5,1\n",
          "RC_INVALID f.csv 有两列都是value：“value”和“value”；只留一列" },
        { "unit,point,value\nD08,P002,5\n",
          "RC_INVALID f.csv 缺少period列；表头应为unit,point,period,value,missing,note" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CHECK_STR(check(a, cases[i].csv), cases[i].out);
    }
}

static void dropped_columns_can_be_left_out_of_what_is_kept(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *csv = "unit,point,period,value,备用\nD08,P002,2026Q3,5,11010519491231002X\n";
    struct table *t;
    struct values_lookup look = lookup();
    struct values_checked c;
    CHECK_OK(csv_read(a, "f.csv", (struct bytes){ (const uint8_t *)csv, strlen(csv) }, NULL, &t,
                      &e));
    CHECK_OK(values_check(a, t, &look, &c, &e));
    struct str out;
    str_init(&out, a);
    csv_write(&out, table_without(a, t, c.col_dropped), false);
    CHECK_STR(out.s, "unit,point,period,value\nD08,P002,2026Q3,5\n");
    CHECK(!strstr(dump(a, &c), "11010519"));
}

static struct values_template template(void)
{
    static struct values_column column[] = { { 0, { 0 } }, { 1, { 0 } }, { 2, { 0 } } };
    static const size_t unit[] = { 0, 1, 3 };
    column[0].period = column[1].period = period_of(PERIOD_QUARTER, 2026, 3);
    column[2].period = period_of(PERIOD_MONTH, 2026, 9);
    return (struct values_template){ .title = "2026年第三季度填报表",
                                     .column = column,
                                     .n_column = 3,
                                     .unit = unit,
                                     .n_unit = 3,
                                     .note = "演示数据·非真实" };
}

/* Through a real xlsx file and back. */
static struct table *round_trip(struct arena *a, const struct table *t)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct str out;
    struct book b;
    const struct table *first = t;
    str_init(&out, a);
    CHECK_OK(sheet_write(SHEET_XLSX, &t, 1, false, (struct utime){ 0 }, &out, &e));
    CHECK_OK(sheet_read(a, "f.xlsx", (struct bytes){ (uint8_t *)out.s, out.n }, NULL, &b, &e));
    CHECK_OK(book_first(&b, "f.xlsx", &first, &e));
    return (struct table *)first;
}

static void a_filled_template_is_read(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct values_lookup look = lookup();
    struct values_template tpl = template();
    struct values_checked c;
    struct table *t = round_trip(a, values_template_wide(a, &look, &tpl));
    CHECK_STR(table_text(t, 3, 2), "应公告合同数(件)");
    CHECK_STR(table_text(t, 6, 3), "—"); /* P002 is not asked of T01 */
    CHECK_OK(values_check(a, t, &look, &c, &e));
    CHECK_INT(c.n, 0);
    CHECK_INT(c.blank, 8);
    CHECK_INT(c.problems.n, 0);
    CHECK(table_fix(t, "C5", "51"));
    CHECK(table_fix(t, "D5", "97.9%"));
    CHECK(table_fix(t, "E5", "暂不提供"));
    CHECK(table_fix(t, "C6", "3O"));
    CHECK(table_fix(t, "D6", "NA"));
    CHECK(table_fix(t, "D7", "5"));
    CHECK(table_fix(t, "A6", "D99"));
    CHECK(!table_fix(t, "Z99", "x"));
    table_set(t, 6, 4, CELL_FORMULA, "8");
    CHECK_OK(values_check(a, t, &look, &c, &e));
    CHECK(c.wide);
    CHECK_STR(
        dump(a, &c),
        "D04 P001 2026Q3 51 C@C5\nD04 P002 2026Q3 97.9 F@D5\nD04 P003 202609 withheld F@E5\n"
        "!A6 没有叫“D99”的单位\n!C6 "
        "“3O”不是数字：含有字母O或I，应为数字0或1\n"
        "!D6 "
        "没有数值，也没写缺失原因|缺失不等于零，选一个原因就能收\n"
        "!D7 这个监测点不用于云岭镇\n!E7 这一格是公式（结果“8”）；请复制后选择“粘贴为数值”\n");
    CHECK_STR(c.problems.p[0].where, "填报!A6");
    /* Where the code was deleted the name is used. */
    table_set(t, 5, 0, CELL_EMPTY, "");
    table_set(t, 5, 2, CELL_NUMBER, "30");
    CHECK_OK(values_check(a, t, &look, &c, &e));
    CHECK(strstr(dump(a, &c), "D07 P001 2026Q3 30 C@C6") != NULL);
    /* The marked table says the same in the file. */
    struct table *marked = round_trip(a, problems_marked(a, t, &c.problems, LANG_ZH));
    CHECK_STR(table_text(marked, 5, 2), "30");
}

static void a_prefilled_template_changes_nothing(void)
{
    for (int wide = 0; wide < 2; wide++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        struct values_lookup look = lookup();
        struct values_template tpl = template();
        struct values_checked c;
        tpl.prefill = true;
        struct table *t = round_trip(a, wide ? values_template_wide(a, &look, &tpl)
                                             : values_template_long(a, &look, &tpl));
        CHECK_OK(values_check(a, t, &look, &c, &e));
        CHECK_INT(c.same, 2);
        CHECK_INT(c.fresh + c.changed, 0);
        CHECK_INT(c.problems.wrong,
                  wide ? 0 : 6); /* the long form has a row for each value asked */
        CHECK_INT(c.rows, wide ? 3 : 8);
    }
}

static void a_sheet_of_another_kind_is_said(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CHECK_STR(check(a, "unit,point,a\n1,2,3\n"),
              "RC_INVALID f.csv 缺少period列；表头应为unit,point,period,value,missing,note");
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t = table_new(a, 3, 2, true);
    t->file = "f.xlsx";
    struct values_lookup look = lookup();
    struct values_checked c;
    CHECK_INT(values_check(a, t, &look, &c, &e), RC_INVALID);
    CHECK_STR(
        err_message(&e, LANG_ZH, a),
        "f.xlsx 不是填报表：表头应为unit,point,period,value,missing,note，或用下载的模板");
}

static void a_million_wrong_rows_cost_no_more_than_right_ones(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct values_lookup look = lookup();
    struct values_checked c;
    struct str b;
    str_init(&b, a);
    str_add(&b, "unit,point,period,value\n");
    for (int i = 0; i < 20000; i++)
        str_addf(&b, "N%d,P001,2026Q3,x\n", i);
    size_t before = arena_used(a);
    CHECK_OK(values_check_csv(a, "f.csv", b.s, b.n, NULL, &look, &c, &e));
    CHECK_INT(c.problems.wrong, 40000);
    CHECK_INT(c.problems.n, PROBLEMS_KEPT);
    CHECK(arena_used(a) - before < 4 << 20);
    CHECK_INT(problems_err(&c.problems, "f.csv", &e), RC_INVALID);
    CHECK_STR(err_message(&e, LANG_ZH, a), "f.csv 有40000处要改，第一处在A2；没有读入");
}

T_MAIN({ "rows of the long form", rows_of_the_long_form },
       { "rows against each other", rows_against_each_other },
       { "heads: synonyms, unknown columns, personal lists", heads },
       { "dropped columns can be left out of what is kept",
         dropped_columns_can_be_left_out_of_what_is_kept },
       { "a filled template is read", a_filled_template_is_read },
       { "a prefilled template changes nothing", a_prefilled_template_changes_nothing },
       { "a sheet of another kind is said", a_sheet_of_another_kind_is_said },
       { "many wrong rows cost no more than right ones",
         a_million_wrong_rows_cost_no_more_than_right_ones })
