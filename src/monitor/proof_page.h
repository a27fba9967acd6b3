/* 核验: a record of the log, who vouches for it, and how to check it; receipts of records and
 * reports. */
#ifndef MONITOR_PROOF_PAGE_H
#define MONITOR_PROOF_PAGE_H

#include "web/web.h"

extern const struct route proof_routes[];
extern const size_t proof_routes_n;

#endif
