/*
 * Bringing one column onto a common scale. x is multiplied by its direction (+1 or -1) first,
 * missing (NaN) stays missing. Formulas: OECD/JRC Handbook on Constructing Composite Indicators
 * (2008) and the project's domain notes.
 */
#ifndef STATS_NORMALISE_H
#define STATS_NORMALISE_H

#include "base/base.h"

enum norm_method {
    NORM_MINMAX,    /* (x-min)/(max-min)*(u-l)+l */
    NORM_SCALED,    /* (x-l)/(u-l)*s, not clamped */
    NORM_ZSCORE,    /* (x-mean)/sd*s+m, sd with n-1 */
    NORM_DIST2MAX,  /* 1-(max-x)/(max-min) */
    NORM_DIST2REF,  /* 1-(xref-x)/(xref-min) */
    NORM_DIST2TARG, /* direction +: (x-min)/(t-min); -: (max-x)/(max-t) of the raw x */
    NORM_FRACMAX,   /* x/max */
    NORM_RANK,      /* 1 = lowest, ties get the least */
    NORM_PRANK,     /* (rank-1)/(n-1), n = values present */
    NORM_BORDA,     /* rank-1 */
    NORM_GOALPOSTS, /* a*clamp01((x-l)/(u-l)); direction -: a*clamp01((x-u)/(l-u)) of the raw x
                     */
    NORM_POINTS,    /* see struct points; of the raw x, the sign of per_event says what counts
                       against */
    NORM_METHODS
};
/* The name used in files ("minmax"); NORM_METHODS for an unknown name. */
const char *norm_name(enum norm_method m);
enum norm_method norm_by_name(const char *name);

/*
 * Scoring by points, the form of real schemes: full points, so much per event, with a cap on
 * what the events can do, never below floor, never above full + bonus. With a step table the
 * points are those of the last step whose from <= x (below the first: floor), clamped the same
 * way.
 */
struct points_step {
    double from, points;
};
struct points {
    double full;                     /* default 100 */
    double per_event;                /* added per unit of x; negative is a deduction */
    double cap;                      /* most that events may add or take away, NaN: no limit */
    double floor;                    /* default 0 */
    double bonus;                    /* default 0 */
    const struct points_step *steps; /* rising from; NULL: none */
    size_t n_steps;
};
double points_score(const struct points *p, double x); /* NaN for NaN */

/* A method with its parameters. A parameter that is NaN takes the method's default (in
 * brackets). */
struct norm {
    enum norm_method method;
    double l, u;     /* minmax [0, 100]; scaled, goalposts: needed */
    double s;        /* scaled [100]; zscore: sd [1] */
    double m;        /* zscore: mean [0] */
    double a;        /* goalposts: scale [100] */
    bool cap;        /* dist2ref, dist2targ: what exceeds 1 is 1 */
    const char *ref; /* dist2ref: code of the reference unit */
    struct points points;
    double points_to; /* points: result as a share of full times this; NaN: plain points */
};
/* minmax 0..100, every other parameter "default". */
struct norm norm_default(void);
/* RC_INVALID naming the parameter: a needed one is missing, u = l, s <= 0, full <= 0, steps not
 * rising, … */
enum rc norm_check(const struct norm *p, const char *where, struct err *e) MUST_USE;

/* What a column came to. Everything but NORM_FINE leaves the whole column missing. */
enum norm_state {
    NORM_FINE,
    NORM_ALL_MISSING,
    NORM_CONSTANT, /* all equal, and the method is relative to the data */
    NORM_NO_REF,   /* the reference or target is missing or leaves nothing to divide by; max = 0
                      in fracmax */
};
/*
 * x (n values) → ret (may be x itself). direction ±1, target for dist2targ, i_ref the row of
 * the reference unit (SIZE_MAX: none). *p has passed norm_check.
 */
enum norm_state norm_column(const struct norm *p, const double *x, size_t n, int direction,
                            double target, size_t i_ref, double *ret);
/* Whether the method is a fixed increasing or decreasing function of the unit's own value
 * (scaled, goalposts, points). */
bool norm_absolute(enum norm_method m);

#endif
