/*
 * A template's text into C. One pass: literal text feeds a small HTML state machine, which
 * knows at every point what kind of place this is (text, a quoted attribute, an address, a
 * script); each {{ }} is checked against the place and escaped for it. Branches and loops must
 * leave the machine where they found it, so the state is known by construction.
 */
#include "tplc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- where we are in the HTML ---- */

enum place { TEXT, TAG_OPEN, TAG, NAME, AFTER_NAME, BEFORE_VALUE, VALUE, RAWTEXT };
enum url { URL_START, URL_LOCAL, URL_OTHER }; /* what of an address stands before here */
enum { NAME_MAX = 40 };

struct html {
    enum place place;
    char tag[NAME_MAX], attr[NAME_MAX],
        raw[NAME_MAX]; /* raw: script, style, textarea, title, pre: whose end we await */
    char quote;
    enum url url;
    char prefix[16];             /* first characters of an attribute's value */
    bool gap;                    /* a {% tag %} interrupted a name: it must not go on */
    bool post, src, data_script; /* of the tag being read: method=post; script with src; script
                                    type=application/json */
};

static bool is(const char *s, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(s, *list) == 0)
            return true;
    return false;
}

static bool url_attr(const struct html *h)
{
    static const char *const names[] = { "href",   "src",      "action",     "formaction",
                                         "poster", "cite",     "xlink:href", "ping",
                                         "data",   "manifest", "longdesc",   NULL };
    return is(h->attr, names);
}

static void push(const struct source *s, char *name, int c)
{
    size_t n = strlen(name);
    if (n + 1 >= NAME_MAX)
        fail(s, "the name %s… is too long", name);
    name[n] = (char)tolower(c);
    name[n + 1] = '\0';
}

static void value_begin(const struct source *s, struct html *h)
{
    static const char *const never[] = { "style", "srcdoc", "srcset", NULL };
    if (strncmp(h->attr, "on", 2) == 0 || is(h->attr, never))
        fail(s, "the attribute %s is refused: no inline script or style", h->attr);
    h->place = VALUE;
    h->url = URL_START;
    h->prefix[0] = '\0';
}

static void value_char(struct html *h, int c)
{
    size_t n = strlen(h->prefix);
    if (n + 1 < sizeof(h->prefix)) {
        h->prefix[n] = (char)c;
        h->prefix[n + 1] = '\0';
    }
    if (h->url == URL_START && n == 0)
        h->url = strchr("/?#", c) ? URL_LOCAL : URL_OTHER;
    /* An absolute address is only as far as its host given: what follows a slash there is a
     * path. */
    if (h->url == URL_OTHER &&
        (strcmp(h->prefix, "mailto:") == 0 || strcmp(h->prefix, "tel:") == 0))
        h->url = URL_LOCAL;
    if (h->url == URL_LOCAL && n == 1 && h->prefix[0] == '/' && (c == '/' || c == '\\'))
        h->url = URL_OTHER;
}

static void value_end(struct html *h)
{
    if (strcmp(h->tag, "form") == 0 && strcmp(h->attr, "method") == 0 &&
        strcasecmp(h->prefix, "post") == 0)
        h->post = true;
    if (strcmp(h->tag, "script") == 0 && strcmp(h->attr, "src") == 0)
        h->src = true;
    if (strcmp(h->tag, "script") == 0 && strcmp(h->attr, "type") == 0 &&
        strncmp(h->prefix, "application/jso", 15) == 0)
        h->data_script = true;
    h->attr[0] = '\0';
    h->place = TAG;
}

/* At the > of a tag. True when a form with method=post has begun. */
static bool tag_end(const struct source *s, struct html *h)
{
    static const char *const raw[] = { "script", "style", "textarea", "title", NULL };
    bool post = h->post;
    h->place = TEXT;
    if (strcmp(h->tag, "style") == 0 ||
        (strcmp(h->tag, "script") == 0 && !h->src && !h->data_script))
        fail(s, "<%s> is refused: no inline script or style", h->tag);
    if (strcmp(h->tag, "base") == 0)
        fail(s, "<base> is refused: it would move every address");
    if (is(h->tag, raw)) {
        h->place = RAWTEXT;
        memcpy(h->raw, h->tag, NAME_MAX);
    }
    if (strcmp(h->tag, "pre") == 0)
        memcpy(h->raw, h->tag, NAME_MAX);
    if (strcmp(h->tag, "/pre") == 0)
        h->raw[0] = '\0';
    h->post = h->src = false;
    h->attr[0] = '\0';
    return post;
}

