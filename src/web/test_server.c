/* The server over loopback sockets: well-behaved clients, hostile ones, many at once, and
 * stopping. */
#include "base/file.h"
#include "base/test.h"
#include "web/private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- the server under test ---- */

static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_moved = PTHREAD_COND_INITIALIZER;
static bool gate_open;
static int n_waiting;

/* Blocks until the test opens the gate. */
static enum rc wait_gate(struct rq *rq, struct err *e)
{
    pthread_mutex_lock(&gate_lock);
    n_waiting++;
    pthread_cond_broadcast(&gate_moved);
    while (!gate_open)
        pthread_cond_wait(&gate_moved, &gate_lock);
    pthread_mutex_unlock(&gate_lock);
    return web_bytes(rq, "waited", 6, "text/plain", NULL, e);
}

static void gate_reset(void)
{
    pthread_mutex_lock(&gate_lock);
    gate_open = false;
    n_waiting = 0;
    pthread_mutex_unlock(&gate_lock);
}

static void gate_await(int n)
{
    pthread_mutex_lock(&gate_lock);
    while (n_waiting < n)
        pthread_cond_wait(&gate_moved, &gate_lock);
    pthread_mutex_unlock(&gate_lock);
}

static void gate_release(void)
{
    pthread_mutex_lock(&gate_lock);
    gate_open = true;
    pthread_cond_broadcast(&gate_moved);
    pthread_mutex_unlock(&gate_lock);
}

static enum rc hello(struct rq *rq, struct err *e)
{
    const char *name = rq_query(rq, "name");
    return web_bytes(rq, arena_printf(rq->a, "hello %s", name ? name : "you"),
                     6 + (name ? strlen(name) : 3), "text/plain", NULL, e);
}

static enum rc size_of_body(struct rq *rq, struct err *e)
{
    size_t n = rq_body(rq).n;
    const struct upload *u = rq_upload(rq, "f");
    char *text = arena_printf(rq->a, "body %zu file %lld", n, u ? (long long)u->size : -1LL);
    return web_bytes(rq, text, strlen(text), "text/plain", NULL, e);
}

static enum rc send_file(struct rq *rq, struct err *e)
{
    return web_file(rq, arena_printf(rq->a, "%s/%s", (const char *)rq->user, "big"),
                    "text/plain", "大.txt", e);
}

static const struct route routes[] = {
    { .method = GET, .path = "/hello", .auth = NONE, .need = 1, .fn = hello },
    { .method = POST,
      .path = "/size",
      .auth = NONE,
      .need = 1,
      .fn = size_of_body,
      .body_max = 4000000,
      .n_files = 1 },
    { .method = POST, .path = "/small", .auth = NONE, .need = 1, .fn = size_of_body },
    { .method = GET, .path = "/wait", .auth = NONE, .need = 1, .fn = wait_gate },
    { .method = GET, .path = "/file", .auth = NONE, .need = 1, .fn = send_file },
};
static const struct route_table table = { routes, COUNT(routes) };
static const struct web_asset asset_rows[] = {
    { .name = "app.css",
      .hashed = "app.12.css",
      .type = "text/css",
      .etag = "\"12\"",
      .p = (const uint8_t *)"p{}",
      .n = 3,
      .gz = (const uint8_t *)"zz",
      .n_gz = 2 },
};
static const struct web_assets assets = { asset_rows, COUNT(asset_rows) };

struct world {
    struct web *w;
    char dir[32];
    struct web_mount mount;
};

