/* What the files of web share. Not for other folders. */
#ifndef WEB_PRIVATE_H
#define WEB_PRIVATE_H

#include "web/web.h"

#include <stdatomic.h>

/* ---- router.c ---- */

struct router;
enum match { MATCH_OK, MATCH_NONE, MATCH_METHOD };
struct router *router_new(const struct route_table *tables, size_t n_tables, unsigned zone);
void router_free(struct router *r);
enum { PARAMS_MAX = 8 };
struct match_result {
    const struct route *route;
    bool json;                                          /* reached by .json */
    const char *names[PARAMS_MAX], *values[PARAMS_MAX]; /* in the arena */
    size_t n_params;
    unsigned allowed; /* MATCH_METHOD: methods that exist there */
    const char *path; /* without .json */
};
/* path is decoded and starts with '/'. */
enum match router_match(const struct router *r, enum method m, const char *path,
                        struct arena *a, struct match_result *ret);

/* ---- form.c: pure parsers ---- */

struct fields {
    struct field *v;
    size_t n, cap, max;
};
struct part_file { /* a file in a multipart body: bytes [at, at + n) of it */
    const char *field, *filename, *type;
    size_t at, n;
};
/* %XX and, with plus, '+'. NULL when malformed, not UTF-8, or with a control character other
 * than tab and line ends. */
char *url_decode(struct arena *a, const char *s, size_t n, bool plus);
enum rc form_urlencoded(struct arena *a, const char *s, size_t n, struct fields *f,
                        struct err *e) MUST_USE;
enum rc form_multipart(struct arena *a, const char *type, const char *s, size_t n,
                       struct fields *f, struct part_file *files, size_t max_files,
                       size_t *ret_n_files, struct err *e) MUST_USE;
/* Scalars of the top level become fields, lists of scalars repeated fields. *ret_json is owned
 * by the caller. */
enum rc form_json(struct arena *a, const char *s, size_t n, struct fields *f,
                  struct json_t **ret_json, struct err *e) MUST_USE;
void form_cookies(struct arena *a, const char *header, struct fields *f);
const char *fields_get(const struct fields *f, const char *name);
/* "application/json" of "Application/JSON; charset=utf-8" */
char *media_type(struct arena *a, const char *content_type);

/* ---- limit.c ---- */

struct limiter;
struct limiter *limiter_new(const struct web_limit *limits, size_t n);
void limiter_free(struct limiter *l);
/* which: index into limits. now_us: monotonic. */
bool limiter_take(struct limiter *l, size_t which, const char *key, int64_t now_us,
                  int64_t *ret_wait_s);
ptrdiff_t limiter_find(const struct limiter *l, const char *name);
enum { LIMIT_ADDRESS, LIMIT_ACCOUNT, LIMIT_NAMED };

/* ---- proxy.c ---- */

struct networks; /* a list of networks */
enum rc networks_parse(struct arena *a, const char *text, struct networks **ret,
                       struct err *e) MUST_USE;
bool networks_has(const struct networks *n, const char *address);
/* The client's address: the rightmost of X-Forwarded-For that is no trusted proxy. */
const char *client_address(const struct networks *n, const char *peer, const char *forwarded,
                           struct arena *a);

/* What an address is counted by: of IPv6 the network of 64 bits, in which one client has as
 * many addresses as it likes. */
const char *address_key(struct arena *a, const char *address);

/* ---- one request ---- */

struct answer {
    bool given;
    int status;
    struct field *headers; /* in the request's arena */
    size_t n_headers, cap_headers;
    char *heap; /* the body; freed with the answer */
    size_t n;
    int fd; /* or a file; -1: none */
    int64_t fd_size;
};

struct rq_private {
    struct web_core *core;
    const struct field *headers; /* of the request */
    size_t n_headers;
    const char *peer; /* address of the socket */
    struct match_result match;
    enum match matched;
    struct fields queries, fields, cookies;
    struct upload *uploads;
    size_t n_uploads;
    const char *body; /* complete */
    size_t n_body;
    const char *type; /* media type of the body, "" without */
    bool too_big;
    struct json_t *json;
    struct answer answer;
    struct err fail; /* what was wrong before the handler */
    bool cache_set;
    int64_t started_us, handler_us;
    struct at_end { /* newest first */
        void (*fn)(void *arg);
        void *arg;
        struct at_end *next;
    } * ends;
};

/* The part of a server without sockets: what turns a request into an answer. Constant after
 * core_new but for counters and the limiter, which has its own lock. */
struct web_core {
    struct web_config cfg;
    struct router *router;
    struct limiter *limiter;
    struct networks *proxies;
    struct arena *arena;
    atomic_uint waiting; /* complete requests no worker has taken yet */
    atomic_uint_fast64_t requests, by_class[6], refused_busy, refused_rate, bytes_out,
        handler_us, le[WEB_LE];
};
struct server; /* the sockets */
struct web {
    struct web_core *core;
    struct server *server; /* NULL in a fake */
};
enum rc core_new(const struct web_config *cfg, struct web_core **ret, struct err *e) MUST_USE;
void core_free(struct web_core *c);

/* Steps of a request. A request and everything of it lives in a. */
struct rq *request_new(struct web *w, struct arena *a, const char *target);
void request_done(struct rq *rq); /* what is not in the arena */
/*
 * After the headers: path, route, limits that need no body. On failure rq->p->fail says why; go
 * on to request_run. headers and peer are kept, not copied. False when the connection must not
 * be used further (smuggling): answer, then close.
 */
bool request_head(struct rq *rq, const char *method, const struct field *headers, size_t n,
                  const char *peer);
/* The most bytes of body that will be read. */
size_t request_body_max(const struct rq *rq);
/* After the body (p->body, n_body or too_big): everything up to the answer. */
void request_run(struct rq *rq);
/* Only the error in p->fail, without hooks: for the event thread. */
void request_refuse(struct rq *rq);

/* ---- answers ---- */

void answer_head(struct rq *rq, int status,
                 const char *type); /* begins an answer with the headers of all */
void answer_header(struct rq *rq, const char *name, const char *value);
void answer_str(struct rq *rq, struct str *b); /* takes over the heap text as body */
void answer_error(struct rq *rq,
                  const struct err *e); /* page or JSON; replaces what was begun */
void answer_reset(struct rq *rq);
/* Compresses the body when that is worth it and accepted. */
void answer_pack(struct rq *rq);
/* The token as pages carry it: another text each time, the same meaning. And whether a token,
 * masked or not, is the session's. */
enum { CSRF_MASKED = 128 };
void web_csrf_mask(const uint8_t secret[32], char out[CSRF_MASKED + 1]);
bool web_csrf_is(const uint8_t secret[32], const char *sent);
/* "text/css; charset=utf-8" of "app.css" */
const char *type_of(const char *name);

/* Whether a comma list with q-values names it (explicitly, not by *) and does not refuse it. */
bool accepts(const char *header, const char *name);

/* ---- assets.c: what needs no handler ---- */

struct statics;
struct MHD_Connection;
struct MHD_Response;
struct statics *statics_new(const struct web_config *cfg);
void statics_free(struct statics *s);
/* Whether the raw target belongs to a static file or a mount: then the event thread answers it.
 */
bool statics_own(const struct statics *s, const char *target);
/* GET or HEAD of such a target. Returns MHD's answer to queueing. */
int statics_answer(struct statics *s, struct MHD_Connection *c, const char *target,
                   const char *method);

#endif
