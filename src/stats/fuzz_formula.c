/* Any bytes as a formula: it compiles or says why, and what compiles evaluates and prints. */
#include "stats/formula.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Names that start with b are booleans, with n always null, with u unknown. */
static bool known(const void *arg, const char *name, enum formula_type *ret_type)
{
    *ret_type = name[0] == 'b' ? FORMULA_BOOL : name[0] == 'n' ? FORMULA_NULL : FORMULA_NUMBER;
    return name[0] != 'u';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const double values[3][3] = { { 1, NAN, 0 }, { 0, 1, NAN }, { 1, 0, 1 } };
    static const double *const rows[] = { values[0], values[1], NULL, values[2] };
    if (size > FORMULA_LENGTH_MAX + 1)
        return 0;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const struct formula *f;
    const char *text = arena_strndup(a, (const char *)data, size);
    if (formula_compile(a, text, known, NULL, &f, &e) != RC_OK) {
        if (strlen(err_message(&e, LANG_ZH, a)) == 0)
            abort();
        return 0;
    }
    const char *const *names;
    size_t n = formula_names(f, &names);
    struct formula_column *columns = arena_array(a, n, sizeof(*columns));
    for (size_t i = 0; i < n; i++)
        columns[i] = (struct formula_column){ .rows = rows,
                                              .n_rows = strlen(names[i]) % 5,
                                              .window = (strlen(names[i]) % 5 + 1) / 2 };
    double ret[3];
    if (formula_eval(f, columns, 3, a, ret, &e) != RC_OK)
        return 0;
    struct str b;
    str_init(&b, a);
    for (size_t i = 0; i < 3; i++) {
        formula_print(&b, formula_type(f), ret[i]);
        bool boolean = formula_type(f) == FORMULA_BOOL;
        if (isinf(ret[i]) || (boolean && ret[i] == ret[i] && ret[i] != 0 && ret[i] != 1))
            abort();
    }
    return 0;
}
