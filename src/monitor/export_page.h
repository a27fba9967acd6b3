/* Routes of exports: /export/WHAT.xlsx, .csv and .json. */
#ifndef MONITOR_EXPORT_PAGE_H
#define MONITOR_EXPORT_PAGE_H

#include "web/web.h"

extern const struct route export_routes[];
extern const size_t export_routes_n;

#endif
