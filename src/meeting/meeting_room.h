/* What the page of a meeting and what is done there have in common. */
#ifndef MEETING_MEETING_ROOM_H
#define MEETING_MEETING_ROOM_H

#include "flow/flow.h"
#include "meeting/agenda.h"
#include "meeting/frozen.h"
#include "meeting/meeting.html.h"
#include "people/asker.h"

struct showing {
    struct rq *rq;
    struct county *c;
    const struct snap *s;
    struct flow_who w;
    struct matter m;
    struct frozen frozen;
    struct agenda then, now; /* what is shown, and the same as it is now */
    struct meeting_page p;
};

/* The meeting of the path's code, in a snapshot that the caller ends; RC_NOTFOUND also to those
 * who may not see it. */
enum rc meeting_begin(struct showing *x, struct rq *rq, struct err *e) MUST_USE;
/* Its page; p says what was wrong with a form. */
enum rc meeting_show_as(struct showing *x, struct err *e) MUST_USE;

/* Handlers of meeting_act.c. */
enum rc meeting_arrange(struct rq *rq, struct err *e);
enum rc meeting_move(struct rq *rq, struct err *e);
enum rc meeting_directive(struct rq *rq, struct err *e);

#endif
