/*
 * Requests and estimates; answers, and what somebody can find out who has the whole database,
 * all files and every key.
 */
#include "base/map.h"
#include "base/period.h"
#include "base/rng.h"
#include "base/str.h"
#include "burden/burden.h"
#include "burden/burden.sql.h"
#include "people/account.sql.h"
#include "store/audit.h"
#include "store/secret.h"
#include "store/test_whole.h"

#include <stdlib.h>
#include <string.h>

enum { UNITS = 8 };
struct world {
    struct t_county *t;
    struct county *c;
    struct arena *a;
    const struct units *units;
    struct person person[UNITS]; /* a clerk of each unit */
};

static const char *unit_code(const struct world *w, int i)
{
    return arena_printf(w->a, "U%d", i);
}

static enum rc make_people(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct unit_term terms[UNITS + 1] = {
        { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" }
    };
    struct account_new accounts[UNITS];
    char codes[UNITS][ACTIVATION_CODE + 1];
    for (int i = 0; i < UNITS; i++) {
        terms[i + 1] = (struct unit_term){ .code = unit_code(w, i),
                                           .parent = "QX",
                                           .name = unit_code(w, i),
                                           .kind = "department",
                                           .peer_group = "" };
        accounts[i] = (struct account_new){ .code = arena_printf(w->a, "ren%d", i),
                                            .name = "某人",
                                            .unit = unit_code(w, i),
                                            .role = "clerk",
                                            .scope = "" };
    }
    enum rc rc = units_write(tx, w->c, terms, UNITS + 1, 0, "", e);
    return rc == RC_OK ? accounts_make(tx, w->c, accounts, UNITS, 0, "", w->a, codes, e) : rc;
}

static struct world world_new(struct t_county *t, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct world w = { .t = t, .c = t->c, .a = a };
    CHECK_OK(db_transact(t->c->db, make_people, &w, &e));
    CHECK_OK(db_read(t->c->db, &s, &e));
    CHECK_OK(units_load(s, county_today(t->c), a, &w.units, &e));
    for (int i = 0; i < UNITS; i++) {
        struct account_of_code_row row;
        CHECK_OK(account_of_code_one(s, arena_printf(a, "ren%d", i), a, &row, &e));
        CHECK_OK(person_load(s, row.id, county_today(t->c), UINT64_MAX, a, &w.person[i], &e));
    }
    return w;
}

/* ---- requests ---- */

struct asking {
    struct world *w;
    struct burden_ask list[UNITS + 1];
    size_t n;
};
static enum rc ask_tx(struct tx *tx, void *arg, struct err *e)
{
    struct asking *x = arg;
    return burden_ask(tx, x->w->c, x->list, x->n, "zhuan1", x->w->a, e);
}

/* A request of a round to every unit. */
static void ask_all(struct world *w, const char *code, int64_t minutes)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct asking x = { .w = w, .n = UNITS };
    for (int i = 0; i < UNITS; i++)
        x.list[i] = (struct burden_ask){ .what = BURDEN_ROUND,
                                         .code = code,
                                         .title = "数据采集",
                                         .unit = unit_code(w, i),
                                         .requester = "QX",
                                         .minutes = minutes };
    CHECK_OK(db_transact(w->c->db, ask_tx, &x, &e));
}

static void audited(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct audit_query tables[] = { { "burden_estimate", &estimate_audit_query },
                                          { "burden_ask", &ask_audit_query } };
    struct audit_result r;
    CHECK_OK(county_seal_now(w->c, &e));
    CHECK_OK(audit_data(w->a, w->c, tables, COUNT(tables), NULL, NULL, &r, &e));
}

