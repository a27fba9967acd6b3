/* Routes of jobs: what the machine is doing, how far it is, what failed and why. */
#ifndef CMD_JOB_PAGE_H
#define CMD_JOB_PAGE_H

#include "web/web.h"

extern const struct route job_routes[];
extern const size_t job_routes_n;

#endif
