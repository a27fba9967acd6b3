/*
 * Static files and log tiles beside nginx: the same bytes from page cache, over the same kept
 * connections, each server alone on the first core and the load on the others. What is compared
 * is answers a second of the server's CPU, so that a load that cannot keep up spoils nothing.
 */
#include "base/file.h"
#include "cmd/bench.h"
#include "cmd/bench_load.h"
#include "web/web.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECOND = 1000000, ROUNDS = 3, CONNECTIONS = 16, FILES_MAX = 8, FILE_MAX = 1 << 24 };

struct file {
    const char *work, *path; /* of the address, on both */
    bool gz;
};

static void ask(void *arg, unsigned connection, uint64_t n, struct str *ret)
{
    const struct file *f = arg;
    str_addf(ret, "GET %s HTTP/1.1\r\nHost: bench\r\n%s\r\n", f->path,
             f->gz ? "Accept-Encoding: gzip\r\n" : "");
}

/* ---- the same bytes for nginx ---- */

static enum rc put(struct bench *b, const char *root, const char *path, struct bytes content,
                   struct err *e)
{
    const char *file = arena_printf(b->a, "%s%s", root, path);
    enum rc rc =
        dir_make(arena_printf(b->a, "%.*s", (int)(strrchr(file, '/') - file), file), e);
    return rc == RC_OK ? file_write_atomic(file, content.p, content.n, e) : rc;
}

/* The embedded file whose size is nearest, as it is and packed. */
static enum rc add_asset(struct bench *b, const char *root, size_t size, struct file *files,
                         size_t *n, struct err *e)
{
    const struct web_asset *best = NULL;
    for (size_t i = 0; i < web_static.n; i++) {
        const struct web_asset *w = &web_static.rows[i];
        if (w->gz &&
            (!best || labs((long)w->n - (long)size) < labs((long)best->n - (long)size)))
            best = w;
    }
    if (!best)
        return RC_OK;
    const char *path = arena_printf(b->a, "/static/%s", best->hashed);
    files[(*n)++] =
        (struct file){ arena_printf(b->a, "static file, %zu KB", (best->n + 512) / 1024), path,
                       false };
    files[(*n)++] =
        (struct file){ arena_printf(b->a, "static file, %zu KB packed to %zu KB",
                                    (best->n + 512) / 1024, (best->n_gz + 512) / 1024),
                       path, true };
    enum rc rc = put(b, root, path, (struct bytes){ best->p, best->n }, e);
    return rc == RC_OK ? put(b, root, arena_printf(b->a, "%s.gz", path),
                             (struct bytes){ best->gz, best->n_gz }, e)
                       : rc;
}

static enum rc add_tile(struct bench *b, const char *root, const char *demo, struct file *files,
                        size_t *n, struct err *e)
{
    static const char path[] = "/log/tile/0/000"; /* full: the demo county has more records */
    struct bytes content;
    enum rc rc = file_read(b->a, arena_printf(b->a, "%s%s", demo, path), FILE_MAX, &content, e);
    if (rc != RC_OK)
        return rc;
    files[(*n)++] = (struct file){ "log tile, 8 KB", path, false };
    return put(b, root, path, content, e);
}

static enum rc start_nginx(struct bench *b, const char *nginx, const char *root,
                           struct program *ret, struct err *e)
{
    char cwd[4096];
    int port = program_free_port();
    if (!getcwd(cwd, sizeof(cwd)))
        return err_set(e, RC_IO, "getcwd");
    const char *at = *root == '/' ? root : arena_printf(b->a, "%s/%s", cwd, root);
    const char *conf = arena_printf(
        b->a,
        "%sworker_processes 1; daemon off; pid %s/pid; error_log /dev/null;\n"
        "events { worker_connections 1024; }\n"
        "http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;\n"
        " open_file_cache max=100; gzip_static on; default_type application/octet-stream;\n"
        " client_body_temp_path %s/t1; proxy_temp_path %s/t2; fastcgi_temp_path %s/t3;\n"
        " uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;\n"
        " server { listen 127.0.0.1:%d; root %s; } }\n",
        geteuid() == 0 ? "user root; " : "", at, at, at, at, at, at, port, at);
    const char *path = arena_printf(b->a, "%s/nginx.conf", at);
    enum rc rc = file_write_atomic(path, conf, strlen(conf), e);
    const char *const argv[] = { nginx, "-e", "/dev/null", "-c", path, NULL };
    return rc == RC_OK ? program_start(argv, port, "/", 0, ret, NULL, e) : rc;
}

