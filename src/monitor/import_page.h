/*
 * Routes of sending values: choose a file, check it (nothing is written), put it right, take it
 * in, its receipt. The state between the steps is an import in state checked and the file under
 * its digest; every step checks anew.
 */
#ifndef MONITOR_IMPORT_PAGE_H
#define MONITOR_IMPORT_PAGE_H

#include "monitor/import.sql.h"
#include "monitor/values_import.h"
#include "web/web.h"

extern const struct route import_routes[];
extern const size_t import_routes_n;

enum { IMPORT_FILE_MAX = 64 << 20 /* bytes of an upload */ };

/* An import that is waiting, with what its file comes to now. */
struct import_look {
    struct import_of_code_row row;
    struct bytes file;
    const struct snap *s; /* open as long as the look is used */
    struct values_context x;
    struct values_checked k;
    const struct table *t; /* NULL: a long CSV, which is mended outside only */
};
/* Show a look as page; error NULL: nothing went wrong. */
enum rc import_look_show(struct rq *rq, const struct import_look *l, const char *error,
                         struct err *e);
/* What of a sheet was not read, and why, as one sentence; "" when all was. */
const char *import_refused_columns(struct rq *rq, const char *refused);
/* The table with the form's fields "cell:D5" put in, as bytes of the kind the file was. */
enum rc import_look_mend(struct rq *rq, const struct import_look *l, struct bytes *ret,
                         struct err *e) MUST_USE;
/* Bytes of a table, as CSV or xlsx as the file's name says. In rq's arena. */
enum rc table_bytes(struct rq *rq, const struct table *t, const char *file_name,
                    struct bytes *ret, struct err *e) MUST_USE;
/* A table of the long form without a column of periods gets one, filled with p; otherwise t
 * itself. */
const struct table *table_with_period(struct arena *a, const struct table *t, struct period p);

#endif
