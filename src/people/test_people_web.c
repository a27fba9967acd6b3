/*
 * People's pages as a browser meets them: the whole way from route to answer on both databases,
 * without sockets. A scenario is a function of named steps.
 */
#include "base/clock.h"
#include "base/hash.h"
#include "base/str.h"
#include "people/account.sql.h"
#include "people/asker.h"
#include "people/password.h"
#include "people/people_pages.h"
#include "people/replay.h"
#include "people/totp.h"
#include "people/unit.h"
#include "people/unit.sql.h"
#include "store/erase.h"
#include "store/journal.h"
#include "store/journal.sql.h"
#include "store/test_county.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

static const char password[] = "a long walk home 7";

/* ---- a small world ---- */

static enum rc home(struct rq *rq, struct err *e)
{
    return web_json(rq, "{}", 2, e);
}
static const struct route home_routes[] = {
    { .method = GET,
      .path = "/",
      .auth = SESSION,
      .need = CAP_SELF,
      .scope = SCOPE_ALL,
      .fn = home },
};

struct world {
    struct county *c;
    struct arena *a;
    struct web_fake *f;
    struct web_reply r; /* the last answer */
    const char *cookie; /* session=…; NULL: a visitor */
    const char *bearer; /* or a token */
    char hash[PASSWORD_TEXT];
};

