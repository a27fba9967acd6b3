/* Who is told, when, once: by the hour, over a gateway that works, refuses, hangs up, is down.
 */
#include "base/period.h"
#include "base/str.h"
#include "notice/notice.h"
#include "notice/sending.sql.h"
#include "notice/test_gateway_server.h"
#include "people/account.h"
#include "people/unit.h"
#include "store/audit.h"
#include "store/test_county.h"

#include <string.h>

/* What the source says; tests set it. */
static struct {
    int64_t newest, n, urgent;
    bool off;
} there;

static enum rc newest(const struct snap *s, int64_t *ret, struct err *e)
{
    *ret = there.newest;
    return RC_OK;
}
static enum rc waiting(const struct snap *s, struct county *c, const struct person *p,
                       const struct units *units, int64_t after, struct arena *a,
                       struct notice_waiting *ret, struct err *e)
{
    bool who = str_eq(p->code, "cg1");
    *ret = (struct notice_waiting){ who ? there.n : 0,
                                    who && after < there.newest ? there.urgent : 0 };
    return RC_OK;
}
static enum rc day_off(const struct snap *s, struct county *c, int32_t day, bool *ret,
                       struct err *e)
{
    *ret = there.off;
    return RC_OK;
}
static const struct notice_source source = { newest, waiting, day_off };

struct world {
    struct county *c;
    struct arena *a;
    struct test_gateway s;
    struct gateway g;
    struct contact contact;
    int64_t number;
    const char *account;
};

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    static const struct unit_term terms[] = {
        { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" },
    };
    static const struct account_new people[] = {
        { .code = "cg1", .name = "李青", .unit = "QX", .role = "clerk", .scope = "" },
        { .code = "cg2", .name = "陈禾", .unit = "QX", .role = "clerk", .scope = "" },
    };
    char codes[COUNT(people)][ACTIVATION_CODE + 1];
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 0, "", e);
    if (rc == RC_OK)
        rc = accounts_make(tx, w->c, people, COUNT(people), 0, "", w->a, codes, e);
    for (size_t i = 0; i < COUNT(people) && rc == RC_OK; i++)
        rc = account_activate(tx, w->c, people[i].code, codes[i], "none", e);
    if (rc == RC_OK)
        rc = gateway_set(tx, w->c, &w->g, "key-5521", "", e);
    return rc == RC_OK ? contact_set(tx, w->c, "cg1", &w->contact, e) : rc;
}

static enum rc set_contact(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    return contact_set(tx, w->c, "cg1", &w->contact, e);
}

static enum rc again(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    return notice_again(tx, w->c, w->number, "cg1", e);
}

static enum rc test_it(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    return notice_test(tx, w->c, CHANNEL_SMS, w->account, e);
}

static enum rc half_way(struct tx *tx, void *arg, struct err *e)
{
    return sending_begin(tx, (struct id){ ((struct world *)arg)->number }, NULL, e);
}

static void at(struct world *w, int day, int hour)
{
    struct utime t = day_start(day_of(2026, 10, day));
    t.us += hour * INT64_C(3600) * 1000000;
    CHECK(clock_set(&w->c->clock, t));
}

static void begin(struct world *w, struct county *c, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    *w = (struct world){ .c = c, .a = a, .s = { .answer = "{\"errcode\":0,\"x\":1}" } };
    memset(&there, 0, sizeof(there));
    test_gateway_start(&w->s, "");
    w->g =
        (struct gateway){ .channel = CHANNEL_SMS,
                          .enabled = true,
                          .address = arena_printf(a, "http://127.0.0.1:%d/sms", w->s.port),
                          .secure = "",
                          .sender = "",
                          .login = "",
                          .media = "application/json",
                          .body = "{\"to\":\"{address}\",\"text\":\"{text}\",\"id\":\"{id}\"}",
                          .taken = "\"errcode\":0," };
    w->contact = (struct contact){ CHANNEL_SMS, true, "13800000001" };
    CHECK_OK(db_transact(c->db, make, w, &e));
    notice_use(c, &source);
}

static struct notice_did run(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct notice_did d = { 0 };
    CHECK_OK(notice_run(w->c, &d, &e));
    return d;
}

static struct sending_one_row_row sending(struct world *w, int64_t number)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct sending_one_row_row row = { .outcome = "" };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(sending_one_row_one(s, number, w->a, &row, &e));
    return row;
}

