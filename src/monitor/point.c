#include "monitor/point.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "monitor/point.sql.h"
#include "monitor/scheme.h"
#include "people/unit.h"
#include "stats/formula.h"

static const char *const frequency_words[] = { [PERIOD_YEAR] = "year",
                                               [PERIOD_QUARTER] = "quarter",
                                               [PERIOD_MONTH] = "month",
                                               [PERIOD_WEEK] = "week",
                                               [PERIOD_DAY] = "day" };

enum period_kind frequency_of(const char *word)
{
    for (enum period_kind k = PERIOD_YEAR; k <= PERIOD_DAY; k++)
        if (str_eq(frequency_words[k], word))
            return k;
    return 0;
}

const char *frequency_word(enum period_kind k)
{
    return frequency_words[k];
}

bool point_applies(const struct point *p, const struct unit *u)
{
    return unit_in_groups(u, p->peer_group);
}

/* ---- whom a point is asked of ---- */

struct asking {
    struct arena *a;
    struct point *points;
    size_t n;
    const struct map *by_code;
    bool *fed; /* by point: some indicator uses it */
};

/* Groups of two lists, each once. */
static const char *both(struct arena *a, const char *x, const char *y)
{
    size_t n;
    char **add = str_split(a, y, '|', &n);
    for (size_t i = 0; i < n; i++) {
        size_t have;
        char **list = str_split(a, x, '|', &have);
        while (have > 0 && !str_eq(list[have - 1], add[i]))
            have--;
        if (have == 0)
            x = arena_printf(a, "%s|%s", x, add[i]);
    }
    return x;
}

static void ask(struct asking *k, size_t point, const char *groups)
{
    struct point *p = &k->points[point];
    if (!k->fed[point])
        p->peer_group = groups;
    else if (!*groups || !*p->peer_group)
        p->peer_group = "";
    else
        p->peer_group = both(k->a, p->peer_group, groups);
    k->fed[point] = true;
}

/* The points of a node: those its formula names, or without one those that name the node. A
 * formula that does not compile is the scheme's trouble, not the points'. */
static void ask_node(struct asking *k, const struct scheme_node *node)
{
    if (!str_eq(node->type, "Indicator") && !str_eq(node->type, "Denominator"))
        return;
    if (!*node->formula) {
        for (size_t i = 0; i < k->n; i++)
            if (str_eq(k->points[i].indicator, node->code))
                ask(k, i, node->peer_group);
        return;
    }
    CLEANUP(err_done) struct err ignored = { 0 };
    const struct formula *f;
    const char *const *names;
    if (formula_compile(k->a, node->formula, NULL, NULL, &f, &ignored) != RC_OK)
        return;
    size_t n = formula_names(f, &names);
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t at = map_index(k->by_code, names[i]);
        if (at >= 0)
            ask(k, (size_t)at, node->peer_group);
    }
}

enum rc points_load(const struct snap *s, const struct scheme *scheme, struct arena *a,
                    const struct point **ret, size_t *ret_n, struct err *e)
{
    struct point_list_row *rows;
    size_t n;
    enum rc rc = point_list_all(s, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct point *points = arena_array(a, n, sizeof(*points));
    for (size_t i = 0; i < n; i++)
        points[i] = (struct point){
            .id = rows[i].id,
            .code = rows[i].code,
            .indicator = rows[i].indicator,
            .name = rows[i].name,
            .owner = rows[i].owner,
            .unit_of_measure = rows[i].unit_of_measure,
            .record = rows[i].record_id,
            .peer_group = "",
            .legal_basis = rows[i].legal_basis,
            .purpose = rows[i].purpose,
            .retention = rows[i].retention,
            .contact = rows[i].contact,
            .minutes = rows[i].minutes,
            .frequency = frequency_of(rows[i].frequency),
            .direction = (int)rows[i].direction,
        };
    struct map *by_code = map_new(a);
    for (size_t i = 0; i < n; i++)
        map_add_index(by_code, points[i].code, i);
    struct asking k = { a, points, n, by_code, arena_array(a, n, sizeof(*k.fed)) };
    for (size_t i = 0; scheme && i < scheme->n; i++)
        ask_node(&k, &scheme->nodes[i]);
    *ret = points;
    *ret_n = n;
    return RC_OK;
}

enum rc point_find(const struct snap *s, const char *code, struct arena *a, struct point *ret,
                   struct err *e)
{
    struct point_of_code_row row;
    enum rc rc = point_of_code_one(s, code, a, &row, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("没有编码为「{point}」的监测点"), "point", code);
    if (rc == RC_OK)
        *ret = (struct point){ .id = row.id,
                               .code = row.code,
                               .indicator = row.indicator,
                               .name = row.name,
                               .owner = row.owner,
                               .unit_of_measure = row.unit_of_measure,
                               .record = row.record_id,
                               .peer_group = "",
                               .legal_basis = row.legal_basis,
                               .purpose = row.purpose,
                               .retention = row.retention,
                               .contact = row.contact,
                               .minutes = row.minutes,
                               .frequency = frequency_of(row.frequency),
                               .direction = (int)row.direction };
    return rc;
}

enum rc points_of_period(const struct snap *s, struct period p, struct arena *a,
                         const struct point **ret, size_t *ret_n, struct err *e)
{
    const struct scheme *scheme;
    enum rc rc = scheme_if_any(s, p, a, &scheme, e);
    return rc == RC_OK ? points_load(s, scheme, a, ret, ret_n, e) : rc;
}
