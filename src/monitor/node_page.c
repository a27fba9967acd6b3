/*
 * One node of the scheme across all units of a period: what it is made of, how every unit
 * stands within its peer group, and how it went. Figures are those of the newest computation,
 * by the scheme it was made with.
 */
#include "monitor/node_page.h"

#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/compute.sql.h"
#include "monitor/data_page.h"
#include "monitor/indicator.html.h"
#include "monitor/node.html.h"
#include "monitor/overview_page.h"
#include "monitor/panel.h"
#include "monitor/point.sql.h"
#include "monitor/publication.h"
#include "monitor/readopt.h"
#include "monitor/scheme_view.h"
#include "people/asker.h"
#include "print/health_report.h"
#include "stats/describe.h"
#include "store/county.h"
#include "web/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FOLD_FROM = 10, PERIODS_SHOWN = 8 };
/* Scores nearer together than this say nothing about who is better. */
static const double telling_span = 1;

struct standing_row { /* a unit at the node */
    const struct unit *unit;
    double score, lo, hi, raw; /* lo, hi: an aggregate's interval */
    const char *missing;
};

struct filling {
    struct rq *rq;
    const struct snap *s;
    struct period period;
    bool computed;
    struct sight k;
    struct run_head_row run;
    const struct scheme *sc;
    struct scheme_plan plan;
    size_t node; /* in plan.tree */
    const struct scheme_node *n;
    double weight; /* of the index, in percent */
    struct standing_row *row;
    size_t n_rows;
    struct period
        shown[PERIODS_SHOWN]; /* computed periods of the kind up to this one, oldest first */
    struct run_head_row runs[PERIODS_SHOWN];
    size_t n_shown;
};

static enum rc load_rows(struct filling *f, struct err *e)
{
    struct rq *rq = f->rq;
    struct scores_of_node_row *rows;
    const struct units *us;
    size_t n;
    enum rc rc = scores_of_node_all(f->s, f->run.id, f->n->code, rq->a, &rows, &n, e);
    if (rc == RC_OK)
        rc = units_load(f->s, period_last_day(f->period), rq->a, &us, e);
    if (rc != RC_OK)
        return rc;
    f->row = arena_array(rq->a, n, sizeof(*f->row));
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = units_by_id(us, rows[i].unit_id);
        enum missing why = missing_of(rows[i].missing);
        const char *text = str_eq(rows[i].missing, missing_code(MISSING_LATE))
                               ? report_missing_text(REPORT_LATE, rq->lang)
                           : why > PRESENT && why < MISSINGS
                               ? report_missing_text((enum report_missing)why, rq->lang)
                               : rq_tr(rq, N_("没有得分"));
        if (u)
            f->row[f->n_rows++] = (struct standing_row){ u,
                                                         rows[i].score,
                                                         rows[i].score_lo,
                                                         rows[i].score_hi,
                                                         rows[i].raw,
                                                         isnan(rows[i].score) ? text : NULL };
    }
    return RC_OK;
}

/* The runs whose figures make the trend. */
static enum rc load_runs(struct filling *f, struct err *e)
{
    enum rc rc = RC_OK;
    size_t n, from = 0, m = 0;
    const struct period *all = sight_periods(&f->k, false, f->rq->a, &n);
    struct period *list = arena_array(f->rq->a, n, sizeof(*list));
    for (size_t i = n; i-- > 0;) /* newest first in the answer */
        if (period_kind(all[i]) == period_kind(f->period) &&
            period_last_day(all[i]) <= period_last_day(f->period))
            list[m++] = all[i];
    from = m > PERIODS_SHOWN ? m - PERIODS_SHOWN : 0;
    for (size_t i = from; i < m && rc == RC_OK; i++) {
        f->shown[f->n_shown] = list[i];
        rc = sight_run_load(&f->k, f->s, list[i], f->rq->a, &f->runs[f->n_shown], e);
        f->n_shown++;
    }
    return rc;
}

