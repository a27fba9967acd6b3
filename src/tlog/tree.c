/* The growing tree. The one idea: adding a leaf is adding one to a binary number, where a carry
 * hashes two subtrees. */
#include "tlog/tree.h"

#include <assert.h>
#include <string.h>

void tree_add(struct tree *t, const uint8_t leaf[HASH_BYTES])
{
    uint8_t hash[HASH_BYTES];
    size_t l = 0;

    memcpy(hash, leaf, HASH_BYTES);
    for (; (t->size >> l & 1) != 0; l++)
        merkle_node(tlog_ops(), t->whole[l], hash, hash);
    memcpy(t->whole[l], hash, HASH_BYTES);
    t->size++;
}

void tree_root(const struct tree *t, uint8_t ret[HASH_BYTES])
{
    bool any = false;

    for (size_t l = 0; l < 64; l++) {
        if ((t->size >> l & 1) == 0)
            continue;
        if (any)
            merkle_node(tlog_ops(), t->whole[l], ret, ret);
        else
            memcpy(ret, t->whole[l], HASH_BYTES);
        any = true;
    }
    if (!any)
        merkle_empty(tlog_ops(), ret);
}

size_t tree_save(const struct tree *t, uint8_t out[64 * HASH_BYTES])
{
    size_t n = 0;

    for (size_t l = 64; l-- > 0;) {
        if ((t->size >> l & 1) == 0)
            continue;
        memcpy(out + n, t->whole[l], HASH_BYTES);
        n += HASH_BYTES;
    }
    return n;
}

bool tree_load(struct tree *t, uint64_t size, const uint8_t *p, size_t n)
{
    if (n != (size_t)__builtin_popcountll(size) * HASH_BYTES)
        return false;
    *t = (struct tree){ .size = size };
    for (size_t l = 64; l-- > 0;) {
        if ((size >> l & 1) == 0)
            continue;
        memcpy(t->whole[l], p, HASH_BYTES);
        p += HASH_BYTES;
    }
    return true;
}

/* A whole subtree: pairs are hashed in place, level by level. n is a power of two up to WHOLE.
 */
enum { WHOLE = 256 };
static void whole_root(const uint8_t (*leaves)[HASH_BYTES], size_t n, uint8_t ret[HASH_BYTES])
{
    uint8_t level[WHOLE / 2 * HASH_BYTES];
    const uint8_t *from = leaves[0];

    if (n == 1)
        memcpy(level, from, HASH_BYTES);
    for (; n > 1; n /= 2, from = level)
        for (size_t i = 0; i < n / 2; i++)
            tlog_node(from + 2 * i * HASH_BYTES, level + i * HASH_BYTES);
    memcpy(ret, level, HASH_BYTES);
}

void tree_root_of(const uint8_t (*leaves)[HASH_BYTES], size_t n, uint8_t ret[HASH_BYTES])
{
    struct tree t = { 0 };

    if (n > 0 && n <= WHOLE && (n & (n - 1)) == 0) {
        whole_root(leaves, n, ret);
        return;
    }
    for (size_t i = 0; i < n; i++)
        tree_add(&t, leaves[i]);
    tree_root(&t, ret);
}

size_t tree_path_of(const uint8_t (*leaves)[HASH_BYTES], size_t n, size_t index,
                    uint8_t path[MERKLE_PROOF_MAX][HASH_BYTES])
{
    uint8_t down[MERKLE_PROOF_MAX][HASH_BYTES];
    size_t from = 0, to = n, depth = 0;

    assert(index < n);
    /* From the root to the leaf; a proof is the other way round. */
    while (to - from > 1) {
        size_t k = 1;
        while (k * 2 < to - from)
            k *= 2;
        if (index < from + k) {
            tree_root_of(leaves + from + k, to - from - k, down[depth++]);
            to = from + k;
        } else {
            tree_root_of(leaves + from, k, down[depth++]);
            from += k;
        }
    }
    for (size_t i = 0; i < depth; i++)
        memcpy(path[i], down[depth - 1 - i], HASH_BYTES);
    return depth;
}
