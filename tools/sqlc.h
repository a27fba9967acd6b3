/* What the files of tools/sqlc share: tokens, the schema, a query and its parts. Memory is
 * never given back. */
#ifndef SQLC_H
#define SQLC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Print "file:line: message" and exit with 1. */
_Noreturn void fail(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void *keep(size_t n); /* zeroed memory that lives as long as the tool */
char *keepn(const char *s, size_t n);
char *keepf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *file_text(const char *path);
void c_string(FILE *f, const char *s); /* as a C literal, one line of source a line of text */

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_QUOTED,
    TOKEN_STRING,
    TOKEN_NUMBER,
    TOKEN_PARAM,
    TOKEN_PUNCT
};
struct token {
    enum token_kind kind;
    const char *s; /* as written; of TOKEN_QUOTED and TOKEN_PARAM what is inside the quotes or
                      after the dollar */
    int line;
    bool space; /* white space or a comment stood before it */
};
struct tokens {
    struct token *at; /* ended by TOKEN_END */
    size_t n;
    bool *commented; /* by line: a comment stands there */
    int n_lines;
};
/* Tokens of text, whose first line has the given number. */
struct tokens lex(const char *file, int line, const char *text);
bool token_is(const struct token *t, const char *word); /* a word in any case, or punctuation */
bool token_in(const struct token *t, const char *const *words); /* list ended by NULL */
/* The index after the parenthesis that closes the one at i. */
size_t token_close(const char *file, const struct tokens *t, size_t i);

enum type {
    TYPE_NONE,
    TYPE_ID,
    TYPE_INT,
    TYPE_REAL,
    TYPE_TEXT,
    TYPE_BLOB,
    TYPE_TIME,
    TYPE_MONEY,
    TYPE_PERIOD,
    TYPE_BOOL
};
struct type_info {
    const char *name, *c, *constant, *sqlite, *pg;
    bool null_member; /* a nullable one needs a bool beside it */
};
extern const struct type_info type_info[];
enum type type_of(const char *name, size_t n); /* TYPE_NONE when unknown */

struct column {
    const char *name;
    enum type type;
    bool null_ok;
    const char *doc; /* its comment; of tables only */
};
struct table {
    const char *name, *doc;
    struct column *cols;
    size_t n_cols;
    bool gone;
};
struct schema {
    struct table *tables;
    size_t n_tables;
    struct sqlite3 *db; /* in memory, migrated */
};
struct migration {
    int number;
    const char *name; /* "0001_core" */
    char *sqlite, *pg;
    char digest[65];
};
/* Read migrations in order (with their .pg.sql files among them), apply them to s, describe
 * them in ret. */
size_t schema_load(struct schema *s, char **paths, size_t n, struct migration **ret);
struct table *schema_table(const struct schema *s, const char *name);
const struct column *table_column(const struct table *t, const char *name);

struct query {
    const char *file, *where; /* as opened, as named in messages of the program */
    int line;
    const char *name;
    const char *doc; /* lines ended by newlines */
    struct tokens tokens;
    bool audit, unlimited;
    bool writes, limited;
    struct column *params, *cols;
    size_t n_params, n_cols;
    const char *sqlite, *pg;
    const char *table; /* audit only */
};
struct query_file {
    const char *name; /* "people/unit.sql" */
    struct query *at;
    size_t n;
};
/* Read a .sql file and check every query of it against the schema. */
struct query_file queries_load(const struct schema *s, const char *path);
/* Refuse what only one of the databases understands, or both in different ways. */
void portable_check(const struct query *q);

void emit_header(FILE *f, const struct query_file *qf);
void emit_source(FILE *f, const struct query_file *qf);
void emit_query(FILE *f, const struct query *q,
                bool with_rows); /* const struct query NAME_query and its tables */
void emit_migrations(FILE *f, const char *symbol, const struct migration *m, size_t n);

#endif
