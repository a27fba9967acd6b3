/*
 * Writing xlsx with libxlsxwriter. It writes to a path only, so the file passes through a
 * temporary one.
 */
#include "base/file.h"
#include "base/parse.h"
#include "base/period.h"
#include "sheet/xlsx.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

/* Above this many rows a sheet is written row by row in constant memory, which merged ranges do
 * not allow. */
enum {
    ROWS_IN_MEMORY = 50000,
    WIDTH_SAMPLE = 200,
    WIDTH_MIN = 8,
    WIDTH_MAX = 48,
    PERCENT_DECIMALS = 6
};
static const lxw_color_t head_ground = 0xE3EFEC, head_line = 0x1F6F63;

struct writer {
    struct arena *a;
    lxw_workbook *book;
    lxw_format *head, *text, *mark, *date, *datetime, *time, *percent[PERCENT_DECIMALS + 1];
};

/* What XML cannot hold, and what would read as an escape, as _xHHHH_. */
const char *xlsx_escape(struct arena *a, const char *s)
{
    static const char hex[] = "0123456789abcdefABCDEF";
    bool plain = !strstr(s, "_x") && !strstr(s, "\xEF\xBF\xBE") && !strstr(s, "\xEF\xBF\xBF");
    for (const char *p = s; *p && plain; p++)
        plain = (unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t';
    if (plain)
        return s;
    struct str b;
    str_init(&b, a);
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x20 && c != '\n' && c != '\t') {
            str_addf(&b, "_x%04X_", c);
        } else if (c == '_' && s[1] == 'x' && strspn(s + 2, hex) >= 4 && s[6] == '_') {
            str_add(&b, "_x005F_");
        } else if (str_starts(s, "\xEF\xBF\xBE") || str_starts(s, "\xEF\xBF\xBF")) {
            str_add(&b, "\xEF\xBF\xBD");
            s += 2;
        } else {
            str_addc(&b, *s);
        }
    }
    return b.s;
}

static lxw_format *percent_format(struct writer *w, const char *text)
{
    const char *dot = strchr(text, '.');
    size_t n = dot ? strspn(dot + 1, "0123456789") : 0;
    n = n > PERCENT_DECIMALS ? PERCENT_DECIMALS : n;
    if (!w->percent[n]) {
        w->percent[n] = workbook_add_format(w->book);
        format_set_num_format(w->percent[n],
                              n ? arena_printf(w->a, "0.%.*s%%", (int)n, "000000") : "0%");
        format_set_align(w->percent[n], LXW_ALIGN_VERTICAL_TOP);
    }
    return w->percent[n];
}

/* "2026-09-30", "2026-09-30 08:00:00", "08:00:00" */
static bool date_parts(const char *s, lxw_datetime *ret, bool *ret_day, bool *ret_time)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t n = strlen(s);
    int32_t day;
    *ret = (lxw_datetime){ 0 };
    *ret_day = n >= 10 && day_parse(arena_strndup(a, s, 10), &day, &e) == RC_OK;
    if (*ret_day) {
        day_split(day, &ret->year, &ret->month, &ret->day);
        if (ret->year < 1901)
            return false;
        s += 10;
        s += *s == ' ';
    }
    *ret_time = strlen(s) == 8 && s[2] == ':' && s[5] == ':';
    if (*ret_time) {
        double h, m, sec;
        if (!parse_real_n(s, 2, &h) || !parse_real_n(s + 3, 2, &m) ||
            !parse_real_n(s + 6, 2, &sec))
            return false;
        ret->hour = (int)h;
        ret->min = (int)m;
        ret->sec = sec;
    }
    return (*ret_day || *ret_time) && (*ret_time || !*s);
}

