/* The working-day calendar: against the published arrangements of 2025 and 2026, by its
 * properties over every day, and at its edges. */
#include "base/clock.h"
#include "base/period.h"
#include "base/rng.h"
#include "base/str.h"
#include "flow/calendar.h"
#include "flow/calendar.sql.h"
#include "sheet/csv.h"
#include "store/audit.h"
#include "store/test_county.h"

#include <stdlib.h>
#include <string.h>

static enum rc years_of_text(struct arena *a, const char *text, struct calendar_year **years,
                             size_t *n, struct problems *ps, struct err *e)
{
    struct table *t;
    problems_init(ps, a);
    enum rc rc = csv_read(a, "calendar.csv",
                          (struct bytes){ (const uint8_t *)text, strlen(text) }, NULL, &t, e);
    return rc == RC_OK ? calendar_from_table(t, a, years, n, ps, e) : rc;
}

static void published(struct arena *a, struct calendar_year **years, size_t *n)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct problems ps;
    struct table *t;
    problems_init(&ps, a);
    CHECK_OK(csv_read_file(
        a, arena_printf(a, "%s/demo/calendar.csv", getenv("JINGJIAN_SOURCE")), NULL, &t, &e));
    CHECK_OK(calendar_from_table(t, a, years, n, &ps, &e));
    CHECK_INT(ps.wrong, 0);
}

static const struct calendar *calendar_of(struct arena *a)
{
    struct calendar_year *y;
    size_t n, n_days = 0;
    published(a, &y, &n);
    int *years = arena_array(a, n, sizeof(*years));
    struct calendar_day *days = arena_array(a, 1000, sizeof(*days));
    for (size_t i = 0; i < n; i++) {
        years[i] = y[i].year;
        for (size_t k = 0; k < y[i].n; k++)
            days[n_days++] = y[i].days[k];
    }
    return calendar_build(a, years, n, days, n_days);
}

static bool works(const struct calendar *cal, int32_t day)
{
    bool work = false;
    CHECK_INT(calendar_is_work(cal, day, &work), 0);
    return work;
}

/* 248 working days a year follow from the law: 365 days, 104 or 105 at weekends, 13 holidays.
 */
