/* Warnings in people's hands: from the computation that fires to the one that clears, and back;
 * who may do what; what the program does by figures and never otherwise. */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/calendar.h"
#include "flow/inbox.h"
#include "flow/matter.sql.h"
#include "monitor/compute.h"
#include "monitor/export.h"
#include "monitor/overview_page.h"
#include "monitor/report_page.h"
#include "monitor/rule_page.h"
#include "monitor/rule_quality.h"
#include "monitor/test_small.h"
#include "monitor/wall_page.h"
#include "monitor/warning_kind.h"
#include "monitor/warning_lamp.h"
#include "monitor/warning_matter.h"
#include "monitor/warning_page.h"
#include "people/account.sql.h"
#include "warn/rule.h"

#include <math.h>
#include <string.h>

enum { TOWNS = 2, QUARTERS = 4 };

/* By town and quarter. A warning is yellow below 88, orange below 80, red below 72, over at 90.
 */
static const double given[TOWNS][QUARTERS] = { { 95, 86, 70, 95 }, { 60, 60, 95, 60 } };

enum someone { DESK1, DESK2, DESK3, TOWN1, TOWN2, TRADE, GROUP, PEOPLE };
static const struct account_new accounts[PEOPLE] = {
    { .code = "zhuan1", .name = "周明", .unit = "QX", .role = "platform", .scope = "" },
    { .code = "zhuan2", .name = "许宁", .unit = "QX", .role = "platform", .scope = "" },
    { .code = "zhuan3", .name = "何安", .unit = "QX", .role = "platform", .scope = "" },
    { .code = "t01a", .name = "李青", .unit = "T01", .role = "clerk", .scope = "" },
    { .code = "t02a", .name = "赵岚", .unit = "T02", .role = "clerk", .scope = "" },
    { .code = "sw1", .name = "王桐", .unit = "SW", .role = "supplier", .scope = "" },
    { .code = "zu1", .name = "沈言", .unit = "ZU", .role = "group", .scope = "T01|T02" },
};

struct world {
    struct county *c;
    struct arena *a;
    const struct units *units;
    struct person people[PEOPLE];
    const char *from_state;
    struct rule rule;
};

static const struct unit_term units[] = {
    SMALL_TOWN("T01", "云岭镇"),
    SMALL_TOWN("T02", "白石镇"),
    { .code = "SW", .parent = "QX", .name = "商务局", .kind = "dept", .peer_group = "" },
    { .code = "ZU", .parent = "QX", .name = "派驻一组", .kind = "group", .peer_group = "" },
};
static const struct small county = { .units = units,
                                     .n_units = COUNT(units),
                                     .people = accounts,
                                     .n_people = PEOPLE,
                                     .points = 1,
                                     .owner = "SW",
                                     .year = 2027 };

static enum rc make_calendar(struct tx *tx, void *arg, struct err *e)
{
    const struct world *w = arg;
    static const int years[] = { 2027, 2028 };
    struct calendar_year cal[COUNT(years)];
    for (size_t i = 0; i < COUNT(years); i++)
        cal[i] = (struct calendar_year){ .year = years[i], .source = "试验" };
    return calendar_write(tx, w->c, cal, COUNT(cal), "", NULL, e);
}

static enum rc put_rule(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    size_t written;
    return rules_write(tx, w->c, &w->rule, 1, (struct id){ 0 }, "", &written, e);
}

/* Of limits NaN is no colour. */
static void rule_with(struct world *w, const char *code, const char *name, double yellow,
                      double orange, double red, enum rule_state state, enum rule_send send)
{
    CLEANUP(err_done) struct err e = { 0 };
    w->rule = (struct rule){ .code = code,
                             .name = name,
                             .state = state,
                             .kind = WARN_INDICATOR,
                             .target = "A1",
                             .when = { .op = RULE_BELOW,
                                       .limit = { NAN, yellow, orange, red },
                                       .recover = 90,
                                       .for_periods = 1,
                                       .recover_periods = 1 },
                             .peer_group = "",
                             .advice = "逾期合同补公告",
                             .send = send,
                             .why = "" };
    CHECK_OK(db_transact(w->c->db, put_rule, w, &e));
}

static void rule_is(struct world *w, enum rule_state state, enum rule_send send)
{
    rule_with(w, "R1", "采购合同未按期公告", 88, 80, 72, state, send);
}

static double value(const void *arg, size_t unit, size_t point, struct period p)
{
    const double *correction = arg;
    return correction && unit == 1 ? *correction : given[unit][period_sub(p) - 1];
}

/* Values of a quarter; as a later version T02's is another. */
static void values(struct world *w, int q, int64_t version, double correction)
{
    small_values(w->c, &county,
                 &(struct small_values){ period_of(PERIOD_QUARTER, 2027, q), version, TOWNS,
                                         value, version > 1 ? &correction : NULL },
                 w->a);
}

/* The day of the computation of a quarter: the 20th of the month after it. */
static void day_after(struct world *w, int q)
{
    struct utime t = day_start(day_of(q == 4 ? 2028 : 2027, q == 4 ? 1 : q * 3 + 1, 20));
    t.us += INT64_C(10) * 3600 * 1000000;
    CHECK(clock_set(&w->c->clock, t));
}

static void compute(struct world *w, int q)
{
    small_publish(w->c, period_of(PERIOD_QUARTER, 2027, q));
}

static void people_again(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(units_load(s, county_today(w->c), w->a, &w->units, &e));
    for (size_t i = 0; i < PEOPLE; i++) {
        struct account_of_code_row row;
        CHECK_OK(account_of_code_one(s, accounts[i].code, w->a, &row, &e));
        CHECK_OK(
            person_load(s, row.id, county_today(w->c), ~UINT64_C(0), w->a, &w->people[i], &e));
    }
}

