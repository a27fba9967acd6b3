/* 干净交接: one press, two signatures, and then the matters are the other's. */
#include "base/period.h"
#include "base/str.h"
#include "collect/handing.h"
#include "collect/test_collect.h"
#include "duty/duty.h"
#include "flow/matter.h"
#include "flow/matter.sql.h"
#include "people/account.sql.h"
#include "people/test_site.h"

#include <string.h>

struct stand {
    struct world w;
    struct site site;
    const char *filing, *token[PEOPLE];
};

struct handing_it {
    struct stand *t;
    struct flow_who who;
    const char *matter, *to;
};

static enum rc give(struct tx *tx, void *arg, struct err *e)
{
    struct handing_it *x = arg;
    struct flow_done done;
    return flow_hand_over(tx, x->t->w.c, &x->who, x->matter, "", x->to, "分工", x->t->w.a,
                          &done, e);
}

static enum rc stand_in(struct tx *tx, void *arg, struct err *e)
{
    struct handing_it *x = arg;
    int32_t today = county_today(x->t->w.c);
    return delegation_add(tx, x->t->w.c, &x->t->w.people[FILL1], world_codes[FILL1],
                          world_codes[HEAD1], today, today + 5, "外出", e);
}

static void stand_open(struct stand *t, struct county *c, struct arena *a)
{
    static const struct route_table tables[] = { { handing_routes, 5 } };
    CLEANUP(err_done) struct err e = { 0 };
    *t = (struct stand){ .w = world_new(c, a) };
    CHECK_INT(handing_routes_n, 5);
    (void)world_round(&t->w, 1, &t->filing);
    struct handing_it x = { t, world_who(&t->w, FILL1), t->filing, world_codes[FILL1] };
    CHECK_OK(db_transact(c->db, give, &x, &e));
    CHECK_OK(db_transact(c->db, stand_in, &x, &e));
    site_open(&t->site, c, a, tables, COUNT(tables), NULL);
    for (int i = 0; i < PEOPLE; i++)
        t->token[i] = site_token(&t->site, world_codes[i]);
}

static void stand_done(struct stand *t)
{
    site_done(&t->site);
}

static struct matter matter(struct stand *t, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct matter m = { .version = -1 };
    CHECK_OK(db_read(t->w.c->db, &s, &e));
    CHECK_OK(matter_load(s, t->w.c, code, t->w.a, &m, &e));
    return m;
}

static int act(struct stand *t, enum someone who, const char *code, const char *verb,
               const char *more)
{
    return site_post(&t->site, t->token[who], arena_printf(t->w.a, "/handing/%s", code),
                     arena_printf(t->w.a, "verb=%s&version=%lld%s", verb,
                                  (long long)matter(t, code).version, more))
        .status;
}

static const char *press(struct stand *t, enum someone who, const char *form)
{
    struct web_reply r = site_post(&t->site, t->token[who], "/handing", form);
    CHECK_STATUS(r, 303);
    return str_starts(r.location, "/handing/") ? r.location + strlen("/handing/") : "";
}

