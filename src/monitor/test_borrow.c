/* 同类借鉴: the peer that improved most, named only by its own consent. */
#include "base/period.h"
#include "base/str.h"
#include "monitor/borrow.h"
#include "monitor/test_small.h"

#include <string.h>

enum { TOWNS = 4, QUARTERS = 2 };
/* A1 of each unit in two quarters: T01 is weak, T02 improves most, T03 some; D01 improves more
 * but is no town. */
static const double given[TOWNS][QUARTERS] = { { 40, 40 }, { 50, 90 }, { 60, 70 }, { 10, 99 } };

struct world {
    struct county *c;
    struct arena *a;
    struct site site;
    const char *weak, *best, *head, *other; /* tokens */
};

static const struct unit_term units[TOWNS] = {
    SMALL_TOWN("T01", "云岭镇"),
    SMALL_TOWN("T02", "白石镇"),
    SMALL_TOWN("T03", "南渡镇"),
    { .code = "D01", .parent = "QX", .name = "商务局", .kind = "d", .peer_group = "局" },
};
static const struct account_new people[] = {
    { .code = "ruo", .name = "李青", .unit = "T01", .role = "clerk", .scope = "" },
    { .code = "hao", .name = "王桐", .unit = "T02", .role = "clerk", .scope = "" },
    { .code = "tou", .name = "陈禾", .unit = "T02", .role = "signer", .scope = "" },
    { .code = "pang", .name = "赵岚", .unit = "T03", .role = "clerk", .scope = "" },
};
static const struct small county = { .units = units,
                                     .n_units = TOWNS,
                                     .people = people,
                                     .n_people = COUNT(people),
                                     .points = 1,
                                     .owner = "T03",
                                     .year = 2026 };

static double value(const void *arg, size_t unit, size_t point, struct period p)
{
    return given[unit][period_sub(p) - 2];
}

/* As much of a directive as leaves a measure behind. */
static const struct flow_state order_states[] = {
    { .code = "working", .name = "办理中", .waits = FLOW_HOLDER, .unclocked = "试" },
    { .code = "closed", .name = "销号", .final = true },
};
static const struct flow_field order_fields[] = {
    { .code = "result", .name = "办结报告", .type = FLOW_LINES, .max = 2000 },
};
static const struct flow_move order_moves[] = {
    { .verb = "report",
      .name = "报办结",
      .from = "working",
      .to = "closed",
      .who = FLOW_HOLDER,
      .fields = "result!" },
};
static const struct flow_kind order_kind = {
    .code = "directive",
    .name = "廉动令",
    .help = "试",
    .prefix = "T",
    .open = CAP_HANDLE,
    FLOW_ROWS(states, order_states),
    FLOW_ROWS(moves, order_moves),
    FLOW_ROWS(fields, order_fields),
};

static void world_begin(struct world *w, struct county *c, bool two_schemes, struct arena *a)
{
    static const struct flow_kind *const kinds[] = { &practice_flow_kind, &order_kind };
    static const struct route_table tables[] = { { borrow_routes, 2 } };
    *w = (struct world){ .c = c, .a = a };
    CHECK_INT(borrow_routes_n, 2);
    flow_use(c, kinds, COUNT(kinds));
    small_open(c, &county, a);
    for (int q = 2; q < 2 + QUARTERS; q++) {
        struct period period = period_of(PERIOD_QUARTER, 2026, q);
        if (q > 2 && two_schemes)
            small_scheme(c, &county, period, a);
        small_values(c, &county, &(struct small_values){ period, 1, TOWNS, value, NULL }, a);
        small_publish(c, period);
    }
    site_open(&w->site, c, a, tables, COUNT(tables), NULL);
    w->weak = site_token(&w->site, "ruo");
    w->best = site_token(&w->site, "hao");
    w->head = site_token(&w->site, "tou");
    w->other = site_token(&w->site, "pang");
}

static void world_open(struct world *w, struct county *c, struct arena *a)
{
    world_begin(w, c, false, a);
}

static void world_done(struct world *w)
{
    site_done(&w->site);
}

struct answering {
    struct world *w;
    const char *matter, *verb;
    const char *account;
};

