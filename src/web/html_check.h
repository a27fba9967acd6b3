/*
 * For tests: whether HTML is what a browser and a screen reader will take it for. Finds what
 * escapes the eye: tags that do not match, blocks inside a paragraph, forms in forms and links
 * in links, an id given twice, a label, description or link that points at nothing, a field
 * without label, an attribute given twice.
 */
#ifndef WEB_HTML_CHECK_H
#define WEB_HTML_CHECK_H

#include "web/page.h"

/* true: nothing wrong. Otherwise why gets one sentence with the text around the place. A part
 * of a page is fine: links to #main are not followed. */
bool html_check(const char *html, struct str *why);
/* The same for a template filled with page, in both languages; that it has a title and one h1,
 * shows no "nan" or
 * "(null)", and that its JSON twin is JSON. */
bool page_check(const struct page_kind *kind, const void *page, struct str *why);

#endif
