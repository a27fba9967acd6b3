/*
 * A document on A4: text that flows, tables that break well, drawing, page heads and feet, PDF
 * with outline and tags.
 *
 * Everything is in points from the top left corner of the page. Content flows down a frame (the
 * page's body, or one of its columns); what does not fit begins the next frame. Nothing is
 * written before paper_finish: the pages are kept as lists of operations, because "page 1 of 6"
 * and the small fonts are known only at the end.
 *
 * Functions that set text cannot fail: what a face does not have becomes a box, bad UTF-8
 * becomes U+FFFD, an endless name is cut at SHAPE_TEXT_MAX. A limit of PAPER_PAGES_MAX pages is
 * reported by paper_finish.
 *
 * The result is a pure function of what was set, of paper_config and of the installed fonts and
 * cairo: same input, same bytes. The time in the file is config.time, never the clock.
 */
#ifndef PRINT_PAPER_H
#define PRINT_PAPER_H

#include "base/kinds.h"
#include "print/palette.h"

struct arena;
struct paper;

enum { PAPER_PAGES_MAX = 500 };
/* A4 and its margins: 16 mm at the sides. */
#define PAPER_W 595.28
#define PAPER_H 841.89
#define PAPER_LEFT 45.35
#define PAPER_RIGHT (PAPER_W - PAPER_LEFT)
#define PAPER_TOP 68.0
#define PAPER_BOTTOM 768.0

struct paper_config {
    enum lang lang;
    struct utime time; /* of the document: CreationDate */
    const char *title, *author, *subject, *keywords;
    const char *head_left, *head_right; /* over the rule on every page; NULL: none */
    const char *foot;                   /* beside the page number */
    const char *watermark; /* across every page, and bold in the head; NULL: none */
    const char *qr;        /* a code at the lower right of every page; NULL: none */
};

/* The sizes of type, few on purpose: every size of a face costs time. */
enum style {
    STYLE_BODY,   /* 10 */
    STYLE_STRONG, /* 10 bold */
    STYLE_LEAD,   /* 10 in the second ink: under a heading */
    STYLE_ANSWER, /* 12, under the title */
    STYLE_TABLE,  /* 9 */
    STYLE_TABLE_STRONG,
    STYLE_QUIET, /* 9 in the second ink: table heads, notes, chart labels */
    STYLE_FINE,  /* 7.5: appendix tables, feet */
    STYLE_FINE_STRONG,
    STYLE_FINE_QUIET,
    STYLE_H1,        /* 20 bold */
    STYLE_H2,        /* 14 bold */
    STYLE_H3,        /* 10 bold, over a figure */
    STYLE_KEY,       /* 54 bold: the one key figure */
    STYLE_FORM_NAME, /* 12 bold: what a cell of a form is */
    STYLE_MARK,      /* the watermark */
    STYLES,
};
enum align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };

/* Takes a press (see face.h) until paper_free; the document lives in a. RC_IO when the fonts
 * are missing. */
enum rc paper_new(struct arena *a, const struct paper_config *c, struct paper **ret,
                  struct err *e) MUST_USE;
void paper_free(struct paper **p); /* for CLEANUP; takes NULL */
/* The bytes of the PDF, in the document's arena. RC_IO when cairo fails, RC_TOOBIG beyond
 * PAPER_PAGES_MAX. */
enum rc paper_finish(struct paper *p, struct bytes *ret, int *ret_pages,
                     struct err *e) MUST_USE;

struct arena *paper_arena(struct paper *p);
enum lang paper_lang(const struct paper *p);
/* The translation of a fixed text marked with N_(). */
const char *paper_word(const struct paper *p, const char *zh);

/* --- the frame */
double paper_x(const struct paper *p);
double paper_w(const struct paper *p);
double paper_y(const struct paper *p);
double paper_room(const struct paper *p); /* down to the end of the frame */
void paper_move(struct paper *p, double y);
void paper_gap(struct paper *p, double h); /* nothing at the top of a frame */
/* Begin the next frame unless h fits. h is capped at a whole frame. */
void paper_need(struct paper *p, double h);
void paper_break(struct paper *p);
/* Flow in n columns with a gap from here on; 1 returns to the whole width, below the longest
 * column. */
void paper_columns(struct paper *p, int n, double gap);
/* Narrow the frame to x, w for what follows on this page; paper_whole returns to the whole
 * width. */
void paper_area(struct paper *p, double x, double w);
void paper_whole(struct paper *p);
int paper_page(const struct paper *p);  /* 1.. */
bool paper_full(const struct paper *p); /* beyond PAPER_PAGES_MAX: paper_finish will refuse */

