/* Witnesses over HTTP: the quorum, one that is gone, one that is ahead, what an answer may be;
 * the HTTP client itself. */
#include "store/audit.h"
#include "store/http_client.h"
#include "store/inside.h"
#include "store/receipt.h"
#include "store/seal.h"
#include "store/setting.h"
#include "store/test_county.h"
#include "tlog/witness.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- a small server: one thread, one request a connection ---- */

struct server {
    int fd, port;
    pthread_t thread;
    struct witness *w; /* NULL: reply is sent to whoever asks */
    const char *reply;
    _Atomic int asked;
    _Atomic bool broken; /* hang up without an answer */
};

static void answer(struct server *s, int fd)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str in, out;
    char piece[4096];
    const char *end = NULL;
    ssize_t got;
    size_t want = 0;

    str_init(&in, a);
    while (end == NULL || in.n < want) {
        got = recv(fd, piece, sizeof(piece), 0);
        if (got <= 0)
            return;
        str_addn(&in, piece, (size_t)got);
        end = strstr(in.s, "\r\n\r\n");
        const char *length = strcasestr(in.s, "Content-Length: ");
        if (end != NULL)
            want = (size_t)(end + 4 - in.s) +
                   (length == NULL ? 0 : strtoul(length + 16, NULL, 10));
    }
    s->asked++;
    if (s->broken)
        return;
    str_init(&out, a);
    if (s->w == NULL) {
        str_add(&out, s->reply);
    } else {
        struct witness_answer r;
        if (str_starts(in.s, "POST /add-checkpoint "))
            witness_add_checkpoint(s->w, a, end + 4, in.n - (size_t)(end + 4 - in.s), &r);
        else
            witness_get_checkpoint(s->w, a, arena_strndup(a, in.s + 5, 64), &r);
        str_addf(&out, "HTTP/1.1 %d x\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                 r.status, r.type, r.n);
        str_addn(&out, r.body, r.n);
    }
    for (size_t at = 0; at < out.n; at += (size_t)got) {
        got = send(fd, out.s + at, out.n - at, MSG_NOSIGNAL);
        if (got <= 0)
            return;
    }
}

static void *serve(void *arg)
{
    struct server *s = arg;
    int fd;

    while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
        answer(s, fd);
        close(fd);
    }
    return NULL;
}

static void server_start(struct server *s)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof(at);

    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(s->fd >= 0 && bind(s->fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
          listen(s->fd, 16) == 0 && getsockname(s->fd, (struct sockaddr *)&at, &n) == 0);
    s->port = ntohs(at.sin_port);
    CHECK(pthread_create(&s->thread, NULL, serve, s) == 0);
}

static void server_stop(struct server *s)
{
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
}

/* ---- a county with three witnesses of whom two are enough ---- */

struct scene {
    struct t_county *t;
    struct arena *a;
    struct server server[3];
    const char *policy;
    struct clock clock;
};

static enum rc set_policy(struct tx *tx, void *arg, struct err *e)
{
    struct scene *s = arg;

    return setting_set(tx, s->t->c, &store_settings[SET_LOG_POLICY], s->policy, "admin", e);
}

static const char *witness_dir(struct scene *s, int i)
{
    return arena_printf(s->a, "%s/witness%d", s->t->db.dir, i);
}

static void scene_start(struct scene *s, struct t_county *t)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct str vkey, policy;

    *s = (struct scene){ .t = t,
                         .a = arena_new(),
                         .clock = { .simulated = true, .now_us = (int64_t)T_NOW_S * 1000000 } };
    str_init(&vkey, s->a);
    county_vkey(t->c, &vkey);
    const char *vkeys[] = { vkey.s };
    str_init(&policy, s->a);
    for (int i = 0; i < 3; i++) {
        struct str key;
        struct server *server = &s->server[i];
        CHECK_OK(witness_open(witness_dir(s, i), arena_printf(s->a, "w%d.example", i), vkeys, 1,
                              &s->clock, &server->w, &e));
        server_start(server);
        str_init(&key, s->a);
        witness_vkey(server->w, &key);
        str_addf(&policy, "witness w%d %s http://127.0.0.1:%d/\n", i, key.s, server->port);
    }
    str_add(&policy, "group g 2 w0 w1 w2\nquorum g\n");
    s->policy = policy.s;
    CHECK_OK(db_transact(t->c->db, set_policy, s, &e));
}

