/* export all: everything the county has, into a folder or a zip. */
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "cmd/export_all.h"

static void said(void *arg, const char *what, int64_t done)
{
    cmd_progress(arg, what, done, 0);
}

static enum rc run(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    enum rc rc = cmd_county(c, /* writing= */ false, &county, e);
    if (rc != RC_OK)
        return rc;
    rc = export_all(county, cmd_opt(c, "out"), &(struct export_said){ said, c }, e);
    if (rc == RC_OK)
        fprintf(cmd_out(c), "%s\n", cmd_opt(c, "out"));
    return rc;
}

const struct command cmd_export_all = {
    .name = "export all",
    .help = N_("把本县的全部数据导出成不靠净鉴也能看的文件"),
    .detail =
        N_("表格(xlsx)、体检报告(PDF)、文件原样、日志和回执,README.md 用中英文说明各是什么,"
           "SHA256SUMS 供核对。名字以 .zip 结尾的是一个压缩包,否则是一个新文件夹。"
           "包括草稿、受限和个人信息,由能在服务器上运行命令的人导出和保管;"
           "密码、令牌和密钥不在里面。"
           "服务运行与否都可以,是同一时刻的样子。"),
    .opts = { { "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹") },
              { "out", OPT_VALUE, true, "PATH", N_("写到哪个新文件夹,或哪个新的 .zip") } },
    .fn = run,
};
