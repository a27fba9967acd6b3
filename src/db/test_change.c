/* Changes: what stays, what is undone, what is run again, what is refused. */
#include "base/clock.h"
#include "base/str.h"
#include "db/migrate.h"
#include "db/test_db.h"
#include "db/test_kinds.sql.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <string.h>

extern const struct migration test_migrations[];
extern const size_t test_migrations_n;

enum { CLIENTS = 10 };

static void ready(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(db_migrate_list(db, test_migrations, test_migrations_n, &e));
}

static int64_t count(struct db *db)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct kinds_count_row r = { 0 };
    CHECK_OK(db_read(db, &snap, &e));
    CHECK_OK(kinds_count_one(snap, a, &r, &e));
    return r.n;
}

/* One client: what it writes, how its change ends, how often it was run. */
struct client {
    struct db *db;
    const char *name;
    enum rc give; /* what fn returns after writing */
    bool ignore;  /* return RC_OK though a statement failed */
    int runs;
    sem_t *held, *go; /* tell that fn runs, wait until it may go on */
    enum rc rc;
    pthread_t thread;
};

static enum rc put(struct tx *tx, void *arg, struct err *e)
{
    struct client *c = arg;
    c->runs++;
    enum rc rc = kinds_put(tx, 1, c->name, NULL, e);
    if (c->held != NULL && c->runs == 1) {
        sem_post(c->held);
        sem_wait(c->go);
    }
    if (c->ignore)
        return RC_OK;
    return rc == RC_OK && c->give != RC_OK ? err_set(e, c->give, NULL) : rc;
}

static void *client_run(void *arg)
{
    struct client *c = arg;
    CLEANUP(err_done) struct err e = { 0 };
    c->rc = db_transact(c->db, put, c, &e);
    return NULL;
}

static void keeps_or_undoes(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct client good = { .name = "a" }, refused = { .name = "b", .give = RC_DENIED };
    struct client clash = { .name = "a", .ignore = true };
    ready(db);
    CHECK_OK(db_transact(db, put, &good, &e));
    CHECK_INT(db_transact(db, put, &refused, &e), RC_DENIED);
    CHECK_INT(db_transact(db, put, &good, &e), RC_CONFLICT);
    CHECK_INT(db_transact(db, put, &clash, &e), RC_CONFLICT);
    CHECK_INT(count(db), 1);
}

static enum rc go_on_after_failure(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err ignored = { 0 };
    struct kinds_count_row r;
    CHECK_INT(kinds_put(tx, -13, "unlucky", NULL, &ignored), RC_INVALID);
    CHECK_INT(kinds_put(tx, 1, "fine", NULL, &ignored), RC_INVALID);
    CHECK_INT(kinds_count_one(tx_snap(tx), a, &r, &ignored), RC_INVALID);
    return RC_OK;
}

static void dooms(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    ready(db);
    CHECK_INT(db_transact(db, go_on_after_failure, NULL, &e), RC_INVALID);
    CHECK_INT(count(db), 0);
}

static enum rc sees_itself(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct kinds_count_row r;
    int64_t changed = 0;
    enum rc rc = kinds_put(tx, 1, "x", NULL, e);
    if (rc == RC_OK)
        rc = kinds_bump(tx, 4, "x", &changed, e);
    CHECK_INT(changed, 1);
    if (rc == RC_OK)
        rc = kinds_bump(tx, 4, "nobody", &changed, e);
    CHECK_INT(changed, 0);
    if (rc == RC_OK)
        rc = kinds_count_one(tx_snap(tx), a, &r, e);
    CHECK_INT(r.n, 1);
    return rc;
}

static void reads_in_a_change(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    ready(db);
    CHECK_OK(db_transact(db, sees_itself, NULL, &e));
}

static void isolates(struct db *db)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *before = NULL;
    struct client c = { .name = "a" };
    struct kinds_count_row r;
    ready(db);
    CHECK_OK(db_read(db, &before, &e));
    CHECK_OK(db_transact(db, put, &c, &e));
    CHECK_OK(kinds_count_one(before, a, &r, &e));
    CHECK_INT(r.n, 0);
    CHECK_INT(count(db), 1);
}

/* Read, think, write: lost updates would show. */
static enum rc add_one(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct kinds_get_row r;
    enum rc rc = kinds_get_one(tx_snap(tx), "sum", a, &r, e);
    return rc == RC_OK ? kinds_set(tx, r.n + 1, "sum", NULL, e) : rc;
}

