/* Draws: the known ones of tests/corpus/draw, written by tests/data/draw_vectors.py, which
 * shares nothing with this folder; that nobody is favoured; and what is refused. */
#include "base/clock.h"
#include "base/file.h"
#include "base/period.h"
#include "base/test.h"
#include "lot/lot.h"

#include <stdlib.h>
#include <string.h>

static const char *const known[] = { "directives", "one_of_one",  "all",
                                     "strata",     "other_event", "announced" };

static struct bytes known_file(struct arena *a, const char *name)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *root = getenv("JINGJIAN_SOURCE");
    struct bytes b = { 0 };

    CHECK_OK(file_read(a,
                       arena_printf(a, "%s/tests/corpus/draw/%s.draw", root ? root : ".", name),
                       LOT_FILE_MAX, &b, &e));
    return b;
}

static void gives_what_another_program_gave(void)
{
    for (size_t i = 0; i < COUNT(known); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        struct bytes file = known_file(a, known[i]);
        struct lot l, made;
        struct str b;

        CHECK_OK(lot_parse(a, file, &l, &e));
        CHECK_OK(lot_verify(a, &l, &e));
        /* The same from its facts alone, the list turned round. */
        made = l;
        made.items = arena_array(a, l.n_items, sizeof(*made.items));
        for (size_t k = 0; k < l.n_items; k++)
            made.items[k] = l.items[l.n_items - 1 - k];
        CHECK_OK(lot_prepare(&made, &e));
        if (*l.seed)
            CHECK_OK(lot_draw(a, &made, l.seed, &e));
        str_init(&b, a);
        lot_write(&made, &b);
        CHECK(b.n == file.n && memcmp(b.s, file.p, b.n) == 0);
    }
}

/* Every byte of a published file counts: changed, the file is refused or does not verify. */
static void every_byte_counts(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct bytes file = known_file(a, "directives");

    for (size_t i = 0; i < file.n; i++) {
        CLEANUP(arena_freep) struct arena *scratch = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        uint8_t *copy = arena_copy(scratch, file.p, file.n);
        struct lot l;
        copy[i] = copy[i] == '1' ? '2' : '1';
        if (copy[i] != file.p[i] &&
            lot_parse(scratch, (struct bytes){ copy, file.n }, &l, &e) == RC_OK &&
            lot_verify(scratch, &l, &e) == RC_OK)
            t_fail(__FILE__, __LINE__, "accepted with byte %zu changed", i);
    }
}

