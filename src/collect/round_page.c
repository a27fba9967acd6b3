/* Rounds: the list, a new one, and how each source of one stands. */
#include "base/clock.h"
#include "base/fmt.h"
#include "base/map.h"
#include "base/str.h"
#include "burden/burden.h"
#include "collect/collect_page.h"
#include "collect/filing.h"
#include "collect/round.html.h"
#include "collect/round.sql.h"
#include "collect/round_new.html.h"
#include "collect/rounds.html.h"
#include "flow/page_room.h"
#include "monitor/data_page.h"
#include "monitor/point.h"
#include "monitor/point_same.h"
#include "monitor/readopt.h"
#include "store/county.h"
#include "web/svg.h"

#include <math.h>

enum { PERIODS_OFFERED = 8, SOURCES_MAX = 500 };

static const char *round_state_name(const struct rq *rq, const char *state)
{
    return rq_tr(rq, str_eq(state, "open")      ? N_("采集中")
                     : str_eq(state, "planned") ? N_("未开始")
                                                : N_("已结束"));
}

static bool runs_rounds(const struct rq *rq)
{
    return person_may(&rq_asker(rq)->person, CAP_DISPATCH, NULL);
}

static enum rc rounds_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    struct rounds_page p = { .may_make = runs_rounds(rq) };
    struct round_list_row *rows;
    size_t n = 0;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = round_list_all(s, county_today(c), rq->a, &rows, &n, e);
    size_t from, to;
    if (rc == RC_OK)
        rc = rq_pager(rq, n, &from, &to, &p.pager, e);
    if (rc != RC_OK)
        return rc;
    p.rounds = arena_array(rq->a, to - from, sizeof(*p.rounds));
    for (size_t i = 0; i < n; i++) {
        bool open = str_eq(rows[i].state, "open");
        p.running += open;
        p.late += open ? rows[i].n_late : 0;
        if (i < from || i >= to)
            continue;
        p.rounds[p.n_rounds++] =
            (struct rounds_rounds){ .code = rows[i].code,
                                    .title = rows[i].title,
                                    .period = rows[i].period,
                                    .state = rows[i].state,
                                    .state_name = round_state_name(rq, rows[i].state),
                                    .due = day_time((int32_t)rows[i].due_day),
                                    .filings = rows[i].n_filings,
                                    .done = rows[i].n_signed,
                                    .late = open ? rows[i].n_late : 0 };
    }
    rq_crumb(rq, rq_tr(rq, N_("采集批次")), NULL);
    return rounds_render(rq, &p, e);
}

/* ---- a new one ---- */

/* What the form said, or what is likely. */
struct wish {
    struct round_new n;
    const char *open_day, *due_day, *late_day;
    const char *field; /* the one that is wrong */
};

static const char *day_field(struct rq *rq, const char *name, int32_t fallback)
{
    const char *v = rq->method == POST ? rq_field(rq, name) : NULL;
    char code[PERIOD_TEXT];
    return v ? v : arena_strdup(rq->a, day_code(fallback, code));
}

static bool was_chosen(struct rq *rq, const char *source)
{
    size_t n;
    const struct field *f = rq_fields(rq, &n);
    if (rq->method != POST)
        return true;
    for (size_t i = 0; i < n; i++)
        if (str_eq(f[i].name, "source") && str_eq(f[i].value, source))
            return true;
    return false;
}

