/*
 * The load of a unit and the load a unit causes. The two posts are quiet: neither access log
 * nor replay.c keeps anything of them (burden.h).
 */
#include "burden/burden_page.h"

#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "burden/burden.h"
#include "burden/burden.html.h"
#include "burden/burden.sql.h"
#include "people/asker.h"
#include "store/county.h"

#include <stdlib.h>

enum { MONTHS = 6, CODE_MAX = 64 };

static const char *unit_name(const struct rq *rq, const char *code)
{
    const struct unit *u = units_find(rq_asker(rq)->units, code);
    return u ? u->name : code;
}

static const char *href_of(struct rq *rq, const char *what, const char *code)
{
    return str_eq(what, BURDEN_ROUND)
               ? "/filing"
               : arena_printf(rq->a, "/matter/%s", burden_matter_of(code, rq->a));
}

/* A line of minutes by month, for one unit. */
struct load {
    const char *code;
    int64_t minutes, by_month[MONTHS];
};
struct loads {
    struct load *list;
    size_t n;
    struct map *at;
};

static void loads_init(struct loads *l, struct arena *a, size_t n)
{
    l->list = arena_array(a, n, sizeof(*l->list));
    l->n = 0;
    l->at = map_new(a);
}

static void loads_add(struct loads *l, const char *code, struct period from,
                      struct period month, int64_t minutes)
{
    int k = period_distance(from, month);
    if (map_add_index(l->at, code, l->n))
        l->list[l->n++] = (struct load){ .code = code };
    struct load *x = &l->list[map_index(l->at, code)];
    x->minutes += minutes;
    if (k >= 0 && k < MONTHS)
        x->by_month[k] += minutes;
}

static int most_first(const void *x, const void *y)
{
    const struct load *a = x, *b = y;
    return a->minutes != b->minutes ? (a->minutes < b->minutes) - (a->minutes > b->minutes)
                                    : text_cmp(&a->code, &b->code);
}

static void loads_sort(struct loads *l)
{
    if (l->n > 1)
        qsort(l->list, l->n, sizeof(*l->list), most_first);
}

/* A macro: three lists of the page have the same shape and a struct each. */
#define SHOW_LOADS(rq, l, page, into, line, cell, extra)                                       \
    do {                                                                                       \
        loads_sort(l);                                                                         \
        (page)->into = arena_array((rq)->a, (l)->n, sizeof(*(page)->into));                    \
        for (size_t i_ = 0; i_ < (l)->n; i_++) {                                               \
            const struct load *x_ = &(l)->list[i_];                                            \
            struct line *o_ = &(page)->into[(page)->n_##into++];                               \
            *o_ = (struct line){ .name = unit_name(rq, x_->code), .minutes = x_->minutes };    \
            o_->cells = arena_array((rq)->a, MONTHS, sizeof(*o_->cells));                      \
            for (int k_ = 0; k_ < MONTHS; k_++)                                                \
                o_->cells[o_->n_cells++] = (struct cell){ x_->by_month[k_] };                  \
            extra;                                                                             \
        }                                                                                      \
    } while (0)

/* What was asked of the unit. */
static enum rc of_unit(struct rq *rq, const struct snap *s, const struct unit *u,
                       struct period from, struct burden_page *p, struct err *e)
{
    struct asks_of_unit_row *rows;
    struct load_of_unit_row *all;
    struct loads l;
    size_t n, n_all;
    enum rc rc = asks_of_unit_all(s, u->code, from, rq->a, &rows, &n, e);
    if (rc == RC_OK)
        rc = load_of_unit_all(s, u->code, from, rq->a, &all, &n_all, e);
    if (rc != RC_OK)
        return rc;
    loads_init(&l, rq->a, n_all);
    for (size_t i = 0; i < n_all; i++) {
        loads_add(&l, all[i].requester, from, all[i].month, all[i].minutes);
        p->asked += all[i].asks;
        p->minutes += all[i].minutes;
    }
    p->asks_cut = p->asked > (int64_t)n;
    p->asks = arena_array(rq->a, n, sizeof(*p->asks));
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        bool answered = false;
        if (p->may_answer)
            rc = burden_answered(s, rq_county(rq), rows[i].what, rows[i].code, u->code,
                                 &answered, e);
        p->asks[p->n_asks++] =
            (struct burden_asks){ .what = rows[i].what,
                                  .code = rows[i].code,
                                  .title = rows[i].title,
                                  .href = href_of(rq, rows[i].what, rows[i].code),
                                  .requester = unit_name(rq, rows[i].requester),
                                  .month = rows[i].month,
                                  .minutes = rows[i].minutes,
                                  .answered = answered };
    }
    SHOW_LOADS(rq, &l, p, by, burden_by, burden_by_cells, );
    return rc;
}

