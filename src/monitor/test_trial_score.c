/* 试评 by its page: it says what a computation would say, keeps nothing, and nobody else sees
 * it. */
#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/compute.h"
#include "monitor/import.sql.h"
#include "monitor/panel.h"
#include "monitor/publication.h"
#include "monitor/report_page.h"
#include "monitor/scheme_import.h"
#include "monitor/trial_score_page.h"
#include "monitor/value.sql.h"
#include "people/test_site.h"
#include "store/journal.h"
#include "store/test_whole.h"
#include "warn/rule.h"

#include <math.h>
#include <string.h>

enum { TOWNS = 3, QUARTERS = 3, PEOPLE = 3 };
/* P1 of each town and quarter; P2 is always 90. */
static const double given[TOWNS][QUARTERS] = { { 95, 86, 70 }, { 60, 60, 95 }, { 90, 90, 90 } };

struct world {
    struct t_county *t;
    struct county *c;
    struct arena *a;
    struct site site;
    const char *clerk, *other, *desk; /* tokens: of T01, of T02, of the platform */
    struct period period;             /* whose values are written */
    int64_t version;                  /* of values */
    double mine;                      /* P1 of T01, unless NaN */
};

static enum rc make_people(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    static const struct unit_term terms[] = {
        { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" },
        { .code = "T01", .parent = "QX", .name = "云岭镇", .kind = "town", .peer_group = "镇" },
        { .code = "T02", .parent = "QX", .name = "白石镇", .kind = "town", .peer_group = "镇" },
        { .code = "T03", .parent = "QX", .name = "南渡镇", .kind = "town", .peer_group = "镇" },
    };
    static const struct account_new people[PEOPLE] = {
        { .code = "jingban", .name = "李青", .unit = "T01", .role = "clerk", .scope = "" },
        { .code = "lingren", .name = "王桐", .unit = "T02", .role = "clerk", .scope = "" },
        { .code = "zhuanban", .name = "周明", .unit = "QX", .role = "platform", .scope = "" },
    };
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 0, "", e);
    if (rc == RC_OK)
        rc = site_people(tx, w->c, people, PEOPLE, w->a, e);
    return rc;
}

/* Two points, an indicator each; A2 is ranked, so that others' values count; R1 looks at A1. */
static enum rc make_scheme(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
#define POINT(c, i, n)                                                                         \
    {                                                                                          \
        .code = (c), .indicator = (i), .name = (n), .owner = "T03", .unit_of_measure = "%",    \
        .peer_group = "", .legal_basis = "条例", .purpose = "监测", .retention = "5年",        \
        .contact = "8201", .frequency = PERIOD_QUARTER, .direction = 1                         \
    }
    static const struct point points[] = { POINT("P1", "A1", "合同按期公告率"),
                                           POINT("P2", "A2", "投诉办结率") };
#define NODE(c, up, n, l, t, s)                                                                \
    {                                                                                          \
        .code = (c), .parent = (up), .name = (n), .level = (l), .type = (t), .direction = 1,   \
        .weight = 1, .unit_of_measure = "%", .target = __builtin_nan(""), .denominator = "",   \
        .owner = "", .frequency = "", .formula = "", .peer_group = "", .scoring = (s),         \
        .veto = "", .standard = "", .source = "", .tags = ""                                   \
    }
    static const struct scheme_node nodes[] = {
        NODE("QX", "", "指数", 2, "Aggregate", ""),
        NODE("A1", "QX", "采购合同按期公告率", 1, "Indicator", ""),
        NODE("A2", "QX", "投诉按期办结率", 1, "Indicator", ""),
    };
    struct scheme s = { .name = "方案",
                        .note = "",
                        .config =
                            "{\"normalise\":{\"method\":\"goalposts\",\"l\":0,\"u\":100}}",
                        .sheet_map = "",
                        .nodes = nodes,
                        .n = COUNT(nodes) };
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
    int version;
    enum rc rc = points_write(tx, w->c, points, COUNT(points), "", &changed, e);
    if (rc == RC_OK)
        rc = scheme_write(tx, w->c, &s, (struct id){ 0 }, "", &version, e);
    if (rc == RC_OK)
        rc = scheme_adopt(tx, w->c, version, period_of(PERIOD_QUARTER, 2026, 1),
                          (struct id){ 0 }, "", e);
    return rc == RC_OK ? rules_write(tx, w->c, &rule, 1, (struct id){ 0 }, "", &changed, e)
                       : rc;
}

/* Values as an import would leave them. */
static enum rc put_values(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct units *us;
    const struct point *points;
    size_t n;
    struct import_insert_row made;
    uint8_t digest[HASH_SIZE] = { 1 };
    int q = period_sub(w->period);
    enum rc rc = units_load(tx_snap(tx), county_today(w->c), w->a, &us, e);
    if (rc == RC_OK)
        rc = points_load(tx_snap(tx), NULL, w->a, &points, &n, e);
    if (rc == RC_OK)
        rc = import_insert_one(
            tx, arena_printf(w->a, "I-%05d%lld", q, (long long)w->version), "values", "loading",
            "v.csv", (struct bytes){ digest, sizeof(digest) }, (struct id){ 0 },
            (struct id){ 0 }, w->period, 6, 6, 0, 0, 0, county_now(w->c), w->a, &made, e);
    for (size_t i = 0; i < TOWNS * 2 && rc == RC_OK; i++) {
        const struct unit *u = units_find(us, arena_printf(w->a, "T0%zu", i / 2 + 1));
        double v = i % 2 ? 90 : given[i / 2][q - 1];
        if (i == 0 && !isnan(w->mine))
            v = w->mine;
        rc = value_insert(tx, u->id, points[i % 2].id, w->period, w->version, v, "", "",
                          made.id, (int64_t)i + 2, "", (int64_t)i, NULL, e);
    }
    return rc == RC_OK
               ? import_done(tx, county_now(w->c), (struct bytes){ digest, sizeof(digest) },
                             (struct id){ 1 }, made.id, NULL, e)
               : rc;
}

static void compute(struct world *w, int quarter)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct compute_result r;
    w->period = period_of(PERIOD_QUARTER, 2026, quarter);
    CHECK_OK(compute_period(w->c, w->period, "", NULL, NULL, &r, &e));
    CHECK_OK(publication_publish(w->c, w->period, "", &e));
}

static void world_open(struct world *w, struct t_county *t)
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct route_table tables[] = { { trial_score_routes, trial_score_routes_n },
                                          { report_routes, report_routes_n } };
    *w = (struct world){ .t = t, .c = t->c, .a = arena_new(), .version = 1, .mine = NAN };
    CHECK_OK(db_transact(w->c->db, make_people, w, &e));
    CHECK_OK(db_transact(w->c->db, make_scheme, w, &e));
    for (int q = 1; q <= QUARTERS; q++) {
        w->period = period_of(PERIOD_QUARTER, 2026, q);
        CHECK_OK(db_transact(w->c->db, put_values, w, &e));
    }
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
    w.version = 2;
    w.mine = 95;
    w.period = period_of(PERIOD_QUARTER, 2026, 3);
    CHECK_OK(db_transact(w.c->db, put_values, &w, &e));
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
