/* From nothing to the first answer of the demo county, and what it holds in memory then. */
#include "cmd/bench.h"

enum { ROUNDS = 7 };

enum rc bench_start(struct bench *b, struct err *e)
{
    double ms[ROUNDS], mb[ROUNDS];
    enum rc rc = RC_OK;
    for (size_t i = 0; i < ROUNDS && rc == RC_OK; i++) {
        CLEANUP(program_stop) struct program p = { 0 };
        const char *token;
        int64_t us;
        rc = bench_serve(b, -1, &p, &token, &us, e);
        ms[i] = (double)us / 1e3;
        mb[i] = (double)program_rss_anon(&p) / 1e6;
    }
    if (rc != RC_OK)
        return rc;
    bench_row(&(struct bench_row){ .work = "start of the demo county, to the first answer",
                                   .reached = bench_median(ms, ROUNDS),
                                   .unit = "ms",
                                   .kind = AT_MOST,
                                   .goal = 300 });
    bench_row(&(struct bench_row){ .work = "memory after start (RssAnon)",
                                   .reached = bench_median(mb, ROUNDS),
                                   .unit = "MB",
                                   .kind = AT_MOST,
                                   .goal = 64 });
    return RC_OK;
}