static void a_request_is_kept_once_a_unit_with_its_estimate(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(t, a);
    struct load_by_requester_row *rows;
    struct asks_of_unit_row *asks;
    size_t n;
    ask_all(&w, "B-1", 40);
    ask_all(&w, "B-1", 99); /* again: what was said first stays */
    ask_all(&w, "B-2", 20);
    for (int64_t bad = 0; bad <= BURDEN_MINUTES_MAX + 1; bad += BURDEN_MINUTES_MAX + 1) {
        struct asking x = { .w = &w, .n = 1 };
        x.list[0] = (struct burden_ask){ BURDEN_ROUND, "B-3", "", "U0", "QX", bad };
        CHECK_INT(db_transact(w.c->db, ask_tx, &x, &e), RC_INVALID);
        err_done(&e);
    }
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct period from = period_of(PERIOD_MONTH, 2026, 1);
        CHECK_OK(db_read(w.c->db, &s, &e));
        CHECK_OK(asks_of_unit_all(s, "U3", from, a, &asks, &n, &e));
        CHECK_INT(n, 2);
        CHECK_INT(asks[0].minutes + asks[1].minutes, 60);
        CHECK_OK(load_by_requester_all(s, from, a, &rows, &n, &e));
        CHECK_INT(n, 1);
        CHECK_INT(rows[0].minutes, UNITS * 60);
        CHECK(period_same(rows[0].month, period_of(PERIOD_MONTH, 2026, 9)));
    }
    audited(&w);
}
T_COUNTY_IN(a_request_is_kept_once_a_unit_with_its_estimate)

/* What units are asked is what requesters ask: requests by chance, counted the naive way. */
static void the_load_is_one_sum_from_both_sides(struct t_county *t)
{
    enum { REQUESTERS = 3, MONTHS = 3, REQUESTS = 60 };
    static const char *const kinds[] = { BURDEN_ROUND, BURDEN_DIRECTIVE, BURDEN_CONTACT };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(t, a);
    const char *const by[REQUESTERS] = { "QX", "U0", "U1" }; /* two of them are asked, too */
    int64_t of_unit[UNITS][REQUESTERS][MONTHS] = { 0 }, requests[REQUESTERS] = { 0 };
    struct rng r;
    rng_init(&r, 4, 5);
    for (int i = 0; i < REQUESTS; i++) {
        int month = i * MONTHS / REQUESTS, who = (int)rng_below(&r, REQUESTERS);
        struct asking x = { .w = &w };
        int64_t later = (int64_t)month * 30 * 86400 + i * 60;
        CHECK_OK(county_set_clock(w.c, (struct utime){ (T_NOW_S + later) * 1000000 }, &e));
        for (int u = 0; u < UNITS; u++) {
            if (rng_below(&r, 2))
                continue;
            int64_t minutes = 1 + (int64_t)rng_below(&r, 90);
            of_unit[u][who][month] += minutes;
            x.list[x.n++] = (struct burden_ask){ .what = kinds[rng_below(&r, COUNT(kinds))],
                                                 .code = arena_printf(a, "R-%d", i),
                                                 .title = "要",
                                                 .unit = unit_code(&w, u),
                                                 .requester = by[who],
                                                 .minutes = minutes };
            x.list[x.n - 1].what = x.list[0].what; /* one request is of one kind */
        }
        requests[who] += x.n > 0;
        CHECK_OK(db_transact(w.c->db, ask_tx, &x, &e));
    }
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct period from = period_of(PERIOD_MONTH, 2026, 9);
    struct load_by_requester_row *of_requesters;
    struct load_by_unit_row *of_units;
    size_t n;
    int64_t asked = 0, caused = 0, naive = 0;
    CHECK_OK(db_read(w.c->db, &s, &e));
    CHECK_OK(load_by_requester_all(s, from, a, &of_requesters, &n, &e));
    for (size_t i = 0; i < n; i++) {
        int q = period_sub(of_requesters[i].month) - 9, who = 0;
        while (!str_eq(by[who], of_requesters[i].requester))
            who++;
        for (int u = 0; u < UNITS; u++)
            of_requesters[i].minutes -= of_unit[u][who][q];
        CHECK_INT(of_requesters[i].minutes, 0);
    }
    CHECK_OK(load_by_unit_all(s, from, a, &of_units, &n, &e));
    for (size_t i = 0; i < n; i++)
        asked += of_units[i].minutes;
    for (int who = 0; who < REQUESTERS; who++) {
        struct load_caused_row all;
        CHECK_OK(load_caused_one(s, by[who], from, a, &all, &e));
        caused += all.minutes;
        CHECK_INT(all.requests, requests[who]);
    }
    for (int u = 0; u < UNITS; u++) {
        struct load_of_unit_row *rows;
        CHECK_OK(load_of_unit_all(s, unit_code(&w, u), from, a, &rows, &n, &e));
        for (size_t i = 0; i < n; i++) {
            int who = 0;
            while (!str_eq(by[who], rows[i].requester))
                who++;
            CHECK_INT(rows[i].minutes, of_unit[u][who][period_sub(rows[i].month) - 9]);
            naive += rows[i].minutes;
        }
    }
    CHECK(naive > 0);
    CHECK_INT(asked, naive);
    CHECK_INT(caused, naive);
}
T_COUNTY_IN(the_load_is_one_sum_from_both_sides)