static enum rc write_units(struct tx *tx, void *arg, struct err *e)
{
    static const struct unit_term terms[] = {
        { .code = "Q", .parent = "", .name = "清溪区", .kind = "county" },
        { .code = "D01",
          .parent = "Q",
          .name = "财政局",
          .kind = "department",
          .peer_group = "综合" },
        { .code = "D02",
          .parent = "Q",
          .name = "教育局",
          .kind = "department",
          .peer_group = "综合" },
        { .code = "D03", .parent = "D02", .name = "实验小学", .kind = "school" },
    };
    struct world *w = arg;
    for (size_t i = 0; i < COUNT(terms); i++) {
        struct unit_term t = terms[i];
        t.peer_group = t.peer_group ? t.peer_group : "";
        enum rc rc = units_write(tx, w->c, &t, 1, 0, "", e);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

static const struct account_new people[] = {
    { "leader", "周书记", "", "leader", "" },    { "platform", "吴专班", "", "platform", "" },
    { "clerk1", "郑会计", "D01", "clerk", "" },  { "clerk2", "王老师", "D02", "clerk", "" },
    { "sys", "系统员", "", "sysadmin", "" },     { "sec", "安全员", "", "secadmin", "" },
    { "audit", "审计员", "", "auditadmin", "" },
};

static enum rc write_people(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    char codes[COUNT(people)][ACTIVATION_CODE + 1];
    enum rc rc = accounts_make(tx, w->c, people, COUNT(people), 1, "", w->a, codes, e);
    for (size_t i = 0; i < COUNT(people) && rc == RC_OK; i++)
        rc = account_set_password(tx, w->c, people[i].code, w->hash, "", e);
    return rc;
}

static void world_init(struct world *w, struct county *c)
{
    static const struct section sections[] = {
        { .name = N_("单位"), .href = "/unit", .need = CAP_READ_UNIT }, { .name = NULL }
    };
    CLEANUP(err_done) struct err e = { 0 };
    *w = (struct world){ .c = c, .a = arena_new() };
    password_cheap_for_tests();
    password_hash(password, w->hash);
    CHECK_OK(db_transact(c->db, write_units, w, &e));
    CHECK_OK(db_transact(c->db, write_people, w, &e));
    const struct route_table tables[] = { { home_routes, COUNT(home_routes) },
                                          { signin_routes, signin_routes_n },
                                          { me_routes, me_routes_n },
                                          { account_routes, account_routes_n },
                                          { unit_routes, unit_routes_n } };
    CHECK_OK(web_check_routes(tables, COUNT(tables), CAP_PUBLIC, &e));
    const struct web_config cfg = { .user = c,
                                    .hooks = people_hooks(c, sections),
                                    .tables = arena_copy(w->a, tables, sizeof(tables)),
                                    .n_tables = COUNT(tables),
                                    .sign_in = "/signin" };
    CHECK_OK(web_fake_new(&cfg, &w->f, &e));
}

static void world_done(struct world *w)
{
    web_fake_free(w->f);
    arena_free(w->a);
}

/* The value of name="…" value="…" in the last page. */
static const char *form_value(struct world *w, const char *name)
{
    const char *at = strstr(w->r.body, arena_printf(w->a, "name=\"%s\" value=\"", name));
    if (!at)
        return "";
    at = strstr(at, "value=\"") + 7;
    return arena_strndup(w->a, at, strcspn(at, "\""));
}

static void keep_cookie(struct world *w)
{
    const char *at = strstr(w->r.cookies, "session=");
    if (!at)
        return;
    size_t n = strcspn(at, ";");
    w->cookie = n > strlen("session=") ? arena_strndup(w->a, at, n) : NULL;
}

static int ask(struct world *w, const char *method, const char *target, const char *type,
               const char *body, size_t n)
{
    const char *headers[6];
    size_t k = 0;
    headers[k++] = "Host: jingjian.example";
    headers[k++] = type;
    if (w->cookie)
        headers[k++] = arena_printf(w->a, "Cookie: %s", w->cookie);
    if (w->bearer)
        headers[k++] = arena_printf(w->a, "Authorization: Bearer %s", w->bearer);
    headers[k] = NULL;
    web_fake_ask(
        w->f,
        &(struct web_ask){
            .method = method, .target = target, .headers = headers, .body = body, .n = n },
        w->a, &w->r);
    keep_cookie(w);
    return w->r.status;
}

static int get(struct world *w, const char *target)
{
    return ask(w, "GET", target, "Accept: text/html", NULL, 0);
}

static int post_raw(struct world *w, const char *target, const char *body)
{
    return ask(w, "POST", target, "Content-Type: application/x-www-form-urlencoded", body,
               strlen(body));
}

/* With the form's CSRF token, as a browser that has the page. */
static int post(struct world *w, const char *target, const char *body)
{
    const char *csrf = "";
    if (w->cookie) {
        struct web_reply before = w->r;
        get(w, "/me/password");
        csrf = form_value(w, "csrf");
        w->r = before;
    }
    return post_raw(w, target, arena_printf(w->a, "%s%scsrf=%s", body, *body ? "&" : "", csrf));
}

/* A form with a file. */
static int upload(struct world *w, const char *target, const char *name, const char *content)
{
    get(w, "/me/password");
    const char *body =
        arena_printf(w->a,
                     "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n"
                     "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
                     "Content-Type: text/csv\r\n\r\n%s\r\n--b--\r\n",
                     form_value(w, "csrf"), name, content);
    return ask(w, "POST", target, "Content-Type: multipart/form-data; boundary=b", body,
               strlen(body));
}

static bool says(const struct world *w, const char *text)
{
    bool found = strstr(w->r.body, text) != NULL;
    if (!found)
        t_fail(__FILE__, __LINE__, "the page does not say «%s» (status %d): %.3000s", text,
               w->r.status,
               strstr(w->r.body, "<main") ? strstr(w->r.body, "<main") : w->r.body);
    return found;
}

static int enter_with(struct world *w, const char *account, const char *pass)
{
    w->cookie = NULL;
    return post_raw(w, "/signin",
                    arena_printf(w->a, "account=%s&password=%s&next=/me", account, pass));
}

static void enter(struct world *w, const char *account)
{
    CHECK_INT(enter_with(w, account, "a+long+walk+home+7"), 303);
    CHECK(w->cookie != NULL);
}

static void later(struct world *w, int64_t seconds)
{
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(
        county_set_clock(w->c, (struct utime){ county_now(w->c).us + seconds * 1000000 }, &e));
}

/* How many refusals the journal holds, and the last one's account and path. */
static size_t refusals(struct world *w, const char **ret_who, const char **ret_what)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CLEANUP(rows_close) struct rows *rows = NULL;
    struct journal_audit_row row;
    size_t n = 0;
    CHECK_OK(journal_flush(w->c, &e));
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(journal_audit_open(s, &rows, &e));
    while (journal_audit_next(rows, &row, &e) == RC_OK)
        if (row.denied) {
            n++;
            *ret_who = arena_strdup(w->a, row.account);
            *ret_what = arena_strdup(w->a, row.subject);
        }
    return n;
}

/* ---- scenarios ---- */

static void signs_in_and_out(struct world *w)
{
    CHECK_INT(get(w, "/me"), 303);
    CHECK_STR(w->r.location, "/signin?next=%2Fme");
    CHECK_INT(get(w, "/signin?next=/unit"), 200);
    CHECK_STR(form_value(w, "next"), "/unit");
    CHECK_INT(enter_with(w, "leader", "wrong"), 401);
    says(w, "账号或密码不对");
    CHECK(w->cookie == NULL);
    CHECK_INT(enter_with(w, "nobody", "wrong"), 401);
    says(w, "账号或密码不对");
    enter(w, "leader");
    CHECK_STR(w->r.location, "/me");
    CHECK(strstr(w->r.cookies, "HttpOnly") && strstr(w->r.cookies, "SameSite=Lax"));
    CHECK_INT(get(w, "/me"), 200);
    says(w, "周书记");
    const char *old = w->cookie;
    CHECK_INT(post(w, "/signout", ""), 303);
    CHECK(w->cookie == NULL);
    w->cookie = old;
    CHECK_INT(get(w, "/me"), 303);
}

static void goes_only_where_we_are(struct world *w)
{
    static const char *const away[] = { "//evil.example/", "/\\evil.example",
                                        "https://evil.example", "/signout" };
    for (size_t i = 0; i < COUNT(away); i++) {
        w->cookie = NULL;
        CHECK_INT(
            post_raw(w, "/signin",
                     arena_printf(w->a, "account=leader&password=a+long+walk+home+7&next=%s",
                                  away[i])),
            303);
        CHECK_STR(w->r.location, "/");
    }
}

static void guessing_is_slowed_and_blocked(struct world *w)
{
    for (int i = 0; i < SIGNIN_FREE_TRIES; i++)
        CHECK_INT(enter_with(w, "leader", "wrong"), 401);
    CHECK_INT(enter_with(w, "leader", "wrong"), 429);
    /* The right password must wait as well. */
    CHECK_INT(enter_with(w, "leader", "a+long+walk+home+7"), 429);
    says(w, "秒后再试");
    /* Who does not exist waits like who does. */
    for (int i = 0; i < SIGNIN_FREE_TRIES; i++)
        CHECK_INT(enter_with(w, "nobody", "wrong"), 401);
    CHECK_INT(enter_with(w, "nobody", "wrong"), 429);
    says(w, "秒后再试");
    /* Another account is not concerned. */
    enter(w, "clerk1");
    for (int i = SIGNIN_FREE_TRIES; i < SIGNIN_LOCK_TRIES; i++) {
        later(w, 3601);
        CHECK_INT(enter_with(w, "leader", "wrong"), 401);
    }
    later(w, 3601);
    CHECK_INT(enter_with(w, "leader", "a+long+walk+home+7"), 429);
    later(w, 86400);
    enter(w, "leader");
    /* The security administrator sees that it happened. */
    enter(w, "sec");
    CHECK_INT(get(w, "/account/leader"), 200);
    says(w, "密码连错太多次");
}

/* Tries of one moment do not know of each other; the count must. */
struct guess {
    struct county *c;
    const char *password;
    pthread_t thread;
    enum rc rc;
};

static void *guess(void *arg)
{
    struct guess *g = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct session s;
    char cookie[SESSION_TOKEN + 1];
    g->rc = sign_in(g->c, "leader", g->password, "10.0.0.1", "", a, &s, cookie, &e);
    return NULL;
}

static void guessing_at_once_is_slowed_as_well(struct world *w)
{
    enum { AT_ONCE = SIGNIN_FREE_TRIES + 4 };
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct guess g[AT_ONCE];
    struct account_of_code_row who;
    struct identity_of_row row;
    for (size_t i = 0; i < AT_ONCE; i++) {
        g[i] = (struct guess){ .c = w->c, .password = "wrong" };
        CHECK_INT(pthread_create(&g[i].thread, NULL, guess, &g[i]), 0);
    }
    int64_t wrong = 0;
    for (size_t i = 0; i < AT_ONCE; i++) {
        pthread_join(g[i].thread, NULL);
        wrong += g[i].rc == RC_UNAUTH;
    }
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(account_of_code_one(s, "leader", w->a, &who, &e));
    CHECK_OK(identity_of_one(s, who.id, "password", w->a, &row, &e));
    CHECK_INT(row.failures, wrong);
    CHECK(wrong >= SIGNIN_FREE_TRIES);
    CHECK(row.blocked_until.us > county_now(w->c).us);
    CHECK_INT(enter_with(w, "leader", "a+long+walk+home+7"), 429);
}

/* However many want in, pages keep most of the workers. */
static void *hold(void *arg)
{
    char out[PASSWORD_TEXT];
    (void)arg;
    password_hash("a long walk home 7", out);
    return NULL;
}

static void those_who_wait_to_sign_in_are_bounded(struct world *w)
{
    enum { MANY = PASSWORD_AT_ONCE + PASSWORD_WAITING };
    CLEANUP(err_done) struct err e = { 0 };
    pthread_t thread[MANY];
    password_pause_for_tests(true);
    for (size_t i = 0; i < MANY; i++)
        CHECK_INT(pthread_create(&thread[i], NULL, hold, NULL), 0);
    while (password_room(&e) == RC_OK)
        sched_yield();
    CHECK_INT(enter_with(w, "leader", "a+long+walk+home+7"), 503);
    password_pause_for_tests(false);
    for (size_t i = 0; i < MANY; i++)
        pthread_join(thread[i], NULL);
    enter(w, "leader");
}

static const char *now_code(struct world *w, const uint8_t key[TOTP_KEY])
{
    return arena_printf(w->a, "%06u",
                        (unsigned)totp_code(key, TOTP_KEY, totp_step(county_now(w->c))));
}

static void the_second_factor_works_once(struct world *w)
{
    uint8_t key[TOTP_KEY];
    enter(w, "sys");
    CHECK_INT(get(w, "/me"), 200);
    says(w, "您的角色要用动态口令");
    CHECK_INT(get(w, "/me/totp"), 200);
    CHECK(totp_key_parse(form_value(w, "key"), key));
    says(w, "<svg");
    const char *body = arena_printf(w->a, "act=enable&key=%s&code=", form_value(w, "key"));
    CHECK_INT(post(w, "/me/totp", arena_printf(w->a, "%s000000", body)), 400);
    CHECK_INT(post(w, "/me/totp", arena_printf(w->a, "%s%s", body, now_code(w, key))), 303);
    /* Who finds the session open cannot put their own in its place. */
    uint8_t other[TOTP_KEY] = { 7 };
    CHECK_INT(post(w, "/me/totp",
                   arena_printf(w->a, "act=enable&key=%s&code=%s",
                                totp_base32(w->a, other, TOTP_KEY), now_code(w, other))),
              409);
    /* The code that set it up is used already. */
    CHECK_INT(enter_with(w, "sys", "a+long+walk+home+7"), 303);
    CHECK_STR(w->r.location, "/signin/totp?next=%2Fme");
    CHECK_INT(get(w, "/me"), 303); /* the password alone opens nothing */
    CHECK_STR(w->r.location, "/signin?next=%2Fme");
    CHECK_INT(get(w, "/signin/totp?next=/me"), 200);
    says(w, "系统员");
    const char *used = now_code(w, key);
    CHECK_INT(post_raw(w, "/signin/totp", arena_printf(w->a, "code=%s&next=/me", used)), 401);
    later(w, 60);
    const char *half = w->cookie, *code = now_code(w, key);
    CHECK_INT(post_raw(w, "/signin/totp", arena_printf(w->a, "code=%s&next=/me", code)), 303);
    CHECK_STR(w->r.location, "/me");
    CHECK(!str_eq(w->cookie, half));
    CHECK_INT(get(w, "/me"), 200);
    /* The same code does not open a second session. */
    CHECK_INT(enter_with(w, "sys", "a+long+walk+home+7"), 303);
    CHECK_INT(post_raw(w, "/signin/totp", arena_printf(w->a, "code=%s", code)), 401);
}

static void a_session_ends(struct world *w)
{
    enter(w, "leader");
    later(w, (SESSION_IDLE_MIN - 1) * 60);
    CHECK_INT(get(w, "/me"), 200); /* in use: it goes on */
    later(w, (SESSION_IDLE_MIN - 1) * 60);
    CHECK_INT(get(w, "/me"), 200);
    later(w, (SESSION_IDLE_MIN + 1) * 60);
    CHECK_INT(get(w, "/me"), 303);
    /* Even one that is used all the time. */
    enter(w, "leader");
    for (int i = 0; i < SESSION_MAX_H * 2; i++) {
        CHECK_INT(get(w, "/me"), 200);
        later(w, 1800);
    }
    later(w, 60);
    CHECK_INT(get(w, "/me"), 303);
}

static void a_form_of_another_session_is_refused(struct world *w)
{
    enter(w, "leader");
    get(w, "/me/password");
    const char *csrf = form_value(w, "csrf");
    CHECK_INT(strlen(csrf), 128);
    CHECK_INT(post_raw(w, "/me/lang", "lang=en"), 403);
    CHECK_INT(post_raw(w, "/me/lang", arena_printf(w->a, "lang=en&csrf=%064d", 0)), 403);
    CHECK_INT(post_raw(w, "/me/lang", arena_printf(w->a, "lang=en&csrf=%s", csrf)), 303);
    enter(w, "clerk1");
    CHECK_INT(post_raw(w, "/me/lang", arena_printf(w->a, "lang=en&csrf=%s", csrf)), 403);
}

static void outside_ones_scope_is_refused_and_recorded(struct world *w)
{
    const char *who = "", *what = "";
    enter(w, "clerk2");
    CHECK_INT(get(w, "/unit/D02"), 200);
    CHECK_INT(get(w, "/unit/D03"), 200); /* below one's own */
    CHECK_INT(refusals(w, &who, &what), 0);
    CHECK_INT(get(w, "/unit/D01"), 403);
    says(w, "「财政局」不在您的权限范围内");
    CHECK_INT(refusals(w, &who, &what), 1);
    CHECK_STR(who, "clerk2");
    CHECK_STR(what, "/unit/D01");
    CHECK_INT(get(w, "/unit"), 200);
    says(w, "教育局");
    CHECK(!strstr(w->r.body, "财政局"));
    CHECK_INT(get(w, "/unit/new"), 403);
    CHECK_INT(post(w, "/unit/D02", "name=x&kind=y&from=2026-10-01&parent=Q"), 403);
    CHECK_INT(get(w, "/unit/none"), 404);
    CHECK_INT(refusals(w, &who, &what), 3);
}

static void administrators_see_no_content_and_stay_apart(struct world *w)
{
    const char *who = "", *what = "";
    static const char *const admins[] = { "sys", "sec", "audit" };
    for (size_t i = 0; i < COUNT(admins); i++) {
        enter(w, admins[i]);
        CHECK_INT(get(w, "/unit"), 403);
        CHECK_INT(get(w, "/account"), i == 1 ? 200 : 403);
    }
    CHECK_INT(refusals(w, &who, &what), 5);
    enter(w, "sec");
    CHECK_INT(post(w, "/account/sys/role", "role=auditadmin&scope="), 400);
    says(w, "三员分立");
    CHECK_INT(post(w, "/account/sys/role", "role=leader&scope="), 400);
    CHECK_INT(post(w, "/account/leader/role", "role=secadmin&scope="), 400);
    /* Nobody changes their own rights. */
    CHECK_INT(post(w, "/account/sec/role", "role=leader&scope="), 400);
    says(w, "请由另一位安全管理员来改");
    /* A stationed group gets a list of units. */
    CHECK_INT(post(w, "/account/clerk1/role",
                   "role=group&scope=list&scope_units=D02&scope_units=D03"),
              303);
    CHECK_INT(get(w, "/account/clerk1"), 200);
    says(w, "教育局、实验小学");
    enter(w, "clerk1");
    CHECK_INT(get(w, "/unit/D03"), 200);
}

static void a_locked_account_is_out_at_once(struct world *w)
{
    enter(w, "clerk1");
    const char *theirs = w->cookie;
    enter(w, "sec");
    const char *sec = w->cookie;
    CHECK_INT(post(w, "/account/clerk1/lock", ""), 303);
    w->cookie = theirs;
    CHECK_INT(get(w, "/me"), 303);
    CHECK_INT(enter_with(w, "clerk1", "a+long+walk+home+7"), 401);
    says(w, "账号或密码不对");
    w->cookie = sec;
    CHECK_INT(post(w, "/account/clerk1/unlock", ""), 303);
    enter(w, "clerk1");
}

static enum rc write_admin_totp(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    return setting_set(tx, w->c, &people_settings[SET_ADMIN_TOTP], "1", "", e);
}

static void administrators_can_be_made_to_use_a_second_factor(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    uint8_t key[TOTP_KEY];
    CHECK_OK(db_transact(w->c->db, write_admin_totp, w, &e));
    enter(w, "leader");
    CHECK_INT(get(w, "/unit"), 200);
    enter(w, "sec");
    CHECK_INT(get(w, "/account"), 403);
    says(w, "动态口令");
    CHECK_INT(get(w, "/me/totp"), 200);
    CHECK(totp_key_parse(form_value(w, "key"), key));
    CHECK_INT(post(w, "/me/totp",
                   arena_printf(w->a, "act=enable&key=%s&code=%s", form_value(w, "key"),
                                now_code(w, key))),
              303);
    CHECK_INT(get(w, "/account"), 200);
}

/* The code of the first slip on the page. */
static const char *pin_of(struct world *w)
{
    const char *at = strstr(w->r.body, "class=\"pin\">");
    return at ? arena_strndup(w->a, at + 12, ACTIVATION_CODE) : "";
}

static void a_slip_opens_an_account_once(struct world *w)
{
    enter(w, "sec");
    const char *sec = w->cookie;
    CHECK_INT(get(w, "/account/new"), 200);
    CHECK_INT(post(w, "/account/new", "code=li&name=%E6%9D%8E%E5%8A%9E&unit=D01&role=clerk"),
              303);
    CHECK_STR(w->r.location, "/account/slips");
    CHECK_INT(get(w, "/account/slips"), 200);
    says(w, "李办");
    const char *pin = pin_of(w);
    CHECK_INT(get(w, "/account/slips.pdf"), 200);
    CHECK(str_starts(w->r.body, "%PDF-"));
    CHECK_INT(post(w, "/account/new", "code=li&name=x&unit=D01&role=clerk"), 409);
    w->cookie = NULL;
    const char *form = "account=li&password=seven+blue+horses&again=seven+blue+horses&code=";
    CHECK_INT(post_raw(w, "/activate", arena_printf(w->a, "%sAAAA-AAAA-AAAA-AAAA-AAA", form)),
              401);
    says(w, "启用码不对");
    CHECK_INT(
        post_raw(w, "/activate",
                 arena_printf(w->a, "account=li&password=short&again=short&code=%s", pin)),
        400);
    CHECK_INT(post_raw(w, "/activate", arena_printf(w->a, "%s%s", form, pin)), 303);
    CHECK_INT(get(w, "/me"), 200);
    says(w, "李办");
    w->cookie = NULL;
    CHECK_INT(post_raw(w, "/activate", arena_printf(w->a, "%s%s", form, pin)), 401);
    /* A new slip drops the password, and what was given to programs. */
    enter_with(w, "li", "seven+blue+horses");
    CHECK_INT(post(w, "/me/tokens", "name=loader&days=30"), 200);
    const char *made = strstr(w->r.body, "id=\"made\">"),
               *token = made ? arena_strndup(w->a, made + 10, SESSION_TOKEN) : "";
    w->cookie = sec;
    CHECK_INT(post(w, "/account/li/slip", ""), 303);
    CHECK_INT(get(w, "/account/slips"), 200);
    pin = pin_of(w);
    w->cookie = NULL;
    CHECK_INT(post_raw(w, "/activate",
                       arena_printf(w->a,
                                    "account=li&password=nine+green+birds&"
                                    "again=nine+green+birds&code=%s",
                                    pin)),
              303);
    w->cookie = NULL;
    w->bearer = token;
    CHECK_INT(ask(w, "GET", "/unit.json", "Accept: application/json", NULL, 0), 401);
    w->bearer = NULL;
    CHECK_INT(enter_with(w, "li", "seven+blue+horses"), 401);
}

/* The newest record of a kind. */
static struct id record_of(struct world *w, const char *kind, struct record *ret)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct id found = { 0 };
    struct record r;
    CHECK_OK(db_read(w->c->db, &s, &e));
    for (int64_t id = 1; record_get(s, (struct id){ id }, w->a, &r, &e) == RC_OK; id++)
        if (str_eq(r.kind, kind)) {
            found = r.id;
            *ret = r;
        }
    return found;
}

