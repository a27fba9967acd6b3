/* The step 核对: every problem by its cell with what would be right, the sheet with its marks,
 * what would change. */
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/data_page.h"
#include "monitor/import_page.h"
#include "monitor/values_import.html.h"
#include "people/asker.h"
#include "sheet/cell.h"
#include "sheet/sheet.h"
#include "store/county.h"

#include <math.h>
#include <string.h>

enum { SHOWN_PROBLEMS = 50, SHOWN_CORRECTIONS = 100, SHOWN_LINES = 20, SHOWN_COLUMNS = 40 };

const struct table *table_with_period(struct arena *a, const struct table *t, struct period p)
{
    static const char *const heads[] = { "period", "期间", "报告期" }, *const marks[] = {
        "unit", "单位", "unit_code"
    };
    bool is_long = false;
    for (size_t i = 0; t->rows && i < COUNT(heads); i++)
        if (table_col(t, 0, heads[i]) >= 0)
            return t;
    for (size_t i = 0; t->rows && i < COUNT(marks); i++)
        is_long |= table_col(t, 0, marks[i]) >= 0;
    if (!is_long)
        return t;
    struct table *w = table_new(a, t->rows, t->cols + 1, true);
    w->file = t->file;
    w->name = t->name;
    w->line = t->line;
    char code[PERIOD_TEXT];
    const char *text = arena_strdup(a, period_code(p, code));
    for (size_t r = 0; r < t->rows; r++) {
        for (size_t c = 0; c < t->cols; c++)
            table_set(w, r, c, table_kind(t, r, c), table_text(t, r, c));
        if (r == 0 || !table_row_blank(t, r))
            table_set(w, r, t->cols, CELL_TEXT, r == 0 ? "period" : text);
    }
    return w;
}

enum rc table_bytes(struct rq *rq, const struct table *t, const char *file_name,
                    struct bytes *ret, struct err *e)
{
    size_t n = strlen(file_name);
    bool xlsx = n > 5 && str_eq(file_name + n - 5, ".xlsx");
    struct str b;
    str_init(&b, rq->a);
    enum rc rc =
        sheet_write(xlsx ? SHEET_XLSX : SHEET_CSV, &t, 1, /* bom= */ true, rq->now, &b, e);
    if (rc == RC_OK)
        *ret = (struct bytes){ (const uint8_t *)b.s, b.n };
    return rc;
}

/* A cell's name within its sheet back to its place; CSV lines are not rows where blank ones
 * were skipped. */
static bool place_of(const struct table *t, const char *cell, size_t *ret_row, size_t *ret_col)
{
    size_t line, col;
    if (!cell_parse(cell, strlen(cell), &line, &col) || col >= t->cols)
        return false;
    for (size_t r = 0; r < t->rows; r++)
        if (table_line(t, r) == line + 1) {
            *ret_row = r;
            *ret_col = col;
            return true;
        }
    return false;
}

enum rc import_look_mend(struct rq *rq, const struct import_look *l, struct bytes *ret,
                         struct err *e)
{
    if (!l->t)
        return err_set(e, RC_INVALID, N_("{file}太大，请在表里改好再传一次"), "file",
                       l->row.file_name);
    const struct table *t = l->t;
    struct table *w = table_new(rq->a, t->rows, t->cols, true);
    struct table mended = *t;
    for (size_t i = 0; i < t->rows * t->cols; i++) {
        w->text[i] = t->text[i];
        w->kind[i] = t->kind ? t->kind[i] : (*t->text[i] ? CELL_TEXT : CELL_EMPTY);
    }
    mended.text = w->text;
    mended.kind = w->kind;
    size_t n;
    const struct field *f = rq_fields(rq, &n);
    for (size_t i = 0; i < n; i++) {
        size_t row, col;
        if (!str_starts(f[i].name, "cell:"))
            continue;
        if (!place_of(t, f[i].name + 5, &row, &col))
            return err_set(e, RC_INVALID, N_("表里没有{cell}这一格"), "cell", f[i].name + 5);
        if (!str_eq(table_text(t, row, col), f[i].value))
            table_set(&mended, row, col, *f[i].value ? CELL_TEXT : CELL_EMPTY,
                      arena_strdup(rq->a, f[i].value));
    }
    return table_bytes(rq, &mended, l->row.file_name, ret, e);
}

