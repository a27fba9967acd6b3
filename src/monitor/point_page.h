/* Routes of data monitoring points (监测点). */
#ifndef MONITOR_POINT_PAGE_H
#define MONITOR_POINT_PAGE_H

#include "web/web.h"

extern const struct route point_routes[], point_import_routes[];
extern const size_t point_routes_n, point_import_routes_n;

#endif
