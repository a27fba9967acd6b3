/*
 * The first set-up of a county with its own data. Until it goes live everything shown says
 * 试算; what was tried is cleared before. How far the set-up is, is worked out from what the
 * county holds (steps.h); only that it began, what was cleared and that it went live is kept.
 *
 * Clearing deletes nothing: files of values and computations pass into the state cleared, in
 * which nothing counts them, and the record of the clearing names each. Their own records, and
 * the audit of their rows, stay as they were.
 */
#ifndef SETUP_SETUP_H
#define SETUP_SETUP_H

#include "base/kinds.h"
#include "db/db.h"

struct county;

/* The set-up begins: the county, new and empty, is on trial. */
enum rc setup_begin(struct county *c, struct err *e) MUST_USE;

struct setup_cleared {
    size_t imports, computations;
};
/*
 * Clear the trial: values, computations and with them scores, reports and warnings count no
 * more, and hints about them are gone. RC_CONFLICT when the county is not on trial, or a file
 * is being taken in at this moment.
 */
enum rc setup_clear(struct county *c, const char *by, struct setup_cleared *ret,
                    struct err *e) MUST_USE;
/*
 * The county goes live; never back. RC_CONFLICT when it is not on trial, when something of the
 * trial still counts, or when it was never tried. What else must be there is asked by
 * setup_look.
 */
enum rc setup_go_live(struct county *c, const char *by, struct err *e) MUST_USE;

/* For the audit: what is cleared is what clearings say. */
enum rc setup_check(const struct snap *s, struct err *e) MUST_USE;

#endif
