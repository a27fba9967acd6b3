/* Pages of the four responsibilities with nothing to show: whole in both languages. */
#include "base/test.h"
#include "duty/duty.html.h"
#include "duty/duty_confirm.html.h"
#include "duty/duty_failures.html.h"
#include "duty/duty_import.html.h"
#include "duty/duty_post.html.h"
#include "duty/duty_unit.html.h"
#include "duty/duty_units.html.h"
#include "duty/first_form.html.h"
#include "duty/first_form_shown.html.h"
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
    X(duty) X(duty_confirm) X(duty_failures) X(duty_import) X(duty_post) X(duty_unit) X(duty_units) \
    X(first_form) X(first_form_shown)
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
