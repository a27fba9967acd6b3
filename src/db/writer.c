/*
 * SQLite's one writer: a thread with the only connection that writes. It takes what has queued,
 * runs each change in a savepoint and commits once, one fsync for all; the callers are answered
 * after that.
 *
 * When a batch is lost (SQLite rolls everything back on some errors, or COMMIT fails) each of
 * its changes is run again alone, once, so that one bad change harms nobody else; what fails
 * then is answered RC_BUSY. After an error of the disk nothing is written any more until the
 * program starts again: what a failed fsync left on disk is unknown, and writing on could bury
 * it.
 */
#include "base/clock.h"
#include "base/fiber.h"
#include "db/sqlite_conn.h"

#include <stdlib.h>
#include <time.h>

struct change {
    enum rc (*fn)(struct tx *, void *, struct err *);
    void *arg;
    struct err *e;
    enum rc rc;
    struct waiter answered;
    void (*done)(void *arg); /* of a change nobody waits for, which is on the heap; else NULL */
    struct change *next;
};
struct writer {
    struct db *db;
    struct sqlite_conn *c;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct change *first, **last;
    size_t n, n_later; /* queued; of these, so many that nobody waits for */
    size_t want;   /* how many queued changes with somebody waiting to wake the writer for */
    size_t recent; /* changes that were under way when the last batch was done */
    int64_t commit_us; /* what the last commit took */
    bool stopping;
    sqlite3_stmt *save, *release, *undo; /* of savepoints */
};
enum {
    GATHER_MAX_US = 2000, /* see gather() */
    LATER_US = 20000,     /* how long a change that nobody waits for waits for company */
};
/* How a batch or a change alone ended. */
enum outcome { KEPT, LOST, DISK_FAILED, DISK_FAILED_COMMITTING };

static enum rc answer_stopped(struct err *e)
{
    err_clear(e);
    return err_set(e, RC_BUSY, N_("磁盘出错后已停止写入:请检查磁盘后重新启动"));
}

static enum rc answer_unknown(struct err *e)
{
    err_clear(e);
    return err_set(e, RC_IO,
                   N_("保存时磁盘出错,是否已保存不能确定;已停止写入:请检查磁盘后重新启动"));
}

static void answer(struct change *c, enum rc rc)
{
    if (c->done != NULL) {
        c->done(c->arg);
        err_done(c->e);
        free(c);
        return;
    }
    c->rc = rc;
    waiter_post(&c->answered); /* c is the caller's again */
}

static enum outcome after_failure(struct writer *w)
{
    if (!w->c->disk_failed)
        return LOST;
    w->db->stopped = true;
    return DISK_FAILED;
}

static bool point(sqlite3_stmt *st)
{
    bool good = sqlite3_step(st) == SQLITE_DONE;
    return sqlite3_reset(st) == SQLITE_OK && good;
}

/* Run one change in a savepoint. LOST: the whole transaction went with it. */
static enum outcome run(struct writer *w, struct change *c)
{
    struct tx tx;
    err_clear(c->e);
    if (!point(w->save)) {
        c->rc = sqlite_fail(w->c, NULL, c->e);
        return after_failure(w);
    }
    tx_begin(&tx, &w->c->base);
    c->rc = tx_run(&tx, c->fn, c->arg, c->e);
    if (sqlite3_get_autocommit(w->c->h) || w->c->disk_failed)
        return after_failure(w);
    if ((c->rc == RC_OK || point(w->undo)) && point(w->release))
        return KEPT;
    struct err e = { 0 };
    (void)sqlite_fail(w->c, NULL, &e); /* only to learn whether the disk failed */
    err_done(&e);
    return after_failure(w);
}

static enum outcome commit(struct writer *w, int64_t changes, struct err *e)
{
    int64_t began = clock_monotonic_us();
    if (sqlite_run(w->c, "COMMIT", e) != RC_OK)
        return after_failure(w) == DISK_FAILED ? DISK_FAILED_COMMITTING : LOST;
    w->commit_us = clock_monotonic_us() - began;
    db_committed(w->db, changes);
    return KEPT;
}

static void roll_back(struct writer *w)
{
    if (!sqlite3_get_autocommit(w->c->h))
        (void)sqlite3_exec(w->c->h, "ROLLBACK", NULL, NULL,
                           NULL); /* what fails here is found by the next BEGIN */
}