static void world_open(struct world *w, struct county *c, enum rule_send send)
{
    static const struct flow_kind *const kinds[] = { &warning_flow_kind };
    CLEANUP(err_done) struct err e = { 0 };
    *w = (struct world){ .c = c, .a = arena_new() };
    CHECK(clock_set(&c->clock, day_start(day_of(2027, 4, 2))));
    flow_use(c, kinds, COUNT(kinds));
    small_open(c, &county, w->a);
    CHECK_OK(db_transact(c->db, make_calendar, w, &e));
    rule_is(w, RULE_LIVE, send);
    for (int q = 1; q <= QUARTERS; q++)
        values(w, q, 1, 0);
    people_again(w);
}

static void world_done(struct world *w)
{
    arena_free(w->a);
}

static struct flow_who who(struct world *w, enum someone p)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who r = { 0 };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(flow_who_load(s, w->c, &w->people[p], w->units, w->a, &r, &e));
    return r;
}

struct doing {
    struct world *w;
    struct flow_who who;
    const char *matter, *verb, *unit;
    const struct flow_given *given;
    size_t n;
};

static enum rc do_move(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    struct flow_done done;
    return flow_move(tx, d->w->c, &d->who,
                     &(struct flow_act){ .matter = d->matter,
                                         .verb = d->verb,
                                         .version = -1,
                                         .given = d->given,
                                         .n_given = d->n },
                     d->w->a, &done, e);
}

/* given: "field=value;field=value". */
static enum rc move(struct world *w, enum someone p, const char *matter, const char *verb,
                    const char *fields, struct err *e)
{
    struct doing d = { .w = w, .who = who(w, p), .matter = matter, .verb = verb };
    char **part = fields ? str_split(w->a, fields, ';', &d.n) : NULL;
    struct flow_given *g = arena_array(w->a, d.n, sizeof(*g));
    for (size_t i = 0; i < d.n; i++) {
        char *eq = strchr(part[i], '=');
        g[i] =
            (struct flow_given){ arena_strndup(w->a, part[i], (size_t)(eq - part[i])), eq + 1 };
    }
    d.given = g;
    return db_transact(w->c->db, do_move, &d, e);
}

static void moved(struct world *w, enum someone p, const char *matter, const char *verb,
                  const char *fields)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(move(w, p, matter, verb, fields, &e));
}

static void refused(struct world *w, enum someone p, const char *matter, const char *verb,
                    const char *fields, enum rc rc, const char *words)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_INT(move(w, p, matter, verb, fields, &e), rc);
    CHECK_PART(err_both(&e, w->a), words);
}

static enum rc do_hand(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    struct flow_done done;
    return flow_hand_over(tx, d->w->c, &d->who, d->matter, d->unit, "", "撤并", d->w->a, &done,
                          e);
}

static struct matter matter(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct matter m = { .state = "" };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(matter_load(s, w->c, code, w->a, &m, &e));
    return m;
}

static void stands(struct world *w, const char *code, const char *state, const char *lamp,
                   const char *judged)
{
    struct matter m = matter(w, code);
    CHECK_STR(m.state, state);
    CHECK_STR(matter_value(&m, "lamp"), lamp);
    CHECK_STR(matter_value(&m, "judged"), judged);
}

static int64_t matters(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    int64_t n = 0;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(flow_rebuild_all(s, w->c, &n, &e));
    return n;
}

/* What the matter says is still wanted, as one text. */
static const char *wanted(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct matter m = matter(w, code);
    struct flow_words words;
    struct str b;
    str_init(&b, w->a);
    CHECK_OK(db_read(w->c->db, &s, &e));
    struct flow_look l = { .c = w->c, .snap = s, .kind = m.kind, .matter = &m, .by = "" };
    CHECK_OK(m.kind->describe(&l, LANG_ZH, w->a, &words, &e));
    for (size_t i = 0; i < words.n_needs; i++)
        str_addf(&b, "%s%s@%s\n", words.needs[i].done ? "+" : "-", words.needs[i].what,
                 words.needs[i].holder ? words.needs[i].holder : "");
    str_addf(&b, "%s", words.answer ? words.answer : "");
    return b.s;
}

static const char PLAN[] = "cause=经办人员调整后没有交接;measure=补公告并指定专人;due=";
static const char RESULT[] = "result=逾期合同全部补公告";

static void planned(struct world *w, enum someone p, const char *code, int days)
{
    char day[PERIOD_TEXT];
    moved(w, p, code, "plan",
          arena_printf(w->a, "%s%s", PLAN, day_code(county_today(w->c) + days, day)));
}

/* ---- tests ---- */

