/* init: an empty county. */
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "setup/setup.h"

#include <stdio.h>

/* A new county begins with its set-up. */
static enum rc begin(const char *dir, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    enum rc rc = county_open(dir, &county, e);
    return rc == RC_OK ? setup_begin(county, e) : rc;
}

static enum rc init(struct cmd_call *c, struct err *e)
{
    struct county_config cfg = { .dir = cmd_opt(c, "data"),
                                 .db_url = cmd_opt(c, "db"),
                                 .schema = cmd_opt(c, "schema"),
                                 .origin = cmd_opt(c, "origin"),
                                 .name = cmd_opt(c, "name") ? cmd_opt(c, "name") : "" };
    if (cfg.schema && !cfg.db_url)
        return cmd_usage(c, e, N_("--schema 要与 --db 一起写"), NULL, NULL);
    enum rc rc = cmd_missing(c, county_init(&cfg, e), e);
    if (rc == RC_OK)
        rc = begin(cfg.dir, e);
    if (rc == RC_OK)
        printf(
            "%s\n  jingjian account add --data %s --code secadmin --name NAME --role "
            "secadmin\n",
            lang_text(cmd_lang(c), N_("空的县已建好。先建安全管理员的账号,再由他建其他账号:")),
            cfg.dir);
    return rc;
}

const struct command cmd_init = {
    .name = "init",
    .help = N_("建一个空的县"),
    .opts = { { "data", OPT_VALUE, true, "DIR", N_("新的数据文件夹") },
              { "db", OPT_VALUE, false, "URL",
                N_("PostgreSQL 数据库;不写就用文件夹里的 SQLite") },
              { "schema", OPT_VALUE, false, "NAME", N_("PostgreSQL 里的模式名") },
              { "origin", OPT_VALUE, false, "NAME", N_("证据日志的名字") },
              { "name", OPT_VALUE, false, "NAME", N_("县(区)的名称") } },
    .fn = init,
};
