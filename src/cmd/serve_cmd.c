/* serve: the whole system on one address, until SIGTERM or SIGINT; what was accepted is
 * finished first. */
#include "cmd/serve_cmd.h"

#include "base/log.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "cmd/ctl.h"
#include "cmd/jobs.h"
#include "cmd/routes.h"
#include "cmd/today_page.h"
#include "monitor/values_import.h"
#include "people/asker.h"
#include "people/people_pages.h"
#include "search/search.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { STEP_BEHIND = 5 }; /* of nice */

/* A command has written: what is kept of units is old, and there may be a job. */
static void after_command(struct county *c)
{
    people_changed(c);
    jobs_wake(c);
}

const struct setting serve_settings[] = {
    [SET_LIMIT_ADDRESS] = { .key = "limit.address",
                            .type = SETTING_INT,
                            .fallback = "1200",
                            .min = 60,
                            .max = 100000000,
                            .title = N_("一个地址的请求"),
                            .unit = N_("次每分钟"),
                            .help = N_("一个地址每分钟最多多少次请求,重启后生效") },
    [SET_LIMIT_ACCOUNT] = { .key = "limit.account",
                            .type = SETTING_INT,
                            .fallback = "600",
                            .min = 60,
                            .max = 100000000,
                            .title = N_("一个账号的请求"),
                            .unit = N_("次每分钟"),
                            .help = N_("一个账号每分钟最多多少次请求,重启后生效") },
};
const size_t serve_settings_n = COUNT(serve_settings);

/* Half of what a minute allows may come at once. */
static enum rc limit_read(const struct snap *s, enum serve_setting which, struct web_limit *ret,
                          struct err *e)
{
    int64_t n = 0;
    enum rc rc = setting_int(s, &serve_settings[which], &n, e);
    if (rc == RC_OK)
        *ret = (struct web_limit){ .per_minute = (double)n, .burst = (double)n / 2 };
    return rc;
}

static enum rc limits_read(struct county *c, struct web_config *cfg, struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    enum rc rc = db_read(c->db, &s, e);
    if (rc == RC_OK)
        rc = limit_read(s, SET_LIMIT_ADDRESS, &cfg->per_address, e);
    return rc == RC_OK ? limit_read(s, SET_LIMIT_ACCOUNT, &cfg->per_account, e) : rc;
}

/*
 * What a request frees is kept for the next one: giving it back to the system and asking again
 * (mprotect with all threads stopped) cost more than most pages.
 */
static void keep_memory(void)
{
    enum { ARENAS = 8, KEPT = 2 << 20, LARGE = 1 << 20 };
    (void)mallopt(M_ARENA_MAX, ARENAS); /* only slower when it is refused, like the next two */
    (void)mallopt(M_TRIM_THRESHOLD, KEPT);
    (void)mallopt(M_MMAP_THRESHOLD, LARGE);
}

static enum rc serve_until_told(struct cmd_call *call, struct county *c, const char *listen,
                                const char *proxies, struct err *e)
{
    keep_memory();
    struct route_table tables[ROUTE_TABLES_MAX];
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct web_mount mounts[] = {
        { .prefix = "/log/tile/",
          .dir = arena_printf(a, "%s/tile", county_log_dir(c)),
          .type = "application/octet-stream",
          .immutable = true },
    };
    people_use_inbox(c, "/inbox", today_count);
    people_use_search(c, "/search");
    struct web_config cfg = { .listen = listen,
                              .user = c,
                              .hooks = people_hooks(c, sections),
                              .tables = tables,
                              .n_tables = routes_all(tables),
                              .mounts = mounts,
                              .n_mounts = COUNT(mounts),
                              .sign_in = "/signin",
                              .trusted_proxies = proxies,
                              .assets = &web_static,
                              /* PostgreSQL is waited for in the kernel, a thread each. */
                              .threads =
                                  db_kind(c->db) == DB_POSTGRES ? (unsigned)WEB_WORKERS : 0,
                              .limits = people_limits,
                              .n_limits = PEOPLE_LIMITS };
    /* Blocked before any thread is made, so that only this one takes them. */
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
    CLEANUP(web_stopp) struct web *web = NULL;
    CLEANUP(ctl_stopp) struct ctl *ctl = NULL;
    CLEANUP(search_stop) struct search_thread *search = NULL;
    /* The database's writer has its thread already. Everybody waits for it: the threads started
     * from here on step behind it. */
    (void)setpriority(PRIO_PROCESS, 0, STEP_BEHIND); /* else slower */
    enum rc rc = limits_read(c, &cfg, e);
    if (rc == RC_OK)
        rc = county_start_sealing(c, e);
    if (rc == RC_OK)
        rc = search_start(c, &search, e);
    if (rc == RC_OK)
        rc = jobs_start(c, job_kinds, job_kinds_n, e);
    if (rc == RC_OK)
        rc = cmd_wrong(call, web_start(&cfg, &web, e)); /* the address */
    if (rc == RC_OK)
        rc = ctl_start(c, after_command, &ctl, e);
    if (rc != RC_OK)
        return rc;
    log_event(LOG_INFO, "serving", "listen", listen, "county", c->name, "origin", c->origin);
    fprintf(stdout, "http://%.*s:%d\n", (int)(strrchr(listen, ':') - listen), listen,
            web_port(web));
    fflush(stdout);
    int got;
    sigwait(&stop, &got);
    log_event(LOG_INFO, "stopping", "signal", got == SIGTERM ? "SIGTERM" : "SIGINT");
    return RC_OK;
}

static enum rc serve(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    const char *listen = cmd_opt(c, "listen") ? cmd_opt(c, "listen") : "127.0.0.1:8080",
               *zone = cmd_opt(c, "zone");
    if (!strrchr(listen, ':'))
        return cmd_usage(c, e, N_("--{name} 应写作 HOST:PORT，现为「{value}」"), "listen",
                         listen);
    if (zone && !str_eq(zone, "inner"))
        return cmd_usage(c, e, N_("--{name} 目前只有 inner,现为「{value}」"), "zone", zone);
    enum rc rc = cmd_county(c, true, &county, e);
    if (rc == RC_OK)
        rc = values_import_clear(county, e);
    return rc == RC_OK ? serve_until_told(c, county, listen, cmd_opt(c, "trusted-proxies"), e)
                       : rc;
}

const struct command cmd_serve = {
    .name = "serve",
    .help = N_("运行系统,直到收到 SIGTERM"),
    .opts = { { "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹") },
              { "listen", OPT_VALUE, false, "HOST:PORT", N_("监听地址,默认 127.0.0.1:8080") },
              { "trusted-proxies", OPT_VALUE, false, "ADDRESSES",
                N_("前面的反向代理，空格分隔的地址或网段：相信它们说的客户端地址和协议") },
              { "zone", OPT_VALUE, false, "inner", N_("哪个区的页面") } },
    .fn = serve,
};
