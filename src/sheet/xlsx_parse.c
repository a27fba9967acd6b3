/*
 * xlsx → frames: libzip opens the container, expat reads its parts.
 *
 * The one idea: nothing of the file decides how much memory or time is used. What is unzipped
 * is counted over all parts and bounded, and so is what is handed on (one long shared string
 * may be named by a million cells); a document type, the door to entity bombs, ends the
 * reading. Element names are compared without their namespace prefix, so that the strict and
 * the transitional form of the standard (ECMA-376) are read alike.
 */
#include "sheet/xlsx_parse.h"

#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"

#include <expat.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <zip.h>

enum {
    PART_CHUNK = 65536,
    XML_DEPTH_MAX = 64,
    MERGES_MAX = 100000,
    STYLES_MAX = 70000,
    RELS_MAX = 10000
};

enum number_style { STYLE_PLAIN, STYLE_DATE, STYLE_PERCENT };

struct rel {
    const char *id, *type, *target;
};

struct parser {
    struct arena *a;
    const struct sheet_limits *limits;
    xlsx_sink sink;
    void *arg;
    bool stopped; /* by the sink or by a failure: nothing more may be sent */
    size_t unzipped, sent;

    zip_t *zip;
    XML_Parser xml; /* of the part being read */
    const char *part;
    int depth;

    /* What is open while reading, by local name of the element. */
    struct str text; /* characters gathered */
    bool gather, phonetic;

    struct rel *rel;
    size_t n_rel;
    struct sheet_ref {
        const char *name, *rel;
        bool hidden;
    } * sheet;
    size_t n_sheet;
    bool date1904;
    const char **shared;
    size_t n_shared, cap_shared;
    uint8_t *style; /* enum number_style by cell style */
    size_t n_style;
    struct format {
        uint32_t id;
        uint8_t style;
    } * format;
    size_t n_format;
    bool in_cell_xfs;

    const char *sheet_name;
    size_t row, col; /* of the open row and cell */
    bool any_row;
    char cell_type[16];
    uint32_t cell_style;
    bool cell_formula, in_cell;
    size_t n_merge;
};

static bool same(const char *name, const char *local)
{
    return strcmp(name, local) == 0;
}

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static const char *attr(const char **atts, const char *name)
{
    for (; *atts; atts += 2)
        if (same(local_name(atts[0]), name))
            return atts[1];
    return NULL;
}

static void send(struct parser *p, struct xlsx_frame f, const char *text)
{
    if (p->stopped)
        return;
    f.n = text ? (uint32_t)strlen(text) : 0;
    if (!p->sink(p->arg, &f, text ? text : ""))
        p->stopped = true;
}

static void fail(struct parser *p, enum xlsx_fail why, const char *detail)
{
    send(p, (struct xlsx_frame){ .type = XLSX_FAIL, .a = why }, detail);
    p->stopped = true;
    if (p->xml)
        XML_StopParser(p->xml, XML_FALSE);
}

/* "表!C7" of the open cell. */
static const char *here(struct parser *p)
{
    char cell[CELL_NAME];
    return arena_printf(p->a, "%s!%s", p->sheet_name, cell_name(p->row + 1, p->col, cell));
}

static uint32_t number_attr(const char **atts, const char *name, uint32_t otherwise)
{
    const char *s = attr(atts, name);
    double v;
    if (!s || !parse_real_n(s, strlen(s), &v) || !(v >= 0 && v < 4294967295.0))
        return otherwise;
    return (uint32_t)v;
}

static bool yes(const char *s)
{
    return s && (same(s, "1") || same(s, "true"));
}

/* Parts */

typedef void (*start_fn)(struct parser *p, const char *name, const char **atts);
typedef void (*end_fn)(struct parser *p, const char *name);

struct part_reader {
    struct parser *p;
    start_fn start;
    end_fn end;
};

static void XMLCALL on_start(void *arg, const char *name, const char **atts)
{
    struct part_reader *r = arg;
    if (++r->p->depth > XML_DEPTH_MAX) {
        fail(r->p, XLSX_FAIL_XML, r->p->part);
        return;
    }
    if (!r->p->stopped)
        r->start(r->p, local_name(name), atts);
}

