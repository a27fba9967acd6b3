/* Periods and civil dates. */
#include "base/arena.h"
#include "base/period.h"
#include "base/test.h"

static void codes_round_trip(void)
{
    static const char *const good[] = { "2026",     "2026Q3",  "202609",   "2026W38",
                                        "20260930", "2020W53", "20240229", "2199" };
    CLEANUP(err_done) struct err e = { 0 };
    for (size_t i = 0; i < COUNT(good); i++) {
        struct period p;
        char out[PERIOD_TEXT];
        CHECK_OK(period_parse(good[i], &p, &e));
        CHECK_STR(period_code(p, out), good[i]);
    }
    static const char *const bad[] = { "",        "202",      "2026Q5",    "2026Q0",
                                       "202613",  "202600",   "2026W54",   "2026W00",
                                       "2025W53", "20260931", "20230229",  "2026q3",
                                       " 2026",   "2026 ",    "2026-09",   "1899",
                                       "2200",    "2026Q33",  "202609301", "20260000" };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct period p;
        if (period_parse(bad[i], &p, &e) != RC_INVALID)
            t_fail(__FILE__, __LINE__, "\"%s\" taken for a period", bad[i]);
    }
}

static void every_day_belongs_to_its_periods(void)
{
    int32_t last = day_of(2060, 12, 31);
    for (int32_t day = day_of(1950, 1, 1); day <= last; day++) {
        int y, m, d;
        day_split(day, &y, &m, &d);
        CHECK_INT(day_of(y, m, d), day);
        for (enum period_kind k = PERIOD_YEAR; k <= PERIOD_DAY; k++) {
            struct period p = period_at(k, day);
            CHECK(p.v && period_first_day(p) <= day && day <= period_last_day(p));
            struct period next = period_step(p, 1);
            CHECK_INT(period_first_day(next), period_last_day(p) + 1);
            CHECK_INT(period_distance(p, next), 1);
            CHECK(next.v > p.v && period_same(period_step(next, -1), p));
        }
    }
}

static void periods_contain_and_have_names(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct period q3 = period_of(PERIOD_QUARTER, 2026, 3),
                  sep = period_of(PERIOD_MONTH, 2026, 9);
    CHECK(period_contains(q3, sep) && !period_contains(sep, q3));
    CHECK(!period_contains(q3, period_of(PERIOD_MONTH, 2026, 10)));
    CHECK_STR(period_name(a, q3, LANG_ZH), "2026年第三季度");
    CHECK_STR(period_name(a, q3, LANG_EN), "Q3 2026");
    CHECK_STR(period_name(a, sep, LANG_EN), "2026-09");
    CHECK(period_step(period_of(PERIOD_YEAR, 2199, 1), 1).v == 0);
    CHECK_INT(period_distance(period_of(PERIOD_QUARTER, 2025, 4), q3), 3);
}

/* The way it used to be found: back from the last, which at the first year never ended. */
static void the_first_period_in_another_is_found(void)
{
    for (int year = 1900; year <= 2198; year += year < 2020 || year > 2030 ? 13 : 1)
        for (enum period_kind outer = PERIOD_YEAR; outer <= PERIOD_DAY; outer++)
            for (enum period_kind kind = PERIOD_YEAR; kind <= PERIOD_DAY; kind++) {
                struct period o = period_at(outer, day_of(year, 7, 14)),
                              p = period_first_in(kind, o), want;
                want = period_at(kind, period_last_day(o));
                while (kind > outer && period_step(want, -1).v &&
                       period_first_day(period_step(want, -1)) >= period_first_day(o))
                    want = period_step(want, -1);
                CHECK(period_same(p, want));
            }
    struct period first = period_of(PERIOD_YEAR, 1900, 1);
    for (enum period_kind kind = PERIOD_YEAR; kind <= PERIOD_DAY; kind++) {
        struct period p = period_first_in(kind, first);
        CHECK(period_contains(first, p));
        CHECK_INT(period_first_day(p), period_first_day(first));
    }
}

T_MAIN({ "period codes round-trip and others are refused", codes_round_trip },
       { "every day from 1950 to 2060 belongs to its periods",
         every_day_belongs_to_its_periods },
       { "the first period in another is found, also in the first year",
         the_first_period_in_another_is_found },
       { "periods contain one another and have names", periods_contain_and_have_names })
