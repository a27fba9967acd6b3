/*
 * Both ends of DATA/ctl.sock. A line is one JSON object; the answer is frames of a kind, a
 * length and bytes: o for stdout, e for stderr, p for progress, x for the exit code. One
 * command runs at a time, because stdout and stdin are the process's; nothing else of a server
 * writes there.
 */
#include "cmd/ctl.h"

#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "store/county.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { FRAME_HEAD = 5, ARGS_MAX = 10000, LINE_WAIT_S = 5 };

/* The address of the socket, whatever the length of the folder's path: through its descriptor.
 */
static bool address(const char *dir, int *ret_dir, struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
    *ret_dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*ret_dir < 0)
        return false;
    snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/ctl.sock", *ret_dir);
    return true;
}

static bool write_all(int fd, const void *p, size_t n)
{
    for (const char *s = p; n > 0;) {
        ssize_t k = send(fd, s, n, MSG_NOSIGNAL);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        s += k;
        n -= (size_t)k;
    }
    return true;
}

static bool read_all(int fd, void *p, size_t n)
{
    for (char *s = p; n > 0;) {
        ssize_t k = recv(fd, s, n, 0);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        s += k;
        n -= (size_t)k;
    }
    return true;
}

/* ---- the command's side ---- */

const char *ctl_absolute(struct arena *a, const char *path)
{
    if (path[0] == '/')
        return path;
    char *here = getcwd(NULL, 0);
    const char *ret = arena_printf(a, "%s/%s", here ? here : ".", path);
    free(here);
    return ret;
}

static char *line_text(const struct ctl_line *line)
{
    json_t *o = json_object(), *args = json_array();
    char input[CTL_STDIN_MAX];
    size_t n = line->with_stdin ? fread(input, 1, sizeof(input), stdin) : 0;
    for (size_t i = 0; i < line->n; i++)
        json_array_append_new(args, json_string(line->args[i]));
    json_object_set_new(o, "command", json_string(line->command));
    json_object_set_new(o, "lang", json_string(line->lang == LANG_ZH ? "zh" : "en"));
    json_object_set_new(o, "args", args);
    json_object_set_new(o, "stdin", json_stringn(input, n));
    char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    return text;
}

/* Frames until the exit code; 3 when the server went away. */
static int follow(int fd)
{
    uint8_t head[FRAME_HEAD];
    char bytes[65536];
    while (read_all(fd, head, sizeof(head))) {
        size_t n = (size_t)head[1] | (size_t)head[2] << 8 | (size_t)head[3] << 16 |
                   (size_t)head[4] << 24;
        if (head[0] == 'x')
            return (int)n;
        FILE *to = head[0] == 'o' ? stdout : stderr;
        bool shown = head[0] != 'p' || isatty(STDERR_FILENO);
        while (n > 0) {
            size_t k = n < sizeof(bytes) ? n : sizeof(bytes);
            if (!read_all(fd, bytes, k))
                break;
            if (shown)
                fwrite(bytes, 1, k, to);
            n -= k;
        }
        fflush(to);
    }
    fputs("jingjian: the server ended before the command did; look at what was done\n", stderr);
    return CMD_FAILED;
}

