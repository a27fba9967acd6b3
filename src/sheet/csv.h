/*
 * CSV (RFC 4180) in and out.
 *
 * Read: comma, LF or CRLF or CR, quotes doubled inside quotes; spaces are kept. UTF-8 with or
 * without BOM; GB18030 (GBK) and UTF-16 with BOM are recognised and converted, and the result
 * says so. Refused with the line named: rows of another length than the first (RC_INVALID),
 * text after a closing quote, a quote without end, U+0000, invalid UTF-8, and whatever is
 * beyond a limit (RC_TOOBIG). Lines without any character are skipped.
 */
#ifndef SHEET_CSV_H
#define SHEET_CSV_H

#include "base/str.h"
#include "table.h"

/* The whole file as a table, whose row 0 is the first line. name is for messages. limits NULL:
 * the default. */
enum rc csv_read(struct arena *a, const char *name, struct bytes data,
                 const struct sheet_limits *limits, struct table **ret, struct err *e) MUST_USE;
enum rc csv_read_file(struct arena *a, const char *path, const struct sheet_limits *limits,
                      struct table **ret, struct err *e) MUST_USE;

/* One row while reading: valid during the call only. */
struct csv_row {
    size_t row;               /* from 0, blank lines not counted */
    size_t line;              /* from 1, of its first character */
    size_t n;                 /* the same for every row */
    const char *const *field; /* NUL-ended */
    const uint32_t *len;
};
typedef enum rc (*csv_row_fn)(void *arg, const struct csv_row *row, struct err *e);
/*
 * Hand over every row in turn without building a table: for files with a million rows. Stops at
 * the first result other than RC_OK and returns it. *ret_note (may be NULL) gets what was
 * converted, or NULL, before the first row. Memory: the file once (twice when it had to be
 * converted); buf is written to.
 */
enum rc csv_each(const char *name, char *buf, size_t n, const struct sheet_limits *limits,
                 csv_row_fn fn, void *arg, const char **ret_note, struct err *e) MUST_USE;

/*
 * The table as CSV with LF; with a BOM when asked, which spreadsheet programs need to see that
 * it is UTF-8. A cell that such a program would take for a formula (it begins with = + - @, a
 * tab or a line end, and is no number) is written behind an apostrophe; reading takes it off
 * again.
 */
void csv_write(struct str *out, const struct table *t, bool bom);

#endif
