/* A command sent to a server and back, both ends in this process: what it reads goes along,
 * what it writes comes back, several at once. */
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "base/test.h"
#include "cmd/cmd.h"
#include "cmd/ctl.h"
#include "store/county.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static _Atomic int afters, running, most;

/* Says what it got; fails when told to. */
static enum rc echo(struct cmd_call *c, struct err *e)
{
    struct bytes file = { 0 };
    char line[100] = "";
    int now = ++running;
    for (int was = most; now > was && !atomic_compare_exchange_weak(&most, &was, now);)
        ;
    enum rc rc = cmd_opt(c, "FILE") ? cmd_read(c, "FILE", 1 << 20, &file, e) : RC_OK;
    if (cmd_flag(c, "stdin") && !fgets(line, sizeof(line), cmd_in(c)))
        line[0] = '\0';
    cmd_progress(c, "", 1, 2);
    if (rc == RC_OK)
        fprintf(cmd_out(c), "%s %s %.*s %s", cmd_served(c) ? "served" : "alone",
                cmd_opt(c, "word"), (int)file.n, file.n ? (const char *)file.p : "", line);
    if (rc == RC_OK && cmd_opt(c, "copy"))
        rc = cmd_put(c, "copy", ".copy", file, e);
    if (rc == RC_OK && cmd_flag(c, "fail"))
        rc = err_set(e, RC_CONFLICT, N_("{value}"), "value", "no");
    if (cmd_flag(c, "slow"))
        usleep(100000);
    running--;
    return rc;
}
static const struct command cmd_echo = {
    .name = "echo loud",
    .help = "",
    .opts = { { "FILE", OPT_ARG, false, NULL, "", .reads = true },
              { "data", OPT_VALUE, true, "DIR", "" },
              { "word", OPT_VALUE, true, "WORD", "" },
              { "copy", OPT_VALUE, false, "FILE", "", .writes = true },
              { "stdin", OPT_FLAG, false, NULL, "" },
              { "slow", OPT_FLAG, false, NULL, "" },
              { "fail", OPT_FLAG, false, NULL, "" } },
    .fn = echo,
    .sent = true,
};
const struct command *const commands[] = { &cmd_echo };
const size_t commands_n = 1;

static void after(struct county *c)
{
    CHECK(c->dir != NULL);
    afters++;
}

struct place {
    struct arena *a;
    char dir[64];
    struct county c;
    struct ctl *ctl;
};

static void place_make(struct place *p)
{
    CLEANUP(err_done) struct err e = { 0 };
    *p = (struct place){ .a = arena_new(), .dir = "/tmp/jingjian-ctl-XXXXXX" };
    log_set_level(LOG_ERROR); /* stderr is looked at */
    CHECK(mkdtemp(p->dir) != NULL);
    p->c.dir = p->dir;
    CHECK_OK(ctl_start(&p->c, after, &p->ctl, &e));
}

static void place_done(struct place *p)
{
    ctl_stopp(&p->ctl);
    CHECK(!file_exists(arena_printf(p->a, "%s/ctl.sock", p->dir)));
    dir_remove(p->dir);
    arena_free(p->a);
}

static int send_line(struct place *p, const char *const *args)
{
    char *argv[20] = { (char[]){ "jingjian" }, (char[]){ "echo" }, (char[]){ "loud" },
                       (char[]){ "--data" }, p->dir };
    int argc = 5;
    for (size_t i = 0; args[i]; i++)
        argv[argc++] = arena_strdup(p->a, args[i]);
    return cmd_main(argc, argv);
}

/* The same with stdout and stderr in memory. */
static int said(struct place *p, const char *const *args, char **ret_out, char **ret_err)
{
    char **const ret[2] = { ret_out, ret_err };
    int was[2], memory[2];
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        was[i] = dup(i + 1);
        memory[i] = memfd_create("said", MFD_CLOEXEC);
        CHECK(dup2(memory[i], i + 1) >= 0);
    }
    int code = send_line(p, args);
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        char text[4096];
        ssize_t n = pread(memory[i], text, sizeof(text), 0);
        CHECK(dup2(was[i], i + 1) >= 0);
        close(was[i]);
        close(memory[i]);
        *ret[i] = arena_strndup(p->a, text, n > 0 ? (size_t)n : 0);
    }
    return code;
}

