/*
 * From rows of values to the engine's columns. The one idea: a point has rows at its own
 * frequency; those inside the panel's period are the window that sum() and its kin see, and the
 * newest is what a plain name means.
 */
#include "monitor/panel.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "db/db.h"
#include "monitor/value.sql.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const missing_codes[MISSINGS] = { "",         "na",   "notdue", "refused",
                                                     "withheld", "lost", "late" };

const char *missing_code(enum missing m)
{
    return missing_codes[m];
}

enum missing missing_of(const char *code)
{
    enum missing m = PRESENT;
    while (m < MISSINGS && !str_eq(missing_codes[m], code))
        m++;
    return m;
}

const char *missing_counts(struct arena *a, const int64_t n[MISSINGS])
{
    struct str b;
    str_init(&b, a);
    for (enum missing m = MISSING_NA; m < MISSINGS; m++)
        if (n[m])
            str_addf(&b, "%s%s=%lld", b.n ? " " : "", missing_codes[m], (long long)n[m]);
    return b.s;
}

int64_t missing_count(const char *counts, enum missing m)
{
    size_t n = strlen(missing_codes[m]);
    for (const char *s = counts; *s; s += *s == ' ') {
        if (strncmp(s, missing_codes[m], n) == 0 && s[n] == '=') {
            int64_t v = 0;
            for (s += n + 1; *s >= '0' && *s <= '9'; s++)
                v = v * 10 + (*s - '0');
            return v;
        }
        s += strcspn(s, " ");
    }
    return 0;
}

struct building {
    const struct snap *s;
    struct arena *a;
    struct panel *p;
    struct map *point_by_id, *unit_row; /* decimal id → index */
    bool history;                       /* some formula looks back */
};

static const char *id_key(struct id id, char out[24])
{
    size_t n = 0;
    for (uint64_t v = (uint64_t)id.v; n == 0 || v; v /= 10)
        out[n++] = (char)('0' + v % 10);
    out[n] = '\0';
    return out;
}

/* ---- formulas ---- */

static bool name_known(const void *arg, const char *name, enum formula_type *ret_type)
{
    *ret_type = FORMULA_NUMBER;
    return map_has(arg, name);
}

/* The formula of a leaf: its own, or the one point that feeds it. NULL when nothing feeds it.
 */
static enum rc leaf_formula(struct building *b, const struct scheme_node *n,
                            const struct formula **ret, struct err *e)
{
    const char *text = n->formula;
    size_t feeds = 0;
    for (size_t i = 0; !*text && i < b->p->n_points; i++)
        if (str_eq(b->p->points[i].indicator, n->code) && feeds++ == 0)
            text = arena_printf(b->a, "#{%s}", b->p->points[i].code);
    if (feeds > 1)
        return err_set(e, RC_INVALID, N_("指标「{name}」有多个监测点,要写公式"), "name",
                       n->name);
    *ret = NULL;
    if (!*text)
        return RC_OK;
    CLEANUP(err_done) struct err why = { 0 };
    enum rc rc = formula_compile(b->a, text, name_known, b->p->point_by_code, ret, &why);
    if (rc == RC_OK && formula_type(*ret) == FORMULA_BOOL)
        return err_set(e, RC_INVALID, N_("指标「{name}」的公式得出的是真假,不是数"), "name",
                       n->name);
    if (rc != RC_OK)
        return err_set(e, rc, N_("指标「{name}」的公式: {reason}"), "name", n->name, "reason",
                       err_message(&why, LANG_ZH, b->a));
    b->history |= strstr(text, "ffset") != NULL;
    return RC_OK;
}

static const size_t *inputs_of(struct building *b, const struct formula *f)
{
    const char *const *names;
    size_t n = formula_names(f, &names);
    size_t *inputs = arena_array(b->a, n, sizeof(*inputs));
    for (size_t i = 0; i < n; i++)
        inputs[i] = (size_t)map_index(b->p->point_by_code, names[i]);
    return inputs;
}

/* ---- values ---- */

