/*
 * Route tables: checking them, finding a request's row, describing them as OpenAPI. A path is
 * cut into segments; rows are tried from the most literal to the least, so that a literal wins
 * over a parameter whatever the order of the tables.
 */
#include "base/parse.h"
#include "web/private.h"

#include <stdlib.h>
#include <string.h>

enum { SEGMENTS_MAX = 16 };
enum seg_kind { SEG_REST, SEG_PARAM, SEG_SUFFIX, SEG_LITERAL }; /* by strength */

struct seg {
    enum seg_kind kind;
    const char *text; /* literal, or the parameter's name */
    size_t n;
    const char *suffix; /* ".pdf" */
    size_t n_suffix;
};
struct pattern {
    const struct route *route;
    struct seg segs[SEGMENTS_MAX];
    size_t n;
    uint64_t weight;
};
struct router {
    struct pattern *v;
    size_t n;
};

static bool code_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '-';
}

/* False when the path's form is wrong. */
static bool pattern_parse(const char *path, struct pattern *ret)
{
    size_t params = 0;
    if (path[0] != '/')
        return false;
    for (const char *p = path + 1; *p || p == path + 1;) {
        size_t n = strcspn(p, "/");
        if (n == 0 && p == path + 1 && !*p)
            break; /* "/" has no segments */
        if (n == 0 || ret->n == SEGMENTS_MAX)
            return false;
        struct seg s = { .kind = SEG_LITERAL, .text = p, .n = n };
        if (*p == ':') {
            s.text++;
            s.n = 0;
            while (s.n < n - 1 &&
                   (s.text[s.n] == '_' || (s.text[s.n] >= 'a' && s.text[s.n] <= 'z')))
                s.n++;
            s.suffix = s.text + s.n;
            s.n_suffix = n - 1 - s.n;
            s.kind = s.n_suffix ? SEG_SUFFIX : SEG_PARAM;
            if (s.n == 0 || (s.n_suffix && s.suffix[0] != '.'))
                return false;
        } else if (*p == '*') {
            s = (struct seg){ .kind = SEG_REST, .text = p + 1, .n = n - 1 };
            if (n == 1 || p[n])
                return false;
        } else {
            for (size_t i = 0; i < n; i++)
                if (!code_char(p[i]) && p[i] != '.')
                    return false;
        }
        params += s.kind != SEG_LITERAL;
        ret->segs[ret->n++] = s;
        p += n;
        if (*p == '/' && !p[1])
            return false;
        p += *p == '/';
    }
    /* From the left, two bits a segment; more segments first. */
    for (size_t i = 0; i < SEGMENTS_MAX; i++)
        ret->weight = ret->weight << 2 | (i < ret->n ? (uint64_t)ret->segs[i].kind : 0);
    return params <= PARAMS_MAX;
}

static int by_weight(const void *a, const void *b)
{
    const struct pattern *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return x->n != y->n ? (x->n < y->n ? 1 : -1) : 0;
}

struct router *router_new(const struct route_table *tables, size_t n_tables, unsigned zone)
{
    struct router *r = mem_alloc(sizeof(*r));
    size_t n = 0;
    for (size_t i = 0; i < n_tables; i++)
        n += tables[i].n;
    r->v = mem_array(n, sizeof(*r->v));
    for (size_t i = 0; i < n_tables; i++)
        for (size_t k = 0; k < tables[i].n; k++) {
            const struct route *row = &tables[i].routes[k];
            struct pattern p = { .route = row };
            if (((row->zone ? row->zone : (unsigned)ZONE_INNER) & zone) &&
                pattern_parse(row->path, &p))
                r->v[r->n++] = p;
        }
    if (r->n)
        qsort(r->v, r->n, sizeof(*r->v), by_weight);
    return r;
}

void router_free(struct router *r)
{
    if (r)
        free(r->v);
    free(r);
}

static bool all_code(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!code_char(s[i]))
            return false;
    return n > 0 && n <= 64;
}

