/* The big screen. */
#ifndef MONITOR_WALL_PAGE_H
#define MONITOR_WALL_PAGE_H

#include "web/web.h"

extern const struct route wall_routes[];
extern const size_t wall_routes_n;

#endif
