/*
 * What the county knows as tables with the columns that are imported, so that a round trip
 * changes nothing. Rows about units a person may not see are left out.
 */
#ifndef MONITOR_EXPORT_H
#define MONITOR_EXPORT_H

#include "base/kinds.h"
#include "people/account.h"
#include "sheet/table.h"

struct export_wish {
    const char *what;     /* units, scheme, points, values, scores */
    struct period period; /* 0: the newest computed one */
    const char *point;    /* values of one point; NULL: all */
    bool missing;         /* values: only the gaps, those nobody has sent too */
};
/* RC_NOTFOUND for another word, or when there is no computation of the period. In a. */
enum rc export_table(const struct snap *s, const struct person *who,
                     const struct export_wish *wish, struct arena *a, const struct table **ret,
                     struct err *e) MUST_USE;

#endif
