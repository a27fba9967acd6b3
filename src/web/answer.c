/*
 * Answers: pages, redirects, files, errors, with the headers every answer has. An answer is a
 * plain struct; server.c gives it to the socket, web_fake_ask to a test.
 */
#include "base/hash.h"
#include "web/error.html.h"
#include "web/layout.html.h"
#include "web/private.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    PACK_MIN = 4096,   /* bytes of text below which packing is not worth it */
    PAGE_USUAL = 98304 /* room that few pages outgrow: growing copies what is there */
};

/* No inline script or style anywhere; images may be data: (the style sheet has some). */
static const char policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src "
                             "'self' data:; font-src 'self'; "
                             "connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
                             "form-action 'self'; base-uri 'none'; "
                             "frame-ancestors 'none'";

void answer_header(struct rq *rq, const char *name, const char *value)
{
    struct answer *an = &rq->p->answer;
    for (const char *s = value; *s; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f)
            return; /* a line end in a header would be another header */
    if (an->n_headers == an->cap_headers) {
        size_t cap = an->cap_headers ? an->cap_headers * 2 : 16;
        an->headers = arena_grow(rq->a, an->headers, an->cap_headers * sizeof(*an->headers),
                                 cap * sizeof(*an->headers));
        an->cap_headers = cap;
    }
    an->headers[an->n_headers++] = (struct field){ .name = arena_strdup(rq->a, name),
                                                   .value = arena_strdup(rq->a, value) };
}

void answer_reset(struct rq *rq)
{
    struct answer *an = &rq->p->answer;
    free(an->heap);
    if (an->fd >= 0)
        close(an->fd);
    *an = (struct answer){ .fd = -1 };
}

/* Headers that a handler set before its answer (web_header, web_cookie) stay. */
void answer_head(struct rq *rq, int status, const char *type)
{
    struct answer *an = &rq->p->answer;
    an->given = true;
    an->status = status;
    if (type)
        answer_header(rq, "Content-Type", type);
    if (type && str_starts(type, "text/html"))
        answer_header(rq, "Content-Security-Policy", policy);
    answer_header(rq, "X-Content-Type-Options", "nosniff");
    answer_header(rq, "Referrer-Policy", "same-origin");
    answer_header(rq, "Cross-Origin-Opener-Policy", "same-origin");
    answer_header(rq, "X-Request-Id", rq->id);
    if (!rq->p->cache_set)
        answer_header(rq, "Cache-Control", rq->account.id.v ? "no-store" : "no-cache");
    answer_header(rq, "Vary", "Accept, Accept-Language, Cookie, Authorization");
    if (str_eq(rq->scheme, "https"))
        answer_header(rq, "Strict-Transport-Security", "max-age=31536000");
}

void answer_str(struct rq *rq, struct str *b)
{
    rq->p->answer.heap = b->s;
    rq->p->answer.n = b->n;
    *b = (struct str){ 0 };
}

/*
 * Text that is large enough travels packed, as quickly as zlib can. A page may hold what an
 * attacker would like to guess from its packed size (BREACH): the form token is another text in
 * every answer (web_csrf_mask), and a session's cookie does not come with other sites'
 * requests. When requests are waiting the processor has better things to do.
 */
void answer_pack(struct rq *rq)
{
    struct answer *an = &rq->p->answer;
    const char *type = NULL;
    bool coded = false;
    for (size_t i = 0; i < an->n_headers; i++) {
        if (str_eq(an->headers[i].name, "Content-Type"))
            type = an->headers[i].value;
        coded |= str_eq(an->headers[i].name, "Content-Encoding");
    }
    if (!an->heap || an->n < PACK_MIN || coded || !type ||
        !(str_starts(type, "text/") || str_starts(type, "application/json")))
        return;
    answer_header(rq, "Vary", "Accept-Encoding");
    if (!accepts(rq_header(rq, "Accept-Encoding"), "gzip") ||
        atomic_load_explicit(&rq->p->core->waiting, memory_order_relaxed) > 0)
        return;
    z_stream z = { 0 };
    enum { GZIP = 16 }; /* added to the window's bits: a gzip head and tail */
    if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 15 + GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t cap = deflateBound(&z, an->n);
    char *packed = mem_alloc(cap);
    z.next_in = (Bytef *)an->heap;
    z.avail_in = (uInt)an->n;
    z.next_out = (Bytef *)packed;
    z.avail_out = (uInt)cap;
    bool good = an->n < UINT32_MAX / 2 && deflate(&z, Z_FINISH) == Z_STREAM_END;
    size_t n = z.total_out;
    deflateEnd(&z);
    if (!good) {
        free(packed);
        return;
    }
    free(an->heap);
    an->heap = packed;
    an->n = n;
    answer_header(rq, "Content-Encoding", "gzip");
}

