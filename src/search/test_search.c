/* The index on both databases: what a person finds, in which order, and what they never do. */
#include "base/rng.h"
#include "base/test.h"
#include "search/room.h"
#include "search/search.sql.h"
#include "search/segment.h"
#include "store/erase.h"
#include "store/seal.h"
#include "store/test_county.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- things of a test ---- */

struct thing {
    const char *code, *name, *body, *gates;
    struct id record;
    bool gone, plain; /* plain: no first letters */
};
enum { THINGS = 700 };
static struct thing things[THINGS];
static size_t n_things;

static struct thing *thing_of(const char *code)
{
    for (size_t i = 0; i < n_things; i++)
        if (str_eq(things[i].code, code))
            return &things[i];
    return NULL;
}

static enum rc docs(const struct snap *s, struct county *c, const struct record_line *r,
                    struct id record, struct search_pen *p, struct arena *a, struct err *e)
{
    const struct thing *t = thing_of(r->subject);
    (void)s, (void)c, (void)record, (void)e;
    if (!t)
        return RC_OK;
    if (t->gone) {
        search_drop(p, t->code);
        return RC_OK;
    }
    search_put(p, &(struct search_doc){ .code = t->code,
                                        .text = { t->code, t->name, t->body, !t->plain },
                                        .href = arena_printf(a, "/thing/%s", t->code),
                                        .unit = "",
                                        .at = r->at,
                                        .record = t->record,
                                        .gates = t->gates });
    return RC_OK;
}

static const struct search_source thing_source = {
    .code = "thing", .name = "东西", .records = "other.set thing.", .docs = docs
};
static const struct search_source *const sources[] = { &thing_source };

static void set(struct county *c, const char *code, const char *name, const char *body,
                const char *gates)
{
    struct thing *t = thing_of(code);
    if (!t)
        t = &things[n_things++];
    *t = (struct thing){ code, name, body, gates, t_record(c, "thing.set", "", code), false };
}

static void update(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(search_update_all(c, &e));
}

static void begin(struct county *c)
{
    n_things = 0;
    search_use(c, sources, COUNT(sources));
}

/* Codes of what is found, in order, separated by spaces; pages of `page` put together. */
static const char *found_by(struct county *c, const char *text, const char *keys, size_t page,
                            struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct search_after after = { 0 };
    struct question q;
    struct str b;
    bool more = true;
    question_of(text, a, &q);
    str_init(&b, a);
    CHECK_OK(db_read(c->db, &s, &e));
    while (more) {
        struct search_hit *h;
        size_t n;
        enum rc rc =
            search_find(s, c, &q, "", keys, &after, page, a, &h, &n, &after, &more, &e);
        CHECK_OK(rc);
        if (rc != RC_OK)
            break;
        CHECK(n == page || !more);
        for (size_t i = 0; i < n; i++)
            str_addf(&b, "%s%s", b.n ? " " : "", h[i].code);
    }
    return b.s;
}

#define FOUND(text, keys, want) CHECK_STR(found_by(c, text, keys, 20, a), want)

/* ---- what is found ---- */

static void finds(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    begin(c);
    set(c, "CZ", "清溪区财政局", "", "_c");
    set(c, "D-2026-00142", "整改公示栏", "财政局牵头,乱收费", "_c");
    set(c, "SW", "清溪区税务局", "", "_c");
    set(c, "KJ", "财政局", "", "_c");
    set(c, "D-2026-00143", "财政票据", "没有别的", "_c");
    update(c);
    FOUND("财政", "_c", "D-2026-00143 KJ CZ D-2026-00142"); /* names first, newest first */
    FOUND("财政局", "_c", "KJ CZ D-2026-00142");            /* what is called so before all */
    FOUND("d-2026-00142", "_c", "D-2026-00142");
    FOUND("Ｄ２０２６００１４２", "_c", "D-2026-00142");
    FOUND("142", "_c", "D-2026-00142");
    FOUND("2026", "_c", "D-2026-00143 D-2026-00142");
    FOUND("czj", "_c", "KJ CZ");
    FOUND("czpj", "_c", "D-2026-00143");
    FOUND("swj", "_c", "SW");
    FOUND("cz", "_c", "CZ D-2026-00143 KJ"); /* its code, then 财政 by letters */
    FOUND("税", "_c", "SW");
    FOUND("财政 乱收费", "_c", "D-2026-00142");
    FOUND("财政 收费站", "_c", "");
    /* Both pairs are there, the word is not. */
    set(c, "E", "收支平衡平收支付", "", "_c");
    update(c);
    FOUND("支平收", "_c", "");
    FOUND("支平衡", "_c", "E");
    FOUND("", "_c", "");
    FOUND("!!!", "_c", "");
    FOUND("\" OR \"", "_c", "");
    FOUND("财政' | '税务", "_c", "");
    set(c, "F", "关于印发办法的通知", "清纪发〔2026〕12号,见附件A3", "_c");
    update(c);
    FOUND("〔2026〕12号", "_c", "F");
    FOUND("清纪发〔2026〕12号", "_c", "F");
    FOUND("12号", "_c", "F");
    FOUND("附件a3", "_c", "F");
    FOUND("2号", "_c", ""); /* no number of it */
}
T_COUNTY(finds)

