/* Messages signed with a shared key. */
#ifndef BASE_HMAC_H
#define BASE_HMAC_H

#include "base/hash.h"

/* RFC 2104 with SHA-256. */
void hmac_sha256(const void *key, size_t n_key, const void *p, size_t n,
                 uint8_t out[HASH_SIZE]);

#endif
