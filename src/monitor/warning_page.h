/* Routes of warnings and of the rules they are judged by. */
#ifndef MONITOR_WARNING_PAGE_H
#define MONITOR_WARNING_PAGE_H

#include "web/web.h"

extern const struct route warning_routes[];
extern const size_t warning_routes_n;

#endif
