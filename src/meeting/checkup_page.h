/* Routes of 规则体检. */
#ifndef MEETING_CHECKUP_PAGE_H
#define MEETING_CHECKUP_PAGE_H

#include "web/web.h"

extern const struct route checkup_routes[];
extern const size_t checkup_routes_n;

#endif
