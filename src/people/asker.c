/*
 * The hooks between web and people. The tree of units is read once and shared by all requests
 * until it changes: a counted reference, so that a request keeps the tree it began with.
 */
#include "people/asker.h"

#include "base/log.h"
#include "base/str.h"
#include "people/account.sql.h"
#include "people/replay.h"
#include "sheet/problem.h"
#include "store/county.h"
#include "store/journal.h"
#include "store/shelf.h"
#include "web/fix.html.h"
#include "web/pager.html.h"

#include <stdlib.h>
#include <string.h>

/* Which tree: of a day, read after so many changes. */
struct tree_key {
    int32_t day;
    int64_t changes;
};

struct kept_tree {
    struct kept kept;
    struct tree_key key;
    struct arena *a;
    const struct units *units;
};

struct people_room {
    struct shelf *trees; /* of one place */
    _Atomic int64_t changes;
    const struct section *sections;
    const char *inbox, *search; /* addresses; NULL: none */
    enum rc (*count_inbox)(struct rq *rq, int64_t *ret, struct err *e);
};

static void tree_done(struct kept *k)
{
    struct kept_tree *t = (struct kept_tree *)k;
    arena_free(t->a);
    free(t);
}

static bool same_tree(const struct kept *k, const void *key)
{
    const struct tree_key *x = &((const struct kept_tree *)k)->key, *y = key;
    return x->day == y->day && x->changes == y->changes;
}

static void room_free(void *p)
{
    struct people_room *r = p;
    shelf_free(r->trees);
    free(r);
}

static void *room_make(struct county *c)
{
    struct people_room *r = mem_alloc(sizeof(*r));
    r->trees = shelf_new(1);
    return r;
}

static struct people_room *room(struct county *c)
{
    return county_room(c, ROOM_PEOPLE, room_make, room_free);
}

static enum rc tree_read(struct county *c, struct tree_key key, struct kept_tree **ret,
                         struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(c->db, &s, e);
    if (rc != RC_OK)
        return rc;
    struct kept_tree *t = mem_alloc(sizeof(*t));
    kept_begin(&t->kept, tree_done);
    t->key = key;
    t->a = arena_new();
    rc = units_load(s, key.day, t->a, &t->units, e);
    if (rc != RC_OK) {
        kept_drop(t);
        return rc;
    }
    *ret = t;
    return RC_OK;
}

enum rc people_units(struct county *c, struct rq *rq, const struct units **ret, struct err *e)
{
    struct people_room *r = room(c);
    /* The changes before the snapshot: at worst the tree is read once more. */
    const struct tree_key key = { county_today(c), atomic_load(&r->changes) };
    struct kept_tree *t = (struct kept_tree *)shelf_take(r->trees, same_tree, &key);
    if (!t) {
        enum rc rc = tree_read(c, key, &t, e);
        if (rc != RC_OK)
            return rc;
        shelf_put(r->trees, &t->kept);
    }
    rq_at_end(rq, kept_drop, t);
    *ret = t->units;
    return RC_OK;
}

void people_changed(struct county *c)
{
    atomic_fetch_add(&room(c)->changes, 1);
}

struct county *rq_county(const struct rq *rq)
{
    return rq->user;
}

struct asker *rq_asker(const struct rq *rq)
{
    return rq->account.data;
}

