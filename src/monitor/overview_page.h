/* Routes of the county page (全县总览). */
#ifndef MONITOR_OVERVIEW_PAGE_H
#define MONITOR_OVERVIEW_PAGE_H

#include "db/db.h"
#include "web/web.h"

extern const struct route overview_routes[];
extern const size_t overview_routes_n;

struct sight;
/* The period of ?period=, else the newest of which k has something to see, else the current
 * quarter. own: also what only the person's own units see. Fills the chrome's period picker for
 * `path`. */
enum rc rq_shown_period(struct rq *rq, const struct sight *k, bool own, const char *path,
                        struct period *ret, struct err *e) MUST_USE;
/* The same picker for a page whose path ends in the period: before and its code is its address.
 */
void rq_offer_periods(struct rq *rq, const struct sight *k, bool own, const char *before,
                      struct period shown);

/* A town's name as its tile has room for: without 街道, 镇, 乡 when two characters are left. In
 * a. */
const char *tile_name(struct arena *a, const char *name);

#endif
