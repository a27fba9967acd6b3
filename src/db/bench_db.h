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

#endif