static void XMLCALL on_end(void *arg, const char *name)
{
    struct part_reader *r = arg;
    r->p->depth--;
    if (!r->p->stopped && r->end)
        r->end(r->p, local_name(name));
}

static void XMLCALL on_text(void *arg, const char *s, int n)
{
    struct part_reader *r = arg;
    struct parser *p = r->p;
    if (!p->gather || p->stopped)
        return;
    if (p->text.n + (size_t)n > p->limits->cell) {
        fail(p, XLSX_FAIL_CELL_LONG, p->in_cell ? here(p) : p->part);
        return;
    }
    str_addn(&p->text, s, (size_t)n);
}

static void XMLCALL on_doctype(void *arg, const char *name, const char *sysid,
                               const char *pubid, int internal)
{
    struct part_reader *r = arg;
    fail(r->p, XLSX_FAIL_DTD, r->p->part);
}

static XML_Parser xml_open(struct parser *p, struct part_reader *r, const char *part)
{
    p->part = part;
    p->depth = 0;
    p->gather = false;
    p->phonetic = false;
    str_reset(&p->text);
    p->xml = XML_ParserCreate(NULL);
    if (!p->xml)
        return NULL;
    XML_SetUserData(p->xml, r);
    XML_SetElementHandler(p->xml, on_start, on_end);
    XML_SetCharacterDataHandler(p->xml, on_text);
    XML_SetStartDoctypeDeclHandler(p->xml, on_doctype);
    return p->xml;
}

static void xml_feed(struct parser *p, const char *s, size_t n, bool last)
{
    if (p->stopped || XML_Parse(p->xml, s, (int)n, last) != XML_STATUS_ERROR || p->stopped)
        return;
    enum XML_Error why = XML_GetErrorCode(p->xml);
    if (why == XML_ERROR_NO_MEMORY)
        fail(p, XLSX_FAIL_MEMORY, p->part);
    else
        fail(p, XLSX_FAIL_XML,
             arena_printf(p->a, "%s:%lu", p->part,
                          (unsigned long)XML_GetCurrentLineNumber(p->xml)));
}

static void xml_close(struct parser *p)
{
    XML_ParserFree(p->xml);
    p->xml = NULL;
}

