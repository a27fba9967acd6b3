/*
 * The read journal: who read what that is journaled, and who was refused. Reading must not wait
 * for a commit: rows are queued and written with the next batch. A full queue counts what it
 * dropped and says so in the journal itself.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/kinds.h"

struct county;
enum { JOURNAL_QUEUE_MAX = 10000 };

/* what is the route's word ("report"), path the address, request the request's id. */
void journal_read(struct county *c, struct id account, const char *what, const char *path,
                  const char *request);
void journal_denied(struct county *c, struct id account, const char *path, const char *request);
/* Write what is queued now; called by the sealer's loop, at closing and by tests. */
enum rc journal_flush(struct county *c, struct err *e) MUST_USE;

#endif
