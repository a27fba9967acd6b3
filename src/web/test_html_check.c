#include "base/test.h"
#include "web/html_check.h"

#include <string.h>

static void finds_what_is_wrong(void)
{
    static const struct {
        const char *html, *why; /* NULL: nothing */
    } cases[] = {
        { "<p>a<br>b</p>", NULL },
        { "<ul><li><a href=\"/x\">x</a></li></ul>", NULL },
        { "<label for=\"n\">n</label><input id=\"n\" name=\"n\">", NULL },
        { "<label><input type=\"radio\" name=\"r\">r</label>", NULL },
        { "<input type=\"hidden\" name=\"h\" value=\"<\">", NULL },
        { "<h2 id=\"t\">t</h2><section aria-labelledby=\"t\"></section><a href=\"#t\">t</a>",
          NULL },
        { "<svg aria-hidden=\"true\"><line x1=\"0\"/></svg>", NULL },
        { "<a href=\"#main\">skip</a>", NULL },
        { "<div><p></div></p>", "</div> closes <p>" },
        { "<div>", "<div> is not closed" },
        { "</p>", "closes <nothing>" },
        { "<p><ul></ul></p>", "a paragraph is ended by <ul>" },
        { "<form><div><form></form></div></form>", "one inside another: <form>" },
        { "<a href=\"/\"><button>b</button></a>", "inside a link" },
        { "<div><li></li></div>", "outside of a list" },
        { "<i id=\"a\"></i><b id=\"a\"></b>", "an id given twice" },
        { "<section aria-labelledby=\"no\"></section>", "aria-labelledby points at \"no\"" },
        { "<a href=\"#no\">x</a>", "href points at \"no\"" },
        { "<input name=\"n\">", "a field without label" },
        { "<select id=\"s\"></select>", "the field s has no label" },
        { "<label for=\"no\">n</label>", "for points at \"no\"" },
        { "<i class=\"a\" class=\"b\"></i>", "an attribute given twice" },
        { "<i class=a></i>", "an unquoted attribute" },
        { "<svg><line/></svg>", "neither hidden nor named" },
        { "a < b", "no tag" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct str why;
        str_init(&why, a);
        bool ok = html_check(cases[i].html, &why);
        if (ok != (cases[i].why == NULL) || (cases[i].why && !strstr(why.s, cases[i].why)))
            t_fail(__FILE__, __LINE__, "%s: \"%s\"", cases[i].html, why.s);
    }
}

T_MAIN({ "finds what is wrong in HTML", finds_what_is_wrong })
