/*
 * sqlc: a .sql file of named queries. A query is
 *
 *   -- :name [@audit]
 *   -- A sentence that becomes the comment of its functions.
 *   SELECT … $param:type … ;
 *
 * and, where one text cannot serve both databases, under it "-- :name @pg", a comment saying
 * why, and the other text.
 *
 * The types of the result come from the schema for plain columns of a table; a computed column,
 * or one of an outer join, a subquery or a UNION, states its own: AS "n:int", AS "v:real?". The
 * tool reads SQL only so far as it must to find the list of results and what they are selected
 * from; that it is right SQL is SQLite's to say.
 */
#include "sqlc.h"

#include <ctype.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A table named after FROM, JOIN, INTO or UPDATE at the top level of a query. */
struct source {
    const char *alias;
    const struct table *table; /* NULL: a subquery, or a name from WITH */
    bool outer;
};
struct scope {
    struct source at[16];
    size_t n;
    bool unions;
};

static const char *const clause_ends[] = { "WHERE",     "GROUP",     "HAVING", "WINDOW",
                                           "ORDER",     "LIMIT",     "UNION",  "EXCEPT",
                                           "INTERSECT", "RETURNING", ";",      NULL };

/* The first of the words at the top level from i on; n when there is none. */
static size_t find_top(const struct query *q, size_t i, const char *const *words)
{
    const struct tokens *t = &q->tokens;
    while (i < t->n && !token_in(&t->at[i], words))
        i = token_is(&t->at[i], "(") ? token_close(q->file, t, i) : i + 1;
    return i;
}

static size_t find_word(const struct query *q, size_t i, const char *word)
{
    return find_top(q, i, (const char *const[]){ word, NULL });
}

static void source_add(const struct query *q, const struct schema *s, struct scope *sc,
                       size_t i, bool outer)
{
    static const char *const not_alias[] = { "ON",    "USING",   "JOIN",    "LEFT",   "INNER",
                                             "CROSS", "SET",     "DEFAULT", "VALUES", "SELECT",
                                             "WITH",  "NATURAL", ",",       "(",      NULL };
    const struct token *t = q->tokens.at;
    if (sc->n == COUNT(sc->at))
        fail(q->file, t[i].line, "too many tables in one query");
    struct source src = { .outer = outer };
    size_t next = i + 1;
    if (token_is(&t[i], "("))
        next = token_close(q->file, &q->tokens, i);
    else
        src.alias = t[i].s, src.table = schema_table(s, t[i].s);
    if (token_is(&t[next], "AS"))
        src.alias = t[next + 1].s;
    else if (t[next].kind == TOKEN_WORD && !token_in(&t[next], not_alias) &&
             !token_in(&t[next], clause_ends))
        src.alias = t[next].s;
    sc->at[sc->n++] = src;
}

/* The tables of FROM … at i, up to the next clause. */
static void sources_read(const struct query *q, const struct schema *s, struct scope *sc,
                         size_t i)
{
    const struct token *t = q->tokens.at;
    size_t end = find_top(q, i, clause_ends);
    for (size_t j = i; j < end;) {
        if (token_is(&t[j], "RIGHT") || token_is(&t[j], "FULL") || token_is(&t[j], "NATURAL"))
            fail(q->file, t[j].line, "%s JOIN: write it with LEFT JOIN … ON or JOIN … ON",
                 t[j].s);
        if (token_is(&t[j], "FROM") || token_is(&t[j], "JOIN") || token_is(&t[j], ",")) {
            bool outer = j > 0 && (token_is(&t[j - 1], "LEFT") || token_is(&t[j - 1], "OUTER"));
            source_add(q, s, sc, j + 1, outer);
        }
        j = token_is(&t[j], "(") ? token_close(q->file, &q->tokens, j) : j + 1;
    }
}

/* The column a plain name or alias.name means; NULL when the tool cannot be sure of it. */
static const struct column *scope_column(const struct scope *sc, const char *alias,
                                         const char *name, bool *ret_outer)
{
    const struct column *found = NULL;
    for (size_t i = 0; i < sc->n; i++) {
        const struct source *src = &sc->at[i];
        if (alias != NULL && (src->alias == NULL || strcasecmp(src->alias, alias) != 0))
            continue;
        if (src->table == NULL)
            return NULL;
        const struct column *c = table_column(src->table, name);
        if (c != NULL)
            found = c, *ret_outer = src->outer;
    }
    return found;
}

