/* Inside src/db: what the two back ends have in common and what each must do. Not for other
 * folders. */
#ifndef DB_DRIVER_H
#define DB_DRIVER_H

#include "db/db.h"

#include <pthread.h>
#include <stdatomic.h>

/*
 * Prepared statements of one connection: sets of four places, the longest unused of a set makes
 * way, so that a connection's memory is bounded however many queries the program has.
 */
enum { CACHE_SETS = 64, CACHE_WAYS = 4 };
struct slot {
    const struct query *q;
    void *stmt; /* SQLite: sqlite3_stmt; PostgreSQL: the slot itself, whose number names the
                   statement */
    uint64_t used;
    bool busy;
};
struct cache {
    struct slot at[CACHE_SETS * CACHE_WAYS];
    uint64_t clock;
};
/* The place of q, or one that may be overwritten (whose q is another or NULL); NULL when all
 * are in use. */
struct slot *cache_find(struct cache *c, const struct query *q);

struct snap {
    struct conn *conn;
    struct tx *tx;       /* NULL: a reader */
    int64_t deadline_us; /* on the monotonic clock; 0: none */
};
struct tx {
    struct snap snap;
    enum rc failed; /* of the first statement that failed; RC_OK: none */
    int64_t started_us;
};
/* The first member of each back end's connection. */
struct conn {
    struct db *db;
    struct conn *next; /* in the pool */
    struct snap snap;  /* while reading */
    struct cache cache;
    bool broken; /* not to be used again */
};
struct rows {
    const struct snap *snap;
    const struct query *q;
    struct slot *slot; /* NULL: a statement of its own */
    void *stmt;        /* SQLite: sqlite3_stmt; PostgreSQL: PGresult */
    size_t at;         /* PostgreSQL: row of the result */
    int64_t changed;
    bool cursor, ended;
    unsigned serial; /* PostgreSQL: number of the cursor */
    size_t seen;
};

struct pool {
    struct conn *idle;
    size_t n, max; /* connections made, and the most there may be */
    pthread_cond_t freed;
    bool writing;
};

struct driver {
    enum rc (*connect)(struct db *db, bool writing, struct conn **ret, struct err *e);
    void (*disconnect)(struct conn *c);
    enum rc (*read_begin)(struct conn *c, int64_t age_ms, struct err *e);
    void (*read_end)(struct conn *c);
    /* Prepare, bind and, on PostgreSQL, run. A write without rows is done after one step. */
    enum rc (*start)(struct rows *r, const struct val *v, struct err *e);
    enum rc (*step)(struct rows *r, struct err *e); /* RC_OK: a row; RC_DONE */
    void (*finish)(struct rows *r);
    enum rc (*get)(struct rows *r, size_t col, struct val *ret, struct err *e);
    enum rc (*script)(struct conn *c, const char *sql, struct err *e); /* several statements */
    enum rc (*transact)(struct db *db, enum rc (*fn)(struct tx *, void *, struct err *),
                        void *arg, struct err *e);
    void (*transact_later)(struct db *db, enum rc (*fn)(struct tx *, void *, struct err *),
                           void *arg, void (*done)(void *arg));
    void (*stop)(struct db *db); /* finish what is queued */
};
extern const struct driver sqlite_driver, postgres_driver;

struct db {
    enum db_kind kind;
    const struct driver *driver;
    char *path, *schema, *vfs; /* path: of the file, or the whole URL */
    size_t queue_max;
    int64_t snap_age_ms;
    pthread_mutex_t lock;         /* pools, hook, writer's start */
    struct pool readers, writers; /* writers: PostgreSQL only */
    struct writer *writer;        /* SQLite only */
    void (*hook)(void *arg);
    void *hook_arg;
    _Atomic int64_t commits, changes, reruns, refused, slow, queued,
        in_batch; /* SQLite: changes the writer has taken and not answered yet */
    atomic_bool stopped;
};

/* Start tx on a connection; what fn returned, or the failure it ignored. */
void tx_begin(struct tx *tx, struct conn *c);
enum rc tx_run(struct tx *tx, enum rc (*fn)(struct tx *, void *, struct err *), void *arg,
               struct err *e);
void db_committed(struct db *db, int64_t changes);
/* transact_later for want of something better: as any other change. */
void transact_at_once(struct db *db, enum rc (*fn)(struct tx *, void *, struct err *),
                      void *arg, void (*done)(void *arg));
void pool_init(struct pool *p, size_t max, bool writing);
enum rc pool_take(struct db *db, struct pool *p, struct conn **ret, struct err *e);
void pool_give(struct db *db, struct pool *p, struct conn *c);
void pool_close(struct db *db, struct pool *p);
/* Forget what e says before something is tried again. */
void err_clear(struct err *e);

#endif
