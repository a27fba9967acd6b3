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

/* PostgreSQL's inverted index knows no order, so each thing bears the numbers of the blocks it
 * lies in, of three sizes, and the newest blocks are asked first. */
enum { BLOCK_LEVELS = 3 };
static inline int block_bits(int level)
{
    return 12 + 3 * level; /* 4096, 32768, 262144 things */
}

#endif
