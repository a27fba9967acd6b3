/*
 * What does not depend on the back end: opening, checking parameters, rows into structs by the
 * query's table of offsets, and the rule that a failed statement dooms its change.
 */
#include "db/db.h"

#include "base/clock.h"
#include "base/fiber.h"
#include "base/period.h"
#include "base/str.h"
#include "db/driver.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool schema_valid(const char *s)
{
    size_t n = strlen(s);
    return n >= 1 && n <= 63 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == n &&
           !(s[0] >= '0' && s[0] <= '9');
}

enum rc db_open(const struct db_config *cfg, struct db **ret, struct err *e)
{
    const char *url = cfg->url ? cfg->url : "",
               *schema = cfg->schema ? cfg->schema : "jingjian";
    bool sqlite = str_starts(url, "sqlite:") && url[7] != '\0';
    bool postgres = str_starts(url, "postgresql:") || str_starts(url, "postgres:");
    if (!sqlite && !postgres)
        return err_set(e, RC_INVALID,
                       N_("数据库地址「{url}」有误:应为 sqlite:文件 或 postgresql://…"), "url",
                       url);
    if (!schema_valid(schema))
        return err_set(
            e, RC_INVALID,
            N_("模式名「{schema}」有误:只能用小写字母、数字和下划线,不以数字开头,最多 63 个"),
            "schema", schema);
    struct db *db = mem_alloc(sizeof(*db));
    db->kind = sqlite ? DB_SQLITE : DB_POSTGRES;
    db->driver = sqlite ? &sqlite_driver : &postgres_driver;
    db->path = mem_strdup(sqlite ? url + 7 : url);
    db->schema = mem_strdup(schema);
    db->vfs = cfg->vfs ? mem_strdup(cfg->vfs) : NULL;
    db->queue_max = cfg->queue_max ? cfg->queue_max : DB_QUEUE_MAX;
    db->snap_age_ms = cfg->snap_age_ms ? cfg->snap_age_ms : DB_SNAP_AGE_MS;
    pool_init(&db->readers, cfg->readers ? cfg->readers : DB_READERS, /* writing= */ false);
    pool_init(&db->writers, DB_PG_WRITERS, /* writing= */ true);
    pthread_mutex_init(&db->lock, NULL);
    /* The first writing connection shows whether there is a way in, and makes the file. */
    struct conn *c = NULL;
    enum rc rc = db->driver->connect(db, true, &c, e);
    if (rc == RC_OK)
        db->driver->disconnect(c);
    if (rc != RC_OK)
        db_closep(&db);
    else
        *ret = db;
    return rc;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    db->driver->stop(db);
    pool_close(db, &db->readers);
    pool_close(db, &db->writers);
    pthread_mutex_destroy(&db->lock);
    free(db->path);
    free(db->schema);
    free(db->vfs);
    free(db);
}

void db_closep(struct db **db)
{
    db_close(*db);
    *db = NULL;
}

enum db_kind db_kind(const struct db *db)
{
    return db->kind;
}

void db_stats(struct db *db, struct db_stats *ret)
{
    *ret = (struct db_stats){ .commits = db->commits,
                              .changes = db->changes,
                              .reruns = db->reruns,
                              .refused = db->refused,
                              .slow = db->slow,
                              .queued = db->queued,
                              .stopped = db->stopped };
}

int64_t db_commits(struct db *db)
{
    return db->commits;
}

void db_after_commit(struct db *db, void (*fn)(void *arg), void *arg)
{
    pthread_mutex_lock(&db->lock);
    db->hook = fn;
    db->hook_arg = arg;
    pthread_mutex_unlock(&db->lock);
}

void db_committed(struct db *db, int64_t changes)
{
    db->commits++;
    db->changes += changes;
    /* Under the lock, so that a hook that was cleared is not called any more. */
    pthread_mutex_lock(&db->lock);
    if (db->hook != NULL)
        db->hook(db->hook_arg);
    pthread_mutex_unlock(&db->lock);
}

void err_clear(struct err *e)
{
    err_done(e);
    *e = (struct err){ 0 };
}

typedef enum rc change_fn(struct tx *tx, void *arg, struct err *e);

void db_accompany(struct db_company *k)
{
    *fiber_own() = k;
}

void db_accompany_end(void)
{
    *fiber_own() = NULL;
}

struct both {
    change_fn *first, *second;
    void *first_arg, *second_arg;
};

static enum rc run_both(struct tx *tx, void *arg, struct err *e)
{
    const struct both *b = arg;
    enum rc rc = b->first(tx, b->first_arg, e);
    return rc == RC_OK ? b->second(tx, b->second_arg, e) : rc;
}

enum rc db_transact(struct db *db, change_fn *fn, void *arg, struct err *e)
{
    struct db_company *k = *fiber_own();
    if (!k || k->db != db || k->gone)
        return db->driver->transact(db, fn, arg, e);
    struct both b = { .first = fn, .first_arg = arg, .second = k->fn, .second_arg = k->arg };
    enum rc rc = db->driver->transact(db, run_both, &b, e);
    k->gone = rc == RC_OK;
    return rc;
}

