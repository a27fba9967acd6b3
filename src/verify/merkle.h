/*
 * The Merkle tree of RFC 6962 section 2.1: hashing, and checking that an entry is in a tree
 * (RFC 9162 2.1.3.2) and that one tree continues another (2.1.4.2). The primitives are given as
 * function pointers, so that the same lines run in the server, on the command line and in a
 * browser.
 */
#ifndef VERIFY_MERKLE_H
#define VERIFY_MERKLE_H

#include "verify/text.h"

/* The primitives. Each takes its message in parts, to be read one after the other. */
struct verify_ops {
    void *ctx;
    void (*sha256)(void *ctx, const struct span *parts, size_t n, uint8_t out[HASH_BYTES]);
    /* RFC 8032; must refuse S >= L. */
    bool (*ed25519)(void *ctx, const uint8_t key[32], const struct span *parts, size_t n,
                    const uint8_t sig[64]);
    /*
     * SM2 over SM3 with the identifier 1234567812345678; key is an uncompressed point, sig is
     * DER. NULL where there is no SM2: keys of that type are then refused by vkey_parse.
     */
    bool (*sm2)(void *ctx, const uint8_t key[65], const struct span *parts, size_t n,
                struct span sig);
};

void merkle_empty(const struct verify_ops *ops,
                  uint8_t out[HASH_BYTES]); /* root of no leaves */
void merkle_leaf(const struct verify_ops *ops, struct span entry, uint8_t out[HASH_BYTES]);
/* out may be left or right. */
void merkle_node(const struct verify_ops *ops, const uint8_t left[HASH_BYTES],
                 const uint8_t right[HASH_BYTES], uint8_t out[HASH_BYTES]);

/* The most hashes a proof in a tree of at most 2^64 - 1 leaves can have. */
enum { MERKLE_PROOF_MAX = 65 };

/* Is the leaf the index-th of the tree of size leaves with this root? */
bool merkle_included(const struct verify_ops *ops, uint64_t index, uint64_t size,
                     const uint8_t leaf[HASH_BYTES], const uint8_t (*proof)[HASH_BYTES],
                     size_t n, const uint8_t root[HASH_BYTES]);
/*
 * Does the tree (size2, root2) continue the tree (size1, root1)? size1 == 0 is refused: every
 * tree continues the empty one, so that nothing would be proved.
 */
bool merkle_consistent(const struct verify_ops *ops, uint64_t size1, uint64_t size2,
                       const uint8_t (*proof)[HASH_BYTES], size_t n,
                       const uint8_t root1[HASH_BYTES], const uint8_t root2[HASH_BYTES]);

#endif
