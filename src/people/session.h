/*
 * Signing in: password, then TOTP when the account has one; back-off after wrong tries;
 * server-side sessions whose cookie is only a random name. Tokens are for programs.
 */
#ifndef PEOPLE_SESSION_H
#define PEOPLE_SESSION_H

#include "people/account.h"
#include "store/setting.h"

enum {
    SESSION_TOKEN = 43,    /* characters of a cookie or token: 32 random bytes in base64url */
    SESSION_IDLE_MIN = 60, /* session.idle, the default: ends after so long without a request */
    SESSION_MAX_H = 12,    /* session.max, the default: ends in any case */
    SESSION_TOTP_MIN = 5,  /* time to enter the second factor */
    SIGNIN_FREE_TRIES = 5, /* wrong tries before back-off begins */
    SIGNIN_LOCK_TRIES = 20, /* wrong tries in a row that block for a day */
    TOKEN_DAYS_MAX = 366,
};

enum people_setting { SET_SESSION_IDLE, SET_SESSION_MAX, SET_ADMIN_TOTP };
extern const struct setting people_settings[];
extern const size_t people_settings_n;

/* What a cookie or token stands for. */
struct session {
    struct id id;
    struct id account;
    const char *code, *name, *lang;
    struct id unit;
    uint8_t secret[32];
    uint64_t cap_limit;   /* bits; all ones for a session */
    bool totp_missing;    /* the password was right, the second factor is still to come */
    bool token, stale;    /* stale: session_keep has something to write */
    struct utime expires; /* of a stale session: its end when it is kept */
};

/*
 * Check the password. RC_OK: a session is open (ret->totp_missing says whether the second
 * factor comes next) and ret_cookie holds its name. RC_UNAUTH with one message for every
 * reason; RC_TOOMANY names the seconds to wait.
 */
enum rc sign_in(struct county *c, const char *account, const char *password,
                const char *address, const char *agent, struct arena *a, struct session *ret,
                char ret_cookie[SESSION_TOKEN + 1], struct err *e) MUST_USE;
/* The second factor of a session that misses it; a new cookie replaces the old. */
enum rc sign_in_totp(struct county *c, const struct session *s, const char *code,
                     const char *address, char ret_cookie[SESSION_TOKEN + 1],
                     struct err *e) MUST_USE;
/* Whether it is the account's password, before something that needs it again: RC_UNAUTH,
 * counted like a wrong sign-in; RC_TOOMANY. */
enum rc password_confirm(struct county *c, const struct session *s, const char *password,
                         struct err *e) MUST_USE;
/* The session of a cookie; RC_UNAUTH when it is unknown, over, or its account locked. */
enum rc session_find(struct county *c, const struct snap *s, const char *cookie,
                     struct arena *a, struct session *ret, struct err *e) MUST_USE;
enum rc token_find(struct county *c, const struct snap *s, const char *token, struct arena *a,
                   struct session *ret, struct err *e) MUST_USE;
/* It is in use: written once a minute, without a snapshot being held. A busy writer ends no
 * session. */
void session_keep(struct county *c, const struct session *s);
/* Keep the language a person has chosen; nothing is written when it is the same. */
enum rc account_choose_lang(struct county *c, const struct session *s, const char *lang,
                            struct err *e) MUST_USE;
/* Forget sessions that are over. */
enum rc sessions_expire(struct county *c, struct err *e) MUST_USE;
enum rc session_close(struct county *c, const struct session *s, struct err *e) MUST_USE;

/* Set up TOTP: a key to show, then kept once a code of it was entered. RC_INVALID when the code
 * is wrong. */
enum rc totp_enrol(struct county *c, const struct session *s, const uint8_t *key,
                   const char *code, struct err *e) MUST_USE;
enum rc totp_remove(struct county *c, const struct session *s, const char *code,
                    struct err *e) MUST_USE;

/* Make a token in an account's name; the token itself is shown once. caps: names separated by
 * |, "" for all of the account. */
enum rc token_make(struct tx *tx, struct county *c, const char *account, const char *name,
                   const char *caps, int days, const char *by, struct arena *a,
                   const char **ret_token, const char **ret_code, struct err *e) MUST_USE;
/* account.v 0: whoever's it is. */
enum rc token_take_back(struct tx *tx, struct county *c, struct id account, const char *code,
                        const char *by, struct err *e) MUST_USE;

#endif
