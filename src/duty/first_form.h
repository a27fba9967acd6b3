/*
 * 第一种形态: how often the discipline organ talked to and reminded people, in person-times, by
 * month and level, as used (运用) and as counted in the statistics (统计, never more). There is
 * a paper file's number and nothing else: no name, no story, no record, no leaf in the log.
 *
 * The circle is who has CAP_DISCIPLINE: over the whole county all of it, else the entries of
 * one's own office. Everybody else reads only what was given out (first_form_shown): a quarter
 * at a time, once, after it has ended, with small numbers left out by suppress.h. Pages outside
 * the circle never look at the counts themselves.
 */
#ifndef DUTY_FIRST_FORM_H
#define DUTY_FIRST_FORM_H

#include "base/kinds.h"
#include "people/account.h"
#include "store/setting.h"

struct county;

enum { FIRST_FORM_MAX = 999, FIRST_FORM_FILE_MAX = 40, FIRST_FORM_LEVELS_MAX = 8 };

/* duty.levels: the levels of those concerned, separated by |. */
extern const struct setting duty_settings[];
extern const size_t duty_settings_n;
enum rc first_form_levels(const struct snap *s, struct arena *a, const char ***ret,
                          size_t *ret_n, struct err *e) MUST_USE;

struct first_form {
    const char *organ, *level, *file; /* organ: code of the office's unit */
    struct period month;
    int64_t used, counted;
    int version; /* 1; more: it was corrected */
    struct utime at;
};
/*
 * Enter the counts of a paper file for a month and level; the same file, month and level again
 * corrects them. The organ is the unit of by. RC_DENIED without CAP_DISCIPLINE; RC_INVALID:
 * counted is more than used, a month to come, an unknown level, no file number. Appends no
 * record.
 */
enum rc first_form_put(struct tx *tx, struct county *c, const struct person *by,
                       const struct units *us, const struct first_form *f,
                       struct err *e) MUST_USE;
/* The newest of each of a year that p may see, by month. RC_DENIED outside the circle. */
enum rc first_form_list(const struct snap *s, const struct person *p, const struct units *us,
                        int year, struct arena *a, struct first_form **ret, size_t *ret_n,
                        struct err *e) MUST_USE;

/* ---- for the others ---- */

enum shown_mark { SHOWN_NUMBER = 1, SHOWN_SMALL, SHOWN_HIDDEN };
struct first_form_cell {
    struct period quarter;
    const char *part, *name; /* used, counted: totals; month, level: of use */
    enum shown_mark mark;
    int64_t n;
};
/*
 * Give a quarter out: computed once, kept as it is shown, never again. by needs CAP_DISCIPLINE
 * over the county. RC_CONFLICT: it has not ended, or was given out (a second time would show
 * the difference).
 */
enum rc first_form_give(struct tx *tx, struct county *c, const struct person *by,
                        struct period quarter, struct err *e) MUST_USE;
/* What was given out of a year, by quarter, part and place. */
enum rc first_form_shown(const struct snap *s, int year, struct arena *a,
                         struct first_form_cell **ret, size_t *ret_n, struct err *e) MUST_USE;

#endif
