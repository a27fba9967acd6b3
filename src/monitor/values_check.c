/*
 * Reading the forms in which values come: which row is the head, which column is what, what is
 * not read at all. Each value found goes to values_row.c as one raw row.
 */
#include "monitor/values_check.h"

#include "base/str.h"
#include "monitor/values_row.h"
#include "sheet/cell.h"
#include "sheet/csv.h"

#include <string.h>

enum { HEAD_ROWS_MAX = 20, PERSONAL_SAMPLE = 2000 };

static const char *const column_names[COLS][6] = {
    [COL_UNIT] = { "unit", "单位", "单位编码", "单位代码", "单位名称", NULL },
    [COL_POINT] = { "point", "监测点", "监测点编码", "数据点", NULL },
    [COL_PERIOD] = { "period", "期间", "报告期", NULL },
    [COL_VALUE] = { "value", "数值", "值", "填报值", NULL },
    [COL_MISSING] = { "missing", "缺失原因", "缺失", NULL },
    [COL_NOTE] = { "note", "备注", "说明", NULL },
};

struct form {
    struct values_checker c;
    const char *file;
    size_t col[COLS]; /* SIZE_MAX: there is none */
    size_t n_cols;
    const char **head;
    bool *unknown; /* columns that are none of ours */
    bool any_unknown;
    struct sample { /* what the stream saw of each column, to judge it as a personal list */
        const char **cell;
        size_t n;
    } * sample;
};

/* Columns that look like personal lists */

static void refuse(struct form *f, size_t col, enum personal why)
{
    struct values_checked *out = f->c.out;
    char letter[CELL_NAME];
    if (!out->refused)
        out->refused = arena_array(f->c.a, f->n_cols, sizeof(out->refused[0]));
    bool *dropped =
        out->col_dropped ? (bool *)out->col_dropped : arena_alloc(f->c.a, f->n_cols);
    dropped[col] = true;
    out->col_dropped = dropped;
    out->refused[out->n_refused++] =
        (struct values_refused){ col, arena_strdup(f->c.a, col_name(col, letter)), why };
}

static void unknown_column(struct form *f, size_t row, size_t line, size_t col,
                           const char *head)
{
    struct values_raw r = { .row = row, .line = line, .text = { [COL_NOTE] = head } };
    r.col[COL_NOTE] = col;
    values_checker_problem(&f->c, PROBLEM_WRONG, &r, COL_NOTE,
                           head[0] ? N_("没有“{text}”这一列") : N_("这一列没有表头"),
                           N_("可用的列:unit,point,period,value,missing,note"), NULL, NULL);
}

/* The long form */

static enum column column_of(const char *head)
{
    enum column col = 0;
    for (; col < COLS; col++)
        for (const char *const *name = column_names[col]; *name; name++)
            if (strcasecmp(*name, head) == 0)
                return col;
    return col;
}

/* How many of unit, point, period, value a row has as heads. */
static size_t head_score(struct arena *a, const char *const *cell, size_t n)
{
    bool seen[COLS] = { false };
    for (size_t i = 0; i < n; i++) {
        enum column col = column_of(cell_clean(a, cell[i]));
        if (col < COLS)
            seen[col] = true;
    }
    return (size_t)seen[COL_UNIT] + seen[COL_POINT] + seen[COL_PERIOD] + seen[COL_VALUE];
}

static enum rc read_head(struct form *f, const char *const *cell, size_t n, struct err *e)
{
    f->n_cols = n;
    f->unknown = arena_alloc(f->c.a, n);
    f->head = arena_array(f->c.a, n, sizeof(f->head[0]));
    for (size_t i = 0; i < n; i++) {
        f->head[i] = arena_strdup(f->c.a, cell_clean(f->c.a, cell[i]));
        enum column col = column_of(f->head[i]);
        if (col == COLS) {
            f->unknown[i] = f->any_unknown = true;
            continue;
        }
        if (f->col[col] != SIZE_MAX)
            return err_set(e, RC_INVALID,
                           N_("{file} 有两列都是{column}:“{first}”和“{second}”;只留一列"),
                           "file", f->file, "column", column_names[col][0], "first",
                           f->head[f->col[col]], "second", f->head[i]);
        f->col[col] = i;
    }
    for (enum column col = COL_UNIT; col <= COL_VALUE; col++)
        if (f->col[col] == SIZE_MAX)
            return err_set(
                e, RC_INVALID,
                N_("{file} 缺少{column}列;表头应为unit,point,period,value,missing,note"),
                "file", f->file, "column", column_names[col][0]);
    return RC_OK;
}

static void row_texts(const struct form *f, struct values_raw *r, const char *const *cell)
{
    for (enum column col = 0; col < COLS; col++) {
        r->col[col] = f->col[col];
        r->text[col] = f->col[col] == SIZE_MAX ? "" : cell[f->col[col]];
        r->kind[col] = CELL_TEXT;
    }
}

