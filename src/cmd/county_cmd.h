/* What commands about a county share: opening it, acting for an account, reading a file,
 * writing a result. */
#ifndef CMD_COUNTY_CMD_H
#define CMD_COUNTY_CMD_H

#include "cmd/cmd.h"
#include "people/account.h"
#include "store/county.h"

/* The county of --data, locked for writing or only to read beside a running server. */
enum rc cmd_county(struct cmd_call *c, bool writing, struct county **ret,
                   struct err *e) MUST_USE;
/* The account of --as with its roles; without --as the system, which may do everything. */
enum rc cmd_person(struct cmd_call *c, struct county *county, struct person *ret,
                   struct err *e) MUST_USE;
/* --period, needed. */
enum rc cmd_period(struct cmd_call *c, struct period *ret, struct err *e) MUST_USE;
/* Bytes to --out, or to stdout without it. */
enum rc cmd_output(struct cmd_call *c, const void *p, size_t n, struct err *e) MUST_USE;

#endif
