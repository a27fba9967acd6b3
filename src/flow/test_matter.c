/* What may happen to a matter and what may not, in the words people read; clocks to the day;
 * standing in, handing over; what the hour brings; what tampering leaves behind. */
#include "base/period.h"
#include "base/str.h"
#include "flow/calendar.h"
#include "flow/inbox.h"
#include "flow/test_flow.sql.h"
#include "flow/test_world.h"

#include <pthread.h>
#include <string.h>

#define SENT "lead=CG;due=2026-11-20;joint=SW"

/* The rc and a piece of the Chinese message. */
static void refused(const char *file, int line, struct world *w, enum rc rc, struct err *e,
                    enum rc want, const char *piece)
{
    const char *text = err_message(e, LANG_ZH, w->a);
    if (rc != want || !strstr(text, piece))
        t_fail(file, line, "%s \"%s\", not %s \"%s\"", rc_name(rc), text, rc_name(want), piece);
    err_done(e);
    *e = (struct err){ 0 };
}
#define REFUSED(call, want, piece) refused(__FILE__, __LINE__, &w, (call), &e, (want), (piece))

static struct world begin(struct county *c, struct arena *a)
{
    struct world w = world_new(c, a);
    world_day(&w, 2026, 9, 30);
    return w;
}

static const char *errand(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *code = "";
    CHECK_OK(world_open(w, DESK1, "errand", "整治乱收费", "", "why=批示要求", &code, &e));
    return code;
}

static const char *sent_errand(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *code = errand(w);
    CHECK_OK(world_move(w, DESK1, code, "send", SENT, &e));
    return code;
}

static const char *working_errand(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *code = sent_errand(w);
    CHECK_OK(world_move(w, FIN1, code, "sign", NULL, &e));
    return code;
}

static int32_t due_of(struct world *w, const char *code)
{
    struct matter m = world_matter(w, code);
    const struct clock_at *cl = matter_running(&m);
    return cl ? cl->due : 0;
}

static void run_clock(struct world *w, struct flow_run *r)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(flow_clock_run(w->c, r, &e));
}

/* ---- one after the other ---- */

static void a_whole_life(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = working_errand(&w);
    CHECK_STR(code, "E-2026-00001");
    CHECK_OK(world_move(&w, TRADE, code, "take", NULL, &e));
    REFUSED(world_move(&w, FIN1, code, "report", "result=办好了;how=soon", &e), RC_CONFLICT,
            "协办单位还没有交来：商务局");
    CHECK_OK(world_move(&w, TRADE, code, "deliver", "result=本局已核", &e));
    CHECK_OK(world_move(&w, FIN1, code, "report",
                        "result=办好了;how=soon;money=1,234.5;cases=3;period=2026Q3", &e));
    struct matter m = world_matter(&w, code);
    CHECK_STR(m.state, "reporting");
    CHECK_STR(matter_value(&m, "money"), "123450");
    CHECK_STR(m.title, "整治乱收费");
    REFUSED(world_move(&w, DESK1, code, "close", NULL, &e), RC_DENIED, "没有参与办理的复核人");
    errand_world.no_closing = true;
    REFUSED(world_move(&w, DESK2, code, "close", NULL, &e), RC_CONFLICT, "指标还没有恢复");
    errand_world.no_closing = false;
    world_day(&w, 2026, 10, 9);
    CHECK_OK(world_move(&w, DESK2, code, "close", NULL, &e));
    m = world_matter(&w, code);
    CHECK(!m.open && m.closed_at.us == county_now(c).us);
    CHECK_INT(m.gross_days, 2); /* October 8 and 9 */
    CHECK_INT(m.net_days, 2);
    CHECK_INT(m.on_time, 1);
    CHECK_INT(m.on_first, 1);
    CHECK_INT(m.n_desks, 0);
    CHECK_OK(world_move(&w, DESK1, code, "reopen", "why=反弹了;due=2026-12-01", &e));
    m = world_matter(&w, code);
    CHECK(m.open && m.reopened == 1 && m.gross_days == -1 && m.closed_at.us == 0);
    CHECK_INT(due_of(&w, code), DAY(2026, 12, 1));
    CHECK_OK(world_comment(&w, GROUP, code, "这次请写清责任人", &e));
    world_proved(&w);
}
T_COUNTY(a_whole_life)

static void two_at_once(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = sent_errand(&w);
    w.version = world_matter(&w, code).version;
    CHECK_OK(world_comment(&w, DESK1, code, "尽快", &e)); /* does not count as a move */
    CHECK_OK(world_move(&w, FIN1, code, "sign", NULL, &e));
    REFUSED(world_move(&w, FIN2, code, "wrong", "why=不是本局职责", &e), RC_CONFLICT,
            "李青在2026-09-30 09:00办了「签收」，现在是「办理中」");
    w.version = -1;
    REFUSED(world_move(&w, FIN2, code, "wrong", "why=不是本局职责", &e), RC_CONFLICT,
            "「办理中」时不能办「回退」；现在可以办的有：协办签收、交协办情况、分解");
    CHECK_INT(world_matter(&w, code).steps, 4);
}
T_COUNTY(two_at_once)

/* Eight people press the same button in the same moment: one does it, seven are told. */
struct pressing {
    struct world *w;
    struct flow_who who;
    const char *matter;
    struct arena *a;
    struct flow_done done;
    struct err e;
    enum rc rc;
    pthread_t thread;
};

static enum rc press_one(struct tx *tx, void *arg, struct err *e)
{
    struct pressing *p = arg;
    return flow_move(tx, p->w->c, &p->who,
                     &(struct flow_act){ .matter = p->matter, .verb = "sign", .version = 2 },
                     p->a, &p->done, e);
}

static void *press(void *arg)
{
    struct pressing *p = arg;
    p->rc = db_transact(p->w->c->db, press_one, p, &p->e);
    return NULL;
}

