/*
 * A request from its headers to its answer, without sockets: who asks, what they may, what they
 * sent, the handler. The order is the security: route, identity, limits, body, CSRF,
 * capability, then the handler. What a step refuses, no later step sees.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/parse.h"
#include "web/private.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TARGET_MAX = 4096, QUERIES_MAX = 200 };

const int64_t web_stats_le[WEB_LE] = { 250,   500,   1000,   2500,   5000,    10000,
                                       25000, 50000, 100000, 500000, 2000000, INT64_MAX };

/* ---- the core ---- */

enum rc core_new(const struct web_config *cfg, struct web_core **ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct networks *proxies = NULL;
    if (cfg->trusted_proxies) {
        enum rc rc = networks_parse(a, cfg->trusted_proxies, &proxies, e);
        if (rc != RC_OK)
            return rc;
    }
    struct web_core *c = mem_alloc(sizeof(*c));
    c->arena = a;
    a = NULL;
    c->proxies = proxies;
    c->cfg = *cfg;
    struct web_config *k = &c->cfg;
    k->zone = k->zone ? k->zone : (unsigned)ZONE_INNER;
    k->workers = k->workers ? k->workers : (unsigned)WEB_WORKERS;
    k->threads = k->threads ? k->threads : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    k->threads = k->threads < k->workers ? k->threads : k->workers;
    k->queue = k->queue ? k->queue : 1024;
    k->connections = k->connections ? k->connections : 8192;
    k->address_connections = k->address_connections ? k->address_connections : 2048;
    k->header_max = k->header_max ? k->header_max : 8192;
    k->body_max = k->body_max ? k->body_max : 65536;
    k->idle_s = k->idle_s ? k->idle_s : 60;
    k->bodies = k->bodies ? k->bodies : (size_t)1 << 30;
    k->slow_rate = k->slow_rate ? k->slow_rate : 1024;
    k->fields = k->fields ? k->fields : 2000;
    k->stop_s = k->stop_s ? k->stop_s : 30;
    k->temp_dir = arena_strdup(c->arena, k->temp_dir ? k->temp_dir : "/tmp");
    if (k->sign_in)
        k->sign_in = arena_strdup(c->arena, k->sign_in);
    if (k->per_address.burst <= 0)
        k->per_address = (struct web_limit){ .per_minute = 1200, .burst = 600 };
    if (k->per_account.burst <= 0)
        k->per_account = (struct web_limit){ .per_minute = 600, .burst = 300 };
    k->per_address.name = "address";
    k->per_account.name = "account";
    struct web_limit *limits =
        arena_array(c->arena, k->n_limits + LIMIT_NAMED, sizeof(*limits));
    limits[LIMIT_ADDRESS] = k->per_address;
    limits[LIMIT_ACCOUNT] = k->per_account;
    for (size_t i = 0; i < k->n_limits; i++)
        limits[LIMIT_NAMED + i] = k->limits[i];
    c->limiter = limiter_new(limits, k->n_limits + LIMIT_NAMED);
    c->router = router_new(k->tables, k->n_tables, k->zone);
    *ret = c;
    return RC_OK;
}

void core_free(struct web_core *c)
{
    if (!c)
        return;
    router_free(c->router);
    limiter_free(c->limiter);
    arena_free(c->arena);
    free(c);
}

bool web_limit_take(struct web *w, const char *limit, const char *key, int64_t *ret_wait_s)
{
    ptrdiff_t i = limiter_find(w->core->limiter, limit);
    return i < 0 ||
           limiter_take(w->core->limiter, (size_t)i, key, clock_monotonic_us(), ret_wait_s);
}

/* ---- the beginning ---- */

/* A target is ASCII; what a careless client put there otherwise is percent-encoded, so that it
 * can be shown and sent on. */
static const char *target_clean(struct arena *a, const char *target)
{
    struct str b;
    str_init(&b, a);
    for (; *target; target++)
        if (*target > ' ' && *target < 0x7f && !strchr("\"<>\\^`{|}", *target))
            str_addc(&b, *target);
        else
            str_addf(&b, "%%%02X", (unsigned char)*target);
    return b.s;
}

