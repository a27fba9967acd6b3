/* Appending, sealing, signing; what an interruption leaves; what a restore must not do; kinds
 * sealed daily. */
#include "base/file.h"
#include "store/inside.h"
#include "store/record.h"
#include "store/record.sql.h"
#include "store/seal.h"
#include "store/test_county.h"
#include "tlog/folder.h"
#include "tlog/tree.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct log_state state(struct county *c, struct arena *a)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct log_state s = { 0 };

    CHECK_OK(db_read(c->db, &snap, &e));
    CHECK_OK(log_state_get(snap, a, &s, &e));
    return s;
}

/* The served checkpoint is ours, of this size, and its root is the tree's over the records in
 * the database. */
static void check_served(struct county *c, uint64_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct bytes note, tile_entry;
    struct checkpoint cp = { .size = 99999 };
    struct tree tree = { 0 };
    struct tile_source source = folder_source(county_log_dir(c));
    uint8_t root[HASH_BYTES], leaf[HASH_BYTES], entry[ENTRY_MAX];
    size_t n;

    CHECK_OK(
        file_read(a, arena_printf(a, "%s/checkpoint", county_log_dir(c)), NOTE_MAX, &note, &e));
    CHECK_OK(own_checkpoint(c, (const char *)note.p, &cp, &e));
    CHECK_INT(cp.size, size);
    CHECK_OK(db_read(c->db, &snap, &e));
    for (uint64_t i = 0; i < size; i++) {
        struct record *r = arena_alloc(a, sizeof(*r));
        CHECK_OK(record_get_seq(snap, (int64_t)i, a, r, &e));
        CHECK(record_whole(r));
        CHECK(record_entry(r, entry, &n));
        CHECK_OK(tiles_entry(&source, a, i, size, &tile_entry, &e));
        CHECK(tile_entry.n == n && memcmp(tile_entry.p, entry, n) == 0);
        merkle_leaf(tlog_ops(), (struct span){ entry, n }, leaf);
        tree_add(&tree, leaf);
    }
    tree_root(&tree, root);
    CHECK(hash_eq(root, cp.root));
    CHECK_OK(tiles_root(&source, size, root, &e));
    CHECK(hash_eq(root, cp.root));
}

static void seals(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };

    CHECK_OK(county_seal_now(c, &e));
    CHECK_INT(state(c, a).signed_size, 0);
    for (int i = 0; i < 3; i++)
        (void)t_record(c, "test.done", "330784", "E-1"); /* the row is not needed */
    CHECK_INT(state(c, a).waiting, 3);
    CHECK_OK(county_seal_now(c, &e));
    struct log_state s = state(c, a);
    CHECK(s.size == 3 && s.signed_size == 3 && s.public_size == 3 && s.waiting == 0);
    check_served(c, 3);
    CHECK_OK(county_seal_now(c, &e));
    CHECK_STR(state(c, a).signed_note, s.signed_note); /* nothing new, nothing signed */
    (void)t_records(c, "test.done", "", 1200);         /* the row is not needed */
    CHECK_OK(county_seal_now(c, &e));
    check_served(c, 1203);
    /* What a full tile replaces is gone. */
    CHECK(!file_exists(arena_printf(a, "%s/tile/0/000.p", county_log_dir(c))));
    CHECK(file_exists(arena_printf(a, "%s/tile/0/000", county_log_dir(c))));
}
T_COUNTY(seals)

