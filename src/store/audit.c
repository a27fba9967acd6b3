/*
 * Auditing a county from inside. The one idea: first the tiles are proved against the
 * signature, then each record is compared with its entry in the tiles, then everything else
 * with the records; so that trust flows from the signature to the last column, and never the
 * other way.
 */
#include "store/audit.h"

#include "base/file.h"
#include "base/hash.h"
#include "store/audit_inside.h"
#include "store/draw.sql.h"
#include "store/erase.sql.h"
#include "store/file.h"
#include "store/file.sql.h"
#include "store/inside.h"
#include "store/journal.sql.h"
#include "store/record.sql.h"
#include "store/setting.sql.h"
#include "tlog/folder.h"

#include <stdlib.h>
#include <string.h>

enum { AUDIT_AGE_MS = 24 * 3600 * 1000, PROGRESS_EVERY = 16384 };

struct audit {
    struct arena *a;
    struct county *c;
    const struct snap *snap;
    const struct audit_progress *progress;
    struct audit_result *ret;
    struct tile_source source;
    struct tiles_audit *tiles;
    struct rows_audit *rows;
    struct log_head_get_row head;
    struct bytes bundle; /* the entries that follow */
    struct arena *bundle_arena;
    struct arena *by_arena;
    const char *by; /* the account that by_part is of */
    struct bytes by_part;
    struct erased_part {
        int64_t record;
        int64_t part;
    } * erased;
    size_t n_erased;
};

static const char *number(struct arena *a, int64_t v)
{
    return arena_printf(a, "%lld", (long long)v);
}

/* ---- what was signed ---- */

static enum rc check_signatures(struct audit *x, const struct policy *trust, struct err *e)
{
    struct policy_finding *f = arena_alloc(x->a, sizeof(*f));
    struct checkpoint cp = { .size = 0 }, second;
    struct bytes kept;
    struct policy *own;

    x->ret->witnesses = "";
    x->ret->origin = x->c->origin;
    x->ret->vkey = x->c->p->vkey;
    merkle_empty(tlog_ops(), x->tiles->root);
    if (x->head.signed_note[0] == '\0')
        return RC_OK;
    enum rc rc = own_checkpoint(x->c, x->head.signed_note, &cp, e);
    if (rc != RC_OK)
        return rc;
    x->tiles->size = cp.size;
    memcpy(x->tiles->root, cp.root, HASH_BYTES);
    x->ret->size = cp.size;
    if ((int64_t)cp.size != x->head.signed_size || cp.size > (uint64_t)x->head.size)
        return err_set(e, RC_UNPROVEN, N_("log_head 的大小与签署的检查点不符"));
    rc =
        file_read(x->a, arena_printf(x->a, "%s/signed", x->c->p->keys_dir), NOTE_MAX, &kept, e);
    if (rc == RC_OK && own_checkpoint(x->c, (const char *)kept.p, &second, e) == RC_OK &&
        second.size > (uint64_t)x->head.size)
        return err_set(
            e, RC_UNPROVEN, N_("数据库只有 {have} 条,而已签署到 {size} 条:可能是从备份恢复的"),
            "have", number(x->a, x->head.size), "size", number(x->a, (int64_t)second.size));
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    if (trust == NULL) {
        struct str text;
        str_init(&text, x->a);
        rc = county_policy(x->c, x->snap, &text, e);
        if (rc == RC_OK)
            rc = trust_make(x->a, NULL, text.s, &own, e);
        if (rc != RC_OK)
            return rc;
    }
    if (x->head.public_note[0] == '\0') {
        if (trust != NULL)
            return err_set(e, RC_UNPROVEN, N_("{what} 的见证签名不够"), "what", "checkpoint");
        return RC_OK;
    }
    enum verdict v = policy_check(tlog_ops(), trust != NULL ? trust : own,
                                  span_of(x->head.public_note), 0, f);
    if (v != VERDICT_OK)
        return verdict_err(e, v, "checkpoint");
    if ((int64_t)f->checkpoint.size != x->head.public_size)
        return err_set(e, RC_UNPROVEN, N_("log_head 的大小与签署的检查点不符"));
    x->ret->trusted = trust != NULL;
    x->ret->witnesses = trust_witnesses(x->a, trust != NULL ? trust : own, f);
    return RC_OK;
}

