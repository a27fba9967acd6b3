/* The load: epoll over kept connections. An answer is read up to Content-Length and thrown
 * away. */
#include "cmd/bench_load.h"

#include "base/clock.h"
#include "base/parse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 1 << 16, HEAD_MAX = 8192, EVENTS = 256, LATENCIES_MAX = 1 << 22 };

struct wire {
    int fd;
    unsigned number;
    uint64_t n;     /* requests sent */
    bool busy;      /* a request is under way */
    int64_t due_us; /* when it should have been sent */
    struct str out; /* the request */
    size_t sent;
    char head[HEAD_MAX]; /* the answer's, until it is complete */
    size_t n_head;
    int64_t rest; /* of the body; -1: still in the head */
};
struct run {
    const struct load *l;
    struct wire *wires;
    unsigned *idle, n_idle;
    int epoll;
    int64_t began_us, until_us;
    uint64_t issued, bytes;
    uint32_t *latency; /* microseconds, of every answer */
    uint64_t answers;
    char *buffer;
};

static enum rc io(struct err *e, const char *what)
{
    return err_set(e, RC_IO, "{what}: {why}", "what", what, "why",
                   errno ? strerror(errno) : "closed");
}

static enum rc wire_open(struct run *r, struct wire *w, struct err *e)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)r->l->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int on = 1;
    w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (w->fd < 0 || connect(w->fd, (struct sockaddr *)&at, sizeof(at)) != 0)
        return io(e, "connect");
    (void)setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* only slower */
    struct epoll_event ev = { .events = EPOLLIN, .data.ptr = w };
    if (epoll_ctl(r->epoll, EPOLL_CTL_ADD, w->fd, &ev) != 0)
        return io(e, "epoll");
    str_init(&w->out, NULL);
    w->rest = -1;
    return RC_OK;
}

/* Requests are small: a socket that does not take one at once is an error of the bench. */
static enum rc wire_send(struct run *r, struct wire *w, int64_t due_us, struct err *e)
{
    str_reset(&w->out);
    r->l->request(r->l->arg, w->number, w->n++, &w->out);
    w->due_us = due_us;
    w->busy = true;
    r->issued++;
    for (size_t sent = 0; sent < w->out.n;) {
        ssize_t n = send(w->fd, w->out.s + sent, w->out.n - sent, MSG_NOSIGNAL);
        if (n <= 0)
            return io(e, "send");
        sent += (size_t)n;
    }
    return RC_OK;
}

/* Status and length of a complete head. */
static enum rc head_read(struct run *r, struct wire *w, struct err *e)
{
    int64_t status = 0, length = 0;
    char *line = w->head;
    char code[4] = "";
    if (w->n_head > 12)
        memcpy(code, w->head + 9, 3);
    if (parse_int64(code, 100, 599, "status", &status, e) != RC_OK)
        return RC_IO;
    if (status != r->l->status) {
        char *eol = strstr(w->head, "\r\n");
        if (eol)
            *eol = '\0';
        w->out.s[strcspn(w->out.s, "\r\n")] = '\0';
        return err_set(e, RC_IO, "{request} → {answer}", "request", w->out.s, "answer",
                       w->head);
    }
    while ((line = strstr(line, "\r\n")) && *(line += 2) != '\r')
        if (strncasecmp(line, "Content-Length:", 15) == 0) {
            CLEANUP(arena_freep) struct arena *a = arena_new();
            const char *text = line + 15 + strspn(line + 15, " ");
            if (parse_int64(arena_strndup(a, text, strcspn(text, "\r")), 0, INT64_MAX,
                            "Content-Length", &length, e) != RC_OK)
                return RC_IO;
        }
    w->rest = status == 304 ? 0 : length;
    return RC_OK;
}

static void answered(struct run *r, struct wire *w)
{
    int64_t us = clock_monotonic_us() - w->due_us;
    if (r->answers < LATENCIES_MAX)
        r->latency[r->answers] = us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
    r->answers++;
    w->busy = false;
    w->n_head = 0;
    w->rest = -1;
    r->idle[r->n_idle++] = w->number;
}

