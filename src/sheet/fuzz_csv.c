/* Any bytes: reading ends, and what was read writes and reads back the same. */
#include "sheet/csv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct table *t, *back;
    if (csv_read(a, "f.csv", (struct bytes){ data, size }, NULL, &t, &e) != RC_OK)
        return 0;
    struct str b;
    str_init(&b, a);
    csv_write(&b, t, /* bom= */ true);
    if (csv_read(a, "f.csv", (struct bytes){ (uint8_t *)b.s, b.n }, NULL, &back, &e) != RC_OK)
        abort();
    if (back->rows != t->rows || back->cols != t->cols)
        abort();
    for (size_t i = 0; i < t->rows * t->cols; i++)
        if (strcmp(t->text[i], back->text[i]) != 0)
            abort();
    return 0;
}
