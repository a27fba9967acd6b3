/* Connections that are taken, used by one thread, and given back; and the snapshots readers
 * take with them. */
#include "base/clock.h"
#include "db/driver.h"

#include <errno.h>
#include <time.h>

static struct timespec wait_until(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000)
        t.tv_sec++, t.tv_nsec -= 1000000000;
    return t;
}

enum rc pool_take(struct db *db, struct pool *p, struct conn **ret, struct err *e)
{
    struct timespec until = wait_until(DB_READER_WAIT_MS);
    int timed_out = 0;
    pthread_mutex_lock(&db->lock);
    while (p->idle == NULL && p->n >= p->max && timed_out != ETIMEDOUT)
        timed_out = pthread_cond_timedwait(&p->freed, &db->lock, &until);
    struct conn *c = p->idle;
    bool connect = c == NULL && p->n < p->max;
    if (c != NULL)
        p->idle = c->next;
    p->n += connect;
    pthread_mutex_unlock(&db->lock);
    if (c == NULL && !connect)
        return err_set(e, RC_BUSY, N_("数据库连接都在使用中,请稍后再试"));
    enum rc rc = connect ? db->driver->connect(db, p->writing, &c, e) : RC_OK;
    if (rc == RC_OK) {
        *ret = c;
        return RC_OK;
    }
    pthread_mutex_lock(&db->lock);
    p->n--;
    pthread_cond_signal(&p->freed);
    pthread_mutex_unlock(&db->lock);
    return rc;
}

void pool_give(struct db *db, struct pool *p, struct conn *c)
{
    bool broken = c->broken;
    if (broken)
        db->driver->disconnect(c);
    pthread_mutex_lock(&db->lock);
    if (broken) {
        p->n--;
    } else {
        c->next = p->idle;
        p->idle = c;
    }
    pthread_cond_signal(&p->freed);
    pthread_mutex_unlock(&db->lock);
}

void pool_init(struct pool *p, size_t max, bool writing)
{
    pthread_condattr_t attr;
    *p = (struct pool){ .max = max, .writing = writing };
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->freed, &attr);
    pthread_condattr_destroy(&attr);
}

void pool_close(struct db *db, struct pool *p)
{
    for (struct conn *c = p->idle, *next; c != NULL; c = next) {
        next = c->next;
        db->driver->disconnect(c);
        p->n--;
    }
    p->idle = NULL;
    pthread_cond_destroy(&p->freed);
}

enum rc db_read_for(struct db *db, int64_t age_ms, const struct snap **ret, struct err *e)
{
    struct conn *c = NULL;
    enum rc rc = pool_take(db, &db->readers, &c, e);
    if (rc != RC_OK)
        return rc;
    c->snap = (struct snap){ .conn = c, .deadline_us = clock_monotonic_us() + age_ms * 1000 };
    rc = db->driver->read_begin(c, age_ms, e);
    if (rc == RC_OK)
        *ret = &c->snap;
    else
        pool_give(db, &db->readers, c);
    return rc;
}

enum rc db_read(struct db *db, const struct snap **ret, struct err *e)
{
    return db_read_for(db, db->snap_age_ms, ret, e);
}

void db_read_end(const struct snap **snap)
{
    if (*snap == NULL)
        return;
    struct conn *c = (*snap)->conn;
    c->db->driver->read_end(c);
    pool_give(c->db, &c->db->readers, c);
    *snap = NULL;
}
