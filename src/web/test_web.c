/* Routes, and the way of a request from its headers to its answer, without sockets. */
#include "base/file.h"
#include "base/hash.h"
#include "base/test.h"
#include "web/private.h"
#include "web/test_page.html.h"
#include "web/test_part.html.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CAP_ALL = 1, CAP_SEE, CAP_NEVER };

/* ---- a small world ---- */

static int n_ended;

static void ended(void *arg)
{
    ++*(int *)arg;
}

static enum rc home(struct rq *rq, struct err *e)
{
    rq_at_end(rq, ended, &n_ended);
    struct test_part_page p = { .total = 42, .next = "/x" };
    return test_part_render(rq, &p, e);
}

static enum rc echo(struct rq *rq, struct err *e)
{
    struct str b;
    str_init(&b, NULL);
    size_t n;
    const struct field *f = rq_fields(rq, &n);
    for (size_t i = 0; i < n; i++)
        str_addf(&b, "%s=%s;", f[i].name, f[i].value);
    const struct upload *u = rq_uploads(rq, &n);
    for (size_t i = 0; i < n; i++) {
        char text[64] = "";
        CHECK(pread(u[i].fd, text, sizeof(text) - 1, 0) == u[i].size);
        str_addf(&b, "%s:%s:%s=%s;", u[i].field, u[i].filename, u[i].type, text);
        struct bytes again;
        CHECK(file_read(rq->a, u[i].path, 100, &again, e) == RC_OK);
        CHECK_INT(again.n, u[i].size);
    }
    if (rq_param(rq, "code"))
        str_addf(&b, "code=%s;", rq_param(rq, "code"));
    if (rq_json(rq))
        str_addf(&b, "json;");
    return web_str(rq, &b, "text/plain; charset=utf-8", NULL, e);
}

static enum rc save(struct rq *rq, struct err *e)
{
    const char *name;
    int64_t n;
    enum rc rc = rq_text(rq, "name", "名称", 5, &name, e);
    if (rc == RC_OK)
        rc = rq_int(rq, "n", "数量", 1, 10, &n, e);
    if (rc != RC_OK)
        return rc;
    rq_notice(rq, "已保存");
    return web_donef(rq, e, "/thing/%s", rq_param(rq, "unit"));
}

static enum rc fails(struct rq *rq, struct err *e)
{
    return err_set(e, RC_CONFLICT, N_("{name} 已被他人修改"), "name", "<b>");
}

static enum rc nothing(struct rq *rq, struct err *e)
{
    return RC_OK;
}

static enum rc digest(struct rq *rq, struct err *e)
{
    uint8_t d[32];
    char hex[65];
    rq_digest(rq, d);
    const char *id = rq_request_id(rq);
    return web_bytes(rq, arena_printf(rq->a, "%s %s", id ? id : "-", hex_encode(d, 32, hex)),
                     64 + 1 + (id ? strlen(id) : 1), "text/plain", "表 \"x\".txt", e);
}

/* A long text of one kind of letter. */
static enum rc long_text(struct rq *rq, struct err *e)
{
    struct str b;
    str_init(&b, NULL);
    for (int i = 0; i < 20000; i++)
        str_addc(&b, 'a');
    return web_str(rq, &b, "text/plain; charset=utf-8", NULL, e);
}

static enum rc away(struct rq *rq, struct err *e)
{
    return web_redirect(rq, "//evil.example/", e);
}

/* Only the handler knows whose a thing is. */
static enum rc theirs(struct rq *rq, struct err *e)
{
    return err_set(e, RC_DENIED, "not yours");
}