static void both_sign_and_the_matters_move(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(stand_done) struct stand t;
    CLEANUP(err_done) struct err e = { 0 };
    stand_open(&t, c, a);
    struct web_reply r = site_get(&t.site, t.token[FILL1], "/handing/new");
    CHECK_STATUS(r, 200);
    CHECK_HAS(r, t.filing);
    CHECK_HAS(r, "2026-10-12到期");
    CHECK_HAS(r, "P1 点P1");
    CHECK_LACKS(r, "替已经离岗的人办"); /* the head's */
    const char *code =
        press(&t, FILL1, arena_printf(a, "to=%s&why=diaogang", world_codes[FILL2]));
    /* Nothing moves before both have signed; nobody signs for the other. */
    CHECK(act(&t, FILL2, code, "sign", "") != 303);
    CHECK(act(&t, FILL2, code, "take", "") != 303);
    CHECK(act(&t, FILL1, code, "sign_for", "") != 303);
    CHECK_INT(act(&t, FILL1, code, "sign", ""), 303);
    CHECK(act(&t, FILL1, code, "take", "") != 303);
    struct matter m = matter(&t, t.filing);
    CHECK_STR(matter_account(&m), world_codes[FILL1]);
    /* Sent back with what is missing, listed anew, signed again. */
    CHECK_INT(act(&t, FILL2, code, "refuse", ""), 400);
    CHECK_INT(act(&t, FILL2, code, "refuse", "&lacking=queshao"), 303);
    CHECK_INT(act(&t, FILL1, code, "renew", ""), 303);
    CHECK_INT(act(&t, FILL1, code, "sign", ""), 303);
    CHECK_INT(act(&t, FILL2, code, "take", ""), 303);
    m = matter(&t, t.filing);
    CHECK_STR(matter_account(&m), world_codes[FILL2]);
    m = matter(&t, code);
    CHECK_STR(m.state, "done");
    r = site_get(&t.site, t.token[FILL2], arena_printf(a, "/handing/%s", code));
    CHECK_HAS(r, "移交人签字");
    CHECK_HAS(r, "接收人签字");
    r = site_get(&t.site, t.token[FILL2], arena_printf(a, "/handing/%s.pdf", code));
    CHECK_STATUS(r, 200);
    CHECK(r.n > 1000 && memcmp(r.body, "%PDF", 4) == 0);
    /* Standing in has ended. */
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct delegation *list;
    size_t n;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(delegation_list(s, world_codes[FILL1], a, &list, &n, &e));
    CHECK_INT(n, 1);
    CHECK(*list[0].ended_by || list[0].to_day < county_today(c));
    db_read_end(&s);
    world_proved(&t.w);
}
T_COUNTY(both_sign_and_the_matters_move)

static enum rc take_post(struct tx *tx, void *arg, struct err *e)
{
    struct stand *t = arg;
    const char *code;
    enum rc rc =
        duty_post_add(tx, t->w.c, "CG", "分管副局长", DUTY_DOUBLE, "", t->w.a, &code, e);
    return rc == RC_OK ? duty_hold(tx, t->w.c, code, world_codes[FILL1],
                                   county_today(t->w.c) - 30, "", e)
                       : rc;
}

/* Whose it is next, the unit says: the sheet names it only. */
static void a_post_is_named_and_stays(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(stand_done) struct stand t;
    CLEANUP(err_done) struct err e = { 0 };
    stand_open(&t, c, a);
    CHECK_LACKS(site_get(&t.site, t.token[FILL1], "/handing/new"), "四责岗位");
    CHECK_OK(db_transact(c->db, take_post, &t, &e));
    struct web_reply r = site_get(&t.site, t.token[FILL1], "/handing/new");
    CHECK_HAS(r, "【四责岗位】1个，不随交接单转移");
    CHECK_HAS(r, "CG-1 分管副局长");
    const char *code =
        press(&t, FILL1, arena_printf(a, "to=%s&why=diaogang", world_codes[FILL2]));
    CHECK_INT(act(&t, FILL1, code, "sign", ""), 303);
    CHECK_INT(act(&t, FILL2, code, "take", ""), 303);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct duty_post p;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(duty_post_get(s, "CG-1", a, &p, &e));
    CHECK_STR(p.account, world_codes[FILL1]);
}
T_COUNTY(a_post_is_named_and_stays)

/* Work that waits for who opened it, in a draft and later. */
static const struct flow_state asking_states[] = {
    { .code = "note", .name = "草稿", .waits = FLOW_OPENER, .draft = true, .unclocked = "试" },
    { .code = "asked", .name = "待补充", .waits = FLOW_OPENER, .unclocked = "试" },
    { .code = "done", .name = "办结", .final = true },
};
static const struct flow_move asking_moves[] = {
    { .verb = "send", .name = "发出", .from = "note", .to = "asked", .who = FLOW_OPENER },
    { .verb = "supply", .name = "补充", .from = "asked", .to = "done", .who = FLOW_OPENER },
};
static const struct flow_kind asking_kind = {
    .code = "asking",
    .name = "请求",
    .help = "试",
    .prefix = "Q",
    .open = CAP_HANDLE,
    FLOW_ROWS(states, asking_states),
    FLOW_ROWS(moves, asking_moves),
};

