/*
 * Judging a period's values by the check rules. The one idea: every rule adds its finds to one
 * list; the list is then laid over what there is, thing by thing.
 */
#include "base/arena.h"
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/panel.h"
#include "monitor/value_other.sql.h"
#include "quality/hint_store.h"
#include "quality/quality.sql.h"
#include "stats/describe.h"
#include "stats/formula.h"
#include "stats/hint.h"
#include "store/canon.h"
#include "store/county.h"
#include "store/job.h"

#include <math.h>
#include <string.h>

enum { WRITTEN_AT_ONCE = 50, ARRIVALS_DAYS = 400, OTHERS_KEPT = 32 };

struct find {
    const struct check_rule *rule;
    const char *unit, *owner, *point;
    const char *numbers, *thing;
};

struct run {
    struct county *c;
    const struct snap *s;
    struct arena *a;
    const char *by;
    const struct panel *p;
    struct period period;
    const struct check_rule *rule; /* at hand */
    size_t of_rule;
    struct find *find;
    size_t n, cap;
    const struct hint *there;
    size_t n_there;
    size_t from, to;   /* finds, then open hints, of this change */
    struct map *found; /* things */
    struct hints_found *ret;
    struct hints_found step; /* of one change: it may be run again */
    struct given_by_others {
        struct period period;
        struct others_of_period_row *rows;
        size_t n;
    } others[OTHERS_KEPT]; /* read once a period */
    size_t n_others;
};

/* ---- adding a find ---- */

struct figure {
    const char *key;
    double v;
};

/* The tail is figures ended by one with key NULL; NaN ones are left out. */
static void add(struct run *r, const char *unit, const char *owner, const char *point,
                const struct figure *figures)
{
    char code[PERIOD_TEXT];
    size_t n_json;
    struct canon k;
    const char *thing = arena_printf(r->a, "%s/%s/%s/%s", r->rule->code,
                                     period_code(r->period, code), *unit ? unit : owner, point);
    if (!map_add(r->found, thing, r))
        return; /* such as two rows of a period outside the limits: the first is enough */
    if (r->of_rule++ >= HINTS_A_RULE_MAX) {
        r->ret->left_out++;
        return;
    }
    if (r->n == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 64;
        r->find = arena_grow(r->a, r->find, r->cap * sizeof(*r->find), cap * sizeof(*r->find));
        r->cap = cap;
    }
    canon_init(&k, r->a);
    for (const struct figure *f = figures; f->key; f++)
        if (!isnan(f->v))
            canon_real(&k, f->key, f->v);
    r->find[r->n++] = (struct find){ .rule = r->rule,
                                     .unit = unit,
                                     .owner = owner,
                                     .point = point,
                                     .numbers = canon_end(&k, &n_json),
                                     .thing = thing };
}

#define FIGURES(...) ((const struct figure[]){ __VA_ARGS__, { NULL, 0 } })

static void add_outlier(struct run *r, size_t unit, const struct point *pt,
                        struct hint_outlier o)
{
    if (o.hint)
        add(r, r->p->unit[unit]->code, pt->owner, pt->code,
            FIGURES({ "value", o.value }, { "centre", o.centre }, { "spread", o.spread },
                    { "score", o.score }, { "n", (double)o.n }));
}

static void add_pattern(struct run *r, const char *unit, const struct point *pt,
                        struct hint_pattern f, double value)
{
    if (f.hint)
        add(r, unit, pt->owner, pt->code,
            FIGURES({ "value", value }, { "n", (double)f.n }, { "k", (double)f.k },
                    { "share", f.share }, { "expected", f.expected }, { "p", f.p }));
}

/* ---- comparisons ---- */

static bool knows(const void *arg, const char *name, enum formula_type *ret_type)
{
    *ret_type = FORMULA_NUMBER;
    return map_has(arg, name);
}

struct side {
    const size_t *point; /* by name */
    size_t n;
    double *v; /* by unit */
};

