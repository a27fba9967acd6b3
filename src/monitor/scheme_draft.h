/*
 * From a file to a draft: what the page and the command that take a scheme in have in common.
 */
#ifndef MONITOR_SCHEME_DRAFT_H
#define MONITOR_SCHEME_DRAFT_H

#include "monitor/scheme_sheet.h"
#include "people/unit.h"
#include "store/file.h"

struct scheme;

/* Of a new scheme: absolute where an indicator does not say otherwise, and with intervals. */
extern const char scheme_default_config[];
/* Whether a sheet has the head of META.csv; otherwise it is a county's own. */
bool scheme_book_is_meta(const struct book *b);
/* Units and peer groups a sheet may name. In a. */
void sheet_context_of(const struct units *us, struct arena *a, struct sheet_context *ret);
/*
 * Read a county's own sheet, with the scheme in force at the end of now: map is MAP.json, "" or
 * NULL to guess. county is its name, for that of the index. RC_INVALID as sheet_map_read and
 * scheme_sheet_read. In a.
 */
enum rc scheme_sheet_take(struct arena *a, const struct book *b, const char *file,
                          const char *map, const struct snap *s, struct period now,
                          const struct units *us, const char *county, enum lang lang,
                          struct sheet_map *ret_map, struct sheet_scheme *ret,
                          struct err *e) MUST_USE;
/* What a draft from a file is called: as the file without its ending. In a. */
const char *scheme_draft_name(struct arena *a, const char *file, enum lang lang);
/*
 * Write the draft, with the usual configuration where it has none, and make known the file it
 * came from, which was kept before. adopt_from: adopt it at once from that period on (0: it
 * stays a draft). Errors as scheme_write and scheme_adopt.
 */
enum rc scheme_draft_write(struct tx *tx, struct county *c, const struct scheme *s,
                           const struct file_sent *file, struct period adopt_from,
                           struct id account, const char *by, int *ret_version,
                           struct err *e) MUST_USE;

#endif