/* Fires red, is handled, does not recover, recovers, comes back. */
static void goes_round(struct county *c)
{
    CLEANUP(world_done) struct world w;
    static const char M[] = "WH-2027-00001";
    world_open(&w, c, RULE_AT_ONCE);
    day_after(&w, 1);
    {
        CLEANUP(err_done) struct err e = { 0 };
        struct compute_result r;
        struct period p = period_of(PERIOD_QUARTER, 2027, 1);
        CHECK_OK(compute_period(c, p, "", NULL, NULL, &r, &e));
        CHECK_INT(matters(&w), 0); /* a draft is in nobody's hands */
    }
    compute(&w, 1);
    CHECK_INT(matters(&w), 1);
    stands(&w, M, "queued", "red", "2027Q1"); /* at once, but red: a person sends it */
    compute(&w, 1);                           /* the same again says nothing new */
    CHECK_INT(matter(&w, M).steps, 1);
    struct matter m = matter(&w, M);
    CHECK_STR(m.title, "白石镇：采购合同未按期公告");
    CHECK_STR(matter_unit(&m), "T02");
    struct flow_who clerk = who(&w, TOWN2), desk = who(&w, DESK1);
    CHECK(!flow_may_see(&clerk, &m) && flow_may_see(&desk, &m));
    CHECK_PART(wanted(&w, M), "-二季度达到90%以上，连续1期；数值2027-07-10前报到@商务局");
    CHECK_PART(wanted(&w, M), "-逾期合同补公告@");
    CHECK_PART(wanted(&w, M), "-由人看过后发出");
    CHECK_PART(wanted(&w, M), "按红色办：低于72%即红；本期60.0%");

    refused(&w, TOWN2, M, "sign", NULL, RC_NOTFOUND, "没有编号");
    refused(&w, GROUP, M, "send", NULL, RC_NOTFOUND, "没有编号");
    refused(&w, DESK1, M, "sign", NULL, RC_CONFLICT, "待发出");
    moved(&w, DESK1, M, "send", "note=请尽快核实");
    refused(&w, DESK1, M, "send", NULL, RC_CONFLICT, "待签收");
    refused(&w, TOWN1, M, "sign", NULL, RC_NOTFOUND, "没有编号");
    refused(&w, TOWN2, M, "sign_alone", NULL, RC_DENIED, "不走");
    /* The competent department first, the discipline organ after it. */
    refused(&w, GROUP, M, "supervise", "view=抓紧办", RC_CONFLICT, "主责部门先办");
    moved(&w, TOWN2, M, "sign", NULL);
    refused(&w, TOWN2, M, "plan", PLAN, RC_CONFLICT, "主责部门处置中");
    refused(&w, GROUP, M, "supervise", "view=抓紧办", RC_CONFLICT, "主责部门先办");
    refused(&w, TOWN2, M, "advise", "advice=情况属实", RC_DENIED, "要由");
    moved(&w, TRADE, M, "take", NULL);
    moved(&w, TRADE, M, "advise", "advice=数值属实，按政府采购法补公告");
    moved(&w, GROUP, M, "supervise", "view=抓紧办");
    CHECK_PART(wanted(&w, M), "+主责部门核实并提处置意见@商务局");
    CHECK_PART(wanted(&w, M), "-定原因、措施和期限，2027-04-27前@白石镇");
    refused(&w, TOWN2, M, "plan", "cause=不清楚原因", RC_INVALID, "措施");
    refused(&w, TOWN2, M, "plan", arena_printf(w.a, "%s2027-04-19", PLAN), RC_INVALID,
            "不能早于");
    planned(&w, TOWN2, M, 30);

    /* Quiet takes two people. */
    refused(&w, DESK1, M, "ask_quiet", "until=2027-05-20", RC_INVALID, "暂缓提醒的理由");
    moved(&w, DESK1, M, "ask_quiet", "until=2027-05-20;quiet_why=设备招标期间没有新合同");
    refused(&w, DESK1, M, "give_quiet", NULL, RC_DENIED, "另一个人");
    refused(&w, TOWN2, M, "give_quiet", NULL, RC_DENIED, "要由");
    moved(&w, DESK2, M, "give_quiet", NULL);
    {
        CLEANUP(err_done) struct err e = { 0 };
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct warning_quiet *q;
        size_t n;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(warning_quiet_list(s, county_today(c), w.a, &q, &n, &e));
        CHECK_INT(n, 1);
        CHECK_STR(q[0].why, "设备招标期间没有新合同");
        CHECK_STR(q[0].asked_by, "周明");
        CHECK_STR(q[0].granted_by, "许宁");
        CHECK_STR(q[0].warning, "W-2027Q1-0001");
        CHECK_OK(warning_quiet_list(s, day_of(2027, 5, 21), w.a, &q, &n, &e));
        CHECK_INT(n, 0);
    }
    moved(&w, TOWN2, M, "fixed", RESULT);
    stands(&w, M, "waiting", "red", "2027Q1");
    refused(&w, TOWN2, M, "recover", NULL, RC_DENIED, "要由");

    day_after(&w, 2);
    compute(&w, 2); /* still 60; and T01 is yellow now: sent at once */
    stands(&w, M, "signed", "red", "2027Q2");
    CHECK_INT(matter(&w, M).returned, 1);
    CHECK_INT(matters(&w), 2);
    stands(&w, "WH-2027-00002", "sent", "yellow", "2027Q2");
    planned(&w, TOWN2, M, 30);
    moved(&w, TOWN2, M, "fixed", RESULT);

    day_after(&w, 3);
    compute(&w, 3);
    stands(&w, M, "closed", "red", "2027Q3");
    compute(&w, 3);
    compute(&w, 2); /* an older period, computed again, wakes nothing */
    CHECK_STR(matter(&w, M).state, "closed");

    day_after(&w, 4);
    compute(&w, 4);
    m = matter(&w, M);
    CHECK_STR(m.state, "resend");
    CHECK_INT(m.reopened, 1);
    CHECK_INT(matters(&w), 2);
    size_t links = 0;
    for (size_t i = 0; i < m.n_links; i++)
        links += str_eq(m.links[i].what, "warning");
    CHECK_INT(links, 2);
    CHECK(flow_may_see(&clerk, &m));
    moved(&w, DESK3, M, "send", NULL);
    moved(&w, TOWN2, M, "sign", NULL); /* the department acts first again */
    CHECK_STR(matter(&w, M).state, "guiding");
    CHECK_INT(matters(&w), 2);
}
T_COUNTY(goes_round)

/* The warning of a town in a quarter: by the rule, and as people handle it. */
static void lamp_is(struct world *w, int q, const char *town, enum warn_colour colour,
                    enum warn_colour lamp)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct warn_view *v;
    size_t n = 0, found = 0;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(warnings_shown(s, period_of(PERIOD_QUARTER, 2027, q), NULL, (struct id){ 0 },
                            LANG_ZH, w->a, &v, &n, &e));
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(units_by_id(w->units, v[i].unit)->name, town))
            continue;
        found++;
        CHECK_INT(v[i].colour, colour);
        CHECK_INT(v[i].lamp, lamp);
        CHECK(warn_view_counts(&v[i]) == (lamp != WARN_NONE));
    }
    CHECK_INT(found, 1);
}

