#include "base/test.h"
#include "stats/formula.h"

#include <math.h>
#include <string.h>

/* x = 7 (7 8 9 over three periods, now 9 when `periods`), y = 2, z = null, t = true, f = false,
 * u = null boolean. */
static bool known(const void *arg, const char *name, enum formula_type *ret_type)
{
    static const struct {
        const char *name;
        enum formula_type type;
    } names[] = { { "x", FORMULA_NUMBER },     { "y", FORMULA_NUMBER },
                  { "z", FORMULA_NUMBER },     { "t", FORMULA_BOOL },
                  { "f", FORMULA_BOOL },       { "u", FORMULA_BOOL },
                  { "nil", FORMULA_NULL },     { "P001", FORMULA_NUMBER },
                  { "A.b_c", FORMULA_NUMBER }, { "应公告合同数", FORMULA_NUMBER } };
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(names[i].name, name) == 0) {
            *ret_type = names[i].type;
            return true;
        }
    return false;
}

static const double x_1[] = { 7 }, x_2[] = { NAN }, x_3[] = { 9 }, y_1[] = { 2 }, t_1[] = { 1 },
                    f_1[] = { 0 }, q_1[] = { 4 }, q_2[] = { 5 };
static const double *const x_rows[] = { x_1, x_2, NULL, x_3 }, *const y_rows[] = { y_1 },
                           *const t_rows[] = { t_1 }, *const f_rows[] = { f_1 },
                           *const q_rows[] = { q_1, q_2 };

static struct formula_column column_of(const char *name)
{
    switch (name[0]) {
    case 'x': /* 7, null, null, 9; functions over periods see the last three */
        return (struct formula_column){ x_rows, 4, 3 };
    case 'y':
        return (struct formula_column){ y_rows, 1, 1 };
    case 't':
        return (struct formula_column){ t_rows, 1, 1 };
    case 'f':
        return (struct formula_column){ f_rows, 1, 1 };
    case 'P': /* 4, 5, both in the window */
        return (struct formula_column){ q_rows, 2, 2 };
    case 'A': /* 4, 5, only the last in the window */
        return (struct formula_column){ q_rows, 2, 1 };
    case '\xe5':
        return (struct formula_column){ y_rows, 1, 1 };
    }
    return (struct formula_column){ NULL, 0, 0 };
}

/* The value of a formula as text, or the message in Chinese. */
static const char *value(struct arena *a, const char *text)
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct formula *f;
    if (formula_compile(a, text, known, NULL, &f, &e) != RC_OK)
        return err_message(&e, LANG_ZH, a);
    const char *const *names;
    size_t n = formula_names(f, &names);
    struct formula_column *columns = arena_array(a, n, sizeof(*columns));
    for (size_t i = 0; i < n; i++)
        columns[i] = column_of(names[i]);
    double v;
    if (formula_eval(f, columns, 1, a, &v, &e) != RC_OK)
        return err_message(&e, LANG_ZH, a);
    struct str b;
    str_init(&b, a);
    formula_print(&b, formula_type(f), v);
    return b.s;
}

struct pair {
    const char *in, *out;
};

static void check(const struct pair *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        const char *got = value(a, cases[i].in);
        if (strcmp(got, cases[i].out) != 0)
            t_fail(__FILE__, __LINE__, "%s gave %s, not %s", cases[i].in, got, cases[i].out);
    }
}

