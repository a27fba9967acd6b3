/* Migrations as the program carries them (made by tools/sqlc), and applying a list of them. */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include "db/db.h"

struct migration {
    int64_t number;
    const char *name, *digest; /* SHA-256 of the source, in hex */
    const char *sqlite, *pg;
};
extern const struct migration db_migrations[];
extern const size_t db_migrations_n;

/* db_migrate and db_check with another list, for tests. */
enum rc db_migrate_list(struct db *db, const struct migration *m, size_t n,
                        struct err *e) MUST_USE;
enum rc db_check_list(struct db *db, const struct migration *m, size_t n,
                      struct err *e) MUST_USE;

#endif
