/*
 * WordprocessingML (ECMA-376) as text, packed by libzip. The one idea: only a handful of
 * paragraph styles and one table style are used, so that an office can change them all in one
 * place.
 */
#include "print/docx.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"

#include <string.h>
#include <zip.h>

/* Lengths in twips, 1/1440 inch; GB/T 9704-2012, 5 and 7.1. */
enum {
    PAGE_W = 11906,
    PAGE_H = 16838,
    MARGIN_TOP = 2098,    /* 37 mm */
    MARGIN_LEFT = 1588,   /* 28 mm */
    MARGIN_RIGHT = 1474,  /* 26 mm: 156 mm of type */
    MARGIN_BOTTOM = 1984, /* 35 mm: 225 mm of type */
    TEXT_W = PAGE_W - MARGIN_LEFT - MARGIN_RIGHT,
    LINE = 579, /* 22 lines a page */
    DENSE_LINE = 270,
    DENSE_MARGIN = 1200, /* above and below, of what has to be one page */
    DENSE_SIDE = 1020,   /* left and right of it */
    INDENT_A_LEVEL = 160,
};

struct docx {
    struct arena *a;
    struct docx_config c;
    struct str body, links;
    int n_links, heading[2];
    struct docx_column columns[DOCX_COLUMNS_MAX];
    size_t n_columns;
};

/* How wide its lines are. */
static int text_w(const struct docx *d)
{
    return d->c.dense ? PAGE_W - 2 * DENSE_SIDE : TEXT_W;
}

/* Text of XML: escaped, bad UTF-8 as U+FFFD, without what XML cannot hold. */
static void xml_text(struct str *b, const char *s)
{
    if (!s)
        return;
    for (const char *end = s + strlen(s); s < end;) {
        size_t n;
        uint32_t cp = utf8_next(s, end, &n);
        if (cp == 0xfffd)
            utf8_add(b, cp);
        else if ((cp >= 0x20 && cp != 0xfffe && cp != 0xffff) || cp == '\t' || cp == '\n')
            html_textn(b, s, n);
        s += n;
    }
}

struct docx *docx_begin(struct arena *a, const struct docx_config *c)
{
    struct docx *d = arena_alloc(a, sizeof(*d));
    *d = (struct docx){ .a = a, .c = *c };
    str_init(&d->body, a);
    str_init(&d->links, a);
    return d;
}

static void run_of(struct docx *d, const char *text, bool strong)
{
    str_add(&d->body, "<w:r>");
    if (strong)
        str_add(&d->body, "<w:rPr><w:b/></w:rPr>");
    str_add(&d->body, "<w:t xml:space=\"preserve\">");
    xml_text(&d->body, text);
    str_add(&d->body, "</w:t></w:r>");
}

static void paragraph(struct docx *d, const char *style, const char *text)
{
    str_addf(&d->body, "<w:p><w:pPr><w:pStyle w:val=\"%s\"/></w:pPr>", style);
    run_of(d, text, false);
    str_add(&d->body, "</w:p>");
}

void docx_title(struct docx *d, const char *text)
{
    paragraph(d, "Title", text);
}

/* 1 to 99 as 一 to 九十九. */
static const char *han_number(struct arena *a, int n)
{
    static const char *const digits[] = { "",   "一", "二", "三", "四",
                                          "五", "六", "七", "八", "九" };
    if (n < 10)
        return digits[n];
    return arena_printf(a, "%s十%s", n < 20 ? "" : digits[n / 10 % 10], digits[n % 10]);
}

void docx_heading(struct docx *d, int level, const char *text)
{
    const char *number;
    int *n = &d->heading[level - 1];
    *n += *n < DOCX_HEADINGS_MAX;
    if (level == 1)
        d->heading[1] = 0;
    if (d->c.lang == LANG_EN)
        number = level == 1 ? arena_printf(d->a, "%d. ", *n)
                            : arena_printf(d->a, "%d.%d ", d->heading[0], *n);
    else
        number = level == 1 ? arena_printf(d->a, "%s、", han_number(d->a, *n))
                            : arena_printf(d->a, "（%s）", han_number(d->a, *n));
    paragraph(d, level == 1 ? "Heading1" : "Heading2",
              arena_printf(d->a, "%s%s", number, text));
}

void docx_text(struct docx *d, const char *text)
{
    paragraph(d, "Normal", text);
}