struct asking {
    struct stand *t;
    enum someone who;
    const char *code, *verb;
    struct flow_done done;
};
static enum rc ask_it(struct tx *tx, void *arg, struct err *e)
{
    struct asking *x = arg;
    struct flow_who w = world_who(&x->t->w, x->who);
    return x->verb
               ? flow_move(
                     tx, x->t->w.c, &w,
                     &(struct flow_act){ .matter = x->code, .verb = x->verb, .version = -1 },
                     x->t->w.a, &x->done, e)
               : flow_open(tx, x->t->w.c, &w,
                           &(struct flow_new){ .kind = "asking", .title = "试", .unit = "CG" },
                           x->t->w.a, &x->done, e);
}

/* Nothing that is open stays with who has gone, whichever way it was theirs. */
static void what_waits_for_its_opener_waits_for_the_successor(struct county *c)
{
    static const struct flow_kind *const kinds[] = { &filing_kind, &handing_kind,
                                                     &asking_kind };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(stand_done) struct stand t;
    CLEANUP(err_done) struct err e = { 0 };
    stand_open(&t, c, a);
    flow_use(c, kinds, COUNT(kinds));
    const char *code[2];
    for (int i = 0; i < 2; i++) {
        struct asking x = { .t = &t, .who = FILL1 };
        CHECK_OK(db_transact(c->db, ask_it, &x, &e));
        code[i] = arena_strdup(a, x.done.code);
    }
    struct asking send = { .t = &t, .who = FILL1, .code = code[0], .verb = "send" };
    CHECK_OK(db_transact(c->db, ask_it, &send, &e));
    const char *sheet =
        press(&t, FILL1, arena_printf(a, "to=%s&why=diaogang&leaves=1", world_codes[FILL2]));
    CHECK_INT(act(&t, FILL1, sheet, "sign", ""), 303);
    struct asking supply = { .t = &t, .who = FILL2, .code = code[0], .verb = "supply" };
    CHECK_INT(db_transact(c->db, ask_it, &supply, &e), RC_DENIED);
    err_done(&e);
    CHECK_INT(act(&t, FILL2, sheet, "take", ""), 303);
    CHECK_OK(db_transact(c->db, ask_it, &supply, &e));
    supply.who = FILL1;
    supply.code = code[1];
    supply.verb = "send";
    CHECK(db_transact(c->db, ask_it, &supply, &e) != RC_OK);
    err_done(&e);
    supply.who = FILL2;
    CHECK_OK(db_transact(c->db, ask_it, &supply, &e));
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct matters_opened_row *opened;
        struct matters_held_row *held;
        size_t n;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(matters_opened_all(s, world_codes[FILL1], a, &opened, &n, &e));
        CHECK_INT(n, 0);
        CHECK_OK(matters_held_all(s, "CG", world_codes[FILL1], "", a, &held, &n, &e));
        CHECK_INT(n, 0);
    }
    world_proved(&t.w);
}
T_COUNTY(what_waits_for_its_opener_waits_for_the_successor)

/* A sheet handed on goes to who signs it, never to somebody who has not. */
static void who_signs_is_who_gets_it(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(stand_done) struct stand t;
    CLEANUP(err_done) struct err e = { 0 };
    stand_open(&t, c, a);
    const char *code =
        press(&t, FILL1, arena_printf(a, "to=%s&why=diaogang", world_codes[FILL2]));
    CHECK_INT(act(&t, FILL1, code, "sign", ""), 303);
    struct handing_it x = { &t, world_who(&t.w, FILL2), code, world_codes[HEAD1] };
    CHECK_OK(db_transact(c->db, give, &x, &e));
    CHECK(act(&t, FILL2, code, "take", "") != 303);
    CHECK_INT(act(&t, HEAD1, code, "take", ""), 303);
    struct matter m = matter(&t, t.filing);
    CHECK_STR(matter_account(&m), world_codes[HEAD1]);
    world_proved(&t.w);
}
T_COUNTY(who_signs_is_who_gets_it)

