/* What the files of the audit share. Not for other folders. */
#ifndef STORE_AUDIT_INSIDE_H
#define STORE_AUDIT_INSIDE_H

#include "store/audit.h"
#include "store/record.h"
#include "tlog/tree.h"

/* ---- audit_tiles.c ---- */

/* A pass over the tiles of a tree of size whose root is known. Large: keep it in an arena. */
struct tiles_audit {
    const struct tile_source *source;
    uint64_t size;
    uint8_t root[HASH_BYTES];
    struct tiles_level {
        uint64_t n; /* which tile is being filled */
        unsigned width;
        uint8_t hash[TILE_WIDTH][HASH_BYTES];
    } level[TILE_LEVELS];
    struct tree tree; /* after tiles_audit_end: goes on from here */
};
/* Bundles in order, each hashed and compared; its entries in *ret. */
enum rc tiles_audit_bundle(struct tiles_audit *t, struct arena *a, uint64_t n,
                           struct bytes *ret, struct err *e) MUST_USE;
enum rc tiles_audit_end(struct tiles_audit *t, struct arena *a, struct err *e) MUST_USE;
enum rc tiles_audit_all(struct tiles_audit *t, const struct audit_progress *progress,
                        struct err *e) MUST_USE;
enum rc audit_say(const struct audit_progress *p, const char *what, int64_t done, int64_t total,
                  struct err *e) MUST_USE;

/* ---- audit_rows.c ---- */

struct rows_audit;
struct rows_audit *rows_audit_new(struct arena *a, const struct snap *snap,
                                  const struct audit_query *tables, size_t n);
void rows_audit_done(struct rows_audit *r);
/* Compare every row of every table with its record. */
enum rc rows_audit_tables(struct rows_audit *r, const struct audit_progress *progress,
                          struct audit_result *ret, struct err *e) MUST_USE;
/* Then hand over every record in the order of the log: is the newest of each thing the one its
 * row has? */
enum rc rows_audit_record(struct rows_audit *r, const struct record *record,
                          struct err *e) MUST_USE;
enum rc rows_audit_end(struct rows_audit *r, struct err *e) MUST_USE;

#endif
