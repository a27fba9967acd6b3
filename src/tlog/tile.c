/*
 * Tiles. The one idea: every hash a proof needs is the root of a range of leaves, every range
 * is a few whole subtrees, and every whole subtree is either in a tile or a few hashes away
 * from one. The tiles read for one proof are kept until it is done.
 */
#include "tlog/tile.h"

#include "tlog/tree.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

char *tile_path(struct tile t, char out[TILE_PATH_MAX])
{
    uint64_t groups[7];
    size_t n = 0;
    struct str b;
    uint64_t rest = t.n;

    do {
        groups[n++] = rest % 1000;
        rest /= 1000;
    } while (rest > 0);
    str_init(&b, NULL);
    if (t.level == TILE_ENTRIES)
        str_add(&b, "tile/entries");
    else
        str_addf(&b, "tile/%d", t.level);
    while (n-- > 0)
        str_addf(&b, n > 0 ? "/x%03u" : "/%03u", (unsigned)groups[n]);
    if (t.width < TILE_WIDTH)
        str_addf(&b, ".p/%u", t.width);
    assert(b.n < TILE_PATH_MAX);
    memcpy(out, b.s, b.n + 1);
    str_done(&b);
    return out;
}

/* A decimal number up to the next '/' or '.' of *s, at most `digits` long, moving *s on. */
static bool number(const char **s, size_t digits, uint64_t *ret)
{
    size_t n = strspn(*s, "0123456789");

    if (n > digits || !span_uint64((struct span){ (const uint8_t *)*s, n }, ret))
        return false;
    *s += n;
    return true;
}

bool tile_parse(const char *path, struct tile *ret)
{
    struct tile t = { .level = TILE_ENTRIES, .width = TILE_WIDTH };
    uint64_t v;
    char again[TILE_PATH_MAX];
    const char *s = path;

    if (!str_starts(s, "tile/") || strlen(path) >= TILE_PATH_MAX)
        return false;
    s += strlen("tile/");
    if (str_starts(s, "entries/")) {
        s += strlen("entries");
    } else {
        if (!number(&s, 2, &v) || v >= TILE_LEVELS)
            return false;
        t.level = (int)v;
    }
    for (bool more = true; more;) {
        if (*s++ != '/')
            return false;
        more = *s == 'x';
        s += more;
        if (strspn(s, "0123456789") != 3 || t.n > UINT64_MAX / 1000 - 1)
            return false;
        t.n = t.n * 1000 + (uint64_t)((s[0] - '0') * 100 + (s[1] - '0') * 10 + (s[2] - '0'));
        s += 3;
    }
    if (str_starts(s, ".p/")) {
        s += strlen(".p/");
        if (!number(&s, 3, &v) || v == 0 || v >= TILE_WIDTH)
            return false;
        t.width = (unsigned)v;
    }
    /* Superfluous groups of zeroes are another spelling of the same tile. */
    if (*s != '\0' || strcmp(tile_path(t, again), path) != 0)
        return false;
    *ret = t;
    return true;
}

/* How many hashes a level has in a tree of this size. */
static uint64_t level_size(int level, uint64_t size)
{
    return level == TILE_ENTRIES ? size : size >> (8 * level);
}

unsigned tile_width(int level, uint64_t n, uint64_t size)
{
    uint64_t have = level_size(level, size);

    if (n >= have / TILE_WIDTH + 1)
        return 0;
    uint64_t rest = have - n * TILE_WIDTH;
    return rest < TILE_WIDTH ? (unsigned)rest : TILE_WIDTH;
}

void bundle_add(struct str *bundle, struct bytes entry)
{
    assert(entry.n <= UINT16_MAX);
    str_addc(bundle, (char)(entry.n >> 8));
    str_addc(bundle, (char)(entry.n & 0xff));
    str_addn(bundle, entry.p, entry.n);
}

bool bundle_next(struct bytes *rest, struct bytes *ret_entry)
{
    if (rest->n < 2)
        return false;
    size_t n = (size_t)rest->p[0] << 8 | rest->p[1];
    if (rest->n - 2 < n)
        return false;
    *ret_entry = (struct bytes){ rest->p + 2, n };
    *rest = (struct bytes){ rest->p + 2 + n, rest->n - 2 - n };
    return true;
}

