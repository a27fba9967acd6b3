/*
 * The read journal: who read what that is journaled, and who was refused. Reading must not wait
 * for a commit: rows are queued and written together, at the latest a second later, with one
 * record over the batch. A full queue counts what it dropped and says so in the journal itself.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/kinds.h"

struct county;
enum { JOURNAL_QUEUE_MAX = 10000, JOURNAL_BATCH_MAX = 1000 };

struct journal_entry {
    const char *account; /* who: the account's code; "" for a visitor */
    const char *what;    /* kind of thing, such as "report"; of a refusal the method */
    const char *unit;    /* code, or "" */
    const char *subject; /* which one: the page's path */
    const char *address; /* from where */
    const char *request; /* the request's id */
    bool denied;
};
/* Copies the entry; its time is now. */
void journal_add(struct county *c, const struct journal_entry *entry);
/* Write what is queued now; called by the sealer's loop, at closing and by tests. What could
 * not be written stays queued. */
enum rc journal_flush(struct county *c, struct err *e) MUST_USE;

#endif