static void erasing_an_address_leaves_the_name(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct account_of_code_row who;
    struct record r;
    enter(w, "leader");
    struct id sign_in = record_of(w, "account.signed_in", &r);
    CHECK_STR(r.subject, ""); /* the entry, which everybody can read, does not say who */
    CHECK_STR(r.by, "leader");
    CHECK_OK(record_erase(w->c, sign_in, record_parts_of(&r, PART_PERSONAL), "PIPL 47", "",
                          &account_eraser, 1, &e));
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(account_of_code_one(s, "leader", w->a, &who, &e));
    CHECK_STR(who.name, "周书记");
    db_read_end(&s);
    struct id made = record_of(w, "account.password_set", &r);
    CHECK_OK(record_erase(w->c, made, record_parts_of(&r, PART_PERSONAL), "PIPL 47", "",
                          &account_eraser, 1, &e));
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(account_of_code_one(s, r.subject, w->a, &who, &e));
    CHECK_STR(who.name, "");
}

static void a_password_is_changed_with_the_old_one(struct world *w)
{
    enter(w, "leader");
    const char *elsewhere = w->cookie;
    enter(w, "leader");
    const char *here = w->cookie;
    CHECK_INT(
        post(w, "/me/password", "old=wrong&password=seven+blue+horses&again=seven+blue+horses"),
        401);
    CHECK_INT(
        post(w, "/me/password",
             "old=a+long+walk+home+7&password=seven+blue+horses&again=seven+green+horses"),
        400);
    CHECK_INT(post(w, "/me/password",
                   "old=a+long+walk+home+7&password=seven+blue+horses&again=seven+blue+horses"),
              303);
    w->cookie = here;
    CHECK_INT(get(w, "/me"), 200);
    w->cookie = elsewhere;
    CHECK_INT(get(w, "/me"), 303);
    CHECK_INT(enter_with(w, "leader", "a+long+walk+home+7"), 401);
    CHECK_INT(enter_with(w, "leader", "seven+blue+horses"), 303);
}