static void keeps_records(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    struct record r;
    struct id id = t_record(c, "test.done", "330784", "E-1");

    CHECK_OK(db_read(c->db, &snap, &e));
    CHECK_OK(record_get(snap, id, a, &r, &e));
    CHECK_INT(r.seq, -1);
    CHECK_STR(r.kind, "test.done");
    CHECK_STR(r.by, "tester");
    CHECK_INT(r.at.us, (int64_t)T_NOW_S * 1000000);
    CHECK_INT(r.n_parts, 3);
    CHECK(record_whole(&r));
    CHECK_STR(arena_strndup(a, (const char *)r.parts[0].bytes.p, r.parts[0].bytes.n),
              "{\"what\":\"E-1\"}");
    CHECK_STR(arena_strndup(a, (const char *)r.parts[2].bytes.p, r.parts[2].bytes.n),
              "{\"by\":\"tester\"}");
    CHECK(r.parts[1].access == PART_PERSONAL && r.parts[2].access == PART_RESTRICTED);
    CHECK(memcmp(r.parts[0].salt, r.parts[1].salt, SALT_BYTES) != 0);
    CHECK_INT(record_get(snap, (struct id){ id.v + 1 }, a, &r, &e), RC_NOTFOUND);
}
T_COUNTY(keeps_records)

static enum rc append_wrong(struct tx *tx, void *arg, struct err *e)
{
    const struct record_new r = { .kind = "test.done", .unit = "单位", .subject = "" };
    struct id id;

    return record_append(tx, arg, &r, &id, e);
}

static enum rc append_big(struct tx *tx, void *arg, struct err *e)
{
    const struct record_part part = { PART_OPEN, "{}", RECORD_PART_BYTES_MAX + 1 };
    const struct record_new r = {
        .kind = "test.done", .unit = "", .subject = "", .parts = &part, .n_parts = 1
    };
    struct id id;

    return record_append(tx, arg, &r, &id, e);
}

static void refuses_records(struct county *c)
{
    CLEANUP(err_done) struct err e = { 0 };

    CHECK_INT(db_transact(c->db, append_wrong, c, &e), RC_INVALID);
    CHECK_INT(db_transact(c->db, append_big, c, &e), RC_TOOBIG);
}
T_COUNTY(refuses_records)

/* Cut off after each step, opened again, sealed: always the same log, never a signature lost.
 */
static void survives(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    uint64_t size = 0;

    for (int round = 0; round < 3; round++) {
        for (enum seal_step step = SEAL_PLACED; step < SEAL_STEPS; step++) {
            struct bytes note;
            struct checkpoint before;
            CHECK_OK(county_seal_now(t->c, &e));
            CHECK_OK(file_read(a, arena_printf(a, "%s/checkpoint", county_log_dir(t->c)),
                               NOTE_MAX, &note, &e));
            CHECK_OK(own_checkpoint(t->c, (const char *)note.p, &before, &e));
            (void)t_records(t->c, "test.done", "", 100); /* the row is not needed */
            size += 100;
            seal_fault = step;
            CHECK_INT(county_seal_now(t->c, &e), RC_IO);
            CHECK_INT(seal_fault, 0);
            CHECK_STR(file_exists(arena_printf(a, "%s/checkpoint", county_log_dir(t->c)))
                          ? ""
                          : "gone",
                      "");
            struct log_state s = state(t->c, a);
            CHECK_INT(s.size, (int64_t)size);
            CHECK_INT(s.signed_size, (int64_t)(step >= SEAL_SIGNED ? size : size - 100));
            t_county_reopen(t);
            CHECK_OK(county_seal_now(t->c, &e));
            check_served(t->c, size);
            /* What was signed before stays signed. */
            if (step >= SEAL_SIGNED)
                CHECK_STR(state(t->c, a).signed_note, s.signed_note);
        }
    }
}
T_COUNTY_IN(survives)

static void rebuilds(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };

    (void)t_records(t->c, "test.done", "", 600); /* the row is not needed */
    CHECK_OK(county_seal_now(t->c, &e));
    const char *log = arena_strdup(a, county_log_dir(t->c));
    CHECK(system(arena_printf(a, "rm -r %s/tile %s/checkpoint", log, log)) == 0);
    CHECK_OK(county_seal_now(t->c, &e));
    check_served(t->c, 600);
    /* A hole in the middle is seen by the audit, and mended on demand. */
    CHECK(unlink(arena_printf(a, "%s/tile/entries/001", log)) == 0);
    CHECK_OK(county_rebuild_tiles(t->c, &e));
    check_served(t->c, 600);
}
T_COUNTY_IN(rebuilds)

struct tampering {
    int64_t seq;
};

