/*
 * Jobs as pages. Who runs the system sees all of them, who computes sees computations,
 * everybody what they asked for themselves. What a job says is never content: the result is a
 * link.
 */
#include "cmd/job_page.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/parse.h"
#include "base/period.h"
#include "cmd/backup_job.h"
#include "cmd/job.html.h"
#include "cmd/jobs.h"
#include "cmd/jobs.html.h"
#include "monitor/compute_job.h"
#include "people/asker.h"
#include "store/county.h"

#include <math.h>

enum { PERIODS_OFFERED = 8, FAILED_DAYS = 7 };

static const struct {
    const char *state, *name;
} states[] = { { "waiting", N_("等待") },
               { "running", N_("在做") },
               { "done", N_("做完") },
               { "failed", N_("失败") },
               { "cancelled", N_("停下了") } };

static const char *state_text(const struct rq *rq, const char *state)
{
    for (size_t i = 0; i < COUNT(states); i++)
        if (str_eq(states[i].state, state))
            return rq_tr(rq, states[i].name);
    return state;
}

static struct utime real_now(void)
{
    const struct clock real = { 0 };
    return clock_now(&real);
}

static bool can(const struct rq *rq, enum cap cap)
{
    /* The route asks for no more than an account, which is not yet enough for the three. */
    return !rq_asker(rq)->must_totp && person_can(&rq_asker(rq)->person, cap);
}

/* What asking for a job of a kind needs. */
static enum cap cap_of(const struct job *j)
{
    return str_eq(j->kind, compute_job) ? CAP_COMPUTE : CAP_OPERATE;
}

static bool may_see(const struct rq *rq, const struct job *j)
{
    return can(rq, CAP_OPERATE) || str_eq(j->by, rq->account.code) || can(rq, cap_of(j));
}

static bool is_over(const struct job *j)
{
    return !str_eq(j->state, "waiting") && !str_eq(j->state, "running");
}

static const char *name_of(const struct rq *rq, const struct job *j)
{
    const struct job_kind *k = job_kind_named(j->kind);
    return k ? rq_tr(rq, k->title) : j->kind;
}

/* What it is about: a period is said as people say it. */
static const char *subject_of(struct rq *rq, const struct job *j)
{
    CLEANUP(err_done) struct err e = { 0 };
    struct period p;
    if (str_eq(j->kind, compute_job) && period_parse(j->key, &p, &e) == RC_OK)
        return period_name(rq->a, p, rq->lang);
    return j->key;
}

static const char *progress_of(struct rq *rq, const struct job *j)
{
    if (str_eq(j->state, "done"))
        return job_message(j, rq->lang, rq->a);
    if (str_eq(j->state, "waiting"))
        return j->attempts ? rq_tr(rq, N_("等着再试")) : rq_tr(rq, N_("在排队"));
    if (is_over(j))
        return "";
    if (j->total == 0)
        return rq_tr(rq, N_("刚开始"));
    return text_fill(rq->a, rq_tr(rq, N_("做了{share},{done}/{total}")), "share",
                     fmt_percent(rq->a, (double)j->done / (double)j->total), "done",
                     fmt_count(rq->a, j->done), "total", fmt_count(rq->a, j->total), NULL);
}

/* ---- the list ---- */

/* Quarters that have begun, the one that ended last chosen. */
static void periods(struct rq *rq, struct jobs_page *p)
{
    struct period now = period_at(PERIOD_QUARTER, county_today(rq_county(rq)));
    const char *asked = rq_query(rq, "period");
    char code[PERIOD_TEXT];
    p->periods = arena_array(rq->a, PERIODS_OFFERED, sizeof(*p->periods));
    for (int i = 0; i < PERIODS_OFFERED; i++) {
        struct period q = period_step(now, -i);
        const char *text = arena_strdup(rq->a, period_code(q, code));
        p->periods[p->n_periods++] =
            (struct jobs_periods){ text, period_name(rq->a, q, rq->lang),
                                   asked ? str_eq(asked, text) : i == 1 };
    }
}

