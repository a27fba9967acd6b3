/* serve: the whole system on one address, until SIGTERM or SIGINT; what was accepted is
 * finished first. */
#include "base/log.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "cmd/ctl.h"
#include "cmd/jobs.h"
#include "cmd/routes.h"
#include "monitor/values_import.h"
#include "people/asker.h"
#include "people/people_pages.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* A command has written: what is kept of units is old, and there may be a job. */
static void after_command(struct county *c)
{
    people_changed(c);
    jobs_wake(c);
}

static enum rc serve_until_told(struct county *c, const char *listen, struct err *e)
{
    struct route_table tables[ROUTE_TABLES_MAX];
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct web_mount mounts[] = {
        { .prefix = "/log/tile/",
          .dir = arena_printf(a, "%s/tile", county_log_dir(c)),
          .type = "application/octet-stream",
          .immutable = true },
    };
    struct web_config cfg = { .listen = listen,
                              .user = c,
                              .hooks = people_hooks(c, sections),
                              .tables = tables,
                              .n_tables = routes_all(tables),
                              .mounts = mounts,
                              .n_mounts = COUNT(mounts),
                              .sign_in = "/signin",
                              .assets = &web_static,
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
    enum rc rc = county_start_sealing(c, e);
    if (rc == RC_OK)
        rc = jobs_start(c, job_kinds, job_kinds_n, e);
    if (rc == RC_OK)
        rc = web_start(&cfg, &web, e);
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
        return cmd_usage(c, e, N_("--{name} 应写作 地址:端口,现为「{value}」"), "listen",
                         listen);
    if (zone && !str_eq(zone, "inner"))
        return cmd_usage(c, e, N_("--{name} 目前只有 inner,现为「{value}」"), "zone", zone);
    enum rc rc = cmd_county(c, true, &county, e);
    if (rc == RC_OK)
        rc = values_import_clear(county, e);
    return rc == RC_OK ? serve_until_told(county, listen, e) : rc;
}

const struct command cmd_serve = {
    .name = "serve",
    .help = N_("运行系统,直到收到 SIGTERM"),
    .opts = { { "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹") },
              { "listen", OPT_VALUE, false, "HOST:PORT", N_("监听地址,默认 127.0.0.1:8080") },
              { "zone", OPT_VALUE, false, "inner", N_("哪个区的页面") } },
    .fn = serve,
};
