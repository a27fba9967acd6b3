/*
 * 数据复核提示: hints that values deserve a second look, found by check rules, confirmed or
 * dismissed by people with a reason. Never a penalty: nothing else in the program reads them.
 *
 * A hint is of a rule, a period, a unit (or a pattern over units) and a point; found again with
 * the same numbers it stays as it is; with others an open one changes, a decided one is
 * followed by a new one. An open one that is not found any more is gone. Each change has its
 * record.
 */
#ifndef QUALITY_HINT_H
#define QUALITY_HINT_H

#include "quality/check_rule.h"

struct units;
struct job_run;

enum {
    HINT_REASON_MAX = 300,
    HINTS_A_RULE_MAX = 300 /* of one rule and period; the rest is counted */
};

enum hint_state { HINT_OPEN = 1, HINT_CONFIRMED, HINT_DISMISSED, HINT_GONE };
const char *hint_state_word(enum hint_state s);
const char *hint_state_text(enum hint_state s);  /* 待复核; source text */
enum hint_state hint_state_of(const char *word); /* 0: none */

struct hint {
    struct id id;
    const char *code, *thing, *rule;
    int rule_version;
    enum check_kind kind;
    struct period period;
    const char *unit, *owner, *point; /* codes; unit "": over units; point "": several */
    enum check_importance importance;
    const char *numbers; /* canonical JSON */
    enum hint_state state;
    const char *reason, *decided_by, *decider; /* decider: name or NULL */
    bool decided_own;
    struct utime found_at, changed_at;
    int64_t version;
    struct id record;
};

/* ---- finding ---- */

struct hints_found {
    size_t rules, found, fresh, changed, gone, left_out;
};
/* Judge a period by every live rule. RC_NOTFOUND without an adopted scheme. by: account's code,
 * "" for the system. */
enum rc hints_run(struct county *c, struct period p, const char *by, struct hints_found *ret,
                  struct err *e) MUST_USE;

extern const char hints_job[]; /* "hints"; its key is the period, "": the newest quarter */
enum rc hints_job_run(struct job_run *r, struct err *e) MUST_USE;

/* ---- reading ---- */

/* All of a period, as they were found. In a. */
enum rc hints_of(const struct snap *s, struct period p, struct arena *a, struct hint **ret,
                 size_t *ret_n, struct err *e) MUST_USE;
/* RC_NOTFOUND names the code. */
enum rc hint_load(const struct snap *s, const char *code, struct arena *a, struct hint *ret,
                  struct err *e) MUST_USE;

/* One number behind a hint. */
struct hint_number {
    const char *key;  /* "score" */
    const char *text; /* what it is, source text */
    double v;
    enum hint_number_form { HINT_COUNT, HINT_VALUE, HINT_SHARE, HINT_CHANCE_FORM } form;
};
enum { HINT_NUMBERS_MAX = 10 };
size_t hint_numbers(const struct hint *h, struct hint_number ret[HINT_NUMBERS_MAX]);
/* One sentence with the numbers that matter, in the reader's language. Names: of the unit, the
 * point and the owner. */
const char *hint_words(const struct hint *h, const char *unit, const char *point,
                       const char *owner, const char *rule, enum lang lang, struct arena *a);

/* ---- deciding ---- */

/*
 * Confirm or dismiss (also change one's mind). RC_CONFLICT when it has another version than was
 * seen, or is gone; RC_INVALID without a reason. own: by the department that supplied it.
 */
enum rc hint_decide(struct county *c, const char *code, int64_t seen_version,
                    enum hint_state to, const char *reason, const char *by, bool own,
                    struct err *e) MUST_USE;
/* An objection to it was upheld: dismissed, with what was decided as the reason (cut to
 * HINT_REASON_MAX). RC_OK also when it is gone or dismissed already. */
enum rc hint_upheld(struct tx *tx, struct county *c, const char *code, const char *reason,
                    const char *by, struct err *e) MUST_USE;

#endif
