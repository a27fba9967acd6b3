/* The list of health reports of a period: filtered by group and state, sorted, only units the
 * reader may see. */
#include "monitor/report_list_page.h"

#include "base/fmt.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/compute.sql.h"
#include "monitor/overview_page.h"
#include "monitor/publication.h"
#include "monitor/report_list.html.h"
#include "monitor/warning_lamp.h"
#include "people/asker.h"
#include "print/health_report.h"
#include "store/county.h"
#include "warn/warn.h"
#include "web/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REPORTS_A_PAGE = 100, REPORTS_FROM_MAX = 1000000 };

struct listed {
    const struct unit *unit;
    const struct reports_of_run_row *row;
    double before;
    size_t marks[4]; /* burning warnings by colour */
};

struct filling {
    struct rq *rq;
    const struct snap *s;
    struct report_list_page p;
    struct sight k;
    double county; /* the county's figure; NaN while only own reports are to be seen */
    struct listed *all;
    size_t n;
    int64_t from; /* rows before this page */
};

static const char *const states[] = { "focus", "watch", "steady", "none" };

static enum report_state state_of(const char *word)
{
    return str_eq(word, "focus")    ? REPORT_FOCUS
           : str_eq(word, "watch")  ? REPORT_WATCH
           : str_eq(word, "steady") ? REPORT_STEADY
                                    : REPORT_STATE_NONE;
}

/* What the reader sees of a period: of each unit the report of the run that its people may see,
 * so that at most two runs have a part in it. */
static enum rc load_rows(struct filling *f, const struct units *us, struct period p,
                         struct reports_of_run_row **ret, size_t *ret_n, struct err *e)
{
    const struct publication *runs[2] = { sight_run(&f->k, p), NULL };
    struct reports_of_run_row *rows[2] = { NULL, NULL };
    size_t n[2] = { 0, 0 }, m = 0;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < f->k.n && !runs[1]; i++)
        if (period_same(f->k.list[i].period, p) && f->k.list[i].stage >= f->k.own)
            runs[1] = &f->k.list[i];
    if (runs[1] == runs[0])
        runs[1] = NULL;
    for (size_t i = 0; i < 2 && rc == RC_OK; i++)
        if (runs[i])
            rc = reports_of_run_all(f->s, runs[i]->computation, f->rq->a, &rows[i], &n[i], e);
    if (rc != RC_OK)
        return rc;
    struct reports_of_run_row *list = arena_array(f->rq->a, n[0] + n[1], sizeof(*list));
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < n[i]; k++)
            if (sight_run_of(&f->k, p, units_by_id(us, rows[i][k].unit_id)) == runs[i])
                list[m++] = rows[i][k];
    *ret = list;
    *ret_n = m;
    return RC_OK;
}

static enum rc load(struct filling *f, struct err *e)
{
    struct arena *a = f->rq->a;
    struct reports_of_run_row *now, *was = NULL;
    struct warn_view *warnings;
    const struct units *us, *today = rq_asker(f->rq)->units;
    size_t n_now, n_was = 0, n_warnings;
    const struct warn_sight sight = sight_warnings(&f->k);
    enum rc rc = load_rows(f, today, f->p.period, &now, &n_now, e);
    if (rc == RC_OK)
        rc = load_rows(f, today, period_step(f->p.period, -1), &was, &n_was, e);
    if (rc == RC_OK)
        rc = units_load(f->s, period_last_day(f->p.period), a, &us, e);
    if (rc == RC_OK)
        rc = warnings_shown(f->s, f->p.period, &sight, (struct id){ 0 }, f->rq->lang, a,
                            &warnings, &n_warnings, e);
    if (rc != RC_OK)
        return rc;
    bool *may = person_scope(&rq_asker(f->rq)->person, CAP_READ_UNIT, us, a);
    f->all = arena_array(a, n_now, sizeof(*f->all));
    for (size_t i = 0; i < n_now; i++) {
        const struct unit *u = units_by_id(us, now[i].unit_id);
        if (!u || !may[u->index])
            continue;
        struct listed *x = &f->all[f->n++];
        *x = (struct listed){ .unit = u, .row = &now[i], .before = NAN };
        for (size_t k = 0; k < n_was; k++)
            if (was[k].unit_id.v == u->id.v)
                x->before = was[k].score;
        for (size_t k = 0; k < n_warnings; k++)
            if (warnings[k].unit.v == u->id.v && warn_view_counts(&warnings[k]))
                x->marks[warnings[k].lamp]++;
    }
    return RC_OK;
}

