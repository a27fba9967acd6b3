/* What of 云记录 can be found: a row of cmd/search_sources.c. */
#ifndef WORKLOG_SEARCH_SOURCE_H
#define WORKLOG_SEARCH_SOURCE_H

#include "search/search.h"

extern const struct search_source search_work;

#endif