void db_transact_later(struct db *db, change_fn *fn, void *arg, void (*done)(void *arg))
{
    db->driver->transact_later(db, fn, arg, done);
}

void transact_at_once(struct db *db, change_fn *fn, void *arg, void (*done)(void *arg))
{
    CLEANUP(err_done) struct err e = { 0 };
    (void)!db->driver->transact(db, fn, arg, &e); /* nobody waits for it */
    done(arg);
}

void tx_begin(struct tx *tx, struct conn *c)
{
    *tx = (struct tx){ .snap.conn = c, .started_us = clock_monotonic_us() };
    tx->snap.tx = tx;
}

enum rc tx_run(struct tx *tx, enum rc (*fn)(struct tx *, void *, struct err *), void *arg,
               struct err *e)
{
    enum rc rc = fn(tx, arg, e);
    if (clock_monotonic_us() - tx->started_us > DB_WRITER_SLICE_US && tx_slice_over(tx))
        tx->snap.conn->db->slow++;
    if (rc == RC_OK && tx->failed != RC_OK)
        return err_set(e, tx->failed, N_("更改未保存:其中一条语句失败"));
    return rc;
}

const struct snap *tx_snap(const struct tx *tx)
{
    return &tx->snap;
}

struct db *tx_db(const struct tx *tx)
{
    return tx->snap.conn->db;
}

bool tx_slice_over(const struct tx *tx)
{
    struct db *db = tx->snap.conn->db;
    bool alone = db->queued + db->in_batch <= 1;
    return clock_monotonic_us() - tx->started_us >=
           (alone ? DB_WRITER_ALONE_US : DB_WRITER_SLICE_US);
}

struct slot *cache_find(struct cache *c, const struct query *q)
{
    uint64_t h = ((uint64_t)(uintptr_t)q >> 4) * UINT64_C(0x9e3779b97f4a7c15);
    struct slot *set = &c->at[(h >> 58) * CACHE_WAYS], *best = NULL;
    for (size_t i = 0; i < CACHE_WAYS; i++) {
        struct slot *s = &set[i];
        if (s->busy)
            continue;
        if (s->q == q) {
            best = s;
            break;
        }
        if (best == NULL || s->used < best->used)
            best = s;
    }
    if (best != NULL)
        best->used = ++c->clock;
    return best;
}

static enum rc age_check(const struct snap *snap, struct err *e)
{
    if (snap->deadline_us != 0 && clock_monotonic_us() > snap->deadline_us)
        return err_set(e, RC_BUSY, N_("读取时间过长,已中止"));
    return RC_OK;
}

static enum rc doom(const struct rows *r, enum rc rc)
{
    struct tx *tx = r->snap->tx;
    if (tx != NULL && rc != RC_OK && rc != RC_DONE && tx->failed == RC_OK)
        tx->failed = rc;
    return rc;
}

static enum rc start(struct rows *r, const struct val *v, struct err *e)
{
    const struct query *q = r->q;
    const struct tx *tx = r->snap->tx;
    assert(!q->writes || tx != NULL);
    if (tx != NULL && tx->failed != RC_OK)
        return err_set(e, tx->failed, N_("更改未保存:其中一条语句失败"));
    enum rc rc = age_check(r->snap, e);
    for (size_t i = 0; i < q->n_params && rc == RC_OK; i++) {
        if (v[i].null && !q->params[i].null_ok)
            rc = err_set(e, RC_INVALID, N_("{name} 不能为空({where})"), "name",
                         q->params[i].name, "where", q->where);
    }
    if (rc == RC_OK)
        rc = r->snap->conn->db->driver->start(r, v, e);
    return doom(r, rc);
}

static enum rc step(struct rows *r, struct err *e)
{
    if (r->ended)
        return RC_DONE;
    if ((++r->seen & 255) == 0) {
        enum rc rc = age_check(r->snap, e);
        if (rc != RC_OK)
            return rc;
    }
    enum rc rc = r->snap->conn->db->driver->step(r, e);
    r->ended = rc != RC_OK;
    return doom(r, rc);
}

static void finish(struct rows *r)
{
    r->snap->conn->db->driver->finish(r);
}

/* One value into the row struct at p; a NULL leaves the zeros that are there. Text is copied
 * when there is an arena. */