static void published_years(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct calendar *cal = calendar_of(a);
    static const struct {
        int y, m, d;
        bool work;
    } cases[] = {
        { 2025, 1, 1, false },  { 2025, 1, 2, true },   { 2025, 1, 26, true },
        { 2025, 1, 28, false }, { 2025, 2, 4, false },  { 2025, 2, 5, true },
        { 2025, 2, 8, true },   { 2025, 4, 4, false },  { 2025, 4, 27, true },
        { 2025, 5, 5, false },  { 2025, 6, 2, false },  { 2025, 9, 28, true },
        { 2025, 10, 8, false }, { 2025, 10, 11, true }, { 2025, 10, 12, false },
        { 2026, 1, 1, false },  { 2026, 1, 2, false },  { 2026, 1, 4, true },
        { 2026, 2, 14, true },  { 2026, 2, 15, false }, { 2026, 2, 23, false },
        { 2026, 2, 24, true },  { 2026, 2, 28, true },  { 2026, 4, 6, false },
        { 2026, 5, 9, true },   { 2026, 6, 19, false }, { 2026, 9, 20, true },
        { 2026, 9, 25, false }, { 2026, 9, 28, true },  { 2026, 10, 7, false },
        { 2026, 10, 8, true },  { 2026, 10, 10, true }, { 2026, 10, 11, false },
        { 2026, 12, 31, true }, { 2025, 12, 31, true },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if (works(cal, day_of(cases[i].y, cases[i].m, cases[i].d)) != cases[i].work)
            t_fail(__FILE__, __LINE__, "%d-%d-%d", cases[i].y, cases[i].m, cases[i].d);
    for (int y = 2025; y <= 2026; y++) {
        int n = 0;
        for (int32_t d = day_of(y, 1, 1); d <= day_of(y, 12, 31); d++)
            n += works(cal, d);
        CHECK_INT(n, 248);
        CHECK_INT(calendar_count(cal, day_of(y, 1, 1) - 1, day_of(y, 12, 31), &n), 0);
        CHECK_INT(n, 248);
    }
    CHECK(calendar_has(cal, 2025) && calendar_has(cal, 2026) && !calendar_has(cal, 2027) &&
          !calendar_has(cal, 2024));
}

/* Every day of two years against counting one by one: adding, counting, both together. */
static void adds_and_counts(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct calendar *cal = calendar_of(a);
    int32_t first = day_of(2025, 1, 1), last = day_of(2026, 12, 31);
    int32_t *work = arena_array(a, 800, sizeof(*work));
    size_t n = 0;
    for (int32_t d = first; d <= last; d++)
        if (works(cal, d))
            work[n++] = d;
    size_t next = 0; /* the first working day after d */
    for (int32_t d = first - 1; d <= last; d++) {
        while (next < n && work[next] <= d)
            next++;
        for (int k = 1; k <= 300; k++) {
            int32_t got = -1;
            int count = -1, missing = calendar_add(cal, d, k, &got);
            if (next + (size_t)k > n) {
                CHECK_INT(missing, 2027);
                continue;
            }
            CHECK_INT(missing, 0);
            CHECK_INT(got, work[next + (size_t)k - 1]);
            CHECK_INT(calendar_count(cal, d, got, &count), 0);
            CHECK_INT(count, k);
            CHECK_INT(calendar_count(cal, got, d, &count), 0);
            CHECK_INT(count, -k);
        }
        size_t before = next;
        while (before > 0 && work[before - 1] >= d)
            before--;
        for (int k = 1; k <= 300; k++) {
            int32_t got = -1;
            int missing = calendar_add(cal, d, -k, &got);
            if ((size_t)k > before) {
                CHECK_INT(missing, 2024);
                continue;
            }
            CHECK_INT(missing, 0);
            CHECK_INT(got, work[before - (size_t)k]);
        }
    }
}

static void monotone(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct calendar *cal = calendar_of(a);
    for (int k = 1; k <= 60; k++)
        for (int32_t d = day_of(2025, 1, 1); d < day_of(2026, 9, 1); d++) {
            int32_t x = 0, y = 0, z = 0, two = 0;
            CHECK(!calendar_add(cal, d, k, &x) && !calendar_add(cal, d + 1, k, &y) &&
                  !calendar_add(cal, d, k + 1, &z));
            CHECK(x <= y && x < z && x > d);
            /* Adding in two steps is adding at once. */
            CHECK(!calendar_add(cal, x, 7, &y) && !calendar_add(cal, d, k + 7, &two));
            CHECK_INT(y, two);
        }
}

static void edges(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct calendar *cal = calendar_of(a);
    int32_t eve = day_of(2026, 12, 31), got = 77;
    int n = 77;
    bool work;
    CHECK_INT(calendar_add(cal, eve, 1, &got), 2027);
    CHECK_INT(got, 77);
    CHECK_INT(calendar_add(cal, eve - 1, 1, &got), 0);
    CHECK_INT(got, eve);
    CHECK_INT(calendar_add(cal, eve + 400, 0, &got), 0);
    CHECK_INT(got, eve + 400);
    CHECK_INT(calendar_add(cal, day_of(2025, 1, 2), -1, &got), 2024);
    CHECK_INT(calendar_count(cal, eve, eve, &n), 0);
    CHECK_INT(n, 0);
    n = 77;
    CHECK_INT(calendar_count(cal, eve, eve + 1, &n), 2027);
    CHECK_INT(n, 77);
    CHECK_INT(calendar_count(cal, day_of(2024, 12, 30), day_of(2026, 1, 1), &n), 2024);
    CHECK_INT(calendar_is_work(cal, day_of(2027, 1, 1), &work), 2027);
    CHECK_INT(calendar_is_work(cal, day_of(1999, 1, 1), &work), 1999);
    CHECK_INT(calendar_is_work(cal, day_of(2150, 1, 1), &work), 2150);
    CHECK_INT(calendar_add(cal, day_of(1980, 1, 1), 5, &got), 1980);
    CHECK_INT(calendar_not_off(cal, day_of(2026, 10, 1), &got), 0);
    CHECK_INT(got, day_of(2026, 10, 8));
    CHECK_INT(calendar_not_off(cal, day_of(2026, 10, 10), &got), 0);
    CHECK_INT(got, day_of(2026, 10, 10));
    CHECK_INT(calendar_not_off(cal, day_of(2027, 1, 1), &got), 2027);
    /* A hole between two years that are there is seen by what crosses it, not by what does not.
     */
    static const int years[] = { 2030, 2032 };
    const struct calendar *holed = calendar_build(a, years, 2, NULL, 0);
    CHECK_INT(calendar_add(holed, day_of(2030, 12, 30), 5, &got), 2031);
    CHECK_INT(calendar_add(holed, day_of(2032, 1, 5), -5, &got), 2031);
    CHECK_INT(calendar_count(holed, day_of(2030, 12, 1), day_of(2032, 1, 5), &n), 2031);
    CHECK_INT(calendar_add(holed, day_of(2031, 12, 31), 1, &got), 0);
    CLEANUP(err_done) struct err e = { 0 };
    CHECK(calendar_missing(2027, &e) == RC_INVALID);
    CHECK(strstr(err_message(&e, LANG_ZH, a), "没有2027年的工作日历"));
}

/* Net days against looking at every day, over random pauses that overlap, touch and reach out.
 */
static void pauses(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct calendar *cal = calendar_of(a);
    struct rng r;
    rng_init(&r, 7, 0);
    for (int round = 0; round < 3000; round++) {
        int32_t from = day_of(2025, 3, 1) + (int32_t)rng_below(&r, 200),
                to = from + (int32_t)rng_below(&r, 120);
        struct calendar_pause p[4];
        size_t n = rng_below(&r, 5);
        for (size_t i = 0; i < n; i++) {
            p[i].from = from - 10 + (int32_t)rng_below(&r, 130);
            p[i].to = p[i].from + (int32_t)rng_below(&r, 30);
        }
        int want = 0, got = -1;
        for (int32_t d = from + 1; d <= to; d++) {
            bool still = false;
            for (size_t i = 0; i < n; i++)
                still |= d > p[i].from && d <= p[i].to;
            want += !still && works(cal, d);
        }
        CHECK_INT(calendar_count_net(cal, from, to, p, n, &got), 0);
        CHECK_INT(got, want);
    }
    /* What is paused needs no calendar. */
    int got;
    struct calendar_pause p = { day_of(2026, 12, 31), day_of(2027, 3, 1) };
    CHECK_INT(calendar_count_net(cal, day_of(2026, 12, 30), day_of(2027, 3, 1), &p, 1, &got),
              0);
    CHECK_INT(got, 1);
    CHECK_INT(calendar_count_net(cal, day_of(2026, 12, 30), day_of(2027, 3, 2), &p, 1, &got),
              2027);
}

static void refuses_bad_files(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const struct {
        const char *row, *cell;
    } cases[] = {
        { "1887,1887-01-01,放假,元旦,通知", "A2" },
        { "明年,2027-01-01,放假,元旦,通知", "A2" },
        { "2027,2027-02-30,放假,春节,通知", "B2" },
        { "2027,2027.2.1,放假,春节,通知", "B2" },
        { "2027,2025-01-01,放假,元旦,通知", "B2" },
        { "2027,2028-02-01,放假,元旦,通知", "B2" },
        { "2027,2027-01-01,休息,元旦,通知", "C2" },
        { "2027,2027-01-04,上班,元旦,通知", "C2" },
        { "2027,2027-01-01,放假,元旦,", "E2" },
        { "2027,2027-01-01,放假,元 旦,通知", "D2" },
        { "2027,2027-01-01,放假,元旦,甲\n2027,2027-01-01,放假,元旦,甲", "B3" },
        { "2027,2027-01-01,放假,元旦,甲\n2027,2027-01-02,放假,元旦,乙", "E3" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(err_done) struct err e = { 0 };
        struct calendar_year *y;
        struct problems ps;
        size_t n;
        const char *text = arena_printf(a, "年度,日期,类型,名称,来源\n%s\n", cases[i].row);
        CHECK_OK(years_of_text(a, text, &y, &n, &ps, &e));
        CHECK(ps.wrong >= 1);
        if (ps.n > 0)
            CHECK_STR(ps.p[0].cell, cases[i].cell);
    }
    CLEANUP(err_done) struct err e = { 0 };
    struct calendar_year *y;
    struct problems ps;
    size_t n;
    CHECK(years_of_text(a, "年度,日期,类型,名称\n", &y, &n, &ps, &e) == RC_INVALID);
    err_done(&e);
    e = (struct err){ 0 };
    CHECK(years_of_text(a, "年度,日期,类型,名称,来源\n", &y, &n, &ps, &e) == RC_INVALID);
    err_done(&e);
    e = (struct err){ 0 };
    /* Days beside the year belong to its arrangement. */
    CHECK_OK(years_of_text(a,
                           "year,date,kind,name,source\n2027,2026-12-31,off,元旦,n\n"
                           "2027,2027-01-01,off,元旦,n\n",
                           &y, &n, &ps, &e));
    CHECK_INT(ps.wrong, 0);
    CHECK_INT(n, 1);
    CHECK_INT(y[0].n, 2);
}

struct writing {
    struct county *c;
    const struct calendar_year *years;
    size_t n, written;
};

static enum rc write_years(struct tx *tx, void *arg, struct err *e)
{
    struct writing *w = arg;
    return calendar_write(tx, w->c, w->years, w->n, "zhuanban", &w->written, e);
}

static void stored(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct calendar_year *years;
    const struct calendar *cal, *again;
    size_t n;
    published(a, &years, &n);
    struct writing w = { .c = c, .years = years, .n = n };
    int32_t got;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(calendar_get(c, s, &cal, &e));
        CHECK_INT(calendar_add(cal, day_of(2026, 9, 30), 1, &got), 2026);
    }
    CHECK_OK(db_transact(c->db, write_years, &w, &e));
    CHECK_INT(w.written, 2);
    CHECK_OK(db_transact(c->db, write_years, &w, &e));
    CHECK_INT(w.written, 0);
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(calendar_get(c, s, &cal, &e));
        CHECK_OK(calendar_get(c, s, &again, &e));
        CHECK(cal == again);
        CHECK_INT(calendar_add(cal, day_of(2026, 9, 30), 1, &got), 0);
        CHECK_INT(got, day_of(2026, 10, 8));
    }
    /* A correction is a new version, which is in force at once. */
    struct calendar_day one = {
        .year = 2026, .day = day_of(2026, 10, 1), .off = true, .name = "国庆节"
    };
    struct calendar_year y = { .year = 2026, .source = "改", .days = &one, .n = 1 };
    w = (struct writing){ .c = c, .years = &y, .n = 1 };
    CHECK_OK(db_transact(c->db, write_years, &w, &e));
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(calendar_get(c, s, &cal, &e));
        CHECK_INT(calendar_add(cal, day_of(2026, 9, 30), 1, &got), 0);
        CHECK_INT(got, day_of(2026, 10, 2));
    }
    CHECK_OK(county_seal_now(c, &e));
    struct audit_result r;
    CHECK_OK(audit_data(a, c, calendar_audits, COUNT(calendar_audits), NULL, NULL, &r, &e));
    CHECK_INT(r.rows, 3);
}
T_COUNTY(stored)

T_MAIN({ "the published arrangements of 2025 and 2026", published_years },
       { "adding and counting agree with looking at every day", adds_and_counts },
       { "adding is monotone and can be split", monotone },
       { "a missing year is said, never guessed", edges },
       { "net days leave out pauses", pauses },
       { "a wrong file is refused at its cell", refuses_bad_files },
       T_COUNTY_CASES("an arrangement is stored, recorded and in force", stored))
