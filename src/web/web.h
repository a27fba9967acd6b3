/*
 * HTTP: from a socket to a handler and back. Bytes are moved by one event thread; a complete
 * request waits in a bounded queue for one of http.workers fibers, which runs the handler top
 * to bottom; it may wait for the database as if it had a thread of its own (fiber.h says what
 * it may not). web knows no people and no counties: signing in, capabilities, scope, chrome and
 * journals are hooks.
 *
 * A handler:
 *     static enum rc unit_show(struct rq *rq, struct err *e)
 *     {
 *         struct unit_page p = { .name = … };
 *         …
 *         return unit_render(rq, &p, e);          // html, or json when asked; made by tplc
 *     }
 * Returning other than RC_OK (without having answered) shows the error in the reader's language
 * with rc_http's status.
 */
#ifndef WEB_H
#define WEB_H

#include "page.h"

struct web;
struct rq;

/* ---- routes ---- */

enum method { GET = 1, POST = 2, PUT = 4, DELETE = 8 }; /* HEAD reaches GET */
enum { NONE = 1, SESSION = 2, TOKEN = 4 }; /* .auth; SESSION | TOKEN: either. Zero is invalid */
enum { ZONE_INNER = 1, ZONE_PUBLIC = 2 };  /* .zone; zero is ZONE_INNER */
/* Where a person's scope is applied. Zero is invalid unless auth is NONE. */
enum scope {
    SCOPE_ALL = 1, /* shows nothing of a unit: settings, one's own account */
    SCOPE_LIST,    /* a list, filtered by rq's scope in its query */
    SCOPE_UNIT,    /* path parameter :unit; the authorize hook checks it before the handler */
    SCOPE_OBJECT,  /* the handler loads an object and asks for its unit */
};

struct route {
    enum method method;
    /*
     * Segments: literal, `:name` ([A-Za-z0-9_-]+), `:name.pdf` (parameter with a literal
     * ending), last `*name` (the rest, without empty, "." or ".." pieces). A literal wins over
     * a parameter. Every GET page is also reached as path.json.
     */
    const char *path;
    unsigned auth; /* NONE, SESSION, TOKEN, SESSION | TOKEN */
    unsigned need; /* capability; zero is invalid */
    enum scope scope;
    unsigned zone;
    enum rc (*fn)(struct rq *rq, struct err *e);
    size_t body_max;   /* bytes of body; 0: the default (64 KiB); uploads included */
    unsigned n_files;  /* uploads at most; 0: a file is refused */
    const char *limit; /* name of a rate limit beside the general ones, or NULL */
    bool quiet;        /* nothing of it in access logs */
    bool raw;          /* the body is bytes (rq_body), whatever its type says */
    const char
        *journal; /* GET: hooks.on_read is told this word after success; NULL: not journaled */
    const struct page_kind *page; /* for /openapi.json: what it answers; may be NULL */
    const char *help;             /* for /openapi.json: one sentence, N_() */
};

struct route_table {
    const struct route *routes;
    size_t n;
};

/*
 * What the route test checks: method, path (form, duplicates, ambiguity), auth, need, scope,
 * fn; public is exactly NONE with cap_public. RC_INVALID names the first bad row.
 */
enum rc web_check_routes(const struct route_table *tables, size_t n_tables, unsigned cap_public,
                         struct err *e) MUST_USE;
/* OpenAPI 3.1 of the routes that have a page or help. */
void web_openapi(struct str *b, const struct route_table *tables, size_t n_tables,
                 const char *title, const char *version);

/* ---- a request ---- */

struct field { /* a query or form value; UTF-8 without U+0000; body and query are kept apart */
    const char *name, *value;
    size_t n; /* length of value */
};
struct upload {                   /* bytes are in a temporary file that goes with the request */
    const char *field, *filename; /* filename as sent, without folders */
    const char *type;
    int64_t size;
    int fd;           /* positioned at 0 */
    const char *path; /* /proc/self/fd/N: opens it again */
};
/* Who asks. The authenticate hook fills it; id.v == 0 is a visitor. */
struct account {
    struct id id;
    const char *code, *name;
    unsigned by;        /* SESSION or TOKEN */
    uint8_t secret[32]; /* of the session; the CSRF token is derived from it */
    void *data;         /* what the hooks keep for this request: roles, scope */
};

