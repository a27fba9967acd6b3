/* The primitives src/verify asks for, from OpenSSL (SHA-256, SM2) and libsodium (Ed25519). Any
 * thread may use them. */
#ifndef TLOG_OPS_H
#define TLOG_OPS_H

#include "base/kinds.h"
#include "verify/merkle.h"

const struct verify_ops *tlog_ops(void);
/* merkle_node for two hashes that lie side by side, without the way round. */
void tlog_node(const uint8_t pair[2 * HASH_BYTES], uint8_t out[HASH_BYTES]);

static inline struct span span_bytes(struct bytes b)
{
    return (struct span){ .p = b.p, .n = b.n };
}

#endif
