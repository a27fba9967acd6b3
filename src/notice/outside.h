/*
 * Asking a program outside over http or https: one way for gateways, pulls and webhooks. The
 * certificate and the name in it are checked, TLS is 1.2 or newer, no proxy and no cookie is
 * used, no redirection is followed: whoever is named is asked, and nobody else.
 */
#ifndef NOTICE_OUTSIDE_H
#define NOTICE_OUTSIDE_H

#include "base/arena.h"
#include "base/kinds.h"

enum { OUTSIDE_CONNECT_MS = 5000, OUTSIDE_BEARER_MAX = 2000 };

struct outside_call {
    const char *url; /* http://… or https://… */
    bool post;       /* with body; else GET */
    struct bytes body;
    const char *media;          /* of the body; NULL: none */
    const char *bearer;         /* NULL or "": no token */
    const char *const *headers; /* "Name: value"; ended by NULL; may be NULL */
    const char *ca;             /* a file of certificates to trust; NULL: the system's */
    int64_t timeout_ms;         /* for everything together */
    size_t max;                 /* of the answer's body */
    bool cut;                   /* what is more is left out, in place of RC_TOOBIG */
};
struct outside_reply {
    int status;
    const char *type;     /* Content-Type, "" when absent */
    const char *redirect; /* where it would send us, "" */
    struct bytes body;    /* a NUL behind it */
    bool asked;           /* also with an error: the request has gone or may have */
};
/*
 * What comes back lives in a. RC_OK with any status; RC_INVALID: no such address; RC_IO: not
 * reached, not trusted, cut off or too slow, and which; RC_TOOBIG. No message repeats the
 * token.
 */
enum rc outside_ask(struct arena *a, const struct outside_call *call, struct outside_reply *ret,
                    struct err *e) MUST_USE;
/* May it stand in a header as it is? */
bool outside_bearer_valid(const char *token);

/* A handle of libcurl with what holds for everything that leaves the house; NULL: none to be
 * had. protocols as CURLOPT_PROTOCOLS_STR has them. For channel.c, which sends mail with it. */
void *outside_handle(const char *protocols, const char *ca, int64_t timeout_ms);
/* This result of libcurl's says that the other side was never asked. */
bool outside_never_reached(int curl_code);

#endif
