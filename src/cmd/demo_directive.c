/*
 * Directives in the demo's year: leaders write instructions, the team drafts and sends, units
 * sign for them, plan, work, write it down, report; a person who had no hand in it closes. What
 * each does follows from where the matter stands and from what demo/directives.csv says of its
 * fate; how many days it takes is drawn for each matter and state, so that a seed always gives
 * the same year. Three times a day, between the other rooms' hours.
 */
#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/demo_act.h"
#include "cmd/demo_desk.h"
#include "flow/matter.sql.h"
#include "meeting/regulation.h"
#include "monitor/demo.h"

#include <string.h>

enum { MINUTE_US = 60000000 };

/* ---- 制度库 ---- */

static enum rc regulate(struct desk *d, struct err *e)
{
    struct demo_order *x = d->x;
    const char *unit = desk_is_person(d, x->to) ? "D35" : x->to, *code;
    const struct unit *u = units_find(d->us, unit);
    const size_t two = strlen("云岭"), one = strlen("财");
    bool department = *unit == 'D';
    struct regulation r = {
        .title = x->regulation,
        .kind = demo_number(x->title) % 4 ? REGULATION_MADE : REGULATION_IMPROVED,
        .document = arena_printf(d->a, "%s%.*s发〔2026〕%d号", department ? "清" : "",
                                 (int)(department ? one : two), u->name,
                                 (int)(d->y->day - day_of(2026, 1, 1)) / 2 + 1),
        .day = d->y->day,
        .unit = unit,
        .problem = x->problem,
        .matter = x->code,
        .why = "",
    };
    return regulation_add(d->tx, d->y->c, &r, "wenshu", d->a, &code, e);
}

/* ---- a day ---- */

/* A part is found under the one above it when that one has handed it down. */
static enum rc find_part(struct desk *d, struct err *e)
{
    struct demo_order *x = d->x;
    struct matter_parts_row *parts;
    struct matter up;
    size_t n = 0;
    if (!x->leader)
        return RC_OK;
    enum rc rc = matter_load(tx_snap(d->tx), d->y->c, x->up->code, d->a, &up, e);
    if (rc == RC_OK)
        rc = matter_parts_all(tx_snap(d->tx), up.id, d->a, &parts, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (str_eq(parts[i].title, x->title))
            x->code = arena_strdup(d->y->a, parts[i].code);
    return rc;
}

static enum rc act(struct desk *d, struct err *e)
{
    struct demo_order *x = d->x;
    struct deed w = { .verb = NULL };
    const struct flow_who *who;
    struct flow_done done;
    bool wrote = false;
    enum rc rc = x->code ? RC_OK : x->up ? find_part(d, e) : desk_begin(d, e);
    if (rc != RC_OK || !x->code || x->next > d->y->day)
        return rc;
    x->at_once = false;
    if (x->over)
        return desk_record_after(d, e);
    rc = matter_load(tx_snap(d->tx), d->y->c, x->code, d->a, &d->m, e);
    if (rc != RC_OK)
        return rc;
    d->days = d->y->day - time_day(d->m.state_at);
    rng_init(&d->r, d->y->seed,
             demo_number(arena_printf(d->a, "%s %s %lld", x->title, d->m.state,
                                      (long long)d->m.returned)));
    rc = desk_record(d, &wrote, e);
    if (rc != RC_OK || wrote || !desk_deed(d, &w))
        return rc;
    rc = desk_who(d, w.account, &who, e);
    if (rc == RC_OK)
        rc = flow_move(d->tx, d->y->c, who,
                       &(struct flow_act){ .matter = x->code,
                                           .verb = w.verb,
                                           .version = -1,
                                           .given = w.given,
                                           .n_given = w.n },
                       d->a, &done, e);
    x->over = rc == RC_OK && str_eq(done.state, "archived");
    if (rc != RC_OK || !str_eq(done.state, "closed"))
        return rc;
    x->over = true;
    x->next = d->y->day + 1;
    return *x->regulation ? regulate(d, e) : RC_OK;
}

struct turn {
    struct demo_year *y;
    uint64_t which;
    struct demo_orders begun; /* as all stood before it */
};

/* All of a turn in one change: each act is its own step with its own record all the same. */
static enum rc act_all(struct tx *tx, void *arg, struct err *e)
{
    const struct turn *t = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct desk *d = arena_alloc(a, sizeof(*d));
    *d = (struct desk){ .y = t->y, .o = t->y->orders, .a = a, .tx = tx };
    struct demo_order *list = d->o->list;
    struct demo_said *said = d->o->said; /* it may run more than once */
    memcpy(list, t->begun.list, t->begun.n * sizeof(*list));
    memcpy(said, t->begun.said, t->begun.n_said * sizeof(*said));
    *d->o = t->begun;
    d->o->list = list;
    d->o->said = said;
    enum rc rc = units_load(tx_snap(tx), d->y->day, a, &d->us, e);
    for (size_t i = 0; i < d->o->n && rc == RC_OK; i++) {
        d->x = &d->o->list[i];
        if ((!d->x->over || *d->x->after) && d->x->next <= d->y->day &&
            (d->x->at_once || (demo_number(d->x->title) + (uint64_t)d->y->day) % 3 == t->which))
            rc = act(d, e);
    }
    return rc == RC_OK && t->which == 1 ? desk_instructions(d, e) : rc;
}

static enum rc turn(struct demo_year *y, int hour, uint64_t which, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct turn t = { .y = y, .which = which };
    enum rc rc = y->orders ? RC_OK : demo_orders_load(y, &y->orders, e);
    if (rc != RC_OK || !demo_workday(y))
        return rc;
    t.begun = *y->orders;
    t.begun.list = arena_array(a, t.begun.n, sizeof(*t.begun.list));
    t.begun.said = arena_array(a, t.begun.n_said, sizeof(*t.begun.said));
    memcpy(t.begun.list, y->orders->list, t.begun.n * sizeof(*t.begun.list));
    memcpy(t.begun.said, y->orders->said, t.begun.n_said * sizeof(*t.begun.said));
    rc = demo_hour(y, hour, e);
    if (rc == RC_OK) {
        y->t.us += (int64_t)(demo_number(arena_printf(a, "%d %d", (int)y->day, hour)) % 50) *
                   MINUTE_US;
        rc = county_set_clock(y->c, y->t, e);
    }
    return rc == RC_OK ? db_transact(y->c->db, act_all, &t, e) : rc;
}

enum rc demo_directive_morning(struct demo_year *y, struct err *e)
{
    return turn(y, 8, 0, e);
}

enum rc demo_directive_noon(struct demo_year *y, struct err *e)
{
    return turn(y, 15, 1, e);
}

enum rc demo_directive_evening(struct demo_year *y, struct err *e)
{
    return turn(y, 17, 2, e);
}
