/* Routes of the first set-up: the seven steps, their tables, clearing the trial, going live. */
#ifndef SETUP_SETUP_PAGE_H
#define SETUP_SETUP_PAGE_H

#include "web/web.h"

extern const struct route setup_routes[];
extern const size_t setup_routes_n;

#endif