struct rq {
    struct arena *a; /* goes with the request */
    void *user;      /* web_config.user: the county */
    const struct route *route;
    enum method method;
    const char *path;    /* decoded path without .json; never with empty or dot pieces */
    const char *target;  /* path and query as sent */
    const char *host;    /* as the client named it; "" when absent */
    const char *scheme;  /* "http", or "https" as a trusted proxy says */
    const char *address; /* of the client, behind trusted proxies */
    char id[17];         /* request id, hex; also in the header X-Request-Id */
    enum lang lang;
    bool json;        /* answer as JSON */
    struct utime now; /* set by web when the request begins, from hooks.now */
    struct account account;
    struct chrome chrome; /* see page.h */
    int status;           /* of the page to render; 0 is 200 (or 201) */
    struct web *web;
    struct rq_private *p;
};

/* Values. NULL when absent. Names may repeat: the first is given; _all gives each. */
const char *rq_param(const struct rq *rq,
                     const char *name); /* of the path; never NULL for a name in route->path */
const char *rq_query(const struct rq *rq, const char *name);
const char *
rq_field(const struct rq *rq,
         const char *name); /* form field, or scalar member of a JSON body as text */
const struct field *rq_queries(const struct rq *rq, size_t *ret_n);
const struct field *rq_fields(const struct rq *rq, size_t *ret_n);
const char *rq_header(const struct rq *rq, const char *name);
const char *rq_cookie(const struct rq *rq, const char *name);
const struct upload *rq_upload(const struct rq *rq, const char *field);
const struct upload *rq_uploads(const struct rq *rq, size_t *ret_n);
struct bytes
rq_body(const struct rq *rq); /* of types other than forms and JSON; and JSON's own bytes */
struct json_t *rq_json(
    const struct rq *rq); /* jansson; NULL unless the body was JSON. Goes with the request */
const char *rq_bearer(const struct rq *rq); /* the token of Authorization: Bearer; NULL */

/*
 * A field of the form (or JSON), checked. Missing or wrong is RC_INVALID whose message names
 * label (Chinese text for people) and what is allowed. _opt: an absent or empty field leaves
 * *ret as it is.
 */
enum rc rq_text(const struct rq *rq, const char *name, const char *label, size_t max_chars,
                const char **ret, struct err *e) MUST_USE; /* trimmed, not empty */
enum rc rq_text_opt(const struct rq *rq, const char *name, const char *label, size_t max_chars,
                    const char **ret, struct err *e) MUST_USE; /* "" when empty */
enum rc rq_code(const struct rq *rq, const char *name, const char *label, const char **ret,
                struct err *e) MUST_USE;
enum rc rq_int(const struct rq *rq, const char *name, const char *label, int64_t min,
               int64_t max, int64_t *ret, struct err *e) MUST_USE;
enum rc rq_int_opt(const struct rq *rq, const char *name, const char *label, int64_t min,
                   int64_t max, int64_t *ret, struct err *e) MUST_USE;
enum rc rq_real(const struct rq *rq, const char *name, const char *label, double *ret,
                struct err *e) MUST_USE;
enum rc rq_real_opt(const struct rq *rq, const char *name, const char *label, double *ret,
                    struct err *e) MUST_USE;
enum rc rq_money(const struct rq *rq, const char *name, const char *label, struct money *ret,
                 struct err *e) MUST_USE;
enum rc rq_period(const struct rq *rq, const char *name, const char *label, struct period *ret,
                  struct err *e) MUST_USE;
enum rc rq_day(const struct rq *rq, const char *name, const char *label, int32_t *ret,
               struct err *e) MUST_USE;
bool rq_flag(const struct rq *rq,
             const char *name); /* a ticked box: present and not "", "0", "false" */
/* The same for the query of the address. */
enum rc rq_query_int(const struct rq *rq, const char *name, const char *label, int64_t min,
                     int64_t max, int64_t *ret,
                     struct err *e) MUST_USE; /* absent or empty leaves *ret */
enum rc rq_query_period(const struct rq *rq, const char *name, const char *label,
                        struct period *ret,
                        struct err *e) MUST_USE; /* absent or empty leaves *ret */

/*
 * For repeatable POSTs: the client's request_id (field or header Idempotency-Key; 8 to 64 of
 * [A-Za-z0-9_-]) or NULL, and the digest of everything the request said apart from csrf and
 * request_id. Where they are kept is the store's job.
 */
const char *rq_request_id(const struct rq *rq);
void rq_digest(const struct rq *rq, uint8_t out[32]);

/* Call fn(arg) when the answer is made (before it is sent), whatever became of the request: for
 * what is shared and counted. The newest first. */
void rq_at_end(struct rq *rq, void (*fn)(void *arg), void *arg);

