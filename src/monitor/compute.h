/*
 * Computing a period: values → scores → warnings → reports, written in slices and made visible
 * by one change. Computing again (a correction came in) makes a new computation; the old one
 * stays.
 */
#ifndef MONITOR_COMPUTE_H
#define MONITOR_COMPUTE_H

#include "base/kinds.h"

struct county;
struct arena;

struct compute_result {
    struct id id;
    size_t n_units, n_scored;
    int64_t n_values, n_due;
    double county_score; /* NaN: none */
    size_t n_warnings;   /* that burn after it */
};
/* done of total steps; called from the computing thread. Other than RC_OK stops the run. */
typedef enum rc compute_progress(void *arg, int64_t done, int64_t total, struct err *e);
/*
 * RC_NOTFOUND without an adopted scheme, RC_INVALID when scheme or values do not allow a
 * computation. What was written of a computation that fails is taken back. by: account's code,
 * "" for the command line.
 */
enum rc compute_period(struct county *c, struct period p, const char *by,
                       compute_progress *progress, void *arg, struct compute_result *ret,
                       struct err *e) MUST_USE;

/* For the audit: every report is what its digests say, and its own record says the same. */
struct snap;
enum rc reports_check(const struct snap *s, struct err *e) MUST_USE;

#endif
