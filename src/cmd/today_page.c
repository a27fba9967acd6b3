/*
 * 今日: what this person has to do, the most urgent first, and what has changed. The one idea:
 * every room is asked what it has for this person, and an item is a sentence, its term and one
 * way to go on; who has no capability for it never hears of it.
 */
#include "cmd/today_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/backup_job.h"
#include "cmd/jobs.h"
#include "cmd/journal_page.sql.h"
#include "cmd/places.h"
#include "cmd/today.html.h"
#include "cmd/today_page.sql.h"
#include "flow/flow_page.h"
#include "flow/inbox.h"
#include "monitor/compute.sql.h"
#include "monitor/compute_job.h"
#include "monitor/due.h"
#include "monitor/import.sql.h"
#include "monitor/panel.h"
#include "monitor/publication.h"
#include "monitor/warning_lamp.h"
#include "people/asker.h"
#include "quality/hint.h"
#include "setup/steps.h"
#include "store/county.h"
#include "store/seal.h"
#include "warn/warn.h"

#include <math.h>
#include <stdlib.h>

enum {
    TASKS_MAX = 12,
    NEWS_MAX = 8,
    WARNINGS_SHOWN = 4, /* as items of their own; the rest is a link */
    RECEIPTS_SHOWN = 3,
    MOVERS_SHOWN = 3, /* each way */
    SOON_DAYS = 15,   /* before a term that is worth a task */
    DAYS_BACK = 7,
    BACKUP_DAYS = 7, /* without a backup */
    COUNTED_MAX = 1000000,
    MORES_MAX = 16,
    DESK_COUNTED = 100 /* at each desk: the number beside 待办 need not be exact beyond */
};

/* What comes first. */
enum urgency { BROKEN, LATE, RED, ORANGE, TO_CONFIRM, YELLOW, SOON, LOW };

struct today {
    struct rq *rq;
    const struct snap *s;
    struct asker *k;
    struct today_page p;
    enum urgency urgency[TASKS_MAX + 1];
    struct flow_who who;
    bool filing; /* one waits for this person */
    /* The newest computed period. */
    bool computed;
    struct sight sees;
    struct run_head_row run;
};

static const char *tr(const struct today *t, const char *zh)
{
    return rq_tr(t->rq, zh);
}

static bool can(const struct today *t, enum cap cap)
{
    return !t->k->must_totp && person_can(&t->k->person, cap);
}

static const char *number(const struct today *t, int64_t n)
{
    return fmt_count(t->rq->a, n);
}

/* In its place by urgency; of the same urgency in the order they came. */
static void task(struct today *t, enum urgency urgency, struct today_tasks x)
{
    struct today_page *p = &t->p;
    size_t at = p->n_tasks++;
    p->total++;
    for (; at > 0 && t->urgency[at - 1] > urgency; at--) {
        p->tasks[at] = p->tasks[at - 1];
        t->urgency[at] = t->urgency[at - 1];
    }
    p->tasks[at] = x;
    t->urgency[at] = urgency;
    if (p->n_tasks <= TASKS_MAX)
        return;
    /* The least urgent one is a link. */
    p->n_tasks = TASKS_MAX;
    if (p->n_mores < MORES_MAX)
        p->mores[p->n_mores++] =
            (struct today_mores){ p->tasks[TASKS_MAX].title, p->tasks[TASKS_MAX].href };
}

static void more(struct today *t, const char *text, int64_t n, const char *href)
{
    struct today_page *p = &t->p;
    p->total += n;
    if (p->n_mores < MORES_MAX)
        p->mores[p->n_mores++] =
            (struct today_mores){ text_fill(t->rq->a, tr(t, text), "n", number(t, n), NULL),
                                  href };
}

static void news(struct today *t, const char *title, const char *note, const char *href)
{
    struct today_page *p = &t->p;
    if (p->n_news < NEWS_MAX)
        p->news[p->n_news++] = (struct today_news){ title, note, href };
}

static struct utime real_now(void)
{
    const struct clock real = { 0 };
    return clock_now(&real);
}

static const char *period_words(const struct today *t, struct period p)
{
    return period_name(t->rq->a, p, t->rq->lang);
}

static const char *code_of(const struct today *t, struct period p)
{
    char code[PERIOD_TEXT];
    return arena_strdup(t->rq->a, period_code(p, code));
}

/* "2026-10-10前,还有3天", "应在2026-10-10前,已过10天". */
static const char *due_words(const struct today *t, int32_t due)
{
    int32_t left = due - county_today(rq_county(t->rq));
    char day[PERIOD_TEXT];
    const char *text = left > 0    ? N_("{day}前报，还有{n}天")
                       : left == 0 ? N_("今天{day}前报")
                                   : N_("应在{day}前报，已过{n}天");
    return text_fill(t->rq->a, tr(t, text), "day", day_code(due, day), "n",
                     number(t, left < 0 ? -left : left), NULL);
}

