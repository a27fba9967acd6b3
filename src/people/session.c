/*
 * Signing in and what follows from it. The database holds only digests of cookies and tokens:
 * who reads it cannot sign in with what they find. Argon2 runs outside any transaction, so that
 * no sign-in holds the writer.
 */
#include "people/session.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/str.h"
#include "people/account.sql.h"
#include "people/password.h"
#include "people/totp.h"
#include "store/county.h"
#include "store/record.h"
#include "store/secret.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const int64_t MINUTE_US = 60000000;

const struct setting people_settings[] = {
    [SET_SESSION_IDLE] = { .key = "session.idle",
                           .type = SETTING_INT,
                           .fallback = "60",
                           .min = 5,
                           .max = 1440,
                           .title = N_("不用多久退出"),
                           .unit = N_("分钟"),
                           .help = N_("多少分钟不用就自动退出登录") },
    [SET_SESSION_MAX] = { .key = "session.max",
                          .type = SETTING_INT,
                          .fallback = "12",
                          .min = 1,
                          .max = 168,
                          .title = N_("最长登录"),
                          .unit = N_("小时"),
                          .help = N_("登录后最多多少小时必须重新登录") },
    [SET_ADMIN_TOTP] = { .key = "signin.admin_totp",
                         .type = SETTING_BOOL,
                         .fallback = "0",
                         .title = N_("三员用动态口令"),
                         .help = N_("三员必须先设置动态口令才能办事") },
};
const size_t people_settings_n = COUNT(people_settings);

/* When a session that was opened at created and is used now ends. */
static enum rc session_end_of(const struct snap *s, struct utime created, struct utime now,
                              struct utime *ret, struct err *e)
{
    int64_t idle_min, max_h;
    enum rc rc = setting_int(s, &people_settings[SET_SESSION_IDLE], &idle_min, e);
    if (rc == RC_OK)
        rc = setting_int(s, &people_settings[SET_SESSION_MAX], &max_h, e);
    if (rc != RC_OK)
        return rc;
    int64_t idle = now.us + idle_min * MINUTE_US, last = created.us + max_h * 60 * MINUTE_US;
    *ret = (struct utime){ idle < last ? idle : last };
    return RC_OK;
}

static struct utime later(struct utime t, int64_t us)
{
    return (struct utime){ t.us + us };
}

static struct bytes digest_of(const char *text, uint8_t out[HASH_SIZE])
{
    sha256(text, strlen(text), out);
    return (struct bytes){ .p = out, .n = HASH_SIZE };
}

