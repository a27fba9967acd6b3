/*
 * Bulletins and the yearly check-up of a county of full size: the demo county's matters, steps,
 * warnings and values are copied until there are 200,000 matters over four years, 300 units and
 * four years of values. Then a month's bulletin as pages over HTTP, and the check-up's great
 * changes: deciding about everything at once, and its end.
 */
#include "base/clock.h"
#include "base/period.h"
#include "cmd/bench.h"
#include "cmd/bench_load.h"
#include "cmd/kinds.h"
#include "db/bench_db.sql.h"
#include "meeting/bulletin.h"
#include "meeting/checkup.h"
#include "people/account.sql.h"
#include "store/county.h"

#include <time.h>

enum { MATTERS = 200000, YEARS = 4, UNIT_TURNS = 3 /* beside the units there are */ };
static const int64_t SECOND = 1000000, DAY_US = INT64_C(86400000000);
static const char account[] = "wenshu";

struct large {
    struct bench *b;
    struct county *c;
    struct bench_matter_last_row last;
    int64_t turn, turns; /* copies of the matters */
    struct person person;
    struct flow_who who;
    struct checkup_item *items;
    size_t n_items;
    const char *code, *verb; /* of the matter at work */
    const char *month;       /* of the bulletin that is opened */
};

/* ---- a county of full size ---- */

static enum rc copy_matters(struct tx *tx, void *arg, struct err *e)
{
    struct large *x = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *tail = arena_printf(a, "x%lld", (long long)x->turn);
    int64_t back = YEARS * 365 * DAY_US * x->turn / x->turns, last = x->last.matter;
    enum rc rc = bench_matter_copy(tx, tail, back, last, NULL, e);
    if (rc == RC_OK)
        rc = bench_step_copy(tx, tail, back, x->last.step, NULL, e);
    if (rc == RC_OK)
        rc = bench_warning_copy(tx, tail, x->turn * 100, back, x->last.warning, NULL, e);
    return rc == RC_OK ? bench_link_copy(tx, tail, last, NULL, e) : rc;
}

static enum rc copy_values(struct tx *tx, void *arg, struct err *e)
{
    struct large *x = arg;
    enum rc rc = RC_OK;
    for (int64_t year = 1; year < YEARS && rc == RC_OK; year++)
        rc = bench_import_copy(tx, arena_printf(x->b->a, "y%lld", (long long)year),
                               year * 365 * DAY_US, x->last.import, NULL, e);
    for (int64_t k = 0; k <= UNIT_TURNS && rc == RC_OK; k++) {
        const char *tail = k ? arena_printf(x->b->a, "u%lld", (long long)k) : "";
        if (k)
            rc = bench_unit_copy(tx, tail, x->last.unit, NULL, e);
        if (k && rc == RC_OK)
            rc = bench_term_copy(tx, x->last.unit, tail, NULL, e);
        for (int64_t year = 0; year < YEARS && rc == RC_OK; year++)
            if (k || year)
                rc = bench_value_copy(tx, year * 100, tail,
                                      year ? arena_printf(x->b->a, "y%lld", (long long)year)
                                           : "",
                                      x->last.value, NULL, e);
    }
    return rc;
}

static enum rc make_large(struct large *x, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(x->c->db, &s, e);
    if (rc == RC_OK)
        rc = bench_matter_last_one(s, x->b->a, &x->last, e);
    db_read_end(&s);
    if (rc == RC_OK)
        rc = db_transact(x->c->db, copy_values, x, e);
    x->turns = rc == RC_OK ? MATTERS / x->last.matter : 0;
    for (x->turn = 1; x->turn < x->turns && rc == RC_OK; x->turn++)
        rc = db_transact(x->c->db, copy_matters, x, e);
    return rc;
}