static enum rc tile_wrong(struct err *e, const char *path)
{
    return err_set(e, RC_UNPROVEN, N_("瓦片 {path} 长度不对"), "path", path);
}

/* At least `width` entries of a bundle, cut to them; exact: no more than them. */
static bool bundle_cut(struct bytes *b, unsigned width, bool exact)
{
    struct bytes rest = *b, entry;

    for (unsigned i = 0; i < width; i++)
        if (!bundle_next(&rest, &entry))
            return false;
    b->n -= rest.n;
    return !exact || rest.n == 0;
}

enum rc tile_read(const struct tile_source *s, struct arena *a, struct tile t,
                  struct bytes *ret, struct err *e)
{
    size_t max = t.level == TILE_ENTRIES ? BUNDLE_MAX : TILE_BYTES;
    struct bytes b;
    char path[TILE_PATH_MAX];
    bool exact = true;

    enum rc rc = s->read(s->ctx, a, tile_path(t, path), max, &b, e);
    if (rc == RC_NOTFOUND && t.width < TILE_WIDTH) {
        exact = false;
        struct tile full = { .level = t.level, .n = t.n, .width = TILE_WIDTH };
        rc = s->read(s->ctx, a, tile_path(full, path), max, &b, e);
    } else if (rc == RC_OK && t.level != TILE_ENTRIES && b.n != (size_t)t.width * HASH_BYTES) {
        return tile_wrong(e, path);
    }
    if (rc != RC_OK)
        return rc;
    if (t.level == TILE_ENTRIES) {
        if (!bundle_cut(&b, t.width, exact))
            return tile_wrong(e, path);
    } else {
        if (b.n < (size_t)t.width * HASH_BYTES)
            return tile_wrong(e, path);
        b.n = (size_t)t.width * HASH_BYTES;
    }
    *ret = b;
    return RC_OK;
}

/* One question to a log, with the tiles read for it. */
enum { KEPT = 64 };
struct reading {
    const struct tile_source *s;
    uint64_t size;
    struct arena *a;
    struct err *e;
    enum rc rc; /* the first failure; hashes are zero from then on */
    struct {
        struct tile t;
        struct bytes b;
    } kept[KEPT];
    size_t n_kept;
};

static struct bytes reading_tile(struct reading *r, int level, uint64_t n)
{
    struct tile t = { .level = level, .n = n, .width = tile_width(level, n, r->size) };
    struct bytes b = { NULL, 0 };

    for (size_t i = 0; i < r->n_kept; i++)
        if (r->kept[i].t.level == level && r->kept[i].t.n == n)
            return r->kept[i].b;
    assert(t.width > 0);
    if (r->rc == RC_OK)
        r->rc = tile_read(r->s, r->a, t, &b, r->e);
    if (r->rc == RC_OK && r->n_kept < KEPT) {
        r->kept[r->n_kept].t = t;
        r->kept[r->n_kept++].b = b;
    }
    return b;
}

/* The root of the leaves from <= i < to of a whole subtree: to - from is a power of two that
 * divides from. */
static void whole_root(struct reading *r, uint64_t from, uint64_t to, uint8_t out[HASH_BYTES])
{
    int log2 = __builtin_ctzll(to - from), level = log2 / 8;
    uint64_t first = from >> (8 * level);
    size_t n = (size_t)1 << log2 % 8;
    struct bytes b = reading_tile(r, level, first / TILE_WIDTH);
    size_t at = (size_t)(first % TILE_WIDTH) * HASH_BYTES;

    memset(out, 0, HASH_BYTES);
    if (r->rc == RC_OK && b.n >= at + n * HASH_BYTES)
        tree_root_of((const uint8_t(*)[HASH_BYTES])(b.p + at), n, out);
}

/* The root of any range of leaves that is a subtree of the tree: from is a multiple of the
 * power of two >= to - from. */
