/*
 * The jobs of the program: what a server does in the background, when somebody asks for it or
 * by itself. A job's key says what it is about: of `compute` the period, of the others nothing.
 */
#ifndef CMD_JOBS_H
#define CMD_JOBS_H

#include "store/job.h"

extern const struct job_kind job_kinds[];
extern const size_t job_kinds_n;

/* NULL when there is no such kind. */
const struct job_kind *job_kind_named(const char *name);
/*
 * Ask for a job now. period: 0 for none. RC_NOTFOUND: no such kind, and which there are;
 * RC_INVALID: the kind needs a period, or takes none. Wake the server's thread afterwards.
 */
enum rc job_ask(struct tx *tx, const char *kind, struct period period, const char *by,
                struct id *ret, struct err *e) MUST_USE;

#endif
