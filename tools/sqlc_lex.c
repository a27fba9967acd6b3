/* sqlc: tokens of SQL, and the small things every file of the tool needs. It does not know what
 * statements mean. */
#include "sqlc.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void fail(const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s:%d: error: ", file, line);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(1);
}

/* One list of everything, so that a leak checker sees it as reachable. */
static struct block {
    struct block *next;
    max_align_t data[];
} * blocks;

void *keep(size_t n)
{
    struct block *b = calloc(1, sizeof(*b) + n);
    if (b == NULL)
        abort();
    b->next = blocks;
    blocks = b;
    return b->data;
}

char *keepn(const char *s, size_t n)
{
    char *p = keep(n + 1);
    memcpy(p, s, n);
    return p;
}

char *keepf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = keep((size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return p;
}

char *file_text(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail(path, 1, "cannot be opened");
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    char *p = keep((size_t)n + 1);
    if (fread(p, 1, (size_t)n, f) != (size_t)n || strlen(p) != (size_t)n)
        fail(path, 1, "cannot be read as text");
    fclose(f);
    return p;
}

void c_string(FILE *f, const char *s)
{
    fputc('"', f);
    for (; *s; s++) {
        if (*s == '\n')
            fputs(s[1] ? "\\n\"\n    \"" : "\\n", f);
        else if (*s == '"' || *s == '\\')
            fprintf(f, "\\%c", *s);
        else
            fputc(*s, f);
    }
    fputc('"', f);
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

/* The end of the quoted thing at p, whose quote is doubled inside. */
static const char *quoted_end(const char *file, int line, const char *p)
{
    char q = *p;
    for (const char *s = p + 1; *s && *s != '\n'; s++) {
        if (*s != q)
            continue;
        if (s[1] != q)
            return s + 1;
        s++;
    }
    fail(file, line, "a quote is not closed on its line");
}

static struct token lex_one(const char *file, int line, const char **pp)
{
    const char *p = *pp, *end = p + 1;
    struct token t = { .line = line };
    if (*p == '\'' || *p == '"') {
        end = quoted_end(file, line, p);
        t.kind = *p == '"' ? TOKEN_QUOTED : TOKEN_STRING;
        t.s = *p == '"' ? keepn(p + 1, (size_t)(end - p) - 2) : keepn(p, (size_t)(end - p));
    } else if (*p == '$') {
        while (word_char(*end))
            end++;
        if (*end == ':' && word_char(end[1])) {
            for (end++; word_char(*end);)
                end++;
            end += *end == '?';
        }
        t.kind = TOKEN_PARAM;
        t.s = keepn(p + 1, (size_t)(end - p) - 1);
    } else if (isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1]))) {
        while (word_char(*end) || *end == '.' ||
               ((*end == '-' || *end == '+') && tolower(end[-1]) == 'e'))
            end++;
        t.kind = TOKEN_NUMBER;
        t.s = keepn(p, (size_t)(end - p));
    } else if (word_char(*p)) {
        while (word_char(*end))
            end++;
        t.kind = TOKEN_WORD;
        t.s = keepn(p, (size_t)(end - p));
    } else {
        static const char *const pairs[] = { "::", "||", "<=", ">=", "<>",
                                             "!=", "==", "->", "<<", ">>" };
        for (size_t i = 0; i < COUNT(pairs); i++) {
            if (strncmp(p, pairs[i], 2) == 0)
                end = p + 2;
        }
        t.kind = TOKEN_PUNCT;
        t.s = keepn(p, (size_t)(end - p));
    }
    *pp = end;
    return t;
}

struct tokens lex(const char *file, int line, const char *text)
{
    struct tokens r = { .n_lines = line + 2 };
    for (const char *p = text; *p; p++)
        r.n_lines += *p == '\n';
    r.commented = keep((size_t)r.n_lines);
    r.at = keep((strlen(text) + 1) * sizeof(*r.at));
    bool space = false;
    for (const char *p = text; *p;) {
        if (*p == '\n') {
            line++, p++, space = true;
        } else if (isspace((unsigned char)*p)) {
            p++, space = true;
        } else if (p[0] == '-' && p[1] == '-') {
            r.commented[line] = true;
            p += strcspn(p, "\n");
            space = true;
        } else if (p[0] == '/' && p[1] == '*') {
            fail(file, line, "comments begin with --");
        } else {
            r.at[r.n] = lex_one(file, line, &p);
            r.at[r.n++].space = space;
            space = false;
        }
    }
    r.at[r.n] = (struct token){ .kind = TOKEN_END, .s = "", .line = line };
    return r;
}

bool token_is(const struct token *t, const char *word)
{
    return (t->kind == TOKEN_WORD || t->kind == TOKEN_PUNCT) && strcasecmp(t->s, word) == 0;
}

bool token_in(const struct token *t, const char *const *words)
{
    for (; *words; words++) {
        if (token_is(t, *words))
            return true;
    }
    return false;
}

size_t token_close(const char *file, const struct tokens *t, size_t i)
{
    int depth = 0;
    for (size_t j = i; j < t->n; j++) {
        depth += token_is(&t->at[j], "(") - token_is(&t->at[j], ")");
        if (depth == 0)
            return j + 1;
    }
    fail(file, t->at[i].line, "a parenthesis is not closed");
}

const struct type_info type_info[] = {
    [TYPE_NONE] = { "", "", "", "", "", false },
    [TYPE_ID] = { "id", "struct id ", "DB_ID", "INTEGER", "bigint", false },
    [TYPE_INT] = { "int", "int64_t ", "DB_INT", "INTEGER", "bigint", true },
    [TYPE_REAL] = { "real", "double ", "DB_REAL", "REAL", "double precision", false },
    [TYPE_TEXT] = { "text", "const char *", "DB_TEXT", "TEXT", "text COLLATE \"C\"", false },
    [TYPE_BLOB] = { "blob", "struct bytes ", "DB_BLOB", "BLOB", "bytea", false },
    [TYPE_TIME] = { "time", "struct utime ", "DB_TIME", "INTEGER", "bigint", false },
    [TYPE_MONEY] = { "money", "struct money ", "DB_MONEY", "INTEGER", "bigint", true },
    [TYPE_PERIOD] = { "period", "struct period ", "DB_PERIOD", "TEXT", "text COLLATE \"C\"",
                      false },
    [TYPE_BOOL] = { "bool", "bool ", "DB_BOOL", "INTEGER", "smallint", true },
};

enum type type_of(const char *name, size_t n)
{
    for (int t = TYPE_ID; t <= TYPE_BOOL; t++) {
        if (strlen(type_info[t].name) == n && strncmp(type_info[t].name, name, n) == 0)
            return (enum type)t;
    }
    return TYPE_NONE;
}
