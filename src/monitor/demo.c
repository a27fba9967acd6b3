/*
 * The demo county's values, from its files and a seed.
 *
 * The one idea to know: a unit and an indicator have a hidden level between 0 and 100 in each
 * period, and a value is what a department would have counted at that level. So shares stay
 * below their denominators, months add up, and the scores come out of the same scoring as real
 * data. Every random number has a stream of its own, named by unit, point, period and purpose,
 * so that a change to one file moves only what it speaks of.
 */
#include "monitor/demo.h"

#include "base/map.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/rng.h"
#include "sheet/csv.h"

#include <math.h>

enum model {
    MODEL_COUNT,  /* a denominator that goes up and down a little each period */
    MODEL_FIXED,  /* a denominator that stays */
    MODEL_MONEY,  /* 万元 with one decimal: a denominator, or a share of one */
    MODEL_SHARE,  /* how many of another point's */
    MODEL_EVENTS, /* how often something went wrong */
};
static const char *const model_names[] = { "count", "fixed", "money", "share", "events" };

struct point {
    const char *code, *owner, *groups;
    enum model model;
    bool monthly;
    size_t of, indicator; /* of: SIZE_MAX when it is no share */
    double at_zero, at_full, mean, size, level, spread, noise, trend;
};
struct unit {
    const char *code, *group;
    double base, step;
};
struct demo {
    struct arena *a;
    uint64_t seed;
    int now; /* the quarter, counted from the last of the demo */
    struct period quarter;
    struct map *unit_index, *point_index, *stories;
    struct unit *units;
    struct point *points;
    size_t n_units, n_points;
};
/* One value to be made. */
struct cell {
    size_t unit, point;
    struct period period;
    const char *missing; /* NULL: there is a value */
};

/* What a random number is for: part of its stream's name. */
enum purpose { FOR_LEVEL, FOR_LEVEL_NOW, FOR_SIZE, FOR_SIZE_NOW, FOR_ROUNDING, FOR_MISSING };

const struct demo_file *demo_file(const char *name)
{
    for (size_t i = 0; i < demo_files_n; i++)
        if (str_eq(demo_files[i].name, name))
            return &demo_files[i];
    return NULL;
}

/* --- The files ------------------------------------------------------------------------------
 */

static enum rc table_of(struct arena *a, const char *name, struct table **ret, struct err *e)
{
    const struct demo_file *f = demo_file(name);
    return csv_read(a, name, (struct bytes){ (const uint8_t *)f->text, f->n }, NULL, ret, e);
}

/* The cell of a named column; "" when the file has no such column. */
static const char *text_at(const struct table *t, size_t row, const char *column)
{
    ptrdiff_t col = table_col(t, 0, column);
    return col < 0 ? "" : table_text(t, row, (size_t)col);
}

/* A number; 0 for an empty cell. The demo's test checks that the files hold nothing else. */
static double real_at(const struct table *t, size_t row, const char *column)
{
    const char *s = text_at(t, row, column);
    double v = 0;
    return s[0] != '\0' && parse_real_n(s, __builtin_strlen(s), &v) ? v : 0;
}

static enum rc load_units(struct demo *d, struct err *e)
{
    struct table *units, *effects;
    enum rc rc = table_of(d->a, "units.csv", &units, e);
    if (rc == RC_OK)
        rc = table_of(d->a, "effects.csv", &effects, e);
    if (rc != RC_OK)
        return rc;
    struct map *row_of = map_new(d->a);
    for (size_t r = 1; r < effects->rows; r++)
        (void)map_add_index(row_of, text_at(effects, r, "unit"),
                            r); /* the test finds doubles */
    d->units = arena_array(d->a, units->rows, sizeof(*d->units));
    d->unit_index = map_new(d->a);
    for (size_t r = 1; r < units->rows; r++) {
        const char *code = text_at(units, r, "code"), *group = text_at(units, r, "peer_group");
        ptrdiff_t row = map_index(row_of, code);
        if (group[0] == '\0' || row < 0)
            continue; /* not assessed */
        (void)map_add_index(d->unit_index, code, d->n_units);
        d->units[d->n_units++] = (struct unit){ .code = code,
                                                .group = group,
                                                .base = real_at(effects, (size_t)row, "base"),
                                                .step = real_at(effects, (size_t)row, "step") };
    }
    return RC_OK;
}

