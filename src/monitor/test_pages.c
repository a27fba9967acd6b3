/* Every page of the county, with nothing to show: the state of the first day, which nobody
 * looks at while building. */
#include "base/test.h"
#include "monitor/completeness.html.h"
#include "monitor/import_new.html.h"
#include "monitor/import_show.html.h"
#include "monitor/imports.html.h"
#include "monitor/indicator.html.h"
#include "monitor/map.html.h"
#include "monitor/node.html.h"
#include "monitor/overview.html.h"
#include "monitor/point.html.h"
#include "monitor/points.html.h"
#include "monitor/proof.html.h"
#include "monitor/report.html.h"
#include "monitor/report_list.html.h"
#include "monitor/rule.html.h"
#include "monitor/rule_list.html.h"
#include "monitor/scheme.html.h"
#include "monitor/scheme_edit.html.h"
#include "monitor/scheme_import.html.h"
#include "monitor/scheme_preview.html.h"
#include "monitor/value.html.h"
#include "monitor/values_import.html.h"
#include "monitor/wall.html.h"
#include "monitor/warning.html.h"
#include "monitor/warning_list.html.h"
#include "web/html_check.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static void check_page(const struct page_kind *kind, const void *page)
{
    static const enum lang langs[] = { LANG_ZH, LANG_EN };

    for (size_t i = 0; i < COUNT(langs); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct out o = { .a = a, .lang = langs[i], .csrf = "c" };
        struct str why;
        str_init(&o.b, a);
        str_init(&why, a);
        kind->html(&o, page);
        if (!html_check(o.b.s, &why))
            t_fail(__FILE__, __LINE__, "%s: %s", kind->name, why.s);
        if (!kind->title)
            t_fail(__FILE__, __LINE__, "%s has no title", kind->name);
        if (!strstr(o.b.s, "<h1"))
            t_fail(__FILE__, __LINE__, "%s has no h1", kind->name);
        if (strstr(o.b.s, "nan") || strstr(o.b.s, "(null)"))
            t_fail(__FILE__, __LINE__, "%s shows what is missing as a word of C", kind->name);
    }
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct str json;
    str_init(&json, a);
    kind->json(&json, page);
    json_t *v = json_loads(json.s, JSON_REJECT_DUPLICATES, NULL);
    if (!v)
        t_fail(__FILE__, __LINE__, "%s: not JSON: %.200s", kind->name, json.s);
    json_decref(v);
}

#define PAGES(X)                                                                               \
    X(completeness)                                                                            \
    X(import_new) X(import_show) X(imports) X(indicator) X(map) X(node) X(overview) X(point)   \
        X(points) X(proof) X(report) X(report_list) X(rule) X(rule_list) X(scheme)             \
            X(scheme_edit) X(scheme_import) X(scheme_preview) X(value) X(values_import)        \
                X(wall) X(warning) X(warning_list)

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

T_MAIN({ "pages with nothing to show are whole", pages_with_nothing_to_show_are_whole },
       { "pages without scores are whole", pages_without_scores_are_whole })