static enum rc tamper(struct tx *tx, void *arg, struct err *e)
{
    const struct tampering *p = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct log_head_get_row head;
    struct tree tree;
    uint8_t saved[64 * HASH_BYTES];

    enum rc rc = log_head_get_one(tx_snap(tx), a, &head, e);
    if (rc != RC_OK)
        return rc;
    CHECK(tree_load(&tree, (uint64_t)head.size, head.tree.p, head.tree.n));
    for (size_t l = 0; l < 64; l++)
        if ((tree.size >> l & 1) != 0)
            tree.whole[l][0] ^= (uint8_t)p->seq;
    size_t n = tree_save(&tree, saved);
    return log_head_grow(tx, head.size, (struct bytes){ saved, n }, head.size, NULL, e);
}

static void refuses_another_tree(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct tampering p = { 1 };

    (void)t_records(c, "test.done", "", 5); /* the row is not needed */
    CHECK_OK(county_seal_now(c, &e));
    CHECK_OK(db_transact(c->db, tamper, &p, &e));
    (void)t_record(c, "test.done", "", "x"); /* as above */
    CHECK_INT(county_seal_now(c, &e), RC_UNPROVEN);
    CHECK_INT(state(c, a).signed_size, 5);
    check_served(c, 5);
}
T_COUNTY(refuses_another_tree)

static enum rc forget(struct tx *tx, void *arg, struct err *e)
{
    const char *note = arg;

    enum rc rc = log_head_origin(tx, NULL, e);
    return rc == RC_OK ? log_head_sign(tx, 3, note, NULL, e) : rc;
}

/* An old database whose records are all signed: nothing waits, and the second place must not be
 * made to forget. */
static void remembers_what_was_signed(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct bytes kept;
    struct str text, note;
    uint8_t root[HASH_BYTES] = { 1 };
    const char *second = arena_printf(a, "%s/keys/signed", t->dir);

    (void)t_records(t->c, "test.done", "", 3); /* the row is not needed */
    CHECK_OK(county_seal_now(t->c, &e));
    str_init(&text, a);
    checkpoint_text(t->c->origin, 5, root, &text);
    str_init(&note, a);
    str_addf(&note, "%s\n", text.s);
    CHECK_OK(key_sign(&t->c->p->key, text.s, text.n, 0, &note, &e));
    CHECK_OK(file_write_atomic(second, note.s, note.n, &e));
    t_county_reopen(t);
    CHECK_INT(county_seal_now(t->c, &e), RC_CONFLICT);
    CHECK_OK(file_read(a, second, NOTE_MAX, &kept, &e));
    CHECK_STR((const char *)kept.p, note.s);
    (void)t_record(t->c, "test.done", "", "z"); /* as above */
    CHECK_INT(county_seal_now(t->c, &e), RC_CONFLICT);
    CHECK_INT(state(t->c, a).signed_size, 3);
}
T_COUNTY_IN(remembers_what_was_signed)

/* The database is older than what was signed: the second place says so. */
static void refuses_to_fork(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct bytes kept;
    const char *second = arena_printf(a, "%s/keys/signed", t->dir);

    (void)t_records(t->c, "test.done", "", 3); /* the row is not needed */
    CHECK_OK(county_seal_now(t->c, &e));
    const char *old = state(t->c, a).signed_note;
    (void)t_records(t->c, "test.done", "", 4); /* the row is not needed */
    CHECK_OK(county_seal_now(t->c, &e));
    CHECK_OK(file_read(a, second, NOTE_MAX, &kept, &e));
    /* A larger checkpoint of ours than the database has ever had stands in the second place. */
    {
        struct str text, note;
        uint8_t root[HASH_BYTES] = { 1 };
        str_init(&text, a);
        checkpoint_text(t->c->origin, 9, root, &text);
        str_init(&note, a);
        str_addf(&note, "%s\n", text.s);
        CHECK_OK(key_sign(&t->c->p->key, text.s, text.n, 0, &note, &e));
        CHECK_OK(file_write_atomic(second, note.s, note.n, &e));
    }
    (void)t_record(t->c, "test.done", "", "z"); /* as above */
    t_county_reopen(t);
    CHECK_INT(county_seal_now(t->c, &e), RC_CONFLICT);
    CHECK_INT(state(t->c, a).signed_size, 7);
    /* Forgetting it in the database alone does not help. */
    CHECK_OK(db_transact(t->c->db, forget, arena_strdup(a, old), &e));
    CHECK_INT(county_seal_now(t->c, &e), RC_CONFLICT);
    /* Another origin does: another log, with a key of its own, over the same records. */
    CHECK_INT(county_new_origin(t->c, "county.example/other", &e), RC_INVALID); /* a demo */
    CHECK_OK(county_new_origin(t->c, "county.example/2/demo", &e));
    CHECK_OK(county_seal_now(t->c, &e));
    check_served(t->c, 9); /* eight, and the record of the change */
    t_county_reopen(t);
    CHECK_STR(t->c->origin, "county.example/2/demo");
    check_served(t->c, 9);
}
T_COUNTY_IN(refuses_to_fork)