/* One column of the long form: refused when personal, an error when it is none of ours. */
static enum rc judge_column(struct form *f, size_t col, enum personal p, bool filled,
                            size_t row, size_t line, struct err *e)
{
    if (p != PERSONAL_NONE && !f->unknown[col])
        return err_set(
            e, RC_INVALID,
            N_("{file} 的“{column}”列不能收:{why}平台不收个人名单,请由本单位汇总成数字"),
            "file", f->file, "column", f->head[col], "why", personal_why(p));
    if (p != PERSONAL_NONE)
        refuse(f, col, p);
    else if (f->unknown[col] && filled)
        unknown_column(f, row, line, col, f->head[col]);
    return RC_OK;
}

static enum rc check_long(struct form *f, const struct table *t, size_t head, struct err *e)
{
    f->c.out->head_row = head;
    enum rc rc = read_head(f, t->text + head * t->cols, t->cols, e);
    for (size_t col = 0; col < t->cols && rc == RC_OK; col++) {
        bool filled = false;
        for (size_t r = head; r < t->rows && !filled; r++)
            filled = table_text(t, r, col)[0] != 0;
        rc = judge_column(f, col, personal_table_column(t, head, col), filled, head,
                          table_line(t, head), e);
    }
    if (rc != RC_OK)
        return rc;
    for (size_t row = head + 1; row < t->rows; row++) {
        if (table_row_blank(t, row))
            continue;
        struct values_raw r = { .row = row, .line = table_line(t, row) };
        row_texts(f, &r, t->text + row * t->cols);
        for (enum column col = 0; col < COLS; col++)
            if (f->col[col] != SIZE_MAX)
                r.kind[col] = table_kind(t, row, f->col[col]);
        f->c.out->rows++;
        values_checker_take(&f->c, &r);
    }
    return RC_OK;
}

/* The wide form */

struct wide {
    size_t points, periods, head; /* rows */
};

static bool find_wide(struct arena *a, const struct table *t, struct wide *ret)
{
    size_t found[3] = { SIZE_MAX, SIZE_MAX, SIZE_MAX };
    static const enum column which[3] = { COL_POINT, COL_PERIOD, COL_UNIT };
    for (size_t r = 0; r < t->rows && r < HEAD_ROWS_MAX; r++)
        for (size_t k = 0; k < COUNT(which); k++)
            if (found[k] == SIZE_MAX &&
                column_of(cell_clean(a, table_text(t, r, 0))) == which[k])
                found[k] = r;
    *ret = (struct wide){ found[0], found[1], found[2] };
    return found[0] < found[2] && found[1] < found[2] && found[2] != SIZE_MAX;
}

/* The column of remarks, and columns without a point that are not the unit's name. */
static size_t wide_columns(struct form *f, const struct table *t, const struct wide *w)
{
    size_t note = SIZE_MAX;
    for (size_t col = 1; col < t->cols; col++) {
        const char *head = cell_clean(f->c.a, table_text(t, w->head, col));
        if (table_text(t, w->points, col)[0])
            continue;
        bool filled = false;
        for (size_t r = w->head + 1; r < t->rows && !filled; r++)
            filled = table_text(t, r, col)[0] != 0;
        enum personal p = personal_table_column(t, w->head, col);
        if (p != PERSONAL_NONE)
            refuse(f, col, p);
        else if (column_of(head) == COL_NOTE)
            note = col;
        else if (filled && column_of(head) != COL_UNIT)
            unknown_column(f, w->head, table_line(t, w->head), col, head);
    }
    return note;
}

static void wide_cell(struct form *f, const struct table *t, const struct wide *w, size_t row,
                      size_t col, const struct values_raw *of_row)
{
    const char *s = cell_clean(f->c.a, table_text(t, row, col));
    struct cell_value n = cell_number(s, table_kind(t, row, col));
    const char *missing = value_missing_code(s);
    f->c.out->blank += n.verdict == CELL_IS_BLANK;
    /* A dash: not asked of this unit. NA: missing, but why? */
    if (n.verdict == CELL_IS_BLANK || (n.verdict == CELL_IS_NA && !strpbrk(s, "Nn")))
        return;
    struct values_raw r = *of_row;
    r.text[COL_POINT] = table_text(t, w->points, col);
    r.text[COL_PERIOD] = table_text(t, w->periods, col);
    r.text[COL_VALUE] = missing ? "" : table_text(t, row, col);
    r.kind[COL_VALUE] = missing ? CELL_EMPTY : table_kind(t, row, col);
    r.text[COL_MISSING] = missing ? missing : "";
    r.col[COL_POINT] = r.col[COL_PERIOD] = r.col[COL_VALUE] = col;
    values_checker_take(&f->c, &r);
}

