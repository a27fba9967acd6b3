/* The witness's answers in their order, its state across restarts, and the log's side of the
 * conversation. */
#include "base/file.h"
#include "base/hash.h"
#include "base/test.h"
#include "tlog/ops.h"
#include "tlog/tree.h"
#include "tlog/witness.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEAVES = 20 };
static uint8_t leaves[LEAVES][HASH_BYTES];

struct bench {
    struct arena *a;
    char dir[40];
    struct key log, other;
    const char *vkey;
    struct clock clock;
    struct witness *w;
};

static const uint8_t (*leaf_list(void))[HASH_BYTES]
{
    return (const uint8_t(*)[HASH_BYTES])leaves;
}

static void bench_open(struct bench *b)
{
    CLEANUP(err_done) struct err e = { 0 };

    CHECK_OK(witness_open(b->dir, "witness.example/w", &b->vkey, 1, &b->clock, &b->w, &e));
}

static void bench_start(struct bench *b)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct str vkey;

    *b = (struct bench){ .a = arena_new(),
                         .dir = "/tmp/jingjian-witness-XXXXXX",
                         .clock = { .simulated = true, .now_us = 1700000000000000 } };
    CHECK(mkdtemp(b->dir) != NULL);
    CHECK_OK(key_generate("log.example/a", VKEY_ED25519, &b->log, &e));
    CHECK_OK(key_generate("log.example/a", VKEY_ED25519, &b->other, &e));
    str_init(&vkey, b->a);
    key_vkey(&b->log, &vkey);
    b->vkey = vkey.s;
    for (uint8_t i = 0; i < LEAVES; i++)
        merkle_leaf(tlog_ops(), (struct span){ &i, 1 }, leaves[i]);
    bench_open(b);
}

static void bench_end(struct bench *b)
{
    witness_close(b->w);
    key_done(&b->log);
    key_done(&b->other);
    if (system(arena_printf(b->a, "rm -r %s", b->dir)) != 0)
        t_fail(__FILE__, __LINE__, "cannot clean up");
    arena_free(b->a);
}

static const char *signed_note(struct bench *b, const struct key *key, const char *origin,
                               uint64_t size, const uint8_t root[HASH_BYTES])
{
    CLEANUP(err_done) struct err e = { 0 };
    struct str text, note;

    str_init(&text, b->a);
    checkpoint_text(origin, size, root, &text);
    str_init(&note, b->a);
    str_addf(&note, "%s\n", text.s);
    CHECK_OK(key_sign(key, text.s, text.n, 0, &note, &e));
    return note.s;
}

static const char *note_of(struct bench *b, size_t size)
{
    uint8_t root[HASH_BYTES];

    tree_root_of(leaf_list(), size, root);
    return signed_note(b, &b->log, "log.example/a", size, root);
}

/* RFC 6962 2.1.2, for the test's small trees. */
static size_t consistency(size_t m, size_t from, size_t to, bool whole,
                          uint8_t (*path)[HASH_BYTES])
{
    size_t k = 1, n;

    if (m == to - from) {
        if (!whole)
            tree_root_of(leaf_list() + from, m, path[0]);
        return whole ? 0 : 1;
    }
    while (k * 2 < to - from)
        k *= 2;
    if (m <= k) {
        n = consistency(m, from, from + k, whole, path);
        tree_root_of(leaf_list() + from + k, to - from - k, path[n]);
    } else {
        n = consistency(m - k, from + k, to, false, path);
        tree_root_of(leaf_list() + from, k, path[n]);
    }
    return n + 1;
}

static const char *request(struct bench *b, size_t old, size_t proof_from, size_t size,
                           const char *note)
{
    uint8_t path[MERKLE_PROOF_MAX][HASH_BYTES];
    size_t n = proof_from == 0 ? 0 : consistency(proof_from, 0, size, true, path);
    struct str s;

    str_init(&s, b->a);
    witness_request(old, (const uint8_t(*)[HASH_BYTES])path, n, note, &s);
    return s.s;
}