/* What there is to filter by, counted over everything the reader may see. */
static void filters(struct filling *f)
{
    struct rq *rq = f->rq;
    struct report_list_page *p = &f->p;
    struct map *seen = map_new(rq->a);
    p->groups = arena_array(rq->a, f->n, sizeof(*p->groups));
    for (size_t i = 0; i < f->n; i++) {
        const char *g = f->all[i].unit->peer_group;
        if (map_add(seen, g, f))
            p->groups[p->n_groups++] = (struct report_list_groups){ g, g, str_eq(g, p->group) };
    }
    p->states = arena_array(rq->a, COUNT(states), sizeof(*p->states));
    for (size_t k = 0; k < COUNT(states); k++) {
        struct report_list_states x = { .code = states[k],
                                        .name =
                                            report_state_text(state_of(states[k]), rq->lang),
                                        .chosen = str_eq(states[k], p->state) };
        for (size_t i = 0; i < f->n; i++)
            x.n += str_eq(f->all[i].row->state, states[k]);
        p->states[p->n_states++] = x;
    }
}

static int by_name(const void *x, const void *y)
{
    const struct listed *a = x, *b = y;
    int d = strcmp(a->unit->name, b->unit->name);
    return d ? d : strcmp(a->unit->code, b->unit->code);
}

static int falling(double s, double t, const struct listed *a, const struct listed *b)
{
    if (isnan(s) != isnan(t))
        return isnan(s) - isnan(t);
    return isnan(s) || s == t ? strcmp(a->unit->code, b->unit->code) : (s < t) - (s > t);
}

static int by_score(const void *x, const void *y)
{
    const struct listed *a = x, *b = y;
    return falling(a->row->score, b->row->score, a, b);
}

static int by_change(const void *x, const void *y)
{
    const struct listed *a = x, *b = y;
    return falling(a->row->score - a->before, b->row->score - b->before, a, b);
}

static void row(struct filling *f, const struct listed *x, const struct svg_scale *scale)
{
    struct arena *a = f->rq->a;
    struct report_list_page *p = &f->p;
    struct str b;
    str_init(&b, a);
    const struct reports_of_run_row *r = x->row;
    if (!isnan(r->score))
        svg_interval_cell(&b, scale, r->score, r->score_lo, r->score_hi, f->county);
    double share = r->due ? (double)r->present / (double)r->due : NAN;
    struct report_list_reports out = { .unit = x->unit->code,
                                       .unit_name = x->unit->name,
                                       .group_name = x->unit->peer_group,
                                       .score = r->score,
                                       .lo = r->score_lo,
                                       .hi = r->score_hi,
                                       .interval = b.s,
                                       .rank_lo = r->rank_lo,
                                       .rank_hi = r->rank_hi,
                                       .change = r->score - x->before,
                                       .state = r->state,
                                       .state_name =
                                           report_state_text(state_of(r->state), f->rq->lang),
                                       .complete = share,
                                       .marks = arena_array(a, 3, sizeof(*out.marks)) };
    if (isnan(r->score))
        out.why = text_fill(a, rq_tr(f->rq, N_("完整率{complete},本期不给指数")), "complete",
                            fmt_percent(a, share), NULL);
    for (enum warn_colour c = WARN_RED; c >= WARN_YELLOW; c--)
        if (x->marks[c])
            out.marks[out.n_marks++] = (struct report_list_reports_marks){
                warn_mark(c), rq_tr(f->rq, warn_colour_text(c)), (int64_t)x->marks[c]
            };
    p->reports[p->n_reports++] = out;
}

static const char *other_page(struct filling *f, int64_t from)
{
    char code[PERIOD_TEXT];
    struct str b;
    str_init(&b, f->rq->a);
    str_addf(&b, "/report?period=%s&sort=%s&group=", period_code(f->p.period, code), f->p.sort);
    url_text(&b, f->p.group);
    str_add(&b, "&state=");
    url_text(&b, f->p.state);
    str_addf(&b, "&from=%lld", (long long)from);
    return b.s;
}

