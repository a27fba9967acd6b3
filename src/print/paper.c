/*
 * Pages: setting text in lines, the frame it flows in, and drawing. One idea: a page is a list
 * of operations in points; paper_out.c turns the lists into a PDF when the document is whole.
 *
 * Knows nothing of reports; tables are in paper_table.c.
 */
#include "base/str.h"
#include "print/paper_impl.h"

#include <assert.h>
#include <math.h>
#include <qrencode.h>
#include <string.h>

const struct style_row style_table[STYLES] = {
    [STYLE_BODY] = { FACE_REGULAR, 10, 16, PALETTE_INK },
    [STYLE_STRONG] = { FACE_BOLD, 10, 16, PALETTE_INK },
    [STYLE_LEAD] = { FACE_REGULAR, 10, 16, PALETTE_INK2 },
    [STYLE_ANSWER] = { FACE_REGULAR, 12, 20, PALETTE_INK2 },
    [STYLE_TABLE] = { FACE_REGULAR, 9, 13, PALETTE_INK },
    [STYLE_TABLE_STRONG] = { FACE_BOLD, 9, 13, PALETTE_INK },
    [STYLE_QUIET] = { FACE_REGULAR, 9, 13.5f, PALETTE_INK2 },
    [STYLE_FINE] = { FACE_REGULAR, 7.5f, 9.5f, PALETTE_INK },
    [STYLE_FINE_STRONG] = { FACE_BOLD, 7.5f, 9.5f, PALETTE_INK },
    [STYLE_FINE_QUIET] = { FACE_REGULAR, 7.5f, 10.5f, PALETTE_INK2 },
    [STYLE_H1] = { FACE_BOLD, 20, 27, PALETTE_INK },
    [STYLE_H2] = { FACE_BOLD, 14, 19, PALETTE_INK },
    [STYLE_H3] = { FACE_BOLD, 10, 16, PALETTE_INK },
    [STYLE_KEY] = { FACE_BOLD, 54, 56, PALETTE_INK },
    [STYLE_FORM_NAME] = { FACE_BOLD, 12, 20, PALETTE_INK },
    [STYLE_MARK] = { FACE_BOLD, 54, 56, PALETTE_RULE2 },
};

/* CSS text-autospace gives an eighth of an em between an ideograph and a letter or digit;
 * sources carry no spaces. A little less here: from a tenth of an em on, programs that read PDF
 * (poppler) take the gap for a space and a search fails. */
#define AUTOSPACE 0.095f
#define MEASURE_EMS 38
#define PAIR_PAD 4.0

/* ---- text in lines */

float glyph_before(const struct shaped *t, size_t from, size_t i)
{
    const struct glyph *g = &t->g[i];
    if (g->len == 0)
        return 0;
    if (i == from)
        return g->flags & GLYPH_OPEN ? -0.5f : 0;
    size_t k = i - 1;
    while (k > from && t->g[k].len == 0)
        k--;
    uint8_t before = t->g[k].flags;
    if ((before & GLYPH_CJK && g->flags & GLYPH_LATIN) ||
        (before & GLYPH_LATIN && g->flags & GLYPH_CJK))
        return AUTOSPACE;
    if ((before & GLYPH_CLOSE && g->flags & (GLYPH_CLOSE | GLYPH_OPEN)) ||
        (before & GLYPH_OPEN && g->flags & GLYPH_OPEN))
        return -0.5f;
    return 0;
}

/* The end of the line that begins at `from` and is at most `limit` em wide. */
static size_t line_end(const struct shaped *t, size_t from, float limit, float *ret_w)
{
    size_t good = from, word = from; /* the last places to break, in the order of preference */
    float w = 0, good_w = 0, word_w = 0, ink = 0;
    for (size_t i = from; i < t->n; i++) {
        const struct glyph *g = &t->g[i];
        if (i > from && g->len > 0) {
            if (g->flags & GLYPH_BREAK)
                good = i, good_w = ink;
            if (g->flags & GLYPH_CHAR)
                word = i, word_w = ink;
        }
        w += glyph_before(t, from, i) + g->w;
        bool space = g->flags & GLYPH_SPACE;
        if (!space)
            ink = g->flags & GLYPH_CLOSE ? w - 0.5f : w;
        if (ink > limit + 0.001f && !space && i > from) {
            if (good > from) {
                *ret_w = good_w;
                return good;
            }
            if (word > from) {
                *ret_w = word_w;
                return word;
            }
        }
    }
    *ret_w = ink;
    return t->n;
}

