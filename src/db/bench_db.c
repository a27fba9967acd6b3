/*
 * The bench of src/db: durable changes from many clients, and many rows of one import, each
 * beside a bare loop over SQLite that writes the same rows, and beside the disk's own rate of
 * fsync.
 */
#include "db/bench_db.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/period.h"
#include "db/bench_db.sql.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    CLIENTS = 64,
    SECOND = 1000000,
    ROUNDS = 8,
    ROUND_US = 250000,
    ROWS = 400000,
    PER_COMMIT = 32,
    SYNC_BYTES = 4096,
    PARAMS_MAX = 32
};

static const char text[] =
    "{\"created\":\"2026Q3-000001\",\"at\":\"2026-09-30T08:00:00.000000Z\"}";
static const uint8_t digest[32] = { 1, 2, 3 };

static enum rc put(struct tx *tx, int64_t account, int64_t n, struct err *e)
{
    char name[32];
    snprintf(name, sizeof(name), "%lld-%lld", (long long)account, (long long)n);
    return bench_put(tx, (struct id){ account }, name, (struct bytes){ digest, sizeof(digest) },
                     "/x/1", text, (struct utime){ n }, NULL, e);
}

struct client {
    struct db *db;
    int64_t account, n, until_us;
    enum rc rc;
    pthread_t thread;
};

static enum rc put_one(struct tx *tx, void *arg, struct err *e)
{
    const struct client *c = arg;
    return put(tx, c->account, c->n, e);
}

static void *client_run(void *arg)
{
    struct client *c = arg;
    CLEANUP(err_done) struct err e = { 0 };
    while (c->rc == RC_OK && clock_monotonic_us() < c->until_us) {
        c->rc = db_transact(c->db, put_one, c, &e);
        c->n += c->rc == RC_OK;
    }
    return NULL;
}

static double changes_a_second(struct db *db)
{
    static struct client all[CLIENTS]; /* the bench runs once in a process */
    int64_t began = clock_monotonic_us(), n = 0;
    for (int i = 0; i < CLIENTS; i++) {
        n -= all[i].n; /* of earlier rounds */
        all[i] = (struct client){
            .db = db, .account = i + 1, .n = all[i].n, .until_us = began + ROUND_US
        };
        pthread_create(&all[i].thread, NULL, client_run, &all[i]);
    }
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(all[i].thread, NULL);
        n += all[i].n;
    }
    return (double)n * SECOND / (double)(clock_monotonic_us() - began);
}

struct slice {
    int64_t from, next;
};

static enum rc put_slice(struct tx *tx, void *arg, struct err *e)
{
    struct slice *s = arg;
    enum rc rc = RC_OK;
    for (s->next = s->from; rc == RC_OK && s->next < ROWS; s->next++) {
        if ((s->next & 63) == 63 && tx_slice_over(tx))
            break;
        rc = put(tx, 1000, s->next, e);
    }
    return rc;
}

static enum rc rows_a_second(struct db *db, double *ret, struct err *e)
{
    int64_t began = clock_monotonic_us();
    struct slice s = { 0 };
    enum rc rc = RC_OK;
    while (rc == RC_OK && s.from < ROWS) {
        rc = db_transact(db, put_slice, &s, e);
        s.from = s.next;
    }
    *ret = (double)ROWS * SECOND / (double)(clock_monotonic_us() - began);
    return rc;
}

/* As the county's own connection, without its program around it. */
static sqlite3 *bare_open(const char *path)
{
    sqlite3 *h = NULL;
    if (sqlite3_open(path, &h) == SQLITE_OK &&
        sqlite3_exec(
            h,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;"
            "PRAGMA wal_autocheckpoint = 2000",
            NULL, NULL, NULL) == SQLITE_OK)
        return h;
    sqlite3_close(h);
    return NULL;
}

/* The bare loop: the same statement, bound and stepped by hand, per_commit rows a commit, for
 * at most us. */
