/*
 * Frames → tables, in the process that asked. Nothing is believed: types, kinds, lengths,
 * positions and UTF-8 are checked before they are used, and cells are counted before they are
 * laid out.
 */
#include "sheet/xlsx.h"

#include <string.h>

struct raw_cell {
    uint32_t row, col;
    uint8_t kind;
    const char *text;
};

struct xlsx_builder {
    struct arena *a; /* of the tables */
    const char *name;
    struct sheet_limits limits;
    struct str in; /* bytes of a frame that is not whole yet */
    bool done;
    size_t cells; /* of the sheets that are finished */

    struct table *t; /* the open sheet */
    struct raw_cell *cell;
    size_t n_cell, cap_cell;
    struct cell_merge *merge;
    size_t n_merge, cap_merge;
    struct width {
        uint32_t first, last, width;
        bool hidden;
    } * width;
    size_t n_width, cap_width;
    uint32_t *hidden_row;
    size_t n_hidden, cap_hidden;

    struct table **sheet;
    size_t n_sheet;
};

/* In the order of enum xlsx_fail. */
static const struct {
    enum rc rc;
    const char *text;
} fails[XLSX_FAILS] = {
    [XLSX_FAIL_NOT_ZIP] = { RC_INVALID,
                            N_("{file} 不是xlsx文件;请用Excel或WPS另存为“.xlsx”再试") },
    [XLSX_FAIL_PASSWORD] = { RC_INVALID, N_("{file} 有密码保护;请去掉打开密码后另存再试") },
    [XLSX_FAIL_OLD_XLS] = { RC_INVALID, N_("{file} 是旧版xls或et文件;请另存为“.xlsx”再试") },
    [XLSX_FAIL_HTML] = { RC_INVALID,
                         N_("{file} "
                            "其实是网页或XML,不是表格;请用Excel或WPS打开后另存为“.xlsx”再试") },
    [XLSX_FAIL_ODS] = { RC_INVALID, N_("{file} 是ods文件;请另存为“.xlsx”再试") },
    [XLSX_FAIL_DOCX] = { RC_INVALID, N_("{file} 是Word文档;请把其中的表格存为“.xlsx”再试") },
    [XLSX_FAIL_XLSB] = { RC_INVALID, N_("{file} 是xlsb文件;请另存为“.xlsx”再试") },
    [XLSX_FAIL_NO_WORKBOOK] = { RC_INVALID,
                                N_("{file} 是压缩文件,但里面没有工作簿;请另存为“.xlsx”再试") },
    [XLSX_FAIL_NO_SHEET] = { RC_INVALID, N_("{file} 里没有工作表") },
    [XLSX_FAIL_XML] = { RC_INVALID,
                        N_("{file} 已损坏({detail});请用Excel或WPS打开后另存再试") },
    [XLSX_FAIL_DTD] = { RC_INVALID,
                        N_("{file} "
                           "含有不允许的文档类型声明({detail});请用Excel或WPS打开后另存再试") },
    [XLSX_FAIL_BROKEN_ZIP] = { RC_INVALID,
                               N_("{file} 已损坏({detail});请用Excel或WPS打开后另存再试") },
    [XLSX_FAIL_CUT] = { RC_INVALID,
                        N_("{file} 不完整,可能没有传完;请用Excel或WPS打开后另存再试") },
    [XLSX_FAIL_UNZIPPED] = { RC_TOOBIG, N_("{file} 解压后超过{max}字节的上限") },
    [XLSX_FAIL_CELL_LONG] = { RC_TOOBIG, N_("{file} {detail} 的文字超过{max}字节的上限") },
    [XLSX_FAIL_CELL_PLACE] = { RC_TOOBIG, N_("{file} {detail} "
                                             "超出行列上限({max}行,{max_cols}列)或写法不对") },
    [XLSX_FAIL_CELL_TWICE] = { RC_INVALID,
                               N_("{file} {detail} 出现了两次;请用Excel或WPS打开后另存再试") },
    [XLSX_FAIL_STRING] = { RC_INVALID,
                           N_("{file} {detail} 的文字缺失;请用Excel或WPS打开后另存再试") },
    [XLSX_FAIL_SHEETS] = { RC_TOOBIG, N_("{file} 超过{max}个工作表的上限") },
    [XLSX_FAIL_MERGES] = { RC_TOOBIG, N_("{file} 工作表{detail}的合并单元格太多") },
    [XLSX_FAIL_MEMORY] = { RC_TOOBIG, N_("{file} 太大,读取时内存不足") },
};

static enum rc failed(const struct xlsx_builder *b, enum xlsx_fail why, const char *detail,
                      struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t max = why == XLSX_FAIL_UNZIPPED    ? b->limits.unzipped
                 : why == XLSX_FAIL_CELL_LONG ? b->limits.cell
                 : why == XLSX_FAIL_SHEETS    ? b->limits.sheets
                                              : b->limits.rows;
    return err_set(e, fails[why].rc, fails[why].text, "file", b->name, "detail", detail, "max",
                   arena_printf(a, "%zu", max), "max_cols",
                   arena_printf(a, "%zu", b->limits.cols));
}

