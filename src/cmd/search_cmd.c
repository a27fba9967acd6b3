/* search: the index of everything people look for, made anew or brought up to date. */
#include "base/fmt.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "search/search.h"

#include <stdio.h>

static enum rc bring_up(struct cmd_call *c, bool anew, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct arena *a = cmd_arena(c);
    struct search_state st;
    enum rc rc = cmd_county(c, /* writing= */ true, &county, e);
    if (rc == RC_OK && anew)
        rc = search_clear(county, e);
    if (rc == RC_OK)
        rc = search_update_all(county, e);
    if (rc == RC_OK && anew)
        rc = search_merge(county, e);
    if (rc == RC_OK)
        rc = db_read(county->db, &s, e);
    if (rc == RC_OK)
        rc = search_state(s, a, &st, e);
    if (rc != RC_OK)
        return rc;
    fprintf(cmd_out(c), "%s\n",
            text_fill(a, lang_text(cmd_lang(c), N_("索引已跟上日志,写入过{n}项")), "n",
                      fmt_count(a, st.things), (const char *)NULL));
    return RC_OK;
}

static enum rc rebuild(struct cmd_call *c, struct err *e)
{
    return bring_up(c, true, e);
}

static enum rc update(struct cmd_call *c, struct err *e)
{
    return bring_up(c, false, e);
}

const struct command cmd_search_rebuild = {
    .name = "search rebuild",
    .help = N_("把搜索的索引按日志从头重建"),
    .detail = N_("索引只是为了找得到,可以随时重建,不影响任何记录。重建时照常办事,"
                 "搜索先少后全,页面上会说还差多少。"),
    .opts = { { "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹") } },
    .fn = rebuild,
    .sent = true,
};

const struct command cmd_search_update = {
    .name = "search update",
    .help = N_("让搜索的索引跟上日志"),
    .detail = N_("服务运行时自动跟上,几秒钟之内;没有服务运行、又要马上能搜时才用这个命令。"),
    .opts = { { "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹") } },
    .fn = update,
    .sent = true,
};