static const struct route routes[] = {
    { .method = GET,
      .path = "/",
      .auth = NONE,
      .need = CAP_ALL,
      .fn = home,
      .page = &test_part_kind },
    { .method = POST,
      .path = "/open",
      .auth = NONE,
      .need = CAP_ALL,
      .fn = echo,
      .n_files = 1 },
    { .method = GET,
      .path = "/thing/:code",
      .auth = SESSION,
      .need = CAP_SEE,
      .scope = SCOPE_OBJECT,
      .fn = echo,
      .journal = "thing" },
    { .method = GET,
      .path = "/thing/:code.pdf",
      .auth = SESSION,
      .need = CAP_SEE,
      .scope = SCOPE_OBJECT,
      .fn = echo },
    { .method = GET,
      .path = "/thing/new",
      .auth = SESSION,
      .need = CAP_SEE,
      .scope = SCOPE_ALL,
      .fn = home },
    { .method = POST,
      .path = "/unit/:unit/save",
      .auth = SESSION | TOKEN,
      .need = CAP_SEE,
      .scope = SCOPE_UNIT,
      .fn = save },
    { .method = GET,
      .path = "/never",
      .auth = SESSION,
      .need = CAP_NEVER,
      .scope = SCOPE_ALL,
      .fn = home },
    { .method = GET,
      .path = "/theirs",
      .auth = SESSION,
      .need = CAP_SEE,
      .scope = SCOPE_OBJECT,
      .fn = theirs },
    { .method = GET, .path = "/fails", .auth = NONE, .need = CAP_ALL, .fn = fails },
    { .method = GET, .path = "/nothing", .auth = NONE, .need = CAP_ALL, .fn = nothing },
    { .method = GET, .path = "/long", .auth = NONE, .need = CAP_ALL, .fn = long_text },
    { .method = GET, .path = "/away", .auth = NONE, .need = CAP_ALL, .fn = away },
    { .method = POST,
      .path = "/digest",
      .auth = NONE,
      .need = CAP_ALL,
      .fn = digest,
      .n_files = 1 },
    { .method = GET,
      .path = "/limited",
      .auth = NONE,
      .need = CAP_ALL,
      .fn = home,
      .limit = "slow" },
    { .method = GET,
      .path = "/api",
      .auth = TOKEN,
      .need = CAP_SEE,
      .scope = SCOPE_ALL,
      .fn = home,
      .help = "data" },
    { .method = GET, .path = "/tree/*rest", .auth = NONE, .need = CAP_ALL, .fn = home },
    { .method = GET,
      .path = "/outside",
      .auth = NONE,
      .need = CAP_ALL,
      .fn = home,
      .zone = ZONE_PUBLIC },
};
static const struct route_table table = { routes, COUNT(routes) };

static int n_denied, n_read;
static const uint8_t secret[32] = "0123456789abcdef0123456789abcde";

static enum rc authenticate(struct rq *rq, struct err *e)
{
    const char *session = rq_cookie(rq, "session"), *token = rq_bearer(rq);
    if (str_eq(session, "good") || str_eq(token, "good")) {
        rq->account.id = (struct id){ 7 };
        rq->account.name = "顾衡";
        rq->account.by = session ? SESSION : TOKEN;
        memcpy(rq->account.secret, secret, 32);
    } else if (token) {
        return err_set(e, RC_UNAUTH, N_("令牌无效"));
    }
    return RC_OK;
}

static enum rc authorize(struct rq *rq, struct err *e)
{
    if (rq->route->need == CAP_NEVER ||
        (rq->route->scope == SCOPE_UNIT && !str_eq(rq_param(rq, "unit"), "mine")))
        return err_set(e, RC_DENIED, N_("没有权限"));
    return RC_OK;
}

static void denied(struct rq *rq, const struct err *e)
{
    n_denied++;
}

static void on_read(struct rq *rq)
{
    CHECK_STR(rq->route->journal, "thing");
    n_read++;
}

static void chrome(struct rq *rq)
{
    rq->chrome.place = "清溪区";
    rq->chrome.account = rq->account.name;
    rq->chrome.demo = true;
    rq_crumb(rq, "首页", "/");
}

static const struct web_limit named[] = { { "slow", 1, 2 } };

static struct web_fake *fake_behind(const char *proxies, unsigned zone)
{
    struct err e = { 0 };
    struct web_config cfg = {
        .listen = "127.0.0.1:0",
        .hooks = { .authenticate = authenticate,
                   .authorize = authorize,
                   .denied = denied,
                   .chrome = chrome,
                   .on_read = on_read },
        .tables = &table,
        .n_tables = 1,
        .sign_in = "/sign-in",
        .limits = named,
        .n_limits = 1,
        .zone = zone,
        .body_max = 1000,
        .trusted_proxies = proxies,
    };
    struct web_fake *f = NULL;
    CHECK_OK(web_fake_new(&cfg, &f, &e));
    n_denied = n_read = 0;
    return f;
}

