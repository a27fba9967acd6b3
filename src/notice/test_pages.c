/* Pages of reminders with nothing to show: whole in both languages. */
#include "base/test.h"
#include "notice/channels.html.h"
#include "notice/gateways.html.h"
#include "notice/notice_one.html.h"
#include "notice/notices.html.h"
#include "web/html_check.h"

static void check_page(const struct page_kind *kind, const void *page)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str why;
    str_init(&why, a);
    if (!page_check(kind, page, &why))
        t_fail(__FILE__, __LINE__, "%s", why.s);
}

static void pages_with_nothing_to_show_are_whole(void)
{
    static const struct channels_page channels;
    static const struct gateways_page gateways;
    static const struct notice_one_page one;
    static const struct notices_page list;
    check_page(&channels_kind, &channels);
    check_page(&gateways_kind, &gateways);
    check_page(&notice_one_kind, &one);
    check_page(&notices_kind, &list);
}

static void a_gateway_is_whole(void)
{
    struct gateways_list list[] = {
        { .code = "mail", .name = "邮件", .mail = true, .enabled = true, .address = "<&\"" },
        { .code = "sms", .name = "短信", .body = "{\"a\":\"{text}\"}", .down = "不通" },
    };
    struct gateways_page p = { .error = "错", .list = list, .n_list = 2 };
    check_page(&gateways_kind, &p);
}

T_MAIN({ "pages with nothing to show are whole", pages_with_nothing_to_show_are_whole },
       { "gateways are whole", a_gateway_is_whole })
