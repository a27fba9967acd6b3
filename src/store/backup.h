/*
 * A county in one file: a tar archive with the database of one moment, the keys, the files and
 * a list of digests, made while the county works. The log's tiles are not in it: they are
 * rebuilt. Such a file holds secrets: it is made readable by its owner only.
 *
 *   backup.json   which county, when, how long its log was
 *   county.db     SQLite, or county.sql of PostgreSQL
 *   keys/…        the log's and the secrets' keys, the erasures
 *   files/…       under their digests
 *   SHA256SUMS    of all before it, as sha256sum -c reads it
 *
 * After a restore the county is on hold: nothing is signed until the witnesses or a person have
 * decided (seal.h), because what was signed after the backup must not be forgotten.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "base/hash.h"
#include "base/kinds.h"

struct arena;
struct county;

struct backup_info { /* texts live in the arena */
    const char *origin, *name;
    struct utime at;  /* when it was made */
    int64_t log_size; /* records sealed then */
    bool postgres;
    const char *schema;    /* PostgreSQL */
    int64_t size;          /* of the file */
    char digest[HASH_HEX]; /* of the file; county_backup only */
};
struct backup_progress {
    void *ctx;
    /* Other than RC_OK stops: nothing is left behind. */
    enum rc (*say)(void *ctx, int64_t done, int64_t total, struct err *e);
};
/* Into a new file: RC_CONFLICT when path exists. It appears whole or not at all. progress may
 * be NULL. */
enum rc county_backup(struct county *c, const char *path,
                      const struct backup_progress *progress, struct arena *a,
                      struct backup_info *ret, struct err *e) MUST_USE;
/* What a file says of itself; RC_INVALID when it is not a backup. */
enum rc backup_look(const char *path, struct arena *a, struct backup_info *ret,
                    struct err *e) MUST_USE;
/*
 * Put a county back into a new or empty folder. What lies in keys/ already is newer and stays:
 * the erasures and the last signed checkpoint of the lost folder are put there first. db_url:
 * PostgreSQL, where the schema must not be there; NULL for SQLite. RC_UNPROVEN when a digest is
 * not right, naming what is damaged. Afterwards county_open works, and the county is on hold;
 * or nothing is left behind. Only backups of one's own: SQL text is run as it is.
 */
enum rc county_restore(const char *path, const char *dir, const char *db_url,
                       const struct backup_progress *progress, struct arena *a,
                       struct backup_info *ret, struct err *e) MUST_USE;

#endif