static void eight_at_once(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world w = begin(c, a);
    struct pressing p[8];
    const char *code = sent_errand(&w);
    int did = 0, told = 0;
    for (size_t i = 0; i < COUNT(p); i++) {
        p[i] = (struct pressing){
            .w = &w, .who = world_who(&w, i % 2 ? FIN1 : FIN2), .matter = code, .a = arena_new()
        };
        CHECK_INT(pthread_create(&p[i].thread, NULL, press, &p[i]), 0);
    }
    for (size_t i = 0; i < COUNT(p); i++) {
        pthread_join(p[i].thread, NULL);
        did += p[i].rc == RC_OK;
        told += p[i].rc == RC_CONFLICT &&
                strstr(err_message(&p[i].e, LANG_ZH, p[i].a), "办了「签收」") != NULL;
        err_done(&p[i].e);
        arena_free(p[i].a);
    }
    CHECK_INT(did, 1);
    CHECK_INT(told, 7);
    CHECK_INT(world_matter(&w, code).steps, 3);
    world_proved(&w);
}
T_COUNTY(eight_at_once)

static void rights(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    REFUSED(world_open(&w, FIN1, "errand", "x", "CG", NULL, NULL, &e), RC_DENIED, "");
    REFUSED(world_open(&w, DESK1, "warning", "x", "CG", NULL, NULL, &e), RC_DENIED,
            "由系统发起");
    REFUSED(world_open(&w, DESK1, "errant", "x", "CG", NULL, NULL, &e), RC_NOTFOUND, "errant");
    REFUSED(world_open(&w, DESK1, "errand", "x", "XX", NULL, NULL, &e), RC_INVALID, "XX");
    REFUSED(world_open(&w, DESK1, "errand", "", "", NULL, NULL, &e), RC_INVALID, "标题");
    const char *code = errand(&w);
    /* A draft is nobody else's: not even that it exists. */
    REFUSED(world_move(&w, FIN1, code, "send", SENT, &e), RC_NOTFOUND, code);
    REFUSED(world_comment(&w, LEADER, code, "看看", &e), RC_NOTFOUND, code);
    REFUSED(world_move(&w, DESK2, code, "send", SENT, &e), RC_DENIED, "「发出」要由发起人办");
    CHECK_OK(world_move(&w, DESK1, code, "send", SENT, &e));
    REFUSED(world_move(&w, TRADE, code, "sign", NULL, &e), RC_DENIED, "承办人");
    REFUSED(world_move(&w, TOWN, code, "take", NULL, &e), RC_NOTFOUND, code);
    REFUSED(world_move(&w, LEADER, code, "sign", NULL, &e), RC_DENIED, "承办人");
    REFUSED(world_move(&w, FIN1, code, "recover", NULL, &e), RC_CONFLICT, "待签收");
    CHECK_OK(world_move(&w, FIN1, code, "sign", NULL, &e));
    /* A named holder is the only one. */
    CHECK_OK(world_hand(&w, FIN1, code, "", "cg2", &e));
    REFUSED(world_move(&w, FIN1, code, "split", "units=T1", &e), RC_DENIED, "承办人");
    REFUSED(world_hand(&w, FIN2, code, "", "sw1", &e), RC_INVALID, "王桐不能办理「财政局」");
    REFUSED(world_hand(&w, FIN2, code, "ZZ", "", &e), RC_INVALID, "ZZ");
    REFUSED(world_hand(&w, LEADER, code, "SW", "", &e), RC_DENIED, "移交");
    CHECK_OK(world_hand(&w, FIN2, code, "SW", "", &e));
    REFUSED(world_hand(&w, TRADE, code, "SW", "", &e), RC_CONFLICT, "已经在这个单位");
    struct matter m = world_matter(&w, code);
    CHECK_STR(matter_unit(&m), "SW");
    CHECK_STR(matter_account(&m), "");
    world_proved(&w);
}
T_COUNTY(rights)

