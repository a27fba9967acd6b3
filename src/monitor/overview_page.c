/*
 * The county page: index and trend, the map, who is clearly above or below, departments by peer
 * group, aspects, red warnings. Everything is read from the newest computation of the period;
 * nothing is computed here but sums and order.
 */
#include "monitor/overview_page.h"

#include "base/fmt.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/compute.sql.h"
#include "monitor/overview.html.h"
#include "monitor/panel.h"
#include "monitor/publication.h"
#include "monitor/value.sql.h"
#include "monitor/warning_lamp.h"
#include "people/asker.h"
#include "stats/describe.h"
#include "store/county.h"
#include "warn/warn.h"
#include "web/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fixed, so that a town's colour does not change because others moved. */
static const double map_cuts[] = { 66, 69, 72, 75 };
enum { FOLD_FROM = 10, TREND_MAX = 8 };

struct shown { /* a unit as the page needs it */
    const struct unit *unit;
    const struct reports_of_run_row *now;
    double before;
    size_t marks[4]; /* burning warnings by colour */
};

struct filling {
    struct rq *rq;
    const struct snap *s;
    struct overview_page *p;
    struct sight k;
    struct run_head_row run, run_before;
    bool has_before;
    const struct units *units;
    struct shown *all;
    size_t n;
    struct warn_view *warnings;
    size_t n_warnings;
    struct svg_scale scale;
    struct due_days due;
};

/* The picker at the top: each period's page is at before and its code. */
static void offer(struct rq *rq, const struct period *list, size_t n, const char *before,
                  struct period shown)
{
    rq->chrome.periods = arena_array(rq->a, n, sizeof(*rq->chrome.periods));
    for (size_t i = 0; i < n; i++) {
        char code[PERIOD_TEXT];
        rq->chrome.periods[i] =
            (struct chrome_link){ .name = period_name(rq->a, list[i], rq->lang),
                                  .href = arena_printf(rq->a, "%s%s", before,
                                                       period_code(list[i], code)),
                                  .current = period_same(list[i], shown) };
    }
    rq->chrome.n_periods = n;
    rq->chrome.period = period_name(rq->a, shown, rq->lang);
}

enum rc rq_shown_period(struct rq *rq, const struct sight *k, bool own, const char *path,
                        struct period *ret, struct err *e)
{
    size_t n;
    const struct period *list = sight_periods(k, own, rq->a, &n);
    struct period p = n ? list[0] : period_at(PERIOD_QUARTER, time_day(rq->now));
    enum rc rc = rq_query_period(rq, "period", N_("期间"), &p, e);
    if (rc != RC_OK)
        return rc;
    offer(rq, list, n, arena_printf(rq->a, "%s?period=", path), p);
    *ret = p;
    return RC_OK;
}

void rq_offer_periods(struct rq *rq, const struct sight *k, bool own, const char *before,
                      struct period shown)
{
    size_t n;
    const struct period *list = sight_periods(k, own, rq->a, &n);
    offer(rq, list, n, before, shown);
}

static bool is_town(const struct unit *u)
{
    return str_eq(u->kind, "town") || str_eq(u->kind, "street");
}

const char *tile_name(struct arena *a, const char *name)
{
    static const char *const endings[] = { "街道", "镇", "乡" };

    for (size_t i = 0; i < COUNT(endings); i++)
        if (str_ends(name, endings[i]) && utf8_count(name) - utf8_count(endings[i]) >= 2)
            return arena_strndup(a, name, strlen(name) - strlen(endings[i]));
    return name;
}