/* Turns red while it is handled; a third person's review takes one colour away. */
static void steps_down(struct county *c)
{
    CLEANUP(world_done) struct world w;
    static const char M[] = "WH-2027-00002";
    world_open(&w, c, RULE_AT_ONCE);
    for (int q = 1; q <= 2; q++) {
        day_after(&w, q);
        compute(&w, q);
    }
    stands(&w, M, "sent", "yellow", "2027Q2");
    moved(&w, TOWN1, M, "sign", NULL);
    moved(&w, TRADE, M, "advise", "advice=数值属实，请补公告");
    planned(&w, TOWN1, M, 150);
    day_after(&w, 3);
    compute(&w, 3);
    stands(&w, M, "resend", "red", "2027Q3");
    moved(&w, DESK1, M, "send", NULL);
    moved(&w, TOWN1, M, "sign_alone", NULL); /* the department has spoken already */
    planned(&w, TOWN1, M, 30);
    moved(&w, TOWN1, M, "ask_review", RESULT);
    refused(&w, TOWN1, M, "pass", "opinion=已经整改", RC_DENIED, "要由");
    refused(&w, GROUP, M, "pass", "opinion=已经整改", RC_DENIED, "要由");
    refused(&w, DESK2, M, "back", "opinion=材料不全", RC_INVALID, "整改期限");
    moved(&w, DESK2, M, "back", "opinion=材料不全;due=2027-11-30");
    CHECK_INT(matter(&w, M).returned, 1);
    moved(&w, TOWN1, M, "ask_review", RESULT);
    refused(&w, DESK2, M, "ease", "lamp=yellow", RC_CONFLICT, "");
    refused(&w, DESK1, M, "pass", "opinion=已经整改", RC_DENIED, "要由"); /* has sent it */
    refused(&w, TRADE, M, "pass", "opinion=已经整改", RC_DENIED, "要由"); /* has advised */
    moved(&w, DESK3, M, "pass", "opinion=抽查合同三份，均已公告");
    stands(&w, M, "waiting", "orange", "2027Q3");
    lamp_is(&w, 3, "云岭镇", WARN_RED, WARN_ORANGE);
    compute(&w, 3); /* the same figures: what was let down stays down */
    stands(&w, M, "waiting", "orange", "2027Q3");
    lamp_is(&w, 3, "云岭镇", WARN_RED, WARN_ORANGE);
    lamp_is(&w, 2, "云岭镇", WARN_YELLOW, WARN_YELLOW); /* of its own time */
    day_after(&w, 4);
    compute(&w, 4);
    CHECK_STR(matter(&w, M).state, "closed");
    CHECK_INT(matters(&w), 2);
}
T_COUNTY(steps_down)

/* Yellow and reviewed is out; the same warning still firing at the next value opens it again.
 */
static void yellow_goes_out(struct county *c)
{
    CLEANUP(world_done) struct world w;
    static const char M[] = "WH-2027-00002";
    world_open(&w, c, RULE_REVIEW);
    for (int q = 1; q <= 2; q++) {
        day_after(&w, q);
        compute(&w, q);
    }
    stands(&w, M, "queued", "yellow", "2027Q2"); /* after review: not by the program */
    moved(&w, DESK1, M, "send", NULL);
    moved(&w, TOWN1, M, "sign", NULL);
    moved(&w, TRADE, M, "advise", "advice=数值属实，请补公告");
    planned(&w, TOWN1, M, 30);
    moved(&w, TOWN1, M, "ask_review", RESULT);
    moved(&w, DESK2, M, "pass", "opinion=抽查属实，同意");
    CHECK_STR(matter(&w, M).state, "passed");
    lamp_is(&w, 2, "云岭镇", WARN_YELLOW, WARN_NONE);
    compute(&w, 2);
    CHECK_STR(matter(&w, M).state, "passed");
    lamp_is(&w, 2, "云岭镇", WARN_YELLOW, WARN_NONE);
    day_after(&w, 3);
    compute(&w, 3);
    stands(&w, M, "resend", "red", "2027Q3");
    lamp_is(&w, 3, "云岭镇", WARN_RED, WARN_RED);
    CHECK_INT(matter(&w, M).reopened, 1);
    matters(&w);
}
T_COUNTY(yellow_goes_out)

/* Dismissed by somebody who had no hand in it; stays so while nothing gets worse. Corrected
 * values, a rule out of force. */
static void ends_otherwise(struct county *c)
{
    CLEANUP(world_done) struct world w;
    static const char M[] = "WH-2027-00001";
    world_open(&w, c, RULE_REVIEW);
    day_after(&w, 1);
    compute(&w, 1);
    refused(&w, DESK1, M, "exclude", "ground=none;why=没有理由", RC_INVALID, "没有「none」");
    refused(&w, DESK1, M, "exclude", "ground=false", RC_INVALID, "理由");
    moved(&w, DESK1, M, "send", NULL);
    refused(&w, DESK1, M, "exclude", "ground=false;why=口径不同", RC_DENIED, "要由");
    refused(&w, TOWN2, M, "exclude", "ground=false;why=口径不同", RC_DENIED, "要由");
    moved(&w, DESK2, M, "exclude", "ground=false;why=口径不同，规则判错");
    day_after(&w, 2);
    lamp_is(&w, 1, "白石镇", WARN_RED, WARN_NONE);
    compute(&w, 2); /* the same occurrence, no worse */
    CHECK_STR(matter(&w, M).state, "excluded");
    lamp_is(&w, 2, "白石镇", WARN_RED, WARN_NONE);
    CHECK_STR(matter(&w, "WH-2027-00002").state, "queued");

    /* By the corrected value T02 was never below the line in the first quarter … */
    values(&w, 2, 2, 95);
    compute(&w, 2);
    CHECK_STR(matter(&w, M).state, "excluded"); /* it has ended already */
    values(&w, 2, 3, 60);
    compute(&w, 2);

    rule_is(&w, RULE_OFF, RULE_REVIEW);
    day_after(&w, 3);
    compute(&w, 3);
    stands(&w, "WH-2027-00002", "excluded", "yellow", "2027Q3");
    matters(&w);
}
T_COUNTY(ends_otherwise)

static void a_correction_takes_it_back(struct county *c)
{
    CLEANUP(world_done) struct world w;
    static const char M[] = "WH-2027-00001";
    world_open(&w, c, RULE_REVIEW);
    day_after(&w, 1);
    compute(&w, 1);
    moved(&w, DESK1, M, "send", NULL);
    values(&w, 1, 2, 99);
    compute(&w, 1);
    CHECK_STR(matter(&w, M).state, "excluded");
    CHECK_STR(matter(&w, M).last_verb, "correct");
    matters(&w);
}
T_COUNTY(a_correction_takes_it_back)

