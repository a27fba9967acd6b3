/* One's own account: what one may do, password, second factor, where one is signed in, tokens.
 */
#include "base/clock.h"
#include "base/hash.h"
#include "base/parse.h"
#include "base/str.h"
#include "people/account.sql.h"
#include "people/asker.h"
#include "people/me.html.h"
#include "people/password.h"
#include "people/password.html.h"
#include "people/people_pages.h"
#include "people/qr.h"
#include "people/sessions.html.h"
#include "people/tokens.html.h"
#include "people/totp.h"
#include "people/totp_setup.html.h"
#include "store/county.h"

#include <string.h>

enum { TOKEN_NAME_MAX = 60 };

static void crumbs(struct rq *rq, const char *name)
{
    rq_crumb(rq, rq_tr(rq, N_("我的账户")), name ? "/me" : NULL);
    if (name)
        rq_crumb(rq, rq_tr(rq, name), NULL);
}

static enum rc me_show(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct asker *k = rq_asker(rq);
    const struct person *who = &k->person;
    struct identity_of_row password = { 0 }, second = { 0 };
    struct session_list_row *sessions = NULL;
    struct token_list_row *tokens = NULL;
    size_t n_sessions = 0, n_tokens = 0;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = identity_of_one(s, who->id, "password", rq->a, &password, e);
    if (rc == RC_OK || rc == RC_NOTFOUND)
        rc = identity_of_one(s, who->id, "totp", rq->a, &second, e);
    if (rc == RC_OK || rc == RC_NOTFOUND)
        rc = session_list_all(s, who->id, county_now(c), rq->a, &sessions, &n_sessions, e);
    if (rc == RC_OK)
        rc = token_list_all(s, who->id, rq->a, &tokens, &n_tokens, e);
    if (rc != RC_OK)
        return rc;
    struct me_page p = { .name = who->name,
                         .code = who->code,
                         .lang = rq->lang == LANG_EN ? "en" : "zh",
                         .has_totp = second.id.v != 0,
                         .sessions = (int64_t)n_sessions,
                         .password_at = password.changed_at,
                         .may_tokens = true };
    const struct unit *unit = units_by_id(k->units, who->unit);
    p.unit_name = unit ? unit->name : "";
    for (size_t i = 0; i < n_tokens; i++)
        p.tokens += tokens[i].revoked_at.us == 0 && tokens[i].expires_at.us > county_now(c).us;
    for (size_t i = 0; i < n_sessions; i++)
        if (sessions[i].id.v != k->session.id.v && sessions[i].created_at.us > p.last_at.us) {
            p.last_at = sessions[i].created_at;
            p.last_address = sessions[i].address;
        }
    p.roles = arena_array(rq->a, who->n_grants, sizeof(*p.roles));
    for (size_t i = 0; i < who->n_grants; i++) {
        const struct grant *g = &who->grants[i];
        p.must_totp |= g->role->administrator && !p.has_totp;
        p.roles[p.n_roles].name = rq_tr(rq, g->role->name);
        p.roles[p.n_roles].scope = rq_scope_text(rq, k->units, g);
        p.roles[p.n_roles++].until = g->to_day ? day_start(g->to_day) : (struct utime){ 0 };
    }
    crumbs(rq, NULL);
    return me_render(rq, &p, e);
}

static enum rc lang_post(struct rq *rq, struct err *e)
{
    const char *lang = rq_field(rq, "lang");
    if (!str_eq(lang, "zh") && !str_eq(lang, "en"))
        return err_set(e, RC_INVALID, N_("语言应为 zh 或 en"));
    enum rc rc = account_choose_lang(rq_county(rq), &rq_asker(rq)->session, lang, e);
    if (rc != RC_OK)
        return rc;
    web_cookie(rq, "lang", lang, 365 * 86400);
    return web_done(rq, "/me", e);
}

/* ---- password ---- */

static enum rc password_show(struct rq *rq, struct err *e)
{
    struct password_page p = { .password_min = PASSWORD_MIN };
    crumbs(rq, N_("改密码"));
    return password_render(rq, &p, e);
}

struct new_password {
    struct county *c;
    const char *account;
    struct id keep;
    char hash[PASSWORD_TEXT];
};

