/* Whole files, durably. Messages name the path. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "arena.h"
#include "kinds.h"

#include <stdio.h>

/* The whole file, with a NUL after it (not counted). RC_TOOBIG above max. */
enum rc file_read(struct arena *a, const char *path, size_t max, struct bytes *ret,
                  struct err *e) MUST_USE;
/* Temporary file, write, fsync, rename, fsync of the folder: afterwards either the old or the
 * new content is there. */
enum rc file_write_atomic(const char *path, const void *p, size_t n, struct err *e) MUST_USE;
/* The same, readable by its owner only: keys. */
enum rc file_write_private(const char *path, const void *p, size_t n, struct err *e) MUST_USE;
/* An empty file that only its owner can read, for a program or library to write into that would
 * make it readable by everybody. One that is there stays as it is. */
enum rc file_make_private(const char *path, struct err *e) MUST_USE;
/* A finished temporary file under its name, durably, never over another: RC_CONFLICT when path
 * exists. The temporary file stays when it fails. */
enum rc file_publish(const char *temporary, const char *path, struct err *e) MUST_USE;
/* mkdir -p, mode 0700 for what is new. */
enum rc dir_make(const char *path, struct err *e) MUST_USE;
/* rm -r, as far as it goes; what is not there is gone. */
void dir_remove(const char *path);
bool file_exists(const char *path);
void file_closep(FILE **f);
void fd_closep(int *fd); /* closes when >= 0 */

#endif
