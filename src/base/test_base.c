/* Errors, arenas, maps, numbers, formats, hashes, the random generator. */
#include "base/arena.h"
#include "base/clock.h"
#include "base/fmt.h"
#include "base/hmac.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/rng.h"
#include "base/test.h"

#include <math.h>
#include <string.h>

static void errors_render_in_both_languages(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_INT(err_set(&e, RC_INVALID, N_("{what}应为数字,现为「{value}」"), "what", "B7",
                      "value", "x{what}"),
              RC_INVALID);
    CHECK_STR(err_message(&e, LANG_ZH, a), "B7应为数字，现为「x{what}」");
    CHECK_STR(err_message(&e, LANG_EN, a), "B7 must be a number, not \"x{what}\"");
    /* An argument may be a piece of the message it replaces. */
    CHECK_INT(
        err_set(&e, RC_IO, N_("{path}: {reason}"), "path", e.args[0].value, "reason", "r"),
        RC_IO);
    CHECK_STR(err_message(&e, LANG_ZH, a), "B7: r");
    struct err bare = { .rc = RC_BUSY };
    CHECK_STR(err_message(&bare, LANG_ZH, a), "系统繁忙，请稍后再试");
}

static void texts_take_the_word_that_goes_with_a_number(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *text = "{n} {n|unit|units}, {n|is|are} {m|x|y}";
    CHECK_STR(text_fill(a, text, "n", "1", NULL), "1 unit, is {m|x|y}");
    CHECK_STR(text_fill(a, text, "n", "11", NULL), "11 units, are {m|x|y}");
    CHECK_STR(text_fill(a, "{n|only}", "n", "2", NULL), "only");
    CHECK_STR(text_fill(a, "{n|one|many", "n", "1", NULL), "{n|one|many");
}

static void arena_gives_zeroed_aligned_memory(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t n = 0; n < 3000; n += 7) {
        unsigned char *p = arena_alloc(a, n);
        CHECK((uintptr_t)p % 16 == 0);
        for (size_t i = 0; i < n; i++)
            CHECK(p[i] == 0);
        memset(p, 0xAA, n);
    }
    char *s = arena_alloc(a, 10);
    memcpy(s, "0123456789", 10);
    char *t = arena_grow(a, s, 10, 100000);
    CHECK(memcmp(t, "0123456789", 10) == 0 && t[10] == 0 && t[99999] == 0);
}

static void map_finds_what_was_added(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct map *m = map_new(a);
    for (size_t i = 0; i < 5000; i++)
        CHECK(map_add_index(m, arena_printf(a, "key%zu", i), i));
    CHECK(!map_add_index(m, "key7", 1));
    CHECK_INT(map_count(m), 5000);
    for (size_t i = 0; i < 5000; i++)
        CHECK_INT(map_index(m, arena_printf(a, "key%zu", i)), i);
    CHECK_INT(map_index(m, "absent"), -1);
}

