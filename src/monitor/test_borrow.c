/* 同类借鉴: the peer that improved most, named only by its own consent. */
#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/borrow.h"
#include "monitor/compute.h"
#include "monitor/import.sql.h"
#include "monitor/panel.h"
#include "monitor/publication.h"
#include "monitor/scheme_import.h"
#include "monitor/value.sql.h"
#include "people/test_site.h"

#include <string.h>

enum { TOWNS = 4, QUARTERS = 2 };
/* A1 of each unit in two quarters: T01 is weak, T02 improves most, T03 some; D01 improves more
 * but is no town. */
static const double given[TOWNS][QUARTERS] = { { 40, 40 }, { 50, 90 }, { 60, 70 }, { 10, 99 } };
static const char *const codes[TOWNS] = { "T01", "T02", "T03", "D01" };

struct world {
    struct county *c;
    struct arena *a;
    struct site site;
    struct period period;
    const char *weak, *best, *head, *other; /* tokens */
};

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    static const struct unit_term terms[] = {
        { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" },
        { .code = "T01", .parent = "QX", .name = "云岭镇", .kind = "town", .peer_group = "镇" },
        { .code = "T02", .parent = "QX", .name = "白石镇", .kind = "town", .peer_group = "镇" },
        { .code = "T03", .parent = "QX", .name = "南渡镇", .kind = "town", .peer_group = "镇" },
        { .code = "D01", .parent = "QX", .name = "商务局", .kind = "d", .peer_group = "局" },
    };
    static const struct account_new people[] = {
        { .code = "ruo", .name = "李青", .unit = "T01", .role = "clerk", .scope = "" },
        { .code = "hao", .name = "王桐", .unit = "T02", .role = "clerk", .scope = "" },
        { .code = "tou", .name = "陈禾", .unit = "T02", .role = "signer", .scope = "" },
        { .code = "pang", .name = "赵岚", .unit = "T03", .role = "clerk", .scope = "" },
    };
    static const struct point point = { .code = "P1",
                                        .indicator = "A1",
                                        .name = "合同按期公告率",
                                        .owner = "T03",
                                        .unit_of_measure = "%",
                                        .peer_group = "",
                                        .legal_basis = "条例",
                                        .purpose = "监测",
                                        .retention = "5年",
                                        .contact = "8201",
                                        .frequency = PERIOD_QUARTER,
                                        .direction = 1 };
#define NODE(c, up, n, l, t)                                                                   \
    {                                                                                          \
        .code = (c), .parent = (up), .name = (n), .level = (l), .type = (t), .direction = 1,   \
        .weight = 1, .unit_of_measure = "%", .target = __builtin_nan(""), .denominator = "",   \
        .owner = "", .frequency = "", .formula = "", .peer_group = "", .scoring = "",          \
        .veto = "", .standard = "", .source = "", .tags = ""                                   \
    }
    static const struct scheme_node nodes[] = {
        NODE("QX", "", "指数", 2, "Aggregate"),
        NODE("A1", "QX", "采购合同按期公告率", 1, "Indicator"),
    };
    struct scheme s = { .name = "方案",
                        .note = "",
                        .config =
                            "{\"normalise\":{\"method\":\"goalposts\",\"l\":0,\"u\":100}}",
                        .sheet_map = "",
                        .nodes = nodes,
                        .n = COUNT(nodes) };
    size_t changed;
    int version;
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 0, "", e);
    if (rc == RC_OK)
        rc = site_people(tx, w->c, people, COUNT(people), w->a, e);
    if (rc == RC_OK)
        rc = points_write(tx, w->c, &point, 1, "", &changed, e);
    if (rc == RC_OK)
        rc = scheme_write(tx, w->c, &s, (struct id){ 0 }, "", &version, e);
    return rc == RC_OK ? scheme_adopt(tx, w->c, version, period_of(PERIOD_QUARTER, 2026, 1),
                                      (struct id){ 0 }, "", e)
                       : rc;
}

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
        rc = import_insert_one(tx, arena_printf(w->a, "I-%06d", q), "values", "loading",
                               "v.csv", (struct bytes){ digest, sizeof(digest) },
                               (struct id){ 0 }, (struct id){ 0 }, w->period, 4, 4, 0, 0, 0,
                               county_now(w->c), w->a, &made, e);
    for (size_t i = 0; i < TOWNS && rc == RC_OK; i++)
        rc = value_insert(tx, units_find(us, codes[i])->id, points[0].id, w->period, 1,
                          given[i][q - 2], "", "", made.id, (int64_t)i + 2, "", (int64_t)i,
                          NULL, e);
    return rc == RC_OK
               ? import_done(tx, county_now(w->c), (struct bytes){ digest, sizeof(digest) },
                             (struct id){ 1 }, made.id, NULL, e)
               : rc;
}

static void world_open(struct world *w, struct county *c, struct arena *a)
{
    static const struct flow_kind *const kinds[] = { &practice_flow_kind };
    static const struct route_table tables[] = { { borrow_routes, 2 } };
    CLEANUP(err_done) struct err e = { 0 };
    *w = (struct world){ .c = c, .a = a };
    CHECK_INT(borrow_routes_n, 2);
    flow_use(c, kinds, COUNT(kinds));
    CHECK_OK(db_transact(c->db, make, w, &e));
    for (int q = 2; q < 2 + QUARTERS; q++) {
        struct compute_result r;
        w->period = period_of(PERIOD_QUARTER, 2026, q);
        CHECK_OK(db_transact(c->db, put_values, w, &e));
        CHECK_OK(compute_period(c, w->period, "", NULL, NULL, &r, &e));
        CHECK_OK(publication_publish(c, w->period, "", &e));
    }
    site_open(&w->site, c, a, tables, COUNT(tables), NULL);
    w->weak = site_token(&w->site, "ruo");
    w->best = site_token(&w->site, "hao");
    w->head = site_token(&w->site, "tou");
    w->other = site_token(&w->site, "pang");
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

#define AT "/borrow/T01?period=2026Q3"
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

T_MAIN(T_COUNTY_CASES("a peer is named only by its consent",
                      a_peer_is_named_only_by_its_consent),
       T_COUNTY_CASES("what is wrong is refused", what_is_wrong_is_refused))
