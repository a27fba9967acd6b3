/*
 * Charts on paper. Each draws at x, y (top left) in the width given and returns its height, so
 * that a caller can measure with chart_*_height first; none breaks pages. Bars start at 0,
 * intervals are drawn, missing is hatched and says so, values stand beside what they measure
 * instead of in a legend. Values that are NaN are left out or shown as missing.
 */
#ifndef PRINT_CHART_H
#define PRINT_CHART_H

#include "print/paper.h"

/* Round steps for an axis over lo..hi with at most about `most` of them: 1, 2 or 5 times a
 * power of ten. ret_from and ret_to are multiples of the step that contain lo..hi. lo < hi,
 * both finite; otherwise 0..1 is taken. */
double chart_step(double lo, double hi, int most, double *ret_from, double *ret_to);

/* Every unit a tick, the units without clear difference in a band, the own unit a disc with its
 * interval. */
struct chart_tick {
    double v;
    bool in; /* in the band */
};
struct chart_strip {
    const struct chart_tick *ticks;
    size_t n;
    double own, lo, hi; /* NaN own: no mark */
    const char *label;  /* over the own mark */
};
double chart_strip(struct paper *p, double x, double y, double w, const struct chart_strip *c);

/* Horizontal bars from 0 with whiskers, one a row, the value at the right. */
struct chart_bar {
    const char *name;
    double v, lo, hi; /* lo, hi NaN: no whisker */
    bool own;
};
struct chart_bars {
    const struct chart_bar *bars;
    size_t n;
    double max;       /* end of the axis; 0: found from the values */
    double reference; /* a dashed line, the group's median; NaN: none */
    double name_w;
};
double chart_bars_height(size_t n);
double chart_bars(struct paper *p, double x, double y, double w, const struct chart_bars *c);

/* The parts of a change on the axis of change, each beginning where the one before ended; then
 * the sum. */
struct chart_part {
    const char *name, *note;
    double v;
    const char *text; /* the value as shown */
};
struct chart_waterfall {
    const struct chart_part *parts;
    size_t n;
    struct chart_part total;
    double name_w, note_w;
};
double chart_waterfall_height(size_t n);
double chart_waterfall(struct paper *p, double x, double y, double w,
                       const struct chart_waterfall *c);

/* A map of tiles, neighbours roughly in place. Bands are fixed values: a town's colour does not
 * change because others moved. limits[0..3] are the lower ends of bands 2..5. */
struct chart_tile {
    const char *name;
    double v; /* NaN: missing, hatched */
    int column, row;
    enum mark mark; /* the worst warning, in the corner */
};
struct chart_tiles {
    const struct chart_tile *tiles;
    size_t n;
    double limits[4];
};
double chart_tiles(struct paper *p, double x, double y, double w, const struct chart_tiles *c);

/* A line over periods with the interval of every point; NaN is a gap. The last value is bold.
 */
struct chart_moment {
    const char *label;
    double v, lo, hi;
};
double chart_trend(struct paper *p, double x, double y, double w, double h,
                   const struct chart_moment *m, size_t n);

/* A word-sized line; the last value is a dot. */
void chart_spark(struct paper *p, double x, double y, double w, double h, const double *v,
                 size_t n);

#endif
