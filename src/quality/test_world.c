#include "quality/test_world.h"

#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/compute.h"
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

static const struct account_new people[] = {
    { .code = "zhuanban", .name = "周明", .unit = "QX", .role = "platform", .scope = "" },
    { .code = "lingdao", .name = "韩松", .unit = "QX", .role = "leader", .scope = "" },
    { .code = "jingban", .name = "李青", .unit = "T02", .role = "clerk", .scope = "" },
    { .code = "baosong", .name = "陈序", .unit = "T00", .role = "supplier", .scope = "" },
    { .code = "bieren", .name = "方立", .unit = "T01", .role = "supplier", .scope = "" },
};

static enum rc make_rule(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct rule rule = { .code = "R1",
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
    return rules_write(tx, w->c, &rule, 1, (struct id){ 0 }, "", &changed, e);
}

static void make_towns(struct world *w)
{
    struct unit_term *towns = arena_array(w->a, TOWNS, sizeof(*towns));
    for (size_t i = 0; i < TOWNS; i++)
        towns[i] = (struct unit_term)SMALL_TOWN(arena_printf(w->a, "T%02zu", i),
                                                arena_printf(w->a, "第%zu镇", i));
    w->small = (struct small){ .units = towns,
                               .n_units = TOWNS,
                               .people = people,
                               .n_people = COUNT(people),
                               .points = 2,
                               .owner = "T00",
                               .aspect = "B1",
                               .year = 2026 };
}

static double value(const void *arg, size_t unit, size_t point, struct period p)
{
    const struct world *w = arg;
    return w->given(unit, point, p);
}

void world_values(struct world *w, struct period p)
{
    w->period = p;
    small_values(w->c, &w->small, &(struct small_values){ p, 1, TOWNS, value, w }, w->a);
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
    make_towns(w);
    small_open(c, &w->small, w->a);
    CHECK_OK(db_transact(c->db, make_rule, w, &e));
    world_values(w, w->period);
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
