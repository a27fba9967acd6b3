/*
 * 试评: a unit tries other values of its own and sees score and warnings as they would be. The
 * answer is the page itself: nothing is written anywhere, no record, no journal, no line of the
 * access log, no name of a repeated request; and nobody but the unit's people may ask.
 */
#ifndef MONITOR_TRIAL_SCORE_PAGE_H
#define MONITOR_TRIAL_SCORE_PAGE_H

#include "web/web.h"

extern const struct route trial_score_routes[];
extern const size_t trial_score_routes_n;

#endif
