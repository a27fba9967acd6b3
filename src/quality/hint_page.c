/* 数据复核提示: the list of a period and one hint. A department sees what it supplied; leaders
 * see none of it (they have no CAP_SEND_VALUES). */
#include "quality/hint_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/map.h"
#include "base/period.h"
#include "base/str.h"
#include "monitor/data_page.h"
#include "monitor/point.h"
#include "people/asker.h"
#include "quality/hint.h"
#include "quality/hint.html.h"
#include "quality/hint_list.html.h"
#include "quality/quality.sql.h"
#include "store/county.h"
#include "store/job.h"

#include <math.h>

/* What both pages call things by. */
struct names {
    struct map *points, *rules; /* code → struct point, struct check_rule */
    const struct units *units;
};

static enum rc names_load(struct rq *rq, const struct snap *s, struct names *ret, struct err *e)
{
    const struct point *points;
    struct check_rule *rules;
    size_t n_points, n_rules;
    enum rc rc = points_load(s, NULL, rq->a, &points, &n_points, e);
    if (rc == RC_OK)
        rc = check_rules_load(s, rq->a, &rules, &n_rules, e);
    if (rc != RC_OK)
        return rc;
    *ret = (struct names){ map_new(rq->a), map_new(rq->a), rq_asker(rq)->units };
    for (size_t i = 0; i < n_points; i++)
        (void)map_add(ret->points, points[i].code, (void *)(uintptr_t)&points[i]);
    for (size_t i = 0; i < n_rules; i++)
        (void)map_add(ret->rules, rules[i].code, &rules[i]);
    return RC_OK;
}

static const char *point_name(const struct names *n, const char *code)
{
    const struct point *p = map_get(n->points, code);
    return p ? p->name : code;
}

static const char *rule_name(const struct names *n, const char *code)
{
    const struct check_rule *r = map_get(n->rules, code);
    return r ? r->name : code;
}

static const char *words_of(struct rq *rq, const struct names *n, const struct hint *h)
{
    return hint_words(h, *h->unit ? unit_name_of(n->units, h->unit) : "",
                      point_name(n, h->point), unit_name_of(n->units, h->owner),
                      rule_name(n, h->rule), rq->lang, rq->a);
}

/* ---- the list ---- */

struct listing {
    struct rq *rq;
    struct hint_list_page p;
    struct names names;
    const bool *may; /* by unit.index: owners whose hints this person sees */
    struct map *owners, *rules;
};

static bool sees(const struct listing *l, const struct hint *h)
{
    const struct unit *u = units_find(l->names.units, h->owner);
    return u ? l->may[u->index] : person_may(&rq_asker(l->rq)->person, CAP_SEND_VALUES, NULL);
}

static void offer(struct listing *l, const struct hint *h)
{
    struct hint_list_page *p = &l->p;
    p->open += h->state == HINT_OPEN;
    p->confirmed += h->state == HINT_CONFIRMED;
    p->dismissed += h->state == HINT_DISMISSED;
    p->gone += h->state == HINT_GONE;
    for (size_t i = 0; i < p->n_states; i++)
        p->states[i].n += str_eq(p->states[i].code, "all") ||
                          str_eq(p->states[i].code, hint_state_word(h->state));
    if (map_add_index(l->owners, h->owner, p->n_owners))
        p->owners[p->n_owners++] =
            (struct hint_list_owners){ .code = h->owner,
                                       .name = unit_name_of(l->names.units, h->owner),
                                       .chosen = str_eq(p->owner, h->owner) };
    p->owners[map_index(l->owners, h->owner)].n += h->state == HINT_OPEN;
    if (map_add(l->rules, h->rule, l))
        p->rules[p->n_rules++] =
            (struct hint_list_rules){ .code = h->rule,
                                      .name = rule_name(&l->names, h->rule),
                                      .chosen = str_eq(p->rule, h->rule) };
}

static void add(struct listing *l, const struct hint *h)
{
    struct hint_list_page *p = &l->p;
    p->hints[p->n_hints++] =
        (struct hint_list_hints){ .code = h->code,
                                  .words = words_of(l->rq, &l->names, h),
                                  .rule = h->rule,
                                  .rule_name = rule_name(&l->names, h->rule),
                                  .owner = h->owner,
                                  .owner_name = unit_name_of(l->names.units, h->owner),
                                  .importance = check_importance_word(h->importance),
                                  .importance_name =
                                      rq_tr(l->rq, check_importance_text(h->importance)),
                                  .state = hint_state_word(h->state),
                                  .state_name = rq_tr(l->rq, hint_state_text(h->state)),
                                  .found = h->found_at };
}

