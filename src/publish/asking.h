/*
 * Asking every unit of a period whether its report is right, a slice of the writer at a time:
 * as many as the change may take at once, the rest by a job. What is left is found in the
 * database each time, so that it goes on after a restart and nobody is asked twice.
 */
#ifndef PUBLISH_ASKING_H
#define PUBLISH_ASKING_H

#include "flow/matter.h"

extern const char asking_job[];
struct job_run;
/* key: the release's code. */
enum rc asking_job_run(struct job_run *r, struct err *e) MUST_USE;

/* After a move of the release: what belongs to an earlier round is asked no more, and in state
 * 征求意见 each unit with a report in the newest computation is asked. What does not fit into
 * this change is left to the job. */
enum rc asking_go_on(struct tx *tx, struct county *c, const struct matter *release,
                     const char *by, struct err *e) MUST_USE;
/* What is left, at once: what the job does, for who has no jobs. */
enum rc asking_finish(struct county *c, const char *release, struct err *e) MUST_USE;
/* Whether everybody has been asked since the release came to 征求意见. */
enum rc asking_all_asked(const struct snap *s, struct county *c, const struct matter *release,
                         bool *ret, struct err *e) MUST_USE;

/* ---- of both kinds of the desk ---- */

/* The period a matter is about: its link. */
enum rc release_period(const struct matter *m, struct period *ret, struct err *e) MUST_USE;
/* A move of the program. */
enum rc release_move(struct tx *tx, struct county *c, const char *matter, const char *verb,
                     struct err *e) MUST_USE;

#endif