struct rq *request_new(struct web *w, struct arena *a, const char *target)
{
    struct rq *rq = arena_alloc(a, sizeof(*rq));
    struct rq_private *p = arena_alloc(a, sizeof(*p));
    struct clock real = { .simulated = false };
    uint8_t id[8];
    random_bytes(id, sizeof(id));
    hex_encode(id, sizeof(id), rq->id);
    *p = (struct rq_private){
        .core = w->core, .answer.fd = -1, .type = "", .matched = MATCH_NONE, .peer = ""
    };
    p->queries.max = QUERIES_MAX;
    p->fields.max = w->core->cfg.fields;
    p->cookies.max = SIZE_MAX;
    rq->a = a;
    rq->p = p;
    rq->web = w;
    rq->user = w->core->cfg.user;
    rq->method = GET;
    rq->target = target_clean(a, target);
    rq->path = "/";
    rq->host = rq->address = "";
    rq->scheme = "http";
    rq->now = w->core->cfg.hooks.now ? w->core->cfg.hooks.now(rq->user) : clock_now(&real);
    return rq;
}

void rq_at_end(struct rq *rq, void (*fn)(void *arg), void *arg)
{
    struct at_end *end = arena_alloc(rq->a, sizeof(*end));
    *end = (struct at_end){ .fn = fn, .arg = arg, .next = rq->p->ends };
    rq->p->ends = end;
}

static void run_ends(struct rq *rq)
{
    for (struct at_end *end = rq->p->ends; end; end = end->next)
        end->fn(end->arg);
    rq->p->ends = NULL;
}

void request_done(struct rq *rq)
{
    run_ends(rq); /* of a request that never ran */
    answer_reset(rq);
    err_done(&rq->p->fail);
    for (size_t i = 0; i < rq->p->n_uploads; i++)
        fd_closep(&rq->p->uploads[i].fd);
    if (rq->p->json)
        json_decref(rq->p->json);
    rq->p->json = NULL;
    rq->p->n_uploads = 0;
}

/* All lines of a header that is a list, in order, as one: a proxy may add a line of its own
 * below the client's. NULL when there is none. */
static const char *header_list(const struct rq *rq, const char *name)
{
    const char *all = NULL;
    for (size_t i = 0; i < rq->p->n_headers; i++)
        if (strcasecmp(rq->p->headers[i].name, name) == 0)
            all = all ? arena_printf(rq->a, "%s,%s", all, rq->p->headers[i].value)
                      : rq->p->headers[i].value;
    return all;
}

const char *rq_header(const struct rq *rq, const char *name)
{
    for (size_t i = 0; i < rq->p->n_headers; i++)
        if (strcasecmp(rq->p->headers[i].name, name) == 0)
            return rq->p->headers[i].value;
    return NULL;
}

bool accepts(const char *header, const char *name)
{
    size_t n = strlen(name);
    while (header && *header) {
        header += strspn(header, " \t,");
        size_t len = strcspn(header, ",");
        if (len >= n && strncasecmp(header, name, n) == 0 &&
            (len == n || strchr("; \t", header[n]))) {
            const char *q = memmem(header, len, "q=", 2);
            return !q || strtod(q + 2, NULL) > 0;
        }
        header += len;
    }
    return false;
}

static bool is_token(const char *s, const char *name)
{
    return s && strcasecmp(s, name) == 0;
}

/*
 * Two lengths for one body are how one server is made to see another request than the proxy
 * before it did. MHD takes the first and goes on; we refuse.
 */
