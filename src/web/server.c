/*
 * Sockets. One event thread (libmicrohttpd, epoll) moves bytes and answers static files; a
 * complete request waits in a bounded queue with its connection suspended, a fiber makes the
 * answer and resumes the connection, the event thread sends it. A reaper ends connections that
 * are too slow, with 408 where a request was being sent.
 *
 * A struct conn belongs to the event thread, except between suspension and resumption, when it
 * belongs to a fiber.
 */
#include "base/clock.h"
#include "base/fiber.h"
#include "base/file.h"
#include "base/log.h"
#include "base/parse.h"
#include "web/private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BODY_IN_MEMORY = 65536, /* larger bodies go to a temporary file as they come */
    /* A refused body is read on this far, so that the client gets to read why: who closes with
     * bytes unread resets the connection, and the answer with it. The first for one that says
     * how long it is. */
    DRAIN_STATED = 64 << 20,
    DRAIN_MAX = 1 << 20,
    HEADERS_MAX = 100,
    ARENAS_KEPT = 64,
    STACK_SIZE = 1 << 20, /* of a worker; only what is touched counts */
    STATIC_SIZE =
        1 << 20, /* what a static answer is taken to weigh, for the time it may take */
    BACKLOG = 4096,
    SETTLE_US =
        200000, /* a stop gives a connection just accepted this long to say what it wants */
};

enum state { IDLE, STATIC, STATIC_READ, HEAD, BODY, WAITING, ANSWERED };

struct conn {
    struct conn *prev, *next; /* all connections, under server.lock */
    struct task task;         /* in the queue */
    struct MHD_Connection *mhd;
    int fd;
    _Atomic int64_t deadline_us; /* 0: none */
    int64_t whole_us;            /* of a body: when all of it must be there */
    atomic_bool asking;          /* the client is to send: then a deadline missed is told */
    enum state state;
    struct arena *a; /* of the request; NULL between requests */
    struct rq *rq;
    struct str body;       /* heap; s NULL: none yet */
    int spool;             /* of a large body; -1: none */
    size_t n_body, n_held; /* bytes that came, and those kept of them */
    void *map;             /* the spool, mapped */
    struct MHD_Response *response;
    int status;
};

struct server {
    struct web *web;
    struct MHD_Daemon *daemon;
    struct statics *statics;
    int port;
    pthread_mutex_t lock;
    pthread_cond_t slow;
    struct conn *conns;
    unsigned n_conns, n_active;
    int64_t last_conn_us;
    atomic_bool stopping;
    bool ending;
    struct fibers *fibers; /* run the handlers */
    pthread_t reaper;
    _Atomic size_t bodies;             /* bytes of bodies held; changed by the event thread */
    struct arena *arenas[ARENAS_KEPT]; /* event thread only */
    size_t n_arenas;
    struct MHD_Response *busy;
};

/* ---- connections ---- */

/* s seconds from now, and the time n bytes may take at the slowest. */
static void set_deadline(struct server *sv, struct conn *c, int64_t s, size_t n)
{
    s += (int64_t)(n / sv->web->core->cfg.slow_rate);
    atomic_store_explicit(&c->deadline_us, clock_monotonic_us() + s * 1000000,
                          memory_order_relaxed);
}

/*
 * Tell a slow sender why. The event thread has nothing to send meanwhile; what does not fit
 * into the socket at once is not worth waiting for.
 */
