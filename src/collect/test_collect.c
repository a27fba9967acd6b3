/* Rounds and filings: what is typed, submitted, signed; and everything that is refused. */
#include "collect/test_collect.h"

#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "collect/round.sql.h"
#include "flow/inbox.h"
#include "flow/matter.h"
#include "monitor/readopt.h"
#include "monitor/value.sql.h"

#include <math.h>
#include <string.h>

#define CHECK_SAYS(e, text)                                                                    \
    do {                                                                                       \
        CLEANUP(arena_freep) struct arena *sa = arena_new();                                   \
        const char *said = err_message(&(e), LANG_ZH, sa);                                     \
        if (!strstr(said, (text)))                                                             \
            t_fail(__FILE__, __LINE__, "no \"%s\" in \"%s\"", (text), said);                   \
        err_done(&(e));                                                                        \
    } while (0)

static enum rc submit(struct world *w, enum someone who, const char *code, struct err *e)
{
    struct flow_who by = world_who(w, who);
    return filing_submit(w->c, &by, code, world_filing(w, code).version, w->a, e);
}

static enum rc sign(struct world *w, enum someone who, const char *code, struct err *e)
{
    struct flow_who by = world_who(w, who);
    return filing_sign(w->c, &by, code, world_filing(w, code).version, w->a, e);
}

static enum rc act(struct world *w, enum someone who, const char *code, const char *verb,
                   const char *field, const char *value, struct err *e)
{
    struct flow_who by = world_who(w, who);
    const struct flow_given given = { field, value };
    return filing_move(w->c, &by, code, verb, world_filing(w, code).version, &given,
                       field ? 1 : 0, w->a, e);
}

static const char *state(struct world *w, const char *code)
{
    return world_filing(w, code).state;
}

/* A cell as it stands, by unit, point and period. */
static struct filing_cell cell(struct world *w, const char *code, const char *unit,
                               const char *point, const char *period)
{
    struct filing f = world_filing(w, code);
    char text[PERIOD_TEXT];
    for (size_t u = 0; u < f.n_unit; u++)
        for (size_t k = 0; k < f.n_column; k++)
            if (str_eq(f.x.look.unit[f.unit[u]].code, unit) &&
                str_eq(f.x.points[f.column[k].point].code, point) &&
                str_eq(period_code(f.column[k].period, text), period))
                return *filing_at(&f, u, k);
    t_fail(__FILE__, __LINE__, "no cell %s %s %s", unit, point, period);
    return (struct filing_cell){ 0 };
}

