/*
 * The PDF: heads and feet on every page, the two small fonts, then every operation through
 * cairo. One idea: nothing in the file depends on anything but the document: the date is the
 * document's, the fonts hold exactly its glyphs.
 */
#include "base/clock.h"
#include "base/str.h"
#include "print/paper_impl.h"

#include <cairo-pdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Text of one font and colour that is shown by one call: cells of a table come in hundreds, and
 * each call costs cairo as much as forty glyphs. */
enum { SHOW_MAX = 4000 };
struct show {
    cairo_glyph_t *g;
    cairo_text_cluster_t *c;
    struct str text;
    size_t n;
    int n_c, face;
    float size;
    uint32_t rgb;
};

struct out {
    struct paper *p;
    cairo_t *cr;
    cairo_font_face_t *face[FACES];
    const uint16_t *map[FACES];
    const struct glyph_set *used; /* by face */
    /* What cairo was last told, to say nothing twice. */
    int now_face;
    float now_size;
    uint32_t now_rgb;
    struct show show;
};

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned n)
{
    str_addn(closure, data, n);
    return CAIRO_STATUS_SUCCESS;
}

static void colour(struct out *o, uint32_t rgb)
{
    if (o->now_rgb == rgb)
        return;
    o->now_rgb = rgb;
    cairo_set_source_rgb(o->cr, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0,
                         (rgb & 255) / 255.0);
}

static void font(struct out *o, int face, float size)
{
    if (o->now_face == face && o->now_size == size)
        return;
    o->now_face = face;
    o->now_size = size;
    cairo_set_font_face(o->cr, o->face[face]);
    cairo_set_font_size(o->cr, (double)size);
}

/* Show the text that has been gathered. */
static void show(struct out *o)
{
    struct show *s = &o->show;
    if (s->n == 0)
        return;
    colour(o, s->rgb);
    font(o, s->face, s->size);
    cairo_show_text_glyphs(o->cr, s->text.s, (int)s->text.n, s->g, (int)s->n, s->c, s->n_c, 0);
    str_reset(&s->text);
    s->n = 0;
    s->n_c = 0;
}

/* Add glyphs from..to of an operation, all of one face, to what will be shown together; returns
 * the x after them. */
static double glyphs_add(struct out *o, const struct op *op, size_t from, size_t to, double x,
                         double y)
{
    const struct shaped *t = op->text;
    double size = (double)op->size;
    struct show *s = &o->show;
    if (s->n + (to - from) > SHOW_MAX || s->face != t->g[from].face || s->size != op->size ||
        s->rgb != op->rgb)
        show(o);
    s->face = t->g[from].face;
    s->size = op->size;
    s->rgb = op->rgb;
    for (size_t i = from; i < to && s->n < SHOW_MAX; i++) {
        const struct glyph *in = &t->g[i];
        x += (double)glyph_before(t, op->from, i) * size;
        s->g[s->n++] = (cairo_glyph_t){ o->map[in->face][in->gid % FACE_GLYPHS],
                                        x + (double)in->dx * size, y + (double)in->dy * size };
        x += (double)in->w * size;
        if (in->len > 0 || i == from)
            s->c[s->n_c++] = (cairo_text_cluster_t){ (int)in->len, 1 };
        else
            s->c[s->n_c - 1].num_glyphs++;
        /* Cluster by cluster: characters without a glyph leave gaps. */
        str_addn(&s->text, t->s + in->at, in->len);
    }
    return x;
}

static void glyphs_of(struct out *o, const struct op *op, double x, double y)
{
    for (size_t i = op->from; i < op->to;) {
        size_t j = i + 1;
        while (j < op->to && j - i < SHOW_MAX && op->text->g[j].face == op->text->g[i].face)
            j++;
        x = glyphs_add(o, op, i, j, x, y);
        i = j;
    }
}

static void text_show(struct out *o, const struct op *op)
{
    if (op->angle == 0) {
        glyphs_of(o, op, op->x, op->y);
        return;
    }
    show(o);
    cairo_save(o->cr);
    cairo_translate(o->cr, op->x, op->y);
    cairo_rotate(o->cr, op->angle);
    o->now_face = -1;
    glyphs_of(o, op, 0, 0);
    show(o);
    cairo_restore(o->cr);
    o->now_face = -1;
    o->now_rgb = UINT32_MAX;
}

