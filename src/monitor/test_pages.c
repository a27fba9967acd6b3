/* Every page of the county, with nothing to show: the state of the first day, which nobody
 * looks at while building. */
#include "base/test.h"
#include "monitor/borrow.html.h"
#include "monitor/completeness.html.h"
#include "monitor/draw.html.h"
#include "monitor/draws.html.h"
#include "monitor/import_new.html.h"
#include "monitor/import_show.html.h"
#include "monitor/imports.html.h"
#include "monitor/indicator.html.h"
#include "monitor/map.html.h"
#include "monitor/mine.html.h"
#include "monitor/node.html.h"
#include "monitor/overview.html.h"
#include "monitor/point.html.h"
#include "monitor/point_import.html.h"
#include "monitor/point_same.html.h"
#include "monitor/points.html.h"
#include "monitor/proof.html.h"
#include "monitor/report.html.h"
#include "monitor/report_list.html.h"
#include "monitor/rule.html.h"
#include "monitor/rule_list.html.h"
#include "monitor/rule_quality.html.h"
#include "monitor/scheme.html.h"
#include "monitor/scheme_edit.html.h"
#include "monitor/scheme_import.html.h"
#include "monitor/scheme_preview.html.h"
#include "monitor/trial_score.html.h"
#include "monitor/usage.html.h"
#include "monitor/value.html.h"
#include "monitor/values_import.html.h"
#include "monitor/wall.html.h"
#include "monitor/warning.html.h"
#include "monitor/warning_list.html.h"
#include "monitor/warning_quiet.html.h"
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
    X(borrow) X(completeness) X(draw) X(draws) X(import_new) X(import_show) X(imports) X(indicator) X(map) X(mine) X(node) \
    X(overview) X(point) X(point_import) X(point_same) X(points) X(proof) X(report) X(report_list) X(rule) X(rule_list) X(rule_quality) \
    X(scheme) X(scheme_edit) X(scheme_import) X(scheme_preview) X(trial_score) X(usage) X(value) X(values_import) \
    X(wall) X(warning) X(warning_list) X(warning_quiet)
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

/* Missing numbers are NaN, so the other branch of every `if score`. */
static void pages_without_scores_are_whole(void)
{
    struct overview_page o = { .score = NAN, .change = NAN, .mean = NAN };
    check_page(&overview_kind, &o);
    struct report_page r = { .score = NAN, .change = NAN, .lo = NAN, .hi = NAN, .prev = NAN };
    check_page(&report_kind, &r);
    struct node_page n = { .score = NAN };
    check_page(&node_kind, &n);
    struct value_page v = { .value = NAN, .missing = "灭失" };
    check_page(&value_kind, &v);
}

/* Who may change things sees forms; each step of a long form is a page. */
static void forms_are_whole(void)
{
    for (int step = 1; step <= 4; step++) {
        struct scheme_import_page i = { .step = step, .error = "错", .error_field = "file" };
        if (step != 1)
            i.error_field = NULL;
        check_page(&scheme_import_kind, &i);
    }
    struct rule_page rule = { .code = "r", .may_edit = true, .op = "below", .state = "live" };
    check_page(&rule_kind, &rule);
    rule.fresh = true;
    check_page(&rule_kind, &rule);
    struct point_page point = { .code = "P001", .may_edit = true };
    check_page(&point_kind, &point);
    struct scheme_edit_node node = { .code = "n", .leaf = true, .direction = "1" };
    struct scheme_edit_page edit = { .node = &node };
    check_page(&scheme_edit_kind, &edit);
    struct scheme_preview_page preview = { .may_adopt = true };
    check_page(&scheme_preview_kind, &preview);
    struct values_import_problems problem = { .cell = "D5",
                                              .field = "cell-D5",
                                              .what = "“3O”不是数字" };
    struct values_import_page values = { .problems = &problem,
                                         .n_problems = 1,
                                         .fixable = true };
    check_page(&values_import_kind, &values);
}

T_MAIN({ "forms are whole", forms_are_whole },
       { "pages with nothing to show are whole", pages_with_nothing_to_show_are_whole },
       { "pages without scores are whole", pages_without_scores_are_whole })
