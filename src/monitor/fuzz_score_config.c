/* Any bytes as a configuration: a result or an error, never a crash; what is accepted can be
 * run. */
#include "base/arena.h"
#include "monitor/score_config.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static const struct scheme_row rows[] = {
        { .code = "x", .parent = "A", .level = 1, .weight = 1, .target = 12 },
        { .code = "y", .parent = "A", .level = 1, .weight = 1, .target = 3 },
        { .code = "A", .parent = "I", .level = 2, .weight = 1 },
        { .code = "I", .parent = NULL, .level = 3 },
    };
    static const double x[] = { 1, 2, 4, NAN }, y[] = { 3, 3, -1, 8 };
    static const double *const values[] = { x, y, NULL, NULL };
    static const char *const codes[] = { "a", "b", "c", "d" };
    static const int32_t group[] = { 0, 0, 1, -1 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct scheme_tree t;
    struct score_config c;
    struct engine_result r;
    if (scheme_build(rows, COUNT(rows), a, &t, &e) != RC_OK)
        return 0;
    if (score_config_parse((struct bytes){ p, n }, &t, a, &c, &e) != RC_OK)
        return 0;
    struct engine_input in = { .tree = &t,
                               .n_units = 4,
                               .unit_codes = codes,
                               .values = values,
                               .group = group,
                               .n_groups = 2 };
    if (c.engine.uncertainty.replications > 20)
        c.engine.uncertainty.replications = 20;
    if (c.engine.sensitivity.samples > 5)
        c.engine.sensitivity.samples = 5;
    if (engine_run(&in, &c.engine, a, &r, &e) == RC_OK && r.n_rows > 4)
        __builtin_trap(); /* an error is an answer, more units than given is not */
    return 0;
}