static bool name_in(const char *s, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(*words, s) == 0)
            return true;
    }
    return false;
}

static void name_check(const struct query *q, int line, const char *what, const char *s)
{
    static const char *const keywords[] = {
        "auto",     "break",  "case",   "char",     "const",  "continue", "default", "do",
        "double",   "else",   "enum",   "extern",   "float",  "for",      "goto",    "if",
        "inline",   "int",    "long",   "register", "return", "restrict", "short",   "signed",
        "sizeof",   "static", "struct", "switch",   "bool",   "typedef",  "union",   "unsigned",
        "volatile", "void",   "while",  "true",     "false",  NULL
    };
    static const char *const arguments[] = { "snap",  "tx",          "arena", "ret",
                                             "ret_n", "ret_changed", "e",     NULL };
    size_t n = strlen(s);
    for (const char *p = s; *p; p++) {
        if (!islower((unsigned char)*p) && *p != '_' && !(isdigit((unsigned char)*p) && p > s))
            fail(q->file, line, "%s \"%s\": use a-z, 0-9 and _", what, s);
    }
    if (n == 0 || s[n - 1] == '_' || name_in(s, keywords) ||
        (strcmp(what, "parameter") == 0 && name_in(s, arguments)))
        fail(q->file, line,
             "%s \"%s\" means something in the generated C: give it another name", what, s);
}

/* "name:type?" into c; false when s has no colon. */
static bool typed_name(const struct query *q, int line, const char *s, struct column *c)
{
    const char *colon = strchr(s, ':');
    if (colon == NULL)
        return false;
    size_t n = strlen(colon + 1);
    c->null_ok = n > 0 && colon[n] == '?';
    c->type = type_of(colon + 1, n - c->null_ok);
    c->name = keepn(s, (size_t)(colon - s));
    if (c->type == TYPE_NONE)
        fail(q->file, line,
             "\"%s\": no such type; one of: id int real text blob time money period bool", s);
    return true;
}

/* One result in tokens [i, end). */
static struct column result_read(const struct query *q, const struct scope *sc, size_t i,
                                 size_t end)
{
    const struct token *t = q->tokens.at;
    struct column c = { 0 };
    if (i >= end)
        fail(q->file, t[i].line, "an empty result");
    const struct token *alias =
        end - i >= 3 && token_is(&t[end - 2], "AS") ? &t[end - 1] : NULL;
    size_t stop = alias ? end - 2 : end;
    if (alias != NULL && alias->kind == TOKEN_QUOTED &&
        typed_name(q, alias->line, alias->s, &c)) {
        name_check(q, alias->line, "result", c.name);
        return c;
    }
    bool plain = stop - i == 1 && t[i].kind == TOKEN_WORD;
    bool dotted = stop - i == 3 && t[i].kind == TOKEN_WORD && token_is(&t[i + 1], ".") &&
                  t[i + 2].kind == TOKEN_WORD;
    bool outer = false;
    const struct column *found = NULL;
    if (plain || dotted)
        found = scope_column(sc, dotted ? t[i].s : NULL, t[stop - 1].s, &outer);
    if (found == NULL || sc->unions || (outer && !found->null_ok))
        fail(q->file, t[i].line,
             "this result is computed, of an outer join, a subquery or a UNION: state its "
             "type, AS \"%s:type\" (type? when it may be null)",
             alias             ? alias->s
             : plain || dotted ? t[stop - 1].s
                               : "name");
    c = *found;
    c.name = alias ? alias->s : t[stop - 1].s;
    name_check(q, t[i].line, "result", c.name);
    return c;
}

static void results_read(struct query *q, const struct scope *sc, size_t i, size_t end)
{
    const struct token *t = q->tokens.at;
    q->cols = keep((end - i + 1) * sizeof(*q->cols));
    while (i < end) {
        size_t stop = find_word(q, i, ",");
        if (stop > end)
            stop = end;
        struct column c = result_read(q, sc, i, stop);
        for (size_t k = 0; k < q->n_cols; k++) {
            if (strcmp(q->cols[k].name, c.name) == 0)
                fail(q->file, t[i].line, "two results are called %s", c.name);
        }
        q->cols[q->n_cols++] = c;
        i = stop + 1;
    }
}