static enum rc garbled(const struct xlsx_builder *b, struct err *e)
{
    return err_set(e, RC_IO, N_("读取 {file} 的子进程输出有误;文件可能有害,没有读入"), "file",
                   b->name);
}

struct xlsx_builder *xlsx_builder_new(struct arena *a, const char *name,
                                      const struct sheet_limits *limits)
{
    struct xlsx_builder *b = mem_alloc(sizeof(*b));
    b->a = a;
    b->name = arena_strdup(a, name);
    b->limits = limits ? *limits : sheet_limits_default;
    b->sheet = arena_array(a, b->limits.sheets, sizeof(b->sheet[0]));
    str_init(&b->in, NULL);
    return b;
}

void xlsx_builder_freep(struct xlsx_builder **b)
{
    if (!*b)
        return;
    str_done(&(*b)->in);
    mem_freep(&(*b)->cell);
    mem_freep(&(*b)->merge);
    mem_freep(&(*b)->width);
    mem_freep(&(*b)->hidden_row);
    mem_freep(b);
}

/* Room for one more at *p, which has n of *cap. */
static void room(void *p, size_t n, size_t *cap, size_t size)
{
    void **array = p;
    if (n < *cap)
        return;
    *cap = *cap ? *cap * 2 : 64;
    *array = mem_realloc(*array, *cap * size);
}

/* Rows and columns the cells need. Merged ranges widen the table a little at most: a whole
 * column merged is clipped. */
static void extent(const struct xlsx_builder *b, size_t *ret_rows, size_t *ret_cols)
{
    enum { BEYOND_ROWS = 1000, BEYOND_COLS = 100 };
    size_t rows = 0, cols = 0, more_rows, more_cols;
    for (size_t i = 0; i < b->n_cell; i++) {
        rows = b->cell[i].row >= rows ? b->cell[i].row + 1 : rows;
        cols = b->cell[i].col >= cols ? b->cell[i].col + 1 : cols;
    }
    more_rows = rows;
    more_cols = cols;
    for (size_t i = 0; i < b->n_merge; i++) {
        const struct cell_merge *m = &b->merge[i];
        if (m->last_row >= more_rows && m->last_row < rows + BEYOND_ROWS)
            more_rows = m->last_row + 1;
        if (m->last_col >= more_cols && m->last_col < cols + BEYOND_COLS)
            more_cols = m->last_col + 1;
    }
    *ret_rows = rows ? more_rows : 0;
    *ret_cols = cols ? more_cols : 0;
}

static void lay_merges(struct xlsx_builder *b, struct table *t)
{
    t->merge = arena_array(b->a, b->n_merge, sizeof(t->merge[0]));
    for (size_t i = 0; i < b->n_merge; i++) {
        struct cell_merge m = b->merge[i];
        if (m.row >= t->rows || m.col >= t->cols)
            continue;
        m.last_row = m.last_row < t->rows ? m.last_row : t->rows - 1;
        m.last_col = m.last_col < t->cols ? m.last_col : t->cols - 1;
        t->merge[t->n_merge++] = m;
    }
}

static void lay_look(struct xlsx_builder *b, struct table *t)
{
    if (!b->n_width && !b->n_hidden)
        return;
    struct table_look *look = arena_alloc(b->a, sizeof(*look));
    look->width = arena_array(b->a, t->cols, sizeof(look->width[0]));
    look->col_hidden = arena_array(b->a, t->cols, sizeof(bool));
    look->row_hidden = arena_array(b->a, t->rows, sizeof(bool));
    for (size_t i = 0; i < b->n_width; i++)
        for (size_t c = b->width[i].first; c <= b->width[i].last && c < t->cols; c++) {
            look->width[c] = b->width[i].width / 100.0;
            look->col_hidden[c] = b->width[i].hidden;
        }
    for (size_t i = 0; i < b->n_hidden; i++)
        if (b->hidden_row[i] < t->rows)
            look->row_hidden[b->hidden_row[i]] = true;
    t->look = look;
}

static enum rc sheet_close(struct xlsx_builder *b, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct table *t = b->t;
    size_t rows, cols;
    if (!t)
        return RC_OK;
    extent(b, &rows, &cols);
    if (cols && rows > (b->limits.cells - b->cells) / cols)
        return err_set(e, RC_TOOBIG,
                       N_("{file} "
                          "工作表{sheet}用到了{rows}行{cols}列,超过{max}格的上限;"
                          "请删去远处的空格和多余的格"),
                       "file", b->name, "sheet", t->name, "rows", arena_printf(a, "%zu", rows),
                       "cols", arena_printf(a, "%zu", cols), "max",
                       arena_printf(a, "%zu", b->limits.cells));
    b->cells += rows * cols;
    struct table *laid = table_new(b->a, rows, cols, /* with_kinds= */ true);
    laid->file = b->name;
    laid->name = t->name;
    laid->hidden = t->hidden;
    for (size_t i = 0; i < b->n_cell; i++) {
        const struct raw_cell *c = &b->cell[i];
        if (laid->kind[c->row * cols + c->col] != CELL_EMPTY)
            return failed(b, XLSX_FAIL_CELL_TWICE, table_where(a, laid, c->row, c->col), e);
        table_set(laid, c->row, c->col, (enum cell_kind)c->kind, c->text);
    }
    lay_merges(b, laid);
    lay_look(b, laid);
    b->sheet[b->n_sheet++] = laid;
    b->t = NULL;
    b->n_cell = b->n_merge = b->n_width = b->n_hidden = 0;
    return RC_OK;
}

