/* The audit: whole counties are whole, and every single thing somebody could alter is found and
 * named. */
#include "base/file.h"
#include "base/log.h"
#include "store/audit.h"
#include "store/erase.h"
#include "store/file.h"
#include "store/inside.h"
#include "store/journal.h"
#include "store/record.h"
#include "store/seal.h"
#include "store/setting.h"
#include "store/test_county.h"
#include "store/test_tamper.sql.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECORDS = 700 };
static const uint8_t file_bytes[] = "表格";

/* ---- a county with something of everything ---- */

struct doing {
    struct county *c;
    const char *value;
    uint8_t digest[HASH_SIZE];
};

static enum rc do_setting(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;

    return setting_set(tx, d->c, &store_settings[SET_DAILY_PAD], d->value, "admin", e);
}

static enum rc do_file(struct tx *tx, void *arg, struct err *e)
{
    struct doing *d = arg;

    return file_register(tx, d->c, d->digest, sizeof(file_bytes), "text/csv", "表.csv", "clerk",
                         e);
}

static void advance(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };

    CHECK_OK(county_set_clock(c, (struct utime){ county_now(c).us + 1000000 }, &e));
}

static void fill(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct doing d = { .c = c };
    struct id id = { 0 };

    static const char *const values[] = { "16", "48", "64" };
    for (size_t i = 0; i < COUNT(values); i++) {
        d.value = values[i];
        CHECK_OK(db_transact(c->db, do_setting, &d, &e));
        advance(c);
    }
    id = t_records(c, "test.done", "330784", RECORDS);
    CHECK_OK(file_put(c, (struct bytes){ file_bytes, sizeof(file_bytes) }, d.digest, &e));
    CHECK_OK(db_transact(c->db, do_file, &d, &e));
    CHECK_OK(record_erase(c, id, 1 << 1, "个人信息保护法第四十七条", "admin", NULL, 0, &e));
    for (int i = 0; i < 5; i++) {
        const struct journal_entry entry = { .account = "mayor",
                                             .what = "report",
                                             .unit = "330784",
                                             .subject = arena_printf(a, "R-%d", i),
                                             .address = "",
                                             .request = "" };
        journal_add(c, &entry);
    }
    CHECK_OK(journal_flush(c, &e));
    CHECK_OK(county_seal_now(c, &e));
}

static enum rc audit(struct county *c, struct audit_result *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct audit_query *tables;
    size_t n = store_audits(&tables);

    enum rc rc = audit_data(a, c, tables, n, NULL, NULL, ret, e);
    ret->witnesses = ret->origin = NULL; /* they were in the arena */
    return rc;
}

static void check_whole(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct audit_result r;

    CHECK_OK(audit(c, &r, &e));
}

/* Not whole, and the message has all of these words (separated by |). */
static void check_found(struct county *c, const char *words, int line)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct audit_result r;
    size_t n;

    enum rc rc = audit(c, &r, &e);
    const char *message = rc == RC_OK ? "" : err_message(&e, LANG_ZH, a);
    if (rc != RC_UNPROVEN)
        t_fail(__FILE__, line, "audit gave %s %s", rc_name(rc), message);
    char **list = str_split(a, words, '|', &n);
    for (size_t i = 0; i < n; i++)
        if (strstr(message, list[i]) == NULL)
            t_fail(__FILE__, line, "\"%s\" does not name %s", message, list[i]);
}
#define FOUND(c, words) check_found(c, words, __LINE__)

static void whole(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct audit_result r;

    check_whole(c); /* empty, nothing signed */
    fill(c);
    CHECK_OK(audit(c, &r, &e));
    CHECK_INT(r.size, 3 + RECORDS + 1 + 1 + 1);
    CHECK_INT(r.erased, 1);
    CHECK_INT(r.files, 1);
    CHECK_INT(r.tables, 5);
    CHECK_INT(r.rows, 1 + 1 + 1 + 5);
    CHECK_INT(r.waiting, 0);
    for (int i = 0; i < 3; i++)
        (void)t_record(c, "test.done", "", "later"); /* the row is not needed */
    CHECK_OK(audit(c, &r, &e));
    CHECK_INT(r.waiting, 3);
    /* Sealed, but the signature failed: still whole. */
    seal_fault = SEAL_TILES;
    CHECK_INT(county_seal_now(c, &e), RC_IO);
    CHECK_OK(audit(c, &r, &e));
    CHECK_INT(r.waiting, 0);
    CHECK_INT(r.size, 3 + RECORDS + 3);
}
T_COUNTY(whole)