static void scene_end(struct scene *s)
{
    for (int i = 0; i < 3; i++) {
        server_stop(&s->server[i]);
        witness_close(s->server[i].w);
    }
    arena_free(s->a);
}

static struct log_state state(struct county *c, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct log_state st = { 0 };

    CHECK_OK(db_read(c->db, &snap, &e));
    CHECK_OK(log_state_get(snap, a, &st, &e));
    return st;
}

static void quorum(struct t_county *t)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct scene s;
    struct receipt r;
    struct receipt_finding f;
    struct policy *trust;
    struct audit_result audited;

    scene_start(&s, t);
    struct id id = t_record(t->c, "test.done", "330784", "E-1");
    CHECK_OK(county_seal_now(t->c, &e));
    struct log_state st = state(t->c, s.a);
    CHECK(st.signed_size == 2 && st.public_size == 2);
    CHECK(strstr(st.public_note, "— w0.example ") != NULL &&
          strstr(st.public_note, "— w2.example ") != NULL);
    /* One is enough less: still public. Two are not. */
    s.server[0].broken = true;
    (void)t_record(t->c, "test.done", "330784", "E-2"); /* the row is not needed */
    CHECK_OK(county_seal_now(t->c, &e));
    st = state(t->c, s.a);
    CHECK(st.signed_size == 3 && st.public_size == 3);
    s.server[1].broken = true;
    (void)t_record(t->c, "test.done", "330784", "E-3"); /* as above */
    CHECK_OK(county_seal_now(t->c, &e));                /* signing never waits for them */
    st = state(t->c, s.a);
    CHECK(st.signed_size == 4 && st.public_size == 3);
    {
        CLEANUP(db_read_end) const struct snap *snap = NULL;
        struct log_witness_state *w;
        struct str policy;
        size_t n;
        CHECK_OK(db_read(t->c->db, &snap, &e));
        CHECK_OK(log_witness_states(snap, s.a, &w, &n, &e));
        CHECK_INT(n, 3);
        CHECK(w[0].error[0] != '\0' && w[2].error[0] == '\0' && w[2].size == 4 &&
              w[1].size == 3);
        /* A receipt says which checkpoint it has: the one with quorum, when the record is under
         * it. */
        CHECK_OK(receipt_make(t->c, snap, id, SHOW_ALL, s.a, &r, &e));
        CHECK(r.quorum && r.size == 3);
        str_init(&policy, s.a);
        CHECK_OK(county_policy(t->c, snap, &policy, &e));
        CHECK_OK(trust_make(s.a, NULL, policy.s, &trust, &e));
    }
    const struct receipt_claim claim = { .proof = r.proof, .record = &r.record };
    CHECK_OK(receipt_verify(s.a, &claim, trust, (struct utime){ 0 }, &f, &e));
    CHECK_STR(f.witnesses, "w1.example, w2.example");
    CHECK_OK(audit_folder(s.a, county_log_dir(t->c), trust, NULL, &audited, &e));
    CHECK(audited.size == 3 && audited.trusted);
    CHECK_OK(audit_data(s.a, t->c, NULL, 0, NULL, NULL, &audited, &e));
    CHECK_INT(audited.size, 4);
    /* They come back: the newest becomes public without anything new. */
    s.server[0].broken = s.server[1].broken = false;
    CHECK_OK(county_seal_now(t->c, &e));
    CHECK_INT(state(t->c, s.a).public_size, 4);
    /* A witness that has lost its state says so by its size and is taken along from there. */
    witness_close(s.server[1].w);
    CHECK(system(arena_printf(s.a, "rm -r %s/????????????*", witness_dir(&s, 1))) == 0);
    struct str vkey;
    str_init(&vkey, s.a);
    county_vkey(t->c, &vkey);
    const char *vkeys[] = { vkey.s };
    CHECK_OK(
        witness_open(witness_dir(&s, 1), "w1.example", vkeys, 1, &s.clock, &s.server[1].w, &e));
    s.server[0].broken = true;
    (void)t_record(t->c, "test.done", "330784", "E-4"); /* as above */
    CHECK_OK(county_seal_now(t->c, &e));
    CHECK_INT(state(t->c, s.a).public_size, 5);
    scene_end(&s);
}
T_COUNTY_IN(quorum)

