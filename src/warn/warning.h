/* Warnings in the database: words of their columns, and one warning with its history. */
#ifndef WARN_WARNING_H
#define WARN_WARNING_H

#include "warn/rule.h"

/* Words of columns; unknown ones give 0. */
const char *warn_state_word(enum warn_state s);
enum warn_state warn_state_of(const char *word);
const char *warn_colour_word(enum warn_colour c);
enum warn_colour warn_colour_of(const char *word);
const char *warn_end_word(enum warn_end end);
enum warn_end warn_end_of(const char *word);

/* One judgement of a warning. */
struct warn_judgement {
    struct period period;
    enum warn_state state;
    enum warn_colour colour;
    double value, previous, limit;
    int rule_version;
    struct utime at;
    struct id record;
};
/* A warning with all its periods; the judgement of a period that was computed again is its
 * newest. */
struct warn_history {
    struct warn_view now; /* after its latest period */
    enum warn_end end;
    struct rule rule; /* the version it was judged by last; without ids */
    const char *subject, *holder;
    const char *figure;                  /* what the figure must do; "" when ended */
    const struct warn_judgement *judged; /* oldest first */
    size_t n;
};
/* RC_NOTFOUND, also when nothing of it is to be seen. */
enum rc warn_load(const struct snap *s, const char *code, const struct warn_sight *sight,
                  enum lang lang, struct arena *a, struct warn_history *ret,
                  struct err *e) MUST_USE;

/*
 * What a warning's rule found in a period does not count any more, because an objection was
 * upheld; computing the period again ends it as voided. It binds that period and the colour it
 * had been judged as: a worse value is another finding, and so is a later period's.
 * RC_NOTFOUND: it was not judged in that period.
 */
enum rc warn_void(struct tx *tx, struct county *c, const char *code, struct period p,
                  const char *objection, const char *by, struct err *e) MUST_USE;

#endif
