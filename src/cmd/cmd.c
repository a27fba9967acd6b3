/* The command line: finding the command, checking its options against its rows, help, the
 * manual page, exit codes. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/str.h"
#include "cmd/ctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROGRESS_US = 100000 };

struct given {
    const struct cmd_opt *opt;
    const char *value;
};

struct cmd_call {
    const struct command *command;
    struct arena *a;
    enum lang lang;
    struct given *given;
    size_t n;
    bool usage, found;
    int64_t said_us;             /* monotonic: last line of progress */
    const struct cmd_host *host; /* NULL: by itself */
};

FILE *cmd_in(const struct cmd_call *c)
{
    return c->host ? c->host->in : stdin;
}

FILE *cmd_out(const struct cmd_call *c)
{
    return c->host ? c->host->out : stdout;
}

FILE *cmd_err(const struct cmd_call *c)
{
    return c->host ? c->host->err : stderr;
}

struct county *cmd_served(const struct cmd_call *c)
{
    return c->host ? c->host->county : NULL;
}

struct arena *cmd_arena(struct cmd_call *c)
{
    return c->a;
}

enum lang cmd_lang(const struct cmd_call *c)
{
    return c->lang;
}

enum rc cmd_wrong(struct cmd_call *c, enum rc rc)
{
    c->usage = c->usage || rc == RC_INVALID;
    return rc;
}

const char *cmd_opt(const struct cmd_call *c, const char *name)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->given[i].opt->name, name))
            return c->given[i].value;
    return NULL;
}

bool cmd_flag(const struct cmd_call *c, const char *name)
{
    return cmd_opt(c, name) != NULL;
}

const char *const *cmd_many(const struct cmd_call *c, const char *name, size_t *ret_n)
{
    const char **list = arena_array(c->a, c->n, sizeof(*list));
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->given[i].opt->name, name))
            list[n++] = c->given[i].value;
    *ret_n = n;
    return list;
}

enum rc cmd_usage(struct cmd_call *c, struct err *e, const char *text, const char *name,
                  const char *value)
{
    c->usage = true;
    return err_set(e, RC_INVALID, text, "name", name ? name : "", "value", value ? value : "");
}

enum rc cmd_found(struct cmd_call *c, enum rc rc)
{
    c->found = true;
    return rc;
}

enum rc cmd_read(struct cmd_call *c, const char *name, size_t max, struct bytes *ret,
                 struct err *e)
{
    const char *path = cmd_opt(c, name);
    for (size_t i = 0; c->host && i < c->host->n_files; i++)
        if (str_eq(c->host->files[i].option, name)) {
            *ret = c->host->files[i].content;
            return ret->n <= max ? RC_OK
                                 : err_set(e, RC_TOOBIG, N_("{path} 太大"), "path", path);
        }
    return cmd_missing(c, file_read(c->a, path, max, ret, e), e);
}

enum rc cmd_missing(struct cmd_call *c, enum rc rc, struct err *e)
{
    return rc == RC_NOTFOUND
               ? err_set(e, RC_IO, N_("{value}"), "value", err_message(e, c->lang, c->a))
               : rc;
}

const char *cmd_beside(struct arena *a, const char *path, const char *ending)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    if (!*ending)
        return path;
    bool has = dot && (!slash || dot > slash + 1) && dot > path;
    return arena_printf(a, "%.*s%s", has ? (int)(dot - path) : (int)strlen(path), path, ending);
}

enum rc cmd_put(struct cmd_call *c, const char *name, const char *ending, struct bytes content,
                struct err *e)
{
    if (c->host)
        return c->host->put(c->host->arg, name, ending, content, e);
    return file_write_atomic(cmd_beside(c->a, cmd_opt(c, name), ending), content.p, content.n,
                             e);
}

bool cmd_stopping(const struct cmd_call *c)
{
    return c->host && c->host->stopping(c->host->arg);
}