static void accounts_come_from_a_sheet(struct world *w)
{
    enter(w, "sec");
    CHECK_INT(upload(w, "/account/import", "人员.csv",
                     "code,name,unit,role,scope\nsun,孙一,D01,clerk,\nqian,钱二,D99,clerk,\n"
                     "sun,赵三,D02,boss,\n"),
              200);
    says(w, "没有这个单位");
    says(w, "C3");
    says(w, "没有这个角色");
    says(w, "D4");
    says(w, "这个账号在表里写了两次");
    CHECK_STR(form_value(w, "token"), "");
    CHECK_INT(upload(w, "/account/import", "x.csv", "code,name,colour\na,b,c\n"), 400);
    says(w, "colour");
    CHECK_INT(upload(w, "/account/import", "x.csv", "code,name\nleader,又一个\n"), 200);
    says(w, "已经有了");
    CHECK_INT(
        upload(w, "/account/import", "人员.csv",
               "code,name,unit,role,scope\nsun,孙一,D01,数据部门,\nqian,钱二,,group,D01|D02\n"),
        200);
    const char *token = form_value(w, "token");
    CHECK_INT(strlen(token), 32);
    CHECK_INT(get(w, "/account/sun"), 404); /* nothing yet */
    const char *confirm = arena_printf(w->a, "token=%s", token);
    CHECK_INT(post(w, "/account/import/confirm", confirm), 303);
    CHECK_INT(get(w, "/account/slips"), 200);
    says(w, "孙一");
    says(w, "钱二");
    CHECK_INT(get(w, "/account/qian"), 200);
    says(w, "财政局、教育局");
    CHECK_INT(post(w, "/account/import/confirm", confirm), 409);
}

