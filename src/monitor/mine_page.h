/* Routes of 我的单位, and of 我的数据用在哪. */
#ifndef MONITOR_MINE_PAGE_H
#define MONITOR_MINE_PAGE_H

#include "web/web.h"

extern const struct route mine_routes[], usage_routes[];
extern const size_t mine_routes_n, usage_routes_n;

#endif
