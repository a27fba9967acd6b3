/* What a sheet leaves open, after its rows were read; used by scheme_sheet.c. */
#ifndef MONITOR_SHEET_QUESTION_H
#define MONITOR_SHEET_QUESTION_H

#include "monitor/scheme_sheet.h"

/*
 * Turn the words of each indicator (owner, frequency, groups, standard) into what the scheme
 * needs, by the county's names, by the answers of the map, or by asking. RC_INVALID: an answer
 * that is none of its question's options.
 */
enum rc sheet_questions(struct arena *a, const struct sheet_map *map,
                        const struct sheet_context *c, struct sheet_scheme *s,
                        struct err *e) MUST_USE;

#endif
