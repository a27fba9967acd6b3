/*
 * Calls to other programs (webhooks): when a round opens, a source signs or a result is
 * published, each program that asked for it gets a POST with codes and nothing else, signed
 * with its own key. It may then ask for what it may read.
 */
#ifndef COLLECT_WEBHOOK_H
#define COLLECT_WEBHOOK_H

#include "db/db.h"

struct county;

#define WEBHOOK_ROUND_OPENED "round.opened"
#define WEBHOOK_FILING_SIGNED "filing.signed"
#define WEBHOOK_PUBLISHED "published"

/* Something has happened to the thing of that code: a call for each program that wants to know
 * is put into the queue, in the same change. */
enum rc webhook_emit(struct tx *tx, struct county *c, const char *event, const char *code,
                     struct err *e) MUST_USE;

#endif
