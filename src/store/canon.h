/*
 * Canonical JSON, the only bytes a record commits to: sorted keys, no white space, integers
 * only; reals are strings of 17 significant digits, times microseconds, money fen, periods
 * their code, bytes lower-case hex, no value null. Strings escape as RFC 8785 does. One value
 * has one spelling.
 *
 * Keys may be added in any order; canon_end sorts them. Adding a key twice is a programming
 * error.
 */
#ifndef STORE_CANON_H
#define STORE_CANON_H

#include "base/kinds.h"
#include "base/str.h"
#include "tlog/tree.h"

struct canon_pair;
struct canon {
    struct arena *a;
    struct canon_pair *pairs;
    size_t n, cap;
};
void canon_init(struct canon *c, struct arena *a);
void canon_text(struct canon *c, const char *key, const char *value); /* NULL: null */
void canon_int(struct canon *c, const char *key, int64_t value);
void canon_null(struct canon *c, const char *key);
void canon_id(struct canon *c, const char *key, struct id value); /* none: null */
void canon_time(struct canon *c, const char *key,
                struct utime value); /* also none is 0: use canon_null for NULL */
void canon_real(struct canon *c, const char *key, double value);           /* NaN: null */
void canon_hex(struct canon *c, const char *key, const void *p, size_t n); /* NULL: null */
void canon_period(struct canon *c, const char *key, struct period value);  /* none: null */
void canon_json(struct canon *c, const char *key, const char *json); /* canonical already */
/* The object; lives in the arena. */
const char *canon_end(struct canon *c, size_t *ret_n);

/*
 * A row of an audited table: every column of its @audit query but record_id, under the column's
 * name. row is the struct that sqlc made for the query. This is what the audit compares with,
 * so filling a record's part with it is the way that cannot drift:
 *
 *   struct unit_audit_row row = { .code = "330784", … };
 *   canon_row(&c, &unit_audit_query, &row);
 */
struct query;
void canon_row(struct canon *c, const struct query *audit, const void *row);

/*
 * One record for many rows: the record's open part says how many rows of a table it wrote and
 * the Merkle root over their canonical objects, in the order of the @audit query (which is by
 * id). One row is proved by its path.
 */
struct rows_hash {
    struct tree tree;
};
void rows_hash_init(struct rows_hash *h);
void rows_hash_add(struct rows_hash *h, const char *json, size_t n); /* a finished object */
/* scratch is reset before it is used. */
void rows_hash_row(struct rows_hash *h, const struct query *audit, const void *row,
                   struct arena *scratch);
void rows_hash_root(const struct rows_hash *h, uint8_t ret[HASH_BYTES]);
/* Puts "rows.TABLE":{"n":…,"root":"…"} into a part. */
void canon_rows(struct canon *c, const char *table, const struct rows_hash *h);
/* The leaf of one row; its path is tree_path_of over all leaves, checked with merkle_included.
 */
void rows_leaf(const char *json, size_t n, uint8_t ret[HASH_BYTES]);

#endif