static void computes_with_numbers(void)
{
    static const struct pair cases[] = {
        { "1", "1" },
        { " 1 ", "1" },
        { "\t1\n+\r2", "3" },
        { "1\u3000+ 2", "3" },
        { "0.1+0.2", "0.30000000000000004" },
        { ".5", "0.5" },
        { "1e3", "1000" },
        { "2.5E-1", "0.25" },
        { "007", "7" },
        { "1+2*3", "7" },
        { "(1+2)*3", "9" },
        { "10-4-3", "3" },
        { "100/10/5", "2" },
        { "2*3%4", "2" },
        { "7%3", "1" },
        { "-7%3", "-1" },
        { "7%-3", "1" },
        { "5.5%2", "1.5" },
        { "-3^2", "-9" },
        { "(-3)^2", "9" },
        { "2^-1", "0.5" },
        { "2^-1*4", "2" },
        { "2^3^2", "512" },
        { "(2^3)^2", "64" },
        { "-2^-2", "-0.25" },
        { "2^-2^2", "0.0625" },
        { "--3", "3" },
        { "-+3", "-3" },
        { "3--3", "6" },
        { "3 - - 3", "6" },
        { "0^0", "1" },
        { "0*-1", "0" },
        { "-0", "0" },
        { "9007199254740993", "9007199254740992" },
        { "1/3", "0.3333333333333333" },
        { "((((1))))", "1" },
    };
    check(cases, COUNT(cases));
}

static void what_has_no_finite_value_is_null(void)
{
    static const struct pair cases[] = {
        { "1/0", "null" },         { "0/0", "null" },
        { "5%0", "null" },         { "0^-1", "null" },
        { "(-8)^(1/3)", "null" },  { "1e308*10", "null" },
        { "1e308*10/10", "null" }, { "-1e308-1e308", "null" },
        { "log(0)", "null" },      { "log(-1)", "null" },
        { "log10(0)", "null" },    { "log(8,1)", "null" },
        { "log(8,0)", "null" },    { "10^400 > 1", "null" },
        { "isNull(1/0)", "true" }, { "firstNonNull(1/0, 3)", "3" },
    };
    check(cases, COUNT(cases));
}

static void null_goes_through_arithmetic_and_comparison(void)
{
    static const struct pair cases[] = {
        { "null", "null" },          { "null+1", "null" },       { "1-null", "null" },
        { "-null", "null" },         { "+null", "null" },        { "null*0", "null" },
        { "null^0", "null" },        { "1^null", "null" },       { "null%2", "null" },
        { "null == null", "null" },  { "null != 1", "null" },    { "null < 1", "null" },
        { "z + 1", "null" },         { "z == z", "null" },       { "isNull(z)", "true" },
        { "isNotNull(z)", "false" }, { "isNull(x)", "false" },   { "isNotNull(x)", "true" },
        { "isNull(null)", "true" },  { "isNull(u)", "true" },    { "isNull(t)", "false" },
        { "log(null)", "null" },     { "log(8,null)", "null" },  { "nil + 1", "null" },
        { "nil and true", "null" },  { "null == true", "null" },
    };
    check(cases, COUNT(cases));
}

static void logic_has_three_values(void)
{
    static const char *const v[] = { "true", "false", "null" };
    static const char *const names[] = { "t", "f", "u" };
    static const char *const and_[3][3] = { { "true", "false", "null" },
                                            { "false", "false", "false" },
                                            { "null", "false", "null" } };
    static const char *const or_[3][3] = { { "true", "true", "true" },
                                           { "true", "false", "null" },
                                           { "true", "null", "null" } };
    static const char *const not_[3] = { "false", "true", "null" };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t i = 0; i < 3; i++) {
        CHECK_STR(value(a, arena_printf(a, "not %s", v[i])), not_[i]);
        CHECK_STR(value(a, arena_printf(a, "!%s", names[i])), not_[i]);
        for (size_t j = 0; j < 3; j++) {
            CHECK_STR(value(a, arena_printf(a, "%s and %s", v[i], names[j])), and_[i][j]);
            CHECK_STR(value(a, arena_printf(a, "%s && %s", names[i], v[j])), and_[i][j]);
            CHECK_STR(value(a, arena_printf(a, "%s or %s", names[i], v[j])), or_[i][j]);
            CHECK_STR(value(a, arena_printf(a, "%s || %s", v[i], names[j])), or_[i][j]);
        }
    }
    static const struct pair cases[] = {
        { "true or false and false", "true" },
        { "(true or false) and false", "false" },
        { "not true or true", "true" },
        { "not true and false", "false" },
        { "not not true", "true" },
        { "!!t", "true" },
        { "not x > 3", "false" },
        { "not (x > 3)", "false" },
        { "not t == f", "true" },
        { "true == not false", "true" },
        { "t and not f", "true" },
        { "true && !false", "true" },
        { "x > 3 and y < 3", "true" },
        { "x > 3 and y > 3 or t", "true" },
    };
    check(cases, COUNT(cases));
}

