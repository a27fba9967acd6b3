/* Templates as compiled: escaping for every place, formats, JSON twin, and what tplc refuses.
 */
#include "base/arena.h"
#include "base/file.h"
#include "base/test.h"
#include "web/test_page.html.h"
#include "web/web.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct web_asset asset_rows[] = { { .name = "logo.svg",
                                                 .hashed = "logo.0123.svg" } };
static const struct web_assets assets = { asset_rows, 1 };

static void sample_fill(struct sample_page *p, struct arena *a)
{
    static const char *tags[] = { "<a>", "b\"" };
    static double series[] = { 1.5, 2 };
    *p = (struct sample_page){
        .title = "T<\"'&>",
        .note = "a\nb<\r\nc",
        .link = "/x?a=1&b=\"",
        .code = "a/b 税",
        .mark = "<svg></svg>",
        .n = -7,
        .n_opt_null = true,
        .big = 10337,
        .score = 78.44,
        .v = -0.456,
        .ok = true,
        .ok_opt_null = true,
        .amount = { 679000 },
        .amount_opt_null = true,
        .at = { 1790000000000000 },
        .day = { 1790000000000000 },
        .per = period_of(PERIOD_QUARTER, 2026, 3),
        .tags = tags,
        .n_tags = 2,
        .series = series,
        .n_series = 2,
        .unit = { .code = "u", .name = "U" },
        .pager = { .total = 3, .next = "javascript:alert(1)" },
    };
    p->boss = arena_alloc(a, sizeof(*p->boss));
    p->boss->name = "B&";
    p->n_rows = 1;
    p->rows = arena_array(a, 1, sizeof(*p->rows));
    p->rows[0].total = 9;
    p->n_groups = 1;
    p->groups = arena_array(a, 1, sizeof(*p->groups));
    p->groups[0].name = "G";
    p->groups[0].n_units = 1;
    p->groups[0].units = arena_array(a, 1, sizeof(*p->groups[0].units));
    p->groups[0].units[0] =
        (struct sample_groups_units){ .code = "c1", .score = 1, .n_vals = 2 };
    p->groups[0].units[0].vals = arena_array(a, 2, sizeof(*p->groups[0].units[0].vals));
    p->groups[0].units[0].vals[1].v = 2.5;
}

static char *sample(struct arena *a, const struct sample_page *p, enum lang lang)
{
    struct out o = {
        .a = a, .lang = lang, .now = { 1790000000000000 }, .csrf = "tok\"", .assets = &assets
    };
    str_init(&o.b, a);
    sample_html(&o, p);
    /* The request_id is random: blank it out. */
    char *id = strstr(o.b.s, "name=\"request_id\" value=\"");
    if (id)
        memset(id + 25, '0', 32);
    return o.b.s;
}

/* Each line against the golden file's, so that a failure shows which. */
static void writes_html(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct err e = { 0 };
    struct bytes want;
    const char *source = getenv("JINGJIAN_SOURCE");
    struct sample_page p;
    sample_fill(&p, a);
    const char *save =
        getenv("GOLDEN_WRITE"); /* a path: write what is made, to be read and kept */
    char *html = sample(a, &p, LANG_ZH);
    if (save)
        CHECK_OK(file_write_atomic(save, html, strlen(html), &e));
    CHECK_OK(file_read(a, arena_printf(a, "%s/src/web/test_page.golden", source ? source : "."),
                       65536, &want, &e));
    size_t n, m;
    char **g = str_split(a, html, '\n', &n), **w = str_split(a, (const char *)want.p, '\n', &m);
    for (size_t i = 0; i < n && i < m; i++)
        CHECK_STR(g[i], w[i]);
    CHECK_INT(n, m);
    err_done(&e);
}

static void branches(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct sample_page p;
    sample_fill(&p, a);
    p.boss = NULL;
    p.note = "";
    p.n_tags = p.n_groups = 0;
    p.ok = false;
    p.n = 2;
    char *html = sample(a, &p, LANG_ZH);
    CHECK(strstr(html, "<p>no none d</p>"));
    CHECK(strstr(html, "<ul><li>没有标签</li></ul>"));
    CHECK(!strstr(html, "<b>"));
    CHECK(!strstr(html, " checked"));
    p.n = 4;
    p.title = "T";
    CHECK(strstr(sample(a, &p, LANG_ZH), "<p>no none c</p>"));
    p.title = "U";
    CHECK(strstr(sample(a, &p, LANG_ZH), "<p>no none </p>"));
    p.ok_opt_null = false;
    p.ok_opt = true;
    CHECK(strstr(sample(a, &p, LANG_ZH), "<p>no none c</p>"));
}

