/* A copy of one moment of a SQLite database, made by its own backup interface while others read
 * and write. */
#include "base/file.h"
#include "db/sqlite_conn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum rc copy_fail(const char *path, const char *reason, struct err *e)
{
    return err_set(e, RC_IO, N_("备份到 {path} 失败:{reason}"), "path", path, "reason", reason);
}

/* All pages of the snapshot c holds into the new file; in one file without a WAL beside it. */
static enum rc copy(struct sqlite_conn *c, const char *path, struct err *e)
{
    sqlite3 *to = NULL;
    enum rc rc = file_make_private(path, e);
    if (rc != RC_OK)
        return rc == RC_NOTFOUND ? copy_fail(path, strerror(ENOENT), e) : rc;
    if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
        SQLITE_OK) {
        rc = copy_fail(path, sqlite3_errmsg(to), e);
    } else {
        sqlite3_backup *b = sqlite3_backup_init(to, "main", c->h, "main");
        int code = b == NULL ? sqlite3_errcode(to) : sqlite3_backup_step(b, -1);
        sqlite3_backup_finish(b);
        if (code == SQLITE_DONE)
            code =
                sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) == SQLITE_OK
                    ? SQLITE_DONE
                    : SQLITE_IOERR;
        if (code != SQLITE_DONE)
            rc = copy_fail(path, sqlite3_errstr(code), e);
    }
    sqlite3_close(to);
    return rc;
}

/* The finished copy under its name, durably, never over another file. */
static enum rc publish(const char *temporary, const char *path, struct err *e)
{
    CLEANUP(fd_closep) int fd = open(temporary, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return copy_fail(path, strerror(errno), e);
    return file_publish(temporary, path, e);
}

enum rc db_backup(struct db *db, const char *path, struct err *e)
{
    if (db->kind != DB_SQLITE)
        return err_set(e, RC_INVALID, N_("PostgreSQL 数据库请用 pg_dump 备份模式 {schema}"),
                       "schema", db->schema);
    if (file_exists(path))
        return err_set(e, RC_CONFLICT, N_("文件 {path} 已存在"), "path", path);
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *temporary = arena_printf(a, "%s.%d.part", path, (int)getpid());
    CLEANUP(db_read_end) const struct snap *snap = NULL;
    enum rc rc = db_read_for(db, INT64_C(86400000), &snap, e);
    if (rc == RC_OK)
        rc = copy((struct sqlite_conn *)snap->conn, temporary, e);
    if (rc == RC_OK)
        rc = publish(temporary, path, e);
    (void)unlink(temporary); /* absent when nothing was copied */
    return rc;
}
