/*
 * How a warning moves from one period to the next: pure, no database, no clock.
 *
 *             problem, for_periods reached            problem over and recovery limit met
 *   (none) ─► pending ─────────────────► firing ─────────────────► recovering ─► resolved
 *     ▲          │ problem gone             ▲  │ recover_periods in a row ──────────▲
 *     └──────────┘                          └──┘
 *
 * A period without data neither fires, nor resolves, nor changes the colour; when data are back
 * the warning goes on from where it was, and the gap counts neither for nor against it. The
 * colour rises at once. It falls only when later periods' values have stayed short of it for
 * recover_periods in a row (整改不完成,预警不变色): to the worst colour among those, never
 * below the rule's lowest one until the recovery limit is met. A new start after an end is a
 * new occurrence.
 */
#ifndef WARN_STEP_H
#define WARN_STEP_H

#include "warn/warn.h"

enum rule_op {
    RULE_BELOW = 1,    /* value < limit */
    RULE_ABOVE,        /* value >= limit */
    RULE_CHANGE_BELOW, /* value - value of the period before < limit */
    RULE_CHANGE_ABOVE, /* value - value of the period before >= limit */
    RULE_MISSING,      /* so many values of the period are missing */
    RULE_LATE,         /* so many came after they were due, or have not come since */
};

enum { WARN_COLOURS = WARN_RED + 1, WARN_PERIODS_MAX = 12 };

/* When a rule holds. */
struct condition {
    enum rule_op op;
    double limit[WARN_COLOURS]; /* by colour; NaN: the colour is not used */
    double recover; /* over only when the value is at it or better; NaN: as soon as no limit is
                       crossed */
    int for_periods, recover_periods; /* in a row; from 1 */
};

enum warn_end {
    WARN_GOES_ON,
    WARN_CLEARED,   /* the values met the recovery limit for long enough */
    WARN_FADED,     /* it never fired: the problem was gone before */
    WARN_WITHDRAWN, /* rule or unit do not apply any more */
    WARN_CORRECTED, /* by corrected values it never was; only warn_evaluate says so */
    WARN_VOIDED,    /* an objection to it was upheld; as above */
};

/* Where a warning stands after a period. All zero: there is none. */
struct warn_at {
    enum warn_state state;
    enum warn_state held; /* with WARN_NODATA: what it was before */
    enum warn_colour colour;
    int run;                /* pending: periods with the problem; firing: with a lower level */
    int clear;              /* periods in a row that met the recovery limit */
    enum warn_colour eased; /* worst level in these run periods */
    struct period first;    /* when the problem began */
    struct period fired;    /* when it fired; 0: not yet */
    enum warn_end end;      /* with WARN_RESOLVED */
};

/* What a period's value means to a condition. */
struct judged {
    bool nodata;
    double value;           /* what is held against the limits: value, change or count */
    enum warn_colour level; /* worst limit it crosses */
    bool recovered;         /* no limit crossed and the recovery limit met */
};
struct judged warn_judge(const struct condition *c, const struct warn_value *v);
/* The next state. A was that has ended counts as none. */
struct warn_at warn_next(const struct condition *c, const struct warn_at *was,
                         const struct warn_value *v, struct period period);
/* Pending or beyond, not ended. */
bool warn_live(const struct warn_at *at);
/* Has fired and not ended; also while data are missing. */
bool warn_burns(const struct warn_at *at);
/* The least bad colour a condition uses; WARN_NONE when it uses none. */
enum warn_colour warn_lowest(const struct condition *c);

#endif