static enum rc answer_lost(struct err *e, enum outcome o)
{
    if (o == DISK_FAILED)
        return answer_stopped(e);
    if (o == DISK_FAILED_COMMITTING)
        return answer_unknown(e);
    if (e->rc == RC_BUSY)
        return RC_BUSY; /* it says why, as that the disk is full */
    err_clear(e);
    return err_set(e, RC_BUSY, N_("暂时不能保存,更改未生效,请稍后再试"));
}

/* One change in a transaction of its own, the second and last try. */
static void run_alone(struct writer *w, struct change *c)
{
    w->db->reruns++;
    err_clear(c->e);
    enum rc rc = sqlite_run(w->c, "BEGIN IMMEDIATE", c->e);
    enum outcome o = rc == RC_OK ? run(w, c) : after_failure(w);
    if (o == KEPT && c->rc == RC_OK)
        o = commit(w, 1, c->e);
    roll_back(w); /* nothing when it was committed */
    answer(c, o == KEPT ? c->rc : answer_lost(c->e, o));
}

static void batch_lost(struct writer *w, struct change *first, enum outcome o)
{
    roll_back(w);
    for (struct change *c = first, *next; c != NULL; c = next) {
        next = c->next;
        if (o == DISK_FAILED_COMMITTING)
            answer(c, answer_unknown(c->e));
        else if (w->db->stopped)
            answer(c, answer_stopped(c->e));
        else
            run_alone(w, c);
    }
}

static void run_batch(struct writer *w, struct change *first)
{
    int64_t began = clock_monotonic_us(), n = 0;
    struct change *c = first, *over = NULL;
    struct err e = { 0 };
    enum outcome o = sqlite_run(w->c, "BEGIN IMMEDIATE", &e) == RC_OK ? KEPT : after_failure(w);
    for (struct change *last = NULL; c != NULL && o == KEPT; last = c, c = c->next) {
        if (last != NULL && clock_monotonic_us() - began > DB_BATCH_US) {
            over = c;
            last->next = NULL; /* the rest is a batch of its own */
            break;
        }
        o = run(w, c);
        n += c->rc == RC_OK;
    }
    if (o == KEPT)
        o = commit(w, n, &e);
    err_done(&e); /* what is wrong with the batch is found again by each change alone */
    pthread_mutex_lock(&w->lock);
    w->recent += w->n - w->n_later; /* they all wait for an answer now */
    pthread_mutex_unlock(&w->lock);
    if (o == KEPT) {
        for (struct change *next; first != NULL; first = next) {
            next = first->next;
            answer(first, first->rc);
        }
    } else {
        batch_lost(w, first, o);
    }
    if (over != NULL)
        run_batch(w, over);
}

/* Until so many wait for an answer, but no longer than us. */
static void wait_for(struct writer *w, size_t want, int64_t us)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += us * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    w->want = want;
    int late = 0;
    while (w->n - w->n_later < want && !w->stopping && late == 0)
        late = pthread_cond_timedwait(&w->filled, &w->lock, &until);
}

/*
 * Wait until there is something to do; and then, for at most half of what a commit takes, until
 * those whose changes were just answered have come back, so that clients in step share one
 * commit instead of taking turns in two.
 */
static void gather(struct writer *w)
{
    w->want = 1;
    while (w->n == 0 && !w->stopping)
        pthread_cond_wait(&w->filled, &w->lock);
    wait_for(w, 1, LATER_US);
    size_t most = w->recent < DB_BATCH_CHANGES ? w->recent : DB_BATCH_CHANGES;
    wait_for(w, most, (w->commit_us < GATHER_MAX_US ? w->commit_us : GATHER_MAX_US) / 2);
}

/* Up to DB_BATCH_CHANGES of the queue; waits for the first. NULL when the writer stops. */
static struct change *take(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    gather(w);
    struct change *first = w->first, *last = first;
    size_t n = first != NULL, n_later = n && first->done != NULL;
    for (; n > 0 && n < DB_BATCH_CHANGES && last->next != NULL; n++) {
        last = last->next;
        n_later += last->done != NULL;
    }
    if (first != NULL) {
        w->first = last->next;
        last->next = NULL;
        if (w->first == NULL)
            w->last = &w->first;
        w->n -= n;
        w->n_later -= n_later;
        w->db->in_batch = (int64_t)n;
        w->db->queued = (int64_t)w->n;
        w->recent = n - n_later;
    }
    pthread_mutex_unlock(&w->lock);
    return first;
}

