/*
 * Computing a period in the background, asked for from a page: POST /compute makes the job, its
 * page shows how far it is.
 */
#ifndef MONITOR_COMPUTE_JOB_H
#define MONITOR_COMPUTE_JOB_H

#include "store/job.h"
#include "web/web.h"

/* The job's name; its key is the period's code. */
extern const char compute_job[];
enum rc compute_job_run(struct job_run *r, struct err *e) MUST_USE;
extern const struct route compute_routes[];
extern const size_t compute_routes_n;

/* Whether the period is being computed or waits for it: *ret is the job, 0: no. */
enum rc compute_job_active(const struct snap *s, struct period p, struct id *ret,
                           struct err *e) MUST_USE;

#endif
