/* Routes of /objection. */
#ifndef PUBLISH_OBJECTION_PAGE_H
#define PUBLISH_OBJECTION_PAGE_H

#include "web/web.h"

extern const struct route objection_routes[];
extern const size_t objection_routes_n;

#endif
