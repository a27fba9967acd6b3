/*
 * Erasing: the salt and bytes of parts of a record go for good, together with every column that
 * shows them; what stays is the digest, so that the record's commitment still holds, and a
 * record of the erasing {which, ground, who}.
 */
#ifndef STORE_ERASE_H
#define STORE_ERASE_H

#include "store/record.h"

/* How a folder blanks the columns that show a record's erased parts. */
struct eraser {
    const char *kind; /* of the records it is for: "account." is every kind that begins so */
    enum rc (*blank)(struct tx *tx, const struct record *r, uint32_t parts, struct err *e);
};
/*
 * Erase parts (bit i: part i) of a record. Open parts are RC_INVALID: they are what the public
 * was promised. Parts already gone are left. ground is the legal ground, not empty. erasers: of
 * all folders, put together by src/cmd.
 */
enum rc record_erase(struct county *c, struct id record, uint32_t parts, const char *ground,
                     const char *by, const struct eraser *erasers, size_t n_erasers,
                     struct err *e) MUST_USE;
/* The bits of all parts of a record with this access, present or not. */
uint32_t record_parts_of(const struct record *r, enum part_access access);

/* After a restore: erase again what DATA/keys/erasures lists. *ret_n: how many parts. */
enum rc erasures_replay(struct county *c, const struct eraser *erasers, size_t n_erasers,
                        int64_t *ret_n, struct err *e) MUST_USE;

#endif