static void is_filled_and_signed(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    const char *code, *import;
    CHECK_OK(world_import(&w, FILL1, "unit,point,period,value\nT1,P1,2026Q2,40\n", NULL, &e));
    world_round(&w, 1, &code);
    struct filing f = world_filing(&w, code);
    CHECK_STR(f.state, "todo");
    CHECK_INT(f.n_unit, 4);
    CHECK_INT(f.n_column, 4); /* P1 of the quarter, P2 of each month */
    CHECK_INT(f.asked, 16);
    CHECK_INT(f.filled, 0); /* last period's is shown, never copied in */
    CHECK(cell(&w, code, "T1", "P1", "2026Q3").last.value == 40);
    CHECK(!cell(&w, code, "T1", "P1", "2026Q3").typed);
    /* Nobody signs an empty sheet. */
    CHECK_INT(submit(&w, FILL1, code, &e), RC_INVALID);
    CHECK_SAYS(e, "还一格都没有填");
    /* Typing begins it; what is wrong is kept and named. */
    CHECK_OK(world_type(&w, FILL1, code, "T1", "P1", "2026Q3", "4O", NULL, &e));
    CHECK_STR(state(&w, code), "filling");
    CHECK(cell(&w, code, "T1", "P1", "2026Q3").problem != NULL);
    CHECK_INT(submit(&w, FILL1, code, &e), RC_INVALID);
    err_done(&e);
    CHECK_OK(world_type(&w, FILL1, code, "T1", "P1", "2026Q3", "42", NULL, &e));
    CHECK_OK(world_type(&w, FILL2, code, "T2", "P2", "202608", "不适用", NULL, &e));
    CHECK(!cell(&w, code, "T1", "P1", "2026Q3").problem);
    /* An import of the same source counts as well, and waits like the rest. */
    CHECK_OK(world_import(&w, FILL1, "unit,point,period,value\nCG,P2,202607,5\n", &import, &e));
    f = world_filing(&w, code);
    CHECK_INT(f.filled, 3);
    CHECK_INT(f.typed, 3);
    CHECK_STR(cell(&w, code, "CG", "P2", "202607").import, import);
    CHECK(!cell(&w, code, "CG", "P2", "202607").now.there);
    CHECK_OK(submit(&w, FILL1, code, &e));
    CHECK_STR(state(&w, code), "signing");
    /* Four eyes. */
    CHECK_INT(sign(&w, FILL1, code, &e), RC_DENIED);
    err_done(&e);
    CHECK_INT(sign(&w, OTHER, code, &e), RC_NOTFOUND);
    err_done(&e);
    CHECK_INT(sign(&w, DESK, code, &e), RC_DENIED);
    err_done(&e);
    CHECK_INT(cell(&w, code, "T1", "P1", "2026Q3").now.there, 0); /* no value yet */
    CHECK_OK(sign(&w, HEAD1, code, &e));
    f = world_filing(&w, code);
    CHECK_STR(f.state, "signed");
    CHECK_INT(f.typed, 0);
    CHECK_INT(f.filled, 3);
    CHECK(cell(&w, code, "T1", "P1", "2026Q3").now.value == 42);
    CHECK_STR(cell(&w, code, "T2", "P2", "202608").now.missing, "na");
    CHECK_INT(sign(&w, HEAD1, code, &e), RC_CONFLICT); /* twice */
    err_done(&e);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct matter m;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(matter_load(s, c, code, a, &m, &e));
    CHECK_STR(matter_value(&m, "filler"), "cg1");
    CHECK_STR(matter_value(&m, "rows"), "3");
    CHECK_STR(matter_value(&m, "import"), "I-000003");
    CHECK_INT(m.on_time, 1);
    world_proved(&w);
}
T_COUNTY(is_filled_and_signed)

static void takes_two_signatures(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    const char *code;
    world_round(&w, 2, &code);
    CHECK_OK(world_type(&w, FILL1, code, "T1", "P1", "2026Q3", "42", NULL, &e));
    CHECK_OK(submit(&w, FILL1, code, &e));
    CHECK_STR(state(&w, code), "checking");
    CHECK_INT(sign(&w, HEAD1, code, &e), RC_CONFLICT); /* not its turn */
    err_done(&e);
    CHECK_INT(act(&w, FILL1, code, "check", NULL, NULL, &e), RC_DENIED);
    err_done(&e);
    CHECK_OK(act(&w, FILL2, code, "check", NULL, NULL, &e));
    CHECK_INT(sign(&w, FILL2, code, &e), RC_DENIED); /* who checked */
    err_done(&e);
    CHECK_INT(sign(&w, FILL1, code, &e), RC_DENIED); /* who filled it in */
    CHECK_SAYS(e, "签发本单位报出的数");
    /* Sent back with a reason, done again. */
    CHECK_INT(act(&w, HEAD1, code, "back", NULL, NULL, &e), RC_INVALID);
    err_done(&e);
    CHECK_OK(act(&w, HEAD1, code, "back", "why", "与台账不符", &e));
    CHECK_STR(state(&w, code), "returned");
    CHECK_OK(world_type(&w, FILL1, code, "T1", "P1", "2026Q3", "43", NULL, &e));
    CHECK_OK(submit(&w, FILL1, code, &e));
    CHECK_OK(act(&w, FILL2, code, "check", NULL, NULL, &e));
    CHECK_OK(sign(&w, HEAD1, code, &e));
    CHECK(cell(&w, code, "T1", "P1", "2026Q3").now.value == 43);
    world_proved(&w);
}
T_COUNTY(takes_two_signatures)

struct granting {
    struct world *w;
    const char *account, *role;
};

static enum rc grant(struct tx *tx, void *arg, struct err *e)
{
    const struct granting *g = arg;
    return account_grant(tx, g->w->c, g->account, g->role, "", "", e);
}

