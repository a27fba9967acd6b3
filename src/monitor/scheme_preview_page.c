/*
 * What a draft would have said of a past period, beside what was computed then, from the same
 * values; and its adoption, which is final. A preview writes nothing.
 */
#include "base/map.h"
#include "base/str.h"
#include "monitor/assess.h"
#include "monitor/compute.sql.h"
#include "monitor/overview_page.h"
#include "monitor/publication.h"
#include "monitor/scheme_page.h"
#include "monitor/scheme_preview.html.h"
#include "monitor/scheme_view.h"
#include "people/asker.h"
#include "store/county.h"
#include "web/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STARTS_BEFORE = 8, STARTS_AFTER = 4, WHY_MAX = 200 };

struct preview {
    struct rq *rq;
    const struct snap *s;
    const struct scheme *draft, *old; /* old NULL: nothing is in force */
    struct sight k;
    struct run_head_row run;
    struct panel *panel;
    struct assessment now;
    struct reports_of_run_row *was;
    size_t n_was;
    struct scheme_preview_page p;
};

static const char *ranks(struct arena *a, int64_t lo, int64_t hi)
{
    return !lo        ? "—"
           : lo == hi ? arena_printf(a, "%lld", (long long)lo)
                      : arena_printf(a, "%lld–%lld", (long long)lo, (long long)hi);
}

static const char *standing_text(struct rq *rq, int64_t standing)
{
    static const char *const names[] = { N_("没有指数"), N_("明显高于平均"),
                                         N_("与平均无明显差别"), N_("明显低于平均") };
    return rq_tr(rq, names[standing >= 0 && standing < (int64_t)COUNT(names) ? standing : 0]);
}

static int by_size(const void *x, const void *y)
{
    const struct scheme_preview_units *a = x, *b = y;
    double s = fabs(a->change), t = fabs(b->change);
    if (isnan(s) || isnan(t))
        return isnan(s) - isnan(t) ? isnan(s) - isnan(t) : strcmp(a->code, b->code);
    return s != t ? (s < t) - (s > t) : strcmp(a->code, b->code);
}

static void units(struct preview *x)
{
    struct arena *a = x->rq->a;
    struct scheme_preview_page *p = &x->p;
    double most = 1;
    p->units = arena_array(a, x->panel->n_units, sizeof(*p->units));
    for (size_t u = 0; u < x->panel->n_units; u++) {
        const struct reports_of_run_row *was = NULL;
        for (size_t i = 0; i < x->n_was && !was; i++)
            if (x->was[i].unit_id.v == x->panel->unit[u]->id.v)
                was = &x->was[i];
        size_t row = x->now.row_of[u];
        bool has = row != SIZE_MAX;
        int64_t standing = has ? (int64_t)x->now.standing[row] : 0,
                standing_was = was ? was->standing : 0;
        struct scheme_preview_units r = {
            .code = x->panel->unit[u]->code,
            .name = x->panel->unit[u]->name,
            .old = was ? was->score : NAN,
            .new = assess_index(&x->now, u),
            .ranks_old = was ? ranks(a, was->rank_lo, was->rank_hi) : "—",
            .ranks_new = has ? ranks(a, x->now.band[row].best, x->now.band[row].worst) : "—",
            .state_old = standing_text(x->rq, standing_was),
            .state_new = standing_text(x->rq, standing),
        };
        r.change = r.new - r.old;
        p->moved += fabs(r.change) >= 0.05;
        if (was && has && x->now.r.intervals) {
            const struct interval *iv = &x->now.r.intervals[row];
            p->beyond += iv->score_q05 > was->score_hi || iv->score_q95 < was->score_lo;
        }
        p->states_changed += was && standing != standing_was;
        if (fabs(r.change) > most)
            most = fabs(r.change);
        p->units[p->n_units++] = r;
    }
    if (p->n_units)
        qsort(p->units, p->n_units, sizeof(*p->units), by_size);
    for (size_t i = 0; i < p->n_units; i++) {
        struct str b;
        str_init(&b, a);
        if (!isnan(p->units[i].change))
            svg_change_cell(&b, p->units[i].change, most);
        p->units[i].bar = b.s;
    }
}

