/* A short list behind a lock, in a room of the county. */
#include "people/held.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/str.h"
#include "store/county.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct held {
    enum held_kind kind; /* 0: a free place */
    struct id account;
    int64_t until_us; /* on the monotonic clock: a simulated one may stand still */
    struct arena *a;
    const void *p;
    char token[HELD_TOKEN];
};
struct held_room {
    pthread_mutex_t lock;
    struct held at[HELD_MAX];
};

static void drop(struct held *h)
{
    arena_free(h->a);
    *h = (struct held){ 0 };
}

static void room_free(void *p)
{
    struct held_room *r = p;
    for (size_t i = 0; i < HELD_MAX; i++)
        drop(&r->at[i]);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static void *room_make(struct county *c)
{
    struct held_room *r = mem_alloc(sizeof(*r));
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

static struct held_room *room(struct county *c)
{
    return county_room(c, ROOM_HELD, room_make, room_free);
}

/* What is too old goes, and so does what the new one replaces; the place for the new one. */
static struct held *place(struct held_room *r, enum held_kind kind, struct id account)
{
    struct held *best = NULL;
    int64_t now = clock_monotonic_us();
    for (size_t i = 0; i < HELD_MAX; i++) {
        struct held *h = &r->at[i];
        if (h->kind && (h->until_us < now || (h->kind == kind && h->account.v == account.v)))
            drop(h);
        if (!best || h->until_us < best->until_us)
            best = h;
    }
    drop(best);
    return best;
}

void held_put(struct county *c, enum held_kind kind, struct id account, struct arena **a,
              const void *p, char token[HELD_TOKEN])
{
    struct held_room *r = room(c);
    uint8_t random[16];
    random_bytes(random, sizeof(random));
    hex_encode(random, sizeof(random), token);
    pthread_mutex_lock(&r->lock);
    struct held *h = place(r, kind, account);
    *h = (struct held){ .kind = kind,
                        .account = account,
                        .until_us = clock_monotonic_us() + HELD_MINUTES * INT64_C(60000000),
                        .a = *a,
                        .p = p };
    memcpy(h->token, token, HELD_TOKEN);
    pthread_mutex_unlock(&r->lock);
    *a = NULL;
}

const void *held_take(struct county *c, enum held_kind kind, struct id account,
                      const char *token, struct arena **ret_a)
{
    struct held_room *r = room(c);
    const void *p = NULL;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < HELD_MAX && !p; i++) {
        struct held *h = &r->at[i];
        if (h->kind != kind || h->account.v != account.v ||
            (token && !str_eq(h->token, token)) || h->until_us < clock_monotonic_us())
            continue;
        p = h->p;
        *ret_a = h->a;
        *h = (struct held){ 0 };
    }
    pthread_mutex_unlock(&r->lock);
    return p;
}