/* Read one part; false when there is none of that name. */
static bool read_part(struct parser *p, const char *part, start_fn start, end_fn end)
{
    zip_int64_t at = zip_name_locate(p->zip, part, ZIP_FL_NOCASE);
    if (at < 0)
        return false;
    zip_stat_t st;
    if (zip_stat_index(p->zip, (zip_uint64_t)at, 0, &st) == 0 &&
        (st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE) {
        fail(p, XLSX_FAIL_PASSWORD, part);
        return true;
    }
    zip_file_t *f = zip_fopen_index(p->zip, (zip_uint64_t)at, 0);
    if (!f) {
        fail(p, XLSX_FAIL_BROKEN_ZIP, part);
        return true;
    }
    struct part_reader r = { p, start, end };
    if (!xml_open(p, &r, arena_strdup(p->a, part))) {
        fail(p, XLSX_FAIL_MEMORY, part);
        zip_fclose(f);
        return true;
    }
    char *chunk = mem_alloc(PART_CHUNK);
    while (!p->stopped) {
        zip_int64_t n = zip_fread(f, chunk, PART_CHUNK);
        if (n < 0) {
            fail(p, XLSX_FAIL_BROKEN_ZIP, part);
            break;
        }
        p->unzipped += (size_t)n;
        if (p->unzipped > p->limits->unzipped) {
            fail(p, XLSX_FAIL_UNZIPPED, part);
            break;
        }
        xml_feed(p, chunk, (size_t)n, n == 0);
        if (n == 0)
            break;
    }
    mem_freep(&chunk);
    xml_close(p);
    zip_fclose(f);
    return true;
}

/* Relationships: _rels/.rels and xl/_rels/workbook.xml.rels */

static void rel_start(struct parser *p, const char *name, const char **atts)
{
    const char *id = attr(atts, "Id"), *type = attr(atts, "Type"),
               *target = attr(atts, "Target");
    if (!same(name, "Relationship") || !id || !type || !target || p->n_rel == RELS_MAX)
        return;
    const char *slash = strrchr(type, '/');
    p->rel[p->n_rel++] =
        (struct rel){ arena_strdup(p->a, id), arena_strdup(p->a, slash ? slash + 1 : type),
                      arena_strdup(p->a, target) };
}

/* The part a relationship of a folder ("xl/") leads to. */
static const char *rel_part(struct parser *p, const char *folder, const struct rel *r)
{
    return r->target[0] == '/' ? r->target + 1 : arena_printf(p->a, "%s%s", folder, r->target);
}

static const struct rel *rel_find(const struct parser *p, const char *id, const char *type)
{
    for (size_t i = 0; i < p->n_rel; i++)
        if ((!id || same(p->rel[i].id, id)) && (!type || same(p->rel[i].type, type)))
            return &p->rel[i];
    return NULL;
}

/* Workbook */

static void workbook_start(struct parser *p, const char *name, const char **atts)
{
    if (same(name, "workbookPr"))
        p->date1904 = yes(attr(atts, "date1904"));
    if (!same(name, "sheet"))
        return;
    const char *title = attr(atts, "name"), *state = attr(atts, "state"),
               *rel = attr(atts, "id");
    if (p->n_sheet == p->limits->sheets) {
        fail(p, XLSX_FAIL_SHEETS, "");
        return;
    }
    p->sheet[p->n_sheet++] = (struct sheet_ref){ .name = arena_strdup(p->a, title ? title : ""),
                                                 .rel = arena_strdup(p->a, rel ? rel : ""),
                                                 .hidden = state && !same(state, "visible") };
}

/* Styles: which numbers are dates or percentages */

static enum number_style format_style(const char *code)
{
    bool percent = false;
    for (const char *c = code; *c; c++) {
        if (*c == '"') {
            c = strchr(c + 1, '"');
            if (!c)
                break;
        } else if (*c == '\\' || *c == '_' || *c == '*') {
            if (c[1])
                c++;
        } else if (*c == '[') {
            /* [h]:mm counts hours; [Red], [$¥-804] and [>100] say nothing about dates. */
            if ((c[1] == 'h' || c[1] == 'm' || c[1] == 's' || c[1] == 'H' || c[1] == 'M' ||
                 c[1] == 'S') &&
                (c[2] == ']' || c[2] == c[1]))
                return STYLE_DATE;
            c = strchr(c, ']');
            if (!c)
                break;
        } else if (strncasecmp(c, "general", 7) == 0) {
            c += 6;
        } else if (*c == '%') {
            percent = true;
        } else if (*c == ';') {
            break; /* the form of negative numbers follows */
        } else if (strchr("yYmMdDhHsS", *c)) {
            return STYLE_DATE;
        }
    }
    return percent ? STYLE_PERCENT : STYLE_PLAIN;
}

static enum number_style builtin_style(uint32_t id)
{
    /* ECMA-376 18.8.30; 27-36 and 50-58 are dates in Chinese, Japanese and Korean versions. */
    if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
        (id >= 50 && id <= 58))
        return STYLE_DATE;
    return id == 9 || id == 10 ? STYLE_PERCENT : STYLE_PLAIN;
}

static void styles_start(struct parser *p, const char *name, const char **atts)
{
    if (same(name, "numFmt") && p->n_format < STYLES_MAX) {
        const char *code = attr(atts, "formatCode");
        if (code)
            p->format[p->n_format++] = (struct format){ number_attr(atts, "numFmtId", 0),
                                                        (uint8_t)format_style(code) };
    } else if (same(name, "cellXfs")) {
        p->in_cell_xfs = true;
    } else if (same(name, "xf") && p->in_cell_xfs && p->n_style < STYLES_MAX) {
        uint32_t id = number_attr(atts, "numFmtId", 0);
        uint8_t style = (uint8_t)builtin_style(id);
        for (size_t i = 0; i < p->n_format; i++)
            if (p->format[i].id == id)
                style = p->format[i].style;
        p->style[p->n_style++] = style;
    }
}