static void range_root(struct reading *r, uint64_t from, uint64_t to, uint8_t out[HASH_BYTES])
{
    uint8_t left[HASH_BYTES], right[HASH_BYTES];
    uint64_t n = to - from;

    if ((n & (n - 1)) == 0) {
        whole_root(r, from, to, out);
        return;
    }
    uint64_t k = UINT64_C(1) << (63 - __builtin_clzll(n));
    whole_root(r, from, from + k, left);
    range_root(r, from + k, to, right);
    merkle_node(tlog_ops(), left, right, out);
}

static uint64_t split(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

/* Proofs are collected from the root down and handed over from the leaf up. */
static void path_turn(uint8_t (*path)[HASH_BYTES], size_t n)
{
    uint8_t t[HASH_BYTES];

    for (size_t i = 0; i < n / 2; i++) {
        memcpy(t, path[i], HASH_BYTES);
        memcpy(path[i], path[n - 1 - i], HASH_BYTES);
        memcpy(path[n - 1 - i], t, HASH_BYTES);
    }
}

enum rc tiles_inclusion(const struct tile_source *s, uint64_t index, uint64_t size,
                        uint8_t (*path)[HASH_BYTES], size_t *ret_n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct reading r = { .s = s, .size = size, .a = a, .e = e };
    uint64_t from = 0, to = size;
    size_t n = 0;

    if (index >= size)
        return err_set(e, RC_INVALID, N_("记录序号超出日志"));
    while (to - from > 1) {
        uint64_t k = split(to - from);
        if (index < from + k) {
            range_root(&r, from + k, to, path[n++]);
            to = from + k;
        } else {
            range_root(&r, from, from + k, path[n++]);
            from += k;
        }
    }
    path_turn(path, n);
    if (r.rc == RC_OK)
        *ret_n = n;
    return r.rc;
}

enum rc tiles_consistency(const struct tile_source *s, uint64_t size1, uint64_t size2,
                          uint8_t (*path)[HASH_BYTES], size_t *ret_n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct reading r = { .s = s, .size = size2, .a = a, .e = e };
    uint64_t from = 0, to = size2;
    size_t n = 0;

    if (size1 > size2)
        return err_set(e, RC_INVALID, N_("旧的大小超过日志现在的大小"));
    if (size1 == 0 || size1 == size2) {
        *ret_n = 0;
        return RC_OK;
    }
    /* RFC 6962 2.1.2: down to the subtree that ends where the old tree ends. */
    while (size1 != to) {
        uint64_t k = split(to - from);
        if (size1 <= from + k) {
            range_root(&r, from + k, to, path[n++]);
            to = from + k;
        } else {
            range_root(&r, from, from + k, path[n++]);
            from += k;
        }
    }
    if (from != 0)
        range_root(&r, from, to, path[n++]);
    path_turn(path, n);
    if (r.rc == RC_OK)
        *ret_n = n;
    return r.rc;
}

enum rc tiles_root(const struct tile_source *s, uint64_t size, uint8_t ret[HASH_BYTES],
                   struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct reading r = { .s = s, .size = size, .a = a, .e = e };
    uint8_t root[HASH_BYTES];

    if (size == 0)
        merkle_empty(tlog_ops(), root);
    else
        range_root(&r, 0, size, root);
    if (r.rc == RC_OK)
        memcpy(ret, root, HASH_BYTES);
    return r.rc;
}

enum rc tiles_leaf(const struct tile_source *s, uint64_t index, uint64_t size,
                   uint8_t ret[HASH_BYTES], struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct reading r = { .s = s, .size = size, .a = a, .e = e };
    uint8_t leaf[HASH_BYTES];

    if (index >= size)
        return err_set(e, RC_INVALID, N_("记录序号超出日志"));
    whole_root(&r, index, index + 1, leaf);
    if (r.rc == RC_OK)
        memcpy(ret, leaf, HASH_BYTES);
    return r.rc;
}

enum rc tiles_entry(const struct tile_source *s, struct arena *a, uint64_t index, uint64_t size,
                    struct bytes *ret, struct err *e)
{
    struct bytes b, entry = { NULL, 0 };

    if (index >= size)
        return err_set(e, RC_INVALID, N_("记录序号超出日志"));
    struct tile t = { .level = TILE_ENTRIES,
                      .n = index / TILE_WIDTH,
                      .width = tile_width(TILE_ENTRIES, index / TILE_WIDTH, size) };
    enum rc rc = tile_read(s, a, t, &b, e);
    if (rc != RC_OK)
        return rc;
    for (uint64_t i = 0; i <= index % TILE_WIDTH; i++)
        if (!bundle_next(&b, &entry))
            return RC_UNPROVEN; /* tile_read counted them: does not happen */
    *ret = entry;
    return RC_OK;
}

/* One level's rightmost tile while it grows. */
struct edge {
    uint64_t n; /* which tile */
    struct str content;
    unsigned width;
};

static enum rc edge_open(const struct tile_source *s, struct arena *a, int level, uint64_t size,
                         struct edge *ret, struct err *e)
{
    uint64_t have = level_size(level, size);
    struct bytes b;

    *ret = (struct edge){ .n = have / TILE_WIDTH, .width = (unsigned)(have % TILE_WIDTH) };
    str_init(&ret->content, NULL);
    if (ret->width == 0)
        return RC_OK;
    struct tile t = { .level = level, .n = ret->n, .width = ret->width };
    enum rc rc = tile_read(s, a, t, &b, e);
    if (rc == RC_OK)
        str_addn(&ret->content, b.p, b.n);
    return rc;
}

static enum rc edge_write(const struct tile_sink *sink, int level, const struct edge *edge,
                          struct err *e)
{
    char path[TILE_PATH_MAX];
    struct tile t = { .level = level, .n = edge->n, .width = edge->width };

    return sink->write(sink->ctx, tile_path(t, path),
                       (struct bytes){ (const uint8_t *)edge->content.s, edge->content.n }, e);
}

static void edge_next(struct edge *edge)
{
    edge->n++;
    edge->width = 0;
    str_reset(&edge->content);
}

struct growth {
    struct edge bundle, level[TILE_LEVELS];
};

static void growth_done(struct growth *g)
{
    str_done(&g->bundle.content);
    for (size_t l = 0; l < TILE_LEVELS; l++)
        str_done(&g->level[l].content);
}

static enum rc grow_one(struct growth *g, const struct tile_sink *sink, struct bytes entry,
                        struct err *e)
{
    uint8_t hash[HASH_BYTES];

    bundle_add(&g->bundle.content, entry);
    if (++g->bundle.width == TILE_WIDTH) {
        enum rc rc = edge_write(sink, TILE_ENTRIES, &g->bundle, e);
        if (rc != RC_OK)
            return rc;
        edge_next(&g->bundle);
    }
    merkle_leaf(tlog_ops(), span_bytes(entry), hash);
    for (int l = 0; l < TILE_LEVELS; l++) {
        struct edge *edge = &g->level[l];
        str_addn(&edge->content, hash, HASH_BYTES);
        if (++edge->width < TILE_WIDTH)
            break;
        enum rc rc = edge_write(sink, l, edge, e);
        if (rc != RC_OK)
            return rc;
        tree_root_of((const uint8_t(*)[HASH_BYTES])edge->content.s, TILE_WIDTH, hash);
        edge_next(edge);
    }
    return RC_OK;
}

enum rc tiles_grow(const struct tile_source *s, const struct tile_sink *sink, uint64_t size,
                   const struct bytes *entries, size_t n, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(growth_done) struct growth g = { 0 };
    enum rc rc;

    rc = edge_open(s, a, TILE_ENTRIES, size, &g.bundle, e);
    for (int l = 0; rc == RC_OK && l < TILE_LEVELS; l++)
        rc = edge_open(s, a, l, size, &g.level[l], e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = grow_one(&g, sink, entries[i], e);
    if (rc == RC_OK && g.bundle.width > 0 && n > 0)
        rc = edge_write(sink, TILE_ENTRIES, &g.bundle, e);
    for (int l = 0; rc == RC_OK && l < TILE_LEVELS; l++) {
        bool grown = level_size(l, size) != level_size(l, size + n);
        if (grown && g.level[l].width > 0)
            rc = edge_write(sink, l, &g.level[l], e);
    }
    return rc;
}
