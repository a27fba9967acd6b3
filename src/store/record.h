/*
 * Records: every act that matters appends one, in the same transaction as the rows it changes.
 * See verify/record.h for the bytes. A record's payload has parts, each with its own salt, so
 * that one can be shown or erased alone.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "base/kinds.h"
#include "base/str.h"

struct county;
struct tx;

enum part_access { PART_OPEN = 1, PART_RESTRICTED, PART_PERSONAL };
enum { RECORD_PARTS_MAX = 16, RECORD_PART_BYTES_MAX = 1 << 20 };

struct record_part {
    enum part_access access;
    const char *json; /* canonical: made with struct canon */
    size_t n;
};
struct record_new {
    const char *kind;    /* ASCII, "unit.set" */
    const char *unit;    /* code or "" */
    const char *subject; /* code or "" */
    const char *by;      /* account's code, "" for the system; kept in the record's row and as a
                            restricted part */
    const struct record_part *parts;
    size_t n_parts;
};
/* Appends; *ret is the record's row, known at once; its place in the log follows when it is
 * sealed. */
enum rc record_append(struct tx *tx, struct county *c, const struct record_new *r,
                      struct id *ret, struct err *e) MUST_USE;

/*
 * Canonical JSON: sorted keys, no white space, integers only; reals as strings of 17 digits,
 * times in microseconds. Keys may be added in any order; canon_end sorts them. NULL text and
 * NaN become null.
 */
struct canon {
    struct arena *a;
    struct canon_pair *pairs;
    size_t n, cap;
};
void canon_init(struct canon *c, struct arena *a);
void canon_text(struct canon *c, const char *key, const char *value);
void canon_int(struct canon *c, const char *key, int64_t value);
void canon_real(struct canon *c, const char *key, double value);
void canon_hex(struct canon *c, const char *key, const void *p,
               size_t n); /* bytes as lower-case hex */
void canon_period(struct canon *c, const char *key, struct period value);
void canon_json(struct canon *c, const char *key, const char *json); /* canonical already */
/* The object; lives in the arena. */
const char *canon_end(struct canon *c, size_t *ret_n);
/* One open part from a finished object. */
struct record_part part_open(struct canon *c);
struct record_part part_personal(struct canon *c);

#endif
