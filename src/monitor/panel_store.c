/* Kept panels: counted references, so that a request keeps the one it began with; the least
 * recently used one goes. */
#include "monitor/panel_store.h"

#include "base/clock.h"
#include "monitor/value.sql.h"
#include "people/asker.h"
#include "store/county.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct kept {
    _Atomic int users;
    struct arena *a;
    struct panel *panel;
    int32_t day;
    struct panel_stamp_row stamp;
    uint64_t used; /* tick of the last use */
};

struct shelf {
    pthread_mutex_t lock;
    uint64_t tick;
    struct kept *slots[PANELS_KEPT];
};

static void kept_drop(void *p)
{
    struct kept *k = p;
    if (k && atomic_fetch_sub(&k->users, 1) == 1) {
        arena_free(k->a);
        free(k);
    }
}

static void shelf_free(void *p)
{
    struct shelf *s = p;
    for (size_t i = 0; i < PANELS_KEPT; i++)
        kept_drop(s->slots[i]);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static struct shelf *shelf_of(struct county *c)
{
    static pthread_mutex_t making =
        PTHREAD_MUTEX_INITIALIZER; /* guards only the making, of any county */
    pthread_mutex_lock(&making);
    struct shelf *s = c->room[ROOM_PANELS];
    if (!s) {
        s = mem_alloc(sizeof(*s));
        pthread_mutex_init(&s->lock, NULL);
        c->free_room[ROOM_PANELS] = shelf_free;
        c->room[ROOM_PANELS] = s;
    }
    pthread_mutex_unlock(&making);
    return s;
}

static bool same(const struct kept *k, struct period p, const struct kept *now)
{
    const struct panel_stamp_row *x = &k->stamp, *y = &now->stamp;
    return period_same(k->panel->period, p) && k->day == now->day && x->imports == y->imports &&
           x->schemes == y->schemes && x->points == y->points && x->units == y->units &&
           x->settings == y->settings && x->cleared == y->cleared;
}

static struct kept *take(struct shelf *s, struct period p, const struct kept *now)
{
    struct kept *found = NULL;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < PANELS_KEPT && !found; i++)
        if (s->slots[i] && same(s->slots[i], p, now))
            found = s->slots[i];
    if (found) {
        found->used = ++s->tick;
        atomic_fetch_add(&found->users, 1);
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

static void keep(struct shelf *s, struct kept *k)
{
    pthread_mutex_lock(&s->lock);
    size_t at = 0;
    for (size_t i = 0; i < PANELS_KEPT && s->slots[at]; i++)
        if (!s->slots[i] || s->slots[i]->used < s->slots[at]->used)
            at = i;
    kept_drop(s->slots[at]);
    k->used = ++s->tick;
    atomic_fetch_add(&k->users, 1);
    s->slots[at] = k;
    pthread_mutex_unlock(&s->lock);
}

enum rc panel_hold(struct rq *rq, const struct snap *s, struct period p,
                   const struct panel **ret, struct err *e)
{
    struct shelf *shelf = shelf_of(rq_county(rq));
    struct kept now = { .day = time_day(rq->now) };
    enum rc rc = panel_stamp_one(s, rq->a, &now.stamp, e);
    if (rc != RC_OK)
        return rc;
    struct kept *k = take(shelf, p, &now);
    if (!k) {
        k = mem_alloc(sizeof(*k));
        *k = now;
        atomic_init(&k->users, 1);
        k->a = arena_new();
        rc = panel_build(s, NULL, p, rq->now, k->a, &k->panel, e);
        if (rc != RC_OK) {
            kept_drop(k);
            return rc;
        }
        keep(shelf, k);
    }
    rq_at_end(rq, kept_drop, k);
    *ret = k->panel;
    return RC_OK;
}
