/*
 * Agreement of a period's computation with a source. The one idea: every figure of ours becomes
 * two columns over the evaluated units, a score (the more the better) and whether we called it;
 * then all are judged alike.
 */
#include "quality/agreement.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/compute.sql.h"
#include "monitor/scheme.h"
#include "quality/quality.sql.h"
#include "stats/agree.h"
#include "stats/describe.h"
#include "store/county.h"
#include "store/job.h"
#include "warn/rule.h"

#include <math.h>
#include <stdio.h>

enum { REPLICATIONS = 500, KEY = 24 };
static const struct agree_plan plan = { .seed = 1,
                                        .replications = REPLICATIONS,
                                        .level = 0.95 };

struct figure {
    const char *kind, *code, *name;
    struct agree_ranks ranks;
    struct agree_calls calls;
    size_t lead_n;
    struct agree_figure lead;
    bool retire;
};

struct work {
    struct county *c;
    const struct snap *s;
    struct arena *a;
    enum source source;
    struct period period;
    struct agreement_run run;
    /* Evaluated units that have a report, in the order of their ids. */
    struct map *row; /* id → index */
    size_t n;
    double *theirs;
    bool *so;
    int32_t *found; /* first day on which a problem was found; 0: not known */
    double *fired;  /* day of the first warning that fired, of whatever is judged; NaN */
    double *ours;   /* column at hand */
    bool *called;
    struct figure *figure;
    size_t n_figures, cap;
};

static const char *id_key(struct id id, char out[KEY])
{
    (void)snprintf(out, KEY, "%lld", (long long)id.v);
    return out;
}

enum rc agreement_run_of(const struct snap *s, struct period p, struct arena *a,
                         struct agreement_run *ret, struct err *e)
{
    struct published_run_row row;
    enum rc rc = published_run_one(s, p, a, &row, e);
    if (rc == RC_OK)
        *ret = (struct agreement_run){ .id = row.id, .scheme = row.scheme_id };
    return rc;
}

static struct id upto(const void *arg, struct period p, struct id unit)
{
    (void)p; /* asked for one period only */
    (void)unit;
    return ((const struct agreement_run *)arg)->id;
}

struct warn_sight agreement_warnings(const struct agreement_run *run)
{
    return (struct warn_sight){ .upto = upto, .arg = run };
}

static ptrdiff_t row_of(const struct work *w, struct id unit)
{
    char key[KEY];
    return map_index(w->row, id_key(unit, key));
}

/* ---- what they say ---- */

static void columns(struct work *w, size_t n)
{
    w->theirs = arena_array(w->a, n, sizeof(*w->theirs));
    w->so = arena_array(w->a, n, sizeof(*w->so));
    w->found = arena_array(w->a, n, sizeof(*w->found));
    w->fired = arena_array(w->a, n, sizeof(*w->fired));
    w->ours = arena_array(w->a, n, sizeof(*w->ours));
    w->called = arena_array(w->a, n, sizeof(*w->called));
}

static void blank(struct work *w)
{
    for (size_t i = 0; i < w->n; i++) {
        w->ours[i] = w->fired[i] = NAN;
        w->called[i] = false;
    }
}

/* In the lowest quarter, and below the middle: where all are alike nobody is. */
static void lowest(const double *x, size_t n, bool *ret)
{
    static const double at[] = { 0.25, 0.5 };
    double q[2];
    col_quantiles(x, n, at, 2, q);
    for (size_t i = 0; i < n; i++)
        ret[i] = x[i] <= q[0] && x[i] < q[1];
}

static enum rc read_theirs(struct work *w, struct err *e)
{
    struct evaluations_of_row *v;
    struct evaluation_problems_of_row *p;
    struct reports_of_run_row *reports;
    size_t n, n_p, n_r;
    char key[KEY];
    enum rc rc = evaluations_of_all(w->s, source_word(w->source), w->period, w->a, &v, &n, e);
    if (rc == RC_OK)
        rc = evaluation_problems_of_all(w->s, source_word(w->source), w->period, w->a, &p, &n_p,
                                        e);
    if (rc == RC_OK)
        rc = reports_of_run_all(w->s, w->run.id, w->a, &reports, &n_r, e);
    if (rc != RC_OK)
        return rc;
    struct map *reported = map_new(w->a);
    for (size_t i = 0; i < n_r; i++)
        map_add_index(reported, id_key(reports[i].unit_id, key), i);
    bool scored = false;
    for (size_t i = 0; i < n; i++)
        scored |= !isnan(v[i].score);
    columns(w, n);
    for (size_t i = 0; i < n; i++) {
        if (map_index(reported, id_key(v[i].unit_id, key)) < 0)
            continue;
        int rank = evaluation_state_rank(v[i].state);
        w->theirs[w->n] = scored ? v[i].score : rank ? rank : NAN;
        map_add_index(w->row, id_key(v[i].unit_id, key), w->n++);
    }
    for (size_t i = 0; i < n_p; i++) {
        ptrdiff_t at = row_of(w, p[i].unit_id);
        if (at < 0)
            continue;
        w->so[at] = true;
        if (p[i].found_day && (!w->found[at] || p[i].found_day < w->found[at]))
            w->found[at] = (int32_t)p[i].found_day;
    }
    if (n_p == 0)
        lowest(w->theirs, w->n, w->so);
    return RC_OK;
}

