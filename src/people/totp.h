/*
 * Time-based one-time passwords: RFC 6238 with HMAC-SHA-1, 30 s steps, six digits, which is
 * what authenticator apps speak. The key is 20 random bytes, shown as base32 (RFC 4648, no
 * padding) and as an otpauth: address for a QR code.
 */
#ifndef PEOPLE_TOTP_H
#define PEOPLE_TOTP_H

#include "base/kinds.h"

struct arena;
enum {
    TOTP_KEY = 20,
    TOTP_STEP_S = 30,
    TOTP_WINDOW = 1 /* steps a clock may be off, either way */
};

/* The code of a step, 0..999999. */
uint32_t totp_code(const uint8_t *key, size_t key_n, int64_t step);
int64_t totp_step(struct utime now);
/*
 * The step whose code the text is, within the window around now and after last_step (so that a
 * code works once); 0 when there is none. Spaces in the text are ignored.
 */
int64_t totp_match(const uint8_t key[TOTP_KEY], const char *text, struct utime now,
                   int64_t last_step);
const char *totp_base32(struct arena *a, const uint8_t *p, size_t n);
/* A key back from its text; false when it is not one. */
bool totp_key_parse(const char *text, uint8_t key[TOTP_KEY]);
const char *totp_uri(struct arena *a, const uint8_t key[TOTP_KEY], const char *issuer,
                     const char *account);

#endif