static void styles_end(struct parser *p, const char *name)
{
    if (same(name, "cellXfs"))
        p->in_cell_xfs = false;
}

/* Text */

/* _x000D_ and the like stand for characters that XML cannot hold. U+0000 and halves of pairs
 * are left as written. */
static const char *unescape(struct parser *p, const char *s)
{
    if (!strstr(s, "_x"))
        return s;
    struct str b;
    str_init(&b, p->a);
    while (*s) {
        static const char hex[] = "0123456789abcdefABCDEF";
        uint32_t cp = 0;
        bool code = s[0] == '_' && s[1] == 'x' && strspn(s + 2, hex) >= 4 && s[6] == '_';
        for (int i = 2; code && i < 6; i++) {
            const char *at = strchr(hex, s[i]);
            uint32_t digit = (uint32_t)(at - hex);
            cp = cp << 4 | (digit < 16 ? digit : digit - 6);
        }
        if (code && cp && (cp < 0xD800 || cp > 0xDFFF)) {
            utf8_add(&b, cp);
            s += 7;
        } else {
            str_addc(&b, *s++);
        }
    }
    return b.s;
}

static void gather(struct parser *p)
{
    p->gather = true;
}

/* <t> in shared strings and inline strings, but not in their readings (rPh). */
static void text_start(struct parser *p, const char *name)
{
    if (same(name, "rPh"))
        p->phonetic = true;
    else if (same(name, "t") && !p->phonetic)
        gather(p);
}

static void text_end(struct parser *p, const char *name)
{
    if (same(name, "rPh"))
        p->phonetic = false;
    else if (same(name, "t"))
        p->gather = false;
}

static void shared_start(struct parser *p, const char *name, const char **atts)
{
    if (same(name, "si"))
        str_reset(&p->text);
    text_start(p, name);
}

static void shared_end(struct parser *p, const char *name)
{
    text_end(p, name);
    if (!same(name, "si"))
        return;
    if (p->n_shared == p->cap_shared) {
        p->cap_shared = p->cap_shared ? p->cap_shared * 2 : 256;
        p->shared = mem_realloc(p->shared, p->cap_shared * sizeof(p->shared[0]));
    }
    p->shared[p->n_shared++] = arena_strdup(p->a, unescape(p, p->text.s));
}

/* Numbers as text */

static const char *real_text(struct arena *a, double v)
{
    /* Whole numbers in full: an 18-digit number must not hide behind 3.2E+17. */
    if (v == floor(v) && fabs(v) < 1e21)
        return arena_printf(a, "%.0f", v == 0 ? 0 : v);
    struct str b;
    str_init(&b, a);
    json_num(&b, v);
    return b.s;
}

static const char *percent_text(struct arena *a, double v)
{
    /* 0.979 * 100 is 97.89999999999999: 15 digits are what spreadsheets show. */
    const char *s = arena_printf(a, "%.15g", v * 100);
    double back;
    return arena_printf(a, "%s%%", parse_real_n(s, strlen(s), &back) ? real_text(a, back) : s);
}

static const char *date_text(struct parser *p, double v)
{
    enum { DAY = 86400 };
    /* Day 1 is 1900-01-01; day 60 is a 29 February that never was, kept for Lotus 1-2-3. */
    if (p->date1904)
        v += 1462;
    if (!(v >= 0 && v < 2958466))
        return NULL;
    double whole = floor(v);
    int64_t seconds = llround((v - whole) * DAY);
    if (seconds == DAY) {
        seconds = 0;
        whole += 1;
    }
    const char *time = arena_printf(p->a, "%02d:%02d:%02d", (int)(seconds / 3600),
                                    (int)(seconds / 60 % 60), (int)(seconds % 60));
    if (whole < 1)
        return time;
    int year = 1900, month = 2, day = 29;
    if (whole != 60)
        day_split((int32_t)whole - (whole > 60 ? 25569 : 25568), &year, &month, &day);
    return arena_printf(p->a, seconds ? "%04d-%02d-%02d %s" : "%04d-%02d-%02d", year, month,
                        day, time);
}

/* Worksheets */

