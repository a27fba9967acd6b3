/*
 * The big screen of a meeting room: the overview's figures at 1920 × 1080, dark. No unit is
 * named unless the host asks for it. It shows what the newest computation of the period says
 * and computes nothing but sums and medians.
 */
#include "monitor/wall_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/compute.sql.h"
#include "monitor/overview_page.h"
#include "monitor/panel.h"
#include "monitor/publication.h"
#include "monitor/wall.html.h"
#include "monitor/warning_lamp.h"
#include "people/asker.h"
#include "stats/describe.h"
#include "store/county.h"
#include "warn/warn.h"
#include "web/svg.h"

#include <math.h>
#include <string.h>

/* The overview's bands, so that a colour means the same on both. */
static const double map_cuts[] = { 66, 69, 72, 75 };
enum { TREND_MAX = 8 };
static const struct svg_scale whole = { 0, 100 };

struct filling {
    struct rq *rq;
    const struct snap *s;
    struct wall_page p;
    struct sight k;
    struct run_head_row run, before;
    bool has_before;
    struct reports_of_run_row *rows;
    size_t n;
    const struct unit **unit; /* by row; NULL: gone */
    struct warn_view *warnings;
    size_t n_warnings;
};

static bool is_town(const struct unit *u)
{
    return str_eq(u->kind, "town") || str_eq(u->kind, "street");
}

static enum rc load(struct filling *f, struct err *e)
{
    struct arena *a = f->rq->a;
    const struct units *us;
    const struct warn_sight sight = sight_warnings(&f->k);
    enum rc rc = sight_run_load(&f->k, f->s, period_step(f->p.period, -1), a, &f->before, e);
    f->has_before = rc == RC_OK;
    if (rc == RC_NOTFOUND) {
        err_done(e);
        rc = RC_OK;
    }
    if (rc == RC_OK)
        rc = reports_of_run_all(f->s, f->run.id, a, &f->rows, &f->n, e);
    if (rc == RC_OK)
        rc = units_load(f->s, period_last_day(f->p.period), a, &us, e);
    if (rc == RC_OK)
        rc = warnings_shown(f->s, f->p.period, &sight, (struct id){ 0 }, f->rq->lang, a,
                            &f->warnings, &f->n_warnings, e);
    if (rc != RC_OK)
        return rc;
    f->unit = arena_array(a, f->n, sizeof(*f->unit));
    for (size_t i = 0; i < f->n; i++)
        f->unit[i] = units_by_id(us, f->rows[i].unit_id);
    return RC_OK;
}

static enum rc index_and_trend(struct filling *f, struct err *e)
{
    struct arena *a = f->rq->a;
    struct county_trend_row *rows;
    size_t n, m = 0;
    struct wall_page *p = &f->p;
    enum rc rc = county_trend_all(f->s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct svg_trend_point *points = arena_array(a, n, sizeof(*points));
    for (size_t i = 0; i < n; i++) {
        const struct publication *run = sight_run(&f->k, rows[i].period);
        if (period_kind(rows[i].period) == period_kind(p->period) &&
            rows[i].last_day <= period_last_day(p->period) && run &&
            run->computation.v == rows[i].id.v)
            points[m++] = (struct svg_trend_point){ period_name(a, rows[i].period, f->rq->lang),
                                                    rows[i].county_score, rows[i].county_lo,
                                                    rows[i].county_hi };
    }
    size_t skip = m > TREND_MAX ? m - TREND_MAX : 0;
    struct str b;
    str_init(&b, a);
    svg_trend(&b, &(struct svg_trend){ .label = rq_tr(f->rq, N_("全域指数的走势")),
                                       .n = m - skip,
                                       .points = points + skip });
    p->trend = b.s;
    p->score = f->run.county_score;
    p->lo = f->run.county_lo;
    p->hi = f->run.county_hi;
    if (f->has_before) {
        p->change = p->score - f->before.county_score;
        p->clear = p->lo > f->before.county_hi || p->hi < f->before.county_lo;
    }
    return RC_OK;
}

static double mean_of(const struct node_means_row *rows, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(rows[i].node_code, code))
            return rows[i].score;
    return NAN;
}

