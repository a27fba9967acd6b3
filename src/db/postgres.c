/*
 * PostgreSQL: connections, snapshots, changes. A county is a schema; every transaction says SET
 * LOCAL search_path, so that the queries need not name it. Changes run in parallel connections
 * as serializable transactions on the caller's thread; one that lost a race is run again.
 * Statements and values are in pg_rows.c.
 */
#include "base/arena.h"
#include "base/rng.h"
#include "base/str.h"
#include "db/pg_conn.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct pg_conn *own(struct conn *c)
{
    return (struct pg_conn *)c;
}

/* The first line of a message, without "ERROR: ". */
static const char *reason_of(struct arena *a, const struct pg_conn *c, const PGresult *res)
{
    const char *s = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (s == NULL)
        s = PQerrorMessage(c->h);
    return arena_strndup(a, s, strcspn(s, "\n"));
}

enum rc pg_fail(struct pg_conn *c, const PGresult *res, const char *where, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL,
               *reason = reason_of(a, c, res);
    const char *at = where ? where : c->base.db->schema;
    if (PQstatus(c->h) == CONNECTION_BAD || state == NULL || str_starts(state, "57P") ||
        str_starts(state, "08")) {
        c->base.broken = true;
        return err_set(e, RC_IO, N_("与数据库服务器的连接中断:{reason}"), "reason", reason);
    }
    if (str_eq(state, "40001") || str_eq(state, "40P01")) {
        c->raced = true;
        return err_set(e, RC_BUSY, N_("同一数据正被他人修改,请稍后再试"));
    }
    if (str_eq(state, "23505")) {
        c->clashed = true;
        return err_set(e, RC_CONFLICT, N_("与已有的数据重复({where}:{reason})"), "where", at,
                       "reason", reason);
    }
    if (str_eq(state, "23503"))
        return err_set(e, RC_CONFLICT, N_("所引用的数据不存在或仍被引用({where}:{reason})"),
                       "where", at, "reason", reason);
    if (str_starts(state, "23") || str_starts(state, "22"))
        return err_set(e, RC_INVALID, N_("数据不合规定({where}:{reason})"), "where", at,
                       "reason", reason);
    if (str_eq(state, "57014"))
        return err_set(e, RC_BUSY, N_("读取时间过长,已中止"));
    if (str_eq(state, "53100"))
        return err_set(e, RC_BUSY, N_("磁盘已满,更改未保存"));
    if (str_starts(state, "53"))
        return err_set(e, RC_BUSY, N_("数据库服务器资源不足:{reason}"), "reason", reason);
    return err_set(e, RC_DB, N_("数据库出错({where}):{reason}"), "where", at, "reason", reason);
}

enum rc pg_run(struct pg_conn *c, const char *sql, struct err *e)
{
    PGresult *res = PQexec(c->h, sql);
    ExecStatusType st = PQresultStatus(res);
    enum rc rc =
        st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK ? RC_OK : pg_fail(c, res, NULL, e);
    PQclear(res);
    return rc;
}

static void ignore_notice(void *arg, const char *message)
{
}

static void pg_disconnect(struct conn *base)
{
    PQfinish(own(base)->h);
    free(own(base));
}

static enum rc pg_connect(struct db *db, bool writing, struct conn **ret, struct err *e)
{
    static const char *const keys[] = { "dbname", "client_encoding",
                                        "fallback_application_name", "connect_timeout", NULL };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *const values[] = { db->path, "UTF8", arena_printf(a, "jingjian %s", db->schema),
                                   "10", NULL };
    struct pg_conn *c = mem_alloc(sizeof(*c));
    c->base.db = db;
    c->h = PQconnectdbParams(keys, values, /* the URL is in dbname */ 1);
    if (PQstatus(c->h) == CONNECTION_OK) {
        PQsetNoticeProcessor(c->h, ignore_notice, NULL);
        *ret = &c->base;
        return RC_OK;
    }
    enum rc rc =
        err_set(e, RC_IO, N_("连不上数据库服务器:{reason}"), "reason", reason_of(a, c, NULL));
    pg_disconnect(&c->base);
    return rc;
}

/* Begin with sql; a connection that died in the pool, as when the server was restarted, is made
 * anew once. */
static enum rc begin(struct pg_conn *c, const char *sql, struct err *e)
{
    enum rc rc = pg_run(c, sql, e);
    if (rc == RC_OK || !c->base.broken)
        return rc;
    PQreset(c->h);
    memset(&c->base.cache, 0, sizeof(c->base.cache));
    c->base.broken = false;
    err_clear(e);
    return pg_run(c, sql, e);
}

static enum rc pg_read_begin(struct conn *base, int64_t age_ms, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    /* The snapshot is taken by the first query, therefore SELECT. */
    return begin(
        own(base),
        arena_printf(
            a,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
            "SET LOCAL search_path TO \"%s\"; SET LOCAL statement_timeout = %lld; SELECT 1",
            base->db->schema, (long long)(age_ms > 0 ? age_ms : 1)),
        e);
}