/* Text for people in the reader's language. */
const char *rq_tr(const struct rq *rq, const char *zh);
void rq_crumb(struct rq *rq, const char *name, const char *href); /* href NULL: this page */
/* A sentence (already in the reader's language) for the page after the redirect. */
void rq_notice(struct rq *rq, const char *text);

/* ---- answers; each handler gives exactly one ---- */

/* 303 for a form. For JSON 201 with {"location": …} and the header Location. path is local:
 * "/unit/x". */
enum rc web_done(struct rq *rq, const char *path, struct err *e);
enum rc web_donef(struct rq *rq, struct err *e, const char *path_fmt, ...) PRINTF_LIKE(3, 4);
enum rc web_redirect(struct rq *rq, const char *path, struct err *e); /* 303 for both */
/* A JSON text (copied) with rq->status or 200. */
enum rc web_json(struct rq *rq, const char *json, size_t n, struct err *e);
/* Bytes (copied). type as in Content-Type; download: file name to save as, or NULL to show it.
 */
enum rc web_bytes(struct rq *rq, const void *p, size_t n, const char *type,
                  const char *download, struct err *e);
/* Takes over a heap str: no copy. */
enum rc web_str(struct rq *rq, struct str *b, const char *type, const char *download,
                struct err *e);
/* A file, sent by the kernel. RC_NOTFOUND when it is not there. */
enum rc web_file(struct rq *rq, const char *path, const char *type, const char *download,
                 struct err *e);
void web_header(struct rq *rq, const char *name,
                const char *value); /* an extra header; value without control characters */
/* HttpOnly, SameSite=Lax, Path=/, Secure over https. max_age 0 removes it; negative: until the
 * browser closes. */
void web_cookie(struct rq *rq, const char *name, const char *value, int64_t max_age);
/* Cache: by default no-store when somebody is signed in, else no-cache. This allows shared
 * caching for s seconds. */
void web_cache(struct rq *rq, int64_t s);

/* What a handler has answered; for hooks.change. Lives as long as the request. */
struct web_given {
    int status;           /* 0: nothing yet */
    const char *location; /* NULL: none */
    const char *type;     /* NULL: none */
    struct bytes body;    /* empty for a file */
};
void web_given(const struct rq *rq, struct web_given *ret);

/* ---- the server ---- */

struct web_hooks {
    /*
     * Who asks: reads rq_cookie / rq_bearer, fills rq->account and may set rq->lang and
     * rq->json. Called for every route, NONE too (so that a public page can greet). Return
     * RC_OK also for a visitor; an error ends the request.
     */
    enum rc (*authenticate)(struct rq *rq, struct err *e);
    /* May this account do route->need (for SCOPE_UNIT: to the unit of rq_param "unit")?
     * RC_DENIED, RC_NOTFOUND. */
    enum rc (*authorize)(struct rq *rq, struct err *e);
    void (*denied)(
        struct rq *rq,
        const struct err *e); /* after a 403, so that it can be recorded; may be NULL */
    /*
     * Runs the handler of a request that is not a GET (call rq->route->fn), or answers in its
     * place: where repeated requests are recognised. NULL: the handler is run.
     */
    enum rc (*change)(struct rq *rq, struct err *e);
    void (*chrome)(struct rq *rq); /* fills rq->chrome before a page is rendered; may be NULL */
    void (*on_read)(
        struct rq *rq); /* after a successful GET of a route with .journal; may be NULL */
    struct utime (*now)(void *user); /* the county's clock; NULL: the system's */
};

struct web_asset {         /* one embedded file; made by tools/assetc */
    const char *name;      /* "app.css" */
    const char *hashed;    /* "app.3f2a91c0.css" */
    const char *type;      /* Content-Type */
    const char *etag;      /* with quotes */
    const uint8_t *p, *gz; /* gz NULL: not worth it */
    size_t n, n_gz;
};
struct web_assets {
    const struct web_asset *rows; /* sorted by name */
    size_t n;
};
/* What web/ builds, embedded: link assets_dep. */
extern const struct web_assets web_static;

/* A folder whose files are served by the event thread without a handler: log tiles. */
struct web_mount {
    const char *prefix; /* "/log/tile/" */
    const char *dir;
    const char *type; /* Content-Type of all */
    bool immutable;   /* cached for a year by clients and in memory; otherwise no-cache */
    unsigned zone;    /* zero: both */
};

struct web_limit { /* a token bucket per client */
    const char *name;
    double per_minute;
    double burst;
};