static void fill(struct listing *l, const struct hint *all, size_t n)
{
    struct hint_list_page *p = &l->p;
    struct arena *a = l->rq->a;
    p->states = arena_array(a, HINT_GONE + 1, sizeof(*p->states));
    for (enum hint_state s = HINT_OPEN; s <= HINT_GONE; s++)
        p->states[p->n_states++] =
            (struct hint_list_states){ .code = hint_state_word(s),
                                       .name = rq_tr(l->rq, hint_state_text(s)),
                                       .chosen = str_eq(p->state, hint_state_word(s)) };
    p->states[p->n_states++] = (struct hint_list_states){ .code = "all",
                                                          .name = rq_tr(l->rq, N_("全部")),
                                                          .chosen = str_eq(p->state, "all") };
    p->owners = arena_array(a, n, sizeof(*p->owners));
    p->rules = arena_array(a, n, sizeof(*p->rules));
    p->hints = arena_array(a, n, sizeof(*p->hints));
    /* The important ones first. */
    for (enum check_importance want = CHECK_HIGH; want <= CHECK_LOW; want++)
        for (size_t i = 0; i < n; i++) {
            const struct hint *h = &all[i];
            if (h->importance != want || !sees(l, h))
                continue;
            offer(l, h);
            if ((str_eq(p->state, "all") || str_eq(p->state, hint_state_word(h->state))) &&
                (!*p->owner || str_eq(p->owner, h->owner)) &&
                (!*p->rule || str_eq(p->rule, h->rule)))
                add(l, h);
        }
    p->total = (int64_t)p->n_hints;
}

/* ?period=, else the newest with hints, else the last quarter that ended: hints are about
 * values as they come in, long before anything is published. */
static enum rc shown_period(struct rq *rq, const struct snap *s, struct hint_list_page *p,
                            struct err *e)
{
    struct hint_periods_row *rows;
    size_t n;
    struct period last =
        period_step(period_at(PERIOD_QUARTER, county_today(rq_county(rq))), -1);
    enum rc rc = hint_periods_all(s, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    p->period = n ? rows[0].period : last;
    rc = rq_query_period(rq, "period", N_("期间"), &p->period, e);
    p->periods = arena_array(rq->a, n + 2, sizeof(*p->periods));
    struct period also[] = { p->period, last };
    for (size_t i = 0; i < n + COUNT(also); i++) {
        struct period q = i < n ? rows[i].period : also[i - n];
        bool there = false;
        for (size_t k = 0; k < p->n_periods && !there; k++)
            there = period_same(p->periods[k].period, q);
        if (!there)
            p->periods[p->n_periods++] =
                (struct hint_list_periods){ .period = q, .chosen = period_same(q, p->period) };
    }
    return rc;
}

static const char *asked(struct rq *rq, const char *name, const char *otherwise)
{
    const char *v = rq_query(rq, name);
    return v && *v ? v : otherwise;
}

static enum rc hint_list_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct asker *k = rq_asker(rq);
    struct listing l = { .rq = rq,
                         .may = person_scope(&k->person, CAP_SEND_VALUES, k->units, rq->a),
                         .owners = map_new(rq->a),
                         .rules = map_new(rq->a),
                         .p = { .owner = asked(rq, "owner", ""),
                                .rule = asked(rq, "rule", ""),
                                .state = asked(rq, "state", "open"),
                                .may_edit = person_can(&k->person, CAP_EDIT_RULES),
                                .may_run = person_can(&k->person, CAP_COMPUTE) } };
    struct hint *all;
    size_t n, from, to;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK && !str_eq(l.p.state, "all") && !hint_state_of(l.p.state))
        rc = err_set(e, RC_INVALID,
                     N_("状态「{state}」应是 open、confirmed、dismissed、gone 或 all"), "state",
                     l.p.state);
    if (rc == RC_OK)
        rc = shown_period(rq, s, &l.p, e);
    if (rc == RC_OK)
        rc = names_load(rq, s, &l.names, e);
    if (rc == RC_OK)
        rc = hints_of(s, l.p.period, rq->a, &all, &n, e);
    if (rc != RC_OK)
        return rc;
    fill(&l, all, n);
    rc = rq_pager(rq, l.p.n_hints, &from, &to, &l.p.pager, e);
    if (rc != RC_OK)
        return rc;
    l.p.hints += from;
    l.p.n_hints = to - from;
    return hint_list_render(rq, &l.p, e);
}

