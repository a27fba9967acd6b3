/*
 * SQLite: connections, statements, values. WAL with synchronous=FULL: one fsync a commit,
 * readers never wait. What may be written and when is writer.c's business.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/period.h"
#include "db/sqlite_conn.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct sqlite_conn *own(struct conn *c)
{
    return (struct sqlite_conn *)c;
}

enum rc sqlite_fail(struct sqlite_conn *c, const char *where, struct err *e)
{
    int code = sqlite3_extended_errcode(c->h);
    const char *at = where ? where : c->base.db->path, *reason = sqlite3_errmsg(c->h);
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
            code == SQLITE_CONSTRAINT_ROWID)
            return err_set(e, RC_CONFLICT, N_("与已有的数据重复({where}:{reason})"), "where",
                           at, "reason", reason);
        if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
            return err_set(e, RC_CONFLICT, N_("所引用的数据不存在或仍被引用({where}:{reason})"),
                           "where", at, "reason", reason);
        return err_set(e, RC_INVALID, N_("数据不合规定({where}:{reason})"), "where", at,
                       "reason", reason);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(e, RC_BUSY, N_("数据库被其他进程占用,请稍后再试"));
    case SQLITE_INTERRUPT:
        return err_set(e, RC_BUSY, N_("读取时间过长,已中止"));
    case SQLITE_FULL:
        return err_set(e, RC_BUSY, N_("磁盘已满,更改未保存"));
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        c->disk_failed = true;
        return err_set(e, RC_IO, N_("数据库文件 {path} 读写出错:{reason}"), "path",
                       c->base.db->path, "reason", reason);
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return err_set(e, RC_IO, N_("打不开数据库文件 {path}:{reason}"), "path",
                       c->base.db->path, "reason", reason);
    case SQLITE_NOMEM:
        abort();
    }
    return err_set(e, RC_DB, N_("数据库出错({where}):{reason}"), "where", at, "reason", reason);
}

enum rc sqlite_run(struct sqlite_conn *c, const char *sql, struct err *e)
{
    return sqlite3_exec(c->h, sql, NULL, NULL, NULL) == SQLITE_OK ? RC_OK
                                                                  : sqlite_fail(c, NULL, e);
}

/* Ends a query that would outlive its snapshot. */
static int too_old(void *arg)
{
    struct conn *c = arg;
    return c->snap.deadline_us != 0 && clock_monotonic_us() > c->snap.deadline_us;
}

