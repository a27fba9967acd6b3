/*
 * Pieces of text and the three notations every format of the log uses: lines, decimal numbers,
 * base64. All strict: one value has one spelling. Nothing here allocates or needs libc.
 */
#ifndef VERIFY_TEXT_H
#define VERIFY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HASH_BYTES = 32 };

/* Bytes that belong to somebody else, who must outlive it. */
struct span {
    const uint8_t *p;
    size_t n;
};

struct span span_of(const char *s); /* a NUL-ended text without its NUL */
bool span_eq(struct span a, struct span b);
bool span_is(struct span a, const char *s);
bool span_starts(struct span a, const char *prefix);
struct span span_skip(struct span a, size_t n); /* without its first n bytes; n <= a.n */

/* Take the line up to the next newline off the front of *rest; false when no newline is left.
 */
bool span_line(struct span *rest, struct span *ret_line);
/* ASCII decimal without sign or leading zeroes. */
bool span_uint64(struct span s, uint64_t *ret);
/* Standard base64 with padding and zero trailing bits. *ret_n is set only on success; at most
 * max bytes are written. */
bool span_base64(struct span s, uint8_t *out, size_t max, size_t *ret_n);
/* The same without writing: only whether it is base64, and of how many bytes. */
bool span_base64_size(struct span s, size_t *ret_n);
/* Base64 of exactly one hash. */
bool span_hash(struct span s, uint8_t out[HASH_BYTES]);
/* Valid UTF-8 without control characters below U+0020 other than newline. */
bool span_note_text(struct span s);
/* A key's name: not empty, valid UTF-8, no Unicode space, no control character, no plus sign.
 */
bool span_key_name(struct span s);

enum { DECIMAL_MAX = 20 };                                  /* digits of the largest uint64 */
size_t decimal_write(uint64_t v, uint8_t out[DECIMAL_MAX]); /* returns how many digits */
enum { HASH_BASE64 = 44 };
void hash_base64(const uint8_t hash[HASH_BYTES], uint8_t out[HASH_BASE64]);

bool hash_eq(const uint8_t a[HASH_BYTES], const uint8_t b[HASH_BYTES]);
void hash_copy(uint8_t to[HASH_BYTES], const uint8_t from[HASH_BYTES]);

#endif
