/*
 * The security administrator's pages: accounts, their roles, locking, slips. What an account
 * may see is decided here and nowhere else; the pages show no content.
 */
#include "base/clock.h"
#include "base/map.h"
#include "base/str.h"
#include "people/account.html.h"
#include "people/account.sql.h"
#include "people/account_list.html.h"
#include "people/account_room.h"
#include "people/held.h"
#include "people/people_pages.h"
#include "store/county.h"
#include "web/pager.html.h"

#include <string.h>

enum { ACCOUNT_IMPORT_BYTES = 4 << 20 };

static const char *state_text(const struct rq *rq, const char *state)
{
    return rq_tr(rq, str_eq(state, "active")   ? N_("在用")
                     : str_eq(state, "locked") ? N_("停用")
                                               : N_("未启用"));
}

/* What a role allows, in words. */
static const char *role_caps_text(struct rq *rq, const struct role *role)
{
    struct str b;
    str_init(&b, rq->a);
    for (enum cap cap = CAP_READ_COUNTY; cap < CAPS; cap++)
        if (role->caps >> cap & 1)
            str_addf(&b, "%s%s", b.n ? rq_tr(rq, N_("、")) : "", rq_tr(rq, cap_text(cap)));
    return b.s;
}

/* ---- the list ---- */

/* The roles in force of every account, as words and as codes between bars, by row of the list.
 */
static enum rc roles_of_all(struct rq *rq, const struct snap *s,
                            const struct account_list_row *accounts, size_t n,
                            const char **ret_words, const char **ret_codes, struct err *e)
{
    struct grants_in_force_row *grants;
    size_t n_grants;
    enum rc rc =
        grants_in_force_all(s, county_today(rq_county(rq)), rq->a, &grants, &n_grants, e);
    if (rc != RC_OK)
        return rc;
    struct map *by_id = map_new(rq->a);
    for (size_t i = 0; i < n; i++) {
        map_add_index(by_id, arena_printf(rq->a, "%lld", (long long)accounts[i].id.v), i);
        ret_words[i] = "";
        ret_codes[i] = "|";
    }
    for (size_t g = 0; g < n_grants; g++) {
        ptrdiff_t i =
            map_index(by_id, arena_printf(rq->a, "%lld", (long long)grants[g].account_id.v));
        const struct role *role = role_find(grants[g].role);
        if (i < 0 || !role)
            continue;
        ret_words[i] =
            arena_printf(rq->a, "%s%s%s", ret_words[i],
                         *ret_words[i] ? rq_tr(rq, N_("、")) : "", rq_tr(rq, role->name));
        ret_codes[i] = arena_printf(rq->a, "%s%s|", ret_codes[i], role->code);
    }
    return RC_OK;
}

static bool blocked(const struct account_blocked_row *rows, size_t n, struct id account)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].account_id.v == account.v)
            return true;
    return false;
}

static enum rc list_show(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    const char *find = rq_query(rq, "find"), *state = rq_query(rq, "state"),
               *role = rq_query(rq, "role");
    struct account_list_row *rows;
    struct account_blocked_row *waiting;
    size_t n, n_waiting, first, last, at = 0, shown = 0;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = account_list_all(s, rq->a, &rows, &n, e);
    if (rc == RC_OK)
        rc = account_blocked_all(s, county_now(c), rq->a, &waiting, &n_waiting, e);
    if (rc != RC_OK)
        return rc;
    const char **words = arena_array(rq->a, n, sizeof(*words)),
               **codes = arena_array(rq->a, n, sizeof(*codes));
    size_t *kept = arena_array(rq->a, n, sizeof(*kept));
    rc = roles_of_all(rq, s, rows, n, words, codes, e);
    if (rc != RC_OK)
        return rc;
    struct account_list_page p = { .find = find ? find : "",
                                   .state = state ? state : "",
                                   .role = role ? role : "" };
    const char *bar_role = arena_printf(rq->a, "|%s|", p.role);
    for (size_t i = 0; i < n; i++) {
        p.fresh += str_eq(rows[i].state, "new");
        p.locked += str_eq(rows[i].state, "locked");
        if ((*p.find && !strstr(rows[i].code, p.find) && !strstr(rows[i].name, p.find)) ||
            (*p.state && !str_eq(rows[i].state, p.state)) ||
            (*p.role && !strstr(codes[i], bar_role)))
            continue;
        kept[shown++] = i;
    }
    p.total = (int64_t)shown;
    rc = rq_pager(rq, shown, &first, &last, &p.pager, e);
    if (rc != RC_OK)
        return rc;
    p.roles = arena_array(rq->a, roles_n, sizeof(*p.roles));
    p.n_roles = roles_n;
    for (size_t i = 0; i < roles_n; i++) {
        p.roles[i].code = roles[i].code;
        p.roles[i].name = rq_tr(rq, roles[i].name);
        p.roles[i].chosen = str_eq(roles[i].code, p.role);
    }
    p.accounts = arena_array(rq->a, last - first, sizeof(*p.accounts));
    p.n_accounts = last - first;
    const struct units *us = rq_asker(rq)->units;
    for (size_t k = first; k < last; k++, at++) {
        const struct account_list_row *r = &rows[kept[k]];
        const struct unit *u = r->unit ? units_find(us, r->unit) : NULL;
        p.accounts[at].code = r->code;
        p.accounts[at].name = r->name;
        p.accounts[at].unit_name = u ? u->name : r->unit ? r->unit : "";
        p.accounts[at].roles = words[kept[k]];
        p.accounts[at].state = r->state;
        p.accounts[at].state_name = state_text(rq, r->state);
        p.accounts[at].totp = r->totp > 0;
        p.accounts[at].seen = r->seen_at;
        p.accounts[at].blocked = blocked(waiting, n_waiting, r->id);
    }
    return account_list_render(rq, &p, e);
}

