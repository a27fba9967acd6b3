/* Routes of warning rules: the list, one rule, its trial on past periods, new versions. */
#ifndef MONITOR_RULE_PAGE_H
#define MONITOR_RULE_PAGE_H

#include "web/web.h"

extern const struct route rule_routes[];
extern const size_t rule_routes_n;

/* A handler of these routes, in a file of its own. */
enum rc rule_quality_show(struct rq *rq, struct err *e);

#endif