struct stating {
    struct world *w;
    struct burden_estimate n;
};
static enum rc state_tx(struct tx *tx, void *arg, struct err *e)
{
    struct stating *x = arg;
    return burden_state(tx, x->w->c, &x->n, "zhuan1", x->w->a, e);
}

static void an_estimate_is_stated_and_changed(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(t, a);
    static const struct {
        const char *what;
        int64_t minutes;
        enum rc rc;
    } cases[] = {
        { BURDEN_POINT, 0, RC_INVALID },    { BURDEN_POINT, -3, RC_INVALID },
        { BURDEN_POINT, 6001, RC_INVALID }, { BURDEN_POINT, 15, RC_OK },
        { BURDEN_POINT, 10, RC_OK },        { BURDEN_ROUND, 0, RC_OK },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct stating x = { &w, { cases[i].what, "P1", "QX", cases[i].minutes } };
        CHECK_INT(db_transact(w.c->db, state_tx, &x, &e), cases[i].rc);
        err_done(&e);
    }
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct burden_estimate stated;
        CHECK_OK(db_read(w.c->db, &s, &e));
        CHECK_OK(burden_stated(s, BURDEN_POINT, "P1", a, &stated, &e));
        CHECK_INT(stated.minutes, 10);
        CHECK_OK(burden_stated(s, BURDEN_POINT, "P2", a, &stated, &e));
        CHECK_INT(stated.minutes, -1);
    }
    audited(&w);
}
T_COUNTY_IN(an_estimate_is_stated_and_changed)

/* ---- answers ---- */

struct answering {
    struct world *w;
    const char *code;
    int who, unit;
    enum burden_answer answer;
    bool before;
};
static enum rc answer_tx(struct tx *tx, void *arg, struct err *e)
{
    struct answering *x = arg;
    return burden_answer(tx, x->w->c, x->w->units, &x->w->person[x->who], BURDEN_ROUND, x->code,
                         unit_code(x->w, x->unit), x->answer, x->before, e);
}
static enum rc answer(struct world *w, const char *code, int unit, enum burden_answer is,
                      bool before, struct err *e)
{
    struct answering x = { w, code, unit, unit, is, before };
    return db_transact(w->c->db, answer_tx, &x, e);
}

static struct burden_tally tally(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct burden_tally t = { .any = false };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(burden_tally(s, BURDEN_ROUND, code, w->a, &t, &e));
    return t;
}

