/*
 * Sealing, without its threads. The one idea: the database is the truth and every later step
 * can be repeated from it; what must never be repeated differently is a signature, so before
 * signing the new tree is proved to continue the last signed one, which is kept in the database
 * and a second time outside it.
 */
#include "store/seal.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/parse.h"
#include "store/inside.h"
#include "store/record.h"
#include "store/record.sql.h"
#include "store/setting.h"
#include "tlog/folder.h"
#include "tlog/tree.h"
#include "verify/policy.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    BATCH = 500,      /* records placed in one change */
    PUBLISH = 4096,   /* entries read at once for tiles: whole tiles */
    DAILY_MAX = 4096, /* records of one kind and day in one change */
    DAYS_BACK = 31,   /* days without a server that are padded afterwards */
};

_Thread_local enum seal_step seal_fault; /* see seal.h */

static enum rc fault(enum seal_step step, struct err *e)
{
    if (seal_fault != step)
        return RC_OK;
    seal_fault = 0;
    return err_set(e, RC_IO, N_("读写失败"));
}

/* ---- place ---- */

struct placing {
    struct county *c;
    size_t n;         /* records placed by this run */
    const char *kind; /* daily only */
    int32_t day;
};

static bool tree_of(const struct log_head_get_row *head, struct tree *ret)
{
    return head->size >= 0 && tree_load(ret, (uint64_t)head->size, head->tree.p, head->tree.n);
}

static enum rc head_damaged(struct err *e)
{
    return err_set(e, RC_UNPROVEN, N_("日志的树已损坏:log_head"));
}

static enum rc leaf_of(const struct record_waiting_row *w, uint8_t leaf[HASH_BYTES],
                       struct err *e)
{
    struct record r = { .at = w->at, .kind = w->kind, .unit = w->unit, .subject = w->subject };
    uint8_t entry[ENTRY_MAX];
    size_t n;

    if (w->commitment.n != HASH_BYTES)
        return err_set(e, RC_UNPROVEN, N_("记录 {kind} 的存储已损坏"), "kind", w->kind);
    memcpy(r.commitment, w->commitment.p, HASH_BYTES);
    if (!record_entry(&r, entry, &n))
        return err_set(e, RC_UNPROVEN, N_("记录 {kind} 的存储已损坏"), "kind", w->kind);
    merkle_leaf(tlog_ops(), (struct span){ entry, n }, leaf);
    return RC_OK;
}

static enum rc place_one(struct tx *tx, struct tree *tree, const struct record_waiting_row *w,
                         struct err *e)
{
    uint8_t leaf[HASH_BYTES];
    int64_t changed;

    enum rc rc = leaf_of(w, leaf, e);
    if (rc == RC_OK)
        rc = record_seal(tx, (int64_t)tree->size, w->id, &changed, e);
    if (rc == RC_OK && changed != 1)
        return err_set(e, RC_BUSY, N_("系统繁忙,请稍后再试"));
    if (rc == RC_OK)
        tree_add(tree, leaf);
    return rc;
}

static enum rc tree_store(struct tx *tx, const struct tree *tree, int64_t was, struct err *e)
{
    uint8_t saved[64 * HASH_BYTES];
    int64_t changed;
    size_t n = tree_save(tree, saved);

    enum rc rc =
        log_head_grow(tx, (int64_t)tree->size, (struct bytes){ saved, n }, was, &changed, e);
    if (rc == RC_OK && changed != 1)
        return err_set(e, RC_BUSY, N_("系统繁忙,请稍后再试"));
    return rc;
}

static enum rc place_batch(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct placing *p = arg;
    struct log_head_get_row head;
    struct record_waiting_row *rows;
    struct tree tree;
    size_t n;

    p->n = 0;
    enum rc rc = log_head_get_one(tx_snap(tx), a, &head, e);
    if (rc == RC_OK)
        rc = record_waiting_all(tx_snap(tx), BATCH, a, &rows, &n, e);
    if (rc != RC_OK || n == 0)
        return rc;
    if (!tree_of(&head, &tree))
        return head_damaged(e);
    for (; p->n < n && !(p->n > 0 && tx_slice_over(tx)); p->n++) {
        rc = place_one(tx, &tree, &rows[p->n], e);
        if (rc != RC_OK)
            return rc;
    }
    return tree_store(tx, &tree, head.size, e);
}

