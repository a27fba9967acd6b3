/* One-time passwords of RFC 6238. SHA-1 is what apps implement; HMAC does not need its
 * collision resistance. */
#include "people/totp.h"

#include "base/str.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

uint32_t totp_code(const uint8_t *key, size_t key_n, int64_t step)
{
    uint8_t counter[8], mac[EVP_MAX_MD_SIZE];
    for (int i = 7; i >= 0; i--, step >>= 8)
        counter[i] = (uint8_t)step;
    unsigned n = 0;
    if (!HMAC(EVP_sha1(), key, (int)key_n, counter, sizeof(counter), mac, &n) || n != 20)
        abort();
    size_t at = mac[19] & 15;
    uint32_t v = (uint32_t)(mac[at] & 0x7F) << 24 | (uint32_t)mac[at + 1] << 16 |
                 (uint32_t)mac[at + 2] << 8 | mac[at + 3];
    return v % 1000000;
}

int64_t totp_step(struct utime now)
{
    return now.us / 1000000 / TOTP_STEP_S;
}

int64_t totp_match(const uint8_t key[TOTP_KEY], const char *text, struct utime now,
                   int64_t last_step)
{
    uint32_t given = 0;
    int digits = 0;
    for (; *text; text++) {
        if (*text == ' ')
            continue;
        if (*text < '0' || *text > '9' || ++digits > 6)
            return 0;
        given = given * 10 + (uint32_t)(*text - '0');
    }
    if (digits != 6)
        return 0;
    int64_t found = 0, middle = totp_step(now);
    /* Every step is computed, so that the time taken says nothing about which one matched. */
    for (int64_t step = middle - TOTP_WINDOW; step <= middle + TOTP_WINDOW; step++)
        if (totp_code(key, TOTP_KEY, step) == given && step > last_step)
            found = step;
    return found;
}

const char *totp_base32(struct arena *a, const uint8_t *p, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    struct str b;
    str_init(&b, a);
    uint32_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < n; i++) {
        bits = bits << 8 | p[i];
        for (have += 8; have >= 5; have -= 5)
            str_addc(&b, digits[bits >> (have - 5) & 31]);
    }
    if (have > 0)
        str_addc(&b, digits[bits << (5 - have) & 31]);
    return b.s;
}

bool totp_key_parse(const char *text, uint8_t key[TOTP_KEY])
{
    uint32_t bits = 0;
    int have = 0;
    size_t n = 0;
    for (; *text; text++) {
        char c = *text;
        int digit = c >= 'A' && c <= 'Z' ? c - 'A' : c >= '2' && c <= '7' ? c - '2' + 26 : -1;
        if (digit < 0 || n == TOTP_KEY)
            return false;
        bits = (bits << 5 | (uint32_t)digit) & 0xFFFF;
        have += 5;
        if (have >= 8) {
            have -= 8;
            key[n++] = (uint8_t)(bits >> have);
        }
    }
    return n == TOTP_KEY && have == 0;
}

const char *totp_uri(struct arena *a, const uint8_t key[TOTP_KEY], const char *issuer,
                     const char *account)
{
    struct str b;
    str_init(&b, a);
    str_add(&b, "otpauth://totp/");
    url_text(&b, issuer);
    str_addc(&b, ':');
    url_text(&b, account);
    str_addf(&b, "?secret=%s&issuer=", totp_base32(a, key, TOTP_KEY));
    url_text(&b, issuer);
    return b.s;
}
