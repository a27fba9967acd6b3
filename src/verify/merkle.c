/*
 * Merkle hashing and proof checking. The one idea: both checks walk from the leaf (or the last
 * leaf of the old tree) to the root, deciding left or right from the bits of the index alone;
 * the proof only supplies hashes.
 */
#include "verify/merkle.h"

void merkle_empty(const struct verify_ops *ops, uint8_t out[HASH_BYTES])
{
    ops->sha256(ops->ctx, NULL, 0, out);
}

void merkle_leaf(const struct verify_ops *ops, struct span entry, uint8_t out[HASH_BYTES])
{
    static const uint8_t prefix[] = { 0x00 };
    const struct span parts[] = { { prefix, 1 }, entry };

    ops->sha256(ops->ctx, parts, 2, out);
}

void merkle_node(const struct verify_ops *ops, const uint8_t left[HASH_BYTES],
                 const uint8_t right[HASH_BYTES], uint8_t out[HASH_BYTES])
{
    uint8_t node[1 + 2 * HASH_BYTES] = { 0x01 };
    const struct span part = { node, sizeof(node) };

    hash_copy(node + 1, left);
    hash_copy(node + 1 + HASH_BYTES, right);
    ops->sha256(ops->ctx, &part, 1, out);
}

bool merkle_included(const struct verify_ops *ops, uint64_t index, uint64_t size,
                     const uint8_t leaf[HASH_BYTES], const uint8_t (*proof)[HASH_BYTES],
                     size_t n, const uint8_t root[HASH_BYTES])
{
    if (index >= size)
        return false;
    uint64_t fn = index, sn = size - 1;
    uint8_t r[HASH_BYTES];
    hash_copy(r, leaf);
    for (size_t i = 0; i < n; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) != 0 || fn == sn) {
            merkle_node(ops, proof[i], r, r);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            merkle_node(ops, r, proof[i], r);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && hash_eq(r, root);
}

bool merkle_consistent(const struct verify_ops *ops, uint64_t size1, uint64_t size2,
                       const uint8_t (*proof)[HASH_BYTES], size_t n,
                       const uint8_t root1[HASH_BYTES], const uint8_t root2[HASH_BYTES])
{
    if (size1 == 0 || size1 > size2)
        return false;
    if (size1 == size2)
        return n == 0 && hash_eq(root1, root2);
    if (n == 0)
        return false;
    uint64_t fn = size1 - 1, sn = size2 - 1;
    while ((fn & 1) != 0) {
        fn >>= 1;
        sn >>= 1;
    }
    uint8_t fr[HASH_BYTES], sr[HASH_BYTES];
    /* A power of two: the old root is itself a node of the new tree and not sent. */
    bool whole = (size1 & (size1 - 1)) == 0;
    hash_copy(fr, whole ? root1 : proof[0]);
    hash_copy(sr, fr);
    for (size_t i = whole ? 0 : 1; i < n; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) != 0 || fn == sn) {
            merkle_node(ops, proof[i], fr, fr);
            merkle_node(ops, proof[i], sr, sr);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            merkle_node(ops, sr, proof[i], sr);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && hash_eq(fr, root1) && hash_eq(sr, root2);
}
