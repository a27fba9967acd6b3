/*
 * Hints that data deserve a second look: pure functions, each with the numbers behind its
 * answer and the source of its method. A hint says that chance or the usual seldom does this;
 * it never says why. Missing values are NaN and skipped. `hint` is false when there is too
 * little to judge by.
 *
 * Patterns over many values are judged by the chance of at least as much (base: stats/tail.h),
 * below HINT_CHANCE; thousands of patterns are looked at, so the limit is small.
 */
#ifndef STATS_HINT_H
#define STATS_HINT_H

#include "base/base.h"

#define HINT_CHANCE 0.001
enum {
    HINT_GROUP_LEAST = 8,   /* values for an outlier among units */
    HINT_PAST_LEAST = 3,    /* earlier values for an outlier in a unit's own history */
    HINT_DIGITS_LEAST = 20, /* numbers with a last digit */
    HINT_COPY_LEAST = 8,    /* values there in both periods */
    HINT_NEAR_LEAST = 10,   /* values near a limit */
    HINT_RUN_LEAST = 4,     /* periods in a row at the best */
    HINT_SMOOTH_LEAST = 6,  /* periods for too even a course */
    HINT_BURST_LEAST = 6,   /* arrivals */
    HINT_PAIRS_LEAST = 8,   /* values of two sources */
};

/* ---- one value ---- */

struct hint_outlier {
    bool hint;
    size_t n;                            /* values it was compared with */
    double value, centre, spread, score; /* score = (value - centre) / spread; NaN: spread 0 */
};
/* x[i] among all, more than limit standard deviations from the mean (3 is usual; no score can
 * pass (n-1)/√n, so few values hide an outlier: Shiffler 1988). */
struct hint_outlier hint_z(const double *x, size_t n, size_t i, double limit);
/*
 * The same with the median and 1.4826 MAD (3.5 is usual: Iglewicz and Hoaglin, How to Detect
 * and Handle Outliers, 1993); where more than half are equal the MAD is 0 and 1.2533 times the
 * mean absolute deviation from the median takes its place.
 */
struct hint_outlier hint_modified_z(const double *x, size_t n, size_t i, double limit);
/* A value against the same unit's earlier ones, by the modified z score of those. */
struct hint_outlier hint_history(const double *past, size_t n, double now, double limit);
/* Outside [lo, hi]; a NaN end is open. spread and score are NaN. */
struct hint_outlier hint_minmax(double value, double lo, double hi);

/* ---- patterns over many values ---- */

struct hint_pattern {
    bool hint;
    size_t n, k;            /* looked at; of which so */
    double share, expected; /* k/n; what chance or the usual gives */
    double p;               /* chance of at least as many */
};
/*
 * Digit heaping: whole numbers of two digits and more end in 0 or 5 more often than one in
 * five (Whipple's index, United Nations demographic handbooks; last digits as a check of
 * counts: Beber and Scacco, Political Analysis 20, 2012). A hint when the share is at least
 * twice what is expected, too.
 */
struct hint_pattern hint_digits(const double *x, size_t n);
/*
 * Copy-forward: values that are exactly those of the period before, 0 on both sides not
 * counted; usual: the share that is equal anywhere else (at least 0.05 is taken). A hint when
 * the share is at least least_share (0.8 is usual), too.
 */
struct hint_pattern hint_copy(const double *now, const double *before, size_t n, double usual,
                              double least_share);
/*
 * Bunching: of the values within width of a limit, more than half lie just on its good side
 * (the binomial form of McCrary's density test, Journal of Econometrics 142, 2008; Cattaneo,
 * Jansson and Ma 2020). good: +1 when at or above the limit is good, -1 at or below.
 */
struct hint_pattern hint_bunch(const double *x, size_t n, double limit, double width, int good);
/*
 * Too good to be true: the last values (oldest first) are the best there can be, so many in a
 * row, where usual is the share of others' values that are. n and k: length of the run.
 */
struct hint_pattern hint_perfect(const double *x, size_t n, double best, double usual,
                                 size_t least_run);
/*
 * Too even: a unit's values vary less from period to period than others' (their pooled
 * within-unit standard deviation is usual_sd): (n-1)s²/usual² is too small a chi-squared
 * (Fisher, Has Mendel's work been rediscovered?, Annals of Science 1, 1936). Whole numbers that
 * usually vary by less than 2 say nothing: rounding hides their course. share: s, expected:
 * usual_sd; k is n.
 */
struct hint_pattern hint_smooth(const double *x, size_t n, double usual_sd);
/*
 * Deadline burst: of arrivals so many days before their due day (negative: late; not counted,
 * nor what came more than window days before), more come on the last `last` days than an even
 * flow over the window would bring. A hint when the share is at least twice that, too.
 */
struct hint_pattern hint_burst(const double *days_before, size_t n, double last, double window);
/*
 * Self-report against an independent source: in how many of the pairs that differ by more than
 * tolerance (a share of the larger) is our own figure the better one? Sign test (Dixon and Mood
 * 1946). better: +1 more is better, -1 less. expected is 1/2.
 */
struct hint_pattern hint_source(const double *own, const double *other, size_t n,
                                double tolerance, int better);
/* Whether two figures differ by more than tolerance of the larger. */
bool hint_differs(double a, double b, double tolerance);

#endif
