/* Rows into a workbook, with libxlsxwriter in its constant-memory way: a row is on the disk as
 * soon as the next begins. */
#include "sheet/xlsx_stream.h"

#include "base/parse.h"
#include "base/str.h"
#include "sheet/xlsx.h"

#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

struct xlsx_stream {
    struct arena *a; /* of a row */
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *head;
    char *name;
    char **heads;
    size_t n, part;
    lxw_row_t row;
};

static enum rc failed(const char *what, struct err *e)
{
    return err_set(e, RC_IO, N_("表格没有写成: {why}"), "why", what);
}

enum rc xlsx_stream_open(const char *path, const char *temp_dir, struct utime created,
                         struct xlsx_stream **ret, struct err *e)
{
    char *temp = mem_strdup(temp_dir);
    lxw_workbook_options o = { .constant_memory = LXW_TRUE, .tmpdir = temp };
    lxw_workbook *book = workbook_new_opt(path, &o);
    free(temp);
    if (!book)
        return failed(path, e);
    lxw_doc_properties p = { .created = (time_t)(created.us / 1000000) };
    (void)workbook_set_properties(book, &p); /* it knows no better time then */
    struct xlsx_stream *x = mem_alloc(sizeof(*x));
    x->a = arena_new();
    x->book = book;
    x->head = workbook_add_format(book);
    format_set_bold(x->head);
    *ret = x;
    return RC_OK;
}

static void forget_heads(struct xlsx_stream *x)
{
    for (size_t i = 0; i < x->n; i++)
        free(x->heads[i]);
    free(x->heads);
    free(x->name);
    x->heads = NULL;
    x->name = NULL;
    x->n = 0;
}

/* The next part of the sheet, with its heads. */
static enum rc begin(struct xlsx_stream *x, struct err *e)
{
    arena_reset(x->a);
    const char *name = x->part ? arena_printf(x->a, "%s-%zu", x->name, x->part + 1) : x->name;
    x->sheet = workbook_add_worksheet(x->book, name);
    if (!x->sheet)
        return failed(name, e);
    worksheet_freeze_panes(x->sheet, 1, 0);
    for (size_t i = 0; i < x->n; i++)
        if (worksheet_write_string(x->sheet, 0, (lxw_col_t)i, x->heads[i], x->head) !=
            LXW_NO_ERROR)
            return failed(x->heads[i], e);
    x->row = 1;
    x->part++;
    return RC_OK;
}

enum rc xlsx_stream_sheet(struct xlsx_stream *x, const char *name, const char *const *heads,
                          size_t n, struct err *e)
{
    forget_heads(x);
    x->name = mem_strdup(name);
    x->heads = mem_array(n, sizeof(*x->heads));
    x->n = n;
    x->part = 0;
    for (size_t i = 0; i < n; i++)
        x->heads[i] = mem_strdup(heads[i]);
    return begin(x, e);
}

enum rc xlsx_stream_row(struct xlsx_stream *x, const struct xlsx_cell *cells, struct err *e)
{
    enum rc rc = x->row > XLSX_STREAM_ROWS ? begin(x, e) : RC_OK;
    if (rc != RC_OK)
        return rc;
    arena_reset(x->a);
    for (size_t i = 0; i < x->n; i++) {
        double v;
        lxw_error bad = LXW_NO_ERROR;
        if (!*cells[i].text)
            continue;
        if (cells[i].number && parse_real_n(cells[i].text, strlen(cells[i].text), &v))
            bad = worksheet_write_number(x->sheet, x->row, (lxw_col_t)i, v, NULL);
        else
            bad = worksheet_write_string(x->sheet, x->row, (lxw_col_t)i,
                                         xlsx_escape(x->a, cells[i].text), NULL);
        if (bad != LXW_NO_ERROR)
            return failed(lxw_strerror(bad), e);
    }
    x->row++;
    return RC_OK;
}

static void done(struct xlsx_stream *x)
{
    forget_heads(x);
    arena_free(x->a);
    free(x);
}

enum rc xlsx_stream_close(struct xlsx_stream **x, struct err *e)
{
    lxw_error bad = workbook_close((*x)->book);
    done(*x);
    *x = NULL;
    return bad == LXW_NO_ERROR ? RC_OK : failed(lxw_strerror(bad), e);
}

void xlsx_stream_drop(struct xlsx_stream **x)
{
    CLEANUP(err_done) struct err ignored = { 0 };
    if (*x)
        (void)!xlsx_stream_close(x, &ignored); /* what is on the disk is thrown away */
}
