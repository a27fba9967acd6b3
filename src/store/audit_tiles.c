/*
 * Auditing a log from its tiles alone. The one idea: entries are hashed in order into a tree of
 * our own, and every tile is compared with the hashes that tree went through; when they differ,
 * the signed root decides which of the two is the altered one.
 */
#include "base/file.h"
#include "store/audit.h"
#include "store/audit_inside.h"
#include "store/http_client.h"
#include "tlog/folder.h"
#include "tlog/key.h"

#include <string.h>

enum { PROGRESS_EVERY = 64 }; /* bundles */

enum rc audit_say(const struct audit_progress *p, const char *what, int64_t done, int64_t total,
                  struct err *e)
{
    return p != NULL && p->say != NULL ? p->say(p->ctx, what, done, total, e) : RC_OK;
}

/* ---- which of two things is wrong ---- */

/* Does this leaf hash belong at index, by the tiles' own proof? */
static bool leaf_belongs(const struct tiles_audit *t, uint64_t index,
                         const uint8_t leaf[HASH_BYTES])
{
    CLEANUP(err_done) struct err e = { 0 };
    uint8_t path[MERKLE_PROOF_MAX][HASH_BYTES];
    size_t n;

    return tiles_inclusion(t->source, index, t->size, path, &n, &e) == RC_OK &&
           merkle_included(tlog_ops(), index, t->size, leaf, (const uint8_t(*)[HASH_BYTES])path,
                           n, t->root);
}

static const char *number(struct arena *a, uint64_t v)
{
    return arena_printf(a, "%llu", (unsigned long long)v);
}

static enum rc leaf_differs(const struct tiles_audit *t, uint64_t index,
                            const uint8_t computed[HASH_BYTES],
                            const uint8_t in_tile[HASH_BYTES], struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint64_t n = index / TILE_WIDTH;
    char hashes[TILE_PATH_MAX], bundle[TILE_PATH_MAX];

    tile_path((struct tile){ 0, n, tile_width(0, n, t->size) }, hashes);
    tile_path((struct tile){ TILE_ENTRIES, n, tile_width(TILE_ENTRIES, n, t->size) }, bundle);
    if (leaf_belongs(t, index, in_tile))
        return err_set(e, RC_UNPROVEN, N_("日志第 {index} 条被改动过(文件 {path})"), "index",
                       number(a, index), "path", bundle);
    if (leaf_belongs(t, index, computed))
        return err_set(e, RC_UNPROVEN, N_("文件 {path} 被改动过(第 {index} 条的哈希)"), "path",
                       hashes, "index", number(a, index));
    return err_set(e, RC_UNPROVEN, N_("日志第 {index} 条与文件 {path} 不符,且都不在签署的树里"),
                   "index", number(a, index), "path", hashes);
}

/* ---- walking ---- */

static enum rc read_tile(const struct tiles_audit *t, struct arena *a, int level, uint64_t n,
                         struct bytes *ret, struct err *e)
{
    const struct tile tile = { level, n, tile_width(level, n, t->size) };
    char path[TILE_PATH_MAX];

    enum rc rc = tile_read(t->source, a, tile, ret, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_UNPROVEN, N_("缺少文件 {path}"), "path", tile_path(tile, path));
    return rc;
}

static enum rc compare_tile(struct tiles_audit *t, struct arena *a, int level, struct err *e)
{
    struct tiles_level *l = &t->level[level];
    char path[TILE_PATH_MAX];
    struct bytes b;

    enum rc rc = read_tile(t, a, level, l->n, &b, e);
    if (rc != RC_OK)
        return rc;
    if (b.n == (size_t)l->width * HASH_BYTES && memcmp(b.p, l->hash, b.n) == 0)
        return RC_OK;
    if (level == 0)
        for (unsigned i = 0; i < l->width; i++)
            if (memcmp(b.p + (size_t)i * HASH_BYTES, l->hash[i], HASH_BYTES) != 0)
                return leaf_differs(t, l->n * TILE_WIDTH + i, l->hash[i],
                                    b.p + (size_t)i * HASH_BYTES, e);
    return err_set(e, RC_UNPROVEN, N_("文件 {path} 与其下的条目不符"), "path",
                   tile_path((struct tile){ level, l->n, l->width }, path));
}

/* Add a hash to a level; a full tile is compared and its root goes one level up. */
static enum rc level_add(struct tiles_audit *t, struct arena *a, int level,
                         const uint8_t hash[HASH_BYTES], struct err *e)
{
    uint8_t up[HASH_BYTES];

    memcpy(up, hash, HASH_BYTES);
    for (; level < TILE_LEVELS; level++) {
        struct tiles_level *l = &t->level[level];
        memcpy(l->hash[l->width++], up, HASH_BYTES);
        if (l->width < TILE_WIDTH)
            return RC_OK;
        enum rc rc = compare_tile(t, a, level, e);
        if (rc != RC_OK)
            return rc;
        tree_root_of((const uint8_t(*)[HASH_BYTES])l->hash, TILE_WIDTH, up);
        l->width = 0;
        l->n++;
    }
    return RC_OK;
}

enum rc tiles_audit_bundle(struct tiles_audit *t, struct arena *a, uint64_t n,
                           struct bytes *ret, struct err *e)
{
    struct bytes rest, entry;
    uint8_t leaf[HASH_BYTES];