/* ---- matters ---- */

/* The lamp goes before the colour of its clock, which is nobody's fault yet. */
static enum urgency urgency_of(const struct matter_line *l, int32_t today)
{
    if (l->due && l->due < today)
        return LATE;
    switch (l->lamp > l->colour ? l->lamp : l->colour) {
    case FLOW_RED:
        return RED;
    case FLOW_ORANGE:
        return ORANGE;
    case FLOW_YELLOW:
        return YELLOW;
    case FLOW_NO_COLOUR:
        break;
    }
    return l->due && l->due - today < SOON_DAYS ? SOON : LOW;
}

static const char *for_whom(const struct today *t, const struct matter_line *l)
{
    const char *where = *l->unit_name
                            ? text_fill(t->rq->a, tr(t, N_("{unit}，{state}")), "unit",
                                        l->unit_name, "state", l->state_name, NULL)
                            : l->state_name;
    for (size_t i = 0; *l->for_ && i < t->who.n_absent; i++)
        if (str_eq(t->who.absent[i].person.code, l->for_))
            return text_fill(t->rq->a, tr(t, N_("{where}，替{name}代办")), "where", where,
                             "name", t->who.absent[i].person.name, NULL);
    return where;
}

/* With the kind before it, unless that is said already. */
static const char *title_of(const struct today *t, const struct matter_line *l)
{
    return l->lamp || str_starts(l->title, l->kind_name)
               ? l->title
               : text_fill(t->rq->a, tr(t, N_("{kind}：{title}")), "kind", l->kind_name,
                           "title", l->title, NULL);
}

/* What lies on this person's desk and on their unit's, soonest first. */
static enum rc matters(struct today *t, struct err *e)
{
    struct rq *rq = t->rq;
    struct county *c = rq_county(rq);
    struct matter_line *l;
    int64_t all = 0;
    size_t n;
    bool others;
    enum rc rc =
        flow_inbox(t->s, c, &t->who, "", NULL, TASKS_MAX, rq->lang, rq->a, &l, &n, &others, e);
    if (rc == RC_OK && others)
        rc = flow_inbox_count(t->s, c, &t->who, COUNTED_MAX, rq->a, &all, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        enum flow_colour lamp = l[i].lamp;
        const char *facts;
        rc = flow_facts_text(t->s, c, &l[i], rq->lang, rq->a, &facts, e);
        if (rc != RC_OK)
            return rc;
        t->filing |= str_eq(l[i].kind, "filing");
        const char *colour = lamp ? text_fill(rq->a, tr(t, N_("{colour}色预警")), "colour",
                                              tr(t, flow_colour_text(lamp)), NULL)
                                  : tr(t, flow_colour_text(l[i].colour));
        task(t, urgency_of(&l[i], county_today(c)),
             (struct today_tasks){ .mark = flow_colour_mark(lamp ? lamp : l[i].colour),
                                   .colour = colour,
                                   .title = title_of(t, &l[i]),
                                   .due = rq_due_text(rq, t->s, l[i].due, l[i].gap_year),
                                   .hint = for_whom(t, &l[i]),
                                   .facts = facts,
                                   .act = tr(t, N_("去办")),
                                   .href = arena_printf(rq->a, "/matter/%s", l[i].code) });
    }
    if (rc == RC_OK && all > (int64_t)n)
        more(t, N_("还有{n}件待办"), all - (int64_t)n, "/inbox");
    return rc;
}

/* A unit was dissolved while it held something: somebody has to give it a new home. */
static enum rc orphans(struct today *t, struct err *e)
{
    struct matter_line *l;
    size_t n;
    enum rc rc =
        flow_orphans(t->s, rq_county(t->rq), &t->who, t->rq->lang, t->rq->a, &l, &n, e);
    if (rc == RC_OK && n > 0)
        task(t, LATE,
             (struct today_tasks){ .title =
                                       text_fill(t->rq->a, tr(t, N_("{n}件事项的单位已经撤销")),
                                                 "n", number(t, (int64_t)n), NULL),
                                   .hint = tr(t, N_("要给它们找新的承办单位，期限照走")),
                                   .act = tr(t, N_("去移交")),
                                   .href = "/handover" });
    return rc;
}

enum rc today_count(struct rq *rq, int64_t *ret, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct flow_who w;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &w, e);
    return rc == RC_OK ? flow_inbox_count(s, rq_county(rq), &w, DESK_COUNTED, rq->a, ret, e)
                       : rc;
}

/* ---- who sends values ---- */

/* What of a period's values this person's departments owe: those nothing was said of, and,
 * until the term is over, those said to come later. */
