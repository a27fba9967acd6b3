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

enum { WARN_PAST_MAX = 12 /* periods a rule is tried on */ };
/*
 * The newest computed periods, at most max, of one kind and oldest first, for trials: values as
 * they are known at as_of (now), schemes of then, scores without intervals.
 */
enum rc warn_feed_past(const struct snap *s, size_t max, struct utime as_of, struct arena *a,
                       const struct warn_source *const **ret, size_t *ret_n,
                       struct err *e) MUST_USE;

#endif