static enum rc write_password(struct tx *tx, void *arg, struct err *e)
{
    const struct new_password *n = arg;
    return account_change_password(tx, n->c, n->account, n->hash, n->keep, e);
}

static enum rc password_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct asker *k = rq_asker(rq);
    const char *old = rq_field(rq, "old"), *password = rq_field(rq, "password");
    struct password_page p = { .password_min = PASSWORD_MIN, .error_field = "password" };
    struct new_password n = { .c = c, .account = k->person.code, .keep = k->session.id };
    enum rc rc = password_check_new(password ? password : "", k->person.code, e);
    if (rc == RC_OK && !str_eq(password, rq_field(rq, "again"))) {
        p.error_field = "again";
        rc = err_set(e, RC_INVALID, N_("两遍密码不一样"));
    }
    if (rc == RC_OK) {
        p.error_field = "old";
        rc = password_confirm(c, &k->session, old ? old : "", e);
    }
    if (rc == RC_OK) {
        password_hash(password, n.hash);
        rc = db_transact(c->db, write_password, &n, e);
    }
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("密码已改,别处的登录已退出")));
        return web_done(rq, "/me", e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    crumbs(rq, N_("改密码"));
    return rc == RC_OK ? password_render(rq, &p, e) : rc;
}

/* ---- sessions ---- */

/* "Firefox · Windows" of a User-Agent; what is not known stays as it was sent. */
static const char *agent_text(struct rq *rq, const char *agent)
{
    static const char *const browsers[][2] = { { "Edg/", "Edge" },
                                               { "MicroMessenger", "微信" },
                                               { "Firefox/", "Firefox" },
                                               { "Chrome/", "Chrome" },
                                               { "Safari/", "Safari" } };
    static const char *const systems[][2] = {
        { "Windows", "Windows" }, { "Android", "Android" }, { "iPhone", "iPhone" },
        { "iPad", "iPad" },       { "Mac OS X", "macOS" },  { "Linux", "Linux" }
    };
    const char *browser = NULL, *system = NULL;
    for (size_t i = 0; !browser && i < COUNT(browsers); i++)
        if (strstr(agent, browsers[i][0]))
            browser = browsers[i][1];
    for (size_t i = 0; !system && i < COUNT(systems); i++)
        if (strstr(agent, systems[i][0]))
            system = systems[i][1];
    if (!browser)
        return *agent ? agent : rq_tr(rq, N_("没有说明"));
    return arena_printf(rq->a, "%s%s%s", browser, system ? " · " : "", system ? system : "");
}

static enum rc sessions_show(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct asker *k = rq_asker(rq);
    struct session_list_row *rows;
    size_t n;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = session_list_all(s, k->person.id, county_now(c), rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct sessions_page p = { .n_sessions = n };
    p.sessions = arena_array(rq->a, n, sizeof(*p.sessions));
    for (size_t i = 0; i < n; i++) {
        p.sessions[i].id = rows[i].id.v;
        p.sessions[i].agent = agent_text(rq, rows[i].agent);
        p.sessions[i].address = rows[i].address;
        p.sessions[i].created = rows[i].created_at;
        p.sessions[i].seen = rows[i].seen_at;
        p.sessions[i].here = rows[i].id.v == k->session.id.v;
    }
    crumbs(rq, N_("在哪里登录着"));
    return sessions_render(rq, &p, e);
}

struct ending {
    struct id account, session; /* session 0: all but keep */
    struct id keep;
};

static enum rc write_ending(struct tx *tx, void *arg, struct err *e)
{
    const struct ending *n = arg;
    return n->session.v ? session_end(tx, n->session, n->account, NULL, e)
                        : session_end_all(tx, n->account, n->keep, NULL, e);
}

static enum rc sessions_end(struct rq *rq, struct err *e)
{
    struct asker *k = rq_asker(rq);
    struct ending n = { .account = k->person.id, .keep = k->session.id };
    enum rc rc = RC_OK;
    if (!str_eq(rq_field(rq, "id"), "others"))
        rc = rq_int(rq, "id", N_("登录"), 1, INT64_MAX, &n.session.v, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, write_ending, &n, e);
    return rc == RC_OK ? web_done(rq, "/me/sessions", e) : rc;
}

/* ---- the second factor ---- */

static enum rc totp_page_show(struct rq *rq, struct totp_setup_page *p, const uint8_t *key,
                              struct err *e)
{
    struct county *c = rq_county(rq);
    struct asker *k = rq_asker(rq);
    struct identity_of_row row;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        enum rc rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = identity_of_one(s, k->person.id, "totp", rq->a, &row, e);
        if (rc != RC_OK && rc != RC_NOTFOUND)
            return rc;
        p->enabled = rc == RC_OK;
    }
    uint8_t fresh[TOTP_KEY];
    if (!key) {
        random_bytes(fresh, sizeof(fresh));
        key = fresh;
    }
    if (!p->enabled) {
        const char *issuer =
            arena_printf(rq->a, "%s%s", lang_text(LANG_ZH, N_("净鉴")), c->name);
        p->key = totp_base32(rq->a, key, TOTP_KEY);
        p->uri = totp_uri(rq->a, key, issuer, k->person.code);
        p->qr = qr_svg(rq->a, p->uri, rq_tr(rq, N_("动态口令的二维码,旁边有同样内容的文字")));
    }
    crumbs(rq, N_("动态口令"));
    return totp_setup_render(rq, p, e);
}

