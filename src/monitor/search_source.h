/* What of figures can be found: rows of cmd/search_sources.c. */
#ifndef MONITOR_SEARCH_SOURCE_H
#define MONITOR_SEARCH_SOURCE_H

#include "search/search.h"

extern const struct search_source search_points, search_indicators, search_reports,
    search_warnings, search_imports;

#endif