void cmd_progress(struct cmd_call *c, const char *what, int64_t done, int64_t total)
{
    int64_t now = clock_monotonic_us();
    bool over = total > 0 && done >= total;
    if ((!c->host && !isatty(STDERR_FILENO)) || (!over && now - c->said_us < PROGRESS_US))
        return;
    c->said_us = now;
    char *line = arena_printf(c->a, "\r\033[K%s %lld / %lld%s", lang_text(c->lang, what),
                              (long long)done, (long long)total, over ? "\n" : "");
    if (c->host)
        c->host->progress(c->host->arg, line);
    else
        fputs(line, stderr);
}

/* "[--seed N]" as help writes an option. */
static void add_synopsis(struct str *b, const struct cmd_opt *o)
{
    str_add(b, o->required ? " " : " [");
    switch (o->kind) {
    case OPT_VALUE:
        str_addf(b, "--%s %s", o->name, o->value);
        break;
    case OPT_FLAG:
        str_addf(b, "--%s", o->name);
        break;
    case OPT_MANY:
        str_addf(b, "--%s %s …", o->name, o->value);
        break;
    case OPT_ARG:
        str_add(b, o->name);
        break;
    case OPT_ARGS:
        str_addf(b, "%s …", o->name);
        break;
    }
    if (!o->required)
        str_addc(b, ']');
}

static const struct cmd_opt *first_opt(const struct command *cmd, size_t *ret_n)
{
    size_t n = 0;
    while (n < CMD_OPTS_MAX && cmd->opts[n].name)
        n++;
    *ret_n = n;
    return cmd->opts;
}

static void add_usage(struct str *b, const struct command *cmd)
{
    size_t n;
    const struct cmd_opt *o = first_opt(cmd, &n);
    str_addf(b, "jingjian %s", cmd->name);
    for (size_t i = 0; i < n; i++)
        add_synopsis(b, &o[i]);
    str_addc(b, '\n');
}

static void help_one(struct arena *a, enum lang lang, const struct command *cmd)
{
    struct str b;
    str_init(&b, a);
    add_usage(&b, cmd);
    str_addf(&b, "\n%s\n", lang_text(lang, cmd->help));
    if (cmd->detail)
        str_addf(&b, "\n%s\n", lang_text(lang, cmd->detail));
    size_t n;
    const struct cmd_opt *o = first_opt(cmd, &n);
    if (n)
        str_addc(&b, '\n');
    for (size_t i = 0; i < n; i++) {
        bool dashed = o[i].kind != OPT_ARG && o[i].kind != OPT_ARGS;
        char *head = arena_printf(a, "%s%s%s%s", dashed ? "--" : "", o[i].name,
                                  o[i].value ? " " : "", o[i].value ? o[i].value : "");
        str_addf(&b, "  %-24s %s\n", head, lang_text(lang, o[i].help));
    }
    fputs(b.s, stdout);
}

static void help_all(struct arena *a, enum lang lang)
{
    struct str b;
    str_init(&b, a);
    str_addf(&b, "%s\n\n", lang_text(lang, N_("净鉴: 让单位用证据说明自己做得怎么样")));
    for (size_t i = 0; i < commands_n; i++)
        str_addf(&b, "  %-16s %s\n", commands[i]->name, lang_text(lang, commands[i]->help));
    str_addf(
        &b, "\n%s\n",
        lang_text(lang, N_("各命令的用法: jingjian COMMAND --help; 中文说明加 --lang zh")));
    fputs(b.s, stdout);
}

/* roff: a backslash and a leading dot or quote mean something, and it reads no UTF-8. */
static void add_roff(struct str *b, const char *s)
{
    const char *end = s + strlen(s);
    if (*s == '.' || *s == '\'')
        str_add(b, "\\&");
    for (size_t n; s < end; s += n) {
        uint32_t c = utf8_next(s, end, &n);
        if (c == '\\')
            str_add(b, "\\e");
        else if (c == '-')
            str_add(b, "\\-");
        else if (c < 0x80)
            str_addc(b, *s);
        else
            str_addf(b, "\\[u%04X]", (unsigned)c);
    }
}

