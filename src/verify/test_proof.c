/* Receipts, policies, commitments and entries. */
#include "base/hash.h"
#include "base/test.h"
#include "tlog/ops.h"
#include "verify/proof.h"
#include "verify/record.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct signer {
    const char *name;
    uint8_t type, pub[32], secret[64];
    const char *vkey;
};

static struct signer signer_make(struct arena *a, const char *name, uint8_t type, uint8_t seed)
{
    struct signer s = { .name = name, .type = type };
    uint8_t seeds[32] = { seed }, id[4], raw[33] = { type };
    char hex[9];
    struct str text;

    if (sodium_init() < 0)
        abort();
    crypto_sign_seed_keypair(s.pub, s.secret, seeds);
    memcpy(raw + 1, s.pub, 32);
    vkey_id(tlog_ops(), span_of(name), type, (struct span){ s.pub, 32 }, id);
    str_init(&text, a);
    str_addf(&text, "%s+%s+", name, hex_encode(id, 4, hex));
    base64_add(&text, raw, 33);
    s.vkey = text.s;
    return s;
}

static void sign(struct str *note, struct span text, const struct signer *s, uint64_t time)
{
    uint8_t blob[4 + 8 + 64], head[COSIGNATURE_HEAD_MAX];
    size_t n = 4;
    struct str message;

    vkey_id(tlog_ops(), span_of(s->name), s->type, (struct span){ s->pub, 32 }, blob);
    str_init(&message, NULL);
    if (s->type == VKEY_COSIGNATURE) {
        str_addn(&message, head, cosignature_head(time, head));
        for (int i = 0; i < 8; i++)
            blob[n++] = (uint8_t)(time >> (56 - 8 * i));
    }
    str_addn(&message, text.p, text.n);
    crypto_sign_detached(blob + n, NULL, (const uint8_t *)message.s, message.n, s->secret);
    str_done(&message);
    str_addf(note, "— %s ", s->name);
    base64_add(note, blob, n + 64);
    str_addc(note, '\n');
}

static void add_hash(struct str *b, const uint8_t hash[HASH_BYTES])
{
    uint8_t text[HASH_BASE64];

    hash_base64(hash, text);
    str_addn(b, text, sizeof(text));
    str_addc(b, '\n');
}

static enum verdict check(const char *proof, const uint8_t leaf[HASH_BYTES], const char *policy,
                          uint64_t now)
{
    static struct policy p;
    static struct tlog_proof t;
    static struct policy_finding f;
    size_t line;

    CHECK(policy_parse(tlog_ops(), span_of(policy), &p, &line));
    if (!proof_parse(span_of(proof), &t))
        return VERDICT_MALFORMED;
    return proof_verify(tlog_ops(), &t, leaf, &p, now, &f);
}

