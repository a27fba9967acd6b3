/* Units as a table: code, parent, name, kind, peer_group, from, to; in and out. A round trip
 * changes nothing. */
#ifndef PEOPLE_UNIT_IMPORT_H
#define PEOPLE_UNIT_IMPORT_H

#include "people/unit.h"
#include "sheet/heading.h"
#include "sheet/problem.h"
#include "store/file.h"

/* What its columns may be called. */
extern const struct heading unit_headings[];
/* Terms of a table; wrong cells are in problems. Unknown columns are RC_INVALID. In a. */
enum rc units_from_table(const struct table *t, struct arena *a, struct unit_term **ret,
                         size_t *ret_n, struct problems *problems, struct err *e) MUST_USE;
/* Write those that are new or changed (dry: only check against what is there), and keep the
 * file they came from (NULL: none). people_changed is the caller's. */
enum rc units_import(struct county *c, struct unit_term *terms, size_t n, bool dry,
                     struct file_sent *file, const char *by, size_t *ret_changed,
                     struct err *e) MUST_USE;
/* Every term there is, in the order of display. */
enum rc units_to_table(const struct snap *s, struct arena *a, const struct table **ret,
                       struct err *e) MUST_USE;

#endif
