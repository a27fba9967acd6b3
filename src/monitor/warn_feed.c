/*
 * From an assessment to what rules look at. A point gives the newest row of the period, an
 * indicator its value before scoring, a node its score, a unit's completeness the share of due
 * values that came. Codes are looked up once a feed.
 */
#include "monitor/warn_feed.h"

#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/compute.sql.h"

#include <math.h>

struct feed {
    const struct assessment *now, *before; /* before NULL: none */
    const size_t *row_before; /* by unit: its row in the panel before; SIZE_MAX: none */
    const struct map *node, *node_before; /* code → tree node */
};

static const struct map *nodes_by_code(const struct assessment *s, struct arena *a)
{
    struct map *m = map_new(a);
    for (size_t i = 0; i < s->panel->plan.tree.n; i++)
        map_add_index(m, s->panel->plan.tree.nodes[i].code, i);
    return m;
}

static const struct scheme_node *scheme_node_of(const struct panel *p, size_t node)
{
    return &p->plan.scheme->nodes[p->plan.of_tree[node]];
}

/* ---- points ---- */

static double point_value(const struct panel *p, size_t point, size_t unit)
{
    const struct series *s = &p->series[point];
    return s->value[s->n_rows - 1][unit];
}

/* Values of the window that should be there and are not; not yet due is no gap. Late is what
 * has not come although it was due, and what came after that. */
static void point_gaps(const struct panel *p, size_t point, size_t unit, struct warn_value *v)
{
    const struct series *s = &p->series[point];
    for (size_t r = s->n_rows - s->window; r < s->n_rows; r++) {
        enum missing m = s->missing[r][unit];
        v->missing += m != PRESENT && m != MISSING_NA && m != MISSING_NOTDUE;
        v->late += m == MISSING_LATE || (m == PRESENT && s->late[r][unit]);
    }
}

static struct warn_value look_point(const struct feed *f, const char *code, size_t unit)
{
    const struct panel *p = f->now->panel, *was = f->before ? f->before->panel : NULL;
    struct warn_value v = { .now = NAN, .before = NAN };
    ptrdiff_t i = map_index(p->point_by_code, code);
    if (i < 0 || !point_applies(&p->points[i], p->unit[unit]))
        return v;
    v.applies = true;
    v.now = point_value(p, (size_t)i, unit);
    point_gaps(p, (size_t)i, unit, &v);
    ptrdiff_t k = was ? map_index(was->point_by_code, code) : -1;
    if (k >= 0 && f->row_before[unit] != SIZE_MAX)
        v.before = point_value(was, (size_t)k, f->row_before[unit]);
    return v;
}

/* ---- nodes ---- */

static double node_value(const struct assessment *s, enum warn_target kind, size_t node,
                         size_t unit)
{
    if (kind == WARN_SCORE)
        return assess_score(s, unit, node);
    return s->panel->raw[node] ? s->panel->raw[node][unit] : NAN;
}

static struct warn_value look_node(const struct feed *f, enum warn_target kind,
                                   const char *code, size_t unit)
{
    const struct panel *p = f->now->panel;
    struct warn_value v = { .now = NAN, .before = NAN };
    ptrdiff_t i = map_index(f->node, code);
    if (i < 0 || (kind == WARN_INDICATOR && !p->plan.tree.nodes[i].leaf) ||
        !unit_in_groups(p->unit[unit], scheme_node_of(p, (size_t)i)->peer_group))
        return v;
    v.applies = true;
    v.now = node_value(f->now, kind, (size_t)i, unit);
    if (kind == WARN_INDICATOR && isnan(v.now)) {
        enum missing m = p->why[i][unit];
        v.missing = m != MISSING_NA && m != MISSING_NOTDUE;
        v.late = m == MISSING_LATE;
    }
    ptrdiff_t k = f->before ? map_index(f->node_before, code) : -1;
    if (k >= 0 && f->row_before[unit] != SIZE_MAX)
        v.before = node_value(f->before, kind, (size_t)k, f->row_before[unit]);
    return v;
}

/* ---- completeness ---- */

/* Percent of what was due that came; NaN when nothing was due. */
static double completeness(const struct panel *p, size_t unit)
{
    size_t due = 0, present = 0;
    for (size_t i = 0; i < p->n_points; i++) {
        const struct series *s = &p->series[i];
        for (size_t r = s->n_rows - s->window; r < s->n_rows; r++) {
            enum missing m = s->missing[r][unit];
            present += m == PRESENT;
            due += m != MISSING_NA && m != MISSING_NOTDUE;
        }
    }
    return due ? 100 * (double)present / (double)due : NAN;
}

static struct warn_value look(const void *arg, enum warn_target kind, const char *target,
                              size_t unit)
{
    const struct feed *f = arg;
    switch (kind) {
    case WARN_POINT:
        return look_point(f, target, unit);
    case WARN_INDICATOR:
    case WARN_SCORE:
        return look_node(f, kind, target, unit);
    case WARN_COMPLETENESS:
        break;
    }
    size_t was = f->row_before[unit];
    return (struct warn_value){ .applies = true,
                                .now = completeness(f->now->panel, unit),
                                .before = f->before && was != SIZE_MAX
                                              ? completeness(f->before->panel, was)
                                              : NAN };
}

