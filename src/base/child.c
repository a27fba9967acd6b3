/* Starting a child that has nothing, and listening to it. */
#include "base/child.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                     \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { PIPE_CHUNK = 65536 };

/* The child */

/* Descriptors and memory are all the child may use: whatever else it asks of the kernel is
 * refused. */
static void forbid_syscalls(void)
{
#if defined(__x86_64__) || defined(__aarch64__)
#ifdef __x86_64__
    enum { ARCH = AUDIT_ARCH_X86_64 };
#else
    enum { ARCH = AUDIT_ARCH_AARCH64 };
#endif
#define ALLOW(nr)                                                                              \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1),                                           \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(__NR_read),
        ALLOW(__NR_write),
        ALLOW(__NR_close),
        ALLOW(__NR_fstat),
        ALLOW(__NR_lseek),
        ALLOW(__NR_mmap),
        ALLOW(__NR_munmap),
        ALLOW(__NR_mremap),
        ALLOW(__NR_madvise),
        ALLOW(__NR_brk),
        ALLOW(__NR_futex),
        ALLOW(__NR_getrandom),
        ALLOW(__NR_clock_gettime),
        ALLOW(__NR_gettimeofday),
        ALLOW(__NR_getpid),
        ALLOW(__NR_gettid),
        ALLOW(__NR_tgkill), /* abort() */
        ALLOW(__NR_rt_sigprocmask),
        ALLOW(__NR_rt_sigaction),
        ALLOW(__NR_rt_sigreturn),
        ALLOW(__NR_exit),
        ALLOW(__NR_exit_group),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    };
#undef ALLOW
    struct sock_fprog program = { .len = COUNT(filter), .filter = filter };
    /* A kernel without seccomp leaves the resource limits. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        (void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#endif
}

static void limit(int what, rlim_t n)
{
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)what, &now) == 0 &&
        (now.rlim_max == RLIM_INFINITY || now.rlim_max > n))
        (void)setrlimit((__rlimit_resource_t)what,
                        &(struct rlimit){ n, n }); /* a refusal keeps the lower one */
}

/* Address space in use already: in a plain fork it is the parent's. */
static size_t pages_used(void)
{
    CLEANUP(file_closep) FILE *f = fopen("/proc/self/statm", "re");
    unsigned long pages = 0;
    if (!f || fscanf(f, "%lu", &pages) != 1)
        return 0;
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void confine(const struct child_kind *k, const size_t *numbers)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CPU, k->cpu_s);
    if (SANITIZED)
        return; /* shadow memory is terabytes of address space, and the runtime asks for more
                   than we allow */
    limit(RLIMIT_AS, pages_used() + k->memory(numbers));
    limit(RLIMIT_NOFILE, 3);
    forbid_syscalls();
}

