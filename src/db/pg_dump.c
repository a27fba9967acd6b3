/*
 * PostgreSQL's own tools, for backup and restore: pg_dump and psql are what its manual promises
 * for one consistent moment. The address, which may hold a password, goes to them in the
 * environment and not in the arguments, where every user of the machine could read it.
 */
#include "base/file.h"
#include "base/str.h"
#include "db/driver.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
enum { SAID_MAX = 2000 };

/* The parts of the address as PG… variables, before the process's other ones. */
static char **environment(struct arena *a, const char *url, struct err *e)
{
    static const struct {
        const char *keyword, *variable;
    } names[] = { { "host", "PGHOST" },         { "hostaddr", "PGHOSTADDR" },
                  { "port", "PGPORT" },         { "dbname", "PGDATABASE" },
                  { "user", "PGUSER" },         { "password", "PGPASSWORD" },
                  { "sslmode", "PGSSLMODE" },   { "sslrootcert", "PGSSLROOTCERT" },
                  { "passfile", "PGPASSFILE" }, { "service", "PGSERVICE" } };
    size_t n = 0, k = 0;
    char *why = NULL;
    PQconninfoOption *all = PQconninfoParse(url, &why);
    PQfreemem(why);
    if (!all) {
        (void)err_set(e, RC_INVALID, N_("数据库地址有误")); /* NULL says so */
        return NULL;
    }
    while (environ[n])
        n++;
    char **env = arena_array(a, n + COUNT(names) + 1, sizeof(*env));
    for (PQconninfoOption *o = all; o->keyword; o++)
        for (size_t i = 0; i < COUNT(names); i++)
            if (o->val && str_eq(o->keyword, names[i].keyword))
                env[k++] = arena_printf(a, "%s=%s", names[i].variable, o->val);
    for (size_t i = 0; i < n; i++)
        if (!str_starts(environ[i], "PG"))
            env[k++] = environ[i];
    PQconninfoFree(all);
    return env;
}

/* Run a tool to its end; what it says on stderr becomes the reason. */
static enum rc run(struct arena *a, const char *url, char *const *argv, struct err *e)
{
    char **env = environment(a, url, e);
    int say[2];
    if (!env)
        return e->rc;
    if (pipe2(say, O_CLOEXEC) != 0)
        return err_set(e, RC_IO, N_("{tool} 不能运行:{reason}"), "tool", argv[0], "reason",
                       strerror(errno));
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, say[1], 2);
    /* A server blocks the signals it waits for; the tool must not inherit that. */
    posix_spawnattr_t attr;
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    pid_t pid;
    int failed = posix_spawnp(&pid, argv[0], &files, &attr, argv, env);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    close(say[1]);
    if (failed) {
        close(say[0]);
        return err_set(e, RC_IO, N_("{tool} 不能运行:{reason}"), "tool", argv[0], "reason",
                       strerror(failed));
    }
    char said[SAID_MAX + 1], rest[4096];
    size_t n = 0;
    ssize_t k;
    while ((k = read(say[0], n < SAID_MAX ? said + n : rest,
                     n < SAID_MAX ? SAID_MAX - n : sizeof(rest))) > 0 ||
           (k < 0 && errno == EINTR))
        if (k > 0 && n < SAID_MAX)
            n += (size_t)k;
    close(say[0]);
    said[n] = '\0';
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return RC_OK;
    said[strcspn(said, "\n")] = '\0';
    return err_set(e, RC_IO, N_("{tool} 失败:{reason}"), "tool", argv[0], "reason", said);
}

enum rc db_dump(struct db *db, const char *path, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    if (db->kind != DB_POSTGRES)
        return err_set(e, RC_INVALID, N_("这个数据库不是 PostgreSQL"));
    char *const argv[] = { arena_strdup(a, "pg_dump"),
                           arena_printf(a, "--schema=%s", db->schema),
                           arena_strdup(a, "--no-owner"),
                           arena_strdup(a, "--no-privileges"),
                           arena_strdup(a, "--format=plain"),
                           arena_printf(a, "--file=%s", path),
                           NULL };
    enum rc rc = file_make_private(path, e);
    return rc == RC_OK ? run(a, db->path, argv, e) : rc;
}

enum rc db_load(const char *url, const char *path, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *const argv[] = { arena_strdup(a, "psql"),
                           arena_strdup(a, "--no-psqlrc"),
                           arena_strdup(a, "--quiet"),
                           arena_strdup(a, "--single-transaction"),
                           arena_strdup(a, "--set=ON_ERROR_STOP=1"),
                           arena_printf(a, "--file=%s", path),
                           NULL };
    return run(a, url, argv, e);
}
