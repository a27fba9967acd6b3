/* What matters give to reminders: how much waits for a person, and whether something has become
 * red since they were last told. */
#include "flow/calendar.h"
#include "flow/inbox.h"
#include "flow/notice.sql.h"
#include "notice/notice.h"

enum { WAITING_MAX = 1000 };

static enum rc newest(const struct snap *s, int64_t *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct notice_newest_row row;
    enum rc rc = notice_newest_one(s, a, &row, e);
    if (rc == RC_OK)
        *ret = row.id.v;
    return rc;
}

static enum rc waiting(const struct snap *s, struct county *c, const struct person *p,
                       const struct units *units, int64_t after, struct arena *a,
                       struct notice_waiting *ret, struct err *e)
{
    struct flow_who w;
    enum rc rc = flow_who_load(s, c, p, units, a, &w, e);
    if (rc == RC_OK)
        rc = flow_inbox_count(s, c, &w, WAITING_MAX, a, &ret->n, e);
    if (rc == RC_OK)
        rc = flow_turned_red(s, c, &w, (struct id){ after }, a, &ret->urgent, e);
    return rc;
}

/* A year whose arrangement is missing has no days off: better told than not. */
static enum rc day_off(const struct snap *s, struct county *c, int32_t day, bool *ret,
                       struct err *e)
{
    const struct calendar *cal;
    bool work = true;
    enum rc rc = calendar_get(c, s, &cal, e);
    if (rc == RC_OK)
        *ret = calendar_is_work(cal, day, &work) == 0 && !work;
    return rc;
}

const struct notice_source flow_notice_source = { newest, waiting, day_off };
