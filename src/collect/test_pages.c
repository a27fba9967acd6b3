/* Pages of collection, with nothing to show and with much: whole in both languages. */
#include "base/test.h"
#include "collect/filing_sheet.html.h"
#include "collect/filings.html.h"
#include "collect/handing_new.html.h"
#include "collect/handing_sheet.html.h"
#include "collect/others.html.h"
#include "collect/pull.html.h"
#include "collect/pulls.html.h"
#include "collect/round.html.h"
#include "collect/round_new.html.h"
#include "collect/rounds.html.h"
#include "collect/webhook.html.h"
#include "collect/webhooks.html.h"
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

static void pages_with_nothing_to_show_are_whole(void)
{
    static const struct filing_sheet_page filing;
    static const struct filings_page filings;
    const struct round_page round = { .complete = NAN };
    static const struct round_new_page fresh;
    static const struct rounds_page rounds;
    check_page(&filing_sheet_kind, &filing);
    check_page(&filings_kind, &filings);
    static const struct handing_new_page handing;
    static const struct handing_sheet_page sheet;
    check_page(&handing_new_kind, &handing);
    check_page(&handing_sheet_kind, &sheet);
    check_page(&round_kind, &round);
    check_page(&round_new_kind, &fresh);
    check_page(&rounds_kind, &rounds);
    static const struct others_page others;
    static const struct pull_page pull;
    check_page(&others_kind, &others);
    static const struct pulls_page pulls;
    static const struct webhook_page hook;
    static const struct webhooks_page hooks;
    check_page(&pull_kind, &pull);
    check_page(&pulls_kind, &pulls);
    check_page(&webhook_kind, &hook);
    check_page(&webhooks_kind, &hooks);
}

static void a_filing_with_everything_is_whole(void)
{
    struct filing_sheet_rows_cells cell = { .field = "v:T1:P1:2026Q3",
                                            .name = "点",
                                            .asked = true,
                                            .text = "<4O>",
                                            .value = 3,
                                            .typed = true,
                                            .last = 2,
                                            .change = 1,
                                            .aside = "9",
                                            .aside_by = "李青",
                                            .problem = "不是数字",
                                            .err = true },
                                   other = { .value = NAN, .last = NAN, .change = NAN };
    struct filing_sheet_rows_cells cells[] = { cell, other };
    struct filing_sheet_rows row = { .name = "镇", .cells = cells, .n_cells = 2 };
    struct filing_sheet_columns columns[] = { { "P1", "点", "件", "2026" },
                                              { "P2", "点", "", "2026" } };
    struct filing_sheet_groups groups[] = { { "P1–P2", 0, 1, 2, true },
                                            { "P3", 1, 0, 2, false } };
    struct filing_sheet_problems problem = { .unit_name = "镇", .point_name = "点" };
    struct filing_sheet_moved moved = { .before = 1, .now = 2, .change = 1 };
    struct filing_sheet_page p = { .code = "F-1",
                                   .title = "<b>",
                                   .error = "错",
                                   .note = "说明",
                                   .state = "filling",
                                   .mark = "y",
                                   .kept_aside = true,
                                   .aside = 1,
                                   .editable = true,
                                   .may_type = true,
                                   .may_submit = true,
                                   .problems = &problem,
                                   .n_problems = 1,
                                   .groups = groups,
                                   .n_groups = 2,
                                   .columns = columns,
                                   .n_columns = 2,
                                   .rows = &row,
                                   .n_rows = 1 };
    check_page(&filing_sheet_kind, &p);
    p.state = "signing";
    p.may_type = p.may_submit = false;
    p.may_sign = p.may_check = p.may_back = p.may_take_back = true;
    p.moved = &moved;
    p.n_moved = 1;
    check_page(&filing_sheet_kind, &p);
}

T_MAIN({ "pages with nothing to show are whole", pages_with_nothing_to_show_are_whole },
       { "a filing with everything is whole", a_filing_with_everything_is_whole })
