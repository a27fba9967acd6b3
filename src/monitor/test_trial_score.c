/* 试评 by its page: it says what a computation would say, keeps nothing, and nobody else sees
 * it. */
#include "base/period.h"
#include "base/str.h"
#include "monitor/report_page.h"
#include "monitor/test_small.h"
#include "monitor/trial_score_page.h"
#include "store/journal.h"
#include "store/test_whole.h"
#include "warn/rule.h"

#include <math.h>
#include <string.h>

enum { TOWNS = 3, QUARTERS = 3 };
/* P1 of each town and quarter; P2 is always 90. */
static const double given[TOWNS][QUARTERS] = { { 95, 86, 70 }, { 60, 60, 95 }, { 90, 90, 90 } };

struct world {
    struct t_county *t;
    struct county *c;
    struct arena *a;
    struct site site;
    const char *clerk, *other, *desk; /* tokens: of T01, of T02, of the platform */
};

static const struct unit_term units[TOWNS] = { SMALL_TOWN("T01", "云岭镇"),
                                               SMALL_TOWN("T02", "白石镇"),
                                               SMALL_TOWN("T03", "南渡镇") };
static const struct account_new people[] = {
    { .code = "jingban", .name = "李青", .unit = "T01", .role = "clerk", .scope = "" },
    { .code = "lingren", .name = "王桐", .unit = "T02", .role = "clerk", .scope = "" },
    { .code = "zhuanban", .name = "周明", .unit = "QX", .role = "platform", .scope = "" },
};
static const struct small county = { .units = units,
                                     .n_units = TOWNS,
                                     .people = people,
                                     .n_people = COUNT(people),
                                     .points = 2,
                                     .owner = "T03",
                                     .year = 2026 };

static enum rc make_rule(struct tx *tx, void *arg, struct err *e)
{
    const struct world *w = arg;
    const struct rule rule = { .code = "R1",
                               .name = "合同未按期公告",
                               .state = RULE_LIVE,
                               .kind = WARN_INDICATOR,
                               .target = "A1",
                               .when = { .op = RULE_BELOW,
                                         .limit = { NAN, 88, NAN, 72 },
                                         .recover = 90,
                                         .for_periods = 1,
                                         .recover_periods = 1 },
                               .peer_group = "",
                               .advice = "",
                               .send = RULE_REVIEW,
                               .why = "first" };
    size_t changed;
    return rules_write(tx, w->c, &rule, 1, (struct id){ 0 }, "", &changed, e);
}

static double value(const void *arg, size_t unit, size_t point, struct period p)
{
    return point ? 90 : given[unit][period_sub(p) - 1];
}

/* P1 of T01 is 95 after all. */
static double corrected(const void *arg, size_t unit, size_t point, struct period p)
{
    return !point && !unit ? 95 : value(arg, unit, point, p);
}

static struct period quarter_of(int quarter)
{
    return period_of(PERIOD_QUARTER, 2026, quarter);
}

static void compute(struct world *w, int quarter)
{
    small_publish(w->c, quarter_of(quarter));
}

static void world_open(struct world *w, struct t_county *t)
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct route_table tables[] = { { trial_score_routes, trial_score_routes_n },
                                          { report_routes, report_routes_n } };
    *w = (struct world){ .t = t, .c = t->c, .a = arena_new() };
    small_open(w->c, &county, w->a);
    CHECK_OK(db_transact(w->c->db, make_rule, w, &e));
    for (int q = 1; q <= QUARTERS; q++)
        small_values(w->c, &county,
                     &(struct small_values){ quarter_of(q), 1, TOWNS, value, NULL }, w->a);
    site_open(&w->site, w->c, w->a, tables, COUNT(tables), NULL);
    w->clerk = site_token(&w->site, "jingban");
    w->other = site_token(&w->site, "lingren");
    w->desk = site_token(&w->site, "zhuanban");
}

static void world_done(struct world *w)
{
    site_done(&w->site);
    arena_free(w->a);
}

static struct web_reply ask(struct world *w, const char *token, const char *target,
                            const char *body)
{
    return body ? site_post(&w->site, token, target, body) : site_get(&w->site, token, target);
}

#define AT_Q3 "/trial-score/T01?period=2026Q3"

static struct web_reply attempt(struct world *w, const char *body)
{
    return ask(w, w->clerk, AT_Q3, body);
}

static void check(const struct web_reply *r, int status, const char *part)
{
    if (r->status != status)
        t_fail(__FILE__, __LINE__, "status %d, not %d", r->status, status);
    const char *main = strstr(r->body, "<h1>");
    CHECK_PART(main ? main : r->body, part);
}

/* ---- tests ---- */

