/* Calls to other programs: signed, with codes only, again until they arrive, with receipts. */
#include "base/hmac.h"
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "collect/test_collect.h"
#include "collect/test_server.h"
#include "collect/webhook.h"
#include "collect/webhook.sql.h"
#include "store/setting.h"

#include <string.h>

struct setting_up {
    struct world *w;
    enum someone who;
    struct webhook_new n;
    const char *code, *allowed;
    char key[2 * WEBHOOK_KEY + 1];
    bool on;
};

static enum rc make(struct tx *tx, void *arg, struct err *e)
{
    struct setting_up *x = arg;
    return webhook_make(tx, x->w->c, &x->w->people[x->who], &x->n, x->w->a, &x->code, x->key,
                        e);
}

static enum rc turn(struct tx *tx, void *arg, struct err *e)
{
    struct setting_up *x = arg;
    return webhook_switch(tx, x->w->c, &x->w->people[x->who], x->code, x->on, x->w->a, e);
}

static enum rc allow(struct tx *tx, void *arg, struct err *e)
{
    struct setting_up *x = arg;
    return setting_set(tx, x->w->c, &collect_settings[COLLECT_OUTSIDE], x->allowed, "", e);
}

static struct calls_of_row last_call(struct world *w, const char *hook)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct calls_of_row *rows;
    size_t n;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(calls_of_all(s, hook, 0, INT64_MAX, w->a, &rows, &n, &e));
    CHECK(n > 0);
    return n ? rows[0] : (struct calls_of_row){ 0 };
}

/* RFC 4231, cases 1, 2 and 6. */
static void calls(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    struct t_server server;
    struct webhook_sent sent;
    const char *filing;
    struct utime now = { INT64_C(1000000000) * 1000000 };
    t_server_start(&server, "HTTP/1.1 503 no\r\nContent-Length: 0\r\n\r\n");
    struct setting_up x = { .w = &w,
                            .who = DESK,
                            .n = { "督查系统",
                                   arena_printf(a, "http://127.0.0.1:%d/hook", server.port),
                                   "round.opened filing.signed" },
                            .allowed = arena_printf(a, "http://127.0.0.1:%d", server.port) };
    CHECK_INT(db_transact(c->db, make, &x, &e), RC_INVALID); /* not allowed yet */
    err_done(&e);
    CHECK_OK(db_transact(c->db, allow, &x, &e));
    x.n.events = "round.opened nonsense";
    CHECK_INT(db_transact(c->db, make, &x, &e), RC_INVALID);
    err_done(&e);
    x.n.events = "round.opened filing.signed";
    x.who = FILL1;
    CHECK_INT(db_transact(c->db, make, &x, &e), RC_DENIED);
    err_done(&e);
    x.who = DESK;
    CHECK_OK(db_transact(c->db, make, &x, &e));
    /* A round opens; the other side is down, and it is tried again later. */
    const char *round = world_round(&w, 1, &filing);
    CHECK_OK(webhook_send(c, now, &sent, &e));
    CHECK_INT(sent.later, 1);
    struct calls_of_row r = last_call(&w, x.code);
    CHECK_STR(r.state, "waiting");
    CHECK_INT(r.status, 503);
    CHECK_OK(webhook_send(c, now, &sent, &e));
    CHECK_INT(sent.later + sent.sent, 0); /* not yet */
    server.reply = "HTTP/1.1 204 ok\r\nContent-Length: 0\r\n\r\n";
    now.us += 61 * INT64_C(1000000);
    CHECK_OK(webhook_send(c, now, &sent, &e));
    CHECK_INT(sent.sent, 1);
    r = last_call(&w, x.code);
    CHECK_STR(r.state, "sent");
    CHECK_INT(r.attempts, 2);
    CHECK_STR(r.subject, round);
    /* What came: codes only, under the signature of its key. */
    const char *body = strstr(server.last, "\r\n\r\n");
    CHECK(body != NULL);
    body = body ? body + 4 : "";
    CHECK(strstr(body, "\"event\":\"round.opened\"") != NULL);
    CHECK(strstr(body, "数据采集") == NULL);
    uint8_t key[WEBHOOK_KEY], mac[HASH_SIZE];
    char hex[HASH_HEX];
    CHECK(hex_decode(x.key, WEBHOOK_KEY, key));
    hmac_sha256(key, sizeof(key), body, strlen(body), mac);
    CHECK(strstr(server.last, arena_printf(a, "X-Jingjian-Signature: sha256=%s\r\n",
                                           hex_encode(mac, HASH_SIZE, hex))) != NULL);
    /* A source signs. */
    struct flow_who fill = world_who(&w, FILL1), head = world_who(&w, HEAD1);
    CHECK_OK(world_type(&w, FILL1, filing, "T1", "P1", "2026Q3", "1", NULL, &e));
    CHECK_OK(filing_submit(c, &fill, filing, world_filing(&w, filing).version, a, &e));
    CHECK_OK(filing_sign(c, &head, filing, world_filing(&w, filing).version, a, &e));
    CHECK_STR(last_call(&w, x.code).event, "filing.signed");
    CHECK_STR(last_call(&w, x.code).subject, filing);
    CHECK_INT(last_call(&w, x.code).number, 2);
    /* Down for longer than anybody waits: given up, with a receipt. */
    t_server_stop(&server);
    for (int i = 0; i < WEBHOOK_ATTEMPTS; i++) {
        now.us += INT64_C(4) * 3600 * 1000000;
        CHECK_OK(webhook_send(c, now, &sent, &e));
        CHECK_INT(sent.given_up, i + 1 == WEBHOOK_ATTEMPTS);
    }
    CHECK_STR(last_call(&w, x.code).state, "failed");
    CHECK(*last_call(&w, x.code).message != '\0');
    /* Off: nothing more is put into its queue. */
    CHECK_OK(db_transact(c->db, turn, &x, &e));
    CHECK_INT(db_transact(c->db, turn, &x, &e), RC_CONFLICT);
    err_done(&e);
}
T_COUNTY(calls)

T_MAIN(T_COUNTY_CASES("others are told, until they answer or for more than a day", calls))