/* ---- words ---- */

/* The name of a unit by code; what was written when there is none of that code. */
static const char *unit_name(const struct panel *p, const char *code)
{
    const struct unit *u = units_find(p->units, code);
    return u ? u->name : code;
}

/* Who supplies an indicator: its owner, else the owner of its first point; "" unknown. */
static const char *supplier_of(const struct panel *p, const struct scheme_node *n)
{
    if (*n->owner)
        return unit_name(p, n->owner);
    for (size_t i = 0; i < p->n_points; i++)
        if (str_eq(p->points[i].indicator, n->code))
            return unit_name(p, p->points[i].owner);
    return "";
}

static struct warn_subject describe(const void *arg, enum warn_target kind, const char *target)
{
    const struct feed *f = arg;
    const struct panel *p = f->now->panel;
    struct warn_subject s = { .name = target, .measure = "", .family = target, .holder = "" };
    ptrdiff_t point = kind == WARN_POINT ? map_index(p->point_by_code, target) : -1;
    ptrdiff_t node =
        kind == WARN_INDICATOR || kind == WARN_SCORE ? map_index(f->node, target) : -1;
    if (point >= 0) {
        const struct point *pt = &p->points[point];
        s = (struct warn_subject){ .name = pt->name,
                                   .measure = pt->unit_of_measure,
                                   .family = pt->indicator,
                                   .holder = unit_name(p, pt->owner) };
    } else if (node >= 0) {
        const struct scheme_node *n = scheme_node_of(p, (size_t)node);
        s.name = n->name;
        s.measure = kind == WARN_SCORE ? N_("分") : n->unit_of_measure;
        s.holder = kind == WARN_SCORE ? "" : supplier_of(p, n);
    } else if (kind == WARN_COMPLETENESS) {
        s = (struct warn_subject){
            .name = N_("数据完整率"), .measure = "%", .family = "", .holder = ""
        };
    }
    return s;
}

void warn_feed(const struct assessment *now, const struct assessment *before,
               struct id computation, struct arena *a, struct warn_source *ret)
{
    struct feed *f = arena_alloc(a, sizeof(*f));
    const struct panel *p = now->panel;
    size_t *row = arena_array(a, p->n_units, sizeof(*row));
    struct map *rows = map_new(a);
    for (size_t u = 0; before && u < before->panel->n_units; u++)
        map_add_index(rows, before->panel->unit[u]->code, u);
    for (size_t u = 0; u < p->n_units; u++) {
        ptrdiff_t k = map_index(rows, p->unit[u]->code);
        row[u] = k < 0 ? SIZE_MAX : (size_t)k;
    }
    *f = (struct feed){ .now = now,
                        .before = before,
                        .row_before = row,
                        .node = nodes_by_code(now, a),
                        .node_before = before ? nodes_by_code(before, a) : NULL };
    *ret = (struct warn_source){ .period = p->period,
                                 .computation = computation,
                                 .units = p->unit,
                                 .n_units = p->n_units,
                                 .look = look,
                                 .describe = describe,
                                 .arg = f };
}

/* ---- the past ---- */

static enum rc assess_plainly(const struct snap *s, struct period p, struct utime as_of,
                              struct arena *a, struct assessment *ret, struct err *e)
{
    struct panel *panel;
    enum rc rc = panel_build(s, NULL, p, as_of, a, &panel, e);
    if (rc != RC_OK)
        return rc;
    panel->plan.config.engine.uncertainty.replications = 0;
    panel->plan.config.engine.sensitivity.samples = 0;
    return assess(panel, a, ret, e);
}

enum rc warn_feed_past(const struct snap *s, size_t max, struct utime as_of, struct arena *a,
                       const struct warn_source *const **ret, size_t *ret_n, struct err *e)
{
    struct computed_periods_row *rows;
    size_t n_rows, n = 0;
    enum rc rc = computed_periods_all(s, a, &rows, &n_rows, e);
    if (rc != RC_OK)
        return rc;
    struct period *periods = arena_array(a, max, sizeof(*periods));
    for (size_t i = 0; i < n_rows && n < max; i++)
        if (period_kind(rows[i].period) == period_kind(rows[0].period))
            periods[n++] = rows[i].period;
    struct assessment *past = arena_array(a, n, sizeof(*past));
    const struct warn_source **sources = arena_array(a, n, sizeof(*sources));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct period p = periods[n - 1 - i];
        bool follows = i > 0 && period_same(past[i - 1].panel->period, period_step(p, -1));
        struct warn_source *src = arena_alloc(a, sizeof(*src));
        rc = assess_plainly(s, p, as_of, a, &past[i], e);
        if (rc == RC_OK)
            warn_feed(&past[i], follows ? &past[i - 1] : NULL, (struct id){ 0 }, a, src);
        sources[i] = src;
    }
    if (rc == RC_OK) {
        *ret = sources;
        *ret_n = n;
    }
    return rc;
}
