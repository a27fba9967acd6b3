/* 一数一源: likeness on the demo's points and on names written once more; decisions. */
#include "base/file.h"
#include "base/map.h"
#include "base/str.h"
#include "burden/same.h"
#include "sheet/csv.h"
#include "store/test_county.h"

#include <stdlib.h>
#include <string.h>

static void likeness_is_of_names_not_of_idle_words(void)
{
    static const struct {
        const char *a, *b;
        double like;
    } cases[] = {
        { "", "", 0 },
        { "数", "", 0 },
        { "信访件数", "信访件数", 1 },
        { "信访件数", "本季度的信访件数", 1 },
        { "信访 件数", "信访(件)数", 1 },
        { "信访件", "财政收", 0 },
        { "ABCD", "ABXY", 1.0 / 3 },
        /* 到期应办结信访事项 and 信访事项到期应办结: 7 of 8 pairs of characters. */
        { "到期应办结的信访事项数", "信访事项到期应办结数", 7.0 / 8 },
        /* What is counted, however its total is called. */
        { "信访总量", "信访件总量", 1 },
        { "信访量", "2026年度信访件数", 1 },
        /* Written full, as a form has it. */
        { "ＧＤＰ增速", "gdp增速", 1 },
        { "第1种形态人次", "第一种形态人次", 1 },
        { "６５岁以上老人数", "六十五岁以上老人数", 1 },
        { "十五分钟办结率", "15分钟办结率", 1 },
        { "十分钟办结率", "10分钟办结率", 1 },
        { "六十岁以上老人数", "60岁以上老人", 1 },
        /* Other numbers, other things; without a number it may be either. */
        { "60岁以上老人数", "80岁以上老人数", 0 },
        { "第一种形态人次", "第二种形态人次", 0 },
        { "一般公共预算支出", "公共预算支出", (1 + 6.0 / 8) / 2 },
        /* Left out: 5 of 10 characters, 3 of 5; 2 are too short, 4 of 9 too few. */
        { "垃圾处理率", "生活垃圾无害化处理率", 3.0 / 4 },
        { "办结率", "信访办结率", 4.0 / 5 },
        { "办结", "信访办结", 1.0 / 2 },
        { "垃圾处理", "生活垃圾无害化处理", 2 * 2.0 / 11 },
        { "村集体收入", "村级集体经济收入", (1 + 5.0 / 8) / 2 },
        { "处理垃圾率", "生活垃圾处理比率", 2 * 2.0 / 11 }, /* turned round, not shortened */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_REAL(same_likeness(cases[i].a, cases[i].b), cases[i].like, 1e-12);
        CHECK_REAL(same_likeness(cases[i].b, cases[i].a), cases[i].like, 1e-12);
    }
}

static struct same_point *demo_points(struct arena *a, size_t *ret_n)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *source = getenv("JINGJIAN_SOURCE");
    struct table *t;
    struct bytes file;
    *ret_n = 0;
    if (!source)
        return NULL;
    CHECK_OK(file_read(a, arena_printf(a, "%s/demo/points.csv", source), 1 << 20, &file, &e));
    CHECK_OK(csv_read(a, "points.csv", file, NULL, &t, &e));
    struct same_point *p = arena_array(a, t->rows, sizeof(*p));
    for (size_t r = 1; r < t->rows; r++)
        p[(*ret_n)++] = (struct same_point){ .code = table_text(t, r, 0),
                                             .indicator = table_text(t, r, 1),
                                             .name = table_text(t, r, 2),
                                             .owner = table_text(t, r, 3),
                                             .measure = table_text(t, r, 4),
                                             .frequency = table_text(t, r, 5) };
    return p;
}

/* The numbers that same.h states. */
static void the_limits_are_those_measured_on_the_demo(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t n, found = 0, tried = 0, again = 0;
    struct same_point *p = demo_points(a, &n);
    double like;
    if (!p) {
        t_skip("no source tree");
        return;
    }
    CHECK_INT(n, 202);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            found += same_suspect(&p[i], &p[k], &like);
    CHECK_INT(found, 4);
    for (size_t i = 0; i < n; i++) {
        static const char *const forms[] = { "本季度%s", "%s量", "全区%s", "辖区内%s",
                                             "%s总数" };
        for (size_t f = 0; f < COUNT(forms); f++) {
            struct same_point x = p[i];
            const char *hole = strchr(forms[f], '%');
            x.code = "NEW";
            x.indicator = "NEW";
            x.name = arena_printf(a, "%.*s%s%s", (int)(hole - forms[f]), forms[f], p[i].name,
                                  hole + 2);
            tried++;
            again += same_suspect(&x, &p[i], &like);
        }
        const char *of = strstr(p[i].name, "的");
        if (!of)
            continue;
        struct same_point x = p[i]; /* the words turned round */
        x.indicator = "NEW";
        x.name = arena_printf(a, "%s%.*s", of + strlen("的"), (int)(of - p[i].name), p[i].name);
        tried++;
        again += same_suspect(&x, &p[i], &like);
    }
    CHECK(tried > 1000);
    CHECK((double)again >= 0.99 * (double)tried);
}

