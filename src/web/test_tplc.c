/* What tplc refuses, with its message at the right line. The program is the first argument,
 * kept in an environment variable. */
#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA                                                                                   \
    "{# data t: x text, y real, n int, u url, b bool, m money, l[]: a text; o obj?(z text) "   \
    "#}\n"

/* Everything tplc writes on stderr for this template; "" when it takes it. */
static const char *compile(struct arena *a, const char *template)
{
    char dir[] = "/tmp/tplc-XXXXXX";
    struct err e = { 0 };
    if (!mkdtemp(dir)) {
        t_fail(__FILE__, __LINE__, "no temporary folder");
        return "";
    }
    CHECK_OK(
        file_write_atomic(arena_printf(a, "%s/t.html", dir), template, strlen(template), &e));
    FILE *f = popen(
        arena_printf(a, "cd %s && %s . t.html t.c t.h t.d 2>&1", dir, getenv("TPLC")), "r");
    char *got = arena_alloc(a, 4096);
    size_t n = f ? fread(got, 1, 4095, f) : 0;
    got[n] = '\0';
    int status = f ? pclose(f) : -1;
    CHECK((status == 0) == (n == 0));
    static const char *const made[] = { "t.html", "t.c", "t.h", "t.d" };
    for (size_t i = 0; i < COUNT(made); i++)
        (void)unlink(arena_printf(a, "%s/%s", dir, made[i])); /* absent after a refusal */
    (void)rmdir(dir);
    err_done(&e);
    return got;
}

