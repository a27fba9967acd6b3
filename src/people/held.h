/*
 * What is kept in memory for one account between two requests: an import that was checked and
 * waits for its yes, slips that wait to be printed. Bounded in number and time; it goes with
 * the process, and is then simply done again.
 */
#ifndef PEOPLE_HELD_H
#define PEOPLE_HELD_H

#include "base/arena.h"
#include "base/kinds.h"

struct county;
enum { HELD_MAX = 100, HELD_MINUTES = 30, HELD_TOKEN = 33 };
enum held_kind {
    HELD_UNITS = 1,
    HELD_ACCOUNTS,
    HELD_SLIPS,
    HELD_POINTS,
    HELD_CALENDAR,
    HELD_EVALUATIONS,
    HELD_CHECK_RULES,
    HELD_REGULATIONS,
    HELD_DUTIES
};

/*
 * Keep p, which lives in *a; *a is taken over and becomes NULL. token names it in a form. One
 * of a kind for an account: a newer one replaces it. Beyond HELD_MAX the oldest goes.
 */
void held_put(struct county *c, enum held_kind kind, struct id account, struct arena **a,
              const void *p, char token[HELD_TOKEN]);
/* Take it back with its arena, which is the caller's then. token NULL: whatever of the kind.
 * NULL when it is not there or too old. */
const void *held_take(struct county *c, enum held_kind kind, struct id account,
                      const char *token, struct arena **ret_a);

#endif