/* The manual page, in English, from the same table. */
static void manual(struct arena *a)
{
    struct str b;
    str_init(&b, a);
    str_add(
        &b,
        ".TH JINGJIAN 1\n.SH NAME\njingjian \\- show with evidence how a public body is doing\n"
        ".SH SYNOPSIS\n.B jingjian\nCOMMAND [OPTION \\[u2026]]\n.SH DESCRIPTION\n"
        "One program is the whole system: HTTP server, database, files, evidence log. Commands "
        "that change a county whose server is running are run by that server; those that only "
        "read run beside it.\n.SH COMMANDS\n");
    for (size_t i = 0; i < commands_n; i++) {
        size_t n;
        const struct cmd_opt *o = first_opt(commands[i], &n);
        struct str usage;
        str_init(&usage, a);
        add_usage(&usage, commands[i]);
        str_add(&b, ".SS ");
        add_roff(&b, usage.s);
        add_roff(&b, lang_text(LANG_EN, commands[i]->help));
        str_addc(&b, '\n');
        if (commands[i]->detail) {
            str_add(&b, ".PP\n");
            add_roff(&b, lang_text(LANG_EN, commands[i]->detail));
            str_addc(&b, '\n');
        }
        for (size_t k = 0; k < n; k++) {
            bool dashed = o[k].kind != OPT_ARG && o[k].kind != OPT_ARGS;
            str_addf(&b, ".TP\n.B %s", dashed ? "\\-\\-" : "");
            add_roff(&b, o[k].name);
            str_add(&b, o[k].value ? " " : "");
            add_roff(&b, o[k].value ? o[k].value : "");
            str_addc(&b, '\n');
            add_roff(&b, lang_text(LANG_EN, o[k].help));
            str_addc(&b, '\n');
        }
    }
    str_add(&b, ".SH EXIT STATUS\n.TP\n0\ndone, or whole\n.TP\n1\nnot whole, or not done "
                "because of what was found\n"
                ".TP\n2\nwrong usage\n.TP\n3\ncould not be checked or done (network, disk)\n"
                "An error is one line on standard error that names the thing and the reason.\n"
                ".SH FILES\n.TP\njingjian.service\nserves the county in "
                "/var/lib/jingjian\n.SH SEE ALSO\n.BR systemctl (1),\n.BR pg_dump (1)\n");
    fputs(b.s, stdout);
}

/* The command whose one or two words begin argv; *ret_words says how many they are. */
static const struct command *find(int argc, char **argv, int *ret_words)
{
    for (size_t i = 0; i < commands_n; i++) {
        const char *space = strchr(commands[i]->name, ' ');
        size_t first = space ? (size_t)(space - commands[i]->name) : strlen(commands[i]->name);
        if (strlen(argv[0]) != first || memcmp(argv[0], commands[i]->name, first) != 0)
            continue;
        if (space && (argc < 2 || !str_eq(argv[1], space + 1)))
            continue;
        *ret_words = space ? 2 : 1;
        return commands[i];
    }
    return NULL;
}

static void add_given(struct cmd_call *c, const struct cmd_opt *o, const char *value)
{
    c->given[c->n++] = (struct given){ .opt = o, .value = value };
}

static enum rc parse_dashed(struct cmd_call *c, int argc, char **argv, int *i, struct err *e)
{
    size_t n;
    const struct cmd_opt *opts = first_opt(c->command, &n), *o = NULL;
    const char *name = argv[*i] + 2, *equals = strchr(name, '=');
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    for (size_t k = 0; k < n && !o; k++)
        if (opts[k].kind <= OPT_MANY && strlen(opts[k].name) == len &&
            memcmp(opts[k].name, name, len) == 0)
            o = &opts[k];
    if (!o)
        return cmd_usage(c, e, N_("没有 {name} 这个选项"), argv[*i], NULL);
    if (o->kind != OPT_MANY && cmd_flag(c, o->name))
        return cmd_usage(c, e, N_("--{name} 给了两次"), o->name, NULL);
    if (o->kind == OPT_FLAG) {
        if (equals)
            return cmd_usage(c, e, N_("--{name} 不带值"), o->name, NULL);
        add_given(c, o, "");
        return RC_OK;
    }
    if (equals) {
        add_given(c, o, equals + 1);
        return RC_OK;
    }
    if (*i + 1 >= argc)
        return cmd_usage(c, e, N_("--{name} 后面缺少 {value}"), o->name, o->value);
    add_given(c, o, argv[++*i]);
    while (o->kind == OPT_MANY && *i + 1 < argc && !str_starts(argv[*i + 1], "--"))
        add_given(c, o, argv[++*i]);
    return RC_OK;
}