/* ---- one hint ---- */

static const char *number_text(struct rq *rq, const struct hint_number *n)
{
    switch (n->form) {
    case HINT_COUNT:
        return fmt_count(rq->a, (int64_t)n->v);
    case HINT_VALUE:
        return fmt_value(rq->a, n->v);
    case HINT_SHARE:
        return fmt_percent(rq->a, n->v);
    case HINT_CHANCE_FORM:
        return n->v < 1e-6 ? rq_tr(rq, N_("不到百万分之一"))
                           : text_fill(rq->a, rq_tr(rq, N_("约{n}次里一次")), "n",
                                       fmt_count(rq->a, (int64_t)round(1 / n->v)), NULL);
    }
    return "";
}

static void fill_numbers(struct rq *rq, const struct hint *h, struct hint_page *p)
{
    struct hint_number list[HINT_NUMBERS_MAX];
    p->n_numbers = hint_numbers(h, list);
    p->numbers = arena_array(rq->a, p->n_numbers, sizeof(*p->numbers));
    for (size_t i = 0; i < p->n_numbers; i++)
        p->numbers[i] = (struct hint_numbers){ .key = list[i].key,
                                               .name = rq_tr(rq, list[i].text),
                                               .text = number_text(rq, &list[i]),
                                               .v = list[i].v };
}

static void fill_links(struct rq *rq, const struct names *n, const struct hint *h,
                       struct hint_page *p)
{
    const struct point *pt = map_get(n->points, h->point);
    const struct unit *u = units_find(n->units, h->unit);
    char code[PERIOD_TEXT];
    if (!pt)
        return;
    period_code(period_at(pt->frequency, period_last_day(h->period)), code);
    p->point_href = arena_printf(rq->a, "/point/%s?period=%s", pt->code, code);
    if (u && person_may(&rq_asker(rq)->person, CAP_READ_UNIT, u))
        p->value_href = arena_printf(rq->a, "/value/%s/%s/%s", u->code, pt->code, code);
}

/* Loads the hint of the path; RC_DENIED when it is another department's. */
static enum rc load(struct rq *rq, const struct snap *s, struct hint *ret, struct err *e)
{
    enum rc rc = hint_load(s, rq_param(rq, "code"), rq->a, ret, e);
    return rc == RC_OK ? person_demand(&rq_asker(rq)->person, CAP_SEND_VALUES,
                                       units_find(rq_asker(rq)->units, ret->owner), e)
                       : rc;
}

static enum rc show(struct rq *rq, struct hint_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct names n;
    struct hint h;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = load(rq, s, &h, e);
    if (rc == RC_OK)
        rc = names_load(rq, s, &n, e);
    if (rc != RC_OK)
        return rc;
    const struct check_rule *r = map_get(n.rules, h.rule);
    p->code = h.code;
    p->words = words_of(rq, &n, &h);
    p->period = h.period;
    p->unit = h.unit;
    p->unit_name = *h.unit ? unit_name_of(n.units, h.unit) : "";
    p->owner = h.owner;
    p->owner_name = unit_name_of(n.units, h.owner);
    p->point = h.point;
    p->point_name = *h.point ? point_name(&n, h.point) : "";
    p->rule = h.rule;
    p->rule_name = rule_name(&n, h.rule);
    p->rule_gone = !r;
    p->rule_words =
        r ? check_rule_words(r, rq->lang, rq->a) : rq_tr(rq, check_kind_asks(h.kind));
    p->rule_asks = rq_tr(rq, check_kind_asks(h.kind));
    p->importance_name = rq_tr(rq, check_importance_text(h.importance));
    p->state = hint_state_word(h.state);
    p->state_name = rq_tr(rq, hint_state_text(h.state));
    p->found = h.found_at;
    p->changed = h.changed_at;
    p->version = h.version;
    p->reason = h.reason;
    p->decider = h.decider ? h.decider : h.decided_by;
    p->own = h.decided_own;
    p->may_decide = h.state != HINT_GONE;
    p->may_object = (h.state == HINT_OPEN || h.state == HINT_CONFIRMED) &&
                    person_may(&rq_asker(rq)->person, CAP_HANDLE, units_find(n.units, h.owner));
    fill_numbers(rq, &h, p);
    fill_links(rq, &n, &h, p);
    rq_crumb(rq, rq_tr(rq, N_("数据复核提示")), "/hint");
    rq_crumb(rq, h.code, NULL);
    return hint_render(rq, p, e);
}