static void tell_slow(const struct server *sv, const struct conn *c)
{
    const struct web_config *cfg = &sv->web->core->cfg;
    char body[256], text[512];
    int n =
        snprintf(body, sizeof(body),
                 "408 请求发送得太慢:请求头要在 %u 秒内发完,内容不能停顿 %u 秒,平均每秒不少于 "
                 "%u 字节\n",
                 cfg->idle_s, cfg->idle_s, cfg->slow_rate);
    n = snprintf(text, sizeof(text),
                 "HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\n"
                 "Content-Length: %d\r\nConnection: close\r\n\r\n%s",
                 n, body);
    (void)!send(c->fd, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void *reap(void *arg)
{
    struct server *sv = arg;
    pthread_mutex_lock(&sv->lock);
    while (!sv->ending) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        pthread_cond_timedwait(&sv->slow, &sv->lock, &until);
        int64_t now = clock_monotonic_us();
        /* Under the lock, so that the descriptor is still this connection's. */
        for (struct conn *c = sv->conns; c; c = c->next) {
            int64_t deadline = atomic_load_explicit(&c->deadline_us, memory_order_relaxed);
            if (!deadline || deadline >= now)
                continue;
            if (atomic_exchange(&c->asking, false))
                tell_slow(sv, c);
            shutdown(c->fd, SHUT_RDWR);
        }
    }
    pthread_mutex_unlock(&sv->lock);
    return NULL;
}

static void request_end(struct server *sv, struct conn *c)
{
    if (c->state == BODY || c->state == WAITING || c->state == ANSWERED) {
        pthread_mutex_lock(&sv->lock);
        sv->n_active--;
        pthread_mutex_unlock(&sv->lock);
    }
    c->state = IDLE;
    if (c->response)
        MHD_destroy_response(c->response);
    c->response = NULL;
    if (c->rq)
        request_done(c->rq);
    c->rq = NULL;
    if (c->map)
        munmap(c->map, c->n_body);
    c->map = NULL;
    fd_closep(&c->spool);
    c->spool = -1;
    if (c->body.s)
        str_done(&c->body);
    c->n_body = 0;
    sv->bodies -= c->n_held;
    c->n_held = 0;
    if (c->a && sv->n_arenas < ARENAS_KEPT) {
        arena_reset(c->a);
        sv->arenas[sv->n_arenas++] = c->a;
    } else {
        arena_free(c->a);
    }
    c->a = NULL;
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct server *sv = cls;
    struct conn *c = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        c = mem_alloc(sizeof(*c));
        c->mhd = mhd;
        c->spool = -1;
        c->asking = true;
        c->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        pthread_mutex_lock(&sv->lock);
        c->next = sv->conns;
        if (sv->conns)
            sv->conns->prev = c;
        sv->conns = c;
        sv->n_conns++;
        sv->last_conn_us = clock_monotonic_us();
        set_deadline(sv, c, sv->web->core->cfg.idle_s, 0);
        pthread_mutex_unlock(&sv->lock);
        *context = c;
        return;
    }
    request_end(sv, c);
    pthread_mutex_lock(&sv->lock);
    if (c->prev)
        c->prev->next = c->next;
    else
        sv->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    sv->n_conns--;
    pthread_mutex_unlock(&sv->lock);
    free(c);
    *context = NULL;
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls,
                         enum MHD_RequestTerminationCode code)
{
    struct server *sv = cls;
    struct conn *c = *con_cls;
    if (!c)
        return;
    request_end(sv, c);
    c->asking = false; /* a kept connection may be silent */
    set_deadline(sv, c, sv->web->core->cfg.idle_s, 0);
    *con_cls = NULL;
}

/* The request line is there: MHD is about to cut and decode it, we want it as sent. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
    struct server *sv = cls;
    struct conn *c =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    c->asking = true; /* the rest of the head */
    if (statics_own(sv->statics, target)) {
        c->state = STATIC;
        return c;
    }
    c->state = HEAD;
    c->a = sv->n_arenas ? sv->arenas[--sv->n_arenas] : arena_new();
    c->rq = request_new(sv->web, c->a, target);
    return c;
}

/* Nothing is decoded by MHD: request.c does it strictly. */
static size_t keep_escapes(void *cls, struct MHD_Connection *mhd, char *s)
{
    return strlen(s);
}

/* ---- the queue ---- */