static enum rc aspects(struct filling *f, struct err *e)
{
    struct arena *a = f->rq->a;
    struct wall_page *p = &f->p;
    const struct scheme *sc;
    struct scheme_plan plan;
    struct node_means_row *now, *was = NULL;
    size_t n_now, n_was = 0;
    enum rc rc = scheme_load(f->s, f->run.scheme_id, a, &sc, e);
    if (rc == RC_OK)
        rc = scheme_plan(sc, period_last_day(p->period), a, &plan, e);
    if (rc != RC_OK)
        return rc;
    const struct node *top = &plan.tree.nodes[plan.tree.root];
    rc = node_means_all(f->s, f->run.id, f->run.scheme_id, top->code, a, &now, &n_now, e);
    if (rc == RC_OK && f->has_before)
        rc = node_means_all(f->s, f->before.id, f->before.scheme_id, top->code, a, &was, &n_was,
                            e);
    if (rc != RC_OK)
        return rc;
    p->aspects = arena_array(a, top->n_children, sizeof(*p->aspects));
    for (size_t i = 0; i < top->n_children; i++) {
        const struct node *n = &plan.tree.nodes[top->children[i]];
        double score = mean_of(now, n_now, n->code);
        struct str b;
        str_init(&b, a);
        if (!isnan(score))
            svg_bar_cell(&b, &whole, score, NAN, NAN, NAN, false);
        p->aspects[p->n_aspects++] =
            (struct wall_aspects){ n->name, score, score - mean_of(was, n_was, n->code), b.s };
    }
    return RC_OK;
}

static enum rc tiles(struct filling *f, struct err *e)
{
    struct arena *a = f->rq->a;
    struct wall_page *p = &f->p;
    struct map_tiles_row *places;
    size_t n;
    enum rc rc = map_tiles_all(f->s, a, &places, &n, e);
    if (rc != RC_OK)
        return rc;
    p->tiles = arena_array(a, n, sizeof(*p->tiles));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < f->n; k++) {
            if (!f->unit[k] || f->rows[k].unit_id.v != places[i].unit_id.v)
                continue;
            struct wall_tiles t = { .name = p->names ? tile_name(a, f->unit[k]->name) : "",
                                    .score = f->rows[k].score,
                                    .band =
                                        svg_band(f->rows[k].score, map_cuts, COUNT(map_cuts)),
                                    .x = places[i].x + 1, /* kept from 0, drawn from 1 */
                                    .y = places[i].y + 1 };
            for (size_t w = 0; w < f->n_warnings; w++)
                t.red += f->warnings[w].unit.v == f->rows[k].unit_id.v &&
                         warn_view_counts(&f->warnings[w]) && f->warnings[w].lamp == WARN_RED;
            if (t.x > p->wide)
                p->wide = t.x;
            p->tiles[p->n_tiles++] = t;
        }
    for (size_t k = 0; k < f->n; k++)
        if (f->unit[k] && is_town(f->unit[k])) {
            p->towns_total++;
            p->towns_below += !isnan(f->rows[k].score) && f->rows[k].standing == 3;
        }
    p->bands = arena_array(a, COUNT(map_cuts) + 1, sizeof(*p->bands));
    for (size_t i = 0; i <= COUNT(map_cuts); i++) {
        const char *low = i ? fmt_value(a, map_cuts[i - 1]) : "",
                   *high = i < COUNT(map_cuts) ? fmt_value(a, map_cuts[i]) : "";
        p->bands[p->n_bands++] = (struct wall_bands){
            (int64_t)i + 1,
            i == 0 ? text_fill(a, rq_tr(f->rq, N_("{score}以下")), "score", high, NULL)
            : i == COUNT(map_cuts)
                ? text_fill(a, rq_tr(f->rq, N_("{score}以上")), "score", low, NULL)
                : arena_printf(a, "%s–%s", low, high)
        };
    }
    return RC_OK;
}

static enum rc warnings(struct filling *f, struct err *e)
{
    struct wall_page *p = &f->p;
    struct warn_view *was;
    size_t n_was;
    p->colours = arena_array(f->rq->a, WARN_RED, sizeof(*p->colours));
    for (enum warn_colour c = WARN_RED; c >= WARN_YELLOW; c--) {
        struct wall_colours x = { .mark = warn_mark(c),
                                  .name = rq_tr(f->rq, warn_colour_text(c)) };
        for (size_t i = 0; i < f->n_warnings; i++)
            if (warn_view_counts(&f->warnings[i]) && f->warnings[i].lamp == c) {
                x.n++;
                x.fresh += period_same(f->warnings[i].fired_period, p->period);
            }
        p->warned += x.n;
        p->colours[p->n_colours++] = x;
    }
    p->warned_before_null = !f->has_before;
    if (!f->has_before)
        return RC_OK;
    const struct warn_sight sight = sight_warnings(&f->k);
    enum rc rc = warn_of_period(f->s, period_step(p->period, -1), &sight, (struct id){ 0 },
                                f->rq->lang, f->rq->a, &was, &n_was, e);
    for (size_t i = 0; rc == RC_OK && i < n_was; i++)
        p->warned_before += warn_view_counts(&was[i]);
    return rc;
}

