/*
 * 我的单位, the home of a stationed group: for each of its units what changed, what waits, and
 * whether anything moves; and from here to its people (contact_kind.h). The one idea: silence
 * is a fact about matters, never about persons.
 */
#include "monitor/mine_page.h"

#include "base/clock.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/inbox.h"
#include "monitor/compute.sql.h"
#include "monitor/contact_kind.h"
#include "monitor/mine.html.h"
#include "monitor/publication.h"
#include "monitor/warning_lamp.h"
#include "people/asker.h"
#include "store/county.h"
#include "warn/warn.h"

#include <math.h>
#include <stdlib.h>

enum { SILENT_DAYS = 10 };

struct mine {
    struct rq *rq;
    const struct snap *s;
    struct sight k;
    struct flow_who w;
    struct mine_page p;
    const bool *may;
    int32_t today;
};

/* The score of a unit's report of a period that this person may see; NaN. */
static enum rc scores(struct mine *m, struct period p, double *ret, struct err *e)
{
    const struct units *us = rq_asker(m->rq)->units;
    struct id done[2] = { { 0 } };
    size_t n_done = 0;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < us->n; i++)
        ret[i] = NAN;
    for (size_t i = 0; i < us->n && rc == RC_OK; i++) {
        const struct publication *run = m->may[i] ? sight_run_of(&m->k, p, &us->all[i]) : NULL;
        struct reports_of_run_row *rows;
        size_t n;
        bool again = false;
        for (size_t d = 0; run && d < n_done; d++)
            again |= done[d].v == run->computation.v;
        if (!run || again || n_done == COUNT(done))
            continue;
        done[n_done++] = run->computation;
        rc = reports_of_run_all(m->s, run->computation, m->rq->a, &rows, &n, e);
        for (size_t k = 0; rc == RC_OK && k < n; k++) {
            const struct unit *u = units_by_id(us, rows[k].unit_id);
            const struct publication *own = u ? sight_run_of(&m->k, p, u) : NULL;
            if (own && own->computation.v == run->computation.v)
                ret[u->index] = rows[k].score;
        }
    }
    return rc;
}

static enum rc fill_changes(struct mine *m, struct mine_units **of, struct err *e)
{
    const struct units *us = rq_asker(m->rq)->units;
    struct period p = m->p.period;
    const struct warn_sight sight = sight_warnings(&m->k);
    double *now = arena_array(m->rq->a, us->n, sizeof(*now)),
           *was = arena_array(m->rq->a, us->n, sizeof(*was));
    struct warn_view *w;
    size_t n;
    char code[PERIOD_TEXT];
    period_code(p, code);
    enum rc rc = scores(m, p, now, e);
    if (rc == RC_OK)
        rc = scores(m, period_step(p, -1), was, e);
    if (rc == RC_OK)
        rc =
            warnings_shown(m->s, p, &sight, (struct id){ 0 }, m->rq->lang, m->rq->a, &w, &n, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < us->n; i++) {
        if (!of[i])
            continue;
        of[i]->score = now[i];
        of[i]->change = now[i] - was[i];
        if (!isnan(now[i]))
            of[i]->report = arena_printf(m->rq->a, "/report/%s/%s", us->all[i].code, code);
        of[i]->warnings =
            arena_printf(m->rq->a, "/warning?period=%s&unit=%s", code, us->all[i].code);
    }
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = units_by_id(us, w[i].unit);
        struct mine_units *x = u ? of[u->index] : NULL;
        bool counts = warn_view_counts(&w[i]);
        if (!x)
            continue;
        x->fresh += counts && period_same(w[i].fired_period, p);
        x->reds += counts && w[i].lamp == WARN_RED;
        x->gone += w[i].state == WARN_RESOLVED && !w[i].merged;
    }
    return RC_OK;
}

/* A contact that is not the unit's to move: a note, or an answer to be read. */
static bool is_ours(struct mine *m, struct mine_units *x, const struct matter_line *l)
{
    if (!str_eq(l->kind, contact_flow_kind.code))
        return false;
    const struct flow_state *st = flow_state_of(&contact_flow_kind, l->state);
    if (!st || !(st->waits & FLOW_SUPERVISOR))
        return false;
    x->drafts += st->draft;
    x->answers += !st->draft;
    m->p.answers += !st->draft;
    return true;
}

