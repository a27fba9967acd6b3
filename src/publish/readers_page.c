/* Who opened a unit's reports, shown to the unit: what is written down about reading is no
 * secret from those who were read about. One line a day, person, report and form. */
#include "publish/readers_page.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "people/asker.h"
#include "people/role.h"
#include "publish/readers.html.h"
#include "publish/readers.sql.h"
#include "store/county.h"

#include <string.h>

enum { READINGS_A_PAGE = 300 /* the query's limit */ };

static const char *what_text(const struct rq *rq, const char *what)
{
    static const struct {
        const char *what, *text;
    } names[] = { { "report", N_("页面") },
                  { "report.pdf", N_("PDF文件") },
                  { "report.docx", N_("Word文档") } };
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq(names[i].what, what))
            return rq_tr(rq, names[i].text);
    return what;
}

/* /report/D04/2026Q3.pdf: the period, and the page it is of. */
static void subject(struct rq *rq, const char *path, const char *unit, const char **ret_period,
                    const char **ret_href)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct period p;
    const char *slash = strrchr(path, '/');
    const char *code = slash ? arena_strndup(rq->a, slash + 1, strcspn(slash + 1, ".")) : "";
    bool known = period_parse(code, &p, &e) == RC_OK;
    *ret_period = known ? period_name(rq->a, p, rq->lang) : code;
    *ret_href = known ? arena_printf(rq->a, "/report/%s/%s", unit, code) : "/report";
}

/* The unit's own people by name, others by their post: the unit learns which office has read
 * its report, not who of it. */
static const char *who(const struct rq *rq, const struct readers_of_unit_row *r, bool own)
{
    const struct role *role = r->role ? role_find(r->role) : NULL;
    if (own)
        return r->name ? r->name : r->account;
    return rq_tr(rq, role ? role->name : N_("已经没有角色的人"));
}

static enum rc readers_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct unit *unit;
    struct readers_of_unit_row *rows;
    size_t n;
    int64_t before = 0;
    enum rc rc = rq_unit(rq, rq_param(rq, "unit"), &unit, e);
    if (rc == RC_OK)
        rc = rq_query_int(rq, "before", N_("从哪一条之前"), 1, INT64_MAX, &before, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = readers_of_unit_all(s, county_today(rq_county(rq)), unit->code,
                                 (struct id){ before }, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    struct readers_page p = { .unit_code = unit->code, .unit_name = unit->name };
    struct map *lines = map_new(rq->a), *people = map_new(rq->a);
    p.rows = arena_array(rq->a, n, sizeof(*p.rows));
    for (size_t i = 0; i < n; i++) {
        const struct readers_of_unit_row *r = &rows[i];
        const char *key = arena_printf(rq->a, "%d %s %s %s", time_day(r->at), r->account,
                                       r->what, r->subject);
        struct readers_rows *line = map_get(lines, key);
        p.people += map_add(people, r->account, people);
        p.total++;
        if (line) {
            line->times++;
            continue;
        }
        const struct unit *office =
            r->office ? units_find(rq_asker(rq)->units, r->office) : NULL;
        bool own = office && unit_under(office, unit);
        line = &p.rows[p.n_rows++];
        *line = (struct readers_rows){ .day = day_start(time_day(r->at)),
                                       .name = who(rq, r, own),
                                       .office = office ? office->name : "",
                                       .own = own,
                                       .what = what_text(rq, r->what),
                                       .times = 1,
                                       .last = r->at };
        subject(rq, r->subject, unit->code, &line->period, &line->href);
        map_set(lines, key, line);
    }
    if (n == READINGS_A_PAGE)
        p.next = arena_printf(rq->a, "/readers/%s?before=%lld", unit->code,
                              (long long)rows[n - 1].id.v);
    rq_crumb(rq, rq_tr(rq, N_("体检报告")), "/report");
    rq_crumb(rq, unit->name, NULL);
    return readers_render(rq, &p, e);
}

const struct route readers_routes[] = {
    { .method = GET,
      .path = "/readers/:unit",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_UNIT,
      .fn = readers_show,
      .page = &readers_kind,
      .help = N_("谁打开过一个单位的体检报告") },
};
const size_t readers_routes_n = COUNT(readers_routes);
