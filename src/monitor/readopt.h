/*
 * The yearly check-up (规则体检) as pages and rules see it: what was decided of an indicator, a
 * rule or a form (a monitoring point: what is asked), and whether it has expired. What is not
 * used on by the day of a check-up expires: never silently, and never an adopted scheme.
 */
#ifndef MONITOR_READOPT_H
#define MONITOR_READOPT_H

#include "base/kinds.h"
#include "db/db.h"

struct arena;
struct county;

struct readopt {
    const char *checkup;  /* code of the matter */
    const char *what;     /* rule, indicator, form */
    const char *item;     /* code */
    const char *decision; /* keep, expire; "" undecided */
    const char *reason, *used, *by;
    bool in_force;
    struct utime at;
};
/* Write a decision with its record. */
enum rc readopt_write(struct tx *tx, struct county *c, const struct readopt *r,
                      struct err *e) MUST_USE;
/* Of a check-up. In a. */
enum rc readopt_load(const struct snap *s, const char *checkup, struct arena *a,
                     struct readopt **ret, size_t *ret_n, struct err *e) MUST_USE;
/* A reason is 1 to READOPT_REASON_MAX characters. */
enum { READOPT_REASON_MAX = 200 };
enum rc readopt_reason_check(const char *reason, struct err *e) MUST_USE;

/* "已失效：2026-11-30 规则体检 RC-2026-00001 …", in the reader's language; "" when it is used
 * on. */
enum rc readopt_expired(const struct snap *s, const char *what, const char *item,
                        enum lang lang, struct arena *a, const char **ret,
                        struct err *e) MUST_USE;
/* Everything of a kind that has expired: its code → struct readopt. In a. */
struct map;
enum rc readopt_gone(const struct snap *s, const char *what, struct arena *a, struct map **ret,
                     struct err *e) MUST_USE;
/* RC_CONFLICT: what is called so has expired, by which check-up, and how it comes back. */
enum rc readopt_refuse(const char *name, const struct readopt *r, struct err *e);
/* A name to choose from, marked when it has expired (r NULL: it has not). */
const char *readopt_mark(const char *name, const struct readopt *r, enum lang lang,
                         struct arena *a);
/* 再采用: what has expired is used on from now, with a reason and its record; a rule stays
 * asleep until somebody puts it in force. RC_CONFLICT: it has not expired. */
enum rc readopt_again(struct tx *tx, struct county *c, const char *what, const char *item,
                      const char *reason, const char *by, struct err *e) MUST_USE;

#endif
