/* Any CSV as a county's sheet, its first line the map: reading ends, and what comes out is one
 * tree. */
#include "base/str.h"
#include "monitor/scheme_sheet.h"
#include "sheet/csv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct sheet_limits small = { .bytes = 1 << 16,
                                               .unzipped = 1 << 16,
                                               .rows = 500,
                                               .cols = 40,
                                               .cells = 4000,
                                               .cell = 2000,
                                               .sheets = 1 };
    static const struct values_unit units[] = { { "D04", "财政局" }, { "D35", "区委办" } };
    static const char *const groups[] = { "乡镇街道", "综合经济", "党群机关" };
    static const struct sheet_context c = { units, 2, groups, 3 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
    if (!line)
        return 0;
    const char *json = arena_strndup(a, (const char *)data, (size_t)(line - data));
    struct table *t;
    struct sheet_map m;
    struct sheet_scheme s;
    if (csv_read(a, "f", (struct bytes){ line + 1, size - (size_t)(line + 1 - data) }, &small,
                 &t, &e) != RC_OK)
        return 0;
    struct book b = { &t, 1 };
    if (sheet_map_read(a, &b, "f", json, &m, &e) != RC_OK ||
        scheme_sheet_read(a, &m, &c, "X", "x", &s, &e) != RC_OK)
        return 0;
    for (size_t i = 1; i < s.n; i++)
        if (s.node[i].parent >= i || s.node[s.node[i].parent].n.level <= s.node[i].n.level ||
            !(s.node[i].n.weight > 0) || !s.node[i].n.code[0])
            abort();
    (void)scheme_sheet_write(a, scheme_sheet_nodes(a, &s), s.n, &c);
    (void)scheme_sheet_points(a, scheme_sheet_nodes(a, &s), s.n, map_new(a), map_new(a));
    (void)sheet_map_json(a, &m);
    return 0;
}