static const char *older_link(struct rq *rq, const char *state, struct id last)
{
    struct str b;
    str_init(&b, rq->a);
    str_add(&b, "/job?state=");
    url_text(&b, state);
    str_addf(&b, "&before=%lld", (long long)last.v);
    return b.s;
}

static enum rc rows(struct rq *rq, const struct snap *s, struct jobs_page *p, struct err *e)
{
    struct job *list;
    size_t n;
    int64_t before = 0;
    enum rc rc = rq_query_int(rq, "before", N_("编号"), 0, INT64_MAX, &before, e);
    if (rc == RC_OK)
        rc = job_list(s, p->state, "", (struct id){ before }, rq->a, &list, &n, e);
    if (rc != RC_OK)
        return rc;
    p->jobs = arena_array(rq->a, n, sizeof(*p->jobs));
    for (size_t i = 0; i < n; i++) {
        const struct job *j = &list[i];
        if (!may_see(rq, j))
            continue;
        p->jobs[p->n_jobs++] = (struct jobs_jobs){ .id = j->id.v,
                                                   .name = name_of(rq, j),
                                                   .subject = subject_of(rq, j),
                                                   .state = j->state,
                                                   .state_name = state_text(rq, j->state),
                                                   .progress = progress_of(rq, j),
                                                   .created = j->created_at,
                                                   .ended = j->ended_at,
                                                   .attempts = j->attempts,
                                                   .by = j->by,
                                                   .why = str_eq(j->state, "failed")
                                                              ? job_message(j, rq->lang, rq->a)
                                                              : "" };
    }
    if (n == JOB_PAGE)
        p->older = older_link(rq, p->state, list[n - 1].id);
    return RC_OK;
}

static enum rc jobs_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *state = rq_query(rq, "state");
    struct jobs_page p = { .state = "",
                           .may_compute = can(rq, CAP_COMPUTE),
                           .may_backup = can(rq, CAP_OPERATE) };
    struct job_count count;
    struct utime since = { real_now().us - (int64_t)FAILED_DAYS * 86400 * 1000000 };
    for (size_t i = 0; i < COUNT(states); i++)
        if (str_eq(states[i].state, state))
            p.state = states[i].state;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = job_count(s, p.may_backup ? "" : compute_job, since, &count, e);
    if (rc == RC_OK)
        rc = rows(rq, s, &p, e);
    if (rc != RC_OK)
        return rc;
    p.running = count.running;
    p.waiting = count.waiting;
    p.failed = count.failed;
    if (p.may_compute)
        periods(rq, &p);
    rq_crumb(rq, rq_tr(rq, N_("任务")), NULL);
    return jobs_render(rq, &p, e);
}

/* ---- one job ---- */

static enum rc find(struct rq *rq, struct job *ret, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    int64_t id;
    enum rc rc = parse_int64(rq_param(rq, "id"), 1, INT64_MAX, "id", &id, e);
    if (rc != RC_OK) {
        err_done(e);
        return err_set(e, RC_NOTFOUND, N_("没有这个任务"));
    }
    rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = job_get(s, (struct id){ id }, rq->a, ret, e);
    if (rc == RC_OK && !may_see(rq, ret))
        return err_set(e, RC_DENIED, N_("这个任务是别人的,您看不到"));
    return rc;
}

static enum rc tries(struct rq *rq, const struct job *j, struct job_page *p, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct job_failure *f;
    enum rc rc = db_read(rq_county(rq)->db, &s, e);
    if (rc == RC_OK)
        rc = job_failures(s, j->id, rq->a, &f, &p->n_tries, e);
    if (rc != RC_OK)
        return rc;
    p->tries = arena_array(rq->a, p->n_tries, sizeof(*p->tries));
    for (size_t i = 0; i < p->n_tries; i++)
        p->tries[i] = (struct job_tries){ f[i].attempt, f[i].at,
                                          job_failure_message(&f[i], rq->lang, rq->a) };
    return RC_OK;
}

static const char *result_link(const struct rq *rq, const struct job *j)
{
    if (!str_eq(j->state, "done"))
        return NULL;
    if (str_eq(j->kind, compute_job) && can(rq, CAP_READ_COUNTY))
        return arena_printf(rq->a, "/report?period=%s", j->key);
    return str_eq(j->kind, backup_job) && can(rq, CAP_OPERATE) ? "/backup" : NULL;
}

