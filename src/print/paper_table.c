/*
 * Tables. One idea: a row waits until the next one is known, so that a heading is never left
 * behind by its rows and the last row never stands alone on a page.
 */
#include "print/paper_impl.h"

#include <assert.h>
#include <math.h>

struct measure {
    enum style plain, strong, quiet;
    double pad; /* above and below the text of a row */
    double mark;
};
static const struct measure normal = { STYLE_TABLE, STYLE_TABLE_STRONG, STYLE_QUIET, 1.9, 8 };
static const struct measure fine = { STYLE_FINE, STYLE_FINE_STRONG, STYLE_FINE_QUIET, 1.1,
                                     6.5 };

enum { COLUMN_GAP = 10 };

static const struct measure *measure(const struct paper *p)
{
    return p->table->fine ? &fine : &normal;
}

static void columns_place(struct paper *p)
{
    const struct paper_table *t = p->table;
    double fixed = 0;
    size_t free_columns = 0;
    for (size_t i = 0; i < t->n; i++) {
        fixed += t->columns[i].width;
        free_columns += t->columns[i].width <= 0;
    }
    double gap = t->fine ? 6 : COLUMN_GAP;
    double rest = p->w - fixed - gap * (double)(t->n - 1);
    /* Too wide: everything shrinks alike, and text breaks more often. */
    double shrink =
        rest < 0 && free_columns == 0 ? (p->w - gap * (double)(t->n - 1)) / fixed : 1;
    double share = free_columns ? fmax(rest / (double)free_columns, 12) : 0;
    double x = 0;
    for (size_t i = 0; i < t->n; i++) {
        p->column_x[i] = x;
        p->column_w[i] = t->columns[i].width > 0 ? t->columns[i].width * shrink : share;
        x += p->column_w[i] + gap;
    }
}

/* What stands left of a cell's text. */
static double cell_lead(const struct paper *p, const struct paper_cell *c)
{
    double lead = c->indent;
    if (c->mark != MARK_NONE)
        lead += measure(p)->mark + 3.5;
    if (c->bar_max > 0)
        lead += p->table->bar_w + 4;
    return lead;
}

static enum style cell_style(const struct paper *p, const struct paper_cell *c, size_t column,
                             enum row_kind kind)
{
    const struct measure *m = measure(p);
    if (kind == ROW_TOTAL || c->strong || p->table->columns[column].strong)
        return m->strong;
    return c->quiet ? m->quiet : m->plain;
}

static struct row row_measure(struct paper *p, enum row_kind kind,
                              const struct paper_cell *cells)
{
    const struct measure *m = measure(p);
    struct row r = { .kind = kind, .cells = cells };
    if (kind == ROW_GROUP) {
        r.blocks = arena_alloc(p->a, sizeof(*r.blocks));
        r.blocks[0] = block_set(p, m->strong, p->w, cells[0].text);
        r.h = r.blocks[0].h + 2 * m->pad + 5;
        return r;
    }
    r.blocks = arena_array(p->a, p->table->n, sizeof(*r.blocks));
    for (size_t i = 0; i < p->table->n; i++) {
        double w = p->column_w[i] - cell_lead(p, &cells[i]);
        r.blocks[i] =
            block_set(p, cell_style(p, &cells[i], i, kind), w < 8 ? 8 : w, cells[i].text);
        if (r.blocks[i].h > r.h)
            r.h = r.blocks[i].h;
    }
    r.h += 2 * m->pad;
    return r;
}

double paper_table_row_height(struct paper *p, const struct paper_cell *cells)
{
    return row_measure(p, ROW_PLAIN, cells).h;
}

static double head_height(struct paper *p)
{
    double h = 0;
    for (size_t i = 0; i < p->table->n; i++) {
        double block =
            block_set(p, measure(p)->quiet, p->column_w[i], p->table->columns[i].head).h;
        h = block > h ? block : h;
    }
    return h + 5;
}

/* Rows and cells are tagged in ordinary tables only: a tag costs 120 bytes of the file, more
 * than a small cell's text. */
static void cell_tag(struct paper *p, const char *name)
{
    if (!p->table->fine)
        paper_tag(p, name);
}