static void *add_many(void *arg)
{
    struct client *c = arg;
    for (c->runs = 0; c->runs < 25;) {
        CLEANUP(err_done) struct err e = { 0 };
        enum rc rc = db_transact(c->db, add_one, NULL, &e);
        if (rc == RC_OK)
            c->runs++;
        else if (rc != RC_BUSY)
            break;
    }
    return NULL;
}

static void serializes(struct db *db)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct client c = { .name = "sum" }, many[4] = { 0 };
    struct kinds_get_row r;
    ready(db);
    CHECK_OK(db_transact(db, put, &c, &e));
    for (size_t i = 0; i < COUNT(many); i++) {
        many[i].db = db;
        pthread_create(&many[i].thread, NULL, add_many, &many[i]);
    }
    for (size_t i = 0; i < COUNT(many); i++)
        pthread_join(many[i].thread, NULL);
    CHECK_OK(db_read(db, &snap, &e));
    CHECK_OK(kinds_get_one(snap, "sum", a, &r, &e));
    CHECK_INT(r.n, 1 + 25 * (int)COUNT(many));
}

static void count_call(void *arg)
{
    ++*(int *)arg;
}

static void calls_the_hook(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct client good = { .name = "a" }, refused = { .name = "b", .give = RC_DENIED };
    int calls = 0;
    ready(db);
    db_after_commit(db, count_call, &calls);
    CHECK_OK(db_transact(db, put, &good, &e));
    CHECK_INT(calls, 1);
    if (db_kind(db) ==
        DB_POSTGRES) { /* SQLite commits the batch, though nothing is left in it */
        CHECK_INT(db_transact(db, put, &refused, &e), RC_DENIED);
        CHECK_INT(calls, 1);
    }
    db_after_commit(db, NULL, NULL);
    good.name = "c";
    CHECK_OK(db_transact(db, put, &good, &e));
    CHECK_INT(calls, 1);
}

static enum rc use_up_slice(struct tx *tx, void *arg, struct err *e)
{
    bool *ret = arg;
    for (int64_t t = clock_monotonic_us(); clock_monotonic_us() - t < DB_WRITER_ALONE_US + 1;)
        ;
    *ret = tx_slice_over(tx);
    return RC_OK;
}

static void tells_the_slice(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct db_stats s;
    bool over = false;
    CHECK_OK(db_transact(db, use_up_slice, &over, &e));
    db_stats(db, &s);
    CHECK(over);
    CHECK(s.slow >= 1);
}

struct crowd {
    struct client other;
    bool over;
};

/* While this change runs, another comes and waits. */
static enum rc share_writer(struct tx *tx, void *arg, struct err *e)
{
    struct crowd *k = arg;
    struct db_stats s = { 0 };
    CHECK(pthread_create(&k->other.thread, NULL, client_run, &k->other) == 0);
    while (s.queued == 0)
        db_stats(k->other.db, &s);
    int64_t t = clock_monotonic_us();
    while (!tx_slice_over(tx) && clock_monotonic_us() - t < 100 * DB_WRITER_ALONE_US)
        ;
    k->over = tx_slice_over(tx);
    return RC_OK;
}

static void slices_are_short_in_company(void)
{
    CLEANUP(t_db_done) struct t_db t;
    CLEANUP(db_closep) struct db *db = NULL;
    CLEANUP(err_done) struct err e = { 0 };
    CHECK(t_db_init(&t, DB_SQLITE));
    CHECK_OK(db_open(&t.cfg, &db, &e));
    ready(db);
    struct crowd k = { .other = { .db = db, .name = "o" } };
    CHECK_OK(db_transact(db, share_writer, &k, &e));
    pthread_join(k.other.thread, NULL);
    CHECK(k.over);
    CHECK_INT(count(db), 1);
}

/* A SQLite database of its own whose writer is held by a first change while others queue. */
struct stage {
    struct t_db t;
    struct db *db;
    sem_t held, go;
    struct client first, rest[CLIENTS];
    char names[CLIENTS][8];
    struct db_stats before;
};

static void stage_open(struct stage *s, size_t queue_max, bool faulty)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK(t_db_init(&s->t, DB_SQLITE));
    s->t.cfg.queue_max = queue_max;
    s->t.cfg.vfs = faulty ? t_fault_vfs() : NULL;
    t_fault_set(0, 0);
    CHECK_OK(db_open(&s->t.cfg, &s->db, &e));
    ready(s->db);
    sem_init(&s->held, 0, 0);
    sem_init(&s->go, 0, 0);
    s->first = (struct client){ .db = s->db, .name = "first", .held = &s->held, .go = &s->go };
    for (int i = 0; i < CLIENTS; i++) {
        s->names[i][0] = (char)('a' + i);
        s->rest[i] = (struct client){ .db = s->db, .name = s->names[i] };
    }
}

