/*
 * 四责 of units and posts, for stationed groups, the platform and units themselves. The one
 * idea: how many have confirmed is taking part, not an outcome; it stands with its denominator
 * beside what became of the units' matters, and units stand in their own order whatever the
 * figures say.
 */
#include "base/clock.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "duty/duty.sql.h"
#include "duty/duty_page.h"
#include "duty/duty_post.html.h"
#include "duty/duty_unit.html.h"
#include "duty/duty_units.html.h"
#include "duty/failure.h"
#include "duty/room.h"
#include "flow/page_room.h"
#include "store/county.h"

static struct utime date_of(int64_t day)
{
    return day > 0 ? day_start((int32_t)day) : (struct utime){ 0 };
}

static const char *day_text(struct rq *rq, int32_t day)
{
    return arena_strdup(rq->a, day_code(day, (char[PERIOD_TEXT]){ 0 }));
}

static const char *typed(struct rq *rq, const char *name, const char *otherwise)
{
    const char *v = rq_field(rq, name);
    return v ? v : otherwise;
}

/* ---- units ---- */

/* Confirmed by who holds the post now: "POST ACCOUNT" → asked; its value true: confirmed. */
static enum rc confirmations(struct rq *rq, const struct snap *s, int year, struct map **ret,
                             struct err *e)
{
    static const bool yes = true, no = false;
    struct duty_matters_of_year_row *rows;
    size_t n;
    enum rc rc =
        duty_matters_of_year_all(s, arena_printf(rq->a, "%d", year), rq->a, &rows, &n, e);
    *ret = map_new(rq->a);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (!str_eq(rows[i].state, "ended"))
            map_set(*ret, arena_printf(rq->a, "%s %s", rows[i].post, rows[i].account),
                    (void *)(uintptr_t)(str_eq(rows[i].state, "confirmed") ? &yes : &no));
    return rc;
}

static enum rc fill_posts(struct rq *rq, const struct snap *s, struct duty_units_page *p,
                          struct duty_units_units **of, struct err *e)
{
    const struct asker *k = rq_asker(rq);
    const bool *may = person_scope(&k->person, CAP_READ_UNIT, k->units, rq->a);
    struct duty_post *posts;
    struct map *asked;
    size_t n;
    bool *has = arena_array(rq->a, k->units->n, sizeof(*has));
    enum rc rc = duty_posts(s, "", rq->a, &posts, &n, e);
    if (rc == RC_OK)
        rc = confirmations(rq, s, (int)p->year, &asked, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = units_find(k->units, posts[i].unit);
        if (u)
            has[u->index] = true;
    }
    p->units = arena_array(rq->a, k->units->n, sizeof(*p->units));
    for (size_t i = 0; i < k->units->n; i++) {
        const struct unit *u = &k->units->all[i];
        if (!may[i] || (!has[i] && !u->assessed))
            continue;
        of[i] = &p->units[p->n_units++];
        *of[i] = (struct duty_units_units){ .code = u->code, .name = u->name };
    }
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = units_find(k->units, posts[i].unit);
        struct duty_units_units *x = u ? of[u->index] : NULL;
        if (!x)
            continue;
        const bool *done =
            map_get(asked, arena_printf(rq->a, "%s %s", posts[i].code, posts[i].account));
        x->posts++;
        x->held += *posts[i].account != '\0';
        x->asked += done != NULL;
        x->confirmed += done && *done;
    }
    for (size_t i = 0; i < p->n_units; i++) {
        p->posts += p->units[i].posts;
        p->held += p->units[i].held;
        p->asked += p->units[i].asked;
        p->confirmed += p->units[i].confirmed;
    }
    return RC_OK;
}

