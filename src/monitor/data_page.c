/* What the pages about data share. Nothing here decides who may see what. */
#include "monitor/data_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/str.h"
#include "db/db.h"
#include "monitor/compute.sql.h"
#include "monitor/value.sql.h"
#include "print/health_report.h"

#include <math.h>

const char *missing_text(const struct rq *rq, const char *code)
{
    enum missing m = missing_of(code);
    if (m == PRESENT)
        return "";
    return m == MISSINGS ? code : report_missing_text((enum report_missing)m, rq->lang);
}

const char *frequency_text(enum period_kind k)
{
    switch (k) {
    case PERIOD_YEAR:
        return N_("每年");
    case PERIOD_QUARTER:
        return N_("每季");
    case PERIOD_MONTH:
        return N_("每月");
    case PERIOD_WEEK:
        return N_("每周");
    case PERIOD_DAY:
        return N_("每天");
    }
    return "";
}

const char *next_update_text(struct rq *rq, const struct due_days *d, const struct point *pt,
                             struct period p)
{
    struct period next = period_step(period_at(pt->frequency, period_last_day(p)), 1);
    char day[PERIOD_TEXT];
    return text_fill(rq->a, rq_tr(rq, N_("{day}前")), "day", day_code(due_day(d, next), day),
                     NULL);
}

const char *due_text(struct rq *rq, int32_t day)
{
    char date[PERIOD_TEXT];
    int32_t left = day - time_day(rq->now);
    const char *words = left > 0   ? N_("{day}，还有{n}天")
                        : left < 0 ? N_("{day}，已过{n}天")
                                   : N_("{day}，今天");
    return text_fill(rq->a, rq_tr(rq, words), "day", day_code(day, date), "n",
                     arena_printf(rq->a, "%d", left < 0 ? -left : left), NULL);
}

const char *unit_name_of(const struct units *us, const char *code)
{
    const struct unit *u = units_find(us, code);
    return u ? u->name : code;
}

enum rc record_vouch(struct rq *rq, const struct snap *s, struct id record, struct vouched *ret,
                     struct err *e)
{
    struct record_place_row place = { .seq = -1 };
    enum rc rc = record.v ? record_place_one(s, record, rq->a, &place, e) : RC_OK;
    if (rc != RC_OK)
        return rc;
    *ret = (struct vouched){ .log_index = place.seq, .log_index_null = place.seq < 0 };
    ret->vouch =
        !record.v ? rq_tr(rq, N_("还没有写入日志。"))
        : place.seq < 0
            ? rq_tr(rq, N_("已记下，几秒后写入日志。"))
            : text_fill(rq->a, rq_tr(rq, N_("写在日志第{n}条，任何人都能核验没有改过。")), "n",
                        fmt_count(rq->a, place.seq), NULL);
    return RC_OK;
}

enum rc point_cells(const struct snap *s, const struct units *us, struct id point,
                    struct period p, struct arena *a, struct point_cell **ret, struct err *e)
{
    struct values_of_point_row *rows;
    size_t n;
    enum rc rc = values_of_point_all(s, p, point, a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct point_cell *cells = arena_array(a, us->n, sizeof(*cells));
    for (size_t i = 0; i < us->n; i++)
        cells[i] = (struct point_cell){ .value = NAN, .missing = "", .note = "" };
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = units_by_id(us, rows[i].unit_id);
        if (u)
            cells[u->index] = (struct point_cell){ .value = rows[i].value,
                                                   .missing = rows[i].missing,
                                                   .version = rows[i].version,
                                                   .note = rows[i].note,
                                                   .at = rows[i].done_at };
    }
    *ret = cells;
    return RC_OK;
}
