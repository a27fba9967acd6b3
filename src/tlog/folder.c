/*
 * Tiles in a folder. The one idea: a second's tiles are a handful of files, synced singly; a
 * rebuild writes thousands, and one syncfs at its end is a thousand times cheaper than as many
 * fsyncs.
 */
#include "tlog/folder.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SINGLY = 16 };

static enum rc source_read(void *ctx, struct arena *a, const char *path, size_t max,
                           struct bytes *ret, struct err *e)
{
    return file_read(a, arena_printf(a, "%s/%s", (const char *)ctx, path), max, ret, e);
}

struct tile_source folder_source(const char *dir)
{
    return (struct tile_source){ .ctx = (void *)(uintptr_t)dir, .read = source_read };
}

static enum rc failed(struct err *e, const char *path)
{
    char why[128];

    return err_set(e, RC_IO, N_("{path}: {reason}"), "path", path, "reason",
                   strerror_r(errno, why, sizeof(why)));
}

static enum rc write_unsynced(struct arena *a, const char *path, struct bytes content,
                              struct err *e)
{
    const char *temp = arena_printf(a, "%s.new", path);
    FILE *f = fopen(temp, "wbe");

    if (f == NULL)
        return failed(e, path);
    bool ok = fwrite(content.p, 1, content.n, f) == content.n;
    ok = fclose(f) == 0 && ok;
    return ok && rename(temp, path) == 0 ? RC_OK : failed(e, path);
}

/* Best effort: what stays costs only room. */
static void remove_partials(const char *dir)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    DIR *d = opendir(dir);

    if (d == NULL)
        return;
    for (struct dirent *f; (f = readdir(d)) != NULL;)
        (void)unlink(arena_printf(a, "%s/%s", dir, f->d_name));
    closedir(d);
    (void)rmdir(dir);
}

static enum rc sink_write(void *ctx, const char *path, struct bytes content, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct folder_sink *f = ctx;
    const char *full = arena_printf(a, "%s/%s", f->dir, path);
    char *parent = arena_strdup(a, full);

    *strrchr(parent, '/') = '\0';
    enum rc rc = dir_make(parent, e);
    if (rc != RC_OK)
        return rc;
    if (f->n_written++ < SINGLY)
        rc = file_write_atomic(full, content.p, content.n, e);
    else {
        f->unsynced = true;
        rc = write_unsynced(a, full, content, e);
    }
    /* The full tile serves whoever asks for a partial one. */
    if (rc == RC_OK && strstr(path, ".p/") == NULL)
        remove_partials(arena_printf(a, "%s.p", full));
    return rc;
}

struct tile_sink folder_sink(struct folder_sink *f)
{
    return (struct tile_sink){ .ctx = f, .write = sink_write };
}

enum rc folder_sync(struct folder_sink *f, struct err *e)
{
    if (!f->unsynced)
        return RC_OK;
    CLEANUP(fd_closep) int fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || syncfs(fd) != 0)
        return failed(e, f->dir);
    f->unsynced = false;
    f->n_written = 0;
    return RC_OK;
}
