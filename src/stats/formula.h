/*
 * Formulas of indicators over data points: compiled once, evaluated over whole columns of
 * units. Names and meaning are those of DHIS2's expressions where it has them.
 *
 *   numbers 12 0.5 1e3 .5, true false null, brackets
 *   names   P001 A.b_c, or anything between #{ and }: #{应公告合同数}; #{P001} and P001 are the
 * same name ^       power; right-associative (2^3^2 is 512), tighter than a sign (-3^2 is -9,
 * 2^-1 is 0.5)
 *   + - ! not            signs and negation; `not` reaches over a comparison: not a > 3 is not
 * (a > 3)
 *   * / %                % has the sign of the dividend; dividing by zero gives null
 *   + -
 *   < <= > >=   then   == = != <>   then   and &&   then   or ||      (each left-associative)
 *   if(c,a,b) isNull(x) isNotNull(x) firstNonNull(…) greatest(…) least(…) log(x[,base])
 * log10(x) sum(x) avg(x) min(x) max(x) last(x) count(x)   over the periods of the window, nulls
 * skipped offset(x,-1) or x.periodOffset(-1)             x one period earlier
 *
 * Null: arithmetic and comparison with null give null; and, or, not and if are Kleene's
 * three-valued logic (if of a null condition is null); greatest, least and the functions over
 * periods skip nulls and are null when nothing is left, count then is 0. A result that is not
 * finite is null. Numbers and booleans do not mix; that is found when compiling. Every error
 * names the place, counted in characters from 1.
 *
 * Periods: each name has rows of values, the last of which is the current period, and a window
 * of so many last rows. Outside of a function over periods a name means its current row;
 * inside, each row of the window in turn (a name whose window is 1 stays at its current row).
 * offset moves the row; before the first or after the last row is null.
 */
#ifndef STATS_FORMULA_H
#define STATS_FORMULA_H

#include "base/str.h"

enum {
    FORMULA_LENGTH_MAX = 4096, /* bytes of text */
    FORMULA_DEPTH_MAX = 64,    /* brackets, functions and signs inside one another */
    FORMULA_NAMES_MAX = 256,   /* different names in one formula */
    FORMULA_NAME_MAX = 64,     /* characters of one name */
    FORMULA_OFFSET_MAX = 1200, /* periods */
};

enum formula_type { FORMULA_NULL, FORMULA_NUMBER, FORMULA_BOOL };

struct formula; /* compiled; never changes; any thread may evaluate it */

/* Says whether a name is known and of which type. FORMULA_NULL fits everywhere and is always
 * null. */
typedef bool formula_lookup(const void *arg, const char *name, enum formula_type *ret_type);

/*
 * Compile text. lookup NULL takes every name as a number. The result lives in a. RC_INVALID
 * names the place and what would be right there, RC_TOOBIG the limit.
 */
enum rc formula_compile(struct arena *a, const char *text, formula_lookup *lookup,
                        const void *arg, const struct formula **ret, struct err *e) MUST_USE;

/* The different names, in the order of their first appearance: what the formula depends on. */
size_t formula_names(const struct formula *f, const char *const **ret);
/* FORMULA_NULL when the formula is null whatever the values. */
enum formula_type formula_type(const struct formula *f);

/* The values of one name. Null is NaN; booleans are 0 and 1. */
struct formula_column {
    const double *const
        *rows; /* one row of n_units values a period, oldest first; a NULL row is all null */
    size_t n_rows; /* 0: the name is null */
    size_t window; /* last rows that functions over periods see: 1..n_rows (0 with no rows) */
};

/*
 * One result a unit into ret[0..n_units), which may not overlap the columns. columns are in the
 * order of formula_names. scratch gets a few blocks of working memory. RC_INVALID when one
 * function over periods meets two different windows.
 */
enum rc formula_eval(const struct formula *f, const struct formula_column *columns,
                     size_t n_units, struct arena *scratch, double *ret,
                     struct err *e) MUST_USE;

/* A value as text: null, true, false, or the shortest number that reads back the same. */
void formula_print(struct str *b, enum formula_type type, double v);

#endif