/* --- text that flows */
void paper_title(struct paper *p, const char *text);
/* A section: an ink rule, the heading (also in the outline), an explanation (NULL: none). need:
 * how much of what follows must be on the same page. */
void paper_section(struct paper *p, const char *heading, const char *lead, double need);
/* A few quiet words at the right of the last section's heading. */
void paper_aside(struct paper *p, const char *text);
void paper_heading(struct paper *p, const char *text); /* level 3, kept with what follows */
/* A paragraph, at most 38 ideographs wide. */
void paper_text(struct paper *p, enum style style, const char *text);
/* The same, its first n bytes bold and in full ink. */
void paper_text_strong(struct paper *p, enum style style, size_t n, const char *text);
/* Label and text, label_w wide, with a hairline below. */
void paper_pair(struct paper *p, const char *label, const char *text, double label_w);

/* --- tables */
struct paper_column {
    const char *head;
    double width; /* 0: an equal share of what is left */
    enum align align;
    bool strong;
};
struct paper_cell {
    const char *text; /* NULL: empty */
    enum mark mark;   /* drawn before the text */
    double bar; /* a diverging bar of this value between -bar_max and bar_max left of the text;
                   0 max: none */
    double bar_max;
    bool strong, quiet;
    double indent;
};
enum { PAPER_COLUMNS_MAX = 16 };
struct paper_table {
    const struct paper_column *columns;
    size_t n;
    bool fine;    /* 7.5 points and tighter */
    double bar_w; /* width of the bars */
};
/* Rows are set as they come: the head is repeated in every frame, never alone at its end; a row
 * is not broken unless it is taller than half a page. t lives until paper_table_end. */
void paper_table_begin(struct paper *p, const struct paper_table *t);
void paper_table_row(struct paper *p, const struct paper_cell *cells);
void paper_table_group(struct paper *p, const char *text); /* a heading between rows */
void paper_table_total(struct paper *p,
                       const struct paper_cell *cells); /* bold, no rule below */
void paper_table_end(struct paper *p);
/* How tall a row would be. */
double paper_table_row_height(struct paper *p, const struct paper_cell *cells);

/* --- drawing on the current page, at any place. y of text is its baseline. */
double paper_put(struct paper *p, double x, double y, enum align align, enum style style,
                 const char *text);
double paper_put_in(struct paper *p, double x, double y, enum align align, enum style style,
                    enum palette colour, const char *text);
/* A text box: top left corner and width; returns its height. */
double paper_box(struct paper *p, double x, double y, double w, enum style style,
                 const char *text);
double paper_width(struct paper *p, enum style style, const char *text); /* on one line */
double paper_height(struct paper *p, enum style style, double w, const char *text);
double paper_size(enum style style);
void paper_fill(struct paper *p, enum palette colour, double x, double y, double w, double h);
void paper_frame(struct paper *p, enum palette colour, double width, double x, double y,
                 double w, double h);
/* dash 0: solid. */
void paper_line(struct paper *p, enum palette colour, double width, double dash, double x1,
                double y1, double x2, double y2);
struct paper_point {
    double x, y;
};
void paper_polyline(struct paper *p, enum palette colour, double width,
                    const struct paper_point *pt, size_t n);
void paper_polygon(struct paper *p, enum palette colour, const struct paper_point *pt,
                   size_t n);
/* A disc; edge_width 0: no edge. */
void paper_disc(struct paper *p, enum palette fill, enum palette edge, double edge_width,
                double x, double y, double r);
/* Many filled rectangles as one path: x, y, w, h each. */
struct paper_rect {
    double x, y, w, h;
};
void paper_rects(struct paper *p, enum palette colour, const struct paper_rect *r, size_t n);
/* Hatching: missing data. */
void paper_hatch(struct paper *p, double x, double y, double w, double h);
/* A warning's shape in a square of size s whose bottom stands on y; returns its width. */
double paper_mark(struct paper *p, enum mark m, double x, double y, double s);
/* A QR code of this width; returns false (nothing drawn) when the text is empty or longer than
 * 1000 bytes. */
bool paper_qr(struct paper *p, const char *text, double x, double y, double w);
/* What is drawn between the two leads to the URL. */
void paper_link(struct paper *p, const char *url);
void paper_unlink(struct paper *p);
/* Structure for readers of the screen: "Figure", "P", …; balanced on each page. */
void paper_tag(struct paper *p, const char *name);
void paper_untag(struct paper *p, const char *name);

#endif