static enum rc new_sources(struct rq *rq, const struct snap *s, struct period period,
                           struct round_new_page *p, struct err *e)
{
    const struct point *points, *asked;
    const struct units *us = rq_asker(rq)->units;
    struct map *at = map_new(rq->a), *gone;
    struct signers g;
    size_t n, n_asked;
    enum rc rc = round_points_of(s, period, rq->a, &points, &n, e);
    if (rc == RC_OK)
        rc = points_of_period(s, period, rq->a, &asked, &n_asked, e);
    if (rc == RC_OK)
        rc = readopt_gone(s, "form", rq->a, &gone, e);
    if (rc == RC_OK)
        rc = signers_load(s, rq_county(rq), rq->lang, rq->a, &g, e);
    if (rc != RC_OK)
        return rc;
    p->gone = arena_array(rq->a, n_asked - n, sizeof(*p->gone));
    for (size_t i = 0; i < n_asked; i++)
        if (map_has(gone, asked[i].code))
            p->gone[p->n_gone++] = (struct round_new_gone){
                asked[i].code,
                readopt_mark(asked[i].name, map_get(gone, asked[i].code), rq->lang, rq->a)
            };
    p->sources = arena_array(rq->a, n, sizeof(*p->sources));
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t k = map_index(at, points[i].owner);
        if (k < 0) {
            k = (ptrdiff_t)p->n_sources++;
            map_add_index(at, points[i].owner, (size_t)k);
            p->sources[k] = (struct round_new_sources){
                .code = points[i].owner,
                .name = unit_name_of(us, points[i].owner),
                .chosen = was_chosen(rq, points[i].owner),
                .lacks = !*signers_of(&g, units_find(us, points[i].owner), "", rq->lang, rq->a)
            };
        }
        p->sources[k].points++;
        p->lacking += !points[i].minutes;
    }
    p->may_decide = person_can(&rq_asker(rq)->person, CAP_EDIT_POINTS);
    return points_same_open(s, points, n, rq->a, &p->alike, e);
}

static enum rc new_show(struct rq *rq, const char *error, const char *field, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct county *c = rq_county(rq);
    int32_t today = county_today(c);
    struct period now = period_at(PERIOD_QUARTER, today), chosen = period_step(now, -1);
    const char *given = rq->method == POST ? rq_field(rq, "period") : NULL;
    CLEANUP(err_done) struct err ignored = { 0 };
    char code[PERIOD_TEXT];
    if (period_last_day(now) - today < 15)
        chosen = now; /* the quarter ends: its values are collected */
    if (given && period_parse(given, &chosen, &ignored) != RC_OK)
        err_done(&ignored);
    struct round_new_page p = {
        .error = error,
        .error_field = field,
        .title = rq->method == POST && rq_field(rq, "title") ? rq_field(rq, "title") : "",
        .note = rq->method == POST && rq_field(rq, "note") ? rq_field(rq, "note") : "",
        .open_day = day_field(rq, "open_day", today),
        .due_day = day_field(rq, "due_day", today + 10),
        .late_day = day_field(rq, "late_day", today + 20),
        .minutes = rq->method == POST && rq_field(rq, "minutes") ? rq_field(rq, "minutes") : "",
        .signatures = 1
    };
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = setting_int(s, &collect_settings[0], &p.signatures, e);
    if (rc == RC_OK && rq->method == POST && rq_field(rq, "signatures"))
        p.signatures = str_eq(rq_field(rq, "signatures"), "2") ? 2 : 1;
    if (rc == RC_OK)
        rc = new_sources(rq, s, chosen, &p, e);
    if (rc != RC_OK)
        return rc;
    p.periods = arena_array(rq->a, PERIODS_OFFERED, sizeof(*p.periods));
    for (int i = 0; i < PERIODS_OFFERED; i++) {
        struct period q = i < 4 ? period_step(now, -i)
                                : period_step(period_at(PERIOD_MONTH, today), -(i - 4));
        p.periods[p.n_periods++] =
            (struct round_new_periods){ arena_strdup(rq->a, period_code(q, code)),
                                        period_name(rq->a, q, rq->lang),
                                        period_same(q, chosen) };
    }
    rq_crumb(rq, rq_tr(rq, N_("采集批次")), "/round");
    rq_crumb(rq, rq_tr(rq, N_("新建")), NULL);
    return round_new_render(rq, &p, e);
}

static enum rc round_new_get(struct rq *rq, struct err *e)
{
    return new_show(rq, NULL, NULL, e);
}

struct changing {
    struct rq *rq;
    const struct flow_who *w;
    const char *code, *why;
    struct round_new n;
    int64_t count;
};

