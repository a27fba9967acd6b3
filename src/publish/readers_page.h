/* Routes of /readers. */
#ifndef PUBLISH_READERS_PAGE_H
#define PUBLISH_READERS_PAGE_H

#include "web/web.h"

extern const struct route readers_routes[];
extern const size_t readers_routes_n;

#endif