static enum rc load_units(struct filling *f, struct err *e)
{
    struct arena *a = f->rq->a;
    struct reports_of_run_row *now, *before = NULL;
    size_t n_now, n_before = 0;
    enum rc rc = reports_of_run_all(f->s, f->run.id, a, &now, &n_now, e);
    if (rc == RC_OK && f->has_before)
        rc = reports_of_run_all(f->s, f->run_before.id, a, &before, &n_before, e);
    if (rc == RC_OK)
        rc = units_load(f->s, period_last_day(f->p->period), a, &f->units, e);
    if (rc != RC_OK)
        return rc;
    f->all = arena_array(a, n_now, sizeof(*f->all));
    for (size_t i = 0; i < n_now; i++) {
        const struct unit *u = units_by_id(f->units, now[i].unit_id);
        if (!u)
            continue;
        struct shown *x = &f->all[f->n++];
        *x = (struct shown){ .unit = u, .now = &now[i], .before = NAN };
        for (size_t k = 0; k < n_before; k++)
            if (before[k].unit_id.v == u->id.v)
                x->before = before[k].score;
        for (size_t k = 0; k < f->n_warnings; k++)
            if (f->warnings[k].unit.v == u->id.v && warn_view_counts(&f->warnings[k]))
                x->marks[f->warnings[k].lamp]++;
    }
    /* Intervals are narrow: the table of towns has a scale of its own. */
    double *v = arena_array(a, f->n * 2 + 1, sizeof(*v));
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (is_town(f->all[i].unit)) {
            v[n++] = f->all[i].now->score_lo;
            v[n++] = f->all[i].now->score_hi;
        }
    f->scale = svg_scale_of(v, n, 5);
    return RC_OK;
}

static const char *why_none(struct filling *f, const struct shown *x)
{
    if (!isnan(x->now->score))
        return NULL;
    double share = x->now->due ? (double)x->now->present / (double)x->now->due : NAN;
    return text_fill(f->rq->a, rq_tr(f->rq, N_("完整率{complete},本期不给指数")), "complete",
                     fmt_percent(f->rq->a, share), NULL);
}

/* ---- figures at the top ---- */

static enum rc trend(struct filling *f, struct err *e)
{
    struct county_trend_row *rows;
    size_t n;
    struct arena *a = f->rq->a;
    enum rc rc = county_trend_all(f->s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct svg_trend_point *points = arena_array(a, n, sizeof(*points));
    struct overview_trend_rows *out = arena_array(a, n, sizeof(*out));
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        const struct publication *run = sight_run(&f->k, rows[i].period);
        if (period_kind(rows[i].period) != period_kind(f->p->period) ||
            rows[i].last_day > period_last_day(f->p->period) || !run ||
            run->computation.v != rows[i].id.v)
            continue;
        points[m] =
            (struct svg_trend_point){ .name = period_name(a, rows[i].period, f->rq->lang),
                                      .v = rows[i].county_score,
                                      .lo = rows[i].county_lo,
                                      .hi = rows[i].county_hi };
        out[m++] = (struct overview_trend_rows){ rows[i].period, rows[i].county_score,
                                                 rows[i].county_lo, rows[i].county_hi };
    }
    size_t skip = m > TREND_MAX ? m - TREND_MAX : 0;
    struct str b;
    str_init(&b, a);
    svg_trend(&b, &(struct svg_trend){ .label = rq_tr(f->rq, N_("全域指数的走势")),
                                       .n = m - skip,
                                       .points = points + skip });
    f->p->trend = b.s;
    f->p->trend_rows = out;
    f->p->n_trend_rows = m;
    return RC_OK;
}

static void colours(struct filling *f)
{
    static const struct {
        enum warn_colour colour;
        const char *mark, *name;
    } list[] = { { WARN_RED, "r", N_("红") },
                 { WARN_ORANGE, "o", N_("橙") },
                 { WARN_YELLOW, "y", N_("黄") } };
    struct overview_page *p = f->p;
    p->colours = arena_array(f->rq->a, COUNT(list), sizeof(*p->colours));
    for (size_t i = 0; i < COUNT(list); i++) {
        struct overview_colours c = { .mark = list[i].mark,
                                      .name = rq_tr(f->rq, list[i].name) };
        for (size_t k = 0; k < f->n_warnings; k++) {
            const struct warn_view *w = &f->warnings[k];
            c.eased += warn_view_burns(w) && !w->merged && w->colour == list[i].colour &&
                       w->lamp != w->colour;
            if (!warn_view_counts(w) || w->lamp != list[i].colour)
                continue;
            c.n++;
            c.fresh += period_same(w->fired_period, p->period);
            c.recovering += w->state == WARN_RECOVERING;
        }
        p->warned += c.n;
        p->colours[p->n_colours++] = c;
    }
    p->red_total = p->colours[0].n;
}