static enum rc lock(struct tx *tx, void *arg, struct err *e)
{
    const struct granting *g = arg;
    return account_lock(tx, g->w->c, g->account, true, "", e);
}

static void reload(struct world *w, enum someone who)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(person_load(s, w->people[who].id, county_today(w->c), ~UINT64_C(0), w->a,
                         &w->people[who], &e));
}

static const char *who_signs(struct world *w, const char *unit, const char *but)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct signers g;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(signers_load(s, w->c, LANG_ZH, w->a, &g, &e));
    return signers_of(&g, units_find(w->units, unit), but, LANG_ZH, w->a);
}

/* Only whom the county named signs; four eyes all the same. */
static void only_named_people_sign(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    const char *code;
    world_round(&w, 1, &code);
    CHECK_STR(who_signs(&w, "CG", ""), "何川");
    CHECK_STR(who_signs(&w, "SW", ""), ""); /* nobody: its page says so */
    CHECK_OK(world_type(&w, FILL1, code, "T1", "P1", "2026Q3", "42", NULL, &e));
    CHECK_OK(submit(&w, FILL1, code, &e));
    /* It lies with those who may sign, not with everybody of the unit. */
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct matter m;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(matter_load(s, c, code, a, &m, &e));
    CHECK_INT(m.n_desks, 1);
    CHECK_STR(m.desks[0], "c:sign");
    db_read_end(&s);
    CHECK_INT(sign(&w, FILL2, code, &e), RC_DENIED); /* a second person of the unit */
    CHECK_SAYS(e, "签发本单位报出的数");
    CHECK_INT(sign(&w, DESK, code, &e), RC_DENIED);
    err_done(&e);
    /* Another unit's signer does not; and who filled it in does not, named or not. */
    CHECK_OK(db_transact(c->db, grant, &(struct granting){ &w, "sw1", "signer" }, &e));
    CHECK_OK(db_transact(c->db, grant, &(struct granting){ &w, "cg1", "signer" }, &e));
    reload(&w, OTHER);
    reload(&w, FILL1);
    CHECK_INT(sign(&w, OTHER, code, &e), RC_NOTFOUND); /* not theirs to see */
    err_done(&e);
    CHECK_INT(sign(&w, FILL1, code, &e), RC_DENIED);
    err_done(&e);
    CHECK_STR(who_signs(&w, "CG", ""), "李青、何川");
    CHECK_STR(who_signs(&w, "CG", "cg1"), "何川");
    /* The other is locked: nobody is left who could, until somebody is named. */
    CHECK_OK(db_transact(c->db, lock, &(struct granting){ &w, "cgju", "" }, &e));
    CHECK_STR(who_signs(&w, "CG", "cg1"), "");
    CHECK_OK(db_transact(c->db, grant, &(struct granting){ &w, "cg2", "signer" }, &e));
    reload(&w, FILL2);
    CHECK_OK(sign(&w, FILL2, code, &e));
    world_proved(&w);
}
T_COUNTY(only_named_people_sign)

