/* For tests of this folder: the text of a PDF, page by page, by poppler's pdftotext; tests skip
 * where it is missing. */
#ifndef PRINT_TEST_PDF_H
#define PRINT_TEST_PDF_H

#include "base/arena.h"
#include "base/kinds.h"

/* Pages of text with blanks and line ends removed, so that a phrase is found however it was
 * broken. NULL when there is no pdftotext. */
char **pdf_pages(struct arena *a, struct bytes pdf, size_t *ret_n);
/* How often a phrase (without blanks) occurs. */
int text_count(const char *text, const char *phrase);

#endif
