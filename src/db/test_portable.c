/*
 * One text for two databases, proved: both catalogues are equal after the migrations, and every
 * query of every folder is prepared on both, with the types PostgreSQL sees compared with those
 * the generated C expects.
 */
#include "base/str.h"
#include "db/all_queries.h"
#include "db/migrate.h"
#include "db/test_db.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct migration test_migrations[];
extern const size_t test_migrations_n;

/* A line of text for each column, key, index and reference. Tables of full-text search (…_fts…)
 * differ on purpose. */
static const char sqlite_catalogue[] =
    "WITH t AS (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
    "AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%\\_fts%' ESCAPE '\\')"
    "SELECT 'column ' || t.name || '.' || c.name || ' ' || CASE lower(c.type) WHEN 'bigint' "
    "THEN 'integer' ELSE lower(c.type) END"
    "  || iif(c.\"notnull\" OR c.pk, ' not null', '') || iif(c.dflt_value IS NULL, '', ' "
    "default') FROM t, pragma_table_info(t.name) c "
    "UNION ALL SELECT 'key ' || t.name || '.' || c.name || ' ' || c.pk FROM t, "
    "pragma_table_info(t.name) c WHERE c.pk "
    "UNION ALL SELECT iif(i.\"unique\", 'unique ', 'index ' || i.name || ' ') || t.name || "
    "iif(i.partial, ' partial', '') || ' ' ||"
    "  (SELECT group_concat(coalesce(x.name, '(expression)'), ',') FROM (SELECT name FROM "
    "pragma_index_info(i.name) ORDER BY seqno) x)"
    "  FROM t, pragma_index_list(t.name) i WHERE i.origin <> 'pk' "
    "UNION ALL SELECT 'reference ' || t.name || '.' || f.\"from\" || ' ' || f.\"table\" || ' ' "
    "|| lower(f.on_delete) FROM t, pragma_foreign_key_list(t.name) f "
    "ORDER BY 1";
static const char pg_catalogue[] =
    "WITH t AS (SELECT oid, relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace "
    "= (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relname NOT LIKE "
    "'%\\_fts%')"
    "SELECT ('column ' || t.name || '.' || a.attname || ' ' || CASE format_type(a.atttypid, "
    "a.atttypmod) WHEN 'bigint' THEN 'integer' WHEN 'smallint' THEN 'integer'"
    "  WHEN 'double precision' THEN 'real' WHEN 'bytea' THEN 'blob' ELSE "
    "format_type(a.atttypid, a.atttypmod) END"
    "  || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END || CASE WHEN a.atthasdef THEN ' "
    "default' ELSE '' END) COLLATE \"C\" AS line"
    "  FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT "
    "a.attisdropped "
    "UNION ALL SELECT 'key ' || t.name || '.' || a.attname || ' ' || k.n FROM t JOIN pg_index "
    "i ON i.indrelid = t.oid AND i.indisprimary,"
    "  unnest(i.indkey) WITH ORDINALITY k(att, n) JOIN pg_attribute a ON a.attnum = k.att "
    "WHERE a.attrelid = t.oid "
    "UNION ALL SELECT CASE WHEN i.indisunique THEN 'unique ' ELSE 'index ' || c.relname || ' ' "
    "END || t.name || CASE WHEN i.indpred IS NULL THEN '' ELSE ' partial' END || ' ' ||"
    "  (SELECT string_agg(coalesce(a.attname::text, '(expression)'), ',' ORDER BY k.n) FROM "
    "unnest(i.indkey) WITH ORDINALITY k(att, n) LEFT JOIN pg_attribute a ON a.attrelid = t.oid "
    "AND a.attnum = k.att)"
    "  FROM t JOIN pg_index i ON i.indrelid = t.oid AND NOT i.indisprimary JOIN pg_class c ON "
    "c.oid = i.indexrelid "
    "UNION ALL SELECT 'reference ' || t.name || '.' || a.attname || ' ' || r.relname || ' ' || "
    "CASE f.confdeltype WHEN 'a' THEN 'no action' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set "
    "null' WHEN 'r' THEN 'restrict' ELSE 'set default' END"
    "  FROM t JOIN pg_constraint f ON f.conrelid = t.oid AND f.contype = 'f' JOIN pg_class r "
    "ON r.oid = f.confrelid, unnest(f.conkey) k(att) JOIN pg_attribute a ON a.attnum = k.att "
    "WHERE a.attrelid = t.oid "
    "ORDER BY 1";

