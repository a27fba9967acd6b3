/* Routes of 通报: the list, one bulletin, the matters behind a figure. */
#ifndef MEETING_BULLETIN_PAGE_H
#define MEETING_BULLETIN_PAGE_H

#include "web/web.h"

extern const struct route bulletin_routes[];
extern const size_t bulletin_routes_n;

#endif
