/* Counts of the first form: a page for the discipline organ, and another for everybody who
 * reads the county, which is made of what was given out and nothing else. */
#include "base/clock.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "duty/duty_page.h"
#include "duty/first_form.h"
#include "duty/first_form.html.h"
#include "duty/first_form_shown.html.h"
#include "duty/room.h"
#include "people/asker.h"
#include "store/county.h"

static const char *typed(struct rq *rq, const char *name, const char *otherwise)
{
    const char *v = rq_field(rq, name);
    return v ? v : otherwise;
}

static enum rc year_of(struct rq *rq, int64_t *ret, struct err *e)
{
    *ret = duty_this_year(rq);
    return rq_query_int(rq, "year", N_("年度"), DUTY_FIRST_YEAR, DUTY_LAST_YEAR, ret, e);
}

static const char *year_href(struct rq *rq, const char *path, int64_t year)
{
    return arena_printf(rq->a, "%s?year=%lld", path, (long long)year);
}

/* ---- inside ---- */

static const char *organ_name(struct rq *rq, const char *code)
{
    const struct unit *u = units_find(rq_asker(rq)->units, code);
    return u ? u->name : code;
}

static void fill_entries(struct rq *rq, const struct first_form *list, size_t n,
                         const char **levels, size_t n_levels, struct first_form_page *p)
{
    p->totals = arena_array(rq->a, n_levels + n, sizeof(*p->totals));
    p->entries = arena_array(rq->a, n, sizeof(*p->entries));
    for (size_t i = 0; i < n_levels; i++)
        p->totals[p->n_totals++] = (struct first_form_totals){ .name = levels[i] };
    for (size_t i = 0; i < n; i++) {
        size_t l = 0;
        while (l < p->n_totals && !str_eq(p->totals[l].name, list[i].level))
            l++;
        if (l == p->n_totals) /* a level of before the setting was changed */
            p->totals[p->n_totals++] = (struct first_form_totals){ .name = list[i].level };
        p->totals[l].used += list[i].used;
        p->totals[l].counted += list[i].counted;
        p->used += list[i].used;
        p->counted += list[i].counted;
        p->entries[p->n_entries++] =
            (struct first_form_entries){ .month = list[i].month,
                                         .level = list[i].level,
                                         .file = list[i].file,
                                         .organ_name = organ_name(rq, list[i].organ),
                                         .used = list[i].used,
                                         .counted = list[i].counted,
                                         .version = list[i].version,
                                         .at = list[i].at };
    }
}

static enum rc fill_quarters(struct rq *rq, const struct snap *s, struct first_form_page *p,
                             struct err *e)
{
    struct first_form_cell *cells;
    size_t n;
    enum rc rc = first_form_shown(s, (int)p->year, rq->a, &cells, &n, e);
    p->quarters = arena_array(rq->a, 4, sizeof(*p->quarters));
    for (int q = 1; rc == RC_OK && q <= 4; q++) {
        struct period quarter = period_of(PERIOD_QUARTER, (int)p->year, q);
        bool given = false;
        for (size_t i = 0; i < n; i++)
            given |= period_same(cells[i].quarter, quarter);
        p->quarters[p->n_quarters++] = (struct first_form_quarters){
            .code = arena_strdup(rq->a, period_code(quarter, (char[PERIOD_TEXT]){ 0 })),
            .name = period_name(rq->a, quarter, rq->lang),
            .may_give = period_last_day(quarter) < county_today(rq_county(rq)),
            .given = given
        };
    }
    return rc;
}