static void compares(void)
{
    static const struct pair cases[] = {
        { "1 < 2", "true" },        { "2 < 2", "false" },        { "2 <= 2", "true" },
        { "2 > 1", "true" },        { "2 >= 3", "false" },       { "2 == 2", "true" },
        { "2 = 2", "true" },        { "2 != 2", "false" },       { "2 <> 3", "true" },
        { "true == true", "true" }, { "true != false", "true" }, { "1 < 2 == true", "true" },
        { "1 + 1 == 2", "true" },   { "-1 < 1", "true" },        { "1<2!=3<4", "false" },
    };
    check(cases, COUNT(cases));
}

static void calls_functions(void)
{
    static const struct pair cases[] = {
        { "if(true,1,2)", "1" },
        { "if(false,1,2)", "2" },
        { "if(null,1,2)", "null" },
        { "if(u,1,2)", "null" },
        { "if(t,null,2)", "null" },
        { "if(t,2,null)", "2" },
        { "if(x>3,t,f)", "true" },
        { "if(t,null,null)", "null" },
        { "if(f,1,if(t,2,3))", "2" },
        { "if(f,1/0,5)", "5" },
        { "firstNonNull(null,z,4,5)", "4" },
        { "firstNonNull(z)", "null" },
        { "firstNonNull(u,t)", "true" },
        { "greatest(1,z,3,2)", "3" },
        { "greatest(z,null)", "null" },
        { "greatest(-5)", "-5" },
        { "least(4,z,2,null,3)", "2" },
        { "least(z, 1)", "1" },
        { "log(1)", "0" },
        { "log(8,2)", "3" },
        { "log(1000,10)", "3" },
        { "log10(1000)", "3" },
        { "log(9,3)", "2" },
        { "log(2.718281828459045)", "1" },
        { "x + #{应公告合同数}", "11" },
        { "#{x} - x", "0" },
        { "P001 * A.b_c", "25" },
    };
    check(cases, COUNT(cases));
}

static void functions_over_periods_see_the_window(void)
{
    static const struct pair cases[] = {
        /* x: 7 | null null 9 */
        { "x", "9" },
        { "sum(x)", "9" },
        { "count(x)", "1" },
        { "avg(x)", "9" },
        { "last(x)", "9" },
        { "offset(x,-1)", "null" },
        { "offset(x,-3)", "7" },
        { "offset(x,-4)", "null" },
        { "offset(x,1)", "null" },
        { "offset(x,0)", "9" },
        { "x.periodOffset(-3)", "7" },
        { "#{x}.periodOffset(-3)", "7" },
        { "(x + 1).periodOffset(-3)", "8" },
        { "7.periodOffset(-1) + .5.periodOffset(1)", "7.5" },
        { "offset(offset(x,-4),1)", "7" },
        { "x - offset(x,-3)", "2" },
        { "sum(offset(x,-1))", "7" },
        { "offset(sum(x),-1)", "7" },
        { "count(offset(x,-4))", "0" },
        { "sum(offset(x,-9))", "null" },
        { "last(offset(x,-1))", "7" },
        /* P001: 4 5 */
        { "sum(P001)", "9" },
        { "avg(P001)", "4.5" },
        { "min(P001)", "4" },
        { "max(P001)", "5" },
        { "last(P001)", "5" },
        { "count(P001)", "2" },
        { "sum(P001 * 2 + y)", "22" }, /* y has one period: the same in each turn */
        { "sum(P001) / sum(A.b_c)", "1.8" },
        { "min(-P001)", "-5" },
        { "sum(P001) > avg(P001) and t", "true" },
        { "count(P001 > 4)", "2" },
        { "last(P001 > 4)", "true" },
        { "sum(if(P001 > 4, 1, 0))", "1" },
        { "sum(y)", "2" },
        { "sum(3)", "3" },
        { "sum(z)", "null" },
        { "avg(z)", "null" },
        { "min(z)", "null" },
        { "max(z)", "null" },
        { "last(z)", "null" },
        { "count(z)", "0" },
        { "1 + sum(P001) * 2", "19" },
        { "greatest(sum(P001), max(P001), 3)", "9" },
        { "sum(x + P001)", "“x”与“P001”的期数不同（3与2），不能放在同一个按期汇总的函数里" },
        { "sum(x) + sum(P001)", "18" },
    };
    check(cases, COUNT(cases));
}