static void cell_untag(struct paper *p, const char *name)
{
    if (!p->table->fine)
        paper_untag(p, name);
}

static void head_draw(struct paper *p)
{
    const struct paper_table *t = p->table;
    double h = head_height(p);
    paper_tag(p, "Table");
    cell_tag(p, "TR");
    for (size_t i = 0; i < t->n; i++) {
        struct block b = block_set(p, measure(p)->quiet, p->column_w[i], t->columns[i].head);
        cell_tag(p, "TH");
        block_draw(p, &b, 0, b.n, p->x + p->column_x[i], p->y + h - 4 - b.h, p->column_w[i],
                   t->columns[i].align, PALETTE_INK2);
        cell_untag(p, "TH");
    }
    cell_untag(p, "TR");
    p->y += h;
    paper_fill(p, PALETTE_EDGE, p->x, p->y - 0.6, p->w, 0.6);
    p->table_frame = p->frame;
    p->table_rows = 0;
}

static void bar_draw(struct paper *p, const struct paper_cell *c, double x, double y)
{
    double half = p->table->bar_w / 2, h = 6;
    double v = isfinite(c->bar) ? c->bar : 0;
    double w = fmin(fabs(v) / c->bar_max, 1) * half;
    if (w > 0.05)
        paper_fill(p, v > 0 ? PALETTE_D5 : PALETTE_D1, v > 0 ? x + half : x + half - w, y + 3.5,
                   w, h);
    paper_fill(p, PALETTE_EDGE, x + half - 0.3, y + 1.5, 0.6, h + 4);
}

/* The hairlines between rows are drawn as one path a frame: text between two rules can be shown
 * together. */
static void rules_draw(struct paper *p)
{
    if (p->n_rules > 0)
        paper_rects(p, PALETTE_RULE2, p->rules, p->n_rules);
    p->n_rules = 0;
}

static void rule_add(struct paper *p)
{
    if (p->n_rules == p->cap_rules) {
        size_t cap = p->cap_rules ? p->cap_rules * 2 : 64;
        p->rules = arena_grow(p->a, p->rules, p->cap_rules * sizeof(*p->rules),
                              cap * sizeof(*p->rules));
        p->cap_rules = cap;
    }
    p->rules[p->n_rules++] = (struct paper_rect){ p->x, p->y - 0.5, p->w, 0.5 };
}

/* Lines from..to of every cell of a row. */
static void row_draw(struct paper *p, const struct row *r, size_t from, size_t to, double h)
{
    const struct measure *m = measure(p);
    double top = p->y + m->pad;
    cell_tag(p, "TR");
    for (size_t i = 0; i < p->table->n; i++) {
        const struct paper_cell *c = &r->cells[i];
        const struct block *b = &r->blocks[i];
        if (from > 0 && from >= b->n)
            continue;
        double x = p->x + p->column_x[i], lead = cell_lead(p, c);
        cell_tag(p, "TD");
        if (from == 0) {
            double at = x + c->indent;
            if (c->bar_max > 0) {
                bar_draw(p, c, at, top - 1);
                at += p->table->bar_w + 4;
            }
            if (c->mark != MARK_NONE)
                paper_mark(p, c->mark, at, top + m->mark + (p->table->fine ? 1.6 : 2.4),
                           m->mark);
        }
        enum palette colour = r->kind == ROW_TOTAL || !c->quiet ? PALETTE_INK : PALETTE_INK2;
        block_draw(p, b, from, to, x + lead, top, p->column_w[i] - lead,
                   p->table->columns[i].align, colour);
        cell_untag(p, "TD");
    }
    cell_untag(p, "TR");
    p->y += h;
    p->table_rows++;
    if (r->kind != ROW_TOTAL)
        rule_add(p);
}

static void table_break(struct paper *p)
{
    rules_draw(p);
    if (p->table_frame == p->frame)
        paper_untag(p, "Table");
    paper_break(p);
    p->table_frame = -1;
}

