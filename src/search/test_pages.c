/* The page of searching: whole in both languages, with nothing to show and with everything. */
#include "base/test.h"
#include "search/search.html.h"
#include "web/html_check.h"

static void check_page(const struct search_page *page)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str why;
    str_init(&why, a);
    if (!page_check(&search_kind, page, &why))
        t_fail(__FILE__, __LINE__, "%s", why.s);
}

static void a_page_with_nothing_is_whole(void)
{
    static const struct search_page nothing;
    struct search_page none = { .text = "没有<b>", .asked = true, .kind = "unit" };
    check_page(&nothing);
    check_page(&none);
}

static void a_page_with_hits_is_whole(void)
{
    struct search_hits_name name[] = { { "清溪区", false }, { "<财政&\"局", true } };
    struct search_hits_body body[] = { { "…", false }, { "乱收费", true } };
    struct search_hits hits[] = { { .source = "unit",
                                    .source_name = "单位",
                                    .code = "CZ",
                                    .label = "CZ",
                                    .href = "/unit/CZ",
                                    .why = "名称里有",
                                    .unit_name = "财政局",
                                    .name = name,
                                    .n_name = 2,
                                    .body = body,
                                    .n_body = 2 } };
    struct search_kinds kinds[] = { { "", "全部", "/search?q=x", true },
                                    { "unit", "单位", "/search?q=x&kind=unit", false } };
    struct search_page p = { .text = "财政局",
                             .asked = true,
                             .total = 1,
                             .more = true,
                             .building = true,
                             .behind = 9,
                             .hits = hits,
                             .n_hits = 1,
                             .kinds = kinds,
                             .n_kinds = 2,
                             .next = "/search?q=x&after=1-3" };
    check_page(&p);
}

T_MAIN({ "a page with nothing is whole", a_page_with_nothing_is_whole },
       { "a page with hits is whole", a_page_with_hits_is_whole })
