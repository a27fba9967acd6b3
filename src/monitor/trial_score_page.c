/*
 * The panel of the period as published with the unit's typed values put in, through the same
 * engine and the same rules as a computation. Two runs, before and after, so that what differs
 * is what was typed.
 */
#include "monitor/trial_score_page.h"

#include "base/fmt.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/assess.h"
#include "monitor/compute.sql.h"
#include "monitor/data_page.h"
#include "monitor/overview_page.h"
#include "monitor/publication.h"
#include "monitor/trial_score.html.h"
#include "monitor/warn_feed.h"
#include "people/asker.h"
#include "store/county.h"
#include "warn/trial.h"

#include <math.h>
#include <string.h>

enum { TYPED_MAX = 40 /* characters of a number */ };

struct trying {
    struct rq *rq;
    const struct snap *s;
    const struct unit *unit;
    struct sight sight;
    const struct publication *run; /* by whose values */
    struct panel *panel;
    size_t at; /* the unit in the panel */
    struct panel_change *changes;
    size_t n_changes;
    struct assessment before, was, now; /* of the period before, as it is, as typed */
    bool has_before;
    struct trial_score_page p;
};

/* ---- values ---- */

/* The panel by the newest figures everybody sees, else by the draft that the unit sees. */
static enum rc load(struct trying *x, struct err *e)
{
    struct arena *a = x->rq->a;
    const struct scheme *scheme;
    struct run_head_row head;
    enum rc rc = rq_sight(x->rq, &x->sight, e);
    if (rc == RC_OK)
        rc =
            rq_shown_period(x->rq, &x->sight, true,
                            arena_printf(a, "/trial-score/%s", x->unit->code), &x->p.period, e);
    if (rc != RC_OK)
        return rc;
    x->run = sight_run(&x->sight, x->p.period);
    x->p.published = x->run && x->run->stage == PUBLICATION_PUBLISHED;
    if (!x->run)
        x->run = sight_run_of(&x->sight, x->p.period, x->unit);
    if (!x->run)
        return RC_OK;
    rc = run_head_one(x->s, x->run->computation, a, &head, e);
    if (rc == RC_OK)
        rc = scheme_load(x->s, head.scheme_id, a, &scheme, e);
    if (rc == RC_OK)
        rc = panel_build(x->s, scheme, x->p.period, x->run->started_at, a, &x->panel, e);
    if (rc != RC_OK)
        return rc;
    for (x->at = 0; x->at < x->panel->n_units; x->at++)
        if (x->panel->unit[x->at]->id.v == x->unit->id.v)
            break;
    x->p.has = x->at < x->panel->n_units;
    return RC_OK;
}

/* Name of the field of a point's row. */
static const char *field_name(const struct trying *x, size_t point, size_t row)
{
    char code[PERIOD_TEXT];
    return arena_printf(x->rq->a, "v.%s.%s", x->panel->points[point].code,
                        period_code(x->panel->series[point].period[row], code));
}

/* A typed text: false when it is neither a number nor 无. */
static bool read_typed(const char *text, double *ret)
{
    if (str_eq(text, "无") || str_eq(text, "none")) {
        *ret = NAN;
        return true;
    }
    return parse_real_n(text, strlen(text), ret);
}

/* The rows of a point that are the unit's to change. */
static bool is_field(const struct trying *x, size_t point)
{
    return point_applies(&x->panel->points[point], x->panel->unit[x->at]);
}

/* ---- the form ---- */

static const char *const no_number = N_("应为数字，或写“无”");

/* The aspect that a point's indicator hangs under; the tree's root for what hangs nowhere. */
static size_t aspect_of(const struct trying *x, size_t point)
{
    const struct scheme_tree *t = &x->panel->plan.tree;
    size_t node = scheme_find(t, x->panel->points[point].indicator);
    if (node == NODE_NONE)
        return t->root;
    while (node != t->root && t->nodes[node].parent != t->root)
        node = t->nodes[node].parent;
    return node;
}

static void add_field(struct trying *x, struct trial_score_aspects *g, size_t point, size_t row)
{
    struct rq *rq = x->rq;
    const struct point *pt = &x->panel->points[point];
    const struct series *s = &x->panel->series[point];
    const char *name = field_name(x, point, row),
               *typed = rq->method == POST ? rq_field(rq, name) : NULL;
    struct trial_score_aspects_fields *f = &g->fields[g->n_fields++];
    double v;
    *f = (struct trial_score_aspects_fields){
        .field = name,
        .name = pt->name,
        .code = pt->code,
        .period = period_name(rq->a, s->period[row], rq->lang),
        .value = s->value[row][x->at],
        .missing = missing_text(rq, missing_code((enum missing)s->missing[row][x->at])),
        .measure = pt->unit_of_measure,
        .typed = typed ? typed : "",
        .wrong = ""
    };
    typed = str_trim(rq->a, f->typed);
    if (!*typed)
        return;
    if (utf8_count(typed) > TYPED_MAX || !read_typed(typed, &v)) {
        f->wrong = rq_tr(rq, no_number);
        x->p.wrong = rq_tr(rq, N_("有的格子不是数字，改好再试"));
        return;
    }
    double now = s->value[row][x->at];
    if (v == now || (isnan(v) && isnan(now)))
        return;
    x->changes[x->n_changes++] = (struct panel_change){ point, row, v };
}

