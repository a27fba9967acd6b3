/* Matters of warnings for pages: found by rule and unit. Text in the arena given. */
#ifndef MONITOR_WARNING_MATTER_H
#define MONITOR_WARNING_MATTER_H

#include "flow/matter.h"
#include "warn/warn.h"

/* How the matter of a rule at a unit stands. */
struct hand_of_warning {
    struct id rule, unit;
    const char *code, *state; /* code "": there is none */
    bool open, draft;
    int32_t due, quiet_day;
    int gap_year;
    enum flow_colour late; /* colour of its clock */
    int64_t reopened;
    struct utime state_at;
    struct utime signed_at; /* only after warning_hands_signed; 0: never */
};
struct warning_hands;
/* Every matter of a warning once, by row. */
const struct hand_of_warning *warning_hands_list(const struct warning_hands *h, size_t *ret_n);
/* All of them, looked up by rule and unit. */
enum rc warning_hands_load(const struct snap *s, struct arena *a,
                           const struct warning_hands **ret, struct err *e) MUST_USE;
/* Fills in when each was signed for last: for exports. */
enum rc warning_hands_signed(const struct snap *s, const struct warning_hands *h,
                             struct err *e) MUST_USE;
const struct hand_of_warning *warning_hand_of(const struct warning_hands *h, struct id rule,
                                              struct id unit); /* NULL: none */
/* What the state is called, in the reader's language. */
const char *warning_hand_text(const char *state, enum lang lang);

/* Who asked for quiet, who granted it, until when and why: those in force on a day. */
struct warning_quiet {
    const char *matter, *title, *warning, *state;
    const char *unit;                        /* code */
    const char *why, *asked_by, *granted_by; /* names */
    struct utime asked_at, granted_at;
    int32_t until;
};
enum rc warning_quiet_list(const struct snap *s, int32_t today, struct arena *a,
                           struct warning_quiet **ret, size_t *ret_n, struct err *e) MUST_USE;
/* The same of one matter: who asked last and who granted last; only these and the reason. */
enum rc warning_quiet_of(const struct snap *s, const char *matter, struct arena *a,
                         struct warning_quiet *ret, struct err *e) MUST_USE;

#endif
