/* Any CSV as values, through a table and row by row: both end, and take the same rows. */
#include "base/str.h"
#include "monitor/values_check.h"
#include "sheet/csv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct values_unit units[] = { { "D04", "财政局" }, { "T01", "云岭镇" } };
    static const struct values_point points[] = {
        { "P1", "件数", "件", PERIOD_QUARTER, false, NULL },
        { "P2", "占比", "%", PERIOD_MONTH, false, NULL }
    };
    static const struct values_lookup look = {
        .unit = units, .n_unit = 2, .point = points, .n_point = 2
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t;
    struct values_checked c, s;
    if (csv_read(a, "f", (struct bytes){ data, size }, NULL, &t, &e) != RC_OK)
        return 0;
    enum rc one = values_check(a, t, &look, &c, &e);
    char *buf = arena_alloc(a, size + 1);
    memcpy(buf, data, size);
    enum rc two = values_check_csv(a, "f", buf, size, NULL, &look, &s, &e);
    /* The stream knows the long form with its head in the first line only. */
    if (one == RC_OK && two == RC_OK && !c.wide && c.head_row == 0 && c.n != s.n)
        abort();
    return 0;
}
