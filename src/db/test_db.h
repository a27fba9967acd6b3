/*
 * For tests of every folder: a fresh database on each back end. PostgreSQL is used when
 * JINGJIAN_PG holds the URL of a cluster where schemas may be made (scripts/pg provides one);
 * without it those tests are skipped.
 *
 *   static void counts(struct db *db) { … }
 *   T_DB(counts)
 *   T_MAIN(T_DB_CASES("counts rows", counts))
 */
#ifndef DB_TEST_DB_H
#define DB_TEST_DB_H

#include "base/test.h"
#include "db/db.h"

/* A place for one database; change cfg before opening it. */
struct t_db {
    enum db_kind kind;
    struct db_config cfg;
    char *dir, *url, *schema; /* dir: a folder of its own, also on PostgreSQL */
    void *lent; /* the PGconn that holds the lent schema; NULL: the schema is the test's own */
};
/* False, with the test marked as skipped, when there is no PostgreSQL. */
bool t_db_init(struct t_db *t, enum db_kind kind);
/*
 * A place whose tables may be there already, empty: the migrations of a schema cost PostgreSQL
 * about a second, so the cluster keeps those that were made and lends each to one test at a
 * time. For who makes no tables of their own.
 */
bool t_db_lend(struct t_db *t, enum db_kind kind);
void t_db_done(
    struct t_db *t); /* for CLEANUP: removes folder and schema; a lent one is given back */
/* Run fn with a migrated database. */
void t_db_run(enum db_kind kind, void (*fn)(struct db *db));

/* Macros, because a test is a function without arguments and a row of a const table. */
#define T_DB(fn)                                                                               \
    static void fn##_sqlite(void)                                                              \
    {                                                                                          \
        t_db_run(DB_SQLITE, fn);                                                               \
    }                                                                                          \
    static void fn##_postgres(void)                                                            \
    {                                                                                          \
        t_db_run(DB_POSTGRES, fn);                                                             \
    }
#define T_DB_CASES(name, fn)                                                                   \
    { name " (SQLite)", fn##_sqlite },                                                         \
    {                                                                                          \
        name " (PostgreSQL)", fn##_postgres                                                    \
    }

/*
 * A SQLite VFS that fails on purpose: the name for db_config.vfs. The next full writes to a WAL
 * say that the disk is full, the next syncs fsyncs of one fail.
 */
const char *t_fault_vfs(void);
void t_fault_set(int full, int syncs);

#endif