/* What is signed is what was submitted. */
static void signs_what_was_submitted(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    const char *code;
    world_round(&w, 1, &code);
    CHECK_OK(world_type(&w, FILL1, code, "T1", "P1", "2026Q3", "42", NULL, &e));
    CHECK_OK(submit(&w, FILL1, code, &e));
    /* Somebody goes on typing: kept aside, and they are told. */
    struct filing_saved saved;
    CHECK_OK(world_type(&w, FILL2, code, "T1", "P1", "2026Q3", "44", &saved, &e));
    CHECK(saved.aside);
    CHECK_STR(saved.state, "signing");
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").typed, "42");
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").aside, "44");
    /* A value comes by a file meanwhile: aside, too. */
    CHECK_OK(world_import(&w, FILL2, "unit,point,period,value\nT2,P1,2026Q3,7\n", NULL, &e));
    CHECK_STR(cell(&w, code, "T2", "P1", "2026Q3").aside, "7");
    CHECK(!cell(&w, code, "T2", "P1", "2026Q3").typed);
    /* One is corrected by decision, past the filing: the signer is told. */
    CHECK_OK(world_decided(&w, FILL2, "unit,point,period,value\nT2,P1,2026Q3,8\n", &e));
    CHECK_INT(sign(&w, HEAD1, code, &e), RC_CONFLICT);
    CHECK_SAYS(e, "签发的不是原来提交的内容");
    CHECK(!cell(&w, code, "T1", "P1", "2026Q3").now.there); /* neither of both */
    CHECK_OK(act(&w, FILL1, code, "take_back", NULL, NULL, &e));
    CHECK_OK(submit(&w, FILL1, code, &e));
    CHECK_OK(sign(&w, HEAD1, code, &e));
    CHECK_INT(world_filing(&w, code).filled, 2);
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").aside, "44"); /* still there */
    /* What was submitted elsewhere than at its page is refused. */
    const struct flow_given made_up[] = { { "rows", "1" },
                                          { "stamp", "x" },
                                          { "filler", "sw1" } };
    struct flow_who other = world_who(&w, OTHER);
    code = arena_printf(a, "F-2026-00002");
    CHECK_INT(filing_move(c, &other, code, "submit_one", world_filing(&w, code).version,
                          made_up, 3, a, &e),
              RC_CONFLICT);
    CHECK_SAYS(e, "请在填报页提交");
    world_proved(&w);
}
T_COUNTY(signs_what_was_submitted)

struct on_round {
    struct world *w;
    struct flow_who who;
    const char *code;
    int64_t n;
    struct round_new fresh;
};

static enum rc urge(struct tx *tx, void *arg, struct err *e)
{
    struct on_round *r = arg;
    return round_urge(tx, r->w->c, &r->who, r->code, r->w->a, &r->n, e);
}

static enum rc close_it(struct tx *tx, void *arg, struct err *e)
{
    struct on_round *r = arg;
    return round_close(tx, r->w->c, &r->who, r->code, "本期已汇总", r->w->a, &r->n, e);
}

static enum rc open_it(struct tx *tx, void *arg, struct err *e)
{
    struct on_round *r = arg;
    return round_open(tx, r->w->c, &r->who, r->code, r->w->a, e);
}

static enum rc make_it(struct tx *tx, void *arg, struct err *e)
{
    struct on_round *r = arg;
    return round_make(tx, r->w->c, &r->who, &r->fresh, r->w->a, &r->code, e);
}

static enum rc expire(struct tx *tx, void *arg, struct err *e)
{
    return readopt_write(tx, arg,
                         &(struct readopt){ .checkup = "RC-2026-00001",
                                            .what = "form",
                                            .item = "P2",
                                            .decision = "expire",
                                            .reason = "没有人用",
                                            .used = "",
                                            .by = "",
                                            .in_force = true },
                         e);
}

/* P2 was not used on in the yearly check-up. */
static void what_expired_is_not_asked(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    const char *code;
    CHECK_OK(db_transact(c->db, expire, c, &e));
    world_round(&w, 1, &code);
    struct filing f = world_filing(&w, code);
    CHECK_INT(f.n_column, 1); /* P1 of the quarter */
    CHECK_INT(f.asked, 4);
}
T_COUNTY(what_expired_is_not_asked)

static void late_stays_open(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    const char *code, *round = world_round(&w, 1, &code);
    CHECK_STR(filing_state_text("todo", true, world_filing(&w, code).due, county_today(c)),
              "未开始");
    world_day(&w, 2026, 10, 14);
    struct flow_run run;
    CHECK_OK(flow_clock_run(c, &run, &e));
    CHECK_STR(filing_state_text("todo", true, world_filing(&w, code).due, county_today(c)),
              "逾期");
    /* 催报: each source that has not signed, with receipts. */
    struct on_round r = { .w = &w, .who = world_who(&w, OTHER), .code = round };
    CHECK_INT(db_transact(c->db, urge, &r, &e), RC_DENIED);
    err_done(&e);
    r.who = world_who(&w, DESK);
    CHECK_OK(db_transact(c->db, urge, &r, &e));
    CHECK_INT(r.n, 2);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct urged_last_row *u;
    size_t n;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(urged_last_all(s, round, a, &u, &n, &e));
    CHECK_INT(n, 2);
    CHECK_INT(u[0].seen_at.us, 0);
    db_read_end(&s);
    CHECK_OK(world_type(&w, FILL1, code, "T1", "P1", "2026Q3", "42", NULL, &e));
    CHECK_OK(submit(&w, FILL1, code, &e));
    CHECK_OK(sign(&w, HEAD1, code, &e));
    struct matter m;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(matter_load(s, c, code, a, &m, &e));
    CHECK_INT(m.on_time, 0);
    db_read_end(&s);
    r.n = 0;
    CHECK_OK(db_transact(c->db, urge, &r, &e));
    CHECK_INT(r.n, 1); /* who has signed is left in peace */
    world_proved(&w);
}
T_COUNTY(late_stays_open)

