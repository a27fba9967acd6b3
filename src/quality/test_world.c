#include "quality/test_world.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/compute.h"
#include "monitor/import.sql.h"
#include "monitor/point.h"
#include "monitor/publication.h"
#include "monitor/scheme_import.h"
#include "monitor/value.sql.h"
#include "people/asker.h"
#include "quality/agree_page.h"
#include "quality/hint_page.h"
#include "warn/rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct web_reply get(struct world *w, const char *token, const char *target)
{
    return site_get(&w->site, token, target);
}

struct web_reply post(struct world *w, const char *token, const char *target, const char *form)
{
    return site_post(&w->site, token, target, form);
}

struct web_reply upload(struct world *w, const char *token, const char *target, const char *csv)
{
    return site_upload(&w->site, token, target, "t.csv", csv, "");
}

/* ---- the county: 24 towns, P1 feeds A1 (rises with the town), P2 feeds A2 (says nothing) ----
 */

static double usual(size_t town, size_t point, struct period p)
{
    (void)p;
    return point == 0 ? 40 + 2 * (double)town : 50 + (double)(town * 7 % 5);
}

static enum rc make_people(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct unit_term terms[TOWNS + 1] = {
        { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" }
    };
    for (size_t i = 0; i < TOWNS; i++)
        terms[i + 1] = (struct unit_term){ .code = arena_printf(w->a, "T%02zu", i),
                                           .parent = "QX",
                                           .name = arena_printf(w->a, "第%zu镇", i),
                                           .kind = "town",
                                           .peer_group = "镇" };
    static const struct account_new people[] = {
        { .code = "zhuanban", .name = "周明", .unit = "QX", .role = "platform", .scope = "" },
        { .code = "lingdao", .name = "韩松", .unit = "QX", .role = "leader", .scope = "" },
        { .code = "jingban", .name = "李青", .unit = "T02", .role = "clerk", .scope = "" },
        { .code = "baosong", .name = "陈序", .unit = "T00", .role = "supplier", .scope = "" },
        { .code = "bieren", .name = "方立", .unit = "T01", .role = "supplier", .scope = "" },
    };
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 0, "", e);
    return rc == RC_OK ? site_people(tx, w->c, people, COUNT(people), w->a, e) : rc;
}

static enum rc make_scheme(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct point points[2];
    for (size_t i = 0; i < 2; i++)
        points[i] = (struct point){ .code = i ? "P2" : "P1",
                                    .indicator = i ? "A2" : "A1",
                                    .name = i ? "投诉办结率" : "合同按期公告率",
                                    .owner = "T00",
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
        NODE("QX", "", "指数", 3, "Aggregate"),
        NODE("B1", "QX", "公开", 2, "Aggregate"),
        NODE("A1", "B1", "采购合同按期公告率", 1, "Indicator"),
        NODE("A2", "B1", "投诉按期办结率", 1, "Indicator"),
    };
    struct scheme s = { .name = "方案",
                        .note = "",
                        .config =
                            "{\"normalise\":{\"method\":\"goalposts\",\"l\":0,\"u\":100}}",
                        .sheet_map = "",
                        .nodes = nodes,
                        .n = COUNT(nodes) };
    struct rule rule = { .code = "R1",
                         .name = "公告率低",
                         .state = RULE_LIVE,
                         .kind = WARN_POINT,
                         .target = "P1",
                         .when = { .op = RULE_BELOW,
                                   .limit = { NAN, 60, NAN, NAN },
                                   .recover = NAN,
                                   .for_periods = 1,
                                   .recover_periods = 1 },
                         .peer_group = "",
                         .advice = "",
                         .send = RULE_REVIEW,
                         .why = "",
                         .by = "" };
    size_t changed;
    int version;
    enum rc rc = points_write(tx, w->c, points, COUNT(points), "", &changed, e);
    if (rc == RC_OK)
        rc = rules_write(tx, w->c, &rule, 1, (struct id){ 0 }, "", &changed, e);
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
    char code[PERIOD_TEXT];
    enum rc rc = units_load(tx_snap(tx), county_today(w->c), w->a, &us, e);
    if (rc == RC_OK)
        rc = points_load(tx_snap(tx), NULL, w->a, &points, &n, e);
    if (rc == RC_OK)
        rc = import_insert_one(
            tx, arena_printf(w->a, "I-%s", period_code(w->period, code)), "values", "loading",
            "v.csv", (struct bytes){ digest, sizeof(digest) }, (struct id){ 0 },
            (struct id){ 0 }, w->period, 6, 6, 0, 0, 0, county_now(w->c), w->a, &made, e);
    for (size_t i = 0; i < TOWNS * 2 && rc == RC_OK; i++) {
        const struct unit *u = units_find(us, arena_printf(w->a, "T%02zu", i / 2));
        rc = value_insert(tx, u->id, points[i % 2].id, w->period, 1,
                          w->given(i / 2, i % 2, w->period), "", "", made.id, (int64_t)i + 2,
                          "", (int64_t)i, NULL, e);
    }
    return rc == RC_OK
               ? import_done(tx, county_now(w->c), (struct bytes){ digest, sizeof(digest) },
                             (struct id){ 1 }, made.id, NULL, e)
               : rc;
}

void world_values(struct world *w, struct period p)
{
    CLEANUP(err_done) struct err e = { 0 };
    w->period = p;
    CHECK_OK(db_transact(w->c->db, put_values, w, &e));
}

void world_open(struct world *w, struct county *c,
                double (*given)(size_t town, size_t point, struct period p))
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct route_table tables[] = { { agree_routes, agree_routes_n },
                                          { agree_import_routes, agree_import_routes_n },
                                          { hint_routes, hint_routes_n },
                                          { check_rule_routes, check_rule_routes_n },
                                          { check_rule_import_routes,
                                            check_rule_import_routes_n } };
    struct compute_result r;
    *w = (struct world){ .c = c,
                         .given = given ? given : usual,
                         .a = arena_new(),
                         .period = period_of(PERIOD_QUARTER, 2026, 2) };
    CHECK_OK(county_set_clock(c, day_start(day_of(2026, 10, 5)), &e));
    CHECK_OK(db_transact(c->db, make_people, w, &e));
    CHECK_OK(db_transact(c->db, make_scheme, w, &e));
    CHECK_OK(db_transact(c->db, put_values, w, &e));
    CHECK_OK(compute_period(w->c, w->period, "", NULL, NULL, &r, &e));
    site_open(&w->site, c, w->a, tables, COUNT(tables), NULL);
    w->editor = site_token(&w->site, "zhuanban");
    w->leader = site_token(&w->site, "lingdao");
    w->clerk = site_token(&w->site, "jingban");
    w->supplier = site_token(&w->site, "baosong");
    w->other = site_token(&w->site, "bieren");
}

void world_done(struct world *w)
{
    site_done(&w->site);
    arena_free(w->a);
}
