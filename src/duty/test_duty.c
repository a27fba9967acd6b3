/* Posts, lists, confirmations, what the discipline organ enters, counts of the first form: on
 * either database, without pages. */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "burden/test_load.h"
#include "duty/duty.sql.h"
#include "duty/failure.h"
#include "duty/first_form.h"
#include "duty/test_duty.sql.h"
#include "flow/test_world.h"
#include "people/account.sql.h"
#include "sheet/csv.h"
#include "store/audit.h"
#include "store/record.h"

#include <string.h>

static const struct flow_kind *kinds[TEST_KINDS + 1];

/* The county of the matters' tests, and who this room needs besides. */
struct duties {
    struct world w;
    struct person jiwei, jiwei2, lone; /* the discipline organ; one without an office */
    const char *code;                  /* of what was made last */
};

static const struct account_new more[] = {
    { .code = "jiwei", .name = "严正", .unit = "QX", .role = "discipline", .scope = "" },
    { .code = "jiwei2", .name = "方圆", .unit = "QX", .role = "discipline", .scope = "" },
    { .code = "lone", .name = "单独", .unit = "", .role = "discipline", .scope = "" },
};

static enum rc make_more(struct tx *tx, void *arg, struct err *e)
{
    struct duties *d = arg;
    char codes[COUNT(more)][ACTIVATION_CODE + 1];
    enum rc rc = accounts_make(tx, d->w.c, more, COUNT(more), 0, "", d->w.a, codes, e);
    for (size_t i = 0; i < COUNT(more) && rc == RC_OK; i++)
        rc = account_activate(tx, d->w.c, more[i].code, codes[i], "none", e);
    return rc;
}

static struct person person_of(struct duties *d, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct account_of_code_row row;
    struct person p = { .code = code };
    CHECK_OK(db_read(d->w.c->db, &s, &e));
    CHECK_OK(account_of_code_one(s, code, d->w.a, &row, &e));
    CHECK_OK(person_load(s, row.id, county_today(d->w.c), ~UINT64_C(0), d->w.a, &p, &e));
    return p;
}

static struct duties duties_new(struct county *c, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct duties d = { .w = world_new(c, a) };
    for (size_t i = 0; i < TEST_KINDS; i++)
        kinds[i] = test_kinds[i];
    kinds[TEST_KINDS] = &duty_flow_kind;
    flow_use(c, kinds, COUNT(kinds));
    CHECK_OK(db_transact(c->db, make_more, &d, &e));
    d.jiwei = person_of(&d, "jiwei");
    d.jiwei2 = person_of(&d, "jiwei2");
    d.lone = person_of(&d, "lone");
    return d;
}

/* ---- acts, each a change of its own ---- */

enum act { ADD, END, HOLD, RELEASE, LIST, CONFIRM, FAIL, SAY, COUNT_IN, GIVE, HAND, HAND_ALL };
struct doing {
    struct duties *d;
    enum act act;
    const char *post, *name, *account, *text;
    enum duty duty;
    int32_t day;
    int year;
    struct duty_item items[4];
    size_t n;
    enum someone who;
    const struct person *by;
    struct failure_new failure;
    struct first_form form;
    struct period quarter;
    bool changed;
};

static enum rc act(struct tx *tx, void *arg, struct err *e)
{
    struct doing *x = arg;
    struct county *c = x->d->w.c;
    struct arena *a = x->d->w.a;
    const struct units *us = x->d->w.units;
    switch (x->act) {
    case ADD:
        return duty_post_add(tx, c, x->post, x->name, x->duty, "zhuan1", a, &x->d->code, e);
    case END:
        return duty_post_end(tx, c, x->post, "zhuan1", e);
    case HOLD:
        return duty_hold(tx, c, x->post, x->account, x->day, "zhuan1", e);
    case RELEASE:
        return duty_release(tx, c, x->post, x->day, "zhuan1", e);
    case LIST:
        return duty_list_write(tx, c, x->post, x->year, x->items, x->n, "zhuan1", &x->changed,
                               e);
    case CONFIRM: {
        struct flow_who w = flow_who_system(us);
        enum rc rc = flow_who_load(tx_snap(tx), c, x->by, us, a, &w, e);
        return rc == RC_OK ? duty_confirm(tx, c, &w, x->post, x->year, a, e) : rc;
    }
    case FAIL:
        return failure_add(tx, c, x->by, us, &x->failure, a, &x->d->code, e);
    case SAY:
        return statement_add(tx, c, x->by, x->name, x->post, x->text, e);
    case COUNT_IN:
        return first_form_put(tx, c, x->by, us, &x->form, e);
    case GIVE:
        return first_form_give(tx, c, x->by, x->quarter, e);
    case HAND: {
        struct flow_who w = flow_who_system(us);
        struct flow_done done;
        enum rc rc = flow_who_load(tx_snap(tx), c, x->by, us, a, &w, e);
        return rc == RC_OK
                   ? flow_hand_over(tx, c, &w, x->post, "", x->account, "分工", a, &done, e)
                   : rc;
    }
    case HAND_ALL: {
        const struct flow_who w = flow_who_system(us);
        const struct flow_hand_all what = { "CG", "cg1", "", x->account, "交接" };
        int64_t done, left;
        enum rc rc = flow_hand_over_all(tx, c, &w, &what, &done, &left, e);
        CHECK(rc != RC_OK || left == 0);
        return rc;
    }
    }
    return RC_OK;
}