/* RC_INVALID: a point of the rule is no more; then the rule finds nothing. */
static enum rc side_of(struct run *r, const char *text, struct side *ret, struct err *e)
{
    const struct formula *f;
    const char *const *names;
    enum rc rc = formula_compile(r->a, text, knows, r->p->point_by_code, &f, e);
    if (rc != RC_OK)
        return rc;
    size_t n = formula_names(f, &names);
    size_t *point = arena_array(r->a, n, sizeof(*point));
    struct formula_column *cols = arena_array(r->a, n, sizeof(*cols));
    for (size_t i = 0; i < n; i++) {
        point[i] = (size_t)map_index(r->p->point_by_code, names[i]);
        const struct series *s = &r->p->series[point[i]];
        cols[i] = (struct formula_column){ .rows = (const double *const *)s->value,
                                           .n_rows = s->n_rows,
                                           .window = s->window };
    }
    *ret = (struct side){ .point = point,
                          .n = n,
                          .v = arena_array(r->a, r->p->n_units, sizeof(double)) };
    return formula_eval(f, cols, r->p->n_units, r->a, ret->v, e);
}

/* Asked of the unit, and due. */
static bool judged(const struct run *r, const struct side *x, size_t unit)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct series *s = &r->p->series[x->point[i]];
        enum missing m = s->missing[s->n_rows - 1][unit];
        if (m == MISSING_NA || m == MISSING_NOTDUE)
            return false;
    }
    return true;
}

static bool holds(const struct check_rule *r, double x, double y)
{
    double gap = fmax(check_rule_a(r), 1e-9 * fmax(fabs(x), fabs(y)));
    switch (r->op) {
    case CHECK_EQ:
        return fabs(x - y) <= gap;
    case CHECK_NE:
        return fabs(x - y) > gap;
    case CHECK_LT:
        return x < y;
    case CHECK_LE:
        return x <= y + gap;
    case CHECK_GT:
        return x > y;
    case CHECK_GE:
        return x >= y - gap;
    case CHECK_PAIR:
        return isnan(x) == isnan(y);
    case CHECK_EXCLUSIVE:
        return isnan(x) || isnan(y);
    }
    return true;
}

static bool breaks(const struct check_rule *r, double x, double y)
{
    bool one = isnan(x) != isnan(y), any = isnan(x) || isnan(y);
    if (r->kind == CHECK_COMPARE && (r->op == CHECK_PAIR || r->op == CHECK_EXCLUSIVE))
        return !holds(r, x, y);
    if (any)
        return (r->missing == CHECK_ONE && one) || r->missing == CHECK_ANY;
    return r->kind == CHECK_SOURCE ? hint_differs(x, y, check_rule_a(r) / 100)
                                   : !holds(r, x, y);
}

static enum rc compare(struct run *r, struct err *e)
{
    struct side x, y;
    enum rc rc = side_of(r, r->rule->left, &x, e);
    if (rc == RC_OK)
        rc = side_of(r, r->rule->right, &y, e);
    if (rc == RC_INVALID) {
        err_done(e);
        return RC_OK;
    }
    if (rc != RC_OK || x.n + y.n == 0)
        return rc;
    size_t at = x.n ? x.point[0] : y.point[0];
    const struct point *pt = &r->p->points[at];
    for (size_t u = 0; u < r->p->n_units; u++) {
        if (!judged(r, &x, u) || !judged(r, &y, u)) {
            x.v[u] = NAN; /* nor part of the pattern */
            continue;
        }
        if (breaks(r->rule, x.v[u], y.v[u]))
            add(r, r->p->unit[u]->code, pt->owner, pt->code,
                FIGURES({ "left", x.v[u] }, { "right", y.v[u] }));
    }
    if (r->rule->kind == CHECK_SOURCE)
        add_pattern(
            r, "", pt,
            hint_source(x.v, y.v, r->p->n_units, check_rule_a(r->rule) / 100, pt->direction),
            NAN);
    return RC_OK;
}

/* ---- what others have given for the same value ---- */

struct other {
    double verified, validated;
};

static enum rc others_in(struct run *r, struct period p, struct given_by_others *ret,
                         struct err *e)
{
    for (size_t i = 0; i < r->n_others; i++)
        if (period_same(r->others[i].period, p)) {
            *ret = r->others[i];
            return RC_OK;
        }
    *ret = (struct given_by_others){ .period = p };
    enum rc rc = others_of_period_all(r->s, p, r->a, &ret->rows, &ret->n, e);
    if (rc == RC_OK && r->n_others < OTHERS_KEPT)
        r->others[r->n_others++] = *ret;
    return rc;
}

