/*
 * Schemes and points as tables: the columns of META.csv with the county's own behind them, in
 * and out. A round trip changes nothing.
 */
#ifndef MONITOR_SCHEME_IMPORT_H
#define MONITOR_SCHEME_IMPORT_H

#include "monitor/panel.h"
#include "monitor/scheme.h"
#include "sheet/heading.h"
#include "sheet/problem.h"
#include "sheet/table.h"

struct county;
struct tx;

/*
 * The nodes of a table with the head iCode, iName, Level, Parent, … (order free, unknown
 * columns an error). Wrong cells are in problems. Method and Params together make a node's
 * scoring: {"method":Method, …Params}. In a.
 */
enum rc scheme_from_table(const struct table *t, struct arena *a, struct scheme *ret,
                          struct problems *problems, struct err *e) MUST_USE;
const struct table *scheme_to_table(const struct scheme *s, struct arena *a);

/* What columns of points may be called. */
extern const struct heading point_headings[];
/* Points of a table with the head code, indicator, name, … ; unit codes and frequencies are
 * checked. In a. */
enum rc points_from_table(const struct table *t, const struct units *us, struct arena *a,
                          struct point **ret, size_t *ret_n, struct problems *problems,
                          struct err *e) MUST_USE;
const struct table *points_to_table(const struct point *points, size_t n, struct arena *a);
/* What writing a point would do. */
enum point_change { POINT_SAME, POINT_FRESH, POINT_CHANGED };
enum rc point_compare(const struct snap *s, const struct point *p, enum point_change *ret,
                      struct err *e) MUST_USE;
/* Write points with one record each; those that are the same are left alone. The one way to a
 * new point, so it asks points_same_pass. */
enum rc points_write(struct tx *tx, struct county *c, const struct point *points, size_t n,
                     const char *by, size_t *ret_changed, struct err *e) MUST_USE;

#endif
