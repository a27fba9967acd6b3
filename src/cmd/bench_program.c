/* Starting programs and reading what /proc says of them. */
#include "cmd/bench_program.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROC_MAX = 1 << 16, START_US = 30000000 };

static void quiet(void)
{
    int null = open("/dev/null", O_RDWR);
    if (null < 0)
        return;
    for (int fd = 0; fd < 3; fd++)
        (void)dup2(null, fd); /* noise at worst */
}

/* In the child: run argv on a core, and end with the bench. */
static void become(const char *const *argv, int core)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (core >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET((unsigned)core, &set);
        (void)sched_setaffinity(0, sizeof(set), &set); /* the caller's figures will show */
    }
    quiet();
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

static enum rc failed(struct err *e, const char *const *argv, const char *why)
{
    return err_set(e, RC_IO, "{program} {command}: {why}", "program", argv[0], "command",
                   argv[1] ? argv[1] : "", "why", why);
}

enum rc program_run(const char *const *argv, int64_t *ret_cpu_us, struct err *e)
{
    int status;
    struct rusage used;
    pid_t pid = fork();
    if (pid == 0)
        become(argv, -1);
    if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
        return failed(e, argv, strerror(errno));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return failed(e, argv, "failed");
    if (ret_cpu_us)
        *ret_cpu_us = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
                      used.ru_utime.tv_usec + used.ru_stime.tv_usec;
    return RC_OK;
}

static int tcp_connect(int port)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

int program_free_port(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
              getsockname(fd, (struct sockaddr *)&at, &n) == 0;
    if (fd >= 0)
        close(fd);
    return ok ? ntohs(at.sin_port) : 0;
}

/* Whether anything at all is answered to a request. */
static bool answers(int port, const char *path)
{
    char text[512];
    CLEANUP(fd_closep) int fd = tcp_connect(port);
    if (fd < 0)
        return false;
    int n = snprintf(text, sizeof(text),
                     "GET %s HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n", path);
    return send(fd, text, (size_t)n, MSG_NOSIGNAL) == n && recv(fd, text, sizeof(text), 0) > 0;
}

enum rc program_start(const char *const *argv, int port, const char *path, int core,
                      struct program *ret, int64_t *ret_us, struct err *e)
{
    struct program p = { .port = port };
    int64_t began = clock_monotonic_us();
    p.pid = fork();
    if (p.pid == 0)
        become(argv, core);
    if (p.pid < 0)
        return failed(e, argv, strerror(errno));
    while (!answers(p.port, path)) {
        int status;
        if (waitpid(p.pid, &status, WNOHANG) == p.pid)
            return failed(e, argv, "ended");
        if (clock_monotonic_us() - began > START_US) {
            program_stop(&p);
            return failed(e, argv, "does not answer");
        }
        usleep(500);
    }
    if (ret_us)
        *ret_us = clock_monotonic_us() - began;
    *ret = p;
    return RC_OK;
}

void program_stop(struct program *p)
{
    if (p->pid > 0) {
        kill(p->pid, SIGTERM);
        (void)waitpid(p->pid, NULL, 0); /* it has ended one way or the other */
    }
    p->pid = 0;
}

static const char *proc_read(struct arena *a, pid_t pid, const char *name)
{
    CLEANUP(fd_closep)
    int fd = open(arena_printf(a, "/proc/%d/%s", (int)pid, name), O_RDONLY | O_CLOEXEC);
    char *text = arena_alloc(a, PROC_MAX);
    return fd >= 0 && read(fd, text, PROC_MAX - 1) > 0 ? text : "";
}

/* The nth word after the name in brackets, which may hold anything. */
static int64_t stat_word(struct arena *a, const char *stat, size_t n)
{
    const char *s = strrchr(stat, ')');
    struct err e = { 0 };
    int64_t v = 0;
    for (size_t i = 0; s && i < n; i++)
        s = strchr(s + 1, ' ');
    if (s && parse_int64(arena_strndup(a, s + 1, strcspn(s + 1, " ")), 0, INT64_MAX, "stat", &v,
                         &e) != RC_OK)
        err_done(&e);
    return v;
}

static int64_t cpu_us(struct arena *a, pid_t pid)
{
    const char *stat = proc_read(a, pid, "stat");
    return (stat_word(a, stat, 12) + stat_word(a, stat, 13)) * (1000000 / sysconf(_SC_CLK_TCK));
}

/* nginx works in a child. */
int64_t program_cpu_us(const struct program *p)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *list = proc_read(a, p->pid, arena_printf(a, "task/%d/children", (int)p->pid));
    int64_t us = cpu_us(a, p->pid);
    size_t n;
    char **children = str_split(a, list, ' ', &n);
    for (size_t i = 0; i < n; i++) {
        struct err e = { 0 };
        int64_t pid;
        if (parse_int64(children[i], 1, INT32_MAX, "pid", &pid, &e) == RC_OK)
            us += cpu_us(a, (pid_t)pid);
        err_done(&e);
    }
    return us;
}

int64_t program_rss_anon(const struct program *p)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    const char *line = strstr(proc_read(a, p->pid, "status"), "RssAnon:");
    int64_t kb = 0;
    if (!line)
        return 0;
    line += 8 + strspn(line + 8, "\t ");
    if (parse_int64(arena_strndup(a, line, strcspn(line, " ")), 0, INT64_MAX / 1024, "RssAnon",
                    &kb, &e) != RC_OK)
        return 0;
    return kb * 1024;
}

const char *program_beside(struct arena *a, const char *name)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    return arena_printf(a, "%.*s/%s", slash ? (int)(slash - path) : 1, slash ? path : ".",
                        name);
}

const char *program_find(struct arena *a, const char *name)
{
    const char *path = getenv("PATH");
    size_t n;
    char **dirs = str_split(a, arena_printf(a, "%s:/usr/sbin", path ? path : ""), ':', &n);
    for (size_t i = 0; i < n; i++) {
        const char *file = arena_printf(a, "%s/%s", dirs[i], name);
        if (access(file, X_OK) == 0)
            return file;
    }
    return NULL;
}