static struct web_fake *fake_new(unsigned zone)
{
    return fake_behind(NULL, zone);
}

static struct web_reply ask(struct web_fake *f, struct arena *a, const char *method,
                            const char *target, const char *const *headers, const char *body)
{
    struct web_reply r;
    struct web_ask q = { .method = method,
                         .target = target,
                         .headers = headers,
                         .body = body,
                         .n = body ? strlen(body) : 0 };
    web_fake_ask(f, &q, a, &r);
    return r;
}

#define HEADERS(...)                                                                           \
    (const char *const[])                                                                      \
    {                                                                                          \
        __VA_ARGS__, NULL                                                                      \
    }
#define FORM "Content-Type: application/x-www-form-urlencoded"

/* ---- tests ---- */

static void checks_tables(void)
{
    struct err e = { 0 };
    CHECK_OK(web_check_routes(&table, 1, CAP_ALL, &e));
#define GOOD                                                                                   \
    .method = GET, .path = "/a", .auth = SESSION, .need = CAP_SEE, .scope = SCOPE_ALL,         \
    .fn = home
    static const struct route bad[][2] = {
        { { .path = "/a", .auth = SESSION, .need = CAP_SEE, .scope = SCOPE_ALL, .fn = home } },
        { { .method = GET, .path = "/a", .need = CAP_SEE, .scope = SCOPE_ALL, .fn = home } },
        { { .method = GET, .path = "/a", .auth = SESSION, .scope = SCOPE_ALL, .fn = home } },
        { { .method = GET, .path = "/a", .auth = SESSION, .need = CAP_SEE, .fn = home } },
        { { .method = GET,
            .path = "/a",
            .auth = SESSION,
            .need = CAP_SEE,
            .scope = SCOPE_ALL } },
        { { .method = GET, .path = "/a", .auth = NONE, .need = CAP_SEE, .fn = home } },
        { { .method = GET,
            .path = "/a",
            .auth = SESSION,
            .need = CAP_ALL,
            .scope = SCOPE_ALL,
            .fn = home } },
        { { .method = GET,
            .path = "/a",
            .auth = NONE | SESSION,
            .need = CAP_SEE,
            .scope = SCOPE_ALL,
            .fn = home } },
        { { .method = GET,
            .path = "a",
            .auth = SESSION,
            .need = CAP_SEE,
            .scope = SCOPE_ALL,
            .fn = home } },
        { { .method = GET,
            .path = "/a/",
            .auth = SESSION,
            .need = CAP_SEE,
            .scope = SCOPE_ALL,
            .fn = home } },
        { { .method = GET,
            .path = "/a//b",
            .auth = SESSION,
            .need = CAP_SEE,
            .scope = SCOPE_ALL,
            .fn = home } },
        { { .method = GET,
            .path = "/*x/b",
            .auth = SESSION,
            .need = CAP_SEE,
            .scope = SCOPE_ALL,
            .fn = home } },
        { { .method = GET,
            .path = "/:/b",
            .auth = SESSION,
            .need = CAP_SEE,
            .scope = SCOPE_ALL,
            .fn = home } },
        { { .method = GET,
            .path = "/税",
            .auth = SESSION,
            .need = CAP_SEE,
            .scope = SCOPE_ALL,
            .fn = home } },
        { { .method = GET,
            .path = "/:code",
            .auth = SESSION,
            .need = CAP_SEE,
            .scope = SCOPE_UNIT,
            .fn = home } },
        { { .method = POST,
            .path = "/a",
            .auth = SESSION,
            .need = CAP_SEE,
            .scope = SCOPE_ALL,
            .fn = home,
            .journal = "x" } },
        { { GOOD }, { GOOD } },
        { { .method = GET,
            .path = "/x/:a",
            .auth = SESSION,
            .need = CAP_SEE,
            .scope = SCOPE_ALL,
            .fn = home },
          { .method = GET,
            .path = "/x/:b",
            .auth = SESSION,
            .need = CAP_SEE,
            .scope = SCOPE_ALL,
            .fn = home } },
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct route_table t = { bad[i], bad[i][1].path ? 2 : 1 };
        CHECK_INT(web_check_routes(&t, 1, CAP_ALL, &e), RC_INVALID);
    }
    err_done(&e);
}

