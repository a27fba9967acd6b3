/*
 * Transitions of matters, as durable changes: 64 clients over HTTP, each sends out drafts of a
 * stationed group's contacts, a POST with a name (request_id), answered when it is on disk. A
 * transition is read, checked against its table, recorded, gets its clock and its alarms, and
 * tells the unit. Beside it a bare loop of the same transitions, one thread, 32 a commit.
 */
#include "base/clock.h"
#include "base/period.h"
#include "cmd/bench_durable.h"
#include "cmd/kinds.h"
#include "flow/flow.h"
#include "people/account.sql.h"
#include "people/replay.sql.h"
#include "people/session.h"
#include "store/county.h"

#include <stdlib.h>

enum {
    SECOND = 1000000,
    PER_COMMIT = DURABLE_PER_COMMIT,
    BARE = 8192, /* transitions of the bare loop */
    SPARE = 1024 /* drafts beside those that HTTP can use up */
};
static const char TITLE[] = "二季度政务公开更新情况",
                  TEXT[] = "请说明二季度政务公开栏目更新情况。";
static const char group[] = "fangzhi"; /* of a stationed group in the demo county */

struct moving {
    struct bench *b;
    const char *dir, *token, *due;
    struct county *c;
    struct person person;
    const struct units *units;
    struct flow_who who;
    const char *unit;
    const char **drafts;      /* codes */
    int64_t n_drafts, n, all; /* drafts sent out; all: to be there */
};

/* ---- drafts ---- */

static enum rc take_token(struct tx *tx, void *arg, struct err *e)
{
    struct moving *k = arg;
    const char *code;
    return token_make(tx, k->c, group, "bench", "", 1, "", k->b->a, &k->token, &code, e);
}

/* Who they are and the unit they write to. */
static enum rc load_group(struct moving *k, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct arena *a = k->b->a;
    struct account_of_code_row row;
    int32_t today = county_today(k->c);
    char day[PERIOD_TEXT];
    enum rc rc = db_read(k->c->db, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, today, a, &k->units, e);
    if (rc == RC_OK)
        rc = account_of_code_one(s, group, a, &row, e);
    if (rc == RC_OK)
        rc = person_load(s, row.id, today, ~UINT64_C(0), a, &k->person, e);
    if (rc == RC_OK)
        rc = flow_who_load(s, k->c, &k->person, k->units, a, &k->who, e);
    for (size_t i = 0; rc == RC_OK && i < k->units->n && !k->unit; i++)
        if (person_may(&k->person, CAP_SUPERVISE, &k->units->all[i]))
            k->unit = k->units->all[i].code;
    k->due = arena_strdup(a, day_code(today + 21, day));
    return rc == RC_OK && !k->unit
               ? err_set(e, RC_NOTFOUND, "{what}: {why}", "what", group, "why", "no unit")
               : rc;
}

static enum rc draft_some(struct tx *tx, void *arg, struct err *e)
{
    struct moving *k = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct flow_given given[] = { { "title", TITLE }, { "text", TEXT } };
    const struct flow_new n = { .kind = "contact",
                                .title = TITLE,
                                .unit = k->unit,
                                .given = given,
                                .n_given = COUNT(given) };
    int64_t from = k->n_drafts;
    for (; k->n_drafts < k->all && !(k->n_drafts > from && tx_slice_over(tx)); k->n_drafts++) {
        struct flow_done done;
        arena_reset(a);
        enum rc rc = flow_open(tx, k->c, &k->who, &n, a, &done, e);
        if (rc != RC_OK)
            return rc;
        k->drafts[k->n_drafts] = arena_strdup(k->b->a, done.code);
    }
    return RC_OK;
}

/* So many drafts more than are used up. */
static enum rc draft(struct moving *k, int64_t more, struct err *e)
{
    enum rc rc = RC_OK;
    k->all = k->n + more;
    k->drafts = mem_realloc(k->drafts, (size_t)k->all * sizeof(*k->drafts));
    while (rc == RC_OK && k->n_drafts < k->all)
        rc = db_transact(k->c->db, draft_some, k, e);
    return rc;
}

/* ---- sending them out ---- */

static enum rc send_some(struct tx *tx, void *arg, struct err *e)
{
    struct moving *k = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const uint8_t digest[32];
    const struct flow_given given[] = { { "title", TITLE },
                                        { "text", TEXT },
                                        { "due", k->due } };
    enum rc rc = RC_OK;
    for (int i = 0; i < PER_COMMIT && rc == RC_OK; i++, k->n++) {
        const char *code = k->drafts[k->n], *name = arena_printf(a, "bare-%s", code),
                   *location = arena_printf(a, "/matter/%s", code);
        struct flow_act act = {
            .matter = code, .verb = "ask", .version = 1, .given = given, .n_given = COUNT(given)
        };
        struct flow_done done;
        rc = flow_move(tx, k->c, &k->who, &act, a, &done, e);
        if (rc == RC_OK)
            rc =
                request_insert(tx, k->person.id, name, (struct bytes){ digest, sizeof(digest) },
                               county_now(k->c), NULL, e);
        if (rc == RC_OK)
            rc = request_answer(tx, 201, location,
                                arena_printf(a, "{\"location\":\"%s\"}", location),
                                k->person.id, name, NULL, e);
    }
    return rc;
}

static void ask(void *arg, unsigned connection, uint64_t n, struct str *ret)
{
    struct moving *k = arg;
    const char *code = k->drafts[k->n++];
    struct str b;
    str_init(&b, NULL);
    str_add(&b, "version=1&title=");
    url_text(&b, TITLE);
    str_add(&b, "&text=");
    url_text(&b, TEXT);
    str_addf(&b, "&due=%s", k->due);
    str_addf(ret,
             "POST /matter/%s/move/ask HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n"
             "Accept: application/json\r\nIdempotency-Key: bench-%s\r\n"
             "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
             code, k->token, code, b.n, b.s);
    str_done(&b);
}

/* Once a round: the county as it is now. */
static enum rc open_county(struct moving *k, struct err *e)
{
    enum rc rc = county_open(k->dir, &k->c, e);
    if (rc != RC_OK)
        return rc;
    kinds_use(k->c);
    rc = k->token ? RC_OK : db_transact(k->c->db, take_token, k, e);
    return rc == RC_OK ? load_group(k, e) : rc;
}

/* The bare loop; and drafts for what comes over HTTP, which is never quicker. */
static enum rc bare(void *arg, double *ret, struct err *e)
{
    struct moving *k = arg;
    enum rc rc = open_county(k, e);
    if (rc == RC_OK)
        rc = draft(k, BARE, e);
    int64_t from = k->n, began = clock_monotonic_us();
    while (rc == RC_OK && k->n < k->n_drafts)
        rc = db_transact(k->c->db, send_some, k, e);
    *ret = (double)(k->n - from) * SECOND / (double)(clock_monotonic_us() - began);
    if (rc == RC_OK)
        rc = draft(k, (int64_t)(*ret * DURABLE_US / SECOND) + SPARE, e);
    county_closep(&k->c);
    return rc;
}

enum rc bench_move(struct bench *b, struct err *e)
{
    struct moving k = { .b = b };
    const char *staff;
    const struct durable d = { .work = "transitions of matters, 64 clients, a named POST each",
                               .bare = bare,
                               .request = ask,
                               .token = &staff,
                               .arg = &k };
    enum rc rc = bench_demo(b, &k.dir, &staff, e);
    if (rc == RC_OK)
        rc = bench_durable(b, &d, e);
    free(k.drafts);
    return rc;
}