static enum rc owed(const struct today *t, struct period p, bool over, int64_t *ret_late,
                    int64_t *ret_all, struct err *e)
{
    struct panel *panel;
    *ret_late = *ret_all = 0;
    enum rc rc = panel_build(t->s, NULL, p, t->rq->now, t->rq->a, &panel, e);
    if (rc == RC_NOTFOUND || rc == RC_INVALID) {
        err_done(e); /* no scheme for the period: nothing is owed by it */
        return RC_OK;
    }
    for (size_t i = 0; rc == RC_OK && i < panel->n_points; i++) {
        const struct series *s = &panel->series[i];
        const struct unit *owner = units_find(panel->units, panel->points[i].owner);
        if (!person_may(&t->k->person, CAP_SEND_VALUES, owner))
            continue;
        for (size_t r = s->n_rows - s->window; r < s->n_rows; r++)
            for (size_t u = 0; u < panel->n_units; u++) {
                enum missing m = (enum missing)s->missing[r][u];
                bool open =
                    m == MISSING_NOTDUE && s->due; /* ended, its term is still to come */
                *ret_all += m != MISSING_NA;
                *ret_late += m == MISSING_LATE || (open && !over);
            }
    }
    return rc;
}

static enum rc supplier(struct today *t, struct err *e)
{
    struct rq *rq = t->rq;
    int32_t today = county_today(rq_county(rq));
    struct period now = period_at(PERIOD_QUARTER, today), last = period_step(now, -1);
    struct due_days days;
    int64_t late, all;
    char day[PERIOD_TEXT];
    enum rc rc = due_load(t->s, &days, e);
    if (rc == RC_OK)
        rc = owed(t, last, due_day(&days, last) < today, &late, &all, e);
    if (rc != RC_OK)
        return rc;
    int32_t due = due_day(&days, last), next_due = due_day(&days, now);
    if (late && !t->filing) /* a filing of a round says the same, and is the way to go */
        task(t, due < today ? LATE : SOON,
             (struct today_tasks){
                 .title = text_fill(rq->a, tr(t, N_("{period}的数，还差{n}个")), "period",
                                    period_words(t, last), "n", number(t, late), NULL),
                 .due = due_words(t, due),
                 .hint = tr(t, N_("过期仍可报，注明原因；没有的数请写明为什么没有")),
                 .act = tr(t, N_("继续填报")),
                 .href = arena_printf(rq->a, "/import/new?period=%s", code_of(t, last)) });
    if (all && period_last_day(now) - today < SOON_DAYS)
        task(t, SOON,
             (struct today_tasks){
                 .title = text_fill(rq->a, tr(t, N_("{period}的数，约{n}个")), "period",
                                    period_words(t, now), "n", number(t, all), NULL),
                 .due = due_words(t, next_due),
                 .act = tr(t, N_("取模板")),
                 .href = arena_printf(rq->a, "/import/new?period=%s", code_of(t, now)) });
    else if (all)
        t->p.next = text_fill(rq->a, tr(t, N_("下一次：{day}前报{period}的数，约{n}个。")),
                              "day", day_code(next_due, day), "period", period_words(t, now),
                              "n", number(t, all), NULL);
    return RC_OK;
}

/* Own files: what waits for a yes, and the last receipts. Who answers for all sees the number
 * of what waits. */
static enum rc imports(struct today *t, struct err *e)
{
    struct rq *rq = t->rq;
    struct import_list_row *rows;
    size_t n, others = 0, receipts = 0;
    bool all = person_may(&t->k->person, CAP_SEND_VALUES, NULL);
    enum rc rc =
        import_list_all(t->s, all ? (struct id){ 0 } : rq->account.id, rq->a, &rows, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct import_list_row *r = &rows[i];
        const char *href = arena_printf(rq->a, "/import/%s", r->code);
        if (str_eq(r->state, "checked") && all)
            others++;
        else if (str_eq(r->state, "checked"))
            task(t, TO_CONFIRM,
                 (struct today_tasks){
                     .title = text_fill(rq->a, tr(t, N_("{file}还没有入库")), "file",
                                        r->file_name, NULL),
                     .hint = r->problems ? text_fill(rq->a, tr(t, N_("有{n}处要改")), "n",
                                                     number(t, r->problems), NULL)
                                         : tr(t, N_("核对过了，确认后才算报送")),
                     .act = r->problems ? tr(t, N_("去改")) : tr(t, N_("去确认")),
                     .href = href });
        else if (str_eq(r->state, "done") && !all && receipts < RECEIPTS_SHOWN) {
            receipts++;
            news(t, text_fill(rq->a, tr(t, N_("{file}已入库")), "file", r->file_name, NULL),
                 text_fill(rq->a, tr(t, N_("{n}个数，{day}，有回执")), "n",
                           number(t, r->rows_new + r->rows_changed), "day",
                           fmt_date(rq->a, r->done_at), NULL),
                 href);
        }
    }
    if (others)
        task(t, TO_CONFIRM,
             (struct today_tasks){ .title = text_fill(rq->a, tr(t, N_("{n}次报送等待入库")),
                                                      "n", number(t, (int64_t)others), NULL),
                                   .hint = tr(t, N_("核对过了，报送的人还没有确认")),
                                   .act = tr(t, N_("去看")),
                                   .href = "/import?state=checked" });
    return rc;
}