static void cell_start(struct parser *p, const char **atts)
{
    const char *ref = attr(atts, "r"), *type = attr(atts, "t");
    size_t row = p->row;
    p->col = p->in_cell ? p->col + 1 : 0; /* in_cell: a cell came before in this row */
    if (ref && (!cell_parse(ref, strlen(ref), &row, &p->col) || row != p->row)) {
        fail(p, XLSX_FAIL_CELL_PLACE, arena_printf(p->a, "%s!%.32s", p->sheet_name, ref));
        return;
    }
    if (p->col >= p->limits->cols) {
        fail(p, XLSX_FAIL_CELL_PLACE, here(p));
        return;
    }
    p->in_cell = true;
    p->cell_formula = false;
    p->cell_style = number_attr(atts, "s", 0);
    snprintf(p->cell_type, sizeof(p->cell_type), "%s", type ? type : "n");
    str_reset(&p->text);
}

/* The kind and text of the cell whose characters have been gathered. */
static enum cell_kind cell_value(struct parser *p, const char **ret_text)
{
    const char *s = p->text.s, *type = p->cell_type;
    double v;
    if (same(type, "s")) {
        if (!s[0])
            return CELL_EMPTY;
        if (!parse_real_n(s, strlen(s), &v) || !(v >= 0 && v < (double)p->n_shared)) {
            fail(p, XLSX_FAIL_STRING, here(p));
            return CELL_EMPTY;
        }
        *ret_text = p->shared[(size_t)v];
        return CELL_TEXT;
    }
    *ret_text = unescape(p, s);
    if (same(type, "inlineStr") || same(type, "str"))
        return CELL_TEXT;
    if (same(type, "e"))
        return CELL_ERROR;
    if (same(type, "d"))
        return CELL_DATE;
    if (same(type, "b")) {
        *ret_text = same(s, "1") || same(s, "true") ? "TRUE" : "FALSE";
        return s[0] ? CELL_BOOL : CELL_EMPTY;
    }
    if (!parse_real_n(s, strlen(s), &v))
        return CELL_TEXT;
    enum number_style style =
        p->cell_style < p->n_style ? (enum number_style)p->style[p->cell_style] : STYLE_PLAIN;
    const char *date = style == STYLE_DATE ? date_text(p, v) : NULL;
    *ret_text = date                     ? date
                : style == STYLE_PERCENT ? percent_text(p->a, v)
                                         : real_text(p->a, v);
    return date ? CELL_DATE : style == STYLE_PERCENT ? CELL_PERCENT : CELL_NUMBER;
}

static void cell_end(struct parser *p)
{
    const char *text = "";
    enum cell_kind kind = cell_value(p, &text);
    if (p->stopped)
        return;
    if (p->cell_formula)
        kind = CELL_FORMULA;
    else if (!text[0])
        kind = CELL_EMPTY;
    if (kind == CELL_EMPTY)
        return;
    p->sent += strlen(text) + sizeof(struct xlsx_frame);
    if (p->sent > p->limits->unzipped) {
        fail(p, XLSX_FAIL_UNZIPPED, here(p));
        return;
    }
    send(p,
         (struct xlsx_frame){ .type = XLSX_CELL,
                              .kind = (uint8_t)kind,
                              .a = (uint32_t)p->row,
                              .b = (uint32_t)p->col },
         text);
}

static void row_start(struct parser *p, const char **atts)
{
    uint32_t at = number_attr(atts, "r", 0);
    p->row = at ? at - 1 : p->any_row ? p->row + 1 : 0;
    p->any_row = true;
    p->in_cell = false;
    if (p->row >= p->limits->rows) {
        p->col = 0;
        fail(p, XLSX_FAIL_CELL_PLACE, here(p));
        return;
    }
    if (yes(attr(atts, "hidden")))
        send(p, (struct xlsx_frame){ .type = XLSX_ROW_HIDDEN, .a = (uint32_t)p->row }, NULL);
}

