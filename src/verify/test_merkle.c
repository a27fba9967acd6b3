/*
 * Merkle proofs against a second implementation, written from the recursive definitions of RFC
 * 6962 2.1 (MTH, PATH, PROOF), and against the tree of the RFC's reference implementation.
 */
#include "base/hash.h"
#include "base/rng.h"
#include "base/test.h"
#include "tlog/ops.h"
#include "verify/merkle.h"

#include <stdlib.h>
#include <string.h>

enum { LEAVES_MAX = 5000, LEVELS = 14 };
/* Hashes of the whole subtrees: level[l][i] covers leaves i*2^l to (i+1)*2^l. */
static uint8_t level[LEVELS][LEAVES_MAX][HASH_BYTES];

static void leaves_make(void)
{
    for (uint32_t i = 0; i < LEAVES_MAX; i++)
        merkle_leaf(tlog_ops(), (struct span){ (const uint8_t *)&i, sizeof(i) }, level[0][i]);
    for (size_t l = 1; l < LEVELS; l++)
        for (size_t i = 0; (i + 1) << l <= LEAVES_MAX; i++)
            merkle_node(tlog_ops(), level[l - 1][2 * i], level[l - 1][2 * i + 1], level[l][i]);
}

/* The largest power of two smaller than n, n > 1. */
static size_t split(size_t n)
{
    size_t k = 1;

    while (k * 2 < n)
        k *= 2;
    return k;
}

static void mth(size_t from, size_t to, uint8_t out[HASH_BYTES])
{
    size_t n = to - from, l = 0;
    uint8_t left[HASH_BYTES], right[HASH_BYTES];

    if (n == 0) {
        merkle_empty(tlog_ops(), out);
        return;
    }
    while ((size_t)1 << l < n)
        l++;
    if ((size_t)1 << l == n && from % n == 0) {
        memcpy(out, level[l][from >> l], HASH_BYTES);
        return;
    }
    size_t k = split(n);
    mth(from, from + k, left);
    mth(from + k, to, right);
    merkle_node(tlog_ops(), left, right, out);
}

struct path {
    uint8_t hash[MERKLE_PROOF_MAX][HASH_BYTES];
    size_t n;
};

static void path_of(size_t m, size_t from, size_t to, struct path *p)
{
    if (to - from == 1)
        return;
    size_t k = split(to - from);
    if (m < k) {
        path_of(m, from, from + k, p);
        mth(from + k, to, p->hash[p->n++]);
    } else {
        path_of(m - k, from + k, to, p);
        mth(from, from + k, p->hash[p->n++]);
    }
}

static void subproof(size_t m, size_t from, size_t to, bool whole, struct path *p)
{
    if (m == to - from) {
        if (!whole)
            mth(from, to, p->hash[p->n++]);
        return;
    }
    size_t k = split(to - from);
    if (m <= k) {
        subproof(m, from, from + k, whole, p);
        mth(from + k, to, p->hash[p->n++]);
    } else {
        subproof(m - k, from + k, to, false, p);
        mth(from, from + k, p->hash[p->n++]);
    }
}

static const uint8_t (*hashes(const struct path *p))[HASH_BYTES]
{
    return (const uint8_t(*)[HASH_BYTES])p->hash;
}

static bool included(size_t index, size_t size, const uint8_t leaf[HASH_BYTES],
                     const struct path *p, const uint8_t root[HASH_BYTES])
{
    return merkle_included(tlog_ops(), index, size, leaf, hashes(p), p->n, root);
}

static bool consistent(size_t m, size_t n, const struct path *p,
                       const uint8_t root1[HASH_BYTES], const uint8_t root2[HASH_BYTES])
{
    return merkle_consistent(tlog_ops(), m, n, hashes(p), p->n, root1, root2);
}