static enum rc do_(struct doing *x, struct err *e)
{
    return db_transact(x->d->w.c->db, act, x, e);
}
/* Outcome of an act, and a word of the reason when it is refused. */
#define DOES(want, word, ...)                                                                  \
    do {                                                                                       \
        CLEANUP(err_done) struct err e_ = { 0 };                                               \
        struct doing x_ = { __VA_ARGS__ };                                                     \
        enum rc rc_ = do_(&x_, &e_);                                                           \
        const char *why_ = rc_ == RC_OK ? "" : err_both(&e_, x_.d->w.a);                       \
        if (rc_ != (want) || !strstr(why_, (word)))                                            \
            t_fail(__FILE__, __LINE__, "%d: %s", (int)rc_, why_);                              \
    } while (0)

static struct duty_confirm confirmed(struct duties *d, const char *post, const char *account,
                                     int year)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct duty_confirm k = { .matter = "" };
    CHECK_OK(db_read(d->w.c->db, &s, &e));
    CHECK_OK(duty_confirmed(s, post, account, year, d->w.a, &k, &e));
    return k;
}

static struct duty_list list_of(struct duties *d, const char *post, int year)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct duty_list l = { 0 };
    CHECK_OK(db_read(d->w.c->db, &s, &e));
    CHECK_OK(duty_list_get(s, post, year, d->w.a, &l, &e));
    return l;
}

static void whole(struct duties *d)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct audit_result r;
    CHECK_OK(audit_data(d->w.a, d->w.c, duty_audits, COUNT(duty_audits), NULL, NULL, &r, &e));
    CHECK(r.rows > 0);
}

static const int32_t today = 20726; /* 2026-09-30 */
#define ITEM(t)                                                                                \
    {                                                                                          \
        t, "党委（党组）落实全面从严治党主体责任规定第八条", "quarter"                         \
    }

/* CG-1 党组书记 held by cg1, CG-2 副局长 by cg2, each with a list of 2026. */
static void two_posts(struct duties *d)
{
    DOES(RC_OK, "", d, ADD, .post = "CG", .name = "党组书记、局长", .duty = DUTY_FIRST);
    CHECK_STR(d->code, "CG-1");
    DOES(RC_OK, "", d, ADD, .post = "CG", .name = "副局长", .duty = DUTY_DOUBLE);
    CHECK_STR(d->code, "CG-2");
    DOES(RC_OK, "", d, HOLD, .post = "CG-1", .account = "cg1", .day = today - 100);
    DOES(RC_OK, "", d, HOLD, .post = "CG-2", .account = "cg2", .day = today - 100);
    for (int i = 0; i < 2; i++)
        DOES(RC_OK, "", d, LIST, .post = i ? "CG-2" : "CG-1", .year = 2026,
             .items = { ITEM("每季度研究一次"), ITEM("约谈提醒") }, .n = 2);
}

/* ---- posts ---- */

static void posts_are_held_from_a_day_to_a_day(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    two_posts(&d);
    DOES(RC_CONFLICT, "已有岗位", &d, ADD, .post = "CG", .name = "副局长", .duty = DUTY_DOUBLE);
    DOES(RC_INVALID, "没有编码为「X9」的单位", &d, ADD, .post = "X9", .name = "局长",
         .duty = DUTY_MAIN);
    DOES(RC_INVALID, "1至40个字", &d, ADD, .post = "CG", .name = " ", .duty = DUTY_MAIN);
    DOES(RC_INVALID, "主体责任", &d, ADD, .post = "CG", .name = "组长", .duty = 0);
    DOES(RC_CONFLICT, "已经任", &d, HOLD, .post = "CG-1", .account = "cg1", .day = today);
    DOES(RC_INVALID, "到时再登记", &d, HOLD, .post = "CG-1", .account = "cg2",
         .day = today + 1);
    DOES(RC_INVALID, "不能在那以前结束", &d, HOLD, .post = "CG-1", .account = "cg2",
         .day = today - 100);
    DOES(RC_INVALID, "没有可用的账号", &d, HOLD, .post = "CG-1", .account = "nobody",
         .day = today);
    DOES(RC_INVALID, "不是「财政局」的人", &d, HOLD, .post = "CG-1", .account = "sw1",
         .day = today);
    DOES(RC_NOTFOUND, "没有编号为「CG-9」的岗位", &d, HOLD, .post = "CG-9", .account = "cg1",
         .day = today);
    DOES(RC_OK, "", &d, HOLD, .post = "CG-1", .account = "cg2", .day = today - 10);
    DOES(RC_OK, "", &d, RELEASE, .post = "CG-1", .day = today - 5);
    DOES(RC_CONFLICT, "没有人任职", &d, RELEASE, .post = "CG-1", .day = today - 5);
    DOES(RC_INVALID, "前任在任", &d, HOLD, .post = "CG-1", .account = "cg1", .day = today - 5);
    DOES(RC_OK, "", &d, HOLD, .post = "CG-1", .account = "cg1", .day = today - 4);
    DOES(RC_OK, "", &d, END, .post = "CG-2");
    DOES(RC_CONFLICT, "已经撤销", &d, END, .post = "CG-2");
    DOES(RC_CONFLICT, "已经撤销", &d, HOLD, .post = "CG-2", .account = "cg1", .day = today);
    whole(&d);
}

