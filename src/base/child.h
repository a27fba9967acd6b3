/*
 * Reading untrusted files in a child process that has nothing: this executable started anew
 * with the file and a pipe, no other descriptor, limits on memory and processor time, and (but
 * for sanitizer builds) a list of harmless system calls. So it has neither the parent's memory
 * (keys, sessions, other counties) nor its descriptors. What comes through the pipe is to be
 * checked like any other input: the child may have been taken over by the file it read.
 *
 * The child recognises itself before main() by its name, in a constructor of the file that
 * knows how to read: so it works in every program that does, tests included, and no main() can
 * forget to ask:
 *
 *   static __attribute__((constructor)) void entry(int argc, char **argv)
 *   {
 *       child_enter(&xlsx_child, argc, argv);
 *   }
 *
 * Where /proc is not mounted the executable cannot be found; then the child is a plain fork
 * with the same limits.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include "base/kinds.h"

struct child_out;
enum { CHILD_NUMBERS_MAX = 8 };
struct child_kind {
    const char *name; /* what the child is called */
    size_t
        n_numbers; /* what it is told besides the file; at most CHILD_NUMBERS_MAX, each > 0 */
    size_t (*memory)(const size_t *numbers); /* address space beyond the program's own */
    unsigned cpu_s, wall_s;
    /* In the child: read the file, write what is in it. */
    void (*run)(struct bytes file, const size_t *numbers, struct child_out *out);
};
/* Never returns in the child. */
void child_enter(const struct child_kind *k, int argc, char **argv);
/* In the child. False when nobody listens any more. */
bool child_write(struct child_out *out, const void *p, size_t n);

/*
 * Have a file read. take gets what the child writes, piece by piece; with *ret_done, or an
 * error, the rest is of no interest. name is for messages. RC_IO: no child; RC_TOOBIG: it took
 * too long. A child that was ended by its limits has just stopped writing: take sees to it that
 * nothing is missing.
 */
enum rc child_read(const struct child_kind *k, const size_t *numbers, const char *name,
                   struct bytes file,
                   enum rc (*take)(void *arg, const void *p, size_t n, bool *ret_done,
                                   struct err *e),
                   void *arg, struct err *e) MUST_USE;

#endif