static void refuses(void)
{
    static const struct {
        const char *template, *message;
    } cases[] = {
        { "<p>{{ x }}</p>", "t.html:1: error: a template begins with" },
        { DATA "<p>{{ nope }}</p>", "t.html:2: error: nope is not in the data line" },
        { DATA "\n\n{% for i in l %}{{ i.q }}{% end %}", "t.html:4: error: i has no member q" },
        { DATA "<script>{{ x }}</script>", "inline script" },
        { DATA "<script src=\"/x.js\">{{ x }}</script>", "inside <script> is refused" },
        { DATA "<script type=\"application/json\">{{ x }}</script>", "use | json" },
        { DATA "<style>a{}</style>", "<style> is refused" },
        { DATA "<p style=\"color:red\">", "attribute style is refused" },
        { DATA "<p onclick=\"x()\">", "attribute onclick is refused" },
        { DATA "<p ONclick=\"{{ x }}\">", "attribute onclick is refused" },
        { DATA "<p class={{ x }}>", "unquoted attribute" },
        { DATA "<p class=a>", "must be in quotes" },
        { DATA "<p {{ x }}>", "outside an attribute's value" },
        { DATA "<{{ x }}>", "begins no tag" },
        { DATA "<a href=\"{{ x }}\">", "an address begins with" },
        { DATA "<a href=\"{{ x | url }}\">", "an address begins with" },
        { DATA "<a href=\"{{ u }}\">", "write {{ u | url }}" },
        { DATA "<a href=\"javascript:{{ x }}\">", "an address must begin" },
        { DATA "<a href=\"//{{ x }}\">", "an address must begin" },
        { DATA "<a href=\"{% if b %}/{% else %}javascript:{% end %}{{ x }}\">",
          "an address must begin" },
        { DATA "<form action='{{ x }}'>", "an address begins with" },
        { DATA "<iframe srcdoc=\"{{ x }}\">", "srcdoc is refused" },
        { DATA "<img srcset=\"{{ x }}\">", "srcset is refused" },
        { DATA "{{ y }}", "y needs a formatter" },
        { DATA "{{ m }}", "m needs a formatter" },
        { DATA "{{ b }}", "b needs a formatter" },
        { DATA "{{ y | yuan }}", "y cannot be shown as yuan" },
        { DATA "{{ y | pretty }}", "no formatter pretty" },
        { DATA "{{ y | real }}", "number of decimals" },
        { DATA "{{ l }}", "l is a list" },
        { DATA "{{ l.a }}", "l is a list" },
        { DATA "{{ o.z }}", "o may be absent" },
        { DATA "{% if not o %}{{ o.z }}{% end %}", "o may be absent" },
        { DATA "{% if o or b %}{{ o.z }}{% end %}", "o may be absent" },
        { DATA "{% if o %}{% else %}{{ o.z }}{% end %}", "o may be absent" },
        { DATA "{{ x | raw }}", "reviewed" },
        { DATA "{{ x | raw }}{# fine #}", "reviewed" },
        { DATA "{{ x | raw }}{# reviewed: #}", "name of its reviewer" },
        { DATA "<p title=\"{{ x | raw }}{# reviewed: a #}\">", "belongs into text" },
        { DATA "<p>中文</p>", "outside {_ _}" },
        { DATA "<p title=\"中\">", "outside {_ _}" },
        { DATA "{_ <b>中</b> _}", "only text and {{ fields }}" },
        { DATA "{_ 中", "{_ without _}" },
        { DATA "{% if b %}<p{% end %}>", "same place of the HTML" },
        { DATA "{% for i in l %}<p class=\"{% end %}", "same place of the HTML" },
        { DATA "{% if b %}<textarea>{% end %}", "same place of the HTML" },
        { DATA "<p on{% if b %}click{% end %}=\"x\">", "put a space there" },
        { DATA "<p o{% if b %}n{% end %}click=\"x\">", "put a space there" },
        { DATA "<sc{% if b %}ript{% end %}>", "put a space there" },
        { DATA "{% if b %}", "t.html:2: error: not closed" },
        { DATA "{% end %}", "end without its beginning" },
        { DATA "{% for x in l %}{% end %}", "already a field" },
        { DATA "{% for i in x %}{% end %}", "not a list" },
        { DATA "{% if x == 3 %}{% end %}", "not a number" },
        { DATA "{% if n == \"3\" %}{% end %}", "not a text" },
        { DATA "{% if n == x %}{% end %}", "different types" },
        { DATA "{% frob %}", "no {% frob %}" },
        { DATA "{# open", "{# without #}" },
        { DATA "<!-- x -->", "use {# … #}" },
        { DATA "a < b", "write &lt;" },
        { DATA "<base href=\"/\">", "<base> is refused" },
        { DATA "<p class=\"a", "ends inside" },
        { DATA "{% include \"none\" %}", "cannot be opened" },
        { "{# data t: x text, x int #}", "x is declared twice" },
        { "{# data t: x[] text, n_x int #}", "n_x is declared twice" },
        { "{# data t: x txt #}", "unknown type txt" },
        { "{# data t: if text #}", "reserved word" },
        { "{# data t: X text #}", "expected a field's name" },
        { "{# data t: a(b(c(d(e(f text))))) #}", "nested deeper" },
        { "{# data t: a[] text? #}", "a list is empty, not optional" },
        { "{# data t: x text", "expected" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        const char *got = compile(a, cases[i].template);
        if (!strstr(got, cases[i].message))
            t_fail(__FILE__, __LINE__, "case %zu gave \"%.*s\", want \"%s\"", i,
                   (int)strcspn(got, "\n"), got, cases[i].message);
    }
}

static void takes(void)
{
    static const char *const cases[] = {
        DATA "<a href=\"{{ u | url }}?x={{ x }}\">a</a><a href=\"?p={{ n }}\">b</a><a "
             "href=\"https://a.b/{{ x }}\">c</a>",
        DATA
        "{% if o and b %}{{ o.z }}{% end %}{% if o %}{% if b %}{{ o.z }}{% end %}{% end %}",
        DATA "<p{% if b %} hidden{% end %}><br/><input disabled value='{{ x }}'>",
        DATA "<textarea>{{ x }}</textarea><title>{{ x }}</title><pre>{{ x }}\n</pre>",
        DATA "{_ 有 {{ n }} 个 _}<p title=\"{_ 有 {{ n }} 个 _}\">",
        "{# data empty #}",
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT(cases); i++)
        CHECK_STR(compile(a, cases[i]), "");
}

T_MAIN({ "tplc refuses what is unsafe or wrong, naming the line", refuses },
       { "tplc takes what is safe", takes })