/* ---- one indicator, two rules ---- */

/* The matter's verbs from a step on, with spaces between. */
static const char *story(struct world *w, const char *code, int64_t from)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct matter_steps_row *rows;
    struct str b;
    size_t n = 0;
    str_init(&b, w->a);
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(matter_steps_all(s, code, w->a, &rows, &n, &e));
    for (size_t i = 0; i < n; i++)
        if (rows[i].number >= from)
            str_addf(&b, "%s%s", b.n ? " " : "", rows[i].verb);
    return b.s;
}

static bool knows(struct world *w, const char *code, const char *what, const char *of)
{
    struct matter m = matter(w, code);
    for (size_t i = 0; i < m.n_links; i++)
        if (str_eq(m.links[i].what, what) && str_eq(m.links[i].code, of))
            return true;
    return false;
}

/* A higher colour of the same indicator takes over the matter of the lower one, and gives it
 * back: one matter the whole way, which says so. */
static void colours_merge(struct county *c)
{
    CLEANUP(world_done) struct world w;
    static const char T2[] = "WH-2027-00001", T1[] = "WH-2027-00002";
    world_open(&w, c, RULE_AT_ONCE);
    rule_with(&w, "R1", "合同未按期公告", 88, NAN, NAN, RULE_LIVE, RULE_AT_ONCE);
    rule_with(&w, "R2", "合同大面积未公告", NAN, NAN, 75, RULE_LIVE, RULE_AT_ONCE);
    day_after(&w, 1);
    compute(&w, 1); /* T02: R2 red carries R1 yellow from the beginning */
    CHECK_INT(matters(&w), 1);
    stands(&w, T2, "queued", "red", "2027Q1");
    CHECK_STR(matter(&w, T2).title, "白石镇：合同大面积未公告");
    CHECK(knows(&w, T2, "warning", "W-2027Q1-0001") &&
          knows(&w, T2, "warning", "W-2027Q1-0002"));
    moved(&w, DESK1, T2, "send", NULL);
    moved(&w, TOWN2, T2, "sign", NULL);
    moved(&w, TRADE, T2, "advise", "advice=数值属实，请补公告");
    planned(&w, TOWN2, T2, 120);

    /* R2 is not in force any more, R1 still burns: the work goes on, of a lower colour. */
    rule_with(&w, "R2", "合同大面积未公告", NAN, NAN, 75, RULE_OFF, RULE_AT_ONCE);
    int64_t steps = matter(&w, T2).steps;
    day_after(&w, 2);
    compute(&w, 2);
    CHECK_INT(matters(&w), 2); /* the other is T01's, yellow by R1 */
    stands(&w, T2, "rectifying", "yellow", "2027Q2");
    CHECK_STR(matter(&w, T2).title, "白石镇：合同未按期公告");
    CHECK_STR(story(&w, T2, steps + 1), "remain link judge");
    CHECK_STR(matter_value(&(struct matter[]){ matter(&w, T2) }[0], "cause"),
              "经办人员调整后没有交接");
    compute(&w, 2); /* again: nothing new */
    CHECK_STR(story(&w, T2, steps + 1), "remain link judge");

    stands(&w, T1, "sent", "yellow", "2027Q2");
    moved(&w, TOWN1, T1, "sign", NULL);
    rule_with(&w, "R2", "合同大面积未公告", NAN, NAN, 75, RULE_LIVE, RULE_AT_ONCE);
    steps = matter(&w, T1).steps;
    day_after(&w, 3);
    compute(&w, 3); /* T01 at 70: red by R2, which carries R1; T02 recovers */
    CHECK_INT(matters(&w), 2);
    stands(&w, T1, "resend", "red", "2027Q3");
    CHECK_STR(matter(&w, T1).title, "云岭镇：合同大面积未公告");
    CHECK_STR(story(&w, T1, steps + 1), "merge link link raise");
    CHECK_STR(matter(&w, T2).state, "closed");
    day_after(&w, 4);
    compute(&w, 4); /* both are over; T02 burns by both again: its one matter opens again */
    CHECK_STR(matter(&w, T1).state, "closed");
    stands(&w, T2, "resend", "red", "2027Q4");
    CHECK_STR(matter(&w, T2).title, "白石镇：合同大面积未公告");
    CHECK_INT(matter(&w, T2).reopened, 1);
    CHECK_INT(matters(&w), 2);
}
T_COUNTY(colours_merge)

/* Both had a matter when one turned red: the lower one rests, and goes on when people put out
 * the higher one. */
static void one_carries_the_other(struct county *c)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    static const char LOW[] = "WH-2027-00002", HIGH[] = "WH-2027-00003";
    world_open(&w, c, RULE_AT_ONCE);
    rule_with(&w, "R1", "合同未按期公告", 88, NAN, NAN, RULE_LIVE, RULE_AT_ONCE);
    rule_with(&w, "R2", "合同大面积未公告", 87, NAN, 75, RULE_LIVE, RULE_AT_ONCE);
    for (int q = 1; q <= 2; q++) {
        day_after(&w, q);
        compute(&w, q);
    }
    CHECK_INT(matters(&w), 3); /* T02's one; of T01 two of the same colour */
    stands(&w, LOW, "sent", "yellow", "2027Q2");
    stands(&w, HIGH, "sent", "yellow", "2027Q2");
    moved(&w, TOWN1, LOW, "sign", NULL);
    day_after(&w, 3);
    compute(&w, 3);
    CHECK_INT(matters(&w), 3);
    stands(&w, HIGH, "resend", "red", "2027Q3");
    CHECK_STR(matter(&w, LOW).state, "carried");
    CHECK(knows(&w, LOW, "matter", HIGH));
    CHECK_INT(matter(&w, LOW).n_desks, 0);
    compute(&w, 3);
    CHECK_STR(matter(&w, LOW).state, "carried");
    moved(&w, DESK1, HIGH, "send", NULL);
    refused(&w, DESK1, HIGH, "exclude", "ground=false;why=口径不同", RC_DENIED, "要由");
    moved(&w, DESK2, HIGH, "exclude", "ground=false;why=口径不同，规则判错");
    CHECK_STR(matter(&w, LOW).state, "resend");
    CHECK_STR(matter(&w, LOW).last_verb, "part");
    moved(&w, DESK1, LOW, "send", NULL);
    compute(&w, 3); /* R2 still judges red, but it was dismissed: R1 stands by itself */
    CHECK_STR(matter(&w, HIGH).state, "excluded");
    CHECK_STR(matter(&w, LOW).state, "sent");
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct warn_view *v;
        size_t n, counted = 0, out = 0;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(warnings_shown(s, period_of(PERIOD_QUARTER, 2027, 3), NULL, (struct id){ 0 },
                                LANG_ZH, w.a, &v, &n, &e));
        for (size_t i = 0; i < n; i++) {
            counted += warn_view_counts(&v[i]);
            out += warn_view_burns(&v[i]) && v[i].lamp == WARN_NONE;
            CHECK(!warn_view_counts(&v[i]) || v[i].lamp == WARN_YELLOW);
        }
        CHECK_INT(counted, 1);
        CHECK_INT(out, 1);
    }
    day_after(&w, 4);
    compute(&w, 4);
    CHECK_STR(matter(&w, LOW).state, "closed");
    matters(&w);
}
T_COUNTY(one_carries_the_other)