static lxw_error write_cell(struct writer *w, lxw_worksheet *ws, size_t r, size_t c,
                            enum cell_kind kind, const char *s, lxw_format *style)
{
    lxw_row_t row = (lxw_row_t)r;
    lxw_col_t col = (lxw_col_t)c;
    lxw_format *plain = style ? style : w->text;
    size_t n = strlen(s);
    double v;
    switch (kind) {
    case CELL_EMPTY:
        return style ? worksheet_write_blank(ws, row, col, style) : LXW_NO_ERROR;
    case CELL_NUMBER:
    case CELL_FORMULA:
        if (parse_real_n(s, n, &v))
            return worksheet_write_number(ws, row, col, v, plain);
        break;
    case CELL_PERCENT:
        if (n > 1 && s[n - 1] == '%' && parse_real_n(s, n - 1, &v))
            return worksheet_write_number(ws, row, col, v / 100,
                                          style ? style : percent_format(w, s));
        break;
    case CELL_DATE: {
        lxw_datetime dt;
        bool day, time;
        if (date_parts(s, &dt, &day, &time))
            return worksheet_write_datetime(ws, row, col, &dt,
                                            day && time ? w->datetime
                                            : day       ? w->date
                                                        : w->time);
        break;
    }
    case CELL_BOOL:
        return worksheet_write_boolean(ws, row, col, str_eq(s, "TRUE"), plain);
    case CELL_TEXT:
    case CELL_ERROR:
        break;
    }
    return s[0] ? worksheet_write_string(ws, row, col, xlsx_escape(w->a, s), plain)
                : LXW_NO_ERROR;
}

/* Widths in the units of spreadsheets: a Chinese character takes two. */
static double text_width(const char *s)
{
    size_t best = 0, now = 0;
    const char *end = s + strlen(s);
    while (s < end) {
        size_t len;
        uint32_t cp = utf8_next(s, end, &len);
        now = cp == '\n' ? 0 : now + (cp >= 0x2E80 ? 2 : 1);
        best = now > best ? now : best;
        s += len;
    }
    return (double)best;
}

static void set_columns(lxw_worksheet *ws, const struct table *t, const struct table_look *look)
{
    for (size_t c = 0; c < t->cols; c++) {
        double width = look && look->width ? look->width[c] : 0;
        if (width == 0) {
            for (size_t r = 0; r < t->rows && r < WIDTH_SAMPLE; r++) {
                double n = text_width(table_text(t, r, c)) + 2;
                width = n > width ? n : width;
            }
            width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
        }
        lxw_row_col_options hide = { .hidden =
                                         look && look->col_hidden && look->col_hidden[c] };
        worksheet_set_column_opt(ws, (lxw_col_t)c, (lxw_col_t)c, width, NULL, &hide);
    }
}

static void set_choices(struct arena *a, lxw_worksheet *ws, const struct table_look *look)
{
    for (size_t i = 0; look && i < look->n_choice; i++) {
        const struct cell_choice *k = &look->choice[i];
        lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_LIST,
                                  .value_list = k->value
                                                    ? (char **)k->value
                                                    : NULL, /* read only, but not const there */
                                  .ignore_blank = LXW_VALIDATION_ON,
                                  .show_input = LXW_VALIDATION_ON,
                                  .show_error = LXW_VALIDATION_ON,
                                  .dropdown = LXW_VALIDATION_ON };
        if (!k->value) {
            v.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
            v.value_formula = arena_strdup(a, k->source);
        }
        if (k->title)
            v.input_title = arena_strdup(a, k->title);
        if (k->help)
            v.input_message = arena_strdup(a, k->help);
        (void)worksheet_data_validation_range(ws, (lxw_row_t)k->row, (lxw_col_t)k->col,
                                              (lxw_row_t)k->last_row, (lxw_col_t)k->last_col,
                                              &v); /* a comfort: the import checks */
    }
}

/* Marked cells are written again, as text, so that a date with a mark shows what it is. */
static void set_marks(struct writer *w, lxw_worksheet *ws, const struct table *t)
{
    for (size_t i = 0; t->look && i < t->look->n_mark; i++) {
        const struct cell_mark *m = &t->look->mark[i];
        if (m->row >= t->rows || m->col >= t->cols)
            continue;
        lxw_row_t row = (lxw_row_t)m->row;
        lxw_col_t col = (lxw_col_t)m->col;
        enum cell_kind kind = table_kind(t, m->row, m->col);
        lxw_comment_options box = { .x_scale = 2 };
        (void)write_cell(w, ws, m->row, m->col, kind == CELL_DATE ? CELL_TEXT : kind,
                         table_text(t, m->row, m->col), w->mark); /* it fitted before */
        (void)worksheet_write_comment_opt(ws, row, col, xlsx_escape(w->a, m->text),
                                          &box); /* the page says it too */
    }
}

