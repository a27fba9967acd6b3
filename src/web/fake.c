/* Requests without sockets: the same steps as the server's, for tests and fuzzing of handlers.
 */
#include "web/private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct web_fake {
    struct web web;
};

enum rc web_fake_new(const struct web_config *cfg, struct web_fake **ret, struct err *e)
{
    struct web_fake *f = mem_alloc(sizeof(*f));
    enum rc rc = core_new(cfg, &f->web.core, e);
    if (rc != RC_OK) {
        free(f);
        return rc;
    }
    *ret = f;
    return RC_OK;
}

void web_fake_free(struct web_fake *f)
{
    if (f)
        core_free(f->web.core);
    free(f);
}

void web_fake_freep(struct web_fake **f)
{
    web_fake_free(*f);
    *f = NULL;
}

static struct field *headers_of(struct arena *a, const char *const *lines, size_t *ret_n)
{
    size_t n = 0;
    while (lines && lines[n])
        n++;
    struct field *v = arena_array(a, n, sizeof(*v));
    for (size_t i = 0; i < n; i++) {
        size_t len = strcspn(lines[i], ":");
        const char *value = lines[i] + len + (lines[i][len] == ':');
        v[i] = (struct field){ .name = arena_strndup(a, lines[i], len),
                               .value = value + strspn(value, " ") };
    }
    *ret_n = n;
    return v;
}

void web_fake_ask(struct web_fake *f, const struct web_ask *ask, struct arena *a,
                  struct web_reply *ret)
{
    struct rq *rq = request_new(&f->web, a, ask->target);
    size_t n;
    const struct field *headers = headers_of(a, ask->headers, &n);
    bool usable = request_head(rq, ask->method ? ask->method : "GET", headers, n, "127.0.0.1");
    struct rq_private *p = rq->p;
    p->too_big = ask->n > request_body_max(rq);
    if (!p->too_big) {
        p->body = arena_copy(a, ask->n ? ask->body : "", ask->n ? ask->n : 1);
        p->n_body = ask->n;
    }
    if (usable)
        request_run(rq);
    else
        request_refuse(rq);
    struct answer *an = &p->answer;
    struct str cookies;
    str_init(&cookies, a);
    *ret = (struct web_reply){ .status = an->status, .type = "", .location = "" };
    for (size_t i = 0; i < an->n_headers; i++) {
        const struct field *h = &an->headers[i];
        if (str_eq(h->name, "Content-Type"))
            ret->type = h->value;
        else if (str_eq(h->name, "Location"))
            ret->location = h->value;
        else if (str_eq(h->name, "Set-Cookie"))
            str_addf(&cookies, "%s\n", h->value);
    }
    ret->cookies = cookies.s;
    size_t size = an->fd >= 0 ? (size_t)an->fd_size : an->n;
    char *body = arena_alloc(a, size + 1);
    if (an->fd >= 0)
        size = (size_t)pread(an->fd, body, size, 0);
    else if (an->n)
        memcpy(body, an->heap, an->n);
    ret->body = body;
    ret->n = size;
    request_done(rq);
}
