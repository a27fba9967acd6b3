/*
 * Accounts and their roles: making them, activation slips, states, and the one function that
 * answers "may this account do X to something of unit U?".
 */
#ifndef PEOPLE_ACCOUNT_H
#define PEOPLE_ACCOUNT_H

#include "people/role.h"
#include "people/unit.h"
#include "store/erase.h"

enum { ACCOUNT_NAME_MAX = 40, GRANTS_MAX = 1000, ACTIVATION_DAYS = 14, ACTIVATION_CODE = 20 };

/* One role over a scope, as it is in force today. */
struct grant {
    struct id id;
    const struct role *role;
    enum grant_scope { GRANT_ALL = 1, GRANT_SUBTREE, GRANT_LIST } scope;
    struct id unit;         /* root of the subtree */
    const struct id *units; /* of the list */
    size_t n_units;
    int32_t to_day; /* 0: open */
};

/* A person (or program) who asks. Lives in the arena it was loaded into. */
struct person {
    struct id id;
    const char *code, *name;
    struct id unit;
    const struct grant *grants;
    size_t n_grants;
    uint64_t caps; /* of all grants together, within the token's limit */
};

/* Roles of an account on a day. cap_limit: bits a token is limited to; all ones for a session.
 */
enum rc person_load(const struct snap *s, struct id account, int32_t day, uint64_t cap_limit,
                    struct arena *a, struct person *ret, struct err *e) MUST_USE;
/* Everybody who has a capability today, over whatever, and is not locked; ordered by row. */
enum rc people_who_can(const struct snap *s, enum cap cap, int32_t day, struct arena *a,
                       struct person **ret, size_t *ret_n, struct err *e) MUST_USE;
/* The command line acts for an account, or as the system with every capability (code ""). */
struct person person_system(void);
/* Has the capability at all, over whatever. */
bool person_can(const struct person *p, enum cap cap);
/* May do it to something of unit u. u NULL asks for the whole county. */
bool person_may(const struct person *p, enum cap cap, const struct unit *u);
/* The same, as an error naming what is missing: RC_DENIED. */
enum rc person_demand(const struct person *p, enum cap cap, const struct unit *u,
                      struct err *e) MUST_USE;
/* By unit.index: whether the person may. For lists; in a. */
bool *person_scope(const struct person *p, enum cap cap, const struct units *us,
                   struct arena *a);

struct account_new {
    const char *code, *name, *unit /* code or "" */;
    const char *role;  /* code or "": none yet */
    const char *scope; /* "", "all", "subtree", or unit codes separated by |: empty is the
                          role's usual one */
};
/* Make one account; RC_INVALID and RC_CONFLICT say what is wrong with it. ret_code gets its
 * activation code. */
enum rc account_make(struct tx *tx, struct county *c, const struct account_new *n,
                     const char *by, struct arena *a, char ret_code[ACTIVATION_CODE + 1],
                     struct err *e) MUST_USE;
/*
 * Make accounts, each with its record; all or nothing. RC_INVALID names the row (first_row
 * added) for a bad or double code, an unknown unit or role, a breach of the separation of
 * administrators. Each gets an activation code, written to ret_codes[i] (ACTIVATION_CODE + 1
 * bytes each).
 */
enum rc accounts_make(struct tx *tx, struct county *c, const struct account_new *list, size_t n,
                      size_t first_row, const char *by, struct arena *a,
                      char (*ret_codes)[ACTIVATION_CODE + 1], struct err *e) MUST_USE;
/* A new activation code for an account (forgotten password): its password and TOTP are dropped,
 * sessions end. */
enum rc account_reactivate(struct tx *tx, struct county *c, const char *code, const char *by,
                           char ret_code[ACTIVATION_CODE + 1], struct err *e) MUST_USE;
/* The code of the slip and a new password: the account becomes active. RC_UNAUTH when the code
 * is wrong or too old. */
enum rc account_activate(struct tx *tx, struct county *c, const char *account, const char *code,
                         const char *password_hash, struct err *e) MUST_USE;
enum rc account_set_password(struct tx *tx, struct county *c, const char *account,
                             const char *password_hash, const char *by, struct err *e) MUST_USE;
/* A person changes their own password: other sessions end, this one (keep) goes on. */
enum rc account_change_password(struct tx *tx, struct county *c, const char *account,
                                const char *password_hash, struct id keep,
                                struct err *e) MUST_USE;
enum rc account_lock(struct tx *tx, struct county *c, const char *account, bool locked,
                     const char *by, struct err *e) MUST_USE;
/* Give a role from today on; scope as in account_new. */
enum rc account_grant(struct tx *tx, struct county *c, const char *account, const char *role,
                      const char *scope, const char *by, struct err *e) MUST_USE;
/* End a role with yesterday. */
enum rc account_end_grant(struct tx *tx, struct county *c, const char *account, struct id grant,
                          const char *by, struct err *e) MUST_USE;

/* What an erasure of a record about an account blanks: the person's name. */
extern const struct eraser account_eraser;

/* For the audit: every grant over a list has the units of its record. */
struct snap;
enum rc grants_check(const struct snap *s, struct err *e) MUST_USE;

#endif