static void holds(struct t_county *t)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };

    (void)t_record(t->c, "test.done", "", "x"); /* the row is not needed */
    CHECK_OK(county_seal_now(t->c, &e));
    CHECK_OK(county_hold(t->c, "restored", &e));
    (void)t_record(t->c, "test.done", "", "y"); /* as above */
    CHECK_INT(county_seal_now(t->c, &e), RC_CONFLICT);
    t_county_reopen(t);
    CHECK_INT(county_seal_now(t->c, &e), RC_CONFLICT);
    CHECK_STR(state(t->c, a).hold, "restored");
    CHECK_INT(county_i_know_size(t->c, 3, &e), RC_CONFLICT); /* more than there is */
    CHECK_OK(county_i_know_size(t->c, 1, &e));
    CHECK_OK(county_seal_now(t->c, &e));
    check_served(t->c, 2);
}
T_COUNTY_IN(holds)

static enum rc append_daily(struct tx *tx, void *arg, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct county *c = arg;
    struct canon open;
    struct id id;

    canon_init(&open, a);
    canon_text(&open, "words", "投诉");
    struct record_part part = part_open(&open);
    const struct record_new r = { .kind = "voice.heard",
                                  .unit = "330784",
                                  .subject = "V-1",
                                  .by = "somebody",
                                  .daily = true,
                                  .parts = &part,
                                  .n_parts = 1 };
    return record_append(tx, c, &r, &id, e);
}

static void advance(struct county *c, int64_t hours)
{
    CLEANUP(err_done) struct err e = { 0 };

    CHECK_OK(
        county_set_clock(c, (struct utime){ county_now(c).us + hours * 3600 * 1000000 }, &e));
}

static void seals_daily(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    int64_t order[2][40], n_order = 0;

    for (int i = 0; i < 35; i++)
        CHECK_OK(db_transact(c->db, append_daily, c, &e));
    (void)t_record(c, "test.done", "", "x"); /* the row is not needed */
    CHECK_OK(county_seal_now(c, &e));
    CHECK_INT(state(c, a).size, 1); /* only the ordinary one */
    advance(c, 16); /* 00:00 in Asia/Shanghai: the day is over, the hour has not come */
    CHECK_OK(county_seal_now(c, &e));
    CHECK_INT(state(c, a).size, 1);
    advance(c, 2);
    CHECK_OK(county_seal_now(c, &e));
    CHECK_INT(state(c, a).size, 1 + 64); /* 35 padded to twice 32 */
    check_served(c, 65);
    advance(c, 24); /* a day without any has its 32, too */
    CHECK_OK(county_seal_now(c, &e));
    CHECK_INT(state(c, a).size, 65 + 32);
    check_served(c, 97);
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    CHECK_OK(db_read(c->db, &snap, &e));
    for (int64_t seq = 1; seq < 65; seq++) {
        struct record r;
        CHECK_OK(record_get_seq(snap, seq, a, &r, &e));
        CHECK(r.unit[0] == '\0' && r.subject[0] == '\0' && r.by[0] == '\0');
        CHECK(r.at.us == (int64_t)T_NOW_S * 1000000 && r.daily); /* midnight UTC of the date */
        if (r.parts[0].bytes.n > 2 && n_order < 40) {            /* not padding */
            order[0][n_order] = r.id.v;
            n_order++;
        }
    }
    CHECK_INT(n_order, 35);
    bool sorted = true;
    for (int i = 1; i < 35; i++)
        sorted = sorted && order[0][i - 1] < order[0][i];
    CHECK(!sorted); /* one chance in 35 factorial */
}
T_COUNTY(seals_daily)

