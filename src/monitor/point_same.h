/* 一数一源 for points: what looks like a point that is there, and deciding about it. */
#ifndef MONITOR_POINT_SAME_H
#define MONITOR_POINT_SAME_H

#include "burden/same.h"
#include "monitor/point.h"
#include "web/web.h"

struct units;

/* Pairs of points that are to be written with those that are there, and with those before them
 * in the list. */
enum rc points_same(const struct snap *s, const struct point *list, size_t n, struct arena *a,
                    struct same_pair **ret, size_t *ret_n, struct err *e) MUST_USE;
/* Pairs among those that are there, decided ones too: the later code is the point. */
enum rc points_same_there(const struct snap *s, struct arena *a, struct same_pair **ret,
                          size_t *ret_n, struct err *e) MUST_USE;
/* Why the list says that a point is none of those it looks like; "". */
const char *points_same_reason(const struct point *list, size_t n, const char *code);
/*
 * What every new point, or new name of one, must pass: RC_CONFLICT for the first pair that
 * nobody has decided to be different. A point that says why it is (point.different) is decided
 * by that, with its record.
 */
enum rc points_same_pass(struct tx *tx, struct county *c, const struct point *list, size_t n,
                         const char *by, struct arena *a, struct err *e) MUST_USE;
/* How many pairs among points that a round would ask for wait for a decision. */
enum rc points_same_open(const struct snap *s, const struct point *list, size_t n,
                         struct arena *a, int64_t *ret, struct err *e) MUST_USE;
/*
 * A point that is there is found to be the same as another: it is not asked for any more.
 * RC_CONFLICT while an indicator of the scheme in force still takes it: it says which, and what
 * to write instead.
 */
enum rc point_same_decide(struct tx *tx, struct county *c, const struct same_decision *d,
                          const char *by, struct arena *a, struct err *e) MUST_USE;

extern const struct route point_same_routes[];
extern const size_t point_same_routes_n;

#endif
