/* Draws on both databases: announced, sealed, seeded, checked, drawn; and every way in which a
 * seed could have been known, or a result chosen, is refused. */
#include "base/clock.h"
#include "base/period.h"
#include "store/audit.h"
#include "store/draw.h"
#include "store/job.h"
#include "store/receipt.h"
#include "store/test_county.h"

#include <string.h>

enum act { ANNOUNCE, SEED, CHECK_SEED, RETURN, VOID };
struct acting {
    struct county *c;
    enum act act;
    const char *code, *reason, *by;
    struct draw_new n;
    struct draw_seed s;
    struct arena *a;
};

static enum rc act(struct tx *tx, void *arg, struct err *e)
{
    struct acting *x = arg;
    switch (x->act) {
    case ANNOUNCE:
        return draw_announce(tx, x->c, &x->n, x->a, &x->code, e);
    case SEED:
        return draw_seed(tx, x->c, x->code, &x->s, e);
    case CHECK_SEED:
        return draw_check(tx, x->c, x->code, &x->s, e);
    case RETURN:
        return draw_return(tx, x->c, x->code, x->reason, x->by, e);
    case VOID:
        return draw_void(tx, x->c, x->code, x->reason, x->by, e);
    }
    return RC_OK;
}

static enum rc announce(struct county *c, const char *subject, const char *day, struct arena *a,
                        const char **ret, struct err *e)
{
    struct lot_item *items = arena_array(a, 20, sizeof(*items));
    struct lot_take *take = arena_alloc(a, sizeof(*take));
    struct acting x = { .c = c, .act = ANNOUNCE, .a = a };

    *take = (struct lot_take){ .stratum = "", .k = 4 };
    for (int i = 0; i < 20; i++)
        items[i] =
            (struct lot_item){ .stratum = "", .code = arena_printf(a, "D-2026-%05d", i) };
    x.n = (struct draw_new){ .purpose = "lookback",
                             .subject = subject,
                             .title = "第三季度回头看",
                             .event = "ssq",
                             .issue = "2026113",
                             .source = "",
                             .items = items,
                             .n_items = 20,
                             .takes = take,
                             .n_takes = 1,
                             .by = "wenshu" };
    CHECK(day_parse(day, &x.n.day, e) == RC_OK);
    enum rc rc = db_transact(c->db, act, &x, e);
    *ret = x.code;
    return rc;
}

static enum rc seed(struct county *c, enum act which, const char *code, const char *issue,
                    const char *outcome, const char *at, const char *by, struct err *e)
{
    struct acting x = { .c = c, .act = which, .code = code };

    x.s = (struct draw_seed){
        .issue = issue, .outcome = outcome, .from = "中国福彩网", .by = by
    };
    CHECK(time_parse(at, &x.s.at, e) == RC_OK);
    return db_transact(c->db, act, &x, e);
}

static enum rc give(struct county *c, enum act which, const char *code, const char *reason,
                    const char *by, struct err *e)
{
    struct acting x = { .c = c, .act = which, .code = code, .reason = reason, .by = by };
    return db_transact(c->db, act, &x, e);
}

static void set_clock(struct county *c, const char *iso)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct utime t;

    CHECK_OK(time_parse(iso, &t, &e));
    CHECK_OK(county_set_clock(c, t, &e));
}

static void says(const struct err *e, const char *part)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CHECK_PART(err_message(e, LANG_ZH, a), part);
}

static void load(struct county *c, const char *code, struct arena *a, struct draw *ret)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;

    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(draw_load(s, code, a, ret, &e));
}

static void whole(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const struct audit_query *tables;
    struct audit_result r;
    size_t n = store_audits(&tables);

    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(audit_data(a, c, tables, n, NULL, NULL, &r, &e));
}

static void seal(struct county *c, int64_t want)
{
    CLEANUP(err_done) struct err e = { 0 };
    int64_t n;

    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(draw_seal(c, &n, &e));
    CHECK_INT(n, want);
}

