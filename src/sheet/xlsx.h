/* xlsx in and out; callers use sheet.h. */
#ifndef SHEET_XLSX_H
#define SHEET_XLSX_H

#include "sheet.h"
#include "xlsx_parse.h"

bool xlsx_sniff(
    struct bytes data); /* a zip archive, an OLE container or a web page: not CSV in any case */
enum rc xlsx_read(struct arena *a, const char *name, struct bytes data,
                  const struct sheet_limits *limits, struct book *ret, struct err *e) MUST_USE;
enum rc xlsx_write(const struct table *const *sheet, size_t n, struct utime created,
                   struct str *out, struct err *e) MUST_USE;

/* What XML cannot hold, and what would read as an escape, as _xHHHH_. */
const char *xlsx_escape(struct arena *a, const char *s);

/*
 * Frames as they come out of the pipe into tables; checks everything, for the child may have
 * been taken over by the file it read. For xlsx.c and the fuzz target.
 */
struct xlsx_builder;
struct xlsx_builder *xlsx_builder_new(struct arena *a, const char *name,
                                      const struct sheet_limits *limits);
void xlsx_builder_freep(struct xlsx_builder **b);
/* Take n more bytes; *ret_done becomes true with the frame that ends the stream. */
enum rc xlsx_builder_add(struct xlsx_builder *b, const void *p, size_t n, bool *ret_done,
                         struct err *e) MUST_USE;
/* After the end. RC_IO when the stream broke off. */
enum rc xlsx_builder_end(struct xlsx_builder *b, struct book *ret, struct err *e) MUST_USE;

#endif
