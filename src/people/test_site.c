/* See test_site.h. */
#include "people/test_site.h"

#include "base/str.h"
#include "people/held.h"
#include "people/password.h"
#include "people/session.h"

#include <string.h>

void site_open(struct site *x, struct county *c, struct arena *a,
               const struct route_table *tables, size_t n, const struct section *sections)
{
    static const struct section none[] = { { .name = NULL } };
    CLEANUP(err_done) struct err e = { 0 };
    *x = (struct site){ .c = c, .a = a };
    CHECK_OK(web_check_routes(tables, n, CAP_PUBLIC, &e));
    struct web_config cfg = { .user = c,
                              .hooks = people_hooks(c, sections ? sections : none),
                              .tables = arena_copy(a, tables, n * sizeof(*tables)),
                              .n_tables = n,
                              .sign_in = "/signin",
                              .per_address = { "address", 1e9, 1e9 },
                              .per_account = { "account", 1e9, 1e9 } };
    CHECK_OK(web_fake_new(&cfg, &x->web, &e));
}

void site_done(struct site *x)
{
    web_fake_free(x->web);
}

enum rc site_people(struct tx *tx, struct county *c, const struct account_new *people, size_t n,
                    struct arena *a, struct err *e)
{
    char(*codes)[ACTIVATION_CODE + 1] = arena_array(a, n, sizeof(*codes));
    enum rc rc = accounts_make(tx, c, people, n, 0, "", a, codes, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = account_activate(tx, c, people[i].code, codes[i], "no password", e);
    return rc;
}

struct making {
    struct site *x;
    const char *account, *token;
};

static enum rc make_token(struct tx *tx, void *arg, struct err *e)
{
    struct making *m = arg;
    const char *code;
    return token_make(tx, m->x->c, m->account, "test", "", 360, "", m->x->a, &m->token, &code,
                      e);
}

const char *site_token(struct site *x, const char *account)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct making m = { .x = x, .account = account };
    CHECK_OK(db_transact(x->c->db, make_token, &m, &e));
    return m.token;
}

struct signing {
    struct site *x;
    const char *account;
    char hash[PASSWORD_TEXT];
};

static enum rc set_password(struct tx *tx, void *arg, struct err *e)
{
    struct signing *s = arg;
    return account_set_password(tx, s->x->c, s->account, s->hash, "", e);
}

/* "session=COOKIE TOKEN": the cookie, and the token of its forms. */
const char *site_session(struct site *x, const char *account)
{
    static const char password[] = "correct horse battery";
    CLEANUP(err_done) struct err e = { 0 };
    struct signing s = { .x = x, .account = account };
    struct session open;
    char cookie[SESSION_TOKEN + 1], csrf[65];
    password_cheap_for_tests();
    password_hash(password, s.hash);
    CHECK_OK(db_transact(x->c->db, set_password, &s, &e));
    CHECK_OK(sign_in(x->c, account, password, "127.0.0.1", "test", x->a, &open, cookie, &e));
    web_csrf(open.secret, csrf);
    return arena_printf(x->a, "session=%s %s", cookie, csrf);
}

/* The token of a session's forms; NULL: none is wanted. */
static const char *csrf_of(const char *token)
{
    const char *gap = token ? strchr(token, ' ') : NULL;
    return gap ? gap + 1 : NULL;
}

struct web_reply site_ask(struct site *x, const char *token, const char *method,
                          const char *target, const char *type, const char *body)
{
    const char *auth = !token ? "X-Nobody: 1"
                       : csrf_of(token)
                           ? arena_printf(x->a, "Cookie: %.*s", (int)strcspn(token, " "), token)
                           : arena_printf(x->a, "Authorization: Bearer %s", token);
    const char *headers[] = { auth, arena_printf(x->a, "Content-Type: %s", type),
                              "Accept: text/html", NULL };
    struct web_reply r;
    web_fake_ask(x->web,
                 &(struct web_ask){ .method = method,
                                    .target = target,
                                    .headers = headers,
                                    .body = body,
                                    .n = body ? strlen(body) : 0 },
                 x->a, &r);
    return r;
}

struct web_reply site_get(struct site *x, const char *token, const char *target)
{
    return site_ask(x, token, "GET", target, "text/plain", NULL);
}

struct web_reply site_post(struct site *x, const char *token, const char *target,
                           const char *form)
{
    const char *csrf = csrf_of(token);
    return site_ask(x, token, "POST", target, "application/x-www-form-urlencoded",
                    csrf ? arena_printf(x->a, "csrf=%s&%s", csrf, form) : form);
}

struct web_reply site_upload(struct site *x, const char *token, const char *target,
                             const char *name, const char *content, const char *more)
{
    const char *csrf = csrf_of(token);
    const char *body = arena_printf(
        x->a,
        "%s%s--XX\r\nContent-Disposition: form-data; name=\"file\"; "
        "filename=\"%s\"\r\nContent-Type: text/csv\r\n\r\n%s\r\n"
        "--XX--\r\n",
        csrf ? arena_printf(x->a, SITE_PART("csrf", "%s"), csrf) : "", more, name, content);
    return site_ask(x, token, "POST", target, "multipart/form-data; boundary=XX", body);
}

const char *site_held(struct site *x, const struct web_reply *r)
{
    static const char at[] = "name=\"token\" value=\"";
    const char *s = strstr(r->body, at);
    CHECK(s != NULL);
    return s ? arena_strndup(x->a, s + sizeof(at) - 1, HELD_TOKEN - 1) : "";
}

/* The page from its heading on: what stands above it is the same everywhere. */
static const char *heading(const struct web_reply *r)
{
    const char *h1 = strstr(r->body, "<h1");
    return h1 ? h1 : r->body;
}

void t_check_status(const char *file, int line, const struct web_reply *r, int want)
{
    if (r->status != want)
        t_fail(file, line, "status %d, not %d: %.900s", r->status, want, heading(r));
}

void t_check_has(const char *file, int line, const struct web_reply *r, const char *text,
                 bool want)
{
    if (!strstr(r->body, text) == want)
        t_fail(file, line, "%s \"%s\" in %.4000s", want ? "no" : "there is", text, heading(r));
}