/* ---- measuring ---- */

/* Answers a second of CPU. */
static enum rc rate_of(const struct program *p, struct file *f, double *ret,
                       uint64_t *ret_bytes, struct err *e)
{
    struct load l = { .port = p->port,
                      .connections = CONNECTIONS,
                      .us = SECOND,
                      .request = ask,
                      .arg = f,
                      .status = 200 };
    struct load_result r;
    int64_t cpu = program_cpu_us(p);
    enum rc rc = load_run(&l, &r, e);
    if (rc == RC_OK) {
        *ret = (double)r.answers * SECOND / (double)(program_cpu_us(p) - cpu);
        *ret_bytes = r.bytes;
    }
    return rc;
}

static enum rc compare(struct bench *b, const struct program *own, const struct program *nginx,
                       struct file *f, struct err *e)
{
    double ours[ROUNDS], theirs[ROUNDS];
    uint64_t bytes = 0, same = 0;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < ROUNDS && rc == RC_OK; i++) {
        rc = rate_of(own, f, &ours[i], &bytes, e);
        if (rc == RC_OK && nginx->pid)
            rc = rate_of(nginx, f, &theirs[i], &same, e);
    }
    if (rc != RC_OK)
        return rc;
    double rate = bench_median(ours, ROUNDS);
    struct bench_row row = { .work = f->work,
                             .reached = rate,
                             .unit = "/s of CPU",
                             .kind = NO_GOAL,
                             .note = arena_printf(b->a, "%.0f µs", 1e6 / rate) };
    if (nginx->pid && same == bytes) {
        row.yardstick = "nginx";
        row.beside = bench_median(theirs, ROUNDS);
        row.kind = SHARE;
        row.goal = 0.7;
    }
    bench_row(&row);
    if (nginx->pid && same != bytes)
        bench_skip(f->work, "nginx sends other bytes");
    return RC_OK;
}

/* The load leaves the servers' core alone. */
static void move_over(bool away)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (long i = away; i < sysconf(_SC_NPROCESSORS_ONLN); i++)
        CPU_SET((unsigned)i, &set);
    (void)sched_setaffinity(0, sizeof(set), &set); /* one core only: they share it */
}

enum rc bench_file(struct bench *b, struct err *e)
{
    CLEANUP(program_stop) struct program own = { 0 };
    CLEANUP(program_stop) struct program nginx = { 0 };
    struct file files[FILES_MAX];
    size_t n = 0;
    const char *demo, *token, *root = arena_printf(b->a, "%s/nginx", b->folder),
                              *program = program_find(b->a, "nginx");
    enum rc rc = bench_demo(b, &demo, &token, e);
    if (rc == RC_OK)
        rc = add_asset(b, root, 20000, files, &n, e);
    if (rc == RC_OK)
        rc = add_asset(b, root, 300000, files, &n, e);
    if (rc == RC_OK)
        rc = add_tile(b, root, demo, files, &n, e);
    if (rc == RC_OK)
        rc = bench_serve(b, 0, &own, &token, NULL, e);
    if (rc == RC_OK && program)
        rc = start_nginx(b, program, root, &nginx, e);
    if (!program)
        bench_skip("static files beside nginx",
                   "nginx is not installed (apt install nginx-light)");
    move_over(true);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = compare(b, &own, &nginx, &files[i], e);
    move_over(false);
    return rc;
}