/* ---- judging one figure of ours ---- */

static void lead(struct work *w, struct figure *f)
{
    double *days = arena_array(w->a, w->n, sizeof(*days));
    for (size_t i = 0; i < w->n; i++) {
        bool known = w->called[i] && w->so[i] && w->found[i] && !isnan(w->fired[i]);
        days[i] = known ? w->found[i] - w->fired[i] : NAN;
        f->lead_n += known;
    }
    f->lead = agree_median(days, w->n, &plan);
}

/* Nothing says that it predicts: neither its order nor its calls. */
static bool predicts_nothing(const struct work *w, const struct figure *f)
{
    struct range theirs = col_range(w->theirs, w->n);
    double base = w->n ? (double)f->calls.so / (double)w->n : NAN;
    bool order = f->ranks.tau_b.lo > 0, calls = f->calls.precision.lo > base;
    return f->ranks.n >= AGREEMENT_RETIRE_LEAST && theirs.min != theirs.max && !order && !calls;
}

static enum rc judge(struct work *w, const char *kind, const char *code, const char *name,
                     struct err *e)
{
    CLEANUP(err_done) struct err why = { 0 };
    if (w->n_figures == w->cap) {
        size_t cap = w->cap ? 2 * w->cap : 64;
        w->figure =
            arena_grow(w->a, w->figure, w->cap * sizeof(*w->figure), cap * sizeof(*w->figure));
        w->cap = cap;
    }
    struct figure *f = &w->figure[w->n_figures++];
    *f = (struct figure){ .kind = kind, .code = code, .name = name };
    enum rc rc = agree_ranks(w->ours, w->theirs, w->n, &plan, &f->ranks, &why);
    if (rc != RC_OK && rc != RC_INVALID) { /* invalid: no order to compare */
        err_move(e, &why);
        return rc;
    }
    agree_calls(w->called, w->so, w->n, &plan, &f->calls);
    lead(w, f);
    bool rule = str_eq(kind, "rule");
    f->retire =
        (rule ? f->calls.called > 0 : str_eq(kind, "indicator")) && predicts_nothing(w, f);
    return RC_OK;
}

/* ---- warnings ---- */

static enum rc warnings(struct work *w, struct err *e)
{
    struct warn_view *v;
    struct warnings_fired_row *first;
    struct rule *rules;
    size_t n, n_first, n_rules;
    struct warn_sight sight = agreement_warnings(&w->run);
    enum rc rc =
        warn_of_period(w->s, w->period, &sight, (struct id){ 0 }, LANG_ZH, w->a, &v, &n, e);
    if (rc == RC_OK)
        rc = warnings_fired_all(w->s, w->a, &first, &n_first, e);
    if (rc == RC_OK)
        rc = rules_in_force(w->s, w->a, &rules, &n_rules, e);
    struct map *day = map_new(w->a);
    double *days = arena_array(w->a, rc == RC_OK ? n_first : 0, sizeof(*days));
    char key[KEY];
    for (size_t i = 0; rc == RC_OK && i < n_first; i++) {
        days[i] = time_day(first[i].at);
        map_add_index(day, id_key(first[i].warning, key), i);
    }
    /* Rule SIZE_MAX first: all of them together. */
    for (size_t r = SIZE_MAX; rc == RC_OK && (r == SIZE_MAX || r < n_rules); r++) {
        blank(w);
        for (size_t i = 0; i < w->n; i++)
            w->ours[i] = 0;
        for (size_t i = 0; i < n; i++) {
            ptrdiff_t at = row_of(w, v[i].unit);
            bool fits = r == SIZE_MAX || str_eq(v[i].rule_code, rules[r].code);
            if (at < 0 || !fits || !(warn_view_burns(&v[i]) || v[i].state == WARN_RESOLVED))
                continue;
            ptrdiff_t fired = map_index(day, id_key(v[i].id, key));
            w->called[at] = true;
            w->ours[at] = fmin(w->ours[at], -(double)v[i].colour);
            if (fired >= 0)
                w->fired[at] = fmin(w->fired[at], days[fired]);
        }
        rc = r == SIZE_MAX ? judge(w, "warnings", "", "", e)
                           : judge(w, "rule", rules[r].code, rules[r].name, e);
    }
    return rc;
}

