/* Fresh databases for tests; see test_db.h. */
#include "db/test_db.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool t_db_init(struct t_db *t, enum db_kind kind)
{
    static atomic_int serial; /* schemas of one process */
    const char *pg = getenv("JINGJIAN_PG"), *tmp = getenv("TMPDIR");
    *t = (struct t_db){ .kind = kind };
    if (kind == DB_POSTGRES && pg == NULL) {
        t_skip("JINGJIAN_PG is not set (scripts/pg)");
        return false;
    }
    CLEANUP(arena_freep) struct arena *a = arena_new();
    t->dir = mem_strdup(arena_printf(a, "%s/jingjian-test-XXXXXX", tmp ? tmp : "/tmp"));
    if (mkdtemp(t->dir) == NULL)
        abort();
    t->url = mem_strdup(kind == DB_SQLITE ? arena_printf(a, "sqlite:%s/test.db", t->dir) : pg);
    t->schema = mem_strdup(arena_printf(a, "t_%d_%d", (int)getpid(), (int)serial++));
    t->cfg = (struct db_config){ .url = t->url, .schema = t->schema };
    return true;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)remove(path); /* a folder of /tmp that stays harms nobody */
    return 0;
}

void t_db_done(struct t_db *t)
{
    if (t->dir == NULL)
        return;
    (void)nftw(t->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS); /* as above */
    if (t->kind == DB_POSTGRES) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        PGconn *c = PQconnectdb(t->url);
        PQclear(PQexec(c, "SET client_min_messages = error"));
        PQclear(PQexec(c, arena_printf(a, "DROP SCHEMA IF EXISTS %s CASCADE", t->schema)));
        PQfinish(c);
    }
    free(t->dir);
    free(t->url);
    free(t->schema);
    *t = (struct t_db){ 0 };
}

void t_db_run(enum db_kind kind, void (*fn)(struct db *db))
{
    CLEANUP(t_db_done) struct t_db t;
    CLEANUP(err_done) struct err e = { 0 };
    if (!t_db_init(&t, kind))
        return;
    CLEANUP(db_closep) struct db *db = NULL;
    enum rc rc = db_open(&t.cfg, &db, &e);
    if (rc == RC_OK)
        rc = db_migrate(db, &e);
    CHECK_OK(rc);
    if (rc == RC_OK)
        fn(db);
}
