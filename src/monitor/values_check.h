/*
 * Values in a file → rows that can be taken, and every problem named by its cell. Pure: what is
 * known about units, points and earlier values comes through the look-up, nothing is written.
 *
 * Two forms are read. Long: a head with unit, point, period, value, missing, note (or 单位,
 * 监测点, 期间, 数值, 缺失原因, 备注), one value a row; other columns are an error. Wide: the
 * template of a department, units downwards and points across, with a row of point codes, a row
 * of periods and the head; a cell holds a number or the kind of its absence, an empty cell says
 * nothing. Units and points are named by code, or by name where that is unambiguous.
 *
 * A column that looks like a personal list is refused and its content appears nowhere; so is a
 * remark that contains such a number.
 */
#ifndef MONITOR_VALUES_CHECK_H
#define MONITOR_VALUES_CHECK_H

#include "base/period.h"
#include "monitor/personal.h"
#include "sheet/problem.h"
#include "sheet/table.h"

struct values_unit {
    const char *code, *name;
};
struct values_point {
    const char *code, *name;
    const char *unit_of_measure; /* with a % in it: 97.9% is 97.9 */
    enum period_kind frequency;
    bool foreign;      /* supplied by somebody other than the sender: */
    const char *owner; /* whose name the refusal tells; may be NULL */
};
/* What is there already. */
struct values_known {
    bool there;
    double value;        /* NaN when missing */
    const char *missing; /* "" or one of the five codes */
};

struct values_lookup {
    const struct values_unit *unit;
    size_t n_unit;
    const struct values_point *point;
    size_t n_point;
    int32_t today;  /* periods that begin later are refused; 0: not looked at */
    bool look_back; /* compare with the period before, for values that look mistyped */
    /* Whether a point is asked of a unit; NULL: always. */
    bool (*applies)(void *arg, size_t unit, size_t point);
    /* The value there is, *ret zero when none; NULL: there are none. */
    void (*known)(void *arg, size_t unit, size_t point, struct period p,
                  struct values_known *ret);
    void *arg;
};

enum value_state { VALUE_FRESH, VALUE_CHANGED, VALUE_SAME };

struct value_row {
    uint32_t unit, point; /* in the look-up */
    struct period period;
    double value;        /* NaN when missing */
    const char *missing; /* "", na, notdue, refused, withheld, lost: static */
    const char *note;    /* "" when none */
    uint32_t line, col;  /* the value's cell: line from 1, column from 0 */
    enum value_state state;
    double old_value; /* of VALUE_CHANGED */
    const char *old_missing;
    const char
        *filing; /* waits in this filing for a signature; NULL: becomes a value at once */
    bool aside;  /* and that cannot be changed now: kept beside it */
};
/* A filing to which rows go (values_import.h). */
struct values_filing {
    const char *code, *source; /* code of the unit that files it */
    size_t waiting, aside;     /* rows that say something new */
};

struct values_checked {
    const struct value_row
        *row; /* in the order of the file; rows with a problem are left out */
    size_t n;
    struct problems problems;
    struct values_refused { /* a column that was not read */
        size_t col;
        const char *letter;
        enum personal why;
    } * refused;
    size_t n_refused;
    const bool *col_dropped; /* by column, for table_without; NULL when none was refused */
    bool wide;
    size_t head_row;             /* of the table */
    size_t rows;                 /* with something in them, the head not counted */
    size_t fresh, changed, same; /* of row; fresh and changed become values at once */
    size_t waiting, aside;       /* of row; they go to filings */
    const struct values_filing *filing;
    size_t n_filing;
    size_t repeated;      /* rows that said again what an earlier one had said */
    size_t blank;         /* empty cells of the wide form */
    struct period period; /* when all rows are of one period */
    const char *note;     /* what reading had to convert; NULL: nothing */
};

/*
 * Check a table. The result lives in a. RC_INVALID when it is neither form (the message says
 * what the head should be): then nothing was checked. Problems of cells are in ret->problems
 * with RC_OK.
 */
enum rc values_check(struct arena *a, const struct table *t, const struct values_lookup *look,
                     struct values_checked *ret, struct err *e) MUST_USE;
/*
 * The same for the bytes of a CSV file in the long form, row by row without a table: for a
 * million rows. buf is written to and has room for a NUL behind n. Errors of csv_each as well.
 */
enum rc values_check_csv(struct arena *a, const char *name, char *buf, size_t n,
                         const struct sheet_limits *limits, const struct values_lookup *look,
                         struct values_checked *ret, struct err *e) MUST_USE;

/* The five kinds of missing: code and the words for people. */
extern const struct problem_option value_missing_kinds[5];
/* The code for a code or its Chinese words; NULL when it is none. Static. */
const char *value_missing_code(const char *text);

/* What a department fills in. */
struct values_template {
    const char *title;
    const struct values_column {
        size_t point;
        struct period period;
    } * column;
    size_t n_column;
    const size_t *unit;
    size_t n_unit;
    bool prefill;     /* with the values there are */
    const char *note; /* lines for the sheet 说明; NULL: only how to fill it in */
};
/* The wide form, for xlsx. In a. */
const struct table *values_template_wide(struct arena *a, const struct values_lookup *look,
                                         const struct values_template *t);
/* The long form, for CSV and xlsx. In a. */
const struct table *values_template_long(struct arena *a, const struct values_lookup *look,
                                         const struct values_template *t);

#endif