static void an_error_says_where_and_what_was_expected(void)
{
    static const struct pair cases[] = {
        { "", "公式在第1个字处结束，这里还应有数字、名称、函数或“(”" },
        { "  ", "公式在第3个字处结束，这里还应有数字、名称、函数或“(”" },
        { "1 +", "公式在第4个字处结束，这里还应有数字、名称、函数或“(”" },
        { "1 + * 2", "公式第5个字“*”处应为数字、名称、函数或“(”" },
        { "(1", "公式在第3个字处结束，这里还应有 )" },
        { "1)", "公式第2个字“)”处应为运算符或结尾" },
        { "1 2", "公式第3个字“2”处应为运算符或结尾" },
        { "x y", "公式第3个字“y”处应为运算符或结尾" },
        { "()", "公式第2个字“)”处应为数字、名称、函数或“(”" },
        { "if(true,1)", "公式第10个字“)”处应为 ," },
        { "if(true,1,2,3)", "公式第12个字“,”处应为 )" },
        { "isNull()", "公式第8个字“)”处应为数字、名称、函数或“(”" },
        { "isNull(1,2)", "公式第9个字“,”处应为 )" },
        { "greatest(1 2)", "公式第12个字“2”处应为 , )" },
        { "log(1,2,3)", "公式第8个字“,”处应为 )" },
        { "log(1;2)", "公式第6个字“;”不能用在公式里" },
        { "1 + true", "公式第5个字处应为数值，这里是真假值" },
        { "true + 1", "公式第1个字处应为数值，这里是真假值" },
        { "1 + (2 > 1)", "公式第5个字处应为数值，这里是真假值" },
        { "-true", "公式第2个字处应为数值，这里是真假值" },
        { "not 5", "公式第5个字处应为真假值，这里是数值" },
        { "!x > 3", "公式第2个字处应为真假值，这里是数值" },
        { "1 and true", "公式第1个字处应为真假值，这里是数值" },
        { "true or 2", "公式第9个字处应为真假值，这里是数值" },
        { "true == 1", "公式第9个字处应为真假值，这里是数值" },
        { "1 != t", "公式第6个字处应为数值，这里是真假值" },
        { "1 < 2 < 3", "公式第1个字处应为数值，这里是真假值" },
        { "true < false", "公式第1个字处应为数值，这里是真假值" },
        { "if(1,2,3)", "公式第4个字处应为真假值，这里是数值" },
        { "if(t,1,f)", "公式第8个字处应为数值，这里是真假值" },
        { "if(t,null,f) + 1", "公式第1个字处应为数值，这里是真假值" },
        { "firstNonNull(1,true)", "公式第16个字处应为数值，这里是真假值" },
        { "greatest(true)", "公式第10个字处应为数值，这里是真假值" },
        { "log10(t)", "公式第7个字处应为数值，这里是真假值" },
        { "2^t", "公式第3个字处应为数值，这里是真假值" },
        { "t^2", "公式第1个字处应为数值，这里是真假值" },
        { "sum(t)", "公式第5个字处应为数值，这里是真假值" },
        { "sum(sum(x))", "公式第5个字处的sum不能放在另一个按期汇总的函数里" },
        { "offset(x)", "公式第9个字“)”处应为 ," },
        { "offset(x, y)", "公式第11个字处应为−1200到1200之间的整数：往前一期写-1" },
        { "offset(x, 0.5)", "公式第11个字处应为−1200到1200之间的整数：往前一期写-1" },
        { "offset(x, -1201)", "公式第11个字处应为−1200到1200之间的整数：往前一期写-1" },
        { "offset(offset(x,-1200),-1)",
          "公式第24个字处应为−1200到1200之间的整数：往前一期写-1" },
        { "x.periodOffset", "公式在第15个字处结束，这里还应有 (" },
        { "y + who", "公式第5个字处没有叫“who”的名称" },
        { "who(1)", "公式第1个字处没有叫“who”的函数" },
        { "ISNULL(x)", "公式第1个字处没有叫“ISNULL”的函数，应写成“isNull”" },
        { "1.2.3", "公式第1个字处的数字“1.2.3”写得不对或太大" },
        { "2 * 3x", "公式第5个字处的数字“3x”写得不对或太大" },
        { "1e", "公式第1个字处的数字“1e”写得不对或太大" },
        { "1.", "公式第1个字处的数字“1.”写得不对或太大" },
        { "1e999", "公式第1个字处的数字“1e999”写得不对或太大" },
        { "1,000", "公式第2个字“,”处应为运算符或结尾" },
        { "#{应公告", "公式第1个字处的“#{”没有用“}”结束" },
        { "#{}", "公式第1个字处的名称应有1到64个字" },
        { "#x", "公式第1个字“#”不能用在公式里" },
        { "#{应公告合同数} + $", "公式第13个字“$”不能用在公式里" },
        { "1 & 2", "公式第3个字“&”不能用在公式里" },
        { "应公告合同数 / 2", "公式第1个字“应”不能直接写，名称请写成#{…}" },
        { "if\uff08t,1,2)", "公式第3个字“（”请改写成“(”" },
        { "x \u2265 3", "公式第3个字“≥”请改写成“>=”" },
        { "and", "公式第1个字“and”处应为数字、名称、函数或“(”" },
        { "true false", "公式第6个字“false”处应为运算符或结尾" },
        { "\xff", "公式不是有效的UTF-8文字" },
    };
    check(cases, COUNT(cases));
}