/* One literal character at s->p. True when a post form has begun with it. */
static bool feed(const struct source *s, struct html *h)
{
    int c = (unsigned char)*s->p;
    switch (h->place) {
    case TEXT:
        if (c == '<' && strncmp(s->p, "<!--", 4) == 0)
            fail(s, "use {# … #} for comments: <!-- --> would be sent to everybody");
        if (c == '<' && (isalpha((unsigned char)s->p[1]) || s->p[1] == '/' || s->p[1] == '!')) {
            h->place = TAG_OPEN;
            h->tag[0] = '\0';
            h->post = h->src = h->data_script = false;
        } else if (c == '<') {
            fail(s, "write &lt; for a < that begins no tag");
        }
        return false;
    case TAG_OPEN:
        if (c == '>')
            return tag_end(s, h);
        if (isspace(c))
            h->place = TAG;
        else
            push(s, h->tag, c);
        return false;
    case TAG:
    case AFTER_NAME:
        if (h->gap && !isspace(c) && c != '>' && c != '/')
            fail(s, "a name in <%s is glued to {%% %%}: put a space there", h->tag);
        h->gap = false;
        if (c == '>')
            return tag_end(s, h);
        if (c == '=' && h->place == AFTER_NAME) {
            h->place = BEFORE_VALUE;
        } else if (c == '"' || c == '\'' || c == '=' || c == '<') {
            fail(s, "a stray %c in <%s", c, h->tag);
        } else if (!isspace(c) && c != '/') {
            h->place = NAME;
            h->attr[0] = '\0';
            push(s, h->attr, c);
        }
        return false;
    case NAME:
        if (c == '>')
            return tag_end(s, h);
        if (c == '=')
            h->place = BEFORE_VALUE;
        else if (isspace(c))
            h->place = AFTER_NAME;
        else if (c == '"' || c == '\'' || c == '<')
            fail(s, "a stray %c in <%s %s", c, h->tag, h->attr);
        else
            push(s, h->attr, c);
        return false;
    case BEFORE_VALUE:
        if (c != '"' && c != '\'')
            fail(s, "the value of %s must be in quotes", h->attr);
        h->quote = (char)c;
        value_begin(s, h);
        return false;
    case VALUE:
        if (c == h->quote)
            value_end(h);
        else if (c == '<' || c == '>')
            fail(s, "a %c in the value of %s: a quote may be missing; write &lt; or &gt;", c,
                 h->attr);
        else
            value_char(h, c);
        return false;
    case RAWTEXT: {
        size_t n = strlen(h->raw);
        if (c == '<' && s->p[1] == '/' && strncmp(s->p + 2, h->raw, n) == 0) {
            h->place = TAG_OPEN;
            h->tag[0] = '\0';
            h->raw[0] = '\0';
            h->data_script = false;
        } else if (c == '<') {
            fail(s, "write &lt; inside <%s>", h->raw);
        }
        return false;
    }
    }
    return false;
}

/* A {% tag %} comes: a name just read is complete, so that `<option{% if x %} selected{% end
 * %}>` can be written. */
static void settle(struct html *h)
{
    if (h->place == NAME || h->place == AFTER_NAME || (h->place == TAG_OPEN && h->tag[0])) {
        h->gap = true;
        h->place = TAG;
        h->attr[0] = '\0';
    }
}

/* What a template may continue from: the same place; how an address began is forgotten when it
 * differs. */
static void meet(const struct source *s, struct html *a, const struct html *b, const char *what)
{
    if (a->place != b->place || strcmp(a->raw, b->raw) != 0 ||
        a->data_script != b->data_script || a->post != b->post || a->src != b->src ||
        (a->place != TEXT && strcmp(a->tag, b->tag) != 0) ||
        (a->place == VALUE && (strcmp(a->attr, b->attr) != 0 || a->quote != b->quote)))
        fail(s, "%s must begin and end at the same place of the HTML", what);
    a->gap = a->gap || b->gap;
    if (a->url != b->url)
        a->url = URL_OTHER;
    if (strcmp(a->prefix, b->prefix) != 0)
        memcpy(a->prefix, "?", 2);
}

/* ---- names and their C expressions ---- */

struct scope { /* one loop variable */
    const char *name;
    const struct field *f; /* the list */
    const char *c;         /* C expression of the element, "v1" */
    bool pointer;
    int index;
    const char *count;
};
enum { SCOPES = 16, GUARDS = 32 };

struct page {
    const struct data *d;
    struct buf *b;
    struct buf lit; /* literal text not yet written */
    struct html h;
    struct scope scopes[SCOPES];
    size_t n_scopes;
    const char *guards[GUARDS]; /* C expressions known not to be NULL here */
    size_t n_guards;
    struct buf title, scripts, styles, body;
    bool bare;
    int names; /* counter for C names */
    int depth; /* of includes */
};

struct value {             /* what an expression stands for */
    const struct field *f; /* NULL for counts, loop.index and literals */
    enum kind kind;
    const char *c;     /* C expression */
    const char *null;  /* C expression that is true when there is no value, or NULL */
    const char *last;  /* the last name, for placeholders */
    const char *whole; /* the whole path with _ for dots */
    bool list;
};

static const struct field scalar_int = { .name = "count", .kind = K_INT };

static void skip(struct source *s)
{
    for (; isspace((unsigned char)*s->p); s->p++)
        if (*s->p == '\n')
            s->line++;
}

static bool eat(struct source *s, const char *what)
{
    skip(s);
    size_t n = strlen(what);
    if (strncmp(s->p, what, n) != 0 || (isalnum((unsigned char)what[n - 1]) &&
                                        (isalnum((unsigned char)s->p[n]) || s->p[n] == '_')))
        return false;
    s->p += n;
    return true;
}

static char *word(struct source *s)
{
    skip(s);
    const char *at = s->p;
    while (isalnum((unsigned char)*s->p) || *s->p == '_')
        s->p++;
    if (s->p == at)
        fail(s, "expected a name at \"%.20s\"", at);
    return copy(at, (size_t)(s->p - at));
}

static bool guarded(const struct page *g, const char *c)
{
    for (size_t i = 0; i < g->n_guards; i++)
        if (strcmp(g->guards[i], c) == 0)
            return true;
    return false;
}

static struct value loop_value(struct page *g, struct source *s, const char *name)
{
    if (g->n_scopes == 0)
        fail(s, "loop.%s outside of a for", name);
    const struct scope *sc = &g->scopes[g->n_scopes - 1];
    struct value v = { .kind = K_BOOL, .last = name, .whole = format("loop_%s", name) };
    if (strcmp(name, "index") == 0) {
        v.kind = K_INT;
        v.c = format("(int64_t)i%d + 1", sc->index);
    } else if (strcmp(name, "first") == 0) {
        v.c = format("(i%d == 0)", sc->index);
    } else if (strcmp(name, "last") == 0) {
        v.c = format("(i%d + 1 == %s)", sc->index, sc->count);
    } else {
        fail(s, "loop has index, first and last, not %s", name);
    }
    return v;
}