static enum rc uphold(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    return warning_matter_upheld(tx, w->c, "W-2027Q1-0001", "OB-2027-00001", e);
}

static enum rc end_unit(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    static const struct unit_term end = { .code = "T02",
                                          .parent = "QX",
                                          .name = "白石镇",
                                          .kind = "town",
                                          .peer_group = "镇",
                                          .from_day = 0 };
    struct unit_term t = end;
    t.to_day = county_today(w->c) - 1;
    return units_write(tx, w->c, &t, 1, 0, "", e);
}

/* The department lets its days pass: the discipline organ need not wait, and the matter goes on
 * without it. More time is asked for by one and granted by another. */
static void a_department_is_late(struct county *c)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    static const char M[] = "WH-2027-00001";
    struct flow_run run;
    world_open(&w, c, RULE_REVIEW);
    day_after(&w, 1); /* Tuesday 2027-04-20 */
    compute(&w, 1);
    moved(&w, DESK1, M, "send", NULL);
    moved(&w, TOWN2, M, "sign", NULL);
    refused(&w, GROUP, M, "supervise", "view=请抓紧", RC_CONFLICT, "2027-04-23以后");
    CHECK(clock_set(&c->clock, day_start(day_of(2027, 4, 26))));
    moved(&w, GROUP, M, "supervise", "view=请抓紧");
    CHECK_OK(flow_clock_run(c, &run, &e));
    struct matter m = matter(&w, M);
    CHECK_STR(m.state, "signed");
    CHECK_STR(m.last_verb, "no_advice");
    refused(&w, TRADE, M, "advise", "advice=现在补意见", RC_CONFLICT, "待定措施");
    planned(&w, TOWN2, M, 20);
    moved(&w, TOWN2, M, "ask_more", "until=2027-06-10;why=跨部门会签还要一个月");
    refused(&w, TOWN2, M, "give_more", NULL, RC_DENIED, "要由");
    moved(&w, GROUP, M, "give_more", "until=2027-06-01");
    m = matter(&w, M);
    CHECK_INT(matter_running(&m)->due, day_of(2027, 6, 1));
    CHECK_INT(matter_running(&m)->first, day_of(2027, 5, 16));
    matters(&w);
}
T_COUNTY(a_department_is_late)

/* A unit is dissolved: what it held is handed over, and a person verifies it. */
static void a_unit_is_dissolved(struct county *c)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    static const char M[] = "WH-2027-00001";
    world_open(&w, c, RULE_REVIEW);
    day_after(&w, 1);
    compute(&w, 1);
    moved(&w, DESK1, M, "send", NULL);
    moved(&w, TOWN2, M, "sign", NULL);
    moved(&w, TRADE, M, "advise", "advice=数值属实，请补公告");
    CHECK_OK(db_transact(c->db, end_unit, &w, &e));
    people_again(&w);
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct flow_who desk = who(&w, DESK1);
        struct matter_line *lines;
        size_t n;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(flow_orphans(s, c, &desk, LANG_ZH, w.a, &lines, &n, &e));
        CHECK_INT(n, 1);
    }
    struct doing d = { .w = &w, .who = who(&w, TOWN1), .matter = M, .unit = "T01" };
    CHECK_INT(db_transact(c->db, do_hand, &d, &e), RC_NOTFOUND);
    err_done(&e);
    e = (struct err){ 0 };
    d.who = who(&w, DESK1);
    CHECK_OK(db_transact(c->db, do_hand, &d, &e));
    planned(&w, TOWN1, M, 30);
    moved(&w, TOWN1, M, "fixed", RESULT);
    day_after(&w, 2);
    compute(&w, 2); /* no value of T02 will come any more */
    CHECK_STR(matter(&w, M).state, "review");
    moved(&w, DESK2, M, "pass", "opinion=合同已由接收单位补公告");
    stands(&w, M, "waiting", "orange", "2027Q2");
    matters(&w);
}
T_COUNTY(a_unit_is_dissolved)

static void an_objection_is_upheld(struct county *c)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    world_open(&w, c, RULE_REVIEW);
    day_after(&w, 1);
    compute(&w, 1);
    CHECK_OK(db_transact(c->db, uphold, &w, &e));
    CHECK_OK(db_transact(c->db, uphold, &w, &e)); /* twice is once */
    struct matter m = matter(&w, "WH-2027-00001");
    CHECK_STR(m.state, "excluded");
    CHECK_STR(m.last_verb, "upheld");
    CHECK_INT(m.steps, 3);
    matters(&w);
}
T_COUNTY(an_objection_is_upheld)

/* ---- pages ---- */

struct pages {
    struct site site;
    const char *token[PEOPLE];
};

