/* Values in and out, cursors, limits of a query, migrations: the same on both back ends. */
#include "base/period.h"
#include "base/str.h"
#include "db/migrate.h"
#include "db/test_db.h"
#include "db/test_kinds.sql.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

extern const struct migration test_migrations[];
extern const size_t test_migrations_n;

static void ready(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(db_migrate_list(db, test_migrations, test_migrations_n, &e));
}

struct put {
    const char *names[300];
    size_t n;
};

static enum rc put_names(struct tx *tx, void *arg, struct err *e)
{
    const struct put *p = arg;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < p->n && rc == RC_OK; i++)
        rc = kinds_put(tx, (int64_t)(i % 10), p->names[i], NULL, e);
    return rc;
}

struct full {
    struct id id;
};

static enum rc add_full(struct tx *tx, void *arg, struct err *e)
{
    struct full *f = arg;
    struct kinds_add_row row;
    struct bytes data = { (const uint8_t *)"a\0b\xff", 4 };
    struct period q3 = period_of(PERIOD_QUARTER, 2026, 3);
    enum rc rc = kinds_add_one(tx, (struct id){ 0 }, INT64_MAX, INT64_MIN, false, 0.1, "满",
                               "注", data, (struct utime){ 1603756800000001 },
                               (struct money){ -5 }, false, q3, true, NULL, &row, e);
    f->id = row.id;
    if (rc != RC_OK)
        return rc;
    return kinds_add_one(tx, row.id, 0, 0, true, NAN, "", NULL, (struct bytes){ 0 },
                         (struct utime){ 0 }, (struct money){ 0 }, true, (struct period){ 0 },
                         false, NULL, &row, e);
}

static void keeps_values(struct db *db)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct full f;
    struct kinds_get_row r;
    ready(db);
    CHECK_OK(db_transact(db, add_full, &f, &e));
    CHECK_OK(db_read(db, &snap, &e));
    CHECK_OK(kinds_get_one(snap, "满", a, &r, &e));
    CHECK_INT(r.id.v, f.id.v);
    CHECK_INT(r.parent_id.v, 0);
    CHECK_INT(r.n, INT64_MAX);
    CHECK_INT(r.n_opt, INT64_MIN);
    CHECK(!r.n_opt_null && r.flag && !r.amount_null);
    CHECK(r.v == 0.1);
    CHECK_STR(r.note, "注");
    CHECK(r.data.n == 4 && memcmp(r.data.p, "a\0b\xff", 4) == 0);
    CHECK_INT(r.at.us, 1603756800000001);
    CHECK_INT(r.amount.fen, -5);
    CHECK(period_same(r.period, period_of(PERIOD_QUARTER, 2026, 3)));
    CHECK_OK(kinds_get_one(snap, "", a, &r, &e));
    CHECK_INT(r.parent_id.v, f.id.v);
    CHECK(r.n_opt_null && r.amount_null && !r.flag && isnan(r.v) && r.note == NULL &&
          r.data.p == NULL);
    CHECK(r.at.us == 0 && r.period.v == 0);
    struct kinds_sums_row s;
    CHECK_OK(kinds_sums_one(snap, a, &s, &e));
    CHECK_INT(s.n, INT64_MAX);
    CHECK_INT(s.amount.fen, -5);
    CHECK_REAL(s.mean, (double)INT64_MAX / 2, 1e-15);
    CHECK(s.flagged && period_same(s.period, period_of(PERIOD_QUARTER, 2026, 3)));
    struct kinds_parents_row *p;
    size_t n;
    CHECK_OK(kinds_parents_all(snap, "", a, &p, &n, &e));
    CHECK_INT(n, 2);
    CHECK_STR(p[0].parent, "满");
    CHECK(p[1].parent == NULL);
}