static void random_name(char out[SESSION_TOKEN + 1])
{
    uint8_t r[32];
    random_bytes(r, sizeof(r));
    sodium_bin2base64(out, SESSION_TOKEN + 1, r, sizeof(r),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* Seconds to wait after n wrong tries: none for the first few, then doubling to an hour, then a
 * day. */
static int64_t back_off_s(int64_t n)
{
    if (n < SIGNIN_FREE_TRIES)
        return 0;
    if (n >= SIGNIN_LOCK_TRIES)
        return 86400;
    int64_t s = INT64_C(1) << (n - SIGNIN_FREE_TRIES + 1);
    return s < 3600 ? s : 3600;
}

static enum rc wait_first(struct err *e, struct arena *a, struct utime until, struct utime now)
{
    int64_t s = (until.us - now.us + 999999) / 1000000;
    return err_set(e, RC_TOOMANY, N_("错误次数过多,请在{seconds}秒后再试"), "seconds",
                   arena_printf(a, "%lld", (long long)s));
}

/*
 * Names that are no account's, or one's without a password, wait as long as others after wrong
 * tries: else the wait would tell who has an account. A table of fixed size in place of rows,
 * so that guessed names cost no room; who shares a place with another is forgotten.
 */
enum { GHOSTS = 4096 };
struct ghosts {
    pthread_mutex_t lock;
    struct ghost {
        uint8_t name[16]; /* of its digest */
        int64_t failures;
        struct utime until;
    } at[GHOSTS];
};

static void ghosts_free(void *p)
{
    struct ghosts *g = p;
    pthread_mutex_destroy(&g->lock);
    free(g);
}

static void *ghosts_make(struct county *c)
{
    struct ghosts *g = mem_alloc(sizeof(*g));
    pthread_mutex_init(&g->lock, NULL);
    return g;
}

static struct ghosts *ghosts(struct county *c)
{
    return county_room(c, ROOM_GHOSTS, ghosts_make, ghosts_free);
}

/* Until when the name has to wait; wrong: and it was wrong once more now. */
static struct utime ghost_wait(struct county *c, const char *name, bool wrong)
{
    uint8_t digest[HASH_SIZE];
    struct ghosts *all = ghosts(c);
    sha256(name, strlen(name), digest);
    struct ghost *g = &all->at[(digest[16] << 8 | digest[17]) % GHOSTS];
    pthread_mutex_lock(&all->lock);
    bool known = memcmp(g->name, digest, sizeof(g->name)) == 0;
    if (wrong && !known) {
        *g = (struct ghost){ .failures = 0 };
        memcpy(g->name, digest, sizeof(g->name));
    }
    if (wrong) {
        int64_t wait = back_off_s(++g->failures);
        g->until = wait ? later(county_now(c), wait * 1000000) : (struct utime){ 0 };
    }
    struct utime until = wrong || known ? g->until : (struct utime){ 0 };
    pthread_mutex_unlock(&all->lock);
    return until;
}

struct attempt {
    struct county *c;
    struct id account, identity;
    const char *code;
    int64_t last_step;
    /* for a session */
    const char *state, *address, *agent;
    char *cookie;
    uint8_t *secret;
    struct id session;
};

/* The log's entries are for everybody to read: an ordinary sign-in says there that there was
 * one, and whose it was only in its parts. When somebody comes to work is nobody else's
 * business. */
static enum rc record_sign_in(struct tx *tx, struct county *c, struct arena *a,
                              const char *kind, const char *account, const char *address,
                              struct err *e)
{
    struct canon open, personal;
    canon_init(&open, a);
    canon_text(&open, "account", account);
    canon_init(&personal, a);
    canon_text(&personal, "address", address);
    bool ordinary = str_eq(kind, "account.signed_in");
    struct record_part parts[] = { part_open(&open), part_personal(&personal) };
    struct id ignored;
    return record_append(tx, c,
                         &(struct record_new){ .kind = kind,
                                               .unit = "",
                                               .subject = ordinary ? "" : account,
                                               .by = account,
                                               .parts = parts,
                                               .n_parts = 2 },
                         &ignored, e);
}

/* Many tries may have been checked at once: what counts is how often it was wrong when the try
 * is written, and a wait that is on already is never made shorter. */
static enum rc write_failure(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct attempt *t = arg;
    struct identity_tries_row was;
    enum rc rc = identity_tries_one(tx_snap(tx), t->identity, a, &was, e);
    if (rc != RC_OK)
        return rc == RC_NOTFOUND ? RC_OK : rc; /* its owner got a new slip meanwhile */
    int64_t wait = back_off_s(was.failures + 1);
    struct utime until = wait ? later(county_now(t->c), wait * 1000000) : (struct utime){ 0 };
    if (until.us < was.blocked_until.us)
        until = was.blocked_until;
    rc = identity_failed(tx, until, t->identity, NULL, e);
    if (rc == RC_OK && was.failures + 1 == SIGNIN_LOCK_TRIES) {
        rc = record_sign_in(tx, t->c, a, "account.blocked", t->code, t->address, e);
    }
    return rc;
}

static enum rc write_session(struct tx *tx, void *arg, struct err *e)
{
    struct attempt *t = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct utime now = county_now(t->c);
    uint8_t digest[HASH_SIZE];
    random_name(t->cookie);
    random_bytes(t->secret, 32);
    bool open = str_eq(t->state, "open");
    struct utime expires = later(now, SESSION_TOTP_MIN * MINUTE_US);
    int64_t changed;
    enum rc rc = open ? session_end_of(tx_snap(tx), now, now, &expires, e) : RC_OK;
    if (rc == RC_OK)
        rc = identity_passed(tx, t->last_step, t->identity, now, &changed, e);
    if (rc == RC_OK && changed == 0)
        return err_set(e, RC_TOOMANY, N_("错误次数过多，请稍后再试"));
    struct session_insert_row made;
    if (rc == RC_OK)
        rc = session_insert_one(tx, digest_of(t->cookie, digest),
                                (struct bytes){ .p = t->secret, .n = 32 }, t->account, t->state,
                                now, expires, t->address, t->agent, a, &made, e);
    if (rc == RC_OK && open)
        rc = record_sign_in(tx, t->c, a, "account.signed_in", t->code, t->address, e);
    if (rc == RC_OK)
        t->session = made.id;
    return rc;
}

enum rc sign_in(struct county *c, const char *account, const char *password,
                const char *address, const char *agent, struct arena *a, struct session *ret,
                char ret_cookie[SESSION_TOKEN + 1], struct err *e)
{
    static const char *const wrong = N_("账号或密码不对");
    struct account_of_code_row who = { 0 };
    struct identity_of_row pass = { 0 }, second = { 0 };
    enum rc rc;
    {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(c->db, &s, e);
        if (rc == RC_OK)
            rc = account_of_code_one(s, account, a, &who, e);
        if (rc == RC_OK)
            rc = identity_of_one(s, who.id, "password", a, &pass, e);
        bool known = rc == RC_OK;
        if (rc == RC_OK)
            rc = identity_of_one(s, who.id, "totp", a, &second, e);
        if (rc != RC_OK && rc != RC_NOTFOUND)
            return rc;
        if (!known)
            pass = (struct identity_of_row){ 0 };
    }
    if (!pass.id.v)
        pass.blocked_until = ghost_wait(c, account, /* wrong= */ false);
    if (pass.blocked_until.us > county_now(c).us)
        return wait_first(e, a, pass.blocked_until, county_now(c));
    rc = password_room(e);
    if (rc != RC_OK)
        return rc;
    const char *hash =
        pass.secret.n ? arena_strndup(a, (const char *)pass.secret.p, pass.secret.n) : NULL;
    bool right = password_verify(password, hash) && str_eq(who.state, "active");
    struct attempt t = { .c = c,
                         .account = who.id,
                         .identity = pass.id,
                         .code = who.code,
                         .state = second.id.v ? "totp" : "open",
                         .address = address,
                         .agent = agent,
                         .cookie = ret_cookie,
                         .secret = ret->secret };
    if (!right) {
        if (!pass.id.v)
            (void)ghost_wait(c, account,
                             /* wrong= */ true); /* the next one will be asked to wait */
        else if ((rc = db_transact(c->db, write_failure, &t, e)) != RC_OK)
            return rc;
        return err_set(e, RC_UNAUTH, wrong);
    }
    rc = db_transact(c->db, write_session, &t, e);
    if (rc != RC_OK)
        return rc;
    ret->id = t.session;
    ret->account = who.id;
    ret->code = who.code;
    ret->name = who.name;
    ret->lang = who.lang;
    ret->unit = who.unit_id;
    ret->cap_limit = ~UINT64_C(0);
    ret->totp_missing = second.id.v != 0;
    return RC_OK;
}

enum rc password_confirm(struct county *c, const struct session *s, const char *password,
                         struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct identity_of_row pass;
    enum rc rc;
    {
        CLEANUP(db_read_end) const struct snap *snap = NULL;
        rc = db_read(c->db, &snap, e);
        if (rc == RC_OK)
            rc = identity_of_one(snap, s->account, "password", a, &pass, e);
        if (rc == RC_NOTFOUND)
            return err_set(e, RC_UNAUTH, N_("现在的密码不对"));
        if (rc != RC_OK)
            return rc;
    }
    if (pass.blocked_until.us > county_now(c).us)
        return wait_first(e, a, pass.blocked_until, county_now(c));
    rc = password_room(e);
    if (rc != RC_OK)
        return rc;
    if (password_verify(password, arena_strndup(a, (const char *)pass.secret.p, pass.secret.n)))
        return RC_OK;
    struct attempt t = {
        .c = c, .account = s->account, .identity = pass.id, .code = s->code, .address = ""
    };
    rc = db_transact(c->db, write_failure, &t, e);
    return rc == RC_OK ? err_set(e, RC_UNAUTH, N_("现在的密码不对")) : rc;
}

static enum rc totp_key(struct county *c, struct arena *a, struct id account,
                        struct identity_of_row *row, uint8_t key[TOTP_KEY], struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = identity_of_one(s, account, "totp", a, row, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_INVALID, N_("这个账号没有设置动态口令"));
    return rc == RC_OK ? secret_open(c, row->secret, key, TOTP_KEY, e) : rc;
}

/* A right code of the account's second factor; counts wrong ones. */
static enum rc check_totp(struct county *c, const struct session *s, const char *code,
                          struct attempt *t, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct identity_of_row row;
    uint8_t key[TOTP_KEY];
    enum rc rc = totp_key(c, a, s->account, &row, key, e);
    if (rc != RC_OK)
        return rc;
    if (row.blocked_until.us > county_now(c).us)
        return wait_first(e, a, row.blocked_until, county_now(c));
    *t = (struct attempt){
        .c = c, .account = s->account, .identity = row.id, .code = s->code, .address = ""
    };
    t->last_step = totp_match(key, code, county_now(c), row.last_step);
    sodium_memzero(key, sizeof(key));
    if (t->last_step)
        return RC_OK;
    rc = db_transact(c->db, write_failure, t, e);
    return rc == RC_OK
               ? err_set(e, RC_UNAUTH, N_("动态口令不对,或已经用过;请输入应用里现在的6位数字"))
               : rc;
}

static enum rc write_second_factor(struct tx *tx, void *arg, struct err *e)
{
    struct attempt *t = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct utime now = county_now(t->c);
    uint8_t digest[HASH_SIZE], secret[32];
    random_name(t->cookie);
    random_bytes(secret, sizeof(secret));
    int64_t changed = 0;
    struct utime expires;
    enum rc rc = session_end_of(tx_snap(tx), now, now, &expires, e);
    if (rc == RC_OK)
        rc = identity_passed(tx, t->last_step, t->identity, now, &changed, e);
    if (rc == RC_OK && changed == 0)
        return err_set(e, RC_UNAUTH, N_("动态口令不对,或已经用过;请输入应用里现在的6位数字"));
    if (rc == RC_OK)
        rc = session_open(tx, digest_of(t->cookie, digest),
                          (struct bytes){ .p = secret, .n = 32 }, now, expires, t->session,
                          NULL, e);
    return rc == RC_OK
               ? record_sign_in(tx, t->c, a, "account.signed_in", t->code, t->address, e)
               : rc;
}

enum rc sign_in_totp(struct county *c, const struct session *s, const char *code,
                     const char *address, char ret_cookie[SESSION_TOKEN + 1], struct err *e)
{
    struct attempt t;
    enum rc rc = check_totp(c, s, code, &t, e);
    if (rc != RC_OK)
        return rc;
    t.cookie = ret_cookie;
    t.session = s->id;
    t.address = address;
    return db_transact(c->db, write_second_factor, &t, e);
}

static enum rc over(struct err *e)
{
    return err_set(e, RC_UNAUTH, N_("登录已过期,请重新登录"));
}

enum rc session_find(struct county *c, const struct snap *s, const char *cookie,
                     struct arena *a, struct session *ret, struct err *e)
{
    uint8_t digest[HASH_SIZE];
    struct session_of_row row;
    struct utime now = county_now(c), end = { 0 };
    enum rc rc = session_of_one(s, digest_of(cookie, digest), a, &row, e);
    bool stale = rc == RC_OK && now.us - row.seen_at.us > MINUTE_US;
    if (stale)
        rc = session_end_of(s, row.created_at, now, &end, e);
    if (rc == RC_NOTFOUND)
        return over(e);
    if (rc != RC_OK)
        return rc;
    if (row.expires_at.us <= now.us || !str_eq(row.account_state, "active") ||
        row.secret.n != 32)
        return over(e);
    bool open = str_eq(row.state, "open");
    *ret = (struct session){ .id = row.id,
                             .account = row.account_id,
                             .code = row.code,
                             .name = row.name,
                             .lang = row.lang,
                             .unit = row.unit_id,
                             .cap_limit = ~UINT64_C(0),
                             .totp_missing = !open,
                             .stale = open && stale,
                             .expires = end };
    memcpy(ret->secret, row.secret.p, 32);
    return RC_OK;
}

static uint64_t caps_of(struct arena *a, const char *list)
{
    if (!*list)
        return ~UINT64_C(0);
    uint64_t caps = 0;
    size_t n;
    char **names = str_split(a, list, '|', &n);
    for (size_t i = 0; i < n; i++)
        caps |= UINT64_C(1) << cap_find(names[i]);
    return caps & ~UINT64_C(1); /* bit 0 is no capability */
}

enum rc token_find(struct county *c, const struct snap *s, const char *token, struct arena *a,
                   struct session *ret, struct err *e)
{
    uint8_t digest[HASH_SIZE];
    struct token_of_row row;
    struct utime now = county_now(c);
    enum rc rc = token_of_one(s, digest_of(token, digest), a, &row, e);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    if (rc == RC_NOTFOUND || row.expires_at.us <= now.us || row.revoked_at.us ||
        !str_eq(row.account_state, "active"))
        return err_set(e, RC_UNAUTH, N_("令牌无效、已过期或已收回"));
    *ret = (struct session){ .id = row.id,
                             .account = row.account_id,
                             .code = row.code,
                             .name = row.name,
                             .lang = row.lang,
                             .unit = row.unit_id,
                             .cap_limit = caps_of(a, row.caps),
                             .token = true,
                             .stale = now.us - row.used_at.us > MINUTE_US };
    return RC_OK;
}

struct keeping {
    const struct session *s;
    struct utime now;
};

static enum rc write_seen(struct tx *tx, void *arg, struct err *e)
{
    const struct keeping *k = arg;
    return k->s->token ? token_used(tx, k->now, k->s->id, NULL, e)
                       : session_seen(tx, k->now, k->s->expires, k->s->id, NULL, e);
}

void session_keep(struct county *c, const struct session *s)
{
    struct keeping k = { .s = s, .now = county_now(c) };
    CLEANUP(err_done) struct err ignored = { 0 };
    if (s->stale)
        (void)!db_transact(c->db, write_seen, &k, &ignored);
}

struct lang_choice {
    struct id account;
    const char *lang;
};

static enum rc write_lang(struct tx *tx, void *arg, struct err *e)
{
    const struct lang_choice *l = arg;
    return account_set_lang(tx, l->lang, l->account, NULL, e);
}

enum rc account_choose_lang(struct county *c, const struct session *s, const char *lang,
                            struct err *e)
{
    struct lang_choice l = { .account = s->account, .lang = lang };
    return str_eq(s->lang, lang) ? RC_OK : db_transact(c->db, write_lang, &l, e);
}

static enum rc write_expire(struct tx *tx, void *arg, struct err *e)
{
    return session_expire(tx, county_now(arg), NULL, e);
}

enum rc sessions_expire(struct county *c, struct err *e)
{
    return db_transact(c->db, write_expire, c, e);
}

static enum rc write_close(struct tx *tx, void *arg, struct err *e)
{
    const struct session *s = arg;
    return session_end(tx, s->id, s->account, NULL, e);
}

enum rc session_close(struct county *c, const struct session *s, struct err *e)
{
    struct session copy = *s;
    return db_transact(c->db, write_close, &copy, e);
}

struct enrolment {
    struct county *c;
    const struct session *s;
    struct bytes sealed;
    int64_t step;
};

static enum rc write_enrolment(struct tx *tx, void *arg, struct err *e)
{
    const struct enrolment *n = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct identity_of_row there;
    /* Who sits at a session left open must not be able to exchange the second factor. */
    enum rc rc = identity_of_one(tx_snap(tx), n->s->account, "totp", a, &there, e);
    if (rc == RC_OK && n->sealed.n)
        return err_set(e, RC_CONFLICT, N_("已经设置了动态口令；要换一个，先用现在的口令停用"));
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    rc = n->sealed.n ? identity_put(tx, n->s->account, "totp", n->s->code, n->sealed, n->step,
                                    county_now(n->c), NULL, e)
                     : identity_drop(tx, n->s->account, "totp", NULL, e);
    return rc == RC_OK
               ? record_sign_in(tx, n->c, a,
                                n->sealed.n ? "account.totp_set" : "account.totp_removed",
                                n->s->code, "", e)
               : rc;
}

enum rc totp_enrol(struct county *c, const struct session *s, const uint8_t *key,
                   const char *code, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct enrolment n = { .c = c, .s = s, .step = totp_match(key, code, county_now(c), 0) };
    if (!n.step)
        return err_set(e, RC_INVALID, N_("动态口令不对:请扫描二维码后输入应用里现在的6位数字"));
    enum rc rc = secret_seal(c, key, TOTP_KEY, a, &n.sealed, e);
    return rc == RC_OK ? db_transact(c->db, write_enrolment, &n, e) : rc;
}

enum rc totp_remove(struct county *c, const struct session *s, const char *code, struct err *e)
{
    struct attempt t;
    enum rc rc = check_totp(c, s, code, &t, e);
    struct enrolment n = { .c = c, .s = s };
    return rc == RC_OK ? db_transact(c->db, write_enrolment, &n, e) : rc;
}

/* ---- tokens ---- */

static enum rc append_token(struct tx *tx, struct county *c, struct arena *a, const char *kind,
                            const struct token_audit_row *row, const char *by, struct id *ret,
                            struct err *e)
{
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &token_audit_query, row);
    struct record_part part = part_open(&k);
    return record_append(tx, c,
                         &(struct record_new){ .kind = kind,
                                               .unit = "",
                                               .subject = row->code,
                                               .by = by,
                                               .parts = &part,
                                               .n_parts = 1 },
                         ret, e);
}

enum rc token_make(struct tx *tx, struct county *c, const char *account, const char *name,
                   const char *caps, int days, const char *by, struct arena *a,
                   const char **ret_token, const char **ret_code, struct err *e)
{
    struct account_of_code_row who;
    enum rc rc = account_of_code_one(tx_snap(tx), account, a, &who, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有账号「{account}」"), "account", account);
    if (rc != RC_OK)
        return rc;
    if (days < 1 || days > TOKEN_DAYS_MAX)
        return err_set(e, RC_INVALID, N_("令牌的有效期应为1至366天"));
    size_t n;
    char **names = str_split(a, caps, '|', &n);
    for (size_t i = 0; *caps && i < n; i++)
        if (cap_find(names[i]) == CAP_NONE)
            return err_set(e, RC_INVALID, N_("没有「{cap}」这项权限"), "cap", names[i]);
    char token[SESSION_TOKEN + 1], code[17];
    uint8_t digest[HASH_SIZE], r[8];
    random_name(token);
    random_bytes(r, sizeof(r));
    hex_encode(r, sizeof(r), code);
    struct utime now = county_now(c), expires = later(now, days * INT64_C(86400000000));
    struct id record;
    rc = append_token(tx, c, a, "token.made",
                      &(struct token_audit_row){ .account = account,
                                                 .caps = caps,
                                                 .code = code,
                                                 .created_at = now,
                                                 .expires_at = expires,
                                                 .name = name },
                      by, &record, e);
    struct token_insert_row made;
    if (rc == RC_OK)
        rc = token_insert_one(tx, code, digest_of(token, digest), who.id, name, caps, now,
                              expires, record, a, &made, e);
    if (rc != RC_OK)
        return rc;
    *ret_token = arena_strdup(a, token);
    *ret_code = arena_strdup(a, code);
    return RC_OK;
}

enum rc token_take_back(struct tx *tx, struct county *c, struct id account, const char *code,
                        const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct token_by_code_row t;
    enum rc rc = token_by_code_one(tx_snap(tx), code, a, &t, e);
    if (rc == RC_NOTFOUND ||
        (rc == RC_OK && (t.revoked_at.us || (account.v && account.v != t.account_id.v))))
        return err_set(e, RC_NOTFOUND, N_("没有这个令牌,或它已经收回"));
    struct utime now = county_now(c);
    struct id record;
    if (rc == RC_OK)
        rc = append_token(tx, c, a, "token.revoked",
                          &(struct token_audit_row){ .account = t.account,
                                                     .caps = t.caps,
                                                     .code = t.code,
                                                     .created_at = t.created_at,
                                                     .expires_at = t.expires_at,
                                                     .name = t.name,
                                                     .revoked_at = now },
                          by, &record, e);
    return rc == RC_OK ? token_revoke(tx, now, record, code, account, NULL, e) : rc;
}
