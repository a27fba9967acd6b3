/* 研判会商: a meeting as a matter: prepared, frozen, held, ended. What it decides becomes
 * directives that are born in it. */
#ifndef MEETING_MEETING_KIND_H
#define MEETING_MEETING_KIND_H

#include "flow/flow.h"

extern const struct flow_kind meeting_flow_kind;

#endif
