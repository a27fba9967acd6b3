/*
 * audit over a million entries: from the tiles alone, and of the whole data folder, beside
 * hashing in a loop the same bytes that each has to hash: for the tiles the leaf of an entry
 * and a node of the tree, for the data folder also the record's two parts and its commitment.
 */
#include "base/clock.h"
#include "cmd/bench.h"
#include "store/county.h"
#include "store/record.h"
#include "tlog/ops.h"

#include <string.h>

enum { ENTRIES = 1000000, SLICE = 1000, ROUNDS = 3 };

struct filling {
    struct county *c;
    int64_t n;
};

static enum rc write_slice(struct tx *tx, void *arg, struct err *e)
{
    struct filling *f = arg;
    CLEANUP(arena_freep) struct arena *a = arena_new();
    enum rc rc = RC_OK;
    for (int64_t i = 0; i < SLICE && rc == RC_OK; i++) {
        struct canon k;
        struct id id;
        arena_reset(a);
        canon_init(&k, a);
        canon_int(&k, "n", f->n + i);
        struct record_part part = part_open(&k);
        rc = record_append(tx, f->c,
                           &(struct record_new){ .kind = "bench.entry",
                                                 .unit = "D17",
                                                 .subject = "P001",
                                                 .by = "bench",
                                                 .parts = &part,
                                                 .n_parts = 1 },
                           &id, e);
    }
    return rc;
}

static enum rc fill(const char *dir, struct err *e)
{
    CLEANUP(county_closep) struct county *c = NULL;
    struct filling f = { 0 };
    enum rc rc = county_init(
        &(struct county_config){ .dir = dir, .origin = "bench.example/log", .name = "bench" },
        e);
    if (rc == RC_OK)
        rc = county_open(dir, &c, e);
    f.c = c;
    for (; f.n < ENTRIES && rc == RC_OK; f.n += SLICE)
        rc = db_transact(c->db, write_slice, &f, e);
    return rc == RC_OK ? county_seal_now(c, e) : rc;
}

static size_t entry_bytes(void)
{
    struct record r = { .at = { INT64_C(1790000000000000) },
                        .kind = "bench.entry",
                        .unit = "D17",
                        .subject = "P001" };
    uint8_t entry[ENTRY_MAX];
    size_t n = 0;
    return record_entry(&r, entry, &n) ? n : 0;
}

/* So many entries' hashes, one after the other. */
static double hashes_a_second(bool payload)
{
    static const uint8_t salt[SALT_BYTES];
    uint8_t entry[512] = { 0 }, out[2][HASH_BYTES], pair[2 * HASH_BYTES] = { 0 };
    const struct span open = { (const uint8_t *)"{\"n\":123456}", 12 },
                      by = { (const uint8_t *)"{\"by\":\"bench\"}", 14 };
    const struct verify_ops *ops = tlog_ops();
    size_t bytes = entry_bytes();
    int64_t began = clock_monotonic_us();
    for (int64_t i = 0; i < ENTRIES; i++) {
        memcpy(entry, &i, sizeof(i));
        if (payload) {
            record_part_hash(ops, 0, salt, open, out[0]);
            record_part_hash(ops, 1, salt, by, out[1]);
            record_commitment(ops, (const uint8_t(*)[HASH_BYTES])out, 2, out[0]);
        }
        merkle_leaf(ops, (struct span){ entry, bytes }, pair);
        tlog_node(pair, out[0]);
    }
    return ENTRIES * 1e6 / (double)(clock_monotonic_us() - began);
}

static enum rc audit(struct bench *b, const char *option, const char *dir, double *ret,
                     struct err *e)
{
    const char *const argv[] = { b->jingjian, "audit", option, dir, NULL };
    int64_t began = clock_monotonic_us();
    enum rc rc = program_run(argv, NULL, e);
    *ret = ENTRIES * 1e6 / (double)(clock_monotonic_us() - began);
    return rc;
}

enum rc bench_audit(struct bench *b, struct err *e)
{
    const char *dir = arena_printf(b->a, "%s/audit", b->folder);
    double tree[ROUNDS], all[ROUNDS], tiles[ROUNDS], data[ROUNDS];
    enum rc rc = fill(dir, e);
    for (size_t i = 0; i < ROUNDS && rc == RC_OK; i++) {
        tree[i] = hashes_a_second(/* payload= */ false);
        all[i] = hashes_a_second(/* payload= */ true);
        rc = audit(b, "--tiles", arena_printf(b->a, "%s/log", dir), &tiles[i], e);
        if (rc == RC_OK)
            rc = audit(b, "--data", dir, &data[i], e);
    }
    if (rc != RC_OK)
        return rc;
    bench_row(&(struct bench_row){ .work = "audit --tiles, 1 M entries",
                                   .reached = bench_median(tiles, ROUNDS),
                                   .unit = "/s",
                                   .yardstick = "hashing the same leaves and nodes in a loop",
                                   .beside = bench_median(tree, ROUNDS),
                                   .kind = SHARE,
                                   .goal = 0.5 });
    bench_row(
        &(struct bench_row){ .work = "audit --data, the same county",
                             .reached = bench_median(data, ROUNDS),
                             .unit = "/s",
                             .yardstick = "hashing the same, parts and commitments in a loop",
                             .beside = bench_median(all, ROUNDS),
                             .kind = SHARE,
                             .goal = 0.2 });
    return RC_OK;
}
