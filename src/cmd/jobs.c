/* The jobs. Each does what a command of the same name does, and says so in one sentence. */
#include "cmd/jobs.h"

#include "base/clock.h"
#include "base/fmt.h"
#include "base/period.h"
#include "base/str.h"
#include "cmd/backup_job.h"
#include "cmd/check_cmd.h"
#include "collect/pull.h"
#include "collect/round.h"
#include "collect/webhook.h"
#include "directive/lookback.h"
#include "flow/flow.h"
#include "monitor/compute_job.h"
#include "notice/notice.h"
#include "people/replay.h"
#include "people/session.h"
#include "publish/asking.h"
#include "publish/bundle.h"
#include "publish/objection.h"
#include "quality/agreement.h"
#include "quality/hint.h"
#include "store/county.h"
#include "store/draw.h"

/* Longer than any may be silent: the engine before its first units, a copy of the database. */
enum { LEASE_S = 1800, DAY_S = 86400, HOUR_S = 3600, MINUTE_S = 60 };

/* ---- audit ---- */

static enum rc said_audit(void *run, const char *what, int64_t done, int64_t total,
                          struct err *e)
{
    (void)what; /* a job shows numbers only */
    return job_progress(run, done, total, e);
}

static enum rc audit_run(struct job_run *r, struct err *e)
{
    const struct audit_progress progress = { .ctx = r, .say = said_audit };
    struct audit_result found;
    size_t n;
    const struct audit_query *tables = audit_tables(r->a, &n);
    enum rc rc = audit_data(r->a, r->c, tables, n, NULL, &progress, &found, e);
    if (rc == RC_OK)
        rc = check_matters(r->c, e);
    if (rc != RC_OK)
        return rc;
    (void)err_set(&r->said, RC_DONE, N_("完整:日志 {origin},{size} 条"), "origin", found.origin,
                  "size", fmt_count(r->a, (int64_t)found.size)); /* no failure */
    return RC_OK;
}

/* ---- clean ---- */

static enum rc clean_run(struct job_run *r, struct err *e)
{
    enum rc rc = sessions_expire(r->c, e);
    return rc == RC_OK ? replay_expire(r->c, e) : rc;
}

const struct job_kind job_kinds[] = {
    { .name = compute_job,
      .title = N_("计算一期"),
      .help = N_("计算一期的得分、预警和报告"),
      .fn = compute_job_run,
      .lease_s = LEASE_S },
    { .name = backup_job,
      .title = N_("备份"),
      .help = N_("把整个县备份到数据文件夹的 backup/ 里"),
      .fn = backup_job_run,
      .lease_s = LEASE_S },
    { .name = bundle_job,
      .title = N_("打包一期的报告"),
      .help = N_("把已发布的一期的全部报告、原文和回执装进一个压缩包"),
      .fn = bundle_job_run,
      .lease_s = LEASE_S },
    { .name = asking_job,
      .title = N_("送各单位征求意见"),
      .help = N_("单位多的县,分批请各单位核对自己的报告;做到一半停了接着做"),
      .fn = asking_job_run,
      .lease_s = LEASE_S },
    { .name = reissue_job,
      .title = N_("异议成立后重新计算"),
      .help = N_("异议成立的,更正数值、重新计算、带更正说明重新发出"),
      .fn = reissue_job_run,
      .lease_s = LEASE_S },
    { .name = "audit",
      .title = N_("核对"),
      .help = N_("把日志和记录全部重算一遍,说出第一处不符"),
      .fn = audit_run,
      .lease_s = LEASE_S,
      .attempts = 1 },
    { .name = "clean",
      .title = N_("清理"),
      .help = N_("清掉过期的登录和请求编号,每天一次"),
      .fn = clean_run,
      .every_s = DAY_S },
    { .name = agreement_job,
      .title = N_("比较评价"),
      .help = N_("把体检结果和导入的评价比较一遍,每天一次"),
      .fn = agreement_job_run,
      .every_s = DAY_S,
      .lease_s = LEASE_S },
    { .name = hints_job,
      .title = N_("核对数据"),
      .help = N_("按核对规则看一期的数据,给出复核提示,每天一次"),
      .fn = hints_job_run,
      .every_s = DAY_S,
      .lease_s = LEASE_S },
    { .name = "clock",
      .title = N_("事项计时"),
      .help = N_("到了日子提醒、变色、告知上级,到期的按规则办,每小时一次"),
      .fn = flow_clock_job,
      .every_s = HOUR_S },
    { .name = "draw",
      .title = N_("抽签的公告"),
      .help = N_("看抽签的公告在公开事件以前进了存证日志没有,每分钟一次"),
      .fn = draw_seal_job,
      .every_s = MINUTE_S },
    { .name = lookback_job,
      .title = N_("抽中的转入回头看"),
      .help = N_("抽签有了结果,把抽中的廉动令转入回头看"),
      .fn = lookback_job_run },
    { .name = "round",
      .title = N_("采集批次开始"),
      .help = N_("到了开始日的采集批次,给每个来源建一件填报,每小时一次"),
      .fn = round_job_run,
      .every_s = HOUR_S },
    { .name = "notice",
      .title = N_("发提醒"),
      .help = N_("有待办的人每天提醒一次,变红的马上提醒;网关不通就隔一阵再试,每分钟看一次"),
      .fn = notice_job,
      .every_s = MINUTE_S,
      .lease_s = LEASE_S },
    { .name = webhook_job,
      .title = N_("通知外部程序"),
      .help = N_("把批次开始、签发、发布通知给登记的外部程序,没送到的过后再试"),
      .fn = webhook_job_run,
      .every_s = 60,
      .lease_s = 600,
      .attempts = 1 },
    { .name = pull_job,
      .title = N_("自动取数"),
      .help = N_("到了时候的取数各取一次,一样的不写,有错的一行不写"),
      .fn = pull_job_run,
      .every_s = 900,
      .lease_s = 300,
      .attempts = 1 },
};
const size_t job_kinds_n = COUNT(job_kinds);

const struct job_kind *job_kind_named(const char *name)
{
    for (size_t i = 0; i < job_kinds_n; i++)
        if (str_eq(job_kinds[i].name, name))
            return &job_kinds[i];
    return NULL;
}

enum rc job_ask(struct tx *tx, const char *kind, struct period period, const char *by,
                struct id *ret, struct err *e)
{
    const struct clock real = { .simulated = false };
    const struct utime at_once = { 0 };
    bool needs = str_eq(kind, compute_job) || str_eq(kind, bundle_job);
    char code[PERIOD_TEXT];
    if (!job_kind_named(kind))
        return err_set(
            e, RC_NOTFOUND,
            N_("没有「{kind}」这种任务;可用 compute、backup、audit、clean、clock、notice"),
            "kind", kind);
    if (needs != (period.v != 0))
        return err_set(e, RC_INVALID,
                       needs ? N_("任务 {kind} 要写明期间") : N_("任务 {kind} 不分期间"),
                       "kind", kind);
    return job_add(tx, kind, needs ? period_code(period, code) : "", "", at_once, by,
                   clock_now(&real), ret, e);
}
