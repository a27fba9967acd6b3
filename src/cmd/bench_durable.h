/*
 * Durable changes over HTTP: 64 clients, each POST named (request_id) and answered when it is
 * on disk, beside a bare loop of the same changes, one thread, 32 a commit, and the disk's rate
 * of syncing what a change writes.
 */
#ifndef CMD_BENCH_DURABLE_H
#define CMD_BENCH_DURABLE_H

#include "cmd/bench.h"
#include "cmd/bench_load.h"

enum {
    DURABLE_CLIENTS = 64,
    DURABLE_PER_COMMIT = 32,
    DURABLE_WARM_US = 500000,               /* threads start, caches fill */
    DURABLE_US = 2000000 + DURABLE_WARM_US, /* all that a round sends requests */
};
struct durable {
    const char *work;
    /* The bare loop's rate. It has the county to itself. */
    enum rc (*bare)(void *arg, double *ret, struct err *e);
    /* As in struct load; what it sends is answered 201. */
    void (*request)(void *arg, unsigned connection, uint64_t n, struct str *ret);
    const char **token; /* is given the server's token before the first request */
    void *arg;
};
/* Measure some rounds, the three in turns, and print the row of their medians. */
enum rc bench_durable(struct bench *b, const struct durable *d, struct err *e) MUST_USE;

#endif
