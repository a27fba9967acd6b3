/*
 * The database: one county in a SQLite file or a PostgreSQL schema, behind the same functions.
 *
 * People write SQL in .sql files; tools/sqlc makes typed functions of them, which call the
 * second half of this header. A change runs inside db_transact, the only place where a struct
 * tx exists; reading takes a snapshot.
 *
 * What both back ends promise: changes are serializable; a change is durable when db_transact
 * returns RC_OK; a statement that fails dooms its change (later statements fail too, and
 * nothing of it stays), so that code behaves the same on both. Use ON CONFLICT where a clash is
 * expected.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/arena.h"
#include "base/kinds.h"

#include <string.h>

struct db;
struct tx;
struct snap;

enum db_kind { DB_SQLITE = 1, DB_POSTGRES };

/* Limits; each can be lowered by struct db_config for tests. */
enum {
    DB_QUEUE_MAX = 1000,         /* changes waiting for the writer; beyond it RC_BUSY at once */
    DB_BATCH_CHANGES = 256,      /* changes in one commit */
    DB_BATCH_US = 50000,         /* no further change joins a batch that is older */
    DB_WRITER_SLICE_US = 20000,  /* writer.slice: how long one change may hold the writer */
    DB_WRITER_ALONE_US = 200000, /* the same while nobody else waits for the writer */
    DB_READERS = 24,             /* connections for reading, opened when first needed */
    DB_READER_WAIT_MS = 5000,    /* how long db_read waits for one of them */
    DB_SNAP_AGE_MS =
        60000,          /* longest age of a snapshot; beyond it reading fails with RC_BUSY */
    DB_PG_WRITERS = 12, /* PostgreSQL: connections for changes */
    DB_PG_TRIES = 12,   /* PostgreSQL: how often a change that lost a race is run */
    DB_BUSY_MS = 5000,  /* SQLite: wait for a lock of another process */
};

struct db_config {
    const char *url;    /* "sqlite:/path/file.db" or "postgresql://…" */
    const char *schema; /* PostgreSQL: NULL is "jingjian"; [a-z_][a-z0-9_]*, at most 63 */
    const char *vfs;    /* SQLite: NULL is the system's; tests name one that fails on purpose */
    size_t queue_max;   /* 0: DB_QUEUE_MAX */
    size_t readers;     /* 0: DB_READERS */
    int64_t snap_age_ms; /* 0: DB_SNAP_AGE_MS */
};

/* Opens, without changing anything but creating an empty SQLite file. Wrong url: RC_INVALID; no
 * way in: RC_IO. */
enum rc db_open(const struct db_config *cfg, struct db **ret, struct err *e) MUST_USE;
/* Finishes the changes that are queued. No snapshot may be open, no other thread may use db.
 * Takes NULL. */
void db_close(struct db *db);
void db_closep(struct db **db); /* for CLEANUP */
enum db_kind db_kind(const struct db *db);

/*
 * Bring the database to the program's version, each missing migration in a transaction of its
 * own. RC_INVALID, and nothing changed, when the database is newer than the program or a
 * migration it holds has another digest.
 */
enum rc db_migrate(struct db *db, struct err *e) MUST_USE;
/* RC_OK when db is exactly at the program's version; otherwise RC_INVALID and what to do.
 * Changes nothing. */
enum rc db_check(struct db *db, struct err *e) MUST_USE;

/*
 * Run a change and return after it is durable. fn may run more than once: it touches nothing
 * but the database and its own result in arg, which it resets first. Its rc is passed on;
 * unless it is RC_OK nothing stays. SQLite: fn runs on the writer's thread, in a savepoint,
 * with others in one commit. PostgreSQL: on the caller's. RC_BUSY: nothing was done, try again
 * later. RC_IO: the disk or the connection failed while committing; whether the change stays is
 * unknown. Never call it from fn, nor from a handler that still needs an older snapshot to be
 * right.
 */
enum rc db_transact(struct db *db, enum rc (*fn)(struct tx *tx, void *arg, struct err *e),
                    void *arg, struct err *e) MUST_USE;
/*
 * Until db_accompany_end, fn goes with the first change of db that the caller's fiber or thread
 * makes and that succeeds, behind it and in the same transaction; if fn fails, so does the
 * change. For what must be known exactly when a request has taken effect, whatever its handler
 * calls. k is the caller's and stays until then.
 */
struct db_company {
    struct db *db;
    enum rc (*fn)(struct tx *tx, void *arg, struct err *e);
    void *arg;
    bool gone; /* it has gone with a change */
};
void db_accompany(struct db_company *k);
void db_accompany_end(void);
/*
 * A change nobody waits for: it goes with one of the next commits, behind everything this
 * thread has changed, and may be lost if the program is killed before. done(arg) is called when
 * it is over, however it ended. For notes about what is already durable.
 */
void db_transact_later(struct db *db, enum rc (*fn)(struct tx *tx, void *arg, struct err *e),
                       void *arg, void (*done)(void *arg));
/* Reading inside a change sees what the change did. */
const struct snap *tx_snap(const struct tx *tx);
struct db *tx_db(const struct tx *tx);
/* Whether this run of fn has used up writer.slice: loops over many rows stop here and go on in
 * another change. While nobody else waits a slice is longer: a commit writes each page that was
 * touched, and rows of one import touch the same pages again and again. */
