/*
 * The computation of a period as a job. The one idea: a request only writes a row; the job
 * thread does the work, so that nobody waits for it and a restart takes it up again.
 */
#include "monitor/compute_job.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "monitor/compute.h"
#include "people/asker.h"
#include "store/county.h"
#include "store/record.h"

const char compute_job[] = "compute";

static enum rc progress(void *arg, int64_t done, int64_t total, struct err *e)
{
    return job_progress(arg, done, total, e);
}

enum rc compute_job_run(struct job_run *r, struct err *e)
{
    struct period p;
    struct compute_result done;
    enum rc rc = period_parse(r->key, &p, e);
    if (rc == RC_OK)
        rc = job_progress(r, 0, 0, e);
    if (rc == RC_OK)
        rc = compute_period(r->c, p, r->by, progress, r, &done, e);
    if (rc != RC_OK)
        return rc;
    /* No index and no warnings: who runs the machine reads this too. It is no failure. */
    (void)err_set(&r->said, RC_DONE,
                  N_("{scored}/{units}个单位有指数,用到数值{values}/{due}个"), "scored",
                  fmt_count(r->a, (int64_t)done.n_scored), "units",
                  fmt_count(r->a, (int64_t)done.n_units), "values",
                  fmt_count(r->a, done.n_values), "due", fmt_count(r->a, done.n_due));
    return RC_OK;
}

enum rc compute_job_active(const struct snap *s, struct period p, struct id *ret, struct err *e)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char code[PERIOD_TEXT];
    struct job j;
    enum rc rc = job_latest(s, compute_job, period_code(p, code), a, &j, e);
    *ret = (struct id){ 0 };
    if (rc == RC_NOTFOUND) {
        err_done(e);
        return RC_OK;
    }
    if (rc == RC_OK && (str_eq(j.state, "waiting") || str_eq(j.state, "running")))
        *ret = j.id;
    return rc;
}

/* ---- asking for it ---- */

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
    return job_add(tx, compute_job, period_code(k->period, code), "", (struct utime){ 0 },
                   k->rq->account.code, clock_now(&real), &k->id, e);
}

static enum rc compute_post(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct asking k = { .rq = rq };
    enum rc rc = rq_period(rq, "period", N_("期间"), &k.period, e);
    if (rc == RC_OK && period_first_day(k.period) > county_today(c)) {
        char code[PERIOD_TEXT];
        return err_set(e, RC_INVALID, N_("{period}还没有开始,不能计算"), "period",
                       period_code(k.period, code));
    }
    if (rc == RC_OK)
        rc = db_transact(c->db, ask, &k, e);
    if (rc != RC_OK)
        return rc;
    jobs_wake(c);
    return web_donef(rq, e, "/job/%lld", (long long)k.id.v);
}

const struct route compute_routes[] = {
    { .method = POST,
      .path = "/compute",
      .auth = SESSION | TOKEN,
      .need = CAP_COMPUTE,
      .scope = SCOPE_ALL,
      .fn = compute_post,
      .help = N_("计算一期:记为一个任务,在后台做") },
};
const size_t compute_routes_n = COUNT(compute_routes);
