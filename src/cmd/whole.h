/*
 * Every table of the schema, whole: made from the migrations by `sqlc tables`, so that a new
 * table is in the list by itself, with what its comments say of it.
 */
#ifndef CMD_WHOLE_H
#define CMD_WHOLE_H

#include "db/db.h"

struct whole_table {
    const char *name, *doc;    /* as in the migration, English */
    const char *const *docs;   /* of its columns */
    const struct query *query; /* all rows */
};
extern const struct whole_table whole_tables[]; /* ended by a NULL name */

#endif