static enum rc load_person(struct large *x, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct account_of_code_row row;
    const struct units *units;
    int32_t today = county_today(x->c);
    enum rc rc = db_read(x->c->db, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, today, x->b->a, &units, e);
    if (rc == RC_OK)
        rc = account_of_code_one(s, account, x->b->a, &row, e);
    if (rc == RC_OK)
        rc = person_load(s, row.id, today, ~UINT64_C(0), x->b->a, &x->person, e);
    return rc == RC_OK ? flow_who_load(s, x->c, &x->person, units, x->b->a, &x->who, e) : rc;
}

/* ---- changes ---- */

static enum rc move(struct tx *tx, void *arg, struct err *e)
{
    struct large *x = arg;
    struct flow_done done;
    return flow_move(tx, x->c, &x->who,
                     &(struct flow_act){ .matter = x->code, .verb = x->verb, .version = -1 },
                     x->b->a, &done, e);
}

static enum rc open_bulletin(struct tx *tx, void *arg, struct err *e)
{
    struct large *x = arg;
    struct flow_done done = { 0 };
    const struct flow_given given = { "month", x->month };
    const struct flow_link link = { "period", x->month };
    enum rc rc = flow_open(tx, x->c, &x->who,
                           &(struct flow_new){ .kind = bulletin_flow_kind.code,
                                               .title = "通报",
                                               .unit = "",
                                               .given = &given,
                                               .n_given = 1,
                                               .links = &link,
                                               .n_links = 1 },
                           x->b->a, &done, e);
    x->code = done.code;
    return rc;
}

static enum rc open_checkup(struct tx *tx, void *arg, struct err *e)
{
    struct large *x = arg;
    struct flow_done done = { 0 };
    char day[PERIOD_TEXT];
    const struct flow_given given = { "day", day_code(county_today(x->c) + 60, day) };
    enum rc rc = flow_open(tx, x->c, &x->who,
                           &(struct flow_new){ .kind = checkup_flow_kind.code,
                                               .title = "规则体检",
                                               .unit = "",
                                               .given = &given,
                                               .n_given = 1 },
                           x->b->a, &done, e);
    x->code = done.code;
    return rc;
}

/* Everything in one change; rules expire, so that the end has to put each to sleep. */
static enum rc decide_all(struct tx *tx, void *arg, struct err *e)
{
    static const char *const whats[] = { "rule", "indicator", "form" };
    struct large *x = arg;
    const char **codes = arena_array(x->b->a, x->n_items, sizeof(*codes));
    enum rc rc = RC_OK;
    for (size_t k = 0; k < COUNT(whats) && rc == RC_OK; k++) {
        size_t n = 0;
        for (size_t i = 0; i < x->n_items; i++)
            if (str_eq(x->items[i].what, whats[k]))
                codes[n++] = x->items[i].code;
        rc = checkup_decide(tx, x->c, x->code, whats[k], codes, n, k ? "keep" : "expire",
                            "一年里在用", account, e);
    }
    return rc;
}

static int64_t process_cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

/* A change, and its row: the writer is held as long as it takes. */
static enum rc change(struct large *x, const char *work, double goal,
                      enum rc (*fn)(struct tx *, void *, struct err *), struct err *e)
{
    int64_t cpu = process_cpu_us(), began = clock_monotonic_us();
    enum rc rc = db_transact(x->c->db, fn, x, e);
    if (rc == RC_OK)
        bench_row(&(struct bench_row){
            .work = work,
            .reached = (double)(process_cpu_us() - cpu) / 1e3,
            .unit = "ms CPU",
            .kind = AT_MOST,
            .goal = goal,
            .note = arena_printf(x->b->a, "%.0f ms on the clock",
                                 (double)(clock_monotonic_us() - began) / 1e3) });
    return rc;
}

static enum rc checkup(struct large *x, struct err *e)
{
    enum rc rc = db_transact(x->c->db, open_checkup, x, e);
    if (rc == RC_OK) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        int64_t cpu = process_cpu_us();
        rc = db_read(x->c->db, &s, e);
        if (rc == RC_OK)
            rc = checkup_items(s, x->c, x->code, LANG_ZH, x->b->a, &x->items, &x->n_items, e);
        if (rc == RC_OK)
            bench_row(&(struct bench_row){
                .work = arena_printf(x->b->a, "check-up, what its page reads; %zu things",
                                     x->n_items),
                .reached = (double)(process_cpu_us() - cpu) / 1e3,
                .unit = "ms CPU",
                .kind = AT_MOST,
                .goal = 200 });
    }
    if (rc == RC_OK)
        rc = change(x, "check-up, deciding about all in one change", 1000, decide_all, e);
    x->verb = "finish";
    return rc == RC_OK
               ? change(x, "check-up, its end: each decided, rules asleep", 1000, move, e)
               : rc;
}