static enum rc set_up(struct sqlite_conn *c, bool writing, struct err *e)
{
    sqlite3_extended_result_codes(c->h, 1);
    sqlite3_busy_timeout(c->h, DB_BUSY_MS);
    sqlite3_db_config(c->h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(c->h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(c->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(c->h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (!writing)
        sqlite3_progress_handler(c->h, 20000, too_old, c);
    enum rc rc = sqlite_run(
        c,
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
        "PRAGMA case_sensitive_like = ON; PRAGMA wal_autocheckpoint = 2000;"
        "PRAGMA journal_size_limit = 67108864;",
        e);
    if (rc == RC_OK)
        rc = sqlite_run(c,
                        writing ? "PRAGMA journal_mode = WAL; PRAGMA cache_size = -32000"
                                : "PRAGMA cache_size = -2000; PRAGMA query_only = ON",
                        e);
    return rc;
}

static void sqlite_disconnect(struct conn *base)
{
    struct sqlite_conn *c = own(base);
    for (size_t i = 0; i < COUNT(base->cache.at); i++)
        sqlite3_finalize(base->cache.at[i].stmt);
    sqlite3_finalize(c->begin);
    sqlite3_finalize(c->look);
    sqlite3_finalize(c->end);
    sqlite3_close(c->h);
    free(c);
}

/*
 * SQLite counts its memory under a lock of the whole process, taken by every allocation of
 * every thread: half of all waits of a busy server. Nobody reads those numbers. Refused, and
 * slower, where something used SQLite before us.
 */
static void count_no_memory(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum rc sqlite_connect(struct db *db, bool writing, struct conn **ret, struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, count_no_memory);
    struct sqlite_conn *c = mem_alloc(sizeof(*c));
    c->base.db = db;
    /* SQLite would let everybody read it; its other files take their mode from it. What cannot
     * be made is reported by SQLite. */
    if (writing && !file_exists(db->path) && file_make_private(db->path, e) != RC_OK)
        err_clear(e);
    int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (writing ? SQLITE_OPEN_CREATE : 0);
    enum rc rc = sqlite3_open_v2(db->path, &c->h, flags, db->vfs) == SQLITE_OK
                     ? set_up(c, writing, e)
                     : sqlite_fail(c, NULL, e);
    if (rc == RC_OK)
        *ret = &c->base;
    else
        sqlite_disconnect(&c->base);
    return rc;
}

/* Prepared once: every request takes a few snapshots, and parsing costs more than running. */
static sqlite3_stmt *kept(struct sqlite_conn *c, sqlite3_stmt **st, const char *sql)
{
    if (*st == NULL)
        (void)sqlite3_prepare_v3(c->h, sql, -1, SQLITE_PREPARE_PERSISTENT, st,
                                 NULL); /* stepping NULL fails */
    return *st;
}

static bool step_once(sqlite3_stmt *st, int want)
{
    bool good = sqlite3_step(st) == want;
    return sqlite3_reset(st) == SQLITE_OK && good;
}

static enum rc sqlite_read_begin(struct conn *base, int64_t age_ms, struct err *e)
{
    struct sqlite_conn *c = own(base);
    /* BEGIN alone takes no snapshot; the first read does. */
    return step_once(kept(c, &c->begin, "BEGIN"), SQLITE_DONE) &&
                   step_once(kept(c, &c->look, "SELECT 1 FROM sqlite_schema LIMIT 1"),
                             SQLITE_ROW)
               ? RC_OK
               : sqlite_fail(c, NULL, e);
}

static void sqlite_read_end(struct conn *base)
{
    struct sqlite_conn *c = own(base);
    base->snap.deadline_us = 0;
    if (!step_once(kept(c, &c->end, "ROLLBACK"), SQLITE_DONE))
        base->broken = !sqlite3_get_autocommit(c->h);
}

static int bind(sqlite3_stmt *st, int i, enum db_type type, const struct val *v,
                sqlite3_destructor_type keep)
{
    if (v->null)
        return sqlite3_bind_null(st, i);
    char code[PERIOD_TEXT];
    switch (type) {
    case DB_ID:
    case DB_INT:
    case DB_TIME:
    case DB_MONEY:
        return sqlite3_bind_int64(st, i, v->i);
    case DB_BOOL:
        return sqlite3_bind_int64(st, i, v->i != 0);
    case DB_REAL:
        return sqlite3_bind_double(st, i, v->r);
    case DB_TEXT:
        return sqlite3_bind_text64(st, i, (const char *)v->b.p, v->b.n, keep, SQLITE_UTF8);
    case DB_BLOB:
        /* A NULL pointer would bind NULL. */
        return sqlite3_bind_blob64(st, i, v->b.n ? (const void *)v->b.p : "", v->b.n, keep);
    case DB_PERIOD:
        return sqlite3_bind_text(st, i, period_code((struct period){ (uint32_t)v->i }, code),
                                 -1, SQLITE_TRANSIENT);
    }
    return SQLITE_MISUSE;
}

static enum rc prepare(struct rows *r, struct err *e)
{
    struct sqlite_conn *c = own(r->snap->conn);
    struct slot *s = cache_find(&c->base.cache, r->q);
    if (s != NULL && s->q == r->q) {
        s->busy = true;
        r->slot = s;
        r->stmt = s->stmt;
        return RC_OK;
    }
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v3(c->h, r->q->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) !=
        SQLITE_OK)
        return sqlite_fail(c, r->q->where, e);
    r->stmt = st;
    if (s == NULL)
        return RC_OK; /* every place is in use: a statement of its own */
    sqlite3_finalize(s->stmt);
    *s = (struct slot){ .q = r->q, .stmt = st, .used = s->used, .busy = true };
    r->slot = s;
    return RC_OK;
}

static enum rc sqlite_start(struct rows *r, const struct val *v, struct err *e)
{
    enum rc rc = prepare(r, e);
    /* A cursor outlives the caller's values. */
    sqlite3_destructor_type keep = r->cursor ? SQLITE_TRANSIENT : SQLITE_STATIC;
    for (size_t i = 0; i < r->q->n_params && rc == RC_OK; i++) {
        if (bind(r->stmt, (int)i + 1, r->q->params[i].type, &v[i], keep) != SQLITE_OK)
            rc = sqlite_fail(own(r->snap->conn), r->q->where, e);
    }
    return rc;
}

static enum rc sqlite_step(struct rows *r, struct err *e)
{
    struct sqlite_conn *c = own(r->snap->conn);
    int code = sqlite3_step(r->stmt);
    if (code == SQLITE_ROW)
        return RC_OK;
    if (code != SQLITE_DONE)
        return sqlite_fail(c, r->q->where, e);
    if (r->q->writes)
        r->changed = sqlite3_changes64(c->h);
    return RC_DONE;
}

static void sqlite_finish(struct rows *r)
{
    if (r->slot == NULL) {
        sqlite3_finalize(r->stmt);
        return;
    }
    sqlite3_reset(r->stmt); /* repeats the error of the step, which was reported */
    r->slot->busy = false;
}

static enum rc sqlite_get(struct rows *r, size_t col, struct val *ret, struct err *e)
{
    int i = (int)col;
    if (sqlite3_column_type(r->stmt, i) == SQLITE_NULL) {
        ret->null = true;
        return RC_OK;
    }
    switch (r->q->cols[col].type) {
    case DB_ID:
    case DB_INT:
    case DB_TIME:
    case DB_MONEY:
    case DB_BOOL:
        ret->i = sqlite3_column_int64(r->stmt, i);
        break;
    case DB_REAL:
        ret->r = sqlite3_column_double(r->stmt, i);
        break;
    case DB_TEXT:
    case DB_PERIOD:
        ret->b.p = sqlite3_column_text(r->stmt, i);
        ret->b.n = (size_t)sqlite3_column_bytes(r->stmt, i);
        break;
    case DB_BLOB:
        ret->b.p = sqlite3_column_blob(r->stmt, i);
        ret->b.n = (size_t)sqlite3_column_bytes(r->stmt, i);
        if (ret->b.p == NULL)
            ret->b.p = (const uint8_t *)""; /* empty, not absent */
        break;
    }
    return RC_OK;
}

static enum rc sqlite_script(struct conn *base, const char *sql, struct err *e)
{
    return sqlite_run(own(base), sql, e);
}

const struct driver sqlite_driver = {
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .read_begin = sqlite_read_begin,
    .read_end = sqlite_read_end,
    .start = sqlite_start,
    .step = sqlite_step,
    .finish = sqlite_finish,
    .get = sqlite_get,
    .script = sqlite_script,
    .transact = writer_transact,
    .transact_later = writer_transact_later,
    .stop = writer_stop,
};