static void fields_are_checked(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = errand(&w);
    static const struct {
        const char *given, *piece;
    } cases[] = {
        { "due=2026-11-20", "请填写「牵头单位」" },
        { "lead=CG", "请填写「办结期限」" },
        { "lead=NO;due=2026-11-20", "没有编码为「NO」的单位" },
        { "lead=CG;due=2026-02-30", "不是日期" },
        { "lead=CG;due=11/20", "不是日期" },
        { "lead=CG;due=2026-09-30", "不能早于2026-10-01" },
        { "lead=CG;due=2028-01-01", "不能晚于2027-11-04" },
        { "lead=CG;due=2026-11-20;joint=SW|T1|QX|ZU|CG|NO", "没有编码为「NO」" },
        { "lead=CG;due=2026-11-20;holder=nobody", "没有可用的账号「nobody」" },
        { "lead=CG;due=2026-11-20;holder=sw1", "王桐不能办理「财政局」" },
        { "lead=CG;due=2026-11-20;result=x", "这里没有「result」这一栏" },
        { "lead=CG;due=2026-11-20;title=a\nb", "只能写一行" },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        REFUSED(world_move(&w, DESK1, code, "send", cases[i].given, &e), RC_INVALID,
                cases[i].piece);
    CHECK_INT(world_matter(&w, code).steps, 1);
    CHECK_OK(
        world_move(&w, DESK1, code, "send", SENT ";title=整治乱收费乱摊派;holder=cg1", &e));
    CHECK_STR(world_matter(&w, code).title, "整治乱收费乱摊派");
    CHECK_OK(world_move(&w, FIN1, code, "sign", NULL, &e));
    CHECK_OK(world_move(&w, TRADE, code, "deliver", "result=好", &e));
    static const struct {
        const char *given, *piece;
    } more[] = {
        { "result=好;how=never", "没有「never」这一项" },
        { "result=好;how=soon;money=1000001", "不能超过1,000,000.00元" },
        { "result=好;how=soon;money=-1", "涉及金额" },
        { "result=好;how=soon;cases=1000", "件数" },
        { "result=好;how=soon;period=2026Q9", "2026Q9" },
    };
    for (size_t i = 0; i < COUNT(more); i++)
        REFUSED(world_move(&w, FIN1, code, "report", more[i].given, &e), RC_INVALID,
                more[i].piece);
}
T_COUNTY(fields_are_checked)

/* ---- clocks, to the day ---- */

static void clocks_to_the_day(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = errand(&w);
    CHECK_INT(due_of(&w, code), DAY(2026, 10, 10)); /* 3 working days over the holiday */
    CHECK_OK(world_move(&w, DESK1, code, "send", SENT, &e));
    CHECK_INT(due_of(&w, code), DAY(2026, 10, 9));
    struct matter m = world_matter(&w, code);
    static const struct {
        int32_t day;
        const char *what, *desk;
    } want[] = { { 0, "remind", "" },
                 { 1, "colour", "" },
                 { 4, "colour", "c:supervise" },
                 { 7, "colour", "c:dispatch" } };
    /* October 8, 9 (due), 13 (10 and 12 are worked), 16. */
    CHECK_INT(m.n_alarms, 4);
    static const int days[] = { 8, 9, 12, 15 };
    for (size_t i = 0; i < m.n_alarms && i < 4; i++) {
        CHECK_INT(m.alarms[i].day, DAY(2026, 10, days[i]));
        CHECK_STR(m.alarms[i].what, want[i].what);
        CHECK_STR(m.alarms[i].desk, want[i].desk);
    }
    CHECK_OK(world_move(&w, FIN1, code, "sign", NULL, &e));
    CHECK_INT(due_of(&w, code), DAY(2026, 11, 20));
    /* A named day is kept when the work is interrupted; days of hanging are nobody's delay. */
    world_day(&w, 2026, 10, 9);
    CHECK_OK(world_move(&w, GROUP, code, "hang", "review_day=2026-10-16;why=等上级文件", &e));
    CHECK_INT(due_of(&w, code), DAY(2026, 10, 16));
    world_day(&w, 2026, 10, 14);
    CHECK_OK(world_move(&w, FIN1, code, "wake", NULL, &e));
    m = world_matter(&w, code);
    CHECK_INT(due_of(&w, code), DAY(2026, 11, 20));
    CHECK_INT(matter_clock(&m, "work")->version, 2);
    CHECK_INT(m.n_rests, 1);
    CHECK_OK(world_move(&w, TRADE, code, "deliver", "result=好", &e));
    world_day(&w, 2026, 10, 15);
    CHECK_OK(world_move(&w, FIN1, code, "report", "result=好;how=soon", &e));
    /* Ten calendar days end on a Sunday: the Monday after. */
    CHECK_INT(due_of(&w, code), DAY(2026, 10, 26));
    CHECK_OK(world_move(&w, DESK2, code, "close", NULL, &e));
    m = world_matter(&w, code);
    CHECK_INT(m.gross_days, 7); /* October 8 9 10 12 13 14 15 */
    CHECK_INT(m.net_days, 3);   /* without 10 12 13 14 */
}
T_COUNTY(clocks_to_the_day)

/* Working days that are left go on after an interruption. */
static void clocks_resume(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code;
    world_day(&w, 2026, 10, 12);
    CHECK_OK(world_open(&w, TOWN, "objection", "数值有误", "T1", "grounds=基数算错了一处",
                        &code, &e));
    REFUSED(world_move(&w, TOWN, code, "accept", NULL, &e), RC_DENIED, "复核人");
    CHECK_OK(world_move(&w, DESK1, code, "accept", NULL, &e));
    CHECK_INT(due_of(&w, code), DAY(2026, 10, 26)); /* ten working days */
    world_day(&w, 2026, 10, 14);
    CHECK_OK(world_move(&w, DESK1, code, "ask", "question=请给原始凭证", &e));
    CHECK_INT(due_of(&w, code), DAY(2026, 10, 21));
    struct matter m = world_matter(&w, code);
    CHECK(matter_clock(&m, "review")->paused);
    CHECK_INT(matter_clock(&m, "review")->left, 8);
    CHECK_STR(m.desks[0], "a:t1");
    world_day(&w, 2026, 10, 20);
    CHECK_OK(world_move(&w, TOWN, code, "supply", "more=已附", &e));
    CHECK_INT(due_of(&w, code), DAY(2026, 10, 30)); /* eight more */
    m = world_matter(&w, code);
    CHECK_INT(matter_clock(&m, "review")->first, DAY(2026, 10, 26));
    /* Not supplied in time: the program goes on. */
    CHECK_OK(world_move(&w, DESK1, code, "ask", "question=还差一页", &e));
    world_day(&w, 2026, 10, 27);
    struct flow_run r;
    run_clock(&w, &r);
    CHECK_INT(r.lapsed, 0);
    world_day(&w, 2026, 10, 28);
    run_clock(&w, &r);
    CHECK_INT(r.lapsed, 1);
    m = world_matter(&w, code);
    CHECK_STR(m.state, "reviewing");
    CHECK_STR(m.last_verb, "go_on");
    CHECK_STR(m.mover, "");
    run_clock(&w, &r);
    CHECK_INT(r.lapsed, 0);
    world_day(&w, 2026, 11, 25);
    CHECK_OK(world_move(&w, DESK1, code, "refuse", "decision=原始凭证与数值一致", &e));
    m = world_matter(&w, code);
    CHECK_INT(m.on_time, 0);
    CHECK_INT(m.on_first, 0);
    world_proved(&w);
}
T_COUNTY(clocks_resume)

/* A reviewer is a third person: not who issued what the objection is about. */
static void the_issuer_does_not_review(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code;
    CHECK_OK(world_open(&w, TOWN, "objection", "数值有误", "T1",
                        "grounds=基数算错了一处;issuer=zhuan1", &code, &e));
    REFUSED(world_move(&w, DESK1, code, "accept", NULL, &e), RC_DENIED, "复核人");
    /* Nor somebody standing in for a second person. */
    CHECK_OK(world_away(&w, DESK2, "zhuan2", "zhuan1", DAY(2026, 9, 30), DAY(2026, 10, 2), &e));
    REFUSED(world_move(&w, DESK1, code, "accept", NULL, &e), RC_DENIED, "复核人");
    CHECK_OK(world_move(&w, DESK3, code, "accept", NULL, &e));
}
T_COUNTY(the_issuer_does_not_review)

static void extensions(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = working_errand(&w);
    REFUSED(world_move(&w, FIN1, code, "ask_more", "until=2026-11-20;why=要等设备", &e),
            RC_INVALID, "延期要晚于现在的期限2026-11-20");
    REFUSED(world_move(&w, DESK1, code, "give_more", NULL, &e), RC_CONFLICT,
            "没有等答复的申请");
    world_day(&w, 2026, 11, 20); /* the last day is still in time */
    CHECK_OK(world_move(&w, FIN1, code, "ask_more", "until=2026-12-10;why=要等设备", &e));
    REFUSED(world_move(&w, FIN2, code, "ask_more", "until=2026-12-11;why=要等设备", &e),
            RC_CONFLICT, "已经有一份同样的申请");
    struct matter m = world_matter(&w, code);
    bool asked = false;
    for (size_t i = 0; i < m.n_desks; i++)
        asked |= str_eq(m.desks[i], "a:zhuan1");
    CHECK(asked); /* it lies with who can grant it */
    REFUSED(world_move(&w, DESK2, code, "give_more", NULL, &e), RC_DENIED, "发起人、督办单位");
    /* The second person may grant less. */
    CHECK_OK(world_move(&w, DESK1, code, "give_more", "until=2026-12-01", &e));
    m = world_matter(&w, code);
    CHECK_INT(due_of(&w, code), DAY(2026, 12, 1));
    CHECK_INT(matter_clock(&m, "work")->first, DAY(2026, 11, 20));
    CHECK_INT(matter_clock(&m, "work")->version, 2);
    CHECK_INT(m.n_requests, 0);
    CHECK_OK(world_move(&w, FIN1, code, "ask_more", "until=2026-12-20;why=还要等", &e));
    CHECK_OK(world_move(&w, GROUP, code, "no_more", "why=没有新理由", &e));
    CHECK_INT(due_of(&w, code), DAY(2026, 12, 1));
    world_day(&w, 2026, 12, 2);
    REFUSED(world_move(&w, FIN1, code, "ask_more", "until=2026-12-20;why=再等", &e),
            RC_CONFLICT, "期限2026-12-01已过，不能再申请延期：请照常办理");
    CHECK_OK(world_move(&w, TRADE, code, "deliver", "result=好", &e));
    CHECK_OK(world_move(&w, FIN1, code, "report", "result=好;how=long", &e));
    CHECK_OK(world_move(&w, DESK2, code, "close", NULL, &e));
    m = world_matter(&w, code);
    CHECK_INT(m.on_time, 0);
    CHECK_INT(m.on_first, 0);
    world_proved(&w);
}
T_COUNTY(extensions)

/* 暂缓提醒: two people, and the matter stays where it is. */
static void quiet_needs_two(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = working_errand(&w);
    struct flow_run r;
    CHECK_OK(world_move(&w, DESK1, code, "ask_quiet", "until=2026-11-18;why=省里统一部署", &e));
    REFUSED(world_move(&w, DESK1, code, "give_quiet", NULL, &e), RC_DENIED,
            "申请人以外的另一个人");
    /* Not even by standing in for somebody else. */
    CHECK_OK(world_away(&w, DESK2, "zhuan2", "zhuan1", DAY(2026, 9, 30), DAY(2026, 10, 8), &e));
    REFUSED(world_move(&w, DESK1, code, "give_quiet", NULL, &e), RC_DENIED, "另一个人");
    CHECK_OK(world_move(&w, DESK3, code, "give_quiet", NULL, &e));
    CHECK_INT(world_matter(&w, code).quiet_day, DAY(2026, 11, 18));
    world_day(&w, 2026, 11, 18); /* reminder 13th, yellow 18th */
    run_clock(&w, &r);
    CHECK_INT(r.alarms, 2);
    CHECK_INT(r.notices, 0);
    CHECK_INT(world_matter(&w, code).colour, FLOW_YELLOW); /* quiet, not hidden */
    world_day(&w, 2026, 11, 23);
    run_clock(&w, &r);
    CHECK(r.notices > 0);
    CHECK_INT(world_matter(&w, code).colour, FLOW_ORANGE);
    world_proved(&w);
}
T_COUNTY(quiet_needs_two)

/* ---- the hour ---- */

static size_t told(struct world *w, const char *code, const char *what, const char *desk)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct test_notices_row *rows;
    size_t n, hits = 0;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(test_notices_all(s, code, w->a, &rows, &n, &e));
    for (size_t i = 0; i < n; i++)
        hits += str_eq(rows[i].what, what) && str_eq(rows[i].desk, desk);
    return hits;
}

