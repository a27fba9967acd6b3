/* 回头看 as a page: rates with what they are of, a draw to announce, what was drawn. */
#include "directive/lookback_page.h"

#include "base/clock.h"
#include "base/period.h"
#include "base/str.h"
#include "directive/directive.h"
#include "directive/lookback.h"
#include "directive/lookback.html.h"
#include "directive/lookback.sql.h"
#include "monitor/draw_page.h"
#include "people/unit.h"
#include "store/county.h"

#include <jansson.h>
#include <math.h>

struct showing {
    struct rq *rq;
    const struct snap *s;
    int32_t drawn_to; /* last day of the latest span drawn from; 0: none */
    struct lookback_page p;
};

static double share(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : NAN;
}

static enum rc fill_rates(struct showing *x, struct err *e)
{
    struct lookback_rates r;
    struct lookback_page *p = &x->p;
    enum rc rc = lookback_rates(x->s, &r, e);
    if (rc != RC_OK)
        return rc;
    p->closed = r.closed;
    p->reopened = r.reopened;
    p->reopened_share = share(r.reopened, r.closed);
    p->drawn = r.drawn;
    p->held = r.held;
    p->rebound = r.rebound;
    p->looking = r.drawn > r.held + r.rebound ? r.drawn - r.held - r.rebound : 0;
    p->rebound_share = share(r.rebound, r.held + r.rebound);
    p->warned = r.warned;
    p->recurred = r.recurred;
    p->recurred_share = share(r.recurred, r.warned);
    return RC_OK;
}

