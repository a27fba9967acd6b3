/*
 * Both ends of DATA/ctl.sock. Everything is frames of a kind, a length and bytes. To the
 * server: l the line, a JSON object, then f for each file it names. Back: o for stdout, e for
 * stderr, p for progress, w for a file, x for the exit code (its length is the code).
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

enum {
    FRAME_HEAD = 5,
    ARGS_MAX = 10000,
    LINE_WAIT_S = 5,
    TAKE_WAIT_S = 60, /* who sent a command and stopped taking its output is given up */
};

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

static bool frame_head(int fd, char kind, size_t n)
{
    const uint8_t head[FRAME_HEAD] = { (uint8_t)kind, (uint8_t)n, (uint8_t)(n >> 8),
                                       (uint8_t)(n >> 16), (uint8_t)(n >> 24) };
    return write_all(fd, head, sizeof(head));
}

static bool frame(int fd, char kind, const void *p, size_t n)
{
    return frame_head(fd, kind, n) && write_all(fd, p, n);
}

static bool frame_next(int fd, char *ret_kind, size_t *ret_n)
{
    uint8_t head[FRAME_HEAD];
    if (!read_all(fd, head, sizeof(head)))
        return false;
    *ret_kind = (char)head[0];
    *ret_n =
        (size_t)head[1] | (size_t)head[2] << 8 | (size_t)head[3] << 16 | (size_t)head[4] << 24;
    return true;
}

/* ---- the command's side ---- */

static int server_of(const char *dir)
{
    struct sockaddr_un to;
    CLEANUP(fd_closep) int folder = -1;
    if (!address(dir, &folder, &to))
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
        fd_closep(&fd);
    return fd;
}

bool ctl_there(const char *dir)
{
    CLEANUP(fd_closep) int fd = server_of(dir);
    return fd >= 0;
}

static char *line_text(const struct ctl_line *line)
{
    json_t *o = json_object(), *args = json_array(), *files = json_array();
    char input[CTL_STDIN_MAX];
    bool given = line->with_stdin && fgets(input, sizeof(input), stdin);
    for (size_t i = 0; i < line->n; i++)
        json_array_append_new(args, json_string(line->args[i]));
    for (size_t i = 0; i < line->n_files; i++)
        json_array_append_new(files, json_string(line->files[i].option));
    json_object_set_new(o, "command", json_string(line->command));
    json_object_set_new(o, "lang", json_string(line->lang == LANG_ZH ? "zh" : "en"));
    json_object_set_new(o, "args", args);
    json_object_set_new(o, "files", files);
    json_object_set_new(o, "stdin", json_string(given ? input : ""));
    char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    return text;
}

static bool send_line(int fd, const char *text, const struct ctl_line *line)
{
    bool sent = frame(fd, 'l', text, strlen(text));
    for (size_t i = 0; i < line->n_files && sent; i++)
        sent = frame(fd, 'f', line->files[i].content.p, line->files[i].content.n);
    return sent;
}

