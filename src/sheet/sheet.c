/* The door: by content to the reader, by format to the writer. */
#include "sheet/sheet.h"

#include "base/file.h"
#include "base/parse.h"
#include "sheet/csv.h"
#include "sheet/xlsx.h"

#include <string.h>

enum rc sheet_read(struct arena *a, const char *name, struct bytes data,
                   const struct sheet_limits *limits, struct book *ret, struct err *e)
{
    if (xlsx_sniff(data))
        return xlsx_read(a, name, data, limits, ret, e);
    if (str_ends(name, ".xlsx") || str_ends(name, ".XLSX"))
        return err_set(e, RC_INVALID, N_("{file} 不是xlsx文件;请用Excel或WPS另存为“.xlsx”再试"),
                       "file", name);
    struct table **t = arena_alloc(a, sizeof(struct table *));
    enum rc rc = csv_read(a, name, data, limits, &t[0], e);
    if (rc != RC_OK)
        return rc;
    *ret = (struct book){ t, 1 };
    return RC_OK;
}

enum rc sheet_read_file(struct arena *a, const char *path, const struct sheet_limits *limits,
                        struct book *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *file = arena_new();
    struct bytes data;
    enum rc rc =
        file_read(file, path, (limits ? limits : &sheet_limits_default)->bytes, &data, e);
    if (rc != RC_OK)
        return rc;
    const char *slash = strrchr(path, '/');
    return sheet_read(a, slash ? slash + 1 : path, data, limits, ret, e);
}

enum rc book_first(const struct book *b, const char *name, const struct table **ret,
                   struct err *e)
{
    for (size_t i = 0; i < b->n; i++)
        if (!b->sheet[i]->hidden && b->sheet[i]->rows) {
            *ret = b->sheet[i];
            return RC_OK;
        }
    return err_set(e, RC_INVALID, N_("{file} 的工作表都是空的"), "file", name);
}

const struct table *book_sheet(const struct book *b, const char *name)
{
    for (size_t i = 0; i < b->n; i++)
        if (str_eq(b->sheet[i]->name, name))
            return b->sheet[i];
    return NULL;
}

enum rc sheet_format_parse(const char *s, enum sheet_format *ret, struct err *e)
{
    static const char *const names[] = {
        [SHEET_CSV] = "csv", [SHEET_XLSX] = "xlsx", [SHEET_JSON] = "json"
    };
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq(s, names[i])) {
            *ret = (enum sheet_format)i;
            return RC_OK;
        }
    return err_set(e, RC_INVALID, N_("没有“{format}”这种格式;可用csv、xlsx或json"), "format",
                   s);
}

enum sheet_format sheet_format_of(struct bytes data)
{
    return data.n >= 2 && data.p[0] == 'P' && data.p[1] == 'K' ? SHEET_XLSX : SHEET_CSV;
}

const char *sheet_format_mime(enum sheet_format f)
{
    switch (f) {
    case SHEET_CSV:
        return "text/csv; charset=utf-8";
    case SHEET_XLSX:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    case SHEET_JSON:
        return "application/json";
    }
    return "application/octet-stream";
}

static void json_cell(struct str *out, enum cell_kind kind, const char *s)
{
    double v;
    if (!s[0])
        str_add(out, "null");
    else if (kind == CELL_NUMBER && parse_real_n(s, strlen(s), &v))
        json_num(out, v);
    else if (kind == CELL_BOOL)
        str_add(out, str_eq(s, "TRUE") ? "true" : "false");
    else
        json_text(out, s);
}

static void write_json(struct str *out, const struct table *t)
{
    str_addc(out, '[');
    for (size_t r = 1; r < t->rows; r++) {
        str_add(out, r == 1 ? "\n{" : ",\n{");
        for (size_t c = 0; c < t->cols; c++) {
            if (c)
                str_add(out, ", ");
            json_text(out, table_text(t, 0, c));
            str_add(out, ": ");
            json_cell(out, table_kind(t, r, c), table_text(t, r, c));
        }
        str_addc(out, '}');
    }
    str_add(out, "\n]\n");
}

enum rc sheet_write(enum sheet_format format, const struct table *const *sheet, size_t n,
                    bool bom, struct utime created, struct str *out, struct err *e)
{
    switch (format) {
    case SHEET_CSV:
        csv_write(out, sheet[0], bom);
        return RC_OK;
    case SHEET_JSON:
        write_json(out, sheet[0]);
        return RC_OK;
    case SHEET_XLSX:
        return xlsx_write(sheet, n, created, out, e);
    }
    return RC_OK;
}
