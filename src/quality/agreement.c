/*
 * Agreement of published computations with sources. The one idea: every figure of ours becomes
 * two columns over the cases (a unit as a source saw it in a period), a score (the more the
 * better) and whether we called it; then all are judged alike, one source and period or many.
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

/* What one source says of one period, and the published computation it is compared with. */
struct stratum {
    enum source source;
    struct period period;
    struct agreement_run run;
    size_t from, n;  /* its cases: evaluated units that have a report, in the order of ids */
    struct map *row; /* unit id → case */
};

/* A figure of ours over all cases. */
struct column {
    const char *kind, *code, *name;
    double *ours;
    double *fired; /* day of the first warning that fired, of whatever is judged; NaN */
    bool *called;
    bool *covered; /* in strata of whose scheme or rules it is a part */
};

struct work {
    struct county *c;
    const struct snap *s;
    struct arena *a;
    enum source source;   /* 0: all */
    struct period period; /* none: all */
    struct stratum *stratum;
    size_t n_strata;
    /* Cases, stratum by stratum. */
    size_t n, room;
    double *theirs;
    bool *so;
    int32_t *found;    /* first day on which a problem was found; 0: not known */
    uint32_t *cluster; /* the unit: its cases are drawn together */
    struct map *unit;  /* id → cluster */
    struct map *known; /* kind and code → column */
    struct column *column;
    size_t n_columns, cap;
    struct figure *figure;
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

static ptrdiff_t row_of(const struct stratum *st, struct id unit)
{
    char key[KEY];
    return map_index(st->row, id_key(unit, key));
}

/* ---- what they say ---- */

static void make_room(struct work *w, size_t n)
{
    w->room = n;
    w->theirs = arena_array(w->a, n, sizeof(*w->theirs));
    w->so = arena_array(w->a, n, sizeof(*w->so));
    w->found = arena_array(w->a, n, sizeof(*w->found));
    w->cluster = arena_array(w->a, n, sizeof(*w->cluster));
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

static void add_case(struct work *w, struct stratum *st, struct id unit, double theirs)
{
    char key[KEY];
    id_key(unit, key);
    size_t at = w->n++, cluster = map_count(w->unit);
    if (!map_add_index(w->unit, key, cluster))
        cluster = (size_t)map_index(w->unit, key);
    w->theirs[at] = theirs;
    w->cluster[at] = (uint32_t)cluster;
    map_add_index(st->row, key, at);
    st->n++;
}

static enum rc read_theirs(struct work *w, struct stratum *st,
                           const struct evaluations_of_row *v, size_t n, struct err *e)
{
    struct evaluation_problems_of_row *p;
    struct reports_of_run_row *reports;
    size_t n_p, n_r;
    char key[KEY];
    enum rc rc = evaluation_problems_of_all(w->s, source_word(st->source), st->period, w->a, &p,
                                            &n_p, e);
    if (rc == RC_OK)
        rc = reports_of_run_all(w->s, st->run.id, w->a, &reports, &n_r, e);
    if (rc != RC_OK)
        return rc;
    struct map *reported = map_new(w->a);
    for (size_t i = 0; i < n_r; i++)
        map_add_index(reported, id_key(reports[i].unit_id, key), i);
    bool scored = false;
    for (size_t i = 0; i < n; i++)
        scored |= !isnan(v[i].score);
    st->from = w->n;
    st->row = map_new(w->a);
    for (size_t i = 0; i < n; i++) {
        int rank = evaluation_state_rank(v[i].state);
        if (map_index(reported, id_key(v[i].unit_id, key)) >= 0)
            add_case(w, st, v[i].unit_id, scored ? v[i].score : rank ? rank : NAN);
    }
    for (size_t i = 0; i < n_p; i++) {
        ptrdiff_t at = row_of(st, p[i].unit_id);
        if (at < 0)
            continue;
        w->so[at] = true;
        if (p[i].found_day && (!w->found[at] || p[i].found_day < w->found[at]))
            w->found[at] = (int32_t)p[i].found_day;
    }
    if (n_p == 0)
        lowest(w->theirs + st->from, st->n, w->so + st->from);
    return RC_OK;
}

static bool wanted(const struct work *w, const struct evaluated_row *r)
{
    return (!w->source || source_of(r->source) == w->source) &&
           (!w->period.v || period_same(r->period, w->period));
}

/* The strata of this choice that have something of ours to compare with, and their cases. */
static enum rc read_strata(struct work *w, struct err *e)
{
    struct evaluated_row *r;
    size_t n, room = 0;
    enum rc rc = evaluated_all(w->s, w->a, &r, &n, e);
    struct evaluations_of_row **v = arena_array(w->a, rc == RC_OK ? n : 0, sizeof(*v));
    size_t *n_v = arena_array(w->a, rc == RC_OK ? n : 0, sizeof(*n_v));
    w->stratum = arena_array(w->a, rc == RC_OK ? n : 0, sizeof(*w->stratum));
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct stratum *st = &w->stratum[w->n_strata];
        if (!wanted(w, &r[i]))
            continue;
        *st = (struct stratum){ .source = source_of(r[i].source), .period = r[i].period };
        rc = agreement_run_of(w->s, st->period, w->a, &st->run, e);
        if (rc == RC_NOTFOUND) { /* nothing of ours is published */
            err_done(e);
            *e = (struct err){ 0 };
            rc = RC_OK;
            continue;
        }
        if (rc == RC_OK)
            rc = evaluations_of_all(w->s, r[i].source, st->period, w->a, &v[w->n_strata],
                                    &n_v[w->n_strata], e);
        room += rc == RC_OK ? n_v[w->n_strata++] : 0;
    }
    make_room(w, room);
    for (size_t i = 0; rc == RC_OK && i < w->n_strata; i++)
        rc = read_theirs(w, &w->stratum[i], v[i], n_v[i], e);
    return rc;
}

/* ---- columns of ours ---- */

/* The column of that code, covering a stratum from now on; its cases there are blank. */
static struct column *column_of(struct work *w, const struct stratum *st, const char *kind,
                                const char *code, const char *name)
{
    const char *key = arena_printf(w->a, "%s %s", kind, code);
    ptrdiff_t at = map_index(w->known, key);
    if (at < 0) {
        at = (ptrdiff_t)w->n_columns;
        if (w->n_columns == w->cap) {
            size_t cap = w->cap ? 2 * w->cap : 64;
            w->column = arena_grow(w->a, w->column, w->cap * sizeof(*w->column),
                                   cap * sizeof(*w->column));
            w->cap = cap;
        }
        map_add_index(w->known, key, w->n_columns);
        w->column[w->n_columns++] =
            (struct column){ .kind = kind,
                             .code = code,
                             .name = name,
                             .ours = arena_array(w->a, w->room, sizeof(double)),
                             .fired = arena_array(w->a, w->room, sizeof(double)),
                             .called = arena_array(w->a, w->room, sizeof(bool)),
                             .covered = arena_array(w->a, w->room, sizeof(bool)) };
    }
    struct column *x = &w->column[at];
    for (size_t i = st->from; i < st->from + st->n; i++) {
        x->ours[i] = x->fired[i] = NAN;
        x->covered[i] = true;
    }
    return x;
}

/* ---- warnings ---- */

static enum rc warnings(struct work *w, struct stratum *st, struct err *e)
{
    struct warn_view *v;
    struct warnings_fired_row *first;
    struct rule *rules;
    size_t n, n_first, n_rules;
    struct warn_sight sight = agreement_warnings(&st->run);
    enum rc rc =
        warn_of_period(w->s, st->period, &sight, (struct id){ 0 }, LANG_ZH, w->a, &v, &n, e);
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
        struct column *x = r == SIZE_MAX
                               ? column_of(w, st, "warnings", "", "")
                               : column_of(w, st, "rule", rules[r].code, rules[r].name);
        for (size_t i = st->from; i < st->from + st->n; i++)
            x->ours[i] = 0;
        for (size_t i = 0; i < n; i++) {
            ptrdiff_t at = row_of(st, v[i].unit);
            bool fits = r == SIZE_MAX || str_eq(v[i].rule_code, rules[r].code);
            if (at < 0 || !fits || !(warn_view_burns(&v[i]) || v[i].state == WARN_RESOLVED))
                continue;
            ptrdiff_t fired = map_index(day, id_key(v[i].id, key));
            x->called[at] = true;
            x->ours[at] = fmin(x->ours[at], -(double)v[i].colour);
            if (fired >= 0)
                x->fired[at] = fmin(x->fired[at], days[fired]);
        }
    }
    return rc;
}