static void make_series(struct building *b, size_t at)
{
    struct panel *p = b->p;
    const struct point *pt = &p->points[at];
    struct series *s = &p->series[at];
    struct period last = period_at(pt->frequency, period_last_day(p->period));
    /* A week may reach beyond the period's end: the last one that ends within it counts. */
    if (pt->frequency > period_kind(p->period) &&
        period_last_day(last) > period_last_day(p->period))
        last = period_step(last, -1);
    size_t window = 1;
    if (pt->frequency > period_kind(p->period))
        window += (size_t)period_distance(period_first_in(pt->frequency, p->period), last);
    s->window = window;
    s->n_rows = window + (b->history ? PANEL_HISTORY : 0);
    s->due = period_last_day(last) <= period_last_day(p->period);
    struct period *periods = arena_array(b->a, s->n_rows, sizeof(*periods));
    s->value = arena_array(b->a, s->n_rows, sizeof(*s->value));
    s->missing = arena_array(b->a, s->n_rows, sizeof(*s->missing));
    s->late = arena_array(b->a, s->n_rows, sizeof(*s->late));
    for (size_t r = 0; r < s->n_rows; r++) {
        periods[r] = period_step(last, -(int)(s->n_rows - 1 - r));
        s->value[r] = arena_array(b->a, p->n_units, sizeof(double));
        s->missing[r] = arena_array(b->a, p->n_units, 1);
        s->late[r] = arena_array(b->a, p->n_units, sizeof(**s->late));
        bool due = s->due && due_missed(&p->due, periods[r], p->as_of);
        for (size_t u = 0; u < p->n_units; u++) {
            s->value[r][u] = NAN;
            s->missing[r][u] = !point_applies(pt, p->unit[u]) ? MISSING_NA
                               : due                          ? MISSING_LATE
                                                              : MISSING_NOTDUE;
        }
    }
    s->period = periods;
}

static enum rc read_period(struct building *b, struct period when, struct err *e)
{
    struct panel *p = b->p;
    CLEANUP(values_of_period_close) struct rows *rows = NULL;
    enum rc rc = values_of_period_open(b->s, when, p->as_of, &rows, e);
    if (rc != RC_OK)
        return rc;
    struct values_of_period_row row;
    int64_t point_id = 0, unit_id = 0;
    ptrdiff_t point = -1, unit = -1;
    size_t at = SIZE_MAX;
    while ((rc = values_of_period_next(rows, &row, e)) == RC_OK) {
        char key[24];
        if (row.point_id.v != point_id) {
            point_id = row.point_id.v;
            point = map_index(b->point_by_id, id_key(row.point_id, key));
            at = SIZE_MAX;
            for (size_t r = 0; point >= 0 && r < p->series[point].n_rows; r++)
                if (period_same(p->series[point].period[r], when))
                    at = r;
        }
        if (point < 0 || at == SIZE_MAX)
            continue;
        if (row.unit_id.v != unit_id) {
            unit_id = row.unit_id.v;
            unit = map_index(b->unit_row, id_key(row.unit_id, key));
        }
        if (unit < 0)
            continue;
        enum missing m = missing_of(row.missing);
        int32_t over = time_day(row.done_at) - due_day(&p->due, when);
        if (row.version == 1) /* a correction does not make a value late, nor in time */
            p->series[point].late[at][unit] =
                over > 0 ? (uint16_t)(over < UINT16_MAX ? over : UINT16_MAX) : 0;
        p->series[point].value[at][unit] = m == PRESENT ? row.value : NAN;
        p->series[point].missing[at][unit] = (uint8_t)(m == MISSINGS ? MISSING_LATE : m);
    }
    return rc == RC_DONE ? RC_OK : rc;
}

/* Every different period that some point's rows have is read once. */
static enum rc read_values(struct building *b, struct err *e)
{
    struct panel *p = b->p;
    struct map *done = map_new(b->a);
    for (size_t i = 0; i < p->n_points; i++)
        for (size_t r = 0; r < p->series[i].n_rows; r++) {
            char code[PERIOD_TEXT];
            if (!map_add(done, period_code(p->series[i].period[r], code), p))
                continue;
            enum rc rc = read_period(b, p->series[i].period[r], e);
            if (rc != RC_OK)
                return rc;
        }
    return RC_OK;
}

