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
#include "monitor/rule_gate.h"
#include "monitor/rule_page.h"
#include "monitor/scheme.h"
#include "monitor/scheme_page.h"
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
    static struct route_table tables[4];
    tables[0] = (struct route_table){ checkup_routes, checkup_routes_n };
    tables[1] = (struct route_table){ point_routes, point_routes_n };
    tables[2] = (struct route_table){ rule_routes, rule_routes_n };
    tables[3] = (struct route_table){ scheme_edit_routes, scheme_edit_routes_n };
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
    CHECK(strstr(expired(&w, "rule", "R1"), "已失效：2026-11-22规则体检（RC-2026-00001）") !=
          NULL);
    CHECK(strstr(expired(&w, "indicator", "A3"), "到期日前没有人决定续用") != NULL);
    CHECK(strstr(expired(&w, "form", "P3"), "没有人用") != NULL);
    CHECK_STR(expired(&w, "form", "P1"), "");
    CHECK_STR(expired(&w, "indicator", "A1"), "");
    CHECK_STR(scheme_now(&w), scheme); /* an adopted scheme never changes */
    CHECK_HAS(get(&w, EDITOR, "/point/P3"), "已失效：");
    CHECK_LACKS(get(&w, EDITOR, "/point/P1"), "已失效");
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

/* ---- what has expired is used by nothing new ---- */

struct drafting {
    struct world *w;
    const struct scheme *old;
    int version;
    struct rule rule;
};

static enum rc draft_it(struct tx *tx, void *arg, struct err *e)
{
    struct drafting *d = arg;
    struct scheme s = *d->old;
    s.id = (struct id){ 0 };
    return scheme_write(tx, d->w->c, &s, (struct id){ 0 }, "", &d->version, e);
}

static enum rc adopt_it(struct tx *tx, void *arg, struct err *e)
{
    struct drafting *d = arg;
    return scheme_adopt(tx, d->w->c, d->version, period_of(PERIOD_QUARTER, 2027, 1),
                        (struct id){ 0 }, "", e);
}

/* The sentence of a refusal, "" when it is let through. */
static const char *adopting(struct drafting *d)
{
    CLEANUP(err_done) struct err e = { 0 };
    return db_transact(d->w->c->db, adopt_it, d, &e) == RC_OK
               ? ""
               : err_message(&e, LANG_ZH, d->w->a);
}

static const char *gate(struct drafting *d)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(d->w->c->db, &s, &e));
    return rule_gate(s, &d->rule, 1, county_now(d->w->c), &e) == RC_OK
               ? ""
               : err_message(&e, LANG_ZH, d->w->a);
}

static void load_drafting(struct drafting *d)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct rule *versions;
    size_t n;
    CHECK_OK(db_read(d->w->c->db, &s, &e));
    CHECK_OK(scheme_for_period(s, period_of(PERIOD_QUARTER, 2026, 4), d->w->a, &d->old, &e));
    CHECK_OK(rule_load(s, "R1", d->w->a, &versions, &n, &e));
    d->rule = versions[0];
    d->rule.state = RULE_LIVE;
}

