/* publish: what was computed of a period is shown, past the desk. */
#include "base/period.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "monitor/publication.h"

#include <stdio.h>

static enum rc publish(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    struct period p;
    struct person who;
    char code[PERIOD_TEXT];
    enum rc rc = cmd_period(c, &p, e);
    if (rc == RC_OK)
        rc = cmd_county(c, /* writing= */ true, &county, e);
    if (rc == RC_OK)
        rc = cmd_person(c, county, &who, e);
    if (rc == RC_OK)
        rc = person_demand(&who, CAP_APPROVE, NULL, e);
    if (rc == RC_OK)
        rc = publication_publish(county, p, who.code, e);
    if (rc == RC_OK)
        fprintf(cmd_out(c), "%s\n",
                text_fill(cmd_arena(c), lang_text(cmd_lang(c), N_("{period} 已发布")), "period",
                          period_code(p, code), NULL));
    return rc;
}

const struct command cmd_publish = {
    .name = "publish",
    .help = N_("直接发布一期最近一次计算的结果"),
    .detail = N_("不经过发布台的征求意见和审定,用于刚开始使用的县;"
                 "平时在页面 /publish 上一步步办。没有发布的结果只有平台专班看得到。"),
    .opts = { { "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹") },
              { "period", OPT_VALUE, true, "PERIOD", N_("期间,如 2026Q3") },
              { "as", OPT_VALUE, false, "ACCOUNT", N_("以哪个账号的权限") } },
    .fn = publish,
    .sent = true,
};