/* A migrated database and a plain connection to it. */
struct both {
    struct t_db t;
    sqlite3 *sqlite;
    PGconn *pg;
};

static bool both_open(struct both *b, enum db_kind kind)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_closep) struct db *db = NULL;
    if (!t_db_init(&b->t, kind))
        return false;
    CHECK_OK(db_open(&b->t.cfg, &db, &e));
    CHECK_OK(db_migrate_list(db, test_migrations, test_migrations_n, &e));
    if (kind == DB_SQLITE) {
        CHECK(sqlite3_open(b->t.url + strlen("sqlite:"), &b->sqlite) == SQLITE_OK);
        sqlite3_db_config(b->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
        return true;
    }
    b->pg = PQconnectdb(b->t.url);
    PGresult *res = PQexec(b->pg, arena_printf(a, "SET search_path TO %s", b->t.schema));
    CHECK(PQresultStatus(res) == PGRES_COMMAND_OK);
    PQclear(res);
    return true;
}

static void both_close(struct both *b)
{
    sqlite3_close(b->sqlite);
    PQfinish(b->pg);
    t_db_done(&b->t);
}

static void sqlite_lines(struct both *b, struct str *out)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(b->sqlite, sqlite_catalogue, -1, &st, NULL) != SQLITE_OK)
        t_fail(__FILE__, __LINE__, "%s", sqlite3_errmsg(b->sqlite));
    while (sqlite3_step(st) == SQLITE_ROW)
        str_addf(out, "%s\n", sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
}

static void pg_lines(struct both *b, struct str *out)
{
    PGresult *res = PQexec(b->pg, pg_catalogue);
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        t_fail(__FILE__, __LINE__, "%s", PQerrorMessage(b->pg));
    for (int i = 0; i < PQntuples(res); i++)
        str_addf(out, "%s\n", PQgetvalue(res, i, 0));
    PQclear(res);
}

static void catalogues_are_equal(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(both_close) struct both s = { 0 }, p = { 0 };
    struct str have, want;
    str_init(&have, a);
    str_init(&want, a);
    if (!both_open(&p, DB_POSTGRES) || !both_open(&s, DB_SQLITE))
        return;
    sqlite_lines(&s, &want);
    pg_lines(&p, &have);
    CHECK(strstr(want.s, "column kinds.v real\n") &&
          strstr(want.s, "index kinds_at kinds at,id\n"));
    CHECK(strstr(want.s, "unique kinds name\n") &&
          strstr(want.s, "reference kinds.parent_id kinds no action\n"));
    size_t n, m;
    char **w = str_split(a, want.s, '\n', &n), **h = str_split(a, have.s, '\n', &m);
    for (size_t i = 0; i < n && i < m; i++) {
        CHECK_STR(h[i], w[i]);
        if (!str_eq(h[i], w[i]))
            break;
    }
    CHECK_INT(m, n);
}

static void prepares_on_sqlite(void)
{
    CLEANUP(both_close) struct both s = { 0 };
    both_open(&s, DB_SQLITE);
    for (size_t i = 0; all_queries[i] != NULL; i++) {
        const struct query *q = all_queries[i];
        sqlite3_stmt *st = NULL;
        if (sqlite3_prepare_v2(s.sqlite, q->sqlite, -1, &st, NULL) != SQLITE_OK)
            t_fail(__FILE__, __LINE__, "%s: %s", q->where, sqlite3_errmsg(s.sqlite));
        else if (sqlite3_bind_parameter_count(st) != (int)q->n_params ||
                 sqlite3_column_count(st) != (int)q->n_cols)
            t_fail(__FILE__, __LINE__, "%s: %d parameters, %d results", q->where,
                   sqlite3_bind_parameter_count(st), sqlite3_column_count(st));
        sqlite3_finalize(st);
    }
}

