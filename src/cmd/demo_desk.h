/*
 * A turn of the demo's directives: who acts on which of them, and what all its parts use.
 * demo_directive.c goes through them, demo_draft.c begins them, demo_deed.c says what somebody
 * does in a state, demo_record.c what is written down.
 */
#ifndef CMD_DEMO_DESK_H
#define CMD_DEMO_DESK_H

#include "base/rng.h"
#include "cmd/demo_order.h"
#include "flow/matter.h"

enum { GIVEN_MAX = 20, PERSONS_MAX = 200 };

/* What somebody does to a matter. */
struct deed {
    const char *verb, *account; /* NULL: nothing */
    struct flow_given given[GIVEN_MAX];
    size_t n;
};

struct desk {
    struct demo_year *y;
    struct demo_orders *o;
    struct arena *a;
    struct tx *tx;
    const struct units *us;
    struct flow_who who[PERSONS_MAX]; /* of this change, each read once */
    const char *names[PERSONS_MAX];
    size_t n_who;
    struct demo_order *x;
    struct matter m;
    struct rng r; /* of this matter in this state */
    int32_t days; /* in this state */
};

/* A field, unless there is nothing to say. */
void deed_say(struct deed *w, const char *field, const char *value);

bool desk_percent(struct desk *d, unsigned share);
uint64_t desk_draw(struct desk *d, uint64_t from, uint64_t to);
/* A trait of the directive, whatever its state, so many of a hundred have; none of those that
 * would not end in time. */
bool desk_trait(const struct desk *d, const char *trait, unsigned share);
/* The next text for a use: by turns, so that none comes again before all have. */
const char *desk_words(struct desk *d, const char *use);
const char *desk_day(const struct desk *d, int32_t day);

/* ---- people ---- */

const char *desk_unit_of(const struct desk *d, const char *account); /* "" when there is none */
bool desk_is_person(const struct desk *d, const char *to);           /* rather than a unit */
const char *desk_clerk(const struct desk *d, const char *unit);      /* NULL */
const char *desk_holder(const struct desk *d);
const char *desk_group(const struct desk *d, const char *unit); /* that is stationed; NULL */
enum rc desk_who(struct desk *d, const char *account, const struct flow_who **ret,
                 struct err *e) MUST_USE;

/* ---- the parts ---- */

/* The instruction, then the draft made of it, or the draft at once (demo_draft.c). */
enum rc desk_begin(struct desk *d, struct err *e) MUST_USE;
/* The instructions that become no directives: written and answered (demo_draft.c). */
enum rc desk_instructions(struct desk *d, struct err *e) MUST_USE;
/* What is done about d->x today; false: nothing (demo_deed.c). */
bool desk_deed(struct desk *d, struct deed *w);
/* What was done is written down, asked about and answered (demo_record.c). */
enum rc desk_record(struct desk *d, bool *ret, struct err *e) MUST_USE;
/* An entry that was written where there was no network, and came when all had ended. */
enum rc desk_record_after(struct desk *d, struct err *e) MUST_USE;

#endif