static void numbers_parse_strictly(void)
{
    static const struct {
        const char *s;
        bool ok;
        double v;
    } reals[] = {
        { "0", true, 0 },
        { "-0.1", true, -0.1 },
        { "1e3", true, 1000 },
        { "+5", true, 5 },
        { "123456789.123456789", true, 123456789.123456789 },
        { "0.30000000000000004", true, 0.30000000000000004 },
        { "1.7976931348623157e308", true, 1.7976931348623157e308 },
        { ".5", true, 0.5 },
        { "5.", true, 5 },
        { "", false, 0 },
        { " 1", false, 0 },
        { "1 ", false, 0 },
        { "0x10", false, 0 },
        { "inf", false, 0 },
        { "nan", false, 0 },
        { "1e999", false, 0 },
        { "1e", false, 0 },
        { "--1", false, 0 },
        { "1.2.3", false, 0 },
        { ".", false, 0 },
        { "1,000", false, 0 },
    };
    for (size_t i = 0; i < COUNT(reals); i++) {
        double v = 0;
        bool ok = parse_real_n(reals[i].s, strlen(reals[i].s), &v);
        if (ok != reals[i].ok || (ok && v != reals[i].v))
            t_fail(__FILE__, __LINE__, "\"%s\" gives %d %.17g", reals[i].s, ok, v);
    }
    CLEANUP(err_done) struct err e = { 0 };
    int64_t v;
    CHECK_OK(parse_int64("-9223372036854775808", INT64_MIN, INT64_MAX, "n", &v, &e));
    CHECK(v == INT64_MIN);
    CHECK_INT(parse_int64("9223372036854775808", INT64_MIN, INT64_MAX, "n", &v, &e),
              RC_INVALID);
    CHECK_INT(parse_int64("11", 0, 10, "n", &v, &e), RC_INVALID);
    CHECK_INT(parse_int64("", 0, 10, "n", &v, &e), RC_INVALID);
    struct money m;
    CHECK_OK(parse_money("6,790.5", "m", &m, &e));
    CHECK_INT(m.fen, 679050);
    CHECK_OK(parse_money("-0.01", "m", &m, &e));
    CHECK_INT(m.fen, -1);
    static const char *const bad[] = { "",       "1.234", "12,34", "1,2345",
                                       "a",      "1.",    ".5",    "99999999999999999999",
                                       "1,234,5" };
    for (size_t i = 0; i < COUNT(bad); i++)
        if (parse_money(bad[i], "m", &m, &e) == RC_OK)
            t_fail(__FILE__, __LINE__, "\"%s\" taken for money", bad[i]);
}

static void numbers_read_well(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CHECK_STR(fmt_score(a, 78.44), "78.4");
    CHECK_STR(fmt_score(a, NAN), "—");
    CHECK_STR(fmt_change(a, 1.24), "+1.2");
    CHECK_STR(fmt_change(a, -0.44), "−0.4");
    CHECK_STR(fmt_change(a, 0.04), "0.0");
    CHECK_STR(fmt_change(a, -0.04), "0.0");
    CHECK_STR(fmt_count(a, 10337), "10,337");
    CHECK_STR(fmt_count(a, -1234567), "−1,234,567");
    CHECK_STR(fmt_value(a, 1234.5), "1,234.5");
    CHECK_STR(fmt_value(a, 3), "3");
    CHECK_STR(fmt_percent(a, 0.9794), "97.9%");
    CHECK_STR(fmt_exact(a, 0.1), "0.10000000000000001");
    CHECK_STR(fmt_yuan(a, (struct money){ -679000 }), "−6,790.00");
}