static void pages_open(struct pages *x, struct world *w)
{
    const struct route_table tables[] = { { warning_routes, warning_routes_n },
                                          { rule_routes, rule_routes_n },
                                          { overview_routes, overview_routes_n },
                                          { wall_routes, wall_routes_n },
                                          { report_routes, report_routes_n } };
    site_open(&x->site, w->c, w->a, tables, COUNT(tables), NULL);
    for (size_t i = 0; i < PEOPLE; i++)
        x->token[i] = site_token(&x->site, accounts[i].code);
}

static void pages_done(struct pages *x)
{
    site_done(&x->site);
}

static const char *page(struct pages *x, enum someone p, const char *target, int status)
{
    const struct web_reply r = site_get(&x->site, x->token[p], target);
    CHECK_STATUS(r, status);
    return r.body;
}

static void pages_tell(struct county *c)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(pages_done) struct pages x;
    static const char M[] = "WH-2027-00001", PAGE[] = "/warning/W-2027Q1-0001";
    world_open(&w, c, RULE_REVIEW);
    pages_open(&x, &w);
    day_after(&w, 1);
    compute(&w, 1);

    /* Not sent: the unit sees the warning, not what is prepared. */
    const char *t = page(&x, DESK1, PAGE, 200);
    CHECK_PART(t, "/matter/WH-2027-00001?do=send");
    CHECK_PART(t, "待发出");
    CHECK_PART(t, "由人看过后发出");
    t = page(&x, TOWN2, PAGE, 200);
    CHECK(!strstr(t, M));
    CHECK(!strstr(page(&x, TOWN2, "/warning", 200), "待发出"));
    CHECK_PART(page(&x, DESK1, "/warning?hand=queued", 200), "白石镇");
    CHECK_PART(page(&x, DESK1, "/warning?hand=sent", 200), "没有符合条件的预警");

    moved(&w, DESK1, M, "send", NULL);
    t = page(&x, TOWN2, PAGE, 200);
    CHECK_PART(t, "/matter/WH-2027-00001?do=sign");
    CHECK_PART(t, "待签收");
    CHECK_PART(t, "二季度达到90%以上，连续1期；数值2027-07-10前报到");
    CHECK_PART(t, "do=ask_quiet");
    t = page(&x, GROUP, PAGE, 200);
    CHECK(!strstr(t, "?do=sign"));
    CHECK_PART(t, "看办理经过");
    CHECK_PART(page(&x, TOWN2, "/warning?hand=sent", 200), "白石镇");
    page(&x, TOWN1, PAGE, 403);

    moved(&w, DESK1, M, "ask_quiet", "until=2027-05-20;quiet_why=设备招标期间没有新合同");
    t = page(&x, TOWN2, PAGE, 200);
    CHECK_PART(t, "已申请暂缓提醒到");
    CHECK_PART(page(&x, TOWN2, "/warning/quiet", 200), "没有暂缓提醒的预警");
    moved(&w, DESK2, M, "give_quiet", NULL);
    t = page(&x, TOWN2, PAGE, 200);
    CHECK_PART(t, "设备招标期间没有新合同");
    CHECK_PART(t, "许宁同意");
    CHECK_PART(page(&x, TOWN2, "/warning/quiet", 200), "现有1项暂缓提醒");
    CHECK(!strstr(page(&x, TOWN1, "/warning/quiet", 200), "白石镇"));
    CHECK_PART(page(&x, TOWN2, "/warning", 200), "暂缓提醒1项");
}
T_COUNTY(pages_tell)

/* A cell of the export's row of a warning, by the column's name. */
static const char *exported(struct world *w, enum someone p, const char *warning,
                            const char *column)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct export_wish wish = { .what = "warnings",
                                .period = period_of(PERIOD_QUARTER, 2027, 1),
                                .lang = LANG_ZH };
    const struct table *t;
    struct sight k;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(sight_load(s, &w->people[p], w->units, w->a, &k, &e));
    CHECK_OK(export_table(s, &k, county_today(w->c), &wish, w->a, &t, &e));
    for (size_t r = 1; r < t->rows; r++)
        for (size_t c = 0; c < t->cols; c++)
            if (str_eq(table_text(t, r, 0), warning) && str_eq(table_text(t, 0, c), column))
                return table_text(t, r, c);
    return "no such cell";
}

/*
 * The county's page and the wall count T02's red warning by the colour people handle it by; the
 * report says that colour beside what the rule said. "": it is out.
 */
static void county_shows(struct pages *x, const char *lamp)
{
    static const char *const marks[] = { "r", "o", "y" }, *const names[] = { "红", "橙", "黄" };
    struct arena *a = x->site.a;
    const char *overview = page(x, DESK1, "/overview?period=2027Q1", 200);
    const char *wall = page(x, DESK1, "/wall?period=2027Q1", 200);
    const char *report = page(x, DESK1, "/report/T02/2027Q1", 200);
    for (size_t i = 0; i < COUNT(marks); i++) {
        const bool is = str_eq(names[i], lamp);
        if (*lamp) /* without any the page says that there is none */
            CHECK_PART(overview,
                       arena_printf(a, "\"w w-%s\">%s</span></a></dt><dd class=\"n\">%d</dd>",
                                    marks[i], names[i], is));
        CHECK_PART(wall, arena_printf(a, "\"w w-%s\">%s</span></dt><dd class=\"n\">%d</dd>",
                                      marks[i], names[i], is));
        CHECK_INT(strstr(overview,
                         arena_printf(a, "\"w w-%s\">%s1</span>", marks[i], names[i])) != NULL,
                  is);
        if (is && i > 0)
            CHECK_PART(report, arena_printf(a, "现在 <span class=\"w w-%s\">%s</span>",
                                            marks[i], names[i]));
    }
    CHECK_PART(report, "<span class=\"w w-r\">红</span>");
    CHECK_INT(strstr(report, "现在 <span class=\"w w-n\">已灭</span>") != NULL, !*lamp);
}