static enum model model_of(const char *name)
{
    size_t i = 0;
    while (i + 1 < COUNT(model_names) && !str_eq(model_names[i], name))
        i++;
    return (enum model)i;
}

/* points.csv and generate.csv have the same rows in the same order; whom a point is asked of is
 * said by the scheme. */
static enum rc load_points(struct demo *d, struct err *e)
{
    struct table *points, *scheme, *generate;
    enum rc rc = table_of(d->a, "points.csv", &points, e);
    if (rc == RC_OK)
        rc = table_of(d->a, "scheme.csv", &scheme, e);
    if (rc == RC_OK)
        rc = table_of(d->a, "generate.csv", &generate, e);
    if (rc != RC_OK)
        return rc;
    d->points = arena_array(d->a, points->rows, sizeof(*d->points));
    d->point_index = map_new(d->a);
    struct map *indicators = map_new(d->a), *groups = map_new(d->a);
    for (size_t r = 1; r < scheme->rows; r++)
        map_set(groups, text_at(scheme, r, "iCode"), (void *)text_at(scheme, r, "PeerGroup"));
    for (size_t r = 1; r < points->rows; r++) {
        const char *code = text_at(points, r, "code"), *ind = text_at(points, r, "indicator");
        struct point *p = &d->points[d->n_points];
        (void)map_add_index(indicators, ind,
                            r); /* a second point keeps the first one's number */
        (void)map_add_index(d->point_index, code, d->n_points++);
        ptrdiff_t of = map_index(d->point_index, text_at(generate, r, "of"));
        *p = (struct point){ .code = code,
                             .owner = text_at(points, r, "owner"),
                             .groups = map_get(groups, ind),
                             .model = model_of(text_at(generate, r, "model")),
                             .monthly = str_eq(text_at(points, r, "frequency"), "month"),
                             .of = of < 0 ? SIZE_MAX : (size_t)of,
                             .indicator = (size_t)map_index(indicators, ind),
                             .at_zero = real_at(generate, r, "at_zero"),
                             .at_full = real_at(generate, r, "at_full"),
                             .mean = real_at(generate, r, "mean"),
                             .size = real_at(generate, r, "size"),
                             .level = real_at(generate, r, "level"),
                             .spread = real_at(generate, r, "spread"),
                             .noise = real_at(generate, r, "noise"),
                             .trend = real_at(generate, r, "trend") };
    }
    return RC_OK;
}

static const char *story_key(struct arena *a, const char *unit, const char *point,
                             const char *period)
{
    return arena_printf(a, "%s %s %s", unit, point, period);
}

static enum rc load_stories(struct demo *d, struct err *e)
{
    struct table *t;
    enum rc rc = table_of(d->a, "stories.csv", &t, e);
    if (rc != RC_OK)
        return rc;
    d->stories = map_new(d->a);
    for (size_t r = 1; r < t->rows; r++) {
        double *v = arena_alloc(d->a, sizeof(*v));
        *v = real_at(t, r, "value");
        map_set(d->stories,
                story_key(d->a, text_at(t, r, "unit"), text_at(t, r, "point"),
                          text_at(t, r, "period")),
                v);
    }
    return RC_OK;
}

/* Whether one of the names between | is the unit's peer group; no name at all is every group.
 */
static bool applies(struct arena *a, const char *groups, const char *group)
{
    size_t n;
    char **list = str_split(a, groups, '|', &n);
    bool found = groups[0] == '\0';
    for (size_t i = 0; i < n; i++)
        found = found || str_eq(list[i], group);
    return found;
}

/* --- Values ---------------------------------------------------------------------------------
 */

static void stream(const struct demo *d, struct rng *r, size_t unit, size_t thing,
                   struct period p, enum purpose why)
{
    uint64_t when = p.v == 0 ? 0
                             : (uint64_t)period_year(p) * 32 + (uint64_t)period_sub(p) +
                                   (period_kind(p) == PERIOD_MONTH ? 16 : 0);
    rng_init(r, d->seed, (((uint64_t)unit * 1024 + thing) * 131072 + when) * 8 + (uint64_t)why);
}

