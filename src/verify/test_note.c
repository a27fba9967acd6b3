/* Notes, keys, cosignatures and checkpoints against other implementations' vectors, and every
 * way to spoil them. */
#include "base/hash.h"
#include "base/test.h"
#include "tlog/ops.h"
#include "verify/note.h"

#include <sodium.h>
#include <string.h>

/* golang.org/x/mod sumdb/note/note_test.go (BSD-3-Clause) */
#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_TEXT                                                                             \
    "If you think cryptography is the answer to your problem,\n"                               \
    "then you don't know what your problem is.\n"
#define PETER_LINE                                                                             \
    "— PeterNeumann "                                                                        \
    "x08go/ZJkuBS9UG/"                                                                         \
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
/* sigsum/sigsum-go pkg/checkpoint/checkpoint_test.go (BSD-2-Clause) */
#define SIGSUM_ORIGIN                                                                          \
    "sigsum.org/v1/tree/e796172b92befd62d9dc67e41c2f5bc9d3100a3023b20b1ca40288dd1c679e69"
#define SIGSUM_TEXT SIGSUM_ORIGIN "\n10\nHA5HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
#define SIGSUM_LINE                                                                            \
    "— " SIGSUM_ORIGIN " gJ2ho0n8F8olcerUF1FFdv235A/5as/coWrpLrtE7ovMeP5whgwouYExowG/"         \
    "lTznxu6OUGjjt5yJQ6bXtTcf718MqAQ=\n"
#define SIGSUM_PUB "66e0b858e462a609e66fe71370c816d8846ff103d5499a22a7fec37fdbc424a7"

static enum verdict verify(const char *note, const char *vkey, uint64_t *ret_time)
{
    struct vkey key;
    struct note n;
    struct note_seal seal = { 0 };

    CHECK(vkey_parse(tlog_ops(), span_of(vkey), &key));
    if (!note_parse(span_of(note), &n))
        return VERDICT_MALFORMED;
    enum verdict v = note_verify(tlog_ops(), &n, &key, 1, &seal);
    CHECK((v == VERDICT_OK) == seal.ok || v == VERDICT_BAD_SIGNATURE);
    *ret_time = seal.time;
    return v;
}

static void go_note(void)
{
    uint64_t time;

    CHECK_INT(verify(PETER_TEXT "\n" PETER_LINE, PETER, &time), VERDICT_OK);
    CHECK_INT(verify("No.\n\n" PETER_LINE, PETER, &time), VERDICT_BAD_SIGNATURE);
    CHECK_INT(verify(SIGSUM_TEXT "\n" SIGSUM_LINE, PETER, &time), VERDICT_UNSIGNED);
    /* The text may have empty lines itself: the last one separates. */
    CHECK_INT(verify("a\n\n— b\n\n" PETER_LINE, PETER, &time), VERDICT_BAD_SIGNATURE);
    /* A bad line of a known key spoils the good one before it. */
    CHECK_INT(verify(PETER_TEXT "\n" PETER_LINE "— PeterNeumann x08gowAA\n", PETER, &time),
              VERDICT_BAD_SIGNATURE);
    /* Same name with another id, same id with another name: unknown keys, ignored. */
    CHECK_INT(verify(PETER_TEXT "\n— PeterNeumann x08gpAAA\n— Peter x08gowAA\n" PETER_LINE,
                     PETER, &time),
              VERDICT_OK);
}

static void keys(void)
{
    static const char *const bad[] = {
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a3+",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        /* the two wrong keys of the Go vectors */
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    };
    struct vkey key;

    CHECK(vkey_parse(tlog_ops(), span_of(PETER), &key));
    CHECK_INT(key.type, VKEY_ED25519);
    CHECK(span_is(key.name, "PeterNeumann"));
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK(!vkey_parse(tlog_ops(), span_of(bad[i]), &key));
}