static void a_list_has_versions(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    two_posts(&d);
    CHECK_INT(list_of(&d, "CG-1", 2026).version, 1);
    /* The same again is no new version. */
    DOES(RC_OK, "", &d, LIST, .post = "CG-1", .year = 2026,
         .items = { ITEM("每季度研究一次"), ITEM("约谈提醒") }, .n = 2);
    CHECK_INT(list_of(&d, "CG-1", 2026).version, 1);
    DOES(RC_OK, "", &d, LIST, .post = "CG-1", .year = 2026, .items = { ITEM("述职述廉") },
         .n = 1);
    CHECK_INT(list_of(&d, "CG-1", 2026).version, 2);
    CHECK_STR(list_of(&d, "CG-1", 2026).items[0].text, "述职述廉");
    CHECK_INT(list_of(&d, "CG-1", 2025).version, 0);
    DOES(RC_INVALID, "1至60条", &d, LIST, .post = "CG-1", .year = 2026, .n = 0);
    DOES(RC_INVALID, "没有写依据", &d, LIST, .post = "CG-1", .year = 2026,
         .items = { { "述职", "", "year" } }, .n = 1);
    DOES(RC_INVALID, "频次", &d, LIST, .post = "CG-1", .year = 2026,
         .items = { { "述职", "规定", "often" } }, .n = 1);
    DOES(RC_INVALID, "2000至2099", &d, LIST, .post = "CG-1", .year = 26,
         .items = { ITEM("述职") }, .n = 1);
    whole(&d);
}

/* ---- confirmations ---- */

static enum rc year_starts(struct duties *d, int year, int32_t due)
{
    CLEANUP(err_done) struct err e = { 0 };
    int64_t n;
    return duty_year_start(d->w.c, year, due, 15, "zhuan1", &n, &e);
}

static void the_holder_alone_confirms(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    CLEANUP(err_done) struct err e = { 0 };
    two_posts(&d);
    CHECK_INT(confirmed(&d, "CG-1", "cg1", 2026).state, DUTY_NOT_ASKED);
    CHECK_INT(year_starts(&d, 2026, today), RC_INVALID);
    CHECK_INT(year_starts(&d, 2026, today + 31), RC_OK);
    CHECK_INT(year_starts(&d, 2026, today + 31), RC_OK); /* goes on */
    CHECK_INT(year_starts(&d, 2026, today + 32), RC_CONFLICT);
    int64_t asks;
    CHECK_INT(load_of(c, "CG", "QX", &asks), 30); /* of two holders */
    CHECK_INT(asks, 2);
    struct duty_confirm k = confirmed(&d, "CG-1", "cg1", 2026);
    CHECK_INT(k.state, DUTY_WAITING);
    CHECK_INT(k.due, today + 31);
    /* By every way: as this room does it, and as the engine's page does. */
    for (enum someone i = LEADER; i < PEOPLE; i++) {
        if (i == FIN1)
            continue;
        DOES(RC_CONFLICT, "没有等您确认", &d, CONFIRM, .by = &d.w.people[i], .post = "CG-1",
             .year = 2026);
        enum rc rc = world_move(&d.w, i, k.matter, "confirm", NULL, &e);
        CHECK(rc == RC_DENIED || rc == RC_NOTFOUND);
        err_done(&e);
        e = (struct err){ 0 };
    }
    /* A stand-in may do much, not this. */
    CHECK_OK(world_away(&d.w, FIN1, "cg1", "cg2", today, today + 5, &e));
    CHECK_INT(world_move(&d.w, FIN2, k.matter, "confirm", NULL, &e), RC_DENIED);
    CHECK_INT(confirmed(&d, "CG-1", "cg1", 2026).state, DUTY_WAITING);
    DOES(RC_OK, "", &d, CONFIRM, .by = &d.w.people[FIN1], .post = "CG-1", .year = 2026);
    CHECK_INT(confirmed(&d, "CG-1", "cg1", 2026).state, DUTY_CONFIRMED);
    DOES(RC_CONFLICT, "没有等您确认", &d, CONFIRM, .by = &d.w.people[FIN1], .post = "CG-1",
         .year = 2026);
    whole(&d);
    world_proved(&d.w);
}