/* ---- files on disk ---- */

/* Flip a bit of one byte; again to undo it. */
static void flip(const char *path, size_t at)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    uint8_t byte = 0;

    CHECK(fd >= 0 && pread(fd, &byte, 1, (off_t)at) == 1);
    byte ^= 1;
    CHECK(pwrite(fd, &byte, 1, (off_t)at) == 1);
    close(fd);
}

static void finds_altered_files(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *log = county_log_dir(c);
    struct doing d;
    struct bytes b;

    fill(c);
    /* an entry: the third of the second bundle; all entries of it have the same length but the
     * first bundle's settings */
    const char *bundle = arena_printf(a, "%s/tile/entries/001", log);
    CHECK_OK(file_read(a, bundle, 1 << 26, &b, &e));
    size_t length = ((size_t)b.p[0] << 8 | b.p[1]) + 2;
    flip(bundle, 2 * length + length - 1);
    FOUND(c, "258|tile/entries/001");
    flip(bundle, 2 * length + length - 1);
    check_whole(c);
    /* the length before an entry */
    flip(bundle, 1);
    FOUND(c, "tile/entries/001");
    flip(bundle, 1);
    /* a hash in a tile, full and partial, and one level up */
    flip(arena_printf(a, "%s/tile/0/001", log), 32 * 7 + 3);
    FOUND(c, "263|tile/0/001");
    flip(arena_printf(a, "%s/tile/0/001", log), 32 * 7 + 3);
    const char *edge = arena_printf(a, "%s/tile/0/002.p/%d", log, 706 - 512);
    flip(edge, 32 * 9);
    FOUND(c, "521|tile/0/002.p/194");
    flip(edge, 32 * 9);
    flip(arena_printf(a, "%s/tile/1/000.p/2", log), 1);
    FOUND(c, "tile/1/000.p/2");
    flip(arena_printf(a, "%s/tile/1/000.p/2", log), 1);
    /* bytes after the end */
    CHECK_OK(file_read(a, bundle, 1 << 26, &b, &e));
    CHECK_OK(file_write_atomic(bundle, b.p, b.n + 1, &e)); /* file_read puts a NUL there */
    FOUND(c, "tile/entries/001");
    CHECK_OK(file_write_atomic(bundle, b.p, b.n, &e));
    check_whole(c);
    /* a missing tile */
    const char *tile = arena_printf(a, "%s/tile/0/000", log);
    CHECK(rename(tile, arena_printf(a, "%s.away", tile)) == 0);
    FOUND(c, "tile/0/000");
    CHECK(rename(arena_printf(a, "%s.away", tile), tile) == 0);
    /* a file */
    sha256(file_bytes, sizeof(file_bytes), d.digest);
    flip(file_path(c, a, d.digest), 2);
    FOUND(c, file_path(c, a, d.digest));
    flip(file_path(c, a, d.digest), 2);
    CHECK(unlink(file_path(c, a, d.digest)) == 0);
    FOUND(c, file_path(c, a, d.digest));
    CHECK_OK(file_put(c, (struct bytes){ file_bytes, sizeof(file_bytes) }, d.digest, &e));
    check_whole(c);
}
T_COUNTY(finds_altered_files)

/* ---- the database ---- */

struct tampering {
    const char *a, *b;
    int64_t n;
    struct bytes bytes, more;
    struct utime at;
    struct id id;
};
#define TAMPER(name, call)                                                                     \
    static enum rc name(struct tx *tx, void *arg, struct err *e)                               \
    {                                                                                          \
        struct tampering *t = arg;                                                             \
        return call;                                                                           \
    }