static void note_forms(void)
{
    static const char *const bad[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n" PETER_LINE,
        "text\n\n— PeterNeumann\n",
        "text\n\n- PeterNeumann x08goAAA\n",
        "text\n\n—PeterNeumann x08goAAA\n",
        "text\n\n— PeterNeumann x08goAAA",
        "text\n\n— PeterNeumann x08go\n",
        "text\n\n— PeterNeumann x08gow==\n", /* an id and no signature */
        "text\n\n— Peter+Neumann x08goAAA\n",
        "text\n\n— Peter\u3000Neumann x08goAAA\n",
        "text\n\n—  x08goAAA\n",
        "te\txt\n\n— PeterNeumann x08goAAA\n",
        "te\xffxt\n\n— PeterNeumann x08goAAA\n",
        "te\xc0\x80xt\n\n— PeterNeumann x08goAAA\n",
        "te\xed\xa0\x80xt\n\n— PeterNeumann x08goAAA\n",
    };
    struct note note;

    CHECK(note_parse(span_of("text\n\n— PeterNeumann x08goAAA\n"), &note));
    CHECK(note_parse(span_of("文字\n\n— 见证 x08goAA=\n"), &note));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (note_parse(span_of(bad[i]), &note))
            t_fail(__FILE__, __LINE__, "accepted: %s", bad[i]);
    CHECK(!note_parse((struct span){ (const uint8_t *)"a\0\n\n— P x08goAAA\n", 18 }, &note));
}

static void many_lines(void)
{
    static char text[1 << 14];

    for (int n = 16; n <= 101; n += 85) {
        size_t at = strlen(PETER_TEXT "\n");
        memcpy(text, PETER_TEXT "\n", at);
        for (int i = 1; i < n; i++, at += strlen("— other AAAAAAAA\n"))
            memcpy(text + at, "— other AAAAAAAA\n", strlen("— other AAAAAAAA\n"));
        memcpy(text + at, PETER_LINE, sizeof(PETER_LINE));
        uint64_t time;
        CHECK_INT(verify(text, PETER, &time), n == 16 ? VERDICT_OK : VERDICT_MALFORMED);
    }
}

/* A key's text from its parts. */
static void vkey_text(const char *name, uint8_t type, const uint8_t key[32], struct str *ret)
{
    uint8_t id[4], raw[33] = { type };
    char hex[9];

    memcpy(raw + 1, key, 32);
    vkey_id(tlog_ops(), span_of(name), type, (struct span){ key, 32 }, id);
    str_addf(ret, "%s+%s+", name, hex_encode(id, 4, hex));
    base64_add(ret, raw, 33);
}

static void sigsum_checkpoint(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint8_t pub[32];
    struct str vkey;
    struct note note;
    struct checkpoint c;
    uint64_t time;

    CHECK(hex_decode(SIGSUM_PUB, 32, pub));
    str_init(&vkey, a);
    vkey_text(SIGSUM_ORIGIN, VKEY_ED25519, pub, &vkey);
    CHECK_INT(verify(SIGSUM_TEXT "\n" SIGSUM_LINE, vkey.s, &time), VERDICT_OK);
    CHECK(note_parse(span_of(SIGSUM_TEXT "\n" SIGSUM_LINE), &note));
    CHECK(checkpoint_parse(note.text, &c));
    CHECK(span_is(c.origin, SIGSUM_ORIGIN));
    CHECK_INT(c.size, 10);
    CHECK_INT(c.root[0], 0x1c);
    CHECK_INT(c.root[3], 0);
}

static void checkpoint_forms(void)
{
#define ROOT "HA5HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    static const char *const bad[] = {
        "",
        "o\n",
        "o\n1\n",
        "\n1\n" ROOT,
        "o\n01\n" ROOT,
        "o\n-1\n" ROOT,
        "o\n 1\n" ROOT,
        "o\n18446744073709551616\n" ROOT,
        "o\n1\nHA5H\n",
        "o\n1\nHA5HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n", /* bits beyond the last byte */
        "o\n1\nHA5HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
        "o\n1\n" ROOT "extension\n",
        "o\n1\n" ROOT "\n",
    };
    struct checkpoint c;

    CHECK(checkpoint_parse(span_of("o\n18446744073709551615\n" ROOT), &c));
    CHECK(c.size == UINT64_MAX);
    CHECK(checkpoint_parse(span_of("o\n0\n" ROOT), &c));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (checkpoint_parse(span_of(bad[i]), &c))
            t_fail(__FILE__, __LINE__, "accepted: %s", bad[i]);
}