/* What is different of a node, in words; "" when nothing but its weight. */
static const char *difference(struct rq *rq, const struct scheme_node *o,
                              const struct scheme_node *n)
{
    const struct {
        const char *name;
        bool differs;
    } list[] = { { N_("公式"), !str_eq(o->formula, n->formula) },
                 { N_("计分"), !str_eq(o->scoring, n->scoring) },
                 { N_("方向"), o->direction != n->direction },
                 { N_("一票否决"), !str_eq(o->veto, n->veto) },
                 { N_("适用范围"), !str_eq(o->peer_group, n->peer_group) },
                 { N_("上级"), !str_eq(o->parent, n->parent) },
                 { N_("目标"),
                   !(isnan(o->target) && isnan(n->target)) && o->target != n->target },
                 { N_("生效时间"), o->from_day != n->from_day || o->to_day != n->to_day } };
    struct str b;
    str_init(&b, rq->a);
    for (size_t i = 0; i < COUNT(list); i++)
        if (list[i].differs)
            str_addf(&b, "%s%s", b.n ? rq_tr(rq, N_("、")) : "", rq_tr(rq, list[i].name));
    return b.s;
}

struct mean {
    double sum;
};

/* Mean contribution of each node to the index in what was computed. */
static enum rc old_means(struct preview *x, struct map *means, double *ret_units, struct err *e)
{
    struct scores_of_run_row *rows;
    size_t n;
    enum rc rc = scores_of_run_all(x->s, x->run.id, x->rq->a, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct mean *m = map_get(means, rows[i].node_code);
        if (!m) {
            m = arena_alloc(x->rq->a, sizeof(*m));
            map_add(means, rows[i].node_code, m);
        }
        m->sum += isnan(rows[i].contribution) ? 0 : rows[i].contribution;
    }
    *ret_units = 0;
    for (size_t i = 0; i < x->n_was; i++)
        *ret_units += !isnan(x->was[i].score);
    return rc;
}

static double new_mean(const struct preview *x, size_t node, double n_units)
{
    const struct scheme_tree *t = &x->panel->plan.tree;
    double sum = 0;
    for (size_t i = 0; i < x->now.r.n_rows; i++) {
        double score = x->now.r.score[node] ? x->now.r.score[node][i] : NAN;
        sum += isnan(score) ? 0 : score * x->now.share[i * t->n + node];
    }
    return n_units > 0 ? sum / n_units : NAN;
}

static enum rc nodes(struct preview *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct scheme_lines new, old;
    struct map *of_old = map_new(rq->a), *of_new = map_new(rq->a), *means = map_new(rq->a);
    double n_old = 0, n_new = 0;
    enum rc rc = old_means(x, means, &n_old, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < x->now.r.n_rows; i++)
        n_new += !isnan(x->now.r.score[x->panel->plan.tree.root][i]);
    scheme_lines(x->draft, rq->a, &new);
    scheme_lines(x->old, rq->a, &old);
    for (size_t i = 0; i < old.n; i++)
        map_add_index(of_old, x->old->nodes[old.line[i].at].code, i);
    x->p.nodes = arena_array(rq->a, new.n + old.n, sizeof(*x->p.nodes));
    for (size_t i = 0; i < new.n; i++) {
        const struct scheme_node *n = &x->draft->nodes[new.line[i].at];
        ptrdiff_t k = map_index(of_old, n->code);
        map_add_index(of_new, n->code, i);
        const struct scheme_node *o = k < 0 ? NULL : &x->old->nodes[old.line[k].at];
        double was = o ? old.line[k].share : NAN, is = new.line[i].share;
        const char *note = o ? difference(rq, o, n) : rq_tr(rq, N_("新增"));
        /* A weight that changed only because something above it did is not listed: its own is
         * compared. */
        bool weight = o && o->weight != n->weight;
        if (!*note && !weight)
            continue;
        if (!*note)
            note = rq_tr(rq, N_("权重"));
        size_t at = scheme_find(&x->panel->plan.tree, n->code);
        const struct mean *m = map_get(means, n->code);
        double change = (at == NODE_NONE ? 0 : new_mean(x, at, n_new)) -
                        (m && n_old > 0 ? m->sum / n_old : 0);
        x->p.nodes[x->p.n_nodes++] = (struct scheme_preview_nodes){ n->code,   n->name,
                                                                    was * 100, is * 100,
                                                                    change,    note };
    }
    for (size_t i = 0; i < old.n; i++) {
        const struct scheme_node *o = &x->old->nodes[old.line[i].at];
        const struct mean *m = map_get(means, o->code);
        if (map_index(of_new, o->code) < 0)
            x->p.nodes[x->p.n_nodes++] =
                (struct scheme_preview_nodes){ o->code,
                                               o->name,
                                               old.line[i].share * 100,
                                               NAN,
                                               m && n_old > 0 ? -m->sum / n_old : NAN,
                                               rq_tr(rq, N_("删去")) };
    }
    return RC_OK;
}