static double bare(const char *path, int64_t account, int64_t rows, int64_t per_commit,
                   int64_t us)
{
    sqlite3 *h = bare_open(path);
    sqlite3_stmt *st = NULL;
    int64_t n = 0;
    if (h)
        (void)sqlite3_prepare_v2(h, bench_put_query.sqlite, -1, &st,
                                 NULL); /* NULL gives a rate of 0 */
    int64_t began = clock_monotonic_us();
    bool good = st != NULL;
    while (good && n < rows && clock_monotonic_us() - began < us) {
        good = sqlite3_exec(h, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
        for (int64_t i = 0; i < per_commit && n < rows && good; i++, n++) {
            char name[32];
            snprintf(name, sizeof(name), "%lld-%lld", (long long)account, (long long)n);
            sqlite3_bind_int64(st, 1, account);
            sqlite3_bind_text(st, 2, name, -1, SQLITE_STATIC);
            sqlite3_bind_blob(st, 3, digest, sizeof(digest), SQLITE_STATIC);
            sqlite3_bind_text(st, 4, "/x/1", -1, SQLITE_STATIC);
            sqlite3_bind_text(st, 5, text, -1, SQLITE_STATIC);
            sqlite3_bind_int64(st, 6, n);
            good = sqlite3_step(st) == SQLITE_DONE;
            sqlite3_reset(st);
        }
        good = good && sqlite3_exec(h, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    }
    double rate = good ? (double)n * SECOND / (double)(clock_monotonic_us() - began) : 0;
    sqlite3_finalize(st);
    sqlite3_close(h);
    return rate;
}

double bench_fsync(const char *path, size_t n, int64_t us)
{
    static const char bytes[1 << 16];
    CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int64_t began = clock_monotonic_us(), times = 0;
    n = n < sizeof(bytes) ? n : sizeof(bytes);
    while (clock_monotonic_us() - began < us && write(fd, bytes, n) == (ssize_t)n &&
           fsync(fd) == 0)
        times++;
    return (double)times * SECOND / (double)(clock_monotonic_us() - began);
}

static void bind_row(sqlite3_stmt *st, const struct query *q, const struct val *v)
{
    char code[PERIOD_TEXT];
    for (int i = 0; i < (int)q->n_params; i++) {
        enum db_type t = q->params[i].type;
        if (v[i].null)
            sqlite3_bind_null(st, i + 1);
        else if (t == DB_REAL)
            sqlite3_bind_double(st, i + 1, v[i].r);
        else if (t == DB_TEXT)
            sqlite3_bind_text(st, i + 1, (const char *)v[i].b.p, (int)v[i].b.n, SQLITE_STATIC);
        else if (t == DB_BLOB)
            sqlite3_bind_blob(st, i + 1, v[i].b.p, (int)v[i].b.n, SQLITE_STATIC);
        else if (t == DB_PERIOD)
            sqlite3_bind_text(st, i + 1, period_code((struct period){ (uint32_t)v[i].i }, code),
                              -1, SQLITE_TRANSIENT);
        else
            sqlite3_bind_int64(st, i + 1, v[i].i);
    }
}

double bench_insert(const char *path, const struct query *q,
                    void (*row)(void *arg, int64_t i, struct val *v), void *arg, int64_t rows,
                    int64_t per_commit)
{
    struct val v[PARAMS_MAX] = { 0 };
    sqlite3_stmt *st = NULL;
    sqlite3 *h = bare_open(path);
    bool good = h && q->n_params <= PARAMS_MAX &&
                sqlite3_prepare_v2(h, q->sqlite, -1, &st, NULL) == SQLITE_OK;
    int64_t began = clock_monotonic_us();
    for (int64_t n = 0; good && n < rows;) {
        good = sqlite3_exec(h, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
        for (int64_t i = 0; i < per_commit && n < rows && good; i++, n++) {
            row(arg, n, v);
            bind_row(st, q, v);
            good = sqlite3_step(st) == SQLITE_DONE;
            sqlite3_reset(st);
        }
        good = good && sqlite3_exec(h, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    }
    double rate = good ? (double)rows * SECOND / (double)(clock_monotonic_us() - began) : 0;
    sqlite3_finalize(st);
    sqlite3_close(h);
    return rate;
}

enum rc bench_db(const char *folder, struct bench_db *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_closep) struct db *db = NULL;
    const char *path = arena_printf(a, "%s/bench.db", folder);
    enum rc rc =
        db_open(&(struct db_config){ .url = arena_printf(a, "sqlite:%s", path) }, &db, e);
    if (rc == RC_OK)
        rc = db_migrate(db, e);
    if (rc != RC_OK)
        return rc;
    struct bench_db r = { 0 };
    /* In turns, so that what else the machine does meets all alike. */
    for (int i = 0; i < ROUNDS; i++) {
        r.fsyncs +=
            bench_fsync(arena_printf(a, "%s/bench.sync", folder), SYNC_BYTES, SECOND / 2) /
            ROUNDS;
        r.changes += changes_a_second(db) / ROUNDS;
        r.bare_changes += bare(path, 2000 + i, INT64_MAX, PER_COMMIT, ROUND_US) / ROUNDS;
    }
    rc = rows_a_second(db, &r.rows, e);
    r.bare_rows = bare(path, 3000, ROWS, ROWS, 60 * (int64_t)SECOND);
    if (rc == RC_OK)
        *ret = r;
    return rc;
}
