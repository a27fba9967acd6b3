/* Any CSV as evaluations: reading ends, and what was taken is within its limits. */
#include "base/map.h"
#include "base/str.h"
#include "quality/evaluation.h"
#include "sheet/csv.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct unit unit[] = { { .code = "T01", .name = "云岭镇" },
                           { .code = "T02", .name = "白石镇" } };
    struct map *codes = map_new(a);
    struct units us = { .all = unit, .n = COUNT(unit), .by_code = codes };
    struct problems ps;
    struct table *t;
    struct evaluations x;
    for (size_t i = 0; i < COUNT(unit); i++)
        map_add(codes, unit[i].code, &unit[i]);
    problems_init(&ps, a);
    if (csv_read(a, "f", (struct bytes){ data, size }, NULL, &t, &e) != RC_OK ||
        evaluations_from_table(t, &us, 20000, a, &x, &ps, &e) != RC_OK || ps.wrong)
        return 0;
    for (size_t i = 0; i < x.n; i++)
        if (!x.list[i].unit || !x.list[i].source || !x.list[i].period.v ||
            isinf(x.list[i].score))
            abort();
    for (size_t i = 0; i < x.n_problem; i++)
        if (x.problem[i].n < 1 || !*x.problem[i].kind || x.problem[i].found_day > 20000)
            abort();
    return 0;
}