/* The variable or field a path begins with. *ret_pointer: members are reached by ->; *ret_safe:
 * it cannot be NULL. */
static struct value root(struct page *g, const struct source *s, const char *name,
                         bool *ret_pointer, bool *ret_safe)
{
    *ret_safe = true;
    for (size_t i = g->n_scopes; i-- > 0;) {
        const struct scope *sc = &g->scopes[i];
        *ret_pointer = sc->pointer;
        if (strcmp(sc->name, name) == 0)
            return (struct value){
                .f = sc->f, .kind = sc->f->kind, .c = sc->c, .last = name, .whole = name
            };
    }
    const struct field *f = field_find(&g->d->root, name, strlen(name));
    if (!f)
        fail(s, "%s is not in the data line of %s", name, g->d->name);
    const char *c = format("p->%s", name);
    *ret_pointer = f->kind == K_OBJ && f->optional;
    *ret_safe = !*ret_pointer || guarded(g, c);
    return (struct value){
        .f = f, .kind = f->kind, .list = f->list, .c = c, .last = name, .whole = name
    };
}

/* The C expression of a list's length: p->units -> p->n_units. */
static const char *length_of(const struct value *v)
{
    return format("%.*sn_%s", (int)(strlen(v->c) - strlen(v->f->name)), v->c, v->f->name);
}

/* a.b.c */
static struct value path(struct page *g, struct source *s)
{
    char *name = word(s);
    if (strcmp(name, "loop") == 0 && eat(s, "."))
        return loop_value(g, s, word(s));
    bool pointer, safe;
    struct value v = root(g, s, name, &pointer, &safe);
    while (*s->p == '.' && isalpha((unsigned char)s->p[1])) {
        s->p++;
        name = word(s);
        const char *whole = format("%s_%s", v.whole, name);
        if (v.list) {
            if (strcmp(name, "count") != 0)
                fail(s, "%s is a list: it has .count, not .%s; use for", v.last, name);
            v = (struct value){ .f = &scalar_int,
                                .kind = K_INT,
                                .c = format("(int64_t)%s", length_of(&v)),
                                .last = "count",
                                .whole = whole };
            continue;
        }
        if (v.kind != K_OBJ)
            fail(s, "%s has no members", v.last);
        if (!safe)
            fail(s, "%s may be absent: put this inside {%% if %s %%}", v.last, v.last);
        const struct field *f = field_find(v.f, name, strlen(name));
        if (!f)
            fail(s, "%s has no member %s", v.last, name);
        v = (struct value){ .f = f,
                            .kind = f->kind,
                            .list = f->list,
                            .c = format("%s%s%s", v.c, pointer ? "->" : ".", name),
                            .last = name,
                            .whole = whole };
        pointer = f->kind == K_OBJ && f->optional;
        safe = !pointer || guarded(g, v.c);
    }
    if (v.f->optional && !v.f->list && (v.kind & (K_INT | K_BOOL | K_MONEY)))
        v.null = format("%s_null", v.c);
    return v;
}

/* ---- output ---- */

static void flush(struct page *g)
{
    if (g->lit.n == 0)
        return;
    buf_add(g->b, "    out_lit(o, ");
    buf_literal(g->b, g->lit.s, g->lit.n);
    buf_addf(g->b, ", %zu);\n", g->lit.n);
    g->lit.n = 0;
}

static void line_mark(struct page *g, const struct source *s)
{
    buf_addf(g->b, "#line %d ", s->line);
    buf_literal(g->b, s->path, strlen(s->path));
    buf_add(g->b, "\n");
}

static const struct {
    const char *name;
    unsigned kinds;
    const char *c; /* function; NULL: handled by name */
    bool plain;    /* no characters that mean something in an address */
} formats[] = {
    { "score", K_REAL, "out_score", false },
    { "value", K_REAL, "out_value", false },
    { "change", K_REAL, "out_change", false },
    { "percent", K_REAL, "out_percent", false },
    { "exact", K_REAL, "out_exact", true },
    { "real", K_REAL, NULL, false },
    { "count", K_INT, "out_count", false },
    { "bytes", K_INT, "out_bytes", false },
    { "yuan", K_MONEY, "out_yuan", false },
    { "capital", K_MONEY, "out_capital", false },
    { "plain", K_MONEY, "out_plain_yuan", true },
    { "time", K_TIME, "out_time", false },
    { "date", K_TIME, "out_date", true },
    { "ago", K_TIME, "out_ago", false },
    { "iso", K_TIME, "out_iso", true },
    { "name", K_PERIOD, "out_period", false },
    { "code", K_PERIOD, "out_period_code", true },
    { "lines", K_TEXT, "out_lines", false },
    { "url", K_TEXT | K_URL, NULL, true },
    { "raw", K_TEXT, NULL, false },
    { "json", 0xffff & ~(unsigned)K_SVG, NULL, false },
};

static void raw_reviewed(struct source *s)
{
    struct source t = *s;
    if (!eat(&t, "}}") || !eat(&t, "{#"))
        fail(s, "| raw needs {# reviewed: NAME, why it is safe #} right after it");
    if (!eat(&t, "reviewed:"))
        fail(s, "| raw needs {# reviewed: NAME, why it is safe #} right after it");
    skip(&t);
    if (*t.p == '#')
        fail(s, "| raw needs the name of its reviewer");
}