static void a_digest_a_day(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world w;
    begin(&w, c, a);
    at(&w, 9, 6);
    there.n = 2;
    there.newest = 10;
    CHECK_INT(run(&w).sent, 0); /* too early */
    at(&w, 9, 8);
    CHECK_INT(run(&w).sent, 1);
    const char *got = test_gateway_got(&w.s, a);
    CHECK(strstr(got, "\"to\":\"13800000001\"") != NULL);
    CHECK(strstr(got, "您有2件事项待签收，请登录查看") != NULL);
    CHECK_STR(sending(&w, 1).outcome, "sent");
    /* Once a day, whatever else comes that is not red. */
    there.n = 5;
    there.newest = 11;
    at(&w, 9, 15);
    CHECK_INT(run(&w).sent, 0);
    /* A day off is a day off; nothing waiting is nothing told. */
    there.off = true;
    at(&w, 10, 9);
    CHECK_INT(run(&w).sent, 0);
    there.off = false;
    there.n = 0;
    at(&w, 12, 9);
    CHECK_INT(run(&w).sent, 0);
    there.n = 1;
    at(&w, 13, 9);
    CHECK_INT(run(&w).sent, 1);
    CHECK_INT(w.s.taken, 2);
    test_gateway_stop(&w.s);
}
T_COUNTY(a_digest_a_day)

static void red_at_once(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world w;
    begin(&w, c, a);
    at(&w, 9, 9);
    there.newest = 10;
    CHECK_INT(run(&w).sent, 0); /* nothing, and from here on */
    there.newest = 11;
    there.n = there.urgent = 1;
    at(&w, 9, 10);
    CHECK_INT(run(&w).sent, 1);
    CHECK_INT(run(&w).sent, 0); /* told is told */
    /* At night it waits, is counted on, and goes in the morning as one. */
    there.newest = 12;
    there.n = 2;
    at(&w, 9, 22);
    CHECK_INT(run(&w).sent, 0);
    there.newest = 13;
    there.n = 3;
    at(&w, 9, 23);
    CHECK_INT(run(&w).sent, 0);
    at(&w, 10, 7);
    (void)test_gateway_got(&w.s, a);
    CHECK_INT(run(&w).sent, 1);
    CHECK(strstr(test_gateway_got(&w.s, a), "您有3件") != NULL);
    CHECK_INT(w.s.taken, 2);
    test_gateway_stop(&w.s);
}
T_COUNTY(red_at_once)

static void a_gateway_is_down_for_a_day(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world w;
    begin(&w, c, a);
    at(&w, 9, 8);
    there.n = 2;
    there.newest = 10;
    CHECK_INT(run(&w).sent, 1);
    int port = w.s.port, tries = 0;
    test_gateway_stop(&w.s);
    there.newest = 11;
    there.n = 3;
    there.urgent = 1;
    /* A day, looked at every quarter of an hour. */
    for (int q = 1; q < 96; q++) {
        struct utime t = day_start(day_of(2026, 10, 9));
        t.us += INT64_C(8) * 3600 * 1000000 + q * INT64_C(900) * 1000000;
        CHECK(clock_set(&c->clock, t));
        struct notice_did d = run(&w);
        CHECK_INT(d.sent, 0);
        tries += (int)d.later;
    }
    CHECK(tries > 5 && tries < 30); /* it backs off to once an hour, and is quiet at night */
    w.s = (struct test_gateway){ .port = port, .answer = "{\"errcode\":0,\"x\":1}" };
    test_gateway_start(&w.s, "");
    at(&w, 10, 10);
    there.n = 4;
    CHECK_INT(run(&w).sent, 1); /* one message tells of everything */
    CHECK_INT(w.s.taken, 1);
    CHECK(strstr(test_gateway_got(&w.s, a), "您有4件") != NULL);
    struct sending_one_row_row x = sending(&w, 2);
    CHECK_STR(x.outcome, "sent");
    CHECK_STR(x.cause, "red");
    CHECK_INT(run(&w).sent, 0);
    test_gateway_stop(&w.s);
}
T_COUNTY(a_gateway_is_down_for_a_day)

static void never_twice(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    begin(&w, c, a);
    at(&w, 9, 8);
    there.n = 2;
    there.newest = 10;
    w.s.wrong = HANGS_UP_LATE; /* it may have gone */
    CHECK_INT(run(&w).failed, 1);
    CHECK_STR(sending(&w, 1).outcome, "unknown");
    w.s.wrong = WORKS;
    at(&w, 9, 14);
    CHECK_INT(run(&w).sent, 0); /* not again by itself */
    w.number = 1;
    CHECK_OK(db_transact(c->db, again, &w, &e)); /* only when somebody says so */
    at(&w, 9, 15);
    CHECK_INT(run(&w).sent, 1);
    CHECK_INT(db_transact(c->db, again, &w, &e), RC_CONFLICT);
    err_done(&e);
    e = (struct err){ 0 };
    /* The program dies while one is on its way. */
    at(&w, 10, 7);
    w.s.wrong = TRY_LATER;
    there.newest = 11;
    there.urgent = 1;
    CHECK_INT(run(&w).later, 1);
    w.number = sending(&w, 2).id.v;
    CHECK_OK(db_transact(c->db, half_way, &w, &e));
    w.s.wrong = WORKS;
    at(&w, 10, 12);
    there.n = 0;
    (void)run(&w);
    CHECK_STR(sending(&w, 2).outcome, "unknown");
    CHECK_INT(w.s.taken, 1);
    /* An address that is refused is not tried for ever. */
    at(&w, 12, 9);
    there.n = 1;
    w.s.wrong = REFUSES_ADDRESS;
    CHECK_INT(run(&w).failed, 1);
    CHECK_STR(sending(&w, 3).outcome, "refused");
    /* A message that nobody takes for days says nothing any more. */
    w.s.wrong = SAYS_NO;
    for (int day = 13; day < 18; day++)
        for (int hour = 9; hour < 18; hour += 2) {
            at(&w, day, hour);
            (void)run(&w);
        }
    CHECK_STR(sending(&w, 4).outcome, "given_up");
    test_gateway_stop(&w.s);
}
T_COUNTY(never_twice)