/* ---- scores ---- */

static enum rc total(struct work *w, struct stratum *st, struct err *e)
{
    struct reports_of_run_row *r;
    size_t n;
    enum rc rc = reports_of_run_all(w->s, st->run.id, w->a, &r, &n, e);
    if (rc != RC_OK)
        return rc;
    struct column *x = column_of(w, st, "total", "", "");
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t at = row_of(st, r[i].unit_id);
        if (at < 0)
            continue;
        x->ours[at] = r[i].score;
        x->called[at] = str_eq(r[i].state, "watch") || str_eq(r[i].state, "focus");
    }
    return RC_OK;
}

static enum rc nodes(struct work *w, struct stratum *st, struct err *e)
{
    const struct scheme *sc;
    const char *root = ""; /* comes first */
    enum rc rc = scheme_load(w->s, st->run.scheme, w->a, &sc, e);
    for (size_t i = 0; rc == RC_OK && i < sc->n; i++) {
        const struct scheme_node *node = &sc->nodes[i];
        struct scores_of_node_row *rows;
        size_t n;
        if (!*node->parent) { /* the index is the total */
            root = node->code;
            continue;
        }
        rc = scores_of_node_all(w->s, st->run.id, node->code, w->a, &rows, &n, e);
        if (rc != RC_OK || n == 0)
            continue;
        struct column *x = column_of(w, st,
                                     node->level == 1             ? "indicator"
                                     : str_eq(node->parent, root) ? "aspect"
                                                                  : "node",
                                     node->code, node->name);
        for (size_t k = 0; k < n; k++) {
            ptrdiff_t at = row_of(st, rows[k].unit_id);
            if (at >= 0)
                x->ours[at] = rows[k].score;
        }
        lowest(x->ours + st->from, st->n, x->called + st->from);
    }
    return rc;
}