static void count_and_digest(struct panel *p)
{
    CLEANUP(sha256_freep) struct sha256 *h = sha256_new();
    for (size_t i = 0; i < p->n_points; i++) {
        const struct series *s = &p->series[i];
        for (size_t r = 0; r < s->n_rows; r++) {
            sha256_add(h, s->value[r], p->n_units * sizeof(double));
            sha256_add(h, s->missing[r], p->n_units);
            if (r + s->window < s->n_rows)
                continue; /* history is not this period's */
            for (size_t u = 0; u < p->n_units; u++) {
                enum missing m = s->missing[r][u];
                p->n_missing[m]++;
                p->n_present += m == PRESENT;
                p->n_late += m == PRESENT && s->late[r][u];
                p->n_due += m == PRESENT || (m != MISSING_NA && m != MISSING_NOTDUE);
            }
        }
    }
    sha256_end(h, p->digest);
}

/* ---- indicators ---- */

static enum rc eval_leaf(struct building *b, size_t node, const struct scheme_node *n,
                         struct err *e)
{
    struct panel *p = b->p;
    double *raw = p->raw[node] = arena_array(b->a, p->n_units, sizeof(*raw));
    uint8_t *why = p->why[node] = arena_array(b->a, p->n_units, 1);
    const struct formula *f = p->formula[node];
    const char *const *names;
    size_t n_names = f ? formula_names(f, &names) : 0;
    struct formula_column *cols = arena_array(b->a, n_names, sizeof(*cols));
    for (size_t i = 0; i < n_names; i++) {
        const struct series *s = &p->series[p->inputs[node][i]];
        cols[i] = (struct formula_column){ .rows = (const double *const *)s->value,
                                           .n_rows = s->n_rows,
                                           .window = s->window };
    }
    enum rc rc = f ? formula_eval(f, cols, p->n_units, b->a, raw, e) : RC_OK;
    if (rc != RC_OK)
        return rc;
    for (size_t u = 0; u < p->n_units; u++) {
        bool applies = unit_in_groups(p->unit[u], n->peer_group);
        if (!f || !applies)
            raw[u] = NAN;
        why[u] = PRESENT;
        if (!isnan(raw[u]))
            continue;
        /* The reason is that of the first empty point; a formula of present points that gives
         * null has no value to judge. */
        why[u] = MISSING_NA;
        for (size_t i = 0; applies && i < n_names && why[u] == MISSING_NA; i++) {
            const struct series *s = &p->series[p->inputs[node][i]];
            enum missing m = s->missing[s->n_rows - 1][u];
            if (m != PRESENT)
                why[u] = (uint8_t)m;
        }
    }
    return RC_OK;
}

/* Columns that are divided by: nodes of type Denominator, fed like indicators but outside the
 * tree. */
static enum rc denominators(struct building *b, struct err *e)
{
    struct panel *p = b->p;
    const struct scheme *sc = p->plan.scheme;
    const double **cols = arena_array(b->a, p->plan.tree.n, sizeof(*cols));
    for (size_t node = 0; node < p->plan.tree.n; node++) {
        const char *want = sc->nodes[p->plan.of_tree[node]].denominator;
        if (!p->plan.tree.nodes[node].leaf || !*want)
            continue;
        for (size_t i = 0; i < p->n_points && !cols[node]; i++)
            if (str_eq(p->points[i].indicator, want))
                cols[node] = p->series[i].value[p->series[i].n_rows - 1];
        if (!cols[node])
            return err_set(e, RC_INVALID, N_("指标「{name}」的分母「{code}」没有监测点供数"),
                           "name", sc->nodes[p->plan.of_tree[node]].name, "code", want);
    }
    p->in.denominators = cols;
    return RC_OK;
}

