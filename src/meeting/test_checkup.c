/*
 * The yearly check-up: a person decides each with a reason; what nobody decided by the day
 * expires, says so, and its rule sends no new warnings; an adopted scheme stays as it is.
 */
#include "base/clock.h"
#include "base/hash.h"
#include "base/period.h"
#include "flow/calendar.h"
#include "meeting/checkup.h"
#include "meeting/checkup_page.h"
#include "meeting/test_world.h"
#include "monitor/point_page.h"
#include "monitor/readopt.sql.h"
#include "monitor/scheme.h"
#include "store/audit.h"
#include "warn/rule.h"

#include <string.h>

static const struct flow_kind *const kinds[] = { &checkup_flow_kind };

static enum rc make_calendar(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    const struct calendar_year years[] = { { .year = 2026, .source = "试验" },
                                           { .year = 2027, .source = "试验" } };
    return calendar_write(tx, w->c, years, COUNT(years), "", NULL, e);
}

static void begin(struct world *w, struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    static struct route_table tables[2];
    tables[0] = (struct route_table){ checkup_routes, checkup_routes_n };
    tables[1] = (struct route_table){ point_routes, point_routes_n };
    world_open(w, c, kinds, COUNT(kinds), tables, COUNT(tables));
    CHECK_OK(db_transact(c->db, make_calendar, w, &e));
    world_results(w);
}

static size_t rules_live(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rule *rules;
    size_t n = 99;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(rules_in_force(s, w->a, &rules, &n, &e));
    return n;
}

static const char *expired(struct world *w, const char *what, const char *item)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *said = "";
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(readopt_expired(s, what, item, LANG_ZH, w->a, &said, &e));
    return said;
}

static const char *scheme_now(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct scheme *sc = NULL;
    uint8_t digest[32];
    char hex[65];
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(scheme_for_period(s, period_of(PERIOD_QUARTER, 2026, 4), w->a, &sc, &e));
    scheme_digest(sc, digest);
    return arena_strdup(w->a, hex_encode(digest, sizeof(digest), hex));
}

static void what_nobody_uses_on_expires(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    struct audit_result found;
    struct flow_run run;
    begin(&w, c);
    const char *scheme = scheme_now(&w);
    CHECK_STATUS(get(&w, LEADER, "/checkup"), 403);
    CHECK_STATUS(get(&w, CLERK, "/checkup"), 403);
    CHECK_HAS(get(&w, EDITOR, "/checkup"), "还没有做过");
    CHECK_STATUS(post(&w, EDITOR, "/checkup", "day=2026-10-12"),
                 400); /* too soon: ten days at least */
    CHECK_STATUS(post(&w, EDITOR, "/checkup", "day=2026-11-20"), 303);
    CHECK_STATUS(post(&w, EDITOR, "/checkup", "day=2026-11-20"), 409); /* one at a time */
    /* Before anything happens the list says what would expire. */
    CHECK_HAS(get(&w, EDITOR, "/checkup"), "还有7项没有决定");
    CHECK_HAS(get(&w, EDITOR, "/checkup?what=form"), "按期公告率");
    const char *at = "/checkup/RC-2026-00001";
    CHECK_STATUS(post(&w, EDITOR, at, "what=rule&decision=keep&reason=在用"),
                 400); /* nothing chosen */
    CHECK_STATUS(post(&w, EDITOR, at, "what=rule&item=R1&decision=keep&reason="),
                 400); /* no reason */
    CHECK_STATUS(post(&w, EDITOR, at, "what=rule&item=R1&decision=maybe&reason=x"), 400);
    CHECK_STATUS(post(&w, EDITOR, at, "what=rule&item=R9&decision=keep&reason=x"), 404);
    CHECK_STATUS(post(&w, LEADER, at, "what=rule&item=R1&decision=keep&reason=x"), 403);
    CHECK_STATUS(
        post(&w, EDITOR, at, "what=indicator&item=A1&item=A2&decision=keep&reason=每季都看"),
        303);
    CHECK_STATUS(
        post(&w, EDITOR, at, "what=form&item=P1&item=P2&decision=keep&reason=法定公开"), 303);
    CHECK_STATUS(post(&w, EDITOR, at, "what=form&item=P3&decision=expire&reason=没有人用"),
                 303);
    CHECK_HAS(get(&w, EDITOR, "/checkup"), "还有2项没有决定");
    CHECK_STR(expired(&w, "form", "P3"), ""); /* decided, but the day has not come */
    CHECK_STATUS(post(&w, EDITOR, "/checkup/RC-2026-00001/finish", ""), 409);
    CHECK_INT((int)rules_live(&w), 1);
    for (int i = 0; i < 44; i++)
        world_day(&w);
    CHECK_OK(flow_clock_run(c, &run, &e));
    CHECK_INT((int)run.lapsed, 1);
    CHECK_INT((int)rules_live(&w), 0); /* nobody decided: dormant */
    CHECK(strstr(expired(&w, "rule", "R1"), "已到期，未续用") != NULL);
    CHECK(strstr(expired(&w, "indicator", "A3"), "到期日前没有人决定续用") != NULL);
    CHECK(strstr(expired(&w, "form", "P3"), "没有人用") != NULL);
    CHECK_STR(expired(&w, "form", "P1"), "");
    CHECK_STR(expired(&w, "indicator", "A1"), "");
    CHECK_STR(scheme_now(&w), scheme); /* an adopted scheme never changes */
    CHECK_HAS(get(&w, EDITOR, "/point/P3"), "已到期，未续用");
    CHECK_LACKS(get(&w, EDITOR, "/point/P1"), "未续用");
    CHECK_HAS(get(&w, EDITOR, "/checkup"), "续用4项，到期3项");
    CHECK_STATUS(post(&w, EDITOR, at, "what=form&item=P3&decision=keep&reason=想起来了"), 409);
    CHECK_OK(flow_clock_run(c, &run, &e)); /* twice does nothing more */
    CHECK_INT((int)run.lapsed, 0);
    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(audit_data(w.a, c, readopt_audits, COUNT(readopt_audits), NULL, NULL, &found, &e));
    world_done(&w);
}
T_COUNTY(what_nobody_uses_on_expires)

static void all_decided_can_be_ended_early(struct county *c)
{
    struct world w;
    begin(&w, c);
    CHECK_STATUS(post(&w, EDITOR, "/checkup", "day=2026-12-20"), 303);
    const char *at = "/checkup/RC-2026-00001";
    CHECK_STATUS(post(&w, EDITOR, at,
                      "what=indicator&item=A1&item=A2&item=A3&decision=keep&reason=在用"),
                 303);
    CHECK_STATUS(
        post(&w, EDITOR, at, "what=form&item=P1&item=P2&item=P3&decision=keep&reason=在用"),
        303);
    CHECK_STATUS(post(&w, EDITOR, at, "what=rule&item=R1&decision=keep&reason=在用"), 303);
    CHECK_STATUS(post(&w, EDITOR, "/checkup/RC-2026-00001/finish", ""), 303);
    CHECK_INT((int)rules_live(&w), 1);
    CHECK_STR(expired(&w, "rule", "R1"), "");
    CHECK_HAS(get(&w, EDITOR, "/checkup"), "续用7项，到期0项");
    world_done(&w);
}
T_COUNTY(all_decided_can_be_ended_early)

T_MAIN(T_COUNTY_CASES("what nobody uses on expires", what_nobody_uses_on_expires),
       T_COUNTY_CASES("all decided can be ended early", all_decided_can_be_ended_early))
