/* Routes of warnings: the list of a period, one with its history. */
#ifndef MONITOR_WARNING_PAGE_H
#define MONITOR_WARNING_PAGE_H

#include "web/web.h"

extern const struct route warning_routes[];
extern const size_t warning_routes_n;

/* Handlers of these routes, in files of their own. */
enum rc warning_list_show(struct rq *rq, struct err *e);
enum rc warning_quiet_show(struct rq *rq, struct err *e);

#endif
