/* Any bytes as the file of a draw: reading ends, what was read is written the same, and only
 * what the method gives is called right. */
#include "lot/lot.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct lot l;
    struct str b;

    if (lot_parse(a, (struct bytes){ data, size }, &l, &e) != RC_OK)
        return 0;
    str_init(&b, a);
    lot_write(&l, &b);
    if (b.n != size || memcmp(b.s, data, size) != 0)
        abort();
    if (lot_verify(a, &l, &e) != RC_OK || !*l.seed)
        return 0;
    size_t k = 0;
    for (size_t i = 0; i < l.n_takes; i++)
        k += l.takes[i].k;
    if (l.n_drawn != k || k > l.n_items)
        abort();
    return 0;
}