static struct block block_lines(struct paper *p, enum style style, const struct shaped *t,
                                float limit)
{
    const struct style_row *s = &style_table[style];
    struct block b = { .text = *t, .style = style };
    size_t cap = 0, from = 0;
    do {
        float w;
        size_t to = line_end(t, from, limit, &w);
        if (b.n == cap) {
            size_t more = cap ? cap * 2 : 2;
            b.lines =
                arena_grow(p->a, b.lines, cap * sizeof(*b.lines), more * sizeof(*b.lines));
            cap = more;
        }
        size_t ink = to;
        while (ink > from && t->g[ink - 1].flags & GLYPH_SPACE)
            ink--;
        b.lines[b.n++] = (struct line){ from, ink, (double)w * (double)s->size };
        if ((double)w * (double)s->size > b.w)
            b.w = (double)w * (double)s->size;
        from = to;
        while (from < t->n && t->g[from].flags & GLYPH_SPACE)
            from++;
    } while (from < t->n);
    b.h = (double)b.n * (double)s->lead;
    return b;
}

static struct block block_of(struct paper *p, enum style style, double w,
                             const struct shaped *t)
{
    const struct style_row *s = &style_table[style];
    float limit = w > 0 ? (float)(w / (double)s->size) : 1e9f;
    struct block b = block_lines(p, style, t, limit);
    /* No last line of one or two characters where a slightly narrower setting avoids it. */
    for (int tries = 0; tries < 2 && b.n > 1 && b.lines[b.n - 1].to - b.lines[b.n - 1].from < 3;
         tries++) {
        limit -= 1;
        struct block narrow = block_lines(p, style, t, limit);
        if (narrow.n > b.n)
            break;
        b = narrow;
    }
    return b;
}

struct block block_set(struct paper *p, enum style style, double w, const char *text)
{
    struct shaped t =
        press_shape(p->press, p->a, style_table[style].face, p->c.lang, text ? text : "");
    return block_of(p, style, w, &t);
}

void block_draw(struct paper *p, const struct block *b, size_t from, size_t to, double x,
                double y, double w, enum align align, enum palette colour)
{
    const struct style_row *s = &style_table[b->style];
    const struct shaped *t = arena_copy(p->a, &b->text, sizeof(b->text));
    for (size_t i = from; i < to && i < b->n; i++) {
        const struct line *l = &b->lines[i];
        if (l->to == l->from)
            continue;
        struct op *op = paper_op(p, OP_TEXT, colour);
        double left = align == ALIGN_LEFT    ? 0
                      : align == ALIGN_RIGHT ? w - l->w
                                             : (w - l->w) / 2;
        op->x = x + left;
        /* The baseline: ascent and descent of the face are 0.88 and 0.12 em of the ideographs'
         * square. */
        op->y = y + (double)(i - from) * (double)s->lead +
                ((double)s->lead - (double)s->size) / 2 + 0.88 * (double)s->size;
        op->text = t;
        op->from = l->from;
        op->to = l->to;
        op->size = s->size;
    }
}

/* ---- the document and its pages */

static void page_add(struct paper *p)
{
    if (p->n_pages == PAPER_PAGES_MAX) {
        /* Go on over the last page, so that callers need no checks; paper_finish refuses. */
        p->too_long = true;
        struct page *last = &p->pages[p->n_pages - 1];
        last->first = NULL;
        last->last = &last->first;
        return;
    }
    if (p->n_pages == p->cap_pages) {
        size_t cap = p->cap_pages ? p->cap_pages * 2 : 8;
        struct page *pages = arena_array(p->a, cap, sizeof(*pages));
        for (size_t i = 0; i < p->n_pages; i++) {
            pages[i] = p->pages[i];
            if (!pages[i].first) /* the tail points into the struct itself */
                pages[i].last = &pages[i].first;
        }
        p->pages = pages;
        p->cap_pages = cap;
    }
    struct page *page = &p->pages[p->n_pages++];
    page->last = &page->first;
}