bool tx_slice_over(const struct tx *tx);
/* fn(arg) after every durable commit, on the committing thread: it must only wake somebody. One
 * hook; NULL clears. */
void db_after_commit(struct db *db, void (*fn)(void *arg), void *arg);

/*
 * A snapshot: everything read through it is of one moment. One thread at a time. It keeps the
 * WAL from shrinking, so it has a longest age; end it before waiting for anything. RC_BUSY when
 * all readers stay taken.
 */
enum rc db_read(struct db *db, const struct snap **ret, struct err *e) MUST_USE;
/* The same with a longest age of its own, for exports and audits. */
enum rc db_read_for(struct db *db, int64_t age_ms, const struct snap **ret,
                    struct err *e) MUST_USE;
void db_read_end(const struct snap **snap); /* for CLEANUP; *snap becomes NULL */

/*
 * SQLite: copy one moment of the database into a new file while others go on working. The file
 * appears whole or not at all; RC_CONFLICT when path exists. PostgreSQL: RC_INVALID, naming
 * pg_dump.
 */
enum rc db_backup(struct db *db, const char *path, struct err *e) MUST_USE;

/*
 * PostgreSQL: one moment of the schema as SQL text into path, by pg_dump; and such a text into
 * a database where the schema is not there yet, by psql, all or nothing. RC_IO with what the
 * tool says.
 */
enum rc db_dump(struct db *db, const char *path, struct err *e) MUST_USE;
enum rc db_load(const char *url, const char *path, struct err *e) MUST_USE;

struct db_stats {
    int64_t commits, changes, reruns, refused, slow; /* slow: longer than writer.slice */
    int64_t queued;                                  /* now */
    bool stopped; /* writing has stopped after a disk error */
};
void db_stats(struct db *db, struct db_stats *ret);
/* Counts the durable commits of this process: what was read at the same count has not changed
 * by it. Cheap enough for every request. */
int64_t db_commits(struct db *db);

/* ---- What generated code uses. ---- */

enum db_type {
    DB_ID = 1,
    DB_INT,
    DB_REAL,
    DB_TEXT,
    DB_BLOB,
    DB_TIME,
    DB_MONEY,
    DB_PERIOD,
    DB_BOOL
};

/* A bound parameter; which member counts follows from the query's parameter type. */
struct val {
    union {
        int64_t i; /* id int time money bool period */
        double r;
        struct bytes b; /* text blob */
    };
    bool null;
};
static inline struct val val_int(int64_t i, bool null)
{
    return (struct val){ .i = i, .null = null };
}
static inline struct val val_real(double r) /* NaN is NULL */
{
    return (struct val){ .r = r, .null = r != r };
}
static inline struct val val_text(const char *s)
{
    return (struct val){ .b = { (const uint8_t *)s, s ? strlen(s) : 0 }, .null = s == NULL };
}
static inline struct val val_blob(struct bytes b, bool null)
{
    return (struct val){ .b = b, .null = null };
}

struct query_param {
    const char *name;
    enum db_type type;
    bool null_ok;
};
struct query_col {
    const char *name;
    enum db_type type;
    bool null_ok;
    uint32_t offset;      /* of the member in the row struct */
    uint32_t null_offset; /* of the bool x_null; 0: the type has a null of its own */
};
struct query {
    const char *name;        /* "unit_children" */
    const char *where;       /* "people/unit.sql:12" */
    const char *sqlite, *pg; /* with ?1… and $1… */
    const struct query_param *params;
    const struct query_col *cols;
    size_t n_params, n_cols, row_size;
    bool writes; /* takes a tx */
    bool single; /* at most one row is meant; a second one is an error */
};
/* A query that lists the canonical columns of a table, its record_id first, for the audit. */
struct audit_query {
    const char *table;
    const struct query *query;
    /* What else must hold, after the rows: RC_UNPROVEN names what does not. NULL: nothing. */
    enum rc (*check)(const struct snap *snap, struct err *e);
};

/* A write without rows. ret_changed may be NULL. */
enum rc db_exec(struct tx *tx, const struct query *q, const struct val *v, int64_t *ret_changed,
                struct err *e) MUST_USE;
/* The first row, its text in a (NULL when the row has none). RC_NOTFOUND without one, with no
 * message of its own. */
enum rc db_one(const struct snap *snap, const struct query *q, const struct val *v,
               struct arena *a, void *ret_row, struct err *e) MUST_USE;
/* All rows as an array in a (NULL when there are none). */
enum rc db_all(const struct snap *snap, const struct query *q, const struct val *v,
               struct arena *a, void **ret_rows, size_t *ret_n, struct err *e) MUST_USE;

/* A cursor, for more rows than should be in memory. */
struct rows;
enum rc rows_open(const struct snap *snap, const struct query *q, const struct val *v,
                  struct rows **ret, struct err *e) MUST_USE;
/* The next row; its text lives until the next call. RC_DONE after the last. */
enum rc rows_next(struct rows *r, void *ret_row, struct err *e) MUST_USE;
void rows_close(struct rows **r); /* for CLEANUP; takes a NULL inside */

#endif