/* Who takes everything over does not confirm another's duties. */
static void a_confirmation_is_not_handed_over(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    CLEANUP(err_done) struct err e = { 0 };
    two_posts(&d);
    CHECK_INT(year_starts(&d, 2026, today + 31), RC_OK);
    const char *matter = confirmed(&d, "CG-1", "cg1", 2026).matter;
    struct doing one = { &d, HAND, .by = &d.w.people[FIN1], .post = matter, .account = "cg2" };
    CHECK_INT(do_(&one, &e), RC_CONFLICT);
    err_done(&e);
    e = (struct err){ 0 };
    struct doing all = { &d, HAND_ALL, .account = "cg2" };
    CHECK_OK(do_(&all, &e));
    struct matter m = world_matter(&d.w, matter);
    CHECK_STR(matter_account(&m), "cg1");
    DOES(RC_CONFLICT, "没有等您确认", &d, CONFIRM, .by = &d.w.people[FIN2], .post = "CG-1",
         .year = 2026);
    /* The unit says who comes next. */
    DOES(RC_OK, "", &d, HOLD, .post = "CG-1", .account = "cg2", .day = today);
    CHECK_STR(world_matter(&d.w, matter).state, "ended");
    world_proved(&d.w);
}

static void what_changes_is_confirmed_again(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    two_posts(&d);
    CHECK_INT(year_starts(&d, 2026, today + 31), RC_OK);
    const char *matter = confirmed(&d, "CG-1", "cg1", 2026).matter;
    /* Waiting: the same matter, the new version. */
    DOES(RC_OK, "", &d, LIST, .post = "CG-1", .year = 2026, .items = { ITEM("述职述廉") },
         .n = 1);
    struct matter m = world_matter(&d.w, matter);
    CHECK_STR(matter_value(&m, "version"), "2");
    DOES(RC_OK, "", &d, CONFIRM, .by = &d.w.people[FIN1], .post = "CG-1", .year = 2026);
    /* Confirmed: asked again. The same list is nothing new. */
    DOES(RC_OK, "", &d, LIST, .post = "CG-1", .year = 2026, .items = { ITEM("述职述廉") },
         .n = 1);
    CHECK_INT(confirmed(&d, "CG-1", "cg1", 2026).state, DUTY_CONFIRMED);
    DOES(RC_OK, "", &d, LIST, .post = "CG-1", .year = 2026, .items = { ITEM("民主生活会") },
         .n = 1);
    CHECK_INT(confirmed(&d, "CG-1", "cg1", 2026).state, DUTY_WAITING);
    CHECK_STR(confirmed(&d, "CG-1", "cg1", 2026).matter, matter);
    int64_t asks;
    CHECK_INT(load_of(c, "CG", "QX", &asks), 45); /* changed while it waited: asked once */
    CHECK_INT(asks, 3);
    /* Another holder has one of their own, and the old one ends. */
    DOES(RC_OK, "", &d, HOLD, .post = "CG-1", .account = "cg2", .day = today);
    CHECK_INT(confirmed(&d, "CG-1", "cg1", 2026).state, DUTY_NOT_ASKED);
    CHECK_STR(world_matter(&d.w, matter).state, "ended");
    CHECK_INT(confirmed(&d, "CG-1", "cg2", 2026).state, DUTY_WAITING);
    /* Nobody holds it, or there is no such post. */
    DOES(RC_OK, "", &d, RELEASE, .post = "CG-1", .day = today);
    CHECK_INT(confirmed(&d, "CG-1", "cg2", 2026).state, DUTY_NOT_ASKED);
    DOES(RC_OK, "", &d, END, .post = "CG-2");
    CHECK_INT(confirmed(&d, "CG-2", "cg2", 2026).state, DUTY_NOT_ASKED);
    /* Who comes three days before the year's day has ten, not three. */
    world_day(&d.w, 2026, 10, 28);
    DOES(RC_OK, "", &d, HOLD, .post = "CG-1", .account = "cg1", .day = today + 28);
    CHECK_INT(confirmed(&d, "CG-1", "cg1", 2026).due, today + 38);
    /* A leader without 办理本单位事项 holds what is theirs. */
    DOES(RC_OK, "", &d, ADD, .post = "QX", .name = "区委书记", .duty = DUTY_FIRST);
    DOES(RC_OK, "", &d, HOLD, .post = d.code, .account = "shuji", .day = today);
    DOES(RC_OK, "", &d, LIST, .post = d.code, .year = 2026, .items = { ITEM("第一责任人") },
         .n = 1);
    DOES(RC_OK, "", &d, CONFIRM, .by = &d.w.people[LEADER], .post = d.code, .year = 2026);
    whole(&d);
    world_proved(&d.w);
}

/* ---- 失责记实 ---- */

#define PAPER "清纪监〔2026〕12号"
static const struct failure_new failure = {
    .post = "CG-1", .document = PAPER, .day = 20700, .duty = DUTY_MAIN
};

static void only_the_discipline_organ_enters_failures(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    two_posts(&d);
    for (enum someone i = LEADER; i < PEOPLE; i++)
        if (i != GROUP)
            DOES(RC_DENIED, "", &d, FAIL, .by = &d.w.people[i], .failure = failure);
    /* A group over its units, and not over others'. */
    DOES(RC_OK, "", &d, ADD, .post = "T1", .name = "镇党委书记", .duty = DUTY_FIRST);
    DOES(RC_OK, "", &d, HOLD, .post = "T1-1", .account = "t1", .day = today - 100);
    struct failure_new other = failure;
    other.post = "T1-1";
    DOES(RC_DENIED, "", &d, FAIL, .by = &d.w.people[GROUP], .failure = other);
    DOES(RC_OK, "", &d, FAIL, .by = &d.w.people[GROUP], .failure = failure);
    DOES(RC_CONFLICT, "已经登记", &d, FAIL, .by = &d.jiwei, .failure = failure);
    DOES(RC_OK, "", &d, FAIL, .by = &d.jiwei, .failure = other);
    whole(&d);
}

