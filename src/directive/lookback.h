/*
 * 回头看: directives that ended are drawn by a public seed (store/draw.h) and looked at again:
 * did it hold? A directive is drawn once; spans of draws do not overlap, so that nobody draws
 * until the result suits.
 */
#ifndef DIRECTIVE_LOOKBACK_H
#define DIRECTIVE_LOOKBACK_H

#include "store/draw.h"

extern const char lookback_job[]; /* "lookback.drawn" */

enum { LOOKBACK_SPAN_MAX = 400 /* days */ };
/* What is announced: those that ended from..to, k of them; the event as in draw_new. */
struct lookback_new {
    int32_t from, to;
    int64_t k;
    struct draw_new draw; /* event, issue, source, day, minute, by */
};
/*
 * RC_INVALID: the span is not over or upside down, nothing ended in it, more to draw than there
 * are; RC_CONFLICT: it overlaps another draw's; and what draw_announce refuses.
 */
enum rc lookback_announce(struct tx *tx, struct county *c, const struct lookback_new *n,
                          struct arena *a, const char **ret_code, struct err *e) MUST_USE;
/*
 * What a result leads to: each drawn directive is moved to 回头看. Safe to call twice; one that
 * was opened again meanwhile stays as it is. *ret_n: how many were moved now.
 */
enum rc lookback_follow(struct county *c, const char *draw, int64_t *ret_n,
                        struct err *e) MUST_USE;
/* The days of a draw's subject; false when it is none of ours. */
bool lookback_span(const char *subject, struct arena *a, int32_t *ret_from, int32_t *ret_to);
struct job_run;
enum rc lookback_job_run(struct job_run *r, struct err *e) MUST_USE;

/* How it went, over all years. */
struct lookback_rates {
    int64_t closed;           /* directives of units that ended by 销号 at least once */
    int64_t reopened;         /* of these, opened again */
    int64_t drawn;            /* drawn for 回头看 */
    int64_t held, rebound;    /* of these: held; opened again */
    int64_t warned, recurred; /* ended, born of a warning; of these: the same rule fired again
                                 at the same unit afterwards */
};
enum rc lookback_rates(const struct snap *s, struct lookback_rates *ret,
                       struct err *e) MUST_USE;

#endif
