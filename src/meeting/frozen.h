/*
 * What a meeting or a bulletin showed at a moment, kept for good: canonical JSON with its
 * digest and a record. Later corrections do not change it; pages show what has changed since
 * beside it.
 */
#ifndef MEETING_FROZEN_H
#define MEETING_FROZEN_H

#include "base/hash.h"
#include "base/kinds.h"
#include "db/db.h"

struct arena;
struct county;

struct frozen {
    int64_t version; /* 0: nothing was frozen */
    const char *content;
    uint8_t digest[HASH_SIZE];
    const char *by;
    struct utime at;
    struct id record;
};
enum rc frozen_put(struct tx *tx, struct county *c, const char *matter, const char *content,
                   const char *by, struct err *e) MUST_USE;
/* The newest; version 0 when there is none. RC_UNPROVEN when content and digest disagree. */
enum rc frozen_load(const struct snap *s, const char *matter, struct arena *a,
                    struct frozen *ret, struct err *e) MUST_USE;

#endif
