/*
 * DATA.csv: one row a unit. The file goes by row by row; only the columns somebody needs become
 * columns of numbers, so that a hundred thousand units fit.
 */
#include "base/file.h"
#include "base/map.h"
#include "base/parse.h"
#include "base/str.h"
#include "cmd/score_files.h"
#include "sheet/csv.h"
#include "stats/formula.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sheet_limits limits = {
    .bytes = (size_t)8 << 30,
    .rows = SCORE_UNITS_MAX + 1,
    .cols = SCORE_COLUMNS_MAX,
    .cells = (size_t)2 << 30,
    .cell = (size_t)64 << 10,
};

/* A column of numbers being read. */
struct column {
    const char *name;
    size_t field;
    double *v; /* heap, cap of the reader */
};

struct reader {
    const char *file;
    const struct score_meta *meta;
    bool with_denominators;
    const char *group_name;
    struct arena *a;
    enum lang lang;     /* of the reason inside a message */
    struct map *head;   /* name → field */
    struct map *wanted; /* name → index into column */
    struct column *column;
    size_t n_columns, cap_columns;
    size_t code_field;
    ptrdiff_t group_field;
    struct map *units, *groups;
    const char **code; /* heap */
    int32_t *group;    /* heap */
    size_t n, cap;
    const struct formula **formula; /* by node */
};

static enum rc no_column(const struct reader *r, const char *name, const char *why,
                         struct err *e)
{
    return err_set(e, RC_INVALID, why, "file", r->file, "column", name);
}

static enum rc want(struct reader *r, const char *name, const char *why, struct err *e)
{
    ptrdiff_t field = map_index(r->head, name);
    if (field < 0)
        return no_column(r, name, why, e);
    if (!map_add_index(r->wanted, name, r->n_columns))
        return RC_OK;
    if (r->n_columns == r->cap_columns) {
        size_t cap = r->cap_columns == 0 ? 64 : 2 * r->cap_columns;
        r->column = arena_grow(r->a, r->column, r->cap_columns * sizeof(*r->column),
                               cap * sizeof(*r->column));
        r->cap_columns = cap;
    }
    r->column[r->n_columns++] =
        (struct column){ .name = arena_strdup(r->a, name), .field = (size_t)field };
    return RC_OK;
}

static bool known_name(const void *arg, const char *name, enum formula_type *ret_type)
{
    const struct reader *r = arg;
    *ret_type = FORMULA_NUMBER;
    return map_has(r->head, name);
}

static enum rc want_formula(struct reader *r, size_t node, struct err *e)
{
    const char *const *names;
    const char *code = r->meta->tree.nodes[node].code;
    struct err inner = { 0 };
    enum rc rc =
        formula_compile(r->a, r->meta->formula[node], known_name, r, &r->formula[node], &inner);
    if (rc == RC_OK && formula_type(r->formula[node]) == FORMULA_BOOL)
        rc = err_set(&inner, RC_INVALID, N_("结果应是数,不是真假"));
    if (rc != RC_OK) {
        rc = err_set(e, rc, N_("指标 {code} 的公式:{why}"), "code", code, "why",
                     err_message(&inner, r->lang, r->a));
        err_done(&inner);
        return rc;
    }
    size_t n = formula_names(r->formula[node], &names);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = want(r, names[i], N_("{file} 缺少公式用到的列 {column}"), e);
    return rc;
}

