/*
 * A document as .docx, set as official documents are (GB/T 9704-2012 《党政机关公文格式》): A4,
 * a type area of 156 × 225 mm, 22 lines of 28 characters, 三号仿宋 for text, 小标宋 for the
 * title, 黑体 and 楷体 for headings numbered 一、 and （一）, tables that can be edited, the
 * page's number outside at the foot. Fonts are named, not embedded: an office has them.
 *
 * Written from the top down; the same calls give the same bytes.
 */
#ifndef PRINT_DOCX_H
#define PRINT_DOCX_H

#include "base/base.h"
#include "base/kinds.h"

struct arena;
struct docx;

enum { DOCX_COLUMNS_MAX = 12, DOCX_HEADINGS_MAX = 99 };

struct docx_config {
    enum lang lang;
    struct utime time; /* of the document */
    const char *title, *author, *subject;
    const char *mark; /* across every page: 演示数据·非真实; NULL: nothing */
    const char *foot; /* a line over the page's number; NULL */
    bool dense;       /* smaller and closer than the standard: what has to be one page */
};
/* Everything given lives in a until docx_end. */
struct docx *docx_begin(struct arena *a, const struct docx_config *c);

void docx_title(struct docx *d, const char *text);
/* Level 1 or 2, numbered by the document. */
void docx_heading(struct docx *d, int level, const char *text);
void docx_text(struct docx *d, const char *text);
/* Without indent: a name with what belongs to it. */
void docx_pair(struct docx *d, const char *name, const char *text);
void docx_link(struct docx *d, const char *name, const char *url);

struct docx_column {
    const char *head;
    int share;    /* of the width */
    bool numbers; /* set to the right */
};
void docx_table(struct docx *d, const struct docx_column *columns, size_t n);
struct docx_cell {
    const char *text; /* NULL: empty */
    bool strong;
    int indent; /* levels */
};
void docx_row(struct docx *d, const struct docx_cell *cells);
void docx_table_end(struct docx *d);

/*
 * A form: a grid of one or two names a row, each with what belongs to it; a lone one takes the
 * whole width. lines: at least so many high; sign: a line at the lower right of each, NULL:
 * none. Ended by docx_table_end.
 */
void docx_form(struct docx *d);
struct docx_field {
    const char *name, *text; /* text may have several lines */
};
void docx_form_row(struct docx *d, const struct docx_field *fields, size_t n, int lines,
                   const char *sign);
/* A line with something at both ends; a small paragraph under a table. */
void docx_ends(struct docx *d, const char *left, const char *right);
void docx_small(struct docx *d, const char *text);

/* *ret is in a. RC_IO when it cannot be packed. */
enum rc docx_end(struct docx *d, struct bytes *ret, struct err *e) MUST_USE;

#endif