static enum rc fill_outcomes(struct rq *rq, const struct snap *s, int year,
                             struct duty_units_units **of, struct err *e)
{
    const struct units *us = rq_asker(rq)->units;
    struct duty_outcomes_row *closed;
    struct duty_overdue_row *late;
    size_t n, n_late;
    enum rc rc = duty_outcomes_all(s, day_start(day_of(year, 1, 1)), rq->a, &closed, &n, e);
    if (rc == RC_OK)
        rc = duty_overdue_all(s, county_today(rq_county(rq)), rq->a, &late, &n_late, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct unit *u = units_find(us, closed[i].unit);
        if (u && of[u->index]) {
            of[u->index]->closed = closed[i].closed;
            of[u->index]->timed = closed[i].timed;
            of[u->index]->in_time = closed[i].in_time;
        }
    }
    for (size_t i = 0; rc == RC_OK && i < n_late; i++) {
        const struct unit *u = units_find(us, late[i].unit);
        if (u && of[u->index])
            of[u->index]->overdue = late[i].n;
    }
    return rc;
}

static enum rc show_units(struct rq *rq, struct duty_units_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct asker *k = rq_asker(rq);
    struct duty_units_units **of = arena_array(rq->a, k->units->n, sizeof(*of));
    int32_t due = 0, today = county_today(rq_county(rq));
    int64_t year = duty_this_year(rq);
    enum rc rc =
        rq_query_int(rq, "year", N_("年度"), DUTY_FIRST_YEAR, DUTY_LAST_YEAR, &year, e);
    p->year = year;
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = fill_posts(rq, s, p, of, e);
    if (rc == RC_OK)
        rc = fill_outcomes(rq, s, (int)year, of, e);
    if (rc == RC_OK)
        rc = duty_year_due(s, (int)year, &due, e);
    if (rc != RC_OK)
        return rc;
    p->started = due > 0;
    p->due = date_of(due);
    p->may_start = person_may(&k->person, CAP_DISPATCH, NULL) && p->posts > 0;
    p->may_import = person_can(&k->person, CAP_DISPATCH) || person_can(&k->person, CAP_SIGN);
    p->may_fail = p->may_form = person_can(&k->person, CAP_DISCIPLINE);
    p->may_shown = person_can(&k->person, CAP_READ_COUNTY);
    p->today = day_text(rq, today + 1);
    p->minutes_typed = typed(rq, "minutes", "15");
    p->due_typed = typed(rq, "due", day_text(rq, today + 30));
    return duty_units_render(rq, p, e);
}

static enum rc units_show(struct rq *rq, struct err *e)
{
    struct duty_units_page p = { .error = NULL };
    return show_units(rq, &p, e);
}

static enum rc year_post(struct rq *rq, struct err *e)
{
    struct duty_units_page p = { .error_field = "due" };
    int64_t year, n, minutes;
    int32_t due;
    enum rc rc = rq_int(rq, "year", N_("年度"), DUTY_FIRST_YEAR, DUTY_LAST_YEAR, &year, e);
    if (rc == RC_OK)
        rc = rq_day(rq, "due", N_("在哪天前确认"), &due, e);
    if (rc == RC_OK)
        rc = rq_int(rq, p.error_field = "minutes", N_("估计单位要花多少分钟"), 1,
                    BURDEN_MINUTES_MAX, &minutes, e);
    if (rc == RC_OK)
        rc = duty_year_start(rq_county(rq), (int)year, due, minutes, rq->account.code, &n, e);
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("已发起，任职人在待办里看得到")));
        return web_donef(rq, e, "/duty/unit?year=%lld", (long long)year);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show_units(rq, &p, e) : rc;
}

/* ---- one unit ---- */