static void finds_routes(void)
{
    static const struct {
        const char *method, *target;
        int status;
        const char *body; /* must contain */
    } cases[] = {
        { "GET", "/", 200, "共 42 条" },
        { "HEAD", "/", 200, "" },
        { "GET", "/index.json", 200, "{\"total\":42,\"next\":\"/x\"}" },
        { "GET", "/.json", 200, "{\"total\":42" },
        { "GET", "/none", 404, "没有这个地址" },
        { "GET", "/none.json", 404, "{\"error\":{\"code\":\"RC_NOTFOUND\",\"status\":404," },
        { "GET", "/thing/new", 200, "42" },
        { "GET", "/thing/a-b_9", 200, "code=a-b_9;" },
        { "GET", "/thing/a.pdf", 200, "code=a;" },
        { "GET", "/thing/.pdf", 404, "" },
        { "GET", "/thing/a.b", 404, "" },
        { "GET", "/thing/%61", 200, "code=a;" },
        { "GET", "/thing/a%2Fb", 404, "" },
        { "GET", "/thing/..", 404, "" },
        { "GET", "/thing/%2e%2e/x", 404, "" },
        { "GET", "/thing/../thing/new", 404, "" },
        { "GET", "//thing/new", 404, "" },
        { "GET", "/thing//new", 404, "" },
        { "GET", "/thing/new/", 404, "" },
        { "GET", "/thing/%00", 400, "" },
        { "GET", "/thing/%ff", 400, "" },
        { "GET", "/thing/%zz", 400, "" },
        { "GET", "thing", 404, "" },
        { "GET", "*", 404, "" },
        { "GET", "/tree/a/b.c", 200, "42" },
        { "GET", "/tree/a/../b", 404, "" },
        { "GET", "/tree/a/~b", 404, "" },
        { "GET", "/tree/", 404, "" },
        { "GET", "/outside", 404, "" },
        { "POST", "/", 405, "POST" },
        { "BREW", "/", 405, "BREW" },
        { "OPTIONS", "/thing/new", 405, "" },
        { "GET", "/?a=%zz", 400, "" },
        { "GET", "/nothing", 404, "没有这个内容" },
        { "GET", "/fails", 409, "&lt;b&gt; 已被他人修改" },
        { "GET", "/fails", 409, "<title>&lt;b&gt; 已被他人修改 · " }, /* escaped once */
        { "GET", "/fails.json", 409, "\"message\":\"\\u003cb> 已被他人修改\"" },
        { "GET", "/away", 400, "" },
    };
    struct web_fake *f = fake_new(ZONE_INNER);
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct web_reply r =
            ask(f, a, cases[i].method, cases[i].target, HEADERS("Cookie: session=good"), NULL);
        if (r.status != cases[i].status || !strstr(r.body, cases[i].body))
            t_fail(__FILE__, __LINE__, "%s %s: %d %.200s", cases[i].method, cases[i].target,
                   r.status, r.body);
    }
    web_fake_free(f);
    f = fake_new(ZONE_PUBLIC);
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CHECK_INT(ask(f, a, "GET", "/outside", NULL, NULL).status, 200);
    CHECK_INT(ask(f, a, "GET", "/", NULL, NULL).status, 404);
    web_fake_free(f);
}

static void knows_who_asks(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_new(0);
    struct web_reply r = ask(f, a, "GET", "/thing/x?a=1&b=2", NULL, NULL);
    CHECK_INT(r.status, 303);
    CHECK_STR(r.location, "/sign-in?next=%2Fthing%2Fx%3Fa%3D1%26b%3D2");
    CHECK_INT(ask(f, a, "GET", "/thing/x.json", NULL, NULL).status, 401);
    CHECK_INT(ask(f, a, "GET", "/thing/x", HEADERS("Accept: application/json"), NULL).status,
              401);
    CHECK_INT(ask(f, a, "GET", "/thing/x", HEADERS("Cookie: session=bad"), NULL).status, 303);
    CHECK_INT(ask(f, a, "GET", "/thing/x", HEADERS("Authorization: Bearer good"), NULL).status,
              303); /* a token is no session */
    CHECK_INT(n_read, 0);
    CHECK_INT(ask(f, a, "GET", "/thing/x", HEADERS("Cookie: x=y; session=good"), NULL).status,
              200);
    CHECK_INT(n_read, 1);
    CHECK_INT(ask(f, a, "GET", "/api", HEADERS("Cookie: session=good"), NULL).status,
              401); /* a session is no token */
    CHECK_INT(ask(f, a, "GET", "/api", HEADERS("authorization: bearer good"), NULL).status,
              200);
    CHECK_INT(ask(f, a, "GET", "/api", HEADERS("Authorization: Bearer bad"), NULL).status, 401);
    CHECK_INT(n_denied, 0);
    r = ask(f, a, "GET", "/never", HEADERS("Cookie: session=good"), NULL);
    CHECK_INT(r.status, 403);
    CHECK(strstr(r.body, "顾衡"));
    CHECK_INT(n_denied, 1);
    CHECK_INT(ask(f, a, "GET", "/theirs", HEADERS("Cookie: session=good"), NULL).status, 403);
    CHECK_INT(n_denied, 2);
    web_fake_free(f);
}