/* ---- records ---- */

static enum rc record_differs(const struct record *r, int64_t seq, const char *text,
                              struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    return err_set(e, RC_UNPROVEN, text, "seq", number(a, seq), "kind", r->kind, "unit",
                   r->unit, "subject", r->subject);
}

static int erased_cmp(const void *a, const void *b)
{
    const struct erased_part *x = a, *y = b;

    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return x->part < y->part ? -1 : x->part > y->part;
}

static enum rc load_erasures(struct audit *x, struct err *e)
{
    struct erasure_pairs_row *rows;

    enum rc rc = erasure_pairs_all(x->snap, x->a, &rows, &x->n_erased, e);
    if (rc != RC_OK)
        return rc;
    x->erased = arena_array(x->a, x->n_erased + 1, sizeof(*x->erased));
    for (size_t i = 0; i < x->n_erased; i++)
        x->erased[i] = (struct erased_part){ rows[i].erased_id.v, rows[i].part };
    qsort(x->erased, x->n_erased, sizeof(*x->erased), erased_cmp);
    return RC_OK;
}

static enum rc check_payload(struct audit *x, const struct record *r, struct err *e)
{
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct erased_part want = { r->id.v, (int64_t)i };
        x->ret->parts++;
        if (!r->parts[i].erased)
            continue;
        x->ret->erased++;
        if (bsearch(&want, x->erased, x->n_erased, sizeof(want), erased_cmp) == NULL)
            return record_differs(
                r, r->seq,
                N_("日志第 {seq} 条({kind} {unit} {subject})的内容缺失,却没有消除记录"), e);
    }
    if (!record_whole(r))
        return record_differs(r, r->seq,
                              N_("日志第 {seq} 条({kind} {unit} {subject})的内容被改动过"), e);
    return RC_OK;
}

/* The account's column against the restricted part that names it, which is the last one. */
static enum rc check_by(struct audit *x, const struct record *r, struct err *e)
{
    const struct stored_part *p = r->n_parts == 0 ? NULL : &r->parts[r->n_parts - 1];
    struct canon c;
    size_t n;

    if (p != NULL && p->erased)
        return RC_OK;
    if (r->by[0] == '\0') {
        /* Then no part may name one. */
        static const char head[] = "{\"by\":\"";
        bool named = p != NULL && p->access == PART_RESTRICTED && p->bytes.n > sizeof(head) &&
                     memcmp(p->bytes.p, head, sizeof(head) - 1) == 0 &&
                     memmem(p->bytes.p, p->bytes.n, "\",\"", 3) == NULL;
        if (!named)
            return RC_OK;
    }
    /* Most records in a row are of one account: its part is made once. */
    if (!str_eq(r->by, x->by)) {
        arena_reset(x->by_arena);
        canon_init(&c, x->by_arena);
        canon_text(&c, "by", r->by);
        x->by = arena_strdup(x->by_arena, r->by);
        const char *json = canon_end(&c, &n);
        x->by_part = (struct bytes){ (const uint8_t *)json, n };
    }
    if (p != NULL && p->access == PART_RESTRICTED && p->bytes.n == x->by_part.n &&
        memcmp(p->bytes.p, x->by_part.p, p->bytes.n) == 0)
        return RC_OK;
    return record_differs(r, r->seq,
                          N_("日志第 {seq} 条({kind} {unit} {subject})的经办账号被改动过"), e);
}

static enum rc next_entry(struct audit *x, int64_t seq, struct bytes *ret, struct err *e)
{
    if (seq % TILE_WIDTH == 0) {
        arena_reset(x->bundle_arena);
        enum rc rc = tiles_audit_bundle(x->tiles, x->bundle_arena, (uint64_t)seq / TILE_WIDTH,
                                        &x->bundle, e);
        if (rc != RC_OK)
            return rc;
    }
    (void)bundle_next(&x->bundle, ret); /* the bundle was counted when it was read */
    return RC_OK;
}