static enum rc show_unit(struct rq *rq, struct duty_unit_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct asker *k = rq_asker(rq);
    const struct unit *u;
    struct duty_post *posts;
    size_t n;
    int year = duty_this_year(rq);
    enum rc rc = rq_unit(rq, rq_param(rq, "unit"), &u, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = duty_posts(s, u->code, rq->a, &posts, &n, e);
    if (rc != RC_OK)
        return rc;
    p->code = u->code;
    p->name = u->name;
    p->year = year;
    p->may_keep = duty_may_keep(&k->person, u);
    p->typed = typed(rq, "name", "");
    p->chosen = typed(rq, "duty", "");
    p->duties = arena_array(rq->a, DUTIES, sizeof(*p->duties));
    for (int d = DUTY_MAIN; d <= DUTIES; d++)
        p->duties[p->n_duties++] =
            (struct duty_unit_duties){ duty_word((enum duty)d),
                                       rq_tr(rq, duty_text((enum duty)d)) };
    p->posts = arena_array(rq->a, n, sizeof(*p->posts));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct duty_list l;
        struct duty_confirm c;
        rc = duty_list_get(s, posts[i].code, year, rq->a, &l, e);
        if (rc == RC_OK)
            rc = duty_confirmed(s, posts[i].code, posts[i].account, year, rq->a, &c, e);
        if (rc != RC_OK)
            return rc;
        p->posts[p->n_posts++] = (struct duty_unit_posts){
            .code = posts[i].code,
            .name = posts[i].name,
            .duty_name = rq_tr(rq, duty_text(posts[i].duty)),
            .holder = *posts[i].account ? posts[i].holder : NULL,
            .since = date_of(posts[i].from_day),
            .items = (int64_t)l.n,
            .version = l.version,
            .confirmed = c.state == DUTY_CONFIRMED ? c.at : (struct utime){ 0 },
            .waiting = c.state == DUTY_WAITING,
            .due_text = c.state == DUTY_WAITING ? rq_due_text(rq, s, c.due, 0) : ""
        };
    }
    rq_crumb(rq, rq_tr(rq, N_("四责")), "/duty/unit");
    rq_crumb(rq, u->name, NULL);
    return duty_unit_render(rq, p, e);
}

static enum rc unit_show(struct rq *rq, struct err *e)
{
    struct duty_unit_page p = { .error = NULL };
    return show_unit(rq, &p, e);
}

/* An act on a post: what a form says. */
struct keeping {
    struct rq *rq;
    const char *unit, *post, *name, *account;
    enum duty duty;
    int32_t day;
    const char *code;
    struct failure_new failure;
};

static enum rc add(struct tx *tx, void *arg, struct err *e)
{
    struct keeping *x = arg;
    return duty_post_add(tx, rq_county(x->rq), x->unit, x->name, x->duty, x->rq->account.code,
                         x->rq->a, &x->code, e);
}

static enum rc may_keep(struct rq *rq, const struct unit *u, struct err *e)
{
    const struct person *p = &rq_asker(rq)->person;
    return duty_may_keep(p, u) ? RC_OK : person_demand(p, CAP_SIGN, u, e);
}

static enum rc unit_post(struct rq *rq, struct err *e)
{
    struct keeping x = { .rq = rq };
    struct duty_unit_page p = { .error_field = "name" };
    const struct unit *u;
    const char *duty = "";
    enum rc rc = rq_unit(rq, rq_param(rq, "unit"), &u, e);
    if (rc == RC_OK)
        rc = may_keep(rq, u, e);
    if (rc != RC_OK)
        return rc;
    x.unit = u->code;
    rc = rq_text(rq, "name", N_("岗位名称"), DUTY_POST_MAX, &x.name, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "duty", N_("责任"), 20, &duty, e);
    x.duty = duty_of(duty);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, add, &x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/duty/post/%s", x.code);
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show_unit(rq, &p, e) : rc;
}

/* ---- one post ---- */

