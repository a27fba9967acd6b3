/*
 * Warnings as conditions: rules over values, scores and completeness, judged once a period. See
 * domain notes in ARCHITECTURE.md. warn knows no indicators: whoever computes hands it what
 * each rule looks at.
 *
 * A warning's row only says that an occurrence of a rule at a unit exists; how it stood after a
 * period is its step of that period, written by the computation that judged it. Steps of a
 * computation that is not done are seen by that computation alone.
 */
#ifndef WARN_WARN_H
#define WARN_WARN_H

#include "base/kinds.h"
#include "people/unit.h"

struct arena;
struct county;
struct snap;
struct tx;

enum warn_colour { WARN_NONE, WARN_YELLOW, WARN_ORANGE, WARN_RED };
enum warn_state {
    WARN_NEW,
    WARN_PENDING,
    WARN_FIRING,
    WARN_RECOVERING,
    WARN_NODATA,
    WARN_RESOLVED
};
enum warn_target { WARN_POINT = 1, WARN_INDICATOR, WARN_SCORE, WARN_COMPLETENESS };

/* What a rule looks at, of one unit in one period. */
struct warn_value {
    bool applies;       /* the point or node applies to the unit */
    double now, before; /* NaN: missing */
    unsigned missing;   /* how many of the period's values are declared missing or not there */
    unsigned late;      /* how many are due and have not come */
};
/* What people need to know about a target. Text lives as long as the source. */
struct warn_subject {
    const char *name;    /* 合同款按约支付率 */
    const char *measure; /* %; "" for none */
    const char *family;  /* code of the indicator or node: within it a higher colour carries
                            lower  ones; "" alone */
    const char *holder;  /* who supplies the figure: 交易中心; "" unknown */
};
/*
 * Handed in by who computes. unit counts the source's units. A target that does not exist does
 * not apply.
 */
struct warn_source {
    struct period period;
    struct id computation;
    const struct unit *const *units;
    size_t n_units;
    struct warn_value (*look)(const void *arg, enum warn_target kind, const char *target,
                              size_t unit);
    struct warn_subject (*describe)(const void *arg, enum warn_target kind, const char *target);
    const void *arg;
};
/*
 * Judge every rule in force over every unit and write what changed, each with its record.
 * Judging a period again (a correction was computed) starts from where the period before had
 * left each warning; what the former judgement found and this one does not is ended as
 * corrected. Later periods that were judged already must be judged again by the caller.
 */
enum rc warn_evaluate(struct tx *tx, struct county *c, const struct warn_source *src,
                      struct err *e) MUST_USE;

/* A warning as reports and lists show it: sentences in the reader's language, in a. */
struct warn_view {
    struct id id;
    const char *code, *name; /* of the warning; what is wrong */
    struct id unit, rule_id;
    const char *rule_code;
    int rule_version;
    enum warn_colour colour; /* by the rule */
    enum warn_colour lamp;   /* people handle it by: as the rule says, unless
                                monitor/warning_lamp.h said otherwise; WARN_NONE: put out */
    enum warn_state state;
    struct period period, first_period, fired_period; /* 0: none */
    int occurrence;
    double value, previous, limit;
    const char *measure;
    const char *rule;   /* 连续2期低于90%即橙 */
    const char *values; /* 88.4%、86.0% */
    const char *clears; /* 要消这盏灯,差什么; "" when resolved */
    const char *who;    /* who holds it */
    struct id merged_into;
    bool merged; /* carried by a higher one of the same unit and indicator */
};
/*
 * Which judgements somebody sees: in a period, of a unit, those of computations up to and
 * including upto(…); 0: none. Of computations that are not done only upto's own is seen: the
 * run that asks for what it has just judged itself. NULL is everything that is done, for what
 * shows nothing to anybody.
 */
struct warn_sight {
    struct id (*upto)(const void *arg, struct period p, struct id unit);
    const void *arg;
};
/*
 * Warnings as they stood after a period was judged: of a unit (unit.v 0: of all), the worst
 * first; those that fired before those that only wait. Ended ones only when they had fired and
 * ended in that period.
 */
enum rc warn_of_period(const struct snap *s, struct period p, const struct warn_sight *sight,
                       struct id unit, enum lang lang, struct arena *a, struct warn_view **ret,
                       size_t *ret_n, struct err *e) MUST_USE;
/* Has fired and has not ended. */
bool warn_view_burns(const struct warn_view *v);
/* Burns, is not carried by a higher one and was not put out by people: whatever counts warnings
 * counts these. */
bool warn_view_counts(const struct warn_view *v);

/* What a colour and a state are called: 黄; 观察中. Source text. */
const char *warn_colour_text(enum warn_colour c);
const char *warn_state_text(enum warn_state s);
/* y, o, r: what pages' marks are called; "" for none. */
const char *warn_mark(enum warn_colour c);

#endif
