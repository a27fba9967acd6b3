/* /log/checkpoint, /healthz, /metrics and the way in. */
#include "cmd/log_page.h"

#include "base/str.h"
#include "people/asker.h"
#include "store/county.h"
#include "store/seal.h"

#include <string.h>

static enum rc checkpoint(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct log_state log;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = log_state_get(s, rq->a, &log, e);
    if (rc == RC_OK && !*log.public_note)
        return err_set(e, RC_NOTFOUND, N_("日志还没有签名的检查点"));
    return rc == RC_OK ? web_bytes(rq, log.public_note, strlen(log.public_note),
                                   "text/plain; charset=utf-8", NULL, e)
                       : rc;
}

static enum rc healthz(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct db_stats st;
    db_stats(c->db, &st);
    if (st.stopped)
        return err_set(e, RC_IO, N_("磁盘出错后已停止写入;排除故障后请重启"));
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(c->db, &s, e);
    return rc == RC_OK ? web_bytes(rq, "ok\n", 3, "text/plain", NULL, e) : rc;
}

static void metric(struct str *b, const char *name, const char *kind, double v)
{
    str_addf(b, "# TYPE jingjian_%s %s\njingjian_%s ", name, kind, name);
    json_num(b, v);
    str_addc(b, '\n');
}

/* Prometheus' text format. */
static enum rc metrics(struct rq *rq, struct err *e)
{
    struct county *c = rq_county(rq);
    struct web_stats w;
    struct db_stats d;
    struct log_state log;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = log_state_get(s, rq->a, &log, e);
    if (rc != RC_OK)
        return rc;
    web_stats(rq->web, &w);
    db_stats(c->db, &d);
    struct str b;
    str_init(&b, rq->a);
    metric(&b, "http_requests_total", "counter", (double)w.requests);
    metric(&b, "http_refused_busy_total", "counter", (double)w.refused_busy);
    metric(&b, "http_refused_rate_total", "counter", (double)w.refused_rate);
    metric(&b, "http_bytes_out_total", "counter", (double)w.bytes_out);
    metric(&b, "http_handler_cpu_seconds_total", "counter", (double)w.handler_cpu_us / 1e6);
    metric(&b, "http_active", "gauge", w.active);
    metric(&b, "http_queued", "gauge", w.queued);
    metric(&b, "http_connections", "gauge", w.connections);
    metric(&b, "http_body_bytes", "gauge", (double)w.bodies);
    metric(&b, "db_commits_total", "counter", (double)d.commits);
    metric(&b, "db_changes_total", "counter", (double)d.changes);
    metric(&b, "db_slow_changes_total", "counter", (double)d.slow);
    metric(&b, "db_queued", "gauge", (double)d.queued);
    metric(&b, "db_stopped", "gauge", d.stopped);
    metric(&b, "log_size", "gauge", (double)log.size);
    metric(&b, "log_signed_size", "gauge", (double)log.signed_size);
    metric(&b, "log_waiting", "gauge", (double)log.waiting);
    return web_bytes(rq, b.s, b.n, "text/plain; version=0.0.4", NULL, e);
}

/* The way in: to what the person has to do, or to the sign-in. */
static enum rc entrance(struct rq *rq, struct err *e)
{
    return web_redirect(rq, rq_asker(rq) ? "/today" : "/signin", e);
}

const struct route log_routes[] = {
    { .method = GET, .path = "/", .auth = NONE, .need = CAP_PUBLIC, .fn = entrance },
    { .method = GET,
      .path = "/log/checkpoint",
      .auth = NONE,
      .need = CAP_PUBLIC,
      .fn = checkpoint,
      .quiet = true,
      .help = N_("证据日志的检查点") },
    { .method = GET,
      .path = "/healthz",
      .auth = NONE,
      .need = CAP_PUBLIC,
      .fn = healthz,
      .quiet = true },
    { .method = GET,
      .path = "/metrics",
      .auth = SESSION | TOKEN,
      .need = CAP_OPERATE,
      .scope = SCOPE_ALL,
      .fn = metrics,
      .quiet = true,
      .help = N_("运行指标,Prometheus 文本格式") },
};
const size_t log_routes_n = COUNT(log_routes);
