/* What of meetings, bulletins and the register of rules can be found: rows of
 * cmd/search_sources.c. */
#ifndef MEETING_SEARCH_SOURCE_H
#define MEETING_SEARCH_SOURCE_H

#include "search/search.h"

extern const struct search_source search_meetings, search_bulletins, search_regulations;

#endif