static enum rc fill_draws(struct showing *x, struct err *e)
{
    struct lookback_draws_row *rows;
    size_t n;
    enum rc rc = lookback_draws_all(x->s, x->rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    x->p.draws = arena_array(x->rq->a, n, sizeof(*x->p.draws));
    int32_t from;
    if (n > 0 && !lookback_span(rows[0].subject, x->rq->a, &from, &x->drawn_to))
        x->drawn_to = 0;
    for (size_t i = 0; i < n; i++)
        x->p.draws[x->p.n_draws++] =
            (struct lookback_draws){ .code = rows[i].code,
                                     .title = rows[i].title,
                                     .state_name = rq_tr(x->rq, draw_state_text(rows[i].state)),
                                     .things = rows[i].things,
                                     .picks = rows[i].picks,
                                     .event_at = rows[i].event_at };
    return RC_OK;
}

/* The draw that a step names. */
static const char *draw_of(const char *given, struct arena *a)
{
    json_t *o = json_loads(given, 0, NULL);
    const char *code = json_string_value(json_object_get(o, "draw"));
    code = code == NULL ? NULL : arena_strdup(a, code);
    json_decref(o);
    return code;
}

static enum rc fill_matters(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct lookback_drawn_row *rows;
    size_t n;
    enum rc rc = lookback_drawn_all(x->s, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    x->p.cut = x->p.drawn > (int64_t)n;
    x->p.matters = arena_array(rq->a, n, sizeof(*x->p.matters));
    for (size_t i = 0; i < n; i++) {
        const struct flow_state *st = flow_state_of(&directive_flow_kind, rows[i].state);
        const struct unit *u = units_find(rq_asker(rq)->units, rows[i].unit);
        x->p.matters[x->p.n_matters++] =
            (struct lookback_matters){ .code = rows[i].code,
                                       .title = rows[i].title,
                                       .href = arena_printf(rq->a, "/matter/%s", rows[i].code),
                                       .unit_name = u ? u->name : rows[i].unit,
                                       .state_name = st ? rq_tr(rq, st->name) : rows[i].state,
                                       .draw = draw_of(rows[i].given, rq->a),
                                       .at = rows[i].at };
    }
    return RC_OK;
}

static const char *typed(const struct rq *rq, const char *name)
{
    const char *v = rq_field(rq, name);
    v = v ? v : rq_query(rq, name);
    return v ? v : "";
}

/* The span asked for; without one from the day after the latest draw's span, or from the
 * beginning of the year, to yesterday. */
static void span_asked(struct showing *x, int32_t *ret_from, int32_t *ret_to)
{
    CLEANUP(err_done) struct err quiet = { 0 };
    int y, m, d;
    if (day_parse(typed(x->rq, "from"), ret_from, &quiet) == RC_OK &&
        day_parse(typed(x->rq, "to"), ret_to, &quiet) == RC_OK)
        return;
    *ret_to = county_today(rq_county(x->rq)) - 1;
    day_split(*ret_to, &y, &m, &d);
    *ret_from = day_of(y, 1, 1);
    if (x->drawn_to >= *ret_from)
        *ret_from = x->drawn_to < *ret_to ? x->drawn_to + 1 : *ret_to;
}

static enum rc fill_form(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct lookback_page *p = &x->p;
    struct lookback_candidates_row *rows;
    char *first = arena_alloc(rq->a, PERIOD_TEXT), *last = arena_alloc(rq->a, PERIOD_TEXT);
    int32_t from, to;
    size_t n;
    span_asked(x, &from, &to);
    p->from = day_code(from, first);
    p->to = day_code(to, last);
    enum rc rc =
        lookback_candidates_all(x->s, day_start(from), day_start(to + 1), rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    size_t tenth = (n + 9) / 10, usual = tenth < 3 ? 3 : tenth;
    p->candidates = (int64_t)n;
    p->k = *typed(rq, "k") ? typed(rq, "k") : arena_printf(rq->a, "%zu", usual < n ? usual : n);
    p->issue = typed(rq, "issue");
    p->day = typed(rq, "day");
    p->minute = typed(rq, "minute");
    p->source = typed(rq, "source");
    p->opening = str_eq(typed(rq, "event"), "other");
    p->events = arena_array(rq->a, lot_events_n, sizeof(*p->events));
    for (size_t i = 0; i < lot_events_n; i++)
        p->events[p->n_events++] = (struct lookback_events){
            .code = lot_events[i].code,
            .name = rq_tr(rq, lot_events[i].name),
            .chosen = str_eq(lot_events[i].code, typed(rq, "event")) ||
                      (i == 0 && !*typed(rq, "event")),
        };
    return RC_OK;
}

static enum rc show(struct rq *rq, const char *error, const char *field, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct showing x = { .rq = rq,
                         .p = { .error = error,
                                .error_field = field,
                                .may_announce =
                                    person_can(&rq_asker(rq)->person, CAP_DISPATCH) } };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    x.s = s;
    if (rc == RC_OK)
        rc = fill_rates(&x, e);
    if (rc == RC_OK)
        rc = fill_draws(&x, e);
    if (rc == RC_OK)
        rc = fill_matters(&x, e);
    if (rc == RC_OK)
        rc = fill_form(&x, e);
    return rc == RC_OK ? lookback_render(rq, &x.p, e) : rc;
}

static enum rc lookback_show(struct rq *rq, struct err *e)
{
    return show(rq, NULL, NULL, e);
}

struct announcing {
    struct rq *rq;
    struct lookback_new n;
    const char *code;
};

static enum rc announce(struct tx *tx, void *arg, struct err *e)
{
    struct announcing *x = arg;
    return lookback_announce(tx, rq_county(x->rq), &x->n, x->rq->a, &x->code, e);
}

static enum rc lookback_post(struct rq *rq, struct err *e)
{
    struct announcing x = { .rq = rq, .n = { .draw = { .by = rq->account.code } } };
    const char *error, *field = "from";
    enum rc rc = rq_day(rq, "from", N_("销号从"), &x.n.from, e);
    if (rc == RC_OK)
        rc = rq_day(rq, "to", N_("到"), &x.n.to, e);
    if (rc == RC_OK) {
        field = "k";
        rc = rq_int(rq, "k", N_("抽几件"), 1, LOT_ITEMS_MAX, &x.n.k, e);
    }
    if (rc == RC_OK) {
        field = "issue";
        rc = rq_draw_event(rq, &x.n.draw, e);
    }
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, announce, &x, e);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &error, e);
        return rc == RC_OK ? show(rq, error, field, e) : rc;
    }
    rq_notice(rq, rq_tr(rq, N_("已公告，名单不能再改。")));
    return web_donef(rq, e, "/draw/%s", x.code);
}

const struct route lookback_routes[] = {
    { .method = GET,
      .path = "/lookback",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_ALL,
      .fn = lookback_show,
      .page = &lookback_kind,
      .help = N_("回头看:抽查、反弹、重开和再发") },
    { .method = POST,
      .path = "/lookback",
      .auth = SESSION | TOKEN,
      .need = CAP_DISPATCH,
      .scope = SCOPE_ALL,
      .fn = lookback_post,
      .help = N_("公告一次回头看的抽签") },
};
const size_t lookback_routes_n = COUNT(lookback_routes);
