/*
 * Secrets at rest: sealed with the county's key (DATA/keys/secret.key, mode 0600, made when
 * first needed), so that who reads the database alone cannot use them. XChaCha20-Poly1305 of
 * libsodium.
 */
#ifndef STORE_SECRET_H
#define STORE_SECRET_H

#include "base/kinds.h"

struct arena;
struct county;

/* *ret is in a. RC_IO when the key can be neither read nor made. */
enum rc secret_seal(struct county *c, const void *p, size_t n, struct arena *a,
                    struct bytes *ret, struct err *e) MUST_USE;
/* RC_UNPROVEN when it was sealed with another key or changed; n must be the length that was
 * sealed. */
enum rc secret_open(struct county *c, struct bytes sealed, void *ret, size_t n,
                    struct err *e) MUST_USE;
/* The same of a text, in a. */
enum rc secret_open_text(struct county *c, struct bytes sealed, struct arena *a,
                         const char **ret, struct err *e) MUST_USE;
/*
 * A name for something that only who has the key can make again (BLAKE2b, keyed for this
 * label): the same bytes, the same name. The key is made when it is not there.
 */
enum { SECRET_NAME = 32 };
enum rc secret_name(struct county *c, const char *label, const void *p, size_t n,
                    uint8_t ret[SECRET_NAME], struct err *e) MUST_USE;

#endif
