/*
 * What is put right when an objection is upheld: values of the unit get new versions, by whom
 * it was decided. Whether it can be done is asked before the decision is taken.
 */
#ifndef PUBLISH_CORRECTION_H
#define PUBLISH_CORRECTION_H

#include "flow/matter.h"
#include "publish/objection.h"

/*
 * m: the objection with what the decision gives filled in. RC_INVALID: a value that is no
 * number, is not one of the unit's, could not be imported or says what is there already; of a
 * report: nothing was named or changed that would make it another.
 */
enum rc correction_check(struct county *c, const struct snap *s, const struct matter *m,
                         const struct objection_about *x, const char *by,
                         struct err *e) MUST_USE;
/* Write what is not there yet. *ret_since: figures computed later have it; 0: nothing was to be
 * written. */
enum rc correction_write(struct county *c, const struct matter *m,
                         const struct objection_about *x, const char *by, struct arena *a,
                         struct utime *ret_since, struct err *e) MUST_USE;

#endif
