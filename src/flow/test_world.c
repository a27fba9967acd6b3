/* A county for tests of matters. */
#include "flow/test_world.h"

#include "base/period.h"
#include "base/str.h"
#include "flow/calendar.h"
#include "flow/test_flow.sql.h"
#include "people/account.sql.h"
#include "sheet/csv.h"

#include <stdlib.h>
#include <string.h>

const char *const world_codes[PEOPLE] = { "",    "shuji", "zhuan1", "zhuan2", "zhuan3", "cg1",
                                          "cg2", "sw1",   "t1",     "zu1",    "anquan" };
static const struct unit_term terms[] = {
    { .code = "QX", .parent = "", .name = "清溪区", .kind = "county", .peer_group = "" },
    { .code = "CG",
      .parent = "QX",
      .name = "财政局",
      .kind = "department",
      .peer_group = "局" },
    { .code = "SW",
      .parent = "QX",
      .name = "商务局",
      .kind = "department",
      .peer_group = "局" },
    { .code = "T1", .parent = "QX", .name = "云岭镇", .kind = "town", .peer_group = "镇" },
    { .code = "ZU", .parent = "QX", .name = "派驻一组", .kind = "group", .peer_group = "" },
};
static const struct account_new accounts[] = {
    { .code = "shuji", .name = "林远", .unit = "QX", .role = "leader", .scope = "" },
    { .code = "zhuan1", .name = "周明", .unit = "QX", .role = "platform", .scope = "" },
    { .code = "zhuan2", .name = "许宁", .unit = "QX", .role = "platform", .scope = "" },
    { .code = "zhuan3", .name = "何安", .unit = "QX", .role = "platform", .scope = "" },
    { .code = "cg1", .name = "李青", .unit = "CG", .role = "clerk", .scope = "" },
    { .code = "cg2", .name = "陈禾", .unit = "CG", .role = "clerk", .scope = "" },
    { .code = "sw1", .name = "王桐", .unit = "SW", .role = "clerk", .scope = "" },
    { .code = "t1", .name = "赵岚", .unit = "T1", .role = "clerk", .scope = "" },
    { .code = "zu1", .name = "沈言", .unit = "ZU", .role = "group", .scope = "CG|SW" },
    { .code = "anquan", .name = "孙平", .unit = "", .role = "secadmin", .scope = "" },
};

static enum rc make_people(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    char codes[COUNT(accounts)][ACTIVATION_CODE + 1];
    enum rc rc = units_write(tx, w->c, terms, COUNT(terms), 0, "", e);
    if (rc == RC_OK)
        rc = accounts_make(tx, w->c, accounts, COUNT(accounts), 0, "", w->a, codes, e);
    for (size_t i = 0; i < COUNT(accounts) && rc == RC_OK; i++)
        rc = account_activate(tx, w->c, accounts[i].code, codes[i], "none", e);
    return rc;
}

static enum rc make_calendar(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    struct calendar_year *years;
    struct problems ps;
    struct table *t;
    size_t n;
    problems_init(&ps, w->a);
    enum rc rc = csv_read_file(
        w->a, arena_printf(w->a, "%s/demo/calendar.csv", getenv("JINGJIAN_SOURCE")), NULL, &t,
        e);
    if (rc == RC_OK)
        rc = calendar_from_table(t, w->a, &years, &n, &ps, e);
    return rc == RC_OK ? calendar_write(tx, w->c, years, n, "", NULL, e) : rc;
}

void world_units_again(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(units_load(s, county_today(w->c), w->a, &w->units, &e));
    w->people[SYSTEM] = *flow_who_system(w->units).person;
    for (enum someone i = LEADER; i < PEOPLE; i++) {
        struct account_of_code_row row;
        CHECK_OK(account_of_code_one(s, world_codes[i], w->a, &row, &e));
        CHECK_OK(
            person_load(s, row.id, county_today(w->c), ~UINT64_C(0), w->a, &w->people[i], &e));
    }
}

struct world world_new(struct county *c, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = { .c = c, .a = a, .version = -1 };
    CHECK_OK(db_transact(c->db, make_people, &w, &e));
    CHECK_OK(db_transact(c->db, make_calendar, &w, &e));
    flow_use(c, test_kinds, TEST_KINDS);
    world_units_again(&w);
    errand_world = (struct errand_world){ 0 };
    return w;
}

