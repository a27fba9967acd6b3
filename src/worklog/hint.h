/*
 * 复核提示 of the work log: entries with nearly the same text in another unit or another month,
 * a picture seen before, a burst just before the due day. A hint asks a person to look again;
 * whoever looked says what they saw. Nothing is reckoned from hints, units are not told off by
 * them, and leaders' pages have none. States and their words are those of quality/hint.h.
 */
#ifndef WORKLOG_HINT_H
#define WORKLOG_HINT_H

#include "quality/hint.h"
#include "store/setting.h"
#include "worklog/worklog.h"

/* From when on there is a hint: settings of the county (hint_limit.c), in the order of
 * worklog_settings. */
enum work_limit {
    WORK_TEXT_PERCENT, /* how alike texts are */
    WORK_PICTURE_BITS, /* how many bits pictures differ at most */
    WORK_BURST_LEAST,  /* entries of a matter, below which a burst says nothing */
    WORK_BURST_SHARE,  /* percent of them in the last days */
    WORK_BURST_DAYS,   /* how many those are, the due day with them */
    WORK_BURST_SPAN,   /* days the clock must have run, or it is all last days */
    WORK_LIMITS
};
extern const struct setting worklog_settings[];
extern const size_t worklog_settings_n;
struct work_limits {
    int64_t of[WORK_LIMITS];
};
/* Those in force at a time: with which a hint of then was raised. */
enum rc work_limits_then(const struct snap *s, struct utime at, struct work_limits *ret,
                         struct err *e) MUST_USE;
enum work_hint_kind { WORK_HINT_TEXT = 1, WORK_HINT_PICTURE, WORK_HINT_BURST };

/*
 * After an entry was written: index it, look for its like, write hints. A correction is not
 * compared with what it corrects, nor is an entry with others of its matter and unit and month.
 */
enum rc work_hints_look(struct tx *tx, struct county *c, struct id work, const struct matter *m,
                        const struct work_file *files, size_t n_files, struct arena *a,
                        struct err *e) MUST_USE;
/* The like of a text among all there are (from percent on, to so many bits), best first; for
 * the look and the bench. */
struct work_like {
    struct work work;
    int64_t alike; /* percent, or bits that differ */
};
enum { WORK_LIKE_MAX = 5 };
enum rc work_texts_like(const struct snap *s, const char *text, int64_t percent, struct id but,
                        struct arena *a, struct work_like ret[WORK_LIKE_MAX], size_t *ret_n,
                        struct err *e) MUST_USE;
enum rc work_pictures_like(const struct snap *s, int64_t hash, int64_t bits, struct id but,
                           struct arena *a, struct work_like ret[WORK_LIKE_MAX], size_t *ret_n,
                           struct err *e) MUST_USE;

struct work_hint {
    struct id id;
    const char *code, *thing, *matter, *unit, *work, *other, *other_unit;
    enum work_hint_kind kind;
    int64_t alike, version;
    enum hint_state state;
    const char *reason, *decided_by, *decider;
    struct utime found, changed;
};
/* 与另一单位的记录几乎一样; source text. */
const char *work_hint_text(enum work_hint_kind k);
/* May they see it: who dispatches or supervises, over each unit it speaks of. */
bool work_hint_may(const struct flow_who *w, const char *unit, const char *other_unit);
/* Open or decided ones before a row (none: from the newest), newest first, as far as they may
 * see them: max of them, or as many as there are. */
enum rc work_hints_list(const struct snap *s, const struct flow_who *w, bool open,
                        struct id before, size_t max, struct arena *a, struct work_hint **ret,
                        size_t *ret_n, struct err *e) MUST_USE;
/* RC_NOTFOUND, also of one they may not see. */
enum rc work_hint_load(const struct snap *s, const struct flow_who *w, const char *code,
                       struct arena *a, struct work_hint *ret, struct err *e) MUST_USE;
/* Confirm or dismiss with a reason, of the version that was seen. RC_CONFLICT, RC_INVALID. */
enum rc work_hint_decide(struct tx *tx, struct county *c, const struct flow_who *w,
                         const char *code, int64_t seen, enum hint_state to, const char *reason,
                         struct err *e) MUST_USE;

#endif