static void groups(struct building *b)
{
    struct panel *p = b->p;
    struct map *names = map_new(b->a);
    int32_t *group = arena_array(b->a, p->n_units, sizeof(*group));
    for (size_t u = 0; u < p->n_units; u++) {
        map_add_index(names, p->unit[u]->peer_group, map_count(names));
        group[u] = (int32_t)map_index(names, p->unit[u]->peer_group);
    }
    p->in.group = group;
    p->in.n_groups = map_count(names);
}

static void rows_of_units(struct building *b)
{
    struct panel *p = b->p;
    const struct unit **unit = arena_array(b->a, p->units->n, sizeof(*unit));
    const char **codes = arena_array(b->a, p->units->n, sizeof(*codes));
    char key[24];
    for (size_t i = 0; i < p->units->n; i++) {
        const struct unit *u = &p->units->all[i];
        if (!u->assessed)
            continue;
        map_add_index(b->unit_row, id_key(u->id, key), p->n_units);
        codes[p->n_units] = u->code;
        unit[p->n_units++] = u;
    }
    p->unit = unit;
    p->unit_codes = codes;
}

/* Units with too little data are kept out of the engine: an index of half the indicators is not
 * the same index. */
static const double *const *enough(struct building *b)
{
    struct panel *p = b->p;
    bool *thin = arena_array(b->a, p->n_units, sizeof(*thin)), any = false;
    for (size_t u = 0; u < p->n_units; u++) {
        int64_t due = 0, present = 0;
        for (size_t i = 0; i < p->n_points; i++) {
            const struct series *s = &p->series[i];
            for (size_t r = s->n_rows - s->window; r < s->n_rows; r++) {
                enum missing m = s->missing[r][u];
                present += m == PRESENT;
                due += m == PRESENT || (m != MISSING_NA && m != MISSING_NOTDUE);
            }
        }
        thin[u] = due > 0 && (double)present < PANEL_COMPLETE_MIN * (double)due;
        any |= thin[u];
    }
    p->thin = thin;
    if (!any)
        return (const double *const *)p->raw;
    double **cols = arena_array(b->a, p->plan.tree.n, sizeof(*cols));
    for (size_t node = 0; node < p->plan.tree.n; node++) {
        if (!p->raw[node])
            continue;
        cols[node] = arena_copy(b->a, p->raw[node], p->n_units * sizeof(**cols));
        for (size_t u = 0; u < p->n_units; u++)
            if (thin[u])
                cols[node][u] = NAN;
    }
    return (const double *const *)cols;
}

struct engine_input panel_input(const struct panel *p, const double *const *values)
{
    struct engine_input in = p->in;
    in.values = values;
    return in;
}

/* From values to the engine's columns. */
static enum rc weigh(struct building *b, struct err *e)
{
    struct panel *p = b->p;
    const struct scheme_tree *t = &p->plan.tree;
    enum rc rc = RC_OK;
    count_and_digest(p);
    p->raw = arena_array(b->a, t->n, sizeof(*p->raw));
    p->why = arena_array(b->a, t->n, sizeof(*p->why));
    for (size_t node = 0; node < t->n && rc == RC_OK; node++)
        if (t->nodes[node].leaf)
            rc = eval_leaf(b, node, &p->plan.scheme->nodes[p->plan.of_tree[node]], e);
    if (rc != RC_OK)
        return rc;
    p->in = (struct engine_input){ .tree = t,
                                   .n_units = p->n_units,
                                   .unit_codes = p->unit_codes,
                                   .values = enough(b),
                                   .vetoes = p->plan.vetoes,
                                   .n_vetoes = p->plan.n_vetoes };
    groups(b);
    return p->plan.config.engine.denominate ? denominators(b, e) : RC_OK;
}

