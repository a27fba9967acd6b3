/*
 * Segments in the database. What is written becomes a segment at once, in the same change as
 * its things; eight small ones become one larger one afterwards, beside the work (a
 * log-structured merge), so that each thing is written a few times however many there are. What
 * changed or went is in no list any more by its number alone: numbers are never used again, and
 * putting together leaves out what is gone.
 */
#ifndef SEARCH_SEGMENT_H
#define SEARCH_SEGMENT_H

#include "search/posting.h"
#include "store/county.h"

enum {
    SEGMENT_THINGS = 1 << 18, /* at most, and */
    SEGMENT_SPAN = 8 << 18,   /* numbers it covers at most */
    SEGMENT_BLOCKS = 1 << 20  /* numbers of blocks of one */
};

static inline struct id block_id(struct id segment, size_t number)
{
    return (struct id){ segment.v * SEGMENT_BLOCKS + (int64_t)number };
}

struct segment_doc {
    int64_t id;
    const char *words; /* separated by spaces */
};
/* Of things whose numbers rise and are above all others. */
enum rc segment_write(struct tx *tx, const struct segment_doc *docs, size_t n,
                      struct err *e) MUST_USE;
enum rc segment_damaged(struct err *e); /* RC_DB, and what to do */
/* Put together what is small; all: into as few as there can be. One at a time. */
enum rc segments_tidy(struct county *c, bool all, struct err *e) MUST_USE;

#endif