static enum rc fill_late(struct rq *rq, const struct snap *s, const char *account,
                         struct duty_post_page *p, struct err *e)
{
    struct duty_late_row *rows;
    size_t n;
    enum rc rc = duty_late_all(s, account, county_today(rq_county(rq)), rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->late = arena_array(rq->a, n, sizeof(*p->late));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct statement *said;
        size_t n_said;
        if (!str_eq(rows[i].unit,
                    p->unit)) /* of the person elsewhere: not this unit's to see */
            continue;
        rc = statements_of(s, "matter", rows[i].code, rq->a, &said, &n_said, e);
        if (rc != RC_OK)
            return rc;
        struct duty_post_late *x = &p->late[p->n_late++];
        *x = (struct duty_post_late){ .href = arena_printf(rq->a, "/matter/%s", rows[i].code),
                                      .title = rows[i].title,
                                      .state_name =
                                          duty_state_name(rq, rows[i].kind, rows[i].state),
                                      .due = date_of(rows[i].due_day),
                                      .closed = rows[i].closed_at,
                                      .statements =
                                          arena_array(rq->a, n_said, sizeof(*x->statements)) };
        for (size_t k = 0; k < n_said; k++)
            if (str_eq(said[k].account, account))
                x->statements[x->n_statements++] =
                    (struct duty_post_late_statements){ said[k].text, said[k].at };
    }
    return rc;
}

/* The unit of today, or of its last day: posts of a unit that has ended are still read. */
static enum rc post_unit(struct rq *rq, const struct snap *s, const struct duty_post *post,
                         enum cap cap, const struct unit **ret, struct err *e)
{
    const struct asker *k = rq_asker(rq);
    const struct units *us = k->units;
    *ret = units_find(us, post->unit);
    if (!*ret) {
        enum rc rc = units_of_ended(s, post->unit, rq->a, &us, e);
        if (rc != RC_OK)
            return rc;
        *ret = units_find(us, post->unit);
    }
    return person_demand(&k->person, cap, *ret, e);
}

static enum rc fill_post(struct rq *rq, const struct snap *s, const struct duty_post *post,
                         struct duty_post_page *p, struct err *e)
{
    struct duty_list l;
    struct duty_confirm c;
    struct duty_holdings_row *held;
    struct duty_people_row *people = NULL;
    size_t n, n_people = 0;
    enum rc rc = duty_list_get(s, post->code, (int)p->year, rq->a, &l, e);
    if (rc == RC_OK)
        rc = duty_confirmed(s, post->code, post->account, (int)p->year, rq->a, &c, e);
    if (rc == RC_OK)
        rc = duty_holdings_all(s, post->code, rq->a, &held, &n, e);
    if (rc == RC_OK && p->may_keep)
        rc = duty_people_all(s, post->unit, rq->a, &people, &n_people, e);
    if (rc != RC_OK)
        return rc;
    p->version = l.version;
    p->listed = l.at;
    p->confirmed = c.state == DUTY_CONFIRMED ? c.at : (struct utime){ 0 };
    p->waiting = c.state == DUTY_WAITING;
    p->due_text = p->waiting ? rq_due_text(rq, s, c.due, 0) : "";
    p->items = arena_array(rq->a, l.n, sizeof(*p->items));
    for (size_t i = 0; i < l.n; i++)
        p->items[p->n_items++] =
            (struct duty_post_items){ l.items[i].text, l.items[i].basis,
                                      rq_tr(rq, duty_often_text(l.items[i].often)) };
    p->holders = arena_array(rq->a, n, sizeof(*p->holders));
    for (size_t i = 0; i < n; i++)
        p->holders[p->n_holders++] =
            (struct duty_post_holders){ held[i].holder && *held[i].holder ? held[i].holder
                                                                          : held[i].account,
                                        date_of(held[i].from_day), date_of(held[i].to_day) };
    p->people = arena_array(rq->a, n_people, sizeof(*p->people));
    for (size_t i = 0; i < n_people; i++)
        p->people[p->n_people++] = (struct duty_post_people){ people[i].code, people[i].name };
    return p->sees_late && *post->account ? fill_late(rq, s, post->account, p, e) : RC_OK;
}

