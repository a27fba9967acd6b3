/* Routes of 今日, the page after signing in. */
#ifndef CMD_TODAY_PAGE_H
#define CMD_TODAY_PAGE_H

#include "web/web.h"

extern const struct route today_routes[];
extern const size_t today_routes_n;

#endif