static enum rc read_head(struct reader *r, const struct csv_row *row, struct err *e)
{
    const struct scheme_tree *t = &r->meta->tree;
    for (size_t k = 0; k < row->n; k++) {
        const char *name = str_trim(r->a, row->field[k]);
        if (*name != '\0' && !map_add_index(r->head, name, k))
            return no_column(r, name, N_("{file} 的列 {column} 出现两次"), e);
    }
    if (map_index(r->head, "uCode") < 0)
        return no_column(r, "uCode", N_("{file} 缺少列 {column}"), e);
    r->code_field = (size_t)map_index(r->head, "uCode");
    r->group_field = r->group_name == NULL ? -1 : map_index(r->head, r->group_name);
    if (r->group_name != NULL && r->group_field < 0)
        return no_column(r, r->group_name, N_("{file} 缺少分组的列 {column}"), e);
    for (size_t l = 0; l < t->n_leaves; l++) {
        size_t node = t->leaves[l];
        enum rc rc = r->meta->formula[node] != NULL
                         ? want_formula(r, node, e)
                         : want(r, t->nodes[node].code, N_("{file} 缺少指标 {column} 的列"), e);
        if (rc == RC_OK && r->with_denominators && r->meta->denominator[node] != NULL)
            rc = want(r, r->meta->denominator[node], N_("{file} 缺少分母的列 {column}"), e);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

static void grow(struct reader *r)
{
    r->cap = r->cap == 0 ? 256 : 2 * r->cap;
    r->code = mem_realloc(r->code, r->cap * sizeof(*r->code));
    r->group = mem_realloc(r->group, r->cap * sizeof(*r->group));
    for (size_t k = 0; k < r->n_columns; k++)
        r->column[k].v = mem_realloc(r->column[k].v, r->cap * sizeof(double));
}

/* Spaces around a number are allowed; empty and NA are missing. */
static bool number(const char *s, size_t n, double *ret)
{
    while (n > 0 && (s[0] == ' ' || s[0] == '\t')) {
        s++;
        n--;
    }
    while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
        n--;
    *ret = NAN;
    return n == 0 || (n == 2 && s[0] == 'N' && s[1] == 'A') || parse_real_n(s, n, ret);
}

static enum rc read_unit(struct reader *r, const struct csv_row *row, struct err *e)
{
    char where[CELL_NAME];
    const char *code = str_trim(r->a, row->field[r->code_field]);
    if (*code == '\0')
        return err_set(e, RC_INVALID, N_("{file} {where}:缺少单位编码 uCode"), "file", r->file,
                       "where", cell_name(row->line, r->code_field, where));
    if (!map_add_index(r->units, code, r->n))
        return err_set(e, RC_INVALID, N_("{file} {where}:单位编码 {code} 重复"), "file",
                       r->file, "where", cell_name(row->line, r->code_field, where), "code",
                       code);
    if (r->n == r->cap)
        grow(r);
    r->code[r->n] = code;
    r->group[r->n] = -1;
    if (r->group_field >= 0) {
        const char *g = str_trim(r->a, row->field[r->group_field]);
        if (*g != '\0' && !str_eq(g, "NA")) {
            (void)map_add_index(r->groups, g,
                                map_count(r->groups)); /* there already: keeps its index */
            r->group[r->n] = (int32_t)map_index(r->groups, g);
        }
    }
    for (size_t k = 0; k < r->n_columns; k++) {
        const struct column *c = &r->column[k];
        if (!number(row->field[c->field], row->len[c->field], &c->v[r->n]))
            return err_set(
                e, RC_INVALID,
                N_("{file} {where}({column},单位 {code}):「{value}」不是数;缺失留空或写 NA"),
                "file", r->file, "where", cell_name(row->line, c->field, where), "column",
                c->name, "code", code, "value", row->field[c->field]);
    }
    r->n++;
    return RC_OK;
}

/* Nothing but separators: spreadsheet programs leave such rows at the end. */
static bool blank(const struct csv_row *row)
{
    for (size_t k = 0; k < row->n; k++)
        if (row->len[k] > 0)
            return false;
    return true;
}

static enum rc each_row(void *arg, const struct csv_row *row, struct err *e)
{
    struct reader *r = arg;
    if (row->row > 0 && blank(row))
        return RC_OK;
    return row->row == 0 ? read_head(r, row, e) : read_unit(r, row, e);
}

static const double *column_of(const struct reader *r, const char *name)
{
    return r->column[map_index(r->wanted, name)].v;
}

static enum rc run_formula(struct reader *r, size_t node, double *ret, struct err *e)
{
    const char *const *names;
    const struct formula *f = r->formula[node];
    size_t n = formula_names(f, &names);
    struct formula_column *c = arena_array(r->a, n, sizeof(*c));
    for (size_t i = 0; i < n; i++) {
        const double **rows = arena_array(r->a, 1, sizeof(*rows));
        rows[0] = column_of(r, names[i]);
        c[i] = (struct formula_column){ .rows = rows, .n_rows = 1, .window = 1 };
    }
    return formula_eval(f, c, r->n, r->a, ret, e);
}

/* Arrays go from the heap into the arena, so that nothing is left to free. */
static enum rc hand_over(struct reader *r, struct engine_input *ret, struct err *e)
{
    const struct scheme_tree *t = &r->meta->tree;
    for (size_t k = 0; k < r->n_columns; k++) {
        double *v = arena_copy(r->a, r->column[k].v, r->n * sizeof(double));
        free(r->column[k].v);
        r->column[k].v = v;
    }
    const double **values = arena_array(r->a, t->n, sizeof(*values));
    const double **dens = arena_array(r->a, t->n, sizeof(*dens));
    for (size_t l = 0; l < t->n_leaves; l++) {
        size_t node = t->leaves[l];
        if (r->with_denominators && r->meta->denominator[node] != NULL)
            dens[node] = column_of(r, r->meta->denominator[node]);
        if (r->formula[node] == NULL) {
            values[node] = column_of(r, t->nodes[node].code);
            continue;
        }
        double *v = arena_array(r->a, r->n, sizeof(*v));
        enum rc rc = run_formula(r, node, v, e);
        if (rc != RC_OK)
            return rc;
        values[node] = v;
    }
    *ret =
        (struct engine_input){ .tree = t,
                               .n_units = r->n,
                               .unit_codes = arena_copy(r->a, r->code, r->n * sizeof(*r->code)),
                               .values = values,
                               .denominators = dens,
                               .n_groups = map_count(r->groups) };
    if (r->group_name != NULL)
        ret->group = arena_copy(r->a, r->group, r->n * sizeof(*r->group));
    return RC_OK;
}

enum rc score_data_read(const char *path, const struct score_meta *meta, bool with_denominators,
                        const char *group, struct arena *a, struct score_notes *notes,
                        struct engine_input *ret, struct err *e)
{
    struct reader r = { .file = path,
                        .meta = meta,
                        .with_denominators = with_denominators,
                        .group_name = group,
                        .a = a,
                        .lang = notes->lang,
                        .head = map_new(a),
                        .wanted = map_new(a),
                        .units = map_new(a),
                        .groups = map_new(a),
                        .formula = arena_array(a, meta->tree.n, sizeof(*r.formula)) };
    CLEANUP(arena_freep) struct arena *file = arena_new();
    struct bytes b;
    const char *converted = NULL;
    enum rc rc = file_read(file, path, limits.bytes, &b, e);
    if (rc == RC_OK)
        rc = csv_each(path, (char *)b.p, b.n, &limits, each_row, &r, &converted, e);
    if (rc == RC_OK && r.n == 0)
        rc = err_set(e, RC_INVALID, N_("{file} 没有一个单位"), "file", path);
    if (rc == RC_OK && converted != NULL) {
        struct err note = { 0 };
        (void)err_set(&note, RC_OK, converted);
        score_note(notes, &note);
    }
    if (rc == RC_OK)
        rc = hand_over(&r, ret, e);
    else
        for (size_t k = 0; k < r.n_columns; k++)
            free(r.column[k].v);
    free(r.code);
    free(r.group);
    return rc;
}