static void a_failure_is_a_document_and_no_story(struct county *c)
{
    static const char *const not_documents[] = {
        "",
        "12号",
        "清纪监2026年12号",
        "清纪监〔26〕12号",
        "〔2026〕12号",
        "清纪监〔2026〕号",
        "清纪监〔2026〕12号，经查，某某在工作中失职",
        "清纪监〔2026〕12号之一",
        "关于某某同志在项目中履职不力造成不良影响的问题〔2026〕12号",
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    two_posts(&d);
    struct failure_new f = failure;
    for (size_t i = 0; i < COUNT(not_documents); i++) {
        f.document = not_documents[i];
        DOES(RC_INVALID, "凭文号登记", &d, FAIL, .by = &d.jiwei, .failure = f);
    }
    f = failure;
    f.day = today + 1;
    DOES(RC_INVALID, "今天或以前", &d, FAIL, .by = &d.jiwei, .failure = f);
    f.day = today - 200;
    DOES(RC_INVALID, "没有人任", &d, FAIL, .by = &d.jiwei, .failure = f);
    f = failure;
    f.duty = 0;
    DOES(RC_INVALID, "主体责任", &d, FAIL, .by = &d.jiwei, .failure = f);
    f = failure;
    f.post = "CG-9";
    DOES(RC_NOTFOUND, "", &d, FAIL, .by = &d.jiwei, .failure = f);
    /* Nobody enters what concerns themselves. */
    DOES(RC_OK, "", &d, ADD, .post = "QX", .name = "纪委副书记", .duty = DUTY_OVERSIGHT);
    DOES(RC_OK, "", &d, HOLD, .post = d.code, .account = "jiwei", .day = today - 100);
    f = failure;
    f.post = d.code;
    DOES(RC_DENIED, "别人登记", &d, FAIL, .by = &d.jiwei, .failure = f);
    DOES(RC_OK, "", &d, FAIL, .by = &d.jiwei2, .failure = f);
}

static size_t count_failures(struct duties *d, const char *account, const struct person *p)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct failure *list;
    size_t n = 0;
    CHECK_OK(db_read(d->w.c->db, &s, &e));
    if (p)
        CHECK_OK(failures_seen(s, p, d->w.units, d->w.a, &list, &n, &e));
    else
        CHECK_OK(failures_of(s, account, d->w.a, &list, &n, &e));
    return n;
}

/* How many records there are, and whether one holds a text in what is left of its parts. Rows
 * of changes that came to nothing leave gaps. */
