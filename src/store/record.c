/*
 * Records in the database. The one idea: a record row holds exactly what its log entry says,
 * plus the parts that the entry's commitment covers; nothing in it ever changes but its place
 * in the log, given once, and parts that are erased.
 */
#include "store/record.h"

#include "base/hash.h"
#include "store/county.h"
#include "store/record.sql.h"
#include "tlog/ops.h"

#include <string.h>

struct record_part part_open(struct canon *c)
{
    struct record_part p = { .access = PART_OPEN };

    p.json = canon_end(c, &p.n);
    return p;
}

struct record_part part_restricted(struct canon *c)
{
    struct record_part p = part_open(c);

    p.access = PART_RESTRICTED;
    return p;
}

struct record_part part_personal(struct canon *c)
{
    struct record_part p = part_open(c);

    p.access = PART_PERSONAL;
    return p;
}

/* ---- stored parts: access, state, then u32be length, salt and bytes, or the hash of an erased
 * one ---- */

enum { STATE_THERE, STATE_ERASED };

void parts_write(const struct stored_part *parts, size_t n, struct str *ret)
{
    for (size_t i = 0; i < n; i++) {
        const struct stored_part *p = &parts[i];
        str_addc(ret, (char)p->access);
        str_addc(ret, p->erased ? STATE_ERASED : STATE_THERE);
        if (p->erased) {
            str_addn(ret, p->hash, HASH_BYTES);
            continue;
        }
        for (int shift = 24; shift >= 0; shift -= 8)
            str_addc(ret, (char)(p->bytes.n >> shift));
        str_addn(ret, p->salt, SALT_BYTES);
        str_addn(ret, p->bytes.p, p->bytes.n);
    }
}

/* Take n bytes off the front of *rest; NULL when there are not as many. */
static const uint8_t *take(struct bytes *rest, size_t n)
{
    const uint8_t *p = rest->p;

    if (rest->n < n)
        return NULL;
    rest->p += n;
    rest->n -= n;
    return p;
}

static bool part_read(struct bytes *rest, uint32_t i, struct stored_part *ret)
{
    const uint8_t *head = take(rest, 2), *p;

    if (head == NULL || head[0] < PART_OPEN || head[0] > PART_PERSONAL ||
        head[1] > STATE_ERASED)
        return false;
    *ret = (struct stored_part){ .access = (enum part_access)head[0],
                                 .erased = head[1] == STATE_ERASED };
    if (ret->erased) {
        if ((p = take(rest, HASH_BYTES)) == NULL)
            return false;
        memcpy(ret->hash, p, HASH_BYTES);
        return true;
    }
    if ((p = take(rest, 4)) == NULL)
        return false;
    ret->bytes.n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    if ((p = take(rest, SALT_BYTES)) == NULL)
        return false;
    memcpy(ret->salt, p, SALT_BYTES);
    if ((ret->bytes.p = take(rest, ret->bytes.n)) == NULL)
        return false;
    record_part_hash(tlog_ops(), i, ret->salt, span_bytes(ret->bytes), ret->hash);
    return true;
}

bool parts_read(struct bytes stored, struct record *ret)
{
    for (ret->n_parts = 0; stored.n > 0; ret->n_parts++)
        if (ret->n_parts == RECORD_PARTS_MAX ||
            !part_read(&stored, (uint32_t)ret->n_parts, &ret->parts[ret->n_parts]))
            return false;
    return true;
}

static void commitment_of(const struct stored_part *parts, size_t n, uint8_t ret[HASH_BYTES])
{
    uint8_t hashes[RECORD_PARTS_MAX][HASH_BYTES];

    for (size_t i = 0; i < n; i++)
        memcpy(hashes[i], parts[i].hash, HASH_BYTES);
    record_commitment(tlog_ops(), (const uint8_t(*)[HASH_BYTES])hashes, (uint32_t)n, ret);
}

bool record_whole(const struct record *r)
{
    uint8_t commitment[HASH_BYTES];

    commitment_of(r->parts, r->n_parts, commitment);
    return memcmp(commitment, r->commitment, HASH_BYTES) == 0;
}

/* ---- appending ---- */

static void part_add(struct record *r, enum part_access access, const char *json, size_t n)
{
    struct stored_part *p = &r->parts[r->n_parts];

    *p = (struct stored_part){ .access = access, .bytes = { (const uint8_t *)json, n } };
    random_bytes(p->salt, SALT_BYTES);
    record_part_hash(tlog_ops(), (uint32_t)r->n_parts++, p->salt, span_bytes(p->bytes),
                     p->hash);
}

/* Daily records bear the day as midnight UTC of its date in Asia/Shanghai, and are sealed two
 * hours into the next. */
enum { DAILY_HOUR = 2 };

static struct utime day_utc(int32_t day)
{
    return (struct utime){ (int64_t)day * 86400 * 1000000 };
}

