/*
 * Durable changes: each of 64 clients edits a point of its own. Then the writer alone, with 64
 * threads, beside a bare loop of the same insert.
 */
#include "base/clock.h"
#include "cmd/bench.h"
#include "cmd/bench_durable.h"
#include "db/bench_db.h"
#include "monitor/panel.h"
#include "monitor/scheme_import.h"
#include "people/replay.sql.h"
#include "store/county.h"

enum { SECOND = 1000000, PER_COMMIT = DURABLE_PER_COMMIT };

struct changing {
    const char *dir, *token;
    const struct point *points;
    size_t n_points;
    uint64_t asked; /* names differ between runs */
    /* the bare loop */
    struct county *c;
    struct arena *a;
    int64_t n;
};

/* The form of a point's page; each time another contact. */
static void ask(void *arg, unsigned connection, uint64_t n, struct str *ret)
{
    struct changing *k = arg;
    const struct point *p = &k->points[connection % k->n_points];
    struct str b;
    str_init(&b, NULL);
    const struct {
        const char *name, *value;
    } fields[] = { { "name", p->name },
                   { "owner", p->owner },
                   { "frequency", frequency_word(p->frequency) },
                   { "measure", p->unit_of_measure },
                   { "legal_basis", p->legal_basis },
                   { "purpose", p->purpose },
                   { "retention", p->retention } };
    for (size_t i = 0; i < COUNT(fields); i++) {
        str_addf(&b, "%s=", fields[i].name);
        url_text(&b, fields[i].value);
        str_addc(&b, '&');
    }
    str_addf(&b, "contact=%llu", (unsigned long long)++k->asked);
    str_addf(ret,
             "POST /point/%s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n"
             "Accept: application/json\r\nIdempotency-Key: bench-%llu\r\n"
             "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
             p->code, k->token, (unsigned long long)k->asked, b.n, b.s);
    str_done(&b);
}

static enum rc load_points(struct changing *k, struct err *e)
{
    CLEANUP(county_closep) struct county *c = NULL;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = county_open_reading(k->dir, &c, e);
    if (rc == RC_OK)
        rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = points_load(s, NULL, k->a, &k->points, &k->n_points, e);
    return rc;
}

/* What one request writes: the point, its record, its name with the answer. */
static enum rc write_one(struct changing *k, struct tx *tx, struct arena *a, struct err *e)
{
    static const uint8_t digest[32];
    struct point p = k->points[k->n % DURABLE_CLIENTS % (int64_t)k->n_points];
    const char *name = arena_printf(a, "bare-%lld", (long long)k->n++),
               *location = arena_printf(a, "/point/%s", p.code);
    struct id account = { 1 };
    size_t changed;
    p.contact = name;
    enum rc rc = points_write(tx, k->c, &p, 1, "wenshu", &changed, e);
    if (rc == RC_OK)
        rc = request_insert(tx, account, name, (struct bytes){ digest, sizeof(digest) },
                            county_now(k->c), NULL, e);
    return rc == RC_OK ? request_answer(tx, 201, location,
                                        arena_printf(a, "{\"location\":\"%s\"}", location),
                                        account, name, NULL, e)
                       : rc;
}

static enum rc write_some(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    enum rc rc = RC_OK;
    for (int i = 0; i < PER_COMMIT && rc == RC_OK; i++)
        rc = write_one(arg, tx, a, e);
    return rc;
}

static enum rc bare(void *arg, double *ret, struct err *e)
{
    struct changing *k = arg;
    CLEANUP(county_closep) struct county *c = NULL;
    int64_t n = 0;
    enum rc rc = county_open(k->dir, &c, e);
    int64_t began = clock_monotonic_us();
    k->c = c;
    for (; rc == RC_OK && clock_monotonic_us() - began < SECOND; n += PER_COMMIT)
        rc = db_transact(c->db, write_some, k, e);
    *ret = (double)n * SECOND / (double)(clock_monotonic_us() - began);
    return rc;
}

static enum rc writer_alone(struct bench *b, struct err *e)
{
    struct bench_db r;
    enum rc rc = bench_db(b->folder, &r, e);
    if (rc != RC_OK)
        return rc;
    bench_row(&(struct bench_row){ .work = "the writer alone, 64 threads, one insert each",
                                   .reached = r.changes,
                                   .unit = "/s",
                                   .yardstick = "a bare loop of the same, 32 a commit",
                                   .beside = r.bare_changes,
                                   .kind = AT_LEAST,
                                   .goal = fmin(20 * r.fsyncs, r.bare_changes / 2),
                                   .note = arena_printf(b->a, "fsync %.0f /s", r.fsyncs) });
    return RC_OK;
}

enum rc bench_change(struct bench *b, struct err *e)
{
    struct changing k = { .a = b->a };
    enum rc rc = bench_demo(b, &k.dir, &k.token, e);
    if (rc == RC_OK)
        rc = load_points(&k, e);
    const struct durable d = { .work = "durable changes, 64 clients, a named POST each",
                               .bare = bare,
                               .request = ask,
                               .token = &k.token,
                               .arg = &k };
    if (rc == RC_OK)
        rc = bench_durable(b, &d, e);
    return rc == RC_OK ? writer_alone(b, e) : rc;
}
