/*
 * Tiles (C2SP tlog-tiles): the tree cut into files of up to 256 hashes, and the entries in
 * bundles of up to 256, from which anybody computes any proof. Where tiles lie is the caller's:
 * a folder, a web server, memory.
 */
#ifndef TLOG_TILE_H
#define TLOG_TILE_H

#include "base/str.h"
#include "tlog/ops.h"

enum {
    TILE_WIDTH = 256,
    TILE_BYTES = TILE_WIDTH * HASH_BYTES,
    TILE_LEVELS = 8,
    BUNDLE_MAX = TILE_WIDTH * (2 + 65535),
    TILE_PATH_MAX = 64,
};
enum { TILE_ENTRIES = -1 }; /* as a level: the bundle of entries */

struct tile {
    int level; /* TILE_ENTRIES, or 0 to 7 */
    uint64_t n;
    unsigned width; /* 1 to 256; less than 256 is partial */
};
/* "tile/0/x001/234.p/5" into out; returns out. */
char *tile_path(struct tile t, char out[TILE_PATH_MAX]);
/* Exactly what tile_path writes. */
bool tile_parse(const char *path, struct tile *ret);
/* How many hashes tile n of a level has in a tree of this size; 0: there is no such tile. */
unsigned tile_width(int level, uint64_t n, uint64_t size);

/* Entry bundles. An entry is at most 65,535 bytes. */
void bundle_add(struct str *bundle, struct bytes entry);
/* Take the next entry off the front of *rest; false at the end or when it is cut short (then
 * rest->n > 0). */
bool bundle_next(struct bytes *rest, struct bytes *ret_entry);

/* Reads a file of a log by its path; RC_NOTFOUND when there is none. What it returns lives in
 * a. */
struct tile_source {
    void *ctx;
    enum rc (*read)(void *ctx, struct arena *a, const char *path, size_t max, struct bytes *ret,
                    struct err *e);
};
/*
 * The tile as it is in a tree of this size, at least `width` hashes of it: a partial tile may
 * since have been replaced by a wider one. RC_UNPROVEN when its length is wrong.
 */
enum rc tile_read(const struct tile_source *s, struct arena *a, struct tile t,
                  struct bytes *ret, struct err *e) MUST_USE;

/*
 * Proofs from tiles, in a tree of size leaves. path has room for MERKLE_PROOF_MAX hashes. The
 * tiles are not checked here: whoever gets the proof checks it against a signed root.
 */
enum rc tiles_inclusion(const struct tile_source *s, uint64_t index, uint64_t size,
                        uint8_t (*path)[HASH_BYTES], size_t *ret_n, struct err *e) MUST_USE;
enum rc tiles_consistency(const struct tile_source *s, uint64_t size1, uint64_t size2,
                          uint8_t (*path)[HASH_BYTES], size_t *ret_n, struct err *e) MUST_USE;
enum rc tiles_root(const struct tile_source *s, uint64_t size, uint8_t ret[HASH_BYTES],
                   struct err *e) MUST_USE;
/* One leaf hash and one entry. */
enum rc tiles_leaf(const struct tile_source *s, uint64_t index, uint64_t size,
                   uint8_t ret[HASH_BYTES], struct err *e) MUST_USE;
enum rc tiles_entry(const struct tile_source *s, struct arena *a, uint64_t index, uint64_t size,
                    struct bytes *ret, struct err *e) MUST_USE;

/*
 * Growing a log's tiles. Takes size entries as there, hands over every tile that is new when n
 * more are there: all that became full, and the partial ones at the right edge. The caller
 * makes them durable before a checkpoint names them.
 */
struct tile_sink {
    void *ctx;
    enum rc (*write)(void *ctx, const char *path, struct bytes content, struct err *e);
};
enum rc tiles_grow(const struct tile_source *s, const struct tile_sink *sink, uint64_t size,
                   const struct bytes *entries, size_t n, struct err *e) MUST_USE;

#endif