static enum rc answer(struct tx *tx, void *arg, struct err *e)
{
    struct answering *x = arg;
    struct county *c = x->w->c;
    struct arena *a = x->w->a;
    const struct units *us;
    struct person *list;
    struct flow_who who;
    struct flow_done done;
    size_t n, i = 0;
    enum rc rc = units_load(tx_snap(tx), county_today(c), a, &us, e);
    if (rc == RC_OK)
        rc = people_who_can(tx_snap(tx), CAP_HANDLE, county_today(c), a, &list, &n, e);
    while (rc == RC_OK && i < n && !str_eq(list[i].code, x->account))
        i++;
    if (rc == RC_OK)
        rc = flow_who_load(tx_snap(tx), c, &list[i], us, a, &who, e);
    return rc == RC_OK ? flow_move(tx, c, &who,
                                   &(struct flow_act){
                                       .matter = x->matter, .verb = x->verb, .version = -1 },
                                   a, &done, e)
                       : rc;
}

static enum rc order(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    static const char *const titles[] = { "食堂采购整改", "整改采购合同按期公告率偏低" };
    const struct units *us;
    struct person *list;
    struct flow_who who;
    size_t n, i = 0;
    enum rc rc = units_load(tx_snap(tx), county_today(w->c), w->a, &us, e);
    if (rc == RC_OK)
        rc = people_who_can(tx_snap(tx), CAP_HANDLE, county_today(w->c), w->a, &list, &n, e);
    while (rc == RC_OK && i < n && !str_eq(list[i].code, "hao"))
        i++;
    if (rc == RC_OK)
        rc = flow_who_load(tx_snap(tx), w->c, &list[i], us, w->a, &who, e);
    for (size_t k = 0; k < COUNT(titles) && rc == RC_OK; k++) {
        const struct flow_given result = { "result", k ? "合同签了当天登记" : "换了供应商" };
        struct flow_done done;
        rc = flow_open(
            tx, w->c, &who,
            &(struct flow_new){ .kind = "directive", .title = titles[k], .unit = "T02" }, w->a,
            &done, e);
        if (rc == RC_OK)
            rc = flow_move(tx, w->c, &who,
                           &(struct flow_act){ .matter = done.code,
                                               .verb = "report",
                                               .version = -1,
                                               .given = &result,
                                               .n_given = 1 },
                           w->a, &done, e);
    }
    return rc;
}

#define AT "/borrow/T01?period=2026Q3"
#define OTHER_SCHEME "两期用的不是同一版方案"
#define NO_NAME "有单位改进明显，尚未同意公开做法"

static void a_peer_is_named_only_by_its_consent(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    world_open(&w, c, a);
    struct web_reply r = site_get(&w.site, w.weak, AT);
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, NO_NAME);
    CHECK_LACKS(r, OTHER_SCHEME);
    CHECK_LACKS(r, "白石镇");
    CHECK_LACKS(r, "商务局"); /* another peer group */
    r = site_get(&w.site, w.weak, "/borrow/T01.json?period=2026Q3");
    CHECK_LACKS(r, "白石镇"); /* nor in what programs read */
    CHECK_LACKS(r, "90");

    /* The peer proposes; its clerk cannot agree for the head; with the head's yes it is shown.
     */
    r = site_get(&w.site, w.best, "/borrow/T02?period=2026Q3");
    CHECK_HAS(r, "本单位是同组里改进最大的");
    r = site_post(&w.site, w.best, "/borrow/T02?period=2026Q3", "node=A1&measure=meizhouhedui");
    CHECK_STATUS(r, 303);
    CHECK(str_starts(r.location, "/matter/K-"));
    struct answering x = { &w, r.location + strlen("/matter/"), "agree", "hao" };
    CHECK_HAS(site_get(&w.site, w.weak, AT), NO_NAME); /* asked is not agreed */
    CHECK_INT(db_transact(c->db, answer, &x, &e), RC_DENIED);
    err_done(&e);
    x.account = "tou";
    CHECK_OK(db_transact(c->db, answer, &x, &e));
    r = site_get(&w.site, w.weak, AT);
    CHECK_HAS(r, "白石镇");
    CHECK_HAS(r, "meizhouhedui");
    CHECK_LACKS(r, NO_NAME);
    /* Taken back, it is gone at once. */
    x.verb = "withdraw";
    CHECK_OK(db_transact(c->db, answer, &x, &e));
    r = site_get(&w.site, w.weak, AT);
    CHECK_HAS(r, NO_NAME);
    CHECK_LACKS(r, "白石镇");
}
T_COUNTY(a_peer_is_named_only_by_its_consent)

