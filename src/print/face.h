/*
 * Fonts: shaping text with pango, and cutting the few glyphs a document uses out of the two
 * faces. Used by paper.c only.
 *
 * A press is what one thread needs to print: a font map, both faces, a layout. Making one costs
 * tens of milliseconds and megabytes, so they are kept in a small pool; a thread takes one,
 * prints one document and gives it back.
 */
#ifndef PRINT_FACE_H
#define PRINT_FACE_H

#include "base/arena.h"

#include <cairo.h>

enum face { FACE_REGULAR, FACE_BOLD, FACES };

/* Longer text is cut here and ends in an ellipsis: no name or sentence a person wrote comes
 * near. */
enum { SHAPE_TEXT_MAX = 20000 };

enum {                   /* glyph.flags */
       GLYPH_BREAK = 1,  /* a line may begin here */
       GLYPH_CHAR = 2,   /* a line may begin here when nothing else helps */
       GLYPH_SPACE = 4,  /* white space: hangs at the end of a line */
       GLYPH_CJK = 8,    /* an ideograph */
       GLYPH_LATIN = 16, /* a letter or digit that wants a little air beside an ideograph */
       GLYPH_OPEN = 32,  /* full-width opening punctuation: its left half is empty */
       GLYPH_CLOSE = 64, /* full-width closing punctuation: its right half is empty */
};

/* One glyph in logical order. Lengths in em: shaping is done once for all sizes. */
struct glyph {
    uint32_t gid;     /* in the whole face; 0 is the box for what the face does not have */
    uint32_t at, len; /* bytes of the text; len 0: more of the glyph before */
    float dx, dy, w;
    uint8_t flags, face;
};

struct shaped {
    const char *s; /* the text as shaped: control characters are spaces, bad UTF-8 is U+FFFD */
    const struct glyph *g;
    size_t n;
    float w; /* natural width on one line */
};

struct press;
/* Waits when every press is in use. RC_IO when the faces are not installed. */
enum rc press_take(struct press **ret, struct err *e) MUST_USE;
void press_give(struct press **p); /* for CLEANUP; takes NULL */

/* The result lives in a, or in the press until it is given back. Latin punctuation is narrow in
 * English, wide in Chinese. */
struct shaped press_shape(struct press *p, struct arena *a, enum face face, enum lang lang,
                          const char *s);

/* Which glyphs of a face a document uses: set bits by glyph index. */
enum { FACE_GLYPHS = 65536 };
struct glyph_set {
    uint64_t bit[FACE_GLYPHS / 64];
};
void glyph_set_add(struct glyph_set *g, uint32_t gid);
uint64_t glyph_set_hash(const struct glyph_set *g); /* FNV-1a; names fonts, protects nothing */

/*
 * A font of these glyphs (and others that documents before needed), without hints and
 * subroutines. cairo would parse the whole face for every document and keep the tables of
 * 28,000 subroutines (52 KB a face, or 850 KB when it gives up on one glyph): a small face
 * first makes printing four times faster and documents a third of the size. cairo embeds only
 * the glyphs that are shown, in the order of their first use: the document's bytes do not
 * depend on what else the font holds. ret_map[gid] is the glyph's index in *ret. Both belong to
 * the press and live until it is given back or asked again.
 */
enum rc press_subset(struct press *p, enum face face, const struct glyph_set *used,
                     cairo_font_face_t **ret, const uint16_t **ret_map, struct err *e) MUST_USE;

#endif
