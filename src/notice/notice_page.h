/* Routes of reminders sent outside the pages. */
#ifndef NOTICE_NOTICE_PAGE_H
#define NOTICE_NOTICE_PAGE_H

#include "web/web.h"

extern const struct route notice_routes[];
extern const size_t notice_routes_n;

#endif
