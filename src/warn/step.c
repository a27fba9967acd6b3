/*
 * The state machine of a warning. One period is judged first (warn_judge), without memory; then
 * the state moves (warn_next). What it does not do: read values, merge warnings, write history.
 */
#include "warn/step.h"

#include <math.h>

bool warn_live(const struct warn_at *at)
{
    return at->state != WARN_NEW && at->state != WARN_RESOLVED;
}

bool warn_burns(const struct warn_at *at)
{
    return warn_live(at) && at->fired.v != 0;
}

enum warn_colour warn_lowest(const struct condition *c)
{
    for (enum warn_colour k = WARN_YELLOW; k <= WARN_RED; k++)
        if (!isnan(c->limit[k]))
            return k;
    return WARN_NONE;
}

static bool downwards(enum rule_op op)
{
    switch (op) {
    case RULE_BELOW:
    case RULE_CHANGE_BELOW:
        return true;
    case RULE_ABOVE:
    case RULE_CHANGE_ABOVE:
    case RULE_MISSING:
    case RULE_LATE:
        return false;
    }
    return false;
}

static double judged_value(enum rule_op op, const struct warn_value *v)
{
    switch (op) {
    case RULE_BELOW:
    case RULE_ABOVE:
        return v->now;
    case RULE_CHANGE_BELOW:
    case RULE_CHANGE_ABOVE:
        return v->now - v->before;
    case RULE_MISSING:
        return v->missing;
    case RULE_LATE:
        return v->late;
    }
    return NAN;
}

struct judged warn_judge(const struct condition *c, const struct warn_value *v)
{
    struct judged j = { .value = judged_value(c->op, v) };
    bool down = downwards(c->op);
    j.nodata = isnan(j.value);
    if (j.nodata)
        return j;
    for (enum warn_colour k = WARN_YELLOW; k <= WARN_RED; k++)
        if (down ? j.value < c->limit[k] : j.value >= c->limit[k]) /* false for NaN */
            j.level = k;
    bool met = isnan(c->recover) || (down ? j.value >= c->recover : j.value <= c->recover);
    j.recovered = j.level == WARN_NONE && met;
    return j;
}

static struct warn_at ended(struct warn_at at, enum warn_end end)
{
    at.state = WARN_RESOLVED;
    at.held = WARN_NEW;
    at.end = end;
    return at;
}

static struct warn_at fires(struct warn_at at, enum warn_colour colour, struct period period)
{
    at.state = WARN_FIRING;
    at.colour = colour;
    at.run = at.clear = 0;
    at.eased = WARN_NONE;
    if (!at.fired.v)
        at.fired = period;
    return at;
}

/* Not fired yet. */
static struct warn_at waits(const struct condition *c, struct warn_at at,
                            const struct judged *j, struct period period)
{
    if (j->level == WARN_NONE)
        return ended(at, WARN_FADED);
    at.run++;
    if (at.run >= c->for_periods)
        return fires(at, j->level, period);
    at.state = WARN_PENDING;
    at.colour = j->level;
    return at;
}

/* Has fired. */
static struct warn_at burns(const struct condition *c, struct warn_at at,
                            const struct judged *j, struct period period)
{
    if (j->level >= at.colour)
        return fires(at, j->level, period);
    at.eased = at.run == 0 || j->level > at.eased ? j->level : at.eased;
    at.run++;
    at.clear = j->recovered ? at.clear + 1 : 0;
    if (at.clear >= c->recover_periods)
        return ended(at, WARN_CLEARED);
    if (at.run >= c->recover_periods) {
        enum warn_colour lowest = warn_lowest(c);
        enum warn_colour now = at.eased > lowest ? at.eased : lowest;
        if (now < at.colour) {
            at.colour = now;
            at.run = 0;
            at.eased = WARN_NONE;
        }
    }
    at.state = j->recovered ? WARN_RECOVERING : WARN_FIRING;
    return at;
}

struct warn_at warn_next(const struct condition *c, const struct warn_at *was,
                         const struct warn_value *v, struct period period)
{
    struct warn_at at = *was;
    if (!warn_live(&at))
        at = (struct warn_at){ .state = WARN_NEW };
    if (!v->applies)
        return at.state == WARN_NEW ? at : ended(at, WARN_WITHDRAWN);
    struct judged j = warn_judge(c, v);
    if (j.nodata) {
        if (at.state != WARN_NEW && at.state != WARN_NODATA) {
            at.held = at.state;
            at.state = WARN_NODATA;
        }
        return at;
    }
    if (at.state == WARN_NODATA)
        at.state = at.held;
    at.held = WARN_NEW;
    if (at.state == WARN_NEW) {
        if (j.level == WARN_NONE)
            return at;
        at.first = period;
    }
    return at.fired.v ? burns(c, at, &j, period) : waits(c, at, &j, period);
}
