/* Every query of the program in one table (made by tools/sqlc list), for the test that prepares
 * them. */
#ifndef DB_ALL_QUERIES_H
#define DB_ALL_QUERIES_H

#include "db/db.h"

extern const struct query *const all_queries[]; /* ended by NULL */

#endif