static enum rc show_post(struct rq *rq, struct duty_post_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct person *who = &rq_asker(rq)->person;
    struct duty_post post;
    const struct unit *u;
    const char *code = rq_param(rq, "code");
    int32_t today = county_today(rq_county(rq));
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = duty_post_get(s, code ? code : rq_field(rq, "post"), rq->a, &post, e);
    if (rc == RC_OK)
        rc = post_unit(rq, s, &post, CAP_READ_UNIT, &u, e);
    if (rc != RC_OK)
        return rc;
    p->code = post.code;
    p->unit = u->code;
    p->unit_name = u->name;
    p->name = post.name;
    p->duty = typed(rq, "duty", duty_word(post.duty));
    p->duty_name = rq_tr(rq, duty_text(post.duty));
    p->ended = post.ended;
    p->holder = *post.account ? post.holder : NULL;
    p->since = date_of(post.from_day);
    p->year = duty_this_year(rq);
    p->may_keep = duty_may_keep(who, u);
    p->may_fail = person_may(who, CAP_DISCIPLINE, u) && !str_eq(post.account, who->code);
    /* Who answers for the unit's matters being done, and the holder; not every colleague. */
    p->sees_late = person_may(who, CAP_SUPERVISE, u) || person_may(who, CAP_DISCIPLINE, u) ||
                   person_may(who, CAP_DISPATCH, u) || str_eq(post.account, who->code);
    p->today = day_text(rq, today);
    p->account = typed(rq, "account", "");
    p->from = typed(rq, "from", p->today);
    p->last = typed(rq, "last", p->today);
    p->document = typed(rq, "document", "");
    p->day = typed(rq, "day", p->today);
    p->duties = arena_array(rq->a, DUTIES, sizeof(*p->duties));
    for (int d = DUTY_MAIN; d <= DUTIES; d++)
        p->duties[p->n_duties++] =
            (struct duty_post_duties){ duty_word((enum duty)d),
                                       rq_tr(rq, duty_text((enum duty)d)) };
    rc = fill_post(rq, s, &post, p, e);
    rq_crumb(rq, rq_tr(rq, N_("四责")), "/duty/unit");
    rq_crumb(rq, u->name, arena_printf(rq->a, "/duty/unit/%s", u->code));
    rq_crumb(rq, post.name, NULL);
    return rc == RC_OK ? duty_post_render(rq, p, e) : rc;
}

static enum rc post_show(struct rq *rq, struct err *e)
{
    struct duty_post_page p = { .error = NULL };
    return show_post(rq, &p, e);
}

/* May they keep the post of the path? */
static enum rc kept_post(struct rq *rq, struct keeping *x, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct duty_post post;
    const struct unit *u;
    *x = (struct keeping){ .rq = rq, .post = rq_param(rq, "code") };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = duty_post_get(s, x->post, rq->a, &post, e);
    if (rc == RC_OK)
        rc = post_unit(rq, s, &post, CAP_READ_UNIT, &u, e);
    return rc == RC_OK ? may_keep(rq, u, e) : rc;
}

/* Done: back to the post; else the page again with what is wrong. */
static enum rc answered(struct rq *rq, struct keeping *x, enum rc rc, const char *field,
                        struct err *e)
{
    struct duty_post_page p = { .error_field = field };
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("已登记")));
        return web_donef(rq, e, "/duty/post/%s", x->post);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show_post(rq, &p, e) : rc;
}

static enum rc hold(struct tx *tx, void *arg, struct err *e)
{
    const struct keeping *x = arg;
    return duty_hold(tx, rq_county(x->rq), x->post, x->account, x->day, x->rq->account.code, e);
}

static enum rc hold_post(struct rq *rq, struct err *e)
{
    struct keeping x;
    const char *field = "account";
    enum rc rc = kept_post(rq, &x, e);
    if (rc != RC_OK)
        return rc;
    rc = rq_code(rq, "account", N_("任职人账号"), &x.account, e);
    if (rc == RC_OK) {
        field = "from";
        rc = rq_day(rq, "from", N_("从哪天任职"), &x.day, e);
    }
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, hold, &x, e);
    return answered(rq, &x, rc, field, e);
}

static enum rc release(struct tx *tx, void *arg, struct err *e)
{
    const struct keeping *x = arg;
    return duty_release(tx, rq_county(x->rq), x->post, x->day, x->rq->account.code, e);
}

