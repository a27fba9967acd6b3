/* Inside src/search: what a county keeps of it. */
#ifndef SEARCH_ROOM_H
#define SEARCH_ROOM_H

#include "search/search.h"

#include <pthread.h>

struct search_room {
    const struct search_source *const *sources;
    size_t n;
    pthread_mutex_t one; /* one at a time brings the index up to date: thread or command */
};
const struct search_room *search_room(struct county *c);
const struct search_source *search_source_of(struct county *c, const char *code); /* NULL */

#endif
