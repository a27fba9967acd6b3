/*
 * One value of a file, in whichever form it came, checked against what the county knows. Used
 * by values_check.c and the fuzz target; callers use values_check.h.
 */
#ifndef MONITOR_VALUES_ROW_H
#define MONITOR_VALUES_ROW_H

#include "monitor/names.h"
#include "monitor/values_check.h"

enum column { COL_UNIT, COL_POINT, COL_PERIOD, COL_VALUE, COL_MISSING, COL_NOTE, COLS };

/* One value with where its parts stand. Texts may be in a buffer that goes away. */
struct values_raw {
    size_t row, line; /* in the table; in the file */
    const char *text[COLS];
    enum cell_kind kind[COLS];
    size_t col[COLS];      /* SIZE_MAX: the file has no such column */
    const ptrdiff_t *unit; /* checked before (a row of the wide form); NULL: not yet */
};

struct values_checker {
    struct arena *a;
    const struct values_lookup *look;
    struct values_checked *out;
    const char *sheet; /* NULL in CSV */
    struct names units, points;
    struct value_row *row;
    size_t cap;
    uint64_t *slot; /* upper half: of the hash; lower half: index of row + 1, 0 is free */
    size_t n_slots;
    char last_period[PERIOD_TEXT]; /* the previous row's: files are sorted by it, or have only
                                      one */
    struct period last;
};
void values_checker_init(struct values_checker *c, struct arena *a,
                         const struct values_lookup *look, struct values_checked *out);
/* Check one value: it becomes a row of the result, or problems are added. */
void values_checker_take(struct values_checker *c, const struct values_raw *r);
/* The unit a row names, -1 with a problem added. */
ptrdiff_t values_checker_unit(struct values_checker *c, const struct values_raw *r);
/* A problem of r's cell in col; {text} is what stands there, and one more argument may be
 * given. */
struct problem *values_checker_problem(struct values_checker *c, enum problem_level level,
                                       const struct values_raw *r, enum column col,
                                       const char *what, const char *hint, const char *arg,
                                       const char *value);
/* Close the result, free what it took. */
void values_checker_end(struct values_checker *c);

#endif