/* ---- judging ---- */

/* The cases of a column, without strata it is not a part of. */
struct cases {
    size_t n;
    double *ours, *theirs, *days;
    bool *called, *so;
    uint32_t *cluster;
};

/* Scores of different sources and periods have different scales: put together, each stands by
 * its place in its own stratum, from 0 to 1. */
static void places(double *x, size_t n)
{
    CLEANUP(mem_freep) double *rank = mem_array(n + 1, sizeof(*rank));
    size_t there = col_range(x, n).n;
    col_rank_mean(x, n, rank);
    for (size_t i = 0; i < n; i++)
        x[i] = isnan(x[i]) ? NAN : (rank[i] - 0.5) / (double)there;
}

static void gather(const struct work *w, const struct column *x, struct cases *ret)
{
    struct arena *a = w->a;
    *ret = (struct cases){ .ours = arena_array(a, w->n, sizeof(double)),
                           .theirs = arena_array(a, w->n, sizeof(double)),
                           .days = arena_array(a, w->n, sizeof(double)),
                           .called = arena_array(a, w->n, sizeof(bool)),
                           .so = arena_array(a, w->n, sizeof(bool)),
                           .cluster = arena_array(a, w->n, sizeof(uint32_t)) };
    for (size_t s = 0; s < w->n_strata; s++) {
        const struct stratum *st = &w->stratum[s];
        size_t from = ret->n;
        for (size_t i = st->from; i < st->from + st->n; i++) {
            if (!x->covered[i])
                continue;
            bool known = x->called[i] && w->so[i] && w->found[i] && !isnan(x->fired[i]);
            ret->ours[ret->n] = x->ours[i];
            ret->theirs[ret->n] = w->theirs[i];
            ret->days[ret->n] = known ? w->found[i] - x->fired[i] : NAN;
            ret->called[ret->n] = x->called[i];
            ret->so[ret->n] = w->so[i];
            ret->cluster[ret->n++] = w->cluster[i];
        }
        if (w->n_strata > 1) {
            places(ret->ours + from, ret->n - from);
            places(ret->theirs + from, ret->n - from);
        }
    }
}

/* Nothing says that it predicts: neither its order nor its calls. */
static bool predicts_nothing(const struct cases *k, const struct figure *f)
{
    struct range theirs = col_range(k->theirs, k->n);
    double base = k->n ? (double)f->calls.so / (double)k->n : NAN;
    bool order = f->ranks.tau_b.lo > 0, calls = f->calls.precision.lo > base;
    return f->ranks.n >= AGREEMENT_RETIRE_LEAST && theirs.min != theirs.max && !order && !calls;
}

static enum rc judge(struct work *w, const struct column *x, struct figure *f, struct err *e)
{
    CLEANUP(err_done) struct err why = { 0 };
    struct agree_plan own = plan;
    struct cases k;
    gather(w, x, &k);
    own.cluster = k.cluster;
    *f = (struct figure){ .kind = x->kind, .code = x->code, .name = x->name };
    enum rc rc = agree_ranks(k.ours, k.theirs, k.n, &own, &f->ranks, &why);
    if (rc != RC_OK && rc != RC_INVALID) { /* invalid: no order to compare */
        err_move(e, &why);
        return rc;
    }
    agree_calls(k.called, k.so, k.n, &own, &f->calls);
    f->lead_n = col_range(k.days, k.n).n;
    f->lead = agree_median(k.days, k.n, &own);
    f->retire =
        (str_eq(x->kind, "rule") ? f->calls.called > 0 : str_eq(x->kind, "indicator")) &&
        predicts_nothing(&k, f);
    return RC_OK;
}