/* What the unit reported on the end of a directive is what it may show; its head says whether.
 */
static void the_head_decides_and_may_think_again(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(world_done) struct world w;
    CLEANUP(err_done) struct err e = { 0 };
    world_open(&w, c, a);
    CHECK_OK(db_transact(c->db, order, &w, &e));
    struct web_reply r = site_get(&w.site, w.best, "/borrow/T02?period=2026Q3");
    CHECK_HAS(r, "合同签了当天登记");
    CHECK_LACKS(r, "换了供应商"); /* of something else */
    static const char form[] = "node=A1&measure=meizhouhedui";
    static const char *const said[] = { "keep", "agree", "withdraw", "keep" };
    const char *code = NULL;
    for (size_t i = 0; i < COUNT(said); i++) {
        if (i <
            2) { /* refused, it may be asked again; a second time while it waits it may not */
            r = site_post(&w.site, w.best, "/borrow/T02?period=2026Q3", form);
            CHECK_STATUS(r, 303);
            code = arena_strdup(a, r.location + strlen("/matter/"));
            CHECK_STATUS(site_post(&w.site, w.best, "/borrow/T02?period=2026Q3", form), 409);
            CHECK_HAS(site_get(&w.site, w.best, "/borrow/T02?period=2026Q3"),
                      "等签发人决定公开不公开");
        }
        struct answering x = { &w, code, said[i], "tou" };
        CHECK_OK(db_transact(c->db, answer, &x, &e));
        r = site_get(&w.site, w.weak, AT);
        CHECK_INT(strstr(r.body, "白石镇") != NULL, str_eq(said[i], "agree"));
        CHECK_INT(strstr(r.body, NO_NAME) != NULL, !str_eq(said[i], "agree"));
    }
}
T_COUNTY(the_head_decides_and_may_think_again)

static void what_is_wrong_is_refused(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(world_done) struct world w;
    world_open(&w, c, a);
    CHECK_STATUS(site_get(&w.site, w.other, AT), 403);
    CHECK_STATUS(site_post(&w.site, w.other, "/borrow/T02", "node=A1&measure=xxxxx"), 403);
    CHECK_STATUS(site_get(&w.site, w.weak, "/borrow/T99"), 404);
    /* Nothing to compare with. */
    CHECK_HAS(site_get(&w.site, w.weak, "/borrow/T01?period=2026Q2"),
              "要有相连两期已发布的结果");
    static const char *const wrong[] = { "", "node=A1", "node=A1&measure=x",
                                         "node=A9&measure=xxxxx", "node=QX&measure=xxxxx" };
    for (size_t i = 0; i < COUNT(wrong); i++)
        CHECK_STATUS(site_post(&w.site, w.best, "/borrow/T02?period=2026Q3", wrong[i]), 400);
}
T_COUNTY(what_is_wrong_is_refused)

static void another_scheme_is_said(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(world_done) struct world w;
    world_begin(&w, c, true, a);
    struct web_reply r = site_get(&w.site, w.weak, AT);
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, OTHER_SCHEME);
    CHECK_HAS(r, NO_NAME); /* compared all the same */
}
T_COUNTY(another_scheme_is_said)

T_MAIN(T_COUNTY_CASES("a peer is named only by its consent",
                      a_peer_is_named_only_by_its_consent),
       T_COUNTY_CASES("the head decides and may think again",
                      the_head_decides_and_may_think_again),
       T_COUNTY_CASES("another scheme is said", another_scheme_is_said),
       T_COUNTY_CASES("what is wrong is refused", what_is_wrong_is_refused))
