/*
 * Empty tables and examples. The one idea: nothing is written twice. Columns are those the
 * imports read, and the examples are the demo county's files as they would come through a
 * county's own sheet: its indicators get one point each, whose value is what the demo's formula
 * makes of the demo's points.
 */
#include "setup/example.h"

#include "base/fmt.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/str.h"
#include "monitor/demo.h"
#include "monitor/panel.h"
#include "monitor/scheme_import.h"
#include "monitor/scheme_sheet.h"
#include "people/account_sheet.h"
#include "people/unit_import.h"
#include "sheet/csv.h"
#include "stats/formula.h"

#include <math.h>
#include <string.h>

enum { CHOICE_ROWS = 2000, MONTHS = 3, SEED = 1 };

static const struct heading scheme_headings[] = {
    { "level1", "一级", N_("方面；和上一行相同可以留空，也可以合并单元格"), "重大决策部署落实",
      true, NULL },
    { "level2", "二级", N_("同上"), "决策部署按期落实", false, NULL },
    { "level3", "三级", N_("同上；没有这一级就删掉这一列"), "决策部署落地", false, NULL },
    { "indicator", "四级", N_("指标名称，一行一个"), "上级决策部署按期落实率", true, NULL },
    { "score", "分值", N_("满分多少"), "2", true, NULL },
    { "standard", "评分标准", N_("原来怎么写就怎么写；读不懂的会问"),
      "达到100%得满分2分，60%以下不得分，之间按比例计分", true, NULL },
    { "source", "数据来源", N_("数从哪里来"), "区委办督查台账", false, NULL },
    { "owner", "责任单位", N_("由谁报，写单位的编码或名称"), "区委办", false, NULL },
    { "frequency", "周期", N_("年、季度、月、周 或 日"), "季度", false, NULL },
    { NULL, NULL, NULL, NULL, false, NULL },
};
static const struct heading value_headings[] = {
    { "unit", "单位", N_("单位的编码或名称"), "T01", true, NULL },
    { "point", "监测点", N_("监测点的编码或名称"), "P001", true, NULL },
    { "period", "期间", N_("如 2026Q3、2026年第三季度、202609"), "2026Q3", true, NULL },
    { "value", "数值", N_("一个数字；没有就留空，写缺失原因"), "97.5", true, NULL },
    { "missing", "缺失原因", N_("不适用、未到期、拒绝提供、暂不提供、灭失；缺失不等于零"), "",
      false, NULL },
    { "note", "备注", N_("可以不写；不写姓名、电话"), "", false, NULL },
    { NULL, NULL, NULL, NULL, false, NULL },
};

static const struct {
    const struct heading *headings;
    const char *sheet; /* its name in the workbook */
    const char *file;  /* of the demo, with the same columns; NULL: made */
} tables[SETUP_STEPS] = {
    [SETUP_UNITS] = { unit_headings, "单位", "units.csv" },
    [SETUP_PEOPLE] = { account_headings, "账号", "accounts.csv" },
    [SETUP_SCHEME] = { scheme_headings, "方案", "scheme_sheet.csv" },
    [SETUP_SOURCES] = { point_headings, "监测点", NULL },
    [SETUP_VALUES] = { value_headings, "数值", NULL },
};

const struct heading *setup_headings(enum setup_step s)
{
    return tables[s].headings;
}

/* What each column is for, a line each: a sheet of its own in the workbook. */
static const char *help_of(const struct heading *h, const char *first, enum lang lang,
                           struct arena *a)
{
    struct str b;
    str_init(&b, a);
    str_add(&b, first);
    for (; h->code; h++) {
        const char *bar = strchr(h->names, '|');
        str_addf(&b, "\n%.*s%s%s", bar ? (int)(bar - h->names) : (int)strlen(h->names),
                 h->names, lang == LANG_ZH ? "：" : ": ", lang_text(lang, h->help));
        if (*h->sample)
            str_addf(&b, "%s%s", lang_text(lang, N_("；例如 ")), h->sample);
    }
    return b.s;
}

static const char *first_name(struct arena *a, const char *names)
{
    const char *bar = strchr(names, '|');
    return bar ? arena_strndup(a, names, (size_t)(bar - names)) : names;
}

