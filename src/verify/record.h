/*
 * Version 1 of what the log's entries say: a salted commitment to a record's parts, and the
 * entry around it. These bytes are fixed for ever; a change is a new version byte.
 *
 *   part_i     = SHA-256("jingjian/part/v1" 00 u32be(i) salt_i[32] bytes_i)
 *   commitment = SHA-256("jingjian/record/v1" 00 u32be(n) part_0 … part_n-1)
 *   entry      = 01 u64be(time_us) u8(len) kind u8(len) unit u8(len) subject commitment[32]
 */
#ifndef VERIFY_RECORD_H
#define VERIFY_RECORD_H

#include "verify/merkle.h"

enum { SALT_BYTES = 32 };
void record_part_hash(const struct verify_ops *ops, uint32_t i, const uint8_t salt[SALT_BYTES],
                      struct span bytes, uint8_t out[HASH_BYTES]);
void record_commitment(const struct verify_ops *ops, const uint8_t (*parts)[HASH_BYTES],
                       uint32_t n, uint8_t out[HASH_BYTES]);

enum { ENTRY_TEXT_MAX = 255, ENTRY_MAX = 1 + 8 + 3 * (1 + ENTRY_TEXT_MAX) + HASH_BYTES };
struct entry {
    int64_t time_us;
    struct span kind;          /* not empty */
    struct span unit, subject; /* may be empty */
    uint8_t commitment[HASH_BYTES];
};
/* Texts are printable ASCII without spaces, at most ENTRY_TEXT_MAX bytes. False when they are
 * not, or time is negative. */
bool entry_write(const struct entry *entry, uint8_t out[ENTRY_MAX], size_t *ret_n);
/* Accepts exactly what entry_write writes. */
bool entry_parse(struct span in, struct entry *ret);

#endif