enum rc paper_new(struct arena *a, const struct paper_config *c, struct paper **ret,
                  struct err *e)
{
    struct paper *p = arena_alloc(a, sizeof(*p));
    enum rc rc = press_take(&p->press, e);
    if (rc != RC_OK)
        return rc;
    p->a = a;
    p->c = *c;
    p->table_frame = -1;
    page_add(p);
    p->columns = 1;
    p->x = PAPER_LEFT;
    p->w = PAPER_RIGHT - PAPER_LEFT;
    p->y = p->top = PAPER_TOP;
    *ret = p;
    return RC_OK;
}

void paper_free(struct paper **p)
{
    if (!*p)
        return;
    press_give(&(*p)->press);
    *p = NULL;
}

struct arena *paper_arena(struct paper *p)
{
    return p->a;
}

enum lang paper_lang(const struct paper *p)
{
    return p->c.lang;
}

const char *paper_word(const struct paper *p, const char *zh)
{
    return lang_text(p->c.lang, zh);
}

struct op *paper_op(struct paper *p, enum op_kind kind, enum palette colour)
{
    struct op *op = arena_alloc(p->a, sizeof(*op));
    op->kind = kind;
    op->rgb = palette_rgb(colour);
    struct page *page = &p->pages[p->n_pages - 1];
    *page->last = op;
    page->last = &op->next;
    return op;
}

/* ---- the frame */

double paper_x(const struct paper *p)
{
    return p->x;
}

double paper_w(const struct paper *p)
{
    return p->w;
}

double paper_y(const struct paper *p)
{
    return p->y;
}

double paper_room(const struct paper *p)
{
    return PAPER_BOTTOM - p->y;
}

int paper_page(const struct paper *p)
{
    return (int)p->n_pages;
}

bool paper_full(const struct paper *p)
{
    return p->too_long;
}

void paper_move(struct paper *p, double y)
{
    p->y = y;
}

void paper_gap(struct paper *p, double h)
{
    if (p->y > p->top)
        p->y += h;
}

static void column_place(struct paper *p)
{
    double whole = PAPER_RIGHT - PAPER_LEFT;
    p->w = (whole - (p->columns - 1) * p->gap) / p->columns;
    p->x = PAPER_LEFT + p->column * (p->w + p->gap);
    p->y = p->top = p->column_top;
}

void paper_break(struct paper *p)
{
    p->frame++;
    if (p->columns > 1) {
        if (p->y > p->column_low)
            p->column_low = p->y;
        if (p->column + 1 < p->columns) {
            p->column++;
            column_place(p);
            return;
        }
        p->column = 0;
    }
    page_add(p);
    p->column_top = p->column_low = PAPER_TOP;
    if (p->columns > 1)
        column_place(p);
    p->y = p->top = PAPER_TOP;
}

void paper_need(struct paper *p, double h)
{
    double most = PAPER_BOTTOM - PAPER_TOP;
    if (h > most)
        h = most;
    /* A tenth of a point forgives the sum of many roundings. */
    if (p->y + h > PAPER_BOTTOM + 0.1 && p->y > p->top)
        paper_break(p);
}

void paper_columns(struct paper *p, int n, double gap)
{
    if (p->columns > 1 && p->y < p->column_low)
        p->y = p->column_low;
    p->frame++;
    p->columns = n;
    p->column = 0;
    p->gap = gap;
    p->column_top = p->column_low = p->y;
    double was = p->top;
    column_place(p);
    p->top = n == 1 ? was : p->y;
}

void paper_area(struct paper *p, double x, double w)
{
    p->x = x;
    p->w = w;
}

void paper_whole(struct paper *p)
{
    paper_area(p, PAPER_LEFT, PAPER_RIGHT - PAPER_LEFT);
}

/* ---- text that flows */