static bool in_sheet(const struct xlsx_builder *b, uint32_t row, uint32_t col)
{
    return b->t && row < b->limits.rows && col < b->limits.cols;
}

static enum rc take(struct xlsx_builder *b, const struct xlsx_frame *f, const char *text,
                    struct err *e)
{
    if (f->zero || f->kind >= CELL_KINDS || (f->type != XLSX_CELL && f->kind) ||
        !utf8_valid(text, f->n) || memchr(text, 0, f->n))
        return garbled(b, e);
    enum rc rc;
    switch ((enum xlsx_frame_type)f->type) {
    case XLSX_SHEET:
        rc = sheet_close(b, e);
        if (rc != RC_OK)
            return rc;
        if (b->n_sheet == b->limits.sheets)
            return failed(b, XLSX_FAIL_SHEETS, "", e);
        b->t = arena_alloc(b->a, sizeof(*b->t));
        b->t->name = arena_strndup(b->a, text, f->n);
        b->t->hidden = f->a != 0;
        return RC_OK;
    case XLSX_CELL:
        if (!in_sheet(b, f->a, f->b) || f->kind == CELL_EMPTY || b->n_cell >= b->limits.cells ||
            (f->n == 0 && f->kind != CELL_FORMULA)) /* a formula may have no value */
            return garbled(b, e);
        room(&b->cell, b->n_cell, &b->cap_cell, sizeof(b->cell[0]));
        b->cell[b->n_cell++] =
            (struct raw_cell){ f->a, f->b, f->kind, arena_strndup(b->a, text, f->n) };
        return RC_OK;
    case XLSX_MERGE:
        if (!in_sheet(b, f->a, f->b) || f->c < f->a || f->d < f->b ||
            b->n_merge >= b->limits.cells)
            return garbled(b, e);
        room(&b->merge, b->n_merge, &b->cap_merge, sizeof(b->merge[0]));
        b->merge[b->n_merge++] = (struct cell_merge){ f->a, f->b, f->c, f->d };
        return RC_OK;
    case XLSX_WIDTH:
        if (!in_sheet(b, 0, f->b) || f->a > f->b || f->c > 25500 ||
            b->n_width >= b->limits.cols)
            return b->n_width >= b->limits.cols ? RC_OK : garbled(b, e);
        room(&b->width, b->n_width, &b->cap_width, sizeof(b->width[0]));
        b->width[b->n_width++] = (struct width){ f->a, f->b, f->c, f->d != 0 };
        return RC_OK;
    case XLSX_ROW_HIDDEN:
        if (!in_sheet(b, f->a, 0) || b->n_hidden >= b->limits.rows)
            return garbled(b, e);
        room(&b->hidden_row, b->n_hidden, &b->cap_hidden, sizeof(b->hidden_row[0]));
        b->hidden_row[b->n_hidden++] = f->a;
        return RC_OK;
    case XLSX_END:
        b->done = true;
        return sheet_close(b, e);
    case XLSX_FAIL: {
        if (f->a >= XLSX_FAILS)
            return garbled(b, e);
        CLEANUP(arena_freep) struct arena *a = arena_new();
        return failed(b, (enum xlsx_fail)f->a, arena_strndup(a, text, f->n), e);
    }
    }
    return garbled(b, e); /* a number that is no frame type */
}

enum rc xlsx_builder_add(struct xlsx_builder *b, const void *p, size_t n, bool *ret_done,
                         struct err *e)
{
    str_addn(&b->in, p, n);
    size_t at = 0;
    while (!b->done && b->in.n - at >= sizeof(struct xlsx_frame)) {
        struct xlsx_frame f;
        memcpy(&f, b->in.s + at, sizeof(f));
        if (f.n > b->limits.cell * 4 + 65536)
            return garbled(b, e);
        if (b->in.n - at - sizeof(f) < f.n)
            break;
        enum rc rc = take(b, &f, b->in.s + at + sizeof(f), e);
        if (rc != RC_OK)
            return rc;
        at += sizeof(f) + f.n;
    }
    memmove(b->in.s, b->in.s + at, b->in.n - at);
    b->in.n -= at;
    *ret_done = b->done;
    return RC_OK;
}

enum rc xlsx_builder_end(struct xlsx_builder *b, struct book *ret, struct err *e)
{
    if (!b->done || b->n_sheet == 0)
        return err_set(e, RC_IO,
                       N_("读取 {file} 时中断:文件可能已损坏,或超出了内存和时间的上限"), "file",
                       b->name);
    *ret = (struct book){ b->sheet, b->n_sheet };
    return RC_OK;
}
