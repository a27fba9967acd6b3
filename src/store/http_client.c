/*
 * The HTTP client. The one idea: an answer is read into one growing buffer and parsed whole
 * each time more has come; answers are small and parsing is linear, so there is no state to get
 * wrong.
 */
#include "store/http_client.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TIMEOUT_MS = 5000, BODY_MAX = 1 << 20, HEAD_MAX = 32768, URL_MAX = 2000 };

struct address {
    const char *host, *port, *path; /* path begins with '/' */
    const char *authority;          /* host[:port] as written, for the Host line */
};

struct http_conn {
    struct arena *a;
    struct address at;
    int fd; /* -1: not connected */
    int64_t timeout_ms;
};

/* ---- addresses ---- */

static enum rc address_wrong(struct err *e, const char *url)
{
    return err_set(e, RC_INVALID, N_("地址 {url} 无效:应是 http://主机[:端口]/路径"), "url",
                   url);
}

static enum rc address_parse(struct arena *a, const char *url, struct address *ret,
                             struct err *e)
{
    int64_t port;

    if (!str_starts(url, "http://") || strlen(url) > URL_MAX)
        return address_wrong(e, url);
    for (const char *s = url; *s != '\0'; s++)
        if ((unsigned char)*s <= 0x20 || (unsigned char)*s >= 0x7f || *s == '#' || *s == '@')
            return address_wrong(e, url);
    const char *from = url + strlen("http://"), *slash = strchr(from, '/');
    const char *authority =
        slash == NULL ? arena_strdup(a, from) : arena_strndup(a, from, (size_t)(slash - from));
    char *host = arena_strdup(a, authority), *colon = strrchr(host, ':');
    ret->port = "80";
    if (host[0] == '[') { /* IPv6 */
        char *end = strchr(host, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return address_wrong(e, url);
        colon = end[1] == ':' ? end + 1 : NULL;
        *end = '\0';
        host++;
    }
    if (colon != NULL) {
        *colon = '\0';
        ret->port = colon + 1;
        if (parse_int64(ret->port, 1, 65535, "port", &port, e) != RC_OK)
            return address_wrong(e, url);
    }
    if (host[0] == '\0')
        return address_wrong(e, url);
    ret->host = host;
    ret->authority = authority;
    ret->path = slash == NULL ? "/" : arena_strdup(a, slash);
    return RC_OK;
}

/* ---- bytes ---- */

static enum rc failed(struct err *e, const struct address *at, const char *why)
{
    return err_set(e, RC_IO, N_("与 {host} 的连接失败:{reason}"), "host", at->authority,
                   "reason", why);
}

static enum rc failed_errno(struct err *e, const struct address *at)
{
    char why[128];

    return failed(e, at, strerror_r(errno, why, sizeof(why)));
}

/* Wait until fd is ready or the deadline (monotonic) has come. */
static enum rc ready(int fd, short events, int64_t deadline_us, const struct address *at,
                     struct err *e)
{
    for (;;) {
        int64_t left = deadline_us - clock_monotonic_us();
        struct pollfd p = { .fd = fd, .events = events };
        if (left <= 0)
            return failed(e, at, "timeout");
        int n = poll(&p, 1, (int)(left / 1000 + 1));
        if (n > 0)
            return RC_OK;
        if (n < 0 && errno != EINTR)
            return failed_errno(e, at);
    }
}

static enum rc connect_one(const struct addrinfo *ai, int64_t deadline_us,
                           const struct address *at, int *ret, struct err *e)
{
    int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int why = 0;
    socklen_t n = sizeof(why);

    if (fd < 0)
        return failed_errno(e, at);
    enum rc rc = RC_OK;
    if (connect(fd, ai->ai_addr, ai->ai_addrlen) != 0) {
        if (errno != EINPROGRESS)
            rc = failed_errno(e, at);
        if (rc == RC_OK)
            rc = ready(fd, POLLOUT, deadline_us, at, e);
        if (rc == RC_OK && getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &n) == 0 && why != 0) {
            errno = why;
            rc = failed_errno(e, at);
        }
    }
    if (rc != RC_OK)
        close(fd);
    else
        *ret = fd;
    return rc;
}

static enum rc conn_connect(struct http_conn *c, int64_t deadline_us, struct err *e)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG }, *list;

    int why = getaddrinfo(c->at.host, c->at.port, &hints, &list);
    if (why != 0)
        return failed(e, &c->at, gai_strerror(why));
    enum rc rc = RC_IO;
    for (struct addrinfo *ai = list; ai != NULL && rc != RC_OK; ai = ai->ai_next)
        rc = connect_one(ai, deadline_us, &c->at, &c->fd, e);
    freeaddrinfo(list);
    return rc;
}