/* A list or any value as JSON: a writer of its own before the page's functions. */
static void print_json(struct page *g, const struct source *s, const struct value *v)
{
    static const struct {
        enum kind kind;
        const char *fn;
    } writers[] = {
        { K_TEXT, "json_text_null" }, { K_URL, "json_text_null" }, { K_INT, "json_int" },
        { K_REAL, "json_num" },       { K_BOOL, "json_bool" },     { K_MONEY, "json_money" },
        { K_TIME, "json_time" },      { K_PERIOD, "json_period" },
    };
    if (v->kind == K_OBJ)
        fail(s,
             "| json is for values and lists of values; %s has members (the page's .json has "
             "it all)",
             v->last);
    const char *fn = "";
    for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++)
        if (writers[i].kind == v->kind)
            fn = writers[i].fn;
    buf_add(g->b, "    {\n    struct str j;\n    str_init(&j, o->a);\n");
    if (v->list) {
        buf_addf(g->b, "    str_addc(&j, '[');\n    for (size_t k = 0; k < %s; k++) {\n",
                 length_of(v));
        buf_addf(g->b,
                 "    if (k)\n        str_addc(&j, ',');\n    %s(&j, %s[k]);\n    }\n    "
                 "str_addc(&j, ']');\n",
                 fn, v->c);
    } else if (v->null) {
        buf_addf(g->b,
                 "    if (%s)\n        str_add(&j, \"null\");\n    else\n        %s(&j, %s);\n",
                 v->null, fn, v->c);
    } else {
        buf_addf(g->b, "    %s(&j, %s);\n", fn, v->c);
    }
    buf_addf(g->b, "    %s(o, j.s);\n    }\n",
             strcmp(g->h.raw, "script") == 0 ? "out_raw" : "out_text");
}

/* Where may a value stand, and is it an address? Fails when nowhere. */
static bool check_place(struct page *g, const struct source *s, const struct value *v,
                        const char *fmt)
{
    const struct html *h = &g->h;
    bool script = h->place == RAWTEXT && h->data_script;
    if (h->place == RAWTEXT && strcmp(h->raw, "script") == 0 &&
        !(script && strcmp(fmt, "json") == 0))
        fail(s, "{{ }} inside <script> is refused; in type=\"application/json\" use | json");
    if (h->place == TAG_OPEN || h->place == TAG || h->place == NAME || h->place == AFTER_NAME)
        fail(s, "{{ }} inside a tag but outside an attribute's value is refused");
    if (h->place == BEFORE_VALUE)
        fail(s, "{{ }} in an unquoted attribute is refused: write %s=\"{{ %s }}\"", h->attr,
             v->last);
    if (h->place == VALUE && url_attr(h)) {
        if (h->url == URL_START && v->kind != K_URL)
            fail(s, "%s=\"{{ %s }}\": an address begins with / ? # or with a field of type url",
                 h->attr, v->last);
        if (h->url == URL_START && strcmp(fmt, "url") != 0)
            fail(s, "%s: write {{ %s | url }}", h->attr, v->last);
        bool absolute =
            strncmp(h->prefix, "https://", 8) == 0 || strncmp(h->prefix, "http://", 7) == 0;
        if (h->url == URL_OTHER && !absolute)
            fail(s, "%s: an address must begin with / ? # https:// or a field of type url",
                 h->attr);
        return true;
    }
    if (strcmp(fmt, "url") == 0 && v->kind == K_TEXT)
        fail(s, "| url of a text belongs into an address (href, src, action)");
    if (strcmp(fmt, "lines") == 0 && (h->place != TEXT))
        fail(s, "| lines writes <br> and belongs into text");
    if (strcmp(fmt, "raw") == 0 && h->place != TEXT)
        fail(s, "| raw belongs into text");
    return false;
}

/* {{ path | format }} after the opening braces, up to and with the closing ones. */
static struct value print(struct page *g, struct source *s)
{
    struct value v = path(g, s);
    const char *fmt = "";
    int decimals = -1;
    if (eat(s, "|")) {
        fmt = word(s);
        skip(s);
        if (isdigit((unsigned char)*s->p))
            decimals = *s->p++ - '0';
    } else if (v.f && v.f->format) {
        fmt = v.f->format;
    }
    size_t i = 0, n = sizeof(formats) / sizeof(formats[0]);
    while (i < n && strcmp(formats[i].name, fmt) != 0)
        i++;
    if (*fmt && i == n)
        fail(s, "there is no formatter %s", fmt);
    if (*fmt && !(formats[i].kinds & v.kind))
        fail(s, "%s cannot be shown as %s", v.last, fmt);
    if ((strcmp(fmt, "real") == 0) != (decimals >= 0))
        fail(s, "| real needs its number of decimals, others have none: {{ %s | real 2 }}",
             v.last);
    if (v.list && strcmp(fmt, "json") != 0)
        fail(s, "%s is a list: use for, .count or | json", v.last);
    if (v.kind == K_OBJ)
        fail(s, "%s has members: name one", v.last);
    if (!*fmt && (v.kind & (K_REAL | K_MONEY | K_TIME | K_BOOL)))
        fail(s, "%s needs a formatter (| %s)", v.last,
             v.kind == K_REAL    ? "score, value, real 2, change, percent, exact"
             : v.kind == K_MONEY ? "yuan, capital, plain"
             : v.kind == K_TIME  ? "time, date, ago, iso"
                                 : "json, or use if");
    if (strcmp(fmt, "raw") == 0)
        raw_reviewed(s);
    if (v.kind == K_SVG && g->h.place != TEXT)
        fail(s, "%s is a drawing and belongs into text", v.last);
    bool url = check_place(g, s, &v, fmt);
    if (url && *fmt && !formats[i].plain)
        fail(s, "%s as %s does not belong into an address", v.last, fmt);

