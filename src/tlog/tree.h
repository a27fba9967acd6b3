/*
 * A Merkle tree that grows at its right end, kept as the roots of its whole subtrees: 32 bytes
 * for each bit of its size that is set. For logs, and for the roots over an import's rows.
 */
#ifndef TLOG_TREE_H
#define TLOG_TREE_H

#include "base/arena.h"
#include "tlog/ops.h"

struct tree {
    uint64_t size;
    uint8_t whole[64]
                 [HASH_BYTES]; /* whole[l] is that of 2^l leaves, where bit l of size is set */
};
/* A zeroed struct is the empty tree. */
void tree_add(struct tree *t, const uint8_t leaf[HASH_BYTES]);
void tree_root(const struct tree *t, uint8_t ret[HASH_BYTES]);
/* The subtrees as bytes, largest first, and back; false when n does not fit the size. */
size_t tree_save(const struct tree *t, uint8_t out[64 * HASH_BYTES]);
bool tree_load(struct tree *t, uint64_t size, const uint8_t *p, size_t n);

/* The root of n leaves that lie side by side. */
void tree_root_of(const uint8_t (*leaves)[HASH_BYTES], size_t n, uint8_t ret[HASH_BYTES]);
/* The inclusion proof of one of them into path[MERKLE_PROOF_MAX]; returns how many hashes.
 * index < n. */
size_t tree_path_of(const uint8_t (*leaves)[HASH_BYTES], size_t n, size_t index,
                    uint8_t path[MERKLE_PROOF_MAX][HASH_BYTES]);

#endif