static int ask(struct bench *b, const char *body, struct witness_answer *ret)
{
    witness_add_checkpoint(b->w, b->a, body, strlen(body), ret);
    return ret->status;
}

/* The answer's line, put under the note, is a good signature of the witness. */
static bool cosigned(struct bench *b, const char *note, const struct witness_answer *answer)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct str vkey, lines;
    struct vkey key;
    struct note n;

    str_init(&vkey, b->a);
    witness_vkey(b->w, &vkey);
    str_init(&lines, b->a);
    return vkey_parse(tlog_ops(), span_of(vkey.s), &key) && note_parse(span_of(note), &n) &&
           witness_lines(answer->body, answer->n, n.text, &key, &lines, &e) == RC_OK &&
           strcmp(lines.s, answer->body) == 0;
}

static void goes_forward(void)
{
    struct bench b;
    struct witness_answer r;

    bench_start(&b);
    CHECK_INT(ask(&b, request(&b, 0, 0, 3, note_of(&b, 3)), &r), 200);
    CHECK(cosigned(&b, note_of(&b, 3), &r));
    CHECK(!cosigned(&b, note_of(&b, 4), &r));
    CHECK_INT(ask(&b, request(&b, 3, 3, 3, note_of(&b, 3)), &r), 200); /* again the same */
    CHECK_INT(ask(&b, request(&b, 3, 3, 8, note_of(&b, 8)), &r), 200);
    CHECK_INT(ask(&b, request(&b, 8, 8, 20, note_of(&b, 20)), &r), 200);
    CHECK(cosigned(&b, note_of(&b, 20), &r));
    bench_end(&b);
}