static enum rc show(struct rq *rq, struct first_form_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct asker *k = rq_asker(rq);
    const struct unit *own = units_by_id(k->units, k->person.unit);
    struct first_form *list = NULL;
    const char **levels = NULL;
    size_t n = 0, n_levels = 0;
    enum rc rc = year_of(rq, &p->year, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = first_form_list(s, &k->person, k->units, (int)p->year, rq->a, &list, &n, e);
    if (rc == RC_OK)
        rc = first_form_levels(s, rq->a, &levels, &n_levels, e);
    if (rc != RC_OK)
        return rc;
    p->all = person_may(&k->person, CAP_DISCIPLINE, NULL);
    p->organ_name = own ? own->name : "";
    p->month = typed(
        rq, "month",
        arena_strdup(rq->a, period_code(period_at(PERIOD_MONTH, county_today(rq_county(rq))),
                                        (char[PERIOD_TEXT]){ 0 })));
    p->file = typed(rq, "file", "");
    p->level = typed(rq, "level", "");
    p->used_typed = typed(rq, "used", "");
    p->counted_typed = typed(rq, "counted", "");
    p->prev = year_href(rq, "/duty/form", p->year - 1);
    p->next = year_href(rq, "/duty/form", p->year + 1);
    p->levels = arena_array(rq->a, n_levels, sizeof(*p->levels));
    for (size_t i = 0; i < n_levels; i++)
        p->levels[p->n_levels++] =
            (struct first_form_levels){ levels[i], str_eq(levels[i], p->level) };
    fill_entries(rq, list, n, levels, n_levels, p);
    if (p->all)
        rc = fill_quarters(rq, s, p, e);
    rq_crumb(rq, rq_tr(rq, N_("四责")), "/duty/unit");
    rq_crumb(rq, rq_tr(rq, N_("第一种形态")), NULL);
    return rc == RC_OK ? first_form_render(rq, p, e) : rc;
}

static enum rc form_show(struct rq *rq, struct err *e)
{
    struct first_form_page p = { .error = NULL };
    return show(rq, &p, e);
}

struct entering {
    struct rq *rq;
    struct first_form f;
    struct period quarter;
};

static enum rc put(struct tx *tx, void *arg, struct err *e)
{
    const struct entering *x = arg;
    const struct asker *k = rq_asker(x->rq);
    return first_form_put(tx, rq_county(x->rq), &k->person, k->units, &x->f, e);
}

static enum rc form_post(struct rq *rq, struct err *e)
{
    struct entering x = { .rq = rq };
    struct first_form_page p = { .error_field = "month" };
    enum rc rc = rq_period(rq, "month", N_("月份"), &x.f.month, e);
    if (rc == RC_OK) {
        p.error_field = "file";
        rc = rq_text(rq, "file", N_("纸质卷宗编号"), FIRST_FORM_FILE_MAX, &x.f.file, e);
    }
    if (rc == RC_OK)
        rc = rq_text(rq, "level", N_("级别"), 20, &x.f.level, e);
    if (rc == RC_OK) {
        p.error_field = "used";
        rc = rq_int(rq, "used", N_("运用"), 0, FIRST_FORM_MAX, &x.f.used, e);
    }
    if (rc == RC_OK) {
        p.error_field = "counted";
        rc = rq_int(rq, "counted", N_("统计"), 0, FIRST_FORM_MAX, &x.f.counted, e);
    }
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, put, &x, e);
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("已登记")));
        return web_done(rq, year_href(rq, "/duty/form", period_year(x.f.month)), e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

static enum rc give(struct tx *tx, void *arg, struct err *e)
{
    const struct entering *x = arg;
    return first_form_give(tx, rq_county(x->rq), &rq_asker(x->rq)->person, x->quarter, e);
}

static enum rc give_post(struct rq *rq, struct err *e)
{
    struct entering x = { .rq = rq };
    struct first_form_page p = { .error_field = NULL };
    enum rc rc = rq_period(rq, "quarter", N_("季度"), &x.quarter, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, give, &x, e);
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("已给出，领导和平台看得到")));
        return web_done(rq, year_href(rq, "/duty/form/shown", period_year(x.quarter)), e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

/* ---- outside ---- */

static const char *cell_text(struct rq *rq, const struct first_form_cell *c)
{
    switch (c->mark) {
    case SHOWN_NUMBER:
        return fmt_count(rq->a, c->n);
    case SHOWN_SMALL:
        return "<5";
    case SHOWN_HIDDEN:
        return "—";
    }
    return "—";
}

static const char *month_name(struct rq *rq, const char *code)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct period p;
    return period_parse(code, &p, &e) == RC_OK ? period_name(rq->a, p, rq->lang) : code;
}

static enum rc shown_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct first_form_shown_page p = { .complete = true };
    struct first_form_cell *cells;
    size_t n;
    enum rc rc = year_of(rq, &p.year, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = first_form_shown(s, (int)p.year, rq->a, &cells, &n, e);
    if (rc != RC_OK)
        return rc;
    p.quarters = arena_array(rq->a, 4, sizeof(*p.quarters));
    for (size_t i = 0; i < n; i++) {
        const struct first_form_cell *c = &cells[i];
        struct first_form_shown_quarters *q =
            p.n_quarters ? &p.quarters[p.n_quarters - 1] : NULL;
        const char *text = cell_text(rq, c);
        if (!i || !period_same(cells[i - 1].quarter, c->quarter)) {
            q = &p.quarters[p.n_quarters++];
            q->name = period_name(rq->a, c->quarter, rq->lang);
            q->months = arena_array(rq->a, n, sizeof(*q->months));
            q->levels = arena_array(rq->a, n, sizeof(*q->levels));
        }
        if (str_eq(c->part, "month"))
            q->months[q->n_months++] =
                (struct first_form_shown_quarters_months){ month_name(rq, c->name), text };
        else if (str_eq(c->part, "level"))
            q->levels[q->n_levels++] =
                (struct first_form_shown_quarters_levels){ c->name, text };
        else if (str_eq(c->part, "used"))
            q->used = text;
        else
            q->counted = text;
        /* The sum of the quarters' totals, when each of them is shown: it says nothing new. */
        if (str_eq(c->part, "used")) {
            p.complete &= c->mark == SHOWN_NUMBER;
            p.total += c->n;
        }
    }
    p.complete &= p.n_quarters > 0;
    if (!p.complete)
        p.total = 0;
    p.prev = year_href(rq, "/duty/form/shown", p.year - 1);
    p.next = year_href(rq, "/duty/form/shown", p.year + 1);
    rq_crumb(rq, rq_tr(rq, N_("四责")), "/duty/unit");
    rq_crumb(rq, rq_tr(rq, N_("第一种形态")), NULL);
    return first_form_shown_render(rq, &p, e);
}

#define ORGAN .auth = SESSION | TOKEN, .need = CAP_DISCIPLINE /* part of an initialiser */

const struct route first_form_routes[] = {
    { ORGAN, .method = GET, .path = "/duty/form", .scope = SCOPE_LIST, .fn = form_show,
      .journal = "first_form", .page = &first_form_kind,
      .help = N_("第一种形态的人次:只给纪检监察机关") },
    { ORGAN, .method = POST, .path = "/duty/form", .scope = SCOPE_LIST, .fn = form_post,
      .help = N_("登记或更正一个卷宗的人次") },
    { ORGAN, .method = POST, .path = "/duty/form/give", .scope = SCOPE_ALL, .fn = give_post,
      .help = N_("给出一个季度的数,小数目不写") },
    { .method = GET,
      .path = "/duty/form/shown",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_COUNTY,
      .scope = SCOPE_ALL,
      .fn = shown_show,
      .page = &first_form_shown_kind,
      .help = N_("第一种形态已给出的数") },
};
const size_t first_form_routes_n = COUNT(first_form_routes);
