/*
 * A warning in people's hands (预警处置): what people do about a warning of one rule at one
 * unit, from sending it to its end. One matter for a rule at a unit: when the warning comes
 * back the matter is opened again, and how often that was is its recurrence.
 *
 * The matter follows what is published: warning_matters_open is called with a computation whose
 * figures have been released, opens what newly fires and tells the open matters what the new
 * values say. Nothing else moves a matter by figures.
 */
#ifndef MONITOR_WARNING_KIND_H
#define MONITOR_WARNING_KIND_H

#include "flow/flow.h"

struct county;
struct snap;
struct tx;

extern const struct flow_kind warning_flow_kind;

/*
 * What a released computation means for matters: a warning that burns and has none gets one,
 * one that has ended is opened again, an open one hears of the new value (recovered, not
 * recovered, turned red, corrected, withdrawn). Merged warnings have none of their own. Safe to
 * call twice: what is done already is left alone. publication_set calls it in the change that
 * publishes: what is published is in people's hands. Nothing without the kind in the county's
 * list.
 */
enum rc warning_matters_open(struct tx *tx, struct county *c, struct id computation,
                             struct err *e) MUST_USE;

/* An objection to the warning was upheld (by whom it was decided stands in the objection): its
 * matter ends as 排除. RC_OK also when there is none. objection: code of the matter. */
enum rc warning_matter_upheld(struct tx *tx, struct county *c, const char *warning,
                              const char *objection, struct err *e) MUST_USE;

#endif
