/* Standing in for somebody who is away, as the two people see it: a page of one's own account.
 */
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/away.html.h"
#include "flow/flow_page.h"
#include "flow/inbox.h"
#include "flow/matter.sql.h"
#include "flow/page_room.h"
#include "store/county.h"

static const char *state_of(struct rq *rq, const struct delegation *d, int32_t today)
{
    return rq_tr(rq, *d->ended_by          ? N_("已收回")
                     : d->to_day < today   ? N_("已结束")
                     : d->from_day > today ? N_("还没开始")
                                           : N_("代办中"));
}

static const char *name_of(const struct snap *s, struct rq *rq, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct flow_account_row row;
    return flow_account_one(s, code, rq->a, &row, &e) == RC_OK ? row.name : code;
}

static enum rc fill_lists(struct rq *rq, const struct snap *s, struct away_page *p,
                          struct err *e)
{
    const char *me = rq_asker(rq)->person.code;
    int32_t today = county_today(rq_county(rq));
    struct delegation *d;
    size_t n;
    enum rc rc = delegation_list(s, me, rq->a, &d, &n, e);
    if (rc != RC_OK)
        return rc;
    p->own = arena_array(rq->a, n, sizeof(*p->own));
    p->others = arena_array(rq->a, n, sizeof(*p->others));
    for (size_t i = 0; i < n; i++) {
        bool mine = str_eq(d[i].from, me), over = *d[i].ended_by || d[i].to_day < today,
             now = !over && d[i].from_day <= today;
        const char *other = name_of(s, rq, mine ? d[i].to : d[i].from);
        struct utime from = day_start(d[i].from_day), to = day_start(d[i].to_day);
        if (mine)
            p->own[p->n_own++] =
                (struct away_own){ d[i].number, other,       from,
                                   to,          d[i].reason, state_of(rq, &d[i], today),
                                   !over,       d[i].by };
        else
            p->others[p->n_others++] = (struct away_others){ other, from, to, d[i].reason,
                                                             state_of(rq, &d[i], today) };
        if (mine && now) {
            p->now_to = other;
            p->now_until = to;
        }
        p->now_for += !mine && now;
    }
    return RC_OK;
}

/* Colleagues of the same office. */
static enum rc fill_people(struct rq *rq, const struct snap *s, struct away_page *p,
                           struct err *e)
{
    const struct asker *k = rq_asker(rq);
    const struct unit *own = units_by_id(k->units, k->person.unit);
    struct unit_accounts_row *rows = NULL;
    size_t n = 0;
    enum rc rc = own ? unit_accounts_all(s, own->code, rq->a, &rows, &n, e) : RC_OK;
    p->people = arena_array(rq->a, n, sizeof(*p->people));
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (!str_eq(rows[i].code, k->person.code))
            p->people[p->n_people++] = (struct away_people){ rows[i].code, rows[i].name };
    return rc;
}

static const char *typed(struct rq *rq, const char *name, const char *otherwise)
{
    const char *v = rq_field(rq, name);
    return v ? v : otherwise;
}

static enum rc show(struct rq *rq, struct away_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    char day[PERIOD_TEXT];
    p->today = arena_strdup(rq->a, day_code(county_today(rq_county(rq)), day));
    p->days_max = DELEGATION_DAYS_MAX;
    p->from = typed(rq, "from", p->today);
    p->until = typed(rq, "until", "");
    p->to = typed(rq, "to", "");
    p->reason = typed(rq, "reason", "");
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = fill_people(rq, s, p, e);
    if (rc == RC_OK)
        rc = fill_lists(rq, s, p, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("我的账户")), "/me");
    rq_crumb(rq, rq_tr(rq, N_("外出代办")), NULL);
    return away_render(rq, p, e);
}

static enum rc away_show(struct rq *rq, struct err *e)
{
    struct away_page p = { .error = NULL };
    return show(rq, &p, e);
}

struct arranging {
    struct county *c;
    const struct person *by;
    const char *to, *reason;
    int32_t from_day, to_day;
    int64_t number;
};

static enum rc add(struct tx *tx, void *arg, struct err *e)
{
    const struct arranging *x = arg;
    return delegation_add(tx, x->c, x->by, x->by->code, x->to, x->from_day, x->to_day,
                          x->reason, e);
}

static enum rc end(struct tx *tx, void *arg, struct err *e)
{
    const struct arranging *x = arg;
    return delegation_end(tx, x->c, x->by, x->by->code, x->number, e);
}

static enum rc away_post(struct rq *rq, struct err *e)
{
    struct arranging x = { .c = rq_county(rq), .by = &rq_asker(rq)->person };
    struct away_page p = { .error_field = "to" };
    enum rc rc = rq_text(rq, "to", N_("代办人账号"), 64, &x.to, e);
    if (rc == RC_OK) {
        p.error_field = "from";
        rc = rq_day(rq, "from", N_("从哪天"), &x.from_day, e);
    }
    if (rc == RC_OK) {
        p.error_field = "until";
        rc = rq_day(rq, "until", N_("到哪天"), &x.to_day, e);
    }
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "reason", N_("事由"), 200, &x.reason, e);
    if (rc == RC_OK) {
        p.error_field = "to";
        rc = db_transact(x.c->db, add, &x, e);
    }
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("代办已安排")));
        return web_done(rq, "/me/away", e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

static enum rc away_end_post(struct rq *rq, struct err *e)
{
    struct arranging x = { .c = rq_county(rq), .by = &rq_asker(rq)->person };
    enum rc rc = rq_int(rq, "number", N_("编号"), 1, INT64_MAX, &x.number, e);
    if (rc == RC_OK)
        rc = db_transact(x.c->db, end, &x, e);
    return rc == RC_OK ? web_done(rq, "/me/away", e) : rc;
}

#define MINE                                                                                   \
    .auth = SESSION | TOKEN, .need = CAP_SELF, .scope = SCOPE_ALL /* part of an initialiser */

const struct route away_routes[] = {
    { MINE, .method = GET, .path = "/me/away", .fn = away_show, .page = &away_kind,
      .help = N_("外出代办:谁替本人办,本人替谁办") },
    { MINE, .method = POST, .path = "/me/away", .fn = away_post, .help = N_("安排代办") },
    { MINE, .method = POST, .path = "/me/away/end", .fn = away_end_post,
      .help = N_("收回代办") },
};
const size_t away_routes_n = COUNT(away_routes);
