/* 回头看: announcing a draw over directives that ended, and how those held. */
#ifndef DIRECTIVE_LOOKBACK_PAGE_H
#define DIRECTIVE_LOOKBACK_PAGE_H

#include "people/asker.h"

extern const struct route lookback_routes[];
extern const size_t lookback_routes_n;

#endif
