/*
 * The command line: one const table from which dispatch, --help and the manual page are made.
 *
 * A command parses nothing itself: its options are rows, cmd_run checks them and hands over the
 * values. Exit codes are stable: 0 done or whole, 1 not whole or not done because of what was
 * found, 2 wrong usage, 3 could not be checked or done (network, disk). An error is one line on
 * stderr naming the thing and the reason.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/arena.h"
#include "base/kinds.h"

#include <stdio.h>

struct county;

enum cmd_exit { CMD_OK = 0, CMD_FOUND = 1, CMD_USAGE = 2, CMD_FAILED = 3 };

enum opt_kind {
    OPT_VALUE = 1, /* --name VALUE */
    OPT_FLAG,      /* --name */
    OPT_MANY,      /* --name VALUE [VALUE …], also repeated */
    OPT_ARG,       /* positional; name is what help calls it, e.g. FILE */
    OPT_ARGS,      /* all remaining positional ones */
};
struct cmd_opt {
    const char *name; /* without dashes for options */
    enum opt_kind kind;
    bool required;
    const char *value; /* what help calls the value: DIR, FILE, N */
    const char *help;  /* one sentence, N_() */
    /* A file of the person's, which a server may not reach: read by cmd_read, written by
     * cmd_put only. */
    bool reads, writes;
};

struct cmd_call; /* the parsed line */
enum { CMD_OPTS_MAX = 16, CMD_FILE_MAX = 512 << 20 /* bytes of a file that is imported */ };
struct command {
    const char *name;                  /* "score", "account add" */
    const char *help;                  /* one sentence, N_() */
    const char *detail;                /* more for the manual page, N_(); may be NULL */
    struct cmd_opt opts[CMD_OPTS_MAX]; /* ended by a NULL name */
    /* Returns RC_OK, or an error that becomes an exit code: RC_INVALID from usage 2, from
     * content 1; RC_IO, RC_BUSY, RC_DB 3. */
    enum rc (*fn)(struct cmd_call *c, struct err *e);
    /* It writes into the county of --data: when a server has that, the server runs it (ctl.h).
     * Such a command knows no stdin, stdout, stderr, file or folder but those it gets here. */
    bool sent;
};

/* What the line said. Text lives as long as the call. */
const char *cmd_opt(const struct cmd_call *c, const char *name); /* NULL when absent */
bool cmd_flag(const struct cmd_call *c, const char *name);
const char *const *cmd_many(const struct cmd_call *c, const char *name, size_t *ret_n);
struct arena *cmd_arena(struct cmd_call *c);
enum lang cmd_lang(const struct cmd_call *c);
/* Say that the line itself is wrong (exit 2), naming the option and what is allowed. */
enum rc cmd_usage(struct cmd_call *c, struct err *e, const char *text, const char *name,
                  const char *value) MUST_USE;
/* The same of a value that a parser refused: rc passes, RC_INVALID with its reason in e is
 * exit 2.
 */
enum rc cmd_wrong(struct cmd_call *c, enum rc rc);
/* "Found": the work was done and the answer is no (exit 1); the reason in e is printed. */
enum rc cmd_found(struct cmd_call *c, enum rc rc);
/* The caller's input, result and messages beside it: those of the process, or of the process
 * that sent the command to a server. */
FILE *cmd_in(const struct cmd_call *c);
FILE *cmd_out(const struct cmd_call *c);
FILE *cmd_err(const struct cmd_call *c);
/* The bytes of the file an option with .reads names. */
enum rc cmd_read(struct cmd_call *c, const char *name, size_t max, struct bytes *ret,
                 struct err *e) MUST_USE;
/* A file or folder that is not there: nothing could be done (exit 3, not 1). */
enum rc cmd_missing(struct cmd_call *c, enum rc rc, struct err *e) MUST_USE;
/* Bytes into the file an option with .writes names; with an ending such as ".record" into the
 * one beside it, whose name ends so instead. */
enum rc cmd_put(struct cmd_call *c, const char *name, const char *ending, struct bytes content,
                struct err *e) MUST_USE;
/* The server that runs the command is about to end: do not wait for anything. */
bool cmd_stopping(const struct cmd_call *c);
/* The county a server runs the command in; NULL when it runs by itself. */
struct county *cmd_served(const struct cmd_call *c);
/* One line of progress on a terminal, replaced by the next, a few a second; nothing when stderr
 * is not a terminal. */
void cmd_progress(struct cmd_call *c, const char *what, int64_t done, int64_t total);

/* All commands, in the order of help; composed in src/cmd/commands.c. */
extern const struct command *const commands[];
extern const size_t commands_n;

int cmd_main(int argc, char **argv);

/* A server that runs a command for somebody. */
struct cmd_file { /* what came along: the bytes of an option's file */
    const char *option;
    struct bytes content;
};
struct cmd_host {
    struct county *county;
    FILE *in, *out, *err;
    const struct cmd_file *files;
    size_t n_files;
    void (*progress)(void *arg, const char *line);
    enum rc (*put)(void *arg, const char *option, const char *ending, struct bytes content,
                   struct err *e);
    bool (*stopping)(void *arg);
    void *arg;
};
int cmd_run(int argc, char **argv, const struct cmd_host *host);
/* The file beside path: its ending replaced; of a path without one, added. In a. */
const char *cmd_beside(struct arena *a, const char *path, const char *ending);

#endif