/* 2026-10-08 is a Thursday; the lottery is at 21:15 = 13:15 UTC. */
#define BEFORE "2026-10-08T13:14:00.000000Z"
#define AFTER "2026-10-08T13:20:00.000000Z"
#define LATER "2026-10-08T14:00:00.000000Z"
#define OUTCOME "03 08 15 21 27 33 09"

static void draws(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *code, *again;
    struct draw d;

    CHECK_OK(announce(c, "2026Q3", "2026-10-08", a, &code, &e));
    CHECK_STR(code, "L-2026-0001");
    /* Not in the log yet, and only one of a purpose and subject. */
    int64_t n;
    CHECK_OK(draw_seal(c, &n, &e));
    CHECK_INT(n, 0);
    CHECK_INT(announce(c, "2026Q3", "2026-10-11", a, &again, &e), RC_CONFLICT);
    says(&e, "L-2026-0001正在抽");
    seal(c, 1);
    seal(c, 0);
    load(c, code, a, &d);
    CHECK_STR(d.row.state, "sealed");
    CHECK_PART(d.row.sealed_note, c->origin);

    /* Before the event there is no seed; another event's is none. */
    set_clock(c, BEFORE);
    CHECK_INT(seed(c, SEED, code, "2026113", OUTCOME, BEFORE, "wenshu", &e), RC_CONFLICT);
    says(&e, "还没有种子");
    set_clock(c, LATER);
    CHECK_INT(seed(c, SEED, code, "2026112", OUTCOME, AFTER, "wenshu", &e), RC_INVALID);
    says(&e, "公告的是「2026113」");
    CHECK_INT(seed(c, SEED, code, "2026113", "03 08 15 21 27 33 17", AFTER, "wenshu", &e),
              RC_INVALID);
    /* Public before the list was in the log: refused, whatever the announced time. */
    CHECK_INT(
        seed(c, SEED, code, "2026113", OUTCOME, "2026-09-29T13:15:00.000000Z", "wenshu", &e),
        RC_CONFLICT);
    says(&e, "早于公告存证");
    CHECK_INT(
        seed(c, SEED, code, "2026113", OUTCOME, "2026-10-09T13:15:00.000000Z", "wenshu", &e),
        RC_INVALID);
    CHECK_INT(seed(c, CHECK_SEED, code, "2026113", OUTCOME, AFTER, "zhengyi", &e), RC_CONFLICT);
    CHECK_OK(seed(c, SEED, code, "2026113", "03,08,15,21,27,33+09", AFTER, "wenshu", &e));
    load(c, code, a, &d);
    CHECK_STR(d.row.state, "seeded");
    CHECK(strstr(d.row.file, "seed") == NULL && strlen(d.row.seed_digest) == 64);

    /* The second person reads for themselves. */
    CHECK_INT(seed(c, SEED, code, "2026113", OUTCOME, AFTER, "zhengyi", &e), RC_CONFLICT);
    CHECK_INT(seed(c, CHECK_SEED, code, "2026113", OUTCOME, AFTER, "wenshu", &e), RC_DENIED);
    CHECK_INT(
        seed(c, CHECK_SEED, code, "2026113", "03 08 15 21 27 33 10", AFTER, "zhengyi", &e),
        RC_INVALID);
    says(&e, "不一致");
    CHECK(strstr(err_message(&e, LANG_ZH, a), "09") == NULL);
    CHECK_INT(give(c, RETURN, code, "看错了", "wenshu", &e), RC_DENIED);
    CHECK_INT(give(c, RETURN, code, "", "zhengyi", &e), RC_INVALID);
    CHECK_OK(give(c, RETURN, code, "号码与公布的不符", "zhengyi", &e));
    CHECK_OK(seed(c, SEED, code, "2026113", OUTCOME, AFTER, "wenshu", &e));
    CHECK_OK(seed(c, CHECK_SEED, code, "2026113", OUTCOME, AFTER, "zhengyi", &e));
    load(c, code, a, &d);
    CHECK_STR(d.row.state, "drawn");
    CHECK_INT(d.lot.n_drawn, 4);
    CHECK_STR(d.lot.seed, OUTCOME);
    CHECK_OK(lot_verify(a, &d.lot, &e));

    /* What is drawn stays drawn, and what follows is asked for. */
    CHECK_INT(give(c, VOID, code, "不满意", "zhengyi", &e), RC_CONFLICT);
    says(&e, "不能重抽");
    CHECK_INT(seed(c, CHECK_SEED, code, "2026113", OUTCOME, AFTER, "zhengyi", &e), RC_CONFLICT);
    CHECK_INT(announce(c, "2026Q3", "2026-10-11", a, &again, &e), RC_CONFLICT);
    says(&e, "结果不能重抽");
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct job j;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(job_latest(s, "lookback.drawn", code, a, &j, &e));
    db_read_end(&s);
    whole(c);
}
T_COUNTY(draws)