static void merge_start(struct parser *p, const char **atts)
{
    const char *ref = attr(atts, "ref");
    const char *colon = ref ? strchr(ref, ':') : NULL;
    size_t r0, c0, r1, c1;
    if (!ref || !cell_parse(ref, colon ? (size_t)(colon - ref) : strlen(ref), &r0, &c0))
        return;
    r1 = r0;
    c1 = c0;
    if ((colon && !cell_parse(colon + 1, strlen(colon + 1), &r1, &c1)) || r1 < r0 || c1 < c0)
        return;
    if (++p->n_merge > MERGES_MAX) {
        fail(p, XLSX_FAIL_MERGES, p->sheet_name);
        return;
    }
    send(p,
         (struct xlsx_frame){ .type = XLSX_MERGE,
                              .a = (uint32_t)r0,
                              .b = (uint32_t)c0,
                              .c = (uint32_t)r1,
                              .d = (uint32_t)c1 },
         NULL);
}

static void width_start(struct parser *p, const char **atts)
{
    uint32_t first = number_attr(atts, "min", 0), last = number_attr(atts, "max", 0);
    const char *w = attr(atts, "width");
    double width = 0;
    if (!first || last < first || first > p->limits->cols)
        return;
    if (!w || !parse_real_n(w, strlen(w), &width) || !(width >= 0 && width <= 255))
        width = 0;
    send(p,
         (struct xlsx_frame){ .type = XLSX_WIDTH,
                              .a = first - 1,
                              .b = (last > p->limits->cols ? (uint32_t)p->limits->cols : last) -
                                   1,
                              .c = (uint32_t)lround(width * 100),
                              .d = yes(attr(atts, "hidden")) },
         NULL);
}

static void sheet_start(struct parser *p, const char *name, const char **atts)
{
    if (same(name, "row"))
        row_start(p, atts);
    else if (same(name, "c"))
        cell_start(p, atts);
    else if (same(name, "v"))
        gather(p);
    else if (same(name, "f"))
        p->cell_formula = true;
    else if (same(name, "mergeCell"))
        merge_start(p, atts);
    else if (same(name, "col"))
        width_start(p, atts);
    else
        text_start(p, name);
}

static void sheet_end(struct parser *p, const char *name)
{
    if (same(name, "c") && p->in_cell)
        cell_end(p);
    else if (same(name, "v"))
        p->gather = false;
    else
        text_end(p, name);
}

static void sheet_begin(struct parser *p, const struct sheet_ref *s)
{
    p->sheet_name = s->name;
    p->row = p->col = p->n_merge = 0;
    p->any_row = p->in_cell = false;
    send(p, (struct xlsx_frame){ .type = XLSX_SHEET, .a = s->hidden }, s->name);
}

/* The container */

