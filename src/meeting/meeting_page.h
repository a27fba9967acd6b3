/* Routes of 研判会商: the list, one meeting, its page of paper, what is done there. */
#ifndef MEETING_MEETING_PAGE_H
#define MEETING_MEETING_PAGE_H

#include "web/web.h"

extern const struct route meeting_routes[];
extern const size_t meeting_routes_n;

#endif