/* How many values are missing, by kind: counted when the period was computed. */
static void completeness(struct filling *f)
{
    static const struct {
        enum missing m;
        const char *name;
    } kinds[] = { { MISSING_NOTDUE, N_("未到期") },
                  { MISSING_WITHHELD, N_("暂不提供") },
                  { MISSING_LOST, N_("灭失") },
                  { MISSING_REFUSED, N_("拒绝提供") },
                  { MISSING_LATE, N_("逾期未报") } };
    struct overview_page *p = f->p;
    p->missing = arena_array(f->rq->a, COUNT(kinds), sizeof(*p->missing));
    for (size_t i = 0; i < COUNT(kinds); i++) {
        int64_t n = missing_count(f->run.missing, kinds[i].m);
        if (n)
            p->missing[p->n_missing++] =
                (struct overview_missing){ rq_tr(f->rq, kinds[i].name), n };
    }
    p->expected = f->run.n_due;
    p->present = f->run.n_values;
    p->complete = f->run.n_due ? (double)f->run.n_values / (double)f->run.n_due : NAN;
    p->next_update = due_next(&f->due, p->period);
}

/* ---- towns ---- */

static enum rc tiles(struct filling *f, struct err *e)
{
    struct map_tiles_row *rows;
    size_t n;
    struct overview_page *p = f->p;
    struct arena *a = f->rq->a;
    enum rc rc = map_tiles_all(f->s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->tiles = arena_array(a, n, sizeof(*p->tiles));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < f->n; k++) {
            const struct shown *x = &f->all[k];
            if (x->unit->id.v != rows[i].unit_id.v)
                continue;
            p->tiles[p->n_tiles++] =
                (struct overview_tiles){ .code = x->unit->code,
                                         .name = tile_name(a, x->unit->name),
                                         .score = x->now->score,
                                         .band =
                                             svg_band(x->now->score, map_cuts, COUNT(map_cuts)),
                                         .x = rows[i].x + 1, /* kept from 0, drawn from 1 */
                                         .y = rows[i].y + 1,
                                         .red = (int64_t)x->marks[WARN_RED] };
            if (rows[i].x + 1 > p->wide)
                p->wide = rows[i].x + 1;
        }
    p->bands = arena_array(a, COUNT(map_cuts) + 1, sizeof(*p->bands));
    for (size_t i = 0; i <= COUNT(map_cuts); i++) {
        const char *low = i ? fmt_value(a, map_cuts[i - 1]) : "",
                   *high = i < COUNT(map_cuts) ? fmt_value(a, map_cuts[i]) : "";
        const char *text =
            i == 0 ? text_fill(a, rq_tr(f->rq, N_("{score}以下")), "score", high, NULL)
            : i == COUNT(map_cuts)
                ? text_fill(a, rq_tr(f->rq, N_("{score}以上")), "score", low, NULL)
                : arena_printf(a, "%s–%s", low, high);
        p->bands[p->n_bands++] = (struct overview_bands){ (int64_t)i + 1, text };
    }
    struct map_newest_row map;
    rc = map_newest_one(f->s, a, &map, e);
    if (rc == RC_OK) {
        p->geo = map.file_digest.n == HASH_SIZE; /* a row without a file: tiles again */
        p->review_no = map.review_no;
    }
    if (rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    return RC_OK;
}

static int by_score(const void *x, const void *y)
{
    const struct shown *a = *(const struct shown *const *)x,
                       *b = *(const struct shown *const *)y;
    double s = a->now->score, t = b->now->score;
    if (isnan(s) || isnan(t))
        return isnan(s) - isnan(t);
    return s != t ? (s < t) - (s > t) : strcmp(a->unit->code, b->unit->code);
}

static int by_change(const void *x, const void *y)
{
    const struct shown *a = *(const struct shown *const *)x,
                       *b = *(const struct shown *const *)y;
    double s = a->now->score - a->before, t = b->now->score - b->before;
    if (isnan(s) || isnan(t))
        return isnan(s) - isnan(t);
    return s != t ? (s < t) - (s > t) : strcmp(a->unit->code, b->unit->code);
}

static int by_name(const void *x, const void *y)
{
    const struct shown *a = *(const struct shown *const *)x,
                       *b = *(const struct shown *const *)y;
    return strcmp(a->unit->name, b->unit->name);
}

static struct overview_ranks_units rank_row(struct filling *f, const struct shown *x)
{
    static const char *const letters[] = { "", "y", "o", "r" };
    static const char *const names[] = { "", N_("黄"), N_("橙"), N_("红") };
    struct arena *a = f->rq->a;
    struct str b;
    str_init(&b, a);
    if (!isnan(x->now->score))
        svg_interval_cell(&b, &f->scale, x->now->score, x->now->score_lo, x->now->score_hi,
                          f->p->mean);
    struct overview_ranks_units u = { .code = x->unit->code,
                                      .name = x->unit->name,
                                      .score = x->now->score,
                                      .lo = x->now->score_lo,
                                      .hi = x->now->score_hi,
                                      .interval = b.s,
                                      .rank_lo = x->now->peer_rank_lo,
                                      .rank_hi = x->now->peer_rank_hi,
                                      .change = x->now->score - x->before,
                                      .why = why_none(f, x),
                                      .band =
                                          svg_band(x->now->score, map_cuts, COUNT(map_cuts)) };
    u.marks = arena_array(a, 3, sizeof(*u.marks));
    for (enum warn_colour c = WARN_RED; c >= WARN_YELLOW; c--)
        if (x->marks[c])
            u.marks[u.n_marks++] =
                (struct overview_ranks_units_marks){ letters[c], rq_tr(f->rq, names[c]),
                                                     (int64_t)x->marks[c] };
    return u;
}

static void ranks(struct filling *f)
{
    /* In the order of enum standing: none, above, level, below; shown from above to none. */
    static const struct {
        int64_t standing;
        const char *kind;
    } groups[] = { { 1, "above" }, { 2, "same" }, { 3, "below" }, { 0, "none" } };
    struct overview_page *p = f->p;
    struct arena *a = f->rq->a;
    const struct shown **list = arena_array(a, f->n, sizeof(*list));
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (is_town(f->all[i].unit))
            list[n++] = &f->all[i];
    if (n)
        qsort(list, n, sizeof(*list),
              str_eq(p->sort, "change") ? by_change
              : str_eq(p->sort, "name") ? by_name
                                        : by_score);
    p->n_towns = (int64_t)n;
    p->ranks = arena_array(a, COUNT(groups), sizeof(*p->ranks));
    for (size_t g = 0; g < COUNT(groups); g++) {
        struct overview_ranks r = { .kind = groups[g].kind,
                                    .units = arena_array(a, n, sizeof(*r.units)) };
        for (size_t i = 0; i < n; i++) {
            int64_t standing = isnan(list[i]->now->score) ? 0
                               : list[i]->now->standing   ? list[i]->now->standing
                                                          : 2;
            if (standing == groups[g].standing)
                r.units[r.n_units++] = rank_row(f, list[i]);
        }
        r.total = (int64_t)r.n_units;
        r.fold = r.n_units > FOLD_FROM;
        if (g == 0)
            p->towns_above = r.total;
        if (g == 2)
            p->towns_below = r.total;
        if (r.n_units)
            p->ranks[p->n_ranks++] = r;
    }
}

/* ---- departments ---- */

static void peer_group(struct filling *f, const char *name, struct overview_peers *ret,
                       const struct svg_scale *scale)
{
    struct arena *a = f->rq->a;
    const struct shown **list = arena_array(a, f->n, sizeof(*list));
    double *v = arena_array(a, f->n, sizeof(*v));
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (!is_town(f->all[i].unit) && str_eq(f->all[i].unit->peer_group, name)) {
            v[n] = f->all[i].now->score;
            list[n++] = &f->all[i];
        }
    qsort(list, n, sizeof(*list), by_score);
    *ret = (struct overview_peers){ .code = arena_printf(a, "g%zu", f->p->n_peers + 1),
                                    .name = name,
                                    .total = (int64_t)n,
                                    .median = col_median(v, n),
                                    .fold = n > FOLD_FROM + 4,
                                    .units = arena_array(a, n, sizeof(*ret->units)),
                                    .n_units = n };
    for (size_t i = 0; i < n; i++) {
        const struct shown *x = list[i];
        struct str b;
        str_init(&b, a);
        if (!isnan(x->now->score))
            svg_bar_cell(&b, scale, x->now->score, x->now->score_lo, x->now->score_hi,
                         ret->median, false);
        ret->units[i] = (struct overview_peers_units){ .code = x->unit->code,
                                                       .name = x->unit->name,
                                                       .score = x->now->score,
                                                       .lo = x->now->score_lo,
                                                       .hi = x->now->score_hi,
                                                       .versus = x->now->score - ret->median,
                                                       .bar = b.s,
                                                       .why = why_none(f, x) };
        f->p->departments_below += x->now->score_hi < ret->median;
    }
}

static void departments(struct filling *f)
{
    const struct svg_scale scale = { 0, 100 };
    struct overview_page *p = f->p;
    struct map *seen = map_new(f->rq->a);
    struct str axis;
    str_init(&axis, f->rq->a);
    svg_axis(&axis, &scale, 4);
    p->axis = axis.s;
    p->peers = arena_array(f->rq->a, f->n, sizeof(*p->peers));
    for (size_t i = 0; i < f->n; i++) {
        const struct unit *u = f->all[i].unit;
        if (is_town(u))
            continue;
        p->n_departments++;
        if (map_add(seen, u->peer_group, f)) {
            peer_group(f, u->peer_group, &p->peers[p->n_peers], &scale);
            p->n_peers++;
        }
    }
}

/* ---- aspects and red warnings ---- */

static double mean_of(const struct node_means_row *rows, size_t n, const char *code,
                      double *ret_points, size_t n_units)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(rows[i].node_code, code)) {
            if (ret_points)
                *ret_points = rows[i].contribution / (double)n_units;
            return rows[i].score;
        }
    return NAN;
}