static enum rc build(const struct snap *s, const struct scheme *scheme, struct period period,
                     struct utime as_of, bool history, struct arena *a, struct panel **ret,
                     struct err *e)
{
    struct panel *p = arena_alloc(a, sizeof(*p));
    struct building b = { .s = s,
                          .a = a,
                          .p = p,
                          .point_by_id = map_new(a),
                          .unit_row = map_new(a),
                          .history = history };
    p->period = period;
    p->as_of = as_of;
    int32_t day = period_last_day(period);
    enum rc rc = scheme ? RC_OK : scheme_for_period(s, period, a, &scheme, e);
    if (rc == RC_OK)
        rc = scheme_plan(scheme, day, a, &p->plan, e);
    if (rc == RC_OK)
        rc = units_load(s, day, a, &p->units, e);
    if (rc == RC_OK)
        rc = points_load(s, scheme, a, &p->points, &p->n_points, e);
    if (rc == RC_OK)
        rc = due_load(s, &p->due, e);
    if (rc != RC_OK)
        return rc;
    rows_of_units(&b);
    if (p->n_units == 0)
        return err_set(e, RC_INVALID, N_("没有参评单位:请给单位设置同类组(peer_group)"));
    struct map *codes = map_new(a);
    char key[24];
    for (size_t i = 0; i < p->n_points; i++) {
        map_add_index(codes, p->points[i].code, i);
        map_add_index(b.point_by_id, id_key(p->points[i].id, key), i);
    }
    p->point_by_code = codes;

    const struct scheme_tree *t = &p->plan.tree;
    const struct formula **formula = arena_array(a, t->n, sizeof(*formula));
    const size_t **inputs = arena_array(a, t->n, sizeof(*inputs));
    for (size_t node = 0; node < t->n && rc == RC_OK; node++) {
        if (!t->nodes[node].leaf)
            continue;
        rc = leaf_formula(&b, &scheme->nodes[p->plan.of_tree[node]], &formula[node], e);
        if (rc == RC_OK && formula[node])
            inputs[node] = inputs_of(&b, formula[node]);
    }
    p->formula = formula;
    p->inputs = inputs;
    p->series = arena_array(a, p->n_points, sizeof(*p->series));
    for (size_t i = 0; i < p->n_points; i++)
        make_series(&b, i);
    if (rc == RC_OK)
        rc = read_values(&b, e);
    if (rc != RC_OK)
        return rc;
    rc = weigh(&b, e);
    if (rc == RC_OK)
        *ret = p;
    return rc;
}

enum rc panel_with(const struct panel *p, size_t unit, const struct panel_change *list,
                   size_t n, struct arena *a, struct panel **ret, struct err *e)
{
    struct panel *q = arena_copy(a, p, sizeof(*p));
    struct building b = { .a = a, .p = q };
    q->series = arena_copy(a, p->series, p->n_points * sizeof(*p->series));
    q->n_due = q->n_present = q->n_late = 0;
    memset(q->n_missing, 0, sizeof(q->n_missing));
    for (size_t i = 0; i < n; i++) {
        struct series *s = &q->series[list[i].point];
        size_t r = list[i].row;
        /* The rows of a point are copied with its first change. */
        if (s->value == p->series[list[i].point].value) {
            s->value = arena_copy(a, s->value, s->n_rows * sizeof(*s->value));
            s->missing = arena_copy(a, s->missing, s->n_rows * sizeof(*s->missing));
        }
        s->value[r] = arena_copy(a, s->value[r], p->n_units * sizeof(**s->value));
        s->missing[r] = arena_copy(a, s->missing[r], p->n_units);
        s->value[r][unit] = list[i].value;
        s->missing[r][unit] = isnan(list[i].value) ? MISSING_LATE : PRESENT;
    }
    enum rc rc = weigh(&b, e);
    if (rc == RC_OK)
        *ret = q;
    return rc;
}

enum rc panel_build(const struct snap *s, const struct scheme *scheme, struct period period,
                    struct utime as_of, struct arena *a, struct panel **ret, struct err *e)
{
    return build(s, scheme, period, as_of, /* history= */ false, a, ret, e);
}

enum rc panel_build_long(const struct snap *s, struct period period, struct utime as_of,
                         struct arena *a, struct panel **ret, struct err *e)
{
    return build(s, NULL, period, as_of, /* history= */ true, a, ret, e);
}
