/*
 * Signing in and out, the second factor, and the first use of an account by its slip. A visitor
 * learns nothing but "not right": the same answer for an unknown account, a wrong password and
 * a locked account, and the same wait after wrong tries.
 */
#include "base/str.h"
#include "people/activate.html.h"
#include "people/asker.h"
#include "people/password.h"
#include "people/people_pages.h"
#include "people/signin.html.h"
#include "people/totp.html.h"
#include "store/county.h"

#include <string.h>

enum { AGENT_MAX = 200 };

/* Beside the back-off of an account: many accounts tried from one address. */
const struct web_limit people_limits[PEOPLE_LIMITS] = {
    { .name = "signin", .per_minute = 30, .burst = 30 },
};

/* Where to go afterwards: a page of ours, else the home page. */
static const char *next_of(const struct rq *rq)
{
    const char *next = rq->method == GET ? rq_query(rq, "next") : rq_field(rq, "next");
    if (!next || next[0] != '/' || next[1] == '/' || next[1] == '\\' ||
        str_starts(next, "/sign") || strpbrk(next, "\r\n"))
        return "/";
    return next;
}

static const char *agent_of(const struct rq *rq)
{
    const char *agent = rq_header(rq, "User-Agent");
    if (!agent)
        return "";
    size_t n = strlen(agent) < AGENT_MAX ? strlen(agent) : AGENT_MAX;
    while (n && !utf8_valid(agent, n))
        n--;
    return arena_strndup(rq->a, agent, n);
}

static enum rc signin_show(struct rq *rq, struct err *e)
{
    if (rq_asker(rq))
        return web_redirect(rq, next_of(rq), e);
    struct signin_page p = { .place = rq_county(rq)->name,
                             .next = next_of(rq),
                             .activate = true };
    return signin_render(rq, &p, e);
}

static enum rc enter(struct rq *rq, const char *cookie, bool totp_missing, struct err *e)
{
    web_cookie(rq, "session", cookie, -1);
    if (!totp_missing)
        return web_done(rq, next_of(rq), e);
    struct str to;
    str_init(&to, rq->a);
    str_add(&to, "/signin/totp?next=");
    url_text(&to, next_of(rq));
    return web_done(rq, to.s, e);
}

static enum rc signin_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    const char *account = "", *password = rq_field(rq, "password");
    struct session s;
    char cookie[SESSION_TOKEN + 1];
    enum rc rc = rq_text(rq, "account", N_("账号"), 64, &account, e);
    if (rc == RC_OK)
        rc = sign_in(c, account, password ? password : "", rq->address, agent_of(rq), rq->a, &s,
                     cookie, e);
    if (rc == RC_OK)
        return enter(rq, cookie, s.totp_missing, e);
    struct signin_page p = {
        .place = c->name, .account = account, .next = next_of(rq), .activate = true
    };
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? signin_render(rq, &p, e) : rc;
}

/* The session of the cookie; RC_UNAUTH when there is none. */
static enum rc of_cookie(struct rq *rq, struct session *ret, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *cookie = rq_cookie(rq, "session");
    if (!cookie)
        return err_set(e, RC_UNAUTH, N_("登录已过期,请重新登录"));
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    return rc == RC_OK ? session_find(rq_county(rq), s, cookie, rq->a, ret, e) : rc;
}

/* The session that misses its second factor; RC_UNAUTH when there is none. */
static enum rc half(struct rq *rq, struct session *ret, struct err *e)
{
    enum rc rc = of_cookie(rq, ret, e);
    if (rc == RC_OK && !ret->totp_missing)
        return err_set(e, RC_UNAUTH, N_("登录已过期,请重新登录"));
    return rc;
}

static enum rc back_to_signin(struct rq *rq, enum rc rc, struct err *e)
{
    if (rc != RC_UNAUTH || rq->json)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    return web_redirect(rq, rq_asker(rq) ? next_of(rq) : "/signin", e);
}

static enum rc totp_show(struct rq *rq, struct err *e)
{
    struct session s;
    enum rc rc = half(rq, &s, e);
    if (rc != RC_OK)
        return back_to_signin(rq, rc, e);
    struct totp_page p = { .place = rq_county(rq)->name,
                           .account_name = s.name,
                           .next = next_of(rq) };
    return totp_render(rq, &p, e);
}

