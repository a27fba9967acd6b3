/*
 * The data line of a template and what is made of it: the C struct, the JSON writer, the JSON
 * schema. The three come from one tree of fields, so that a page, its API and the API's
 * description cannot drift apart.
 */
#include "tplc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 4 };

static const struct {
    const char *name;
    enum kind kind;
    const char *format;
} types[] = {
    { "text", K_TEXT, NULL },       { "int", K_INT, NULL },
    { "real", K_REAL, NULL },       { "bool", K_BOOL, NULL },
    { "money", K_MONEY, NULL },     { "time", K_TIME, NULL },
    { "period", K_PERIOD, NULL },   { "url", K_URL, NULL },
    { "score", K_REAL, "score" },   { "value", K_REAL, "value" },
    { "change", K_REAL, "change" }, { "percent", K_REAL, "percent" },
    { "count", K_INT, "count" },    { "bytes", K_INT, "bytes" },
    { "yuan", K_MONEY, "yuan" },    { "date", K_TIME, "date" },
    { "ago", K_TIME, "ago" },       { "svg", K_SVG, NULL },
};

/* ---- reading ---- */

static void skip(struct source *s)
{
    for (;;) {
        if (*s->p == '\n')
            s->line++;
        else if (!isspace((unsigned char)*s->p))
            return;
        s->p++;
    }
}

static bool eat(struct source *s, const char *what)
{
    skip(s);
    size_t n = strlen(what);
    if (strncmp(s->p, what, n) != 0)
        return false;
    s->p += n;
    return true;
}

static char *word(struct source *s, const char *what)
{
    skip(s);
    const char *at = s->p;
    while (islower((unsigned char)*s->p) || *s->p == '_' ||
           (s->p > at && isdigit((unsigned char)*s->p)))
        s->p++;
    if (s->p == at || isalnum((unsigned char)*s->p))
        fail(s, "expected %s ([a-z_][a-z0-9_]*) at \"%.20s\"", what, at);
    return copy(at, (size_t)(s->p - at));
}