static bool rest_valid(const char *s)
{
    for (;;) {
        size_t n = strcspn(s, "/");
        if (n == 0 || (n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.'))
            return false;
        for (size_t i = 0; i < n; i++)
            if (!code_char(s[i]) && s[i] != '.')
                return false;
        if (!s[n])
            return true;
        s += n + 1;
    }
}

static bool pattern_match(const struct pattern *p, const char *path, const char **at, size_t *n)
{
    const char *s = path + 1;
    if (p->n == 0)
        return *s == '\0';
    for (size_t i = 0; i < p->n; i++) {
        const struct seg *g = &p->segs[i];
        if (g->kind == SEG_REST) {
            at[i] = s;
            n[i] = strlen(s);
            return rest_valid(s);
        }
        size_t len = strcspn(s, "/");
        bool last = i + 1 == p->n;
        if ((s[len] == '\0') != last)
            return false;
        if (g->kind == SEG_LITERAL) {
            if (len != g->n || memcmp(s, g->text, len) != 0)
                return false;
        } else {
            if (len <= g->n_suffix ||
                memcmp(s + len - g->n_suffix, g->suffix ? g->suffix : "", g->n_suffix) != 0 ||
                !all_code(s, len - g->n_suffix))
                return false;
            at[i] = s;
            n[i] = len - g->n_suffix;
        }
        s += len + 1;
    }
    return true;
}

static enum match match_path(const struct router *r, enum method m, const char *path,
                             struct arena *a, struct match_result *ret)
{
    const char *at[SEGMENTS_MAX];
    size_t n[SEGMENTS_MAX];
    unsigned allowed = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct pattern *p = &r->v[i];
        if (!pattern_match(p, path, at, n))
            continue;
        allowed |= p->route->method;
        if (p->route->method != m)
            continue;
        ret->route = p->route;
        ret->path = path;
        for (size_t k = 0; k < p->n; k++)
            if (p->segs[k].kind != SEG_LITERAL) {
                ret->names[ret->n_params] = arena_strndup(a, p->segs[k].text, p->segs[k].n);
                ret->values[ret->n_params++] = arena_strndup(a, at[k], n[k]);
            }
        return MATCH_OK;
    }
    ret->allowed |= allowed;
    return allowed ? MATCH_METHOD : MATCH_NONE;
}

enum match router_match(const struct router *r, enum method m, const char *path,
                        struct arena *a, struct match_result *ret)
{
    enum match found = match_path(r, m, path, a, ret);
    if (found != MATCH_NONE || !str_ends(path, ".json"))
        return found;
    char *page = arena_strndup(a, path, strlen(path) - 5);
    if (str_eq(page, "/index"))
        page = arena_strdup(a, "/");
    found = match_path(r, m, page, a, ret);
    if (found == MATCH_OK)
        ret->json = true;
    return found;
}

/* ---- the test of tables ---- */

static enum rc bad(const struct route *r, const char *why, struct err *e)
{
    return err_set(e, RC_INVALID, N_("路由 {path}: {why}"), "path", r->path ? r->path : "?",
                   "why", why);
}

static bool same_shape(const struct pattern *a, const struct pattern *b)
{
    if (a->n != b->n || a->weight != b->weight || a->route->method != b->route->method)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        const struct seg *x = &a->segs[i], *y = &b->segs[i];
        if (x->kind == SEG_LITERAL && (x->n != y->n || memcmp(x->text, y->text, x->n) != 0))
            return false;
        if (x->kind == SEG_SUFFIX &&
            (x->n_suffix != y->n_suffix || memcmp(x->suffix, y->suffix, x->n_suffix) != 0))
            return false;
    }
    return true;
}

static bool has_param(const struct pattern *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->segs[i].kind != SEG_LITERAL && p->segs[i].n == strlen(name) &&
            memcmp(p->segs[i].text, name, p->segs[i].n) == 0)
            return true;
    return false;
}

static enum rc check_row(const struct route *r, struct pattern *p, unsigned cap_public,
                         struct err *e)
{
    if (r->method != GET && r->method != POST && r->method != PUT && r->method != DELETE)
        return bad(r, "method", e);
    if (!r->path || !pattern_parse(r->path, p))
        return bad(r, "path", e);
    if (r->auth != NONE && r->auth != SESSION && r->auth != TOKEN &&
        r->auth != (SESSION | TOKEN))
        return bad(r, "auth", e);
    if (r->need == 0)
        return bad(r, "need", e);
    if ((r->auth == NONE) != (r->need == cap_public))
        return bad(r, "public is exactly auth NONE with the public capability", e);
    if (r->auth != NONE && (r->scope < SCOPE_ALL || r->scope > SCOPE_OBJECT))
        return bad(r, "scope", e);
    if (r->scope == SCOPE_UNIT && !has_param(p, "unit"))
        return bad(r, "SCOPE_UNIT needs the parameter :unit", e);
    if (!r->fn)
        return bad(r, "fn", e);
    if (r->journal && r->method != GET)
        return bad(r, "journal is for GET", e);
    if (r->zone & ~(unsigned)(ZONE_INNER | ZONE_PUBLIC))
        return bad(r, "zone", e);
    return RC_OK;
}

