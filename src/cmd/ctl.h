/*
 * A writing command beside a running server: one process owns the county's folder, so the
 * command line is sent to it through the socket DATA/ctl.sock, and the server runs the command.
 * Only the server's own user (and root) is listened to.
 */
#ifndef CMD_CTL_H
#define CMD_CTL_H

#include "base/arena.h"

struct county;
enum { CTL_LINE_MAX = 1 << 20, CTL_STDIN_MAX = 4096 };

struct ctl_line {
    const char *command; /* "account add" */
    const char **args;
    size_t n;
    enum lang lang;
    bool with_stdin; /* the command reads standard input */
};
/*
 * Run the line in the server of a data folder: what it says goes to stdout and stderr, its exit
 * code to *ret_exit. False when no server listens there: then the command runs by itself.
 */
bool ctl_send(const char *dir, const struct ctl_line *line, int *ret_exit);
/* A path from where the process stands. */
const char *ctl_absolute(struct arena *a, const char *path);

/* The server's side. */
struct ctl;
/* Listen in c's folder; after is called after every command (caches may be old then). */
enum rc ctl_start(struct county *c, void (*after)(struct county *c), struct ctl **ret,
                  struct err *e) MUST_USE;
/* Finishes the command at hand. */
void ctl_stopp(struct ctl **ctl);

#endif
