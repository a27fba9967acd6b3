/*
 * Scheduled pulls (自动取数): a source's values fetched from a folder, an HTTP endpoint or a
 * view of a PostgreSQL database, with the same check and import as a file that is sent. A run
 * takes everything or nothing, and each run has its line in the log with what it did or why
 * not.
 *
 * Where it may reach is decided by the system administrator (setting collect.outside), what is
 * fetched by the platform; a folder is always one below DATA/pull.
 */
#ifndef COLLECT_PULL_H
#define COLLECT_PULL_H

#include "base/kinds.h"
#include "people/account.h"
#include "store/job.h"

struct county;

enum {
    PULL_NAME_MAX = 60,
    PULL_PLACE_MAX = 300,
    PULL_BYTES_MAX = 16 << 20,
    PULL_ROWS_MAX = 200000, /* of a view */
    PULL_TIMEOUT_MS = 30000,
    PULL_QUIET_S = 30,      /* a file that was written to more recently may not be whole yet */
    PULL_SECRET_MAX = 2000, /* bytes of a password or token */
};

struct pull_new {
    const char *name, *source, *kind, *place;
    const char *relation; /* sql; "" */
    const char *secret;   /* sql: the password; http: a token that goes along; "" */
    const char *points;   /* codes separated by spaces; "": all of the source */
    int64_t every_hours;
};
/* Set one up. RC_DENIED: not CAP_DISPATCH and CAP_SEND_VALUES; RC_INVALID names the field and
 * what would be right. */
enum rc pull_make(struct tx *tx, struct county *c, const struct person *by,
                  const struct pull_new *n, struct arena *a, const char **ret_code,
                  struct err *e) MUST_USE;
enum rc pull_switch(struct tx *tx, struct county *c, const struct person *by, const char *code,
                    bool on, struct arena *a, struct err *e) MUST_USE;

struct pull_ran {
    int64_t number;
    const char *outcome; /* taken, same, failed */
    const char *import;  /* "" */
    int64_t fresh, changed;
};
/* Run one now. A failure of the pull is its line in the log and RC_OK; RC_NOTFOUND: no such
 * pull. */
enum rc pull_run(struct county *c, const char *code, struct arena *a, struct pull_ran *ret,
                 struct err *e) MUST_USE;
/* The job: with a key that one, else every pull whose time has come. */
extern const char pull_job[];
enum rc pull_job_run(struct job_run *r, struct err *e) MUST_USE;

/* Is this one of the addresses the program may reach? Each allowed one is a beginning. */
bool outside_allowed(const char *allowed, const char *address);

/* Reading a view: unit, point, period, value, missing, note as a CSV file. url is
 * postgresql://…, without a password. For pull.c. */
enum rc pull_sql_read(const char *url, const char *password, const char *relation,
                      struct arena *a, struct bytes *ret, struct err *e) MUST_USE;
/* A message in both languages as a row keeps it, and back. */
const char *pull_message(const struct err *e, struct arena *a);
const char *pull_message_in(const char *message, enum lang lang, struct arena *a);

#endif
