/*
 * A shelf: things that are costly to make, kept while they are used. Counted references, so
 * that a request keeps the one it began with; bounded, the least recently used one goes.
 */
#ifndef STORE_SHELF_H
#define STORE_SHELF_H

#include "base/base.h"

#include <stdatomic.h>

/* The first member of whatever is kept. */
struct kept {
    _Atomic int users;
    uint64_t used; /* tick of the last use */
    void (*done)(struct kept *k);
};
/* One user: who has made it. done frees it when the last one has dropped it. */
void kept_begin(struct kept *k, void (*done)(struct kept *k));
void kept_drop(void *kept); /* a struct kept; takes NULL; for rq_at_end */

struct shelf;
/* What county_room makes and frees. */
struct shelf *shelf_new(size_t places);
void shelf_free(void *shelf);
/* The one that same finds to be what key asks for, with one user more; NULL: not there. */
struct kept *shelf_take(struct shelf *s, bool (*same)(const struct kept *k, const void *key),
                        const void *key);
/* Also the shelf uses it from now on. */
void shelf_put(struct shelf *s, struct kept *k);

#endif
