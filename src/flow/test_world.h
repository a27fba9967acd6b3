/* A county for tests of matters: units, people, the calendar of 2025 and 2026, the kinds of
 * test_kinds.h. */
#ifndef FLOW_TEST_WORLD_H
#define FLOW_TEST_WORLD_H

#include "flow/matter.h"
#include "flow/test_kinds.h"
#include "store/test_county.h"

enum someone {
    SYSTEM,
    LEADER,
    DESK1, /* platform */
    DESK2,
    DESK3,
    FIN1, /* clerks of CG */
    FIN2,
    TRADE, /* clerk of SW */
    TOWN,  /* clerk of T1 */
    GROUP, /* stationed group over CG and SW */
    SECADMIN,
    PEOPLE
};
extern const char *const world_codes[PEOPLE];
struct world {
    struct county *c;
    struct arena *a;
    const struct units *units;
    struct person people[PEOPLE];
    int64_t version; /* the next act was prepared on; -1: on the newest */
};

/* The clock stands at Wednesday 2026-09-30 08:00 in Asia/Shanghai. */
struct world world_new(struct county *c, struct arena *a);
void world_day(struct world *w, int year, int month, int day); /* 09:00 of that day */
struct flow_who world_who(struct world *w, enum someone who);

/* given: "field=value;field=value" or NULL. *ret may be NULL. */
enum rc world_open(struct world *w, enum someone who, const char *kind, const char *title,
                   const char *unit, const char *given, const char **ret_code, struct err *e);
enum rc world_move(struct world *w, enum someone who, const char *matter, const char *verb,
                   const char *given, struct err *e);
enum rc world_comment(struct world *w, enum someone who, const char *matter, const char *text,
                      struct err *e);
enum rc world_hand(struct world *w, enum someone who, const char *matter, const char *unit,
                   const char *account, struct err *e);
enum rc world_away(struct world *w, enum someone by, const char *from, const char *to,
                   int32_t first, int32_t last, struct err *e);
void world_units_again(struct world *w);
/* The matter now, in w->a. */
struct matter world_matter(struct world *w, const char *code);
void world_proved(struct world *w); /* every matter is what its records say */

#define DAY(y, m, d) day_of((y), (m), (d))

#endif
