/* Reading gettext-like catalogues: msgid and msgstr, C escapes, adjacent strings, comments.
 * Used by the build only. */
#ifndef TOOLS_PO_H
#define TOOLS_PO_H

#include <stdbool.h>
#include <stddef.h>

struct po_entry {
    char *zh, *en;    /* owned */
    const char *file; /* as given to po_read */
    int line;
};
struct po {
    struct po_entry *rows;
    size_t n, cap;
};

/* Append a catalogue's entries. What is wrong is written to stderr as file:line: message; false
 * then. */
bool po_read(struct po *po, const char *path);
/* Sort by source text. Equal entries become one; different translations of one text are an
 * error. */
bool po_sort(struct po *po);
/* NULL when absent. After po_sort. */
const struct po_entry *po_find(const struct po *po, const char *zh);
/*
 * Whether both texts have the same set of {placeholders}. On false *ret_name is the first one
 * that the other lacks (static storage, until the next call).
 */
bool po_names_agree(const char *zh, const char *en, const char **ret_name);
/*
 * The source text as it is set in Chinese: a comma, semicolon, colon, question or exclamation
 * mark or bracket beside a Chinese character becomes the full-width one, and takes the blank
 * behind it with it. NULL when nothing changes; otherwise the caller frees.
 */
char *po_typeset(const char *zh);
void po_done(struct po *po);

/* The whole file with a NUL after it (caller frees), or NULL with a message on stderr. */
char *po_slurp(const char *path, size_t *ret_n);
void *po_grow(void *p, size_t n, size_t size); /* aborts when out of memory */

#endif
