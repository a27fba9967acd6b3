/*
 * Which texts and pictures are nearly the same.
 *
 * Texts: the set of their pieces of three characters (digits are all one digit, marks and
 * spaces are left out, so that a copy with another date is a copy), compared by Jaccard's
 * coefficient. To find the like of a text among a million, MinHash (Broder 1997): 40 hashes in
 * 8 bands of 5; two texts that agree in a band are compared in full. With a coefficient s they
 * meet with probability 1 - (1 - s^5)^8: 0.999 at 0.9, 0.96 at 0.8, 0.22 at 0.5, 0.02 at 0.3.
 *
 * Pictures: 64 signs of the low frequencies of the picture made 32 by 32 grey points (DCT),
 * which hardly change with size, quality and brightness; the number of bits that differ says
 * how alike. To find those within ALIKE_BITS among a million: four pieces of 16 bits; of two
 * hashes within 7 bits one piece differs by one bit at most, so that 17 values a piece are
 * looked up (:work_picture_like; multi-index hashing, Norouzi, Punjani and Fleet 2012).
 */
#ifndef WORKLOG_ALIKE_H
#define WORKLOG_ALIKE_H

#include "base/arena.h"
#include "base/kinds.h"

enum {
    ALIKE_GRAM = 3,     /* characters of a piece */
    ALIKE_CHARS = 24,   /* a shorter text says too little to be a copy of another */
    ALIKE_BANDS = 8,    /* columns of work_text */
    ALIKE_ROWS = 5,     /* hashes of a band */
    ALIKE_PERCENT = 80, /* from which coefficient on texts are nearly the same, as usual */
    ALIKE_PIECES = 4,   /* columns of work_picture */
    ALIKE_BITS = 5 /* up to how many differing bits pictures are nearly the same, as usual */
};

/* The pieces of a text, each once, in order. n 0: too short. */
struct pieces {
    uint64_t *at;
    size_t n;
};
struct pieces pieces_of(const char *text, struct arena *a);
/* Jaccard's coefficient; 0 when either has none. */
double pieces_alike(const struct pieces *x, const struct pieces *y);
/* One number a band; the number of the band is in it. */
void pieces_bands(const struct pieces *p, int64_t ret[ALIKE_BANDS]);

/* Of grey points 0 to 255, row by row, at least 32 by 32; 0 for a picture without contrast. */
int64_t picture_hash(const uint8_t *grey, size_t width, size_t height);
unsigned bits_differ(int64_t x, int64_t y);
/* A piece of a hash. */
int64_t hash_piece(int64_t hash, unsigned piece);

#endif
