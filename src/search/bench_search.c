/*
 * Searching a million things, on both databases: build it with ninja src/search/bench_search,
 * run THINGS=1000000 scripts/pg run build/src/search/bench_search. Each row is a kind of
 * question, asked with other words each time; the clock's time of one search_find, its snapshot
 * included. With KEPT=FOLDER the county stays there (on JINGJIAN_PG, where that is set) and the
 * next run asks at once.
 */
#include "base/clock.h"
#include "base/rng.h"
#include "base/test.h"
#include "search/room.h"
#include "store/test_county.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { A_RECORD = 50, UNITS = 500, COMMON = 200, TURNS = 40 };
static int64_t n_things = 1000000;

/* Words by how often they occur: the k-th in about 1/(k+1) of the things. */
static const char *const heads[] = { "整改", "公示", "采购", "合同", "审计", "巡察", "资金",
                                     "项目", "台账", "清单", "会议", "问题", "责任", "农村",
                                     "工程", "补贴", "财政", "乡镇", "督办", "办结" };
static const char *const tails[] = { "情况", "报告", "进度", "材料", "方案",
                                     "通知", "记录", "说明", "反馈", "安排" };

static const char *word(uint64_t k, struct arena *a)
{
    return arena_printf(a, "%s%s", heads[k % COUNT(heads)],
                        tails[k / COUNT(heads) % COUNT(tails)]);
}

/* A rare one: two characters that hardly ever meet. */
static const char *rare(uint64_t k, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    utf8_add(&b, (uint32_t)(0x5000 + k * 7919 % 0x4000));
    utf8_add(&b, (uint32_t)(0x5000 + k * 104729 % 0x4000));
    return b.s;
}

static uint64_t zipf(struct rng *r)
{
    uint64_t k = 0;
    while (k + 1 < COMMON && rng_below(r, k + 2) != 0)
        k++;
    return k;
}

static enum rc docs(const struct snap *s, struct county *c, const struct record_line *r,
                    struct id record, struct search_pen *p, struct arena *a, struct err *e)
{
    struct rng rng;
    (void)s, (void)c, (void)e;
    rng_init(&rng, (uint64_t)record.v, 0);
    for (int64_t i = 0; i < A_RECORD; i++) {
        struct str body;
        int64_t k = r->seq * A_RECORD + i;
        str_init(&body, a);
        for (int w = 0; w < 8; w++)
            str_addf(&body, "%s,", word(zipf(&rng), a));
        str_add(&body, rare(rng_below(&rng, 40000), a));
        search_put(
            p, &(struct search_doc){
                   .code = arena_printf(a, "D-2026-%08lld", (long long)k),
                   .text = { arena_printf(a, "D-2026-%08lld", (long long)k),
                             arena_printf(a, "%s%s", word(zipf(&rng), a), word(zipf(&rng), a)),
                             body.s, false },
                   .href = "/",
                   .unit = "",
                   .at = r->at,
                   .record = record,
                   .gates = arena_printf(a, "_c _u%d", 1 + (int)rng_below(&rng, UNITS)) });
    }
    return RC_OK;
}

static const struct search_source source = {
    .code = "thing", .name = "东西", .records = "thing.set", .docs = docs
};
static const struct search_source *const sources[] = { &source };

static const char *units(int n, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    for (int i = 1; i <= n; i++)
        gate_add(&b, arena_printf(a, "_u%d", i));
    return b.s;
}