static void departments(struct filling *f)
{
    struct arena *a = f->rq->a;
    struct wall_page *p = &f->p;
    struct map *seen = map_new(a);
    struct str axis;
    double *v = arena_array(a, f->n, sizeof(*v));
    str_init(&axis, a);
    for (size_t i = 0; i < f->n; i++)
        v[i] = f->unit[i] && !is_town(f->unit[i]) ? f->rows[i].score : NAN;
    const struct svg_scale scale = svg_scale_of(v, f->n, 10);
    svg_axis(&axis, &scale, 4);
    p->axis = axis.s;
    p->peers = arena_array(a, f->n, sizeof(*p->peers));
    for (size_t i = 0; i < f->n; i++) {
        if (!f->unit[i] || is_town(f->unit[i]))
            continue;
        p->departments_total++;
        if (!map_add(seen, f->unit[i]->peer_group, f))
            continue;
        size_t n = 0;
        for (size_t k = 0; k < f->n; k++)
            if (f->unit[k] && !is_town(f->unit[k]) &&
                str_eq(f->unit[k]->peer_group, f->unit[i]->peer_group))
                v[n++] = f->rows[k].score;
        struct wall_peers x = { .name = f->unit[i]->peer_group,
                                .total = (int64_t)n,
                                .median = col_quantile(v, n, 0.5) };
        struct str b;
        str_init(&b, a);
        svg_dots_cell(&b, &scale, v, n, x.median);
        x.dots = b.s;
        p->peers[p->n_peers++] = x;
    }
}

static enum rc fill(struct filling *f, struct err *e)
{
    struct due_days due;
    enum rc rc = load(f, e);
    if (rc == RC_OK)
        rc = due_load(f->s, &due, e);
    if (rc == RC_OK)
        rc = index_and_trend(f, e);
    if (rc == RC_OK)
        rc = aspects(f, e);
    if (rc == RC_OK)
        rc = tiles(f, e);
    if (rc == RC_OK)
        rc = warnings(f, e);
    if (rc != RC_OK)
        return rc;
    departments(f);
    f->p.expected = f->run.n_due;
    f->p.present = f->run.n_values;
    f->p.complete = f->run.n_due ? (double)f->run.n_values / (double)f->run.n_due : NAN;
    f->p.next_update = due_next(&due, f->p.period);
    return RC_OK;
}

static enum rc wall_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    struct filling f = { .rq = rq,
                         .p = { .place = c->name,
                                .stage_name = rq_tr(rq, N_("监测数据")),
                                .who = rq->account.name,
                                .at = rq->now,
                                .names = str_eq(rq_query(rq, "names"), "1"),
                                .score = NAN,
                                .lo = NAN,
                                .hi = NAN,
                                .change = NAN,
                                .complete = NAN,
                                .towns_name = rq_tr(rq, N_("乡镇街道")),
                                .warned_before_null = true,
                                .mark = county_mark(c) ? rq_tr(rq, county_mark(c)) : "" } };
    enum rc rc = db_read(c->db, &s, e);
    f.s = s;
    if (rc == RC_OK)
        rc = rq_sight(rq, &f.k, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, &f.k, false, "/wall", &f.p.period, e);
    if (rc != RC_OK)
        return rc;
    rc = sight_run_load(&f.k, s, f.p.period, rq->a, &f.run, e);
    if (rc == RC_OK) {
        const struct publication *run = sight_run(&f.k, f.p.period);
        if (run->stage < PUBLICATION_PUBLISHED)
            f.p.stage_name = rq_tr(rq, publication_stage_text(run->stage));
        rc = fill(&f, e);
    } else if (rc == RC_NOTFOUND) {
        err_done(e);
        rc = RC_OK;
    }
    return rc == RC_OK ? wall_render(rq, &f.p, e) : rc;
}

const struct route wall_routes[] = {
    { .method = GET,
      .path = "/wall",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_ALL,
      .fn = wall_show,
      .page = &wall_kind,
      .help = N_("政治生态大屏") },
};
const size_t wall_routes_n = COUNT(wall_routes);
