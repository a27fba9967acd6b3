/*
 * Asking witnesses. The one idea: each is asked on a thread of its own and none can hold up
 * another or the signing; what a witness says about sizes is believed only in the direction
 * that stops us.
 */
#include "base/hash.h"
#include "base/parse.h"
#include "store/http_client.h"
#include "store/inside.h"
#include "store/record.sql.h"
#include "store/setting.h"
#include "tlog/folder.h"
#include "tlog/witness.h"
#include "verify/policy.h"

#include <stdlib.h>
#include <string.h>

/* One witness and the conversation with it. */
struct talk {
    struct arena *a; /* the thread's own */
    struct err e;
    const char *name, *url, *vkey_text;
    struct vkey key;
    const char *origin, *log_dir;
    const char *note; /* what we have signed; "" when nothing yet */
    struct checkpoint signed_cp;
    struct span signed_text;
    int64_t size;      /* what it holds; -1: not known. In and out */
    const char *lines; /* its cosignatures of note, "" when none */
    const char *held;  /* the checkpoint it holds, when it showed it */
    enum rc rc;
    pthread_t thread;
    bool started;
};

struct round {
    struct arena *a;
    struct policy *policy;
    const char *note;
    struct talk *talks;
    size_t n;
    struct utime now;
};

static const char *text_of(struct arena *a, struct span s)
{
    return arena_strndup(a, (const char *)s.p, s.n);
}

static enum rc answered(struct talk *t, int status)
{
    return err_set(&t->e, RC_IO, N_("见证 {name} 的答复是 {status}"), "name", t->name, "status",
                   arena_printf(t->a, "%d", status));
}

/* ---- one conversation ---- */

static enum rc post(struct talk *t, uint64_t old, struct http_reply *ret)
{
    struct tile_source source = folder_source(t->log_dir);
    uint8_t path[MERKLE_PROOF_MAX][HASH_BYTES];
    struct str body;
    size_t n = 0;

    enum rc rc = tiles_consistency(&source, old, t->signed_cp.size, path, &n, &t->e);
    if (rc != RC_OK)
        return rc;
    str_init(&body, t->a);
    witness_request(old, (const uint8_t(*)[HASH_BYTES])path, n, t->note, &body);
    const struct http_call call = { .method = "POST",
                                    .url = arena_printf(t->a, "%s%sadd-checkpoint", t->url,
                                                        str_ends(t->url, "/") ? "" : "/"),
                                    .body = { (const uint8_t *)body.s, body.n } };
    return http_call(t->a, &call, ret, &t->e);
}

static enum rc size_in(struct talk *t, const struct http_reply *reply)
{
    const char *text =
        str_trim(t->a, arena_strndup(t->a, (const char *)reply->body.p, reply->body.n));

    return parse_int64(text, 0, INT64_MAX, "size", &t->size, &t->e);
}

/* Submit; a witness that holds something else than we thought says so, and is asked once more
 * from there. */
static enum rc submit(struct talk *t)
{
    struct http_reply reply;
    struct str lines;

    for (int tries = 0; tries < 2; tries++) {
        uint64_t old = t->size < 0 ? 0 : (uint64_t)t->size;
        if (old > t->signed_cp.size)
            return RC_OK; /* it is ahead: the caller sees it by the size */
        enum rc rc = post(t, old, &reply);
        if (rc != RC_OK)
            return rc;
        if (reply.status == 409 && tries == 0) {
            rc = size_in(t, &reply);
            if (rc != RC_OK)
                return rc;
            continue;
        }
        if (reply.status != 200)
            return answered(t, reply.status);
        str_init(&lines, t->a);
        rc = witness_lines((const char *)reply.body.p, reply.body.n, t->signed_text, &t->key,
                           &lines, &t->e);
        if (rc == RC_OK) {
            t->lines = lines.s;
            t->size = (int64_t)t->signed_cp.size;
        }
        return rc;
    }
    return answered(t, 409);
}

static void *submit_thread(void *arg)
{
    struct talk *t = arg;

    t->rc = submit(t);
    return NULL;
}

/* What does it hold? Its latest checkpoint says; where there is none to get, submitting from
 * nothing does. */
static enum rc ask_size(struct talk *t)
{
    uint8_t hash[HASH_SIZE];
    char hex[HASH_HEX];
    struct http_reply reply;
    struct note note;
    struct checkpoint cp;

