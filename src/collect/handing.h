/*
 * 干净交接: when a clerk changes, one press makes a sheet of what goes over: what is due and
 * unfinished, what was promised, what is being written, which posts they hold, which points the
 * unit supplies and where the last numbers came from. Both sign it; for one who has gone
 * already the unit's head signs, and the sheet says so. With the second signature the matters
 * are the other's, standing in ends, and the account of one who leaves is locked: in one
 * change.
 */
#ifndef COLLECT_HANDING_H
#define COLLECT_HANDING_H

#include "flow/flow.h"
#include "web/web.h"

enum { HANDING_TEXT_MAX = 20000 /* characters of a sheet */ };

extern const struct flow_kind handing_kind;

/* Who is to sign for taking it and gets the matters: who was named, unless the sheet itself was
 * handed on meanwhile; an account's code. */
const char *handing_taker(const struct matter *m);

/* The sheet of an account of a unit, as text: headings in 【】, a line each item. In a. */
enum rc handing_picture(const struct snap *s, struct county *c, const struct unit *unit,
                        const char *account, struct arena *a, const char **ret,
                        struct err *e) MUST_USE;
/*
 * Press: a handing of w's own things, or with gone of those of somebody of the unit who has
 * left, by its head (CAP_SIGN). RC_INVALID names what is wrong with from and to.
 */
struct handing_new {
    const char *unit, *from, *to, *why;
    bool gone;   /* from is not there any more: the head signs in their place */
    bool leaves; /* the account of from is locked when both have signed */
};
enum rc handing_make(struct tx *tx, struct county *c, const struct flow_who *w,
                     const struct handing_new *n, struct arena *a, struct flow_done *ret,
                     struct err *e) MUST_USE;

extern const struct route handing_routes[];
extern const size_t handing_routes_n;

#endif
