/* sqlc: what is refused because the two databases would not do the same. A query with an @pg
 * variant may use it. */
#include "sqlc.h"

#include <string.h>

static const struct {
    const char *word, *instead;
} refused[] = {
    { "::", "write CAST(x AS type)" },
    { "==", "write =" },
    { "json_extract", "store what is asked for in a column" },
    { "->", "store what is asked for in a column" },
    { "group_concat", "read the rows and join them in C" },
    { "string_agg", "read the rows and join them in C" },
    { "instr", "write LIKE" },
    { "strpos", "write LIKE" },
    { "glob", "write LIKE" },
    { "ilike", "LIKE heeds case on both" },
    { "regexp", "write LIKE" },
    { "ifnull", "write coalesce" },
    { "nvl", "write coalesce" },
    { "iif", "write CASE" },
    { "total", "write coalesce(sum(x), 0)" },
    { "rowid", "name the column id" },
    { "replace", "write INSERT … ON CONFLICT … DO UPDATE" },
    { "strftime", "hand the time in as a parameter" },
    { "datetime", "hand the time in as a parameter" },
    { "julianday", "hand the time in as a parameter" },
    { "now", "hand the time in as a parameter" },
    { "current_timestamp", "hand the time in as a parameter" },
    { "current_date", "hand the time in as a parameter" },
    { "random", "hand random numbers in as parameters" },
    { "last_insert_rowid", "write RETURNING id" },
    { "greatest", "write CASE" },
    { "least", "write CASE" },
    { "any", "write IN (SELECT …)" },
    { "strict", "our types are checked by sqlc" },
    { "autoincrement", "the type id does this" },
};

/* Whether the function called at i, "(" following, has two arguments or more. */
static bool two_arguments(const struct query *q, size_t i)
{
    size_t end = token_close(q->file, &q->tokens, i + 1);
    int depth = 0;
    for (size_t j = i + 1; j < end; j++) {
        const struct token *t = &q->tokens.at[j];
        depth += token_is(t, "(") - token_is(t, ")");
        if (depth == 1 && token_is(t, ","))
            return true;
    }
    return false;
}

void portable_check(const struct query *q)
{
    static const char *const before_star[] = { "SELECT", "DISTINCT",  "ALL", ",",
                                               ".",      "RETURNING", NULL };
    for (size_t i = 0; i < q->tokens.n; i++) {
        const struct token *t = &q->tokens.at[i];
        for (size_t k = 0; k < COUNT(refused); k++) {
            if (token_is(t, refused[k].word) &&
                !(i > 0 && (token_is(t - 1, ".") || token_is(t - 1, "AS"))))
                fail(q->file, t->line, "query %s: %s is not portable: %s", q->name, t->s,
                     refused[k].instead);
        }
        if (token_is(t, "*") && i > 0 && token_in(t - 1, before_star))
            fail(q->file, t->line, "query %s: name the columns instead of *", q->name);
        if (token_is(t, "INSERT") && token_is(t + 1, "OR"))
            fail(q->file, t->line, "query %s: INSERT OR is not portable: write ON CONFLICT",
                 q->name);
        bool call = t->kind == TOKEN_WORD && token_is(t + 1, "(");
        if (call && token_is(t, "round") && two_arguments(q, i))
            fail(q->file, t->line, "query %s: round(x, n) is not portable: round in C",
                 q->name);
        if (call && (token_is(t, "max") || token_is(t, "min")) && two_arguments(q, i))
            fail(q->file, t->line, "query %s: %s(a, b) is not portable: write CASE", q->name,
                 t->s);
    }
}
