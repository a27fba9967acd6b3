/*
 * Forms. One idea: a row is as high as its fullest cell; what is higher than a page goes on in
 * a cell of the next one, under the same name.
 */
#include "print/form.h"

#include "base/str.h"
#include "print/docx.h"
#include "print/paper_impl.h"

#include <math.h>

/* A4 with 25 mm at the sides. */
#define FORM_X 70.9
#define FORM_W (PAPER_W - 2 * FORM_X)
#define NAME_W 84.0
#define PAD 8.0
#define LEAD 20.0
#define SIGN_H 26.0

/* The lines of a cell's text, paragraph after paragraph. */
struct lines {
    struct form_line {
        struct block block;
        size_t at;
    } * list;
    size_t n;
};

static struct lines set_lines(struct paper *p, enum style style, double w, const char *text)
{
    struct lines ret = { .n = 0 };
    size_t n, cap = 0;
    char **paragraphs = str_split(p->a, text ? text : "", '\n', &n);

    for (size_t i = 0; i < n; i++) {
        struct block b = block_set(p, style, w, paragraphs[i]);
        for (size_t k = 0; k < b.n; k++) {
            if (ret.n == cap) {
                size_t more = cap ? cap * 2 : 16;
                ret.list = arena_grow(p->a, ret.list, cap * sizeof(*ret.list),
                                      more * sizeof(*ret.list));
                cap = more;
            }
            ret.list[ret.n++] = (struct form_line){ b, k };
        }
    }
    return ret;
}

/* Lines from..to in a cell of height h whose top is at y; alone they stand in its middle. */
static void draw_lines(struct paper *p, const struct lines *l, size_t from, size_t to, double x,
                       double y, double w, double h, enum align align, bool middle)
{
    double top = middle ? y + (h - (double)(to - from) * LEAD) / 2 : y + PAD;

    for (size_t i = from; i < to && i < l->n; i++)
        block_draw(p, &l->list[i].block, l->list[i].at, l->list[i].at + 1, x,
                   top + (double)(i - from) * LEAD, w, align, PALETTE_INK);
}

/* Where people write by hand: 签名 and a date. */
static void draw_sign(struct paper *p, double x, double y, double w)
{
    paper_put(p, x + w - PAD, y - PAD, ALIGN_RIGHT, STYLE_ANSWER,
              paper_word(p, N_("签名：　　　　　　　　　年　　月　　日")));
}

struct cell_at {
    struct lines name, text;
    double x, w; /* of the whole cell, its name inside */
};

/* One piece of a row: lines from..to of every cell. */
static void draw_piece(struct paper *p, const struct form_row *r, const struct cell_at *c,
                       size_t from, size_t to, double h, bool last)
{
    paper_tag(p, "TR");
    for (size_t i = 0; i < r->n; i++) {
        size_t end = to < c[i].text.n ? to : c[i].text.n;
        paper_frame(p, PALETTE_INK, 0.6, c[i].x, p->y, NAME_W, h);
        paper_frame(p, PALETTE_INK, 0.6, c[i].x + NAME_W, p->y, c[i].w - NAME_W, h);
        paper_tag(p, "TH");
        draw_lines(p, &c[i].name, 0, c[i].name.n, c[i].x + 4, p->y, NAME_W - 8, h, ALIGN_CENTRE,
                   true);
        paper_untag(p, "TH");
        paper_tag(p, "TD");
        draw_lines(p, &c[i].text, from, end, c[i].x + NAME_W + PAD, p->y,
                   c[i].w - NAME_W - 2 * PAD, h, ALIGN_LEFT,
                   !r->sign && from == 0 && c[i].text.n <= to && r->lines <= 1);
        paper_untag(p, "TD");
        if (r->sign && last)
            draw_sign(p, c[i].x + NAME_W, p->y + h, c[i].w - NAME_W);
    }
    paper_untag(p, "TR");
    p->y += h;
}