static void fields(struct trying *x)
{
    struct arena *a = x->rq->a;
    const struct panel *p = x->panel;
    const struct scheme_tree *t = &p->plan.tree;
    size_t rows = 0;
    for (size_t i = 0; i < p->n_points; i++)
        rows += p->series[i].window;
    x->changes = arena_array(a, rows, sizeof(*x->changes));
    x->p.aspects = arena_array(a, t->nodes[t->root].n_children + 1, sizeof(*x->p.aspects));
    /* Aspects in the order of the scheme, points in theirs. */
    for (size_t k = 0; k <= t->nodes[t->root].n_children; k++) {
        size_t node =
            k < t->nodes[t->root].n_children ? t->nodes[t->root].children[k] : t->root;
        struct trial_score_aspects *g = &x->p.aspects[x->p.n_aspects];
        *g = (struct trial_score_aspects){ .name = t->nodes[node].name,
                                           .fields = arena_array(a, rows, sizeof(*g->fields)) };
        for (size_t i = 0; i < p->n_points; i++) {
            const struct series *s = &p->series[i];
            if (!is_field(x, i) || aspect_of(x, i) != node)
                continue;
            for (size_t r = s->n_rows - s->window; r < s->n_rows; r++)
                add_field(x, g, i, r);
        }
        g->n = (int64_t)g->n_fields;
        x->p.n_points += g->n;
        x->p.n_aspects += g->n_fields > 0;
    }
}

/* ---- running ---- */

/* The assessment of the period before, as the unit was told it. */
static enum rc load_before(struct trying *x, struct err *e)
{
    struct arena *a = x->rq->a;
    const struct scheme *scheme;
    struct run_head_row head;
    struct panel *panel;
    struct period prev = period_step(x->p.period, -1);
    const struct publication *run = prev.v ? sight_run_of(&x->sight, prev, x->unit) : NULL;
    if (!run)
        return RC_OK;
    enum rc rc = run_head_one(x->s, run->computation, a, &head, e);
    if (rc == RC_OK)
        rc = scheme_load(x->s, head.scheme_id, a, &scheme, e);
    if (rc == RC_OK)
        rc = panel_build(x->s, scheme, prev, run->started_at, a, &panel, e);
    if (rc != RC_OK)
        return rc;
    panel->plan.config.engine.uncertainty.replications = 0;
    panel->plan.config.engine.sensitivity.samples = 0;
    rc = assess(panel, a, &x->before, e);
    x->has_before = rc == RC_OK;
    return rc;
}

static enum rc warnings(struct trying *x, const struct assessment *now, struct warn_tried **ret,
                        size_t *ret_n, struct err *e)
{
    struct warn_source src;
    const struct warn_sight sight = sight_warnings(&x->sight);
    warn_feed(now, x->has_before ? &x->before : NULL, (struct id){ 0 }, x->rq->a, &src);
    return warn_try(x->s, &src, x->at, &sight, x->rq->lang, x->rq->a, ret, ret_n, e);
}

static const struct warn_tried *tried_of(const struct warn_tried *list, size_t n,
                                         const char *rule)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].rule->code, rule))
            return &list[i];
    return NULL;
}

static enum rc lamps(struct trying *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct warn_tried *was, *now;
    size_t n_was, n_now;
    enum rc rc = warnings(x, &x->was, &was, &n_was, e);
    if (rc == RC_OK)
        rc = warnings(x, &x->now, &now, &n_now, e);
    if (rc != RC_OK)
        return rc;
    x->p.warnings = arena_array(rq->a, n_now, sizeof(*x->p.warnings));
    x->p.gone = arena_array(rq->a, n_was, sizeof(*x->p.gone));
    for (size_t i = 0; i < n_now; i++) {
        const struct warn_tried *w = &now[i], *o = tried_of(was, n_was, w->rule->code);
        const char *news = !o                             ? N_("现在没有")
                           : o->at.colour != w->at.colour ? N_("颜色变了")
                           : o->at.state != w->at.state   ? N_("状态变了")
                                                          : "";
        x->p.warnings[x->p.n_warnings++] =
            (struct trial_score_warnings){ .mark = warn_mark(w->at.colour),
                                           .colour = rq_tr(rq, warn_colour_text(w->at.colour)),
                                           .name = w->rule->name,
                                           .rule = w->said,
                                           .values = w->values,
                                           .clears = w->clears,
                                           .state = rq_tr(rq, warn_state_text(w->at.state)),
                                           .news = *news ? rq_tr(rq, news) : "" };
    }
    for (size_t i = 0; i < n_was; i++)
        if (!tried_of(now, n_now, was[i].rule->code))
            x->p.gone[x->p.n_gone++] =
                (struct trial_score_gone){ warn_mark(was[i].at.colour),
                                           rq_tr(rq, warn_colour_text(was[i].at.colour)),
                                           was[i].rule->name };
    return RC_OK;
}

