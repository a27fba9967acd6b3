/* Schemes in the form of a county's sheet, and the points an imported sheet asks for. */
#include "base/map.h"
#include "base/str.h"
#include "monitor/scheme_sheet.h"

#include <math.h>
#include <string.h>

static const char *unit_name(const struct sheet_context *c, const char *code)
{
    for (size_t i = 0; i < c->n_unit; i++)
        if (str_eq(c->unit[i].code, code))
            return c->unit[i].name;
    return code;
}

static const char *frequency_text(const char *code)
{
    static const char *const words[][2] = {
        { "quarter", "季度" }, { "month", "月" }, { "year", "年" },
        { "week", "周" },      { "day", "日" },
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(words[i][0], code))
            return words[i][1];
    return code;
}

/* Nodes from the one under the root to node i, as indexes; returns how many. Parents stand
 * before their children. */
static size_t path_to(const struct scheme_node *node, const struct map *by_code, size_t i,
                      size_t *path, size_t max)
{
    size_t n = 0, at = i;
    while (node[at].parent[0] && n < max) {
        path[n++] = at;
        ptrdiff_t up = map_index(by_code, node[at].parent);
        if (up < 0)
            break;
        at = (size_t)up;
    }
    for (size_t k = 0; k < n / 2; k++) {
        size_t other = path[k];
        path[k] = path[n - 1 - k];
        path[n - 1 - k] = other;
    }
    return n;
}

static void merge_names(struct arena *a, struct table *t, size_t levels)
{
    t->merge = arena_array(a, t->rows * (levels ? levels : 1), sizeof(t->merge[0]));
    for (size_t c = 0; c + 1 < levels; c++)
        for (size_t r = 1; r < t->rows;) {
            size_t last = r;
            while (last + 1 < t->rows && !table_text(t, last + 1, c)[0])
                last++;
            if (last > r && table_text(t, r, c)[0])
                t->merge[t->n_merge++] = (struct cell_merge){ r, c, last, c };
            r = last + 1;
        }
}

const struct table *scheme_sheet_write(struct arena *a, const struct scheme_node *node,
                                       size_t n, const struct sheet_context *c)
{
    enum { SCORE, STANDARD, SOURCE, OWNER, FREQUENCY, OTHERS };
    static const char *const level_heads[SHEET_LEVELS] = { "一级", "二级", "三级", "四级",
                                                           "五级" };
    static const char *const heads[OTHERS] = { "分值", "评分标准", "数据来源", "责任单位",
                                               "周期" };
    struct map *by_code = map_new(a);
    size_t levels = 1, leaves = 0, path[SHEET_LEVELS + 1], row = 1;
    for (size_t i = 0; i < n; i++)
        map_add_index(by_code, node[i].code, i);
    for (size_t i = 0; i < n; i++) {
        size_t depth = path_to(node, by_code, i, path, COUNT(path));
        levels = depth > levels ? depth : levels;
        leaves += str_eq(node[i].type, "Indicator");
    }
    levels = levels > SHEET_LEVELS ? SHEET_LEVELS : levels;
    struct table *t = table_new(a, leaves + 1, levels + OTHERS, /* with_kinds= */ true);
    size_t *shown =
        arena_array(a, levels, sizeof(*shown)); /* node + 1 standing in the column */
    t->name = "指标体系";
    for (size_t k = 0; k < levels; k++)
        table_set(t, 0, k, CELL_TEXT, level_heads[k]);
    for (size_t k = 0; k < OTHERS; k++)
        table_set(t, 0, levels + k, CELL_TEXT, heads[k]);
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(node[i].type, "Indicator"))
            continue;
        size_t depth = path_to(node, by_code, i, path, levels);
        for (size_t k = 0; k < depth; k++) {
            /* An indicator stands in the last column, also when levels between are missing. */
            size_t col = k + 1 == depth ? levels - 1 : k;
            if (shown[col] == path[k] + 1)
                continue;
            table_set(t, row, col, CELL_TEXT, node[path[k]].name);
            shown[col] = path[k] + 1;
            for (size_t below = col + 1; below < levels; below++)
                shown[below] = 0;
        }
        table_set(t, row, levels + SCORE, CELL_NUMBER,
                  arena_printf(a, "%.12g", node[i].weight));
        table_set(t, row, levels + STANDARD, CELL_TEXT, node[i].standard);
        table_set(t, row, levels + SOURCE, CELL_TEXT, node[i].source);
        table_set(t, row, levels + OWNER, CELL_TEXT, unit_name(c, node[i].owner));
        table_set(t, row, levels + FREQUENCY, CELL_TEXT, frequency_text(node[i].frequency));
        row++;
    }
    merge_names(a, t, levels);
    struct table_look *look = arena_alloc(a, sizeof(*look));
    look->head_rows = look->frozen_rows = 1;
    t->look = look;
    return t;
}

const struct table *scheme_sheet_points(struct arena *a, const struct scheme_node *node,
                                        size_t n, const struct map *fed,
                                        const struct map *points)
{
    static const char *const heads[] = { "code",      "indicator",       "name",
                                         "owner",     "unit_of_measure", "frequency",
                                         "direction", "legal_basis",     "purpose",
                                         "retention", "contact" };
    const struct scheme_node **want = arena_array(a, n, sizeof(*want));
    size_t n_want = 0, number = 0;
    for (size_t i = 0; i < n; i++)
        if (node[i].level == 1 && !*node[i].formula && !map_has(fed, node[i].code))
            want[n_want++] = &node[i];
    struct table *t = table_new(a, n_want + 1, COUNT(heads), /* with_kinds= */ true);
    struct table_look *look = arena_alloc(a, sizeof(*look));
    look->head_rows = look->frozen_rows = 1;
    t->look = look;
    t->name = "监测点";
    for (size_t c = 0; c < COUNT(heads); c++)
        table_set(t, 0, c, CELL_TEXT, heads[c]);
    for (size_t i = 0; i < n_want; i++) {
        const struct scheme_node *d = want[i];
        const char *code;
        do
            code = arena_printf(a, "P%03zu", ++number);
        while (map_has(points, code));
        const char *cells[] = { code,
                                d->code,
                                d->name,
                                d->owner,
                                *d->unit_of_measure ? d->unit_of_measure : "个",
                                *d->frequency ? d->frequency : "quarter" };
        for (size_t c = 0; c < COUNT(cells); c++)
            table_set(t, i + 1, c, cells[c][0] ? CELL_TEXT : CELL_EMPTY, cells[c]);
        table_set(t, i + 1, COUNT(cells), CELL_NUMBER, d->direction < 0 ? "-1" : "1");
    }
    return t;
}