    enum rc rc = read_tile(t, a, TILE_ENTRIES, n, &rest, e);
    if (rc != RC_OK)
        return rc;
    *ret = rest;
    while (bundle_next(&rest, &entry)) {
        merkle_leaf(tlog_ops(), span_bytes(entry), leaf);
        rc = level_add(t, a, 0, leaf, e);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/*
 * The partial tiles at the right edge, then the root: from the top level down, each level's
 * rest is a subtree to the right of those above it.
 */
enum rc tiles_audit_end(struct tiles_audit *t, struct arena *a, struct err *e)
{
    uint8_t root[HASH_BYTES];

    t->tree = (struct tree){ .size = t->size };
    for (int level = 0; level < TILE_LEVELS; level++) {
        const struct tiles_level *l = &t->level[level];
        if (l->width == 0)
            continue;
        enum rc rc = compare_tile(t, a, level, e);
        if (rc != RC_OK)
            return rc;
        struct tree part = { 0 };
        for (unsigned i = 0; i < l->width; i++)
            tree_add(&part, l->hash[i]);
        for (int bit = 0; bit < 8; bit++)
            if ((part.size >> bit & 1) != 0)
                memcpy(t->tree.whole[8 * level + bit], part.whole[bit], HASH_BYTES);
    }
    tree_root(&t->tree, root);
    if (memcmp(root, t->root, HASH_BYTES) != 0)
        return err_set(e, RC_UNPROVEN, N_("条目算出的树根与检查点不符"));
    return RC_OK;
}

enum rc tiles_audit_all(struct tiles_audit *t, const struct audit_progress *progress,
                        struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint64_t bundles = (t->size + TILE_WIDTH - 1) / TILE_WIDTH;
    struct bytes b;

    for (uint64_t n = 0; n < bundles; n++) {
        arena_reset(a);
        enum rc rc = tiles_audit_bundle(t, a, n, &b, e);
        if (rc == RC_OK && n % PROGRESS_EVERY == 0)
            rc = audit_say(progress, N_("核对条目"), (int64_t)(n * TILE_WIDTH),
                           (int64_t)t->size, e);
        if (rc != RC_OK)
            return rc;
    }
    return tiles_audit_end(t, a, e);
}

/* ---- the three ways in ---- */

static enum rc check_note(struct arena *a, struct bytes note, const struct policy *trust,
                          struct checkpoint *ret_cp, struct audit_result *ret, struct err *e)
{
    struct policy_finding *f = arena_alloc(a, sizeof(*f));
    struct note n;

    if (trust == NULL) {
        if (!note_parse(span_bytes(note), &n) || !checkpoint_parse(n.text, ret_cp))
            return err_set(e, RC_UNPROVEN, N_("{what} 格式不对"), "what", "checkpoint");
        return RC_OK;
    }
    enum verdict v = policy_check(tlog_ops(), trust, span_bytes(note), 0, f);
    if (v == VERDICT_MALFORMED)
        return err_set(e, RC_UNPROVEN, N_("{what} 格式不对"), "what", "checkpoint");
    if (v != VERDICT_OK)
        return verdict_err(e, v, "checkpoint");
    *ret_cp = f->checkpoint;
    ret->trusted = true;
    ret->witnesses = trust_witnesses(a, trust, f);
    return RC_OK;
}

enum rc audit_tiles(struct arena *a, const struct tile_source *source,
                    const struct policy *trust, const struct audit_progress *progress,
                    struct audit_result *ret, struct err *e)
{
    struct tiles_audit *t = arena_alloc(a, sizeof(*t));
    struct checkpoint cp;
    struct bytes note;

    *ret = (struct audit_result){ .witnesses = "" };
    enum rc rc = source->read(source->ctx, a, "checkpoint", NOTE_MAX, &note, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_NOTFOUND, N_("这里没有日志:缺少 checkpoint"));
    if (rc == RC_OK)
        rc = check_note(a, note, trust, &cp, ret, e);
    if (rc != RC_OK)
        return rc;
    t->source = source;
    t->size = ret->size = cp.size;
    memcpy(t->root, cp.root, HASH_BYTES);
    ret->origin = arena_strndup(a, (const char *)cp.origin.p, cp.origin.n);
    return tiles_audit_all(t, progress, e);
}

enum rc audit_folder(struct arena *a, const char *dir, const struct policy *trust,
                     const struct audit_progress *progress, struct audit_result *ret,
                     struct err *e)
{
    const struct tile_source source = folder_source(dir);

    return audit_tiles(a, &source, trust, progress, ret, e);
}

static enum rc url_read(void *ctx, struct arena *a, const char *path, size_t max,
                        struct bytes *ret, struct err *e)
{
    struct http_reply reply;

    enum rc rc = http_conn_get(ctx, a, path, max, &reply, e);
    if (rc != RC_OK)
        return rc;
    if (reply.status == 404)
        return err_set(e, RC_NOTFOUND, N_("没有找到"));
    if (reply.status != 200)
        return err_set(e, RC_IO, N_("取 {path} 得到的答复是 {status}"), "path", path, "status",
                       arena_printf(a, "%d", reply.status));
    *ret = reply.body;
    return RC_OK;
}

enum rc audit_url(struct arena *a, const char *url, const struct policy *trust,
                  const struct audit_progress *progress, struct audit_result *ret,
                  struct err *e)
{
    CLEANUP(http_conn_closep) struct http_conn *c = NULL;
    enum { EACH_MS = 30000 };

    enum rc rc = http_conn_open(url, EACH_MS, &c, e);
    if (rc != RC_OK)
        return rc;
    const struct tile_source source = { .ctx = c, .read = url_read };
    return audit_tiles(a, &source, trust, progress, ret, e);
}
