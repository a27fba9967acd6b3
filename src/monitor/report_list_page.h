/* All health reports of a period, as far as the reader's scope goes. */
#ifndef MONITOR_REPORT_LIST_PAGE_H
#define MONITOR_REPORT_LIST_PAGE_H

#include "web/web.h"

extern const struct route report_list_routes[];
extern const size_t report_list_routes_n;

#endif