static enum rc decode(const struct query *q, const struct query_col *c, const struct val *v,
                      struct arena *a, char *row, struct err *e)
{
    void *p = row + c->offset;
    if (v->null) {
        if (!c->null_ok)
            return err_set(e, RC_DB, N_("查询 {where} 的 {name} 为空,声明为不空"), "where",
                           q->where, "name", c->name);
        if (c->null_offset != 0)
            *(bool *)(row + c->null_offset) = true;
        else if (c->type == DB_REAL)
            *(double *)p = __builtin_nan("");
        return RC_OK;
    }
    switch (c->type) {
    case DB_ID:
        ((struct id *)p)->v = v->i;
        break;
    case DB_TIME:
        ((struct utime *)p)->us = v->i;
        break;
    case DB_MONEY:
        ((struct money *)p)->fen = v->i;
        break;
    case DB_INT:
        *(int64_t *)p = v->i;
        break;
    case DB_BOOL:
        *(bool *)p = v->i != 0;
        break;
    case DB_REAL:
        *(double *)p = v->r;
        break;
    case DB_TEXT:
        *(const char **)p =
            a ? arena_strndup(a, (const char *)v->b.p, v->b.n) : (const char *)v->b.p;
        break;
    case DB_BLOB:
        *(struct bytes *)p =
            (struct bytes){ a && v->b.n ? arena_copy(a, v->b.p, v->b.n) : v->b.p, v->b.n };
        break;
    case DB_PERIOD:
        if (period_parse((const char *)v->b.p, p, e) != RC_OK)
            /* The database does not know the type: somebody else wrote this. */
            return err_set(e, RC_UNPROVEN, N_("查询 {where} 的 {name} 不是期间:{value}"),
                           "where", q->where, "name", c->name, "value", (const char *)v->b.p);
        break;
    }
    return RC_OK;
}

static enum rc row_decode(struct rows *r, struct arena *a, void *row, struct err *e)
{
    memset(row, 0, r->q->row_size);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < r->q->n_cols && rc == RC_OK; i++) {
        struct val v = { 0 };
        rc = r->snap->conn->db->driver->get(r, i, &v, e);
        if (rc == RC_OK)
            rc = decode(r->q, &r->q->cols[i], &v, a, row, e);
    }
    return doom(r, rc);
}

enum rc db_exec(struct tx *tx, const struct query *q, const struct val *v, int64_t *ret_changed,
                struct err *e)
{
    struct rows r = { .snap = &tx->snap, .q = q };
    enum rc rc = start(&r, v, e);
    if (rc == RC_OK)
        rc = step(&r, e);
    finish(&r);
    if (rc != RC_OK && rc != RC_DONE)
        return rc;
    if (ret_changed != NULL)
        *ret_changed = r.changed;
    return RC_OK;
}

/* Whether the rows end here, as they must for a query of one row; a write must run to its end.
 */
static enum rc end_check(struct rows *r, struct err *e)
{
    if (!r->q->single && !r->q->writes)
        return RC_OK;
    enum rc rc = step(r, e);
    if (rc == RC_OK && r->q->single)
        return err_set(e, RC_DB, N_("查询 {where} 得到不止一行"), "where", r->q->where);
    while (rc == RC_OK)
        rc = step(r, e);
    return rc == RC_DONE ? RC_OK : rc;
}

enum rc db_one(const struct snap *snap, const struct query *q, const struct val *v,
               struct arena *a, void *ret_row, struct err *e)
{
    struct rows r = { .snap = snap, .q = q };
    enum rc rc = start(&r, v, e);
    if (rc == RC_OK)
        rc = step(&r, e);
    if (rc == RC_OK) {
        rc = row_decode(&r, a, ret_row, e);
        if (rc == RC_OK)
            rc = end_check(&r, e);
    } else if (rc == RC_DONE) {
        rc = err_set(e, RC_NOTFOUND, NULL);
    }
    finish(&r);
    return rc;
}

enum rc db_all(const struct snap *snap, const struct query *q, const struct val *v,
               struct arena *a, void **ret_rows, size_t *ret_n, struct err *e)
{
    struct rows r = { .snap = snap, .q = q };
    CLEANUP(mem_freep) char *rows = NULL;
    size_t n = 0, cap = 0;
    enum rc rc = start(&r, v, e);
    while (rc == RC_OK) {
        rc = step(&r, e);
        if (rc != RC_OK)
            break;
        if (n == cap) {
            cap = cap ? 2 * cap : 16;
            rows = mem_realloc(rows, cap * q->row_size);
        }
        rc = row_decode(&r, a, rows + n * q->row_size, e);
        n++;
    }
    finish(&r);
    if (rc != RC_DONE)
        return rc;
    *ret_rows = n ? arena_copy(a, rows, n * q->row_size) : NULL;
    *ret_n = n;
    return RC_OK;
}

enum rc rows_open(const struct snap *snap, const struct query *q, const struct val *v,
                  struct rows **ret, struct err *e)
{
    struct rows *r = mem_alloc(sizeof(*r));
    *r = (struct rows){ .snap = snap, .q = q, .cursor = true };
    enum rc rc = start(r, v, e);
    if (rc == RC_OK)
        *ret = r;
    else
        rows_close(&r);
    return rc;
}

enum rc rows_next(struct rows *r, void *ret_row, struct err *e)
{
    enum rc rc = step(r, e);
    return rc == RC_OK ? row_decode(r, NULL, ret_row, e) : rc;
}

void rows_close(struct rows **r)
{
    if (*r == NULL)
        return;
    finish(*r);
    free(*r);
    *r = NULL;
}