/* ---- writing ---- */

static enum rc write_all(struct tx *tx, void *arg, struct err *e)
{
    const struct work *w = arg;
    char code[PERIOD_TEXT] = "";
    const char *source = w->source ? source_word(w->source) : "",
               *span = w->period.v ? period_code(w->period, code) : "";
    struct utime now = county_now(w->c);
    enum rc rc = agreement_drop(tx, source, span, NULL, e);
    for (size_t i = 0; i < w->n_columns && rc == RC_OK; i++) {
        const struct figure *f = &w->figure[i];
        const struct agree_figure *t = &f->ranks.tau_b, *r = &f->ranks.spearman,
                                  *h = &f->calls.precision, *g = &f->calls.recall;
        rc = agreement_insert(tx, source, span, f->kind, f->code, f->name, (int64_t)w->n_strata,
                              (int64_t)f->calls.n, (int64_t)f->ranks.n, t->v, t->lo, t->hi,
                              r->v, r->lo, r->hi, (int64_t)f->calls.called,
                              (int64_t)f->calls.so, (int64_t)f->calls.hits, h->v, h->lo, h->hi,
                              g->v, g->lo, g->hi, (int64_t)f->lead_n, f->lead.v, f->lead.lo,
                              f->lead.hi, f->retire, now, NULL, e);
    }
    return rc;
}

/* Something to compare with, and of whatever is put together more than one: else it is the same
 * as a narrower choice. */
static bool worth_it(const struct work *w)
{
    bool sources = w->source && w->n_strata > 0, periods = w->period.v && w->n_strata > 0;
    for (size_t i = 1; i < w->n_strata; i++) {
        sources |= w->stratum[i].source != w->stratum[0].source;
        periods |= !period_same(w->stratum[i].period, w->stratum[0].period);
    }
    return sources && periods;
}

/* source 0, period none: put together. *ret_n: figures written, 0 when nothing is published, or
 * there is nothing to put together. */
static enum rc compute(struct county *c, enum source source, struct period p, size_t *ret_n,
                       struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct work w = {
        .c = c, .a = a, .source = source, .period = p, .unit = map_new(a), .known = map_new(a)
    };
    *ret_n = 0;
    enum rc rc = db_read(c->db, &s, e);
    w.s = s;
    if (rc == RC_OK)
        rc = read_strata(&w, e);
    if (rc == RC_OK && !worth_it(&w))
        return RC_OK;
    for (size_t i = 0; i < w.n_strata && rc == RC_OK; i++) {
        rc = total(&w, &w.stratum[i], e);
        if (rc == RC_OK)
            rc = nodes(&w, &w.stratum[i], e);
        if (rc == RC_OK)
            rc = warnings(&w, &w.stratum[i], e);
    }
    w.figure = arena_array(a, w.n_columns, sizeof(*w.figure));
    for (size_t i = 0; i < w.n_columns && rc == RC_OK; i++)
        rc = judge(&w, &w.column[i], &w.figure[i], e);
    db_read_end(&s); /* a change does not wait behind a snapshot */
    if (rc == RC_OK)
        rc = db_transact(c->db, write_all, &w, e);
    if (rc == RC_OK)
        *ret_n = w.n_columns;
    return rc;
}

enum rc agreement_compute_all(struct county *c, size_t *ret_n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct evaluated_row *rows;
    size_t n = 0, made = 0;
    *ret_n = 0;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = evaluated_all(s, a, &rows, &n, e);
    db_read_end(&s);
    const struct period all = { 0 };
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        rc = compute(c, source_of(rows[i].source), rows[i].period, &made, e);
        *ret_n += made;
        bool first = true; /* of its period */
        for (size_t k = 0; k < i; k++)
            first &= !period_same(rows[k].period, rows[i].period);
        if (rc == RC_OK && first)
            rc = compute(c, (enum source)0, rows[i].period, &made, e);
        *ret_n += first ? made : 0;
    }
    /* One source over all periods, then all of everything. */
    for (int source = SOURCES; rc == RC_OK && source >= 0; source--) {
        rc = compute(c, (enum source)source, all, &made, e);
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
