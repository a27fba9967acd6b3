/*
 * 同类借鉴: for each weak indicator of a unit's report the peer that improved most, and what it
 * did: the measure it wrote down, if it has agreed that others read it. Without its consent no
 * name is shown, only that there is one.
 */
#ifndef MONITOR_BORROW_H
#define MONITOR_BORROW_H

#include "flow/flow.h"
#include "people/unit.h"
#include "web/web.h"

/* Points of a score that count as improved where there are no intervals to tell by. */
#define BORROW_POINTS 1.0

/* Who of a peer group improved most at a node from one run to another, the first by row of
 * equal ones; unit NULL: nobody. */
struct borrow_best {
    const struct unit *unit;
    double before, now;
};
enum rc borrow_best(const struct snap *s, const struct units *us, const char *peer_group,
                    const char *node, struct id before, struct id now, struct arena *a,
                    struct borrow_best *ret, struct err *e) MUST_USE;
/*
 * What the unit wrote down when it last dealt with a warning or a directive about the node (by
 * the warning's rule, or called name in the title), of what w may see; with the rule that came
 * of it (制度库). "" when there is nothing.
 */
enum rc borrow_measure(const struct snap *s, struct county *c, const struct flow_who *w,
                       const char *unit, const char *node, const char *name, struct arena *a,
                       const char **ret, struct err *e) MUST_USE;
/* The unit's consent at a node, or the matter in which its head is asked; matter "": neither.
 */
struct borrow_practice {
    const char *matter;
    bool shown;
};
enum rc borrow_practice(const struct snap *s, const char *node, const char *unit,
                        struct arena *a, struct borrow_practice *ret, struct err *e) MUST_USE;

/* The consent: a unit's measure at an indicator, which its head agrees to show (做法公开). */
extern const struct flow_kind practice_flow_kind;

extern const struct route borrow_routes[];
extern const size_t borrow_routes_n;

#endif