/* A row taller than half a page goes over it line by line. */
static void row_split(struct paper *p, const struct row *r)
{
    const struct measure *m = measure(p);
    size_t lines = 1;
    double lead = (double)style_table[m->plain].lead;
    for (size_t i = 0; i < p->table->n; i++)
        lines = r->blocks[i].n > lines ? r->blocks[i].n : lines;
    for (size_t at = 0; at < lines;) {
        double room =
            paper_room(p) - 2 * m->pad - (p->table_frame == p->frame ? 0 : head_height(p));
        size_t fit = room < 2 * (lead + 0.5) ? 0 : (size_t)(room / (lead + 0.5));
        if (fit == 0) {
            table_break(p);
            continue;
        }
        if (p->table_frame != p->frame)
            head_draw(p);
        size_t to = at + fit < lines ? at + fit : lines;
        row_draw(p, r, at, to, (double)(to - at) * (lead + 0.5) + 2 * m->pad);
        at = to;
    }
}

/* Place a row; `after` is what must not be parted from it. */
static void row_place(struct paper *p, const struct row *r, double after)
{
    double body = PAPER_BOTTOM - PAPER_TOP;
    bool tall = r->kind != ROW_GROUP && r->h > body / 2;
    double head = p->table_frame == p->frame ? 0 : head_height(p);
    if (!tall && p->y + head + r->h + after > PAPER_BOTTOM + 0.1 && p->y > p->top)
        table_break(p);
    if (tall) {
        row_split(p, r);
        return;
    }
    if (p->table_frame != p->frame)
        head_draw(p);
    if (r->kind != ROW_GROUP) {
        size_t lines = 0;
        for (size_t i = 0; i < p->table->n; i++)
            lines = r->blocks[i].n > lines ? r->blocks[i].n : lines;
        row_draw(p, r, 0, lines, r->h);
        return;
    }
    const struct measure *m = measure(p);
    cell_tag(p, "TR");
    cell_tag(p, "TH");
    block_draw(p, &r->blocks[0], 0, r->blocks[0].n, p->x, p->y + m->pad + 5, p->w, ALIGN_LEFT,
               PALETTE_INK);
    cell_untag(p, "TH");
    cell_untag(p, "TR");
    p->y += r->h;
    paper_fill(p, PALETTE_EDGE, p->x, p->y - 0.6, p->w, 0.6);
}

static void queue_shift(struct paper *p, bool last_follows)
{
    double after = 0;
    if (p->n_queue == 2 &&
        (p->queue[0].kind == ROW_GROUP || p->queue[1].kind == ROW_TOTAL || last_follows))
        after = p->queue[1].h;
    row_place(p, &p->queue[0], after);
    p->queue[0] = p->queue[1];
    p->n_queue--;
}

static void queue_add(struct paper *p, struct row r)
{
    assert(p->table);
    if (p->n_queue == 2)
        queue_shift(p, false);
    p->queue[p->n_queue++] = r;
}

void paper_table_begin(struct paper *p, const struct paper_table *t)
{
    assert(!p->table && t->n > 0 && t->n <= PAPER_COLUMNS_MAX);
    p->table = t;
    columns_place(p);
    p->table_frame = -1;
    p->n_queue = 0;
    /* The head with at least two rows. */
    paper_need(p, head_height(p) + 2 * (double)style_table[measure(p)->plain].lead +
                      4 * measure(p)->pad);
}

void paper_table_row(struct paper *p, const struct paper_cell *cells)
{
    const struct paper_cell *own = arena_copy(p->a, cells, p->table->n * sizeof(*cells));
    queue_add(p, row_measure(p, ROW_PLAIN, own));
}

void paper_table_group(struct paper *p, const char *text)
{
    const struct paper_cell c = { .text = text };
    queue_add(p, row_measure(p, ROW_GROUP, arena_copy(p->a, &c, sizeof(c))));
}

void paper_table_total(struct paper *p, const struct paper_cell *cells)
{
    const struct paper_cell *own = arena_copy(p->a, cells, p->table->n * sizeof(*cells));
    queue_add(p, row_measure(p, ROW_TOTAL, own));
}

void paper_table_end(struct paper *p)
{
    while (p->n_queue > 0)
        queue_shift(p, /* last_follows= */ true);
    if (p->table_frame != p->frame)
        head_draw(p); /* an empty table still says what it would hold */
    rules_draw(p);
    paper_untag(p, "Table");
    p->table_frame = -1;
    p->table = NULL;
}
