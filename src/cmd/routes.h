/* All routes of the program, put together from the rooms. */
#ifndef CMD_ROUTES_H
#define CMD_ROUTES_H

#include "people/asker.h"
#include "web/web.h"

enum { ROUTE_TABLES_MAX = 100 };
/* Fills ret (ROUTE_TABLES_MAX places); returns how many tables there are. */
size_t routes_all(struct route_table *ret);
/* The sections of the navigation, ended by a NULL name. */
extern const struct section sections[];

#endif
