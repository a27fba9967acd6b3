/* What warning rules look at, from an assessment: values of points, indicators and nodes, and
 * completeness. */
#ifndef MONITOR_WARN_FEED_H
#define MONITOR_WARN_FEED_H

#include "monitor/assess.h"
#include "warn/warn.h"

/* before NULL: there is no period before. *ret refers to the assessments; what it needs besides
 * is in a. */
void warn_feed(const struct assessment *now, const struct assessment *before,
               struct id computation, struct arena *a, struct warn_source *ret);

#endif