static void make_response(struct server *sv, struct conn *c)
{
    struct answer *an = &c->rq->p->answer;
    struct MHD_Response *r = NULL;
    if (an->fd >= 0) {
        r = MHD_create_response_from_fd64((uint64_t)an->fd_size, an->fd);
        an->fd = -1;
    } else if (an->heap) {
        r = MHD_create_response_from_buffer(an->n, an->heap, MHD_RESPMEM_MUST_FREE);
        an->heap = NULL;
    } else {
        r = MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    }
    if (!r)
        abort(); /* out of memory */
    for (size_t i = 0; i < an->n_headers; i++)
        (void)MHD_add_response_header(
            r, an->headers[i].name,
            an->headers[i].value); /* NO only for what MHD sets itself */
    c->response = r;
    c->status = an->status;
    uint64_t size = an->fd_size > 0 ? (uint64_t)an->fd_size : an->n;
    atomic_fetch_add_explicit(&sv->web->core->bytes_out, size, memory_order_relaxed);
}

/* Handle a request, on a fiber. */
static void work(struct task *task, void *arg)
{
    struct server *sv = arg;
    struct conn *c = (struct conn *)(void *)((char *)task - offsetof(struct conn, task));
    atomic_fetch_sub_explicit(&sv->web->core->waiting, 1, memory_order_relaxed);
    request_run(c->rq);
    make_response(sv, c);
    c->state = ANSWERED;
    MHD_resume_connection(c->mhd); /* from here on c is the event thread's */
}

/* False when the queue is full. */
static bool enqueue(struct server *sv, struct conn *c)
{
    atomic_uint *waiting = &sv->web->core->waiting; /* grows in this thread only */
    if (atomic_load_explicit(waiting, memory_order_relaxed) >= sv->web->core->cfg.queue)
        return false;
    MHD_suspend_connection(c->mhd);
    c->state = WAITING;
    atomic_store_explicit(&c->deadline_us, 0, memory_order_relaxed);
    atomic_fetch_add_explicit(waiting, 1, memory_order_relaxed);
    fibers_add(sv->fibers, &c->task);
    return true;
}

/* ---- a request's way through the event thread ---- */

static enum MHD_Result send_answer(struct server *sv, struct conn *c)
{
    const struct answer *an = &c->rq->p->answer;
    set_deadline(sv, c, sv->web->core->cfg.idle_s,
                 an->fd_size > 0 ? (size_t)an->fd_size : an->n);
    if (sv->stopping)
        (void)MHD_add_response_header(c->response, "Connection",
                                      "close"); /* NO: it is there already */
    enum MHD_Result ok = MHD_queue_response(c->mhd, (unsigned)c->status, c->response);
    MHD_destroy_response(c->response);
    c->response = NULL;
    return ok;
}

/* Answer p->fail from the event thread; close: the connection cannot be trusted to be in step.
 */
static enum MHD_Result refuse(struct server *sv, struct conn *c, bool close)
{
    c->asking = false;
    request_refuse(c->rq);
    make_response(sv, c);
    if (close)
        (void)MHD_add_response_header(c->response, "Connection", "close"); /* as above */
    return send_answer(sv, c);
}

struct collect {
    struct field *v;
    size_t n, size;
};

static enum MHD_Result collect_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    struct collect *k = cls;
    k->size += strlen(name) + 4 + (value ? strlen(value) : 0);
    if (k->n < HEADERS_MAX)
        k->v[k->n] = (struct field){ .name = name, .value = value ? value : "" };
    k->n++;
    return MHD_YES;
}

static const char *peer_address(struct MHD_Connection *mhd, struct arena *a)
{
    char text[INET6_ADDRSTRLEN] = "";
    const struct sockaddr *sa =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    if (sa->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, text,
                  sizeof(text));
    else if (sa->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, text,
                  sizeof(text));
    return arena_strdup(a, text);
}

/* More of the body must come before long, and all of it in its time. */
static void body_deadline(struct server *sv, struct conn *c)
{
    int64_t soon = clock_monotonic_us() + (int64_t)sv->web->core->cfg.idle_s * 1000000;
    atomic_store_explicit(&c->deadline_us, soon < c->whole_us ? soon : c->whole_us,
                          memory_order_relaxed);
}

