/*
 * The witness. The one idea: it keeps one checkpoint a log, and moves it forward only along a
 * proof; the comparison with what is stored and the storing happen under one lock, and the
 * answer goes out only after the file is on disk. A signature given for a state that could be
 * lost would be a licence to fork.
 */
#include "tlog/witness.h"

#include "base/file.h"
#include "base/hash.h"
#include "tlog/ops.h"
#include "verify/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct witness {
    char *dir;
    int lock; /* of the folder */
    struct key key;
    const struct clock *clock;
    char *texts[WITNESS_LOGS_MAX]; /* what the vkeys point into */
    struct vkey logs[WITNESS_LOGS_MAX];
    size_t n_logs;
    pthread_mutex_t mutex; /* from reading what is stored to having stored */
};

/* ---- the folder ---- */

static enum rc folder_lock(const char *dir, int *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *path = arena_printf(a, "%s/lock", dir);
    CLEANUP(fd_closep) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return err_set(e, RC_IO, N_("打不开 {path}:{reason}"), "path", path, "reason",
                       strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(e, RC_CONFLICT, N_("{dir} 正被另一个见证程序使用"), "dir", dir);
    *ret = fd;
    fd = -1;
    return RC_OK;
}

static enum rc logs_add(struct witness *w, const char *const *vkeys, size_t n, struct err *e)
{
    if (n > WITNESS_LOGS_MAX)
        return err_set(e, RC_TOOBIG, N_("见证的日志太多"));
    for (size_t i = 0; i < n; i++) {
        w->texts[i] = mem_strdup(vkeys[i]);
        if (!vkey_parse(tlog_ops(), span_of(w->texts[i]), &w->logs[i]) ||
            w->logs[i].type == VKEY_COSIGNATURE) {
            free(w->texts[i]);
            return err_set(e, RC_INVALID, N_("日志公钥 {vkey} 无效:应是 名称+编号+密钥"),
                           "vkey", vkeys[i]);
        }
        w->n_logs++;
    }
    return RC_OK;
}

enum rc witness_open(const char *dir, const char *name, const char *const *vkeys, size_t n,
                     const struct clock *clock, struct witness **ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(witness_closep) struct witness *w = mem_alloc(sizeof(*w));

    w->dir = mem_strdup(dir);
    w->lock = -1;
    w->clock = clock;
    pthread_mutex_init(&w->mutex, NULL);
    enum rc rc = dir_make(dir, e);
    if (rc == RC_OK)
        rc = folder_lock(dir, &w->lock, e);
    if (rc == RC_OK)
        rc = key_file(arena_printf(a, "%s/key", dir), name, VKEY_COSIGNATURE, &w->key, e);
    if (rc == RC_OK)
        rc = logs_add(w, vkeys, n, e);
    if (rc != RC_OK)
        return rc;
    *ret = w;
    w = NULL;
    return RC_OK;
}

void witness_close(struct witness *w)
{
    if (w == NULL)
        return;
    fd_closep(&w->lock);
    key_done(&w->key);
    for (size_t i = 0; i < w->n_logs; i++)
        free(w->texts[i]);
    pthread_mutex_destroy(&w->mutex);
    free(w->dir);
    free(w);
}

void witness_closep(struct witness **w)
{
    witness_close(*w);
    *w = NULL;
}

void witness_vkey(const struct witness *w, struct str *ret)
{
    key_vkey(&w->key, ret);
}

static const char *state_dir(const struct witness *w, struct arena *a, struct span origin)
{
    uint8_t hash[HASH_SIZE];
    char hex[HASH_HEX];

    sha256(origin.p, origin.n, hash);
    return arena_printf(a, "%s/%s", w->dir, hex_encode(hash, HASH_SIZE, hex));
}

/* What is stored for an origin: size 0 when nothing is. Never cosigned and cosigned the empty
 * tree are the same. */
static enum rc state_read(const struct witness *w, struct arena *a, struct span origin,
                          struct checkpoint *ret, struct err *e)
{
    struct bytes b;
    struct note note;
    const char *path = arena_printf(a, "%s/checkpoint", state_dir(w, a, origin));

    *ret = (struct checkpoint){ .origin = origin };
    merkle_empty(tlog_ops(), ret->root);
    enum rc rc = file_read(a, path, NOTE_MAX, &b, e);
    if (rc == RC_NOTFOUND)
        return RC_OK;
    if (rc != RC_OK)
        return rc;
    /* Damaged state is not the empty state: refuse to sign anything rather than start over. */
    if (!note_parse(span_bytes(b), &note) || !checkpoint_parse(note.text, ret))
        return err_set(e, RC_UNPROVEN, N_("{path} 已损坏"), "path", path);
    return RC_OK;
}

/* ---- add-checkpoint ---- */

struct request {
    uint64_t old;
    uint8_t path[WITNESS_PROOF_MAX][HASH_BYTES];
    size_t n;
    bool form; /* everything but the checkpoint's origin is in the right form */
    struct note note;
    struct checkpoint checkpoint;
};

/*
 * The origin decides first, so it is looked for even in a request whose other lines are wrong.
 * False when there is no checkpoint in it at all.
 */
static bool request_parse(struct span body, struct request *ret)
{
    struct span rest = body, line, origin, text;

    *ret = (struct request){ .form = false };
    bool head = span_line(&rest, &line) && span_starts(line, "old ") &&
                span_uint64(span_skip(line, 4), &ret->old) &&
                proof_lines(&rest, ret->path, WITNESS_PROOF_MAX, &ret->n);
    if (!head) {
        /* Skip to after the first empty line. */
        rest = body;
        do {
            if (!span_line(&rest, &line))
                return false;
        } while (line.n > 0);
    }
    text = rest;
    if (!span_line(&text, &origin))
        return false;
    ret->checkpoint.origin = origin;
    ret->form = note_parse(rest, &ret->note) &&
                checkpoint_parse(ret->note.text, &ret->checkpoint) && head;
    ret->checkpoint.origin = origin;
    return true;
}

static void answer(struct witness_answer *ret, int status, const char *body)
{
    *ret = (struct witness_answer){
        .status = status, .type = "text/plain; charset=utf-8", .body = body, .n = strlen(body)
    };
}

/* 404 and 403: whose checkpoint is it? Returns 0 when it is a known log's. */
static int signature_check(const struct witness *w, const struct request *r)
{
    struct vkey keys[WITNESS_LOGS_MAX];
    struct note_seal seals[WITNESS_LOGS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < w->n_logs; i++)
        if (span_eq(w->logs[i].name, r->checkpoint.origin))
            keys[n++] = w->logs[i];
    if (n == 0)
        return 404;
    if (r->note.text.n == 0)
        return 400; /* not a note: there is nothing whose signature could be looked at */
    return note_verify(tlog_ops(), &r->note, keys, n, seals) == VERDICT_OK ? 0 : 403;
}

/* 422: does the new checkpoint continue the stored one? */
static bool continues(const struct request *r, const struct checkpoint *stored)
{
    const uint8_t(*path)[HASH_BYTES] = (const uint8_t(*)[HASH_BYTES])r->path;

    if (r->old == 0) {
        uint8_t empty[HASH_BYTES];
        merkle_empty(tlog_ops(), empty);
        return r->n == 0 && (r->checkpoint.size > 0 || hash_eq(r->checkpoint.root, empty));
    }
    return merkle_consistent(tlog_ops(), r->old, r->checkpoint.size, path, r->n, stored->root,
                             r->checkpoint.root);
}

/* Store the note with our line; both in ret. */
static enum rc sign_and_store(struct witness *w, struct arena *a, const struct request *r,
                              struct str *ret_line, struct err *e)
{
    const char *dir = state_dir(w, a, r->checkpoint.origin);
    struct str stored;
    uint64_t now = (uint64_t)(clock_now(w->clock).us / 1000000);

    enum rc rc =
        key_sign(&w->key, (const char *)r->note.text.p, r->note.text.n, now, ret_line, e);
    if (rc != RC_OK)
        return rc;
    /* The log's own lines and ours; what others added is not ours to vouch for. */
    str_init(&stored, a);
    str_addn(&stored, r->note.text.p, r->note.text.n);
    str_addc(&stored, '\n');
    struct span rest = r->note.lines;
    struct note_line line;
    while (note_next(&rest, &line)) {
        uint64_t time;
        for (size_t i = 0; i < w->n_logs; i++) {
            if (!note_line_verify(tlog_ops(), r->note.text, &line, &w->logs[i], &time))
                continue;
            str_addn(&stored, line.line.p, line.line.n);
            str_addc(&stored, '\n');
        }
    }
    str_addn(&stored, ret_line->s, ret_line->n);
    rc = dir_make(dir, e);
    if (rc != RC_OK)
        return rc;
    return file_write_atomic(arena_printf(a, "%s/checkpoint", dir), stored.s, stored.n, e);
}

static void add_locked(struct witness *w, struct arena *a, const struct request *r,
                       struct witness_answer *ret)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct checkpoint stored;
    struct str line;

    if (state_read(w, a, r->checkpoint.origin, &stored, &e) != RC_OK) {
        answer(ret, 500, "the stored checkpoint cannot be read\n");
        return;
    }
    if (r->old != stored.size) {
        answer(ret, 409, arena_printf(a, "%llu\n", (unsigned long long)stored.size));
        ret->type = "text/x.tlog.size";
        return;
    }
    if (!continues(r, &stored)) {
        answer(ret, 422, "the checkpoint does not continue the stored one\n");
        return;
    }
    str_init(&line, a);
    if (sign_and_store(w, a, r, &line, &e) != RC_OK) {
        answer(ret, 500, "the checkpoint cannot be stored\n");
        return;
    }
    *ret = (struct witness_answer){
        .status = 200, .type = "text/plain; charset=utf-8", .body = line.s, .n = line.n
    };
}