static int64_t records_with(struct duties *d, const char *text)
{
    enum { ROWS = 3000 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CLEANUP(err_done) struct err e = { 0 };
    int64_t n = 0;
    CHECK_OK(db_read(d->w.c->db, &s, &e));
    for (int64_t id = 1; id <= ROWS; id++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err none = { 0 };
        struct record *r = arena_alloc(a, sizeof(*r));
        bool found = !text;
        if (record_get(s, (struct id){ id }, a, r, &none) != RC_OK)
            continue;
        CHECK(id < ROWS - 500);
        for (size_t i = 0; text && i < r->n_parts; i++)
            found |= !r->parts[i].erased && memmem(r->parts[i].bytes.p, r->parts[i].bytes.n,
                                                   text, strlen(text)) != NULL;
        n += found;
    }
    return n;
}

static bool records_hold(struct duties *d, const char *text)
{
    return records_with(d, text) > 0;
}

static int64_t records(struct duties *d)
{
    return records_with(d, NULL);
}

static void who_is_concerned_answers_and_it_can_be_erased(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    CLEANUP(err_done) struct err e = { 0 };
    two_posts(&d);
    DOES(RC_OK, "", &d, FAIL, .by = &d.jiwei, .failure = failure);
    const char *code = d.code;
    CHECK_INT(count_failures(&d, "cg1", NULL), 1);
    CHECK_INT(count_failures(&d, "cg2", NULL), 0);
    CHECK_INT(count_failures(&d, "", NULL), 0);
    CHECK_INT(count_failures(&d, NULL, &d.jiwei), 1);
    CHECK_INT(count_failures(&d, NULL, &d.w.people[GROUP]), 1);
    CHECK_INT(count_failures(&d, NULL, &d.w.people[DESK1]), 0);
    CHECK_INT(count_failures(&d, NULL, &d.w.people[LEADER]), 0);
    for (enum someone i = LEADER; i < PEOPLE; i++)
        if (i != FIN1)
            DOES(RC_DENIED, "只有本人", &d, SAY, .by = &d.w.people[i], .name = "failure",
                 .post = code, .text = "说明");
    DOES(RC_DENIED, "只有本人", &d, SAY, .by = &d.jiwei, .name = "failure", .post = code,
         .text = "说明");
    DOES(RC_DENIED, "只有本人", &d, SAY, .by = &d.w.people[FIN1], .name = "other", .post = code,
         .text = "说明");
    DOES(RC_INVALID, "1至1000", &d, SAY, .by = &d.w.people[FIN1], .name = "failure",
         .post = code, .text = "  ");
    DOES(RC_OK, "", &d, SAY, .by = &d.w.people[FIN1], .name = "failure", .post = code,
         .text = "哨兵说明");
    whole(&d);
    CHECK(records_hold(&d, PAPER));
    CHECK(records_hold(&d, "哨兵说明"));
    CHECK_INT(failure_erase(c, &d.w.people[DESK1], d.w.units, code, "依据", &e), RC_DENIED);
    CHECK_INT(failure_erase(c, &d.jiwei, d.w.units, code, "", &e), RC_INVALID);
    CHECK_INT(failure_erase(c, &d.jiwei, d.w.units, "Q-2026-9999", "依据", &e), RC_NOTFOUND);
    err_done(&e);
    e = (struct err){ 0 };
    CHECK_OK(failure_erase(c, &d.jiwei, d.w.units, code, "个人信息保护法第四十七条", &e));
    CHECK(!records_hold(&d, PAPER));
    CHECK(!records_hold(&d, "哨兵说明"));
    CHECK_INT(count_failures(&d, "cg1", NULL), 0);
    CHECK_INT(failure_erase(c, &d.jiwei, d.w.units, code, "依据", &e), RC_CONFLICT);
    whole(&d);
}

static void who_was_late_answers(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    const char *code;
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(world_open(&d.w, DESK1, "errand", "一件事", "", NULL, &code, &e));
    CHECK_OK(world_move(&d.w, DESK1, code, "send",
                        "lead=CG;holder=cg1;due=2026-10-20;title=一件事", &e));
    DOES(RC_DENIED, "只有本人", &d, SAY, .by = &d.w.people[FIN1], .name = "matter",
         .post = code, .text = "还没有过期"); /* in time: nothing to answer */
    world_day(&d.w, 2026, 11, 30);
    DOES(RC_DENIED, "只有本人", &d, SAY, .by = &d.w.people[FIN2], .name = "matter",
         .post = code, .text = "不是我的");
    DOES(RC_OK, "", &d, SAY, .by = &d.w.people[FIN1], .name = "matter", .post = code,
         .text = "等上级批复");
    DOES(RC_OK, "", &d, SAY, .by = &d.w.people[FIN1], .name = "matter", .post = code,
         .text = "批复已到");
    whole(&d);
    world_proved(&d.w);
}

/* ---- what is altered ---- */

struct altering {
    enum rc (*fn)(struct tx *tx, int64_t by, int64_t *ret_changed, struct err *e);
    int64_t by;
};

static enum rc alter(struct tx *tx, void *arg, struct err *e)
{
    const struct altering *x = arg;
    int64_t n;
    enum rc rc = x->fn(tx, x->by, &n, e);
    CHECK(rc != RC_OK || n > 0);
    return rc;
}

static void what_is_altered_is_found(struct county *c)
{
    static const struct {
        const char *table;
        enum rc (*fn)(struct tx *tx, int64_t by, int64_t *ret_changed, struct err *e);
    } cases[] = { { "duty_post", alter_post },       { "duty_holding", alter_holding },
                  { "duty_item", alter_item },       { "duty_year", alter_year },
                  { "duty_failure", alter_failure }, { "duty_statement", alter_statement } };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    two_posts(&d);
    CHECK_INT(year_starts(&d, 2026, today + 31), RC_OK);
    DOES(RC_OK, "", &d, FAIL, .by = &d.jiwei, .failure = failure);
    DOES(RC_OK, "", &d, SAY, .by = &d.w.people[FIN1], .name = "failure", .post = d.code,
         .text = "说明");
    whole(&d);
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(err_done) struct err e = { 0 };
        struct audit_result r;
        CHECK_OK(db_transact(c->db, alter, &(struct altering){ cases[i].fn, 1000 }, &e));
        CHECK_INT(audit_data(a, c, duty_audits, COUNT(duty_audits), NULL, NULL, &r, &e),
                  RC_UNPROVEN);
        CHECK(strstr(err_both(&e, a), cases[i].table) != NULL);
        err_done(&e);
        e = (struct err){ 0 };
        CHECK_OK(db_transact(c->db, alter, &(struct altering){ cases[i].fn, -1000 }, &e));
    }
    whole(&d);
}

/* ---- the first form ---- */

#define MONTH(m) period_of(PERIOD_MONTH, 2026, (m))
#define FORM(m, l, f, u, k)                                                                    \
    {                                                                                          \
        .month = MONTH(m), .level = (l), .file = (f), .used = (u), .counted = (k)              \
    }

static struct first_form *entries(struct duties *d, const struct person *p, size_t *ret_n,
                                  enum rc want)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct first_form *list = NULL;
    CHECK_OK(db_read(d->w.c->db, &s, &e));
    CHECK_INT(first_form_list(s, p, d->w.units, 2026, d->w.a, &list, ret_n, &e), want);
    return list;
}