/* By unit of the panel; of each kind the newest. */
static enum rc others_of_cells(struct run *r, const struct point *pt, struct period p,
                               struct other *ret, struct err *e)
{
    struct given_by_others g;
    enum rc rc = others_in(r, p, &g, e);
    for (size_t u = 0; u < r->p->n_units; u++)
        ret[u] = (struct other){ NAN, NAN };
    for (size_t i = 0; rc == RC_OK && i < g.n; i++)
        for (size_t u = 0; str_eq(g.rows[i].point, pt->code) && u < r->p->n_units; u++)
            if (str_eq(g.rows[i].unit, r->p->unit[u]->code))
                *(str_eq(g.rows[i].kind, "verified") ? &ret[u].verified : &ret[u].validated) =
                    g.rows[i].value;
    return rc;
}

/* What somebody found in the papers counts before what another source says. */
static enum rc against_others(struct run *r, const struct point *pt, const struct series *s,
                              struct err *e)
{
    size_t n = r->p->n_units, rows = s->window < s->n_rows ? s->window : s->n_rows, m = 0;
    double *own = arena_array(r->a, n * rows, sizeof(*own)),
           *other = arena_array(r->a, n * rows, sizeof(*other));
    struct other *of = arena_array(r->a, n, sizeof(*of));
    enum rc rc = RC_OK;
    for (size_t back = 0; back < rows && rc == RC_OK; back++) {
        size_t at = s->n_rows - 1 - back;
        rc = others_of_cells(r, pt, s->period[at], of, e);
        for (size_t u = 0; rc == RC_OK && u < n; u++) {
            double x = s->value[at][u],
                   y = isnan(of[u].verified) ? of[u].validated : of[u].verified;
            enum missing why = s->missing[at][u];
            if (isnan(y) || why == MISSING_NA || why == MISSING_NOTDUE)
                continue;
            own[m] = x;
            other[m++] = y;
            if (breaks(r->rule, x, y))
                add(r, r->p->unit[u]->code, pt->owner, pt->code,
                    FIGURES({ "value", x }, { "right", y }, { "verified", of[u].verified },
                            { "validated", of[u].validated }));
        }
    }
    if (rc == RC_OK)
        add_pattern(r, "", pt,
                    hint_source(own, other, m, check_rule_a(r->rule) / 100, pt->direction),
                    NAN);
    return rc;
}

/* ---- patterns of a point ---- */

static const double *row(const struct series *s, size_t back)
{
    return back < s->n_rows ? s->value[s->n_rows - 1 - back] : NULL;
}

static void outliers(struct run *r, const struct point *pt, const struct series *s)
{
    size_t n = r->p->n_units;
    const double *x = row(s, 0);
    double *peers = arena_array(r->a, n, sizeof(*peers)), limit = check_rule_a(r->rule);
    for (size_t u = 0; u < n; u++) {
        if (isnan(x[u]))
            continue;
        for (size_t i = 0; i < n; i++)
            peers[i] =
                str_eq(r->p->unit[i]->peer_group, r->p->unit[u]->peer_group) ? x[i] : NAN;
        add_outlier(r, u, pt,
                    r->rule->kind == CHECK_Z ? hint_z(peers, n, u, limit)
                                             : hint_modified_z(peers, n, u, limit));
    }
}

static void ranges(struct run *r, const struct point *pt, const struct series *s)
{
    for (size_t back = 0; back < s->window && back < s->n_rows; back++)
        for (size_t u = 0; u < r->p->n_units; u++) {
            double v = row(s, back)[u], lo = check_rule_a(r->rule), hi = check_rule_b(r->rule);
            if (hint_minmax(v, lo, hi).hint)
                add(r, r->p->unit[u]->code, pt->owner, pt->code,
                    FIGURES({ "value", v }, { "lo", lo }, { "hi", hi }));
        }
}

/* A unit's course, oldest first, into ret (n_rows places). */
static void course(const struct series *s, size_t unit, double *ret)
{
    for (size_t i = 0; i < s->n_rows; i++)
        ret[i] = s->value[i] ? s->value[i][unit] : NAN;
}

