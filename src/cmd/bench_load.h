/*
 * HTTP load for the bench: one thread, any number of kept connections, requests as fast as they
 * are answered (closed loop) or at a fixed rate whatever the server does (open loop, where an
 * answer's time counts from when its request was due, so that a slow server cannot hide by
 * slowing the load down).
 */
#ifndef CMD_BENCH_LOAD_H
#define CMD_BENCH_LOAD_H

#include "base/str.h"

struct load {
    int port; /* on 127.0.0.1 */
    unsigned connections;
    double rate; /* requests a second; 0: closed loop */
    int64_t us;  /* how long */
    /* Writes the nth request of a connection, complete with headers and body. */
    void (*request)(void *arg, unsigned connection, uint64_t n, struct str *ret);
    void *arg;
    int status; /* what every answer must be */
};
struct load_result {
    uint64_t answers;
    double rate;            /* answers a second */
    int64_t p50_us, p99_us; /* from when the request was due */
    uint64_t bytes;         /* of one answer's body, on average */
    int64_t cpu_us;         /* of the load itself */
};
/* RC_IO when the server is not there, breaks off or answers with another status (e names it).
 */
enum rc load_run(const struct load *l, struct load_result *ret, struct err *e) MUST_USE;

#endif
