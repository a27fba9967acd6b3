/*
 * A directive on paper: the 督办单 that goes to who has to do it, and the 签批单 with which a
 * draft goes round for opinions and signatures. Both say what the records say, nothing else.
 */
#ifndef DIRECTIVE_SLIP_H
#define DIRECTIVE_SLIP_H

#include "flow/flow.h"
#include "print/form.h"

enum slip { SLIP_ORDER, SLIP_APPROVAL };
/*
 * Put one together for who asks, in the language asked for; everything in a. RC_NOTFOUND: there
 * is no such directive that they may see; RC_DENIED: a 签批单 is for who writes and signs off
 * drafts only.
 */
enum rc slip_make(const struct snap *s, struct county *c, const struct flow_who *w,
                  const char *directive, enum slip which, enum lang lang, struct arena *a,
                  struct form *ret, struct err *e) MUST_USE;

#endif