/* Scores that would differ, from the index down. */
static void nodes(struct trying *x)
{
    const struct scheme_tree *t = &x->panel->plan.tree;
    x->p.nodes = arena_array(x->rq->a, t->n, sizeof(*x->p.nodes));
    for (size_t i = 0; i < t->n; i++) {
        size_t node = t->top_first[i];
        double was = assess_score(&x->was, x->at, node),
               is = assess_score(&x->now, x->at, node);
        if ((isnan(was) && isnan(is)) || fabs(was - is) < 0.05)
            continue;
        x->p.nodes[x->p.n_nodes++] =
            (struct trial_score_nodes){ .code = t->nodes[node].code,
                                        .name = t->nodes[node].name,
                                        .depth = t->nodes[t->root].level - t->nodes[node].level,
                                        .was = was,
                                        .score = is,
                                        .change = is - was };
    }
}

static enum rc run(struct trying *x, struct err *e)
{
    struct panel *with;
    struct arena *a = x->rq->a;
    x->panel->plan.config.engine.sensitivity.samples = 0;
    enum rc rc = panel_with(x->panel, x->at, x->changes, x->n_changes, a, &with, e);
    if (rc == RC_OK)
        rc = assess(with, a, &x->now, e);
    if (rc == RC_OK)
        rc = load_before(x, e);
    if (rc == RC_OK)
        rc = lamps(x, e);
    if (rc != RC_OK)
        return rc;
    nodes(x);
    x->p.tried = true;
    x->p.changed = (int64_t)x->n_changes;
    x->p.score = assess_index(&x->now, x->at);
    x->p.change = x->p.score - x->p.was;
    struct assess_range in = assess_interval(&x->now, x->at, x->panel->plan.tree.root);
    x->p.lo = in.lo;
    x->p.hi = in.hi;
    x->p.reason = isnan(x->p.score) && with->thin[x->at]
                      ? rq_tr(x->rq, N_("报来的数太少，不给总分。"))
                      : "";
    return RC_OK;
}

static enum rc answer(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct trying x = { .rq = rq };
    enum rc rc = rq_unit(rq, rq_param(rq, "unit"), &x.unit, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    x.s = s;
    if (rc == RC_OK)
        rc = load(&x, e);
    if (rc != RC_OK)
        return rc;
    x.p.unit_code = x.unit->code;
    x.p.unit_name = x.unit->name;
    x.p.was = x.p.score = x.p.lo = x.p.hi = x.p.change = NAN;
    if (x.p.has) {
        struct engine_config *c = &x.panel->plan.config.engine;
        size_t replications = c->uncertainty.replications;
        c->uncertainty.replications = 0; /* as it is: the interval is in the report */
        c->sensitivity.samples = 0;
        rc = assess(x.panel, rq->a, &x.was, e);
        c->uncertainty.replications = replications;
        if (rc != RC_OK)
            return rc;
        x.p.was = assess_index(&x.was, x.at);
        fields(&x);
        if (x.p.wrong)
            rq->status = 400;
        else if (rq->method == POST)
            rc = run(&x, e);
    }
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("体检报告")), "/report");
    rq_crumb(rq, rq_tr(rq, N_("试评")), NULL);
    return trial_score_render(rq, &x.p, e);
}

const struct route trial_score_routes[] = {
    { .method = GET,
      .path = "/trial-score/:unit",
      .auth = SESSION | TOKEN,
      .need = CAP_HANDLE,
      .scope = SCOPE_UNIT,
      .fn = answer,
      .page = &trial_score_kind,
      .quiet = true,
      .help = N_("试评:一个单位现在的数和分") },
    { .method = POST,
      .path = "/trial-score/:unit",
      .auth = SESSION | TOKEN,
      .need = CAP_HANDLE,
      .scope = SCOPE_UNIT,
      .fn = answer,
      .page = &trial_score_kind,
      .quiet = true,
      .help = N_("试评:v.监测点.期间=数,看分和灯会怎样;什么也不存") },
};
const size_t trial_score_routes_n = COUNT(trial_score_routes);