static void colours_rise(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = sent_errand(&w);
    struct flow_run r;
    CHECK_INT(told(&w, code, "arrived", "u:CG"), 1);
    CHECK_INT(told(&w, code, "arrived", "u:SW"), 1);
    CHECK_INT(told(&w, code, "arrived", "a:zhuan1"), 0);
    run_clock(&w, &r);
    CHECK_INT(r.alarms, 0);
    world_day(&w, 2026, 10, 8);
    run_clock(&w, &r);
    CHECK_INT(r.alarms, 1);
    CHECK_INT(told(&w, code, "remind", "u:CG"), 1);
    CHECK_INT(world_matter(&w, code).colour, FLOW_NO_COLOUR);
    run_clock(&w, &r); /* again in the same hour */
    CHECK_INT(r.alarms, 0);
    world_day(&w, 2026, 10, 9);
    run_clock(&w, &r);
    CHECK_INT(world_matter(&w, code).colour, FLOW_YELLOW);
    CHECK_INT(told(&w, code, "yellow", "u:SW"), 1);
    world_day(&w, 2026, 10,
              20); /* two rungs at once: both are told, the higher colour counts */
    run_clock(&w, &r);
    CHECK_INT(r.alarms, 2);
    CHECK_INT(world_matter(&w, code).colour, FLOW_RED);
    CHECK_INT(told(&w, code, "orange", "c:supervise"), 1);
    CHECK_INT(told(&w, code, "red", "c:dispatch"), 1);
    world_proved(&w);
    /* Signing ends the clock and its colour; the lateness stays. */
    CHECK_OK(world_move(&w, FIN1, code, "sign", NULL, &e));
    struct matter m = world_matter(&w, code);
    CHECK_INT(m.colour, FLOW_NO_COLOUR);
    CHECK(matter_clock(&m, "sign")->late);
    world_proved(&w);
}
T_COUNTY(colours_rise)

