/* Routes of warnings: the list of a period, one with its history. */
#ifndef MONITOR_WARNING_PAGE_H
#define MONITOR_WARNING_PAGE_H

#include "web/web.h"

extern const struct route warning_routes[];
extern const size_t warning_routes_n;

/* A handler of these routes, in a file of its own. */
enum rc warning_list_show(struct rq *rq, struct err *e);

#endif