static void follows_changes(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    begin(c);
    set(c, "A", "旧名称", "", "_c");
    set(c, "B", "别的名称", "", "_c");
    update(c);
    FOUND("名称", "_c", "B A");
    set(c, "A", "新名称", "", "_c");
    FOUND("旧名称", "_c", "A"); /* not yet */
    update(c);
    FOUND("旧名称", "_c", "");
    FOUND("旧", "_c", "");
    FOUND("名称", "_c", "A B");
    thing_of("B")->gone = true;
    t_record(c, "thing.gone", "", "B");
    t_record(c, "unheard.of", "", "A"); /* no source's */
    update(c);
    FOUND("名称", "_c", "A");
}
T_COUNTY(follows_changes)

/* What somebody may not see is not there: not in lists, not in pages, not in "there is more".
 */
static void gates_hold(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char codes[300][8];
    begin(c);
    for (int i = 0; i < 300; i++) {
        (void)snprintf(codes[i], sizeof(codes[i]), "X%d", i); /* fits */
        set(c, codes[i], "保密事项", "", i % 100 == 0 ? "_u1" : i % 2 ? "_u2" : "_u3 _a7");
    }
    set(c, "Y", "保密事项", "", "_u1 _u2");
    update(c);
    FOUND("保密", "_u1", "Y X200 X100 X0");
    FOUND("保密", "_u9", "");
    FOUND("保密", "_u", "");
    FOUND("保密", "_u11", "");
    FOUND("保密", "", "");
    CHECK_STR(found_by(c, "保密", "_u1", 2, a), "Y X200 X100 X0");
    CHECK_STR(found_by(c, "保密", "_u1", 1, a), "Y X200 X100 X0");
    size_t n;
    (void)str_split(a, found_by(c, "保密", "_u2 _a7", 20, a), ' ', &n);
    CHECK_INT(n, 298);
    /* A gate is no word that could be asked for. */
    FOUND("_u1", "_u2", "");
    FOUND("u1", "_u2", "");
}
T_COUNTY(gates_hold)

/* Who has many keys and asks for what few have: the things are read instead of the lists. */
static void gates_hold_for_many_keys(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const char other[] = "_u2 _u11 _u12 _u13 _u14 _u15 _u16 _u17 _u18 _u19";
    const char *name[300];
    begin(c);
    for (int i = 0; i < 300; i++) {
        struct str b;
        str_init(&b, a);
        for (int k = 0; k < 10; k++) /* so many words that they fill some blocks */
            utf8_add(&b, (uint32_t)(0x5000 + i * 10 + k));
        name[i] = b.s;
        set(c, arena_printf(a, "X%d", i), name[i], "", i % 2 ? "_u1 _u10" : "_u19");
    }
    update(c);
    for (int i = 0; i < 300; i += 7) {
        const char *asked = arena_strndup(a, name[i], 6), *code = arena_printf(a, "X%d", i);
        FOUND(asked, other, i % 2 ? "" : code);
        FOUND(asked, arena_printf(a, "%s _u1", other), code);
    }
}
T_COUNTY(gates_hold_for_many_keys)

/* Pages put together are the whole list, in order, whatever their size. */
static void pages_are_whole(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char codes[120][8];
    begin(c);
    for (int i = 0; i < 120; i++) {
        (void)snprintf(codes[i], sizeof(codes[i]), "P%d", i); /* fits */
        set(c, codes[i], i % 3 ? "公告" : "整改公告", i % 5 ? "" : "整改中", "_c");
    }
    update(c);
    const char *all = found_by(c, "整改", "_c", 1000, a);
    CHECK(str_starts(all, "P117 P114 "));
    CHECK_STR(found_by(c, "整改", "_c", 7, a), all);
    CHECK_STR(found_by(c, "整改", "_c", 1, a), all);
    size_t n;
    (void)str_split(a, all, ' ', &n);
    CHECK_INT(n, 40 + 16);
}
T_COUNTY(pages_are_whole)