/* What the unit asks of others, with what they answer. */
static enum rc by_unit(struct rq *rq, const struct snap *s, const struct unit *u,
                       struct period from, struct burden_page *p, struct err *e)
{
    struct asks_of_requester_row *rows;
    struct load_caused_row all = { 0 };
    size_t n;
    enum rc rc = asks_of_requester_all(s, u->code, from, rq->a, &rows, &n, e);
    if (rc == RC_OK)
        rc = load_caused_one(s, u->code, from, rq->a, &all, e);
    p->caused = all.minutes;
    p->made_cut = rc == RC_OK && all.requests > (int64_t)n;
    p->made = arena_array(rq->a, rc == RC_OK ? n : 0, sizeof(*p->made));
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct burden_tally t;
        rc = burden_tally(s, rows[i].what, rows[i].code, rq->a, &t, e);
        if (rc != RC_OK)
            return rc;
        p->made[p->n_made++] =
            (struct burden_made){ .title = rows[i].title,
                                  .href = href_of(rq, rows[i].what, rows[i].code),
                                  .month = rows[i].month,
                                  .units = rows[i].units,
                                  .minutes = rows[i].minutes,
                                  .shown = t.shown,
                                  .longer = t.longer,
                                  .as_said = t.as_said,
                                  .less = t.less,
                                  .before = t.before };
    }
    return rc;
}

static enum rc of_county(struct rq *rq, const struct snap *s, struct period from,
                         struct burden_page *p, struct err *e)
{
    struct load_by_requester_row *by;
    struct load_by_unit_row *of;
    struct loads l;
    size_t n, m;
    enum rc rc = load_by_requester_all(s, from, rq->a, &by, &n, e);
    if (rc == RC_OK)
        rc = load_by_unit_all(s, from, rq->a, &of, &m, e);
    if (rc != RC_OK)
        return rc;
    loads_init(&l, rq->a, n);
    for (size_t i = 0; i < n; i++)
        loads_add(&l, by[i].requester, from, by[i].month, by[i].minutes);
    SHOW_LOADS(rq, &l, p, requesters, burden_requesters, burden_requesters_cells, );
    loads_init(&l, rq->a, m);
    for (size_t i = 0; i < m; i++)
        loads_add(&l, of[i].unit, from, of[i].month, of[i].minutes);
    SHOW_LOADS(rq, &l, p, units, burden_units, burden_units_cells, o_->code = x_->code);
    return RC_OK;
}

static enum rc show(struct rq *rq, struct burden_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const struct asker *k = rq_asker(rq);
    const char *asked = rq_query(rq, "unit");
    const struct unit *own = units_by_id(k->units, k->person.unit), *u = own;
    struct period now = period_at(PERIOD_MONTH, county_today(rq_county(rq))),
                  from = period_step(now, 1 - MONTHS);
    enum rc rc = RC_OK;
    if (asked && *asked)
        rc = rq_unit(rq, asked, &u, e);
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc != RC_OK)
        return rc;
    p->months = arena_array(rq->a, MONTHS, sizeof(*p->months));
    for (int i = 0; i < MONTHS; i++)
        p->months[p->n_months++] = (struct burden_months){ period_step(from, i) };
    p->unit_code = u ? u->code : "";
    p->unit_name = u ? u->name : "";
    p->may_answer = u && person_may(&k->person, CAP_HANDLE, u);
    p->own = u && u == own;
    p->county = person_may(&k->person, CAP_READ_COUNTY, NULL) && !(asked && *asked);
    if (u)
        rc = of_unit(rq, s, u, from, p, e);
    if (rc == RC_OK && p->own)
        rc = by_unit(rq, s, u, from, p, e);
    if (rc == RC_OK && p->county)
        rc = of_county(rq, s, from, p, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("基层负担监测")), NULL);
    return burden_render(rq, p, e);
}