static void counts_stay_in_the_circle_and_out_of_the_log(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    size_t n = 0;
    int64_t before = records(&d);
    for (enum someone i = LEADER; i < PEOPLE; i++) {
        if (i == GROUP)
            continue;
        DOES(RC_DENIED, "", &d, COUNT_IN, .by = &d.w.people[i],
             .form = FORM(9, "科级", "哨兵卷", 7, 5));
        (void)entries(&d, &d.w.people[i], &n, RC_DENIED);
        DOES(RC_DENIED, "", &d, GIVE, .by = &d.w.people[i],
             .quarter = period_of(PERIOD_QUARTER, 2026, 2));
    }
    DOES(RC_OK, "", &d, COUNT_IN, .by = &d.jiwei, .form = FORM(9, "科级", "哨兵卷", 7, 5));
    DOES(RC_OK, "", &d, COUNT_IN, .by = &d.w.people[GROUP],
         .form = FORM(8, "其他", "派驻1号卷", 3, 3));
    DOES(RC_INVALID, "不能多于", &d, COUNT_IN, .by = &d.jiwei,
         .form = FORM(9, "科级", "1", 2, 3));
    DOES(RC_INVALID, "0至999", &d, COUNT_IN, .by = &d.jiwei,
         .form = FORM(9, "科级", "1", -1, 0));
    DOES(RC_INVALID, "0至999", &d, COUNT_IN, .by = &d.jiwei,
         .form = FORM(9, "科级", "1", 1000, 0));
    DOES(RC_INVALID, "月份", &d, COUNT_IN, .by = &d.jiwei, .form = FORM(10, "科级", "1", 2, 1));
    DOES(RC_INVALID, "月份", &d, COUNT_IN, .by = &d.jiwei,
         .form = { .month = period_of(PERIOD_QUARTER, 2026, 2), .level = "科级", .file = "1" });
    DOES(RC_INVALID, "没有级别", &d, COUNT_IN, .by = &d.jiwei,
         .form = FORM(9, "处级", "1", 2, 1));
    DOES(RC_INVALID, "卷宗编号", &d, COUNT_IN, .by = &d.jiwei,
         .form = FORM(9, "科级", "", 2, 1));
    DOES(RC_INVALID, "所在的机关", &d, COUNT_IN, .by = &d.lone,
         .form = FORM(9, "科级", "1", 2, 1));
    /* A group sees its own office's, the county's organ all. */
    (void)entries(&d, &d.jiwei, &n, RC_OK);
    CHECK_INT(n, 2);
    struct first_form *own = entries(&d, &d.w.people[GROUP], &n, RC_OK);
    CHECK_INT(n, 1);
    CHECK_STR(own[0].organ, "ZU");
    /* A correction counts in its place. */
    DOES(RC_OK, "", &d, COUNT_IN, .by = &d.jiwei, .form = FORM(9, "科级", "哨兵卷", 9, 6));
    struct first_form *all = entries(&d, &d.jiwei, &n, RC_OK);
    CHECK_INT(n, 2);
    CHECK_INT(all[1].used, 9);
    CHECK_INT(all[1].version, 2);
    CHECK_INT(records(&d), before);
    CHECK(!records_hold(&d, "哨兵卷"));
}

static void a_quarter_is_given_out_once_without_small_numbers(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct first_form_cell *cells;
    size_t n;
    int64_t before = records(&d);
    const struct period q3 = period_of(PERIOD_QUARTER, 2026, 3);
    const struct first_form list[] = { FORM(7, "县管干部", "1", 3, 3),
                                       FORM(7, "科级", "2", 11, 9),
                                       FORM(8, "科级", "3", 12, 12),
                                       FORM(9, "其他", "4", 13, 4) };
    for (size_t i = 0; i < COUNT(list); i++)
        DOES(RC_OK, "", &d, COUNT_IN, .by = &d.jiwei, .form = list[i]);
    DOES(RC_CONFLICT, "还没有结束", &d, GIVE, .by = &d.jiwei, .quarter = q3);
    world_day(&d.w, 2026, 10, 2);
    DOES(RC_DENIED, "", &d, GIVE, .by = &d.w.people[GROUP], .quarter = q3);
    DOES(RC_INVALID, "季度", &d, GIVE, .by = &d.jiwei, .quarter = MONTH(8));
    DOES(RC_OK, "", &d, GIVE, .by = &d.jiwei, .quarter = q3);
    DOES(RC_CONFLICT, "不能再给一次", &d, GIVE, .by = &d.jiwei, .quarter = q3);
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(first_form_shown(s, 2026, a, &cells, &n, &e));
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < n; i++)
        str_addf(&b, "%s %s %d %lld; ", cells[i].part, cells[i].name, (int)cells[i].mark,
                 (long long)cells[i].n);
    CHECK_STR(b.s, "counted  1 28; level 县管干部 2 0; level 科级 3 0; level 其他 1 13; "
                   "month 202607 1 14; month 202608 1 12; month 202609 1 13; used  1 39; ");
    CHECK_INT(records(&d), before);
}

/* ---- a sheet ---- */

