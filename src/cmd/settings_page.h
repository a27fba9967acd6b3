/* Routes of the settings. */
#ifndef CMD_SETTINGS_PAGE_H
#define CMD_SETTINGS_PAGE_H

#include "web/web.h"

extern const struct route settings_routes[];
extern const size_t settings_routes_n;

#endif
