/*
 * What the county knows as tables; units, scheme, points and values with the columns that are
 * imported, so that a round trip changes nothing. Rows about units a person may not see are
 * left out.
 */
#ifndef MONITOR_EXPORT_H
#define MONITOR_EXPORT_H

#include "base/kinds.h"
#include "monitor/publication.h"
#include "sheet/table.h"

struct export_wish {
    const char *what;     /* units, scheme, points, values, scores, warnings, records */
    struct period period; /* 0: the newest computed one; of records all of them */
    const char *point;    /* values of one point; NULL: all */
    enum lang lang;       /* of sentences in warnings */
    const char *mark;     /* county_mark: a sheet that can say so says it; NULL: nothing */
    bool missing;         /* values: only the gaps, those nobody has sent too */
};
bool export_known(const char *what);
/*
 * k: who exports, and what they see. RC_NOTFOUND for another word, or when there is no
 * computation of the period; RC_DENIED for records unless the person may see who did what.
 * today: for what is asked without a period before anything was computed. In a.
 */
enum rc export_table(const struct snap *s, const struct sight *k, int32_t today,
                     const struct export_wish *wish, struct arena *a, const struct table **ret,
                     struct err *e) MUST_USE;

#endif
