/* The work log's pages: whole in both languages, with nothing to show and with something. */
#include "base/test.h"
#include "flow/log.html.h"
#include "web/html_check.h"
#include "worklog/work_hint.html.h"
#include "worklog/work_hints.html.h"
#include "worklog/worklog.html.h"
#include "worklog/worklog_form.html.h"
#include "worklog/worklog_matter.html.h"

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
    X(worklog) X(worklog_matter) X(work_hints) X(work_hint)
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

static void full_ones_too(void)
{
    struct log_entries_pictures picture = { "/worklog/M/thumb/a", "/worklog/M/file/a", 320,
                                            200 };
    struct log_entries_files file = { "台账.xlsx", "/worklog/M/file/b", 1000 };
    struct log_entries entry = { .code = "00",
                                 .name = "<记录>",
                                 .matter = "/worklog/M",
                                 .who = "甲",
                                 .at = { 1 },
                                 .came = { 2 },
                                 .late = true,
                                 .text = "一\n二 <&\"",
                                 .about_name = "针对乙的询问",
                                 .about_text = "什么时候",
                                 .correct = "/worklog/M?kind=correction&about=00",
                                 .reply = "/worklog/M",
                                 .ask = "/worklog/M",
                                 .pictures = &picture,
                                 .n_pictures = 1,
                                 .files = &file,
                                 .n_files = 1 };
    struct worklog_form_matters choice = { "D-1", "一件事", "廉动令", true };
    struct worklog_page p = {
        .may_write = true,
        .unit_name = "财政局",
        .error = "错",
        .form = { .kind = "entry", .name = "记一条", .matters = &choice, .n_matters = 1 },
        .log = { .entries = &entry, .n_entries = 1 }
    };
    check_page(&worklog_kind, &p);
    struct worklog_matter_page m = { .code = "D-1",
                                     .title = "一件事",
                                     .doing = true,
                                     .ended = true,
                                     .may_ask = true,
                                     .may_write = true,
                                     .form = { .kind = "answer",
                                               .name = "答复",
                                               .matter = "D-1",
                                               .about = "00",
                                               .about_name = "针对乙的询问",
                                               .about_text = "?" },
                                     .log = { .entries = &entry, .n_entries = 1 } };
    check_page(&worklog_matter_kind, &m);
}

T_MAIN({ "pages with nothing to show are whole", pages_with_nothing_to_show_are_whole },
       { "pages with much to show are whole", full_ones_too })