static void histories(struct run *r, const struct point *pt, const struct series *s)
{
    double *x = arena_array(r->a, s->n_rows, sizeof(*x));
    for (size_t u = 0; u < r->p->n_units; u++) {
        course(s, u, x);
        size_t past = s->n_rows - 1;
        if ((double)col_range(x, past).n >= check_rule_b(r->rule))
            add_outlier(r, u, pt, hint_history(x, past, x[past], check_rule_a(r->rule)));
    }
}

/* How often values equal those before them, over all points but one. */
static double usual_copies(const struct run *r, const struct series *but)
{
    size_t n = 0, k = 0;
    for (size_t i = 0; i < r->p->n_points; i++) {
        const struct series *s = &r->p->series[i];
        const double *now = row(s, 0), *before = row(s, 1);
        for (size_t u = 0; s != but && now && before && u < r->p->n_units; u++) {
            bool pair = !isnan(now[u]) && !isnan(before[u]) && !(now[u] == 0 && before[u] == 0);
            n += pair;
            k += pair && now[u] == before[u];
        }
    }
    return n ? (double)k / (double)n : 0;
}

static void perfect(struct run *r, const struct point *pt, const struct series *s)
{
    double *x = arena_array(r->a, s->n_rows, sizeof(*x)), best = check_rule_a(r->rule);
    size_t n = 0, k = 0;
    for (size_t i = 0; i < s->n_rows; i++)
        for (size_t u = 0; u < r->p->n_units; u++) {
            n += !isnan(s->value[i][u]);
            k += s->value[i][u] == best;
        }
    for (size_t u = 0; u < r->p->n_units; u++) {
        size_t own_n = 0, own_k = 0;
        course(s, u, x);
        for (size_t i = 0; i < s->n_rows; i++) {
            own_n += !isnan(x[i]);
            own_k += x[i] == best;
        }
        if (n > own_n)
            add_pattern(r, r->p->unit[u]->code, pt,
                        hint_perfect(x, s->n_rows, best,
                                     (double)(k - own_k) / (double)(n - own_n),
                                     (size_t)check_rule_b(r->rule)),
                        best);
    }
}

static void smooth(struct run *r, const struct point *pt, const struct series *s)
{
    size_t n = r->p->n_units;
    double *x = arena_array(r->a, s->n_rows, sizeof(*x)), sum = 0, df = 0;
    double *ss = arena_array(r->a, n, sizeof(*ss)), *own = arena_array(r->a, n, sizeof(*own));
    for (size_t u = 0; u < n; u++) {
        course(s, u, x);
        struct moments m = col_moments(x, s->n_rows);
        double sd = moments_sd(&m);
        ss[u] = m.n > 1 ? sd * sd * (double)(m.n - 1) : 0;
        own[u] = m.n > 1 ? (double)(m.n - 1) : 0;
        sum += ss[u];
        df += own[u];
    }
    for (size_t u = 0; u < n; u++) {
        if (df <= own[u])
            continue;
        course(s, u, x);
        struct hint_pattern f = hint_smooth(x, s->n_rows, sqrt((sum - ss[u]) / (df - own[u])));
        if (f.hint)
            add(r, r->p->unit[u]->code, pt->owner, pt->code,
                FIGURES({ "n", (double)f.n }, { "sd", f.share }, { "usual_sd", f.expected },
                        { "p", f.p }));
    }
}

/* All whole numbers of the period. */
static void digits(struct run *r, const struct point *pt, const struct series *s)
{
    size_t n = r->p->n_units, rows = s->window < s->n_rows ? s->window : s->n_rows;
    double *x = arena_array(r->a, n * rows, sizeof(*x));
    for (size_t back = 0; back < rows; back++)
        memcpy(x + back * n, row(s, back), n * sizeof(*x));
    add_pattern(r, "", pt, hint_digits(x, n * rows), NAN);
}