static enum rc begin(struct filling *f, const char *base, struct err *e)
{
    struct rq *rq = f->rq;
    const char *code = rq_param(rq, "code");
    enum rc rc = rq_sight(rq, &f->k, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, &f->k, false, arena_printf(rq->a, "/%s/%s", base, code),
                             &f->period, e);
    if (rc == RC_OK)
        rc = sight_run_load(&f->k, f->s, f->period, rq->a, &f->run, e);
    f->computed = rc == RC_OK;
    if (rc == RC_OK)
        rc = scheme_load(f->s, f->run.scheme_id, rq->a, &f->sc, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        rc = scheme_for_period(f->s, f->period, rq->a, &f->sc, e);
    }
    if (rc == RC_OK)
        rc = scheme_plan(f->sc, period_last_day(f->period), rq->a, &f->plan, e);
    if (rc != RC_OK)
        return rc;
    f->node = scheme_find(&f->plan.tree, code);
    if (f->node == NODE_NONE) {
        char period[PERIOD_TEXT];
        return err_set(e, RC_NOTFOUND, N_("{period}的方案里没有指标「{code}」"), "period",
                       period_code(f->period, period), "code", code);
    }
    f->n = &f->sc->nodes[f->plan.of_tree[f->node]];
    double *effective = arena_array(rq->a, f->plan.tree.n, sizeof(*effective));
    scheme_effective_weights(&f->plan.tree, NULL, effective);
    f->weight = effective[f->node] * 100;
    if (f->computed)
        rc = load_rows(f, e);
    return rc == RC_OK ? load_runs(f, e) : rc;
}

static int by_score(const void *x, const void *y)
{
    const struct standing_row *a = *(const struct standing_row *const *)x,
                              *b = *(const struct standing_row *const *)y;
    if (isnan(a->score) || isnan(b->score))
        return isnan(a->score) - isnan(b->score) ? isnan(a->score) - isnan(b->score)
                                                 : strcmp(a->unit->code, b->unit->code);
    return a->score != b->score ? (a->score < b->score) - (a->score > b->score)
                                : strcmp(a->unit->code, b->unit->code);
}

static int by_name(const void *x, const void *y)
{
    const struct standing_row *a = *(const struct standing_row *const *)x,
                              *b = *(const struct standing_row *const *)y;
    int d = strcmp(a->unit->name, b->unit->name);
    return d ? d : strcmp(a->unit->code, b->unit->code);
}

/* Units by peer group, in the order the groups first appear. */
struct group {
    const char *name;
    const struct standing_row **row;
    size_t n, scored;
    double median;
};
static struct group *groups(struct filling *f, const char *sort, size_t *ret_n)
{
    struct arena *a = f->rq->a;
    struct group *list = arena_array(a, f->n_rows, sizeof(*list));
    struct map *seen = map_new(a);
    double *v = arena_array(a, f->n_rows, sizeof(*v)),
           *sorted = arena_array(a, f->n_rows, sizeof(*sorted));
    size_t n = 0;
    for (size_t i = 0; i < f->n_rows; i++) {
        ptrdiff_t at = map_index(seen, f->row[i].unit->peer_group);
        if (at < 0) {
            at = (ptrdiff_t)n++;
            map_add_index(seen, f->row[i].unit->peer_group, (size_t)at);
            list[at] =
                (struct group){ .name = f->row[i].unit->peer_group,
                                .row = arena_array(a, f->n_rows, sizeof(*list[at].row)) };
        }
        list[at].row[list[at].n++] = &f->row[i];
    }
    for (size_t g = 0; g < n; g++) {
        qsort(list[g].row, list[g].n, sizeof(*list[g].row),
              str_eq(sort, "name") ? by_name : by_score);
        for (size_t i = 0; i < list[g].n; i++)
            v[i] = list[g].row[i]->score;
        list[g].scored = col_sorted(v, list[g].n, sorted);
        list[g].median = list[g].scored ? col_quantile(sorted, list[g].scored, 0.5) : NAN;
    }
    *ret_n = n;
    return list;
}

static const char *bar(struct filling *f, const struct standing_row *r, double median, bool me)
{
    static const struct svg_scale scale = { 0, 100 };
    struct str b;
    str_init(&b, f->rq->a);
    if (!isnan(r->score))
        svg_bar_cell(&b, &scale, r->score, r->lo, r->hi, median, me);
    return b.s;
}

static const char *axis(struct filling *f)
{
    static const struct svg_scale scale = { 0, 100 };
    struct str b;
    str_init(&b, f->rq->a);
    svg_axis(&b, &scale, 4);
    return b.s;
}

/* ---- an inner node ---- */

static double mean_of(const struct node_means_row *rows, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(rows[i].node_code, code))
            return rows[i].score;
    return NAN;
}