static bool write_all(int fd, const void *p, size_t n)
{
    const char *s = p;
    while (n) {
        ssize_t w = write(fd, s, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            return false;
        s += w;
        n -= (size_t)w;
    }
    return true;
}

struct child_out {
    struct str b;
};

static bool flush(struct child_out *out)
{
    bool ok = write_all(STDOUT_FILENO, out->b.s, out->b.n);
    str_reset(&out->b);
    return ok;
}

bool child_write(struct child_out *out, const void *p, size_t n)
{
    str_addn(&out->b, p, n);
    return out->b.n < PIPE_CHUNK || flush(out);
}

/* The file on stdin, what is in it on stdout. Never returns. */
static _Noreturn void child_run(const struct child_kind *k, const size_t *numbers)
{
    confine(k, numbers);
    struct child_out out;
    str_init(&out.b, NULL);
    off_t size = lseek(STDIN_FILENO, 0, SEEK_END);
    if (size >= 0 && lseek(STDIN_FILENO, 0, SEEK_SET) == 0) {
        uint8_t *p = mem_alloc((size_t)size + 1);
        size_t n = 0;
        while (n < (size_t)size) {
            ssize_t r = read(STDIN_FILENO, p + n, (size_t)size - n);
            if (r < 0 && errno == EINTR)
                continue;
            if (r <= 0)
                _exit(1);
            n += (size_t)r;
        }
        k->run((struct bytes){ p, n }, numbers, &out);
        if (!flush(&out))
            _exit(1);
    }
    _exit(0);
}

/* glibc hands main's arguments to constructors. Numbers come in decimal behind the name. */
void child_enter(const struct child_kind *k, int argc, char **argv)
{
    size_t numbers[CHILD_NUMBERS_MAX];
    if (argc != 1 + (int)k->n_numbers || strcmp(argv[0], k->name) != 0)
        return;
    for (size_t i = 0; i < k->n_numbers; i++) {
        CLEANUP(err_done) struct err e = { 0 };
        int64_t v;
        if (parse_int64(argv[i + 1], 1, INT64_MAX, "limit", &v, &e) != RC_OK)
            _exit(2);
        numbers[i] = (size_t)v;
    }
    child_run(k, numbers);
}

/* The parent */

/* Start the child with in as its stdin and out as its stdout; -1 when there is no process to be
 * had. */
static pid_t child_start(const struct child_kind *k, const size_t *numbers, int in, int out)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *argv[CHILD_NUMBERS_MAX + 2] = { arena_strdup(a, k->name) };
    for (size_t i = 0; i < k->n_numbers; i++)
        argv[i + 1] = arena_printf(a, "%zu", numbers[i]);
    /* Secrets may be in the environment. The two kept are for test machines. */
    char *envp[3] = { NULL };
    size_t n_env = 0;
    static const char *const keep[] = { "LD_LIBRARY_PATH", "ASAN_OPTIONS" };
    for (size_t i = 0; i < COUNT(keep); i++)
        if (getenv(keep[i]))
            envp[n_env++] = arena_printf(a, "%s=%s", keep[i], getenv(keep[i]));

    pid_t pid = -1;
    posix_spawn_file_actions_t fds;
    posix_spawnattr_t how;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    if (posix_spawn_file_actions_init(&fds) != 0)
        return -1;
    if (posix_spawnattr_init(&how) != 0) {
        posix_spawn_file_actions_destroy(&fds);
        return -1;
    }
    bool ok =
        posix_spawn_file_actions_adddup2(&fds, in, STDIN_FILENO) == 0 &&
        posix_spawn_file_actions_adddup2(&fds, out, STDOUT_FILENO) == 0 &&
        (SANITIZED || posix_spawn_file_actions_addopen(&fds, STDERR_FILENO, "/dev/null",
                                                       O_WRONLY, 0) == 0) &&
        posix_spawn_file_actions_addclosefrom_np(&fds, 3) == 0 &&
        posix_spawnattr_setsigmask(&how, &none) == 0 &&
        posix_spawnattr_setsigdefault(&how, &all) == 0 &&
        posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0;
    int failed = ok ? posix_spawn(&pid, "/proc/self/exe", &fds, &how, argv, envp) : EINVAL;
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&fds);
    if (!failed)
        return pid;
    pid = fork();
    if (pid == 0) {
        if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
            _exit(1);
        (void)close_range(3, ~0U, 0); /* an old kernel leaves them to the limits above */
        child_run(k, numbers);
    }
    return pid;
}

static enum rc no_child(const char *name, struct err *e)
{
    char why[128];
    return err_set(e, RC_IO, N_("无法读取 {file}:不能启动子进程({reason})"), "file", name,
                   "reason", strerror_r(errno, why, sizeof(why)));
}

struct listener {
    enum rc (*take)(void *arg, const void *p, size_t n, bool *ret_done, struct err *e);
    void *arg;
};

/* From fd until it is done, the end of the pipe or of our patience. */
static enum rc listen_to(const struct child_kind *k, const struct listener *l, const char *name,
                         int fd, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *chunk = arena_alloc(a, PIPE_CHUNK);
    int64_t deadline = clock_monotonic_us() / 1000 + k->wall_s * INT64_C(1000);
    bool done = false;
    enum rc rc = RC_OK;
    while (rc == RC_OK && !done) {
        int64_t left = deadline - clock_monotonic_us() / 1000;
        struct pollfd pfd = { .fd = fd, .events = POLLIN };
        if (left <= 0 || (poll(&pfd, 1, (int)left) < 0 && errno != EINTR))
            return err_set(e, RC_TOOBIG, N_("读取 {file} 超过{seconds}秒的上限,没有读入"),
                           "file", name, "seconds", arena_printf(a, "%u", k->wall_s));
        if (!pfd.revents)
            continue;
        ssize_t n = read(fd, chunk, PIPE_CHUNK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        rc = l->take(l->arg, chunk, (size_t)n, &done, e);
    }
    return rc;
}

enum rc child_read(const struct child_kind *k, const size_t *numbers, const char *name,
                   struct bytes file,
                   enum rc (*take)(void *arg, const void *p, size_t n, bool *ret_done,
                                   struct err *e),
                   void *arg, struct err *e)
{
    const struct listener l = { take, arg };
    CLEANUP(fd_closep) int in = memfd_create(k->name, MFD_CLOEXEC);
    int ends[2];
    if (in < 0 || !write_all(in, file.p, file.n) || pipe2(ends, O_CLOEXEC) != 0)
        return no_child(name, e);
    CLEANUP(fd_closep) int from = ends[0];
    CLEANUP(fd_closep) int to = ends[1];
    pid_t pid = child_start(k, numbers, in, to);
    if (pid < 0)
        return no_child(name, e);
    fd_closep(&to); /* or the pipe would never end */
    enum rc rc = listen_to(k, &l, name, from, e);
    /* It has nothing more to say that we would listen to. */
    (void)kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return rc;
}
