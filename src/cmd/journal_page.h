/* Routes of the read journal. */
#ifndef CMD_JOURNAL_PAGE_H
#define CMD_JOURNAL_PAGE_H

#include "web/web.h"

extern const struct route journal_routes[];
extern const size_t journal_routes_n;

#endif
