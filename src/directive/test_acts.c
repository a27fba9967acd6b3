/* Acting on instructions and directives in tests. */
#include "directive/test_acts.h"

#include "base/period.h"
#include "base/str.h"
#include "directive/directive.h"
#include "monitor/contact_kind.h"
#include "monitor/warning_kind.h"
#include "people/account.sql.h"

#include <string.h>

static const struct flow_kind *const kinds[] = { &instruction_flow_kind, &directive_flow_kind,
                                                 &contact_flow_kind, &warning_flow_kind };
/* 分管领导, and the heads who sign for the two departments. */
static const struct account_new more[] = {
    { .code = "fenguan", .name = "陆沄", .unit = "QX", .role = "leader", .scope = "" },
    { .code = "cghead", .name = "贺知微", .unit = "CG", .role = "signer", .scope = "" },
    { .code = "swhead", .name = "宫珩", .unit = "SW", .role = "signer", .scope = "" },
};
struct err acts_last; /* why the last act was refused */

static enum rc make_more(struct tx *tx, void *arg, struct err *e)
{
    struct world *w = arg;
    char codes[COUNT(more)][ACTIVATION_CODE + 1];
    enum rc rc = accounts_make(tx, w->c, more, COUNT(more), 0, "", w->a, codes, e);
    for (size_t i = 0; i < COUNT(more) && rc == RC_OK; i++)
        rc = account_activate(tx, w->c, more[i].code, codes[i], "none", e);
    return rc;
}

struct world acts_world(struct county *c, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct world w = world_new(c, a);
    CHECK_OK(db_transact(c->db, make_more, &w, &e));
    flow_use(c, kinds, COUNT(kinds));
    return w;
}

/* ---- acting by code of account ---- */

struct doing {
    struct world *w;
    struct flow_who who;
    struct flow_new open;
    struct flow_act act;
    const char *what, *from;
    struct flow_done done;
};

struct flow_who acts_who(struct world *w, const char *account)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who r = flow_who_system(w->units);
    struct account_of_code_row row;
    struct person *p = arena_alloc(w->a, sizeof(*p));
    if (!*account)
        return r;
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(account_of_code_one(s, account, w->a, &row, &e));
    CHECK_OK(person_load(s, row.id, county_today(w->c), ~UINT64_C(0), w->a, p, &e));
    CHECK_OK(flow_who_load(s, w->c, p, w->units, w->a, &r, &e));
    return r;
}

/* "field=value;field=value" */
static const struct flow_given *given_of(struct arena *a, const char *text, size_t *ret_n)
{
    size_t n = 0;
    char **part = *text ? str_split(a, text, ';', &n) : NULL;
    struct flow_given *g = arena_array(a, n, sizeof(*g));
    for (size_t i = 0; i < n; i++) {
        char *eq = strchr(part[i], '=');
        g[i] = (struct flow_given){ arena_strndup(a, part[i], (size_t)(eq - part[i])), eq + 1 };
    }
    *ret_n = n;
    return g;
}

static enum rc do_open(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    return flow_open(tx, d->w->c, &d->who, &d->open, d->w->a, &d->done, e);
}
static enum rc do_move(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    return flow_move(tx, d->w->c, &d->who, &d->act, d->w->a, &d->done, e);
}
static enum rc do_draft(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    return directive_draft(tx, d->w->c, &d->who, d->what, d->from, d->w->a, &d->done, e);
}

static enum rc run(struct doing *d, enum rc (*fn)(struct tx *, void *, struct err *))
{
    err_done(&acts_last);
    acts_last = (struct err){ 0 };
    return db_transact(d->w->c->db, fn, d, &acts_last);
}

enum rc acts_move(struct world *w, const char *who, const char *matter, const char *verb,
                  const char *given)
{
    struct doing d = { .w = w, .who = acts_who(w, who) };
    d.act = (struct flow_act){ .matter = matter, .verb = verb, .version = -1 };
    d.act.given = given_of(w->a, given, &d.act.n_given);
    return run(&d, do_move);
}

enum rc acts_open(struct world *w, const char *who, const struct flow_new *n, const char *given,
                  const char **ret)
{
    struct doing d = { .w = w, .who = acts_who(w, who), .open = *n };
    d.open.given = given_of(w->a, given, &d.open.n_given);
    enum rc rc = run(&d, do_open);
    if (rc == RC_OK)
        *ret = d.done.code;
    return rc;
}

enum rc acts_draft(struct world *w, const char *who, const char *what, const char *code,
                   const char **ret)
{
    struct doing d = { .w = w, .who = acts_who(w, who), .what = what, .from = code };
    enum rc rc = run(&d, do_draft);
    if (rc == RC_OK)
        *ret = d.done.code;
    return rc;
}

static enum rc do_hand(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;
    return flow_hand_over(tx, d->w->c, &d->who, d->act.matter, d->open.unit, d->from,
                          "分工调整", d->w->a, &d->done, e);
}

enum rc acts_hand(struct world *w, const char *who, const char *matter, const char *unit,
                  const char *account)
{
    struct doing d = { .w = w, .who = acts_who(w, who), .from = account };
    d.act.matter = matter;
    d.open.unit = unit;
    return run(&d, do_hand);
}

struct directive_status acts_status(struct world *w, const struct matter *m, enum lang lang)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct directive_status st = { .said = "" };
    CHECK_OK(db_read(w->c->db, &s, &e));
    CHECK_OK(directive_status(s, w->c, m, lang, w->a, &st, &e));
    return st;
}