/* The table as a sheet with a head, choices for columns of words and the help behind. */
static const struct table *dressed(const struct table *t, enum setup_step s, const char *first,
                                   enum lang lang, struct arena *a)
{
    const struct heading *h = tables[s].headings;
    struct table *copy = arena_alloc(a, sizeof(*copy));
    struct table_look *look = arena_alloc(a, sizeof(*look));
    *copy = *t;
    *look = (struct table_look){ .head_rows = 1,
                                 .frozen_rows = 1,
                                 .note = help_of(h, first, lang, a),
                                 .choice = arena_array(a, t->cols, sizeof(*look->choice)) };
    for (size_t c = 0; c < t->cols; c++)
        for (const struct heading *x = h; x->code; x++) {
            size_t n = 0;
            if (!x->words || !str_eq(first_name(a, x->names), table_text(t, 0, c)))
                continue;
            while (x->words[n].code)
                n++;
            const char **values = arena_array(a, n + 1, sizeof(*values));
            for (size_t i = 0; i < n; i++)
                values[i] = first_name(a, x->words[i].names);
            /* A county's own kind of unit may be typed; what a role is may not. */
            if (!str_eq(x->code, "kind") && !str_eq(x->code, "scope"))
                look->choice[look->n_choice++] =
                    (struct cell_choice){ .row = 1,
                                          .col = c,
                                          .last_row = CHOICE_ROWS,
                                          .last_col = c,
                                          .value = values,
                                          .title = table_text(t, 0, c),
                                          .help = lang_text(lang, x->help) };
        }
    copy->look = look;
    copy->name = tables[s].sheet;
    return copy;
}

enum rc setup_blank(enum setup_step s, enum lang lang, struct arena *a,
                    const struct table **ret, struct err *e)
{
    const struct heading *h = s < SETUP_STEPS ? tables[s].headings : NULL;
    size_t n = 0;
    if (!h)
        return err_set(e, RC_NOTFOUND, N_("这一步没有要填的表"));
    while (h[n].code)
        n++;
    struct table *t = table_new(a, 1, n, /* with_kinds= */ false);
    for (size_t i = 0; i < n; i++)
        table_set(t, 0, i, CELL_TEXT, first_name(a, h[i].names));
    *ret = dressed(
        t, s, lang_text(lang, N_("从第二行起，一行一个。列名不要改，用不着的列可以删掉。")),
        lang, a);
    return RC_OK;
}

/* ---- the demo's files ---- */

static enum rc demo_table(struct arena *a, const char *name, struct table **ret, struct err *e)
{
    const struct demo_file *f = demo_file(name);
    return csv_read(a, name, (struct bytes){ (const uint8_t *)f->text, f->n }, NULL, ret, e);
}

static const char *at(const struct table *t, size_t row, const char *column)
{
    ptrdiff_t col = table_col(t, 0, column);
    return col < 0 ? "" : table_text(t, row, (size_t)col);
}

/* The demo's own scheme and points by the names of indicators. */
struct demo {
    struct arena *a;
    struct table *units, *scheme, *points;
    struct map *node_row;  /* name of an indicator → its row in scheme */
    struct map *point_row; /* code of an indicator → the first row in points */
    const struct scheme_node
        *nodes; /* of the county's own sheet, as an empty county reads it */
    size_t n_nodes;
};

/* What an empty county makes of the demo's sheet, so that codes are those it would give. */
static enum rc read_sheet(struct demo *d, struct err *e)
{
    struct arena *a = d->a;
    struct table *sheet;
    struct sheet_map map;
    struct sheet_scheme read;
    struct book book = { arena_alloc(a, sizeof(struct table *)), 1 };
    struct values_unit *unit = arena_array(a, d->units->rows, sizeof(*unit));
    const char **group = arena_array(a, d->units->rows, sizeof(*group));
    struct map *seen = map_new(a);
    size_t n_unit = 0, n_group = 0;
    for (size_t r = 1; r < d->units->rows; r++) {
        const char *g = at(d->units, r, "peer_group");
        unit[n_unit++] =
            (struct values_unit){ at(d->units, r, "code"), at(d->units, r, "name") };
        if (*g && map_add(seen, g, d))
            group[n_group++] = g;
    }
    const struct sheet_context context = {
        .unit = unit, .n_unit = n_unit, .group = group, .n_group = n_group
    };
    enum rc rc = demo_table(a, "scheme_sheet.csv", &sheet, e);
    if (rc != RC_OK)
        return rc;
    book.sheet[0] = sheet;
    rc = sheet_map_guess(a, &book, "scheme_sheet.csv", &map, e);
    if (rc == RC_OK)
        rc = scheme_sheet_read(a, &map, &context, "INDEX" /* as an empty county calls it */, "",
                               &read, e);
    if (rc != RC_OK)
        return rc;
    d->nodes = scheme_sheet_nodes(a, &read);
    d->n_nodes = read.n;
    return RC_OK;
}

