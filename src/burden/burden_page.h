/* Routes of 基层负担监测. */
#ifndef BURDEN_BURDEN_PAGE_H
#define BURDEN_BURDEN_PAGE_H

#include "web/web.h"

extern const struct route burden_routes[];
extern const size_t burden_routes_n;

#endif
