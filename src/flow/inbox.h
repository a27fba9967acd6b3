/*
 * Finding matters: what waits for a person, boards, calendars, searches, numbers, exports,
 * notices. Every function shows only what the asker may see.
 */
#ifndef FLOW_INBOX_H
#define FLOW_INBOX_H

#include "flow/flow.h"

struct table;

enum {
    INBOX_PAGE = 50,
    BOARD_CARDS = 20,
    SEARCH_MAX = 100,
    AGENDA_MAX = 500,
    EXPORT_MAX = 100000
};

/* A matter as lists show it. Text in the arena, names in the reader's language. */
struct matter_line {
    const char *code, *kind, *kind_name, *title, *state, *state_name;
    const char *unit, *unit_name, *account; /* who holds it */
    int32_t due, first_due;                 /* 0: none */
    int gap_year;                           /* the due day waits for this year's calendar */
    int32_t quiet_day;
    enum flow_colour colour;
    /* The colour of what the matter is about (a red warning), whatever its clock says: its
     * field `lamp`. Lists put it first and reminders go by it. */
    enum flow_colour lamp;
    int64_t version;
    struct utime state_at;
    const char *for_; /* inbox: the absent person it waits for; "" for oneself */
    struct id id;     /* for the next page */
};

/*
 * How a matter stands in a few words, which no list lets out of sight: the three statuses of a
 * directive. *ret_n 0 of kinds that say nothing. And the same as one line, "".
 */
bool flow_has_facts(const struct flow_kind *k);
enum rc flow_facts(const struct snap *s, struct county *c, const char *kind, const char *code,
                   enum lang lang, struct arena *a, const struct flow_fact **ret, size_t *ret_n,
                   struct err *e) MUST_USE;
enum rc flow_facts_text(const struct snap *s, struct county *c, const struct matter_line *l,
                        enum lang lang, struct arena *a, const char **ret,
                        struct err *e) MUST_USE;

/* Where a page of a list by due day begins: after this line. Zeroed: at the beginning. */
struct matter_after {
    int32_t due_key;
    struct id id;
};

/*
 * What waits for a person, soonest first: what is theirs, what is their units' and nobody's
 * yet, what their capabilities ask of them, and the same for whom they stand in (by name, not
 * by unit or capability). At most max lines; *ret_more: there are others behind the last one.
 * kind "" is any. For /today: max small, after NULL.
 */
enum rc flow_inbox(const struct snap *s, struct county *c, const struct flow_who *w,
                   const char *kind, const struct matter_after *after, size_t max,
                   enum lang lang, struct arena *a, struct matter_line **ret, size_t *ret_n,
                   bool *ret_more, struct err *e) MUST_USE;
/* How many that is, counted up to cap at each desk: for the number beside 今日. */
enum rc flow_inbox_count(const struct snap *s, struct county *c, const struct flow_who *w,
                         int64_t cap, struct arena *a, int64_t *ret, struct err *e) MUST_USE;

/* A column of a board. */
struct board_column {
    const char *state, *name;
    bool final;
    int64_t n, by_colour[4];   /* all of the asker's units, and how many of each colour */
    struct matter_line *lines; /* the soonest BOARD_CARDS; final states: the newest */
    size_t n_lines;
};
/* Matters of a kind by state, of the units the asker may read; unit "" is all of them. */
enum rc flow_board(const struct snap *s, struct county *c, const struct flow_who *w,
                   const char *kind, const char *unit, enum lang lang, struct arena *a,
                   struct board_column **ret, size_t *ret_n, struct err *e) MUST_USE;

/* The same without the lines: only how many stand where. */
enum rc flow_states(const struct snap *s, struct county *c, const struct flow_who *w,
                    const char *kind, const char *unit, enum lang lang, struct arena *a,
                    struct board_column **ret, size_t *ret_n, struct err *e) MUST_USE;

/* Open matters that are due in a span of days, by day; the asker's units. */
enum rc flow_agenda(const struct snap *s, struct county *c, const struct flow_who *w,
                    int32_t from, int32_t to, enum lang lang, struct arena *a,
                    struct matter_line **ret, size_t *ret_n, struct err *e) MUST_USE;

