/* Routes of the pages about matters: one matter, the inbox, the board, the agenda. */
#ifndef FLOW_FLOW_PAGE_H
#define FLOW_FLOW_PAGE_H

#include "web/web.h"

extern const struct route matter_routes[], inbox_routes[];
extern const size_t matter_routes_n, inbox_routes_n;

#endif
