/*
 * The publication desk (发布台): one matter a period, from the computation to what everybody
 * may see, and one part for each unit, which is asked whether its report is right. How far the
 * figures themselves have come stands in monitor/publication.h; the moves of this kind move it.
 */
#ifndef PUBLISH_RELEASE_KIND_H
#define PUBLISH_RELEASE_KIND_H

#include "flow/flow.h"

extern const struct flow_kind release_flow_kind, opinion_flow_kind;

/* Let the county's computations reach the desk: a period that is computed gets its matter, and
 * what is published past the desk (the command line) is told it. Once, after flow_use. */
void release_use(struct county *c);

/* The matter of a period: its code and state; RC_NOTFOUND without a message when there is
 * none. */
enum rc release_of(const struct snap *s, struct period p, struct arena *a,
                   const char **ret_code, const char **ret_state, struct err *e) MUST_USE;
/* What a unit was asked in the newest round of a period; RC_NOTFOUND as above. */
enum rc opinion_of(const struct snap *s, const char *unit, struct period p, struct arena *a,
                   const char **ret_code, const char **ret_state, struct err *e) MUST_USE;
/* The unit has objected: what it was asked is answered by that. RC_OK also when nothing was. */
enum rc opinion_objected(struct tx *tx, struct county *c, const char *unit, struct period p,
                         struct err *e) MUST_USE;

#endif