static void goes_and_comes_back(void)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct place p;
    char *out, *err;
    struct bytes copy;
    place_make(&p);
    const char *file = arena_printf(p.a, "%s/in.txt", p.dir),
               *to = arena_printf(p.a, "%s/out.txt", p.dir);
    afters = 0;
    CHECK_OK(file_write_atomic(file, "content", 7, &e));
    CHECK_INT(
        said(&p, (const char *[]){ "--word", "--x", file, "--copy", to, NULL }, &out, &err), 0);
    CHECK_STR(out, "served --x content ");
    CHECK_STR(err, "");
    CHECK_OK(file_read(p.a, arena_printf(p.a, "%s/out.copy", p.dir), 100, &copy, &e));
    CHECK_STR((const char *)copy.p, "content");
    CHECK_INT(said(&p, (const char *[]){ "--word", "w", "--fail", NULL }, &out, &err), 1);
    CHECK_STR(err, "jingjian echo loud: no\n");
    CHECK_INT(said(&p, (const char *[]){ "--word", "w", "/none/x", NULL }, &out, &err), 3);
    CHECK(strstr(err, "/none/x") != NULL && !*out);
    CHECK_INT(said(&p, (const char *[]){ "--word", "w", file, "--copy", "/none/y", NULL }, &out,
                   &err),
              3);
    CHECK(strstr(err, "/none/y") != NULL);
    CHECK_INT(said(&p, (const char *[]){ "--wrong", NULL }, &out, &err), 2);
    CHECK_INT(afters, 3); /* what was wrong in the line never went */
    ctl_stopp(&p.ctl);
    CHECK_INT(said(&p, (const char *[]){ "--word", "w", NULL }, &out, &err), 0);
    CHECK(str_starts(out, "alone"));
    place_done(&p);
}

static void *one(void *arg)
{
    struct place *p = arg;
    struct ctl_line line = { .command = "echo loud", .lang = LANG_EN };
    const char *args[] = { "--data", p->dir, "--word", "w", "--slow" };
    int code = -1;
    line.args = args;
    line.n = COUNT(args);
    CHECK(ctl_send(p->dir, &line, &code) && code == 0);
    return NULL;
}

/* More than there are places for: all are done, several at a time. */
static void runs_several_at_once(void)
{
    enum { CALLERS = CTL_AT_ONCE + 4 };
    struct place p;
    pthread_t thread[CALLERS];
    place_make(&p);
    fflush(stdout);
    int was = dup(STDOUT_FILENO), null = memfd_create("said", MFD_CLOEXEC);
    CHECK(dup2(null, STDOUT_FILENO) >= 0);
    afters = most = 0;
    for (size_t i = 0; i < CALLERS; i++)
        CHECK_INT(pthread_create(&thread[i], NULL, one, &p), 0);
    for (size_t i = 0; i < CALLERS; i++)
        pthread_join(thread[i], NULL);
    fflush(stdout);
    CHECK(dup2(was, STDOUT_FILENO) >= 0);
    close(was);
    close(null);
    CHECK_INT(afters, CALLERS);
    CHECK(most > 1 && most <= CTL_AT_ONCE);
    place_done(&p);
}

/* Whatever comes in instead of a line, the next one is served. */
static void bears_nonsense(void)
{
    static const struct {
        const char *bytes;
        size_t n;
    } cases[] = {
        { "", 0 },
        { "l", 1 },
        { "l\xff\xff\xff\xff", 5 },
        { "x\0\0\0\0", 5 },
        { "l\2\0\0\0{}", 7 },
        { "l\2\0\0\0[]", 7 },
        { "l\5\0\0\0hello", 10 },
        { "l\x27\0\0\0{\"command\":\"echo loud\",\"args\":[1,null]}", 44 },
        { "l\x32\0\0\0{\"command\":\"echo loud\",\"args\":[],\"files\":[\"FILE\"]}", 55 },
    };
    struct place p;
    char *out, *err;
    place_make(&p);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sockaddr_un to = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        snprintf(to.sun_path, sizeof(to.sun_path), "%s/ctl.sock", p.dir);
        CHECK(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0);
        CHECK_INT(send(fd, cases[i].bytes, cases[i].n, MSG_NOSIGNAL), cases[i].n);
        shutdown(fd, SHUT_WR);
        char back[512];
        while (recv(fd, back, sizeof(back), 0) > 0)
            ;
        close(fd);
    }
    CHECK_INT(said(&p, (const char *[]){ "--word", "w", NULL }, &out, &err), 0);
    CHECK(str_starts(out, "served w"));
    place_done(&p);
}

T_MAIN({ "a command goes to the server with its file and comes back with one",
         goes_and_comes_back },
       { "several commands run at once", runs_several_at_once },
       { "nonsense ends its own connection only", bears_nonsense })
