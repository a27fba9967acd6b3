#include "meeting/test_world.h"

#include "base/clock.h"
#include "people/account.sql.h"
#include "people/asker.h"

#include <string.h>

const char *refused;

static const struct account_new people[PROGRAM] = {
    [LEADER] = { .code = "lingdao",
                 .name = "韩松",
                 .unit = "QX",
                 .role = "leader",
                 .scope = "" },
    [EDITOR] = { .code = "pingtai",
                 .name = "周明",
                 .unit = "QX",
                 .role = "platform",
                 .scope = "" },
    [SECOND] = { .code = "fuhe",
                 .name = "陈序",
                 .unit = "QX",
                 .role = "platform",
                 .scope = "" },
    [CLERK] = { .code = "jingban",
                .name = "李青",
                .unit = "D01",
                .role = "clerk",
                .scope = "" },
    [OTHER] = { .code = "bieren", .name = "方立", .unit = "D02", .role = "clerk", .scope = "" },
};

static enum rc make_people(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    static const struct unit_term terms[] = {
        { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" },
        { .code = "D01",
          .parent = "QX",
          .name = "财政局",
          .kind = "department",
          .peer_group = "部门" },
        { .code = "D02",
          .parent = "QX",
          .name = "审计局",
          .kind = "department",
          .peer_group = "部门" },
        { .code = "T01",
          .parent = "QX",
          .name = "云岭镇",
          .kind = "town",
          .peer_group = "乡镇" },
    };
    char codes[PROGRAM][ACTIVATION_CODE + 1];
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 0, "", e);
    if (rc == RC_OK)
        rc = accounts_make(tx, w->c, people, PROGRAM, 0, "", w->a, codes, e);
    for (size_t i = 0; i < PROGRAM && rc == RC_OK; i++) {
        const char *code;
        rc = account_activate(tx, w->c, people[i].code, codes[i], "no password", e);
        if (rc == RC_OK)
            rc = token_make(tx, w->c, people[i].code, "test", "", 90, "", w->a, &w->token[i],
                            &code, e);
    }
    return rc;
}

void world_open(struct world *w, struct county *c, const struct flow_kind *const *kinds,
                size_t n_kinds, const struct route_table *tables, size_t n_tables)
{
    static const struct section none[] = { { 0 } };
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    *w = (struct world){ .c = c, .a = arena_new() };
    flow_use(c, kinds, n_kinds);
    CHECK_OK(county_set_clock(c, day_start(day_of(2026, 10, 9)), &e));
    CHECK_OK(db_transact(c->db, make_people, w, &e));
    CHECK_OK(db_read(c->db, &s, &e));
    CHECK_OK(units_load(s, county_today(c), w->a, &w->units, &e));
    w->person[PROGRAM] = person_system();
    for (size_t i = 0; i < PROGRAM; i++) {
        struct account_of_code_row row;
        CHECK_OK(account_of_code_one(s, people[i].code, w->a, &row, &e));
        CHECK_OK(
            person_load(s, row.id, county_today(c), ~UINT64_C(0), w->a, &w->person[i], &e));
    }
    struct web_config cfg = { .listen = "127.0.0.1:0",
                              .user = c,
                              .hooks = people_hooks(c, none),
                              .tables = tables,
                              .n_tables = n_tables };
    CHECK_OK(web_check_routes(tables, n_tables, CAP_PUBLIC, &e));
    CHECK_OK(web_fake_new(&cfg, &w->web, &e));
}

void world_done(struct world *w)
{
    web_fake_free(w->web);
    arena_free(w->a);
}

void world_day(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct utime t = county_now(w->c);
    t.us += INT64_C(86400000000);
    CHECK_OK(county_set_clock(w->c, t, &e));
}

/* ---- matters ---- */

struct doing {
    struct world *w;
    struct flow_who who;
    struct flow_new fresh;
    struct flow_act act;
    struct flow_done done;
};

static enum rc do_it(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    return d->fresh.kind ? flow_open(tx, d->w->c, &d->who, &d->fresh, d->w->a, &d->done, e)
                         : flow_move(tx, d->w->c, &d->who, &d->act, d->w->a, &d->done, e);
}

