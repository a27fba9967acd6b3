/* How fast the writer is, beside yardsticks of the same run. For the bench program. */
#ifndef DB_BENCH_DB_H
#define DB_BENCH_DB_H

#include "db/db.h"

struct bench_db {
    double fsyncs;       /* appending and syncing what one change writes, a second */
    double bare_changes; /* the same transactions in a bare loop, 32 a commit, a second */
    double changes;      /* durable changes from 64 clients, a second */
    double bare_rows;    /* a bare loop of prepared inserts in one transaction, rows a second */
    double rows; /* the same rows through generated functions, in slices of the writer */
};
/* Works in folder (made by the caller, on the disk to be measured), for about ten seconds. */
enum rc bench_db(const char *folder, struct bench_db *ret, struct err *e) MUST_USE;

/* How often a second the disk takes n bytes appended to a file at path and synced, over us. */
double bench_fsync(const char *path, size_t n, int64_t us);
/*
 * A bare loop of prepared inserts into the SQLite file: rows of q, whose parameters row fills
 * in, per_commit rows a commit. Rows a second; 0 when SQLite refuses.
 */
double bench_insert(const char *path, const struct query *q,
                    void (*row)(void *arg, int64_t i, struct val *v), void *arg, int64_t rows,
                    int64_t per_commit);

#endif
