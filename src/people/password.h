/*
 * Passwords: Argon2id (libsodium, interactive limits: 64 MiB, about 0.1 s). At most
 * PASSWORD_AT_ONCE computations run at the same time in the process, whatever the number of
 * sign-ins; the others wait, and who comes when PASSWORD_WAITING wait is told to come back:
 * each wait holds one of the server's workers, and pages need them too.
 */
#ifndef PEOPLE_PASSWORD_H
#define PEOPLE_PASSWORD_H

#include "base/kinds.h"

enum {
    PASSWORD_MIN = 10,
    PASSWORD_MAX = 256,
    PASSWORD_AT_ONCE = 2,
    PASSWORD_WAITING = 32,
    PASSWORD_TEXT = 128
};

/* Long enough, not only one kind of character repeated, not the account's code. RC_INVALID says
 * what to do. */
enum rc password_check_new(const char *password, const char *account, struct err *e) MUST_USE;
/* Before one of the next two for somebody at a page: RC_BUSY when too many wait already. */
enum rc password_room(struct err *e) MUST_USE;
/* The Argon2id text to keep. */
void password_hash(const char *password, char out[PASSWORD_TEXT]);
/* hash NULL (no such account) takes the same time and is false. */
bool password_verify(const char *password, const char *hash);
/* Tests only: cheap parameters, so that a suite of sign-ins does not take minutes. */
void password_cheap_for_tests(void);
/* Tests only: all who come wait, until it is turned off. */
void password_pause_for_tests(bool on);

#endif