static enum rc parse_plain(struct cmd_call *c, const char *value, struct err *e)
{
    size_t n;
    const struct cmd_opt *opts = first_opt(c->command, &n);
    for (size_t k = 0; k < n; k++) {
        if (opts[k].kind == OPT_ARGS ||
            (opts[k].kind == OPT_ARG && !cmd_flag(c, opts[k].name))) {
            add_given(c, &opts[k], value);
            return RC_OK;
        }
    }
    return cmd_usage(c, e, N_("多余的参数 {value}"), NULL, value);
}

static enum rc parse(struct cmd_call *c, int argc, char **argv, struct err *e)
{
    bool plain_only = false;
    for (int i = 0; i < argc; i++) {
        enum rc rc;
        if (!plain_only && str_eq(argv[i], "--"))
            plain_only = true;
        else if ((rc = !plain_only && str_starts(argv[i], "--")
                           ? parse_dashed(c, argc, argv, &i, e)
                           : parse_plain(c, argv[i], e)) != RC_OK)
            return rc;
    }
    size_t n;
    const struct cmd_opt *opts = first_opt(c->command, &n);
    for (size_t k = 0; k < n; k++)
        if (opts[k].required && !cmd_flag(c, opts[k].name))
            return cmd_usage(c, e,
                             opts[k].kind <= OPT_MANY ? N_("缺少 --{name} {value}")
                                                      : N_("缺少 {name}"),
                             opts[k].name, opts[k].value);
    return RC_OK;
}

static int exit_code(const struct cmd_call *c, enum rc rc)
{
    switch (rc) {
    case RC_OK:
    case RC_DONE:
        return CMD_OK;
    case RC_INVALID:
        return c->usage ? CMD_USAGE : CMD_FOUND;
    case RC_UNAUTH:
    case RC_DENIED:
    case RC_NOTFOUND:
    case RC_CONFLICT:
    case RC_TOOBIG:
    case RC_UNPROVEN:
    case RC_TOOMANY:
        return CMD_FOUND;
    case RC_IO:
    case RC_DB:
    case RC_BUSY:
        return c->found ? CMD_FOUND : CMD_FAILED;
    }
    return CMD_FAILED;
}

static int fail(const struct cmd_call *c, enum rc rc, const struct err *e)
{
    fprintf(cmd_err(c), "jingjian%s%s: %s\n", c->command ? " " : "",
            c->command ? c->command->name : "",
            e->rc == RC_OK ? lang_text(c->lang, rc_text(rc)) : err_message(e, c->lang, c->a));
    return exit_code(c, rc);
}

int cmd_main(int argc, char **argv)
{
    return cmd_run(argc, argv, NULL);
}

/* A file the server hands back, under the name the person gave to the option. */
static enum rc put_back(void *arg, const char *option, const char *ending, struct bytes content,
                        struct err *e)
{
    struct cmd_call *c = arg;
    for (size_t i = 0; i < c->n; i++)
        if (c->given[i].opt->writes && str_eq(c->given[i].opt->name, option) &&
            !strchr(ending, '/'))
            return cmd_put(c, option, ending, content, e);
    return err_set(e, RC_INVALID, N_("没有 {name} 这个选项"), "name", option);
}

/* The line, and the files it names, because a server stands elsewhere; to the server, when
 * there is one. */
