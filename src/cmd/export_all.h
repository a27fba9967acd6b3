/*
 * 自带退出: everything the county has, as files that are read without this program: sheets for
 * people, every table whole, reports as PDF, files under their names, the log with its proofs.
 * One snapshot; rows and files pass one by one, so that the county's size does not matter.
 *
 * Whoever can run the command on the machine gets all of it: drafts, restricted and personal
 * parts of records, too; the README in it says so. What never leaves are secrets (passwords,
 * tokens, keys); each table and column that is left out is named with its reason.
 */
#ifndef CMD_EXPORT_ALL_H
#define CMD_EXPORT_ALL_H

#include "base/kinds.h"

struct arena;
struct county;

/* What becomes of a table. */
struct export_table {
    const char *table;
    const char *name;    /* what people call it, in Chinese; the migration says it in English */
    const char *without; /* columns that are left out, separated by spaces; NULL: none */
    const char *why;     /* N_() why columns, or all of it, are left out; NULL with neither */
    bool left_out;
};
/* One for each table of the schema (a test compares), ended by a NULL table. */
extern const struct export_table export_tables[];

struct export_said {
    void (*say)(void *arg, const char *what, int64_t done); /* NULL: nothing */
    void *arg;
};
/*
 * Into a new folder, or into a zip when out ends in .zip: whole or not at all. RC_CONFLICT: it
 * is there already. RC_BUSY: a published report is not under a signed checkpoint yet.
 */
enum rc export_all(struct county *c, const char *out, const struct export_said *said,
                   struct err *e) MUST_USE;

#endif
