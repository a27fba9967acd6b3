/*
 * The check of pages in tests, see html_check.h. One pass over the tags with a stack of what is
 * open; what points at ids is collected and looked up at the end. Not a parser for foreign
 * HTML: it knows how our templates write.
 */
#include "web/html_check.h"

#include "base/map.h"

#include <ctype.h>
#include <jansson.h>
#include <string.h>

enum { DEPTH_MAX = 64, REFS_MAX = 8192, NAME_MAX = 32, ATTRS_MAX = 40 };

struct ref { /* something that points at an id */
    const char *id, *attr;
};
struct check {
    struct arena *a;
    struct str *why;
    const char *open[DEPTH_MAX];
    size_t depth;
    struct map *ids, *labelled;
    struct ref refs[REFS_MAX];
    size_t n_refs;
    const char *fields[REFS_MAX]; /* ids of fields that need a label */
    size_t n_fields;
};
struct attr {
    const char *name, *value;
};

static bool one_of(const char *s, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(s, *list) == 0)
            return true;
    return false;
}

static bool wrong(struct check *c, const char *at, const char *what, const char *name)
{
    str_addf(c->why, "%s <%s> at \"%.60s\"", what, name, at);
    return false;
}

static bool is_open(const struct check *c, const char *name)
{
    for (size_t i = 0; i < c->depth; i++)
        if (strcmp(c->open[i], name) == 0)
            return true;
    return false;
}

/* What a browser would end a paragraph for. */
static bool is_block(const char *name)
{
    static const char *const blocks[] = {
        "p",    "div",    "ul",     "ol",     "dl",         "table", "section", "form",
        "h1",   "h2",     "h3",     "figure", "fieldset",   "pre",   "aside",   "details",
        "main", "header", "footer", "nav",    "blockquote", NULL
    };
    return one_of(name, blocks);
}

static void refer(struct check *c, const char *attr, const char *ids)
{
    size_t n;
    char **list = str_split(c->a, ids, ' ', &n);

    for (size_t i = 0; i < n && c->n_refs < REFS_MAX; i++)
        if (list[i][0])
            c->refs[c->n_refs++] = (struct ref){ .id = list[i], .attr = attr };
}

static const char *value_of(const struct attr *attrs, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(attrs[i].name, name) == 0)
            return attrs[i].value;
    return NULL;
}

/* Attributes of an opening tag, up to its >. NULL with why filled when something is wrong. */
static const char *read_attrs(struct check *c, const char *p, const char *tag,
                              struct attr *attrs, size_t *ret_n)
{
    size_t n = 0;

    for (;;) {
        p += strspn(p, " \n/");
        if (*p == '>' || !*p)
            break;
        size_t len = strcspn(p, "= \n>/");
        if (n == ATTRS_MAX || len == 0) {
            (void)wrong(c, p, "attributes of", tag);
            return NULL;
        }
        struct attr *t = &attrs[n];
        t->name = arena_strndup(c->a, p, len);
        t->value = "";
        p += len;
        if (*p == '=') {
            const char *end = p[1] == '"' ? strchr(p + 2, '"') : NULL;
            if (!end) {
                (void)wrong(c, p, "an unquoted attribute in", tag);
                return NULL;
            }
            t->value = arena_strndup(c->a, p + 2, (size_t)(end - p - 2));
            p = end + 1;
        }
        if (value_of(attrs, n, t->name)) {
            (void)wrong(c, p, "an attribute given twice in", tag);
            return NULL;
        }
        n++;
    }
    *ret_n = n;
    return p;
}

static bool begin(struct check *c, const char *at, const char *tag, const struct attr *attrs,
                  size_t n)
{
    static const char *const pointing[] = {
        "aria-labelledby", "aria-describedby", "list", "data-expand",
        "data-copy",       "data-table",       NULL
    };
    static const char *const unlabelled[] = { "hidden", "submit", "button", NULL };

    if (is_block(tag) && is_open(c, "p"))
        return wrong(c, at, "a paragraph is ended by", tag);
    if ((strcmp(tag, "form") == 0 || strcmp(tag, "a") == 0 || strcmp(tag, "button") == 0) &&
        is_open(c, tag))
        return wrong(c, at, "one inside another:", tag);
    if (strcmp(tag, "button") == 0 && is_open(c, "a"))
        return wrong(c, at, "inside a link:", tag);
    if (strcmp(tag, "li") == 0 && c->depth && strcmp(c->open[c->depth - 1], "ul") &&
        strcmp(c->open[c->depth - 1], "ol"))
        return wrong(c, at, "outside of a list:", tag);
    const char *id = value_of(attrs, n, "id");
    if (id && id[0] && !map_add(c->ids, id, c))
        return wrong(c, at, "an id given twice in", tag);
    for (size_t i = 0; i < n; i++) {
        if (one_of(attrs[i].name, pointing))
            refer(c, attrs[i].name, attrs[i].value);
        if (strcmp(attrs[i].name, "href") == 0 && attrs[i].value[0] == '#' &&
            strcmp(attrs[i].value, "#main") != 0)
            refer(c, "href", attrs[i].value + 1);
    }
    const char *label = strcmp(tag, "label") == 0 ? value_of(attrs, n, "for") : NULL;
    if (label) {
        refer(c, "for", label);
        map_set(c->labelled, label, c);
    }
    bool field =
        strcmp(tag, "select") == 0 || strcmp(tag, "textarea") == 0 ||
        (strcmp(tag, "input") == 0 &&
         !one_of(value_of(attrs, n, "type") ? value_of(attrs, n, "type") : "text", unlabelled));
    if (field && !is_open(c, "label") && !value_of(attrs, n, "aria-label")) {
        if (!id)
            return wrong(c, at, "a field without label:", tag);
        if (c->n_fields < REFS_MAX)
            c->fields[c->n_fields++] = id;
    }
    if (strcmp(tag, "svg") == 0 && !value_of(attrs, n, "aria-hidden") &&
        !value_of(attrs, n, "aria-label"))
        return wrong(c, at, "neither hidden nor named:", tag);
    return true;
}

