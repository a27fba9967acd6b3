/* job: what runs in the background, from the command line. */
#include "base/clock.h"
#include "base/parse.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "cmd/jobs.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LOOK_MS = 200 };

/* ---- list ---- */

static void print_job(struct cmd_call *c, const struct job *j)
{
    struct arena *a = cmd_arena(c);
    char at[TIME_TEXT];
    bool ended = j->ended_at.us != 0;
    const char *message = job_message(j, cmd_lang(c), a);
    if (!*message && !ended && j->total)
        message = arena_printf(a, "%lld / %lld", (long long)j->done, (long long)j->total);
    fprintf(cmd_out(c), "%lld\t%s\t%s\t%s\t%s\t%s\n", (long long)j->id.v, j->kind, j->key,
            j->state, time_local(ended ? j->ended_at : j->due, at), message);
}

static enum rc list(struct cmd_call *c, struct err *e)
{
    static const char *const states[] = { "waiting", "running", "done", "failed", "cancelled" };
    CLEANUP(county_closep) struct county *county = NULL;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    const char *state = cmd_opt(c, "state");
    struct job *jobs;
    size_t n = 0, k = 0;
    while (state && k < COUNT(states) && !str_eq(states[k], state))
        k++;
    if (state && k == COUNT(states))
        return cmd_usage(
            c, e, N_("没有「{value}」这种状态;可用 waiting、running、done、failed、cancelled"),
            NULL, state);
    enum rc rc = cmd_county(c, /* writing= */ false, &county, e);
    if (rc == RC_OK)
        rc = db_read(county->db, &s, e);
    if (rc == RC_OK)
        rc = job_list(s, state ? state : "", "", (struct id){ 0 }, cmd_arena(c), &jobs, &n, e);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        print_job(c, &jobs[i]);
    db_read_end(&s);
    return rc;
}

/* ---- run ---- */

struct asking {
    const char *kind;
    struct period period;
    struct id id;
};

static enum rc ask(struct tx *tx, void *arg, struct err *e)
{
    struct asking *x = arg;
    return job_ask(tx, x->kind, x->period, "", &x->id, e);
}

/* Until it has ended; every failed attempt but the last is only said. */
static enum rc follow(struct cmd_call *c, struct county *county, struct id id, struct err *e)
{
    const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
    for (;;) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        CLEANUP(db_read_end) const struct snap *s = NULL;
        struct job j;
        enum rc rc = db_read(county->db, &s, e);
        if (rc == RC_OK)
            rc = job_get(s, id, a, &j, e);
        if (rc != RC_OK)
            return rc;
        db_read_end(&s);
        const char *said = job_message(&j, cmd_lang(c), a);
        if (str_eq(j.state, "done")) {
            if (*said)
                fprintf(cmd_out(c), "%s\n", said);
            return RC_OK;
        }
        if (str_eq(j.state, "cancelled"))
            return err_set(e, RC_CONFLICT, N_("任务已被取消"));
        /* An attempt that failed will be made again by a server; nobody waits for that here. */
        if (str_eq(j.state, "failed") || (str_eq(j.state, "waiting") && *said))
            return err_set(e, RC_UNPROVEN, N_("{value}"), "value", said);
        if (cmd_stopping(c))
            return err_set(e, RC_BUSY, N_("服务正在停止"));
        if (j.total)
            cmd_progress(c, job_kind_named(j.kind)->help, j.done, j.total);
        nanosleep(&pause, NULL);
    }
}

static enum rc run(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    struct asking x = { .kind = cmd_opt(c, "KIND") };
    const struct job_kind *kind = job_kind_named(x.kind);
    if (!kind)
        return cmd_usage(c, e, N_("没有「{value}」这种任务;可用 compute、backup、audit、clean"),
                         NULL, x.kind);
    if (str_eq(x.kind, "compute") != (cmd_opt(c, "period") != NULL))
        return cmd_usage(c, e,
                         cmd_opt(c, "period") ? N_("任务 {value} 不分期间")
                                              : N_("任务 {value} 要写明 --period"),
                         NULL, x.kind);
    enum rc rc = cmd_opt(c, "period") ? cmd_period(c, &x.period, e) : RC_OK;
    if (rc == RC_OK)
        rc = cmd_county(c, /* writing= */ true, &county, e);
    if (rc == RC_OK)
        rc = db_transact(county->db, ask, &x, e);
    if (rc != RC_OK)
        return rc;
    if (cmd_flag(c, "no-wait")) {
        jobs_wake(county);
        fprintf(cmd_out(c), "%lld\n", (long long)x.id.v);
        return RC_OK;
    }
    if (cmd_served(c))
        jobs_wake(county);
    else
        rc = jobs_start(county, kind, 1, e);
    return rc == RC_OK ? follow(c, county, x.id, e) : rc;
}

/* ---- cancel ---- */

static enum rc write_cancel(struct tx *tx, void *arg, struct err *e)
{
    const struct clock real = { .simulated = false };
    return job_cancel(tx, *(const struct id *)arg, clock_now(&real), e);
}

static enum rc cancel(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct id id;
    struct job j;
    enum rc rc = parse_int64(cmd_opt(c, "JOB"), 1, INT64_MAX, "JOB", &id.v, e);
    if (rc != RC_OK)
        return cmd_usage(c, e, N_("任务编号应为整数,现为「{value}」"), NULL, cmd_opt(c, "JOB"));
    rc = cmd_county(c, /* writing= */ true, &county, e);
    if (rc == RC_OK)
        rc = db_read(county->db, &s, e);
    if (rc == RC_OK)
        rc = job_get(s, id, cmd_arena(c), &j, e); /* that there is one */
    db_read_end(&s);
    return rc == RC_OK ? db_transact(county->db, write_cancel, &id, e) : rc;
}

#define DATA                                                                                   \
    {                                                                                          \
        "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹")                                   \
    }
const struct command cmd_job_list = {
    .name = "job list",
    .help = N_("列出后台任务,新的在前"),
    .detail = N_("每行是编号、种类、对象、状态、时间、结果,以制表符分隔。"),
    .opts = { DATA,
              { "state", OPT_VALUE, false, "STATE",
                N_("只列一种状态:waiting、running、done、failed 或 cancelled") } },
    .fn = list,
};
const struct command cmd_job_run = {
    .name = "job run",
    .help = N_("现在就做一项后台任务"),
    .detail = N_("任务有:compute 计算一期(要写 --period);backup 备份到数据文件夹的 backup/ 里;"
                 "audit 全部重算核对;clean 清掉过期的登录和请求编号(服务每天自己做一次)。"
                 "服务在运行时由服务来做,否则由这条命令自己做。"),
    .opts = { { "KIND", OPT_ARG, true, NULL, N_("compute、backup、audit 或 clean") },
              DATA,
              { "period", OPT_VALUE, false, "PERIOD", N_("compute 的期间,如 2026Q3") },
              { "no-wait", OPT_FLAG, false, NULL, N_("只排上队,打印编号;不写就等到做完") } },
    .fn = run,
    .sent = true,
};
const struct command cmd_job_cancel = {
    .name = "job cancel",
    .help = N_("取消一项等着的或在做的任务"),
    .opts = { { "JOB", OPT_ARG, true, NULL, N_("任务的编号") }, DATA },
    .fn = cancel,
    .sent = true,
};