/* FROM at the top level that is not part of IS [NOT] DISTINCT FROM. */
static size_t find_from(const struct query *q, size_t i)
{
    const struct token *t = q->tokens.at;
    for (;;) {
        i = find_top(q, i,
                     (const char *const[]){ "FROM", "WHERE", "GROUP", "ORDER", "LIMIT", "UNION",
                                            "EXCEPT", "INTERSECT", ";", NULL });
        if (i < 2 || !token_is(&t[i], "FROM") || !token_is(&t[i - 1], "DISTINCT") ||
            token_is(&t[i - 2], "SELECT"))
            return i;
        i++;
    }
}

/* NULLs sort first in SQLite and last in PostgreSQL. */
static void order_check(const struct query *q, const struct scope *sc)
{
    const struct token *t = q->tokens.at;
    size_t i = find_word(q, 0, "ORDER"), n = q->tokens.n;
    if (i >= n)
        return;
    size_t end = find_word(q, i, "LIMIT");
    for (i += 2; i < end;) {
        size_t stop = find_word(q, i, ",");
        stop = stop > end ? end : stop;
        bool dotted = token_is(&t[i + 1], "."), said = false, outer = false;
        const char *name = dotted ? t[i + 2].s : t[i].s;
        const struct column *c = NULL;
        for (size_t k = 0; k < q->n_cols && !dotted; k++)
            c = strcmp(q->cols[k].name, name) == 0 ? &q->cols[k] : c;
        if (c == NULL)
            c = scope_column(sc, dotted ? t[i].s : NULL, name, &outer);
        for (size_t j = i; j < stop; j++)
            said = said || token_is(&t[j], "NULLS");
        if (c != NULL && (c->null_ok || outer) && !said)
            fail(q->file, t[i].line,
                 "ORDER BY %s: it may be null; say NULLS FIRST or NULLS LAST (the databases "
                 "differ)",
                 name);
        i = stop + 1;
    }
}

static void statement_read(struct query *q, const struct schema *s)
{
    const struct token *t = q->tokens.at;
    static const char *const verbs[] = {
        "SELECT", "INSERT", "UPDATE", "DELETE", "VALUES", NULL
    };
    struct scope sc = { 0 };
    size_t verb = find_top(q, 0, verbs), n = q->tokens.n;
    if (verb >= n || token_is(&t[verb], "VALUES"))
        fail(q->file, q->line, "a query begins with SELECT, INSERT, UPDATE, DELETE or WITH");
    q->limited = find_word(q, verb, "LIMIT") < n;
    if (token_is(&t[verb], "SELECT")) {
        static const char *const compounds[] = { "UNION", "EXCEPT", "INTERSECT", NULL };
        sc.unions = find_top(q, verb, compounds) < n;
        size_t from = find_from(q, verb + 1), first = verb + 1;
        if (token_is(&t[from], "FROM"))
            sources_read(q, s, &sc, from);
        first += token_is(&t[first], "DISTINCT") || token_is(&t[first], "ALL");
        results_read(q, &sc, first, from);
        if (q->limited && find_word(q, verb, "ORDER") >= n)
            fail(q->file, q->line, "a LIMIT without ORDER BY gives any rows");
    } else {
        q->writes = true;
        size_t at = token_is(&t[verb], "UPDATE") ? verb + 1 : verb + 2;
        source_add(q, s, &sc, at, false);
        size_t returning = find_word(q, verb, "RETURNING");
        if (returning < n)
            results_read(q, &sc, returning + 1, find_word(q, returning, ";"));
    }
    if (!q->writes)
        order_check(q, &sc);
    if (q->audit) {
        q->table = sc.n >= 1 && sc.at[0].table ? sc.at[0].table->name : NULL;
        if (q->writes || q->table == NULL || q->n_params > 0 ||
            strcmp(q->cols[0].name, "record_id") != 0)
            fail(q->file, q->line,
                 "an @audit query selects record_id and the canonical columns of a table (the "
                 "first after FROM), "
                 "without parameters");
        if (find_word(q, verb, "ORDER") >= n)
            fail(q->file, q->line, "an @audit query has an ORDER BY");
        q->unlimited = true;
    }
}