static void answers_show_from_five_on_and_in_fives(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(t, a);
    ask_all(&w, "B-1", 40);
    for (int i = 0; i < UNITS; i++) {
        CHECK_OK(answer(&w, "B-1", i, i < 3 ? BURDEN_LONGER : BURDEN_AS_SAID, i == 0, &e));
        struct burden_tally r = tally(&w, "B-1");
        CHECK(r.any);
        CHECK_INT(r.shown, i + 1 < BURDEN_SHOWN_FROM ? 0 : BURDEN_SHOWN_FROM);
        CHECK_INT(r.longer, i + 1 < BURDEN_SHOWN_FROM ? 0 : 3);
        CHECK_INT(r.as_said, i + 1 < BURDEN_SHOWN_FROM ? 0 : 2); /* also of 6, 7 and 8 */
        CHECK_INT(r.before, i + 1 < BURDEN_SHOWN_FROM ? 0 : 1);
    }
}
T_COUNTY_IN(answers_show_from_five_on_and_in_fives)

/*
 * Who watches a page all the time, and knows who answers when, learns no single answer: what is
 * shown changes by whole groups of five and is one and the same within them, whatever the one
 * who came last said.
 */
static void no_two_looks_tell_an_answer(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(t, a);
    static const enum burden_answer last[] = { BURDEN_LONGER, BURDEN_AS_SAID, BURDEN_LESS };
    for (size_t k = 0; k < COUNT(last); k++) {
        const char *code = arena_printf(a, "B-%zu", k);
        ask_all(&w, code, 40);
        struct burden_tally seen = tally(&w, code);
        for (int i = 0; i < UNITS; i++) {
            CHECK_OK(answer(&w, code, i, i % 5 == 4 ? BURDEN_LESS : last[k], i % 2, &e));
            struct burden_tally now = tally(&w, code);
            int64_t more = now.shown - seen.shown;
            CHECK(more == 0 || more == BURDEN_SHOWN_FROM);
            CHECK_INT(now.longer + now.as_said + now.less, now.shown);
            if (more == 0)
                CHECK(now.longer == seen.longer && now.less == seen.less &&
                      now.as_said == seen.as_said && now.before == seen.before);
            seen = now;
        }
    }
}
T_COUNTY_IN(no_two_looks_tell_an_answer)

static void a_unit_answers_once_and_only_what_it_was_asked(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(t, a);
    ask_all(&w, "B-1", 40);
    CHECK_OK(answer(&w, "B-1", 2, BURDEN_LESS, false, &e));
    static const struct {
        const char *code;
        int who, unit;
        enum burden_answer answer;
        enum rc rc;
    } cases[] = {
        { "B-1", 2, 2, BURDEN_LONGER, RC_CONFLICT }, /* a second time */
        { "B-1", 3, 2, BURDEN_LESS, RC_DENIED },     /* for another unit */
        { "B-1", 3, 3, 0, RC_INVALID },              /* nothing */
        { "B-9", 3, 3, BURDEN_LESS, RC_NOTFOUND },   /* was never asked */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answering x = { &w,  cases[i].code, cases[i].who, cases[i].unit, cases[i].answer,
                               true };
        CHECK_INT(db_transact(w.c->db, answer_tx, &x, &e), cases[i].rc);
        err_done(&e);
    }
    CLEANUP(db_read_end) const struct snap *s = NULL;
    bool done;
    CHECK_OK(db_read(w.c->db, &s, &e));
    CHECK_OK(burden_answered(s, w.c, BURDEN_ROUND, "B-1", "U2", &done, &e));
    CHECK(done);
    CHECK_OK(burden_answered(s, w.c, BURDEN_ROUND, "B-1", "U3", &done, &e));
    CHECK(!done);
}
T_COUNTY_IN(a_unit_answers_once_and_only_what_it_was_asked)

/* The columns of a row that lies in a table under a key, without the key itself. */
static const char *row_with(const char *table, const char *key, const char *other,
                            struct arena *a)
{
    size_t n;
    char **line = str_split(a, table, '\n', &n);
    for (size_t i = 0; i < n; i++) {
        const char *at = strstr(line[i], key);
        if (at)
            return arena_printf(a, "%s%s", other, at + strlen(key));
    }
    return "none";
}

