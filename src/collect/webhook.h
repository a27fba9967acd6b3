/*
 * Calls to other programs (webhooks): when a round opens, a source signs or a result is
 * published, each program that asked for it gets a POST with codes and nothing else, signed
 * with its own key. It may then ask for what it may read.
 *
 * The body is {"at":…,"event":…,"hook":…,"number":…,"subject":…}; the header
 * X-Jingjian-Signature is sha256= and the HMAC-SHA-256 of the body with the key, in hex. A
 * number comes once a program has answered 2xx; before that it may come again.
 */
#ifndef COLLECT_WEBHOOK_H
#define COLLECT_WEBHOOK_H

#include "base/hash.h"
#include "people/account.h"
#include "store/job.h"

struct county;

#define WEBHOOK_ROUND_OPENED "round.opened"
#define WEBHOOK_FILING_SIGNED "filing.signed"
#define WEBHOOK_PUBLISHED "published"
extern const char *const webhook_events[3];

enum {
    WEBHOOK_KEY = 32, /* bytes; shown once, as hex */
    WEBHOOK_NAME_MAX = 60,
    WEBHOOK_URL_MAX = 300,
    WEBHOOK_ATTEMPTS = 14, /* a minute, two, four … three hours: more than a day */
    WEBHOOK_TIMEOUT_MS = 10000,
    WEBHOOK_ANSWER_MAX = 65536, /* what is more is not looked at */
};

/* Something has happened to the thing of that code: a call for each program that wants to know
 * is put into the queue, in the same change. */
enum rc webhook_emit(struct tx *tx, struct county *c, const char *event, const char *code,
                     struct err *e) MUST_USE;

struct webhook_new {
    const char *name, *url;
    const char *events; /* separated by spaces */
};
/* Set one up: RC_DENIED without CAP_DISPATCH; RC_INVALID: not an event, not an address that may
 * be reached. *ret_key is hex and is not shown again. */
enum rc webhook_make(struct tx *tx, struct county *c, const struct person *by,
                     const struct webhook_new *n, struct arena *a, const char **ret_code,
                     char ret_key[2 * WEBHOOK_KEY + 1], struct err *e) MUST_USE;
enum rc webhook_switch(struct tx *tx, struct county *c, const struct person *by,
                       const char *code, bool on, struct arena *a, struct err *e) MUST_USE;

struct webhook_sent {
    int64_t sent, later, given_up;
};
/* Make the calls that are due at this (real) time. A program that does not answer is no error:
 * it is called again later. */
enum rc webhook_send(struct county *c, struct utime now, struct webhook_sent *ret,
                     struct err *e) MUST_USE;
extern const char webhook_job[];
enum rc webhook_job_run(struct job_run *r, struct err *e) MUST_USE;

#endif