/* What a file that is not a zip archive is. */
static enum xlsx_fail not_zip(struct bytes d)
{
    static const uint8_t ole[8] = { 0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1 };
    /* "Encrypted" in the directory of an OLE container, which holds its names as UTF-16. */
    static const uint8_t encrypted[18] = "E\0n\0c\0r\0y\0p\0t\0e\0d";
    if (d.n >= sizeof(ole) && memcmp(d.p, ole, sizeof(ole)) == 0)
        return memmem(d.p, d.n, encrypted, sizeof(encrypted)) ? XLSX_FAIL_PASSWORD
                                                              : XLSX_FAIL_OLD_XLS;
    size_t i = d.n >= 3 && memcmp(d.p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (i < d.n && strchr(" \t\r\n", d.p[i]) && d.p[i])
        i++;
    return i < d.n && d.p[i] == '<' ? XLSX_FAIL_HTML : XLSX_FAIL_NOT_ZIP;
}

static enum xlsx_fail no_workbook(zip_t *zip)
{
    if (zip_name_locate(zip, "xl/workbook.bin", ZIP_FL_NOCASE) >= 0)
        return XLSX_FAIL_XLSB;
    if (zip_name_locate(zip, "word/document.xml", ZIP_FL_NOCASE) >= 0)
        return XLSX_FAIL_DOCX;
    if (zip_name_locate(zip, "content.xml", 0) >= 0 && zip_name_locate(zip, "mimetype", 0) >= 0)
        return XLSX_FAIL_ODS;
    return XLSX_FAIL_NO_WORKBOOK;
}

/* "xl/workbook.xml" -> "xl/" */
static const char *folder_of(struct arena *a, const char *part)
{
    const char *slash = strrchr(part, '/');
    return slash ? arena_strndup(a, part, (size_t)(slash + 1 - part)) : "";
}

static void book(struct parser *p)
{
    read_part(p, "_rels/.rels", rel_start, NULL);
    const struct rel *r = rel_find(p, NULL, "officeDocument");
    const char *workbook = r ? rel_part(p, "", r) : "xl/workbook.xml";
    const char *folder = folder_of(p->a, workbook);
    p->n_rel = 0;
    if (p->stopped)
        return;
    if (str_ends(workbook, ".bin") || !read_part(p, workbook, workbook_start, NULL) ||
        (!p->stopped && !p->n_sheet)) {
        fail(p, no_workbook(p->zip), workbook);
        return;
    }
    read_part(p, arena_printf(p->a, "%s_rels/%s.rels", folder, workbook + strlen(folder)),
              rel_start, NULL);
    r = rel_find(p, NULL, "styles");
    if (r)
        read_part(p, rel_part(p, folder, r), styles_start, styles_end);
    r = rel_find(p, NULL, "sharedStrings");
    if (r)
        read_part(p, rel_part(p, folder, r), shared_start, shared_end);
    size_t found = 0;
    for (size_t i = 0; i < p->n_sheet && !p->stopped; i++) {
        /* A sheet that is a chart or a macro has another type and no cells. */
        r = rel_find(p, p->sheet[i].rel, "worksheet");
        if (!r)
            continue;
        sheet_begin(p, &p->sheet[i]);
        if (!read_part(p, rel_part(p, folder, r), sheet_start, sheet_end))
            fail(p, XLSX_FAIL_BROKEN_ZIP, r->target);
        found++;
    }
    if (!p->stopped && !found)
        fail(p, XLSX_FAIL_NO_SHEET, "");
    send(p, (struct xlsx_frame){ .type = XLSX_END }, NULL);
}

static void parser_init(struct parser *p, const struct sheet_limits *limits, xlsx_sink sink,
                        void *arg)
{
    *p = (struct parser){
        .a = arena_new(), .limits = limits, .sink = sink, .arg = arg, .sheet_name = ""
    };
    str_init(&p->text, NULL);
    p->rel = arena_array(p->a, RELS_MAX, sizeof(p->rel[0]));
    p->sheet = arena_array(p->a, limits->sheets, sizeof(p->sheet[0]));
    p->style = arena_alloc(p->a, STYLES_MAX);
    p->format = arena_array(p->a, STYLES_MAX, sizeof(p->format[0]));
}

static void parser_done(struct parser *p)
{
    str_done(&p->text);
    mem_freep(&p->shared);
    arena_free(p->a);
}

void xlsx_parse(struct bytes data, const struct sheet_limits *limits, xlsx_sink sink, void *arg)
{
    struct parser p;
    parser_init(&p, limits, sink, arg);
    if (data.n < 4 || memcmp(data.p, "PK", 2) != 0) {
        fail(&p, not_zip(data), NULL);
        parser_done(&p);
        return;
    }
    zip_error_t ze;
    zip_error_init(&ze);
    zip_source_t *src = zip_source_buffer_create(data.p, data.n, 0, &ze);
    p.zip = src ? zip_open_from_source(src, ZIP_RDONLY, &ze) : NULL;
    if (p.zip) {
        book(&p);
        zip_discard(p.zip);
    } else {
        zip_source_free(src);
        fail(&p, XLSX_FAIL_CUT, NULL);
    }
    zip_error_fini(&ze);
    parser_done(&p);
}

void xlsx_parse_sheet(struct bytes xml, const struct sheet_limits *limits, xlsx_sink sink,
                      void *arg)
{
    struct parser p;
    parser_init(&p, limits, sink, arg);
    struct part_reader r = { &p, sheet_start, sheet_end };
    sheet_begin(&p, &(struct sheet_ref){ .name = "sheet" });
    if (xml_open(&p, &r, "sheet")) {
        xml_feed(&p, (const char *)xml.p, xml.n, true);
        send(&p, (struct xlsx_frame){ .type = XLSX_END }, NULL);
        xml_close(&p);
    }
    parser_done(&p);
}