enum { WEB_WORKERS = 128 };
struct web_config {
    const char *listen; /* "127.0.0.1:8080", "[::1]:8080"; port 0: any free one */
    void *user;
    struct web_hooks hooks;
    const struct route_table *tables;
    size_t n_tables;
    const struct web_mount *mounts;
    size_t n_mounts;
    const struct web_assets *assets; /* &web_static; NULL: none */
    unsigned zone;                   /* ZONE_INNER or ZONE_PUBLIC; zero is ZONE_INNER */
    const char
        *sign_in; /* where a browser without session is sent, with ?next=; NULL: 401 page */
    const char *trusted_proxies; /* addresses or networks "10.0.0.0/8 ::1" that may set
                                    X-Forwarded-For; NULL: none */
    const char *temp_dir;        /* for uploads; NULL: /tmp */
    /* Limits; zero is the default in brackets. */
    unsigned workers;             /* requests handled at once [WEB_WORKERS] */
    unsigned threads;             /* that handle them as long as none is slow: fibers.h
                                     [as many as processors] */
    unsigned queue;               /* complete requests waiting; beyond: 503 [1024] */
    unsigned connections;         /* [8192] */
    unsigned address_connections; /* of one address; not applied with trusted_proxies [2048] */
    unsigned header_max;          /* bytes of request line and headers; beyond: 431 [8192] */
    size_t body_max;              /* bytes of body where the route says nothing [65536] */
    unsigned idle_s;    /* a connection without traffic, and the longest time to send a header;
                           beyond:    408 where a request was being sent [60] */
    size_t bodies;      /* bytes of all bodies held at once, in memory and in temporary files;
                           beyond: 503 [1 GiB] */
    unsigned slow_rate; /* least bytes per second of a body, after idle_s of grace; below: 408
                           [1024] */
    unsigned fields;    /* form and query fields [2000] */
    struct web_limit per_address;   /* requests of one address, static files not counted [1200 a
                                       minute, burst 600] */
    struct web_limit per_account;   /* [600 a minute, burst 300] */
    const struct web_limit *limits; /* named ones for route.limit, counted per address */
    size_t n_limits;
    unsigned stop_s; /* a stop waits this long for what was accepted [30] */
};

enum rc web_start(const struct web_config *cfg, struct web **ret, struct err *e) MUST_USE;
int web_port(const struct web *w);
/* Stop accepting, answer everything accepted, then end all threads and free. Takes NULL. */
void web_stop(struct web *w);
void web_stopp(struct web **w);

/* Whether key may do one more thing of a named limit; false: *ret_wait_s says when to try
 * again. For hooks. */
bool web_limit_take(struct web *w, const char *limit, const char *key, int64_t *ret_wait_s);

enum { WEB_LE = 12 };
/* Upper ends of the histogram of handlers' times, in microseconds. */
extern const int64_t web_stats_le[WEB_LE];
struct web_stats {                  /* since the start; for /metrics */
    uint64_t requests, by_class[6]; /* by_class[4]: 4xx */
    uint64_t bytes_out, refused_busy, refused_rate;
    uint64_t handler_us, handler_cpu_us;
    unsigned active, queued, workers, connections;
    size_t bodies;       /* bytes of requests' bodies that are held */
    uint64_t le[WEB_LE]; /* handlers that took at most web_stats_le[i] microseconds, and longer
                            than the one before */
};
void web_stats(const struct web *w, struct web_stats *ret);

/* The address of an embedded file with its hash ("/static/app.3f2a91c0.css"); "/static/NAME"
 * when there is none. */
const char *web_asset_url(const struct web_assets *assets, const char *name, struct arena *a);

/*
 * A request without sockets, for tests and fuzzing of handlers: the whole way from route to
 * answer. Make the fake once (listen and mounts are not used), ask it any number of times.
 */
struct web_fake;
struct web_ask {
    const char *method;         /* NULL: "GET" */
    const char *target;         /* "/unit?x=1" */
    const char *const *headers; /* "Name: value", ended by NULL; may be NULL */
    const void *body;
    size_t n;
};
struct web_reply {
    int status;
    const char *type, *location; /* "" when absent */
    const char *cookies;         /* all Set-Cookie values, one a line */
    const char *body;            /* NUL-ended; a file's content too */
    size_t n;
};
enum rc web_fake_new(const struct web_config *cfg, struct web_fake **ret,
                     struct err *e) MUST_USE;
void web_fake_free(struct web_fake *f);
void web_fake_freep(struct web_fake **f);
void web_fake_ask(struct web_fake *f, const struct web_ask *ask, struct arena *a,
                  struct web_reply *ret);
/* The token a form of this session carries. */
void web_csrf(const uint8_t secret[32], char out[65]);

#endif
