/* What a handler reads of its request: values by name, and values checked, with messages for
 * people. */
#include "base/hash.h"
#include "base/parse.h"
#include "web/private.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

const char *rq_param(const struct rq *rq, const char *name)
{
    const struct match_result *m = &rq->p->match;
    for (size_t i = 0; i < m->n_params; i++)
        if (strcmp(m->names[i], name) == 0)
            return m->values[i];
    return NULL;
}

const char *rq_query(const struct rq *rq, const char *name)
{
    return fields_get(&rq->p->queries, name);
}

const char *rq_field(const struct rq *rq, const char *name)
{
    return fields_get(&rq->p->fields, name);
}

const struct field *rq_queries(const struct rq *rq, size_t *ret_n)
{
    *ret_n = rq->p->queries.n;
    return rq->p->queries.v;
}

const struct field *rq_fields(const struct rq *rq, size_t *ret_n)
{
    *ret_n = rq->p->fields.n;
    return rq->p->fields.v;
}

const char *rq_cookie(const struct rq *rq, const char *name)
{
    return fields_get(&rq->p->cookies, name);
}

const struct upload *rq_upload(const struct rq *rq, const char *field)
{
    for (size_t i = 0; i < rq->p->n_uploads; i++)
        if (strcmp(rq->p->uploads[i].field, field) == 0)
            return &rq->p->uploads[i];
    return NULL;
}

const struct upload *rq_uploads(const struct rq *rq, size_t *ret_n)
{
    *ret_n = rq->p->n_uploads;
    return rq->p->uploads;
}

struct bytes rq_body(const struct rq *rq)
{
    return (struct bytes){ .p = (const uint8_t *)rq->p->body, .n = rq->p->n_body };
}

struct json_t *rq_json(const struct rq *rq)
{
    return rq->p->json;
}

const char *rq_bearer(const struct rq *rq)
{
    const char *s = rq_header(rq, "Authorization");
    return s && strncasecmp(s, "Bearer ", 7) == 0 ? s + 7 + strspn(s + 7, " ") : NULL;
}

const char *rq_tr(const struct rq *rq, const char *zh)
{
    return lang_text(rq->lang, zh);
}

void rq_crumb(struct rq *rq, const char *name, const char *href)
{
    struct chrome *c = &rq->chrome;
    c->crumbs = arena_grow(rq->a, c->crumbs, c->n_crumbs * sizeof(*c->crumbs),
                           (c->n_crumbs + 1) * sizeof(*c->crumbs));
    c->crumbs[c->n_crumbs++] = (struct chrome_link){ .name = name, .href = href };
}

/* ---- checked values ---- */

static enum rc missing(const struct rq *rq, const char *label, struct err *e)
{
    return err_set(e, RC_INVALID, N_("请填写{label}"), "label", rq_tr(rq, label));
}

enum rc rq_text_opt(const struct rq *rq, const char *name, const char *label, size_t max_chars,
                    const char **ret, struct err *e)
{
    const char *s = rq_field(rq, name);
    s = s ? str_trim(rq->a, s) : "";
    if (utf8_count(s) > max_chars)
        return err_set(e, RC_INVALID, N_("{label}最多 {max} 个字,现在是 {now} 个"), "label",
                       rq_tr(rq, label), "max", arena_printf(rq->a, "%zu", max_chars), "now",
                       arena_printf(rq->a, "%zu", utf8_count(s)));
    *ret = s;
    return RC_OK;
}

enum rc rq_text(const struct rq *rq, const char *name, const char *label, size_t max_chars,
                const char **ret, struct err *e)
{
    const char *s;
    enum rc rc = rq_text_opt(rq, name, label, max_chars, &s, e);
    if (rc != RC_OK)
        return rc;
    if (!*s)
        return missing(rq, label, e);
    *ret = s;
    return RC_OK;
}

/* The trimmed value, or NULL when absent or empty. */
static const char *present(const struct rq *rq, const char *value)
{
    const char *s = value ? str_trim(rq->a, value) : NULL;
    return s && *s ? s : NULL;
}

enum rc rq_code(const struct rq *rq, const char *name, const char *label, const char **ret,
                struct err *e)
{
    const char *s = present(rq, rq_field(rq, name));
    if (!s)
        return missing(rq, label, e);
    if (!code_valid(s))
        return err_set(e, RC_INVALID,
                       N_("{label} {value} 只能由字母、数字、- 和 _ 组成,最多 64 个"), "label",
                       rq_tr(rq, label), "value", s);
    *ret = s;
    return RC_OK;
}

