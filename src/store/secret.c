/* Secrets at rest. The key is read for each use: it is used rarely, and so it is nowhere in
 * memory in between. */
#include "store/secret.h"

#include "base/file.h"
#include "base/hash.h"
#include "store/inside.h"

#include <sodium.h>
#include <string.h>

enum {
    KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES
};

static enum rc key_get(struct county *c, bool make, uint8_t key[KEY], struct err *e)
{
    /* Two threads must not make two keys; guards only this, of any county. */
    static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *path = arena_printf(a, "%s/secret.key", c->p->keys_dir);
    struct bytes b;

    if (sodium_init() < 0)
        return err_set(e, RC_IO, N_("加密库无法启动"));
    pthread_mutex_lock(&making);
    enum rc rc = RC_OK;
    if (make && !file_exists(path)) {
        random_bytes(key, KEY);
        rc = file_write_private(path, key, KEY, e);
    }
    if (rc == RC_OK)
        rc = file_read(a, path, KEY, &b, e);
    pthread_mutex_unlock(&making);
    if (rc == RC_OK && b.n != KEY)
        rc = err_set(e, RC_UNPROVEN, N_("{path} 已损坏:应有 32 个字节"), "path", path);
    if (rc == RC_OK) {
        memcpy(key, b.p, KEY);
        sodium_memzero((void *)b.p, b.n);
    }
    return rc;
}

enum rc secret_seal(struct county *c, const void *p, size_t n, struct arena *a,
                    struct bytes *ret, struct err *e)
{
    uint8_t key[KEY], *out = arena_alloc(a, NONCE + n + TAG);

    enum rc rc = key_get(c, /* make= */ true, key, e);
    if (rc != RC_OK)
        return rc;
    random_bytes(out, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, p, n, NULL, 0, NULL, out,
                                               key);
    sodium_memzero(key, sizeof(key));
    *ret = (struct bytes){ .p = out, .n = NONCE + n + TAG };
    return RC_OK;
}

enum rc secret_open(struct county *c, struct bytes sealed, void *ret, size_t n, struct err *e)
{
    uint8_t key[KEY];

    enum rc rc = key_get(c, /* make= */ false, key, e);
    if (rc != RC_OK)
        return rc;
    bool good = sealed.n == NONCE + n + TAG &&
                crypto_aead_xchacha20poly1305_ietf_decrypt(
                    ret, NULL, NULL, sealed.p + NONCE, n + TAG, NULL, 0, sealed.p, key) == 0;
    sodium_memzero(key, sizeof(key));
    if (!good)
        return err_set(e, RC_UNPROVEN, N_("保存的秘密打不开:它属于另一把密钥,或已被改动"));
    return RC_OK;
}

enum rc secret_open_text(struct county *c, struct bytes sealed, struct arena *a,
                         const char **ret, struct err *e)
{
    if (sealed.n < NONCE + TAG)
        return err_set(e, RC_UNPROVEN, N_("保存的秘密打不开:它属于另一把密钥,或已被改动"));
    size_t n = sealed.n - NONCE - TAG;
    char *text = arena_alloc(a, n + 1);
    enum rc rc = secret_open(c, sealed, text, n, e);
    if (rc == RC_OK)
        *ret = text;
    return rc;
}

enum rc secret_name(struct county *c, const char *label, const void *p, size_t n,
                    uint8_t ret[SECRET_NAME], struct err *e)
{
    uint8_t key[KEY], own[crypto_generichash_KEYBYTES];

    enum rc rc = key_get(c, /* make= */ true, key, e);
    if (rc != RC_OK)
        return rc;
    /* A key of its own for each label: what is sealed and what is named never share one. */
    crypto_generichash(own, sizeof(own), (const uint8_t *)label, strlen(label), key, KEY);
    crypto_generichash(ret, SECRET_NAME, p, n, own, sizeof(own));
    sodium_memzero(key, sizeof(key));
    sodium_memzero(own, sizeof(own));
    return RC_OK;
}