static void every_page_lies_in_a_section(struct world *w)
{
    enter(w, "platform");
    CHECK_INT(get(w, "/me"), 200); /* no section's own: it lies in the first */
    says(w, "href=\"/unit\" aria-current=\"page\"");
}

static void units_change_from_a_day_on(struct world *w)
{
    enter(w, "platform");
    CHECK_INT(post(w, "/unit/D02",
                   "name=%E6%95%99%E4%BD%93%E5%B1%80&kind=%E9%83%A8%E9%97%A8&peer_group=x&"
                   "parent=Q&from=2026-09-01"),
              303);
    CHECK_INT(get(w, "/unit/D02"), 200);
    says(w, "value=\"部门\""); /* a kind is written and shown by its name */
    says(w, "教体局</b>，部门");
    says(w, "教体局");
    says(w, "2026-08-31");
    CHECK_INT(get(w, "/unit?day=2026-08-31"), 200);
    says(w, "教育局");
    CHECK_INT(get(w, "/unit"), 200);
    says(w, "教体局");
    CHECK_INT(post(w, "/unit/D02", "name=x&kind=y&parent=D03&from=2026-09-10"), 400);
    says(w, "绕成了圈");
    CHECK_INT(post(w, "/unit/D02", "name=x&kind=y&parent=none&from=2026-09-10"), 400);
    CHECK_INT(post(w, "/unit/new", "code=D04&name=x&kind=y&from=2026-09-10"), 400);
    says(w, "只能有一个");
    CHECK_INT(post(w, "/unit/new", "code=D04&name=x&kind=y&parent=Q&from=9%2F10"), 400);
    /* From a sheet: checked, then written. */
    CHECK_INT(
        upload(w, "/unit/import", "u.csv",
               "code,parent,name,kind,peer_group,from,to\nT01,Q,城关镇,town,镇,2026-01-32,\n"),
        200);
    says(w, "F2");
    CHECK_INT(upload(w, "/unit/import", "u.csv",
                     "code,parent,name,kind,peer_group,from,to\n"
                     "T01,Q,城关镇,town,镇,2026年1月1日,2036/1/2\n"
                     "D01,Q,财政局,department,综合,,\n"),
              200);
    says(w, "新增1个，变化0个，未变1个");
    CHECK_INT(
        post(w, "/unit/import/confirm", arena_printf(w->a, "token=%s", form_value(w, "token"))),
        303);
    CHECK_INT(get(w, "/unit/T01"), 200);
    says(w, "城关镇");
}

