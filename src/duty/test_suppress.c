/*
 * The attack: somebody knows the program and sees what is shown. For every table of counts
 * there is, all others that would be shown the same are what they cannot tell apart; what is
 * small must still be able to be many things among these.
 */
#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "base/test.h"
#include "duty/suppress.h"

enum {
    FORM = 4, /* a small number could still be at least so many different ones */
    CELLS = 8
};

/* What is seen of a list: one text, the same for what looks the same. */
static void add_shown(struct str *b, const int64_t *counts, size_t n)
{
    enum shown_mark mark[CELLS], sum_mark;
    int64_t sum = 0;
    suppress(counts, n, mark, &sum_mark);
    for (size_t i = 0; i < n; i++)
        sum += counts[i];
    for (size_t i = 0; i <= n; i++) {
        enum shown_mark m = i < n ? mark[i] : sum_mark;
        str_addf(b, "%d:%lld ", (int)m,
                 m == SHOWN_NUMBER ? (long long)(i < n ? counts[i] : sum) : 0LL);
    }
}

/* Of all tables that look the same: which values each sum of some cells takes. */
struct seen {
    uint64_t subsets[1 << CELLS]; /* bit v: the cells of this subset can sum up to v */
};

/* Every list of n counts below top, one after the other. */
static bool next(int64_t *counts, size_t n, int64_t top)
{
    for (size_t i = 0; i < n; i++) {
        if (++counts[i] < top)
            return true;
        counts[i] = 0;
    }
    return false;
}

static int64_t subset_sum(const int64_t *counts, size_t n, unsigned subset)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += subset >> i & 1 ? counts[i] : 0;
    return sum;
}

static int bits(uint64_t v)
{
    return __builtin_popcountll(v);
}

/*
 * All lists; with sums of several cells, too: "these two months together" is as small as one.
 * The sum of all is out of it, that is what is shown as "<5". Lists near the top of what is
 * tried have neighbours that are not tried; so small ones are looked at only below half of it.
 */
static void attack_list(size_t n, int64_t top)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct map *groups = map_new(a);
    int64_t counts[CELLS] = { 0 };
    size_t looked = 0, shown = 0;
    do {
        struct str key;
        str_init(&key, a);
        add_shown(&key, counts, n);
        struct seen *s = map_get(groups, key.s);
        if (!s) {
            s = arena_alloc(a, sizeof(*s));
            map_add(groups, key.s, s);
        }
        for (unsigned sub = 1; sub + 1 < 1u << n; sub++) {
            int64_t v = subset_sum(counts, n, sub);
            s->subsets[sub] |= UINT64_C(1) << (v < 63 ? v : 63);
        }
    } while (next(counts, n, top));
    do {
        struct str key;
        enum shown_mark mark[CELLS], sum_mark;
        str_init(&key, a);
        add_shown(&key, counts, n);
        suppress(counts, n, mark, &sum_mark);
        const struct seen *s = map_get(groups, key.s);
        bool tried = true;
        for (size_t i = 0; i < n; i++) {
            tried &= counts[i] < top - 12;
            CHECK(mark[i] != SHOWN_NUMBER || counts[i] >= SMALL);
            CHECK(mark[i] != SHOWN_SMALL || counts[i] < SMALL);
            shown += mark[i] == SHOWN_NUMBER;
        }
        for (unsigned sub = 1; sub + 1 < 1u << n; sub++) {
            int64_t v = subset_sum(counts, n, sub);
            if (v >= SMALL || !tried)
                continue;
            looked++;
            if (bits(s->subsets[sub]) < FORM)
                t_fail(__FILE__, __LINE__, "%lld of subset %u is one of %d in %s", (long long)v,
                       sub, bits(s->subsets[sub]), key.s);
        }
    } while (next(counts, n, top));
    CHECK(looked > 0 && shown > 0);
}

static void small_counts_cannot_be_computed(void)
{
    attack_list(2, 40);
    attack_list(3, 28);
    attack_list(4, 22);
}

/*
 * Two months and two levels of one sum, and how much of it does not count. Every two lists of
 * one sum are the margins of some table (fill its cells from a corner), so they are tried all.
 */
static void two_lists_and_a_part_tell_no_more(void)
{
    enum { TOP = 26 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct map *groups = map_new(a);
    size_t looked = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int64_t sum = 0; sum <= TOP; sum++)
            for (int64_t m = 0; m <= sum; m++)
                for (int64_t l = 0; l <= sum; l++)
                    for (int64_t rest = 0; rest <= sum; rest++) {
                        const int64_t month[] = { m, sum - m }, level[] = { l, sum - l },
                                      v[] = { m, sum - m, l, sum - l, sum - rest, rest };
                        enum shown_mark part = suppress_part(sum - rest, sum);
                        struct str key;
                        str_init(&key, a);
                        add_shown(&key, month, COUNT(month));
                        add_shown(&key, level, COUNT(level));
                        str_addf(&key, "%d:%lld", (int)part,
                                 part == SHOWN_NUMBER ? (long long)(sum - rest) : 0LL);
                        struct seen *s = map_get(groups, key.s);
                        if (!s) {
                            s = arena_alloc(a, sizeof(*s));
                            map_add(groups, key.s, s);
                        }
                        for (size_t i = 0; i < COUNT(v); i++) {
                            /* That all of it counts says nothing about anybody. */
                            if (pass == 0 || v[i] >= SMALL || (i == 5 && rest == 0)) {
                                s->subsets[i] |= UINT64_C(1) << v[i];
                                continue;
                            }
                            looked++;
                            if (bits(s->subsets[i]) < FORM)
                                t_fail(__FILE__, __LINE__, "%lld at %zu is one of %d in %s",
                                       (long long)v[i], i, bits(s->subsets[i]), key.s);
                        }
                    }
    CHECK(looked > 0);
}

/* What a county will see: mostly everything. */
static void large_counts_are_shown(void)
{
    static const struct {
        int64_t counts[3];
        const char *want;
    } cases[] = {
        { { 12, 14, 10 }, "1:12 1:14 1:10 1:36 " }, { { 3, 14, 10 }, "2:0 3:0 1:10 1:27 " },
        { { 14, 10, 3 }, "3:0 1:10 2:0 1:27 " },    { { 3, 2, 20 }, "2:0 2:0 3:0 1:25 " },
        { { 1, 5, 30 }, "2:0 3:0 3:0 1:36 " },      { { 0, 0, 3 }, "3:0 3:0 3:0 2:0 " },
        { { 6, 6, 6 }, "3:0 3:0 3:0 1:18 " },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct str b;
        str_init(&b, a);
        add_shown(&b, cases[i].counts, 3);
        CHECK_STR(b.s, cases[i].want);
    }
}

T_MAIN({ "small counts cannot be computed from what is shown",
         small_counts_cannot_be_computed },
       { "two lists and a part of one sum tell no more", two_lists_and_a_part_tell_no_more },
       { "large counts are shown", large_counts_are_shown })
