/* export: what the county knows as tables with the columns that are imported. */
#include "base/period.h"
#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/county_cmd.h"
#include "monitor/export.h"
#include "sheet/sheet.h"

static enum rc write_out(struct cmd_call *c, struct county *county,
                         const struct export_wish *wish, enum sheet_format format,
                         struct err *e)
{
    CLEANUP(db_read_end) const struct snap *s = NULL;
    struct arena *a = cmd_arena(c);
    struct person who;
    const struct table *t;
    struct str b;
    str_init(&b, a);
    enum rc rc = cmd_person(c, county, &who, e);
    if (rc == RC_OK)
        rc = db_read_for(county->db, 600000, &s, e);
    if (rc == RC_OK)
        rc = export_table(s, &who, wish, a, &t, e);
    if (rc == RC_OK)
        rc = sheet_write(format, &t, 1, /* bom= */ false, county_now(county), &b, e);
    return rc == RC_OK ? cmd_output(c, b.s, b.n, e) : rc;
}

static enum rc export(struct cmd_call *c, struct err *e) {
    CLEANUP(county_closep) struct county *county = NULL;
    struct export_wish wish = { .what = cmd_opt(c, "WHAT") };
    enum sheet_format format = SHEET_CSV;
    enum rc rc = cmd_opt(c, "format") ? sheet_format_parse(cmd_opt(c, "format"), &format, e)
                                      : RC_OK;
    if (rc == RC_OK && cmd_opt(c, "period")) rc = cmd_period(c, &wish.period, e);
    if (rc == RC_OK) rc = cmd_county(c, /* writing= */ false, &county, e);
    return rc == RC_OK ? write_out(c, county, &wish, format, e) : rc;
}

const struct command cmd_export = {
    .name = "export",
    .help = N_("把单位、方案、监测点、数值或得分导出为表"),
    .detail = N_("列与导入的相同,导出再导入什么也不变。"),
    .opts = { { "WHAT", OPT_ARG, true, NULL, N_("units、scheme、points、values 或 scores") },
              { "data", OPT_VALUE, true, "DIR", N_("县的数据文件夹") },
              { "period", OPT_VALUE, false, "PERIOD",
                N_("期间,如 2026Q3;不写是最近算过的一期") },
              { "format", OPT_VALUE, false, "FORMAT", N_("csv(默认)、xlsx 或 json") },
              { "as", OPT_VALUE, false, "ACCOUNT", N_("以哪个账号的权限") },
              { "out", OPT_VALUE, false, "FILE", N_("写到哪个文件;不写是标准输出") } },
    .fn = export,
};
