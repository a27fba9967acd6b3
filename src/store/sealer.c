/*
 * The threads that seal. Two, started by county_start_sealing: one places, publishes and signs,
 * at most once a second; the other asks the witnesses whenever something new was signed, and
 * again after a while when the quorum was not reached. They are two so that a witness that is
 * slow or gone never delays a signature.
 */
#include "base/log.h"
#include "store/inside.h"
#include "store/journal.h"
#include "store/seal.h"

#include <stdlib.h>
#include <time.h>

enum {
    SIGN_EVERY_MS = 1000,
    LOOK_EVERY_MS = 30000, /* without any change: days end, too */
    ASK_AGAIN_MS = 10000,
    FAILED_MS = 5000, /* pause after a failure */
};

struct sealer {
    struct county *c;
    pthread_t sealing, asking;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool work; /* something was committed */
    bool ask;  /* something was signed */
    bool stop;
};

static void committed(void *arg)
{
    struct sealer *s = arg;

    pthread_mutex_lock(&s->mutex);
    s->work = true;
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->mutex);
}

void sealer_wake(struct county *c)
{
    if (c->sealer != NULL)
        committed(c->sealer);
}

/* Wait until *flag or stop, at most for ms; takes the flag down. Returns stop. */
static bool wait_for(struct sealer *s, bool *flag, int64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&s->mutex);
    while (!s->stop && !(flag != NULL && *flag) &&
           pthread_cond_timedwait(&s->wake, &s->mutex, &until) == 0)
        ;
    if (flag != NULL)
        *flag = false;
    bool stop = s->stop;
    pthread_mutex_unlock(&s->mutex);
    return stop;
}

static void ask_soon(struct sealer *s)
{
    pthread_mutex_lock(&s->mutex);
    s->ask = true;
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->mutex);
}

static void *sealing_thread(void *arg)
{
    struct sealer *s = arg;
    bool stop = false;

    while (!stop) {
        CLEANUP(err_done) struct err e = { 0 };
        bool any = false;
        enum rc rc = journal_flush(s->c, &e);
        if (rc != RC_OK)
            log_error("journal failed", &e);
        rc = seal_round(s->c, &any, &e);
        if (rc != RC_OK)
            log_error("sealing failed", &e);
        if (any)
            ask_soon(s);
        /* A pause whatever happens, then whatever comes first: a commit or the next look. */
        stop = wait_for(s, NULL, rc == RC_OK ? SIGN_EVERY_MS : FAILED_MS) ||
               wait_for(s, &s->work, LOOK_EVERY_MS);
    }
    return NULL;
}

static void *asking_thread(void *arg)
{
    struct sealer *s = arg;
    bool quorum = false;

    while (!wait_for(s, &s->ask, quorum ? (int64_t)LOOK_EVERY_MS * 1000 : ASK_AGAIN_MS)) {
        CLEANUP(err_done) struct err e = { 0 };
        enum rc rc = ask_round(s->c, &quorum, &e);
        if (rc != RC_OK)
            log_error("asking witnesses failed", &e);
    }
    return NULL;
}

enum rc county_start_sealing(struct county *c, struct err *e)
{
    struct sealer *s = mem_alloc(sizeof(*s));
    pthread_condattr_t attr;

    s->c = c;
    pthread_mutex_init(&s->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&s->sealing, NULL, sealing_thread, s) != 0) {
        free(s);
        return err_set(e, RC_IO, N_("不能启动封存线程"));
    }
    if (pthread_create(&s->asking, NULL, asking_thread, s) != 0) {
        pthread_mutex_lock(&s->mutex);
        s->stop = true;
        pthread_cond_broadcast(&s->wake);
        pthread_mutex_unlock(&s->mutex);
        pthread_join(s->sealing, NULL);
        free(s);
        return err_set(e, RC_IO, N_("不能启动封存线程"));
    }
    c->sealer = s;
    db_after_commit(c->db, committed, s);
    return RC_OK;
}

void sealer_stop(struct county *c)
{
    struct sealer *s = c->sealer;
    CLEANUP(err_done) struct err e = { 0 };
    bool any;

    if (s == NULL)
        return;
    db_after_commit(c->db, NULL, NULL);
    pthread_mutex_lock(&s->mutex);
    s->stop = true;
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->mutex);
    pthread_join(s->sealing, NULL);
    pthread_join(s->asking, NULL);
    if (journal_flush(c, &e) != RC_OK)
        log_error("journal failed", &e);
    if (seal_round(c, &any, &e) != RC_OK)
        log_error("sealing failed", &e);
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->mutex);
    free(s);
    c->sealer = NULL;
}
