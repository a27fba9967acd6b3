/* Other things that go on paper: any table, and the slips that bring people their accounts. */
#ifndef PRINT_PRINT_OUT_H
#define PRINT_PRINT_OUT_H

#include "base/kinds.h"
#include "print/paper.h"

struct arena;

/* What every print has: over it, under it, across it. */
struct print_frame {
    enum lang lang;
    const char *county;
    const char *title;
    struct utime time; /* of the document, shown and written into the file */
    bool demo;         /* 演示数据·非真实 across every page */
};

/*
 * A table of text: a list from a page, an export. Widths are found from what the columns hold;
 * numbers are given as text (fmt_*) with ALIGN_RIGHT. Heads repeat on every page. *ret is in a.
 * RC_TOOBIG for more than PAPER_COLUMNS_MAX columns or more pages than PAPER_PAGES_MAX; RC_IO
 * as paper_new.
 */
struct print_column {
    const char *head;
    enum align align;
};
struct print_table {
    struct print_frame frame;
    const char *lead; /* under the title: what was filtered, how many rows; NULL */
    const struct print_column *columns;
    size_t n_columns;
    const char *const *cells; /* n_rows * n_columns, row by row; NULL: empty */
    size_t n_rows;
};
enum rc print_table_pdf(const struct print_table *t, struct arena *a, struct bytes *ret,
                        int *ret_pages, struct err *e) MUST_USE;

/*
 * Activation slips (开户单): eight on a page, to be cut and handed over. A slip is a secret
 * until it has been used; nothing of it is kept here.
 */
struct print_slip {
    const char *name; /* of the person */
    const char *unit;
    const char *account; /* to sign in with */
    const char *code;    /* to be used once */
    const char *url;     /* also as QR; NULL: none */
    struct utime expires;
};
enum rc print_slips_pdf(const struct print_frame *f, const struct print_slip *slips, size_t n,
                        struct arena *a, struct bytes *ret, int *ret_pages,
                        struct err *e) MUST_USE;

#endif
