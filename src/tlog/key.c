/*
 * Signing keys and their files. The one idea: the text form is the only form that leaves
 * memory, and reading it back checks that name, type and id belong together.
 */
#include "tlog/key.h"

#include "base/file.h"
#include "base/hash.h"
#include "tlog/ops.h"
#include "tlog/sm2.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define PRIVATE_MARK "PRIVATE+KEY+"
enum { SM2_LABEL = sizeof(VKEY_SM2_LABEL) - 1, KEY_FILE_MAX = 4096 };

static struct span key_public(const struct key *key)
{
    return (struct span){ key->public, key->n_public };
}

static void key_id(struct key *key)
{
    vkey_id(tlog_ops(), span_of(key->name), key->type, key_public(key), key->id);
}

static void key_ed25519(struct key *key, const uint8_t seed[32])
{
    crypto_sign_seed_keypair(key->public, key->secret, seed);
    key->n_public = 32;
}

static void key_sm2_point(struct key *key, const uint8_t point[SM2_POINT])
{
    memcpy(key->public, VKEY_SM2_LABEL, SM2_LABEL);
    memcpy(key->public + SM2_LABEL, point, SM2_POINT);
    key->n_public = SM2_LABEL + SM2_POINT;
}

enum rc key_generate(const char *name, uint8_t type, struct key *ret, struct err *e)
{
    struct key key = { .type = type };
    uint8_t seed[32], point[SM2_POINT];

    (void)tlog_ops(); /* starts libsodium */
    if (!span_key_name(span_of(name)))
        return err_set(e, RC_INVALID, N_("密钥名称 {name} 无效:不能为空,不能有空格和加号"),
                       "name", name);
    if (type == VKEY_OTHER) {
        enum rc rc = sm2_generate(key.secret, point, e);
        if (rc != RC_OK)
            return rc;
        key_sm2_point(&key, point);
    } else {
        random_bytes(seed, sizeof(seed));
        key_ed25519(&key, seed);
        sodium_memzero(seed, sizeof(seed));
    }
    key.name = mem_strdup(name);
    key_id(&key);
    *ret = key;
    return RC_OK;
}

static enum rc key_wrong(struct err *e)
{
    return err_set(e, RC_INVALID, N_("签名密钥无效:应是 PRIVATE+KEY+名称+编号+密钥"));
}

/* raw is type || secret. */
static bool key_fill(struct key *key, const uint8_t *raw, size_t n)
{
    key->type = raw[0];
    if (key->type == VKEY_ED25519 || key->type == VKEY_COSIGNATURE) {
        if (n != 1 + 32)
            return false;
        key_ed25519(key, raw + 1);
        return true;
    }
    if (key->type != VKEY_OTHER || n != 1 + SM2_LABEL + SM2_POINT + SM2_SECRET ||
        memcmp(raw + 1, VKEY_SM2_LABEL, SM2_LABEL) != 0)
        return false;
    key_sm2_point(key, raw + 1 + SM2_LABEL);
    memcpy(key->secret, raw + 1 + SM2_LABEL + SM2_POINT, SM2_SECRET);
    return true;
}

enum rc key_parse(const char *text, struct key *ret, struct err *e)
{
    struct key key = { 0 };
    uint8_t raw[256], id[4];
    size_t n;

    (void)tlog_ops();
    if (!str_starts(text, PRIVATE_MARK))
        return key_wrong(e);
    const char *name = text + strlen(PRIVATE_MARK), *hex = strchr(name, '+');
    const char *secret = hex != NULL ? strchr(hex + 1, '+') : NULL;
    if (secret == NULL || secret - hex != 9 ||
        !span_base64(span_of(secret + 1), raw, sizeof(raw), &n) || n == 0 ||
        !span_key_name((struct span){ (const uint8_t *)name, (size_t)(hex - name) }))
        return key_wrong(e);
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (!hex_decode(arena_strndup(a, hex + 1, 8), 4, id) || !key_fill(&key, raw, n))
        return key_wrong(e);
    sodium_memzero(raw, sizeof(raw));
    key.name = mem_strdup(arena_strndup(a, name, (size_t)(hex - name)));
    key_id(&key);
    if (memcmp(id, key.id, 4) != 0) {
        key_done(&key);
        return key_wrong(e);
    }
    *ret = key;
    return RC_OK;
}

static void key_head(const struct key *key, struct str *ret)
{
    char hex[9];

    str_addf(ret, "%s+%s+", key->name, hex_encode(key->id, 4, hex));
}

void key_text(const struct key *key, struct str *ret)
{
    uint8_t raw[1 + VKEY_MAX + SM2_SECRET] = { key->type };
    size_t n = 1;

    if (key->type == VKEY_OTHER) {
        memcpy(raw + n, key->public, key->n_public);
        n += key->n_public;
    }
    memcpy(raw + n, key->secret, 32); /* libsodium's secret begins with the seed */
    str_add(ret, PRIVATE_MARK);
    key_head(key, ret);
    base64_add(ret, raw, n + 32);
    sodium_memzero(raw, sizeof(raw));
}