static void check_wide(struct form *f, const struct table *t, const struct wide *w)
{
    f->n_cols = t->cols;
    f->c.out->wide = true;
    f->c.out->head_row = w->head;
    size_t note_col = wide_columns(f, t, w);
    for (size_t row = w->head + 1; row < t->rows; row++) {
        if (table_row_blank(t, row))
            continue;
        f->c.out->rows++;
        /* The code, or the name beside it when the code was lost. */
        size_t unit_col =
            table_text(t, row, 0)[0] || t->cols < 2 || table_text(t, w->points, 1)[0] ? 0 : 1;
        struct values_raw r = { .row = row, .line = table_line(t, row) };
        for (enum column k = 0; k < COLS; k++) {
            r.text[k] = "";
            r.col[k] = SIZE_MAX;
        }
        r.text[COL_UNIT] = table_text(t, row, unit_col);
        r.col[COL_UNIT] = unit_col;
        r.text[COL_NOTE] = note_col == SIZE_MAX ? "" : table_text(t, row, note_col);
        r.col[COL_NOTE] = note_col;
        ptrdiff_t unit = values_checker_unit(&f->c, &r);
        r.unit = &unit;
        for (size_t col = 1; col < t->cols; col++)
            if (table_text(t, w->points, col)[0])
                wide_cell(f, t, w, row, col, &r);
    }
}

static void form_init(struct form *f, struct arena *a, const char *file,
                      const struct values_lookup *look, struct values_checked *ret)
{
    *f = (struct form){ .file = file };
    values_checker_init(&f->c, a, look, ret);
    for (size_t i = 0; i < COLS; i++)
        f->col[i] = SIZE_MAX;
}

enum rc values_check(struct arena *a, const struct table *t, const struct values_lookup *look,
                     struct values_checked *ret, struct err *e)
{
    struct form f;
    form_init(&f, a, t->file, look, ret);
    f.c.sheet = t->name;
    struct wide w;
    size_t head = SIZE_MAX, best = 1;
    for (size_t r = 0; r < t->rows && r < HEAD_ROWS_MAX; r++) {
        size_t score = head_score(a, t->text + r * t->cols, t->cols);
        if (score > best) {
            best = score;
            head = r;
        }
    }
    enum rc rc = RC_OK;
    if (best < 3 && find_wide(a, t, &w))
        check_wide(&f, t, &w);
    else if (head != SIZE_MAX)
        rc = check_long(&f, t, head, e);
    else
        rc = err_set(
            e, RC_INVALID,
            N_("{file} 不是填报表:表头应为unit,point,period,value,missing,note,或用下载的模板"),
            "file", t->file);
    ret->note = t->note;
    values_checker_end(&f.c);
    return rc;
}

/* Row by row */

static void sample(struct form *f, const struct csv_row *row)
{
    for (size_t i = 0; i < f->n_cols; i++) {
        struct sample *s = &f->sample[i];
        if (row->len[i] && s->n < PERSONAL_SAMPLE)
            s->cell[s->n++] = arena_strdup(f->c.a, row->field[i]);
    }
}

static enum rc stream_row(void *arg, const struct csv_row *row, struct err *e)
{
    struct form *f = arg;
    if (row->row == 0) {
        enum rc rc = read_head(f, row->field, row->n, e);
        if (rc != RC_OK)
            return rc;
        f->sample = arena_array(f->c.a, row->n, sizeof(f->sample[0]));
        for (size_t i = 0; i < row->n; i++)
            f->sample[i].cell = arena_array(f->c.a, PERSONAL_SAMPLE, sizeof(char *));
        return RC_OK;
    }
    bool filled = false;
    for (size_t i = 0; i < row->n && !filled; i++)
        filled = row->len[i] > 0;
    if (!filled)
        return RC_OK;
    if (f->c.out->rows < PERSONAL_SAMPLE || f->any_unknown)
        sample(f, row);
    struct values_raw r = { .row = row->row, .line = row->line };
    row_texts(f, &r, row->field);
    f->c.out->rows++;
    values_checker_take(&f->c, &r);
    return RC_OK;
}

enum rc values_check_csv(struct arena *a, const char *name, char *buf, size_t n,
                         const struct sheet_limits *limits, const struct values_lookup *look,
                         struct values_checked *ret, struct err *e)
{
    struct form f;
    form_init(&f, a, name, look, ret);
    enum rc rc = csv_each(name, buf, n, limits, stream_row, &f, &ret->note, e);
    if (rc == RC_OK && !f.head)
        rc = err_set(e, RC_INVALID, N_("{file} 是空的"), "file", name);
    for (size_t i = 0; i < f.n_cols && rc == RC_OK; i++)
        rc = judge_column(&f, i, personal_column(f.head[i], f.sample[i].cell, f.sample[i].n),
                          f.head[i][0] || f.sample[i].n, 0, 1, e);
    values_checker_end(&f.c);
    return rc;
}
