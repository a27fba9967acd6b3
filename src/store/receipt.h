/*
 * Receipts: two files that prove, without this server, that a record is in the log.
 * `.tlog-proof` (C2SP tlog-proof@v1) carries the record's entry as extra and its place under a
 * signed checkpoint; `.record` carries the payload:
 *
 *   {"parts":[{"access":"open","json":"…","salt":"…"},{"access":"personal","hash":"…"}],"version":1}
 *
 * where json holds a part's exact bytes; a part that is not shown, or was erased, is there by
 * its hash only.
 */
#ifndef STORE_RECEIPT_H
#define STORE_RECEIPT_H

#include "store/record.h"
#include "store/trust.h"
#include "verify/proof.h"

enum receipt_show {
    SHOW_OPEN = 1 << PART_OPEN,
    SHOW_RESTRICTED = 1 << PART_RESTRICTED,
    SHOW_PERSONAL = 1 << PART_PERSONAL,
    SHOW_ALL = SHOW_OPEN | SHOW_RESTRICTED | SHOW_PERSONAL
};
struct receipt {
    struct bytes proof, record; /* the two files */
    int64_t index;              /* place in the log */
    int64_t size;               /* of the checkpoint */
    bool quorum; /* the checkpoint has its witnesses; else it is only signed by the log */
};
/*
 * RC_NOTFOUND: no such record; RC_BUSY: it is not under a signed checkpoint yet: ask again in a
 * few seconds. Everything lives in a.
 */
enum rc receipt_make(struct county *c, const struct snap *snap, struct id record, unsigned show,
                     struct arena *a, struct receipt *ret, struct err *e) MUST_USE;

/* A record's .record file: its parts as far as they are shown. In a. */
struct bytes record_file(const struct record *r, unsigned show, struct arena *a);

/* Checking, without a county. */
struct receipt_claim {
    struct bytes proof; /* .tlog-proof */
    /* What is said to be in the log: one of these, or none: then the entry in the proof's
     * extra. */
    const struct bytes *entry;
    const uint8_t *leaf;
    const struct bytes *record; /* .record, for the entry in the proof's extra */
};
struct receipt_finding {
    uint64_t index, size;
    const char *origin;
    const char *witnesses; /* who co-signed, "" when none */
    bool have_entry;
    struct entry entry;      /* what the entry says; its texts live in a */
    size_t n_parts, n_shown; /* of the record, when one was given */
    struct stored_part parts[RECORD_PARTS_MAX];
};
/* RC_OK: proved. RC_UNPROVEN: not, and why. RC_INVALID: a file is not in its format. now:
 * microseconds, 0 for none. */
enum rc receipt_verify(struct arena *a, const struct receipt_claim *claim,
                       const struct policy *trust, struct utime now,
                       struct receipt_finding *ret, struct err *e) MUST_USE;

/* A .record file as parts with their hashes; RC_INVALID when it is not one. */
enum rc record_file_parse(struct arena *a, struct bytes in,
                          struct stored_part parts[RECORD_PARTS_MAX], size_t *ret_n,
                          struct err *e) MUST_USE;

#endif