/* ---- pages ---- */

struct asking {
    const char *path, *token;
};

static void ask(void *arg, unsigned connection, uint64_t n, struct str *ret)
{
    const struct asking *k = arg;
    (void)connection, (void)n;
    str_addf(ret, "GET %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n\r\n", k->path,
             k->token);
}

static enum rc page(struct bench *b, const struct program *p, const char *token,
                    const char *work, const char *path, struct err *e)
{
    struct asking k = { path, token };
    struct load l = { .port = p->port,
                      .connections = 1,
                      .us = SECOND,
                      .request = ask,
                      .arg = &k,
                      .status = 200 };
    struct load_result r;
    enum rc rc = load_run(&l, &r, e); /* caches fill */
    l.us = 2 * SECOND;
    int64_t cpu = program_cpu_us(p);
    if (rc == RC_OK)
        rc = load_run(&l, &r, e);
    if (rc != RC_OK)
        return rc;
    bench_row(&(struct bench_row){
        .work = work,
        .reached = (double)(program_cpu_us(p) - cpu) / (double)r.answers / 1e3,
        .unit = "ms CPU",
        .kind = AT_MOST,
        .goal = 200,
        .note = arena_printf(b->a, "%llu KB", (unsigned long long)r.bytes >> 10) });
    return RC_OK;
}

static enum rc pages(struct bench *b, const char *draft, const char *frozen, struct err *e)
{
    static const struct {
        const char *work, *path;
        bool frozen;
    } list[] = {
        { "bulletin being written, computed at each look", "", false },
        { "bulletin as it was frozen", "", true },
        { "bulletin, computed again beside it", "?again=1", true },
        { "behind its largest figure", "/directive_signed", true },
        { "behind a figure, the last page", "/directive_sent?page=2", true },
        { "bulletin as PDF", ".pdf", true },
        { "the register of rules, with what came again", "", false },
    };
    CLEANUP(program_stop) struct program p = { 0 };
    const char *token;
    enum rc rc = bench_serve(b, -1, &p, &token, NULL, e);
    for (size_t i = 0; i < COUNT(list) && rc == RC_OK; i++)
        rc = page(b, &p, token, list[i].work,
                  i + 1 == COUNT(list)
                      ? "/regulation"
                      : arena_printf(b->a, "/bulletin/%s%s", list[i].frozen ? frozen : draft,
                                     list[i].path),
                  e);
    return rc;
}

enum rc bench_meeting(struct bench *b, struct err *e)
{
    struct large x = { .b = b };
    const char *dir, *token, *frozen = "", *draft = "";
    enum rc rc = bench_demo(b, &dir, &token, e);
    if (rc == RC_OK)
        rc = county_open(dir, &x.c, e);
    if (rc == RC_OK) {
        kinds_use(x.c);
        rc = make_large(&x, e);
    }
    if (rc == RC_OK)
        rc = load_person(&x, e);
    if (rc == RC_OK)
        rc = checkup(&x, e);
    x.month = "202508";
    if (rc == RC_OK)
        rc = db_transact(x.c->db, open_bulletin, &x, e);
    draft = x.code;
    x.month = "202509";
    if (rc == RC_OK)
        rc = db_transact(x.c->db, open_bulletin, &x, e);
    frozen = x.code;
    x.verb = "submit";
    if (rc == RC_OK)
        rc = change(&x, "bulletin, frozen when it is sent to be approved", 200, move, e);
    county_closep(&x.c);
    return rc == RC_OK ? pages(b, draft, frozen, e) : rc;
}