static void limits_have_names(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str b;
    str_init(&b, a);
    for (int i = 0; i < FORMULA_DEPTH_MAX; i++)
        str_add(&b, "(");
    CHECK_STR(value(a, b.s), "公式第33个字处超过上限：括号、函数和符号最多套64层");
    str_reset(&b);
    for (int i = 0; i < 31; i++)
        str_add(&b, "(");
    str_add(&b, "5");
    for (int i = 0; i < 31; i++)
        str_add(&b, ")");
    CHECK_STR(value(a, b.s), "5");
    str_reset(&b);
    for (int i = 0; i < FORMULA_LENGTH_MAX / 2; i++)
        str_add(&b, i == 0 ? "1" : "+1");
    CHECK_STR(value(a, b.s), "2048");
    str_add(&b, "++");
    CHECK_STR(value(a, b.s), "公式有4097字节，超过上限4096");
    str_reset(&b);
    for (int i = 0; i < 2000; i++)
        str_add(&b, "-");
    CHECK_STR(value(a, b.s), "公式第64个字处超过上限：括号、函数和符号最多套64层");

    CLEANUP(err_done) struct err e = { 0 };
    const struct formula *f;
    str_reset(&b);
    for (int i = 0; i < FORMULA_NAMES_MAX; i++)
        str_addf(&b, "%sn%d", i == 0 ? "" : "+", i);
    CHECK_OK(formula_compile(a, b.s, NULL, NULL, &f, &e));
    str_add(&b, "+one");
    CHECK_INT(formula_compile(a, b.s, NULL, NULL, &f, &e), RC_TOOBIG);
}