void web_given(const struct rq *rq, struct web_given *ret)
{
    const struct answer *an = &rq->p->answer;
    *ret = (struct web_given){ .status = an->given ? an->status : 0,
                               .body = { .p = (const uint8_t *)an->heap, .n = an->n } };
    for (size_t i = 0; i < an->n_headers; i++) {
        if (str_eq(an->headers[i].name, "Location"))
            ret->location = an->headers[i].value;
        if (str_eq(an->headers[i].name, "Content-Type"))
            ret->type = an->headers[i].value;
    }
}

void web_header(struct rq *rq, const char *name, const char *value)
{
    answer_header(rq, name, value);
}

void web_cookie(struct rq *rq, const char *name, const char *value, int64_t max_age)
{
    struct str b;
    str_init(&b, rq->a);
    str_addf(&b, "%s=%s; Path=/; HttpOnly; SameSite=Lax", name, value);
    if (max_age >= 0)
        str_addf(&b, "; Max-Age=%lld", (long long)max_age);
    if (str_eq(rq->scheme, "https"))
        str_add(&b, "; Secure");
    answer_header(rq, "Set-Cookie", b.s);
}

void web_cache(struct rq *rq, int64_t s)
{
    rq->p->cache_set = true;
    answer_header(rq, "Cache-Control",
                  arena_printf(rq->a, "public, max-age=%lld", (long long)s));
}

void rq_notice(struct rq *rq, const char *text)
{
    struct str b;
    str_init(&b, rq->a);
    url_text(&b, text);
    if (b.n < 1500)
        web_cookie(rq, "notice", b.s, 60);
}

/* ---- the frame ---- */

/* The same address with another lang in its query. */
static const char *with_lang(struct rq *rq, const char *lang)
{
    struct str b;
    str_init(&b, rq->a);
    str_addn(&b, rq->target, strcspn(rq->target, "?"));
    char sep = '?';
    for (size_t i = 0; i < rq->p->queries.n; i++) {
        const struct field *f = &rq->p->queries.v[i];
        if (str_eq(f->name, "lang"))
            continue;
        str_addc(&b, sep);
        url_text(&b, f->name);
        str_addc(&b, '=');
        url_text(&b, f->value);
        sep = '&';
    }
    str_addf(&b, "%clang=%s", sep, lang);
    return b.s;
}

static struct chrome_link *asset_links(struct rq *rq, const char *first,
                                       const char *const *more, size_t *ret_n)
{
    size_t n = 0;
    while (more && more[n])
        n++;
    struct chrome_link *links = arena_array(rq->a, n + 1, sizeof(*links));
    const struct web_assets *assets = rq->p->core->cfg.assets;
    links[0].href = web_asset_url(assets, first, rq->a);
    for (size_t i = 0; i < n; i++)
        links[i + 1].href = web_asset_url(assets, more[i], rq->a);
    *ret_n = n + 1;
    return links;
}

static void chrome_fill(struct rq *rq, const struct page_kind *kind)
{
    struct chrome *c = &rq->chrome;
    bool zh = rq->lang == LANG_ZH;
    c->lang = zh ? "zh-CN" : "en";
    c->other_lang = zh ? "en" : "zh-CN";
    c->other_name = zh ? "English" : "中文";
    c->other_href = with_lang(rq, zh ? "en" : "zh");
    c->request = rq->id;
    if (rq->method == GET && rq->route && kind->schema && !rq->p->fail.rc) {
        const char *query = strchr(rq->target, '?');
        c->json = arena_printf(rq->a, "%s.json%s", str_eq(rq->path, "/") ? "/index" : rq->path,
                               query ? query : "");
    }
    c->styles = asset_links(rq, "jingjian.css", kind->styles, &c->n_styles);
    c->scripts = asset_links(rq, "jingjian.js", kind->scripts, &c->n_scripts);
    if (kind->body)
        c->body = kind->body;
    c->bare = c->bare || kind->bare;
    const char *notice = rq_cookie(rq, "notice");
    if (notice) {
        c->notice = url_decode(rq->a, notice, strlen(notice), false);
        web_cookie(rq, "notice", "", 0);
    }
}

static void title_fill(struct rq *rq, const struct page_kind *kind, const void *page,
                       struct out *o)
{
    if (!kind->title)
        return;
    struct out t = *o;
    str_init(&t.b, rq->a);
    t.plain = true; /* the layout escapes it */
    kind->title(&t, page);
    rq->chrome.title = str_trim(rq->a, t.b.s);
}

