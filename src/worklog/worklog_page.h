/* Routes of the work log: writing, reading, files, hints; and its section on matters' pages. */
#ifndef WORKLOG_WORKLOG_PAGE_H
#define WORKLOG_WORKLOG_PAGE_H

#include "flow/flow_page.h"

extern const struct route worklog_routes[], work_hint_routes[];
extern const size_t worklog_routes_n, work_hint_routes_n;

/* For flow_use_log. */
flow_log_fill worklog_fill;

#endif