/* The log stood still until the event was over: nobody outside had the list before. */
static void late(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *code, *next;
    struct draw d;

    CHECK_OK(announce(c, "2026Q3", "2026-10-08", a, &code, &e));
    set_clock(c, LATER);
    seal(c, 0);
    CHECK_INT(seed(c, SEED, code, "2026113", OUTCOME, AFTER, "wenshu", &e), RC_CONFLICT);
    says(&e, "公告还没有进入存证日志");
    /* Given up by another, with a reason; it stays, and a new one may be announced. */
    CHECK_INT(give(c, VOID, code, "没有存证", "wenshu", &e), RC_DENIED);
    CHECK_INT(give(c, VOID, code, "", "zhengyi", &e), RC_INVALID);
    CHECK_OK(give(c, VOID, code, "没有存证", "zhengyi", &e));
    CHECK_INT(give(c, VOID, code, "再来", "zhengyi", &e), RC_CONFLICT);
    load(c, code, a, &d);
    CHECK_STR(d.row.state, "void");
    CHECK_OK(announce(c, "2026Q3", "2026-10-11", a, &next, &e));
    CHECK_STR(next, "L-2026-0002");
    whole(c);
}
T_COUNTY(late)

static void refuses(struct county *c)
{
    static const struct {
        const char *now, *day, *says;
    } cases[] = {
        { "2026-09-30T00:00:00.000000Z", "2026-09-29", "还来不及先存证" }, /* over */
        { "2026-09-30T00:00:01.000000Z", "2027-03-02", "以2027开头" },
        { "2026-09-30T00:00:02.000000Z", "2026-10-09", "周二、周四、周日" },
        { "2026-09-30T00:00:03.000000Z", "2026-12-29", "" }, /* 91 days: may */
        { "2026-09-30T00:00:04.000000Z", "2026-12-31", "最多提前92天" },
        { "2026-10-08T12:45:01.000000Z", "2026-10-08", "还来不及先存证" }, /* 29:59 before */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        const char *code;
        set_clock(c, cases[i].now);
        enum rc rc = announce(c, cases[i].says, cases[i].day, a, &code, &e);
        CHECK_INT(rc, *cases[i].says ? RC_INVALID : RC_OK);
        if (rc != RC_OK)
            says(&e, cases[i].says);
    }
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_INT(give(c, VOID, "L-9", "x", "y", &e), RC_NOTFOUND);
    says(&e, "L-9");
}
T_COUNTY(refuses)

/* The announcement's receipt proves list and event to who has nothing but it. */
static void proves(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *code;
    struct draw d;
    struct receipt r;
    struct str said;

    CHECK_OK(announce(c, "2026Q3", "2026-10-08", a, &code, &e));
    seal(c, 1);
    load(c, code, a, &d);
    str_init(&said, a);
    lot_announcement(&d.lot, &said);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(receipt_make(c, s, d.row.announced_record, SHOW_OPEN, a, &r, &e));
    const char *text = arena_strndup(a, (const char *)r.record.p, r.record.n);
    CHECK_PART(text, arena_strndup(a, strstr(said.s, "list: "), 70));
    CHECK_PART(text, "第2026113期");
}
T_COUNTY(proves)

T_MAIN(T_COUNTY_CASES("a draw goes from announcement to result", draws),
       T_COUNTY_CASES("an announcement that was sealed too late is never drawn", late),
       T_COUNTY_CASES("events that lie wrong are refused", refuses),
       T_COUNTY_CASES("the announcement's receipt holds list and event", proves))
