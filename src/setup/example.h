/*
 * What a person with only a spreadsheet is given: for each step an empty table with its columns
 * explained, and the same filled in by the demo county. The examples belong together: taken in
 * one after the other they make a county, so that the steps can be practised.
 */
#ifndef SETUP_EXAMPLE_H
#define SETUP_EXAMPLE_H

#include "base/period.h"
#include "setup/steps.h"
#include "sheet/heading.h"

struct table;

/* The columns of a step's table; NULL: it has none of its own (the trial's values are filled
 * into a table made of the county's own points). */
const struct heading *setup_headings(enum setup_step s);
/* RC_NOTFOUND when the step has no such table. period: of the example's values. In a. */
enum rc setup_blank(enum setup_step s, enum lang lang, struct arena *a,
                    const struct table **ret, struct err *e) MUST_USE;
enum rc setup_example(enum setup_step s, struct period period, enum lang lang, struct arena *a,
                      const struct table **ret, struct err *e) MUST_USE;

#endif