/* What lies with a unit, how long nothing of it has moved. */
static enum rc fill_matters(struct mine *m, struct mine_units *x, struct err *e)
{
    struct matter_line *l;
    size_t n = 0;
    int32_t moved = 0;
    enum rc rc =
        flow_of_unit(m->s, rq_county(m->rq), &m->w, x->code, m->rq->lang, m->rq->a, &l, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        int32_t day = time_day(l[i].state_at);
        if (is_ours(m, x, &l[i]))
            continue;
        x->late += l[i].due && l[i].due < m->today;
        moved = day > moved ? day : moved;
        if (x->open++ == 0)
            x->next = text_fill(m->rq->a, rq_tr(m->rq, N_("{title}，{state}")), "title",
                                l[i].title, "state",
                                *rq_due_text(m->rq, m->s, l[i].due, l[i].gap_year)
                                    ? rq_due_text(m->rq, m->s, l[i].due, l[i].gap_year)
                                    : l[i].state_name,
                                NULL);
    }
    x->quiet_days = x->open ? m->today - moved : 0;
    x->silent = x->open > 0 && x->quiet_days >= SILENT_DAYS;
    return rc;
}

/* Who is silent first, then who changed for the worse. */
static int by_need(const void *a, const void *b)
{
    const struct mine_units *x = a, *y = b;
    double dx = isnan(x->change) ? 0 : x->change, dy = isnan(y->change) ? 0 : y->change;
    if ((x->late > 0) != (y->late > 0))
        return x->late > 0 ? -1 : 1;
    if (x->silent != y->silent)
        return x->silent ? -1 : 1;
    if (x->answers != y->answers)
        return x->answers > y->answers ? -1 : 1;
    if (x->fresh != y->fresh)
        return x->fresh > y->fresh ? -1 : 1;
    return dx != dy ? (dx > dy) - (dx < dy) : text_cmp(&x->code, &y->code);
}

static enum rc fill(struct mine *m, struct err *e)
{
    const struct asker *k = rq_asker(m->rq);
    const struct units *us = k->units;
    struct mine_page *p = &m->p;
    struct mine_units **of = arena_array(m->rq->a, us->n, sizeof(struct mine_units *));
    size_t n_periods;
    const struct period *periods = sight_periods(&m->k, true, m->rq->a, &n_periods);
    enum rc rc = RC_OK;
    m->may = person_scope(&k->person, CAP_READ_UNIT, us, m->rq->a);
    p->supervises = person_can(&k->person, CAP_SUPERVISE);
    p->units = arena_array(m->rq->a, us->n, sizeof(*p->units));
    for (size_t i = 0; i < us->n; i++) {
        if (!m->may[i] || !us->all[i].assessed)
            continue;
        of[i] = &p->units[p->n_units++];
        *of[i] = (struct mine_units){ .code = us->all[i].code,
                                      .name = us->all[i].name,
                                      .score = NAN,
                                      .change = NAN,
                                      .next = "" };
    }
    p->computed = n_periods > 0;
    if (p->computed) {
        p->period = periods[0];
        rc = fill_changes(m, of, e);
    }
    for (size_t i = 0; i < p->n_units && rc == RC_OK; i++) {
        struct mine_units *x = &p->units[i];
        rc = fill_matters(m, x, e);
        p->changed += (!isnan(x->change) && fabs(x->change) >= 0.05) || x->fresh || x->gone;
        p->waiting += x->open > 0;
        p->silent += x->silent || x->late > 0;
    }
    p->total = (int64_t)p->n_units;
    if (p->n_units > 1)
        qsort(p->units, p->n_units, sizeof(*p->units), by_need);
    return rc;
}

static enum rc mine_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct mine m = { .rq = rq, .today = county_today(rq_county(rq)) };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    m.s = s;
    if (rc == RC_OK)
        rc = rq_sight(rq, &m.k, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &m.w, e);
    if (rc == RC_OK)
        rc = fill(&m, e);
    return rc == RC_OK ? mine_render(rq, &m.p, e) : rc;
}

const struct route mine_routes[] = {
    { .method = GET,
      .path = "/mine",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = mine_show,
      .page = &mine_kind,
      .help = N_("我的单位:有什么变化,在等什么,有没有动静") },
};
const size_t mine_routes_n = COUNT(mine_routes);