static enum rc send_all(struct http_conn *c, const char *p, size_t n, int64_t deadline_us,
                        struct err *e)
{
    while (n > 0) {
        ssize_t put = send(c->fd, p, n, MSG_NOSIGNAL);
        if (put < 0 && errno != EAGAIN && errno != EINTR)
            return failed_errno(e, &c->at);
        if (put > 0) {
            p += put;
            n -= (size_t)put;
            continue;
        }
        enum rc rc = ready(c->fd, POLLOUT, deadline_us, &c->at, e);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/* ---- answers ---- */

enum parsed { PARSED, MORE, BROKEN };
struct reply_head {
    int status;
    const char *type;
    size_t n;       /* of the head with its empty line */
    int64_t length; /* -1: not said */
    bool chunked, close;
};

static bool header_is(const char *line, const char *name, const char **ret_value)
{
    size_t n = strlen(name);

    if (strncasecmp(line, name, n) != 0 || line[n] != ':')
        return false;
    *ret_value = line + n + 1 + strspn(line + n + 1, " \t");
    return true;
}

static enum parsed head_line(struct arena *a, char *line, struct reply_head *h)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *value;
    size_t n = strlen(line);

    while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t'))
        line[--n] = '\0';
    if (header_is(line, "Content-Length", &value)) {
        if (h->length >= 0 ||
            parse_int64(value, 0, INT64_MAX, "length", &h->length, &e) != RC_OK)
            return BROKEN;
    } else if (header_is(line, "Transfer-Encoding", &value)) {
        if (strcasecmp(value, "chunked") != 0)
            return BROKEN;
        h->chunked = true;
    } else if (header_is(line, "Connection", &value)) {
        h->close = strcasecmp(value, "close") == 0;
    } else if (header_is(line, "Content-Type", &value)) {
        h->type = arena_strdup(a, value);
    }
    return PARSED;
}

static enum parsed head_parse(struct arena *a, struct bytes in, struct reply_head *ret)
{
    CLEANUP(err_done) struct err e = { 0 };
    const char *end = memmem(in.p, in.n, "\r\n\r\n", 4);
    int64_t status;

    if (end == NULL)
        return in.n > HEAD_MAX ? BROKEN : MORE;
    size_t n = (size_t)(end - (const char *)in.p) + 4;
    if (n > HEAD_MAX || memchr(in.p, '\0', n) != NULL)
        return BROKEN;
    char *line = arena_strndup(a, (const char *)in.p, n);
    *ret = (struct reply_head){ .n = n, .length = -1, .type = "" };
    if (!str_starts(line, "HTTP/1.") || strlen(line) < 12 || line[8] != ' ' ||
        parse_int64(arena_strndup(a, line + 9, 3), 100, 599, "status", &status, &e) != RC_OK)
        return BROKEN;
    ret->status = (int)status;
    ret->close = line[7] == '0';
    for (char *next = strstr(line, "\r\n") + 2; *next != '\r';) {
        char *stop = strstr(next, "\r\n");
        *stop = '\0';
        if (head_line(a, next, ret) == BROKEN)
            return BROKEN;
        next = stop + 2;
    }
    return ret->chunked && ret->length >= 0 ? BROKEN : PARSED;
}

/* A chunked body from in; MORE until its last chunk is there. */
static enum parsed chunks_parse(struct arena *a, struct bytes in, size_t max, struct bytes *ret)
{
    struct str body;
    size_t at = 0;

    str_init(&body, a);
    for (;;) {
        const char *end = memmem(in.p + at, in.n - at, "\r\n", 2);
        if (end == NULL)
            return in.n - at > 64 ? BROKEN : MORE;
        size_t n = 0, digits = 0;
        for (const char *s = (const char *)in.p + at; s < end && *s != ';'; s++, digits++) {
            const char *hex = "0123456789abcdef", *digit = strchr(hex, *s | 0x20);
            if (digit == NULL || *s == '\0' || digits == 8)
                return BROKEN;
            n = n * 16 + (size_t)(digit - hex);
        }
        if (digits == 0)
            return BROKEN;
        at = (size_t)(end - (const char *)in.p) + 2;
        if (n == 0) /* trailers are not for us, and none follow on this connection */
            break;
        if (n > max || body.n > max - n)
            return BROKEN;
        if (in.n - at < n + 2)
            return MORE;
        if (in.p[at + n] != '\r' || in.p[at + n + 1] != '\n')
            return BROKEN;
        str_addn(&body, in.p + at, n);
        at += n + 2;
    }
    if (in.n - at < 2)
        return MORE;
    *ret = (struct bytes){ (const uint8_t *)body.s, body.n };
    return PARSED;
}

/* closed: nothing more will come. */
static enum parsed reply_parse(struct arena *a, struct bytes in, bool closed, size_t max,
                               struct http_reply *ret, bool *ret_close)
{
    struct reply_head h;