/* What somebody was told last. */
static const char *last_notice(struct world *w, enum someone who)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who by = world_who(w, who);
    struct flow_notice *list;
    size_t n;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(flow_notices(s, w->c, &by, (struct id){ 0 }, 1, LANG_ZH, w->a, &list, &n, &e));
    return n ? list[0].what : "";
}

static void closing_loses_nothing(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    const char *code, *round = world_round(&w, 1, &code);
    CHECK_OK(world_type(&w, FILL1, code, "T1", "P1", "2026Q3", "42", NULL, &e));
    /* The page was opened before the round is closed, and saved after it. */
    struct on_round r = { .w = &w, .who = world_who(&w, LEADER), .code = round };
    CHECK_INT(db_transact(c->db, close_it, &r, &e), RC_DENIED);
    err_done(&e);
    r.who = world_who(&w, DESK);
    CHECK_OK(db_transact(c->db, close_it, &r, &e));
    CHECK_INT(r.n, 2);
    CHECK_STR(state(&w, code), "stopped");
    CHECK_STR(last_notice(&w, FILL1), "已办结"); /* they are told */
    CHECK_INT(db_transact(c->db, close_it, &r, &e), RC_CONFLICT);
    CHECK_SAYS(e, "已经结束");
    struct filing_saved saved;
    CHECK_OK(world_type(&w, FILL1, code, "T2", "P1", "2026Q3", "7", &saved, &e));
    CHECK(saved.aside);
    CHECK_STR(saved.state, "stopped");
    CHECK_INT(submit(&w, FILL1, code, &e), RC_CONFLICT);
    err_done(&e);
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").typed, "42");
    CHECK_STR(cell(&w, code, "T2", "P1", "2026Q3").aside, "7");
    /* Taken up again: both are there. */
    struct flow_who desk = world_who(&w, DESK);
    const struct flow_given given[] = { { "why", "补报" }, { "due", "2026-10-15" } };
    CHECK_OK(
        filing_move(c, &desk, code, "recall", world_filing(&w, code).version, given, 2, a, &e));
    CHECK_STR(state(&w, code), "returned");
    CHECK_STR(cell(&w, code, "T1", "P1", "2026Q3").typed, "42");
    CHECK_OK(world_type(&w, FILL1, code, "T2", "P1", "2026Q3", "7", &saved, &e));
    CHECK(!saved.aside);
    CHECK(!cell(&w, code, "T2", "P1", "2026Q3").aside);
    world_proved(&w);
}
T_COUNTY(closing_loses_nothing)