static double normal(const struct demo *d, size_t unit, size_t thing, struct period p,
                     enum purpose why)
{
    struct rng r;
    stream(d, &r, unit, thing, p, why);
    return rng_normal(&r);
}

/* Where the unit stands in what the point measures, 0..100. */
static double level_of(const struct demo *d, const struct cell *c)
{
    const struct point *p = &d->points[c->point];
    const struct unit *u = &d->units[c->unit];
    double level =
        u->base + p->level + (u->step + p->trend) * d->now +
        p->spread * normal(d, c->unit, p->indicator, (struct period){ 0 }, FOR_LEVEL) +
        p->noise * normal(d, c->unit, p->indicator, c->period, FOR_LEVEL_NOW);
    return fmin(100, fmax(0, level));
}

/* A whole number near v, so that the mean over many units is v. */
static double whole(const struct demo *d, const struct cell *c, double v)
{
    struct rng r;
    stream(d, &r, c->unit, c->point, c->period, FOR_ROUNDING);
    return fmax(0, floor(v + rng_unit(&r)));
}

static double tenth(double v)
{
    return floor(v * 10 + 0.5) / 10;
}

/* How much there is to do: lasting for the unit, with a smaller change each period. */
static double amount_of(const struct demo *d, const struct cell *c)
{
    const struct point *p = &d->points[c->point];
    double now = p->model == MODEL_FIXED ? 0 : 0.4;
    return p->mean *
           exp(p->size * normal(d, c->unit, c->point, (struct period){ 0 }, FOR_SIZE) +
               p->size * now * normal(d, c->unit, c->point, c->period, FOR_SIZE_NOW));
}

static double value_of(const struct demo *d, const struct cell *c)
{
    const struct point *p = &d->points[c->point];
    char period[PERIOD_TEXT];
    const double *told = map_get(d->stories, story_key(d->a, d->units[c->unit].code, p->code,
                                                       period_code(c->period, period)));
    if (told != NULL)
        return *told;
    double at = p->at_zero + level_of(d, c) / 100 * (p->at_full - p->at_zero);
    double all = 0;
    if (p->of != SIZE_MAX) {
        struct cell of = { .unit = c->unit, .point = p->of, .period = c->period };
        all = value_of(d, &of);
    }
    switch (p->model) {
    case MODEL_COUNT:
    case MODEL_FIXED:
        return fmax(1, floor(amount_of(d, c) + 0.5));
    case MODEL_MONEY:
        return p->of == SIZE_MAX ? fmax(0.1, tenth(amount_of(d, c))) : tenth(all * at / 100);
    case MODEL_SHARE:
        /* A share that may not pass the whole, unless passing it is what the point shows. */
        return fmin(whole(d, c, all * at / 100),
                    fmax(p->at_zero, p->at_full) > 100 ? INFINITY : all);
    case MODEL_EVENTS:
        return whole(d, c, at);
    }
    return 0;
}

/* --- What is missing ------------------------------------------------------------------------
 */

static bool story_cell(const struct demo *d, const struct cell *c)
{
    char period[PERIOD_TEXT];
    return map_has(d->stories, story_key(d->a, d->units[c->unit].code, d->points[c->point].code,
                                         period_code(c->period, period)));
}

/* Mark exactly `count` of the cells that are still free; unit SIZE_MAX: of units not in named.
 */
static enum rc lose(struct demo *d, struct cell *cells, size_t n, size_t row, size_t unit,
                    const bool *named, const char *kind, size_t count, struct err *e)
{
    size_t *free_cells = arena_array(d->a, n, sizeof(*free_cells)), n_free = 0;
    for (size_t i = 0; i < n; i++)
        if (cells[i].missing == NULL && !story_cell(d, &cells[i]) &&
            (unit == SIZE_MAX ? !named[cells[i].unit] : cells[i].unit == unit))
            free_cells[n_free++] = i;
    if (count > n_free)
        return err_set(e, RC_INVALID, N_("missing.csv要的缺失多于应报的数值"));
    struct rng r;
    stream(d, &r, 0, row, d->quarter, FOR_MISSING);
    for (size_t i = 0; i < count; i++) {
        size_t k = i + (size_t)rng_below(&r, n_free - i);
        cells[free_cells[k]].missing = kind;
        free_cells[k] = free_cells[i];
    }
    return RC_OK;
}