bool ctl_send(const char *dir, const struct ctl_line *line, int *ret_exit)
{
    struct sockaddr_un to;
    CLEANUP(fd_closep) int folder = -1;
    if (!address(dir, &folder, &to))
        return false;
    CLEANUP(fd_closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
        return false;
    char *text = line_text(line);
    bool sent = text && write_all(fd, text, strlen(text)) && write_all(fd, "\n", 1);
    free(text);
    *ret_exit = sent ? follow(fd) : CMD_FAILED;
    return true;
}

/* ---- the server's side ---- */

struct ctl {
    struct county *c;
    void (*after)(struct county *c);
    pthread_t thread;
    int fd, stop[2];
    char *path;
};

static void frame(int fd, char kind, const char *p, size_t n)
{
    uint8_t head[FRAME_HEAD] = { (uint8_t)kind, (uint8_t)n, (uint8_t)(n >> 8),
                                 (uint8_t)(n >> 16), (uint8_t)(n >> 24) };
    /* Who sent the command may be gone; it is done all the same. */
    (void)!(write_all(fd, head, sizeof(head)) && (kind == 'x' || write_all(fd, p, n)));
}

static void progress(void *arg, const char *line)
{
    frame(*(int *)arg, 'p', line, strlen(line));
}

/* A line up to its end, within LINE_WAIT_S; NULL when it is too long or does not come. */
static char *read_line(int fd, struct arena *a, size_t *ret_n)
{
    struct timeval wait = { .tv_sec = LINE_WAIT_S };
    struct str b;
    char block[4096];
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    str_init(&b, a);
    while (b.n <= CTL_LINE_MAX) {
        ssize_t n = recv(fd, block, sizeof(block), 0);
        if (n <= 0)
            return NULL;
        str_addn(&b, block, (size_t)n);
        if (b.s[b.n - 1] == '\n') {
            *ret_n = b.n;
            return b.s;
        }
    }
    return NULL;
}

static bool allowed(int fd)
{
    struct ucred who;
    socklen_t n = sizeof(who);
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 &&
           (who.uid == geteuid() || who.uid == 0);
}

/* The words of a line as main would get them; 0 when it is not a line. */
static int words_of(struct arena *a, const json_t *o, char **argv)
{
    const char *command = json_string_value(json_object_get(o, "command"));
    const json_t *args = json_object_get(o, "args");
    int argc = 0;
    if (!command || !json_is_array(args) || json_array_size(args) > ARGS_MAX)
        return 0;
    argv[argc++] = arena_strdup(a, "jingjian");
    argv[argc++] = arena_strdup(a, "--lang");
    argv[argc++] = arena_strdup(
        a, str_eq(json_string_value(json_object_get(o, "lang")), "zh") ? "zh" : "en");
    size_t n;
    char **words = str_split(a, command, ' ', &n);
    for (size_t i = 0; i < n && i < 2; i++)
        argv[argc++] = words[i];
    for (size_t i = 0; i < json_array_size(args); i++) {
        const char *arg = json_string_value(json_array_get(args, i));
        if (!arg)
            return 0;
        argv[argc++] = arena_strdup(a, arg);
    }
    return argc;
}

/* stdout and stdin are the command's while it runs; the server itself uses neither. */
static int run(struct ctl *ctl, int fd, const json_t *o, struct arena *a)
{
    char **argv = arena_array(a, ARGS_MAX + 8, sizeof(*argv)), *out = NULL, *err = NULL;
    size_t n_out = 0, n_err = 0;
    const json_t *input = json_object_get(o, "stdin");
    int argc = words_of(a, o, argv);
    if (argc == 0)
        return CMD_USAGE;
    FILE *was_out = stdout, *was_in = stdin;
    FILE *to_out = open_memstream(&out, &n_out), *to_err = open_memstream(&err, &n_err);
    const char *text = json_string_value(input);
    char *given = arena_strndup(a, text ? text : "", text ? json_string_length(input) : 0);
    FILE *from = fmemopen(given, strlen(given) + 1, "r");
    struct cmd_host host = {
        .county = ctl->c, .err = to_err, .progress = progress, .arg = &fd
    };
    stdout = to_out;
    stdin = from;
    int code = cmd_run(argc, argv, &host);
    stdout = was_out;
    stdin = was_in;
    fclose(from);
    fclose(to_out);
    fclose(to_err);
    ctl->after(ctl->c);
    frame(fd, 'o', out, n_out);
    frame(fd, 'e', err, n_err);
    free(out);
    free(err);
    log_event(LOG_INFO, "command", "command", json_string_value(json_object_get(o, "command")),
              "exit", arena_printf(a, "%d", code));
    return code;
}

static void serve_one(struct ctl *ctl, int fd)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t n = 0;
    const char *line = allowed(fd) ? read_line(fd, a, &n) : NULL;
    json_t *o = line ? json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (!json_is_object(o)) {
        json_decref(o);
        return;
    }
    int code = run(ctl, fd, o, a);
    frame(fd, 'x', NULL, (size_t)code);
    json_decref(o);
}

static void *listen_thread(void *arg)
{
    struct ctl *ctl = arg;
    struct pollfd at[2] = { { .fd = ctl->fd, .events = POLLIN },
                            { .fd = ctl->stop[0], .events = POLLIN } };
    for (;;) {
        if (poll(at, 2, -1) < 0 && errno != EINTR)
            break;
        if (at[1].revents)
            break;
        CLEANUP(fd_closep) int fd = accept4(ctl->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            serve_one(ctl, fd);
    }
    return NULL;
}

static enum rc ctl_fail(struct ctl *ctl, struct err *e)
{
    enum rc rc = err_set(e, RC_IO, N_("{path} 不能监听:{reason}"), "path", ctl->path, "reason",
                         strerror(errno));
    ctl_stopp(&ctl);
    return rc;
}

enum rc ctl_start(struct county *c, void (*after)(struct county *c), struct ctl **ret,
                  struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(fd_closep) int folder = -1;
    struct sockaddr_un at;
    struct ctl *ctl = mem_alloc(sizeof(*ctl));
    *ctl = (struct ctl){ .c = c, .after = after, .fd = -1, .stop = { -1, -1 } };
    ctl->path = mem_strdup(arena_printf(a, "%s/ctl.sock", c->dir));
    /* We hold the folder's lock: a socket that lies there is of a server that is gone. */
    (void)unlink(ctl->path);
    ctl->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (ctl->fd < 0 || !address(c->dir, &folder, &at) ||
        bind(ctl->fd, (struct sockaddr *)&at, sizeof(at)) != 0 || chmod(ctl->path, 0600) != 0 ||
        listen(ctl->fd, 8) != 0 || pipe2(ctl->stop, O_CLOEXEC) != 0 ||
        pthread_create(&ctl->thread, NULL, listen_thread, ctl) != 0) {
        ctl->thread = 0;
        return ctl_fail(ctl, e);
    }
    *ret = ctl;
    return RC_OK;
}

void ctl_stopp(struct ctl **p)
{
    struct ctl *ctl = *p;
    if (!ctl)
        return;
    if (ctl->thread) {
        (void)!write(ctl->stop[1], "x", 1); /* a pipe takes one byte */
        pthread_join(ctl->thread, NULL);
        (void)unlink(ctl->path);
    }
    fd_closep(&ctl->fd);
    fd_closep(&ctl->stop[0]);
    fd_closep(&ctl->stop[1]);
    free(ctl->path);
    free(ctl);
    *p = NULL;
}
