/* Inside src/db: a SQLite connection, shared by sqlite.c, writer.c and backup.c. */
#ifndef DB_SQLITE_CONN_H
#define DB_SQLITE_CONN_H

#include "db/driver.h"

#include <sqlite3.h>

struct sqlite_conn {
    struct conn base;
    sqlite3 *h;
    sqlite3_stmt *begin, *look, *end; /* of snapshots */
    bool disk_failed;                 /* an I/O error or a damaged page was seen */
};
/* Write the message of the connection's last error and return its code. where: the query, or
 * NULL. */
enum rc sqlite_fail(struct sqlite_conn *c, const char *where, struct err *e);
/* One statement without result, as BEGIN. */
enum rc sqlite_run(struct sqlite_conn *c, const char *sql, struct err *e);
/* The writer's thread. */
enum rc writer_transact(struct db *db, enum rc (*fn)(struct tx *, void *, struct err *),
                        void *arg, struct err *e);
void writer_transact_later(struct db *db, enum rc (*fn)(struct tx *, void *, struct err *),
                           void *arg, void (*done)(void *arg));
void writer_stop(struct db *db);

#endif
