/*
 * Others' evaluations of units: what 巡察, functional departments and supervising departments
 * found, each source apart. From a table into the county; numbers and kinds of problems only,
 * no names and no narrative.
 *
 * Columns: unit (code), period, source (inspection, department, supervision, or 巡察, 职能部门,
 * 监督部门), score (the more the better), state (a word of evaluation_states), problem (kind),
 * count, found (date). score, state and problem may be empty, but not all. Rows of the same
 * unit, period and source belong together: a score or state is said once or the same each time,
 * each problem kind on a row of its own.
 */
#ifndef QUALITY_EVALUATION_H
#define QUALITY_EVALUATION_H

#include "people/unit.h"
#include "sheet/problem.h"
#include "store/file.h"

enum {
    EVALUATIONS_MAX = 20000, /* rows of a file */
    EVALUATION_KIND_MAX = 30,
    EVALUATION_COUNT_MAX = 100000
};

enum source { SOURCE_INSPECTION = 1, SOURCE_DEPARTMENT, SOURCE_SUPERVISION };
enum { SOURCES = SOURCE_SUPERVISION };
const char *source_word(enum source s);          /* "inspection" */
const char *source_text(enum source s);          /* 巡察; source text */
enum source source_of(const char *word_or_text); /* 0: none */

/* Words of states with their place from low to high; 0 for an unknown one. */
int evaluation_state_rank(const char *word);
/* All of them, for messages: "好、较好、…". */
const char *evaluation_states_text(void);

struct evaluation {
    const struct unit *unit;
    struct period period;
    enum source source;
    double score;      /* NaN: none */
    const char *state; /* "": none */
};
struct evaluation_problem {
    const struct unit *unit;
    struct period period;
    enum source source;
    const char *kind;
    int64_t n;
    int32_t found_day; /* 0: not said */
};
struct evaluations {
    struct evaluation *list;
    size_t n;
    struct evaluation_problem *problem;
    size_t n_problem;
};

/*
 * Check a table. RC_INVALID when a column is missing or unknown; problems of cells are in
 * problems. today: what was found later is refused (0: not looked at). In a.
 */
enum rc evaluations_from_table(const struct table *t, const struct units *us, int32_t today,
                               struct arena *a, struct evaluations *ret,
                               struct problems *problems, struct err *e) MUST_USE;
/* One change with one record over all rows; the file is kept. *ret_code: E-0001, in a. */
enum rc evaluations_write(struct county *c, const struct evaluations *x, struct file_sent *file,
                          const char *by, struct arena *a, const char **ret_code,
                          struct err *e) MUST_USE;

#endif
