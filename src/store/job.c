/*
 * Jobs. The one idea: a job belongs to a number of attempt, and everything its runner writes
 * says which; when a runner was believed dead and comes back, its attempt is no longer the
 * current one and nothing it says counts.
 */
#include "store/job.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/inside.h"
#include "store/job.sql.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LEASE_S = 60, ATTEMPTS = 3, AGAIN_S = 30, REPORT_US = 1000000, LOOK_MS = 10000 };

static struct utime later(struct utime t, int64_t s)
{
    return (struct utime){ t.us + s * 1000000 };
}

static int64_t lease_s(const struct job_kind *k)
{
    return k->lease_s == 0 ? LEASE_S : k->lease_s;
}

static struct utime real_now(void)
{
    const struct clock real = { 0 };

    return clock_now(&real);
}

enum rc job_add(struct tx *tx, const char *kind, const char *key, const char *args,
                struct utime due, const char *by, struct utime now, struct id *ret,
                struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct job_waiting_row waiting;
    struct job_insert_row row;

    if (due.us == 0)
        due = now;
    enum rc rc = job_waiting_one(tx_snap(tx), kind, key, a, &waiting, e);
    if (rc == RC_OK) {
        rc = job_hurry(tx, due, waiting.id, NULL, e);
        *ret = waiting.id;
        return rc;
    }
    if (rc != RC_NOTFOUND)
        return rc;
    rc = job_insert_one(tx, kind, key, args, due, by, now, a, &row, e);
    if (rc == RC_OK)
        *ret = row.id;
    return rc;
}

enum rc job_cancel(struct tx *tx, struct id id, struct utime now, struct err *e)
{
    int64_t changed;

    enum rc rc = job_stop(tx, now, id, &changed, e);
    if (rc == RC_OK && changed != 1)
        return err_set(e, RC_CONFLICT, N_("任务已经结束"));
    return rc;
}

/* ---- reading ---- */

static struct job job_of(const struct job_row_row *r)
{
    return (struct job){ .id = r->id,
                         .kind = r->kind,
                         .key = r->key,
                         .args = r->args,
                         .state = r->state,
                         .message = r->message,
                         .by = r->by_account,
                         .due = r->due,
                         .created_at = r->created_at,
                         .started_at = r->started_at,
                         .ended_at = r->ended_at,
                         .attempts = r->attempts,
                         .done = r->done,
                         .total = r->of_total };
}

enum rc job_get(const struct snap *snap, struct id id, struct arena *a, struct job *ret,
                struct err *e)
{
    struct job_row_row row;

    enum rc rc = job_row_one(snap, id, a, &row, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有这个任务"));
    if (rc == RC_OK)
        *ret = job_of(&row);
    return rc;
}

enum rc job_list(const struct snap *snap, const char *state, const char *kind, struct id before,
                 struct arena *a, struct job **ret, size_t *ret_n, struct err *e)
{
    struct job_page_row *rows;
    size_t n;

    enum rc rc = job_page_all(snap, state, kind, before, JOB_PAGE, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct job *list = arena_array(a, n + 1, sizeof(*list));
    for (size_t i = 0; i < n; i++) {
        const struct job_row_row same = {
            rows[i].id,         rows[i].kind,    rows[i].key,        rows[i].args,
            rows[i].state,      rows[i].due,     rows[i].attempts,   rows[i].done,
            rows[i].of_total,   rows[i].message, rows[i].by_account, rows[i].created_at,
            rows[i].started_at, rows[i].ended_at
        };
        list[i] = job_of(&same);
    }
    *ret = list;
    *ret_n = n;
    return RC_OK;
}

/* A line in each language, the Chinese one first. */
static const char *message_text(const struct err *e, struct arena *a)
{
    return e->rc == RC_OK ? ""
                          : arena_printf(a, "%s\n%s", err_message(e, LANG_ZH, a),
                                         err_message(e, LANG_EN, a));
}

static const char *message_in(const char *message, enum lang lang, struct arena *a)
{
    size_t zh = strcspn(message, "\n");
    return lang == LANG_ZH || message[zh] == '\0' ? arena_strndup(a, message, zh)
                                                  : message + zh + 1;
}

const char *job_message(const struct job *j, enum lang lang, struct arena *a)
{
    return message_in(j->message, lang, a);
}

const char *job_failure_message(const struct job_failure *f, enum lang lang, struct arena *a)
{
    return message_in(f->message, lang, a);
}

enum rc job_failures(const struct snap *snap, struct id id, struct arena *a,
                     struct job_failure **ret, size_t *ret_n, struct err *e)
{
    struct job_tries_row *rows;
    size_t n;