/* Lines at 45 degrees in a box, cut to it by arithmetic: a clip or a pattern would cost more
 * bytes. */
static void hatch(cairo_t *cr, const struct op *op)
{
    const double step = 4;
    for (double d = step / 2; d < op->w + op->h; d += step) {
        double x1 = fmin(d, op->w), y1 = d - x1, y2 = fmin(d, op->h), x2 = d - y2;
        cairo_move_to(cr, op->x + x1, op->y + y1);
        cairo_line_to(cr, op->x + x2, op->y + y2);
    }
    cairo_rectangle(cr, op->x, op->y, op->w, op->h);
    cairo_stroke(cr);
}

/* The dark modules as a stencil through which the ink falls. */
static void modules(struct out *o, const struct op *op)
{
    cairo_surface_t *stencil = cairo_image_surface_create(CAIRO_FORMAT_A1, op->side, op->side);
    cairo_surface_flush(stencil);
    unsigned char *bits = cairo_image_surface_get_data(stencil);
    int stride = cairo_image_surface_get_stride(stencil);
    for (int row = 0; bits && row < op->side; row++) {
        for (int i = 0; i < op->side; i++) {
            if (!op->dark[row * op->side + i])
                continue;
            /* Bits lie in words of 32 of the machine's order. */
            uint32_t *word = (uint32_t *)(void *)(bits + row * stride) + i / 32;
            *word |= UINT32_C(1) << (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? i % 32
                                                                               : 31 - i % 32);
        }
    }
    cairo_surface_mark_dirty(stencil);
    cairo_save(o->cr);
    cairo_translate(o->cr, op->x, op->y);
    cairo_scale(o->cr, op->w / op->side, op->w / op->side);
    cairo_pattern_t *pattern = cairo_pattern_create_for_surface(stencil);
    cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST);
    cairo_mask(o->cr, pattern);
    cairo_pattern_destroy(pattern);
    cairo_surface_destroy(stencil);
    cairo_restore(o->cr);
    o->now_face = -1;
    o->now_rgb = UINT32_MAX;
}

static void path(cairo_t *cr, const struct op *op)
{
    for (size_t i = 0; i < op->n_pt; i++)
        cairo_line_to(cr, op->pt[i].x, op->pt[i].y);
}

static void op_show(struct out *o, const struct op *op)
{
    cairo_t *cr = o->cr;
    if (op->kind != OP_TEXT)
        show(o);
    if (op->kind != OP_TAG && op->kind != OP_UNTAG && op->kind != OP_TEXT)
        colour(o, op->rgb);
    switch (op->kind) {
    case OP_TEXT:
        text_show(o, op);
        return;
    case OP_RECTS:
        for (size_t i = 0; i < op->n_rect; i++)
            cairo_rectangle(cr, op->rect[i].x, op->rect[i].y, op->rect[i].w, op->rect[i].h);
        cairo_fill(cr);
        return;
    case OP_POLYGON:
        path(cr, op);
        cairo_close_path(cr);
        cairo_fill(cr);
        return;
    case OP_POLYLINE:
        path(cr, op);
        cairo_set_line_width(cr, op->width);
        cairo_stroke(cr);
        return;
    case OP_DISC:
        cairo_arc(cr, op->x, op->y, op->w, 0, 2 * M_PI);
        cairo_close_path(cr);
        if (op->width <= 0) {
            cairo_fill(cr);
            return;
        }
        cairo_fill_preserve(cr);
        colour(o, op->rgb2);
        cairo_set_line_width(cr, op->width);
        cairo_stroke(cr);
        return;
    case OP_LINE:
        cairo_move_to(cr, op->x, op->y);
        cairo_line_to(cr, op->w, op->h);
        cairo_set_line_width(cr, op->width);
        if (op->dash > 0)
            cairo_set_dash(cr, &op->dash, 1, 0);
        cairo_stroke(cr);
        if (op->dash > 0)
            cairo_set_dash(cr, NULL, 0, 0);
        return;
    case OP_FRAME:
        cairo_rectangle(cr, op->x, op->y, op->w, op->h);
        cairo_set_line_width(cr, op->width);
        cairo_stroke(cr);
        return;
    case OP_HATCH:
        cairo_set_line_width(cr, op->width);
        hatch(cr, op);
        return;
    case OP_MODULES:
        modules(o, op);
        return;
    case OP_TAG:
        cairo_tag_begin(cr, op->tag, op->attributes);
        return;
    case OP_UNTAG:
        cairo_tag_end(cr, op->tag);
        return;
    }
}

