/* SHA-256 (OpenSSL with the algorithm fetched once: implicit fetch is three times slower), hex,
 * base64, random bytes. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "str.h"

enum { HASH_SIZE = 32, HASH_HEX = 65 };
void sha256(const void *p, size_t n, uint8_t out[HASH_SIZE]);
struct sha256;
struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *h, const void *p, size_t n);
void sha256_end(struct sha256 *h,
                uint8_t out[HASH_SIZE]); /* ready for the next message afterwards */
void sha256_free(struct sha256 *h);
void sha256_freep(struct sha256 **h);

char *hex_encode(const void *p, size_t n, char *out); /* out has 2n+1 bytes; returns out */
bool hex_decode(const char *s, size_t n_out, uint8_t *out); /* exactly 2*n_out digits */
void base64_add(struct str *b, const void *p, size_t n);    /* standard alphabet with padding */
/* Strict decoding into a; false when malformed. */
bool base64_decode(struct arena *a, const char *s, size_t n, uint8_t **ret, size_t *ret_n);

void random_bytes(void *p, size_t n);                     /* from the system; never fails */
bool bytes_equal(const void *a, const void *b, size_t n); /* constant time */

#endif
