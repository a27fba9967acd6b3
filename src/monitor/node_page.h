/* Pages of one node across units: an aspect or inner node, and an indicator. */
#ifndef MONITOR_NODE_PAGE_H
#define MONITOR_NODE_PAGE_H

#include "web/web.h"

extern const struct route node_routes[];
extern const size_t node_routes_n;

#endif
