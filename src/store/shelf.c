#include "store/shelf.h"

#include "base/str.h"

#include <pthread.h>
#include <stdlib.h>

struct shelf {
    pthread_mutex_t lock;
    uint64_t tick;
    size_t places;
    struct kept *at[];
};

void kept_begin(struct kept *k, void (*done)(struct kept *k))
{
    atomic_init(&k->users, 1);
    k->done = done;
}

void kept_drop(void *kept)
{
    struct kept *k = kept;
    if (k && atomic_fetch_sub(&k->users, 1) == 1)
        k->done(k);
}

struct shelf *shelf_new(size_t places)
{
    struct shelf *s = mem_alloc(sizeof(*s) + places * sizeof(struct kept *));
    pthread_mutex_init(&s->lock, NULL);
    s->places = places;
    return s;
}

void shelf_free(void *shelf)
{
    struct shelf *s = shelf;
    for (size_t i = 0; i < s->places; i++)
        kept_drop(s->at[i]);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

struct kept *shelf_take(struct shelf *s, bool (*same)(const struct kept *k, const void *key),
                        const void *key)
{
    struct kept *found = NULL;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->places && !found; i++)
        if (s->at[i] && same(s->at[i], key))
            found = s->at[i];
    if (found) {
        found->used = ++s->tick;
        atomic_fetch_add(&found->users, 1);
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

void shelf_put(struct shelf *s, struct kept *k)
{
    pthread_mutex_lock(&s->lock);
    size_t place = 0;
    for (size_t i = 0; i < s->places && s->at[place]; i++)
        if (!s->at[i] || s->at[i]->used < s->at[place]->used)
            place = i;
    struct kept *gone = s->at[place];
    k->used = ++s->tick;
    atomic_fetch_add(&k->users, 1);
    s->at[place] = k;
    pthread_mutex_unlock(&s->lock);
    kept_drop(gone);
}
