/* Units: found by any name they ever had, and by first letters of the one they have now. */
#include "search/search.h"
#include "search/search.sql.h"

#include <string.h>

static void put_unit(const struct search_units_of_row *r, size_t n, struct search_pen *p,
                     struct arena *a)
{
    const struct search_units_of_row *now = &r[n - 1], *latest = now;
    struct str body, gates;
    str_init(&body, a);
    str_init(&gates, a);
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(r[i].name, now->name))
            str_addf(&body, "%s%s", body.n ? " " : "", r[i].name);
        if (r[i].record_id.v > latest->record_id.v)
            latest = &r[i];
    }
    gate_add(&gates, GATE_COUNTY);
    gate_add(&gates, gate_unit(now->unit_id, a));
    search_put(
        p, &(struct search_doc){ .code = now->code,
                                 .text = { now->code, now->name, body.s, /* initials= */ true },
                                 .href = arena_printf(a, "/unit/%s", now->code),
                                 .unit = now->code,
                                 .at = latest->at,
                                 .record = latest->record_id,
                                 .gates = gates.s });
}

static enum rc docs(const struct snap *s, struct county *c, const struct record_line *line,
                    struct id record, struct search_pen *p, struct arena *a, struct err *e)
{
    struct search_units_of_row *rows;
    size_t n;
    (void)c, (void)line;
    enum rc rc = search_units_of_all(s, record, a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n;) {
        size_t j = i;
        while (j < n && rows[j].unit_id.v == rows[i].unit_id.v)
            j++;
        put_unit(rows + i, j - i, p, a);
        i = j;
    }
    return rc;
}

const struct search_source search_units = {
    .code = "unit", .name = N_("单位"), .records = "unit.set", .docs = docs
};