/* ---- who reads units ---- */

static const char *colour_words(const struct today *t, enum warn_colour c)
{
    return tr(t, warn_colour_text(c));
}

/* Is somebody at it already? Then it is a matter, and on somebody's desk as one. */
static enum rc in_hand(const struct today *t, const char *warning, bool *ret, struct err *e)
{
    struct matter_line *l;
    size_t n;
    struct county *c = rq_county(t->rq);
    enum rc rc =
        flow_linked(t->s, c, &t->who, "warning", warning, t->rq->lang, t->rq->a, &l, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct flow_state *st = flow_state_of(flow_kind_of(c, l[i].kind), l[i].state);
        *ret |= st && !st->final;
    }
    return rc;
}

/* Warnings of the units this person answers for. */
static enum rc own_warnings(struct today *t, const bool *may, size_t n_may, struct err *e)
{
    struct rq *rq = t->rq;
    struct warn_view *w;
    size_t n, shown = 0, rest = 0;
    const struct warn_sight sight = sight_warnings(&t->sees);
    enum rc rc = warnings_shown(t->s, t->run.period, &sight, (struct id){ 0 }, rq->lang, rq->a,
                                &w, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct unit *u = units_by_id(t->k->units, w[i].unit);
        if (!u || !may[u->index] || !warn_view_counts(&w[i]))
            continue;
        bool handled = false;
        rc = in_hand(t, w[i].code, &handled, e);
        if (rc != RC_OK || handled)
            continue;
        if (shown == WARNINGS_SHOWN) {
            rest++;
            continue;
        }
        shown++;
        task(t,
             w[i].lamp == WARN_RED      ? RED
             : w[i].lamp == WARN_ORANGE ? ORANGE
                                        : YELLOW,
             (struct today_tasks){
                 .mark = warn_mark(w[i].lamp),
                 .colour = text_fill(rq->a, tr(t, N_("{colour}色预警")), "colour",
                                     colour_words(t, w[i].lamp), NULL),
                 .title = n_may > 1 ? text_fill(rq->a, tr(t, N_("{unit}：{what}")), "unit",
                                                u->name, "what", w[i].name, NULL)
                                    : w[i].name,
                 .hint = w[i].clears,
                 .act = tr(t, N_("看差什么")),
                 .href = arena_printf(rq->a, "/warning/%s", w[i].code) });
    }
    if (rest)
        more(t, N_("还有{n}项预警"), (int64_t)rest,
             arena_printf(rq->a, "/warning?period=%s", code_of(t, t->run.period)));
    return rc;
}

static enum rc own_report(struct today *t, const struct unit *u, struct err *e)
{
    struct rq *rq = t->rq;
    struct report_trend_row *rows;
    size_t n;
    enum rc rc = report_trend_all(t->s, u->id, rq->a, &rows, &n, e);
    if (rc != RC_OK)
        return rc;
    size_t n_seen = 0;
    for (size_t i = 0; i < n; i++) {
        const struct publication *run = sight_run_of(&t->sees, rows[i].period, u);
        if (run && run->computation.v == rows[i].computation_id.v)
            rows[n_seen++] = rows[i];
    }
    n = n_seen;
    if (n == 0)
        return RC_OK;
    const struct report_trend_row *now = &rows[n - 1], *was = n > 1 ? &rows[n - 2] : NULL;
    bool same = was && period_kind(was->period) == period_kind(now->period);
    const char *score = text_fill(rq->a, tr(t, N_("{score}分")), "score",
                                  fmt_score(rq->a, now->score), NULL),
               *note =
                   same && !isnan(now->score - was->score)
                       ? text_fill(rq->a, tr(t, N_("{score}，较上期{change}")), "score", score,
                                   "change", fmt_change(rq->a, now->score - was->score), NULL)
                       : score;
    news(t,
         text_fill(rq->a, tr(t, N_("{unit}{period}体检报告")), "unit", u->name, "period",
                   period_words(t, now->period), NULL),
         isnan(now->score) ? tr(t, N_("数据不全，没有指数")) : note,
         arena_printf(rq->a, "/report/%s/%s", u->code, code_of(t, now->period)));
    return RC_OK;
}