static void lists_the_names_it_uses_once(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const struct formula *f;
    CHECK_OK(formula_compile(a, "b / #{甲} + offset(a.c,-1) * #{b}", NULL, NULL, &f, &e));
    const char *const *names;
    CHECK_INT(formula_names(f, &names), 3);
    CHECK_STR(names[0], "b");
    CHECK_STR(names[1], "甲");
    CHECK_STR(names[2], "a.c");
    CHECK_INT(formula_type(f), FORMULA_NUMBER);
    CHECK_OK(formula_compile(a, "if(null, null, null)", NULL, NULL, &f, &e));
    CHECK_INT(formula_type(f), FORMULA_NULL);
    CHECK_INT(formula_names(f, &names), 0);
}

/* Units in many blocks and a part of one get what each gets alone. */
static void columns_agree_with_single_values(void)
{
    enum { N = 1500 };
    static const char *const formulas[] = {
        "a",
        "(a - b) / b * 100 + 2 ^ c",
        "if(a > b and c >= 0, a % 7, firstNonNull(b, c))",
        "sum(a + c) / count(a)",
        "max(a) - min(b)",
        "offset(a, -1) + last(b)",
        "greatest(a, b, c) - least(a, b, c)",
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    double *m[3][2];
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 2; j++) {
            m[i][j] = arena_array(a, N, sizeof(double));
            for (size_t k = 0; k < N; k++)
                m[i][j][k] = (k * (i + 3) + j) % 11 == 0
                                 ? NAN
                                 : (double)((k * 7 + i * 5 + j * 3) % 23) - 4;
        }
    double *all = arena_array(a, N, sizeof(*all));
    for (size_t t = 0; t < COUNT(formulas); t++) {
        const struct formula *f;
        CHECK_OK(formula_compile(a, formulas[t], NULL, NULL, &f, &e));
        const char *const *names;
        size_t n = formula_names(f, &names), wrong = 0;
        struct formula_column columns[3];
        const double *rows[3][2];
        for (size_t i = 0; i < n; i++)
            columns[i] = (struct formula_column){ rows[i], 2, 2 };
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < 2; j++)
                rows[i][j] = m[names[i][0] - 'a'][j];
        CHECK_OK(formula_eval(f, columns, N, a, all, &e));
        for (size_t k = 0; k < N; k++) {
            double one;
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < 2; j++)
                    rows[i][j] = &m[names[i][0] - 'a'][j][k];
            CHECK_OK(formula_eval(f, columns, 1, a, &one, &e));
            wrong += !(one == all[k] || (one != one && all[k] != all[k]));
        }
        CHECK_INT(wrong, 0);
    }
    double none;
    const struct formula *f;
    CHECK_OK(formula_compile(a, "1", NULL, NULL, &f, &e));
    CHECK_OK(formula_eval(f, NULL, 0, a, &none, &e));
}

T_MAIN({ "formulas compute with numbers", computes_with_numbers },
       { "what has no finite value is null", what_has_no_finite_value_is_null },
       { "null goes through arithmetic and comparison",
         null_goes_through_arithmetic_and_comparison },
       { "logic has three values", logic_has_three_values }, { "formulas compare", compares },
       { "formulas call functions", calls_functions },
       { "functions over periods see the window", functions_over_periods_see_the_window },
       { "an error says where and what was expected",
         an_error_says_where_and_what_was_expected },
       { "limits have names", limits_have_names },
       { "a formula lists the names it uses once", lists_the_names_it_uses_once },
       { "whole columns agree with single values", columns_agree_with_single_values })