static enum rc node_mean(struct filling *f, struct id run, double *ret, struct err *e)
{
    struct scores_of_node_row *rows;
    size_t n, scored = 0;
    enum rc rc = scores_of_node_all(f->s, run, f->n->code, f->rq->a, &rows, &n, e);
    double sum = 0;
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        if (!isnan(rows[i].score)) {
            sum += rows[i].score;
            scored++;
        }
    *ret = scored ? sum / (double)scored : NAN;
    return rc;
}

static enum rc children(struct filling *f, struct node_page *p, struct err *e)
{
    struct arena *a = f->rq->a;
    struct node_means_row *means[PERIODS_SHOWN];
    size_t n_means[PERIODS_SHOWN];
    enum rc rc = RC_OK;
    for (size_t k = 0; k < f->n_shown && rc == RC_OK; k++)
        rc = node_means_all(f->s, f->runs[k].id, f->runs[k].scheme_id, f->n->code, a, &means[k],
                            &n_means[k], e);
    if (rc != RC_OK)
        return rc;
    const struct node *top = &f->plan.tree.nodes[f->node];
    double *effective = arena_array(a, f->plan.tree.n, sizeof(*effective)), lowest = INFINITY,
           highest = -INFINITY;
    scheme_effective_weights(&f->plan.tree, NULL, effective);
    struct svg_scale scale = { 50, 100 };
    p->children = arena_array(a, top->n_children, sizeof(*p->children));
    for (size_t i = 0; i < top->n_children; i++) {
        const struct node *n = &f->plan.tree.nodes[top->children[i]];
        double line[PERIODS_SHOWN + 1] = { NAN };
        for (size_t k = 0; k < f->n_shown; k++)
            line[k] = mean_of(means[k], n_means[k], n->code);
        size_t last = f->n_shown ? f->n_shown - 1 : 0;
        struct node_children c = { .code = n->code,
                                   .name = n->name,
                                   .leaf = n->leaf,
                                   .weight = effective[top->children[i]] * 100,
                                   .score = f->computed ? line[last] : NAN,
                                   .change = f->computed && f->n_shown > 1
                                                 ? line[last] - line[last - 1]
                                                 : NAN,
                                   .contribution = NAN };
        for (size_t k = 0; f->computed && k < n_means[last]; k++)
            if (str_eq(means[last][k].node_code, n->code) && p->scored)
                c.contribution = means[last][k].contribution / (double)p->scored;
        struct str b;
        str_init(&b, a);
        svg_spark(&b, &scale, line, f->n_shown);
        c.spark = b.s;
        if (c.score < lowest) {
            lowest = c.score;
            p->lowest = c.name;
        }
        if (c.score > highest) {
            highest = c.score;
            p->highest = c.name;
        }
        p->children[p->n_children++] = c;
    }
    return RC_OK;
}

static enum rc node_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct filling f = { .rq = rq };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    f.s = s;
    if (rc == RC_OK)
        rc = begin(&f, "node", e);
    if (rc != RC_OK)
        return rc;
    if (f.plan.tree.nodes[f.node].leaf)
        return web_redirect(rq, arena_printf(rq->a, "/indicator/%s", f.n->code), e);
    const char *sort = str_eq(rq_query(rq, "sort"), "name") ? "name" : "score";
    struct node_page p = { .code = f.n->code,
                           .name = f.n->name,
                           .depth = f.plan.tree.n_levels - f.n->level,
                           .period = f.period,
                           .weight = f.weight,
                           .score = NAN,
                           .change = NAN,
                           .sort = sort,
                           .axis = axis(&f),
                           .scheme_version = f.sc->version };
    for (size_t i = 0; i < f.n_rows; i++)
        isnan(f.row[i].score) ? p.missing_total++ : p.scored++;
    if (f.computed)
        rc = node_mean(&f, f.run.id, &p.score, e);
    double before = NAN;
    if (rc == RC_OK && f.n_shown > 1)
        rc = node_mean(&f, f.runs[f.n_shown - 2].id, &before, e);
    p.change = p.score - before;
    if (rc == RC_OK)
        rc = children(&f, &p, e);
    if (rc != RC_OK)
        return rc;
    size_t n;
    struct group *list = groups(&f, sort, &n);
    p.peers = arena_array(rq->a, n, sizeof(*p.peers));
    for (size_t g = 0; g < n; g++) {
        struct node_peers x = { .code = arena_printf(rq->a, "g%zu", g + 1),
                                .name = list[g].name,
                                .total = (int64_t)list[g].n,
                                .scored = (int64_t)list[g].scored,
                                .median = list[g].median,
                                .fold = list[g].n > FOLD_FROM,
                                .units = arena_array(rq->a, list[g].n, sizeof(*x.units)) };
        for (size_t i = 0; i < list[g].n; i++) {
            const struct standing_row *r = list[g].row[i];
            x.units[x.n_units++] = (struct node_peers_units){ r->unit->code,
                                                              r->unit->name,
                                                              r->score,
                                                              r->lo,
                                                              r->hi,
                                                              r->score - x.median,
                                                              bar(&f, r, x.median, false),
                                                              r->missing };
        }
        p.peers[p.n_peers++] = x;
    }
    rq_crumb(rq, rq_tr(rq, N_("全县总览")), "/overview");
    return node_render(rq, &p, e);
}

