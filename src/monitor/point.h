/*
 * Data monitoring points: what a department supplies for a unit and a period. Of whom a point
 * is asked follows from the scheme: of the units that the indicators it feeds apply to.
 */
#ifndef MONITOR_POINT_H
#define MONITOR_POINT_H

#include "base/kinds.h"
#include "base/period.h"

struct arena;
struct scheme;
struct snap;
struct unit;

struct point {
    struct id id;
    const char *code, *indicator, *name, *owner, *unit_of_measure;
    const char *legal_basis, *purpose, *retention, *contact;
    const char *different; /* when written: why it is none of those it looks like; NULL */
    enum period_kind frequency;
    int direction;
    int64_t minutes;  /* the requester's estimate for one period (burden.h); 0: not stated */
    struct id record; /* of the latest change */
    const char *peer_group; /* by the scheme, "a|b"; "": every assessed unit */
};

/* All points, with whom the scheme asks; a point that feeds nothing, and every point without a
 * scheme (NULL), is asked of all. In a. */
enum rc points_load(const struct snap *s, const struct scheme *scheme, struct arena *a,
                    const struct point **ret, size_t *ret_n, struct err *e) MUST_USE;
/* The same by the scheme in force at the end of a period, if there is one. */
enum rc points_of_period(const struct snap *s, struct period p, struct arena *a,
                         const struct point **ret, size_t *ret_n, struct err *e) MUST_USE;
/* One point as it is, peer_group "": RC_NOTFOUND names the code. */
enum rc point_find(const struct snap *s, const char *code, struct arena *a, struct point *ret,
                   struct err *e) MUST_USE;
/* Whether the point applies to the unit. */
bool point_applies(const struct point *p, const struct unit *u);

/* PERIOD_YEAR … from "year" …; 0 for an unknown word. */
enum period_kind frequency_of(const char *word);
const char *frequency_word(enum period_kind k);

#endif
