/*
 * Scoring standards in words, as schemes have them
 * (达到100%得满分2分,60%以下不得分,之间按比例计分), read into the engine's scoring. Nothing is
 * guessed: a text of which one clause is not understood is not understood, and becomes a
 * question with what was read as a proposal. "以上" and "以下" include the number itself, as in
 * the Civil Code (1259).
 */
#ifndef MONITOR_STANDARD_H
#define MONITOR_STANDARD_H

#include "base/arena.h"

enum { STANDARD_TEXT_MAX = 4000, STANDARD_STEPS_MAX = 16 };

enum standard_kind {
    STANDARD_NONE,    /* nothing that scores was read */
    STANDARD_POINTS,  /* full points, less so much per event */
    STANDARD_STEPS,   /* points by bands */
    STANDARD_BETWEEN, /* none up to l, full from u, in proportion between (direction -1: the
                         other way) */
};

/* All points are in the words' own scale: of full. NaN where nothing was said. */
struct standard {
    enum standard_kind kind;
    bool understood; /* every clause was read, and they fit together */
    const char
        *why; /* not understood: Chinese source text of the reason; {rest} is the field below */
    const char *rest; /* the first clause that was not read; "" when none */
    int direction;    /* +1: more is better, -1: less is better */
    double full;
    double per_event, cap, floor, bonus; /* POINTS */
    const char *event;                   /* what is counted, as written: "项"; "" */
    struct standard_step {
        double from, points;
    } step[STANDARD_STEPS_MAX]; /* STEPS, rising */
    size_t n_steps;
    double l, u;  /* BETWEEN */
    bool percent; /* thresholds were written with % */
    struct standard_veto {
        bool there;
        double limit;       /* at so many or more */
        double cap;         /* then the target has at most so much of 100; NaN: not said */
        const char *target; /* name of the node, as quoted; "": the node above */
    } veto;
    const char *groups; /* whom it is for (只考核…), as written; "": everybody */
};

/* Read a text; score is the node's own full points (分值), NaN when unknown. Never fails. In a.
 */
void standard_read(struct arena *a, const char *text, double score, struct standard *ret);

/* {"method":"points","full":100,"per_event":-20,"floor":0}: on 0-100; NULL for NONE. In a. */
const char *standard_scoring(struct arena *a, const struct standard *s);
/* {"cmp":">=","limit":2,"target":CODE,"cap":40,"reason":TEXT}; target "" is left out; NULL
 * without a veto. In a. */
const char *standard_veto_json(struct arena *a, const struct standard *s,
                               const char *target_code, const char *reason);
/* What was read, in words, for the person who compares: 满分1分,每1项扣0.25分,扣到0分为止. In
 * a. */
const char *standard_words(struct arena *a, const struct standard *s, enum lang lang);

#endif
