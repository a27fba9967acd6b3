/*
 * Charts drawn on the server as inline SVG, for pages. No script and no style attribute (the
 * pages' security policy forbids both): colours are classes of jingjian.css, positions across
 * are per cent, so that a chart is as wide as its place while its words keep their size, on a
 * phone as on a desk. Nothing jumps: the height is an attribute.
 *
 * Two families:
 *   cells  one row's drawing, for a table whose middle column is the chart: the table is the
 * chart's data, a screen reader reads the row, the drawing is hidden from it. charts whole
 * figures with role="img" and a sentence as label; the page puts a table behind each.
 *
 * Everything is appended to b as trusted HTML; names are escaped here. NaN means missing and is
 * not drawn. Templates print the result through `| raw`.
 */
#ifndef WEB_SVG_H
#define WEB_SVG_H

#include "base/str.h"

/* What the width stands for. max > min; what lies outside is drawn at the edge. */
struct svg_scale {
    double min, max;
};
/* The smallest scale with round ends that holds all finite v[0..n), at least min_span wide; {0,
 * 1} without values. */
struct svg_scale svg_scale_of(const double *v, size_t n, double min_span);

enum { SVG_TICKS_MAX = 12 };
/* Round numbers in the scale, about want (2..10) of them. Returns how many. */
size_t svg_ticks(const struct svg_scale *s, size_t want, double ret[SVG_TICKS_MAX]);

/* Fixed bands of a map: cuts ascending. 1 below cuts[0] … n_cuts + 1 from cuts[n_cuts - 1] up;
 * 0 for NaN. Fixed values, so that a town's colour does not change because others moved. */
int svg_band(double v, const double *cuts, size_t n_cuts);

/* A bar from the scale's start to v with a whisker lo..hi and a dashed line at ref. me: the
 * page's own unit, darker. */
void svg_bar_cell(struct str *b, const struct svg_scale *s, double v, double lo, double hi,
                  double ref, bool me);
/* A point v with its interval lo..hi and a dashed line at ref. */
void svg_interval_cell(struct str *b, const struct svg_scale *s, double v, double lo, double hi,
                       double ref);
/* All values of a group as points on a line, a dashed mark at ref. */
void svg_dots_cell(struct str *b, const struct svg_scale *s, const double *v, size_t n,
                   double ref);
/* A bar to the right (celadon) or left (ochre) of the middle; most is the value that fills one
 * half. */
void svg_change_cell(struct str *b, double v, double most);
/* A step of a waterfall from one sum to the next; zero is drawn as a line. total: from the
 * axis' zero to to. next: a dashed line leads down to the following row. */
enum svg_step { SVG_STEP, SVG_STEP_TOTAL };
void svg_step_cell(struct str *b, const struct svg_scale *s, double from, double to,
                   enum svg_step kind, bool next);
/* A small line over equal steps; the last point is filled. All cells of a column share the
 * scale. */
void svg_spark(struct str *b, const struct svg_scale *s, const double *v, size_t n);
/* The axis as table head: <span class="axis"> with ticks at equal distances from end to end:
 * steps of them when that gives round numbers, else as many as do. */
void svg_axis(struct str *b, const struct svg_scale *s, size_t steps);

/* Every unit a tick, the units without clear difference in a band, the own unit with its
 * interval and name. */
struct svg_strip {
    const char *label; /* for who cannot see it: one sentence */
    const char *own_name;
    double own, lo, hi;
    size_t n;
    const struct svg_strip_unit {
        const char *name;
        double v;
        bool same; /* no clear difference from the own unit */
    } * units;     /* others and the own unit, any order */
};
void svg_strip(struct str *b, const struct svg_strip *s);

/* A line over periods with an interval at each; periods without value leave a gap. Values are
 * written beside the points when there are at most eight. */
struct svg_trend {
    const char *label;
    size_t n;
    const struct svg_trend_point {
        const char *name; /* of the period, short: 三季度 */
        double v, lo, hi;
    } * points;  /* oldest first */
    bool values; /* not scores: as many decimals as there are, 43 instead of 43.0 */
    const char
        *ref_name; /* NULL: none. A dashed line, such as a rule's limit, with these words */
    double ref;
};
void svg_trend(struct str *b, const struct svg_trend *t);

#endif
