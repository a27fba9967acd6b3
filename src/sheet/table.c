/*
 * Tables: positions, names of cells, merged ranges. Text and kinds are in two flat arrays, so
 * that a CSV file costs one pointer a cell.
 */
#include "sheet/table.h"

#include "base/str.h"

#include <assert.h>
#include <string.h>

const struct sheet_limits sheet_limits_default = {
    .bytes = (size_t)64 << 20,
    .unzipped = (size_t)512 << 20,
    .rows = 1048576,
    .cols = 16384,
    .cells = 20000000,
    .cell = (size_t)128 << 10,
    .sheets = 64,
};

struct table *table_new(struct arena *a, size_t rows, size_t cols, bool with_kinds)
{
    struct table *t = arena_alloc(a, sizeof(*t));
    t->rows = rows;
    t->cols = cols;
    t->file = "";
    size_t n;
    bool over = __builtin_mul_overflow(rows, cols, &n);
    assert(!over);
    t->text = arena_array(a, n, sizeof(t->text[0]));
    for (size_t i = 0; i < n; i++)
        t->text[i] = "";
    if (with_kinds)
        t->kind = arena_alloc(a, n);
    return t;
}

void table_set(struct table *t, size_t row, size_t col, enum cell_kind kind, const char *text)
{
    assert(row < t->rows && col < t->cols);
    t->text[row * t->cols + col] = text;
    if (t->kind)
        t->kind[row * t->cols + col] = (uint8_t)kind;
}

enum cell_kind table_kind(const struct table *t, size_t row, size_t col)
{
    size_t i = row * t->cols + col;
    if (t->kind)
        return (enum cell_kind)t->kind[i];
    return t->text[i][0] ? CELL_TEXT : CELL_EMPTY;
}

size_t table_line(const struct table *t, size_t row)
{
    return t->line ? t->line[row] : row + 1;
}

bool table_row_blank(const struct table *t, size_t row)
{
    for (size_t c = 0; c < t->cols; c++)
        if (table_text(t, row, c)[0])
            return false;
    return true;
}

ptrdiff_t table_col(const struct table *t, size_t head, const char *name)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (head >= t->rows)
        return -1;
    for (size_t c = 0; c < t->cols; c++)
        if (str_eq(str_trim(a, table_text(t, head, c)), name))
            return (ptrdiff_t)c;
    return -1;
}

struct table *table_unmerge(struct arena *a, const struct table *t)
{
    size_t n = t->rows * t->cols;
    struct table *ret = arena_copy(a, t, sizeof(*t));
    ret->text = arena_copy(a, t->text, n * sizeof(t->text[0]));
    if (t->kind)
        ret->kind = arena_copy(a, t->kind, n);
    for (size_t i = 0; i < t->n_merge; i++) {
        const struct cell_merge *m = &t->merge[i];
        for (size_t r = m->row; r <= m->last_row && r < t->rows; r++)
            for (size_t c = m->col; c <= m->last_col && c < t->cols; c++)
                table_set(ret, r, c, table_kind(t, m->row, m->col),
                          table_text(t, m->row, m->col));
    }
    return ret;
}

bool table_fix(struct table *t, const char *cell, const char *text)
{
    size_t line, col, row = 0;
    if (!cell_parse(cell, strlen(cell), &line, &col) || col >= t->cols)
        return false;
    while (row < t->rows && table_line(t, row) != line + 1)
        row++;
    if (row == t->rows)
        return false;
    table_set(t, row, col, text[0] ? CELL_TEXT : CELL_EMPTY, text);
    return true;
}

struct table *table_without(struct arena *a, const struct table *t, const bool *col_dropped)
{
    size_t cols = 0, at = 0;
    size_t *to = arena_array(a, t->cols + 1, sizeof(*to)); /* columns kept before this one */
    for (size_t c = 0; c < t->cols; c++) {
        to[c] = cols;
        cols += !col_dropped[c];
    }
    to[t->cols] = cols;
    struct table *ret = table_new(a, t->rows, cols, t->kind != NULL);
    const char **text = ret->text;
    uint8_t *kind = ret->kind;
    *ret = *t;
    ret->text = text;
    ret->kind = kind;
    ret->cols = cols;
    ret->look = NULL;
    for (size_t r = 0; r < t->rows; r++)
        for (size_t c = 0; c < t->cols; c++)
            if (!col_dropped[c]) {
                text[at] = table_text(t, r, c);
                if (kind)
                    kind[at] = t->kind[r * t->cols + c];
                at++;
            }
    ret->merge = arena_array(a, t->n_merge, sizeof(ret->merge[0]));
    ret->n_merge = 0;
    for (size_t i = 0; i < t->n_merge; i++) {
        struct cell_merge m = t->merge[i];
        if (to[m.col] == to[m.last_col + 1])
            continue;
        m.col = to[m.col];
        m.last_col = to[m.last_col + 1] - 1;
        ret->merge[ret->n_merge++] = m;
    }
    return ret;
}

char *col_name(size_t col, char out[CELL_NAME])
{
    char back[CELL_NAME];
    size_t n = 0;
    for (size_t c = col + 1; c > 0; c = (c - 1) / 26)
        back[n++] = (char)('A' + (c - 1) % 26);
    for (size_t i = 0; i < n; i++)
        out[i] = back[n - 1 - i];
    out[n] = 0;
    return out;
}

char *cell_name(size_t line, size_t col, char out[CELL_NAME])
{
    col_name(col, out);
    size_t n = strlen(out), d = 0;
    char back[CELL_NAME];
    do {
        back[d++] = (char)('0' + line % 10);
        line /= 10;
    } while (line && d < sizeof(back));
    while (d && n < CELL_NAME - 1)
        out[n++] = back[--d];
    out[n] = 0;
    return out;
}

bool cell_parse(const char *s, size_t n, size_t *ret_row, size_t *ret_col)
{
    size_t i = 0, col = 0, row = 0;
    for (; i < n && s[i] >= 'A' && s[i] <= 'Z' && i < 3; i++)
        col = col * 26 + (size_t)(s[i] - 'A' + 1);
    if (i == 0 || i == n || s[i] == '0')
        return false;
    for (; i < n; i++) {
        if (s[i] < '0' || s[i] > '9' || row > 1048576)
            return false;
        row = row * 10 + (size_t)(s[i] - '0');
    }
    if (row == 0 || row > 1048576 || col > 16384)
        return false;
    *ret_row = row - 1;
    *ret_col = col - 1;
    return true;
}

const char *table_where(struct arena *a, const struct table *t, size_t row, size_t col)
{
    char cell[CELL_NAME];
    cell_name(table_line(t, row), col, cell);
    return t->name ? arena_printf(a, "%s!%s", t->name, cell) : arena_strdup(a, cell);
}