/* Whether the setting asks administrators for a second factor that this one lacks. */
static enum rc check_admin_totp(const struct snap *s, struct asker *k, struct arena *a,
                                struct err *e)
{
    bool administrator = false;
    int64_t on = 0;
    struct identity_of_row second;
    for (size_t i = 0; i < k->person.n_grants; i++)
        administrator |= k->person.grants[i].role->administrator;
    enum rc rc =
        administrator ? setting_int(s, &people_settings[SET_ADMIN_TOTP], &on, e) : RC_OK;
    if (rc != RC_OK || !on)
        return rc;
    rc = identity_of_one(s, k->person.id, "totp", a, &second, e);
    k->must_totp = rc == RC_NOTFOUND;
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc load_asker(struct rq *rq, const struct snap *snap, const struct session *s,
                          const struct units *us, struct err *e)
{
    struct county *c = rq_county(rq);
    struct asker *k = arena_alloc(rq->a, sizeof(*k));
    k->county = c;
    k->session = *s;
    k->units = us;
    enum rc rc =
        person_load(snap, s->account, county_today(c), s->cap_limit, rq->a, &k->person, e);
    if (rc == RC_OK)
        rc = check_admin_totp(snap, k, rq->a, e);
    if (rc != RC_OK)
        return rc;
    rq->account = (struct account){ .id = s->account,
                                    .code = s->code,
                                    .name = s->name,
                                    .by = s->token ? TOKEN : SESSION,
                                    .data = k };
    for (size_t i = 0; i < sizeof(rq->account.secret); i++)
        rq->account.secret[i] = s->secret[i];
    return RC_OK;
}

static enum rc choose_lang(struct rq *rq, const struct session *s, struct err *e)
{
    const char *asked = rq_query(rq, "lang");
    if (str_eq(asked, "zh") || str_eq(asked, "en"))
        return s->token ? RC_OK : account_choose_lang(rq_county(rq), s, asked, e);
    if (!rq_cookie(rq, "lang"))
        rq->lang = str_eq(s->lang, "en") ? LANG_EN : LANG_ZH;
    return RC_OK;
}

/* One snapshot for the session and for who it is. RC_OK and *ret_known false: a visitor. */
static enum rc know(struct rq *rq, const char *token, const char *cookie, struct session *ret,
                    bool *ret_known, struct err *e)
{
    struct county *c = rq_county(rq);
    const struct units *us;
    /* Before the snapshot: reading the tree takes one, and nobody may wait for a second. */
    enum rc rc = people_units(c, rq, &us, e);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    if (rc == RC_OK)
        rc = db_read(c->db, &s, e);
    if (rc != RC_OK)
        return rc;
    rc = token ? token_find(c, s, token, rq->a, ret, e)
               : session_find(c, s, cookie, rq->a, ret, e);
    if (rc == RC_UNAUTH && !token) {
        /* An old cookie is not an offence: its owner is a visitor again. */
        err_done(e);
        web_cookie(rq, "session", "", 0);
        return RC_OK;
    }
    if (rc != RC_OK || ret->totp_missing)
        return rc;
    *ret_known = true;
    return load_asker(rq, s, ret, us, e);
}

static enum rc authenticate(struct rq *rq, struct err *e)
{
    const char *token = rq_bearer(rq), *cookie = rq_cookie(rq, "session");
    struct session s;
    bool known = false;
    if (!token && !cookie)
        return RC_OK;
    enum rc rc = know(rq, token, cookie, &s, &known, e);
    if (rc != RC_OK || !known)
        return rc;
    session_keep(rq_county(rq), &s);
    return choose_lang(rq, &s, e);
}

/* A unit that has ended, in the tree of its last day, so that its reports stay readable. */
static enum rc ended(struct rq *rq, const char *code, const struct unit **ret, struct err *e)
{
    const struct units *us;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = units_of_ended(s, code, rq->a, &us, e);
    if (rc == RC_OK)
        *ret = units_find(us, code);
    return rc;
}

enum rc rq_unit(struct rq *rq, const char *code, const struct unit **ret, struct err *e)
{
    struct asker *k = rq_asker(rq);
    const struct unit *u = units_find(k->units, code);
    if (!u) {
        enum rc found = ended(rq, code, &u, e);
        if (found != RC_OK && found != RC_NOTFOUND)
            return found;
    }
    if (!u)
        return err_set(e, RC_NOTFOUND, N_("没有编码为「{unit}」的单位"), "unit", code);
    enum rc rc = person_demand(&k->person, (enum cap)rq->route->need, u, e);
    if (rc == RC_OK)
        *ret = u;
    return rc;
}

enum rc rq_form_failed(struct rq *rq, enum rc rc, const char **ret_error, struct err *e)
{
    bool theirs = rc == RC_INVALID || rc == RC_CONFLICT || rc == RC_UNAUTH ||
                  rc == RC_TOOMANY || rc == RC_TOOBIG || rc == RC_NOTFOUND;
    if (rq->json || !theirs)
        return rc;
    rq->status = rc_http(rc);
    *ret_error = err_message(e, rq->lang, rq->a);
    err_done(e);
    *e = (struct err){ 0 };
    return RC_OK;
}

const char *rq_scope_text(struct rq *rq, const struct units *us, const struct grant *g)
{
    if (g->scope == GRANT_ALL)
        return rq_tr(rq, N_("全县"));
    if (g->scope == GRANT_SUBTREE) {
        const struct unit *u = units_by_id(us, g->unit);
        return u ? text_fill(rq->a, rq_tr(rq, N_("{unit}及其下属")), "unit", u->name, NULL)
                 : "";
    }
    struct str b;
    str_init(&b, rq->a);
    for (size_t i = 0; i < g->n_units && i < 5; i++) {
        const struct unit *u = units_by_id(us, g->units[i]);
        if (u)
            str_addf(&b, "%s%s", b.n ? rq_tr(rq, N_("、")) : "", u->name);
    }
    if (g->n_units <= 5)
        return b.s;
    return text_fill(rq->a, rq_tr(rq, N_("{units}等{n}个单位")), "units", b.s, "n",
                     arena_printf(rq->a, "%zu", g->n_units), NULL);
}

static const struct {
    const char *kind, *name;
} unit_kinds[] = {
    { "county", N_("县(区)") },        { "town", N_("乡镇") },       { "street", N_("街道") },
    { "department", N_("部门") },      { "source", N_("数据部门") }, { "village", N_("村") },
    { "group", N_("派驻纪检监察组") },
};

const char *unit_kind_text(const struct rq *rq, const char *kind)
{
    for (size_t i = 0; i < COUNT(unit_kinds); i++)
        if (str_eq(unit_kinds[i].kind, kind))
            return rq_tr(rq, unit_kinds[i].name);
    return kind;
}

const char *unit_kind_code(const struct rq *rq, const char *text)
{
    for (size_t i = 0; i < COUNT(unit_kinds); i++)
        if (str_eq(rq_tr(rq, unit_kinds[i].name), text))
            return unit_kinds[i].kind;
    return text;
}

/* The same address with another page in its query. */
static const char *with_page(struct rq *rq, int64_t page)
{
    struct str b;
    size_t n;
    const struct field *f = rq_queries(rq, &n);
    str_init(&b, rq->a);
    str_add(&b, rq->path);
    char sep = '?';
    for (size_t i = 0; i < n; i++) {
        if (str_eq(f[i].name, "page") || str_eq(f[i].name, "lang"))
            continue;
        str_addc(&b, sep);
        url_text(&b, f[i].name);
        str_addc(&b, '=');
        url_text(&b, f[i].value);
        sep = '&';
    }
    str_addf(&b, "%cpage=%lld", sep, (long long)page);
    return b.s;
}

enum rc rq_pager(struct rq *rq, size_t total, size_t *ret_first, size_t *ret_last,
                 struct pager_page *ret, struct err *e)
{
    int64_t page = 1, pages = (int64_t)((total + ROWS_A_PAGE - 1) / ROWS_A_PAGE);
    enum rc rc = rq_query_int(rq, "page", N_("页"), 1, pages > 1 ? pages : 1, &page, e);
    if (rc != RC_OK)
        return rc;
    size_t first = (size_t)(page - 1) * ROWS_A_PAGE,
           last = first + ROWS_A_PAGE < total ? first + ROWS_A_PAGE : total;
    *ret_first = first;
    *ret_last = last;
    *ret = (struct pager_page){ .first = total ? (int64_t)first + 1 : 0,
                                .last = (int64_t)last,
                                .total = (int64_t)total,
                                .prev = page > 1 ? with_page(rq, page - 1) : NULL,
                                .next = page < pages ? with_page(rq, page + 1) : NULL };
    return RC_OK;
}

void rq_fixes(const struct rq *rq, const struct problems *ps, struct fix_page **ret,
              size_t *ret_n)
{
    *ret = arena_array(rq->a, ps->n, sizeof(**ret));
    *ret_n = ps->n;
    for (size_t i = 0; i < ps->n; i++)
        (*ret)[i] = (struct fix_page){ .cell = arena_strdup(rq->a, ps->p[i].where),
                                       .what = problem_what(&ps->p[i], rq->lang, rq->a),
                                       .hint = problem_hint(&ps->p[i], rq->lang, rq->a) };
}

static enum rc authorize(struct rq *rq, struct err *e)
{
    struct asker *k = rq_asker(rq);
    enum cap need = (enum cap)rq->route->need;
    const struct unit *u;
    /* Own account: everybody who is signed in, whatever the roles. */
    if (need == CAP_SELF)
        return RC_OK;
    if (k->must_totp)
        return err_set(e, RC_DENIED, N_("三员要先在「我的账户」里设置动态口令"));
    if (!person_can(&k->person, need))
        return person_demand(&k->person, need, NULL, e);
    switch (rq->route->scope) {
    case SCOPE_UNIT:
        return rq_unit(rq, rq_param(rq, "unit"), &u, e);
    case SCOPE_ALL:
    case SCOPE_LIST:
    case SCOPE_OBJECT:
        return RC_OK;
    }
    return RC_OK;
}

static void keep(struct rq *rq, const char *what, bool refused)
{
    const char *unit = rq_param(rq, "unit");
    journal_add(rq_county(rq),
                &(struct journal_entry){ .account = rq->account.code ? rq->account.code : "",
                                         .what = what,
                                         .unit = unit ? unit : "",
                                         .subject = rq->path,
                                         .address = rq->address,
                                         .request = rq->id,
                                         .denied = refused });
}

static void denied(struct rq *rq, const struct err *e)
{
    keep(rq, rq->method == GET ? "GET" : "POST", /* refused= */ true);
    log_event(LOG_WARN, "denied", "request", rq->id, "account",
              rq->account.code ? rq->account.code : "", "path", rq->path);
    (void)e; /* the person has been told; the journal keeps what was asked for */
}

static void on_read(struct rq *rq)
{
    keep(rq, rq->route->journal, /* refused= */ false);
}

static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; *at;) {
        size_t m = strcspn(at, " ");
        if (m == n && strncmp(at, word, n) == 0)
            return true;
        at += m + strspn(at + m, " ");
    }
    return false;
}