static void the_head_signs_for_who_has_gone(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(stand_done) struct stand t;
    CLEANUP(err_done) struct err e = { 0 };
    stand_open(&t, c, a);
    CHECK_HAS(site_get(&t.site, t.token[HEAD1], "/handing/new"), "替已经离岗的人办");
    CHECK_HAS(site_get(&t.site, t.token[HEAD1],
                       arena_printf(a, "/handing/new?from=%s", world_codes[FILL1])),
              t.filing);
    const char *code = press(&t, HEAD1,
                             arena_printf(a, "to=%s&gone=%s&leaves=1&why=diaochu",
                                          world_codes[FILL2], world_codes[FILL1]));
    CHECK(act(&t, HEAD1, code, "sign", "") != 303);
    CHECK_INT(act(&t, HEAD1, code, "sign_for", ""), 303);
    struct web_reply r =
        site_get(&t.site, t.token[FILL2], arena_printf(a, "/handing/%s", code));
    CHECK_HAS(r, "已离岗，由单位签发人代签");
    CHECK_HAS(r, "单位签发人代移交人签字");
    CHECK_INT(act(&t, FILL2, code, "take", ""), 303);
    struct matter m = matter(&t, t.filing);
    CHECK_STR(matter_account(&m), world_codes[FILL2]);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct account_of_code_row who;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(account_of_code_one(s, world_codes[FILL1], a, &who, &e));
    CHECK_STR(who.state, "locked");
    db_read_end(&s);
    world_proved(&t.w);
}
T_COUNTY(the_head_signs_for_who_has_gone)

static void what_is_wrong_is_refused(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(stand_done) struct stand t;
    stand_open(&t, c, a);
    const struct {
        enum someone who;
        const char *form;
        int status;
    } cases[] = {
        { FILL1, "", 400 },
        { FILL1, "to=nobody&why=x", 400 },
        { FILL1, arena_printf(a, "to=%s", world_codes[FILL2]), 400 },
        { FILL1, arena_printf(a, "to=%s&why=x", world_codes[FILL1]), 400 }, /* to oneself */
        { FILL1, arena_printf(a, "to=%s&why=x", world_codes[OTHER]), 400 }, /* elsewhere */
        { FILL1, arena_printf(a, "to=%s&gone=%s&why=x", world_codes[FILL1], world_codes[FILL2]),
          403 },
        { HEAD1, arena_printf(a, "to=%s&gone=%s&why=x", world_codes[HEAD1], world_codes[FILL1]),
          400 },
        { HEAD1, arena_printf(a, "to=%s&gone=%s&why=x", world_codes[FILL2], world_codes[OTHER]),
          400 },
        { HEAD1, arena_printf(a, "to=%s&gone=nobody&why=x", world_codes[FILL2]), 400 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct web_reply r =
            site_post(&t.site, t.token[cases[i].who], "/handing", cases[i].form);
        if (r.status != cases[i].status)
            t_fail(__FILE__, __LINE__, "case %zu: status %d, not %d", i, r.status,
                   cases[i].status);
    }
    const char *code = press(&t, FILL1, arena_printf(a, "to=%s&why=x", world_codes[FILL2]));
    CHECK(site_get(&t.site, t.token[OTHER], arena_printf(a, "/handing/%s", code)).status >=
          403);
    CHECK(site_get(&t.site, t.token[OTHER], arena_printf(a, "/handing/%s.pdf", code)).status >=
          403);
    CHECK_STATUS(site_get(&t.site, t.token[FILL1], "/handing/J-2026-99999"), 404);
    CHECK_STATUS(site_get(&t.site, t.token[FILL1], arena_printf(a, "/handing/%s", t.filing)),
                 404);
    CHECK_STATUS(site_post(&t.site, t.token[FILL1], arena_printf(a, "/handing/%s", code),
                           "verb=sign&version=77"),
                 409);
}
T_COUNTY(what_is_wrong_is_refused)

T_MAIN(T_COUNTY_CASES("both sign, and the matters move", both_sign_and_the_matters_move),
       T_COUNTY_CASES("a post is named and stays", a_post_is_named_and_stays),
       T_COUNTY_CASES("what waits for its opener waits for the successor",
                      what_waits_for_its_opener_waits_for_the_successor),
       T_COUNTY_CASES("who signs is who gets it", who_signs_is_who_gets_it),
       T_COUNTY_CASES("the head signs for who has gone", the_head_signs_for_who_has_gone),
       T_COUNTY_CASES("what is wrong is refused", what_is_wrong_is_refused))