static int64_t queued(struct stage *s)
{
    struct db_stats st;
    db_stats(s->db, &st);
    return st.queued;
}

/* Hold the writer and let n clients queue behind it. */
static void stage_fill(struct stage *s, int n)
{
    db_stats(s->db, &s->before);
    pthread_create(&s->first.thread, NULL, client_run, &s->first);
    sem_wait(&s->held);
    for (int i = 0; i < n; i++) {
        pthread_create(&s->rest[i].thread, NULL, client_run, &s->rest[i]);
        while (queued(s) <= i)
            sched_yield();
    }
}

static void stage_go(struct stage *s, int n)
{
    sem_post(&s->go);
    pthread_join(s->first.thread, NULL);
    for (int i = 0; i < n; i++)
        pthread_join(s->rest[i].thread, NULL);
}

static void stage_close(struct stage *s)
{
    db_closep(&s->db);
    t_db_done(&s->t);
    sem_destroy(&s->held);
    sem_destroy(&s->go);
}

static void commits_groups(void)
{
    CLEANUP(stage_close) struct stage s = { 0 };
    struct db_stats after;
    stage_open(&s, 0, false);
    s.rest[3].give = RC_DENIED;
    s.rest[5].name = "first"; /* there already */
    s.rest[7].ignore = true;
    s.rest[7].name = "a"; /* there already, but nobody looks */
    stage_fill(&s, CLIENTS);
    stage_go(&s, CLIENTS);
    db_stats(s.db, &after);
    CHECK_INT(after.commits - s.before.commits, 2);
    CHECK_INT(after.changes - s.before.changes, 1 + CLIENTS - 3);
    CHECK_INT(after.reruns - s.before.reruns, 0);
    for (int i = 0; i < CLIENTS; i++) {
        CHECK_INT(s.rest[i].rc, i == 3 ? RC_DENIED : i == 5 || i == 7 ? RC_CONFLICT : RC_OK);
        CHECK_INT(s.rest[i].runs, 1);
    }
    CHECK_INT(count(s.db), 1 + CLIENTS - 3);
}

static void bounds_the_queue(void)
{
    CLEANUP(stage_close) struct stage s = { 0 };
    CLEANUP(err_done) struct err e = { 0 };
    struct client late = { .name = "late" };
    struct db_stats after;
    stage_open(&s, 2, false);
    stage_fill(&s, 2);
    CHECK_INT(db_transact(s.db, put, &late, &e), RC_BUSY);
    CHECK_INT(late.runs, 0);
    stage_go(&s, 2);
    db_stats(s.db, &after);
    CHECK_INT(after.refused, 1);
    CHECK_OK(db_transact(s.db, put, &late, &e));
    CHECK_INT(count(s.db), 4);
}

/* The first change is held before the fault is set, so that the fault meets its commit; the
 * rest are one batch. */
static void reruns_alone(void)
{
    CLEANUP(stage_close) struct stage s = { 0 };
    stage_open(&s, 0, true);
    s.rest[2].give = RC_DENIED;
    stage_fill(&s, CLIENTS);
    t_fault_set(1, 0); /* the first change's own commit */
    stage_go(&s, CLIENTS);
    CHECK_INT(s.first.rc, RC_OK);
    CHECK_INT(s.first.runs, 2);
    CHECK_INT(s.rest[0].runs, 1);
    CHECK_INT(count(s.db), CLIENTS);
}

/* Arms the fault from inside a batch, so that its commit fails. */
static enum rc put_and_arm(struct tx *tx, void *arg, struct err *e)
{
    struct client *c = arg;
    if (c->runs == 0)
        t_fault_set(1, 0);
    return put(tx, arg, e);
}

static void *armed_run(void *arg)
{
    struct client *c = arg;
    CLEANUP(err_done) struct err e = { 0 };
    c->rc = db_transact(c->db, put_and_arm, c, &e);
    return NULL;
}