static void world_begin(struct world *x, struct web_config cfg)
{
    struct err e = { 0 };
    memcpy(x->dir, "/tmp/webtest-XXXXXX", 20);
    CHECK(mkdtemp(x->dir));
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *big = arena_alloc(a, 300000);
    memset(big, 'x', 300000);
    CHECK_OK(dir_make(arena_printf(a, "%s/tiles/x001", x->dir), &e));
    CHECK_OK(file_write_atomic(arena_printf(a, "%s/tiles/x001/067", x->dir), "tile", 4, &e));
    CHECK_OK(file_write_atomic(arena_printf(a, "%s/tiles/big", x->dir), big, 300000, &e));
    CHECK_OK(file_write_atomic(arena_printf(a, "%s/big", x->dir), big, 300000, &e));
    CHECK_OK(file_write_atomic(arena_printf(a, "%s/secret", x->dir), "secret", 6, &e));
    x->mount = (struct web_mount){ .prefix = "/log/tile/",
                                   .dir = mem_strdup(arena_printf(a, "%s/tiles", x->dir)),
                                   .type = "application/octet-stream",
                                   .immutable = true };
    cfg.listen = "127.0.0.1:0";
    cfg.user = x->dir;
    cfg.tables = &table;
    cfg.n_tables = 1;
    cfg.mounts = &x->mount;
    cfg.n_mounts = 1;
    cfg.assets = &assets;
    cfg.per_address = (struct web_limit){ .per_minute = 1e9, .burst = 1e9 };
    x->w = NULL;
    CHECK_OK(web_start(&cfg, &x->w, &e));
    err_done(&e);
}

static void world_end(struct world *x)
{
    static const char *const made[] = { "tiles/x001/067", "tiles/x001", "tiles/big",
                                        "tiles",          "big",        "secret" };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    web_stopp(&x->w);
    for (size_t i = 0; i < COUNT(made); i++)
        CHECK(remove(arena_printf(a, "%s/%s", x->dir, made[i])) == 0);
    CHECK(rmdir(x->dir) == 0);
    free((char *)(uintptr_t)x->mount.dir);
}

/* ---- a client ---- */

static int dial_port(int port)
{
    struct sockaddr_in sa = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
        return fd;
    close(fd);
    return -1;
}

static int dial(const struct world *x)
{
    int fd = dial_port(web_port(x->w));
    if (fd < 0)
        t_fail(__FILE__, __LINE__, "cannot connect");
    return fd;
}

static bool put(int fd, const void *p, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t k = send(fd, (const char *)p + done, n - done, MSG_NOSIGNAL);
        if (k <= 0)
            return false;
        done += (size_t)k;
    }
    return true;
}

/* One answer: status, headers and body; what followed it stays in *rest. */
struct got {
    int status;
    const char *head, *body;
    size_t n;
};

static struct got get(struct arena *a, int fd, bool head_only)
{
    struct got g = { 0 };
    struct str b;
    str_init(&b, a);
    char block[65536];
    const char *end = NULL;
    size_t want = SIZE_MAX;
    while (b.n < want) {
        /* No more than needed, so that a pipelined answer stays in the socket: byte by byte in
         * the head. */
        size_t ask = end ? want - b.n : 1;
        ssize_t k = recv(fd, block, ask < sizeof(block) ? ask : sizeof(block), 0);
        if (k <= 0)
            break;
        str_addn(&b, block, (size_t)k);
        if (!end && (end = strstr(b.s, "\r\n\r\n"))) {
            const char *length = strcasestr(b.s, "\r\nContent-Length:");
            size_t head_n = (size_t)(end - b.s) + 4;
            want = head_n + (head_only || !length || length > end
                                 ? 0
                                 : (size_t)strtoull(length + 17, NULL, 10));
        }
    }
    if (b.n > 12)
        g.status = (b.s[9] - '0') * 100 + (b.s[10] - '0') * 10 + (b.s[11] - '0');
    end = strstr(b.s, "\r\n\r\n");
    g.head = end ? arena_strndup(a, b.s, (size_t)(end - b.s) + 2) : b.s;
    g.body = end ? end + 4 : "";
    g.n = end ? b.n - (size_t)(end + 4 - b.s) : 0;
    return g;
}