static enum rc own_units(struct today *t, struct err *e)
{
    const struct units *us = t->k->units;
    const struct unit *own = units_by_id(us, t->k->person.unit);
    bool *may = person_scope(&t->k->person, CAP_READ_UNIT, us, t->rq->a);
    size_t n = 0;
    for (size_t i = 0; i < us->n; i++)
        n += may[i] && us->all[i].assessed;
    enum rc rc = n ? own_warnings(t, may, n, e) : RC_OK;
    if (rc == RC_OK && own && own->assessed && may[own->index])
        rc = own_report(t, own, e);
    if (rc == RC_OK && n > 1)
        news(t,
             text_fill(t->rq->a, tr(t, N_("{period}体检报告")), "period",
                       period_words(t, t->run.period), NULL),
             text_fill(t->rq->a, tr(t, N_("{n}个单位")), "n", number(t, (int64_t)n), NULL),
             arena_printf(t->rq->a, "/report?period=%s", code_of(t, t->run.period)));
    return rc;
}

/* ---- who sees the county ---- */

struct mover {
    const struct unit *unit;
    double change, score;
};

static int by_change(const void *x, const void *y)
{
    const struct mover *a = x, *b = y;
    return a->change != b->change ? (a->change < b->change) - (a->change > b->change)
                                  : text_cmp(&a->unit->code, &b->unit->code);
}

static void moved(struct today *t, const struct mover *m, const char *text)
{
    struct arena *a = t->rq->a;
    news(t, text_fill(a, tr(t, text), "unit", m->unit->name, NULL),
         text_fill(a, tr(t, N_("{score}，较上期{change}")), "score",
                   text_fill(a, tr(t, N_("{score}分")), "score", fmt_score(a, m->score), NULL),
                   "change", fmt_change(a, m->change), NULL),
         arena_printf(a, "/report/%s/%s", m->unit->code, code_of(t, t->run.period)));
}

/* Who moved most since the period before. */
static enum rc movers(struct today *t, const struct run_head_row *before, struct err *e)
{
    struct reports_of_run_row *now, *was;
    size_t n_now, n_was, n = 0;
    struct arena *a = t->rq->a;
    enum rc rc = reports_of_run_all(t->s, t->run.id, a, &now, &n_now, e);
    if (rc == RC_OK)
        rc = reports_of_run_all(t->s, before->id, a, &was, &n_was, e);
    if (rc != RC_OK)
        return rc;
    struct mover *m = arena_array(a, n_now, sizeof(*m));
    for (size_t i = 0; i < n_now; i++)
        for (size_t k = 0; k < n_was; k++) {
            const struct unit *u = units_by_id(t->k->units, now[i].unit_id);
            double d = now[i].score - was[k].score;
            if (u && now[i].unit_id.v == was[k].unit_id.v && !isnan(d))
                m[n++] = (struct mover){ u, d, now[i].score };
        }
    qsort(m, n, sizeof(*m), by_change);
    for (size_t i = 0; i < MOVERS_SHOWN && i < n && m[n - 1 - i].change < 0; i++)
        moved(t, &m[n - 1 - i], N_("{unit}下降"));
    for (size_t i = 0; i < MOVERS_SHOWN && i < n && m[i].change > 0; i++)
        moved(t, &m[i], N_("{unit}上升"));
    return RC_OK;
}

static enum rc county_warnings(struct today *t, struct err *e)
{
    struct warn_view *w;
    size_t n, fresh[WARN_RED + 1] = { 0 }, gone = 0;
    struct arena *a = t->rq->a;
    const struct warn_sight sight = sight_warnings(&t->sees);
    enum rc rc = warnings_shown(t->s, t->run.period, &sight, (struct id){ 0 }, t->rq->lang, a,
                                &w, &n, e);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < n; i++) {
        bool counts = warn_view_counts(&w[i]);
        t->p.warned += counts;
        t->p.reds += counts && w[i].lamp == WARN_RED;
        fresh[w[i].lamp] += counts && period_same(w[i].fired_period, t->run.period);
        gone += w[i].state == WARN_RESOLVED && !w[i].merged;
    }
    const char *href = arena_printf(a, "/warning?period=%s", code_of(t, t->run.period));
    size_t all = fresh[WARN_RED] + fresh[WARN_ORANGE] + fresh[WARN_YELLOW];
    if (all)
        news(t, text_fill(a, tr(t, N_("新发出预警{n}项")), "n", number(t, (int64_t)all), NULL),
             text_fill(a, tr(t, N_("红{red}、橙{orange}、黄{yellow}")), "red",
                       number(t, (int64_t)fresh[WARN_RED]), "orange",
                       number(t, (int64_t)fresh[WARN_ORANGE]), "yellow",
                       number(t, (int64_t)fresh[WARN_YELLOW]), NULL),
             href);
    if (gone)
        news(t, text_fill(a, tr(t, N_("消除预警{n}项")), "n", number(t, (int64_t)gone), NULL),
             period_words(t, t->run.period), href);
    return RC_OK;
}