/* No calendar for the next year: said, waited for, filled in when it comes. */
struct importing {
    struct county *c;
    const struct calendar_year *years;
    size_t n;
};
static enum rc import_years(struct tx *tx, void *arg, struct err *e)
{
    struct importing *i = arg;
    return calendar_write(tx, i->c, i->years, i->n, "", NULL, e);
}

static void a_gap_is_said(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    world_day(&w, 2026, 12, 30);
    const char *code = errand(&w); /* three working days from the 30th */
    struct matter m = world_matter(&w, code);
    CHECK_INT(due_of(&w, code), 0);
    CHECK_INT(matter_running(&m)->gap, 2027);
    CHECK_INT(m.n_alarms, 0);
    struct flow_run r;
    run_clock(&w, &r);
    CHECK_INT(r.gaps, 0);
    world_proved(&w);
    struct calendar_day day = {
        .year = 2027, .day = DAY(2027, 1, 1), .off = true, .name = "元旦"
    };
    struct calendar_year y = { .year = 2027, .source = "测试用", .days = &day, .n = 1 };
    struct importing i = { .c = c, .years = &y, .n = 1 };
    CHECK_OK(db_transact(c->db, import_years, &i, &e));
    run_clock(&w, &r);
    CHECK_INT(r.gaps, 1);
    CHECK_INT(due_of(&w, code), DAY(2027, 1, 5)); /* 31, (1 off), 4, 5 */
    m = world_matter(&w, code);
    CHECK_INT(matter_running(&m)->gap, 0);
    CHECK_INT(m.n_alarms, 1);
    CHECK_INT(m.version, 1); /* nobody's page is out of date by it */
    run_clock(&w, &r);
    CHECK_INT(r.gaps, 0);
    world_proved(&w);
}
T_COUNTY(a_gap_is_said)

/* ---- parts ---- */

static void parts(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = working_errand(&w);
    CHECK_OK(world_move(&w, FIN1, code, "split", "units=T1|SW", &e));
    CHECK_OK(world_move(&w, TRADE, code, "deliver", "result=好", &e));
    struct matter p1 = world_matter(&w, "E-2026-00002"), p2 = world_matter(&w, "E-2026-00003");
    CHECK_STR(p1.parent, code);
    CHECK_STR(matter_unit(&p1), "T1");
    CHECK_STR(matter_unit(&p2), "SW");
    CHECK_STR(p1.opener, "cg1");
    CHECK_STR(matter_value(&p1, "due"), "2026-11-20"); /* inherited */
    REFUSED(world_move(&w, FIN1, code, "report", "result=好;how=soon", &e), RC_CONFLICT,
            "还有2件下级事项没有办结：E-2026-00002、E-2026-00003");
    CHECK_OK(world_move(&w, FIN1, "E-2026-00002", "drop", "why=不需要了", &e));
    REFUSED(world_move(&w, FIN1, code, "report", "result=好;how=soon", &e), RC_CONFLICT,
            "还有1件");
    CHECK_OK(world_move(&w, FIN1, "E-2026-00003", "drop", "why=不需要了", &e));
    CHECK_OK(world_move(&w, FIN1, code, "report", "result=好;how=soon", &e));
    /* Eight layers at most, so no circle either. */
    const char *up = working_errand(&w);
    enum rc rc = RC_OK;
    int layers = 1;
    for (; rc == RC_OK && layers < 20; layers++) {
        rc = world_move(&w, FIN1, up, "split", "units=CG", &e);
        if (rc != RC_OK)
            break;
        up = arena_printf(a, "E-2026-%05d", 4 + layers);
        CHECK_OK(world_move(&w, FIN1, up, "send", "lead=CG;due=2026-11-20", &e));
        CHECK_OK(world_move(&w, FIN1, up, "sign", NULL, &e));
    }
    CHECK_INT(layers, MATTER_DEPTH_MAX);
    REFUSED(rc, RC_INVALID, "最多8层");
    world_proved(&w);
}
T_COUNTY(parts)

/* ---- standing in, handing over ---- */