static void pair_begin(struct docx *d, const char *name)
{
    str_add(&d->body, "<w:p><w:pPr><w:pStyle w:val=\"Pair\"/></w:pPr>");
    run_of(d, arena_printf(d->a, "%s%s", name, d->c.lang == LANG_EN ? ": " : "："),
           /* strong= */ true);
}

void docx_pair(struct docx *d, const char *name, const char *text)
{
    pair_begin(d, name);
    run_of(d, text, false);
    str_add(&d->body, "</w:p>");
}

void docx_link(struct docx *d, const char *name, const char *url)
{
    pair_begin(d, name);
    str_addf(&d->links,
             "<Relationship Id=\"link%d\" Type=\"http://schemas.openxmlformats.org/"
             "officeDocument/2006/relationships/hyperlink\" TargetMode=\"External\" Target=\"",
             ++d->n_links);
    xml_text(&d->links, url);
    str_add(&d->links, "\"/>");
    str_addf(&d->body, "<w:hyperlink r:id=\"link%d\">", d->n_links);
    run_of(d, url, false);
    str_add(&d->body, "</w:hyperlink></w:p>");
}

/* ---- tables ---- */

static void cell(struct docx *d, size_t i, const struct docx_cell *c, bool head)
{
    str_add(&d->body, "<w:tc><w:p><w:pPr><w:pStyle w:val=\"Cell\"/>");
    if (c->indent > 0)
        str_addf(&d->body, "<w:ind w:left=\"%d\"/>", c->indent * INDENT_A_LEVEL);
    str_addf(&d->body, "<w:jc w:val=\"%s\"/></w:pPr>",
             head                    ? "center"
             : d->columns[i].numbers ? "right"
                                     : "left");
    if (c->text && *c->text)
        run_of(d, c->text, head || c->strong);
    str_add(&d->body, "</w:p></w:tc>");
}

