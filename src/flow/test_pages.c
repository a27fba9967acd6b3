/* Pages of matters, with nothing to show and with much: whole in both languages. */
#include "base/test.h"
#include "flow/agenda.html.h"
#include "flow/away.html.h"
#include "flow/board.html.h"
#include "flow/calendar.html.h"
#include "flow/handover.html.h"
#include "flow/inbox.html.h"
#include "flow/matter.html.h"
#include "flow/matter_new.html.h"
#include "flow/statistics.html.h"
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
    X(agenda) X(away) X(board) X(calendar) X(handover) X(inbox) X(matter) X(matter_new) X(statistics)
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

static void a_form_of_every_field_is_whole(void)
{
    static const char *const inputs[] = { "lines", "select", "many", "files",
                                          "day",   "bool",   "text", "number" };
    struct field_form_fields fields[COUNT(inputs)];
    struct field_form_fields_options option = { "a", "甲", true };
    struct matter_doing doing = {
        .verb = "sign", .name = "签收", .help = "x", .final_act = true
    };
    for (size_t i = 0; i < COUNT(inputs); i++)
        fields[i] = (struct field_form_fields){ .code = inputs[i],
                                                .name = "栏",
                                                .help = "帮",
                                                .input = inputs[i],
                                                .value = "<&\"",
                                                .required = i % 2,
                                                .max = 10,
                                                .options = &option,
                                                .n_options = 1 };
    struct matter_page p = { .code = "E-1",
                             .title = "<b>",
                             .error = "错",
                             .doing = &doing,
                             .form = { .fields = fields, .n_fields = COUNT(inputs) },
                             .may_hand = true,
                             .handing = true,
                             .gap_year = 2027 };
    check_page(&matter_kind, &p);
}

T_MAIN({ "pages with nothing to show are whole", pages_with_nothing_to_show_are_whole },
       { "a form of every field is whole", a_form_of_every_field_is_whole })