enum rc rq_int_opt(const struct rq *rq, const char *name, const char *label, int64_t min,
                   int64_t max, int64_t *ret, struct err *e)
{
    const char *s = present(rq, rq_field(rq, name));
    return s ? parse_int64(s, min, max, rq_tr(rq, label), ret, e) : RC_OK;
}

enum rc rq_int(const struct rq *rq, const char *name, const char *label, int64_t min,
               int64_t max, int64_t *ret, struct err *e)
{
    const char *s = present(rq, rq_field(rq, name));
    return s ? parse_int64(s, min, max, rq_tr(rq, label), ret, e) : missing(rq, label, e);
}

enum rc rq_real_opt(const struct rq *rq, const char *name, const char *label, double *ret,
                    struct err *e)
{
    const char *s = present(rq, rq_field(rq, name));
    return s ? parse_real(s, rq_tr(rq, label), ret, e) : RC_OK;
}

enum rc rq_real(const struct rq *rq, const char *name, const char *label, double *ret,
                struct err *e)
{
    const char *s = present(rq, rq_field(rq, name));
    return s ? parse_real(s, rq_tr(rq, label), ret, e) : missing(rq, label, e);
}

enum rc rq_money(const struct rq *rq, const char *name, const char *label, struct money *ret,
                 struct err *e)
{
    const char *s = present(rq, rq_field(rq, name));
    return s ? parse_money(s, rq_tr(rq, label), ret, e) : missing(rq, label, e);
}

enum rc rq_period(const struct rq *rq, const char *name, const char *label, struct period *ret,
                  struct err *e)
{
    const char *s = present(rq, rq_field(rq, name));
    return s ? period_parse(s, ret, e) : missing(rq, label, e);
}

enum rc rq_day(const struct rq *rq, const char *name, const char *label, int32_t *ret,
               struct err *e)
{
    const char *s = present(rq, rq_field(rq, name));
    return s ? day_parse(s, ret, e) : missing(rq, label, e);
}

bool rq_flag(const struct rq *rq, const char *name)
{
    const char *s = present(rq, rq_field(rq, name));
    return s && !str_eq(s, "0") && !str_eq(s, "false");
}

enum rc rq_query_int(const struct rq *rq, const char *name, const char *label, int64_t min,
                     int64_t max, int64_t *ret, struct err *e)
{
    const char *s = present(rq, rq_query(rq, name));
    return s ? parse_int64(s, min, max, rq_tr(rq, label), ret, e) : RC_OK;
}

enum rc rq_query_period(const struct rq *rq, const char *name, const char *label,
                        struct period *ret, struct err *e)
{
    const char *s = present(rq, rq_query(rq, name));
    return s ? period_parse(s, ret, e) : RC_OK;
}

/* ---- repeatable requests ---- */

const char *rq_request_id(const struct rq *rq)
{
    const char *s = rq_field(rq, "request_id");
    s = s ? s : rq_header(rq, "Idempotency-Key");
    return s && code_valid(s) && strlen(s) >= 8 ? s : NULL;
}

static void add_sized(struct sha256 *h, const void *p, size_t n)
{
    uint64_t size = n;
    sha256_add(h, &size, sizeof(size));
    sha256_add(h, p, n);
}

static bool about_sending(const char *name)
{
    return str_eq(name, "csrf") || str_eq(name, "request_id");
}

static void add_file(struct sha256 *h, const struct upload *u)
{
    uint8_t block[16384];
    off_t at = 0;
    ssize_t n;
    add_sized(h, u->field, strlen(u->field));
    add_sized(h, u->filename, strlen(u->filename));
    while ((n = pread(u->fd, block, sizeof(block), at)) > 0) {
        add_sized(h, block, (size_t)n);
        at += n;
    }
}

void rq_digest(const struct rq *rq, uint8_t out[32])
{
    CLEANUP(sha256_freep) struct sha256 *h = sha256_new();
    add_sized(h, rq->path, strlen(rq->path));
    const struct rq_private *p = rq->p;
    if (p->json) {
        json_t *copy = json_copy(p->json);
        json_object_del(copy, "csrf");
        json_object_del(copy, "request_id");
        char *text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
        add_sized(h, text ? text : "", text ? strlen(text) : 0);
        free(text);
        json_decref(copy);
    } else if (p->fields.n || p->n_uploads) {
        for (size_t i = 0; i < p->fields.n; i++)
            if (!about_sending(p->fields.v[i].name)) {
                add_sized(h, p->fields.v[i].name, strlen(p->fields.v[i].name));
                add_sized(h, p->fields.v[i].value, p->fields.v[i].n);
            }
        for (size_t i = 0; i < p->n_uploads; i++)
            add_file(h, &p->uploads[i]);
    } else {
        add_sized(h, p->body ? p->body : "", p->n_body);
    }
    sha256_end(h, out);
}