static enum rc burden_show(struct rq *rq, struct err *e)
{
    struct burden_page p = { .error = NULL };
    return show(rq, &p, e);
}

struct answering {
    struct rq *rq;
    const char *what, *code, *unit;
    enum burden_answer answer;
    bool before, point;
};

static enum rc keep(struct tx *tx, void *arg, struct err *e)
{
    const struct answering *x = arg;
    const struct asker *k = rq_asker(x->rq);
    return x->point
               ? burden_point_before(tx, k->county, k->units, &k->person, x->code, x->unit, e)
               : burden_answer(tx, k->county, k->units, &k->person, x->what, x->code, x->unit,
                               x->answer, x->before, e);
}

static enum rc answer_post(struct rq *rq, struct err *e)
{
    struct burden_page p = { .error = NULL };
    struct answering x = { .rq = rq, .before = rq_flag(rq, "before") };
    const char *answer = "";
    enum rc rc = rq_code(rq, "what", N_("哪一类"), &x.what, e);
    if (rc == RC_OK)
        rc = rq_code(rq, "code", N_("哪一件"), &x.code, e);
    if (rc == RC_OK)
        rc = rq_code(rq, "unit", N_("单位"), &x.unit, e);
    if (rc == RC_OK)
        rc = rq_text_opt(rq, "answer", N_("估得准不准"), CODE_MAX, &answer, e);
    x.answer = burden_answer_of(answer);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, keep, &x, e);
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("已记下，不记是谁答的")));
        return web_done(rq, "/burden", e);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

/* 这个数以前报过: of a point, by any unit's people, so that it does not tell whose it is. */
static enum rc before_post(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct burden_page p = { .error = NULL };
    struct point_owner_row owner;
    struct answering x = { .rq = rq, .point = true };
    const struct unit *own = units_by_id(rq_asker(rq)->units, rq_asker(rq)->person.unit);
    enum rc rc = rq_code(rq, "point", N_("监测点"), &x.code, e);
    if (rc == RC_OK && !own)
        rc = err_set(e, RC_DENIED, N_("要有所在单位的人才能提示"));
    if (rc == RC_OK)
        rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = point_owner_one(s, x.code, rq->a, &owner, e);
    if (rc == RC_NOTFOUND)
        rc = err_set(e, RC_NOTFOUND, N_("没有编码为「{point}」的监测点"), "point", x.code);
    db_read_end(&s);
    if (rc == RC_OK) {
        x.unit = own->code;
        rc = db_transact(rq_county(rq)->db, keep, &x, e);
    }
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("已记下，不记是谁答的")));
        return web_donef(rq, e, "/point/%s", x.code);
    }
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

const struct route burden_routes[] = {
    { .method = GET,
      .path = "/burden",
      .auth = SESSION | TOKEN,
      .need = CAP_READ_UNIT,
      .scope = SCOPE_LIST,
      .fn = burden_show,
      .page = &burden_kind,
      .help = N_("基层负担监测:谁要了本单位多少时间,本单位要了别人多少") },
    { .method = POST,
      .path = "/burden/answer",
      .auth = SESSION | TOKEN,
      .need = CAP_HANDLE,
      .scope = SCOPE_LIST,
      .fn = answer_post,
      .quiet = true,
      .help = N_("匿名回答一次要求估得准不准:what、code、unit、answer、before") },
    { .method = POST,
      .path = "/burden/before",
      .auth = SESSION | TOKEN,
      .need = CAP_HANDLE,
      .scope = SCOPE_LIST,
      .fn = before_post,
      .quiet = true,
      .help = N_("匿名提示一个监测点以前报过:point") },
};
const size_t burden_routes_n = COUNT(burden_routes);