static bool end(struct check *c, const char *at, const char *tag)
{
    if (c->depth == 0 || strcmp(c->open[c->depth - 1], tag) != 0) {
        str_addf(c->why, "</%s> closes <%s> at \"%.60s\"", tag,
                 c->depth ? c->open[c->depth - 1] : "nothing", at);
        return false;
    }
    c->depth--;
    return true;
}

static bool points_somewhere(struct check *c)
{
    for (size_t i = 0; i < c->n_refs; i++)
        if (!map_has(c->ids, c->refs[i].id)) {
            str_addf(c->why, "%s points at \"%s\", which is not there", c->refs[i].attr,
                     c->refs[i].id);
            return false;
        }
    for (size_t i = 0; i < c->n_fields; i++)
        if (!map_has(c->labelled, c->fields[i])) {
            str_addf(c->why, "the field %s has no label", c->fields[i]);
            return false;
        }
    return true;
}

bool html_check(const char *html, struct str *why)
{
    static const char *const empty[] = { "area", "base",     "br",   "col",  "hr",
                                         "img",  "input",    "link", "meta", "source",
                                         "wbr",  "!doctype", NULL };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct check *c = arena_alloc(a, sizeof(*c));

    *c = (struct check){ .a = a, .why = why, .ids = map_new(a), .labelled = map_new(a) };
    for (const char *p = html; (p = strchr(p, '<')) != NULL;) {
        const char *at = p++;
        bool closing = *p == '/';
        p += closing;
        size_t len = strcspn(p, " \n/>");
        if (len == 0 || len >= NAME_MAX)
            return wrong(c, at, "no tag", "");
        char *tag = arena_strndup(a, p, len);
        for (char *t = tag; *t; t++)
            *t = (char)tolower((unsigned char)*t);
        p += len;
        if (closing) {
            if (!end(c, at, tag))
                return false;
            continue;
        }
        struct attr attrs[ATTRS_MAX];
        size_t n;
        p = read_attrs(c, p, tag, attrs, &n);
        if (!p || !begin(c, at, tag, attrs, n))
            return false;
        bool self = p > at && p[-1] == '/';
        if (*p != '>')
            return wrong(c, at, "a tag without end:", tag);
        if (self || one_of(tag, empty))
            continue;
        if (c->depth == DEPTH_MAX)
            return wrong(c, at, "nested too deep:", tag);
        c->open[c->depth++] = tag;
        if (strcmp(tag, "script") == 0 ||
            strcmp(tag, "textarea") == 0) { /* raw text up to its end */
            p = strstr(p, arena_printf(a, "</%s", tag));
            if (!p)
                return wrong(c, at, "not closed:", tag);
        }
    }
    if (c->depth) {
        str_addf(why, "<%s> is not closed", c->open[c->depth - 1]);
        return false;
    }
    return points_somewhere(c);
}

bool page_check(const struct page_kind *kind, const void *page, struct str *why)
{
    static const enum lang langs[] = { LANG_ZH, LANG_EN };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    str_addf(why, "%s: ", kind->name);
    for (size_t i = 0; i < COUNT(langs); i++) {
        struct out o = { .a = a, .lang = langs[i], .csrf = "c" };
        str_init(&o.b, a);
        kind->html(&o, page);
        if (!html_check(o.b.s, why))
            return false;
        const char *head = strstr(o.b.s, "<h1");
        if (!head || strstr(head + 1, "<h1")) {
            str_add(why, "not one h1");
            return false;
        }
        if (strstr(o.b.s, "nan") || strstr(o.b.s, "(null)")) {
            str_add(why, "shows what is missing as a word of C");
            return false;
        }
    }
    if (!kind->title) {
        str_add(why, "no title");
        return false;
    }
    struct str json;
    str_init(&json, a);
    kind->json(&json, page);
    json_t *v = json_loads(json.s, JSON_REJECT_DUPLICATES, NULL);
    if (!v)
        str_addf(why, "not JSON: %.200s", json.s);
    json_decref(v);
    return v != NULL;
}
