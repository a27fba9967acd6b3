/* Sequences of values and what becomes of a warning. */
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "base/test.h"
#include "warn/step.h"

#include <math.h>
#include <string.h>

/*
 * A period's outcome is a letter for the state (P pending, F firing, R recovering, N no data,
 * X resolved, w withdrawn, f faded, . none) and one for the colour. A value is a number, "-"
 * for missing, "x" for does not apply.
 */
static const char *outcome(struct arena *a, const struct warn_at *at)
{
    static const char colour[] = "_yor";
    switch (at->state) {
    case WARN_NEW:
        return ".";
    case WARN_PENDING:
        return arena_printf(a, "P%c", colour[at->colour]);
    case WARN_FIRING:
        return arena_printf(a, "F%c", colour[at->colour]);
    case WARN_RECOVERING:
        return arena_printf(a, "R%c", colour[at->colour]);
    case WARN_NODATA:
        return arena_printf(a, "N%c", colour[at->colour]);
    case WARN_RESOLVED:
        return at->end == WARN_WITHDRAWN ? "w" : at->end == WARN_FADED ? "f" : "X";
    }
    return "?";
}

static double number(const char *s)
{
    double v = NAN;
    if (strcmp(s, "-") != 0 && strcmp(s, "x") != 0 && !parse_real_n(s, strlen(s), &v))
        t_fail(__FILE__, __LINE__, "%s is no number", s);
    return v;
}

static const char *play(struct arena *a, const struct condition *c, const char *values,
                        struct warn_at *ret_last)
{
    size_t n;
    char **v = str_split(a, values, ' ', &n);
    struct warn_at at = { .state = WARN_NEW };
    struct period p = period_of(PERIOD_QUARTER, 2026, 1);
    double before = NAN;
    struct str out;
    str_init(&out, a);
    for (size_t i = 0; i < n; i++, p = period_step(p, 1)) {
        double now = number(v[i]);
        bool counts = c->op == RULE_MISSING || c->op == RULE_LATE;
        struct warn_value w = { .applies = strcmp(v[i], "x") != 0,
                                .now = counts ? NAN : now,
                                .before = before };
        if (counts && !isnan(now))
            *(c->op == RULE_MISSING ? &w.missing : &w.late) = (unsigned)now;
        at = warn_next(c, &at, &w, p);
        str_add(&out, i ? " " : "");
        str_add(&out, outcome(a, &at));
        before = now;
    }
    *ret_last = at;
    return out.s;
}

enum { NONE = -1000 }; /* a limit that is not used */

static void moves_as_the_tables_say(void)
{
    static const struct {
        enum rule_op op;
        double yellow, orange, red, recover;
        int for_periods, recover_periods;
        const char *values, *want;
    } cases[] = {
        /* Nothing wrong: nothing there. The limit itself is not below it. */
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "90 85 88", ". . ." },
        /* One period is enough; colours by their limits. */
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "84.9", "Fy" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "77.9", "Fo" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "69", "Fr" },
        /* The colour rises at once. */
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "84 77 60", "Fy Fo Fr" },
        /* A later period's value that meets the lower limit verifies: it falls. */
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "60 77 84", "Fr Fo Fy" },
        /* Between yellow and recovery: no problem any more, yet not over. */
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "60 86 87.9 88", "Fr Fy Fy X" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "60 90", "Fr X" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "84 90 84", "Fy X Fy" },
        /* Without a recovery limit the yellow one counts. */
        { RULE_BELOW, 85, 78, 70, NONE, 1, 1, "84 85", "Fy X" },
        /* Two in a row before it fires; a good one begins anew. */
        { RULE_BELOW, NONE, 90, NONE, 92, 2, 1, "88.4 86", "Po Fo" },
        { RULE_BELOW, NONE, 90, NONE, 92, 2, 1, "88 91 88 86", "Po f Po Fo" },
        { RULE_BELOW, NONE, 90, NONE, 92, 2, 1, "88 86 91 92", "Po Fo Fo X" },
        { RULE_BELOW, 85, 78, 70, 88, 3, 1, "84 60 84 84", "Py Pr Fy Fy" },
        { RULE_BELOW, 85, 78, 70, 88, 3, 1, "84 84 60 95", "Py Py Fr X" },
        /* Two in a row before it is over; in between it recovers, the colour stays. */
        { RULE_BELOW, 85, 78, 70, 88, 1, 2, "60 90 90", "Fr Rr X" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 2, "60 90 86 90 90", "Fr Rr Fy Ry X" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 2, "60 90 60 90 90", "Fr Rr Fr Rr X" },
        /* The colour falls to the worst of the two. */
        { RULE_BELOW, 85, 78, 70, 88, 1, 2, "60 84 77 77", "Fr Fr Fo Fo" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 2, "60 77 84 84 84", "Fr Fr Fo Fo Fy" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 2, "60 90 84 90 90", "Fr Rr Fy Ry X" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 3, "60 84 60 84 84 84", "Fr Fr Fr Fr Fr Fy" },
        /* No data: neither fires nor resolves, keeps the colour, and goes on afterwards. */
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "- -", ". ." },
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "77 - - 90", "Fo No No X" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "77 - 60", "Fo No Fr" },
        { RULE_BELOW, NONE, 90, NONE, 92, 2, 1, "88 - 86", "Po No Fo" },
        { RULE_BELOW, NONE, 90, NONE, 92, 2, 1, "88 - 95", "Po No f" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 2, "60 90 - 90", "Fr Rr Nr X" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 2, "60 90 - 77", "Fr Rr Nr Fo" },
        /* It ends when the rule does not look at the unit any more. */
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "60 x x 60", "Fr w . Fr" },
        { RULE_BELOW, 85, 78, 70, 88, 1, 1, "60 - x", "Fr Nr w" },
        /* Above means the limit or more; over only at the recovery limit or less. */
        { RULE_ABOVE, 18, 24, 30, 10, 1, 1, "17.9 18 24 30", ". Fy Fo Fr" },
        { RULE_ABOVE, 18, 24, 30, 10, 1, 1, "46 17 10.1 10", "Fr Fy Fy X" },
        { RULE_ABOVE, NONE, 2, 3, 1, 1, 1, "3 2 1", "Fr Fo X" },
        { RULE_ABOVE, NONE, 2, 3, 0, 1, 1, "3 1 0", "Fr Fo X" },
        { RULE_ABOVE, 1, 2, NONE, 0, 1, 1, "1 2 0", "Fy Fo X" },
        { RULE_ABOVE, 18, 24, 30, NONE, 1, 1, "20 17.9", "Fy X" },
        /* Changes against the period before; without one there are no data. */
        { RULE_CHANGE_BELOW, -3, -5, -8, -1, 1, 1, "70 67 63 54 54", ". . Fy Fr X" },
        { RULE_CHANGE_BELOW, -3, -5, -8, -1, 1, 1, "70 62 60", ". Fo Fy" },
        { RULE_CHANGE_BELOW, -3, -5, -8, -1, 1, 1, "70 62 - 62 62", ". Fo No No X" },
        { RULE_CHANGE_ABOVE, 3, 5, 8, 1, 1, 1, "10 13 18 26 27", ". Fy Fo Fr X" },
        /* Missing and late are counts and always known. */
        { RULE_MISSING, 2, NONE, NONE, 0, 2, 1, "2 3 1 0", "Py Fy Fy X" },
        { RULE_MISSING, 2, 3, NONE, NONE, 1, 1, "1 2 3 1", ". Fy Fo X" },
        { RULE_LATE, 1, NONE, 3, 0, 1, 1, "0 1 3 0", ". Fy Fr X" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        double limit[] = { 0, cases[i].yellow, cases[i].orange, cases[i].red,
                           cases[i].recover };
        for (size_t k = 0; k < COUNT(limit); k++)
            if (limit[k] == NONE)
                limit[k] = NAN;
        struct condition c = { .op = cases[i].op,
                               .limit = { NAN, limit[1], limit[2], limit[3] },
                               .recover = limit[4],
                               .for_periods = cases[i].for_periods,
                               .recover_periods = cases[i].recover_periods };
        struct warn_at last;
        const char *got = play(a, &c, cases[i].values, &last);
        if (strcmp(got, cases[i].want) != 0)
            t_fail(__FILE__, __LINE__, "case %zu: %s gives %s, not %s", i, cases[i].values, got,
                   cases[i].want);
    }
}