TAMPER(set_value, tamper_setting_value(tx, t->b, t->a, NULL, e))
TAMPER(set_back, tamper_setting_back(tx, t->b, t->at, t->id, t->a, NULL, e))
TAMPER(delete_setting, tamper_setting_delete(tx, t->a, NULL, e))
TAMPER(copy_setting, tamper_setting_copy(tx, t->a, t->b, t->at, t->id, NULL, e))
TAMPER(set_unit, tamper_record_unit(tx, t->a, t->n, NULL, e))
TAMPER(set_by, tamper_record_by(tx, t->a, t->n, NULL, e))
TAMPER(set_parts, tamper_record_parts(tx, t->bytes, t->n, NULL, e))
TAMPER(set_commitment, tamper_record_commitment(tx, t->bytes, t->more, t->n, NULL, e))
TAMPER(drop_record, tamper_record_drop(tx, t->n, NULL, e))
TAMPER(set_reader, tamper_journal_account(tx, t->a, t->b, NULL, e))
TAMPER(delete_reading, tamper_journal_delete(tx, t->b, NULL, e))
TAMPER(delete_erasure, tamper_erasure_delete(tx, t->n, NULL, e))
TAMPER(set_signed, tamper_signed(tx, t->a, NULL, e))

static void change(struct county *c, enum rc (*fn)(struct tx *, void *, struct err *),
                   struct tampering t)
{
    CLEANUP(err_done) struct err e = { 0 };

    CHECK_OK(db_transact(c->db, fn, &t, &e));
}

static void finds_altered_rows(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *key = store_settings[SET_DAILY_PAD].key;
    struct tamper_setting_get_row now;
    struct record first;

    fill(c);
    {
        CLEANUP(db_read_end) const struct snap *snap = NULL;
        CHECK_OK(db_read(c->db, &snap, &e));
        CHECK_OK(tamper_setting_get_one(snap, key, a, &now, &e));
        CHECK_OK(record_get_seq(snap, 0, a, &first, &e));
    }
    change(c, set_value, (struct tampering){ .a = key, .b = "65" });
    FOUND(c, "setting|log.daily_pad|value");
    change(c, set_value, (struct tampering){ .a = key, .b = "64" });
    check_whole(c);
    /* Back to what the first record says, with its time and its record: every column fits. */
    change(c, set_back,
           (struct tampering){ .a = key, .b = "16", .at = first.at, .id = first.id });
    FOUND(c, "setting|log.daily_pad|setting.set");
    change(
        c, set_back,
        (struct tampering){ .a = key, .b = "64", .at = now.changed_at, .id = now.record_id });
    check_whole(c);
    change(c, delete_setting, (struct tampering){ .a = key });
    FOUND(c, "setting|log.daily_pad");
    change(
        c, copy_setting,
        (struct tampering){ .a = key, .b = "64", .at = now.changed_at, .id = now.record_id });
    check_whole(c);
    change(
        c, copy_setting,
        (struct tampering){ .a = "zz", .b = "64", .at = now.changed_at, .id = now.record_id });
    FOUND(c, "setting|zz");
    change(c, delete_setting, (struct tampering){ .a = "zz" });
    change(c, copy_setting,
           (struct tampering){ .a = "zz", .b = "1", .at = now.changed_at, .id = { 99999 } });
    FOUND(c, "setting|zz");
    change(c, delete_setting, (struct tampering){ .a = "zz" });
    /* rows under one record */
    change(c, set_reader, (struct tampering){ .a = "nobody", .b = "R-2" });
    FOUND(c, "read_journal|705");
    change(c, set_reader, (struct tampering){ .a = "mayor", .b = "R-2" });
    check_whole(c);
    change(c, delete_reading, (struct tampering){ .b = "R-3" });
    FOUND(c, "read_journal|705|5|4");
    for (int i = 0; i < 5; i++)
        change(c, delete_reading, (struct tampering){ .b = arena_printf(a, "R-%d", i) });
    FOUND(c, "read_journal|705|5|0");
}
T_COUNTY(finds_altered_rows)

