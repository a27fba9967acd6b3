/* Inside src/db: a PostgreSQL connection, shared by postgres.c (connections, changes) and
 * pg_rows.c (statements, values). */
#ifndef DB_PG_CONN_H
#define DB_PG_CONN_H

#include "db/driver.h"

#include <libpq-fe.h>

enum {
    PG_PARAMS_MAX = 64 /* as tools/sqlc allows */,
    PG_FETCH = 1000 /* rows of a cursor at a time */
};

struct pg_conn {
    struct conn base;
    PGconn *h;
    unsigned cursors; /* opened so far: names the next */
    bool raced;       /* the transaction lost against another and may succeed when run again */
    bool clashed;     /* a key was there already, which a concurrent change may have caused */
};
/*
 * The failure of the connection's last statement: sets the message, notes what it means for the
 * transaction. res may be NULL and is not cleared.
 */
enum rc pg_fail(struct pg_conn *c, const PGresult *res, const char *where, struct err *e);
/* Statements without result. */
enum rc pg_run(struct pg_conn *c, const char *sql, struct err *e);

enum rc pg_start(struct rows *r, const struct val *v, struct err *e);
enum rc pg_step(struct rows *r, struct err *e);
void pg_finish(struct rows *r);
enum rc pg_get(struct rows *r, size_t col, struct val *ret, struct err *e);

#endif