    flush(g);
    line_mark(g, s);
    if (v.null && strcmp(fmt, "json") != 0)
        buf_addf(g->b, "    if (!%s)\n", v.null);
    if (strcmp(fmt, "json") == 0)
        print_json(g, s, &v);
    else if (url && g->h.url == URL_START)
        buf_addf(g->b, "    out_url(o, %s);\n", v.c);
    else if (url && (v.kind & (K_TEXT | K_URL)))
        buf_addf(g->b, "    out_part(o, %s);\n", v.c);
    else if (strcmp(fmt, "url") == 0)
        buf_addf(g->b, "    out_url(o, %s);\n", v.c);
    else if (strcmp(fmt, "raw") == 0 || v.kind == K_SVG)
        buf_addf(g->b, "    out_raw(o, %s);\n", v.c);
    else if (strcmp(fmt, "real") == 0)
        buf_addf(g->b, "    out_real(o, %s, %d);\n", v.c, decimals);
    else if (*fmt)
        buf_addf(g->b, "    %s(o, %s);\n", formats[i].c, v.c);
    else if (v.kind == K_INT)
        buf_addf(g->b, "    out_int(o, %s);\n", v.c);
    else if (v.kind == K_PERIOD)
        buf_addf(g->b, "    %s(o, %s);\n", url ? "out_period_code" : "out_period", v.c);
    else
        buf_addf(g->b, "    out_text(o, %s);\n", v.c);
    if (g->h.place == VALUE) {
        if (g->h.url == URL_START)
            g->h.url = url ? URL_LOCAL : URL_OTHER;
        if (!g->h.prefix[0])
            memcpy(g->h.prefix, "?", 2);
    }
    if (!eat(s, "}}"))
        fail(s, "expected }} at \"%.20s\"", s->p);
    return v;
}

/* {_ text with {{ fields }} _} after the opening. */
static void translate(struct page *g, struct source *s)
{
    struct source begin = *s;
    if (g->h.place != TEXT && g->h.place != VALUE &&
        !(g->h.place == RAWTEXT && strcmp(g->h.raw, "script") != 0))
        fail(s, "{_ _} belongs into text or a quoted attribute");
    if (g->h.place == VALUE && url_attr(&g->h))
        fail(s, "{_ _} does not belong into an address");
    struct buf msg = { 0 }, code = { 0 }, names = { 0 }, values = { 0 }, *out = g->b;
    struct {
        struct value v;
        size_t at, n;
    } args[12];
    size_t n = 0;
    flush(g);
    skip(s);
    while (strncmp(s->p, "_}", 2) != 0) {
        if (!*s->p)
            fail(&begin, "{_ without _}");
        if (strncmp(s->p, "{{", 2) == 0) {
            if (n == sizeof(args) / sizeof(args[0]))
                fail(s, "more than %zu fields in one text", n);
            s->p += 2;
            buf_addf(&code, "    case %zu:\n", n);
            g->b = &code;
            args[n].v = print(g, s);
            buf_add(&code, "    break;\n");
            buf_addf(&msg, "{\x01%c}", (int)('A' + n)); /* its name is known when all are */
            g->b = out;
            n++;
            continue;
        }
        if (*s->p == '<' || *s->p == '>' || *s->p == '{' || *s->p == '}')
            fail(s, "%c inside {_ _}: only text and {{ fields }}", *s->p);
        if (*s->p == '&')
            fail(s, "& inside {_ _}: write the character itself, it will be escaped");
        if (isspace((unsigned char)*s->p)) {
            skip(s);
            if (strncmp(s->p, "_}", 2) != 0)
                buf_add(&msg, " ");
            continue;
        }
        buf_addn(&msg, s->p++, 1);
    }
    s->p += 2;
    if (msg.n == 0)
        fail(&begin, "{_ _} is empty");
    struct buf text = { 0 };
    for (size_t i = 0; i < msg.n; i++) {
        if (msg.s[i] != '\x01') {
            buf_addn(&text, msg.s + i, 1);
            continue;
        }
        size_t k = (size_t)(msg.s[++i] - 'A'), same = 0;
        for (size_t j = 0; j < n; j++)
            same += strcmp(args[j].v.last, args[k].v.last) == 0;
        buf_add(&text, same > 1 ? args[k].v.whole : args[k].v.last);
    }
    if (on_text)
        on_text(&begin, text.s);
    if (n == 0) {
        buf_add(g->b, "    out_tr(o, N_(");
        buf_literal(g->b, text.s, text.n);
        buf_add(g->b, "));\n");
    } else {
        for (size_t k = 0; k < n; k++) {
            size_t same = 0;
            for (size_t j = 0; j < n; j++)
                same += strcmp(args[j].v.last, args[k].v.last) == 0;
            buf_addf(&names, "%s\"%s\"", k ? ", " : "",
                     same > 1 ? args[k].v.whole : args[k].v.last);
            bool number = args[k].v.kind == K_INT && !args[k].v.null;
            buf_addf(&values, "%s%s", k ? ", " : "", number ? args[k].v.c : "0");
        }
        int id = g->names++;
        buf_addf(g->b, "    {\n    static const char *const names%d[] = { %s };\n", id,
                 names.s);
        buf_addf(g->b, "    const int64_t values%d[] = { %s };\n", id, values.s);
        buf_addf(g->b, "    const char *text%d = out_tr_begin(o, N_(", id);
        buf_literal(g->b, text.s, text.n);
        buf_addf(g->b,
                 "));\n    for (int k%d; (k%d = out_tr_next(o, &text%d, names%d, values%d, "
                 "%zu)) >= 0;)\n    switch (k%d) {\n",
                 id, id, id, id, id, n, id);
        buf_addn(g->b, code.s, code.n);
        buf_add(g->b, "    }\n    }\n");
    }
    if (g->h.place == VALUE)
        value_char(&g->h, '?');
}

/* ---- conditions ---- */

