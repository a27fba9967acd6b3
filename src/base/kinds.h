/* Values that must not be mixed: each is a struct of one member, so that mixing them does not
 * compile. */
#ifndef BASE_KINDS_H
#define BASE_KINDS_H

#include "base.h"

struct id { /* a row; 0 is none */
    int64_t v;
};
struct utime { /* microseconds since 1970-01-01 UTC; 0 is none */
    int64_t us;
};
struct money {
    int64_t fen;
};
/*
 * A year, quarter, month, ISO week or day: `2026`, `2026Q3`, `202609`, `2026W38`, `20260930`. v
 * orders periods of one kind by time; 0 is none. Use the functions of period.h, not the bits.
 */
struct period {
    uint32_t v;
};
/* Bytes with their length; p may be NULL when n is 0. */
struct bytes {
    const uint8_t *p;
    size_t n;
};

#endif