static enum rc who(struct rq *rq, struct flow_who *ret, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    return rc == RC_OK ? rq_who(rq, s, ret, e) : rc;
}

static enum rc do_make(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    return round_make(tx, rq_county(x->rq), x->w, &x->n, x->rq->a, &x->code, e);
}

static enum rc read_wish(struct rq *rq, struct round_new *n, const char **ret_field,
                         struct err *e)
{
    size_t k;
    const struct field *f = rq_fields(rq, &k);
    int64_t signatures = 1;
    enum rc rc = rq_period(rq, *ret_field = "period", N_("期间"), &n->period, e);
    n->title = n->note = "";
    if (rc == RC_OK)
        rc = rq_text_opt(rq, *ret_field = "title", N_("名称"), ROUND_TITLE_MAX, &n->title, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, *ret_field = "note", N_("说明"), ROUND_NOTE_MAX, &n->note, e);
    if (rc == RC_OK)
        rc = rq_day(rq, *ret_field = "open_day", N_("开始日"), &n->open_day, e);
    if (rc == RC_OK)
        rc = rq_day(rq, *ret_field = "due_day", N_("截止日"), &n->due_day, e);
    if (rc == RC_OK)
        rc = rq_day(rq, *ret_field = "late_day", N_("迟报等到"), &n->late_day, e);
    if (rc == RC_OK)
        rc = rq_int_opt(rq, *ret_field = "signatures", N_("单位内部签几次"), 1, 2, &signatures,
                        e);
    if (rc == RC_OK)
        rc = rq_int_opt(rq, *ret_field = "minutes", N_("预计每家用时"), 1, BURDEN_MINUTES_MAX,
                        &n->minutes, e);
    if (rc != RC_OK)
        return rc;
    *ret_field = NULL;
    n->signatures = signatures;
    if (!*n->title)
        n->title =
            arena_printf(rq->a, "%s%s", period_name(rq->a, n->period, LANG_ZH), "数据采集");
    const char **sources = arena_array(rq->a, k, sizeof(*sources));
    for (size_t i = 0; i < k; i++)
        if (str_eq(f[i].name, "source"))
            sources[n->n_sources++] = f[i].value;
    n->sources = sources;
    return n->n_sources ? RC_OK : err_set(e, RC_INVALID, N_("请至少选一个来源"));
}

static enum rc round_make_post(struct rq *rq, struct err *e)
{
    struct changing x = { .rq = rq };
    const char *field = NULL, *why = NULL;
    struct flow_who w;
    enum rc rc = who(rq, &w, e);
    x.w = &w;
    if (rc == RC_OK)
        rc = read_wish(rq, &x.n, &field, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, do_make, &x, e);
    if (rc == RC_OK)
        return web_donef(rq, e, "/round/%s", x.code);
    rc = rq_form_failed(rq, rc, &why, e);
    return rc == RC_OK ? new_show(rq, why, field, e) : rc;
}

/* ---- one round ---- */

struct showing {
    struct rq *rq;
    struct county *c;
    const struct snap *s;
    struct round_of_code_row r;
    struct round_page p;
    struct map *at; /* source → index of p.sources */
};

static void sources(struct showing *x, const struct round_points_row *points, size_t n,
                    const struct values_context *v)
{
    struct round_page *p = &x->p;
    struct map *by_code = map_new(x->rq->a);
    for (size_t i = 0; i < v->n_points; i++)
        map_add_index(by_code, v->points[i].code, i);
    p->sources = arena_array(x->rq->a, n, sizeof(*p->sources));
    for (size_t i = 0; i < n; i++) {
        struct period each[ROUND_PERIODS_MAX];
        ptrdiff_t k = map_index(x->at, points[i].source),
                  at = map_index(by_code, points[i].point);
        if (k < 0) {
            k = (ptrdiff_t)p->n_sources++;
            map_add_index(x->at, points[i].source, (size_t)k);
            p->sources[k] =
                (struct round_sources){ .code = points[i].source,
                                        .name = unit_name_of(v->units, points[i].source) };
        }
        p->sources[k].points++;
        if (at < 0)
            continue;
        size_t times = round_periods(v->points[at].frequency, x->r.period, each), cells = 0;
        for (size_t u = 0; u < v->look.n_unit; u++)
            cells += point_applies(&v->points[at], v->unit[u]);
        p->sources[k].cells += (int64_t)(cells * times);
    }
}

