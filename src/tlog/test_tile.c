/* The growing tree, tiles and proofs from tiles: against another implementation's log and
 * against src/verify. */
#include "base/file.h"
#include "base/map.h"
#include "base/test.h"
#include "tlog/folder.h"
#include "tlog/key.h"
#include "tlog/tile.h"
#include "tlog/tree.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A log's files in memory. */
struct store {
    struct arena *a;
    struct map *files;
    size_t n_written;
};

static enum rc store_read(void *ctx, struct arena *a, const char *path, size_t max,
                          struct bytes *ret, struct err *e)
{
    struct store *s = ctx;
    struct bytes *b = map_get(s->files, path);

    if (b == NULL)
        return err_set(e, RC_NOTFOUND, N_("没有找到"));
    CHECK(b->n <= max);
    *ret = *b;
    return RC_OK;
}

static enum rc store_write(void *ctx, const char *path, struct bytes content, struct err *e)
{
    struct store *s = ctx;
    struct bytes *b = arena_alloc(s->a, sizeof(*b));

    *b = (struct bytes){ arena_copy(s->a, content.p, content.n), content.n };
    map_set(s->files, path, b);
    s->n_written++;
    return RC_OK;
}

static void store_start(struct store *s, struct arena *a, struct tile_source *source,
                        struct tile_sink *sink)
{
    *s = (struct store){ .a = a, .files = map_new(a) };
    *source = (struct tile_source){ .ctx = s, .read = store_read };
    *sink = (struct tile_sink){ .ctx = s, .write = store_write };
}

static void paths(void)
{
    static const struct {
        struct tile t;
        const char *path;
    } cases[] = {
        { { 0, 0, 256 }, "tile/0/000" },
        { { 0, 0, 1 }, "tile/0/000.p/1" },
        { { 1, 999, 255 }, "tile/1/999.p/255" },
        { { 2, 1000, 256 }, "tile/2/x001/000" },
        { { 0, 1234067, 256 }, "tile/0/x001/x234/067" },
        { { TILE_ENTRIES, 1234067, 17 }, "tile/entries/x001/x234/067.p/17" },
        { { 7, UINT64_MAX / 1000 - 1, 256 }, "tile/7/x018/x446/x744/x073/x709/550" },
    };
    static const char *const bad[] = {
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/001/002",
        "tile/8/000",
        "tile/00/000",
        "tile/-1/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1/",
        "tile/entries/x001",
        "tile/0/000/",
        "tile/0/../checkpoint",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    };
    char path[TILE_PATH_MAX];

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tile t;
        CHECK_STR(tile_path(cases[i].t, path), cases[i].path);
        CHECK(tile_parse(cases[i].path, &t));
        CHECK(t.level == cases[i].t.level && t.n == cases[i].t.n &&
              t.width == cases[i].t.width);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct tile t;
        if (tile_parse(bad[i], &t))
            t_fail(__FILE__, __LINE__, "accepted %s", bad[i]);
    }
}

static void widths(void)
{
    /* the specification's tree of 70,000 */
    CHECK_INT(tile_width(0, 272, 70000), 256);
    CHECK_INT(tile_width(0, 273, 70000), 112);
    CHECK_INT(tile_width(0, 274, 70000), 0);
    CHECK_INT(tile_width(1, 0, 70000), 256);
    CHECK_INT(tile_width(1, 1, 70000), 17);
    CHECK_INT(tile_width(2, 0, 70000), 1);
    CHECK_INT(tile_width(2, 1, 70000), 0);
    CHECK_INT(tile_width(3, 0, 70000), 0);
    CHECK_INT(tile_width(TILE_ENTRIES, 273, 70000), 112);
    CHECK_INT(tile_width(1, 0, 256), 1);
    CHECK_INT(tile_width(0, 0, 0), 0);
}