    enum parsed p = head_parse(a, in, &h);
    if (p != PARSED)
        return closed ? BROKEN : p;
    *ret = (struct http_reply){ .status = h.status, .type = h.type };
    *ret_close = h.close;
    struct bytes rest = { in.p + h.n, in.n - h.n };
    if (h.status < 200)
        return BROKEN; /* we ask for nothing that has an interim answer */
    if (h.status == 204 || h.status == 304)
        return PARSED;
    if (h.chunked) {
        p = chunks_parse(a, rest, max, &ret->body);
        *ret_close = true;
        return p == MORE && closed ? BROKEN : p;
    }
    if (h.length < 0) {
        *ret_close = true;
        ret->body = rest;
        return closed ? PARSED : MORE;
    }
    if (rest.n < (uint64_t)h.length)
        return closed ? BROKEN : MORE;
    ret->body = (struct bytes){ rest.p, (size_t)h.length };
    return PARSED;
}

bool http_parse_reply(struct arena *a, struct bytes in, struct http_reply *ret)
{
    bool end;

    return reply_parse(a, in, /* closed= */ true, BODY_MAX, ret, &end) == PARSED;
}

static enum rc reply_read(struct http_conn *c, struct arena *a, size_t max, int64_t deadline_us,
                          struct http_reply *ret, bool *ret_nothing, struct err *e)
{
    struct str in;
    char piece[16384];
    bool closed = false, end = true;
    size_t next = 1; /* parse again when this much is there: doubling keeps it linear */

    str_init(&in, a);
    *ret_nothing = false;
    for (;;) {
        enum rc rc = ready(c->fd, POLLIN, deadline_us, &c->at, e);
        if (rc != RC_OK)
            return rc;
        ssize_t n = recv(c->fd, piece, sizeof(piece), 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        closed = n <= 0;
        if (closed && in.n == 0) {
            *ret_nothing = true;
            return failed(e, &c->at, "closed");
        }
        if (n > 0)
            str_addn(&in, piece, (size_t)n);
        if (in.n > max + HEAD_MAX)
            return err_set(e, RC_TOOBIG, N_("{host} 的答复太大"), "host", c->at.authority);
        if (in.n < next && !closed && n == (ssize_t)sizeof(piece))
            continue;
        next = in.n * 2;
        struct bytes so_far = { (const uint8_t *)in.s, in.n };
        enum parsed p = reply_parse(a, so_far, closed, max, ret, &end);
        if (p == BROKEN)
            return failed(e, &c->at, "not an HTTP answer");
        if (p == MORE)
            continue;
        if (ret->body.n > max)
            return err_set(e, RC_TOOBIG, N_("{host} 的答复太大"), "host", c->at.authority);
        if (closed || end) {
            close(c->fd);
            c->fd = -1;
        }
        return RC_OK;
    }
}

/* ---- calls ---- */

static enum rc exchange(struct http_conn *c, struct arena *a, const struct http_call *call,
                        const char *path, struct http_reply *ret, struct err *e)
{
    int64_t deadline_us = clock_monotonic_us() + c->timeout_ms * 1000;
    bool fresh = c->fd < 0, nothing = false;
    struct str head;

    str_init(&head, a);
    str_addf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\n", call->method, path,
             c->at.authority);
    if (str_eq(call->method, "POST"))
        str_addf(&head, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                 call->type ? call->type : "text/plain", call->body.n);
    if (call->headers)
        str_add(&head, call->headers);
    str_add(&head, "\r\n");
    str_addn(&head, call->body.p, call->body.n);
    for (;;) {
        enum rc rc = c->fd < 0 ? conn_connect(c, deadline_us, e) : RC_OK;
        if (rc == RC_OK)
            rc = send_all(c, head.s, head.n, deadline_us, e);
        if (rc == RC_OK)
            rc = reply_read(c, a, call->max == 0 ? BODY_MAX : call->max, deadline_us, ret,
                            &nothing, e);
        else
            nothing = true;
        if (rc == RC_OK)
            return RC_OK;
        fd_closep(&c->fd);
        /* A kept connection may have been closed by the server meanwhile: once more on a new
         * one. */
        if (fresh || !nothing || !str_eq(call->method, "GET"))
            return rc;
        fresh = true;
    }
}

enum rc http_conn_open(const char *url, int64_t timeout_ms, struct http_conn **ret,
                       struct err *e)
{
    struct arena *a = arena_new();
    struct http_conn *c = arena_alloc(a, sizeof(*c));

    *c = (struct http_conn){ .a = a,
                             .fd = -1,
                             .timeout_ms = timeout_ms == 0 ? TIMEOUT_MS : timeout_ms };
    enum rc rc = address_parse(a, url, &c->at, e);
    if (rc != RC_OK)
        arena_free(a);
    else
        *ret = c;
    return rc;
}

void http_conn_closep(struct http_conn **c)
{
    if (*c == NULL)
        return;
    fd_closep(&(*c)->fd);
    arena_free((*c)->a);
    *c = NULL;
}

enum rc http_conn_get(struct http_conn *c, struct arena *a, const char *path, size_t max,
                      struct http_reply *ret, struct err *e)
{
    const struct http_call call = { .method = "GET", .max = max };
    size_t n = strlen(c->at.path);

    while (n > 0 && c->at.path[n - 1] == '/')
        n--;
    return exchange(c, a, &call, arena_printf(a, "%.*s/%s", (int)n, c->at.path, path), ret, e);
}

enum rc http_call(struct arena *a, const struct http_call *call, struct http_reply *ret,
                  struct err *e)
{
    CLEANUP(http_conn_closep) struct http_conn *c = NULL;

    enum rc rc = http_conn_open(call->url, call->timeout_ms, &c, e);
    return rc == RC_OK ? exchange(c, a, call, c->at.path, ret, e) : rc;
}
