/* export: what the county knows as tables with the columns that are imported. */
#include "base/period.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "monitor/export.h"
#include "sheet/sheet.h"

#include <stdio.h>

static enum rc write_out(struct cmd_call *c, struct county *county,
                         const struct export_wish *wish, enum sheet_format format,
                         struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct arena *a = cmd_arena(c);
    struct person who;
    const struct units *us;
    struct sight sees;
    const struct table *t;
    struct str b;
    str_init(&b, a);
    enum rc rc = cmd_person(c, county, &who, e);
    if (rc == RC_OK)
        rc = db_read_for(county->db, 600000, &s, e);
    if (rc == RC_OK)
        rc = units_load(s, county_today(county), a, &us, e);
    if (rc == RC_OK)
        rc = sight_load(s, &who, us, a, &sees, e);
    if (rc == RC_OK)
        rc = export_table(s, &sees, county_today(county), wish, a, &t, e);
    if (rc == RC_OK)
        rc = sheet_write(format, &t, 1, /* bom= */ false, county_now(county), &b, e);
    return rc == RC_OK ? cmd_output(c, b.s, b.n, e) : rc;
}

static enum rc export_one(struct cmd_call *c, struct err *e)
{
    CLEANUP(county_closep) struct county *county = NULL;
    struct export_wish wish = { .what = cmd_opt(c, "WHAT"), .lang = cmd_lang(c) };
    enum sheet_format format = SHEET_CSV;
    enum rc rc = RC_OK;
    if (!export_known(wish.what))
        return cmd_usage(
            c, e,
            N_("不能导出「{value}」;可以导出 units、scheme、points、values、scores、"
               "warnings、records"),
            NULL, wish.what);
    if (cmd_opt(c, "format"))
        rc = cmd_wrong(c, sheet_format_parse(cmd_opt(c, "format"), &format, e));
    if (rc == RC_OK && cmd_opt(c, "period"))
        rc = cmd_period(c, &wish.period, e);
    if (rc == RC_OK)
        rc = cmd_county(c, /* writing= */ false, &county, e);
    if (rc != RC_OK)
        return rc;
    wish.mark = county_mark(county);
    rc = write_out(c, county, &wish, format, e);
    /* Where nothing could be written there is nothing to say of it. */
    if (rc == RC_OK && wish.mark && fflush(cmd_out(c)) == 0)
        fprintf(cmd_err(c), "%s\n", lang_text(cmd_lang(c), wish.mark));
    return rc;
}

const struct command cmd_export = {
    .name = "export",
    .help = N_("把单位、方案、监测点、数值、得分、预警或记录导出为表"),
    .detail = N_("单位、方案、监测点和数值的列与导入的相同,"
                 "导出再导入什么也不变。预警是一期计算之后的样子;"
                 "记录是日志里的每一条:第几条、时间、种类、单位、对象、谁做的、叶子的哈希。"),
    .opts = { { "WHAT", OPT_ARG, true, NULL,
                N_("units、scheme、points、values、scores、warnings 或 records") },
              { "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹") },
              { "period", OPT_VALUE, false, "PERIOD",
                N_("期间,如 2026Q3;不写是最近算过的一期,记录则是全部") },
              { "format", OPT_VALUE, false, "FORMAT", N_("csv(默认)、xlsx 或 json") },
              { "as", OPT_VALUE, false, "ACCOUNT", N_("以哪个账号的权限") },
              { "out", OPT_VALUE, false, "FILE", N_("写到哪个文件;不写是标准输出") } },
    .fn = export_one,
};
