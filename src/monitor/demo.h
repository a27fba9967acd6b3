/*
 * The demo county: 清溪区, invented from end to end. Its units, scheme, points, rules and
 * accounts are the files of demo/, held in the program; its values are generated from a seed.
 * All of it goes in through the same imports as real data. Nothing here is true of anybody.
 *
 * Files: units, map, scheme, points, applies, rules, accounts (imports), scheme_sheet (the same
 * scheme as a county's own sheet), generate, effects, stories, missing (how values are made).
 */
#ifndef MONITOR_DEMO_H
#define MONITOR_DEMO_H

#include "base/kinds.h"
#include "base/str.h"

struct demo_file {
    const char *name; /* "units.csv" */
    const char *text;
    size_t n;
};
extern const struct demo_file demo_files[];
extern const size_t demo_files_n;
/* NULL when there is none of that name. */
const struct demo_file *demo_file(const char *name);

/* The demo's quarters: 2026Q1 to 2026Q3. */
enum { DEMO_YEAR = 2026, DEMO_QUARTERS = 3 };
/* Values that are not missing, over these quarters, whatever the seed. */
enum { DEMO_VALUES = 10337 };

/*
 * The values of one quarter (with the months in it) as CSV with the head
 * unit,point,period,value,missing,note; by unit, then point, then period. owner NULL gives all
 * points, otherwise only those this unit supplies. The same seed and quarter give the same
 * bytes; quarters do not depend on one another. RC_INVALID when p is not a quarter.
 *
 * How: each unit has a level it moves around (effects.csv), each point says how its values
 * follow from it (generate.csv: a denominator, a share of one, a count of events), some values
 * are part of a story (stories.csv), and so many of each quarter's are missing in so many ways
 * (missing.csv), which ones being drawn.
 */
enum rc demo_values(struct arena *a, uint64_t seed, struct period p, const char *owner,
                    struct str *csv, struct err *e) MUST_USE;

#endif
