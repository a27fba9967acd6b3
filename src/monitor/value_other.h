/*
 * Three numbers side by side: what the source claims (the value), what somebody found who
 * looked at the papers (verified, 核实值), what an independent source says (validated, 印证值).
 * The two others change nothing by themselves; they are shown wherever the claimed one is
 * looked at, and a difference is a reason to ask, no verdict.
 */
#ifndef MONITOR_VALUE_OTHER_H
#define MONITOR_VALUE_OTHER_H

#include "base/period.h"
#include "people/account.h"

struct county;

enum { OTHER_HOW_MAX = 200 };

struct other_new {
    const char *unit, *point; /* codes */
    struct period period;
    const char *kind; /* verified, validated */
    double value;
    const char *source; /* code of the unit that gives it */
    const char *how;
};
/*
 * Enter one. Verified: by who supervises the unit or runs the platform. Validated: by who sends
 * values for the source given, or runs the platform. RC_DENIED otherwise, and for the point's
 * own source: nobody confirms their own number. RC_INVALID, RC_NOTFOUND name what is wrong.
 */
enum rc other_add(struct tx *tx, struct county *c, const struct person *by,
                  const struct units *us, const struct other_new *n, struct arena *a,
                  struct err *e) MUST_USE;
/* 核实值 …, as Chinese source text. */
const char *other_kind_text(const char *kind);
/* May this person enter anything about the value of a unit and point's owner? */
bool other_may(const struct person *by, const struct units *us, const struct unit *u,
               const char *owner);

#endif