static void tessera(void)
{
    /* transparency-dev/tessera testdata (Apache-2.0), with the spelling of its entries */
    static const char *const entries[] = { "one",    "two",   "three",    "four",    "five",
                                           "six",    "seven", "eit",      "nain",    "ten",
                                           "ileven", "twelf", "threeten", "fourten", "fivten" };
    static const char vkey[] =
        "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *source_dir = getenv("JINGJIAN_SOURCE");
    if (source_dir == NULL) {
        t_skip("no JINGJIAN_SOURCE");
        return;
    }
    const char *dir = arena_printf(a, "%s/tests/data/tlog/tessera", source_dir);
    struct store s;
    struct tile_source source;
    struct tile_sink sink;
    struct vkey key;
    struct bytes want;

    store_start(&s, a, &source, &sink);
    CHECK(vkey_parse(tlog_ops(), span_of(vkey), &key));
    for (size_t size = 0; size <= 15; size++) {
        struct bytes file;
        struct note note;
        struct note_seal seal;
        struct checkpoint c;
        uint8_t root[HASH_BYTES];
        if (size > 0) {
            const char *text = entries[size - 1];
            struct bytes entry = { (const uint8_t *)text, strlen(text) };
            CHECK_OK(tiles_grow(&source, &sink, size - 1, &entry, 1, &e));
        }
        CHECK_OK(
            file_read(a, arena_printf(a, "%s/checkpoint.%zu", dir, size), 4096, &file, &e));
        CHECK(note_parse(span_bytes(file), &note));
        CHECK_INT(note_verify(tlog_ops(), &note, &key, 1, &seal), VERDICT_OK);
        CHECK(checkpoint_parse(note.text, &c));
        CHECK_INT(c.size, size);
        CHECK_OK(tiles_root(&source, size, root, &e));
        CHECK(hash_eq(c.root, root));
    }
    static const char *const names[] = { "tile/0/000.p/15", "tile/entries/000.p/15" };
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct bytes *got = map_get(s.files, names[i]);
        CHECK_OK(file_read(a, arena_printf(a, "%s/%s", dir, names[i]), 4096, &want, &e));
        CHECK(got != NULL && got->n == want.n && memcmp(got->p, want.p, want.n) == 0);
    }
}

enum { BIG = 70000 };

static struct bytes entry_of(struct arena *a, size_t i)
{
    const char *text = arena_printf(a, "entry %zu", i);