static void pg_read_end(struct conn *base)
{
    struct err e = { 0 };
    if (pg_run(own(base), "ROLLBACK", &e) != RC_OK)
        base->broken = true;
    err_done(&e);
}

static enum rc pg_script(struct conn *base, const char *sql, struct err *e)
{
    return pg_run(own(base), sql, e);
}

enum outcome {
    SETTLED,   /* committed, or refused by fn */
    RACED,     /* run it again */
    UNREACHED, /* the connection broke before COMMIT: nothing was done */
};

static enum rc commit(struct pg_conn *c, enum outcome *ret, struct err *e)
{
    PGresult *res = PQexec(c->h, "COMMIT");
    enum rc rc = RC_OK;
    if (PQresultStatus(res) != PGRES_COMMAND_OK || strcmp(PQcmdStatus(res), "COMMIT") != 0)
        rc = pg_fail(c, res, NULL, e);
    PQclear(res);
    if (rc != RC_OK && c->raced)
        *ret = RACED;
    if (rc != RC_OK && c->base.broken) {
        err_clear(e);
        return err_set(e, RC_IO, N_("保存时与数据库服务器的连接中断,是否已保存不能确定"));
    }
    return rc;
}

/* One try on one connection. */
static enum rc try(struct pg_conn *c, enum rc (*fn)(struct tx *, void *, struct err *),
                   void *arg, enum outcome *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct tx tx;
    *ret = SETTLED;
    c->raced = c->clashed = false;
    enum rc rc = begin(
        c,
        arena_printf(a, "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL search_path TO \"%s\"",
                     c->base.db->schema),
        e);
    if (rc == RC_OK) {
        tx_begin(&tx, &c->base);
        rc = tx_run(&tx, fn, arg, e);
        if (rc == RC_OK) {
            rc = commit(c, ret, e);
            if (rc == RC_OK)
                db_committed(c->base.db, 1);
            return rc;
        }
    }
    if (c->base.broken) {
        *ret = UNREACHED;
        return rc;
    }
    *ret = c->raced ? RACED : SETTLED;
    struct err ignored = { 0 };
    if (pg_run(c, "ROLLBACK", &ignored) != RC_OK)
        c->base.broken = true;
    err_done(&ignored);
    return rc;
}

/* Wait a little, longer after each try, so that those who collided do not collide again. */
static void back_off(struct rng *r, int tries)
{
    uint64_t us = rng_below(r, UINT64_C(500) << (tries < 7 ? tries : 7));
    nanosleep(&(struct timespec){ .tv_nsec = (long)us * 1000 }, NULL);
}

static enum rc transact_bounded(struct db *db, enum rc (*fn)(struct tx *, void *, struct err *),
                                void *arg, struct err *e)
{
    struct rng r;
    rng_init(&r, (uint64_t)(uintptr_t)&r, (uint64_t)db->changes);
    bool lost_before = false, clashed_before = false;
    for (int tries = 0; tries < DB_PG_TRIES; tries++) {
        struct conn *c = NULL;
        enum outcome o;
        err_clear(e);
        enum rc rc = pool_take(db, &db->writers, &c, e);
        if (rc != RC_OK)
            return rc;
        rc = try(own(c), fn, arg, &o, e);
        bool clashed = rc != RC_OK && own(c)->clashed && !clashed_before;
        pool_give(db, &db->writers, c);
        if (o == UNREACHED && lost_before) {
            err_clear(e);
            return err_set(e, RC_BUSY, N_("暂时不能保存,更改未生效,请稍后再试"));
        }
        if (o == SETTLED && !clashed)
            return rc;
        lost_before = lost_before || o == UNREACHED;
        clashed_before = clashed_before || clashed;
        db->reruns++;
        if (o == RACED)
            back_off(&r, tries);
    }
    err_clear(e);
    return err_set(e, RC_BUSY, N_("同一数据正被他人修改,请稍后再试"));
}

static enum rc pg_transact(struct db *db, enum rc (*fn)(struct tx *, void *, struct err *),
                           void *arg, struct err *e)
{
    if (++db->queued > (int64_t)(db->queue_max + db->writers.max)) {
        db->queued--;
        db->refused++;
        return err_set(e, RC_BUSY, N_("等待保存的更改过多,请稍后再试"));
    }
    enum rc rc = transact_bounded(db, fn, arg, e);
    db->queued--;
    return rc;
}

static void pg_stop(struct db *db)
{
    /* Changes run on their callers' threads; none is left. */
}

const struct driver postgres_driver = {
    .connect = pg_connect,
    .disconnect = pg_disconnect,
    .read_begin = pg_read_begin,
    .read_end = pg_read_end,
    .start = pg_start,
    .step = pg_step,
    .finish = pg_finish,
    .get = pg_get,
    .script = pg_script,
    .transact = pg_transact,
    .transact_later = transact_at_once,
    .stop = pg_stop,
};
