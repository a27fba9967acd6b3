/* 同类借鉴 as a page: scores of an indicator across the peers in the published results of two
 * periods, with a name and a measure where the peer agrees. */
#include "base/period.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/inbox.h"
#include "flow/matter.h"
#include "monitor/borrow.h"
#include "monitor/borrow.html.h"
#include "monitor/compute.sql.h"
#include "monitor/overview_page.h"
#include "monitor/publication.h"
#include "monitor/report_store.h"
#include "people/asker.h"
#include "store/county.h"

#include <math.h>
#include <string.h>

struct borrowing {
    struct rq *rq;
    const struct snap *s;
    const struct unit *unit; /* of the period */
    const struct units *us;
    const struct publication *now, *before;
    struct flow_who who;
    struct borrow_page p;
};

static enum rc best_of(struct borrowing *x, const char *node, struct borrow_best *ret,
                       struct err *e)
{
    return borrow_best(x->s, x->us, x->unit->peer_group, node, x->before->computation,
                       x->now->computation, x->rq->a, ret, e);
}

/* What the unit shows of how it did; *ret NULL: nothing. */
static enum rc shown(struct borrowing *x, const struct borrow_practice *p, const char **ret,
                     struct err *e)
{
    struct matter m;
    *ret = NULL;
    enum rc rc =
        p->shown ? matter_load(x->s, rq_county(x->rq), p->matter, x->rq->a, &m, e) : RC_OK;
    if (rc == RC_OK && p->shown)
        *ret = matter_value(&m, "measure");
    return rc;
}

static enum rc weak_ones(struct borrowing *x, const struct health_report *r, struct err *e)
{
    enum rc rc = RC_OK;
    x->p.weak = arena_array(x->rq->a, r->n_weaknesses, sizeof(*x->p.weak));
    for (size_t i = 0; i < r->n_weaknesses && rc == RC_OK; i++) {
        const struct report_point_of_note *w = &r->weaknesses[i];
        struct borrow_best b;
        struct borrow_practice practice = { .matter = "" };
        const char *measure = NULL;
        rc = best_of(x, w->code, &b, e);
        bool other = rc == RC_OK && b.unit && b.unit->id.v != x->unit->id.v;
        if (other)
            rc = borrow_practice(x->s, w->code, b.unit->code, x->rq->a, &practice, e);
        if (rc == RC_OK)
            rc = shown(x, &practice, &measure, e);
        x->p.weak[x->p.n_weak++] =
            (struct borrow_weak){ .code = w->code,
                                  .name = w->name,
                                  .score = w->score,
                                  .peer_median = w->peer_median,
                                  .found = other,
                                  .consent = measure != NULL,
                                  .who = measure ? b.unit->name : "",
                                  .before = measure ? b.before : NAN,
                                  .now = measure ? b.now : NAN,
                                  .change = measure ? b.now - b.before : NAN,
                                  .measure = measure ? measure : "" };
    }
    return rc;
}

/* Where the unit itself improved most: it may offer how. */
static enum rc own_ones(struct borrowing *x, const struct health_report *r, struct err *e)
{
    enum rc rc = RC_OK;
    x->p.own = arena_array(x->rq->a, r->n_nodes, sizeof(*x->p.own));
    for (size_t i = 0; i < r->n_nodes && rc == RC_OK; i++) {
        const struct report_node *n = &r->nodes[i];
        struct borrow_best b = { .unit = NULL };
        struct borrow_practice practice;
        const char *begin = "";
        if (n->n_children == 0)
            rc = best_of(x, n->code, &b, e);
        if (rc != RC_OK || !b.unit || b.unit->id.v != x->unit->id.v)
            continue;
        rc = borrow_practice(x->s, n->code, x->unit->code, x->rq->a, &practice, e);
        if (rc == RC_OK && !*practice.matter)
            rc = borrow_measure(x->s, rq_county(x->rq), &x->who, x->unit->code, n->code,
                                n->name, x->rq->a, &begin, e);
        x->p.own[x->p.n_own++] = (struct borrow_own){ .code = n->code,
                                                      .name = n->name,
                                                      .before = b.before,
                                                      .now = b.now,
                                                      .change = b.now - b.before,
                                                      .shown = practice.shown,
                                                      .matter = practice.matter,
                                                      .measure = begin };
    }
    return rc;
}

