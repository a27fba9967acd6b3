/*
 * A SQLite VFS for tests that passes everything on to the system's, but fails writes and fsyncs
 * of WAL files when told: the errors take the same way through SQLite as those of a real disk.
 */
#include "db/test_db.h"

#include <sqlite3.h>
#include <stdatomic.h>

struct fault_file {
    sqlite3_file base;
    bool wal;
    sqlite3_file real[]; /* of the size the real VFS asks for */
};
static atomic_int full_left, syncs_left; /* the only test's VFS of the process */

static sqlite3_file *real(sqlite3_file *f)
{
    return ((struct fault_file *)f)->real;
}

static bool fails(sqlite3_file *f, atomic_int *left)
{
    if (!((struct fault_file *)f)->wal || *left <= 0)
        return false;
    (*left)--;
    return true;
}

static int f_close(sqlite3_file *f)
{
    return real(f)->pMethods->xClose(real(f));
}
static int f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return real(f)->pMethods->xRead(real(f), p, n, at);
}
static int f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    return fails(f, &full_left) ? SQLITE_FULL : real(f)->pMethods->xWrite(real(f), p, n, at);
}
static int f_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return real(f)->pMethods->xTruncate(real(f), n);
}
static int f_sync(sqlite3_file *f, int flags)
{
    return fails(f, &syncs_left) ? SQLITE_IOERR_FSYNC
                                 : real(f)->pMethods->xSync(real(f), flags);
}
static int f_size(sqlite3_file *f, sqlite3_int64 *n)
{
    return real(f)->pMethods->xFileSize(real(f), n);
}
static int f_lock(sqlite3_file *f, int how)
{
    return real(f)->pMethods->xLock(real(f), how);
}
static int f_unlock(sqlite3_file *f, int how)
{
    return real(f)->pMethods->xUnlock(real(f), how);
}
static int f_reserved(sqlite3_file *f, int *ret)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), ret);
}
static int f_control(sqlite3_file *f, int op, void *arg)
{
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}
static int f_sector(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}
static int f_device(sqlite3_file *f)
{
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}
static int f_shm_map(sqlite3_file *f, int page, int n, int extend, void volatile **ret)
{
    return real(f)->pMethods->xShmMap(real(f), page, n, extend, ret);
}
static int f_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return real(f)->pMethods->xShmLock(real(f), at, n, flags);
}
static void f_shm_barrier(sqlite3_file *f)
{
    real(f)->pMethods->xShmBarrier(real(f));
}
static int f_shm_unmap(sqlite3_file *f, int remove)
{
    return real(f)->pMethods->xShmUnmap(real(f), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_reserved,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_device,
    .xShmMap = f_shm_map,
    .xShmLock = f_shm_lock,
    .xShmBarrier = f_shm_barrier,
    .xShmUnmap = f_shm_unmap,
};

static int v_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret)
{
    struct fault_file *ff = (struct fault_file *)f;
    sqlite3_vfs *system = v->pAppData;
    ff->wal = (flags & SQLITE_OPEN_WAL) != 0;
    int rc = system->xOpen(system, name, ff->real, flags, ret);
    f->pMethods = ff->real->pMethods ? &methods : NULL;
    return rc;
}

const char *t_fault_vfs(void)
{
    static sqlite3_vfs vfs; /* registered once, as SQLite keeps it */
    if (vfs.zName == NULL) {
        sqlite3_vfs *system = sqlite3_vfs_find(NULL);
        vfs = *system; /* all but opening is the system's own; it does not look at pAppData of
                          ours */
        vfs.zName = "fault";
        vfs.pNext = NULL;
        vfs.szOsFile = (int)sizeof(struct fault_file) + system->szOsFile;
        vfs.xOpen = v_open;
        vfs.pAppData = system;
        sqlite3_vfs_register(&vfs, 0);
    }
    return vfs.zName;
}

void t_fault_set(int full, int syncs)
{
    full_left = full;
    syncs_left = syncs;
}