static void outline_add(struct paper *p, const char *text, int level)
{
    if (p->n_outlines == p->cap_outlines) {
        size_t cap = p->cap_outlines ? p->cap_outlines * 2 : 16;
        p->outlines = arena_grow(p->a, p->outlines, p->cap_outlines * sizeof(*p->outlines),
                                 cap * sizeof(*p->outlines));
        p->cap_outlines = cap;
    }
    p->outlines[p->n_outlines++] =
        (struct outline){ arena_strdup(p->a, text), paper_page(p), level, p->y };
}

void paper_tag(struct paper *p, const char *name)
{
    paper_op(p, OP_TAG, PALETTE_INK)->tag = name;
}

void paper_untag(struct paper *p, const char *name)
{
    paper_op(p, OP_UNTAG, PALETTE_INK)->tag = name;
}

/* Flow a block: lines that do not fit go on in the next frame, never one line alone on either
 * side. */
static void block_flow(struct paper *p, const struct block *b, const char *tag)
{
    const struct style_row *s = &style_table[b->style];
    double lead = (double)s->lead;
    size_t at = 0;
    while (at < b->n) {
        size_t left = b->n - at;
        size_t fit = paper_room(p) < lead ? 0 : (size_t)(paper_room(p) / lead);
        if (fit < left) {
            if (left - fit == 1 && fit > 0)
                fit--; /* take one more line along */
            if (fit < 2 && p->y > p->top) {
                paper_break(p);
                continue;
            }
            if (fit == 0)
                fit = 1;
        } else {
            fit = left;
        }
        paper_tag(p, tag);
        block_draw(p, b, at, at + fit, p->x, p->y, p->w, ALIGN_LEFT, s->colour);
        paper_untag(p, tag);
        p->y += (double)fit * lead;
        at += fit;
        if (at < b->n)
            paper_break(p);
    }
}

void paper_title(struct paper *p, const char *text)
{
    struct block b = block_set(p, STYLE_H1, p->w, text);
    paper_need(p, b.h + 40);
    outline_add(p, b.text.s, 1);
    block_flow(p, &b, "H1");
}

void paper_section(struct paper *p, const char *heading, const char *lead, double need)
{
    struct block head = block_set(p, STYLE_H2, p->w, heading);
    struct block note = block_set(p, STYLE_LEAD, p->w, lead);
    bool has_note = lead && *lead;
    double above = p->y > p->top ? 18 : 0;
    paper_need(p, above + 10 + head.h + (has_note ? note.h + 3 : 0) + 6 + need);
    paper_gap(p, 18);
    paper_fill(p, PALETTE_INK, p->x, p->y, p->w, 1.5);
    p->y += 8;
    outline_add(p, head.text.s, 2);
    block_flow(p, &head, "H2");
    p->heading_y = p->y;
    p->heading_w = head.n == 1 ? head.w : p->w;
    if (has_note) {
        p->y += 2;
        block_flow(p, &note, "P");
    }
    p->y += 6;
}

void paper_aside(struct paper *p, const char *text)
{
    if (p->heading_w + 16 + paper_width(p, STYLE_QUIET, text) > p->w) {
        paper_move(p, p->heading_y);
        paper_text(p, STYLE_QUIET, text);
        p->y += 4;
        return;
    }
    paper_tag(p, "P");
    paper_put(p, p->x + p->w, p->heading_y - 5, ALIGN_RIGHT, STYLE_QUIET, text);
    paper_untag(p, "P");
}

void paper_heading(struct paper *p, const char *text)
{
    struct block b = block_set(p, STYLE_H3, p->w, text);
    paper_need(p, b.h + 40);
    block_flow(p, &b, "H3");
}

static double measure(const struct paper *p, enum style style)
{
    double most = MEASURE_EMS * (double)style_table[style].size;
    return p->w < most ? p->w : most;
}

void paper_text(struct paper *p, enum style style, const char *text)
{
    struct block b = block_set(p, style, measure(p, style), text);
    block_flow(p, &b, "P");
}

