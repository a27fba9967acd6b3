/* What of matters can be found: rows of cmd/search_sources.c. */
#ifndef FLOW_SEARCH_SOURCE_H
#define FLOW_SEARCH_SOURCE_H

#include "flow/matter.h"
#include "search/search.h"

/* The gates of a matter that is no draft, which are those of everything written to it. */
enum rc flow_gates(const struct snap *s, const struct matter *m, struct arena *a,
                   struct str *gates, struct err *e) MUST_USE;

/*
 * A matter as a thing of the source at hand, with the gates of a room whose page has rules of
 * its own (a kind with .found_by_room); NULL: those above, and not for such kinds. of: the kind
 * that is meant; NULL: any.
 */
enum rc flow_docs(const struct snap *s, struct county *c, const struct record_line *r,
                  const struct flow_kind *of, const char *(*gates)(const struct matter *m),
                  struct search_pen *p, struct arena *a, struct err *e) MUST_USE;

extern const struct search_source search_matters, search_files;

#endif