static enum rc job_show(struct rq *rq, struct err *e)
{
    struct job j;
    enum rc rc = find(rq, &j, e);
    if (rc != RC_OK)
        return rc;
    const struct job_kind *k = job_kind_named(j.kind);
    bool failed = str_eq(j.state, "failed");
    struct job_page p = { .id = j.id.v,
                          .name = name_of(rq, &j),
                          .help = k ? rq_tr(rq, k->help) : "",
                          .subject = subject_of(rq, &j),
                          .state = j.state,
                          .state_name = state_text(rq, j.state),
                          .done = j.done,
                          .total = j.total,
                          .share = j.total ? (double)j.done / (double)j.total : NAN,
                          .progress = progress_of(rq, &j),
                          .ended = is_over(&j),
                          .created = j.created_at,
                          .due = j.due,
                          .started = j.started_at,
                          .ended_at = j.ended_at,
                          .attempts = j.attempts,
                          .by = j.by,
                          .why = failed ? job_message(&j, rq->lang, rq->a) : "",
                          .result = str_eq(j.state, "done") ? progress_of(rq, &j) : "",
                          .result_href = result_link(rq, &j),
                          .may_cancel = !is_over(&j),
                          .may_again = k && can(rq, cap_of(&j)) &&
                                       (failed || str_eq(j.state, "cancelled")) };
    rc = tries(rq, &j, &p, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("任务")), "/job");
    rq_crumb(rq, p.name, NULL);
    return job_render(rq, &p, e);
}

/* ---- stopping it, doing it again ---- */

struct change {
    const struct job *j;
    const char *by;
    struct id id;
};

static enum rc write_cancel(struct tx *tx, void *arg, struct err *e)
{
    const struct change *ch = arg;
    return job_cancel(tx, ch->j->id, real_now(), e);
}

static enum rc job_cancel_post(struct rq *rq, struct err *e)
{
    struct job j;
    struct change ch = { .j = &j };
    enum rc rc = find(rq, &j, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, write_cancel, &ch, e);
    return rc == RC_OK ? web_donef(rq, e, "/job/%lld", (long long)j.id.v) : rc;
}

static enum rc write_again(struct tx *tx, void *arg, struct err *e)
{
    struct change *ch = arg;
    return job_add(tx, ch->j->kind, ch->j->key, ch->j->args, (struct utime){ 0 }, ch->by,
                   real_now(), &ch->id, e);
}

static enum rc job_again_post(struct rq *rq, struct err *e)
{
    struct job j;
    struct change ch = { .j = &j, .by = rq->account.code };
    enum rc rc = find(rq, &j, e);
    if (rc == RC_OK && !is_over(&j))
        return err_set(e, RC_CONFLICT, N_("这个任务还没有结束"));
    if (rc == RC_OK)
        rc = person_demand(&rq_asker(rq)->person, cap_of(&j), NULL, e);
    if (rc == RC_OK)
        rc = db_transact(rq_county(rq)->db, write_again, &ch, e);
    if (rc != RC_OK)
        return rc;
    jobs_wake(rq_county(rq));
    return web_donef(rq, e, "/job/%lld", (long long)ch.id.v);
}

const struct route job_routes[] = {
    { .method = GET,
      .path = "/job",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_LIST,
      .fn = jobs_show,
      .page = &jobs_kind,
      .help = N_("任务:在做的、等着的、失败的") },
    { .method = GET,
      .path = "/job/:id",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = job_show,
      .page = &job_kind,
      .help = N_("一个任务和它的进度") },
    { .method = POST,
      .path = "/job/:id/cancel",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = job_cancel_post,
      .help = N_("停下一个任务") },
    { .method = POST,
      .path = "/job/:id/again",
      .auth = SESSION | TOKEN,
      .need = CAP_SELF,
      .scope = SCOPE_OBJECT,
      .fn = job_again_post,
      .help = N_("再做一次") },
};
const size_t job_routes_n = COUNT(job_routes);