static bool sent_to_server(struct cmd_call *c, int *ret_exit, enum rc *ret, struct err *e)
{
    *ret = RC_OK;
    if (c->host || !c->command->sent || !cmd_opt(c, "data") || !ctl_there(cmd_opt(c, "data")))
        return false;
    struct ctl_line line = { .command = c->command->name,
                             .lang = c->lang,
                             .args = arena_array(c->a, 2 * c->n + 2, sizeof(char *)),
                             .files = arena_array(c->a, c->n, sizeof(struct cmd_file)),
                             .with_stdin = cmd_flag(c, "stdin"),
                             .put = put_back,
                             .arg = c };
    for (size_t i = 0; i < c->n; i++) {
        const struct cmd_opt *o = c->given[i].opt;
        if (o->kind == OPT_ARG || o->kind == OPT_ARGS)
            continue;
        line.args[line.n++] = arena_printf(c->a, "--%s", o->name);
        if (o->kind != OPT_FLAG)
            line.args[line.n++] = c->given[i].value;
    }
    line.args[line.n++] = "--";
    for (size_t i = 0; i < c->n && *ret == RC_OK; i++) {
        const struct cmd_opt *o = c->given[i].opt;
        if (o->kind == OPT_ARG || o->kind == OPT_ARGS)
            line.args[line.n++] = c->given[i].value;
        if (o->reads) {
            line.files[line.n_files].option = o->name;
            *ret = cmd_read(c, o->name, CMD_FILE_MAX, &line.files[line.n_files++].content, e);
        }
    }
    return *ret == RC_OK && ctl_send(cmd_opt(c, "data"), &line, ret_exit);
}

int cmd_run(int argc, char **argv, const struct cmd_host *host)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(err_done) struct err e = { 0 };
    struct cmd_call c = { .a = a,
                          .host = host,
                          .lang = LANG_EN,
                          .given = arena_array(a, (size_t)argc + 1, sizeof(struct given)) };
    /* --lang and --help may stand anywhere before a "--". */
    bool help = false;
    int n = 0;
    char **rest = arena_array(a, (size_t)argc + 1, sizeof(*rest));
    for (int i = 1; i < argc; i++) {
        if (str_eq(argv[i], "--")) {
            while (i < argc)
                rest[n++] = argv[i++];
        } else if (str_eq(argv[i], "--lang") && i + 1 < argc &&
                   (str_eq(argv[i + 1], "zh") || str_eq(argv[i + 1], "en"))) {
            c.lang = str_eq(argv[++i], "zh") ? LANG_ZH : LANG_EN;
        } else if (str_eq(argv[i], "--help") || str_eq(argv[i], "-h")) {
            help = true;
        } else {
            rest[n++] = argv[i];
        }
    }
    if (n == 0) {
        help_all(a, c.lang);
        return help ? CMD_OK : CMD_USAGE;
    }
    if (str_eq(rest[0], "help") && n == 1) {
        help_all(a, c.lang);
        return CMD_OK;
    }
    if (str_eq(rest[0], "manual") && n == 1) {
        manual(a);
        return CMD_OK;
    }
    if (str_eq(rest[0], "--version")) {
        puts("jingjian " JINGJIAN_VERSION);
        return CMD_OK;
    }
    int words = 0;
    c.command = find(n, rest, &words);
    if (!c.command) {
        c.usage = true;
        err_set(&e, RC_INVALID, N_("没有 {name} 这个命令;jingjian help 列出全部命令"), "name",
                rest[0]);
        return fail(&c, RC_INVALID, &e);
    }
    if (help) {
        help_one(a, c.lang, c.command);
        return CMD_OK;
    }
    enum rc rc = parse(&c, n - words, rest + words, &e);
    int code;
    if (rc == RC_OK && sent_to_server(&c, &code, &rc, &e))
        return code;
    if (rc == RC_OK)
        rc = c.command->fn(&c, &e);
    if (rc != RC_OK)
        return fail(&c, rc, &e);
    if (host)
        return CMD_OK;
    /* A full disk shows only when what was printed is flushed. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        err_set(&e, RC_IO, N_("输出写不出去"));
        return fail(&c, RC_IO, &e);
    }
    return CMD_OK;
}