static void refuses_in_order(void)
{
    struct bench b;
    struct witness_answer r;
    uint8_t root[HASH_BYTES], empty[HASH_BYTES];
    char *long_body;

    bench_start(&b);
    tree_root_of(leaf_list(), 5, root);
    merkle_empty(tlog_ops(), empty);
    const char *stranger = signed_note(&b, &b.log, "log.example/b", 5, root);
    const char *forged = signed_note(&b, &b.other, "log.example/a", 5, root);
    CHECK_INT(ask(&b, request(&b, 0, 0, 5, note_of(&b, 5)), &r), 200);

    /* 404 before everything: also with a wrong proof, a wrong old size and a malformed first
     * line. */
    CHECK_INT(ask(&b, request(&b, 0, 0, 5, stranger), &r), 404);
    CHECK_INT(ask(&b, request(&b, 9, 3, 5, stranger), &r), 404);
    CHECK_INT(ask(&b, arena_printf(b.a, "nonsense\n\n%s", stranger), &r), 404);
    /* 403 before 400, 409 and 422 */
    CHECK_INT(ask(&b, request(&b, 5, 5, 5, forged), &r), 403);
    CHECK_INT(ask(&b, request(&b, 9, 0, 5, forged), &r), 403);
    CHECK_INT(ask(&b, request(&b, 2, 2, 5, forged), &r), 403);
    char *spoilt = arena_strdup(b.a, request(&b, 5, 5, 6, note_of(&b, 6)));
    char *digit = spoilt + strlen(spoilt) - 10;
    *digit = *digit == 'A' ? 'B' : 'A';
    CHECK_INT(ask(&b, spoilt, &r), 403);
    /* 400 before 409 and 422 */
    CHECK_INT(ask(&b, request(&b, 7, 0, 6, note_of(&b, 6)), &r), 400);
    CHECK_INT(ask(&b, "", &r), 400);
    CHECK_INT(ask(&b, "old 5\n", &r), 400);
    CHECK_INT(ask(&b, arena_printf(b.a, "old 05\n\n%s", note_of(&b, 6)), &r), 400);
    CHECK_INT(ask(&b, arena_printf(b.a, "old 5\nshort\n\n%s", note_of(&b, 6)), &r), 400);
    CHECK_INT(ask(&b, arena_printf(b.a, "old  5\n\n%s", note_of(&b, 6)), &r), 400);
    CHECK_INT(ask(&b, arena_printf(b.a, "old 5\r\n\n%s", note_of(&b, 6)), &r), 400);
    CHECK_INT(ask(&b, "old 5\n\nlog.example/a\nnot a note\n", &r), 400);
    struct str many;
    str_init(&many, b.a);
    str_add(&many, "old 5\n");
    for (int i = 0; i < 64; i++)
        str_add(&many, "HA5HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    str_addf(&many, "\n%s", note_of(&b, 6));
    CHECK_INT(ask(&b, many.s, &r), 400);
    /* a correctly signed note that is no checkpoint */
    {
        CLEANUP(err_done) struct err e = { 0 };
        const char *text = "log.example/a\nsix\nHA5HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
        struct str note;
        str_init(&note, b.a);
        str_addf(&note, "old 5\n\n%s\n", text);
        CHECK_OK(key_sign(&b.log, text, strlen(text), 0, &note, &e));
        CHECK_INT(ask(&b, note.s, &r), 400);
    }
    /* 409 before 422, with the size in its own type */
    CHECK_INT(ask(&b, request(&b, 3, 4, 6, note_of(&b, 6)), &r), 409);
    CHECK_STR(r.type, "text/x.tlog.size");
    CHECK_STR(r.body, "5\n");
    CHECK_INT(ask(&b, request(&b, 0, 0, 6, note_of(&b, 6)), &r), 409);
    CHECK_INT(ask(&b, request(&b, 0, 0, 5, note_of(&b, 5)), &r), 409);
    /* 422 */
    CHECK_INT(ask(&b, request(&b, 5, 4, 6, note_of(&b, 6)), &r), 422);
    CHECK_INT(ask(&b, request(&b, 5, 0, 6, note_of(&b, 6)), &r), 422);
    CHECK_INT(ask(&b, request(&b, 5, 3, 5, note_of(&b, 5)), &r), 422);
    root[0] ^= 1;
    CHECK_INT(
        ask(&b, request(&b, 5, 5, 5, signed_note(&b, &b.log, "log.example/a", 5, root)), &r),
        422);
    CHECK_INT(
        ask(&b, request(&b, 5, 5, 6, signed_note(&b, &b.log, "log.example/a", 6, root)), &r),
        422);
    /* and none of it moved anything */
    CHECK_INT(ask(&b, request(&b, 5, 5, 6, note_of(&b, 6)), &r), 200);

    long_body = arena_alloc(b.a, WITNESS_BODY_MAX + 2);
    memset(long_body, 'a', WITNESS_BODY_MAX + 1);
    witness_add_checkpoint(b.w, b.a, long_body, WITNESS_BODY_MAX + 1, &r);
    CHECK_INT(r.status, 400);
    bench_end(&b);
}

static void from_nothing(void)
{
    struct bench b;
    struct witness_answer r;
    uint8_t empty[HASH_BYTES], other[HASH_BYTES] = { 1 };

    bench_start(&b);
    merkle_empty(tlog_ops(), empty);
    CHECK_INT(ask(&b, request(&b, 0, 2, 5, note_of(&b, 5)), &r), 422); /* a proof with old 0 */
    CHECK_INT(
        ask(&b, request(&b, 0, 0, 0, signed_note(&b, &b.log, "log.example/a", 0, other)), &r),
        422);
    CHECK_INT(
        ask(&b, request(&b, 0, 0, 0, signed_note(&b, &b.log, "log.example/a", 0, empty)), &r),
        200);
    CHECK_INT(ask(&b, request(&b, 0, 0, 5, note_of(&b, 5)), &r), 200);
    CHECK_INT(
        ask(&b, request(&b, 0, 0, 0, signed_note(&b, &b.log, "log.example/a", 0, empty)), &r),
        409);
    bench_end(&b);
}

static void remembers(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct bench b;
    struct witness_answer r;
    struct witness *second;
    uint8_t hash[HASH_SIZE];
    char hex[HASH_HEX];
    struct str before, after;

    bench_start(&b);
    CHECK_INT(witness_open(b.dir, "witness.example/w", &b.vkey, 1, &b.clock, &second, &e),
              RC_CONFLICT);
    CHECK_INT(ask(&b, request(&b, 0, 0, 5, note_of(&b, 5)), &r), 200);
    str_init(&before, b.a);
    witness_vkey(b.w, &before);
    witness_close(b.w);
    bench_open(&b);
    str_init(&after, b.a);
    witness_vkey(b.w, &after);
    CHECK_STR(after.s, before.s);
    CHECK_INT(ask(&b, request(&b, 0, 0, 4, note_of(&b, 4)), &r), 409);
    CHECK_INT(ask(&b, request(&b, 5, 5, 6, note_of(&b, 6)), &r), 200);

    sha256("log.example/a", strlen("log.example/a"), hash);
    witness_get_checkpoint(b.w, b.a, hex_encode(hash, HASH_SIZE, hex), &r);
    CHECK_INT(r.status, 200);
    CHECK(str_starts(r.body, "log.example/a\n6\n") &&
          strstr(r.body, "— witness.example/w ") != NULL);
    witness_get_checkpoint(b.w, b.a, "00", &r);
    CHECK_INT(r.status, 404);
    witness_get_checkpoint(b.w, b.a, "../key", &r);
    CHECK_INT(r.status, 404);

    /* Damaged state is not a fresh start. */
    const char *path = arena_printf(b.a, "%s/%s/checkpoint", b.dir, hex);
    CHECK_OK(file_write_atomic(path, "log", 3, &e));
    CHECK_INT(ask(&b, request(&b, 0, 0, 4, note_of(&b, 4)), &r), 500);
    /* A state that cannot be stored is not signed. */
    CHECK(unlink(path) == 0 && rmdir(arena_printf(b.a, "%s/%s", b.dir, hex)) == 0);
    CHECK_OK(file_write_atomic(arena_printf(b.a, "%s/%s", b.dir, hex), "x", 1, &e));
    CHECK(ask(&b, request(&b, 0, 0, 4, note_of(&b, 4)), &r) == 500);
    bench_end(&b);
}

static void foreign_lines(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct bench b;
    struct witness_answer r;
    struct vkey key;
    struct str vkey, lines;
    struct note n;

    bench_start(&b);
    const char *note = note_of(&b, 5);
    CHECK_INT(ask(&b, request(&b, 0, 0, 5, note), &r), 200);
    str_init(&vkey, b.a);
    witness_vkey(b.w, &vkey);
    CHECK(vkey_parse(tlog_ops(), span_of(vkey.s), &key) && note_parse(span_of(note), &n));
    const char *mixed = arena_printf(b.a, "— someone.example AAAAAAAA\n%s", r.body);
    str_init(&lines, b.a);
    CHECK_OK(witness_lines(mixed, strlen(mixed), n.text, &key, &lines, &e));
    CHECK_STR(lines.s, r.body);
    CHECK_INT(witness_lines(mixed, 28, n.text, &key, &lines, &e), RC_UNPROVEN);
    CHECK_INT(witness_lines("", 0, n.text, &key, &lines, &e), RC_UNPROVEN);
    bench_end(&b);
}

T_MAIN({ "a witness goes forward along proofs", goes_forward },
       { "it refuses in the specified order", refuses_in_order },
       { "it starts from nothing only once", from_nothing },
       { "it remembers across restarts and never forgets by damage", remembers },
       { "a log takes only its witness's valid lines", foreign_lines })