bool section_for(const struct section *s, const struct role *r)
{
    return (r->caps >> s->need & 1) && (!s->roles || has_word(s->roles, r->code));
}

static bool has_section(const struct person *p, const struct section *s)
{
    for (size_t i = 0; i < p->n_grants; i++)
        if (person_can(p, s->need) && section_for(s, p->grants[i].role))
            return true;
    return false;
}

/* How much of the address of an asked page is that of a section; 0: it does not lie in it. */
static size_t lies_in(const char *path, const char *href, size_t n)
{
    return strncmp(path, href, n) == 0 && (path[n] == '\0' || path[n] == '/') ? n : 0;
}

static size_t section_length(const char *path, const struct section *s)
{
    size_t most = lies_in(path, s->href, strlen(s->href));
    for (const char *at = s->covers; at && *at;) {
        size_t n = strcspn(at, " "), in = lies_in(path, at, n);
        most = in > most ? in : most;
        at += n + strspn(at + n, " ");
    }
    return most;
}

static void navigation(struct rq *rq, const struct people_room *r)
{
    const struct asker *k = rq_asker(rq);
    const struct chrome *chrome = &rq->chrome;
    /* The section a page lies in is the one whose address begins its own, else that of the
     * first of its crumbs: the longest of several, the last of several alike. */
    const char *const ways[] = { rq->path, chrome->n_crumbs ? chrome->crumbs[0].href : NULL };
    struct chrome_link *in[COUNT(ways)] = { NULL };
    size_t n = 0, longest[COUNT(ways)] = { 0 };
    for (const struct section *s = r->sections; s && s->name; s++)
        n++;
    struct chrome_link *nav = arena_array(rq->a, n, sizeof(*nav));
    for (const struct section *s = r->sections; s && s->name; s++) {
        bool there = false;
        for (size_t i = 0; i < rq->chrome.n_nav; i++)
            there |= str_eq(nav[i].href, s->href);
        if (there || !has_section(&k->person, s))
            continue;
        struct chrome_link *l = &nav[rq->chrome.n_nav++];
        *l = (struct chrome_link){ .name = rq_tr(rq, s->name),
                                   .href = s->href,
                                   .group = s->group ? rq_tr(rq, s->group) : NULL };
        for (size_t i = 0; i < COUNT(ways); i++) {
            size_t length = ways[i] ? section_length(ways[i], s) : 0;
            if (length > 0 && length >= longest[i]) {
                longest[i] = length;
                in[i] = l;
            }
        }
    }
    if (rq->chrome.n_nav > 0)
        (in[0] ? in[0] : in[1] ? in[1] : nav)->current = true;
    rq->chrome.nav = nav;
}