static void what_expired_is_used_by_nothing_new(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct audit_result found;
    struct world w;
    struct drafting d = { .w = &w };
    begin(&w, c);
    CHECK_STATUS(post(&w, EDITOR, "/checkup", "day=2026-12-20"), 303);
    const char *at = "/checkup/RC-2026-00001", *again = "/checkup/again";
    CHECK_STATUS(
        post(&w, EDITOR, at, "what=indicator&item=A1&item=A2&decision=keep&reason=在用"), 303);
    CHECK_STATUS(post(&w, EDITOR, at, "what=indicator&item=A3&decision=expire&reason=看不出"),
                 303);
    CHECK_STATUS(post(&w, EDITOR, at, "what=form&item=P1&item=P3&decision=keep&reason=在用"),
                 303);
    CHECK_STATUS(post(&w, EDITOR, at, "what=form&item=P2&decision=expire&reason=没有人用"),
                 303);
    CHECK_STATUS(post(&w, EDITOR, at, "what=rule&item=R1&decision=expire&reason=不准"), 303);
    CHECK_STATUS(post(&w, EDITOR, again, "what=rule&item=R1&reason=还没有办结"), 409);
    CHECK_STATUS(post(&w, EDITOR, "/checkup/RC-2026-00001/finish", ""), 303);
    load_drafting(&d);
    CHECK_OK(db_transact(c->db, draft_it, &d, &e));
    /* Where it can be chosen it says so, since when and by which check-up. */
    const char *edit = arena_printf(w.a, "/scheme/%d/edit?node=A2", d.version);
    CHECK_HAS(get(&w, EDITOR, edit), "「公开率」已失效：2026-10-09规则体检（RC-2026-00001）");
    CHECK_HAS(get(&w, EDITOR, edit), "办结率（已失效：2026-10-09规则体检RC-2026-00001）");
    CHECK_HAS(get(&w, EDITOR, "/rule/new"), "公开率（已失效：");
    CHECK_HAS(get(&w, EDITOR, "/rule/new"), "办结率（已失效：");
    CHECK_LACKS(get(&w, EDITOR, "/rule/new"), "按期公告率（已失效：");
    CHECK_HAS(get(&w, EDITOR, "/rule/R1"), "已失效：");
    CHECK_HAS(get(&w, EDITOR, "/checkup?what=form"), "已失效的1项");
    /* Nothing new uses it: no scheme, no rule, and each says what to do. */
    CHECK(strstr(adopting(&d), "还有2个问题") && strstr(adopting(&d), "再采用"));
    CHECK(strstr(gate(&d), "「公告率低」已失效") != NULL);
    CHECK_STATUS(post(&w, CLERK, again, "what=rule&item=R1&reason=要用"), 403);
    CHECK_STATUS(post(&w, EDITOR, again, "what=rule&item=R1&reason="), 400);
    CHECK_STATUS(post(&w, EDITOR, again, "what=rule&reason=要用"), 400); /* nothing chosen */
    CHECK_STATUS(post(&w, EDITOR, again, "what=form&item=P1&reason=要用"), 409);
    CHECK_STATUS(post(&w, EDITOR, again, "what=rule&item=R1&reason=要用"), 303);
    CHECK_STATUS(post(&w, EDITOR, again, "what=rule&item=R1&reason=要用"), 409);
    CHECK_INT((int)rules_live(&w), 0); /* a person puts it in force */
    CHECK_STR(gate(&d), "");
    d.rule.target = "P2"; /* nor does a rule look at what is not asked for any more */
    CHECK(strstr(gate(&d), "「P2」已失效") != NULL);
    CHECK_STATUS(post(&w, EDITOR, again, "what=indicator&item=A3&reason=公开条例修订"), 303);
    CHECK(strstr(adopting(&d), "「P2」已失效") != NULL); /* what a formula asks for */
    CHECK_STATUS(post(&w, EDITOR, again, "what=form&item=P2&reason=上级要"), 303);
    CHECK_STR(adopting(&d), "");
    CHECK_STR(expired(&w, "form", "P2"), "");
    CHECK_LACKS(get(&w, EDITOR, "/checkup?what=form"), "已失效的1项");
    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(audit_data(w.a, c, readopt_audits, COUNT(readopt_audits), NULL, NULL, &found, &e));
    world_done(&w);
}
T_COUNTY(what_expired_is_used_by_nothing_new)

T_MAIN(T_COUNTY_CASES("what nobody uses on expires", what_nobody_uses_on_expires),
       T_COUNTY_CASES("all decided can be ended early", all_decided_can_be_ended_early),
       T_COUNTY_CASES("what expired is used by nothing new",
                      what_expired_is_used_by_nothing_new))
