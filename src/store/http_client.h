/*
 * A small blocking HTTP/1.1 client for http:// only: for witnesses, for reading a log's tiles
 * and for job runners' plain needs inside an institution's network. Why not libcurl: two verbs
 * with a deadline and a limit are 200 lines, and libcurl would bring TLS, cookies, proxies and
 * a dozen protocols into a process that must never speak them. TLS ends in a proxy beside us,
 * as it does for our own server; a witness behind https:// is reached through such a proxy.
 */
#ifndef STORE_HTTP_CLIENT_H
#define STORE_HTTP_CLIENT_H

#include "base/arena.h"
#include "base/kinds.h"

struct http_call {
    const char *method;  /* "GET" or "POST" */
    const char *url;     /* http://host[:port][/path]; no user, no fragment */
    struct bytes body;   /* POST */
    const char *type;    /* of the body; NULL: text/plain */
    const char *headers; /* more of them, each line ended by \r\n; NULL: none */
    int64_t timeout_ms;  /* for everything together; 0: 5,000 */
    size_t max;          /* of the answer's body; 0: 1 MiB */
};
struct http_reply {
    int status;
    const char *type; /* Content-Type, "" when absent */
    struct bytes body;
};
/*
 * One request on one connection. What comes back lives in a. RC_INVALID: not such an address;
 * RC_IO: not reached, cut off, too slow, or not HTTP; RC_TOOBIG: more than max. Any status is
 * RC_OK.
 */
enum rc http_call(struct arena *a, const struct http_call *call, struct http_reply *ret,
                  struct err *e) MUST_USE;

/* Several requests to one server over one connection; not for two threads. */
struct http_conn;
enum rc http_conn_open(const char *url, int64_t timeout_ms, struct http_conn **ret,
                       struct err *e) MUST_USE;
/* path is put after the address's own; reconnects when the server closed. */
enum rc http_conn_get(struct http_conn *c, struct arena *a, const char *path, size_t max,
                      struct http_reply *ret, struct err *e) MUST_USE;
void http_conn_closep(struct http_conn **c);

/* Reading an answer, for tests and fuzzing: all of it is in `in`. False when it is not one
 * whole answer. */
bool http_parse_reply(struct arena *a, struct bytes in, struct http_reply *ret);

#endif