/* hooks: whether the chrome hook may be asked (not for answers of the event thread). */
static void page_html(struct rq *rq, const struct page_kind *kind, const void *page, int status,
                      bool hooks)
{
    struct out o = { .a = rq->a,
                     .lang = rq->lang,
                     .now = rq->now,
                     .assets = rq->p->core->cfg.assets,
                     .content = kind->html,
                     .page = page };
    if (rq->account.by == SESSION) {
        char csrf[CSRF_MASKED + 1];
        web_csrf_mask(rq->account.secret, csrf);
        o.csrf = arena_strdup(rq->a, csrf);
    }
    if (hooks && rq->p->core->cfg.hooks.chrome)
        rq->p->core->cfg.hooks.chrome(rq);
    chrome_fill(rq, kind);
    title_fill(rq, kind, page, &o);
    str_init(&o.b, NULL);
    str_reserve(&o.b, PAGE_USUAL);
    layout_html(&o, &rq->chrome);
    answer_head(rq, status, "text/html; charset=utf-8");
    answer_header(rq, "Content-Language", rq->chrome.lang);
    answer_str(rq, &o.b);
}

enum rc web_page(struct rq *rq, const struct page_kind *kind, const void *page, struct err *e)
{
    int status = rq->status ? rq->status : 200;
    if (!rq->json) {
        page_html(rq, kind, page, status, /* hooks= */ true);
        return RC_OK;
    }
    struct str b;
    str_init(&b, NULL);
    str_reserve(&b, 8192);
    kind->json(&b, page);
    answer_head(rq, status, "application/json");
    answer_str(rq, &b);
    return RC_OK;
}

/* ---- errors ---- */

static void error_json(struct rq *rq, const struct err *e, int status, const char *message)
{
    struct str b;
    str_init(&b, NULL);
    str_add(&b, "{\"error\":{\"code\":");
    json_text(&b, rc_name(e->rc));
    str_addf(&b, ",\"status\":%d,\"message\":", status);
    json_text(&b, message);
    str_add(&b, ",\"request\":");
    json_text(&b, rq->id);
    str_add(&b, "}}");
    answer_head(rq, status, "application/json");
    answer_str(rq, &b);
}

void answer_error(struct rq *rq, const struct err *e)
{
    int status = rq->status >= 400 ? rq->status : rc_http(e->rc);
    const char *message = err_message(e, rq->lang, rq->a);
    struct answer *an = &rq->p->answer;
    /* Headers stay (cookies, Retry-After, Allow), a half-made body goes. */
    free(an->heap);
    if (an->fd >= 0)
        close(an->fd);
    an->heap = NULL;
    an->fd = -1;
    an->n = 0;
    rq->p->fail.rc = e->rc;
    if (rq->json) {
        error_json(rq, e, status, message);
        return;
    }
    struct web_error_page p = { .status = status,
                                .message = message,
                                .request = rq->id,
                                .home = rq->p->core->router != NULL && !rq->chrome.bare };
    page_html(rq, &web_error_kind, &p, status, rq->account.id.v != 0);
}

/* ---- other answers ---- */

/* A local address only: a path, perhaps with query. */
static enum rc check_local(const char *path, struct err *e)
{
    if (path[0] != '/' || path[1] == '/' || path[1] == '\\')
        return err_set(e, RC_INVALID, N_("地址 {path} 不在本系统内"), "path", path);
    return RC_OK;
}

/* What is not allowed in a header percent-encoded. */
static const char *location(struct rq *rq, const char *path)
{
    struct str b;
    str_init(&b, rq->a);
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if (c <= ' ' || c >= 0x7f)
            str_addf(&b, "%%%02X", c);
        else
            str_addc(&b, (char)c);
    }
    return b.s;
}

enum rc web_redirect(struct rq *rq, const char *path, struct err *e)
{
    enum rc rc = check_local(path, e);
    if (rc != RC_OK)
        return rc;
    answer_header(rq, "Location", location(rq, path));
    answer_head(rq, 303, NULL);
    return RC_OK;
}

enum rc web_done(struct rq *rq, const char *path, struct err *e)
{
    if (!rq->json)
        return web_redirect(rq, path, e);
    enum rc rc = check_local(path, e);
    if (rc != RC_OK)
        return rc;
    struct str b;
    str_init(&b, NULL);
    str_add(&b, "{\"location\":");
    json_text(&b, path);
    str_addc(&b, '}');
    answer_header(rq, "Location", location(rq, path));
    answer_head(rq, rq->status ? rq->status : 201, "application/json");
    answer_str(rq, &b);
    return RC_OK;
}

