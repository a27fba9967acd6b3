/*
 * Files, kept under their SHA-256 in DATA/files and registered in the database. Bytes come
 * first, durably, then the row: a row's file is always there; a file without a row is left over
 * from an upload that was given up and harms nobody.
 */
#ifndef STORE_FILE_H
#define STORE_FILE_H

#include "base/hash.h"
#include "base/kinds.h"
#include "db/db.h"

struct county;

/* Keep these bytes; doing it again is free. */
enum rc file_put(struct county *c, struct bytes content, uint8_t ret_digest[HASH_SIZE],
                 struct err *e) MUST_USE;
/* The same from a file, which stays. */
enum rc file_put_path(struct county *c, const char *path, uint8_t ret_digest[HASH_SIZE],
                      int64_t *ret_size, struct err *e) MUST_USE;
/* A file somebody sent, on its way in: kept before the change it belongs to, made known by it.
 */
struct file_sent {
    const char *name, *media; /* as the sender said */
    struct bytes content;
    uint8_t digest[HASH_SIZE]; /* set by file_sent_keep */
};
enum rc file_sent_keep(struct county *c, struct file_sent *f, struct err *e) MUST_USE;
enum rc file_sent_register(struct tx *tx, struct county *c, const struct file_sent *f,
                           const char *by, struct err *e) MUST_USE;
/* Make it known, with a record; a file that is known already stays as it is. media and name as
 * the sender said. */
enum rc file_register(struct tx *tx, struct county *c, const uint8_t digest[HASH_SIZE],
                      int64_t size, const char *media, const char *name, const char *by,
                      struct err *e) MUST_USE;
struct file_info {
    int64_t size;
    const char *media, *name;
    struct utime at;
    struct id record_id;
};
/* RC_NOTFOUND when it is not known. Text lives in a. */
enum rc file_info_get(const struct snap *snap, const uint8_t digest[HASH_SIZE], struct arena *a,
                      struct file_info *ret, struct err *e) MUST_USE;
/* Its bytes, checked against the digest (RC_UNPROVEN). */
enum rc file_get(struct county *c, struct arena *a, const uint8_t digest[HASH_SIZE], size_t max,
                 struct bytes *ret, struct err *e) MUST_USE;
/* Where it lies, for sending it. */
const char *file_path(const struct county *c, struct arena *a, const uint8_t digest[HASH_SIZE]);
/* Is it there, of this size, with this digest? RC_UNPROVEN names the file. */
enum rc file_check(struct county *c, struct bytes digest, int64_t size, struct err *e) MUST_USE;

#endif
