/*
 * Bringing a database to the program's version. Which migrations it has stands in its own table
 * "migration", with the digest of each, so that a released file that was changed afterwards is
 * noticed. That table is older than the first migration, therefore its few statements stand
 * here and not in a .sql file.
 */
#include "db/migrate.h"

#include "base/clock.h"
#include "db/driver.h"

static const char table_sql[] =
    "CREATE TABLE IF NOT EXISTS migration (number bigint NOT NULL PRIMARY KEY, "
    "name text NOT NULL, digest text NOT NULL, applied_at bigint NOT NULL)";

struct count_row {
    int64_t n;
};
static const struct query_col count_cols[] = { { "n", DB_INT, false,
                                                 offsetof(struct count_row, n) } };
static const struct query table_count = {
    .name = "table_count",
    .where = "db/migrate.c",
    .sqlite = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migration'",
    .pg = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema AND tablename = "
          "'migration'",
    .cols = count_cols,
    .n_cols = 1,
    .row_size = sizeof(struct count_row),
};

/* Whether the county's schema is there; making it needs a right that is not needed later. */
static const struct query schema_count = {
    .name = "schema_count",
    .where = "db/migrate.c",
    .sqlite = "SELECT 1",
    .pg = "SELECT count(*) FROM pg_namespace WHERE nspname = current_schema()",
    .cols = count_cols,
    .n_cols = 1,
    .row_size = sizeof(struct count_row),
};

struct migration_row {
    int64_t number;
    const char *name, *digest;
};
static const struct query_col migration_cols[] = {
    { "number", DB_INT, false, offsetof(struct migration_row, number) },
    { "name", DB_TEXT, false, offsetof(struct migration_row, name) },
    { "digest", DB_TEXT, false, offsetof(struct migration_row, digest) },
};
static const struct query migration_list = {
    .name = "migration_list",
    .where = "db/migrate.c",
    .sqlite = "SELECT number, name, digest FROM migration ORDER BY number",
    .pg = "SELECT number, name, digest FROM migration ORDER BY number",
    .cols = migration_cols,
    .n_cols = 3,
    .row_size = sizeof(struct migration_row),
};

static const struct query_param add_params[] = { { "number", DB_INT, false },
                                                 { "name", DB_TEXT, false },
                                                 { "digest", DB_TEXT, false },
                                                 { "at", DB_TIME, false } };
static const struct query migration_add = {
    .name = "migration_add",
    .where = "db/migrate.c",
    .sqlite =
        "INSERT INTO migration (number, name, digest, applied_at) VALUES (?1, ?2, ?3, ?4)",
    .pg = "INSERT INTO migration (number, name, digest, applied_at) VALUES ($1, $2, $3, $4)",
    .params = add_params,
    .n_params = 4,
    .writes = true,
};

struct plan {
    const struct migration *m;
    size_t n;
    const struct migration *next; /* result: the first that is missing; NULL: none */
};

/* Compare what the database has with the list; set the first that is missing. */
static enum rc compare(const struct snap *snap, struct plan *p, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct migration_row *rows;
    struct count_row count;
    size_t n = 0;
    void *all = NULL;
    enum rc rc = db_one(snap, &table_count, NULL, a, &count, e);
    if (rc == RC_OK && count.n > 0)
        rc = db_all(snap, &migration_list, NULL, a, &all, &n, e);
    if (rc != RC_OK)
        return rc;
    rows = all;
    if (n > 0 && (p->n == 0 || rows[n - 1].number > p->m[p->n - 1].number))
        return err_set(e, RC_INVALID,
                       N_("数据库的版本 {have} 比程序的 {want} 新:请使用新版程序"), "have",
                       rows[n - 1].name, "want", p->n ? p->m[p->n - 1].name : "0");
    p->next = NULL;
    size_t k = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (k < n && rows[k].number == p->m[i].number) {
            if (strcmp(rows[k].digest, p->m[i].digest) != 0)
                return err_set(
                    e, RC_INVALID,
                    N_("数据库的迁移 {name} 与程序中的内容不同:请使用与数据库相配的程序"),
                    "name", rows[k].name);
            k++;
        } else if (p->next == NULL) {
            p->next = &p->m[i];
        }
    }
    if (k < n)
        return err_set(e, RC_INVALID,
                       N_("数据库有程序所没有的迁移 {name}:请使用与数据库相配的程序"), "name",
                       rows[k].name);
    return RC_OK;
}

static enum rc schema_make(struct tx *tx, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct conn *c = tx->snap.conn;
    struct count_row count;
    enum rc rc = db_one(tx_snap(tx), &schema_count, NULL, a, &count, e);
    if (rc != RC_OK || count.n > 0)
        return rc;
    return c->db->driver->script(c, arena_printf(a, "CREATE SCHEMA \"%s\"", c->db->schema), e);
}

static enum rc apply_next(struct tx *tx, void *arg, struct err *e)
{
    struct plan *p = arg;
    struct conn *c = tx->snap.conn;
    enum rc rc = compare(tx_snap(tx), p, e);
    if (rc != RC_OK || p->next == NULL)
        return rc;
    rc = schema_make(tx, e);
    if (rc == RC_OK)
        rc = c->db->driver->script(c, table_sql, e);
    if (rc == RC_OK)
        rc = c->db->driver->script(c, c->db->kind == DB_SQLITE ? p->next->sqlite : p->next->pg,
                                   e);
    if (rc != RC_OK)
        return rc;
    struct clock real = { 0 };
    const struct val v[] = { val_int(p->next->number, false), val_text(p->next->name),
                             val_text(p->next->digest), val_int(clock_now(&real).us, false) };
    return db_exec(tx, &migration_add, v, NULL, e);
}

enum rc db_migrate_list(struct db *db, const struct migration *m, size_t n, struct err *e)
{
    struct plan p = { .m = m, .n = n };
    enum rc rc;
    do {
        rc = db_transact(db, apply_next, &p, e);
    } while (rc == RC_OK && p.next != NULL);
    return rc;
}

enum rc db_check_list(struct db *db, const struct migration *m, size_t n, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct plan p = { .m = m, .n = n };
    enum rc rc = db_read(db, &snap, e);
    if (rc == RC_OK)
        rc = compare(snap, &p, e);
    if (rc == RC_OK && p.next != NULL)
        return err_set(e, RC_INVALID, N_("数据库缺少迁移 {name}:请先升级数据库"), "name",
                       p.next->name);
    return rc;
}

enum rc db_migrate(struct db *db, struct err *e)
{
    return db_migrate_list(db, db_migrations, db_migrations_n, e);
}

enum rc db_check(struct db *db, struct err *e)
{
    return db_check_list(db, db_migrations, db_migrations_n, e);
}