static void judge_point(struct run *r, const struct point *pt, const struct series *s)
{
    size_t n = r->p->n_units;
    switch (r->rule->kind) {
    case CHECK_Z:
    case CHECK_MODIFIED_Z:
        outliers(r, pt, s);
        break;
    case CHECK_MINMAX:
        ranges(r, pt, s);
        break;
    case CHECK_HISTORY:
        histories(r, pt, s);
        break;
    case CHECK_DIGITS:
        digits(r, pt, s);
        break;
    case CHECK_COPY:
        if (row(s, 1))
            add_pattern(
                r, "", pt,
                hint_copy(row(s, 0), row(s, 1), n, usual_copies(r, s), check_rule_a(r->rule)),
                NAN);
        break;
    case CHECK_BUNCH:
        add_pattern(r, "", pt,
                    hint_bunch(row(s, 0), n, check_rule_a(r->rule), check_rule_b(r->rule),
                               pt->direction),
                    NAN);
        break;
    case CHECK_PERFECT:
        perfect(r, pt, s);
        break;
    case CHECK_SMOOTH:
        smooth(r, pt, s);
        break;
    case CHECK_COMPARE:
    case CHECK_SOURCE:
    case CHECK_BURST: /* not of one point */
        break;
    }
}

/* ---- arrivals of a department ---- */

static enum rc bursts(struct run *r, struct err *e)
{
    struct arrivals_row *rows;
    size_t n;
    int32_t last = period_last_day(r->period);
    enum rc rc = arrivals_all(r->s, day_start(last - ARRIVALS_DAYS), county_now(r->c), r->a,
                              &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    double *days = arena_array(r->a, n, sizeof(*days));
    for (size_t i = 0, j; i < n; i = j) {
        size_t m = 0;
        for (j = i; j < n && str_eq(rows[j].owner, rows[i].owner); j++)
            if (period_last_day(rows[j].period) <= last)
                days[m++] = due_day(&r->p->due, rows[j].period) - time_day(rows[j].done_at);
        struct hint_pattern f =
            hint_burst(days, m, check_rule_a(r->rule), check_rule_b(r->rule));
        if (f.hint)
            add(r, "", rows[i].owner, "",
                FIGURES({ "n", (double)f.n }, { "k", (double)f.k }, { "share", f.share },
                        { "expected", f.expected }, { "p", f.p }));
    }
    return RC_OK;
}

static enum rc judge(struct run *r, struct err *e)
{
    r->of_rule = 0;
    r->ret->rules++;
    if (check_rule_compares(r->rule))
        return compare(r, e);
    if (r->rule->kind == CHECK_BURST)
        return bursts(r, e);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < r->p->n_points && rc == RC_OK; i++) {
        const struct point *pt = &r->p->points[i];
        const struct series *s = &r->p->series[i];
        if (!s->n_rows || !s->window || !check_rule_covers(r->rule, pt->code))
            continue;
        if (r->rule->kind == CHECK_SOURCE)
            rc = against_others(r, pt, s, e);
        else
            judge_point(r, pt, s);
    }
    return rc;
}

/* ---- laying it over what there is ---- */

static enum rc write_find(struct tx *tx, struct run *r, const struct find *f, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct hint_newest_row old;
    struct hint_count_row count;
    struct utime now = county_now(r->c);
    struct hint h = { .thing = f->thing,
                      .rule = f->rule->code,
                      .rule_version = f->rule->version,
                      .kind = f->rule->kind,
                      .period = r->period,
                      .unit = f->unit,
                      .owner = f->owner,
                      .point = f->point,
                      .importance = f->rule->importance,
                      .numbers = f->numbers,
                      .state = HINT_OPEN,
                      .reason = "",
                      .decided_by = "",
                      .found_at = now,
                      .changed_at = now,
                      .version = 1 };
    char code[PERIOD_TEXT];
    enum rc rc = hint_newest_one(tx_snap(tx), f->thing, a, &old, e);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    if (rc == RC_OK && !str_eq(old.state, "gone") && str_eq(old.numbers, f->numbers))
        return RC_OK; /* as it was; a decided one stays decided */
    if (rc == RC_OK && str_eq(old.state, "open")) {
        struct hint was;
        rc = hint_load(tx_snap(tx), old.code, a, &was, e);
        h.id = was.id;
        h.code = was.code;
        h.found_at = was.found_at;
        h.version = was.version + 1;
        r->step.changed++;
        return rc == RC_OK ? hint_store(tx, r->c, &h, r->by, e) : rc;
    }
    err_done(e);
    rc = hint_count_one(tx_snap(tx), r->period, a, &count, e);
    if (rc != RC_OK)
        return rc;
    h.code =
        arena_printf(a, "H-%s-%04lld", period_code(r->period, code), (long long)count.n + 1);
    r->step.fresh++;
    return hint_store(tx, r->c, &h, r->by, e);
}

