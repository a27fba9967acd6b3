/* Who is to be told, and when nobody is. Not for other folders. */
#ifndef NOTICE_PLAN_H
#define NOTICE_PLAN_H

#include "notice/notice.h"

struct hours {
    int64_t digest, quiet_from, quiet_to;
    bool red_at_night;
};
enum rc hours_get(const struct snap *s, struct hours *ret, struct err *e) MUST_USE;
bool hours_quiet(const struct hours *h, struct utime now);
/* Rows for everybody who is to be told now; *ret_wanted is how many. */
enum rc plan_make(struct county *c, const struct hours *h, int64_t *ret_wanted,
                  struct err *e) MUST_USE;

#endif
