/* Rules and warnings by the pages: a rule is tried, saved and judged; who sees what. */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/panel.h"
#include "monitor/rule_gate.h"
#include "monitor/rule_page.h"
#include "monitor/test_small.h"
#include "monitor/warning_page.h"

#include <stdlib.h>
#include <string.h>

enum { TOWNS = 3, QUARTERS = 3 };

/* A1 of each town and quarter; A2 is always 90. */
static const double given[TOWNS][QUARTERS] = { { 95, 86, 70 }, { 60, 60, 95 }, { 90, 90, 90 } };

struct world {
    struct county *c;
    struct arena *a;
    struct site site;
    const char *editor, *clerk; /* tokens */
};

static struct web_reply get(struct world *w, const char *target)
{
    return site_get(&w->site, w->editor, target);
}

static struct web_reply post(struct world *w, const char *target, const char *body)
{
    return site_post(&w->site, w->editor, target, body);
}

static bool has(const struct web_reply *r, const char *text)
{
    return strstr(r->body, text) != NULL;
}

/* ---- the county ---- */

static const struct unit_term units[TOWNS] = { SMALL_TOWN("T01", "云岭镇"),
                                               SMALL_TOWN("T02", "白石镇"),
                                               SMALL_TOWN("T03", "南渡镇") };
static const struct account_new people[] = {
    { .code = "zhuanban", .name = "周明", .unit = "QX", .role = "platform", .scope = "" },
    { .code = "jingban", .name = "李青", .unit = "T02", .role = "clerk", .scope = "" },
};
static const struct small county = { .units = units,
                                     .n_units = TOWNS,
                                     .people = people,
                                     .n_people = COUNT(people),
                                     .points = 2,
                                     .owner = "T03",
                                     .year = 2026 };

static double value(const void *arg, size_t unit, size_t point, struct period p)
{
    return point ? 90 : given[unit][period_sub(p) - 1];
}

static struct period quarter_of(int quarter)
{
    return period_of(PERIOD_QUARTER, 2026, quarter);
}

static void compute(struct world *w, int quarter)
{
    small_publish(w->c, quarter_of(quarter));
}

static void world_open(struct world *w, struct county *c)
{
    const struct route_table tables[] = { { warning_routes, warning_routes_n },
                                          { rule_routes, rule_routes_n } };
    *w = (struct world){ .c = c, .a = arena_new() };
    small_open(c, &county, w->a);
    for (int q = 1; q <= QUARTERS; q++)
        small_values(c, &county, &(struct small_values){ quarter_of(q), 1, TOWNS, value, NULL },
                     w->a);
    site_open(&w->site, c, w->a, tables, COUNT(tables), NULL);
    w->editor = site_token(&w->site, "zhuanban");
    w->clerk = site_token(&w->site, "jingban");
}

static void world_done(struct world *w)
{
    site_done(&w->site);
    arena_free(w->a);
}

/* "采购合同未按期公告", yellow below 88, red below 72, over at 90. */
#define FORM                                                                                   \
    "name=%E9%87%87%E8%B4%AD%E5%90%88%E5%90%8C%E6%9C%AA%E6%8C%89%E6%9C%9F%E5%85%AC%E5%91%8A"   \
    "&target=A1&op=below&red=72&recover=90&for_periods=1&recover_periods=1&advice=&why=first"

/* ---- tests ---- */

static void a_rule_is_tried_saved_and_judged(struct county *c)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    struct web_reply r = get(&w, "/rule");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "还没有规则");
    CHECK_STATUS(get(&w, "/rule/new"), 200);

    /* Nothing computed: nothing to try it on; what was typed stays. */
    r = post(&w, "/rule", FORM "&code=R1&yellow=88&state=draft&act=try");
    CHECK_STATUS(r, 400);
    CHECK_HAS(r, "没有数据可以试算");
    CHECK_HAS(r, "value=\"88\"");
    for (int q = 1; q <= QUARTERS; q++)
        compute(&w, q);

    /* T02 fired in the first quarter, T01 in the second and got worse. Nothing is kept. */
    r = post(&w, "/rule", FORM "&code=R1&yellow=88&state=draft&act=try");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "会发出2项，涉及2个单位");
    CHECK_HAS(r, "现行规则同期发出0项");
    CHECK_STATUS(get(&w, "/rule/R1"), 404);

    r = post(&w, "/rule", FORM "&code=R1&yellow=88&state=live&act=save");
    CHECK(r.status == 303 || r.status == 201);
    CHECK_STR(r.location, "/rule/R1");
    r = get(&w, "/rule/R1");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "采购合同按期公告率：低于88%即黄，72%即红。");
    CHECK_HAS(r, "周明");
    CHECK_STATUS(post(&w, "/rule", FORM "&code=R1&yellow=88&state=live&act=save"), 409);

    for (int q = 1; q <= QUARTERS; q++)
        compute(&w, q);
    r = get(&w, "/warning?period=2026Q2");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "现有2项");
    r = get(&w, "/warning");
    CHECK_HAS(r, "现有1项");
    CHECK_HAS(r, "云岭镇");
    CHECK_HAS(r, "低于72%即红；本期70.0%");
    CHECK_HAS(r, "四季度达到90%以上，连续1期");
    r = get(&w, "/warning?state=resolved&sort=unit");
    CHECK_HAS(r, "白石镇");
    r = get(&w, "/warning?colour=y");
    CHECK_HAS(r, "没有符合条件的预警");
    r = get(&w, "/rule");
    CHECK_HAS(r, "低于88%即黄");

    /* One: its periods, its values, its way out. */
    r = get(&w, "/warning/W-2026Q2-0001");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "现在是70%，界线72%");
    CHECK_HAS(r, "/value/T01/P1/2026Q3");
    CHECK_HAS(r, "在南渡镇手里");
    r = get(&w, "/warning/W-2026Q1-0001");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "已消除");
    CHECK_STATUS(get(&w, "/warning/W-2026Q1-0009"), 404);
}
T_COUNTY(a_rule_is_tried_saved_and_judged)