static void *work(void *arg)
{
    struct writer *w = arg;
    for (struct change *first; (first = take(w)) != NULL;) {
        if (!w->db->stopped)
            run_batch(w, first);
        else
            batch_lost(w, first, DISK_FAILED);
    }
    return NULL;
}

static sqlite3_stmt *prepare(struct sqlite_conn *c, const char *sql)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v3(c->h, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK)
        abort(); /* these cannot be wrong: out of memory */
    return st;
}

static enum rc writer_start(struct db *db, struct err *e)
{
    struct conn *c = NULL;
    enum rc rc = db->driver->connect(db, true, &c, e);
    if (rc != RC_OK)
        return rc;
    struct writer *w = mem_alloc(sizeof(*w));
    *w = (struct writer){ .db = db, .c = (struct sqlite_conn *)c };
    w->save = prepare(w->c, "SAVEPOINT change");
    w->release = prepare(w->c, "RELEASE change");
    w->undo = prepare(w->c, "ROLLBACK TO change");
    w->last = &w->first;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->filled, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&w->thread, NULL, work, w) != 0)
        abort(); /* out of memory */
    pthread_setname_np(w->thread, "writer");
    db->writer = w;
    return RC_OK;
}

void writer_stop(struct db *db)
{
    struct writer *w = db->writer;
    if (w == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->filled);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->filled);
    pthread_mutex_destroy(&w->lock);
    sqlite3_finalize(w->save);
    sqlite3_finalize(w->release);
    sqlite3_finalize(w->undo);
    db->driver->disconnect(&w->c->base);
    free(w);
    db->writer = NULL;
}

/* Put c into the queue; false when it is full. */
static bool enqueue(struct writer *w, struct change *c)
{
    pthread_mutex_lock(&w->lock);
    bool room = w->n < w->db->queue_max;
    if (room) {
        *w->last = c;
        w->last = &c->next;
        w->db->queued = (int64_t)++w->n;
        w->n_later += c->done != NULL;
        /* The first of all wakes the writer, whoever it is. */
        if (w->n == 1 || w->n - w->n_later == w->want)
            pthread_cond_signal(&w->filled);
    }
    pthread_mutex_unlock(&w->lock);
    return room;
}

static enum rc writer_of(struct db *db, struct writer **ret, struct err *e)
{
    pthread_mutex_lock(&db->lock);
    enum rc rc = db->writer == NULL ? writer_start(db, e) : RC_OK;
    *ret = db->writer;
    pthread_mutex_unlock(&db->lock);
    return rc;
}

void writer_transact_later(struct db *db, enum rc (*fn)(struct tx *, void *, struct err *),
                           void *arg, void (*done)(void *arg))
{
    CLEANUP(err_done) struct err e = { 0 };
    struct writer *w;
    if (writer_of(db, &w, &e) == RC_OK && !db->stopped) {
        struct change *c = mem_alloc(sizeof(*c) + sizeof(*c->e));
        *c = (struct change){ .fn = fn, .arg = arg, .e = (struct err *)(c + 1), .done = done };
        if (enqueue(w, c))
            return;
        free(c);
    }
    done(arg);
}

enum rc writer_transact(struct db *db, enum rc (*fn)(struct tx *, void *, struct err *),
                        void *arg, struct err *e)
{
    struct writer *w;
    enum rc rc = writer_of(db, &w, e);
    if (rc != RC_OK)
        return rc;
    if (pthread_equal(w->thread, pthread_self()))
        return err_set(e, RC_DB, N_("更改之内不能再开始更改"));
    if (db->stopped)
        return answer_stopped(e);
    struct change c = { .fn = fn, .arg = arg, .e = e };
    waiter_init(&c.answered);
    if (enqueue(w, &c)) {
        waiter_wait(&c.answered);
        rc = c.rc;
    } else {
        db->refused++;
        rc = err_set(e, RC_BUSY, N_("等待保存的更改过多,请稍后再试"));
    }
    return rc;
}
