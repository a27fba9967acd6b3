/*
 * sqlc: SQL in files into typed C, at build time.
 *
 *   sqlc query MIGRATION… -- THING.sql THING.sql.h THING.sql.c     functions and row structs of
 * a file of queries sqlc migrations MIGRATION… -- OUT.c                            all
 * migrations, for both databases sqlc list MIGRATION… -- OUT.c THING.sql… a table of all
 * queries, for the test on PostgreSQL
 *
 * It applies the migrations to an SQLite database in memory and prepares every query there, so
 * that a misspelt column fails the build at the line of the query. See sqlc_query.c for what a
 * .sql file looks like, sqlc_schema.c for migrations.
 */
#include "sqlc.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static FILE *out_open(const char *path)
{
    FILE *f = fopen(path, "w");
    if (f == NULL)
        fail(path, 1, "cannot be written");
    return f;
}

static void out_close(FILE *f, const char *path)
{
    if (fclose(f) != 0)
        fail(path, 1, "cannot be written");
}

static void query_command(const struct schema *s, char **args)
{
    struct query_file qf = queries_load(s, args[0]);
    FILE *h = out_open(args[1]), *c = out_open(args[2]);
    emit_header(h, &qf);
    emit_source(c, &qf);
    out_close(h, args[1]);
    out_close(c, args[2]);
}

static void list_command(const struct schema *s, char **args, int n)
{
    FILE *f = out_open(args[0]);
    fputs("/* Made by tools/sqlc: every query of the program, for the tests. */\n#include "
          "\"db/all_queries.h\"\n\n",
          f);
    char *names = NULL;
    size_t size;
    FILE *table = open_memstream(&names, &size);
    for (int i = 1; i < n; i++) {
        struct query_file qf = queries_load(s, args[i]);
        for (size_t k = 0; k < qf.n; k++) {
            struct query q = qf.at[k];
            q.name = keepf("q%d_%s", i, q.name);
            emit_query(f, &q, false);
            fprintf(table, "    &%s_query,\n", q.name);
        }
    }
    fclose(table);
    fprintf(f, "const struct query *const all_queries[] = {\n%s    NULL,\n};\n", names);
    free(names);
    out_close(f, args[0]);
}

/* NAME.sql is then read as any other: queries whole_TABLE. */
static void tables_command(const struct schema *s, char **args)
{
    FILE *sql = out_open(args[0]), *c = out_open(args[1]);
    fputs("-- Made by tools/sqlc: every table, whole.\n", sql);
    fputs(
        "/* Made by tools/sqlc: what tables and columns are. */\n#include \"cmd/whole.h\"\n\n",
        c);
    for (size_t i = 0; i < s->n_tables; i++) {
        const struct table *t = &s->tables[i];
        if (t->gone)
            continue;
        fprintf(sql, "\n-- :whole_%s\n-- %s\n-- unlimited: everything is taken along\nSELECT ",
                t->name, t->doc);
        fprintf(c,
                "extern const struct query whole_%s_query;\nstatic const char *const %s_docs[] "
                "= {\n",
                t->name, t->name);
        for (size_t k = 0; k < t->n_cols; k++) {
            fprintf(sql, "%s%s", k ? ", " : "", t->cols[k].name);
            fputs("    ", c), c_string(c, t->cols[k].doc), fputs(",\n", c);
        }
        bool by_row = strcmp(t->cols[0].name, "id") == 0 || t->n_cols < 2 || t->cols[1].null_ok;
        fprintf(sql, " FROM %s ORDER BY %s%s%s;\n", t->name, t->cols[0].name,
                by_row ? "" : ", ", by_row ? "" : t->cols[1].name);
        fputs("};\n", c);
    }
    fputs("\nconst struct whole_table whole_tables[] = {\n", c);
    for (size_t i = 0; i < s->n_tables; i++) {
        const struct table *t = &s->tables[i];
        if (t->gone)
            continue;
        fprintf(c, "    { \"%s\", ", t->name);
        c_string(c, t->doc);
        fprintf(c, ", %s_docs, &whole_%s_query },\n", t->name, t->name);
    }
    fputs("    { NULL },\n};\n", c);
    out_close(sql, args[0]);
    out_close(c, args[1]);
}

int main(int argc, char **argv)
{
    int split = 2;
    while (split < argc && strcmp(argv[split], "--") != 0)
        split++;
    int n = argc - split - 1;
    if (n < 1) {
        fprintf(stderr, "usage: sqlc query|migrations|tables|list MIGRATION… -- FILE…\n");
        return 2;
    }
    char **args = argv + split + 1;
    struct schema s = { 0 };
    struct migration *m;
    size_t n_migrations = schema_load(&s, argv + 2, (size_t)split - 2, &m);
    if (strcmp(argv[1], "query") == 0 && n == 3) {
        query_command(&s, args);
    } else if (strcmp(argv[1], "tables") == 0 && n == 2) {
        tables_command(&s, args);
    } else if (strcmp(argv[1], "list") == 0) {
        list_command(&s, args, n);
    } else if (strcmp(argv[1], "migrations") == 0 && n <= 2) {
        FILE *f = out_open(args[0]);
        emit_migrations(f, n == 2 ? args[1] : "db_migrations", m, n_migrations);
        out_close(f, args[0]);
    } else {
        fprintf(stderr, "sqlc: unknown command %s\n", argv[1]);
        return 2;
    }
    sqlite3_close(s.db);
    return 0;
}
