/* Routes of one value: where it came from and every version of it (数值来历). */
#ifndef MONITOR_VALUE_PAGE_H
#define MONITOR_VALUE_PAGE_H

#include "web/web.h"

extern const struct route value_routes[];
extern const size_t value_routes_n;

#endif
