/* What the pages about matters share. Not for other folders. */
#ifndef FLOW_PAGE_ROOM_H
#define FLOW_PAGE_ROOM_H

#include "flow/inbox.h"
#include "people/asker.h"

/* The asker with whom they stand in for. */
enum rc rq_who(struct rq *rq, const struct snap *s, struct flow_who *ret,
               struct err *e) MUST_USE;
/* 还有3个工作日; 已逾期2个工作日; 今天到期; "" when there is no day. */
const char *rq_due_text(struct rq *rq, const struct snap *s, int32_t due, int gap_year);
/* 2026-09-30 00:00 of a day, none for 0. */
struct utime day_time(int32_t day);

#endif