/* Number the parameters by first appearance; of a variant, look them up in the query it belongs
 * to. */
static size_t param_index(struct query *q, const struct query *of, const struct token *t)
{
    struct column c = { 0 };
    bool typed = typed_name(q, t->line, t->s, &c);
    const char *name = typed ? c.name : t->s;
    const struct query *known = of ? of : q;
    for (size_t i = 0; i < known->n_params; i++) {
        const struct column *p = &known->params[i];
        if (strcmp(p->name, name) != 0)
            continue;
        if (typed && (p->type != c.type || p->null_ok != c.null_ok))
            fail(q->file, t->line, "$%s had another type before", name);
        return i;
    }
    if (of != NULL)
        fail(q->file, t->line, "$%s is not a parameter of the query this is a variant of",
             name);
    if (!typed)
        fail(q->file, t->line, "$%s needs a type where it first stands: $%s:text", name, name);
    name_check(q, t->line, "parameter", name);
    if (q->n_params == 64)
        fail(q->file, t->line, "more than 64 parameters");
    q->params[q->n_params] = c;
    return q->n_params++;
}

/* The text for one database, on one line. */
static const char *text_make(struct query *q, const struct query *of, char mark)
{
    char *s = NULL;
    size_t n;
    FILE *f = open_memstream(&s, &n);
    for (size_t i = 0; i < q->tokens.n; i++) {
        const struct token *t = &q->tokens.at[i];
        if (token_is(t, ";"))
            break;
        if (t->space && i > 0)
            fputc(' ', f);
        if (t->kind == TOKEN_PARAM)
            fprintf(f, "%c%zu", mark, param_index(q, of, t) + 1);
        else if (t->kind == TOKEN_QUOTED && i > 0 && token_is(t - 1, "AS"))
            fprintf(f, "\"%.*s\"", (int)strcspn(t->s, ":"), t->s);
        else if (t->kind == TOKEN_QUOTED)
            fprintf(f, "\"%s\"", t->s);
        else
            fputs(t->s, f);
    }
    fclose(f);
    char *r = keepn(s, n);
    free(s);
    return r;
}

/* Let SQLite judge the text; its message names the place within it, which becomes a line of the
 * file. */
static void prepare(const struct schema *s, const struct query *q)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(s->db, q->sqlite, -1, &st, NULL) != SQLITE_OK) {
        int at = sqlite3_error_offset(s->db), line = q->tokens.at[0].line;
        size_t pos = 0;
        for (size_t i = 0; i < q->tokens.n && at >= 0 && (int)pos <= at; i++) {
            line = q->tokens.at[i].line;
            const char *found = strstr(
                q->sqlite + pos, q->tokens.at[i].kind == TOKEN_PARAM ? "?" : q->tokens.at[i].s);
            pos = found && found - q->sqlite <= at ? (size_t)(found - q->sqlite) + 1 : pos + 1;
        }
        fail(q->file, line, "query %s: %s", q->name, sqlite3_errmsg(s->db));
    }
    if (sqlite3_column_count(st) != (int)q->n_cols)
        fail(q->file, q->line, "query %s: SQLite sees %d results, sqlc %zu", q->name,
             sqlite3_column_count(st), q->n_cols);
    if ((sqlite3_stmt_readonly(st) != 0) == q->writes)
        fail(q->file, q->line, "query %s: it is not clear whether it writes", q->name);
    sqlite3_finalize(st);
}

struct block {
    const char *name;
    int line;
    bool audit, pg, unlimited;
    char *doc, *sql;
    int sql_line;
};

/* "-- :name @flag" at p. */
static void head_read(const char *file, struct block *b, const char *p, const char *end)
{
    const char *stop = p + strcspn(p, " \t\n");
    b->name = keepn(p, (size_t)(stop - p));
    for (p = stop; p < end;) {
        p += strspn(p, " \t");
        size_t n = strcspn(p, " \t\n");
        if (n == 6 && strncmp(p, "@audit", n) == 0)
            b->audit = true;
        else if (n == 3 && strncmp(p, "@pg", n) == 0)
            b->pg = true;
        else if (n > 0)
            fail(file, b->line, "\"%.*s\": only @audit and @pg are known here", (int)n, p);
        p += n ? n : 1;
    }
}