static enum rc totp_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct session s;
    const char *code = rq_field(rq, "code");
    char cookie[SESSION_TOKEN + 1];
    enum rc rc = half(rq, &s, e);
    if (rc != RC_OK)
        return back_to_signin(rq, rc, e);
    rc = sign_in_totp(c, &s, code ? code : "", rq->address, cookie, e);
    if (rc == RC_OK)
        return enter(rq, cookie, /* totp_missing= */ false, e);
    struct totp_page p = { .place = c->name, .account_name = s.name, .next = next_of(rq) };
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? totp_render(rq, &p, e) : rc;
}

static enum rc signout(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct session s;
    enum rc rc = of_cookie(rq, &s, e);
    if (rc == RC_OK)
        rc = session_close(c, &s, e);
    if (rc != RC_OK && rc != RC_UNAUTH)
        return rc;
    err_done(e);
    *e = (struct err){ 0 };
    web_cookie(rq, "session", "", 0);
    return web_done(rq, "/signin", e);
}

/* ---- the slip ---- */

static enum rc activate_show(struct rq *rq, struct err *e)
{
    struct activate_page p = { .place = rq_county(rq)->name,
                               .password_min = PASSWORD_MIN,
                               .account =
                                   rq_query(rq, "account") ? rq_query(rq, "account") : "" };
    return activate_render(rq, &p, e);
}

struct activation {
    struct county *c;
    const char *account, *code;
    char hash[PASSWORD_TEXT];
};

static enum rc write_activation(struct tx *tx, void *arg, struct err *e)
{
    const struct activation *t = arg;
    return account_activate(tx, t->c, t->account, t->code, t->hash, e);
}

static enum rc activate_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct activate_page p = { .place = c->name,
                               .password_min = PASSWORD_MIN,
                               .account = "",
                               .code = "",
                               .error_field = "account" };
    const char *password = rq_field(rq, "password"), *again = rq_field(rq, "again");
    struct activation t = { .c = c };
    enum rc rc = rq_text(rq, "account", N_("账号"), 64, &p.account, e);
    if (rc == RC_OK) {
        p.error_field = "code";
        rc = rq_text(rq, "code", N_("启用码"), 64, &p.code, e);
    }
    if (rc == RC_OK) {
        p.error_field = "password";
        rc = password_check_new(password ? password : "", p.account, e);
    }
    if (rc == RC_OK && !str_eq(password, again)) {
        p.error_field = "again";
        rc = err_set(e, RC_INVALID, N_("两遍密码不一样"));
    }
    if (rc == RC_OK)
        rc = password_room(e);
    if (rc == RC_OK) {
        p.error_field = "code";
        t.account = p.account;
        t.code = p.code;
        password_hash(password, t.hash);
        rc = db_transact(c->db, write_activation, &t, e);
    }
    struct session s;
    char cookie[SESSION_TOKEN + 1];
    if (rc == RC_OK)
        rc = sign_in(c, p.account, password, rq->address, agent_of(rq), rq->a, &s, cookie, e);
    if (rc == RC_OK)
        return enter(rq, cookie, s.totp_missing, e);
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? activate_render(rq, &p, e) : rc;
}

const struct route signin_routes[] = {
    { .method = GET, .path = "/signin", .auth = NONE, .need = CAP_PUBLIC, .fn = signin_show },
    { .method = POST,
      .path = "/signin",
      .auth = NONE,
      .need = CAP_PUBLIC,
      .fn = signin_post,
      .limit = "signin" },
    { .method = GET,
      .path = "/signin/totp",
      .auth = NONE,
      .need = CAP_PUBLIC,
      .fn = totp_show },
    { .method = POST,
      .path = "/signin/totp",
      .auth = NONE,
      .need = CAP_PUBLIC,
      .fn = totp_post,
      .limit = "signin" },
    { .method = POST, .path = "/signout", .auth = NONE, .need = CAP_PUBLIC, .fn = signout },
    { .method = GET,
      .path = "/activate",
      .auth = NONE,
      .need = CAP_PUBLIC,
      .fn = activate_show },
    { .method = POST,
      .path = "/activate",
      .auth = NONE,
      .need = CAP_PUBLIC,
      .fn = activate_post,
      .limit = "signin" },
};
const size_t signin_routes_n = COUNT(signin_routes);
