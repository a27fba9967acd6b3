/*
 * Objections (异议): a unit says that a value, a warning, a report or a hint about it is wrong.
 * Somebody of the platform who did not issue it decides, in writing and by a day; what is
 * upheld is put right, computed again and issued again with an erratum, and what was there
 * before stays readable and says by what it was replaced.
 */
#ifndef PUBLISH_OBJECTION_H
#define PUBLISH_OBJECTION_H

#include "flow/flow.h"
#include "warn/warn.h"

extern const struct flow_kind objection_flow_kind;

/* What an objection is about. Text in the arena given. */
struct objection_about {
    const char *what;  /* value, warning, report, hint */
    const char *code;  /* D04-P103-2026Q3, W-2026Q3-0041, D04-2026Q3, … */
    const char *unit;  /* whose */
    const char *title; /* what people call it */
    struct period period;
    const char *point; /* value: code of the point; "" */
    const char *rule;  /* warning: code of the rule; "" */
    const char *check; /* hint: code of the check rule; "" */
    const char
        *source; /* code of the unit that supplies the figure; "": of several, or unknown */
    const char *issuer; /* account that issued it, which never decides; "" the command line */
    const char *href;
};
/*
 * RC_NOTFOUND when there is none that the reader may see (sight NULL: everything).
 */
enum rc objection_about_load(const struct snap *s, const struct units *us,
                             const struct warn_sight *sight, const char *what, const char *code,
                             struct arena *a, struct objection_about *ret,
                             struct err *e) MUST_USE;
/* The same of a matter, and the units of today. */
enum rc objection_about_of(const struct snap *s, struct county *c, const struct matter *m,
                           struct arena *a, const struct units **ret_units,
                           struct objection_about *ret, struct err *e) MUST_USE;
/* Whether somebody sent, computed, issued or decided what it is about: they never judge it. */
enum rc objection_about_hand(const struct snap *s, const struct units *us,
                             const struct objection_about *x, const char *account, bool *ret,
                             struct err *e) MUST_USE;
/* Open one: grounds is why, right (may be "") what it ought to be. */
enum rc objection_open(struct tx *tx, struct county *c, const struct flow_who *w,
                       const struct objection_about *about, const char *grounds,
                       const char *right, struct arena *a, struct flow_done *ret,
                       struct err *e) MUST_USE;

/* The period of an objection that was upheld, computed and issued again; safe to call twice. */
enum rc objection_reissue(struct county *c, const char *objection, struct err *e) MUST_USE;
extern const char reissue_job[];
struct job_run;
enum rc reissue_job_run(struct job_run *r, struct err *e) MUST_USE;

#endif