static enum rc lose_values(struct demo *d, struct cell *cells, size_t n, struct err *e)
{
    struct table *t;
    enum rc rc = table_of(d->a, "missing.csv", &t, e);
    if (rc != RC_OK)
        return rc;
    char quarter[PERIOD_TEXT];
    period_code(d->quarter, quarter);
    bool *named = arena_array(d->a, d->n_units, sizeof(*named));
    for (int pass = 0; pass < 2; pass++)
        for (size_t r = 1; r < t->rows && rc == RC_OK; r++) {
            ptrdiff_t u = map_index(d->unit_index, text_at(t, r, "unit"));
            if (!str_eq(text_at(t, r, "period"), quarter))
                continue;
            if (pass == 0 && u >= 0)
                named[u] = true;
            if (pass == 1)
                rc = lose(d, cells, n, r, u < 0 ? SIZE_MAX : (size_t)u, named,
                          text_at(t, r, "kind"), (size_t)real_at(t, r, "count"), e);
        }
    return rc;
}

/* --- The quarter as a file ------------------------------------------------------------------
 */

static const char *note_of(const char *missing)
{
    static const struct {
        const char *kind, *note;
    } notes[] = {
        { "notdue", "台账核对中，下期补报" },
        { "withheld", "正在复核，暂不提供" },
        { "lost", "原始台账缺页" },
        { "refused", "本单位认为不属报送范围" },
    };
    for (size_t i = 0; i < COUNT(notes); i++)
        if (str_eq(notes[i].kind, missing))
            return notes[i].note;
    return "";
}

static void write_cell(const struct demo *d, const struct cell *c, struct str *csv)
{
    char period[PERIOD_TEXT];
    str_addf(csv, "%s,%s,%s,", d->units[c->unit].code, d->points[c->point].code,
             period_code(c->period, period));
    if (c->missing == NULL)
        json_num(csv, value_of(d, c));
    str_addf(csv, ",%s,%s\n", c->missing == NULL ? "" : c->missing,
             c->missing == NULL ? "" : note_of(c->missing));
}

/* Everything that is due in the quarter. */
static struct cell *cells_due(const struct demo *d, size_t *ret_n)
{
    struct cell *cells = arena_array(d->a, d->n_units * d->n_points * 3, sizeof(*cells));
    size_t n = 0;
    for (size_t u = 0; u < d->n_units; u++)
        for (size_t p = 0; p < d->n_points; p++) {
            if (!applies(d->a, d->points[p].groups, d->units[u].group))
                continue;
            struct period first = period_of(PERIOD_MONTH, period_year(d->quarter),
                                            period_sub(d->quarter) * 3 - 2);
            for (int m = 0; m < (d->points[p].monthly ? 3 : 1); m++)
                cells[n++] =
                    (struct cell){ .unit = u,
                                   .point = p,
                                   .period = d->points[p].monthly ? period_step(first, m)
                                                                  : d->quarter };
        }
    *ret_n = n;
    return cells;
}

enum rc demo_values(struct arena *a, uint64_t seed, struct period p, const char *owner,
                    struct str *csv, struct err *e)
{
    if (p.v == 0 || period_kind(p) != PERIOD_QUARTER)
        return err_set(e, RC_INVALID, N_("演示数据按季度生成，期间应写作2026Q3"));
    CLEANUP(arena_freep) struct arena *work = arena_new();
    struct demo d = { .a = work, .seed = seed, .quarter = p };
    d.now = period_distance(period_of(PERIOD_QUARTER, DEMO_YEAR, DEMO_QUARTERS), p);
    enum rc rc = load_units(&d, e);
    if (rc == RC_OK)
        rc = load_points(&d, e);
    if (rc == RC_OK)
        rc = load_stories(&d, e);
    size_t n = 0;
    struct cell *cells = rc == RC_OK ? cells_due(&d, &n) : NULL;
    if (rc == RC_OK)
        rc = lose_values(&d, cells, n, e);
    if (rc != RC_OK)
        return rc;
    str_init(csv, a);
    str_add(csv, "unit,point,period,value,missing,note\n");
    for (size_t i = 0; i < n; i++)
        if (owner == NULL || str_eq(d.points[cells[i].point].owner, owner))
            write_cell(&d, &cells[i], csv);
    return RC_OK;
}
