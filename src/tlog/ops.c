/*
 * The primitives of src/verify on this machine. The one idea: a message comes in parts, which
 * are hashed where they lie; only a signature's message, which comes once a second, is put
 * together.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* see hash_blocks */
#include "tlog/ops.h"

#include "base/arena.h"
#include "tlog/sm2.h"

#include <endian.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT = 960 }; /* bytes that fit a few blocks on the stack */

/* The total, or SIZE_MAX when it cannot be. */
static size_t parts_size(const struct span *parts, size_t n)
{
    size_t total = 0;

    for (size_t i = 0; i < n; i++) {
        if (parts[i].n > SIZE_MAX / 2 - total)
            return SIZE_MAX;
        total += parts[i].n;
    }
    return total;
}

static void parts_join(const struct span *parts, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        if (parts[i].n > 0)
            memcpy(out, parts[i].p, parts[i].n);
        out += parts[i].n;
    }
}

/*
 * A tree's messages are two or three blocks long, and EVP's bookkeeping costs as much again as
 * hashing them: so short messages are padded here and given to OpenSSL as whole blocks, which
 * it hashes where they lie with what the processor has.
 */
static void hash_blocks(const uint8_t *blocks, size_t n, uint8_t out[HASH_BYTES])
{
    SHA256_CTX c;

    SHA256_Init(&c);
    SHA256_Update(&c, blocks, n); /* whole blocks: nothing is buffered */
    for (size_t i = 0; i < 8; i++) {
        uint32_t word = htobe32(c.h[i]);
        memcpy(out + 4 * i, &word, 4);
    }
}

/* The end of a message of total bytes: 80, zeroes, its length in bits. */
static size_t pad_blocks(uint8_t *blocks, size_t total)
{
    size_t whole = (total + 9 + SHA256_CBLOCK - 1) / SHA256_CBLOCK * SHA256_CBLOCK;
    uint64_t bits = htobe64((uint64_t)total * 8);

    blocks[total] = 0x80;
    memset(blocks + total + 1, 0, whole - total - 9);
    memcpy(blocks + whole - 8, &bits, 8);
    return whole;
}

void tlog_node(const uint8_t pair[2 * HASH_BYTES], uint8_t out[HASH_BYTES])
{
    uint8_t blocks[2 * SHA256_CBLOCK];

    blocks[0] = 0x01;
    memcpy(blocks + 1, pair, (size_t)2 * HASH_BYTES);
    hash_blocks(blocks, pad_blocks(blocks, 1 + 2 * HASH_BYTES), out);
}

static void ops_sha256(void *ctx, const struct span *parts, size_t n, uint8_t out[HASH_BYTES])
{
    size_t total = parts_size(parts, n);
    SHA256_CTX c;

    if (total <= SHORT) {
        uint8_t blocks[SHORT + 2 * SHA256_CBLOCK];
        parts_join(parts, n, blocks);
        hash_blocks(blocks, pad_blocks(blocks, total), out);
        return;
    }
    SHA256_Init(&c);
    for (size_t i = 0; i < n; i++)
        SHA256_Update(&c, parts[i].p, parts[i].n);
    SHA256_Final(out, &c);
}

static bool ops_ed25519(void *ctx, const uint8_t key[32], const struct span *parts, size_t n,
                        const uint8_t sig[64])
{
    size_t total = parts_size(parts, n);

    if (total == SIZE_MAX)
        return false;
    CLEANUP(mem_freep) uint8_t *message = mem_alloc(total + 1);
    parts_join(parts, n, message);
    /* libsodium refuses S >= L and points of small order. */
    return crypto_sign_verify_detached(sig, message, total, key) == 0;
}

static bool ops_sm2(void *ctx, const uint8_t key[65], const struct span *parts, size_t n,
                    struct span sig)
{
    size_t total = parts_size(parts, n);

    if (total == SIZE_MAX)
        return false;
    CLEANUP(mem_freep) uint8_t *message = mem_alloc(total + 1);
    parts_join(parts, n, message);
    return sm2_verify(key, SM2_NOTE_ID, (struct bytes){ message, total },
                      (struct bytes){ sig.p, sig.n });
}

static void start(void)
{
    if (sodium_init() < 0)
        abort();
}

const struct verify_ops *tlog_ops(void)
{
    static const struct verify_ops ops = { .sha256 = ops_sha256,
                                           .ed25519 = ops_ed25519,
                                           .sm2 = ops_sm2 };
    static pthread_once_t once = PTHREAD_ONCE_INIT; /* libsodium wants to be initialised */

    pthread_once(&once, start);
    return &ops;
}