static void packs(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_new(0);
    struct web_reply plain = ask(f, a, "GET", "/long", NULL, NULL),
                     packed =
                         ask(f, a, "GET", "/long", HEADERS("Accept-Encoding: br, gzip"), NULL);
    CHECK_INT((int64_t)plain.n, 20000);
    CHECK(packed.n < 2000 && memcmp(packed.body, "\x1f\x8b", 2) == 0);
    struct web_reply no = ask(f, a, "GET", "/long", HEADERS("Accept-Encoding: gzip;q=0"), NULL),
                     small = ask(f, a, "GET", "/", HEADERS("Accept-Encoding: gzip"), NULL);
    CHECK_INT((int64_t)no.n, 20000);
    CHECK(small.n > 0 && small.body[0] != 0x1f);
    web_fake_free(f);
}

static void csrf(void)
{
    char token[65];
    web_csrf(secret, token);
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_new(0);
    const char *body = arena_printf(a, "name=x&n=3&csrf=%s", token);
#define POST_SAVE(text, ...)                                                                   \
    ask(f, a, "POST", "/unit/mine/save", HEADERS("Host: h:1", FORM, __VA_ARGS__), text)
    CHECK_INT(POST_SAVE("name=x&n=3", "Cookie: session=good").status, 403);
    CHECK_INT(POST_SAVE("name=x&n=3&csrf=", "Cookie: session=good").status, 403);
    CHECK_INT(
        POST_SAVE(arena_printf(a, "name=x&n=3&csrf=%.63sx", token), "Cookie: session=good")
            .status,
        403);
    /* As pages carry it: another text each time. */
    char masked[2][CSRF_MASKED + 1];
    for (size_t i = 0; i < COUNT(masked); i++) {
        web_csrf_mask(secret, masked[i]);
        CHECK_INT(
            POST_SAVE(arena_printf(a, "name=x&n=3&csrf=%s", masked[i]), "Cookie: session=good")
                .status,
            303);
    }
    CHECK(strcmp(masked[0], masked[1]) != 0);
    masked[0][100] = masked[0][100] == '0' ? '1' : '0';
    CHECK_INT(
        POST_SAVE(arena_printf(a, "name=x&n=3&csrf=%s", masked[0]), "Cookie: session=good")
            .status,
        403);
    struct web_reply r = POST_SAVE(body, "Cookie: session=good");
    CHECK_INT(r.status, 303);
    CHECK_STR(r.location, "/thing/mine");
    CHECK(str_starts(
        r.cookies,
        "notice=%E5%B7%B2%E4%BF%9D%E5%AD%98; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"));
    CHECK_INT(POST_SAVE(body, "Cookie: session=good", "Origin: http://h:1").status, 303);
    CHECK_INT(POST_SAVE(body, "Cookie: session=good", "Origin: https://h:1").status, 303);
    CHECK_INT(POST_SAVE(body, "Cookie: session=good", "Origin: http://evil").status, 403);
    CHECK_INT(POST_SAVE(body, "Cookie: session=good", "Origin: null").status, 403);
    CHECK_INT(POST_SAVE(body, "Cookie: session=good", "Sec-Fetch-Site: cross-site").status,
              403);
    CHECK_INT(POST_SAVE(body, "Cookie: session=good", "Sec-Fetch-Site: same-origin").status,
              303);
    CHECK_INT(POST_SAVE("name=x&n=3", "Cookie: session=good",
                        arena_printf(a, "X-CSRF-Token: %s", token))
                  .status,
              303);
    CHECK_INT(POST_SAVE("name=x&n=3", "Authorization: Bearer good").status,
              303); /* programs carry no cookies */
    CHECK_INT(POST_SAVE(body, "Cookie: session=bad").status, 401);
    /* Scope comes before the handler, and the CSRF check before scope. */
    CHECK_INT(ask(f, a, "POST", "/unit/other/save", HEADERS(FORM, "Authorization: Bearer good"),
                  "name=x&n=3")
                  .status,
              403);
    CHECK_INT(n_denied, 1);
    web_fake_free(f);
}