static void names_what_differs(void)
{
    static const struct {
        const char *file, *from, *to;
        enum rc rc;
        const char *says;
    } cases[] = {
        /* the list changed after the announcement */
        { "directives", "D-2026-00007\n", "D-2026-00077\n", RC_UNPROVEN, "名单被改过" },
        { "directives", "D-2026-00001\nD-2026-00002\n", "D-2026-00002\nD-2026-00001\n",
          RC_UNPROVEN, "没有按编码排好" },
        { "directives", "D-2026-00042\n\n", "D-2026-00043\n\n", RC_UNPROVEN, "名单被改过" },
        { "directives", "33 09", "33 10", RC_UNPROVEN, "重算应为" },
        { "directives", "take: 5 of 42", "take: 4 of 42", RC_UNPROVEN, "公告说抽4项" },
        { "directives", "take: 5 of 42", "take: 5 of 41", RC_UNPROVEN, "抽几个" },
        { "directives", "result\nD-2026-00028\n", "result\n", RC_UNPROVEN, "结果有4项" },
        { "one_of_one", "result\nx\n", "result\ny\n", RC_UNPROVEN, "重算应为「x」" },
        { "directives", "03 08", "03,08", RC_INVALID, "种子应写成" },
        { "directives", "draw 1\n", "draw 2\n", RC_INVALID, "第1行" },
        { "directives", "take: 5", "take: 05", RC_INVALID, "标准的写法" },
        { "directives", "take: 5 of 42\n", "", RC_INVALID, "抽几个" },
        { "directives", "take: 5 of 42", "take: 43 of 42", RC_INVALID, "现为43" },
        { "directives", "D-2026-00002\n", "D-2026-00001\n", RC_INVALID, "有两次" },
        { "directives", "D-2026-00002\n", "D 2026\n", RC_INVALID, "一个编码" },
        { "strata", "C/C0002\n\n", "D/C0002\n\n", RC_INVALID, "没有说这一层" },
        { "announced", "9bebdefd", "0bebdefd", RC_UNPROVEN, "名单被改过" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        struct bytes file = known_file(a, cases[i].file);
        const char *text = arena_strndup(a, (const char *)file.p, file.n);
        const char *at = strstr(text, cases[i].from);
        struct lot l;
        struct str b;

        CHECK(at != NULL);
        if (at == NULL)
            continue;
        str_init(&b, a);
        str_addn(&b, text, (size_t)(at - text));
        str_add(&b, cases[i].to);
        str_add(&b, at + strlen(cases[i].from));
        enum rc rc = lot_parse(a, (struct bytes){ (uint8_t *)b.s, b.n }, &l, &e);
        if (rc == RC_OK)
            rc = lot_verify(a, &l, &e);
        CHECK_INT(rc, cases[i].rc);
        CHECK_PART(err_message(&e, LANG_ZH, a), cases[i].says);
    }
}

/*
 * Over 30,000 seeds each of 10 things is drawn 3 of 10 times, each pair 1 in 15, each of the
 * 720 ordered triples as often as the others: chi-square below its 99.99 % point. Seeds are
 * fixed, so that the test is, too.
 */
static void favours_nobody(void)
{
    enum { N = 10, K = 3, SEEDS = 30000 };
    static int one[N], order[N * N * N];
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct lot_item items[N];
    struct lot_take take = { .stratum = "", .k = K };
    struct lot l = { .draw = "T",
                     .title = "t",
                     .event = "e",
                     .source = "s",
                     .items = items,
                     .n_items = N,
                     .takes = &take,
                     .n_takes = 1 };
    double x1 = 0, x3 = 0, want1 = SEEDS * (double)K / N, want3 = SEEDS / 720.0;

    for (int i = 0; i < N; i++)
        items[i] = (struct lot_item){ .stratum = "", .code = arena_printf(a, "D-%05d", i) };
    CHECK_OK(lot_prepare(&l, &e));
    for (int s = 0; s < SEEDS; s++) {
        CLEANUP(arena_freep) struct arena *scratch = arena_new();
        int v[K];
        CHECK_OK(lot_draw(scratch, &l, arena_printf(scratch, "%010d", s), &e));
        for (int i = 0; i < K; i++) {
            v[i] = l.drawn[i].code[6] - '0';
            one[v[i]]++;
        }
        order[v[0] * N * N + v[1] * N + v[2]]++;
    }
    for (int i = 0; i < N; i++)
        x1 += (one[i] - want1) * (one[i] - want1) / want1;
    for (int i = 0; i < N * N * N; i++)
        if (i / 100 != i / 10 % 10 && i / 100 != i % 10 && i / 10 % 10 != i % 10)
            x3 += (order[i] - want3) * (order[i] - want3) / want3;
        else
            CHECK_INT(order[i], 0);
    CHECK(x1 < 33.7);  /* 9 degrees of freedom */
    CHECK(x3 < 869.6); /* 719 degrees of freedom: 719 + 3.72·√1438 + (2/3)(3.72²−1) */
}

/* The same seed in two draws, or in the same draw of another list, chooses otherwise. */
static void draws_are_apart(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct lot l, other;

    CHECK_OK(lot_parse(a, known_file(a, "directives"), &l, &e));
    other = l;
    other.draw = "L-2026-0002";
    CHECK_OK(lot_prepare(&other, &e));
    CHECK_OK(lot_draw(a, &other, l.seed, &e));
    size_t same = 0;
    for (size_t i = 0; i < l.n_drawn; i++)
        same += str_eq(l.drawn[i].code, other.drawn[i].code);
    CHECK(same < l.n_drawn);
}

static void seeds_have_one_spelling(void)
{
    static const struct {
        const char *in, *out; /* NULL: refused */
    } cases[] = {
        { "03 08 15 21 27 33 09", "03 08 15 21 27 33 09" },
        { "03,08,15,21,27,33+09", "03 08 15 21 27 33 09" },
        { "  ０３　08、15、21 27 33 | 09\n", "03 08 15 21 27 33 09" },
        { "0000ABCDEF0123", "0000abcdef0123" },
        { "红球03 08 15 21 27 33", NULL },
        { "123456789", NULL },
        { "", NULL },
        { "0123456789\xff", NULL },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        const char *got = NULL;
        enum rc rc = lot_seed(a, cases[i].in, &got, &e);
        CHECK_INT(rc, cases[i].out ? RC_OK : RC_INVALID);
        CHECK_STR(got, cases[i].out);
    }
}

static void events_know_their_days(void)
{
    static const struct {
        const char *event, *issue, *day;
        int minute;
        const char *name, *at; /* at NULL: refused, name is what is said */
    } cases[] = {
        { "ssq", "2026136", "2026-11-24", -1, "中国福利彩票双色球第2026136期开奖号码",
          "2026-11-24 21:15" },
        { "dlt", "26130", "2026-11-16", 0, "中国体育彩票超级大乐透第26130期开奖号码",
          "2026-11-16 21:25" },
        { "other", "上证综指和深证成指收盘", "2026-11-25", 15 * 60, "上证综指和深证成指收盘",
          "2026-11-25 15:00" },
        { "ssq", "2026136", "2026-11-25", -1, "在周二、周四、周日开奖", NULL },
        { "ssq", "26136", "2026-11-24", -1, "期号是7位数字", NULL },
        { "ssq", "2025136", "2026-11-24", -1, "以2026开头", NULL },
        { "dlt", "26000", "2026-11-16", -1, "期号是5位数字", NULL },
        { "other", "x", "2026-11-25", -1, "几点公布", NULL },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        char text[TIME_TEXT];
        int32_t day;
        const char *name;
        struct utime at;
        CHECK_OK(day_parse(cases[i].day, &day, &e));
        enum rc rc = lot_event_name(a, lot_event_find(cases[i].event), cases[i].issue, day,
                                    cases[i].minute, &name, &at, &e);
        CHECK_INT(rc, cases[i].at ? RC_OK : RC_INVALID);
        if (rc == RC_OK) {
            CHECK_STR(name, cases[i].name);
            CHECK_STR(time_local(at, text), cases[i].at);
        } else
            CHECK_PART(err_message(&e, LANG_ZH, a), cases[i].name);
    }
}

static void outcomes_must_be_possible(void)
{
    static const struct {
        const char *event, *text;
        bool ok;
    } cases[] = {
        { "ssq", "03 08 15 21 27 33 09", true },  { "ssq", "03 08 15 21 27 33 16", true },
        { "ssq", "03 08 15 21 27 34 09", false }, { "ssq", "03 08 15 21 27 33 17", false },
        { "ssq", "08 03 15 21 27 33 09", false }, { "ssq", "03 08 15 21 27 33", false },
        { "ssq", "3 8 15 21 27 33 9 10", false }, { "ssq", "03 08 15 21 27 33 09 10", false },
        { "ssq", "00 08 15 21 27 33 09", false }, { "ssq", "03 08 15 21 27 27 09", false },
        { "dlt", "01 12 23 34 35 01 12", true },  { "dlt", "01 12 23 34 35 12 01", false },
        { "other", "3456.78 12345.67", true },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(err_done) struct err e = { 0 };
        const char *seed;
        CHECK_INT(lot_event_seed(a, lot_event_find(cases[i].event), cases[i].text, &seed, &e),
                  cases[i].ok ? RC_OK : RC_INVALID);
    }
}

T_MAIN({ "the known draws come out as another program drew them",
         gives_what_another_program_gave },
       { "every byte of a published draw counts", every_byte_counts },
       { "what differs is named", names_what_differs },
       { "nobody is favoured, alone or in company", favours_nobody },
       { "two draws by one seed have nothing to do with one another", draws_are_apart },
       { "a seed has one spelling", seeds_have_one_spelling },
       { "events are refused on days and by names they cannot have", events_know_their_days },
       { "outcomes that no lottery gives are refused", outcomes_must_be_possible })