/* The whole folder is set back to an earlier day: only the witnesses know. */
static void restored_folder(struct t_county *t)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct scene s;

    if (db_kind(t->c->db) != DB_SQLITE) {
        t_skip("copies a SQLite file");
        return;
    }
    scene_start(&s, t);
    (void)t_record(t->c, "test.done", "330784", "E-1"); /* the row is not needed */
    CHECK_OK(county_seal_now(t->c, &e));
    county_close(t->c);
    const char *kept = arena_printf(s.a, "%s.kept", t->dir);
    CHECK(system(arena_printf(s.a, "cp -r %s %s", t->dir, kept)) == 0);
    t->c = NULL;
    t_county_reopen(t);
    (void)t_record(t->c, "test.done", "330784", "E-2"); /* as above */
    CHECK_OK(county_seal_now(t->c, &e));
    county_close(t->c);
    t->c = NULL;
    CHECK(system(arena_printf(s.a, "rm -r %s && mv %s %s", t->dir, kept, t->dir)) == 0);
    t_county_reopen(t);
    (void)t_record(t->c, "test.done", "330784", "E-other"); /* as above */
    /* Size 3 again, but another tree: signing it would be a fork that anybody could show. */
    s.server[0].broken = s.server[1].broken = true;
    CHECK_INT(county_seal_now(t->c, &e), RC_UNPROVEN);
    CHECK_INT(state(t->c, s.a).signed_size, 2);
    (void)t_record(t->c, "test.done", "330784", "E-more"); /* as above */
    CHECK_INT(county_seal_now(t->c, &e), RC_UNPROVEN);     /* larger, and still another tree */
    CHECK_INT(state(t->c, s.a).signed_size, 2);
    scene_end(&s);
}
T_COUNTY_IN(restored_folder)

static void ahead(struct t_county *t)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct scene s;

    if (db_kind(t->c->db) != DB_SQLITE) {
        t_skip("copies a SQLite file");
        return;
    }
    scene_start(&s, t);
    (void)t_record(t->c, "test.done", "330784", "E-1"); /* the row is not needed */
    CHECK_OK(county_seal_now(t->c, &e));
    county_close(t->c);
    const char *kept = arena_printf(s.a, "%s.kept", t->dir);
    CHECK(system(arena_printf(s.a, "cp -r %s %s", t->dir, kept)) == 0);
    t->c = NULL;
    t_county_reopen(t);
    for (int i = 0; i < 5; i++)
        (void)t_record(t->c, "test.done", "330784", "E-2"); /* as above */
    CHECK_OK(county_seal_now(t->c, &e));
    county_close(t->c);
    t->c = NULL;
    CHECK(system(arena_printf(s.a, "rm -r %s && mv %s %s", t->dir, kept, t->dir)) == 0);
    t_county_reopen(t);
    (void)t_record(t->c, "test.done", "330784", "E-other"); /* as above */
    CHECK_INT(county_seal_now(t->c, &e), RC_CONFLICT);
    CHECK_INT(state(t->c, s.a).signed_size, 2);
    CHECK_INT(county_seal_now(t->c, &e), RC_CONFLICT); /* and stays so */
    /* On hold after a restore: all of them must have been asked, and then it is still ahead. */
    CHECK_OK(county_hold(t->c, "restored", &e));
    CHECK_INT(county_seal_now(t->c, &e), RC_CONFLICT);
    CHECK_OK(county_new_origin(t->c, "county.example/2/demo", &e));
    CHECK_OK(county_seal_now(t->c, &e)); /* another log; the witnesses do not know it: 404 */
    struct log_state st = state(t->c, s.a);
    CHECK(st.signed_size == 4 && st.public_size == -1);
    scene_end(&s);
}
T_COUNTY_IN(ahead)

static void released(struct t_county *t)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct scene s;

    scene_start(&s, t);
    (void)t_record(t->c, "test.done", "330784", "E-1"); /* the row is not needed */
    CHECK_OK(county_seal_now(t->c, &e));
    CHECK_OK(county_hold(t->c, "restored", &e));
    (void)t_record(t->c, "test.done", "330784", "E-2"); /* as above */
    s.server[2].broken = true;
    CHECK_INT(county_seal_now(t->c, &e), RC_CONFLICT); /* one has not said */
    s.server[2].broken = false;
    CHECK_OK(county_seal_now(t->c, &e)); /* all have, none is ahead: goes on by itself */
    CHECK_STR(state(t->c, s.a).hold, "");
    CHECK_INT(state(t->c, s.a).public_size, 3);
    scene_end(&s);
}
T_COUNTY_IN(released)