/* The headers are there. */
static enum MHD_Result begin(struct server *sv, struct conn *c, const char *method)
{
    struct rq *rq = c->rq;
    const struct web_config *cfg = &sv->web->core->cfg;
    struct collect k = { .v = arena_array(c->a, HEADERS_MAX, sizeof(*k.v)),
                         .size = strlen(rq->target) };
    MHD_get_connection_values(c->mhd, MHD_HEADER_KIND, collect_header, &k);
    pthread_mutex_lock(&sv->lock);
    sv->n_active++;
    pthread_mutex_unlock(&sv->lock);
    c->state = BODY;
    if (k.n > HEADERS_MAX || k.size > cfg->header_max) {
        rq->status = 431;
        (void)err_set(&rq->p->fail, RC_TOOBIG, N_("请求头超过{lines}行或{max}的上限"), "lines",
                      arena_printf(c->a, "%d", HEADERS_MAX), "max",
                      fmt_bytes(c->a, cfg->header_max)); /* sent below */
        return refuse(sv, c, /* close= */ true);
    }
    if (!request_head(rq, method, k.v, k.n, peer_address(c->mhd, c->a)))
        return refuse(sv, c, /* close= */ true);
    const char *length = rq_header(rq, "Content-Length");
    int64_t n = 0;
    struct err e = { 0 };
    if (length && parse_int64(length, 0, INT64_MAX, "Content-Length", &n, &e) != RC_OK)
        n = INT64_MAX;
    err_done(&e);
    bool body = length ? n > 0 : rq_header(rq, "Transfer-Encoding") != NULL;
    if (n > (int64_t)request_body_max(rq)) {
        rq->p->too_big = true;
        if (n > (int64_t)request_body_max(rq) + DRAIN_STATED || rq_header(rq, "Expect")) {
            err_done(&rq->p->fail);
            (void)err_set(&rq->p->fail, RC_TOOBIG, N_("内容超过 {max} 的上限"), "max",
                          fmt_bytes(c->a, (int64_t)request_body_max(rq))); /* sent below */
            return refuse(sv, c, /* close= */ true);
        }
    }
    if (!body && rq->p->fail.rc == RC_TOOMANY)
        return refuse(sv, c, /* close= */ false);
    c->asking = body;
    if (body) {
        set_deadline(sv, c, cfg->idle_s, request_body_max(rq));
        c->whole_us = c->deadline_us;
        body_deadline(sv, c);
    }
    return MHD_YES;
}

