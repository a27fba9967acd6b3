/*
 * Erasing parts. The one idea: the list of what was erased lies outside the backups, identified
 * by commitments, so that a backup made before an erasure does not bring the erased back.
 */
#include "store/erase.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/parse.h"
#include "store/erase.sql.h"
#include "store/inside.h"
#include "store/record.sql.h"

#include <string.h>

enum { LIST_MAX = 1 << 30 };

uint32_t record_parts_of(const struct record *r, enum part_access access)
{
    uint32_t parts = 0;

    for (size_t i = 0; i < r->n_parts; i++)
        if (r->parts[i].access == access)
            parts |= UINT32_C(1) << i;
    return parts;
}

struct erasing {
    struct county *c;
    struct id record;
    uint32_t parts;
    const char *ground, *by;
    const struct eraser *erasers;
    size_t n_erasers;
};

/* What is still there of the parts asked for; RC_INVALID for what may not go. */
static enum rc select_parts(const struct record *r, uint32_t parts, uint32_t *ret,
                            struct err *e)
{
    *ret = 0;
    for (size_t i = 0; i < 32; i++) {
        if ((parts >> i & 1) == 0)
            continue;
        if (i >= r->n_parts)
            return err_set(e, RC_INVALID, N_("记录没有这个部分"));
        if (r->parts[i].access == PART_OPEN)
            return err_set(e, RC_INVALID, N_("公开的部分不能消除"));
        if (!r->parts[i].erased)
            *ret |= UINT32_C(1) << i;
    }
    return RC_OK;
}

/* The record of the erasing, over one row for each part. */
static enum rc append_erasing(struct tx *tx, const struct erasing *x, const struct record *r,
                              uint32_t parts, struct utime at, struct arena *a, struct id *ret,
                              struct err *e)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new();
    struct rows_hash rows;
    struct canon c;

    rows_hash_init(&rows);
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct erasure_audit_row row = {
            .erased_id = r->id, .part = (int64_t)i, .ground = x->ground, .at = at
        };
        if ((parts >> i & 1) != 0)
            rows_hash_row(&rows, &erasure_audit_query, &row, scratch);
    }
    canon_init(&c, a);
    canon_hex(&c, "commitment", r->commitment, HASH_BYTES);
    canon_text(&c, "ground", x->ground);
    canon_int(&c, "parts", parts);
    canon_rows(&c, "erasure", &rows);
    struct record_part part = part_open(&c);
    const struct record_new new = { .kind = "record.erase",
                                    .unit = r->unit,
                                    .subject = "",
                                    .by = x->by,
                                    .parts = &part,
                                    .n_parts = 1 };
    return record_append(tx, x->c, &new, ret, e);
}

static enum rc erase(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct erasing *x = arg;
    struct record *r = arena_alloc(a, sizeof(*r));
    struct utime at = county_now(x->c);
    struct str stored;
    struct id by_record;
    uint32_t parts;

    enum rc rc = record_get(tx_snap(tx), x->record, a, r, e);
    if (rc == RC_OK)
        rc = select_parts(r, x->parts, &parts, e);
    if (rc != RC_OK || parts == 0)
        return rc;
    rc = append_erasing(tx, x, r, parts, at, a, &by_record, e);
    for (size_t i = 0; i < x->n_erasers && rc == RC_OK; i++)
        if (str_starts(r->kind, x->erasers[i].kind))
            rc = x->erasers[i].blank(tx, r, parts, e);
    for (size_t i = 0; i < r->n_parts && rc == RC_OK; i++) {
        if ((parts >> i & 1) == 0)
            continue;
        r->parts[i].erased = true;
        rc = erasure_insert(tx, r->id, (int64_t)i, x->ground, at, by_record, NULL, e);
    }
    if (rc != RC_OK)
        return rc;
    str_init(&stored, a);
    parts_write(r->parts, r->n_parts, &stored);
    return record_set_parts(tx, (struct bytes){ (const uint8_t *)stored.s, stored.n }, r->id,
                            NULL, e);
}

/* ---- the list beside the backups: "commitment part" lines ---- */

