/* Handing over everything at once: a clerk who leaves, a unit that is not there any more. */
#include "base/parse.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/handover.html.h"
#include "flow/matter.sql.h"
#include "flow/page_room.h"
#include "store/county.h"

enum { LINES_SHOWN = 20 };

static bool may_all(const struct rq *rq)
{
    return person_may(&rq_asker(rq)->person, CAP_DISPATCH, NULL);
}

/* What the unit was called when it was there. */
static const char *old_name(struct rq *rq, const struct snap *s, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    const struct units *us;
    if (units_of_ended(s, code, rq->a, &us, &e) != RC_OK)
        return code;
    const struct unit *u = units_find(us, code);
    return u ? u->name : code;
}

static enum rc fill_gone(struct rq *rq, const struct snap *s, const struct flow_who *w,
                         struct handover_page *p, struct err *e)
{
    struct matter_line *l;
    size_t n;
    enum rc rc = flow_orphans(s, rq_county(rq), w, rq->lang, rq->a, &l, &n, e);
    if (rc != RC_OK)
        return rc;
    p->total = (int64_t)n;
    p->gone = arena_array(rq->a, n, sizeof(*p->gone));
    for (size_t i = 0; i < n; i++) { /* lines come unit by unit */
        struct handover_gone *g = p->n_gone ? &p->gone[p->n_gone - 1] : NULL;
        if (!g || !str_eq(g->unit, l[i].unit)) {
            g = &p->gone[p->n_gone++];
            *g = (struct handover_gone){ .unit = l[i].unit,
                                         .unit_name = old_name(rq, s, l[i].unit) };
            g->lines = arena_array(rq->a, LINES_SHOWN, sizeof(*g->lines));
        }
        g->n++;
        if (g->n_lines < LINES_SHOWN)
            g->lines[g->n_lines++] =
                (struct handover_gone_lines){ l[i].code, l[i].title, l[i].kind_name,
                                              l[i].state_name,
                                              rq_due_text(rq, s, l[i].due, l[i].gap_year) };
    }
    const struct units *us = w->units;
    p->units = arena_array(rq->a, us->n, sizeof(*p->units));
    for (size_t i = 0; i < us->n; i++)
        p->units[p->n_units++] = (struct handover_units){ us->all[i].code, us->all[i].name };
    return RC_OK;
}

static enum rc fill_mine(struct rq *rq, const struct snap *s, const struct flow_who *w,
                         struct handover_page *p, struct err *e)
{
    const struct unit *own = units_by_id(w->units, w->person->unit);
    struct matters_held_n_row held;
    struct handler *h;
    size_t n;
    if (!own)
        return RC_OK;
    enum rc rc = matters_held_n_one(s, own->code, w->person->code,
                                    flow_personal(rq_county(rq), rq->a), rq->a, &held, e);
    if (rc == RC_OK)
        rc = flow_handlers(s, rq_county(rq), w->units, own->code, rq->a, &h, &n, e);
    if (rc != RC_OK)
        return rc;
    p->mine = held.n;
    p->own_unit = own->code;
    p->changes = person_may(w->person, CAP_HANDLE, own);
    p->people = arena_array(rq->a, n, sizeof(*p->people));
    for (size_t i = 0; i < n; i++)
        if (!str_eq(h[i].code, w->person->code))
            p->people[p->n_people++] = (struct handover_people){ h[i].code, h[i].name };
    return RC_OK;
}

static enum rc show(struct rq *rq, struct handover_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who w;
    const char *reason = rq_field(rq, "reason");
    p->reason = reason ? reason : "";
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    if (rc == RC_OK && may_all(rq))
        rc = fill_gone(rq, s, &w, p, e);
    if (rc == RC_OK)
        rc = fill_mine(rq, s, &w, p, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("移交")), NULL);
    return handover_render(rq, p, e);
}

static enum rc handover_show(struct rq *rq, struct err *e)
{
    struct handover_page p = { .error = NULL };
    return show(rq, &p, e);
}

struct handing {
    struct county *c;
    const struct flow_who *w;
    struct flow_hand_all what;
    int64_t done, left;
};

static enum rc hand(struct tx *tx, void *arg, struct err *e)
{
    struct handing *x = arg;
    return flow_hand_over_all(tx, x->c, x->w, &x->what, &x->done, &x->left, e);
}

static enum rc hand_all(struct handing *x, int64_t *ret_done, struct err *e)
{
    enum rc rc;
    *ret_done = 0;
    do {
        rc = db_transact(x->c->db, hand, x, e);
        *ret_done += rc == RC_OK ? x->done : 0;
    } while (rc == RC_OK && x->left > 0 && x->done > 0);
    return rc;
}

static enum rc handover_post(struct rq *rq, struct err *e)
{
    struct handover_page p = { .error = NULL };
    struct handing x = { .c = rq_county(rq) };
    struct flow_who w;
    int64_t done = 0;
    x.what.from_account = rq_flag(rq, "own") ? rq_asker(rq)->person.code : "";
    enum rc rc = rq_code(rq, "from_unit", N_("单位"), &x.what.from_unit, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "to_unit", N_("单位"), 64, &x.what.to_unit, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "to_account", N_("经办人"), 64, &x.what.to_account, e);
    if (rc == RC_OK)
        rc = rq_text(rq, "reason", N_("移交事由"), 200, &x.what.reason, e);
    if (rc == RC_OK && !rq_flag(rq, "own") && !*x.what.to_unit)
        rc = err_set(e, RC_INVALID, N_("请填写「{field}」"), "field", N_("交给哪个单位"));
    if (rc == RC_OK) {
        CLEANUP(db_read_end) const struct snap *s = NULL;
        rc = db_read(x.c->db, &s, e);
        if (rc == RC_OK)
            rc = rq_who(rq, s, &w, e);
    }
    x.w = &w;
    if (rc == RC_OK)
        rc = hand_all(&x, &done, e);
    if (rc == RC_OK) {
        rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("已移交{n}件")), "n",
                                arena_printf(rq->a, "%lld", (long long)done), NULL));
        return web_done(rq, "/handover", e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

const struct route handover_routes[] = {
    { .method = GET,
      .path = "/handover",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = handover_show,
      .page = &handover_kind,
      .help = N_("要移交的:本人名下在办的;平台专班另有已撤销单位的") },
    { .method = POST,
      .path = "/handover",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = handover_post,
      .help = N_("一次移交:from_unit、own(只移交本人名下的)、to_unit、to_account、reason") },
};
const size_t handover_routes_n = COUNT(handover_routes);