static void reruns_a_batch(void)
{
    CLEANUP(stage_close) struct stage s = { 0 };
    struct db_stats after;
    stage_open(&s, 0, true);
    stage_fill(&s, 0);
    for (int i = 0; i < 4; i++) {
        s.rest[i].give = i == 2 ? RC_DENIED : RC_OK;
        pthread_create(&s.rest[i].thread, NULL, i == 1 ? armed_run : client_run, &s.rest[i]);
        while (queued(&s) <= i)
            sched_yield();
    }
    stage_go(&s, 4);
    db_stats(s.db, &after);
    CHECK_INT(after.reruns - s.before.reruns, 4);
    for (int i = 0; i < 4; i++) {
        CHECK_INT(s.rest[i].runs, 2);
        CHECK_INT(s.rest[i].rc, i == 2 ? RC_DENIED : RC_OK);
    }
    CHECK_INT(count(s.db), 4);
    CHECK(!after.stopped);
}

static void survives_a_full_disk(void)
{
    CLEANUP(stage_close) struct stage s = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct client c = { .name = "x" };
    stage_open(&s, 0, true);
    t_fault_set(100, 0);
    CHECK_INT(db_transact(s.db, put, &c, &e), RC_BUSY);
    CHECK(strstr(err_message(&e, LANG_ZH, a), "磁盘已满") != NULL);
    CHECK_INT(c.runs, 2);
    t_fault_set(0, 0);
    CHECK_INT(count(s.db), 0);
    CHECK_OK(db_transact(s.db, put, &c, &e));
    CHECK_INT(count(s.db), 1);
}

static void stops_after_a_failed_fsync(void)
{
    CLEANUP(stage_close) struct stage s = { 0 };
    CLEANUP(err_done) struct err e = { 0 };
    struct client c = { .name = "x" }, next = { .name = "y" };
    struct db_stats st;
    stage_open(&s, 0, true);
    t_fault_set(0, 1);
    CHECK_INT(db_transact(s.db, put, &c, &e), RC_IO);
    CHECK_INT(c.runs, 1);
    CHECK_INT(db_transact(s.db, put, &next, &e), RC_BUSY);
    CHECK_INT(next.runs, 0);
    db_stats(s.db, &st);
    CHECK(st.stopped);
    (void)count(s.db); /* reading goes on */
    db_closep(&s.db);
    CHECK_OK(db_open(&s.t.cfg, &s.db, &e));
    CHECK_OK(db_transact(s.db, put, &next, &e));
}

static enum rc nest(struct tx *tx, void *arg, struct err *e)
{
    struct client c = { .name = "x" };
    return db_transact(tx_db(tx), put, &c, e);
}

static void refuses_nesting(void)
{
    CLEANUP(stage_close) struct stage s = { 0 };
    CLEANUP(err_done) struct err e = { 0 };
    stage_open(&s, 0, false);
    CHECK_INT(db_transact(s.db, nest, NULL, &e), RC_DB);
}

static void finishes_what_queued(void)
{
    CLEANUP(stage_close) struct stage s = { 0 };
    CLEANUP(err_done) struct err e = { 0 };
    stage_open(&s, 0, false);
    stage_fill(&s, CLIENTS);
    sem_post(&s.go);
    db_closep(&s.db);
    pthread_join(s.first.thread, NULL);
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(s.rest[i].thread, NULL);
        CHECK_INT(s.rest[i].rc, RC_OK);
    }
    CHECK_OK(db_open(&s.t.cfg, &s.db, &e));
    CHECK_INT(count(s.db), 1 + CLIENTS);
}

T_DB(keeps_or_undoes)
T_DB(dooms)
T_DB(reads_in_a_change)
T_DB(isolates)
T_DB(serializes)
T_DB(calls_the_hook)
T_DB(tells_the_slice)
T_MAIN(T_DB_CASES("a change stays whole or not at all", keeps_or_undoes),
       T_DB_CASES("a failed statement dooms its change", dooms),
       T_DB_CASES("a change reads what it wrote", reads_in_a_change),
       T_DB_CASES("a snapshot stays at its moment", isolates),
       T_DB_CASES("no update is lost among threads", serializes),
       T_DB_CASES("the hook hears of commits", calls_the_hook),
       T_DB_CASES("a change learns that its slice is over", tells_the_slice),
       { "somebody who waits ends a slice early", slices_are_short_in_company },
       { "what queued is one commit; who fails leaves the others", commits_groups },
       { "beyond the queue's bound a change is refused at once", bounds_the_queue },
       { "a change whose commit failed is run again", reruns_alone },
       { "each change of a lost batch is run again alone", reruns_a_batch },
       { "a full disk refuses, and after it writing goes on", survives_a_full_disk },
       { "after a failed fsync nothing is written until restart", stops_after_a_failed_fsync },
       { "a change within a change is refused", refuses_nesting },
       { "closing finishes what queued", finishes_what_queued })