static void money_in_capitals(void)
{
    static const struct {
        int64_t fen;
        const char *text;
    } cases[] = {
        { 679000, "陆仟柒佰玖拾元整" },
        { 0, "零元整" },
        { 1, "壹分" },
        { 10, "壹角整" },
        { 105, "壹元零伍分" },
        { 100, "壹元整" },
        { 10050, "壹佰元伍角整" },
        { 1000000, "壹万元整" },
        { 1000100, "壹万零壹元整" },
        { 10000100, "壹拾万零壹元整" },
        { 14090000, "壹拾肆万零玖佰元整" },
        { 10000000000, "壹亿元整" },
        { 10000000100, "壹亿零壹元整" },
        { 170532, "壹仟柒佰零伍元叁角贰分" },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK_STR(fmt_yuan_capital(a, (struct money){ cases[i].fen }), cases[i].text);
}

static void hashes_and_encodings(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint8_t h[HASH_SIZE], g[HASH_SIZE];
    char hex[HASH_HEX];
    sha256("abc", 3, h); /* FIPS 180-4, example B.1 */
    CHECK_STR(hex_encode(h, sizeof(h), hex),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CLEANUP(sha256_freep) struct sha256 *s = sha256_new();
    for (int i = 0; i < 2; i++) {
        sha256_add(s, "a", 1);
        sha256_add(s, "bc", 2);
        sha256_end(s, g);
        CHECK(bytes_equal(h, g, sizeof(h)));
    }
    CHECK(hex_decode(hex, sizeof(g), g) && memcmp(g, h, sizeof(h)) == 0);
    CHECK(!hex_decode("zz", 1, g) && !hex_decode("abc", 1, g));
    struct str b;
    str_init(&b, a);
    base64_add(&b, "\0\1\2\xff", 4);
    CHECK_STR(b.s, "AAEC/w==");
    uint8_t *raw;
    size_t n;
    CHECK(base64_decode(a, b.s, b.n, &raw, &n) && n == 4 && raw[3] == 0xff);
    CHECK(!base64_decode(a, "AAEC/w=", 7, &raw, &n) &&
          !base64_decode(a, "AAE*/w==", 8, &raw, &n));
}

static void random_streams_repeat_and_differ(void)
{
    struct rng a, b, c;
    rng_init(&a, 1, 0);
    rng_init(&b, 1, 0);
    rng_init(&c, 1, 1);
    int same = 0;
    double sum = 0, squares = 0;
    for (int i = 0; i < 10000; i++) {
        uint64_t x = rng_u64(&a);
        CHECK(x == rng_u64(&b));
        same += x == rng_u64(&c);
        double z = rng_normal(&c);
        sum += z;
        squares += z * z;
        CHECK(rng_below(&c, 7) < 7);
    }
    CHECK_INT(same, 0);
    CHECK(fabs(sum / 10000) < 0.05 && fabs(squares / 10000 - 1) < 0.05);
}

static void times_split_and_print(void)
{
    char out[TIME_TEXT];
    CLEANUP(err_done) struct err e = { 0 };
    struct utime t;
    CHECK_OK(time_parse("2026-09-30T16:30:00.000001Z", &t, &e));
    CHECK_STR(time_iso(t, out), "2026-09-30T16:30:00.000001Z");
    CHECK_STR(time_local(t, out), "2026-10-01 00:30");
    CHECK_INT(day_start(time_day(t)).us, t.us - 1800000001);
    CHECK_INT(time_parse("2026-09-30 16:30", &t, &e), RC_INVALID);
    struct clock c = { .simulated = true };
    CHECK(clock_set(&c, t));
    CHECK(!clock_set(&c, (struct utime){ t.us - 1 }));
    CHECK_INT(clock_now(&c).us, t.us);
}

static void signs_as_the_standard_says(void)
{
    char hex[HASH_HEX], key6[131];
    uint8_t key1[20], mac[HASH_SIZE];
    memset(key1, 0x0b, sizeof(key1));
    hmac_sha256(key1, sizeof(key1), "Hi There", 8, mac);
    CHECK_STR(hex_encode(mac, HASH_SIZE, hex),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac);
    CHECK_STR(hex_encode(mac, HASH_SIZE, hex),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key6, 0xaa, sizeof(key6));
    hmac_sha256(key6, sizeof(key6), "Test Using Larger Than Block-Size Key - Hash Key First",
                54, mac);
    CHECK_STR(hex_encode(mac, HASH_SIZE, hex),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

T_MAIN({ "the signature is HMAC-SHA-256", signs_as_the_standard_says },
       { "errors render in both languages", errors_render_in_both_languages },
       { "texts take the word that goes with a number",
         texts_take_the_word_that_goes_with_a_number },
       { "an arena gives zeroed, aligned memory", arena_gives_zeroed_aligned_memory },
       { "a map finds what was added", map_finds_what_was_added },
       { "numbers parse strictly", numbers_parse_strictly },
       { "numbers read well", numbers_read_well },
       { "money is written in capitals", money_in_capitals },
       { "hashes and encodings agree with the standards", hashes_and_encodings },
       { "random streams repeat and differ", random_streams_repeat_and_differ },
       { "times split and print", times_split_and_print })