static void receipts(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct signer log = signer_make(a, "log.example/a", VKEY_ED25519, 1);
    struct signer other = signer_make(a, "log.example/b", VKEY_ED25519, 2);
    struct signer w1 = signer_make(a, "w1.example", VKEY_COSIGNATURE, 3);
    struct signer w2 = signer_make(a, "w2.example", VKEY_COSIGNATURE, 4);
    const char *wide = arena_printf(a,
                                    "# who vouches\n\n \tlog %s https://log.example/\n"
                                    "witness one %s\nwitness two %s http://127.0.0.1:1/\n"
                                    "group both all one two\nquorum both\n",
                                    log.vkey, w1.vkey, w2.vkey);
    const char *none = arena_printf(a, "log %s\nlog %s\nquorum none\n", log.vkey, other.vkey);
    uint8_t leaf[3][HASH_BYTES], left[HASH_BYTES], root[HASH_BYTES];
    struct str text, signatures, proof;

    for (uint8_t i = 0; i < 3; i++)
        merkle_leaf(tlog_ops(), (struct span){ &i, 1 }, leaf[i]);
    merkle_node(tlog_ops(), leaf[0], leaf[1], left);
    merkle_node(tlog_ops(), left, leaf[2], root);
    str_init(&text, a);
    str_add(&text, "log.example/a\n3\n");
    add_hash(&text, root);
    struct span t = { (const uint8_t *)text.s, text.n };
    str_init(&signatures, a);
    str_init(&proof, a);
#define BUILD(index, second)                                                                   \
    (str_reset(&proof),                                                                        \
     str_addf(&proof, "c2sp.org/tlog-proof@v1\nextra aGk=\nindex %d\n", index),                \
     add_hash(&proof, (second)), add_hash(&proof, leaf[2]),                                    \
     str_addf(&proof, "\n%s\n%s", text.s, signatures.s), proof.s)

    sign(&signatures, t, &log, 0);
    CHECK_INT(check(BUILD(0, leaf[1]), leaf[0], none, 0), VERDICT_OK);
    CHECK_INT(check(BUILD(1, leaf[0]), leaf[1], none, 0), VERDICT_OK);
    CHECK_INT(check(BUILD(1, leaf[1]), leaf[0], none, 0), VERDICT_BAD_PROOF);
    CHECK_INT(check(BUILD(0, leaf[1]), leaf[1], none, 0), VERDICT_BAD_PROOF);
    CHECK_INT(check(BUILD(0, leaf[1]), leaf[0], wide, 0), VERDICT_NO_QUORUM);
    sign(&signatures, t, &w1, 1000);
    CHECK_INT(check(BUILD(0, leaf[1]), leaf[0], wide, 0), VERDICT_NO_QUORUM);
    sign(&signatures, t, &w1, 1001); /* twice the same witness is one */
    CHECK_INT(check(BUILD(0, leaf[1]), leaf[0], wide, 0), VERDICT_NO_QUORUM);
    sign(&signatures, t, &w2, 200000);
    CHECK_INT(check(BUILD(0, leaf[1]), leaf[0], wide, 0), VERDICT_OK);
    CHECK_INT(check(BUILD(0, leaf[1]), leaf[0], wide, 199000), VERDICT_OK);
    CHECK_INT(check(BUILD(0, leaf[1]), leaf[0], wide, 1002), VERDICT_NO_QUORUM);

    /* Every byte of a good receipt matters; only what signs nothing may differ. */
    str_reset(&signatures);
    sign(&signatures, t, &log, 0);
    sign(&signatures, t, &w1, 1000);
    sign(&signatures, t, &w2, 200000);
    const char *good = BUILD(0, leaf[1]);
    size_t n = strlen(good), extra = (size_t)(strstr(good, "aGk=") - good);
    for (size_t i = 0; i < n; i++) {
        char *bad = arena_strdup(a, good);
        bad[i] ^= 1;
        enum verdict v = check(bad, leaf[0], wide, 0);
        if (v == VERDICT_OK && !(i >= extra && i < extra + 4))
            t_fail(__FILE__, __LINE__, "accepted with byte %zu changed", i);
        char *cut = arena_strndup(a, good, i);
        CHECK(check(cut, leaf[0], wide, 0) != VERDICT_OK);
        arena_reset(a);
        /* The arena was reset: build everything anew at the next turn. */
        log = signer_make(a, "log.example/a", VKEY_ED25519, 1);
        w1 = signer_make(a, "w1.example", VKEY_COSIGNATURE, 3);
        w2 = signer_make(a, "w2.example", VKEY_COSIGNATURE, 4);
        wide = arena_printf(a,
                            "log %s\nwitness one %s\nwitness two %s\n"
                            "group both all one two\nquorum both\n",
                            log.vkey, w1.vkey, w2.vkey);
        str_init(&text, a);
        str_add(&text, "log.example/a\n3\n");
        add_hash(&text, root);
        t = (struct span){ (const uint8_t *)text.s, text.n };
        str_init(&signatures, a);
        sign(&signatures, t, &log, 0);
        sign(&signatures, t, &w1, 1000);
        sign(&signatures, t, &w2, 200000);
        str_init(&proof, a);
        good = BUILD(0, leaf[1]);
    }

    /* A checkpoint of log a signed by log b only: b may be trusted, but not for a. */
    str_reset(&signatures);
    other = signer_make(a, "log.example/b", VKEY_ED25519, 2);
    none = arena_printf(a, "log %s\nlog %s\nquorum none\n", log.vkey, other.vkey);
    sign(&signatures, t, &other, 0);
    CHECK_INT(check(BUILD(0, leaf[1]), leaf[0], none, 0), VERDICT_WRONG_ORIGIN);
}

