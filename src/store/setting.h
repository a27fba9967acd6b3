/*
 * Settings: rows of const tables with a name, a type, a default, limits and a sentence; what
 * differs from the default is in the database, each change a record.
 */
#ifndef STORE_SETTING_H
#define STORE_SETTING_H

#include "db/db.h"

struct county;

enum setting_type { SETTING_INT = 1, SETTING_BOOL, SETTING_TEXT };
struct setting {
    const char *key; /* "log.daily_pad" */
    enum setting_type type;
    const char *fallback; /* the default, as text; bool: "0" or "1" */
    int64_t min, max;     /* INT: value; TEXT: length in bytes (max 0: 1,000) */
    const char *title;    /* what people call it, N_() */
    const char *help;     /* one sentence, N_() */
    const char *unit;     /* of an INT, N_(): "分钟"; NULL: a plain number */
    /* More than type and limits: RC_INVALID with the reason. May be NULL. */
    enum rc (*check)(const char *value, struct err *e);
};
/* The settings of src/store: store_settings[SET_LOG_POLICY]. */
enum store_setting { SET_LOG_POLICY, SET_DAILY_PAD, SET_LOG_ADDRESS };
extern const struct setting store_settings[];
extern const size_t store_settings_n;
const struct setting *setting_find(const struct setting *list, size_t n, const char *key);

/* The value in force. Text lives in a. */
enum rc setting_text(const struct snap *snap, const struct setting *s, struct arena *a,
                     const char **ret, struct err *e) MUST_USE;
enum rc setting_int(const struct snap *snap, const struct setting *s, int64_t *ret,
                    struct err *e) MUST_USE; /* also for bool */
/* The value that was in force at a time, as its record tells; for saying why something was done
 * then. */
enum rc setting_int_then(const struct snap *snap, const struct setting *s, struct utime at,
                         int64_t *ret, struct err *e) MUST_USE;
/* RC_INVALID when the value does not fit; setting the same value again appends nothing. */
enum rc setting_set(struct tx *tx, struct county *c, const struct setting *s, const char *value,
                    const char *by, struct err *e) MUST_USE;
/* The same with the reason a person gave, which the record keeps. */
enum rc setting_change(struct tx *tx, struct county *c, const struct setting *s,
                       const char *value, const char *why, const char *by,
                       struct err *e) MUST_USE;
/* Whether a value fits, before any change: RC_INVALID or RC_TOOBIG with the reason. */
enum rc setting_check(const struct setting *s, const char *value, struct err *e) MUST_USE;

/* A change as its record tells it. */
struct setting_past {
    const char *key, *value, *why, *by;
    struct utime at;
};
/* The newest first, at most max. In a. */
enum rc setting_history(const struct snap *snap, struct arena *a, int64_t max,
                        struct setting_past **ret, size_t *ret_n, struct err *e) MUST_USE;

#endif