static bool merges_fit(const struct table *t, const struct cell_merge *m)
{
    return m->last_row < t->rows && m->last_col < t->cols &&
           (m->last_row > m->row || m->last_col > m->col);
}

static enum rc write_sheet(struct writer *w, lxw_worksheet *ws, const struct table *t,
                           struct err *e)
{
    static const struct table_look plain = { .head_rows = 1, .frozen_rows = 1 };
    const struct table_look *look = t->look ? t->look : &plain;
    size_t head = look->head_rows;
    set_columns(ws, t, look);
    if (look->frozen_rows || look->frozen_cols)
        worksheet_freeze_panes(ws, (lxw_row_t)look->frozen_rows, (lxw_col_t)look->frozen_cols);
    lxw_error err = LXW_NO_ERROR;
    for (size_t i = 0; i < t->n_merge; i++) {
        const struct cell_merge *m = &t->merge[i];
        if (merges_fit(
                t,
                m)) /* overlapping ranges, which no program shows, are dropped by the library */
            (void)worksheet_merge_range(ws, (lxw_row_t)m->row, (lxw_col_t)m->col,
                                        (lxw_row_t)m->last_row, (lxw_col_t)m->last_col, "",
                                        m->row < head ? w->head : w->text);
    }
    for (size_t r = 0; r < t->rows; r++) {
        lxw_row_col_options hide = { .hidden =
                                         look && look->row_hidden && look->row_hidden[r] };
        if (hide.hidden)
            worksheet_set_row_opt(ws, (lxw_row_t)r, LXW_DEF_ROW_HEIGHT, NULL, &hide);
        for (size_t c = 0; c < t->cols && !err; c++) {
            err = write_cell(w, ws, r, c, table_kind(t, r, c), table_text(t, r, c),
                             r < head ? w->head : NULL);
            if (err)
                return err_set(e, RC_TOOBIG, N_("{cell} 写不进xlsx:{reason}"), "cell",
                               table_where(w->a, t, r, c), "reason", lxw_strerror(err));
        }
    }
    set_choices(w->a, ws, look);
    set_marks(w, ws, t);
    return RC_OK;
}

/* A name spreadsheets accept: at most 31 characters, none of []:*?/\ and no quote at its ends.
 */
static const char *sheet_name(struct arena *a, lxw_workbook *book, const char *name, size_t i)
{
    struct str b;
    str_init(&b, a);
    const char *p = name ? name : "", *end = p + strlen(p);
    for (size_t n = 0; p < end && n < 28; n++) {
        size_t len;
        uint32_t cp = utf8_next(p, end, &len);
        utf8_add(&b, cp < 0x80 && (cp < 0x20 || strchr("[]:*?/\\'", (int)cp)) ? '_' : cp);
        p += len;
    }
    if (!b.n)
        str_addf(&b, "Sheet%zu", i + 1);
    if (workbook_get_worksheet_by_name(book, b.s))
        str_addf(&b, "_%zu", i + 1);
    return b.s;
}

static void formats(struct writer *w)
{
    w->head = workbook_add_format(w->book);
    format_set_bold(w->head);
    format_set_bg_color(w->head, head_ground);
    format_set_bottom(w->head, LXW_BORDER_MEDIUM);
    format_set_bottom_color(w->head, head_line);
    format_set_text_wrap(w->head);
    format_set_align(w->head, LXW_ALIGN_VERTICAL_CENTER);
    w->text = workbook_add_format(w->book);
    format_set_text_wrap(w->text);
    format_set_align(w->text, LXW_ALIGN_VERTICAL_TOP);
    w->mark = workbook_add_format(w->book);
    format_set_border(w->mark, LXW_BORDER_THICK);
    format_set_text_wrap(w->mark);
    format_set_align(w->mark, LXW_ALIGN_VERTICAL_TOP);
    lxw_format **date[] = { &w->date, &w->datetime, &w->time };
    static const char *const code[] = { "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss" };
    for (size_t i = 0; i < COUNT(date); i++) {
        *date[i] = workbook_add_format(w->book);
        format_set_num_format(*date[i], code[i]);
        format_set_align(*date[i], LXW_ALIGN_VERTICAL_TOP);
    }
}

