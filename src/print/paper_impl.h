/* What paper.c, paper_table.c, paper_out.c and form.c share. Nobody else includes it. */
#ifndef PRINT_PAPER_IMPL_H
#define PRINT_PAPER_IMPL_H

#include "base/arena.h"
#include "print/face.h"
#include "print/paper.h"

/* One line of set text: glyphs from..to of a shaped text. */
struct line {
    size_t from, to;
    double w; /* points */
};
struct block {
    struct shaped text;
    enum style style;
    struct line *lines;
    size_t n;
    double w, h;
};

enum op_kind {
    OP_TEXT,
    OP_RECTS,
    OP_POLYGON,
    OP_POLYLINE,
    OP_DISC,
    OP_LINE,
    OP_FRAME,
    OP_HATCH,
    OP_MODULES,
    OP_TAG,
    OP_UNTAG
};
struct op {
    struct op *next;
    enum op_kind kind;
    uint32_t rgb, rgb2; /* 0xRRGGBB: fill or stroke; edge */
    double x, y, w, h;  /* what they mean depends on the kind: see paper_out.c */
    double width, dash;
    union {
        struct {
            const struct shaped *text;
            size_t from, to;
            float size;
            double angle;
        };
        struct {
            const struct paper_point *pt;
            size_t n_pt;
        };
        struct {
            const struct paper_rect *rect;
            size_t n_rect;
        };
        struct {
            const uint8_t *dark; /* side * side, 1 is dark */
            int side;
        };
        struct {
            const char *tag, *attributes;
        };
    };
};

struct page {
    struct op *first, **last;
};

struct outline {
    const char *text;
    int page, level;
    double y;
};

/* A row of a table, measured but not yet placed. */
enum row_kind { ROW_PLAIN, ROW_GROUP, ROW_TOTAL };
struct row {
    enum row_kind kind;
    const struct paper_cell *cells; /* NULL for a group */
    struct block *blocks;           /* one a column; one for a group */
    double h;
};

struct paper {
    struct arena *a;
    struct press *press;
    struct paper_config c;

    struct page *pages;
    size_t n_pages, cap_pages;
    bool too_long;
    struct outline *outlines;
    size_t n_outlines, cap_outlines;

    /* the frame */
    int columns, column;
    double gap;
    double column_top, column_low; /* where the columns of this page began; the lowest end */
    double x, w, y;
    double top;                  /* of this frame: no gaps there */
    double heading_y, heading_w; /* below the last section's heading, and how wide that is */
    int frame; /* counts frames, so that a table knows when to repeat its head */

    const struct op *qr; /* the code in the foot, once made */

    /* the table being set */
    const struct paper_table *table;
    double column_x[PAPER_COLUMNS_MAX], column_w[PAPER_COLUMNS_MAX];
    int table_frame;          /* in which its head stands; -1: none yet */
    int table_rows;           /* in this frame */
    struct paper_rect *rules; /* between the rows of this frame, not yet drawn */
    size_t n_rules, cap_rules;
    struct row queue[2];
    size_t n_queue;
};

struct style_row {
    enum face face;
    float size, lead; /* points; lead is the distance of two baselines */
    enum palette colour;
};
extern const struct style_row style_table[STYLES];

/* A new operation at the end of the current page. */
struct op *paper_op(struct paper *p, enum op_kind kind, enum palette colour);
/* text set in lines of at most w points (0: one line). */
struct block block_set(struct paper *p, enum style style, double w, const char *text);
/* Draw lines from..to of a block, the top of the first at y. */
void block_draw(struct paper *p, const struct block *b, size_t from, size_t to, double x,
                double y, double w, enum align align, enum palette colour);
/* A QR code, or NULL when the text is empty or too long. */
struct op *qr_op(struct paper *p, const char *text, double x, double y, double w);
/* The room before glyph i of a line that begins at from, in em: air between scripts, or trimmed
 * punctuation. */
float glyph_before(const struct shaped *t, size_t from, size_t i);

#endif