static void a_new_version_is_compared_with_the_one_in_force(struct county *c)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    for (int q = 1; q <= QUARTERS; q++)
        compute(&w, q);
    CHECK_STR(post(&w, "/rule", FORM "&code=R1&yellow=88&state=live&act=save").location,
              "/rule/R1");
    struct web_reply r = post(&w, "/rule/R1", FORM "&yellow=89&state=draft&act=try");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "会发出2项");
    CHECK_HAS(r, "现行规则同期发出2项");
    r = post(&w, "/rule/R1", FORM "&yellow=89&state=draft&act=save");
    CHECK_STR(r.location, "/rule/R1");
    r = get(&w, "/rule/R1");
    CHECK_HAS(r, "启用，有未启用的新稿");
    CHECK_HAS(r, "低于88%即黄，72%即红（启用）");
    CHECK_HAS(r, "低于89%即黄，72%即红（起草）");

    /* What is wrong is said at its field, in both forms of the answer. */
    static const struct {
        const char *body, *field;
    } wrong[] = {
        { "name=&target=A1&op=below&yellow=80&state=live&act=save", "#name" },
        { "name=x&target=P9&op=below&yellow=80&state=live&act=save", "#target" },
        { "name=x&target=A1&op=below&yellow=80&red=90&state=live&act=save", "#red" },
        { "name=x&target=A1&op=below&yellow=eighty&state=live&act=save", "#yellow" },
        { "name=x&target=A1&op=below&state=live&act=save", "#yellow" },
        { "name=x&target=A1&op=nearly&yellow=80&state=live&act=save", "#op" },
        { "name=x&target=QX&op=late&yellow=1&state=live&act=save", "#op" },
        { "name=x&target=A1&op=below&yellow=80&for_periods=13&state=live&act=save",
          "#for_periods" },
        { "name=x&target=A1&op=below&yellow=80&state=maybe&act=save", "#state" },
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        r = post(&w, "/rule/R1", wrong[i].body);
        CHECK_STATUS(r, 400);
        CHECK_HAS(r, arena_printf(w.a, "href=\"%s\"", wrong[i].field));
    }
    r = post(&w, "/rule/R1.json", wrong[1].body);
    CHECK_STATUS(r, 400);
    CHECK_STATUS(post(&w, "/rule/R9", FORM "&yellow=80&state=live&act=save"), 404);
}
T_COUNTY(a_new_version_is_compared_with_the_one_in_force)

/* Late is what came after its due day; a county sets the days, and a correction changes nothing
 * about when a value came. */
static enum rc five_more_days(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    return setting_set(tx, w->c,
                       setting_find(monitor_settings, monitor_settings_n, "due.quarter"), "15",
                       "zhuanban", e);
}