static void finds_altered_records(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct record r;
    struct str stored;

    fill(c);
    {
        CLEANUP(db_read_end) const struct snap *snap = NULL;
        CHECK_OK(db_read(c->db, &snap, &e));
        CHECK_OK(record_get_seq(snap, 300, a, &r, &e));
    }
    str_init(&stored, a);
    parts_write(r.parts, r.n_parts, &stored);
    struct bytes good = { (const uint8_t *)stored.s, stored.n };
    uint8_t *spoilt = arena_copy(a, good.p, good.n);
    spoilt[45] ^= 1; /* in the bytes of the first part */
    struct bytes bad = { spoilt, good.n };

    change(c, set_unit, (struct tampering){ .a = "330785", .n = 300 });
    FOUND(c, "300|330785");
    change(c, set_unit, (struct tampering){ .a = "330784", .n = 300 });
    change(c, set_by, (struct tampering){ .a = "innocent", .n = 300 });
    FOUND(c, "300|经办");
    change(c, set_by, (struct tampering){ .a = "", .n = 300 });
    FOUND(c, "300|经办");
    change(c, set_by, (struct tampering){ .a = "tester", .n = 300 });
    check_whole(c);
    change(c, set_parts, (struct tampering){ .bytes = bad, .n = 300 });
    FOUND(c, "300|E-297|内容被改动");
    /* with a commitment to fit: then the entry in the log does not */
    struct record other = r;
    uint8_t commitment[HASH_BYTES];
    CHECK(parts_read(bad, &other));
    uint8_t hashes[RECORD_PARTS_MAX][HASH_BYTES];
    for (size_t i = 0; i < other.n_parts; i++)
        memcpy(hashes[i], other.parts[i].hash, HASH_BYTES);
    record_commitment(tlog_ops(), (const uint8_t(*)[HASH_BYTES])hashes, (uint32_t)other.n_parts,
                      commitment);
    change(c, set_commitment,
           (struct tampering){ .bytes = bad, .more = { commitment, HASH_BYTES }, .n = 300 });
    FOUND(c, "300|E-297|与日志不符");
    change(c, set_commitment,
           (struct tampering){ .bytes = good, .more = { r.commitment, HASH_BYTES }, .n = 300 });
    check_whole(c);
    /* Quietly emptied, without a record of it. */
    other = r;
    other.parts[1].erased = true;
    str_reset(&stored);
    parts_write(other.parts, other.n_parts, &stored);
    change(c, set_parts,
           (struct tampering){ .bytes = { (const uint8_t *)stored.s, stored.n }, .n = 300 });
    FOUND(c, "300|消除");
    str_reset(&stored);
    parts_write(r.parts, r.n_parts, &stored);
    change(c, set_parts,
           (struct tampering){ .bytes = { (const uint8_t *)stored.s, stored.n }, .n = 300 });
    check_whole(c);
    change(c, delete_erasure, (struct tampering){ .n = 1 });
    FOUND(c, "702|E-699|消除");
}
T_COUNTY(finds_altered_records)

static void finds_missing_records(struct county *c)
{
    fill(c);
    change(c, drop_record, (struct tampering){ .n = 300 });
    FOUND(c, "300|缺失");
}
T_COUNTY(finds_missing_records)

static void finds_old_signatures(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct log_state s;

    fill(c);
    {
        CLEANUP(db_read_end) const struct snap *snap = NULL;
        CHECK_OK(db_read(c->db, &snap, &e));
        CHECK_OK(log_state_get(snap, a, &s, &e));
    }
    char *forged = arena_strdup(a, s.signed_note);
    char *size = strchr(forged, '\n') + 1;
    size[2]--;
    change(c, set_signed, (struct tampering){ .a = forged });
    FOUND(c, "签名");
    change(c, set_signed, (struct tampering){ .a = s.signed_note });
    check_whole(c);
}
T_COUNTY(finds_old_signatures)

/* ---- tiles alone ---- */

static void audits_tiles(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *log = county_log_dir(c);
    struct audit_result r;
    struct policy *trust, *stranger;
    struct str vkey;
    struct key key;

    CHECK_INT(audit_folder(a, log, NULL, NULL, &r, &e), RC_NOTFOUND);
    fill(c);
    str_init(&vkey, a);
    county_vkey(c, &vkey);
    CHECK_OK(trust_make(a, vkey.s, NULL, &trust, &e));
    CHECK_OK(audit_folder(a, log, trust, NULL, &r, &e));
    CHECK_INT(r.size, 706);
    CHECK(r.trusted);
    CHECK_STR(r.origin, "county.example/demo");
    CHECK_OK(audit_folder(a, log, NULL, NULL, &r, &e));
    CHECK(!r.trusted);
    /* Another key of the same name did not sign it. */
    CHECK_OK(key_generate("county.example/demo", VKEY_ED25519, &key, &e));
    str_reset(&vkey);
    key_vkey(&key, &vkey);
    key_done(&key);
    CHECK_OK(trust_make(a, vkey.s, NULL, &stranger, &e));
    CHECK_INT(audit_folder(a, log, stranger, NULL, &r, &e), RC_UNPROVEN);
    /* One byte in the checkpoint: its root, its signature. */
    const char *checkpoint = arena_printf(a, "%s/checkpoint", log);
    for (size_t at = 26; at < 60; at += 11) {
        flip(checkpoint, at);
        CHECK(audit_folder(a, log, trust, NULL, &r, &e) == RC_UNPROVEN);
        flip(checkpoint, at);
    }
    /* Every byte of the tiles is looked at. */
    static const char *const files[] = { "tile/entries/002.p/194", "tile/0/002.p/194",
                                         "tile/1/000.p/2" };
    for (size_t i = 0; i < COUNT(files); i++) {
        const char *path = arena_printf(a, "%s/%s", log, files[i]);
        struct bytes b;
        CHECK_OK(file_read(a, path, 1 << 26, &b, &e));
        for (size_t at = 0; at < b.n; at += 1 + b.n / 40) {
            flip(path, at);
            CHECK_INT(audit_folder(a, log, trust, NULL, &r, &e), RC_UNPROVEN);
            flip(path, at);
        }
    }
    CHECK_OK(audit_folder(a, log, trust, NULL, &r, &e));
}
T_COUNTY(audits_tiles)