/* ---- heads, feet, watermark: put on a page as if it were the current one */

static void watermark(struct paper *p)
{
    struct block b = block_set(p, STYLE_MARK, 0, p->c.watermark);
    struct op *op = paper_op(p, OP_TEXT, PALETTE_WASH);
    /* Rising from the lower left to the upper right, in the middle of the page, as long as its
     * diagonal allows. */
    const double angle = -24 * M_PI / 180;
    op->size = style_table[STYLE_MARK].size;
    double w = b.w;
    if (w > 540) {
        op->size *= (float)(540 / w);
        w = 540;
    }
    op->x = PAPER_W / 2 - cos(angle) * w / 2;
    op->y = PAPER_H / 2 + 60 - sin(angle) * w / 2;
    op->angle = angle;
    op->text = arena_copy(p->a, &b.text, sizeof(b.text));
    op->to = b.lines[0].to;
}

static void head(struct paper *p)
{
    const struct paper_config *c = &p->c;
    double y = PAPER_TOP - 25;
    if (c->head_left)
        paper_put(p, PAPER_LEFT, y, ALIGN_LEFT, STYLE_FINE_QUIET, c->head_left);
    double right = PAPER_RIGHT;
    if (c->head_right)
        right -= paper_put(p, right, y, ALIGN_RIGHT, STYLE_FINE_QUIET, c->head_right) + 12;
    if (c->watermark)
        paper_put(p, right, y, ALIGN_RIGHT, STYLE_FINE_STRONG, c->watermark);
    paper_fill(p, PALETTE_RULE, PAPER_LEFT, y + 6, PAPER_RIGHT - PAPER_LEFT, 0.6);
}

static void foot(struct paper *p, size_t page, size_t total)
{
    const double qr = 44;
    double right = PAPER_RIGHT, y = PAPER_BOTTOM + 30;
    if (page == 1) {
        p->qr = qr_op(p, p->c.qr, PAPER_RIGHT - qr, PAPER_BOTTOM + 7, qr);
    } else if (p->qr) { /* the same on every page: made once */
        struct op *op = paper_op(p, OP_MODULES, PALETTE_INK), *next = op->next;
        *op = *p->qr;
        op->next = next;
    }
    if (p->qr)
        right -= qr + 12;
    paper_fill(p, PALETTE_RULE, PAPER_LEFT, y - 14, right - PAPER_LEFT, 0.6);
    const char *n = text_fill(p->a, paper_word(p, N_("第{page}页，共{total}页")), "page",
                              arena_printf(p->a, "%zu", page), "total",
                              arena_printf(p->a, "%zu", total), NULL);
    double w = paper_put(p, right, y, ALIGN_RIGHT, STYLE_FINE_QUIET, n);
    if (p->c.foot)
        paper_box(p, PAPER_LEFT, y - 9, right - PAPER_LEFT - w - 16, STYLE_FINE_QUIET,
                  p->c.foot);
}

/* Heads and feet are drawn after, the watermark before what the page holds. */
static void page_dress(struct paper *p, size_t i)
{
    struct page *page = &p->pages[i];
    struct op *body = page->first;
    size_t whole = p->n_pages;
    p->n_pages = i + 1; /* paper_op adds to the last page */
    struct op **body_last = page->last;
    page->first = NULL;
    page->last = &page->first;
    if (p->c.watermark)
        watermark(p);
    *page->last = body;
    if (body)
        page->last = body_last;
    head(p);
    foot(p, i + 1, whole);
    p->n_pages = whole;
}

