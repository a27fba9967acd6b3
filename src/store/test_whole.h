/*
 * Everything a county has stored, for tests that nothing was: each table's rows and each file
 * of DATA under a digest, as text to compare.
 */
#ifndef STORE_TEST_WHOLE_H
#define STORE_TEST_WHOLE_H

#include "store/test_county.h"

/* "table NAME DIGEST" and "file PATH DIGEST", a line each and sorted; the database's own
 * files are its tables. In a. */
const char *t_whole(struct t_county *t, struct arena *a);
/* The lines of now that are not among those of was, a line each; "" when nothing is new. */
const char *t_whole_new(const char *was, const char *now, struct arena *a);
/* All rows of a table as text, in the order in which they lie: what somebody reads who has the
 * database. */
const char *t_whole_table(struct t_county *t, const char *table, struct arena *a);

#endif
