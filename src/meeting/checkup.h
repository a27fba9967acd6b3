/*
 * 规则体检: once a year every indicator, rule and form (a monitoring point: what is asked) is
 * used on or expires. A person decides each, with a reason, before them its use: who acted on
 * it, whether it predicted. What nobody has decided by the day expires: a rule goes dormant, an
 * indicator is listed to leave with the next scheme, a form says so on its page.
 */
#ifndef MEETING_CHECKUP_H
#define MEETING_CHECKUP_H

#include "flow/flow.h"
#include "monitor/readopt.h"

extern const struct flow_kind checkup_flow_kind;

struct checkup_item {
    const char *what, *code, *name; /* rule, indicator, form */
    const char *used;               /* its use in words, in the reader's language */
    bool idle; /* nobody acted on it and it predicted nothing, as far as is known */
    struct readopt decided; /* decision "" when nobody has */
};
/* Everything a check-up looks at, rules first, then indicators, then forms. In a. */
enum rc checkup_items(const struct snap *s, struct county *c, const char *checkup,
                      enum lang lang, struct arena *a, struct checkup_item **ret, size_t *ret_n,
                      struct err *e) MUST_USE;
/* Decide about some of a kind, each with its record: RC_INVALID names what is missing,
 * RC_CONFLICT: the check-up has ended (what has expired is taken up again by readopt_again). */
enum rc checkup_decide(struct tx *tx, struct county *c, const char *checkup, const char *what,
                       const char *const *items, size_t n, const char *decision,
                       const char *reason, const char *by, struct err *e) MUST_USE;
/* The newest check-up; RC_NOTFOUND without a message. */
enum rc checkup_newest(const struct snap *s, struct arena *a, const char **ret_code,
                       bool *ret_open, struct err *e) MUST_USE;

#endif