static void reads_rows(struct db *db)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct put p = { { "b", "C", "a" }, 3 };
    struct kinds_names_row *rows, row, nested;
    struct kinds_get_row got;
    struct rows *cur = NULL, *inner = NULL;
    size_t n;
    ready(db);
    CHECK_OK(db_transact(db, put_names, &p, &e));
    CHECK_OK(db_read(db, &snap, &e));
    CHECK_OK(kinds_names_all(snap, 10, a, &rows, &n, &e));
    CHECK_INT(n, 3);
    CHECK_STR(rows[0].name, "C"); /* by bytes, as COLLATE "C" */
    CHECK_STR(rows[2].name, "b");
    CHECK_INT(kinds_get_one(snap, "none", a, &got, &e), RC_NOTFOUND);
    struct kinds_parents_row *like;
    CHECK_OK(kinds_parents_all(snap, "c%", a, &like, &n, &e));
    CHECK_INT(n, 0); /* LIKE heeds case */
    /* A cursor within a cursor of the same query. */
    int pairs = 0;
    CHECK_OK(kinds_names_open(snap, 10, &cur, &e));
    while (kinds_names_next(cur, &row, &e) == RC_OK) {
        CHECK_OK(kinds_names_open(snap, 2, &inner, &e));
        while (kinds_names_next(inner, &nested, &e) == RC_OK)
            pairs++;
        kinds_names_close(&inner);
    }
    CHECK_INT(kinds_names_next(cur, &row, &e), RC_DONE);
    kinds_names_close(&cur);
    CHECK_INT(pairs, 6);
}

static void reads_many_rows(struct db *db)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct put p = { .n = 300 };
    for (int i = 0; i < 300; i++)
        p.names[i] = arena_printf(a, "n%04d", i);
    struct kinds_names_row row;
    struct kinds_two_row two;
    ready(db);
    for (int k = 0; k < 10; k++) {
        for (int i = 0; i < 300; i++)
            p.names[i] = arena_printf(a, "n%04d", k * 300 + i);
        CHECK_OK(db_transact(db, put_names, &p, &e));
    }
    CHECK_OK(db_read(db, &snap, &e));
    struct rows *cur = NULL;
    int n = 0;
    CHECK_OK(kinds_names_open(snap, 10000, &cur, &e));
    while (kinds_names_next(cur, &row, &e) == RC_OK)
        CHECK_STR(row.name, arena_printf(a, "n%04d", n++));
    kinds_names_close(&cur);
    CHECK_INT(n, 3000);
    CHECK_INT(kinds_two_one(snap, 7, a, &two, &e), RC_DB); /* more than one row */
}

static enum rc drop_all(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct kinds_drop_row *rows;
    return kinds_drop_all(tx, a, &rows, arg, e);
}

static enum rc drop_one(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct kinds_drop_row row;
    return kinds_drop_one(tx, a, &row, e);
}

static void runs_returning_to_its_end(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct put p = { { "b", "C", "a" }, 3 };
    size_t n = 9;
    ready(db);
    CHECK_OK(db_transact(db, put_names, &p, &e));
    CHECK_OK(db_transact(db, drop_one, NULL, &e));
    CHECK_OK(db_transact(db, drop_all, &n, &e));
    CHECK_INT(n, 0);
}

static void refuses_null_text(struct db *db)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct put p = { { NULL }, 1 };
    ready(db);
    CHECK_INT(db_transact(db, put_names, &p, &e), RC_INVALID);
}

static void lists_audits(void)
{
    CHECK_INT(COUNT(test_kinds_audits), 1);
    CHECK_STR(test_kinds_audits[0].table, "kinds");
    CHECK_STR(test_kinds_audits[0].query->cols[0].name, "record_id");
}

static void refuses_old_snapshots(struct db *db)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct kinds_count_row r;
    ready(db);
    CHECK_OK(db_read_for(db, -1, &snap, &e));
    CHECK_INT(kinds_count_one(snap, a, &r, &e), RC_BUSY);
}

