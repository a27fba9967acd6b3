/* A .docx is read back part by part: whole, the same every time, nothing of XML in its texts.
 */
#include "base/arena.h"
#include "base/str.h"
#include "base/test.h"
#include "print/docx.h"
#include "print/form.h"
#include "print/health_report.h"

#include <expat.h>
#include <math.h>
#include <string.h>
#include <zip.h>

/* A part of the file as text; "" when it is not there. */
static const char *part_of(struct arena *a, struct bytes docx, const char *name)
{
    zip_source_t *src = zip_source_buffer_create(docx.p, docx.n, 0, NULL);
    zip_t *z = zip_open_from_source(src, ZIP_RDONLY | ZIP_CHECKCONS, NULL);
    zip_stat_t st;
    char *text = arena_strdup(a, "");
    if (z && zip_stat(z, name, 0, &st) == 0) {
        zip_file_t *f = zip_fopen(z, name, 0);
        text = arena_alloc(a, st.size + 1);
        if (zip_fread(f, text, st.size) != (zip_int64_t)st.size)
            text[0] = '\0';
        zip_fclose(f);
    }
    if (z)
        zip_discard(z);
    return text;
}

static bool well_formed(const char *xml)
{
    XML_Parser x = XML_ParserCreate(NULL);
    bool good = XML_Parse(x, xml, (int)strlen(xml), 1) == XML_STATUS_OK;
    XML_ParserFree(x);
    return good;
}

static size_t times(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

static void every_part_is_well_formed(void)
{
    static const char *const parts[] = {
        "[Content_Types].xml", "_rels/.rels",
        "docProps/core.xml",   "word/document.xml",
        "word/styles.xml",     "word/settings.xml",
        "word/header.xml",     "word/odd.xml",
        "word/even.xml",       "word/_rels/document.xml.rels"
    };
    for (int l = LANG_ZH; l <= LANG_EN; l++) {
        CLEANUP(err_done) struct err e = { 0 };
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct health_report r;
        struct bytes docx;
        health_report_example(a, l, &r);
        CHECK_OK(health_report_docx(&r, l, a, &docx, &e));
        for (size_t i = 0; i < COUNT(parts); i++) {
            const char *xml = part_of(a, docx, parts[i]);
            CHECK(*xml != '\0');
            CHECK(well_formed(xml));
        }
    }
}

static void a_form_is_a_grid_of_names_and_texts(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct form_row rows[] = {
        { .n = 2, .cell = { { "牵头单位", "<文旅局>" }, { "期限", "" } } },
        { .n = 1, .cell = { { "要求", "一\n二" } }, .lines = 4, .sign = true },
    };
    struct bytes docx;
    CHECK_OK(form_docx(&(struct form){ .title = "督办单",
                                       .left = "左",
                                       .right = "右",
                                       .rows = rows,
                                       .n_rows = COUNT(rows),
                                       .proof = "https://x.example/proof/1" },
                       a, &docx, &e));
    const char *xml = part_of(a, docx, "word/document.xml");
    CHECK(well_formed(xml));
    CHECK_INT(times(xml, "<w:gridCol "), 4);
    CHECK_INT(times(xml, "<w:gridSpan w:val=\"3\"/>"), 1);
    CHECK_INT(times(xml, "<w:tc>"), 6);
    CHECK_PART(xml, "&lt;文旅局&gt;");
    CHECK_PART(xml, "签名：");
    CHECK_PART(part_of(a, docx, "word/_rels/document.xml.rels"), "https://x.example/proof/1");
}

static void says_what_the_report_says(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct health_report r;
    struct bytes docx;
    health_report_example(a, LANG_ZH, &r);
    CHECK_OK(health_report_docx(&r, LANG_ZH, a, &docx, &e));
    const char *text = part_of(a, docx, "word/document.xml");
    CHECK(strstr(text, health_report_title(a, &r, LANG_ZH)));
    CHECK(strstr(text, "与第12至19位之间的单位无明显差别"));
    CHECK(strstr(text, "一、预警"));
    CHECK(strstr(text, "（一）强项"));
    CHECK(strstr(text, health_report_disclaimer(LANG_ZH)));
    /* Every node and every gap has its row, every table its head. */
    for (size_t i = 0; i < r.n_nodes; i++)
        CHECK(strstr(text, r.nodes[i].name));
    for (size_t i = 0; i < r.n_gaps; i++)
        CHECK(strstr(text, r.gaps[i].name));
    CHECK_INT(times(text, "<w:tblHeader/>"), times(text, "<w:tbl>"));
    CHECK(strstr(part_of(a, docx, "word/header.xml"), "演示数据·非真实"));
    /* What is not published says so, what is real is not called a demo. */
    r.demo = false;
    r.stage = REPORT_DRAFT;
    CHECK_OK(health_report_docx(&r, LANG_ZH, a, &docx, &e));
    const char *header = part_of(a, docx, "word/header.xml");
    CHECK(strstr(header, "草稿") && !strstr(header, "演示"));
    r.stage = REPORT_TRIAL;
    CHECK_OK(health_report_docx(&r, LANG_ZH, a, &docx, &e));
    CHECK(strstr(part_of(a, docx, "word/header.xml"), "试算"));
    /* On every page: the one header is of odd and of even ones, and no page has another. */
    text = part_of(a, docx, "word/document.xml");
    CHECK_INT(times(text, "<w:sectPr>"), 1);
    CHECK(strstr(text, "<w:headerReference w:type=\"default\" r:id=\"header\"/>"));
    CHECK(strstr(text, "<w:headerReference w:type=\"even\" r:id=\"header\"/>"));
    CHECK(!strstr(text, "titlePg"));
}

/* What the parts name is there: an office asks to repair a file in which it is not. */
static void relations_hold(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct health_report r;
    struct bytes docx;
    health_report_example(a, LANG_ZH, &r);
    CHECK_OK(health_report_docx(&r, LANG_ZH, a, &docx, &e));
    const char *text = part_of(a, docx, "word/document.xml"),
               *rels = part_of(a, docx, "word/_rels/document.xml.rels"),
               *styles = part_of(a, docx, "word/styles.xml"),
               *types = part_of(a, docx, "[Content_Types].xml");
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, "r:id=\"")); n++) {
        at += 6;
        CHECK(strstr(rels, arena_printf(a, "Id=\"%.*s\"", (int)strcspn(at, "\""), at)));
    }
    CHECK(n >= 4);
    for (const char *at = rels; (at = strstr(at, "Target=\"")); n++) {
        at += 8;
        const char *name = arena_strndup(a, at, strcspn(at, "\""));
        CHECK(strstr(name, "://") || *part_of(a, docx, arena_printf(a, "word/%s", name)));
    }
    for (const char *at = text; (at = strstr(at, "Style w:val=\""));) {
        at += 13;
        CHECK(
            strstr(styles, arena_printf(a, "w:styleId=\"%.*s\"", (int)strcspn(at, "\""), at)));
    }
    for (const char *at = types; (at = strstr(at, "PartName=\"/"));) {
        at += 11;
        CHECK(*part_of(a, docx, arena_strndup(a, at, strcspn(at, "\""))));
    }
}