static enum rc aspects(struct filling *f, struct err *e)
{
    struct overview_page *p = f->p;
    struct arena *a = f->rq->a;
    const struct scheme *sc;
    struct scheme_plan plan;
    enum rc rc = scheme_load(f->s, f->run.scheme_id, a, &sc, e);
    if (rc == RC_OK)
        rc = scheme_plan(sc, period_last_day(p->period), a, &plan, e);
    if (rc != RC_OK)
        return rc;
    /* Means of up to so many periods, this one last. */
    struct node_means_row *means[TREND_MAX];
    size_t n_means[TREND_MAX], n_periods = 0;
    size_t first = p->n_trend_rows > TREND_MAX ? p->n_trend_rows - TREND_MAX : 0;
    const char *root = plan.tree.nodes[plan.tree.root].code;
    for (size_t i = first; i < p->n_trend_rows && rc == RC_OK; i++) {
        struct run_head_row run;
        rc = sight_run_load(&f->k, f->s, p->trend_rows[i].period, a, &run, e);
        if (rc == RC_OK)
            rc = node_means_all(f->s, run.id, run.scheme_id, root, a, &means[n_periods],
                                &n_means[n_periods], e);
        n_periods++;
    }
    if (rc != RC_OK || n_periods == 0)
        return rc;
    size_t n_units = 0;
    for (size_t i = 0; i < f->n; i++)
        n_units += !isnan(f->all[i].now->score);
    double *effective = arena_array(a, plan.tree.n, sizeof(*effective));
    scheme_effective_weights(&plan.tree, NULL, effective);
    const struct node *top = &plan.tree.nodes[plan.tree.root];
    p->aspects = arena_array(a, top->n_children, sizeof(*p->aspects));
    double lowest = INFINITY, most = 0;
    double(*lines)[TREND_MAX] = arena_array(a, top->n_children + 1, sizeof(*lines));
    double *all = arena_array(a, top->n_children * n_periods + 1, sizeof(*all)),
           *points_of = arena_array(a, top->n_children + 1, sizeof(*points_of));
    for (size_t i = 0; i < top->n_children; i++) {
        points_of[i] = NAN;
        for (size_t k = 0; k < n_periods; k++)
            all[i * n_periods + k] = lines[i][k] =
                mean_of(means[k], n_means[k], plan.tree.nodes[top->children[i]].code,
                        k + 1 == n_periods ? &points_of[i] : NULL, n_units);
    }
    /* One scale for all, so that the lines can be compared. */
    struct svg_scale scale = svg_scale_of(all, top->n_children * n_periods, 5);
    for (size_t i = 0; i < top->n_children; i++) {
        const struct node *n = &plan.tree.nodes[top->children[i]];
        const double *line = lines[i], points = points_of[i];
        struct overview_aspects x = { .code = n->code,
                                      .name = n->name,
                                      .weight = effective[top->children[i]] * 100,
                                      .score = line[n_periods - 1],
                                      .change = n_periods > 1
                                                    ? line[n_periods - 1] - line[n_periods - 2]
                                                    : NAN,
                                      .contribution = points };
        struct str b;
        str_init(&b, a);
        svg_spark(&b, &scale, line, n_periods);
        x.spark = b.s;
        if (x.score < lowest) {
            lowest = x.score;
            p->lowest = x.name;
        }
        if (x.change > most) {
            most = x.change;
            p->most_up = x.name;
        }
        p->weight_total += x.weight;
        p->aspects[p->n_aspects++] = x;
    }
    return RC_OK;
}