/* The same text after being made anew, in the same order. */
static void rebuilds(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    char codes[600][8];
    size_t n;
    begin(c);
    for (int i = 0; i < 600; i++) {
        (void)snprintf(codes[i], sizeof(codes[i]), "R%d", i); /* fits */
        set(c, codes[i], i % 7 ? "办理情况" : "办结报告", "说明", "_c");
    }
    set(c, "R3", "办结报告", "后来改的", "_c");
    update(c);
    const char *all = found_by(c, "办结", "_c", 50, a);
    CHECK(str_starts(all, "R3 R595 "));
    CHECK_OK(search_clear(c, &e));
    FOUND("办结", "_c", "");
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct search_state st;
        CHECK_OK(db_read(c->db, &s, &e));
        CHECK_OK(search_state(s, a, &st, &e));
        CHECK(st.behind > 600);
    }
    CHECK_OK(search_update_all(c, &e));
    CHECK_STR(found_by(c, "办结", "_c", 50, a), all);
    update(c); /* nothing new: nothing happens */
    CHECK_STR(found_by(c, "办结", "_c", 50, a), all);
    /* Put together it is one piece and finds the same. */
    CHECK_OK(search_merge(c, &e));
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct search_segments_row *pieces;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(search_segments_all(s, a, &pieces, &n, &e));
    CHECK_INT(n, 1);
    CHECK_STR(found_by(c, "办结", "_c", 50, a), all);
}
T_COUNTY(rebuilds)

/* ---- erasing ---- */

struct saying {
    struct county *c;
    struct thing *t;
};

static enum rc say(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct canon k;
    canon_init(&k, a);
    canon_text(&k, "text", "张三的住址");
    struct record_part part = part_restricted(&k);
    const struct saying *x = arg;
    return record_append(tx, x->c,
                         &(struct record_new){ .kind = "thing.say",
                                               .unit = "",
                                               .subject = x->t->code,
                                               .by = "",
                                               .parts = &part,
                                               .n_parts = 1 },
                         &x->t->record, e);
}

static void erasing_reaches_the_index(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct saying x = { c, &things[0] };
    begin(c);
    set(c, "E", "来信", "", "_c");
    things[0].body = "张三的住址";
    CHECK_OK(db_transact(c->db, say, &x, &e));
    update(c);
    FOUND("张三", "_c", "E");
    things[0].body = "";
    CHECK_OK(record_erase(c, things[0].record, 1, "个人信息保护法第四十七条", "",
                          &search_eraser, 1, &e));
    FOUND("张三", "_c", ""); /* at once, not with the next update */
    update(c);
    FOUND("张三", "_c", "");
    FOUND("来信", "_c", "E"); /* what is left comes back */
}
T_COUNTY(erasing_reaches_the_index)

/* ---- the same as reading everything ---- */

/*
 * What the index should answer, by reading everything there is: written from what words.h says
 * and not from how the index does it. The alphabet is small, so that things look alike.
 */
static const char *const alphabet[] = { "财",   "政",   "局", "税", "务", "区", "整",
                                        "改",   "a",    "b",  "1",  "2",  "0",  "12",
                                        "财政", "政局", " ",  "-",  ",",  "、" };

static const char *some_text(struct rng *r, size_t max, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    for (size_t n = rng_below(r, max + 1); n > 0; n--)
        str_add(&b, alphabet[rng_below(r, COUNT(alphabet))]);
    return b.s;
}

static bool is_sign(uint32_t c)
{
    return c >= 0x4e00;
}
static bool is_letter(uint32_t c)
{
    return c >= 'a' && c <= 'z';
}
static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}
static bool same_sort(uint32_t x, uint32_t y)
{
    return (is_letter(x) && is_letter(y)) || (is_digit(x) && is_digit(y));
}

static bool is_run(const struct plain *w, size_t i, size_t j, const struct plain *p,
                   size_t from, size_t to)
{
    return to > from && to - from == j - i &&
           memcmp(p->cp + from, w->cp + i, (j - i) * sizeof(*w->cp)) == 0;
}

/* Whether the run [i, j) of letters or digits of w is one of p, or one of p behind its zeros.
 */
