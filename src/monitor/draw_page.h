/* 抽签: every draw there was, one draw with its chain of records, its file, and what two people
 * do when the seed is public. Announcing is the room's that draws. */
#ifndef MONITOR_DRAW_PAGE_H
#define MONITOR_DRAW_PAGE_H

#include "people/asker.h"

/* The fields of a form that name the public event: event, issue, source, day, minute (15:00).
 */
struct draw_new;
enum rc rq_draw_event(struct rq *rq, struct draw_new *ret, struct err *e) MUST_USE;

extern const struct route draw_routes[];
extern const size_t draw_routes_n;

#endif