/* Scores of two schemes are held against each other as they are; the reader is told. */
static enum rc schemes(struct borrowing *x, const struct sight *k, struct err *e)
{
    struct run_head_row now, before;
    enum rc rc = sight_run_load(k, x->s, x->p.period, x->rq->a, &now, e);
    if (rc == RC_OK)
        rc = sight_run_load(k, x->s, period_step(x->p.period, -1), x->rq->a, &before, e);
    x->p.other_scheme = rc == RC_OK && now.scheme_id.v != before.scheme_id.v;
    return rc;
}

static enum rc show(struct rq *rq, const char *error, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct borrowing x = { .rq = rq, .p = { .error = error } };
    const struct unit *today;
    struct sight k;
    struct held_report held;
    enum rc rc = rq_unit(rq, rq_param(rq, "unit"), &today, e);
    if (rc == RC_OK)
        rc = rq_sight(rq, &k, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, &k, true, arena_printf(rq->a, "/borrow/%s", today->code),
                             &x.p.period, e);
    if (rc == RC_OK)
        rc = report_hold(rq, today, x.p.period, &held, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    x.s = s;
    if (rc == RC_OK)
        rc = units_load(s, period_last_day(x.p.period), rq->a, &x.us, e);
    if (rc != RC_OK)
        return rc;
    x.unit = units_find(x.us, today->code);
    x.now = sight_run(&k, x.p.period);
    x.before = sight_run(&k, period_step(x.p.period, -1));
    x.p.unit_code = today->code;
    x.p.unit_name = today->name;
    x.p.peer_name = held.r.peer_name;
    x.p.may_offer = person_may(&rq_asker(rq)->person, CAP_HANDLE, today);
    x.p.compared = x.unit && x.now && x.before;
    if (x.p.compared)
        rc = schemes(&x, &k, e);
    if (rc == RC_OK && x.p.compared)
        rc = weak_ones(&x, &held.r, e);
    if (rc == RC_OK && x.p.compared && x.p.may_offer)
        rc = rq_who(rq, s, &x.who, e);
    if (rc == RC_OK && x.p.compared && x.p.may_offer)
        rc = own_ones(&x, &held.r, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("体检报告")), "/report");
    rq_crumb(rq, rq_tr(rq, N_("同类借鉴")), NULL);
    return borrow_render(rq, &x.p, e);
}

static enum rc borrow_show(struct rq *rq, struct err *e)
{
    return show(rq, NULL, e);
}

struct offering {
    struct rq *rq;
    const struct flow_who *w;
    const char *unit, *node, *measure;
    struct flow_done done;
};

static enum rc offer(struct tx *tx, void *arg, struct err *e)
{
    struct offering *x = arg;
    const struct flow_given given[] = { { "node", x->node }, { "measure", x->measure } };
    const struct flow_link link = { "node", x->node };
    return flow_open(
        tx, rq_county(x->rq), x->w,
        &(struct flow_new){ .kind = practice_flow_kind.code,
                            .title = arena_printf(x->rq->a, "公开%s上的做法", x->node),
                            .unit = x->unit,
                            .given = given,
                            .n_given = COUNT(given),
                            .links = &link,
                            .n_links = 1 },
        x->rq->a, &x->done, e);
}

static enum rc borrow_post(struct rq *rq, struct err *e)
{
    struct flow_who w;
    struct offering x = { .rq = rq, .w = &w, .unit = rq_param(rq, "unit") };
    const char *error = NULL;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = rq_code(rq, "node", N_("指标"), &x.node, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "measure", N_("做法"), 2000, &x.measure, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    db_read_end(&s);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, offer, &x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/matter/%s", x.done.code);
    rc = rq_form_failed(rq, rc, &error, e);
    return rc == RC_OK ? show(rq, error, e) : rc;
}

const struct route borrow_routes[] = {
    { .method = GET,
      .path = "/borrow/:unit",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_UNIT,
      .fn = borrow_show,
      .page = &borrow_kind,
      .help = N_("同类借鉴:每个弱项上同组改进最大的单位和它的做法") },
    { .method = POST,
      .path = "/borrow/:unit",
      .auth = SESSION | TOKEN,
      .need = CAP_HANDLE,
      .scope = SCOPE_UNIT,
      .fn = borrow_post,
      .help = N_("请签发人同意公开本单位的做法:node、measure") },
};
const size_t borrow_routes_n = COUNT(borrow_routes);
