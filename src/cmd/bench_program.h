/* Programs the bench starts: jingjian itself, nginx; what they use of the machine. */
#ifndef CMD_BENCH_PROGRAM_H
#define CMD_BENCH_PROGRAM_H

#include "base/arena.h"

#include <sys/types.h>

struct program {
    pid_t pid; /* 0: none */
    int port;
};
/* Run to its end, output thrown away; RC_IO when it fails, naming the command. *ret_cpu_us may
 * be NULL: CPU time of it and of what it waited for. */
enum rc program_run(const char *const *argv, int64_t *ret_cpu_us, struct err *e) MUST_USE;
/* A port nobody listens at, just now. */
int program_free_port(void);
/*
 * Start a server and return when it answers a request for path at the port; *ret_us (may be
 * NULL): how long that took. core: the one processor it may use, -1 any.
 */
enum rc program_start(const char *const *argv, int port, const char *path, int core,
                      struct program *ret, int64_t *ret_us, struct err *e) MUST_USE;
void program_stop(struct program *p); /* SIGTERM, and wait; for CLEANUP */
/* CPU time of the process and its children so far; anonymous memory in bytes. */
int64_t program_cpu_us(const struct program *p);
int64_t program_rss_anon(const struct program *p);
/* The folder of the running program, and NAME in it. */
const char *program_beside(struct arena *a, const char *name);
/* NAME in PATH (and /usr/sbin); NULL when it is not installed. */
const char *program_find(struct arena *a, const char *name);

#endif
