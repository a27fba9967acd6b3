/* Frozen figures: one row and one record each. */
#include "meeting/frozen.h"

#include "base/str.h"
#include "meeting/meeting.sql.h"
#include "store/county.h"
#include "store/record.h"

#include <string.h>

enum rc frozen_load(const struct snap *s, const char *matter, struct arena *a,
                    struct frozen *ret, struct err *e)
{
    struct frozen_newest_row row;
    uint8_t digest[HASH_SIZE];
    *ret = (struct frozen){ .content = "", .by = "" };
    enum rc rc = frozen_newest_one(s, matter, a, &row, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        *e = (struct err){ 0 };
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    sha256(row.content, strlen(row.content), digest);
    if (row.digest.n != HASH_SIZE || memcmp(row.digest.p, digest, HASH_SIZE) != 0)
        return err_set(e, RC_UNPROVEN, N_("{matter} 当时的数和它的摘要不符"), "matter", matter);
    *ret = (struct frozen){ .version = row.version,
                            .content = row.content,
                            .by = row.by_account,
                            .at = row.at,
                            .record = row.record_id };
    memcpy(ret->digest, digest, HASH_SIZE);
    return RC_OK;
}

enum rc frozen_put(struct tx *tx, struct county *c, const char *matter, const char *content,
                   const char *by, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct frozen was;
    uint8_t digest[HASH_SIZE];
    struct id record;
    enum rc rc = frozen_load(tx_snap(tx), matter, a, &was, e);
    if (rc != RC_OK)
        return rc;
    sha256(content, strlen(content), digest);
    struct frozen_audit_row row = { .matter = matter,
                                    .version = was.version + 1,
                                    .content = content,
                                    .digest = { digest, HASH_SIZE },
                                    .by_account = by,
                                    .at = county_now(c) };
    struct canon k;
    canon_init(&k, a);
    canon_row(&k, &frozen_audit_query, &row);
    struct record_part part = part_restricted(&k);
    rc = record_append(tx, c,
                       &(struct record_new){ .kind = "figures.frozen",
                                             .unit = "",
                                             .subject = matter,
                                             .by = by,
                                             .parts = &part,
                                             .n_parts = 1 },
                       &record, e);
    return rc == RC_OK ? frozen_insert(tx, matter, row.version, content, row.digest, by, row.at,
                                       record, NULL, e)
                       : rc;
}