static enum rc fonts_cut(struct out *o, struct err *e)
{
    struct paper *p = o->p;
    struct glyph_set *used = arena_array(p->a, FACES, sizeof(*used));
    o->used = used;
    for (size_t i = 0; i < p->n_pages; i++) {
        for (const struct op *op = p->pages[i].first; op; op = op->next) {
            if (op->kind != OP_TEXT)
                continue;
            for (size_t k = op->from; k < op->to; k++)
                glyph_set_add(&used[op->text->g[k].face], op->text->g[k].gid);
        }
    }
    for (int f = 0; f < FACES; f++) {
        enum rc rc = press_subset(p->press, f, &used[f], &o->face[f], &o->map[f], e);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

static void metadata(struct paper *p, cairo_surface_t *s)
{
    const struct {
        cairo_pdf_metadata_t key;
        const char *value;
    } rows[] = {
        { CAIRO_PDF_METADATA_TITLE, p->c.title },
        { CAIRO_PDF_METADATA_AUTHOR, p->c.author },
        { CAIRO_PDF_METADATA_SUBJECT, p->c.subject },
        { CAIRO_PDF_METADATA_KEYWORDS, p->c.keywords },
        { CAIRO_PDF_METADATA_CREATOR, "Jingjian 净鉴" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].value && *rows[i].value)
            cairo_pdf_surface_set_metadata(s, rows[i].key, rows[i].value);
    }
    char iso[TIME_TEXT];
    time_iso(p->c.time, iso);
    iso[19] = '\0'; /* 2026-09-30T08:00:00 */
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE,
                                   arena_printf(p->a, "%sZ", iso));
}

static void outlines(struct paper *p, cairo_surface_t *s)
{
    int parent = CAIRO_PDF_OUTLINE_ROOT;
    for (size_t i = 0; i < p->n_outlines; i++) {
        const struct outline *o = &p->outlines[i];
        int id = cairo_pdf_surface_add_outline(
            s, o->level == 1 ? CAIRO_PDF_OUTLINE_ROOT : parent, o->text,
            arena_printf(p->a, "page=%d pos=[%d %d]", o->page, (int)PAPER_LEFT, (int)o->y),
            o->level == 1 ? CAIRO_PDF_OUTLINE_FLAG_OPEN : 0);
        if (o->level == 1)
            parent = id;
    }
}

static enum rc emit(struct out *o, struct str *bytes, struct err *e)
{
    struct paper *p = o->p;
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(collect, bytes, PAPER_W, PAPER_H);
    cairo_pdf_surface_restrict_to_version(s, CAIRO_PDF_VERSION_1_4);
    metadata(p, s);
    o->cr = cairo_create(s);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(o->cr, options);
    cairo_font_options_destroy(options);
    for (size_t i = 0; i < p->n_pages; i++) {
        o->now_face = -1;
        o->now_rgb = UINT32_MAX;
        for (const struct op *op = p->pages[i].first; op; op = op->next)
            op_show(o, op);
        show(o);
        cairo_show_page(o->cr);
    }
    outlines(p, s);
    cairo_status_t status = cairo_status(o->cr);
    cairo_destroy(o->cr);
    cairo_surface_finish(s);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(s);
    cairo_surface_destroy(s);
    if (status != CAIRO_STATUS_SUCCESS)
        return err_set(e, RC_IO, N_("PDF 写不出来:{why}"), "why",
                       cairo_status_to_string(status));
    return RC_OK;
}

/*
 * A font's name begins with six letters that tell subsets apart ("QOCAOK+NotoSansCJKsc-Bold").
 * cairo makes them of glyph numbers, which depend on what the press printed before; ours depend
 * on the document's glyphs only.
 */
static void font_names_settle(const struct out *o, struct str *b)
{
    static const char family[] = "+NotoSansCJK";
    enum { TAG = 6, FONTS_MAX = 8 };
    char seen[FONTS_MAX][2][TAG];
    size_t n = 0;
    char *at = b->s, *end = b->s + b->n;
    while ((at = memmem(at, (size_t)(end - at), family, strlen(family))) != NULL) {
        char *tag = at - TAG;
        at += strlen(family);
        if (tag <= b->s || tag[-1] != '/')
            continue;
        size_t k = 0;
        while (k < n && memcmp(seen[k][0], tag, TAG) != 0)
            k++;
        if (k == FONTS_MAX)
            return;
        if (k == n) {
            char *name_end = memchr(at, '\n', (size_t)(end - at));
            bool bold = name_end && memmem(at, (size_t)(name_end - at), "Bold", 4);
            memcpy(seen[n][0], tag, TAG);
            uint64_t h = glyph_set_hash(&o->used[bold ? FACE_BOLD : FACE_REGULAR]) + n;
            for (int i = 0; i < TAG; i++, h /= 26)
                seen[n][1][i] = (char)('A' + h % 26);
            n++;
        }
        memcpy(tag, seen[k][1], TAG);
    }
}