static const char *truth(const struct value *v, const struct source *s)
{
    if (v->list)
        return format("(%s > 0)", length_of(v));
    switch (v->kind) {
    case K_TEXT:
    case K_URL:
    case K_SVG:
        return format("(%s && %s[0])", v->c, v->c);
    case K_INT:
    case K_BOOL:
        return v->null ? format("(!%s && %s)", v->null, v->c) : format("(%s)", v->c);
    case K_REAL:
        return format("(%s == %s)", v->c, v->c);
    case K_MONEY:
        return v->null ? format("(!%s)", v->null) : format("(%s.fen != 0)", v->c);
    case K_TIME:
        return format("(%s.us != 0)", v->c);
    case K_PERIOD:
        return format("(%s.v != 0)", v->c);
    case K_OBJ:
        break;
    }
    if (!v->f->optional)
        fail(s, "%s is always there: no condition", v->last);
    return format("(%s != NULL)", v->c);
}

/* A literal or path on the right of a comparison, as C, of the same kind as left. */
static const char *operand(struct page *g, struct source *s, const struct value *left)
{
    skip(s);
    if (*s->p == '"') {
        if (!(left->kind & (K_TEXT | K_URL)))
            fail(s, "%s is not a text", left->last);
        size_t n = strcspn(s->p + 1, "\"\n");
        struct buf b = { 0 };
        buf_literal(&b, s->p + 1, n);
        s->p += n + 2;
        return b.s;
    }
    if (isdigit((unsigned char)*s->p) || *s->p == '-') {
        if (!(left->kind & (K_INT | K_REAL)))
            fail(s, "%s is not a number", left->last);
        size_t n = strspn(s->p, left->kind == K_INT ? "-0123456789" : "-0123456789.");
        const char *c = copy(s->p, n);
        s->p += n;
        return c;
    }
    struct value v = path(g, s);
    bool texts = (v.kind & (K_TEXT | K_URL)) && (left->kind & (K_TEXT | K_URL));
    if (v.list || left->list || (v.kind != left->kind && !texts))
        fail(s, "%s and %s are of different types", left->last, v.last);
    return v.c;
}

static const char *comparison(struct page *g, struct source *s, bool *ret_plain)
{
    static const char *const ops[] = { "==", "!=", "<=", ">=", "<", ">", NULL };
    if (eat(s, "not")) {
        *ret_plain = false;
        const char *c = comparison(g, s, ret_plain);
        return format("!%s", c);
    }
    struct value v = path(g, s);
    for (size_t i = 0; ops[i]; i++) {
        if (!eat(s, ops[i]))
            continue;
        *ret_plain = false;
        if (v.kind & (K_BOOL | K_OBJ))
            fail(s, "%s cannot be compared", v.last);
        const char *right = operand(g, s, &v);
        if (v.kind & (K_TEXT | K_URL)) {
            if (i > 1)
                fail(s, "texts are compared with == and !=");
            return format("(%sstr_eq(%s, %s))", i ? "!" : "", v.c, right);
        }
        const char *member = v.kind == K_MONEY    ? ".fen"
                             : v.kind == K_TIME   ? ".us"
                             : v.kind == K_PERIOD ? ".v"
                                                  : "";
        return format("(%s%s%s%s %s %s%s)", v.null ? "!" : "", v.null ? v.null : "",
                      v.null ? " && " : "", format("%s%s", v.c, member), ops[i], right, member);
    }
    if (v.kind == K_OBJ && !v.list && v.f->optional && *ret_plain) {
        if (g->n_guards == GUARDS)
            fail(s, "conditions are nested too deep");
        g->guards[g->n_guards++] = v.c;
    }
    return truth(&v, s);
}

/* `a and b or c`; objects tested by a plain `and` chain become known to be there. */
static const char *condition(struct page *g, struct source *s)
{
    size_t guards = g->n_guards;
    bool plain = true;
    const char *all = NULL;
    do {
        const char *one = comparison(g, s, &plain);
        plain = true;
        while (eat(s, "and"))
            one = format("(%s && %s)", one, comparison(g, s, &plain)), plain = true;
        if (all)
            g->n_guards = guards; /* after an `or` nothing is certain */
        all = all ? format("(%s || %s)", all, one) : one;
    } while (eat(s, "or"));
    if (strstr(all, " || "))
        g->n_guards = guards;
    /* Compilers take ((a == b)) for a mistyped assignment; (!!(a)) says that it is none. */
    return format("!!%s", all);
}

/* ---- tags ---- */

enum end { END_FILE, END_END, END_ELSE, END_ELIF };
static enum end text(struct page *g, struct source *s, const struct source *opened);

static void close_tag(struct source *s)
{
    if (!eat(s, "%}"))
        fail(s, "expected %%} at \"%.20s\"", s->p);
}

static char *quoted(struct source *s)
{
    skip(s);
    size_t n = *s->p == '"' ? strcspn(s->p + 1, "\"\n") : 0;
    if (*s->p != '"' || s->p[n + 1] != '"')
        fail(s, "expected a name in quotes");
    char *name = copy(s->p + 1, n);
    s->p += n + 2;
    return name;
}

