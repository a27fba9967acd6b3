/* PostgreSQL: what happens to changes that collide, and to those whose connection breaks. */
#include "db/driver.h"
#include "db/migrate.h"
#include "db/test_db.h"
#include "db/test_kinds.sql.h"

#include <semaphore.h>

extern const struct migration test_migrations[];
extern const size_t test_migrations_n;

static void ready(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(db_migrate_list(db, test_migrations, test_migrations_n, &e));
}

static char name_x[] = "x";

static enum rc put(struct tx *tx, void *arg, struct err *e)
{
    return kinds_put(tx, 1, arg, NULL, e);
}

static enum rc set_five(struct tx *tx, void *arg, struct err *e)
{
    return kinds_set(tx, 5, arg, NULL, e);
}

static int64_t number(struct db *db, const char *name)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct kinds_get_row r = { 0 };
    CHECK_OK(db_read(db, &snap, &e));
    CHECK_OK(kinds_get_one(snap, name, a, &r, &e));
    return r.n;
}

/* A change that reads, lets another one commit in between, and then writes. */
struct slow {
    struct db *db;
    int runs;
    sem_t reading, go;
    enum rc rc;
};

static void pause_once(struct slow *s)
{
    if (++s->runs > 1)
        return;
    sem_post(&s->reading);
    sem_wait(&s->go);
}

static enum rc read_then_add(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct kinds_get_row r;
    enum rc rc = kinds_get_one(tx_snap(tx), "x", a, &r, e);
    pause_once(arg);
    return rc == RC_OK ? kinds_set(tx, r.n + 10, "x", NULL, e) : rc;
}

static enum rc put_if_absent(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct kinds_get_row r;
    enum rc rc = kinds_get_one(tx_snap(tx), "new", a, &r, e);
    pause_once(arg);
    if (rc == RC_OK)
        return err_set(e, RC_DENIED, NULL);
    return rc == RC_NOTFOUND ? kinds_put(tx, 1, "new", NULL, e) : rc;
}

static void *add_run(void *arg)
{
    struct slow *s = arg;
    CLEANUP(err_done) struct err e = { 0 };
    s->rc = db_transact(s->db, read_then_add, s, &e);
    return NULL;
}

static void *absent_run(void *arg)
{
    struct slow *s = arg;
    CLEANUP(err_done) struct err e = { 0 };
    s->rc = db_transact(s->db, put_if_absent, s, &e);
    return NULL;
}

static void collide(struct db *db, void *(*slow_run)(void *),
                    enum rc (*quick)(struct tx *, void *, struct err *), const char *name,
                    struct slow *s)
{
    CLEANUP(err_done) struct err e = { 0 };
    pthread_t thread;
    s->db = db;
    sem_init(&s->reading, 0, 0);
    sem_init(&s->go, 0, 0);
    pthread_create(&thread, NULL, slow_run, s);
    sem_wait(&s->reading);
    CHECK_OK(db_transact(db, quick, (void *)name, &e));
    sem_post(&s->go);
    pthread_join(thread, NULL);
    sem_destroy(&s->reading);
    sem_destroy(&s->go);
}

static void loser_runs_again(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct slow s = { 0 };
    ready(db);
    CHECK_OK(db_transact(db, put, name_x, &e));
    collide(db, add_run, set_five, "x", &s);
    CHECK_INT(s.rc, RC_OK);
    CHECK_INT(s.runs, 2);
    CHECK_INT(number(db, "x"), 15);
}

static void clash_is_looked_at_again(struct db *db)
{
    struct slow s = { 0 };
    ready(db);
    collide(db, absent_run, put, "new", &s);
    CHECK_INT(s.rc, RC_DENIED);
    CHECK_INT(s.runs, 2);
}

/* Break the connection in the first so many runs. */
struct broken {
    int breaks, runs;
};

static enum rc break_then_put(struct tx *tx, void *arg, struct err *e)
{
    struct broken *b = arg;
    struct conn *c = tx->snap.conn;
    if (++b->runs <= b->breaks) {
        CLEANUP(err_done) struct err ignored = { 0 };
        (void)c->db->driver->script(c, "SELECT pg_terminate_backend(pg_backend_pid())",
                                    &ignored);
    }
    return kinds_put(tx, 1, "x", NULL, e);
}

static void broken_connection(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct broken once = { .breaks = 1 }, always = { .breaks = 9 };
    ready(db);
    CHECK_INT(db_transact(db, break_then_put, &always, &e), RC_BUSY);
    CHECK_INT(always.runs, 2);
    CHECK_OK(db_transact(db, break_then_put, &once, &e));
    CHECK_INT(once.runs, 2);
    CHECK_INT(number(db, "x"), 1);
}

static enum rc end_others(struct tx *tx, void *arg, struct err *e)
{
    struct conn *c = tx->snap.conn;
    return c->db->driver->script(
        c,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND application_name = current_setting('application_name')",
        e);
}

/* As after a restart of the server: what lies in the pool is dead. */
static void dead_pool(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    ready(db);
    CHECK_OK(db_transact(db, put, name_x, &e));
    CHECK_INT(number(db, "x"), 1);
    CHECK_OK(db_transact(db, end_others, NULL, &e));
    CHECK_INT(number(db, "x"), 1);
}

/* On SQLite changes come one after the other: nothing of this can happen there. */
static void loser_runs_again_pg(void)
{
    t_db_run(DB_POSTGRES, loser_runs_again);
}
static void clash_is_looked_at_again_pg(void)
{
    t_db_run(DB_POSTGRES, clash_is_looked_at_again);
}
static void broken_connection_pg(void)
{
    t_db_run(DB_POSTGRES, broken_connection);
}
static void dead_pool_pg(void)
{
    t_db_run(DB_POSTGRES, dead_pool);
}

T_MAIN({ "a change that lost a race is run again", loser_runs_again_pg },
       { "a key that came in between is seen by a second run", clash_is_looked_at_again_pg },
       { "a change whose connection broke is run once more", broken_connection_pg },
       { "dead connections of the pool are made anew", dead_pool_pg })