static bool spool_write(struct conn *c, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = write(c->spool, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

static bool spool_open(struct server *sv, struct conn *c)
{
    const char *dir = sv->web->core->cfg.temp_dir;
    c->spool = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (c->spool < 0) {
        char *name = arena_printf(c->a, "%s/body-XXXXXX", dir);
        c->spool = mkostemp(name, O_CLOEXEC);
        if (c->spool >= 0)
            unlink(name);
    }
    bool ok = c->spool >= 0 && (!c->body.s || spool_write(c, c->body.s, c->body.n));
    if (c->body.s)
        str_done(&c->body);
    return ok;
}

/* A piece of the body. MHD cannot answer in the middle: what is refused is read on for a while,
 * then cut. */
static enum MHD_Result feed(struct server *sv, struct conn *c, const char *p, size_t n)
{
    struct rq_private *k = c->rq->p;
    size_t max = request_body_max(c->rq);
    body_deadline(sv, c);
    c->n_body += n;
    if (c->n_body > max)
        k->too_big = true;
    if (c->n_body > max + DRAIN_STATED ||
        (c->n_body > max + DRAIN_MAX && !rq_header(c->rq, "Content-Length")))
        return MHD_NO;
    if (k->too_big || k->fail.rc != RC_OK)
        return MHD_YES;
    /* Who sends is not known yet: all bodies together have a bound, or anybody could fill the
     * disk. */
    if (n > sv->web->core->cfg.bodies - sv->bodies) {
        atomic_fetch_add_explicit(&sv->web->core->refused_busy, 1, memory_order_relaxed);
        (void)err_set(&k->fail, RC_BUSY,
                      N_("正在上传的内容太多，请稍后再试")); /* kept in fail */
        return MHD_YES;
    }
    sv->bodies += n;
    c->n_held += n;
    if (c->n_body <= BODY_IN_MEMORY) {
        if (!c->body.s)
            str_init(&c->body, NULL);
        str_addn(&c->body, p, n);
        return MHD_YES;
    }
    if ((c->spool < 0 && !spool_open(sv, c)) || !spool_write(c, p, n))
        (void)err_set(&k->fail, RC_IO, N_("上传的内容无法暂存: {why}"), "why",
                      strerror(errno)); /* kept in fail */
    return MHD_YES;
}

/* The request is complete. */
static enum MHD_Result complete(struct server *sv, struct conn *c)
{
    struct rq_private *k = c->rq->p;
    c->asking = false;
    if (k->fail.rc == RC_OK && !k->too_big && c->spool >= 0) {
        c->map = mmap(NULL, c->n_body, PROT_READ, MAP_PRIVATE, c->spool, 0);
        if (c->map == MAP_FAILED) {
            c->map = NULL;
            (void)err_set(&k->fail, RC_IO, N_("上传的内容无法读取: {why}"), "why",
                          strerror(errno)); /* kept in fail */
        }
        k->body = c->map;
        k->n_body = c->map ? c->n_body : 0;
    } else if (k->fail.rc == RC_OK && c->body.s) {
        k->body = c->body.s;
        k->n_body = c->body.n;
    }
    if (enqueue(sv, c))
        return MHD_YES;
    atomic_fetch_add_explicit(&sv->web->core->refused_busy, 1, memory_order_relaxed);
    return MHD_queue_response(c->mhd, 503, sv->busy);
}

static enum MHD_Result on_static(struct server *sv, struct conn *c, const char *target,
                                 const char *method)
{
    c->asking = false;
    /* A body here is nonsense or an attack. */
    if (MHD_lookup_connection_value(c->mhd, MHD_HEADER_KIND, "Transfer-Encoding") ||
        MHD_lookup_connection_value(c->mhd, MHD_HEADER_KIND, "Content-Length"))
        return MHD_NO;
    set_deadline(sv, c, sv->web->core->cfg.idle_s, STATIC_SIZE);
    return statics_answer(sv->statics, c->mhd, target, method) ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *target,
                                  const char *method, const char *version, const char *upload,
                                  size_t *n, void **con_cls)
{
    struct server *sv = cls;
    struct conn *c = *con_cls;
    switch (c->state) {
    case IDLE:
        return MHD_NO;
    case STATIC: /* an answer at the first call would make MHD close the connection */
        c->state = STATIC_READ;
        return MHD_YES;
    case STATIC_READ:
        return on_static(sv, c, target, method);
    case HEAD:
        return begin(sv, c, method);
    case BODY:
        if (*n == 0)
            return complete(sv, c);
        size_t got = *n;
        *n = 0;
        return feed(sv, c, upload, got);
    case WAITING:
    case ANSWERED:
        break;
    }
    return send_answer(sv, c);
}

/* ---- start and stop ---- */

/* "127.0.0.1:8080", "[::1]:8080" */
static enum rc listen_parse(const char *s, struct sockaddr_storage *ret, socklen_t *ret_n,
                            struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *colon = strrchr(s, ':');
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    int64_t port = 0;
    size_t host_n = colon ? (size_t)(colon - s) : 0;
    bool six = host_n > 2 && s[0] == '[' && s[host_n - 1] == ']';
    const char *host = six ? arena_strndup(a, s + 1, host_n - 2) : arena_strndup(a, s, host_n);
    bool ok = colon && inet_pton(six ? AF_INET6 : AF_INET, host,
                                 six ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr) == 1;
    if (!ok || parse_int64(colon + 1, 0, 65535, "port", &port, e) != RC_OK)
        return err_set(
            e, RC_INVALID,
            N_("监听地址 {listen} 应为 HOST:PORT，例如 127.0.0.1:8080 或 [::1]:8080"), "listen",
            s);
    v4.sin_port = v6.sin6_port = htons((uint16_t)port);
    *ret_n = six ? sizeof(v6) : sizeof(v4);
    memcpy(ret, six ? (const void *)&v6 : (const void *)&v4, *ret_n);
    return RC_OK;
}

static enum rc listen_open(const char *text, int *ret_fd, int *ret_port, struct err *e)
{
    struct sockaddr_storage sa;
    socklen_t n;
    enum rc rc = listen_parse(text, &sa, &n, e);
    if (rc != RC_OK)
        return rc;
    CLEANUP(fd_closep)
    int fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, (struct sockaddr *)&sa, n) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&sa, &n) != 0)
        return err_set(e, RC_IO, N_("不能在 {listen} 监听: {why}"), "listen", text, "why",
                       strerror(errno));
    *ret_port = ntohs(sa.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&sa)->sin6_port
                                               : ((struct sockaddr_in *)(void *)&sa)->sin_port);
    *ret_fd = fd;
    fd = -1;
    return RC_OK;
}