static void tag_for(struct page *g, struct source *s, const struct source *opened)
{
    struct scope sc = { .name = word(s), .index = g->names++ };
    if (!eat(s, "in"))
        fail(s, "expected {%% for NAME in LIST %%}");
    struct value v = path(g, s);
    close_tag(s);
    if (!v.list)
        fail(s, "%s is not a list", v.last);
    if (field_find(&g->d->root, sc.name, strlen(sc.name)))
        fail(s, "%s is already a field of the page", sc.name);
    if (g->n_scopes == SCOPES)
        fail(s, "loops are nested too deep");
    flush(g);
    sc.f = v.f;
    sc.pointer = v.kind == K_OBJ;
    sc.c = format("v%d", sc.index);
    sc.count = length_of(&v);
    line_mark(g, s);
    buf_addf(g->b, "    for (size_t i%d = 0; i%d < %s; i%d++) {\n", sc.index, sc.index,
             sc.count, sc.index);
    buf_addf(g->b, "    const __typeof__(%s[0]) %s%s = %s%s[i%d];\n    (void)%s;\n", v.c,
             sc.pointer ? "*" : "", sc.c, sc.pointer ? "&" : "", v.c, sc.index, sc.c);
    struct html before = g->h;
    g->scopes[g->n_scopes++] = sc;
    enum end end = text(g, s, opened);
    flush(g);
    g->n_scopes--;
    buf_add(g->b, "    }\n");
    meet(s, &g->h, &before, "for");
    if (end == END_ELIF)
        fail(s, "elif belongs to an if");
    if (end == END_ELSE) {
        buf_addf(g->b, "    if (%s == 0) {\n", sc.count);
        if (text(g, s, opened) != END_END)
            fail(s, "a for has one else");
        flush(g);
        buf_add(g->b, "    }\n");
        meet(s, &g->h, &before, "the else of a for");
    }
}

static void tag_if(struct page *g, struct source *s, const struct source *opened)
{
    struct html before = g->h, after = { 0 };
    size_t guards = g->n_guards;
    bool first = true, otherwise = false;
    enum end end = END_ELIF;
    while (end == END_ELIF || end == END_ELSE) {
        if (otherwise)
            fail(s, "nothing but end follows else");
        flush(g);
        if (!first)
            buf_add(g->b, "    } else ");
        otherwise = end == END_ELSE;
        if (end == END_ELIF) {
            const char *c = condition(g, s);
            close_tag(s);
            buf_addf(g->b, "%sif (%s)", first ? "    " : "", c);
        }
        buf_add(g->b, " {\n");
        g->h = before;
        end = text(g, s, opened);
        flush(g);
        g->n_guards = guards;
        if (first)
            after = g->h;
        else
            meet(s, &after, &g->h, "the branches of an if");
        first = false;
    }
    buf_add(g->b, "    }\n");
    g->h = after;
    if (!otherwise)
        meet(s, &g->h, &before, "an if without else");
}

/* {% title %}…{% end %}: text of the page's <title>, a function of its own. */
static void tag_title(struct page *g, struct source *s, const struct source *opened)
{
    if (g->title.n || g->n_scopes || g->h.place != TEXT)
        fail(s, "one title, outside of loops and tags");
    flush(g);
    struct buf *out = g->b;
    struct html h = g->h;
    g->h = (struct html){ .place = RAWTEXT, .raw = "title" };
    g->b = &g->title;
    if (text(g, s, opened) != END_END)
        fail(s, "title ends with end");
    flush(g);
    g->b = out;
    g->h = h;
}

static void tag_include(struct page *g, struct source *s)
{
    char *name = quoted(s);
    close_tag(s);
    if (++g->depth > 8)
        fail(s, "includes are nested too deep: does %s include itself?", name);
    struct source other = source_open(name, s);
    if (text(g, &other, NULL) != END_FILE)
        fail(&other, "an end without its beginning");
    g->depth--;
}

static void list_add(struct buf *b, const char *name)
{
    buf_add(b, "    ");
    buf_literal(b, name, strlen(name));
    buf_add(b, ",\n");
}

/* A tag that stands alone. False when name is none. */
static bool tag_single(struct page *g, struct source *s, const char *name)
{
    if (strcmp(name, "asset") == 0) {
        char *file = quoted(s);
        close_tag(s);
        if (g->h.place != VALUE || g->h.prefix[0])
            fail(s, "asset is a whole attribute's value: src=\"{%% asset \"x.svg\" %%}\"");
        flush(g);
        buf_add(g->b, "    out_asset(o, ");
        buf_literal(g->b, file, strlen(file));
        buf_add(g->b, ");\n");
        memcpy(g->h.prefix, "/static/", 9);
        g->h.url = URL_LOCAL;
        return true;
    }
    if (strcmp(name, "put") == 0) {
        struct value v = path(g, s);
        close_tag(s);
        if (!v.f || !v.f->part || v.list || g->h.place != TEXT)
            fail(s, "put writes a part between tags; %s is not one", v.last);
        if (v.f->optional && !guarded(g, v.c) && v.c[0] != 'v')
            fail(s, "%s may be absent: put this inside {%% if %s %%}", v.last, v.last);
        flush(g);
        bool pointer = v.f->optional || (v.f->list && v.c[0] == 'v');
        buf_addf(g->b, "    %s_html(o, %s%s);\n", v.f->part, pointer ? "" : "&", v.c);
        return true;
    }
    struct buf *list = strcmp(name, "script") == 0  ? &g->scripts
                       : strcmp(name, "style") == 0 ? &g->styles
                                                    : NULL;
    if (list) {
        list_add(list, quoted(s));
        close_tag(s);
        return true;
    }
    if (strcmp(name, "body") == 0) {
        char *class = quoted(s);
        g->body.n = 0;
        buf_literal(&g->body, class, strlen(class));
        close_tag(s);
        return true;
    }
    if (strcmp(name, "bare") == 0) {
        g->bare = true;
        close_tag(s);
        return true;
    }
    if (strcmp(name, "content") == 0) {
        close_tag(s);
        if (g->h.place != TEXT)
            fail(s, "content belongs between tags");
        flush(g);
        buf_add(g->b, "    out_content(o);\n");
        return true;
    }
    return false;
}

/* Chinese, Japanese, Korean and full-width characters: text for people, which must be
 * translated. */
