/* In turns, so that what else the machine does meets all alike. */
#include "cmd/bench_durable.h"

#include "db/bench_db.h"

enum { ROUNDS = 3, SYNC_BYTES = 4096, SYNC_US = 1000000 };

static enum rc over_http(struct bench *b, const struct durable *d, double *ret,
                         double *ret_cpu_us, struct err *e)
{
    CLEANUP(program_stop) struct program p = { 0 };
    struct load l = { .connections = DURABLE_CLIENTS,
                      .us = DURABLE_WARM_US,
                      .request = d->request,
                      .arg = d->arg,
                      .status = 201 };
    struct load_result r;
    enum rc rc = bench_serve(b, -1, &p, d->token, NULL, e);
    l.port = p.port;
    if (rc == RC_OK)
        rc = load_run(&l, &r, e);
    l.us = DURABLE_US - DURABLE_WARM_US;
    int64_t cpu = program_cpu_us(&p);
    if (rc == RC_OK)
        rc = load_run(&l, &r, e);
    if (rc != RC_OK)
        return rc;
    *ret = r.rate;
    *ret_cpu_us = (double)(program_cpu_us(&p) - cpu) / (double)r.answers;
    return RC_OK;
}

enum rc bench_durable(struct bench *b, const struct durable *d, struct err *e)
{
    double rate[ROUNDS], loop[ROUNDS], fsyncs[ROUNDS], cpu[ROUNDS];
    enum rc rc = RC_OK;
    for (size_t i = 0; i < ROUNDS && rc == RC_OK; i++) {
        fsyncs[i] = bench_fsync(arena_printf(b->a, "%s/sync", b->folder), SYNC_BYTES, SYNC_US);
        rc = d->bare(d->arg, &loop[i], e);
        if (rc == RC_OK)
            rc = over_http(b, d, &rate[i], &cpu[i], e);
    }
    if (rc != RC_OK)
        return rc;
    double fsync_rate = bench_median(fsyncs, ROUNDS), bare_rate = bench_median(loop, ROUNDS);
    bench_row(&(struct bench_row){
        .work = d->work,
        .reached = bench_median(rate, ROUNDS),
        .unit = "/s",
        .yardstick = "a bare loop of the same, 32 a commit",
        .beside = bare_rate,
        .kind = AT_LEAST,
        .goal = fmin(20 * fsync_rate, bare_rate / 2),
        .note = arena_printf(b->a, "fsync %.0f /s, server CPU %.0f µs a request", fsync_rate,
                             bench_median(cpu, ROUNDS)) });
    return RC_OK;
}