static size_t units_called(struct world *w, const char *name)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct unit_terms_all_row *rows;
    size_t n, found = 0;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(unit_terms_all_all(s, w->a, &rows, &n, &e));
    for (size_t i = 0; i < n; i++)
        found += str_eq(rows[i].name, name);
    return found;
}

static void a_repeated_request_is_answered_again(struct world *w)
{
    const char *form =
        "code=N1&name=fresh&kind=y&parent=Q&from=2026-09-10&request_id=abcdef0123";
    enter(w, "platform");
    CHECK_INT(post(w, "/unit/new", form), 303);
    CHECK_STR(w->r.location, "/unit/N1");
    CHECK_INT(post(w, "/unit/new", form), 303);
    CHECK_STR(w->r.location, "/unit/N1");
    CHECK_INT(units_called(w, "fresh"), 1);
    CHECK_INT(post(w, "/unit/new",
                   "code=N2&name=fresh&kind=y&parent=Q&from=2026-09-10&request_id=abcdef0123"),
              409);
    says(w, "abcdef0123");
    CHECK_INT(units_called(w, "fresh"), 1);
    /* A failed request leaves its name free. */
    CHECK_INT(
        post(w, "/unit/new", "code=N3&name=late&kind=y&from=2026-09-10&request_id=fedcba9876"),
        400);
    CHECK_INT(post(w, "/unit/new",
                   "code=N3&name=late&kind=y&parent=Q&from=2026-09-10&request_id=fedcba9876"),
              303);
    /* The same name of another account is another request. */
    enter(w, "sec");
    CHECK_INT(post(w, "/account/clerk1/lock", "request_id=abcdef0123"), 303);
    /* After ninety days it may be used again. */
    later(w, 91 * 86400);
    CLEANUP(err_done) struct err e = { 0 };
    CHECK_OK(replay_expire(w->c, &e));
    enter(w, "platform");
    CHECK_INT(post(w, "/unit/new", form), 409); /* because the unit is there */
    says(w, "已经有了");
}

