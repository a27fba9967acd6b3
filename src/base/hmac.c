/* HMAC over SHA-256, as RFC 2104 has it. */
#include "base/hmac.h"

#include <string.h>

void hmac_sha256(const void *key, size_t n_key, const void *p, size_t n, uint8_t out[HASH_SIZE])
{
    enum { BLOCK = 64 };
    uint8_t k[BLOCK] = { 0 }, pad[BLOCK], inner[HASH_SIZE];
    struct sha256 *h = sha256_new();
    if (n_key > BLOCK)
        sha256(key, n_key, k);
    else
        memcpy(k, key, n_key);
    for (size_t i = 0; i < BLOCK; i++)
        pad[i] = k[i] ^ 0x36;
    sha256_add(h, pad, BLOCK);
    sha256_add(h, p, n);
    sha256_end(h, inner);
    for (size_t i = 0; i < BLOCK; i++)
        pad[i] = k[i] ^ 0x5c;
    sha256_add(h, pad, BLOCK);
    sha256_add(h, inner, HASH_SIZE);
    sha256_end(h, out);
    sha256_free(h);
    explicit_bzero(k, sizeof(k));
    explicit_bzero(pad, sizeof(pad));
}
