/* Any CSV as check rules: reading ends, and rules without a problem are whole and read back the
 * same from the table they are given as. */
#include "base/map.h"
#include "base/str.h"
#include "quality/check_rule.h"
#include "sheet/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct map *points = map_new(a);
    struct problems ps;
    struct table *t;
    struct check_rule *list, *back;
    size_t n, n_back;
    map_add(points, "P1", points);
    map_add(points, "P2", points);
    problems_init(&ps, a);
    if (csv_read(a, "f", (struct bytes){ data, size }, NULL, &t, &e) != RC_OK ||
        check_rules_from_table(t, points, a, &list, &n, &ps, &e) != RC_OK || ps.wrong)
        return 0;
    for (size_t i = 0; i < n; i++) {
        const char *field;
        if (check_rule_check(&list[i], points, &field, &e) != RC_OK)
            abort();
        (void)check_rule_words(&list[i], LANG_EN, a);
    }
    const struct table *out = check_rules_to_table(list, n, a);
    if (check_rules_from_table(out, points, a, &back, &n_back, &ps, &e) != RC_OK || ps.wrong ||
        n_back != n)
        abort();
    for (size_t i = 0; i < n; i++)
        if (!check_rule_same(&list[i], &back[i]))
            abort();
    return 0;
}