static void draw_row(struct paper *p, const struct form_row *r)
{
    struct cell_at c[FORM_CELLS_MAX];
    size_t most = (size_t)(r->lines > 1 ? r->lines : 1), from = 0;

    for (size_t i = 0; i < r->n; i++) {
        c[i].w = FORM_W / (double)r->n;
        c[i].x = FORM_X + (double)i * c[i].w;
        c[i].name = set_lines(p, STYLE_FORM_NAME, NAME_W - 8, r->cell[i].name);
        c[i].text = set_lines(p, STYLE_ANSWER, c[i].w - NAME_W - 2 * PAD, r->cell[i].text);
        most = c[i].name.n > most ? c[i].name.n : most;
        most = c[i].text.n > most ? c[i].text.n : most;
    }
    double sign = r->sign ? SIGN_H : 0, whole = (double)most * LEAD + 2 * PAD + sign;
    if (whole <= PAPER_BOTTOM - PAPER_TOP)
        paper_need(p, whole);
    while (from < most) {
        double room = paper_room(p) - 2 * PAD;
        size_t fit = room > 0 ? (size_t)floor((room + 0.1) / LEAD) : 0, left = most - from;
        bool last = (double)left * LEAD + sign <= room + 0.1;
        if (!last && fit < 3 && !paper_full(p)) {
            paper_break(p);
            continue;
        }
        size_t n = last ? left : fit < left ? fit : left - 1;
        draw_piece(p, r, c, from, from + n, (double)n * LEAD + 2 * PAD + (last ? sign : 0),
                   last);
        from += n;
        if (paper_full(p))
            return;
    }
}

enum rc form_pdf(const struct form *f, struct arena *a, struct bytes *ret, int *ret_pages,
                 struct err *e)
{
    const struct paper_config config = { .lang = f->lang,
                                         .time = f->time,
                                         .title = f->title,
                                         .author = f->county,
                                         .head_left = f->county,
                                         .head_right = f->left,
                                         .foot = f->foot,
                                         .watermark = f->mark,
                                         .qr = f->proof };
    CLEANUP(paper_free) struct paper *p = NULL;

    enum rc rc = paper_new(a, &config, &p, e);
    if (rc != RC_OK)
        return rc;
    paper_put(p, PAPER_W / 2, p->y + 18, ALIGN_CENTRE, STYLE_H1, f->title);
    paper_put_in(p, FORM_X, p->y + 50, ALIGN_LEFT, STYLE_ANSWER, PALETTE_INK, f->left);
    paper_put_in(p, FORM_X + FORM_W, p->y + 50, ALIGN_RIGHT, STYLE_ANSWER, PALETTE_INK,
                 f->right);
    paper_move(p, p->y + 60);
    paper_tag(p, "Table");
    for (size_t i = 0; i < f->n_rows && !paper_full(p); i++)
        draw_row(p, &f->rows[i]);
    paper_untag(p, "Table");
    for (size_t i = 0; i < f->n_notes; i++) {
        double h = paper_height(p, STYLE_QUIET, FORM_W, f->notes[i]);
        paper_need(p, h + 6);
        paper_box(p, FORM_X, p->y + 6, FORM_W, STYLE_QUIET, f->notes[i]);
        paper_move(p, p->y + h + 6);
    }
    return paper_finish(p, ret, ret_pages, e);
}

enum rc form_docx(const struct form *f, struct arena *a, struct bytes *ret, struct err *e)
{
    struct docx *d = docx_begin(a, &(struct docx_config){ .lang = f->lang,
                                                          .time = f->time,
                                                          .title = f->title,
                                                          .author = f->county,
                                                          .subject = f->left,
                                                          .mark = f->mark,
                                                          .foot = f->foot,
                                                          .dense = true });
    docx_title(d, f->title);
    docx_ends(d, f->left, f->right);
    docx_form(d);
    for (size_t i = 0; i < f->n_rows; i++) {
        const struct form_row *r = &f->rows[i];
        struct docx_field fields[FORM_CELLS_MAX];
        for (size_t k = 0; k < r->n; k++)
            fields[k] = (struct docx_field){ r->cell[k].name, r->cell[k].text };
        docx_form_row(d, fields, r->n, r->lines,
                      r->sign ? lang_text(f->lang, N_("签名：　　　　　　　　　年　　月　　日"))
                              : NULL);
    }
    docx_table_end(d);
    for (size_t i = 0; i < f->n_notes; i++)
        docx_small(d, f->notes[i]);
    if (f->proof)
        docx_link(d, lang_text(f->lang, N_("核验")), f->proof);
    return docx_end(d, ret, e);
}
