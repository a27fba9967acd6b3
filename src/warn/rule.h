/*
 * Warning rules: what is looked at, its limits, and what clears it. A rule has versions that
 * never change; at most one is in force. Saving a draft touches nothing that is in force.
 */
#ifndef WARN_RULE_H
#define WARN_RULE_H

#include "warn/step.h"

enum { RULE_NAME_MAX = 60, RULE_ADVICE_MAX = 500, RULE_WHY_MAX = 200, RULES_MAX = 10000 };
enum rule_state { RULE_DRAFT = 1, RULE_LIVE, RULE_OFF };
/* How its warnings are sent. Red is always sent by a person. */
enum rule_send { RULE_REVIEW = 1, RULE_AT_ONCE };

/* One version of a rule. Text is "" when there is none. */
struct rule {
    struct id id, version_id;  /* of what is in the database; 0: not yet there */
    int version, newest, live; /* this one; the rule's newest; the one in force, 0: none */
    const char *code, *name;
    enum rule_state state;
    enum warn_target kind;
    const char *target; /* code of the point or node; "" for completeness */
    struct condition when;
    const char *peer_group; /* kinds or peer groups it applies to, "a|b"; "": all */
    const char *advice;     /* what clears it besides the value, and who holds it */
    enum rule_send send;
    const char *why; /* why this version was made */
    const char *by;  /* name of who made it; "" the system */
    struct utime created_at;
};

/* Everything about a rule that needs no database. RC_INVALID; *ret_field: the form field it is
 * about. */
enum rc rule_check(const struct rule *r, const char **ret_field, struct err *e) MUST_USE;
/* The same wording: nothing that a judgement or a page shows differs. */
bool rule_same(const struct rule *x, const struct rule *y);

/* Versions in force, by code. */
enum rc rules_in_force(const struct snap *s, struct arena *a, struct rule **ret, size_t *ret_n,
                       struct err *e) MUST_USE;
/* The newest version of each rule, by code. */
enum rc rules_newest(const struct snap *s, struct arena *a, struct rule **ret, size_t *ret_n,
                     struct err *e) MUST_USE;
/* All versions of a rule, newest first. RC_NOTFOUND. */
enum rc rule_load(const struct snap *s, const char *code, struct arena *a, struct rule **ret,
                  size_t *ret_n, struct err *e) MUST_USE;
/*
 * Write rules as new versions, each with its record: all or nothing. A rule whose newest
 * version says the same in the same state is left alone. account and by: who does it (0 and ""
 * for the system). *ret_written counts new versions. RC_INVALID names the rule.
 */
enum rc rules_write(struct tx *tx, struct county *c, const struct rule *list, size_t n,
                    struct id account, const char *by, size_t *ret_written,
                    struct err *e) MUST_USE;

/* Words of files and tables; 0 for an unknown one. */
enum rule_op rule_op_of(const char *word);
const char *rule_op_word(enum rule_op op);
enum warn_target warn_target_of(const char *word);
const char *warn_target_word(enum warn_target kind);
enum rule_state rule_state_of(const char *word);
const char *rule_state_word(enum rule_state s);
const char *rule_state_text(enum rule_state s); /* 启用; source text */
enum rule_send rule_send_of(const char *word);
const char *rule_send_word(enum rule_send s);
const char *rule_send_text(enum rule_send s); /* 审后发出; source text */

#endif