static enum rc write_finds(struct tx *tx, void *arg, struct err *e)
{
    struct run *r = arg;
    enum rc rc = RC_OK;
    r->step = (struct hints_found){ 0 };
    for (size_t i = r->from; i < r->to && rc == RC_OK; i++)
        rc = write_find(tx, r, &r->find[i], e);
    return rc;
}

/* Open ones that were not found again. */
static enum rc write_gone(struct tx *tx, void *arg, struct err *e)
{
    struct run *r = arg;
    enum rc rc = RC_OK;
    r->step = (struct hints_found){ 0 };
    for (size_t i = r->from; i < r->to && rc == RC_OK; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct hint h;
        if (r->there[i].state != HINT_OPEN || map_has(r->found, r->there[i].thing))
            continue;
        rc = hint_load(tx_snap(tx), r->there[i].code, a, &h, e);
        if (rc != RC_OK || h.state != HINT_OPEN) /* somebody has decided meanwhile */
            continue;
        h.state = HINT_GONE;
        h.changed_at = county_now(r->c);
        h.version++;
        r->step.gone++;
        rc = hint_store(tx, r->c, &h, r->by, e);
    }
    return rc;
}

static enum rc in_steps(struct run *r, size_t n,
                        enum rc (*fn)(struct tx *tx, void *arg, struct err *e), struct err *e)
{
    enum rc rc = RC_OK;
    for (r->from = 0; r->from < n && rc == RC_OK; r->from = r->to) {
        r->to = r->from + WRITTEN_AT_ONCE < n ? r->from + WRITTEN_AT_ONCE : n;
        rc = db_transact(r->c->db, fn, r, e);
        if (rc == RC_OK) {
            r->ret->fresh += r->step.fresh;
            r->ret->changed += r->step.changed;
            r->ret->gone += r->step.gone;
        }
    }
    return rc;
}

enum rc hints_run(struct county *c, struct period p, const char *by, struct hints_found *ret,
                  struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct run r = { .c = c, .a = a, .by = by, .period = p, .found = map_new(a), .ret = ret };
    struct check_rule *rules;
    struct panel *panel;
    struct hint *there;
    size_t n;
    *ret = (struct hints_found){ 0 };
    enum rc rc = db_read(c->db, &s, e);
    r.s = s;
    if (rc == RC_OK)
        rc = check_rules_load(s, a, &rules, &n, e);
    if (rc == RC_OK)
        rc = panel_build_long(s, p, county_now(c), a, &panel, e);
    if (rc == RC_OK)
        rc = hints_of(s, p, a, &there, &r.n_there, e);
    if (rc != RC_OK)
        return rc;
    r.p = panel;
    r.there = there;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        r.rule = &rules[i];
        if (rules[i].live)
            rc = judge(&r, e);
    }
    db_read_end(&s); /* a change does not wait behind a snapshot */
    if (rc == RC_OK)
        rc = in_steps(&r, r.n, write_finds, e);
    if (rc == RC_OK)
        rc = in_steps(&r, r.n_there, write_gone, e);
    ret->found = r.n;
    return rc;
}

/* ---- the job ---- */

const char hints_job[] = "hints";

enum rc hints_job_run(struct job_run *r, struct err *e)
{
    struct hints_found found;
    struct period p = period_step(period_at(PERIOD_QUARTER, county_today(r->c)), -1);
    enum rc rc = *r->key ? period_parse(r->key, &p, e) : RC_OK;
    if (rc == RC_OK)
        rc = job_progress(r, 0, 0, e);
    if (rc == RC_OK)
        rc = hints_run(r->c, p, r->by, &found, e);
    if (rc == RC_NOTFOUND && !*r->key) { /* by itself, in a county that has not begun */
        err_done(e);
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    (void)err_set(
        &r->said, RC_DONE, N_("{rules}条规则,提示{found}项,新的{fresh}项,不再提示{gone}项"),
        "rules", fmt_count(r->a, (int64_t)found.rules), "found",
        fmt_count(r->a, (int64_t)found.found), "fresh", fmt_count(r->a, (int64_t)found.fresh),
        "gone", fmt_count(r->a, (int64_t)found.gone)); /* no failure */
    return RC_OK;
}