/* ---- one account ---- */

static void fill_choices(struct rq *rq, struct account_page *p, const char *unit,
                         const char *role)
{
    const struct units *us = rq_asker(rq)->units;
    p->units = arena_array(rq->a, us->n, sizeof(*p->units));
    p->n_units = us->n;
    for (size_t i = 0; i < us->n; i++) {
        p->units[i].code = us->all[i].code;
        p->units[i].name = us->all[i].name;
        p->units[i].chosen = str_eq(us->all[i].code, unit);
    }
    p->roles = arena_array(rq->a, roles_n, sizeof(*p->roles));
    p->n_roles = roles_n;
    for (size_t i = 0; i < roles_n; i++) {
        p->roles[i].code = roles[i].code;
        p->roles[i].name = rq_tr(rq, roles[i].name);
        p->roles[i].caps = role_caps_text(rq, &roles[i]);
        p->roles[i].administrator = roles[i].administrator;
        p->roles[i].chosen = str_eq(roles[i].code, role);
    }
}

static const char *history_text(const struct rq *rq, const char *kind)
{
    static const char *const texts[][2] = {
        { "account.made", N_("新建") },
        { "account.role_given", N_("授予角色") },
        { "account.role_ended", N_("收回角色") },
        { "account.locked", N_("停用") },
        { "account.unlocked", N_("恢复使用") },
        { "account.reactivated", N_("重新打印启用单") },
        { "account.password_set", N_("设置密码") },
        { "account.blocked", N_("密码连错太多次,封住一天") },
        { "account.totp_set", N_("启用动态口令") },
        { "account.totp_removed", N_("停用动态口令") },
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        if (str_eq(texts[i][0], kind))
            return rq_tr(rq, texts[i][1]);
    return kind;
}

static enum rc fill_history(struct rq *rq, const struct snap *s, struct account_page *p,
                            struct err *e)
{
    struct account_history_row *rows;
    size_t n;
    enum rc rc = account_history_all(s, p->code, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->journal = arena_array(rq->a, n, sizeof(*p->journal));
    p->n_journal = n;
    for (size_t i = 0; i < n; i++) {
        p->journal[i].at = rows[i].at;
        p->journal[i].what = history_text(rq, rows[i].kind);
        p->journal[i].by = *rows[i].by_account ? rows[i].by_account : rq_tr(rq, N_("命令行"));
    }
    return RC_OK;
}

static enum rc fill_grants(struct rq *rq, const struct snap *s, struct id account,
                           struct account_page *p, struct err *e)
{
    struct grants_all_of_row *rows;
    struct grant_units_named_row *units;
    size_t n, n_units;
    const struct units *us = rq_asker(rq)->units;
    int32_t today = county_today(rq_county(rq));
    enum rc rc = grants_all_of_all(s, account, rq->a, &rows, &n, e);
    if (rc == RC_OK)
        rc = grant_units_named_all(s, account, rq->a, &units, &n_units, e);
    if (rc != RC_OK)
        return rc;
    p->grants = arena_array(rq->a, n, sizeof(*p->grants));
    p->n_grants = n;
    for (size_t i = 0; i < n; i++) {
        const struct role *role = role_find(rows[i].role);
        const struct unit *u = rows[i].unit ? units_find(us, rows[i].unit) : NULL;
        struct str b;
        str_init(&b, rq->a);
        if (str_eq(rows[i].scope, "all"))
            str_add(&b, rq_tr(rq, N_("全县")));
        else if (str_eq(rows[i].scope, "subtree"))
            str_add(&b, text_fill(rq->a, rq_tr(rq, N_("{unit}及其下属")), "unit",
                                  u              ? u->name
                                  : rows[i].unit ? rows[i].unit
                                                 : "",
                                  NULL));
        for (size_t k = 0; k < n_units; k++)
            if (units[k].grant_id.v == rows[i].id.v) {
                u = units_find(us, units[k].code);
                str_addf(&b, "%s%s", b.n ? rq_tr(rq, N_("、")) : "",
                         u ? u->name : units[k].code);
            }
        p->grants[i].id = rows[i].id.v;
        p->grants[i].role = rows[i].role;
        p->grants[i].role_name = role ? rq_tr(rq, role->name) : rows[i].role;
        p->grants[i].scope = b.s;
        p->grants[i].from = day_start((int32_t)rows[i].from_day);
        p->grants[i].until =
            rows[i].to_day ? day_start((int32_t)rows[i].to_day) : (struct utime){ 0 };
        p->grants[i].over = rows[i].to_day && rows[i].to_day < today;
    }
    return RC_OK;
}

static enum rc account_page_show(struct rq *rq, const char *code, struct account_page *p,
                                 struct err *e)
{
    struct county *c = rq_county(rq);
    struct asker *k = rq_asker(rq);
    struct account_of_code_row who;
    struct identity_of_row password = { 0 }, second = { 0 };
    struct activation_of_row slip = { 0 };
    struct session_list_row *sessions;
    size_t n_sessions;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = account_of_code_one(s, code, rq->a, &who, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有账号「{account}」"), "account", code);
    if (rc == RC_OK)
        rc = identity_of_one(s, who.id, "password", rq->a, &password, e);
    if (rc == RC_OK || rc == RC_NOTFOUND)
        rc = identity_of_one(s, who.id, "totp", rq->a, &second, e);
    if (rc == RC_OK || rc == RC_NOTFOUND)
        rc = activation_of_one(s, who.id, rq->a, &slip, e);
    if (rc == RC_OK || rc == RC_NOTFOUND)
        rc = session_list_all(s, who.id, county_now(c), rq->a, &sessions, &n_sessions, e);
    if (rc != RC_OK)
        return rc;
    const struct unit *u = units_by_id(k->units, who.unit_id);
    p->code = who.code;
    p->name = who.name;
    p->unit = u ? u->code : "";
    p->unit_name = u ? u->name : "";
    p->state = who.state;
    p->state_name = state_text(rq, who.state);
    p->totp = second.id.v != 0;
    p->created = who.created_at;
    for (size_t i = 0; i < n_sessions; i++)
        if (sessions[i].seen_at.us > p->seen.us)
            p->seen = sessions[i].seen_at;
    p->failures = password.failures;
    if (password.blocked_until.us > county_now(c).us)
        p->blocked_until = password.blocked_until;
    if (slip.expires_at.us > county_now(c).us)
        p->slip_until = slip.expires_at;
    p->me = who.id.v == k->person.id.v;
    fill_choices(rq, p, p->unit, "");
    rc = fill_grants(rq, s, who.id, p, e);
    if (rc == RC_OK)
        rc = fill_history(rq, s, p, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("账号")), "/account");
    rq_crumb(rq, p->name, NULL);
    return account_render(rq, p, e);
}

static enum rc account_show(struct rq *rq, struct err *e)
{
    struct account_page p = { .error = NULL };
    return account_page_show(rq, rq_param(rq, "code"), &p, e);
}

static enum rc fresh_page(struct rq *rq, struct account_page *p, const char *unit,
                          const char *role, struct err *e)
{
    p->fresh = true;
    fill_choices(rq, p, unit, role);
    rq_crumb(rq, rq_tr(rq, N_("账号")), "/account");
    rq_crumb(rq, rq_tr(rq, N_("新建账号")), NULL);
    return account_render(rq, p, e);
}

static enum rc new_show(struct rq *rq, struct err *e)
{
    struct account_page p = { .code = "" };
    return fresh_page(rq, &p, "", "", e);
}

/* ---- changes ---- */

struct account_change {
    struct county *c;
    struct arena *a;
    const char *by, *account;
    const char *role, *scope;
    struct id grant;
    struct account_new fresh;
    char code[ACTIVATION_CODE + 1];
};

static enum rc write_new(struct tx *tx, void *arg, struct err *e)
{
    struct account_change *t = arg;
    return account_make(tx, t->c, &t->fresh, t->by, t->a, t->code, e);
}

static enum rc write_slip(struct tx *tx, void *arg, struct err *e)
{
    struct account_change *t = arg;
    return account_reactivate(tx, t->c, t->account, t->by, t->code, e);
}

static enum rc write_grant(struct tx *tx, void *arg, struct err *e)
{
    const struct account_change *t = arg;
    return account_grant(tx, t->c, t->account, t->role, t->scope, t->by, e);
}

static enum rc write_grant_end(struct tx *tx, void *arg, struct err *e)
{
    const struct account_change *t = arg;
    return account_end_grant(tx, t->c, t->account, t->grant, t->by, e);
}

static enum rc write_lock(struct tx *tx, void *arg, struct err *e)
{
    const struct account_change *t = arg;
    return account_lock(tx, t->c, t->account, /* locked= */ true, t->by, e);
}

static enum rc write_unlock(struct tx *tx, void *arg, struct err *e)
{
    const struct account_change *t = arg;
    return account_lock(tx, t->c, t->account, /* locked= */ false, t->by, e);
}

static struct account_change change_of(struct rq *rq)
{
    return (struct account_change){ .c = rq_county(rq),
                                    .a = rq->a,
                                    .by = rq_asker(rq)->person.code,
                                    .account = rq_param(rq, "code") };
}

/* One slip waits to be printed. */
static void hold_slip(struct rq *rq, const char *code, const char *name, const char *unit,
                      const char *role, const char *pin)
{
    struct arena *a = arena_new();
    struct slips_held *h = slips_new(rq_county(rq), a, 1);
    const struct unit *u = units_find(rq_asker(rq)->units, unit);
    const struct role *r = role_find(role);
    char token[HELD_TOKEN];
    h->row[0] = (struct slip_row){ .code = arena_strdup(a, code),
                                   .name = arena_strdup(a, name),
                                   .unit = arena_strdup(a, u ? u->name : ""),
                                   .role = r ? r->name : "" };
    memcpy(h->row[0].pin, pin, ACTIVATION_CODE);
    held_put(rq_county(rq), HELD_SLIPS, rq->account.id, &a, h, token);
}

static enum rc new_post(struct rq *rq, struct err *e)
{
    struct account_change t = change_of(rq);
    const char *unit = rq_field(rq, "unit"), *role = rq_field(rq, "role"),
               *scope = rq_field(rq, "scope");
    struct account_page p = { .code = "", .name = "", .error_field = "code" };
    enum rc rc = rq_code(rq, "code", N_("账号"), &p.code, e);
    if (rc == RC_OK) {
        p.error_field = "name";
        rc = rq_text(rq, "name", N_("姓名"), ACCOUNT_NAME_MAX, &p.name, e);
    }
    if (rc == RC_OK) {
        p.error_field = "role";
        t.fresh = (struct account_new){ .code = p.code,
                                        .name = p.name,
                                        .unit = unit ? unit : "",
                                        .role = role ? role : "",
                                        .scope = scope ? scope : "" };
        rc = db_transact(t.c->db, write_new, &t, e);
        if (rc == RC_CONFLICT)
            p.error_field = "code";
    }
    if (rc == RC_OK) {
        hold_slip(rq, p.code, p.name, unit, role, t.code);
        return web_done(rq, "/account/slips", e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? fresh_page(rq, &p, unit, role, e) : rc;
}

/* "list" with the chosen units becomes their codes between bars. */
static enum rc scope_of_form(struct rq *rq, const char **ret, struct err *e)
{
    const char *scope = rq_field(rq, "scope");
    if (!str_eq(scope, "list")) {
        *ret = scope ? scope : "";
        return RC_OK;
    }
    struct str b;
    size_t n;
    const struct field *f = rq_fields(rq, &n);
    str_init(&b, rq->a);
    for (size_t i = 0; i < n; i++)
        if (str_eq(f[i].name, "scope_units"))
            str_addf(&b, "%s%s", b.n ? "|" : "", f[i].value);
    *ret = b.s;
    return b.n ? RC_OK : err_set(e, RC_INVALID, N_("请选择这个角色管哪些单位"));
}

/* After a change of an account: its page, or the page with what was wrong. */
static enum rc account_done(struct rq *rq, enum rc rc, const char *notice, const char *field,
                            struct err *e)
{
    struct account_page p = { .error_field = field };
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, notice));
        return web_donef(rq, e, "/account/%s", rq_param(rq, "code"));
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? account_page_show(rq, rq_param(rq, "code"), &p, e) : rc;
}

/* Nobody changes their own rights: two people are needed. */
static enum rc not_oneself(struct rq *rq, struct err *e)
{
    if (str_eq(rq_param(rq, "code"), rq_asker(rq)->person.code))
        return err_set(e, RC_INVALID, N_("不能改自己的角色和状态,请由另一位安全管理员来改"));
    return RC_OK;
}

static enum rc role_post(struct rq *rq, struct err *e)
{
    struct account_change t = change_of(rq);
    enum rc rc = not_oneself(rq, e);
    if (rc == RC_OK)
        rc = rq_code(rq, "role", N_("角色"), &t.role, e);
    if (rc != RC_OK)
        return account_done(rq, rc, "", "role", e);
    rc = scope_of_form(rq, &t.scope, e);
    if (rc == RC_OK)
        rc = db_transact(t.c->db, write_grant, &t, e);
    return account_done(rq, rc, N_("角色已授予"), "role", e);
}

static enum rc role_end_post(struct rq *rq, struct err *e)
{
    struct account_change t = change_of(rq);
    enum rc rc = not_oneself(rq, e);
    if (rc == RC_OK)
        rc = rq_int(rq, "id", N_("角色"), 1, INT64_MAX, &t.grant.v, e);
    if (rc == RC_OK)
        rc = db_transact(t.c->db, write_grant_end, &t, e);
    return account_done(rq, rc, N_("角色已收回"), "", e);
}

static enum rc lock_post(struct rq *rq, struct err *e)
{
    struct account_change t = change_of(rq);
    enum rc rc = not_oneself(rq, e);
    if (rc == RC_OK)
        rc = db_transact(t.c->db, write_lock, &t, e);
    return account_done(rq, rc, N_("账号已停用,登录已退出"), "", e);
}

static enum rc unlock_post(struct rq *rq, struct err *e)
{
    struct account_change t = change_of(rq);
    enum rc rc = not_oneself(rq, e);
    if (rc == RC_OK)
        rc = db_transact(t.c->db, write_unlock, &t, e);
    return account_done(rq, rc, N_("账号已恢复使用"), "", e);
}

static enum rc slip_post(struct rq *rq, struct err *e)
{
    struct account_change t = change_of(rq);
    struct account_of_code_row who;
    const char *unit = "";
    enum rc rc = not_oneself(rq, e);
    if (rc == RC_OK)
        rc = db_transact(t.c->db, write_slip, &t, e);
    if (rc != RC_OK)
        return account_done(rq, rc, "", "", e);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    rc = db_read(t.c->db, &s, e);
    if (rc == RC_OK)
        rc = account_of_code_one(s, t.account, rq->a, &who, e);
    if (rc != RC_OK)
        return rc;
    const struct unit *u = units_by_id(rq_asker(rq)->units, who.unit_id);
    if (u)
        unit = u->code;
    hold_slip(rq, who.code, who.name, unit, "", t.code);
    return web_done(rq, "/account/slips", e);
}

/* A row of this table: accounts, by the security administrator. It must be a macro:
 * initialisers need constants. */
#define ACCOUNTS(m, p, f)                                                                      \
    .method = m, .path = p, .auth = SESSION | TOKEN, .need = CAP_ACCOUNTS, .scope = SCOPE_ALL, \
    .fn = f
const struct route account_routes[] = {
    { ACCOUNTS(GET, "/account", list_show), .page = &account_list_kind,
      .help = N_("账号列表") },
    { ACCOUNTS(GET, "/account/new", new_show) },
    { ACCOUNTS(POST, "/account/new", new_post), .help = N_("新建账号") },
    { ACCOUNTS(GET, "/account/import", account_import_show) },
    { ACCOUNTS(POST, "/account/import", account_import_post), .body_max = ACCOUNT_IMPORT_BYTES,
      .n_files = 1 },
    { ACCOUNTS(POST, "/account/import/confirm", account_import_confirm) },
    { ACCOUNTS(GET, "/account/slips", slips_show) },
    { ACCOUNTS(GET, "/account/slips.pdf", slips_pdf) },
    { ACCOUNTS(GET, "/account/:code", account_show), .page = &account_kind,
      .help = N_("一个账号") },
    { ACCOUNTS(POST, "/account/:code/role", role_post), .help = N_("授予角色") },
    { ACCOUNTS(POST, "/account/:code/role/end", role_end_post), .help = N_("收回角色") },
    { ACCOUNTS(POST, "/account/:code/lock", lock_post), .help = N_("停用账号") },
    { ACCOUNTS(POST, "/account/:code/unlock", unlock_post), .help = N_("恢复账号") },
    { ACCOUNTS(POST, "/account/:code/slip", slip_post), .help = N_("重新启用账号") },
};
const size_t account_routes_n = COUNT(account_routes);
