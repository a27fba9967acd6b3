/* Routes of the county page (全县总览). */
#ifndef MONITOR_OVERVIEW_PAGE_H
#define MONITOR_OVERVIEW_PAGE_H

#include "db/db.h"
#include "web/web.h"

extern const struct route overview_routes[];
extern const size_t overview_routes_n;

/* The period of ?period=, else the newest computed one, else the current quarter. Fills the
 * chrome's period picker for `path`. */
enum rc rq_shown_period(struct rq *rq, const struct snap *s, const char *path,
                        struct period *ret, struct err *e) MUST_USE;
/* The same picker for a page whose path ends in the period: before and its code is its address.
 */
enum rc rq_offer_periods(struct rq *rq, const struct snap *s, const char *before,
                         struct period shown, struct err *e) MUST_USE;

/* A town's name as its tile has room for: without 街道, 镇, 乡 when two characters are left. In
 * a. */
const char *tile_name(struct arena *a, const char *name);

#endif
