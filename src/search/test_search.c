/* The index on both databases: what a person finds, in which order, and what they never do. */
#include "base/test.h"
#include "search/room.h"
#include "search/search.sql.h"
#include "store/erase.h"
#include "store/seal.h"
#include "store/test_county.h"

#include <stdio.h>
#include <string.h>

/* ---- things of a test ---- */

struct thing {
    const char *code, *name, *body, *gates;
    struct id record;
    bool gone;
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
                                        .text = { t->code, t->name, t->body, true },
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
    FOUND("", "_c", "");
    FOUND("!!!", "_c", "");
    FOUND("\" OR \"", "_c", "");
    FOUND("财政' | '税务", "_c", "");
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
    struct search_pieces_row pieces;
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(search_pieces_one(s, a, &pieces, &e));
    CHECK_INT(pieces.n, 1);
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

T_MAIN(T_COUNTY_CASES("what is there is found, in order", finds),
       T_COUNTY_CASES("the index follows changes", follows_changes),
       T_COUNTY_CASES("gates hold", gates_hold),
       T_COUNTY_CASES("pages are whole", pages_are_whole),
       T_COUNTY_CASES("the index is made anew", rebuilds),
       T_COUNTY_CASES("erasing reaches the index", erasing_reaches_the_index))
