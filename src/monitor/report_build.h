/* Filling the health report of a unit from an assessment: every number is taken from it, every
 * sentence is made here. */
#ifndef MONITOR_REPORT_BUILD_H
#define MONITOR_REPORT_BUILD_H

#include "monitor/assess.h"
#include "print/health_report.h"
#include "warn/warn.h"

enum { REPORT_NOTED_MAX = 6 /* strengths, and weaknesses */ };

struct report_source {
    const struct snap *snap;
    const char *county;
    bool demo;
    const struct assessment *now, *before; /* before NULL: no period to compare with */
    struct change_split *split;            /* NULL with before */
    struct utime computed_at;
    const struct report_trend *const *trend; /* by panel unit: earlier periods, oldest first */
    const size_t *n_trend;
};
/* Things every report of a run shares: medians by peer group. */
struct report_shared;
struct report_shared *report_shared_new(const struct report_source *src, struct arena *a);
/* The report of a panel unit. Everything lives in a. */
enum rc report_build(const struct report_source *src, const struct report_shared *shared,
                     size_t unit, const struct warn_view *warnings, size_t n_warnings,
                     enum lang lang, struct arena *a, struct health_report *ret,
                     struct err *e) MUST_USE;

#endif