/* What must be said about the file is said on its own sheet, where reading the file again does
 * not take it for data. */
static void write_note(struct writer *w, const char *note)
{
    lxw_worksheet *ws = workbook_add_worksheet(w->book, sheet_name(w->a, w->book, "说明", 98));
    if (!ws)
        return;
    size_t n;
    char **line = str_split(w->a, note, '\n', &n);
    worksheet_set_column(ws, 0, 0, 80, NULL);
    for (size_t i = 0; i < n; i++)
        (void)worksheet_write_string(ws, (lxw_row_t)i, 0, xlsx_escape(w->a, line[i]),
                                     w->text); /* short text */
}

static enum rc write_book(const char *path, const struct table *const *sheet, size_t n,
                          struct utime created, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    bool constant = false;
    for (size_t i = 0; i < n; i++)
        constant = constant || (sheet[i]->rows > ROWS_IN_MEMORY && !sheet[i]->n_merge);
    for (size_t i = 0; i < n; i++)
        constant =
            constant && !sheet[i]->n_merge && !(sheet[i]->look && sheet[i]->look->n_mark);
    lxw_workbook_options options = { .constant_memory = constant };
    struct writer w = { .a = a, .book = workbook_new_opt(path, &options) };
    if (!w.book)
        return err_set(e, RC_IO, N_("不能写临时文件 {path}"), "path", path);
    formats(&w);
    const char *note = NULL;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        lxw_worksheet *ws =
            workbook_add_worksheet(w.book, sheet_name(a, w.book, sheet[i]->name, i));
        if (!ws) {
            rc = err_set(e, RC_INVALID, N_("工作表名“{name}”写不进xlsx"), "name",
                         sheet[i]->name ? sheet[i]->name : "");
            break;
        }
        if (i == 0)
            worksheet_activate(ws);
        if (sheet[i]->hidden && i > 0)
            worksheet_hide(ws);
        if (sheet[i]->look && sheet[i]->look->note)
            note = sheet[i]->look->note;
        rc = write_sheet(&w, ws, sheet[i], e);
    }
    if (note && rc == RC_OK)
        write_note(&w, note);
    lxw_doc_properties about = { .created = (time_t)(created.us / 1000000),
                                 .comments = note ? arena_strdup(a, note) : NULL };
    (void)workbook_set_properties(w.book, &about); /* fails on texts over 255 characters only */
    lxw_error err = workbook_close(w.book);
    if (rc == RC_OK && err)
        return err_set(e, RC_IO, N_("不能写临时文件 {path}:{reason}"), "path", path, "reason",
                       lxw_strerror(err));
    return rc;
}

enum rc xlsx_write(const struct table *const *sheet, size_t n, struct utime created,
                   struct str *out, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *tmp = getenv("TMPDIR");
    char *path = arena_printf(a, "%s/jingjian-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    CLEANUP(fd_closep) int fd = mkstemp(path);
    if (fd < 0) {
        char why[128];
        return err_set(e, RC_IO, N_("不能写临时文件 {path}:{reason}"), "path", path, "reason",
                       strerror_r(errno, why, sizeof(why)));
    }
    enum rc rc = write_book(path, sheet, n, created, e);
    struct bytes file;
    if (rc == RC_OK)
        rc = file_read(a, path, SIZE_MAX / 2, &file, e);
    if (rc == RC_OK)
        str_addn(out, file.p, file.n);
    (void)unlink(path); /* what cannot be removed is swept with the folder */
    return rc;
}
