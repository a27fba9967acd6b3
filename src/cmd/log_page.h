/* The evidence log for everybody and what watches the program: checkpoint, health, figures.
 * Tiles are served as files. */
#ifndef CMD_LOG_PAGE_H
#define CMD_LOG_PAGE_H

#include "web/web.h"

extern const struct route log_routes[];
extern const size_t log_routes_n;

#endif
