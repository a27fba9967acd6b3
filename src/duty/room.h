/* What the files of this folder share. Not for other folders. */
#ifndef DUTY_ROOM_H
#define DUTY_ROOM_H

#include "duty/duty.h"
#include "web/web.h"

struct matter;

/* RC_INVALID with what would be right. */
enum rc duty_name_check(const char *name, struct err *e) MUST_USE;
enum rc duty_item_check(const struct duty_item *i, struct err *e) MUST_USE;

/*
 * Whether an account can hold a post of a unit: it is active, and belongs to the unit or
 * handles its matters. *ret_why NULL: it can; else N_() why not, with {account} and {unit}.
 * *ret_name: the person's.
 */
enum rc duty_may_hold(const struct snap *s, const struct unit *u, const char *account,
                      int32_t today, struct arena *a, const char **ret_name,
                      const char **ret_why, struct err *e) MUST_USE;

/* The post and year a confirmation is of. */
enum rc duty_matter_post(const struct snap *s, const struct matter *m, struct arena *a,
                         struct duty_post *ret, int64_t *ret_year, struct err *e) MUST_USE;

/* For pages. */
int duty_this_year(struct rq *rq);
const char *duty_matter_href(struct rq *rq, const char *kind, const char *code);
const char *duty_state_name(struct rq *rq, const char *kind, const char *state);

/* The handler that enters a failure: it answers with the post's page. */
enum rc duty_failure_post(struct rq *rq, struct err *e);

#endif