static void reds(struct filling *f)
{
    struct overview_page *p = f->p;
    p->reds = arena_array(f->rq->a, f->n_warnings, sizeof(*p->reds));
    for (size_t i = 0; i < f->n_warnings; i++) {
        const struct warn_view *w = &f->warnings[i];
        const struct unit *u = units_by_id(f->units, w->unit);
        if (!u || !warn_view_burns(w) || w->merged || w->colour != WARN_RED)
            continue;
        p->reds[p->n_reds++] = (struct overview_reds){
            .code = w->code,
            .mark = warning_lamp_mark(w->lamp),
            .colour = rq_tr(f->rq, warning_lamp_text(w->lamp)),
            .was = warning_was(w, f->rq->lang, f->rq->a),
            .unit = u->code,
            .unit_name = u->name,
            .name = w->name,
            .rule = w->rule,
            .values = w->values,
            .state = rq_tr(f->rq, w->state == WARN_RECOVERING ? N_("恢复中") : N_("已发出")),
            .clears = w->clears
        };
    }
}

/* What is still to be done before there is anything to show. */
static enum rc nothing_yet(struct filling *f, struct err *e)
{
    struct values_count_row values;
    enum rc rc = values_count_one(f->s, f->rq->a, &values, e);
    if (rc != RC_OK)
        return rc;
    const struct scheme *sc;
    CLEANUP(err_done) struct err why = { 0 };
    f->p->has_values = values.n > 0;
    f->p->has_scheme = scheme_for_period(f->s, f->p->period, f->rq->a, &sc, &why) == RC_OK;
    f->p->has_units = rq_asker(f->rq)->units->n > 1;
    f->p->may_compute = person_can(&rq_asker(f->rq)->person, CAP_COMPUTE);
    f->p->may_set_up = person_can(&rq_asker(f->rq)->person, CAP_EDIT_SCHEME);
    f->p->score = f->p->lo = f->p->hi = f->p->change = NAN;
    return overview_render(f->rq, f->p, e);
}

