/* Accounts, roles in force, and the one place that answers whether somebody may do something.
 */
#include "people/account.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/str.h"
#include "people/account.sql.h"
#include "people/session.h"
#include "people/unit.sql.h"
#include "store/county.h"
#include "store/record.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct person person_system(void)
{
    static const struct role system_role = {
        .code = "system", .name = "", .caps = ~UINT64_C(0), .whole_county = true
    };
    static const struct grant everything = { .role = &system_role, .scope = GRANT_ALL };
    return (struct person){
        .code = "", .name = "", .grants = &everything, .n_grants = 1, .caps = ~UINT64_C(0)
    };
}

static enum grant_scope scope_of(const char *text)
{
    return str_eq(text, "all")       ? GRANT_ALL
           : str_eq(text, "subtree") ? GRANT_SUBTREE
                                     : GRANT_LIST;
}

enum rc person_load(const struct snap *s, struct id account, int32_t day, uint64_t cap_limit,
                    struct arena *a, struct person *ret, struct err *e)
{
    struct account_by_id_row who;
    struct grants_of_row *rows;
    struct grant_units_of_row *units = NULL;
    size_t n, n_units = 0;
    enum rc rc = account_by_id_one(s, account, a, &who, e);
    if (rc == RC_OK)
        rc = grants_of_all(s, account, day, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct grant *grants = arena_array(a, n, sizeof(*grants));
    struct person p = {
        .id = account, .code = who.code, .name = who.name, .unit = who.unit_id, .grants = grants
    };
    bool lists = false;
    for (size_t i = 0; i < n; i++) {
        const struct role *role = role_find(rows[i].role);
        if (!role)
            continue; /* a role of an older program gives nothing */
        grants[p.n_grants++] = (struct grant){ .id = rows[i].id,
                                               .role = role,
                                               .scope = scope_of(rows[i].scope),
                                               .unit = rows[i].unit_id,
                                               .to_day = (int32_t)rows[i].to_day };
        lists |= grants[p.n_grants - 1].scope == GRANT_LIST;
        p.caps |= role->caps & cap_limit;
    }
    if (lists)
        rc = grant_units_of_all(s, account, a, &units, &n_units, e);
    if (rc != RC_OK)
        return rc;
    struct id *ids = arena_array(a, n_units, sizeof(*ids));
    for (size_t i = 0; i < n_units; i++)
        ids[i] = units[i].unit_id;
    for (size_t g = 0; g < p.n_grants; g++)
        for (size_t i = 0; i < n_units; i++)
            if (units[i].grant_id.v == grants[g].id.v) {
                if (!grants[g].units)
                    grants[g].units = &ids[i];
                grants[g].n_units++;
            }
    *ret = p;
    return RC_OK;
}

enum rc people_who_can(const struct snap *s, enum cap cap, int32_t day, struct arena *a,
                       struct person **ret, size_t *ret_n, struct err *e)
{
    struct grants_in_force_row *rows;
    size_t n;
    *ret_n = 0;
    enum rc rc = grants_in_force_all(s, day, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = arena_array(a, n, sizeof(**ret));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct role *role = role_find(rows[i].role);
        struct account_by_id_row who;
        bool again = *ret_n && (*ret)[*ret_n - 1].id.v == rows[i].account_id.v;
        if (again || !role || !(role->caps >> cap & 1))
            continue;
        rc = account_by_id_one(s, rows[i].account_id, a, &who, e);
        if (rc == RC_OK && !str_eq(who.state, "locked"))
            rc = person_load(s, who.id, day, ~UINT64_C(0), a, &(*ret)[(*ret_n)++], e);
    }
    return rc;
}

bool person_can(const struct person *p, enum cap cap)
{
    return p->caps >> cap & 1;
}

static bool covers(const struct grant *g, const struct unit *u)
{
    if (g->scope == GRANT_ALL)
        return true;
    if (!u)
        return false;
    if (g->scope == GRANT_SUBTREE) {
        for (const struct unit *up = u; up; up = up->parent)
            if (up->id.v == g->unit.v)
                return true;
        return false;
    }
    for (size_t i = 0; i < g->n_units; i++)
        if (g->units[i].v == u->id.v)
            return true;
    return false;
}

bool person_may(const struct person *p, enum cap cap, const struct unit *u)
{
    if (!person_can(p, cap))
        return false;
    for (size_t i = 0; i < p->n_grants; i++)
        if (p->grants[i].role->caps >> cap & 1 && covers(&p->grants[i], u))
            return true;
    return false;
}

enum rc person_demand(const struct person *p, enum cap cap, const struct unit *u, struct err *e)
{
    if (person_may(p, cap, u))
        return RC_OK;
    if (u && person_can(p, cap))
        return err_set(e, RC_DENIED, N_("「{unit}」不在您的权限范围内"), "unit", u->name);
    return err_set(e, RC_DENIED, N_("您的角色没有「{cap_text}」的权限"), "cap_text",
                   cap_text(cap));
}

bool *person_scope(const struct person *p, enum cap cap, const struct units *us,
                   struct arena *a)
{
    bool *may = arena_array(a, us->n, sizeof(*may));
    for (size_t i = 0; i < us->n; i++)
        may[i] = person_may(p, cap, &us->all[i]);
    return may;
}

/* ---- making and changing ---- */

/* Upper-case letters and digits without the ones that look alike, in groups of four: about 79
 * bits. */
static void activation_code(char out[ACTIVATION_CODE + 1])
{
    static const char digits[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    size_t n = 0;
    for (int group = 0; group < 4; group++) {
        uint8_t r[4];
        random_bytes(r, sizeof(r));
        for (int i = 0; i < 4; i++)
            out[n++] = digits[r[i] & 31];
        if (group < 3)
            out[n++] = '-';
    }
    out[n] = '\0';
}

/* What people type: lower case, spaces and dashes do not matter. */
static struct bytes code_digest(const char *code, uint8_t out[HASH_SIZE])
{
    char plain[64];
    size_t n = 0;
    for (; *code && n < sizeof(plain); code++) {
        char c = *code >= 'a' && *code <= 'z' ? (char)(*code - 'a' + 'A') : *code;
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            plain[n++] = c;
    }
    sha256(plain, n, out);
    return (struct bytes){ .p = out, .n = HASH_SIZE };
}

static enum rc find(struct tx *tx, struct arena *a, const char *code,
                    struct account_of_code_row *ret, struct err *e)
{
    enum rc rc = account_of_code_one(tx_snap(tx), code, a, ret, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有账号「{account}」"), "account", code);
    return rc;
}

static enum rc append(struct tx *tx, struct county *c, const char *kind, const char *account,
                      const char *by, struct canon *open, struct canon *personal,
                      struct id *ret, struct err *e)
{
    struct record_part parts[2] = { part_open(open) };
    if (personal)
        parts[1] = part_personal(personal);
    return record_append(tx, c,
                         &(struct record_new){ .kind = kind,
                                               .unit = "",
                                               .subject = account,
                                               .by = by,
                                               .parts = parts,
                                               .n_parts = personal ? 2 : 1 },
                         ret, e);
}

static enum rc slip(struct tx *tx, struct county *c, struct id account,
                    char ret_code[ACTIVATION_CODE + 1], struct err *e)
{
    uint8_t digest[HASH_SIZE];
    activation_code(ret_code);
    struct utime expires = { county_now(c).us + ACTIVATION_DAYS * INT64_C(86400000000) };
    return activation_put(tx, account, code_digest(ret_code, digest), expires, (struct id){ 0 },
                          NULL, e);
}

/* A record of the account's row as it will be, with what happened as its kind. The name is
 * personal: it can be erased alone. */
static enum rc append_account(struct tx *tx, struct county *c, struct arena *a,
                              const char *kind, const struct account_of_code_row *who,
                              const char *state, const char *by, struct id *ret, struct err *e)
{
    struct canon open, personal;
    canon_init(&open, a);
    canon_text(&open, "code", who->code);
    canon_time(&open, "created_at", who->created_at);
    canon_text(&open, "state", state);
    canon_text(&open, "unit", who->unit);
    canon_init(&personal, a);
    canon_text(&personal, "name", who->name);
    return append(tx, c, kind, who->code, by, &open, &personal, ret, e);
}

/* What happens to an account happens to its row: the record and the row name each other. */
static enum rc set_state(struct tx *tx, struct county *c, struct arena *a, const char *kind,
                         const struct account_of_code_row *who, const char *state,
                         const char *by, struct err *e)
{
    struct id record;
    enum rc rc = append_account(tx, c, a, kind, who, state, by, &record, e);
    return rc == RC_OK ? account_set_state(tx, state, record, who->id, NULL, e) : rc;
}

/* Roles an account would hold together with a new one, checked for the separation of
 * administrators. */
static enum rc check_separation(struct tx *tx, struct county *c, struct arena *a,
                                struct id account, const char *role, struct err *e)
{
    struct grants_of_row *held;
    size_t n;
    enum rc rc = grants_of_all(tx_snap(tx), account, county_today(c), a, &held, &n, e);
    if (rc != RC_OK)
        return rc;
    const char **codes = arena_array(a, n + 1, sizeof(*codes));
    for (size_t i = 0; i < n; i++)
        codes[i] = held[i].role;
    codes[n] = role;
    return role_check_together(codes, n + 1, e);
}

static enum rc grant_list_units(struct tx *tx, struct arena *a, struct id grant,
                                const char *scope, struct err *e)
{
    size_t n;
    char **codes = str_split(a, scope, '|', &n);
    for (size_t i = 0; i < n; i++) {
        struct unit_id_of_row unit;
        enum rc rc = unit_id_of_one(tx_snap(tx), codes[i], a, &unit, e);
        if (rc == RC_NOTFOUND)
            return err_set(e, RC_INVALID, N_("没有编码为「{unit}」的单位"), "unit", codes[i]);
        if (rc == RC_OK)
            rc = grant_unit_insert(tx, grant, unit.id, NULL, e);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/* A record of a grant's row; list: the units, for a scope that lists them. */
static enum rc append_grant(struct tx *tx, struct county *c, struct arena *a, const char *kind,
                            const struct grant_audit_row *row, const char *list, const char *by,
                            struct id *ret, struct err *e)
{
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &grant_audit_query, row);
    if (*list)
        canon_text(&k, "units", list);
    const char *subject = arena_printf(a, "%s/%lld", row->account, (long long)row->number);
    return append(tx, c, kind, subject, by, &k, NULL, ret, e);
}

static enum rc grant_role(struct tx *tx, struct county *c, struct arena *a, struct id account,
                          const char *account_code, struct id office, const char *office_code,
                          const char *role_code, const char *scope, const char *by,
                          struct err *e)
{
    const struct role *role = role_find(role_code);
    if (!role)
        return err_set(e, RC_INVALID, N_("没有角色「{role}」"), "role", role_code);
    enum rc rc = check_separation(tx, c, a, account, role_code, e);
    if (rc != RC_OK)
        return rc;
    enum grant_scope kind = role->whole_county || str_eq(scope, "all") ? GRANT_ALL
                            : !*scope || str_eq(scope, "subtree")      ? GRANT_SUBTREE
                                                                       : GRANT_LIST;
    if (kind == GRANT_SUBTREE && !office.v)
        return err_set(e, RC_INVALID,
                       N_("账号「{account}」没有所属单位,「{role}」的范围要写明单位"),
                       "account", account_code, "role", role->name);
    static const char *const words[] = {
        [GRANT_ALL] = "all", [GRANT_SUBTREE] = "subtree", [GRANT_LIST] = "list"
    };
    struct grant_count_row held;
    struct grant_insert_row made;
    struct id record;
    rc = grant_count_one(tx_snap(tx), account, a, &held, e);
    if (rc == RC_OK)
        rc = append_grant(
            tx, c, a, "account.role_given",
            &(struct grant_audit_row){ .account = account_code,
                                       .from_day = county_today(c),
                                       .number = held.n + 1,
                                       .role = role_code,
                                       .scope = words[kind],
                                       .unit = kind == GRANT_SUBTREE ? office_code : NULL },
            kind == GRANT_LIST ? scope : "", by, &record, e);
    if (rc == RC_OK)
        rc = grant_insert_one(tx, account, held.n + 1, role_code, words[kind],
                              kind == GRANT_SUBTREE ? office : (struct id){ 0 },
                              county_today(c), 0, record, a, &made, e);
    if (rc == RC_OK && kind == GRANT_LIST)
        rc = grant_list_units(tx, a, made.id, scope, e);
    return rc;
}

/* Words that stand in addresses where a code may stand. */
static bool reserved(const char *code)
{
    return str_eq(code, "new") || str_eq(code, "import") || str_eq(code, "slips");
}

enum rc account_make(struct tx *tx, struct county *c, const struct account_new *n,
                     const char *by, struct arena *a, char ret_code[ACTIVATION_CODE + 1],
                     struct err *e)
{
    if (!code_valid(n->code) || reserved(n->code))
        return err_set(e, RC_INVALID,
                       N_("账号「{account}」应由字母、数字、- 和 _ 组成,至多64个"), "account",
                       n->code);
    if (!n->name[0] || utf8_count(n->name) > ACCOUNT_NAME_MAX)
        return err_set(e, RC_INVALID, N_("账号「{account}」的姓名应有1至40个字"), "account",
                       n->code);
    struct account_of_code_row there;
    enum rc rc = account_of_code_one(tx_snap(tx), n->code, a, &there, e);
    if (rc == RC_OK)
        return err_set(e, RC_CONFLICT, N_("账号「{account}」已经有了"), "account", n->code);
    if (rc != RC_NOTFOUND)
        return rc;
    struct unit_id_of_row office = { 0 };
    if (n->unit[0]) {
        rc = unit_id_of_one(tx_snap(tx), n->unit, a, &office, e);
        if (rc == RC_NOTFOUND)
            return err_set(e, RC_INVALID, N_("没有编码为「{unit}」的单位"), "unit", n->unit);
        if (rc != RC_OK)
            return rc;
    }
    const struct account_of_code_row row = { .code = n->code,
                                             .name = n->name,
                                             .unit = n->unit[0] ? n->unit : NULL,
                                             .created_at = county_now(c) };
    struct id record;
    struct account_insert_row made;
    rc = append_account(tx, c, a, "account.made", &row, "new", by, &record, e);
    if (rc == RC_OK)
        rc = account_insert_one(tx, n->code, n->name, office.id, "new", "zh", row.created_at,
                                record, a, &made, e);
    if (rc == RC_OK)
        rc = slip(tx, c, made.id, ret_code, e);
    if (rc == RC_OK && n->role[0])
        rc = grant_role(tx, c, a, made.id, n->code, office.id, row.unit, n->role,
                        n->scope ? n->scope : "", by, e);
    return rc;
}

enum rc accounts_make(struct tx *tx, struct county *c, const struct account_new *list, size_t n,
                      size_t first_row, const char *by, struct arena *a,
                      char (*ret_codes)[ACTIVATION_CODE + 1], struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        enum rc rc = account_make(tx, c, &list[i], by, a, ret_codes[i], e);
        if (rc == RC_OK)
            continue;
        if (rc != RC_INVALID && rc != RC_CONFLICT)
            return rc;
        return err_set(e, rc, N_("第{row}行: {reason}"), "row",
                       arena_printf(a, "%zu", first_row + i), "reason", err_both(e, a));
    }
    return RC_OK;
}

/* Whoever had the account before has nothing of it afterwards: neither a session nor a token.
 */
static enum rc take_back_tokens(struct tx *tx, struct county *c, struct arena *a,
                                struct id account, const char *by, struct err *e)
{
    struct token_list_row *rows;
    size_t n;
    enum rc rc = token_list_all(tx_snap(tx), account, a, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (!rows[i].revoked_at.us)
            rc = token_take_back(tx, c, account, rows[i].code, by, e);
    return rc;
}

enum rc account_reactivate(struct tx *tx, struct county *c, const char *code, const char *by,
                           char ret_code[ACTIVATION_CODE + 1], struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct account_of_code_row who;
    enum rc rc = find(tx, a, code, &who, e);
    if (rc == RC_OK)
        rc = set_state(tx, c, a, "account.reactivated", &who, "new", by, e);
    if (rc == RC_OK)
        rc = identity_drop(tx, who.id, "password", NULL, e);
    if (rc == RC_OK)
        rc = identity_drop(tx, who.id, "totp", NULL, e);
    if (rc == RC_OK)
        rc = session_end_all(tx, who.id, (struct id){ 0 }, NULL, e);
    if (rc == RC_OK)
        rc = take_back_tokens(tx, c, a, who.id, by, e);
    return rc == RC_OK ? slip(tx, c, who.id, ret_code, e) : rc;
}

static enum rc set_password(struct tx *tx, struct county *c, const char *account,
                            const char *password_hash, const char *by, struct id keep,
                            struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct account_of_code_row who;
    struct bytes secret = { .p = (const uint8_t *)password_hash, .n = strlen(password_hash) };
    enum rc rc = find(tx, a, account, &who, e);
    if (rc == RC_OK)
        rc = set_state(tx, c, a, "account.password_set", &who,
                       str_eq(who.state, "new") ? "active" : who.state, by, e);
    if (rc == RC_OK)
        rc = identity_put(tx, who.id, "password", account, secret, 0, county_now(c), NULL, e);
    if (rc == RC_OK)
        rc = activation_drop(tx, who.id, NULL, e);
    if (rc == RC_OK)
        rc = session_end_all(tx, who.id, keep, NULL, e);
    return rc;
}

enum rc account_set_password(struct tx *tx, struct county *c, const char *account,
                             const char *password_hash, const char *by, struct err *e)
{
    return set_password(tx, c, account, password_hash, by, (struct id){ 0 }, e);
}

enum rc account_change_password(struct tx *tx, struct county *c, const char *account,
                                const char *password_hash, struct id keep, struct err *e)
{
    return set_password(tx, c, account, password_hash, account, keep, e);
}

enum rc account_activate(struct tx *tx, struct county *c, const char *account, const char *code,
                         const char *password_hash, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct account_of_code_row who;
    struct activation_of_row paper;
    uint8_t digest[HASH_SIZE];
    code_digest(code, digest);
    enum rc rc = account_of_code_one(tx_snap(tx), account, a, &who, e);
    if (rc == RC_OK)
        rc = activation_of_one(tx_snap(tx), who.id, a, &paper, e);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    /* One answer for every reason: who guesses learns nothing. */
    if (rc == RC_NOTFOUND || paper.expires_at.us <= county_now(c).us ||
        paper.code_hash.n != HASH_SIZE || !bytes_equal(paper.code_hash.p, digest, HASH_SIZE))
        return err_set(e, RC_UNAUTH, N_("启用码不对或已过期;请向安全管理员要一张新的启用单"));
    return account_set_password(tx, c, account, password_hash, account, e);
}

enum rc account_lock(struct tx *tx, struct county *c, const char *account, bool locked,
                     const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct account_of_code_row who;
    enum rc rc = find(tx, a, account, &who, e);
    if (rc != RC_OK)
        return rc;
    struct identity_of_row password;
    rc = identity_of_one(tx_snap(tx), who.id, "password", a, &password, e);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    const char *state = locked ? "locked" : rc == RC_OK ? "active" : "new";
    rc =
        set_state(tx, c, a, locked ? "account.locked" : "account.unlocked", &who, state, by, e);
    if (rc == RC_OK && locked)
        rc = session_end_all(tx, who.id, (struct id){ 0 }, NULL, e);
    return rc;
}

enum rc account_grant(struct tx *tx, struct county *c, const char *account, const char *role,
                      const char *scope, const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct account_of_code_row who;
    enum rc rc = find(tx, a, account, &who, e);
    return rc == RC_OK ? grant_role(tx, c, a, who.id, account, who.unit_id, who.unit, role,
                                    scope, by, e)
                       : rc;
}

enum rc account_end_grant(struct tx *tx, struct county *c, const char *account, struct id grant,
                          const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct account_of_code_row who;
    enum rc rc = find(tx, a, account, &who, e);
    if (rc != RC_OK)
        return rc;
    struct grant_of_row g;
    rc = grant_of_one(tx_snap(tx), grant, who.id, a, &g, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("账号「{account}」没有这项角色"), "account", account);
    struct id record;
    int32_t last = county_today(c) - 1;
    if (rc == RC_OK)
        rc = append_grant(tx, c, a, "account.role_ended",
                          &(struct grant_audit_row){ .account = account,
                                                     .from_day = g.from_day,
                                                     .number = g.number,
                                                     .role = g.role,
                                                     .scope = g.scope,
                                                     .to_day = last,
                                                     .unit = g.unit },
                          "", by, &record, e);
    return rc == RC_OK ? grant_end(tx, last, record, grant, who.id, NULL, e) : rc;
}

/* What is personal in a record of an account's row is the name; in one of a sign-in it is the
 * address, which stands in no column but of sessions, and they end by themselves. */
static enum rc blank_name(struct tx *tx, const struct record *r, uint32_t parts, struct err *e)
{
    static const char *const with_name[] = { "account.made", "account.locked",
                                             "account.unlocked", "account.reactivated",
                                             "account.password_set" };
    (void)parts; /* there is no more than one personal part */
    for (size_t i = 0; i < COUNT(with_name); i++)
        if (str_eq(r->kind, with_name[i]))
            return account_blank_name(tx, r->subject, NULL, e);
    return RC_OK;
}

const struct eraser account_eraser = { .kind = "account.", .blank = blank_name };

/* ---- auditing ---- */

static int code_cmp(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* Whether a grant's units are those of its record, where they stand as "a|b". */
static enum rc grant_units_same(const struct snap *s, struct id grant, struct id record,
                                bool *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct record *r = arena_alloc(a, sizeof(*r));
    struct grant_units_whole_row *have;
    size_t n, n_want = 0;
    enum rc rc = grant_units_whole_all(s, grant, a, &have, &n, e);
    if (rc == RC_OK)
        rc = record_get(s, record, a, r, e);
    if (rc != RC_OK)
        return rc;
    json_t *o = r->n_parts && !r->parts[0].erased
                    ? json_loadb((const char *)r->parts[0].bytes.p, r->parts[0].bytes.n,
                                 JSON_REJECT_DUPLICATES, NULL)
                    : NULL;
    const char *list = json_string_value(json_object_get(o, "units"));
    char **want = list ? str_split(a, list, '|', &n_want) : NULL;
    json_decref(o);
    if (n_want)
        qsort(want, n_want, sizeof(*want), code_cmp);
    *ret = n == n_want;
    for (size_t i = 0; i < n && *ret; i++)
        *ret = str_eq(have[i].code, want[i]);
    return RC_OK;
}

static void rows_closep(struct rows **rows)
{
    rows_close(rows);
}

enum rc grants_check(const struct snap *s, struct err *e)
{
    CLEANUP(rows_closep) struct rows *rows = NULL;
    struct grants_whole_row row;
    enum rc rc = grants_whole_open(s, &rows, e);
    while (rc == RC_OK) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        bool same = true;
        rc = grants_whole_next(rows, &row, e);
        if (rc == RC_OK)
            rc = grant_units_same(s, row.id, row.record_id, &same, e);
        if (rc == RC_OK && !same)
            return err_set(e, RC_UNPROVEN,
                           N_("表 role_unit 里账号{account}第{number}个角色的单位与记录不符"),
                           "account", row.account, "number",
                           arena_printf(a, "%lld", (long long)row.number));
    }
    return rc == RC_DONE ? RC_OK : rc;
}