static enum rc check_record(struct audit *x, const struct record *r, int64_t seq, struct err *e)
{
    uint8_t entry[ENTRY_MAX], leaf[HASH_BYTES];
    struct bytes logged = { NULL, 0 };
    size_t n = 0;

    if (r->seq != seq)
        return record_differs(r, seq, N_("日志第 {seq} 条在数据库里缺失"), e);
    bool ok = record_entry(r, entry, &n);
    /* A record that only says it is sealed daily would have its rows passed over. */
    ok = ok && (!r->daily || r->at.us % (INT64_C(86400) * 1000000) == 0);
    if ((uint64_t)seq < x->tiles->size) {
        enum rc rc = next_entry(x, seq, &logged, e);
        if (rc != RC_OK)
            return rc;
        ok = ok && n == logged.n && memcmp(entry, logged.p, n) == 0;
    } else if (ok) { /* sealed and not yet signed */
        merkle_leaf(tlog_ops(), (struct span){ entry, n }, leaf);
        tree_add(&x->tiles->tree, leaf);
    }
    if (!ok)
        return record_differs(
            r, seq, N_("日志第 {seq} 条:数据库里的记录 {kind} {unit} {subject} 与日志不符"), e);
    enum rc rc = check_payload(x, r, e);
    if (rc == RC_OK)
        rc = check_by(x, r, e);
    return rc == RC_OK ? rows_audit_record(x->rows, r, e) : rc;
}

/* The row of one query into a record: the queries have the same columns. */
static enum rc fill(const struct record_sealed_row *row, struct record *ret, struct err *e)
{
    ret->id = row->id;
    ret->seq = row->seq;
    ret->at = row->at;
    ret->daily = row->seal_after.us != 0;
    ret->kind = row->kind;
    ret->unit = row->unit;
    ret->subject = row->subject;
    ret->by = row->by_account;
    if (row->commitment.n != HASH_BYTES || !parts_read(row->parts, ret))
        return record_differs(ret, row->seq,
                              N_("日志第 {seq} 条({kind} {unit} {subject})的内容被改动过"), e);
    memcpy(ret->commitment, row->commitment.p, HASH_BYTES);
    return RC_OK;
}

static void rows_closep(struct rows **rows)
{
    rows_close(rows);
}

static enum rc end_tiles(struct audit *x, int64_t seq, struct err *e)
{
    return (uint64_t)seq == x->tiles->size ? tiles_audit_end(x->tiles, x->bundle_arena, e)
                                           : RC_OK;
}

static enum rc check_sealed(struct audit *x, struct err *e)
{
    CLEANUP(rows_closep) struct rows *rows = NULL;
    struct record *r = arena_alloc(x->a, sizeof(*r));
    struct record_sealed_row row;
    int64_t seq = 0;

    enum rc rc = end_tiles(x, 0, e);
    if (rc == RC_OK)
        rc = record_sealed_open(x->snap, 0, INT64_MAX, &rows, e);
    while (rc == RC_OK) {
        rc = record_sealed_next(rows, &row, e);
        if (rc != RC_OK)
            break;
        rc = fill(&row, r, e);
        if (rc == RC_OK)
            rc = check_record(x, r, seq, e);
        if (rc == RC_OK)
            rc = end_tiles(x, ++seq, e);
        if (rc == RC_OK && seq % PROGRESS_EVERY == 0)
            rc = audit_say(x->progress, N_("核对记录"), seq, x->head.size, e);
    }
    if (rc != RC_DONE)
        return rc;
    if (seq != x->head.size)
        return err_set(e, RC_UNPROVEN, N_("数据库里有 {have} 条封存的记录,日志有 {size} 条"),
                       "have", number(x->a, seq), "size", number(x->a, x->head.size));
    uint8_t saved[64 * HASH_BYTES];
    size_t n = tree_save(&x->tiles->tree, saved);
    if (n != x->head.tree.n || memcmp(saved, x->head.tree.p, n) != 0)
        return err_set(e, RC_UNPROVEN, N_("日志的树已损坏:log_head"));
    return RC_OK;
}