static enum rc hint_show(struct rq *rq, struct err *e)
{
    struct hint_page p = { .typed = "" };
    return show(rq, &p, e);
}

static enum rc decide(struct rq *rq, struct hint_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct hint h;
    const char *reason = "", *state = rq_field(rq, "state");
    int64_t version;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = load(rq, s, &h, e);
    db_read_end(&s); /* a change does not wait behind a snapshot */
    if (rc == RC_OK)
        rc = rq_int(rq, "version", N_("版本"), 1, INT64_MAX, &version, e);
    if (rc != RC_OK)
        return rc;
    p->error_field = "state";
    if (!state || (!str_eq(state, "confirmed") && !str_eq(state, "dismissed")))
        return err_set(e, RC_INVALID, N_("请选数据有错还是没错"));
    p->error_field = "reason";
    rc = rq_text(rq, "reason", N_("理由"), HINT_REASON_MAX, &reason, e);
    if (rc != RC_OK)
        return rc;
    p->error_field = "";
    return hint_decide(rq_county(rq), h.code, version, hint_state_of(state), reason,
                       rq->account.code, !person_can(&rq_asker(rq)->person, CAP_EDIT_RULES), e);
}

static enum rc hint_post(struct rq *rq, struct err *e)
{
    const char *reason = rq_field(rq, "reason"), *state = rq_field(rq, "state");
    struct hint_page p = { .typed = reason ? reason : "", .typed_state = state ? state : "" };
    enum rc rc = decide(rq, &p, e);
    if (rc == RC_OK) {
        rq_notice(rq, rq_tr(rq, N_("已记下。")));
        return web_donef(rq, e, "/hint/%s", rq_param(rq, "code"));
    }
    if (rc == RC_NOTFOUND || rc == RC_DENIED)
        return rc;
    rc = rq_form_failed(rq, rc, &p.error, e);
    return rc == RC_OK ? show(rq, &p, e) : rc;
}

/* ---- asking for a run ---- */

struct asking {
    struct rq *rq;
    struct period period;
    struct id id;
};

static enum rc ask(struct tx *tx, void *arg, struct err *e)
{
    struct asking *k = arg;
    const struct clock real = { 0 };
    char code[PERIOD_TEXT];
    return job_add(tx, hints_job, period_code(k->period, code), "", (struct utime){ 0 },
                   k->rq->account.code, clock_now(&real), &k->id, e);
}

static enum rc hint_run_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct asking k = { .rq = rq };
    enum rc rc = rq_period(rq, "period", N_("期间"), &k.period, e);
    if (rc == RC_OK && period_first_day(k.period) > county_today(c)) {
        char code[PERIOD_TEXT];
        return err_set(e, RC_INVALID, N_("{period}还没有开始,没有数据可核对"), "period",
                       period_code(k.period, code));
    }
    if (rc == RC_OK)
        rc = db_transact(c->db, ask, &k, e);
    if (rc != RC_OK)
        return rc;
    jobs_wake(c);
    return web_donef(rq, e, "/job/%lld", (long long)k.id.v);
}

const struct route hint_routes[] = {
    { .method = GET,
      .path = "/hint",
      .auth = SESSION | TOKEN,
      .need = CAP_SEND_VALUES,
      .scope = SCOPE_LIST,
      .fn = hint_list_show,
      .page = &hint_list_kind,
      .help = N_("数据复核提示,部门只看自己提供的") },
    { .method = GET,
      .path = "/hint/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_SEND_VALUES,
      .scope = SCOPE_OBJECT,
      .fn = hint_show,
      .page = &hint_kind,
      .help = N_("一条复核提示和它依据的数字") },
    { .method = POST,
      .path = "/hint/:code",
      .auth = SESSION | TOKEN,
      .need = CAP_SEND_VALUES,
      .scope = SCOPE_OBJECT,
      .fn = hint_post,
      .help = N_("确认(confirmed)或排除(dismissed)一条复核提示,写明理由") },
    { .method = POST,
      .path = "/hint/run",
      .auth = SESSION | TOKEN,
      .need = CAP_COMPUTE,
      .scope = SCOPE_ALL,
      .fn = hint_run_post,
      .help = N_("按核对规则重新看一期的数据:记为一个任务") },
};
const size_t hint_routes_n = COUNT(hint_routes);
