/* Building and escaping text. */
#include "base/rng.h"
#include "base/str.h"
#include "base/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void escapings(void)
{
    static const struct {
        const char *in, *html, *json, *url, *csv;
    } cases[] = {
        { "", "", "\"\"", "", "" },
        { "a<b", "a&lt;b", "\"a\\u003cb\"", "a%3Cb", "a<b" },
        { "\"'&>", "&quot;&#39;&amp;&gt;", "\"\\\"'&>\"", "%22%27%26%3E", "\"\"\"'&>\"" },
        { "中,\n\\", "中,\n\\", "\"中,\\n\\\\\"", "%E4%B8%AD%2C%0A%5C", "\"中,\n\\\"" },
        { " x", " x", "\" x\"", "%20x", "\" x\"" },
        { "\x01", "\x01", "\"\\u0001\"", "%01", "\x01" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct str b;
        str_init(&b, a);
        html_text(&b, cases[i].in);
        CHECK_STR(b.s, cases[i].html);
        str_reset(&b);
        json_text(&b, cases[i].in);
        CHECK_STR(b.s, cases[i].json);
        str_reset(&b);
        url_text(&b, cases[i].in);
        CHECK_STR(b.s, cases[i].url);
        str_reset(&b);
        csv_text(&b, cases[i].in);
        CHECK_STR(b.s, cases[i].csv);
    }
}

static void reals_in_json_are_shortest(void)
{
    static const struct {
        double v;
        const char *s;
    } cases[] = { { 0.1, "0.1" },
                  { 1.0 / 3, "0.3333333333333333" },
                  { 0.30000000000000004, "0.30000000000000004" },
                  { 78, "78" },
                  { NAN, "null" },
                  { INFINITY, "null" } };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str b;
        str_init(&b, a);
        json_num(&b, cases[i].v);
        CHECK_STR(b.s, cases[i].s);
    }
}

/* The short way against printing with 15 digits, which is exact for numbers of few decimals. */
static void decimals_in_json_are_as_printed(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct rng g;
    rng_init(&g, 1, 0);
    struct str b;
    str_init(&b, a);
    for (int i = 0; i < 200000; i++) {
        static const double tens[] = { 1, 10, 100, 1000, 10000, 100000 };
        char want[32];
        double v = (double)rng_below(&g, UINT64_C(1) << rng_below(&g, 36)) /
                   tens[rng_below(&g, COUNT(tens))] * (rng_below(&g, 2) ? 1 : -1);
        snprintf(want, sizeof(want), "%.15g", v);
        str_reset(&b);
        json_num(&b, v);
        if (strcmp(b.s, want) != 0) {
            t_fail(__FILE__, __LINE__, "%s for %s", b.s, want);
            return;
        }
    }
}

/* What printf prints, also in the middle between two texts. */
static void fixed_numbers_are_as_printed(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct rng g;
    rng_init(&g, 2, 0);
    struct str b;
    str_init(&b, a);
    for (int i = 0; i < 300000; i++) {
        char want[400];
        unsigned decimals = (unsigned)rng_below(&g, 8);
        double v = i % 3 == 0   ? (double)rng_below(&g, 2000) / 8 - 100
                   : i % 3 == 1 ? (double)rng_below(&g, 2000000) / 2000 - 500
                                : rng_normal(&g) * (double)(UINT64_C(1) << rng_below(&g, 60));
        snprintf(want, sizeof(want), "%.*f", (int)decimals, v);
        str_reset(&b);
        str_fixed(&b, v, decimals);
        if (strcmp(b.s, want) != 0) {
            t_fail(__FILE__, __LINE__, "%s for %s", b.s, want);
            return;
        }
    }
    str_reset(&b);
    str_int(&b, INT64_MIN);
    str_addc(&b, ' ');
    str_fixed(&b, INFINITY, 1);
    CHECK_STR(b.s, "-9223372036854775808 inf");
}

static void utf8_is_strict(void)
{
    static const struct {
        const char *s;
        bool ok;
    } cases[] = { { "净鉴", true },          { "\xF0\x9F\x98\x80", true },
                  { "\xC0\x80", false },     { "\xE0\x80\x80", false },
                  { "\xED\xA0\x80", false }, { "\xF4\x90\x80\x80", false },
                  { "\xE5\x87", false },     { "\x80", false },
                  { "\xEF\xBF\xBD", true } };
    for (size_t i = 0; i < COUNT(cases); i++)
        if (utf8_valid(cases[i].s, strlen(cases[i].s)) != cases[i].ok)
            t_fail(__FILE__, __LINE__, "case %zu", i);
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str b;
    str_init(&b, a);
    static const uint32_t points[] = { 0x24, 0xA2, 0x20AC, 0x10348 };
    for (size_t i = 0; i < COUNT(points); i++)
        utf8_add(&b, points[i]);
    CHECK_INT(b.n, 10);
    CHECK_INT(utf8_count(b.s), 4);
    const char *s = b.s;
    for (size_t i = 0, len; i < COUNT(points); i++, s += len)
        CHECK_INT(utf8_next(s, b.s + b.n, &len), points[i]);
}

static void trimming_and_splitting(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CHECK_STR(str_trim(a, "  \xE3\x80\x80 财政局\t\xE3\x80\x80"), "财政局");
    CHECK_STR(str_trim(a, " "), "");
    CHECK_STR(str_trim(a, ""), "");
    size_t n;
    char **p = str_split(a, "a,,b,", ',', &n);
    CHECK_INT(n, 4);
    CHECK_STR(p[0], "a");
    CHECK_STR(p[1], "");
    CHECK_STR(p[2], "b");
    CHECK_STR(p[3], "");
}

static void heap_text_grows(void)
{
    struct str b;
    str_init(&b, NULL);
    for (int i = 0; i < 10000; i++)
        str_addf(&b, "%d,", i);
    CHECK(b.n == strlen(b.s) && str_starts(b.s, "0,1,2,") && str_ends(b.s, "9998,9999,"));
    str_done(&b);
}

T_MAIN({ "text is escaped for HTML, JSON, URLs and CSV", escapings },
       { "reals in JSON are the shortest that read back", reals_in_json_are_shortest },
       { "decimals in JSON are as printf prints them", decimals_in_json_are_as_printed },
       { "fixed decimals are as printf prints them", fixed_numbers_are_as_printed },
       { "UTF-8 is checked strictly", utf8_is_strict },
       { "trimming and splitting", trimming_and_splitting },
       { "text on the heap grows", heap_text_grows })