    return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

static uint8_t big_leaves[BIG][HASH_BYTES];

static const uint8_t (*leaf_list(void))[HASH_BYTES]
{
    return (const uint8_t(*)[HASH_BYTES])big_leaves;
}

static bool proofs_hold(const struct tile_source *source, uint64_t index, uint64_t old,
                        uint64_t size, struct err *e)
{
    uint8_t path[MERKLE_PROOF_MAX][HASH_BYTES], root[HASH_BYTES], old_root[HASH_BYTES],
        leaf[HASH_BYTES];
    const uint8_t(*proof)[HASH_BYTES] = (const uint8_t(*)[HASH_BYTES])path;
    size_t n;

    tree_root_of(leaf_list(), old, old_root);
    return tiles_root(source, size, root, e) == RC_OK &&
           tiles_leaf(source, index, size, leaf, e) == RC_OK &&
           hash_eq(leaf, big_leaves[index]) &&
           tiles_inclusion(source, index, size, path, &n, e) == RC_OK &&
           merkle_included(tlog_ops(), index, size, leaf, proof, n, root) &&
           tiles_consistency(source, old, size, path, &n, e) == RC_OK &&
           (old == 0 || merkle_consistent(tlog_ops(), old, size, proof, n, old_root, root));
}

static void big_log(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct store s;
    struct tile_source source;
    struct tile_sink sink;
    struct tree tree = { 0 };
    struct bytes *entries = arena_array(a, BIG, sizeof(*entries));
    uint8_t root[HASH_BYTES], want[HASH_BYTES];
    /* Batches whose ends fall on, before and after the edges of tiles. */
    static const size_t ends[] = { 1,   2,    255,   256,   257,   511, 512,
                                   600, 4096, 65535, 65536, 65537, BIG };
    size_t from = 0;

    store_start(&s, a, &source, &sink);
    for (size_t i = 0; i < BIG; i++)
        entries[i] = entry_of(a, i);
    for (size_t b = 0; b < COUNT(ends); b++) {
        CHECK_OK(tiles_grow(&source, &sink, from, entries + from, ends[b] - from, &e));
        for (; from < ends[b]; from++) {
            merkle_leaf(tlog_ops(), span_bytes(entries[from]), big_leaves[from]);
            tree_add(&tree, big_leaves[from]);
        }
        tree_root(&tree, want);
        CHECK_OK(tiles_root(&source, from, root, &e));
        CHECK(hash_eq(root, want));
        uint8_t saved[64 * HASH_BYTES];
        struct tree back;
        size_t n = tree_save(&tree, saved);
        CHECK(tree_load(&back, from, saved, n));
        CHECK(!tree_load(&back, from, saved, n - HASH_BYTES));
        CHECK(tree_load(&back, from, saved, n));
        tree_root(&back, root);
        CHECK(hash_eq(root, want));
        for (size_t o = 0; o <= b; o++)
            CHECK(proofs_hold(&source, ends[o] - 1, ends[o], from, &e));
    }
    /* What the specification says a tree of 70,000 consists of. */
    CHECK(map_has(s.files, "tile/0/273.p/112") && map_has(s.files, "tile/1/000") &&
          map_has(s.files, "tile/1/001.p/17") && map_has(s.files, "tile/2/000.p/1") &&
          map_has(s.files, "tile/entries/273.p/112") && map_has(s.files, "tile/entries/272"));
    CHECK(!map_has(s.files, "tile/0/274") && !map_has(s.files, "tile/3/000.p/1"));
    for (size_t i = 0; i < BIG; i += 4999) {
        struct bytes got;
        CHECK(proofs_hold(&source, i, i, BIG, &e));
        CHECK(proofs_hold(&source, i % 600, i % 600, 600, &e));
        CHECK_OK(tiles_entry(&source, a, i, BIG, &got, &e));
        CHECK(got.n == entries[i].n && memcmp(got.p, entries[i].p, got.n) == 0);
    }
    CHECK_INT(tiles_entry(&source, a, BIG, BIG, &entries[0], &e), RC_INVALID);
    /* A client may find the full tile where the partial one was. */
    struct bytes got;
    CHECK_OK(tile_read(&source, a, (struct tile){ 0, 1, 3 }, &got, &e));
    CHECK_INT(got.n, 3 * HASH_BYTES);
    CHECK_OK(tile_read(&source, a, (struct tile){ TILE_ENTRIES, 1, 3 }, &got, &e));
    CHECK_INT(got.n, 3 * (2 + strlen("entry 256")));
}

static void wrong_tiles(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct store s;
    struct tile_source source;
    struct tile_sink sink;
    struct bytes entries[3], short_tile = { (const uint8_t *)"0123", 4 }, got;
    uint8_t root[HASH_BYTES];

    store_start(&s, a, &source, &sink);
    for (size_t i = 0; i < 3; i++)
        entries[i] = entry_of(a, i);
    CHECK_OK(tiles_grow(&source, &sink, 0, entries, 3, &e));
    CHECK_INT(tiles_root(&source, 4, root, &e), RC_NOTFOUND);
    (void)store_write(&s, "tile/0/000.p/3", short_tile, &e); /* always RC_OK */
    CHECK_INT(tiles_root(&source, 3, root, &e), RC_UNPROVEN);
    (void)store_write(&s, "tile/entries/000.p/3",
                      (struct bytes){ (const uint8_t *)"\0\1a\0\5b", 6 },
                      &e); /* always RC_OK */
    CHECK_INT(tiles_entry(&source, a, 2, 3, &got, &e), RC_UNPROVEN);
}

static void in_a_folder(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    char dir[] = "/tmp/jingjian-tiles-XXXXXX";
    enum { N = 5000 };
    struct bytes *entries = arena_array(a, N, sizeof(*entries));

    CHECK(mkdtemp(dir) != NULL);
    struct folder_sink folder = { .dir = dir };
    struct tile_source source = folder_source(dir);
    struct tile_sink sink = folder_sink(&folder);
    for (size_t i = 0; i < N; i++)
        entries[i] = entry_of(a, i);
    for (size_t i = 0; i < N; i++)
        merkle_leaf(tlog_ops(), span_bytes(entries[i]), big_leaves[i]);
    CHECK_OK(tiles_grow(&source, &sink, 0, entries, 700, &e));
    CHECK(!folder.unsynced);
    CHECK_OK(tiles_grow(&source, &sink, 700, entries + 700, N - 700, &e));
    CHECK(folder.unsynced);
    CHECK_OK(folder_sync(&folder, &e));
    CHECK(!folder.unsynced);
    CHECK(proofs_hold(&source, 4321, 700, N, &e));
    CHECK(proofs_hold(&source, 321, 699, 700, &e));
    if (system(arena_printf(a, "rm -r %s", dir)) != 0)
        t_fail(__FILE__, __LINE__, "cannot clean up %s", dir);
}

static void small_trees(void)
{
    uint8_t leaves[40][HASH_BYTES], path[MERKLE_PROOF_MAX][HASH_BYTES], root[HASH_BYTES];

    for (uint8_t i = 0; i < 40; i++)
        merkle_leaf(tlog_ops(), (struct span){ &i, 1 }, leaves[i]);
    for (size_t n = 1; n <= 40; n++) {
        tree_root_of((const uint8_t(*)[HASH_BYTES])leaves, n, root);
        for (size_t i = 0; i < n; i++) {
            size_t len = tree_path_of((const uint8_t(*)[HASH_BYTES])leaves, n, i, path);
            CHECK(merkle_included(tlog_ops(), i, n, leaves[i],
                                  (const uint8_t(*)[HASH_BYTES])path, len, root));
        }
    }
}

T_MAIN({ "tiles have one path each", paths },
       { "partial tiles have the specified width", widths },
       { "the log of another implementation is reproduced byte by byte", tessera },
       { "trees over rows prove each row", small_trees },
       { "proofs from tiles verify at every edge", big_log },
       { "a tile of the wrong length is refused", wrong_tiles },
       { "a folder holds a log", in_a_folder })