static void translated(void)
{
    static const char *const names[] = { "n", "name" };
    const int64_t one[] = { 1, 0 }, many[] = { 2, 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct out o = { .a = a };
    str_init(&o.b, a);
    const char *text = "{name} <has> {n} {no} {";
    int k;
    while ((k = out_tr_next(&o, &text, names, one, COUNT(names))) >= 0)
        str_addf(&o.b, "[%d]", k);
    CHECK_STR(o.b.s, "[1] &lt;has&gt; [0] {no} {");
    static const char *const texts[] = { "{n} {n|unit|units}, {n|is|are}.", "{n|a|b", "{n|a}",
                                         "{n|}" };
    static const char *const ones[] = { "[0] unit, is.", "a", "a", "" }, *const manys[] = {
        "[0] units, are.", "b", "", ""
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        for (int m = 0; m < 2; m++) {
            str_reset(&o.b);
            text = texts[i];
            while ((k = out_tr_next(&o, &text, names, m ? many : one, COUNT(names))) >= 0)
                str_addf(&o.b, "[%d]", k);
            CHECK_STR(o.b.s, m ? manys[i] : ones[i]);
        }
}

static void addresses(void)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        { "/a?b=c&d=e#f", "/a?b=c&amp;d=e#f" },
        { "?x=1", "?x=1" },
        { "https://example.org/a:b", "https://example.org/a:b" },
        { "mailto:a@b.c", "mailto:a@b.c" },
        { "x.json", "x.json" },
        { "a/b:c", "a/b:c" },
        { "javascript:alert(1)", "#" },
        { "JavaScript:alert(1)", "#" },
        { "java\nscript:alert(1)", "#" },
        { " javascript:alert(1)", "#" },
        { "data:text/html,x", "#" },
        { "//evil.example", "#" },
        { "/\\evil.example", "#" },
        { "\\\\evil.example", "#" },
        { "/x\"><b>'`", "/x%22%3E%3Cb%3E%27%60" },
        { "\t//evil.example", "%09//evil.example" },
        { "", "" },
        { NULL, "#" },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct out o = { .a = a };
        str_init(&o.b, a);
        out_url(&o, cases[i].in);
        CHECK_STR(o.b.s, cases[i].out);
    }
}

static void writes_json(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct sample_page p;
    sample_fill(&p, a);
    struct str b;
    str_init(&b, a);
    sample_json(&b, &p);
    CHECK_STR(
        b.s,
        "{\"title\":\"T\\u003c\\\"'&>\",\"note\":\"a\\nb\\u003c\\u000d\\nc\",\"link\":\"/"
        "x?a=1&b=\\\"\",\"code\":\"a/b 税\","
        "\"n\":-7,\"n_opt\":null,\"big\":10337,\"score\":78.44,\"v\":-0.456,\"ok\":true,\"ok_"
        "opt\":null,"
        "\"amount\":\"6790.00\",\"amount_opt\":null,\"at\":\"2026-09-21T14:13:20.000000Z\","
        "\"day\":\"2026-09-21\",\"per\":\"2026Q3\",\"tags\":[\"\\u003ca>\","
        "\"b\\\"\"],"
        "\"series\":[1.5,2],\"unit\":{\"code\":\"u\",\"name\":\"U\"},\"boss\":{\"name\":\"B&\","
        "\"phone\":null},"
        "\"pager\":{\"total\":3,\"next\":\"javascript:alert(1)\"},\"rows\":[{\"total\":9,"
        "\"next\":null}],"
        "\"groups\":[{\"name\":\"G\",\"units\":[{\"code\":\"c1\",\"score\":1,\"vals\":[{\"v\":"
        "0},{\"v\":2.5}]}]}]}");
    p = (struct sample_page){ .score = 0.0 / 0.0 };
    str_reset(&b);
    sample_json(&b, &p);
    CHECK(str_starts(b.s, "{\"title\":\"\",\"note\":null,\"link\":\"\","));
    CHECK(strstr(b.s, "\"score\":null,"));
    CHECK(strstr(b.s, "\"at\":null,"));
    CHECK(strstr(b.s, "\"tags\":[],"));
    CHECK(strstr(b.s, "\"boss\":null,"));
}

static void kind(void)
{
    CHECK_STR(sample_kind.name, "sample");
    CHECK_STR(sample_kind.body, "expert");
    CHECK_STR(sample_kind.scripts[0], "charts.js");
    CHECK(!sample_kind.scripts[1]);
    CHECK(str_starts(sample_kind.schema,
                     "{\"type\":\"object\",\"properties\":{\"title\":{\"type\":\"string\"},"
                     "\"note\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]},"));
    CHECK(!strstr(sample_kind.schema, "mark"));
}

T_MAIN({ "a template escapes for every place", writes_html },
       { "conditions and empty lists", branches },
       { "translated text keeps unknown places", translated },
       { "addresses lead nowhere dangerous", addresses },
       { "the JSON twin has the same data", writes_json }, { "the page's kind", kind })