static struct got ask(struct arena *a, int fd, const char *request)
{
    CHECK(put(fd, request, strlen(request)));
    return get(a, fd, str_starts(request, "HEAD"));
}

static bool closed(int fd)
{
    char c;
    return recv(fd, &c, 1, 0) <= 0;
}

/* A request on a connection of its own. */
static struct got once(struct arena *a, const struct world *x, const char *request)
{
    int fd = dial(x);
    struct got g = ask(a, fd, request);
    close(fd);
    return g;
}

#define H "Host: x\r\n"
#define PUT(fd, text) CHECK(put((fd), (text), strlen(text)))

/* ---- tests ---- */

static void serves(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world x;
    world_begin(&x, (struct web_config){ 0 });
    int fd = dial(&x);
    for (int i = 0; i < 3; i++) { /* on one connection */
        struct got g = ask(a, fd, "GET /hello?name=%E7%A8%8E HTTP/1.1\r\n" H "\r\n");
        CHECK_INT(g.status, 200);
        CHECK_STR(g.body, "hello 税");
        CHECK(strstr(g.head, "X-Content-Type-Options: nosniff\r\n"));
        CHECK(strstr(g.head, "X-Request-Id: "));
        CHECK(strstr(g.head, "Cache-Control: no-cache\r\n"));
    }
    struct got g = ask(a, fd, "GET /none HTTP/1.1\r\n" H "\r\n");
    CHECK_INT(g.status, 404);
    CHECK(strstr(g.head, "Content-Security-Policy: default-src 'none'"));
    CHECK(strstr(g.body, "没有这个地址"));
    /* Two requests sent at once. */
    PUT(fd, "GET /hello?name=1 HTTP/1.1\r\n" H "\r\nGET /hello?name=2 HTTP/1.1\r\n" H "\r\n");
    CHECK_STR(get(a, fd, false).body, "hello 1");
    CHECK_STR(get(a, fd, false).body, "hello 2");
    g = ask(a, fd, "HEAD /hello HTTP/1.1\r\n" H "\r\n");
    CHECK_INT(g.status, 200);
    CHECK(strstr(g.head, "Content-Length: 9\r\n"));
    g = ask(a, fd, "GET /file HTTP/1.1\r\n" H "\r\n");
    CHECK_INT(g.n, 300000);
    CHECK(strstr(g.head, "Content-Disposition: attachment; filename=\"___.txt\"; "
                         "filename*=UTF-8''%E5%A4%A7.txt\r\n"));
    g = ask(a, fd,
            "POST /small HTTP/1.1\r\n" H "Content-Type: text/plain\r\nTransfer-Encoding: "
            "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    CHECK_STR(g.body, "body 5 file -1");
    g = ask(a, fd, "GET /hello HTTP/1.1\r\n" H "Connection: close\r\n\r\n");
    CHECK_INT(g.status, 200);
    CHECK(closed(fd));
    close(fd);
    world_end(&x);
}

static void serves_files(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world x;
    world_begin(&x, (struct web_config){ 0 });
    int fd = dial(&x);
    for (int i = 0; i < 3; i++) {
        struct got g = ask(a, fd, "GET /static/app.12.css HTTP/1.1\r\n" H "\r\n");
        CHECK_INT(g.status, 200);
        CHECK_STR(g.body, "p{}");
        CHECK(strstr(g.head, "Cache-Control: public, max-age=31536000, immutable\r\n"));
        CHECK(strstr(g.head, "ETag: \"12\"\r\n"));
        CHECK(strstr(g.head, "Vary: Accept-Encoding\r\n"));
    }
    struct got g =
        ask(a, fd, "GET /static/app.css HTTP/1.1\r\n" H "Accept-Encoding: br, gzip\r\n\r\n");
    CHECK_STR(g.body, "zz");
    CHECK(strstr(g.head, "Content-Encoding: gzip\r\n"));
    CHECK(strstr(g.head, "Cache-Control: no-cache\r\n"));
    g = ask(a, fd, "HEAD /static/app.css HTTP/1.1\r\n" H "\r\n");
    CHECK(strstr(g.head, "Content-Length: 3\r\n"));
    int fd2 = dial(&x);
    PUT(fd2, "GET /static/app.css HTTP/1.1\r\n" H
             "If-None-Match: W/\"1\", \"12\"\r\nConnection: close\r\n\r\n");
    g = get(a, fd2, true);
    CHECK_INT(g.status, 304);
    close(fd2);
    for (int i = 0; i < 2; i++) { /* from the disk, from the cache */
        g = ask(a, fd, "GET /log/tile/x001/067 HTTP/1.1\r\n" H "\r\n");
        CHECK_INT(g.status, 200);
        CHECK_STR(g.body, "tile");
    }
    CHECK_INT(ask(a, fd, "GET /log/tile/big HTTP/1.1\r\n" H "\r\n").n, 300000);
    CHECK_INT(ask(a, fd, "GET /static/none HTTP/1.1\r\n" H "\r\n").status, 404);
    CHECK_INT(ask(a, fd, "DELETE /static/app.css HTTP/1.1\r\n" H "\r\n").status, 405);
    close(fd);
    static const char *const outside[] = {
        "/log/tile/../secret",
        "/log/tile/x001/../../secret",
        "/log/tile/%2e%2e/secret",
        "/log/tile/..%2fsecret",
        "/log/tile//etc/passwd",
        "/log/tile/x001",
        "/log/tile/",
        "/log/tile/x001/",
        "/static/../secret",
        "/log/tile/./big",
    };
    for (size_t i = 0; i < COUNT(outside); i++)
        CHECK_INT(
            once(a, &x, arena_printf(a, "GET %s HTTP/1.1\r\n" H "\r\n", outside[i])).status,
            404);
    world_end(&x);
}

static void refuses(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world x;
    world_begin(&x, (struct web_config){ .body_max = 1000, .header_max = 4096 });
    char *long_text = arena_alloc(a, 20001);
    memset(long_text, 'a', 20000);
    const struct {
        const char *request;
        int status;
    } cases[] = {
        { "POST /small HTTP/1.1\r\n" H
          "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          400 },
        { "POST /small HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 3\r\n\r\na=1",
          400 },
        { "POST /small HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 5\r\n\r\na=1",
          400 },
        { "POST /small HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\n", 400 },
        { "POST /small HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\n", 413 },
        { "POST /small HTTP/1.1\r\n" H "Content-Length: 1x\r\n\r\n", 400 },
        { "POST /small HTTP/1.1\r\n" H "Content-Length : 3\r\n\r\na=1", 400 },
        { "GET /hello HTTP/1.1\r\n" H H "\r\n", 400 },
        { "GET /hello HTTP/1.1\r\n\r\n", 400 },
        { "GET /../etc/passwd HTTP/1.1\r\n" H "\r\n", 404 },
        { "GET /%00 HTTP/1.1\r\n" H "\r\n", 400 },
        { "BREW /hello HTTP/1.1\r\n" H "\r\n", 405 },
        { "POST /hello HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", 405 },
        { "GET /static/app.css HTTP/1.1\r\n" H
          "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          0 },
        { arena_printf(a, "GET /hello HTTP/1.1\r\n" H "X: %.5000s\r\n\r\n", long_text), 431 },
        { arena_printf(a, "GET /hello HTTP/1.1\r\n" H "X: %.20000s\r\n\r\n", long_text), 431 },
        { arena_printf(a, "GET /hello?x=%.4090s HTTP/1.1\r\n" H "\r\n", long_text), 431 },
        { arena_printf(a, "POST /small HTTP/1.1\r\n" H "Content-Length: 1001\r\n\r\n%.1001s",
                       long_text),
          413 },
        { arena_printf(a, "POST /small HTTP/1.1\r\n" H "Content-Length: 20000\r\n\r\n%.20000s",
                       long_text),
          413 },
        { "POST /small HTTP/1.1\r\n" H "Content-Length: 2000000000\r\n\r\nabc", 413 },
        { "POST /small HTTP/1.1\r\n" H "Content-Length: 2000\r\nExpect: 100-continue\r\n\r\n",
          413 },
        { arena_printf(a,
                       "POST /small HTTP/1.1\r\n" H
                       "Transfer-Encoding: chunked\r\n\r\n3e9\r\n%.1001s\r\n0\r\n\r\n",
                       long_text),
          413 },
        { arena_printf(a, "POST /small HTTP/1.1\r\n" H "Content-Length: 1000\r\n\r\n%.1000s",
                       long_text),
          200 },
        { "GET /hello HTTP/1.0\r\n\r\n", 200 },
        { "nonsense\r\n\r\n", 0 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct got g = once(a, &x, cases[i].request);
        if (g.status != cases[i].status && !(cases[i].status == 0 && g.status == 400))
            t_fail(__FILE__, __LINE__, "case %zu, %.40s…: %d, want %d", i, cases[i].request,
                   g.status, cases[i].status);
    }
    /* After a smuggling attempt nothing more is read from that connection. */
    int fd = dial(&x);
    ask(a, fd,
        "POST /small HTTP/1.1\r\n" H "Content-Length: 3\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n");
    CHECK(closed(fd));
    close(fd);
    /* Who says how much is coming hears why it is not taken, however much that is. */
    fd = dial(&x);
    PUT(fd, "POST /small HTTP/1.1\r\n" H "Content-Length: 4000000\r\n\r\n");
    for (int i = 0; i < 200; i++)
        CHECK(put(fd, long_text, 20000));
    CHECK_INT(get(a, fd, false).status, 413);
    close(fd);
    /* A chunked body without end is cut. */
    fd = dial(&x);
    PUT(fd, "POST /small HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n");
    bool cut = false;
    for (int i = 0; i < 1000 && !cut; i++)
        cut = !put(fd, "4e20\r\n", 6) || !put(fd, long_text, 20000) || !put(fd, "\r\n", 2);
    CHECK(cut);
    close(fd);
    world_end(&x);
}

static void takes_uploads(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world x;
    world_begin(&x, (struct web_config){ 0 });
    static const size_t sizes[] = { 0, 10, 65536, 65537, 3000000 };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct str b;
        str_init(&b, a);
        str_add(&b,
                "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n");
        char *content = arena_alloc(a, sizes[i] + 1);
        memset(content, 0xff, sizes[i]);
        str_addn(&b, content, sizes[i]);
        str_add(&b, "\r\n--B--\r\n");
        int fd = dial(&x);
        char *head = arena_printf(
            a,
            "POST /size HTTP/1.1\r\n" H
            "Content-Type: multipart/form-data; boundary=B\r\nContent-Length: %zu\r\n\r\n",
            b.n);
        CHECK(put(fd, head, strlen(head)));
        CHECK(put(fd, b.s, b.n));
        struct got g = get(a, fd, false);
        CHECK_STR(g.body, arena_printf(a, "body %zu file %zu", b.n, sizes[i]));
        close(fd);
    }
    int fd = dial(&x);
    PUT(fd, "POST /size HTTP/1.1\r\n" H "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    CHECK_INT(get(a, fd, true).status, 100);
    CHECK_STR(ask(a, fd, "abc").body, "body 3 file -1");
    close(fd);
    /* A client that leaves in the middle. */
    fd = dial(&x);
    PUT(fd, "POST /size HTTP/1.1\r\n" H "Content-Length: 300000\r\n\r\nabc");
    close(fd);
    CHECK_STR(once(a, &x, "GET /hello HTTP/1.1\r\n" H "\r\n").body, "hello you");
    world_end(&x);
}

/* Until the server holds so many bytes of bodies. */
static void until_held(const struct world *x, size_t n)
{
    struct web_stats s = { .bodies = n + 1 };
    while (s.bodies != n) {
        usleep(1000);
        web_stats(x->w, &s);
    }
}

/* Two that send much at once: the second is told to come back, and later it can. */
static void bounds_all_bodies(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world x;
    world_begin(&x, (struct web_config){ .bodies = 300000 });
    char *much = arena_alloc(a, 200001);
    memset(much, 'x', 200000);
    int first = dial(&x), second = dial(&x);
    static const char head[] = "POST /size HTTP/1.1\r\n" H "Content-Length: 200000\r\n\r\n";
    PUT(first, head);
    CHECK(put(first, much, 199999));
    until_held(&x, 199999);
    PUT(second, head);
    CHECK(put(second, much, 200000));
    CHECK_INT(get(a, second, false).status, 503);
    until_held(&x, 199999);
    CHECK(put(first, "x", 1));
    CHECK_STR(get(a, first, false).body, "body 200000 file -1");
    until_held(&x, 0);
    PUT(second, head);
    CHECK(put(second, much, 200000));
    CHECK_STR(get(a, second, false).body, "body 200000 file -1");
    close(first);
    close(second);
    world_end(&x);
}

static void ends_slow_senders(void)
{
    static const char *const beginnings[] = {
        "GET /hello HTTP/1.1\r\nHost",
        "POST /small HTTP/1.1\r\n" H "Content-Length: 10\r\n\r\nabc",
        "",
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world x;
    world_begin(&x, (struct web_config){ .idle_s = 1, .slow_rate = 1000000 });
    int fd[COUNT(beginnings)];
    for (size_t i = 0; i < COUNT(beginnings); i++) {
        fd[i] = dial(&x);
        CHECK(put(fd[i], beginnings[i], strlen(beginnings[i])));
    }
    for (size_t i = 0; i < COUNT(beginnings);
         i++) { /* returns when the server has had enough */
        if (beginnings[i][0])
            CHECK_INT(get(a, fd[i], false).status, 408);
        char rest[512];
        while (recv(fd[i], rest, sizeof(rest), 0) > 0)
            ;
        close(fd[i]);
    }
    world_end(&x);
}

static void says_busy(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world x;
    gate_reset();
    world_begin(&x, (struct web_config){ .workers = 1, .queue = 1 });
    int fd[2];
    for (int i = 0; i < 2; i++) {
        fd[i] = dial(&x);
        PUT(fd[i], "GET /wait HTTP/1.1\r\n" H "\r\n");
        if (i == 0)
            gate_await(1);
    }
    struct web_stats s;
    do
        web_stats(x.w, &s);
    while (s.queued < 1);
    struct got g = once(a, &x, "GET /hello HTTP/1.1\r\n" H "\r\n");
    CHECK_INT(g.status, 503);
    CHECK(strstr(g.head, "Retry-After: 1\r\n"));
    CHECK_STR(once(a, &x, "GET /static/app.css HTTP/1.1\r\n" H "\r\n").body,
              "p{}"); /* needs no worker */
    gate_release();
    for (int i = 0; i < 2; i++) {
        CHECK_STR(get(a, fd[i], false).body, "waited");
        close(fd[i]);
    }
    web_stats(x.w, &s);
    CHECK_INT(s.refused_busy, 1);
    CHECK_INT(s.workers, 1);
    world_end(&x);
}

static void *stop(void *w)
{
    web_stop(w);
    return NULL;
}

static void stops_gracefully(void)
{
    enum { N = 5 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct world x;
    gate_reset();
    world_begin(&x, (struct web_config){ 0 });
    int fd[N], idle = dial(&x);
    CHECK_INT(ask(a, idle, "GET /hello HTTP/1.1\r\n" H "\r\n").status, 200);
    for (int i = 0; i < N; i++) {
        fd[i] = dial(&x);
        PUT(fd[i], "GET /wait HTTP/1.1\r\n" H "\r\n");
    }
    gate_await(N);
    int late = dial(&x); /* connected before the stop, asks when it has begun */
    pthread_t t;
    int port = web_port(x.w);
    CHECK(pthread_create(&t, NULL, stop, x.w) == 0);
    x.w = NULL;
    for (int more; (more = dial_port(port)) >= 0;) /* until the stop has closed the door */
        close(more);
    PUT(late, "GET /hello HTTP/1.1\r\n" H "\r\n");
    CHECK_STR(get(a, late, false).body, "hello you");
    gate_release();
    for (int i = 0; i < N; i++) {
        struct got g = get(a, fd[i], false);
        CHECK_STR(g.body, "waited");
        CHECK(strstr(g.head, "Connection: close\r\n"));
        close(fd[i]);
    }
    pthread_join(t, NULL);
    CHECK(closed(idle));
    close(idle);
    close(late);
    world_end(&x);
}

struct client {
    const struct world *x;
    int number, bad;
};

static void *client(void *arg)
{
    struct client *c = arg;
    int fd = dial(c->x);
    for (int i = 0; i < 50; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        if (i % 10 == 9) {
            close(fd);
            fd = dial(c->x);
        }
        char *name = arena_printf(a, "c%d-%d", c->number, i);
        char *want = arena_printf(a, "hello %s", name);
        struct got g =
            ask(a, fd,
                i % 3 ? arena_printf(a, "GET /hello?name=%s HTTP/1.1\r\n" H "\r\n", name)
                      : "GET /static/app.css HTTP/1.1\r\n" H "\r\n");
        c->bad += !str_eq(g.body, i % 3 ? want : "p{}");
    }
    close(fd);
    return NULL;
}

static void serves_many(void)
{
    enum { N = 32 };
    struct world x;
    struct client c[N];
    pthread_t t[N];
    world_begin(&x, (struct web_config){ .workers = 8 });
    for (int i = 0; i < N; i++) {
        c[i] = (struct client){ &x, i, 0 };
        CHECK(pthread_create(&t[i], NULL, client, &c[i]) == 0);
    }
    for (int i = 0; i < N; i++) {
        pthread_join(t[i], NULL);
        CHECK_INT(c[i].bad, 0);
    }
    struct web_stats s;
    web_stats(x.w, &s);
    CHECK_INT(s.requests, N * 33);
    CHECK_INT(s.by_class[2], N * 33);
    CHECK(s.workers <= 8);
    world_end(&x);
}

static void refuses_addresses(void)
{
    static const char *const bad[] = { "",          "8080",        "localhost:80",
                                       "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000",
                                       "[::1:80",   "1.2.3:80" };
    struct err e = { 0 };
    struct web *w = NULL;
    for (size_t i = 0; i < COUNT(bad); i++) {
        CHECK_INT(web_start(&(struct web_config){ .listen = bad[i] }, &w, &e), RC_INVALID);
        CHECK(!w);
    }
    struct world x;
    world_begin(&x, (struct web_config){ 0 });
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CHECK_INT(web_start(&(struct web_config){ .listen = arena_printf(a, "127.0.0.1:%d",
                                                                     web_port(x.w)) },
                        &w, &e),
              RC_IO);
    err_done(&e);
    world_end(&x);
}

T_MAIN({ "pages and keep-alive", serves }, { "embedded files and mounts", serves_files },
       { "hostile requests", refuses }, { "uploads", takes_uploads },
       { "all bodies together have a bound", bounds_all_bodies },
       { "slow senders are ended", ends_slow_senders }, { "a full queue says busy", says_busy },
       { "a stop finishes what was accepted", stops_gracefully },
       { "many clients at once", serves_many }, { "listening addresses", refuses_addresses })
