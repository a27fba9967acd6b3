/* Whole files, durably. */
#include "base/file.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum rc io_error(struct err *e, const char *path)
{
    char why[128];
    return err_set(e, errno == ENOENT ? RC_NOTFOUND : RC_IO, N_("{path}: {reason}"), "path",
                   path, "reason", strerror_r(errno, why, sizeof(why)));
}

void file_closep(FILE **f)
{
    if (*f)
        fclose(*f);
    *f = NULL;
}

void fd_closep(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

enum rc file_read(struct arena *a, const char *path, size_t max, struct bytes *ret,
                  struct err *e)
{
    CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        return io_error(e, path);
    if (S_ISDIR(st.st_mode))
        return err_set(e, RC_INVALID, N_("{path} 是文件夹,应为文件"), "path", path);
    /* A pipe has no size: read until the end in either case, growing. */
    size_t cap = st.st_size > 0 ? (size_t)st.st_size + 1 : 65536, n = 0;
    if (cap > max + 1)
        cap = max + 1;
    uint8_t *p = arena_alloc(a, cap + 1);
    for (;;) {
        if (n == cap) {
            if (n > max)
                return err_set(e, RC_TOOBIG, N_("{path} 超过 {max} 字节的上限"), "path", path,
                               "max", arena_printf(a, "%zu", max));
            size_t more = cap * 2 > max + 1 ? max + 1 : cap * 2;
            p = arena_grow(a, p, cap + 1, more + 1);
            cap = more;
        }
        ssize_t got = read(fd, p + n, cap - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return io_error(e, path);
        if (got == 0)
            break;
        n += (size_t)got;
    }
    if (n > max)
        return err_set(e, RC_TOOBIG, N_("{path} 超过 {max} 字节的上限"), "path", path, "max",
                       arena_printf(a, "%zu", max));
    p[n] = '\0';
    *ret = (struct bytes){ .p = p, .n = n };
    return RC_OK;
}

static enum rc sync_folder_of(const char *path, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(fd_closep)
    int fd = open(dirname(arena_strdup(a, path)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return io_error(e, path);
    return RC_OK;
}

static enum rc write_all(int fd, const char *path, const uint8_t *p, size_t n, struct err *e)
{
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return io_error(e, path);
        p += put;
        n -= (size_t)put;
    }
    return fsync(fd) == 0 ? RC_OK : io_error(e, path);
}

static enum rc write_atomic(const char *path, const void *p, size_t n, mode_t mode,
                            struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *temp = arena_printf(a, "%s.XXXXXX", path);
    CLEANUP(fd_closep) int fd = mkostemp(temp, O_CLOEXEC);
    if (fd < 0)
        return io_error(e, path);
    enum rc rc = write_all(fd, path, p, n, e);
    if (rc == RC_OK && (fchmod(fd, mode) != 0 || rename(temp, path) != 0))
        rc = io_error(e, path);
    if (rc != RC_OK) {
        (void)unlink(temp); /* best effort: the failure is already being reported */
        return rc;
    }
    return sync_folder_of(path, e);
}

enum rc file_write_atomic(const char *path, const void *p, size_t n, struct err *e)
{
    return write_atomic(path, p, n, 0644, e);
}

enum rc file_write_private(const char *path, const void *p, size_t n, struct err *e)
{
    return write_atomic(path, p, n, 0600, e);
}

enum rc file_make_private(const char *path, struct err *e)
{
    CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    return fd >= 0 ? RC_OK : io_error(e, path);
}

enum rc file_publish(const char *temporary, const char *path, struct err *e)
{
    /* Not every file system knows of links, not every one of renaming without replacing. */
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) != 0 &&
        (errno == EEXIST || link(temporary, path) != 0 || unlink(temporary) != 0)) {
        if (errno == EEXIST)
            return err_set(e, RC_CONFLICT, N_("文件 {path} 已存在"), "path", path);
        return io_error(e, path);
    }
    return sync_folder_of(path, e);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    (void)remove(path); /* as far as it goes */
    return 0;
}

void dir_remove(const char *path)
{
    enum { AT_ONCE = 16 };                                       /* descriptors */
    (void)nftw(path, remove_one, AT_ONCE, FTW_DEPTH | FTW_PHYS); /* as above */
}

enum rc dir_make(const char *path, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *part = arena_strdup(a, path);
    for (char *p = part + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char keep = *p;
        *p = '\0';
        if (mkdir(part, 0700) == 0) {
            /* A file is safe only when the folder it lies in is. */
            enum rc rc = sync_folder_of(part, e);
            if (rc != RC_OK)
                return rc;
        } else if (errno != EEXIST) {
            return io_error(e, part);
        }
        *p = keep;
        if (!keep)
            break;
    }
    struct stat st;
    if (stat(path, &st) != 0)
        return io_error(e, path);
    if (!S_ISDIR(st.st_mode))
        return err_set(e, RC_INVALID, N_("{path} 不是文件夹"), "path", path);
    return RC_OK;
}