static struct duty_sheet read_sheet(struct duties *d, const struct person *keeper,
                                    const char *csv, struct problems *ps, enum rc want)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct duty_sheet sheet = { 0 };
    struct table *t;
    problems_init(ps, d->w.a);
    CHECK_OK(csv_read(d->w.a, "职责.csv", (struct bytes){ (const uint8_t *)csv, strlen(csv) },
                      NULL, &t, &e));
    CHECK_OK(db_read(d->w.c->db, &s, &e));
    CHECK_INT(duty_sheet_read(t, s, d->w.units, keeper, d->w.a, &sheet, ps, &e), want);
    return sheet;
}

static void lists_come_from_a_sheet(struct county *c)
{
    static const char good[] =
        "单位,岗位,责任,任职账号,职责,依据,频次\n"
        "CG,党组书记、局长,第一责任人责任,cg1,研究部署,规定第八条,每季度\n"
        "财政局,党组书记、局长,第一责任人责任,,约谈提醒,规定第九条,随时\n"
        "SW,副局长,一岗双责,,分管领域,规定第十条,每年\n";
    static const char bad[] = "unit,post,duty,account,text,basis,often\n"
                              "X9,局长,main,,职责,规定,year\n"
                              "CG,局长,总责,,职责,规定,year\n"
                              "CG,书记,main,nobody,职责,规定,year\n"
                              "CG,书记,first,,职责二,规定,year\n"
                              "CG,书记,main,,职责,规定,year\n"
                              "CG,书记,main,,职责三,,year\n"
                              "CG,书记,main,,职责四,规定,weekly\n"
                              "CG,书记,main,,,规定,year\n";
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct duties d = duties_new(c, a);
    CLEANUP(err_done) struct err e = { 0 };
    struct problems ps;
    int64_t changed;
    struct duty_sheet sheet = read_sheet(&d, &d.w.people[DESK1], good, &ps, RC_OK);
    CHECK_INT(ps.wrong, 0);
    CHECK_INT(sheet.n, 2);
    CHECK_OK(duty_sheet_write(c, &sheet, 2026, "zhuan1", &changed, &e));
    CHECK_INT(changed, 2);
    CHECK_OK(duty_sheet_write(c, &sheet, 2026, "zhuan1", &changed, &e));
    CHECK_INT(changed, 0);
    CHECK_INT(list_of(&d, "CG-1", 2026).n, 2);
    CHECK_STR(list_of(&d, "CG-1", 2026).items[1].often, "always");
    (void)read_sheet(&d, &d.w.people[DESK1], bad, &ps, RC_OK);
    CHECK_INT(ps.wrong, 8);
    /* Somebody who keeps no lists may not bring any in. */
    (void)read_sheet(&d, &d.w.people[FIN1], good, &ps, RC_OK);
    CHECK_INT(ps.wrong, 3);
    (void)read_sheet(&d, &d.w.people[DESK1], "单位,岗位\nCG,局长\n", &ps, RC_INVALID);
    (void)read_sheet(&d, &d.w.people[DESK1],
                     "单位,岗位,责任,职责,依据,频次,身份证号\nCG,局长,main,职责,规定,year,1\n",
                     &ps, RC_INVALID);
    whole(&d);
}

T_COUNTY(posts_are_held_from_a_day_to_a_day)
T_COUNTY(a_list_has_versions)
T_COUNTY(the_holder_alone_confirms)
T_COUNTY(a_confirmation_is_not_handed_over)
T_COUNTY(what_changes_is_confirmed_again)
T_COUNTY(only_the_discipline_organ_enters_failures)
T_COUNTY(a_failure_is_a_document_and_no_story)
T_COUNTY(who_is_concerned_answers_and_it_can_be_erased)
T_COUNTY(who_was_late_answers)
T_COUNTY(what_is_altered_is_found)
T_COUNTY(counts_stay_in_the_circle_and_out_of_the_log)
T_COUNTY(a_quarter_is_given_out_once_without_small_numbers)
T_COUNTY(lists_come_from_a_sheet)
T_MAIN(T_COUNTY_CASES("posts are held from a day to a day", posts_are_held_from_a_day_to_a_day),
       T_COUNTY_CASES("a list has versions", a_list_has_versions),
       T_COUNTY_CASES("the holder alone confirms", the_holder_alone_confirms),
       T_COUNTY_CASES("a confirmation is not handed over", a_confirmation_is_not_handed_over),
       T_COUNTY_CASES("what changes is confirmed again", what_changes_is_confirmed_again),
       T_COUNTY_CASES("only the discipline organ enters failures",
                      only_the_discipline_organ_enters_failures),
       T_COUNTY_CASES("a failure is a document and no story",
                      a_failure_is_a_document_and_no_story),
       T_COUNTY_CASES("who is concerned answers, and it can be erased",
                      who_is_concerned_answers_and_it_can_be_erased),
       T_COUNTY_CASES("who was late answers", who_was_late_answers),
       T_COUNTY_CASES("what is altered is found", what_is_altered_is_found),
       T_COUNTY_CASES("counts stay in the circle and out of the log",
                      counts_stay_in_the_circle_and_out_of_the_log),
       T_COUNTY_CASES("a quarter is given out once, without small numbers",
                      a_quarter_is_given_out_once_without_small_numbers),
       T_COUNTY_CASES("lists come from a sheet", lists_come_from_a_sheet))