static void standing_in(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = errand(&w);
    CHECK_OK(world_move(&w, DESK1, code, "send", "lead=CG;due=2026-11-20;holder=cg1", &e));
    REFUSED(world_move(&w, FIN2, code, "sign", NULL, &e), RC_DENIED, "承办人");
    REFUSED(world_away(&w, FIN2, "cg1", "cg2", DAY(2026, 9, 30), DAY(2026, 10, 9), &e),
            RC_DENIED, "本人或安全管理员");
    REFUSED(world_away(&w, FIN1, "cg1", "cg1", DAY(2026, 9, 30), DAY(2026, 10, 9), &e),
            RC_INVALID, "不能是本人");
    REFUSED(world_away(&w, FIN1, "cg1", "cg2", DAY(2026, 10, 9), DAY(2026, 10, 8), &e),
            RC_INVALID, "不能早于");
    REFUSED(world_away(&w, FIN1, "cg1", "cg2", DAY(2026, 9, 1), DAY(2026, 9, 29), &e),
            RC_INVALID, "已经过去");
    REFUSED(world_away(&w, FIN1, "cg1", "cg2", DAY(2026, 9, 30), DAY(2027, 9, 29), &e),
            RC_INVALID, "最多92天");
    CHECK_OK(world_away(&w, FIN1, "cg1", "cg2", DAY(2026, 9, 30), DAY(2026, 10, 9), &e));
    /* Nobody stands in for a stand-in, either way round. */
    REFUSED(world_away(&w, FIN2, "cg2", "sw1", DAY(2026, 10, 8), DAY(2026, 10, 12), &e),
            RC_CONFLICT, "cg2在2026-09-30至2026-10-09正替cg1代办");
    REFUSED(world_away(&w, TRADE, "sw1", "cg1", DAY(2026, 10, 8), DAY(2026, 10, 12), &e),
            RC_CONFLICT, "cg1自己在2026-09-30至2026-10-09也由别人代办");
    REFUSED(world_away(&w, SECADMIN, "cg1", "sw1", DAY(2026, 10, 9), DAY(2026, 10, 12), &e),
            RC_CONFLICT, "已经安排cg2代办");
    CHECK_OK(world_away(&w, FIN2, "cg2", "sw1", DAY(2026, 10, 10), DAY(2026, 10, 12), &e));
    /* It lies in the stand-in's inbox, and the step says for whom. */
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct flow_who who = world_who(&w, FIN2);
        struct matter_line *l;
        size_t n;
        bool more;
        CHECK_INT(who.n_absent, 1);
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(flow_inbox(s, c, &who, "", NULL, 10, LANG_ZH, a, &l, &n, &more, &e));
        CHECK_INT(n, 1);
        CHECK_STR(n ? l[0].for_ : "", "cg1");
    }
    CHECK_OK(world_move(&w, FIN2, code, "sign", NULL, &e));
    struct matter m = world_matter(&w, code);
    CHECK_STR(m.mover, "cg2");
    CHECK_STR(m.mover_for, "cg1");
    world_day(&w, 2026, 10, 10);
    REFUSED(world_move(&w, FIN2, code, "split", "units=T1", &e), RC_DENIED, "承办人");
    world_proved(&w);
}
T_COUNTY(standing_in)

struct handing {
    struct world *w;
    struct flow_who who;
    int64_t done, left;
};
static enum rc hand_all(struct tx *tx, void *arg, struct err *e)
{
    struct handing *h = arg;
    static const struct flow_hand_all what = { .from_unit = "CG",
                                               .from_account = "",
                                               .to_unit = "SW",
                                               .to_account = "",
                                               .reason = "撤并" };
    return flow_hand_over_all(tx, h->w->c, &h->who, &what, &h->done, &h->left, e);
}
static enum rc end_unit(struct tx *tx, void *arg, struct err *e)
{
    static const struct unit_term ended = { .code = "CG",
                                            .parent = "QX",
                                            .name = "财政局",
                                            .kind = "department",
                                            .peer_group = "局",
                                            .from_day = 0,
                                            .to_day = 20727 }; /* 2026-10-01 */
    return units_write(tx, ((struct world *)arg)->c, &ended, 1, 0, "", e);
}

static void a_unit_is_dissolved(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    for (int i = 0; i < 5; i++)
        (void)working_errand(&w);
    CHECK_OK(db_transact(c->db, end_unit, &w, &e));
    world_day(&w, 2026, 10, 8);
    world_units_again(&w);
    CHECK(!units_find(w.units, "CG"));
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct flow_who who = world_who(&w, DESK1);
        struct matter_line *l;
        size_t n;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(flow_orphans(s, c, &who, LANG_ZH, a, &l, &n, &e));
        CHECK_INT(n, 5);
    }
    /* The platform hears of each, once. */
    for (int i = 0; i < 2; i++) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct flow_who who = world_who(&w, DESK2);
        struct flow_run run;
        struct flow_notice *l;
        size_t n, told = 0;
        CHECK_OK(flow_clock_run(c, &run, &e));
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(flow_notices(s, c, &who, (struct id){ 0 }, 100, LANG_ZH, a, &l, &n, &e));
        for (size_t k = 0; k < n; k++)
            told += str_eq(l[k].what, "单位已撤销，待移交");
        CHECK_INT(told, 5);
    }
    REFUSED(world_open(&w, DESK1, "errand", "x", "CG", NULL, NULL, &e), RC_INVALID, "CG");
    struct handing h = { .w = &w, .who = world_who(&w, DESK1), .left = 1 };
    int64_t done = 0;
    for (int i = 0; i < 10 && h.left > 0; i++) {
        CHECK_OK(db_transact(c->db, hand_all, &h, &e));
        done += h.done;
    }
    CHECK_INT(done, 5);
    CHECK_OK(world_move(&w, TRADE, "E-2026-00003", "split", "units=T1", &e));
    world_proved(&w);
}
T_COUNTY(a_unit_is_dissolved)

/* ---- lists ---- */