static enum rc totp_setup_show(struct rq *rq, struct err *e)
{
    struct totp_setup_page p = { .key = "" };
    return totp_page_show(rq, &p, NULL, e);
}

static enum rc totp_setup_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct asker *k = rq_asker(rq);
    const char *act = rq_field(rq, "act"), *code = rq_field(rq, "code"),
               *key = rq_field(rq, "key");
    struct totp_setup_page p = { .error_field = "code" };
    uint8_t bytes[TOTP_KEY];
    enum rc rc;
    if (str_eq(act, "remove"))
        rc = totp_remove(c, &k->session, code ? code : "", e);
    else if (!str_eq(act, "enable") || !key || !totp_key_parse(key, bytes))
        return err_set(e, RC_INVALID, N_("表单不完整,请返回刷新页面后再试"));
    else
        rc = totp_enrol(c, &k->session, bytes, code ? code : "", e);
    if (rc == RC_OK) {
        rq_notice(
            rq, rq_tr(rq, str_eq(act, "remove") ? N_("动态口令已停用") : N_("动态口令已启用")));
        return web_done(rq, "/me/totp", e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? totp_page_show(rq, &p, str_eq(act, "enable") ? bytes : NULL, e) : rc;
}

/* ---- tokens ---- */

static const char *caps_text(struct rq *rq, const char *caps)
{
    if (!*caps)
        return rq_tr(rq, N_("全部"));
    size_t n;
    char **names = str_split(rq->a, caps, '|', &n);
    struct str b;
    str_init(&b, rq->a);
    for (size_t i = 0; i < n; i++) {
        enum cap cap = cap_find(names[i]);
        if (cap != CAP_NONE)
            str_addf(&b, "%s%s", b.n ? rq_tr(rq, N_("、")) : "", rq_tr(rq, cap_text(cap)));
    }
    return b.s;
}

static enum rc tokens_page_show(struct rq *rq, struct tokens_page *p, struct err *e)
{
    struct county *c = rq_county(rq);
    struct asker *k = rq_asker(rq);
    struct token_list_row *rows;
    size_t n;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = token_list_all(s, k->person.id, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->days_max = TOKEN_DAYS_MAX;
    p->n_tokens = n;
    p->tokens = arena_array(rq->a, n, sizeof(*p->tokens));
    for (size_t i = 0; i < n; i++) {
        p->tokens[i].code = rows[i].code;
        p->tokens[i].name = rows[i].name;
        p->tokens[i].caps = caps_text(rq, rows[i].caps);
        p->tokens[i].created = rows[i].created_at;
        p->tokens[i].expires = rows[i].expires_at;
        p->tokens[i].used = rows[i].used_at;
        p->tokens[i].revoked = rows[i].revoked_at;
    }
    p->caps = arena_array(rq->a, CAPS, sizeof(*p->caps));
    for (enum cap cap = CAP_READ_COUNTY; cap < CAPS; cap++)
        if (person_can(&k->person, cap)) {
            p->caps[p->n_caps].code = cap_name(cap);
            p->caps[p->n_caps++].name = rq_tr(rq, cap_text(cap));
        }
    crumbs(rq, N_("给程序用的令牌"));
    return tokens_render(rq, p, e);
}

static enum rc tokens_show(struct rq *rq, struct err *e)
{
    struct tokens_page p = { .made = "" };
    return tokens_page_show(rq, &p, e);
}

struct token_change {
    struct county *c;
    struct arena *a;
    const struct person *who;
    const char *name, *caps, *code; /* code: to take back */
    int64_t days;
    const char *token, *made;
};

static enum rc write_token(struct tx *tx, void *arg, struct err *e)
{
    struct token_change *t = arg;
    return t->code ? token_take_back(tx, t->c, t->who->id, t->code, t->who->code, e)
                   : token_make(tx, t->c, t->who->code, t->name, t->caps, (int)t->days,
                                t->who->code, t->a, &t->token, &t->made, e);
}

/* The ticked capabilities, separated by |. */
static const char *caps_of(struct rq *rq)
{
    struct str b;
    size_t n;
    const struct field *f = rq_fields(rq, &n);
    str_init(&b, rq->a);
    for (size_t i = 0; i < n; i++)
        if (str_eq(f[i].name, "cap"))
            str_addf(&b, "%s%s", b.n ? "|" : "", f[i].value);
    return b.s;
}

static enum rc tokens_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct token_change t = {
        .c = c, .a = rq->a, .who = &rq_asker(rq)->person, .caps = caps_of(rq), .days = 90
    };
    struct tokens_page p = { .error_field = "name" };
    enum rc rc = rq_text(rq, "name", N_("用途"), TOKEN_NAME_MAX, &t.name, e);
    if (rc == RC_OK) {
        p.error_field = "days";
        rc = rq_int_opt(rq, "days", N_("几天后到期"), 1, TOKEN_DAYS_MAX, &t.days, e);
    }
    if (rc == RC_OK)
        rc = db_transact(c->db, write_token, &t, e);
    if (rc != RC_OK)
        rc = rq_form_failed(rq, rc, &p.error, e);
    if (rc != RC_OK)
        return rc;
    if (!p.error) {
        /* Not after a redirect: the token is kept nowhere, this answer is its only place. */
        p.made = t.token;
        p.made_name = t.name;
        p.error_field = NULL;
        rq->status = rq->json ? 201 : 200;
    }
    return tokens_page_show(rq, &p, e);
}

static enum rc token_revoke_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct token_change t = {
        .c = c, .a = rq->a, .who = &rq_asker(rq)->person, .code = rq_param(rq, "code")
    };
    enum rc rc = db_transact(c->db, write_token, &t, e);
    return rc == RC_OK ? web_done(rq, "/me/tokens", e) : rc;
}

/* A row of this table: one's own account, by a browser. It must be a macro: initialisers need
 * constants. */
#define MINE(m, p, f)                                                                          \
    .method = m, .path = p, .auth = SESSION, .need = CAP_SELF, .scope = SCOPE_ALL, .fn = f
const struct route me_routes[] = {
    { MINE(GET, "/me", me_show), .page = &me_kind },
    { MINE(POST, "/me/lang", lang_post) },
    { MINE(GET, "/me/password", password_show) },
    { MINE(POST, "/me/password", password_post), .limit = "signin" },
    { MINE(GET, "/me/sessions", sessions_show), .page = &sessions_kind },
    { MINE(POST, "/me/sessions/end", sessions_end) },
    { MINE(GET, "/me/totp", totp_setup_show) },
    { MINE(POST, "/me/totp", totp_setup_post), .limit = "signin" },
    { MINE(GET, "/me/tokens", tokens_show), .page = &tokens_kind },
    { MINE(POST, "/me/tokens", tokens_post) },
    { MINE(POST, "/me/tokens/:code/revoke", token_revoke_post) },
};
const size_t me_routes_n = COUNT(me_routes);
