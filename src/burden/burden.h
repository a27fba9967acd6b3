/*
 * 基层负担监测: what is asked of whom, by whom, and how many minutes the requester reckons it
 * takes. The minutes are the requester's own estimate and belong to the request: no time of a
 * person is measured, asked for or stored anywhere.
 *
 * Who asks states the estimate (burden_state, or with the request itself); when a request
 * reaches a unit, burden_ask keeps it as it is then. Units may answer anonymously whether it
 * was right. Of an answer only counts are kept: no account, no unit, no time, no record in the
 * log; that a unit has answered is a keyed hash. Counts are shown as they were at the last
 * multiple of five, so that no two looks at a page tell a single answer.
 */
#ifndef BURDEN_BURDEN_H
#define BURDEN_BURDEN_H

#include "base/kinds.h"
#include "flow/flow.h"
#include "people/account.h"

enum {
    BURDEN_MINUTES_MAX = 6000, /* a request that takes more is several */
    BURDEN_SHOWN_FROM = 5,     /* answers; also the step in which they become visible */
};
#define BURDEN_ROUND "round"
#define BURDEN_DIRECTIVE "directive"
#define BURDEN_CONTACT "contact"
#define BURDEN_OPINION "opinion"
#define BURDEN_OBJECTION "objection"
#define BURDEN_DUTY "duty" /* of estimates: the confirmation of a year */
#define BURDEN_POINT "point" /* of answers: 这个数以前报过; of estimates: one period of it */

/* The field in which a kind's move states them; help says of what. */
#define BURDEN_FIELD(help_) /* part of an initialiser */                                       \
    {                                                                                          \
        .code = "minutes", .name = N_("估计单位要花多少分钟"), .type = FLOW_INT, .min = 1,     \
        .max = BURDEN_MINUTES_MAX, .help = (help_)                                             \
    }

/* ---- estimates ---- */

/*
 * State the minutes of something, or change them; its record goes with it. RC_INVALID: not from
 * 1 (a round: 0, by its points) to BURDEN_MINUTES_MAX. The same again changes nothing.
 */
struct burden_estimate {
    const char *what, *code, *requester;
    int64_t minutes;
};
enum rc burden_state(struct tx *tx, struct county *c, const struct burden_estimate *n,
                     const char *by, struct arena *a, struct err *e) MUST_USE;
/* Its minutes and requester; -1: nobody has stated any. */
enum rc burden_stated(const struct snap *s, const char *what, const char *code, struct arena *a,
                      struct burden_estimate *ret, struct err *e) MUST_USE;

/* ---- requests ---- */

/* A request reaches a unit. */
struct burden_ask {
    const char *what, *code, *title; /* BURDEN_ROUND, "B-2026-00003" */
    const char *unit, *requester;    /* codes */
    int64_t minutes;                 /* 1 … BURDEN_MINUTES_MAX */
};
/* Keep them, with one record. What is there already (the same request and unit) stays. */
enum rc burden_ask(struct tx *tx, struct county *c, const struct burden_ask *list, size_t n,
                   const char *by, struct arena *a, struct err *e) MUST_USE;
/* The same of one, as often as it is asked: the second time its code is called _2. */
enum rc burden_ask_again(struct tx *tx, struct county *c, const struct burden_ask *n,
                         const char *by, struct arena *a, struct err *e) MUST_USE;
/*
 * For the apply hook of a kind whose matters are requests: its field `minutes` (FLOW_INT, 1 to
 * BURDEN_MINUTES_MAX) is asked of the lead and joint units. Call it when the matter is sent;
 * parts of a matter call it for themselves. Who moved it asks; what the program moved, its
 * opener. A matter without minutes is not counted: whether
 * the field must be filled in is the kind's table's to say.
 */
enum rc burden_ask_matter(struct tx *tx, const struct flow_look *l, const char *what,
                          struct err *e) MUST_USE;
/* The same of the units with one role (enum party_role), as often as the matter asks. */
enum rc burden_ask_role(struct tx *tx, const struct flow_look *l, const char *what, int role,
                        struct err *e) MUST_USE;
/* The code of the matter that a request is of: without the number of one that asked again. */
const char *burden_matter_of(const char *code, struct arena *a);
/* The unit in whose name an account asks: its office, else the county. "" without units. */
const char *burden_requester(const struct units *us, const struct person *p);
/* The same of an account by its code; "" is the system, which asks for the county. */
enum rc burden_office(const struct snap *s, struct county *c, const char *account,
                      struct arena *a, const char **ret, struct err *e) MUST_USE;

/* ---- answers ---- */

enum burden_answer { BURDEN_LONGER = 1, BURDEN_AS_SAID, BURDEN_LESS };
/* 0 for an unknown word: longer, as_said, less. */
enum burden_answer burden_answer_of(const char *word);
/*
 * One answer of a unit about a request that reached it, by anybody who handles its matters.
 * answer 0: only that it was asked before. RC_INVALID: neither; RC_DENIED: not the unit's
 * people; RC_NOTFOUND: the request did not reach the unit; RC_CONFLICT: the unit has answered.
 * Run it by the handler of a route that is quiet, so that neither access log nor the names of
 * repeated requests know of it.
 */
enum rc burden_answer(struct tx *tx, struct county *c, const struct units *us,
                      const struct person *by, const char *what, const char *code,
                      const char *unit, enum burden_answer answer, bool before,
                      struct err *e) MUST_USE;
/*
 * 这个数以前报过, of a point, by the people of any unit: once a unit. Whoever supplies a point
 * is one unit, and a hint that only it could give would name it. The same rules; whether there
 * is such a point asks the caller.
 */
enum rc burden_point_before(struct tx *tx, struct county *c, const struct units *us,
                            const struct person *by, const char *point, const char *unit,
                            struct err *e) MUST_USE;
/* Has the unit answered? */
enum rc burden_answered(const struct snap *s, struct county *c, const char *what,
                        const char *code, const char *unit, bool *ret, struct err *e) MUST_USE;

struct burden_tally {
    bool any; /* somebody has answered; of a point: somebody says that it was asked before */
    int64_t shown;                         /* answers that may be shown: 0, 5, 10 … */
    int64_t longer, as_said, less, before; /* of those; 0 when shown is */
};
enum rc burden_tally(const struct snap *s, const char *what, const char *code, struct arena *a,
                     struct burden_tally *ret, struct err *e) MUST_USE;

#endif