static void late_is_after_the_due_day(struct county *c)
{
    static const struct {
        int month, day; /* the clock stands in September */
    } sent[] = { { 10, 10 }, { 10, 12 } };
    static const char form[] = "name=late&code=L1&target=P1&op=late&yellow=1&for_periods=1"
                               "&recover_periods=1&advice=&why=x&state=live&act=";
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    world_open(&w, c); /* the first three quarters' values, all on 2026-09-30 */
    for (size_t i = 0; i < COUNT(sent); i++) {
        CHECK_OK(county_set_clock(c, day_start(day_of(2026, sent[i].month, sent[i].day)), &e));
        compute(&w, 3 - (int)i);
    }
    /* Q2 came on 30 September, 82 days after 10 July; Q3 before its time was over. */
    struct web_reply r = post(&w, "/rule", arena_printf(w.a, "%stry", form));
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "会发出3项，涉及3个单位");
    CHECK_STR(post(&w, "/rule", arena_printf(w.a, "%ssave", form)).location, "/rule/L1");
    compute(&w, 2);
    r = get(&w, "/warning?period=2026Q2");
    CHECK_HAS(r, "现有3项");
    CHECK_HAS(r, "有数值逾期即黄；1个数值逾期");
    CHECK_HAS(r, "三季度数值按期报齐");
    compute(&w, 3);
    r = get(&w, "/warning?period=2026Q3&state=resolved");
    CHECK_HAS(r, "云岭镇");

    /* Not yet due is not late and not missing; after the due day it is both. */
    const struct period last = quarter_of(4);
    for (int after = 0; after < 2; after++) {
        struct panel *p;
        CLEANUP(db_read_end) const struct snap *s = NULL;
        CHECK_OK(county_set_clock(c, day_start(day_of(2027, 1, after ? 11 : 10)), &e));
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(panel_build(s, NULL, last, county_now(c), w.a, &p, &e));
        CHECK_INT(p->n_missing[MISSING_LATE], after ? 6 : 0);
        CHECK_INT(p->n_missing[MISSING_NOTDUE], after ? 0 : 6);
        CHECK_INT(p->n_due, after ? 6 : 0);
    }
    CHECK_OK(db_transact(c->db, five_more_days, &w, &e));
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct panel *p;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(panel_build(s, NULL, last, county_now(c), w.a, &p, &e));
    CHECK_INT(p->n_missing[MISSING_LATE], 0);
}
T_COUNTY(late_is_after_the_due_day)

static enum rc let_all_burn(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    return setting_set(tx, w->c, &rule_settings[SET_RULE_LOAD], "100", "zhuanban", e);
}

/* A rule that burns nearly everywhere tells nobody anything. */
static void what_burns_everywhere_does_not_go_live(struct county *c)
{
    static const char form[] = "name=all&code=A9&target=A1&op=below&yellow=96&for_periods=1"
                               "&recover_periods=1&advice=&why=x&send=at_once";
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    world_open(&w, c);
    /* Nothing computed, nothing to try it on. */
    CHECK_STR(post(&w, "/rule", arena_printf(w.a, "%s&state=draft&act=save", form)).location,
              "/rule/A9");
    for (int q = 1; q <= QUARTERS; q++)
        compute(&w, q);
    struct web_reply r = post(&w, "/rule/A9", arena_printf(w.a, "%s&state=live&act=try", form));
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "超过上限，不能启用");
    r = post(&w, "/rule/A9", arena_printf(w.a, "%s&state=live&act=save", form));
    CHECK_STATUS(r, 400);
    CHECK_HAS(r, "看了9个单位·期，亮9项，每100个单位每期100项，超过上限50项");
    r = post(&w, "/rule/A9.json", arena_printf(w.a, "%s&state=live&act=save", form));
    CHECK_STATUS(r, 409);
    r = get(&w, "/rule/A9");
    CHECK_HAS(r, "起草");
    CHECK_HAS(r, "即时发出");
    CHECK_OK(db_transact(c->db, let_all_burn, &w, &e));
    CHECK_STR(post(&w, "/rule/A9", arena_printf(w.a, "%s&state=live&act=save", form)).location,
              "/rule/A9");
    /* What is in force already is not tried again. */
    CHECK_STATUS(post(&w, "/rule/A9", arena_printf(w.a, "%s&state=off&act=save", form)), 303);
}
T_COUNTY(what_burns_everywhere_does_not_go_live)

static void scope_and_roles_hold(struct county *c)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, c);
    CHECK_STR(post(&w, "/rule", FORM "&code=R1&yellow=88&state=live&act=save").location,
              "/rule/R1");
    compute(&w, 1);
    compute(&w, 2);
    struct web_reply r = site_get(&w.site, w.clerk, "/warning");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "现有1项");
    CHECK(has(&r, "白石镇") && !has(&r, "云岭镇"));
    CHECK_STATUS(site_get(&w.site, w.clerk, "/warning/W-2026Q1-0001"), 200);
    CHECK_STATUS(site_get(&w.site, w.clerk, "/warning/W-2026Q2-0001"), 403);
    r = site_get(&w.site, w.clerk, "/rule/R1");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, "现有1项");
    CHECK(!has(&r, "<textarea"));
    CHECK_STATUS(site_get(&w.site, w.clerk, "/rule/new"), 403);
    CHECK_STATUS(site_post(&w.site, w.clerk, "/rule/R1", FORM "&yellow=80&state=off&act=save"),
                 403);
}
T_COUNTY(scope_and_roles_hold)

T_MAIN(T_COUNTY_CASES("what burns everywhere does not go live",
                      what_burns_everywhere_does_not_go_live),
       T_COUNTY_CASES("a rule is tried, saved and judged", a_rule_is_tried_saved_and_judged),
       T_COUNTY_CASES("a new version is compared with the one in force",
                      a_new_version_is_compared_with_the_one_in_force),
       T_COUNTY_CASES("late is after the due day, which the county sets",
                      late_is_after_the_due_day),
       T_COUNTY_CASES("scope and roles hold", scope_and_roles_hold))
