/*
 * The health report's page, of all units in turn: CPU of the server at full load, and how long
 * answers take when requests come at half that rate, whatever the server does.
 */
#include "cmd/bench.h"
#include "cmd/bench_load.h"
#include "people/unit.h"
#include "store/county.h"

enum { SECOND = 1000000, ROUNDS = 3, CONNECTIONS = 16 };

struct asking {
    const char *const *path;
    size_t n;
    const char *token, *more;
};

static void ask(void *arg, unsigned connection, uint64_t n, struct str *ret)
{
    const struct asking *k = arg;
    str_addf(ret, "GET %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n%s\r\n",
             k->path[(connection * 7 + n) % k->n], k->token, k->more);
}

static enum rc paths(struct bench *b, struct asking *ret, struct err *e)
{
    CLEANUP(county_closep) struct county *c = NULL;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct units *us;
    const char *dir, *token;
    enum rc rc = bench_demo(b, &dir, &token, e);
    if (rc == RC_OK)
        rc = county_open_reading(dir, &c, e);
    if (rc == RC_OK)
        rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, county_today(c), b->a, &us, e);
    if (rc != RC_OK)
        return rc;
    const char **path = arena_array(b->a, us->n, sizeof(*path));
    for (size_t i = 0; i < us->n; i++)
        if (us->all[i].assessed)
            path[ret->n++] = arena_printf(b->a, "/report/%s/2026Q3", us->all[i].code);
    ret->path = path;
    return RC_OK;
}

/* CPU of the server an answer, and the best rate, over some rounds. */
static enum rc peak(const struct program *p, struct load *l, double *ret_us, double *ret_rate,
                    struct err *e)
{
    struct load_result r;
    double us[ROUNDS], rate[ROUNDS];
    l->rate = 0;
    l->us = SECOND / 2;
    enum rc rc = load_run(l, &r, e); /* caches fill */
    l->us = 2 * SECOND;
    for (size_t i = 0; i < ROUNDS && rc == RC_OK; i++) {
        int64_t cpu = program_cpu_us(p);
        rc = load_run(l, &r, e);
        us[i] = (double)(program_cpu_us(p) - cpu) / (double)r.answers;
        rate[i] = r.rate;
    }
    if (rc != RC_OK)
        return rc;
    *ret_us = bench_median(us, ROUNDS);
    *ret_rate = bench_median(rate, ROUNDS);
    return RC_OK;
}

static enum rc at_half(struct load *l, double rate, double *ret_ms, struct err *e)
{
    struct load_result r;
    double ms[ROUNDS];
    enum rc rc = RC_OK;
    l->rate = rate / 2;
    l->us = 3 * SECOND;
    for (size_t i = 0; i < ROUNDS && rc == RC_OK; i++) {
        rc = load_run(l, &r, e);
        ms[i] = (double)r.p99_us / 1e3;
    }
    if (rc == RC_OK)
        *ret_ms = bench_median(ms, ROUNDS);
    return rc;
}

static enum rc measure(const struct program *p, struct asking *k, struct err *e)
{
    struct load l = {
        .port = p->port, .connections = CONNECTIONS, .request = ask, .arg = k, .status = 200
    };
    double us, gz_us, rate, ignored, ms;
    k->more = "";
    enum rc rc = peak(p, &l, &us, &rate, e);
    if (rc == RC_OK)
        rc = at_half(&l, rate, &ms, e);
    k->more = "Accept-Encoding: gzip\r\n";
    if (rc == RC_OK)
        rc = peak(p, &l, &gz_us, &ignored, e);
    if (rc != RC_OK)
        return rc;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    bench_row(&(struct bench_row){ .work = "health-report page, server CPU",
                                   .reached = us,
                                   .unit = "µs",
                                   .kind = AT_MOST,
                                   .goal = 500,
                                   .note = arena_printf(a, "peak %.0f /s", rate) });
    bench_row(
        &(struct bench_row){ .work = "health-report page, p99 at half the peak, open loop",
                             .reached = ms,
                             .unit = "ms",
                             .kind = AT_MOST,
                             .goal = 20 });
    bench_row(&(struct bench_row){ .work = "health-report page, server CPU, gzip asked for",
                                   .reached = gz_us,
                                   .unit = "µs",
                                   .kind = NO_GOAL });
    return RC_OK;
}

enum rc bench_page(struct bench *b, struct err *e)
{
    CLEANUP(program_stop) struct program p = { 0 };
    struct asking k = { 0 };
    enum rc rc = paths(b, &k, e);
    if (rc == RC_OK)
        rc = bench_serve(b, -1, &p, &k.token, NULL, e);
    return rc == RC_OK ? measure(&p, &k, e) : rc;
}