static void runs_threads(struct county *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };

    CHECK_OK(county_start_sealing(c, &e));
    (void)t_records(c, "test.done", "", 50); /* the row is not needed */
    sealer_stop(c);                          /* seals what is left */
    CHECK_INT(state(c, a).signed_size, 50);
    check_served(c, 50);
}
T_COUNTY(runs_threads)

static void opens_once(struct t_county *t)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct county *second;

    CHECK_INT(county_open(t->dir, &second, &e), RC_CONFLICT);
    CHECK_OK(county_open_reading(t->dir, &second, &e));
    CHECK_STR(second->name, "清溪区");
    CHECK(second->demo);
    county_close(second);
    const struct county_config again = { .dir = t->dir, .origin = "x" };
    county_close(t->c);
    t->c = NULL;
    CHECK_INT(county_init(&again, &e), RC_CONFLICT);
    CHECK_INT(county_open("/nonexistent/county", &second, &e), RC_NOTFOUND);
}
T_COUNTY_IN(opens_once)

static void origins(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(t_db_done) struct t_db t;
    struct county *c[2] = { NULL, NULL };

    if (!t_db_init(&t, DB_SQLITE))
        return;
    for (int i = 0; i < 2; i++) { /* two counties in one process */
        const struct county_config cfg = { .dir = arena_printf(a, "%s/%d", t.dir, i),
                                           .origin = i == 0 ? "county.example/x" : NULL,
                                           .demo = i == 0 };
        CHECK_OK(county_init(&cfg, &e));
        CHECK_OK(county_open(cfg.dir, &c[i], &e));
    }
    CHECK_STR(c[0]->origin, "county.example/x/demo");
    CHECK(!c[1]->demo && str_starts(c[1]->origin, "jingjian/"));
    CHECK_INT(county_set_clock(c[1], (struct utime){ 1 }, &e), RC_INVALID);
    CHECK_OK(county_set_clock(c[0], (struct utime){ 5000000 }, &e));
    CHECK_INT(county_set_clock(c[0], (struct utime){ 4000000 }, &e), RC_INVALID);
    (void)t_record(c[1], "test.done", "", "x"); /* the row is not needed */
    for (int i = 0; i < 2; i++) {
        CHECK_OK(county_seal_now(c[i], &e));
        check_served(c[i], (uint64_t)i);
        county_close(c[i]);
    }
}

T_MAIN(T_COUNTY_CASES("records are sealed, signed and served", seals),
       T_COUNTY_CASES("a record is kept as it was given", keeps_records),
       T_COUNTY_CASES("what an entry cannot hold is refused", refuses_records),
       T_COUNTY_CASES("an interruption after any step loses nothing", survives),
       T_COUNTY_CASES("tiles are made again from the database", rebuilds),
       T_COUNTY_CASES("a tree that does not continue the signed one is not signed",
                      refuses_another_tree),
       T_COUNTY_CASES("a database older than the last signature is not signed",
                      refuses_to_fork),
       T_COUNTY_CASES("an old database does not make the second place forget",
                      remembers_what_was_signed),
       T_COUNTY_CASES("after a restore somebody decides first", holds),
       T_COUNTY_CASES("kinds sealed daily show the day only", seals_daily),
       T_COUNTY_CASES("the threads seal what was appended", runs_threads),
       T_COUNTY_CASES("a folder belongs to one process", opens_once),
       { "each county has its own log", origins })
