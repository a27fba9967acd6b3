/* What the pages about accounts share. Not for other folders. */
#ifndef PEOPLE_ACCOUNT_ROOM_H
#define PEOPLE_ACCOUNT_ROOM_H

#include "people/asker.h"

/* Slips just made, waiting to be printed by who made them. */
struct slips_held {
    struct slip_row {
        const char *code, *name, *unit, *role; /* role: N_() */
        char pin[ACTIVATION_CODE + 1];
    } * row;
    size_t n;
    struct utime until;
    int64_t gone_us; /* on the monotonic clock: not shown any more */
};
/* Empty slips in an arena of their own, for held_put. */
struct slips_held *slips_new(struct county *c, struct arena *a, size_t n);

/* Handlers of slips_page.c and account_import_page.c; their routes are rows of account_routes.
 */
enum rc slips_show(struct rq *rq, struct err *e);
enum rc slips_pdf(struct rq *rq, struct err *e);
enum rc account_import_show(struct rq *rq, struct err *e);
enum rc account_import_post(struct rq *rq, struct err *e);
enum rc account_import_confirm(struct rq *rq, struct err *e);

#endif