static void refuses(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    const char *code, *round = world_round(&w, 1, &code);
    /* Typing needs both: to send the source's values and to be of it. */
    CHECK_INT(world_type(&w, OTHER, code, "T1", "P1", "2026Q3", "1", NULL, &e), RC_DENIED);
    err_done(&e);
    CHECK_INT(world_type(&w, DESK, code, "T1", "P1", "2026Q3", "1", NULL, &e), RC_DENIED);
    err_done(&e);
    CHECK_INT(world_type(&w, HEAD1, code, "T1", "P1", "2026Q3", "1", NULL, &e), RC_DENIED);
    err_done(&e);
    CHECK_INT(world_type(&w, FILL1, code, "T1", "P3", "2026Q3", "1", NULL, &e), RC_INVALID);
    err_done(&e);
    CHECK_INT(world_type(&w, FILL1, code, "T1", "P1", "2026Q3",
                         "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四"
                         "五六七八九十一",
                         NULL, &e),
              RC_INVALID);
    err_done(&e);
    /* Two people at once: the second is told. */
    CHECK_OK(world_type(&w, FILL1, code, "T1", "P1", "2026Q3", "1", NULL, &e));
    struct flow_who by = world_who(&w, FILL1), two = world_who(&w, FILL2);
    int64_t seen = world_filing(&w, code).version;
    CHECK_OK(filing_submit(c, &by, code, seen, a, &e));
    CHECK_INT(filing_submit(c, &two, code, seen, a, &e), RC_CONFLICT);
    CHECK_SAYS(e, "李青");
    /* A round's days, its period, its sources. */
    struct on_round r = { .w = &w, .who = world_who(&w, DESK) };
    const struct round_new good = { .title = "采集",
                                    .note = "",
                                    .period = period_of(PERIOD_QUARTER, 2026, 2),
                                    .open_day = day_of(2026, 9, 30),
                                    .due_day = day_of(2026, 10, 12),
                                    .late_day = day_of(2026, 10, 20),
                                    .minutes = 30,
                                    .signatures = 1 };
    r.fresh = good;
    r.fresh.due_day = good.open_day - 1;
    CHECK_INT(db_transact(c->db, make_it, &r, &e), RC_INVALID);
    CHECK_SAYS(e, "不能早于开始日");
    r.fresh = good;
    r.fresh.late_day = good.due_day - 1;
    CHECK_INT(db_transact(c->db, make_it, &r, &e), RC_INVALID);
    err_done(&e);
    r.fresh = good;
    r.fresh.period = period_of(PERIOD_QUARTER, 2027, 1);
    CHECK_INT(db_transact(c->db, make_it, &r, &e), RC_INVALID);
    CHECK_SAYS(e, "还没有开始");
    r.fresh = good;
    r.fresh.period = period_of(PERIOD_QUARTER, 2026, 3);
    CHECK_INT(db_transact(c->db, make_it, &r, &e), RC_CONFLICT);
    CHECK_SAYS(e, round);
    r.fresh = good;
    r.fresh.sources = (const char *const[]){ "T1" };
    r.fresh.n_sources = 1;
    CHECK_INT(db_transact(c->db, make_it, &r, &e), RC_INVALID);
    err_done(&e);
    r.fresh = good;
    r.who = world_who(&w, FILL1);
    CHECK_INT(db_transact(c->db, make_it, &r, &e), RC_DENIED);
    err_done(&e);
    r.code = "B-2026-09999";
    r.who = world_who(&w, DESK);
    CHECK_INT(db_transact(c->db, open_it, &r, &e), RC_NOTFOUND);
    err_done(&e);
}
T_COUNTY(refuses)

/* A planned round opens by itself on its day, once. */
static void opens_on_its_day(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    struct on_round r = { .w = &w,
                          .who = world_who(&w, DESK),
                          .fresh = { .title = "采集",
                                     .note = "",
                                     .period = period_of(PERIOD_QUARTER, 2026, 3),
                                     .open_day = day_of(2026, 10, 8),
                                     .due_day = day_of(2026, 10, 12),
                                     .late_day = day_of(2026, 10, 20),
                                     .signatures = 1,
                                     .minutes = 30,
                                     .sources = (const char *const[]){ "SW" },
                                     .n_sources = 1 } };
    int64_t opened;
    CHECK_OK(db_transact(c->db, make_it, &r, &e));
    CHECK_OK(rounds_open_due(c, &opened, &e));
    CHECK_INT(opened, 0);
    /* Called off before it begins: it never opens, and its points are free again. */
    CHECK_INT(db_transact(c->db, urge, &r, &e), RC_CONFLICT);
    err_done(&e);
    CHECK_OK(db_transact(c->db, close_it, &r, &e));
    CHECK_INT(r.n, 0);
    CHECK_OK(db_transact(c->db, make_it, &r, &e));
    world_day(&w, 2026, 10, 8);
    CHECK_OK(rounds_open_due(c, &opened, &e));
    CHECK_INT(opened, 1);
    CHECK_OK(rounds_open_due(c, &opened, &e));
    CHECK_INT(opened, 0);
    CHECK_INT(db_transact(c->db, open_it, &r, &e), RC_CONFLICT);
    CHECK_SAYS(e, "已经开始");
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct round_filings_row *f;
    size_t n;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(round_filings_all(s, r.code, a, &f, &n, &e));
    CHECK_INT(n, 1);
    CHECK_STR(f[0].source, "SW");
    db_read_end(&s);
    world_proved(&w);
}
T_COUNTY(opens_on_its_day)