/* The next block at *pp, whose line is *line; false at the end of the file. */
static bool block_read(const char *file, const char **pp, int *line, struct block *b)
{
    char *doc = NULL, *sql = NULL;
    size_t n;
    *b = (struct block){ 0 };
    FILE *d = open_memstream(&doc, &n), *s = open_memstream(&sql, &n);
    const char *p = *pp;
    while (*p) {
        const char *end = strchrnul(p, '\n'), *text = p + strspn(p, " \t");
        bool head = strncmp(p, "-- :", 4) == 0, comment = strncmp(text, "--", 2) == 0;
        if (head && b->name != NULL)
            break;
        if (head) {
            b->line = *line;
            head_read(file, b, p + 4, end);
        } else if (b->name == NULL && !comment && text < end) {
            fail(file, *line, "a query begins with: -- :name");
        } else if (b->name != NULL && comment && b->sql_line == 0) {
            text += 2 + (text[2] == ' ');
            fprintf(d, "%.*s\n", (int)(end - text), text);
            b->unlimited = b->unlimited || strncmp(text, "unlimited: ", 11) == 0;
        } else if (b->name != NULL && (text < end || b->sql_line)) {
            b->sql_line = b->sql_line ? b->sql_line : *line;
            fprintf(s, "%.*s\n", (int)(end - p), p);
        }
        *line += *end == '\n';
        p = *end ? end + 1 : end;
    }
    fclose(d), fclose(s);
    b->doc = keepf("%s", doc), b->sql = keepf("%s", sql);
    free(doc), free(sql);
    *pp = p;
    return b->name != NULL;
}

static void block_check(const char *file, const struct block *b, const struct tokens *t)
{
    if (b->doc[0] == '\0')
        fail(file, b->line, "query %s: a sentence above it says what it is for%s", b->name,
             b->pg ? " (here: why PostgreSQL needs its own text)" : "");
    if (t->n == 0)
        fail(file, b->line, "query %s has no text", b->name);
    for (size_t i = 0; i < t->n; i++) {
        if (token_is(&t->at[i], ";") != (i + 1 == t->n))
            fail(file, t->at[i].line, "query %s: one statement, ended by \";\"", b->name);
    }
}

static void query_read(const struct schema *s, struct query_file *qf, const char *file,
                       const struct block *b, bool has_pg)
{
    struct query q = { .file = file,
                       .line = b->line,
                       .name = b->name,
                       .doc = b->doc,
                       .audit = b->audit,
                       .unlimited = b->unlimited };
    q.where = keepf("%s:%d", qf->name, b->line);
    q.tokens = lex(file, b->sql_line, b->sql);
    block_check(file, b, &q.tokens);
    struct query *same = NULL;
    for (size_t i = 0; i < qf->n; i++)
        same = strcmp(qf->at[i].name, b->name) == 0 ? &qf->at[i] : same;
    if (b->pg) {
        if (same == NULL)
            fail(file, b->line, "%s @pg stands under the query %s it is a variant of", b->name,
                 b->name);
        same->pg = text_make(&q, same, '$');
        return;
    }
    if (same != NULL)
        fail(file, b->line, "query %s is there twice", b->name);
    q.params = keep((q.tokens.n + 1) * sizeof(*q.params));
    name_check(&q, b->line, "query", q.name);
    q.sqlite = text_make(&q, NULL, '?');
    if (!has_pg)
        portable_check(&q);
    statement_read(&q, s);
    prepare(s, &q);
    q.pg = text_make(&q, NULL, '$');
    qf->at[qf->n++] = q;
}

struct query_file queries_load(const struct schema *s, const char *path)
{
    char *text = file_text(path);
    const char *name = path, *p = text;
    for (const char *src = path; (src = strstr(src, "src/")) != NULL; src += 4)
        name = src + 4;
    size_t n = 1;
    struct block b;
    for (const char *h = text; (h = strstr(h, "-- :")) != NULL; h += 4)
        n++;
    struct query_file qf = { .name = name, .at = keep(n * sizeof(*qf.at)) };
    for (int line = 1; block_read(path, &p, &line, &b);)
        query_read(s, &qf, path, &b, strstr(text, keepf("-- :%s @pg\n", b.name)) != NULL);
    if (qf.n == 0)
        fail(path, 1, "there is no query in it");
    return qf;
}
