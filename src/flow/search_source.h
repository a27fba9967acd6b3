/* What of matters can be found: rows of cmd/search_sources.c. */
#ifndef FLOW_SEARCH_SOURCE_H
#define FLOW_SEARCH_SOURCE_H

#include "flow/matter.h"
#include "search/search.h"

/* The gates of a matter that is no draft, which are those of everything written to it. */
enum rc flow_gates(const struct snap *s, const struct matter *m, struct arena *a,
                   struct str *gates, struct err *e) MUST_USE;

extern const struct search_source search_matters, search_files;

#endif