/*
 * The attack: two requests were answered by the same units with the same sums, but each unit
 * said the opposite in the other one, in another order. Whoever reads everything that is stored
 * must find the two the same but for their names; whatever differed would tell who said what,
 * or when.
 */
static void whoever_reads_everything_cannot_tell_who_said_what(struct t_county *t)
{
    static const int order[2][6] = { { 0, 1, 2, 3, 4, 5 }, { 4, 2, 5, 0, 3, 1 } };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(t, a);
    ask_all(&w, "B-1", 40);
    ask_all(&w, "B-2", 40);
    CHECK_OK(county_seal_now(w.c, &e));
    uint8_t name[SECRET_NAME];
    CHECK_OK(secret_name(w.c, "test", "", 0, name, &e)); /* the key is there from now on */
    const char *before = t_whole(t, a);
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < 6; i++) {
            int u = order[k][i];
            bool longer = (u < 3) == (k == 0);
            int64_t later = (int64_t)(1 + k * 7 + i) * 3600 * 1000000;
            CHECK_OK(county_set_clock(w.c, (struct utime){ (int64_t)T_NOW_S * 1000000 + later },
                                      &e));
            CHECK_OK(answer(&w, k ? "B-2" : "B-1", u, longer ? BURDEN_LONGER : BURDEN_LESS,
                            longer, &e));
        }
    CHECK_OK(county_seal_now(w.c, &e));
    const char *changed = t_whole_new(before, t_whole(t, a), a);
    /* Two tables, and the clock (table county), which the test moved: no record, no journal, no
     * file. */
    size_t n;
    char **line = str_split(a, changed, '\n', &n);
    for (size_t i = 0; i < n; i++)
        if (*line[i] && !str_starts(line[i], "table burden_once ") &&
            !str_starts(line[i], "table burden_tally ") &&
            !str_starts(line[i], "table county "))
            t_fail(__FILE__, __LINE__, "%s", line[i]);
    CHECK_PART(changed, "table burden_tally ");
    /* Counts are the same for both. */
    const char *sums = t_whole_table(t, "burden_tally", a);
    CHECK_STR(row_with(sums, "B-1", "", a), row_with(sums, "B-2", "", a));
    CHECK_PART(row_with(sums, "B-1", "", a), "3");
    /* That a unit has answered is one number, and the key and the names make it: what it said
     * is not in it, and its place is not the order of coming. */
    const char *once = t_whole_table(t, "burden_once", a);
    char **ids = str_split(a, once, '\n', &n);
    size_t rows = 0, rising = 0;
    for (size_t i = 0; i < n; i++) {
        rows += *ids[i] != 0;
        CHECK_INT(strspn(ids[i], "0123456789\t"), strlen(ids[i]));
        rising += i > 0 && *ids[i] && strtoull(ids[i], NULL, 10) < 1000;
    }
    CHECK_INT(rows, 12);
    CHECK_INT(rising, 0); /* no counter */
    CHECK(!strstr(once, "U1"));
}
T_COUNTY_IN(whoever_reads_everything_cannot_tell_who_said_what)

T_MAIN(T_COUNTY_CASES("a request is kept once a unit, with its estimate",
                      a_request_is_kept_once_a_unit_with_its_estimate),
       T_COUNTY_CASES("the load is one sum from both sides",
                      the_load_is_one_sum_from_both_sides),
       T_COUNTY_CASES("an estimate is stated and changed", an_estimate_is_stated_and_changed),
       T_COUNTY_CASES("answers show from five on, and in fives",
                      answers_show_from_five_on_and_in_fives),
       T_COUNTY_CASES("no two looks tell an answer", no_two_looks_tell_an_answer),
       T_COUNTY_CASES("a unit answers once, and only what it was asked",
                      a_unit_answers_once_and_only_what_it_was_asked),
       T_COUNTY_CASES("whoever reads everything cannot tell who said what",
                      whoever_reads_everything_cannot_tell_who_said_what))