static void a_program_uses_a_token(struct world *w)
{
    enter(w, "platform");
    CHECK_INT(post(w, "/me/tokens", "name=loader&days=30&cap=read_unit"), 200);
    const char *at = strstr(w->r.body, "id=\"made\">");
    CHECK(at != NULL);
    const char *token = at ? arena_strndup(w->a, at + 10, SESSION_TOKEN) : "";
    CHECK_INT(get(w, "/me/tokens"), 200);
    CHECK(!strstr(w->r.body, token)); /* shown once */
    const char *code = strstr(w->r.body, "/me/tokens/");
    const char *path = code ? arena_strndup(w->a, code, strcspn(code, "\"")) : "";
    const char *browser = w->cookie;
    w->cookie = NULL;
    w->bearer = token;
    CHECK_INT(ask(w, "GET", "/unit.json", "Accept: application/json", NULL, 0), 200);
    says(w, "\"code\":\"D01\"");
    /* Not more than it was made for, and no pages of a person. */
    const char *json = "{\"code\":\"N9\",\"name\":\"x\",\"kind\":\"y\",\"parent\":\"Q\","
                       "\"from\":\"2026-09-10\"}";
    CHECK_INT(ask(w, "POST", "/unit/new", "Content-Type: application/json", json, strlen(json)),
              403);
    CHECK_INT(ask(w, "GET", "/me", "Accept: application/json", NULL, 0), 401);
    w->bearer = "nonsense";
    CHECK_INT(ask(w, "GET", "/unit.json", "Accept: application/json", NULL, 0), 401);
    w->bearer = NULL;
    w->cookie = browser;
    CHECK_INT(post(w, path, ""), 303);
    w->cookie = NULL;
    w->bearer = token;
    CHECK_INT(ask(w, "GET", "/unit.json", "Accept: application/json", NULL, 0), 401);
}