/* The last "N 0 R" or number after a key in the trailer, or -1. */
static long long trailer_number(const struct str *b, const char *key)
{
    size_t n = strlen(key);
    for (size_t i = b->n; i-- > 0;) {
        if (b->n - i <= n || memcmp(b->s + i, key, n) != 0)
            continue;
        long long v = 0;
        const char *c = b->s + i + n;
        while (*c == ' ' || *c == '\n')
            c++;
        if (*c < '0' || *c > '9')
            return -1;
        for (; *c >= '0' && *c <= '9' && v < 100000000000; c++)
            v = v * 10 + (*c - '0');
        return v;
    }
    return -1;
}

/*
 * cairo writes the structure tree but not the three words of the catalogue that let a screen
 * reader use it: that the document is tagged, its language, and that its title is its name.
 * They are added the way PDF provides for changes: the object again, its place, a trailer that
 * points back. A catalogue that looks unfamiliar is left alone.
 */
static void catalogue_add(struct str *b, enum lang lang)
{
    long long root = trailer_number(b, "/Root "), old = trailer_number(b, "startxref"),
              size = trailer_number(b, "/Size "), info = trailer_number(b, "/Info ");
    char head[48];
    (void)snprintf(head, sizeof(head), "\n%lld 0 obj\n<< /Type /Catalog", root);
    const char *from = root > 0 && old > 0 && size > 0 && info > 0
                           ? memmem(b->s, b->n, head, strlen(head))
                           : NULL;
    const char *to = from ? strstr(from, "endobj") : NULL;
    if (!to)
        return;
    struct str object;
    str_init(&object, b->a);
    str_addn(&object, from + strlen(head), (size_t)(to - from) - strlen(head));
    size_t at = b->n;
    str_addf(b,
             "%lld 0 obj\n<< /Type /Catalog /Lang (%s) /MarkInfo << /Marked true >> "
             "/ViewerPreferences << /DisplayDocTitle true >>",
             root, lang == LANG_EN ? "en" : "zh-CN");
    str_addn(b, object.s, object.n);
    str_add(b, "endobj\n");
    size_t xref = b->n;
    str_addf(b,
             "xref\n%lld 1\n%010zu 00000 n \ntrailer\n<< /Size %lld /Root %lld 0 R /Info %lld "
             "0 R /Prev %lld >>\n"
             "startxref\n%zu\n%%%%EOF\n",
             root, at, size, root, info, old, xref);
}

enum rc paper_finish(struct paper *p, struct bytes *ret, int *ret_pages, struct err *e)
{
    if (p->too_long)
        return err_set(e, RC_TOOBIG, N_("内容超过 {max} 页,印不下:请缩小范围,或导出为表格"),
                       "max", arena_printf(p->a, "%d", PAPER_PAGES_MAX));
    for (size_t i = 0; i < p->n_pages; i++)
        page_dress(p, i);
    struct out o = { .p = p };
    o.show.g = arena_array(p->a, SHOW_MAX, sizeof(*o.show.g));
    o.show.c = arena_array(p->a, SHOW_MAX, sizeof(*o.show.c));
    str_init(&o.show.text, p->a);
    struct str bytes;
    str_init(&bytes, p->a);
    enum rc rc = fonts_cut(&o, e);
    if (rc == RC_OK)
        rc = emit(&o, &bytes, e);
    if (rc != RC_OK)
        return rc;
    font_names_settle(&o, &bytes);
    catalogue_add(&bytes, p->c.lang);
    *ret = (struct bytes){ (const uint8_t *)bytes.s, bytes.n };
    if (ret_pages)
        *ret_pages = (int)p->n_pages;
    return RC_OK;
}
