/* Routes of 制度库: the register, one rule, importing rules. */
#ifndef MEETING_REGULATION_PAGE_H
#define MEETING_REGULATION_PAGE_H

#include "web/web.h"

extern const struct route regulation_routes[];
extern const size_t regulation_routes_n;
extern const struct route regulation_import_routes[];
extern const size_t regulation_import_routes_n;

#endif
