/*
 * The seven steps of the set-up: what each is for, who does it, and how far it is. How far is
 * worked out from what the county holds, so that one may leave at any moment, come back after a
 * restart, or take a step again.
 */
#ifndef SETUP_STEPS_H
#define SETUP_STEPS_H

#include "base/period.h"
#include "people/cap.h"

struct arena;
struct county;
struct snap;

enum setup_step {
    SETUP_UNITS,
    SETUP_PEOPLE,
    SETUP_SCHEME,
    SETUP_SOURCES,
    SETUP_VALUES,
    SETUP_COMPUTE,
    SETUP_LIVE,
    SETUP_STEPS
};

/* A step as people read it. Texts are source texts. */
struct setup_about {
    const char *code; /* in addresses: units */
    const char *name; /* 单位 */
    const char *why;  /* what it is for, one sentence */
    const char *how;  /* what to do */
    enum cap need;    /* who does it */
};
extern const struct setup_about setup_about[SETUP_STEPS];
/* SETUP_STEPS for an unknown word. */
enum setup_step setup_step_of(const char *code);

/* Something that is wrong, or worth a look. In the reader's language. */
struct setup_finding {
    bool must; /* the step is not done while it is so */
    const char *what, *todo;
    const char *href, *act; /* where to put it right; NULL: nowhere in particular */
};
struct setup_stand {
    bool done;
    const char *said; /* what is there: 76个单位,其中69个要评估 */
    const struct setup_finding *finding;
    size_t n;
    const char *who; /* who may do it, by name; "" when there is nobody */
};
struct setup_view {
    bool was;             /* the county was ever set up by these steps */
    bool trial;           /* and has not gone live */
    struct utime live_at; /* 0: not yet */
    struct setup_stand step[SETUP_STEPS];
    enum setup_step next; /* the first that is not done; SETUP_STEPS when all are */
    struct period period; /* of the trial; a past one is proposed until values are there */
    int scheme;           /* version of the scheme at hand; 0: none */
    bool computed;
    /* Of the trial, what would be cleared. */
    int64_t imports, values, computations, reports, warnings;
};
/* Everything in a. */
enum rc setup_look(struct county *c, const struct snap *s, enum lang lang, struct arena *a,
                   struct setup_view *ret, struct err *e) MUST_USE;

#endif