static void PRINTF_LIKE(2, 0) on_log(void *cls, const char *fmt, va_list ap)
{
    char line[512];
    vsnprintf(line, sizeof(line), fmt, ap);
    line[strcspn(line, "\n")] = '\0';
    log_event(LOG_DEBUG, "http", "message", line);
}

static void server_free(struct server *sv)
{
    statics_free(sv->statics);
    for (size_t i = 0; i < sv->n_arenas; i++)
        arena_free(sv->arenas[i]);
    if (sv->busy)
        MHD_destroy_response(sv->busy);
    pthread_mutex_destroy(&sv->lock);
    pthread_cond_destroy(&sv->slow);
    free(sv);
}

static struct server *server_new(struct web *w)
{
    static const char busy[] = "503\n";
    struct server *sv = mem_alloc(sizeof(*sv));
    sv->web = w;
    sv->statics = statics_new(&w->core->cfg);
    pthread_mutex_init(&sv->lock, NULL);
    pthread_cond_init(&sv->slow, NULL);
    sv->busy = MHD_create_response_from_buffer(sizeof(busy) - 1, (void *)(uintptr_t)busy,
                                               MHD_RESPMEM_PERSISTENT);
    if (!sv->busy || MHD_add_response_header(sv->busy, "Retry-After", "1") != MHD_YES ||
        MHD_add_response_header(sv->busy, "Content-Type", "text/plain; charset=utf-8") !=
            MHD_YES)
        abort(); /* out of memory */
    return sv;
}

static struct MHD_Daemon *daemon_start(struct server *sv, int fd)
{
    const struct web_config *cfg = &sv->web->core->cfg;
    /* Beyond this much header MHD itself answers 431; between header_max and this we do, with a
     * page. */
    size_t memory = (size_t)cfg->header_max * 2;
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
            MHD_USE_TURBO,
        0, NULL, NULL, on_request, sv, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_CONNECTION, on_connection, sv,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, sv, MHD_OPTION_URI_LOG_CALLBACK, on_target,
        sv, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_CONNECTION_LIMIT,
        cfg->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        cfg->trusted_proxies ? 0u : cfg->address_connections, MHD_OPTION_CONNECTION_TIMEOUT,
        /* Behind the reaper, who says why. */
        cfg->idle_s * 2 + 2, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        memory < 4096 ? (size_t)4096 : memory, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

/* As many descriptors as connections may need, if the system lets us. */
static void raise_limit(const struct web_config *cfg)
{
    struct rlimit r;
    rlim_t want = (rlim_t)cfg->connections + 1024;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= want)
        return;
    r.rlim_cur = r.rlim_max < want ? r.rlim_max : want;
    (void)setrlimit(RLIMIT_NOFILE, &r); /* with fewer, connections wait to be accepted */
}

