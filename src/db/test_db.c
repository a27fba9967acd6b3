/* Fresh databases for tests; see test_db.h. */
#include "db/test_db.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A folder of its own, and where the database is; false, marked as skipped: no PostgreSQL. */
static bool place(struct t_db *t, enum db_kind kind)
{
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
    return true;
}

static void name_schema(struct t_db *t, const char *name)
{
    t->schema = mem_strdup(name);
    t->cfg = (struct db_config){ .url = t->url, .schema = t->schema };
}

bool t_db_init(struct t_db *t, enum db_kind kind)
{
    static atomic_int serial; /* schemas of one process */
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (!place(t, kind))
        return false;
    name_schema(t, arena_printf(a, "t_%d_%d", (int)getpid(), (int)serial++));
    return true;
}

/* Nobody else's: the lock goes with the connection, also when the test breaks down. */
static bool lend(PGconn *c, int n, struct arena *a)
{
    PGresult *r = PQexec(c, arena_printf(a, "SELECT pg_try_advisory_lock(7450, %d)", n));
    bool mine = PQntuples(r) == 1 && *PQgetvalue(r, 0, 0) == 't';
    PQclear(r);
    return mine;
}

bool t_db_lend(struct t_db *t, enum db_kind kind)
{
    /* replica: rows go in any order; a table without pages has had none. */
    static const char empty[] =
        "SET client_min_messages = error; SET session_replication_role = replica; "
        "DO $$ DECLARE r record; BEGIN FOR r IN "
        "SELECT c.oid::regclass AS it, c.relkind AS kind FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '%s' AND "
        "(c.relkind = 'S' OR "
        "c.relkind = 'r' AND c.relname <> 'migration' AND pg_relation_size(c.oid) > 0) "
        "LOOP IF r.kind = 'S' THEN PERFORM setval(r.it, 1, false); "
        "ELSE EXECUTE 'DELETE FROM ' || r.it; END IF; END LOOP; END $$";
    if (kind == DB_SQLITE)
        return t_db_init(t, kind);
    if (!place(t, kind))
        return false;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    int n = 0;
    t->lent = PQconnectdb(t->url);
    while (PQstatus(t->lent) == CONNECTION_OK && !lend(t->lent, n, a))
        n++;
    name_schema(t, arena_printf(a, "t_lent_%d", n));
    PGresult *r = PQexec(t->lent, arena_printf(a, empty, t->schema));
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
    if (!ok)
        t_fail(__FILE__, __LINE__, "%s", PQerrorMessage(t->lent));
    PQclear(r);
    return ok;
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
    PQfinish(t->lent);
    if (t->kind == DB_POSTGRES && t->lent == NULL) {
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