void paper_text_strong(struct paper *p, enum style style, size_t n, const char *text)
{
    struct shaped t = press_shape(p->press, p->a, FACE_REGULAR, p->c.lang, text);
    struct shaped bold = press_shape(p->press, p->a, FACE_BOLD, p->c.lang, text);
    if (bold.n == t.n) { /* always, unless the bold face lacks what the regular one has */
        struct glyph *g = arena_copy(p->a, t.g, t.n * sizeof(*g));
        for (size_t i = 0; i < t.n && bold.g[i].at < n; i++)
            g[i] = bold.g[i];
        t.g = g;
    }
    struct block b = block_of(p, style, measure(p, style), &t);
    block_flow(p, &b, "P");
}

void paper_pair(struct paper *p, const char *label, const char *text, double label_w)
{
    struct block name = block_set(p, STYLE_QUIET, label_w - 8, label);
    struct block b = block_set(p, STYLE_TABLE, p->w - label_w, text);
    double h = (name.h > b.h ? name.h : b.h) + PAIR_PAD;
    paper_need(p, h);
    paper_tag(p, "P");
    /* The two styles differ by half a point in leading: the baselines must not. */
    block_draw(p, &name, 0, name.n, p->x, p->y + 1.75, label_w, ALIGN_LEFT, PALETTE_INK2);
    block_draw(p, &b, 0, b.n, p->x + label_w, p->y + 2, p->w - label_w, ALIGN_LEFT,
               PALETTE_INK);
    paper_untag(p, "P");
    p->y += h;
    paper_fill(p, PALETTE_RULE2, p->x, p->y - 0.5, p->w, 0.5);
}

/* ---- drawing */

double paper_size(enum style style)
{
    return (double)style_table[style].size;
}

double paper_put_in(struct paper *p, double x, double y, enum align align, enum style style,
                    enum palette colour, const char *text)
{
    struct block b = block_set(p, style, 0, text);
    const struct style_row *s = &style_table[style];
    double top = y - ((double)s->lead - (double)s->size) / 2 - 0.88 * (double)s->size;
    double left = align == ALIGN_LEFT ? x : align == ALIGN_RIGHT ? x - b.w : x - b.w / 2;
    block_draw(p, &b, 0, 1, left, top, b.w, ALIGN_LEFT, colour);
    return b.w;
}

double paper_put(struct paper *p, double x, double y, enum align align, enum style style,
                 const char *text)
{
    return paper_put_in(p, x, y, align, style, style_table[style].colour, text);
}

double paper_box(struct paper *p, double x, double y, double w, enum style style,
                 const char *text)
{
    struct block b = block_set(p, style, w, text);
    block_draw(p, &b, 0, b.n, x, y, w, ALIGN_LEFT, style_table[style].colour);
    return b.h;
}

double paper_width(struct paper *p, enum style style, const char *text)
{
    return block_set(p, style, 0, text).w;
}

double paper_height(struct paper *p, enum style style, double w, const char *text)
{
    return block_set(p, style, w, text).h;
}

void paper_fill(struct paper *p, enum palette colour, double x, double y, double w, double h)
{
    paper_rects(p, colour, &(struct paper_rect){ x, y, w, h }, 1);
}

void paper_rects(struct paper *p, enum palette colour, const struct paper_rect *r, size_t n)
{
    struct op *op = paper_op(p, OP_RECTS, colour);
    op->rect = arena_copy(p->a, r, n * sizeof(*r));
    op->n_rect = n;
}

void paper_frame(struct paper *p, enum palette colour, double width, double x, double y,
                 double w, double h)
{
    struct op *op = paper_op(p, OP_FRAME, colour);
    op->x = x, op->y = y, op->w = w, op->h = h;
    op->width = width;
}

void paper_line(struct paper *p, enum palette colour, double width, double dash, double x1,
                double y1, double x2, double y2)
{
    struct op *op = paper_op(p, OP_LINE, colour);
    op->x = x1, op->y = y1, op->w = x2, op->h = y2;
    op->width = width;
    op->dash = dash;
}

