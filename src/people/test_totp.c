/* One-time passwords against the vectors of RFC 6238, appendix B (last six digits), and RFC
 * 4648. */
#include "base/arena.h"
#include "base/test.h"
#include "people/totp.h"

#include <stdio.h>
#include <string.h>

static const uint8_t *const key = (const uint8_t *)"12345678901234567890";

static void codes_agree_with_the_standard(void)
{
    static const struct {
        int64_t s;
        uint32_t code;
    } cases[] = { { 59, 287082 },       { 1111111109, 81804 },  { 1111111111, 50471 },
                  { 1234567890, 5924 }, { 2000000000, 279037 }, { 20000000000, 353130 } };
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK_INT(totp_code(key, 20, cases[i].s / TOTP_STEP_S), cases[i].code);
}

static void a_code_works_once_and_only_near_its_time(void)
{
    struct utime now = { 1111111109 * (int64_t)1000000 };
    int64_t step = totp_step(now);
    CHECK_INT(totp_match(key, "081804", now, 0), step);
    CHECK_INT(totp_match(key, "081 804", now, step - 1), step);
    CHECK_INT(totp_match(key, "081804", now, step), 0);
    for (int64_t off = -3; off <= 3; off++) {
        struct utime then = { now.us + off * TOTP_STEP_S * 1000000 };
        CHECK_INT(totp_match(key, "081804", then, 0), off >= -1 && off <= 1 ? step : 0);
    }
    static const char *const bad[] = { "", "81804", "0818040", "08180a", "-81804" };
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK_INT(totp_match(key, bad[i], now, 0), 0);
}

static void keys_are_shown_as_base32(void)
{
    static const char *const cases[][2] = {
        { "", "" },         { "f", "MY" },         { "fo", "MZXQ" },
        { "foo", "MZXW6" }, { "foob", "MZXW6YQ" }, { "foobar", "MZXW6YTBOI" }
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK_STR(totp_base32(a, (const uint8_t *)cases[i][0], strlen(cases[i][0])),
                  cases[i][1]);
    uint8_t back[TOTP_KEY];
    CHECK(totp_key_parse(totp_base32(a, key, TOTP_KEY), back));
    CHECK(memcmp(back, key, TOTP_KEY) == 0);
    static const char *const bad[] = { "", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ",
                                       "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQA",
                                       "gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
                                       "GEZDGNBVGY3TQOJ0GEZDGNBVGY3TQOJQ" };
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK(!totp_key_parse(bad[i], back));
    CHECK_STR(totp_uri(a, key, "净鉴", "zhou"),
              "otpauth://totp/"
              "%E5%87%80%E9%89%B4:zhou?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%87%"
              "80%E9%89%B4");
}

T_MAIN({ "codes agree with RFC 6238", codes_agree_with_the_standard },
       { "a code works once and only near its time", a_code_works_once_and_only_near_its_time },
       { "keys are shown as base32", keys_are_shown_as_base32 })