/* A file fills the fields, and nothing of a wrong one is taken. */
static void reads_files(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct world w = world_new(c, a);
    struct filing f;
    struct filing_typed *t;
    struct values_checked k;
    const char *code;
    size_t n;
    int64_t other;
    world_round(&w, 1, &code);
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(filing_load(s, c, code, &w.people[FILL1], a, &f, &e));
#define READ(text)                                                                             \
    filing_read_file(&f, "f.csv", (struct bytes){ (const uint8_t *)(text), strlen(text) }, a,  \
                     &t, &n, &other, &k, &e)
    CHECK_OK(READ("unit,point,period,value,missing\nT1,P1,2026Q3,12.5,\nT2,P1,2026Q3,,lost\n"
                  "T2,P1,2026Q1,3,\n"));
    CHECK_INT(n, 2);
    CHECK_INT(other, 1);
    CHECK_STR(t[0].text, "12.5");
    CHECK_STR(t[1].text, "lost");
    CHECK_INT(READ("unit,point,period,value\nT1,P1,2026Q3,4O\n"), RC_INVALID);
    err_done(&e);
    CHECK_INT(READ("unit,point,period,value\nT1,P1,2026Q1,4\n"), RC_INVALID);
    CHECK_SAYS(e, "没有本批次要的数值");
    CHECK_INT(READ("unit,point,period,value\nT1,P3,2026Q3,4\n"), RC_INVALID); /* another's */
    err_done(&e);
    /* Cut off in a row, in a quoted field; a web page in place of a sheet. */
    CHECK_INT(READ("unit,point,period,value\nT1,P1,2026Q3,4\nT2,P1,202"), RC_INVALID);
    err_done(&e);
    CHECK_INT(READ("unit,point,period,value\nT1,P1,2026Q3,4\n\"T2,P1"), RC_INVALID);
    err_done(&e);
    CHECK_INT(READ("<!DOCTYPE html>\n<title>登录</title>\n"), RC_INVALID);
    err_done(&e);
    /* A workbook: whole, and wherever it is cut. */
    struct bytes whole = world_sheet(&w);
    CHECK_OK(filing_read_file(&f, "f.xlsx", whole, a, &t, &n, &other, &k, &e));
    CHECK_INT(n, 2);
    for (size_t cut = 1; cut < 8; cut++) {
        struct bytes half = { whole.p, whole.n * cut / 8 };
        CHECK_INT(filing_read_file(&f, "f.xlsx", half, a, &t, &n, &other, &k, &e), RC_INVALID);
        err_done(&e);
    }
}
T_COUNTY(reads_files)

T_MAIN(T_COUNTY_CASES("a filing is typed, submitted and signed by another",
                      is_filled_and_signed),
       T_COUNTY_CASES("two signatures are of two more people", takes_two_signatures),
       T_COUNTY_CASES("only those sign whom the county named", only_named_people_sign),
       T_COUNTY_CASES("what is signed is what was submitted", signs_what_was_submitted),
       T_COUNTY_CASES("what has expired is not asked for", what_expired_is_not_asked),
       T_COUNTY_CASES("late stays open, and is urged", late_stays_open),
       T_COUNTY_CASES("a round closed while someone types loses nothing",
                      closing_loses_nothing),
       T_COUNTY_CASES("what is not right is refused", refuses),
       T_COUNTY_CASES("a planned round opens on its day", opens_on_its_day),
       T_COUNTY_CASES("files fill the fields", reads_files))