    enum rc rc = job_tries_all(snap, id, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct job_failure *list = arena_array(a, n + 1, sizeof(*list));
    for (size_t i = 0; i < n; i++)
        list[i] = (struct job_failure){ rows[i].attempt, rows[i].at, rows[i].message };
    *ret = list;
    *ret_n = n;
    return RC_OK;
}

enum rc job_count(const struct snap *snap, const char *kind, struct utime since,
                  struct job_count *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct job_counts_row row;

    enum rc rc = job_counts_one(snap, since, kind, a, &row, e);
    if (rc == RC_OK)
        *ret = (struct job_count){ row.waiting, row.running, row.failed };
    return rc;
}

enum rc job_latest(const struct snap *snap, const char *kind, const char *key, struct arena *a,
                   struct job *ret, struct err *e)
{
    struct job_newest_row row;

    enum rc rc = job_newest_one(snap, kind, key, a, &row, e);
    return rc == RC_OK ? job_get(snap, row.id, a, ret, e) : rc;
}

/* ---- running ---- */

static const struct job_kind *kind_find(const struct job_kind *kinds, size_t n,
                                        const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(kinds[i].name, name))
            return &kinds[i];
    return NULL;
}

struct taking {
    struct job_run *run;
    const struct job_kind *kinds;
    size_t n;
    struct utime now;
    bool taken;
};

static enum rc take(struct tx *tx, void *arg, struct err *e)
{
    struct taking *t = arg;
    struct job_due_row *rows;
    size_t n;

    t->taken = false;
    enum rc rc = job_due_all(tx_snap(tx), t->now, t->run->a, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct job_kind *k = kind_find(t->kinds, t->n, rows[i].kind);
        int64_t changed;
        if (k == NULL)
            continue;
        rc = job_take(tx, later(t->now, lease_s(k)), t->now, rows[i].id, rows[i].attempts,
                      &changed, e);
        if (rc != RC_OK || changed != 1)
            continue;
        t->taken = true;
        t->run->id = rows[i].id;
        t->run->kind = k;
        t->run->key = rows[i].key;
        t->run->args = rows[i].args;
        t->run->by = rows[i].by_account;
        t->run->attempt = (int)rows[i].attempts + 1;
        break;
    }
    return rc;
}

struct reporting {
    const struct job_run *run;
    int64_t done, total;
    struct utime now;
};

static enum rc report(struct tx *tx, void *arg, struct err *e)
{
    const struct reporting *r = arg;
    int64_t changed;

    enum rc rc = job_report(tx, later(r->now, lease_s(r->run->kind)), r->done, r->total,
                            r->run->id, r->run->attempt, &changed, e);
    if (rc == RC_OK && changed != 1)
        return err_set(e, RC_CONFLICT, N_("任务已被取消"));
    return rc;
}

struct jobs {
    struct county *c;
    const struct job_kind *kinds;
    size_t n;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool work, stop;
};

static bool stopping(struct county *c)
{
    struct jobs *j = c->p->jobs;

    if (j == NULL)
        return false;
    pthread_mutex_lock(&j->mutex);
    bool stop = j->stop;
    pthread_mutex_unlock(&j->mutex);
    return stop;
}

enum rc job_progress(struct job_run *r, int64_t done, int64_t total, struct err *e)
{
    int64_t now_us = clock_monotonic_us();
    struct reporting x = { .run = r, .done = done, .total = total, .now = real_now() };

    if (stopping(r->c))
        return err_set(e, RC_BUSY, N_("服务正在停止"));
    if (r->reported_us != 0 && now_us - r->reported_us < REPORT_US && done != total)
        return RC_OK;
    r->reported_us = now_us;
    return db_transact(r->c->db, report, &x, e);
}

/* What can be otherwise the next time: the disk, the database, being stopped. */
static bool may_pass(enum rc rc)
{
    return rc == RC_IO || rc == RC_DB || rc == RC_BUSY || rc == RC_TOOMANY;
}

struct ending {
    const struct job_run *run;
    const char *message;
    bool ok, again;
    struct utime now;
};

static enum rc end(struct tx *tx, void *arg, struct err *e)
{
    const struct ending *x = arg;
    const struct job_run *r = x->run;