static void reference_tree(void)
{
    /* transparency-dev/merkle testonly/constants.go (Apache-2.0): the tree of the RFC 6962
     * reference code. */
    static const char *const leaves[] = { "",
                                          "00",
                                          "10",
                                          "2021",
                                          "3031",
                                          "40414243",
                                          "5051525354555657",
                                          "606162636465666768696a6b6c6d6e6f" };
    static const char *const roots[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    char hex[HASH_HEX];
    uint8_t root[HASH_BYTES];

    for (size_t i = 0; i < COUNT(leaves); i++) {
        uint8_t entry[16];
        size_t n = strlen(leaves[i]) / 2;
        CHECK(hex_decode(leaves[i], n, entry));
        merkle_leaf(tlog_ops(), (struct span){ entry, n }, level[0][i]);
    }
    for (size_t l = 1; l <= 3; l++)
        for (size_t i = 0; i < (size_t)8 >> l; i++)
            merkle_node(tlog_ops(), level[l - 1][2 * i], level[l - 1][2 * i + 1], level[l][i]);
    for (size_t n = 0; n < COUNT(roots); n++) {
        mth(0, n, root);
        CHECK_STR(hex_encode(root, HASH_BYTES, hex), roots[n]);
    }
}

static void all_sizes(void)
{
    enum { SIZES = 300 };
    uint8_t roots[SIZES + 1][HASH_BYTES];

    leaves_make();
    for (size_t n = 0; n <= SIZES; n++)
        mth(0, n, roots[n]);
    for (size_t n = 1; n <= SIZES; n++) {
        for (size_t m = 0; m < n; m++) {
            struct path p = { .n = 0 };
            path_of(m, 0, n, &p);
            CHECK(included(m, n, level[0][m], &p, roots[n]));
            CHECK(!included(n, n, level[0][m], &p, roots[n]));
            if (p.n > 0) {
                p.n--;
                CHECK(!included(m, n, level[0][m], &p, roots[n]));
                p.n++;
            }
            memset(p.hash[p.n++], 0, HASH_BYTES);
            CHECK(!included(m, n, level[0][m], &p, roots[n]));
        }
        for (size_t m = 1; m <= n; m++) {
            struct path p = { .n = 0 };
            subproof(m, 0, n, true, &p);
            CHECK(consistent(m, n, &p, roots[m], roots[n]));
            if (m < n)
                CHECK(!consistent(n, m, &p, roots[n], roots[m]));
            if (p.n > 0) {
                p.n--;
                CHECK(!consistent(m, n, &p, roots[m], roots[n]));
                p.n++;
            }
            memset(p.hash[p.n++], 0, HASH_BYTES);
            CHECK(!consistent(m, n, &p, roots[m], roots[n]));
        }
    }
}

static void no_old_tree(void)
{
    struct path p = { .n = 0 };
    uint8_t empty[HASH_BYTES];

    merkle_empty(tlog_ops(), empty);
    CHECK(!consistent(0, 0, &p, empty, empty));
    CHECK(!consistent(0, 3, &p, empty, level[0][0]));
    CHECK(!included(0, 0, level[0][0], &p, empty));
    /* The largest sizes do not make it run over. */
    CHECK(
        !merkle_included(tlog_ops(), UINT64_MAX - 1, UINT64_MAX, empty, hashes(&p), 0, empty));
    CHECK(!merkle_consistent(tlog_ops(), UINT64_MAX - 1, UINT64_MAX, hashes(&p), 0, empty,
                             empty));
    memset(&p, 7, sizeof(p));
    CHECK(!merkle_included(tlog_ops(), 1, UINT64_MAX, empty, hashes(&p), MERKLE_PROOF_MAX,
                           empty));
    CHECK(!merkle_consistent(tlog_ops(), 1, UINT64_MAX, hashes(&p), MERKLE_PROOF_MAX, empty,
                             empty));
}

/* The whole examination takes a quarter of a minute under the sanitizers; the quick suite takes
 * a part of it. */
static bool full(void)
{
    return getenv("JINGJIAN_FULL") != NULL;
}

/* Counting failures quietly: a CHECK a flip would print millions of lines when something is
 * wrong. */
static void every_flip(void)
{
    size_t sizes = full() ? 40 : 16, accepted = 0, tried = 0;

    leaves_make();
    for (size_t n = 1; n <= sizes; n++) {
        uint8_t root[HASH_BYTES];
        mth(0, n, root);
        for (size_t m = 0; m < n; m++) {
            struct path p = { .n = 0 };
            uint8_t leaf[HASH_BYTES];
            memcpy(leaf, level[0][m], HASH_BYTES);
            path_of(m, 0, n, &p);
            for (size_t bit = 0; bit < (p.n + 2) * 256; bit++, tried++) {
                uint8_t *hash = bit / 256 < p.n    ? p.hash[bit / 256]
                                : bit / 256 == p.n ? leaf
                                                   : root;
                hash[bit % 256 / 8] ^= (uint8_t)(1 << bit % 8);
                accepted += included(m, n, leaf, &p, root);
                hash[bit % 256 / 8] ^= (uint8_t)(1 << bit % 8);
            }
            for (size_t bit = 0; bit < 64; bit++, tried++)
                accepted += included(m ^ (size_t)1 << bit, n, leaf, &p, root);
            CHECK(included(m, n, leaf, &p, root));
        }
        for (size_t m = 1; m <= n; m++) {
            struct path p = { .n = 0 };
            uint8_t old[HASH_BYTES];
            mth(0, m, old);
            subproof(m, 0, n, true, &p);
            for (size_t bit = 0; bit < (p.n + 2) * 256; bit++, tried++) {
                uint8_t *hash = bit / 256 < p.n    ? p.hash[bit / 256]
                                : bit / 256 == p.n ? old
                                                   : root;
                hash[bit % 256 / 8] ^= (uint8_t)(1 << bit % 8);
                accepted += consistent(m, n, &p, old, root);
                hash[bit % 256 / 8] ^= (uint8_t)(1 << bit % 8);
            }
            CHECK(consistent(m, n, &p, old, root));
        }
    }
    CHECK_INT(accepted, 0);
    CHECK(tried > 1000 * sizes * sizes);
}

static void random_flips(void)
{
    size_t trees = full() ? 5000 : 250, accepted = 0;
    struct rng r;

    leaves_make();
    rng_init(&r, 20260930, 1);
    for (size_t t = 0; t < trees; t++) {
        size_t n = 41 + rng_below(&r, LEAVES_MAX - 40), m = rng_below(&r, n);
        struct path p = { .n = 0 }, c = { .n = 0 };
        uint8_t root[HASH_BYTES], old[HASH_BYTES], leaf[HASH_BYTES];
        mth(0, n, root);
        mth(0, m + 1, old);
        memcpy(leaf, level[0][m], HASH_BYTES);
        path_of(m, 0, n, &p);
        subproof(m + 1, 0, n, true, &c);
        CHECK(included(m, n, leaf, &p, root));
        CHECK(consistent(m + 1, n, &c, old, root));
        for (size_t i = 0; i < 200; i++) {
            struct path *which = i % 2 == 0 ? &p : &c;
            size_t at = rng_below(&r, which->n + 2), bit = rng_below(&r, 256);
            uint8_t *first = i % 2 == 0 ? leaf : old;
            uint8_t *hash = at < which->n ? which->hash[at] : at == which->n ? first : root;
            hash[bit / 8] ^= (uint8_t)(1 << bit % 8);
            accepted += i % 2 == 0 ? included(m, n, leaf, &p, root)
                                   : consistent(m + 1, n, &c, old, root);
            hash[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
    CHECK_INT(accepted, 0);
}

T_MAIN({ "the reference tree of RFC 6962 has its roots", reference_tree },
       { "proofs of all sizes to 300 verify, shortened and lengthened ones do not", all_sizes },
       { "nothing is proved from no tree, and huge sizes are refused", no_old_tree },
       { "every single flipped bit to size 40 is refused", every_flip },
       { "seeded flips in larger trees are refused", random_flips })