static void refuses_other_versions(struct db *db)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct migration changed[64];
    size_t n = test_migrations_n;
    CHECK(n <= COUNT(changed));
    memcpy(changed, test_migrations, n * sizeof(changed[0]));
    CHECK_OK(db_check(db, &e));
    CHECK_INT(db_check_list(db, test_migrations, n, &e), RC_INVALID);
    CHECK(strstr(err_message(&e, LANG_ZH, a), "9000_kinds") != NULL);
    ready(db);
    CHECK_OK(db_check_list(db, test_migrations, n, &e));
    CHECK_INT(db_migrate(db, &e), RC_INVALID); /* newer than the program */
    CHECK(strstr(err_message(&e, LANG_ZH, a), "9000_kinds") != NULL);
    CHECK_INT(db_check(db, &e), RC_INVALID);
    changed[0].digest = "00";
    CHECK_INT(db_migrate_list(db, changed, n, &e), RC_INVALID);
    CHECK(strstr(err_message(&e, LANG_ZH, a), changed[0].name) != NULL);
    /* A migration that fails half-way leaves nothing. */
    changed[0].digest = test_migrations[0].digest;
    changed[n] = (struct migration){ 9001, "9001_broken", "11",
                                     "CREATE TABLE half (a int); CREATE TABLE kinds (a int);",
                                     "CREATE TABLE half (a int); CREATE TABLE kinds (a int);" };
    CHECK_INT(db_migrate_list(db, changed, n + 1, &e), RC_DB);
    changed[n].sqlite = changed[n].pg = "CREATE TABLE half (a int);";
    CHECK_OK(db_migrate_list(db, changed, n + 1, &e));
}

static void opens_only_what_it_knows(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    static const struct db_config bad[] = { { .url = NULL },
                                            { .url = "" },
                                            { .url = "sqlite:" },
                                            { .url = "mysql://x" },
                                            { .url = "sqlite:/x", .schema = "A b" },
                                            { .url = "sqlite:/x", .schema = "" },
                                            { .url = "sqlite:/x", .schema = "1a" } };
    struct db *db = NULL;
    for (size_t i = 0; i < COUNT(bad); i++)
        CHECK_INT(db_open(&bad[i], &db, &e), RC_INVALID);
    CHECK_INT(db_open(&(struct db_config){ .url = "sqlite:/nowhere/at/all.db" }, &db, &e),
              RC_IO);
    CHECK(db == NULL);
}

static void backs_up(void)
{
    CLEANUP(t_db_done) struct t_db t;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CHECK(t_db_init(&t, DB_SQLITE));
    CLEANUP(db_closep) struct db *db = NULL, *copy = NULL;
    struct put p = { { "b", "C", "a" }, 3 }, more = { { "d" }, 1 };
    CHECK_OK(db_open(&t.cfg, &db, &e));
    ready(db);
    CHECK_OK(db_transact(db, put_names, &p, &e));
    const char *path = arena_printf(a, "%s/copy.db", t.dir);
    CHECK_OK(db_backup(db, path, &e));
    /* Neither is for everybody to read. */
    struct stat st;
    CHECK(stat(t.cfg.url + strlen("sqlite:"), &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK_OK(db_transact(db, put_names, &more, &e));
    CHECK_INT(db_backup(db, path, &e), RC_CONFLICT);
    CHECK_INT(db_backup(db, "/nowhere/at/all.db", &e), RC_IO);
    CHECK_OK(
        db_open(&(struct db_config){ .url = arena_printf(a, "sqlite:%s", path) }, &copy, &e));
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct kinds_count_row r;
    CHECK_OK(db_read(copy, &snap, &e));
    CHECK_OK(kinds_count_one(snap, a, &r, &e));
    CHECK_INT(r.n, 3);
}

T_DB(keeps_values)
T_DB(reads_rows)
T_DB(reads_many_rows)
T_DB(runs_returning_to_its_end)
T_DB(refuses_null_text)
T_DB(refuses_old_snapshots)
T_DB(refuses_other_versions)
T_MAIN(T_DB_CASES("values come back as they were given", keeps_values),
       T_DB_CASES("rows come in the order of bytes, cursors nest", reads_rows),
       T_DB_CASES("a cursor reads more rows than one fetch", reads_many_rows),
       T_DB_CASES("RETURNING changes all rows also when one is read",
                  runs_returning_to_its_end),
       T_DB_CASES("a text that must be there is not NULL", refuses_null_text),
       { "audit queries are listed with their table", lists_audits },
       T_DB_CASES("a snapshot beyond its age reads no more", refuses_old_snapshots),
       T_DB_CASES("a newer or altered database is refused", refuses_other_versions),
       { "urls and schema names are checked", opens_only_what_it_knows },
       { "a backup is one moment in one file", backs_up })
