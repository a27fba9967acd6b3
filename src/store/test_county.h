/*
 * For tests of every folder above: a fresh county on each back end.
 *
 *   static void pays(struct county *c) { … }
 *   T_COUNTY(pays)
 *   T_MAIN(T_COUNTY_CASES("pays", pays))
 */
#ifndef STORE_TEST_COUNTY_H
#define STORE_TEST_COUNTY_H

#include "db/test_db.h"
#include "store/county.h"

/* A place for counties: init makes one; it can be closed and opened again with
 * county_open(t->dir). */
struct t_county {
    struct t_db db;
    char *dir;
    struct county *c;
};
/* False, with the test marked as skipped, when there is no PostgreSQL. The county is a demo:
 * its clock stands at 2026-09-30T00:00:00Z until a test moves it. */
bool t_county_init(struct t_county *t, enum db_kind kind);
void t_county_reopen(struct t_county *t); /* close and open */
void t_county_done(struct t_county *t);   /* for CLEANUP: closes and removes everything */
void t_county_run(enum db_kind kind, void (*fn)(struct county *c));
void t_county_run_in(enum db_kind kind, void (*fn)(struct t_county *t));
/* Append one small record and return its row. */
struct id t_record(struct county *c, const char *kind, const char *unit, const char *subject);

/* Append n of them in one change, with subjects E-0, E-1, …; the row of the last. */
struct id t_records(struct county *c, const char *kind, const char *unit, int n);

enum { T_NOW_S = 1790726400 }; /* 2026-09-30T00:00:00Z */

/* Macros, because a test is a function without arguments and a row of a const table. */
#define T_COUNTY(fn)                                                                           \
    static void fn##_sqlite(void)                                                              \
    {                                                                                          \
        t_county_run(DB_SQLITE, fn);                                                           \
    }                                                                                          \
    static void fn##_postgres(void)                                                            \
    {                                                                                          \
        t_county_run(DB_POSTGRES, fn);                                                         \
    }
#define T_COUNTY_IN(fn)                                                                        \
    static void fn##_sqlite(void)                                                              \
    {                                                                                          \
        t_county_run_in(DB_SQLITE, fn);                                                        \
    }                                                                                          \
    static void fn##_postgres(void)                                                            \
    {                                                                                          \
        t_county_run_in(DB_POSTGRES, fn);                                                      \
    }
#define T_COUNTY_CASES(name, fn) T_DB_CASES(name, fn)

#endif
