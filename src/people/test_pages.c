/* Pages of people and units, with nothing to show: whole in both languages. */
#include "base/test.h"
#include "people/account.html.h"
#include "people/account_import.html.h"
#include "people/account_list.html.h"
#include "people/activate.html.h"
#include "people/me.html.h"
#include "people/password.html.h"
#include "people/sessions.html.h"
#include "people/signin.html.h"
#include "people/slips.html.h"
#include "people/tokens.html.h"
#include "people/totp.html.h"
#include "people/totp_setup.html.h"
#include "people/unit.html.h"
#include "people/unit_import.html.h"
#include "people/unit_list.html.h"
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
    X(account) X(account_import) X(account_list) X(activate) X(me) X(password) X(sessions) \
    X(signin) X(slips) X(tokens) X(totp) X(totp_setup) X(unit) X(unit_import) X(unit_list)
/* clang-format on */

static void pages_with_nothing_to_show_are_whole(void)
{
#define X(name)                                                                                \
    {                                                                                          \
        static const struct name##_page page;                                                  \
        check_page(&name##_kind, &page);                                                       \
    }
    PAGES(X)
#undef X
}

static void forms_are_whole(void)
{
    struct account_page account = { .fresh = true };
    check_page(&account_kind, &account);
    struct unit_page unit = { .code = "u", .may_edit = true };
    check_page(&unit_kind, &unit);
    unit.fresh = true;
    check_page(&unit_kind, &unit);
    struct totp_setup_page totp = { .enabled = true, .error = "错", .error_field = "code" };
    check_page(&totp_setup_kind, &totp);
}

T_MAIN({ "forms are whole", forms_are_whole },
       { "pages with nothing to show are whole", pages_with_nothing_to_show_are_whole })
