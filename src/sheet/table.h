/*
 * A table as a file holds it: cells of text with what kind of thing each was, and where each
 * stood. Reading CSV and xlsx gives one; CSV, xlsx and JSON are written from one. Everything
 * lives in the arena it was read into.
 */
#ifndef SHEET_TABLE_H
#define SHEET_TABLE_H

#include "base/arena.h"
#include "base/kinds.h"

/* What a cell was in its file. The text of a cell is the same for every kind: what a person
 * would type. */
enum cell_kind {
    CELL_EMPTY,
    CELL_TEXT,    /* all a CSV file has */
    CELL_NUMBER,  /* shortest decimal text that reads back as the same double */
    CELL_PERCENT, /* a number shown as a percentage; text as "97.9%" */
    CELL_DATE,    /* "2026-09-30", "2026-09-30 08:00:00" or "08:00:00" */
    CELL_BOOL,    /* "TRUE", "FALSE" */
    CELL_ERROR,   /* "#DIV/0!" */
    CELL_FORMULA, /* text is the value the program that saved the file had computed last; ""
                     when it kept none */
};
enum { CELL_KINDS = CELL_FORMULA + 1 };

/* Cells [row, last_row] x [col, last_col] shown as one; the text stands in the first. 0-based,
 * inclusive. */
struct cell_merge {
    size_t row, col, last_row, last_col;
};

/* How a sheet looks, for writing; without one the first row is a head that stays in sight.
 * Arrays may be NULL. Kept from xlsx as far as it is read. */
struct table_look {
    size_t head_rows; /* first rows in the style of a head */
    size_t frozen_rows, frozen_cols;
    double *width; /* of each column, in characters; 0 is automatic */
    bool *col_hidden, *row_hidden;
    const char *note;    /* written in italics under the table; never part of it */
    struct cell_choice { /* only these values may be typed in the cells */
        size_t row, col, last_row, last_col;
        const char *const *value; /* NULL-ended; or, when there are many, */
        const char *source;       /* a range such as "=代码!$A$2:$A$70" */
        const char *title, *help; /* shown beside the cell */
    } * choice;
    size_t n_choice;
    struct cell_mark { /* a cell drawn with a thick edge and a remark */
        size_t row, col;
        const char *text;
    } * mark;
    size_t n_mark;
};

struct table {
    const char *file; /* as the person named it; for messages */
    const char *name; /* of the sheet; NULL in CSV */
    bool hidden;      /* a hidden sheet */
    size_t rows, cols;
    const char **text; /* rows * cols, never NULL, "" when empty */
    uint8_t *kind;     /* rows * cols of enum cell_kind; NULL: every cell is text or empty */
    uint32_t *line; /* CSV: where each row starts, from 1, blank lines counted; NULL: row r is
                       line r + 1 */
    struct cell_merge *merge;
    size_t n_merge;
    const struct table_look *look;
    const char *note; /* what reading had to change, as Chinese source text (lang_text); NULL
                         when nothing */
};

static inline const char *table_text(const struct table *t, size_t row, size_t col)
{
    return t->text[row * t->cols + col];
}
enum cell_kind table_kind(const struct table *t, size_t row, size_t col);

/* Empty table of rows x cols in a, with kinds when asked. */
struct table *table_new(struct arena *a, size_t rows, size_t cols, bool with_kinds);
void table_set(struct table *t, size_t row, size_t col, enum cell_kind kind, const char *text);
/* The column whose cell in row head is name (spaces at both ends ignored), -1 when there is
 * none. */
ptrdiff_t table_col(const struct table *t, size_t head, const char *name);
/* Line in the file, from 1. */
size_t table_line(const struct table *t, size_t row);
/* Put text into the cell people call "D5" (its line in the file); false when there is none in
 * the table. */
bool table_fix(struct table *t, const char *cell, const char *text);
/* A copy in a without these columns: what must not be kept is not kept. */
struct table *table_without(struct arena *a, const struct table *t, const bool *col_dropped);
bool table_row_blank(const struct table *t, size_t row);
/* A copy in a in which every cell of a merged range has the text and kind of its first one. */
struct table *table_unmerge(struct arena *a, const struct table *t);

enum { CELL_NAME = 32 };
/* "C7" as spreadsheets name it; col is 0-based, line from 1. Returns out. */
char *cell_name(size_t line, size_t col, char out[CELL_NAME]);
/* "AB" for column 27. */
char *col_name(size_t col, char out[CELL_NAME]);
/* "A1"-style text back; false when it is not one within spreadsheets' limits. */
bool cell_parse(const char *s, size_t n, size_t *ret_row, size_t *ret_col);
/* Where a cell is, the same in every language: "合同!C7" in a workbook, "C7" in CSV. */
const char *table_where(struct arena *a, const struct table *t, size_t row, size_t col);

/* Limits of what is read. Each has its sentence in the manual. */
struct sheet_limits {
    size_t bytes;      /* of the file */
    size_t unzipped;   /* of all that is read out of an xlsx */
    size_t rows, cols; /* of one sheet */
    size_t cells;      /* rows x cols of all sheets */
    size_t cell;       /* bytes of one cell */
    size_t sheets;
};
/* 64 MiB, 512 MiB, 1,048,576 rows, 16,384 columns, 20 million cells, 128 KiB a cell, 64 sheets.
 */
extern const struct sheet_limits sheet_limits_default;

#endif
