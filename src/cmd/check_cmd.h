/* What the commands share that check evidence: input files, trust, progress. */
#ifndef CMD_CHECK_CMD_H
#define CMD_CHECK_CMD_H

#include "cmd/cmd.h"
#include "db/db.h"
#include "store/audit.h"

/* A file named on the command line; a missing one could not be checked (exit 3). */
enum rc check_file(struct cmd_call *c, const char *path, size_t max, struct bytes *ret,
                   struct err *e) MUST_USE;
/* --vkey and --policy; *ret is NULL when neither is given. What is wrong with them is wrong
 * usage. */
enum rc check_trust(struct cmd_call *c, struct policy **ret, struct err *e) MUST_USE;
struct audit_progress check_progress(struct cmd_call *c);
/* All audited tables of the program; in a. */
const struct audit_query *audit_tables(struct arena *a, size_t *ret_n);

/* Every matter is what its records say; part of the audit of a county. */
enum rc check_matters(struct county *c, struct err *e) MUST_USE;

#endif