static enum rc demo_open(struct demo *d, struct arena *a, struct err *e)
{
    *d = (struct demo){ .a = a, .node_row = map_new(a), .point_row = map_new(a) };
    enum rc rc = demo_table(a, "units.csv", &d->units, e);
    if (rc == RC_OK)
        rc = demo_table(a, "scheme.csv", &d->scheme, e);
    if (rc == RC_OK)
        rc = demo_table(a, "points.csv", &d->points, e);
    if (rc != RC_OK)
        return rc;
    for (size_t r = 1; r < d->scheme->rows; r++)
        if (str_eq(at(d->scheme, r, "Level"), "1"))
            (void)map_add_index(d->node_row, at(d->scheme, r, "iName"), r);
    for (size_t r = 1; r < d->points->rows; r++)
        (void)map_add_index(d->point_row, at(d->points, r, "indicator"), r);
    return read_sheet(d, e);
}

/* The row of the demo's scheme for an indicator of the sheet; 0: none. */
static size_t demo_row(const struct demo *d, const char *name)
{
    ptrdiff_t row = map_index(d->node_row, name);
    return row < 0 ? 0 : (size_t)row;
}

static const struct table *wanted(const struct demo *d)
{
    return scheme_sheet_points(d->a, d->nodes, d->n_nodes, map_new(d->a), map_new(d->a));
}

/* The points such a sheet asks for, filled in from the demo's own. */
static enum rc points_example(struct arena *a, const struct table **ret, struct err *e)
{
    struct demo d;
    enum rc rc = demo_open(&d, a, e);
    if (rc != RC_OK)
        return rc;
    const struct table *t = wanted(&d);
    struct table *filled = table_new(a, t->rows, t->cols, false);
    for (size_t r = 0; r < t->rows; r++)
        for (size_t c = 0; c < t->cols; c++) {
            const char *head = table_text(t, 0, c), *text = table_text(t, r, c);
            size_t row = r ? demo_row(&d, at(t, r, "name")) : 0;
            ptrdiff_t point =
                row ? map_index(d.point_row, at(d.scheme, row, "iCode")) : (ptrdiff_t)-1;
            if (row && str_eq(head, "unit_of_measure"))
                text = at(d.scheme, row, "Unit");
            else if (point >= 0 && !*text)
                text = at(d.points, (size_t)point, head);
            table_set(filled, r, c, CELL_TEXT, text);
        }
    *ret = table_to_words(filled, point_headings, a);
    return RC_OK;
}

/* ---- values ---- */

/* One cell of the demo's values. */
struct cell {
    double v;
    const char *missing, *note;
};

static struct map *cells_of(struct arena *a, const struct table *t)
{
    struct map *m = map_new(a);
    for (size_t r = 1; r < t->rows; r++) {
        struct cell *c = arena_alloc(a, sizeof(*c));
        const char *v = table_text(t, r, 3);
        if (!*v || !parse_real_n(v, strlen(v), &c->v))
            c->v = NAN;
        c->missing = table_text(t, r, 4);
        c->note = table_text(t, r, 5);
        map_set(m,
                arena_printf(a, "%s %s %s", table_text(t, r, 0), table_text(t, r, 1),
                             table_text(t, r, 2)),
                c);
    }
    return m;
}

/* What an indicator's formula makes of the demo's points for a unit and a period; where they
 * are missing, why. */
static enum rc value_of(const struct demo *d, const struct map *cells, size_t row,
                        const char *unit, struct period p, struct cell *ret, struct err *e)
{
    const char *text = at(d->scheme, row, "Formula"), *code = at(d->scheme, row, "iCode");
    const struct formula *f;
    const char *const *names;
    ptrdiff_t own = map_index(d->point_row, code);
    if (!*text)
        text = own < 0 ? "null" : at(d->points, (size_t)own, "code");
    enum rc rc = formula_compile(d->a, text, NULL, NULL, &f, e);
    if (rc != RC_OK)
        return rc;
    size_t n = formula_names(f, &names);
    struct formula_column *column = arena_array(d->a, n, sizeof(*column));
    *ret = (struct cell){ .v = NAN, .missing = "", .note = "" };
    for (size_t i = 0; i < n; i++) {
        struct period q = period_first_in(PERIOD_MONTH, p);
        const double **rows = arena_array(d->a, MONTHS, sizeof(*rows));
        size_t k = 0;
        for (int m = -1; m < MONTHS; m++) { /* of the quarter itself, or of its months */
            struct period at_period = m < 0 ? p : period_step(q, m);
            char at_code[PERIOD_TEXT];
            const struct cell *c =
                map_get(cells, arena_printf(d->a, "%s %s %s", unit, names[i],
                                            period_code(at_period, at_code)));
            if (!c)
                continue;
            rows[k++] = &c->v;
            if (isnan(c->v) && !*ret->missing) {
                ret->missing = c->missing;
                ret->note = c->note;
            }
            if (m < 0)
                break;
        }
        column[i] = (struct formula_column){ rows, k, k };
    }
    double v;
    rc = formula_eval(f, column, 1, d->a, &v, e);
    if (rc == RC_OK && !isnan(v)) {
        ret->v = round(v * 100) / 100;
        ret->missing = ret->note = "";
    }
    return rc;
}

