/*
 * A form (表单) as an office prints it: a title, a line for number and date, a grid of names
 * with what belongs to them, places for opinions and signatures, notes. The same form as PDF on
 * A4 and as docx that can be filled in.
 */
#ifndef PRINT_FORM_H
#define PRINT_FORM_H

#include "base/kinds.h"

struct arena;

enum { FORM_CELLS_MAX = 2 };
struct form_cell {
    const char *name, *text; /* text may have several lines; "" is a place to write */
};
struct form_row {
    struct form_cell cell[FORM_CELLS_MAX];
    size_t n;  /* cells side by side; a lone one takes the whole width */
    int lines; /* at least so many high */
    bool sign; /* room for a name and a date at its lower right */
};
struct form {
    enum lang lang;
    const char *county; /* who prints it: author of the file */
    const char *title;
    const char *left, *right; /* over the grid */
    const struct form_row *rows;
    size_t n_rows;
    const char *const *notes; /* under the grid */
    size_t n_notes;
    const char *proof; /* address, a QR code on paper and a link in the docx; NULL: none */
    const char *mark;  /* across every page; NULL: nothing */
    const char *foot;
    struct utime time; /* of the document */
};
/* *ret is in a. RC_IO when fonts are missing or it cannot be packed; RC_TOOBIG. */
enum rc form_pdf(const struct form *f, struct arena *a, struct bytes *ret, int *ret_pages,
                 struct err *e) MUST_USE;
enum rc form_docx(const struct form *f, struct arena *a, struct bytes *ret,
                  struct err *e) MUST_USE;

#endif