static void is_the_same_every_time(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct health_report r;
    struct bytes one, two;
    health_report_example(a, LANG_ZH, &r);
    CHECK_OK(health_report_docx(&r, LANG_ZH, a, &one, &e));
    CHECK_OK(health_report_docx(&r, LANG_ZH, a, &two, &e));
    CHECK(one.n == two.n && memcmp(one.p, two.p, one.n) == 0);
}

static void nothing_given_becomes_xml(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct bytes docx;
    const char *nasty = "a<w:p>&\"'\x01\x1f\xff\xed\xa0\x80]]>乡";
    struct docx *d =
        docx_begin(a, &(struct docx_config){ .title = nasty, .author = nasty, .mark = nasty });
    docx_title(d, nasty);
    docx_heading(d, 1, nasty);
    docx_pair(d, nasty, nasty);
    docx_link(d, nasty, nasty);
    docx_table(d, (struct docx_column[]){ { nasty, 1, false }, { NULL, 1, true } }, 2);
    docx_row(d, (struct docx_cell[]){ { .text = nasty }, { .text = NULL } });
    docx_table_end(d);
    CHECK_OK(docx_end(d, &docx, &e));
    const char *text = part_of(a, docx, "word/document.xml");
    CHECK(well_formed(text));
    CHECK(well_formed(part_of(a, docx, "word/header.xml")));
    CHECK(well_formed(part_of(a, docx, "docProps/core.xml")));
    CHECK(well_formed(part_of(a, docx, "word/_rels/document.xml.rels")));
    CHECK(strstr(text, "a&lt;w:p&gt;&amp;&quot;&#39;\xef\xbf\xbd") != NULL);
}

static void headings_are_numbered(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct bytes docx;
    struct docx *d = docx_begin(a, &(struct docx_config){ .lang = LANG_ZH });
    for (int i = 0; i < 21; i++)
        docx_heading(d, 1, "甲");
    docx_heading(d, 2, "乙");
    docx_heading(d, 2, "丙");
    docx_heading(d, 1, "丁");
    docx_heading(d, 2, "戊");
    CHECK_OK(docx_end(d, &docx, &e));
    const char *text = part_of(a, docx, "word/document.xml");
    CHECK(strstr(text, ">十、甲<") && strstr(text, ">十一、甲<"));
    CHECK(strstr(text, ">二十、甲<") && strstr(text, ">二十一、甲<"));
    CHECK(strstr(text, ">（二）丙<") && strstr(text, ">二十二、丁<"));
    CHECK(strstr(text, ">（一）戊<")); /* begins anew under each */
}

T_MAIN({ "a form is a grid of names and texts", a_form_is_a_grid_of_names_and_texts },
       { "every part is well formed", every_part_is_well_formed },
       { "says what the report says", says_what_the_report_says },
       { "relations hold", relations_hold },
       { "is the same every time", is_the_same_every_time },
       { "nothing given becomes XML", nothing_given_becomes_xml },
       { "headings are numbered", headings_are_numbered })