    t->size = -1;
    sha256(t->origin, strlen(t->origin), hash);
    const struct http_call call = { .method = "GET",
                                    .url = arena_printf(t->a, "%s%s%s/checkpoint", t->url,
                                                        str_ends(t->url, "/") ? "" : "/",
                                                        hex_encode(hash, HASH_SIZE, hex)) };
    enum rc rc = http_call(t->a, &call, &reply, &t->e);
    if (rc != RC_OK)
        return rc;
    if (reply.status == 200) {
        if (!note_parse(span_bytes(reply.body), &note) || !checkpoint_parse(note.text, &cp) ||
            !span_is(cp.origin, t->origin) || cp.size > INT64_MAX)
            return answered(t, reply.status);
        t->size = (int64_t)cp.size;
        t->held = arena_strndup(t->a, (const char *)reply.body.p, reply.body.n);
        return RC_OK;
    }
    if (t->note[0] == '\0') { /* nothing signed yet: there is nothing it could hold */
        t->size = 0;
        return RC_OK;
    }
    rc = post(t, 0, &reply);
    if (rc != RC_OK)
        return rc;
    if (reply.status == 409)
        return size_in(t, &reply);
    if (reply.status == 200)
        t->size = (int64_t)t->signed_cp.size;
    else if (reply.status == 404)
        t->size = 0; /* does not know us */
    return reply.status == 200 || reply.status == 404 ? RC_OK : answered(t, reply.status);
}

static void *ask_size_thread(void *arg)
{
    struct talk *t = arg;

    t->rc = ask_size(t);
    return NULL;
}

/* ---- all of them ---- */

static void round_done(struct round *r)
{
    for (size_t i = 0; i < r->n; i++) {
        err_done(&r->talks[i].e);
        arena_free(r->talks[i].a);
    }
    arena_free(r->a);
}

static const char *node_name(const struct round *r, size_t witness)
{
    for (size_t i = 0; i < r->policy->n_nodes; i++)
        if (r->policy->nodes[i].witness == witness)
            return text_of(r->a, r->policy->nodes[i].name);
    return "";
}

static void talk_add(struct county *c, struct round *r, size_t witness,
                     const struct log_witness_list_row *known, size_t n_known)
{
    struct talk *t = &r->talks[r->n++];

    *t = (struct talk){ .a = arena_new(),
                        .name = node_name(r, witness),
                        .url = text_of(r->a, r->policy->witness_urls[witness]),
                        .key = r->policy->witnesses[witness],
                        .origin = c->origin,
                        .log_dir = c->p->log_dir,
                        .note = r->note,
                        .size = -1,
                        .lines = "" };
    /* The key's text, as the table of witnesses knows it. */
    struct str vkey;
    uint8_t raw[1 + VKEY_MAX] = { t->key.type };
    char hex[9];
    memcpy(raw + 1, t->key.key, t->key.n);
    str_init(&vkey, r->a);
    str_addn(&vkey, t->key.name.p, t->key.name.n);
    str_addf(&vkey, "+%s+", hex_encode(t->key.id, 4, hex));
    base64_add(&vkey, raw, 1 + t->key.n);
    t->vkey_text = vkey.s;
    for (size_t i = 0; i < n_known; i++)
        if (str_eq(known[i].vkey, vkey.s))
            t->size = known[i].size;
    struct note note;
    if (r->note[0] != '\0' && note_parse(span_of(r->note), &note) &&
        checkpoint_parse(note.text, &t->signed_cp))
        t->signed_text = note.text;
}

static enum rc round_make(struct county *c, struct round *r, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct log_head_get_row head;
    struct log_witness_list_row *known;
    struct str text;
    size_t line, n_known;

    r->a = arena_new();
    r->policy = arena_alloc(r->a, sizeof(*r->policy));
    str_init(&text, r->a);
    enum rc rc = db_read(c->db, &snap, e);
    if (rc == RC_OK)
        rc = county_policy(c, snap, &text, e);
    if (rc == RC_OK)
        rc = log_head_get_one(snap, r->a, &head, e);
    if (rc == RC_OK)
        rc = log_witness_list_all(snap, r->a, &known, &n_known, e);
    if (rc != RC_OK)
        return rc;
    if (!policy_parse(tlog_ops(), (struct span){ (const uint8_t *)text.s, text.n }, r->policy,
                      &line))
        return err_set(e, RC_INVALID, N_("设置 log.policy 无法理解"));
    r->note = head.signed_note;
    r->now = county_now(c);
    r->talks = arena_array(r->a, POLICY_WITNESSES_MAX, sizeof(*r->talks));
    for (size_t i = 0; i < r->policy->n_witnesses; i++)
        if (r->policy->witness_urls[i].n > 0)
            talk_add(c, r, i, known, n_known);
    return RC_OK;
}

static void round_run(struct round *r, void *(*fn)(void *))
{
    for (size_t i = 0; i < r->n; i++) {
        struct talk *t = &r->talks[i];
        t->started = pthread_create(&t->thread, NULL, fn, t) == 0;
        if (!t->started)
            (void)fn(t); /* the same, one after the other */
    }
    for (size_t i = 0; i < r->n; i++)
        if (r->talks[i].started)
            pthread_join(r->talks[i].thread, NULL);
}

