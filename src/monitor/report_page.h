/* Routes of the health report. */
#ifndef MONITOR_REPORT_PAGE_H
#define MONITOR_REPORT_PAGE_H

#include "web/web.h"

extern const struct route report_routes[];
extern const size_t report_routes_n;

#endif