static enum rc release_post(struct rq *rq, struct err *e)
{
    struct keeping x;
    enum rc rc = kept_post(rq, &x, e);
    if (rc != RC_OK)
        return rc;
    rc = rq_day(rq, "last", N_("任职到哪天"), &x.day, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, release, &x, e);
    return answered(rq, &x, rc, "last", e);
}

static enum rc end(struct tx *tx, void *arg, struct err *e)
{
    const struct keeping *x = arg;
    return duty_post_end(tx, rq_county(x->rq), x->post, x->rq->account.code, e);
}

static enum rc end_post(struct rq *rq, struct err *e)
{
    struct keeping x;
    enum rc rc = kept_post(rq, &x, e);
    if (rc != RC_OK)
        return rc;
    rc = db_transact(rq_county(rq)->db, end, &x, e);
    return answered(rq, &x, rc, NULL, e);
}

/* ---- 失责记实 is entered from the post's page ---- */

static enum rc fail(struct tx *tx, void *arg, struct err *e)
{
    struct keeping *x = arg;
    const struct asker *k = rq_asker(x->rq);
    return failure_add(tx, rq_county(x->rq), &k->person, k->units, &x->failure, x->rq->a,
                       &x->code, e);
}

enum rc duty_failure_post(struct rq *rq, struct err *e)
{
    struct keeping x = { .rq = rq };
    const char *field = "document", *duty = "";
    enum rc rc = rq_code(rq, "post", N_("岗位"), &x.post, e);
    if (rc != RC_OK)
        return rc;
    x.failure.post = x.post;
    rc = rq_text(rq, "document", N_("文号"), FAILURE_DOCUMENT_MAX, &x.failure.document, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "duty", N_("责任"), 20, &duty, e);
    x.failure.duty = duty_of(duty);
    if (rc == RC_OK) {
        field = "day";
        rc = rq_day(rq, "day", N_("文件日期"), &x.failure.day, e);
    }
    if (rc == RC_OK) {
        field = "document";
        rc = db_transact(rq_county(rq)->db, fail, &x, e);
    }
    return answered(rq, &x, rc, field, e);
}

#define READ_UNIT .auth = SESSION | TOKEN, .need = CAP_READ_UNIT /* part of an initialiser */

const struct route duty_unit_routes[] = {
    { READ_UNIT, .method = GET, .path = "/duty/unit", .scope = SCOPE_LIST, .fn = units_show,
      .page = &duty_units_kind,
      .help = N_("各单位的岗位、知责明责(有分母)和办结结果,按单位次序") },
    { .method = POST,
      .path = "/duty/year",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = year_post,
      .help = N_("发起一个年度的知责明责") },
    { READ_UNIT, .method = GET, .path = "/duty/unit/:unit", .scope = SCOPE_UNIT,
      .fn = unit_show, .page = &duty_unit_kind, .help = N_("一个单位的岗位") },
    { READ_UNIT, .method = POST, .path = "/duty/unit/:unit", .scope = SCOPE_UNIT,
      .fn = unit_post, .help = N_("加一个岗位") },
    { READ_UNIT, .method = GET, .path = "/duty/post/:code", .scope = SCOPE_OBJECT,
      .fn = post_show, .page = &duty_post_kind,
      .help = N_("一个岗位:职责清单、任职、未按期事项和本人说明") },
    { READ_UNIT, .method = POST, .path = "/duty/post/:code/hold", .scope = SCOPE_OBJECT,
      .fn = hold_post, .help = N_("登记任职") },
    { READ_UNIT, .method = POST, .path = "/duty/post/:code/release", .scope = SCOPE_OBJECT,
      .fn = release_post, .help = N_("登记免职") },
    { READ_UNIT, .method = POST, .path = "/duty/post/:code/end", .scope = SCOPE_OBJECT,
      .fn = end_post, .help = N_("撤销岗位") },
};
const size_t duty_unit_routes_n = COUNT(duty_unit_routes);