static const struct same_point there[] = {
    { "P1", "到期应办结的信访事项数", "A1", "XF", "件", "quarter" },
    { "P2", "按期办结的信访事项数", "A1", "XF", "件", "quarter" },
};
static const struct same_point again = { "P9",     "信访事项到期应办结数", "A7", "SW", "件",
                                         "quarter" };

static struct same_pair *pairs(struct county *c, const struct same_point *new, size_t n,
                               struct arena *a, size_t *ret_n)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct same_pair *p = NULL;
    *ret_n = 0;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(same_find(s, new, n, there, COUNT(there), a, &p, ret_n, &e));
    return p;
}

struct deciding {
    struct county *c;
    struct same_decision d;
};
static enum rc decide(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct deciding *x = arg;
    return same_decide(tx, x->c, &x->d, "zhuan1", a, e);
}

static const char *office(const void *arg, const char *owner)
{
    (void)arg; /* nothing is needed */
    return str_eq(owner, "XF") ? "信访局" : owner;
}

static void a_repeat_is_refused_until_a_person_has_decided(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    size_t n;
    struct same_pair *p = pairs(c, &again, 1, a, &n);
    CHECK_INT(n, 1);
    CHECK_STR(p[0].other.code, "P1");
    CHECK_INT(p[0].verdict, SAME_OPEN);
    CHECK_INT(same_refuse(p, n, office, NULL, &e), RC_CONFLICT);
    CHECK_PART(err_message(&e, LANG_ZH, a), "数在信访局");
    err_done(&e);

    struct deciding x = { c, { "P9", again.name, "P1", SAME_DIFFERENT, " " } };
    CHECK_INT(db_transact(c->db, decide, &x, &e), RC_INVALID); /* no reason */
    err_done(&e);
    x.d.reason = "只数重复信访";
    CHECK_OK(db_transact(c->db, decide, &x, &e));
    CHECK_OK(db_transact(c->db, decide, &x, &e)); /* again: nothing more */
    p = pairs(c, &again, 1, a, &n);
    CHECK_INT(p[0].verdict, SAME_DIFFERENT);
    CHECK_STR(p[0].reason, "只数重复信访");
    CHECK_OK(same_refuse(p, n, office, NULL, &e));

    /* Called otherwise it is another question. */
    struct same_point renamed = again;
    renamed.name = "信访事项到期应办结总数";
    p = pairs(c, &renamed, 1, a, &n);
    CHECK_INT(p[0].verdict, SAME_OPEN);

    x.d = (struct same_decision){ "P9", again.name, "P1", SAME_SAME, "" };
    CHECK_OK(db_transact(c->db, decide, &x, &e));
    p = pairs(c, &again, 1, a, &n);
    CHECK_INT(same_refuse(p, n, office, NULL, &e), RC_CONFLICT);
    CHECK_PART(err_message(&e, LANG_ZH, a), "由信访局报送，不重复要");
    CHECK_PART(err_message(&e, LANG_EN, a), "P1");
}
T_COUNTY(a_repeat_is_refused_until_a_person_has_decided)

static void a_list_is_held_against_itself_too(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t n;
    const struct same_point list[] = {
        there[0], /* there already, under its name */
        { "P7", "村级集体收入", "B1", "NY", "万元", "quarter" },
        { "P8", "本期村级集体收入", "B2", "CZ", "万元", "quarter" },
        { "P6", "村级集体收入", "B3", "CZ", "元", "year" }, /* named as good as equal */
    };
    struct same_pair *p = pairs(c, list, COUNT(list), a, &n);
    CHECK_INT(n, 3);
    for (size_t i = 0; i < n; i++)
        CHECK_REAL(p[i].like, 1, 1e-12);
    p = pairs(c, list, 2, a, &n);
    CHECK_INT(n, 0);
}
T_COUNTY(a_list_is_held_against_itself_too)

T_MAIN({ "likeness is of names, not of idle words", likeness_is_of_names_not_of_idle_words },
       { "the limits are those measured on the demo",
         the_limits_are_those_measured_on_the_demo },
       T_COUNTY_CASES("a repeat is refused until a person has decided",
                      a_repeat_is_refused_until_a_person_has_decided),
       T_COUNTY_CASES("a list is held against itself too", a_list_is_held_against_itself_too))