struct row {
    const char *unit, *point, *period, *value, *missing, *note;
};

/* The rows of one point over the units it is asked of. */
static enum rc rows_of(const struct demo *d, const struct map *cells,
                       const struct scheme_node *node, const char *point, struct period p,
                       struct row *rows, size_t *n, struct err *e)
{
    size_t row = demo_row(d, node->name);
    bool monthly = str_eq(node->frequency, "month");
    struct period first = monthly ? period_first_in(PERIOD_MONTH, p) : p;
    enum rc rc = RC_OK;
    for (size_t u = 1; u < d->units->rows && row && rc == RC_OK; u++) {
        const struct unit unit = { .peer_group = at(d->units, u, "peer_group"),
                                   .kind = at(d->units, u, "kind"),
                                   .assessed = *at(d->units, u, "peer_group") != '\0' };
        if (!unit.assessed || !unit_in_groups(&unit, node->peer_group))
            continue;
        for (int m = 0; m < (monthly ? MONTHS : 1) && rc == RC_OK; m++) {
            struct cell c;
            struct str b;
            char code[PERIOD_TEXT];
            rc = value_of(d, cells, row, at(d->units, u, "code"), period_step(first, m), &c, e);
            if (rc != RC_OK || (isnan(c.v) && !*c.missing))
                continue;
            str_init(&b, d->a);
            if (!isnan(c.v))
                json_num(&b, c.v);
            rows[(*n)++] =
                (struct row){ at(d->units, u, "code"),
                              point,
                              arena_strdup(d->a, period_code(period_step(first, m), code)),
                              isnan(c.v) ? "" : b.s,
                              c.missing,
                              c.note };
        }
    }
    return rc;
}

static enum rc values_example(struct period p, struct arena *a, const struct table **ret,
                              struct err *e)
{
    struct demo d;
    struct str csv;
    struct table *demo;
    enum rc rc = demo_open(&d, a, e);
    if (rc == RC_OK)
        rc = demo_values(a, SEED, p, NULL, &csv, e);
    if (rc == RC_OK)
        rc = csv_read(a, "values.csv", (struct bytes){ (const uint8_t *)csv.s, csv.n }, NULL,
                      &demo, e);
    if (rc != RC_OK)
        return rc;
    const struct map *cells = cells_of(a, demo);
    const struct table *points = wanted(&d);
    struct row *rows = arena_array(a, d.units->rows * points->rows * MONTHS, sizeof(*rows));
    size_t n = 0;
    for (size_t r = 1; r < points->rows && rc == RC_OK; r++)
        for (size_t i = 0; i < d.n_nodes && rc == RC_OK; i++)
            if (str_eq(d.nodes[i].code, at(points, r, "indicator")))
                rc = rows_of(&d, cells, &d.nodes[i], at(points, r, "code"), p, rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct table *t = table_new(a, n + 1, 6, /* with_kinds= */ true);
    for (size_t c = 0; c < 6; c++)
        table_set(t, 0, c, CELL_TEXT, value_headings[c].names);
    for (size_t r = 0; r < n; r++) {
        const char *cells_of_row[] = { rows[r].unit,  rows[r].point,   rows[r].period,
                                       rows[r].value, rows[r].missing, rows[r].note };
        for (size_t c = 0; c < 6; c++)
            table_set(t, r + 1, c,
                      !*cells_of_row[c] ? CELL_EMPTY
                      : c == 3          ? CELL_NUMBER
                                        : CELL_TEXT,
                      cells_of_row[c]);
    }
    *ret = t;
    return RC_OK;
}

enum rc setup_example(enum setup_step s, struct period period, enum lang lang, struct arena *a,
                      const struct table **ret, struct err *e)
{
    const struct table *t = NULL;
    enum rc rc = RC_OK;
    if (s >= SETUP_STEPS || !tables[s].headings)
        return err_set(e, RC_NOTFOUND, N_("这一步没有要填的表"));
    if (tables[s].file) {
        struct table *demo;
        rc = demo_table(a, tables[s].file, &demo, e);
        if (rc == RC_OK)
            t = table_to_words(table_to_codes(demo, tables[s].headings, a), tables[s].headings,
                               a);
    } else {
        rc = s == SETUP_SOURCES ? points_example(a, &t, e) : values_example(period, a, &t, e);
    }
    if (rc == RC_OK)
        *ret = dressed(t, s,
                       lang_text(lang, N_("演示数据·非真实：虚构的清溪区，照着它的样子填。")),
                       lang, a);
    return rc;
}
