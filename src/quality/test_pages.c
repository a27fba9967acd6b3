/* Every page of this folder, with nothing to show: the state of the first day. */
#include "base/test.h"
#include "quality/agree.html.h"
#include "quality/agree_import.html.h"
#include "quality/check_rule.html.h"
#include "quality/check_rule_import.html.h"
#include "quality/check_rules.html.h"
#include "quality/hint.html.h"
#include "quality/hint_list.html.h"
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
    X(agree) X(agree_import) X(check_rule) X(check_rule_import) X(check_rules) X(hint) X(hint_list)
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
