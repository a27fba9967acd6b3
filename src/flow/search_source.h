/* What of matters can be found: rows of cmd/search_sources.c. */
#ifndef FLOW_SEARCH_SOURCE_H
#define FLOW_SEARCH_SOURCE_H

#include "search/search.h"

extern const struct search_source search_matters, search_files;

#endif