static double towns_mean(const struct filling *f)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (is_town(f->all[i].unit) && !isnan(f->all[i].now->score)) {
            sum += f->all[i].now->score;
            n++;
        }
    return n ? sum / (double)n : NAN;
}

static enum rc fill(struct filling *f, struct err *e)
{
    struct overview_page *p = f->p;
    const struct warn_sight sight = sight_warnings(&f->k);
    enum rc rc = warnings_shown(f->s, p->period, &sight, (struct id){ 0 }, f->rq->lang,
                                f->rq->a, &f->warnings, &f->n_warnings, e);
    if (rc == RC_OK)
        rc = due_load(f->s, &f->due, e);
    if (rc == RC_OK)
        rc = load_units(f, e);
    if (rc == RC_OK)
        rc = trend(f, e);
    if (rc == RC_OK)
        rc = tiles(f, e);
    if (rc == RC_OK)
        rc = aspects(f, e);
    if (rc != RC_OK)
        return rc;
    p->score = f->run.county_score;
    p->lo = f->run.county_lo;
    p->hi = f->run.county_hi;
    p->mean = towns_mean(f);
    p->change = f->has_before ? p->score - f->run_before.county_score : NAN;
    p->clear =
        f->has_before && (p->lo > f->run_before.county_hi || p->hi < f->run_before.county_lo);
    const struct publication *run = sight_run(&f->k, p->period);
    p->computed = f->run.done_at;
    p->published = run->published_at;
    p->stage = rq_tr(f->rq, publication_stage_text(run->stage));
    p->draft = run->stage < PUBLICATION_PUBLISHED;
    colours(f);
    completeness(f);
    ranks(f);
    departments(f);
    reds(f);
    const struct scheme *sc;
    rc = scheme_load(f->s, f->run.scheme_id, f->rq->a, &sc, e);
    if (rc == RC_OK)
        p->scheme_version = sc->version;
    return rc;
}

static enum rc overview_show(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct overview_page p = { .place = c->name,
                               .towns_name = rq_tr(rq, N_("乡镇街道")),
                               .group = "",
                               .warned_before_null = true };
    const char *sort = rq_query(rq, "sort");
    p.sort = str_eq(sort, "change") ? "change" : str_eq(sort, "name") ? "name" : "score";
    struct filling f = { .rq = rq, .p = &p };
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = rq_sight(rq, &f.k, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, &f.k, false, "/overview", &p.period, e);
    if (rc != RC_OK)
        return rc;
    f.s = s;
    rc = sight_run_load(&f.k, s, p.period, rq->a, &f.run, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return nothing_yet(&f, e);
    }
    if (rc == RC_OK)
        rc = sight_run_load(&f.k, s, period_step(p.period, -1), rq->a, &f.run_before, e);
    f.has_before = rc == RC_OK;
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    err_done(e);
    rc = fill(&f, e);
    return rc == RC_OK ? overview_render(rq, &p, e) : rc;
}

const struct route overview_routes[] = {
    { .method = GET,
      .path = "/overview",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_ALL,
      .fn = overview_show,
      .page = &overview_kind,
      .help = N_("全县总览") },
};
const size_t overview_routes_n = COUNT(overview_routes);