/* Words that C or the generated code claims. */
static bool reserved(const char *name)
{
    static const char *const words[] = {
        "auto",     "break",  "case",   "char",     "const",  "continue", "default",
        "do",       "double", "else",   "enum",     "extern", "float",    "for",
        "goto",     "if",     "inline", "int",      "long",   "register", "return",
        "restrict", "short",  "signed", "sizeof",   "static", "struct",   "switch",
        "typedef",  "typeof", "union",  "unsigned", "void",   "while",    "volatile",
        "bool",     "true",   "false",  "loop",     "not",    "and",      "or",
        "in",       "asm",    "linux",  "unix",
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

const struct field *field_find(const struct field *of, const char *name, size_t n)
{
    for (size_t i = 0; i < of->n_sub; i++)
        if (strlen(of->sub[i].name) == n && memcmp(of->sub[i].name, name, n) == 0)
            return &of->sub[i];
    return NULL;
}

static void fields_read(struct source *s, struct data *d, struct field *of, const char *prefix,
                        int depth, char close);

/* `part web/pager`: the fields of another template, whose struct and writers are used. */
static void part_read(struct source *s, struct data *d, struct field *f)
{
    skip(s);
    size_t n = strcspn(s->p, " \t\n,;)#?");
    char *name = copy(s->p, n);
    s->p += n;
    struct source other = source_open(name, s);
    struct data of = { 0 };
    data_read(&other, &of);
    f->kind = K_OBJ;
    f->part = of.name;
    f->type = of.existing ? of.existing : format("struct %s_page", of.name);
    f->sub = of.root.sub;
    f->n_sub = of.root.n_sub;
    const char *header = format("%s.html.h", name);
    for (size_t i = 0; i < d->n_headers; i++)
        if (strcmp(d->headers[i], header) == 0)
            return;
    d->headers = grow(d->headers, d->n_headers + 1, sizeof(*d->headers));
    d->headers[d->n_headers++] = (char *)header;
}

static void type_read(struct source *s, struct data *d, struct field *f, const char *prefix,
                      int depth)
{
    char *type = format("struct %s_%s", prefix, f->name);
    if (f->list && eat(s, ":")) {
        f->kind = K_OBJ;
        f->type = type;
        fields_read(s, d, f, type + 7, depth + 1, 0);
        return;
    }
    if (!f->optional && eat(s, "(")) {
        f->kind = K_OBJ;
        f->type = type;
        fields_read(s, d, f, type + 7, depth + 1, ')');
        return;
    }
    char *name = word(s, "a type");
    if (strcmp(name, "part") == 0) {
        part_read(s, d, f);
    } else if (strcmp(name, "obj") == 0) {
        f->kind = K_OBJ;
        f->type = type;
        f->optional = eat(s, "?");
        if (!eat(s, "("))
            fail(s, "%s obj needs its members in parentheses", f->name);
        fields_read(s, d, f, type + 7, depth + 1, ')');
    } else {
        size_t i = 0, n = sizeof(types) / sizeof(types[0]);
        while (i < n && strcmp(types[i].name, name) != 0)
            i++;
        if (i == n)
            fail(s, "%s has the unknown type %s", f->name, name);
        f->kind = types[i].kind;
        f->format = types[i].format;
    }
    if (eat(s, "?"))
        f->optional = true;
    if (f->list && f->optional)
        fail(s, "%s: a list is empty, not optional", f->name);
}

/*
 * Fields until close, or with close 0 until what ends the enclosing list: `;` or `)` or `#}`,
 * which are left. At depth 0 a `;` separates like a comma.
 */
static void fields_read(struct source *s, struct data *d, struct field *of, const char *prefix,
                        int depth, char close)
{
    if (depth > DEPTH_MAX)
        fail(s, "lists and objects are nested deeper than %d", DEPTH_MAX);
    for (;;) {
        skip(s);
        if (close && *s->p == close) {
            s->p++;
            return;
        }
        bool end = s->p[0] == '#' && s->p[1] == '}';
        if (close && end)
            fail(s, "missing %c", close);
        if (end || (!close && depth > 0 && (*s->p == ';' || *s->p == ')')))
            return;
        struct field f = { .name = word(s, "a field's name") };
        if (reserved(f.name))
            fail(s, "%s is a reserved word", f.name);
        const char *counted = strncmp(f.name, "n_", 2) == 0 ? f.name + 2 : "";
        const struct field *list = field_find(of, counted, strlen(counted));
        if (field_find(of, f.name, strlen(f.name)) || (list && list->list))
            fail(s, "%s is declared twice", f.name);
        f.list = eat(s, "[]");
        type_read(s, d, &f, prefix, depth);
        if (depth == 0 && f.kind == K_OBJ && strcmp(f.name, "page") == 0)
            fail(s, "page is the name of the whole struct");
        of->sub = grow(of->sub, of->n_sub + 1, sizeof(*of->sub));
        of->sub[of->n_sub++] = f;
        skip(s);
        if (*s->p == ',' || (*s->p == ';' && (close || depth == 0)))
            s->p++;
        else if (!(close && *s->p == close) && !(s->p[0] == '#' && s->p[1] == '}') &&
                 !(*s->p == ';' || *s->p == ')'))
            fail(s, "expected , or ; after %s at \"%.20s\"", f.name, s->p);
    }
}

void data_read(struct source *s, struct data *ret)
{
    if (!eat(s, "{#") || !eat(s, "data") || !isspace((unsigned char)*s->p))
        fail(s, "a template begins with {# data NAME: fields #}");
    *ret = (struct data){ .name = word(s, "the page's name") };
    if (eat(s, "=")) {
        if (!eat(s, "struct"))
            fail(s, "expected struct NAME after =");
        ret->existing = format("struct %s", word(s, "the struct's name"));
    }
    if (eat(s, ":"))
        fields_read(s, ret, &ret->root, ret->name, 0, 0);
    if (!eat(s, "#}"))
        fail(s, "the data line ends with #}, not with \"%.20s\"", s->p);
    ret->root.kind = K_OBJ;
    /* The line end after the data line is not output. */
    if (*s->p == '\n') {
        s->p++;
        s->line++;
    }
}

/* ---- the struct ---- */

static const char *c_type(enum kind k)
{
    switch (k) {
    case K_TEXT:
    case K_URL:
    case K_SVG:
        return "const char *";
    case K_INT:
        return "int64_t ";
    case K_REAL:
        return "double ";
    case K_BOOL:
        return "bool ";
    case K_MONEY:
        return "struct money ";
    case K_TIME:
        return "struct utime ";
    case K_PERIOD:
        return "struct period ";
    case K_OBJ:
        break;
    }
    return "";
}

static void struct_write(struct buf *b, const struct field *of, const char *type)
{
    for (size_t i = 0; i < of->n_sub; i++)
        if (of->sub[i].kind == K_OBJ && !of->sub[i].part)
            struct_write(b, &of->sub[i], of->sub[i].type);
    buf_addf(b, "%s {\n", type);
    for (size_t i = 0; i < of->n_sub; i++) {
        const struct field *f = &of->sub[i];
        const char *c = f->kind == K_OBJ ? format("%s ", f->type) : c_type(f->kind);
        bool pointer = f->list || (f->kind == K_OBJ && f->optional);
        buf_addf(b, "    %s%s%s;\n", c, pointer ? "*" : "", f->name);
        if (f->list)
            buf_addf(b, "    size_t n_%s;\n", f->name);
        else if (f->optional && (f->kind & (K_INT | K_BOOL | K_MONEY)))
            buf_addf(b, "    bool %s_null;\n", f->name);
    }
    if (of->n_sub == 0)
        buf_add(b, "    char nothing; /* C has no empty structs */\n");
    buf_add(b, "};\n");
}

void data_header(struct buf *b, const struct data *d, const char *path)
{
    const char *n = d->name, *type = d->existing ? d->existing : format("struct %s_page", n);
    buf_addf(b, "/* Made from %s by tools/tplc. */\n#ifndef TPL_%s_H\n#define TPL_%s_H\n\n",
             path, n, n);
    for (size_t i = 0; i < d->n_headers; i++)
        buf_addf(b, "#include \"%s\"\n", d->headers[i]);
    buf_add(b, "#include \"web/page.h\"\n\n");
    if (!d->existing)
        struct_write(b, &d->root, type);
    buf_addf(b, "void %s_html(struct out *o, const %s *p);\n", n, type);
    buf_addf(b, "void %s_json(struct str *b, const %s *p);\n", n, type);
    buf_addf(b, "extern const struct page_kind %s_kind;\n", n);
    buf_addf(b,
             "static inline enum rc %s_render(struct rq *rq, const %s *p, struct err *e)\n{\n",
             n, type);
    buf_addf(b, "    return web_page(rq, &%s_kind, p, e);\n}\n\n#endif\n", n);
}

/* ---- JSON ---- */

static const char *json_call(enum kind k)
{
    switch (k) {
    case K_TEXT:
    case K_URL:
        return "json_text_null";
    case K_INT:
        return "json_int";
    case K_REAL:
        return "json_num";
    case K_BOOL:
        return "json_bool";
    case K_MONEY:
        return "json_money";
    case K_TIME:
        return "json_time";
    case K_PERIOD:
        return "json_period";
    case K_OBJ:
    case K_SVG:
        break;
    }
    return "";
}

static void json_members(struct buf *b, const struct field *of, const char *base, int depth);

static void json_one(struct buf *b, const struct field *f, const char *at, int depth)
{
    if (f->part) {
        buf_addf(b, "    %s_json(b, &%s);\n", f->part, at);
    } else if (f->kind == K_OBJ) {
        json_members(b, f, format("%s.", at), depth);
    } else if (!f->optional && (f->kind & (K_TEXT | K_URL))) {
        buf_addf(b, "    json_text(b, %s ? %s : \"\");\n", at, at);
    } else {
        if (f->optional && (f->kind & (K_INT | K_BOOL | K_MONEY)))
            buf_addf(b, "    if (%s_null)\n        str_addn(b, \"null\", 4);\n    else\n    ",
                     at);
        bool date = f->format && strcmp(f->format, "date") == 0;
        buf_addf(b, "    %s(b, %s);\n", date ? "json_date" : json_call(f->kind), at);
    }
}

static void json_members(struct buf *b, const struct field *of, const char *base, int depth)
{
    bool any = false;
    for (size_t i = 0; i < of->n_sub; i++) {
        const struct field *f = &of->sub[i];
        if (f->kind == K_SVG)
            continue; /* a drawing of data that are there as numbers */
        const char *at = format("%s%s", base, f->name);
        const char *head = format("%s\"%s\":%s", any ? "," : "{", f->name, f->list ? "[" : "");
        any = true;
        buf_add(b, "    str_addn(b, ");
        buf_literal(b, head, strlen(head));
        buf_addf(b, ", %zu);\n", strlen(head));
        if (f->list) {
            buf_addf(b, "    for (size_t i%d = 0; i%d < %sn_%s; i%d++) {\n", depth, depth, base,
                     f->name, depth);
            buf_addf(b, "    if (i%d)\n        str_addc(b, ',');\n", depth);
            json_one(b, f, format("%s[i%d]", at, depth), depth + 1);
            buf_add(b, "    }\n    str_addc(b, ']');\n");
        } else if (f->kind == K_OBJ && f->optional) {
            buf_addf(b, "    if (!%s)\n        str_addn(b, \"null\", 4);\n    else {\n", at);
            json_one(b, f, format("(*%s)", at), depth);
            buf_add(b, "    }\n");
        } else {
            json_one(b, f, at, depth);
        }
    }
    buf_add(b, any ? "    str_addc(b, '}');\n" : "    str_addn(b, \"{}\", 2);\n");
}

void data_json(struct buf *b, const struct data *d)
{
    const char *type = d->existing ? d->existing : format("struct %s_page", d->name);
    buf_addf(b, "void %s_json(struct str *b, const %s *p)\n{\n", d->name, type);
    json_members(b, &d->root, "p->", 0);
    buf_add(b, "}\n\n");
}

static const char *schema_type(enum kind k)
{
    switch (k) {
    case K_TEXT:
        return "\"type\":\"string\"";
    case K_URL:
        return "\"type\":\"string\",\"format\":\"uri-reference\"";
    case K_INT:
        return "\"type\":\"integer\"";
    case K_REAL:
        return "\"type\":[\"number\",\"null\"]";
    case K_BOOL:
        return "\"type\":\"boolean\"";
    case K_MONEY:
        return "\"type\":\"string\",\"pattern\":\"^-?[0-9]+\\\\.[0-9]{2}$\"";
    case K_TIME:
        return "\"type\":[\"string\",\"null\"],\"format\":\"date-time\"";
    case K_PERIOD:
        return "\"type\":[\"string\",\"null\"],\"pattern\":\"^[0-9]{4}(Q[1-4]|W[0-9]{2}|[0-9]{"
               "2}|[0-9]{4})?$\"";
    case K_OBJ:
    case K_SVG:
        break;
    }
    return "";
}

static void schema_object(struct buf *b, const struct field *of);

static void schema_field(struct buf *b, const struct field *f)
{
    bool null = f->optional && !f->list && !(f->kind & (K_REAL | K_TIME | K_PERIOD));
    if (f->list)
        buf_add(b, "{\"type\":\"array\",\"items\":");
    if (null)
        buf_add(b, "{\"anyOf\":[");
    if (f->kind == K_OBJ)
        schema_object(b, f);
    else if (f->format && strcmp(f->format, "date") == 0)
        buf_add(b, "{\"type\":[\"string\",\"null\"],\"format\":\"date\"}");
    else
        buf_addf(b, "{%s}", schema_type(f->kind));
    if (null)
        buf_add(b, ",{\"type\":\"null\"}]}");
    if (f->list)
        buf_add(b, "}");
}

static void schema_object(struct buf *b, const struct field *of)
{
    struct buf names = { 0 };
    buf_add(b, "{\"type\":\"object\",\"properties\":{");
    for (size_t i = 0; i < of->n_sub; i++) {
        if (of->sub[i].kind == K_SVG)
            continue;
        buf_addf(b, "%s\"%s\":", names.n ? "," : "", of->sub[i].name);
        schema_field(b, &of->sub[i]);
        buf_addf(&names, "%s\"%s\"", names.n ? "," : "", of->sub[i].name);
    }
    buf_addf(b, "},\"required\":[%s]}", names.n ? names.s : "");
}

void data_schema(struct buf *b, const struct data *d)
{
    schema_object(b, &d->root);
}
