/*
 * 四责: posts of a unit, each with one of the four responsibilities; who holds them from a day
 * to a day; what the duties of a post are in a year; and that its holder has read and confirmed
 * them (知责明责), which is a matter of the kind `duty`: the engine reminds, escalates and
 * keeps the record of each confirmation.
 *
 * What is written here makes the matters that follow from it, in the same change: a post with a
 * holder and a list, in a year that was started, has exactly one confirmation of that holder
 * for the newest version.
 *
 * Only what has happened is written: nobody holds a post from a day to come.
 */
#ifndef DUTY_DUTY_H
#define DUTY_DUTY_H

#include "flow/flow.h"
#include "sheet/heading.h"
#include "sheet/problem.h"

struct county;

enum {
    DUTY_POST_MAX = 40,    /* characters of a post's name */
    DUTY_TEXT_MAX = 300,   /* of a duty */
    DUTY_BASIS_MAX = 120,  /* of what it is based on */
    DUTY_ITEMS_MAX = 60,   /* duties of a post in a year */
    DUTY_POSTS_MAX = 5000, /* posts of a county */
    DUTY_ROWS_MAX = 20000, /* rows of a sheet */
    DUTY_FIRST_YEAR = 2000,
    DUTY_LAST_YEAR = 2099
};

/* The four. */
enum duty { DUTY_MAIN = 1, DUTY_OVERSIGHT, DUTY_FIRST, DUTY_DOUBLE };
enum { DUTIES = DUTY_DOUBLE };
const char *duty_word(enum duty d); /* main, oversight, first, double: as everywhere */
const char *duty_text(enum duty d); /* N_() 主体责任, 监督责任, 第一责任人责任, 一岗双责 */
enum duty duty_of(const char *word); /* by word or text; 0: none */

/* How often something is to be done: always, month, quarter, half, year. */
const char *duty_often_text(const char *word); /* N_(); the word itself when unknown */
bool duty_often_known(const char *word);

/* The kind of a yearly confirmation: one matter a holder, post and year. */
extern const struct flow_kind duty_flow_kind;

/* A post as it is today. Text in the arena it was loaded into. */
struct duty_post {
    const char *code, *unit, *name;
    enum duty duty;
    bool ended;
    const char *account, *holder; /* code and name of who holds it; "": nobody */
    int32_t from_day;             /* since when */
};
/* Of a unit, or all ("" ): by unit's code and place; those that ended are left out. */
enum rc duty_posts(const struct snap *s, const char *unit, struct arena *a,
                   struct duty_post **ret, size_t *ret_n, struct err *e) MUST_USE;
/* One by its code, also one that ended. RC_NOTFOUND names it. */
enum rc duty_post_get(const struct snap *s, const char *code, struct arena *a,
                      struct duty_post *ret, struct err *e) MUST_USE;
/* Whether a person keeps a unit's posts and lists: the platform (交办), or who signs for it. */
bool duty_may_keep(const struct person *p, const struct unit *u);

/*
 * A new post; *ret_code in a. RC_INVALID: the unit is not there today, the name is empty or too
 * long; RC_CONFLICT: the unit has a post of that name.
 */
enum rc duty_post_add(struct tx *tx, struct county *c, const char *unit, const char *name,
                      enum duty duty, const char *by, struct arena *a, const char **ret_code,
                      struct err *e) MUST_USE;
/* There is no such post any more: its holder ends today, an open confirmation with it. */
enum rc duty_post_end(struct tx *tx, struct county *c, const char *post, const char *by,
                      struct err *e) MUST_USE;
/*
 * An account holds a post from a day on; whoever held it ended the day before. RC_INVALID: no
 * such active account, a day to come or not after the one before began; RC_CONFLICT: holds it
 * already.
 */
enum rc duty_hold(struct tx *tx, struct county *c, const char *post, const char *account,
                  int32_t from_day, const char *by, struct err *e) MUST_USE;
/* Whoever holds it now does so up to last_day (not to come), and nobody after. */
enum rc duty_release(struct tx *tx, struct county *c, const char *post, int32_t last_day,
                     const char *by, struct err *e) MUST_USE;

struct duty_item {
    const char *text, *basis, *often;
};
/* The newest version of a post's list of a year; version 0: there is none. */
struct duty_list {
    int version;
    struct duty_item *items;
    size_t n;
    struct utime at;
};
enum rc duty_list_get(const struct snap *s, const char *post, int year, struct arena *a,
                      struct duty_list *ret, struct err *e) MUST_USE;
/*
 * Write a post's list of a year as its next version, unless it says the same already. Who had
 * confirmed an earlier version is asked again. *ret_changed may be NULL.
 */
enum rc duty_list_write(struct tx *tx, struct county *c, const char *post, int year,
                        const struct duty_item *items, size_t n, const char *by,
                        bool *ret_changed, struct err *e) MUST_USE;

/*
 * Start the confirmation of a year: everybody who holds a post with a list gets theirs, due on
 * due_day, at the estimate of who starts it (burden.h). In changes of its own (slices); called
 * again it goes on. *ret_n: posts looked at. RC_INVALID: due_day is over or more than a year
 * off; RC_CONFLICT: started with another day.
 */
enum rc duty_year_start(struct county *c, int year, int32_t due_day, int64_t minutes,
                        const char *by, int64_t *ret_n, struct err *e) MUST_USE;
/* The last day in time; 0: not started. */
enum rc duty_year_due(const struct snap *s, int year, int32_t *ret, struct err *e) MUST_USE;

/* How a holder's confirmation of a post and year stands. */
struct duty_confirm {
    const char *matter; /* code; "": none */
    enum duty_state { DUTY_NOT_ASKED, DUTY_WAITING, DUTY_CONFIRMED } state;
    struct utime at; /* confirmed: when */
    int32_t due;
};
enum rc duty_confirmed(const struct snap *s, const char *post, const char *account, int year,
                       struct arena *a, struct duty_confirm *ret, struct err *e) MUST_USE;
/* The holder (w) has read and confirms; RC_DENIED for everybody else, also a stand-in.
 * RC_CONFLICT: there is nothing to confirm. */
enum rc duty_confirm(struct tx *tx, struct county *c, const struct flow_who *w,
                     const char *post, int year, struct arena *a, struct err *e) MUST_USE;

/* ---- a sheet of duties ---- */

/* 单位 岗位 责任 任职账号 职责 依据 频次: one row a duty; rows of a post stand together or not.
 */
extern const struct heading duty_headings[];
struct duty_sheet {
    struct duty_sheet_post {
        const char *unit, *unit_name, *name, *account; /* account "": as it is */
        enum duty duty;
        struct duty_item *items;
        size_t n;
    } * posts;
    size_t n;
};
/* Read and check; problems name the cells. keeper: whose units it may be about. */
enum rc duty_sheet_read(const struct table *t, const struct snap *s, const struct units *us,
                        const struct person *keeper, struct arena *a, struct duty_sheet *ret,
                        struct problems *problems, struct err *e) MUST_USE;
/*
 * Make the posts that are not there, their holders (from today) and lists of the year. In
 * changes of its own, a few posts each; what says the same already is left, so that it can be
 * done again. *ret_changed: posts of which something changed.
 */
enum rc duty_sheet_write(struct county *c, const struct duty_sheet *sheet, int year,
                         const char *by, int64_t *ret_changed, struct err *e) MUST_USE;

#endif