static void it_says_what_a_computation_would_say(struct t_county *t)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    world_open(&w, t);
    struct web_reply r = attempt(&w, NULL);
    check(&r, 200, "没有可以试的"); /* nothing is computed */
    r = attempt(&w, "v.P1.2026Q3=1");
    check(&r, 200, "没有可以试的");
    for (int q = 1; q <= QUARTERS; q++)
        compute(&w, q);
    r = attempt(&w, NULL);
    check(&r, 200, "现在80.0分");
    CHECK_PART(r.body, "v.P1.2026Q3");
    CHECK(!strstr(r.body, "data-draft")); /* nor does the browser keep it */

    /* 70 was red; 95 has no lamp: (95 + 90) / 2. */
    r = attempt(&w, "v.P1.2026Q3=95&v.P2.2026Q3=");
    check(&r, 200, "92.5分");
    CHECK_PART(r.body, "试评，不保存");
    CHECK_PART(r.body, "不会亮灯");
    CHECK_PART(r.body, "按您填的数就没有了的");
    CHECK_PART(r.body, "改了1个数");
    /* Two typed: below 72 stays red, and how it would stand is said. */
    r = attempt(&w, "v.P1.2026Q3=60&v.P2.2026Q3=80");
    check(&r, 200, "70.0分");
    CHECK_PART(r.body, "会有1盏灯");
    CHECK_PART(r.body, "低于72%即红");
    CHECK_PART(r.body, "改了2个数");
    /* 80: the value is between the limits, but a colour falls only after it has stayed so. */
    r = attempt(&w, "v.P1.2026Q3=80");
    check(&r, 200, "85.0分");
    CHECK_PART(r.body, "会有1盏灯");
    /* No value: the index goes, since half is too little. */
    r = attempt(&w, "v.P1.2026Q3=%E6%97%A0");
    check(&r, 200, "报来的数太少");
    /* The same values change nothing. */
    r = attempt(&w, "v.P1.2026Q3=70");
    check(&r, 200, "改了0个数");
    CHECK_PART(r.body, "各项得分都没有变");

    /* And so it comes when the value really comes. */
    CHECK_OK(county_set_clock(w.c, (struct utime){ (int64_t)(T_NOW_S + 3600) * 1000000 }, &e));
    small_values(w.c, &county,
                 &(struct small_values){ quarter_of(3), 2, TOWNS, corrected, NULL }, w.a);
    r = attempt(&w, NULL);
    check(&r, 200, "现在80.0分"); /* the published one goes by what was known then */
    compute(&w, 3);
    r = attempt(&w, NULL);
    check(&r, 200, "现在92.5分");
}
T_COUNTY_IN(it_says_what_a_computation_would_say)

static void nothing_is_kept(struct t_county *t)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    world_open(&w, t);
    for (int q = 1; q <= QUARTERS; q++)
        compute(&w, q);
    (void)attempt(&w, NULL); /* that the token was used, is kept once a minute */
    CHECK_OK(county_seal_now(w.c, &e));
    CHECK_OK(journal_flush(w.c, &e));
    const char *before = t_whole(t, w.a);
    static const char *const bodies[] = {
        "v.P1.2026Q3=95",
        "v.P1.2026Q3=31.415926&v.P2.2026Q3=27.18281&request_id=abcdefgh12345678",
        "v.P1.2026Q3=31.415926&request_id=abcdefgh12345678", /* the name again, another body */
        "v.P1.2026Q3=secretword",
        "v.P9.2026Q3=5&v.P1.1999Q1=5&x=y",
    };
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct web_reply r = attempt(&w, bodies[i]);
        CHECK(r.status == 200 || r.status == 400);
        CHECK_STR(r.cookies, "");
    }
    CHECK_OK(journal_flush(w.c, &e));
    CHECK_OK(county_seal_now(w.c, &e));
    CHECK_STR(t_whole_new(before, t_whole(t, w.a), w.a), "");
    /* The test sees what is kept: a report that is read is in the journal. */
    CHECK_INT(ask(&w, w.clerk, "/report/T01/2026Q3", NULL).status, 200);
    CHECK_OK(journal_flush(w.c, &e));
    CHECK_PART(t_whole_new(before, t_whole(t, w.a), w.a), "table read_journal ");
    /* Nothing stays in memory either: the next one begins from what is published. */
    struct web_reply r = attempt(&w, NULL);
    check(&r, 200, "现在80.0分");
    CHECK(!strstr(r.body, "31.4"));
    r = ask(&w, w.other, "/trial-score/T02?period=2026Q3", NULL);
    check(&r, 200, "现在92.5分");
    for (size_t i = 0; i < trial_score_routes_n; i++)
        CHECK(trial_score_routes[i].quiet && !trial_score_routes[i].journal);
}
T_COUNTY_IN(nothing_is_kept)

static void nobody_else_asks_and_what_is_wrong_is_said_at_its_field(struct t_county *t)
{
    CLEANUP(world_done) struct world w;
    world_open(&w, t);
    for (int q = 1; q <= QUARTERS; q++)
        compute(&w, q);
    CHECK_INT(ask(&w, w.other, AT_Q3, "v.P1.2026Q3=95").status, 403);
    CHECK_INT(ask(&w, w.other, AT_Q3, NULL).status, 403);
    CHECK_INT(ask(&w, w.desk, AT_Q3, NULL).status, 403);
    CHECK_INT(ask(&w, w.clerk, "/trial-score/T99", NULL).status, 404);
    CHECK_INT(ask(&w, w.clerk, "/trial-score/T01?period=2026X", NULL).status, 400);
    static const char *const wrong[] = {
        "abc",   "1e999", "--1",
        "12%25", "0x10",  "99999999999999999999999999999999999999999999999"
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct web_reply r = attempt(&w, arena_printf(w.a, "v.P1.2026Q3=%s", wrong[i]));
        check(&r, 400, "应为数字，或写“无”");
        CHECK_PART(r.body, "有的格子不是数字");
    }
    struct web_reply r = attempt(&w, "v.P1.2026Q3=abc&v.P2.2026Q3=77");
    check(&r, 400, "value=\"77\"");    /* nothing is lost */
    r = attempt(&w, "v.P1.2026Q3=-5"); /* a number is a number: the goalposts hold it */
    check(&r, 200, "45.0分");
}
T_COUNTY_IN(nobody_else_asks_and_what_is_wrong_is_said_at_its_field)

T_MAIN(T_COUNTY_CASES("it says what a computation would say",
                      it_says_what_a_computation_would_say),
       T_COUNTY_CASES("nothing is kept", nothing_is_kept),
       T_COUNTY_CASES("nobody else asks, and what is wrong is said at its field",
                      nobody_else_asks_and_what_is_wrong_is_said_at_its_field))