/* What has come for a connection. */
static enum rc wire_read(struct run *r, struct wire *w, struct err *e)
{
    errno = 0;
    ssize_t got = recv(w->fd, r->buffer, READ_SIZE, 0);
    if (got <= 0)
        return io(e, "recv");
    const char *p = r->buffer;
    size_t n = (size_t)got;
    if (w->rest < 0) {
        size_t take = n < HEAD_MAX - 1 - w->n_head ? n : HEAD_MAX - 1 - w->n_head;
        memcpy(w->head + w->n_head, p, take);
        size_t before = w->n_head;
        w->n_head += take;
        w->head[w->n_head] = '\0';
        const char *end = strstr(w->head, "\r\n\r\n");
        if (!end && w->n_head == HEAD_MAX - 1)
            return err_set(e, RC_IO, "{what}: {why}", "what", "head", "why", "too long");
        if (!end)
            return RC_OK;
        size_t used = (size_t)(end + 4 - w->head) - before;
        p += used;
        n -= used;
        enum rc rc = head_read(r, w, e);
        if (rc != RC_OK)
            return rc;
    }
    w->rest -= (int64_t)n;
    r->bytes += n;
    if (w->rest == 0)
        answered(r, w);
    return w->rest < -1
               ? err_set(e, RC_IO, "{what}: {why}", "what", "body", "why", "longer than said")
               : RC_OK;
}

/* Send what is due now; returns how long nothing more will be, in milliseconds, -1 for ever. */
static enum rc send_due(struct run *r, int *ret_wait_ms, struct err *e)
{
    enum rc rc = RC_OK;
    int64_t now = clock_monotonic_us();
    *ret_wait_ms = -1;
    if (now >= r->until_us)
        return RC_OK;
    while (r->n_idle > 0 && rc == RC_OK) {
        int64_t due = now;
        if (r->l->rate > 0) {
            due = r->began_us + (int64_t)((double)r->issued * 1e6 / r->l->rate);
            if (due > now) {
                *ret_wait_ms = (int)((due - now) / 1000);
                break;
            }
        }
        rc = wire_send(r, &r->wires[r->idle[--r->n_idle]], due, e);
    }
    return rc;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static enum rc loop(struct run *r, struct err *e)
{
    struct epoll_event events[EVENTS];
    enum rc rc = RC_OK;
    r->began_us = clock_monotonic_us();
    r->until_us = r->began_us + r->l->us;
    while (rc == RC_OK) {
        int wait_ms;
        rc = send_due(r, &wait_ms, e);
        bool all_idle = r->n_idle == r->l->connections;
        if (rc != RC_OK || (all_idle && clock_monotonic_us() >= r->until_us))
            break;
        int n = epoll_wait(r->epoll, events, EVENTS, wait_ms < 0 && all_idle ? 1 : wait_ms);
        for (int i = 0; i < n && rc == RC_OK; i++)
            rc = wire_read(r, events[i].data.ptr, e);
    }
    return rc;
}

enum rc load_run(const struct load *l, struct load_result *ret, struct err *e)
{
    struct run r = { .l = l,
                     .wires = mem_array(l->connections, sizeof(*r.wires)),
                     .idle = mem_array(l->connections, sizeof(*r.idle)),
                     .epoll = epoll_create1(EPOLL_CLOEXEC),
                     .latency = mem_array(LATENCIES_MAX, sizeof(*r.latency)),
                     .buffer = mem_alloc(READ_SIZE) };
    enum rc rc = r.epoll < 0 ? io(e, "epoll") : RC_OK;
    unsigned opened = 0;
    for (; opened < l->connections && rc == RC_OK; opened++) {
        r.wires[opened].number = opened;
        rc = wire_open(&r, &r.wires[opened], e);
        r.idle[r.n_idle++] = opened;
    }
    int64_t cpu = clock_cpu_us();
    if (rc == RC_OK)
        rc = loop(&r, e);
    if (rc == RC_OK && r.answers == 0)
        rc = err_set(e, RC_IO, "{what}: {why}", "what", "load", "why", "no answer");
    if (rc == RC_OK) {
        uint64_t n = r.answers < LATENCIES_MAX ? r.answers : LATENCIES_MAX;
        qsort(r.latency, n, sizeof(*r.latency), by_size);
        *ret = (struct load_result){
            .answers = r.answers,
            .rate = (double)r.answers * 1e6 / (double)(clock_monotonic_us() - r.began_us),
            .p50_us = r.latency[n / 2],
            .p99_us = r.latency[n - 1 - n / 100],
            .bytes = r.bytes / r.answers,
            .cpu_us = clock_cpu_us() - cpu,
        };
    }
    for (unsigned i = 0; i < opened; i++) {
        if (r.wires[i].fd >= 0)
            close(r.wires[i].fd);
        if (r.wires[i].out.s)
            str_done(&r.wires[i].out);
    }
    if (r.epoll >= 0)
        close(r.epoll);
    free(r.wires);
    free(r.idle);
    free(r.latency);
    free(r.buffer);
    return rc;
}
