/* A workbook written row by row in constant memory, for tables of any length: where a sheet is
 * full another goes on. */
#ifndef SHEET_XLSX_STREAM_H
#define SHEET_XLSX_STREAM_H

#include "sheet/table.h"

enum { XLSX_STREAM_ROWS = 1000000, XLSX_CELL_MAX = 32000 /* characters of a cell */ };

struct xlsx_stream;
/* A new file; created is the time it carries. temp_dir: where pages lie meanwhile. */
enum rc xlsx_stream_open(const char *path, const char *temp_dir, struct utime created,
                         struct xlsx_stream **ret, struct err *e) MUST_USE;
/* A sheet with its heads; name at most 28 characters, without []:*?/\. Ends the one before. */
enum rc xlsx_stream_sheet(struct xlsx_stream *x, const char *name, const char *const *heads,
                          size_t n, struct err *e) MUST_USE;
/* A row of as many cells as there are heads; a number as CELL_NUMBER, else text. */
struct xlsx_cell {
    const char *text; /* "" is empty; at most XLSX_CELL_MAX characters */
    bool number;
};
enum rc xlsx_stream_row(struct xlsx_stream *x, const struct xlsx_cell *cells,
                        struct err *e) MUST_USE;
/* Write what is left; x is freed and NULL, however it ends. */
enum rc xlsx_stream_close(struct xlsx_stream **x, struct err *e) MUST_USE;
void xlsx_stream_drop(
    struct xlsx_stream **x); /* for CLEANUP: gives it up; takes a NULL inside */

#endif