static const struct condition two_two = { .op = RULE_BELOW,
                                          .limit = { NAN, 85, 78, 70 },
                                          .recover = 88,
                                          .for_periods = 2,
                                          .recover_periods = 2 };

static void remembers_when_it_began_and_fired(void)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct warn_at at;
    char code[PERIOD_TEXT];
    (void)play(a, &two_two, "90 80 - 80 90", &at); /* only the end is looked at */
    CHECK_INT(at.state, WARN_RECOVERING);
    CHECK_STR(period_code(at.first, code), "2026Q2");
    CHECK_STR(period_code(at.fired, code), "2026Q4");
    CHECK(warn_live(&at) && warn_burns(&at));
    (void)play(a, &two_two, "80 80 90 90 80", &at); /* as above */
    CHECK_INT(at.state, WARN_PENDING);
    CHECK_STR(period_code(at.first, code), "2027Q1");
    CHECK_INT(at.fired.v, 0);
    CHECK(warn_live(&at) && !warn_burns(&at));
    (void)play(a, &two_two, "80 80 -", &at); /* as above */
    CHECK_INT(at.held, WARN_FIRING);
    CHECK(warn_burns(&at));
    (void)play(a, &two_two, "80 80 90 90", &at); /* as above */
    CHECK_INT(at.end, WARN_CLEARED);
    CHECK(!warn_live(&at) && !warn_burns(&at));
}

/* Whatever comes, a burning warning never loses its colour without a value that is better, and
 * never ends without one that meets the recovery limit. */
static void never_falls_without_a_better_value(void)
{
    static const double values[] = { 60, 75, 80, 86, 90, NAN };
    for (int n = 0; n < 6 * 6 * 6 * 6 * 6; n++) {
        struct warn_at at = { .state = WARN_NEW };
        struct period p = period_of(PERIOD_QUARTER, 2026, 1);
        for (int i = 0, rest = n; i < 5; i++, rest /= 6, p = period_step(p, 1)) {
            struct warn_value v = { .applies = true, .now = values[rest % 6], .before = NAN };
            struct warn_at next = warn_next(&two_two, &at, &v, p);
            if (warn_burns(&at) && next.colour < at.colour)
                CHECK(v.now >= two_two.limit[at.colour]);
            if (warn_burns(&at) && !warn_live(&next))
                CHECK(v.now >= two_two.recover && next.clear == 2);
            if (warn_live(&at) && isnan(v.now))
                CHECK(next.state == WARN_NODATA && next.colour == at.colour);
            at = next;
        }
    }
}

T_MAIN({ "warnings move as the tables say", moves_as_the_tables_say },
       { "a warning remembers when it began and fired", remembers_when_it_began_and_fired },
       { "a colour never falls without a better value", never_falls_without_a_better_value })