    int64_t changed;
    enum rc rc = x->again ? job_again(tx, x->message,
                                      later(x->now, (int64_t)AGAIN_S << (r->attempt - 1)),
                                      r->id, r->attempt, &changed, e)
                          : job_end(tx, x->ok ? "done" : "failed", x->message, x->now, r->id,
                                    r->attempt, &changed, e);
    if (rc == RC_OK && !x->ok && changed == 1)
        rc = job_try_insert(tx, r->id, r->attempt, x->now, x->message, NULL, e);
    return rc;
}

enum rc job_run_one(struct county *c, const struct job_kind *kinds, size_t n, struct utime now,
                    bool *ret_ran, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err failure = { 0 };
    struct job_run run = { .c = c, .a = a };
    struct taking t = { .run = &run, .kinds = kinds, .n = n, .now = now };

    enum rc rc = db_transact(c->db, take, &t, e);
    *ret_ran = rc == RC_OK && t.taken;
    if (!*ret_ran)
        return rc;
    rc = run.kind->fn(&run, &failure);
    int most = run.kind->attempts == 0 ? ATTEMPTS : run.kind->attempts;
    struct ending x = {
        .run = &run,
        .message = message_text(rc == RC_OK ? &run.said : &failure, a),
        .ok = rc == RC_OK,
        /* What was found wrong with the work itself will be wrong the next time too. */
        .again = may_pass(rc) && run.attempt < most && run.attempt < 20,
        /* Who says what time it is means it; the thread's work takes time. */
        .now = c->p->jobs == NULL ? now : real_now()
    };
    rc = db_transact(c->db, end, &x, e);
    err_done(&run.said);
    return rc;
}

struct planning {
    const struct job_kind *kinds;
    size_t n;
    struct utime now;
};

static enum rc plan(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct planning *p = arg;

    for (size_t i = 0; i < p->n; i++) {
        struct job_active_row active;
        struct job_last_end_row last;
        struct id id;
        if (p->kinds[i].every_s == 0)
            continue;
        enum rc rc = job_active_one(tx_snap(tx), p->kinds[i].name, a, &active, e);
        if (rc == RC_OK && active.n == 0) {
            rc = job_last_end_one(tx_snap(tx), p->kinds[i].name, a, &last, e);
            if (rc == RC_OK)
                rc = job_add(tx, p->kinds[i].name, "", "",
                             last.at.us == 0 ? p->now : later(last.at, p->kinds[i].every_s), "",
                             p->now, &id, e);
        }
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

enum rc job_plan(struct county *c, const struct job_kind *kinds, size_t n, struct utime now,
                 struct err *e)
{
    struct planning p = { kinds, n, now };

    return db_transact(c->db, plan, &p, e);
}

/* ---- the thread ---- */

static bool pause_for(struct jobs *j, int64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    pthread_mutex_lock(&j->mutex);
    while (!j->stop && !j->work && pthread_cond_timedwait(&j->wake, &j->mutex, &until) == 0)
        ;
    j->work = false;
    bool stop = j->stop;
    pthread_mutex_unlock(&j->mutex);
    return stop;
}

static void *jobs_thread(void *arg)
{
    struct jobs *j = arg;
    bool stop = false;

    while (!stop) {
        CLEANUP(err_done) struct err e = { 0 };
        bool ran = false;
        enum rc rc = job_plan(j->c, j->kinds, j->n, real_now(), &e);
        if (rc == RC_OK)
            rc = job_run_one(j->c, j->kinds, j->n, real_now(), &ran, &e);
        if (rc != RC_OK)
            log_error("jobs failed", &e);
        stop = ran && rc == RC_OK ? stopping(j->c) : pause_for(j, LOOK_MS);
    }
    return NULL;
}

enum rc jobs_start(struct county *c, const struct job_kind *kinds, size_t n, struct err *e)
{
    struct jobs *j = mem_alloc(sizeof(*j));
    pthread_condattr_t attr;

    *j = (struct jobs){ .c = c, .kinds = kinds, .n = n };
    pthread_mutex_init(&j->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&j->wake, &attr);
    pthread_condattr_destroy(&attr);
    c->p->jobs = j;
    if (pthread_create(&j->thread, NULL, jobs_thread, j) == 0)
        return RC_OK;
    c->p->jobs = NULL;
    free(j);
    return err_set(e, RC_IO, N_("不能启动任务线程"));
}

static void set(struct county *c, bool stop)
{
    struct jobs *j = c->p->jobs;

    if (j == NULL)
        return;
    pthread_mutex_lock(&j->mutex);
    j->work = true;
    j->stop = j->stop || stop;
    pthread_cond_broadcast(&j->wake);
    pthread_mutex_unlock(&j->mutex);
}

void jobs_wake(struct county *c)
{
    set(c, /* stop= */ false);
}

void jobs_stop(struct county *c)
{
    struct jobs *j = c->p->jobs;

    if (j == NULL)
        return;
    set(c, /* stop= */ true);
    pthread_join(j->thread, NULL);
    c->p->jobs = NULL;
    pthread_cond_destroy(&j->wake);
    pthread_mutex_destroy(&j->mutex);
    free(j);
}