/* ---- place: kinds sealed daily ---- */

static enum rc append_padding(struct tx *tx, struct placing *p, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct stored_part part = { .access = PART_OPEN, .bytes = { (const uint8_t *)"{}", 2 } };
    struct record_insert_row row;
    uint8_t commitment[HASH_BYTES];
    struct str parts;

    random_bytes(part.salt, SALT_BYTES);
    record_part_hash(tlog_ops(), 0, part.salt, span_bytes(part.bytes), part.hash);
    record_commitment(tlog_ops(), (const uint8_t(*)[HASH_BYTES])part.hash, 1, commitment);
    str_init(&parts, a);
    parts_write(&part, 1, &parts);
    return record_insert_one(tx, (struct utime){ (int64_t)p->day * 86400 * 1000000 },
                             (struct utime){ 1 }, p->kind, "", "", "",
                             (struct bytes){ commitment, HASH_BYTES },
                             (struct bytes){ (const uint8_t *)parts.s, parts.n }, a, &row, e);
}

/* A random order: nothing about the sequence of a day's records may be seen in the log. */
static void shuffle(struct record_daily_waiting_row *rows, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        uint64_t random;
        do
            random_bytes(&random, sizeof(random));
        while (random > UINT64_MAX - UINT64_MAX % i - 1);
        size_t j = (size_t)(random % i);
        struct record_daily_waiting_row t = rows[i - 1];
        rows[i - 1] = rows[j];
        rows[j] = t;
    }
}