static void policies(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *log = signer_make(a, "log", VKEY_ED25519, 1).vkey;
    const char *w[5];
    for (uint8_t i = 0; i < 5; i++)
        w[i] = signer_make(a, arena_printf(a, "w%d", i), VKEY_COSIGNATURE, 10 + i).vkey;
    const char *witnesses =
        arena_printf(a, "log %s\nwitness a %s\nwitness b %s\nwitness c %s\nwitness d %s\n", log,
                     w[0], w[1], w[2], w[3]);
    const struct {
        const char *tail;
        bool ok;
    } cases[] = {
        { "quorum none\n", true },
        { "quorum a\n", true },
        { "quorum a", false },
        { "", false },
        { "quorum a\nquorum a\n", false },
        { "quorum z\n", false },
        { "quorum a b\n", false },
        { "quorum g\ngroup g any a b\n", false },
        { "group g any a b\nquorum g\n", true },
        { "group g 2 a b\nquorum g\n", true },
        { "group g 3 a b\nquorum g\n", false },
        { "group g 0 a b\nquorum g\n", false },
        { "group g 02 a b\nquorum g\n", false },
        { "group g any\nquorum g\n", false },
        { "group g any none\nquorum g\n", false },
        { "group none any a\nquorum none\n", false },
        { "group a any b\nquorum a\n", false },
        { "group g any a a\nquorum g\n", false },
        { "group g any a\ngroup h any a b\nquorum h\n", false },
        { "group g any a b\ngroup h all g c\nquorum h\n", true },
        { "group g any g\nquorum g\n", false },
        { "   # note\n\t\n quorum\tnone \n", true },
        { "quorum none\r\n", false },
        { "log nonsense\nquorum none\n", false },
        { "Quorum none\n", false },
    };
    static struct policy p;
    size_t line;

    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *text = arena_printf(a, "%s%s", witnesses, cases[i].tail);
        if (policy_parse(tlog_ops(), span_of(text), &p, &line) != cases[i].ok)
            t_fail(__FILE__, __LINE__, "%s: wanted %d", cases[i].tail, cases[i].ok);
    }
    CHECK(!policy_parse(tlog_ops(),
                        span_of(arena_printf(a, "%slog %s\nquorum none\n", witnesses, log)), &p,
                        &line));
    CHECK_INT(line, 6);
    /* The same key under another name is still the same witness. */
    struct signer again = signer_make(a, "another-name", VKEY_COSIGNATURE, 10);
    CHECK(!policy_parse(
        tlog_ops(),
        span_of(arena_printf(a, "%switness e %s\nquorum none\n", witnesses, again.vkey)), &p,
        &line));
    /* A log's key is not a witness's, and the other way round. */
    CHECK(!policy_parse(
        tlog_ops(), span_of(arena_printf(a, "witness a %s\nquorum none\n", log)), &p, &line));
    CHECK(!policy_parse(tlog_ops(), span_of(arena_printf(a, "log %s\nquorum none\n", w[4])), &p,
                        &line));
}

static void quorums(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str text;
    static struct policy p;
    size_t line;

    str_init(&text, a);
    for (uint8_t i = 0; i < 6; i++)
        str_addf(&text, "witness %c %s\n", 'a' + i,
                 signer_make(a, arena_printf(a, "w%d", i), VKEY_COSIGNATURE, 10 + i).vkey);
    /* the two-level example of the specification */
    str_add(&text, "group X 2 a b c\ngroup Y any d e f\ngroup XY all X Y\nquorum XY\n");
    CHECK(policy_parse(tlog_ops(), span_of(text.s), &p, &line));
    for (unsigned set = 0; set < 64; set++) {
        bool by[POLICY_WITNESSES_MAX] = { 0 };
        for (unsigned i = 0; i < 6; i++)
            by[i] = (set >> i & 1) != 0;
        bool want = by[0] + by[1] + by[2] >= 2 && (by[3] || by[4] || by[5]);
        CHECK(policy_quorum(&p, by) == want);
    }
}

