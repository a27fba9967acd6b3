/* Routes of the pages about matters: one matter, a new one, the inbox, the board, the agenda,
 * statistics, handing over, standing in, the calendar; and what other pages ask for. */
#ifndef FLOW_FLOW_PAGE_H
#define FLOW_FLOW_PAGE_H

#include "flow/flow.h"
#include "web/web.h"

extern const struct route matter_routes[], matter_new_routes[], inbox_routes[],
    statistics_routes[], handover_routes[], away_routes[], calendar_routes[];
extern const size_t matter_routes_n, matter_new_routes_n, inbox_routes_n, statistics_routes_n,
    handover_routes_n, away_routes_n, calendar_routes_n;

/* The asker with whom they stand in for. */
enum rc rq_who(struct rq *rq, const struct snap *s, struct flow_who *ret,
               struct err *e) MUST_USE;
/* 还有3个工作日; 已逾期2个工作日; 今天到期; "" when there is no day. */
const char *rq_due_text(struct rq *rq, const struct snap *s, int32_t due, int gap_year);

/*
 * What another folder has written down about a matter, for the matter's page: fill gives the
 * newest entries; *ret_has says whether there is to be such a section at all. Once, before
 * anything is asked.
 */
struct log_page;
typedef enum rc flow_log_fill(struct rq *rq, const struct snap *s, const struct flow_who *w,
                              const struct matter *m, bool *ret_has, struct log_page *ret,
                              struct err *e);
void flow_use_log(struct county *c, flow_log_fill *fill);

#endif
