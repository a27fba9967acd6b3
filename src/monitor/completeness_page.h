/* Routes of completeness: where data are missing, why, and who brings them. */
#ifndef MONITOR_COMPLETENESS_PAGE_H
#define MONITOR_COMPLETENESS_PAGE_H

#include "web/web.h"

extern const struct route completeness_routes[];
extern const size_t completeness_routes_n;

#endif