static void a_program_gets_json_for_changes(struct world *w)
{
    enter(w, "platform");
    CHECK_INT(post(w, "/me/tokens", "name=loader&days=30"), 200);
    const char *at = strstr(w->r.body, "id=\"made\">");
    w->bearer = at ? arena_strndup(w->a, at + 10, SESSION_TOKEN) : "";
    w->cookie = NULL;
    const char *json = "{\"code\":\"N9\",\"name\":\"x\",\"kind\":\"y\",\"parent\":\"Q\","
                       "\"from\":\"2026-09-10\",\"request_id\":\"aaaabbbb\"}";
    for (int i = 0; i < 2; i++) {
        CHECK_INT(
            ask(w, "POST", "/unit/new", "Content-Type: application/json", json, strlen(json)),
            201);
        CHECK_STR(w->r.body, "{\"location\":\"/unit/N9\"}");
        CHECK_STR(w->r.location, "/unit/N9");
    }
    const char *wrong = "{\"code\":\"N9\",\"name\":\"z\",\"request_id\":\"aaaabbbb\"}";
    CHECK_INT(
        ask(w, "POST", "/unit/new", "Content-Type: application/json", wrong, strlen(wrong)),
        409);
    says(w, "\"code\":\"RC_CONFLICT\"");
}

static void the_language_is_kept(struct world *w)
{
    enter(w, "leader");
    CHECK_INT(get(w, "/me?lang=en"), 200);
    CHECK(strstr(w->r.body, "lang=\"en\"") != NULL);
    enter(w, "leader"); /* another browser: no cookie but the session's */
    CHECK_INT(get(w, "/me"), 200);
    CHECK(strstr(w->r.body, "<html lang=\"en\">") != NULL);
}

/* ---- on both databases ---- */

/* One test of each scenario; a macro because a test is a function without arguments. */
#define SCENARIO(fn)                                                                           \
    static void fn##_in(struct county *c)                                                      \
    {                                                                                          \
        struct world w;                                                                        \
        world_init(&w, c);                                                                     \
        fn(&w);                                                                                \
        world_done(&w);                                                                        \
    }                                                                                          \
    T_COUNTY(fn##_in)
SCENARIO(signs_in_and_out)
SCENARIO(goes_only_where_we_are)
SCENARIO(guessing_is_slowed_and_blocked)
SCENARIO(guessing_at_once_is_slowed_as_well)
SCENARIO(those_who_wait_to_sign_in_are_bounded)
SCENARIO(the_second_factor_works_once)
SCENARIO(a_session_ends)
SCENARIO(a_form_of_another_session_is_refused)
SCENARIO(outside_ones_scope_is_refused_and_recorded)
SCENARIO(administrators_see_no_content_and_stay_apart)
SCENARIO(a_locked_account_is_out_at_once)
SCENARIO(administrators_can_be_made_to_use_a_second_factor)
SCENARIO(a_slip_opens_an_account_once)
SCENARIO(a_password_is_changed_with_the_old_one)
SCENARIO(erasing_an_address_leaves_the_name)
SCENARIO(accounts_come_from_a_sheet)
SCENARIO(every_page_lies_in_a_section)
SCENARIO(units_change_from_a_day_on)
SCENARIO(a_repeated_request_is_answered_again)
SCENARIO(a_program_uses_a_token)
SCENARIO(a_program_gets_json_for_changes)
SCENARIO(the_language_is_kept)

T_MAIN(
    T_COUNTY_CASES("a person signs in and out", signs_in_and_out_in),
    T_COUNTY_CASES("after signing in one goes only where we are", goes_only_where_we_are_in),
    T_COUNTY_CASES("guessing passwords is slowed, then blocked for a day",
                   guessing_is_slowed_and_blocked_in),
    T_COUNTY_CASES("guessing at once is slowed as well", guessing_at_once_is_slowed_as_well_in),
    T_COUNTY_CASES("those who wait to sign in are bounded",
                   those_who_wait_to_sign_in_are_bounded_in),
    T_COUNTY_CASES("a code of the second factor works once", the_second_factor_works_once_in),
    T_COUNTY_CASES("a session ends when idle, and in any case", a_session_ends_in),
    T_COUNTY_CASES("a form of another session is refused",
                   a_form_of_another_session_is_refused_in),
    T_COUNTY_CASES("what is outside one's scope is refused and recorded",
                   outside_ones_scope_is_refused_and_recorded_in),
    T_COUNTY_CASES("administrators see no content and stay apart",
                   administrators_see_no_content_and_stay_apart_in),
    T_COUNTY_CASES("a locked account is out at once", a_locked_account_is_out_at_once_in),
    T_COUNTY_CASES("administrators can be made to use a second factor",
                   administrators_can_be_made_to_use_a_second_factor_in),
    T_COUNTY_CASES("a slip opens an account once", a_slip_opens_an_account_once_in),
    T_COUNTY_CASES("erasing an address leaves the name", erasing_an_address_leaves_the_name_in),
    T_COUNTY_CASES("a password is changed with the old one",
                   a_password_is_changed_with_the_old_one_in),
    T_COUNTY_CASES("accounts come from a sheet", accounts_come_from_a_sheet_in),
    T_COUNTY_CASES("every page lies in a section", every_page_lies_in_a_section_in),
    T_COUNTY_CASES("units change from a day on", units_change_from_a_day_on_in),
    T_COUNTY_CASES("a repeated request is answered again",
                   a_repeated_request_is_answered_again_in),
    T_COUNTY_CASES("a program uses a token, and no more than it was made for",
                   a_program_uses_a_token_in),
    T_COUNTY_CASES("a program gets JSON for changes, and the same when it repeats itself",
                   a_program_gets_json_for_changes_in),
    T_COUNTY_CASES("the language is kept with the account", the_language_is_kept_in))
