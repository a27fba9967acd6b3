/*
 * The queue of the read journal. It hangs from the county like a room's cache: made when first
 * needed, written out and freed when the county closes.
 */
#include "store/journal.h"

#include "base/log.h"
#include "store/county.h"
#include "store/inside.h"
#include "store/journal.sql.h"
#include "store/record.h"

#include <stdlib.h>
#include <string.h>

struct journal {
    struct county *c;
    pthread_mutex_t lock;     /* the queue */
    pthread_mutex_t flushing; /* one writer of batches at a time */
    struct arena *a;          /* of the queue */
    struct journal_audit_row *rows;
    size_t n, cap, dropped;
};

static void journal_free(void *p)
{
    struct journal *j = p;
    CLEANUP(err_done) struct err e = { 0 };

    if (journal_flush(j->c, &e) != RC_OK)
        log_error("journal", &e);
    arena_free(j->a);
    free(j->rows);
    pthread_mutex_destroy(&j->lock);
    pthread_mutex_destroy(&j->flushing);
    free(j);
}

static void *journal_make(struct county *c)
{
    struct journal *j = mem_alloc(sizeof(*j));
    j->c = c;
    j->a = arena_new();
    pthread_mutex_init(&j->lock, NULL);
    pthread_mutex_init(&j->flushing, NULL);
    return j;
}

static struct journal *journal(struct county *c)
{
    return county_room(c, ROOM_JOURNAL, journal_make, journal_free);
}

void journal_add(struct county *c, const struct journal_entry *entry)
{
    struct journal *j = journal(c);

    pthread_mutex_lock(&j->lock);
    if (j->n == JOURNAL_QUEUE_MAX) {
        j->dropped++;
    } else {
        if (j->n == j->cap) {
            j->cap = j->cap == 0 ? 64 : j->cap * 2;
            j->rows = mem_realloc(j->rows, j->cap * sizeof(*j->rows));
        }
        j->rows[j->n++] = (struct journal_audit_row){
            .at = county_now(c),
            .account = arena_strdup(j->a, entry->account),
            .what = arena_strdup(j->a, entry->what),
            .unit = arena_strdup(j->a, entry->unit),
            .subject = arena_strdup(j->a, entry->subject),
            .denied = entry->denied,
            .address = arena_strdup(j->a, entry->address),
            .request = arena_strdup(j->a, entry->request),
        };
    }
    pthread_mutex_unlock(&j->lock);
    sealer_wake(c);
}

struct batch {
    struct county *c;
    const struct journal_audit_row *rows;
    size_t n;
};

static enum rc write_batch(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    const struct batch *b = arg;
    struct rows_hash hash;
    struct canon k;
    struct id record;

    rows_hash_init(&hash);
    for (size_t i = 0; i < b->n; i++)
        rows_hash_row(&hash, &journal_audit_query, &b->rows[i], scratch);
    canon_init(&k, a);
    canon_rows(&k, "read_journal", &hash);
    struct record_part part = part_open(&k);
    enum rc rc = record_append(tx, b->c,
                               &(struct record_new){ .kind = "journal.kept",
                                                     .unit = "",
                                                     .subject = "",
                                                     .by = "",
                                                     .parts = &part,
                                                     .n_parts = 1 },
                               &record, e);
    for (size_t i = 0; i < b->n && rc == RC_OK; i++) {
        const struct journal_audit_row *r = &b->rows[i];
        rc = journal_insert(tx, r->at, r->account, r->what, r->unit, r->subject, r->denied,
                            r->address, r->request, record, NULL, e);
    }
    return rc;
}

/* Write taken rows in batches; *ret_written says how far it came. */
static enum rc write_all(struct county *c, const struct journal_audit_row *rows, size_t n,
                         size_t *ret_written, struct err *e)
{
    enum rc rc = RC_OK;

    for (size_t at = 0; at < n && rc == RC_OK; at += JOURNAL_BATCH_MAX) {
        struct batch b = { .c = c,
                           .rows = &rows[at],
                           .n = n - at < JOURNAL_BATCH_MAX ? n - at : JOURNAL_BATCH_MAX };
        rc = db_transact(c->db, write_batch, &b, e);
        if (rc == RC_OK)
            *ret_written = at + b.n;
    }
    return rc;
}

/* Put back what could not be written, before what came meanwhile. */
static void put_back(struct journal *j, const struct journal_audit_row *rows, size_t n)
{
    size_t room = JOURNAL_QUEUE_MAX - j->n;

    if (n > room) {
        j->dropped += n - room;
        n = room;
    }
    if (j->n + n > j->cap) {
        j->cap = j->n + n;
        j->rows = mem_realloc(j->rows, j->cap * sizeof(*j->rows));
    }
    memmove(&j->rows[n], j->rows, j->n * sizeof(*j->rows));
    for (size_t i = 0; i < n; i++) {
        struct journal_audit_row r = rows[i];
        r.account = arena_strdup(j->a, r.account);
        r.what = arena_strdup(j->a, r.what);
        r.unit = arena_strdup(j->a, r.unit);
        r.subject = arena_strdup(j->a, r.subject);
        r.address = arena_strdup(j->a, r.address);
        r.request = arena_strdup(j->a, r.request);
        j->rows[i] = r;
    }
    j->n += n;
}

enum rc journal_flush(struct county *c, struct err *e)
{
    struct journal *j = journal(c);

    pthread_mutex_lock(&j->flushing);
    pthread_mutex_lock(&j->lock);
    struct journal_audit_row *rows = j->rows;
    size_t n = j->n, dropped = j->dropped, written = 0;
    struct arena *a = j->a;
    j->rows = NULL;
    j->n = j->cap = j->dropped = 0;
    j->a = arena_new();
    pthread_mutex_unlock(&j->lock);
    if (dropped > 0) {
        rows = mem_realloc(rows, (n + 1) * sizeof(*rows));
        rows[n++] = (struct journal_audit_row){ .at = county_now(c),
                                                .account = "",
                                                .what = "dropped",
                                                .unit = "",
                                                .subject = arena_printf(a, "%zu", dropped),
                                                .address = "",
                                                .request = "" };
    }
    enum rc rc = write_all(c, rows, n, &written, e);
    if (rc != RC_OK) {
        pthread_mutex_lock(&j->lock);
        put_back(j, &rows[written], n - written);
        pthread_mutex_unlock(&j->lock);
    }
    pthread_mutex_unlock(&j->flushing);
    arena_free(a);
    free(rows);
    return rc;
}
