/*
 * A writing command beside a running server: one process owns the county's folder, so the
 * command line is sent to it through the socket DATA/ctl.sock, and the server runs the command.
 * What the command reads goes along and what it writes comes back: the two processes may stand
 * in different folders, belong to different users and see different files.
 *
 * Only the server's own user and root are listened to.
 */
#ifndef CMD_CTL_H
#define CMD_CTL_H

#include "base/arena.h"
#include "base/kinds.h"

struct cmd_file;
struct county;
enum { CTL_LINE_MAX = 1 << 20, CTL_STDIN_MAX = 4096, CTL_AT_ONCE = 8, CTL_FILES_MAX = 16 };

struct ctl_line {
    const char *command; /* "account add" */
    const char **args;
    size_t n;
    enum lang lang;
    bool with_stdin; /* the command reads standard input */
    struct cmd_file *files;
    size_t n_files;
    /* The server hands a file back. */
    enum rc (*put)(void *arg, const char *option, const char *ending, struct bytes content,
                   struct err *e);
    void *arg;
};
/* Whether a server listens in a data folder. */
bool ctl_there(const char *dir);
/*
 * Run the line in the server of a data folder: what it says goes to stdout and stderr, its exit
 * code to *ret_exit. False when no server listens there: then the command runs by itself.
 */
bool ctl_send(const char *dir, const struct ctl_line *line, int *ret_exit);

/* The server's side. */
struct ctl;
/* Listen in c's folder; after is called after every command (caches may be old then). */
enum rc ctl_start(struct county *c, void (*after)(struct county *c), struct ctl **ret,
                  struct err *e) MUST_USE;
/* Finishes the commands at hand. Takes a NULL inside. */
void ctl_stopp(struct ctl **ctl);

#endif
