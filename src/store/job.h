/*
 * Jobs: work in the background as rows, so that it survives a restart. A kind of job is a row
 * of a const table; every function is safe to run twice and to be stopped half-way, because
 * that is what happens when the power goes.
 *
 * Times of jobs are real time, also in a demo county, whose own clock stands still; they are
 * parameters, so that tests need no clock.
 */
#ifndef STORE_JOB_H
#define STORE_JOB_H

#include "base/str.h"
#include "db/db.h"

struct county;
struct job_run;

struct job_kind {
    const char *name;  /* "journal.flush" */
    const char *title; /* what people call it, N_() */
    const char *help;  /* one sentence, N_() */
    enum rc (*fn)(struct job_run *r, struct err *e);
    int64_t every_s; /* 0: only when asked for; else run again this long after its end */
    int64_t lease_s; /* without progress for so long it is given to another; 0: 60 */
    int attempts;    /* 0: 3 */
};

/* What a job's function gets. */
struct job_run {
    struct county *c;
    struct arena *a; /* goes with the run */
    struct id id;
    const char *key, *args, *by;
    int attempt;     /* 1 the first time */
    struct err said; /* what it says when done, set with RC_DONE; may stay empty */
    const struct job_kind *kind;
    int64_t reported_us; /* monotonic: last progress written */
};
/*
 * Say how far it is; written at most once a second, and extends the lease. RC_CONFLICT: the job
 * was cancelled or has been given to another: return that.
 */
enum rc job_progress(struct job_run *r, int64_t done, int64_t total, struct err *e) MUST_USE;

/*
 * Ask for a job. When one of the kind and key is waiting already, that one stays as it is (with
 * the earlier due) and is returned. args is JSON or "". due 0: at once.
 */
enum rc job_add(struct tx *tx, const char *kind, const char *key, const char *args,
                struct utime due, const char *by, struct utime now, struct id *ret,
                struct err *e) MUST_USE;
/* Waiting or running becomes cancelled (a running one ends at its next progress); RC_CONFLICT
 * when it has ended. */
enum rc job_cancel(struct tx *tx, struct id id, struct utime now, struct err *e) MUST_USE;

struct job {
    struct id id;
    const char *kind, *key, *args, *by;
    const char *state;   /* waiting running done failed cancelled */
    const char *message; /* in every language: see job_message */
    struct utime due, created_at, started_at, ended_at; /* 0: not yet */
    int64_t attempts, done, total;
};
enum { JOB_PAGE = 200 };
/* What a job said, or why it failed, in a language. In a. */
const char *job_message(const struct job *j, enum lang lang, struct arena *a);
enum rc job_get(const struct snap *snap, struct id id, struct arena *a, struct job *ret,
                struct err *e) MUST_USE;
/* Newest first, before an id (none: from the newest); state and kind "" are any. */
enum rc job_list(const struct snap *snap, const char *state, const char *kind, struct id before,
                 struct arena *a, struct job **ret, size_t *ret_n, struct err *e) MUST_USE;
/* Its attempts that failed, oldest first. */
struct job_failure {
    int64_t attempt;
    struct utime at;
    const char *message; /* see job_failure_message */
};
enum rc job_failures(const struct snap *snap, struct id id, struct arena *a,
                     struct job_failure **ret, size_t *ret_n, struct err *e) MUST_USE;
const char *job_failure_message(const struct job_failure *f, enum lang lang, struct arena *a);
struct job_count {
    int64_t waiting, running, failed; /* failed: since the moment asked for */
};
/* kind "" is any. */
enum rc job_count(const struct snap *snap, const char *kind, struct utime since,
                  struct job_count *ret, struct err *e) MUST_USE;
/* The newest of a kind and key (key "" is any); RC_NOTFOUND, without a message, when there is
 * none. */
enum rc job_latest(const struct snap *snap, const char *kind, const char *key, struct arena *a,
                   struct job *ret, struct err *e) MUST_USE;

/*
 * Take one due job of these kinds and run it to its end. *ret_ran: there was one. A job that
 * fails by RC_IO, RC_DB or RC_BUSY waits twice as long before each new attempt, from 30 seconds
 * on, and is failed for good after its attempts; any other failure is for good. The failure is
 * the row's message, not this function's rc.
 */
enum rc job_run_one(struct county *c, const struct job_kind *kinds, size_t n, struct utime now,
                    bool *ret_ran, struct err *e) MUST_USE;
/* Ask for every kind that runs by itself and is not waiting. */
enum rc job_plan(struct county *c, const struct job_kind *kinds, size_t n, struct utime now,
                 struct err *e) MUST_USE;

/* A thread that does both until jobs_stop. kinds must outlive it. */
enum rc jobs_start(struct county *c, const struct job_kind *kinds, size_t n,
                   struct err *e) MUST_USE;
/* Wake the thread: a job was asked for. */
void jobs_wake(struct county *c);
/* Ends after the job at hand, which is cancelled at its next progress and taken up again later.
 */
void jobs_stop(struct county *c);

#endif