static enum rc present(struct showing *x, const struct values_context *v, struct err *e)
{
    struct map *seen = map_new(x->rq->a);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < v->n_points && rc == RC_OK; i++) {
        struct period each[ROUND_PERIODS_MAX];
        if (!map_add(seen, frequency_word(v->points[i].frequency), x))
            continue;
        size_t n = round_periods(v->points[i].frequency, x->r.period, each), k;
        for (size_t j = 0; j < n && rc == RC_OK; j++) {
            struct round_present_row *rows;
            rc = round_present_all(x->s, each[j], x->r.code, x->rq->a, &rows, &k, e);
            for (size_t r = 0; rc == RC_OK && r < k; r++) {
                ptrdiff_t at = map_index(x->at, rows[r].source);
                if (at >= 0)
                    x->p.sources[at].filled += rows[r].n;
            }
        }
    }
    return rc;
}

static enum rc filings(struct showing *x, struct err *e)
{
    struct rq *rq = x->rq;
    struct round_filings_row *f;
    struct cells_counts_row *typed;
    struct urged_last_row *urged;
    size_t n, n_typed, n_urged;
    int32_t today = county_today(x->c);
    struct map *of = map_new(rq->a);
    enum rc rc = round_filings_all(x->s, x->r.code, rq->a, &f, &n, e);
    if (rc == RC_OK)
        rc = cells_counts_all(x->s, x->r.code, rq->a, &typed, &n_typed, e);
    if (rc == RC_OK)
        rc = urged_last_all(x->s, x->r.code, rq->a, &urged, &n_urged, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        ptrdiff_t at = map_index(x->at, f[i].source);
        if (at < 0)
            continue;
        struct round_sources *y = &x->p.sources[at];
        bool late = filing_late(f[i].open, f[i].due_day, today);
        bool done = str_eq(f[i].state, "signed");
        map_add_index(of, f[i].filing, (size_t)at);
        y->filing = f[i].filing;
        y->state = f[i].state;
        y->state_name =
            rq_tr(rq, filing_state_text(f[i].state, f[i].open, f[i].due_day, today));
        y->late = late;
        y->mark = flow_colour_mark((enum flow_colour)f[i].colour);
        y->colour = rq_tr(rq, flow_colour_text((enum flow_colour)f[i].colour));
        y->due = f[i].open ? day_time((int32_t)f[i].due_day) : (struct utime){ 0 };
        y->due_text = f[i].open ? rq_due_text(rq, x->s, (int32_t)f[i].due_day, 0) : "";
        y->returned = f[i].returned;
        y->closed = done ? f[i].closed_at : (struct utime){ 0 };
        y->in_time = f[i].on_time == 1;
        x->p.filings++;
        x->p.done += done;
        x->p.in_time += done && f[i].on_time == 1;
        x->p.late += late;
    }
    for (size_t i = 0; rc == RC_OK && i < n_typed; i++) {
        ptrdiff_t at = map_index(of, typed[i].filing);
        if (at >= 0)
            x->p.sources[at].typed = typed[i].n, x->p.sources[at].aside = typed[i].aside;
    }
    for (size_t i = 0; rc == RC_OK && i < n_urged; i++) { /* the last one counts */
        ptrdiff_t at = map_index(of, urged[i].filing);
        if (at >= 0) {
            x->p.sources[at].urged = urged[i].at;
            x->p.sources[at].seen = urged[i].seen_at;
        }
    }
    return rc;
}

