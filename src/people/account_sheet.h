/* Accounts as a table: code, name, unit, role, scope. */
#ifndef PEOPLE_ACCOUNT_SHEET_H
#define PEOPLE_ACCOUNT_SHEET_H

#include "people/account.h"
#include "sheet/heading.h"
#include "sheet/problem.h"

enum { ACCOUNT_ROWS_MAX = 5000 };

/* What its columns may be called. */
extern const struct heading account_headings[];
/*
 * New accounts of a table, in its arena; wrong cells are in problems, and what the database
 * says against a row too (everything is tried in a change that is taken back). Unknown or
 * missing columns are RC_INVALID, too many rows RC_TOOBIG.
 */
enum rc accounts_from_table(struct county *c, const struct units *us, const struct table *t,
                            const char *by, struct arena *a, struct account_new **ret,
                            size_t *ret_n, struct problems *problems, struct err *e) MUST_USE;

#endif
