/* Routes of 今日, the page after signing in. */
#ifndef CMD_TODAY_PAGE_H
#define CMD_TODAY_PAGE_H

#include "web/web.h"

extern const struct route today_routes[];
extern const size_t today_routes_n;
/* How much waits for the asker, for the top of every page; exact up to some dozens. */
enum rc today_count(struct rq *rq, int64_t *ret, struct err *e);

#endif
