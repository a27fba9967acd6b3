/*
 * A panel: the values of one period brought together for the engine. Points are looked up by
 * formula, each at its own frequency, and every cell knows why it is empty: missing is never
 * zero.
 */
#ifndef MONITOR_PANEL_H
#define MONITOR_PANEL_H

#include "monitor/due.h"
#include "monitor/point.h"
#include "monitor/scheme.h"
#include "people/unit.h"
#include "stats/formula.h"

enum { PANEL_HISTORY = 60 /* rows of earlier periods that offset() can reach */ };
/* A unit with a smaller share of its due values present gets no index. */
#define PANEL_COMPLETE_MIN 0.66

/* Why a cell is empty, in the order of struct health_report. */
enum missing {
    PRESENT,
    MISSING_NA,
    MISSING_NOTDUE,
    MISSING_REFUSED,
    MISSING_WITHHELD,
    MISSING_LOST,
    MISSING_LATE,
    MISSINGS
};
const char *missing_code(enum missing m); /* "na" …; "" for PRESENT, "late" for MISSING_LATE */
/* MISSINGS for an unknown word. */
enum missing missing_of(const char *code);

/* Counts by kind as one text ("notdue=31 lost=14"), and one count of it. */
const char *missing_counts(struct arena *a, const int64_t n[MISSINGS]);
int64_t missing_count(const char *counts, enum missing m);

/* One point's values in a panel: rows oldest first, the last is the newest within the panel's
 * period. */
struct series {
    size_t n_rows, window; /* window: the rows that lie in the panel's period (1 for a coarser
                              frequency) */
    const struct period *period; /* by row */
    double **value;              /* by row, n_units each; NaN: missing */
    uint8_t **missing;           /* by row: enum missing of each unit */
    uint16_t *
        *late; /* by row: days after the due day that each unit's value came; 0: in time */
    bool due;  /* expected by the end of the panel's period (a yearly point is due in the last
                  quarter only) */
};

struct panel {
    struct period period;
    struct utime as_of;
    struct due_days due;
    struct scheme_plan plan;
    const struct units *units;      /* the tree at the end of the period */
    const struct unit *const *unit; /* assessed units: the engine's rows */
    const char *const *unit_codes;
    size_t n_units;
    const struct point *points;
    struct series *series; /* by point */
    size_t n_points;
    const struct map *point_by_code;
    const struct formula *const *formula; /* by tree node: of leaves; NULL otherwise */
    const size_t *const
        *inputs;  /* by tree node: the points of its formula, in formula_names order */
    double **raw; /* by tree node: of leaves, n_units; NaN where missing */
    const bool
        *thin; /* by unit: too incomplete for an index; its values do not go into the engine */
    uint8_t **why; /* by tree node: of leaves: enum missing */
    struct engine_input in;
    int64_t n_due, n_present;    /* cells */
    int64_t n_late;              /* of those present: came after they were due */
    int64_t n_missing[MISSINGS]; /* cells, by kind */
    uint8_t digest[32];          /* of all values that went in */
};

/*
 * Build the panel of a period by the scheme (NULL: the one in force) from values visible at
 * as_of, which is never 0. RC_NOTFOUND without a scheme, RC_INVALID
 * when the scheme does not hold together. Everything lives in a.
 */
enum rc panel_build(const struct snap *s, const struct scheme *scheme, struct period p,
                    struct utime as_of, struct arena *a, struct panel **ret,
                    struct err *e) MUST_USE;
/* The same by the scheme in force, with PANEL_HISTORY earlier rows of every point, whether a
 * formula reaches them or not: for looking at the course of values. Its digest is its own. */
enum rc panel_build_long(const struct snap *s, struct period p, struct utime as_of,
                         struct arena *a, struct panel **ret, struct err *e) MUST_USE;
/*
 * The same panel with other values of one unit, for trying: point and row (below the series'
 * n_rows) of each; NaN takes a value away. p stays as it is and must outlive *ret. In a.
 */
struct panel_change {
    size_t point, row;
    double value;
};
enum rc panel_with(const struct panel *p, size_t unit, const struct panel_change *list,
                   size_t n, struct arena *a, struct panel **ret, struct err *e) MUST_USE;
/* Replace leaf columns (panel's raw by node) in an engine input of the same shape; for mixtures
 * of two periods. */
struct engine_input panel_input(const struct panel *p, const double *const *values);

#endif