/* ---- scores ---- */

static enum rc total(struct work *w, struct err *e)
{
    struct reports_of_run_row *r;
    size_t n;
    enum rc rc = reports_of_run_all(w->s, w->run.id, w->a, &r, &n, e);
    if (rc != RC_OK)
        return rc;
    blank(w);
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t at = row_of(w, r[i].unit_id);
        if (at < 0)
            continue;
        w->ours[at] = r[i].score;
        w->called[at] = str_eq(r[i].state, "watch") || str_eq(r[i].state, "focus");
    }
    return judge(w, "total", "", "", e);
}

static enum rc nodes(struct work *w, struct err *e)
{
    const struct scheme *sc;
    const char *root = ""; /* comes first */
    enum rc rc = scheme_load(w->s, w->run.scheme, w->a, &sc, e);
    for (size_t i = 0; rc == RC_OK && i < sc->n; i++) {
        const struct scheme_node *node = &sc->nodes[i];
        struct scores_of_node_row *rows;
        size_t n;
        if (!*node->parent) { /* the index is the total */
            root = node->code;
            continue;
        }
        rc = scores_of_node_all(w->s, w->run.id, node->code, w->a, &rows, &n, e);
        if (rc != RC_OK || n == 0)
            continue;
        blank(w);
        for (size_t k = 0; k < n; k++) {
            ptrdiff_t at = row_of(w, rows[k].unit_id);
            if (at >= 0)
                w->ours[at] = rows[k].score;
        }
        lowest(w->ours, w->n, w->called);
        rc = judge(w,
                   node->level == 1             ? "indicator"
                   : str_eq(node->parent, root) ? "aspect"
                                                : "node",
                   node->code, node->name, e);
    }
    return rc;
}

/* ---- writing ---- */

static enum rc write_all(struct tx *tx, void *arg, struct err *e)
{
    const struct work *w = arg;
    const char *source = source_word(w->source);
    struct utime now = county_now(w->c);
    enum rc rc = agreement_drop(tx, source, w->period, NULL, e);
    for (size_t i = 0; i < w->n_figures && rc == RC_OK; i++) {
        const struct figure *f = &w->figure[i];
        const struct agree_figure *t = &f->ranks.tau_b, *r = &f->ranks.spearman,
                                  *h = &f->calls.precision, *g = &f->calls.recall;
        rc = agreement_insert(
            tx, source, w->period, f->kind, f->code, f->name, (int64_t)f->ranks.n, t->v, t->lo,
            t->hi, r->v, r->lo, r->hi, (int64_t)f->calls.called, (int64_t)f->calls.so,
            (int64_t)f->calls.hits, h->v, h->lo, h->hi, g->v, g->lo, g->hi, (int64_t)f->lead_n,
            f->lead.v, f->lead.lo, f->lead.hi, f->retire, now, NULL, e);
    }
    return rc;
}

enum rc agreement_compute(struct county *c, enum source source, struct period p, size_t *ret_n,
                          struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct work w = { .c = c, .a = a, .source = source, .period = p, .row = map_new(a) };
    *ret_n = 0;
    enum rc rc = db_read(c->db, &s, e);
    w.s = s;
    if (rc == RC_OK)
        rc = agreement_run_of(s, p, a, &w.run, e);
    if (rc == RC_NOTFOUND) {
        err_done(e); /* nothing of ours to compare with */
        return RC_OK;
    }
    if (rc == RC_OK)
        rc = read_theirs(&w, e);
    if (rc == RC_OK)
        rc = total(&w, e);
    if (rc == RC_OK)
        rc = nodes(&w, e);
    if (rc == RC_OK)
        rc = warnings(&w, e);
    db_read_end(&s); /* a change does not wait behind a snapshot */
    if (rc == RC_OK)
        rc = db_transact(c->db, write_all, &w, e);
    if (rc == RC_OK)
        *ret_n = w.n_figures;
    return rc;
}

enum rc agreement_compute_all(struct county *c, size_t *ret_n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct evaluated_row *rows;
    size_t n, made;
    *ret_n = 0;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = evaluated_all(s, a, &rows, &n, e);
    db_read_end(&s);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        rc = agreement_compute(c, source_of(rows[i].source), rows[i].period, &made, e);
        *ret_n += rc == RC_OK ? made : 0;
    }
    return rc;
}

const char agreement_job[] = "agree";

enum rc agreement_job_run(struct job_run *r, struct err *e)
{
    size_t n;
    enum rc rc = job_progress(r, 0, 0, e);
    if (rc == RC_OK)
        rc = agreement_compute_all(r->c, &n, e);
    if (rc == RC_OK)
        (void)err_set(&r->said, RC_DONE, N_("比较了{n}项"), "n",
                      fmt_count(r->a, (int64_t)n)); /* no failure */
    return rc;
}
