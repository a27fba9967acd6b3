/*
 * How far the county's figures agree with a source's evaluations of a period: the index, every
 * node and indicator, all warnings together and each rule. Computed by a job and kept as rows
 * that are made anew each time.
 *
 * What is compared: ranks of our score and theirs (their state where they gave no score) by
 * tau-b and Spearman; and calls. A unit is "so" when the source found a problem there; when the
 * source names no problem at all, when its evaluation is in the lowest quarter. We "called" a
 * unit by the index when its report says 关注 or 重点关注, by a node when its score is in the
 * lowest quarter, by a rule when its warning burned in the period. Lead: days from a unit's
 * first warning (of the rule) that fired to the first problem found, for units that were both.
 *
 * Each source and period stands apart. Put together (a source over its periods, sources of a
 * period, everything) is a choice beside that: a case is a unit as a source saw it in a period,
 * scores stand by their place within their own source and period, and the bootstrap draws
 * units with all their cases, since cases of one unit are no independent witnesses.
 */
#ifndef QUALITY_AGREEMENT_H
#define QUALITY_AGREEMENT_H

#include "quality/evaluation.h"
#include "warn/warn.h"

struct job_run;

/* What is compared: the newest published computation of a period, and its warnings. */
struct agreement_run {
    struct id id, scheme;
};
/* RC_NOTFOUND, without a message, when there is none. */
enum rc agreement_run_of(const struct snap *s, struct period p, struct arena *a,
                         struct agreement_run *ret, struct err *e) MUST_USE;
/* Its judgements of warnings, for warn_of_period; points to run. */
struct warn_sight agreement_warnings(const struct agreement_run *run);

enum { AGREEMENT_RETIRE_LEAST = 20 /* units without which nothing is listed for retirement */ };

/* Every source and period there is, and put together; *ret_n: figures written. */
enum rc agreement_compute_all(struct county *c, size_t *ret_n, struct err *e) MUST_USE;

extern const char agreement_job[]; /* "agree" */
enum rc agreement_job_run(struct job_run *r, struct err *e) MUST_USE;

#endif
