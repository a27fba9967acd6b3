/* SQLite is read table by table; PostgreSQL by pg_dump's text. */
#include "store/test_whole.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/map.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Tables and what is in them: name → struct str. */
struct tables {
    struct map *by_name;
    struct arena *a;
};

static struct str *table_of(struct tables *ts, const char *name)
{
    struct str *b = map_get(ts->by_name, name);
    if (!b) {
        b = arena_alloc(ts->a, sizeof(*b));
        str_init(b, ts->a);
        map_add(ts->by_name, name, b);
    }
    return b;
}

static void read_sqlite_table(sqlite3 *db, struct tables *ts, const char *name)
{
    sqlite3_stmt *st = NULL;
    struct str *b = table_of(ts, name);
    CHECK(sqlite3_prepare_v2(db, arena_printf(ts->a, "SELECT * FROM \"%s\"", name), -1, &st,
                             NULL) == SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            const void *p = sqlite3_column_blob(st, i);
            int n = sqlite3_column_bytes(st, i);
            if (sqlite3_column_type(st, i) == SQLITE_BLOB) {
                char *hex = arena_alloc(ts->a, 2 * (size_t)n + 1);
                str_add(b, hex_encode(p ? p : "", (size_t)n, hex));
            } else {
                str_addn(b, p ? p : "", (size_t)n);
            }
            str_addn(b, "\t", 1);
        }
        str_addn(b, "\n", 1);
    }
    sqlite3_finalize(st);
}

static void read_sqlite(struct t_county *t, struct tables *ts)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    CHECK(sqlite3_open_v2(arena_printf(ts->a, "%s/county.db", t->dir), &db,
                          SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db, "SELECT name FROM sqlite_master WHERE type='table'", -1, &st,
                             NULL) == SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW)
        read_sqlite_table(db, ts, (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    sqlite3_close(db);
}

static void read_postgres(struct t_county *t, struct tables *ts)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *path = arena_printf(ts->a, "%s/whole.sql", t->db.dir);
    struct bytes all;
    struct str *in = NULL;
    size_t n;
    CHECK_OK(db_dump(t->c->db, path, &e));
    CHECK_OK(file_read(ts->a, path, 1 << 28, &all, &e));
    (void)remove(path);
    char **line = str_split(ts->a, arena_strndup(ts->a, (const char *)all.p, all.n), '\n', &n);
    for (size_t i = 0; i < n; i++) {
        if (str_starts(line[i], "COPY ")) {
            const char *dot = strchr(line[i], '.') + 1;
            in = table_of(ts, arena_strndup(ts->a, dot, strcspn(dot, " ")));
        } else if (str_eq(line[i], "\\.")) {
            in = NULL;
        } else if (in) {
            str_addf(in, "%s\n", line[i]);
        }
    }
}

static struct tables read_tables(struct t_county *t, struct arena *a)
{
    struct tables ts = { .by_name = map_new(a), .a = a };
    if (db_kind(t->c->db) == DB_SQLITE)
        read_sqlite(t, &ts);
    else
        read_postgres(t, &ts);
    return ts;
}

static const char *digest_of(struct arena *a, const void *p, size_t n)
{
    uint8_t d[HASH_SIZE];
    sha256(p, n, d);
    return hex_encode(d, HASH_SIZE, arena_alloc(a, HASH_HEX));
}

static void add_files(const char *dir, struct str *b, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct dirent **list = NULL;
    int n = scandir(dir, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *path = arena_printf(a, "%s/%s", dir, list[i]->d_name);
        struct stat st;
        struct bytes all;
        if (list[i]->d_name[0] != '.' && !str_starts(list[i]->d_name, "county.db") &&
            lstat(path, &st) == 0) {
            if (S_ISDIR(st.st_mode))
                add_files(path, b, a);
            else if (S_ISREG(st.st_mode) && file_read(a, path, 1 << 28, &all, &e) == RC_OK)
                str_addf(b, "file %s %s\n", path, digest_of(a, all.p, all.n));
        }
        free(list[i]);
    }
    free(list);
}

const char *t_whole(struct t_county *t, struct arena *a)
{
    struct tables ts = read_tables(t, a);
    struct str b;
    size_t n;
    const char **names = map_keys(ts.by_name, a, &n);
    str_init(&b, a);
    for (size_t i = 0; i < n; i++) {
        const struct str *rows = map_get(ts.by_name, names[i]);
        str_addf(&b, "table %s %s\n", names[i], digest_of(a, rows->s, rows->n));
    }
    CHECK(n > 20);
    add_files(t->dir, &b, a);
    return b.s;
}

const char *t_whole_new(const char *was, const char *now, struct arena *a)
{
    struct map *old = map_new(a);
    struct str b;
    size_t n;
    char **line = str_split(a, was, '\n', &n);
    for (size_t i = 0; i < n; i++)
        (void)map_add_index(old, line[i], i);
    str_init(&b, a);
    line = str_split(a, now, '\n', &n);
    for (size_t i = 0; i < n; i++)
        if (!map_has(old, line[i]))
            str_addf(&b, "%s\n", line[i]);
    return b.s;
}

const char *t_whole_table(struct t_county *t, const char *table, struct arena *a)
{
    struct tables ts = read_tables(t, a);
    const struct str *rows = map_get(ts.by_name, table);
    return rows ? rows->s : "";
}