/* Administrators have no desk: nothing of what the county does reaches them. */
static bool shows_content(const struct person *p)
{
    for (size_t i = 0; i < p->n_grants; i++)
        if (!p->grants[i].role->administrator)
            return true;
    return false;
}

enum rc rq_send_table(struct rq *rq, enum sheet_format format, const struct table *t,
                      const char *what, struct err *e)
{
    static const char *const endings[] = {
        [SHEET_CSV] = "csv", [SHEET_XLSX] = "xlsx", [SHEET_JSON] = "json"
    };
    const char *mark = county_mark(rq_county(rq)), *said = mark ? rq_tr(rq, mark) : "";
    struct table marked = *t;
    const struct table *sheet = &marked;
    struct str b;
    if (mark)
        marked.name = said;
    str_init(&b, NULL);
    enum rc rc = sheet_write(format, &sheet, 1, /* bom= */ true, rq->now, &b, e);
    if (rc == RC_OK)
        return web_str(
            rq, &b, sheet_format_mime(format),
            arena_printf(rq->a, "%s%s%s.%s", what, mark ? "-" : "", said, endings[format]), e);
    str_done(&b);
    return rc;
}

static void chrome(struct rq *rq)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct county *c = rq_county(rq);
    struct asker *k = rq_asker(rq);
    struct people_room *r = room(c);
    rq->chrome.place = c->name;
    rq->chrome.demo = c->demo;
    rq->chrome.trial = c->trial;
    if (county_mark(c))
        rq->chrome.mark = rq_tr(rq, county_mark(c));
    rq->chrome.sign_in = "/signin";
    rq->chrome.sign_out = "/signout";
    if (!k)
        return;
    if (rq->chrome.trial &&
        (person_can(&k->person, CAP_EDIT_UNITS) || person_can(&k->person, CAP_ACCOUNTS)))
        rq->chrome.set_up = "/setup";
    rq->chrome.account = k->person.name;
    rq->chrome.account_href = "/me";
    navigation(rq, r);
    if (r->search && !k->must_totp && person_can(&k->person, CAP_READ_UNIT))
        rq->chrome.search = r->search;
    if (r->inbox && !k->must_totp && shows_content(&k->person)) {
        rq->chrome.inbox = r->inbox;
        if (r->count_inbox && r->count_inbox(rq, &rq->chrome.n_inbox, &e) != RC_OK)
            rq->chrome.n_inbox = 0; /* the page is worth more than the number */
    }
}

static struct utime now(void *user)
{
    return county_now(user);
}

void people_use_inbox(struct county *c, const char *href,
                      enum rc (*count)(struct rq *rq, int64_t *ret, struct err *e))
{
    struct people_room *r = room(c);
    r->inbox = href;
    r->count_inbox = count;
}

void people_use_search(struct county *c, const char *href)
{
    room(c)->search = href;
}

struct web_hooks people_hooks(struct county *c, const struct section *sections)
{
    room(c)->sections = sections;
    return (struct web_hooks){ .authenticate = authenticate,
                               .authorize = authorize,
                               .denied = denied,
                               .change = replay_change,
                               .chrome = chrome,
                               .on_read = on_read,
                               .now = now };
}