/* What the rule says and what people make of it stand side by side. */
static void both_colours_are_shown(struct county *c)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(pages_done) struct pages x;
    static const char M[] = "WH-2027-00001", W[] = "W-2027Q1-0001";
    static const char PAGE[] = "/warning/W-2027Q1-0001";
    world_open(&w, c, RULE_REVIEW);
    pages_open(&x, &w);
    day_after(&w, 1);
    compute(&w, 1); /* T02 at 60: red */
    CHECK_STR(exported(&w, DESK1, W, "handling"), "queued");
    CHECK_STR(exported(&w, TOWN2, W, "handling"), ""); /* not sent yet */
    moved(&w, DESK1, M, "send", NULL);
    moved(&w, TOWN2, M, "sign", NULL);
    CHECK_STR(exported(&w, TOWN2, W, "signed"), "2027-04-20T02:00:00.000000Z");
    CHECK_STR(exported(&w, TOWN2, W, "due"), "2027-04-23");
    moved(&w, TRADE, M, "advise", "advice=数值属实，请补公告");
    planned(&w, TOWN2, M, 30);
    moved(&w, TOWN2, M, "ask_review", RESULT);
    CHECK(!strstr(page(&x, TOWN2, "/warning", 200), "原红"));
    county_shows(&x, "红");
    moved(&w, DESK2, M, "pass", "opinion=抽查合同三份，均已公告");
    const char *t = page(&x, TOWN2, "/warning", 200);
    CHECK_PART(t, "<span class=\"w w-o\">橙</span><span class=\"hint\">原红</span>");
    CHECK_PART(page(&x, TOWN2, "/warning?colour=o", 200), "白石镇");
    CHECK_PART(page(&x, TOWN2, "/warning?colour=r", 200), "没有符合条件的预警");
    CHECK_PART(page(&x, TOWN2, PAGE, 200), "原红，现橙");
    county_shows(&x, "橙");
    CHECK_STR(exported(&w, TOWN2, W, "colour"), "red");
    CHECK_STR(exported(&w, TOWN2, W, "lamp"), "orange");
    CHECK_STR(exported(&w, TOWN2, W, "handling"), "waiting");
    CHECK_STR(exported(&w, TOWN2, W, "verified_by"), "review");
    CHECK_STR(exported(&w, TOWN2, W, "recurrence"), "0");

    /* Somebody who had no hand in it finds that the rule was wrong: out, and still there. */
    moved(&w, DESK3, M, "exclude", "ground=false;why=口径不同，规则判错");
    t = page(&x, TOWN2, "/warning", 200);
    CHECK_PART(t, "已灭</span><span class=\"hint\">原红</span>");
    CHECK_PART(t, "另有1项数值还没有恢复，已由人复核消除或排除");
    CHECK_PART(page(&x, TOWN2, PAGE, 200), "原红，现已灭");
    county_shows(&x, "");
    CHECK_STR(exported(&w, TOWN2, W, "lamp"), "out");
    CHECK_STR(exported(&w, TOWN2, W, "handling"), "excluded");
}
T_COUNTY(both_colours_are_shown)

/* Numbers of rules: T02 fires, is signed for after three working days, is a false alarm, comes
 * back worse at another occurrence; T01 fires and is not signed for. */
static void quality_is_counted(struct county *c)
{
    CLEANUP(world_done) struct world w;
    CLEANUP(pages_done) struct pages x;
    CLEANUP(err_done) struct err e = { 0 };
    static const char M[] = "WH-2027-00001";
    world_open(&w, c, RULE_REVIEW);
    pages_open(&x, &w);
    CHECK_PART(page(&x, DESK1, "/rule/quality", 200), "还没有经人办理的预警");
    day_after(&w, 1); /* Tuesday 2027-04-20 */
    compute(&w, 1);
    moved(&w, DESK1, M, "send", NULL);
    CHECK(clock_set(&c->clock, day_start(day_of(2027, 4, 23))));
    moved(&w, TOWN2, M, "sign", NULL);
    moved(&w, DESK2, M, "exclude", "ground=false;why=口径不同，规则判错");
    for (int q = 2; q <= 4; q++) {
        day_after(&w, q);
        compute(&w, q);
    }
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct calendar *cal;
    struct rule_quality *q;
    size_t n = 0;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(calendar_get(c, s, &cal, &e));
    CHECK_OK(rule_quality_load(s, cal, w.a, &q, &n, &e));
    CHECK_INT(n, 1);
    CHECK_STR(q[0].rule, "R1");
    CHECK_INT(q[0].matters, 2);
    CHECK_INT(q[0].fired, 3);
    CHECK_INT(q[0].again, 1);
    CHECK_INT(q[0].false_alarms, 1);
    CHECK_INT(q[0].signed_n, 1);
    CHECK_REAL(q[0].days, 3, 0);
    const char *t = page(&x, DESK1, "/rule/quality", 200);
    CHECK_PART(t, "规则一共发出3次");
    CHECK_PART(t, "误报1次（33.3%）");
    CHECK_PART(t, "复发1次");
    CHECK(!strstr(t, "赵岚") && !strstr(t, "许宁")); /* of units, never of persons */
    page(&x, TOWN2, "/rule/quality", 403);
}
T_COUNTY(quality_is_counted)

T_MAIN(T_COUNTY_CASES("the quality of rules is counted", quality_is_counted),
       T_COUNTY_CASES("fires, is handled, recovers and comes back", goes_round),
       T_COUNTY_CASES("turns red, steps down by review", steps_down),
       T_COUNTY_CASES("yellow goes out by review, and comes back", yellow_goes_out),
       T_COUNTY_CASES("a higher colour takes over the matter of a lower one", colours_merge),
       T_COUNTY_CASES("a matter rests while a higher colour's carries it",
                      one_carries_the_other),
       T_COUNTY_CASES("is dismissed, or its rule ends", ends_otherwise),
       T_COUNTY_CASES("a correction takes it back", a_correction_takes_it_back),
       T_COUNTY_CASES("a department is late", a_department_is_late),
       T_COUNTY_CASES("a unit is dissolved", a_unit_is_dissolved),
       T_COUNTY_CASES("an objection is upheld", an_objection_is_upheld),
       T_COUNTY_CASES("what the rule says and what people do are both shown",
                      both_colours_are_shown),
       T_COUNTY_CASES("pages tell how it is handled", pages_tell))
