/* Every page of this folder, with nothing to show: the state of the first day. */
#include "base/test.h"
#include "burden/burden.html.h"
#include "web/html_check.h"

static void pages_with_nothing_to_show_are_whole(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const struct burden_page page;
    struct str why;

    str_init(&why, a);
    if (!page_check(&burden_kind, &page, &why))
        t_fail(__FILE__, __LINE__, "%s", why.s);
}

T_MAIN({ "pages with nothing to show are whole", pages_with_nothing_to_show_are_whole })
