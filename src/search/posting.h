/*
 * The index as bytes: which things have a word. Things are numbers of a segment, 0 … span - 1;
 * a posting is the numbers of one word, as differences or as bits, whichever is shorter. A
 * segment is its words in byte order with their postings, cut into blocks of about BLOCK_BYTES;
 * block 0 is the directory, with the first word of each of the others. Pure: no database. What
 * is read here may be damaged: then it is refused, never read beyond its end.
 */
#ifndef SEARCH_POSTING_H
#define SEARCH_POSTING_H

#include "base/kinds.h"
#include "base/str.h"

enum { BLOCK_BYTES = 16 << 10, TERM_BYTES = 255 };

static inline size_t bits_words(uint32_t span)
{
    return ((size_t)span + 63) / 64;
}

/* Numbers rise. */
void posting_write(struct str *b, const uint32_t *numbers, size_t n, uint32_t span);
/* Add its numbers to bits. False: it is damaged. */
bool posting_or(struct bytes posting, uint64_t *bits, uint32_t span);
/* Its numbers, rising; numbers has room for span. False: it is damaged. */
bool posting_read(struct bytes posting, uint32_t span, uint32_t *numbers, size_t *ret_n);

/* ---- writing a segment ---- */

struct packer {
    struct str block, dir; /* being written */
    struct arena *a;
    struct bytes *blocks; /* finished and not taken yet; in a */
    size_t n, room;
};
void pack_begin(struct packer *p, struct arena *a);
/* Words come in byte order; one that is longer than TERM_BYTES is left out: no question is. */
void pack_add(struct packer *p, struct bytes term, struct bytes posting);
/* The finished blocks have been taken: a is empty again. */
void pack_taken(struct packer *p);
/* The last block; then dir is whole. */
void pack_end(struct packer *p);
void pack_done(struct packer *p); /* for CLEANUP */

/* ---- reading it ---- */

struct directory {
    struct bytes all;
    const uint32_t *at; /* where each first word stands; n of them */
    size_t n;
};
bool directory_read(struct bytes block, struct arena *a, struct directory *ret);
/* The block in which a word would be, from 1 on; 0: in none. */
size_t directory_find(const struct directory *d, const char *term);
/* The words of a block one after the other. False: it is over, or *damaged. */
struct block_entry {
    struct bytes term, posting;
};
bool block_next(struct bytes block, size_t *at, struct block_entry *ret, bool *damaged);
/* False: it is not there, or *damaged. */
bool block_find(struct bytes block, const char *term, struct bytes *ret, bool *damaged);
int term_cmp(struct bytes a, struct bytes b);
struct bytes term_of(const char *term);

#endif
