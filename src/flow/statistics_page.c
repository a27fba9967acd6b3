/*
 * How matters went, kind by kind, over what ended in a span of days: never by person, only by
 * unit. The page, and the same as a table to take away.
 */
#include "base/clock.h"
#include "base/fmt.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "flow/flow_page.h"
#include "flow/page_room.h"
#include "flow/statistics.html.h"
#include "sheet/sheet.h"
#include "store/county.h"

#include <math.h>

enum { STATISTICS_SNAP_MS = 60000 };

struct asked {
    int32_t from, to;
    const char *unit;
};

static const char *query(struct rq *rq, const char *name)
{
    const char *v = rq_query(rq, name);
    return v ? v : "";
}

/* Without a span: this year up to today. */
static enum rc read_asked(struct rq *rq, struct asked *ret, struct err *e)
{
    int y, m, d;
    const char *from = query(rq, "from"), *to = query(rq, "to");
    int32_t today = county_today(rq_county(rq));
    day_split(today, &y, &m, &d);
    *ret = (struct asked){ day_of(y, 1, 1), today, query(rq, "unit") };
    enum rc rc = *from ? day_parse(from, &ret->from, e) : RC_OK;
    if (rc == RC_OK && *to)
        rc = day_parse(to, &ret->to, e);
    if (rc == RC_OK && ret->to < ret->from)
        return err_set(e, RC_INVALID, N_("结束日不能早于开始日"));
    return rc;
}

static enum rc kind_numbers(struct rq *rq, const struct snap *s, const struct flow_who *w,
                            const struct flow_kind *k, const struct asked *x,
                            struct statistics_kinds *ret, struct err *e)
{
    struct flow_stats st;
    struct board_column *b;
    size_t n;
    enum rc rc = flow_statistics(s, rq_county(rq), w, k->code, x->unit, day_start(x->from),
                                 day_start(x->to + 1), rq->a, &st, e);
    if (rc == RC_OK)
        rc = flow_states(s, rq_county(rq), w, k->code, x->unit, rq->lang, rq->a, &b, &n, e);
    if (rc != RC_OK)
        return rc;
    *ret = (struct statistics_kinds){ .code = k->code,
                                      .name = rq_tr(rq, k->name),
                                      .open = st.open,
                                      .yellow = st.overdue[FLOW_YELLOW],
                                      .orange = st.overdue[FLOW_ORANGE],
                                      .red = st.overdue[FLOW_RED],
                                      .ended = st.ended,
                                      .in_time = st.in_time,
                                      .late = st.late,
                                      .first_in_time = st.first_in_time,
                                      .first_judged = st.first_in_time + st.first_late,
                                      .returned = st.returned,
                                      .reopened = st.reopened,
                                      .measured = st.measured,
                                      .gross_mean = st.gross_mean,
                                      .gross_median = st.gross_median,
                                      .gross_p90 = st.gross_p90,
                                      .net_mean = st.net_mean,
                                      .net_median = st.net_median,
                                      .net_p90 = st.net_p90 };
    ret->states = arena_array(rq->a, n, sizeof(*ret->states));
    for (size_t i = 0; i < n; i++)
        if (b[i].n > 0 && !b[i].final)
            ret->states[ret->n_states++] =
                (struct statistics_kinds_states){ b[i].name, b[i].n };
    return RC_OK;
}

static enum rc fill(struct rq *rq, const struct asked *x, struct statistics_page *p,
                    struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who w;
    size_t n;
    const struct flow_kind *const *kinds = flow_kinds(rq_county(rq), &n);
    enum rc rc = db_read_for(rq_county(rq)->db, STATISTICS_SNAP_MS, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    p->kinds = arena_array(rq->a, n, sizeof(*p->kinds));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct statistics_kinds *k = &p->kinds[p->n_kinds];
        rc = kind_numbers(rq, s, &w, kinds[i], x, k, e);
        p->n_kinds += rc == RC_OK && (k->open > 0 || k->ended > 0); /* others say nothing */
        p->open += k->open;
        p->ended += k->ended;
        p->in_time += k->in_time;
        p->judged += k->in_time + k->late;
    }
    return rc;
}

static enum rc statistics_show(struct rq *rq, struct err *e)
{
    struct statistics_page p = { .error = NULL };
    struct asked x;
    char from[PERIOD_TEXT], to[PERIOD_TEXT];
    const struct asker *k = rq_asker(rq);
    enum rc rc = read_asked(rq, &x, e);
    if (rc == RC_OK)
        rc = fill(rq, &x, &p, e);
    if (rc != RC_OK)
        return rc;
    const bool *may = person_scope(&k->person, CAP_READ_UNIT, k->units, rq->a);
    p.units = arena_array(rq->a, k->units->n, sizeof(*p.units));
    for (size_t i = 0; i < k->units->n; i++)
        if (may[i])
            p.units[p.n_units++] =
                (struct statistics_units){ k->units->all[i].code, k->units->all[i].name,
                                           str_eq(k->units->all[i].code, x.unit) };
    const struct unit *u = units_find(k->units, x.unit);
    p.unit = x.unit;
    p.unit_name = u ? u->name : "";
    p.from = day_start(x.from);
    p.to = day_start(x.to);
    p.from_text = arena_strdup(rq->a, day_code(x.from, from));
    p.to_text = arena_strdup(rq->a, day_code(x.to, to));
    p.xlsx = arena_printf(rq->a, "/statistics.xlsx?from=%s&to=%s&unit=%s", p.from_text,
                          p.to_text, u ? u->code : "");
    p.csv = arena_printf(rq->a, "/statistics.csv?from=%s&to=%s&unit=%s", p.from_text, p.to_text,
                         u ? u->code : "");
    rq_crumb(rq, rq_tr(rq, N_("事项")), "/board");
    rq_crumb(rq, rq_tr(rq, N_("办理统计")), NULL);
    return statistics_render(rq, &p, e);
}

