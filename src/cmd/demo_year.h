/*
 * The demo's year, lived day by day on the simulated clock. Every room that people work in has
 * a row in demo_year.c: it does what they do on that day, through the functions that pages
 * call, and on most days nothing. Nothing is written in: what a day leads to is what the
 * program makes of it.
 */
#ifndef CMD_DEMO_YEAR_H
#define CMD_DEMO_YEAR_H

#include "base/kinds.h"
#include "base/period.h"
#include "people/account.h"
#include "store/county.h"

struct cmd_call;
struct demo_orders;

struct demo_year {
    struct cmd_call *call;
    struct arena *a; /* the year's; what a day needs has its own */
    struct county *c;
    uint64_t seed;
    int32_t day;    /* today */
    struct utime t; /* the clock */
    const struct account_new *accounts;
    size_t n_accounts;
    const char *const *owners; /* codes of the units that supply values */
    size_t n_owners;
    struct demo_orders *orders; /* what the directives are about (demo_order.h) */
    const char **contacts;      /* codes, as in demo_contact.c */
    const char **meetings;      /* as in demo_meeting.c */
};

/* What one room's people do on y->day. */
struct demo_day {
    const char *name;
    enum rc (*fn)(struct demo_year *y, struct err *e);
};

/* From the first working day of the year to the day the demo stands on. */
enum rc demo_year_run(struct demo_year *y, struct err *e) MUST_USE;

/* The clock to this hour of the day; where it is later already, it stays. */
enum rc demo_hour(struct demo_year *y, int hour, struct err *e) MUST_USE;
/* The first account of a unit with a role; NULL when there is none. */
const char *demo_account(const struct demo_year *y, const char *unit, const char *role);
/* An account as the one who acts, with its roles of today. */
enum rc demo_person(const struct demo_year *y, const struct snap *s, const char *account,
                    struct arena *a, struct person *ret, struct err *e) MUST_USE;
/* How many days ago the newest quarter of the demo ended, and which; 0 while none has. */
int32_t demo_days_since(const struct demo_year *y, struct period *ret);

/* ---- the rows, in the order of a day ---- */

enum rc demo_clock_day(struct demo_year *y, struct err *e);  /* demo_year.c */
enum rc demo_values_day(struct demo_year *y, struct err *e); /* demo_values.c */
enum rc demo_collect_day(struct demo_year *y, struct err *e);
enum rc demo_publish_day(struct demo_year *y, struct err *e);       /* demo_publish.c */
enum rc demo_warning_day(struct demo_year *y, struct err *e);       /* demo_warning.c */
enum rc demo_quality_day(struct demo_year *y, struct err *e);       /* demo_quality.c */
enum rc demo_record_day(struct demo_year *y, struct err *e);        /* demo_record.c */
enum rc demo_draw_day(struct demo_year *y, struct err *e);          /* demo_draw.c */
enum rc demo_directive_morning(struct demo_year *y, struct err *e); /* demo_directive.c */
enum rc demo_duty_day(struct demo_year *y, struct err *e);          /* demo_duty.c */
enum rc demo_contact_day(struct demo_year *y, struct err *e);       /* demo_contact.c */
enum rc demo_meeting_day(struct demo_year *y, struct err *e);       /* demo_meeting.c */
enum rc demo_borrow_day(struct demo_year *y, struct err *e);        /* demo_borrow.c */
enum rc demo_directive_noon(struct demo_year *y, struct err *e);
enum rc demo_directive_evening(struct demo_year *y, struct err *e);

#endif
