/* A whole request: `METHOD TARGET`, header lines, an empty line, the body. Whatever comes,
 * there is a well-formed answer. */
#include "web/private.h"
#include "web/test_part.html.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum rc show(struct rq *rq, struct err *e)
{
    struct test_part_page p = { .total = 1, .next = rq_query(rq, "next") };
    rq_crumb(rq, rq_param(rq, "code") ? rq_param(rq, "code") : "", rq->target);
    return test_part_render(rq, &p, e);
}

static enum rc save(struct rq *rq, struct err *e)
{
    const char *name;
    int64_t n = 0;
    uint8_t d[32];
    enum rc rc = rq_text(rq, "name", "名称", 20, &name, e);
    if (rc == RC_OK)
        rc = rq_int_opt(rq, "n", "数量", 0, 10, &n, e);
    if (rc != RC_OK)
        return rc;
    rq_digest(rq, d);
    rq_notice(rq, name);
    return web_donef(rq, e, "/%s", name);
}

static const struct route routes[] = {
    { .method = GET, .path = "/", .auth = NONE, .need = 1, .fn = show },
    { .method = GET, .path = "/a/:code", .auth = NONE, .need = 1, .fn = show },
    { .method = GET, .path = "/a/:code.pdf", .auth = NONE, .need = 1, .fn = show },
    { .method = GET, .path = "/t/*rest", .auth = NONE, .need = 1, .fn = show },
    { .method = POST, .path = "/save", .auth = NONE, .need = 1, .fn = save, .n_files = 2 },
    { .method = GET,
      .path = "/in",
      .auth = SESSION,
      .need = 2,
      .scope = SCOPE_ALL,
      .fn = show },
};
static const struct route_table table = { routes, COUNT(routes) };

enum { HEADERS_MAX = 20 };

/* Lines of head become a web_ask. */
static void cut(struct arena *a, char *head, struct web_ask *ask, const char **headers)
{
    size_t n, k = 0;
    char **lines = str_split(a, head, '\n', &n);
    char *space = strchr(lines[0], ' ');
    ask->method = lines[0];
    ask->target = space ? space + 1 : "/";
    if (space)
        *space = '\0';
    for (size_t i = 1; i < n && k < HEADERS_MAX; i++)
        headers[k++] = lines[i];
    ask->headers = headers;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(web_fake_freep) struct web_fake *f = NULL;
    struct web_config cfg = { .tables = &table,
                              .n_tables = 1,
                              .trusted_proxies = "127.0.0.0/8" };
    if (web_fake_new(&cfg, &f, &e) != RC_OK)
        abort();
    const char *s = (const char *)data, *end = memmem(s, size, "\n\n", 2);
    size_t head_n = end ? (size_t)(end - s) : size;
    if (memchr(s, '\0', head_n))
        return 0;
    const char *headers[HEADERS_MAX + 1] = { 0 };
    struct web_ask ask = { .body = end ? end + 2 : "", .n = end ? size - head_n - 2 : 0 };
    struct web_reply r;
    cut(a, arena_strndup(a, s, head_n), &ask, headers);
    web_fake_ask(f, &ask, a, &r);
    if (r.status < 200 || r.status > 599 || strlen(r.body) != r.n || !utf8_valid(r.body, r.n) ||
        strpbrk(r.location, "\r\n") || strstr(r.body, "<script>") ||
        str_starts(r.location, "//"))
        abort();
    return 0;
}
