/* A county for tests of collection: units, points, a scheme of none, people, the calendar. */
#ifndef COLLECT_TEST_COLLECT_H
#define COLLECT_TEST_COLLECT_H

#include "collect/filing.h"
#include "store/test_county.h"

enum someone { DESK, LEADER, FILL1, FILL2, HEAD1, OTHER, TOWN, PEOPLE };
struct world {
    struct county *c;
    struct arena *a;
    const struct units *units;
    struct person people[PEOPLE];
};
extern const char *const world_codes[PEOPLE];
/*
 * Sources CG (points P1 a quarter, P2 a month) and SW (P3); towns T1 and T2. DESK is of the
 * platform; FILL1, FILL2 send for CG and HEAD1 signs for it; OTHER sends for SW; TOWN is a
 * clerk of T1. The clock stands at 2026-09-30.
 */
struct world world_new(struct county *c, struct arena *a);
void world_day(struct world *w, int year, int month, int day); /* 09:00 of that day */
struct flow_who world_who(struct world *w, enum someone who);
/* A round for 2026Q3 open now, due on 2026-10-12; *ret_filing: that of CG. */
const char *world_round(struct world *w, int signatures, const char **ret_filing);
/* Values from a CSV, as somebody sends them. */
enum rc world_import(struct world *w, enum someone who, const char *csv, const char **ret_code,
                     struct err *e);
/* Values that people have decided on: past the filings. */
enum rc world_decided(struct world *w, enum someone who, const char *csv,
                      struct err *e) MUST_USE;
/* How a filing stands, in w->a; its snapshot ends with the call. */
struct filing world_filing(struct world *w, const char *code);
/* Type into the field of a unit, point and period code. */
enum rc world_type(struct world *w, enum someone who, const char *filing, const char *unit,
                   const char *point, const char *period, const char *text,
                   struct filing_saved *ret, struct err *e);
/* A workbook with P1 of T1 and T2 for 2026Q3. */
struct bytes world_sheet(struct world *w);
void world_proved(struct world *w); /* every matter is what its records say */

#endif
