/*
 * The colours of 净鉴, one list for screen and paper: style sheets, charts in the browser and
 * cairo take them from here. Red, orange and yellow belong to warnings only and never stand
 * alone: each has a shape and a word as well (enum mark). `palette_css` writes the list as CSS
 * custom properties, so that a test can hold jingjian.css against it.
 */
#ifndef PRINT_PALETTE_H
#define PRINT_PALETTE_H

#include <stdint.h>

/* X(NAME, css name, 0xRRGGBB). One list makes the enum, the CSS and the table: they cannot
 * drift. */
#define PALETTE_LIST(X)                                                                        \
    X(PAPER, "paper", 0xfbfbf9)             /* ground of pages on the screen */                \
    X(SHEET, "sheet", 0xffffff)             /* fields, real paper */                           \
    X(WASH, "wash", 0xf2f4f2)               /* hover, quiet areas */                           \
    X(INK, "ink", 0x18211f)                 /* text, section rules */                          \
    X(INK2, "ink-2", 0x46524e)              /* explanations */                                 \
    X(INK3, "ink-3", 0x5f6b67)              /* the weakest text */                             \
    X(RULE, "rule", 0xd5dbd8)               /* lines that carry no text */                     \
    X(RULE2, "rule-2", 0xe7ebe9)            /* lines between rows */                           \
    X(EDGE, "edge", 0x7c8884)               /* edges of fields, axes, table heads */           \
    X(ACCENT, "accent", 0x1f6f63)           /* celadon: links, buttons, the unit itself */     \
    X(ACCENT_DEEP, "accent-deep", 0x14524a) /* the accent when touched */                      \
    X(ACCENT_WASH, "accent-wash", 0xe6f0ee) /* notices */                                      \
    X(RED, "red", 0xb3261e)                 /* warnings only */                                \
    X(ORANGE, "orange", 0xcf5c06)           /* warnings only */                                \
    X(YELLOW, "yellow", 0xe8bb00)           /* warnings only, always with its dark edge */     \
    X(YELLOW_EDGE, "yellow-edge", 0x735600) /* the edge of yellow */                           \
    X(S1, "s1", 0xe2efec)                   /* sequential, light to dark: maps */              \
    X(S2, "s2", 0xb9d9d2)                                                                      \
    X(S3, "s3", 0x84b9af)                                                                      \
    X(S4, "s4", 0x357a6f)                                                                      \
    X(S5, "s5", 0x124d44)                                                                      \
    X(D1, "d1", 0x8a5510) /* diverging: ochre (fell) to celadon (rose) */                      \
    X(D2, "d2", 0xd8b77f)                                                                      \
    X(D3, "d3", 0xf1f0ea)                                                                      \
    X(D4, "d4", 0x8cc0b6)                                                                      \
    X(D5, "d5", 0x1f6f63)

enum palette {
#define X(name, css, rgb) PALETTE_##name,
    PALETTE_LIST(X)
#undef X
};

/* A warning's colour. The ladder is data of the county; these are the marks we can draw. */
enum mark {
    MARK_NONE,
    MARK_RED,    /* 红, a triangle */
    MARK_ORANGE, /* 橙, a diamond */
    MARK_YELLOW, /* 黄, a disc with a dark edge */
    MARK_BLUE,   /* 蓝, a square in ink: for ladders with a fourth step */
};

uint32_t palette_rgb(enum palette p); /* 0xRRGGBB */

struct str;
/* "--paper: #fbfbf9;\n…" in the order of the list. */
void palette_css(struct str *b);

#endif