static void problems(struct rq *rq, const struct import_look *l, struct values_import_page *p)
{
    const struct problems *ps = &l->k.problems;
    p->problems = arena_array(rq->a, SHOWN_PROBLEMS, sizeof(*p->problems));
    p->asks = arena_array(rq->a, SHOWN_PROBLEMS, sizeof(*p->asks));
    for (size_t i = 0; i < ps->n; i++) {
        const struct problem *q = &ps->p[i];
        const char *field =
            *q->cell && q->row != SIZE_MAX ? arena_printf(rq->a, "cell:%s", q->cell) : NULL;
        const char *what = problem_what(q, rq->lang, rq->a),
                   *hint = problem_hint(q, rq->lang, rq->a);
        if (q->level == PROBLEM_LOOK && p->n_asks < SHOWN_PROBLEMS) {
            p->asks[p->n_asks++] =
                (struct values_import_asks){ q->cell, field ? field : "", what,
                                             hint,    q->given,           q->fix };
            continue;
        }
        if (q->level != PROBLEM_WRONG || p->n_problems == SHOWN_PROBLEMS)
            continue;
        p->fixable &= field != NULL && q->col != SIZE_MAX;
        struct values_import_problems *out = &p->problems[p->n_problems++];
        *out = (struct values_import_problems){ .cell = *q->cell ? q->cell
                                                                 : rq_tr(rq, N_("整张表")),
                                                .field = field ? field : "",
                                                .what = what,
                                                .hint = hint,
                                                .given = q->fix ? q->fix : q->given };
        if (q->n_option == 0)
            continue;
        /* What stands there comes first, so that nothing is changed by looking. */
        out->options = arena_array(rq->a, q->n_option + 1, sizeof(*out->options));
        out->options[out->n_options++] =
            (struct values_import_problems_options){ q->given, q->given, true };
        for (size_t k = 0; k < q->n_option; k++)
            out->options[out->n_options++] =
                (struct values_import_problems_options){ q->option[k].value,
                                                         rq_tr(rq, q->option[k].name), false };
    }
    p->problem_total = (int64_t)ps->wrong;
    p->ask_total = (int64_t)ps->look;
}

static void corrections(struct rq *rq, const struct import_look *l,
                        struct values_import_page *p)
{
    p->corrections = arena_array(rq->a, SHOWN_CORRECTIONS, sizeof(*p->corrections));
    for (size_t i = 0; i < l->k.n && p->n_corrections < SHOWN_CORRECTIONS; i++) {
        const struct value_row *r = &l->k.row[i];
        if (r->state != VALUE_CHANGED || r->filing)
            continue;
        p->corrections[p->n_corrections++] =
            (struct values_import_corrections){ .unit = l->x.unit[r->unit]->name,
                                                .point = l->x.points[r->point].name,
                                                .old = r->old_value,
                                                .old_missing = missing_text(rq, r->old_missing),
                                                .new = r->value,
                                                .new_missing = missing_text(rq, r->missing) };
    }
}

static void filings(struct rq *rq, const struct import_look *l, struct values_import_page *p)
{
    const struct values_checked *k = &l->k;
    p->filings = arena_array(rq->a, k->n_filing, sizeof(*p->filings));
    for (size_t i = 0; i < k->n_filing; i++)
        p->filings[p->n_filings++] = (struct values_import_filings){
            k->filing[i].code, unit_name_of(l->x.units, k->filing[i].source),
            values_filing_text(&k->filing[i], rq->lang, rq->a)
        };
}

