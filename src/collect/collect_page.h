/* Routes of collection: rounds for the platform, filings for sources. */
#ifndef COLLECT_COLLECT_PAGE_H
#define COLLECT_COLLECT_PAGE_H

#include "web/web.h"

extern const struct route round_routes[], filing_routes[], outside_routes[], other_routes[];
extern const size_t round_routes_n, filing_routes_n, outside_routes_n, other_routes_n;

#endif
