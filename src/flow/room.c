/*
 * What src/flow keeps for a county. Calendars are imported once a year and a thread may still
 * be looking at the one before: all of them stay until the county closes.
 */
#include "flow/room.h"

#include "store/county.h"

#include <pthread.h>
#include <stdlib.h>

struct kept {
    struct id mark;
    const struct calendar *cal;
    struct arena *own;
    struct kept *older;
};
struct flow_room {
    pthread_mutex_t lock;
    struct kept *newest;
    const struct flow_kind *const *kinds;
    size_t n_kinds;
    flow_log_fill *log;
};

static void room_free(void *p)
{
    struct flow_room *r = p;
    while (r->newest) {
        struct kept *k = r->newest;
        r->newest = k->older;
        arena_free(k->own);
        free(k);
    }
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static void *room_make(struct county *c)
{
    struct flow_room *r = mem_alloc(sizeof(*r));
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

struct flow_room *flow_room(struct county *c)
{
    return county_room(c, ROOM_FLOW, room_make, room_free);
}

const struct calendar *flow_room_calendar(struct flow_room *r, struct id mark)
{
    const struct calendar *cal = NULL;
    pthread_mutex_lock(&r->lock);
    for (const struct kept *k = r->newest; k && !cal; k = k->older)
        if (k->mark.v == mark.v)
            cal = k->cal;
    pthread_mutex_unlock(&r->lock);
    return cal;
}

void flow_room_keep(struct flow_room *r, struct id mark, const struct calendar *cal,
                    struct arena *own)
{
    struct kept *k = mem_alloc(sizeof(*k));
    *k = (struct kept){ .mark = mark, .cal = cal, .own = own };
    pthread_mutex_lock(&r->lock);
    k->older = r->newest;
    r->newest = k;
    pthread_mutex_unlock(&r->lock);
}

void flow_room_set_kinds(struct flow_room *r, const struct flow_kind *const *kinds, size_t n)
{
    pthread_mutex_lock(&r->lock);
    r->kinds = kinds;
    r->n_kinds = n;
    pthread_mutex_unlock(&r->lock);
}

const struct flow_kind *const *flow_room_kinds(struct flow_room *r, size_t *ret_n)
{
    pthread_mutex_lock(&r->lock);
    const struct flow_kind *const *kinds = r->kinds;
    *ret_n = r->n_kinds;
    pthread_mutex_unlock(&r->lock);
    return kinds;
}

void flow_room_set_log(struct flow_room *r, flow_log_fill *fill)
{
    pthread_mutex_lock(&r->lock);
    r->log = fill;
    pthread_mutex_unlock(&r->lock);
}

flow_log_fill *flow_room_log(struct flow_room *r)
{
    pthread_mutex_lock(&r->lock);
    flow_log_fill *fill = r->log;
    pthread_mutex_unlock(&r->lock);
    return fill;
}