static enum rc check_waiting(struct audit *x, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct record_unsealed_row *rows;
    struct record *r = arena_alloc(x->a, sizeof(*r));
    size_t n;

    enum rc rc = record_unsealed_all(x->snap, a, &rows, &n, e);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct record_sealed_row same = { .id = rows[i].id,
                                                .seq = -1,
                                                .at = rows[i].at,
                                                .seal_after = rows[i].seal_after,
                                                .kind = rows[i].kind,
                                                .unit = rows[i].unit,
                                                .subject = rows[i].subject,
                                                .by_account = rows[i].by_account,
                                                .commitment = rows[i].commitment,
                                                .parts = rows[i].parts };
        rc = fill(&same, r, e);
        if (rc == RC_OK)
            rc = check_payload(x, r, e);
        if (rc == RC_OK)
            rc = check_by(x, r, e);
        if (rc == RC_OK)
            rc = rows_audit_record(x->rows, r, e);
    }
    if (rc == RC_OK)
        x->ret->waiting = (int64_t)n;
    return rc;
}

/* ---- files ---- */

static enum rc check_files(struct audit *x, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(rows_closep) struct rows *rows = NULL;
    struct file_digests_row row;

    enum rc rc = file_digests_open(x->snap, &rows, e);
    while (rc == RC_OK) {
        rc = file_digests_next(rows, &row, e);
        if (rc != RC_OK)
            break;
        arena_reset(a);
        rc = file_check(x->c, row.digest, row.size, e);
        x->ret->files++;
        if (rc == RC_OK && x->ret->files % 64 == 0)
            rc = audit_say(x->progress, N_("核对文件"), x->ret->files, 0, e);
    }
    return rc == RC_DONE ? RC_OK : rc;
}

/* ---- all ---- */

static enum rc audit_all(struct audit *x, const struct policy *trust, struct err *e)
{
    enum rc rc = log_head_get_one(x->snap, x->a, &x->head, e);
    if (rc == RC_OK)
        rc = check_signatures(x, trust, e);
    if (rc == RC_OK)
        rc = load_erasures(x, e);
    if (rc == RC_OK)
        rc = rows_audit_tables(x->rows, x->progress, x->ret, e);
    if (rc == RC_OK)
        rc = check_sealed(x, e);
    if (rc == RC_OK)
        rc = check_waiting(x, e);
    if (rc == RC_OK)
        rc = rows_audit_end(x->rows, e);
    return rc == RC_OK ? check_files(x, e) : rc;
}

enum rc audit_data(struct arena *a, struct county *c, const struct audit_query *tables,
                   size_t n_tables, const struct policy *trust,
                   const struct audit_progress *progress, struct audit_result *ret,
                   struct err *e)
{
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    CLEANUP(arena_freep) struct arena *bundles = arena_new();
    CLEANUP(arena_freep) struct arena *by = arena_new();

    *ret = (struct audit_result){ .witnesses = "" };
    enum rc rc = db_read_for(c->db, AUDIT_AGE_MS, &snap, e);
    if (rc != RC_OK)
        return rc;
    struct audit x = { .a = a,
                       .c = c,
                       .snap = snap,
                       .progress = progress,
                       .ret = ret,
                       .source = folder_source(county_log_dir(c)),
                       .tiles = arena_alloc(a, sizeof(*x.tiles)),
                       .rows = rows_audit_new(a, snap, tables, n_tables),
                       .bundle_arena = bundles,
                       .by_arena = by };
    x.tiles->source = &x.source;
    rc = audit_all(&x, trust, e);
    rows_audit_done(x.rows);
    return rc;
}

size_t store_audits(const struct audit_query **ret)
{
    static const struct audit_query all[] = {
        { "setting", &setting_audit_query }, { "file", &file_audit_query },
        { "erasure", &erasure_audit_query }, { "read_journal", &journal_audit_query },
        { "draw", &draw_audit_query },
    };

    *ret = all;
    return COUNT(all);
}
