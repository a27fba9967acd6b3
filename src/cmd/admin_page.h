/* Routes of 运行: whether the program is well. */
#ifndef CMD_ADMIN_PAGE_H
#define CMD_ADMIN_PAGE_H

#include "web/web.h"

extern const struct route admin_routes[];
extern const size_t admin_routes_n;

#endif