/* ---- erasing ---- */

static void erases(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct id id = t_record(t->c, "test.done", "330784", "E-1");
    struct record r;
    int64_t n;

    CHECK_OK(county_seal_now(t->c, &e));
    CHECK_INT(record_erase(t->c, id, 1 << 0, "x", "admin", NULL, 0, &e), RC_INVALID); /* open */
    CHECK_INT(record_erase(t->c, id, 1 << 5, "x", "admin", NULL, 0, &e), RC_INVALID); /* none */
    CHECK_INT(record_erase(t->c, id, 1 << 1, "", "admin", NULL, 0, &e),
              RC_INVALID); /* no ground */
    CHECK_OK(record_erase(t->c, id, 1 << 1, "依据", "admin", NULL, 0, &e));
    CHECK_OK(record_erase(t->c, id, 1 << 1, "依据", "admin", NULL, 0, &e)); /* already */
    {
        CLEANUP(db_read_end) const struct snap *snap = NULL;
        CHECK_OK(db_read(t->c->db, &snap, &e));
        CHECK_OK(record_get(snap, id, a, &r, &e));
    }
    CHECK(r.parts[1].erased && !r.parts[0].erased && !r.parts[2].erased && record_whole(&r));
    CHECK_OK(county_seal_now(t->c, &e));
    check_whole(t->c);
    /* The list beside the backups brings it about again in a database that does not know of it.
     */
    const char *list = arena_printf(a, "%s/keys/erasures", t->dir);
    struct bytes b;
    CHECK_OK(file_read(a, list, 4096, &b, &e));
    CHECK(str_ends((const char *)b.p, " 1\n"));
    CHECK_OK(erasures_replay(t->c, NULL, 0, &n, &e));
    CHECK_INT(n, 0);
    struct id other = t_record(t->c, "test.done", "330784", "E-2");
    char hex[HASH_HEX];
    {
        CLEANUP(db_read_end) const struct snap *snap = NULL;
        CHECK_OK(db_read(t->c->db, &snap, &e));
        CHECK_OK(record_get(snap, other, a, &r, &e));
    }
    const char *line = arena_printf(a, "%s%s 1\n%s 2\n", (const char *)b.p,
                                    hex_encode(r.commitment, HASH_BYTES, hex), hex);
    CHECK_OK(file_write_private(list, line, strlen(line), &e));
    CHECK_OK(erasures_replay(t->c, NULL, 0, &n, &e));
    CHECK_INT(n, 2);
    CHECK_OK(county_seal_now(t->c, &e));
    check_whole(t->c);
}
T_COUNTY_IN(erases)

T_MAIN(T_COUNTY_CASES("a whole county is whole", whole),
       T_COUNTY_CASES("one altered byte in an entry, a tile or a file is named",
                      finds_altered_files),
       T_COUNTY_CASES("an altered, deleted, copied or set-back row is named",
                      finds_altered_rows),
       T_COUNTY_CASES("an altered record is named", finds_altered_records),
       T_COUNTY_CASES("a missing record is named", finds_missing_records),
       T_COUNTY_CASES("a forged checkpoint is seen", finds_old_signatures),
       T_COUNTY_CASES("tiles are audited without the county", audits_tiles),
       T_COUNTY_CASES("erased parts leave a whole log, also after a restore", erases))
