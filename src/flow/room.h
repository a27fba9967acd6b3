/* What src/flow keeps for a county: the kinds of matters it has, and the calendar. Not for
 * other folders. */
#ifndef FLOW_ROOM_H
#define FLOW_ROOM_H

#include "base/arena.h"
#include "flow/flow_page.h"

struct county;
struct calendar;
struct flow_kind;
struct flow_room;

struct flow_room *flow_room(struct county *c);
/* The calendar as of the newest import; NULL: read it. */
const struct calendar *flow_room_calendar(struct flow_room *r, struct id mark);
/* Keep it until the county closes; its arena is taken over. */
void flow_room_keep(struct flow_room *r, struct id mark, const struct calendar *cal,
                    struct arena *own);
void flow_room_set_kinds(struct flow_room *r, const struct flow_kind *const *kinds, size_t n);
void flow_room_set_log(struct flow_room *r, flow_log_fill *fill);
flow_log_fill *flow_room_log(struct flow_room *r); /* NULL: none */
const struct flow_kind *const *flow_room_kinds(struct flow_room *r, size_t *ret_n);

#endif