static bool head_safe(const struct rq *rq)
{
    static const char token_chars[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t lengths = 0, codings = 0, hosts = 0;
    for (size_t i = 0; i < rq->p->n_headers; i++) {
        const struct field *h = &rq->p->headers[i];
        if (!h->name[0] || h->name[strspn(h->name, token_chars)])
            return false; /* "Content-Length : 5" is a length to some and none to others */
        if (strcasecmp(h->name, "Content-Length") == 0) {
            lengths++;
            if (!h->value[0] || h->value[strspn(h->value, "0123456789")])
                return false;
        } else if (strcasecmp(h->name, "Transfer-Encoding") == 0) {
            codings++;
            if (!is_token(h->value, "chunked"))
                return false;
        } else if (strcasecmp(h->name, "Host") == 0) {
            hosts++;
        }
    }
    return lengths + codings <= 1 && hosts <= 1;
}

static bool method_parse(const char *s, enum method *ret)
{
    static const struct {
        const char *name;
        enum method m;
    } methods[] = {
        { "GET", GET }, { "HEAD", GET }, { "POST", POST }, { "PUT", PUT }, { "DELETE", DELETE }
    };
    for (size_t i = 0; i < COUNT(methods); i++)
        if (str_eq(s, methods[i].name)) {
            *ret = methods[i].m;
            return true;
        }
    return false;
}

/* Decoded, absolute, without empty or dot pieces: nothing later needs to think about traversal.
 */
static bool path_valid(const char *path)
{
    if (path[0] != '/')
        return false;
    for (const char *s = path + 1; *s;) {
        size_t n = strcspn(s, "/");
        if (n == 0 || (n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.'))
            return false;
        s += n;
        if (*s == '/' && *++s == '\0')
            return false; /* a trailing slash */
    }
    return true;
}

static void allow_header(struct rq *rq, unsigned allowed)
{
    static const struct {
        enum method m;
        const char *name;
    } names[] = {
        { GET, "GET, HEAD" }, { POST, "POST" }, { PUT, "PUT" }, { DELETE, "DELETE" }
    };
    struct str b;
    str_init(&b, rq->a);
    for (size_t i = 0; i < COUNT(names); i++)
        if (allowed & names[i].m)
            str_addf(&b, "%s%s", b.n ? ", " : "", names[i].name);
    answer_header(rq, "Allow", b.s);
}

static void retry_after(struct rq *rq, int64_t s)
{
    answer_header(rq, "Retry-After", arena_printf(rq->a, "%lld", (long long)s));
}

static enum rc too_many(struct rq *rq, int64_t wait_s, struct err *e)
{
    atomic_fetch_add_explicit(&rq->p->core->refused_rate, 1, memory_order_relaxed);
    retry_after(rq, wait_s);
    return err_set(e, RC_TOOMANY, N_("请求过于频繁,请在 {seconds} 秒后再试"), "seconds",
                   arena_printf(rq->a, "%lld", (long long)wait_s));
}

static enum rc find_route(struct rq *rq, const char *method, struct err *e)
{
    struct rq_private *p = rq->p;
    bool known = method_parse(method, &rq->method);
    char *path = url_decode(rq->a, rq->target, strcspn(rq->target, "?"), false);
    if (strlen(rq->target) > TARGET_MAX) {
        rq->status = 414;
        return err_set(e, RC_TOOBIG, N_("地址过长"));
    }
    if (!path || !path_valid(path)) {
        rq->status = path ? 404 : 400;
        return err_set(e, RC_NOTFOUND, N_("没有这个地址"));
    }
    rq->path = path;
    p->matched = known ? router_match(p->core->router, rq->method, path, rq->a, &p->match)
                       : MATCH_METHOD;
    if (p->matched != MATCH_OK)
        rq->json = rq->json || str_ends(path, ".json");
    if (p->matched == MATCH_NONE)
        return err_set(e, RC_NOTFOUND, N_("没有这个地址"));
    if (p->matched == MATCH_METHOD) {
        rq->status = 405;
        if (!known)
            (void)router_match(p->core->router, 0, path, rq->a,
                               &p->match); /* for what is allowed there */
        allow_header(rq, p->match.allowed);
        bool name =
            strlen(method) <= 20 && !method[strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-")];
        return err_set(e, RC_INVALID, N_("这个地址不接受 {method} 请求"), "method",
                       name ? method : "?");
    }
    rq->path = p->match.path;
    rq->route = p->match.route;
    rq->json = rq->json || p->match.json;
    return RC_OK;
}

static void choose_lang(struct rq *rq)
{
    const char *asked = rq_query(rq, "lang"), *kept = rq_cookie(rq, "lang"),
               *header = rq_header(rq, "Accept-Language");
    if (str_eq(asked, "en") || str_eq(asked, "zh")) {
        rq->lang = asked[0] == 'e' ? LANG_EN : LANG_ZH;
        web_cookie(rq, "lang", asked, 365 * 86400);
    } else if (str_eq(kept, "en") || str_eq(kept, "zh")) {
        rq->lang = kept[0] == 'e' ? LANG_EN : LANG_ZH;
    } else if (header && strncasecmp(header, "en", 2) == 0) {
        rq->lang = LANG_EN;
    }
}

bool request_head(struct rq *rq, const char *method, const struct field *headers, size_t n,
                  const char *peer)
{
    struct rq_private *p = rq->p;
    p->headers = headers;
    p->n_headers = n;
    p->peer = rq->address = peer;
    p->started_us = clock_monotonic_us();
    const char *host = rq_header(rq, "Host"), *accept = rq_header(rq, "Accept"),
               *type = rq_header(rq, "Content-Type");
    rq->host = host ? host : "";
    if (networks_has(p->core->proxies, peer)) {
        rq->address =
            client_address(p->core->proxies, peer, header_list(rq, "X-Forwarded-For"), rq->a);
        if (is_token(rq_header(rq, "X-Forwarded-Proto"), "https"))
            rq->scheme = "https";
        const char *named = rq_header(rq, "X-Forwarded-Host");
        rq->host = named ? named : rq->host;
    }
    p->type = type ? media_type(rq->a, type) : "";
    rq->json = (accepts(accept, "application/json") && !accepts(accept, "text/html")) ||
               (str_eq(p->type, "application/json") && !accepts(accept, "text/html"));
    /* Text that is not UTF-8 is nobody's cookie or language. */
    form_cookies(rq->a, rq_header(rq, "Cookie"), &p->cookies);
    const char *query = strchr(rq->target, '?');
    struct err query_error = { 0 };
    enum rc query_rc =
        query ? form_urlencoded(rq->a, query + 1, strlen(query + 1), &p->queries, &query_error)
              : RC_OK;
    choose_lang(rq);
    if (!head_safe(rq)) {
        (void)err_set(
            &p->fail, RC_INVALID,
            N_("请求头不合规:长度、主机各写一次,长度与分块二选一,名称里没有空格")); /* returned
                                                                                       as false
                                                                                     */
        err_done(&query_error);
        return false;
    }
    int64_t wait_s = 0;
    if (!limiter_take(p->core->limiter, LIMIT_ADDRESS, address_key(rq->a, rq->address),
                      p->started_us, &wait_s))
        (void)too_many(rq, wait_s, &p->fail); /* kept in fail, like the next two */
    else if (query_rc != RC_OK)
        err_move(&p->fail, &query_error);
    else
        (void)find_route(rq, method, &p->fail);
    err_done(&query_error);
    return true;
}

size_t request_body_max(const struct rq *rq)
{
    if (!rq->route)
        return rq->p->core->cfg.body_max;
    return rq->route->body_max ? rq->route->body_max : rq->p->core->cfg.body_max;
}

/* ---- the body ---- */

/* A part of the body as a file of its own. */
static enum rc upload_make(struct rq *rq, const struct part_file *f, struct upload *ret,
                           struct err *e)
{
    const char *dir = rq->p->core->cfg.temp_dir;
    CLEANUP(fd_closep) int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        char *name = arena_printf(rq->a, "%s/upload-XXXXXX", dir);
        fd = mkostemp(name, O_CLOEXEC);
        if (fd >= 0)
            unlink(name);
    }
    for (size_t done = 0; fd >= 0 && done < f->n;) {
        ssize_t n = write(fd, rq->p->body + f->at + done, f->n - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            fd_closep(&fd);
            fd = -1;
            break;
        }
        done += (size_t)n;
    }
    if (fd < 0)
        return err_set(e, RC_IO, N_("上传的文件 {name} 无法暂存: {why}"), "name", f->filename,
                       "why", strerror(errno));
    lseek(fd, 0, SEEK_SET);
    *ret = (struct upload){ .field = f->field,
                            .filename = f->filename,
                            .type = f->type,
                            .size = (int64_t)f->n,
                            .fd = fd };
    ret->path = arena_printf(rq->a, "/proc/self/fd/%d", fd);
    fd = -1;
    return RC_OK;
}

static enum rc read_multipart(struct rq *rq, struct err *e)
{
    struct rq_private *p = rq->p;
    struct part_file *files = arena_array(rq->a, rq->route->n_files, sizeof(*files));
    size_t n = 0;
    enum rc rc = form_multipart(rq->a, rq_header(rq, "Content-Type"), p->body, p->n_body,
                                &p->fields, files, rq->route->n_files, &n, e);
    p->uploads = arena_array(rq->a, n, sizeof(*p->uploads));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        rc = upload_make(rq, &files[i], &p->uploads[i], e);
        p->n_uploads += rc == RC_OK;
    }
    return rc;
}

static enum rc read_body(struct rq *rq, struct err *e)
{
    struct rq_private *p = rq->p;
    if (p->too_big)
        return err_set(e, RC_TOOBIG, N_("内容超过 {max} 的上限"), "max",
                       fmt_bytes(rq->a, (int64_t)request_body_max(rq)));
    if (p->n_body == 0 || rq->route->raw)
        return RC_OK;
    if (str_eq(p->type, "application/x-www-form-urlencoded"))
        return form_urlencoded(rq->a, p->body, p->n_body, &p->fields, e);
    if (str_eq(p->type, "multipart/form-data"))
        return read_multipart(rq, e);
    if (str_eq(p->type, "application/json"))
        return form_json(rq->a, p->body, p->n_body, &p->fields, &p->json, e);
    return RC_OK;
}

/* ---- who and whether ---- */

/* Whether a page of ours sent it, as far as the browser says; programs say nothing. */
static bool from_here(const struct rq *rq)
{
    const char *origin = rq_header(rq, "Origin"), *site = rq_header(rq, "Sec-Fetch-Site");
    /* A proxy may speak https for us without saying so: the host is what must agree. */
    if (origin) {
        const char *host = strstr(origin, "://");
        return host && strcasecmp(host + 3, rq->host) == 0;
    }
    return !site || str_eq(site, "same-origin") || str_eq(site, "none");
}

/* A visitor has no secret to make a token of, but another site must not sign anybody in either:
 * they would go on under an account that is not theirs. */
static enum rc check_csrf(struct rq *rq, struct err *e)
{
    if (rq->method == GET || rq->account.by == TOKEN)
        return RC_OK;
    const char *sent = rq_field(rq, "csrf"), *header = rq_header(rq, "X-CSRF-Token");
    bool ok = from_here(rq);
    if (rq->account.by == SESSION) {
        sent = sent ? sent : header ? header : "";
        ok = ok && web_csrf_is(rq->account.secret, sent);
    }
    if (!ok)
        return err_set(e, RC_DENIED, N_("表单已失效,请返回刷新页面后再提交"));
    return RC_OK;
}

static enum rc unauthenticated(struct rq *rq, struct err *e)
{
    const char *sign_in = rq->p->core->cfg.sign_in;
    if (rq->method == GET && !rq->json && sign_in && (rq->route->auth & SESSION)) {
        struct str b;
        str_init(&b, rq->a);
        str_add(&b, sign_in);
        str_add(&b, "?next=");
        url_text(&b, rq->target);
        return web_redirect(rq, b.s, e);
    }
    if (rq->route->auth & TOKEN)
        answer_header(rq, "WWW-Authenticate", "Bearer");
    return err_set(e, RC_UNAUTH, N_("请先登录"));
}

static enum rc check_limits(struct rq *rq, struct err *e)
{
    struct web_core *c = rq->p->core;
    int64_t wait_s = 0, now = rq->p->started_us;
    char key[32];
    snprintf(key, sizeof(key), "%lld", (long long)rq->account.id.v);
    if (rq->account.id.v && !limiter_take(c->limiter, LIMIT_ACCOUNT, key, now, &wait_s))
        return too_many(rq, wait_s, e);
    ptrdiff_t named = rq->route->limit ? limiter_find(c->limiter, rq->route->limit) : -1;
    if (named >= 0 &&
        !limiter_take(c->limiter, (size_t)named, address_key(rq->a, rq->address), now, &wait_s))
        return too_many(rq, wait_s, e);
    return RC_OK;
}

static enum rc authorize(struct rq *rq, struct err *e)
{
    struct web_core *c = rq->p->core;
    if (!c->cfg.hooks.authorize)
        return RC_OK;
    return c->cfg.hooks.authorize(rq, e);
}

/* The handler, or what answers in its place. */
static enum rc handle(struct rq *rq, struct err *e)
{
    struct web_core *c = rq->p->core;
    return rq->method != GET && c->cfg.hooks.change ? c->cfg.hooks.change(rq, e)
                                                    : rq->route->fn(rq, e);
}

/* Everything from identity to the handler. */
static enum rc steps(struct rq *rq, struct err *e)
{
    struct web_core *c = rq->p->core;
    enum rc rc = c->cfg.hooks.authenticate ? c->cfg.hooks.authenticate(rq, e) : RC_OK;
    if (rc != RC_OK)
        return rc;
    if (rq->p->fail.rc != RC_OK) {
        err_move(e, &rq->p->fail);
        return e->rc;
    }
    if (!(rq->route->auth & NONE) && (!rq->account.id.v || !(rq->route->auth & rq->account.by)))
        return unauthenticated(rq, e);
    rc = check_limits(rq, e);
    if (rc == RC_OK)
        rc = read_body(rq, e);
    if (rc == RC_OK)
        rc = check_csrf(rq, e);
    if (rc != RC_OK)
        return rc;
    if (rq->route->auth != NONE)
        rc = authorize(rq, e);
    if (rc == RC_OK)
        rc = handle(rq, e);
    /* A handler that knows whose the thing is refuses as the hook does. */
    if (rc == RC_DENIED && c->cfg.hooks.denied)
        c->cfg.hooks.denied(rq, e);
    if (rc == RC_OK && !rq->p->answer.given)
        rc = err_set(e, RC_NOTFOUND, N_("没有这个内容"));
    if (rc == RC_OK && rq->route->journal && c->cfg.hooks.on_read && rq->p->answer.status < 300)
        c->cfg.hooks.on_read(rq);
    return rc;
}

/* ---- the end ---- */

static const char *method_text(const struct rq *rq)
{
    switch (rq->method) {
    case GET:
        return "GET";
    case POST:
        return "POST";
    case PUT:
        return "PUT";
    case DELETE:
        break;
    }
    return "DELETE";
}

static void count(struct rq *rq, int64_t us)
{
    struct web_core *c = rq->p->core;
    unsigned class = (unsigned)rq->p->answer.status / 100;
    atomic_fetch_add_explicit(&c->requests, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->by_class[class < 6 ? class : 5], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->handler_us, (uint64_t)us, memory_order_relaxed);
    size_t i = 0;
    while (us > web_stats_le[i])
        i++;
    atomic_fetch_add_explicit(&c->le[i], 1, memory_order_relaxed);
}

/* Machines and addresses, for the operator; not whose it was: a line for every page with a name
 * in it would be how long people work, and when. Refusals and records say who. */
static void log_access(const struct rq *rq, int64_t us)
{
    if (!rq->web->server || (rq->route && rq->route->quiet))
        return;
    log_event(LOG_INFO, "request", "id", rq->id, "method", method_text(rq), "path", rq->path,
              "status", arena_printf(rq->a, "%d", rq->p->answer.status), "us",
              arena_printf(rq->a, "%lld", (long long)us), "address", rq->address);
}

static void log_failure(const struct rq *rq, const struct err *e)
{
    if (rc_http(e->rc) >= 500)
        log_event(LOG_ERROR, "request_failed", "id", rq->id, "code", rc_name(e->rc), "message",
                  err_message(e, LANG_EN, rq->a));
}

void request_run(struct rq *rq)
{
    CLEANUP(err_done) struct err e = { 0 };
    int64_t from = clock_monotonic_us();
    if (steps(rq, &e) != RC_OK) {
        log_failure(rq, &e);
        if (e.rc == RC_BUSY)
            retry_after(rq, 2);
        answer_error(rq, &e);
    }
    /* Here, not when the answer has been sent: a slow client must not hold a snapshot. */
    run_ends(rq);
    answer_pack(rq);
    int64_t us = clock_monotonic_us() - from;
    count(rq, us);
    log_access(rq, us);
}

void request_refuse(struct rq *rq)
{
    CLEANUP(err_done) struct err e = { 0 };
    err_move(&e, &rq->p->fail);
    rq->chrome.bare = true;
    answer_error(rq, &e);
    count(rq, 0);
    log_access(rq, 0);
}