/* Codes and titles that contain all the words of text, newest first. */
enum rc flow_search(const struct snap *s, struct county *c, const struct flow_who *w,
                    const char *text, enum lang lang, struct arena *a, struct matter_line **ret,
                    size_t *ret_n, struct err *e) MUST_USE;
/* Matters linked with something: "warning", "W-2026Q3-0041". */
enum rc flow_linked(const struct snap *s, struct county *c, const struct flow_who *w,
                    const char *what, const char *code, enum lang lang, struct arena *a,
                    struct matter_line **ret, size_t *ret_n, struct err *e) MUST_USE;
/* What a unit holds open, soonest first, as far as the asker sees it. */
enum rc flow_of_unit(const struct snap *s, struct county *c, const struct flow_who *w,
                     const char *unit, enum lang lang, struct arena *a,
                     struct matter_line **ret, size_t *ret_n, struct err *e) MUST_USE;
/* Open matters of units that are not in the tree of today: to be handed over. For who sees the
 * county. */
enum rc flow_orphans(const struct snap *s, struct county *c, const struct flow_who *w,
                     enum lang lang, struct arena *a, struct matter_line **ret, size_t *ret_n,
                     struct err *e) MUST_USE;

/* Numbers of a kind over matters that ended in [from, to) and those that are open now. */
struct flow_stats {
    int64_t open, ended;
    int64_t in_time, late, no_due;     /* of the ended: by the due day in force */
    int64_t first_in_time, first_late; /* … by the day that was first set */
    int64_t returned, reopened;        /* how many were, at least once */
    int64_t measured;                  /* whose duration is known */
    double gross_mean, net_mean;       /* working days; NaN without any */
    int64_t gross_median, gross_p90, net_median, net_p90; /* -1 without any */
    int64_t overdue[4];                                   /* open ones by colour */
};
enum rc flow_statistics(const struct snap *s, struct county *c, const struct flow_who *w,
                        const char *kind, const char *unit, struct utime from, struct utime to,
                        struct arena *a, struct flow_stats *ret, struct err *e) MUST_USE;

/* All matters of a kind the asker may see, as a table for csv, xlsx and json. */
enum rc flow_export(const struct snap *s, struct county *c, const struct flow_who *w,
                    const char *kind, enum lang lang, struct arena *a, const struct table **ret,
                    struct err *e) MUST_USE;

/* ---- people ---- */

struct handler {
    const char *code, *name;
};
/* Who handles matters of a unit today and has their office there, by name; unlocked accounts.
 */
enum rc flow_handlers(const struct snap *s, struct county *c, const struct units *units,
                      const char *unit, struct arena *a, struct handler **ret, size_t *ret_n,
                      struct err *e) MUST_USE;

/* ---- notices ---- */

struct flow_notice {
    struct id id;
    const char *matter, *title, *what; /* 已到你处, 到期提醒 … in the reader's language */
    struct utime at, seen_at, acked_at;
};
/* A person's notices, newest first; seen ones too. before 0: from the newest. */
enum rc flow_notices(const struct snap *s, struct county *c, const struct flow_who *w,
                     struct id before, size_t max, enum lang lang, struct arena *a,
                     struct flow_notice **ret, size_t *ret_n, struct err *e) MUST_USE;
/* Of the notices after one, how many tell the person of something red; not what two people
 * agreed to be quiet about. */
enum rc flow_turned_red(const struct snap *s, struct county *c, const struct flow_who *w,
                        struct id after, struct arena *a, int64_t *ret, struct err *e) MUST_USE;
/* What matters give to reminders outside the pages. */
struct notice_source;
extern const struct notice_source flow_notice_source;
/* They were shown to the person: a receipt for each that has none. */
enum rc flow_notices_seen(struct tx *tx, struct county *c, const struct flow_who *w,
                          const struct id *ids, size_t n, struct err *e) MUST_USE;
/* 知道了. RC_NOTFOUND: not theirs. */
enum rc flow_notice_ack(struct tx *tx, struct county *c, const struct flow_who *w, struct id id,
                        struct err *e) MUST_USE;

#endif