static void cosignatures(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint8_t pub[32], secret[64], seed[32] = { 9 }, blob[4 + 8 + 64] = { 0 };
    struct str vkey, note, message;
    uint64_t time = 0;

    CHECK(sodium_init() >= 0);
    crypto_sign_seed_keypair(pub, secret, seed);
    str_init(&vkey, a);
    vkey_text("witness.example/w1", VKEY_COSIGNATURE, pub, &vkey);
    vkey_id(tlog_ops(), span_of("witness.example/w1"), VKEY_COSIGNATURE,
            (struct span){ pub, 32 }, blob);
    str_init(&message, a);
    str_add(&message, "cosignature/v1\ntime 1679315147\n" SIGSUM_TEXT);
    for (int i = 0; i < 8; i++)
        blob[4 + i] = (uint8_t)(UINT64_C(1679315147) >> (56 - 8 * i));
    crypto_sign_detached(blob + 12, NULL, (const uint8_t *)message.s, message.n, secret);
    str_init(&note, a);
    str_add(&note, SIGSUM_TEXT "\n" SIGSUM_LINE "— witness.example/w1 ");
    base64_add(&note, blob, sizeof(blob));
    str_addc(&note, '\n');
    CHECK_INT(verify(note.s, vkey.s, &time), VERDICT_OK);
    CHECK(time == 1679315147);
    /* Another time, a time beyond 2^63: the signature is not for them. */
    for (int at = 4; at <= 11; at += 7) {
        blob[at] ^= 0x80;
        str_reset(&note);
        str_add(&note, SIGSUM_TEXT "\n— witness.example/w1 ");
        base64_add(&note, blob, sizeof(blob));
        str_addc(&note, '\n');
        CHECK_INT(verify(note.s, vkey.s, &time), VERDICT_BAD_SIGNATURE);
        blob[at] ^= 0x80;
    }
}

static void malleable_signature(void)
{
    /* The order of the curve's group, little-endian: S + L passes a verifier that does not
     * compare. */
    static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                       0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                       0,    0,    0,    0,    0,    0,    0,    0,
                                       0,    0,    0,    0,    0,    0,    0,    0x10 };
    uint8_t pub[32], secret[64], seed[32] = { 3 }, sig[64];
    const struct span message = span_of("message");

    CHECK(sodium_init() >= 0);
    crypto_sign_seed_keypair(pub, secret, seed);
    crypto_sign_detached(sig, NULL, message.p, message.n, secret);
    CHECK(tlog_ops()->ed25519(tlog_ops()->ctx, pub, &message, 1, sig));
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)sig[32 + i] + order[i];
        sig[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    CHECK(!tlog_ops()->ed25519(tlog_ops()->ctx, pub, &message, 1, sig));
}

static void rfc8032(void)
{
    /* RFC 8032 7.1 TEST 1 to 3 */
    static const struct {
        const char *pub, *msg, *sig;
    } cases[] = {
        { "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
          "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
          "3970"
          "1cf9b46bd25bf5f0595bbe24655141438e7a100b" },
        { "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
          "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f"
          "3613"
          "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
        { "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
          "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67"
          "f760"
          "984dc6594a7c15e9716ed28dc027beceea1ec40a" },
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t pub[32], msg[2], sig[64];
        size_t n = strlen(cases[i].msg) / 2;
        CHECK(hex_decode(cases[i].pub, 32, pub) && hex_decode(cases[i].msg, n, msg) &&
              hex_decode(cases[i].sig, 64, sig));
        /* In two parts, to see that parts are joined. */
        const struct span parts[] = { { msg, n / 2 }, { msg + n / 2, n - n / 2 } };
        CHECK(tlog_ops()->ed25519(tlog_ops()->ctx, pub, parts, 2, sig));
        sig[0] ^= 1;
        CHECK(!tlog_ops()->ed25519(tlog_ops()->ctx, pub, parts, 2, sig));
    }
}

T_MAIN({ "a note signed by Go verifies, spoilt ones do not", go_note },
       { "keys are read strictly", keys }, { "notes are read strictly", note_forms },
       { "sixteen signatures are accepted, more than a hundred are not", many_lines },
       { "a checkpoint signed by Sigsum verifies", sigsum_checkpoint },
       { "checkpoints are read strictly", checkpoint_forms },
       { "a cosignature binds its time", cosignatures },
       { "Ed25519 refuses S >= L", malleable_signature },
       { "Ed25519 agrees with RFC 8032", rfc8032 })
