/* The pages of meetings and rules, with nothing to show: whole in both languages. */
#include "base/test.h"
#include "meeting/bulletin.html.h"
#include "meeting/bulletin_figure.html.h"
#include "meeting/bulletins.html.h"
#include "meeting/checkup.html.h"
#include "meeting/meeting.html.h"
#include "meeting/meetings.html.h"
#include "meeting/regulation.html.h"
#include "meeting/regulation_import.html.h"
#include "meeting/regulations.html.h"
#include "web/html_check.h"

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
    X(bulletin) X(bulletin_figure) X(bulletins) X(checkup) X(meeting) X(meetings) X(regulation) X(regulation_import) X(regulations)
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