void world_day(struct world *w, int year, int month, int day)
{
    struct utime t = day_start(day_of(year, month, day));
    t.us += INT64_C(9) * 3600 * 1000000;
    CHECK(clock_set(&w->c->clock, t));
}

struct flow_who world_who(struct world *w, enum someone who)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who r = flow_who_system(w->units);
    if (who == SYSTEM)
        return r;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(flow_who_load(s, w->c, &w->people[who], w->units, w->a, &r, &e));
    return r;
}

struct doing {
    struct world *w;
    struct flow_who who;
    struct flow_new open;
    struct flow_act act;
    const char *matter, *text, *unit, *account;
    const struct person *by;
    const char *from, *to;
    int32_t first, last;
    struct flow_done done;
};

static const struct flow_given *given_of(struct arena *a, const char *text, size_t *ret_n)
{
    size_t n = 0;
    char **part = text && *text ? str_split(a, text, ';', &n) : NULL;
    struct flow_given *g = arena_array(a, n, sizeof(*g));
    for (size_t i = 0; i < n; i++) {
        char *eq = strchr(part[i], '=');
        g[i] = (struct flow_given){ .field = arena_strndup(a, part[i], (size_t)(eq - part[i])),
                                    .value = eq + 1 };
    }
    *ret_n = n;
    return g;
}

static enum rc do_open(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    return flow_open(tx, d->w->c, &d->who, &d->open, d->w->a, &d->done, e);
}

enum rc world_open(struct world *w, enum someone who, const char *kind, const char *title,
                   const char *unit, const char *given, const char **ret_code, struct err *e)
{
    struct doing d = { .w = w,
                       .who = world_who(w, who),
                       .open = { .kind = kind, .title = title, .unit = unit } };
    d.open.given = given_of(w->a, given, &d.open.n_given);
    enum rc rc = db_transact(w->c->db, do_open, &d, e);
    if (rc == RC_OK && ret_code)
        *ret_code = arena_strdup(w->a, d.done.code);
    return rc;
}

static enum rc do_move(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    return flow_move(tx, d->w->c, &d->who, &d->act, d->w->a, &d->done, e);
}

enum rc world_move(struct world *w, enum someone who, const char *matter, const char *verb,
                   const char *given, struct err *e)
{
    struct doing d = { .w = w,
                       .who = world_who(w, who),
                       .act = { .matter = matter, .verb = verb, .version = w->version } };
    d.act.given = given_of(w->a, given, &d.act.n_given);
    return db_transact(w->c->db, do_move, &d, e);
}

static enum rc do_comment(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    return flow_comment(tx, d->w->c, &d->who, d->matter, d->text, d->w->a, &d->done, e);
}

enum rc world_comment(struct world *w, enum someone who, const char *matter, const char *text,
                      struct err *e)
{
    struct doing d = { .w = w, .who = world_who(w, who), .matter = matter, .text = text };
    return db_transact(w->c->db, do_comment, &d, e);
}

static enum rc do_hand(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    return flow_hand_over(tx, d->w->c, &d->who, d->matter, d->unit, d->account, "分工调整",
                          d->w->a, &d->done, e);
}

enum rc world_hand(struct world *w, enum someone who, const char *matter, const char *unit,
                   const char *account, struct err *e)
{
    struct doing d = {
        .w = w, .who = world_who(w, who), .matter = matter, .unit = unit, .account = account
    };
    return db_transact(w->c->db, do_hand, &d, e);
}

static enum rc do_away(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    return delegation_add(tx, d->w->c, d->by, d->from, d->to, d->first, d->last, "出差", e);
}

enum rc world_away(struct world *w, enum someone by, const char *from, const char *to,
                   int32_t first, int32_t last, struct err *e)
{
    struct doing d = {
        .w = w, .by = &w->people[by], .from = from, .to = to, .first = first, .last = last
    };
    return db_transact(w->c->db, do_away, &d, e);
}

struct matter world_matter(struct world *w, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct matter m = { 0 };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(matter_load(s, w->c, code, w->a, &m, &e));
    return m;
}

void world_proved(struct world *w)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    int64_t n = 0;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(flow_rebuild_all(s, w->c, &n, &e));
    CHECK(n > 0);
}