static void sheet(struct rq *rq, const struct import_look *l, struct values_import_page *p)
{
    const struct table *t = l->t;
    if (!t)
        return;
    size_t cols = t->cols < SHOWN_COLUMNS ? t->cols : SHOWN_COLUMNS,
           rows = t->rows < SHOWN_LINES ? t->rows : SHOWN_LINES;
    p->columns = (int64_t)t->cols;
    p->sheet = t->name;
    p->shown = (int64_t)rows;
    p->letters = arena_array(rq->a, cols, sizeof(*p->letters));
    for (size_t c = 0; c < cols; c++) {
        char name[CELL_NAME];
        p->letters[p->n_letters++] =
            (struct values_import_letters){ arena_strdup(rq->a, col_name(c, name)), false };
    }
    p->lines = arena_array(rq->a, rows, sizeof(*p->lines));
    for (size_t r = 0; r < rows; r++) {
        struct values_import_lines *line = &p->lines[p->n_lines++];
        *line = (struct values_import_lines){ .no = (int64_t)table_line(t, r),
                                              .head = r <= l->k.head_row,
                                              .n_cells = cols };
        line->cells = arena_array(rq->a, cols, sizeof(*line->cells));
        for (size_t c = 0; c < cols; c++) {
            struct cell_value v = cell_number(table_text(t, r, c), table_kind(t, r, c));
            line->cells[c] =
                (struct values_import_lines_cells){ .text = table_text(t, r, c),
                                                    .num = v.verdict == CELL_IS_NUMBER };
        }
    }
    for (size_t i = 0; i < l->k.problems.n; i++) {
        const struct problem *q = &l->k.problems.p[i];
        if (q->row >= rows || q->col >= cols)
            continue;
        struct values_import_lines_cells *c = &p->lines[q->row].cells[q->col];
        *(q->level == PROBLEM_WRONG ? &c->bad : &c->ask) = true;
    }
}

/* Columns that were not read were dropped before the file was kept; the row has their letters
 * and reasons. */
const char *import_refused_columns(struct rq *rq, const char *refused)
{
    size_t n;
    char **each = str_split(rq->a, refused, '|', &n);
    struct str b;
    str_init(&b, rq->a);
    for (size_t i = 0; i < n; i++) {
        const char *colon = strchr(each[i], ':');
        if (!colon || colon[1] < '1' || colon[1] > '0' + PERSONAL_HEAD)
            continue;
        str_add(&b, text_fill(rq->a, rq_tr(rq, N_("{column}列没有读取：{why}")), "column",
                              arena_strndup(rq->a, each[i], (size_t)(colon - each[i])), "why",
                              rq_tr(rq, personal_why((enum personal)(colon[1] - '0'))), NULL));
    }
    return b.s;
}

enum rc import_look_show(struct rq *rq, const struct import_look *l, const char *error,
                         struct err *e)
{
    struct values_import_page p = { .code = l->row.code,
                                    .error = error,
                                    .file = l->row.file_name,
                                    .size = (int64_t)l->file.n,
                                    .rows = (int64_t)l->k.rows,
                                    .encoding = l->k.note ? rq_tr(rq, l->k.note) : NULL,
                                    .sent_by = l->row.sender,
                                    .sent_at = l->row.created_at,
                                    .good = (int64_t)l->k.n,
                                    .fresh = (int64_t)l->k.fresh,
                                    .changed = (int64_t)l->k.changed,
                                    .same = (int64_t)l->k.same,
                                    .waiting = (int64_t)l->k.waiting,
                                    .aside = (int64_t)l->k.aside,
                                    .columns = l->t ? (int64_t)l->t->cols : 0,
                                    .fixable = l->t != NULL };
    struct due_days due;
    enum rc rc = due_load(l->s, &due, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < l->k.n; i++)
        p.late += l->k.row[i].state == VALUE_FRESH && !*l->k.row[i].missing &&
                  due_missed(&due, l->k.row[i].period, rq->now);
    if (l->k.period.v)
        p.period = period_name(rq->a, l->k.period, rq->lang);
    if (l->k.period.v)
        p.due = due_text(rq, due_day(&due, l->k.period));
    problems(rq, l, &p);
    corrections(rq, l, &p);
    filings(rq, l, &p);
    sheet(rq, l, &p);
    p.refused = import_refused_columns(rq, l->row.refused);
    rq_crumb(rq, rq_tr(rq, N_("报送记录")), "/import");
    rq_crumb(rq, l->row.code, NULL);
    return values_import_render(rq, &p, e);
}