void witness_add_checkpoint(struct witness *w, struct arena *a, const char *body, size_t n,
                            struct witness_answer *ret)
{
    struct request *r = arena_alloc(a, sizeof(*r));

    if (n > WITNESS_BODY_MAX || !request_parse((struct span){ (const uint8_t *)body, n }, r)) {
        answer(ret, 400, "not an add-checkpoint request\n");
        return;
    }
    switch (signature_check(w, r)) {
    case 404:
        answer(ret, 404, "unknown log\n");
        return;
    case 403:
        answer(ret, 403, "no valid signature of the log\n");
        return;
    default:
        break;
    }
    if (!r->form || r->old > r->checkpoint.size) {
        answer(ret, 400, "not an add-checkpoint request\n");
        return;
    }
    pthread_mutex_lock(&w->mutex);
    add_locked(w, a, r, ret);
    pthread_mutex_unlock(&w->mutex);
}

void witness_get_checkpoint(struct witness *w, struct arena *a, const char *hex,
                            struct witness_answer *ret)
{
    CLEANUP(err_done) struct err e = { 0 };
    uint8_t hash[HASH_SIZE];
    char text[HASH_HEX];
    struct bytes b;

    if (!hex_decode(hex, HASH_SIZE, hash)) {
        answer(ret, 404, "unknown log\n");
        return;
    }
    const char *path =
        arena_printf(a, "%s/%s/checkpoint", w->dir, hex_encode(hash, HASH_SIZE, text));
    enum rc rc = file_read(a, path, NOTE_MAX, &b, &e);
    if (rc != RC_OK) {
        answer(ret, rc == RC_NOTFOUND ? 404 : 500, "no checkpoint\n");
        return;
    }
    *ret = (struct witness_answer){
        .status = 200, .type = "text/plain; charset=utf-8", .body = (const char *)b.p, .n = b.n
    };
}

/* ---- the log's side ---- */

void witness_request(uint64_t old, const uint8_t (*path)[HASH_BYTES], size_t n,
                     const char *note, struct str *ret)
{
    str_addf(ret, "old %llu\n", (unsigned long long)old);
    for (size_t i = 0; i < n; i++) {
        base64_add(ret, path[i], HASH_BYTES);
        str_addc(ret, '\n');
    }
    str_addc(ret, '\n');
    str_add(ret, note);
}

enum rc witness_lines(const char *body, size_t n, struct span text, const struct vkey *key,
                      struct str *ret, struct err *e)
{
    struct span rest = { (const uint8_t *)body, n };
    struct note_line line;
    uint64_t time;
    bool any = false;

    while (note_next(&rest, &line)) {
        if (!note_line_verify(tlog_ops(), text, &line, key, &time))
            continue;
        str_addn(ret, line.line.p, line.line.n);
        str_addc(ret, '\n');
        any = true;
    }
    if (any)
        return RC_OK;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    return err_set(e, RC_UNPROVEN, N_("见证 {name} 的答复里没有它的有效签名"), "name",
                   arena_strndup(a, (const char *)key->name.p, key->name.n));
}
