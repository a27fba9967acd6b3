/* QR codes on pages. */
#ifndef PEOPLE_QR_H
#define PEOPLE_QR_H

struct arena;

/* The text as an SVG image, label read aloud; in a. NULL when the text is too long for a code.
 */
const char *qr_svg(struct arena *a, const char *text, const char *label);

#endif
