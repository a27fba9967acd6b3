/* Exports as downloads. */
#include "monitor/export_page.h"

#include "base/clock.h"
#include "base/str.h"
#include "monitor/export.h"
#include "people/asker.h"
#include "sheet/sheet.h"
#include "store/county.h"

enum { SNAP_MS = 120000 };

static enum rc send(struct rq *rq, enum sheet_format format, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *missing = rq_query(rq, "missing");
    struct export_wish wish = { .what = rq_param(rq, "what"),
                                .point = rq_query(rq, "point"),
                                .lang = rq->lang,
                                .mark = county_mark(rq_county(rq)),
                                .missing = missing && str_eq(missing, "1") };
    struct sight sees;
    const struct table *t;
    enum rc rc = rq_query_period(rq, "period", N_("期间"), &wish.period, e);
    if (rc == RC_OK)
        rc = db_read_for(rq_county(rq)->db, SNAP_MS, &s, e);
    if (rc == RC_OK)
        rc = rq_sight(rq, &sees, e);
    if (rc == RC_OK)
        rc = export_table(s, &sees, time_day(rq->now), &wish, rq->a, &t, e);
    if (rc != RC_OK)
        return rc;
    return rq_send_table(rq, format, t, wish.what, e);
}

static enum rc export_xlsx(struct rq *rq, struct err *e)
{
    return send(rq, SHEET_XLSX, e);
}

static enum rc export_csv(struct rq *rq, struct err *e)
{
    return send(rq, SHEET_CSV, e);
}

static enum rc export_json(struct rq *rq, struct err *e)
{
    return send(rq, SHEET_JSON, e);
}

#define EXPORTING                                                                              \
    .method = GET, .auth = SESSION | TOKEN, .need = CAP_EXPORT, .scope = SCOPE_LIST,           \
    .journal = "export" /* part of an initialiser */

const struct route export_routes[] = {
    { EXPORTING, .path = "/export/:what.xlsx", .fn = export_xlsx, .help = N_("导出为xlsx") },
    { EXPORTING, .path = "/export/:what.csv", .fn = export_csv, .help = N_("导出为CSV") },
    { EXPORTING, .path = "/export/:what", .fn = export_json, .help = N_("导出为JSON") },
};
const size_t export_routes_n = COUNT(export_routes);