void docx_table(struct docx *d, const struct docx_column *columns, size_t n)
{
    int shares = 0;
    d->n_columns = n < DOCX_COLUMNS_MAX ? n : DOCX_COLUMNS_MAX;
    for (size_t i = 0; i < d->n_columns; i++) {
        d->columns[i] = columns[i];
        shares += columns[i].share;
    }
    str_addf(&d->body,
             "<w:tbl><w:tblPr><w:tblStyle w:val=\"Grid\"/><w:tblW w:w=\"%d\" w:type=\"dxa\"/>"
             "<w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>",
             text_w(d));
    for (size_t i = 0; i < d->n_columns; i++)
        str_addf(&d->body, "<w:gridCol w:w=\"%d\"/>",
                 text_w(d) * columns[i].share / (shares > 0 ? shares : 1));
    str_add(&d->body, "</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
    for (size_t i = 0; i < d->n_columns; i++)
        cell(d, i, &(struct docx_cell){ .text = columns[i].head }, /* head= */ true);
    str_add(&d->body, "</w:tr>");
}

void docx_row(struct docx *d, const struct docx_cell *cells)
{
    str_add(&d->body, "<w:tr><w:trPr><w:cantSplit/></w:trPr>");
    for (size_t i = 0; i < d->n_columns; i++)
        cell(d, i, &cells[i], /* head= */ false);
    str_add(&d->body, "</w:tr>");
}

void docx_table_end(struct docx *d)
{
    /* Two tables that touch would be one. */
    str_add(&d->body, "</w:tbl><w:p><w:pPr><w:pStyle w:val=\"Cell\"/></w:pPr></w:p>");
}

/* ---- forms ---- */

enum { FORM_GRID = 4, FORM_NAME_W = 1700, FORM_LINE = 400 };

void docx_form(struct docx *d)
{
    int value = (TEXT_W - 2 * FORM_NAME_W) / 2;

    str_addf(&d->body,
             "<w:tbl><w:tblPr><w:tblStyle w:val=\"Grid\"/><w:tblW w:w=\"%d\" w:type=\"dxa\"/>"
             "<w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>",
             text_w(d));
    for (int i = 0; i < FORM_GRID; i++)
        str_addf(&d->body, "<w:gridCol w:w=\"%d\"/>", i % 2 ? value : FORM_NAME_W);
    str_add(&d->body, "</w:tblGrid>");
}

static void form_paragraph(struct docx *d, const char *text, const char *align, bool strong)
{
    str_addf(&d->body, "<w:p><w:pPr><w:pStyle w:val=\"Form\"/><w:jc w:val=\"%s\"/></w:pPr>",
             align);
    if (*text)
        run_of(d, text, strong);
    str_add(&d->body, "</w:p>");
}

static void form_cell(struct docx *d, int width, int span, const char *middle)
{
    str_addf(&d->body, "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/>", width);
    if (span > 1)
        str_addf(&d->body, "<w:gridSpan w:val=\"%d\"/>", span);
    str_addf(&d->body, "<w:vAlign w:val=\"%s\"/></w:tcPr>", middle);
}

void docx_form_row(struct docx *d, const struct docx_field *fields, size_t n, int lines,
                   const char *sign)
{
    int half = (TEXT_W - 2 * FORM_NAME_W) / 2, high = lines + (sign != NULL);
    size_t parts;

    str_addf(
        &d->body,
        "<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val=\"%d\" w:hRule=\"atLeast\"/></w:trPr>",
        (high > 1 ? high : 1) * FORM_LINE + 80);
    for (size_t i = 0; i < n; i++) {
        form_cell(d, FORM_NAME_W, 1, "center");
        form_paragraph(d, fields[i].name, "center", true);
        str_add(&d->body, "</w:tc>");
        form_cell(d, n == 1 ? TEXT_W - FORM_NAME_W : half, n == 1 ? FORM_GRID - 1 : 1,
                  lines > 1 || sign ? "top" : "center");
        char **text = str_split(d->a, fields[i].text ? fields[i].text : "", '\n', &parts);
        for (size_t k = 0; k < parts; k++)
            form_paragraph(d, text[k], "left", false);
        for (int k = (int)parts; sign && k < lines; k++)
            form_paragraph(d, "", "left", false);
        if (sign)
            form_paragraph(d, sign, "right", false);
        str_add(&d->body, "</w:tc>");
    }
    str_add(&d->body, "</w:tr>");
}

void docx_ends(struct docx *d, const char *left, const char *right)
{
    str_addf(&d->body,
             "<w:p><w:pPr><w:pStyle w:val=\"Form\"/><w:tabs><w:tab w:val=\"right\" "
             "w:pos=\"%d\"/></w:tabs></w:pPr>",
             text_w(d));
    run_of(d, left, false);
    str_add(&d->body, "<w:r><w:tab/></w:r>");
    run_of(d, right, false);
    str_add(&d->body, "</w:p>");
}

void docx_small(struct docx *d, const char *text)
{
    paragraph(d, "Cell", text);
}

/* ---- the parts of the file ---- */

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define W "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define R "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define ML "application/vnd.openxmlformats-officedocument.wordprocessingml."

static const char content_types[] = XML
    "<Types xmlns=\"" PACKAGE "content-types\">"
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package."
    "relationships+xml\"/>"
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    "<Override PartName=\"/word/document.xml\" ContentType=\"" ML "document.main+xml\"/>"
    "<Override PartName=\"/word/styles.xml\" ContentType=\"" ML "styles+xml\"/>"
    "<Override PartName=\"/word/settings.xml\" ContentType=\"" ML "settings+xml\"/>"
    "<Override PartName=\"/word/header.xml\" ContentType=\"" ML "header+xml\"/>"
    "<Override PartName=\"/word/odd.xml\" ContentType=\"" ML "footer+xml\"/>"
    "<Override PartName=\"/word/even.xml\" ContentType=\"" ML "footer+xml\"/>"
    "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-"
    "package.core-properties+xml\"/></Types>";

static const char package_rels[] = XML
    "<Relationships xmlns=\"" PACKAGE "relationships\">"
    "<Relationship Id=\"doc\" Type=\"" OFFICE "officeDocument\" Target=\"word/document.xml\"/>"
    "<Relationship Id=\"core\" Type=\"" PACKAGE "relationships/metadata/core-properties\" "
    "Target=\"docProps/core.xml\"/></Relationships>";

static const char settings[] = XML "<w:settings " W "><w:evenAndOddHeaders/><w:characterSpacing"
                                   "Control w:val=\"compressPunctuation\"/></w:settings>";

/* Sizes are half points: 三号 32, 二号 44, 小四 24, 四号 28. */
#define FONT(east, size)                                                                       \
    "<w:rPr><w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" "                \
    "w:eastAsia=\"" east "\"/><w:sz w:val=\"" size "\"/><w:szCs w:val=\"" size "\"/></w:rPr>"
#define STYLE(id, name, ppr, rpr)                                                              \
    "<w:style w:type=\"paragraph\" w:styleId=\"" id "\"><w:name w:val=\"" name                 \
    "\"/><w:basedOn w:val=\"Normal\"/><w:pPr>" ppr "</w:pPr>" rpr "</w:style>"
static const char styles[] = XML
    "<w:styles " W "><w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\">"
    "<w:name w:val=\"Normal\"/><w:pPr><w:spacing w:before=\"0\" w:after=\"0\" w:line=\"579\" "
    "w:lineRule=\"exact\"/><w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/>"
    "<w:jc w:val=\"both\"/></w:pPr>" FONT("仿宋", "32") "</w:style>" STYLE(
        "Title", "Title",
        "<w:spacing w:after=\"579\" w:line=\"680\" w:lineRule=\"exact\"/>"
        "<w:ind w:firstLineChars=\"0\" w:firstLine=\"0\"/><w:jc w:val=\"center\"/>",
        FONT("方正小标宋简体",
             "44")) STYLE("Heading1", "heading 1", "<w:keepNext/><w:outlineLvl w:val=\"0\"/>",
                          FONT("黑体", "32")) STYLE("Heading2", "heading 2",
                                                    "<w:keepNext/><w:outlineLvl w:val=\"1\"/>",
                                                    FONT("楷体", "32"))
        STYLE("Pair", "Pair",
              "<w:ind w:firstLineChars=\"0\" w:firstLine=\"0\"/><w:jc w:val=\"left\"/>",
              FONT("仿宋", "32")) STYLE("Cell", "Cell",
                                        "<w:spacing w:line=\"360\" w:lineRule=\"exact\"/>"
                                        "<w:ind w:firstLineChars=\"0\" "
                                        "w:firstLine=\"0\"/><w:jc w:val=\"left\"/>",
                                        FONT("仿宋", "24"))
            STYLE("Form", "Form",
                  "<w:spacing w:line=\"400\" w:lineRule=\"exact\"/>"
                  "<w:ind w:firstLineChars=\"0\" w:firstLine=\"0\"/><w:jc w:val=\"left\"/>",
                  FONT("仿宋", "28"))
                STYLE(
                    "Foot", "footer",
                    "<w:spacing w:line=\"400\" w:lineRule=\"exact\"/>"
                    "<w:ind w:firstLineChars=\"0\" w:firstLine=\"0\"/>",
                    FONT(
                        "宋体",
                        "28")) "<w:style w:type=\"table\" w:styleId=\"Grid\"><w:name "
                               "w:val=\"Table Grid\"/><w:tblPr>"
                               "<w:tblBorders><w:top w:val=\"single\" w:sz=\"4\"/><w:left "
                               "w:val=\"single\" w:sz=\"4\"/>"
                               "<w:bottom w:val=\"single\" w:sz=\"4\"/><w:right "
                               "w:val=\"single\" w:sz=\"4\"/>"
                               "<w:insideH w:val=\"single\" w:sz=\"4\"/><w:insideV "
                               "w:val=\"single\" w:sz=\"4\"/>"
                               "</w:tblBorders><w:tblCellMar><w:left w:w=\"80\" "
                               "w:type=\"dxa\"/>"
                               "<w:right w:w=\"80\" "
                               "w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style></w:styles>";

/* The same styles smaller and closer, for what has to be one page. */
static const char *styles_of(struct docx *d)
{
    static const char *const swaps[][2] = {
        { "w:after=\"579\" w:line=\"680\"", "w:after=\"120\" w:line=\"520\"" },
        { "w:line=\"579\"", "w:line=\"420\"" },
        { "w:line=\"360\"", "w:line=\"270\"" },
        { "w:val=\"44\"", "w:val=\"36\"" },
        { "w:val=\"32\"", "w:val=\"26\"" },
        { "w:val=\"24\"", "w:val=\"20\"" },
    };
    struct str b;
    if (!d->c.dense)
        return styles;
    str_init(&b, d->a);
    for (const char *s = styles; *s;) {
        const char *const *swap = NULL;
        for (size_t i = 0; i < COUNT(swaps) && !swap; i++)
            swap = strncmp(s, swaps[i][0], strlen(swaps[i][0])) == 0 ? swaps[i] : NULL;
        if (swap)
            str_add(&b, swap[1]);
        else
            str_addn(&b, s, 1);
        s += swap ? strlen(swap[0]) : 1;
    }
    return b.s;
}

/* What stands across every page, as Word writes its own watermarks. */
static const char *header(struct docx *d)
{
    struct str b;
    str_init(&b, d->a);
    str_add(&b, XML "<w:hdr " W " xmlns:v=\"urn:schemas-microsoft-com:vml\" "
                    "xmlns:o=\"urn:schemas-microsoft-com:office:office\"><w:p><w:pPr>"
                    "<w:pStyle w:val=\"Cell\"/><w:jc w:val=\"center\"/></w:pPr>");
    if (d->c.mark && *d->c.mark) {
        str_add(
            &b,
            "<w:r><w:pict><v:shapetype id=\"t136\" coordsize=\"21600,21600\" o:spt=\"136\" "
            "path=\"m@7,l@8,m@5,21600l@6,21600e\"><v:path textpathok=\"t\"/><v:textpath "
            "on=\"t\" fitshape=\"t\"/></v:shapetype><v:shape id=\"mark\" type=\"#t136\" "
            "style=\"position:absolute;width:420pt;height:60pt;rotation:315;"
            "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
            "mso-position-vertical:center;mso-position-vertical-relative:margin;z-index:-1\" "
            "fillcolor=\"#d9d9d9\" stroked=\"f\"><v:textpath string=\"");
        xml_text(&b, d->c.mark);
        str_add(&b, "\" style=\"font-family:&quot;黑体&quot;\"/></v:shape></w:pict></w:r>"
                    "<w:r><w:t>");
        xml_text(&b, d->c.mark);
        str_add(&b, "</w:t></w:r>");
    }
    str_add(&b, "</w:p></w:hdr>");
    return b.s;
}

/* — 1 —, on the outer side, one character in. */
static const char *footer(struct docx *d, bool odd)
{
    struct str b;
    str_init(&b, d->a);
    str_add(&b, XML "<w:ftr " W ">");
    if (d->c.foot && *d->c.foot) {
        str_add(&b, "<w:p><w:pPr><w:pStyle w:val=\"Cell\"/><w:jc w:val=\"center\"/></w:pPr>"
                    "<w:r><w:t>");
        xml_text(&b, d->c.foot);
        str_add(&b, "</w:t></w:r></w:p>");
    }
    str_addf(&b,
             "<w:p><w:pPr><w:pStyle w:val=\"Foot\"/><w:ind w:%sChars=\"100\" w:%s=\"280\" "
             "w:firstLineChars=\"0\" w:firstLine=\"0\"/><w:jc w:val=\"%s\"/></w:pPr>"
             "<w:r><w:t xml:space=\"preserve\">— </w:t></w:r><w:r><w:fldChar "
             "w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r>"
             "<w:fldChar w:fldCharType=\"end\"/></w:r><w:r><w:t xml:space=\"preserve\"> —</w:t>"
             "</w:r></w:p></w:ftr>",
             odd ? "right" : "left", odd ? "right" : "left", odd ? "right" : "left");
    return b.s;
}

static const char *document(struct docx *d)
{
    struct str b;
    str_init(&b, d->a);
    str_add(&b, XML "<w:document " W " " R "><w:body>");
    str_addn(&b, d->body.s, d->body.n);
    str_addf(&b,
             "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"header\"/>"
             "<w:headerReference w:type=\"even\" r:id=\"header\"/>"
             "<w:footerReference w:type=\"default\" r:id=\"odd\"/>"
             "<w:footerReference w:type=\"even\" r:id=\"even\"/>"
             "<w:pgSz w:w=\"%d\" w:h=\"%d\"/><w:pgMar w:top=\"%d\" w:right=\"%d\" "
             "w:bottom=\"%d\" w:left=\"%d\" w:header=\"851\" w:footer=\"992\" w:gutter=\"0\"/>"
             "<w:docGrid w:type=\"%s\" w:linePitch=\"%d\"/></w:sectPr></w:body></w:document>",
             PAGE_W, PAGE_H, d->c.dense ? DENSE_MARGIN : MARGIN_TOP,
             d->c.dense ? DENSE_SIDE : MARGIN_RIGHT, d->c.dense ? DENSE_MARGIN : MARGIN_BOTTOM,
             d->c.dense ? DENSE_SIDE : MARGIN_LEFT, d->c.dense ? "default" : "lines",
             d->c.dense ? DENSE_LINE : LINE);
    return b.s;
}

static const char *document_rels(struct docx *d)
{
    static const char *const parts[][2] = { { "styles", "styles" },
                                            { "settings", "settings" },
                                            { "header", "header" },
                                            { "odd", "footer" },
                                            { "even", "footer" } };
    struct str b;
    str_init(&b, d->a);
    str_add(&b, XML "<Relationships xmlns=\"" PACKAGE "relationships\">");
    for (size_t i = 0; i < COUNT(parts); i++)
        str_addf(&b, "<Relationship Id=\"%s\" Type=\"" OFFICE "%s\" Target=\"%s.xml\"/>",
                 parts[i][0], parts[i][1], parts[i][0]);
    str_addn(&b, d->links.s, d->links.n);
    str_add(&b, "</Relationships>");
    return b.s;
}

static const char *core(struct docx *d)
{
    struct str b;
    char at[TIME_TEXT];
    str_init(&b, d->a);
    str_add(&b, XML "<cp:coreProperties xmlns:cp=\"" PACKAGE "metadata/core-properties\" "
                    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
                    "xmlns:dcterms=\"http://purl.org/dc/terms/\" "
                    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>");
    xml_text(&b, d->c.title);
    str_add(&b, "</dc:title><dc:subject>");
    xml_text(&b, d->c.subject);
    str_add(&b, "</dc:subject><dc:creator>");
    xml_text(&b, d->c.author);
    str_addf(&b,
             "</dc:creator><dcterms:created xsi:type=\"dcterms:W3CDTF\">%s</dcterms:created>"
             "</cp:coreProperties>",
             time_iso(d->c.time, at));
    return b.s;
}

/* ---- packing ---- */

static bool put(struct docx *d, zip_t *z, const char *name, const char *text)
{
    zip_source_t *src = zip_source_buffer(z, text, strlen(text), 0);
    zip_int64_t at = src ? zip_file_add(z, name, src, ZIP_FL_ENC_UTF_8) : -1;
    if (at < 0) {
        zip_source_free(src);
        return false;
    }
    return zip_file_set_mtime(z, (zip_uint64_t)at, (time_t)(d->c.time.us / 1000000), 0) == 0;
}

static bool read_back(struct docx *d, zip_source_t *src, struct bytes *ret)
{
    zip_stat_t st;
    if (zip_source_stat(src, &st) != 0 || zip_source_open(src) != 0)
        return false;
    uint8_t *p = arena_alloc(d->a, st.size);
    bool whole = zip_source_read(src, p, st.size) == (zip_int64_t)st.size;
    zip_source_close(src);
    *ret = (struct bytes){ p, st.size };
    return whole;
}

enum rc docx_end(struct docx *d, struct bytes *ret, struct err *e)
{
    const char *const parts[][2] = { { "[Content_Types].xml", content_types },
                                     { "_rels/.rels", package_rels },
                                     { "docProps/core.xml", core(d) },
                                     { "word/document.xml", document(d) },
                                     { "word/_rels/document.xml.rels", document_rels(d) },
                                     { "word/styles.xml", styles_of(d) },
                                     { "word/settings.xml", settings },
                                     { "word/header.xml", header(d) },
                                     { "word/odd.xml", footer(d, true) },
                                     { "word/even.xml", footer(d, false) } };
    zip_source_t *src = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_t *z = src ? zip_open_from_source(src, ZIP_TRUNCATE, NULL) : NULL;
    bool good = z != NULL;
    if (good)
        zip_source_keep(src); /* closing would free what was written */
    for (size_t i = 0; i < COUNT(parts) && good; i++)
        good = put(d, z, parts[i][0], parts[i][1]);
    if (z && (!good || zip_close(z) != 0)) {
        zip_discard(z);
        good = false;
    }
    good = good && read_back(d, src, ret);
    zip_source_free(src);
    return good ? RC_OK : err_set(e, RC_IO, N_("文件打包失败"));
}
