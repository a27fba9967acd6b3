/*
 * Warnings as conditions: rules over values, scores and completeness, judged once a period. See domain notes in
 * ARCHITECTURE.md. warn knows no indicators: whoever computes hands it what each rule looks at.
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
enum warn_state { WARN_NEW, WARN_PENDING, WARN_FIRING, WARN_RECOVERING, WARN_NODATA, WARN_RESOLVED };
enum warn_target { WARN_POINT = 1, WARN_INDICATOR, WARN_SCORE, WARN_COMPLETENESS };

/* What a rule looks at, of one unit in one period. */
struct warn_value {
    bool applies; /* the point or node applies to the unit */
    double now, before; /* NaN: missing */
    bool missing; /* declared missing, or not there */
    bool late; /* due and nothing has come */
};
/* Handed in by who computes. unit counts the source's units. A target that does not exist does not apply. */
struct warn_source {
    struct period period;
    struct id computation;
    const struct unit *const *units;
    size_t n_units;
    struct warn_value (*look)(const void *arg, enum warn_target kind, const char *target, size_t unit);
    /* Its name for people ("合同款按约支付率") and unit of measure; NULL: the code. */
    const char *(*name)(const void *arg, enum warn_target kind, const char *target, const char **ret_measure);
    const void *arg;
};
/*
 * Judge every live rule over every unit and write what changed, each with its record. Judging a period again (a
 * correction was computed) starts from where the period before had left each warning.
 */
enum rc warn_evaluate(struct tx *tx, struct county *c, const struct warn_source *src, struct err *e) MUST_USE;

/* A warning as reports and lists show it: sentences in the reader's language, in a. */
struct warn_view {
    struct id id;
    const char *code, *name; /* of the warning; what is wrong */
    struct id unit, rule_id;
    const char *rule_code;
    enum warn_colour colour;
    enum warn_state state;
    struct period period, first_period, fired_period; /* 0: none */
    int occurrence;
    double value, previous, limit;
    const char *rule; /* 连续2期低于90%即橙 */
    const char *values; /* 88.4%、86.0% */
    const char *clears; /* 要消这盏灯,差什么 */
    const char *who; /* who holds it */
    bool merged; /* carried by a higher one of the same unit and indicator */
};
/*
 * Warnings as they stood after a period was judged: of a unit (unit.v 0: of all), the worst first. Resolved ones only
 * when they were resolved in that period.
 */
enum rc warn_of_period(const struct snap *s, struct period p, struct id unit, enum lang lang, struct arena *a,
                       struct warn_view **ret, size_t *ret_n, struct err *e) MUST_USE;

#endif