/* One kind's records of one day, padded, shuffled, placed together. */
static enum rc place_day(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct placing *p = arg;
    const struct utime day = { (int64_t)p->day * 86400 * 1000000 };
    struct log_head_get_row head;
    struct record_daily_waiting_row *rows;
    struct tree tree;
    int64_t pad;
    size_t n;

    p->n = 0;
    enum rc rc = log_head_get_one(tx_snap(tx), a, &head, e);
    if (rc == RC_OK)
        rc = setting_int(tx_snap(tx), &store_settings[SET_DAILY_PAD], &pad, e);
    if (rc == RC_OK)
        rc = record_daily_waiting_all(tx_snap(tx), p->kind, day, DAILY_MAX, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    /* Also a day on which nothing happened has its number of entries. */
    size_t want = n == 0 ? (size_t)pad : (n + (size_t)pad - 1) / (size_t)pad * (size_t)pad;
    for (size_t i = n; i < want && rc == RC_OK; i++)
        rc = append_padding(tx, p, e);
    if (rc == RC_OK)
        rc =
            record_daily_waiting_all(tx_snap(tx), p->kind, day, DAILY_MAX * 2, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    if (!tree_of(&head, &tree))
        return head_damaged(e);
    shuffle(rows, n);
    for (; p->n < n; p->n++) {
        const struct record_waiting_row w = { .id = rows[p->n].id,
                                              .at = rows[p->n].at,
                                              .kind = rows[p->n].kind,
                                              .unit = rows[p->n].unit,
                                              .subject = rows[p->n].subject,
                                              .commitment = rows[p->n].commitment };
        rc = place_one(tx, &tree, &w, e);
        if (rc != RC_OK)
            return rc;
    }
    return tree_store(tx, &tree, head.size, e);
}

static enum rc day_done(struct tx *tx, void *arg, struct err *e)
{
    return log_head_day(tx, *(const int32_t *)arg, NULL, e);
}

/* The last day whose records may be sealed: yesterday, from two o'clock on. */
static int32_t daily_due(const struct county *c)
{
    return time_day((struct utime){ county_now(c).us - (int64_t)2 * 3600 * 1000000 }) - 1;
}

static enum rc place_daily(struct county *c, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct record_daily_kinds_row *kinds;
    struct log_head_get_row head;
    int32_t due = daily_due(c);
    size_t n;

    enum rc rc = db_read(c->db, &snap, e);
    if (rc == RC_OK)
        rc = log_head_get_one(snap, a, &head, e);
    if (rc != RC_OK || head.daily_day >= due)
        return rc;
    rc = record_daily_kinds_all(snap, a, &kinds, &n, e);
    db_read_end(&snap);
    if (rc != RC_OK)
        return rc;
    for (size_t k = 0; k < n; k++) {
        int32_t first = (int32_t)(kinds[k].first.us / 1000000 / 86400);
        int32_t day = (int32_t)head.daily_day + 1;
        if (day < due - DAYS_BACK)
            day = due - DAYS_BACK;
        for (day = day < first ? first : day; day <= due && rc == RC_OK; day++) {
            struct placing p = { .c = c, .kind = kinds[k].kind, .day = day };
            rc = db_transact(c->db, place_day, &p, e);
        }
        if (rc != RC_OK)
            return rc;
    }
    return db_transact(c->db, day_done, &due, e);
}

static enum rc place(struct county *c, struct err *e)
{
    struct placing p = { .c = c };

    enum rc rc = place_daily(c, e);
    do {
        if (rc == RC_OK)
            rc = db_transact(c->db, place_batch, &p, e);
    } while (rc == RC_OK && p.n > 0);
    return rc == RC_OK ? fault(SEAL_PLACED, e) : rc;
}

/* ---- tiles ---- */

/* How many entries the folder's tiles hold, from the file `published`; 0 when that cannot be
 * believed. */
static uint64_t published_size(const struct county *c, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct tile_source s = folder_source(c->p->log_dir);
    uint8_t root[HASH_BYTES];
    struct bytes b;
    int64_t size;

    if (file_read(a, arena_printf(a, "%s/published", c->p->log_dir), 64, &b, &e) != RC_OK ||
        parse_int64(str_trim(a, (const char *)b.p), 0, INT64_MAX, "published", &size, &e) !=
            RC_OK ||
        tiles_root(&s, (uint64_t)size, root, &e) != RC_OK ||
        (size > 0 && tiles_entry(&s, a, (uint64_t)size - 1, (uint64_t)size, &b, &e) != RC_OK))
        return 0;
    return (uint64_t)size;
}

static enum rc entry_bytes(struct arena *a, const struct record_entries_row *row,
                           int64_t want_seq, struct bytes *ret, struct err *e)
{
    struct record r = {
        .at = row->at, .kind = row->kind, .unit = row->unit, .subject = row->subject
    };
    uint8_t entry[ENTRY_MAX];
    size_t n;

    if (row->seq != want_seq || row->commitment.n != HASH_BYTES)
        return err_set(e, RC_UNPROVEN, N_("日志第 {seq} 条记录缺失或已损坏"), "seq",
                       arena_printf(a, "%lld", (long long)want_seq));
    memcpy(r.commitment, row->commitment.p, HASH_BYTES);
    if (!record_entry(&r, entry, &n))
        return err_set(e, RC_UNPROVEN, N_("日志第 {seq} 条记录缺失或已损坏"), "seq",
                       arena_printf(a, "%lld", (long long)want_seq));
    *ret = (struct bytes){ arena_copy(a, entry, n), n };
    return RC_OK;
}

/* Tiles for from <= seq < to, to - from at most PUBLISH. */
static enum rc publish_batch(struct county *c, const struct snap *snap,
                             struct folder_sink *folder, uint64_t from, uint64_t to,
                             struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct tile_source source = folder_source(c->p->log_dir);
    struct tile_sink sink = folder_sink(folder);
    struct record_entries_row *rows;
    size_t n;

    enum rc rc = record_entries_all(snap, (int64_t)from, (int64_t)to, PUBLISH, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct bytes *entries = arena_array(a, to - from + 1, sizeof(*entries));
    for (size_t i = 0; i < to - from; i++) {
        const struct record_entries_row none = { .seq = -1 };
        rc = entry_bytes(a, i < n ? &rows[i] : &none, (int64_t)(from + i), &entries[i], e);
        if (rc != RC_OK)
            return rc;
    }
    return tiles_grow(&source, &sink, from, entries, to - from, e);
}

static enum rc publish_from(struct county *c, uint64_t from, uint64_t size, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct folder_sink folder = { .dir = c->p->log_dir };
    enum rc rc = RC_OK;

    while (from < size && rc == RC_OK) {
        /* Ends of batches in the middle fall on whole tiles, so that no needless partial ones
         * are written. */
        uint64_t to = from - from % TILE_WIDTH + PUBLISH;
        to = to > size ? size : to;
        CLEANUP(db_read_end) const struct snap *snap = NULL;
        rc = db_read(c->db, &snap, e);
        if (rc == RC_OK)
            rc = publish_batch(c, snap, &folder, from, to, e);
        from = to;
    }
    if (rc == RC_OK)
        rc = folder_sync(&folder, e);
    if (rc != RC_OK)
        return rc;
    const char *text = arena_printf(a, "%llu\n", (unsigned long long)size);
    return file_write_atomic(arena_printf(a, "%s/published", c->p->log_dir), text, strlen(text),
                             e);
}

static enum rc publish_tiles(struct county *c, uint64_t size, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint64_t have = published_size(c, a);

    /* More on disk than in the database: tiles of a time that a restore has undone. */
    if (have > size)
        have = 0;
    enum rc rc = have == size && size > 0 ? RC_OK : publish_from(c, have, size, e);
    return rc == RC_OK ? fault(SEAL_TILES, e) : rc;
}

/* ---- sign ---- */

enum rc own_checkpoint(const struct county *c, const char *note, struct checkpoint *ret,
                       struct err *e)
{
    struct vkey key;
    struct note n;
    struct note_seal seal;

    enum verdict v = VERDICT_MALFORMED;
    if (vkey_parse(tlog_ops(), span_of(c->p->vkey), &key) && note_parse(span_of(note), &n) &&
        checkpoint_parse(n.text, ret))
        v = note_verify(tlog_ops(), &n, &key, 1, &seal);
    if (v == VERDICT_OK && !span_is(ret->origin, c->origin))
        v = VERDICT_WRONG_ORIGIN;
    return v == VERDICT_OK ? RC_OK : verdict_err(e, v, "checkpoint");
}

static const char *second_path(const struct county *c, struct arena *a)
{
    return arena_printf(a, "%s/signed", c->p->keys_dir);
}

/* "" when there is none, or only one of another origin. */
static enum rc second_read(const struct county *c, struct arena *a, const char **ret,
                           struct err *e)
{
    struct bytes b;
    struct span line, rest;

    *ret = "";
    enum rc rc = file_read(a, second_path(c, a), NOTE_MAX, &b, e);
    if (rc == RC_NOTFOUND)
        return RC_OK;
    rest = span_bytes(b);
    if (rc == RC_OK && span_line(&rest, &line) && span_is(line, c->origin))
        *ret = (const char *)b.p;
    return rc;
}

static enum rc behind(struct err *e, const char *who, int64_t size, int64_t have)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    return err_set(
        e, RC_CONFLICT,
        N_("{who} 记着大小为 {size} 的日志,而数据库只有 {have}:可能是从备份恢复的。不再签署,"
           "以免日志分叉;请用 --new-origin 另起日志"),
        "who", who, "size", arena_printf(a, "%lld", (long long)size), "have",
        arena_printf(a, "%lld", (long long)have));
}

enum rc must_continue(const struct county *c, const char *who, const char *note, uint64_t size,
                      const uint8_t root[HASH_BYTES], struct err *e)
{
    struct tile_source source = folder_source(c->p->log_dir);
    uint8_t path[MERKLE_PROOF_MAX][HASH_BYTES];
    struct checkpoint old;
    size_t n;

    if (note[0] == '\0')
        return RC_OK;
    enum rc rc = own_checkpoint(c, note, &old, e);
    if (rc != RC_OK)
        return rc;
    if (old.size > size)
        return behind(e, who, (int64_t)old.size, (int64_t)size);
    if (old.size == 0)
        return RC_OK;
    rc = tiles_consistency(&source, old.size, size, path, &n, e);
    if (rc == RC_OK &&
        !merkle_consistent(tlog_ops(), old.size, size, (const uint8_t(*)[HASH_BYTES])path, n,
                           old.root, root))
        return err_set(e, RC_UNPROVEN,
                       N_("日志不再延续 {who} 里的检查点:记录被改动过。不再签署,请运行 audit"),
                       "who", who);
    return rc;
}

struct signing {
    struct county *c;
    int64_t size;
    const char *note;
    bool public; /* no quorum is asked for */
};

static enum rc store_signed(struct tx *tx, void *arg, struct err *e)
{
    const struct signing *s = arg;
    int64_t changed;

    enum rc rc = log_head_sign(tx, s->size, s->note, &changed, e);
    if (rc == RC_OK && changed != 1)
        return err_set(e, RC_CONFLICT, N_("日志已签署到更大的大小"));
    if (rc == RC_OK && s->public)
        rc = log_head_public(tx, s->size, s->note, NULL, e);
    return rc;
}

enum rc publish_checkpoint(struct county *c, const char *note, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    return file_write_atomic(arena_printf(a, "%s/checkpoint", c->p->log_dir), note,
                             strlen(note), e);
}

static enum rc no_quorum_asked(struct county *c, const struct snap *snap, bool *ret,
                               struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct policy *p = arena_alloc(a, sizeof(*p));
    struct str text;
    size_t line;

    str_init(&text, a);
    enum rc rc = county_policy(c, snap, &text, e);
    if (rc != RC_OK)
        return rc;
    if (!policy_parse(tlog_ops(), (struct span){ (const uint8_t *)text.s, text.n }, p, &line))
        return err_set(e, RC_INVALID, N_("设置 log.policy 无法理解"));
    *ret = p->quorum == SIZE_MAX;
    return RC_OK;
}

/* Lines of our keys under the text. */
static enum rc note_make(struct county *c, int64_t size, const uint8_t root[HASH_BYTES],
                         struct arena *a, const char **ret, struct err *e)
{
    struct str text, note;

    str_init(&text, a);
    checkpoint_text(c->origin, (uint64_t)size, root, &text);
    str_init(&note, a);
    str_addf(&note, "%s\n", text.s);
    enum rc rc = key_sign(&c->p->key, text.s, text.n, 0, &note, e);
    if (rc == RC_OK && c->p->sm2.name != NULL)
        rc = key_sign(&c->p->sm2, text.s, text.n, 0, &note, e);
    *ret = note.s;
    return rc;
}

static enum rc release_hold(struct tx *tx, void *arg, struct err *e)
{
    return log_head_hold(tx, "", NULL, e);
}

/* Nothing may be signed before the witnesses have been asked once; after a restore all of them
 * must have answered. */
static enum rc may_sign(struct county *c, const struct log_head_get_row *head, struct err *e)
{
    struct tree tree;
    uint8_t root[HASH_BYTES];
    size_t silent, n;

    if (c->p->witnesses_asked && head->hold[0] == '\0')
        return RC_OK;
    if (!tree_of(head, &tree))
        return head_damaged(e);
    tree_root(&tree, root);
    enum rc rc = ask_sizes(c, head->size, root, &silent, &n, e);
    if (rc != RC_OK)
        return rc;
    if (head->hold[0] != '\0') {
        if (n == 0 || silent > 0)
            return err_set(
                e, RC_CONFLICT,
                N_("暂停签署:{why}。须所有见证机构答复,或用 restore 的 --i-know-size、"
                   "--new-origin 作出决定"),
                "why", head->hold);
        rc = db_transact(c->db, release_hold, NULL, e);
    }
    c->p->witnesses_asked = rc == RC_OK;
    return rc;
}

static enum rc sign_now(struct county *c, const struct log_head_get_row *head, struct arena *a,
                        struct signing *s, struct err *e)
{
    struct tree tree;
    uint8_t root[HASH_BYTES];
    const char *second;

    if (!tree_of(head, &tree))
        return head_damaged(e);
    tree_root(&tree, root);
    enum rc rc = second_read(c, a, &second, e);
    if (rc == RC_OK)
        rc = must_continue(c, "keys/signed", second, (uint64_t)head->size, root, e);
    if (rc == RC_OK)
        rc = must_continue(c, "log_head", head->signed_note, (uint64_t)head->size, root, e);
    if (rc == RC_OK)
        rc = note_make(c, head->size, root, a, &s->note, e);
    if (rc == RC_OK)
        rc = db_transact(c->db, store_signed, s, e);
    if (rc == RC_OK)
        rc = fault(SEAL_SIGNED, e);
    return rc;
}

/*
 * The second place may only be overwritten by what continues it. It is ahead of the database
 * when an old copy of the database was put in its place, and then it is the only one who
 * remembers: also when nothing is waiting to be signed.
 */
static enum rc second_write(struct county *c, const char *second, const char *note,
                            struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct checkpoint now;

    enum rc rc = own_checkpoint(c, note, &now, e);
    if (rc == RC_OK)
        rc = must_continue(c, "keys/signed", second, now.size, now.root, e);
    return rc == RC_OK ? file_write_atomic(second_path(c, a), note, strlen(note), e) : rc;
}

/* The second place and what is served follow the database, also when an earlier run was cut off
 * between them. */
static enum rc spread(struct county *c, const char *signed_note, const char *public_note,
                      struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *second;
    struct bytes served;

    enum rc rc = second_read(c, a, &second, e);
    if (rc == RC_OK && signed_note[0] != '\0' && !str_eq(second, signed_note))
        rc = second_write(c, second, signed_note, e);
    if (rc == RC_OK)
        rc = fault(SEAL_SECOND, e);
    if (rc != RC_OK || public_note[0] == '\0')
        return rc;
    rc = file_read(a, arena_printf(a, "%s/checkpoint", c->p->log_dir), NOTE_MAX, &served, e);
    if (rc == RC_OK && str_eq((const char *)served.p, public_note))
        return RC_OK;
    return rc == RC_OK || rc == RC_NOTFOUND ? publish_checkpoint(c, public_note, e) : rc;
}

static enum rc head_read(struct county *c, struct arena *a, struct log_head_get_row *ret,
                         bool *ret_public, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *snap = NULL;

    enum rc rc = db_read(c->db, &snap, e);
    if (rc == RC_OK)
        rc = log_head_get_one(snap, a, ret, e);
    return rc == RC_OK ? no_quorum_asked(c, snap, ret_public, e) : rc;
}

static enum rc seal_locked(struct county *c, bool *ret_signed, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct signing s = { .c = c };
    struct log_head_get_row head;

    *ret_signed = false;
    enum rc rc = place(c, e);
    if (rc == RC_OK)
        rc = head_read(c, a, &head, &s.public, e);
    if (rc == RC_OK)
        rc = publish_tiles(c, (uint64_t)head.size, e);
    if (rc != RC_OK)
        return rc;
    s.size = head.size;
    bool fresh = head.signed_size < head.size;
    if (fresh || !c->p->witnesses_asked)
        rc = may_sign(c, &head, e);
    if (rc == RC_OK && fresh)
        rc = sign_now(c, &head, a, &s, e);
    if (rc != RC_OK)
        return rc;
    *ret_signed = fresh;
    const char *signed_note = fresh ? s.note : head.signed_note;
    return spread(c, signed_note, s.public ? signed_note : head.public_note, e);
}

enum rc seal_round(struct county *c, bool *ret_signed, struct err *e)
{
    pthread_mutex_lock(&c->p->sealing);
    enum rc rc = seal_locked(c, ret_signed, e);
    pthread_mutex_unlock(&c->p->sealing);
    return rc;
}

enum rc county_seal_now(struct county *c, struct err *e)
{
    bool any;

    enum rc rc = seal_round(c, &any, e);
    return rc == RC_OK ? ask_round(c, &any, e) : rc;
}

enum rc county_rebuild_tiles(struct county *c, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct log_head_get_row head;
    bool public;

    pthread_mutex_lock(&c->p->sealing);
    enum rc rc = head_read(c, a, &head, &public, e);
    /* What was signed may be less than what has its place: tiles that end there are needed,
     * too.
     */
    const int64_t ends[] = { head.public_size, head.signed_size, head.size };
    for (size_t i = 0, from = 0; i < COUNT(ends) && rc == RC_OK; i++) {
        if (ends[i] < (int64_t)from)
            continue;
        rc = publish_from(c, from, (uint64_t)ends[i], e);
        from = (size_t)ends[i];
    }
    pthread_mutex_unlock(&c->p->sealing);
    return rc;
}

/* ---- decisions ---- */

static enum rc set_hold(struct tx *tx, void *arg, struct err *e)
{
    return log_head_hold(tx, arg, NULL, e);
}

enum rc county_hold(struct county *c, const char *why, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    c->p->witnesses_asked = false;
    return db_transact(c->db, set_hold, arena_strdup(a, why), e);
}

enum rc county_i_know_size(struct county *c, int64_t size, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct log_head_get_row head;
    bool public;

    enum rc rc = head_read(c, a, &head, &public, e);
    if (rc == RC_OK && size > head.size)
        return behind(e, "--i-know-size", size, head.size);
    return rc == RC_OK ? db_transact(c->db, release_hold, NULL, e) : rc;
}

struct moving {
    struct county *c;
    const char *origin;
};

static enum rc store_origin(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct moving *m = arg;
    struct log_head_get_row head;
    struct canon canon;
    struct id id;

    enum rc rc = log_head_get_one(tx_snap(tx), a, &head, e);
    if (rc != RC_OK)
        return rc;
    canon_init(&canon, a);
    canon_text(&canon, "old", m->c->origin);
    canon_text(&canon, "old_note", head.signed_note);
    canon_text(&canon, "new", m->origin);
    canon_int(&canon, "size", head.size);
    struct record_part part = part_open(&canon);
    const struct record_new r = {
        .kind = "log.origin", .unit = "", .subject = "", .by = "", .parts = &part, .n_parts = 1
    };
    rc = record_append(tx, m->c, &r, &id, e);
    if (rc == RC_OK)
        rc = county_set_origin(tx, m->origin, NULL, e);
    if (rc == RC_OK)
        rc = log_head_origin(tx, NULL, e);
    return rc == RC_OK ? log_witness_forget(tx, NULL, e) : rc;
}

enum rc county_new_origin(struct county *c, const char *origin, struct err *e)
{
    struct moving m = { .c = c, .origin = origin };

    if (!span_key_name(span_of(origin)))
        return err_set(e, RC_INVALID, N_("密钥名称 {name} 无效:不能为空,不能有空格和加号"),
                       "name", origin);
    if (c->demo && !str_ends(origin, "/demo"))
        return err_set(e, RC_INVALID, N_("演示县的日志名称必须以 /demo 结尾"));
    if (str_eq(origin, c->origin))
        return err_set(e, RC_INVALID, N_("日志已经叫 {name}"), "name", origin);
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *next = arena_printf(a, "%s/next.key", c->p->keys_dir);
    struct key key;
    (void)unlink(next); /* one of an attempt that was given up */
    pthread_mutex_lock(&c->p->sealing);
    /* The new key waits beside the old one until the database has the new name:
     * county_load_keys changes them. */
    enum rc rc = key_file(next, origin, VKEY_ED25519, &key, e);
    if (rc == RC_OK) {
        key_done(&key);
        rc = db_transact(c->db, store_origin, &m, e);
    }
    if (rc == RC_OK) {
        c->origin = arena_strdup(c->p->a, origin);
        rc = county_load_keys(c, e);
    }
    c->p->witnesses_asked = false;
    pthread_mutex_unlock(&c->p->sealing);
    return rc;
}

/* ---- state ---- */

enum rc log_state_get(const struct snap *snap, struct arena *a, struct log_state *ret,
                      struct err *e)
{
    struct log_head_get_row head;
    struct record_waiting_n_row waiting;

    enum rc rc = log_head_get_one(snap, a, &head, e);
    if (rc == RC_OK)
        rc = record_waiting_n_one(snap, a, &waiting, e);
    if (rc == RC_OK)
        *ret = (struct log_state){ .size = head.size,
                                   .signed_size = head.signed_size,
                                   .public_size = head.public_size,
                                   .signed_note = head.signed_note,
                                   .public_note = head.public_note,
                                   .hold = head.hold,
                                   .waiting = waiting.n };
    return rc;
}

enum rc log_witness_states(const struct snap *snap, struct arena *a,
                           struct log_witness_state **ret, size_t *ret_n, struct err *e)
{
    struct log_witness_list_row *rows;
    size_t n;

    enum rc rc = log_witness_list_all(snap, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct log_witness_state *list = arena_array(a, n + 1, sizeof(*list));
    for (size_t i = 0; i < n; i++)
        list[i] = (struct log_witness_state){ .name = rows[i].name,
                                              .vkey = rows[i].vkey,
                                              .size = rows[i].size,
                                              .asked_at = rows[i].asked_at,
                                              .error = rows[i].error };
    *ret = list;
    *ret_n = n;
    return RC_OK;
}
