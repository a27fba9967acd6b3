/*
 * 运行: each part of the running program in one line, good or to be seen to, with the page
 * where that is done. It shows figures of the machine, nothing of the county's content.
 */
#include "cmd/admin_page.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "cmd/admin.html.h"
#include "cmd/backup_job.h"
#include "people/asker.h"
#include "store/county.h"
#include "store/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PARTS = 5, DAYS_BACK = 7, BACKUP_DAYS = 7 };
/* Below this little is left for a backup and the next year's values. */
#define DISK_LEAST (INT64_C(2) << 30)

struct looking {
    struct rq *rq;
    struct county *c;
    const struct snap *s;
    struct admin_page p;
};

static const char *n_text(const struct looking *l, int64_t n)
{
    return fmt_count(l->rq->a, n);
}

static void part(struct looking *l, const char *name, bool good, const char *words,
                 const char *href)
{
    l->p.health[l->p.n_health++] =
        (struct admin_health){ rq_tr(l->rq, name), good, words, href };
    l->p.bad += !good;
}

static void database(struct looking *l)
{
    struct db_stats d;
    struct web_stats w;
    db_stats(l->c->db, &d);
    web_stats(l->rq->web, &w);
    l->p.database = db_kind(l->c->db) == DB_SQLITE ? "SQLite" : "PostgreSQL";
    l->p.changes = d.changes;
    l->p.slow = d.slow;
    l->p.requests = (int64_t)w.requests;
    l->p.refused = (int64_t)w.refused_busy;
    part(l, N_("数据库"), !d.stopped,
         d.stopped ? rq_tr(l->rq, N_("磁盘出错后已停止写入;排除故障后请重启"))
                   : text_fill(l->rq->a, rq_tr(l->rq, N_("排队的改动{n}个")), "n",
                               n_text(l, d.queued), NULL),
         NULL);
}

static void machine(struct looking *l)
{
    struct statvfs v;
    struct arena *a = l->rq->a;
    CLEANUP(mem_freep) char *full = realpath(l->c->dir, NULL);
    CLEANUP(file_closep) FILE *f = fopen("/proc/self/statm", "rb");
    long long pages = 0, resident = 0;
    l->p.version = JINGJIAN_VERSION;
    l->p.data_dir = full ? arena_strdup(a, full) : l->c->dir;
    l->p.disk_free =
        statvfs(l->c->dir, &v) == 0 ? (int64_t)v.f_bavail * (int64_t)v.f_frsize : 0;
    if (f && fscanf(f, "%lld %lld", &pages, &resident) == 2)
        l->p.memory = resident * sysconf(_SC_PAGESIZE);
    part(l, N_("磁盘"), l->p.disk_free >= DISK_LEAST,
         text_fill(a,
                   rq_tr(l->rq, l->p.disk_free >= DISK_LEAST
                                    ? N_("还剩{free}")
                                    : N_("只剩{free}，请腾出地方：旧备份可以移走")),
                   "free", fmt_bytes(a, l->p.disk_free), NULL),
         NULL);
}

static enum rc the_log(struct looking *l, struct err *e)
{
    struct arena *a = l->rq->a;
    struct log_state log;
    struct log_witness_state *w;
    size_t n;
    enum rc rc = log_state_get(l->s, a, &log, e);
    if (rc == RC_OK)
        rc = log_witness_states(l->s, a, &w, &n, e);
    if (rc != RC_OK)
        return rc;
    l->p.log_size = log.size;
    l->p.log_signed = log.signed_size < 0 ? 0 : log.signed_size;
    part(l, N_("存证日志"), !*log.hold,
         *log.hold ? text_fill(a, rq_tr(l->rq, N_("停止签名：{why}")), "why", log.hold, NULL)
         : log.waiting ? text_fill(a, rq_tr(l->rq, N_("{n}条等待签名")), "n",
                                   n_text(l, log.waiting), NULL)
                       : rq_tr(l->rq, N_("都已签名")),
         "/settings#log.policy");
    l->p.witnesses = arena_array(a, n, sizeof(*l->p.witnesses));
    for (size_t i = 0; i < n; i++)
        l->p.witnesses[l->p.n_witnesses++] = (struct admin_witnesses){
            .name = w[i].name,
            .at = w[i].asked_at,
            .behind = w[i].size >= 0 && w[i].size < log.size ? log.size - w[i].size : 0,
            .why = w[i].error
        };
    return RC_OK;
}

static enum rc the_jobs(struct looking *l, struct err *e)
{
    const struct clock real = { 0 };
    struct arena *a = l->rq->a;
    struct utime now = clock_now(&real);
    struct job_count count;
    struct job j;
    enum rc rc = job_count(
        l->s, "", (struct utime){ now.us - (int64_t)DAYS_BACK * 86400 * 1000000 }, &count, e);
    if (rc != RC_OK)
        return rc;
    part(l, N_("任务"), count.failed == 0,
         count.failed
             ? text_fill(a, rq_tr(l->rq, N_("近七天{failed}项失败")), "failed",
                         n_text(l, count.failed), NULL)
             : text_fill(a, rq_tr(l->rq, N_("{running}项在做，{waiting}项等待")), "running",
                         n_text(l, count.running), "waiting", n_text(l, count.waiting), NULL),
         count.failed ? "/job?state=failed" : "/job");
    rc = job_latest(l->s, backup_job, "", a, &j, e);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    bool done = rc == RC_OK && str_eq(j.state, "done"),
         fresh = done && now.us - j.ended_at.us < (int64_t)BACKUP_DAYS * 86400 * 1000000;
    if (rc == RC_NOTFOUND)
        err_done(e);
    part(l, N_("备份"), fresh,
         done ? text_fill(a, rq_tr(l->rq, N_("上次{time}")), "time", fmt_time(a, j.ended_at),
                          NULL)
              : rq_tr(l->rq, rc == RC_OK ? N_("最近一次没有做完") : N_("还没有备份过")),
         "/backup");
    return RC_OK;
}

static enum rc admin_show(struct rq *rq, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct looking l = { .rq = rq, .c = rq_county(rq) };
    l.p.health = arena_array(rq->a, PARTS, sizeof(*l.p.health));
    l.p.demo = l.c->demo;
    enum rc rc = db_read(l.c->db, &s, e);
    if (rc != RC_OK)
        return rc;
    l.s = s;
    database(&l);
    machine(&l);
    rc = the_log(&l, e);
    if (rc == RC_OK)
        rc = the_jobs(&l, e);
    if (rc != RC_OK)
        return rc;
    rq_crumb(rq, rq_tr(rq, N_("运行")), NULL);
    return admin_render(rq, &l.p, e);
}

const struct route admin_routes[] = {
    { .method = GET,
      .path = "/admin",
      .auth = SESSION | TOKEN,
      .need = CAP_OPERATE,
      .scope = SCOPE_ALL,
      .fn = admin_show,
      .page = &admin_kind,
      .help = N_("运行:各部分是否正常") },
};
const size_t admin_routes_n = COUNT(admin_routes);
