/* Pages of this folder with nothing to show: whole in both languages. */
#include "base/test.h"
#include "directive/ask.html.h"
#include "directive/directives.html.h"
#include "directive/instructions.html.h"
#include "directive/lookback.html.h"
#include "directive/problem_kinds.html.h"
#include "web/html_check.h"

#include <math.h>

static void check_page(const struct page_kind *kind, const void *page)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str why;

    str_init(&why, a);
    if (!page_check(kind, page, &why))
        t_fail(__FILE__, __LINE__, "%s", why.s);
}

/* clang-format off */
#define PAGES(X) \
    X(directive_ask) X(directives) X(instructions) X(lookback) X(problem_kinds)
/* clang-format on */

static void pages_with_nothing_to_show_are_whole(void){
#define X(name)                                                                                \
    {                                                                                          \
        static const struct name##_page page;                                                  \
        check_page(&name##_kind, &page);                                                       \
    }
    PAGES(X)
#undef X
}

T_MAIN({ "pages with nothing to show are whole", pages_with_nothing_to_show_are_whole })