static void fill(struct filling *f)
{
    struct arena *a = f->rq->a;
    struct report_list_page *p = &f->p;
    size_t n = 0;
    filters(f);
    double *v = arena_array(a, f->n * 2 + 1, sizeof(*v));
    for (size_t i = 0; i < f->n; i++) {
        v[i * 2] = f->all[i].row->score_lo;
        v[i * 2 + 1] = f->all[i].row->score_hi;
        if ((!*p->group || str_eq(f->all[i].unit->peer_group, p->group)) &&
            (!*p->state || str_eq(f->all[i].row->state, p->state)))
            f->all[n++] = f->all[i];
    }
    struct svg_scale scale = svg_scale_of(v, f->n * 2, 10);
    if (n)
        qsort(f->all, n, sizeof(*f->all),
              str_eq(p->sort, "name")     ? by_name
              : str_eq(p->sort, "change") ? by_change
                                          : by_score);
    size_t from = f->from < (int64_t)n ? (size_t)f->from : 0,
           to = from + REPORTS_A_PAGE < n ? from + REPORTS_A_PAGE : n;
    p->total = (int64_t)n;
    p->reports = arena_array(a, n, sizeof(*p->reports));
    for (size_t i = from; i < to; i++)
        row(f, &f->all[i], &scale);
    p->pager = (struct pager_page){ .first = n ? (int64_t)from + 1 : 0,
                                    .last = (int64_t)to,
                                    .total = n > REPORTS_A_PAGE ? (int64_t)n : 0,
                                    .prev = from ? other_page(f, (int64_t)from - REPORTS_A_PAGE)
                                                 : NULL,
                                    .next = to < n ? other_page(f, (int64_t)to) : NULL };
}

/* How far the newest has come that the reader sees. */
static enum rc stage(struct filling *f, struct err *e)
{
    struct rq *rq = f->rq;
    const struct publication *run = NULL, *whole = sight_run(&f->k, f->p.period);
    struct run_head_row head;
    for (size_t i = 0; i < f->k.n && !run; i++)
        if (period_same(f->k.list[i].period, f->p.period) && f->k.list[i].stage >= f->k.own)
            run = &f->k.list[i];
    f->county = NAN;
    if (!run)
        return RC_OK;
    f->p.stage_name = run->published_at.us
                          ? text_fill(rq->a, rq_tr(rq, N_("{day}发布。")), "day",
                                      fmt_date(rq->a, run->published_at), NULL)
                          : text_fill(rq->a, rq_tr(rq, N_("{stage}，{day}计算。")), "stage",
                                      rq_tr(rq, publication_stage_text(run->stage)), "day",
                                      fmt_date(rq->a, run->computed_at), NULL);
    if (whole != run)
        return RC_OK;
    enum rc rc = run_head_one(f->s, run->computation, rq->a, &head, e);
    if (rc == RC_OK)
        f->county = head.county_score;
    return rc;
}

static enum rc report_list_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct filling f = { .rq = rq };
    struct report_list_page *p = &f.p;
    const char *sort = rq_query(rq, "sort"), *group = rq_query(rq, "group"),
               *state = rq_query(rq, "state");
    size_t n;
    p->sort = str_eq(sort, "name") ? "name" : str_eq(sort, "change") ? "change" : "score";
    p->group = group ? group : "";
    p->state = state ? state : "";
    p->stage_name = "";
    p->may_compute = person_can(&rq_asker(rq)->person, CAP_COMPUTE);
    enum rc rc = rq_query_int(rq, "from", N_("从第几份起"), 0, REPORTS_FROM_MAX, &f.from, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    f.s = s;
    if (rc == RC_OK)
        rc = rq_sight(rq, &f.k, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, &f.k, true, "/report", &p->period, e);
    if (rc != RC_OK)
        return rc;
    (void)sight_periods(&f.k, true, rq->a, &n); /* how many there are */
    p->n_periods = (int64_t)n;
    rc = stage(&f, e);
    if (rc == RC_OK)
        rc = load(&f, e);
    if (rc != RC_OK)
        return rc;
    fill(&f);
    return report_list_render(rq, p, e);
}

const struct route report_list_routes[] = {
    { .method = GET,
      .path = "/report",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = report_list_show,
      .page = &report_list_kind,
      .help = N_("一期的全部体检报告") },
};
const size_t report_list_routes_n = COUNT(report_list_routes);