void key_vkey(const struct key *key, struct str *ret)
{
    uint8_t raw[1 + VKEY_MAX] = { key->type };

    memcpy(raw + 1, key->public, key->n_public);
    key_head(key, ret);
    base64_add(ret, raw, 1 + key->n_public);
}

void key_done(struct key *key)
{
    free(key->name);
    sodium_memzero(key, sizeof(*key));
}

enum rc key_file_read(const char *path, struct key *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct bytes b;

    enum rc rc = file_read(a, path, KEY_FILE_MAX, &b, e);
    if (rc != RC_OK)
        return rc;
    rc = key_parse(str_trim(a, (const char *)b.p), ret, e);
    sodium_memzero((void *)(uintptr_t)b.p, b.n); /* the arena's memory is ours */
    return rc;
}

enum rc key_file(const char *path, const char *name, uint8_t type, struct key *ret,
                 struct err *e)
{
    struct key key;
    struct str text;

    if (file_exists(path)) {
        enum rc rc = key_file_read(path, &key, e);
        if (rc != RC_OK)
            return rc;
        if (key.type == type && str_eq(key.name, name)) {
            *ret = key;
            return RC_OK;
        }
        rc = err_set(e, RC_CONFLICT,
                     N_("密钥文件 {path} 属于 {have},不是 {name};新的名称要用新的密钥文件"),
                     "path", path, "have", key.name, "name", name);
        key_done(&key);
        return rc;
    }
    enum rc rc = key_generate(name, type, &key, e);
    if (rc != RC_OK)
        return rc;
    str_init(&text, NULL);
    key_text(&key, &text);
    str_addc(&text, '\n');
    rc = file_write_private(path, text.s, text.n, e);
    sodium_memzero(text.s, text.n);
    str_done(&text);
    if (rc != RC_OK)
        key_done(&key);
    else
        *ret = key;
    return rc;
}

enum rc key_sign(const struct key *key, const char *text, size_t n, uint64_t time,
                 struct str *ret, struct err *e)
{
    uint8_t blob[4 + 8 + SM2_DER_MAX], head[COSIGNATURE_HEAD_MAX];
    size_t at = 4;
    struct str message;

    memcpy(blob, key->id, 4);
    if (key->type == VKEY_OTHER) {
        size_t n_sig;
        enum rc rc = sm2_sign(key->secret, key->public + SM2_LABEL, SM2_NOTE_ID,
                              (struct bytes){ (const uint8_t *)text, n }, blob + at, &n_sig, e);
        if (rc != RC_OK)
            return rc;
        at += n_sig;
    } else {
        str_init(&message, NULL);
        if (key->type == VKEY_COSIGNATURE) {
            for (int i = 0; i < 8; i++)
                blob[at++] = (uint8_t)(time >> (56 - 8 * i));
            str_addn(&message, head, cosignature_head(time, head));
        }
        str_addn(&message, text, n);
        crypto_sign_detached(blob + at, NULL, (const uint8_t *)message.s, message.n,
                             key->secret);
        str_done(&message);
        at += 64;
    }
    str_addf(ret, "— %s ", key->name);
    base64_add(ret, blob, at);
    str_addc(ret, '\n');
    return RC_OK;
}

void checkpoint_text(const char *origin, uint64_t size, const uint8_t root[HASH_BYTES],
                     struct str *ret)
{
    uint8_t digits[DECIMAL_MAX];

    str_add(ret, origin);
    str_addc(ret, '\n');
    str_addn(ret, digits, decimal_write(size, digits));
    str_addc(ret, '\n');
    base64_add(ret, root, HASH_BYTES);
    str_addc(ret, '\n');
}

enum rc verdict_err(struct err *e, enum verdict verdict, const char *what)
{
    switch (verdict) {
    case VERDICT_OK:
        break;
    case VERDICT_MALFORMED:
        return err_set(e, RC_INVALID, N_("{what} 格式不对"), "what", what);
    case VERDICT_UNSIGNED:
        return err_set(e, RC_UNPROVEN, N_("{what} 没有受信密钥的签名"), "what", what);
    case VERDICT_BAD_SIGNATURE:
        return err_set(e, RC_UNPROVEN, N_("{what} 上有一个受信密钥的签名是错的"), "what", what);
    case VERDICT_WRONG_ORIGIN:
        return err_set(e, RC_UNPROVEN, N_("{what} 不是由受信的日志签署的"), "what", what);
    case VERDICT_NO_QUORUM:
        return err_set(e, RC_UNPROVEN, N_("{what} 的见证签名不够"), "what", what);
    case VERDICT_BAD_PROOF:
        return err_set(e, RC_UNPROVEN, N_("{what} 的证明算不到签署的树根"), "what", what);
    }
    return err_set(e, RC_UNPROVEN, N_("{what} 核验不通过"), "what", what);
}