enum {
    BOOL = 16,
    BYTEA = 17,
    NAME = 19,
    INT8 = 20,
    INT2 = 21,
    INT4 = 23,
    TEXT = 25,
    FLOAT8 = 701,
    VARCHAR = 1043,
    NUMERIC = 1700
};

/* What a parameter is declared as, and what a result may be. */
static const struct {
    Oid param, results[6];
} types[] = {
    [DB_ID] = { INT8, { INT8 } },
    [DB_INT] = { INT8, { INT8, INT4, INT2, NUMERIC } },
    [DB_REAL] = { FLOAT8, { FLOAT8, NUMERIC, INT8 } },
    [DB_TEXT] = { TEXT, { TEXT, VARCHAR, NAME } },
    [DB_BLOB] = { BYTEA, { BYTEA } },
    [DB_TIME] = { INT8, { INT8 } },
    [DB_MONEY] = { INT8, { INT8, NUMERIC } },
    [DB_PERIOD] = { TEXT, { TEXT } },
    [DB_BOOL] = { INT2, { INT2, INT4, BOOL, INT8 } },
};

static void compare_types(const struct query *q, const PGresult *d)
{
    if (PQnparams(d) != (int)q->n_params || PQnfields(d) != (int)q->n_cols) {
        t_fail(__FILE__, __LINE__, "%s: %d parameters, %d results", q->where, PQnparams(d),
               PQnfields(d));
        return;
    }
    for (int i = 0; i < PQnparams(d); i++) {
        if (PQparamtype(d, i) != types[q->params[i].type].param)
            t_fail(__FILE__, __LINE__, "%s: $%s is of type %u", q->where, q->params[i].name,
                   PQparamtype(d, i));
    }
    for (int i = 0; i < PQnfields(d); i++) {
        bool fits = false;
        for (size_t k = 0; k < COUNT(types[0].results); k++)
            fits = fits || PQftype(d, i) == types[q->cols[i].type].results[k];
        if (!fits)
            t_fail(__FILE__, __LINE__, "%s: result %s is of type %u", q->where, q->cols[i].name,
                   PQftype(d, i));
        if (!str_eq(PQfname(d, i), q->cols[i].name))
            t_fail(__FILE__, __LINE__, "%s: result %s is called %s", q->where, q->cols[i].name,
                   PQfname(d, i));
    }
}

static void prepares_on_postgres(void)
{
    CLEANUP(both_close) struct both p = { 0 };
    if (!both_open(&p, DB_POSTGRES))
        return;
    size_t n = 0;
    for (; all_queries[n] != NULL; n++) {
        const struct query *q = all_queries[n];
        Oid oids[64] = { 0 };
        for (size_t k = 0; k < q->n_params; k++)
            oids[k] = types[q->params[k].type].param;
        PGresult *res = PQprepare(p.pg, "", q->pg, (int)q->n_params, oids),
                 *d = PQdescribePrepared(p.pg, "");
        if (PQresultStatus(res) != PGRES_COMMAND_OK)
            t_fail(__FILE__, __LINE__, "%s: %s", q->where, PQresultErrorMessage(res));
        else
            compare_types(q, d);
        PQclear(res);
        PQclear(d);
    }
    CHECK(n >= 10);
}

T_MAIN({ "both catalogues are equal", catalogues_are_equal },
       { "every query is prepared on SQLite", prepares_on_sqlite },
       { "every query is prepared on PostgreSQL and its types fit", prepares_on_postgres })