static void record_example(void)
{
    uint8_t parts[2][HASH_BYTES], salt[SALT_BYTES], out[ENTRY_MAX];
    char hex[2 * ENTRY_MAX + 1];
    size_t n;

    memset(salt, 1, sizeof(salt));
    record_part_hash(tlog_ops(), 0, salt, span_of("{\"amount\":679000}"), parts[0]);
    memset(salt, 2, sizeof(salt));
    record_part_hash(tlog_ops(), 1, salt, span_of("{\"payee\":\"某修理厂\"}"), parts[1]);
    struct entry entry = { .time_us = 1603756800000000,
                           .kind = span_of("expense.paid"),
                           .unit = span_of("330784"),
                           .subject = span_of("E-1") };
    record_commitment(tlog_ops(), (const uint8_t(*)[HASH_BYTES])parts, 2, entry.commitment);
    CHECK_STR(hex_encode(entry.commitment, HASH_BYTES, hex),
              "d338aa32b9041386a14762ce26773041cc56ac93f613a83f3bf55f239575ce0d");
    CHECK(entry_write(&entry, out, &n));
    CHECK_STR(hex_encode(out, n, hex), "010005b29bba5ec0000c657870656e73652e7061696406333330373"
                                       "83403452d31d338aa32b9041386a14762"
                                       "ce26773041cc56ac93f613a83f3bf55f239575ce0d");
    uint8_t leaf[HASH_BYTES];
    merkle_leaf(tlog_ops(), (struct span){ out, n }, leaf);
    CHECK_STR(hex_encode(leaf, HASH_BYTES, hex),
              "a7be1207fab7d26ba8b604f011bb9e60cb773615e4e46f224fb95f4d2c90a74f");

    struct entry back;
    CHECK(entry_parse((struct span){ out, n }, &back));
    CHECK(back.time_us == entry.time_us && span_eq(back.kind, entry.kind) &&
          span_eq(back.unit, entry.unit) && span_eq(back.subject, entry.subject) &&
          hash_eq(back.commitment, entry.commitment));
}

static void entry_forms(void)
{
    struct entry entry = { .time_us = 1, .kind = span_of("k") }, back;
    uint8_t out[ENTRY_MAX + 1];
    size_t n;

    CHECK(entry_write(&entry, out, &n));
    CHECK_INT(n, 1 + 8 + 2 + 1 + 1 + 32);
    CHECK(entry_parse((struct span){ out, n }, &back));
    for (size_t i = 0; i < n; i++)
        CHECK(!entry_parse((struct span){ out, i }, &back));
    CHECK(!entry_parse((struct span){ out, n + 1 }, &back));
    out[0] = 2;
    CHECK(!entry_parse((struct span){ out, n }, &back));
    out[0] = 1;
    out[1] = 0x80; /* a time beyond the signed range */
    CHECK(!entry_parse((struct span){ out, n }, &back));

    char longest[ENTRY_TEXT_MAX + 2];
    memset(longest, 'a', sizeof(longest));
    longest[ENTRY_TEXT_MAX + 1] = '\0';
    const struct entry wrong[] = {
        { .time_us = 1, .kind = span_of("") },
        { .time_us = -1, .kind = span_of("k") },
        { .time_us = 1, .kind = span_of("k k") },
        { .time_us = 1, .kind = span_of("k"), .unit = span_of("单位") },
        { .time_us = 1, .kind = span_of("k"), .subject = span_of("a\n") },
        { .time_us = 1, .kind = span_of("k"), .subject = span_of(longest) },
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        CHECK(!entry_write(&wrong[i], out, &n));
    longest[ENTRY_TEXT_MAX] = '\0';
    entry = (struct entry){ .time_us = INT64_MAX,
                            .kind = span_of(longest),
                            .unit = span_of(longest),
                            .subject = span_of(longest) };
    CHECK(entry_write(&entry, out, &n));
    CHECK_INT(n, ENTRY_MAX);
    CHECK(entry_parse((struct span){ out, n }, &back));
}

T_MAIN({ "a receipt verifies with its policy and with nothing changed", receipts },
       { "policies are read strictly", policies },
       { "quorums count groups and witnesses", quorums },
       { "the specification's record has its commitment, entry and leaf", record_example },
       { "entries have one encoding", entry_forms })