static void lists(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    (void)working_errand(&w);
    (void)sent_errand(&w);
    (void)errand(&w);
    CHECK_OK(world_open(&w, SYSTEM, "warning", "公告率连续2期低于90% Yunling", "CG", NULL, NULL,
                        &e));
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who fin = world_who(&w, FIN1), town = world_who(&w, TOWN),
                    desk = world_who(&w, DESK1), group = world_who(&w, GROUP);
    struct matter_line *l;
    struct board_column *b;
    struct flow_stats st;
    struct flow_notice *notices;
    const struct table *t;
    size_t n;
    bool more;
    int64_t count;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(flow_inbox(s, c, &fin, "", NULL, 10, LANG_ZH, a, &l, &n, &more, &e));
    CHECK_INT(n, 2);
    CHECK_STR(l[0].code, "E-2026-00002"); /* to be signed sooner than the other is due */
    CHECK_STR(l[0].state_name, "待签收");
    CHECK_STR(l[0].unit_name, "财政局");
    CHECK(!more);
    struct matter_after after = { l[0].due, l[0].id };
    CHECK_OK(flow_inbox(s, c, &fin, "", NULL, 1, LANG_ZH, a, &l, &n, &more, &e));
    CHECK(n == 1 && more);
    CHECK_OK(flow_inbox(s, c, &fin, "", &after, 1, LANG_ZH, a, &l, &n, &more, &e));
    CHECK(n == 1 && !more);
    CHECK_STR(l[0].code, "E-2026-00001");
    CHECK_OK(flow_inbox(s, c, &fin, "warning", NULL, 10, LANG_ZH, a, &l, &n, &more, &e));
    CHECK_INT(n, 0);
    CHECK_OK(flow_inbox_count(s, c, &fin, 1000, a, &count, &e));
    CHECK_INT(count, 2);
    CHECK_OK(flow_inbox(s, c, &town, "", NULL, 10, LANG_ZH, a, &l, &n, &more, &e));
    CHECK_INT(n, 0);
    CHECK_OK(flow_inbox(s, c, &desk, "", NULL, 10, LANG_ZH, a, &l, &n, &more, &e));
    CHECK_INT(n, 2); /* the draft and the warning to be sent */
    CHECK_OK(flow_board(s, c, &desk, "errand", "", LANG_ZH, a, &b, &n, &e));
    CHECK_INT(n, 8);
    CHECK_INT(b[0].n, 1);
    CHECK_INT(b[1].n, 1);
    CHECK_INT(b[2].n, 1);
    CHECK_INT(b[2].n_lines, 1);
    CHECK_OK(flow_board(s, c, &town, "errand", "", LANG_ZH, a, &b, &n, &e));
    CHECK_INT(n, 7); /* no drafts */
    CHECK_INT(b[0].n + b[1].n, 0);
    CHECK_OK(flow_board(s, c, &group, "errand", "", LANG_ZH, a, &b, &n, &e));
    CHECK_INT(b[0].n + b[1].n, 2);
    CHECK_INT(b[0].n_lines, 1);
    CHECK_OK(
        flow_agenda(s, c, &group, DAY(2026, 11, 1), DAY(2026, 11, 30), LANG_ZH, a, &l, &n, &e));
    CHECK_INT(n, 1);
    CHECK_OK(flow_search(s, c, &desk, "yunling 公告", LANG_ZH, a, &l, &n, &e));
    CHECK_INT(n, 1);
    CHECK_OK(flow_search(s, c, &desk, "90%", LANG_ZH, a, &l, &n, &e));
    CHECK_INT(n, 1);
    CHECK_OK(flow_search(s, c, &desk, "9_%", LANG_ZH, a, &l, &n, &e));
    CHECK_INT(n, 0);
    CHECK_OK(flow_search(s, c, &desk, "e-2026-00001", LANG_ZH, a, &l, &n, &e));
    CHECK_INT(n, 1);
    CHECK_OK(flow_search(s, c, &town, "乱收费", LANG_ZH, a, &l, &n, &e));
    CHECK_INT(n, 0);
    CHECK_OK(flow_search(s, c, &fin, "乱收费", LANG_ZH, a, &l, &n, &e));
    CHECK_INT(n, 2); /* not the draft */
    CHECK_OK(flow_linked(s, c, &fin, "unit", "SW", LANG_ZH, a, &l, &n, &e));
    CHECK_INT(n, 2);
    CHECK_OK(flow_statistics(s, c, &desk, "errand", "", (struct utime){ 0 },
                             (struct utime){ INT64_MAX }, a, &st, &e));
    CHECK_INT(st.open, 3);
    CHECK_INT(st.ended, 0);
    CHECK_OK(flow_export(s, c, &fin, "errand", LANG_ZH, a, &t, &e));
    CHECK_INT(t->rows, 3);
    CHECK_STR(table_text(t, 1, 0), "E-2026-00001");
    CHECK_STR(table_text(t, 1, 3), "财政局");
    CHECK_OK(flow_notices(s, c, &fin, (struct id){ 0 }, 10, LANG_ZH, a, &notices, &n, &e));
    CHECK(n >= 2 && notices[0].acked_at.us == 0);
    CHECK_OK(flow_notices(s, c, &town, (struct id){ 0 }, 10, LANG_ZH, a, &notices, &n, &e));
    CHECK_INT(n, 0);
}
T_COUNTY(lists)

struct acking {
    struct world *w;
    struct flow_who who;
    struct id id;
};
static enum rc ack(struct tx *tx, void *arg, struct err *e)
{
    struct acking *k = arg;
    return flow_notice_ack(tx, k->w->c, &k->who, k->id, e);
}
static enum rc seen(struct tx *tx, void *arg, struct err *e)
{
    struct acking *k = arg;
    return flow_notices_seen(tx, k->w->c, &k->who, &k->id, 1, e);
}

