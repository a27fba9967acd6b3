/* Every kind of matter of the program passes the model check, in both languages. */
#include "base/str.h"
#include "base/test.h"
#include "cmd/kinds.h"

static void kinds_are_whole(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str b;
    size_t n = 0;
    str_init(&b, a);
    while (matter_kinds[n])
        n++;
    CHECK(flow_kinds_check(matter_kinds, n, /* english= */ true, &b));
    CHECK_STR(b.s, "");
}

T_MAIN({ "every kind of matter passes the model check", kinds_are_whole })
