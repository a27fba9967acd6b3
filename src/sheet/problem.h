/*
 * What is wrong with a table, cell by cell, as a list for the person who can put it right. A
 * problem is not an error of the program: checking goes on behind it.
 */
#ifndef SHEET_PROBLEM_H
#define SHEET_PROBLEM_H

#include "table.h"

enum problem_level {
    PROBLEM_WRONG, /* must be put right before anything is taken */
    PROBLEM_LOOK,  /* taken as it is unless the person says otherwise */
};

enum { PROBLEM_ARGS = 6, PROBLEMS_KEPT = 1000 };

struct problem_option {
    const char *value; /* what the cell would hold */
    const char *name;  /* Chinese text for people */
};

/* Everything lives in the list's arena. Texts are Chinese sources with {name}s from arg. */
struct problem {
    enum problem_level level;
    size_t row, col;   /* in the table; SIZE_MAX: the whole row or table */
    const char *cell;  /* "D5" within its sheet; "" when about the whole table */
    const char *where; /* with the sheet: "合同!D5" */
    const char *given; /* what stands there; "" when it must not be repeated */
    const char *what;  /* the problem in a few words */
    const char *hint;  /* what would be right; NULL: nothing to add */
    struct problem_arg {
        const char *name, *value;
    } arg[PROBLEM_ARGS];
    size_t n_arg;
    const char *fix;                     /* the text that would be right; NULL: not known */
    const struct problem_option *option; /* or one of these */
    size_t n_option;
};

struct problems {
    struct arena *a;
    struct problem *p; /* the first PROBLEMS_KEPT; n of them */
    size_t n, cap;
    size_t wrong, look;     /* all that were found */
    struct problem scratch; /* what problem_add returns when the list is full */
};
void problems_init(struct problems *ps, struct arena *a);

/*
 * Add one; the tail is name, value pairs of const char *, values are copied. Returns it for fix
 * and options to be set; beyond PROBLEMS_KEPT it is counted only and a scratch problem is
 * returned.
 */
#define problem_add(...) problem_add_(__VA_ARGS__, (const char *)NULL)
struct problem *problem_add_(struct problems *ps, const struct table *t,
                             enum problem_level level, size_t row, size_t col, const char *what,
                             const char *hint, ...) __attribute__((sentinel));

/* As a person reads them; hint "" when there is none. */
const char *problem_what(const struct problem *p, enum lang lang, struct arena *a);
const char *problem_hint(const struct problem *p, enum lang lang, struct arena *a);
/* One line: "合同!D5:“3O”不是数字。末位是字母O。" */
const char *problem_line(const struct problem *p, enum lang lang, struct arena *a);
/* A copy of t in a with the first problem of each cell marked and said, to be downloaded and
 * mended. */
const struct table *problems_marked(struct arena *a, const struct table *t,
                                    const struct problems *ps, enum lang lang);
/* RC_INVALID with the number of wrong ones and where the first is, for whoever has no page to
 * show them on; RC_OK when none. */
enum rc problems_err(const struct problems *ps, const char *file, struct err *e) MUST_USE;

#endif