static const char *list_path(const struct county *c, struct arena *a)
{
    return arena_printf(a, "%s/erasures", c->p->keys_dir);
}

static enum rc list_read(const struct county *c, struct arena *a, const char **ret,
                         struct err *e)
{
    struct bytes b;

    enum rc rc = file_read(a, list_path(c, a), LIST_MAX, &b, e);
    *ret = rc == RC_OK ? (const char *)b.p : "";
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

/* What the list says and what the database says, together. */
static enum rc list_save(struct county *c, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct erasure_pairs_row *rows;
    struct map *have = map_new(a);
    char hex[HASH_HEX];
    const char *old;
    struct str b;
    size_t n, n_lines;

    enum rc rc = list_read(c, a, &old, e);
    if (rc == RC_OK)
        rc = db_read(c->db, &snap, e);
    if (rc == RC_OK)
        rc = erasure_pairs_all(snap, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    str_init(&b, a);
    str_add(&b, old);
    char **lines = str_split(a, old, '\n', &n_lines);
    for (size_t i = 0; i < n_lines; i++)
        map_set(have, lines[i], a);
    for (size_t i = 0; i < n; i++) {
        const char *line = arena_printf(
            a, "%s %lld", hex_encode(rows[i].commitment.p, rows[i].commitment.n, hex),
            (long long)rows[i].part);
        if (!map_has(have, line))
            str_addf(&b, "%s\n", line);
    }
    return file_write_private(list_path(c, a), b.s, b.n, e);
}

enum rc record_erase(struct county *c, struct id record, uint32_t parts, const char *ground,
                     const char *by, const struct eraser *erasers, size_t n_erasers,
                     struct err *e)
{
    struct erasing x = { c, record, parts, ground, by, erasers, n_erasers };

    if (ground == NULL || ground[0] == '\0')
        return err_set(e, RC_INVALID, N_("消除须写明法律依据"));
    enum rc rc = db_transact(c->db, erase, &x, e);
    return rc == RC_OK ? list_save(c, e) : rc;
}

/* Parts to be gone, by commitment. */
static struct map *list_parse(struct arena *a, const char *text)
{
    struct map *m = map_new(a);
    size_t n;
    char **lines = str_split(a, text, '\n', &n);

    for (size_t i = 0; i < n; i++) {
        CLEANUP(err_done) struct err e = { 0 };
        char *space = strchr(lines[i], ' ');
        int64_t part;
        if (space == NULL)
            continue;
        *space = '\0';
        if (parse_int64(space + 1, 0, RECORD_PARTS_MAX - 1, "part", &part, &e) != RC_OK)
            continue;
        uint32_t *parts = map_get(m, lines[i]);
        if (parts == NULL) {
            parts = arena_alloc(a, sizeof(*parts));
            map_set(m, lines[i], parts);
        }
        *parts |= UINT32_C(1) << part;
    }
    return m;
}

enum rc erasures_replay(struct county *c, const struct eraser *erasers, size_t n_erasers,
                        int64_t *ret_n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct record_commitments_row *rows;
    const char *text;
    char hex[HASH_HEX];
    size_t n = 0;

    *ret_n = 0;
    enum rc rc = list_read(c, a, &text, e);
    if (rc != RC_OK || text[0] == '\0')
        return rc;
    struct map *want = list_parse(a, text);
    rc = db_read(c->db, &snap, e);
    if (rc == RC_OK)
        rc = record_commitments_all(snap, a, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const uint32_t *parts =
            rows[i].commitment.n == HASH_BYTES
                ? map_get(want, hex_encode(rows[i].commitment.p, HASH_BYTES, hex))
                : NULL;
        uint32_t left;
        if (parts == NULL)
            continue;
        struct record *r = arena_alloc(a, sizeof(*r));
        rc = record_get(snap, rows[i].id, a, r, e);
        if (rc == RC_OK)
            rc = select_parts(r, *parts, &left, e);
        if (rc != RC_OK || left == 0)
            continue;
        rc = record_erase(c, rows[i].id, left, "keys/erasures", "", erasers, n_erasers, e);
        *ret_n += __builtin_popcount(left);
    }
    return rc;
}
