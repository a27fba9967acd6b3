/*
 * What a rule and a warning say to people: the rule, the values it was judged by, and exactly
 * what would clear it, in the reader's language. Pure; text lives in a.
 */
#ifndef WARN_WORDS_H
#define WARN_WORDS_H

#include "base/base.h"
#include "warn/rule.h"

struct arena;

/* "连续2期低于90%即橙": the limit of one colour; WARN_NONE: of all the rule uses. */
const char *words_rule(const struct rule *r, enum warn_colour colour, const char *measure,
                       enum lang lang, struct arena *a);
/* A number as people read it beside its limit (NaN: none): rates and scores have one decimal,
 * or as many as keep them on their side of the limit; with its measure. */
const char *words_number(double v, double limit, const char *measure, enum lang lang,
                         struct arena *a);

struct words_value {
    double now, before; /* of missing and late: now is the count */
};
/* "88.4%、86.0%": the values of the periods that count, oldest first. */
const char *words_values(const struct rule *r, const struct words_value *v, size_t n,
                         double limit, const char *measure, enum lang lang, struct arena *a);
/* "四季度达到92%以上，连续1期": what the figure must do next, after period. "" when ended. */
const char *words_clears(const struct rule *r, const struct warn_at *at, struct period period,
                         const char *subject, const char *measure, enum lang lang,
                         struct arena *a);
/* "四季度" when it lies in the year of `from`, else "2027年一季度". */
const char *words_period(struct period p, struct period from, enum lang lang, struct arena *a);

#endif
