/*
 * Workbooks of any kind we take and give: the one door for uploads, imports and exports.
 *
 * An xlsx is read in a child process that has nothing: its own executable started anew with the
 * file and a pipe, no other descriptor, limits on memory and CPU time, and (but for sanitizer
 * builds) a list of harmless system calls. What comes through the pipe is checked like any
 * other input.
 */
#ifndef SHEET_SHEET_H
#define SHEET_SHEET_H

#include "base/str.h"
#include "table.h"

struct book {
    struct table **sheet;
    size_t n; /* at least 1 */
};

/*
 * What data is, by its content: xlsx or CSV. name is for messages, which name file, sheet and
 * cell. limits NULL: the default. RC_INVALID: not a workbook, password-protected, old .xls,
 * broken …; RC_TOOBIG: a limit; RC_IO: no child.
 */
enum rc sheet_read(struct arena *a, const char *name, struct bytes data,
                   const struct sheet_limits *limits, struct book *ret, struct err *e) MUST_USE;
enum rc sheet_read_file(struct arena *a, const char *path, const struct sheet_limits *limits,
                        struct book *ret, struct err *e) MUST_USE;
/* The first sheet that is not hidden and not empty; RC_INVALID when there is none. */
enum rc book_first(const struct book *b, const char *name, const struct table **ret,
                   struct err *e) MUST_USE;
/* The sheet of a name, NULL when there is none. */
const struct table *book_sheet(const struct book *b, const char *name);

enum sheet_format { SHEET_CSV, SHEET_XLSX, SHEET_JSON };
/* "csv", "xlsx", "json"; otherwise RC_INVALID. */
enum rc sheet_format_parse(const char *s, enum sheet_format *ret, struct err *e) MUST_USE;
const char *sheet_format_mime(enum sheet_format f);
/* What data is by its first bytes: xlsx, or else CSV. */
enum sheet_format sheet_format_of(struct bytes data);

/*
 * Write sheets (CSV and JSON: the first) behind out. A cell is written by its kind; a formula
 * as the value it had. JSON is a list of objects named by row 0: numbers and booleans as such,
 * empty cells null, the rest text. CSV starts with a BOM when asked. created is the time the
 * xlsx carries; the same input gives the same cells.
 */
enum rc sheet_write(enum sheet_format format, const struct table *const *sheet, size_t n,
                    bool bom, struct utime created, struct str *out, struct err *e) MUST_USE;

#endif