/* Periods the draft can be looked at in, and those it can begin with. */
static enum rc choices(struct preview *x, struct err *e)
{
    struct rq *rq = x->rq;
    size_t n;
    char code[PERIOD_TEXT];
    struct scheme_preview_page *p = &x->p;
    const struct period *list = sight_periods(&x->k, false, rq->a, &n);
    p->periods = arena_array(rq->a, n, sizeof(*p->periods));
    for (size_t i = 0; i < n; i++)
        p->periods[p->n_periods++] =
            (struct scheme_preview_periods){ arena_strdup(rq->a, period_code(list[i], code)),
                                             period_name(rq->a, list[i], rq->lang),
                                             period_same(list[i], p->period) };
    /* What was computed keeps its scheme; before anything is in force a scheme may begin in the
     * past. */
    struct period now = period_at(PERIOD_QUARTER, time_day(rq->now));
    p->starts = arena_array(rq->a, STARTS_BEFORE + STARTS_AFTER + 1, sizeof(*p->starts));
    for (int k = x->old ? -1 : -STARTS_BEFORE; k <= STARTS_AFTER; k++) {
        struct period q = period_step(now, k);
        p->starts[p->n_starts++] =
            (struct scheme_preview_starts){ arena_strdup(rq->a, period_code(q, code)),
                                            period_name(rq->a, q, rq->lang),
                                            /* what is tried with is over */
                                            k == (rq_county(rq)->trial && !x->old ? -1 : 0) };
    }
    return RC_OK;
}

/* The run of the period, and the draft over the values it had. Without a run the page says that
 * there is nothing. */
static enum rc look(struct preview *x, struct err *e)
{
    struct arena *a = x->rq->a;
    enum rc rc = sight_run_load(&x->k, x->s, x->p.period, a, &x->run, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return RC_OK;
    }
    if (rc == RC_OK)
        rc = reports_of_run_all(x->s, x->run.id, a, &x->was, &x->n_was, e);
    if (rc == RC_OK)
        rc = scheme_load(x->s, x->run.scheme_id, a, &x->old, e);
    if (rc == RC_OK)
        rc = panel_build(x->s, x->draft, x->p.period, x->run.started_at, a, &x->panel, e);
    if (rc == RC_OK)
        rc = assess(x->panel, a, &x->now, e);
    if (rc != RC_OK)
        return rc;
    x->p.against = x->old->version;
    x->p.index_old = x->run.county_score;
    x->p.index_new = x->now.county;
    x->p.index_change = x->p.index_new - x->p.index_old;
    units(x);
    return nodes(x, e);
}

