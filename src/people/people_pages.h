/* Routes of people's pages: signing in, one's own account, accounts, units. */
#ifndef PEOPLE_PEOPLE_PAGES_H
#define PEOPLE_PEOPLE_PAGES_H

#include "web/web.h"

extern const struct route signin_routes[], me_routes[], account_routes[], unit_routes[];
extern const size_t signin_routes_n, me_routes_n, account_routes_n, unit_routes_n;

/* Named limits of these routes, for web_config: guesses of passwords and codes. */
enum { PEOPLE_LIMITS = 1 };
extern const struct web_limit people_limits[PEOPLE_LIMITS];

#endif