static enum rc county(struct today *t, struct err *e)
{
    struct run_head_row before;
    struct today_page *p = &t->p;
    p->overview = true;
    p->period = t->run.period;
    p->score = t->run.county_score;
    p->complete = t->run.n_due ? (double)t->run.n_values / (double)t->run.n_due : NAN;
    p->change = NAN;
    enum rc rc = county_warnings(t, e);
    if (rc == RC_OK)
        rc = sight_run_load(&t->sees, t->s, period_step(t->run.period, -1), t->rq->a, &before,
                            e);
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    p->change = t->run.county_score - before.county_score;
    return movers(t, &before, e);
}

/* ---- who computes ---- */

/* Values of the last quarter that deserve a second look, of this person's departments. */
static enum rc hints(struct today *t, struct err *e)
{
    struct rq *rq = t->rq;
    struct period p = period_step(period_at(PERIOD_QUARTER, county_today(rq_county(rq))), -1);
    const bool *may = person_scope(&t->k->person, CAP_SEND_VALUES, t->k->units, rq->a);
    struct hint *list;
    size_t n;
    int64_t open = 0;
    enum rc rc = hints_of(t->s, p, rq->a, &list, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const struct unit *owner = units_find(t->k->units, list[i].owner);
        open += list[i].state == HINT_OPEN && owner && may[owner->index];
    }
    if (rc == RC_OK && open)
        task(t, LOW,
             (struct today_tasks){
                 .title = text_fill(rq->a, tr(t, N_("{period}的数，{n}处请再看一眼")), "period",
                                    period_words(t, p), "n", number(t, open), NULL),
                 .hint = tr(t, N_("只请核对，不扣分")),
                 .act = tr(t, N_("去看")),
                 .href = arena_printf(rq->a, "/hint?period=%s", code_of(t, p)) });
    return rc;
}

static enum rc failed_jobs(struct today *t, const char *kind, struct err *e)
{
    struct rq *rq = t->rq;
    struct job *list, newest;
    size_t n;
    struct utime since = { real_now().us - (int64_t)DAYS_BACK * 86400 * 1000000 };
    enum rc rc = job_list(t->s, "failed", kind, (struct id){ 0 }, rq->a, &list, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n && list[i].ended_at.us >= since.us; i++) {
        const struct job_kind *k = job_kind_named(list[i].kind);
        struct period p;
        CLEANUP(err_done) struct err none = { 0 };
        /* What was done again since is no task. */
        rc = job_latest(t->s, list[i].kind, list[i].key, rq->a, &newest, e);
        if (rc != RC_OK || newest.id.v != list[i].id.v)
            continue;
        const char *name = k ? tr(t, k->title) : list[i].kind,
                   *about = period_parse(list[i].key, &p, &none) == RC_OK ? period_words(t, p)
                                                                          : list[i].key;
        task(t, BROKEN,
             (struct today_tasks){
                 .title = text_fill(
                     rq->a,
                     tr(t, *about ? N_("没有做成：{job}，{about}") : N_("没有做成：{job}")),
                     "job", name, "about", about, NULL),
                 .hint = job_message(&list[i], rq->lang, rq->a),
                 .act = tr(t, N_("看经过")),
                 .href = arena_printf(rq->a, "/job/%lld", (long long)list[i].id.v) });
    }
    return rc;
}

/* The quarter that ended last has values but no computation, or values it does not know. */
static enum rc to_compute(struct today *t, struct err *e)
{
    struct rq *rq = t->rq;
    struct period p = period_step(period_at(PERIOD_QUARTER, county_today(rq_county(rq))), -1);
    struct run_newest_row run = { .started_at = { 0 } };
    struct today_new_values_row fresh;
    struct id active;
    enum rc rc = run_newest_one(t->s, p, rq->a, &run, e);
    bool never = rc == RC_NOTFOUND;
    if (never)
        err_done(e);
    if (rc == RC_OK || never)
        rc = today_new_values_one(t->s, p, run.started_at, rq->a, &fresh, e);
    if (rc == RC_OK)
        rc = compute_job_active(t->s, p, &active, e);
    if (rc != RC_OK || fresh.n == 0)
        return rc;
    if (active.v) {
        news(
            t,
            text_fill(rq->a, tr(t, N_("正在计算{period}")), "period", period_words(t, p), NULL),
            tr(t, N_("看进度")), arena_printf(rq->a, "/job/%lld", (long long)active.v));
        return RC_OK;
    }
    task(t, SOON,
         (struct today_tasks){
             .title = text_fill(rq->a,
                                tr(t, never ? N_("{period}还没有计算")
                                            : N_("{period}有{n}个新的数，还没有算进去")),
                                "period", period_words(t, p), "n", number(t, fresh.n), NULL),
             .hint = never ? text_fill(rq->a, tr(t, N_("已经报来{n}个数")), "n",
                                       number(t, fresh.n), NULL)
                           : tr(t, N_("重新计算得出新的报告，旧的留着")),
             .act = tr(t, N_("去计算")),
             .href = arena_printf(rq->a, "/job?period=%s", code_of(t, p)) });
    return RC_OK;
}