static void what_is_sealed(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    struct contact *list;
    struct gateway *gs;
    size_t n;
    begin(&w, c, a);
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct contact_of_row *rows;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(contact_of_all(s, "cg1", a, &rows, &n, &e));
        CHECK_INT(n, 1);
        CHECK(!memmem(rows[0].sealed.p, rows[0].sealed.n, "13800000001", 11));
        CHECK_OK(contacts_get(s, c, "cg1", a, &list, &n, &e));
        CHECK_STR(list[0].address, "13800000001");
        CHECK_OK(gateways_get(s, a, &gs, &n, &e));
        CHECK_STR(gs[0].secret, "*");
        CHECK_OK(contacts_check(s, &e));
        CHECK_OK(gateways_check(s, &e));
    }
    /* Who turns a channel off is told nothing by it, not even what waited. */
    at(&w, 9, 8);
    there.n = 1;
    w.s.wrong = TRY_LATER;
    CHECK_INT(run(&w).later, 1);
    w.contact.enabled = false;
    CHECK_OK(db_transact(c->db, set_contact, &w, &e));
    w.s.wrong = WORKS;
    at(&w, 9, 12);
    CHECK_INT(run(&w).sent, 0);
    CHECK_STR(sending(&w, 1).outcome, "refused");
    w.account = "cg1";
    CHECK_INT(db_transact(c->db, test_it, &w, &e), RC_CONFLICT);
    err_done(&e);
    e = (struct err){ 0 };
    w.contact.enabled = true;
    CHECK_OK(db_transact(c->db, set_contact, &w, &e));
    CHECK_OK(db_transact(c->db, test_it, &w, &e));
    at(&w, 9, 23); /* a test goes out at any hour */
    CHECK_INT(run(&w).sent, 1);
    w.contact.address = "1380";
    CHECK_INT(db_transact(c->db, set_contact, &w, &e), RC_INVALID);
    test_gateway_stop(&w.s);
}
T_COUNTY(what_is_sealed)

static enum rc audit(struct world *w, struct err *e)
{
    struct audit_result r;
    enum rc rc = county_seal_now(w->c, e);
    return rc == RC_OK ? audit_data(w->a, w->c, sending_audits, COUNT(sending_audits), NULL,
                                    NULL, &r, e)
                       : rc;
}

/* Behind the program's back: a change without a record of its own. */
static enum rc tamper(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct sending_one_row_row x;
    enum rc rc = sending_one_row_one(tx_snap(tx), 1, w->a, &x, e);
    return rc == RC_OK ? sending_end(tx, "sent", "", x.ended_at, x.record_id, x.id, NULL, e)
                       : rc;
}

static void every_row_has_its_record(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w;
    begin(&w, c, a);
    at(&w, 9, 8);
    there.n = 1;
    w.s.wrong = TRY_LATER;
    CHECK_INT(run(&w).later, 1);
    at(&w, 9, 10);
    w.s.wrong = REFUSES_ADDRESS;
    CHECK_INT(run(&w).failed, 1);
    CHECK_OK(audit(&w, &e));
    CHECK_OK(db_transact(c->db, tamper, &w, &e));
    CHECK_INT(audit(&w, &e), RC_UNPROVEN);
    test_gateway_stop(&w.s);
}
T_COUNTY(every_row_has_its_record)

T_MAIN(T_COUNTY_CASES("every row has its record", every_row_has_its_record),
       T_COUNTY_CASES("one digest a day", a_digest_a_day),
       T_COUNTY_CASES("red at once, quiet at night", red_at_once),
       T_COUNTY_CASES("a gateway is down for a day", a_gateway_is_down_for_a_day),
       T_COUNTY_CASES("nothing is sent twice", never_twice),
       T_COUNTY_CASES("what is sealed, and one's own choice", what_is_sealed))
