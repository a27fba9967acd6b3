/* What the pages about data share: words, pagers, what the log says of a record. Text lives in
 * the request's arena. */
#ifndef MONITOR_DATA_PAGE_H
#define MONITOR_DATA_PAGE_H

#include "monitor/panel.h"
#include "people/asker.h"
#include "web/pager.html.h"
#include "web/web.h"

/* 不适用 …, in the reader's language; "" for PRESENT. Words the table does not know are said as
 * they are. */
const char *missing_text(const struct rq *rq, const char *code);
/* 每季 …, as Chinese source text. */
const char *frequency_text(enum period_kind k);
/* By when the next value of a point after p is due: "2027-01-10前". */
const char *next_update_text(struct rq *rq, const struct due_days *d, const struct point *pt,
                             struct period p);
/* A due day as a person sees it from today: "2026-10-10，还有2天", "2026-10-10，已过13天". */
const char *due_text(struct rq *rq, int32_t day);
const char *unit_name_of(const struct units *us,
                         const char *code); /* its code when there is none */

struct vouched { /* what can be said of a record */
    int64_t log_index;
    bool log_index_null;
    const char *vouch;
};
enum rc record_vouch(struct rq *rq, const struct snap *s, struct id record, struct vouched *ret,
                     struct err *e) MUST_USE;

/* The newest version of each unit's value of a point in a period. */
struct point_cell {
    double value;
    const char *missing; /* code */
    int64_t version;     /* 0: nothing was sent */
    const char *note;
    struct utime at;
};
/* By unit.index of us; in a. */
enum rc point_cells(const struct snap *s, const struct units *us, struct id point,
                    struct period p, struct arena *a, struct point_cell **ret,
                    struct err *e) MUST_USE;

#endif