static bool has_run(const struct plain *w, size_t i, size_t j, const struct plain *p)
{
    for (size_t from = 0; from < p->n; from++) {
        size_t to = from, zeros = from;
        if (from > 0 && same_sort(p->cp[from - 1], p->cp[from]))
            continue;
        while (to < p->n && same_sort(p->cp[from], p->cp[to]))
            to++;
        while (zeros < to && p->cp[zeros] == '0')
            zeros++;
        if (is_run(w, i, j, p, from, to) || is_run(w, i, j, p, zeros, to))
            return true;
    }
    return false;
}

static bool stands(const struct plain *w, size_t i, size_t j, const struct plain *p)
{
    for (size_t x = 0; x + (j - i) <= p->n; x++)
        if (memcmp(p->cp + x, w->cp + i, (j - i) * sizeof(*w->cp)) == 0)
            return true;
    return false;
}

/* Each pair of characters and each run of a word is in one of some texts. */
static bool has_pieces(const struct plain *w, const struct plain *texts, size_t n)
{
    for (size_t i = 0; i < w->n;) {
        size_t j = i + 1;
        bool found = false, ascii = is_letter(w->cp[i]) || is_digit(w->cp[i]);
        if (!ascii && !is_sign(w->cp[i])) {
            i++;
            continue;
        }
        while (ascii && j < w->n && same_sort(w->cp[i], w->cp[j]))
            j++;
        bool pair = !ascii && j < w->n && is_sign(w->cp[j]);
        bool single = !ascii && !pair && (i == 0 || !is_sign(w->cp[i - 1]));
        for (size_t t = 0; t < n; t++)
            found |= ascii ? has_run(w, i, j, &texts[t])
                           : stands(w, i, pair ? i + 2 : i + 1, &texts[t]);
        if (!found && (ascii || pair || single))
            return false;
        i = j;
    }
    return true;
}

static const char *without_gaps(const char *text, bool *ret_code, struct arena *a)
{
    struct plain p = plain_of(text, 1000, a);
    struct str b;
    str_init(&b, a);
    *ret_code = true;
    for (size_t i = 0; i < p.n; i++) {
        if (is_sign(p.cp[i]) || is_letter(p.cp[i]) || is_digit(p.cp[i]))
            utf8_add(&b, p.cp[i]);
        *ret_code &=
            is_letter(p.cp[i]) || is_digit(p.cp[i]) || p.cp[i] == '-' || p.cp[i] == ' ';
    }
    return b.s;
}

/* In which tier a thing is; -1: in none. */
static int naive_tier(const struct thing *t, const char *asked, struct arena *a)
{
    struct plain texts[3] = { plain_of(t->name, 1000, a), plain_of(t->code, 1000, a),
                              plain_of(t->body, 1000, a) };
    struct plain q = plain_of(asked, 1000, a);
    bool code, ignored, all = true, names = true;
    size_t words = 0;
    const char *whole = without_gaps(asked, &code, a);
    if (*whole && (str_eq(whole, without_gaps(t->name, &ignored, a)) ||
                   (code && str_eq(whole, without_gaps(t->code, &ignored, a)))))
        return 0;
    for (size_t i = 0; i < q.n;) {
        size_t j = i;
        while (j < q.n && q.cp[j] != ' ' && q.cp[j] != ',' && q.cp[j] != 0x3001)
            j++;
        struct plain w = { .cp = q.cp + i, .n = j - i };
        bool any = false;
        for (size_t k = 0; k < w.n; k++)
            any |= is_sign(w.cp[k]) || is_letter(w.cp[k]) || is_digit(w.cp[k]);
        if (any) {
            words++;
            all &= has_pieces(&w, texts, 3) &&
                   (stands(&w, 0, w.n, &texts[0]) || stands(&w, 0, w.n, &texts[1]) ||
                    stands(&w, 0, w.n, &texts[2]));
            names &= has_pieces(&w, texts, 1);
        }
        i = j + 1;
    }
    return words == 0 || !all ? -1 : names ? 1 : 2;
}

static bool opens(const char *gates, const char *keys, struct arena *a)
{
    size_t n, m;
    char **gate = str_split(a, gates, ' ', &n), **key = str_split(a, keys, ' ', &m);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            if (str_eq(gate[i], key[k]))
                return true;
    return false;
}

static int newest_first(const void *x, const void *y)
{
    const struct thing *a = *(const struct thing *const *)x,
                       *b = *(const struct thing *const *)y;
    return (a->record.v < b->record.v) - (a->record.v > b->record.v);
}

