/* SHA-256 with the algorithm fetched once for the process, hex, base64, random bytes. */
#include "base/hash.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Caches, set once: fetching by name on every call triples the cost. */
static EVP_MD *sha256_md;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static pthread_key_t context_key;

static void context_free(void *p)
{
    EVP_MD_CTX_free(p);
}

static void fetch(void)
{
    sha256_md = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!sha256_md || sodium_init() < 0 || pthread_key_create(&context_key, context_free) != 0)
        abort();
}

static EVP_MD_CTX *thread_context(void)
{
    pthread_once(&fetched, fetch);
    EVP_MD_CTX *c = pthread_getspecific(context_key);
    if (!c) {
        c = EVP_MD_CTX_new();
        if (!c || pthread_setspecific(context_key, c) != 0)
            abort();
    }
    return c;
}

void sha256(const void *p, size_t n, uint8_t out[HASH_SIZE])
{
    EVP_MD_CTX *c = thread_context();
    if (!EVP_DigestInit_ex2(c, sha256_md, NULL) || !EVP_DigestUpdate(c, p, n) ||
        !EVP_DigestFinal_ex(c, out, NULL))
        abort();
}

struct sha256 {
    EVP_MD_CTX *c;
};

struct sha256 *sha256_new(void)
{
    pthread_once(&fetched, fetch);
    struct sha256 *h = mem_alloc(sizeof(*h));
    h->c = EVP_MD_CTX_new();
    if (!h->c || !EVP_DigestInit_ex2(h->c, sha256_md, NULL))
        abort();
    return h;
}

void sha256_add(struct sha256 *h, const void *p, size_t n)
{
    if (!EVP_DigestUpdate(h->c, p, n))
        abort();
}

void sha256_end(struct sha256 *h, uint8_t out[HASH_SIZE])
{
    if (!EVP_DigestFinal_ex(h->c, out, NULL) || !EVP_DigestInit_ex2(h->c, sha256_md, NULL))
        abort();
}

void sha256_free(struct sha256 *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->c);
    free(h);
}

void sha256_freep(struct sha256 **h)
{
    sha256_free(*h);
    *h = NULL;
}

char *hex_encode(const void *p, size_t n, char *out)
{
    static const char hex[] = "0123456789abcdef";
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = hex[b[i] >> 4];
        out[2 * i + 1] = hex[b[i] & 15];
    }
    out[2 * n] = '\0';
    return out;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool hex_decode(const char *s, size_t n_out, uint8_t *out)
{
    if (strlen(s) != 2 * n_out)
        return false;
    for (size_t i = 0; i < n_out; i++) {
        int hi = hex_digit(s[2 * i]), lo = hex_digit(s[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return false;
        out[i] = (uint8_t)(hi << 4 | lo);
    }
    return true;
}

void base64_add(struct str *b, const void *p, size_t n)
{
    size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
    str_reserve(b, room);
    sodium_bin2base64(b->s + b->n, room, p, n, sodium_base64_VARIANT_ORIGINAL);
    b->n += room - 1;
}

bool base64_decode(struct arena *a, const char *s, size_t n, uint8_t **ret, size_t *ret_n)
{
    if (n % 4 != 0)
        return false;
    uint8_t *out = arena_alloc(a, n / 4 * 3 + 1);
    size_t len;
    const char *end;
    if (sodium_base642bin(out, n / 4 * 3 + 1, s, n, NULL, &len, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != s + n)
        return false;
    *ret = out;
    *ret_n = len;
    return true;
}

void random_bytes(void *p, size_t n)
{
    pthread_once(&fetched, fetch);
    randombytes_buf(p, n);
}

bool bytes_equal(const void *a, const void *b, size_t n)
{
    return sodium_memcmp(a, b, n) == 0;
}
