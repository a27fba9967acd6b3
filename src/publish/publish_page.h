/* Routes of /publish. */
#ifndef PUBLISH_PUBLISH_PAGE_H
#define PUBLISH_PUBLISH_PAGE_H

#include "web/web.h"

extern const struct route publish_routes[];
extern const size_t publish_routes_n;

#endif