static const char *read_everything(const char *asked, const char *keys, struct arena *a)
{
    const struct thing *order[THINGS];
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < n_things; i++)
        order[i] = &things[i];
    qsort(order, n_things, sizeof(order[0]), newest_first);
    for (int tier = 0; tier < 3; tier++)
        for (size_t i = 0; i < n_things; i++)
            if (!order[i]->gone && opens(order[i]->gates, keys, a) &&
                naive_tier(order[i], asked, a) == tier)
                str_addf(&b, "%s%s", b.n ? " " : "", order[i]->code);
    return b.s;
}

static const char *some_keys(struct rng *r, struct arena *a)
{
    struct str b;
    str_init(&b, a);
    gate_add(&b, rng_below(r, 4) ? "_a9" : "_c");
    for (int u = 0; u < 6; u++)
        if (rng_below(r, 3) == 0)
            gate_add(&b, arena_printf(a, "_u%d", u));
    return b.s;
}

static void change_some(struct county *c, struct rng *r, int *made, struct arena *a)
{
    for (uint64_t n = 1 + rng_below(r, 40); n > 0; n--) {
        const char *code = arena_printf(a, "x-%03d", (int)rng_below(r, 300));
        struct thing *t = thing_of(code);
        if (t && !t->gone && rng_below(r, 5) == 0) {
            t->gone = true;
            t_record(c, "thing.gone", "", code);
            continue;
        }
        /* No two are the same, or it would stay where it is. */
        set(c, code, some_text(r, 6, a),
            arena_printf(a, "%s,z%d", some_text(r, 12, a), 1000 + ++*made), some_keys(r, a));
        thing_of(code)->plain = true;
    }
}

/* A segment that was being written when the program ended. */
static enum rc leave_waste(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct search_segment_next_row row;
    struct bytes body = { (const uint8_t *)"left", 4 };
    (void)arg;
    enum rc rc = search_segment_next_one(tx_snap(tx), a, &row, e);
    struct id id = { row.id };
    if (rc == RC_OK)
        rc = search_segment_insert(tx, id, (struct id){ 1 }, 100, 0, false, NULL, e);
    for (size_t i = 1; rc == RC_OK && i < 300; i++)
        rc = search_block_insert(tx, block_id(id, i), body, NULL, e);
    return rc;
}

static void asks_like_reading(struct county *c, struct rng *r, int questions)
{
    static size_t found;
    for (int i = 0; i < questions; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        const char *asked = some_text(r, i % 3 ? 3 : 6, a), *keys = some_keys(r, a);
        const char *want = read_everything(asked, keys, a);
        const char *got = found_by(c, asked, keys, 1 + rng_below(r, 30), a);
        found += *want != '\0';
        if (!str_eq(got, want))
            t_fail(__FILE__, __LINE__, "%s with %s: %s, want %s", asked, keys, got, want);
    }
    CHECK(found > 0);
}

/* Random things, changes, scopes and questions, small and large segments, a restart in the
 * middle of putting together, made anew. */
static void finds_like_reading_everything(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct rng r;
    int made = 0;
    rng_init(&r, 4, 0);
    begin(c);
    for (int turn = 0; turn < 24; turn++) {
        change_some(c, &r, &made, a);
        if (turn == 9)
            CHECK_OK(db_transact(c->db, leave_waste, NULL, &e));
        if (turn == 14)
            CHECK_OK(search_clear(c, &e));
        if (turn == 19)
            CHECK_OK(search_merge(c, &e));
        update(c);
        asks_like_reading(c, &r, 60);
    }
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct search_segments_waste_row *waste;
    struct search_segments_row *segments;
    size_t n;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(search_segments_waste_all(s, a, &waste, &n, &e));
    CHECK_INT(n, 0);
    CHECK_OK(search_segments_all(s, a, &segments, &n, &e));
    CHECK(n < 10); /* of 24 that were written */
    int64_t counted = 0, there = 0;
    for (size_t i = 0; i < n; i++)
        counted += segments[i].things;
    for (size_t i = 0; i < n_things; i++)
        there += !things[i].gone;
    CHECK_INT(counted, there);
}
T_COUNTY(finds_like_reading_everything)

T_MAIN(T_COUNTY_CASES("what is there is found, in order", finds),
       T_COUNTY_CASES("the index follows changes", follows_changes),
       T_COUNTY_CASES("gates hold", gates_hold),
       T_COUNTY_CASES("gates hold for many keys", gates_hold_for_many_keys),
       T_COUNTY_CASES("pages are whole", pages_are_whole),
       T_COUNTY_CASES("the index is made anew", rebuilds),
       T_COUNTY_CASES("it finds like reading everything", finds_like_reading_everything),
       T_COUNTY_CASES("erasing reaches the index", erasing_reaches_the_index))
