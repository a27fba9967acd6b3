/*
 * Records: every act that matters appends one, in the same transaction as the rows it changes.
 * See verify/record.h for the bytes. A record's payload has parts, each with its own salt, so
 * that one can be shown or erased alone.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "base/kinds.h"
#include "base/str.h"
#include "store/canon.h"
#include "verify/record.h"

struct county;
struct snap;
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
    /*
     * The kind could expose a person: sealed with its day's others, shuffled and padded, the
     * entry bearing only the day. The record then keeps neither unit, subject, by nor the time
     * of day: put what must be known into the parts.
     */
    bool daily;
    const struct record_part *parts;
    size_t n_parts; /* at most RECORD_PARTS_MAX, one less with by */
};
/*
 * Appends; *ret is the record's row, known at once; its place in the log follows when it is
 * sealed. RC_INVALID for texts that an entry cannot hold, RC_TOOBIG for parts that are too many
 * or too long.
 */
enum rc record_append(struct tx *tx, struct county *c, const struct record_new *r,
                      struct id *ret, struct err *e) MUST_USE;
/* One open part from a finished object, one restricted, one personal. */
struct record_part part_open(struct canon *c);
struct record_part part_restricted(struct canon *c);
struct record_part part_personal(struct canon *c);

/* A record as it is kept. */
struct record {
    struct id id;
    int64_t seq; /* -1: not sealed yet */
    struct utime at;
    bool daily;
    const char *kind, *unit, *subject, *by;
    uint8_t commitment[HASH_BYTES];
    size_t n_parts;
    struct stored_part {
        enum part_access access;
        bool erased;
        uint8_t salt[SALT_BYTES]; /* unless erased */
        struct bytes bytes;       /* unless erased; JSON */
        uint8_t hash[HASH_BYTES]; /* computed, or what is left of an erased one */
    } parts[RECORD_PARTS_MAX];
};
/* RC_NOTFOUND; RC_UNPROVEN when what is stored is damaged. Everything lives in a. */
enum rc record_get(const struct snap *snap, struct id id, struct arena *a, struct record *ret,
                   struct err *e) MUST_USE;
enum rc record_get_seq(const struct snap *snap, int64_t seq, struct arena *a,
                       struct record *ret, struct err *e) MUST_USE;
/* The log entry of a record: from its columns, whether it is sealed or not. */
bool record_entry(const struct record *r, uint8_t out[ENTRY_MAX], size_t *ret_n);
/* Do the parts give the commitment? */
bool record_whole(const struct record *r);

/* The stored form of parts, and back: fills n_parts and parts with their hashes. False when
 * damaged. */
void parts_write(const struct stored_part *parts, size_t n, struct str *ret);
bool parts_read(struct bytes stored, struct record *ret);

/* A record as the log knows it, without its parts. */
struct record_line {
    int64_t seq; /* place in the log; -1: waits for it */
    struct utime at;
    const char *kind, *unit, *subject, *by;
    uint8_t leaf[HASH_BYTES]; /* hash of its entry */
};
/* Those written down in from <= at < to, in the order of the log, then what waits. In a. */
enum rc record_lines(const struct snap *snap, struct utime from, struct utime to,
                     struct arena *a, struct record_line **ret, size_t *ret_n,
                     struct err *e) MUST_USE;

#endif