/* ---- an indicator ---- */

static enum rc sources(struct filling *f, struct indicator_page *p, struct err *e)
{
    struct point_list_row *rows;
    size_t n;
    struct arena *a = f->rq->a;
    const struct units *us = rq_asker(f->rq)->units;
    enum rc rc = point_list_all(f->s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    const struct formula *formula;
    const char *const *names = NULL;
    CLEANUP(err_done) struct err ignored = { 0 };
    size_t n_names = 0;
    if (*f->n->formula &&
        formula_compile(a, f->n->formula, NULL, NULL, &formula, &ignored) == RC_OK)
        n_names = formula_names(formula, &names);
    p->points = arena_array(a, n, sizeof(*p->points));
    for (size_t i = 0; i < n; i++) {
        bool used = str_eq(rows[i].indicator, f->n->code);
        for (size_t k = 0; k < n_names && !used; k++)
            used = str_eq(names[k], rows[i].code);
        const struct unit *owner = units_find(us, rows[i].owner);
        if (used)
            p->points[p->n_points++] =
                (struct indicator_points){ rows[i].code, rows[i].name,
                                           owner ? owner->name : rows[i].owner,
                                           rows[i].unit_of_measure };
    }
    p->formula = *f->n->formula ? f->n->formula : p->n_points ? p->points[0].code : "";
    return RC_OK;
}

/* The medians of all units over the periods, and the asked unit's own line beside them. */
static enum rc trend(struct filling *f, struct indicator_page *p, const struct unit *own,
                     struct err *e)
{
    struct arena *a = f->rq->a;
    size_t n_series = own ? 2 : 1;
    enum rc rc = RC_OK;
    p->series = arena_array(a, 2, sizeof(*p->series));
    p->series[p->n_series++] = rq_tr(f->rq, N_("各单位中位"));
    if (own)
        p->series[p->n_series++] = own->name;
    p->trend = arena_array(a, f->n_shown, sizeof(*p->trend));
    struct svg_trend_point *points = arena_array(a, f->n_shown, sizeof(*points));
    for (size_t k = 0; k < f->n_shown && rc == RC_OK; k++) {
        struct scores_of_node_row *rows;
        size_t n;
        rc = scores_of_node_all(f->s, f->runs[k].id, f->n->code, a, &rows, &n, e);
        if (rc != RC_OK)
            break;
        double *v = arena_array(a, n, sizeof(*v)), *sorted = arena_array(a, n, sizeof(*sorted)),
               mine = NAN;
        for (size_t i = 0; i < n; i++) {
            v[i] = rows[i].score;
            if (own && rows[i].unit_id.v == own->id.v)
                mine = rows[i].score;
        }
        size_t scored = col_sorted(v, n, sorted);
        struct indicator_trend_cells *cells = arena_array(a, n_series, sizeof(*cells));
        cells[0].score = scored ? col_quantile(sorted, scored, 0.5) : NAN;
        if (own)
            cells[1].score = mine;
        p->trend[p->n_trend++] = (struct indicator_trend){ f->shown[k], cells, n_series };
        points[k] = (struct svg_trend_point){ .name = period_name(a, f->shown[k], f->rq->lang),
                                              .v = own ? mine : cells[0].score,
                                              .lo = NAN,
                                              .hi = NAN };
    }
    struct str b;
    str_init(&b, a);
    svg_trend(&b, &(struct svg_trend){ .label = text_fill(a, rq_tr(f->rq, N_("{name}各期走势")),
                                                          "name", f->n->name, NULL),
                                       .n = p->n_trend,
                                       .points = points });
    p->trend_svg = b.s;
    return rc;
}

static void standings(struct filling *f, struct indicator_page *p, const char *sort,
                      const struct unit *own)
{
    size_t n, m = 0;
    struct arena *a = f->rq->a;
    struct group *list = groups(f, sort, &n);
    double *v = arena_array(a, f->n_rows, sizeof(*v)),
           *sorted = arena_array(a, f->n_rows, sizeof(*sorted));
    for (size_t i = 0; i < f->n_rows; i++)
        v[i] = f->row[i].score;
    m = col_sorted(v, f->n_rows, sorted);
    p->scored = (int64_t)m;
    p->missing_total = (int64_t)(f->n_rows - m);
    p->median = m ? col_quantile(sorted, m, 0.5) : NAN;
    p->lowest = m ? sorted[0] : NAN;
    p->highest = m ? sorted[m - 1] : NAN;
    p->telling = m && p->highest - p->lowest >= telling_span;
    p->peers = arena_array(a, n, sizeof(*p->peers));
    for (size_t g = 0; g < n; g++) {
        struct indicator_peers x = { .code = arena_printf(a, "g%zu", g + 1),
                                     .name = list[g].name,
                                     .total = (int64_t)list[g].n,
                                     .median = list[g].median,
                                     .fold = list[g].n > FOLD_FROM,
                                     .units = arena_array(a, list[g].n, sizeof(*x.units)) };
        for (size_t i = 0; i < list[g].n; i++) {
            const struct standing_row *r = list[g].row[i];
            bool me = own && r->unit->id.v == own->id.v;
            x.units[x.n_units++] = (struct indicator_peers_units){
                r->unit->code,       r->unit->name,           r->raw,     r->score,
                r->score - x.median, bar(f, r, x.median, me), r->missing, me
            };
        }
        p->peers[p->n_peers++] = x;
    }
}

static enum rc indicator_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct filling f = { .rq = rq };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    f.s = s;
    if (rc == RC_OK)
        rc = begin(&f, "indicator", e);
    if (rc != RC_OK)
        return rc;
    if (!f.plan.tree.nodes[f.node].leaf)
        return web_redirect(rq, arena_printf(rq->a, "/node/%s", f.n->code), e);
    const char *sort = str_eq(rq_query(rq, "sort"), "name") ? "name" : "score",
               *unit = rq_query(rq, "unit");
    const struct units *us = rq_asker(rq)->units;
    const struct unit *own = unit ? units_find(us, unit) : NULL,
                      *owner = units_find(us, f.n->owner);
    struct indicator_page p = {
        .code = f.n->code,
        .name = f.n->name,
        .period = f.period,
        .unit = own ? own->code : "",
        .sort = sort,
        .direction_words = rq_tr(rq, f.n->direction < 0 ? N_("越少越好") : N_("越多越好")),
        .measure = f.n->unit_of_measure,
        .standard = f.n->standard,
        .scoring_words = scheme_scoring_words(f.n, rq->lang, rq->a),
        .source = f.n->source,
        .owner = owner ? owner->name : f.n->owner,
        .frequency = rq_tr(rq, *f.n->frequency ? frequency_text(frequency_of(f.n->frequency))
                                               : N_("随监测点")),
        .weight = f.weight,
        .scheme_version = f.sc->version,
        .axis = axis(&f)
    };
    if (!*p.scoring_words)
        p.scoring_words = rq_tr(rq, scheme_method_text(""));
    standings(&f, &p, sort, own);
    rc = sources(&f, &p, e);
    if (rc == RC_OK)
        rc = trend(&f, &p, own, e);
    if (rc == RC_OK)
        rc = readopt_expired(f.s, "indicator", f.n->code, rq->lang, rq->a, &p.expired, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("全县总览")), "/overview");
    return indicator_render(rq, &p, e);
}

const struct route node_routes[] = {
    { .method = GET,
      .path = "/node/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_ALL,
      .fn = node_show,
      .page = &node_kind,
      .help = N_("一个方面或上级指标下的各单位") },
    { .method = GET,
      .path = "/indicator/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_ALL,
      .fn = indicator_show,
      .page = &indicator_kind,
      .help = N_("一个指标下的各单位") },
};
const size_t node_routes_n = COUNT(node_routes);