/* Of this thread: with SQLite that is all of it, whatever else the machine does. */
static int64_t cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int by_size(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static void row(struct county *c, const char *what, const char *keys,
                const char *(*ask)(uint64_t k, struct arena *a))
{
    CLEANUP(arena_freep) struct arena *a = arena_new(); /* of one question, as of a request */
    int64_t us[TURNS], cpu = cpu_us();
    size_t found = 0;
    for (uint64_t k = 0; k < TURNS; k++) {
        CLEANUP(err_done) struct err e = { 0 };
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct search_after after = { 0 };
        struct search_hit *h;
        struct question q;
        size_t n;
        bool more;
        int64_t begin = clock_monotonic_us();
        question_of(ask(k, a), a, &q);
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(
            search_find(s, c, &q, "", keys, &after, SEARCH_PAGE, a, &h, &n, &after, &more, &e));
        us[k] = clock_monotonic_us() - begin;
        found += n;
        arena_reset(a);
    }
    qsort(us, TURNS, sizeof(*us), by_size);
    printf("| %s | %s | %.2f ms | %.2f ms | %.2f ms CPU | %.1f |\n",
           db_kind(c->db) == DB_POSTGRES ? "PostgreSQL" : "SQLite", what,
           (double)us[TURNS / 2] / 1000, (double)us[TURNS - 1] / 1000,
           (double)(cpu_us() - cpu) / TURNS / 1000, (double)found / TURNS);
    fflush(stdout);
}

static const char *ask_common(uint64_t k, struct arena *a)
{
    return arena_strdup(a, heads[k % 6]);
}
static const char *ask_whole(uint64_t k, struct arena *a)
{
    return word(k % 60, a);
}
static const char *ask_rare(uint64_t k, struct arena *a)
{
    return rare(k * 911 % 40000, a);
}
static const char *ask_single(uint64_t k, struct arena *a)
{
    return arena_strndup(a, heads[k % COUNT(heads)], 3);
}
static const char *ask_code(uint64_t k, struct arena *a)
{
    return arena_printf(a, "d-2026-%08lld", (long long)(k * 24989 % (uint64_t)n_things));
}
static const char *ask_number(uint64_t k, struct arena *a)
{
    return arena_printf(a, "%lld", (long long)(k * 24989 % (uint64_t)n_things));
}
static const char *ask_two(uint64_t k, struct arena *a)
{
    return arena_printf(a, "%s %s", word(k % 20, a), word(k * 7 % 90, a));
}
static const char *ask_mixed(uint64_t k, struct arena *a)
{
    return arena_printf(a, "%s %s", heads[k % 6], rare(k * 911 % 40000, a));
}
static const char *ask_nothing(uint64_t k, struct arena *a)
{
    return arena_printf(a, "%s龘%s", heads[k % 6], tails[k % 6]);
}
/* Its pairs are common, the word is nowhere: as many things are looked at as ever are. */
static const char *ask_pairs(uint64_t k, struct arena *a)
{
    return arena_printf(a, "督办结%s", k % 2 ? tails[k % COUNT(tails)] : "");
}
static const char *ask_letters(uint64_t k, struct arena *a)
{
    return k % 2 ? arena_strdup(a, "czj") : arena_strdup(a, "zgqk");
}

static void rows(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const struct {
        const char *what;
        const char *(*ask)(uint64_t k, struct arena *a);
    } asks[] = { { "two characters, common", ask_common },
                 { "one character", ask_single },
                 { "four characters", ask_whole },
                 { "two characters, rare", ask_rare },
                 { "a code", ask_code },
                 { "a number of a code", ask_number },
                 { "two words", ask_two },
                 { "a common and a rare word", ask_mixed },
                 { "a word that is nowhere", ask_nothing },
                 { "a word that is nowhere, of common pairs", ask_pairs },
                 { "first letters", ask_letters } };
    for (size_t i = 0; i < COUNT(asks); i++) {
        row(c, arena_printf(a, "%s; the county", asks[i].what), "_e _c _a7", asks[i].ask);
        row(c, arena_printf(a, "%s; one unit", asks[i].what), "_e _a7 _u77 _h77 _g2u77",
            asks[i].ask);
        row(c, arena_printf(a, "%s; 20 units", asks[i].what), units(20, a), asks[i].ask);
    }
    row(c, "two characters, common; 300 units", units(300, a), ask_common);
    row(c, "two characters, rare; 300 units", units(300, a), ask_rare);
}

static void fill(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    int64_t begin = clock_monotonic_us();
    t_records(c, "thing.set", "", (int)(n_things / A_RECORD));
    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(search_update_all(c, &e));
    double s = (double)(clock_monotonic_us() - begin) / 1e6;
    printf("%lld things indexed in %.0f s: %.0f a second\n", (long long)n_things, s,
           (double)n_things / s);
    if (getenv("BEFORE")) /* the index as updates left it */
        rows(c);
    begin = clock_monotonic_us();
    CHECK_OK(search_merge(c, &e));
    printf("put together in %.1f s\n", (double)(clock_monotonic_us() - begin) / 1e6);
    fflush(stdout);
}

static void million(struct county *c)
{
    search_use(c, sources, COUNT(sources));
    fill(c);
    rows(c);
}
T_COUNTY(million)

static void kept(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *dir = getenv("KEPT"), *url = getenv("JINGJIAN_PG");
    struct county *c;
    struct stat there;
    bool anew = stat(dir, &there) != 0;
    if (anew)
        CHECK_OK(county_init(&(struct county_config){ .dir = dir,
                                                      .db_url = url,
                                                      .schema = url ? "bench_search" : NULL,
                                                      .origin = "county.example/demo",
                                                      .name = "清溪区",
                                                      .demo = true },
                             &e));
    CHECK_OK(county_open(dir, &c, &e));
    search_use(c, sources, COUNT(sources));
    if (anew)
        fill(c);
    rows(c);
    county_close(c);
}

static const struct t_case cases[] = { T_COUNTY_CASES("a million things", million) };
static const struct t_case kept_cases[] = { { "a million things, kept", kept } };

int main(int argc, char **argv)
{
    const char *asked = getenv("THINGS");
    n_things = asked ? strtoll(asked, NULL, 10) : n_things;
    return getenv("KEPT") ? t_run(argc, argv, kept_cases, COUNT(kept_cases))
                          : t_run(argc, argv, cases, COUNT(cases));
}