/* option, ending, content; each of the first two ends with NUL. */
static int take_file(const struct ctl_line *line, char *p, size_t n)
{
    CLEANUP(err_done) struct err e = { 0 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t option = strnlen(p, n),
           ending = option < n ? strnlen(p + option + 1, n - option - 1) : n;
    if (option + 1 + ending + 1 > n)
        return CMD_FAILED;
    size_t head = option + 1 + ending + 1;
    if (line->put(line->arg, p, p + option + 1,
                  (struct bytes){ (const uint8_t *)p + head, n - head }, &e) == RC_OK)
        return CMD_OK;
    fprintf(stderr, "jingjian %s: %s\n", line->command, err_message(&e, line->lang, a));
    return CMD_FAILED;
}

/* Frames until the exit code; 3 when the server went away. */
static int follow(int fd, const struct ctl_line *line)
{
    size_t n;
    char kind;
    int code = CMD_OK;
    while (frame_next(fd, &kind, &n)) {
        if (kind == 'x')
            return n == CMD_OK ? code : (int)n;
        CLEANUP(arena_freep) struct arena *a = arena_new();
        char *p = arena_alloc(a, n + 1);
        if (!read_all(fd, p, n))
            break;
        if (kind == 'w') {
            if (code == CMD_OK) /* else one line has said why */
                code = take_file(line, p, n);
        } else if (kind != 'p' || isatty(STDERR_FILENO)) {
            FILE *to = kind == 'o' ? stdout : stderr;
            if ((fwrite(p, 1, n, to) != n || fflush(to) != 0) && to == stdout) {
                fprintf(stderr, "jingjian %s: %s\n", line->command,
                        lang_text(line->lang, N_("输出写不出去")));
                code = CMD_FAILED;
            }
        }
    }
    fputs(lang_text(line->lang, N_("jingjian: 服务先于命令结束了,请查看做到了哪一步\n")),
          stderr);
    return CMD_FAILED;
}

bool ctl_send(const char *dir, const struct ctl_line *line, int *ret_exit)
{
    /* Before the connection, because a password may still have to be typed. */
    char *text = line_text(line);
    CLEANUP(fd_closep) int fd = server_of(dir);
    /* Also when not all is taken: then the server says why. */
    if (fd >= 0 && text)
        (void)send_line(fd, text, line);
    free(text);
    if (fd < 0)
        return false;
    *ret_exit = follow(fd, line);
    return true;
}

/* ---- the server's side ---- */

struct ctl {
    struct county *c;
    void (*after)(struct county *c);
    pthread_t thread;
    int fd, stop[2];
    char *path;
    pthread_mutex_t lock;
    pthread_cond_t free;
    int running;
    _Atomic bool stopping;
};
struct caller { /* one connection and its thread */
    struct ctl *ctl;
    int fd;
    bool gone; /* does not take what is sent */
};

static void progress(void *arg, const char *line)
{
    struct caller *k = arg;
    /* Who sent the command may be gone; it is done all the same, and waits for them once only.
     */
    if (!k->gone)
        k->gone = !frame(k->fd, 'p', line, strlen(line));
}

static enum rc put(void *arg, const char *option, const char *ending, struct bytes content,
                   struct err *e)
{
    struct caller *k = arg;
    size_t head = strlen(option) + 1 + strlen(ending) + 1;
    bool sent = !k->gone && frame_head(k->fd, 'w', head + content.n) &&
                write_all(k->fd, option, strlen(option) + 1) &&
                write_all(k->fd, ending, strlen(ending) + 1) &&
                write_all(k->fd, content.p, content.n);
    k->gone = !sent;
    return sent ? RC_OK : err_set(e, RC_IO, N_("发出命令的一方已经离开"));
}

static bool stopping(void *arg)
{
    const struct caller *k = arg;
    return k->ctl->stopping;
}

static bool allowed(int fd)
{
    struct ucred who;
    socklen_t n = sizeof(who);
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 &&
           (who.uid == geteuid() || who.uid == 0);
}

/* The end of a line that was not run. */
static void refuse(int fd, const char *why)
{
    (void)(frame(fd, 'e', why, strlen(why)) && frame_head(fd, 'x', CMD_FAILED));
}

/* A frame of a kind with at most max bytes, NUL-ended; NULL when something else comes. */
static char *take(int fd, char want, size_t max, struct arena *a, size_t *ret_n)
{
    char kind;
    if (!frame_next(fd, &kind, ret_n) || kind != want || *ret_n > max)
        return NULL;
    char *p = arena_alloc(a, *ret_n + 1);
    return read_all(fd, p, *ret_n) ? p : NULL;
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

static bool files_of(int fd, const json_t *o, struct arena *a, struct cmd_host *host)
{
    const json_t *files = json_object_get(o, "files");
    size_t n = json_array_size(files);
    if (n > CTL_FILES_MAX)
        return false;
    struct cmd_file *list = arena_array(a, n, sizeof(*list));
    for (size_t i = 0; i < n; i++) {
        const char *option = json_string_value(json_array_get(files, i));
        list[i].option = option ? arena_strdup(a, option) : "";
        list[i].content.p = (uint8_t *)take(fd, 'f', CMD_FILE_MAX, a, &list[i].content.n);
        if (!list[i].content.p)
            return false;
    }
    host->files = list;
    host->n_files = n;
    return true;
}

static void run(struct caller *k, const json_t *o, struct cmd_host *host, struct arena *a)
{
    char **argv = arena_array(a, ARGS_MAX + 8, sizeof(*argv)), *out = NULL, *err = NULL;
    size_t n_out = 0, n_err = 0;
    const json_t *input = json_object_get(o, "stdin");
    const char *text = json_string_value(input);
    int argc = words_of(a, o, argv);
    if (argc == 0) {
        refuse(k->fd, "jingjian: the server does not understand the line\n");
        return;
    }
    char *given = arena_strndup(a, text ? text : "", text ? json_string_length(input) : 0);
    host->in = fmemopen(given, strlen(given) + 1, "r");
    host->out = open_memstream(&out, &n_out);
    host->err = open_memstream(&err, &n_err);
    int code = cmd_run(argc, argv, host);
    fclose(host->in);
    fclose(host->out);
    fclose(host->err);
    k->ctl->after(k->ctl->c);
    (void)(!k->gone && frame(k->fd, 'o', out, n_out) && frame(k->fd, 'e', err, n_err) &&
           frame_head(k->fd, 'x', (size_t)code)); /* as in progress */
    free(out);
    free(err);
    log_event(LOG_INFO, "command", "command", json_string_value(json_object_get(o, "command")),
              "exit", arena_printf(a, "%d", code));
}

static void serve_one(struct caller *k)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct timeval wait = { .tv_sec = LINE_WAIT_S };
    struct cmd_host host = {
        .county = k->ctl->c, .progress = progress, .put = put, .stopping = stopping, .arg = k
    };
    size_t n = 0;
    struct timeval taking = { .tv_sec = TAKE_WAIT_S };
    setsockopt(k->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    setsockopt(k->fd, SOL_SOCKET, SO_SNDTIMEO, &taking, sizeof(taking));
    if (!allowed(k->fd)) {
        refuse(k->fd, "jingjian: the server listens to its own user and root only\n");
        return;
    }
    const char *line = take(k->fd, 'l', CTL_LINE_MAX, a, &n);
    json_t *o = line ? json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (json_is_object(o) && files_of(k->fd, o, a, &host))
        run(k, o, &host, a);
    json_decref(o);
}

static void *caller_thread(void *arg)
{
    struct caller *k = arg;
    struct ctl *ctl = k->ctl;
    serve_one(k);
    close(k->fd);
    free(k);
    pthread_mutex_lock(&ctl->lock);
    ctl->running--;
    pthread_cond_broadcast(&ctl->free);
    pthread_mutex_unlock(&ctl->lock);
    return NULL;
}

/* A thread for the connection, once there is a place for it. Takes fd. */
static void admit(struct ctl *ctl, int fd)
{
    struct caller *k = mem_alloc(sizeof(*k));
    pthread_attr_t attr;
    pthread_t thread;
    *k = (struct caller){ .ctl = ctl, .fd = fd };
    pthread_mutex_lock(&ctl->lock);
    while (ctl->running >= CTL_AT_ONCE)
        pthread_cond_wait(&ctl->free, &ctl->lock);
    ctl->running++;
    pthread_mutex_unlock(&ctl->lock);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attr, caller_thread, k) != 0)
        caller_thread(k); /* no thread: here, then */
    pthread_attr_destroy(&attr);
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
        int fd = accept4(ctl->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            admit(ctl, fd);
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
    pthread_mutex_init(&ctl->lock, NULL);
    pthread_cond_init(&ctl->free, NULL);
    ctl->path = mem_strdup(arena_printf(a, "%s/ctl.sock", c->dir));
    /* We hold the folder's lock: a socket that lies there is of a server that is gone. */
    (void)unlink(ctl->path);
    ctl->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (ctl->fd < 0 || !address(c->dir, &folder, &at) ||
        bind(ctl->fd, (struct sockaddr *)&at, sizeof(at)) != 0 || chmod(ctl->path, 0600) != 0 ||
        listen(ctl->fd, CTL_AT_ONCE) != 0 || pipe2(ctl->stop, O_CLOEXEC) != 0 ||
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
    ctl->stopping = true;
    if (ctl->thread) {
        (void)!write(ctl->stop[1], "x", 1); /* a pipe takes one byte */
        pthread_join(ctl->thread, NULL);
        (void)unlink(ctl->path);
    }
    pthread_mutex_lock(&ctl->lock);
    while (ctl->running > 0)
        pthread_cond_wait(&ctl->free, &ctl->lock);
    pthread_mutex_unlock(&ctl->lock);
    pthread_mutex_destroy(&ctl->lock);
    pthread_cond_destroy(&ctl->free);
    fd_closep(&ctl->fd);
    fd_closep(&ctl->stop[0]);
    fd_closep(&ctl->stop[1]);
    free(ctl->path);
    free(ctl);
    *p = NULL;
}