/* Pairs among the round's points that look like one number. */
static enum rc alike(struct showing *x, const struct round_points_row *points, size_t n,
                     const struct values_context *v, struct err *e)
{
    struct map *asked = map_new(x->rq->a);
    struct point *list = arena_array(x->rq->a, v->n_points, sizeof(*list));
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        (void)map_add(asked, points[i].point, asked); /* once a source: there already is fine */
    for (size_t i = 0; i < v->n_points; i++)
        if (map_has(asked, v->points[i].code))
            list[k++] = v->points[i];
    x->p.may_decide = person_can(&rq_asker(x->rq)->person, CAP_EDIT_POINTS);
    return points_same_open(x->s, list, k, x->rq->a, &x->p.alike, e);
}

/* A source for which nobody may sign cannot end its filing: it is said before it waits. */
static enum rc lacking(struct showing *x, const struct units *us, struct err *e)
{
    struct rq *rq = x->rq;
    struct signers g;
    enum rc rc = signers_load(x->s, x->c, rq->lang, rq->a, &g, e);
    x->p.lacking = "";
    for (size_t i = 0; rc == RC_OK && i < x->p.n_sources; i++) {
        struct round_sources *y = &x->p.sources[i];
        y->lacks = !*signers_of(&g, units_find(us, y->code), "", rq->lang, rq->a);
        if (y->lacks)
            x->p.lacking = arena_printf(rq->a, "%s%s%s", x->p.lacking,
                                        *x->p.lacking ? rq_tr(rq, N_("、")) : "", y->name);
    }
    x->p.admins = g.admins;
    return rc;
}

static void totals(struct showing *x)
{
    const struct svg_scale scale = { 0, 1 };
    struct round_page *p = &x->p;
    for (size_t i = 0; i < p->n_sources; i++) {
        struct round_sources *y = &p->sources[i];
        struct str b;
        str_init(&b, x->rq->a);
        y->complete = y->cells ? (double)y->filled / (double)y->cells : NAN;
        if (y->cells)
            svg_bar_cell(&b, &scale, fmin(1, y->complete), NAN, NAN, NAN, false);
        y->bar = b.s;
        if (!y->state)
            y->state = "", y->state_name = rq_tr(x->rq, N_("未开始"));
        p->cells += y->cells;
        p->filled += y->filled;
        p->asks_points += y->points;
    }
    p->complete = p->cells ? (double)p->filled / (double)p->cells : NAN;
}

static enum rc show(struct rq *rq, const char *error, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct showing x = { .rq = rq, .c = rq_county(rq), .at = map_new(rq->a) };
    const char *code = rq_param(rq, "code");
    const struct person all = person_system();
    struct values_context v;
    struct round_points_row *points;
    size_t n;
    enum rc rc = db_read(x.c->db, &s, e);
    x.s = s;
    if (rc == RC_OK)
        rc = round_of_code_one(s, code, rq->a, &x.r, e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return err_set(e, RC_NOTFOUND, N_("没有编号为{code}的批次"), "code", code);
    }
    if (rc == RC_OK)
        rc = round_points_all(s, code, "", rq->a, &points, &n, e);
    if (rc == RC_OK)
        rc = values_context_make(x.c, s, &all, rq->a, &v, e);
    if (rc != RC_OK)
        return rc;
    x.p = (struct round_page){ .code = x.r.code,
                               .title = x.r.title,
                               .period = x.r.period,
                               .state = x.r.state,
                               .state_name = round_state_name(rq, x.r.state),
                               .note = x.r.note,
                               .open_day = day_time((int32_t)x.r.open_day),
                               .due = day_time((int32_t)x.r.due_day),
                               .late_day = day_time((int32_t)x.r.late_day),
                               .due_text = str_eq(x.r.state, "closed")
                                               ? ""
                                               : rq_due_text(rq, s, (int32_t)x.r.due_day, 0),
                               .signatures = x.r.signatures,
                               .may_run = runs_rounds(rq),
                               .error = error };
    sources(&x, points, n, &v);
    rc = present(&x, &v, e);
    if (rc == RC_OK)
        rc = filings(&x, e);
    if (rc == RC_OK && !str_eq(x.r.state, "closed"))
        rc = lacking(&x, v.units, e);
    if (rc == RC_OK && !str_eq(x.r.state, "closed"))
        rc = alike(&x, points, n, &v, e);
    if (rc != RC_OK)
        return rc;
    totals(&x);
    rq_crumb(rq, rq_tr(rq, N_("采集批次")), "/round");
    rq_crumb(rq, x.r.code, NULL);
    return round_render(rq, &x.p, e);
}