/* ---- as a table ---- */

enum {
    S_KIND,
    S_OPEN,
    S_YELLOW,
    S_ORANGE,
    S_RED,
    S_ENDED,
    S_IN_TIME,
    S_LATE,
    S_FIRST,
    S_GROSS_MEAN,
    S_GROSS_HALF,
    S_GROSS_90,
    S_NET_MEAN,
    S_NET_HALF,
    S_NET_90,
    S_RETURNED,
    S_REOPENED,
    S_COLUMNS
};
static const char *const heads[S_COLUMNS] = {
    N_("类别"),       N_("在办"),       N_("黄色"),         N_("橙色"),
    N_("红色"),       N_("办结"),       N_("按期"),         N_("逾期"),
    N_("按原定期限"), N_("总用时平均"), N_("总用时中位"),   N_("总用时九成内"),
    N_("净用时平均"), N_("净用时中位"), N_("净用时九成内"), N_("退回过"),
    N_("重开过"),
};

static void put(struct table *t, size_t row, size_t col, int64_t v, struct arena *a)
{
    if (v >= 0)
        table_set(t, row, col, CELL_NUMBER, arena_printf(a, "%lld", (long long)v));
}

static void put_mean(struct table *t, size_t row, size_t col, double v, struct arena *a)
{
    if (!isnan(v))
        table_set(t, row, col, CELL_NUMBER, arena_printf(a, "%.1f", v));
}

static struct table *table_of(struct rq *rq, const struct statistics_page *p)
{
    struct table *t = table_new(rq->a, p->n_kinds + 1, S_COLUMNS, true);
    for (size_t i = 0; i < S_COLUMNS; i++)
        table_set(t, 0, i, CELL_TEXT, rq_tr(rq, heads[i]));
    for (size_t i = 0; i < p->n_kinds; i++) {
        const struct statistics_kinds *k = &p->kinds[i];
        table_set(t, i + 1, S_KIND, CELL_TEXT, k->name);
        put(t, i + 1, S_OPEN, k->open, rq->a);
        put(t, i + 1, S_YELLOW, k->yellow, rq->a);
        put(t, i + 1, S_ORANGE, k->orange, rq->a);
        put(t, i + 1, S_RED, k->red, rq->a);
        put(t, i + 1, S_ENDED, k->ended, rq->a);
        put(t, i + 1, S_IN_TIME, k->in_time, rq->a);
        put(t, i + 1, S_LATE, k->late, rq->a);
        put(t, i + 1, S_FIRST, k->first_in_time, rq->a);
        put_mean(t, i + 1, S_GROSS_MEAN, k->gross_mean, rq->a);
        put(t, i + 1, S_GROSS_HALF, k->gross_median, rq->a);
        put(t, i + 1, S_GROSS_90, k->gross_p90, rq->a);
        put_mean(t, i + 1, S_NET_MEAN, k->net_mean, rq->a);
        put(t, i + 1, S_NET_HALF, k->net_median, rq->a);
        put(t, i + 1, S_NET_90, k->net_p90, rq->a);
        put(t, i + 1, S_RETURNED, k->returned, rq->a);
        put(t, i + 1, S_REOPENED, k->reopened, rq->a);
    }
    return t;
}

static enum rc send(struct rq *rq, enum sheet_format format, struct err *e)
{
    struct statistics_page p = { .error = NULL };
    struct asked x;
    enum rc rc = read_asked(rq, &x, e);
    if (rc == RC_OK)
        rc = fill(rq, &x, &p, e);
    if (rc != RC_OK)
        return rc;
    const struct table *t = table_of(rq, &p);
    return rq_send_table(rq, format, t, "statistics", e);
}

static enum rc statistics_xlsx(struct rq *rq, struct err *e)
{
    return send(rq, SHEET_XLSX, e);
}

static enum rc statistics_csv(struct rq *rq, struct err *e)
{
    return send(rq, SHEET_CSV, e);
}

#define LISTING                                                                                \
    .auth = SESSION | TOKEN, .need = CAP_READ_UNIT,                                            \
    .scope = SCOPE_LIST /* part of an initialiser */

const struct route statistics_routes[] = {
    { LISTING, .method = GET, .path = "/statistics", .fn = statistics_show,
      .page = &statistics_kind,
      .help = N_("各类事项的办理统计:在办停在哪一步,办结用了多久、是否按期") },
    { LISTING, .method = GET, .path = "/statistics.xlsx", .fn = statistics_xlsx,
      .journal = "export", .help = N_("办理统计导出为xlsx") },
    { LISTING, .method = GET, .path = "/statistics.csv", .fn = statistics_csv,
      .journal = "export", .help = N_("办理统计导出为CSV") },
};
const size_t statistics_routes_n = COUNT(statistics_routes);