/* ---- the client ---- */

static void replies(void)
{
    static const struct {
        const char *in;
        int status;
        const char *body;
    } cases[] = {
        { "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef", 200, "abc" },
        { "HTTP/1.0 404 no\r\n\r\nrest", 404, "rest" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
          "chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n",
          200, "abcd" },
        { "HTTP/1.1 200 OK\r\ncontent-length:\t0 \r\n\r\n", 200, "" },
        { "HTTP/1.1 204 None\r\n\r\n", 204, "" },
        { "", 0, NULL },
        { "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", 0, NULL },
        { "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", 0, NULL },
        { "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 0, NULL },
        { "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          0, NULL },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", 0, NULL },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", 0, NULL },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 0,
          NULL },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc", 0, NULL },
        { "HTTP/1.1 20 OK\r\n\r\n", 0, NULL },
        { "HTTP/2 200\r\n\r\n", 0, NULL },
        { "SSH-2.0-OpenSSH\r\n\r\n", 0, NULL },
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct http_reply r;
        const struct bytes in = { (const uint8_t *)cases[i].in, strlen(cases[i].in) };
        bool ok = http_parse_reply(a, in, &r);
        if (ok != (cases[i].status != 0)) {
            t_fail(__FILE__, __LINE__, "%d for %s", ok, cases[i].in);
            continue;
        }
        if (!ok)
            continue;
        CHECK_INT(r.status, cases[i].status);
        CHECK_STR(arena_strndup(a, (const char *)r.body.p, r.body.n), cases[i].body);
    }
}

static void addresses(void)
{
    static const char *const bad[] = { "",
                                       "https://a/",
                                       "http://",
                                       "http:///x",
                                       "http://a:0/",
                                       "http://a:65536/",
                                       "http://a:x/",
                                       "http://user@a/",
                                       "http://a/x y",
                                       "http://a/\r\nX: y",
                                       "http://[::1",
                                       "http://[::1]x/",
                                       "ftp://a/" };

    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        const struct http_call call = { .method = "GET", .url = bad[i] };
        struct http_reply r;
        CHECK_INT(http_call(a, &call, &r, &e), RC_INVALID);
    }
}

static void calls(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct server s = { .reply = "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\nhello" };
    struct http_reply r;

    server_start(&s);
    struct http_call call = { .method = "GET",
                              .url = arena_printf(a, "http://127.0.0.1:%d/x", s.port) };
    CHECK_OK(http_call(a, &call, &r, &e));
    CHECK(r.status == 200 && r.body.n == 5);
    CHECK_STR(r.type, "a/b");
    call.max = 4;
    CHECK_INT(http_call(a, &call, &r, &e), RC_TOOBIG);
    call.max = 0;
    s.reply = "nonsense\r\n\r\n";
    CHECK_INT(http_call(a, &call, &r, &e), RC_IO);
    s.broken = true;
    CHECK_INT(http_call(a, &call, &r, &e), RC_IO);
    /* A connection that the server closes after each answer is made anew. */
    s.broken = false;
    s.reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    CLEANUP(http_conn_closep) struct http_conn *c = NULL;
    CHECK_OK(http_conn_open(call.url, 0, &c, &e));
    for (int i = 0; i < 3; i++)
        CHECK_OK(http_conn_get(c, a, "tile/0/000", 100, &r, &e));
    server_stop(&s);
    CHECK_INT(http_conn_get(c, a, "tile/0/000", 100, &r, &e), RC_IO);
    CHECK_INT(http_call(a, &call, &r, &e), RC_IO);
}

T_MAIN(T_COUNTY_CASES("a checkpoint becomes public with its quorum", quorum),
       T_COUNTY_CASES("a folder set back by one is not signed as another tree",
                      restored_folder),
       T_COUNTY_CASES("a witness that is ahead stops the signing", ahead),
       T_COUNTY_CASES("after a restore all witnesses release the signing", released),
       { "answers are read strictly", replies },
       { "only plain http addresses are called", addresses },
       { "calls end, whatever the server does", calls })