static bool cjk(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    if ((u[0] & 0xf0) != 0xe0 || !u[1] || !u[2])
        return (u[0] & 0xf8) == 0xf0 && u[1] >= 0xa0; /* U+20000 and beyond */
    unsigned cp = (unsigned)(u[0] & 15) << 12 | (unsigned)(u[1] & 63) << 6 | (u[2] & 63);
    return (cp >= 0x2e80 && cp <= 0xa4cf) || (cp >= 0xac00 && cp <= 0xd7a3) ||
           (cp >= 0xf900 && cp <= 0xfaff) || (cp >= 0xff00 && cp <= 0xffef);
}

static void literal(struct page *g, struct source *s)
{
    if (cjk(s->p))
        fail(s, "text for people outside {_ _}: \"%.30s\"", s->p);
    if (isspace((unsigned char)*s->p) && g->h.place == TEXT && strcmp(g->h.raw, "pre") != 0) {
        bool newline = false;
        for (; isspace((unsigned char)*s->p); s->p++) {
            newline = newline || *s->p == '\n';
            s->line += *s->p == '\n';
        }
        bool after = g->lit.n && isspace((unsigned char)g->lit.s[g->lit.n - 1]);
        if (!after)
            buf_add(&g->lit, newline ? "\n" : " ");
        return;
    }
    bool post = feed(s, &g->h);
    if (*s->p == '\n')
        s->line++;
    buf_addn(&g->lit, s->p++, 1);
    if (post) {
        flush(g);
        buf_add(g->b, "    out_csrf(o);\n");
    }
}

/* Everything up to the end of the file or a tag that closes. */
static enum end text(struct page *g, struct source *s, const struct source *opened)
{
    while (*s->p) {
        struct source at = *s;
        if (strncmp(s->p, "{{", 2) == 0) {
            s->p += 2;
            print(g, s);
        } else if (strncmp(s->p, "{_", 2) == 0) {
            s->p += 2;
            translate(g, s);
        } else if (strncmp(s->p, "{#", 2) == 0) {
            while (*s->p && strncmp(s->p, "#}", 2) != 0)
                s->line += *s->p++ == '\n';
            if (!*s->p)
                fail(&at, "{# without #}");
            s->p += 2;
        } else if (strncmp(s->p, "{%", 2) == 0) {
            s->p += 2;
            settle(&g->h);
            char *name = word(s);
            if (strcmp(name, "for") == 0) {
                tag_for(g, s, &at);
            } else if (strcmp(name, "if") == 0) {
                tag_if(g, s, &at);
            } else if (strcmp(name, "title") == 0) {
                close_tag(s);
                tag_title(g, s, &at);
            } else if (strcmp(name, "include") == 0) {
                tag_include(g, s);
            } else if (strcmp(name, "end") == 0 || strcmp(name, "else") == 0) {
                close_tag(s);
                return *name == 'e' && name[1] == 'n' ? END_END : END_ELSE;
            } else if (strcmp(name, "elif") == 0) {
                return END_ELIF;
            } else if (!tag_single(g, s, name)) {
                fail(&at, "there is no {%% %s %%}", name);
            }
        } else {
            literal(g, s);
        }
    }
    if (opened)
        fail(opened, "not closed by {%% end %%}");
    return END_FILE;
}

void page_compile(struct source *s, const struct data *d, struct buf *b)
{
    struct buf html = { 0 };
    struct page g = { .d = d, .b = &html };
    if (text(&g, s, NULL) != END_FILE)
        fail(s, "an end without its beginning");
    flush(&g);
    if (g.h.place != TEXT)
        fail(s, "the template ends inside <%s", g.h.tag[0] ? g.h.tag : g.h.raw);
    const char *n = d->name, *type = d->existing ? d->existing : format("struct %s_page", n);

    buf_addf(b, "void %s_html(struct out *o, const %s *p)\n{\n    (void)o, (void)p;\n", n,
             type);
    buf_addn(b, html.s ? html.s : "", html.n);
    buf_add(b, "}\n\n");
    buf_addf(b,
             "static void any_html(struct out *o, const void *p)\n{\n    %s_html(o, p);\n}\n\n",
             n);
    buf_addf(b,
             "static void any_json(struct str *b, const void *p)\n{\n    %s_json(b, p);\n}\n\n",
             n);
    if (g.title.n) {
        buf_addf(b,
                 "static void any_title(struct out *o, const void *page)\n{\n    const %s *p = "
                 "page;\n    (void)o, (void)p;\n",
                 type);
        buf_addn(b, g.title.s, g.title.n);
        buf_add(b, "}\n\n");
    }
    if (g.scripts.n)
        buf_addf(b, "static const char *const scripts[] = {\n%.*s    NULL\n};\n",
                 (int)g.scripts.n, g.scripts.s);
    if (g.styles.n)
        buf_addf(b, "static const char *const styles[] = {\n%.*s    NULL\n};\n",
                 (int)g.styles.n, g.styles.s);
    struct buf schema = { 0 };
    data_schema(&schema, d);
    buf_addf(b,
             "const struct page_kind %s_kind = {\n    .name = \"%s\",\n    .html = any_html,\n "
             "   .json = any_json,\n",
             n, n);
    if (g.title.n)
        buf_add(b, "    .title = any_title,\n");
    if (g.body.n)
        buf_addf(b, "    .body = %.*s,\n", (int)g.body.n, g.body.s);
    if (g.bare)
        buf_add(b, "    .bare = true,\n");
    buf_addf(b, "%s%s    .schema = ", g.scripts.n ? "    .scripts = scripts,\n" : "",
             g.styles.n ? "    .styles = styles,\n" : "");
    buf_literal(b, schema.s, schema.n);
    buf_add(b, ",\n};\n");
}