static void points(struct paper *p, enum op_kind kind, enum palette colour, double width,
                   const struct paper_point *pt, size_t n)
{
    if (n < 2)
        return;
    struct op *op = paper_op(p, kind, colour);
    op->pt = arena_copy(p->a, pt, n * sizeof(*pt));
    op->n_pt = n;
    op->width = width;
}

void paper_polyline(struct paper *p, enum palette colour, double width,
                    const struct paper_point *pt, size_t n)
{
    points(p, OP_POLYLINE, colour, width, pt, n);
}

void paper_polygon(struct paper *p, enum palette colour, const struct paper_point *pt, size_t n)
{
    points(p, OP_POLYGON, colour, 0, pt, n);
}

void paper_disc(struct paper *p, enum palette fill, enum palette edge, double edge_width,
                double x, double y, double r)
{
    struct op *op = paper_op(p, OP_DISC, fill);
    op->rgb2 = palette_rgb(edge);
    op->x = x, op->y = y, op->w = r;
    op->width = edge_width;
}

void paper_hatch(struct paper *p, double x, double y, double w, double h)
{
    struct op *op = paper_op(p, OP_HATCH, PALETTE_EDGE);
    op->x = x, op->y = y, op->w = w, op->h = h;
    op->width = 0.6;
}

double paper_mark(struct paper *p, enum mark m, double x, double y, double s)
{
    switch (m) {
    case MARK_NONE:
        return 0;
    case MARK_RED:
        paper_polygon(
            p, PALETTE_RED,
            (struct paper_point[]){ { x + s / 2, y - s * 0.96 }, { x + s, y }, { x, y } }, 3);
        break;
    case MARK_ORANGE:
        paper_polygon(p, PALETTE_ORANGE,
                      (struct paper_point[]){ { x + s / 2, y - s },
                                              { x + s, y - s / 2 },
                                              { x + s / 2, y },
                                              { x, y - s / 2 } },
                      4);
        break;
    case MARK_YELLOW:
        paper_disc(p, PALETTE_YELLOW, PALETTE_YELLOW_EDGE, s * 0.11, x + s / 2, y - s / 2,
                   s * 0.44);
        break;
    case MARK_BLUE:
        paper_fill(p, PALETTE_INK2, x + s * 0.08, y - s * 0.92, s * 0.84, s * 0.84);
        break;
    }
    return s;
}

/*
 * A code is an image of one bit a module: as a path of four hundred rectangles it took cairo
 * longer than the rest of the page together.
 */
struct op *qr_op(struct paper *p, const char *text, double x, double y, double w)
{
    enum { QR_TEXT_MAX = 1000 };
    size_t n = text ? strlen(text) : 0;
    QRcode *code = n > 0 && n <= QR_TEXT_MAX
                       ? QRcode_encodeData((int)n, (const unsigned char *)text, 0, QR_ECLEVEL_M)
                       : NULL;
    if (!code)
        return NULL;
    size_t modules = (size_t)code->width * (size_t)code->width;
    uint8_t *dark = arena_alloc(p->a, modules);
    for (size_t i = 0; i < modules; i++)
        dark[i] = code->data[i] & 1;
    struct op *op = paper_op(p, OP_MODULES, PALETTE_INK);
    op->x = x;
    op->y = y;
    op->w = w;
    op->dark = dark;
    op->side = code->width;
    QRcode_free(code);
    return op;
}

bool paper_qr(struct paper *p, const char *text, double x, double y, double w)
{
    return qr_op(p, text, x, y, w) != NULL;
}

void paper_link(struct paper *p, const char *url)
{
    struct str b;
    str_init(&b, p->a);
    str_add(&b, "uri='");
    for (const char *c = url; *c; c++) {
        if (*c == '\'' || *c == '\\')
            str_addc(&b, '\\');
        if ((unsigned char)*c > ' ' && (unsigned char)*c < 0x7f)
            str_addc(&b, *c);
    }
    str_addc(&b, '\'');
    struct op *op = paper_op(p, OP_TAG, PALETTE_INK);
    op->tag = "Link";
    op->attributes = b.s;
}

void paper_unlink(struct paper *p)
{
    paper_untag(p, "Link");
}