enum rc web_donef(struct rq *rq, struct err *e, const char *path_fmt, ...)
{
    va_list ap, again;
    va_start(ap, path_fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, path_fmt, ap);
    va_end(ap);
    char *path = arena_alloc(rq->a, (size_t)n + 1);
    vsnprintf(path, (size_t)n + 1, path_fmt, again);
    va_end(again);
    return web_done(rq, path, e);
}

static void disposition(struct rq *rq, const char *download)
{
    if (!download)
        return;
    struct str b;
    str_init(&b, rq->a);
    str_add(&b, "attachment; filename=\"");
    for (const char *s = download; *s; s++)
        str_addc(&b,
                 (unsigned char)*s < ' ' || (unsigned char)*s >= 0x7f || strchr("\"\\%;", *s)
                     ? '_'
                     : *s);
    str_add(&b, "\"; filename*=UTF-8''");
    url_text(&b, download);
    answer_header(rq, "Content-Disposition", b.s);
}

enum rc web_str(struct rq *rq, struct str *b, const char *type, const char *download,
                struct err *e)
{
    disposition(rq, download);
    answer_head(rq, rq->status ? rq->status : 200, type);
    answer_str(rq, b);
    return RC_OK;
}

enum rc web_bytes(struct rq *rq, const void *p, size_t n, const char *type,
                  const char *download, struct err *e)
{
    struct str b;
    str_init(&b, NULL);
    str_addn(&b, p, n);
    return web_str(rq, &b, type, download, e);
}

enum rc web_json(struct rq *rq, const char *json, size_t n, struct err *e)
{
    return web_bytes(rq, json, n, "application/json", NULL, e);
}

enum rc web_file(struct rq *rq, const char *path, const char *type, const char *download,
                 struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            close(fd);
        return err_set(e, RC_NOTFOUND, N_("文件已不在"));
    }
    disposition(rq, download);
    answer_head(rq, rq->status ? rq->status : 200, type);
    rq->p->answer.fd = fd;
    rq->p->answer.fd_size = st.st_size;
    return RC_OK;
}

void web_csrf(const uint8_t secret[32], char out[65])
{
    uint8_t text[5 + 32], digest[HASH_SIZE];
    memcpy(text, "csrf:", 5);
    memcpy(text + 5, secret, 32);
    sha256(text, sizeof(text), digest);
    hex_encode(digest, sizeof(digest), out);
}

void web_csrf_mask(const uint8_t secret[32], char out[CSRF_MASKED + 1])
{
    char token[65];
    uint8_t bytes[2 * HASH_SIZE];
    web_csrf(secret, token);
    random_bytes(bytes, HASH_SIZE);
    (void)hex_decode(token, HASH_SIZE, bytes + HASH_SIZE); /* it is what we have just written */
    for (size_t i = 0; i < HASH_SIZE; i++)
        bytes[HASH_SIZE + i] ^= bytes[i];
    hex_encode(bytes, sizeof(bytes), out);
}

bool web_csrf_is(const uint8_t secret[32], const char *sent)
{
    char want[65], token[65];
    uint8_t bytes[2 * HASH_SIZE];
    web_csrf(secret, want);
    if (strlen(sent) == CSRF_MASKED && hex_decode(sent, sizeof(bytes), bytes)) {
        for (size_t i = 0; i < HASH_SIZE; i++)
            bytes[HASH_SIZE + i] ^= bytes[i];
        sent = hex_encode(bytes + HASH_SIZE, HASH_SIZE, token);
    }
    return strlen(sent) == 64 && bytes_equal(sent, want, 64);
}

const char *type_of(const char *name)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        { ".css", "text/css; charset=utf-8" },
        { ".js", "text/javascript; charset=utf-8" },
        { ".svg", "image/svg+xml" },
        { ".png", "image/png" },
        { ".ico", "image/x-icon" },
        { ".woff2", "font/woff2" },
        { ".json", "application/json" },
        { ".txt", "text/plain; charset=utf-8" },
        { ".html", "text/html; charset=utf-8" },
        { ".pdf", "application/pdf" },
        { ".csv", "text/csv; charset=utf-8" },
        { ".zip", "application/zip" },
        { ".wasm", "application/wasm" },
        { ".webmanifest", "application/manifest+json" },
        { ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
        { ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
    };
    for (size_t i = 0; i < COUNT(types); i++)
        if (str_ends(name, types[i].ending))
            return types[i].type;
    return "application/octet-stream";
}
