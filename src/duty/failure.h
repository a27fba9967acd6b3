/*
 * 督责问责: what the discipline organ has entered about a holder of a post (失责记实), and what
 * a person says to what is held about them (本人说明).
 *
 * A failure is entered only from a document of the discipline organ: post, its number, its
 * date, which responsibility. Nothing is told. Its record is sealed with its day's others and
 * names nobody in the log; the personal part can be erased, and the row's columns with it.
 * Statements are added, never changed.
 */
#ifndef DUTY_FAILURE_H
#define DUTY_FAILURE_H

#include "duty/duty.h"

enum { FAILURE_DOCUMENT_MAX = 30, STATEMENT_MAX = 1000, STATEMENTS_MAX = 50 };

struct failure {
    const char *code;
    const char *post, *post_name, *unit, *account, *holder; /* "" when erased */
    const char *document;
    int32_t day;
    enum duty duty;
    bool erased;
    struct utime at;
    struct id record;
};
struct failure_new {
    const char *post, *document;
    int32_t day;
    enum duty duty;
};
/*
 * Enter one; by needs CAP_DISCIPLINE over the post's unit (RC_DENIED) and is not the person
 * concerned. RC_INVALID: the document has no number as documents have, its day is to come,
 * nobody held the post on it. RC_CONFLICT: it was entered already.
 */
enum rc failure_add(struct tx *tx, struct county *c, const struct person *by,
                    const struct units *us, const struct failure_new *f, struct arena *a,
                    const char **ret_code, struct err *e) MUST_USE;
/* All about an account, newest first; for that person alone. */
enum rc failures_of(const struct snap *s, const char *account, struct arena *a,
                    struct failure **ret, size_t *ret_n, struct err *e) MUST_USE;
/* What a person of the discipline organ may see: of the units they have CAP_DISCIPLINE over,
 * and without names what was erased. */
enum rc failures_seen(const struct snap *s, const struct person *p, const struct units *us,
                      struct arena *a, struct failure **ret, size_t *ret_n,
                      struct err *e) MUST_USE;
/* Erase who and what of one for good, with the statements to it; code, when and by whom stay.
 * Not in a change. RC_DENIED, RC_NOTFOUND; RC_INVALID without a legal ground. */
enum rc failure_erase(struct county *c, const struct person *by, const struct units *us,
                      const char *code, const char *ground, struct err *e) MUST_USE;
extern const struct eraser duty_eraser;

struct statement {
    const char *account, *text; /* "" when erased */
    struct utime at;
};
/* A person's own word: to a failure about them ("failure") or to a matter of theirs that is or
 * was late ("matter"). RC_DENIED for everybody else. */
enum rc statement_add(struct tx *tx, struct county *c, const struct person *by,
                      const char *what, const char *code, const char *text,
                      struct err *e) MUST_USE;
/* In order. */
enum rc statements_of(const struct snap *s, const char *what, const char *code, struct arena *a,
                      struct statement **ret, size_t *ret_n, struct err *e) MUST_USE;

#endif
