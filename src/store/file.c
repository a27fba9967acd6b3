/*
 * Files under their digest. The one idea: a name that is the content's digest cannot be
 * overwritten with anything else, so writing needs no lock and backup needs no order.
 */
#include "store/file.h"

#include "base/file.h"
#include "store/file.sql.h"
#include "store/inside.h"
#include "store/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *file_path(const struct county *c, struct arena *a, const uint8_t digest[HASH_SIZE])
{
    char hex[HASH_HEX];

    hex_encode(digest, HASH_SIZE, hex);
    return arena_printf(a, "%s/%.2s/%s", c->p->files_dir, hex, hex + 2);
}

enum rc file_put(struct county *c, struct bytes content, uint8_t ret_digest[HASH_SIZE],
                 struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint8_t digest[HASH_SIZE];
    enum rc rc = RC_OK;

    sha256(content.p, content.n, digest);
    const char *path = file_path(c, a, digest);
    if (!file_exists(path)) {
        char *dir = arena_strdup(a, path);
        *strrchr(dir, '/') = '\0';
        rc = dir_make(dir, e);
        if (rc == RC_OK)
            rc = file_write_atomic(path, content.p, content.n, e);
    }
    if (rc == RC_OK)
        memcpy(ret_digest, digest, HASH_SIZE);
    return rc;
}

static enum rc failed(struct err *e, const char *path)
{
    char why[128];

    return err_set(e, RC_IO, N_("{path}: {reason}"), "path", path, "reason",
                   strerror_r(errno, why, sizeof(why)));
}

/* Digest and size of a file, and a copy of it when to is given. */
static enum rc digest_of(const char *path, FILE *to, uint8_t ret[HASH_SIZE], int64_t *ret_size,
                         struct err *e)
{
    CLEANUP(file_closep) FILE *f = fopen(path, "rbe");
    CLEANUP(sha256_freep) struct sha256 *h = sha256_new();
    char piece[65536];
    int64_t size = 0;
    size_t n;

    if (f == NULL)
        return errno == ENOENT ? err_set(e, RC_NOTFOUND, N_("{path}: {reason}"), "path", path,
                                         "reason", strerror(errno))
                               : failed(e, path);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0) {
        sha256_add(h, piece, n);
        size += (int64_t)n;
        if (to != NULL && fwrite(piece, 1, n, to) != n)
            return failed(e, path);
    }
    if (ferror(f))
        return failed(e, path);
    sha256_end(h, ret);
    *ret_size = size;
    return RC_OK;
}

/* Into a temporary file beside the others, then under its name once the digest is known. */
enum rc file_put_path(struct county *c, const char *path, uint8_t ret_digest[HASH_SIZE],
                      int64_t *ret_size, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *temp = arena_printf(a, "%s/new.XXXXXX", c->p->files_dir);
    uint8_t digest[HASH_SIZE];
    int64_t size = 0;

    int fd = mkostemp(temp, O_CLOEXEC);
    FILE *to = fd < 0 ? NULL : fdopen(fd, "wb");
    if (to == NULL) {
        fd_closep(&fd);
        return failed(e, c->p->files_dir);
    }
    enum rc rc = digest_of(path, to, digest, &size, e);
    if (rc == RC_OK && (fflush(to) != 0 || fsync(fd) != 0 || fchmod(fd, 0644) != 0))
        rc = failed(e, temp);
    if (fclose(to) != 0 && rc == RC_OK)
        rc = failed(e, temp);
    const char *name = file_path(c, a, digest);
    char *dir = arena_strdup(a, name);
    *strrchr(dir, '/') = '\0';
    if (rc == RC_OK)
        rc = dir_make(dir, e);
    if (rc == RC_OK && rename(temp, name) != 0)
        rc = failed(e, name);
    if (rc != RC_OK) {
        (void)unlink(temp); /* best effort: the failure is already being reported */
        return rc;
    }
    CLEANUP(fd_closep) int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || fsync(folder) != 0)
        return failed(e, dir);
    memcpy(ret_digest, digest, HASH_SIZE);
    *ret_size = size;
    return RC_OK;
}

enum rc file_register(struct tx *tx, struct county *c, const uint8_t digest[HASH_SIZE],
                      int64_t size, const char *media, const char *name, const char *by,
                      struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct bytes d = { digest, HASH_SIZE };
    struct file_by_digest_row row;
    struct canon open, restricted;
    char hex[HASH_HEX];
    struct utime at = county_now(c);
    struct id id;

    enum rc rc = file_by_digest_one(tx_snap(tx), d, a, &row, e);
    if (rc != RC_NOTFOUND)
        return rc;
    canon_init(&open, a);
    canon_hex(&open, "digest", digest, HASH_SIZE);
    canon_int(&open, "size", size);
    canon_text(&open, "media", media);
    canon_time(&open, "at", at);
    canon_init(&restricted, a); /* a name may say more than it should */
    canon_text(&restricted, "name", name);
    const struct record_part parts[] = { part_open(&open), part_restricted(&restricted) };
    const struct record_new r = { .kind = "file.add",
                                  .unit = "",
                                  .subject = hex_encode(digest, HASH_SIZE, hex),
                                  .by = by,
                                  .parts = parts,
                                  .n_parts = 2 };
    rc = record_append(tx, c, &r, &id, e);
    return rc == RC_OK ? file_insert(tx, d, size, media, name, at, id, NULL, e) : rc;
}

enum rc file_sent_keep(struct county *c, struct file_sent *f, struct err *e)
{
    return file_put(c, f->content, f->digest, e);
}

enum rc file_sent_register(struct tx *tx, struct county *c, const struct file_sent *f,
                           const char *by, struct err *e)
{
    return file_register(tx, c, f->digest, (int64_t)f->content.n, f->media, f->name, by, e);
}

enum rc file_info_get(const struct snap *snap, const uint8_t digest[HASH_SIZE], struct arena *a,
                      struct file_info *ret, struct err *e)
{
    struct file_by_digest_row row;

    enum rc rc = file_by_digest_one(snap, (struct bytes){ digest, HASH_SIZE }, a, &row, e);
    if (rc == RC_OK)
        *ret = (struct file_info){ row.size, row.media, row.name, row.at, row.record_id };
    return rc;
}

static enum rc altered(struct err *e, const char *path)
{
    return err_set(e, RC_UNPROVEN, N_("文件 {path} 被改动过:与它的摘要不符"), "path", path);
}

enum rc file_get(struct county *c, struct arena *a, const uint8_t digest[HASH_SIZE], size_t max,
                 struct bytes *ret, struct err *e)
{
    const char *path = file_path(c, a, digest);
    uint8_t have[HASH_SIZE];
    struct bytes b;

    enum rc rc = file_read(a, path, max, &b, e);
    if (rc != RC_OK)
        return rc;
    sha256(b.p, b.n, have);
    if (memcmp(have, digest, HASH_SIZE) != 0)
        return altered(e, path);
    *ret = b;
    return RC_OK;
}

enum rc file_check(struct county *c, struct bytes digest, int64_t size, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    uint8_t have[HASH_SIZE];
    int64_t have_size;

    if (digest.n != HASH_SIZE)
        return altered(e, "?");
    const char *path = file_path(c, a, digest.p);
    enum rc rc = digest_of(path, NULL, have, &have_size, e);
    if (rc == RC_NOTFOUND)
        return err_set(e, RC_UNPROVEN, N_("缺少文件 {path}"), "path", path);
    if (rc != RC_OK)
        return rc;
    if (have_size != size || memcmp(have, digest.p, HASH_SIZE) != 0)
        return altered(e, path);
    return RC_OK;
}