static enum rc round_show(struct rq *rq, struct err *e)
{
    return show(rq, NULL, e);
}

static enum rc do_urge(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    return round_urge(tx, rq_county(x->rq), x->w, x->code, x->rq->a, &x->count, e);
}

static enum rc do_open(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    return round_open(tx, rq_county(x->rq), x->w, x->code, x->rq->a, e);
}

static enum rc do_close(struct tx *tx, void *arg, struct err *e)
{
    struct changing *x = arg;
    return round_close(tx, rq_county(x->rq), x->w, x->code, x->why, x->rq->a, &x->count, e);
}

static enum rc change(struct rq *rq, const char *why,
                      enum rc (*fn)(struct tx *, void *, struct err *), const char *said,
                      struct err *e)
{
    struct changing x = { .rq = rq, .code = rq_param(rq, "code"), .why = why };
    struct flow_who w;
    const char *error = NULL;
    enum rc rc = who(rq, &w, e);
    x.w = &w;
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, fn, &x, e);
    if (rc != RC_OK) {
        rc = rq_form_failed(rq, rc, &error, e);
        return rc == RC_OK ? show(rq, error, e) : rc;
    }
    rq_notice(rq, text_fill(rq->a, rq_tr(rq, said), "n", fmt_count(rq->a, x.count), NULL));
    return web_donef(rq, e, "/round/%s", x.code);
}

static enum rc urge_post(struct rq *rq, struct err *e)
{
    return change(rq, NULL, do_urge, N_("已提醒{n}个来源"), e);
}

static enum rc open_post(struct rq *rq, struct err *e)
{
    return change(rq, NULL, do_open, N_("批次开始了"), e);
}

static enum rc close_post(struct rq *rq, struct err *e)
{
    const char *why;
    enum rc rc = rq_text(rq, "why", N_("理由"), 200, &why, e);
    if (rc == RC_OK)
        return change(rq, why, do_close, N_("批次已结束，停止了{n}件没有签发的填报"), e);
    rc = rq_form_failed(rq, rc, &why, e);
    return rc == RC_OK ? show(rq, why, e) : rc;
}

#define RUNNING .auth = SESSION | TOKEN, .need = CAP_DISPATCH, .scope = SCOPE_ALL
#define READING .auth = SESSION | TOKEN, .need = CAP_READ_COUNTY, .scope = SCOPE_ALL

const struct route round_routes[] = {
    { READING, .method = GET, .path = "/round", .fn = rounds_show, .page = &rounds_kind,
      .help = N_("采集批次") },
    { RUNNING, .method = GET, .path = "/round/new", .fn = round_new_get,
      .page = &round_new_kind, .help = N_("新建采集批次的表单") },
    { RUNNING, .method = POST, .path = "/round", .fn = round_make_post,
      .help = N_("新建采集批次") },
    { READING, .method = GET, .path = "/round/:code", .fn = round_show, .page = &round_kind,
      .help = N_("一个批次里各来源的进度") },
    { RUNNING, .method = POST, .path = "/round/:code/urge", .fn = urge_post,
      .help = N_("催报：提醒没有签发的来源") },
    { RUNNING, .method = POST, .path = "/round/:code/open", .fn = open_post,
      .help = N_("让未开始的批次现在开始") },
    { RUNNING, .method = POST, .path = "/round/:code/close", .fn = close_post,
      .help = N_("结束批次，停止没有签发的填报") },
};
const size_t round_routes_n = COUNT(round_routes);