static void values(void)
{
    static const struct {
        const char *body, *message;
    } cases[] = {
        { "n=3", "请填写名称" },
        { "name=%E3%80%80+&n=3", "请填写名称" },
        { "name=abcdef&n=3", "名称最多 5 个字，现在是 6 个" },
        { "name=a", "请填写数量" },
        { "name=a&n=11", "数量" },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_new(0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct web_reply r = ask(f, a, "POST", "/unit/mine/save",
                                 HEADERS(FORM, "Authorization: Bearer good"), cases[i].body);
        CHECK_INT(r.status, 400);
        if (!strstr(r.body, cases[i].message))
            t_fail(__FILE__, __LINE__, "case %zu lacks its message", i);
    }
    /* A program's post: JSON in, 201 and JSON out. */
    struct web_reply r =
        ask(f, a, "POST", "/unit/mine/save",
            HEADERS("Content-Type: application/json", "Authorization: Bearer good"),
            "{\"name\":\"税\",\"n\":3}");
    CHECK_INT(r.status, 201);
    CHECK_STR(r.body, "{\"location\":\"/thing/mine\"}");
    CHECK_STR(r.location, "/thing/mine");
    web_fake_free(f);
}

static void bodies(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_new(0);
    CHECK_STR(ask(f, a, "POST", "/open", HEADERS(FORM), "a=1&b=2").body, "a=1;b=2;");
    CHECK_STR(ask(f, a, "POST", "/open",
                  HEADERS("Content-Type: application/json; charset=utf-8"), "{\"a\":[1,2]}")
                  .body,
              "a=1;a=2;json;");
    CHECK_STR(ask(f, a, "POST", "/open", HEADERS("Content-Type: text/plain"), "a=1").body, "");
    CHECK_STR(ask(f, a, "POST", "/open", NULL, NULL).body, "");
    const char *multi = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B\r\n"
                        "Content-Disposition: form-data; name=\"f\"; "
                        "filename=\"x.csv\"\r\nContent-Type: text/csv\r\n\r\nq,w\r\n--B--\r\n";
    CHECK_STR(ask(f, a, "POST", "/open",
                  HEADERS("Content-Type: multipart/form-data; boundary=B"), multi)
                  .body,
              "a=1;f:x.csv:text/csv=q,w;");
    /* A route without files refuses one. */
    CHECK_INT(ask(f, a, "POST", "/unit/mine/save",
                  HEADERS("Content-Type: multipart/form-data; boundary=B",
                          "Authorization: Bearer good"),
                  multi)
                  .status,
              413);
    char *big = arena_alloc(a, 1002);
    memset(big, 'a', 1001);
    big[1] = big[2] = '=';
    struct web_reply r = ask(f, a, "POST", "/open", HEADERS(FORM), big);
    CHECK_INT(r.status, 413);
    CHECK(strstr(r.body, "1.0 KB"));
    CHECK_INT(ask(f, a, "POST", "/open", HEADERS(FORM), big + 1).status, 200);
    CHECK_INT(ask(f, a, "POST", "/open", HEADERS("Content-Type: application/json"),
                  "{\"a\":1,\"a\":2}")
                  .status,
              400);
    CHECK_INT(ask(f, a, "POST", "/open", HEADERS(FORM), "a=%ff").status, 400);
    web_fake_free(f);
}

static void ends(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_new(0);
    n_ended = 0;
    CHECK_INT(ask(f, a, "GET", "/", NULL, NULL).status, 200);
    CHECK_INT(n_ended, 1);
    web_fake_free(f);
}

static void smuggling(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_new(0);
    CHECK_INT(ask(f, a, "POST", "/open",
                  HEADERS("Content-Length: 3", "Transfer-Encoding: chunked"), "a=1")
                  .status,
              400);
    CHECK_INT(
        ask(f, a, "POST", "/open", HEADERS("Content-Length: 3", "Content-Length: 3"), "a=1")
            .status,
        400);
    CHECK_INT(ask(f, a, "POST", "/open", HEADERS("Content-Length: 3, 3"), "a=1").status, 400);
    CHECK_INT(ask(f, a, "POST", "/open", HEADERS("Content-Length: +3"), "a=1").status, 400);
    CHECK_INT(
        ask(f, a, "POST", "/open", HEADERS("Transfer-Encoding: gzip, chunked"), "a=1").status,
        400);
    CHECK_INT(ask(f, a, "GET", "/", HEADERS("Host: a", "Host: b"), NULL).status, 400);
    web_fake_free(f);
}

static void languages(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_new(0);
    struct web_reply r = ask(f, a, "GET", "/?x=1&lang=en", NULL, NULL);
    CHECK(strstr(r.body, "<html lang=\"en\">"));
    CHECK(strstr(r.body, "href=\"/?x=1&amp;lang=zh\">中文</a>"));
    CHECK(strstr(r.body, "href=\"/index.json?x=1&amp;lang=en\""));
    CHECK(str_starts(r.cookies, "lang=en; "));
    CHECK(strstr(ask(f, a, "GET", "/", HEADERS("Cookie: lang=en"), NULL).body,
                 "<html lang=\"en\">"));
    CHECK(strstr(
        ask(f, a, "GET", "/", HEADERS("Accept-Language: en-GB,en;q=0.9,zh;q=0.8"), NULL).body,
        "<html lang=\"en\">"));
    CHECK(strstr(ask(f, a, "GET", "/", HEADERS("Accept-Language: zh-CN,en"), NULL).body,
                 "<html lang=\"zh-CN\">"));
    CHECK(strstr(
        ask(f, a, "GET", "/", HEADERS("Cookie: lang=zh", "Accept-Language: en"), NULL).body,
        "<html lang=\"zh-CN\">"));
    web_fake_free(f);
}

static void frames(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_new(0);
    struct web_reply r =
        ask(f, a, "GET", "/", HEADERS("Cookie: session=good; notice=%3Cb%3E%E5%B7%B2"), NULL);
    CHECK_STR(r.type, "text/html; charset=utf-8");
    CHECK(strstr(r.body, "<p class=\"place\">清溪区</p>"));
    CHECK(strstr(r.body, "演示数据·非真实"));
    CHECK(strstr(r.body, "role=\"status\"><p>&lt;b&gt;已</p>"));
    CHECK(strstr(r.cookies, "notice=; "));
    CHECK(strstr(r.body, "<li><a href=\"/\">首页</a></li>"));
    CHECK(!strstr(r.body, "style="));
    CHECK(!strstr(r.body, "<script>"));
    web_fake_free(f);
}

static void repeats(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_new(0);
    const char *one =
        ask(f, a, "POST", "/digest", HEADERS(FORM), "a=1&request_id=12345678&csrf=x").body;
    CHECK(str_starts(one, "12345678 "));
    CHECK_STR(ask(f, a, "POST", "/digest", HEADERS(FORM), "request_id=87654321&a=1").body + 9,
              one + 9);
    CHECK(
        !str_eq(ask(f, a, "POST", "/digest", HEADERS(FORM), "a=2&request_id=12345678").body + 9,
                one + 9));
    const char *j = ask(f, a, "POST", "/digest",
                        HEADERS("Content-Type: application/json", "Idempotency-Key: abcdefgh"),
                        "{\"a\":{\"x\":1},\"b\":2}")
                        .body;
    CHECK(str_starts(j, "abcdefgh "));
    CHECK_STR(ask(f, a, "POST", "/digest", HEADERS("Content-Type: application/json"),
                  "{\"b\":2,\"request_id\":\"xxxxxxxx\",\"a\":{\"x\":1}}")
                      .body +
                  9,
              j + 9);
    CHECK(!str_eq(ask(f, a, "POST", "/digest", HEADERS("Content-Type: application/json"),
                      "{\"b\":2,\"request_id\":\"xxxxxxxx\",\"a\":{\"x\":2}}")
                          .body +
                      9,
                  j + 9));
    CHECK(
        str_starts(ask(f, a, "POST", "/digest", HEADERS(FORM), "request_id=short").body, "- "));
    web_fake_free(f);
}

/* Who is counted is who the proxy says, whatever the client wrote above it; and all addresses
 * that one client has at once are one. */
static void rates_behind_a_proxy(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_behind("127.0.0.1", 0);
    for (int i = 0; i < 3; i++) {
        const char *said = arena_printf(a, "X-Forwarded-For: 9.9.9.%d", i);
        CHECK_INT(ask(f, a, "GET", "/limited", HEADERS(said, "X-Forwarded-For: 1.2.3.4"), NULL)
                      .status,
                  i < 2 ? 200 : 429);
    }
    for (int i = 0; i < 3; i++) {
        const char *said = arena_printf(a, "X-Forwarded-For: 2001:db8::%d", i + 1);
        CHECK_INT(ask(f, a, "GET", "/limited", HEADERS(said), NULL).status, i < 2 ? 200 : 429);
    }
    CHECK_INT(
        ask(f, a, "GET", "/limited", HEADERS("X-Forwarded-For: 2001:db8:0:1::1"), NULL).status,
        200);
    web_fake_free(f);
}

/* Another site must not sign a visitor in. */
static void visitors_come_from_here(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_new(0);
#define POST_DIGEST(...)                                                                       \
    ask(f, a, "POST", "/digest", HEADERS("Host: h:1", FORM, __VA_ARGS__), "name=x").status
    CHECK_INT(POST_DIGEST("Origin: http://h:1"), 200);
    CHECK_INT(POST_DIGEST("X-Program: curl"), 200);
    CHECK_INT(POST_DIGEST("Origin: http://evil"), 403);
    CHECK_INT(POST_DIGEST("Origin: null"), 403);
    CHECK_INT(POST_DIGEST("Sec-Fetch-Site: cross-site"), 403);
#undef POST_DIGEST
    web_fake_free(f);
}

static void rates(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct web_fake *f = fake_new(0);
    CHECK_INT(ask(f, a, "GET", "/limited", NULL, NULL).status, 200);
    CHECK_INT(ask(f, a, "GET", "/limited", NULL, NULL).status, 200);
    struct web_reply r = ask(f, a, "GET", "/limited", NULL, NULL);
    CHECK_INT(r.status, 429);
    CHECK(strstr(r.body, "秒后再试"));
    CHECK_INT(ask(f, a, "GET", "/", NULL, NULL).status, 200);
    web_fake_free(f);
}

static void describes(void)
{
    struct str b;
    str_init(&b, NULL);
    web_openapi(&b, &table, 1, "t", "1");
    json_error_t why;
    json_t *j = json_loadb(b.s, b.n, JSON_REJECT_DUPLICATES, &why);
    CHECK(j);
    if (!j)
        t_fail(__FILE__, __LINE__, "%s: %s", why.text, b.s);
    json_t *paths = json_object_get(j, "paths");
    CHECK_INT(json_object_size(paths), 2);
    json_t *schema = json_object_get(
        json_object_get(
            json_object_get(
                json_object_get(
                    json_object_get(
                        json_object_get(json_object_get(paths, "/index.json"), "get"),
                        "responses"),
                    "200"),
                "content"),
            "application/json"),
        "schema");
    CHECK(json_is_object(json_object_get(schema, "properties")));
    json_decref(j);
    str_done(&b);
}

T_MAIN({ "route tables are checked", checks_tables },
       { "routes are found, and nothing else", finds_routes },
       { "sessions and tokens", knows_who_asks }, { "a session's posts carry its token", csrf },
       { "long text travels packed where that is accepted", packs },
       { "values are checked with messages", values }, { "bodies of every kind", bodies },
       { "two lengths are refused", smuggling }, { "what a request shares ends with it", ends },
       { "the reader's language", languages }, { "the frame", frames },
       { "digests of repeatable requests", repeats }, { "named rate limits", rates },
       { "rate limits behind a proxy", rates_behind_a_proxy },
       { "another site cannot act for a visitor", visitors_come_from_here },
       { "OpenAPI is JSON", describes })