static struct flow_given *given_of(struct world *w, const char *given, size_t *ret_n)
{
    size_t parts;
    char **pairs = str_split(w->a, given, ';', &parts);
    struct flow_given *list = arena_array(w->a, parts, sizeof(*list));
    *ret_n = 0;
    for (size_t i = 0; i < parts && *pairs[i]; i++) {
        char *eq = strchr(pairs[i], '=');
        *eq = '\0';
        list[(*ret_n)++] = (struct flow_given){ pairs[i], eq + 1 };
    }
    return list;
}

static enum rc run(struct doing *d, enum who by)
{
    CLEANUP(err_done) struct err e = { 0 };
    d->who = flow_who_system(d->w->units);
    if (by != PROGRAM) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        CHECK_OK(db_read(d->w->c->db, &s, &e));
        CHECK_OK(
            flow_who_load(s, d->w->c, &d->w->person[by], d->w->units, d->w->a, &d->who, &e));
    }
    enum rc rc = db_transact(d->w->c->db, do_it, d, &e);
    refused = rc == RC_OK ? "" : arena_strdup(d->w->a, err_message(&e, LANG_ZH, d->w->a));
    return rc;
}

enum rc open_matter(struct world *w, enum who by, const char *kind, const char *title,
                    const char *unit, const char *given, const char **ret_code)
{
    struct doing d = { .w = w, .fresh = { .kind = kind, .title = title, .unit = unit } };
    d.fresh.given = given_of(w, given, &d.fresh.n_given);
    enum rc rc = run(&d, by);
    if (rc == RC_OK)
        *ret_code = d.done.code;
    return rc;
}

enum rc move(struct world *w, enum who by, const char *matter, const char *verb,
             const char *given)
{
    struct doing d = { .w = w, .act = { .matter = matter, .verb = verb, .version = -1 } };
    d.act.given = given_of(w, given, &d.act.n_given);
    return run(&d, by);
}

/* ---- pages ---- */

static struct web_reply ask(struct world *w, enum who by, const char *method,
                            const char *target, const char *type, const char *body)
{
    const char *headers[] = { arena_printf(w->a, "Authorization: Bearer %s", w->token[by]),
                              arena_printf(w->a, "Content-Type: %s", type), "Accept: text/html",
                              NULL };
    struct web_reply r;
    web_fake_ask(w->web,
                 &(struct web_ask){ .method = method,
                                    .target = target,
                                    .headers = headers,
                                    .body = body,
                                    .n = body ? strlen(body) : 0 },
                 w->a, &r);
    return r;
}

struct web_reply get(struct world *w, enum who by, const char *target)
{
    return ask(w, by, "GET", target, "text/plain", NULL);
}

struct web_reply post(struct world *w, enum who by, const char *target, const char *form)
{
    return ask(w, by, "POST", target, "application/x-www-form-urlencoded", form);
}

struct web_reply upload(struct world *w, enum who by, const char *target, const char *name,
                        const char *content)
{
    return ask(w, by, "POST", target, "multipart/form-data; boundary=XX",
               arena_printf(w->a,
                            "--XX\r\nContent-Disposition: form-data; name=\"file\"; "
                            "filename=\"%s\"\r\nContent-Type: text/csv\r\n\r\n%s\r\n"
                            "--XX--\r\n",
                            name, content));
}

const char *token_of(struct world *w, const struct web_reply *r)
{
    static const char at[] = "name=\"token\" value=\"";
    const char *s = strstr(r->body, at);
    CHECK(s != NULL);
    return s ? arena_strndup(w->a, s + sizeof(at) - 1, 32) : "";
}

void check_has(const char *file, int line, const struct web_reply *r, const char *text,
               bool want)
{
    const char *h1 = strstr(r->body, "<h1");
    if (!strstr(r->body, text) == want)
        t_fail(file, line, "%s \"%s\" in %.3000s", want ? "no" : "there is", text,
               h1 ? h1 : r->body);
}

void check_status(const char *file, int line, const struct web_reply *r, int want)
{
    const char *h1 = strstr(r->body, "<h1");
    if (r->status != want)
        t_fail(file, line, "status %d, not %d: %.900s", r->status, want, h1 ? h1 : r->body);
}