enum rc record_append(struct tx *tx, struct county *c, const struct record_new *new,
                      struct id *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *by = new->by == NULL || new->daily ? "" : new->by;
    struct record *r = arena_alloc(a, sizeof(*r));
    struct utime seal_after = { 0 };
    uint8_t entry[ENTRY_MAX];
    size_t n;

    r->at = county_now(c);
    r->kind = new->kind;
    r->unit = new->daily ? "" : new->unit;
    r->subject = new->daily ? "" : new->subject;
    if (new->daily) {
        int32_t day = time_day(r->at);
        r->at = day_utc(day);
        seal_after.us = day_start(day + 1).us + (int64_t)DAILY_HOUR * 3600 * 1000000;
    }
    if (new->n_parts + (by[0] != '\0') > RECORD_PARTS_MAX)
        return err_set(e, RC_TOOBIG, N_("记录 {kind} 的部分太多"), "kind", new->kind);
    for (size_t i = 0; i < new->n_parts; i++) {
        if (new->parts[i].n > RECORD_PART_BYTES_MAX)
            return err_set(e, RC_TOOBIG, N_("记录 {kind} 的内容太长"), "kind", new->kind);
        part_add(r, new->parts[i].access, new->parts[i].json, new->parts[i].n);
    }
    if (by[0] != '\0') {
        struct canon canon;
        canon_init(&canon, a);
        canon_text(&canon, "by", by);
        struct record_part p = part_restricted(&canon);
        part_add(r, p.access, p.json, p.n);
    }
    commitment_of(r->parts, r->n_parts, r->commitment);
    if (!record_entry(r, entry, &n))
        return err_set(e, RC_INVALID, N_("记录 {kind} 的单位或对象代码不能写入日志"), "kind",
                       new->kind);
    struct str parts;
    struct record_insert_row row;
    str_init(&parts, a);
    parts_write(r->parts, r->n_parts, &parts);
    enum rc rc =
        record_insert_one(tx, r->at, seal_after, r->kind, r->unit, r->subject, by,
                          (struct bytes){ r->commitment, HASH_BYTES },
                          (struct bytes){ (const uint8_t *)parts.s, parts.n }, a, &row, e);
    if (rc == RC_OK)
        *ret = row.id;
    return rc;
}

bool record_entry(const struct record *r, uint8_t out[ENTRY_MAX], size_t *ret_n)
{
    struct entry entry = { .time_us = r->at.us,
                           .kind = span_of(r->kind),
                           .unit = span_of(r->unit),
                           .subject = span_of(r->subject) };

    memcpy(entry.commitment, r->commitment, HASH_BYTES);
    return entry_write(&entry, out, ret_n);
}

/* ---- reading ---- */

static enum rc record_fill(const struct record_by_id_row *row, struct record *ret,
                           struct err *e)
{
    *ret = (struct record){ .id = row->id,
                            .seq = row->seq_null ? -1 : row->seq,
                            .at = row->at,
                            .daily = row->seal_after.us != 0,
                            .kind = row->kind,
                            .unit = row->unit,
                            .subject = row->subject,
                            .by = row->by_account };
    if (row->commitment.n != HASH_BYTES || !parts_read(row->parts, ret))
        return err_set(e, RC_UNPROVEN, N_("记录 {kind} 的存储已损坏"), "kind", row->kind);
    memcpy(ret->commitment, row->commitment.p, HASH_BYTES);
    return RC_OK;
}

enum rc record_get(const struct snap *snap, struct id id, struct arena *a, struct record *ret,
                   struct err *e)
{
    struct record_by_id_row row;

    enum rc rc = record_by_id_one(snap, id, a, &row, e);
    return rc == RC_OK ? record_fill(&row, ret, e) : rc;
}

enum rc record_get_seq(const struct snap *snap, int64_t seq, struct arena *a,
                       struct record *ret, struct err *e)
{
    struct record_by_seq_row row;

    enum rc rc = record_by_seq_one(snap, seq, a, &row, e);
    if (rc != RC_OK)
        return rc;
    struct record_by_id_row same = { .id = row.id,
                                     .seq = row.seq,
                                     .seq_null = row.seq_null,
                                     .at = row.at,
                                     .seal_after = row.seal_after,
                                     .kind = row.kind,
                                     .unit = row.unit,
                                     .subject = row.subject,
                                     .by_account = row.by_account,
                                     .commitment = row.commitment,
                                     .parts = row.parts };
    return record_fill(&same, ret, e);
}

enum rc record_lines(const struct snap *snap, struct utime from, struct utime to,
                     struct arena *a, struct record_line **ret, size_t *ret_n, struct err *e)
{
    struct record_span_row *rows;
    size_t n;

    enum rc rc = record_span_all(snap, from, to, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct record_line *list = arena_array(a, n, sizeof(*list));
    struct record *r = arena_alloc(a, sizeof(*r));
    for (size_t i = 0; i < n; i++) {
        uint8_t entry[ENTRY_MAX];
        size_t n_entry;
        *r = (struct record){ .at = rows[i].at,
                              .kind = rows[i].kind,
                              .unit = rows[i].unit,
                              .subject = rows[i].subject };
        list[i] = (struct record_line){ .seq = rows[i].seq_null ? -1 : rows[i].seq,
                                        .at = rows[i].at,
                                        .kind = rows[i].kind,
                                        .unit = rows[i].unit,
                                        .subject = rows[i].subject,
                                        .by = rows[i].by_account };
        if (rows[i].commitment.n != HASH_BYTES)
            return err_set(e, RC_UNPROVEN, N_("记录 {kind} 的存储已损坏"), "kind", r->kind);
        memcpy(r->commitment, rows[i].commitment.p, HASH_BYTES);
        if (!record_entry(r, entry, &n_entry))
            return err_set(e, RC_UNPROVEN, N_("记录 {kind} 的存储已损坏"), "kind", r->kind);
        merkle_leaf(tlog_ops(), (struct span){ entry, n_entry }, list[i].leaf);
    }
    *ret = list;
    *ret_n = n;
    return RC_OK;
}