static enum rc render(struct rq *rq, const char *error, const char *field, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct preview x = { .rq = rq };
    enum rc rc = db_read_for(rq_county(rq)->db, 60000, &s, e);
    x.s = s;
    if (rc == RC_OK)
        rc = rq_scheme(rq, s, &x.draft, e);
    if (rc == RC_OK)
        rc = rq_sight(rq, &x.k, e);
    if (rc == RC_OK)
        rc = rq_shown_period(rq, &x.k, false,
                             arena_printf(rq->a, "/scheme/%d/preview", x.draft->version),
                             &x.p.period, e);
    if (rc != RC_OK)
        return rc;
    struct scheme_preview_page *p = &x.p;
    p->version = x.draft->version;
    p->name = x.draft->name;
    p->index_old = p->index_new = p->index_change = NAN;
    p->error = error;
    p->error_field = field;
    p->may_adopt =
        x.draft->state == SCHEME_DRAFT && person_can(&rq_asker(rq)->person, CAP_ADOPT_SCHEME);
    rc = rq_scheme_problems(rq, s, x.draft, &p->problems, NULL, &p->n_problems, e);
    if (rc == RC_OK) {
        /* A draft that does not hold together cannot be tried; the page says why instead. */
        rc = look(&x, e);
        if (rc == RC_INVALID) {
            if (!p->error)
                p->error = err_message(e, rq->lang, rq->a);
            err_done(e);
            p->n_units = p->n_nodes = 0;
            rc = RC_OK;
        }
    }
    if (rc == RC_OK)
        rc = choices(&x, e);
    if (rc != RC_OK)
        return rc;
    const struct units *us = rq_asker(rq)->units;
    for (size_t i = 0; i < us->n; i++)
        p->unit_total += us->all[i].assessed;
    rq_crumb(rq, rq_tr(rq, N_("指标方案")), "/scheme");
    return scheme_preview_render(rq, p, e);
}

static enum rc scheme_preview_show(struct rq *rq, struct err *e)
{
    return render(rq, NULL, NULL, e);
}

struct adopting {
    struct rq *rq;
    const struct scheme *draft;
    struct period from;
};

/* The reason becomes the version's note first: the record of the adoption carries it. */
static enum rc adopt(struct tx *tx, void *arg, struct err *e)
{
    struct adopting *x = arg;
    struct rq *rq = x->rq;
    int version;
    enum rc rc = scheme_write(tx, rq_county(rq), x->draft, rq->account.id, rq->account.code,
                              &version, e);
    if (rc == RC_OK)
        rc = scheme_adopt(tx, rq_county(rq), x->draft->version, x->from, rq->account.id,
                          rq->account.code, e);
    return rc;
}

static enum rc scheme_adopt_post(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct scheme *sc;
    const char *why, *field = "from";
    struct adopting x = { .rq = rq };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_scheme(rq, s, &sc, e);
    db_read_end(&s);
    if (rc != RC_OK)
        return rc;
    rc = rq_period(rq, "from", N_("从哪一期起"), &x.from, e);
    if (rc == RC_OK) {
        field = "why";
        rc = rq_text(rq, "why", N_("改了什么，为什么"), WHY_MAX, &why, e);
    }
    if (rc == RC_OK) {
        struct scheme noted = *sc;
        field = NULL;
        noted.note = why;
        x.draft = &noted;
        rc = db_transact(rq_county(rq)->db, adopt, &x, e);
    }
    if (rc == RC_OK) {
        rq_notice(rq, text_fill(rq->a, rq_tr(rq, N_("第{version}版自{period}起采用")),
                                "version", arena_printf(rq->a, "%d", sc->version), "period",
                                period_name(rq->a, x.from, rq->lang), NULL));
        return rq_county(rq)->trial ? web_done(rq, "/setup/sources", e)
                                    : web_donef(rq, e, "/scheme/%d", sc->version);
    }
    if (rc != RC_INVALID || rq->json)
        return rc;
    const char *text = err_message(e, rq->lang, rq->a);
    err_done(e);
    rq->status = 400;
    return render(rq, text, field, e);
}

const struct route scheme_preview_routes[] = {
    { .method = GET,
      .path = "/scheme/:version/preview",
      .auth = SESSION | TOKEN,
      .need = CAP_EDIT_SCHEME,
      .scope = SCOPE_ALL,
      .fn = scheme_preview_show,
      .page = &scheme_preview_kind,
      .help = N_("草案用在过去一期会怎样") },
    { .method = POST,
      .path = "/scheme/:version/adopt",
      .auth = SESSION | TOKEN,
      .need = CAP_ADOPT_SCHEME,
      .scope = SCOPE_ALL,
      .fn = scheme_adopt_post,
      .help = N_("采用一版草案: from=期间, why=缘由") },
};
const size_t scheme_preview_routes_n = COUNT(scheme_preview_routes);