static enum rc store_answers(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct round *r = arg;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < r->n && rc == RC_OK; i++) {
        const struct talk *t = &r->talks[i];
        rc = log_witness_put(tx, t->vkey_text, t->name, t->size, r->now,
                             t->rc == RC_OK ? "" : err_message(&t->e, LANG_ZH, a), NULL, e);
    }
    return rc;
}

static enum rc nobody_ahead(const struct round *r, int64_t size, struct err *e)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct talk *t = &r->talks[i];
        if (t->size <= size)
            continue;
        return err_set(
            e, RC_CONFLICT,
            N_("见证 {name} 已有大小为 {size} 的日志,而本县只有 {have}:可能是从备份恢复的。"
               "不再签署,以免日志分叉;请用 --new-origin 另起日志"),
            "name", t->name, "size", arena_printf(r->a, "%lld", (long long)t->size), "have",
            arena_printf(r->a, "%lld", (long long)size));
    }
    return RC_OK;
}

/* What a witness shows is our own signature over some tree: ours must continue it. */
static enum rc all_continue(const struct county *c, const struct round *r, int64_t size,
                            const uint8_t root[HASH_BYTES], struct err *e)
{
    for (size_t i = 0; i < r->n; i++) {
        struct talk *t = &r->talks[i];
        struct checkpoint cp;
        if (t->held == NULL)
            continue;
        /* Without our signature it is nothing we have to continue, and no answer either. */
        t->rc = own_checkpoint(c, t->held, &cp, &t->e);
        if (t->rc != RC_OK)
            continue;
        enum rc rc = must_continue(c, t->name, t->held, (uint64_t)size, root, e);
        if (rc != RC_OK)
            return rc;
    }
    return nobody_ahead(r, size, e);
}

enum rc ask_sizes(struct county *c, int64_t size, const uint8_t root[HASH_BYTES],
                  size_t *ret_silent, size_t *ret_n, struct err *e)
{
    CLEANUP(round_done) struct round r = { 0 };

    enum rc rc = round_make(c, &r, e);
    if (rc != RC_OK)
        return rc;
    round_run(&r, ask_size_thread);
    enum rc verdict = all_continue(c, &r, size, root, e);
    *ret_silent = 0;
    *ret_n = r.policy->n_witnesses;
    for (size_t i = 0; i < r.n; i++)
        *ret_silent += r.talks[i].rc != RC_OK;
    /* Witnesses without an address cannot say. */
    *ret_silent += r.policy->n_witnesses - r.n;
    if (verdict != RC_OK)
        return verdict;
    return r.n > 0 ? db_transact(c->db, store_answers, &r, e) : RC_OK;
}

struct making_public {
    int64_t size;
    const char *note;
};

static enum rc store_public(struct tx *tx, void *arg, struct err *e)
{
    const struct making_public *m = arg;

    return log_head_public(tx, m->size, m->note, NULL, e);
}

static enum rc make_public(struct county *c, struct round *r, bool *ret_quorum, struct err *e)
{
    struct policy_finding *f = arena_alloc(r->a, sizeof(*f));
    struct str note;

    str_init(&note, r->a);
    str_add(&note, r->note);
    for (size_t i = 0; i < r->n; i++)
        str_add(&note, r->talks[i].lines);
    *ret_quorum =
        policy_check(tlog_ops(), r->policy, (struct span){ (const uint8_t *)note.s, note.n }, 0,
                     f) == VERDICT_OK;
    if (!*ret_quorum)
        return RC_OK;
    struct making_public m = { .size = (int64_t)f->checkpoint.size, .note = note.s };
    enum rc rc = db_transact(c->db, store_public, &m, e);
    return rc == RC_OK ? publish_checkpoint(c, note.s, e) : rc;
}

static enum rc ask_locked(struct county *c, bool *ret_quorum, struct err *e)
{
    CLEANUP(round_done) struct round r = { 0 };

    *ret_quorum = true;
    enum rc rc = round_make(c, &r, e);
    if (rc != RC_OK || r.note[0] == '\0')
        return rc;
    *ret_quorum = r.policy->quorum == SIZE_MAX;
    if (r.n == 0)
        return RC_OK;
    round_run(&r, submit_thread);
    rc = db_transact(c->db, store_answers, &r, e);
    if (rc == RC_OK)
        rc = nobody_ahead(&r, (int64_t)r.talks[0].signed_cp.size, e);
    if (rc == RC_CONFLICT) /* before anything else is signed they are asked again */
        c->p->witnesses_asked = false;
    return rc == RC_OK ? make_public(c, &r, ret_quorum, e) : rc;
}

enum rc ask_round(struct county *c, bool *ret_quorum, struct err *e)
{
    pthread_mutex_lock(&c->p->asking);
    enum rc rc = ask_locked(c, ret_quorum, e);
    pthread_mutex_unlock(&c->p->asking);
    return rc;
}