static void receipts(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    (void)sent_errand(&w);
    struct flow_who fin = world_who(&w, FIN1), fin2 = world_who(&w, FIN2);
    struct flow_notice *notices;
    size_t n;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(flow_notices(s, c, &fin, (struct id){ 0 }, 10, LANG_ZH, a, &notices, &n, &e));
        CHECK_INT(n, 1);
    }
    struct acking k = { .w = &w, .who = world_who(&w, TOWN), .id = notices[0].id };
    REFUSED(db_transact(c->db, ack, &k, &e), RC_NOTFOUND, "没有这条通知");
    k.who = fin;
    CHECK_OK(db_transact(c->db, seen, &k, &e));
    struct utime first = county_now(c);
    world_day(&w, 2026, 10, 8);
    CHECK_OK(db_transact(c->db, seen, &k, &e)); /* the first time counts */
    CHECK_OK(db_transact(c->db, ack, &k, &e));
    struct utime acked = county_now(c);
    world_day(&w, 2026, 10, 9);
    CHECK_OK(db_transact(c->db, ack, &k, &e));
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(flow_notices(s, c, &fin, (struct id){ 0 }, 10, LANG_ZH, a, &notices, &n, &e));
    CHECK_INT(notices[0].seen_at.us, first.us);
    CHECK_INT(notices[0].acked_at.us, acked.us);
    CHECK_OK(flow_notices(s, c, &fin2, (struct id){ 0 }, 10, LANG_ZH, a, &notices, &n, &e));
    CHECK(n == 1 && notices[0].seen_at.us == 0); /* a receipt is a person's */
}
T_COUNTY(receipts)

/* ---- all or nothing; what tampering leaves ---- */

static struct test_counts_row counts(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct test_counts_row r = { 0 };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(test_counts_one(s, w->a, &r, &e));
    return r;
}

static void hooks(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = begin(c, a);
    const char *code = working_errand(&w);
    int applied = errand_world.applied;
    struct test_counts_row before = counts(&w), now;
    errand_world.apply_fails = true;
    REFUSED(world_move(&w, FIN1, code, "split", "units=T1|SW", &e), RC_CONFLICT,
            "后续处理不成");
    errand_world.apply_fails = false;
    now = counts(&w);
    CHECK(memcmp(&before, &now, sizeof(now)) == 0); /* nothing of it stays */
    CHECK_OK(world_move(&w, FIN1, code, "split", "units=T1|SW", &e));
    CHECK_INT(errand_world.applied, applied + 3); /* the move and two openings */
    now = counts(&w);
    CHECK_INT(now.records, now.steps);
    world_proved(&w);
}
T_COUNTY(hooks)

struct spoiling {
    struct world *w;
    const char *code;
    int which;
};
static enum rc spoil(struct tx *tx, void *arg, struct err *e)
{
    struct spoiling *p = arg;
    switch (p->which) {
    case 0:
        return spoil_state(tx, "done", p->code, NULL, e);
    case 1:
        return spoil_due(tx, p->code, NULL, e);
    case 2:
        return spoil_desk(tx, p->code, NULL, e);
    case 3:
        return spoil_link(tx, p->code, NULL, e);
    case 4:
        return spoil_alarm(tx, p->code, NULL, e);
    case 5:
        return spoil_tally(tx, "errand", NULL, e);
    }
    return RC_OK;
}

static void tampering(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const char *const want[] = { "表 matter 的 state", "表 matter 的 due_day",
                                        "表 matter_desk",     "表 matter_link",
                                        "表 matter_alarm",    "表 matter_tally" };
    struct world w = begin(c, a);
    for (int i = 0; i < (int)COUNT(want); i++) {
        CLEANUP(err_done) struct err e = { 0 };
        CLEANUP(db_read_end) const struct snap *s = NULL;
        int64_t n;
        struct spoiling p = { .w = &w, .code = working_errand(&w), .which = i };
        {
            CLEANUP(db_read_end) const struct snap *before = NULL;
            CHECK_OK(db_read(c->db, &before, &e));
            CHECK_OK(flow_rebuild(before, c, p.code, &e));
        }
        CHECK_OK(db_transact(c->db, spoil, &p, &e));
        CHECK_OK(db_read(c->db, &s, &e));
        if (i < 5)
            REFUSED(flow_rebuild(s, c, p.code, &e), RC_UNPROVEN, want[i]);
        else
            REFUSED(flow_rebuild_all(s, c, &n, &e), RC_UNPROVEN, "事项 E-2026-00001");
    }
}
T_COUNTY(tampering)

T_MAIN(T_COUNTY_CASES("an errand from its draft to its end and back", a_whole_life),
       T_COUNTY_CASES("the second of two people is told what changed", two_at_once),
       T_COUNTY_CASES("of eight at once one does it and seven are told", eight_at_once),
       T_COUNTY_CASES("who may do what", rights),
       T_COUNTY_CASES("fields are checked and say what would be right", fields_are_checked),
       T_COUNTY_CASES("clocks run to the day", clocks_to_the_day),
       T_COUNTY_CASES("an interrupted clock goes on with what was left", clocks_resume),
       T_COUNTY_CASES("the issuer does not review", the_issuer_does_not_review),
       T_COUNTY_CASES("extensions are asked before, answered by another", extensions),
       T_COUNTY_CASES("quiet needs two people and hides nothing", quiet_needs_two),
       T_COUNTY_CASES("colours rise by the ladder, once each", colours_rise),
       T_COUNTY_CASES("a year without calendar is said, then filled in", a_gap_is_said),
       T_COUNTY_CASES("a matter ends after its parts", parts),
       T_COUNTY_CASES("somebody stands in, nobody for a stand-in", standing_in),
       T_COUNTY_CASES("a dissolved unit's matters are handed over", a_unit_is_dissolved),
       T_COUNTY_CASES("lists show what each may see", lists),
       T_COUNTY_CASES("notices have receipts", receipts),
       T_COUNTY_CASES("hooks go with their change or not at all", hooks),
       T_COUNTY_CASES("what was changed by hand is found", tampering))
