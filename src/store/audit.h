/*
 * Auditing: everything recomputed, and the first thing that differs named.
 *
 *   tiles   every entry hashed, every tile compared, the root compared with the signed
 * checkpoint, signatures and quorum checked; from a folder or from a web address, without the
 * county data    besides: each record's columns against its entry in the log, its payload
 * against its commitment, erased parts against the records of their erasure, every row of every
 * audited table against its record, every file against its digest, the second place where the
 * last checkpoint is kept
 *
 * An audited table has a column record_id, the record of the row's latest change, and a query
 *
 *   -- :unit_audit @audit
 *   -- What the audit compares.
 *   SELECT record_id, code, name FROM unit ORDER BY id;
 *
 * whose other columns are the canonical ones: the record's parts together contain each of them
 * under its name with its value (canon_row writes exactly that). A column that was personal and
 * is erased is empty or null. A record may instead be over many rows: then its part has
 * "rows.TABLE":{"n":…,"root":…} (canon_rows) and the rows with its record_id, in the order of
 * the query, have that root; such rows are never changed afterwards (a correction is a new
 * row). A table whose rows change has one record a row.
 *
 * What a table's columns cannot say (a digest over rows of another table) is its check's.
 *
 * What else is found out: a row without a record or with one that is not its own; two rows with
 * one record; the newest record of a thing (table, unit and subject are its name) whose row is
 * gone or has been set back to an older record, unless the record's part says "deleted":1.
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "store/county.h"
#include "store/trust.h"
#include "tlog/tile.h"

struct audit_result {
    uint64_t size; /* entries under the checkpoint */
    const char *origin;
    const char *vkey;      /* of the county's log; audit_data only, else NULL */
    const char *witnesses; /* who co-signed, "" when none; in the arena */
    bool trusted;          /* signatures and quorum were checked against a key from outside */
    int64_t waiting;       /* records not sealed yet */
    int64_t parts, erased; /* of payloads */
    int64_t tables, rows, files;
};
/* Called now and then; may be NULL. Other than RC_OK ends the audit. */
struct audit_progress {
    void *ctx;
    enum rc (*say)(void *ctx, const char *what, int64_t done, int64_t total, struct err *e);
};

/*
 * RC_OK: whole. RC_UNPROVEN: something differs, and what. RC_IO, RC_DB …: could not be checked.
 * trust NULL: structure only, nobody's signature.
 */
enum rc audit_tiles(struct arena *a, const struct tile_source *source,
                    const struct policy *trust, const struct audit_progress *progress,
                    struct audit_result *ret, struct err *e) MUST_USE;
enum rc audit_folder(struct arena *a, const char *dir, const struct policy *trust,
                     const struct audit_progress *progress, struct audit_result *ret,
                     struct err *e) MUST_USE;
/* http:// address of a log, such as http://127.0.0.1:8080/log */
enum rc audit_url(struct arena *a, const char *url, const struct policy *trust,
                  const struct audit_progress *progress, struct audit_result *ret,
                  struct err *e) MUST_USE;
/*
 * The county from inside. tables: every table of every folder, put together by src/cmd. trust
 * NULL: the county's own key and policy.
 */
enum rc audit_data(struct arena *a, struct county *c, const struct audit_query *tables,
                   size_t n_tables, const struct policy *trust,
                   const struct audit_progress *progress, struct audit_result *ret,
                   struct err *e) MUST_USE;
/* The audited tables of src/store itself. */
size_t store_audits(const struct audit_query **ret);

#endif