enum rc web_check_routes(const struct route_table *tables, size_t n_tables, unsigned cap_public,
                         struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t n = 0, total = 0;
    for (size_t i = 0; i < n_tables; i++)
        total += tables[i].n;
    struct pattern *all = arena_array(a, total, sizeof(*all));
    for (size_t i = 0; i < n_tables; i++)
        for (size_t k = 0; k < tables[i].n; k++) {
            const struct route *r = &tables[i].routes[k];
            all[n].route = r;
            enum rc rc = check_row(r, &all[n], cap_public, e);
            if (rc != RC_OK)
                return rc;
            for (size_t m = 0; m < n; m++)
                if (same_shape(&all[m], &all[n]))
                    return bad(r, "the same method and path twice", e);
            n++;
        }
    return RC_OK;
}

/* ---- OpenAPI ---- */

static const char *method_name(enum method m)
{
    switch (m) {
    case GET:
        return "get";
    case POST:
        return "post";
    case PUT:
        return "put";
    case DELETE:
        break;
    }
    return "delete";
}

static void openapi_path(struct str *b, const struct pattern *p)
{
    struct str path;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    str_init(&path, a);
    for (size_t i = 0; i < p->n; i++) {
        const struct seg *s = &p->segs[i];
        str_addc(&path, '/');
        if (s->kind != SEG_LITERAL)
            str_addc(&path, '{');
        str_addn(&path, s->text, s->n);
        if (s->kind != SEG_LITERAL)
            str_addc(&path, '}');
        str_addn(&path, s->suffix ? s->suffix : "", s->n_suffix);
    }
    if (p->route->page)
        str_add(&path, p->n ? ".json" : "/index.json");
    json_text(b, p->n || p->route->page ? path.s : "/");
}

static void openapi_operation(struct str *b, const struct pattern *p)
{
    const struct route *r = p->route;
    bool first = true;
    json_text(b, method_name(r->method));
    str_add(b, ":{\"parameters\":[");
    for (size_t i = 0; i < p->n; i++) {
        const struct seg *s = &p->segs[i];
        if (s->kind == SEG_LITERAL)
            continue;
        str_add(b, first ? "{\"name\":" : ",{\"name\":");
        json_textn(b, s->text, s->n);
        str_addf(b,
                 ",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\","
                 "\"pattern\":\"%s\"}}",
                 s->kind == SEG_REST ? "^[A-Za-z0-9._/-]+$" : "^[A-Za-z0-9_-]{1,64}$");
        first = false;
    }
    str_addc(b, ']');
    if (r->help) {
        str_add(b, ",\"summary\":");
        json_text(b, lang_text(LANG_EN, r->help));
    }
    if (r->auth & TOKEN)
        str_add(b, ",\"security\":[{\"token\":[]}]");
    str_addf(b, ",\"responses\":{\"%s\":{\"description\":\"%s\"",
             r->method == GET ? "200" : "201", r->method == GET ? "data" : "done");
    if (r->page)
        str_addf(b, ",\"content\":{\"application/json\":{\"schema\":%s}}", r->page->schema);
    str_add(b, "},\"default\":{\"$ref\":\"#/components/responses/error\"}}}");
}

void web_openapi(struct str *b, const struct route_table *tables, size_t n_tables,
                 const char *title, const char *version)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct router *r = router_new(tables, n_tables, ZONE_INNER | ZONE_PUBLIC);
    str_add(b, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":");
    json_text(b, title);
    str_add(b, ",\"version\":");
    json_text(b, version);
    str_add(b, "},\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":"
               "\"bearer\"}},\"responses\":{\"error\":{"
               "\"description\":\"error\",\"content\":{\"application/"
               "json\":{\"schema\":{\"type\":\"object\",\"properties\":{"
               "\"error\":{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"},"
               "\"status\":{\"type\":\"integer\"},"
               "\"message\":{\"type\":\"string\"},\"request\":{\"type\":\"string\"}}}}}}}}}},"
               "\"paths\":{");
    /* One member per path: methods of the same path are gathered. */
    bool *done = arena_array(a, r->n, sizeof(*done));
    bool first = true;
    for (size_t i = 0; i < r->n; i++) {
        const struct route *row = r->v[i].route;
        if (done[i] || (!row->page && !row->help))
            continue;
        struct str path, other;
        str_init(&path, a);
        openapi_path(&path, &r->v[i]);
        str_addf(b, "%s%s:{", first ? "" : ",", path.s);
        first = false;
        bool more = false;
        for (size_t k = i; k < r->n; k++) {
            if (done[k] || (!r->v[k].route->page && !r->v[k].route->help))
                continue;
            str_init(&other, a);
            openapi_path(&other, &r->v[k]);
            if (!str_eq(path.s, other.s))
                continue;
            if (more)
                str_addc(b, ',');
            openapi_operation(b, &r->v[k]);
            more = done[k] = true;
        }
        str_addc(b, '}');
    }
    str_add(b, "}}");
    router_free(r);
}
