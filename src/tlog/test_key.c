/* Keys, their files, signatures of all three kinds. */
#include "base/file.h"
#include "base/hash.h"
#include "base/test.h"
#include "tlog/key.h"
#include "tlog/ops.h"
#include "tlog/sm2.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void go_key(void)
{
    /* golang.org/x/mod sumdb/note/note_test.go (BSD-3-Clause) */
    static const char skey[] =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    static const char text[] = "If you think cryptography is the answer to your problem,\n"
                               "then you don't know what your problem is.\n";
    CLEANUP(err_done) struct err e = { 0 };
    struct key key;
    struct str out;

    CHECK_OK(key_parse(skey, &key, &e));
    str_init(&out, NULL);
    key_vkey(&key, &out);
    CHECK_STR(out.s, "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    str_reset(&out);
    key_text(&key, &out);
    CHECK_STR(out.s, skey);
    str_reset(&out);
    CHECK_OK(key_sign(&key, text, strlen(text), 0, &out, &e));
    CHECK_STR(out.s, "— PeterNeumann "
                     "x08go/ZJkuBS9UG/"
                     "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJ"
                     "nAM=\n");
    str_done(&out);
    key_done(&key);
    CHECK_INT(
        key_parse(
            "PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
            &key, &e),
        RC_INVALID);
    CHECK_INT(key_parse("PRIVATE+KEY+PeterNeumann+c74f20a3", &key, &e), RC_INVALID);
    CHECK_INT(key_parse("", &key, &e), RC_INVALID);
}

static void all_kinds(void)
{
    static const uint8_t types[] = { VKEY_ED25519, VKEY_COSIGNATURE, VKEY_OTHER };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    uint8_t root[HASH_BYTES] = { 7 };
    struct str text, note;
    struct vkey keys[3];

    str_init(&text, a);
    checkpoint_text("log.example/日志", 12, root, &text);
    str_init(&note, a);
    str_addf(&note, "%s\n", text.s);
    for (size_t i = 0; i < 3; i++) {
        struct key key, again;
        struct str vkey, secret;
        CHECK_OK(key_generate("log.example/日志", types[i], &key, &e));
        str_init(&vkey, a);
        key_vkey(&key, &vkey);
        CHECK(vkey_parse(tlog_ops(), span_of(vkey.s), &keys[i]));
        CHECK_OK(key_sign(&key, text.s, text.n, 1700000000, &note, &e));
        str_init(&secret, a);
        key_text(&key, &secret);
        CHECK_OK(key_parse(secret.s, &again, &e));
        CHECK(memcmp(again.secret, key.secret, 32) == 0 && memcmp(again.id, key.id, 4) == 0);
        key_done(&again);
        key_done(&key);
    }
    struct note n;
    struct note_seal seals[3];
    struct checkpoint c;
    CHECK(note_parse((struct span){ (const uint8_t *)note.s, note.n }, &n));
    CHECK_INT(note_verify(tlog_ops(), &n, keys, 3, seals), VERDICT_OK);
    CHECK(seals[0].ok && seals[1].ok && seals[2].ok);
    CHECK_INT(seals[1].time, 1700000000);
    CHECK(checkpoint_parse(n.text, &c) && c.size == 12);
    /* Spoil each signature in turn: the last base64 digits of its line. */
    for (size_t i = 0, at = text.n + 1; i < 3; i++) {
        char *line = note.s + at, *end = strchr(line, '\n');
        char *digit = end - 8, keep = *digit;
        *digit = keep == 'A' ? 'B' : 'A';
        CHECK(note_parse((struct span){ (const uint8_t *)note.s, note.n }, &n));
        CHECK_INT(note_verify(tlog_ops(), &n, keys, 3, seals), VERDICT_BAD_SIGNATURE);
        *digit = keep;
        at = (size_t)(end + 1 - note.s);
    }
    struct key bad;
    CHECK_INT(key_generate("a b", VKEY_ED25519, &bad, &e), RC_INVALID);
    CHECK_INT(key_generate("a+b", VKEY_ED25519, &bad, &e), RC_INVALID);
    CHECK_INT(key_generate("", VKEY_ED25519, &bad, &e), RC_INVALID);
}

static void key_files(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    char dir[] = "/tmp/jingjian-key-XXXXXX";
    struct key first, second;
    struct stat st;

    CHECK(mkdtemp(dir) != NULL);
    const char *path = arena_printf(a, "%s/key", dir);
    CHECK_INT(key_file_read(path, &first, &e), RC_NOTFOUND);
    CHECK_OK(key_file(path, "log.example/a", VKEY_ED25519, &first, &e));
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK_OK(key_file(path, "log.example/a", VKEY_ED25519, &second, &e));
    CHECK(memcmp(first.secret, second.secret, 64) == 0);
    key_done(&second);
    CHECK_INT(key_file(path, "log.example/b", VKEY_ED25519, &second, &e), RC_CONFLICT);
    CHECK_INT(key_file(path, "log.example/a", VKEY_COSIGNATURE, &second, &e), RC_CONFLICT);
    key_done(&first);
    CHECK(unlink(path) == 0 && rmdir(dir) == 0);
}

static void sm2_standard(void)
{
    /* GB/T 32918.5-2017 Annex A */
    uint8_t point[SM2_POINT] = { 0x04 }, raw[SM2_RAW], der[SM2_DER_MAX], secret[SM2_SECRET];
    const struct bytes message = { (const uint8_t *)"message digest", 14 };
    CLEANUP(err_done) struct err e = { 0 };
    size_t n;

    CHECK(hex_decode("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8", 32,
                     secret));
    CHECK(hex_decode("09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
                     "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13",
                     64, point + 1));
    CHECK(hex_decode("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
                     "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA",
                     64, raw));
    CHECK(sm2_raw_to_der(raw, der, &n));
    CHECK(sm2_verify(point, "1234567812345678", message, (struct bytes){ der, n }));
    CHECK(!sm2_verify(point, "1234567812345679", message, (struct bytes){ der, n }));
    CHECK(!sm2_verify(point, NULL, message, (struct bytes){ der, n }));
    CHECK(!sm2_verify(point, "", message, (struct bytes){ der, n }));
    CHECK(!sm2_verify(point, SM2_NOTE_ID, (struct bytes){ message.p, 13 },
                      (struct bytes){ der, n }));
    der[n - 1] ^= 1;
    CHECK(!sm2_verify(point, SM2_NOTE_ID, message, (struct bytes){ der, n }));
    CHECK_OK(sm2_sign(secret, point, SM2_NOTE_ID, message, der, &n, &e));
    CHECK(sm2_verify(point, SM2_NOTE_ID, message, (struct bytes){ der, n }));
    CHECK_INT(sm2_sign(secret, point, "", message, der, &n, &e), RC_INVALID);
    CHECK_INT(sm2_sign(secret, point, NULL, message, der, &n, &e), RC_INVALID);
    point[5] ^= 1; /* off the curve */
    CHECK(!sm2_verify(point, SM2_NOTE_ID, message, (struct bytes){ der, n }));
}

static void sm3_standard(void)
{
    /* GB/T 32905-2016 Annex A: what SM2 hashes with is the standard's SM3 */
    char in[65] = "", hex[65];
    uint8_t hash[32];

    CHECK(EVP_Q_digest(NULL, "SM3", NULL, "abc", 3, hash, NULL));
    CHECK_STR(hex_encode(hash, 32, hex),
              "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    for (int i = 0; i < 16; i++)
        memcpy(in + 4 * i, "abcd", 4);
    CHECK(EVP_Q_digest(NULL, "SM3", NULL, in, 64, hash, NULL));
    CHECK_STR(hex_encode(hash, 32, hex),
              "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

T_MAIN({ "a key made by Go is read and signs the same bytes", go_key },
       { "every kind of key signs, is read back and cannot be forged", all_kinds },
       { "a key file is private and keeps its name", key_files },
       { "SM2 agrees with the standard and refuses a missing identifier", sm2_standard },
       { "SM3 agrees with the standard", sm3_standard })
