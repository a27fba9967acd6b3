/*
 * 同类借鉴: for each weak indicator of a unit's report the peer that improved most, and what it
 * did: the measure it wrote down, if it has agreed that others read it. Without its consent no
 * name is shown, only that there is one.
 */
#ifndef MONITOR_BORROW_H
#define MONITOR_BORROW_H

#include "flow/flow.h"
#include "web/web.h"

/* Points of a score that count as improved where there are no intervals to tell by. */
#define BORROW_POINTS 1.0

/* The consent: a unit's measure at an indicator, which its head agrees to show (做法公开). */
extern const struct flow_kind practice_flow_kind;

extern const struct route borrow_routes[];
extern const size_t borrow_routes_n;

#endif