/* ---- the three administrators ---- */

static enum rc operators(struct today *t, struct err *e)
{
    struct rq *rq = t->rq;
    struct job j;
    struct log_state log;
    enum rc rc = failed_jobs(t, "", e);
    if (rc == RC_OK)
        rc = log_state_get(t->s, rq->a, &log, e);
    if (rc == RC_OK && *log.hold)
        task(t, BROKEN,
             (struct today_tasks){ .title = tr(t, N_("日志停止签名")),
                                   .hint = log.hold,
                                   .act = tr(t, N_("看设置")),
                                   .href = "/settings#log.policy" });
    if (rc == RC_OK)
        rc = job_latest(t->s, backup_job, "", rq->a, &j, e);
    bool never = rc == RC_NOTFOUND;
    if (never) {
        err_done(e);
        rc = RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    int64_t days = never ? 0 : (real_now().us - j.created_at.us) / 86400 / 1000000;
    if (never || days >= BACKUP_DAYS)
        task(t, SOON,
             (struct today_tasks){ .title = never ? tr(t, N_("还没有备份过"))
                                                  : text_fill(rq->a, tr(t, N_("{n}天没有备份")),
                                                              "n", number(t, days), NULL),
                                   .hint = tr(t, N_("备份时照常使用")),
                                   .act = tr(t, N_("去备份")),
                                   .href = "/backup" });
    news(t, text_fill(rq->a, tr(t, N_("日志{n}条")), "n", number(t, log.size), NULL),
         log.waiting
             ? text_fill(rq->a, tr(t, N_("{n}条等待签名")), "n", number(t, log.waiting), NULL)
             : tr(t, N_("都已签名")),
         "/log/checkpoint");
    return RC_OK;
}

static enum rc security(struct today *t, struct err *e)
{
    struct rq *rq = t->rq;
    struct today_accounts_row row;
    enum rc rc = today_accounts_one(t->s, county_now(rq_county(rq)), rq->a, &row, e);
    if (rc != RC_OK)
        return rc;
    if (row.blocked)
        task(t, LATE,
             (struct today_tasks){ .title =
                                       text_fill(rq->a, tr(t, N_("{n}个账号密码连错，被封住")),
                                                 "n", number(t, row.blocked), NULL),
                                   .hint = tr(t, N_("问清是不是本人；是，就重新打印启用单")),
                                   .act = tr(t, N_("去看")),
                                   .href = "/account" });
    if (row.fresh)
        task(t, LOW,
             (struct today_tasks){ .title = text_fill(rq->a, tr(t, N_("{n}个账号还没启用")),
                                                      "n", number(t, row.fresh), NULL),
                                   .hint = tr(t, N_("启用单14天内有效，过期要重新打印")),
                                   .act = tr(t, N_("去看")),
                                   .href = "/account?state=new" });
    return RC_OK;
}

static enum rc auditor(struct today *t, struct err *e)
{
    struct rq *rq = t->rq;
    struct utime now = county_now(rq_county(rq)),
                 since = { now.us - (int64_t)DAYS_BACK * 86400 * 1000000 };
    struct journal_page_count_row refused, read;
    enum rc rc = journal_page_count_one(t->s, "", 1, since, (struct utime){ INT64_MAX },
                                        COUNTED_MAX, rq->a, &refused, e);
    if (rc == RC_OK)
        rc = journal_page_count_one(t->s, "", 0, since, (struct utime){ INT64_MAX },
                                    COUNTED_MAX, rq->a, &read, e);
    if (rc != RC_OK)
        return rc;
    if (refused.n)
        task(t, SOON,
             (struct today_tasks){ .title = text_fill(rq->a, tr(t, N_("近七天有{n}次被拒绝")),
                                                      "n", number(t, refused.n), NULL),
                                   .hint = tr(t, N_("看是走错了门，还是有人在试")),
                                   .act = tr(t, N_("去看")),
                                   .href = "/journal?kind=denied" });
    news(t, text_fill(rq->a, tr(t, N_("近七天读取{n}次")), "n", number(t, read.n), NULL), "",
         "/journal?kind=read");
    return RC_OK;
}

/* ---- the page ---- */

/* What the short navigation has no room for; the platform has a page of its own for it. */
static void elsewhere(struct today *t)
{
    const struct place *list;
    size_t n;
    places_of(t->rq, &list, &n);
    t->p.places = arena_array(t->rq->a, n, sizeof(*t->p.places));
    for (size_t i = 0; i < n; i++)
        t->p.places[t->p.n_places++] = (struct today_places){ list[i].name, list[i].href };
}

static enum rc newest_run(struct today *t, struct err *e)
{
    size_t n;
    enum rc rc = rq_sight(t->rq, &t->sees, e);
    if (rc != RC_OK)
        return rc;
    const struct period *list = sight_periods(&t->sees, false, t->rq->a, &n);
    if (n == 0)
        return RC_OK;
    t->computed = true;
    return sight_run_load(&t->sees, t->s, list[0], t->rq->a, &t->run, e);
}

/* Before the county is live: the set-up, and whose turn it is. */
static enum rc set_up(struct today *t, struct err *e)
{
    struct rq *rq = t->rq;
    struct setup_view v;
    enum rc rc = setup_look(rq_county(rq), t->s, rq->lang, rq->a, &v, e);
    if (rc != RC_OK || v.next == SETUP_STEPS)
        return rc;
    const struct setup_about *about = &setup_about[v.next];
    bool mine = can(t, about->need);
    task(t, BROKEN,
         (struct today_tasks){ .title = text_fill(rq->a, tr(t, N_("首次设置：第{n}步，{name}")),
                                                  "n", number(t, (int64_t)v.next + 1), "name",
                                                  tr(t, about->name), NULL),
                               .hint = mine ? tr(t, about->why)
                                       : *v.step[v.next].who
                                           ? text_fill(rq->a, tr(t, N_("轮到{who}")), "who",
                                                       v.step[v.next].who, NULL)
                                           : tr(t, N_("还没有人有做这一步的账号")),
                               .act = tr(t, mine ? N_("继续") : N_("去看")),
                               .href = "/setup" });
    return RC_OK;
}

static enum rc ask_everybody(struct today *t, struct err *e)
{
    bool all = can(t, CAP_READ_COUNTY);
    const struct {
        bool asked;
        enum rc (*fn)(struct today *, struct err *);
    } rooms[] = {
        { rq_county(t->rq)->trial && (can(t, CAP_EDIT_UNITS) || can(t, CAP_ACCOUNTS)), set_up },
        { !t->k->must_totp, matters },
        { all && can(t, CAP_DISPATCH), orphans },
        { can(t, CAP_SEND_VALUES) && !person_may(&t->k->person, CAP_SEND_VALUES, NULL),
          supplier },
        { can(t, CAP_SEND_VALUES), imports },
        { can(t, CAP_SEND_VALUES), hints },
        { can(t, CAP_COMPUTE), to_compute },
        { can(t, CAP_READ_UNIT) && !all && t->computed, own_units },
        { all && t->computed, county },
        { can(t, CAP_OPERATE), operators },
        { can(t, CAP_ACCOUNTS), security },
        { can(t, CAP_AUDIT), auditor },
    };
    enum rc rc = can(t, CAP_COMPUTE) ? failed_jobs(t, compute_job, e) : RC_OK;
    for (size_t i = 0; i < COUNT(rooms) && rc == RC_OK; i++)
        if (rooms[i].asked)
            rc = rooms[i].fn(t, e);
    return rc;
}

static enum rc today_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct today t = { .rq = rq, .k = rq_asker(rq) };
    t.p = (struct today_page){ .at = rq->now,
                               .next = "",
                               .score = NAN,
                               .change = NAN,
                               .complete = NAN,
                               .tasks = arena_array(rq->a, TASKS_MAX + 1, sizeof(*t.p.tasks)),
                               .mores = arena_array(rq->a, MORES_MAX, sizeof(*t.p.mores)),
                               .news = arena_array(rq->a, NEWS_MAX, sizeof(*t.p.news)) };
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    t.s = s;
    if (rc == RC_OK)
        rc = newest_run(&t, e);
    if (rc == RC_OK)
        rc = rq_who(rq, s, &t.who, e);
    if (rc == RC_OK && t.k->must_totp)
        task(&t, BROKEN,
             (struct today_tasks){ .title = tr(&t, N_("先设置动态口令")),
                                   .hint = tr(&t, N_("三员要用动态口令才能办事")),
                                   .act = tr(&t, N_("去设置")),
                                   .href = "/me/totp" });
    if (rc == RC_OK)
        rc = ask_everybody(&t, e);
    if (rc == RC_OK && !t.k->must_totp && !can(&t, CAP_DISPATCH))
        elsewhere(&t);
    return rc == RC_OK ? today_render(rq, &t.p, e) : rc;
}

const struct route today_routes[] = {
    { .method = GET,
      .path = "/today",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_LIST,
      .fn = today_show,
      .page = &today_kind,
      .help = N_("今日:本人要办的事,和有什么变化") },
};
const size_t today_routes_n = COUNT(today_routes);