enum rc web_start(const struct web_config *cfg, struct web **ret, struct err *e)
{
    struct web *w = mem_alloc(sizeof(*w));
    int fd = -1, port = 0;
    signal(SIGPIPE, SIG_IGN); /* a client may leave while its file is being sent */
    enum rc rc = core_new(cfg, &w->core, e);
    if (rc == RC_OK)
        rc = listen_open(cfg->listen, &fd, &port, e);
    if (rc != RC_OK) {
        core_free(w->core);
        free(w);
        return rc;
    }
    raise_limit(&w->core->cfg);
    struct server *sv = w->server = server_new(w);
    sv->port = port;
    if (pthread_create(&sv->reaper, NULL, reap, sv) != 0)
        abort(); /* no threads at all: nothing can be served */
    struct fibers_config fibers = { .threads = w->core->cfg.threads,
                                    .under_way = w->core->cfg.workers,
                                    .stack = STACK_SIZE,
                                    .run = work,
                                    .arg = sv };
    sv->fibers = fibers_start(&fibers);
    sv->daemon = daemon_start(sv, fd);
    if (!sv->daemon) {
        close(fd);
        web_stop(w);
        return err_set(e, RC_IO, N_("不能在 {listen} 监听: {why}"), "listen", cfg->listen,
                       "why", strerror(errno));
    }
    *ret = w;
    return RC_OK;
}

int web_port(const struct web *w)
{
    return w->server->port;
}

/* Connections the kernel has taken for us belong to what was accepted. */
static void accept_rest(struct server *sv, int fd)
{
    for (;;) {
        struct sockaddr_storage sa;
        socklen_t n = sizeof(sa);
        int c = accept4(fd, (struct sockaddr *)&sa, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (c < 0)
            return;
        if (MHD_add_connection(sv->daemon, c, (struct sockaddr *)&sa, n) != MHD_YES)
            return; /* MHD has closed it */
    }
}

/* Until nothing is under way; slow clients are waited for stop_s, handlers as long as they
 * take. */
static void wait_idle(struct server *sv)
{
    int64_t from = clock_monotonic_us(), most = (int64_t)sv->web->core->cfg.stop_s * 1000000;
    for (;;) {
        struct fibers_stats s;
        fibers_stats(sv->fibers, &s);
        pthread_mutex_lock(&sv->lock);
        int64_t now = clock_monotonic_us();
        bool handling = s.queued + s.under_way > 0;
        bool done = !handling && ((sv->n_active == 0 && now - sv->last_conn_us > SETTLE_US &&
                                   now - from > SETTLE_US / 4) ||
                                  now - from > most);
        pthread_mutex_unlock(&sv->lock);
        if (done)
            return;
        usleep(5000);
    }
}

void web_stop(struct web *w)
{
    if (!w)
        return;
    struct server *sv = w->server;
    if (sv->daemon) {
        atomic_store(&sv->stopping, true);
        int fd = MHD_quiesce_daemon(sv->daemon);
        accept_rest(sv, fd);
        close(fd);
        wait_idle(sv);
    }
    pthread_mutex_lock(&sv->lock);
    sv->ending = true;
    pthread_cond_broadcast(&sv->slow);
    pthread_mutex_unlock(&sv->lock);
    fibers_stop(sv->fibers);
    pthread_join(sv->reaper, NULL);
    if (sv->daemon)
        MHD_stop_daemon(sv->daemon);
    server_free(sv);
    core_free(w->core);
    free(w);
}

void web_stopp(struct web **w)
{
    web_stop(*w);
    *w = NULL;
}

void web_stats(const struct web *w, struct web_stats *ret)
{
    const struct web_core *c = w->core;
    *ret = (struct web_stats){ .requests = c->requests,
                               .bytes_out = c->bytes_out,
                               .refused_busy = c->refused_busy,
                               .refused_rate = c->refused_rate,
                               .handler_us = c->handler_us };
    for (size_t i = 0; i < COUNT(ret->by_class); i++)
        ret->by_class[i] = c->by_class[i];
    for (size_t i = 0; i < WEB_LE; i++)
        ret->le[i] = c->le[i];
    struct server *sv = w->server;
    if (!sv)
        return;
    struct fibers_stats s;
    fibers_stats(sv->fibers, &s);
    ret->queued = s.queued;
    ret->workers = s.threads;
    ret->handler_cpu_us = (uint64_t)s.cpu_us;
    pthread_mutex_lock(&sv->lock);
    ret->bodies = sv->bodies;
    ret->active = sv->n_active;
    ret->connections = sv->n_conns;
    pthread_mutex_unlock(&sv->lock);
}
