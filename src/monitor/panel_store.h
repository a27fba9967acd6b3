/*
 * Panels kept in memory for pages: building one reads every value of a period, and it stays the
 * same until values, scheme, points, units or settings change, or the day does.
 */
#ifndef MONITOR_PANEL_STORE_H
#define MONITOR_PANEL_STORE_H

#include "monitor/panel.h"

struct rq;

enum { PANELS_KEPT = 4 };

/* As panel_build by the scheme in force, as of now. Valid until the request ends. */
enum rc panel_hold(struct rq *rq, const struct snap *s, struct period p,
                   const struct panel **ret, struct err *e) MUST_USE;

#endif
